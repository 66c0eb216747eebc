"""The command line: what goes where, and what each command prints."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tests.badfiles import hdf5
from tests.data import alike, names, space


@pytest.fixture
def files(tmp_path):
    """Two files with ids, and two without."""
    x, y = alike(60, 5, 5)
    for name, values in (("a", x), ("b", y)):
        hdf5(tmp_path / f"{name}.h5", embeddings=values, ids=np.array(names(60), dtype="S"))
        np.save(tmp_path / f"{name}.npy", values)
    return tmp_path


def in_a_process(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "latcomp", *arguments],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


COMPARE = "compare a.h5 b.h5 --anchors 20 --seeds 2"


def test_json_on_stdout_is_the_report_alone(files, latcomp_run):
    result = latcomp_run(f"{COMPARE} --json -")
    assert json.loads(result.stdout)["schema"] == "latcomp/report/1"
    assert (result.stderr, result.exit_code) == ("", 0)


def test_json_in_a_file_leaves_the_table_on_stdout(files, latcomp_run):
    result = latcomp_run(f"{COMPARE} --json r.json")
    assert "relative" in result.stdout
    assert json.loads((files / "r.json").read_text())["protocol"]["k"] == 10
    assert latcomp_run("show r.json").stdout == result.stdout


def test_quiet_prints_nothing_but_what_was_asked_for(files, latcomp_run):
    result = latcomp_run(f"{COMPARE} --quiet --json r.json")
    assert (result.stdout, result.stderr, result.exit_code) == ("", "", 0)
    assert json.loads(latcomp_run(f"{COMPARE} --quiet --json -").stdout)["scores"]


def test_a_gate_that_is_not_met_ends_with_1_and_still_writes_the_report(files, latcomp_run):
    met = latcomp_run(f"{COMPARE} --require 'mrr>=0.0'")
    assert met.exit_code == 0
    result = latcomp_run(f"{COMPARE} --json r.json --require 'mrr>=0.0' --require 'mrr>=1.1'")
    assert result.exit_code == 1
    assert [g["met"] for g in json.loads((files / "r.json").read_text())["gates"]] == [True, False]


def test_a_directed_measure_is_judged_by_its_worse_direction(files, latcomp_run):
    scores = json.loads(latcomp_run(f"{COMPARE} --json -").stdout)["scores"]
    both = [s["value"] for s in scores if (s["measure"], s["space"]) == ("mrr", "relative")]
    between = sum(both) / 2
    assert latcomp_run(f"{COMPARE} --require 'mrr>={between}'").exit_code == 1
    assert latcomp_run(f"{COMPARE} --require 'mrr<={between}'").exit_code == 1
    better = "a->b" if both[0] > both[1] else "b->a"
    assert latcomp_run(f"{COMPARE} --require 'mrr[{better}]>={between}'").exit_code == 0


@pytest.mark.parametrize(
    ("option", "place", "value"),
    [
        ("--k 3", ("protocol", "k"), 3),
        ("--queries 7", ("protocol", "queries"), 7),
        ("--queries all", ("protocol", "queries"), 60),
        ("--seed 5", ("anchors", "seeds"), [5, 6]),
        ("--strategy top", ("anchors", "strategy"), "top"),
        ("--exclude-anchors", ("anchors", "excluded"), True),
        ("--match position", ("matching", "by"), "position"),
        ("--device cpu", ("environment", "device"), "cpu"),
    ],
)
def test_an_option_shapes_the_comparison_and_is_in_the_report(
    option, place, value, files, latcomp_run
):
    report = json.loads(latcomp_run(f"{COMPARE} {option} --json -").stdout)
    assert report[place[0]][place[1]] == value


def test_centring_is_in_the_report_and_changes_the_scores(files, latcomp_run):
    plain, centred = (
        json.loads(latcomp_run(f"{COMPARE} {option} --json -").stdout)
        for option in ("--no-center", "--center")
    )
    assert plain["similarity"] != centred["similarity"]
    assert plain["scores"] != centred["scores"]


def test_ids_may_come_from_files_of_their_own(files, latcomp_run):
    (files / "one.txt").write_text("\n".join(names(60)))
    (files / "two.json").write_text(json.dumps(names(60)[::-1]))
    one = latcomp_run("compare a.npy b.npy --anchors 20 --ids one.txt --json -")
    assert json.loads(one.stdout)["matching"]["by"] == "id"
    both = latcomp_run("compare a.npy b.npy --anchors 20 --ids one.txt --ids two.json --json -")
    assert json.loads(both.stdout)["scores"] != json.loads(one.stdout)["scores"]


def test_invalid_rows_are_skipped_counted_and_reported(files, latcomp_run):
    x = space(60, 5)
    x[7] = np.nan
    np.save(files / "c.npy", x)
    result = latcomp_run("compare c.npy b.npy --anchors 20 --skip-invalid")
    assert result.exit_code == 0
    assert "1 row of a holds NaN, Inf or only zeros and was left out" in result.stdout


def test_selected_anchors_are_used_by_compare(files, latcomp_run):
    chosen = latcomp_run("anchors select a.h5 b.h5 -n 20 --strategy farthest -o anchors.json")
    assert chosen.stderr == "anchors.json: 20 farthest anchors of a.h5\n"
    assert chosen.stdout == ""
    report = json.loads(latcomp_run("compare a.h5 b.h5 --anchors anchors.json --json -").stdout)
    assert report["anchors"]["strategy"] == "farthest"
    assert report["anchors"]["count"] == 20


def test_inspect_says_what_a_file_holds_and_how_healthy_it_is(files, latcomp_run):
    x = space(60, 5) + 3
    x[3], x[5], x[9] = np.nan, 0, x[8]
    hdf5(
        files / "odd.h5", embeddings=x, ids=np.array(names(60), dtype="S"), labels=np.arange(60) % 4
    )
    said = latcomp_run("inspect odd.h5").stdout
    for line in (
        "embeddings (60, 5)  float64",
        "ids             60, first 'item-000'",
        "labels          4 different",
        "NaN or Inf      1 row, first 3",
        "only zeros      1 row, first 5",
        "duplicates      1 rows equal to an earlier one",
        "a narrow cone, compare with --center",
    ):
        assert line in said


def test_inspect_says_so_where_no_row_can_be_used(files, latcomp_run):
    np.save(files / "lost.npy", np.full((4, 3), np.nan))
    result = latcomp_run("inspect lost.npy")
    assert result.exit_code == 0
    assert "NaN or Inf      4 rows, first 0" in result.stdout


def test_every_measure_and_format_is_listed(latcomp_run):
    from latcomp.formats import FORMATS
    from latcomp.measures import MEASURES

    listed = latcomp_run("measures").stdout
    assert all(name in listed for name in MEASURES)
    listed = latcomp_run("formats").stdout
    assert all(name in listed for name in FORMATS)


def test_the_table_reads_the_same_without_colour_and_wraps_nothing(files):
    arguments = COMPARE.split()
    plain = in_a_process(files, *arguments, NO_COLOR="1", COLUMNS="40")
    assert plain.returncode == 0
    assert "\x1b" not in plain.stdout
    assert "…" not in plain.stdout
    assert plain.stderr == ""
    assert plain.stdout == in_a_process(files, *arguments, COLUMNS="300").stdout


def test_a_name_that_the_terminal_cannot_write_breaks_neither_json_nor_messages(files):
    (files / "a.npy").rename(files / "ä.npy")
    arguments = ["compare", "ä.npy", "b.npy", "--anchors", "20", "--json", "-"]
    result = subprocess.run(
        [sys.executable, "-m", "latcomp", *arguments],
        cwd=files,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert json.loads(result.stdout.decode("utf-8"))["inputs"]["a"]["path"] == "ä.npy"
    missing = in_a_process(files, "compare", "ü.npy", "b.npy", PYTHONIOENCODING="ascii")
    assert missing.stderr == "error: \\xfc.npy does not exist\n"


def test_errors_of_the_real_program_go_to_stderr_with_their_code(files):
    result = in_a_process(files, "compare", "a.h5", "gone.h5")
    assert (result.stdout, result.returncode) == ("", 3)
    assert result.stderr == "error: gone.h5 does not exist\n"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["compare", "--help"], []])
def test_help_loads_neither_torch_nor_anything_else_that_is_slow(arguments, tmp_path):
    script = (
        "import sys, latcomp.cli\n"
        f"sys.argv = ['latcomp', *{arguments!r}]\n"
        "try: latcomp.cli.main()\n"
        "except SystemExit: pass\n"
        "slow = {'torch', 'numpy', 'sklearn', 'scipy', 'h5py'} & set(sys.modules)\n"
        "sys.exit(f'loaded {slow}' if slow else 0)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_importing_the_library_does_not_import_torch(tmp_path):
    script = "import latcomp, sys; assert 'torch' not in sys.modules; latcomp.compare"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)


@pytest.mark.parametrize(
    ("environment", "spins"),
    [({}, "1000"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "None"), ({"GOMP_SPINCOUNT": "7"}, "7")],
)
def test_waiting_threads_sleep_unless_the_user_said_how_they_wait(environment, spins, tmp_path):
    command = (
        "import os, latcomp.cli.app as cli\n"
        "cli.load_commands = lambda: None\n"
        "cli.app = lambda: print(os.environ.get('GOMP_SPINCOUNT'))\n"
        "cli.main()"
    )
    mine = {k: v for k, v in os.environ.items() if k not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    ran = subprocess.run([sys.executable, "-c", command], env={**mine, **environment},
                         cwd=tmp_path, capture_output=True, text=True, check=True)  # fmt: skip
    assert ran.stdout.strip() == spins


FIVE_TILES_AT_ONCE = """
import ctypes, resource
from latcomp.machine import keep_memory

kept = keep_memory({environment!r})
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
library.malloc.argtypes = [ctypes.c_size_t]
library.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
library.free.argtypes = [ctypes.c_void_p]


def new_pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    tiles = [library.malloc(16 << 20) for _ in range(5)]
    for tile in tiles:
        library.memset(tile, 1, 16 << 20)
    for tile in tiles:
        library.free(tile)
    pages = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    return pages * resource.getpagesize()


new_pages()
print(kept, sum(new_pages() for _ in range(5)) >> 20)
"""


def new_mebibytes(environment, folder):
    """Whether memory is kept, and what 25 tiles of 16 MiB take anew after the first five."""
    ran = subprocess.run([sys.executable, "-c", FIVE_TILES_AT_ONCE.format(environment=environment)],
                         cwd=folder, capture_output=True, text=True, check=True)  # fmt: skip
    kept, size = ran.stdout.split()
    return kept == "True", int(size)


def test_freed_memory_serves_the_next_tiles(tmp_path):
    kept, size = new_mebibytes({}, tmp_path)
    if not kept:
        pytest.skip("not the GNU C library")
    assert size < 16


@pytest.mark.parametrize("name", ["GLIBC_TUNABLES", "MALLOC_TRIM_THRESHOLD_"])
def test_memory_is_left_to_a_user_who_tunes_it(name, tmp_path):
    kept, size = new_mebibytes({name: "1"}, tmp_path)
    assert not kept
    assert size > 200


def test_times_go_to_stderr_and_leave_stdout_as_it_is(latcomp_run, sample_data):
    command = (
        f"compare {sample_data}/digits_mlp.h5 {sample_data}/digits_cnn.h5 --seeds 1 --anchors 9"
    )
    plain, timed = latcomp_run(command), latcomp_run(f"{command} --times")
    assert timed.stdout == plain.stdout
    assert "seconds in all" in timed.stderr


@pytest.mark.parametrize(
    "command",
    [
        "anchors select a.raw b.raw -n 9 -o anchors.json",
        "anchors check a.raw b.raw --anchors 9",
        "anchors sweep a.raw b.raw --counts 9",
        "anchors grow a.raw b.raw --known known.csv -n 9 -o grown.json",
        "track a.raw b.raw --anchors 9",
        "compare a.raw b.raw --anchors 9",
        "matrix a.raw b.raw --anchors 9",
        "relate a.raw -o r.npy --anchors 9",
        "translate fit a.raw b.raw -o map.h5",
    ],
)
def test_every_command_reads_bare_numbers_and_their_ids(files, latcomp_run, command):
    for side in "ab":
        np.load(files / f"{side}.npy").astype(np.float32).tofile(files / f"{side}.raw")
    (files / "ids.txt").write_text("\n".join(names(60)))
    (files / "known.csv").write_text("\n".join(f"{name},{name}" for name in names(5)))
    result = latcomp_run(f"{command} --dtype float32 --shape x5 --ids ids.txt")
    assert result.exit_code == 0, result.stderr


def test_anchors_are_named_by_the_ids_that_were_given(files, latcomp_run):
    (files / "ids.txt").write_text("\n".join(names(60)))
    latcomp_run("anchors select a.npy --ids ids.txt -n 5 -o anchors.json")
    assert set(json.loads((files / "anchors.json").read_text())["ids"]) <= set(names(60))


def test_relate_writes_the_dtype_that_was_asked_for(files, latcomp_run):
    latcomp_run("relate a.h5 -o r.npy --anchors 9 --output-dtype float16")
    assert np.load(files / "r.npy").dtype == np.float16
