"""Relative representations inside a model: a torch module, for training on them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from latcomp.errors import UsageError
from latcomp.recipes import parse_recipe
from latcomp.registry import did_you_mean


class RelativeProjection(torch.nn.Module):
    """Express vectors by their similarities to anchors: (..., d) -> (..., m).

    ``anchors`` are (m, d) vectors, kept as a buffer: they move with the module and are saved with
    it. Where ``encode`` is given, ``anchors`` are inputs of that encoder instead, (m, ...), and are
    encoded at every forward pass, so that gradients reach the encoder through the anchors too.
    Anchors that the pass itself has encoded, such as nodes of one graph, are given with the rows:
    ``project(hidden, hidden[nodes])``; such a module is made without any.
    ``similarity`` and ``center`` are those of `latcomp.relative`; coordinates have the dtype of the
    rows, and are computed in float32 for rows of half precision. Differentiable wherever the
    similarity is (`bin` and `geodesic` are not in the anchors), and exportable by `torch.export`,
    but for `geodesic` and `clusters`. Moschella et al. 2023, section 3.

    >>> project = RelativeProjection(torch.eye(3)[[0, 2]])
    >>> project(torch.tensor([[3.0, 0.0, 4.0]]))
    tensor([[0.6000, 0.8000]])

    Raises InputError for anchors that the similarity cannot use, UsageError for a similarity that
    is unknown.
    """

    anchors: Tensor | None

    def __init__(
        self,
        anchors: Tensor | None = None,
        similarity: str = "cosine",
        *,
        center: bool = False,
        encode: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        super().__init__()
        if anchors is not None and encode is None and anchors.ndim != 2:
            raise UsageError(
                f"anchors must be (m, d) vectors, found {tuple(anchors.shape)}",
                "give encode= where they are inputs of an encoder",
            )
        self.recipe = parse_recipe(similarity, center)
        self.encode = encode
        self.register_buffer("anchors", None if anchors is None else anchors.detach().clone())
        if anchors is not None and encode is None:
            self.recipe.check(anchors)

    @property
    def width(self) -> int:
        """How many coordinates it gives. Raises UsageError where it keeps no anchors."""
        return len(self.recipe.parts) * len(self._kept())

    def forward(self, rows: Tensor, anchors: Tensor | None = None) -> Tensor:
        """Similarities of rows to the anchors it keeps, or to ``anchors``: (..., d) -> (..., m)."""
        if anchors is None:
            anchors = self._kept() if self.encode is None else self.encode(self._kept())
        flat = rows.reshape(-1, rows.shape[-1])
        wide = torch.promote_types(rows.dtype, torch.float32)
        found: Tensor = self.recipe.fit(anchors.to(wide))(flat.to(wide)).to(rows.dtype)
        return found.reshape(*rows.shape[:-1], found.shape[-1])

    def _kept(self) -> Tensor:
        if self.anchors is None:
            raise UsageError(
                "this RelativeProjection keeps no anchors", "give them: project(rows, anchors)"
            )
        return self.anchors

    def extra_repr(self) -> str:
        """What `print` shows of it."""
        kept = "no" if self.anchors is None else len(self.anchors)
        return f"{kept} anchors, similarity={self.recipe}"


class RelativeHead(torch.nn.Module):
    """The paper's stitched head: (n, width) coordinates -> (n, out).

    Layer normalisation, linear, activation, linear. With ``transductive``, each hidden unit is
    standardised over the batch at hand before the last layer, at training and at test, as in the
    authors' code: what it says of an item then depends on the other items of the batch.

    >>> torch.manual_seed(0) and None
    >>> RelativeHead(width=3, out=2)(torch.ones(5, 3)).shape
    torch.Size([5, 2])

    Raises UsageError for an unknown activation.
    """

    def __init__(
        self,
        width: int,
        out: int,
        *,
        hidden: int = 256,
        activation: str = "tanh",
        transductive: bool = False,
    ) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise UsageError(
                f"unknown activation {activation!r}", did_you_mean(activation, list(ACTIVATIONS))
            )
        self.transductive = transductive
        self.inner = torch.nn.Sequential(
            torch.nn.LayerNorm(width), torch.nn.Linear(width, hidden), ACTIVATIONS[activation]()
        )
        self.outer = torch.nn.Linear(hidden, out)

    def forward(self, coordinates: Tensor) -> Tensor:
        """What the head says of each row: (n, width) -> (n, out)."""
        units = self.inner(coordinates)  # (n, hidden)
        if self.transductive:
            units = torch.nn.functional.instance_norm(units.T[None])[0].T
        said: Tensor = self.outer(units)
        return said


ACTIVATIONS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "gelu": torch.nn.GELU}
