//! Shapes and strides: contiguity, broadcasting, reshaping without a copy, axis numbers.

use super::ArrayError;
use smallvec::SmallVec;

/// Lengths of axes; four without an allocation.
pub type Dims = SmallVec<[usize; 4]>;
/// Elements (not bytes) to step along each axis.
pub type Strides = SmallVec<[isize; 4]>;

/// Memory order: the last axis fastest (C) or the first (F).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    C,
    F,
}

/// The most elements that an array may have.
const MOST: usize = isize::MAX as usize / 16;

/// The number of elements of a shape; an error past what fits memory.
#[inline]
pub fn size_of(shape: &[usize]) -> Result<usize, ArrayError> {
    match *shape {
        [n] if n <= MOST => Ok(n),
        _ => any_size_of(shape),
    }
}

fn any_size_of(shape: &[usize]) -> Result<usize, ArrayError> {
    if shape.contains(&0) {
        return Ok(0);
    }
    let mut n = 1usize;
    for &d in shape {
        n = n.checked_mul(d).filter(|&n| n <= MOST).ok_or(ArrayError::TooLarge)?;
    }
    Ok(n)
}

/// A shape as `Dims`; the common ones without a loop.
#[inline]
pub(super) fn dims(shape: &[usize]) -> Dims {
    match *shape {
        [n] => Dims::from_buf_and_len([n, 0, 0, 0], 1),
        [n, m] => Dims::from_buf_and_len([n, m, 0, 0], 2),
        _ => shape.into(),
    }
}

/// Strides as `Strides`; the common ones without a loop.
#[inline]
pub(super) fn steps(strides: &[isize]) -> Strides {
    match *strides {
        [s] => Strides::from_buf_and_len([s, 0, 0, 0], 1),
        [s, t] => Strides::from_buf_and_len([s, t, 0, 0], 2),
        _ => strides.into(),
    }
}

#[inline]
pub fn c_strides(shape: &[usize]) -> Strides {
    match *shape {
        [_] => Strides::from_buf_and_len([1, 0, 0, 0], 1),
        [_, m] => Strides::from_buf_and_len([m.max(1) as isize, 1, 0, 0], 2),
        _ => any_c_strides(shape),
    }
}

fn any_c_strides(shape: &[usize]) -> Strides {
    let mut strides: Strides = SmallVec::from_elem(1, shape.len());
    let mut step = 1isize;
    for (s, &n) in strides.iter_mut().zip(shape).rev() {
        *s = step;
        step *= n.max(1) as isize;
    }
    strides
}

pub fn f_strides(shape: &[usize]) -> Strides {
    let mut strides: Strides = SmallVec::from_elem(1, shape.len());
    let mut step = 1isize;
    for (s, &n) in strides.iter_mut().zip(shape) {
        *s = step;
        step *= n.max(1) as isize;
    }
    strides
}

/// Sets a shape, and the strides that lay it out in C order.
#[inline]
pub(super) fn set_dense(dims: &mut Dims, strides: &mut Strides, shape: &[usize]) {
    if let (&[n], [d], [s]) = (shape, &mut dims[..], &mut strides[..]) {
        (*d, *s) = (n, 1);
        return;
    }
    *dims = self::dims(shape);
    *strides = c_strides(shape);
}

/// NumPy's relaxed contiguity: the strides of axes of length one do not matter, nor any if empty.
#[inline]
pub(super) fn is_contiguous(shape: &[usize], strides: &[isize], order: Order) -> bool {
    match (shape, strides) {
        ([n], [s]) => *s == 1 || *n <= 1,
        _ => is_contiguous_over(shape, strides, order),
    }
}

/// The number of elements, if they follow each other in C order.
#[inline(always)]
pub(super) fn dense_size(shape: &[usize], strides: &[isize]) -> Option<usize> {
    match (shape, strides) {
        ([n], [s]) => (*s == 1 || *n <= 1).then_some(*n),
        _ => is_contiguous_over(shape, strides, Order::C).then(|| shape.iter().product()),
    }
}

/// Whether elements follow each other in C order of the axes in some order.
pub(super) fn is_dense(shape: &[usize], strides: &[isize]) -> bool {
    let mut axes: SmallVec<[(isize, usize); 4]> =
        strides.iter().copied().zip(shape.iter().copied()).filter(|&(_, n)| n != 1).collect();
    axes.sort_unstable();
    let mut want = 1;
    shape.contains(&0)
        || axes.iter().all(|&(s, n)| {
            let next = s == want;
            want *= n as isize;
            next
        })
}

fn is_contiguous_over(shape: &[usize], strides: &[isize], order: Order) -> bool {
    let mut want = 1isize;
    let mut check = |n: usize, s: isize| {
        let ok = n == 1 || s == want;
        want *= n as isize;
        ok
    };
    if shape.contains(&0) {
        return true;
    }
    let mut axes = shape.iter().zip(strides);
    match order {
        Order::C => axes.rev().all(|(&n, &s)| check(n, s)),
        Order::F => axes.all(|(&n, &s)| check(n, s)),
    }
}

/// The shape to which all broadcast, by NumPy's rule: right-aligned, equal or one.
pub fn broadcast_shapes(shapes: &[&[usize]]) -> Result<Dims, ArrayError> {
    let ndim = shapes.iter().map(|s| s.len()).max().unwrap_or(0);
    let mut out: Dims = SmallVec::from_elem(1, ndim);
    for shape in shapes {
        for (o, &n) in out[ndim - shape.len()..].iter_mut().zip(*shape) {
            if *o == 1 {
                *o = n;
            } else if n != 1 && n != *o {
                let shapes = shapes.iter().map(|s| Dims::from(*s)).collect();
                return Err(ArrayError::Broadcast { shapes });
            }
        }
    }
    Ok(out)
}

/// Strides that repeat an array over a larger shape; `None` if it does not broadcast to it.
pub fn broadcast_strides(shape: &[usize], strides: &[isize], to: &[usize]) -> Option<Strides> {
    let lead = to.len().checked_sub(shape.len())?;
    let mut out: Strides = SmallVec::from_elem(0, to.len());
    for (k, (&n, &s)) in shape.iter().zip(strides).enumerate() {
        let want = to[lead + k];
        out[lead + k] = match n {
            _ if n == want => s,
            1 => 0,
            _ => return None,
        };
    }
    Some(out)
}

/// A non-negative axis number; negative ones count from the end.
pub fn normalize_axis(axis: i64, ndim: usize) -> Result<usize, ArrayError> {
    let n = ndim as i64;
    if axis < -n || axis >= n {
        return Err(ArrayError::Axis { axis, ndim });
    }
    Ok(if axis < 0 { axis + n } else { axis } as usize)
}

/// Strides under which the same memory has shape `to` (of equal size), or `None` if only a copy
/// can. Runs of axes that lie evenly are matched with runs of new axes of the same size; the
/// method is that of NumPy's `_attempt_nocopy_reshape`.
pub(super) fn reshape_strides(
    shape: &[usize],
    strides: &[isize],
    to: &[usize],
    order: Order,
) -> Option<Strides> {
    if shape.contains(&0) {
        return Some(match order {
            Order::C => c_strides(to),
            Order::F => f_strides(to),
        });
    }
    // Axes of length one carry no information.
    let old: SmallVec<[(usize, isize); 4]> =
        shape.iter().copied().zip(strides.iter().copied()).filter(|&(n, _)| n != 1).collect();
    let mut out: Strides = SmallVec::from_elem(0, to.len());
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < to.len() {
        let (i0, j0) = (i, j);
        let (mut a, mut b) = (old[i].0, to[j]);
        i += 1;
        j += 1;
        while a != b {
            if a < b {
                a *= old.get(i)?.0;
                i += 1;
            } else {
                b *= *to.get(j)?;
                j += 1;
            }
        }
        let even = old[i0..i].windows(2).all(|w| match order {
            Order::C => w[0].1 == w[1].0 as isize * w[1].1,
            Order::F => w[1].1 == w[0].0 as isize * w[0].1,
        });
        if !even {
            return None;
        }
        match order {
            Order::C => {
                let mut step = old[i - 1].1;
                for k in (j0..j).rev() {
                    out[k] = step;
                    step *= to[k] as isize;
                }
            }
            Order::F => {
                let mut step = old[i0].1;
                for k in j0..j {
                    out[k] = step;
                    step *= to[k] as isize;
                }
            }
        }
    }
    // What is left of `to` has length one.
    let last = if j > 0 { out[j - 1] } else { 1 };
    out[j..].fill(last);
    Some(out)
}
