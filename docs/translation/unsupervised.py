"""Unsupervised translation on real spaces: P@1 over seeds, and whether it doubts itself.

python docs/translation/unsupervised.py pair A B        two models, row by row; pairs only judge
python docs/translation/unsupervised.py halves A        two halves of one model's items, none in
                                                        common, one half rotated at random
"""

import sys
from statistics import mean, stdev

import torch

from latcomp.loading.load import load
from latcomp.loading.matching import match
from latcomp.translation.fitting import fit

kind, *files = sys.argv[1:]
if kind == "pair":
    loaded = [load(file, name) for file, name in zip(files, "ab", strict=True)]
    matched = match(*loaded, "position")
    rows = columns = torch.arange(matched.n)
    x, y = matched.a.take(rows).double(), matched.b.take(rows).double()
else:
    space = load(files[0], "a").space
    x = space.take(torch.arange(space.shape[0])).double()
    generator = torch.Generator().manual_seed(0)
    turn = torch.randn(x.shape[1], x.shape[1], generator=generator, dtype=torch.float64)
    y = x @ torch.linalg.qr(turn)[0]
    rows, columns = torch.randperm(len(x), generator=generator).tensor_split(2)

found = []
for seed in range(5):
    made = fit(x, y, f"unsupervised(seed={1000 * seed})", (rows, columns))
    left, right = (each / each.norm(dim=1, keepdim=True) for each in (made.apply(x), y))
    nearest = (left @ right.T).argmax(1)  # by cosine, among all items
    found.append(float((nearest == torch.arange(len(y))).double().mean()))
    doubt = "says it is most likely wrong" if any("wrong" in n for n in made.notes) else ""
    print(f"seed {seed}  P@1 {found[-1]:.4f}  {doubt}", flush=True)
print(f"P@1 {mean(found):.3f} +- {stdev(found):.3f}; chance {1 / len(y):.4f}")
