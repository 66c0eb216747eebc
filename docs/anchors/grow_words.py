"""Grow 15 true pairs of words to 300, and hold them against 300 true ones.

python grow_words.py A B [BY], two files whose ids are the same words; BY is neighbours (the
default) or transport.
"""

import random
import sys
from pathlib import Path
from statistics import fmean

from latcomp import compare
from latcomp.loading.load import open_space
from latcomp.picking.growing import grow_anchors

a, b, by = [*sys.argv[1:], "neighbours"][:3]
words = open_space(a, a)[0].ids
found = {name: [] for name in ("true among 300", "15 known", "300 grown", "300 true")}
for seed in range(5):
    drawn = random.Random(seed).sample(words, 300)
    grown = grow_anchors(a, b, [(word, word) for word in drawn[:15]], by=by).pairs
    found["true among 300"].append(fmean(one == other for one, other in grown))
    sets = {"15 known": drawn[:15], "300 true": drawn}
    pairs = {name: [(word, word) for word in chosen] for name, chosen in sets.items()}
    for name, chosen in {**pairs, "300 grown": grown}.items():
        path = Path(f"{name.replace(' ', '_')}.csv")
        path.write_text("".join(f'"{x}","{y}"\n' for x, y in chosen), encoding="utf-8")
        report = compare(a, b, anchors=path, center=True, measures="hit@1", queries=2000)
        found[name].append(fmean(score.value for score in report.find("hit")))
for name, values in found.items():
    print(f"{name:<15} {fmean(values):.3f}  (from {min(values):.3f} to {max(values):.3f})")
