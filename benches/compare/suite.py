"""Many lines measured one after the other, and what is said about all of them."""

import argparse
import dataclasses
import statistics
import warnings

import environment
import exact
import lines
import measure
import neighbours
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
#: An arithmetic-bound line, after its set-up, for what threads give.
SCALED = ("a = np.random.default_rng(1).random(10**6)", "np.sin(a)")


@dataclasses.dataclass
class Run:
    """Everything that one run has measured."""

    results: list[measure.Result]
    machine: Machine | None = None
    started: dict[str, tuple[float, float]] = dataclasses.field(default_factory=dict)
    #: What threads give arr in an arithmetic-bound line, and multiply-adds alone.
    scaling: tuple[float, float] | None = None

    def goals(self) -> list[list[str]]:
        """Goals that one figure decides."""
        rows = self._means()
        for label, what, goal in SINGLE:
            for result in self.results:
                if result.line.label == label and result.best:
                    taken = result.best["arr"] / result.line.inner
                    rows.append([what, report.duration(goal), report.duration(taken), _verdict(taken <= goal)])
        for label, goal in (("`arr -e 1`", 5e-3), ("arr's prompt", 20e-3)):
            if label in self.started:
                taken = self.started[label][0]
                rows.append([label, report.duration(goal), report.duration(taken), _verdict(taken <= goal)])
        if self.scaling:
            ours, limit = self.scaling
            what = f"`{SCALED[1]}`: one thread / all (the machine gives {limit:.2f})"
            rows.append([what, "1.70", f"{ours:.2f}", _verdict(ours >= 1.7)])
        return rows

    def _means(self) -> list[list[str]]:
        """What is asked of all lines together; nothing where only some were run."""
        timed = [r for r in self.results if r.best]
        if len({r.line.group for r in timed}) < len(lines.groups()):
            return []
        mean = statistics.geometric_mean(r.numpy_ratio() for r in timed)
        behind = sum(r.peer_ratio() < report.EVEN for r in timed)
        wrong = sum(r.error is not None for r in self.results)
        return [
            ["geometric mean of NumPy / arr", "4", f"{mean:.2f}", _verdict(mean >= 4)],
            ["lines behind the best peer", "0", str(behind), _verdict(behind == 0)],
            ["lines with another result", "0", str(wrong), _verdict(wrong == 0)],
        ]

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
        disturbed = [r.line.label for r in self.results if r.beside >= neighbours.MOST]
        if disturbed:
            parts.append(f"Other programs took part in: {', '.join(disturbed)}. Measure these again.")
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
            "scaling": self.scaling,
            "lines": [
                {
                    "group": r.line.group,
                    "label": r.line.label,
                    "line": r.line.arr,
                    "best": r.best,
                    "median": r.median,
                    "share": report.share(r, self.machine),
                    "error": r.error,
                    "beside": r.beside,
                }
                for r in self.results
            ],
        }

    def behind(self) -> str:
        """What has not reached its goal."""
        head = report.table(report.GROUPS_HEAD, report.groups(self.results))
        rest = [report.table(["figure", "goal", "arr", ""], self.goals())] if self.goals() else []
        return "\n\n".join([head, *rest, report.behind(self.results, self.machine)]) + "\n"


def _scaling(threads: int) -> tuple[float, float] | None:
    """One thread's time over that of all, in arr; and the same of multiply-adds that need no memory."""
    one, all_ = measure_machine(1), measure_machine(threads)
    if one is None or all_ is None:
        return None
    try:
        turns = [[min(program.timings(*SCALED, 5, 5, n)) for n in (1, threads)] for _ in range(5)]
    except program.Failed:
        return None
    return min(t[0] for t in turns) / min(t[1] for t in turns), all_.fma_double / one.fma_double


def _verdict(reached: bool) -> str:
    return "reached" if reached else "behind"


def run(options: argparse.Namespace) -> Run:
    """Measures the chosen lines; shows each as it is done. Ctrl-C ends the list."""
    done = Run([])
    if not options.no_machine:
        done = Run([], measure_machine(options.threads), start.measure(), _scaling(options.threads))
    limits = (lambda: measure_machine(options.threads)) if done.machine else (lambda: None)
    pace = measure.QUICK if options.quick else measure.FULL
    if options.markdown:
        print(report.table(report.HEAD, []), flush=True)
    for line in lines.load(options.group, options.words):
        try:
            result = measure.measure(line, pace, limits)
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
