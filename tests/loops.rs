//! Loops in registers give what they give statement by statement: the same values, kinds, errors with
//! their places, warnings, and variables where they end. Whoever listens to inner loops has them run
//! statement by statement, so each program runs once with a listener and once without.

mod common;

use arr::error::Report;
use arr::eval::{Evaluator, LoopSite, LoopWatch, Output};
use arr::session::{Failure, Outcome};
use common::{Probe, on_big_stack, short_errors};
use std::rc::Rc;

/// Listens, and does nothing.
struct Listener;

impl LoopWatch for Listener {
    fn began(&self, _: &mut Evaluator, _: &LoopSite) -> u64 {
        0
    }

    fn ended(&self, _: &mut Evaluator, _: &LoopSite, _: u64) {}

    fn inner(&self) -> bool {
        true
    }

    fn statement_ended(&self, _: &mut dyn Output) {}
}

/// What a program writes, its warnings among it, and how it ends; with the values of some names.
fn outcome(program: &str, listened: bool) -> String {
    let mut probe = Probe::with_warnings();
    if listened {
        probe.session.evaluator.watch = Some(Rc::new(Listener));
    }
    let end = match probe.session.run("<test>", program) {
        Outcome::Done(_) => String::new(),
        Outcome::Failed(failure) => {
            let places = match &failure {
                Failure::Error(raised) => {
                    let report = Report::from_located(raised);
                    format!("{:?} {:?} {:?}", raised.span, raised.labels, report.message)
                }
                _ => String::new(),
            };
            format!("{} {places}\n", short_errors(&failure).join("; "))
        }
    };
    probe.session.evaluator.watch = None;
    let mut text = end + &probe.run("0;").text;
    for name in ["s", "n", "i", "j", "k", "x", "y", "z", "t", "a", "b", "m", "l", "p", "q", "flag"] {
        text.push_str(&format!("{name} = {}\n", probe.run(&format!("type({name}), {name}")).text.trim_end()));
    }
    text
}

/// Programs whose names are looked at afterwards. All loops run long enough to be compiled.
const PROGRAMS: &[&str] = &[
    // Kinds that change in the first turn, and later.
    "s = 0; for i in range(20) { s += i * 2 }",
    "s = 0; for i in range(20) { s += 0.5 }",
    "a = np.arange(20.0); s = 0\nfor i in range(len(a)) { s += a[i] }",
    "a = np.arange(20); s = 0\nfor i in range(len(a)) { s = s + a[i] * 2 - 1 }",
    "s = 0; for i in range(40) { if i == 25 { s = 0.5 }; s = s + 1 }",
    "for i in range(40) { if i == 25 { t = i }; if i > 30 { t = t * 0.5 } }",
    "for i in range(40) { if i % 2 == 0 { x = 1 } else { x = 2.0 } }",
    "m = np.ones((5, 6)); s = 0\nfor i in range(5) { t = 0.0; for j in range(6) { t += m[i, j] }; s += t }",
    "for i in range(12) { for j in range(i) { x = j }; y = i }",
    "for i in range(3, 50, 7) { s = i }; for j in range(10, -10, -3) { t = j }; for k in range(0) { n = k }",
    // Integers that end, floats that do not.
    "x = 1; for i in range(100) { x *= 3 }",
    "x = 1; for i in range(100) { y = i; x = x * 3 + y }",
    "x = 1.0; for i in range(2000) { x *= 3 }",
    "x = np.float64(1); for i in range(2000) { x *= 3 }",
    "x = np.int64(1); for i in range(100) { x *= 3 }",
    "x = 5; for i in range(20) { y = 10 // (15 - i) }",
    "for i in range(20) { y = i % 7; z = -i % 7; x = i / 3; t = -i // 4 }",
    "for i in range(20) { y = i % (i - 9) }",
    "for i in range(20) { y = 1.5 / (i - 9) }",
    "a = np.arange(20.0); for i in range(20) { y = a[i] / (a[i] - 9) }",
    "for i in range(70) { x = 2 ** i }",
    "for i in range(20) { x = i ** 2; y = (i + 0.5) ** 2; z = x + i * 1.0 }",
    "x = 2 ** 60; for i in range(20) { y = x + 0.5; x = x + 1; z = x < 1e18 }",
    // Elements, from both ends and outside.
    "a = np.zeros(20); for i in range(20) { a[i] = i * 0.5; a[-i] += 1 }",
    "a = np.zeros(20); for i in range(21) { a[i] = i }",
    "a = np.zeros(20, dtype=int); for i in range(20) { a[i] = i * 3; x = a[i] / 2 }",
    "a = np.zeros(20, dtype=int); for i in range(20) { a[i] = i * 0.5 }",
    "a = np.zeros(20, dtype=bool); for i in range(20) { a[i] = i % 3 == 0; x = a[i] }",
    "a = np.arange(20.0)[::-2]; for i in range(10) { a[i] = a[9 - i] }",
    "a = np.arange(20.0); b = a[5:]; for i in range(15) { b[i] = a[i] + 1 }",
    "m = np.zeros((6, 5)); for i in range(6) { for j in range(5) { m[i, j] = i * j; x = m[i][j] } }",
    "m = np.arange(30).reshape(5, 6).T; s = 0; for i in range(6) { for j in range(6) { s += m[i, j] } }",
    "a = np.zeros(20); a.flags.writeable = False; for i in range(20) { a[i] = 1 }",
    "a = np.arange(12) * 5 % 12; n = 12\nfor i in range(n) { for j in range(0, n - i - 1) {\n if a[j] > a[j + 1] { a[j], a[j + 1] = a[j + 1], a[j] } } }",
    "a = np.arange(12.0); for i in range(14) { a[i], a[i + 1] = a[i + 1], a[i] }",
    "a = np.arange(12.0); for x in a { a[int(x) - 1] = x * 2; y = x }",
    "a = np.arange(12); for x in a { if x == 7 { break }; s = x }",
    "a = np.arange(30.0); for x in a { if x == 9 { a = np.arange(3) }; y = x }",
    // Lists.
    "l = []; for i in range(20) { l.append(i * i) }; s = 0; while len(l) > 3 { s += l.pop() }",
    "l = []; for i in range(20) { l.append(i * i) }; for x in l { if x < 50 { l.append(x + 100) } }",
    "l = []; for i in range(20) { l.append(i) }; for i in range(30) { l[i] = l[i] + 1 }",
    "l = []; for i in range(20) { l.append(i) }; l[12] = 0.5; s = 0; for x in l { s += x }",
    "l = []; for i in range(20) { l.append(i) }; l[12] = 'a'; s = 0; for i in range(20) { s += l[i] }",
    "l = []; for i in range(20) { l.append(i) }; while True { x = l.pop() }",
    "l = []; for i in range(20) { l.append(i % 3 == 0) }; n = 0; for x in l { if x { n += 1 } }",
    "l = []; for i in range(12) { l.append(12 - i) }\nfor i in range(1, 12) { x = l[i]; j = i - 1\n while j >= 0 and l[j] > x { l[j + 1] = l[j]; j -= 1 }\n l[j + 1] = x }",
    // Conditions.
    "n = 0; for i in range(40) { if 5 < i <= 20 { n += 1 }; flag = 3 < i < 30 != 7 }",
    "n = 0; for i in range(40) { if not (i < 5 or i > 20 and i != 25) { n += 1 } }",
    "for i in range(40) { x = i if i % 2 else -i; y = i and 5; z = i % 3 or 7; flag = not i }",
    "x = nan; n = 0; for i in range(20) { if x < i { n += 1 }; if not (x >= i) { n += 100 }; if x != x { n += 10000 } }",
    "a = np.array([1.0, nan, 2.0, inf] * 5); n = 0; for x in a { if x > 1.5 { n += 1 }; y = x + 1 }",
    "flag = True; n = 0; while flag { n += 1; if n > 30 { flag = False }; if flag == True { t = n } }",
    "i = 0; n = 0\nwhile True { i += 1; if i > 50 { break }; if i % 2 == 0 { continue }; n += i }",
    "for i in range(30) { for j in range(10) { if j == 4 { break }; if i % 2 { continue }; x = i * j } }",
    // Calls.
    "fn f(x) = x * 2 + 1\ns = 0; for i in range(30) { s = f(s) % 1000 }",
    "fn f(x) { y = x * x; if y > 50 { return y - 50 }; z = y + 1; z }\ns = 0; for i in range(30) { s += f(i) }",
    "fn g(a, b) { while b != 0 { a, b = b, a % b }; a }\ns = 0; for i in range(1, 60) { s += g(i, 36) }",
    "fn f(x) { if x < 3 { 1 } else if x < 9 { 2 } else { 3 } }\ns = 0; for i in range(30) { s = s * 1 + f(i) }",
    "fn f(x) = 10 // (15 - x)\nfor i in range(30) { y = f(i) }",
    "fn f(x) = 10 // (15 - x)\nfn g(x) = f(x) + 1\nfor i in range(30) { y = g(i) }",
    "fn f(x) = x + k\nk = 1; s = 0; for i in range(30) { k = i; s = f(s) }",
    "fn f(x) { l.append(x); x }\nl = []; s = 0; for i in range(30) { s += f(i) }",
    "fn f(x) { print(x); x }\nfor i in range(9) { s = f(i) }",
    "fn f(n) = n if n < 2 else f(n - 1) + f(n - 2)\nfor i in range(9) { s = f(i) }",
    "s = 0; for i in range(-20, 20) { s = max(s, abs(i)); x = min(i, 3, -i); y = int(i / 3); z = float(i) }",
    "for i in range(20) { x = np.sqrt(i); y = np.sin(i * 0.5); z = abs(-i * 0.5) }",
    "for i in range(20) { x = np.sqrt(10.0 - i) }",
    "for i in range(20) { if i == 10 { len = 5 }; x = i }; n = len",
    "a = np.arange(5.0)\nfor i in range(20) { x = len(a); if i == 10 { len = q => 7 } }",
    "fn f() { for i in range(30) { if i * i > 200 { return i } } }\nx = f()",
    "fn f() { n = 0; while True { n += 1; if n > 30 { return n * 0.5 } } }\nx = f(); y = f()",
    "fn f(n) { s = 0; for i in range(n) { s += i }; s }\nx = f(30); y = f(5); z = f(0); t = f(30)",
    "fn f(x, n) { for i in range(n) { x = x + 1 }; x }\nx = f(1, 20); y = f(1.5, 20); z = f(np.float64(2), 20); t = f(True, 20)",
    "fn f(v, n) { t = 0; for i in range(n) { t += v[i] }; t }\nx = f(np.arange(20), 20); y = f(np.arange(20.0), 20); z = f(list(range(20)), 20); t = f(np.ones(20, dtype=np.float32), 20)",
    "fn find(l, x) { for i in range(len(l)) { if l[i] == x { return i } }; return -1 }\nl = list(range(9)); s = 0; for k in range(30) { s += find(l, k) }",
    "fn at(v, i) = v[i] * 2\nfn both(v, i) = at(v, i) + at(v, i - 1)\na = np.arange(20.0); s = 0; for i in range(30) { s = s * 1 + both(a, i) }",
    "fn last(v) { v = len(v); v }\na = np.arange(20.0); for i in range(30) { s = last(a) }",
    // Items side by side.
    "a = list(range(20)); b = list(range(5, 30)); s = 0; for x, y in zip(a, b) { s += x * y }",
    "a = np.arange(20.0); b = list(range(20)); s = 0; for x, y in zip(a, b) { if x == 9 { b[12] = 0.5 }; s = s * 1 + y }",
    "a = np.arange(20); s = 0; for i, x in enumerate(a) { s += i * x; a[i] = 0 }",
    "l = list(range(20)); s = 0; for i, x in enumerate(l) { if x == 15 { break }; if x == 3 { l.append(7) }; s = x }",
    "l = list(range(20)); for i, x in enumerate(l) { y = 10 // (12 - x) }",
    "l = list(range(9)); l[0] = 0.5; for i, x in enumerate(l) { y = x }",
    "l = list(range(5)); s = 0; for k in range(9) { for i, x in enumerate(l) { s += i * x; t = 20 // (60 - s) } }",
    "l = [1, 'a']; for i, x in enumerate(l) { y = x }; for i, x in enumerate('abc', 1) { z = x }",
    // Functions that call themselves.
    "fn fib(n) = n if n < 2 else fib(n - 1) + fib(n - 2)\nx = fib(15); y = fib(15.0); z = fib(np.int64(12)); t = fib(True)",
    "fn fact(n) { if n <= 1 { return 1 }; return n * fact(n - 1) }\nfor i in range(30) { x = fact(i) }",
    "fn fact(n) { if n <= 1 { 1 } else { n * fact(n - 1) } }\nfor i in range(15) { x = fact(i); y = fact(i * 0.5) }",
    "fn up(n) = 0 if n == 0 else 1 + up(n - 1)\nfor i in range(20) { x = up(i) }; y = up(1200)",
    "fn down(n) = 10 // n if n < 1 else down(n - 1)\nfor i in range(20) { x = down(i + 0.5) }; y = down(3)",
    "fn a1(m, n) { if m == 0 { return n + 1 }; if n == 0 { return a1(m - 1, 1) }; a1(m - 1, a1(m, n - 1)) }\nx = a1(2, 3); y = a1(2, 4)",
    "fn h(n, p, q, r) { if n == 0 { return 0 }; h(n - 1, p, r, q) + 1 + h(n - 1, r, q, p) }\nx = h(6, 1, 2, 3)",
    "k = 3\nfn g(n) = k if n < 1 else g(n - 1) + k\nx = g(12); y = g(12); k = 0.5; z = g(12); k = 'a'; t = g(3)",
    "fn g(n) { print(n); n if n < 1 else g(n - 1) }\nx = g(12)",
    "fn g(n) { l.append(n); n if n < 1 else g(n - 1) }\nl = []; x = g(12)",
    "fn g(n) = n if n < 1 else g(n - 1)\nx = g(12); x = g(12)\nfn g(n) = 5\ny = g(12)",
    "fn w(n) { s = 0; for i in range(n) { s += w(i) + 1 }; s }\nx = w(9)",
    // Comprehensions.
    "a = [x * 2 for x in range(50) if x % 3 == 0]; b = [x * 0.5 for x in range(9)]; t = [x > 3 for x in range(9)]",
    "a = np.arange(9.0); b = [x + y for x in a for y in range(3) if x > y]; t = [x for x in a if x > 50]",
    "a = [10 // (12 - x) for x in range(20)]",
    "a = [x if x < 5 else x * 0.5 for x in range(9)]; b = [(x, x) for x in range(3)]; t = sum(x * x for x in range(20))",
    "fn f(x) = x * x\na = [f(x) + i for x in range(9) for i in range(x)]",
    "a = [[i * j for j in range(4)] for i in range(3)]; x = [k for k in range(3)]; y = k",
    // Statements that are not for registers, beside some that are.
    "for i in range(30) { if i % 10 == 0 { print(i) }; s = i }",
    "for i in range(30) { x = 'a' * i; y = i }",
    "for i in range(30) { x = [i, i]; y = i * 2 }",
    "a = b = 0; for i in range(30) { a = b = i; p, q = i, a + b }",
    "a, b = 0, 1; for i in range(60) { a, b = b, a + b }",
    "a, b = 0, 1; for i in range(100) { a, b = b, a + b }",
    "s = 0; for i in range(30) { i = i * 2; s += i }",
    "s = 0; n = 30; for i in range(n) { n = 5; s += n }",
    "e = 3; for i in range(20) { e = e + 1 }; x = e; for i in range(20) { pi = i }; y = pi",
    "for i in range(20) { assert i < 15, 'far'; x = i }",
    "for i in range(20) { x = undefined + i }",
    "for i in range(20) { if i > 12 { x = undefined }; y = i }",
    "x = 3; for i in range(20) { if i > 12 { x = x + y }; z = i }",
];

#[test]
fn loops_in_registers_are_loops() {
    let wrong = on_big_stack(|| {
        let mut wrong = Vec::new();
        for program in PROGRAMS {
            let (slow, fast) = (outcome(program, true), outcome(program, false));
            if slow != fast {
                wrong.push(format!("{program}\n--- statement by statement\n{slow}--- in registers\n{fast}"));
            }
        }
        wrong
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
