//! The laws of uniform, normal and exponential variates, and of integers of 32 and 64 bits.

use super::integers::Drawn;
use super::{Law, Numbers, standard_exponential_f32, standard_normal_f32, unit_f64};
use crate::kernel::simd;

/// `a + b * uniform`
pub struct Uniform(pub f64, pub f64);

impl Law for Uniform {
    type Out = f64;
    const EXACT: bool = true;
    #[inline(always)]
    fn draw<G: Numbers>(&self, g: &mut G) -> f64 {
        self.0 + self.1 * g.next_f64()
    }
    fn bulk(&self, draws: &[u64], out: &mut [f64]) -> bool {
        let (a, b) = (self.0, self.1);
        simd(
            #[inline(always)]
            || out.iter_mut().zip(draws).for_each(|(x, &draw)| *x = a + b * unit_f64(draw)),
        );
        true
    }
}

/// Float32 of `[0, 1)`.
pub struct UnitF32;

impl Law for UnitF32 {
    type Out = f32;
    const WIDE: bool = false;
    const EXACT: bool = true;
    #[inline(always)]
    fn draw<G: Numbers>(&self, g: &mut G) -> f32 {
        g.next_f32()
    }
    fn bulk(&self, draws: &[u64], out: &mut [f32]) -> bool {
        let unit = |bits: u32| (bits >> 8) as f32 * (1.0 / 16_777_216.0);
        simd(
            #[inline(always)]
            || {
                for (pair, &draw) in out.chunks_exact_mut(2).zip(draws) {
                    pair[0] = unit(draw as u32);
                    pair[1] = unit((draw >> 32) as u32);
                }
            },
        );
        true
    }
}

macro_rules! laws {
    ($($(#[$doc:meta])* $name:ident($($p:ident),*) $out:ty, $wide:literal: |$g:ident| $body:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name($(pub laws!(@ $p)),*);
        impl Law for $name {
            type Out = $out;
            const WIDE: bool = $wide;
            #[inline(always)]
            fn draw<G: Numbers>(&self, $g: &mut G) -> $out {
                let $name($($p),*) = self;
                $body
            }
        }
    )*};
    (@ $p:ident) => { f64 };
}

laws! {
    StandardNormal() f64, true: |g| g.normal();
    StandardExponential() f64, true: |g| g.exponential();
    /// `a + b * normal`
    Normal(a, b) f64, true: |g| a + b * g.normal();
    /// `a * exponential`
    Exponential(a) f64, true: |g| a * g.exponential();
    NormalF32() f32, false: |g| standard_normal_f32(g);
    ExponentialF32() f32, false: |g| standard_exponential_f32(g);
    /// Exponential variates by inversion.
    ExponentialInverse() f64, true: |g| -(-g.next_f64()).ln_1p();
    ExponentialInverseF32() f32, false: |g| -f64::from(-g.next_f32()).ln_1p() as f32;
}

/// Integers of `low ..= low + range` by Lemire's method, from 32-bit draws: `range < 2^32 - 1`.
pub struct Narrow<T> {
    pub low: u64,
    pub range: u32,
    pub as_type: std::marker::PhantomData<T>,
}

/// A product's upper half is the integer; a lower half below this is drawn again.
#[inline(always)]
fn least(range: u32) -> u32 {
    (u32::MAX - range) % (range + 1)
}

impl<T: Drawn> Law for Narrow<T> {
    type Out = T;
    const WIDE: bool = false;
    #[inline(always)]
    fn draw<G: Numbers>(&self, g: &mut G) -> T {
        let (n, least) = (u64::from(self.range) + 1, least(self.range));
        loop {
            let product = u64::from(g.next32()) * n;
            if product as u32 >= least {
                return T::from_bits(self.low.wrapping_add(product >> 32));
            }
        }
    }
    fn bulk(&self, draws: &[u64], out: &mut [T]) -> bool {
        let (n, least, low) = (u64::from(self.range) + 1, least(self.range), self.low);
        let mut lowest = u32::MAX;
        simd(
            #[inline(always)]
            || {
                for (pair, &draw) in out.chunks_exact_mut(2).zip(draws) {
                    let (a, b) = ((draw & 0xffff_ffff) * n, (draw >> 32) * n);
                    lowest = lowest.min(a as u32).min(b as u32);
                    pair[0] = T::from_bits(low.wrapping_add(a >> 32));
                    pair[1] = T::from_bits(low.wrapping_add(b >> 32));
                }
            },
        );
        lowest >= least
    }
}

/// Integers of `low ..= low + range` by Lemire's method, from 64-bit draws: `range < 2^64 - 1`.
pub struct Broad<T> {
    pub low: u64,
    pub range: u64,
    pub as_type: std::marker::PhantomData<T>,
}

impl<T: Drawn> Law for Broad<T> {
    type Out = T;
    #[inline(always)]
    fn draw<G: Numbers>(&self, g: &mut G) -> T {
        let n = self.range + 1;
        let least = (u64::MAX - self.range) % n;
        loop {
            let product = u128::from(g.next64()) * u128::from(n);
            if product as u64 >= least {
                return T::from_bits(self.low.wrapping_add((product >> 64) as u64));
            }
        }
    }
    fn bulk(&self, draws: &[u64], out: &mut [T]) -> bool {
        let n = self.range + 1;
        let least = (u64::MAX - self.range) % n;
        let mut kept = true;
        for (slot, &draw) in out.iter_mut().zip(draws) {
            let product = u128::from(draw) * u128::from(n);
            kept &= product as u64 >= least;
            *slot = T::from_bits(self.low.wrapping_add((product >> 64) as u64));
        }
        kept
    }
}
