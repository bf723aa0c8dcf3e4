"""Writes the tables of a run into the pages that show them, between their marks."""

import datetime
import re

import environment
import report
from suite import Run

BEGIN, END = "<!-- speed: begin -->", "<!-- speed: end -->"


def update(run: Run) -> None:
    """The means and the seed lines into the README, everything into the page of the benches."""
    head = f"{environment.machine()}; {datetime.date.today():%B %Y}."
    seed = [r for r in run.results if r.line.group == "seed"]
    _replace("README.md", "\n\n".join([head, _table(run, seed), run.text().strip()]))
    _replace("benches/README.md", "\n\n".join([head, run.text().strip(), _table(run, run.results)]))


def _table(run: Run, results: list) -> str:
    return report.table(report.HEAD, [report.cells(r, run.machine) for r in results])


def _replace(page: str, text: str) -> None:
    path = environment.ROOT / page
    before = path.read_text(encoding="utf-8")
    marks = re.compile(r"<!-- speed: begin.*?-->.*?<!-- speed: end -->", re.S)
    after, times = marks.subn(lambda _: f"{BEGIN}\n{text}\n{END}", before)
    if times != 1:
        raise SystemExit(f"{page} has no marks for its tables")
    path.write_text(after, encoding="utf-8")
