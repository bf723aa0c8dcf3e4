//! Fourier transforms along one axis of an array. Dense arrays are boxes of lines: the last axis
//! holds them one after another, any other one across. `kernel::fft` transforms them; here stand
//! dtypes, layouts, padding, and the sharing among threads.
//!
//! Two axes are bound by memory, through which the lines across go twice: 512 × 512 complex 0.69 to 1.03 ms on two
//! threads, a compiler of expressions 0.80 to 0.88; 1024 × 1024 reals 2.2 to 3.3 ms, the others 2.2 to 3.7. Which of
//! them is ahead changes from run to run.

use super::tally::{self, Pass};
use super::{contiguous, in_dtype, interrupt, progress, threads};
use crate::array::{Array, ArrayError, Dims, Order, memory};
use crate::dtype::{DType, Element};
use crate::kernel::fft::{self, Columns, Each, Lines, Real, RealInverse, RealLines};
use num_complex::Complex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

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
const SHARED: usize = 1 << 14;

/// Lengths of columns from which each is transformed as a line of its own.
const FAR: usize = 1 << 18;
/// Lengths from which a line is worth splitting only so that it can be stopped.
const SLOW: usize = 1 << 21;

/// The transform of length `n` along `axis`, times `factor`. Real input stays real for `Half`, and
/// for `Forward` takes half the work. Inexact input keeps its precision, anything else is float64.
/// The result is in C order, or in Fortran order if the input is. An array that nobody else refers to
/// is transformed in place where its dtype and length stay.
pub fn transform(a: Array, axis: usize, n: usize, kind: Transform, factor: f64) -> Result<Array, ArrayError> {
    if a.ndim() > 1 && a.is_f_contiguous() && !a.is_c_contiguous() {
        let turned = transform(a.transpose(), a.ndim() - 1 - axis, n, kind, factor)?;
        return Ok(turned.transpose());
    }
    let last = a.ndim() - 1;
    if axis < last && n >= FAR {
        // Of columns as long as this each becomes a line, which is split and shared.
        let axes: Dims = (0..=last).filter(|&k| k != axis).chain([axis]).collect();
        let back: Dims = (0..axis).chain([last]).chain(axis..last).collect();
        let lines = super::copy(&a.permute(&axes), Order::C)?;
        drop(a);
        return super::copy(&transform(lines, last, n, kind, factor)?.permute(&back), Order::C);
    }
    let single = matches!(a.dtype(), DType::F32 | DType::C64);
    let _pass = tally::pass(|| {
        let lines = a.size() / a.shape()[axis].max(1);
        let ops = (5.0 * (lines * n) as f64 * (n.max(2) as f64).log2()) as usize;
        let threads = if a.size() < SHARED { 1 } else { threads::count() };
        let item = if single { 8 } else { 16 };
        let (width, item) = match kind {
            Transform::Half => (n / 2 + 1, item),
            Transform::HalfInverse => (n, item / 2),
            _ => (n, item),
        };
        let pass = Pass::new("transform", if single { DType::C64 } else { DType::C128 }, 0).reads(&a);
        Pass { written: (lines * width * item) as u64, ..pass }.ops(ops).threads(threads)
    });
    let out = if single {
        run::<f32>(a, axis, n, kind, factor as f32)
    } else {
        run::<f64>(a, axis, n, kind, factor)
    };
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { out }
}

/// One pass: `n` values of each line, of which `given` come.
#[derive(Clone, Copy)]
struct Job<T> {
    given: usize,
    n: usize,
    inverse: bool,
    factor: T,
}

fn run<T>(a: Array, axis: usize, n: usize, kind: Transform, factor: T) -> Result<Array, ArrayError>
where
    T: Real + Element,
    Complex<T>: Element,
{
    let complex = a.dtype().is_complex() || kind == Transform::HalfInverse || kind == Transform::Inverse;
    let given = a.shape()[axis];
    let inverse = matches!(kind, Transform::Inverse | Transform::HalfInverse);
    let job = Job { given, n, inverse, factor };
    let inner: usize = a.shape()[axis + 1..].iter().product();
    let stays = kind != Transform::HalfInverse && a.dtype() == Complex::<T>::DTYPE && given == n;
    let mut a = a;
    let split = inner == 1 && (fft::awkward(n) || fft::long::<T>(n, inverse).is_some());
    if stays && !split && a.is_c_contiguous() && a.is_unique() {
        in_place(a.as_mut_slice::<Complex<T>>().unwrap_or_default(), inner, job);
        return Ok(a);
    }
    let source = contiguous(&in_dtype(&a, if complex { Complex::<T>::DTYPE } else { T::DTYPE })?)?;
    drop(a);
    let mut shape = Dims::from(source.shape());
    shape[axis] = if kind == Transform::Half { n / 2 + 1 } else { n };
    let width = shape[axis];
    let columns = Columns { from: given, to: width, inner };
    if kind == Transform::HalfInverse {
        let mut out = Array::empty(T::DTYPE, &shape)?;
        let (x, y) = (source.as_slice().unwrap_or_default(), out.as_mut_slice::<T>().unwrap_or_default());
        to_real(x, y, columns, job)?;
        return Ok(out);
    }
    let mut out = Array::empty(Complex::<T>::DTYPE, &shape)?;
    let y = out.as_mut_slice::<Complex<T>>().unwrap_or_default();
    if complex {
        full(source.as_slice().unwrap_or_default(), y, columns, job)?;
    } else {
        from_real(source.as_slice().unwrap_or_default(), y, columns, job)?;
    }
    Ok(out)
}

/// An array for values in between, which the pass writes too.
fn scratch<T>(shape: &[usize]) -> Result<Array, ArrayError>
where
    Complex<T>: Element,
{
    let made = Array::empty(Complex::<T>::DTYPE, shape)?;
    tally::wrote(made.nbytes());
    Ok(made)
}

/// A driver of parts for a pass over `elements`: on threads if they are many.
pub fn driver(elements: usize) -> Each<'static> {
    if elements < SHARED { &alone } else { &threads::each }
}

fn alone(n: usize, part: &(dyn Fn(usize) + Sync)) {
    (0..n).take_while(|_| !interrupt::requested()).for_each(part);
}

/// Lines of a part: at least this many elements, so that handing it out costs little.
const RUN: usize = 1 << 13;

/// Runs `f` on runs of lines of `x`, `from` elements each, and of `y`, `to` elements each.
fn rows<S: Sync, R: Send>(x: &[S], from: usize, y: &mut [R], to: usize, f: &(dyn Fn(&[S], &mut [R]) + Sync)) {
    if y.len() <= RUN.max(to) {
        return f(x, y);
    }
    let each = driver(y.len());
    let run = (RUN / to.max(1)).max(1) * to;
    fft::parts(y, run, each, &|at, y| {
        let start = at / to * from;
        f(&x[start..start + y.len() / to * from], y);
    });
}

fn in_place<T: Real>(y: &mut [Complex<T>], inner: usize, job: Job<T>) {
    let plan = Lines::new(job.n, job.inverse);
    if inner > 1 {
        return fft::columns_in_place(y, (job.n, inner), &plan, job.factor, driver(y.len()));
    }
    rows::<(), _>(&[], 0, y, job.n, &|_, y| {
        plan.run(y);
        fft::tidy(y, job.n);
        fft::scale(y, job.factor);
    });
}

/// Complex to complex; lines may be shorter or longer than the transform.
fn full<T>(x: &[Complex<T>], y: &mut [Complex<T>], columns: Columns, job: Job<T>) -> Result<(), ArrayError>
where
    T: Real,
    Complex<T>: Element,
{
    let Job { given, n, .. } = job;
    if columns.inner == 1
        && let Some(plan) = fft::long::<T>(n, job.inverse)
    {
        let (mut work, mut padded) = (scratch::<T>(&[n])?, Vec::new());
        let work = work.as_mut_slice::<Complex<T>>().unwrap_or_default();
        for (x, y) in x.chunks_exact(given.max(1)).zip(y.chunks_exact_mut(n)) {
            plan.run(fitted(x, n, &mut padded), work, y, job.factor, &threads::each);
        }
        return Ok(());
    }
    if columns.inner == 1 && fft::awkward(n) {
        return awkward(x, y, n, job);
    }
    let plan = Lines::new(n, job.inverse);
    let finish = |y: &mut [Complex<T>]| {
        plan.run(y);
        fft::tidy(y, n);
        fft::scale(y, job.factor);
    };
    if columns.inner > 1 {
        let line = |x: &[Complex<T>], y: &mut [Complex<T>]| {
            pad(x, y);
            finish(y);
        };
        fft::columns(x, y, columns, &line, driver(y.len()));
    } else {
        rows(x, given, y, n, &|x, y| {
            if given == n {
                y.copy_from_slice(x);
            } else {
                y.chunks_exact_mut(n).enumerate().for_each(|(i, y)| pad(&x[i * given..(i + 1) * given], y));
            }
            finish(y);
        });
    }
    Ok(())
}

/// Long lines of a length with large prime factors; of each transform `to` values are wanted.
fn awkward<T>(x: &[Complex<T>], y: &mut [Complex<T>], to: usize, job: Job<T>) -> Result<(), ArrayError>
where
    T: Real,
    Complex<T>: Element,
{
    let Job { given, n, inverse, factor } = job;
    let lines = y.len() / to.max(1);
    let done = progress::begin(lines);
    let m = fft::chirp_length(n);
    let (mut line, mut work) = (scratch::<T>(&[m])?, scratch::<T>(&[m])?);
    let line = line.as_mut_slice::<Complex<T>>().unwrap_or_default();
    let work = work.as_mut_slice::<Complex<T>>().unwrap_or_default();
    let kept = fft::chirp::<T>(n, inverse);
    let total = if kept.is_some() { PASSES } else { PASSES + TABLES };
    let steps = progress::begin(if lines == 1 { total } else { 0 });
    let count = AtomicUsize::new(0);
    let each = |parts: usize, part: &(dyn Fn(usize) + Sync)| {
        threads::each(parts, part);
        steps.reached(count.fetch_add(1, Relaxed) + 1);
    };
    let plan = match kept {
        Some(plan) => plan,
        None => {
            let need = (m + n) * size_of::<Complex<T>>();
            let free = memory::available();
            if need > free {
                return Err(ArrayError::Memory { need, free });
            }
            let plan = fft::new_chirp(n, inverse, work, &each).ok_or(ArrayError::Interrupted)?;
            if interrupt::requested() {
                return Err(ArrayError::Interrupted);
            }
            fft::keep_chirp(n, inverse, &plan);
            plan
        }
    };
    for (i, (x, y)) in x.chunks_exact(given.max(1)).zip(y.chunks_exact_mut(to.max(1))).enumerate() {
        if interrupt::requested() {
            return Err(ArrayError::Interrupted);
        }
        done.reached(i);
        plan.run(&x[..given.min(n)], (line, work), y, factor, &each);
    }
    Ok(())
}

/// Passes over memory of one awkward line: two each way, and three around them.
const PASSES: usize = 7;
/// And of its tables: one each, and two for a transform.
const TABLES: usize = 4;

/// Real to complex: all of each line, or the first half.
fn from_real<T>(x: &[T], y: &mut [Complex<T>], columns: Columns, job: Job<T>) -> Result<(), ArrayError>
where
    T: Real + Element,
    Complex<T>: Element,
{
    let (Job { given, n, factor, .. }, to) = (job, columns.to);
    if columns.inner == 1
        && let Some(plan) = fft::long_real::<T>(n, false)
    {
        let (mut work, mut padded) = (scratch::<T>(&[n / 2])?, Vec::new());
        let work = work.as_mut_slice::<Complex<T>>().unwrap_or_default();
        for (x, y) in x.chunks_exact(given.max(1)).zip(y.chunks_exact_mut(to)) {
            plan.forward(fitted(x, n, &mut padded), work, y, factor, &threads::each);
        }
        return Ok(());
    }
    if columns.inner == 1 && whole(n) {
        let complex: Array = super::in_dtype(&Array::from_slice(x, &[x.len()])?, Complex::<T>::DTYPE)?;
        let x = complex.as_slice().unwrap_or_default();
        if fft::awkward(n) {
            return awkward(x, y, to, job);
        }
        if to == n {
            return full(x, y, columns, job);
        }
        let mut all = scratch::<T>(&[y.len() / to * n])?;
        let all = all.as_mut_slice::<Complex<T>>().unwrap_or_default();
        full(x, all, Columns { to: n, ..columns }, job)?;
        y.chunks_exact_mut(to).zip(all.chunks_exact(n)).for_each(|(y, all)| y.copy_from_slice(&all[..to]));
        return Ok(());
    }
    let plan = RealLines::new(n);
    let line = |x: &[T], y: &mut [Complex<T>]| {
        let half = &mut y[..n / 2 + 1];
        plan.run(x, half);
        fft::tidy(half, n);
        fft::scale(half, factor);
        fft::mirror(y, n);
    };
    if columns.inner > 1 {
        fft::columns(x, y, columns, &line, driver(y.len()));
    } else {
        rows(x, given, y, to, &|x, y| {
            y.chunks_exact_mut(to).enumerate().for_each(|(i, y)| line(&x[i * given..(i + 1) * given], y));
        });
    }
    Ok(())
}

fn to_real<T>(x: &[Complex<T>], y: &mut [T], columns: Columns, job: Job<T>) -> Result<(), ArrayError>
where
    T: Real,
    Complex<T>: Element,
{
    let Job { given, n, factor, .. } = job;
    if columns.inner == 1
        && let Some(plan) = fft::long_real::<T>(n, true)
    {
        let (mut work, mut half) = (scratch::<T>(&[n / 2])?, scratch::<T>(&[n / 2 + 1])?);
        let work = work.as_mut_slice::<Complex<T>>().unwrap_or_default();
        let half = half.as_mut_slice::<Complex<T>>().unwrap_or_default();
        for (x, y) in x.chunks_exact(given.max(1)).zip(y.chunks_exact_mut(n)) {
            pad(x, half);
            plan.inverse(half, work, y, factor, &threads::each);
        }
        return Ok(());
    }
    if columns.inner == 1 && whole(n) {
        // The second half is the first one's conjugate, backwards.
        let lines = y.len() / n;
        let mut all = scratch::<T>(&[2, lines * n])?;
        let all = all.as_mut_slice::<Complex<T>>().unwrap_or_default();
        let (from, to) = all.split_at_mut(lines * n);
        for (x, all) in x.chunks_exact(given.max(1)).zip(from.chunks_exact_mut(n)) {
            pad(x, &mut all[..n / 2 + 1]);
            all[0].im = T::zero();
            if n.is_multiple_of(2) {
                all[n / 2].im = T::zero();
            }
            fft::mirror(all, n);
        }
        full(from, to, Columns { from: n, to: n, inner: 1 }, Job { given: n, ..job })?;
        y.iter_mut().zip(&*to).for_each(|(y, z)| *y = z.re);
        return Ok(());
    }
    let plan = RealInverse::new(n);
    let line = |x: &[Complex<T>], y: &mut [T]| {
        plan.run(x, y);
        fft::tidy_real(y);
        fft::scale_real(y, factor);
    };
    if columns.inner > 1 {
        fft::columns(x, y, columns, &line, driver(y.len()));
    } else {
        rows(x, given, y, n, &|x, y| {
            y.chunks_exact_mut(n).enumerate().for_each(|(i, y)| line(&x[i * given..(i + 1) * given], y));
        });
    }
    Ok(())
}

/// Whether a real line is transformed as a complex one: where it cannot be halved, and a library would
/// take long in one call.
fn whole(n: usize) -> bool {
    fft::awkward(n) || (n >= SLOW && !n.is_multiple_of(4))
}

/// A line of `n` elements: `x` itself, or cut or padded in `room`.
fn fitted<'a, T: Copy + Default>(x: &'a [T], n: usize, room: &'a mut Vec<T>) -> &'a [T] {
    if x.len() >= n {
        return &x[..n];
    }
    room.resize(n, T::default());
    pad(x, room);
    room
}

/// Copies what fits and fills the rest with zeros.
fn pad<T: Copy + Default>(x: &[T], y: &mut [T]) {
    let n = x.len().min(y.len());
    y[..n].copy_from_slice(&x[..n]);
    y[n..].fill(T::default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Order;
    use crate::dtype::c128;

    fn moved(a: &Array, axis: usize) -> Array {
        let axes: Dims = (0..a.ndim()).filter(|&k| k != axis).chain([axis]).collect();
        super::super::copy(&a.permute(&axes), Order::C).unwrap()
    }

    /// A length with a large prime factor, and the two ways that there are to see one.
    #[test]
    fn awkward_lengths_agree_with_the_library() {
        let n = 2 * 20_011;
        assert!(fft::awkward(n));
        let real: Vec<f64> = (0..n).map(|i| (i * i % 101) as f64 - 50.0).collect();
        let complex: Vec<c128> = real.iter().map(|&x| c128::new(x, 3.0 - x)).collect();
        let near = |a: &Array, b: &[c128]| {
            let a = in_dtype(a, DType::C128).unwrap();
            let a = a.as_slice::<c128>().unwrap();
            assert!(a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).norm() < 1e-7));
        };
        let direct = |x: &[c128], inverse| {
            let mut y = x.to_vec();
            Lines::new(n, inverse).run(&mut y);
            y
        };
        let run = |x: &Array, kind| transform(x.clone(), 0, n, kind, 1.0).unwrap();
        let (a, b) = (Array::from_slice(&real, &[n]).unwrap(), Array::from_slice(&complex, &[n]).unwrap());
        for _ in 0..2 {
            near(&run(&b, Transform::Forward), &direct(&complex, false));
            near(&run(&b, Transform::Inverse), &direct(&complex, true));
        }
        let spectrum = direct(&real.iter().map(|&x| x.into()).collect::<Vec<_>>(), false);
        near(&run(&a, Transform::Forward), &spectrum);
        let half = run(&a, Transform::Half);
        near(&half, &spectrum[..n / 2 + 1]);
        let back = transform(half, 0, n, Transform::HalfInverse, 1.0 / n as f64).unwrap();
        near(&back, &real.iter().map(|&x| x.into()).collect::<Vec<_>>());
        let short = transform(b, 0, n + 22, Transform::Forward, 2.0).unwrap();
        assert!(fft::awkward(n + 22));
        let sum: c128 = complex.iter().sum();
        assert!((short.as_slice::<c128>().unwrap()[0] - sum * 2.0).norm() < 1e-6);
    }

    #[test]
    fn all_axes_and_layouts_agree() {
        let shape = [9, 20, 12];
        let real: Vec<f64> = (0..2160).map(|i| f64::from(i * i % 101) - 50.0).collect();
        let complex: Vec<c128> = real.iter().map(|&x| c128::new(x, 3.0 - x)).collect();
        let arrays =
            [Array::from_slice(&real, &shape).unwrap(), Array::from_slice(&complex, &shape).unwrap()];
        for a in &arrays {
            let fortran = super::super::copy(a, Order::F).unwrap();
            for axis in 0..3 {
                for kind in [Transform::Forward, Transform::Inverse, Transform::Half, Transform::HalfInverse]
                {
                    if kind == Transform::Half && a.dtype().is_complex() {
                        continue;
                    }
                    for n in [a.shape()[axis], 7, 30] {
                        let want = transform(moved(a, axis), 2, n, kind, 0.5).unwrap();
                        for layout in [a, &fortran] {
                            let got = moved(&transform(layout.clone(), axis, n, kind, 0.5).unwrap(), axis);
                            assert_eq!(got.shape(), want.shape());
                            assert!(got.as_slice::<c128>() == want.as_slice::<c128>(), "{axis} {kind:?} {n}");
                            assert!(got.as_slice::<f64>() == want.as_slice::<f64>(), "{axis} {kind:?} {n}");
                        }
                    }
                }
            }
        }
    }
}
