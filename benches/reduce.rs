//! Reductions, scans and sorts of large arrays, through the rows as the evaluator calls them.

use arr::array::Array;
use arr::dtype::DType;
use arr::exec;
use arr::prim::{self, Home};
use arr::value::{CallArgs, Host, Value, Warning};
use divan::{Bencher, black_box};
use std::any::Any;

fn main() {
    divan::main();
}

struct Quiet;

impl Host for Quiet {
    fn print(&mut self, _: &str) {}
    fn warn(&mut self, _: Warning) {}
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

/// Uniform numbers in [0, 1), or of their bits for integers.
fn noise(dtype: DType, n: usize) -> Array {
    let mut x = 1u64;
    let v: Vec<f64> = (0..n)
        .map(|_| {
            x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (x >> 11) as f64 / 9007199254740992.0
        })
        .collect();
    let a = Array::from_slice(&v, &[n]).expect("memory");
    match dtype {
        DType::F64 => a,
        d if d.is_int() => {
            let big: Vec<f64> = v.iter().map(|x| x * 1e9).collect();
            exec::cast_keeping(&Array::from_slice(&big, &[n]).expect("memory"), d).expect("memory")
        }
        d => exec::cast_keeping(&a, d).expect("memory"),
    }
}

fn run(bencher: Bencher, name: &str, args: Vec<Value>) {
    let row = prim::table().get(Home::Np, name).expect("a row");
    bencher.bench_local(|| {
        prim::call(row, &mut Quiet, CallArgs::new(black_box(args.clone()))).expect("a result")
    });
}

const BIG: usize = 10_000_000;

#[divan::bench(args = ["sum", "mean", "min", "max", "any", "var", "argmax", "count_nonzero"])]
fn f64_1e7(bencher: Bencher, name: &str) {
    // `any` of zeros looks at every element.
    let a = if name == "any" {
        Array::zeros(DType::F64, &[BIG]).expect("memory")
    } else {
        noise(DType::F64, BIG)
    };
    run(bencher, name, vec![Value::Array(a)]);
}

#[divan::bench(args = [DType::I64, DType::I32, DType::I8, DType::F32, DType::Bool])]
fn sum_1e7(bencher: Bencher, dtype: DType) {
    run(bencher, "sum", vec![Value::Array(noise(dtype, BIG))]);
}

#[divan::bench(args = [0, 1])]
fn sum_of_3000_by_3000(bencher: Bencher, axis: i64) {
    let a = noise(DType::F64, 9_000_000).view(&[3000, 3000], &[3000, 1], 0);
    run(bencher, "sum", vec![Value::Array(a), Value::Int(axis)]);
}

#[divan::bench(args = [0, 1])]
fn sum_of_1e6_by_3(bencher: Bencher, axis: i64) {
    let a = noise(DType::F64, 3_000_000).view(&[1_000_000, 3], &[3, 1], 0);
    run(bencher, "sum", vec![Value::Array(a), Value::Int(axis)]);
}

#[divan::bench(args = ["sort", "argsort", "unique", "cumsum", "median"])]
fn f64_1e6(bencher: Bencher, name: &str) {
    run(bencher, name, vec![Value::Array(noise(DType::F64, 1_000_000))]);
}

#[divan::bench(args = ["sort", "argsort", "unique", "cumsum"])]
fn i64_1e6(bencher: Bencher, name: &str) {
    run(bencher, name, vec![Value::Array(noise(DType::I64, 1_000_000))]);
}

#[divan::bench]
fn unique_of_small_ints(bencher: Bencher) {
    let v: Vec<i64> =
        noise(DType::I64, 1_000_000).as_slice::<i64>().expect("int64").iter().map(|x| x % 1000).collect();
    run(bencher, "unique", vec![Value::Array(Array::from_slice(&v, &[v.len()]).expect("memory"))]);
}

#[divan::bench(args = [3, 1000])]
fn small_sum(bencher: Bencher, n: usize) {
    run(bencher, "sum", vec![Value::Array(noise(DType::F64, n))]);
}
