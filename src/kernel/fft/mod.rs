//! Discrete Fourier transforms, through `rustfft` and `realfft`: mixed radix with AVX or NEON chosen
//! at run time, Bluestein and Rader for awkward lengths.
//!
//! | lines | strategy |
//! | --- | --- |
//! | lengths up to 256 that are no powers of two | `small`, for exact zeros |
//! | real, contiguous | half the work of complex ones; the rest is mirrored |
//! | across memory (an inner axis) | tiles of eight columns (`tile`, `columns`), in place where it can be |
//! | one long line of a smooth length | two passes over tiles (`long`), on all threads |
//! | one long line of any other length | a convolution of such (`chirp`) |
//! | anything else | one call of `rustfft` per run of lines |
//!
//! Splitting a long line (two threads, beside one call of `rustfft`, SciPy's pocketfft with two workers,
//! and NumPy; ms): 2^19 real 1.26 from 3.70, 3.35, 32; 2^19 complex 3.1 from 7.8, 17.9, 31; 2^20 real
//! 5.9 from 9.4, 37, 79. Errors stay below 2 eps log2(n) times the norm of the line.
//!
//! Plans are kept by length and direction and shared by all threads; a pass asks for its plan once.
//! All functions are unscaled unless they take a factor. Threads come in as a driver of parts
//! (`Each`), so that this folder stays free of them.

mod chirp;
mod columns;
mod long;
mod shared;
mod small;
#[cfg(test)]
mod tests;
mod tile;

pub use chirp::{Chirp, length as chirp_length};
pub use columns::{Columns, columns, columns_in_place};
pub use long::{Long, LongReal};
pub use shared::{Each, parts};

use num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Both float types that have transforms.
pub trait Real: rustfft::FftNum + Default + std::ops::MulAssign {
    /// In double precision.
    fn wide(self) -> f64;
    /// Runs `f` on the plans; `f` does not come back here.
    fn with_plans<R>(f: impl FnOnce(&mut Plans<Self>) -> R) -> R;
    /// Runs `f` with `n` elements of the thread's work space, holding anything; not twice at once.
    fn with_scratch<R>(n: usize, f: impl FnOnce(&mut [Complex<Self>]) -> R) -> R;
}

/// Planners and what they made.
pub struct Plans<T: Real> {
    complex: FftPlanner<T>,
    real: RealFftPlanner<T>,
    full: HashMap<(usize, bool), Arc<dyn Fft<T>>>,
    forward: HashMap<usize, Arc<dyn RealToComplex<T>>>,
    inverse: HashMap<usize, Arc<dyn ComplexToReal<T>>>,
    small: small::Plans<T>,
    long: HashMap<(usize, bool), Arc<Long<T>>>,
    long_real: HashMap<(usize, bool), Arc<LongReal<T>>>,
    chirp: HashMap<(usize, bool), Arc<Chirp<T>>>,
}

/// Work space that a thread keeps; more is given back at once.
const KEPT: usize = 1 << 19;

macro_rules! real {
    ($($t:ty: $plans:ident $scratch:ident),*) => {$(
        static $plans: LazyLock<Mutex<Plans<$t>>> = LazyLock::new(|| Mutex::new(Plans::new()));
        thread_local! { static $scratch: RefCell<Vec<Complex<$t>>> = const { RefCell::new(Vec::new()) }; }
        impl Real for $t {
            fn wide(self) -> f64 {
                self.into()
            }
            fn with_plans<R>(f: impl FnOnce(&mut Plans<$t>) -> R) -> R {
                f(&mut $plans.lock().unwrap_or_else(PoisonError::into_inner))
            }
            fn with_scratch<R>(n: usize, f: impl FnOnce(&mut [Complex<$t>]) -> R) -> R {
                let mut kept = $scratch.take();
                if kept.len() < n {
                    kept = vec![Complex::default(); n];
                }
                let out = f(&mut kept[..n]);
                if kept.len() <= KEPT {
                    $scratch.set(kept);
                }
                out
            }
        }
    )*};
}
real!(f32: PLANS32 SCRATCH32, f64: PLANS64 SCRATCH64);

/// Plans kept; beyond this many lengths all are forgotten.
const KEEP: usize = 64;

impl<T: Real> Plans<T> {
    fn new() -> Plans<T> {
        Plans {
            complex: FftPlanner::new(),
            real: RealFftPlanner::new(),
            full: HashMap::new(),
            forward: HashMap::new(),
            inverse: HashMap::new(),
            small: HashMap::new(),
            long: HashMap::new(),
            long_real: HashMap::new(),
            chirp: HashMap::new(),
        }
    }

    fn trim(&mut self) {
        let lines = self.full.len() + self.forward.len() + self.inverse.len() + self.small.len();
        if lines + self.long.len() + self.long_real.len() + self.chirp.len() > KEEP {
            *self = Plans::new();
        }
    }

    fn small(&mut self, n: usize) -> Arc<small::Plan<T>> {
        self.trim();
        Arc::clone(self.small.entry(n).or_insert_with(|| Arc::new(small::Plan::new(n))))
    }

    fn full(&mut self, n: usize, inverse: bool) -> Arc<dyn Fft<T>> {
        self.trim();
        let planner = &mut self.complex;
        Arc::clone(self.full.entry((n, inverse)).or_insert_with(|| {
            if inverse { planner.plan_fft_inverse(n) } else { planner.plan_fft_forward(n) }
        }))
    }

    fn long(&mut self, n: usize, inverse: bool) -> Option<Arc<Long<T>>> {
        let shape = long::split(n)?;
        self.trim();
        if let Some(plan) = self.long.get(&(n, inverse)) {
            return Some(Arc::clone(plan));
        }
        let plan = Arc::new(Long::new(shape, inverse, |n| self.full(n, inverse)));
        self.long.insert((n, inverse), Arc::clone(&plan));
        Some(plan)
    }

    fn long_real(&mut self, n: usize, inverse: bool) -> Option<Arc<LongReal<T>>> {
        if !n.is_multiple_of(4) {
            return None;
        }
        let half = self.long(n / 2, inverse)?;
        let plan = self.long_real.entry((n, inverse)).or_insert_with(|| Arc::new(LongReal::new(half)));
        Some(Arc::clone(plan))
    }
}

/// The plan of a complex line that is worth splitting.
pub fn long<T: Real>(n: usize, inverse: bool) -> Option<Arc<Long<T>>> {
    if n < long::LONG { None } else { T::with_plans(|plans| plans.long(n, inverse)) }
}

/// The plan of a real line that is worth splitting.
pub fn long_real<T: Real>(n: usize, inverse: bool) -> Option<Arc<LongReal<T>>> {
    if n / 2 < long::LONG { None } else { T::with_plans(|plans| plans.long_real(n, inverse)) }
}

/// Whether a complex line is long and of no smooth length.
pub fn awkward(n: usize) -> bool {
    n >= long::LONG && long::split(n).is_none()
}

/// Elements up to which the two tables of a chirp are kept.
const KEPT_CHIRP: usize = 1 << 22;

/// The plan of an awkward line, if it was kept.
pub fn chirp<T: Real>(n: usize, inverse: bool) -> Option<Arc<Chirp<T>>> {
    T::with_plans(|plans| plans.chirp.get(&(n, inverse)).map(Arc::clone))
}

/// A plan of an awkward line; `work` has [`chirp_length`] elements. `None` where lines cannot be split.
pub fn new_chirp<T: Real>(
    n: usize,
    inverse: bool,
    work: &mut [Complex<T>],
    each: Each<'_>,
) -> Option<Arc<Chirp<T>>> {
    let (m, plan) = (work.len(), |inverse| T::with_plans(|plans| plans.long(work.len(), inverse)));
    let longs = [plan(false)?, plan(true)?];
    debug_assert_eq!(m, chirp_length(n));
    Some(Arc::new(Chirp::new(n, inverse, longs, work, each)))
}

/// Keeps the plan of an awkward line for the next one, unless it is too large.
pub fn keep_chirp<T: Real>(n: usize, inverse: bool, plan: &Arc<Chirp<T>>) {
    if plan.room() <= KEPT_CHIRP {
        T::with_plans(|plans| {
            // One length at a time, both ways.
            plans.chirp.retain(|&(length, _), _| length == n);
            plans.chirp.insert((n, inverse), Arc::clone(plan));
        });
    }
}

/// `exp(-2πi j/n)`, rounded once.
fn root<T: Real>(j: usize, n: usize) -> Complex<T> {
    let (re, im) = small::root(j, n);
    let part = |x: f64| T::from_f64(x).unwrap_or_else(T::zero);
    Complex::new(part(re), part(im))
}

/// Complex transforms of lines of one length: `exp(-2πi jk/n)` forwards, `exp(+2πi jk/n)` back.
pub struct Lines<T: Real> {
    n: usize,
    inverse: bool,
    plan: Plan<T>,
}

enum Plan<T: Real> {
    /// Lines of one element stay what they are.
    None,
    Small(Arc<small::Plan<T>>),
    Large(Arc<dyn Fft<T>>),
}

impl<T: Real> Lines<T> {
    pub fn new(n: usize, inverse: bool) -> Lines<T> {
        let plan = match n {
            0 | 1 => Plan::None,
            _ if small::suits(n) => Plan::Small(T::with_plans(|plans| plans.small(n))),
            _ => Plan::Large(T::with_plans(|plans| plans.full(n, inverse))),
        };
        Lines { n, inverse, plan }
    }

    /// Transforms consecutive lines in place.
    pub fn run(&self, lines: &mut [Complex<T>]) {
        match &self.plan {
            Plan::None => {}
            Plan::Small(plan) => {
                T::with_scratch(self.n, |work| {
                    lines.chunks_exact_mut(self.n).for_each(|line| plan.run(line, work, self.inverse));
                });
            }
            Plan::Large(_) if lines.is_empty() => {}
            Plan::Large(plan) => T::with_scratch(plan.get_inplace_scratch_len(), |scratch| {
                plan.process_with_scratch(lines, scratch);
            }),
        }
    }
}

/// Forward transforms of real lines of one length: the first `n / 2 + 1` values.
pub struct RealLines<T: Real> {
    n: usize,
    plan: RealPlan<T>,
}

enum RealPlan<T: Real> {
    Small(Lines<T>),
    Large(Arc<dyn RealToComplex<T>>),
}

impl<T: Real> RealLines<T> {
    pub fn new(n: usize) -> RealLines<T> {
        let plan = if n < 2 || small::suits(n) {
            RealPlan::Small(Lines::new(n, false))
        } else {
            RealPlan::Large(T::with_plans(|plans| {
                plans.trim();
                let planner = &mut plans.real;
                Arc::clone(plans.forward.entry(n).or_insert_with(|| planner.plan_fft_forward(n)))
            }))
        };
        RealLines { n, plan }
    }

    /// One line, cut to `n` or padded with zeros.
    pub fn run(&self, x: &[T], out: &mut [Complex<T>]) {
        let n = self.n;
        assert_eq!(out.len(), n / 2 + 1);
        let x = &x[..x.len().min(n)];
        match &self.plan {
            RealPlan::Small(lines) => {
                let mut whole: Vec<Complex<T>> = x.iter().map(|&x| Complex::new(x, T::zero())).collect();
                whole.resize(n, Complex::default());
                lines.run(&mut whole);
                out.copy_from_slice(&whole[..n / 2 + 1]);
                // Real by symmetry: what rounding left there is no part of the result.
                out[0].im = T::zero();
                if n.is_multiple_of(2) {
                    out[n / 2].im = T::zero();
                }
            }
            RealPlan::Large(plan) => {
                let room = n.div_ceil(2);
                T::with_scratch(room + plan.get_scratch_len(), |scratch| {
                    let (line, scratch) = scratch.split_at_mut(room);
                    let line = &mut parts_mut(line)[..n];
                    line[..x.len()].copy_from_slice(x);
                    line[x.len()..].fill(T::zero());
                    let done = plan.process_with_scratch(line, out, scratch);
                    debug_assert!(done.is_ok(), "lengths were checked");
                });
            }
        }
    }
}

/// The inverses of [`RealLines`] times `n`.
pub struct RealInverse<T: Real> {
    n: usize,
    plan: InversePlan<T>,
}

enum InversePlan<T: Real> {
    Small(Lines<T>),
    Large(Arc<dyn ComplexToReal<T>>),
}

impl<T: Real> RealInverse<T> {
    pub fn new(n: usize) -> RealInverse<T> {
        let plan = if n < 2 || small::suits(n) {
            InversePlan::Small(Lines::new(n, true))
        } else {
            InversePlan::Large(T::with_plans(|plans| {
                plans.trim();
                let planner = &mut plans.real;
                Arc::clone(plans.inverse.entry(n).or_insert_with(|| planner.plan_fft_inverse(n)))
            }))
        };
        RealInverse { n, plan }
    }

    /// One line from its first half, which is cut or padded with zeros. The imaginary parts of the
    /// first and, for even `n`, the last value are taken to be zero.
    pub fn run(&self, x: &[Complex<T>], out: &mut [T]) {
        let (n, given) = (self.n, x.len().min(self.n / 2 + 1));
        assert_eq!(out.len(), n);
        let prepare = |half: &mut [Complex<T>]| {
            half[..given].copy_from_slice(&x[..given]);
            half[given..].fill(Complex::default());
            half[0].im = T::zero();
            if n.is_multiple_of(2) {
                half[n / 2].im = T::zero();
            }
        };
        match &self.plan {
            InversePlan::Small(lines) => {
                let mut whole = vec![Complex::default(); n.max(1)];
                prepare(&mut whole[..n / 2 + 1]);
                (n / 2 + 1..n).for_each(|k| whole[k] = whole[n - k].conj());
                lines.run(&mut whole);
                out.iter_mut().zip(&whole).for_each(|(x, z)| *x = z.re);
            }
            InversePlan::Large(plan) => T::with_scratch(n / 2 + 1 + plan.get_scratch_len(), |scratch| {
                let (half, scratch) = scratch.split_at_mut(n / 2 + 1);
                prepare(half);
                let done = plan.process_with_scratch(half, out, scratch);
                debug_assert!(done.is_ok(), "lengths and ends were set");
            }),
        }
    }
}

/// The real and imaginary parts of a slice, in turn.
fn parts_mut<T>(z: &mut [Complex<T>]) -> &mut [T] {
    // SAFETY: a complex number is its two parts in order, with their alignment.
    unsafe { std::slice::from_raw_parts_mut(z.as_mut_ptr().cast(), 2 * z.len()) }
}

/// Neighbours taken as the parts of complex numbers; an odd last element is left out.
fn pairs<T>(x: &[T]) -> &[Complex<T>] {
    // SAFETY: as in `parts_mut`.
    unsafe { std::slice::from_raw_parts(x.as_ptr().cast(), x.len() / 2) }
}

/// As [`pairs`], to write.
fn pairs_mut<T>(x: &mut [T]) -> &mut [Complex<T>] {
    // SAFETY: as in `parts_mut`.
    unsafe { std::slice::from_raw_parts_mut(x.as_mut_ptr().cast(), x.len() / 2) }
}

/// Completes the forward transform of a real line of `n` from its first half, if `line` has room:
/// `X[n-k] = conj(X[k])`, with `+0` for an imaginary part of zero.
pub fn mirror<T: Real>(line: &mut [Complex<T>], n: usize) {
    if line.len() < n {
        return;
    }
    let (half, rest) = line.split_at_mut(n / 2 + 1);
    for (z, x) in rest.iter_mut().rev().zip(&half[1..]) {
        *z = Complex::new(x.re, T::zero() - x.im);
    }
}

/// Lengths of lines in which the sign of a zero is looked after, since people read them.
const READ: usize = 1024;

/// Turns `-0` into `+0` in short lines, of `n`: which of the two an algorithm leaves is an accident.
pub fn tidy<T: Real>(lines: &mut [Complex<T>], n: usize) {
    if n <= READ {
        lines.iter_mut().for_each(|z| *z = *z + Complex::default());
    }
}

/// As [`tidy`], for real lines.
pub fn tidy_real<T: Real>(line: &mut [T]) {
    if line.len() <= READ {
        line.iter_mut().for_each(|x| *x = *x + T::zero());
    }
}

/// Multiplies by the factor of a normalisation.
pub fn scale<T: Real>(line: &mut [Complex<T>], factor: T) {
    if factor != T::one() {
        line.iter_mut().for_each(|z| *z = z.scale(factor));
    }
}

/// As [`scale`], for real lines.
pub fn scale_real<T: Real>(line: &mut [T], factor: T) {
    if factor != T::one() {
        line.iter_mut().for_each(|x| *x *= factor);
    }
}

/// Transforms consecutive lines of `n` in place.
pub fn complex<T: Real>(lines: &mut [Complex<T>], n: usize, inverse: bool) {
    Lines::new(n, inverse).run(lines);
}
