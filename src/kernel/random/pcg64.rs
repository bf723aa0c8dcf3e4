//! PCG64: a 128-bit linear congruential generator with the XSL-RR output function (M. E. O'Neill,
//! "PCG: a family of simple fast space-efficient statistically good algorithms", 2014), stepped
//! and buffered as NumPy's `PCG64` is.
//!
//! One step depends on the one before through a 128-bit product. Blocks are therefore
//! filled from four states that stand one step apart and each leap four steps at a time, which
//! keeps the multiplier busy; leaps of any length cost the logarithm of their number
//! (F. Brown, "Random number generation with arbitrary strides", 1994), so threads can share a
//! block without changing its values.

use super::{BitGen, SeedSequence};

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;
const LANES: usize = 4;

#[derive(Clone, Debug)]
pub struct Pcg64 {
    state: u128,
    inc: u128,
    /// The upper half of a draw whose lower half `next32` has given.
    pub(super) half: Option<u32>,
}

impl Pcg64 {
    pub fn new(seed: &SeedSequence) -> Pcg64 {
        let words = seed.generate_u64(4);
        let wide = |i: usize| u128::from(words[i]) << 64 | u128::from(words[i + 1]);
        let inc = wide(2) << 1 | 1;
        let mut rng = Pcg64 { state: 0, inc, half: None };
        rng.step();
        rng.state = rng.state.wrapping_add(wide(0));
        rng.step();
        rng
    }

    #[inline(always)]
    fn step(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.inc);
    }

    /// Leaps `n` steps; `n` counts modulo `2^128`, so that `n.wrapping_neg()` goes back.
    pub fn advance(&mut self, n: u128) {
        let (mul, add) = leap(self.inc, n);
        self.state = self.state.wrapping_mul(mul).wrapping_add(add);
    }

    /// Leaps over `halves` 32-bit halves of draws; there is no half left before.
    pub(super) fn seek(&mut self, halves: u64) {
        self.advance(u128::from(halves / 2));
        if halves % 2 == 1 {
            self.half = Some((self.next64() >> 32) as u32);
        }
    }

    /// Fills `out` with `f` of successive draws.
    pub(super) fn fill_serial<T>(&mut self, out: &mut [T], f: impl Fn(u64) -> T) {
        let (mul, add) = leap(self.inc, LANES as u128);
        let mut lanes = [0u128; LANES];
        let mut ahead = self.clone();
        for lane in &mut lanes {
            ahead.step();
            *lane = ahead.state;
        }
        let full = out.len() / LANES;
        let (body, rest) = out.split_at_mut(full * LANES);
        for group in body.chunks_exact_mut(LANES) {
            for (slot, lane) in group.iter_mut().zip(&mut lanes) {
                *slot = f(output(*lane));
                *lane = lane.wrapping_mul(mul).wrapping_add(add);
            }
        }
        self.advance((full * LANES) as u128);
        for slot in rest {
            *slot = f(self.next64());
        }
    }
}

impl BitGen for Pcg64 {
    #[inline(always)]
    fn next64(&mut self) -> u64 {
        self.step();
        output(self.state)
    }

    #[inline(always)]
    fn next32(&mut self) -> u32 {
        if let Some(high) = self.half.take() {
            return high;
        }
        let x = self.next64();
        self.half = Some((x >> 32) as u32);
        x as u32
    }
}

/// The XSL-RR output: both halves xor-ed, turned right by the top six bits.
#[inline(always)]
fn output(state: u128) -> u64 {
    ((state >> 64) as u64 ^ state as u64).rotate_right((state >> 122) as u32)
}

/// The multiplier and increment of `n` steps in one.
fn leap(inc: u128, mut n: u128) -> (u128, u128) {
    let (mut mul, mut add) = (MULTIPLIER, inc);
    let (mut all_mul, mut all_add) = (1u128, 0u128);
    while n > 0 {
        if n & 1 == 1 {
            all_mul = all_mul.wrapping_mul(mul);
            all_add = all_add.wrapping_mul(mul).wrapping_add(add);
        }
        add = mul.wrapping_add(1).wrapping_mul(add);
        mul = mul.wrapping_mul(mul);
        n >>= 1;
    }
    (all_mul, all_add)
}

/// Reads a generator through blocks of draws made ahead; what was not used is given back when it
/// is dropped, so that the generator stands as if drawn from one by one.
pub struct Ahead<'a> {
    source: &'a mut Pcg64,
    draws: [u64; BLOCK],
    next: usize,
    /// Draws in the block: few at first, for those who want few.
    made: usize,
    /// Draws of the blocks before.
    before: u64,
}

const BLOCK: usize = 256;
const FIRST: usize = 8;

impl<'a> Ahead<'a> {
    pub fn new(source: &'a mut Pcg64) -> Ahead<'a> {
        Ahead { source, draws: [0; BLOCK], next: 0, made: 0, before: 0 }
    }

    /// How many 32-bit halves were taken since the start, less one for a half that is left.
    #[inline(always)]
    pub(super) fn position(&self) -> u64 {
        let draws = self.before + self.next as u64;
        (2 * draws).wrapping_sub(u64::from(self.source.half.is_some()))
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self) {
        self.before += self.made as u64;
        self.made = if self.made == 0 { FIRST } else { BLOCK };
        self.source.fill_serial(&mut self.draws[..self.made], |x| x);
        self.next = 0;
    }
}

impl BitGen for Ahead<'_> {
    #[inline(always)]
    fn next64(&mut self) -> u64 {
        if self.next == self.made {
            self.refill();
        }
        let x = self.draws[self.next & (BLOCK - 1)];
        self.next += 1;
        x
    }

    #[inline(always)]
    fn next32(&mut self) -> u32 {
        if let Some(high) = self.source.half.take() {
            return high;
        }
        let x = self.next64();
        self.source.half = Some((x >> 32) as u32);
        x as u32
    }
}

impl Drop for Ahead<'_> {
    fn drop(&mut self) {
        let unused = (self.made - self.next) as u128;
        self.source.advance(unused.wrapping_neg());
    }
}
