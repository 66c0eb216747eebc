"""Models made on the spot are run, pooled as asked, and their vectors stored with ids."""

import importlib
import json
import os

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

import latcomp
from latcomp.embedders import Wish
from latcomp.embedding import embed
from latcomp.errors import InputError, UsageError
from latcomp.loading.opening import open_table

WORDS = ["the", "cat", "sat", "on", "a", "mat", "dog", "ran"]
LINES = ["the cat sat", "a dog ran on the mat", "the mat", "dog", "a cat ran"]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture
def items(tmp_path):
    path = tmp_path / "items.txt"
    path.write_text("\n".join(LINES))
    return str(path)


@pytest.fixture(scope="session")
def bert(tmp_path_factory):
    transformers = pytest.importorskip("transformers", reason="the extra embed is not installed")
    folder = tmp_path_factory.mktemp("bert")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    known = {word: place for place, word in enumerate(vocabulary)}
    transformers.BertTokenizerFast(vocab=known).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=3, num_attention_heads=2,
        intermediate_size=32,
    )  # fmt: skip
    transformers.BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture
def photos(tmp_path):
    image = pytest.importorskip("PIL.Image", reason="the extra embed is not installed")
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    for number, name in enumerate(["b.png", "a.png", "more/c.jpg"]):
        pixels = np.random.default_rng(number).integers(0, 255, (40, 30, 3), dtype=np.uint8)
        image.fromarray(pixels).save(folder / name)
    return folder


def hidden_states(folder, line):
    """What the model says of one line alone: without padding."""
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        inputs = tokenizer([line], return_tensors="pt")
        return model(**inputs, output_hidden_states=True).hidden_states


POOLED = {
    "mean": lambda states: states[0].mean(0),
    "cls": lambda states: states[0, 0],
    "last": lambda states: states[0, -1],
}


@pytest.mark.parametrize("pooling", POOLED)
def test_every_layer_is_pooled_without_its_padding(bert, items, tmp_path, pooling):
    written = embed(str(bert), items, tmp_path / "out.h5", wish=Wish(pooling, "all"), batch=2)
    assert [path.name for path in written] == [f"out.layer{i}.h5" for i in range(4)]
    for number, path in enumerate(written):
        found = open_table(str(path)).vectors[0:9]
        expected = [POOLED[pooling](hidden_states(bert, line)[number]) for line in LINES]
        assert np.allclose(found, torch.stack(expected).numpy(), atol=1e-5)


def test_a_number_names_one_layer(bert, items, tmp_path):
    written = embed(str(bert), items, tmp_path / "one.npy", wish=Wish(layer="1"))
    every = embed(str(bert), items, tmp_path / "all.npy", wish=Wish(layer="all"))
    one, same = (open_table(str(path)).vectors[0:9] for path in (written[0], every[1]))
    assert np.array_equal(one, same)


def test_sentence_transformers_gives_what_it_encodes(bert, items, tmp_path):
    library = pytest.importorskip("sentence_transformers", reason="embed is not installed")
    models = importlib.import_module("sentence_transformers.models")
    modules = [models.Transformer(str(bert)), models.Pooling(16, "cls")]
    library.SentenceTransformer(modules=modules, device="cpu").save(str(tmp_path / "model"))
    embed(str(tmp_path / "model"), items, tmp_path / "out.h5")
    expected = torch.stack([POOLED["cls"](hidden_states(bert, line)[-1]) for line in LINES])
    found = open_table(str(tmp_path / "out.h5")).vectors[0:9]
    assert np.allclose(found, expected.numpy(), atol=1e-5)


def test_images_are_embedded_with_their_names_as_ids(photos, tmp_path):
    transformers = pytest.importorskip("transformers", reason="embed is not installed")
    torch.manual_seed(0)
    config = transformers.ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        image_size=32, patch_size=16,
    )  # fmt: skip
    transformers.ViTModel(config).save_pretrained(tmp_path / "vit")
    size = {"height": 32, "width": 32}
    transformers.ViTImageProcessor(size=size).save_pretrained(tmp_path / "vit")
    embed(str(tmp_path / "vit"), str(photos), tmp_path / "out.h5", wish=Wish("cls"))
    table = open_table(str(tmp_path / "out.h5"))
    assert table.ids == ["a.png", "b.png", "more/c.jpg"]
    assert table.vectors.shape == (3, 16)
    assert not np.array_equal(table.vectors[0:1], table.vectors[1:2])


MODULE = """
import numpy as np
calls = []
def lengths(texts):
    calls.append(len(texts))
    if len(calls) == {fails}:
        raise KeyboardInterrupt
    return np.array([[len(t), t.count("a")] for t in texts], dtype=np.float32)
def wrong(texts):
    return np.zeros(3)
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)

    def write(name, fails=0):
        (tmp_path / f"{name}.py").write_text(MODULE.format(fails=fails))
        return __import__(name)

    return write


def test_any_callable_embeds(module, items, tmp_path):
    module("counting")
    embed("counting:lengths", items, tmp_path / "out.parquet", ids=items)
    table = open_table(str(tmp_path / "out.parquet"))
    assert table.ids == LINES
    assert table.vectors[0:9].tolist() == [[len(t), t.count("a")] for t in LINES]


def test_an_interrupted_run_goes_on_where_it_stopped(module, items, tmp_path):
    stopping = module("stopping", fails=2)
    with pytest.raises(KeyboardInterrupt):
        embed("stopping:lengths", items, tmp_path / "out.h5", batch=2)
    embed("stopping:lengths", items, tmp_path / "out.h5", batch=2)
    assert stopping.calls == [2, 2, 2, 1]
    found = open_table(str(tmp_path / "out.h5")).vectors[0:9]
    assert found.tolist() == [[len(t), t.count("a")] for t in LINES]
    assert not (tmp_path / ".out.h5.partial").exists()


def test_where_vectors_come_from_is_stored_with_them(module, items, tmp_path):
    module("noting")
    embed("noting:lengths", items, tmp_path / "out.npy")
    facts = json.loads((tmp_path / "out.npy.facts.json").read_text())
    assert facts["model"] == "noting:lengths"
    assert facts["latcomp"] == latcomp.__version__
    assert len(facts["items"]) == 64


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("nowhere/model", "there is no model folder nowhere/model"),
        ("no_such_module:f", "no_such_module:f cannot be imported: No module named "
                             "'no_such_module'"),
        ("failing:wrong", "failing:wrong returned an array of shape (3,) for 5 items; (5, d) was "
                          "expected"),
        ("{folder}", "{folder} is a folder that holds no model of a known library"),
    ],
)  # fmt: skip
def test_a_model_that_cannot_be_used_says_why(module, items, tmp_path, model, said):
    module("failing")
    (tmp_path / "bare").mkdir()
    with pytest.raises(InputError) as caught:
        embed(model.format(folder=tmp_path / "bare"), items, tmp_path / "out.h5")
    assert caught.value.problem == said.format(folder=tmp_path / "bare")


def test_a_wish_that_cannot_be_met_is_wrong_usage(bert, items, tmp_path):
    with pytest.raises(UsageError, match="layer 9 was asked for, and the last is 3"):
        embed(str(bert), items, tmp_path / "out.h5", wish=Wish(layer="9"))
    with pytest.raises(UsageError, match="pooling is mean, cls, last, found 'max'"):
        Wish("max")


def test_the_command_writes_what_it_says(module, items, tmp_path):
    from latcomp.cli import embed as _  # noqa: F401
    from latcomp.cli.app import app

    module("commanded")
    output = str(tmp_path / "out.h5")
    result = CliRunner().invoke(app, ["embed", "commanded:lengths", items, "-o", output, "-q"])
    assert result.exit_code == 0
    assert open_table(output).vectors.shape == (5, 2)
