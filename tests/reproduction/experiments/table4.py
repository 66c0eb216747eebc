"""Table 4: across languages, through a dictionary: what one language taught works in another.

Two word2vec models, each trained on novels of its own language and never on the other (ELTeC,
150,000 sentences each). Retrieval: the pairs of a test dictionary are
searched for among each other; all pairs of a training dictionary are anchors, none is searched for.
Head: a linear probe learns which of 8 groups (k-means of the English vectors) an English word is
in, from the training pairs, 300 of which are anchors (five draws), and names the group of French
words that it never saw, whose label is that of their translation. "Loss" is the accuracy of a head
taught in French less that of the stitched.

The paper's task is sentiment of Amazon reviews by pretrained encoders (F1, English to French: 43.7
absolute, 82.8 relative, of 91.5 and 90.1 in English). Words of novels a century old, few of them,
with a dictionary of today, are harder: 150,000 sentences suffice to find translations far above
chance, best with a similarity that also whitens by what the anchors teach, and hardly to learn the
groups. Where a head taught in French is itself no better than naming the largest group, a loss
against it says nothing and is not judged.
"""

from __future__ import annotations

import numpy as np
from sklearn.cluster import KMeans
from sklearn.preprocessing import normalize

import latcomp
from latcomp.loading.mapping import read_mapping
from tests.reproduction.claims import Estimate, difference, not_applicable, row, scored
from tests.reproduction.data import dictionary, sentences

SIMILARITIES = ("cosine(center)", "cosine(center,unit,whiten)")
GROUPS, SENTENCES = 8, 150_000


def run(lab):
    en, fr = (vectors(lab, language) for language in ("en", "fr"))
    rows = []
    for similarity in SIMILARITIES:
        rows += [*retrieval(lab, en, fr, similarity), *stitched_head(lab, en, fr, similarity)]
    return list(dict.fromkeys(rows))  # absolute rows are the same for every similarity


def vectors(lab, language):
    """Words seen twenty times or more and their vectors."""

    def train():
        from gensim.models import Word2Vec

        model = Word2Vec(
            sentences(lab.data, language)[:SENTENCES],
            vector_size=100, window=5, min_count=20, epochs=3, sg=0, seed=0, workers=1,
        )  # fmt: skip
        return {"vectors": model.wv.vectors, "words": model.wv.index_to_key}

    found = lab.keep(f"table4-{language}", train)
    return found["words"].tolist(), found["vectors"]


def retrieval(lab, en, fr, similarity):
    """A translation is found far above chance, and never by the vectors as they are."""
    report = latcomp.compare(
        en[1],
        fr[1],
        ids=(en[0], fr[0]),
        mapping=dictionary(lab.data, "test"),
        anchors=dictionary(lab.data, "train"),
        similarity=similarity,
        measures="hit@10,mrr",
    )
    rows = []
    for direction in ("a->b", "b->a"):
        (hit,), (absolute,) = (
            report.find("hit@10", space, direction) for space in ("relative", "absolute")
        )
        name = {"a->b": "English to French", "b->a": "French to English"}[direction]
        rows += [
            row(f"{similarity}: hit@10, {name}", "", scored(hit), above=10 * hit.chance),
            row(f"absolute: hit@10, {name}", "", scored(absolute), below=3 * absolute.chance),
        ]
    return rows


def stitched_head(lab, en, fr, similarity):
    """A head taught in English loses little on French by relative, and much by absolute vectors."""
    known = [read_mapping(dictionary(lab.data, part)) for part in ("train", "test")]
    places = [{word: place for place, word in enumerate(words)} for words, _ in (en, fr)]
    train, test = (
        [(places[0][a], places[1][b]) for a, b in pairs if a in places[0] and b in places[1]]
        for pairs in known
    )
    here, there = np.array(train + test).T
    a, b = en[1][here], fr[1][there]
    labels = KMeans(GROUPS, n_init=4, random_state=0).fit_predict(normalize(a - a.mean(0)))
    found = latcomp.stitch(
        a,
        b,
        labels=labels.tolist(),
        through=["relative", "absolute"],
        similarity=similarity,
        anchors=300,
        test=list(range(len(train), len(a))),
    )
    rows = []
    largest = float(np.bincount(labels[len(train) :]).max() / len(test))
    for way, paper, rule in (
        ("relative", "90.1 - 82.8", {"below": 0.2}),
        ("absolute", "91.5 - 43.7", {"above": 0.2}),
    ):
        stitched, ceiling = (found.find("accuracy", way, d)[0] for d in ("a->b", "b->b"))
        name = similarity if way == "relative" else way
        loss = f"{name}: loss against a French head"
        rows += [
            row(f"{name}: accuracy of a French head", "", scored(ceiling)),
            row(f"{name}: accuracy of the English head on French", "", scored(stitched)),
            row(loss, paper, difference(ceiling, stitched), **rule)
            if ceiling.interval[0] > largest
            else not_applicable(loss, paper, "a French head is no better than the largest group"),
        ]
    return [*rows, row("share of the largest group", "", Estimate(largest))]
