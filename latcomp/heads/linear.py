"""The linear probe (scikit-learn)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latcomp.errors import UsageError
from latcomp.heads import HEADS, Aim, Learnt

ITERATIONS = 1000
"""Steps after which the solver gives up, and says so."""


@HEADS.add("linear")
@dataclass(frozen=True)
class Linear:
    """Logistic regression for labels, ridge regression for targets, with an L2 ``penalty``.

    Coordinates are first brought to mean 0 and standard deviation 1 by what the training items
    teach; the same numbers are used at test. Deterministic: it has no use for a seed.
    """

    penalty: float = 1.0

    def __post_init__(self) -> None:
        if not self.penalty > 0:
            raise UsageError(f"linear: penalty must be above 0, found {self.penalty:g}")

    @property
    def transductive(self) -> bool:
        return False

    def learn(self, coordinates: Tensor, aim: Aim, seed: int) -> Learnt:
        from sklearn.linear_model import LogisticRegression, Ridge
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        model: Any = Ridge(alpha=self.penalty)
        if aim.classes is not None:
            model = LogisticRegression(C=1 / self.penalty, max_iter=ITERATIONS)
        probe = make_pipeline(StandardScaler(), model)
        notes = _fitted(probe, _numbers(coordinates), aim.truth.numpy())
        shape = aim.truth.shape[1:]

        def predict(rows: Tensor) -> Tensor:
            said = torch.from_numpy(np.asarray(probe.predict(_numbers(rows))))
            return said.reshape(len(rows), *shape)

        return Learnt(predict, notes)


def _numbers(rows: Tensor) -> np.ndarray[Any, Any]:
    return rows.double().cpu().numpy()


def _fitted(probe: Any, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> tuple[str, ...]:
    """Fit in place; a note where the solver did not arrive."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", ConvergenceWarning)
        probe.fit(x, y)
    if any(issubclass(one.category, ConvergenceWarning) for one in seen):
        return (f"a linear head had not converged after {ITERATIONS} steps",)
    return ()
