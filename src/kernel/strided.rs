//! Copies between strided memory: the one kernel that takes strides, since how to move data well
//! depends on both layouts at once.
//!
//! Strategy, after [`Layout`] has put the axes in the order of the target's memory and merged them:
//! - both sides run along one axis evenly: `memcpy`, a strided loop, or a fill;
//! - runs of up to a few KiB, or backwards: rows in one loop (`rows`);
//! - the innermost axis is short: loops change places, so that the long one is inside;
//! - the source runs along another axis than the target (a transpose): `transpose` does it in
//!   registers where both run evenly. Elsewhere tiles of one cache line squared go through a small
//!   buffer, so that every line is read and written whole, within larger tiles that keep the pages in
//!   the TLB. Without the buffer, strides that are powers of two evict their own lines.
//! - what is too large for the caches is written past them where both sides run evenly (`past`);
//! - rows that move by part of a line are copied from their ends (`downward`);
//! - casts go block by block: gather, convert, scatter, each skipped where the run is even.
//!
//! Work is cut into parts that write disjoint elements; the caller says how the parts are run.

use super::cast::convert;
use super::chain::PastCaches;
use super::index::{by_width, words, words_mut};
use super::past;
use super::rows::{self, Rows};
#[cfg(target_arch = "x86_64")]
use super::transpose::{Plane, rectangle};
use super::{Block, BlockMut, fill};
use crate::dtype::DType;
use smallvec::SmallVec;
use std::mem::MaybeUninit;

/// Runs parts `0..n`, on as many threads as the caller likes.
pub type Each<'a> = &'a dyn Fn(usize, &(dyn Fn(usize) + Sync));

#[derive(Clone, Copy, Debug)]
struct Axis {
    n: usize,
    to: isize,
    from: isize,
}

/// A shape with the strides and first positions of a target and a source.
#[derive(Clone, Debug)]
pub struct Layout {
    axes: SmallVec<[Axis; 4]>,
    to: isize,
    from: isize,
    /// No two indices name the same target element.
    distinct: bool,
}

/// Bytes in one part, between which work can stop.
const PART: usize = 1 << 20;
/// Bytes from which there are two.
const SHARED: usize = 1 << 18;
/// Elements converted at a time.
const BLOCK: usize = 1024;

impl Layout {
    /// Strides count elements; the source's are already broadcast.
    pub fn new(shape: &[usize], to: (&[isize], usize), from: (&[isize], usize)) -> Layout {
        let mut layout =
            Layout { axes: SmallVec::new(), to: to.1 as isize, from: from.1 as isize, distinct: true };
        if shape.contains(&0) {
            layout.axes.push(Axis { n: 0, to: 1, from: 1 });
            return layout;
        }
        for (k, &n) in shape.iter().enumerate().filter(|&(_, &n)| n != 1) {
            layout.axes.push(Axis { n, to: to.0[k], from: from.0[k] });
        }
        layout.distinct = layout.check_distinct();
        if layout.distinct {
            for axis in layout.axes.iter_mut().filter(|a| a.to < 0) {
                let last = axis.n as isize - 1;
                layout.to += last * axis.to;
                layout.from += last * axis.from;
                (axis.to, axis.from) = (-axis.to, -axis.from);
            }
            layout.axes.sort_by_key(|a| std::cmp::Reverse(a.to));
        }
        layout.merge();
        layout
    }

    pub fn len(&self) -> usize {
        self.axes.iter().map(|a| a.n).product()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Each target stride clears all that the smaller ones reach.
    fn check_distinct(&self) -> bool {
        let mut sorted = self.axes.clone();
        sorted.sort_by_key(|a| a.to.unsigned_abs());
        let mut reach = 0usize;
        sorted.iter().all(|a| {
            let clears = a.to.unsigned_abs() > reach;
            reach += (a.n - 1) * a.to.unsigned_abs();
            clears
        })
    }

    fn merge(&mut self) {
        let mut out: SmallVec<[Axis; 4]> = SmallVec::new();
        for a in self.axes.drain(..) {
            let n = a.n as isize;
            match out.last_mut() {
                Some(o) if o.to == a.to * n && o.from == a.from * n => {
                    *o = Axis { n: o.n * a.n, ..a };
                }
                _ => out.push(a),
            }
        }
        self.axes = out;
    }

    /// Whether every position lies within buffers of these lengths.
    fn within(&self, to_len: usize, from_len: usize) -> bool {
        let span = |at: isize, stride: fn(&Axis) -> isize| {
            self.axes.iter().fold((at, at), |(lo, hi), a| {
                let far = (a.n as isize - 1) * stride(a);
                if far < 0 { (lo + far, hi) } else { (lo, hi + far) }
            })
        };
        let fits = |(lo, hi): (isize, isize), len: usize| lo >= 0 && hi < len as isize;
        fits(span(self.to, |a| a.to), to_len) && fits(span(self.from, |a| a.from), from_len)
    }

    /// The axis to cut and the number of parts.
    fn parts(&self, itemsize: usize) -> (usize, usize) {
        let bytes = self.len() * itemsize;
        let want = match bytes / PART {
            0 | 1 if bytes < SHARED => 1,
            0 | 1 => 2,
            // As many for each of two or four threads.
            parts => parts.next_multiple_of(4),
        };
        if want < 2 || !self.distinct {
            return (0, 1);
        }
        // Outer axes first: to cut the innermost would leave short runs.
        let long = (0..self.axes.len()).find(|&k| self.axes[k].n >= want.min(8));
        let longest = || (0..self.axes.len()).rev().max_by_key(|&k| self.axes[k].n);
        let axis = long.or_else(longest).unwrap_or(0);
        (axis, want.min(self.axes[axis].n))
    }

    /// Part `k` of `parts` along an axis.
    fn part(&self, axis: usize, k: usize, parts: usize) -> Layout {
        let mut part = self.clone();
        let a = &mut part.axes[axis];
        // Cuts at multiples of 64 keep tiles and cache lines whole.
        let cut =
            |k: usize| if k == parts { a.n } else { (a.n as u128 * k as u128 / parts as u128) as usize };
        let cut = |k: usize| if a.n >= 64 * parts && k < parts { cut(k) / 64 * 64 } else { cut(k) };
        let (start, end) = (cut(k), cut(k + 1));
        a.n = end - start;
        part.to += start as isize * a.to;
        part.from += start as isize * a.from;
        part
    }
}

/// A pointer that parts on several threads share; they write disjoint elements.
#[derive(Clone, Copy)]
pub(super) struct Shared<T>(pub(super) *mut T);
// SAFETY: used only for plain data, at positions that no two parts share.
unsafe impl<T> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub(super) fn get(self) -> *mut T {
        self.0
    }
}

/// Copies between buffers, converting if their dtypes differ. Panics if the layout leaves them.
pub fn copy(from: Block<'_>, to: BlockMut<'_>, layout: &Layout, each: Each<'_>) {
    if layout.is_empty() {
        return;
    }
    assert!(layout.within(to.len(), from.len()), "a copy reaches outside its buffers");
    let dtype = to.dtype();
    let (axis, parts) = layout.parts(dtype.itemsize());
    let same_dtype = from.dtype() == dtype;
    let beyond = same_dtype && layout.distinct && layout.len() * dtype.itemsize() >= past::PAST_CACHES;
    let dst = Shared(to.raw());
    each(parts, &|k| {
        let whole;
        let part = if parts == 1 {
            layout
        } else {
            whole = layout.part(axis, k, parts);
            &whole
        };
        if part.is_empty() {
            return;
        }
        let leave = beyond.then(PastCaches::default);
        // SAFETY: every position of the layout lies within the buffers, as asserted; `to` is a
        // unique borrow, so the buffers are distinct; parts write disjoint elements, since there
        // is only one unless the layout's target positions are distinct.
        unsafe {
            match &leave {
                Some(leave) if part.runs(dtype) => {
                    rows_past(from.raw(), dst.get(), part, dtype, leave);
                }
                _ if same_dtype => same(from.raw(), dst.get(), part, dtype),
                _ => casting(from, dst.get(), dtype, part),
            }
        }
    });
}

/// Elements of a copy that [`copy_each`] makes at a time: what they touch of the source stays in the cache for the
/// copies beside it.
const TOUCHED: usize = 1024;

/// Copies one after the other, each of a source that begins at another place: `layout` is that of the first, from
/// place 0, whose targets are the first elements of `to` in order. Panics if they leave the buffers.
pub fn copy_each(from: Block<'_>, to: BlockMut<'_>, layout: &Layout, places: &[isize], each: Each<'_>) {
    let (Some(&low), Some(&high)) = (places.iter().min(), places.iter().max()) else { return };
    if layout.is_empty() {
        return;
    }
    let (len, dtype) = (layout.len(), to.dtype());
    let at = |place: isize| Layout { from: layout.from + place, ..layout.clone() };
    assert!(at(low).within(len, from.len()) && at(high).within(len, from.len()), "a copy reaches outside");
    assert!(layout.distinct && to.len() == len * places.len() && from.dtype() == dtype);
    let dst = Shared(to.raw());
    let parts = (len / TOUCHED).clamp(1, layout.axes.first().map_or(1, |a| a.n));
    each(parts, &|k| {
        let part = if parts == 1 { layout.clone() } else { layout.part(0, k, parts) };
        if part.is_empty() {
            return;
        }
        for (j, place) in places.iter().enumerate() {
            let one = Layout { from: part.from + place, to: part.to + (j * len) as isize, ..part.clone() };
            // SAFETY: every position lies within the buffers, as asserted, which are distinct; each copy has
            // `len` targets of its own, and parts of it have different ones.
            unsafe { same(from.raw(), dst.get(), &one, dtype) }
        }
    });
}

/// The elements of two to four blocks in turn: the first of each, then the second of each, and so on. Panics
/// unless all are of one dtype, and `to` has a place for each.
pub fn interleave(sources: &[Block<'_>], to: BlockMut<'_>) {
    assert!(sources.iter().all(|s| s.dtype() == to.dtype() && s.len() * sources.len() == to.len()));
    by_width!(to.dtype(), W => match sources {
        [a, b] => rows::interleave::<W, 2>([words(a), words(b)], words_mut(to)),
        [a, b, c] => rows::interleave::<W, 3>([words(a), words(b), words(c)], words_mut(to)),
        [a, b, c, d] => rows::interleave::<W, 4>([a, b, c, d].map(words), words_mut(to)),
        _ => panic!("two to four sources take turns"),
    })
}

/// Copies within one buffer. The caller has made sure that source and target positions do not
/// intersect; the elements copied are unspecified (but valid) otherwise.
pub fn copy_within(buffer: BlockMut<'_>, layout: &Layout) {
    if layout.is_empty() {
        return;
    }
    assert!(layout.within(buffer.len(), buffer.len()), "a copy reaches outside its buffer");
    let dtype = buffer.dtype();
    // SAFETY: in bounds, as asserted; reads and writes go through one pointer, element by element
    // or by `ptr::copy`, which allows overlap.
    unsafe { same(buffer.raw(), buffer.raw(), layout, dtype) }
}

/// # Safety
/// Every position of the layout is in bounds of both pointers' buffers, of items of the dtype.
unsafe fn same(src: *const u8, dst: *mut u8, l: &Layout, dtype: DType) {
    // SAFETY: passed on; words of the item's size and alignment stand for items of any dtype.
    unsafe {
        match dtype.itemsize() {
            // Aligned as its halves.
            _ if dtype == DType::C64 => boxes::<[u32; 2], 8>(src.cast(), dst.cast(), l),
            1 => boxes::<u8, 16>(src.cast(), dst.cast(), l),
            2 => boxes::<u16, 16>(src.cast(), dst.cast(), l),
            4 => boxes::<u32, 16>(src.cast(), dst.cast(), l),
            8 => boxes::<u64, 8>(src.cast(), dst.cast(), l),
            _ => boxes::<[u64; 2], 4>(src.cast(), dst.cast(), l),
        }
    }
}

/// As [`same`] of a layout that [`Layout::runs`], past the caches.
///
/// # Safety
/// As [`same`], and the buffers are distinct.
unsafe fn rows_past(src: *const u8, dst: *mut u8, l: &Layout, dtype: DType, leave: &PastCaches) {
    let size = dtype.itemsize() as isize;
    let bytes = |a: &Axis| Axis { n: a.n, to: a.to * size, from: a.from * size };
    let mut axes: SmallVec<[Axis; 4]> = l.axes.iter().map(bytes).collect();
    let Some(inner) = axes.pop() else { return };
    // SAFETY: positions are those of the layout.
    unsafe {
        let (src, dst) = (src.offset(l.from * size), dst.offset(l.to * size));
        outer(&axes, src, dst, &mut |s, d| past::copy(s, d, inner.n * size as usize, leave));
    }
}

/// Loops over all but the last one or two axes. `M` is the side of a tile.
///
/// # Safety
/// As [`same`].
unsafe fn boxes<W: Copy, const M: usize>(src: *const W, dst: *mut W, l: &Layout) {
    // SAFETY: positions are those of the layout.
    unsafe {
        let (src, dst) = (src.offset(l.from), dst.offset(l.to));
        let mut axes = l.axes.clone();
        let Some(&inner) = axes.last() else {
            *dst = *src;
            return;
        };
        if !l.distinct || axes.len() == 1 {
            axes.pop();
            return outer(&axes, src, dst, &mut |s, d| run(s, d, inner));
        }
        // The axis along which the source runs.
        let fast = |k: &usize| (axes[*k].from.unsigned_abs(), std::cmp::Reverse(axes[*k].n));
        let k = (0..axes.len()).filter(|&k| axes[k].from != 0).min_by_key(fast).unwrap_or(axes.len() - 1);
        axes.pop();
        let even = inner.from == 0 || k == axes.len();
        if even && inner.n >= 8 {
            return runs(axes, src, dst, inner);
        }
        if even {
            // Short runs: the next axis goes inside, in stretches that stay in the cache.
            let Some(next) = axes.pop() else { return };
            return outer(&axes, src, dst, &mut |s, d| short(s, d, next, inner));
        }
        let across = axes.remove(k);
        outer(&axes, src, dst, &mut |s, d| tiles::<W, M>(s, d, across, inner))
    }
}

/// Runs along `inner`, of at least 8 elements: rows of a length that is worth it in one loop.
///
/// # Safety
/// As [`same`].
unsafe fn runs<W: Copy>(mut axes: SmallVec<[Axis; 4]>, src: *const W, dst: *mut W, inner: Axis) {
    let size = size_of::<W>();
    let rows = |a: Axis| Rows { count: a.n, to: a.to * size as isize, from: a.from * size as isize };
    let bytes = inner.n * size;
    // SAFETY: positions are those of the layout.
    unsafe {
        match (inner.to, inner.from, axes.pop()) {
            (1, 1, Some(next)) if rows::LENGTHS.contains(&bytes) => {
                let rows = rows(next);
                outer(&axes, src, dst, &mut |s, d| rows::copy(s.cast(), d.cast(), bytes, rows));
            }
            (1, -1, Some(next)) => {
                let rows = rows(next);
                outer(&axes, src, dst, &mut |s, d| rows::every::<W, -1>(s, d, inner.n, rows));
            }
            (1, 2, Some(next)) => {
                let rows = rows(next);
                outer(&axes, src, dst, &mut |s, d| rows::every::<W, 2>(s, d, inner.n, rows));
            }
            (1, 3, Some(next)) => {
                let rows = rows(next);
                outer(&axes, src, dst, &mut |s, d| rows::every::<W, 3>(s, d, inner.n, rows));
            }
            (_, _, next) => {
                axes.extend(next);
                outer(&axes, src, dst, &mut |s, d| run(s, d, inner));
            }
        }
    }
}

/// # Safety
/// The axes' positions are in bounds.
unsafe fn outer<W: Copy>(axes: &[Axis], src: *const W, dst: *mut W, f: &mut impl FnMut(*const W, *mut W)) {
    match axes {
        [] => f(src, dst),
        [a, rest @ ..] => {
            for i in 0..a.n as isize {
                // SAFETY: by the contract.
                unsafe { outer(rest, src.offset(i * a.from), dst.offset(i * a.to), f) }
            }
        }
    }
}

/// # Safety
/// The axis's positions are in bounds.
#[inline]
unsafe fn run<W: Copy>(src: *const W, dst: *mut W, a: Axis) {
    // SAFETY: by the contract; `copy` allows overlap.
    unsafe {
        match (a.to, a.from) {
            (1, 1) if trails(src, dst) => downward(src, dst, a.n),
            (1, 1) => std::ptr::copy(src, dst, a.n),
            (1, 0) => {
                let x = *src;
                fill(std::slice::from_raw_parts_mut(dst.cast::<MaybeUninit<W>>(), a.n), MaybeUninit::new(x));
            }
            (1, -1) => rows::every::<W, -1>(src, dst, a.n, rows::ONE),
            (1, 2) => rows::every::<W, 2>(src, dst, a.n, rows::ONE),
            (1, 3) => rows::every::<W, 3>(src, dst, a.n, rows::ONE),
            (1, s) => {
                for i in 0..a.n {
                    *dst.add(i) = *src.offset(i as isize * s);
                }
            }
            (d, s) => {
                for i in 0..a.n as isize {
                    *dst.offset(i * d) = *src.offset(i * s);
                }
            }
        }
    }
}

/// Whether the target lies, within a page, less than a line behind the source: a load then meets, by the digits
/// of its address that the processor looks at, part of what was just stored, and waits for it to be written.
#[inline(always)]
pub(super) fn trails<W>(src: *const W, dst: *mut W) -> bool {
    const PAGE: usize = 4096;
    const LINE: usize = 64;
    (1..LINE).contains(&((dst as usize).wrapping_sub(src as usize) % PAGE))
}

/// Copies from the end, so that nothing is loaded where something was just stored. Rows of 8 KB moved by one
/// element, 1000 of them: upward 2.3 ms, so 0.34, which is near what others take (0.23).
///
/// # Safety
/// So many elements may be read and written; the two may overlap only where the target lies behind the source.
unsafe fn downward<W: Copy>(src: *const W, dst: *mut W, n: usize) {
    const STEP: usize = 32;
    let mut at = n;
    // SAFETY: by the contract; a step is read before it is written, and nothing below it has been written.
    unsafe {
        while at >= STEP {
            at -= STEP;
            let some = src.add(at).cast::<[W; STEP]>().read();
            dst.add(at).cast::<[W; STEP]>().write(some);
        }
        std::ptr::copy(src, dst, at);
    }
}

/// # Safety
/// The axes' positions are in bounds.
unsafe fn short<W: Copy>(src: *const W, dst: *mut W, long: Axis, inner: Axis) {
    if inner.to == 1 && matches!(inner.from, 0 | 1) {
        // SAFETY: by the contract.
        unsafe {
            match inner.n {
                2 => return narrow::<W, 2>(src, dst, long, inner.from),
                3 => return narrow::<W, 3>(src, dst, long, inner.from),
                4 => return narrow::<W, 4>(src, dst, long, inner.from),
                5 => return narrow::<W, 5>(src, dst, long, inner.from),
                6 => return narrow::<W, 6>(src, dst, long, inner.from),
                7 => return narrow::<W, 7>(src, dst, long, inner.from),
                _ => {}
            }
        }
    }
    let mut i = 0;
    while i < long.n {
        let stretch = Axis { n: (long.n - i).min(512), ..long };
        for j in 0..inner.n as isize {
            // SAFETY: by the contract.
            unsafe {
                let s = src.offset(i as isize * long.from + j * inner.from);
                let d = dst.offset(i as isize * long.to + j * inner.to);
                run(s, d, stretch);
            }
        }
        i += stretch.n;
    }
}

/// Rows of `N` elements that lie together in the target, and in the source too (`from` 1) or are one
/// element each (`from` 0). Written in the target's order: each element three times, 1e6 float64 on two
/// threads, took 460 µs when every third place was written at a time.
///
/// # Safety
/// The positions of both axes are in bounds.
unsafe fn narrow<W: Copy, const N: usize>(src: *const W, dst: *mut W, long: Axis, from: isize) {
    for i in 0..long.n as isize {
        // SAFETY: by the contract; `N` elements of the same type follow each other on both sides.
        unsafe {
            let s = src.offset(i * long.from);
            let row = if from == 0 { [*s; N] } else { s.cast::<[W; N]>().read() };
            dst.offset(i * long.to).cast::<[W; N]>().write(row);
        }
    }
}

/// The source runs along `a`, the target along `b`.
///
/// # Safety
/// The axes' positions are in bounds.
unsafe fn tiles<W: Copy, const M: usize>(src: *const W, dst: *mut W, a: Axis, b: Axis) {
    const SIDE: usize = 64;
    // SAFETY: by the contract.
    unsafe {
        if a.from < 0 {
            let last = a.n as isize - 1;
            let turned = Axis { n: a.n, to: -a.to, from: -a.from };
            return tiles::<W, M>(src.offset(last * a.from), dst.offset(last * a.to), turned, b);
        }
        #[cfg(target_arch = "x86_64")]
        if (a.from, b.to) == (1, 1) && squares(src, dst, a, b) {
            return;
        }
        if a.n < M || b.n < M {
            return bands(src, dst, a, b);
        }
    }
    for i0 in (0..a.n).step_by(SIDE) {
        for j0 in (0..b.n).step_by(SIDE) {
            for i in (i0..a.n.min(i0 + SIDE)).step_by(M) {
                for j in (j0..b.n.min(j0 + SIDE)).step_by(M) {
                    // SAFETY: by the contract.
                    unsafe {
                        let s = src.offset(i as isize * a.from + j as isize * b.from);
                        let d = dst.offset(i as isize * a.to + j as isize * b.to);
                        tile::<W, M>(s, d, Axis { n: M.min(a.n - i), ..a }, Axis { n: M.min(b.n - j), ..b });
                    }
                }
            }
        }
    }
}

/// Transposes in registers where the sides are long enough; says whether it did.
///
/// # Safety
/// The axes' positions are in bounds, and strides of one are inside on both sides.
#[cfg(target_arch = "x86_64")]
unsafe fn squares<W: Copy>(src: *const W, dst: *mut W, a: Axis, b: Axis) -> bool {
    let size = size_of::<W>() as isize;
    let plane = Plane { src: src.cast(), dst: dst.cast(), row: b.from * size, out: a.to * size };
    // SAFETY: by the contract; the words are plain data of their size.
    unsafe {
        match size {
            1 => rectangle::<1>(plane, b.n, a.n),
            2 => rectangle::<2>(plane, b.n, a.n),
            4 => rectangle::<4>(plane, b.n, a.n),
            8 => rectangle::<8>(plane, b.n, a.n),
            _ => rectangle::<16>(plane, b.n, a.n),
        }
    }
}

/// Few rows or few columns: the long axis goes inside, in stretches that stay in the cache.
///
/// # Safety
/// The axes' positions are in bounds.
unsafe fn bands<W: Copy>(src: *const W, dst: *mut W, a: Axis, b: Axis) {
    let (long, few) = if a.n > b.n { (a, b) } else { (b, a) };
    // SAFETY: by the contract.
    unsafe { short(src, dst, long, few) }
}

/// # Safety
/// The axes' positions are in bounds.
#[inline(always)]
unsafe fn tile<W: Copy, const M: usize>(src: *const W, dst: *mut W, a: Axis, b: Axis) {
    // SAFETY: by the contract.
    unsafe {
        if a.n == M && b.n == M {
            let mut lines = [[*src; M]; M];
            for (j, line) in lines.iter_mut().enumerate() {
                let s = src.offset(j as isize * b.from);
                for (i, x) in line.iter_mut().enumerate() {
                    *x = *s.offset(i as isize * a.from);
                }
            }
            for i in 0..M {
                let d = dst.offset(i as isize * a.to);
                for (j, line) in lines.iter().enumerate() {
                    *d.offset(j as isize * b.to) = line[i];
                }
            }
            return;
        }
        for i in 0..a.n as isize {
            for j in 0..b.n as isize {
                *dst.offset(i * a.to + j * b.to) = *src.offset(i * a.from + j * b.from);
            }
        }
    }
}

/// Converts run by run, in blocks.
///
/// # Safety
/// As [`copy`]: in bounds, and no other thread writes these positions.
unsafe fn casting(from: Block<'_>, dst: *mut u8, td: DType, l: &Layout) {
    let sd = from.dtype();
    let (ss, ts) = (sd.itemsize(), td.itemsize());
    let mut axes = l.axes.clone();
    let inner = axes.pop().unwrap_or(Axis { n: 1, to: 1, from: 1 });
    let mut gathered = MaybeUninit::<[[u64; 2]; BLOCK]>::uninit();
    let mut converted = MaybeUninit::<[[u64; 2]; BLOCK]>::uninit();
    // SAFETY: positions are the layout's; scratch holds BLOCK items of the largest size, and is
    // written with valid items before it is read as a block.
    unsafe {
        let (src, dst) = (from.raw().offset(l.from * ss as isize), dst.offset(l.to * ts as isize));
        let bytes = |a: &Axis| Axis { n: a.n, to: a.to * ts as isize, from: a.from * ss as isize };
        let axes: SmallVec<[Axis; 4]> = axes.iter().map(bytes).collect();
        outer(&axes, src, dst, &mut |s, d| {
            let mut i = 0;
            while i < inner.n {
                let n = (inner.n - i).min(BLOCK);
                let s = s.offset(i as isize * inner.from * ss as isize);
                let d = d.offset(i as isize * inner.to * ts as isize);
                let block = match inner.from {
                    1 => Block::from_raw(s, n, sd),
                    0 => Block::from_raw(s, 1, sd),
                    step => {
                        let l = Layout::line(n, 1, step);
                        same(s, gathered.as_mut_ptr().cast(), &l, sd);
                        Block::from_raw(gathered.as_ptr().cast(), n, sd)
                    }
                };
                if inner.to == 1 {
                    convert(block, BlockMut::from_raw(d, n, td));
                } else {
                    convert(block, BlockMut::from_raw(converted.as_mut_ptr().cast(), n, td));
                    same(converted.as_ptr().cast(), d, &Layout::line(n, inner.to, 1), td);
                }
                i += n;
            }
        });
    }
}

impl Layout {
    /// Whether both sides run evenly, in runs worth writing past the caches.
    fn runs(&self, dtype: DType) -> bool {
        let long = |a: &Axis| (a.to, a.from) == (1, 1) && a.n * dtype.itemsize() >= past::WORTH;
        self.axes.last().is_some_and(long)
    }

    fn line(n: usize, to: isize, from: isize) -> Layout {
        Layout { axes: SmallVec::from_slice(&[Axis { n, to, from }]), to: 0, from: 0, distinct: to != 0 }
    }
}
