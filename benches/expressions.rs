//! Whole lines through a session: what a user's expression costs, interpreter included.
//! `cargo bench --bench expressions`; the side-by-side with NumPy is `benches/compare/compare.py`.

use arr::eval::{Output, Source};
use arr::session::Session;
use arr::syntax::Span;
use arr::value::Warning;

fn main() {
    divan::main();
}

struct Quiet;

impl Output for Quiet {
    fn write(&mut self, _: &str) {}
    fn warning(&mut self, _: &Warning, _: &Source, _: Span) {}
}

/// A line after its set-up. The semicolon keeps it from being shown.
fn line(bencher: divan::Bencher, setup: &str, code: &str) {
    let mut session = Session::new(Box::new(Quiet));
    session.run("setup", setup);
    let code = format!("{code};");
    bencher.bench_local(|| drop(session.run("line", &code)));
}

#[divan::bench(args = [3, 1_000, 1_000_000])]
fn add(bencher: divan::Bencher, n: usize) {
    line(bencher, &format!("a = np.arange({n}.0); b = a + 1"), "a + b");
}

#[divan::bench(args = [3, 1_000, 1_000_000])]
fn sum(bencher: divan::Bencher, n: usize) {
    line(bencher, &format!("a = np.arange({n}.0)"), "np.sum(a)");
}

#[divan::bench(args = [1_000, 1_000_000])]
fn polynomial(bencher: divan::Bencher, n: usize) {
    line(bencher, &format!("f = np.arange({n}.0) / {n}"), "3 * f**3 + 2 * f**2 - f + 1");
}

#[divan::bench(args = [64, 512])]
fn product(bencher: divan::Bencher, n: usize) {
    line(bencher, &format!("m = np.ones(({n}, {n}))"), "m @ m");
}

#[divan::bench(args = [1_000, 100_000])]
fn sort(bencher: divan::Bencher, n: usize) {
    line(bencher, &format!("a = np.random.default_rng(1).random({n})"), "np.sort(a)");
}

#[divan::bench]
fn loop_of_a_thousand(bencher: divan::Bencher) {
    let setup = "fn f() {\n x = 0\n for i in range(1000) { x += i * 2 }\n x\n}";
    line(bencher, setup, "f()");
}

#[divan::bench]
fn elements_of_a_matrix(bencher: divan::Bencher) {
    let setup = "m = np.ones((30, 30))\nfn f() {\n t = 0.0\n for i in range(30) { for j in range(30) { \
                 t += m[i, j] } }\n t\n}";
    line(bencher, setup, "f()");
}

#[divan::bench]
fn calls(bencher: divan::Bencher) {
    let setup = "fn fib(n) {\n if n < 2 { return n }\n fib(n - 1) + fib(n - 2)\n}";
    line(bencher, setup, "fib(15)");
}

#[divan::bench(args = ["a[1]", "a[1:]", "np.max(a)", "a.mean()", "np.sqrt(a)", "np.dot(a, a)", "a.shape"])]
fn of_three(bencher: divan::Bencher, code: &str) {
    line(bencher, "a = np.arange(3.0)", code);
}
