"""Every measure once more, naively: numpy in float64, scipy, scikit-learn, POT and ripser.

One entry per measure and variant, as it is asked for; x and y are (n, d) and (n, d'), and directed
measures are a->b. Of latcomp only the draws are used.
"""

import itertools

import numpy as np
import ot
from ripser import ripser
from scipy import linalg, optimize, spatial, stats
from scipy.sparse import csgraph
from sklearn import (
    covariance,
    linear_model,
    manifold,
    metrics,
    model_selection,
    pipeline,
    preprocessing,
)
from sklearn import neighbors as sk_neighbours

from latcomp.draws import permutation
from latcomp.registry import parse_request

K = 5


def fifth(n):
    """How many rows, from the first on, are queries from outside for measures that ask those."""
    return max(1, n // 5)


def some_labels(n):
    """A label for every item, one of four."""
    return np.random.default_rng(8).choice(list("wxyz"), n)


def centred(x):
    return x - x.mean(0)


def gram(x):
    return centred(x) @ centred(x).T


def double_centred(k):
    return k - k.mean(0) - k.mean(1)[:, None] + k.mean()


def alignment(k, m):
    k, m = double_centred(k), double_centred(m)
    return (k * m).sum() / np.linalg.norm(k) / np.linalg.norm(m)


def song(k, m):
    n = len(k)
    k, m = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
    one = np.ones(n)
    middle = (one @ k @ one) * (one @ m @ one) / (n - 1) / (n - 2)
    return (np.trace(k @ m) + middle - 2 / (n - 2) * one @ k @ m @ one) / n / (n - 3)


def distances(x):
    return spatial.distance.squareform(spatial.distance.pdist(x))


def u_centred(d):
    n = len(d)
    rows = d.sum(0) / (n - 2)
    return off_diagonal(d - rows - rows[:, None] + d.sum() / (n - 1) / (n - 2))


def rbf(x):
    d = spatial.distance.pdist(x)
    width = np.median(d[d > 0])
    return np.exp(-(spatial.distance.squareform(d) ** 2) / 2 / width**2)


def off_diagonal(k):
    return k - np.diag(np.diag(k))


def cosine_of(k, m):
    return (k * m).sum() / np.linalg.norm(k) / np.linalg.norm(m)


def minibatch(x, y, size):
    batches = [slice(i, i + size) for i in range(0, len(x) - size + 1, size)]
    grams = [(gram(x[b]), gram(y[b])) for b in batches]
    across = sum(song(k, m) for k, m in grams)
    own = sum(song(k, k) for k, _ in grams) * sum(song(m, m) for _, m in grams)
    return across / np.sqrt(own)


def rho(x, y):
    return np.cos(linalg.subspace_angles(centred(x), centred(y)))


def cut(x, share):
    u, s, _ = np.linalg.svd(centred(x), full_matrices=False)
    kept = np.searchsorted(np.cumsum(s**2) / (s**2).sum(), share) + 1
    return u[:, :kept]


def svcca(x, y, share=0.99):
    return np.linalg.svd(cut(x, share).T @ cut(y, share), compute_uv=False).mean()


def pwcca(x, y):
    x, y = centred(x), centred(y)
    qx, qy = linalg.orth(x), linalg.orth(y)
    u, r, _ = np.linalg.svd(qx.T @ qy, full_matrices=False)
    weights = np.abs(x.T @ qx @ u).sum(0)
    return weights @ r / weights.sum()


def nbs(x, y):
    x, y = centred(x), centred(y)
    return np.linalg.norm(x.T @ y, "nuc") / np.linalg.norm(x) / np.linalg.norm(y)


def size_and_shape(x, y):
    x, y = centred(x), centred(y)
    wide = max(x.shape[1], y.shape[1])
    x, y = (np.pad(z, ((0, 0), (0, wide - z.shape[1]))) for z in (x, y))
    turn, _ = linalg.orthogonal_procrustes(x, y)
    return np.linalg.norm(x @ turn - y)


def shape_metric(x, y, alpha=0.5):
    def part(z):
        z = centred(z)
        return z @ (alpha * np.eye(z.shape[1]) + (1 - alpha) * linalg.inv(linalg.sqrtm(z.T @ z)))

    return np.arccos(nbs(part(x), part(y)))


def permuted(x, y):
    x, y = centred(x), centred(y)
    best = optimize.linear_sum_assignment(-x.T @ y)
    return np.arccos((x.T @ y)[best].sum() / np.linalg.norm(x) / np.linalg.norm(y))


def aligned(x, y):
    wide = max(x.shape[1], y.shape[1])
    x, y = (np.pad(z, ((0, 0), (0, wide - z.shape[1]))) for z in (x, y))
    turn, _ = linalg.orthogonal_procrustes(x, y)
    return np.mean([1 - spatial.distance.cosine(u, v) for u, v in zip(x @ turn, y, strict=True)])


def column_correlations(x, y):
    return np.corrcoef(x.T, y.T)[: x.shape[1], x.shape[1] :]


def hard(x, y):
    c = column_correlations(x, y)
    return c[optimize.linear_sum_assignment(-c)].mean()


def soft(x, y):
    c = column_correlations(x, y)
    return (c.max(0).mean() + c.max(1).mean()) / 2


def transported(x, y):
    c = column_correlations(x, y)
    weights = (np.full(n, 1 / n) for n in c.shape)
    return 1 - ot.emd2(*weights, 1 - c)


def held_out(x, y):
    order = permutation(len(x), 0, "folds").numpy() % 5
    missed = spread = 0.0
    for fold in range(5):
        train, test = order != fold, order == fold
        penalty = 0.01 * centred(x[train]).var(0).mean() * train.sum()
        model = linear_model.Ridge(alpha=penalty).fit(x[train], y[train])
        missed += ((y[test] - model.predict(x[test])) ** 2).sum()
        spread += ((y[test] - y[train].mean(0)) ** 2).sum()
    return 1 - missed / spread


def in_sample(x, y):
    predicted = linear_model.LinearRegression().fit(x, y).predict(x)
    return metrics.r2_score(y, predicted, multioutput="variance_weighted")


def gulp(x, y, ridge=1.0):
    def smoother(z):
        k = gram(z) / np.trace(gram(z))
        return k @ linalg.inv(k + ridge * np.eye(len(k)))

    return np.linalg.norm(smoother(x) - smoother(y)) ** 2


def eigenspace(x, y):
    overlap = linalg.orth(x).T @ linalg.orth(y)
    return np.linalg.norm(overlap) ** 2 / max(x.shape[1], y.shape[1])


def table(x, how):
    return spatial.distance.pdist(x, how)


def neighbours(x, k=K, metric="cosine"):
    d = spatial.distance.squareform(np.round(table(x, metric), 12))
    np.fill_diagonal(d, np.inf)
    return np.argsort(d, axis=1, kind="stable")[:, :k]


def over_lists(x, y, score):
    return np.mean(
        [score(list(a), list(b)) for a, b in zip(neighbours(x), neighbours(y), strict=True)]
    )


def rank_similarity(a, b):
    both = set(a) & set(b)
    places = [(a.index(j) + 1, b.index(j) + 1) for j in both]
    best = sum(1 / i for i in range(1, len(both) + 1))
    return sum(2 / (1 + abs(r - s)) / (r + s) for r, s in places) / best if both else 0.0


def rbo(a, b, p=0.9):
    overlaps = [len(set(a[:t]) & set(b[:t])) / t for t in range(1, len(a) + 1)]
    return (1 - p) * sum(p**t * o for t, o in enumerate(overlaps))


def lcs(a, b):
    best = max(
        len(chosen)
        for size in range(len(a) + 1)
        for chosen in itertools.combinations([j for j in a if j in b], size)
        if [b.index(j) for j in chosen] == sorted(b.index(j) for j in chosen)
    )
    return best / len(a)


def second_order(x, y):
    d, e = (spatial.distance.squareform(table(z, "cosine")) for z in (x, y))
    scores = []
    for i, (a, b) in enumerate(zip(neighbours(x), neighbours(y), strict=True)):
        both = sorted(set(a) | set(b))
        scores.append(1 - spatial.distance.cosine(d[i, both], e[i, both]))
    return np.mean(scores)


def cknna(x, y):
    units = [preprocessing.normalize(z) for z in (x, y)]
    kernels = [u @ u.T for u in units]
    masks = [np.zeros_like(kernels[0]) for _ in units]
    for mask, z in zip(masks, (x, y), strict=True):
        np.put_along_axis(mask, neighbours(z), 1, axis=1)

    def hsic(k, m):
        n, one = len(k), np.ones(len(k))
        grand = k.sum() * m.sum() / (n - 1) / (n - 2)
        return (k * m.T).sum() + grand - 2 / (n - 2) * one @ k @ m @ one

    both = masks[0] * masks[1]
    own = [hsic(mask * k, mask * k) for mask, k in zip(masks, kernels, strict=True)]
    return hsic(both * kernels[0], both * kernels[1]) / np.sqrt(own[0] * own[1])


def cycle(x, y):
    a, b = neighbours(x), neighbours(y)
    return np.mean([i in a[b[i]] for i in range(len(a))])


def counts(x):
    return np.bincount(neighbours(x).ravel(), minlength=len(x))


def cross(x, y):
    return np.round(preprocessing.normalize(x) @ preprocessing.normalize(y).T, 12)


def true_ranks(x, y):
    order = np.argsort(-cross(x, y), axis=1, kind="stable")
    return np.array([list(row).index(i) + 1 for i, row in enumerate(order)])


def paper_jaccard(x, y):
    s = np.argsort(-cross(x, y), axis=1, kind="stable")[:, :K]
    t = np.argsort(-cross(y, y), axis=1, kind="stable")[:, :K]
    return np.mean([len(set(a) & set(b)) / len(set(a) | set(b)) for a, b in zip(s, t, strict=True)])


def neighbour_recall(x, y):
    scores = cross(x, y)
    np.fill_diagonal(scores, -np.inf)
    found = np.argsort(-scores, axis=1, kind="stable")[:, :K]
    return np.mean([len(set(a) & set(b)) / K for a, b in zip(found, neighbours(y), strict=True)])


def label_agreement(x):
    labels = some_labels(len(x))
    return np.mean([labels[i] == labels[j] for i, near in enumerate(neighbours(x)) for j in near])


def results(x):
    """The K rows of the corpus nearest to every query."""
    first = fifth(len(x))
    d = np.round(spatial.distance.cdist(x[:first], x[first:], "cosine"), 12)
    return np.argsort(d, axis=1, kind="stable")[:, :K]


def over_results(x, y, score):
    found = zip(results(x), results(y), strict=True)
    return np.mean([score(list(a), list(b)) for a, b in found])


def translated(x, y, csls):
    order = permutation(len(x), 0, "held out").numpy()
    count = round(0.8 * len(x))
    train, held = order[:count], np.sort(order[count:])
    turn, _ = linalg.orthogonal_procrustes(x[train] - x[train].mean(0), y[train] - y[train].mean(0))
    cosines = (
        preprocessing.normalize((x - x[train].mean(0)) @ turn)
        @ preprocessing.normalize(y - y[train].mean(0)).T
    )
    if csls:
        crowd = [np.sort(c, axis=1)[:, -10:].mean(1) for c in (cosines, cosines.T)]
        cosines = 2 * cosines - crowd[0][:, None] - crowd[1]
    return np.array([(cosines[i] > cosines[i, i]).sum() + 1 for i in held])


def uniformity(x):
    u = preprocessing.normalize(x)
    return np.log(np.exp(-2 * metrics.pairwise.euclidean_distances(u, squared=True)).mean())


def concentricity(x):
    return metrics.pairwise.cosine_similarity(x, x.mean(0)[None]).mean()


def mmd(kernel, n):
    within = sum(off_diagonal(k).sum() for k in (kernel[:n, :n], kernel[n:, n:])) / n / (n - 1)
    return within - 2 * kernel[:n, n:].mean()


def frechet(x, y):
    s, t = (covariance.empirical_covariance(z) * len(z) / (len(z) - 1) for z in (x, y))
    root = linalg.sqrtm(s @ t).real
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(s + t - 2 * root)


def domain_auc(x, y):
    n = len(x)
    model = pipeline.make_pipeline(
        preprocessing.StandardScaler(), linear_model.LogisticRegression(C=0.1, max_iter=1000)
    )
    rows, side, item = np.vstack([x, y]), np.repeat([0, 1], n), np.tile(np.arange(n), 2)
    held = np.empty(2 * n)
    for train, test in model_selection.GroupKFold(5).split(rows, side, item):
        held[test] = model.fit(rows[train], side[train]).decision_function(rows[test])
    u = stats.mannwhitneyu(held[side == 1], held[side == 0]).statistic
    return u / n / n


def rtd(x, y):
    def scaled(z):
        d = spatial.distance.squareform(table(z, "euclidean"))
        return d / np.quantile(d, 0.9)

    def bars(a, b):
        joined = np.block([[np.zeros_like(a), a], [a, np.minimum(a, b)]])
        return np.ptp(ripser(joined, distance_matrix=True, maxdim=1)["dgms"][1], axis=1).sum()

    a, b = scaled(x), scaled(y)
    return (bars(a, b) + bars(b, a)) / 2


def intrinsic(x, y, k=5):
    def heat(z, t):
        graph = sk_neighbours.kneighbors_graph(z, k).toarray()
        laplacian = csgraph.laplacian(((graph + graph.T) > 0).astype(float), normed=True)
        return np.trace(linalg.expm(-t * laplacian)) / len(z)

    times = np.logspace(-1, 1, 256)
    weights = np.exp(-2 * (times + 1 / times))
    likely = np.flatnonzero(weights > 1e-3)  # elsewhere weights and differences are both tiny
    return max(weights[i] * abs(heat(x, times[i]) - heat(y, times[i])) for i in likely)


def gromov_wasserstein(x, y):
    a, b = (spatial.distance.squareform(table(z, "euclidean")) for z in (x, y))
    start = np.eye(len(x)) / len(x)
    plan = ot.gromov.gromov_wasserstein(
        a / a.max(), b / b.max(), loss_fun="square_loss", G0=start, tol_rel=1e-12, tol_abs=1e-12
    )
    a, b = a / a.max(), b / b.max()
    ends = (a**2 @ plan.sum(1)) @ plan.sum(1) + (b**2 @ plan.sum(0)) @ plan.sum(0)
    return ends - 2 * (a @ plan @ b * plan).sum()


def witnessed(d, top):
    """Every simplex of up to three landmarks, and from which relaxation on it is witnessed."""
    own = {}
    for row in d:
        near = np.flatnonzero(row <= np.sort(row)[2] + top)
        for size in (1, 2, 3):
            for s in itertools.combinations(near.tolist(), size):
                late = max(0.0, row[list(s)].max() - np.delete(row, s).min())
                own[s] = min(late, own.get(s, np.inf))
    born = {}
    for s in sorted(own, key=len):
        faces = [born.get(f, np.inf) for f in itertools.combinations(s, len(s) - 1) if f]
        born[s] = max(own[s], *faces, 0.0)
    return {s: at for s, at in born.items() if at <= top}


def living_times(d, top):
    """Share of 0..top with 0, 1, ... 99 holes: edges less what bounds them, ranks modulo 2."""
    born = witnessed(d, top)
    number = {s: i for i, s in enumerate(born)}
    times, holes, last, pivots = np.zeros(100), 0, 0.0, {}
    for s, at in sorted(born.items(), key=lambda entry: (entry[1], len(entry[0]))):
        times[holes : holes + 1] += at - last
        last = at
        column = sum(1 << number[f] for f in itertools.combinations(s, len(s) - 1) if f)
        while column and column.bit_length() in pivots:
            column ^= pivots[column.bit_length()]
        if column:
            pivots[column.bit_length()] = column
        holes += (len(s) == 2 and not column) - (len(s) == 3 and bool(column))
    times[holes : holes + 1] += top - last
    return times / top


def geometry_score(x, y):
    def mean_times(z, repeat):
        drawn = [permutation(len(z), 0, f"landmarks {repeat} {draw}")[:64] for draw in range(10)]
        tables = [spatial.distance.cdist(z, z[rows.numpy()]) for rows in drawn]
        tops = [d.max() / 128 * len(z) / 5000 for d in tables]
        return np.mean([living_times(d, top) for d, top in zip(tables, tops, strict=True)], axis=0)

    return np.mean([((mean_times(x, r) - mean_times(y, r)) ** 2).sum() for r in range(5)])


NAIVE = {
    "aligned-cosine": aligned,
    "aligned-cosine(center=true)": lambda x, y: aligned(centred(x), centred(y)),
    f"aligned-hit@{K}": lambda x, y: (translated(x, y, True) <= K).mean(),
    "aligned-hit@1": lambda x, y: (translated(x, y, True) <= 1).mean(),
    "aligned-hit@1(search=nn)": lambda x, y: (translated(x, y, False) <= 1).mean(),
    "aligned-mrr": lambda x, y: (1 / translated(x, y, True)).mean(),
    "cca": lambda x, y: rho(x, y).mean(),
    "cca-squared": lambda x, y: (rho(x, y) ** 2).mean(),
    "cka": lambda x, y: alignment(gram(x), gram(y)),
    "cka(kernel=rbf)": lambda x, y: alignment(rbf(x), rbf(y)),
    "cka-angular": lambda x, y: np.arccos(alignment(gram(x), gram(y))),
    "cka-debiased": lambda x, y: (
        song(gram(x), gram(y)) / np.sqrt(song(gram(x), gram(x)) * song(gram(y), gram(y)))
    ),
    "cka-minibatch": lambda x, y: minibatch(x, y, 256),
    "cka-zero-diagonal": lambda x, y: cosine_of(off_diagonal(gram(x)), off_diagonal(gram(y))),
    f"cknna@{K}": cknna,
    "concentricity-difference": lambda x, y: abs(concentricity(x) - concentricity(y)),
    f"continuity@{K}": lambda x, y: manifold.trustworthiness(y, x, n_neighbors=K),
    "cosine": lambda x, y: np.diag(cross(x, y)).mean(),
    f"cycle-knn@{K}": cycle,
    "distance-correlation": lambda x, y: np.sqrt(alignment(distances(x), distances(y))),
    "distance-correlation-debiased": lambda x, y: cosine_of(
        u_centred(distances(x)), u_centred(distances(y))
    ),
    "distance-correlation-squared": lambda x, y: alignment(distances(x), distances(y)),
    "domain-auc": domain_auc,
    "eigenspace-overlap": eigenspace,
    "energy-distance": lambda x, y: (
        2 * spatial.distance.cdist(x, y).mean() - distances(x).mean() - distances(y).mean()
    ),
    "foscttm": lambda x, y: ((true_ranks(x, y) - 1) / (len(x) - 1)).mean(),
    "frechet": frechet,
    "geometry-score": geometry_score,
    "gromov-wasserstein": gromov_wasserstein,
    "gulp": gulp,
    "hard-match": hard,
    "imd": intrinsic,
    f"hit@{K}": lambda x, y: (true_ranks(x, y) <= K).mean(),
    f"hubness@{K}": lambda x, y: stats.skew(counts(x)),
    f"hubness@{K}(side=b)": lambda x, y: stats.skew(counts(y)),
    f"hubness-correlation@{K}": lambda x, y: np.corrcoef(counts(x), counts(y))[0, 1],
    f"jaccard@{K}": paper_jaccard,
    f"knn-jaccard@{K}": lambda x, y: over_lists(
        x, y, lambda a, b: len(set(a) & set(b)) / len(set(a) | set(b))
    ),
    f"lcs@{K}": lambda x, y: over_lists(x, y, lcs),
    "magnitude-difference": lambda x, y: abs(np.linalg.norm(x.mean(0)) - np.linalg.norm(y.mean(0))),
    "mean-rank": lambda x, y: true_ranks(x, y).mean(),
    "mmd": lambda x, y: mmd(rbf(np.vstack([x, y])), len(x)),
    "mmd(kernel=poly)": lambda x, y: mmd(
        metrics.pairwise.polynomial_kernel(np.vstack([x, y]), degree=3), len(x)
    ),
    f"mrr@{K}": lambda x, y: np.where(true_ranks(x, y) <= K, 1 / true_ranks(x, y), 0).mean(),
    "mrr-full": lambda x, y: (1 / true_ranks(x, y)).mean(),
    f"mutual-knn@{K}": lambda x, y: over_lists(x, y, lambda a, b: len(set(a) & set(b)) / K),
    f"neighbour-labels@{K}": lambda x, y: label_agreement(x),
    f"neighbour-labels@{K}(side=b)": lambda x, y: label_agreement(y),
    f"neighbour-recall@{K}": neighbour_recall,
    "nbs": nbs,
    "permutation-procrustes": permuted,
    "principal-angle": lambda x, y: np.linalg.norm(linalg.subspace_angles(centred(x), centred(y))),
    "procrustes": lambda x, y: np.arccos(nbs(x, y)),
    "procrustes(scale=root)": lambda x, y: np.sqrt(2 - 2 * nbs(x, y)),
    "procrustes(scale=squared)": lambda x, y: (
        2 - 2 * np.sqrt(1 - spatial.procrustes(*padded(x, y))[2])
    ),
    "pwcca": pwcca,
    f"query-jaccard@{K}": lambda x, y: over_results(
        x, y, lambda a, b: len(set(a) & set(b)) / len(set(a) | set(b))
    ),
    f"query-rank-similarity@{K}": lambda x, y: over_results(x, y, rank_similarity),
    "r2": held_out,
    "r2-in-sample": in_sample,
    f"rank-similarity@{K}": lambda x, y: over_lists(x, y, rank_similarity),
    f"rbo@{K}": lambda x, y: over_lists(x, y, rbo),
    "rsa": lambda x, y: stats.pearsonr(table(x, "cosine"), table(y, "cosine")).statistic,
    "rsa(dissimilarity=correlation,comparison=spearman)": lambda x, y: (
        stats.spearmanr(table(x, "correlation"), table(y, "correlation")).statistic
    ),
    "rsa(dissimilarity=euclidean)": lambda x, y: (
        stats.pearsonr(table(x, "euclidean"), table(y, "euclidean")).statistic
    ),
    "rsm-difference": lambda x, y: np.linalg.norm(table(x, "cosine") - table(y, "cosine")),
    "rtd": rtd,
    f"second-order-cosine@{K}": second_order,
    "shape-metric": shape_metric,
    "size-and-shape": size_and_shape,
    "soft-match": soft,
    "svcca": svcca,
    "transport-match": transported,
    f"trustworthiness@{K}": lambda x, y: manifold.trustworthiness(x, y, n_neighbors=K),
    "uniformity-difference": lambda x, y: abs(uniformity(x) - uniformity(y)),
}
"""The independent value of every measure of the preset `all` at k = 5."""

NAMES = {parse_request(asked).name for asked in NAIVE}


def padded(x, y):
    wide = max(x.shape[1], y.shape[1])
    return [np.pad(z, ((0, 0), (0, wide - z.shape[1]))) for z in (x, y)]
