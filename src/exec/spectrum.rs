//! Fourier transforms along one axis of an array: lines are gathered, cut or padded, transformed by
//! `kernel::fft`, scaled and scattered; many lines are shared among threads.

use super::{contiguous, copy, interrupt, threads};
use crate::array::{Array, ArrayError, Dims, Order};
use crate::dtype::{DType, Element};
use crate::kernel::fft::{self, Real};
use num_complex::Complex;
use rayon::prelude::*;

/// What is computed along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transform {
    /// Complex to complex.
    Forward,
    /// Complex to complex, with the opposite sign.
    Inverse,
    /// Real to the first half of its forward transform.
    Half,
    /// The first half to real.
    HalfInverse,
}

/// Elements from which lines are shared among threads.
const SHARED: usize = 1 << 15;

/// The transform of length `n` along `axis`, times `factor`. Real input stays real for `Half`, and
/// for `Forward` takes half the work. Inexact input keeps its precision, anything else is float64.
pub fn transform(
    a: &Array,
    axis: usize,
    n: usize,
    kind: Transform,
    factor: f64,
) -> Result<Array, ArrayError> {
    let single = matches!(a.dtype(), DType::F32 | DType::C64);
    if single { run::<f32>(a, axis, n, kind, factor as f32) } else { run::<f64>(a, axis, n, kind, factor) }
}

fn run<T>(a: &Array, axis: usize, n: usize, kind: Transform, factor: T) -> Result<Array, ArrayError>
where
    T: Real + Element,
    Complex<T>: Element,
{
    let complex = a.dtype().is_complex() || kind == Transform::HalfInverse || kind == Transform::Inverse;
    let dtype = if complex { Complex::<T>::DTYPE } else { T::DTYPE };
    let a = super::in_dtype(a, dtype)?;
    // Lines lie along the last axis of what follows.
    let turned = turn(&a, axis);
    let source = contiguous(&turned)?;
    let given = turned.shape()[turned.ndim() - 1];
    let mut shape = Dims::from(turned.shape());
    let last = shape.len() - 1;
    shape[last] = if kind == Transform::Half { n / 2 + 1 } else { n };
    let out_dtype = if kind == Transform::HalfInverse { T::DTYPE } else { Complex::<T>::DTYPE };
    let mut out = Array::empty(out_dtype, &shape)?;
    let job = Job { given, n, kind, factor };
    if kind == Transform::HalfInverse {
        let (x, y) = (source.as_slice::<Complex<T>>(), out.as_mut_slice::<T>());
        each(x.unwrap_or_default(), y.unwrap_or_default(), job, n, half_inverse);
    } else {
        let y = out.as_mut_slice::<Complex<T>>().unwrap_or_default();
        if complex {
            each(source.as_slice().unwrap_or_default(), y, job, shape[last], full);
        } else {
            each(source.as_slice().unwrap_or_default(), y, job, shape[last], real);
        }
    }
    if interrupt::requested() {
        return Err(ArrayError::Interrupted);
    }
    if axis == last { Ok(out) } else { copy(&turn_back(&out, axis), Order::C) }
}

/// `axis` moved to the end.
fn turn(a: &Array, axis: usize) -> Array {
    let axes: Dims = (0..a.ndim()).filter(|&k| k != axis).chain([axis]).collect();
    a.permute(&axes)
}

/// The last axis moved to `axis`.
fn turn_back(a: &Array, axis: usize) -> Array {
    let mut axes: Dims = (0..a.ndim() - 1).collect();
    axes.insert(axis, a.ndim() - 1);
    a.permute(&axes)
}

#[derive(Clone, Copy)]
struct Job<T> {
    /// Elements of a line as it comes.
    given: usize,
    n: usize,
    kind: Transform,
    factor: T,
}

/// Runs `line` for each line of `x` into the line of `y` of length `width`.
fn each<S: Sync, R: Send, T: Copy + Sync + Send>(
    x: &[S],
    y: &mut [R],
    job: Job<T>,
    width: usize,
    line: fn(&[S], &mut [R], Job<T>),
) {
    let run = |(i, y): (usize, &mut [R])| {
        if !interrupt::requested() {
            line(&x[i * job.given..(i + 1) * job.given], y, job);
        }
    };
    if y.len() >= SHARED && y.len() > width && threads::count() > 1 {
        y.par_chunks_mut(width).enumerate().with_min_len((SHARED / 4 / width).max(1)).for_each(run);
    } else {
        y.chunks_mut(width.max(1)).enumerate().for_each(run);
    }
}

/// Complex to complex; a line may be shorter or longer than the transform.
fn full<T: Real>(x: &[Complex<T>], y: &mut [Complex<T>], job: Job<T>) {
    pad(x, y);
    fft::complex(y, job.n, job.kind == Transform::Inverse);
    fft::tidy(y);
    fft::scale(y, job.factor);
}

/// Real to complex: all of it, or the first half.
fn real<T: Real>(x: &[T], y: &mut [Complex<T>], job: Job<T>) {
    let mut line = vec![T::zero(); job.n];
    pad(x, &mut line);
    fft::real(&mut line, &mut y[..job.n / 2 + 1]);
    fft::tidy(&mut y[..job.n / 2 + 1]);
    fft::scale(&mut y[..job.n / 2 + 1], job.factor);
    if job.kind == Transform::Forward {
        fft::mirror(y);
    }
}

fn half_inverse<T: Real>(x: &[Complex<T>], y: &mut [T], job: Job<T>) {
    let mut half = vec![Complex::default(); job.n / 2 + 1];
    pad(x, &mut half);
    fft::real_inverse(&mut half, y);
    fft::tidy_real(y);
    if job.factor != T::one() {
        y.iter_mut().for_each(|v| *v *= job.factor);
    }
}

/// Copies what fits and fills the rest with zeros.
fn pad<T: Copy + Default>(x: &[T], y: &mut [T]) {
    let n = x.len().min(y.len());
    y[..n].copy_from_slice(&x[..n]);
    y[n..].fill(T::default());
}
