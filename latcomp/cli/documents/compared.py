"""Reports of two spaces, and matrices of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from latcomp import report
from latcomp.cli.documents import DOCUMENTS, Asked, Document
from latcomp.errors import UsageError
from latcomp.matrices import document as matrices
from latcomp.matrices.document import Matrix
from latcomp.report import Report


class Reports(Document[Report]):
    """`latcomp/report/1`."""

    command = "latcomp compare"

    def read(self, text: str) -> Report:
        return Report.from_json(text)

    def show(self, found: Report, form: str, measures: Sequence[str] = ()) -> None:
        from latcomp.cli.output import present

        present(found, form)

    def write_page(self, found: Report, path: Path, measures: Sequence[str] = ()) -> None:
        from latcomp.page.comparison import write_page

        write_page(found, path)

    def judge(self, found: Report, asked: Asked) -> Report:
        from latcomp.gates.judge import gather, pass_judgement

        earlier = None if asked.baseline is None else report.read_report(asked.baseline)
        rules = gather(
            asked.require, asked.max_drop, asked.confident, asked.rules, earlier is not None
        )
        return pass_judgement(found, rules, earlier, asked.anyway)


class Matrices(Document[Matrix]):
    """`latcomp/matrix/1`."""

    command = "latcomp matrix"

    def read(self, text: str) -> Matrix:
        return Matrix.from_json(text)

    def show(self, found: Matrix, form: str, measures: Sequence[str] = ()) -> None:
        from latcomp.cli.matrixoutput import present_matrix

        present_matrix(found, form, measures)

    def write_page(self, found: Matrix, path: Path, measures: Sequence[str] = ()) -> None:
        from latcomp.page.matrix import write_matrix_page

        write_matrix_page(found, path, measures)

    def judge(self, found: Matrix, asked: Asked) -> Matrix:
        from latcomp.gates.matrixrules import judge_matrix, parse_matrix_rule

        rules = asked.alone(self.command, "--require, as in 'min(mrr)>=0.8'")
        if asked.confident:
            raise UsageError("--confident is not for matrices", "judge their scores without it")
        return judge_matrix(replace(found, gates=()), [parse_matrix_rule(text) for text in rules])


DOCUMENTS.add(report.SCHEMA)(Reports())
DOCUMENTS.add(matrices.SCHEMA)(Matrices())
