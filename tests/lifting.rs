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
];

/// A warning without what depends on whether numbers or arrays met it.
fn kind(warning: &str) -> String {
    let words = [("scalar ", ""), ("integer ", ""), ("square", "power"), ("reciprocal", "power")];
    words.iter().fold(warning.to_string(), |text, (from, to)| text.replace(from, to))
}

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
                let unsigned = program.ends_with(" u") && got.0 == expected.0 && got.1.is_subset(&expected.1);
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

#[test]
fn functions_of_cells() {
    check(&each(&["m", "m > 0"], ONE, |f, x| format!("{}⍤1 ⊢ {x}", braced(f))));
    check(&each(&["i"], ONE, |f, x| format!("{}⍤0 ⊢ {x}", braced(f))));
}

#[test]
fn functions_of_groups_and_windows() {
    check(&each(&["x", "i"], ONE, |f, x| format!("keys {{{} ⍵}}⌸ {x}", braced(f))));
    check(&each(&["x", "small"], ONE, |f, x| format!("{{{} ⍵}}⌺3 ⊢ {x}", braced(f))));
}

#[test]
fn functions_of_pairs() {
    check(&each(&["odd", "i", "f4"], TWO, |f, x| format!("x {f}¨ {x}")));
    check(&each(&["odd[:6]", "i[:6]", "b[:6]"], TWO, |f, x| format!("x[:5] ∘.{f} {x}")));
    check(&each(&["m"], TWO, |f, x| format!("lim[:2] {f}⍤1 ⊢ {x}")));
}
