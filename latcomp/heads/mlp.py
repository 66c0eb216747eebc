"""The head of the paper's stitching experiments (torch)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from latcomp.draws import stream
from latcomp.errors import UsageError
from latcomp.heads import HEADS, Aim, Learnt
from latcomp.nn import RelativeHead

Loss = Callable[[Tensor, Tensor], Tensor]


@HEADS.add("mlp")
@dataclass(frozen=True)
class Mlp:
    """Layer normalisation, linear, activation, linear: `latcomp.nn.RelativeHead`, by Adam.

    Cross entropy for labels; squared error for targets, which are brought to mean 0 and standard
    deviation 1 for training. With ``transductive`` hidden units are standardised over the batch
    at hand, as in the authors' code.
    """

    hidden: int = 256
    epochs: int = 50
    batch: int = 128
    rate: float = 0.001
    activation: Literal["tanh", "relu", "gelu"] = "tanh"
    transductive: bool = False

    def __post_init__(self) -> None:
        if min(self.hidden, self.epochs, self.batch) < 1 or not self.rate > 0:
            raise UsageError("mlp: hidden, epochs, batch and rate must be above 0")

    def learn(self, coordinates: Tensor, aim: Aim, seed: int) -> Learnt:
        rows, truth = coordinates.float(), aim.truth.to(coordinates.device)
        if aim.classes is not None:
            model = self._model(rows.shape[1], len(aim.classes), seed).to(rows.device)
            self._train(model, torch.nn.functional.cross_entropy, rows, truth, seed)
            return Learnt(lambda new: _say(model, new).argmax(1).cpu())
        spread = truth.std(0, correction=0)  # (t,)
        mean, scale = truth.mean(0), spread.where(spread > 0, 1.0)
        model = self._model(rows.shape[1], truth.shape[1], seed).to(rows.device)
        wanted = ((truth - mean) / scale).float()
        self._train(model, torch.nn.functional.mse_loss, rows, wanted, seed)
        return Learnt(lambda new: (_say(model, new).double() * scale + mean).cpu())

    def _model(self, width: int, out: int, seed: int) -> RelativeHead:
        """A head with weights drawn for the seed; the global generator is left as it was."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return RelativeHead(
                width,
                out,
                hidden=self.hidden,
                activation=self.activation,
                transductive=self.transductive,
            )

    def _train(
        self, model: RelativeHead, loss: Loss, rows: Tensor, truth: Tensor, seed: int
    ) -> None:
        """Adam over shuffled batches, in place."""
        optimiser = torch.optim.Adam(model.parameters(), self.rate)
        generator = stream(seed, "batches")
        for _ in range(self.epochs):
            order = torch.randperm(len(rows), generator=generator)
            for start in range(0, len(rows), self.batch):
                chosen = order[start : start + self.batch]
                optimiser.zero_grad()
                torch.autograd.backward(loss(model(rows[chosen]), truth[chosen]))
                optimiser.step()


@torch.no_grad()
def _say(model: RelativeHead, rows: Tensor) -> Tensor:
    said: Tensor = model(rows.float())
    return said
