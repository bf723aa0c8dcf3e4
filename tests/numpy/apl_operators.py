"""APL's operators over NumPy arrays, from their definitions, and the lines that try them.

A reduction puts its function between the items and works from the right; a scan reduces every prefix; the
rest call their functions on cells, pairs, groups or windows. Sums and products widen small integers, as
NumPy's reductions do.
"""

import itertools

import apl_functions as F
import numpy as np

u = F.ufunc
SUM, PRODUCT = u(np.add), u(np.multiply)


def logical(on_bools, on_ints):
    return lambda x, y: u(on_bools if x.dtype == y.dtype == bool else on_ints)(x, y)


def dfn_less_twice(x, y):
    return u(np.subtract)(x, np.asarray(2 * y))


# The functions that are folded: how a line spells one, what it does, and of nothing.
FOLDS = {
    "+": (SUM, 0), "×": (PRODUCT, 1), "-": (u(np.subtract), 0), "÷": (u(np.divide), 1), "⌈": (u(np.maximum), "least"),
    "⌊": (u(np.minimum), "most"), "∧": (logical(np.logical_and, np.lcm), 1), "∨": (logical(np.logical_or, np.gcd), 0),
    "≠": (u(np.not_equal), 0), "==": (u(np.equal), 1), "<": (u(np.less), 0), "≤": (u(np.less_equal), 1),
    ">": (u(np.greater), 0), "≥": (u(np.greater_equal), 1), "{⍺ - 2 × ⍵}": (dfn_less_twice, None), "⊣": (lambda x, y: x, None),
    "⊢": (lambda x, y: y, None),
}
TRUTHS = ["∧", "∨", "≠", "==", "<", "≤", ">", "≥"]
NUMBERS = ["+", "×", "-", "÷", "⌈", "⌊", "{⍺ - 2 × ⍵}", "⊣", "⊢"]


def widened(glyph, y):
    """Sums and products of small integers and of bools are 64-bit."""
    if glyph not in "+×":
        return y
    return y.astype((np.add if glyph == "+" else np.multiply).reduce(np.zeros(1, y.dtype)).dtype)


def nothing(glyph, y):
    identity = FOLDS[glyph][1]
    F.need(identity is not None)
    if identity in ("least", "most"):
        limits = np.iinfo(y.dtype) if y.dtype.kind in "iu" else None
        if y.dtype == bool:
            value = identity == "most"
        elif limits:
            value = limits.min if identity == "least" else limits.max
        else:
            value = -np.inf if identity == "least" else np.inf
        return np.array(value, y.dtype)
    kind = y.dtype if glyph in "+×-∧∨" else bool
    if glyph == "÷":
        kind = F.ufunc(np.divide)(np.ones((), y.dtype), np.ones((), y.dtype)).dtype
    return np.array(identity, kind)


def fold_items(glyph, items, y):
    f = FOLDS[glyph][0]
    if not items:
        return nothing(glyph, y)
    total = items[-1]
    for item in items[-2::-1]:
        total = f(item, total)
    # One item stands for itself, in the dtype that the function of two would give.
    return np.asarray(total).astype(f(total, total).dtype) if glyph == "÷" else np.asarray(total)


def lanes(y, axis):
    return np.moveaxis(y, axis, 0)


def reduce(glyph, y, axis=-1):
    if y.ndim == 0:
        return y
    y = widened(glyph, y)
    out = fold_items(glyph, list(lanes(y, axis)), y)
    return np.broadcast_to(out, lanes(y, axis).shape[1:])


def scan(glyph, y, axis=-1):
    if y.ndim == 0:
        return y
    y = widened(glyph, y)
    items = list(lanes(y, axis))
    if not items:
        return y
    parts = [fold_items(glyph, items[: i + 1], y) for i in range(len(items))]
    return np.moveaxis(np.stack(parts), 0, axis)


def windows(glyph, n, y, axis=-1):
    F.need(y.ndim > 0)
    y = widened(glyph, y)
    items = list(lanes(y, axis))
    F.need(abs(n) <= len(items) + 1)
    rest = lanes(y, axis).shape[1:]
    parts = [items[i : i + abs(n)] for i in range(len(items) - abs(n) + 1)]
    if not parts:
        like = nothing(glyph, y).dtype if FOLDS[glyph][1] is not None else y.dtype
        return np.moveaxis(np.zeros((0,) + rest, like), 0, axis)
    made = [np.broadcast_to(fold_items(glyph, p[::-1] if n < 0 else p, y), rest) for p in parts]
    return np.moveaxis(np.stack(made), 0, axis)


def inner(f, g, x, y):
    k = (x.shape[-1] if x.ndim else 1, y.shape[0] if y.ndim else 1)
    F.need(k[0] == k[1] or 1 in k)
    n = max(k) if 0 not in k else 0
    a = np.broadcast_to(x, x.shape[:-1] + (n,)) if x.ndim else np.broadcast_to(x, (n,))
    b = np.broadcast_to(y, (n,) + y.shape[1:]) if y.ndim else np.broadcast_to(y, (n,))
    outer = lambda i: FOLDS[g][0](a[..., i].reshape(a.shape[:-1] + (1,) * (b.ndim - 1)), b[i])
    # The matrix product keeps NumPy's dtype; every other product's reduction widens, as `f/` does.
    wide = (lambda v: v) if (f, g) == ("+", "×") else (lambda v: widened(f, v))
    items = [wide(outer(i)) for i in range(n)]
    if not items:
        kind = wide(FOLDS[g][0](np.ones((), x.dtype), np.ones((), y.dtype)))
        return np.broadcast_to(nothing(f, kind), a.shape[:-1] + b.shape[1:])
    return fold_items(f, items, items[0])


def cells(y, rank):
    """The shape of the frame, and the cells of a rank: negative ranks count from the whole's."""
    rank = max(0, y.ndim + rank) if rank < 0 else min(rank, y.ndim)
    frame = y.shape[: y.ndim - rank]
    return frame, [y[i] for i in itertools.product(*(range(n) for n in frame))]


def rank(f, k, y):
    frame, parts = cells(y, k)
    made = [np.asarray(f(p)) for p in parts]
    return np.stack(made).reshape(frame + made[0].shape)


def rank2(f, k, l, x, y):
    (one, left), (two, right) = cells(x, k), cells(y, l)
    F.need(one == two or one == () or two == ())
    frame = one or two
    n = max(len(left), len(right))
    made = [np.asarray(f(left[i % len(left)], right[i % len(right)])) for i in range(n)]
    return np.stack(made).reshape(frame + made[0].shape)


def outer(f, x, y):
    return f(x.reshape(x.shape + (1,) * y.ndim), y)


def groups(keys):
    order, places = [], {}
    for i, cell in enumerate(keys):
        k = F.key_of(cell)
        order.append(i) if k not in places else None
        places.setdefault(k, []).append(i)
    return keys[order], list(places.values())


def key(f, keys, values=None):
    """f gets every unique key, and its values: without values, where it stands."""
    found, places = groups(keys)
    held = np.arange(len(keys)) if values is None else values
    F.need(len(held) == len(keys))
    return np.stack([np.asarray(f(k, held[p])) for k, p in zip(found, places)])


def stencil(f, sizes, y, steps=None, padded=False):
    """Windows centred on the elements, those of even length on the gaps between them, so that these are
    one fewer; zeros beyond the edges, equally many at both. `padded` hands `f` how many elements of the
    window those are, those after the array's end counted negative."""
    steps = steps or [1] * len(sizes)
    reach = [(n - 1) // 2 for n in sizes]
    wide = np.pad(y, [(r, r) for r in reach] + [(0, 0)] * (y.ndim - len(sizes)))
    starts = [range(0, max(0, n - (size % 2 == 0)), step) for n, size, step in zip(y.shape, sizes, steps)]
    out = []
    for i in itertools.product(*starts):
        window = wide[tuple(slice(a, a + n) for a, n in zip(i, sizes))]
        before = [max(0, r - a) for a, r in zip(i, reach)]
        after = [max(0, a + size - r - n) for a, size, r, n in zip(i, sizes, reach, y.shape)]
        counts = np.array([b if b else -e for b, e in zip(before, after)])
        out.append(np.asarray(f(counts, window) if padded else f(window)))
    frame = tuple(map(len, starts))
    if not out:
        out = [np.asarray(f(np.zeros(tuple(sizes) + y.shape[len(sizes) :], y.dtype)))]
        return np.zeros(frame + out[0].shape, out[0].dtype)
    return np.stack(out).reshape(frame + out[0].shape)


def at(y, change, where):
    """The result has the dtype that holds both, where plain numbers are weak."""
    kind = y.dtype if callable(change) or isinstance(change, int) else np.result_type(y, np.asarray(change))
    out = y.astype(kind)
    part = y[where]
    out[where] = change(part) if callable(change) else change
    return out


# The lines.


def folding(title, case):
    kinds = ["b", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "c8", "c16"]
    for glyph in FOLDS:
        near = glyph in "÷×"
        codes = ["b"] if glyph in TRUTHS else kinds
        codes = codes + ["i8", "u1"] if glyph in "∧∨" else codes
        if glyph in ("⌈", "⌊"):
            codes = [c for c in kinds if c[0] != "c"]
        # Of bools `-` and the dfn are NumPy's errors.
        if glyph in ("-", "{⍺ - 2 × ⍵}"):
            codes = [c for c in kinds if c != "b"]
        if glyph == "÷":
            codes = [c for c in kinds if c != "b"]
        title(f"{glyph}/ y")
        for c in codes:
            shapes = "svmtqoez" if c in ("b", "i8", "f8") else "vm"
            for s in shapes:
                case(f"{glyph}/ y", lambda y: reduce(glyph, y), c + s, near=near)
                case(f"{glyph}⌿ y", lambda y: reduce(glyph, y, 0), c + s, near=near)
        for s, axis in [("m", 0), ("m", 1), ("t", 1), ("q", 2), ("q", -1), ("m", 2), ("z", 0)]:
            c = codes[-1] if glyph in TRUTHS else "i8"
            told = str(axis)
            bad = axis >= 2 and s == "m"
            case(f"{glyph}/[{told}] y", lambda y: (F.need(not bad), reduce(glyph, y, axis))[1], c + s, near=near)
        title(f"{glyph}\\ y")
        for c in codes:
            for s in "svmtqoez" if c in ("b", "i8", "f8") else "vm":
                if glyph == "÷" and c[0] in "iu" and s in "soez":
                    continue
                case(f"{glyph}\\ y", lambda y: scan(glyph, y), c + s, near=near)
                case(f"{glyph}⍀ y", lambda y: scan(glyph, y, 0), c + s, near=near)
        for s, axis in [("m", 0), ("t", 1), ("q", 2)]:
            case(f"{glyph}\\[{axis}] y", lambda y: scan(glyph, y, axis), "b" + s if glyph in TRUTHS else "i8" + s, near=near)
        title(f"n {glyph}/ y")
        for n in (1, 2, 3, -2, -3, 5, 6, 7):
            for c in codes if n in (2, -3) else [c for c in codes if c in ("b", "i8", "f8")]:
                if glyph == "÷" and abs(n) == 6 and c[0] in "iu":
                    continue
                case(f"{str(n).replace('-', '¯')} {glyph}/ y", lambda y: windows(glyph, n, y), c + "v", near=near)
            c = codes[0] if glyph in TRUTHS else "i8"
            if glyph == "÷" and abs(n) in (3, 4):
                continue
            case(f"{str(n).replace('-', '¯')} {glyph}⌿ y", lambda y: windows(glyph, n, y, 0), c + "m", near=near)
            case(f"{str(n).replace('-', '¯')} {glyph}/ y", lambda y: windows(glyph, n, y), c + "t", near=near)
        title(f"n {glyph}/ y, of every length")
        for n in (0, 4, -4, -1, -5, 6, 8, -8, 13, 20, 36, 37, 38, 39, -37, -38):
            told = str(n).replace("-", "¯")
            for c in [c for c in codes if c in ("b", "i8", "f8", "u1", "f4")]:
                # Quotients and products of many integers leave what two roundings agree about.
                if n == 0 or not (glyph in "÷×" and abs(n) > 6 or glyph == "{⍺ - 2 × ⍵}" and abs(n) > 20):
                    case(f"{told} {glyph}/ y", lambda y: windows(glyph, n, y), c + "l", near=True)
            for c in [c for c in codes if c in ("b", "i8")]:
                if n == 0 or not (glyph == "÷" and abs(n) > 2):
                    case(f"{told} {glyph}⌿ y", lambda y: windows(glyph, n, y, 0), c + "r", near=near)


def products(title, case):
    pairs = [("+", "×"), ("-", "×"), ("⌈", "+"), ("⌊", "+"), ("×", "-"), ("+", "=="), ("∧", "=="), ("∨", "≠"), ("⌈", "⌊"), ("+", "÷"), ("+", "{⍺ - 2 × ⍵}"), ("{⍺ - 2 × ⍵}", "+"), ("-", "-")]
    for f, g in pairs:
        title(f"x {f}.{g} y")
        for a, b in ["vv", "mk", "km", "kk", "vk", "mm", "tm", "qk", "ss", "sv", "vs", "ee", "ve", "tk", "ov", "vo"]:
            case(f"x {f}.{g} y", lambda x, y: inner(f, g, x, y), "i8" + a, "i8" + b + "w" if b not in "e" else "i8e", near=True)
        for c in ("f8", "f4", "u1", "i2", "c16") if not (set((f, g)) & {"⌈", "⌊"}) else ("f8", "f4", "u1", "i2"):
            case(f"x {f}.{g} y", lambda x, y: inner(f, g, x, y), c + "m", c + "kw", near=True)
    for glyph in ["+", "×", "-", "÷", "⌈", "⌊", "==", "<", "{⍺ - 2 × ⍵}", "⊣", "⊢"]:
        title(f"x ∘.{glyph} y")
        f = FOLDS[glyph][0]
        if glyph in "⊣⊢":
            f = lambda x, y: np.broadcast_arrays(x, y)[glyph == "⊢"]
        for a, b in ["vv", "vm", "mv", "mm", "ss", "sv", "ev", "vz", "tv", "oo"]:
            case(f"x ∘.{glyph} y", lambda x, y: outer(f, x, y), "i8" + a, "i8" + b + "w", near=True)
        for c in ("u1", "f4", "f8", "c8", "i2", "u8"):
            if c != "c8" or glyph not in "⌈⌊<":
                case(f"x ∘.{glyph} y", lambda x, y: outer(f, x, y), c + "v", c + "vw", near=True)


def arranging(title, case):
    kinds = ["i8", "u1", "f4", "f8", "c16"]
    title("each")
    for c in kinds:
        for s in "svmtqo":
            case("{⍵ × 2}¨ y", lambda y: y * 2, c + s)
            case("-¨ y", u(np.negative), c + s)
            case("{⍵ + ⍳ 3}¨ y", lambda y: rank(lambda v: v + np.arange(3), 0, y), c + s)
        case("x {⍺ - ⍵}¨ y", u(np.subtract), c + "m", c + "mw")
        case("x {⍺ ⍪ ⍵}¨ y", lambda x, y: np.stack([x, y], -1), c + "v", c + "vw")
        for s in "ezy":
            case("{⍵ × 2}¨ y", lambda y: y * 2, c + s)
            case("{⍵ + ⍳ 3}¨ y", lambda y: np.zeros(y.shape + (3,), np.result_type(y, np.arange(3))), c + s)
            case("⌽⍤1 y", lambda y: y[..., ::-1], c + s)
            case("(+/)⍤1 y", lambda y: reduce("+", y), c + s)
    title("commute")
    for c in kinds:
        for s in "svmt":
            case("x -⍨ y", lambda x, y: u(np.subtract)(y, x), c + s, c + s + "w")
            case("+⍨ y", lambda y: y + y, c + s)
            case("∘.×⍨ y", lambda y: outer(PRODUCT, y, y), c + s)
    case("x ⌿⍨ y", lambda x, y: F.replicate(y, x), "i8m", "bo")
    case("3⍨ y", lambda y: np.array(3), "f8v")
    title("compose, atop, over")
    for c in kinds:
        for s in "svmt":
            case("-∘× y", lambda y: -u(np.sign)(y), c + s, near=True)
            case("x +∘- y", lambda x, y: x + -y, c + s, c + s + "w")
            case("2∘× y", lambda y: 2 * y, c + s)
            case("×∘2 y", lambda y: y * 2, c + s)
            case("x -⍤+ y", lambda x, y: -(x + y), c + s, c + s + "w")
            case("-⍤⌽ y", lambda y: -(y[..., ::-1] if y.ndim else y), c + s)
            case("x +⍥- y", lambda x, y: -x + -y, c + s, c + s + "w")
            case("x ≡⍥⍴ y", lambda x, y: np.array(x.shape == y.shape), c + s, "i8m")
            case("(+/ ÷ ≢) y", lambda y: np.divide(reduce("+", y), len(y) if y.ndim else 1), c + s, near=True)
            case("x (+ × -) y", lambda x, y: (x + y) * (x - y), c + s, c + s + "w", near=True)
            case("(2 × ⊢ - ⌽) y", lambda y: 2 * (y - (y[..., ::-1] if y.ndim else y)), c + s)
    title("rank")
    for c in kinds:
        for s in "vmtq":
            case("⌽⍤1 y", lambda y: y[..., ::-1], c + s)
            case("⊖⍤1 y", lambda y: y[..., ::-1], c + s)
            case("⊖⍤2 y", lambda y: rank(lambda v: v[::-1], 2, y), c + s)
            case("⊖⍤¯1 y", lambda y: rank(lambda v: v[::-1] if v.ndim else v, -1, y), c + s)
            case("∊⍤2 y", lambda y: rank(np.ravel, 2, y), c + s)
            case("(+/)⍤1 y", lambda y: reduce("+", y), c + s)
            case("{⍵ - ⌽ ⍵}⍤1 y", lambda y: y - y[..., ::-1], c + s)
            case("⍴⍤0 y", lambda y: np.zeros(y.shape + (0,), np.int64), c + s)
            case("≢⍤1 y", lambda y: rank(lambda v: np.array(len(v)), 1, y), c + s)
    for c in kinds:
        case("x +⍤1 y", lambda x, y: rank2(SUM, 1, 1, x, y), c + "m", c + "mw")
        case("x +⍤(0 1) y", lambda x, y: rank2(SUM, 0, 1, x, y), c + "m", c + "mw")
        case("x -⍤(1 0) y", lambda x, y: rank2(u(np.subtract), 1, 0, x, y), c + "v", c + "mw")
        case("x ⍪⍤1 y", lambda x, y: rank2(F.catenate, 1, 1, x, y), c + "m", c + "mw")
        case("x ⍪⍤(0 1) ⊢ y", lambda x, y: rank2(F.catenate, 0, 1, x, y), c + "m", c + "mw")
        case("x (+.×)⍤1 y", lambda x, y: rank2(lambda a, b: inner("+", "×", a, b), 1, 1, x, y), c + "m", c + "mw", near=True)
        case("x {⍺ ⍪ ⍵}⍤¯1 y", lambda x, y: rank2(F.catenate, -1, -1, x, y), c + "m", c + "mw")
    title("power")
    for c in kinds:
        for s in "svm":
            case("{⍵ + 2}⍣3 ⊢ y", lambda y: y + 2 + 2 + 2, c + s)
            case("{⍵ + 2}⍣0 ⊢ y", lambda y: y, c + s)
            case("x +⍣2 ⊢ y", lambda x, y: x + (x + y), c + s, c + s + "w")
            case("⌽⍣2 ⊢ y", lambda y: y, c + s)
            case("{⍵ ⌊ 0}⍣≡ y", lambda y: np.minimum(y, 0), c + s)


def several(title, case):
    title("several axes")
    for c in ["b", "i1", "i8", "u8", "f4", "f8", "c16"]:
        for glyph in ["+", "×"] if c == "c16" else ["+", "×", "⌈"]:
            for s, axes in [("m", (0, 1)), ("t", (0, 2)), ("t", (1, 2)), ("q", (1, 3)), ("q", (0, 1, 2)), ("z", (0, 1))]:
                told = " ".join(map(str, axes))
                case(f"{glyph}/[{told}] y", lambda y: fold_axes(glyph, y, axes), c + s, near=True)
    for s, axes in [("t", (0, 1)), ("q", (1, 2))]:
        told = " ".join(map(str, axes))
        case(f"-/[{told}] y", lambda y: fold_axes("-", y, axes), "i8" + s)
    for c in ["i8", "u1", "f4", "c16"]:
        case("⌽[0 1] y", lambda y: y[::-1, ::-1], c + "m")
        case("x +[0 1] y", lambda x, y: x + y[:, :, None], c + "t", c + "mw")
        case("x ×[0] y", lambda x, y: x * y[:, None, None], c + "t", "i8o")
        case("2 1 ↑[0 2] y", lambda y: y[:2, :, :1], c + "t")
        case("1 1 ↓[1 2] y", lambda y: y[:, 1:, 1:], c + "t")
        case("1 0 ⌷[2 0] y", lambda y: y[0, :, 1], c + "t")
        case("1 2 ⌽[0 1] y", lambda y: np.roll(y, (-1, -2), (0, 1)), c + "m")


def fold_axes(glyph, y, axes):
    """Along one axis after the other, the last first."""
    for axis in sorted(axes, reverse=True):
        y = reduce(glyph, y, axis)
    return y


def grouping(title, case):
    title("key")
    for c in ["b", "i1", "i4", "i8", "u1", "u8", "f4", "f8", "c16"]:
        for s in "vmto":
            case("≢⌸ y", lambda y: key(lambda k, v: np.array(len(v)), y), c + s)
            case("{⍺}⌸ y", lambda y: key(lambda k, v: k, y), c + s)
            case("{⍵[0]}⌸ y", lambda y: key(lambda k, v: v[0], y), c + s)
            case("{+/ ⍵}⌸ y", lambda y: key(lambda k, v: v.sum(), y), c + s)
        case("x {+/ ⍵}⌸ y", lambda x, y: key(lambda k, v: reduce("+", v), x, y), c + "v", "i8v")
        case("x {⌈/ ⍵}⌸ y", lambda x, y: key(lambda k, v: v.max(), x, y), c + "v", "f8v")
        case("x {⍺ ⍪ ≢ ⍵}⌸ y", lambda x, y: key(lambda k, v: F.catenate(k, np.array(len(v))), x, y), c + "v", "i8v")
        case("x {+⌿ ⍵}⌸ y", lambda x, y: key(lambda k, v: reduce("+", v, 0), x, y), c + "m", "i8m")
        case("x {≢ ⍵}⌸ y", lambda x, y: key(lambda k, v: np.array(len(v)), x, y), c + "v", "i8m")
    title("stencil")
    total = lambda w: reduce("+", w.ravel())
    for c in ["i1", "i4", "i8", "u1", "f4", "f8", "c16"]:
        for s in "vo":
            case("{+/ ∊ ⍵}⌺3 ⊢ y", lambda y: stencil(total, [3], y), c + s)
            case("{⍵}⌺3 ⊢ y", lambda y: stencil(lambda w: w, [3], y), c + s)
            case("{⌽ ⍵}⌺5 ⊢ y", lambda y: stencil(lambda w: w[::-1], [5], y), c + s)
        for s in "mk":
            case("{+/ ∊ ⍵}⌺(3 3) ⊢ y", lambda y: stencil(total, [3, 3], y), c + s)
            case("{⍵}⌺(3 3) ⊢ y", lambda y: stencil(lambda w: w, [3, 3], y), c + s)
            case("{⍵[1, 1] - ⍵[0, 1]}⌺(3 3) ⊢ y", lambda y: stencil(lambda w: w[1, 1] - w[0, 1], [3, 3], y), c + s)
            case("{+⌿ ⍵}⌺(3 1) ⊢ y", lambda y: stencil(lambda w: reduce("+", w, 0), [3, 1], y), c + s)
            case("{+⌿ ⍵}⌺3 ⊢ y", lambda y: stencil(lambda w: reduce("+", w, 0), [3], y), c + s)
    title("stencil of even windows")
    for c in ["b", "i1", "i4", "i8", "u1", "f4", "f8", "c16"]:
        for s in "vol":
            for n in (2, 4, 6):
                case(f"{{⍵}}⌺{n} ⊢ y", lambda y: stencil(lambda w: w, [n], y), c + s)
                case(f"⊢⌺{n} ⊢ y", lambda y: stencil(lambda w: w, [n], y), c + s)
                case(f"{{+/ ⍵}}⌺{n} ⊢ y", lambda y: stencil(total, [n], y), c + s)
                case(f"sum⌺{n} ⊢ y", lambda y: stencil(total, [n], y), c + s)
                case(f"{{⌽ ⍵}}⌺{n} ⊢ y", lambda y: stencil(lambda w: w[::-1], [n], y), c + s)
                if c != "c16":
                    case(f"{{⌈/ ⍵}}⌺{n} ⊢ y", lambda y: stencil(lambda w: w.max(), [n], y), c + s)
                case(f"{{⍵[0]}}⌺{n} ⊢ y", lambda y: stencil(lambda w: w[0], [n], y), c + s)
        for s in "mkr":
            for a, b in [(2, 2), (2, 3), (4, 2), (3, 4)]:
                case(f"{{⍵}}⌺({a} {b}) ⊢ y", lambda y: stencil(lambda w: w, [a, b], y), c + s)
                case(f"{{+/ ∊ ⍵}}⌺({a} {b}) ⊢ y", lambda y: stencil(total, [a, b], y), c + s)
                case(f"{{⍵[1, 1]}}⌺({a} {b}) ⊢ y", lambda y: stencil(lambda w: w[1, 1], [a, b], y), c + s)
            case("{⍵}⌺2 ⊢ y", lambda y: stencil(lambda w: w, [2], y), c + s)
            case("{+⌿ ⍵}⌺4 ⊢ y", lambda y: stencil(lambda w: reduce("+", w, 0), [4], y), c + s)
        for s in "tq":
            case("{+/ ∊ ⍵}⌺2 ⊢ y", lambda y: stencil(total, [2], y), c + s)
            case("{+/ ∊ ⍵}⌺(2 2 2) ⊢ y", lambda y: stencil(total, [2, 2, 2], y), c + s)
            case("{∊ ⍵}⌺(1 2 4) ⊢ y", lambda y: stencil(np.ravel, [1, 2, 4], y), c + s)
    title("stencil in steps")
    for c in ["b", "i2", "i8", "f8"]:
        for s in "vl":
            for n, step in [(1, 2), (2, 2), (3, 2), (3, 3), (4, 2), (4, 3), (5, 7), (6, 4)]:
                case(f"{{⍵}}⌺(2 1 ⍴ {n} {step}) ⊢ y", lambda y: stencil(lambda w: w, [n], y, [step]), c + s)
                case(f"{{+/ ⍵}}⌺(2 1 ⍴ {n} {step}) ⊢ y", lambda y: stencil(total, [n], y, [step]), c + s)
                case(f"{{⍺}}⌺(2 1 ⍴ {n} {step}) ⊢ y", lambda y: stencil(lambda n, w: n, [n], y, [step], True), c + s)
        for a, b, i, j in [(3, 3, 2, 2), (2, 2, 2, 2), (2, 4, 1, 2), (4, 3, 3, 1), (1, 2, 2, 1)]:
            told = f"(2 2 ⍴ {a} {b} {i} {j})"
            for s in "kr":
                case(f"{{⍵}}⌺{told} ⊢ y", lambda y: stencil(lambda w: w, [a, b], y, [i, j]), c + s)
                case(f"{{⌈/ ∊ ⍵}}⌺{told} ⊢ y", lambda y: stencil(lambda w: w.max(), [a, b], y, [i, j]), c + s)
                case(f"{{⍺}}⌺{told} ⊢ y", lambda y: stencil(lambda n, w: n, [a, b], y, [i, j], True), c + s)
    title("at")
    index = np.array([2, 0])
    for c in ["i1", "i8", "u1", "f4", "f8", "c16"]:
        for s in "vmk":
            case("at(y, 9, 1)", lambda y: at(y, 9, 1), c + s)
            case("at(y, -, 1)", lambda y: at(y, lambda v: -v, 1), c + s)
        case("at(y, ⌽, 2 0)", lambda y: at(y, lambda v: v[::-1], index), c + "v")
        case("at(y, {⍵ × 10}, 2 0)", lambda y: at(y, lambda v: v * 10, index), c + "v")
        case("at(y, 0, y == 5)", lambda y: at(y, 0, y == 5), c + "v")
        case("at(y, 7 8, 2 0)", lambda y: at(y, [7, 8], index), c + "v")
    places = [
        ("0", 0), ("¯1", -1), ("9", 9), ("0 0", [0, 0]), ("1 0 1", [1, 0, 1]), ("0 ¯9", [0, -9]), ("zeros(0, int)", np.zeros(0, int)),
        ("(0, 1)", (0, 1)), ("([0, 1], 1)", ([0, 1], 1)), ("(0, [1, 0])", (0, [1, 0])), ("(0, 0, 0)", (0, 0, 0)), ("{⍵ > 2}", lambda y: y > 2),
        ("{⍵ > 99}", lambda y: y > 99), ("{⍵ == ⍵}", lambda y: y == y), ("{2 > ≢ ⍵}", lambda y: np.array(y.ndim == 0 or len(y) < 2)),
        ("ones(1, bool)", np.ones(1, bool)), ("ones(5, bool)", np.ones(5, bool)), ("...", ...),
    ]
    things = [
        ("9", 9), ("2.5", 2.5), ("True", True), ("300", 300), ("5i8", np.int8(5)), ("2f32", np.float32(2)), ("[7, 8]", np.array([7, 8])),
        ("[1.5]", np.array([1.5])), ("-", lambda v: -v), ("10∘×", lambda v: 10 * v), ("{⍵ × ⍵}", lambda v: v * v), ("{0}", lambda v: 0),
        ("abs", np.abs), ("≢", lambda v: len(v) if np.ndim(v) else 1), ("np.float32", np.float32), ("⌽", lambda v: v if np.ndim(v) == 0 else np.flip(v, -1)),
    ]
    for c in ["b", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "c8", "c16"]:
        wide = c in ("i8", "f8")
        title(f"at, {c}")
        for place, where in places:
            for thing, new in things:
                for s in "svomtqez" if wide else "vm":
                    # Not where NumPy has no such function, or rounds or warns otherwise.
                    if c == "b" and thing in ("-", "10∘×") or thing in ("abs", "np.float32") and c[0] == "c" or c[0] == "c" and "⍵ >" in place:
                        continue
                    if wide or (hash_of(place + thing + c) % 3 == 0):
                        case(f"at(y, {thing}, {place})", lambda y: at_all(y, new, where), c + s)


def hash_of(text):
    return sum(map(ord, text))


def at_all(y, new, where):
    """`new@where y`, where what NumPy refuses is an error."""
    try:
        place = where(y) if callable(where) else where
        with np.errstate(all="ignore"):
            value = new(y[place]) if callable(new) else new
        out = y.astype(np.result_type(y, value))
        out[place] = value
        return out
    except (IndexError, ValueError, TypeError, OverflowError):
        raise F.Wrong from None


def operators(title, case):
    folding(title, case)
    products(title, case)
    arranging(title, case)
    several(title, case)
    grouping(title, case)
