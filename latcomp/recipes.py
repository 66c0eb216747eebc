"""How relative coordinates are made, in one grammar: `cosine(center)`, `euclidean,cosine`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from latcomp.errors import UsageError
from latcomp.preparations import PREPARATIONS, Preparation, Prepared
from latcomp.registry import did_you_mean, parse_request, split_requests
from latcomp.similarities import SIMILARITIES, Similarity
from latcomp.spaces.relative import Factored, Fitted


@dataclass(frozen=True)
class Part:
    """One similarity: vectors prepared step by step, compared with anchors, and rounded to bins."""

    text: str
    name: str
    steps: tuple[tuple[str, Preparation], ...]
    similarity: Similarity
    bin: float | None

    def check(self, anchors: Tensor) -> None:
        """Raise InputError where these anchors, (m, d), cannot serve."""
        for _, step in self.steps:
            step.check(anchors)
            anchors = step.fit(anchors)(anchors)
        self.similarity.check(anchors)

    def fit(self, anchors: Tensor) -> FittedPart:
        """Learn every step from the anchors as the steps before it left them."""
        learnt = []
        for _, step in self.steps:
            learnt.append(step.fit(anchors))
            anchors = learnt[-1](anchors)
        return FittedPart(tuple(learnt), self.similarity.fit(anchors), self.bin)

    @property
    def facts(self) -> dict[str, Any]:
        """The part, written out."""
        return {
            "name": self.name,
            "options": _options(self.similarity),
            "prepare": [{"step": name, **_options(step)} for name, step in self.steps],
            "bin": self.bin,
        }


@dataclass(frozen=True)
class FittedPart:
    """A part that knows its anchors: rows (n, d) -> coordinates (n, m)."""

    steps: tuple[Prepared, ...]
    fitted: Fitted
    bin: float | None

    def __call__(self, rows: Tensor) -> Tensor:
        for step in self.steps:
            rows = step(rows)
        found = self.fitted(rows)
        return found if self.bin is None else (found / self.bin).round() * self.bin


@dataclass(frozen=True)
class Recipe:
    """One similarity, or several whose coordinates stand side by side.

    Where there are several, each is divided by the root mean square of its anchors' own
    coordinates, so that none outweighs the others.
    """

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return ",".join(part.text for part in self.parts)

    @property
    def centred(self) -> bool:
        """Whether every part is blind to translation of the anchors' mean, by its preparation."""
        return all({name for name, _ in part.steps} & _CENTRING for part in self.parts)

    @property
    def facts(self) -> dict[str, Any]:
        """The recipe as a report says it."""
        parts = [part.facts for part in self.parts]
        return {"name": str(self), "center": self.centred, "parts": parts}

    def check(self, anchors: Tensor) -> None:
        """Raise InputError where these anchors, (m, d), cannot serve."""
        for part in self.parts:
            part.check(anchors)

    def fit(self, anchors: Tensor) -> FittedRecipe:
        """Learn from the anchors, (m, d); what it gives is computed in their dtype."""
        fitted = tuple(part.fit(anchors) for part in self.parts)
        if len(fitted) == 1:
            return FittedRecipe(fitted, anchors.dtype, len(anchors), None)
        lengths = [part(anchors).square().mean().sqrt() for part in fitted]
        divisors = torch.stack([x.where(x > 0, 1.0) for x in lengths])
        return FittedRecipe(fitted, anchors.dtype, len(fitted) * len(anchors), divisors)


@dataclass(frozen=True)
class FittedRecipe:
    """A recipe that knows its anchors: rows (n, d) -> coordinates (n, width), in ``dtype``."""

    parts: tuple[FittedPart, ...]
    dtype: torch.dtype
    width: int
    divisors: Tensor | None

    def __call__(self, rows: Tensor) -> Tensor:
        rows = rows.to(self.dtype)
        if self.divisors is None:
            return self.parts[0](rows)
        found = [part(rows) / by for part, by in zip(self.parts, self.divisors, strict=True)]
        return torch.cat(found, dim=1)

    def factors(self) -> tuple[FittedRecipe, Tensor] | None:
        """Fewer coordinates and an orthonormal basis, where one linear part allows it."""
        return self._factors

    @cached_property
    def _factors(self) -> tuple[FittedRecipe, Tensor] | None:
        only = self.parts[0]
        if len(self.parts) > 1 or only.bin is not None or not isinstance(only.fitted, Factored):
            return None
        narrow = only.fitted.factors()
        if narrow is None:
            return None
        fitted, basis = narrow
        return FittedRecipe(
            (replace(only, fitted=fitted),), self.dtype, basis.shape[1], None
        ), basis


_CENTRING = {"center", "standardize", "whiten"}


def parse_recipe(text: str, center: bool = False) -> Recipe:
    """Read a recipe. ``center`` is short for a `center` in front of every part that has none.

    >>> str(parse_recipe("euclidean, cosine( whiten )"))
    'euclidean,cosine(whiten)'
    >>> str(parse_recipe("cosine", center=True))
    'cosine(center)'
    >>> parse_recipe("euclidean(center,scale,bin=0.1)").parts[0].bin
    0.1

    Raises UsageError for a similarity or option that is unknown.
    """
    parts = split_requests(text)
    if not parts:
        raise UsageError("a similarity is needed", f"known: {', '.join(SIMILARITIES)}")
    return Recipe(tuple(_part(part, center) for part in parts))


def _part(text: str, center: bool) -> Part:
    request = parse_request(text)
    similarity = SIMILARITIES[request.name]
    if request.k is not None:
        raise UsageError(f"{request.name} takes no @{request.k}", "write geodesic(k=10)")
    options = dict(request.options)
    if center and not _CENTRING & set(options):
        options = {"center": "true", **options}
    own = {f.name for f in fields(similarity)}  # type: ignore[arg-type]
    for name in options:
        if name not in own and name != "bin" and name not in list(PREPARATIONS):
            known = [*PREPARATIONS, *sorted(own), "bin"]
            raise UsageError(f"{request.name} has no option {name!r}", did_you_mean(name, known))
    return Part(
        _spelt(request.name, options),
        request.name,
        tuple(
            (name, _step(name, value)) for name, value in options.items() if name in PREPARATIONS
        ),
        similarity(**{name: _whole(name, options[name]) for name in own & set(options)}),
        _bin(options),
    )


def _spelt(name: str, options: Mapping[str, str]) -> str:
    written = [key if value == "true" else f"{key}={value}" for key, value in options.items()]
    return f"{name}({','.join(written)})" if written else name


def _step(name: str, value: str) -> Preparation:
    step = PREPARATIONS[name]
    takes = [f.name for f in fields(step)]  # type: ignore[arg-type]
    if not takes and value == "true":
        return step()
    if not takes or value == "true":
        wanted = f"{name}=NUMBER" if takes else name
        raise UsageError(f"cannot read {name}={value}", f"write {wanted}")
    return step(**{takes[0]: _number(name, value)})


def _bin(options: Mapping[str, str]) -> float | None:
    if "bin" not in options:
        return None
    width = _number("bin", options["bin"])
    if not width > 0:
        raise UsageError(f"bin needs a width above 0, found {width:g}")
    return width


def _number(name: str, value: str) -> float:
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise UsageError(f"{name} needs a number, found {value!r}", f"write {name}=0.1")
    return found


def _whole(name: str, value: str) -> int:
    if not value.isdecimal():
        raise UsageError(f"{name} needs a whole number, found {value!r}", f"write {name}=10")
    return int(value)


def _options(of: object) -> dict[str, Any]:
    return {f.name: getattr(of, f.name) for f in fields(of)}  # type: ignore[arg-type]
