//! User functions under each, outer product, rank, key and stencil: applied to all pieces at once they
//! give what they give piece by piece: the same bits, dtypes, errors and kinds of warnings.

mod common;

use arr::prim::apl::operators::set_lifting;
use common::{Probe, on_big_stack};
use std::collections::BTreeSet;

const SETUP: &str = "\
rng = np.random.default_rng(11)
x = rng.random(40) * 4 - 2
odd = x.copy(); odd[3] = nan; odd[5] = inf; odd[7] = 0.0; odd[9] = -inf; odd[11] = -0.0
i = (x * 10).astype(int)
big = i.copy(); big[4] = 2 ** 62; big[8] = np.iinfo(int).min
small = i.astype(np.int8)
u = np.abs(i).astype(np.uint64)
f4 = x.astype(np.float32)
z = x + 1j
b = x > 0
m = x.reshape(20, 2)
keys = np.arange(40) // 2
half = 0.5
count = 3
lim = np.array([-1.0, 0.25, 1.0])
table = np.array([2, 3, 5, 7, 11])
fn named(v) {
    w = v * 2
    np.where(w > 1, w - 1, w)
}
fn clamp(v, lo=-1, hi=0.5) = np.minimum(np.maximum(v, lo), hi)
lam = v => v * 2 + 1
fn inner(v) = named(v) + half
fn steps(v) {
    if v < -1 { v * 4 } else if v < 1 { 1 - v } else { v / 2 }
}
fn early(v) {
    if v < 0 { return v }
    w = v + 1
    if w > 2 {
        if v > 1.5 { return 7 }
        w = w * 2
    }
    w - v
}
fn told(v) {
    w = v
    if v > 0.5 { w = v - 0.5 }
    w += 1
    w *= 2
    w
}
fn both(p, q=2, r=3) = np.where(p > q, p, r)
f64 = np.float64
twice = 2∘×
fn looped(v) {
    n = 0
    while v > 0.5 {
        v = v - 0.5
        n = n + 1
        if n == 3 { v = -1.0 }
    }
    n * 2
}
fn shout(v) {
    print(\"!\")
    v
}";

/// Functions of one argument.
const ONE: &[&str] = &[
    "{np.where(⍵ > 0.5, ⍵ - 0.5, ⍵ × 2)}",
    "{np.where(⍵ > 0.5, 1, 0)}",
    "{np.where(⍵ > 0.5, int(⍵ > 0), 2.5)}",
    "{np.clip(⍵, -0.5, half)}",
    "{np.clip(⍵, a_min=None, a_max=half)}",
    "{⍵.clip(0, 1)}",
    "{np.exp(⍵)}",
    "{np.exp(⍵, dtype=np.float64)}",
    "{np.abs(⍵ - 0.5)}",
    "{abs(⍵)}",
    "{np.logical_and(⍵ > 0.2, ⍵ < 1)}",
    "{-1 < ⍵ < 1}",
    "{⍵.astype(int)}",
    "{⍵.astype(np.float32)}",
    "{np.float32(⍵)}",
    "{np.int8(⍵)}",
    "{f64(⍵)}",
    "{int(⍵ * 10)}",
    "{int(⍵ * 10) + np.int8(1)}",
    "{int(⍵) ** 3}",
    "{float(⍵)}",
    "{float(⍵) × np.float32(2)}",
    "{np.exp(float(⍵)) × np.float32(2)}",
    "{float(⍵).real × np.float32(2)}",
    "{bool(⍵ > 0.5)}",
    "{bool(⍵)}",
    "{complex(⍵)}",
    "{complex(⍵, 2)}",
    "{np.round(⍵, 1)}",
    "{round(⍵, decimals=1)}",
    "{⍵.round(1)}",
    "{np.maximum(⍵, half)}",
    "{max(⍵, 0.5)}",
    "{min(⍵, half, 0.25)}",
    "{max(⍵, 1) + 1}",
    "{np.sqrt(⍵) + np.sin(⍵)}",
    "{1 ÷ ⍵}",
    "{⍵ // 0}",
    "{⍵ × ⍵ × ⍵}",
    "{⍵ ** 2}",
    "{⍵.real ** -1}",
    "{t = ⍵ × 2 ⋄ t + t × t}",
    "{⍵ > 0.5: 1 ⋄ 0}",
    "{⍵ > 0.5: ⍵ - 0.5 ⋄ ⍵ × 2}",
    "{⍵ > 0.7: ⍵ ⋄ ⍵ > 0.3: 2 ⋄ -⍵}",
    "{⍵ > half: named(⍵) ⋄ ⍵}",
    "{⍵ > 0: np.sqrt(⍵) ⋄ 1 ÷ ⍵}",
    "{⍵ > 0: np.sqrt(⍵) ⋄ table[9]}",
    "{⍵ < 1: ⍵ ⋄ ∇ ⍵ - 1}",
    "named",
    "clamp",
    "lam",
    "inner",
    "steps",
    "early",
    "told",
    "twice",
    "{clamp(⍵, hi=1)}",
    "{clamp(⍵, lo=-0.5, hi=half)}",
    "{both(⍵, r=⍵ + 1)}",
    "{both(q=0, p=⍵)}",
    "{⍵.clamp(-1)}",
    "{g = {⍵ + 1} ⋄ g(⍵)}",
    "{g = {⍵ + 1} ⋄ h = {⍵ × 2} ⋄ h(g(⍵))}",
    "{a = ⍵ ⋄ g = {⍵ + a} ⋄ g(2)}",
    "{h = (v, k=3) => v × k + ⍵ ⋄ h(2) + h(1, k=⍵)}",
    "{t = 1 ⋄ g = {⍵ + t} ⋄ t = 2 ⋄ g(⍵)}",
    "{{⍵ + 1} ⍵ × 2}",
    "{⍵ |> named}",
    "{~bool(⍵)}",
    "{not ⍵ > 0.5}",
    "{⍵ > 0.2 and ⍵ < 1}",
    "{⍵ and 1 ÷ ⍵}",
    "{⍵ < 0 or ⍵}",
    "{⍵ if ⍵ > 0 else 0}",
    "{⍵ if ⍵ > 0 and ⍵ < 1 else -1.5}",
    "{np.isnan(⍵)}",
    "{np.nan_to_num(⍵, posinf=9)}",
    "{np.isclose(⍵, 0.5, atol=1)}",
    "{np.real(⍵)}",
    "{⍵.imag}",
    "{⍵.real + 1}",
    "{np.angle(⍵)}",
    "{np.interp(⍵, lim, lim × 2)}",
    "{np.searchsorted(lim, ⍵)}",
    "{np.searchsorted(lim, ⍵, side='right')}",
    "{np.digitize(⍵, lim)}",
    "{lim ⍸ ⍵}",
    "{np.isin(⍵, lim)}",
    "{⍵ ∊ lim}",
    "{⍵ in lim}",
    "{⍵ not in lim}",
    "{⍵ in [0.25, 1, -1, 0]}",
    "{(⍵ in lim) + (⍵ in table)}",
    "{⍵ in 3}",
    "{⍵ in table: 1 ⋄ ⍵ < 1 < 2: -⍵ ⋄ 0}",
    "{np.polyval([1, 2, 3], ⍵)}",
    "{table[int(⍵)]}",
    "{table[int(⍵) % 5] + ⍵}",
    "{m[int(⍵ > 0)]}",
    "{m[int(⍵ > 0), 1]}",
    "{m[1, int(⍵ > 0)]}",
    "{table[⍵ > 0]}",
    "{table[count] + ⍵}",
    "{table[-1] × ⍵}",
    "{lim × ⍵}",
    "{np.sum(lim × ⍵)}",
    "{(lim × ⍵).max()}",
    "{[⍵, ⍵ × 2]}",
    "{[1, 2, 3] × ⍵}",
    "{np.pi × ⍵}",
    "{np.linalg.norm(⍵)}",
    "{r = 0 ⋄ r += ⍵ ⋄ r *= 2 ⋄ r}",
    "{w = ⍵ + 0 ⋄ w -= half ⋄ w}",
    "{np.add(1, 2) + ⍵}",
    "{np.multiply(⍵, 2f32)}",
    "{1}",
    "{⍵}",
    "{lim}",
    "{\"text\"}",
    "{None}",
    "{shout(⍵)}",
    "{undefined + ⍵}",
    "{⍵ + \"a\"}",
    "{⍵ % 3 ⋄ ⍵}",
    "(⊢ × 1∘+)",
    "(+/ ÷ ≢)",
    "(lam⍤named)",
    "{(⍵, ⍵ × 2)}",
    "{(⍵, (1, int(⍵ > 0)))}",
    "{divmod(⍵, 3)}",
    "{divmod(⍵, 3)[0]}",
    "{divmod(int(⍵ * 10), 3)[-1] + 1}",
    "{q, r = divmod(⍵, 0.75) ⋄ q - r}",
    "{np.modf(⍵)[0]}",
    "{np.frexp(⍵)[1]}",
    "{a, b = ⍵, 2 ⋄ a × b}",
    "{a = b = ⍵ + 1 ⋄ a × b}",
    "{a, (b, c) = ⍵, (1, 2) ⋄ a + b × c}",
    "{np.select([⍵ > 1, ⍵ > 0], [⍵ - 1, 0], -1)}",
    "{np.select([⍵ > 1, ⍵ > 0], [2, 1])}",
    "{np.choose(int(⍵ > 0), [10, 20.5])}",
    "{np.array(⍵)}",
    "{np.array(⍵) + 1}",
    "{np.array(⍵, dtype=np.float32)}",
    "{np.array(⍵, ndmin=1)}",
    "{np.asarray(⍵) × 2}",
    "{np.copy(⍵)}",
    "{np.zeros_like(⍵) + ⍵}",
    "{np.ones_like(⍵)}",
    "{np.full_like(⍵, 3)}",
    "{np.full_like(⍵, half)}",
    "{np.zeros_like(⍵, shape=2)}",
    "{r = np.zeros_like(⍵) ⋄ r += half ⋄ r}",
    "{r = np.where(⍵ > 0, 1, 0) ⋄ s = r ⋄ r += 1 ⋄ s}",
    "{⍵.item()}",
    "{⍵.item() + np.float32(1)}",
    "{table ⍳ int(⍵)}",
    "{lim ⍳ ⍵}",
    "{m ⍳ ⍵}",
    "{⍵ +.× lim}",
    "{lim +.× ⍵}",
    "{[⍵, 1] +.× [2, ⍵]}",
    "{[⍵, 1] ⌈.+ 1 2}",
    "{[⍵, 1, 2] -.× 3 1 2}",
    "{[⍵, 1] @ [1, ⍵]}",
    "{⍵ @ lim}",
    "{2 2 2 ⊤ int(abs(⍵) + 1)}",
    "{2 ⊤ ⍵}",
    "{2 ⊥ [⍵, 1, 0]}",
    "{int(⍵ > 0) ⌷ table}",
    "{⊃ ⍵}",
    "{⌽ [⍵, 1]}",
    "{⌽ ⍵}",
    "{+/ ⍵ × ⍳ 3}",
    "{np.arange(4)[int(⍵ > 0)]}",
    "{table[[int(⍵ > 0), 1]]}",
    "{s = 0 ⋄ for k in range(4) { s += ⍵ ** k } ⋄ s}",
    "{s = 0 ⋄ for k in range(4) { s += k × int(⍵) } ⋄ s}",
    "{s = ⍵ ⋄ for w in lim { s = s × w + 1 } ⋄ s}",
    "{s = ⍵ ⋄ for k, w in enumerate(lim) { s = s × w + k } ⋄ s}",
    "{s = 0.5 ⋄ for k in range(3) { t = s × ⍵ ⋄ if t > 1 { s = t - 1 } else { s = t } } ⋄ s}",
    "{s = ⍵ ⋄ for k in range(5) { if s > 3 { break } ⋄ s = s × 2 } ⋄ s}",
    "{s = ⍵ ⋄ n = 0 ⋄ for k in range(5) { n += 1 ⋄ if k % 2 == 0 { continue } ⋄ s += n } ⋄ s}",
    "{s = 0 ⋄ for i in range(2) { for j in range(3) { s += ⍵ × i + j } } ⋄ s}",
    "{s = 0 ⋄ for k in range(3) { t = k } ⋄ s + t}",
    "{k = 0 ⋄ s = ⍵ ⋄ while k < 3 { s += k ⋄ k += 1 } ⋄ s}",
    "{n = 0 ⋄ v = abs(⍵) ⋄ while 0.25 < v and n < 30 { v = v / 2 ⋄ n += 1 } ⋄ n}",
    "{a = abs(int(⍵ * 10)) ⋄ b = 6 ⋄ while b > 0 { a, b = b, a % b } ⋄ a}",
    "{n = 0 ⋄ z = 0j ⋄ while abs(z) < 2 and n < 12 { z = z ** 2 + ⍵ ⋄ n += 1 } ⋄ n}",
    "{n = 0 ⋄ while True { n += 1 ⋄ if n > abs(⍵) × 3 or n > 20 { break } } ⋄ n}",
    "{v = ⍵ ⋄ while -9 < v < 1 { v += 1 } ⋄ for k in range(2) { v -= half } ⋄ v}",
    "{v = ⍵ ⋄ for k in range(3) { if v > 2 { return k } ⋄ v += 1 } ⋄ v}",
    "{⍵ > 0: {s = 0 ⋄ for k in range(3) { s += ⍵ } ⋄ s} ⍵ ⋄ 0}",
    "{s = ⍵ ⋄ for k in range(3) { s = {⍵ × 2 + k} s } ⋄ s}",
    "{w = ⍵ ⋄ for k in range(2) { w = 1 ÷ w - k } ⋄ w}",
    "{s = 0 ⋄ for v in [⍵, 2] { s += v } ⋄ s}",
    "{for k in range(3) { s = ⍵ + k } ⋄ s}",
    "{s = 1 ⋄ for k in range(70) { s = s × 3 } ⋄ s + ⍵}",
    "{s = 0 ⋄ for k in range(3) { if ⍵ > k { s += 1 } } ⋄ s}",
    "{x = ⍵ ⋄ for k in range(3) { x = x × x - 1 ⋄ if x > 5 { break } } ⋄ x}",
    "{n = 0 ⋄ t = 0.5 ⋄ for k in range(4) { if ⍵ > t { n += 1 ⋄ t = t + half } else { t = t - 1 } } ⋄ [n, t]}",
    "{for k in range(5) { if ⍵ < k { return k } } ⋄ 9}",
    "{for k in range(5) { if ⍵ < k { return k × 10 } } ⋄ ⍵ + 0.5}",
    "{k = 0 ⋄ while k < 30 { if ⍵ < k { return k } ⋄ k += 1 }}",
    "{n = abs(⍵) ⋄ c = 0 ⋄ while True { if n < 0.1 or c > 9 { return c } ⋄ n = n / 2 ⋄ c += 1 }}",
    "{n = abs(⍵) ⋄ c = 0 ⋄ while c < 9 { if n < 0.1 { return c } ⋄ n = n / 2 ⋄ if c > 3 { break } ⋄ c += 1 } ⋄ ¯1}",
    "{for a in range(4) { for b in range(4) { if a × b > abs(⍵) { return 10 × a + b } } } ⋄ ¯1}",
    "{s = 0 ⋄ for a in range(4) { for b in range(4) { if a + b > ⍵ { return s } ⋄ s += 1 } } ⋄ s + 100}",
    "{v = ⍵ ⋄ while 0.5 < v < 1e9 { v = v ÷ 2 } ⋄ v}",
    "{r = None ⋄ for k in range(3) { r = ⍵ + k } ⋄ r}",
    "{for k in range(3) { if ⍵ > k { continue } ⋄ return k } ⋄ 77}",
    "{for k in range(3) { if ⍵ > 1 { return ⍵ ÷ 2 } ⋄ if ⍵ < 0 { return 7 } } ⋄ True}",
    "{for k in range(3) { if ⍵ > 0.5 { return (⍵, k) } } ⋄ (⍵, 9)}",
    "{for k in range(3) { if ⍵ > 0.5 { return 1 ÷ ⍵ - k } }}",
    "{for k in range(3) { if ⍵ > k - 1 { t = k } } ⋄ t}",
    "{for k in range(3) { if k == 1 { t = k } else { t = ⍵ } } ⋄ t}",
    "{z = 0j ⋄ for n in range(12) { if abs(z) > 2 { return n } ⋄ z = z × z + ⍵ } ⋄ 12}",
    "{x = abs(⍵) + 1 ⋄ r = 1.0 ⋄ for k in range(50) { n = 0.5 × r + x ÷ r ⋄ if abs(n - r) < 1e-12 { return n } ⋄ r = n } ⋄ r}",
    "{g = {for k in range(4) { if k > ⍵ { return k } } ⋄ 0.5} ⋄ 1 + g(⍵)}",
    "{sum(k × ⍵ for k in range(3))}",
    "{sum([k × ⍵ for k in range(3)]) + sum(k × ⍵ for k in range(5) if k % 2 == 0)}",
    "{sum(k × ⍵ + j for k in range(3) for j in range(k))}",
    "{sum(k for k in range(3) if k < ⍵)}",
    "{[k + ⍵ for k in range(3)]}",
    "{⌈/ [int(⍵) × k for k in range(3)]}",
    "{[⍵ for w in lim]}",
    "{[w for w in lim]}",
    "{[k for k in range(0)]}",
    "{[[k, ⍵] for k in range(2)]}",
    "{any(⍵ > k for k in 1 3 5)}",
    "{all(⍵ != k for k in [])}",
    "{⍵ ≡ 1}",
    "{⍵ ≢ 0}",
    "{match(⍵, half)}",
    "{⍵ ≡ 1 2}",
    "{[⍵, 1] ≡ [1, ⍵]}",
    "{[⍵, 1] ≢ lim}",
    "{1 + ⍵ ≡ 1}",
    "{lim ≡ lim}",
    "{complex(⍵, 1) × 2}",
    "{abs(complex(⍵, ⍵ + 1))}",
    "{complex(1, ⍵)}",
    "{int(⍵) ** 2 + 1}",
    "{2 ** int(⍵)}",
    "{int(⍵) ** 70}",
    "{int(⍵) ** 0.5}",
    "{np.dot(⍵, 2)}",
    "{np.dot([⍵, 1], lim[:2])}",
    "{np.inner(⍵, 2.5)}",
    "{np.vdot([⍵, 1], [1, ⍵])}",
    "{⊖ ⍵}",
    "{⊖ [⍵, 1]}",
    "{⍴ ⍵}",
    "{⍴ [⍵, 1]}",
    "{≢ ⍴ ⍵}",
    "{np.sort([⍵, 1, 0.5])}",
    "{np.argmax([⍵, 1, -1])}",
    "{np.median([⍵, 1, 0])}",
    "{np.linalg.norm([⍵, 1])}",
    "{np.cumsum([⍵, 1, 2])}",
    "{np.diff([⍵, 1, 2])}",
    "{⍋ [⍵, 1, 0.5]}",
    "{⍒ [⍵, 1, ⍵]}",
    "{v = [⍵, 1, 0.5] ⋄ v[⍋ v]}",
    "{v = [⍵, 1, 0.5] ⋄ v[int(⍵ > 0)]}",
    "{v = [⍵, 1] ⋄ v[int(⍵ × 10)]}",
    "{({⌊ ⍵ ÷ 2}⍣≡) np.nan_to_num(abs(⍵), posinf=9)}",
    "{{0.5 × ⍵ + (1 + ⍵) ÷ ⍵}⍣{1e¯9 > abs(⍺ - ⍵)} 1 + np.nan_to_num(abs(⍵), posinf=9)}",
    "{⌊ ⍵ ÷ 2}⍣{not ⍺ < ⍵}",
    "looped",
];

/// Functions of two.
const TWO: &[&str] = &[
    "{⍺ + ⍵}",
    "{np.where(⍺ > ⍵, ⍺, ⍵)}",
    "{np.hypot(⍺, ⍵) + half}",
    "{⍺ > ⍵: ⍺ - ⍵ ⋄ ⍵ - ⍺}",
    "{max(⍺, ⍵)}",
    "{⍺ if ⍺ > ⍵ else ⍵}",
    "{np.clip(⍺, -1, ⍵)}",
    "{(⍺ - ⍵).astype(np.float32)}",
    "{t = ⍺ - ⍵ ⋄ t × t}",
    "{⍺ ← 2 ⋄ ⍺ + ⍵}",
    "{np.isclose(⍺, ⍵)}",
    "{int(⍺ > ⍵)}",
    "{(⍺ > 0.5) and ⍵ > 0.5}",
    "{s = ⍺ + 0 ⋄ s += ⍵ ⋄ s}",
    "{np.exp(-(⍺ - ⍵) ** 2)}",
    "{⍺ ÷ ⍵}",
    "{both(⍺, ⍵)}",
    "{both(⍵, r=⍺)}",
    "{g = {⍵ + k} ⋄ k = ⍺ ⋄ g(⍵)}",
    "{k = ⍺ ⋄ g = {⍵ + k} ⋄ g(⍵)}",
    "{table[int(⍺ > 0)] + ⍵}",
    "(+ - ×)",
    "{a, b = ⍵, ⍺ ⋄ a - b}",
    "{np.select([⍺ > ⍵, ⍺ > 0], [⍺, ⍵], 0)}",
    "{[⍺, 1] +.× [⍵, 2]}",
    "{r = ⍺ ⋄ for k in range(3) { r = r × ⍵ + k } ⋄ r}",
    "{a, b = abs(⍺), abs(⍵) ⋄ n = 0 ⋄ while a > b and n < 9 { a -= half ⋄ n += 1 } ⋄ (a, n)}",
];

/// A warning without what depends on whether numbers or arrays met it.
fn kind(warning: &str) -> String {
    let words = [("scalar ", ""), ("integer ", ""), ("square", "power"), ("reciprocal", "power")];
    words.iter().fold(warning.to_string(), |text, (from, to)| text.replace(from, to))
}

/// Functions whose results differ in kind or length from element to element, or change the shape of cells.
const PARTING: &[&str] = &[
    "{c = complex(⍵, 1); c ** 2}",
    "{(float(⍵) × 1j) ** 3}",
    "{(1 + float(⍵)) ** 0.5}",
    "{float(⍵) ** ¯1}",
    "{int(⍵) << 2}",
    "{z = 0j; n = 0; while abs(z) < 2 and n < 9 { z = z ** 2 + complex(⍵ ÷ 2, 0.5); n += 1 }; n}",
    "{y = None; if ⍵ > 0.5 { y = ⍵ }; 0 if y is None else y}",
    "{r = None; for k in range(4) { if ⍵ > k and r is None { r = k } }; r}",
    "{⍵ is not None}",
    "{np.piecewise(⍵, [⍵ < 0, ⍵ >= 0.5], [0, 1])}",
    "{np.piecewise(⍵, [⍵ < 0, ⍵ >= 0.5], [v => v + 1, v => v × 2])}",
    "{np.piecewise(⍵, [⍵ < 0.5], [v => v.sum() - 1, 7])}",
    "{np.vectorize(v => v + 1)(⍵)}",
    "{f = np.vectorize((a, b) => a + b); f(⍵, 2)}",
    "{np.vectorize(v => v if v > 0.5 else 0)(⍵)}",
    "{n = 0; for k in range(3) { if ⍵ > k { n = n + 0.5 } }; n}",
    "{s = 0; for k in range(3) { if ⍵ > k { s = ⍵ × k } }; s}",
    "{v = ⍵; for k in range(3) { if v > 1 { v = v ÷ 2 } else { v = v + 1 } }; v}",
    "{if ⍵ > 0.5 { (⍵, 1) } else { (0.5, 0) }}",
    "{⍵ > 0.5 : (⍵, True) ⋄ (⍵ × 0.5, False)}",
    "{a, b = (⍵, 1) if ⍵ > 0 else (0, 2); a + b}",
    "{({⍵ > 1 : ⍵ ÷ 2 ⋄ ⍵}⍣≡) ⍵}",
    "{[k for k in range(6) if k < ⍵].sum()}",
    "{len([k for k in range(6) if k < ⍵ × 2])}",
    "{sum(k × ⍵ for k in range(4) if k > ⍵)}",
    "{+/ [k × ⍵ for k in range(9) if k > ⍵]}",
    "{sum(k + j for k in range(3) if k < ⍵ for j in range(2))}",
    "{[j for k in range(2) for j in range(2) if j < ⍵].sum()}",
    "{[⍵ for k in range(3) if ⍵ > 0].sum()}",
    "{assert ⍵ == ⍵ or True; ⍵ + 1}",
    "{⍵ in (0, 1, 2)}",
    "{type(⍵) == np.float64}",
    "{3 ↑ ⍵}",
    "{2 ↑ [⍵, 1, 2]}",
    "{¯1 ↓ [⍵, 1, 2]}",
    "{3 ⍴ ⍵}",
    "{2 2 ⍴ [⍵, 1]}",
    "{1 ⌽ [⍵, 1, 2]}",
    "{⊃ [⍵, 1, 2]}",
    "{-\\ [⍵, 1, 2]}",
    "{2 +/ [⍵, 1, 2]}",
    "{[⍵, 1, 2][1 2 0]}",
    "{[[⍵, 1], [2, 3]]}",
    "{m = [[⍵, 1], [2, 3]]; m +.× m}",
    "{m = [[⍵, 1], [2, 3]]; (⍉ m).sum()}",
    "{np.linalg.det([[⍵, 1], [2, 3]])}",
    "{[⍵, 1] ∘.+ [2, 3]}",
    "{+/ ⍵ ∘.× 1 2 3}",
    "{np.outer([⍵, 1], [2, 3])}",
    "{+/ (0 1 2 > ⍵) ⌿ 1 2 3}",
    "{1 0 2 ⌿ [⍵, 1, 2]}",
    "{v = [⍵, 1]; if ⍵ > 0.5 { v.sum() } else { v[1] }}",
    "{v = [⍵, 1]; if ⍵ > 0.5 { v } else { v × 2 }}",
    "{v = [⍵, 1]; for k in range(2) { if v[0] > 1 { break }; v = v × 2 }; v}",
    "{np.array_equal(⍵, 1)}",
    "{np.allclose([⍵, 1], 1)}",
    "{np.allclose(⍵, 1)}",
    "{+/ ⍳ int(abs(⍵))}",
    "{s = 0; for k in range(int(abs(⍵)) % 4) { s += k }; s}",
];

/// What a program shows: its values, dtype and warnings, or its errors.
fn shown(probe: &mut Probe, program: &str) -> (String, BTreeSet<String>) {
    let ran = probe.run(&format!("result = {program}"));
    let told = ran.warnings.iter().map(|w| kind(w)).collect();
    match ran.result {
        Ok(_) => {
            let after =
                probe.run("print(result); a = np.asarray(result); print(a.tolist(), a.dtype, a.shape)");
            (format!("{}{}{}", ran.text, after.text, after.result.err().unwrap_or_default().join("; ")), told)
        }
        Err(errors) => (format!("{}{}", ran.text, errors.join("; ")), told),
    }
}

fn check(programs: &[String]) {
    on_big_stack({
        let programs = programs.to_vec();
        move || {
            let mut probe = Probe::new();
            let setup = probe.run(SETUP).result;
            assert!(setup.is_ok(), "{:?}", setup.err());
            let mut wrong = Vec::new();
            for program in &programs {
                set_lifting(false);
                let expected = shown(&mut probe, program);
                set_lifting(true);
                let got = shown(&mut probe, program);
                // Typed numbers warn of unsigned integers that wrap, arrays do not.
                let of_u = program.ends_with(" u") || program.ends_with("(u, 4)");
                let unsigned = of_u && got.0 == expected.0 && got.1.is_subset(&expected.1);
                if got != expected && !unsigned {
                    wrong.push(format!(
                        "{program}\n  piece by piece: {expected:?}\n  at once:        {got:?}"
                    ));
                }
            }
            assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), programs.len(), wrong.join("\n"));
        }
    });
}

fn each(of: &[&str], forms: &[&str], spell: impl Fn(&str, &str) -> String) -> Vec<String> {
    forms.iter().flat_map(|f| of.iter().map(|x| spell(f, x)).collect::<Vec<_>>()).collect()
}

/// A function as an operator takes it between others: names in braces.
fn braced(f: &str) -> String {
    if f.starts_with(['{', '(']) { f.into() } else { format!("{{{f}(⍵)}}") }
}

#[test]
fn functions_of_each_element() {
    check(&each(&["x", "odd", "i", "big", "small", "u", "f4", "z", "b"], ONE, |f, x| format!("{f}¨ {x}")));
}

/// So many that loops run on all of them.
#[test]
fn loops_of_each_element() {
    let loops: Vec<&str> = ONE
        .iter()
        .copied()
        .filter(|f| ["for ", "while ", "⍣"].iter().any(|word| f.contains(word)) || *f == "looped")
        .collect();
    check(&each(
        &[
            "np.tile(x, 4)",
            "np.tile(odd, 4)",
            "np.tile(i, 4)",
            "np.tile(small, 4)",
            "np.tile(f4, 4)",
            "np.tile(u, 4)",
        ],
        &loops,
        |f, x| format!("{f}¨ {x}"),
    ));
    check(&each(&["np.tile(x, 4).reshape(8, 20)"], &loops, |f, x| format!("{f}¨ {x}")));
    check(&each(&["np.tile(x, 4)"], &loops, |f, x| format!("np.tile(keys, 4) {{{f}⌽⍵}}⌸ {x}")));
    check(&each(&["np.tile(x, 4).reshape(160, 1)"], &loops, |f, x| format!("{}⍤1 ⊢ {x}", braced(f))));
    let two: Vec<&str> = TWO.iter().copied().filter(|f| f.contains("for ") || f.contains("while ")).collect();
    check(&each(&["odd", "i"], &two, |f, x| format!("x ∘.{f} {x}")));
}

/// So many elements that each kind of them is run by itself.
#[test]
fn elements_that_part() {
    let many = ["np.tile(odd[8:], 12)", "np.tile(i, 10)", "np.tile(small, 10)", "np.tile(z[:5], 80)"];
    check(&each(&many, PARTING, |f, x| format!("{f}¨ {x}")));
    check(&each(&["np.tile(x, 10).reshape(20, 20)"], PARTING, |f, x| format!("{f}¨ {x}")));
    check(&each(&["np.tile(x, 10).reshape(400, 1)"], PARTING, |f, x| format!("{{{f} ⍵[0]}}⍤1 ⊢ {x}")));
}

#[test]
fn functions_of_cells() {
    // A fresh array, as some functions write what they are given.
    check(&each(&["m + 0", "m > 0"], ONE, |f, x| format!("{}⍤1 ⊢ {x}", braced(f))));
    check(&each(&["i"], ONE, |f, x| format!("{}⍤0 ⊢ {x}", braced(f))));
}

#[test]
fn functions_of_groups_and_windows() {
    check(&each(&["x", "i"], ONE, |f, x| format!("keys {{{} ⍵}}⌸ {x}", braced(f))));
    check(&each(&["x", "small"], ONE, |f, x| format!("{{{} ⍵}}⌺3 ⊢ {x}", braced(f))));
    // So many that folds of few items run as one expression.
    let folds =
        ["{+/⍵ × 1 2 1}", "{-/⍵ × 1 2 1}", "{⌈/⍵ - ⍵[1]}", "{(⍵ × 2).sum()}", "{∧/⍵ > 0}", "{×/1 + ⍵}"];
    let many =
        ["np.tile(odd, 60)", "np.tile(small, 60)", "np.tile(b, 60)", "np.tile(f4, 60)", "np.tile(z, 60)"];
    check(&each(&many, &folds, |f, x| format!("{f}⌺3 ⊢ {x}")));
    check(&each(&many[..4], &["{+/ ∊ ⍵ × 3 3 ⍴ ⍳ 9}", "{(⍵ × 2).max()}"], |f, x| {
        format!("{f}⌺(3 3) ⊢ ({x}).reshape(60, 40)")
    }));
    check(&each(&["np.tile(odd, 60)"], &["{+/⍵ × ⍳ 9}", "{+/⍵ × ⍳ 13}"], |f, x| {
        format!("{f}⌺{} ⊢ {x}", if f.contains("13") { 13 } else { 9 })
    }));
}

#[test]
fn functions_of_pairs() {
    check(&each(&["odd", "i", "f4"], TWO, |f, x| format!("x {f}¨ {x}")));
    check(&each(&["odd[:6]", "i[:6]", "b[:6]"], TWO, |f, x| format!("x[:5] ∘.{f} {x}")));
    check(&each(&["m"], TWO, |f, x| format!("lim[:2] {f}⍤1 ⊢ {x}")));
}
