//! Every strategy against the triple loop, for dense, transposed and strided operands.

use super::*;
use crate::dtype::{c64, c128};

/// Small whole numbers, exact in every dtype but int8, which wraps alike on both sides.
fn fill<T>(n: usize, salt: usize, make: impl Fn(i32) -> T) -> Vec<T> {
    (0..n).map(|i| make(((i * 31 + salt * 17) % 13) as i32 - 6)).collect()
}

fn naive<T: Product + dot::Ring>(a: Mat<'_, T>, b: Mat<'_, T>) -> Vec<T> {
    let mut out = Vec::new();
    for i in 0..a.rows {
        for j in 0..b.cols {
            out.push((0..a.cols).fold(T::default(), |s, l| s.add(a.at(i, l).mul(b.at(l, j)))));
        }
    }
    out
}

/// `m × k` views of one buffer: C order, F order, every second column backwards.
fn views<T: Copy>(data: &[T], m: usize, k: usize) -> [Mat<'_, T>; 3] {
    let back = (k.max(1) - 1) * 2;
    [
        Mat::rows(&data[..m * k], m, k),
        Mat::rows(&data[..m * k], k, m).transpose(),
        Mat::new(data, back, (m, k), (2 * k as isize, -2)),
    ]
}

fn check<T: Product + dot::Ring>(make: fn(i32) -> T) {
    for (m, k, n) in [(1, 1, 1), (2, 3, 4), (1, 70, 9), (9, 70, 1), (1, 300, 1), (33, 290, 37), (5, 0, 2)] {
        let (x, y) = (fill(2 * m * k + 2, 1, make), fill(2 * k * n + 2, 2, make));
        for a in views(&x, m, k) {
            for b in views(&y, k, n) {
                let mut out = vec![make(5); m * n];
                product(a, b, &mut out, 2);
                assert_eq!(out, naive(a, b), "{} {m} {k} {n}", T::DTYPE);
            }
        }
    }
}

#[test]
fn products_equal_the_triple_loop() {
    check::<f64>(f64::from);
    check::<f32>(|x| x as f32);
    check::<c64>(|x| c64::new(x as f32, 1.0));
    check::<c128>(|x| c128::new(f64::from(x), -2.0));
    check::<i64>(i64::from);
    check::<u64>(|x| x as u64);
    check::<i32>(|x| x);
    check::<u16>(|x| x as u16);
    check::<i8>(|x| (x * 19) as i8);
    check::<bool>(|x| x == 3);
}
