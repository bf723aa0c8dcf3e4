"""Whether arr's result is NumPy's, to the exactness that the language promises for the line."""

import numpy as np

import program


def compare(setup: str, line: str, expected: object, check: str) -> str | None:
    """Computes the line in arr; says what differs, or nothing."""
    wanted = np.asarray(expected)
    name, shape, total, given = program.result(setup, line, wanted)
    if name != wanted.dtype.name:
        return f"dtype {name}, NumPy {wanted.dtype.name}"
    if tuple(shape) != wanted.shape:
        return f"shape {tuple(shape)}, NumPy {wanted.shape}"
    if check == "shape":
        return None
    every = program.bits(wanted)
    there = every[:: program.step(wanted)]
    kind, _, amount = check.partition(" ")
    if kind == "equal":
        with np.errstate(over="ignore"):
            if total == int(np.sum(every, dtype=np.int64)) and np.array_equal(given, there):
                return None
    elif kind not in ("ulp", "eps"):
        raise ValueError(f"check '{check}'")
    given, there = _numbers(given, wanted.dtype), _numbers(there, wanted.dtype)
    return _distance(given, there, kind, float(amount or 0))


def _numbers(words: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Bits as real numbers; a complex number is two."""
    if dtype.kind in "fc":
        return words.view({4: np.float32, 8: np.float64}[words.itemsize])
    return words


def _distance(given: np.ndarray, there: np.ndarray, kind: str, allowed: float) -> str | None:
    if given.shape != there.shape:
        return f"{given.size} elements, NumPy {there.size}"
    if given.dtype.kind != "f":
        wrong = np.flatnonzero(given != there)
        return None if not wrong.size else _first(given, there, wrong)
    odd = np.flatnonzero(np.isnan(given) != np.isnan(there))
    if odd.size:
        return _first(given, there, odd)
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.where((given == there) | np.isnan(there), 0.0, np.abs(given - there))
    if kind == "eps":
        scale = np.finfo(there.dtype).eps * max(np.nanmax(np.abs(there), initial=0), np.finfo(there.dtype).tiny)
        far = gap / scale
    else:
        far = gap / np.spacing(np.abs(there))
    # The signs of zeros count where bits do.
    wrong = np.flatnonzero(far > allowed)
    if wrong.size:
        return f"{np.max(far):.3g} {kind if kind != 'equal' else 'ulp'} off at most; {_first(given, there, wrong)}"
    if kind == "equal":
        wrong = np.flatnonzero(np.signbit(given) != np.signbit(there))
        wrong = wrong[~np.isnan(there[wrong])]
        if wrong.size:
            return f"signs; {_first(given, there, wrong)}"
    return None


def _first(given: np.ndarray, there: np.ndarray, wrong: np.ndarray) -> str:
    at = wrong[0]
    return f"{wrong.size} of {given.size} differ, first at {at}: {given[at]!r}, NumPy {there[at]!r}"
