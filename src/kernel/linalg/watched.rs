//! The numbers that `faer` is given: floats that look, at every step, whether to stop.
//!
//! A decomposition of a large matrix takes seconds within one call, which knows of no interruption. But
//! `faer` is generic over its numbers: it begins each vector loop by asking their type for the machine's
//! instructions, and takes a root or a reciprocal per column or rotation. Both come here, look, and
//! unwind to [`stoppable`] once a stop was asked for; buffers go as they unwind. Everything else is what
//! float64 or float32 does, inlined, and products go to the same kernels: no time is lost. Numbers and
//! arrays are laid out as plain ones, so that slices need no copy.
//!
//! Complex numbers are `faer`'s own: complex ones of such parts it takes to its fast products, but its
//! norms of them panic, since they ask for the very type.

use super::{Failure, Field};
use faer::traits::num_traits::{Num, One, Zero};
use faer::traits::pulp::{self, Simd, WithSimd};
use faer::traits::{ComplexField, RealField, SimdArch, SimdCapabilities};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Whether to stop; given once.
static ASK: OnceLock<fn() -> bool> = OnceLock::new();

/// What unwinds.
struct Stop;

/// Has every step of a decomposition ask whether to stop.
pub fn ask(stop: fn() -> bool) {
    ASK.get_or_init(|| stop);
}

/// Who is told how much of a decomposition is done; given once.
static TELL: OnceLock<fn(f64)> = OnceLock::new();
static TELLING: AtomicBool = AtomicBool::new(false);

/// Has the decompositions that follow tell the share of them that is done, or not.
pub fn tell(whom: fn(f64), on: bool) {
    TELL.get_or_init(|| whom);
    TELLING.store(on, Relaxed);
}

/// A share of the decomposition, 0 to 1, is done.
pub(super) fn told(share: f64) {
    if TELLING.load(Relaxed)
        && let Some(tell) = TELL.get()
    {
        tell(share);
    }
}

/// Unwinds if a stop was asked for.
#[inline]
pub(super) fn look() {
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

/// A float whose loops and roots look whether to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[repr(transparent)]
pub struct Watched<T>(pub T);

/// float64 and float32.
pub trait Float: RealField + ComplexField<Real = Self> + Copy + Send + Sync + Default + Into<f64> {}
impl Float for f64 {}
impl Float for f32 {}

/// Numbers as `faer` is given them.
pub(super) fn lifted<T: Field>(x: &[T]) -> &[T::Faer] {
    const { assert!(size_of::<T>() == size_of::<T::Faer>() && align_of::<T>() == align_of::<T::Faer>()) };
    // SAFETY: `Watched` is a transparent float and a complex number two of its parts in order, so both
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

impl<T: Float> From<Watched<T>> for f64 {
    #[inline(always)]
    fn from(x: Watched<T>) -> f64 {
        x.0.into()
    }
}

macro_rules! operators {
    ($($op:ident $f:ident $assign:ident $g:ident),*) => {$(
        impl<T: Float> $op for Watched<T> {
            type Output = Watched<T>;
            #[inline(always)]
            fn $f(self, other: Watched<T>) -> Watched<T> {
                Watched(self.0.$f(other.0))
            }
        }
        impl<T: Float> $op<&Watched<T>> for Watched<T> {
            type Output = Watched<T>;
            #[inline(always)]
            fn $f(self, other: &Watched<T>) -> Watched<T> {
                Watched(self.0.$f(other.0))
            }
        }
        impl<T: Float> $op<Watched<T>> for &Watched<T> {
            type Output = Watched<T>;
            #[inline(always)]
            fn $f(self, other: Watched<T>) -> Watched<T> {
                Watched(self.0.$f(other.0))
            }
        }
        impl<T: Float> $op<&Watched<T>> for &Watched<T> {
            type Output = Watched<T>;
            #[inline(always)]
            fn $f(self, other: &Watched<T>) -> Watched<T> {
                Watched(self.0.$f(other.0))
            }
        }
        impl<T: Float> $assign for Watched<T> {
            #[inline(always)]
            fn $g(&mut self, other: Watched<T>) {
                self.0.$g(other.0);
            }
        }
        impl<T: Float> $assign<&Watched<T>> for Watched<T> {
            #[inline(always)]
            fn $g(&mut self, other: &Watched<T>) {
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

impl<T: Float> Neg for Watched<T> {
    type Output = Watched<T>;
    #[inline(always)]
    fn neg(self) -> Watched<T> {
        Watched(-self.0)
    }
}

impl<T: Float> Neg for &Watched<T> {
    type Output = Watched<T>;
    #[inline(always)]
    fn neg(self) -> Watched<T> {
        Watched(-self.0)
    }
}

impl<T: Float> Zero for Watched<T> {
    #[inline(always)]
    fn zero() -> Watched<T> {
        Watched(T::zero_impl())
    }
    #[inline(always)]
    fn is_zero(&self) -> bool {
        self.0 == T::zero_impl()
    }
}

impl<T: Float> One for Watched<T> {
    #[inline(always)]
    fn one() -> Watched<T> {
        Watched(T::one_impl())
    }
}

impl<T: Float> Num for Watched<T> {
    type FromStrRadixErr = <T as Num>::FromStrRadixErr;
    fn from_str_radix(text: &str, radix: u32) -> Result<Watched<T>, Self::FromStrRadixErr> {
        T::from_str_radix(text, radix).map(Watched)
    }
}

impl<T: Float> RealField for Watched<T> {
    #[inline(always)]
    fn epsilon_impl() -> Watched<T> {
        Watched(T::epsilon_impl())
    }
    #[inline(always)]
    fn nbits_impl() -> usize {
        T::nbits_impl()
    }
    #[inline(always)]
    fn min_positive_impl() -> Watched<T> {
        Watched(T::min_positive_impl())
    }
    #[inline(always)]
    fn max_positive_impl() -> Watched<T> {
        Watched(T::max_positive_impl())
    }
    #[inline(always)]
    fn sqrt_min_positive_impl() -> Watched<T> {
        Watched(T::sqrt_min_positive_impl())
    }
    #[inline(always)]
    fn sqrt_max_positive_impl() -> Watched<T> {
        Watched(T::sqrt_max_positive_impl())
    }
}

type C<T, S> = <T as ComplexField>::SimdCtx<S>;
type V<T, S> = <T as ComplexField>::SimdVec<S>;
type M<T, S> = <T as ComplexField>::SimdMask<S>;
type K<T, S> = <T as ComplexField>::SimdMemMask<S>;
type I<T, S> = <T as ComplexField>::SimdIndex<S>;

/// Loops over vectors, which are those of the plain numbers.
macro_rules! vectors {
    ($($f:ident($($arg:ident: $t:ty),*) -> $out:ty;)*) => {$(
        #[inline(always)]
        fn $f<S: Simd>(ctx: &C<T, S>, $($arg: $t),*) -> $out {
            <T as ComplexField>::$f(ctx, $($arg),*)
        }
    )*};
}

impl<T: Float> ComplexField for Watched<T> {
    type Arch = Arch;
    type Index = T::Index;
    type Real = Watched<T>;
    type SimdCtx<S: Simd> = C<T, S>;
    type SimdIndex<S: Simd> = I<T, S>;
    type SimdMask<S: Simd> = M<T, S>;
    type SimdMemMask<S: Simd> = K<T, S>;
    type SimdVec<S: Simd> = V<T, S>;
    type Unit = T;

    // Laid out as plain numbers, which is what this says.
    const IS_NATIVE_F32: bool = T::IS_NATIVE_F32;
    const IS_NATIVE_F64: bool = T::IS_NATIVE_F64;
    const IS_REAL: bool = true;
    const SIMD_CAPABILITIES: SimdCapabilities = <T as ComplexField>::SIMD_CAPABILITIES;

    #[inline(always)]
    fn zero_impl() -> Watched<T> {
        Watched(T::zero_impl())
    }
    #[inline(always)]
    fn one_impl() -> Watched<T> {
        Watched(T::one_impl())
    }
    #[inline(always)]
    fn nan_impl() -> Watched<T> {
        Watched(T::nan_impl())
    }
    #[inline(always)]
    fn infinity_impl() -> Watched<T> {
        Watched(T::infinity_impl())
    }
    #[inline(always)]
    fn from_real_impl(real: &Watched<T>) -> Watched<T> {
        *real
    }
    #[inline(always)]
    fn from_f64_impl(real: f64) -> Watched<T> {
        Watched(T::from_f64_impl(real))
    }
    #[inline(always)]
    fn real_part_impl(value: &Watched<T>) -> Watched<T> {
        *value
    }
    #[inline(always)]
    fn imag_part_impl(_: &Watched<T>) -> Watched<T> {
        Watched(T::zero_impl())
    }
    #[inline(always)]
    fn copy_impl(value: &Watched<T>) -> Watched<T> {
        *value
    }
    #[inline(always)]
    fn conj_impl(value: &Watched<T>) -> Watched<T> {
        *value
    }
    #[inline]
    fn recip_impl(value: &Watched<T>) -> Watched<T> {
        look();
        Watched(T::recip_impl(&value.0))
    }
    #[inline]
    fn sqrt_impl(value: &Watched<T>) -> Watched<T> {
        look();
        Watched(T::sqrt_impl(&value.0))
    }
    #[inline(always)]
    fn abs_impl(value: &Watched<T>) -> Watched<T> {
        Watched(T::abs_impl(&value.0))
    }
    #[inline(always)]
    fn abs1_impl(value: &Watched<T>) -> Watched<T> {
        Watched(T::abs_impl(&value.0))
    }
    #[inline(always)]
    fn abs2_impl(value: &Watched<T>) -> Watched<T> {
        Watched(value.0 * value.0)
    }
    #[inline(always)]
    fn mul_real_impl(a: &Watched<T>, b: &Watched<T>) -> Watched<T> {
        Watched(a.0 * b.0)
    }
    #[inline(always)]
    fn mul_pow2_impl(a: &Watched<T>, b: &Watched<T>) -> Watched<T> {
        Watched(a.0 * b.0)
    }
    #[inline(always)]
    fn is_finite_impl(value: &Watched<T>) -> bool {
        T::is_finite_impl(&value.0)
    }
    #[inline(always)]
    fn is_nan_impl(value: &Watched<T>) -> bool {
        T::is_nan_impl(&value.0)
    }
    #[inline(always)]
    fn simd_ctx<S: Simd>(simd: S) -> C<T, S> {
        T::simd_ctx(simd)
    }
    #[inline(always)]
    fn simd_splat<S: Simd>(ctx: &C<T, S>, value: &Watched<T>) -> V<T, S> {
        T::simd_splat(ctx, &value.0)
    }
    #[inline(always)]
    fn simd_splat_real<S: Simd>(ctx: &C<T, S>, value: &Watched<T>) -> V<T, S> {
        T::simd_splat(ctx, &value.0)
    }
    #[inline(always)]
    fn simd_reduce_sum<S: Simd>(ctx: &C<T, S>, value: V<T, S>) -> Watched<T> {
        Watched(T::simd_reduce_sum(ctx, value))
    }
    #[inline(always)]
    fn simd_reduce_max<S: Simd>(ctx: &C<T, S>, value: V<T, S>) -> Watched<T> {
        Watched(T::simd_reduce_max(ctx, value))
    }
    #[inline(always)]
    // SAFETY: the contract is the trait's.
    unsafe fn simd_mask_load_raw<S: Simd>(ctx: &C<T, S>, mask: K<T, S>, ptr: *const V<T, S>) -> V<T, S> {
        // SAFETY: the caller's contract is the same.
        unsafe { T::simd_mask_load_raw(ctx, mask, ptr) }
    }
    #[inline(always)]
    // SAFETY: the contract is the trait's.
    unsafe fn simd_mask_store_raw<S: Simd>(ctx: &C<T, S>, mask: K<T, S>, ptr: *mut V<T, S>, values: V<T, S>) {
        // SAFETY: the caller's contract is the same.
        unsafe { T::simd_mask_store_raw(ctx, mask, ptr, values) }
    }

    vectors! {
        ctx_from_simd() -> S;
        simd_mask_between(start: T::Index, end: T::Index) -> M<T, S>;
        simd_mem_mask_between(start: T::Index, end: T::Index) -> K<T, S>;
        simd_add(a: V<T, S>, b: V<T, S>) -> V<T, S>;
        simd_sub(a: V<T, S>, b: V<T, S>) -> V<T, S>;
        simd_neg(a: V<T, S>) -> V<T, S>;
        simd_conj(a: V<T, S>) -> V<T, S>;
        simd_abs1(a: V<T, S>) -> V<T, S>;
        simd_abs_max(a: V<T, S>) -> V<T, S>;
        simd_mul_real(a: V<T, S>, b: V<T, S>) -> V<T, S>;
        simd_mul_pow2(a: V<T, S>, b: V<T, S>) -> V<T, S>;
        simd_mul(a: V<T, S>, b: V<T, S>) -> V<T, S>;
        simd_conj_mul(a: V<T, S>, b: V<T, S>) -> V<T, S>;
        simd_mul_add(a: V<T, S>, b: V<T, S>, c: V<T, S>) -> V<T, S>;
        simd_conj_mul_add(a: V<T, S>, b: V<T, S>, c: V<T, S>) -> V<T, S>;
        simd_abs2(a: V<T, S>) -> V<T, S>;
        simd_abs2_add(a: V<T, S>, c: V<T, S>) -> V<T, S>;
        simd_equal(a: V<T, S>, b: V<T, S>) -> M<T, S>;
        simd_less_than(a: V<T, S>, b: V<T, S>) -> M<T, S>;
        simd_less_than_or_equal(a: V<T, S>, b: V<T, S>) -> M<T, S>;
        simd_greater_than(a: V<T, S>, b: V<T, S>) -> M<T, S>;
        simd_greater_than_or_equal(a: V<T, S>, b: V<T, S>) -> M<T, S>;
        simd_select(mask: M<T, S>, a: V<T, S>, b: V<T, S>) -> V<T, S>;
        simd_index_select(mask: M<T, S>, a: I<T, S>, b: I<T, S>) -> I<T, S>;
        simd_index_splat(value: T::Index) -> I<T, S>;
        simd_index_add(a: I<T, S>, b: I<T, S>) -> I<T, S>;
        simd_index_less_than(a: I<T, S>, b: I<T, S>) -> M<T, S>;
        simd_and_mask(a: M<T, S>, b: M<T, S>) -> M<T, S>;
        simd_or_mask(a: M<T, S>, b: M<T, S>) -> M<T, S>;
        simd_not_mask(a: M<T, S>) -> M<T, S>;
        simd_first_true_mask(mask: M<T, S>) -> usize;
    }
}
