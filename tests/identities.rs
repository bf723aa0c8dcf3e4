//! APL's identities on generated arrays: each line is an expression over `x`, `y`, `b` and `n` that holds
//! for all of them.

mod common;

use common::{Probe, on_big_stack};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Of any vector or matrix of integers x, a mask b of its first axis, a count n and a vector v of
/// integers of the length of x's first axis.
const IDENTITIES: &[&str] = &[
    "x ≡ ⌽ ⌽ x",
    "x ≡ ⊖ ⊖ x",
    "x ≡ ⍉ ⍉ x",
    "(⊖ x) ≡ ⍉ ⌽ ⍉ x",
    "(⌽ x) ≡ ⍉ ⊖ ⍉ x",
    "x ≡ (-n) ⌽ n ⌽ x",
    "x ≡ (-n) ⊖ n ⊖ x",
    "x ≡ (⍴ x) ⍴ ∊ x",
    "x ≡ (n ↑ x) ⍪ n ↓ x if n <= ≢ x else True",
    "(n ↑ x) ≡ ⊖ (-n) ↑ ⊖ x if n <= ≢ x else True",
    "(n ↓ x) ≡ ⊖ (-n) ↓ ⊖ x",
    "(⍋ ⍋ v) ≡ ⍋ ⍋ ⍋ ⍋ v",
    "(⍳ ≢ v) ≡ (⍋ v)[⍋ ⍋ v]",
    "v[⍋ v] ≡ np.sort(v)",
    "v[⍒ v] ≡ ⌽ np.sort(v)",
    "v ≡ v[v ⍳ v]",
    "(∪ v) ≡ (≠ v) ⌿ v",
    "(∪ v) ≡ {⍺}⌸ v",
    "(∪ x) ≡ (≠ x) ⌿ x",
    "(≢ v) == +/ ≢⌸ v",
    "(≢⌸ v) ≡ +/ (∪ v) ∘.== v",
    "(v +/⌸ v) ≡ ((∪ v) ∘.== v) +.× v",
    "(v {⌈/⍵}⌸ v) ≡ ∪ v",
    "(v {(+/⍵) ÷ ≢⍵}⌸ v) ≡ (∪ v) ÷ 1",
    "(v {⍵[0]}⌸ v) ≡ ∪ v",
    "(x {≢⍵}⌸ v) ≡ ≢⌸ x",
    "(x ⍳ x) ≡ (∪ x) ⍳ x if np.ndim(x) == 1 and (≢ x) == ≢ ∪ x else True",
    "((∪ x) ⍳ x)[x ⍳ x] ≡ (∪ x) ⍳ x",
    "b ≡ (≢ b) ↑ ⍸⍣¯1 ⊢ ⍸ b if ∨/ b else True",
    "(⍸ b) ≡ b ⌿ ⍳ ≢ b",
    "(b ⌿ b ⍀ v[:+/ b]) ≡ v[:+/ b]",
    "(+/ b) == ≢ b ⌿ x",
    "((~b) ⌿ x) ≡ x[⍸ ~b]",
    "(+/ v × v) == v +.× v",
    "(+/ v × v) == v +.{⍺ × ⍵} v",
    "(⌈/ v + v) == v ⌈.+ v",
    "(v ⌈.+ v ∘.+ v) ≡ ⌈⌿ (⍪ v) + v ∘.+ v",
    "((v ∘.- v) ⌊.+ v ∘.× v) ≡ np.min((v ∘.- v)[:, :, newaxis] + v ∘.× v, 1)",
    "((v ∘.- v) {⍺ ⌊ ⍵}.{⍺ + ⍵} v ∘.× v) ≡ (v ∘.- v) ⌊.+ v ∘.× v",
    "((v ∘.- v) +.== v ∘.× v) ≡ np.sum((v ∘.- v)[:, :, newaxis] == v ∘.× v, 1)",
    "((v ∘.- v) -.× v ∘.× v) ≡ ⍉ (⍉ v ∘.× v) -.× ⍉ v ∘.- v",
    "(-.× zeros((n, n))) == 0 if n > 0 else True",
    "(v ∘.{⍺ - 2 × ⍵} v) ≡ v ∘.- 2 × v",
    "({⍵ × ⍵ - 1}¨ x) ≡ x × x - 1",
    "(x {⍺ - ⍵ × 2}¨ x) ≡ x - x × 2",
    "({⍵ > 2 : ⍵ ⋄ 2}¨ x) ≡ 2 ⌈ x",
    "((+/⍤1) x) ≡ +/ x",
    "(({+/ ⍵ × ⍵}⍤1) x) ≡ +/ x × x",
    "(({⍵ - ⌊/ ⍵}⍤1) x) ≡ x - np.min(x, -1, keepdims=True)",
    "v ≡ +\\⍣¯1 ⊢ +\\ v",
    "x ≡ (+⍀⍣¯1) +⍀ x",
    "v ≡ (3∘+⍣¯1) 3 + v",
    "v ≡ (7∘-⍣¯1) 7 - v",
    "v ≡ ({2 × ⍵ - 3}⍣¯1) 2 × v - 3",
    "(({⍵ + 3}⍣n) x) ≡ x + 3 × n",
    "(-\\ v) ≡ +\\ v × (≢ v) ⍴ 1 ¯1",
    "(-\\ x) ≡ {⍺ - ⍵}\\ x",
    "(-/ x) ≡ {⍺ - ⍵}/ x",
    "({⍺ ⌈ ⍵}⌿ x) ≡ ⌈⌿ x",
    "(⊃ ⌽ +\\ v) == +/ v",
    "(2 -/ v) ≡ -np.diff(v)",
    "(¯2 -/ v) ≡ np.diff(v)",
    "((2 2 2 2 2 2 2) ⊥ 2 2 2 2 2 2 2 ⊤ abs(v)) ≡ abs(v) % 128",
    "(abs(v)) ≡ 10 ⊥ 10 ⊥⍣¯1 ⊢ abs(v)",
    "(0 60 60 ⊥ 0 60 60 ⊤ abs(v)) ≡ abs(v)",
    "({⍵}⌺1 ⊢ v) ≡ ⍪ v",
    "({+/ ⍵}⌺3 ⊢ v) ≡ 3 +/ 0 ⍪ v ⍪ 0",
    "({⌈/ ∊ ⍵}⌺3 ⊢ v) ≡ 3 ⌈/ 0 ⍪ v ⍪ 0",
    "({+/ ⍵ × 1 2 1}⌺3 ⊢ v) ≡ np.convolve(v, 1 2 1, \"same\") if (≢ v) > 2 else True",
    "({⍵[1]}⌺3 ⊢ v) ≡ v",
    "({s = 0; s = s + ⍵[0]; s}⌺3 ⊢ v) ≡ (≢ v) ↑ 0 ⍪ v",
    "(v ⍷ v)[0]",
    "∧/ v ∊ v",
    "(v ∩ v) ≡ v",
    "(⍳ 0) ≡ v ∩ 99 100",
    "(at(v, -, 0)) ≡ (-1 ↑ v) ⍪ 1 ↓ v",
    "(⌽ n ⌽ x) ≡ (-n) ⌽ ⌽ x",
    "(⊖ n ⊖ x) ≡ (-n) ⊖ ⊖ x",
    "(n ⌽ n ⌽ x) ≡ (2 × n) ⌽ x",
    "x ≡ ⊖ ⌽ ⌽ ⊖ x",
    "(⌽ ⊖ x) ≡ ⊖ ⌽ x",
    "(+⌿ x) ≡ +/ ⍉ x",
    "(⌈⌿ x) ≡ ⌈/ ⍉ x",
    "(-⍀ x) ≡ ⍉ -\\ ⍉ x",
    "(⌊/ x) ≡ -⌈/ -x",
    "(⌊\\ x) ≡ -⌈\\ -x",
    "(∧/ b) ≡ ~∨/ ~b",
    "(∨\\ b) ≡ ~∧\\ ~b",
    "(b ⍲ ⌽ b) ≡ ~(b ∧ ⌽ b)",
    "(b ⍱ ⌽ b) ≡ ~(b ∨ ⌽ b)",
    "b ≡ ~ ~ b",
    "b ≡ 2 ≠/ np.array([False]) ⍪ ≠\\ b",
    "(≠\\ b) ≡ (+\\ b) % 2 == 1",
    "(≠/ b) ≡ 1 == (+/ b) % 2",
    "(∧\\ b) ≡ (+\\ b) == 1 + ⍳ ≢ b",
    "(+/ ∧\\ b) == (b ⍪ np.array([False])) ⍳ False",
    "(⍋ v) ≡ ⍋ ⍋ ⍋ v",
    "(⍒ v) ≡ ⍋ -v",
    "v ≡ (v[⍋ v])[⍋ ⍋ v]",
    "(+/ v ⍪ ⌽ v) == (+/ v) + +/ ⌽ v",
    "(⌈/ v ⍪ 3) == (⌈/ v) ⌈ 3",
    "(+/ ⌽ v) == +/ v",
    "(⊃ ⌽ v) == v[-1]",
    "(v ∩ 0 1 2) ≡ (v ∊ 0 1 2) ⌿ v",
    "(v ∊ 0 1 2) ≡ (0 1 2 ⍳ v) < 3",
    "((∪ v) ∪ 0 1 2) ≡ ∪ v ⍪ 0 1 2",
    "(∪ ∪ v) ≡ ∪ v",
    "(∪ v) ≡ v[⍸ ≠ v]",
    "(⍉ v ∘.× v - 1) ≡ (v - 1) ∘.× v",
    "(⍴ x ∘.+ v) ≡ (⍴ x) ⍪ ⍴ v",
    "((v ∘.× v) +.× v) ≡ v × v +.× v",
    "(+/ 0 0 ⍉ v ∘.× v) == v +.× v",
    "(⍉ (v ∘.- v) +.× v ∘.× v) ≡ (⍉ v ∘.× v) +.× ⍉ v ∘.- v",
    "((v ∘.- v) +.× (v ∘.× v) + v ∘.+ v) ≡ ((v ∘.- v) +.× v ∘.× v) + (v ∘.- v) +.× v ∘.+ v",
    "((v ∘.> v) ∨.∧ v ∘.> v) ≡ 0 < (v ∘.> v) +.× v ∘.> v",
    "((v ∘.> v) ∧.∨ v ∘.> v) ≡ ~(v ∘.≤ v) ∨.∧ v ∘.≤ v",
    "(v ∧.== v) and not v ∨.≠ v",
    "(n ! n + 2) ≡ (n ! n + 1) + (n - 1) ! n + 1 if n > 0 else True",
    "(+/ (⍳ n + 1) ! n) == 2 ** n",
    "(×/ 1 + ⍳ n) == !n",
    "(×/ n ⍴ 2) == 2 ** n",
    "((v ∨ n) × (v ∧ n)) ≡ abs(v × n)",
    "((× v) × abs(v)) ≡ v",
    "(⌊ -v ÷ 2) ≡ -⌈ v ÷ 2",
    "(v ⊣ 3) ≡ 3 ⊢ v",
    "(v -⍨ 3) ≡ 3 - v",
    "(-⍨ x) ≡ x - x",
    "(x (- × +) 3) ≡ (x - 3) × (x + 3)",
    "((+/ - ≢) v) == (+/ v) - ≢ v",
    "((⌽ +\\) v) ≡ ⌽ +\\ v",
    "(⌽∘(+\\) v) ≡ ⌽ +\\ v",
    "(v +⍥abs ⌽ v) ≡ abs(v) + abs(⌽ v)",
    "(v -⍤+ 3) ≡ -(v + 3)",
    "({⍵ + 1}¨ x) ≡ {⍵ + 1}⍤0 ⊢ x",
    "(+⍨⍣n ⊢ x) ≡ x × 2 ** n",
    "(⌽⍣n ⊢ x) ≡ (⌽⍣(n % 2)) x",
    "(⌽⍤1 ⊢ x) ≡ ⌽ x",
    "(⊖⍤2 ⊢ x) ≡ ⊖ x",
    "(⊃ +\\⍤1 ⊢ v) == v[0]",
    "(2 ⊥ (8 ⍴ 2) ⊤ n) == n",
    "(1 ⊥ v) == +/ v",
    "(v[0] ⊥ 1 0) == v[0]",
    "(n ⊥ v) == +/ v × n ** ⌽ ⍳ ≢ v",
    "(⍳ ×/ 3 2) ≡ 3 2 ⊥ ⍉ 6 2 ⍴ ∊ ⍳ 3 2",
    "(≡ x) == 1 and (≢ x) == (⍴ x)[0]",
    "(⍴ ⍪ x) ≡ (≢ x) ⍪ (×/ ⍴ x) // ≢ x",
    "(∊ x) ≡ ∊ ⍪ x",
    "((⍳ 3) ∘.+ v) ≡ ⍉ v ∘.+ ⍳ 3",
    "(2 +/ v) ≡ (1 ↓ v) + ¯1 ↓ v",
    "(n ⊖ x) ≡ x[(n + ⍳ ≢ x) % ≢ x]",
    "({≢ ⍵}⌸ v) ≡ v {≢ ⍵}⌸ v",
    "(v {⍺}⌸ x) ≡ ∪ v",
    "(∊ v {+/ ⍵}⌸ v) ≡ (∪ v) × ≢⌸ v",
    "((⍳ ≢ v) ⍸ ⍳ ≢ v) ≡ ⍳ ≢ v",
    "(v[⍋ v] ⍸ v) ≡ (+/ v ∘.≥ v) - 1",
    "({s = 0; for k in range(3) { s += ⍵ × k }; s}¨ x) ≡ 3 × x",
    "({a = abs(⍵); c = 6; while c > 0 { a, c = c, a % c }; a}¨ v) ≡ v ∨ 6",
    "({a, c = ⍵, 2; a × c}¨ x) ≡ 2 × x",
];

#[test]
fn identities_hold() {
    on_big_stack(|| {
        let mut runner =
            TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
        let rows = 1..7usize;
        let inputs = (rows, 0..4usize, 0..7i64, any::<u64>());
        let result = runner.run(&inputs, |(rows, columns, n, seed)| {
            let mut state = seed | 1;
            let mut next = |m: i64| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 33) as i64 % (2 * m + 1) - m
            };
            let list = |values: Vec<i64>| values.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            let shape = if columns == 0 { format!("{rows},") } else { format!("{rows}, {columns}") };
            let size = rows * columns.max(1);
            let x = list((0..size).map(|_| next(4)).collect());
            let v = list((0..rows).map(|_| next(9)).collect());
            let b = list((0..rows).map(|_| next(9) & 1).collect());
            let mut probe = Probe::new();
            let setup = format!(
                "x = array([{x}]).reshape({shape}); v = array([{v}]); b = array([{b}]) == 1; n = {n}"
            );
            prop_assert!(probe.run(&setup).result.is_ok());
            for line in IDENTITIES {
                let ran = probe.run(&format!("bool({line})"));
                prop_assert_eq!(ran.text.trim(), "True", "{} where {}: {:?}", line, setup, ran.result.err());
            }
            Ok(())
        });
        if let Err(e) = result {
            panic!("{e}");
        }
    });
}
