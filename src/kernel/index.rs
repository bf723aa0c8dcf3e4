//! Selecting elements: by position (gather, scatter) and by mask (count, compress, expand, fill).
//!
//! Elements of equal size move alike, so each loop is compiled per width and not per dtype.
//! Compressing stores every element and moves on only past the kept ones, so that random masks cost
//! no mispredicted branches; whole words of eight equal mask bytes take a short cut.
//!
//! Gathers and scatters of single elements are bound by cache misses. What else they cost is kept off
//! the memory's way: bounds are tested by vectors, a block at a time, and not again for each element.
//! Columns are gathered row by row and transposed, as each element of a column is a cache line of its
//! own (`exec::index`). Places are split into indices by multiplying with a reciprocal and setting right
//! by one: eight at a time, where a division takes one at a time 10 cycles.
//! Expanding writes every place: `a[mask] += b[mask]` of 1e6 float64, half of them chosen at random, took 4972 µs on
//! two threads with a branch for each element, and takes 2325. Up to eight choices are blended in by masks, one
//! after the other: `np.choose` of three by 1e6 numbers 670 µs, 4604 through a table of all of them.
//!
//! Not as fast as a compiler of expressions on two threads (its times in brackets): `m[:, r]` of 1000 × 1000 float64,
//! whose result lies as NumPy's does, by columns, each element of which is on another line of the source, 530 to 550
//! µs (370 to 390, by rows); gathers from tables that no second-level cache holds, where each load waits, of 1e6
//! float64 1.32 ms (1.19), float32 0.65 (0.52), and by each row's own numbers (`np.take_along_axis`) 0.50 to 0.96
//! (0.89). Written through 1e6 random positions, one after the other, so that of
//! equal ones the last stays, float64 take 2.5 ms (2.3 to 2.8): every store misses, too.
//!
//! Tried and lost: scattering on two threads, of which each goes through all positions and writes its
//! half of the target, the other half's values going to one place of no account (8.1 ms for 1e6 doubles,
//! 1.0 on one thread); of pairs of indices (`m[rows, columns]`, 1e6 into 1000 × 1000 float64), testing bounds
//! block by block where positions are made instead of in a pass before: as long, since two thirds of the time
//! are the loads, nearly each of which misses the second-level cache, and most of the rest waits beside them.

use super::arith::Arith;
#[cfg(target_arch = "x86_64")]
use super::compress;
use super::{Block, BlockMut, fill, simd};
use crate::dtype::{DType, Element};
use smallvec::SmallVec;
use std::slice::{from_raw_parts, from_raw_parts_mut};

/// An item by its width alone: what moving data needs to know of it.
pub(super) trait Word: Copy {
    /// `yes` or `no`, without a branch.
    fn pick(keep: bool, yes: Self, no: Self) -> Self;
}

macro_rules! word {
    ($($t:ident),*) => {$(
        impl Word for $t {
            #[inline(always)]
            fn pick(keep: bool, yes: $t, no: $t) -> $t {
                let mask = (keep as $t).wrapping_neg();
                (yes & mask) | (no & !mask)
            }
        }
        /// Two at a time: complex numbers, which are aligned as their halves.
        impl Word for [$t; 2] {
            #[inline(always)]
            fn pick(keep: bool, yes: [$t; 2], no: [$t; 2]) -> [$t; 2] {
                [$t::pick(keep, yes[0], no[0]), $t::pick(keep, yes[1], no[1])]
            }
        }
    )*};
}
word!(u8, u16, u32, u64);

/// Runs the body with `$W` as the word of a dtype's width.
macro_rules! by_width {
    ($dtype:expr, $W:ident => $body:expr) => {
        match $dtype.itemsize() {
            _ if $dtype == DType::C64 => {
                type $W = [u32; 2];
                $body
            }
            1 => {
                type $W = u8;
                $body
            }
            2 => {
                type $W = u16;
                $body
            }
            4 => {
                type $W = u32;
                $body
            }
            8 => {
                type $W = u64;
                $body
            }
            _ => {
                type $W = [u64; 2];
                $body
            }
        }
    };
}
pub(super) use by_width;

pub(super) fn words<'a, W: Word>(b: &Block<'a>) -> &'a [W] {
    assert_eq!(size_of::<W>(), b.dtype().itemsize());
    // SAFETY: items are plain data of this size, and aligned as the word that `by_width` picks.
    unsafe { from_raw_parts(b.raw().cast(), b.len()) }
}

pub(super) fn words_mut<'a, W: Word>(b: BlockMut<'a>) -> &'a mut [W] {
    assert_eq!(size_of::<W>(), b.dtype().itemsize());
    // SAFETY: as in `words`, and the block is unique. Words written come from blocks of the same
    // dtype (asserted by the callers), so they are valid elements.
    unsafe { from_raw_parts_mut(b.raw().cast(), b.len()) }
}

/// The elements that go with each position.
#[derive(Clone, Copy)]
pub enum Sub<'a> {
    /// So many that follow each other.
    Run(usize),
    /// At these distances from it.
    At(&'a [isize]),
}

impl Sub<'_> {
    pub fn len(&self) -> usize {
        match self {
            Sub::Run(n) => *n,
            Sub::At(at) => at.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// `out[b, s] = src[positions[b] + sub[s]]`. Panics if a position is outside.
pub fn gather(src: Block<'_>, positions: &[isize], sub: Sub<'_>, out: BlockMut<'_>) {
    assert_eq!(src.dtype(), out.dtype());
    by_width!(src.dtype(), W => gather_words::<W>(words(&src), positions, sub, words_mut(out)))
}

fn gather_words<W: Word>(src: &[W], positions: &[isize], sub: Sub<'_>, out: &mut [W]) {
    match sub {
        Sub::Run(1) => {
            for (o, &p) in out.iter_mut().zip(positions) {
                *o = src[p as usize];
            }
        }
        Sub::Run(n) => {
            for (o, &p) in out.chunks_exact_mut(n.max(1)).zip(positions) {
                o.copy_from_slice(&src[p as usize..p as usize + n]);
            }
        }
        Sub::At(at) => {
            for (o, &p) in out.chunks_exact_mut(at.len().max(1)).zip(positions) {
                for (o, &s) in o.iter_mut().zip(at) {
                    *o = src[(p + s) as usize];
                }
            }
        }
    }
}

/// An axis to gather along: `run` elements from `base + i * stride` on for each `i` below `size`.
#[derive(Clone, Copy, Debug)]
pub struct Along {
    pub base: usize,
    pub size: usize,
    pub stride: isize,
    pub run: usize,
}

/// `out[b, s] = src[base + index[b] * stride + s]`, negative indices from the end. Panics if an index or
/// the axis is outside.
pub fn gather_along(src: Block<'_>, axis: Along, indices: &[i64], out: BlockMut<'_>) {
    assert_eq!(src.dtype(), out.dtype());
    assert_eq!(indices.len() * axis.run, out.len());
    let last = axis.base as isize + axis.size.saturating_sub(1) as isize * axis.stride;
    let within = |at: isize| at >= 0 && at as usize + axis.run <= src.len();
    assert!(indices.is_empty() || (within(axis.base as isize) && within(last)), "an axis outside its buffer");
    by_width!(src.dtype(), W => gather_run::<W>(words(&src), axis, indices, words_mut(out)))
}

fn gather_run<W: Word>(src: &[W], axis: Along, indices: &[i64], out: &mut [W]) {
    let (n, base, stride) = (axis.size as i64, axis.base as isize, axis.stride);
    let place = |i: i64| (base + (i + (n & (i >> 63))) as isize * stride) as usize;
    const STEP: usize = 1024;
    for (indices, out) in indices.chunks(STEP).zip(out.chunks_mut((STEP * axis.run).max(1))) {
        assert!(first_outside(indices, axis.size).is_none(), "an index outside its axis");
        if axis.run == 1 {
            gather_single(src, axis, indices, out);
            continue;
        }
        for (o, &i) in out.chunks_exact_mut(axis.run.max(1)).zip(indices) {
            let at = place(i);
            o.copy_from_slice(&src[at..at + axis.run]);
        }
    }
}

/// Single elements, whose indices are within the axis. For the narrowest instruction set, which has no
/// gathers: they take 1.4 ns an element from the second-level cache, loads one by one 0.6. Its vectors
/// would also be used to turn negative indices and multiply, at more than the loads cost: indices that
/// need neither are told beforehand.
fn gather_single<W: Word>(src: &[W], axis: Along, indices: &[i64], out: &mut [W]) {
    let (n, base, stride) = (axis.size as i64, axis.base as isize, axis.stride);
    let any_negative = simd(
        #[inline(always)]
        || indices.iter().fold(0, |all, &i| all | i) < 0,
    );
    if stride == 1 && !any_negative {
        for (o, &i) in out.iter_mut().zip(indices) {
            // SAFETY: the index is within the axis, and the axis within `src`, as the caller asserted.
            *o = unsafe { *src.get_unchecked(axis.base + i as usize) };
        }
        return;
    }
    let place = |i: i64| (base + (i + (n & (i >> 63))) as isize * stride) as usize;
    for (o, &i) in out.iter_mut().zip(indices) {
        // SAFETY: as above.
        *o = unsafe { *src.get_unchecked(place(i)) };
    }
}

/// Rows of `size` elements from `base` on, of each of which as many are taken.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    pub base: usize,
    pub size: usize,
    pub taken: usize,
}

/// `out[b, j] = src[base + b * size + indices[b, j]]`, negative indices from the end; the first index
/// outside its row, if any, and then `out` is filled in part only. Panics if a row is outside.
pub fn gather_rows(src: Block<'_>, rows: Rows, indices: &[i64], out: BlockMut<'_>) -> Result<(), i64> {
    assert_eq!(src.dtype(), out.dtype());
    assert_eq!(indices.len(), out.len());
    let count = indices.len().div_ceil(rows.taken.max(1));
    assert!(rows.base + count * rows.size <= src.len(), "rows outside their buffer");
    by_width!(src.dtype(), W => {
        let (src, out) = (words::<W>(&src), words_mut::<W>(out));
        let pairs = indices.chunks(rows.taken.max(1)).zip(out.chunks_mut(rows.taken.max(1)));
        for (b, (indices, out)) in pairs.enumerate() {
            if let Some(i) = first_outside(indices, rows.size) {
                return Err(i);
            }
            let axis = Along { base: rows.base + b * rows.size, size: rows.size, stride: 1, run: 1 };
            gather_single(src, axis, indices, out);
        }
        Ok(())
    })
}

/// `dst[positions[b] + sub[s]] = values[b, s]`, in order, so that the last of equal positions wins.
/// One value alone goes everywhere. Panics if a position is outside.
pub fn scatter(dst: BlockMut<'_>, positions: &[isize], sub: Sub<'_>, values: Block<'_>) {
    assert_eq!(dst.dtype(), values.dtype());
    by_width!(values.dtype(), W => scatter_words::<W>(words_mut(dst), positions, sub, words(&values)))
}

fn scatter_words<W: Word>(dst: &mut [W], positions: &[isize], sub: Sub<'_>, values: &[W]) {
    let n = sub.len();
    match (sub, values) {
        (Sub::Run(1), &[x]) => positions.iter().for_each(|&p| dst[p as usize] = x),
        (Sub::Run(1), _) => positions.iter().zip(values).for_each(|(&p, &x)| dst[p as usize] = x),
        (Sub::Run(_), &[x]) => positions.iter().for_each(|&p| dst[p as usize..p as usize + n].fill(x)),
        (Sub::Run(_), _) => {
            for (&p, row) in positions.iter().zip(values.chunks_exact(n.max(1))) {
                dst[p as usize..p as usize + n].copy_from_slice(row);
            }
        }
        (Sub::At(at), &[x]) => {
            positions.iter().for_each(|&p| at.iter().for_each(|&s| dst[(p + s) as usize] = x));
        }
        (Sub::At(at), _) => {
            for (&p, row) in positions.iter().zip(values.chunks_exact(n.max(1))) {
                at.iter().zip(row).for_each(|(&s, &x)| dst[(p + s) as usize] = x);
            }
        }
    }
}

/// The first index outside `-size..size`, if any.
pub fn first_outside(indices: &[i64], size: usize) -> Option<i64> {
    let n = size as i64;
    let any = simd(
        #[inline(always)]
        || indices.iter().fold(false, |bad, &i| bad | (i < -n) | (i >= n)),
    );
    if any { indices.iter().copied().find(|&i| i < -n || i >= n) } else { None }
}

/// The first index that is negative or not below `size`, if any.
pub fn first_past(indices: &[i64], size: usize) -> Option<i64> {
    let any = simd(
        #[inline(always)]
        || indices.iter().fold(false, |bad, &i| bad | (i as u64 >= size as u64)),
    );
    if any { indices.iter().copied().find(|&i| i as u64 >= size as u64) } else { None }
}

/// Divides places, which are not negative, by an axis's length: what is left goes to `rest`, and the
/// quotients take their place.
pub fn split_places(places: &mut [i64], length: usize, rest: &mut [i64]) {
    let n = length.max(1) as i64;
    // Below this doubles hold places exactly, and the rounded quotient is off by one at most.
    const EXACT: i64 = 1 << 50;
    let inverse = 1.0 / n as f64;
    simd(
        #[inline(always)]
        || {
            for (places, rest) in places.chunks_mut(1024).zip(rest.chunks_mut(1024)) {
                if n >= EXACT || places.iter().fold(false, |far, &p| far | (p >= EXACT)) {
                    for (p, r) in places.iter_mut().zip(rest) {
                        (*p, *r) = (*p / n, *p % n);
                    }
                    continue;
                }
                for (p, r) in places.iter_mut().zip(rest) {
                    // SAFETY: between 0 and 2^50.
                    let q: i64 = unsafe { (*p as f64 * inverse).to_int_unchecked() };
                    let left = *p - q * n;
                    let (low, high) = ((left < 0) as i64, (left >= n) as i64);
                    (*p, *r) = (q - low + high, left + n * (low - high));
                }
            }
        },
    )
}

/// Indices of an axis that is not empty, moved inside: around it, or to its nearer end.
pub fn bring_inside(indices: &mut [i64], size: usize, wrap: bool) {
    let n = size as i64;
    simd(
        #[inline(always)]
        || {
            for chunk in indices.chunks_mut(1024) {
                if !wrap {
                    chunk.iter_mut().for_each(|i| *i = (*i).clamp(0, n - 1));
                } else if chunk.iter().fold(false, |far, &i| far | (i < -n) | (i >= 2 * n)) {
                    chunk.iter_mut().for_each(|i| *i = i.rem_euclid(n));
                } else {
                    // At most once around: no division.
                    chunk.iter_mut().for_each(|i| *i += (n & (*i >> 63)) - (n & ((n - 1 - *i) >> 63)));
                }
            }
        },
    )
}

/// `positions[b] += wrapped index * stride`. The indices are within bounds.
pub fn add_positions(positions: &mut [isize], indices: &[i64], size: usize, stride: isize) {
    let n = size as i64;
    simd(
        #[inline(always)]
        || {
            for (p, &i) in positions.iter_mut().zip(indices) {
                *p += (i + (n & (i >> 63))) as isize * stride;
            }
        },
    )
}

/// `dst[index] += value` in order, negative indices from the end; one value alone goes everywhere. The
/// indices are within bounds.
pub fn add_at(dst: BlockMut<'_>, indices: &[i64], values: Block<'_>) {
    fn typed<T: Arith>(dst: &mut [T], indices: &[i64], values: &[T]) {
        let n = dst.len() as i64;
        if let &[x] = values {
            for &i in indices {
                let slot = &mut dst[(i + (n & (i >> 63))) as usize];
                *slot = slot.add(x);
            }
            return;
        }
        for (&i, &x) in indices.iter().zip(values) {
            let slot = &mut dst[(i + (n & (i >> 63))) as usize];
            *slot = slot.add(x);
        }
    }
    assert_eq!(dst.dtype(), values.dtype());
    crate::with_dtype!(dst.dtype(), T => typed::<T>(dst.typed(), indices, values.typed()))
}

/// How many are true.
pub fn count(mask: &[bool]) -> usize {
    simd(
        #[inline(always)]
        || mask.chunks(255 * 64).map(|c| c.iter().map(|&m| m as u32).sum::<u32>() as usize).sum(),
    )
}

/// The kept elements, in order: as many as `out` has room for, which is [`count`] of them.
pub fn compress(src: Block<'_>, mask: &[bool], out: BlockMut<'_>) {
    assert_eq!(src.dtype(), out.dtype());
    assert_eq!(src.len(), mask.len());
    by_width!(src.dtype(), W => compress_words::<W>(words(&src), mask, words_mut(out)))
}

fn compress_words<W: Word>(src: &[W], mask: &[bool], out: &mut [W]) {
    const STEP: usize = 8;
    let room = out.len();
    let (done, mut j) = compress_vectors(src, mask, out);
    let (src, mask) = (&src[done..], &mask[done..]);
    for (s, m) in src.chunks(STEP).zip(mask.chunks(STEP)) {
        if let (Ok(m), Ok(s), Some(o)) =
            (<&[bool; STEP]>::try_from(m), <&[W; STEP]>::try_from(s), out.get_mut(j..j + STEP))
        {
            match u64::from_ne_bytes(m.map(u8::from)) {
                0 => {}
                0x0101_0101_0101_0101 => {
                    o.copy_from_slice(s);
                    j += STEP;
                }
                _ => {
                    let mut k = 0;
                    for i in 0..STEP {
                        o[k & (STEP - 1)] = s[i];
                        k += m[i] as usize;
                    }
                    j += k;
                }
            }
            continue;
        }
        for (&x, &keep) in s.iter().zip(m) {
            if keep && j < room {
                out[j] = x;
                j += 1;
            }
        }
    }
}

/// Compresses the front by vectors, where the machine has those that help: how many elements were looked
/// at, and how many kept.
fn compress_vectors<W: Word>(src: &[W], mask: &[bool], out: &mut [W]) -> (usize, usize) {
    #[cfg(target_arch = "x86_64")]
    if compress::available() && align_of::<W>() == size_of::<W>() {
        let (n, m) = (src.len(), out.len());
        let (from, to) = (src.as_ptr(), out.as_mut_ptr());
        // SAFETY: words of these sizes are plain integers of that size and alignment, and the
        // instructions were asked for.
        let (groups, kept) = unsafe {
            match size_of::<W>() {
                8 => {
                    let (src, out) = (from_raw_parts(from.cast(), n), from_raw_parts_mut(to.cast(), m));
                    compress::words64(src, mask, out)
                }
                4 => {
                    let (src, out) = (from_raw_parts(from.cast(), n), from_raw_parts_mut(to.cast(), m));
                    compress::words32(src, mask, out)
                }
                _ => (0, 0),
            }
        };
        return (groups * compress::STEP, kept);
    }
    (0, 0)
}

/// How often elements are repeated; never less than no times.
#[derive(Clone, Copy)]
pub enum Counts<'a> {
    Each(&'a [i64]),
    All(usize),
}

impl Counts<'_> {
    /// A count from which a call that fills as many costs nothing beside them. (Of ten float64 it took 8 ns.)
    pub const MANY: i64 = 32;
    /// A count of all below which a copy of each to every so manieth place is faster: three of each of 1e6 float64 took
    /// 717 µs one element after the other, and take 471 so.
    pub const FEW: i64 = 8;
}

/// The elements, each as often as its count says: together as many as `out` has room for. Ten of each of 10,000
/// float64 took 85 µs where each was a call that fills.
pub fn repeat(src: Block<'_>, counts: Counts<'_>, out: BlockMut<'_>) {
    // So many are written at a time, the last ones too many: the next element overwrites what was too much. (Stores
    // of eight float64 straddle lines nearly always, and took 2 ns.)
    const STEP: usize = 4;
    #[inline(always)]
    fn run<W: Word>(src: &[W], counts: impl Iterator<Item = usize>, out: &mut [W]) {
        let mut at = 0;
        for (&x, count) in src.iter().zip(counts) {
            match out.get_mut(at..at + count.next_multiple_of(STEP)) {
                Some(some) if count < Counts::MANY as usize => {
                    some.as_chunks_mut::<STEP>().0.iter_mut().for_each(|step| *step = [x; STEP]);
                }
                _ => out[at..at + count].fill(x),
            }
            at += count;
        }
    }
    assert_eq!(src.dtype(), out.dtype());
    by_width!(src.dtype(), W => {
        let (src, out) = (words::<W>(&src), words_mut::<W>(out));
        simd(
            #[inline(always)]
            || match counts {
                Counts::Each(counts) => run::<W>(src, counts.iter().map(|&count| count as usize), out),
                Counts::All(count) => run::<W>(src, std::iter::repeat(count), out),
            },
        )
    })
}

/// The positions in the front, by vectors: how many elements were looked at, and how many are true.
fn vector_positions(mask: &[bool], first: i64, out: &mut [i64]) -> (usize, usize) {
    #[cfg(target_arch = "x86_64")]
    if compress::available() {
        // SAFETY: the instructions were asked for.
        let (groups, kept) = unsafe { compress::positions(mask, first, out) };
        return (groups * compress::STEP, kept);
    }
    let _ = (mask, first, out);
    (0, 0)
}

/// Positions of the bits that are set, counted from `first`, in order: as many as `out` has room for.
pub fn bit_positions(words: &[u64], first: i64, out: &mut [i64]) {
    let mut out = out.iter_mut();
    for (k, &word) in words.iter().enumerate() {
        let mut left = word;
        while left != 0 {
            let Some(to) = out.next() else { return };
            *to = first + 64 * k as i64 + left.trailing_zeros() as i64;
            left &= left - 1;
        }
    }
}

/// Positions of the true ones, counted from `first`, in order.
pub fn true_positions(mask: &[bool], first: i64, out: &mut [i64]) {
    let room = out.len();
    let (done, mut j) = vector_positions(mask, first, out);
    let (mask, first) = (&mask[done..], first + done as i64);
    for (c, m) in mask.chunks(8).enumerate() {
        let first = first + 8 * c as i64;
        if let (Ok(m), Some(o)) = (<&[bool; 8]>::try_from(m), out.get_mut(j..j + 8)) {
            if u64::from_ne_bytes(m.map(u8::from)) != 0 {
                let mut k = 0;
                for (i, &keep) in m.iter().enumerate() {
                    o[k & 7] = first + i as i64;
                    k += keep as usize;
                }
                j += k;
            }
            continue;
        }
        for (i, &keep) in m.iter().enumerate() {
            if keep && j < room {
                out[j] = first + i as i64;
                j += 1;
            }
        }
    }
}

/// `dst[i] = value` where the mask says so.
pub fn masked_fill(dst: BlockMut<'_>, mask: &[bool], value: Block<'_>) {
    assert_eq!(dst.dtype(), value.dtype());
    assert_eq!(dst.len(), mask.len());
    by_width!(value.dtype(), W => {
        let x = words::<W>(&value)[0];
        let dst = words_mut::<W>(dst);
        simd(#[inline(always)] || {
            for (d, &m) in dst.iter_mut().zip(mask) {
                *d = W::pick(m, x, *d);
            }
        })
    })
}

/// `dst[i] = the next of values` where the mask says so; one value per true.
pub fn expand(dst: BlockMut<'_>, mask: &[bool], values: Block<'_>) {
    assert_eq!(dst.dtype(), values.dtype());
    assert_eq!(dst.len(), mask.len());
    by_width!(values.dtype(), W => expand_words::<W>(words_mut(dst), mask, words(&values)))
}

/// Every place is written, with what it has or with the value that is next, so that random masks cost no
/// mispredicted branches.
fn expand_words<W: Word>(dst: &mut [W], mask: &[bool], values: &[W]) {
    let (done, used) = expand_vectors(dst, mask, values);
    let values = &values[used..];
    let Some(last) = values.len().checked_sub(1) else { return };
    let mut next = 0;
    for (d, &m) in dst[done..].iter_mut().zip(&mask[done..]) {
        *d = W::pick(m, values[next.min(last)], *d);
        next += m as usize;
    }
}

/// Expands into the front by vectors, where the machine has those that help: how many places were passed, and
/// how many values used.
fn expand_vectors<W: Word>(dst: &mut [W], mask: &[bool], values: &[W]) -> (usize, usize) {
    #[cfg(target_arch = "x86_64")]
    if compress::available() && align_of::<W>() == size_of::<W>() {
        let (n, m) = (dst.len(), values.len());
        let (to, from) = (dst.as_mut_ptr(), values.as_ptr());
        // SAFETY: words of these sizes are plain integers of that size and alignment, and the
        // instructions were asked for.
        let (groups, used) = unsafe {
            match size_of::<W>() {
                8 => {
                    let (dst, values) = (from_raw_parts_mut(to.cast(), n), from_raw_parts(from.cast(), m));
                    compress::expand64(dst, mask, values)
                }
                4 => {
                    let (dst, values) = (from_raw_parts_mut(to.cast(), n), from_raw_parts(from.cast(), m));
                    compress::expand32(dst, mask, values)
                }
                _ => (0, 0),
            }
        };
        return (groups * compress::STEP, used);
    }
    let _ = (&dst, mask, values);
    (0, 0)
}

/// Element by element: `out[i] = mask[i] ? yes[i] : no[i]`; operands of length one repeat.
pub fn choose(mask: &[bool], yes: Block<'_>, no: Block<'_>, out: BlockMut<'_>) {
    assert!(yes.dtype() == out.dtype() && no.dtype() == out.dtype());
    by_width!(out.dtype(), W => choose_words::<W>(mask, words(&yes), words(&no), words_mut(out)))
}

fn choose_words<W: Word>(mask: &[bool], yes: &[W], no: &[W], out: &mut [W]) {
    let n = out.len();
    match (yes, no) {
        ([y], [z]) => {
            let (y, z) = (*y, *z);
            simd(
                #[inline(always)]
                || out.iter_mut().zip(mask).for_each(|(o, &m)| *o = W::pick(m, y, z)),
            )
        }
        ([y], no) => {
            let y = *y;
            simd(
                #[inline(always)]
                || out.iter_mut().zip(mask).zip(no).for_each(|((o, &m), &z)| *o = W::pick(m, y, z)),
            )
        }
        (yes, [z]) => {
            let z = *z;
            simd(
                #[inline(always)]
                || out.iter_mut().zip(mask).zip(yes).for_each(|((o, &m), &y)| *o = W::pick(m, y, z)),
            )
        }
        _ => {
            let (yes, no, mask) = (&yes[..n], &no[..n], &mask[..n]);
            simd(
                #[inline(always)]
                || {
                    for i in 0..n {
                        out[i] = W::pick(mask[i], yes[i], no[i]);
                    }
                },
            )
        }
    }
}

/// Element by element from the block that `index` numbers: `out[i] = choices[index[i]][i]`. Operands of length
/// one repeat; numbers are those of choices.
pub fn choose_numbered(index: &[i64], choices: &[Block<'_>], out: BlockMut<'_>) {
    assert!(choices.iter().all(|c| c.dtype() == out.dtype()));
    by_width!(out.dtype(), W => numbered_words::<W>(index, choices, words_mut(out)))
}

/// Choices up to which each is blended in by a mask; of more each element is looked up.
const BLENDED: usize = 8;

fn numbered_words<W: Word>(index: &[i64], choices: &[Block<'_>], out: &mut [W]) {
    let n = out.len();
    let spread = |out: &mut [W], choice: &[W]| match choice {
        &[x] => fill(out, x),
        all => out.copy_from_slice(all),
    };
    if let (&[only], true) = (index, n != 1) {
        return spread(out, words(&choices[only as usize]));
    }
    if choices.len() > BLENDED {
        // One element serves all places where the step is none.
        let mut lying: SmallVec<[(&[W], usize); 16]> = SmallVec::new();
        for choice in choices {
            lying.push((words(choice), usize::from(choice.len() != 1)));
        }
        for (i, (o, &k)) in out.iter_mut().zip(index).enumerate() {
            let (choice, step) = lying[k as usize];
            *o = choice[i * step];
        }
        return;
    }
    let Some((first, others)) = choices.split_first() else { return };
    spread(out, words(first));
    for (k, choice) in (1..).zip(others) {
        let choice = words::<W>(choice);
        simd(
            #[inline(always)]
            || match choice {
                &[x] => out.iter_mut().zip(index).for_each(|(o, &i)| *o = W::pick(i == k, x, *o)),
                all => {
                    let places = out.iter_mut().zip(index).zip(all);
                    places.for_each(|((o, &i), &x)| *o = W::pick(i == k, x, *o))
                }
            },
        )
    }
}

/// What happens to an index beyond its axis.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bounds {
    Raise,
    Wrap,
    Clip,
}

/// Adds indices along an axis of length `n`, times its step, to places. False if one is out of bounds, which
/// only `Raise` tells.
pub fn add_places(places: &mut [i64], indices: &[i64], (n, step): (i64, i64), bounds: Bounds) -> bool {
    let add = |i: i64| i.wrapping_mul(step);
    let all = places.iter_mut().zip(indices);
    let mut inside = true;
    match bounds {
        Bounds::Raise => simd(
            #[inline(always)]
            || {
                all.for_each(|(p, &i)| {
                    inside &= (i as u64) < n as u64;
                    *p = p.wrapping_add(add(i));
                })
            },
        ),
        Bounds::Wrap => all.for_each(|(p, &i)| *p = p.wrapping_add(add(i.rem_euclid(n)))),
        Bounds::Clip => all.for_each(|(p, &i)| *p = p.wrapping_add(add(i.clamp(0, n - 1)))),
    }
    inside
}

/// Which elements are not zero, as a mask.
pub fn truths(src: Block<'_>, out: &mut [bool]) {
    fn run<T: Element>(src: &[T], out: &mut [bool]) {
        let zero = T::default();
        simd(
            #[inline(always)]
            || out.iter_mut().zip(src).for_each(|(o, x)| *o = *x != zero),
        )
    }
    if src.dtype() == DType::Bool {
        return out.copy_from_slice(src.typed::<bool>());
    }
    crate::with_dtype!(src.dtype(), T => run::<T>(src.typed(), out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_split_and_indices_brought_inside() {
        for n in [1usize, 2, 3, 7, 10, 1000, 1 << 20, (1 << 40) + 3] {
            let near = |k: i64| [k - 1, k, k + 1];
            let large = [0, 1, 2, 9, 12345, (1 << 49) / n as i64].map(|k| near(k.wrapping_mul(n as i64)));
            let all: Vec<i64> = large.concat().into_iter().filter(|&p| p >= 0).chain([1 << 60]).collect();
            for all in [&all[..], &all[..all.len() - 1]] {
                let (mut places, mut rest) = (all.to_vec(), vec![-1; all.len()]);
                split_places(&mut places, n, &mut rest);
                for ((&p, q), r) in all.iter().zip(places).zip(rest) {
                    assert_eq!((q, r), (p / n as i64, p % n as i64), "{p} by {n}");
                }
                for far in [0, 4 * n as i64] {
                    let some: Vec<i64> =
                        (-5..5).map(|k| (far + k).clamp(-far - n as i64, far + n as i64)).collect();
                    let (mut around, mut ends) = (some.clone(), some.clone());
                    bring_inside(&mut around, n, true);
                    bring_inside(&mut ends, n, false);
                    let want: Vec<i64> = some.iter().map(|i| i.rem_euclid(n as i64)).collect();
                    assert_eq!(around, want);
                    let want: Vec<i64> = some.iter().map(|&i| i.clamp(0, n as i64 - 1)).collect();
                    assert_eq!(ends, want);
                }
            }
        }
        assert_eq!(first_past(&[0, 4, 5, -1], 5), Some(5));
        assert_eq!(first_past(&[0, 4], 5), None);
    }

    #[test]
    fn values_expand_to_where_the_mask_says() {
        fn check<T: Element>(of: impl Fn(usize) -> T) {
            for n in [0usize, 1, 63, 64, 65, 300, 1000] {
                for period in [1usize, 2, 3, 70, 5000] {
                    let mask: Vec<bool> = (0..n).map(|i| (i * i + i / 3) % period == 0).collect();
                    let values: Vec<T> = (0..count(&mask)).map(|k| of(k + 1)).collect();
                    let mut next = values.iter();
                    let pick = |&m: &bool| if m { *next.next().unwrap() } else { of(0) };
                    let want: Vec<T> = mask.iter().map(pick).collect();
                    let mut dst = vec![of(0); n];
                    expand(BlockMut::new(&mut dst), &mask, Block::new(&values));
                    assert!(dst == want, "{n} {period}");
                }
            }
        }
        check(|k| k as u8);
        check(|k| k as i32);
        check(|k| k as f64);
        check(|k| crate::dtype::c64::new(k as f32, 1.0));
    }

    #[test]
    fn choices_are_picked_by_number() {
        for count in [1usize, 2, 5, 8, 9, 20] {
            let rows: Vec<Vec<i16>> =
                (0..count as i16).map(|k| (0..77).map(|i| 100 * k + i).collect()).collect();
            let index: Vec<i64> = (0..77).map(|i| (i * i + 3) % count as i64).collect();
            for alone in 0..count {
                let choice = |k: usize| if k == alone { &rows[k][..1] } else { &rows[k][..] };
                let blocks: Vec<Block<'_>> = (0..count).map(|k| Block::new(choice(k))).collect();
                let of = |k: i64, i: usize| choice(k as usize)[if k as usize == alone { 0 } else { i }];
                let mut out = vec![-1i16; 77];
                choose_numbered(&index, &blocks, BlockMut::new(&mut out));
                let want: Vec<i16> = index.iter().enumerate().map(|(i, &k)| of(k, i)).collect();
                assert_eq!(out, want, "{count} {alone}");
                choose_numbered(&[alone as i64], &blocks, BlockMut::new(&mut out));
                assert!(out.iter().all(|&x| x == rows[alone][0]));
            }
        }
    }

    #[test]
    fn elements_repeat_as_often_as_counted() {
        let src: Vec<u16> = (0..50).collect();
        let counts: Vec<i64> = (0..50).map(|i| i * i % 7).collect();
        let want: Vec<u16> =
            src.iter().flat_map(|&x| std::iter::repeat_n(x, (x as usize).pow(2) % 7)).collect();
        let mut out = vec![0; want.len()];
        repeat(Block::new(&src), Counts::Each(&counts), BlockMut::new(&mut out));
        assert_eq!(out, want);
    }

    #[test]
    fn positions_of_bits_are_those_of_truths() {
        for period in [1usize, 2, 63, 64, 65, 500, 5000] {
            let mask: Vec<bool> = (0..1000).map(|i| i % period == period / 2).collect();
            let mut words = vec![0; 1000usize.div_ceil(64)];
            let n = crate::kernel::mask::pack(&mask, &mut words);
            let (mut by_bits, mut by_bools) = (vec![0; n], vec![0; n]);
            bit_positions(&words, 7, &mut by_bits);
            true_positions(&mask, 7, &mut by_bools);
            assert_eq!(by_bits, by_bools);
        }
    }

    #[test]
    fn elements_repeat_as_often_as_all_do() {
        fn check<T: Element + PartialEq + std::fmt::Debug>(src: &[T]) {
            for count in [0, 1, 3, 4, 5, 7, 8, 10, 31, 32, 33, 100] {
                let want: Vec<T> = src.iter().flat_map(|&x| std::iter::repeat_n(x, count)).collect();
                let mut out = vec![T::default(); want.len()];
                repeat(Block::new(src), Counts::All(count), BlockMut::new(&mut out));
                assert_eq!(out, want, "{count} times");
            }
        }
        check::<f64>(&[1.5, -2.0, 0.0, 7.25, 9.0]);
        check::<u8>(&[3, 1, 255]);
        check::<i16>(&[]);
    }

    #[test]
    fn compress_keeps_what_the_mask_names() {
        for n in [0usize, 1, 7, 8, 9, 64, 100, 1000] {
            for period in [1usize, 2, 3, 11, 5000] {
                let src: Vec<i32> = (0..n as i32).collect();
                let mask: Vec<bool> = (0..n).map(|i| (i * i + i / 3) % period == 0).collect();
                let want: Vec<i32> = src.iter().zip(&mask).filter(|(_, m)| **m).map(|(x, _)| *x).collect();
                let mut out = vec![0; count(&mask)];
                compress(Block::new(&src), &mask, BlockMut::new(&mut out));
                assert_eq!(out, want);
                let mut at = vec![0i64; want.len()];
                true_positions(&mask, 5, &mut at);
                assert_eq!(at, want.iter().map(|&x| x as i64 + 5).collect::<Vec<_>>());
            }
        }
    }
}
