"""Turn the anchors' cloud into a ball."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp.errors import InputError
from latcomp.preparations import PREPARATIONS, Prepared


@PREPARATIONS.add("whiten")
@dataclass(frozen=True)
class Whiten:
    """Centre, and multiply by the inverse square root of the anchors' covariance (Mahalanobis).

    Needs more anchors than dimensions. Cosines and distances are then unmoved by every invertible
    linear map, so a high score is weaker evidence of like geometry.
    """

    def check(self, anchors: Tensor) -> None:
        count, width = anchors.shape
        rank = int(torch.linalg.matrix_rank(anchors - anchors.mean(0)))
        if rank < width:
            raise InputError(
                f"the {count} anchors span {rank} of {width} dimensions around their mean, so "
                "they cannot be whitened",
                f"use more than {width} anchors, or standardize",
            )

    def fit(self, anchors: Tensor) -> Prepared:
        mean = anchors.mean(0)
        _, values, axes = torch.linalg.svd(anchors - mean, full_matrices=False)
        inverse_root = (axes.T / values) @ axes * len(anchors) ** 0.5  # (d, d)
        return lambda rows: (rows - mean) @ inverse_root
