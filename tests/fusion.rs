//! Fused against step by step: generated expressions, reductions and assignments give the same bits,
//! dtypes and warnings whether their steps run as one pass or each on its own, for any block size,
//! number of threads and layout of the operands.

mod common;

use arr::exec;
use arr::prim::deferred;
use common::{Probe, on_big_stack};

/// A small generator of numbers (xorshift), so that every run tests the same programs.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }
}

/// Operands of one shape or that broadcast to it, in many dtypes and layouts.
const SETUP: &str = "\
rng = np.random.default_rng(5)
base = rng.random((40, 266)) * 4 - 2
x = base[:30, :33].copy()
strided = base[5:35, :66:2]
flipped = base[30:0:-1, 33:0:-1]
turned = rng.random((33, 30)).T
row = rng.random(33)
col = rng.random((30, 1))
one = np.array([[0.5]])
f4 = x.astype(np.float32)
i = (x * 10).astype(np.int64)
j = (turned * 100).astype(np.int32)
k = i[::-1, 1:][:, ::-1].astype(np.int32)[:, :1] - 3
far = (i.astype(np.int32) + 20) ** 6
small = (x * 10).astype(np.int8)
u = (x * 20 + 50).astype(np.uint8)
z = x + 1j * turned
b = x > 0
odd = x.copy(); odd[3, 4] = nan; odd[5, 6] = inf; odd[7, 8] = 0.0
long = rng.random(6000) - 0.5
other = rng.random(6000) - 0.5
single = long.astype(np.float32)
tall = base.copy(); tall[7, 5] = 0.0
whole = (tall * 10).astype(np.int32)";

const OPERANDS: &[&str] = &[
    "x", "strided", "flipped", "turned", "row", "col", "one", "f4", "i", "small", "u", "z", "b", "odd", "2",
    "0.5", "3", "x", "strided", "row",
];

fn expression(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 {
        return dice.pick(OPERANDS).into();
    }
    let a = expression(dice, depth - 1);
    let narrow = dice.roll(depth);
    let b = expression(dice, narrow);
    match dice.roll(24) {
        16 => format!("np.where({a} > {b}, {a}, {b} * 2)"),
        17 => format!("np.where((x <= {a}) & ~b, {b} - 1, odd)"),
        18 => format!("(({a} != {b}) | (0.5 >= x) ^ b)"),
        19 => format!("np.maximum({a}, x / {b})"),
        20 => format!("np.floor(np.real({a}) + x) - np.trunc(x)"),
        21 => format!(
            "np.clip(np.real({a}) + x, {}, np.real({b}) + x)",
            dice.pick(&["-1", "row", "np.rint(x)"])
        ),
        22 => format!("({a} - {b}) / {}", dice.pick(&["3", "0.1", "col", "1e300", "np.ceil(one)"])),
        23 => format!("(np.real({a}) + x) % {} - f4 % 1", dice.pick(&["1", "1.0", "0.5", "np.ceil(one)"])),
        0..=2 => format!("({a} + {b})"),
        3 | 4 => format!("({a} - {b})"),
        5 | 6 => format!("({a} * {b})"),
        7 => format!("({a} / {b})"),
        8 => format!("({a}) ** 2"),
        9 => format!("-({a} + 1)"),
        10 => format!("np.abs({a})"),
        11 => format!("np.where(b, {a}, {b})"),
        12 => format!("np.sqrt(np.abs({a}))"),
        13 => format!("({a} × {b})"),
        14 => format!("({a}).astype(np.complex128)"),
        _ => format!("np.square({a})"),
    }
}

/// An expression of integers, which wrap where `far` is multiplied.
fn integers(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 {
        return dice.pick(&["i", "j", "k", "far", "3", "i[::-1]", "j.T.copy().T", "-5", "i", "j"]).into();
    }
    let a = integers(dice, depth - 1);
    let narrow = dice.roll(depth);
    let b = integers(dice, narrow);
    match dice.roll(18) {
        0 | 1 => format!("({a} + {b})"),
        2 | 3 => format!("({a} - {b})"),
        4 => format!("({a} * {b})"),
        5 => format!("({a} & {b})"),
        6 => format!("({a} | 12) ^ {b}"),
        7 => format!("~({a})"),
        8 => format!("np.maximum({a}, {b})"),
        9 => format!("np.minimum({a}, {b} + 1)"),
        10 => format!("np.where({a} > {b}, {a}, {b})"),
        11 => format!("np.where(({a} <= 7) & ~({b} == 2), {b} - 1, j)"),
        12 => format!("np.abs({a} - 2)"),
        13 => format!("-({a})"),
        14 => format!("(i & 7 + {a}) ** 2"),
        15 => format!("({a} % 4 == {b} & 3) + j % 1 - {a} % 8"),
        16 => format!("np.where({a} & 5 != 1, {b} % 2, {a} % 3)"),
        _ => format!("({a} != {b}) * i"),
    }
}

/// A fold of an expression of long vectors, whose parts are folded where they are made.
fn long_fold(dice: &mut Dice) -> String {
    let (from, n) = (dice.roll(9), 1 + dice.roll(5990));
    let [a, b] = ["long", "other"].map(|name| format!("{name}[{from}:{}]", from + n));
    let rows = [1, 2, 7, 100][dice.roll(4)].min(n);
    let e = match dice.roll(6) {
        0 => format!("({a} - {b}) ** 2"),
        1 => format!("{a} * {b}"),
        2 => format!("single[{from}:{}] * 2 + 1", from + n),
        3 => format!("np.where({a} > {b}, {a}, {b} / 3)"),
        4 => format!("({a} > 0.25) | ({b} < {a})"),
        _ => format!("np.abs({a} / {b}) + odd[3, 3:5].sum()"),
    };
    let e = format!("({e})[:{}].reshape({rows}, -1)", n / rows * rows);
    match dice.roll(8) {
        0 => format!("np.sum({e})"),
        1 => format!("np.mean({e}, axis=1)"),
        2 => format!("np.max({e})"),
        3 => format!("np.min({e}, axis=1)"),
        4 => format!("np.any({e} > 0.49, axis=1)"),
        5 => format!("np.all({e} < 2)"),
        6 => format!("np.count_nonzero({e} > 0.1)"),
        _ => format!("np.sum({e}, axis=1)"),
    }
}

/// A fold of the rows of an expression into one, where it is made.
fn rows_fold(dice: &mut Dice) -> String {
    let operands = [
        "tall",
        "base[::-1]",
        "base[:, ::-1]",
        "base[3]",
        "base[:, :1]",
        "2",
        "whole",
        "whole[:, 2:3]",
        "whole[4]",
        "0.5",
        "tall.astype(np.float32)",
        "base.T.copy().T",
        "tall",
        "tall",
    ];
    let [a, b, c] = [0; 3].map(|_| dice.pick(&operands));
    let number = match dice.roll(9) {
        0 => format!("tall * {a} - {b}"),
        1 => format!("np.abs({a} - tall) / {b}"),
        2 => format!("np.where(tall > {a}, {b}, {c})"),
        3 => format!("(tall - {a}) ** 2"),
        4 => "base[0] + np.float32(2) * tall.astype(np.float32)".to_string(),
        5 => format!("np.maximum(whole * 3, {a} + whole)"),
        6 => "-np.float32(2) * tall.astype(np.float32)".to_string(),
        7 => format!("1 / tall + {a}"),
        _ => format!("tall + {a} * {b}"),
    };
    let test = match dice.roll(4) {
        0 => format!("(tall > {a}) & ({b} < 1)"),
        1 => format!("{number} <= {c}"),
        2 => format!("~(whole + {a} == {b})"),
        _ => format!("tall > {a}"),
    };
    let stack = if dice.roll(4) == 0 { "np.asarray(tall * 0 == 0)[:, None] & " } else { "" };
    let axis = if stack.is_empty() { 0 } else { 1 };
    match dice.roll(9) {
        0 => format!("np.sum({number}, axis=0)"),
        1 => format!("({number}).max(axis=0)"),
        2 => format!("({number}).min(axis=0, initial=1.5)"),
        3 => format!("np.mean({number}, axis=0, keepdims=True)"),
        4 => format!("np.var({number}, axis=0)"),
        5 => format!("np.any({stack}({test}), axis={axis})"),
        6 => format!("np.all({stack}({test}), axis={axis})"),
        7 => format!("({stack}({test})).sum(axis={axis})"),
        _ => format!("np.count_nonzero({test}, axis=0)"),
    }
}

/// An update in place of an array of any dtype, or of some of it, by an expression that may read it.
fn update(dice: &mut Dice) -> String {
    let (target, e, operators): (&str, String, &[&str]) = match dice.roll(6) {
        0 => {
            let name = dice.pick(&["x", "strided", "turned", "odd"]);
            (name, expression(dice, 2), &["+=", "-=", "*=", "/=", "%=", "**="])
        }
        1 => ("f4", format!("np.float32({})", expression(dice, 1)), &["+=", "-=", "*=", "/=", "//="]),
        2 => ("i", integers(dice, 2), &["+=", "-=", "*=", "&=", "|=", "^=", "//=", "%="]),
        3 => (
            "j",
            format!("np.asarray({}).astype(np.int32)", integers(dice, 2)),
            &["+=", "*=", "&=", "^=", "%="],
        ),
        4 => ("z", expression(dice, 2), &["+=", "-=", "*=", "/="]),
        _ => {
            let (a, c) = (expression(dice, 1), integers(dice, 1));
            let test = dice.pick(&["> 0.5", "<= x", "!= 1", "== x"]);
            let e = match dice.roll(4) {
                0 => format!("(({a}) {test})"),
                1 => format!("(np.abs({a}) * 2 + 1 {test}) | b"),
                2 => format!("({c} % 4 == i & 3) ^ ({c} > j)"),
                _ => format!("~b & (({c} - i) * 2 > j)"),
            };
            ("b", e, &["&=", "|=", "^="])
        }
    };
    let part = dice.pick(&["", "", "", "[1:]", "[:, 3:]", "[::-1]", "[2]", "[:, ::2]", "[4:, 5]"]);
    let operator = dice.pick(operators);
    let of = if part.is_empty() { e } else { format!("np.asarray(({e}) + {target} * False){part}") };
    format!("t = {target}.copy(); t{part} {operator} {of}; t")
}

fn program(dice: &mut Dice) -> String {
    if dice.roll(5) == 0 {
        return update(dice);
    }
    if dice.roll(5) == 0 {
        return long_fold(dice);
    }
    if dice.roll(8) == 0 {
        return rows_fold(dice);
    }
    if dice.roll(5) == 0 {
        let e = integers(dice, 3);
        return match dice.roll(8) {
            0 => format!("({e}).sum()"),
            1 => format!("np.max({e}, axis=1)"),
            2 => format!("np.cumsum({e}, axis=0)"),
            3 => format!("i[np.asarray({e} > 2) & b]"),
            4 => format!("t = i.copy(); t += {e}; t"),
            5 => format!("t = i.copy(); t[1:] = t[:-1] * 2 - np.int64(4); t[2] = ({e} + i)[2]; t"),
            _ => e,
        };
    }
    let depth = 2 + dice.roll(3);
    let e = expression(dice, depth);
    let other = dice.pick(OPERANDS);
    match dice.roll(60) {
        0 => format!("({e}).sum()"),
        1 => format!("np.sum({e}, axis=0)"),
        2 => format!("({e}).mean(axis=1)"),
        3 => format!("np.sum({e}, axis=-1, keepdims=True)"),
        4 => format!("+/ {e}"),
        5 => format!("(({e}) != 0).any(axis=0)"),
        6 => format!("np.count_nonzero({e})"),
        7 => format!("np.prod(np.real({e} + x) / 3, axis=0)"),
        8 => format!(
            "t = x.copy(); t[1:-1, 1:-1] = 0.25 * (t[:-2, 1:-1] + t[2:, 1:-1] + np.real(({e} + x)[1:-1, 1:-1])); t"
        ),
        9 => "t = x.copy(); t[2:] = t[:-2] * 2 + t[2:]; t[::-1] = t + 1; t[:, 1:] += t[:, :-1] * 0.5; t"
            .to_string(),
        10 => format!("t = z.copy(); t += {e}; t"),
        14 => format!("({e}).var()"),
        15 => format!("np.var({e}, axis=0)"),
        16 => format!("({e}).std(axis=1, keepdims=True)"),
        17 => format!("np.argmax({e})"),
        18 => format!("np.argmin({e}, axis=0)"),
        19 => format!("({e}).argmax(axis=1)"),
        20 => format!("np.clip({e}, -1, {other})"),
        21 => format!("np.allclose({e}, {other})"),
        22 => format!("np.isclose({e}, {other}).all(axis=0)"),
        23 => format!("np.array_equal({e}, {other})"),
        24 => format!("np.ptp({e}, axis=1)"),
        25 => format!("np.nan_to_num({e}).sum()"),
        26 => format!("np.round({e}, 1)"),
        27 => format!("np.prod({e}, axis=0)"),
        28 => format!("({e})[np.real({other} + x) > 0.25]"),
        29 => format!("x[np.real({e}) > 0]"),
        30 => format!("np.argwhere(np.real({e}) > 0)"),
        31 => format!("np.extract({e}, x * 2)"),
        32 => format!("t = x.copy(); t[np.real({e}) > 0] = {other}; t"),
        33 => "t = x.copy(); t[t > 0.5] *= 2; t[::-1][t < 0] = 3; t[t[::-1] > 1] = 0.5; t".to_string(),
        34 => format!("np.compress(np.real({e}).ravel() > 0, x.ravel() + 1)"),
        35 => format!("np.cumsum({e}, axis={})", dice.pick(&["0", "1", "None"])),
        36 => format!("np.cumprod({e}, axis={})", dice.pick(&["0", "1", "None"])),
        37 => format!("+\\ {e}"),
        38 => format!("np.maximum.accumulate(np.real({e}), axis=1)"),
        11 => format!("t = x.copy(); f = (k) => t.sum() * k; r = t * 2 + f(1); t[0] = 5; r + {e}"),
        40 => format!("np.diff({e}, axis={})", dice.pick(&["0", "-1"])),
        41 => format!("np.nansum({e}, axis=1)"),
        42 => format!("np.nanmax(np.real({e}))"),
        43 => format!("np.average({e}, weights=np.real({other} + x) ** 2 + 1)"),
        44 => format!("np.trapezoid({e}, axis=0)"),
        45 => format!("np.nanmean({e}, axis=0)"),
        39 => format!("(({e}) ** 2 < 100).all()"),
        46 => format!("t = x.copy(); np.add(t, {other}, where=np.real({e}) > 0, out=t); t"),
        47 => format!("t = odd.T.copy().T; np.divide({e}, t, where=t > 0.5, out=t); t"),
        48 => format!("t = u.copy(); t[np.real({e}) > 0] += {}; t", dice.pick(&["200", "0.5", "u", "b"])),
        49 => format!("t = x.copy()[:, ::-1]; t[t > np.real({e})] /= {}; t", dice.pick(&["0", "2"])),
        50 => format!(
            "t = f4.copy(); np.copyto(t, {e}, where=row > 0.5); np.copyto(t[1:], t[:-1], where=b[1:]); t"
        ),
        51 => format!("np.select([np.real({e}) > 1, b], [{other}, x], 2)"),
        52 => format!("np.gradient(np.real({e}), axis={})", dice.pick(&["0", "1"])),
        53 | 54 => {
            let k = 2 + dice.roll(31);
            let q = format!("np.resize(long, (60, {k}))");
            let fold = dice.pick(&["sum", "max", "min", "prod"]);
            format!("((np.real({e}) + x)[:, None, :{k}] - {q})[:9].{fold}(axis=-1)")
        }
        55 => "np.abs(single[:300, None] - f4[3] * 2).min(axis=1)".to_string(),
        _ => e,
    }
}

/// What a program shows: text, dtype and warnings, or its errors.
fn shown(program: &str) -> String {
    let mut probe = Probe::new();
    probe.run(SETUP);
    let (before, last) = program.rsplit_once("; ").unwrap_or(("None", program));
    let ran = probe.run(&format!("{before}\nresult = np.asarray({last})"));
    let text = probe.run("print(result.tolist(), result.dtype)").text;
    match ran.result {
        Ok(_) => format!("{text}\n{:?}", ran.warnings),
        Err(errors) => errors.join("; "),
    }
}

#[test]
fn fused_passes_give_what_the_steps_give() {
    on_big_stack(|| {
        let mut dice = Dice(0x9E3779B97F4A7C15);
        let mut programs: Vec<String> = (0..500).map(|_| program(&mut dice)).collect();
        programs.extend((0..100).map(|_| rows_fold(&mut dice)));
        // A cast that cuts what was to be cut before it, and tells of what does not fit.
        programs.push("np.trunc(x * 10).astype(int) - np.trunc(f4).astype(np.int32)".to_string());
        for (name, dtype) in
            [("floor", "int"), ("ceil", "np.int32"), ("rint", "np.int64"), ("floor", "np.int16")]
        {
            programs.push(format!("np.{name}(x * 10).astype({dtype}) + np.{name}(f4 * 3).astype({dtype})"));
            programs.push(format!("np.{name}(np.resize(long, 131) * 9 - 4).astype({dtype}).sum()"));
            programs.push(format!("np.{name}(odd * 2).astype({dtype}) + 1"));
            programs.push(format!("np.{name}(one * 3 + np.zeros((2, 3))).astype({dtype})"));
            programs.push(format!("np.{name}(x * 4e9).astype({dtype})"));
        }
        programs.push("np.trunc(odd).astype(np.int64) + np.fix(x * 3).astype(np.uint8)".to_string());
        // What is left out of a fold is left out of rows, too.
        programs.push("np.nansum(np.where(tall > 0, tall, nan), axis=0)".to_string());
        programs.push("np.nanmean(np.where(tall > 0, np.abs(tall), nan), axis=0)".to_string());
        // More rows than a byte can count.
        programs.extend(
            ["> 0.1", "< 9", "!= 0.25"].map(|t| format!("(np.resize(long, (600, 70)) {t}).sum(axis=0)")),
        );
        programs.push(
            "np.all((np.resize(long, (600, 70)) < 9) & (np.resize(other, (600, 70)) > -9), axis=0)"
                .to_string(),
        );
        // Few columns, and axes folded on both sides of one that is kept.
        for columns in [3, 10, 33, 40, 70, 130] {
            let q = format!("np.resize(long, (150, {columns}))");
            programs.push(format!("({q} * 2 - 1).sum(axis=0)"));
            programs.push(format!("({q} - {q}[0]).max(axis=0)"));
            programs.push(format!("(({q} - {q}[:, :1]) ** 2).sum(axis=0)"));
            programs.push(format!("np.sign({q} - {q}[:, 1:2] / 2).min(axis=1)"));
            programs.push(format!("({q} / {q}.sum(axis=1, keepdims=True)).std(axis=0)"));
            programs.push(format!("({q} * 3).reshape(5, 30, {columns}).std(axis=(0, 1))"));
            for fold in ["sum", "max", "prod", "std"] {
                programs.push(format!("({q} + 1).reshape(15, 10, {columns}).{fold}(axis=(0, 2))"));
                programs.push(format!("{q}.reshape(15, 10, {columns}).{fold}(axis=(0, 2))"));
            }
        }
        programs.push("np.sign(odd) + np.sign(i - j) * np.sign(-x) + np.sign(row * 0)".to_string());
        // Bools are written over by a chain that computes with numbers.
        programs.push("b &= x * 2 + 1 > np.abs(x) + 3; b".to_string());
        programs.push("b ^= (i % 4 == j & 3) | (i - j < i + 2); b".to_string());
        // A power by products is the same beside numbers that are too large for them, and alone in its block.
        for exponent in ["1.5", "-2", "2.5", "-0.5", "6", "2", "0.5"] {
            programs.push(format!("np.where(x > 1.9, 1e300, np.abs(x)) ** {exponent}"));
            programs.push(format!("f4[f4 > 0] ** {exponent}"));
        }
        // A bound that is infinite leaves no trace in what it bounds.
        programs.push("np.clip(x, 1 / (x * 0), 5.0) + 1".to_string());
        programs.push("np.clip(x * 2, -5.0, np.abs(x) / 0) + 1".to_string());
        deferred::set_threshold(usize::MAX);
        exec::threads::set_count(1);
        let expected: Vec<String> = programs.iter().map(|p| shown(p)).collect();
        let mut errors = 0;
        for (block, threads, threshold) in [(8 << 10, 1, 1 << 16), (200, 2, 1), (64, 5, 1), (1, 2, 1)] {
            deferred::set_threshold(1);
            exec::set_block_size(block);
            exec::set_far(if block == 1 { usize::MAX } else { 1 });
            exec::threads::set_count(threads);
            exec::threads::set_threshold(threshold);
            errors = 0;
            for (program, expected) in programs.iter().zip(&expected) {
                let got = shown(program);
                errors += expected.starts_with("error") as usize;
                assert_eq!(&got, expected, "{program}\nblock {block}, {threads} threads");
            }
        }
        assert!(errors * 3 < programs.len(), "most programs should run: {errors} fail");
        products_of_expressions_are_those_of_arrays();
        shared_parts_are_those_of_names();
        items_that_wait_are_those_of_names();
        deviations_are_squares_of_differences();
        loops_of_updates_give_what_their_turns_give(&mut dice);
        few_elements_are_computed_as_many(&mut dice);
    });
}

/// An expression of the four operations, squares and comparisons.
fn plain_expression(dice: &mut Dice, operands: &[&str], depth: usize) -> String {
    if depth == 0 {
        return dice.pick(operands).into();
    }
    let narrow = dice.roll(depth);
    let (a, b) = (plain_expression(dice, operands, depth - 1), plain_expression(dice, operands, narrow));
    match dice.roll(7) {
        0 => format!("({a})**2"),
        1 => format!("-({a})"),
        _ => format!("({a} {} {b})", dice.pick(&["+", "-", "*", "/"])),
    }
}

/// Arrays of a few elements, which are computed on the stack or by loops of their own, beside plans of them.
fn few_elements_are_computed_as_many(dice: &mut Dice) {
    let few = ["base[0, :5].copy()", "base[0, :1].copy()", "base[:2, :7].copy()", "base[1, :40].copy()"];
    for n in 0..120 {
        let first = few[n % few.len()];
        let operands: &[&str] = match n % 3 {
            0 => &["s", "t", "s", "2", "0.5", "-3"],
            1 => &["s", "t", "o", "2", "1e200"],
            _ => &["s", "t", "j", "k", "3", "np.float64(2)", "np.int64(9)", "4000000000"],
        };
        let e = plain_expression(dice, operands, 1 + n % 4);
        let e = if dice.roll(4) == 0 { format!("{e} {} t", dice.pick(&["<", ">=", "==", "!="])) } else { e };
        let setup = format!(
            "s = {first}; t = s[::-1] + 1; o = s * 1; o.ravel()[0] = [nan, inf, 0.0, -0.0][{}]; \
             j = (s * 1e9).astype(int); k = j // 3",
            dice.roll(4)
        );
        let told = |threshold| {
            deferred::set_threshold(threshold);
            let mut probe = Probe::new();
            probe.run("base = np.random.default_rng(5).random((40, 66)) * 4 - 2");
            probe.run(&setup);
            let ran = probe.run(&format!("result = np.asarray({e})"));
            let text = probe.run("print(result.tolist(), result.dtype, np.signbit(result).tolist())").text;
            match ran.result {
                Ok(_) => format!("{text}\n{:?}", ran.warnings),
                Err(errors) => errors.join("; "),
            }
        };
        assert_eq!(told(usize::MAX), told(1), "{setup}; {e}");
    }
}

/// What is in `out` after a loop over `k` that updates it, and the warnings or the error.
fn updated(target: &str, body: &str) -> String {
    let mut probe = Probe::new();
    probe.run(SETUP);
    probe.run(&format!("out = {target}.copy(); last = 0"));
    let ran = probe.run(&format!("for k in range(4) {{\n{body}\n}}"));
    let mut told: Vec<String> = match ran.result {
        Ok(_) => ran.warnings.iter().map(|w| format!("{w:?}")).collect(),
        Err(errors) => errors.iter().map(|e| e.lines().next().unwrap_or_default().to_string()).collect(),
    };
    told.sort();
    told.dedup();
    format!("{}{told:?}", probe.run("print(k, out.tolist(), out.dtype)").text)
}

/// A loop that only updates one array, whose updates may wait for each other, beside the same loop with a
/// variable more, in which they do not.
fn loops_of_updates_give_what_their_turns_give(dice: &mut Dice) {
    let targets = ["x", "odd", "f4", "i", "u", "small", "z", "turned", "long", "x"];
    for n in 0..60 {
        let target = targets[n % targets.len()];
        let mut body = String::new();
        for _ in 0..1 + dice.roll(3) {
            let e = match target {
                "long" => {
                    dice.pick(&["other[k]", "other / k", "long[::-1] * k", "single", "x[k]", "np.sin(other)"])
                }
                _ => dice.pick(&[
                    "x[k]",
                    "row * x",
                    "f4",
                    "u[k:k+1]",
                    "np.roll(x, (k, 1), axis=(0, 1))",
                    "odd - k",
                    "small",
                    "3",
                    "0.5 * strided",
                    "x / (x > 0)",
                    "col",
                    "b",
                    "np.where(b, x, k)",
                    "x[1:, k]",
                ]),
            };
            let op = dice.pick(&["+=", "-=", "*=", "+=", "/=", "⌈="]);
            body += &match dice.roll(4) {
                0 => format!("if k != 2 {{ out {op} {e} }}\n"),
                1 => format!("for j in range(k) {{ out {op} {e} * j }}\n"),
                _ => format!("out {op} {e}\n"),
            };
        }
        let expected = updated(target, &format!("{body}last = k"));
        assert_eq!(updated(target, &body), expected, "{target}\n{body}");
    }
}

/// What a program prints for its last line.
fn printed(setup: &str, line: &str) -> String {
    let mut probe = Probe::new();
    probe.run(setup);
    probe.run(&format!("result = np.asarray({line})"));
    probe.run("print(result.tolist(), result.dtype)").text
}

/// Parts that an expression repeats, beside the same parts each under a name of its own.
fn shared_parts_are_those_of_names() {
    let parts = [
        "np.exp(x - x.max(axis=1, keepdims=True))",
        "np.sqrt(np.abs(odd))",
        "(i - i.mean(axis=0))",
        "f4 * np.sin(f4)",
        "np.sort(small, axis=1)[1:]",
        "np.maximum(strided, flipped.sum())",
        "-np.abs(z)",
    ];
    let whole = [
        "(A) / (B).sum()",
        "(A) * 2 - (B)",
        "(A)[0] + (B)[-1] * (C)[0]",
        "np.sum((A) * (B)) + (C).size",
        "2 * (A).T * (B).T + np.dot((C).ravel(), (C).ravel())",
    ];
    for part in parts {
        for line in whole {
            let repeated = ["A", "B", "C"].iter().fold(line.to_string(), |t, name| t.replace(name, part));
            let named = format!("{SETUP}\nA = {part}\nB = {part}\nC = {part}");
            let expected = printed(&named, line);
            assert!(expected.contains("float") || expected.contains("int"), "{repeated}: {expected}");
            assert_eq!(printed(SETUP, &repeated), expected, "{repeated}");
        }
    }
}

/// Expressions as items of a list or tuple, beside the same ones each under a name of its own.
fn items_that_wait_are_those_of_names() {
    let parts = [
        ("x * 2", "odd / 0"),
        ("turned + 1", "x / 3"),
        ("i * 2", "x + 1"),
        ("f4 * 2", "-f4"),
        ("small + small", "u - u"),
        ("strided - row", "flipped * col"),
    ];
    let lines = [
        "np.concatenate([A, B])",
        "np.concatenate((A, x, B), axis=1)",
        "np.concatenate([A, B], axis=None)",
        "np.concatenate([A, B], dtype=np.complex64)",
        "np.concatenate([A, B], out=np.zeros((60, 33), np.complex128))",
        "np.stack([A, B])",
        "np.stack([A, B], axis=1)",
        "np.stack((A, B, A, B), axis=-1)",
        "np.vstack([A, B[:1]])",
        "np.vstack([A[0], B[1] * 2])",
        "np.hstack([A, B])",
        "np.hstack([A[0] * 2, B[1]])",
        "np.dstack([A, B])",
        "np.dstack([A[0] + 1, B[1] + 1])",
        "np.column_stack([A[:, 0] + 1, B])",
        "np.select([A > 0, B > 1], [A, B], 2)",
        "np.sum(np.array([A, B]))",
        "np.concatenate([A, t * 2, g(t), t * 2])",
        "np.vstack((A, ((0.5,) * 33,)))",
    ];
    let writes = "t = x.copy()\ng = (k) => [np.put(k, 0, 100.0), k][1]";
    for (k, line) in lines.into_iter().enumerate() {
        // Two of the pairs for each line.
        for (a, b) in [parts[k % parts.len()], parts[(k + 2) % parts.len()]] {
            let inline = line.replace('A', &format!("({a})")).replace('B', &format!("({b})"));
            let named = format!("{SETUP}\n{writes}\nA = {a}\nB = {b}\nC = t * 2");
            let expected = printed(&named, &line.replacen("t * 2", "C", 1));
            assert!(expected.len() > 5, "{inline}: {expected}");
            assert_eq!(printed(&format!("{SETUP}\n{writes}"), &inline), expected, "{inline}");
        }
    }
}

/// Variances of arrays that are long enough for a plan.
fn deviations_are_squares_of_differences() {
    let setup = "w = np.random.default_rng(3).random((12, 700)) + 3\nn = 12 * 700";
    for a in
        ["w", "w.T", "w.astype(np.float32)", "w[:, ::-1]", "np.asfortranarray(w)", "w.reshape(3, 4, 700)"]
    {
        for (axis, n) in [("None", "n"), ("0", "a.shape[0]"), ("-1", "a.shape[-1]")] {
            let setup = format!("{setup}\na = {a}\nd = a - a.mean(axis={axis}, keepdims=True)");
            let expected = printed(&setup, &format!("np.sum(d * d, axis={axis}) / {n}"));
            assert!(expected.contains("float"), "{expected}");
            assert_eq!(printed(&setup, &format!("a.var(axis={axis})")), expected, "{a}, {axis}");
        }
    }
}

/// Products of long vectors, whose pieces are the same whether they are computed as they are added up or
/// before.
fn products_of_expressions_are_those_of_arrays() {
    let lines = [
        "np.dot(p * 2, q)",
        "(p - q) @ (q + 1)",
        "np.vdot(w * 2, w + p)",
        "np.inner(p * q, k)",
        "np.linalg.norm(p - q)",
        "np.linalg.norm(w * q)",
        "np.linalg.norm((p - q).reshape(200, 250))",
        "np.linalg.norm(p.reshape(200, 250).T * 2)",
        "np.dot(k * 2, k)",
    ];
    let setup = "rng = np.random.default_rng(8)\np = rng.random(50000)\nq = rng.random(50000)\n\
            w = p + 1j * q\nk = rng.integers(0, 9, 50000)";
    let run = |line: &str| {
        let mut probe = Probe::new();
        probe.run(setup);
        probe.run(&format!("print(({line}).tolist())")).text
    };
    deferred::set_threshold(usize::MAX);
    let expected: Vec<String> = lines.iter().map(|line| run(line)).collect();
    deferred::set_threshold(1);
    for (line, expected) in lines.iter().zip(&expected) {
        assert!(expected.len() > 1, "{line}");
        assert_eq!(&run(line), expected, "{line}");
    }
}

/// Operands that an expression meets in turn: the same dtypes, then others, NaN, integers, views.
const TURNS: &str = "\
rng = np.random.default_rng(7)
x = rng.random(SIZE) * 4 - 2
y = rng.random(SIZE) + 1
odd = x.copy(); odd[1] = nan; odd[2] = inf; odd[3] = 0.0
wide = rng.random(2 * SIZE)
f4 = x.astype(np.float32)
i = (x * 1000).astype(np.int64)
big = i + 2**62
A = [x, y, x, odd, x, wide[::2], f4, f4, f4, i, i, big, i, x, x.reshape(1, -1), x, x]
B = [y, x, x, x, odd, y, f4, f4, x, i, i, big, x, y, y, 2.5, y]
K = [2, 3, 3, 4, 2.5, 0.5, 2, 2, 1e300, 2, 2, 2, 2, x[1], 2, 2, 0]";

fn kept_expression(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 {
        return dice.pick(&["a", "b", "k", "a[1:-1]", "b[:-2]", "a", "b", "2", "0.5", "3", "a[0]"]).into();
    }
    let narrow = dice.roll(depth);
    let (a, b) = (kept_expression(dice, depth - 1), kept_expression(dice, narrow));
    match dice.roll(9) {
        0 | 1 => format!("({a} + {b})"),
        2 => format!("({a} - {b})"),
        3 | 4 => format!("({a} * {b})"),
        5 => format!("({a} / {b})"),
        6 => format!("({a}) ** {}", dice.pick(&["2", "3", "k"])),
        7 => format!("-({a})"),
        _ => format!("({a} < {b})"),
    }
}

/// Values and texts of warnings of an expression, for each turn: in one loop, which keeps its plan, or
/// as so many statements, which do not.
fn in_turns(expression: &str, size: usize, keeps: bool) -> String {
    let mut probe = Probe::new();
    probe.run(&TURNS.replace("SIZE", &size.to_string()));
    let turn = "    a = A[t]; b = B[t]; k = K[t]";
    let step = format!("if ok[t] {{ r.append({expression}) }}");
    probe.run("r = []; ok = np.ones(17, dtype=bool)");
    // A turn whose shapes do not go together is left out.
    for t in 0..17 {
        let ran = probe.run(&format!("t = {t}\n{turn}\n{expression};"));
        if ran.result.is_err() {
            probe.run(&format!("ok[{t}] = False"));
        }
    }
    let mut warnings = Vec::new();
    if keeps {
        let ran = probe.run(&format!("for t in range(len(A)) {{\n{turn}\n{step}\n}}"));
        assert!(ran.result.is_ok(), "{expression}");
        warnings.extend(ran.warnings);
    } else {
        for t in 0..17 {
            warnings.extend(probe.run(&format!("t = {t}\n{turn}\n{step}")).warnings);
        }
    }
    let mut warnings: Vec<String> = warnings.iter().map(|w| format!("{w:?}")).collect();
    warnings.sort();
    warnings.dedup();
    let text = probe.run("for v in r { v = np.asarray(v); print(v.dtype, v.shape, v.tolist()) }").text;
    format!("{text}\n{warnings:?}")
}

#[test]
fn kept_plans_give_what_fresh_ones_give() {
    on_big_stack(|| {
        let mut dice = Dice(0x2545F4914F6CDD1D);
        for n in 0..60 {
            let depth = 2 + dice.roll(3);
            let e = kept_expression(&mut dice, depth);
            let size = if n % 4 == 0 { 2100 } else { 6 };
            assert_eq!(in_turns(&e, size, true), in_turns(&e, size, false), "{e} of {size}");
        }
    });
}
