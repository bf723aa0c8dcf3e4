"""APL's primitive functions and operators over NumPy arrays, from their published definitions.

Index origin 0, comparison tolerance 0, flat typed arrays. Nothing here is taken from arr: structural
functions are written from their meaning (loops over indices), scalar functions are NumPy's ufuncs. A
function raises `Wrong` where APL or NumPy has an error.
"""

import itertools
import math

import numpy as np


class Wrong(Exception):
    pass


def need(condition, why=""):
    if not condition:
        raise Wrong(why)


def wide(x):
    """NumPy's float16 results have 32 bits here, as arr has no float16."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def ufunc(f):
    def run(*args):
        kinds = [a.dtype for a in args if isinstance(a, np.ndarray)]
        try:
            half = f(*args).dtype == np.float16
            if half:
                args = [a.astype(np.float32) if k in (np.int8, np.uint8, np.bool_) else a for a, k in zip(args, kinds)]
            return np.asarray(f(*args))
        except (TypeError, ValueError) as e:
            raise Wrong(str(e)) from None

    return run


# Monadic functions.


def floats(x):
    """The float dtype that a function of an array gives in NumPy, with 32 bits at least."""
    return wide(np.sqrt(np.zeros((), x.dtype))).dtype if x.dtype != bool else np.dtype("f4")


def reciprocal(y):
    one = np.ones((), np.int64 if y.dtype == bool else y.dtype)
    return ufunc(np.divide)(one, y)


def pi_times(y):
    return np.asarray(np.pi * y)


def factorial(y):
    out = [math.factorial(int(v)) if float(v).is_integer() and v >= 0 else math.gamma(v + 1) for v in y.ravel()]
    kind = y.dtype if y.dtype.kind == "f" or y.dtype == np.uint64 else np.int64
    return np.array(out, dtype=kind).reshape(y.shape)


def binomial(x, y):
    """x ! y is how many ways there are to choose x of y, by the gamma function."""
    x, y = np.broadcast_arrays(x, y)

    def one(k, n):
        if float(k).is_integer() and float(n).is_integer() and n >= 0 and k >= 0:
            return math.comb(int(n), int(k))
        poles = [1 + k, 1 + n - k]
        if any(p <= 0 and float(p).is_integer() for p in poles):
            return 0.0
        return math.gamma(1 + n) / (math.gamma(1 + k) * math.gamma(1 + n - k))

    kind = np.result_type(x, y)
    out = np.array([one(a, b) for a, b in zip(x.ravel().tolist(), y.ravel().tolist())])
    return out.astype(kind if kind.kind == "f" else np.int64).reshape(x.shape)


def iota(y):
    need(y.ndim <= 1 and y.dtype.kind in "biu" and (y >= 0).all())
    if y.ndim == 0:
        return np.arange(int(y))
    if y.shape == (1,):
        return np.arange(int(y[0]))
    shape = tuple(int(n) for n in y)
    cells = list(itertools.product(*(range(n) for n in shape)))
    return np.array(cells, dtype=np.int64).reshape(shape + (len(shape),))


def where(y):
    need(y.dtype.kind in "biuf" and (y >= 0).all() and (y == np.floor(y.astype(float))).all())
    y = y.reshape(1) if y.ndim == 0 else y
    found = [i for i in itertools.product(*(range(n) for n in y.shape)) for _ in range(int(y[i]))]
    out = np.array(found, dtype=np.int64).reshape(len(found), y.ndim)
    return out[:, 0] if y.ndim == 1 else out


def table(y):
    rows = y.shape[0] if y.ndim else 1
    return y.reshape(rows, math.prod(y.shape[1:]))


def first(y):
    return y.ravel()[0].reshape(()) if y.size else np.zeros((), y.dtype)


def cells_of(y):
    return [y] if y.ndim == 0 else [y[i] for i in range(y.shape[0])]


def key_of(cell):
    return tuple((v.real, v.imag) for v in cell.ravel().tolist())


def unique_mask(y):
    seen, out = set(), []
    for cell in cells_of(y):
        out.append(key_of(cell) not in seen)
        seen.add(key_of(cell))
    return np.array(out, dtype=bool)


def nub(y):
    y = y.reshape(1) if y.ndim == 0 else y
    return y[unique_mask(y)]


def grade(y, down=False):
    need(y.ndim > 0)
    order = sorted(range(len(y)), key=lambda i: key_of(y[i]))
    if down:
        order = sorted(range(len(y) - 1, -1, -1), key=lambda i: key_of(y[i]))[::-1]
    return np.array(order, dtype=np.int64)


def matrix_inverse(y):
    need(y.ndim <= 2 and y.size > 0)
    if y.ndim < 2:
        y2 = y.reshape(-1, 1)
        return np.linalg.pinv(y2.astype(np.result_type(y2, np.float32) if y.dtype == np.float32 else None)).reshape(y.shape)
    need(y.shape[0] >= y.shape[1] and np.linalg.matrix_rank(y) == y.shape[1])
    return np.linalg.inv(y) if y.shape[0] == y.shape[1] else np.linalg.pinv(y)


# Dyadic functions.


def reshape(x, y):
    need(x.ndim <= 1 and x.dtype.kind in "biu" and (x >= 0).all())
    shape = tuple(int(n) for n in np.atleast_1d(x))
    n = math.prod(shape)
    if y.size == 0:
        return np.zeros(shape, y.dtype)
    flat = y.ravel()
    return np.array([flat[i % y.size] for i in range(n)], dtype=y.dtype).reshape(shape)


def index_of(x, y):
    need(x.ndim > 0)
    rank = x.ndim - 1
    need(y.ndim >= rank and y.shape[y.ndim - rank :] == x.shape[1:])
    keys = [key_of(c) for c in cells_of(x)]
    frame = y.shape[: y.ndim - rank]
    out = []
    for i in itertools.product(*(range(n) for n in frame)):
        k = key_of(y[i])
        out.append(keys.index(k) if k in keys else len(keys))
    return np.array(out, dtype=np.int64).reshape(frame)


def interval_index(x, y):
    need(x.ndim == 1)
    out = [sum(1 for v in x.tolist() if not w < v) - 1 for w in y.ravel().tolist()]
    return np.array(out, dtype=np.int64).reshape(y.shape)


def member(x, y):
    held = {key_of(v) for v in y.ravel()}
    return np.array([key_of(v) in held for v in x.ravel()], dtype=bool).reshape(x.shape)


def find(x, y):
    out = np.zeros(y.shape, dtype=bool)
    if x.ndim > y.ndim:
        return out
    part = x.reshape((1,) * (y.ndim - x.ndim) + x.shape)
    for i in itertools.product(*(range(n) for n in y.shape)):
        window = y[tuple(slice(a, a + n) for a, n in zip(i, part.shape))]
        out[i] = window.shape == part.shape and bool((window == part).all())
    return out


def rotate(x, y, axis=-1):
    need(x.dtype.kind in "biu")
    if y.ndim == 0:
        need(x.size == 1)
        return y
    axis %= y.ndim
    rest = y.shape[:axis] + y.shape[axis + 1 :]
    by = np.broadcast_to(x.reshape(()), rest) if x.size == 1 else x
    need(by.shape == rest)
    n = y.shape[axis]
    out = np.empty_like(y)
    for i in itertools.product(*(range(m) for m in y.shape)):
        j = i[:axis] + i[axis + 1 :]
        out[i] = y[i[:axis] + ((i[axis] + int(by[j])) % n,) + i[axis + 1 :]]
    return out


def transpose(x, y):
    """Element (i, j, …) of y goes to where `x` sends its axes; axes sent to one place make a diagonal."""
    axes = [int(a) for a in np.atleast_1d(x)]
    need(len(axes) == y.ndim)
    need(sorted(set(axes)) == list(range(len(set(axes)))))
    rank = len(set(axes))
    shape = tuple(min(y.shape[k] for k in range(y.ndim) if axes[k] == r) for r in range(rank))
    out = np.empty(shape, y.dtype)
    for i in itertools.product(*(range(n) for n in shape)):
        out[i] = y[tuple(i[a] for a in axes)]
    return out


def catenate(x, y, axis=0):
    need(max(x.ndim, y.ndim) > 0 or True)
    rank = max(x.ndim, y.ndim, 1)
    need(min(x.ndim, y.ndim) == 0 or abs(x.ndim - y.ndim) <= 1)
    axis %= rank
    whole = x if x.ndim == rank else y

    def fit(a):
        if a.ndim == 0:
            shape = list(whole.shape) if whole.ndim == rank else [1]
            shape[axis] = 1
            return np.broadcast_to(a, shape)
        return np.expand_dims(a, axis) if a.ndim < rank else a

    a, b = fit(x), fit(y)
    need(all(m == n for k, (m, n) in enumerate(zip(a.shape, b.shape)) if k != axis))
    return np.concatenate([a, b], axis)


def take(x, y):
    counts = [int(n) for n in np.atleast_1d(x)]
    need(x.ndim <= 1 and x.dtype.kind in "biu")
    if y.ndim == 0:
        y = y.reshape((1,) * len(counts))
    need(len(counts) <= y.ndim)
    counts += list(y.shape[len(counts) :])
    out = np.zeros([abs(n) for n in counts], y.dtype)
    for i in itertools.product(*(range(n) for n in out.shape)):
        j = tuple(a if n >= 0 else a + size + n for a, n, size in zip(i, counts, y.shape))
        if all(0 <= a < size for a, size in zip(j, y.shape)):
            out[i] = y[j]
    return out


def drop(x, y):
    counts = [int(n) for n in np.atleast_1d(x)]
    need(x.ndim <= 1 and x.dtype.kind in "biu")
    if y.ndim == 0:
        y = y.reshape((1,) * len(counts))
    need(len(counts) <= y.ndim)
    counts += [0] * (y.ndim - len(counts))
    return y[tuple(slice(n, None) if n >= 0 else slice(0, max(0, m + n)) for n, m in zip(counts, y.shape))]


def squad(x, y):
    need(x.ndim <= 1 and x.dtype.kind in "iu")
    index = tuple(int(i) for i in np.atleast_1d(x))
    need(len(index) <= y.ndim)
    need(all(-n <= i < n for i, n in zip(index, y.shape)))
    return np.asarray(y[index])


def squad_each(parts, y):
    """An array of indices for each of the leading axes: every combination of them."""
    need(len(parts) <= y.ndim)
    for axis, part in reversed(list(enumerate(parts))):
        part = np.asarray(part)
        need(part.dtype.kind in "iub" or (part.astype(int) == part).all())
        part = part.astype(int)
        n = y.shape[axis]
        need(((-n <= part) & (part < n)).all())
        y = np.take(y, part, axis)
    return np.asarray(y)


def replicate(x, y, axis=0):
    need(x.ndim <= 1 and x.dtype.kind in "biu")
    y = y.reshape(1) if y.ndim == 0 else y
    axis %= y.ndim
    counts = [int(n) for n in np.atleast_1d(x)]
    n = y.shape[axis]
    if len(counts) == 1:
        counts = counts * n
    elif n == 1:
        y = np.repeat(y, len(counts), axis)
    need(len(counts) == y.shape[axis])
    fill = np.zeros(y.shape[:axis] + (1,) + y.shape[axis + 1 :], y.dtype)
    parts = [np.repeat(fill, 0, axis)]
    for at, c in enumerate(counts):
        parts.append(np.repeat(np.take(y, [at], axis) if c >= 0 else fill, abs(c), axis))
    return np.concatenate(parts, axis)


def expand(x, y, axis=0):
    need(x.ndim <= 1 and x.dtype.kind in "biu")
    y = y.reshape(1) if y.ndim == 0 else y
    axis %= y.ndim
    counts = [int(n) for n in np.atleast_1d(x)]
    uses = sum(1 for n in counts if n > 0)
    if y.shape[axis] == 1 and uses != 1:
        y = np.repeat(y, uses, axis)
    need(uses == y.shape[axis])
    fill = np.zeros(y.shape[:axis] + (1,) + y.shape[axis + 1 :], y.dtype)
    parts, at = [np.repeat(fill, 0, axis)], 0
    for c in counts:
        if c > 0:
            parts.append(np.repeat(np.take(y, [at], axis), c, axis))
            at += 1
        else:
            parts.append(np.repeat(fill, max(1, -c), axis))
    return np.concatenate(parts, axis)


def union(x, y):
    x, y = x.ravel(), y.ravel()
    return np.concatenate([x, y[~member(y, x)]])


def intersection(x, y):
    x, y = x.ravel(), y.ravel()
    return x[member(x, y)]


def match(x, y):
    return np.array(x.shape == y.shape and bool((x == y).all()))


def decode(x, y):
    """Row by row of the bases, column by column of the digits, by weights."""
    y = y.reshape(1) if y.ndim == 0 else y
    base = np.atleast_1d(x)
    n = y.shape[0] if base.shape[-1] == 1 else base.shape[-1]
    need(y.shape[0] in (n, 1))
    base = np.broadcast_to(base, base.shape[:-1] + (n,))
    y = np.broadcast_to(y, (n,) + y.shape[1:])
    kind = np.result_type(x, y)
    kind = np.dtype(np.int64) if kind == bool else kind
    frame = base.shape[:-1] if x.ndim else ()
    out = np.zeros(frame + y.shape[1:], kind)
    for i in itertools.product(*(range(m) for m in base.shape[:-1])):
        weights = [1] * n
        for k in range(n - 2, -1, -1):
            weights[k] = weights[k + 1] * base[i][k + 1].item()
        for j in itertools.product(*(range(m) for m in y.shape[1:])):
            total = sum(weights[k] * y[(k,) + j].item() for k in range(n))
            out[i + j] = np.array(total).astype(kind)
    return out


def encode(x, y):
    kind = np.result_type(x, y)
    kind = np.dtype(np.int8) if kind == bool else kind
    out = np.zeros(x.shape + y.shape, kind)
    n = x.shape[0] if x.ndim else 1
    base = x.reshape((n,) + x.shape[1:])
    out = out.reshape((n,) + x.shape[1:] + y.shape)
    for i in itertools.product(*(range(m) for m in base.shape[1:])):
        for j in itertools.product(*(range(m) for m in y.shape)):
            rest = y[j].item()
            for k in range(n - 1, -1, -1):
                b = base[(k,) + i].item()
                out[(k,) + i + j] = rest if b == 0 else rest % b
                rest = 0 if b == 0 else rest // b
    return out.reshape(x.shape + y.shape)


def circle(k, y):
    table = {
        0: lambda v: np.sqrt(1 - v * v), 1: np.sin, 2: np.cos, 3: np.tan,
        4: lambda v: np.sqrt(1 + v * v), 5: np.sinh, 6: np.cosh, 7: np.tanh,
        -1: np.arcsin, -2: np.arccos, -3: np.arctan, -4: lambda v: np.where(v == -1, 0, (v + 1) * np.sqrt((v - 1) / (v + 1))).astype(v.dtype),
        -5: np.arcsinh, -6: np.arccosh, -7: np.arctanh, 9: lambda v: v, 10: np.abs, 11: lambda v: 0 * v, 12: lambda v: np.arctan2(0 * v, v),
    }
    return table[k](y.astype(floats(y)))
