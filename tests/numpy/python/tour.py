import numpy as np


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


def reshape_cyclic(shape, x):
    """The items of x, repeated as often as needed, under a shape."""
    shape = tuple(int(n) for n in np.ravel(shape))
    return np.resize(x, shape) if np.size(x) else np.zeros(shape, np.asarray(x).dtype)


def reverse_last(x):
    return np.flip(x, -1) if np.ndim(x) else x


def tally(x):
    return len(x) if np.ndim(x) or isinstance(x, (list, str)) else 1


def not_match(x, y):
    return not np.array_equal(x, y)


def grade_up(x):
    return np.lexsort(np.asarray(x).T[::-1]) if np.ndim(x) > 1 else np.argsort(x, kind='stable')


# A five-minute walk through arr:  arr examples/tour.arr
print("— Numbers and arrays —")
# A line that is an expression shows its value. Numbers side by side are a vector.
print(2 + 3 * 4)
print(np.array([1, 2, 3, 4]) * 10)
show(np.array([[1, 2, 3], [4, 5, 6]]))

# NumPy's names are there, with or without np. in front.
print(np.arange(10) ** 2)
show(np.linspace(0, 1, 5))

print("\n— No loops —")
# Work on whole arrays: arithmetic goes element by element …
temperatures = np.array([18.5, 21.0, 19.2, 24.8, 23.1])
print(temperatures * 9 / 5 + 32)

# … a number or a row stretches over a table (broadcasting) …
table_ = np.arange(1, 4)[:, None] * np.arange(1, 6)
show(table_)
print(table_ + np.array([100, 200, 300, 400, 500]))

# … and a comparison gives a mask, which selects.
show(temperatures[temperatures > temperatures.mean()])

print("\n— Glyphs —")
# APL's notation sits on top. A glyph function takes everything to its right.
print(np.add.reduce(np.array([1, 2, 3, 4]), axis=-1))
print(np.add.accumulate(np.array([1, 2, 3, 4]), axis=-1))
print(reshape_cyclic(np.array([2, 3]), np.arange(6)))
print(reverse_last(reshape_cyclic(np.array([2, 3]), np.arange(6))))
print(np.multiply.outer(np.arange(5), np.arange(5)))
print(np.add.reduce(np.array([1, 2, 3]) * np.array([4, 5, 6]), axis=-1))
print(np.tensordot(np.array([1, 2, 3]), np.array([4, 5, 6]), 1))

# Functions next to each other are a train: the sum divided by the count.
mean = fork(op_reduce(np.add), np.divide, either(tally, not_match))
show(mean(temperatures))

print("\n— Functions —")

def zscore(x):
    return (x - x.mean()) / x.std()

show(zscore(temperatures).round(2))


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps

show(collatz(27))
show(bracket([collatz(n) for n in range(1, 11)]))

# A pipe reads from left to right.
show(np.sum((lambda x: x ** 2)(np.arange(1, 6))))

# A function in braces has its arguments as ⍵ (right) and ⍺ (left).
show((lambda ω: ω[grade_up(ω)])(np.array([3, 1, 4, 1, 5])))
show((lambda α, ω: α * ω + 1)(3, 10))

print("\n— Memory —")
# A slice is a view: writing to it writes the array it was taken from.
a = np.arange(10)
a[::2] = 0
show(a)
evens = a[::2]
print(evens.base is a)
show(a.reshape(2, 5).T.flags["C_CONTIGUOUS"])

# Small numbers in small types: arrays keep their dtype next to a plain number.
pixels = np.array([10, 100, 250], dtype=np.uint8)
show((pixels // 2 + 100).dtype)
show(f"{np.zeros(10 ** 6).nbytes} bytes as float64, {np.zeros(10 ** 6, dtype=np.int8).nbytes} as int8")

print("\n— Tools —")
A = np.array([[3.0, 1], [1, 2]])
show(np.linalg.solve(A, [9.0, 8.0]))
show(np.absolute(np.fft.rfft(np.sin(2 * np.pi * 3 * np.arange(16) / 16))).round(3))
show(np.convolve([1, 2, 3], [1, 1]))
show(np.unique([3, 1, 3, 2, 1]))
show(np.where(temperatures > 20, 1, 0))
rng = np.random.default_rng(42)
show(rng.integers(1, 7, size=10))
show(rng.normal(size=3))

print("\n— Text —")
for (name, value) in zip(["mean", "median"], (temperatures.mean(), np.median(temperatures))):
    print(f"{name:>8} {value:6.2f}")

print("\n— Time —")
# What does the loop cost? The same sum, written twice.
v = np.arange(10000)

def loop_sum(v):
    total = 0
    for x in v:
        total += x
    return total

print(loop_sum(v) == np.sum(v))
# %timeit -r 3 loop_sum(v)
# %timeit -r 3 np.sum(v)
