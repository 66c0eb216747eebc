"""Grow 15 true pairs of words to 300, and hold them against 300 true ones.

python grow_words.py A B [--by transport] [--candidates 1500] [--pairs], two files whose ids are the
same words; with --pairs only the share of true pairs is printed.
"""

import argparse
import random
from pathlib import Path
from statistics import fmean

from latcomp import compare
from latcomp.loading.load import open_space
from latcomp.picking.growing import CANDIDATES, grow_anchors

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("a")
parser.add_argument("b")
parser.add_argument("--by", default="neighbours")
parser.add_argument("--candidates", type=int, default=CANDIDATES)
parser.add_argument("--pairs", action="store_true")
asked = parser.parse_args()
words = open_space(asked.a, "a")[0].ids
names = [] if asked.pairs else ["15 known", "300 grown", "300 true"]
found = {name: [] for name in ("true among 300", *names)}
for seed in range(5):
    drawn = random.Random(seed).sample(words, 300)
    grown = grow_anchors(
        asked.a, asked.b, [(word, word) for word in drawn[:15]],
        by=asked.by, candidates=asked.candidates,
    ).pairs  # fmt: skip
    found["true among 300"].append(fmean(one == other for one, other in grown))
    true = [(word, word) for word in drawn]
    sets = {"15 known": true[:15], "300 true": true, "300 grown": grown}
    for name in names:
        path = Path(f"{name.replace(' ', '_')}.csv")
        path.write_text("".join(f'"{x}","{y}"\n' for x, y in sets[name]), encoding="utf-8")
        report = compare(
            asked.a, asked.b, anchors=path, center=True, measures="hit@1", queries=2000
        )
        found[name].append(fmean(score.value for score in report.find("hit")))
for name, values in found.items():
    print(f"{name:<15} {fmean(values):.3f}  (from {min(values):.3f} to {max(values):.3f})")
