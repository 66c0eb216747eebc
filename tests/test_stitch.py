"""Stitched heads: answers that are known beforehand, and nothing that is held out leaks."""

import json

import jsonschema
import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score, mean_squared_error, r2_score

from latcomp import InputError, UsageError, stitch
from latcomp.heads import HEADS, Aim, Learnt, ask
from latcomp.loading.families import match_all
from latcomp.loading.load import load
from latcomp.recipes import parse_recipe
from latcomp.stitching.axes import draw_axes
from latcomp.stitching.metrics import OF_LABELS, OF_TARGETS
from latcomp.stitching.stitched import stitch_schema_text
from latcomp.stitching.trials import Bench
from latcomp.stitching.ways import STANDARDIZE, Views, ask_ways
from tests.data import names, rotation, space

VALIDATOR = jsonschema.Draft202012Validator(json.loads(stitch_schema_text()))
QUICK_MLP = "mlp(hidden=16,epochs=15,rate=0.02)"


def classes(n=200, d=10, k=3, seed=0):
    """Rows in k clouds, and the cloud of each: (n, d), (n,)."""
    labels = np.arange(n) % k
    middles = 3 * space(k, d, seed + 1)
    return space(n, d, seed) + middles[labels], labels


def values(found, measure, direction, way="relative"):
    return [score.value for score in found.find(measure, way, direction)]


@pytest.mark.parametrize("head", ["linear", QUICK_MLP])
@pytest.mark.parametrize("similarity", ["cosine", "cosine(center)", "euclidean(center,scale)"])
def test_a_rotated_copy_scores_exactly_what_the_space_itself_does(head, similarity):
    x, labels = classes()
    y = 2 * x @ rotation(10, 3)
    found = stitch(
        x, y, labels=labels, anchors=20, splits=2, head=head, similarity=similarity,
        through="relative",
    )  # fmt: skip
    for measure in ("accuracy", "f1-macro", "f1-weighted"):
        own = values(found, measure, "a->a")
        assert values(found, measure, "a->b") == pytest.approx(own, abs=1e-12)
        assert own[0] > 0.9


@pytest.mark.parametrize("way", ["ortho", "linear", "affine", "l-ortho"])
def test_translation_of_a_rotated_copy_is_exact_where_absolute_stitching_is_not(way):
    x, labels = classes()
    found = stitch(
        x, x @ rotation(10, 3), labels=labels, anchors=20, splits=2, through=["absolute", way]
    )
    own = values(found, "accuracy", "a->a", "absolute")
    assert values(found, "accuracy", "a->b", way) == pytest.approx(own)
    assert values(found, "accuracy", "a->b", "absolute")[0] < own[0] - 0.1


def test_independent_spaces_stitch_at_the_rate_of_guessing():
    x, labels = classes(n=600)
    found = stitch(x, space(600, 10, 9), labels=labels, anchors=20, splits=4)
    for score in found.scores:
        if score.direction == "a->b" and score.measure == "accuracy":
            assert score.value == pytest.approx(1 / 3, abs=0.08)


def test_targets_of_a_rotated_copy_are_predicted_as_well():
    x, _ = classes()
    y, wanted = x @ rotation(10, 3), x @ space(10, 4, 5) + 2
    found = stitch(
        x, y, targets=wanted, anchors=30, splits=2, similarity="inner", through="relative,ortho"
    )
    for way in ("relative", "ortho"):
        assert values(found, "r2", "a->b", way)[0] > 0.99
    assert values(found, "mse", "a->b") == pytest.approx(values(found, "mse", "a->a"), rel=1e-6)
    chance = found.find("mse")[0].chance
    assert chance == pytest.approx(wanted.var(0).mean(), rel=0.3)


def test_metrics_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    truth, said = rng.integers(0, 5, 300), rng.integers(0, 6, 300)
    wanted = {
        "accuracy": accuracy_score(truth, said),
        "f1-macro": f1_score(truth, said, average="macro"),
        "f1-weighted": f1_score(truth, said, average="weighted"),
    }
    pair = torch.from_numpy(truth), torch.from_numpy(said)
    assert {m.name: m.score(*pair) for m in OF_LABELS} == pytest.approx(wanted)
    y, guess = space(50, 3, 1), space(50, 3, 2)
    wanted = {
        "r2": r2_score(y, guess, multioutput="variance_weighted"),
        "mse": mean_squared_error(y, guess),
    }
    pair = torch.from_numpy(y), torch.from_numpy(guess)
    assert {m.name: m.score(*pair) for m in OF_TARGETS} == pytest.approx(wanted)


def test_the_linear_head_is_logistic_regression_on_scaled_training_items():
    from sklearn.linear_model import LogisticRegression

    x, labels = classes()
    found = stitch(
        x, x, labels=labels, anchors=9, test=list(range(50)), splits=1, through="absolute"
    )
    train, test = x[50:], x[:50]
    mean, std = train.mean(0), train.std(0)
    model = LogisticRegression(max_iter=1000).fit((train - mean) / std, labels[50:])
    wanted = accuracy_score(labels[:50], model.predict((test - mean) / std))
    assert values(found, "accuracy", "a->a", "absolute") == [wanted]


class Nosy:
    """A head that keeps what it was taught with."""

    transductive = False

    def __init__(self):
        self.taught = []

    def learn(self, coordinates, aim, seed):
        self.taught.append((coordinates, aim.truth))
        return Learnt(lambda rows: torch.zeros(len(rows), dtype=torch.int64))


def a_round(anchors, test=0.3, strategy="uniform"):
    x, labels = classes(60)
    family = match_all([load(one, name) for one, name in ((x, "a"), (x + 1, "b"))])
    drawn = draw_axes(family, None, anchors, strategy, 3, test, 0, None)
    rows = tuple(one.rows(0, 60) for one in family.spaces)
    return rows, drawn, Aim(torch.from_numpy(labels), ("0", "1", "2"))


@pytest.mark.parametrize("strategy", ["uniform", "farthest", "kmeans", "top"])
@pytest.mark.parametrize("anchors", [10, "all"])
def test_anchors_and_heads_never_see_held_out_items(strategy, anchors):
    rows, drawn, aim = a_round(anchors, strategy=strategy)
    for split, axes in drawn:
        assert not set(axes.rows.tolist()) & set(split.test.tolist())
        assert sorted([*split.train.tolist(), *split.test.tolist()]) == list(range(60))
        head = Nosy()
        bench = Bench(aim, head, STANDARDIZE["none"], ask_ways("relative,absolute,ortho"))
        bench.run(Views(rows, axes, split, parse_recipe("cosine")))
        for coordinates, truth in head.taught:
            assert len(coordinates) == len(split.train)
            assert torch.equal(truth, aim.truth[split.train])


def test_what_is_held_out_could_hold_anything_and_no_head_would_differ():
    x, labels = classes(80)
    wild = x.copy()
    wild[:20] = 50 * space(20, 10, 8)
    heads = []
    for rows in (x, wild):
        family = match_all([load(rows, "a"), load(rows, "b")])
        (split, axes), *_ = draw_axes(family, None, 15, "uniform", 1, list(range(20)), 0, None)
        views = Views((torch.from_numpy(rows),) * 2, axes, split, parse_recipe("cosine(center)"))
        aim = Aim(torch.from_numpy(labels), ("0", "1", "2"))
        learnt = ask(QUICK_MLP).learn(views.relative[0][split.train], aim.of(split.train), 0)
        heads.append(learnt.predict(torch.linspace(-1, 1, 150).reshape(10, 15)))
    assert torch.equal(*heads)


def test_given_anchors_are_never_held_out():
    _, drawn, _ = a_round(list(range(25)))
    for split, axes in drawn:
        assert axes.rows.tolist() == list(range(25))
        assert not set(range(25)) & set(split.test.tolist())
    with pytest.raises(InputError, match="1 held out items are anchors, row 3 first"):
        a_round([1, 2, 3], test=[3, 40])


@pytest.mark.parametrize("how", ["none", "row", "column"])
def test_only_a_transductive_head_looks_at_the_other_held_out_items(how):
    x, labels = classes()
    learnt = ask("linear").learn(
        STANDARDIZE[how](torch.from_numpy(x)), Aim(torch.from_numpy(labels), ("0", "1", "2")), 0
    )
    few = torch.from_numpy(x[labels == 0][:20])
    alone = torch.cat([learnt.predict(STANDARDIZE[how](row[None])) for row in few])
    together = learnt.predict(STANDARDIZE[how](few))
    assert torch.equal(alone, together) == (how != "column")


def test_what_is_transductive_says_so():
    x, labels = classes()
    for options in ({"standardize": "column"}, {"head": "mlp(transductive=true,epochs=1)"}):
        found = stitch(x, x, labels=labels, anchors=9, splits=2, through="relative", **options)
        assert found.protocol["transductive"]
        assert any("is transductive" in text for text in found.warnings)
    found = stitch(x, x, labels=labels, anchors=9, splits=2, through="relative", standardize="row")
    assert not found.protocol["transductive"]


@pytest.mark.parametrize("head", ["linear", QUICK_MLP])
def test_equal_seeds_give_equal_documents_and_leave_the_global_generator_alone(head):
    x, labels = classes(90)
    y = x @ rotation(10, 1) + 0.5 * space(90, 10, 4)

    def timeless():
        document = json.loads(stitch(x, y, labels=labels, anchors=9, splits=2, head=head).to_json())
        VALIDATOR.validate(document)
        del document["times"]
        return document

    torch.manual_seed(5)
    before = torch.get_rng_state()
    one, other = timeless(), timeless()
    assert one == other
    assert torch.equal(before, torch.get_rng_state())
    seeded = stitch(x, y, labels=labels, anchors=9, splits=2, head=head, seed=1)
    assert json.loads(seeded.to_json())["anchors"]["digests"] != one["anchors"]["digests"]


def test_three_spaces_give_the_whole_matrix():
    x, labels = classes()
    found = stitch(
        x, x @ rotation(10, 1), x[:, :4], labels=labels, anchors=20, splits=2, through="all"
    )
    VALIDATOR.validate(json.loads(found.to_json()))
    pairs = {s.direction for s in found.scores if s.space == "relative"}
    assert pairs == {f"{one}->{other}" for one in "abc" for other in "abc"}
    (refused,) = found.find("accuracy", "absolute", "a->c")
    assert (refused.value, refused.reason) == (None, "needs equal dimensions: 10 and 4")


def test_items_match_by_id_whatever_their_order(tmp_path):
    x, labels = classes(60)
    order = np.random.default_rng(3).permutation(60)[:50]
    ids = names(60)
    shuffled = stitch(
        x, x[order], ids=(ids, [ids[i] for i in order]), labels=labels, anchors=9, splits=2,
        through="relative",
    )  # fmt: skip
    assert shuffled.matching == {"by": "id", "items": 50, "dropped": {"a": 10, "b": 0}}
    assert values(shuffled, "accuracy", "a->b") == values(shuffled, "accuracy", "a->a")


def test_heads_trained_elsewhere_are_tested_as_they_are():
    x, labels = classes()
    y = x @ rotation(10, 1)
    anchors = list(range(30))

    def nearest_middle(rows):
        """Scores of the classes by a head that was 'trained' on relative coordinates of x."""
        unit = torch.from_numpy(x / np.linalg.norm(x, axis=1, keepdims=True))
        middles = torch.stack([(unit @ unit[:30].T)[labels == k].mean(0) for k in range(3)])
        return -torch.cdist(rows.double(), middles)

    found = stitch(x, y, labels=labels, anchors=anchors, heads={"relative": [nearest_middle] * 2})
    own, stitched = (found.find("accuracy", direction=d)[0] for d in ("a->a", "a->b"))
    assert own.value == stitched.value > 0.9
    assert own.items == 170
    assert own.interval_by == "items and draws"
    assert {score.space for score in found.scores} == {"relative"}
    VALIDATOR.validate(json.loads(found.to_json()))


def test_decoders_trained_elsewhere_give_values():
    x, _ = classes()
    found = stitch(
        x, x, targets=x, heads={"absolute": [lambda rows: rows, lambda rows: rows + 1]},
        anchors=[1, 2, 3], through="absolute",
    )  # fmt: skip
    assert values(found, "mse", "a->b", "absolute") == pytest.approx([0])
    assert values(found, "mse", "b->a", "absolute") == pytest.approx([1])


def test_intervals_over_splits_mostly_hold_the_score_of_new_items_and_anchors():
    """Against the mean over many data sets from one population, each with its own interval."""
    mix = space(4, 1, 50)
    scores = []
    for seed in range(24):
        x = space(80, 4, 100 + seed)
        wanted = x @ mix + 0.5 * space(80, 1, 200 + seed)
        found = stitch(
            x, x @ rotation(4, 1), targets=wanted, anchors=8, splits=4, through="relative",
            seed=10 * seed,
        )  # fmt: skip
        scores += found.find("mse", direction="a->b")
    middle = np.mean([score.value for score in scores])
    assert np.mean([score.interval[0] <= middle <= score.interval[1] for score in scores]) > 0.85


def test_every_head_says_what_it_is():
    for name, head in HEADS.items():
        assert head.__doc__
        assert ask(name).transductive is False


WRONG = {
    "2 to 26 spaces": lambda x, y: stitch(x, labels=y),
    "both were given": lambda x, y: stitch(x, x, labels=y, targets=x),
    "unknown way to stitch 'relativ'": lambda x, y: stitch(x, x, labels=y, through="relativ"),
    "unknown standardisation": lambda x, y: stitch(x, x, labels=y, standardize="rows"),
    "unknown head": lambda x, y: stitch(x, x, labels=y, head="forest"),
    "none were named": lambda x, y: stitch(x, x, labels=y, heads={"relative": [len, len]}),
    "1 absolute heads were given": lambda x, y: stitch(x, x, labels=y, heads={"absolute": [len]}),
    "needs relative heads": lambda x, y: stitch(
        x, x, labels=y, heads={"absolute": [len, len]}, through="relative"
    ),
    "lies between 0 and 1, found 1.5": lambda x, y: stitch(x, x, labels=y, test=1.5),
    "at least 1 split": lambda x, y: stitch(x, x, labels=y, splits=0),
}


@pytest.mark.parametrize("problem", WRONG)
def test_a_wrong_request_is_refused_by_name(problem):
    with pytest.raises(UsageError, match=problem):
        WRONG[problem](*classes(40))


LACKING = {
    "hold no labels": lambda x, y: stitch(x, x),
    "39 labels were given for the 40 rows of a": lambda x, y: stitch(x, x, labels=y[1:]),
    "all 40 items have the label '1'": lambda x, y: stitch(x, x, labels=[1] * 40),
    "targets of all items are equal": lambda x, y: stitch(x, x, targets=np.ones((40, 2))),
    "the targets hold NaN": lambda x, y: stitch(x, x, targets=np.full((40, 2), np.nan)),
    "3 rows of targets for the 40 rows": lambda x, y: stitch(x, x, targets=x[:3]),
    "33 anchors were asked for, and 32 items": lambda x, y: stitch(x, x, labels=y, anchors=33),
    "are to be held out, and 35 are anchors": lambda x, y: stitch(
        x, x, labels=y, anchors=list(range(35))
    ),
    "not among the matched items, 99 first": lambda x, y: stitch(x, x, labels=y, test=[99]),
}


@pytest.mark.parametrize("problem", LACKING)
def test_an_input_that_cannot_be_used_is_refused_by_name(problem):
    with pytest.raises(InputError, match=problem):
        LACKING[problem](*classes(40))


COMMAND = "stitch a.npz b.npz --anchors 12 --splits 2"


@pytest.fixture
def files(tmp_path):
    """Two files of the same items in another order, the second rotated and wider."""
    x, labels = classes(90, 5)
    order = np.random.default_rng(1).permutation(90)
    ids = np.array(names(90))
    wide = np.hstack([x @ rotation(5, 2), np.zeros((90, 1))])
    np.savez(tmp_path / "a.npz", embeddings=x, ids=ids, labels=labels)
    np.savez(tmp_path / "b.npz", embeddings=wide[order], ids=ids[order], labels=labels[order])
    np.save(tmp_path / "values.npy", x[:, :2])
    (tmp_path / "held.txt").write_text("\n".join(ids[:30]), encoding="utf-8")
    return tmp_path


def test_the_command_shows_every_head_with_its_chance(latcomp_run, files):
    result = latcomp_run(
        COMMAND + " --require 'accuracy>=0.8' --require 'ortho.f1-macro[b->a]>=0.8' --json s.json"
    )
    assert result.exit_code == 0, result.stdout + result.stderr
    for text in ("n/a  through absolute: needs equal dimensions: 5 and 6", "chance: every item"):
        assert text in result.stdout
    VALIDATOR.validate(json.loads((files / "s.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ("--require 'accuracy>=1.1'", 1, ""),
        ("--test held.txt --targets values.npy --require 'r2>=0.2'", 0, ""),
        ("--require 'accuracy>=x'", 2, "cannot read the requirement 'accuracy>=x'"),
        ("--require 'absolute.accuracy>=0'", 3, "accuracy needs equal dimensions: 5 and 6"),
        ("--targets gone.npy", 3, "gone.npy does not exist"),
        ("--anchors 80", 3, "80 anchors were asked for, and 72 items can be anchors"),
        ("--anchors-from a.npz", 2, "one file per space: 2 are needed, found 1"),
        ("--head 'mlp(hiden=3)'", 2, "mlp has no option 'hiden'"),
    ],
)
def test_the_exit_code_says_what_happened(more, code, said, latcomp_run, files):
    result = latcomp_run(f"{COMMAND} {more} --quiet")
    assert result.exit_code == code, result.stderr
    assert said in result.stderr


def test_anchors_may_come_from_other_files_but_not_from_held_out_items(files, monkeypatch):
    monkeypatch.chdir(files)
    family = match_all([load(name, name) for name in ("a.npz", "b.npz")])
    pool = match_all([load(name, name) for name in ("b.npz", "a.npz")][::-1])
    for split, axes in draw_axes(family, pool, "all", "uniform", 3, 0.4, 0, None):
        assert len(axes.vectors[0]) == 90 - len(split.test)
        held = family.spaces[0].take(split.test).double()
        assert float(torch.cdist(axes.vectors[0], held).min()) > 0
