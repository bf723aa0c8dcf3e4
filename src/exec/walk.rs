//! Strided iteration: a shape and the strides of N operands become a sequence of runs along one
//! axis. Axes of length one vanish and axes that lie evenly in every operand merge, so contiguous
//! operands come out as a single run.

use crate::array::{Dims, Strides};
use smallvec::SmallVec;

/// The runs of N operands over a common shape.
pub struct Walk<const N: usize> {
    shape: Dims,
    strides: [Strides; N],
    /// Buffer positions of the next run's first elements.
    at: [isize; N],
    index: Dims,
    left: usize,
    /// Length and per-operand strides of every run.
    pub run: usize,
    pub steps: [isize; N],
}

impl<const N: usize> Walk<N> {
    /// Runs in C order of `shape`; `operands` are strides (already broadcast) and first positions.
    pub fn new(shape: &[usize], operands: [(&[isize], usize); N]) -> Walk<N> {
        let axes: SmallVec<[usize; 4]> = (0..shape.len()).collect();
        Walk::along(shape, operands, &axes)
    }

    /// Runs in the order in which operand 0 lies in memory, for work where order does not matter.
    pub fn in_memory_order(shape: &[usize], operands: [(&[isize], usize); N]) -> Walk<N> {
        let mut axes: SmallVec<[usize; 4]> = (0..shape.len()).collect();
        let key = |&k: &usize| std::cmp::Reverse(operands[0].0[k].unsigned_abs());
        axes.sort_by_key(key);
        Walk::along(shape, operands, &axes)
    }

    fn along(shape: &[usize], operands: [(&[isize], usize); N], axes: &[usize]) -> Walk<N> {
        let mut dims = Dims::new();
        let mut strides: [Strides; N] = std::array::from_fn(|_| Strides::new());
        for &k in axes.iter().filter(|&&k| shape[k] != 1) {
            let n = shape[k];
            let step: [isize; N] = std::array::from_fn(|o| operands[o].0[k]);
            let merges = !dims.is_empty()
                && (0..N).all(|o| strides[o].last().is_some_and(|&outer| outer == step[o] * n as isize));
            if merges {
                if let Some(d) = dims.last_mut() {
                    *d *= n;
                }
                for o in 0..N {
                    if let Some(s) = strides[o].last_mut() {
                        *s = step[o];
                    }
                }
            } else {
                dims.push(n);
                for o in 0..N {
                    strides[o].push(step[o]);
                }
            }
        }
        let run = dims.pop().unwrap_or(1);
        let steps = std::array::from_fn(|o| strides[o].pop().unwrap_or(1));
        let left = if run == 0 { 0 } else { dims.iter().product() };
        Walk {
            index: SmallVec::from_elem(0, dims.len()),
            shape: dims,
            strides,
            at: std::array::from_fn(|o| operands[o].1 as isize),
            left,
            run,
            steps,
        }
    }

    /// The number of runs still to come.
    pub fn runs_left(&self) -> usize {
        self.left
    }

    /// Skips `n` runs, so that threads can start in the middle.
    pub fn advance(&mut self, n: usize) {
        let n = n.min(self.left);
        self.left -= n;
        let mut carry = n;
        for k in (0..self.shape.len()).rev() {
            let total = self.index[k] + carry;
            let (now, up) = (total % self.shape[k], total / self.shape[k]);
            let moved = now as isize - self.index[k] as isize;
            for o in 0..N {
                self.at[o] += moved * self.strides[o][k];
            }
            self.index[k] = now;
            carry = up;
            if carry == 0 {
                break;
            }
        }
    }
}

impl<const N: usize> Iterator for Walk<N> {
    type Item = [usize; N];

    /// The positions of the next run's first elements.
    fn next(&mut self) -> Option<[usize; N]> {
        if self.left == 0 {
            return None;
        }
        let here = self.at.map(|p| p as usize);
        self.advance(1);
        Some(here)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contiguous_operands_are_one_run() {
        let w = Walk::new(&[2, 3, 4], [(&[12, 4, 1], 5), (&[12, 4, 1], 0)]);
        assert_eq!((w.run, w.steps), (24, [1, 1]));
        assert_eq!(w.collect::<Vec<_>>(), vec![[5, 0]]);
    }

    #[test]
    fn strided_operands_step_and_skip() {
        let walk = || Walk::new(&[3, 2], [(&[1, 3], 0), (&[2, 1], 0)]);
        assert_eq!((walk().run, walk().steps), (2, [3, 1]));
        let mut later = walk();
        later.advance(2);
        assert_eq!(walk().skip(2).collect::<Vec<_>>(), later.collect::<Vec<_>>());
    }

    #[test]
    fn empty_shapes_have_no_runs() {
        assert_eq!(Walk::new(&[0, 3], [(&[3, 1], 0)]).count(), 0);
        assert_eq!(Walk::new(&[3, 0], [(&[1, 1], 0)]).count(), 0);
        assert_eq!(Walk::new(&[], [(&[], 7)]).collect::<Vec<_>>(), vec![[7]]);
    }
}
