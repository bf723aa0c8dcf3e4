"""Times arr against NumPy, line by line, on this machine.

    cargo build --release && python benches/compare/compare.py [word ...] [--markdown]

Needs NumPy 2. Words choose the rows of rows.txt whose label holds one of them. For every row both
sides first compute the line, and their results are compared; then they take turns: each round runs
arr's `%timeit --json` in a fresh process and Python's `timeit` here. Shown are the best of all
runs, the median of the rounds' bests, and NumPy's best over arr's.
"""

import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import timeit

import numpy as np

HERE = pathlib.Path(__file__).parent
ARR = os.environ.get("ARR", str(HERE.parent.parent / "target/release/arr"))
ROUNDS = 5
CHECK = 'print(f"{float(np.sum(np.abs(r_))):.6e} {np.shape(r_)}")'


def arr(code):
    run = subprocess.run([ARR, "--no-config", "-"], input=code, capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(run.stderr.strip().splitlines()[:3])
    return run.stdout


def arr_time(setup, line, loops):
    out = arr(f"{setup};\n%timeit --json -n {loops} -r 3 {line}\n")
    return json.loads(out[out.index("{") :])["best"]


def numpy_value(setup, line):
    env = {"np": np}
    exec(setup, env)
    r = eval(line, env)
    return f"{float(np.sum(np.abs(r))):.6e} {np.shape(r)}", env


def row(setup, line):
    expected, env = numpy_value(setup, line)
    given = arr(f"{setup};\nr_ = {line};\n{CHECK}\n").strip()
    if given != expected:
        raise RuntimeError(f"results differ: {given} against {expected}")
    timer = timeit.Timer(line, globals=env)
    loops = max(1, min(100_000, int(0.05 / max(timer.timeit(1), 1e-7))))
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(min(timer.repeat(3, loops)) / loops)
        ours.append(arr_time(setup, line, loops))
    return ours, theirs


def duration(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(l.split(":")[1].strip() for l in lines if l.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main():
    markdown = "--markdown" in sys.argv
    words = [a for a in sys.argv[1:] if not a.startswith("--")]
    print(f"{processor()}, {os.cpu_count()} cores; NumPy {np.__version__}, Python {platform.python_version()}\n")
    head = ["line", "arr best", "arr median", "NumPy best", "NumPy median", "ratio"]
    print("| " + " | ".join(head) + " |\n| --- | ---: | ---: | ---: | ---: | ---: |" if markdown else "  ".join(head))
    ratios = []
    for text in (HERE / "rows.txt").read_text().splitlines():
        if not text or text.startswith("#"):
            continue
        label, setup, line = (part.strip() for part in text.split(" | ", 2))
        if words and not any(w in label for w in words):
            continue
        try:
            ours, theirs = row(setup, line)
        except RuntimeError as error:
            print(f"{label}: {error}", file=sys.stderr)
            continue
        ratio = min(theirs) / min(ours)
        ratios.append(ratio)
        cells = [f"{f(x)}" for x in (ours, theirs) for f in (lambda x: duration(min(x)), lambda x: duration(statistics.median(x)))]
        if markdown:
            print(f"| `{line}` ({label}) | " + " | ".join(cells) + f" | {ratio:.2f} |", flush=True)
        else:
            print(f"{label:40} " + " ".join(f"{c:>10}" for c in cells) + f"  {ratio:6.2f}", flush=True)
    if ratios:
        print(f"\ngeometric mean of NumPy over arr: {statistics.geometric_mean(ratios):.2f} over {len(ratios)} lines")


main()
