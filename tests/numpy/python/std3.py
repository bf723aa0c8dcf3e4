import numpy as np


def show(x):
    """Print a value as arr shows it at top level."""
    if x is not None:
        print(repr(x) if isinstance(x, str) else x)


def as_function(f):
    """A function, or a value as the function that always gives it."""
    return f if callable(f) else lambda *args: f


def fork(f, g, h):
    """The train (f g h)."""
    f, h = as_function(f), as_function(h)
    return lambda *args: g(f(*args), h(*args))


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


def same(x):
    return x


def right(x, y):
    return y


def tally(x):
    return len(x) if np.ndim(x) or isinstance(x, (list, str)) else 1


def not_match(x, y):
    return not np.array_equal(x, y)


# Standard deviation written three ways: a loop, NumPy's functions, an APL train.
x = np.array([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])

# 1. A loop: say how.

def std_loop(x):
    total = 0.0
    for v in x:
        total += v
    mean = total / len(x)
    squares = 0.0
    for v in x:
        squares += (v - mean) ** 2
    return (squares / len(x)) ** 0.5


# 2. Whole arrays: say what.

def std_array(x):
    return np.sqrt(np.mean((x - np.mean(x)) ** 2))


# 3. Trains: functions put together, without naming what they are applied to.
mean = fork(op_reduce(np.add), np.divide, either(tally, not_match))
deviation = fork(either(same, right), np.subtract, fork(op_reduce(np.add), np.divide, either(tally, not_match)))
std_train = op_compose(op_compose(op_compose(np.sqrt, mean), op_commute(np.multiply)), deviation)

show(std_loop(x))
show(std_array(x))
show(std_train(x))

# And the built-in.
show(np.std(x))

# What each costs, for 100,000 elements:
big = np.random.default_rng(3).normal(10, 2, 100000)
show(np.allclose((std_loop(big), std_array(big), std_train(big)), np.std(big)))
# %timeit -n 1 -r 3 std_loop(big)
# %timeit -n 10 -r 3 std_array(big)
# %timeit -n 10 -r 3 std_train(big)
# %timeit -n 10 -r 3 np.std(big)
