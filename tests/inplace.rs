//! Results in place: a temporary gives its buffer to the next result, and a named array never does.

mod common;

use arr::array::memory;
use common::Probe;

/// Runs lines; the last one prints this.
fn prints(program: &str, want: &str) {
    let ran = Probe::new().run(program);
    assert!(ran.result.is_ok(), "{program}: {:?}", ran.result.err());
    assert_eq!(ran.text.trim_end(), want, "{program}");
}

/// Bytes that running a line takes at most, beyond those in use before.
fn extra(probe: &mut Probe, line: &str) -> usize {
    let before = memory::used();
    memory::reset_peak();
    let ran = probe.run(line);
    assert!(ran.result.is_ok(), "{line}: {:?}", ran.result.err());
    memory::peak() - before
}

#[test]
fn temporaries_are_written_over() {
    let n = 300_000;
    let mut probe = Probe::new();
    probe.run(&format!("a = np.arange({n}) * 0.5\nb = a[::-1].copy()\ni = np.arange({n})"));
    let one = n * 8 + n;
    for line in [
        "c = a + b",
        "c = a * 2 + 1 - a",
        "c = 1 + (2 - a * b)",
        "c = -(a + b)",
        "c = np.sqrt(np.abs(a - b) + 1)",
        "c = (i + 1) * 3 // 2",
    ] {
        let bytes = extra(&mut probe, &format!("{line}; None"));
        // The name's old array lives until the new one is bound to it.
        probe.run("c = None");
        assert!(bytes <= one, "{line} took {bytes} bytes, one result {}", n * 8);
    }
}

#[test]
fn what_is_chosen_is_computed_where_it_lies() {
    let n = 300_000;
    let mut probe = Probe::new();
    probe.run(&format!("a = np.arange({n}) * 0.5\nb = a[::-1].copy()\nm = a > b\nc = a.copy()"));
    let (mask, result) = (n, n * 8);
    for (line, most) in [
        ("c[m] += 1", 0),
        ("c[a > 7] *= 2", mask),
        ("np.add(a, b, where=m, out=c)", 0),
        ("np.divide(a, b - b[3], where=b != b[3], out=c)", mask + result),
        ("np.copyto(c, b, where=m)", 0),
        ("np.putmask(c, m, b)", 0),
        ("d = np.maximum.accumulate(a * 2)", result),
        ("d = np.gradient(a, 0.5)", result),
        ("d = np.trapezoid(b, a)", 0),
        ("d = np.piecewise(a, [m, ~m], [1.5, -2.0])", 2 * mask + result),
        ("d = np.diff(a, n=2)", result),
        ("d = np.ediff1d(a * 2)", result),
        ("d = np.select([a > 7, m], [a, b], 3.0)", result),
        ("d = np.select([a > 7, a > b], [a * 2, b + 1], 3.0)", result),
        ("d = np.concatenate([a * 2, b + 1])", 2 * result),
        ("d = np.stack((a * 2, b + 1), axis=-1)", 2 * result),
        ("d = np.hstack([a, b + 1])", 2 * result),
        ("d = np.choose(m.astype(np.int64), [a, b])", 2 * result),
    ] {
        let bytes = extra(&mut probe, &format!("{line}; None"));
        probe.run("d = None");
        assert!(bytes <= most + 100_000, "{line} took {bytes} bytes");
    }
}

#[test]
fn repeated_statements_settle_on_the_same_memory() {
    let mut probe = Probe::new();
    probe.run("a = np.arange(200_000) * 1.0\nb = a + 1\nc = a + b");
    probe.run("c = a + b\nc = a + b");
    let (used, kept) = (memory::used(), memory::kept());
    for _ in 0..10 {
        probe.run("c = a + b");
    }
    assert_eq!((memory::used(), memory::kept()), (used, kept));
}

#[test]
fn names_keep_their_arrays() {
    for n in [6, 3000, 100_000] {
        let with = |rest: &str| format!("x = np.arange({n}) * 1.0\n{rest}");
        prints(&with("y = x\nx = x + 1\nint(y[1]), int(x[1])"), "(1, 2)");
        prints(&with("y = x[1:]\nx = x + 1\nint(y[0])"), "1");
        prints(&with("y = x.reshape(2, -1) + 1\nz = -x\nint(x[1])"), "1");
        prints(&with("y = x[::-1] * 2 + 1\nint(x[1])"), "1");
        prints(&with("l = [x, x + 1]\ny = l[0] + 1\nz = l[1] * 0\nint(l[0][1]), int(l[1][1])"), "(1, 2)");
        prints(
            &with("fn f(v) {\n    v = v * 2\n    return v + 1\n}\ny = f(x)\nint(f(x + 0)[1]), int(x[1])"),
            "(3, 1)",
        );
        prints(&with("fn g(v) {\n    w = v\n    u = v + 1\n    w\n}\nint(g(x + 1)[1])"), "2");
        prints(&with("y = (x + 1)[::-1]\nz = y + 1\nint(y[-1]), int(z[-1])"), "(1, 2)");
        prints(&with("y = if True { x } else { 0 }\ny = y + 1\nint(x[1])"), "1");
        prints(&with("for v in [x, x] { v = v + 1 }\nint(x[1])"), "1");
        prints(&with("x += 1\ny = x\nx += 1\nint(y[1])"), "3");
        prints(&with("y = x + x * x + x\nz = (x + 1) * (x + 1)\nint(x[1]), int(y[2]), int(z[1])"), {
            "(1, 8, 4)"
        });
    }
}

#[test]
fn areas_pieces_and_members_in_one_pass_are_what_their_parts_are() {
    let set = "x = np.cumsum(np.arange(5000) % 7 + 1) * 0.5; y = np.sin(x); k = np.arange(5000) % 9 - 4";
    for (line, parts) in [
        ("np.trapezoid(y, x)", "((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2.0).sum()"),
        ("np.trapezoid(y[::-1], x[::-1])", "(np.diff(x[::-1]) * (y[::-1][1:] + y[::-1][:-1]) / 2.0).sum()"),
        (
            "np.trapezoid(y.reshape(50, 100), x[:50], axis=0)[3]",
            "(np.diff(x[:50])[:, None] * (y.reshape(50, 100)[1:] + y.reshape(50, 100)[:-1]) / 2.0).sum(axis=0)[3]",
        ),
        ("np.trapezoid(y.reshape(50, 100), x.reshape(50, 100))[7]", "np.trapezoid(y[700:800], x[700:800])"),
        ("np.trapezoid(k, x > 9)", "(((x > 9)[1:] != (x > 9)[:-1]) * (k[1:] + k[:-1]) / 2.0).sum()"),
        ("np.isin(k, [1, 300, -3])", "(k == 1) | (k == -3)"),
        ("np.isin(y, y[5:8], invert=True)", "(y != y[5]) & (y != y[6]) & (y != y[7])"),
        ("np.isin(y.astype(np.float32), [y[2], np.nan])", "y.astype(np.float32) == np.float64(y[2])"),
        (
            "np.piecewise(k, [k < -1, k > 2, k == 3], [2.9, 5, -7])",
            "np.where(k == 3, -7, np.where(k > 2, 5, np.where(k < -1, 2, 0)))",
        ),
        (
            "np.piecewise(y, [k < -1, k > 2], [2, True, np.inf])",
            "np.where(k < -1, 2.0, np.where(k > 2, 1.0, np.inf))",
        ),
    ] {
        prints(
            &format!(
                "{set}; p = np.asarray({line}); q = np.asarray({parts}); print(np.array_equal(p, q), p.dtype == q.dtype)"
            ),
            "True True",
        );
    }
}
