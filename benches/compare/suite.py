"""Many lines measured one after the other, and what is said about all of them."""

import argparse
import dataclasses
import warnings

import environment
import exact
import lines
import measure
import peers
import program
import report
import start
from machine import Machine
from machine import measure as measure_machine

#: Seconds for single operations: line label, what it is, how many of it are in the line, the goal.
SINGLE = [
    ("three elements", "one operation on 3 elements", 60e-9),
    ("x += i * 2, 1e5 times", "a loop iteration `x += i * 2`", 20e-9),
    ("calls of a one-line function, 1e5", "a call of a one-line function", 60e-9),
]


@dataclasses.dataclass
class Run:
    """Everything that one run has measured."""

    results: list[measure.Result]
    machine: Machine | None = None
    started: dict[str, tuple[float, float]] = dataclasses.field(default_factory=dict)

    def goals(self) -> list[list[str]]:
        """Goals that one figure decides."""
        rows = []
        for label, what, goal in SINGLE:
            for result in self.results:
                if result.line.label == label and result.best:
                    taken = result.best["arr"] / result.line.inner
                    rows.append([what, report.duration(goal), report.duration(taken), _verdict(taken <= goal)])
        for label, goal in (("`arr -e 1`", 5e-3), ("arr's prompt", 20e-3)):
            if label in self.started:
                taken = self.started[label][0]
                rows.append([label, report.duration(goal), report.duration(taken), _verdict(taken <= goal)])
        return rows

    def text(self) -> str:
        """The tables after the lines."""
        parts = []
        if self.results:
            parts.append(report.table(report.GROUPS_HEAD, report.groups(self.results)))
        if self.machine:
            m = self.machine
            parts.append(
                f"The machine, by plain loops: reads {m.read / 1e9:.1f} GB/s, copies {m.copy / 1e9:.1f}, adds "
                f"{m.add / 1e9:.1f}; multiply-adds {m.fma_double / 1e9:.0f} GFLOP/s in double, "
                f"{m.fma_single / 1e9:.0f} in single precision."
            )
        if self.started:
            rows = [[label, *map(report.duration, taken)] for label, taken in self.started.items()]
            parts.append(report.table(["start", "best", "median"], rows))
        if self.goals():
            parts.append(report.table(["figure", "goal", "arr", ""], self.goals()))
        return "\n\n".join([""] + parts)

    def data(self) -> dict:
        """Every figure, in seconds."""
        return {
            "machine": environment.machine(),
            "arr": program.where(),
            "limits": dataclasses.asdict(self.machine) if self.machine else None,
            "start": self.started,
            "lines": [
                {
                    "group": r.line.group,
                    "label": r.line.label,
                    "line": r.line.arr,
                    "best": r.best,
                    "median": r.median,
                    "share": report.share(r, self.machine),
                    "error": r.error,
                }
                for r in self.results
            ],
        }

    def behind(self) -> str:
        """What has not reached its goal."""
        head = report.table(report.GROUPS_HEAD, report.groups(self.results))
        rest = [report.table(["figure", "goal", "arr", ""], self.goals())] if self.goals() else []
        return "\n\n".join([head, *rest, report.behind(self.results, self.machine)]) + "\n"


def _verdict(reached: bool) -> str:
    return "reached" if reached else "behind"


def run(options: argparse.Namespace) -> Run:
    """Measures the chosen lines; shows each as it is done. Ctrl-C ends the list."""
    done = Run([])
    if not options.no_machine:
        done = Run([], measure_machine(options.threads), start.measure())
    pace = measure.QUICK if options.quick else measure.FULL
    if options.markdown:
        print(report.table(report.HEAD, []), flush=True)
    for line in lines.load(options.group, options.words):
        try:
            result = measure.measure(line, pace)
        except KeyboardInterrupt:
            break
        done.results.append(result)
        if options.markdown:
            print("| " + " | ".join(report.cells(result, done.machine)) + " |", flush=True)
        else:
            print(report.plain(result, done.machine), flush=True)
    return done


def check(options: argparse.Namespace) -> int:
    """Compares the results of all, times nothing; the number of lines that differ."""
    wrong = 0
    for line in lines.load(options.group, options.words):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = peers.make(line, peers.names(line))[0].value
            error = exact.compare(measure.arr_setup(line), line.arr, expected, line.check)
        except (program.Failed, ValueError) as failed:
            error = str(failed)
        if error:
            wrong += 1
            print(f"{line.group}: {line.label}: `{line.arr}`: {error}", flush=True)
    print(f"{wrong} lines differ")
    return min(wrong, 100)
