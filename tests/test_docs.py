"""What the README and the pages of docs/ show is what happens."""

import doctest
import re
import shlex

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from tests.conftest import ROOT

PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
}
WHOLE = "\n".join(PAGES.values())
NUMBER = re.compile(r"^-?\d+\.\d+$")
TOLERANCE = 0.002


def examples():
    """Every console example as (page, command, lines shown), in order."""
    for page, text in PAGES.items():
        for block in re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                yield page, command, shown.rstrip().splitlines()


EXAMPLES = list(examples())


def same(shown, printed):
    """Whether two lines hold the same words, numbers to within the last digits."""
    left, right = shown.strip("()").split(), printed.strip("()").split()
    return len(left) == len(right) and all(map(same_word, left, right))


def same_word(left, right):
    one, other = left.strip("()"), right.strip("()")
    if NUMBER.match(one) and NUMBER.match(other):
        return abs(float(one) - float(other)) <= TOLERANCE
    return one == other


def assert_shown(shown, printed):
    """The lines shown are printed in this order; `...` stands for any others."""
    at = 0
    skipping = False
    for line in shown:
        if line == "...":
            skipping = True
            continue
        while skipping and at < len(printed) and not same(line, printed[at]):
            at += 1
        assert at < len(printed), f"{line!r} is not printed"
        assert same(line, printed[at]), f"{line!r} is shown, {printed[at]!r} is printed"
        at += 1
        skipping = False
    assert skipping or at == len(printed), f"{printed[at]!r} is printed and not shown"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An empty folder beside the sample data; examples that follow each other share it."""
    made = tmp_path_factory.mktemp("docs")
    (made / "sample_data").symlink_to(ROOT / "sample_data")
    return made


@pytest.mark.parametrize(
    ("page", "command", "shown"),
    EXAMPLES,
    ids=[f"{page} {command}" for page, command, _ in EXAMPLES],
)
def test_an_example_prints_what_its_page_shows(page, command, shown, folder, app, monkeypatch):
    monkeypatch.chdir(folder)
    program, *arguments = shlex.split(command)
    assert program == "latcomp"
    result = CliRunner().invoke(app, arguments, prog_name="latcomp")
    assert result.exit_code == 0, result.stderr
    assert_shown(shown, result.stdout.splitlines())


@pytest.mark.parametrize("page", [page for page, text in PAGES.items() if ">>> " in text])
def test_the_python_examples_run(page, monkeypatch):
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(ROOT / page), module_relative=False)
    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", PAGES[page])
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def leaves(command, path="latcomp"):
    commands = getattr(command, "commands", None)
    if not commands:
        return [path]
    return [leaf for name, inner in commands.items() for leaf in leaves(inner, f"{path} {name}")]


def test_every_command_is_documented(app):
    missing = [leaf for leaf in leaves(get_command(app)) if leaf not in WHOLE]
    assert missing == []


def test_every_option_of_compare_is_documented(app):
    compare = get_command(app).commands["compare"]
    options = {o for p in compare.params for o in p.opts if o.startswith("--")} - {"--help"}
    assert sorted(option for option in options if option not in WHOLE) == []


def test_every_preset_is_documented():
    from latcomp.measures import PRESETS

    page = (ROOT / "docs/measures.md").read_text(encoding="utf-8")
    assert [name for name in PRESETS if f"`{name}`" not in page] == []


def test_every_file_of_the_package_that_is_named_exists():
    for name in re.findall(r"`((?:latcomp/|engine/)[a-z_/]+(?:\.py|/))`", WHOLE):
        path = name if name.startswith("latcomp/") else f"latcomp/{name}"
        assert (ROOT / path).exists(), name


def test_every_measure_is_documented():
    from latcomp.measures import MEASURES

    assert [name for name in MEASURES if f"`{name}" not in WHOLE] == []


def test_help_shows_examples_as_they_are_written(app, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    for leaf in leaves(get_command(app)):
        _, *names = leaf.split()
        epilog = command_of(app, names).epilog or ""
        shown = CliRunner().invoke(app, [*names, "--help"], prog_name="latcomp").stdout
        for line in epilog.replace("\\[", "[").splitlines():
            if line.startswith("  latcomp"):
                assert line.strip() in shown


def command_of(app, names):
    found = get_command(app)
    for name in names:
        found = found.commands[name]
    return found


def test_every_command_has_help_with_an_example(app):
    for leaf in leaves(get_command(app)):
        _, *names = leaf.split()
        result = CliRunner().invoke(app, [*names, "--help"], prog_name="latcomp")
        assert result.exit_code == 0
        assert "Example" in result.stdout, leaf
