"""The page of tracked checkpoints: how alike the reference they are, and how well they do.

It is written from the document `latcomp/track/1`, as `latcomp track --json` writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from latcomp import __version__
from latcomp.files.atomic import write_text
from latcomp.page import check_page, fill
from latcomp.page.facts import how, named, source
from latcomp.page.verdict import Verdict, of_gates
from latcomp.tabling import Table, gate_words, interval, number, plain

PARTS = (
    ("Verdict", "verdict"),
    ("Likeness", "likeness"),
    ("Tables", "tables"),
    ("How it was made", "made"),
)

Document = Mapping[str, Any]

WITHIN = "within a run, similarity to the reference and score"
ACROSS = "across runs, similarity to the reference and score"


def write_track_page(document: Document, path: Path) -> None:
    """Write what tracking found as an HTML file.

    Raises UsageError or InputError where the file cannot be made.
    """
    check_page(path)
    write_text(path, page(document))


def page(document: Document) -> str:
    """What tracking found, `latcomp/track/1`, as an HTML file."""
    places = range(len(document["checkpoints"][0]["scores"]))
    labels = [_label(document["checkpoints"][0]["scores"][place]) for place in places]
    panels = [_over_time(document, place) for place in places]
    beside = [_beside_scores(document, place) for place in places if _scored(document)]
    return fill(
        "track.html.jinja",
        {"scores": [], "panels": [*panels, *beside]},
        version=__version__,
        title=plain(f"Checkpoints against {named(document['reference'])}"),
        heading=[
            f"{len(document['checkpoints']):,} checkpoints, {document['matching']['items']:,} "
            f"items matched by {document['matching']['by']}; {document['similarity']['name']} to "
            f"{document['anchors']['count']} {document['anchors']['strategy']} anchors"
        ],
        parts=PARTS,
        verdict=_verdict(document),
        gates=[gate_words(gate) for gate in document["gates"]],
        warnings=[plain(text) for text in document["warnings"]],
        over_time=labels,
        beside=labels if beside else [],
        tables=[_checkpoints(document, labels), *_correlations(document)],
        facts=list(_facts(document)),
    )


def _label(score: Mapping[str, Any]) -> str:
    name = score.get("request") or score["measure"] + (f"@{score['k']}" if "k" in score else "")
    direction = f" {score['direction']}" if score.get("direction") else ""
    return f"{name}{direction}, {score['space']}"


def _scored(document: Document) -> bool:
    return any("score" in one for one in document["checkpoints"])


def _verdict(document: Document) -> Verdict:
    """Gates decide where there are any; else which checkpoints are most and least alike."""
    known = [one for one in document["correlations"] if one["value"] is not None]
    firsts = {(one["measure"], one.get("direction"), one["over"]): one for one in reversed(known)}
    because = [_sentence(one) for one in reversed(firsts.values())]
    if document["gates"]:
        return of_gates(document["gates"], because)
    heads = [(one["scores"][0], plain(one["name"])) for one in document["checkpoints"]]
    valued = sorted((score["value"], name) for score, name in heads if score["value"] is not None)
    if not valued:
        return Verdict("No checkpoint has a score by the first measure", "fair", because)
    ends = (valued[-1], valued[0]) if heads[0][0]["better"] == "higher" else (valued[0], valued[-1])
    best, worst = (f"{name} ({number(value)})" for value, name in ends)
    label = _label(heads[0][0])
    return Verdict(f"Most alike, by {label}: {best}; least: {worst}", "fair", because)


def _sentence(one: Mapping[str, Any]) -> str:
    question = WITHIN if one["over"] == "within-run" else ACROSS
    bounds = f", {interval(one['interval'])}" if one.get("interval") else ""
    note = f" ({one['note']})" if one.get("note") else ""
    measure = f"{one['measure']}{' ' + one['direction'] if one.get('direction') else ''}"
    return (
        f"{measure}: {question} have a {one['coefficient']} correlation of "
        f"{number(one['value'])}{bounds}, over {one['n']} runs{note}."
    )


def _runs(document: Document) -> dict[str, list[int]]:
    """Places of the checkpoints of every run, in order; one run where none is named."""
    found: dict[str, list[int]] = {}
    for place, one in enumerate(document["checkpoints"]):
        found.setdefault(one.get("run", ""), []).append(place)
    for places in found.values():
        places.sort(key=lambda place: _when(document, place))
    return found


def _when(document: Document, place: int) -> float:
    return float(document["checkpoints"][place].get("epoch", place))


def _over_time(document: Document, place: int) -> dict[str, Any]:
    """Likeness by epoch, one line per run; by checkpoint where no epochs are known."""
    checkpoints = document["checkpoints"]
    timed = any("epoch" in one for one in checkpoints)
    lines = []
    for run, members in _runs(document).items():
        scores = [checkpoints[at]["scores"][place] for at in members]
        known = [(at, s) for at, s in zip(members, scores, strict=True) if s["value"] is not None]
        bounds = [s.get("interval_both") or s.get("interval") or [s["value"]] * 2 for _, s in known]
        lines.append(
            {
                "name": plain(run),
                "text": [plain(checkpoints[at]["name"]) for at, _ in known],
                "x": [_when(document, at) for at, _ in known],
                "y": [s["value"] for _, s in known],
                "low": [low for low, _ in bounds],
                "high": [high for _, high in bounds],
            }
        )
    names = None if timed else [plain(one["name"]) for one in checkpoints]
    ticks = None if timed else list(range(len(checkpoints)))
    return {
        "x": "epoch" if timed else "",
        "log": False,
        "ticks": ticks,
        "names": names,
        "lines": lines,
    }


def _beside_scores(document: Document, place: int) -> dict[str, Any]:
    """How well checkpoints do against how alike the reference they are."""
    checkpoints = document["checkpoints"]
    lines = []
    for run, members in _runs(document).items():
        pairs = [
            (checkpoints[at]["scores"][place]["value"], checkpoints[at]["score"], at)
            for at in members
            if "score" in checkpoints[at] and checkpoints[at]["scores"][place]["value"] is not None
        ]
        lines.append(
            {
                "name": plain(run),
                "text": [plain(checkpoints[at]["name"]) for *_, at in pairs],
                "x": [value for value, *_ in pairs],
                "y": [score for _, score, _ in pairs],
            }
        )
    label = _label(checkpoints[0]["scores"][place])
    return {"x": label, "y": "score", "log": False, "ticks": None, "names": None, "lines": lines}


def _checkpoints(document: Document, labels: Sequence[str]) -> Table:
    runs, scored = any("run" in one for one in document["checkpoints"]), _scored(document)
    columns = ("checkpoint", *(["run", "epoch"] if runs else []), *(["score"] if scored else []))
    rows: list[tuple[str, ...]] = [
        (
            plain(one["name"]),
            *([plain(one.get("run", "")), _epoch(one)] if runs else []),
            *([number(one.get("score"))] if scored else []),
            *(number(score["value"]) for score in one["scores"]),
        )
        for one in document["checkpoints"]
    ]
    return Table("checkpoints", (*columns, *labels), rows, 2 if runs else 1)


def _epoch(checkpoint: Mapping[str, Any]) -> str:
    return f"{checkpoint['epoch']:g}" if "epoch" in checkpoint else ""


def _correlations(document: Document) -> Iterator[Table]:
    rows: list[tuple[str, ...]] = [
        (
            one["measure"],
            one["over"],
            one["coefficient"],
            number(one["value"]),
            interval(one.get("interval")),
            str(one["n"]),
            plain(one.get("reason") or one.get("note") or ""),
        )
        for one in document["correlations"]
    ]
    columns = ("measure", "over", "coefficient", "r", "interval", "runs", "note")
    if rows:
        yield Table("correlation with the score", columns, rows, 3)


def _facts(document: Document) -> Iterator[tuple[str, str]]:
    yield "reference", source(document["reference"])
    for one in document["checkpoints"]:
        yield plain(one["name"]), source(one["input"])
    yield from how(document["protocol"], document["environment"])
