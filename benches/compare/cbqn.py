"""The optional peer of APL's family: CBQN, where its program is found.

A line's arrays are written to files as they are in memory; CBQN reads them back in the narrowest
of its own types (bits, 8, 16 or 32-bit integers, else doubles), runs the line's text, and times it
with its own `•_timed`. Like arr it is a fresh process in every round. It has one thread.
"""

import pathlib
import re
import subprocess
import tempfile

import numpy as np

import environment

_NUMBERS = "⟨8‿'c',{bits}‿'{kind}'⟩•bit._cast •file.Bytes "


class Failed(Exception):
    """CBQN gave an error."""


class Peer:
    """One line's text, with its arrays in files for as long as it lives."""

    name = "cbqn"

    def __init__(self, text: str, env: dict[str, object]) -> None:
        self._text = text
        self._folder = tempfile.TemporaryDirectory(prefix="arr-compare-")
        used = dict.fromkeys(re.findall(r"[a-z]\w*", text))
        arrays = {key: env[key] for key in used if isinstance(env.get(key), np.ndarray)}
        self._setup = "\n".join(self._stored(key, value) for key, value in arrays.items())
        self.value = self._value()

    def timings(self, loops: int, repeat: int) -> list[float]:
        """Seconds per loop of each of `repeat` runs."""
        out = self._run(f"•Out 1↓∾' '⊸∾¨•Repr¨{{𝕊: {loops} {{𝕊: {self._text}}}•_timed 0}}¨↕{repeat}")
        return [float(word.replace("¯", "-")) for word in out.split()]

    def _stored(self, name: str, array: np.ndarray) -> str:
        """Writes an array, and gives the line that reads it."""
        path = pathlib.Path(self._folder.name) / name
        kept = _narrow(array)
        kept.tofile(path)
        kind = "f" if kept.dtype.kind == "f" else "i"
        read = _NUMBERS.format(bits=8 * kept.itemsize, kind=kind) + f'"{path}"'
        shape = "‿".join(map(str, array.shape)) if array.ndim > 1 else f"⟨{array.size}⟩"
        return f"{name}←{shape}⥊{'1=' if array.dtype == bool else ''}{read}"

    def _value(self) -> np.ndarray:
        path = pathlib.Path(self._folder.name) / "result"
        out = self._run(
            f"r←{self._text}\n•Out ∾' '⊸∾¨•Repr¨≢r\n\"{path}\" •file.Bytes ⟨64‿'f',8‿'c'⟩•bit._cast ⥊r"
        )
        return np.fromfile(path, np.float64).reshape([int(word) for word in out.split()])

    def _run(self, code: str) -> str:
        path = pathlib.Path(self._folder.name) / "line.bqn"
        path.write_text(f"{self._setup}\n{code}\n", encoding="utf-8")
        done = subprocess.run([environment.cbqn(), str(path)], capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise Failed(done.stderr.strip().split("\n", maxsplit=1)[0])
        return done.stdout


def _narrow(array: np.ndarray) -> np.ndarray:
    """The array in the narrowest type of CBQN's that holds it; its integers have 32 bits at most."""
    if array.dtype.kind == "b":
        return np.ascontiguousarray(array).view(np.int8)
    if array.dtype.kind in "iu":
        for dtype in (np.int8, np.int16, np.int32):
            info = np.iinfo(dtype)
            if array.size and info.min <= array.min() and array.max() <= info.max:
                return np.ascontiguousarray(array, dtype)
    return np.ascontiguousarray(array, np.float64)
