//! Bands of a turned operand: rows that lie across in memory, brought together many at a time.
//!
//! Row by row, `f.T + f` reads one element of each cache line and comes back for the next one a row later,
//! when the line may be gone. A band is as many rows as a line has elements, or more: it is transposed
//! by `kernel::strided`, a line at a time, into a scratch that stays in the second-level cache, and blocks
//! are served from there. No array of the operand's size is made.

use super::machine::View;
use crate::dtype::DType;
use crate::kernel::strided::{self, Layout};
use crate::kernel::{BlockMut, Scratch, pack};

/// Bytes of a line, of a band where rows are short, and of the longest band.
const LINE: usize = 64;
const BAND: usize = 48 << 10;
const MOST: usize = 1 << 20;

/// What one thread has brought together of one operand.
pub(super) struct Band {
    scratch: Scratch,
    /// Elements of the walk that it holds.
    start: usize,
    end: usize,
    row: usize,
    rows: usize,
}

impl Band {
    /// A band of an operand whose rows lie across; `None` for any other.
    pub fn of(view: &View<'_>) -> Option<Band> {
        let dtype: DType = view.storage.dtype();
        let (row, count) = view.lay.across()?;
        let size = dtype.itemsize();
        let rows = (LINE / size).max(BAND / (row * size)).min(count);
        if rows < 2 || rows * row * size > MOST {
            return None;
        }
        Some(Band { scratch: Scratch::new(dtype, rows * row), start: 0, end: 0, row, rows })
    }

    /// Elements of the walk from `start` on.
    pub fn gather(&mut self, view: &View<'_>, start: usize, mut out: BlockMut<'_>) {
        let (mut done, n) = (0, out.len());
        while done < n {
            let at = start + done;
            if !(self.start..self.end).contains(&at) {
                self.fill(view, at);
            }
            let take = (self.end - at).min(n - done);
            pack::gather(self.scratch.all(), at - self.start, 1, out.part(done, take));
            done += take;
        }
    }

    /// Brings the rows from that of element `at` on, which lie evenly.
    fn fill(&mut self, view: &View<'_>, at: usize) {
        let first = at / self.row;
        let (position, steps, left) = view.lay.rows_across(first);
        let rows = self.rows.min(left);
        let shape = [rows, self.row];
        let layout = Layout::new(&shape, (&[self.row as isize, 1], 0), (&steps, position));
        strided::copy(view.storage, self.scratch.block_mut(rows * self.row), &layout, &|n, part| {
            (0..n).for_each(part);
        });
        (self.start, self.end) = (first * self.row, (first + rows) * self.row);
    }
}
