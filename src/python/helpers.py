# What arr's notation does and NumPy has no name for. A translated program holds those it uses.
# A function is named after its row in the table of primitives, one that starts with op_ after its
# operator. A comment `of numbers:` above one is what it comes to when its arguments are plain numbers.


def show(x):
    """Print a value as arr shows it at top level."""
    if x is not None:
        print(repr(x) if isinstance(x, str) else x)


def bracket(items):
    """An array of numbers and rows of numbers; a list of anything else."""
    def numeric(x):
        return isinstance(x, (bool, int, float, complex, np.generic))
    if items and all(numeric(x) for x in items):
        return np.array(items)
    return items


def rows(items):
    """An array of rows of one shape; a list of anything else."""
    if len({np.shape(x) if isinstance(x, np.ndarray) else None for x in items}) > 1:
        return items
    return np.array(items) if items else items


def sorted(x, key=None, reverse=False):
    """The items in rising order, or falling; numbers as an array."""
    items = list(x)
    items.sort(key=key, reverse=reverse)
    return bracket(items)


def reversed(items):
    """The items from the last to the first; numbers as an array."""
    return bracket(list(items)[::-1])


def filter(f, items):
    """The items of which f is true; numbers as an array."""
    return bracket([v for v in items if (v if f is None else f(v))])


def as_function(f):
    """A function, or a value as the function that always gives it."""
    return f if callable(f) else lambda *args: f


def fork(f, g, h):
    """The train (f g h)."""
    f, h = as_function(f), as_function(h)
    return lambda *args: g(f(*args), h(*args))


def atop(f, g):
    """The train (f g)."""
    return lambda *args: f(g(*args))


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


def op_scan(f, axis=-1):
    """f\\: the reduction of every beginning of the items."""
    def run(x):
        x = np.moveaxis(np.asarray(x), axis, 0)
        return np.moveaxis(np.array([right_fold(f, x[:i + 1]) for i in range(len(x))]), 0, axis)
    return run


def op_scan_first(f, axis=0):
    """f⍀: as f\\, along the first axis; an array in place of f expands."""
    return op_scan(f, axis) if callable(f) else lambda x: expand(f, x)


def is_list(x):
    return isinstance(x, (list, tuple))


def op_each(f):
    """f¨: f of every item."""
    def of_lists(args):
        lengths = [len(a) for a in args if is_list(a) or np.ndim(a)]
        columns = [list(a) if is_list(a) or np.ndim(a) else [a] * lengths[0] for a in args]
        return rows([np.asarray(f(*values))[()] for values in zip(*columns)])

    def run(*args):
        if any(is_list(a) for a in args):
            return of_lists(args)
        arrays = np.broadcast_arrays(*args)
        items = [f(*values) for values in zip(*(a.ravel() for a in arrays))]
        out = np.array(items)
        return out.reshape(arrays[0].shape + out.shape[1:])
    return run


def op_commute(f):
    """f⍨: the arguments swapped, or the only one twice."""
    return lambda *args: f(args[-1], args[0])


def op_compose(f, g):
    """f∘g: f of g of the right argument; a value is bound to its side."""
    if not callable(f):
        return lambda y: g(f, y)
    if not callable(g):
        return lambda y: f(y, g)
    return lambda *args: f(*args[:-1], g(args[-1]))


def op_over(f, g):
    """f⍥g: f of g of every argument."""
    return lambda *args: f(*(g(a) for a in args))


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


def op_outer_product(f):
    """∘.f: f of every item on the left with every item on the right."""
    def run(x, y):
        x, y = np.asarray(x), np.asarray(y)
        if isinstance(f, np.ufunc):
            return f.outer(x, y)
        out = np.array([[f(a, b) for b in y.ravel()] for a in x.ravel()])
        return out.reshape(x.shape + y.shape)
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


def monadic(f):
    """A function that looks at its right argument only."""
    return lambda left, right: f(right)


def op_key(f):
    """f⌸: f of every distinct item and where it is, or the values that belong to it."""
    def run(*args):
        keys = np.atleast_1d(args[0])
        distinct = nub(keys)
        values = np.arange(len(keys)) if len(args) == 1 else np.atleast_1d(args[1])
        same = [(keys == k).reshape(len(keys), -1).all(axis=1) for k in distinct]
        return np.array([f(k, values[s]) for k, s in zip(distinct, same)])
    return run


def op_stencil(f, window):
    """f⌺w: f of the window of lengths w around every element, filled up with zeros; a second row of w is
    by how much the windows move. On the left, f has how much of each axis is filled up."""
    def run(x):
        x = np.asarray(x)
        lengths = np.array(window, ndmin=1)
        lengths, moves = lengths if lengths.ndim == 2 else (lengths, np.ones_like(lengths))
        own = x.shape[:len(lengths)]
        before = [(int(n) - 1) // 2 for n in lengths]
        filled = np.pad(x, [(b, int(n)) for b, n in zip(before, lengths)] + [(0, 0)] * (x.ndim - len(lengths)))
        counts = [-(-(m - (n % 2 == 0)) // s) for m, n, s in zip(own, lengths, moves)]
        cells = []
        for place in np.ndindex(*map(int, counts)):
            start = [p * int(s) for p, s in zip(place, moves)]
            left = [max(b - p, 0) - max(p - b + int(n) - m, 0)
                    for p, b, n, m in zip(start, before, lengths, own)]
            cells.append(f(np.array(left), filled[tuple(slice(p, p + int(n)) for p, n in zip(start, lengths))]))
        out = np.array(cells)
        return out.reshape(tuple(map(int, counts)) + out.shape[1:])
    return run


def along(f, axis):
    """f[axis]: what f does along the first axis, along another."""
    def run(*args):
        x = np.asarray(args[-1])
        left = [np.moveaxis(a, axis, 0) if np.ndim(a) == x.ndim > 1 else a for a in args[:-1]]
        if left and np.ndim(args[0]) > x.ndim:
            left = [np.moveaxis(args[0], axis, 0)]
        elif x.ndim > 1 or not left:
            x = np.moveaxis(x, axis, 0)
        return np.moveaxis(f(*left, x), 0, axis)
    return run


def with_axis(f, axis):
    """f[axis]: the operand of fewer axes lies along an axis of the other."""
    def run(x, y):
        x, y = np.asarray(x), np.asarray(y)
        def fit(small, large):
            axes = np.ravel(axis)
            shape = [1] * large.ndim
            for k, n in zip(axes, small.shape):
                shape[int(k)] = n
            return small.reshape(shape)
        return f(x, fit(y, x)) if x.ndim >= y.ndim else f(fit(x, y), y)
    return run


def at(x, what, where):
    """x with other items in some places: a value, or what a function gives of those that are there."""
    x = np.array(x)
    where = where(x) if callable(where) else where
    new = what(x[where]) if callable(what) else what
    out = x.astype(np.result_type(x, new))
    out[where] = new
    return out


def assign_selected(x, select, value, f=None):
    """(selection of x) = value: the selection of the places says which; with f, x f= value."""
    places = np.asarray(select(np.arange(x.size).reshape(x.shape)))
    x.flat[places.ravel()] = np.broadcast_to(value if f is None else f(x.flat[places.ravel()].reshape(places.shape), value),
                                             places.shape).ravel()


def reduce(f, x):
    return op_reduce(f)(x)


def scan(f, x):
    return op_scan(f)(x)


def each(f, *args):
    return op_each(f)(*args)


def unique_mask(x):
    """Which items are there for the first time."""
    x = np.atleast_1d(x)
    out = np.zeros(len(x), dtype=bool)
    out[np.unique(x, return_index=True, axis=0)[1]] = True
    return out


def materialise(x):
    return np.array(x)[()]


def index_of(x, y):
    """Where each item of y first is in x; len(x) where it is not."""
    x, y = np.atleast_1d(x), np.asarray(y)
    frame = y.shape[:y.ndim - x.ndim + 1]
    width = int(np.prod(x.shape[1:]))
    own, other = x.reshape(len(x), width), y.reshape(int(np.prod(frame)), width)
    hit = (other[:, None] == own).all(-1)
    out = np.where(hit.any(-1), hit.argmax(-1) if len(x) else 0, len(x)).reshape(frame)
    return out if out.ndim else out[()]


def interval_index(x, y):
    """The interval of the ascending x that each item of y is in."""
    return np.searchsorted(x, y, side='right') - 1


def find(x, y):
    """Where x begins within y."""
    x, y = np.atleast_1d(x), np.asarray(y)
    out = np.zeros(y.shape, dtype=bool)
    if x.ndim < y.ndim:
        x = x.reshape((1,) * (y.ndim - x.ndim) + x.shape)
    if all(n <= m for n, m in zip(x.shape, y.shape)):
        windows = np.lib.stride_tricks.sliding_window_view(y, x.shape)
        hits = (windows == x).all(axis=tuple(range(y.ndim, 2 * y.ndim)))
        out[tuple(slice(n) for n in hits.shape)] = hits
    return out


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


def expand(mask, x, axis=0):
    """The items where the mask is true, zeros elsewhere."""
    mask, x = np.asarray(mask).astype(bool), np.atleast_1d(x)
    x = np.moveaxis(x, axis, 0)
    out = np.zeros((len(mask),) + x.shape[1:], dtype=x.dtype)
    out[mask] = x
    return np.moveaxis(out, 0, axis)


def same(x):
    return x


def left(x, y):
    return x


def right(x, y):
    return y


def inverse(x):
    """1 / x."""
    return 1 / x


# of numbers: np.arange(n)
def iota(n):
    """Every index of an array of shape n, in order."""
    n = np.asarray(n)
    if n.ndim == 0 or len(n) == 1:
        return np.arange(int(n if n.ndim == 0 else n[0]))
    return np.moveaxis(np.indices(n.astype(int)), 0, -1)


def shape_of(x):
    return np.array(np.shape(x), dtype=int)


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


def transpose_to(axes, x):
    """Axis k of x goes to place axes[k]; axes that meet are taken along the diagonal."""
    axes, x = np.ravel(axes).astype(int), np.asarray(x)
    letters = ''.join(chr(97 + a) for a in axes)
    return np.einsum(letters + '->' + ''.join(sorted(set(letters))), x)


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


def mix(x):
    return np.array(x)


def split_rows(x):
    return list(np.asarray(x))


def first(x):
    x = np.ravel(x)
    return x[0] if len(x) else x.dtype.type(0)


def enlist(x):
    return np.concatenate([np.ravel(v) for v in x]) if isinstance(x, list) else np.ravel(x)


def tally(x):
    return len(x) if np.ndim(x) or isinstance(x, (list, str)) else 1


def depth(x):
    return 1 if np.ndim(x) else 0


def match(x, y):
    return np.array_equal(x, y)


def not_match(x, y):
    return not np.array_equal(x, y)


def index(i, x):
    return x[tuple(np.ravel(i))]


def grade_up(x):
    return np.lexsort(np.asarray(x).T[::-1]) if np.ndim(x) > 1 else np.argsort(x, kind='stable')


def grade_down(x):
    x = np.asarray(x)
    if x.ndim > 1:
        order = np.lexsort(x[::-1].T[::-1])[::-1]
    else:
        order = np.argsort(x[::-1], kind='stable')[::-1]
    return len(x) - 1 - order


def nub(x):
    """Each item once, in the order of their first appearance."""
    x = np.atleast_1d(x)
    _, at = np.unique(x, return_index=True, axis=0)
    return x[np.sort(at)]


def union(x, y):
    x, y = np.atleast_1d(x), np.atleast_1d(y)
    return np.concatenate([x, y[~np.isin(y, x)]])


def intersection(x, y):
    x = np.atleast_1d(x)
    return x[np.isin(x, y)]


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


def matrix_inverse(y):
    y = np.asarray(y)
    return np.linalg.inv(y) if y.ndim == 2 and y.shape[0] == y.shape[1] else np.linalg.pinv(y)


def matrix_divide(x, y):
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[0] == y.shape[1]:
        return np.linalg.solve(y, x)
    if y.ndim == 1:
        return np.dot(y, x) / np.dot(y, y)
    return np.linalg.lstsq(y, x)[0]


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


def log_base(x, y):
    return np.log(y) / np.log(x)


def pi_times(x):
    return np.pi * x


def whole(*args):
    return all(np.asarray(a).dtype.kind in 'iub' for a in args)


def factorial(x):
    """x!, by the gamma function for what is not whole."""
    from math import factorial as exact, gamma as finite

    def gamma(v):
        return np.inf if v <= 0 and v == int(v) else finite(v)

    if whole(x) and np.all(np.asarray(x) >= 0) and np.all(np.asarray(x) <= 20):
        return np.vectorize(exact, otypes=[int])(x)[()]
    return np.vectorize(lambda v: gamma(v + 1.0))(x)[()]


def binomial(x, y):
    """How many ways there are to choose x of y."""
    from math import comb, gamma
    if whole(x, y) and np.all(np.asarray(x) >= 0) and np.all(np.asarray(y) >= 0):
        return np.vectorize(lambda k, n: comb(int(n), int(k)), otypes=[int])(x, y)[()]

    def one(k, n):
        if k < 0 or n - k < 0 and (n - k) % 1 == 0:
            return 0.0
        return gamma(n + 1.0) / (gamma(k + 1.0) * gamma(n - k + 1.0))
    return np.vectorize(one)(x, y)[()]


def circle(n, x):
    """The circular function of number n."""
    table = {0: lambda x: np.sqrt(1 - x * x), 1: np.sin, 2: np.cos, 3: np.tan, 4: lambda x: np.sqrt(1 + x * x),
             5: np.sinh, 6: np.cosh, 7: np.tanh, -1: np.arcsin, -2: np.arccos, -3: np.arctan,
             -5: np.arcsinh, -6: np.arccosh, -7: np.arctanh}
    return np.vectorize(lambda k, v: table[int(k)](v))(n, x)[()]
