//! Squared deviations of short rows, and of few columns, from their means, summed: what `var` of 1e5 rows of 10
//! elements is made of, along either axis. As a plan each row would be a chain of its own, whose beginning takes longer
//! than the row; and columns would be blocks of squares, then added up.
//!
//! `x.std(axis=0)` of 1e6 float64, µs on two threads, before and after, beside a compiler of expressions: in 3 columns
//! 1640 and 506 (1131), 10 1030 and 207 (590), 30 674 and 171 (316), 100 5020 and 169 (287); the sums wait for each
//! other, see `fold::narrow`. Axes on both sides of the one that stays go by the plan: `t.std(axis=(0, 2))` of 100 x 100
//! x 100 415 (287), of which 126 are the means: the middle operand repeats in two ways, and is gathered.

use super::with_slice;
use crate::array::{Array, ArrayError, Dims};
use crate::dtype::DType;
use crate::exec::tally::{self, Pass};
use crate::exec::{interrupt, threads};
use crate::kernel::Block;
use crate::kernel::fold::across_deviations;
use crate::kernel::moment::{SHORT_ROW, of_short_rows};
use crate::with_dtype;

/// Elements that a thread takes at a time.
const PIECE: usize = 1 << 14;

/// Elements of the columns that are folded between two looks at the interrupt flag.
const LOOKED: usize = 1 << 20;

/// The sums over `axes`, the first ones, of the squared differences to `centre`, which has these axes with length one.
/// `None` but for dense floats of few columns.
pub fn column_deviations(
    a: &Array,
    centre: &Array,
    axes: &[usize],
    keepdims: bool,
) -> Result<Option<Array>, ArrayError> {
    let n: usize = a.shape()[axes.len()..].iter().product();
    let dense = |x: &Array| x.dtype() == a.dtype() && x.is_c_contiguous();
    let float = matches!(a.dtype(), DType::F32 | DType::F64);
    let first = axes.iter().enumerate().all(|(i, &k)| k == i) && axes.len() < a.ndim();
    if !float || !first || !dense(a) || !dense(centre) || centre.size() != n || a.size() == 0 {
        return Ok(None);
    }
    let kept = if keepdims { axes.len() } else { 0 };
    let shape: Dims = std::iter::repeat_n(1, kept).chain(a.shape()[axes.len()..].iter().copied()).collect();
    let mut out = Array::zeros(a.dtype(), &shape)?;
    let _pass = tally::pass(|| {
        Pass::new("fold", a.dtype(), a.size()).ops(2 * a.size()).reads(a).reads(centre).writes(&out)
    });
    let (xs, means) = (all_of(a), all_of(centre));
    let step = (LOOKED / n).max(1) * n;
    let mut done = true;
    with_slice(&mut out, |mut acc| {
        for from in (0..xs.len()).step_by(step).take_while(|_| !interrupt::requested()) {
            done &= across_deviations(xs.slice(from, xs.len().min(from + step)), means, acc.reborrow());
        }
    });
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(done.then_some(out)) }
}

/// The elements of a dense array.
fn all_of(a: &Array) -> Block<'_> {
    let all = with_dtype!(a.dtype(), T => Block::new(a.storage::<T>()));
    all.slice(a.offset(), a.offset() + a.size())
}

/// The sums over `axes` of the squared differences to `centre`, which has these axes with length one. `None`
/// but for floats whose axes are the last ones, dense, and short together.
pub fn row_deviations(
    a: &Array,
    centre: &Array,
    axes: &[usize],
    keepdims: bool,
) -> Result<Option<Array>, ArrayError> {
    let lead = a.ndim() - axes.len();
    let n: usize = a.shape()[lead..].iter().product();
    let dense = |x: &Array| x.dtype() == a.dtype() && x.is_c_contiguous();
    let float = matches!(a.dtype(), DType::F32 | DType::F64);
    let last = axes.iter().enumerate().all(|(i, &k)| k == lead + i);
    if !float || !last || !(1..=SHORT_ROW).contains(&n) || !dense(a) || !dense(centre) {
        return Ok(None);
    }
    let rows = a.size() / n;
    if centre.size() != rows {
        return Ok(None);
    }
    let mut shape: Dims = a.shape()[..lead].into();
    if keepdims {
        shape.resize(a.ndim(), 1);
    }
    let mut out = Array::empty(a.dtype(), &shape)?;
    let _pass = tally::pass(|| {
        Pass::new("fold", a.dtype(), a.size()).ops(2 * a.size()).reads(a).reads(centre).writes(&out)
    });
    let (xs, means) = (all_of(a), all_of(centre));
    let step = if threads::for_elements(a.size()) > 1 { PIECE.div_ceil(n) } else { rows };
    with_slice(&mut out, |acc| {
        let cuts = (step..rows).step_by(step.max(1)).chain([rows]);
        threads::pieces(acc, cuts, &|k, acc| {
            let (from, len) = (k * step, acc.len());
            of_short_rows(xs.slice(from * n, (from + len) * n), means.slice(from, from + len), acc);
        });
    });
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(Some(out)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::cast;
    use crate::exec::reduce::tests::folded;
    use crate::kernel::fold;

    #[test]
    fn short_rows_sum_up_as_arrays_of_squares_do() {
        for n in [1usize, 5, 7, 8, 10, 16, 100, 127, 128] {
            let rows = 40_000 / n;
            let xs: Vec<f64> = (0..rows * n).map(|i| (i as f64 * 0.37).sin()).collect();
            let means: Vec<f64> = (0..rows).map(|i| (i as f64 * 0.73).cos()).collect();
            for dtype in [DType::F64, DType::F32] {
                let array = |v: &[f64], shape: &[usize]| {
                    cast(&Array::from_slice(v, shape).unwrap(), dtype, crate::array::Order::C).unwrap()
                };
                let (a, centre) = (array(&xs, &[rows, n]), array(&means, &[rows, 1]));
                let square = |i: usize| {
                    let at = |a: &Array, i: usize| a.scalar_at(i).as_f64().unwrap();
                    let (x, mean) = (at(&a, i), at(&centre, i / n));
                    match dtype {
                        DType::F32 => ((x as f32 - mean as f32) * (x as f32 - mean as f32)) as f64,
                        _ => (x - mean) * (x - mean),
                    }
                };
                let squares = array(&(0..rows * n).map(square).collect::<Vec<_>>(), &[rows, n]);
                let want = folded(fold::find(fold::SUM, dtype, Some(dtype)).unwrap(), &squares, 1, None);
                let sums = row_deviations(&a, &centre, &[1], false).unwrap().unwrap();
                assert_eq!(sums.shape(), [rows]);
                let bits = |a: &Array, i: usize| a.scalar_at(i).as_f64().map(f64::to_bits);
                assert!((0..rows).all(|i| bits(&sums, i) == bits(&want, i)), "{dtype} rows of {n}");
            }
        }
        let a = Array::zeros(DType::F64, &[2000, 300]).unwrap();
        let centre = Array::zeros(DType::F64, &[1, 300]).unwrap();
        assert!(column_deviations(&a, &centre, &[0], true).unwrap().is_none());
        let (a, centre) =
            (a.view(&[2000, 5, 4], &[300, 60, 15], 0), centre.view(&[1, 5, 4], &[0, 60, 15], 0));
        assert!(column_deviations(&a, &centre, &[0], true).unwrap().is_none());
        let a = Array::zeros(DType::F64, &[4, 200]).unwrap();
        let centre = Array::zeros(DType::F64, &[4, 1]).unwrap();
        assert!(row_deviations(&a, &centre, &[1], true).unwrap().is_none());
    }
}
