"""Small convolutional autoencoders, plain and variational, absolute and relative."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import mse_loss

from latcomp.nn import RelativeProjection
from tests.reproduction.training import fit, seeded

WIDTH = 64
"""Of the latent space."""


class Autoencoder(nn.Module):
    """Images (n, c, s, s) -> (n, WIDTH) -> images.

    Where there are ``anchors``, images that are encoded anew at every step, the decoder reads the
    cosines to them.
    """

    def __init__(self, channels, size, anchors=None, variational=False):
        super().__init__()
        self.variational = variational
        corner = size // 4  # two halvings
        self.encoder = nn.Sequential(
            nn.Conv2d(channels, 8, 4, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 4, 2, 1), nn.ReLU(),
            nn.Flatten(), nn.Linear(16 * corner**2, WIDTH * (2 if variational else 1)),
        )  # fmt: skip
        if anchors is None:
            inputs, self.project = WIDTH, nn.Identity()
        else:
            inputs, self.project = len(anchors), RelativeProjection(anchors, encode=self.mean)
        self.decoder = nn.Sequential(
            nn.Identity() if anchors is None else nn.LayerNorm(inputs),
            nn.Linear(inputs, 16 * corner**2), nn.ReLU(), nn.Unflatten(1, (16, corner, corner)),
            nn.ConvTranspose2d(16, 8, 4, 2, 1), nn.ReLU(),
            nn.ConvTranspose2d(8, channels, 4, 2, 1), nn.Sigmoid(),
        )  # fmt: skip

    def mean(self, images):
        """Where images lie in the latent space: (n, WIDTH)."""
        return self.encoder(images)[:, :WIDTH]

    def loss(self, images):
        """Squared error per pixel, and of a variational one the divergence from a normal."""
        coded = self.encoder(images)
        latent, extra = coded[:, :WIDTH], 0.0
        if self.variational:
            log_variance = coded[:, WIDTH:]
            divergence = (latent.square() + log_variance.exp() - 1 - log_variance).sum(1) / 2
            extra = BETA * divergence.mean() / images[0].numel()
            latent = latent + (log_variance / 2).exp() * torch.randn_like(latent)
        return mse_loss(self.decoder(self.project(latent)), images) + extra


EPOCHS = 12

BETA = 0.05
"""Weight of the divergence against the squared error summed over pixels."""


def trained(lab, name, images, anchors, variational, seed):
    """An autoencoder trained on images; its decoder reads cosines where anchors are given."""
    model = seeded(lambda: Autoencoder(*images.shape[1:3], anchors, variational), seed)

    def train():
        fit(model, lambda rows: model.loss(images[rows]), len(images), epochs=EPOCHS)
        return {key: value.numpy() for key, value in model.state_dict().items()}

    kept = lab.keep(f"{name}-{seed}", lambda: seeded(train, seed))
    model.load_state_dict({key: torch.from_numpy(value) for key, value in kept.items()})
    return model.eval()
