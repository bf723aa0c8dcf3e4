//! Bounded integers, as NumPy draws them: each width takes its bits from 32-bit draws that it cuts
//! into pieces, and keeps them in range by Lemire's multiplication ("Fast random integer generation
//! in an interval", 2019) or, for the legacy functions, by masking and rejection.

use super::BitGen;
use crate::dtype::Element;

/// How draws are brought into range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `Generator.integers`.
    Lemire,
    /// `np.random.randint`.
    Masked,
}

/// An integer dtype (or bool) that can be drawn.
pub trait Drawn: Element {
    /// Bits of a draw: 1, 8, 16, 32 or 64.
    const BITS: u32;
    /// From the low bits of a draw.
    fn from_bits(bits: u64) -> Self;
}

macro_rules! drawn {
    ($($t:ty: $bits:literal),*) => {$(
        impl Drawn for $t {
            const BITS: u32 = $bits;
            #[inline(always)]
            fn from_bits(bits: u64) -> $t { bits as $t }
        }
    )*};
}
drawn!(i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64, u64: 64);
impl Drawn for bool {
    const BITS: u32 = 1;
    #[inline(always)]
    fn from_bits(bits: u64) -> bool {
        bits & 1 == 1
    }
}

/// A source of bounded integers of one width, with the rest of its last 32-bit draw.
pub struct Bounded<'a, G: BitGen> {
    source: &'a mut G,
    method: Method,
    rest: u32,
    pieces: u32,
}

impl<'a, G: BitGen> Bounded<'a, G> {
    pub fn new(source: &'a mut G, method: Method) -> Bounded<'a, G> {
        Bounded { source, method, rest: 0, pieces: 0 }
    }

    /// An integer of `low ..= low + range`, both as wrapped bits of `T`.
    #[inline(always)]
    pub fn draw<T: Drawn>(&mut self, low: u64, range: u64) -> T {
        let bits = match T::BITS {
            _ if range == 0 => 0,
            1 => self.piece(1),
            64 if range > u64::from(u32::MAX) => self.wide(range),
            64 => self.narrow(32, range),
            bits => self.narrow(bits, range),
        };
        T::from_bits(low.wrapping_add(bits))
    }

    /// `out` filled with draws of one range.
    pub fn fill<T: Drawn>(&mut self, out: &mut [T], low: u64, range: u64) {
        let full = u64::MAX >> (64 - T::BITS);
        let small = matches!(T::BITS, 8 | 16) && range > 0 && range < full && self.method == Method::Lemire;
        let done = if small && self.pieces == 0 { self.pack(out, low, range) } else { 0 };
        let out = &mut out[done..];
        for slot in out {
            *slot = self.draw(low, range);
        }
    }

    /// Fills most of `out` with integers of 8 or 16 bits, without a branch per draw: each is written,
    /// and the place moves on if it counts. Gives how many there are.
    fn pack<T: Drawn>(&mut self, out: &mut [T], low: u64, range: u64) -> usize {
        let full = (1u64 << T::BITS) - 1;
        let n = range + 1;
        let least = (full - range) % n;
        let (pieces, mut at) = ((32 / T::BITS) as usize, 0);
        while at + pieces <= out.len() {
            let mut bits = u64::from(self.source.next32());
            for _ in 0..pieces {
                let product = (bits & full) * n;
                out[at] = T::from_bits(low.wrapping_add(product >> T::BITS));
                at += usize::from(product & full >= least);
                bits >>= T::BITS;
            }
        }
        at
    }

    /// The next `bits` bits, from the low end of a 32-bit draw.
    #[inline(always)]
    fn piece(&mut self, bits: u32) -> u64 {
        if bits == 32 {
            return u64::from(self.source.next32());
        }
        if self.pieces == 0 {
            self.rest = self.source.next32();
            self.pieces = 32 / bits - 1;
        } else {
            self.rest >>= bits;
            self.pieces -= 1;
        }
        u64::from(self.rest) & ((1 << bits) - 1)
    }

    /// At most 32 bits.
    #[inline(always)]
    fn narrow(&mut self, bits: u32, range: u64) -> u64 {
        let full = (1u64 << bits) - 1;
        if range == full {
            return self.piece(bits);
        }
        if self.method == Method::Masked {
            let mask = mask(range);
            return loop {
                let x = self.piece(bits) & mask;
                if x <= range {
                    break x;
                }
            };
        }
        let n = range + 1;
        let mut product = self.piece(bits) * n;
        if product & full < n {
            let threshold = (full - range) % n;
            while product & full < threshold {
                product = self.piece(bits) * n;
            }
        }
        product >> bits
    }

    #[inline(always)]
    fn wide(&mut self, range: u64) -> u64 {
        if range == u64::MAX {
            return self.source.next64();
        }
        if self.method == Method::Masked {
            let mask = mask(range);
            return loop {
                let x = self.source.next64() & mask;
                if x <= range {
                    break x;
                }
            };
        }
        let n = u128::from(range + 1);
        let mut product = u128::from(self.source.next64()) * n;
        if (product as u64) < range + 1 {
            let threshold = (u64::MAX - range) % (range + 1);
            while (product as u64) < threshold {
                product = u128::from(self.source.next64()) * n;
            }
        }
        (product >> 64) as u64
    }
}

/// All ones up to the highest bit of `x`.
pub(super) fn mask(x: u64) -> u64 {
    u64::MAX.checked_shr(x.leading_zeros()).unwrap_or(0)
}

/// An integer of `0 ..= max` by masking 32 bits where they suffice: the draw that shuffles use.
#[inline(always)]
pub fn interval<G: BitGen>(source: &mut G, max: u64) -> u64 {
    if max == 0 {
        return 0;
    }
    let mask = mask(max);
    loop {
        let x = if max <= u64::from(u32::MAX) { u64::from(source.next32()) } else { source.next64() };
        if x & mask <= max {
            return x & mask;
        }
    }
}
