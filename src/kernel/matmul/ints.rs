//! Wrapping integers. The right operand is packed once into panels of a fixed number of columns,
//! each row of a panel one or two registers wide; a tile of four rows of the result then stays in
//! registers while it runs down a stretch of the panel that fits the first-level cache.

use super::dot::{self, Ring};
use super::{Mat, Out, PARALLEL, Product, rows};
use crate::kernel::simd;
use rayon::prelude::*;

/// Rows of a tile.
const MR: usize = 4;
/// Columns of a panel: 128 bytes of 64-bit elements, half that of 32-bit ones.
const NR: usize = 16;
/// Rows of a panel that are used before the next tile.
const DEPTH: usize = 256;

macro_rules! int {
    ($($t:ty),*) => {$(
        impl Ring for $t {
            #[inline(always)]
            fn add(self, other: $t) -> $t { self.wrapping_add(other) }
            #[inline(always)]
            fn mul(self, other: $t) -> $t { self.wrapping_mul(other) }
        }
        impl Product for $t {
            fn gemm(a: Mat<'_, $t>, b: Mat<'_, $t>, out: Out<'_, $t>, threads: usize) { gemm(a, b, out, threads) }
            fn dot(x: &[$t], y: &[$t], _conj: bool) -> $t { dot::dot(x, y) }
            fn far_dot(x: &[$t], y: &[$t], _conj: bool) -> $t { dot::far_dot(x, y) }
            fn dots(a: Mat<'_, $t>, x: &[$t], out: &mut [$t]) { rows::dots(a, x, out) }
        }
    )*};
}
int!(i8, u8, i16, u16, i32, u32, i64, u64);

fn gemm<T: Ring>(a: Mat<'_, T>, b: Mat<'_, T>, out: Out<'_, T>, threads: usize) {
    let (m, n, k) = (a.rows, b.cols, a.cols);
    let panels = pack(b);
    // Several blocks per thread even out their speeds.
    let blocks = if m * n * k < PARALLEL || threads < 2 { 1 } else { threads * 4 };
    let rows = m.div_ceil(blocks).next_multiple_of(MR);
    let (stride, add) = (out.stride, out.add);
    let run = |(block, out): (usize, &mut [T])| {
        let first = block * rows;
        let a = a.slice_rows(first, m.min(first + rows));
        if !add {
            out.chunks_mut(stride).for_each(|row| row[..n].fill(T::default()));
        }
        simd(
            #[inline(always)]
            || multiply(a, &panels, n, out, stride),
        );
    };
    if blocks == 1 {
        run((0, out.data));
    } else {
        out.data.par_chunks_mut(rows * stride).enumerate().for_each(run);
    }
}

/// Panels of `NR` columns one after the other, each row-major, the last one padded with zeros.
fn pack<T: Ring>(b: Mat<'_, T>) -> Vec<[T; NR]> {
    let mut panels = vec![[T::default(); NR]; b.cols.div_ceil(NR) * b.rows];
    for (p, panel) in panels.chunks_exact_mut(b.rows).enumerate() {
        let first = p * NR;
        let width = NR.min(b.cols - first);
        for (l, line) in panel.iter_mut().enumerate() {
            match b.row(l) {
                Some(row) => line[..width].copy_from_slice(&row[first..first + width]),
                None => (0..width).for_each(|j| line[j] = b.at(l, first + j)),
            }
        }
    }
    panels
}

#[inline(always)]
fn multiply<T: Ring>(a: Mat<'_, T>, panels: &[[T; NR]], n: usize, out: &mut [T], stride: usize) {
    let (m, k) = a.shape();
    let mut strip = [[T::default(); MR]; DEPTH];
    for start in (0..k).step_by(DEPTH) {
        let depth = DEPTH.min(k - start);
        for i in (0..m).step_by(MR) {
            let height = MR.min(m - i);
            for (l, group) in strip[..depth].iter_mut().enumerate() {
                *group = [T::default(); MR];
                for (r, slot) in group.iter_mut().enumerate().take(height) {
                    *slot = a.at(i + r, start + l);
                }
            }
            for (p, panel) in panels.chunks_exact(k).enumerate() {
                let tile = tile(&strip[..depth], &panel[start..start + depth]);
                let (first, width) = (p * NR, NR.min(n - p * NR));
                for (r, sums) in tile.iter().enumerate().take(height) {
                    let row = &mut out[(i + r) * stride + first..][..width];
                    for (slot, &sum) in row.iter_mut().zip(sums) {
                        *slot = slot.add(sum);
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn tile<T: Ring>(strip: &[[T; MR]], panel: &[[T; NR]]) -> [[T; NR]; MR] {
    let mut sums = [[T::default(); NR]; MR];
    for (group, line) in strip.iter().zip(panel) {
        for r in 0..MR {
            for j in 0..NR {
                sums[r][j] = sums[r][j].add(group[r].mul(line[j]));
            }
        }
    }
    sums
}
