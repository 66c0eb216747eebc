"""Who is likely to be whom, from cosines between candidates of two spaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from latcomp.errors import UsageError
from latcomp.optional import need

CROWD = 10
"""Neighbours whose mean similarity is taken off, against hubs."""

SMOOTHING = 0.03
"""Weight of the entropy in the transport, in units of cosine: lower is sharper."""

SINKHORN_STEPS = 100
"""Scalings of rows and columns; what is left to do after them moves no pair that matters."""


def by_neighbours(cosines: Tensor) -> Tensor:
    """Cosines less the crowdedness of both (CSLS, Conneau et al. 2018): (na, nb) -> (na, nb)."""
    crowd_a = cosines.topk(min(CROWD, cosines.shape[1]), dim=1).values.mean(1, keepdim=True)
    crowd_b = cosines.topk(min(CROWD, cosines.shape[0]), dim=0).values.mean(0, keepdim=True)
    return cosines.mul_(2).sub_(crowd_a).sub_(crowd_b)


def by_transport(cosines: Tensor) -> Tensor:
    """The plan that carries all of one side to all of the other at the highest cosine, smoothed.

    Entropic optimal transport with uniform weights (Cuturi 2013): (na, nb) -> (na, nb), sum 1.
    Raises InputError where POT is not installed.
    """
    ot: Any = need("ot", "transport", "growing by transport")
    weights = [torch.full((n,), 1 / n).to(cosines) for n in cosines.shape]
    plan: Tensor = ot.sinkhorn(
        *weights, 1 - cosines, SMOOTHING, numItermax=SINKHORN_STEPS, warn=False
    )
    return plan


Pairing = Callable[[Tensor], Tensor]
"""From cosines, which it may overwrite, to how likely each pair is: higher is likelier."""

PAIRINGS: dict[str, Pairing] = {"neighbours": by_neighbours, "transport": by_transport}


def pairing(name: str) -> Pairing:
    """The way of pairing called ``name``. Raises UsageError where there is none."""
    if name not in PAIRINGS:
        raise UsageError(f"unknown way of pairing {name!r}", f"use {' or '.join(PAIRINGS)}")
    return PAIRINGS[name]
