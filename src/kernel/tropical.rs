//! Inner products that keep the largest or the smallest of sums, differences or products of real floats,
//! `⌈.+` and its kin, as a matrix product is computed: a tile of results stays in registers while the
//! shared axis passes by. Takes rows and columns without infinities and NaN, large enough together that
//! no result is one ([`bounded`]); `exec::inner` sends everything else through the kernels of the two
//! functions.
//!
//! A tile has 6 rows and 64 bytes of columns: six accumulators of AVX-512, twelve of AVX2, beside those of
//! the right matrix and one element of the left. Both are packed, 256 places of the shared axis at a time, so that
//! tiles read them one after the other from the first-level cache. The order along the shared axis is
//! that of the fold, so that of equal results, as of zeros of both signs, the first stays.
//!
//! Figures: a tile alone does 33 G pairs a second on one thread (float64, AVX-512). Written as one loop over
//! an array of all accumulators it did 1.6, since these stayed in memory.

use super::chain::Link;
use super::fold::Pick;
use super::{Block, BlockMut, simd};
use crate::dtype::{DType, Element};

/// Rows of a tile.
const ROWS: usize = 6;
/// Places of the shared axis that are packed at a time.
const DEEP: usize = 256;

/// The rows of `left`, each of `k` elements, with the columns of `right`, which has `k` rows of `n`:
/// as many results as rows times columns, until `stop` says so.
pub type Product =
    fn(left: Block<'_>, right: Block<'_>, k: usize, n: usize, BlockMut<'_>, stop: &dyn Fn() -> bool);

/// The kernel for `g` of elements of a dtype, of which `pick` is kept; `turned` hands `g` the right
/// element first.
pub fn find(g: Link, pick: Pick, dtype: DType, turned: bool) -> Option<Product> {
    macro_rules! table {
        ($($g:ident $of:expr;)*) => {
            match (g, pick, dtype) {
                $(
                    (Link::$g, Pick::Most, DType::F64) => product::<f64, 8, { $of }, true>,
                    (Link::$g, Pick::Least, DType::F64) => product::<f64, 8, { $of }, false>,
                    (Link::$g, Pick::Most, DType::F32) => product::<f32, 16, { $of }, true>,
                    (Link::$g, Pick::Least, DType::F32) => product::<f32, 16, { $of }, false>,
                )*
                _ => return None,
            }
        };
    }
    Some(match turned && g == Link::Subtract {
        true => table! { Subtract SUBTRACTED; },
        false => table! { Add ADD; Subtract SUBTRACT; Multiply MULTIPLY; },
    })
}

/// Whether no result of `g` can be infinite or NaN.
pub fn bounded(g: Link, left: Block<'_>, right: Block<'_>) -> bool {
    fn largest<T: Real>(x: &[T]) -> f64 {
        simd(
            #[inline(always)]
            || x.iter().fold(0.0, |most: f64, x| if x.size() > most { x.size() } else { most }),
        )
    }
    if super::fp::any_nonfinite(left) || super::fp::any_nonfinite(right) {
        return false;
    }
    let (a, b, most) = match left.dtype() {
        DType::F64 => (largest(left.typed::<f64>()), largest(right.typed::<f64>()), f64::MAX),
        DType::F32 => (largest(left.typed::<f32>()), largest(right.typed::<f32>()), f64::from(f32::MAX)),
        _ => return false,
    };
    match g {
        Link::Multiply => a * b <= most,
        _ => a + b <= most,
    }
}

const ADD: u8 = 0;
const SUBTRACT: u8 = 1;
const SUBTRACTED: u8 = 2;
const MULTIPLY: u8 = 3;

trait Real: Element + PartialOrd {
    const LEAST: Self;
    const MOST: Self;
    fn size(self) -> f64;
    fn apply<const G: u8>(self, y: Self) -> Self;
}

macro_rules! real {
    ($($t:ty),*) => {$(
        impl Real for $t {
            const LEAST: $t = <$t>::NEG_INFINITY;
            const MOST: $t = <$t>::INFINITY;
            #[inline(always)]
            fn size(self) -> f64 {
                f64::from(self.abs())
            }
            #[inline(always)]
            fn apply<const G: u8>(self, y: $t) -> $t {
                match G {
                    ADD => self + y,
                    SUBTRACT => self - y,
                    SUBTRACTED => y - self,
                    _ => self * y,
                }
            }
        }
    )*};
}
real!(f32, f64);

fn product<T: Real, const W: usize, const G: u8, const MOST: bool>(
    left: Block<'_>,
    right: Block<'_>,
    k: usize,
    n: usize,
    out: BlockMut<'_>,
    stop: &dyn Fn() -> bool,
) {
    let (left, right, out) = (left.typed::<T>(), right.typed::<T>(), out.typed::<T>());
    if k == 0 || n == 0 {
        return;
    }
    out.fill(if MOST { T::LEAST } else { T::MOST });
    let mut columns = vec![[T::default(); W]; DEEP.min(k)];
    let mut rows = vec![[T::default(); ROWS]; DEEP.min(k)];
    for j in (0..n).step_by(W) {
        let width = W.min(n - j);
        for from in (0..k).step_by(DEEP) {
            if stop() {
                return;
            }
            let deep = DEEP.min(k - from);
            for (l, to) in columns[..deep].iter_mut().enumerate() {
                let at = (from + l) * n + j;
                to[..width].copy_from_slice(&right[at..at + width]);
            }
            for (i, out) in out.chunks_mut(ROWS * n).enumerate() {
                let held = out.len() / n;
                for r in 0..held {
                    let at = (i * ROWS + r) * k + from;
                    rows[..deep].iter_mut().zip(&left[at..at + deep]).for_each(|(to, &x)| to[r] = x);
                }
                simd(
                    #[inline(always)]
                    || {
                        let mut acc = [[T::default(); W]; ROWS];
                        for (acc, out) in acc.iter_mut().zip(out.chunks_exact(n)) {
                            acc[..width].copy_from_slice(&out[j..j + width]);
                        }
                        tile::<T, W, G, MOST>(&rows[..deep], &columns[..deep], &mut acc);
                        for (acc, out) in acc.iter().zip(out.chunks_exact_mut(n)) {
                            out[j..j + width].copy_from_slice(&acc[..width]);
                        }
                    },
                );
            }
        }
    }
}

#[inline(always)]
fn tile<T: Real, const W: usize, const G: u8, const MOST: bool>(
    rows: &[[T; ROWS]],
    columns: &[[T; W]],
    acc: &mut [[T; W]; ROWS],
) {
    // Six values, since one array of all of them would stay in memory.
    let [mut a, mut b, mut c, mut d, mut e, mut f] = *acc;
    for (x, y) in rows.iter().zip(columns) {
        a = kept::<T, W, G, MOST>(a, x[0], y);
        b = kept::<T, W, G, MOST>(b, x[1], y);
        c = kept::<T, W, G, MOST>(c, x[2], y);
        d = kept::<T, W, G, MOST>(d, x[3], y);
        e = kept::<T, W, G, MOST>(e, x[4], y);
        f = kept::<T, W, G, MOST>(f, x[5], y);
    }
    *acc = [a, b, c, d, e, f];
}

/// The better of each accumulator and `g` of `x` and its column.
#[inline(always)]
fn kept<T: Real, const W: usize, const G: u8, const MOST: bool>(best: [T; W], x: T, y: &[T; W]) -> [T; W] {
    let mut out = best;
    for k in 0..W {
        let v = x.apply::<G>(y[k]);
        let better = if MOST { v > best[k] } else { v < best[k] };
        out[k] = if better { v } else { best[k] };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_the_product() {
        for (m, k, n) in [(1, 1, 1), (5, 3, 17), (6, 300, 16), (13, 257, 40), (7, 2, 15)] {
            let fill = |n: usize, s: usize| (0..n).map(|i| (i * s % 1009) as f64 - 500.0).collect::<Vec<_>>();
            let (a, b) = (fill(m * k, 7919), fill(k * n, 104729));
            let mut out = vec![0.0; m * n];
            for turned in [false, true] {
                let run = find(Link::Subtract, Pick::Least, DType::F64, turned).unwrap();
                run(Block::new(&a), Block::new(&b), k, n, BlockMut::new(&mut out), &|| false);
                for (p, &got) in out.iter().enumerate() {
                    let at = |l: usize| a[p / n * k + l] - b[l * n + p % n];
                    let sign = if turned { -1.0 } else { 1.0 };
                    let want = (0..k).map(|l| sign * at(l)).fold(f64::INFINITY, f64::min);
                    assert_eq!(got, want, "{m} {k} {n}");
                }
            }
        }
        let finite = [1e308, -3.0];
        assert!(bounded(Link::Add, Block::new(&finite[1..]), Block::new(&finite)));
        assert!(!bounded(Link::Add, Block::new(&finite), Block::new(&finite)));
        assert!(!bounded(Link::Add, Block::new(&[f64::NAN]), Block::new(&finite)));
    }
}
