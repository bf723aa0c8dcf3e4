//! Lines that lie across memory: a tile of neighbouring columns is gathered into lines, transformed,
//! and scattered again.
//!
//! Four rows are read for each group of columns, so that every cache line of either side is touched
//! once while it is there: rows stand a power of two apart as a rule, and meet in few cache sets.

use super::shared::Shared;

/// Columns of a tile: two cache lines of complex128, one of complex64.
pub(super) const TILE: usize = 8;
const ROWS: usize = 4;

/// `lines[c * n + r] = x[start + r * stride + c]` for `c < columns` and `r < n`.
pub(super) fn gather<T: Copy>(x: &[T], at: (usize, usize), columns: usize, n: usize, lines: &mut [T]) {
    take(&|at, n| &x[at..][..n], at, columns, n, lines);
}

/// As [`gather`], from a slice that other parts write meanwhile.
///
/// # Safety
/// Nothing writes these elements of `x` meanwhile.
pub(super) unsafe fn gather_shared<T: Copy>(
    x: &Shared<'_, T>,
    at: (usize, usize),
    columns: usize,
    n: usize,
    lines: &mut [T],
) {
    // SAFETY: the caller's contract.
    take(&|at, n| unsafe { &*x.part(at, n) }, at, columns, n, lines);
}

#[inline(always)]
fn take<'a, T: Copy + 'a>(
    row: &impl Fn(usize, usize) -> &'a [T],
    (start, stride): (usize, usize),
    columns: usize,
    n: usize,
    lines: &mut [T],
) {
    assert!(lines.len() >= columns * n);
    let whole = if columns == TILE { n - n % ROWS } else { 0 };
    for r in (0..whole).step_by(ROWS) {
        let rows: [&[T]; ROWS] = std::array::from_fn(|i| row(start + (r + i) * stride, TILE));
        for c in 0..TILE {
            let line = &mut lines[c * n + r..][..ROWS];
            line.iter_mut().zip(rows).for_each(|(slot, row)| *slot = row[c]);
        }
    }
    for r in whole..n {
        for (c, &item) in row(start + r * stride, columns).iter().enumerate() {
            lines[c * n + r] = item;
        }
    }
}

/// The way back: `y[start + r * stride + c] = lines[c * n + r]`.
///
/// # Safety
/// Nothing else reaches these elements of `y` meanwhile.
pub(super) unsafe fn scatter<T: Copy>(
    lines: &[T],
    columns: usize,
    n: usize,
    y: &Shared<'_, T>,
    (start, stride): (usize, usize),
) {
    assert!(lines.len() >= columns * n);
    let whole = if columns == TILE { n - n % ROWS } else { 0 };
    for r in (0..whole).step_by(ROWS) {
        let line: [&[T]; TILE] = std::array::from_fn(|c| &lines[c * n + r..][..ROWS]);
        for i in 0..ROWS {
            // SAFETY: the caller's contract.
            let row = unsafe { y.part(start + (r + i) * stride, TILE) };
            row.iter_mut().zip(line).for_each(|(slot, line)| *slot = line[i]);
        }
    }
    for r in whole..n {
        // SAFETY: as above.
        let row = unsafe { y.part(start + r * stride, columns) };
        for (c, slot) in row.iter_mut().enumerate() {
            *slot = lines[c * n + r];
        }
    }
}
