"""Writes what APL's glyphs and operators give, for tests/apl_golden.rs.

    python tests/numpy/gen_apl.py > tests/numpy/apl.txt

`apl_functions.py` has the definitions, `apl_operators.py` those of the operators; neither asks arr. A
line `V name dtype shape elements` is an operand; its name is its dtype's code and a letter for its shape
(`i4m` is an int32 matrix), `w` at the end for another of the same shape. `# title` begins a group. A case
is `line` tab `dtype shape elements`, or tab `!` for an error. The dtype has a `~` before it where the
last places of floats may differ. A shape is `2x3`, of a scalar `.`; bools are 0 and 1, complex numbers
`re:im`.
"""

import re
import sys

import apl_functions as F
import apl_operators as O
import numpy as np

VERSION = "2.4.6"
assert np.__version__ == VERSION, f"the pinned results are NumPy {VERSION}'s"

CODES = {
    "b": "bool", "i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64", "u1": "uint8", "u2": "uint16",
    "u4": "uint32", "u8": "uint64", "f4": "float32", "f8": "float64", "c8": "complex64", "c16": "complex128",
}
INTS = "i1 i2 i4 i8 u1 u2 u4 u8".split()
REAL = ["b"] + INTS + ["f4", "f8"]
SHAPES = {"s": (), "v": (5,), "e": (0,), "o": (1,), "m": (2, 3), "t": (2, 3, 2), "q": (1, 2, 2, 3), "z": (0, 3), "y": (2, 0), "k": (3, 3), "l": (37,), "r": (38, 3)}
VALUES = {
    "": [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 0, 7, 2],
    "w": [2, 7, 1, 8, 2, 3, 1, 4, 5, 9, 6, 1, 3],
}


def operand(code, shape, which):
    values = VALUES[which]
    n = int(np.prod(SHAPES[shape]))
    kind = np.dtype(CODES[code])
    out = [values[i % len(values)] for i in range(n)]
    if kind.kind == "b":
        out = [v % 2 for v in out]
    if kind.kind in "ifc":
        out = [-v if i % 3 == 2 else v for i, v in enumerate(out)]
    if kind.kind in "fc":
        out = [v + 0.5 * (i % 2) for i, v in enumerate(out)]
    if kind.kind == "c":
        out = [complex(v, (i * 3) % 4 - 1) for i, v in enumerate(out)]
    return np.array(out, dtype=kind).reshape(SHAPES[shape])


class Names(dict):
    """Operands by their names, made when first asked for."""

    def __missing__(self, name):
        which = "w" if name.endswith("w") else ""
        body = name[: len(name) - len(which)]
        self[name] = operand(body[:-1], body[-1], which)
        return self[name]


NAMES = Names()


def element(v):
    if isinstance(v, np.bool_):
        return str(int(v))
    if isinstance(v, np.complexfloating):
        return f"{v.real!s}:{v.imag!s}"
    return str(v)


def written(a):
    shape = "x".join(map(str, a.shape)) or "."
    return " ".join([str(a.dtype), shape] + [element(v) for v in a.ravel()])


CASES = []


def title(text):
    CASES.append(f"# {text}")


def case(line, f, *args, near=False):
    """`line` holds `x` and `y`, which stand for the operands' names."""
    operands = [NAMES[a] if isinstance(a, str) else a for a in args]
    with np.errstate(all="ignore"):
        try:
            out = ("~" if near else "") + written(np.asarray(f(*operands)))
        except F.Wrong:
            out = "!"
    given = dict(zip("xy" if len(args) == 2 else "y", args))
    line = re.sub(r"\b[xy]\b", lambda letter: given[letter[0]], line)
    CASES.append(f"{line}\t{out}")


def over(codes, shapes, which=""):
    """All dtypes as vectors and matrices; int64 and float64 of every rank."""
    every = [c + s + which for c in codes for s in ("vm" if len(shapes) > 2 else shapes)]
    more = [c + s + which for c in codes if c in ("i8", "f8", "b") for s in shapes]
    return list(dict.fromkeys(every + more))


ALL = list(CODES)
RANKS = "svomtqezy"


def monadic():
    plain = F.ufunc
    for glyph, f, codes, near in [
        ("+", plain(np.positive), ALL, False), ("-", plain(np.negative), ALL, False), ("×", plain(np.sign), ALL, True),
        ("÷", F.reciprocal, ALL, True), ("⌈", plain(np.ceil), ALL, False), ("⌊", plain(np.floor), ALL, False),
        ("⍟", plain(np.log), ALL, True), ("○", F.pi_times, ALL, True), ("!", F.factorial, ["b", "u1", "u2", "u4", "u8"], True),
        ("~", plain(np.invert), ALL, False), ("≠", F.unique_mask, ALL, False),
        ("⍴", lambda y: np.array(y.shape, np.int64), ALL, False), ("⍸", F.where, REAL, False),
        ("∊", np.ravel, ALL, False), ("⌽", lambda y: y[..., ::-1] if y.ndim else y, ALL, False),
        ("⊖", lambda y: y[::-1] if y.ndim else y, ALL, False), ("⍉", np.transpose, ALL, False), ("⍪", F.table, ALL, False),
        ("↑", lambda y: y, ALL, False), ("⊃", F.first, ALL, False), ("⌷", lambda y: y, ALL, False),
        ("∪", F.nub, ALL, False), ("⍋", F.grade, ALL, False), ("⍒", lambda y: F.grade(y, True), ALL, False),
        ("≡", lambda y: np.array(int(y.ndim > 0)), ALL, False), ("≢", lambda y: np.array(len(y) if y.ndim else 1), ALL, False),
        ("⊣", lambda y: y, ALL, False), ("⊢", lambda y: y, ALL, False),
    ]:
        title(f"{glyph} y")
        for name in over(codes, RANKS):
            case(f"{glyph} y", f, name, near=near)
    title("! y")
    NAMES["counts"] = np.array([0, 1, 2, 5, 10, 20])
    NAMES["halves"] = np.array([0.0, 0.5, 1.0, 2.5, 7.0, -0.5, -1.5])
    NAMES["single"] = np.array([0.0, 0.5, 3.0, 10.0], dtype=np.float32)
    for name in ["counts", "halves", "single"]:
        case("! y", F.factorial, name, near=True)
    title("⍳ y")
    for y in ["0", "1", "4", "2 3", "0 2", "1 1 2", "2 0 2"]:
        CASES.append(f"⍳ {y}\t{written(F.iota(np.array([int(v) for v in y.split()]).squeeze()))}")
    title("⌹ y")
    for name in ["i8k", "f8k", "f4k", "i4k", "u1k", "f8s", "c16k"]:
        case("⌹ y", F.matrix_inverse, name, near=True)


def scalar_dyadic():
    u = F.ufunc
    common = lambda x, y: (x.astype(np.result_type(x, y)), y.astype(np.result_type(x, y)))
    log = lambda x, y: u(np.divide)(*(u(np.log)(v) for v in common(x, y)[::-1]))
    exact = lambda kinds, f: lambda x, y: (F.need(x.dtype.kind in kinds and y.dtype.kind in kinds), u(f)(x, y))[1]
    either = lambda logical, ints: lambda x, y: exact("b" if x.dtype == y.dtype == bool else "biu", logical if x.dtype == y.dtype == bool else ints)(x, y)
    rows = [
        ("+", u(np.add), 0), ("-", u(np.subtract), 0), ("×", u(np.multiply), 0), ("÷", u(np.divide), 1), ("⌈", u(np.maximum), 0),
        ("⌊", u(np.minimum), 0), ("⍟", log, 1), ("**", u(np.power), 1), ("%", u(np.remainder), 0),
        ("∧", either(np.logical_and, np.lcm), 0), ("∨", either(np.logical_or, np.gcd), 0), ("==", u(np.equal), 0),
        ("≠", u(np.not_equal), 0), ("<", u(np.less), 0), ("≤", u(np.less_equal), 0), ("≥", u(np.greater_equal), 0), (">", u(np.greater), 0),
    ]
    for glyph, f, near in rows:
        title(f"x {glyph} y")
        pairs = [(c + "v", c + "vw") for c in ALL]
        pairs += [(c + a, c + b + "w") for c in ("b", "i8", "f8") for a, b in ["mm", "tt", "qq", "ss", "sm", "ms", "st", "ee", "se", "zz", "yy", "so", "os", "ov"]]
        pairs += [("b" + s, c + s + "w") for c in ("i1", "u8", "f4") for s in "v"] + [("i4v", "f4vw"), ("i8v", "u8vw"), ("u1v", "i1vw"), ("f4v", "c8vw")]
        for x, y in pairs:
            # A negative power of an integer is an error in NumPy, and has a test of its own.
            if glyph == "**" and NAMES[x].dtype.kind in "iub" and (NAMES[y] < 0).any():
                continue
            case(f"x {glyph} y", f, x, y, near=near)
    for glyph, f in [("⍲", np.logical_and), ("⍱", np.logical_or)]:
        title(f"x {glyph} y")
        for a, b in ["vv", "mm", "tt", "qq", "ss", "sm", "ee", "zz", "os"]:
            case(f"x {glyph} y", lambda x, y: ~f(x, y), "b" + a, "b" + b + "w")
    title("x ○ y")
    for k in list(range(0, 8)) + [-1, -2, -3, -4, -5, -6, -7]:
        for name in ["f8s", "f8v", "f4v", "i8m", "u1v"]:
            y = NAMES[name]
            with np.errstate(all="ignore"):
                CASES.append(f"{str(k).replace('-', '¯')} ○ {name}\t~{written(np.asarray(F.circle(k, y)))}")
    title("x ! y")
    NAMES["choices"] = np.array([0, 1, 2, 3])
    for x, y in [("choices", "u8s"), ("i8o", "u1v"), ("u1m", "u1mw"), ("f8s", "halves"), ("counts", "counts")]:
        case("x ! y", F.binomial, x, y, near=True)


def structural():
    def both(line, f, lefts, names):
        for left in lefts:
            for name in names:
                value = np.array([int(v) for v in left.replace("¯", "-").split()])
                value = value[0] if " " not in left else value
                case(line.replace("L", left), lambda y: f(np.asarray(value), y), name)

    wide, few = over(ALL, RANKS), [c + s for c in ("i8", "b", "f4") for s in RANKS]
    ranks = [f"{c}{s}" for c in ("i8", "u1") for s in RANKS]
    title("x ⍴ y")
    both("L ⍴ y", F.reshape, ["7", "0", "2 3", "3 0", "2 2 2", "1 2 1 3"], few + [c + "v" for c in ALL])
    title("x ⌽ y")
    both("L ⌽ y", F.rotate, ["1", "¯2", "7"], wide)
    both("L ⌽ y", F.rotate, ["1 2", "0 ¯1"], ranks)
    title("x ⊖ y")
    both("L ⊖ y", lambda x, y: F.rotate(x, y, 0), ["1", "¯2"], wide)
    both("L ⊖ y", lambda x, y: F.rotate(x, y, 0), ["1 0 ¯1"], ranks)
    title("x ⍉ y")
    both("L ⍉ y", F.transpose, ["0"], ["i8v", "i8m"])
    both("L ⍉ y", F.transpose, ["0 1", "1 0", "0 0"], [c + s for c in ALL for s in "m"] + ["i8z", "i8k", "i8v", "f8t"])
    both("L ⍉ y", F.transpose, ["0 1 2", "2 0 1", "1 0 2", "0 0 1", "1 1 0", "0 0 0", "1 2 3"], ["i8t", "bt", "c16t"])
    both("L ⍉ y", F.transpose, ["3 2 1 0", "0 2 1 3", "0 1 1 0", "0 0 1 2"], ["i8q", "f4q"])
    title("x ↑ y")
    both("L ↑ y", F.take, ["2", "¯2", "0", "7", "¯7"], wide)
    both("L ↑ y", F.take, ["1 2", "¯1 ¯2", "3 4", "0 2"], ranks)
    both("L ↑ y", F.take, ["1 2 1", "3 ¯2 4"], ranks)
    title("x ↓ y")
    both("L ↓ y", F.drop, ["2", "¯2", "0", "7", "¯7"], wide)
    both("L ↓ y", F.drop, ["1 2", "¯1 ¯2", "0 1"], ranks)
    both("L ↓ y", F.drop, ["1 2 1"], ranks)
    title("x ⌷ y")
    both("L ⌷ y", F.squad, ["0", "1", "¯1", "9"], wide)
    both("L ⌷ y", F.squad, ["1 2", "0 ¯1", "1 1 1", "0 1 0 2"], ranks)
    title("(I, J) ⌷ y")
    indices = [
        ("(1,)", [1]), ("([1, 0],)", [[1, 0]]), ("([0, 0, ¯1],)", [[0, 0, -1]]), ("([[0, 1], [1, 0]],)", [[[0, 1], [1, 0]]]),
        ("(zeros(0, int),)", [[]]), ("(9,)", [9]), ("([0, ¯9],)", [[0, -9]]), ("([1.0, 0.0],)", [[1.0, 0.0]]), ("([0.5],)", [[0.5]]),
        ("(1, 0)", [1, 0]), ("([1, 0], 1)", [[1, 0], 1]), ("(1, [0, 2])", [1, [0, 2]]), ("([0, 1], [2, 0, 2])", [[0, 1], [2, 0, 2]]),
        ("(0, [[0, 1], [1, 0]])", [0, [[0, 1], [1, 0]]]), ("([0], [1])", [[0], [1]]), ("(zeros(0, int), 0)", [[], 0]), ("(0, 7)", [0, 7]),
        ("(1, 2, 0)", [1, 2, 0]), ("([1, 0], [0, ¯1], [1])", [[1, 0], [0, -1], [1]]), ("(0, [1, 0], [1, 0], [2, 0])", [0, [1, 0], [1, 0], [2, 0]]),
        ("(0, 0, 0, 0, 0)", [0] * 5),
    ]
    for line, parts in indices:
        for name in over(ALL, RANKS):
            case(f"{line} ⌷ y", lambda y: F.squad_each(parts, y), name)
    title("x ⌿ y")
    both("L ⌿ y", F.replicate, ["2", "0", "1 0 1 0 2"], wide)
    both("L ⌿ y", F.replicate, ["1 0", "2 1", "1 0 1", "1 ¯2 1", "1 ¯2", "0 0"], ranks)
    for x, y in [("bv", "i8v"), ("bv", "i8m"), ("bo", "i8v"), ("be", "i8e"), ("bo", "i8m"), ("i1v", "f8v"), ("u1v", "i8v")]:
        case("x ⌿ y", F.replicate, x, y) if (NAMES[x] >= 0).all() else None
    title("x ⍀ y")
    both("L ⍀ y", F.expand, ["1 0 1 1 1 1", "1 1 0 1", "1 0 2", "0 0", "1 ¯2 1"], ranks + [c + "v" for c in ALL])
    title("x ⌿[1] y")
    both("L ⌿[1] y", lambda x, y: F.replicate(x, y, 1), ["1 0 1", "2"], ["i8m", "i8t", "f4q", "bz"])
    for glyph, f in [("⍪", F.catenate)]:
        title(f"x {glyph} y")
        for c in ALL:
            case(f"x {glyph} y", f, c + "v", c + "vw")
        for c in ("i8", "f8", "b"):
            for a, b in ["mm", "tt", "qq", "ss", "sv", "vs", "sm", "ms", "st", "ee", "ev", "ve", "zz", "yy", "mz", "zm", "ov", "mt", "tm", "vm", "mk", "km", "vv"]:
                case(f"x {glyph} y", f, c + a, c + b + "w")
        for a, b in [("bv", "i1v"), ("i1v", "u1v"), ("i8v", "u8v"), ("i8v", "f4v"), ("f4v", "c8v"), ("i4m", "f8m")]:
            case(f"x {glyph} y", f, a, b)
    title("x ⍪[1] y")
    for a, b in ["mm", "tt", "ms", "sm", "zz", "mk", "tm", "qq"]:
        case("x ⍪[1] y", lambda x, y: F.catenate(x, y, 1), "i8" + a, "i8" + b + "w")


def searching():
    for glyph, f in [("⍳", F.index_of), ("∊", F.member), ("⍷", F.find), ("∪", F.union), ("∩", F.intersection), ("≡", F.match), ("≢", lambda x, y: ~F.match(x, y))]:
        title(f"x {glyph} y")
        for c in ALL:
            case(f"x {glyph} y", f, c + "v", c + "vw")
            case(f"x {glyph} y", f, c + "v", c + "v")
        for c in ("i8", "f8", "b"):
            for a, b in ["mm", "tt", "qq", "ss", "sv", "vs", "vm", "mv", "ee", "ev", "ve", "zz", "zm", "mz", "vt", "tv", "mt", "km", "mk", "ov", "vo", "yy"]:
                case(f"x {glyph} y", f, c + a, c + b)
        for a, b in [("i8v", "f8v"), ("bv", "i1v"), ("i8v", "u8v"), ("u1v", "i1v"), ("f4v", "c8v")]:
            case(f"x {glyph} y", f, a, b)
    title("x ⍷ y, parts")
    for x, y in [("1 4", "i8v"), ("¯4 1", "i8v"), ("9 ¯2", "i8m"), ("1", "i8t")]:
        value = np.array([int(v) for v in x.replace("¯", "-").split()])
        case(f"{x} ⍷ y", lambda y: F.find(value.squeeze() if len(value) == 1 else value, y), y)
    title("x ⍸ y")
    NAMES["sorted"] = np.array([-3, 0, 2, 2, 5])
    NAMES["edges"] = np.array([-1.5, 0.0, 2.5, 4.0])
    for name in over(REAL, RANKS):
        case("x ⍸ y", F.interval_index, "sorted", name)
    for name in ["f4v", "f8m", "i1v", "f8e"]:
        case("x ⍸ y", F.interval_index, "edges", name)


def positional():
    NAMES["bases"] = np.array([24, 60, 60])
    NAMES["binary"] = np.array([2, 2, 2, 2, 2])
    NAMES["rest"] = np.array([0, 10])
    title("x ⊥ y")
    for x in ["i8s", "f8s", "binary", "i8o"]:
        for y in over(REAL + ["c16"], "svomtqez"):
            case("x ⊥ y", F.decode, x, y, near=True)
    for x, y in [("bases", "i8k"), ("bases", "i8m"), ("i8k", "i8k"), ("i8m", "i8k"), ("u1v", "u1v"), ("bv", "bv"), ("i8t", "i8m"), ("i8y", "i8z")]:
        case("x ⊥ y", F.decode, x, y, near=True)
    title("x ⊤ y")
    for x in ["bases", "binary", "rest", "i8o", "i8e"]:
        for y in over([c for c in REAL if c != "b"], "svomtqez"):
            case("x ⊤ y", F.encode, x, y, near=True)
    for x, y in [("u8k", "i8v"), ("u1m", "u1s"), ("i8s", "i8m"), ("f8s", "f8v")]:
        case("x ⊤ y", F.encode, x, y, near=True)
    title("x ⌹ y")
    solve = lambda x, y: np.linalg.solve(y, x) if y.shape[0] == y.shape[1] else np.linalg.lstsq(y, x, rcond=None)[0]
    NAMES["tall"] = np.array([[1.0, 0], [1, 1], [1, 2], [1, 4]])
    NAMES["four"] = np.array([1.0, 3, 2, 5])
    for x, y in [("i8k", "i8kw"), ("f8k", "f8kw"), ("f4k", "f4kw"), ("bases", "i8kw"), ("four", "tall"), ("c16k", "c16kw")]:
        case("x ⌹ y", solve, x, y, near=True)
    for glyph, f in [("⊣", lambda x, y: x), ("⊢", lambda x, y: y)]:
        title(f"x {glyph} y")
        for x, y in [("i8v", "f8m"), ("f8m", "bs"), ("u1e", "c16t")]:
            case(f"x {glyph} y", f, x, y)


def main():
    monadic()
    scalar_dyadic()
    structural()
    searching()
    positional()
    O.operators(title, case)
    out = []
    for name, a in NAMES.items():
        out.append(f"V {name} {written(a)}")
    sys.stdout.write("\n".join(out + CASES) + "\n")


main()
