//! What is done about integers that wrap, as `docs/teaching.md` has it: every operation of every row of
//! its table, for every integer dtype and in every form it can be written, under each mode.

mod common;

use common::{Probe, on_big_stack, read, root};

const SIGNED: [&str; 4] = ["int8", "int16", "int32", "int64"];
const UNSIGNED: [&str; 4] = ["uint8", "uint16", "uint32", "uint64"];

/// What a cell of the table says.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Warn,
    Wrap,
    /// NumPy's own warning for typed scalars.
    NumPy,
    /// NumPy's own warning, whatever the mode.
    Always,
}

/// The rows of the table: operations, then what is done for signed and for unsigned integers.
fn table() -> Vec<(String, [Verdict; 2])> {
    let page = read(&root().join("docs/teaching.md"));
    let rows = page.lines().skip_while(|l| !l.starts_with("| operation |")).skip(2);
    let verdict = |cell: &str| match cell.trim() {
        "warn" => Verdict::Warn,
        "wrap" => Verdict::Wrap,
        "NumPy's warning" => Verdict::NumPy,
        "NumPy's warning, in each mode" => Verdict::Always,
        other => panic!("a verdict of another kind: {other}"),
    };
    let table: Vec<_> = rows
        .take_while(|l| l.starts_with('|'))
        .map(|row| {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let &[what, signed, unsigned] = cells.as_slice() else { panic!("three columns: {row}") };
            (what.to_string(), [verdict(signed), verdict(unsigned)])
        })
        .collect();
    assert!(table.len() >= 6, "{table:?}");
    table
}

/// The ways to write what a row names, each of which wraps. `a` holds 1 and the largest value `M`, `z` 1
/// and the least `L`, `u` ones, `m` a matrix of two rows `a`, and `T` is the dtype; `one`, `most`, and
/// `least` are its scalars. Rows are found by their first words, so that a changed one needs its forms.
fn forms(row: &str, signed: bool) -> Vec<&'static str> {
    let arithmetic = vec![
        "a + u",
        "a + one",
        "a + 1",
        "one + a",
        "u + a",
        "np.add(a, 1)",
        "m + u",
        "u[:, None] + a",
        "a[::-1] + u[::-1]",
        "m.T + one",
        "m[:, 1] + u",
        "np.add(a, u, out=a.copy())",
        "np.add(a, u, where=[True, True], out=a.copy())",
        "(a + u) // 1",
        "((a + u) > 0) & (a > 0)",
        "np.where(a > 0, a + u, u)",
        "np.tile(a, 40000)[70000:70004] + one",
        "(np.tile(a, 40000) + one)[70000:70004]",
        "np.sum(a + u, dtype=T)",
        "z - u",
        "z - one",
        "z - 1",
        "np.subtract(z, u)",
        "m - most - 3",
        "z[::-1] - u",
        "a * 2",
        "2 * a",
        "a * T(2)",
        "np.multiply(a, a)",
        "a × 2",
        "m * m.T",
        "np.square(a)",
        "a ** 2",
        "a ** T(3)",
        "np.power(a, 3)",
        "a ** np.array([1, 3], dtype=T)",
        "np.add(most, one)",
        "np.add.outer(a, u)",
        "np.outer(a, a)",
        "np.multiply.outer(a, a)",
        "a ∘.× a",
        "a ∘.+ u",
        "z ∘.- u",
    ];
    // Only signed ones have a magnitude that does not fit; for unsigned ones negation wraps.
    let magnitudes = ["np.abs(z)", "abs(z)", "np.abs(least)", "-z", "np.negative(z)"];
    let start = |words: &str| row.starts_with(words);
    match () {
        () if start("`+`, `-`, `*`, negation, `abs`, `square`, `**` of arrays") && signed => {
            arithmetic.into_iter().chain(magnitudes).collect()
        }
        () if start("`+`, `-`, `*`, negation, `abs`") => {
            arithmetic.into_iter().chain(["-u", "np.negative(a)"]).collect()
        }
        () if start("`+= -= *=`") => vec![
            "c = a.copy(); c += u; c",
            "c = a.copy(); c += one; c",
            "c = a.copy(); c += 1; c",
            "c = z.copy(); c -= u; c",
            "c = z.copy(); c -= 1; c",
            "c = a.copy(); c *= a; c",
            "c = a.copy(); c *= 2; c",
            "c = m.copy(); c += u; c",
            "c = m.copy(); c[:, 1] += one; c",
            "c = m.copy(); c[1] *= 2; c",
            "c = m.copy(); c[[0, 1], [1, 1]] += one; c",
        ],
        () if start("operators on typed scalars") && signed => vec![
            "most + one",
            "most + 1",
            "a[1] + one",
            "least - one",
            "least - 1",
            "most * most",
            "most * 2",
            "-least",
        ],
        () if start("operators on typed scalars") => {
            vec!["most + one", "a[1] + 1", "least - one", "most * most", "most * 2", "-one"]
        }
        () if start("`prod`, `cumprod`") => vec![
            "np.prod(b, dtype=T)",
            "b.prod(dtype=T)",
            "np.prod(np.stack([b, b]), axis=0, dtype=T)",
            "np.prod(np.stack([b, b]), axis=1, dtype=T)",
            "np.cumprod(b, dtype=T)",
            "b.cumprod(dtype=T)",
            "np.cumprod(np.stack([b, b]), axis=0, dtype=T)",
        ],
        () if start("`sum`, `cumsum`, `dot`, `@`, `f/` and `f\\`") => vec![
            "np.sum(b, dtype=T)",
            "np.sum(np.stack([b, b]), axis=0, dtype=T)",
            "np.cumsum(b, dtype=T)",
            "np.dot(b, b)",
            "b @ b",
            "np.stack([b, b]) @ b",
            "np.add.reduce(b, dtype=T)",
            "np.add.accumulate(b, dtype=T)",
            "+/ np.tile(b, 300)",
            "+\\ b",
            "×\\ b",
            "b +.× b",
        ],
        () if start("shifts, `%`") && signed => vec!["a << 1", "a << T(7)", "z << u", "z % T(-1)"],
        () if start("shifts, `%`") => vec!["a << 1", "a << T(7)", "np.left_shift(a, 1)"],
        () if start("`//`") && signed => vec!["z // T(-1)", "np.floor_divide(z, T(-1))", "z // -u"],
        () if start("`//`") => vec!["a // one", "z // most"],
        () if start("casts: `astype`, `int8(x)`, assignment of an array") => vec![
            "np.array([70000000000], dtype=int64).astype(T)",
            "T(np.array([70000000000], dtype=int64))",
            "c = a.copy(); c[:] = np.array([70000000000, 2], dtype=int64); c",
        ],
        () => panic!("no forms are known of this row: {row}"),
    }
}

/// The value a form shows and its warnings, under one mode.
fn under(probe: &mut Probe, mode: &str, form: &str) -> (String, Vec<String>, Option<String>) {
    probe.run(&format!("%overflow {mode}"));
    let ran = probe.run(form);
    (ran.text, ran.warnings, ran.result.err().map(|e| e.concat()))
}

/// What is wrong with a form, if anything is.
fn judge(probe: &mut Probe, form: &str, verdict: Verdict) -> Option<String> {
    let (quiet, none, failed) = under(probe, "wrap", form);
    if let Some(error) = failed {
        return Some(format!("fails under wrap: {error}"));
    }
    if !none.is_empty() && verdict != Verdict::Always {
        return Some(format!("is not silent under wrap: {none:?}"));
    }
    let (told, warnings, failed) = under(probe, "warn", form);
    if failed.is_some() || told != quiet {
        return Some(format!("gives {told:?} ({failed:?}) under warn, {quiet:?} under wrap"));
    }
    let (_, _, error) = under(probe, "error", form);
    let (words, refused) = match verdict {
        Verdict::Warn => ("integer overflow encountered in ", true),
        Verdict::NumPy => ("overflow encountered in scalar ", true),
        Verdict::Always => ("overflow encountered in ", false),
        Verdict::Wrap => ("", false),
    };
    match (refused, warnings.as_slice()) {
        (true, [one, ..]) if !one.starts_with(words) => Some(format!("warns in other words: {one}")),
        (true, []) => Some("does not warn".into()),
        (false, []) if verdict == Verdict::Always => Some("does not warn".into()),
        (false, [one, ..]) if verdict == Verdict::Wrap => Some(format!("warns: {one}")),
        _ => match error {
            None if refused => Some("is no error under error".into()),
            Some(e) if !refused => Some(format!("is an error under error: {e}")),
            Some(e) if !e.starts_with("error[arr::math::overflow]") => Some(format!("fails otherwise: {e}")),
            _ => None,
        },
    }
}

/// The names that forms use.
fn setup(dtype: &str) -> String {
    let bits: u32 = dtype.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
    let (least, most) = if dtype.starts_with('u') {
        (0i128, (1i128 << bits) - 1)
    } else {
        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
    };
    // Plain integers end where int64 does; uint64's largest value is reached from zero.
    let most = if most > i64::MAX as i128 { "~T(0)".to_string() } else { format!("T({most})") };
    let least = if least < i64::MIN as i128 + 1 {
        "T(-9223372036854775807) - T(1)".into()
    } else {
        format!("T({least})")
    };
    format!(
        "T = {dtype}; most = {most}; least = {least}; one = T(1)\n\
         a = np.ones(2, dtype=T); a[1] = most; z = np.ones(2, dtype=T); z[1] = least\n\
         u = np.ones(2, dtype=T); m = np.stack([a, a]); b = np.full(9, most // 2, dtype=T)"
    )
}

#[test]
fn every_cell_of_the_table_holds() {
    on_big_stack(|| {
        let mut wrong = Vec::new();
        let mut tried = 0;
        for (row, verdicts) in table() {
            for (signed, dtypes, verdict) in [(true, SIGNED, verdicts[0]), (false, UNSIGNED, verdicts[1])] {
                for dtype in dtypes {
                    let mut probe = Probe::new();
                    let ran = probe.run(&setup(dtype));
                    assert!(ran.result.is_ok(), "{dtype}: {:?}", ran.result.err());
                    for form in forms(&row, signed) {
                        tried += 1;
                        if let Some(what) = judge(&mut probe, form, verdict) {
                            wrong.push(format!("{dtype} {form} ({verdict:?}): {what}"));
                        }
                    }
                }
            }
        }
        assert!(tried > 500, "{tried}");
        assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    });
}
