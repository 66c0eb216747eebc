"""Four small encoders of questions: word numbers (n, words), 0 where there is none -> (n, 64)."""

from __future__ import annotations

from collections import Counter

import torch
from torch import nn

WIDTH, LONGEST, PADDING, UNKNOWN = 64, 20, 0, 1


def vocabulary(texts):
    """A number for every word seen twice."""
    counts = Counter(word for text in texts for word in text)
    known = [word for word, times in counts.most_common() if times > 1]
    return {word: number for number, word in enumerate(known, 2)}


def numbered(texts, words):
    """Word numbers, (n, LONGEST)."""
    rows = [[words.get(word, UNKNOWN) for word in text[:LONGEST]] for text in texts]
    return torch.tensor([row + [PADDING] * (LONGEST - len(row)) for row in rows])


def mean_of(vectors, rows):
    """The mean over the words that are there: (n, words, width) -> (n, width)."""
    there = (rows != PADDING).unsqueeze(2)
    return (vectors * there).sum(1) / there.sum(1).clamp(min=1)


class Averaged(nn.Module):
    """The mean of word vectors."""

    def __init__(self, words):
        super().__init__()
        self.words = nn.Embedding(words, WIDTH, padding_idx=PADDING)

    def forward(self, rows):
        return mean_of(self.words(rows), rows)


class Convolutional(nn.Module):
    """Features of three words in a row, each where it is strongest."""

    def __init__(self, words):
        super().__init__()
        self.words = nn.Embedding(words, WIDTH, padding_idx=PADDING)
        self.features = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)

    def forward(self, rows):
        return torch.relu(self.features(self.words(rows).transpose(1, 2))).amax(2)


class Recurrent(nn.Module):
    """A GRU in both directions, the mean of its states."""

    def __init__(self, words):
        super().__init__()
        self.words = nn.Embedding(words, WIDTH, padding_idx=PADDING)
        self.states = nn.GRU(WIDTH, WIDTH // 2, batch_first=True, bidirectional=True)

    def forward(self, rows):
        return mean_of(self.states(self.words(rows))[0], rows)


class Transformer(nn.Module):
    """Two layers of attention."""

    def __init__(self, words):
        super().__init__()
        self.words = nn.Embedding(words, WIDTH, padding_idx=PADDING)
        self.places = nn.Parameter(torch.randn(LONGEST, WIDTH) * 0.1)
        layer = nn.TransformerEncoderLayer(WIDTH, 4, 2 * WIDTH, dropout=0.1, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

    def forward(self, rows):
        hidden = self.words(rows) + self.places
        return mean_of(self.layers(hidden, src_key_padding_mask=rows == PADDING), rows)


ENCODERS = {
    "averaged": Averaged,
    "convolutional": Convolutional,
    "recurrent": Recurrent,
    "transformer": Transformer,
}
