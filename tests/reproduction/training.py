"""Training, once for all experiments: one loop, seeded, and what it made kept in a folder."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch.nn.functional import cross_entropy


class Lab:
    """The data to experiment on, and a folder that keeps what trained encoders made of it.

    ``spared`` counts the seconds of processor time that training took of what was kept and not
    trained again.
    """

    def __init__(self, data, kept):
        self.data = data
        self.kept = kept
        self.spared = 0.0

    def keep(self, name, make):
        """The arrays of ``make()``, by name; made once and read from the folder from then on."""
        path = self.kept / f"{name}.npz"
        was_kept = path.exists()
        if not was_kept:
            began = time.process_time()
            made = make()
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(path, seconds=time.process_time() - began, **made)
        with np.load(path) as arrays:
            found = {key: arrays[key] for key in arrays.files}
        seconds = float(found.pop("seconds"))
        self.spared += seconds if was_kept else 0.0
        return found


def seeded(make, seed):
    """What ``make()`` draws for ``seed``, leaving the random state of the program alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make()


def fit(model, loss, n, *, epochs, batch=128, lr=3e-3, weight_decay=0.0):
    """Adam with one cycle of learning rates over n items; ``loss(rows)`` is that of one batch."""
    optimiser = torch.optim.AdamW(model.parameters(), lr, weight_decay=weight_decay)
    steps = epochs * -(-n // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, lr, total_steps=steps)
    model.train()
    for _ in range(epochs):
        for rows in torch.randperm(n).split(batch):
            optimiser.zero_grad()
            loss(rows).backward()
            optimiser.step()
            schedule.step()
    return model.eval()


def fit_classifier(model, x, y, prepare=lambda batch: batch, **options):
    """Train a model on classes; ``prepare`` changes a batch of inputs, as augmentation does."""

    def loss(rows):
        return cross_entropy(model(prepare(x[rows])), y[rows])

    return fit(model, loss, len(x), **options)


@torch.no_grad()
def in_batches(model, x, batch=500):
    """Outputs of a trained model for all items."""
    return torch.cat([model(rows) for rows in x.split(batch)])
