"""Save the items that a mapping pairs as two files of anchors, row beside row.

python anchor_files.py A B PAIRS.tsv A_ANCHORS.npy B_ANCHORS.npy
"""

import sys
from pathlib import Path

import numpy as np

from latcomp.loading.load import load
from latcomp.loading.mapping import read_mapping
from latcomp.loading.matching import match

a, b, pairs, out_a, out_b = sys.argv[1:]
matched = match(load(a, "a"), load(b, "b"), mapping=read_mapping(Path(pairs)))
for space, out in ((matched.a, out_a), (matched.b, out_b)):
    np.save(out, space.rows(0, matched.n).numpy())
print(f"{matched.n} pairs")
