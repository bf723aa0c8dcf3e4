//! Folds: the kernels behind reductions and scans, and their tables per function and dtype.
//!
//! A fold joins elements of `dtype` into accumulators of `out` (int8 summed in int64 is one step:
//! elements widen as they are added). Blocks are small matrices in row order: `along` folds each
//! row into its accumulator, `across` each column.
//!
//! Strategy: where the function may be regrouped (integers, minimum, maximum, logic), `along` keeps
//! 32 partial results, which the compiler holds in vector registers (see `lanes`), and asks for what lies in no
//! first-level cache (the largest of 1e7 float64 on two threads 1.46 ms before, 1.15 to 1.3 after); sums of floats follow NumPy's
//! pairwise tree (`pairwise`); products of floats go in order, as NumPy's do bit for bit: each waits for the
//! one before it, three cycles (1e6 float64 in 680 µs, in NumPy too). Partial products, kept in range by their
//! exponents or checked for zeros and infinities afterwards, were not built: JAX, which regroups, takes a
//! fifth of that, but its last bits are others. `across` takes eight rows per pass over the accumulators, wherever
//! each begins, so that half the columns of a matrix go as fast as the whole (1000 × 1000 float64
//! from the third-level cache on one thread: 75 µs for the loop alone). Bools are counted in bytes
//! that are emptied before they overflow (1e6: 7 µs for the loop alone).
//!
//! Scans are bound by the latency of the function (one addition of floats after the other, 0.47 ns
//! each); what may be regrouped is divided among threads by `exec::scan`.

pub mod alternate;
pub(super) mod extreme;
mod monoid;
mod narrow;
pub mod truth;

use super::simd::{complete, fetch};
use super::{Block, BlockMut, pairwise, simd};
use crate::dtype::{CastTo, DType, Element, Scalar, c64, c128, cast};
use extreme::{along_max, along_min};
use monoid::{BitAnd, BitOr, BitXor, FMax, FMin, Gcd, Lcm, Max, Min, Monoid, Product, Sum};
pub use narrow::across_deviations;

/// The kernels of one function that folds elements of `dtype` into accumulators of `out`.
pub struct Fold {
    pub dtype: DType,
    pub out: DType,
    /// The value that changes nothing.
    pub identity: fn() -> Scalar,
    pub grouping: Grouping,
    /// A value that no further element changes: `false` for `and`.
    pub absorbing: Option<Scalar>,
    /// Which of real floats it keeps.
    pub picks: Option<Pick>,
    /// Of bools: `n` elements into each accumulator, so many of them true.
    pub counted: Option<Counted>,
    /// `acc.len()` rows: each row into its accumulator, `acc[i] = acc[i] f (row_i[0] f row_i[1] …)`.
    pub along: fn(Block<'_>, BlockMut<'_>),
    /// Rows of `acc.len()` elements, which begin `step` elements apart (and may overlap), one after
    /// the other: `acc[j] = acc[j] f row[j]`. The block ends with the last row.
    pub across: fn(Block<'_>, step: usize, BlockMut<'_>),
    /// Results of another stretch, as many `out` elements as accumulators: `acc[j] = acc[j] f x[j]`.
    pub join: fn(Block<'_>, BlockMut<'_>),
    /// `out[0] = acc f row[0]`, `out[1] = out[0] f row[1]`, …; the last goes back into `acc[0]`.
    pub scan: fn(Block<'_>, acc: BlockMut<'_>, out: BlockMut<'_>),
    /// Rows of `n` elements, each scanned from its own first element on.
    pub scans: fn(Block<'_>, n: usize, out: BlockMut<'_>),
    /// Each element into the accumulator of its number: `acc[ids[i]] = acc[ids[i]] f x[i]`, in order.
    pub scatter: fn(Block<'_>, ids: &[i64], acc: BlockMut<'_>),
}

/// See [`Fold::counted`].
pub type Counted = fn(trues: &[i64], n: usize, acc: BlockMut<'_>);

/// The largest or the smallest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    Most,
    Least,
}

/// How a long run may be cut in two whose results are then joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Not at all: element after element.
    InOrder,
    /// Anywhere.
    Free,
    /// As NumPy's tree of sums does, for floats and for complex numbers.
    Pairwise,
    PairwiseComplex,
}

impl Grouping {
    /// The length of the left part of a run of `n` elements (more than a leaf of the tree).
    pub fn split(self, n: usize) -> usize {
        match self {
            Grouping::InOrder | Grouping::Free => n / 2,
            Grouping::Pairwise => pairwise::split(n),
            Grouping::PairwiseComplex => pairwise::split_complex(n),
        }
    }
}

/// Partial results that `along` keeps of wide elements, and of 4-byte ones in long rows: four
/// registers, since each waits for the step before it (1e6 float32 maxima 51 µs with two registers).
const LANES: usize = 32;
const NARROW_LANES: usize = 64;

/// Bytes from the bools that are counted to those that are asked for; of other elements twice as many.
const AHEAD: usize = 4 << 10;

/// Bytes of a row that lies in no first-level cache, so that its elements are asked for.
const FAR: usize = 1 << 17;

fn identity<A: Element, M: Monoid<A>>() -> Scalar {
    M::identity().scalar()
}

/// Makes each accumulator anew from itself and its row; an empty block has none.
#[inline(always)]
fn each_row<T: Element, A: Element>(from: Block<'_>, acc: BlockMut<'_>, f: impl Fn(A, &[T]) -> A) {
    let (xs, acc) = (from.typed::<T>(), acc.typed::<A>());
    let n = xs.len().checked_div(acc.len()).unwrap_or(0);
    if n == 0 {
        return;
    }
    simd(
        #[inline(always)]
        || {
            for (a, row) in acc.iter_mut().zip(xs.chunks_exact(n)) {
                *a = f(*a, row);
            }
        },
    )
}

fn along<T: Element + CastTo<A>, A: Element, M: Monoid<A>>(from: Block<'_>, acc: BlockMut<'_>) {
    each_row(
        from,
        acc,
        #[inline(always)]
        |a, row| M::join(a, lanes::<T, A, M>(row)),
    );
}

#[inline(always)]
fn lanes<T: Element + CastTo<A>, A: Element, M: Monoid<A>>(row: &[T]) -> A {
    // Integers may be regrouped at will, and the compiler does it best itself; the lanes below would
    // cost 26 ms on one thread for 1e7 int64 from memory where this takes 3.2.
    if A::DTYPE.is_int() {
        return row.iter().fold(M::identity(), |a, &x| M::join(a, cast(x)));
    }
    let narrow = size_of::<A>() == 4 && row.len() >= 4 * NARROW_LANES;
    match (narrow, size_of_val(row) >= FAR) {
        (true, false) => in_lanes::<T, A, M, NARROW_LANES, false>(row),
        (true, true) => in_lanes::<T, A, M, NARROW_LANES, true>(row),
        (false, false) => in_lanes::<T, A, M, LANES, false>(row),
        (false, true) => in_lanes::<T, A, M, LANES, true>(row),
    }
}

#[inline(always)]
fn in_lanes<T: Element + CastTo<A>, A: Element, M: Monoid<A>, const N: usize, const ASK: bool>(
    row: &[T],
) -> A {
    let (chunks, rest) = row.as_chunks::<N>();
    let mut result = M::identity();
    if !chunks.is_empty() {
        let mut part = [M::identity(); N];
        for chunk in chunks {
            if ASK {
                for line in (0..size_of_val(chunk)).step_by(64) {
                    fetch(chunk.as_ptr(), 2 * AHEAD + line);
                }
            }
            for k in 0..N {
                part[k] = M::join(part[k], cast(chunk[k]));
            }
        }
        // Without this barrier the compiler lays the lanes out as the halving below would like them,
        // in pairs: 1e6 float64 in 221 µs on one thread, and 84 so; rows of 64 in 35 ns, and 15.
        part = complete(part);
        let mut width = N / 2;
        while width > 0 {
            for k in 0..width {
                part[k] = M::join(part[k], part[k + width]);
            }
            width /= 2;
        }
        result = part[0];
    }
    rest.iter().fold(result, |a, &x| M::join(a, cast(x)))
}

/// Sums of narrow integers, in 32 bits for as long as these hold them, so that vectors widen half as far. What
/// is delivered as floats is exact, as every partial sum of NumPy's is.
fn along_narrow<T, A>(from: Block<'_>, acc: BlockMut<'_>)
where
    T: Element + CastTo<i32>,
    A: Element + std::ops::Add<Output = A>,
    i64: CastTo<A>,
{
    const HELD: usize = 1 << 15;
    each_row(
        from,
        acc,
        #[inline(always)]
        |a: A, row: &[T]| {
            let held = |part: &[T]| part.iter().fold(0i32, |s, &x| s.wrapping_add(cast(x)));
            let sum: i64 = row.chunks(HELD).map(|part| held(part) as i64).sum();
            a + cast::<i64, A>(sum)
        },
    );
}

fn along_in_order<A: Element, M: Monoid<A>>(from: Block<'_>, acc: BlockMut<'_>) {
    each_row(
        from,
        acc,
        #[inline(always)]
        |a, row: &[A]| row.iter().fold(a, |a, &x| M::join(a, x)),
    );
}

fn along_pairwise<A: Element + pairwise::Pairwise>(from: Block<'_>, acc: BlockMut<'_>) {
    each_row(
        from,
        acc,
        #[inline(always)]
        |a: A, row| a + pairwise::sum(row),
    );
}

/// Rows that `across` takes at a time.
const ROWS: usize = 8;

fn across<T: Element + CastTo<A>, A: Element, M: Monoid<A>>(from: Block<'_>, step: usize, acc: BlockMut<'_>) {
    let (xs, acc) = (from.typed::<T>(), acc.typed::<A>());
    let n = acc.len();
    if n == 0 || xs.len() < n {
        return;
    }
    let rows = (xs.len() - n) / step.max(1) + 1;
    simd(
        #[inline(always)]
        || {
            let whole = rows / ROWS * ROWS;
            for i in (0..whole).step_by(ROWS) {
                rows_across::<T, A, M, ROWS>(xs, i, step, acc);
            }
            // Windows of five items are one pass of four and one of one.
            let mut i = whole;
            if rows - i >= 4 {
                rows_across::<T, A, M, 4>(xs, i, step, acc);
                i += 4;
            }
            if rows - i >= 2 {
                rows_across::<T, A, M, 2>(xs, i, step, acc);
                i += 2;
            }
            if i < rows {
                rows_across::<T, A, M, 1>(xs, i, step, acc);
            }
        },
    )
}

/// `N` rows, from row `i` on, joined to the accumulators in one pass over these.
#[inline(always)]
fn rows_across<T: Element + CastTo<A>, A: Element, M: Monoid<A>, const N: usize>(
    xs: &[T],
    i: usize,
    step: usize,
    acc: &mut [A],
) {
    let n = acc.len();
    let r: [&[T]; N] = std::array::from_fn(|k| &xs[(i + k) * step..(i + k) * step + n]);
    for (j, a) in acc.iter_mut().enumerate() {
        // The rows have `n` elements each, as the accumulators.
        *a = M::join_all(*a, std::array::from_fn::<A, N, _>(|k| cast(r[k][j])));
    }
}

fn join<A: Element, M: Monoid<A>>(from: Block<'_>, acc: BlockMut<'_>) {
    for (a, &x) in acc.typed::<A>().iter_mut().zip(from.typed::<A>()) {
        *a = M::join(*a, x);
    }
}

/// Counts the true elements of each row.
fn along_count(from: Block<'_>, acc: BlockMut<'_>) {
    each_row(
        from,
        acc,
        #[inline(always)]
        |a: i64, row| a + count(row),
    );
}

/// Whether any element of each row is true. Bytes are joined 64 at a time: 1e6 bools, all false, in
/// the loop of the other types' lanes took 59% of `np.any(f > 2)`.
fn along_any(from: Block<'_>, acc: BlockMut<'_>) {
    along_bool(from, acc, |row| row.iter().fold(0u8, |m, &x| m | x as u8) != 0, |a, b| a | b);
}

/// Whether all elements of each row are true.
fn along_all(from: Block<'_>, acc: BlockMut<'_>) {
    along_bool(from, acc, |row| row.iter().fold(1u8, |m, &x| m & x as u8) != 0, |a, b| a & b);
}

#[inline(always)]
fn along_bool(
    from: Block<'_>,
    acc: BlockMut<'_>,
    fold: impl Fn(&[bool]) -> bool,
    join: impl Fn(bool, bool) -> bool,
) {
    each_row(
        from,
        acc,
        #[inline(always)]
        |a, row| join(a, fold(row)),
    );
}

/// Bools as bytes, eight rows at a time: as bools the compiler takes them one by one, 1e6 in 190 µs.
fn across_any(from: Block<'_>, step: usize, acc: BlockMut<'_>) {
    across_bool(from, step, acc, |a, b| a | b);
}

fn across_all(from: Block<'_>, step: usize, acc: BlockMut<'_>) {
    across_bool(from, step, acc, |a, b| a & b);
}

#[inline(always)]
fn across_bool(from: Block<'_>, step: usize, acc: BlockMut<'_>, join: impl Fn(u8, u8) -> u8) {
    let (xs, acc) = (from.typed::<bool>(), acc.typed::<bool>());
    let n = acc.len();
    if n == 0 || xs.len() < n {
        return;
    }
    let rows = (xs.len() - n) / step.max(1) + 1;
    simd(
        #[inline(always)]
        || {
            let row = |i: usize| &xs[i * step..i * step + n];
            let whole = rows / ROWS * ROWS;
            for i in (0..whole).step_by(ROWS) {
                let [a, b, c, d, e, f, g, h]: [&[bool]; ROWS] = std::array::from_fn(|k| row(i + k));
                let pairs = a.iter().zip(b).zip(c.iter().zip(d)).zip(e.iter().zip(f).zip(g.iter().zip(h)));
                for (o, (((a, b), (c, d)), ((e, f), (g, h)))) in acc.iter_mut().zip(pairs) {
                    let byte = |x: &bool| u8::from(*x);
                    let first = join(join(byte(a), byte(b)), join(byte(c), byte(d)));
                    let last = join(join(byte(e), byte(f)), join(byte(g), byte(h)));
                    *o = join(u8::from(*o), join(first, last)) & 1 != 0;
                }
            }
            for i in whole..rows {
                for (a, &x) in acc.iter_mut().zip(row(i)) {
                    *a = join(u8::from(*a), u8::from(x)) & 1 != 0;
                }
            }
        },
    )
}

/// Bools that are counted side by side: 32 KiB in the first-level cache 120 ns, and 210 by 64.
const COUNTED: usize = 256;

#[inline(always)]
fn count(row: &[bool]) -> i64 {
    let (rows, rest) = row.as_chunks::<COUNTED>();
    let mut total = rest.iter().map(|&x| x as i64).sum::<i64>();
    for rows in rows.chunks(u8::MAX as usize) {
        let mut lanes = [0u8; COUNTED];
        for row in rows {
            for line in (0..COUNTED).step_by(64) {
                fetch(row.as_ptr(), AHEAD + line);
            }
            for k in 0..COUNTED {
                lanes[k] += row[k] as u8;
            }
        }
        // Without this barrier the compiler writes the lanes to the stack with every step.
        let lanes = complete(lanes);
        total += lanes.iter().map(|&x| x as i64).sum::<i64>();
    }
    total
}

/// The most rows of bools that [`count_row`] counts: a byte holds no more.
pub const ROWS_COUNTED: usize = u8::MAX as usize;

/// Counts the true elements of columns: adds a row to what the rows before it gave.
pub fn count_row(row: &[bool], counts: &mut [u8]) {
    simd(
        #[inline(always)]
        || counts.iter_mut().zip(row).for_each(|(count, &x)| *count = count.wrapping_add(x as u8)),
    );
}

fn scan<T: Element + CastTo<A>, A: Element, M: Monoid<A>>(
    from: Block<'_>,
    acc: BlockMut<'_>,
    out: BlockMut<'_>,
) {
    let (xs, out) = (from.typed::<T>(), out.typed::<A>());
    if let [last] = acc.typed::<A>() {
        let mut a = *last;
        for (o, &x) in out.iter_mut().zip(xs) {
            a = M::join(a, cast(x));
            *o = a;
        }
        *last = a;
    }
}

fn scans<T: Element + CastTo<A>, A: Element, M: Monoid<A>>(from: Block<'_>, n: usize, out: BlockMut<'_>) {
    // Rows side by side, as each step of one waits for the step before it.
    const ROWS: usize = 8;
    let (xs, out) = (from.typed::<T>(), out.typed::<A>());
    let (groups, outs) = (xs.chunks_exact(ROWS * n), out.chunks_exact_mut(ROWS * n));
    let done = groups.len() * ROWS * n;
    for (xs, out) in groups.zip(outs) {
        let mut acc: [A; ROWS] = std::array::from_fn(|k| cast(xs[k * n]));
        for k in 0..ROWS {
            out[k * n] = acc[k];
        }
        for i in 1..n {
            for k in 0..ROWS {
                acc[k] = M::join(acc[k], cast(xs[k * n + i]));
                out[k * n + i] = acc[k];
            }
        }
    }
    for (xs, out) in xs[done..].chunks_exact(n).zip(out[done..].chunks_exact_mut(n)) {
        let mut acc: A = cast(xs[0]);
        out[0] = acc;
        for (o, &x) in out[1..].iter_mut().zip(&xs[1..]) {
            acc = M::join(acc, cast(x));
            *o = acc;
        }
    }
}

/// Running parities, eight bools at a time: within a word by shifts, and what the words before it carry in
/// by one exclusive or, which is all that a word waits for.
fn parities(from: Block<'_>, acc: BlockMut<'_>, out: BlockMut<'_>) {
    let (xs, out) = (from.typed::<bool>(), out.typed::<bool>());
    let [last] = acc.typed::<bool>() else { return };
    let (words, rest) = xs.as_chunks::<8>();
    let (to, to_rest) = out[..xs.len()].as_chunks_mut::<8>();
    let mut carry = if *last { !0 } else { 0 };
    for (o, x) in to.iter_mut().zip(words) {
        let mut w = u64::from_le_bytes(x.map(u8::from));
        w ^= w << 8;
        w ^= w << 16;
        w ^= w << 32;
        *o = (w ^ carry).to_le_bytes().map(|b| b & 1 == 1);
        carry ^= (w >> 56).wrapping_neg();
    }
    let mut now = carry != 0;
    for (o, &x) in to_rest.iter_mut().zip(rest) {
        now ^= x;
        *o = now;
    }
    *last = now;
}

fn scatter<T: Element + CastTo<A>, A: Element, M: Monoid<A>>(
    from: Block<'_>,
    ids: &[i64],
    acc: BlockMut<'_>,
) {
    let acc = acc.typed::<A>();
    for (&x, &id) in from.typed::<T>().iter().zip(ids) {
        if let Some(a) = acc.get_mut(id as usize) {
            *a = M::join(*a, cast(x));
        }
    }
}

macro_rules! fold {
    ($m:ident, $t:ty => $a:ty, $grouping:ident, $along:expr) => {
        Fold {
            dtype: <$t as Element>::DTYPE,
            out: <$a as Element>::DTYPE,
            identity: identity::<$a, $m>,
            grouping: Grouping::$grouping,
            absorbing: None,
            picks: None,
            counted: None,
            along: $along,
            across: across::<$t, $a, $m>,
            join: join::<$a, $m>,
            scan: scan::<$t, $a, $m>,
            scans: scans::<$t, $a, $m>,
            scatter: scatter::<$t, $a, $m>,
        }
    };
}
macro_rules! free {
    ($m:ident, $t:ty) => {
        free!($m, $t => $t)
    };
    ($m:ident, $t:ty => $a:ty) => {
        fold!($m, $t => $a, Free, along::<$t, $a, $m>)
    };
}
macro_rules! in_order {
    ($m:ident, $t:ty) => {
        fold!($m, $t => $t, InOrder, along_in_order::<$t, $m>)
    };
}

/// Sums. Small integers are summed in 64 bits unless asked otherwise.
pub const SUM: &[Fold] = &[
    Fold {
        counted: Some(|trues, _, acc| acc.typed::<i64>().iter_mut().zip(trues).for_each(|(a, t)| *a += t)),
        ..fold!(Sum, bool => i64, Free, along_count)
    },
    fold!(Sum, i8 => i64, Free, along_narrow::<i8, i64>),
    fold!(Sum, u8 => u64, Free, along_narrow::<u8, u64>),
    fold!(Sum, i16 => i64, Free, along_narrow::<i16, i64>),
    fold!(Sum, u16 => u64, Free, along_narrow::<u16, u64>),
    free!(Sum, i32 => i64),
    free!(Sum, u32 => u64),
    free!(Sum, i64),
    free!(Sum, u64),
    Fold { across: narrow::across_sum::<f32>, ..fold!(Sum, f32 => f32, Pairwise, along_pairwise::<f32>) },
    Fold { across: narrow::across_sum::<f64>, ..fold!(Sum, f64 => f64, Pairwise, along_pairwise::<f64>) },
    fold!(Sum, c64 => c64, PairwiseComplex, along_pairwise::<c64>),
    fold!(Sum, c128 => c128, PairwiseComplex, along_pairwise::<c128>),
    free!(BitOr, bool),
    free!(Sum, i8),
    free!(Sum, u8),
    free!(Sum, i16),
    free!(Sum, u16),
    free!(Sum, i32),
    free!(Sum, u32),
    // Means. Whatever their order, sums of so few bits are exact.
    fold!(Sum, i8 => f64, Free, along_narrow::<i8, f64>),
    fold!(Sum, u8 => f64, Free, along_narrow::<u8, f64>),
    fold!(Sum, i16 => f64, Free, along_narrow::<i16, f64>),
    fold!(Sum, u16 => f64, Free, along_narrow::<u16, f64>),
];

/// Products. Small integers are multiplied in 64 bits unless asked otherwise.
pub const PRODUCT: &[Fold] = &[
    free!(Product, bool => i64),
    free!(Product, i8 => i64),
    free!(Product, u8 => u64),
    free!(Product, i16 => i64),
    free!(Product, u16 => u64),
    free!(Product, i32 => i64),
    free!(Product, u32 => u64),
    free!(Product, i64),
    free!(Product, u64),
    in_order!(Product, f32),
    in_order!(Product, f64),
    in_order!(Product, c64),
    in_order!(Product, c128),
    free!(BitAnd, bool),
    free!(Product, i8),
    free!(Product, u8),
    free!(Product, i16),
    free!(Product, u16),
    free!(Product, i32),
    free!(Product, u32),
];

const ANY_BOOL: Fold = Fold {
    absorbing: Some(Scalar::Bool(true)),
    along: along_any,
    across: across_any,
    counted: Some(|trues, _, acc| acc.typed::<bool>().iter_mut().zip(trues).for_each(|(a, &t)| *a |= t > 0)),
    ..free!(BitOr, bool)
};
const ALL_BOOL: Fold = Fold {
    absorbing: Some(Scalar::Bool(false)),
    along: along_all,
    across: across_all,
    counted: Some(|trues, n, acc| {
        acc.typed::<bool>().iter_mut().zip(trues).for_each(|(a, &t)| *a &= t == n as i64)
    }),
    ..free!(BitAnd, bool)
};
/// Nothing divides 1 but 1.
const GCD: Fold = Fold { absorbing: Some(Scalar::I64(1)), ..free!(Gcd, i64) };
/// A multiple of 0 is 0.
const LCM: Fold = Fold { absorbing: Some(Scalar::I64(0)), ..free!(Lcm, i64) };

/// The largest element; NaN wins.
pub const MAXIMUM: &[Fold] = &[
    ANY_BOOL,
    free!(Max, i8),
    free!(Max, u8),
    free!(Max, i16),
    free!(Max, u16),
    free!(Max, i32),
    free!(Max, u32),
    free!(Max, i64),
    free!(Max, u64),
    Fold { picks: Some(Pick::Most), along: along_max::<f32>, ..free!(Max, f32) },
    Fold { picks: Some(Pick::Most), along: along_max::<f64>, ..free!(Max, f64) },
    free!(Max, c64),
    free!(Max, c128),
];

/// The smallest element; NaN wins.
pub const MINIMUM: &[Fold] = &[
    ALL_BOOL,
    free!(Min, i8),
    free!(Min, u8),
    free!(Min, i16),
    free!(Min, u16),
    free!(Min, i32),
    free!(Min, u32),
    free!(Min, i64),
    free!(Min, u64),
    Fold { picks: Some(Pick::Least), along: along_min::<f32>, ..free!(Min, f32) },
    Fold { picks: Some(Pick::Least), along: along_min::<f64>, ..free!(Min, f64) },
    free!(Min, c64),
    free!(Min, c128),
];

/// The largest element that is not NaN.
pub const FMAX: &[Fold] = &[
    ANY_BOOL,
    free!(Max, i8),
    free!(Max, u8),
    free!(Max, i16),
    free!(Max, u16),
    free!(Max, i32),
    free!(Max, u32),
    free!(Max, i64),
    free!(Max, u64),
    free!(FMax, f32),
    free!(FMax, f64),
];

/// The smallest element that is not NaN.
pub const FMIN: &[Fold] = &[
    ALL_BOOL,
    free!(Min, i8),
    free!(Min, u8),
    free!(Min, i16),
    free!(Min, u16),
    free!(Min, i32),
    free!(Min, u32),
    free!(Min, i64),
    free!(Min, u64),
    free!(FMin, f32),
    free!(FMin, f64),
];

/// Logical or; elements of any dtype are cast to bool first.
pub const ANY: &[Fold] = &[ANY_BOOL];
/// Logical and; elements of any dtype are cast to bool first.
pub const ALL: &[Fold] = &[ALL_BOOL];
/// `∨`: or of bools, greatest common divisor of int64.
pub const OR: &[Fold] = &[ANY_BOOL, GCD];
/// `∧`: and of bools, least common multiple of int64.
pub const AND: &[Fold] = &[ALL_BOOL, LCM];
/// Logical exclusive or; elements of any dtype are cast to bool first.
pub const PARITY: &[Fold] = &[Fold { scan: parities, ..free!(BitXor, bool) }];

macro_rules! bits {
    ($m:ident) => {
        &[
            free!($m, bool),
            free!($m, i8),
            free!($m, u8),
            free!($m, i16),
            free!($m, u16),
            free!($m, i32),
            free!($m, u32),
            free!($m, i64),
            free!($m, u64),
        ]
    };
}
pub const BIT_AND: &[Fold] = bits!(BitAnd);
pub const BIT_OR: &[Fold] = bits!(BitOr);
pub const BIT_XOR: &[Fold] = bits!(BitXor);

/// The fold for elements of `dtype`, into `out` or the function's own choice. If there is none for
/// this very dtype, the fold of `out` itself, to which elements are then cast.
pub fn find(folds: &'static [Fold], dtype: DType, out: Option<DType>) -> Option<&'static Fold> {
    let out = match out {
        Some(out) => out,
        None => folds.iter().find(|f| f.dtype == dtype).or(folds.first())?.out,
    };
    let exact = folds.iter().find(|f| f.dtype == dtype && f.out == out);
    exact.or_else(|| folds.iter().find(|f| f.dtype == out && f.out == out))
}
