"""Judge: rules from wherever they stand, applied to a report and its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from latcomp.errors import UsageError
from latcomp.gates.baseline import against, differences, parse_max_drop, refuse_differences
from latcomp.gates.rules import judge, judged, parse_rule
from latcomp.gates.rulesfile import PYPROJECT, Rules, read_rules, rules_nearby
from latcomp.report import Report


def gather(
    require: Sequence[str],
    max_drop: Sequence[str],
    confident: bool,
    rules: Path | None,
    has_baseline: bool,
) -> Rules:
    """Rules of the command line and of a file; of ./pyproject.toml where there are none.

    Raises UsageError where there is nothing to judge, or a drop without a baseline.
    """
    given = Rules(
        tuple(parse_rule(text) for text in require),
        tuple(parse_max_drop(text) for text in max_drop),
        confident,
    )
    found = read_rules(rules) if rules else Rules() if given else rules_nearby(Path())
    both = Rules(
        (*given.require, *found.require),
        (*given.max_drop, *found.max_drop),
        given.confident or found.confident,
    )
    if not both:
        raise UsageError(
            "there is nothing to judge", "give --require, --max-drop or --rules; see --help"
        )
    if both.max_drop and not has_baseline:
        asked = "--max-drop" if given.max_drop else f"max-drop in {rules or PYPROJECT}"
        raise UsageError(f"{asked} needs a report to compare with", "give it as --baseline")
    return both


def pass_judgement(report: Report, rules: Rules, baseline: Report | None, anyway: bool) -> Report:
    """The report with every rule judged.

    Raises InputError where report and baseline were not made alike, unless ``anyway``.
    """
    report = judge(replace(report, gates=()), rules.require, rules.confident)
    if baseline is None:
        return report
    if not anyway:
        refuse_differences(report, baseline)
    notes = [f"judged anyway: {text}" for text in differences(report, baseline)]
    judged_too = judged(report, against(report, baseline, rules.max_drop))
    return replace(judged_too, warnings=(*report.warnings, *notes))
