//! The instruction sets that loops are compiled for, and the choice among them when the program runs.
//!
//! A generic loop inside [`simd`] is compiled once per level, and the compiler vectorises each copy;
//! no result may depend on the level. The widest level of the machine is taken, unless the environment
//! variable `ARR_SIMD` names a narrower one (`baseline`, `avx2`, `avx512`, `neon`) or a test forces one.
//! The choice is one relaxed load and a predicted branch, about 1 ns a call.
//!
//! In debug builds every loop is compiled once, for the baseline: more would make tests take minutes to
//! build. `tests/kernels.rs` goes through the levels in a release build.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// An instruction set, from the narrowest to the widest of a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// What every processor of the target has: SSE2 on x86-64.
    Baseline = 1,
    /// 128-bit vectors of aarch64.
    Neon = 2,
    /// AVX2, BMI and FMA.
    Avx2 = 3,
    /// AVX-512 F, BW, CD, DQ and VL.
    Avx512 = 4,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::Baseline, Level::Neon, Level::Avx2, Level::Avx512];

    /// As `ARR_SIMD` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Level::Baseline => "baseline",
            Level::Neon => "neon",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }

    /// Whether this program has the level and this machine can run it.
    pub fn available(self) -> bool {
        if cfg!(debug_assertions) {
            return self == Level::Baseline;
        }
        match self {
            Level::Baseline => true,
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => pulp::x86::V3::try_new().is_some(),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => pulp::x86::V4::try_new().is_some(),
            #[cfg(target_arch = "aarch64")]
            Level::Neon => pulp::aarch64::Neon::try_new().is_some(),
            #[allow(unreachable_patterns)]
            _ => false,
        }
    }
}

/// The level in use; 0 before the first look.
static LEVEL: AtomicU8 = AtomicU8::new(0);

/// The levels that this machine can run, the widest last.
pub fn levels() -> Vec<Level> {
    Level::ALL.into_iter().filter(|l| l.available()).collect()
}

/// The level that loops run at.
#[inline(always)]
pub fn level() -> Level {
    match LEVEL.load(Relaxed) {
        1 => Level::Baseline,
        2 => Level::Neon,
        3 => Level::Avx2,
        4 => Level::Avx512,
        _ => choose(),
    }
}

/// Forces a level, for tests; one that the machine cannot run leaves things as they are.
pub fn set_level(level: Level) {
    if level.available() {
        LEVEL.store(level as u8, Relaxed);
    }
}

/// The widest level, or a narrower one that the environment names.
#[cold]
fn choose() -> Level {
    let asked = std::env::var("ARR_SIMD").ok();
    let named = Level::ALL.into_iter().find(|l| l.available() && asked.as_deref() == Some(l.name()));
    let widest = levels().last().copied().unwrap_or(Level::Baseline);
    let level = named.unwrap_or(widest);
    LEVEL.store(level as u8, Relaxed);
    level
}

/// Runs `f` compiled for the level in use. `f` must be an `#[inline(always)]` closure or small enough
/// to inline.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn simd<R>(f: impl FnOnce() -> R) -> R {
    struct Op<F>(F);
    impl<R, F: FnOnce() -> R> pulp::NullaryFnOnce for Op<F> {
        type Output = R;
        #[inline(always)]
        fn call(self) -> R {
            (self.0)()
        }
    }
    // The token is asked for beside the level, which costs a second load and needs no `unsafe`.
    #[cfg(target_arch = "x86_64")]
    {
        let level = level();
        if level == Level::Avx512
            && let Some(token) = pulp::x86::V4::try_new()
        {
            return token.vectorize(Op(f));
        }
        if level == Level::Avx2
            && let Some(token) = pulp::x86::V3::try_new()
        {
            return token.vectorize(Op(f));
        }
    }
    #[cfg(target_arch = "aarch64")]
    if level() == Level::Neon
        && let Some(token) = pulp::aarch64::Neon::try_new()
    {
        return token.vectorize(Op(f));
    }
    pulp::NullaryFnOnce::call(Op(f))
}

/// Asks for the cache line that lies `ahead` bytes after `at`, which need not be anybody's. For loops whose streams the processor does not foresee well enough.
#[inline(always)]
pub fn fetch<T>(at: *const T, ahead: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing that the program sees and faults on no address; every x86-64
    // processor has it.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(at.cast::<i8>().wrapping_add(ahead));
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (at, ahead);
}

/// Whole cache lines.
#[repr(align(64))]
pub struct Lines<T>(pub T);

/// Partial results as they are, once they are complete: a barrier, before which the compiler keeps them in whole
/// vectors. They go by way of memory, which must not cut a vector in two lines: what is read from it then waits
/// for the store to leave the processor's queue. Sums of 1e5 rows of 10 float64, one thread: 1366 µs wherever
/// the stack happened to have room, 237 so; of rows of 100, 166 and 82.
#[inline(always)]
pub fn complete<T, const N: usize>(lanes: [T; N]) -> [T; N] {
    std::hint::black_box(Lines(lanes)).0
}

/// Writes one value everywhere, in the widest stores: 1e6 float64 into the third-level cache, on one thread, took
/// 139 µs by those of 16 bytes that every processor has, and take 79 by those of 64.
pub fn fill<T: Copy>(out: &mut [T], x: T) {
    /// Elements from which on it pays to ask which there are.
    const LONG: usize = 64;
    if out.len() < LONG {
        return out.fill(x);
    }
    simd(
        #[inline(always)]
        move || out.iter_mut().for_each(|o| *o = x),
    )
}

/// In debug builds the loop itself.
#[cfg(debug_assertions)]
#[inline(always)]
pub fn simd<R>(f: impl FnOnce() -> R) -> R {
    f()
}

/// Runs code that is written in vectors at the level in use.
pub(super) fn with_vectors<W: pulp::WithSimd>(work: W) -> W::Output {
    #[cfg(all(target_arch = "x86_64", not(debug_assertions)))]
    {
        let level = level();
        if level == Level::Avx512
            && let Some(token) = pulp::x86::V4::try_new()
        {
            return pulp::Simd::vectorize(token, work);
        }
        if level == Level::Avx2
            && let Some(token) = pulp::x86::V3::try_new()
        {
            return pulp::Simd::vectorize(token, work);
        }
    }
    #[cfg(all(target_arch = "aarch64", not(debug_assertions)))]
    if level() == Level::Neon
        && let Some(token) = pulp::aarch64::Neon::try_new()
    {
        return pulp::Simd::vectorize(token, work);
    }
    work.with_simd(pulp::Scalar)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::sync::Mutex;

    static LEVELS: Mutex<()> = Mutex::new(());

    /// Runs `f` at every level of the machine, one test at a time.
    pub fn at_levels(f: impl Fn()) {
        let _alone = LEVELS.lock();
        let before = level();
        for l in levels() {
            set_level(l);
            f();
        }
        set_level(before);
    }

    #[test]
    fn a_level_of_the_machine_is_chosen() {
        assert!(levels().contains(&level()));
        assert_eq!(levels()[0], Level::Baseline);
        let _alone = LEVELS.lock();
        let before = level();
        for l in Level::ALL {
            set_level(l);
            assert!(level().available());
        }
        set_level(before);
        assert_eq!(simd(|| 1 + 1), 2);
    }
}
