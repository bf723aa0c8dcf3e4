//! Discrete Fourier transforms of one line at a time, through `rustfft` and `realfft`: mixed radix
//! with AVX or NEON chosen at run time, Bluestein and Rader for awkward lengths. Short lines whose
//! lengths are no powers of two go through `small`, for exact zeros.
//!
//! Plans are kept per thread, by length and direction. A transform of a real line does half the
//! work of a complex one and mirrors the rest. All functions are unscaled; `scale` multiplies.

mod small;

use num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// Both float types that have transforms.
pub trait Real: rustfft::FftNum + Default + std::ops::MulAssign {
    /// Runs `f` on the thread's plans; `f` does not come back here.
    fn with_plans<R>(f: impl FnOnce(&mut Plans<Self>) -> R) -> R;
}

/// The planners and work space of one thread.
pub struct Plans<T: rustfft::FftNum> {
    complex: FftPlanner<T>,
    real: RealFftPlanner<T>,
    full: HashMap<(usize, bool), Arc<dyn Fft<T>>>,
    forward: HashMap<usize, Arc<dyn RealToComplex<T>>>,
    inverse: HashMap<usize, Arc<dyn ComplexToReal<T>>>,
    small: small::Plans<T>,
    scratch: Vec<Complex<T>>,
}

macro_rules! real {
    ($($t:ty: $name:ident),*) => {$(
        thread_local! { static $name: RefCell<Plans<$t>> = RefCell::new(Plans::new()); }
        impl Real for $t {
            fn with_plans<R>(f: impl FnOnce(&mut Plans<$t>) -> R) -> R {
                $name.with(|plans| f(&mut plans.borrow_mut()))
            }
        }
    )*};
}
real!(f32: PLANS32, f64: PLANS64);

/// Plans kept per thread; beyond this many lengths all are forgotten.
const KEEP: usize = 64;

impl<T: Real> Plans<T> {
    fn small(&mut self, n: usize) -> Arc<small::Plan<T>> {
        self.trim();
        Arc::clone(self.small.entry(n).or_insert_with(|| Arc::new(small::Plan::new(n))))
    }

    fn new() -> Plans<T> {
        Plans {
            complex: FftPlanner::new(),
            real: RealFftPlanner::new(),
            full: HashMap::new(),
            forward: HashMap::new(),
            inverse: HashMap::new(),
            small: HashMap::new(),
            scratch: Vec::new(),
        }
    }

    fn trim(&mut self) {
        if self.full.len() + self.forward.len() + self.inverse.len() + self.small.len() > KEEP {
            *self = Plans::new();
        }
    }

    fn scratch(scratch: &mut Vec<Complex<T>>, n: usize) -> &mut [Complex<T>] {
        if scratch.len() < n {
            scratch.resize(n, Complex::default());
        }
        &mut scratch[..n]
    }
}

/// Transforms consecutive lines of `n` in place: `exp(-2πi jk/n)` forwards, `exp(+2πi jk/n)` back.
pub fn complex<T: Real>(lines: &mut [Complex<T>], n: usize, inverse: bool) {
    if n < 2 || lines.is_empty() {
        return;
    }
    if small::suits(n) {
        let plan = T::with_plans(|plans| plans.small(n));
        return lines.chunks_exact_mut(n).for_each(|line| plan.run(line, inverse));
    }
    T::with_plans(|plans| {
        plans.trim();
        let planner = &mut plans.complex;
        let plan = plans.full.entry((n, inverse)).or_insert_with(|| {
            if inverse { planner.plan_fft_inverse(n) } else { planner.plan_fft_forward(n) }
        });
        let scratch = Plans::scratch(&mut plans.scratch, plan.get_inplace_scratch_len());
        plan.process_with_scratch(lines, scratch);
    })
}

/// The first `n / 2 + 1` values of the forward transform of a real line, which is overwritten.
pub fn real<T: Real>(line: &mut [T], out: &mut [Complex<T>]) {
    let n = line.len();
    assert_eq!(out.len(), n / 2 + 1);
    if small::suits(n) {
        let mut whole: Vec<Complex<T>> = line.iter().map(|&x| Complex::new(x, T::zero())).collect();
        complex(&mut whole, n, false);
        out.copy_from_slice(&whole[..n / 2 + 1]);
        // Real by symmetry: what rounding left there is no part of the result.
        out[0].im = T::zero();
        if n.is_multiple_of(2) {
            out[n / 2].im = T::zero();
        }
        return;
    }
    T::with_plans(|plans| {
        plans.trim();
        let planner = &mut plans.real;
        let plan = plans.forward.entry(n).or_insert_with(|| planner.plan_fft_forward(n));
        let scratch = Plans::scratch(&mut plans.scratch, plan.get_scratch_len());
        let done = plan.process_with_scratch(line, out, scratch);
        debug_assert!(done.is_ok(), "lengths were checked");
    })
}

/// The inverse of [`real`] times `n`: `half` holds `n / 2 + 1` values and is overwritten. The
/// imaginary parts of the first and, for even `n`, the last are taken to be zero.
pub fn real_inverse<T: Real>(half: &mut [Complex<T>], out: &mut [T]) {
    let n = out.len();
    assert_eq!(half.len(), n / 2 + 1);
    half[0].im = T::zero();
    if n.is_multiple_of(2) {
        half[n / 2].im = T::zero();
    }
    if small::suits(n) {
        let mut whole = half.to_vec();
        whole.extend((n / 2 + 1..n).map(|k| half[n - k].conj()));
        complex(&mut whole, n, true);
        return out.iter_mut().zip(&whole).for_each(|(x, z)| *x = z.re);
    }
    T::with_plans(|plans| {
        plans.trim();
        let planner = &mut plans.real;
        let plan = plans.inverse.entry(n).or_insert_with(|| planner.plan_fft_inverse(n));
        let scratch = Plans::scratch(&mut plans.scratch, plan.get_scratch_len());
        let done = plan.process_with_scratch(half, out, scratch);
        debug_assert!(done.is_ok(), "lengths and ends were set");
    })
}

/// Completes the forward transform of a real line from its first half: `X[n-k] = conj(X[k])`, with
/// `+0` for an imaginary part of zero.
pub fn mirror<T: Real>(line: &mut [Complex<T>]) {
    let n = line.len();
    for k in n / 2 + 1..n {
        let z = line[n - k];
        line[k] = Complex::new(z.re, T::zero() - z.im);
    }
}

/// Lengths of lines in which the sign of a zero is looked after, since people read them.
const READ: usize = 1024;

/// Turns `-0` into `+0` in short lines: which of the two an algorithm leaves is an accident.
pub fn tidy<T: Real>(line: &mut [Complex<T>]) {
    if line.len() <= READ {
        line.iter_mut().for_each(|z| *z = *z + Complex::default());
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

#[cfg(test)]
mod tests {
    use super::*;

    fn direct(x: &[Complex<f64>], sign: f64) -> Vec<Complex<f64>> {
        let n = x.len();
        let turn = |j: usize, k: usize| sign * std::f64::consts::TAU * ((j * k) % n) as f64 / n as f64;
        (0..n).map(|k| (0..n).map(|j| x[j] * Complex::cis(turn(j, k))).sum()).collect()
    }

    fn near(a: &[Complex<f64>], b: &[Complex<f64>]) {
        assert_eq!(a.len(), b.len());
        for (x, y) in a.iter().zip(b) {
            assert!((x - y).norm() < 1e-12 * a.len() as f64, "{x} {y}");
        }
    }

    #[test]
    fn transforms_equal_the_sum() {
        for n in [1, 2, 3, 6, 7, 8, 12, 30, 37, 60, 64, 77, 225] {
            let x: Vec<_> = (0..n).map(|i| Complex::new((i * i % 7) as f64, (i % 3) as f64)).collect();
            for (inverse, sign) in [(false, -1.0), (true, 1.0)] {
                let mut y = x.clone();
                complex(&mut y, n, inverse);
                near(&y, &direct(&x, sign));
            }
        }
    }

    #[test]
    fn constants_give_exact_zeros() {
        for n in [3, 5, 6, 7, 10, 12, 15, 24, 100] {
            let mut y = vec![Complex::new(1.0, 0.0); n];
            complex(&mut y, n, false);
            assert_eq!(y[0], Complex::new(n as f64, 0.0));
            if n.is_multiple_of(3) && n <= 24 && n != 15 {
                assert!(y[1..].iter().all(|z| z.norm() == 0.0), "{n}: {y:?}");
            }
        }
    }

    #[test]
    fn real_transforms_are_the_complex_ones() {
        for n in [1, 2, 3, 8, 9, 30, 300] {
            let x: Vec<f64> = (0..n).map(|i| (i * i % 11) as f64 - 3.0).collect();
            let want = direct(&x.iter().map(|&v| v.into()).collect::<Vec<_>>(), -1.0);
            let mut line = vec![Complex::default(); n];
            real(&mut x.clone(), &mut line[..n / 2 + 1]);
            mirror(&mut line);
            near(&line, &want);
            let mut back = vec![0.0; n];
            real_inverse(&mut line[..n / 2 + 1], &mut back);
            assert!(back.iter().zip(&x).all(|(b, v)| (b / n as f64 - v).abs() < 1e-12));
        }
    }
}
