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
    for (m, k, n) in [
        (1, 1, 1),
        (2, 3, 4),
        (1, 70, 9),
        (9, 70, 1),
        (1, 300, 1),
        (33, 290, 37),
        (5, 0, 2),
        (7, 5, 16),
        (230, 20, 3),
        (40, 17, 2),
    ] {
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

/// More columns than the tables of bools take at once, and more rows than small groups are for.
#[test]
fn wide_bools() {
    for (m, k, n) in [(3, 70, 1100), (230, 9, 70), (20, 64, 64)] {
        let (x, y) = (fill(m * k, 1, |x| x == 3), fill(k * n, 2, |x| x > 4));
        let (a, b) = (Mat::rows(&x, m, k), Mat::rows(&y, k, n));
        let mut out = vec![true; m * n];
        product(a, b, &mut out, 1);
        assert_eq!(out, naive(a, b), "{m} {k} {n}");
    }
}

/// A tile within a wider result, replaced and added to.
#[test]
fn tiles_of_a_result() {
    fn check<T: Product>(make: fn(i32) -> T) {
        let (m, k, n, stride) = (9, 20, 18, 25);
        let (x, y) = (fill(m * k, 1, make), fill(k * n, 2, make));
        let (a, b) = (Mat::rows(&x, m, k), Mat::rows(&y, k, n));
        let once = naive(a, b);
        let mut out = vec![make(2); (m - 1) * stride + n];
        for add in [false, true] {
            T::gemm(a, b, Out { data: &mut out, stride, cols: n, add }, 2);
            for (i, row) in out.chunks(stride).enumerate() {
                for j in 0..n {
                    let one = once[i * n + j];
                    assert_eq!(row[j], if add { one.add(one) } else { one }, "{} {i} {j}", T::DTYPE);
                }
                assert!(row[n..].iter().all(|&x| x == make(2)), "beside the tile");
            }
        }
    }
    check::<f64>(f64::from);
    check::<c64>(|x| c64::new(x as f32, 1.0));
    check::<i16>(|x| x as i16);
    check::<bool>(|x| x == 3);
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
