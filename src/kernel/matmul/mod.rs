//! Matrix products over strided matrices of one dtype; the result is row-major. `exec::product` cuts
//! large work into pieces for threads and interruption; the functions here do one piece each.
//!
//! | shapes and dtypes | strategy |
//! | --- | --- |
//! | at most 16 columns and inner elements | the right operand in a fixed array, rows in registers |
//! | floats of some dozen rows | tiles in registers, nothing packed (AVX-512) |
//! | other floats, complex | the `gemm` crate on the operands as they lie |
//! | integers (wrapping) | panels of columns packed once, then tiles of 4 rows in registers |
//! | bool (`or` of `and`) | tables of the sums of 4 or 8 rows as bits ("Four Russians") |
//! | a matrix and its transpose | block rows up to the diagonal, mirrored (`exec::product`) |
//! | with a vector | rows that lie contiguously are dotted, columns that do are added up, 8 at a time |
//!
//! A product with a vector reads the matrix once and is bound by memory. Every element is summed in
//! an order that the shapes alone decide, so that pieces and threads change nothing.

mod bools;
mod dot;
mod floats;
mod ints;
mod rows;
mod small;
mod tiles;

pub use dot::Ring;
pub use small::{Series, fits as is_few, products as small_products};

use crate::dtype::Element;
use crate::kernel::simd;
use crate::kernel::strided::{Each, Shared};

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
    #[inline]
    pub fn new(data: &'a [T], offset: usize, shape: (usize, usize), strides: (isize, isize)) -> Mat<'a, T> {
        let (rows, cols) = shape;
        if rows > 0 && cols > 0 {
            let ends = [(rows as isize - 1) * strides.0, (cols as isize - 1) * strides.1];
            let low = offset as isize + ends[0].min(0) + ends[1].min(0);
            let high = offset as isize + ends[0].max(0) + ends[1].max(0);
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

    /// Columns `start..end`.
    pub fn slice_cols(self, start: usize, end: usize) -> Mat<'a, T> {
        self.transpose().slice_rows(start, end).transpose()
    }

    #[inline(always)]
    fn at(&self, i: usize, j: usize) -> T {
        self.data[self.offset.wrapping_add_signed(i as isize * self.rs + j as isize * self.cs)]
    }

    /// Whether both are views of the same elements, turned.
    pub fn is_transpose_of(&self, other: Mat<'_, T>) -> bool {
        let place = |m: &Mat<'_, T>| (m.data.as_ptr(), m.offset);
        place(self) == place(&other)
            && (self.rows, self.cols, self.rs, self.cs) == (other.cols, other.rows, other.cs, other.rs)
    }

    /// Whether rows begin whole pages apart: their columns then share a few lines of the first-level cache.
    pub fn has_rows_of_pages(&self) -> bool {
        (self.rs.unsigned_abs() * size_of::<T>()).is_multiple_of(4096)
    }

    /// Rows that can be dotted with a slice: their elements follow each other.
    pub fn has_dense_rows(&self) -> bool {
        self.cs == 1 || self.cols == 1
    }

    /// Row `i` as a slice, if its elements follow each other.
    #[inline(always)]
    fn row(&self, i: usize) -> Option<&'a [T]> {
        if self.cs != 1 && self.cols != 1 {
            return None;
        }
        let start = self.offset.wrapping_add_signed(i as isize * self.rs);
        self.data.get(start..start + self.cols)
    }

    /// The only row of a matrix of one, copied if it is strided.
    pub fn vector(&self) -> std::borrow::Cow<'a, [T]> {
        match self.row(0) {
            Some(row) => row.into(),
            None => (0..self.cols).map(|j| self.at(0, j)).collect(),
        }
    }
}

/// Where a product goes: rows of `stride` elements, of which the first `cols` are the result's.
pub struct Out<'a, T> {
    pub data: &'a mut [T],
    pub stride: usize,
    pub cols: usize,
    /// Adds to what is there instead of replacing it.
    pub add: bool,
}

/// An element type whose matrices multiply.
pub trait Product: Element + Ring {
    /// `out = a b` on up to `threads` threads. The inner dimensions agree and no dimension is zero.
    fn gemm(a: Mat<'_, Self>, b: Mat<'_, Self>, out: Out<'_, Self>, threads: usize);
    /// Whether `gemm` takes these in tiles, on one thread: so it does some of the rows then.
    fn in_tiles(_a: &Mat<'_, Self>, _b: &Mat<'_, Self>) -> bool {
        false
    }
    /// The sum of the products of two slices of one length; with `conj`, of the first one's conjugates.
    fn dot(x: &[Self], y: &[Self], conj: bool) -> Self;
    /// The same, of pieces of vectors that no cache keeps.
    fn far_dot(x: &[Self], y: &[Self], conj: bool) -> Self {
        Self::dot(x, y, conj)
    }
    /// One dot product per row, `out[i] = a[i] · x`; the rows are dense.
    fn dots(a: Mat<'_, Self>, x: &[Self], out: &mut [Self]);
}

/// Whether [`small_products`] is the fastest for matrices of these shapes.
#[inline]
pub fn is_small<T: Product>(a: &Mat<'_, T>, b: &Mat<'_, T>) -> bool {
    small::fits(a.rows, a.cols, b.cols) && !T::in_tiles(a, b)
}

/// `out = a b` in C order, on up to `threads` threads. Panics if the shapes do not fit: callers have
/// checked them.
pub fn product<T: Product>(a: Mat<'_, T>, b: Mat<'_, T>, out: &mut [T], threads: usize) {
    let ((m, k), (inner, n)) = (a.shape(), b.shape());
    assert!(k == inner && out.len() == m * n, "shapes of a product");
    if out.is_empty() {
        return;
    }
    if k == 0 {
        return out.fill(T::default());
    }
    if is_small(&a, &b) {
        return small::products(Series::new(a, 0, 1), Series::new(b, 0, 1), out);
    }
    match (m, n) {
        (1, 1) => out[0] = T::dot(&a.vector(), &b.transpose().vector(), false),
        (_, 1) => gemv(a, &b.transpose().vector(), out),
        (1, _) => gemv(b.transpose(), &a.vector(), out),
        _ => T::gemm(a, b, Out { data: out, stride: n, cols: n, add: false }, threads),
    }
}

/// `out = a x`, one piece.
pub fn gemv<T: Product>(a: Mat<'_, T>, x: &[T], out: &mut [T]) {
    assert!(a.cols == x.len() && a.rows == out.len());
    if a.has_dense_rows() {
        T::dots(a, x, out);
    } else if a.transpose().has_dense_rows() {
        dot::sums(a.transpose(), x, out);
    } else {
        T::gemm(a, Mat::rows(x, x.len(), 1), Out { data: out, stride: 1, cols: 1, add: false }, 1);
    }
}

/// `into[j] += from[j]`.
pub fn add_to<T: Ring>(into: &mut [T], from: &[T]) {
    into.iter_mut().zip(from).for_each(|(s, &x)| *s = s.add(x));
}

/// Copies the lower triangle of a square matrix of `n` rows to the upper one, in strips of rows.
pub fn mirror<T: Copy + Send + Sync>(z: &mut [T], n: usize, each: Each<'_>) {
    const TILE: usize = 16;
    assert_eq!(z.len(), n * n);
    let place = Shared(z.as_mut_ptr());
    each(n.div_ceil(TILE), &|strip| {
        let (first, z) = (strip * TILE, place.get());
        for left in (0..=first).step_by(TILE) {
            let (height, width) = (TILE.min(n - first), TILE.min(n - left));
            for j in 0..width {
                // On the diagonal's tile, only what lies above it.
                let from = if left == first { j + 1 } else { 0 };
                for i in from..height {
                    // SAFETY: row and column are less than `n`. A strip reads its rows below the diagonal, where
                    // none writes, and writes the columns of the same numbers above it, where no other does.
                    unsafe { *z.add((left + j) * n + first + i) = *z.add((first + i) * n + left + j) };
                }
            }
        }
    });
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
