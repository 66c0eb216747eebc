"""latcomp: how two latent spaces relate, by relative representations.

The public names are loaded on first use, so that importing latcomp never imports torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latcomp.errors import InputError, LatcompError, UsageError
    from latcomp.formats import Asked
    from latcomp.loading.opening import File
    from latcomp.matrices.comparing import matrix
    from latcomp.matrices.document import Matrix, read_matrix
    from latcomp.pipeline import compare
    from latcomp.relating.relate import relative
    from latcomp.report import Report, Score, read_report
    from latcomp.scoring.peritem import PerItem
    from latcomp.scoring.samemodel import SameModel
    from latcomp.stitching.stitch import stitch
    from latcomp.stitching.stitched import Stitched
    from latcomp.tracking.track import track
    from latcomp.tracking.tracked import Tracked

__version__ = "0.1.0"

_HOMES = {
    "Asked": "latcomp.formats",
    "File": "latcomp.loading.opening",
    "InputError": "latcomp.errors",
    "LatcompError": "latcomp.errors",
    "Matrix": "latcomp.matrices.document",
    "PerItem": "latcomp.scoring.peritem",
    "Report": "latcomp.report",
    "SameModel": "latcomp.scoring.samemodel",
    "Score": "latcomp.report",
    "Stitched": "latcomp.stitching.stitched",
    "Tracked": "latcomp.tracking.tracked",
    "UsageError": "latcomp.errors",
    "compare": "latcomp.pipeline",
    "matrix": "latcomp.matrices.comparing",
    "read_matrix": "latcomp.matrices.document",
    "read_report": "latcomp.report",
    "relative": "latcomp.relating.relate",
    "stitch": "latcomp.stitching.stitch",
    "track": "latcomp.tracking.track",
}

__all__ = [
    "Asked",
    "File",
    "InputError",
    "LatcompError",
    "Matrix",
    "PerItem",
    "Report",
    "SameModel",
    "Score",
    "Stitched",
    "Tracked",
    "UsageError",
    "__version__",
    "compare",
    "matrix",
    "read_matrix",
    "read_report",
    "relative",
    "stitch",
    "track",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'latcomp' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
