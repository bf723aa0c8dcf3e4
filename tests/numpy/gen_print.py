"""Writes what NumPy prints for many arrays and numbers, for tests/printing.rs.

    python tests/numpy/gen_print.py arrays > tests/numpy/print_arrays.txt
    python tests/numpy/gen_print.py formats > tests/numpy/print_formats.txt
    python tests/numpy/gen_print.py scalars > tests/numpy/print_scalars.txt

A second argument multiplies the number of cases, for a search wider than the pinned set.

A case of `arrays` starts with a line `@ dtype shape strides offset length hex`: a buffer of `length`
elements made by repeating the bytes, seen through shape, strides and offset counted in elements.
Lines of str(a) follow, each after `|`, then those of repr(a), each after `:`.

A case of `formats` is one line: the value's kind, its bytes in hex (UTF-8 for strings), the
specification, and the text or `!` for an error, separated by tabs; strings are written as JSON. A case of `scalars` likewise: kind, bytes, str(x), repr(x).
"""

import json
import random
import struct
import sys

import numpy as np

VERSION = "2.4.6"
assert np.__version__ == VERSION, f"the pinned texts are NumPy {VERSION}'s"

DTYPES = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64 complex64 complex128".split()
rng = np.random.default_rng(20)
pick = random.Random(20)


def bits(n, t):
    """Numbers with random bits: every exponent is as likely."""
    raw = rng.integers(0, 256, n * np.dtype(t).itemsize, dtype=np.uint8)
    return raw.view(t)


def reals(n, t):
    """Real numbers of one of many flavours."""
    special = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1.0, -1.0])
    edges = [1e-4, 9.9999e-5, 1e-5, 1e8, 99999999.0, 99999999.9, 1e6, 999999.0, 1e3, 1e16, 1e15, 1e22, 1e23,
             1e100, 1e-100, 0.1, 0.2, 0.3, 1 / 3, 2 / 3, 5e-324, 1.7976931348623157e308, 2.5, 0.125, 1000.1,
             1.5e-9, 123456789.0, 0.5, 9.9999999995, 0.999999999, 99.999999999]
    with np.errstate(all="ignore"):
        flavour = pick.choice(["small", "round", "wide", "bits", "special", "edges", "whole", "exp", "dyadic", "mixed"])
        if flavour == "small":
            x = rng.standard_normal(n)
        elif flavour == "round":
            x = np.round(rng.standard_normal(n) * 10 ** pick.randint(0, 4), pick.randint(0, 4))
        elif flavour == "wide":
            x = rng.standard_normal(n) * 10.0 ** rng.integers(-6, 9, n)
        elif flavour == "bits":
            return bits(n, t)
        elif flavour == "special":
            x = rng.choice(special, n)
        elif flavour == "edges":
            x = rng.choice(np.array(edges), n) * rng.choice([1, 1, 1, -1], n)
        elif flavour == "whole":
            x = np.floor(rng.standard_normal(n) * 10.0 ** pick.randint(0, 9))
        elif flavour == "exp":
            x = 10.0 ** rng.integers(*pick.choice([(-3, 3), (-12, 12), (-120, 120)]), n)
        elif flavour == "dyadic":
            x = rng.integers(-4096, 4096, n) / 2.0 ** pick.randint(0, 14)
        else:
            x = rng.standard_normal(n) * 10.0 ** pick.randint(-5, 8)
            x[rng.random(n) < 0.3] = rng.choice(special)
        return x.astype(t)


def values(n, t):
    d = np.dtype(t)
    if d.kind == "b":
        return rng.random(n) < pick.choice([0, 0.5, 0.5, 1])
    if d.kind in "iu":
        info = np.iinfo(d)
        top = pick.choice([3, 12, 150, 10**4, 10**9, info.max, info.max])
        low, high = max(info.min, -top if pick.random() < 0.6 else 0), min(info.max, top)
        return rng.integers(low, high, n, dtype=d, endpoint=True)
    if d.kind == "f":
        return reals(n, t)
    part = "float32" if t == "complex64" else "float64"
    z = np.empty(n, d)
    z.real, z.imag = reals(n, part), reals(n, part)
    return z


SHAPES = [(), (1,), (2,), (3,), (5,), (8,), (13,), (30,), (0,), (0, 3), (2, 0, 4), (1, 1), (2, 2), (3, 4),
          (4, 3), (1, 7), (9, 1), (3, 17), (2, 40), (2, 3, 4), (3, 1, 2), (1, 1, 1, 1), (2, 2, 2, 2), (2, 1, 3, 2), (1, 2, 1, 2, 3)]
LARGE = [(1001,), (5000,), (7, 200), (501, 2), (2, 501), (1001, 1), (1, 1001), (11, 10, 10), (4, 300, 2),
         (7, 7, 7, 7), (100, 100), (6, 300), (300, 6), (1001, 0)]


def view(shape):
    """Strides, offset and length of a view: mostly contiguous, else turned, stepped, reversed or repeated."""
    n = len(shape)
    steps = [pick.choice([1, 1, 1, 2, 3]) for _ in shape] if pick.random() < 0.4 else [1] * n
    order = list(range(n))
    if pick.random() < 0.3:
        pick.shuffle(order)
    strides, size = [0] * n, 1
    for k in reversed(order):
        strides[k] = size * steps[k]
        size *= max(shape[k], 1) * steps[k]
    offset = 0
    for k in range(n):
        if pick.random() < 0.15:
            offset += strides[k] * max(shape[k] - 1, 0)
            strides[k] = -strides[k]
        elif pick.random() < 0.05:
            strides[k] = 0
    return strides, offset, size


def tuple_text(xs):
    return ",".join(map(str, xs)) or "-"


def array_case(t, shape, cycle=None):
    strides, offset, length = view(shape)
    data = np.ascontiguousarray(values(cycle or length, t))
    if len(data) == 0:
        data = np.zeros(1, t)
    buffer = np.resize(data, max(length, 1))
    a = np.lib.stride_tricks.as_strided(buffer[offset:], shape, [s * buffer.itemsize for s in strides])
    print("@", t, tuple_text(shape), tuple_text(strides), offset, len(buffer), data.tobytes().hex())
    for mark, text in (("|", str(a)), (":", repr(a))):
        for line in text.split("\n"):
            print(mark + line)


def arrays(factor):
    for t in DTYPES:
        wide = np.dtype(t).kind in "fc"
        for _ in range(factor):
            for shape in SHAPES:
                array_case(t, shape)
            for _ in range(30 if wide else 4):
                array_case(t, pick.choice(SHAPES[:20]))
            if t in ("bool", "float32", "complex128"):
                array_case(t, (1000,), cycle=17)
            for shape in pick.sample(LARGE, 4):
                array_case(t, shape, cycle=pick.choice([1, 7, 31]))


FILLS = ["", "", "", "<", ">", "^", "=", "*<", "0>", "_^", "é=", "{<", " =", "-<"]


def spec():
    if pick.random() < 0.1:
        return pick.choice(["", "", "s", "d", "f", "5", "05", ",", "_", ".3", "%", "c", "x", "#x", "1$", "5.", "ss", ".", "<<", "z", "zf", "+s", "é"])
    return "".join([
        pick.choice(FILLS), pick.choice(["", "", "", "+", "-", " "]), pick.choice([""] * 8 + ["z"]),
        pick.choice([""] * 5 + ["#"]), pick.choice([""] * 4 + ["0"]),
        pick.choice(["", "", "1", "5", "8", "12", "13", "20"]), pick.choice([""] * 4 + [",", "_"]),
        pick.choice(["", "", ".0", ".1", ".2", ".3", ".6", ".10", ".17", ".30"]),
        pick.choice(["", "", ""] + list("bcdeEfFgGnoxXs%f%eg")),
    ])


def format_value():
    kind = pick.choice(["int", "int", "float", "float", "float", "complex", "bool", "str", "None", "float32", "int8",
                        "uint64", "complex64", "float64", "npbool"])
    if kind == "int":
        v = pick.choice([0, 1, -1, 65, 9, 1234, -1234567, 10**9, 2**63 - 1, -(2**63), 8364, pick.randint(-10**6, 10**6)])
        return kind, struct.pack("<q", v), v
    if kind in ("float", "float64", "float32"):
        t = "float32" if kind == "float32" else "float64"
        v = reals(8, t)[pick.randrange(8)]
        return kind, v.tobytes(), v if kind != "float" else float(v)
    if kind in ("complex", "complex64"):
        t = "complex64" if kind == "complex64" else "complex128"
        v = values(8, t)[pick.randrange(8)]
        if pick.random() < 0.3:
            v = v.dtype.type(complex(pick.choice([0.0, -0.0]), v.imag))
        return kind, v.tobytes(), v if kind != "complex" else complex(v)
    if kind in ("bool", "npbool"):
        v = pick.random() < 0.5
        return kind, bytes([v]), np.bool(v) if kind == "npbool" else v
    if kind in ("int8", "uint64"):
        v = values(4, kind)[0]
        return kind, v.tobytes(), v
    if kind == "str":
        v = pick.choice(["", "a", "abc", "long text here", "é", "日本"])
        return kind, v.encode(), v
    return kind, b"", None


def formats(factor):
    for _ in range(600 * factor):
        kind, raw, v = format_value()
        s = spec()
        try:
            text = json.dumps(format(v, s))
        except (ValueError, TypeError, OverflowError):
            text = "!"
        print(kind, raw.hex() or "-", json.dumps(s), text, sep="\t")


CHARS = "aZ09 '\"\\\n\r\t\0\x1b\x7f\x80\xa0\xad\xe9\u0301\u200b\u200d\u2028\u3000\u65e5\ue000\ufeff\ufffd\uffff\U0001f600\U000e0001\U0010ffff"


def scalars(factor):
    for _ in range(factor):
        kinds = ["int"] * 6 + ["float"] * 40 + ["float64"] * 20 + ["float32"] * 40 + ["complex"] * 20 + ["complex64"] * 20
        for kind in kinds + ["bool", "npbool", "int8", "uint64", "None"]:
            while True:
                k, raw, v = format_value()
                if k == kind:
                    break
            print(kind, raw.hex() or "-", json.dumps(str(v)), json.dumps(repr(v)), sep="\t")
        for _ in range(20):
            v = "".join(pick.choice(CHARS) for _ in range(pick.randint(0, 6)))
            print("str", v.encode().hex() or "-", json.dumps(str(v)), json.dumps(repr(v)), sep="\t")


if __name__ == "__main__":
    factor = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print(f"# NumPy {VERSION}: written by gen_print.py")
    {"arrays": arrays, "formats": formats, "scalars": scalars}[sys.argv[1]](factor)
