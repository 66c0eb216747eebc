"""Forget differences between vectors that are nearly the same."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from latcomp.errors import UsageError
from latcomp.numerics import distances
from latcomp.preparations import PREPARATIONS, Prepared


@PREPARATIONS.add("clusters")
@dataclass(frozen=True)
class Clusters:
    """Quantise vectors: what lies within ``threshold`` of a cluster's mean becomes that mean.

    The clusters are those of the anchors: agglomerative, average linkage, merged up to the
    threshold (scikit-learn). A vector farther than the threshold from every mean stays as it is.
    Moschella et al. 2023, appendix on quantised relative representations.
    """

    threshold: float

    def __post_init__(self) -> None:
        if not self.threshold > 0:
            raise UsageError(f"clusters needs a threshold above 0, found {self.threshold:g}")

    def check(self, anchors: Tensor) -> None:
        pass

    def fit(self, anchors: Tensor) -> Prepared:
        means = self._means(anchors)

        def quantise(rows: Tensor) -> Tensor:
            nearest = distances.euclidean(rows, means).min(1)
            near = (nearest.values <= self.threshold)[:, None]
            return torch.where(near, means[nearest.indices], rows)

        return quantise

    def _means(self, anchors: Tensor) -> Tensor:
        from sklearn.cluster import AgglomerativeClustering

        if len(anchors) == 1:
            return anchors
        merged = AgglomerativeClustering(
            n_clusters=None, distance_threshold=self.threshold, linkage="average"
        )
        labels = torch.from_numpy(merged.fit(anchors.detach().cpu().numpy()).labels_)
        members = torch.nn.functional.one_hot(labels.long()).T.to(anchors)  # (clusters, anchors)
        return (members @ anchors) / members.sum(1, keepdim=True)
