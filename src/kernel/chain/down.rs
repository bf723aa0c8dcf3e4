//! Chains whose rows are folded into one row, element by element: sums and extremes of columns. The row is the result,
//! which the chain writes where it reads it, once for every row of the sources; all are read in the order in which
//! they lie. Takes chains that `exec::chain` wrote. (Where the places of a stretch are few and lie anywhere, see
//! `across`.)
//!
//! Blocks of some rows were made before, then folded: 1000 x 1000 float64 on two threads, µs, before and after, beside
//! a compiler of expressions: `(m * 2).max(axis=0)` 430 and 144 to 189 (236 to 284), `(m * 2 + 1).sum(axis=0)` 636 and
//! 143 to 234 (298 to 396), `m.std(axis=0)` 370 to 520 and 250 to 370 (505 to 774): the machine's memory was 1.5 times
//! slower in some runs than in others.

use super::across::Join;
use super::{Code, MOST_PLACES, Rows, Strip, typed};
use crate::dtype::DType;
use crate::kernel::BlockMut;
use crate::kernel::fold::Pick;
use smallvec::SmallVec;

/// A chain that joins what it makes to a row.
pub struct Down {
    dtype: DType,
    codes: SmallVec<[Code; 16]>,
    slots: usize,
    /// What is not finite is found in sums, which hold it to the end.
    sums: bool,
}

impl Down {
    /// The fold of a chain, whose last code stores its result at the place after `sources` and `slots`. `None` where it
    /// has another end, or too many places.
    pub fn new((codes, dtype): (&[Code], DType), sources: usize, slots: usize, join: Join) -> Option<Down> {
        // The row itself is one more source.
        let (row, result) = (sources as u8, (sources + slots) as u8);
        let [before @ .., Code::Store(last)] = codes else { return None };
        let own = |p: u8| if p < row { p } else { p + 1 };
        let alone = *last == result && !before.iter().any(|code| code.names(result));
        if !alone || own(result) as usize >= MOST_PLACES {
            return None;
        }
        let (before, sums) = match (before, join) {
            ([terms @ .., Code::Test], Join::Sum) => (terms, true),
            _ => (before, false),
        };
        let mut codes: SmallVec<[Code; 16]> = before.iter().map(|code| code.map(own)).collect();
        // Of equals the one that was there stays, as in the fold.
        codes.push(match join {
            Join::Sum => Code::Add(row),
            Join::Extreme(Pick::Most) => Code::Maximum(row),
            Join::Extreme(Pick::Least) => Code::Minimum(row),
        });
        codes.push(Code::Store(own(result)));
        Some(Down { dtype, codes, slots, sums })
    }

    /// Whether a row that is not finite tells that something was not finite.
    pub fn is_seen_in_sums(&self) -> bool {
        self.sums
    }

    /// Folds so many rows of the sources, each as long as `row`, into it; where `ask`, what is read next is asked for.
    /// False if a test met something not finite, or integers wrapped: what the row holds then is of no use.
    pub fn run(&self, sources: &[Strip<'_>], count: usize, row: BlockMut<'_>, ask: bool) -> bool {
        let rows = Rows { len: row.len(), count, folded: true, ask };
        let mut sources: SmallVec<[Strip<'_>; 8]> = sources.iter().copied().collect();
        sources.push(Strip::own(rows.len));
        let (codes, slots, to) = (&self.codes, self.slots, &mut [row]);
        match self.dtype {
            _ if rows.len == 0 => true,
            DType::F32 => typed::<f32>(codes, &sources, slots, to, rows, None).1,
            DType::F64 => typed::<f64>(codes, &sources, slots, to, rows, None).1,
            DType::I32 => typed::<i32>(codes, &sources, slots, to, rows, None).1,
            DType::I64 => typed::<i64>(codes, &sources, slots, to, rows, None).1,
            other => unreachable!("a chain of {other}"),
        }
    }
}
