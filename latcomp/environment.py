"""Where numbers were computed: what another person needs to get the same ones."""

from __future__ import annotations

import platform

import numpy as np
import torch

from latcomp import __version__


def environment(device: torch.device, dtype: torch.dtype) -> dict[str, str]:
    """Versions, the device and the dtype of the rows, as reports hold them."""
    return {
        "latcomp": __version__,
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "device": str(device),
        "dtype": str(dtype).removeprefix("torch."),
    }
