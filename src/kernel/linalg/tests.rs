//! Decompositions multiply back to the matrix, for sizes on both sides of every threshold.

use super::*;
use crate::dtype::DType;
use crate::kernel::matmul::{Mat, Product, product};

fn matrix<T: Field>(m: usize, n: usize, salt: u64) -> Vec<T> {
    let mut x = salt.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        (x >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..m * n).map(|_| T::from_complex(c128::new(next(), next()))).collect()
}

fn times<T: Field + Product>(a: &[T], b: &[T], (m, k, n): (usize, usize, usize)) -> Vec<T> {
    let mut out = vec![T::default(); m * n];
    product(Mat::rows(a, m, k), Mat::rows(b, k, n), &mut out, 1);
    out
}

fn adjoint<T: Field>(a: &[T], m: usize, n: usize) -> Vec<T> {
    transposed(a, m, n).into_iter().map(Field::conjugate).collect()
}

/// Some hundred thousand machine epsilons of the type.
fn room<T: Field>() -> f64 {
    if T::DTYPE.to_real() == DType::F32 { 2e-3 } else { 1e-10 }
}

fn near<T: Field>(a: &[T], b: &[T]) {
    near_by(room::<T>(), a, b);
}

fn near_by<T: Field>(room: f64, a: &[T], b: &[T]) {
    assert_eq!(a.len(), b.len());
    for (x, y) in a.iter().zip(b) {
        assert!((*x - *y).modulus() < room, "{x:?} {y:?}");
    }
}

fn check<T: Field + Product>() {
    for n in [1, 2, 3, 5, 32, 33, 80] {
        let (a, b) = (matrix::<T>(n, n, 3), matrix::<T>(n, 2, 4));
        let mut x = b.clone();
        lu::solve(Dense::new(&a, n, n), &mut x, 2).unwrap();
        near(&times(&a, &x, (n, n, 2)), &b);
        let (sign, log) = lu::slogdet(Dense::new(&a, n, n)).unwrap();
        let (inverse_sign, inverse_log) =
            lu::slogdet(Dense::new(&lu::inverse(Dense::new(&a, n, n)).unwrap(), n, n)).unwrap();
        assert!(
            (sign * inverse_sign - T::from_real(1.0)).modulus() < 10.0 * room::<T>()
                && (log + inverse_log).abs() < 100.0 * room::<T>()
        );
        let gram = times(&adjoint(&a, n, n), &a, (n, n, n));
        let l = cholesky(Dense::new(&gram, n, n), false).unwrap();
        near(&times(&l, &adjoint(&l, n, n), (n, n, n)), &gram);
        let e = eigh(Dense::new(&gram, n, n), false, true).unwrap();
        let scaled: Vec<T> =
            e.vectors.iter().enumerate().map(|(i, v)| *v * T::from_real(e.values[i % n])).collect();
        near(&times(&scaled, &adjoint(&e.vectors, n, n), (n, n, n)), &gram);
        let e = eig(Dense::new(&a, n, n), true).unwrap();
        // With and without vectors: the same traces of the first two powers.
        let alone = eig(Dense::new(&a, n, n), false).unwrap().values;
        let powers = |w: &[c128], p: i32| w.iter().map(|z| z.powi(p)).sum::<c128>();
        for p in [1, 2] {
            let far = (powers(&e.values, p) - powers(&alone, p)).norm();
            assert!(far < 10.0 * room::<T>() * n as f64, "{n} {p}: {far}");
        }
        let wide: Vec<c128> = a.iter().map(|x| x.complex()).collect();
        let scaled: Vec<c128> = e.vectors.iter().enumerate().map(|(i, v)| v * e.values[i % n]).collect();
        near_by(room::<T>(), &times(&wide, &e.vectors, (n, n, n)), &scaled);
    }
    for (m, n) in [(1, 1), (4, 2), (2, 4), (100, 70), (70, 100)] {
        let a = matrix::<T>(m, n, 5);
        let k = m.min(n);
        for (shape, k) in [(Shape::Reduced, k), (Shape::Complete, m)] {
            let (q, r) = qr(Dense::new(&a, m, n), shape).unwrap();
            near(&times(&q, &r, (m, k, n)), &a);
            assert!((0..k).all(|i| (0..i.min(n)).all(|j| r[i * n + j] == T::default())));
        }
        let Svd { u, s, vh } = svd(Dense::new(&a, m, n), true, false).unwrap();
        let us: Vec<T> = u.iter().enumerate().map(|(i, x)| *x * T::from_real(s[i % k])).collect();
        near(&times(&us, &vh, (m, k, n)), &a);
    }
}

/// Of a matrix in columns all is as of the same one in rows, but for rounding.
fn in_columns<T: Field + Product>(n: usize) {
    let (a, b) = (matrix::<T>(n, n, 3), matrix::<T>(n, 2, 4));
    let turned = transposed(&a, n, n);
    let (rows, columns) = (Dense::new(&a, n, n), Dense::new(&turned, n, n).transpose());
    let mut x = b.clone();
    lu::solve(columns, &mut x, 2).unwrap();
    near(&times(&a, &x, (n, n, 2)), &b);
    near_by(1e3 * room::<T>(), &lu::inverse(columns).unwrap(), &lu::inverse(rows).unwrap());
    let (q, r) = qr(columns, Shape::Reduced).unwrap();
    near(&times(&q, &r, (n, n, n)), &a);
    let Svd { u, s, vh } = svd(columns, true, false).unwrap();
    let us: Vec<T> = u.iter().enumerate().map(|(i, x)| *x * T::from_real(s[i % n])).collect();
    near(&times(&us, &vh, (n, n, n)), &a);
    let gram = times(&adjoint(&a, n, n), &a, (n, n, n));
    let turned = transposed(&gram, n, n);
    let (rows, columns) = (Dense::new(&gram, n, n), Dense::new(&turned, n, n).transpose());
    near(&cholesky(columns, false).unwrap(), &cholesky(rows, false).unwrap());
    for upper in [false, true] {
        let e = eigh(columns, upper, true).unwrap();
        let scaled: Vec<T> =
            e.vectors.iter().enumerate().map(|(i, v)| *v * T::from_real(e.values[i % n])).collect();
        near(&times(&scaled, &adjoint(&e.vectors, n, n), (n, n, n)), &gram);
    }
}

/// In narrow blocks, as large matrices are in wide ones.
fn in_blocks<T: Field + Product>(n: usize, width: usize) {
    let a = matrix::<T>(n, n, 3);
    let (mut lu, mut forward) = (columns(&a, n, n), vec![0; n]);
    blocks::factor_lu::<T>(lu.as_mut(), &mut forward, width, par());
    let lu = dense::<T>(lu.as_ref());
    let part = |keep: fn(usize, usize) -> bool, unit: bool| -> Vec<T> {
        let at = |i: usize, j: usize| match () {
            _ if unit && i == j => T::from_real(1.0),
            _ if keep(i, j) => lu[i * n + j],
            _ => T::default(),
        };
        (0..n * n).map(|k| at(k / n, k % n)).collect()
    };
    let permuted: Vec<T> = forward.iter().flat_map(|&p| a[p * n..(p + 1) * n].to_vec()).collect();
    near(&times(&part(|i, j| i > j, true), &part(|i, j| i <= j, false), (n, n, n)), &permuted);
    let gram = times(&adjoint(&a, n, n), &a, (n, n, n));
    let mut lower = columns(&gram, n, n);
    blocks::factor_cholesky::<T>(lower.as_mut(), width, par()).unwrap();
    let l: Vec<T> = dense::<T>(lower.as_ref())
        .into_iter()
        .enumerate()
        .map(|(k, x)| if k / n < k % n { T::default() } else { x })
        .collect();
    near(&times(&l, &adjoint(&l, n, n), (n, n, n)), &gram);
}

#[test]
fn blocks_multiply_back() {
    in_blocks::<f64>(40, 12);
    in_blocks::<c128>(21, 7);
}

#[test]
fn columns_are_factored_as_rows() {
    in_columns::<f64>(60);
    in_columns::<c128>(5);
    in_columns::<c64>(50);
}

/// Values without vectors are those with them, on both sides of whole groups of rows and of the size from
/// which threads share a pass; scaled, they scale.
fn values_alone<T: Field>(sizes: &[usize]) {
    let close = |a: &[f64], b: &[f64], by: f64| {
        let most = b.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        for (x, y) in a.iter().zip(b) {
            assert!((x / by - y).abs() <= room::<T>() * most, "{x:?} {y:?}");
        }
        assert_eq!(a.len(), b.len());
    };
    for &n in sizes {
        for m in [n, n + 3] {
            let a = matrix::<T>(m, n, 7);
            let with = svd(Dense::new(&a, m, n), true, false).unwrap().s;
            for by in [1.0, 2f64.powi(-100)] {
                let scaled: Vec<T> = a.iter().map(|x| *x * T::from_real(by)).collect();
                close(&svd(Dense::new(&scaled, m, n), false, false).unwrap().s, &with, by);
            }
        }
        let a = matrix::<T>(n, n, 8);
        let both: Vec<T> = a.iter().zip(adjoint(&a, n, n)).map(|(x, y)| *x + y).collect();
        let values = |upper| eigh(Dense::new(&both, n, n), upper, false).unwrap().values;
        close(&values(false), &eigh(Dense::new(&both, n, n), false, true).unwrap().values, 1.0);
        close(&values(true), &values(false), 1.0);
    }
}

#[test]
fn values_do_without_vectors() {
    values_alone::<f64>(&[1, 2, 3, 4, 5, 15, 16, 17, 33, 64]);
    values_alone::<f32>(&[2, 15, 16, 33]);
    values_alone::<c128>(&[2, 15]);
    set_threads(2);
    values_alone::<f64>(&[70]);
    // All alike, and rows that are nothing beside the others.
    for fill in [0.0, 1.0, 1e-300] {
        let mut a = vec![fill; 20 * 20];
        a[0] = 1.0;
        let s = svd(Dense::new(&a, 20, 20), false, false).unwrap().s;
        assert!(s.iter().all(|x| x.is_finite()) && s.is_sorted_by(|a, b| a >= b), "{s:?}");
        let e = eigh(Dense::new(&a, 20, 20), false, true).unwrap();
        assert!(e.values.iter().chain(&e.vectors).all(|x| x.is_finite()), "{:?}", e.values);
    }
}

#[test]
fn real_factors_multiply_back() {
    check::<f64>();
}

#[test]
fn complex_factors_multiply_back() {
    check::<c128>();
}

#[test]
fn single_factors_multiply_back() {
    check::<f32>();
}

#[test]
fn single_complex_factors_multiply_back() {
    check::<c64>();
}

#[test]
fn failures_are_told() {
    let singular = [1.0, 2.0, 2.0, 4.0];
    assert_eq!(lu::solve(Dense::new(&singular, 2, 2), &mut [1.0, 1.0], 1), Err(Failure::Singular));
    assert_eq!(lu::slogdet(Dense::new(&singular, 2, 2)), Ok((0.0, f64::NEG_INFINITY)));
    assert_eq!(lu::inverse(Dense::new(&vec![0.0; 40 * 40], 40, 40)).unwrap_err(), Failure::Singular);
    assert_eq!(cholesky(Dense::new(&[1.0, 2.0, 2.0, 1.0], 2, 2), false), Err(Failure::NotPositiveDefinite));
}
