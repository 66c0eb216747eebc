"""Train two autoencoders on scikit-learn's digits and save how each sees the 1,797 images.

Run `python make_digits.py`: under a minute on one core, with torch, scikit-learn and h5py.
The two differ in seed, architecture and width. The second file is shuffled and lacks some items,
so that only the ids tell which rows belong together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from torch import Tensor, nn

LEFT_OUT = 7
SHUFFLE_SEED = 3
SOURCE = "Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, by scikit-learn"


def mlp(width: int) -> nn.Sequential:
    """One hidden layer over the flat image."""
    return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, width))


def cnn(width: int) -> nn.Sequential:
    """Two convolutions over the 8 x 8 image."""
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        nn.Conv2d(1, 16, 3, padding=1),
        nn.GELU(),
        nn.Conv2d(16, 32, 3, stride=2, padding=1),
        nn.GELU(),
        nn.Flatten(),  # (images, 32 * 4 * 4)
        nn.Linear(512, width),
    )


@dataclass(frozen=True)
class Recipe:
    """What it takes to train one autoencoder again."""

    encoder: Callable[[int], nn.Sequential]
    width: int
    seed: int
    epochs: int = 60
    batch: int = 64
    rate: float = 1e-3

    def __str__(self) -> str:
        return (
            f"{self.encoder.__name__} autoencoder, {self.width} wide, seed {self.seed}, "
            f"{self.epochs} epochs of batches of {self.batch}, Adam at {self.rate}"
        )


def embed(images: Tensor, recipe: Recipe) -> Tensor:
    """Train an autoencoder to redraw the images; return its codes, (images, width)."""
    torch.manual_seed(recipe.seed)
    encoder = recipe.encoder(recipe.width)
    decoder = nn.Sequential(nn.Linear(recipe.width, 128), nn.ReLU(), nn.Linear(128, 64))
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=recipe.rate)
    for _ in range(recipe.epochs):
        for batch in torch.randperm(len(images)).split(recipe.batch):
            loss = nn.functional.mse_loss(decoder(encoder(images[batch])), images[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    with torch.no_grad():
        codes: Tensor = encoder(images)
        error = nn.functional.mse_loss(decoder(codes), images)
    print(f"{recipe}: redraws the images with a mean squared error of {error:.4f}")
    return codes


def save(path: Path, recipe: Recipe, columns: dict[str, NDArray[Any]]) -> None:
    """Write an HDF5 file that holds no times, so that the same content has the same bytes."""
    with h5py.File(path, "w", libver=("earliest", "v110")) as file:
        file.attrs.update(model=str(recipe), source=SOURCE, torch=torch.__version__.split("+")[0])
        for name, data in columns.items():
            file.create_dataset(name, data=data, track_times=False)


def main() -> None:
    """Write digits_mlp.h5 and digits_cnn.h5 beside this script."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    pixels, labels = load_digits(return_X_y=True)  # (1797, 64) from 0 to 16, (1797,)
    images = torch.tensor(pixels / 16, dtype=torch.float32)
    shuffled = np.random.default_rng(SHUFFLE_SEED).permutation(len(images))
    mlp_recipe, cnn_recipe = Recipe(mlp, width=32, seed=1), Recipe(cnn, width=64, seed=2)
    for name, recipe, rows in (
        ("digits_mlp.h5", mlp_recipe, np.arange(len(images))),
        ("digits_cnn.h5", cnn_recipe, shuffled[LEFT_OUT:]),
    ):
        columns = {
            "embeddings": embed(images, recipe).numpy()[rows],
            "ids": np.array([f"digit-{row:04d}" for row in rows], dtype=h5py.string_dtype()),
            "labels": labels[rows].astype(np.int64),
            "pixels": pixels[rows].astype(np.uint8),
        }
        save(Path(__file__).with_name(name), recipe, columns)


if __name__ == "__main__":
    main()
