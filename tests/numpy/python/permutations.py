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


def op_power_operator(f, n):
    """f⍣n: f n times; f⍣g: until g holds between one result and the one before."""
    def run(*args):
        *left, x = args
        if not callable(n):
            if np.ravel(n)[0] < 0:
                raise ValueError('the inverse of a function (a power below 0) cannot be found in Python')
            for _ in range(int(np.ravel(n)[0])):
                x = f(*left, x)
            return x
        while True:
            new = f(*left, x)
            if np.all(n(new, x)):
                return new
            x = new
    return run


def op_inner_product(f, g):
    """f.g: f/ of g between the rows of x and the columns of y."""
    def run(x, y):
        x, y = np.asarray(x), np.asarray(y)
        if not x.ndim:
            x = np.broadcast_to(x, y.shape[:1] or (1,))
        if not y.ndim:
            y = np.broadcast_to(y, x.shape[-1:])
        shape = x.shape[:-1] + y.shape[1:]
        y = np.moveaxis(y, 0, -1)
        lines, columns = x.reshape(-1, x.shape[-1]), y.reshape(-1, y.shape[-1])
        if x.shape[-1] == 0:
            lines, columns = np.zeros((int(np.prod(x.shape[:-1])), 0)), np.zeros((int(np.prod(y.shape[:-1])), 0))
        out = np.array([[right_fold(f, g(r, c)) for c in columns] for r in lines])
        return out.reshape(shape)[()]
    return run


def reshape_cyclic(shape, x):
    """The items of x, repeated as often as needed, under a shape."""
    shape = tuple(int(n) for n in np.ravel(shape))
    return np.resize(x, shape) if np.size(x) else np.zeros(shape, np.asarray(x).dtype)


def reverse_last(x):
    return np.flip(x, -1) if np.ndim(x) else x


def reverse_first(x):
    return np.flip(x, 0) if np.ndim(x) else x


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


def reversed_axes(x):
    return np.transpose(x)


def table(x):
    """A matrix: each item along the first axis is a row."""
    x = np.asarray(x)
    return x.reshape(x.shape[0] if x.ndim else 1, -1)


def take_first(n, x):
    """The first n items along each axis, or the last; filled up with zeros."""
    n, x = np.ravel(n).astype(int), np.atleast_1d(x)
    for axis, k in enumerate(n):
        have = x.shape[axis]
        pad = [(0, 0)] * x.ndim
        pad[axis] = (0, max(k - have, 0)) if k >= 0 else (max(-k - have, 0), 0)
        x = np.pad(x, pad)
        at = [slice(None)] * x.ndim
        at[axis] = slice(0, k) if k >= 0 else slice(x.shape[axis] + k, None)
        x = x[tuple(at)]
    return x


def drop_first(n, x):
    """Without the first n items along each axis, or the last."""
    x = np.atleast_1d(x)
    at = [slice(k, None) if k >= 0 else slice(0, max(m + k, 0))
          for k, m in zip(np.ravel(n).astype(int), x.shape)]
    return x[tuple(at)]


def first(x):
    x = np.ravel(x)
    return x[0] if len(x) else x.dtype.type(0)


def enlist(x):
    return np.concatenate([np.ravel(v) for v in x]) if isinstance(x, list) else np.ravel(x)


def tally(x):
    return len(x) if np.ndim(x) or isinstance(x, (list, str)) else 1


def match(x, y):
    return np.array_equal(x, y)


def grade_up(x):
    return np.lexsort(np.asarray(x).T[::-1]) if np.ndim(x) > 1 else np.argsort(x, kind='stable')


def nub(x):
    """Each item once, in the order of their first appearance."""
    x = np.atleast_1d(x)
    _, at = np.unique(x, return_index=True, axis=0)
    return x[np.sort(at)]


def where_true(x):
    x = np.asarray(x)
    if x.ndim != 1:
        return np.argwhere(x)
    return np.repeat(np.arange(len(x)), x.astype(int))


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


# Rotations and permutations: the same items in another order.
same_ = compare.same_

x = np.array([10, 20, 30, 40, 50])
p = np.array([2, 0, 3, 4, 1])
q = np.array([1, 2, 0, 4, 3])
m = np.arange(9).reshape(3, 3)
k = np.arange(6).reshape(2, 3)

# Reverse
apl = reverse_last(x)
numpy = x[::-1]
show(same_("reversed", apl, numpy))

# Rotate to the left
apl = rotate_last(2, x)
numpy = np.roll(x, -2)
show(same_("rotated left", apl, numpy))

# Rotate to the right
apl = rotate_last(-2, x)
numpy = np.roll(x, 2)
show(same_("rotated right", apl, numpy))

# Shift to the left, zeros come in
apl = take_first(tally(x), drop_first(2, x))
numpy = np.pad(x[2:], (0, 2))
show(same_("shifted left", apl, numpy))

# Shift to the right, zeros come in
apl = take_first(-tally(x), drop_first(-2, x))
numpy = np.pad(x[:-2], (2, 0))
show(same_("shifted right", apl, numpy))

# Reverse each row
apl = reverse_last(m)
numpy = np.fliplr(m)
show(same_("rows reversed", apl, numpy))

# Reverse each column
apl = reverse_first(m)
numpy = np.flipud(m)
show(same_("columns reversed", apl, numpy))

# Rotate each row by its own number of places
apl = rotate_last(np.array([0, 1, 2]), m)
numpy = np.stack([np.roll(row, -i) for (i, row) in enumerate(m)])
show(same_("each row by its own", apl, numpy))

# Rotate each column by its own number of places
apl = rotate_first(np.array([0, 1, 2]), m)
numpy = np.stack([np.roll(m[:, i], -i) for i in range(3)], axis=1)
show(same_("each column by its own", apl, numpy))

# Turn a table to the right
apl = reverse_last(reversed_axes(k))
numpy = np.rot90(k, -1)
show(same_("quarter turn", apl, numpy))

# Turn a table to the left
apl = reverse_first(reversed_axes(k))
numpy = np.rot90(k)
show(same_("other quarter turn", apl, numpy))

# Turn a table upside down
apl = reverse_last(reverse_first(k))
numpy = np.rot90(k, 2)
show(same_("half turn", apl, numpy))

# Mirror a table at its other diagonal
apl = reverse_last(reverse_first(reversed_axes(m)))
numpy = m[::-1, ::-1].T
show(same_("other diagonal", apl, numpy))

# Apply a permutation
apl = x[p]
numpy = np.take(x, p)
show(same_("permuted", apl, numpy))

# Inverse of a permutation
apl = grade_up(p)
numpy = np.argsort(p)
show(same_("inverse", apl, numpy))

# Put permuted items back
apl = x[p][grade_up(p)]
numpy = x[p][np.argsort(p)]
show(same_("undone", apl, numpy))

# One permutation after another
apl = q[p]
numpy = np.take(q, p)
show(same_("composed", apl, numpy))

# Power of a permutation
apl = op_power_operator(lambda ω: p[ω], 3)(np.arange(5))
numpy = p[p[p]]
show(same_("applied three times", apl, numpy))

# Items that stay where they are
apl = where_true(np.array([0, 2, 1, 3]) == np.arange(4))
numpy = np.flatnonzero(np.array([0, 2, 1, 3]) == np.arange(4))
show(same_("fixed points", apl, numpy))

# Matrix of a permutation
apl = np.equal.outer(p, np.arange(5))
numpy = np.eye(5, dtype=bool)[p]
show(same_("permutation matrix", apl, numpy))

# Permutation from its matrix
apl = np.tensordot(np.equal.outer(p, np.arange(5)), np.arange(5), 1)
numpy = np.eye(5, dtype=int)[p] @ np.arange(5)
show(same_("from the matrix", apl, numpy))

# Number of pairs in the wrong order
apl = np.add.reduce(enlist(and_lcm(np.greater.outer(p, p), np.less.outer(np.arange(5), np.arange(5)))), axis=-1)
numpy = np.sum(np.triu(p[:, None] > p, 1))
show(same_("inversions", apl, numpy))

# Sign of a permutation
apl = (-1) ** np.add.reduce(enlist(and_lcm(np.greater.outer(p, p), np.less.outer(np.arange(5), np.arange(5)))), axis=-1)
numpy = np.prod(np.sign(p[None, :] - p[:, None])[np.triu_indices(5, 1)])
show(same_("sign", apl, numpy))

# Places that an item goes through
apl = nub(op_power_operator(lambda ω: catenate_first(ω, p[first(reverse_last(ω))]), 5)(np.arange(1)))
numpy = np.array([0, p[0], p[p[0]], p[p[p[0]]], p[p[p[p[0]]]]])
show(same_("cycle of 0", apl, numpy))

# Shuffle two halves into each other
apl = enlist(reversed_axes(reshape_cyclic(np.array([2, 4]), np.arange(8))))
numpy = np.arange(8).reshape(2, 4).T.ravel()
show(same_("perfect shuffle", apl, numpy))

# Deal items to three players in turn
apl = reversed_axes(reshape_cyclic(np.array([3, 3]), np.arange(9)))
numpy = np.arange(9).reshape(-1, 3).T
show(same_("dealt out", apl, numpy))

# Is it the same from behind
apl = (lambda ω: match(ω, reverse_last(ω)))(np.array([1, 2, 3, 2, 1]))
numpy = np.array_equal([1, 2, 3, 2, 1], np.array([1, 2, 3, 2, 1])[::-1])
show(same_("palindrome", apl, numpy))

# All rotations, one a row
apl = rotate_last(np.arange(5), reshape_cyclic(np.array([5, 5]), x))
numpy = np.stack([np.roll(x, -i) for i in range(5)])
show(same_("all rotations", apl, numpy))

# Is one vector a rotation of another
apl = op_reduce(or_gcd)(op_inner_product(and_lcm, np.equal)(rotate_last(np.arange(5), reshape_cyclic(np.array([5, 5]), x)), np.array([30, 40, 50, 10, 20])))
numpy = np.any([np.array_equal(np.roll(x, i), [30, 40, 50, 10, 20]) for i in range(5)])
show(same_("a rotation of", apl, numpy))

# Swap two items
apl = x[np.array([4, 1, 2, 3, 0])]
numpy = np.concatenate([x[4:], x[1:4], x[:1]])
show(same_("swapped", apl, numpy))

# Items followed by their mirror image
apl = catenate_first(x, reverse_last(x))
numpy = np.concatenate([x, x[::-1]])
show(same_("mirrored", apl, numpy))

# First, last, second, last but one, and so on
apl = take_first(tally(x), enlist(op_atop_rank(either(table, catenate_first), 0)(x, reverse_last(x))))
numpy = np.stack([x, x[::-1]], axis=1).ravel()[:len(x)]
show(same_("folded", apl, numpy))
