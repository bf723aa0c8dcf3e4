//! Times of element-wise functions through `prim`, to be set beside NumPy's: best and median.
//!
//!     cargo bench --bench elementwise

use arr::array::Array;
use arr::dtype::Element;
use arr::prim::{self, table};
use arr::value::{Host, Value, Warning};
use std::any::Any;
use std::hint::black_box;
use std::time::Instant;

struct Quiet;

impl Host for Quiet {
    fn print(&mut self, _: &str) {}
    fn warn(&mut self, _: Warning) {}
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

fn time(label: &str, loops: usize, mut f: impl FnMut()) {
    let mut times: Vec<f64> = (0..15)
        .map(|_| {
            let start = Instant::now();
            (0..loops).for_each(|_| f());
            start.elapsed().as_secs_f64() / loops as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{label:<28} {:>12.3} µs best {:>12.3} µs median", times[0] * 1e6, times[7] * 1e6);
}

fn line<T: Element>(n: usize, f: impl Fn(usize) -> T) -> Value {
    Value::Array(Array::from_slice(&(0..n).map(f).collect::<Vec<_>>(), &[n]).expect("memory"))
}

fn two(label: &str, name: &str, x: &Value, y: &Value, loops: usize) {
    let row = table().bare(name).expect("a row");
    time(label, loops, || {
        black_box(prim::dyadic(row, &mut Quiet, x.clone(), y.clone()).is_ok());
    });
}

fn one(label: &str, name: &str, x: &Value, loops: usize) {
    let row = table().bare(name).expect("a row");
    time(label, loops, || {
        black_box(prim::monadic(row, &mut Quiet, x.clone()).is_ok());
    });
}

fn main() {
    let s3 = line(3, |i| i as f64);
    two("s3 + s3", "add", &s3, &s3, 100_000);
    two("s3 * 2", "multiply", &s3, &Value::Int(2), 100_000);
    two("plain 1 + 2", "add", &Value::Int(1), &Value::Int(2), 100_000);
    let (ai, bi) = (line(1_000_000, |i| i as i64), line(1_000_000, |i| i as i64 * 3));
    two("int64 1e6 a + b", "add", &ai, &bi, 50);
    let (a, b) = (line(1_000_000, |i| i as f64 * 1e-4 - 50.0), line(1_000_000, |i| i as f64 + 0.5));
    two("float64 1e6 a + b", "add", &a, &b, 50);
    two("float64 1e6 a < b", "less", &a, &b, 50);
    two("float64 1e6 a ** 2", "power", &a, &Value::Int(2), 50);
    two("float64 1e6 a / b", "divide", &a, &b, 50);
    one("float64 1e6 sqrt", "sqrt", &b, 50);
    one("float64 1e6 exp", "exp", &a, 20);
    one("float64 1e6 log", "log", &b, 20);
    one("float64 1e6 sin", "sin", &a, 20);
    let (f, g) = (line(10_000_000, |i| i as f64), line(10_000_000, |i| i as f64 * 0.5));
    two("float64 1e7 a + b", "add", &f, &g, 5);
    two("float64 1e7 a * 2.5", "multiply", &f, &Value::Float(2.5), 5);
    two("float64 1e7 a < b", "less", &f, &g, 5);
    one("float64 1e7 sqrt", "sqrt", &f, 5);
}
