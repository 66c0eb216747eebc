"""python -m tests.benchmarks [NAME ...]: run benchmarks, print ratios, keep them as JSON.

A NAME may be the first letters of several: `protocol` runs all of them that start so. What else
the machine does disturbs all contenders of a run alike: ratios count, seconds do not.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path

import torch

from latcomp.machine import keep_memory
from tests.benchmarks import suite

RESULTS = Path(__file__).parent / "results.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(suite.BENCHMARKS)}; default: all")
    parser.add_argument("--runs", type=int, default=5, help="runs of each contender")
    parser.add_argument("--output", type=Path, default=RESULTS)
    asked = parser.parse_args()
    memory_is_kept = keep_memory(os.environ)
    kept = json.loads(asked.output.read_text()) if asked.output.exists() else {}
    for name in chosen(parser, asked.names):
        print(f"\n{name}: {suite.BENCHMARKS[name].__doc__}")
        rows = suite.BENCHMARKS[name](asked.runs)
        for row in rows:
            print("  " + "  ".join(f"{key}={value}" for key, value in row.items()), flush=True)
        kept[name] = {"machine": machine(memory_is_kept), "runs": asked.runs, "rows": rows}
        print(f"  load of the machine over the last minute: {kept[name]['machine']['load']}")
        asked.output.write_text(json.dumps(kept, indent=1) + "\n")


def chosen(parser, names):
    """The benchmarks that start with any of the names; all without names."""
    for name in names:
        if not any(known.startswith(name) for known in suite.BENCHMARKS):
            parser.error(f"no benchmark {name!r}; there are: {', '.join(suite.BENCHMARKS)}")
    return [known for known in suite.BENCHMARKS if not names or known.startswith(tuple(names))]


def machine(memory_is_kept):
    """What the figures depend on; freed memory is kept for all contenders, as by the command."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "memory_is_kept": memory_is_kept,
        "threads": torch.get_num_threads(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__,
        "cuda": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


if __name__ == "__main__":
    main()
