//! Matrix products over strided matrices of one dtype; the result is a dense row-major block.
//!
//! | dtypes | strategy |
//! | --- | --- |
//! | floats, complex | the `gemm` crate on the operands as they lie, on several threads |
//! | integers (wrapping) | panels of columns packed once, then tiles of 4 rows in registers |
//! | bool (`or` of `and`) | rows of the right operand as bits, or-ed 64 at a time |
//!
//! A product with a vector reads the matrix once and is bound by memory: rows that lie contiguously
//! are dotted, columns that do are added up; `gemm` does the rest.

mod bools;
mod dot;
mod floats;
mod ints;

pub use dot::Ring;

use crate::dtype::Element;
use crate::kernel::simd;

/// A matrix in a slice: element `(i, j)` is `data[offset + i * rs + j * cs]`.
#[derive(Clone, Copy, Debug)]
pub struct Mat<'a, T> {
    data: &'a [T],
    offset: usize,
    rows: usize,
    cols: usize,
    rs: isize,
    cs: isize,
}

impl<'a, T: Copy> Mat<'a, T> {
    /// Panics if an element lies outside `data`; everything below relies on it.
    pub fn new(data: &'a [T], offset: usize, shape: (usize, usize), strides: (isize, isize)) -> Mat<'a, T> {
        let (rows, cols) = shape;
        if rows > 0 && cols > 0 {
            let ends = [(rows as isize - 1) * strides.0, (cols as isize - 1) * strides.1];
            let low = offset as isize + ends.iter().map(|e| (*e).min(0)).sum::<isize>();
            let high = offset as isize + ends.iter().map(|e| (*e).max(0)).sum::<isize>();
            assert!(low >= 0 && high < data.len() as isize, "a matrix reaches outside its slice");
        }
        Mat { data, offset, rows, cols, rs: strides.0, cs: strides.1 }
    }

    /// A dense matrix in C order.
    pub fn rows(data: &'a [T], rows: usize, cols: usize) -> Mat<'a, T> {
        Mat::new(data, 0, (rows, cols), (cols as isize, 1))
    }

    pub fn shape(&self) -> (usize, usize) {
        (self.rows, self.cols)
    }

    pub fn transpose(self) -> Mat<'a, T> {
        Mat { rows: self.cols, cols: self.rows, rs: self.cs, cs: self.rs, ..self }
    }

    /// Rows `start..end`.
    pub fn slice_rows(self, start: usize, end: usize) -> Mat<'a, T> {
        assert!(start <= end && end <= self.rows);
        let offset = self.offset.wrapping_add_signed(start as isize * self.rs);
        Mat { offset, rows: end - start, ..self }
    }

    #[inline(always)]
    fn at(&self, i: usize, j: usize) -> T {
        self.data[self.offset.wrapping_add_signed(i as isize * self.rs + j as isize * self.cs)]
    }

    /// Row `i` as a slice, if its elements follow each other.
    fn row(&self, i: usize) -> Option<&'a [T]> {
        if self.cs != 1 && self.cols != 1 {
            return None;
        }
        let start = self.offset.wrapping_add_signed(i as isize * self.rs);
        self.data.get(start..start + self.cols)
    }

    /// The only row of a matrix of one, copied if it is strided.
    fn vector(&self) -> std::borrow::Cow<'a, [T]> {
        match self.row(0) {
            Some(row) => row.into(),
            None => (0..self.cols).map(|j| self.at(0, j)).collect(),
        }
    }
}

/// An element type whose matrices multiply.
pub trait Product: Element + Ring {
    /// `out = a b`, row-major. The inner dimensions agree and no dimension is zero.
    fn gemm(a: Mat<'_, Self>, b: Mat<'_, Self>, out: &mut [Self], threads: usize);
    /// `out = a x`; `x` is as long as `a` has columns.
    fn gemv(a: Mat<'_, Self>, x: &[Self], out: &mut [Self], threads: usize);
    /// The sum of the products of two slices of one length.
    fn dot(x: &[Self], y: &[Self]) -> Self;
}

/// `out = a b` in C order, on up to `threads` threads. Panics if the shapes do not fit: callers have
/// checked them.
pub fn product<T: Product>(a: Mat<'_, T>, b: Mat<'_, T>, out: &mut [T], threads: usize) {
    let ((m, k), (inner, n)) = (a.shape(), b.shape());
    assert!(k == inner && out.len() == m * n, "shapes of a product");
    if out.is_empty() {
        return;
    }
    match (m, n) {
        _ if k == 0 => out.fill(T::default()),
        (1, 1) => out[0] = T::dot(&a.vector(), &b.transpose().vector()),
        (_, 1) => T::gemv(a, &b.transpose().vector(), out, threads),
        (1, _) => T::gemv(b.transpose(), &a.vector(), out, threads),
        _ => T::gemm(a, b, out, threads),
    }
}

/// The sum of the products of two slices of one length.
pub fn dot<T: Product>(x: &[T], y: &[T]) -> T {
    assert_eq!(x.len(), y.len());
    T::dot(x, y)
}

/// `out[i * y.len() + j] = x[i] * y[j]`.
pub fn outer<T: Product>(x: &[T], y: &[T], out: &mut [T]) {
    assert_eq!(out.len(), x.len() * y.len());
    if y.is_empty() {
        return;
    }
    simd(
        #[inline(always)]
        || {
            for (row, &factor) in out.chunks_exact_mut(y.len()).zip(x) {
                for (slot, &item) in row.iter_mut().zip(y) {
                    *slot = factor.mul(item);
                }
            }
        },
    )
}

/// Multiplications below which one thread does all.
const PARALLEL: usize = 1 << 17;

#[cfg(test)]
mod tests;
