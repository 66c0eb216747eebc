"""Graph networks written out: GCN (Kipf and Welling 2017) and GIN (Xu et al. 2019)."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.nn.functional import dropout


class GCN(nn.Module):
    """One layer: every node takes the weighted mean of itself and its neighbours."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Linear(inputs, outputs)

    def forward(self, graph, x):
        return graph.normal @ self.weight(x)


class GIN(nn.Module):
    """One layer: the sum of a node and its neighbours, through a small network."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.first, self.second = nn.Linear(inputs, outputs), nn.Linear(outputs, outputs)

    def forward(self, graph, x):
        x = self.first(x)  # linear, so that it may come before the sum, where x is narrower
        return self.second(torch.relu(x + graph.beside @ x))


LAYERS = {"gcn": GCN, "gin": GIN}
ACTIVATIONS = {"relu": torch.relu, "tanh": torch.tanh, "elu": nn.functional.elu}


class GraphEncoder(nn.Module):
    """A graph -> a vector for each of its nodes, (n, width)."""

    def __init__(self, features, kind="gcn", depth=2, width=64, activation="relu", drop=0.5):
        super().__init__()
        widths = [width] * (depth + 1)
        self.inner = nn.Linear(features, width)
        self.layers = nn.ModuleList(LAYERS[kind](a, b) for a, b in pairwise(widths))
        self.activation, self.drop = ACTIVATIONS[activation], drop

    def forward(self, graph):
        x = graph.x @ self.inner.weight.T + self.inner.bias  # (n, width)
        for layer in self.layers:
            x = dropout(self.activation(x), self.drop, self.training)
            x = layer(graph, x)
        return x
