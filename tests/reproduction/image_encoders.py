"""Three small image encoders of different architecture, trained on CIFAR-10 from scratch."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn.functional import pad, relu

from tests.reproduction.training import fit_classifier, in_batches, seeded


def convolution(inputs, outputs, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


def cnn():
    """Convolutions and pooling: images -> (n, 128)."""
    widths = (3, 32, 64, 128)
    layers = []
    for inputs, outputs in pairwise(widths):
        layers += [convolution(inputs, outputs), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(2048, 128))


class Residual(nn.Module):
    """Two convolutions around which the input is led."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.inner = nn.Sequential(
            convolution(inputs, outputs, stride=2),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.around = nn.Conv2d(inputs, outputs, 1, 2, bias=False)

    def forward(self, x):
        return relu(self.inner(x) + self.around(x))


def resnet():
    """A small residual network: images -> (n, 128)."""
    blocks = (Residual(16, 32), Residual(32, 64), Residual(64, 128))
    return nn.Sequential(convolution(3, 16), *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten())


class ViT(nn.Module):
    """A small vision transformer over patches of 4 x 4: images -> (n, 64)."""

    def __init__(self, width=64, depth=2):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.places = nn.Parameter(torch.randn(64, width) * 0.02)
        layer = nn.TransformerEncoderLayer(
            width, 4, 2 * width, dropout=0.0, batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2) + self.places  # (n, 64 patches, width)
        return self.layers(tokens).mean(1)


ENCODERS = {"cnn": (cnn, 128, 8), "resnet": (resnet, 128, 8), "vit": (ViT, 64, 12)}
"""How each is made, how wide its vectors are, and for how many epochs it is trained."""


def shift_and_flip(batch):
    """The augmentation of small images: mirrored, and moved by up to 4 pixels, a draw a batch."""
    down, right = torch.randint(0, 9, (2,)).tolist()
    moved = pad(batch, (4, 4, 4, 4))[:, :, down : down + 32, right : right + 32]
    return moved.flip(3) if torch.rand(()) < 0.5 else moved


def embeddings(lab, name, split, seed=0):
    """What a trained encoder makes of the test images, and how often its own head is right."""
    make, width, epochs = ENCODERS[name]

    def train():
        encoder = make()
        model = nn.Sequential(encoder, nn.Linear(width, 10))
        model.to(memory_format=torch.channels_last)
        fit_classifier(model, split.x - 0.5, split.y, shift_and_flip, epochs=epochs, lr=3e-3)
        unseen = in_batches(encoder, split.test_x - 0.5)
        right = model[1](unseen).argmax(1) == split.test_y
        return {"unseen": unseen.numpy(), "accuracy": right.double().mean().numpy()}

    return lab.keep(f"cifar10-{name}-{seed}", lambda: seeded(train, seed))
