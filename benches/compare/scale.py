"""Cost of one line against the size of its operands, 10^0 to 10^8: time per element, jumps flagged."""

import math
import timeit

import numpy as np

import program
import report

#: Per element, a step to ten times the size may cost so much more before it is called a jump.
JUMP = 1.5
SETUP = (
    "a = (np.random.default_rng(1).random({n}) * 100).astype(np.{dtype}); "
    "b = (np.random.default_rng(2).random({n}) * 100 + 1).astype(np.{dtype})"
)


def _arr(setup: str, line: str, loops: int, repeat: int) -> float:
    return min(program.timings(setup, line, loops, repeat))


def _numpy(setup: str, line: str, loops: int, repeat: int) -> float:
    env: dict[str, object] = {"np": np}
    exec(setup, env)
    return min(timeit.Timer(line, globals=env).repeat(repeat, loops)) / loops


def _best(side, setup: str, line: str, rounds: int = 3) -> float:
    first = side(setup, line, 1, 2)
    if first < 1e-4:
        first = min(first, side(setup, line, 100, 2))
    loops = max(1, min(1_000_000, round(0.005 / max(first, 1e-8))))
    repeat = 3 if first < 0.1 else 2
    if first > 2:
        return first
    return min(side(setup, line, loops, repeat) for _ in range(rounds))


def show(line: str, dtype: str, threads: int) -> None:
    """Prints a row for each power of ten."""
    print(f"`{line}` on {dtype}, {threads} threads\n")
    rows, before = [], math.inf
    for power in range(9):
        setup = SETUP.format(n=10**power, dtype=dtype)
        try:
            ours = _best(_arr, setup, line)
        except program.Failed as failed:
            rows.append([f"10^{power}", str(failed)] + [""] * 5)
            continue
        theirs = _best(_numpy, setup, line)
        each = ours / 10**power
        flag = f"{each / before:.2f} times the size before" if power > 3 and each > JUMP * before else ""
        times = [report.duration(ours), report.duration(theirs), f"{theirs / ours:.2f}"]
        rows.append([f"10^{power}", *times, f"{each * 1e9:.4g}", flag])
        before = each
    print(report.table(["elements", "arr", "NumPy", "NumPy / arr", "ns an element", "jump"], rows))
