//! What a condition chooses: the elements for which an expression of truth values holds, without an
//! array of these. A first pass computes the condition block by block, keeps it as bits and counts; then
//! elements, which may be an expression too, are compressed, or their places written, piece by piece
//! right where they belong.
//!
//! What is written to chosen elements goes through a plan of its own (`where` into the target).

use super::expr::Expr;
use super::index::split;
use super::plan::Conditions;
use super::tally::{self, Pass};
use super::{interrupt, threads};
use crate::array::{Array, ArrayError};
use crate::dtype::DType;
use crate::kernel::{BlockMut, index as kernel, mask};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Elements looked at together: a multiple of a word's bits.
const BLOCK: usize = 4096;
/// Where at most one of so many elements is chosen, its place is looked up by its bit: those of `i == 5`, 30 of 30,000,
/// took 14 µs by bools.
const SPARSE: usize = 16;
/// The longest piece that one thread takes at a time.
const PIECE: usize = 1 << 16;

/// The truth values of a condition, in C order.
pub struct Chosen {
    bits: Array,
    size: usize,
    /// Elements of a piece, and how many are chosen up to the end of each.
    piece: usize,
    ends: Vec<usize>,
}

/// Work on a block: where it begins, its length, its mask, what the thread keeps, and the results from its
/// first on.
type OnBlock<'a, S> = dyn Fn(usize, usize, &[bool], &mut Option<S>, BlockMut<'_>) + Sync + 'a;

impl Chosen {
    /// Where an expression is not zero; also the conditions that its steps met.
    pub fn by(condition: &Expr) -> Result<(Chosen, Conditions), ArrayError> {
        let size = condition.size();
        let mut bits = Array::empty(DType::U64, &[size.div_ceil(mask::WORD)])?;
        let piece = match threads::for_elements(condition.plan().work(size)) {
            1 => size.max(1).next_multiple_of(BLOCK),
            n => size.div_ceil(4 * n).next_multiple_of(mask::WORD).min(PIECE),
        };
        let counts: Vec<AtomicUsize> = (0..size.div_ceil(piece)).map(|_| AtomicUsize::new(0)).collect();
        let ((), met) = condition.fed(None, |feed| {
            let _pass = tally::pass(|| {
                condition.read_by(Pass::new("count", DType::Bool, size)).writes(&bits).ops(size)
            });
            let words = bits.as_mut_slice::<u64>().unwrap_or_default();
            threads::chunks(words, piece / mask::WORD, &|k, words| {
                let mut reader = feed.reader(DType::Bool, BLOCK.min(piece));
                let (first, end) = (k * piece, size.min((k + 1) * piece));
                let mut count = 0;
                for (at, words) in (first..end).step_by(BLOCK).zip(words.chunks_mut(BLOCK / mask::WORD)) {
                    let block = reader.read(at, BLOCK.min(end - at));
                    count += mask::pack(block.typed::<bool>(), words);
                }
                counts[k].store(count, Relaxed);
            });
            Ok(())
        })?;
        let ends = counts.iter().scan(0, |at, n| {
            *at += n.load(Relaxed);
            Some(*at)
        });
        let chosen = Chosen { bits, size, piece, ends: ends.collect() };
        if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok((chosen, met)) }
    }

    /// How many are chosen.
    pub fn count(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// The chosen elements of an expression of as many elements, as a vector.
    pub fn elements(&self, of: &Expr) -> Result<(Array, Conditions), ArrayError> {
        let dtype = of.dtype();
        let out = Array::empty(dtype, &[self.count()])?;
        let quiet = of.plan().instructions.is_empty();
        let ((), met) = of.fed(None, |feed| {
            let _pass = tally::pass(|| {
                let pass = Pass::new("compress", dtype, self.size).reads(&self.bits).writes(&out).copies();
                of.read_by(pass)
            });
            self.each(&out, &|at, n, mask, reader: &mut Option<_>, out| {
                if quiet && out.is_empty() {
                    return;
                }
                let reader = reader.get_or_insert_with(|| feed.reader(dtype, BLOCK));
                kernel::compress(reader.read(at, n), mask, out);
            });
            Ok(())
        })?;
        if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok((out, met)) }
    }

    /// The places of the chosen elements in C order.
    pub fn places(&self) -> Result<Array, ArrayError> {
        let out = Array::empty(DType::I64, &[self.count()])?;
        let _pass = tally::pass(|| Pass::new("nonzero", DType::I64, 0).reads(&self.bits).writes(&out));
        let bits = self.bits.as_slice::<u64>().unwrap_or_default();
        self.each(&out, &|at, n, mask, _: &mut Option<()>, out| {
            let words = &bits[at / mask::WORD..(at + n).div_ceil(mask::WORD)];
            let count: usize = words.iter().map(|w| w.count_ones() as usize).sum();
            match count * SPARSE <= n {
                true => kernel::bit_positions(words, at as i64, out.typed()),
                false => kernel::true_positions(mask, at as i64, out.typed()),
            }
        });
        if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
    }

    /// Index arrays, one per axis of the condition's shape, of the chosen elements.
    pub fn indices(&self, shape: &[usize]) -> Result<Vec<Array>, ArrayError> {
        split(self.places()?, shape)
    }

    /// Calls `f` on each block.
    fn each<S>(&self, out: &Array, f: &OnBlock<'_, S>) {
        let all = self.bits.as_slice::<u64>().unwrap_or_default();
        let (size, piece) = (self.size, self.piece);
        super::copy::with_storage_mut(out, |to| {
            threads::pieces(to, self.ends.iter().copied(), &|k, mut out| {
                let (first, end) = (k * piece, size.min((k + 1) * piece));
                let (mut mask, mut kept, mut own) = ([false; BLOCK], 0, None);
                for at in (first..end).step_by(BLOCK).take_while(|_| !interrupt::requested()) {
                    let n = BLOCK.min(end - at);
                    let words = &all[at / mask::WORD..(at + n).div_ceil(mask::WORD)];
                    let here: usize = words.iter().map(|w| w.count_ones() as usize).sum();
                    let room = out.len() - kept;
                    if here > 0 {
                        mask::unpack(words, &mut mask[..n]);
                        f(at, n, &mask[..n], &mut own, out.part(kept, room));
                    } else {
                        mask[..n].fill(false);
                        f(at, n, &mask[..n], &mut own, out.part(kept, 0));
                    }
                    kept += here;
                }
            });
        });
    }
}
