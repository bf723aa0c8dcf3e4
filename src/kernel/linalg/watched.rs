//! The numbers that `faer` is given: float64 that looks, at every step, whether to stop.
//!
//! A decomposition of a large matrix takes seconds within one call, which knows of no interruption. But
//! `faer` is generic over its numbers: it begins each vector loop by asking their type for the machine's
//! instructions, and takes a root or a reciprocal per column or rotation. Both come here, look, and
//! unwind to [`stoppable`] once a stop was asked for; buffers go as they unwind. Everything else is what
//! float64 does, inlined, and products go to the same kernels: no time is lost. Numbers and arrays are
//! laid out as plain float64, so that slices need no copy.
//!
//! Complex numbers are `faer`'s own: as others it would not take them to its fast products.

use super::{Failure, Field};
use faer::traits::num_traits::{Num, One, Zero};
use faer::traits::pulp::{self, Simd, WithSimd};
use faer::traits::{ComplexField, RealField, SimdArch, SimdCapabilities};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;

/// Whether to stop; given once.
static ASK: OnceLock<fn() -> bool> = OnceLock::new();

/// What unwinds.
struct Stop;

/// Has every step of a decomposition ask whether to stop.
pub fn ask(stop: fn() -> bool) {
    ASK.get_or_init(|| stop);
}

#[inline]
fn look() {
    if ASK.get().is_some_and(|ask| ask()) {
        resume_unwind(Box::new(Stop));
    }
}

/// Runs decompositions until a stop is asked for.
pub fn stoppable<R>(work: impl FnOnce() -> Result<R, Failure>) -> Result<R, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|thrown| {
        if thrown.is::<Stop>() { Err(Failure::Stopped) } else { resume_unwind(thrown) }
    })
}

/// A float64 whose loops and roots look whether to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Watched(pub f64);

/// Numbers as `faer` is given them.
pub(super) fn lifted<T: Field>(x: &[T]) -> &[T::Faer] {
    const { assert!(size_of::<T>() == size_of::<T::Faer>() && align_of::<T>() == align_of::<T::Faer>()) };
    // SAFETY: `Watched` is a transparent float64 and a complex number two of its parts in order, so both
    // types have one layout, in which every pattern is a value.
    unsafe { std::slice::from_raw_parts(x.as_ptr().cast(), x.len()) }
}

/// As [`lifted`], to write.
pub(super) fn lifted_mut<T: Field>(x: &mut [T]) -> &mut [T::Faer] {
    const { assert!(size_of::<T>() == size_of::<T::Faer>() && align_of::<T>() == align_of::<T::Faer>()) };
    // SAFETY: as in `lifted`; the slice is borrowed for as long.
    unsafe { std::slice::from_raw_parts_mut(x.as_mut_ptr().cast(), x.len()) }
}

/// The machine's instructions, with a look before each use.
#[derive(Clone, Copy, Default)]
pub struct Arch(pulp::Arch);

impl SimdArch for Arch {
    #[inline]
    fn dispatch<R>(self, f: impl WithSimd<Output = R>) -> R {
        look();
        self.0.dispatch(f)
    }
}

impl From<Watched> for f64 {
    #[inline(always)]
    fn from(x: Watched) -> f64 {
        x.0
    }
}

macro_rules! operators {
    ($($op:ident $f:ident $assign:ident $g:ident),*) => {$(
        impl $op for Watched {
            type Output = Watched;
            #[inline(always)]
            fn $f(self, other: Watched) -> Watched {
                Watched(self.0.$f(other.0))
            }
        }
        impl $op<&Watched> for Watched {
            type Output = Watched;
            #[inline(always)]
            fn $f(self, other: &Watched) -> Watched {
                Watched(self.0.$f(other.0))
            }
        }
        impl $op<Watched> for &Watched {
            type Output = Watched;
            #[inline(always)]
            fn $f(self, other: Watched) -> Watched {
                Watched(self.0.$f(other.0))
            }
        }
        impl $op<&Watched> for &Watched {
            type Output = Watched;
            #[inline(always)]
            fn $f(self, other: &Watched) -> Watched {
                Watched(self.0.$f(other.0))
            }
        }
        impl $assign for Watched {
            #[inline(always)]
            fn $g(&mut self, other: Watched) {
                self.0.$g(other.0);
            }
        }
        impl $assign<&Watched> for Watched {
            #[inline(always)]
            fn $g(&mut self, other: &Watched) {
                self.0.$g(other.0);
            }
        }
    )*};
}
operators!(
    Add add AddAssign add_assign,
    Sub sub SubAssign sub_assign,
    Mul mul MulAssign mul_assign,
    Div div DivAssign div_assign,
    Rem rem RemAssign rem_assign
);

impl Neg for Watched {
    type Output = Watched;
    #[inline(always)]
    fn neg(self) -> Watched {
        Watched(-self.0)
    }
}

impl Neg for &Watched {
    type Output = Watched;
    #[inline(always)]
    fn neg(self) -> Watched {
        Watched(-self.0)
    }
}

impl Zero for Watched {
    #[inline(always)]
    fn zero() -> Watched {
        Watched(0.0)
    }
    #[inline(always)]
    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl One for Watched {
    #[inline(always)]
    fn one() -> Watched {
        Watched(1.0)
    }
}

impl Num for Watched {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;
    fn from_str_radix(text: &str, radix: u32) -> Result<Watched, Self::FromStrRadixErr> {
        f64::from_str_radix(text, radix).map(Watched)
    }
}

impl RealField for Watched {
    #[inline(always)]
    fn epsilon_impl() -> Watched {
        Watched(f64::epsilon_impl())
    }
    #[inline(always)]
    fn nbits_impl() -> usize {
        f64::nbits_impl()
    }
    #[inline(always)]
    fn min_positive_impl() -> Watched {
        Watched(f64::min_positive_impl())
    }
    #[inline(always)]
    fn max_positive_impl() -> Watched {
        Watched(f64::max_positive_impl())
    }
    #[inline(always)]
    fn sqrt_min_positive_impl() -> Watched {
        Watched(f64::sqrt_min_positive_impl())
    }
    #[inline(always)]
    fn sqrt_max_positive_impl() -> Watched {
        Watched(f64::sqrt_max_positive_impl())
    }
}

type V<S> = <S as Simd>::f64s;
type M<S> = <S as Simd>::m64s;
type I<S> = <S as Simd>::u64s;

/// Loops over vectors, which are those of float64.
macro_rules! vectors {
    ($($f:ident($($arg:ident: $t:ty),*) -> $out:ty;)*) => {$(
        #[inline(always)]
        fn $f<S: Simd>(ctx: &S, $($arg: $t),*) -> $out {
            <f64 as ComplexField>::$f(ctx, $($arg),*)
        }
    )*};
}

impl ComplexField for Watched {
    type Arch = Arch;
    type Index = u64;
    type Real = Watched;
    type SimdCtx<S: Simd> = S;
    type SimdIndex<S: Simd> = I<S>;
    type SimdMask<S: Simd> = M<S>;
    type SimdMemMask<S: Simd> = pulp::MemMask<M<S>>;
    type SimdVec<S: Simd> = V<S>;
    type Unit = f64;

    // Laid out as float64, which is what this says.
    const IS_NATIVE_F64: bool = true;
    const IS_REAL: bool = true;
    const SIMD_CAPABILITIES: SimdCapabilities = <f64 as ComplexField>::SIMD_CAPABILITIES;

    #[inline(always)]
    fn zero_impl() -> Watched {
        Watched(0.0)
    }
    #[inline(always)]
    fn one_impl() -> Watched {
        Watched(1.0)
    }
    #[inline(always)]
    fn nan_impl() -> Watched {
        Watched(f64::NAN)
    }
    #[inline(always)]
    fn infinity_impl() -> Watched {
        Watched(f64::INFINITY)
    }
    #[inline(always)]
    fn from_real_impl(real: &Watched) -> Watched {
        *real
    }
    #[inline(always)]
    fn from_f64_impl(real: f64) -> Watched {
        Watched(real)
    }
    #[inline(always)]
    fn real_part_impl(value: &Watched) -> Watched {
        *value
    }
    #[inline(always)]
    fn imag_part_impl(_: &Watched) -> Watched {
        Watched(0.0)
    }
    #[inline(always)]
    fn copy_impl(value: &Watched) -> Watched {
        *value
    }
    #[inline(always)]
    fn conj_impl(value: &Watched) -> Watched {
        *value
    }
    #[inline]
    fn recip_impl(value: &Watched) -> Watched {
        look();
        Watched(1.0 / value.0)
    }
    #[inline]
    fn sqrt_impl(value: &Watched) -> Watched {
        look();
        Watched(value.0.sqrt())
    }
    #[inline(always)]
    fn abs_impl(value: &Watched) -> Watched {
        Watched(value.0.abs())
    }
    #[inline(always)]
    fn abs1_impl(value: &Watched) -> Watched {
        Watched(value.0.abs())
    }
    #[inline(always)]
    fn abs2_impl(value: &Watched) -> Watched {
        Watched(value.0 * value.0)
    }
    #[inline(always)]
    fn mul_real_impl(a: &Watched, b: &Watched) -> Watched {
        Watched(a.0 * b.0)
    }
    #[inline(always)]
    fn mul_pow2_impl(a: &Watched, b: &Watched) -> Watched {
        Watched(a.0 * b.0)
    }
    #[inline(always)]
    fn is_finite_impl(value: &Watched) -> bool {
        value.0.is_finite()
    }
    #[inline(always)]
    fn is_nan_impl(value: &Watched) -> bool {
        value.0.is_nan()
    }
    #[inline(always)]
    fn simd_ctx<S: Simd>(simd: S) -> S {
        simd
    }
    #[inline(always)]
    fn simd_splat<S: Simd>(ctx: &S, value: &Watched) -> V<S> {
        f64::simd_splat(ctx, &value.0)
    }
    #[inline(always)]
    fn simd_splat_real<S: Simd>(ctx: &S, value: &Watched) -> V<S> {
        f64::simd_splat(ctx, &value.0)
    }
    #[inline(always)]
    fn simd_reduce_sum<S: Simd>(ctx: &S, value: V<S>) -> Watched {
        Watched(f64::simd_reduce_sum(ctx, value))
    }
    #[inline(always)]
    fn simd_reduce_max<S: Simd>(ctx: &S, value: V<S>) -> Watched {
        Watched(f64::simd_reduce_max(ctx, value))
    }
    #[inline(always)]
    // SAFETY: the contract is the trait's.
    unsafe fn simd_mask_load_raw<S: Simd>(ctx: &S, mask: pulp::MemMask<M<S>>, ptr: *const V<S>) -> V<S> {
        // SAFETY: the caller's contract is the same.
        unsafe { f64::simd_mask_load_raw(ctx, mask, ptr) }
    }
    #[inline(always)]
    // SAFETY: the contract is the trait's.
    unsafe fn simd_mask_store_raw<S: Simd>(ctx: &S, mask: pulp::MemMask<M<S>>, ptr: *mut V<S>, values: V<S>) {
        // SAFETY: the caller's contract is the same.
        unsafe { f64::simd_mask_store_raw(ctx, mask, ptr, values) }
    }

    vectors! {
        ctx_from_simd() -> S;
        simd_mask_between(start: u64, end: u64) -> M<S>;
        simd_mem_mask_between(start: u64, end: u64) -> pulp::MemMask<M<S>>;
        simd_add(a: V<S>, b: V<S>) -> V<S>;
        simd_sub(a: V<S>, b: V<S>) -> V<S>;
        simd_neg(a: V<S>) -> V<S>;
        simd_conj(a: V<S>) -> V<S>;
        simd_abs1(a: V<S>) -> V<S>;
        simd_abs_max(a: V<S>) -> V<S>;
        simd_mul_real(a: V<S>, b: V<S>) -> V<S>;
        simd_mul_pow2(a: V<S>, b: V<S>) -> V<S>;
        simd_mul(a: V<S>, b: V<S>) -> V<S>;
        simd_conj_mul(a: V<S>, b: V<S>) -> V<S>;
        simd_mul_add(a: V<S>, b: V<S>, c: V<S>) -> V<S>;
        simd_conj_mul_add(a: V<S>, b: V<S>, c: V<S>) -> V<S>;
        simd_abs2(a: V<S>) -> V<S>;
        simd_abs2_add(a: V<S>, c: V<S>) -> V<S>;
        simd_equal(a: V<S>, b: V<S>) -> M<S>;
        simd_less_than(a: V<S>, b: V<S>) -> M<S>;
        simd_less_than_or_equal(a: V<S>, b: V<S>) -> M<S>;
        simd_greater_than(a: V<S>, b: V<S>) -> M<S>;
        simd_greater_than_or_equal(a: V<S>, b: V<S>) -> M<S>;
        simd_select(mask: M<S>, a: V<S>, b: V<S>) -> V<S>;
        simd_index_select(mask: M<S>, a: I<S>, b: I<S>) -> I<S>;
        simd_index_splat(value: u64) -> I<S>;
        simd_index_add(a: I<S>, b: I<S>) -> I<S>;
        simd_index_less_than(a: I<S>, b: I<S>) -> M<S>;
        simd_and_mask(a: M<S>, b: M<S>) -> M<S>;
        simd_or_mask(a: M<S>, b: M<S>) -> M<S>;
        simd_not_mask(a: M<S>) -> M<S>;
        simd_first_true_mask(mask: M<S>) -> usize;
    }
}
