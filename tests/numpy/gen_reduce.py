"""Writes reduce.cases: what NumPy gives for reductions, scans, sorting, sets and statistics.

Run with NumPy 2.4.6: python tests/numpy/gen_reduce.py

One case a line, fields separated by tabs: function, arguments, result. Values:
  A:dtype:2x3:hex     an array in C order (shape `-` for 0-d)
  G:dtype:2x3:seed    an array from the generator below
  H:dtype:2x3:hash    a large result: FNV-1a of its bytes, every NaN as the positive quiet one
  @layout after an array: f (Fortran order), t (transposed view), s (every other element of a larger
                      array), r (last axis reversed)
  i5 f<hex> bTrue n s'text' d'int8' (a, b) [a, b]
A result is a value or E for an error. `~4` after it allows 4 units in the last place.
"""
import sys
import warnings
import numpy as np

assert np.__version__ == "2.4.6", np.__version__
warnings.simplefilter("ignore")
MASK = (1 << 64) - 1


def generate(dtype, shape, seed):
    """Numbers that both sides make alike: integers of all sizes, floats in [-100, 100)."""
    n = int(np.prod(shape, dtype=np.int64))
    d = np.dtype(dtype)
    x, out = seed, []
    count = n * 2 if d.kind == "c" else n
    for _ in range(count):
        x = (x * 6364136223846793005 + 1442695040888963407) & MASK
        out.append(x >> 11)
    bits = np.array(out, dtype=np.uint64)
    if d.kind in "fc":
        real = (bits.astype(np.float64) / 2.0**53) * 200.0 - 100.0
        if d.kind == "f":
            return real.astype(d).reshape(shape)
        return (real[::2] + 1j * real[1::2]).astype(d).reshape(shape)
    if d.kind == "b":
        return (bits % 3 == 0).reshape(shape)
    return bits.astype(d).reshape(shape)


class G:
    """An array by its recipe."""

    def __init__(self, dtype, shape, seed=1, layout=""):
        self.dtype, self.seed, self.layout = dtype, seed, layout
        self.shape = (shape,) if isinstance(shape, int) else tuple(shape)

    def base(self):
        return generate(self.dtype, self.shape, self.seed)

    def array(self):
        return lay(self.base(), self.layout)

    def text(self):
        at = f"@{self.layout}" if self.layout else ""
        return f"G:{self.dtype}:{dims(self.shape)}:{self.seed}{at}"


class L:
    """An array by its values, in a layout."""

    def __init__(self, values, dtype=None, layout=""):
        self.values, self.layout = np.array(values, dtype=dtype), layout

    def array(self):
        return lay(self.values, self.layout)

    def text(self):
        return show(self.values) + (f"@{self.layout}" if self.layout else "")


def lay(a, layout):
    if layout == "f":
        return np.asfortranarray(a)
    if layout == "t":
        return a.T
    if layout == "r":
        return a[..., ::-1]
    if layout == "s":
        big = np.zeros(a.shape[:-1] + (2 * a.shape[-1],), a.dtype)
        big[..., ::2] = a
        return big[..., ::2]
    return a


def dims(shape):
    return "x".join(map(str, shape)) or "-"


def show(v):
    if isinstance(v, (G, L)):
        return v.text()
    if v is None:
        return "n"
    if isinstance(v, (np.ndarray, np.generic)):
        a = np.asarray(v)
        if a.size > 256:
            return f"H:{a.dtype.name}:{dims(a.shape)}:{fnv(a)}"
        return f"A:{a.dtype.name}:{dims(a.shape)}:{np.ascontiguousarray(a).tobytes().hex()}"
    if isinstance(v, bool):
        return f"b{v}"
    if isinstance(v, int):
        return f"i{v}"
    if isinstance(v, float):
        return "f" + np.float64(v).tobytes().hex()
    if isinstance(v, str):
        return f"s'{v}'"
    if isinstance(v, type) or isinstance(v, np.dtype):
        return f"d'{np.dtype(v).name}'"
    if isinstance(v, tuple):
        return "(" + ", ".join(map(show, v)) + ")"
    if isinstance(v, list):
        return "[" + ", ".join(map(show, v)) + "]"
    raise TypeError(type(v))


def value(v):
    if isinstance(v, (tuple, list)):
        return type(v)(map(value, v))
    return v.array() if isinstance(v, (G, L)) else v


def fnv(a):
    a = np.ascontiguousarray(a).copy()
    if a.dtype.kind in "fc":
        parts = a.ravel().view(a.real.dtype)
        parts[np.isnan(parts)] = np.abs(np.array(np.nan, parts.dtype))
    h = 0xCBF29CE484222325
    for byte in a.tobytes():
        h = ((h ^ byte) * 0x100000001B3) & MASK
    return h


CASES = []


def case(name, *args, ulp=0, **kw):
    text = [show(a) for a in args] + [f"{k}={show(v)}" for k, v in kw.items()]
    try:
        f = getattr(np, name)
        result = f(*map(value, args), **{k: value(v) for k, v in kw.items()})
        if isinstance(result, tuple):
            result = tuple(result)
        shown = show(result)
        # A NaN is a NaN: some have their sign set by the machine.
    except TypeError as e:
        if "show" in str(e):
            raise
        shown = "E"
    except Exception:
        shown = "E"
    CASES.append("\t".join([name, ", ".join(text), shown + (f"~{ulp}" if ulp else "")]))


ALL = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64 complex64 complex128".split()
REAL = ALL[:11]
FLOATS = ["float32", "float64", "complex64", "complex128"]
nan, inf = np.nan, np.inf

# The pairwise tree: lengths around its borders, every layout.
for d in FLOATS:
    for n in (1, 3, 7, 8, 9, 15, 64, 65, 100, 127, 128, 129, 136, 200, 255, 256, 257, 1000, 1025, 4096, 8191, 8193, 20000):
        case("sum", G(d, n, n))
    for n in (7, 8, 100, 129, 1000, 9000):
        case("sum", G(d, n, n, "s"))
        case("sum", G(d, n, n, "r"))
        case("mean", G(d, n, n))
for d in FLOATS:
    for layout in ("", "f", "t", "s", "r"):
        for axis in (None, 0, 1, -1, (0, 2), (1, 2), (0, 1), ()):
            case("sum", G(d, (3, 5, 37), 9, layout), axis=axis)
    for shape in ((1000, 3), (3, 1000), (1, 9), (9, 1), (300, 40), (2, 9000)):
        for axis in (0, 1):
            case("sum", G(d, shape, 11), axis=axis)
            case("sum", G(d, shape, 11, "t"), axis=axis, keepdims=True)
    for shape in ((7, 99), (500, 99), (30, 1000), (30, 5001), (3, 9000), (4, 5, 70), (40, 5, 700)):
        case("sum", G(d, shape, 13, "s"))
for n in (100, 8192, 8193, 20000):
    case("sum", G("float32", n, 3), dtype=np.float64)
    case("mean", G("float32", n, 3), dtype=np.float64)
    case("mean", G("int32", n, 3))
    case("mean", G("int8", n, 3))
    case("mean", G("bool", n, 3))

def ulp_free(name, d):
    """NumPy's complex product fuses multiplication and addition, but only along contiguous rows."""
    return name != "prod" or d[0] != "c"


for d in ALL:
    for name in ("sum", "prod", "max", "min", "any", "all", "mean", "argmax", "argmin", "count_nonzero"):
        ulp = 0 if ulp_free(name, d) else 4
        case(name, G(d, (2, 3, 4), 5))
        case(name, G(d, (4, 3, 5), 6, "t"), axis=1, ulp=ulp)
        case(name, G(d, (2, 3, 4), 7), axis=-1, keepdims=True)
        case(name, G(d, (0, 3), 7), axis=0)
        case(name, G(d, (0, 3), 7), axis=1)
        case(name, G(d, (), 7))
    # Longer than a leaf, a tile and a batch, in one run and gathered. Products of floats are in order.
    for name in ("sum", "prod", "max", "min", "any", "all", "mean", "argmax", "argmin", "cumsum"):
        case(name, G(d, 70001, 6))
        case(name, G(d, (150, 500), 6, "s"))
        case(name, G(d, (9000, 3), 6, "t"), axis=1)
        if ulp_free(name, d):
            case(name, G(d, (3, 9000), 6, "s"), axis=0)
    case("var", G(d, 50, 5), ulp=2)
    case("var", G(d, (4, 30), 5, "f"), axis=0, ulp=2)
    case("std", G(d, (4, 30), 5), axis=1, ddof=1, keepdims=True, ulp=2)
    case("cumsum", G(d, 40, 5))
    case("cumsum", G(d, (3, 4), 5))
    case("cumprod", G(d, (3, 4), 5), axis=1)
    case("cumsum", G(d, (3, 4, 2), 5, "t"), axis=1)
    case("ptp", G(d, (3, 4), 5), axis=0)
    for n in (5, 40, 3000):
        case("sort", G(d, n, n))
        case("argsort", G(d, n, n), kind="stable")
    case("sort", G(d, (5, 7), 1, "t"), axis=0)
    case("sort", G(d, (5, 7), 1, "r"))
    case("argsort", G(d, (5, 7), 1, "f"), axis=0, kind="stable")
    case("sort", G(d, (3, 4), 1), axis=None)
    case("sort", G(d, (0, 4), 1), axis=0)
    case("unique", G(d, 30, 1))
    case("unique", G(d, (6, 5), 4), return_index=True, return_inverse=True, return_counts=True)
    case("searchsorted", G("int16", 0, 1), G(d, 5, 2))
    case("median", G(d, 11, 5), ulp=1)
    case("median", G(d, (4, 6), 5), axis=1, ulp=1)
    case("diff", G(d, (3, 6), 5))
    case("diff", G(d, (5, 6), 5), axis=0, n=2)
    case("isin", G(d, 20, 1), G(d, 20, 1, "r"))
    case("lexsort", (G(d, 9, 1), G("bool", 9, 2)))

for d in REAL:
    case("searchsorted", L(np.sort(generate(d, (50,), 3))), G(d, 20, 4))
    case("searchsorted", L(np.sort(generate(d, (50,), 3))), G(d, 20, 3), side="right")
    case("sum", G(d, (3, 4), 5), dtype=np.int8 if d[0] in "bui" else np.float64)
    case("prod", G(d, (3, 4), 5), axis=0, dtype=np.float64)
    case("partition", L(np.sort(generate(d, (1,), 3))), 0)
    if d != "bool":
        case("percentile", G(d, 37, 5), 30.0, ulp=1)
        case("quantile", G(d, (4, 9), 5), (0.1, 0.5, 0.9), axis=1, ulp=1)
for d in ("int8", "uint8", "int16", "uint16", "int32", "int64", "bool"):
    case("unique", L(generate(d, (200,), 3) % 7 if d != "bool" else generate(d, (200,), 3)), return_counts=True)
    case("unique", L((generate(d, (250,), 3) % 90) if d != "bool" else generate(d, (250,), 3)),
         return_index=True, return_inverse=True)

# NaN, infinities, signed zeros.
odd = [1.0, nan, -inf, inf, -0.0, 0.0, nan, 2.5, -3.0]
for d in ("float32", "float64"):
    a = L(odd, d)
    for name in ("sum", "prod", "max", "min", "any", "all", "mean", "argmax", "argmin", "var", "median", "ptp",
                 "cumsum", "count_nonzero",
                 "nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "nanstd", "nanmedian", "nanargmax",
                 "nanargmin", "nancumsum", "nancumprod"):
        case(name, a)
        case(name, L(np.reshape(odd, (3, 3)), d), axis=0)
        case(name, L(np.reshape(odd, (3, 3)), d, "t"), axis=1)
        case(name, L([nan, nan], d))
    case("sort", L([2.0, nan, 1.0, inf, -inf, nan, 0.5] * 20, d))
    case("argsort", L([2.0, nan, 1.0, inf, -inf, nan, 0.5, -0.0, 0.0] * 20, d), kind="stable")
    u = L([1.0, nan, -inf, inf, 0.0, nan, 2.5, -3.0, 1.0], d)  # either zero may stand for both
    case("unique", u)
    case("unique", u, equal_nan=False)
    case("unique", u, return_counts=True, return_index=True, return_inverse=True)
    case("searchsorted", L([1.0, 2.0, nan], d), L([nan, 0.0, 2.0, 5.0], d))
    case("nanpercentile", a, (10.0, 50.0))
    case("nanquantile", L(np.reshape(odd, (3, 3)), d), 0.25, axis=1)
    case("percentile", a, 50.0)
for d in ("complex64", "complex128"):
    z = [1 + 2j, complex(nan, 1), 1 + 1j, complex(0, nan), 3 - 1j, complex(nan, nan), -1 + 0j]
    case("max", L(z, d))
    case("min", L(z[:1] + z[2:3] + z[4:5], d))
    case("argmax", L(z, d))
    case("sort", L(z * 5, d))
    case("argsort", L(z * 5, d), kind="stable")
    case("unique", L(z[:1] * 3 + z[2:3], d), return_counts=True)
    case("nansum", L(z, d))
case("sum", L([-0.0, -0.0]))
case("prod", L([]))
case("max", L([]))
case("argmax", L([]))
case("mean", L([]))
case("median", L([]))
case("sum", G("float64", (2, 3)), axis=5)
case("sum", G("float64", (2, 3)), axis=(0, 0))
case("sum", 5, axis=0)
case("sum", 5, axis=1)
case("max", G("int64", 4, 2), initial=5, where=L([True, False, False, True]))
case("max", G("int64", 4, 2), where=L([True, False, False, True]))
case("min", G("float64", (3, 4), 2), axis=0, initial=0.0)
for name in ("sum", "prod", "any", "all", "mean", "var"):
    case(name, G("float64", (3, 4), 2), axis=0, where=L(generate("bool", (3, 4), 8)), ulp=2)
    case(name, G("int16", (3, 4), 2), where=L([True, False, True, True]), ulp=2)
case("sum", G("int8", 20, 2), initial=100)
case("var", G("float64", 9, 2), correction=1, ulp=2)
case("var", G("float64", 1, 2), ddof=1)
case("var", G("float64", (3, 4), 2), axis=1, mean=L(np.mean(generate("float64", (3, 4), 2), axis=1, keepdims=True)), ulp=2)
for axis in (None, 0, 1, (0, 1), (0, 2), -1):
    for name in ("max", "min", "any", "all", "mean", "var", "std", "ptp", "median", "count_nonzero"):
        case(name, G("float64", (4, 3, 6), 21), axis=axis, ulp=2)
    for name in ("argmax", "argmin"):
        if not isinstance(axis, tuple):
            case(name, G("int8", (4, 3, 6), 21), axis=axis)
            case(name, G("float64", (4, 3, 6), 21, "t"), axis=axis, keepdims=True)

METHODS = """inverted_cdf averaged_inverted_cdf closest_observation interpolated_inverted_cdf hazen weibull linear
median_unbiased normal_unbiased lower higher midpoint nearest""".split()
for m in METHODS:
    case("quantile", G("float64", 10, 3), (0.0, 0.05, 0.25, 0.33, 0.5, 0.77, 1.0), method=m, ulp=2)
    case("percentile", G("int64", (4, 7), 3), L([[10.0, 50.0], [75.0, 90.0]]), axis=0, method=m, ulp=2)
case("quantile", G("float64", 10, 3), 0.3, keepdims=True, ulp=1)
case("quantile", G("float64", (4, 5), 3), 0.3, axis=(0, 1), ulp=1)
case("quantile", G("float32", 10, 3), 0.3, ulp=1)
case("quantile", G("float64", 10, 3), 1.5)
case("percentile", G("float64", 10, 3), 150)

case("average", G("float64", 8, 3))
case("average", G("float64", 8, 3), weights=G("int8", 8, 5), ulp=2)
case("average", G("float64", (3, 4), 3), axis=1, weights=L([1, 2, 3, 4]), ulp=2)
case("average", G("float64", (3, 4), 3), weights=L(np.arange(12.0).reshape(3, 4) + 1), returned=True, ulp=2)
case("average", L([1, 2]), weights=L([1, -1]))
case("average", L([1, 2]), weights=L([1, 1, 1]))

for name in ("union1d", "intersect1d", "setdiff1d", "setxor1d"):
    case(name, L([3, 1, 2, 3, 5]), L([5, 5, 7, 1]))
    case(name, G("int8", 30, 1), G("int8", 40, 2))
    case(name, L([1.5, nan, 2.0]), L([2.0, nan]))
    case(name, L([1, 2]), L([1.5, 2.0]))
    case(name, L([[1, 2], [3, 4]]), L([4, 1, 9]))
case("intersect1d", L([3, 1, 2, 3, 5]), L([5, 5, 7, 1]), return_indices=True)
case("isin", L([[1, 2], [3, 4]]), L([2, 9, 4]))
case("isin", L([[1, 2], [3, 4]]), L([2, 9, 4]), invert=True)
case("isin", L([1, 2]), L([1.5, 2.0]))
case("isin", L([nan, 1.0]), L([nan]))
case("unique", L([[1, 0], [2, 3], [1, 0]]), axis=0)
case("unique", L([[1, 0, 1], [2, 3, 2]]), axis=1, return_index=True, return_inverse=True, return_counts=True)
case("unique_values", L([3, 1, 3]))
case("unique_counts", L([3, 1, 3]))
case("unique_inverse", L([[3, 1], [3, 2]]))
case("unique_all", L([3, 1, 3]))
case("bincount", L([0, 1, 1, 3, 2, 1, 7]))
case("bincount", L([0, 1, 1]), minlength=5)
case("bincount", L([0, 1, 1]), L([0.5, 1.0, 2.0]))
case("bincount", L([], np.int64))
case("bincount", L([-1]))
case("bincount", L([1.5]))
case("bincount", L([[1]]))
case("digitize", L([0.2, 6.4, 3.0, 1.6]), L([0.0, 1.0, 2.5, 4.0, 10.0]))
case("digitize", L([1.2, 10.0, 12.4, 15.5, 20.0]), L([0, 5, 10, 15, 20]), right=True)
case("digitize", L([0.2, 6.4, 3.0]), L([10.0, 4.0, 2.5, 1.0, 0.0]))
case("digitize", L([1]), L([1, 3, 2]))
case("histogram", L([1, 2, 1]), 3)
case("histogram", G("float64", 100, 3))
case("histogram", G("float64", 100, 3), bins=L([-100.0, 0.0, 10.0, 100.0]))
case("histogram", G("int16", 50, 3), 4, range=(0.0, 1000.0))
case("searchsorted", L([30, 10, 20]), L([15, 25]), sorter=L([1, 2, 0]))
case("searchsorted", L([1, 2, 3]), 2)
case("searchsorted", L([1, 2, 3]), 2.5)
case("searchsorted", L([1, 2, 3]), L([[0, 9], [2, 3]]), side="right")
case("partition", L([3, 1, 2]), 5)
case("sort_complex", L([3, 1, 2]))
case("sort", 5)
case("sort", L([3, 1]), kind="foo")
case("cumulative_sum", L([1, 2, 3]), include_initial=True)
case("cumulative_sum", G("int8", (2, 3)))
case("cumulative_sum", G("int8", (2, 3)), axis=1, include_initial=True)
case("cumulative_prod", G("float64", (2, 3)), axis=0)
case("cumsum", L([1, 2]), axis=5)
case("cumsum", G("int16", 30, 4), dtype=np.int16)
case("cumsum", 5)
case("ediff1d", L([1, 2, 4, 7, 0]))
case("ediff1d", L([1, 2, 4]), to_begin=-99, to_end=L([88, 99]))
case("diff", L([1, 2, 4]), n=0)
case("diff", L([1, 2, 4]), n=-1)
case("diff", L([1, 2, 4]), prepend=0, append=L([7, 9]))
case("diff", L([[True, False], [True, True]]), axis=0)
case("diff", 5)
case("trapezoid", L([1, 2, 3]))
case("trapezoid", L([1.0, 2.0, 3.0]), x=L([4.0, 6.0, 8.0]))
case("trapezoid", G("float64", (2, 5)), dx=0.5, axis=1)
case("cov", G("float64", (3, 10), 2), ulp=8)
case("corrcoef", G("float64", (3, 10), 2), ulp=8)

if __name__ == "__main__":
    path = sys.argv[1] if len(sys.argv) > 1 else __file__.rsplit("/", 1)[0] + "/reduce.cases"
    with open(path, "w") as f:
        f.write("# NumPy 2.4.6, by gen_reduce.py\n")
        f.writelines(c + "\n" for c in CASES)
    print(len(CASES), "cases")
