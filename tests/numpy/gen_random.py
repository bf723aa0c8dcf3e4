"""Writes tests/data/random.txt: streams of NumPy's generators that arr must reproduce bit for bit.

Run with NumPy 2.4: python tests/numpy/gen_random.py
A line holds: operation, seed words (joined by '+', 'k' before spawn keys), count, digest, first
values. Values are the hexadecimal bits of the elements; the digest is FNV-1a over them as words.
"""
import numpy as np
from pathlib import Path

assert np.__version__.startswith("2.4"), np.__version__
lines = []


def digest(words):
    h = 0xCBF29CE484222325
    for w in words:
        h = ((h ^ w) * 0x100000001B3) % 2**64
    return h


def bits(a):
    a = np.ascontiguousarray(a).ravel()
    return [int(w) for w in a.view(f"u{a.dtype.itemsize}")]


def put(op, seed, a):
    w = bits(a)
    first = " ".join(f"{x:x}" for x in w[:4])
    lines.append(f"{op} {seed} {len(w)} {digest(w):016x} {first}")


R = np.random.default_rng
for seed in (0, 1, 42, 2**32, 2**63, 2**64 - 1, 123456789012345678901234567890):
    put("f64", seed, R(seed).random(9))
put("f64", "1+2+3", R([1, 2, 3]).random(9))
put("f64", "1+2+3+4+5+6", R([1, 2, 3, 4, 5, 6]).random(9))
put("f64", "7k0", R(7).spawn(1)[0].random(9))
put("f64", "7k1k2", R(7).spawn(2)[1].spawn(3)[2].random(9))
put("f64", 5, R(5).random(200_000))
put("f32", 5, R(5).random(20_001, dtype=np.float32))
put("normal64", 6, R(6).standard_normal(200_000))
put("normal32", 6, R(6).standard_normal(200_000, dtype=np.float32))
put("exp64", 7, R(7).standard_exponential(200_000))
put("exp32", 7, R(7).standard_exponential(200_000, dtype=np.float32))
g = R(8)
put("mixed", 8, np.concatenate([g.random(3), g.random(3, dtype=np.float32), g.standard_normal(300),
                                g.random(2, dtype=np.float32), g.random(2)]))
for dt in ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"):
    info = (0, 1) if dt == "bool" else (np.iinfo(dt).min, np.iinfo(dt).max)
    ranges = {(0, 1), (info[0], info[1])}
    if dt != "bool":
        ranges |= {(3, 99), (info[0] + 1, info[1])}
    if dt in ("int64", "uint64"):
        ranges |= {(0, 2**32 - 1), (0, 2**32), (5, 2**40 + 3)}
    for lo, hi in sorted(ranges):
        put(f"integers:{dt}:{lo}:{hi}", 9, R(9).integers(lo, hi, 1000, dtype=dt, endpoint=True))
        np.random.seed(9)
        put(f"randint:{dt}:{lo}:{hi}", 9, np.random.randint(lo, hi + 1, 1000, dtype=dt))
LAWS = {
    "StandardGamma": ("standard_gamma", [(0.3,), (1.0,), (2.5,), (0.0,)]), "Gamma": ("gamma", [(2.0, 3.0), (0.7, 0.5)]),
    "Beta": ("beta", [(2.0, 3.0), (0.5, 0.5), (0.2, 4.0), (1e-3, 1e-3), (1e-200, 2e-200)]),
    "Chisquare": ("chisquare", [(3.0,), (1.0,)]),
    "NoncentralChisquare": ("noncentral_chisquare", [(3.0, 2.0), (0.5, 30.0), (2.0, 0.0)]),
    "F": ("f", [(3.0, 7.0)]), "NoncentralF": ("noncentral_f", [(3.0, 7.0, 1.5)]),
    "StandardT": ("standard_t", [(5.0,), (1.0,)]), "StandardCauchy": ("standard_cauchy", [()]),
    "Laplace": ("laplace", [(0.5, 2.0)]), "Gumbel": ("gumbel", [(0.5, 2.0)]), "Logistic": ("logistic", [(0.5, 2.0)]),
    "Lognormal": ("lognormal", [(0.5, 0.25)]), "Rayleigh": ("rayleigh", [(2.0,)]), "Weibull": ("weibull", [(1.5,), (0.0,)]),
    "Pareto": ("pareto", [(3.0,)]), "Power": ("power", [(0.7,), (3.0,)]), "Wald": ("wald", [(1.0, 2.0), (3.0, 0.1)]),
    "Vonmises": ("vonmises", [(0.5, 4.0), (1.0, 1e-6), (1.0, 1e-9), (3.0, 1e7), (2.0, 0.5)]),
    "Triangular": ("triangular", [(-1.0, 0.5, 2.0)]),
    "Poisson": ("poisson", [(0.0,), (3.0,), (9.5,), (10.0,), (1234.5,), (1e9,)]),
    "NegativeBinomial": ("negative_binomial", [(5.0, 0.4), (0.5, 0.01)]),
    "Binomial": ("binomial", [(10, 0.3), (10, 0.9), (0, 0.5), (1000, 0.3), (1000, 0.7), (100_000, 0.5), (10**9, 0.001)]),
    "Geometric": ("geometric", [(0.5,), (0.1,), (1.0,), (1e-15,)]), "Logseries": ("logseries", [(0.6,), (0.99,)]),
    "Zipf": ("zipf", [(2.0,), (1.01,), (1e9,)]),
    "Hypergeometric": ("hypergeometric", [(30, 50, 20), (5, 3, 4), (5, 3, 7), (100, 5, 3), (500, 800, 1200), (0, 9, 4),
                                          (10**6, 2 * 10**6, 10**5), (999_999_999, 999_999_999, 10**9)]),
}
for name, (method, all_p) in LAWS.items():
    for p in all_p:
        n = 200_000 if p == all_p[0] else 2000
        put(":".join(["law", name, *map(str, p)]), 12, getattr(R(12), method)(*p, size=n))
for a in (0.3, 1.0, 2.5):
    put(f"gamma32:{a}", 13, R(13).standard_gamma(a, 2000, dtype=np.float32))
for r in (99, 2**31 + 5, 3 * 2**30):
    put(f"narrow:{r}", 14, R(14).integers(5, 5 + r, 200_000, endpoint=True))
for r in (2**40, 2**62 + 2**61):
    put(f"broad:{r}", 14, R(14).integers(5, 5 + r, 200_000, endpoint=True))
for sizes, k in (((16, 8, 4), 6), ((3, 200, 40, 0, 9), 230), ((5,), 3), ((1000, 2000), 0)):
    text = "+".join(map(str, sizes))
    put(f"colours:{k}:{text}", 15, R(15).multivariate_hypergeometric(sizes, k, 1000))
    put(f"counted:{k}:{text}", 15, R(15).multivariate_hypergeometric(sizes, k, 1000, method="count"))
put("permutation", 10, R(10).permutation(10_000))
for n, k in ((5, 3), (100, 40), (20_000, 100), (20_000, 5_000), (20_000, 20_000), (1, 1), (7, 0)):
    put(f"sample:{n}:{k}", 11, R(11).choice(n, k, replace=False))
    put(f"ordered:{n}:{k}", 11, R(11).choice(n, k, replace=False, shuffle=False))
S = np.random.RandomState
for seed in (0, 42, 2**32 - 1):
    put("mt64", seed, S(seed).random_sample(2000))
put("mt64", "1+2+3", S([1, 2, 3]).random_sample(9))
put("mtgauss", 3, S(3).standard_normal(2001))
NOT_LEGACY = {("Zipf", (1e9,)), ("Geometric", (1e-15,))}  # out of their range, or without end
for name, (method, all_p) in LAWS.items():
    for p in all_p:
        if (name, p) not in NOT_LEGACY:
            put(":".join(["mtlaw", name, *map(str, p)]), 12, getattr(S(12), method)(*p, size=2000))
put("mtpermutation", 4, S(4).permutation(1000))
Path(__file__).parents[1].joinpath("data/random.txt").write_text("\n".join(lines) + "\n")
