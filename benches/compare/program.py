"""arr's side: the program is started afresh for every sample, so that no round profits from another."""

import json
import os
import pathlib
import subprocess

import numpy as np

from environment import ROOT

ARR = os.environ.get("ARR", str(ROOT / "target/release/arr"))
#: Elements of a result that are compared one by one; of longer ones every k-th, and a sum of all bits.
SHOWN = 1_000_000


class Failed(Exception):
    """arr gave an error, or not what was asked for."""


def run(code: str, timeout: float = 120, options: tuple[str, ...] = ()) -> str:
    """What a program prints."""
    try:
        done = subprocess.run(
            [ARR, "--no-config", *options, "-"],
            input=code,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise Failed(f"no answer in {timeout:.0f} s") from late
    if done.returncode != 0:
        lines = [line.strip(" ×│╭╰─·") for line in done.stderr.splitlines()]
        raise Failed("; ".join([line for line in lines if line][:3]) or f"exit code {done.returncode}")
    return done.stdout


def timings(setup: str, line: str, loops: int, repeat: int, threads: int | None = None) -> list[float]:
    """Seconds per loop of each of `repeat` runs."""
    options = ("--threads", str(threads)) if threads else ()
    out = run(f"{setup};\n%timeit --json -n {loops} -r {repeat} -- {line}\n", options=options)
    return json.loads(out[out.index("{") :])["timings"]


#: An array's bits as integers, whatever its dtype.
_DUMP = """
r_ = np.asarray({line})
t_ = str(r_.dtype)
print(t_)
print(list(r_.shape))
f_ = np.ascontiguousarray(r_).ravel()
b_ = f_.astype(np.int8) if t_ == "bool" else f_.view({words})
print(np.sum(b_, dtype=np.int64))
print(b_[::{step}].tolist())
"""


def _words(dtype: np.dtype) -> tuple[str, np.dtype]:
    """The integers that a dtype's bits are read as: arr's name, NumPy's type."""
    if dtype.kind == "b":
        return "np.int8", np.dtype(np.int8)
    size = {"complex64": 4, "complex128": 8}.get(dtype.name, dtype.itemsize)
    return f"np.int{8 * size}", np.dtype(f"int{8 * size}")


def bits(array: np.ndarray) -> np.ndarray:
    """An array's elements as integers of their width (a complex one as two)."""
    flat = np.ascontiguousarray(array).ravel()
    return flat.astype(np.int8) if flat.dtype.kind == "b" else flat.view(_words(flat.dtype)[1])


def step(array: np.ndarray) -> int:
    """Which of a result's integers are compared one by one."""
    return max(1, -(-bits(array).size // SHOWN))


def result(setup: str, line: str, like: np.ndarray) -> tuple[str, list[int], int, np.ndarray]:
    """A line's dtype, shape, sum of bits, and bits; as many of them as `step` says."""
    name, dtype = _words(like.dtype)
    out = run(f"{setup};\n" + _DUMP.format(line=line, words=name, step=step(like))).splitlines()
    if len(out) < 4:
        raise Failed(f"printed {out}")
    shown, shape, total, rest = out[-4:]
    text = rest.strip("[]")
    values = np.fromstring(text, dtype=np.int64, sep=",") if text else np.empty(0, np.int64)
    return shown, json.loads(shape), int(total), values.astype(dtype)


def where() -> str:
    """The program and its version."""
    done = subprocess.run([ARR, "--version"], capture_output=True, text=True, check=True)
    return f"{done.stdout.strip()} ({pathlib.Path(ARR).stat().st_size / 1e6:.0f} MB)"
