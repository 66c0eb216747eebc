"""Figure 4: likeness to one good model follows performance while a model is trained.

104 graph networks on Cora: GCN and GIN, one layer or two, with and without dropout, three
activations, two optimisers, two learning rates, in all combinations, a seed each. Every fourth
epoch has its accuracy on the validation nodes, and its likeness to a reference: the mean cosine of
relative vectors of the 1,000 test nodes (300 anchors), `latcomp.track`'s `cosine`. The reference is
the best of four GCNs, trained four times as long. Runs that never reach .5 are left out, as in the
paper; a few of them give every node the same vector.

Within a run: Pearson correlation over its epochs, the mean over runs; this is the paper's .955.
Across runs: over the last epochs, which the paper does not claim. Both by the paper's cosine, and
by the cosine with the anchors' mean taken out. A high correlation within runs says that both rise
while a model learns; across runs likeness tells much less of who is better.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

import latcomp
from latcomp.tracking.scored import Known
from tests.reproduction.claims import Estimate, row, scored
from tests.reproduction.data import cora
from tests.reproduction.graph_encoders import GraphEncoder
from tests.reproduction.training import seeded

RUNS, EPOCHS, EVERY, ANCHORS = 104, 40, 4, 300
CHOICES = {
    "kind": ("gcn", "gin"),
    "depth": (1, 2),
    "drop": (0.0, 0.5),
    "activation": ("relu", "tanh", "elu"),
    "optimiser": (torch.optim.Adam, torch.optim.RMSprop),
    "rate": (0.02, 0.005),
}
"""96 combinations: each is taken, and the first eight of a shuffled order twice."""


def run(lab):
    graph = cora(lab.data)
    found = lab.keep("figure4", lambda: train_all(graph))
    best = lab.keep("figure4-reference", lambda: train_reference(graph))
    good = found["accuracy"].max(1) >= 0.5
    rows = [row("validation accuracy of the reference", "", Estimate(float(best["accuracy"])))]
    for center in (False, True):
        tracked = track(best["vectors"], found["vectors"][good], found["accuracy"][good], center)
        (within,), (across,) = (
            tracked.find("cosine", over, "pearson") for over in ("within-run", "across-run")
        )
        name = f"cosine{', centred' if center else ''}"
        rows += [
            row(f"{name}: within {good.sum()} of {RUNS} runs", ".955", scored(within), above=0.5),
            row(f"{name}: across them, at their last epoch", "", scored(across)),
        ]
    return rows


def track(reference, vectors, accuracy, center):
    """Likeness to the reference of (runs, points, nodes, width), beside accuracy (runs, points)."""
    names = [f"{run}-{point}" for run, point in np.ndindex(accuracy.shape)]
    known = [
        Known(accuracy[place], str(place[0]), place[1]) for place in np.ndindex(accuracy.shape)
    ]
    return latcomp.track(
        reference,
        *vectors.reshape(-1, *vectors.shape[2:]),
        names=names,
        measures="cosine",
        scores=dict(zip(names, known, strict=True)),
        anchors=ANCHORS,
        center=center,
    )


def combinations():
    """Settings of RUNS runs in an order drawn once."""
    every = [dict(zip(CHOICES, each, strict=True)) for each in product(*CHOICES.values())]
    order = np.random.default_rng(0).permutation(len(every))
    return [every[i] for i in np.resize(order, RUNS)]


def train_all(graph):
    runs = [
        seeded(lambda s=settings: list(points(graph, EPOCHS, **s)), seed)
        for seed, settings in enumerate(combinations())
    ]
    return {
        "accuracy": [[right for right, _ in run] for run in runs],
        "vectors": np.stack([[vectors for _, vectors in run] for run in runs]),
    }


def train_reference(graph):
    plain = {"kind": "gcn", "optimiser": torch.optim.Adam, "rate": 0.02}
    tries = [
        seeded(lambda: list(points(graph, 4 * EPOCHS, **plain)), 1000 + seed)[-1]
        for seed in range(4)
    ]
    accuracy, vectors = max(tries, key=lambda one: one[0])
    return {"accuracy": accuracy, "vectors": vectors}


def points(graph, epochs, optimiser, rate, **settings):
    """Validation accuracy and the test nodes' vectors, float16, every few epochs of a training."""
    encoder = GraphEncoder(graph.x.shape[1], **settings)
    head = nn.Linear(64, 7)
    steps = optimiser([*encoder.parameters(), *head.parameters()], lr=rate, weight_decay=5e-4)
    for epoch in range(epochs):
        encoder.train()
        steps.zero_grad()
        cross_entropy(head(encoder(graph))[graph.train], graph.y[graph.train]).backward()
        steps.step()
        if epoch % EVERY == EVERY - 1:
            with torch.no_grad():
                vectors = encoder.eval()(graph)
                right = head(vectors).argmax(1)[graph.val] == graph.y[graph.val]
            yield right.double().mean().item(), vectors[graph.test].half().numpy()
