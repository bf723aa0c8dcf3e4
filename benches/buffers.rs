//! What memory costs: small buffers, and an addition into fresh and into recycled memory.
//! `cargo bench --bench buffers`.

use arr::array::{Array, Buffer, memory};
use arr::dtype::DType;
use divan::{Bencher, black_box};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

#[divan::bench(args = [3, 1000, 10_000, 1_000_000])]
fn buffer(n: usize) {
    let _ = black_box(Buffer::empty(DType::F64, black_box(n)));
}

#[divan::bench(args = [3, 1000, 10_000, 1_000_000])]
fn zeros(n: usize) {
    let _ = black_box(Array::zeros(DType::F64, &[black_box(n)]));
}

fn add(a: &[f64], b: &[f64]) {
    if let Ok(mut c) = Array::empty(DType::F64, &[a.len()])
        && let Some(c) = c.as_mut_slice::<f64>()
    {
        c.iter_mut().zip(a).zip(b).for_each(|((c, a), b)| *c = a + b);
        black_box(c);
    }
}

#[divan::bench(args = [10_000, 100_000, 1_000_000, 10_000_000])]
fn add_into_fresh(bencher: Bencher, n: usize) {
    let (a, b) = (vec![1.5; n], vec![2.5; n]);
    bencher.with_inputs(memory::trim).bench_local_values(|()| add(&a, &b));
}

#[divan::bench(args = [10_000, 100_000, 1_000_000, 10_000_000])]
fn add_into_recycled(bencher: Bencher, n: usize) {
    let (a, b) = (vec![1.5; n], vec![2.5; n]);
    add(&a, &b);
    bencher.bench_local(|| add(&a, &b));
}
