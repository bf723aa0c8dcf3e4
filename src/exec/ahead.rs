//! Asking for what the next block reads while a function computes.
//!
//! A chain reads its block in a burst, which memory does not keep up with; the functions after it need none. So
//! while such a function runs (`machine`), a piece at a time, the next block is asked for: 1e7 float64 on two
//! threads, ms, `exp(-a)` 7.35 before and 6.5 after, `sin(a * 2)` 10.5 and 9.1, `log(a + b)` 10.6 and 9.0. Asked for
//! all at once, or more than 16 lines at a time, it gained nothing; nor where sources come from the third-level
//! cache (`exp(-a)` of 1e6 520 µs, and 540 so). Three arrays of 8 MB are between the two: `exp(-b) * a` of 1e6 took 853 µs,
//! and 764 with its sources asked for, 755 with the lines of the result, too, but `sqrt(a) * exp(b)` 970 and 980, and
//! `1 / (1 + exp(-a))` 710 and 790. (A compiler of expressions takes 846 to 894 for the first, and 846 to 979 for
//! `sqrt(a) * exp(-b)`, which takes 1240 here: its functions are computed one after the other, 300 and 530 µs, and a
//! block of 16 KiB is waited for thrice.)

use super::chain::Part;
use super::machine::{Program, Source};
use super::plan::{Instruction, Watch};
use super::stream::PAST_CACHES;
use crate::kernel::{Block, BlockMut};
use smallvec::SmallVec;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Bytes of a source from which on it is asked for ahead.
static FAR: AtomicUsize = AtomicUsize::new(PAST_CACHES);

/// Sets the bytes from which sources are asked for ahead, so that small tests do so.
pub fn set_far(bytes: usize) {
    FAR.store(bytes, Relaxed);
}

/// The part of a program, a function after what reads memory, during which to ask; `None` where no source is too large
/// for the caches. Functions with a test of their own are left out: it may tell of a place in the whole block.
pub(super) fn pause(program: Program<'_>) -> Option<usize> {
    let far = |source: &Source<'_>| match source {
        Source::Direct(block) => block.len() * block.dtype().itemsize() >= FAR.load(Relaxed),
        Source::Strided(view) => view.storage.len() * view.storage.dtype().itemsize() >= FAR.load(Relaxed),
        _ => false,
    };
    let function = |part: &Part| match part {
        Part::One(i) => {
            program.plan.instructions[*i].link.is_none() && program.prepared.watches[*i] != Watch::Check
        }
        Part::Chain(_) => false,
    };
    let later = program.prepared.parts.iter().skip(1).position(function)?;
    program.sources.iter().any(far).then_some(later + 1)
}

/// What the block after that of `n` elements from `start` on reads where it lies.
pub(super) fn upcoming<'a>(program: Program<'a>, start: usize, n: usize) -> SmallVec<[Block<'a>; 2]> {
    let mut blocks = SmallVec::new();
    for (i, source) in program.sources.iter().enumerate() {
        let (all, at) = match (source, program.rows) {
            (Source::Direct(all), _) => (all, start),
            (Source::Strided(view), _) if view.lay.is_linear() => (&view.storage, view.lay.offset + start),
            (Source::Strided(view), Some(rows)) if rows.hold(i + 1) && rows.step(i + 1) == 1 => {
                (&view.storage, rows.place(i + 1, start).0)
            }
            _ => continue,
        };
        if at + 2 * n <= all.len() {
            blocks.push(all.slice(at + n, at + 2 * n));
        }
    }
    blocks
}

/// Cache lines that are asked for at once: about as many as the processor has on their way.
const LINES: usize = 16;

/// A kernel over a block, a piece at a time, each after it has asked for its share of what lies ahead, blocks of as
/// many elements.
pub(super) fn asking(ins: &Instruction, operands: &[Block<'_>], mut out: BlockMut<'_>, ahead: &[Block<'_>]) {
    let bytes: usize = ahead.iter().map(|block| block.dtype().itemsize()).sum();
    let (n, piece) = (out.len(), (64 * LINES / bytes.max(1)).max(1));
    let mut from = 0;
    while from < n {
        // The last piece is longer, as one of a single element would go a way of its own.
        let to = if n - from < 2 * piece { n } else { from + piece };
        ahead.iter().for_each(|block| block.slice(from, to).fetch());
        let mut parts: SmallVec<[Block<'_>; 3]> = SmallVec::new();
        for block in operands {
            parts.push(if block.len() == n { block.slice(from, to) } else { *block });
        }
        (ins.run)(&parts, out.part(from, to - from));
        from = to;
    }
}
