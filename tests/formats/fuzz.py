"""Damaged files: every format must read them or say what is wrong, whatever bytes changed.

Run as a script it makes `cases` damaged files of every kind, each kind in a process of its own
with bounded memory, so that a crash is found and named. A case that hangs ends its process, which
prints where every thread stood.
"""

import faulthandler
import resource
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from filekinds import KINDS, write

from latcomp.errors import LatcompError
from latcomp.loading.opening import open_table

MEMORY = 6 * 2**30
SLOW = 20.0
HUGE = [2**60, 2**63 - 1, 2**64 - 1, 2**40, 2**32 - 1, 2**31, 0, 1]


def damage(data, rng):
    """Change some bytes, write huge numbers into it, cut it short, or repeat a part."""
    raw = bytearray(data)
    way = rng.integers(5)
    at = int(rng.integers(len(raw)))
    if rng.random() < 0.5:
        at = min(at, int(rng.integers(200)))
    if way == 0:
        for place in rng.integers(len(raw), size=rng.integers(1, 9)):
            raw[place] = int(rng.integers(256))
    elif way == 1:
        raw[at] ^= 1 << int(rng.integers(8))
    elif way == 2:
        size = int(rng.choice([1, 2, 4, 8]))
        number = HUGE[rng.integers(len(HUGE))] % 2 ** (8 * size)
        raw[at : at + size] = number.to_bytes(size, "little")
    elif way == 3:
        del raw[at:]
    else:
        stop = at + int(rng.integers(1, 64))
        raw[at:stop] = raw[at:stop] * 2
    return bytes(raw)


def damaged(source, folder, rng):
    """A copy of a file with damage; of a folder, with damage to one file in it."""
    target = folder / source.name
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
        files = sorted(path for path in target.rglob("*") if path.is_file())
        chosen = files[rng.integers(len(files))]
    else:
        chosen = target
        target.write_bytes(source.read_bytes())
    chosen.write_bytes(damage(chosen.read_bytes(), rng))
    return target


def survives(path):
    """Read a file as a comparison would: whether it could be read. Anything but a clear error of
    ours is raised."""
    try:
        vectors = open_table(str(path)).vectors
        rows = vectors.shape[0]
        for start, stop in [(0, 3), (rows - 3, rows), (0, min(rows, 50))]:
            found = vectors[max(start, 0) : stop]
            assert found.shape[1] == vectors.shape[1]
    except LatcompError:
        return False
    return True


def run(name, cases, seed):
    """Damage one kind of file many times over; name the case that is not handled."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    read = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        sound, broken = Path(folder, "sound"), Path(folder, "broken")
        sound.mkdir()
        broken.mkdir()
        source = write(name, sound)
        for case in range(cases):
            path = damaged(source, broken, np.random.default_rng([seed, case]))
            print(f"{name} {seed} {case}", file=sys.stderr, flush=True)
            faulthandler.dump_traceback_later(SLOW, exit=True)
            read += survives(path)
    faulthandler.dump_traceback_later(SLOW, exit=True)  # the end of the process may hang as well
    print(f"{name:<18} {cases} damaged files, {read} still read", flush=True)


def main(cases, seed):
    """Every kind in a process of its own; exit 1 where one fails."""
    failed = []
    for name in KINDS:
        command = [sys.executable, __file__, str(cases), str(seed), name]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
        print(done.stdout, end="", flush=True)
        if done.returncode:
            failed.append(f"{name}: exit {done.returncode}\n{done.stderr[-1500:]}")
    print("\n".join(failed) or f"{cases * len(KINDS)} damaged files: none was mishandled")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) > 3:
        run(sys.argv[3], int(sys.argv[1]), int(sys.argv[2]))
    else:
        sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
