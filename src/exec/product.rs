//! Matrix products of stacks of matrices: broadcasting, threads and interruption around
//! `kernel::matmul`. Operands keep their strides; the result is C-ordered.

use super::{interrupt, threads};
use crate::array::{Array, ArrayError, Dims, broadcast_shapes};
use crate::dtype::Element;
use crate::kernel::matmul::{Mat, Product, product};
use crate::with_dtype;
use rayon::prelude::*;

/// Multiplications between two looks at the interrupt flag: some 20 ms.
const SPAN: usize = 1 << 30;
/// Multiplications below which a whole stack stays on one thread.
const SMALL: usize = 1 << 17;

/// The products of two stacks of matrices of one dtype. Leading axes broadcast; the callers have
/// checked that there are two axes at least and that the inner lengths agree.
pub fn matmul(a: &Array, b: &Array) -> Result<Array, ArrayError> {
    let shape = matmul_shape(a, b)?;
    matmul_as(a, b, &shape)
}

/// Multiplications of the products that [`small_matmul`] takes.
const BRIEF: usize = 1 << 12;

/// The small product of two vectors or matrices of one dtype, without views of them; `None` for
/// others, and where the inner lengths do not agree.
pub fn small_matmul(a: &Array, b: &Array) -> Option<Result<Array, ArrayError>> {
    let ((m, k), left) = match (a.shape(), a.strides()) {
        (&[k], &[s]) => ((1, k), (0, s)),
        (&[m, k], &[s, t]) => ((m, k), (s, t)),
        _ => return None,
    };
    let ((inner, n), right) = match (b.shape(), b.strides()) {
        (&[k], &[s]) => ((k, 1), (s, 0)),
        (&[k, n], &[s, t]) => ((k, n), (s, t)),
        _ => return None,
    };
    let work = m.saturating_mul(n).saturating_mul(k);
    if inner != k || a.dtype() != b.dtype() || work == 0 || work > BRIEF {
        return None;
    }
    fn run<T: Product>(
        a: (&Array, (usize, usize), (isize, isize)),
        b: (&Array, (usize, usize), (isize, isize)),
        out: &mut Array,
    ) {
        let (x, y) = (
            Mat::new(a.0.storage::<T>(), a.0.offset(), a.1, a.2),
            Mat::new(b.0.storage::<T>(), b.0.offset(), b.1, b.2),
        );
        if let Some(z) = out.as_mut_slice::<T>() {
            product(x, y, z, 1);
        }
    }
    let mut shape = Dims::new();
    if a.ndim() == 2 {
        shape.push(m);
    }
    if b.ndim() == 2 {
        shape.push(n);
    }
    Some(Array::empty(a.dtype(), &shape).map(|mut out| {
        with_dtype!(a.dtype(), T => run::<T>((a, (m, k), left), (b, (k, n), right), &mut out));
        out
    }))
}

/// The shape of [`matmul`]'s result.
pub fn matmul_shape(a: &Array, b: &Array) -> Result<Dims, ArrayError> {
    let (sa, sb) = (a.ndim() - 2, b.ndim() - 2);
    let mut shape = broadcast_shapes(&[&a.shape()[..sa], &b.shape()[..sb]])?;
    shape.extend([a.shape()[sa], b.shape()[sb + 1]]);
    Ok(shape)
}

/// As [`matmul`], the result under another shape of the same size.
pub fn matmul_as(a: &Array, b: &Array, shape: &[usize]) -> Result<Array, ArrayError> {
    let full = matmul_shape(a, b)?;
    let stack = &full[..full.len() - 2];
    let mut out = Array::empty(a.dtype(), shape)?;
    let (a, b) = (stacked(a, stack)?, stacked(b, stack)?);
    with_dtype!(a.dtype(), T => run::<T>(&a, &b, &mut out));
    if interrupt::requested() { Err(ArrayError::Interrupted) } else { Ok(out) }
}

/// The array broadcast to a stack of matrices.
fn stacked(a: &Array, stack: &[usize]) -> Result<Array, ArrayError> {
    let mut shape: Dims = stack.into();
    shape.extend_from_slice(&a.shape()[a.ndim() - 2..]);
    a.broadcast_to(&shape)
}

fn run<T: Product>(a: &Array, b: &Array, out: &mut Array) {
    let (a, b) = (Stack::<T>::new(a), Stack::<T>::new(b));
    let ((m, k), (_, n)) = (a.matrix, b.matrix);
    let Some(z) = out.as_mut_slice::<T>().filter(|z| !z.is_empty()) else { return };
    let work = m.saturating_mul(n).saturating_mul(k);
    let one = |(i, z): (usize, &mut [T]), threads: usize| {
        let (a, b) = (a.get(i), b.get(i));
        let rows = (SPAN / (n * k).max(1)).clamp(1, m);
        for (part, z) in z.chunks_mut(rows * n).enumerate() {
            if !interrupt::requested() {
                let first = part * rows;
                product(a.slice_rows(first, first + z.len() / n), b, z, threads);
            }
        }
    };
    let whole = work.saturating_mul(z.len() / (m * n));
    if work < SMALL && whole >= SMALL && threads::count() > 1 {
        z.par_chunks_mut(m * n).enumerate().with_min_len(16).for_each(|part| one(part, 1));
    } else {
        let threads = if work < SMALL { 1 } else { threads::count() };
        z.chunks_mut(m * n).enumerate().for_each(|part| one(part, threads));
    }
}

/// The matrices of a stack, by their number in C order.
struct Stack<'a, T> {
    data: &'a [T],
    offset: usize,
    shape: &'a [usize],
    strides: &'a [isize],
    matrix: (usize, usize),
    steps: (isize, isize),
}

impl<'a, T: Element> Stack<'a, T> {
    fn new(a: &'a Array) -> Stack<'a, T> {
        let lead = a.ndim() - 2;
        let ((shape, matrix), (strides, steps)) = (a.shape().split_at(lead), a.strides().split_at(lead));
        Stack {
            data: a.storage::<T>(),
            offset: a.offset(),
            shape,
            strides,
            matrix: (matrix[0], matrix[1]),
            steps: (steps[0], steps[1]),
        }
    }

    fn get(&self, mut i: usize) -> Mat<'a, T> {
        let mut at = self.offset as isize;
        for (&n, &s) in self.shape.iter().zip(self.strides).rev() {
            at += (i % n) as isize * s;
            i /= n;
        }
        Mat::new(self.data, at as usize, self.matrix, self.steps)
    }
}

/// The products of every element of `x` with every element of `y`, both taken flat in C order.
pub fn outer(x: &Array, y: &Array) -> Result<Array, ArrayError> {
    let (x, y) = (super::contiguous(x)?, super::contiguous(y)?);
    let mut out = Array::empty(x.dtype(), &[x.size(), y.size()])?;
    fn fill<T: Product>(x: &Array, y: &Array, out: &mut Array) {
        let (Some(x), Some(y), Some(z)) = (x.as_slice::<T>(), y.as_slice::<T>(), out.as_mut_slice::<T>())
        else {
            return;
        };
        crate::kernel::matmul::outer(x, y, z);
    }
    with_dtype!(x.dtype(), T => fill::<T>(&x, &y, &mut out));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Order;
    use crate::dtype::DType;

    fn count(shape: &[usize]) -> Array {
        let n = shape.iter().product::<usize>();
        Array::from_slice(&(0..n).map(|i| i as f64).collect::<Vec<_>>(), shape).unwrap()
    }

    #[test]
    fn stacks_broadcast() {
        let (a, b) = (count(&[3, 1, 2, 4]), count(&[5, 4, 2]));
        let out = matmul(&a, &b).unwrap();
        assert_eq!(out.shape(), [3, 5, 2, 2]);
        let x = out.as_slice::<f64>().unwrap();
        // Element (2, 4, 1, 0): row 20..24 of a with column 0 of the last matrix of b.
        let want: f64 = (0..4).map(|k| (20 + k) as f64 * (32 + 2 * k) as f64).sum();
        assert_eq!(x[(2 * 5 + 4) * 4 + 2], want);
    }

    #[test]
    fn layouts_agree() {
        let (a, b) = (count(&[70, 80]), count(&[80, 60]));
        let plain = matmul(&a, &b).unwrap();
        let turned = crate::exec::copy(&a, Order::F).unwrap();
        let other = matmul(&turned, &b).unwrap();
        let near = |(x, y): (&f64, &f64)| (x - y).abs() <= 1e-12 * x.abs();
        let slices = (plain.as_slice::<f64>().unwrap(), other.as_slice::<f64>().unwrap());
        assert!(slices.0.iter().zip(slices.1).all(near));
        let empty = matmul(&count(&[3, 0]), &count(&[0, 2])).unwrap();
        assert_eq!(empty.as_slice::<f64>().unwrap(), [0.0; 6]);
        assert_eq!(
            matmul(&Array::zeros(DType::I8, &[0, 2, 2]).unwrap(), &Array::zeros(DType::I8, &[2, 2]).unwrap())
                .unwrap()
                .shape(),
            [0, 2, 2]
        );
    }
}
