//! Freed blocks that wait to be buffers again, thread by thread. Neighbours: `buffer` makes and fills
//! blocks, `memory` counts them and bounds what is kept.
//!
//! Small blocks (header and elements in at most 64 KiB) wait in a list for their size class: steps of
//! 64 bytes to 1 KiB, then four classes per doubling. Large ones wait in one short list by age, and
//! serve any request that would itself take at least 8/9 of them; of equals the youngest, whose
//! elements may still be in cache. An array of at most 1 KiB that owns its block waits with it, header
//! and all: of the 73 ns that adding three elements took, making and dropping those anew was a quarter. Taking and freeing a small buffer costs 11 ns, a large one 18, or
//! 60 when the list is full (measured on a busy machine).

use super::buffer::{ALIGN, Block, HEADER, Home};
use super::{Array, memory};
use std::cell::Cell;
use std::mem::ManuallyDrop;

/// The largest small block, with its header.
pub(super) const SMALL: usize = 64 << 10;
/// Bytes of elements of the largest arrays that are kept whole.
pub(super) const KEPT_WITH_ARRAY: usize = ARRAY_CLASSES * ALIGN - HEADER;
const CLASSES: usize = 40;
/// Classes of blocks that are kept with the array that had them: to 1 KiB.
const ARRAY_CLASSES: usize = 16;
/// Bytes of small blocks that are kept.
const SMALL_KEPT: usize = 4 << 20;
/// Large blocks that are kept.
const LARGE_KEPT: usize = 64;

struct Pool {
    /// Small arrays, by the class of their block: each leads to the next by its `base`.
    arrays: [ManuallyDrop<Cell<Option<Array>>>; ARRAY_CLASSES],
    small: [Cell<Option<Block>>; CLASSES],
    /// Bytes of small blocks that may still be kept; none before the pool opens.
    room: Cell<usize>,
    /// Large blocks, the oldest first, and their capacities.
    large: [Cell<Option<Block>>; LARGE_KEPT],
    capacities: [Cell<usize>; LARGE_KEPT],
    count: Cell<usize>,
    state: Cell<State>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    Open,
    /// The thread ends: nothing is kept any more.
    Closed,
}

/// Empties the pool when its thread ends.
struct Closer;

thread_local! {
    // Never dropped, so that buffers in other thread-locals may be freed after `Closer` ran.
    static POOL: Pool = const { Pool::new() };
    static CLOSER: Closer = const { Closer };
}

impl Drop for Closer {
    fn drop(&mut self) {
        POOL.with(|pool| pool.state.set(State::Closed));
        trim(0);
        POOL.with(|pool| pool.room.set(0));
    }
}

/// The class of a block of `total` bytes, and the bytes of its blocks.
#[inline]
pub(super) fn class_of(total: usize) -> (usize, usize) {
    if total <= 1024 {
        let steps = total.div_ceil(ALIGN);
        return (steps - 1, steps * ALIGN);
    }
    let power = (total - 1).ilog2() as usize;
    let quarter = ((total - 1) >> (power - 2)) & 3;
    (16 + (power - 10) * 4 + quarter, (5 + quarter) << (power - 2))
}

/// A kept small block of a class, whose blocks have this capacity.
#[inline]
pub(super) fn pop(class: usize, capacity: usize) -> Option<Block> {
    POOL.with(|pool| {
        let block = pool.small[class].take()?;
        pool.small[class].set(block.link(None));
        pool.room.set(pool.room.get() + capacity);
        Some(block)
    })
}

/// A kept large block for `bytes`, little larger than the `capacity` a new one would have.
pub(super) fn take(bytes: usize, capacity: usize) -> Option<Block> {
    POOL.with(|pool| {
        let mut best = None;
        let mut least = capacity + capacity / 8 + 1;
        for (i, size) in pool.capacities[..pool.count.get()].iter().map(Cell::get).enumerate().rev() {
            if size >= bytes && size < least {
                (best, least) = (Some(i), size);
            }
        }
        pool.remove(best?)
    })
}

/// A kept array whose block has this class, with its buffer to [wake](super::Buffer::wake).
#[inline]
pub(super) fn take_array(class: usize) -> Option<Array> {
    POOL.with(|pool| {
        let list = pool.arrays.get(class)?;
        let mut array = list.take()?;
        list.set(array.unlink());
        pool.room.set(pool.room.get() + capacity_of(class));
        Some(array)
    })
}

/// Keeps an array whose last handle goes, if there is room. The caller has seen that its block is small,
/// of this class, and its own; `link` makes it lead to the array that is kept already.
#[inline]
pub(super) fn keep_array(class: usize, link: impl FnOnce(Option<Array>) -> Array) {
    POOL.with(|pool| {
        let Some(list) = pool.arrays.get(class) else { return };
        let capacity = capacity_of(class);
        if capacity > pool.room.get() && !pool.opened_room(capacity) {
            return;
        }
        pool.room.set(pool.room.get() - capacity);
        let kept = link(list.take());
        list.set(Some(kept));
    });
}

/// Drops an array that was kept, and gives its block back.
fn drop_array(mut array: Array) {
    array.leave_pool();
    // Without room neither is kept again.
    let room = POOL.with(|pool| pool.room.replace(0));
    drop(array);
    POOL.with(|pool| pool.room.set(room));
}

/// The bytes of the blocks of a class that arrays are kept with.
#[inline]
fn capacity_of(class: usize) -> usize {
    (class + 1) * ALIGN
}

/// Keeps a block, or returns it. The caller counts it.
#[inline]
pub(super) fn keep(block: Block) -> Result<(), Block> {
    POOL.with(|pool| match block.home() {
        Home::Class(class) => pool.push(class as usize, block),
        Home::Heap | Home::Mapped => pool.put(block),
    })
}

/// Gives kept blocks back until at most `most` bytes are kept: large ones by age, then small ones.
pub(super) fn trim(most: usize) {
    while memory::kept() > most {
        if let Some(array) = (0..ARRAY_CLASSES).find_map(take_array) {
            drop_array(array);
            continue;
        }
        let Some(block) = POOL.with(|pool| pool.remove(0).or_else(|| pool.any_small())) else { return };
        memory::forget(block.capacity());
        block.give_back();
    }
}

impl Pool {
    const fn new() -> Pool {
        Pool {
            arrays: [const { ManuallyDrop::new(Cell::new(None)) }; ARRAY_CLASSES],
            small: [const { Cell::new(None) }; CLASSES],
            room: Cell::new(0),
            large: [const { Cell::new(None) }; LARGE_KEPT],
            capacities: [const { Cell::new(0) }; LARGE_KEPT],
            count: Cell::new(0),
            state: Cell::new(State::New),
        }
    }

    /// Whether blocks may be kept; the first time, sees to it that they go when the thread does.
    fn opens(&self) -> bool {
        if self.state.get() == State::New && CLOSER.try_with(|_| ()).is_ok() {
            self.state.set(State::Open);
            self.room.set(SMALL_KEPT);
        }
        self.state.get() == State::Open
    }

    #[inline]
    fn push(&self, class: usize, block: Block) -> Result<(), Block> {
        let capacity = block.capacity();
        if capacity > self.room.get() && !self.opened_room(capacity) {
            return Err(block);
        }
        self.room.set(self.room.get() - capacity);
        block.link(self.small[class].take());
        self.small[class].set(Some(block));
        Ok(())
    }

    #[cold]
    fn opened_room(&self, capacity: usize) -> bool {
        self.opens() && capacity <= self.room.get()
    }

    /// Keeps a large block, in place of the oldest ones if need be.
    fn put(&self, block: Block) -> Result<(), Block> {
        let (capacity, bound) = (block.capacity(), memory::keep_bound());
        if capacity > bound || !self.opens() {
            return Err(block);
        }
        trim(bound - capacity);
        if self.count.get() == LARGE_KEPT
            && let Some(old) = self.remove(0)
        {
            memory::forget(old.capacity());
            old.give_back();
        }
        let last = self.count.get();
        self.capacities[last].set(capacity);
        self.large[last].set(Some(block));
        self.count.set(last + 1);
        Ok(())
    }

    /// Takes large block `i`, if there are so many.
    fn remove(&self, i: usize) -> Option<Block> {
        let last = self.count.get().checked_sub(1)?;
        let block = self.large.get(i)?.take()?;
        for k in i..last {
            self.large[k].set(self.large[k + 1].take());
            self.capacities[k].set(self.capacities[k + 1].get());
        }
        self.count.set(last);
        Some(block)
    }

    fn any_small(&self) -> Option<Block> {
        (0..CLASSES).find_map(|class| {
            let block = self.small[class].take()?;
            self.small[class].set(block.link(None));
            self.room.set(self.room.get() + block.capacity());
            Some(block)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;

    #[test]
    fn small_arrays_wait_whole() {
        let a = Array::from_slice(&[1.0, 2.0, 3.0], &[3]).unwrap();
        let (address, used) = (a.buffer_address(), memory::used());
        drop(a);
        assert!(memory::used() < used && memory::kept() > 0);
        let b = Array::zeros(DType::Bool, &[2, 3]).unwrap();
        assert_eq!((b.buffer_address(), memory::used()), (address, used));
        assert_eq!((b.strides(), b.as_slice::<bool>()), (&[3, 1][..], Some(&[false; 6][..])));
        // A view holds it back.
        let view = b.transpose();
        drop(b);
        let c = Array::empty(DType::F64, &[3]).unwrap();
        assert_ne!(c.buffer_address(), address);
        drop(view);
        assert_eq!(Array::empty(DType::F64, &[3]).unwrap().buffer_address(), address);
        drop(c);
        trim(0);
        assert_eq!((memory::kept(), memory::used()), (0, 0));
    }

    #[test]
    fn zeros_of_kept_memory_are_zeros_to_whoever_looks() {
        let n = 100_000;
        let used = || drop(Array::from_slice(&vec![3.0; n], &[n]).unwrap());
        let zeros = || Array::zeros(DType::F64, &[n]).unwrap();
        let holds = |a: &Array, x: f64| a.storage::<f64>().iter().all(|&y| y == x);
        used();
        let a = zeros();
        let view = a.view(&[10], &[1], 50);
        assert!(a.is_blank() && !view.is_blank());
        a.write_storage::<f64, _>(|s| s[7] = 1.0);
        assert!(!a.is_blank() && a.storage::<f64>().iter().sum::<f64>() == 1.0);
        drop((a, view));
        let a = zeros();
        assert!(a.is_blank());
        a.overwrite_storage::<f64, _>(|s| s.fill(2.0));
        assert!(!a.is_blank() && holds(&a, 2.0));
        drop(a);
        assert!(holds(&zeros(), 0.0));
        used();
        let truths = Array::zeros(DType::Bool, &[8 * n]).unwrap();
        assert!(truths.as_slice::<bool>().unwrap().iter().all(|x| !x));
    }

    #[test]
    fn classes_grow_by_at_most_a_quarter() {
        let mut before = (0, 0);
        for total in 1..=SMALL {
            let (class, capacity) = class_of(total);
            assert!(capacity >= total && capacity % ALIGN == 0 && class < CLASSES);
            assert!(capacity - total < ALIGN.max(total / 4 + 1), "{total} takes {capacity}");
            assert!(class == before.0 && capacity == before.1 || class > before.0 || total == 1);
            before = (class, capacity);
        }
        assert_eq!(before, (CLASSES - 1, SMALL));
    }
}
