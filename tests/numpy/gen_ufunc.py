"""Writes what NumPy's element-wise functions give, for tests/parity_ufunc.rs.

    python tests/numpy/gen_ufunc.py > tests/numpy/ufunc.txt

Lines `V name hex` define operand vectors (`a.int8`, `b.float64`): the bytes of their elements. A
case is `op operands result warnings`, separated by tabs. An operand is a vector's name, `i:3`,
`f:2.5`, `c:1:2` (plain numbers) or `s:` and the name of a vector whose first element is meant.
Binary functions of two vectors broadcast the first as a column. A result is `!` for an error,
`dtype #hash` (FNV-1a of the bytes, NaNs made equal) where bits must agree, or `dtype =hex` where
last digits may differ. Warnings are the texts' first words, in order.
"""

import sys
import warnings

import numpy as np

VERSION = "2.4.6"
assert np.__version__ == VERSION, f"the pinned results are NumPy {VERSION}'s"

INTS = "int8 uint8 int16 uint16 int32 uint32 int64 uint64".split()
FLOATS = ["float32", "float64"]
COMPLEX = ["complex64", "complex128"]
ALL = ["bool"] + INTS + FLOATS + COMPLEX

EXACT = """add subtract multiply divide floor_divide remainder fmod maximum minimum fmax fmin equal not_equal
less less_equal greater greater_equal logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor
left_shift right_shift gcd lcm copysign nextafter heaviside power""".split()
NEAR = "arctan2 hypot logaddexp logaddexp2 float_power".split()
EXACT1 = """negative positive absolute fabs sign square reciprocal conjugate sqrt floor ceil trunc rint fix isnan isinf
isfinite signbit logical_not invert bitwise_count isreal iscomplex spacing radians degrees""".split()
NEAR1 = """exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh
arctanh cbrt sinc i0""".split()


def vector(which, dtype):
    t = np.dtype(dtype)
    if t.kind == "b":
        v = [False, True, True, False]
    elif t.kind in "iu":
        i = np.iinfo(t)
        v = [0, 1, 2, 3, 7, 10, 100, i.max, i.min, i.max - 1, i.max // 2 + 1, 5]
        v += [-1, -2, -7, i.min + 1] if t.kind == "i" else [4, 6, 63, 64]
    else:
        f = np.finfo(t)
        v = [0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 7.0, -3.0, 0.5, np.inf, -np.inf, np.nan, float(f.max), float(f.tiny), 1e-3, 3e5]
        if t.kind == "c":
            v = [complex(x, y) for x, y in zip([0.0, 1, -1, 2.5, -2.5, 3, 0.5, -0.0, 1e10, 7], [0.0, 2, -2, 0.0, 3, 4, -0.5, 1, 1e-5, 0.0])]
    if which == "b":
        v = v[3:] + v[:3]
    return np.array(v, dtype=t)


VECTORS = {f"{w}.{d}": vector(w, d) for w in "ab" for d in ALL}
near = np.array([0.0, -0.0, 1e-9, 0.1, -0.1, 0.5, 0.75, -0.9, 1.0, -1.0, 1.5, 2.0, -2.5, 3.25, 10.0, -20.0, 88.0, 100.0, 700.0,
                 1e4, 1e6, -1e-5, np.inf, -np.inf, np.nan, 5e-310, 1e300, 1.0000001])
VECTORS["n.float64"] = near
with np.errstate(all="ignore"):
    VECTORS["n.float32"] = near.astype("float32")
parts = [0.0, -0.0, 0.3, -0.3, 1.0, -1.0, 2.0, -3.5]
VECTORS["n.complex128"] = np.array([complex(x, y) for x in parts for y in parts])
VECTORS["n.complex64"] = VECTORS["n.complex128"].astype("complex64")
for d in ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]:
    VECTORS[f"n.{d}"] = np.array([0, 1] if d == "bool" else [0, 1, 2, 5, 10, 20], d)


def fnv(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{h:016x}"


def canonical(r):
    r = np.array(r)
    if r.dtype.kind == "f":
        r[np.isnan(r)] = np.nan
        if r.ndim == 0 and np.isnan(r):
            r = np.array(np.nan, r.dtype)
    elif r.dtype.kind == "c":
        flat = np.ascontiguousarray(r).reshape(-1).view(r.real.dtype)
        flat[np.isnan(flat)] = np.nan
        r = flat
    return np.ascontiguousarray(r).tobytes()


def case(op, operands, names, exact):
    f = getattr(np, op)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            r = f(*operands)
        except (TypeError, ValueError, OverflowError):
            return print(op, *names, "!", "", sep="\t")
    texts = [str(w.message).split(" ")[0] for w in caught]
    texts = sorted(set(texts), key=["divide", "overflow", "invalid"].index)
    dtype = str(np.asarray(r).dtype)
    if dtype == "float16":  # arr has no float16
        return
    if np.asarray(r).dtype.kind == "c":
        texts = ["?"]  # conditions inside complex formulas are not the result's
    if op.startswith("logaddexp"):  # its steps meet conditions that its result does not show
        texts = ["?"]
    exact = exact and not (op == "power" and np.asarray(r).dtype.kind == "f")
    data = canonical(r)
    result = f"{dtype} #{fnv(data)}" if exact else f"{dtype} ={data.hex()}"
    print(op, *names, result, ",".join(texts), sep="\t")


def main():
    for name, v in VECTORS.items():
        print("V", name, v.tobytes().hex())
    for op in EXACT:
        for x in ALL:
            for y in ALL:
                exact = op not in ("power", "fmax", "fmin") or not {x, y} & {*FLOATS, *COMPLEX}
                if op == "power" and not exact and ({x, y} & {*COMPLEX} or x != y):
                    continue
                if op in ("multiply", "divide") and {x, y} & {*COMPLEX} and x != y:
                    continue
                if op == "multiply" and x in COMPLEX:
                    exact = False
                case(op, [VECTORS["a." + x][:, None], VECTORS["b." + y]], ["a." + x, "b." + y], exact)
    for op in NEAR:
        for d in ["int8", "int64", *FLOATS]:
            if d == "float32" and op.startswith("logaddexp"):  # NumPy rounds every step
                continue
            case(op, [VECTORS["n." + d][:, None], VECTORS["n." + d]], ["n." + d, "n." + d], False)
    for op in EXACT1:
        for d in ALL:
            case(op, [VECTORS["a." + d]], ["a." + d], op not in ("sqrt", "absolute") or d not in COMPLEX)
    for op in NEAR1:
        for d in ["bool", "int8", "uint16", "int32", "int64", "uint64", *FLOATS, *COMPLEX]:
            if np.dtype(d).kind == "c" and op in ("sinc", "i0", "cbrt"):
                continue
            case(op, [VECTORS["n." + d]], ["n." + d], False)
    for op in ["add", "multiply", "floor_divide", "less", "equal", "bitwise_and", "maximum", "divide", "power", "left_shift"]:
        for d in ALL:
            for text, n in [("i:3", 3), ("i:300", 300), ("i:-1", -1), ("f:2.5", 2.5), ("c:1:2", 1 + 2j)]:
                if d in COMPLEX + FLOATS and op in ("divide", "power", "multiply") or (op in ("divide", "power", "multiply") and isinstance(n, complex)):
                    continue
                if op == "power" and isinstance(n, float):
                    continue
                case(op, [VECTORS["a." + d], n], ["a." + d, text], True)
                if op in ("less", "add"):
                    case(op, [n, VECTORS["a." + d]], [text, "a." + d], True)
    for op in ["add", "floor_divide", "less"]:
        for x in ALL:
            for y in ALL:
                case(op, [VECTORS["b." + x][0], VECTORS["a." + y][1]], ["s:b." + x, "t:a." + y], True)


main()
