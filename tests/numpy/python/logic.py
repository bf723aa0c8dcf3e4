import numpy as np


def show(x):
    """Print a value as arr shows it at top level."""
    if x is not None:
        print(repr(x) if isinstance(x, str) else x)


def either(one, two):
    """A glyph with one argument or with two."""
    return lambda *args: one(*args) if len(args) == 1 else two(*args)


def right_fold(f, x):
    if len(x) == 0:
        name = {'or_gcd': 'logical_or', 'and_lcm': 'logical_and'}.get(getattr(f, '__name__', ''))
        return (getattr(np, name) if name else f).reduce(x, axis=0).astype(x.dtype)
    if f in (np.add, np.multiply, np.maximum, np.minimum):
        return f.reduce(x, axis=0)
    result = x[-1]
    for v in x[-2::-1]:
        result = f(v, result)
    return result


def op_reduce(f, axis=-1):
    """f/: the items along an axis, folded from the right; with a left argument, over windows."""
    def run(*args):
        x = np.asarray(args[-1])
        if len(args) == 2:
            return windowed(f, args[0], x, axis)
        if x.ndim == 0:
            return args[-1]
        return right_fold(f, np.moveaxis(x, axis, 0))
    return run


def windowed(f, n, x, axis):
    n = int(np.ravel(n)[0])
    x = np.moveaxis(x, axis, 0)
    parts = [x[i:i + abs(n)] for i in range(len(x) - abs(n) + 1)]
    if not parts:
        return np.moveaxis(x[:0], 0, axis)
    parts = [right_fold(f, p if n > 0 else p[::-1]) for p in parts]
    return np.moveaxis(np.array(parts), 0, axis)


def op_reduce_first(f, axis=0):
    """f⌿: as f/, along the first axis; an array in place of f replicates."""
    return op_reduce(f, axis) if callable(f) else lambda x: replicate(f, x)


def op_atop_rank(f, g):
    """f⍤g: f of what g gives; f⍤k: f of cells of k axes."""
    if callable(g):
        return lambda *args: f(g(*args))
    ranks = np.ravel(g)

    def run(*args):
        args = [np.asarray(a) for a in args]
        ks = [int(ranks[0])] if len(args) == 1 else [int(r) for r in np.resize(ranks, 2)]
        if len(args) == 1 and len(ranks) == 3:
            ks = [int(ranks[0])]
        ks = [min(k, a.ndim) if k >= 0 else max(a.ndim + k, 0) for k, a in zip(ks, args)]
        frames = [a.shape[:a.ndim - k] for k, a in zip(ks, args)]
        frame = max(frames, key=len)
        cells = []
        for i in np.ndindex(*frame):
            cells.append(f(*(a[i] if len(s) else a for a, s in zip(args, frames))))
        out = np.array(cells)
        return out.reshape(frame + out.shape[1:])
    return run


def op_outer_product(f):
    """∘.f: f of every item on the left with every item on the right."""
    def run(x, y):
        x, y = np.asarray(x), np.asarray(y)
        if isinstance(f, np.ufunc):
            return f.outer(x, y)
        out = np.array([[f(a, b) for b in y.ravel()] for a in x.ravel()])
        return out.reshape(x.shape + y.shape)
    return run


def index_of(x, y):
    """Where each item of y first is in x; len(x) where it is not."""
    x, y = np.atleast_1d(x), np.asarray(y)
    frame = y.shape[:y.ndim - x.ndim + 1]
    width = int(np.prod(x.shape[1:]))
    own, other = x.reshape(len(x), width), y.reshape(int(np.prod(frame)), width)
    hit = (other[:, None] == own).all(-1)
    out = np.where(hit.any(-1), hit.argmax(-1) if len(x) else 0, len(x)).reshape(frame)
    return out if out.ndim else out[()]


def decode(base, digits):
    """The number whose digits these are."""
    base, digits = np.atleast_1d(base) * 1, np.atleast_1d(digits) * 1
    n = max(base.shape[-1], len(digits)) if min(base.shape[-1], len(digits)) else 0
    base = np.broadcast_to(base, base.shape[:-1] + (n,))
    digits = np.broadcast_to(digits, (n,) + digits.shape[1:])
    weights = np.ones(base.shape, np.result_type(base, digits))
    for k in range(n - 2, -1, -1):
        weights[..., k] = weights[..., k + 1] * base[..., k + 1]
    return np.tensordot(weights, digits, 1)[()]


def encode(base, x):
    """The digits of x; the first base takes what is left if it is 0."""
    base, x = np.asarray(base), np.asarray(x)
    if not base.ndim:
        return encode(base[None], x)[0]
    left = np.multiply.outer(np.ones(base.shape[1:], dtype=x.dtype), x)
    out = []
    for b in base[::-1]:
        b = np.reshape(b, np.shape(b) + (1,) * x.ndim)
        some = np.where(b == 0, 1, b)
        digit = np.where(b == 0, left, left % some)
        out.append(digit)
        left = np.where(b == 0, 0, (left - digit) // some)
    return np.array(out[::-1])


def replicate(counts, x, axis=0):
    """Each item as often as its count says."""
    counts, x = np.asarray(counts), np.asarray(x)
    if counts.dtype == bool:
        counts = counts.astype(int)
    return np.repeat(np.atleast_1d(x), counts, axis=axis)


def rotate_last(n, x):
    return rotate(n, np.asarray(x), -1)


def rotate_first(n, x):
    return rotate(n, np.asarray(x), 0)


def rotate(n, x, axis):
    n = np.asarray(n)
    if n.ndim == 0:
        return np.roll(x, -int(n), axis)
    x = np.moveaxis(x, axis, -1)
    at = (np.arange(x.shape[-1]) + n[..., None]) % x.shape[-1]
    return np.moveaxis(np.take_along_axis(x, at, -1), -1, axis)


def table(x):
    """A matrix: each item along the first axis is a row."""
    x = np.asarray(x)
    return x.reshape(x.shape[0] if x.ndim else 1, -1)


def tally(x):
    return len(x) if np.ndim(x) or isinstance(x, (list, str)) else 1


def match(x, y):
    return np.array_equal(x, y)


def catenate_first(x, y):
    """y after x along the first axis."""
    x, y = np.asarray(x), np.asarray(y)
    n = max(x.ndim, y.ndim, 1)
    shape = (x if x.ndim == n else y).shape[1:]

    def cells(a):
        if a.ndim == n:
            return a
        return np.broadcast_to(a, (1,) + shape) if a.ndim == 0 else a[None]
    return np.concatenate([cells(x), cells(y)])


def nand(x, y):
    return ~np.logical_and(x, y)


def nor(x, y):
    return ~np.logical_or(x, y)


def is_bool(x):
    return np.asarray(x).dtype == bool


def or_gcd(x, y):
    return np.logical_or(x, y) if is_bool(x) and is_bool(y) else np.gcd(x, y)


def and_lcm(x, y):
    return np.logical_and(x, y) if is_bool(x) and is_bool(y) else np.lcm(x, y)


def module_compare():
    from types import SimpleNamespace
    # What the idioms' files share: two spellings are compared, and the array is shown.

    def show_(what, value):
        return print(f"{what}: {value}" if np.ndim(value) < 2 else f"{what}:\n{value}")


    # Both give the same shape, dtype and elements.

    def same_(what, apl, numpy):
        """Both give the same shape, dtype and elements."""
        assert np.array_equal(apl, numpy), what
        assert np.asarray(apl).dtype == np.asarray(numpy).dtype, what
        return show_(what, apl)


    # Both give the same shape and elements; one of them as another dtype.

    def equal(what, apl, numpy):
        """Both give the same shape and elements; one of them as another dtype."""
        assert np.array_equal(apl, numpy), what
        return show_(what, apl)


    # Both give the same shape, and elements that agree but for rounding.

    def near(what, apl, numpy):
        """Both give the same shape, and elements that agree but for rounding."""
        assert np.shape(apl) == np.shape(numpy) and np.allclose(apl, numpy), what
        return show_(what, np.round(apl, 9) + 0.0)

    return SimpleNamespace(**locals())


compare = module_compare()


# Logic: masks together, and what holds for all of them.
same_ = compare.same_

p = np.array([False, False, True, True])
q = np.array([False, True, False, True])
x = np.array([3, 8, 5, 1])
m = np.array([[True, False, True], [True, True, True]])
board = np.array([[0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]]) == 1

# Negation
apl = ~p
numpy = np.logical_not(p)
show(same_("not", apl, numpy))

# Conjunction
apl = and_lcm(p, q)
numpy = np.logical_and(p, q)
show(same_("and", apl, numpy))

# Disjunction
apl = or_gcd(p, q)
numpy = np.logical_or(p, q)
show(same_("or", apl, numpy))

# Not both
apl = nand(p, q)
numpy = ~(p & q)
show(same_("nand", apl, numpy))

# Neither
apl = nor(p, q)
numpy = ~(p | q)
show(same_("nor", apl, numpy))

# Exactly one of two
apl = p != q
numpy = np.logical_xor(p, q)
show(same_("exclusive or", apl, numpy))

# Both or neither
apl = p == q
numpy = ~(p ^ q)
show(same_("equivalent", apl, numpy))

# If the first, then the second
apl = p <= q
numpy = ~p | q
show(same_("implies", apl, numpy))

# The first but not the second
apl = p > q
numpy = p & ~q
show(same_("but not", apl, numpy))

# Are all true
apl = op_reduce(and_lcm)(p)
numpy = np.all(p)
show(same_("all", apl, numpy))

# Is any true
apl = op_reduce(or_gcd)(p)
numpy = np.any(p)
show(same_("any", apl, numpy))

# Is none true
apl = ~op_reduce(or_gcd)(p)
numpy = not np.any(p)
show(same_("none", apl, numpy))

# Is one of them false
apl = ~op_reduce(and_lcm)(p)
numpy = not np.all(p)
show(same_("not all", apl, numpy))

# Is exactly one true
apl = 1 == np.add.reduce(p, axis=-1)
numpy = np.sum(p) == 1
show(same_("exactly one", apl, numpy))

# Are more true than false
apl = np.add.reduce(p, axis=-1) > tally(p) / 2
numpy = np.sum(p) > len(p) / 2
show(same_("most", apl, numpy))

# Is an odd number of them true
apl = op_reduce(np.not_equal)(p)
numpy = np.logical_xor.reduce(p)
show(same_("odd", apl, numpy))

# Is a value in a half-open interval
apl = (3 <= x) & (x < 8)
numpy = (3 <= x) & (x < 8)
show(same_("between", apl, numpy))

# Is a value outside of an interval
apl = or_gcd(x < 2, x > 6)
numpy = (x < 2) | (x > 6)
show(same_("outside", apl, numpy))

# Which rows are all true
apl = op_reduce(and_lcm)(m)
numpy = m.all(axis=1)
show(same_("rows all true", apl, numpy))

# Which columns have a true
apl = op_reduce_first(or_gcd)(m)
numpy = m.any(axis=0)
show(same_("columns with a true", apl, numpy))

# Negation turns and into or
apl = match(~and_lcm(p, q), or_gcd(~p, ~q))
numpy = np.array_equal(~(p & q), ~p | ~q)
show(same_("De Morgan", apl, numpy))

# 1 for true and -1 for false
apl = -1 + 2 * p
numpy = np.where(p, 1, -1)
show(same_("signs", apl, numpy))

# Truth values as the numbers 0 and 1
apl = p + 0
numpy = p.astype(int)
show(same_("to numbers", apl, numpy))

# Numbers as truth values: which are not 0
apl = 0 != np.array([3, 0, -1])
numpy = np.array([3, 0, -1]).astype(bool)
show(same_("to truth values", apl, numpy))

# All combinations of three truth values
apl = encode(np.array([2, 2, 2]), np.arange(8))
numpy = np.indices((2, 2, 2)).reshape(3, -1)
show(same_("truth table", apl, numpy))

# Table of a function of two truth values
apl = op_outer_product(and_lcm)(p[np.array([1, 2])], p[np.array([1, 2])])
numpy = np.logical_and.outer(p[1:3], p[1:3])
show(same_("table of and", apl, numpy))

# Sum and carry of two bits
apl = op_atop_rank(either(table, catenate_first), 0)(p != q, and_lcm(p, q))
numpy = np.stack([p ^ q, p & q], axis=1)
show(same_("half adder", apl, numpy))

# Majority of three bits
apl = or_gcd(or_gcd(and_lcm(p, q), and_lcm(p, m[0, 1])), and_lcm(q, m[0, 1]))
numpy = p & q | p & m[0, 1] | q & m[0, 1]
show(same_("majority of three", apl, numpy))

# Index of the first true
apl = index_of(p, True)
numpy = np.argmax(p)
show(same_("first true", apl, numpy))

# Truth values as the bits of a number
apl = decode(2, p)
numpy = p @ (1 << np.arange(4)[::-1])
show(same_("as a number", apl, numpy))

# The next generation in Conway's game of life
apl = (lambda ω: or_gcd(ω == 3, and_lcm(board, ω == 4)))((lambda ω: rotate_first(1, ω) + ω + rotate_first(-1, ω))((lambda ω: rotate_last(1, ω) + ω + rotate_last(-1, ω))(board + 0)))
numpy = np.isin(2 * np.sum([np.roll(board, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0) - board, [5, 6, 7])
show(same_("game of life", apl, numpy))
