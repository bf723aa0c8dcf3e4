"""The peers' side: each line's text becomes a function of no arguments, warmed, with its result.

Conversions are left out: JAX has its operands before the clock runs, is compiled, and is waited
for; numexpr has its program compiled; CBQN (cbqn.py) has read its arrays.
"""

import sys
import timeit
from collections.abc import Callable

import jax
import jax.numpy as jnp
import jax.scipy
import numexpr
import numpy as np
import scipy
import scipy.fft
import scipy.linalg
import scipy.ndimage
import scipy.signal
import scipy.spatial.distance
import scipy.special

import cbqn
import environment
from lines import Line

MODULES = {"np": np, "numpy": np, "scipy": scipy, "numexpr": numexpr}
JAX_MODULES = {"jnp": jnp, "jax": jax, "lax": jax.lax}


class Peer:
    """One peer's spelling of one line."""

    def __init__(self, name: str, timer: timeit.Timer, value: object) -> None:
        self.name = name
        self.timer = timer
        self.value = value

    def timings(self, loops: int, repeat: int) -> list[float]:
        """Seconds per loop of each of `repeat` runs."""
        return [t / loops for t in self.timer.repeat(repeat, loops)]


def names(line: Line) -> dict[str, object]:
    """What the line's set-up makes, for the peers in Python."""
    env: dict[str, object] = dict(MODULES)
    exec(line.setup, env)
    exec(line.python_setup, env)
    return env


def _python(name: str, text: str, env: dict[str, object]) -> Peer:
    timer = timeit.Timer(text, globals=env)
    return Peer(name, timer, eval(text, env))


def _numexpr(text: str, env: dict[str, object]) -> Peer:
    used = {key: env[key] for key in compile(text, "line", "eval").co_names if isinstance(env.get(key), np.ndarray)}
    value = numexpr.evaluate(text, local_dict=used, global_dict={})
    run: Callable[[], object] = lambda: numexpr.re_evaluate(local_dict=used)  # noqa: E731
    return Peer("numexpr", timeit.Timer("run()", globals={"run": run}), value)


def _jax(text: str, line: Line, env: dict[str, object]) -> Peer:
    """The line jitted over its arrays; other names are constants of the program."""
    scope = dict(env) | JAX_MODULES
    exec(line.jax_setup, scope)
    code = compile(text, "line", "eval")
    arrays = sorted(key for key in set(code.co_names) if isinstance(scope.get(key), np.ndarray))
    function = jax.jit(eval(f"lambda {', '.join(arrays)}: {text}", scope))
    operands = [jnp.asarray(scope[key]) for key in arrays]
    value = jax.block_until_ready(function(*operands))
    run: Callable[[], object] = lambda: jax.block_until_ready(function(*operands))  # noqa: E731
    return Peer("jax", timeit.Timer("run()", globals={"run": run}), np.asarray(value))


def make(line: Line, env: dict[str, object]) -> list[Peer | cbqn.Peer]:
    """Every peer that has a spelling; NumPy first. One whose result is another is left out."""
    first = _python("numpy", line.numpy, env)
    made = [first]
    for name, text in line.peers().items():
        if name == "numpy" or (name == "cbqn" and environment.cbqn() is None):
            continue
        try:
            peer = _make(name, text, line, env)
            fault = None if line.check == "shape" or alike(peer.value, first.value) else "another result"
        except Exception as failed:  # whatever a peer raises: the others go on
            fault = str(failed).split("\n", maxsplit=1)[0]
        if fault is None:
            made.append(peer)
        else:
            print(f"{line.group}, {line.label}: {name} is left out: {fault}", file=sys.stderr)
    return made


def _make(name: str, text: str, line: Line, env: dict[str, object]) -> Peer | cbqn.Peer:
    if name == "cbqn":
        return cbqn.Peer(text, env)
    if name == "numexpr":
        return _numexpr(text, env)
    return _jax(text, line, env) if name == "jax" else _python(name, text, env)


def alike(value: object, other: object) -> bool:
    """Whether a peer computes the same thing, up to rounding."""
    a, b = np.asarray(value), np.asarray(other)
    if a.shape != b.shape:
        return False
    scale = float(np.max(np.abs(b), initial=0)) if b.dtype.kind in "fc" else 0.0
    near = 1e-3 if b.dtype.name in ("float32", "complex64") else 1e-8
    floor = near * (scale if np.isfinite(scale) else 1.0)
    return bool(np.allclose(a, b, rtol=near, atol=floor, equal_nan=True))


def amount(text: str | None, env: dict[str, object], result: object) -> float | None:
    """Bytes or flops of a line, computed from its operands."""
    return None if text is None else float(eval(text, env | {"r": np.asarray(result)}))
