"""Documents that commands wrote are shown and judged later as they were then."""

import json

import numpy as np
import pytest

from tests.commands import latcomp_command
from tests.data import rotation, space

COMMANDS = {
    "stitch a.npy b.npy --labels l.txt --anchors 20 --splits 2": "relative.accuracy[a->b]",
    "track a.npy b.npy --anchors 20": "cosine",
    "translate fit a.npy b.npy": "hit@1",
    "migrate a.npy b.npy --anchors 20": "recall@10",
}


@pytest.mark.parametrize(("command", "target"), COMMANDS.items())
def test_a_saved_document_is_shown_as_its_command_did_and_judged(
    command, target, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    rows = space(200, 10, 0)
    np.save("a.npy", rows)
    np.save("b.npy", rows @ rotation(10, 1))
    (tmp_path / "l.txt").write_text("\n".join(str(i % 3) for i in range(200)))
    made = latcomp_command(*command.split(), "--json", "d.json")
    assert made.exit_code == 0
    assert latcomp_command("show", "d.json").stdout == made.stdout
    assert latcomp_command("gate", "d.json", "--require", f"{target}>=-1").exit_code == 0
    assert latcomp_command("gate", "d.json", "--require", f"{target}>=2").exit_code == 1
    assert latcomp_command("gate", "d.json").exit_code == 2
    damaged = json.loads((tmp_path / "d.json").read_text())
    del damaged["scores" if "scores" in damaged else "checkpoints"]
    (tmp_path / "d.json").write_text(json.dumps(damaged))
    assert latcomp_command("show", "d.json").exit_code == 3
