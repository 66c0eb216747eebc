"""Which reference value every measure must meet: one line per measure.

The values were computed by other people's implementations (`shared/oracles`), never by latcomp.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A measure as it is asked for, and the reference values it must meet.

    ``there`` is the value in the direction a -> b, ``back`` in b -> a; a symmetric measure has
    only the first. Relative representations are to the anchors in rows 0 to 49.
    """

    asked: str
    there: str
    back: str | None = None
    space: str = "absolute"


LINES = [
    Line("jaccard@10", "relative_jaccard_10_xy", "relative_jaccard_10_yx", "relative"),
    Line("mrr@10", "relative_mrr_10_xy", "relative_mrr_10_yx", "relative"),
    Line("mrr-full", "relative_mrr_xy", "relative_mrr_yx", "relative"),
    Line("hit@1", "relative_hit_1_xy", "relative_hit_1_yx", "relative"),
    Line("hit@10", "relative_hit_10_xy", "relative_hit_10_yx", "relative"),
    Line("cosine", "relative_cosine", space="relative"),
    Line("mutual-knn@10", "knn_overlap_10"),
    Line("knn-jaccard@10", "knn_jaccard_10"),
    Line("cka", "cka_linear"),
    Line("cka-debiased", "cka_linear_debiased"),
]

FIXTURES = ("correlated", "wide", "offset", "square")
