//! What chains compute with: float32, float64, int32 and int64 in the vectors of an instruction set. Floats are
//! told in `real`, which needs more of them; integers are here.
//!
//! Signed integers wrap, and a chain must know whether any did. Its arithmetic keeps [`Notes`] as the kernels of
//! `overflow` do: the sign bits that tell of a sum, and the bits of the magnitudes that are multiplied.
//!
//! 1e6 integers on two threads, as kernels, as chains whose tiles went to the stack, and as they are, µs, best of
//! two runs by turns: int64 `i * 3 + j` 480, 321 and 245, `(i * 3 + j) & 255` 563, 378 and 278
//! (252 on another day, where a compiler of expressions, which looks for no wrap, took 265 to 285), two nested `where`
//! 392, 395 and 293, int32 `(i32 - 500) ** 2` 102, 150 and 99. Memory had waited while blocks went from kernel to
//! kernel. Magnitudes are noted by `abs`, one instruction where there is AVX-512, and those of squares once.

use crate::dtype::{DType, Element};

/// Vectors that a chain keeps notes in: of floats where any is not finite, of integers the bits that tell of
/// a wrap.
pub(super) type Notes<V> = [V; NOTES];

pub(super) const NOTES: usize = 4;

/// How numbers are rounded to whole ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    Floor,
    Ceil,
    /// Toward zero.
    Trunc,
    /// Halves to the even one.
    Nearest,
}

/// A dtype of numbers in vectors.
pub(super) trait Lane: Element {
    type Vector<S: pulp::Simd>: Copy;
    /// A truth value for each element.
    type Mask<S: pulp::Simd>: Copy;
    const ZERO: Self;
    const ONE: Self;
    /// Whether the registers of AVX-512 hold the longest tile beside what is noted: if not, the tile goes to the
    /// stack and back with each operation (`i * 3 + j` of 1e6 int64 on one thread took 720 µs so, and takes 505).
    const LONG_TILES: bool;
    fn lanes<S: pulp::Simd>() -> usize;
    fn splat<S: pulp::Simd>(s: S, x: Self) -> Self::Vector<S>;
    fn add<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn sub<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn mul<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn neg<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> Self::Vector<S>;
    fn abs<S: pulp::Simd>(s: S, a: Self::Vector<S>) -> Self::Vector<S>;
    /// The first where it is larger or NaN, else the second, as `extrema` has it.
    fn max<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn min<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    fn equal<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Mask<S>;
    fn less<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Mask<S>;
    fn less_equal<S: pulp::Simd>(s: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Mask<S>;
    fn and<S: pulp::Simd>(s: S, a: Self::Mask<S>, b: Self::Mask<S>) -> Self::Mask<S>;
    fn or<S: pulp::Simd>(s: S, a: Self::Mask<S>, b: Self::Mask<S>) -> Self::Mask<S>;
    fn xor<S: pulp::Simd>(s: S, a: Self::Mask<S>, b: Self::Mask<S>) -> Self::Mask<S>;
    fn not<S: pulp::Simd>(s: S, a: Self::Mask<S>) -> Self::Mask<S>;
    /// The first vector's elements where the mask holds, else the second's.
    fn select<S: pulp::Simd>(
        s: S,
        mask: Self::Mask<S>,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// As many bools as a vector has elements.
    ///
    /// # Safety
    /// They are there and initialised.
    unsafe fn read<S: pulp::Simd>(s: S, from: *const u8) -> Self::Mask<S>;
    /// # Safety
    /// There is room for as many bools as a vector has elements.
    unsafe fn write<S: pulp::Simd>(s: S, mask: Self::Mask<S>, to: *mut u8);
    /// The bools of `n` vectors, one after the other.
    ///
    /// # Safety
    /// So many masks are at `from`, and there is room for all of their bools.
    #[inline(always)]
    unsafe fn write_all<S: pulp::Simd>(s: S, from: *const Self::Mask<S>, n: usize, to: *mut u8) {
        let mut done = 0;
        #[cfg(target_arch = "x86_64")]
        if size_of::<Self::Vector<S>>() == 64 {
            use std::arch::x86_64::*;
            // Masks of vectors of 64 bytes are bits: so many of them are those of 64 elements.
            let many = 64 / Self::lanes::<S>();
            while done + many <= n {
                // SAFETY: this copy of the loop is compiled for AVX-512 with BW; the places by the contract of
                // this function.
                unsafe {
                    let bits = from.add(done).cast::<u64>().read_unaligned();
                    let bools = _mm512_maskz_set1_epi8(bits, 1);
                    _mm512_storeu_si512(to.add(done * Self::lanes::<S>()).cast(), bools);
                }
                done += many;
            }
        }
        for k in done..n {
            // SAFETY: by the contract of this function.
            unsafe { Self::write(s, from.add(k).read_unaligned(), to.add(k * Self::lanes::<S>())) };
        }
    }

    /// Brings `n` elements of a dtype as this one's, as `cast` does. Compiled for the instruction set of whoever
    /// calls it.
    ///
    /// # Safety
    /// So many initialised elements of the dtype are at `from`, and there is room for as many at `to`.
    unsafe fn bring(dtype: DType, from: *const u8, to: *mut Self, n: usize);

    /// Whether the notes tell of nothing.
    fn nothing<S: pulp::Simd>(s: S, notes: &Notes<Self::Vector<S>>) -> bool;
    /// Notes the sum that `r` is. Floats are noted where a chain tests them.
    #[inline(always)]
    fn note_sum<S: pulp::Simd>(_: S, _: [Self::Vector<S>; 3], _: &mut Notes<Self::Vector<S>>) {}
    /// Notes the difference of the first two.
    #[inline(always)]
    fn note_difference<S: pulp::Simd>(_: S, _: [Self::Vector<S>; 3], _: &mut Notes<Self::Vector<S>>) {}
    /// Notes two factors.
    #[inline(always)]
    fn note_product<S: pulp::Simd>(_: S, _: [Self::Vector<S>; 2], _: &mut Notes<Self::Vector<S>>) {}
    /// Notes what is multiplied by itself.
    #[inline(always)]
    fn note_square<S: pulp::Simd>(_: S, _: Self::Vector<S>, _: &mut Notes<Self::Vector<S>>) {}
    /// Notes what is negative before and after it was negated, or after its sign was taken.
    #[inline(always)]
    fn note_sign<S: pulp::Simd>(_: S, _: [Self::Vector<S>; 2], _: &mut Notes<Self::Vector<S>>) {}
    /// Notes what is not finite, of floats.
    #[inline(always)]
    fn note_finite<S: pulp::Simd>(_: S, _: Self::Vector<S>, _: &mut Self::Vector<S>) {}

    // What one of the two kinds has; the other gives its first operand, and no chain of it asks for that.
    #[inline(always)]
    fn div<S: pulp::Simd>(_: S, a: Self::Vector<S>, _: Self::Vector<S>) -> Self::Vector<S> {
        a
    }
    #[inline(always)]
    fn sqrt<S: pulp::Simd>(_: S, a: Self::Vector<S>) -> Self::Vector<S> {
        a
    }
    #[inline(always)]
    fn whole<S: pulp::Simd>(_: S, a: Self::Vector<S>, _: Whole) -> Self::Vector<S> {
        a
    }
    #[inline(always)]
    fn bit_and<S: pulp::Simd>(_: S, a: Self::Vector<S>, _: Self::Vector<S>) -> Self::Vector<S> {
        a
    }
    /// The bits of the first below the one bit of the second.
    #[inline(always)]
    fn low_bits<S: pulp::Simd>(_: S, a: Self::Vector<S>, _: Self::Vector<S>) -> Self::Vector<S> {
        a
    }
    #[inline(always)]
    fn bit_or<S: pulp::Simd>(_: S, a: Self::Vector<S>, _: Self::Vector<S>) -> Self::Vector<S> {
        a
    }
    #[inline(always)]
    fn bit_xor<S: pulp::Simd>(_: S, a: Self::Vector<S>, _: Self::Vector<S>) -> Self::Vector<S> {
        a
    }
    #[inline(always)]
    fn bit_not<S: pulp::Simd>(_: S, a: Self::Vector<S>) -> Self::Vector<S> {
        a
    }
    /// The reciprocal of a power of two, where that is a normal number: products with it are the quotients.
    fn exact_reciprocal(self) -> Option<Self> {
        None
    }
    /// The reciprocal in two numbers, if quotients by this number are those by them.
    #[inline(always)]
    fn reciprocal<S: pulp::Simd>(self, _: S) -> Option<[Self; 2]> {
        None
    }
    /// Quotients by a number with this reciprocal, of what is not small.
    #[inline(always)]
    fn quotient<S: pulp::Simd>(_: S, a: Self::Vector<S>, _: [Self::Vector<S>; 2]) -> Self::Vector<S> {
        a
    }
    /// Whether anything but zero is too small for that.
    #[inline(always)]
    fn any_small<S: pulp::Simd>(_: S, _: &[Self::Vector<S>]) -> bool {
        true
    }
}

/// The notes of integers: bits, of which the sign tells, and the magnitudes of left and right factors and of what is
/// squared.
const SIGNS: usize = 0;
const LEFT: usize = 1;
const RIGHT: usize = 2;
const SQUARED: usize = 3;

/// What integers and floats name alike in `pulp`.
macro_rules! in_vectors {
    ($t:ident $v:ident $m:ident $lanes:ident $splat:ident $add:ident $sub:ident $mul:ident $less:ident
        $less_equal:ident $select:ident) => {
        type Vector<S: pulp::Simd> = S::$v;
        type Mask<S: pulp::Simd> = S::$m;
        #[inline(always)]
        fn lanes<S: pulp::Simd>() -> usize {
            S::$lanes
        }
        #[inline(always)]
        fn splat<S: pulp::Simd>(s: S, x: $t) -> S::$v {
            s.$splat(x)
        }
        #[inline(always)]
        fn add<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v {
            s.$add(a, b)
        }
        #[inline(always)]
        fn sub<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v {
            s.$sub(a, b)
        }
        #[inline(always)]
        fn mul<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v {
            s.$mul(a, b)
        }
        #[inline(always)]
        fn less<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$m {
            s.$less(a, b)
        }
        #[inline(always)]
        fn less_equal<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$m {
            s.$less_equal(a, b)
        }
        #[inline(always)]
        fn select<S: pulp::Simd>(s: S, mask: S::$m, a: S::$v, b: S::$v) -> S::$v {
            s.$select(mask, a, b)
        }
        #[inline(always)]
        // SAFETY: as the trait has it.
        unsafe fn bring(dtype: crate::dtype::DType, from: *const u8, to: *mut $t, n: usize) {
            crate::with_dtype!(dtype, F => {
                let from: *const F = from.cast();
                for k in 0..n {
                    // SAFETY: by the contract of this function.
                    unsafe { to.add(k).write(crate::dtype::cast(from.add(k).read())) };
                }
            })
        }
    };
}
pub(super) use in_vectors;

macro_rules! integer {
    ($($t:ident $float:ident: $v:ident $m:ident $lanes:ident $splat:ident $add:ident $sub:ident $mul:ident
        $max:ident $min:ident $less:ident $less_equal:ident $equal:ident $bits:ident $and:ident $or:ident
        $xor:ident $select:ident;)*) => {$(
        impl Lane for $t {
            in_vectors! { $t $v $m $lanes $splat $add $sub $mul $less $less_equal $select }
            const ZERO: $t = 0;
            const ONE: $t = 1;
            const LONG_TILES: bool = false;
            #[inline(always)]
            fn neg<S: pulp::Simd>(s: S, a: S::$v) -> S::$v { s.$sub(s.$splat(0), a) }
            #[inline(always)]
            fn abs<S: pulp::Simd>(s: S, a: S::$v) -> S::$v { s.$max(a, Self::neg(s, a)) }
            #[inline(always)]
            fn max<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$max(a, b) }
            #[inline(always)]
            fn min<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$min(a, b) }
            #[inline(always)]
            fn equal<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$m {
                s.$equal(s.$bits(a), s.$bits(b))
            }
            #[inline(always)]
            fn and<S: pulp::Simd>(s: S, a: S::$m, b: S::$m) -> S::$m { $float::and(s, a, b) }
            #[inline(always)]
            fn or<S: pulp::Simd>(s: S, a: S::$m, b: S::$m) -> S::$m { $float::or(s, a, b) }
            #[inline(always)]
            fn xor<S: pulp::Simd>(s: S, a: S::$m, b: S::$m) -> S::$m { $float::xor(s, a, b) }
            #[inline(always)]
            fn not<S: pulp::Simd>(s: S, a: S::$m) -> S::$m { $float::not(s, a) }
            #[inline(always)]
            // SAFETY: as the trait has it.
            unsafe fn read<S: pulp::Simd>(s: S, from: *const u8) -> S::$m {
                // SAFETY: by the contract of this function.
                unsafe { $float::read(s, from) }
            }
            #[inline(always)]
            // SAFETY: as the trait has it.
            unsafe fn write<S: pulp::Simd>(s: S, mask: S::$m, to: *mut u8) {
                // SAFETY: by the contract of this function.
                unsafe { $float::write(s, mask, to) }
            }
            #[inline(always)]
            fn bit_and<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$and(a, b) }
            #[inline(always)]
            fn low_bits<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$and(a, s.$sub(b, s.$splat(1))) }
            #[inline(always)]
            fn bit_or<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$or(a, b) }
            #[inline(always)]
            fn bit_xor<S: pulp::Simd>(s: S, a: S::$v, b: S::$v) -> S::$v { s.$xor(a, b) }
            #[inline(always)]
            fn bit_not<S: pulp::Simd>(s: S, a: S::$v) -> S::$v { s.$xor(a, s.$splat(-1)) }
            #[inline(always)]
            fn note_sum<S: pulp::Simd>(s: S, [a, b, r]: [S::$v; 3], notes: &mut Notes<S::$v>) {
                notes[SIGNS] = s.$or(notes[SIGNS], s.$and(s.$xor(a, r), s.$xor(b, r)));
            }
            #[inline(always)]
            fn note_difference<S: pulp::Simd>(s: S, [a, b, r]: [S::$v; 3], notes: &mut Notes<S::$v>) {
                notes[SIGNS] = s.$or(notes[SIGNS], s.$and(s.$xor(a, r), s.$xor(a, b)));
            }
            #[inline(always)]
            fn note_product<S: pulp::Simd>(s: S, [a, b]: [S::$v; 2], notes: &mut Notes<S::$v>) {
                // The least number has no magnitude, and keeps its sign.
                notes[LEFT] = s.$or(notes[LEFT], <Self as Lane>::abs(s, a));
                notes[RIGHT] = s.$or(notes[RIGHT], <Self as Lane>::abs(s, b));
            }
            #[inline(always)]
            fn note_square<S: pulp::Simd>(s: S, a: S::$v, notes: &mut Notes<S::$v>) {
                notes[SQUARED] = s.$or(notes[SQUARED], <Self as Lane>::abs(s, a));
            }
            #[inline(always)]
            fn note_sign<S: pulp::Simd>(s: S, [a, r]: [S::$v; 2], notes: &mut Notes<S::$v>) {
                notes[SIGNS] = s.$or(notes[SIGNS], s.$and(a, r));
            }
            #[inline(always)]
            fn nothing<S: pulp::Simd>(_: S, notes: &Notes<S::$v>) -> bool {
                let all = |at: usize| {
                    let lanes: &[$t] = pulp::bytemuck::cast_slice(std::slice::from_ref(&notes[at]));
                    lanes.iter().fold(0, |all, x| all | x)
                };
                let bits = |at: usize| $t::BITS - all(at).leading_zeros();
                let fits = |bits: u32| bits <= $t::BITS - 2;
                all(SIGNS) >= 0 && fits(bits(LEFT) + bits(RIGHT)) && fits(2 * bits(SQUARED))
            }
        }
    )*};
}
integer! {
    i32 f32: i32s m32s I32_LANES splat_i32s add_i32s sub_i32s mul_i32s max_i32s min_i32s less_than_i32s
        less_than_or_equal_i32s equal_u32s transmute_u32s_i32s and_i32s or_i32s xor_i32s select_i32s;
    i64 f64: i64s m64s I64_LANES splat_i64s add_i64s sub_i64s mul_i64s max_i64s min_i64s less_than_i64s
        less_than_or_equal_i64s equal_u64s transmute_u64s_i64s and_i64s or_i64s xor_i64s select_i64s;
}
