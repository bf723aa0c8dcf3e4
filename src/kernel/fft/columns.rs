//! Transforms along an axis that is not the last: the lines are columns, taken in tiles.

use super::shared::{Each, Shared};
use super::tile::{TILE, gather, gather_shared, scatter};
use super::{Lines, Real};
use num_complex::Complex;

/// Boxes of `from * inner` elements become boxes of `to * inner`, each column by itself.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    pub from: usize,
    pub to: usize,
    pub inner: usize,
}

/// Tiles of a part: it allocates its lines once.
const TILES: usize = 4;

/// Runs `line` from each column of `x` into the column of `y`.
pub fn columns<S: Copy + Default + Sync, R: Copy + Default + Send>(
    x: &[S],
    y: &mut [R],
    shape: Columns,
    line: &(dyn Fn(&[S], &mut [R]) + Sync),
    each: Each<'_>,
) {
    let Columns { from, to, inner } = shape;
    if y.is_empty() {
        return;
    }
    let outer = y.len() / (to * inner);
    assert!(y.len() == outer * to * inner && x.len() == outer * from * inner);
    let tiles = inner.div_ceil(TILE);
    let shared = Shared::new(y);
    each((outer * tiles).div_ceil(TILES), &|part| {
        let (mut lines, mut results) = (vec![S::default(); TILE * from], vec![R::default(); TILE * to]);
        for t in part * TILES..((part + 1) * TILES).min(outer * tiles) {
            let (o, c) = (t / tiles, t % tiles * TILE);
            let width = TILE.min(inner - c);
            gather(x, (o * from * inner + c, inner), width, from, &mut lines);
            let all = lines.chunks_exact(from.max(1)).zip(results.chunks_exact_mut(to));
            all.take(width).for_each(|(x, y)| line(x, y));
            // SAFETY: each tile has its own columns.
            unsafe { scatter(&results, width, to, &shared, (o * to * inner + c, inner)) };
        }
    });
}

/// As [`columns`] for complex transforms of `n` elements that stay where they are, times `factor`.
pub fn columns_in_place<T: Real>(
    y: &mut [Complex<T>],
    (n, inner): (usize, usize),
    plan: &Lines<T>,
    factor: T,
    each: Each<'_>,
) {
    if y.is_empty() {
        return;
    }
    let outer = y.len() / (n * inner);
    assert_eq!(y.len(), outer * n * inner);
    let tiles = inner.div_ceil(TILE);
    let shared = Shared::new(y);
    each((outer * tiles).div_ceil(TILES), &|part| {
        let mut lines = vec![Complex::default(); TILE * n];
        for t in part * TILES..((part + 1) * TILES).min(outer * tiles) {
            let (o, c) = (t / tiles, t % tiles * TILE);
            let width = TILE.min(inner - c);
            // SAFETY: each tile reads and writes its own columns, first the one, then the other.
            unsafe {
                gather_shared(&shared, (o * n * inner + c, inner), width, n, &mut lines);
                let used = &mut lines[..width * n];
                plan.run(used);
                super::tidy(used, n);
                super::scale(used, factor);
                scatter(&lines, width, n, &shared, (o * n * inner + c, inner));
            }
        }
    });
}
