//! Transposing squares of memory in registers: the part of `strided` for which the source runs along
//! one axis and the target along another, both evenly.
//!
//! A square of 64 bytes a side (8 doubles, 64 bytes) is read and written by whole cache lines. Its rows
//! are taken in four groups of as many as 16 bytes hold elements; within each 128-bit lane a group is
//! transposed by interleaving its first half with its second, as often as it can be halved (each step
//! rotates the bits of an element's place by one), and the lanes of the four groups change places last.
//! So every width takes the same few instructions: 24 shuffles for 8 x 8 words, 384 for 64 x 64 bytes.
//! Squares of 16 bytes a side go the same way with SSE2, which every x86-64 has: what is left for
//! narrower machines and for sides too short for a line. Where a side is no multiple of the square's,
//! the last square overlaps the one before it.
//!
//! Squares follow each other along the target's rows: where the strides are a power of two, all lines
//! of a square fall into one set of the first-level cache, and stores that wait for lines of one set are
//! what stalls (float64 1024 x 1024: 263 µs so, 740 with the squares along the source's rows).
//!
//! int8 1000 x 1000 on two threads of a Zen 4 143 µs, where a compiler of expressions takes 104: squares of 64 x 64
//! bytes are 384 shuffles, and the last ones of 1000 overlap the others.
//! One thread of a Zen 5 takes 170 µs for float64 1000 x 1000 and 80 for int8, where a plain copy of the
//! 8 MB takes 120; two threads with tiles through the stack, element by element, took 290 and 290.

use super::simd::{Level, level};
use std::arch::x86_64::*;

/// Bytes along a large square's side, and a small one's.
const LINE: usize = 64;
const LANE: usize = 16;

/// Source and target of a rectangle: the source's rows follow each other at `row` bytes, and become
/// the target's columns; the target's rows follow at `out` bytes.
#[derive(Clone, Copy)]
pub struct Plane {
    pub src: *const u8,
    pub dst: *mut u8,
    pub row: isize,
    pub out: isize,
}

impl Plane {
    /// The plane from source row `y`, column `x` on, of elements of `size` bytes.
    #[inline(always)]
    fn at(self, y: usize, x: usize, size: usize) -> Plane {
        let (y, x) = (y as isize, x as isize);
        let size = size as isize;
        Plane {
            src: self.src.wrapping_offset(y * self.row + x * size),
            dst: self.dst.wrapping_offset(x * self.out + y * size),
            ..self
        }
    }
}

/// Transposes `rows` by `columns` elements of `SIZE` bytes (1, 2, 4, 8 or 16) where both are as long as
/// a small square's side; says whether it did.
///
/// # Safety
/// The plane's elements are in bounds of their buffers, and sources and targets do not meet.
pub unsafe fn rectangle<const SIZE: usize>(plane: Plane, rows: usize, columns: usize) -> bool {
    let shorter = rows.min(columns);
    let side = if shorter >= LINE / SIZE && wide() { LINE / SIZE } else { LANE / SIZE };
    if shorter < side || side == 1 {
        return false;
    }
    squares(rows, columns, side, |y, x| {
        let p = plane.at(y, x, SIZE);
        // SAFETY: squares lie within the rectangle; the instructions were asked for.
        unsafe {
            match (side == LINE / SIZE, SIZE) {
                (true, 1) => wide1(p),
                (true, 2) => wide2(p),
                (true, 4) => wide4(p),
                (true, 8) => wide8(p),
                (true, _) => wide16(p),
                (false, 1) => narrow1(p),
                (false, 2) => narrow2(p),
                (false, 4) => narrow4(p),
                (false, 8) => narrow8(p),
                (false, _) => narrow16(p),
            }
        }
    });
    true
}

#[inline]
fn wide() -> bool {
    (cfg!(debug_assertions) || level() == Level::Avx512)
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
}

/// The first row and column of each square, down the columns of larger ones that keep the pages in the
/// TLB.
#[inline(always)]
fn squares(rows: usize, columns: usize, side: usize, mut f: impl FnMut(usize, usize)) {
    let step = side.max(64);
    for x0 in (0..columns).step_by(step) {
        for y0 in (0..rows).step_by(step) {
            for x in (x0..columns.min(x0 + step)).step_by(side) {
                for y in (y0..rows.min(y0 + step)).step_by(side) {
                    f(y.min(rows - side), x.min(columns - side));
                }
            }
        }
    }
}

/// Rows of one group: as many as a lane holds elements.
macro_rules! interleaved {
    ($rows:expr, $low:ident, $high:ident) => {{
        let (half, mut out) = ($rows.len() / 2, $rows);
        for k in 0..half {
            out[2 * k] = $low($rows[k], $rows[k + half]);
            out[2 * k + 1] = $high($rows[k], $rows[k + half]);
        }
        out
    }};
}

/// A function that transposes a square of 64 bytes a side, and one for 16 bytes a side, of elements of
/// which a lane holds so many, with the instructions that interleave two vectors' elements.
macro_rules! width {
    ($wide:ident, $narrow:ident, $count:literal,
     $low512:ident, $high512:ident, $low128:ident, $high128:ident) => {
        /// # Safety
        /// Only with AVX-512 F and BW; the square's places are in bounds.
        #[target_feature(enable = "avx512f,avx512bw")]
        unsafe fn $wide(p: Plane) {
            let mut groups = [[_mm512_setzero_si512(); $count]; 4];
            for (g, rows) in groups.iter_mut().enumerate() {
                for (k, row) in rows.iter_mut().enumerate() {
                    let at = p.src.wrapping_offset((g * $count + k) as isize * p.row);
                    // SAFETY: by the contract.
                    *row = unsafe { _mm512_loadu_si512(at.cast()) };
                }
                for _ in 0..usize::ilog2($count) {
                    *rows = interleaved!(*rows, $low512, $high512);
                }
            }
            for k in 0..$count {
                let lanes = change_lanes([groups[0][k], groups[1][k], groups[2][k], groups[3][k]]);
                for (l, line) in lanes.into_iter().enumerate() {
                    let at = p.dst.wrapping_offset((l * $count + k) as isize * p.out);
                    // SAFETY: by the contract.
                    unsafe { _mm512_storeu_si512(at.cast(), line) };
                }
            }
        }

        /// # Safety
        /// The square's places are in bounds.
        #[inline]
        unsafe fn $narrow(p: Plane) {
            // SAFETY: by the contract; SSE2 is part of x86-64.
            unsafe {
                let mut rows = [_mm_setzero_si128(); $count];
                for (k, row) in rows.iter_mut().enumerate() {
                    *row = _mm_loadu_si128(p.src.wrapping_offset(k as isize * p.row).cast());
                }
                for _ in 0..usize::ilog2($count) {
                    rows = interleaved!(rows, $low128, $high128);
                }
                for (k, line) in rows.into_iter().enumerate() {
                    _mm_storeu_si128(p.dst.wrapping_offset(k as isize * p.out).cast(), line);
                }
            }
        }
    };
}

/// Four vectors of four lanes each, transposed.
#[target_feature(enable = "avx512f")]
#[inline]
fn change_lanes([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let (ab, cd) = (_mm512_shuffle_i64x2::<0x44>(a, b), _mm512_shuffle_i64x2::<0x44>(c, d));
    let (ab_high, cd_high) = (_mm512_shuffle_i64x2::<0xee>(a, b), _mm512_shuffle_i64x2::<0xee>(c, d));
    [
        _mm512_shuffle_i64x2::<0x88>(ab, cd),
        _mm512_shuffle_i64x2::<0xdd>(ab, cd),
        _mm512_shuffle_i64x2::<0x88>(ab_high, cd_high),
        _mm512_shuffle_i64x2::<0xdd>(ab_high, cd_high),
    ]
}

width!(wide1, narrow1, 16, _mm512_unpacklo_epi8, _mm512_unpackhi_epi8, _mm_unpacklo_epi8, _mm_unpackhi_epi8);
width!(
    wide2,
    narrow2,
    8,
    _mm512_unpacklo_epi16,
    _mm512_unpackhi_epi16,
    _mm_unpacklo_epi16,
    _mm_unpackhi_epi16
);
width!(
    wide4,
    narrow4,
    4,
    _mm512_unpacklo_epi32,
    _mm512_unpackhi_epi32,
    _mm_unpacklo_epi32,
    _mm_unpackhi_epi32
);
width!(
    wide8,
    narrow8,
    2,
    _mm512_unpacklo_epi64,
    _mm512_unpackhi_epi64,
    _mm_unpacklo_epi64,
    _mm_unpackhi_epi64
);
width!(
    wide16,
    narrow16,
    1,
    _mm512_unpacklo_epi64,
    _mm512_unpackhi_epi64,
    _mm_unpacklo_epi64,
    _mm_unpackhi_epi64
);

#[cfg(test)]
mod tests {
    use super::*;

    fn transposed<const SIZE: usize>(rows: usize, columns: usize, backward: bool) {
        let stride = columns + 3;
        let src: Vec<u8> = (0..rows * stride * SIZE).map(|i| (i * 7 + i / 251) as u8).collect();
        let mut dst = vec![0u8; columns * rows * SIZE];
        let row = (rows * SIZE) as isize;
        let (from, out) = if backward { ((columns as isize - 1) * row, -row) } else { (0, row) };
        let start = dst.as_mut_ptr().wrapping_offset(from);
        let plane = Plane { src: src.as_ptr(), dst: start, row: (stride * SIZE) as isize, out };
        // SAFETY: the plane covers the two vectors.
        let done = unsafe { rectangle::<SIZE>(plane, rows, columns) };
        assert_eq!(done, rows.min(columns) >= if SIZE == LANE { 4 } else { LANE / SIZE });
        for (y, x) in (0..rows).flat_map(|y| (0..columns).map(move |x| (y, x))).filter(|_| done) {
            let line = if backward { columns - 1 - x } else { x };
            let (s, d) = ((y * stride + x) * SIZE, (line * rows + y) * SIZE);
            assert_eq!(dst[d..d + SIZE], src[s..s + SIZE], "{SIZE} bytes, {rows} by {columns}, at {y} {x}");
        }
    }

    #[test]
    fn rectangles_of_every_width_are_transposed() {
        for (rows, columns) in
            [(1, 1), (2, 3), (4, 4), (7, 20), (8, 8), (15, 16), (17, 65), (64, 64), (70, 131)]
        {
            for backward in [false, true] {
                transposed::<1>(rows, columns, backward);
                transposed::<2>(rows, columns, backward);
                transposed::<4>(rows, columns, backward);
                transposed::<8>(rows, columns, backward);
                if wide() || rows.min(columns) < 4 {
                    transposed::<16>(rows, columns, backward);
                }
            }
        }
    }
}
