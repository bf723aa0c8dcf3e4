//! Arrays as geometry over shared buffers: dtype, shape, strides, offset. Views share the buffer
//! and see each other's writes, as in NumPy. This module moves no data beyond single elements;
//! `exec` does, through kernels.
//!
//! Strides and offsets count elements, not bytes (`strides_bytes` gives NumPy's).

mod buffer;
mod error;
pub mod index;
mod interop;
pub mod interrupt;
pub mod memory;
mod pool;
mod shape;

pub use buffer::Buffer;
pub use error::ArrayError;
pub use index::{Index, Slice};
pub use interop::InteropError;
pub use shape::{Dims, Order, Strides, broadcast_shapes, c_strides, f_strides, normalize_axis, size_of};

use crate::dtype::{DType, Element, Scalar};
use crate::with_dtype;
use std::cell::Cell;
use std::rc::Rc;

/// An n-dimensional view of a buffer. Cloning shares: it is `b = a`.
#[derive(Clone)]
pub struct Array(Rc<Inner>);

#[derive(Clone)]
struct Inner {
    dtype: DType,
    writeable: Cell<bool>,
    shape: Dims,
    strides: Strides,
    offset: usize,
    buffer: Buffer,
    /// The array that owns the memory, when this one is a view of it.
    base: Option<Array>,
}

impl Array {
    /// A new C-ordered array of zeros (`false` for bool).
    #[inline]
    pub fn zeros(dtype: DType, shape: &[usize]) -> Result<Array, ArrayError> {
        let n = size_of(shape)?;
        match Array::kept(dtype, n, shape, true) {
            Some(array) => Ok(array),
            None => Ok(Array::own(Buffer::zeroed(dtype, n)?, dtype, shape)),
        }
    }

    /// A new C-ordered array with unspecified (but valid) contents, for results that are written whole.
    #[inline]
    pub fn empty(dtype: DType, shape: &[usize]) -> Result<Array, ArrayError> {
        let n = size_of(shape)?;
        match Array::kept(dtype, n, shape, false) {
            Some(array) => Ok(array),
            None => Ok(Array::own(Buffer::empty(dtype, n)?, dtype, shape)),
        }
    }

    /// A small array that the pool has kept, as a new one of `n` elements of this shape.
    #[inline]
    fn kept(dtype: DType, n: usize, shape: &[usize], zero: bool) -> Option<Array> {
        let bytes = n.checked_mul(dtype.itemsize())?;
        if bytes > pool::KEPT_WITH_ARRAY {
            return None;
        }
        let mut array = pool::take_array(pool::class_of(buffer::HEADER + bytes.max(1)).0)?;
        let inner = Rc::get_mut(&mut array.0)?;
        inner.buffer.wake(dtype, bytes, zero);
        inner.dtype = dtype;
        inner.writeable.set(true);
        inner.offset = 0;
        shape::set_dense(&mut inner.shape, &mut inner.strides, shape);
        Some(array)
    }

    /// A new C-ordered array of at least one element, which `fill` writes; `None` if it says that it did
    /// not, or there is no memory. Small ones are put together where they lie.
    #[inline]
    pub fn written<T: Element>(shape: &[usize], fill: impl FnOnce(&mut [T]) -> bool) -> Option<Array> {
        let n = size_of(shape).ok()?;
        let mut array = match Array::kept(T::DTYPE, n, shape, false) {
            Some(array) => array,
            None => Array::own(Buffer::empty(T::DTYPE, n).ok()?, T::DTYPE, shape),
        };
        fill(Rc::get_mut(&mut array.0)?.buffer.as_mut_slice::<T>()?).then_some(array)
    }

    /// The array after this one in a list of the pool, which it leaves.
    fn unlink(&mut self) -> Option<Array> {
        Rc::get_mut(&mut self.0)?.base.take()
    }

    /// Counts a kept array as used again, for whoever drops it.
    fn leave_pool(&mut self) {
        if let Some(inner) = Rc::get_mut(&mut self.0) {
            inner.buffer.wake(inner.dtype, 0, false);
        }
    }

    /// As [`Array::empty`], laid out in the given order.
    pub fn empty_in(dtype: DType, shape: &[usize], order: Order) -> Result<Array, ArrayError> {
        let mut a = Array::empty(dtype, shape)?;
        if order == Order::F
            && let Some(inner) = Rc::get_mut(&mut a.0)
        {
            inner.strides = f_strides(shape);
        }
        Ok(a)
    }

    /// As [`Array::empty`], its axes in the order in which those of `like` lie in memory (NumPy's
    /// order "K"). `like` has as many axes as `shape`.
    pub fn empty_keeping(dtype: DType, shape: &[usize], like: &[isize]) -> Result<Array, ArrayError> {
        let mut a = Array::empty(dtype, shape)?;
        let mut axes: Dims = (0..shape.len()).collect();
        axes.sort_by_key(|&k| std::cmp::Reverse(like[k].unsigned_abs()));
        let sorted: Dims = axes.iter().map(|&k| shape[k]).collect();
        if let Some(inner) = Rc::get_mut(&mut a.0) {
            for (&k, s) in axes.iter().zip(c_strides(&sorted)) {
                inner.strides[k] = s;
            }
        }
        Ok(a)
    }

    /// As [`Array::empty`], with strides that lay the elements densely in some order of the axes.
    pub fn empty_strided(dtype: DType, shape: &[usize], strides: &[isize]) -> Result<Array, ArrayError> {
        let mut a = Array::empty(dtype, shape)?;
        let (lo, hi) = reach(shape, strides, 0);
        assert!(lo >= 0 && hi <= a.size().max(1) as isize, "strides reach outside the buffer");
        if let Some(inner) = Rc::get_mut(&mut a.0) {
            inner.strides = strides.into();
        }
        Ok(a)
    }

    /// A new 1-d or reshaped array from values in C order. The caller gives as many as the shape holds.
    pub fn from_slice<T: Element>(values: &[T], shape: &[usize]) -> Result<Array, ArrayError> {
        let mut a = Array::empty(T::DTYPE, shape)?;
        if values.len() != a.size() {
            return Err(ArrayError::Reshape {
                size: values.len(),
                from: [values.len()][..].into(),
                to: shape.iter().map(|&n| n as i64).collect(),
            });
        }
        if let Some(out) = a.as_mut_slice::<T>() {
            out.copy_from_slice(values);
        }
        Ok(a)
    }

    /// A 0-d array.
    pub fn from_scalar(s: Scalar) -> Result<Array, ArrayError> {
        fn one<T: Element>(s: Scalar) -> Result<Array, ArrayError> {
            Array::from_slice(&[T::from_scalar(s).unwrap_or_default()], &[])
        }
        with_dtype!(s.dtype(), T => one::<T>(s))
    }

    fn own(buffer: Buffer, dtype: DType, shape: &[usize]) -> Array {
        Array(Rc::new(Inner {
            dtype,
            writeable: Cell::new(true),
            shape: shape::dims(shape),
            strides: c_strides(shape),
            offset: 0,
            buffer,
            base: None,
        }))
    }

    /// Another view of the same buffer. `offset` counts elements from the buffer's start, and every
    /// element the view reaches must lie within the buffer: checked, since `exec` relies on it.
    pub fn view(&self, shape: &[usize], strides: &[isize], offset: usize) -> Array {
        self.view_of(shape, strides, offset)
    }

    #[inline(always)]
    fn view_of(&self, shape: &[usize], strides: &[isize], offset: usize) -> Array {
        let (lo, hi) = reach(shape, strides, offset);
        let end = hi.saturating_mul(self.0.dtype.itemsize() as isize);
        assert!(lo >= 0 && end <= self.0.buffer.bytes() as isize, "a view reaches outside its buffer");
        Array(buffer::counted(
            #[inline(always)]
            || Inner {
                dtype: self.0.dtype,
                writeable: Cell::new(self.0.writeable.get()),
                shape: shape::dims(shape),
                strides: shape::steps(strides),
                offset,
                buffer: self.0.buffer.clone(),
                base: Some(self.0.base.clone().unwrap_or_else(|| self.clone())),
            },
        ))
    }

    /// A view of an array in C order under another shape; `None` if it is in another order, or has another
    /// number of elements.
    #[inline]
    pub fn dense_as(&self, shape: &[usize]) -> Option<Array> {
        let n = shape.iter().try_fold(1usize, |p, &n| p.checked_mul(n))?;
        if self.dense_size()? != n {
            return None;
        }
        Some(match *shape {
            [_] => self.view_of(shape, &[1], self.offset()),
            [_, m] => self.view_of(shape, &[m.max(1) as isize, 1], self.offset()),
            _ => self.view_of(shape, &c_strides(shape), self.offset()),
        })
    }

    /// The same array under another shape: no view of it, but what owns (or borrows) the memory as
    /// it does. For `a.shape = …`.
    pub fn restrided(&self, shape: &[usize], strides: &[isize]) -> Array {
        let mut inner = (*self.0).clone();
        inner.shape = shape.into();
        inner.strides = strides.into();
        let (lo, hi) = reach(&inner.shape, &inner.strides, inner.offset);
        let len = inner.buffer.bytes() / inner.dtype.itemsize();
        assert!(lo >= 0 && hi <= len as isize, "a view reaches outside its buffer");
        Array(Rc::new(inner))
    }

    /// A view of the same memory under another dtype of the same kind of bytes (`z.real`, `x.view`).
    /// Strides and offset count elements of the new dtype. Never to or from bool, whose bytes are
    /// restricted.
    pub fn reinterpret(&self, dtype: DType, shape: &[usize], strides: &[isize], offset: usize) -> Array {
        assert!((dtype == DType::Bool) == (self.dtype() == DType::Bool), "bool bytes are restricted");
        let mut inner = (*self.0).clone();
        inner.dtype = dtype;
        let base = self.0.base.clone().unwrap_or_else(|| self.clone());
        inner.base = Some(base);
        inner.shape = shape.into();
        inner.strides = strides.into();
        inner.offset = offset;
        let (lo, hi) = reach(&inner.shape, &inner.strides, offset);
        let len = inner.buffer.bytes() / dtype.itemsize();
        assert!(lo >= 0 && hi <= len as isize, "a view reaches outside its buffer");
        Array(Rc::new(inner))
    }

    #[inline(always)]
    pub fn dtype(&self) -> DType {
        self.0.dtype
    }

    #[inline(always)]
    pub fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    /// Whether another array has the same shape.
    #[inline(always)]
    pub fn is_shaped_like(&self, other: &Array) -> bool {
        match (self.shape(), other.shape()) {
            ([n], [m]) => n == m,
            (shape, other) => shape == other,
        }
    }

    /// Elements to step along each axis.
    #[inline(always)]
    pub fn strides(&self) -> &[isize] {
        &self.0.strides
    }

    /// Bytes to step along each axis, as NumPy's `strides`.
    pub fn strides_bytes(&self) -> Strides {
        let n = self.dtype().itemsize() as isize;
        self.0.strides.iter().map(|s| s * n).collect()
    }

    /// Elements from the buffer's start to the first element of the view.
    #[inline]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    #[inline]
    pub fn ndim(&self) -> usize {
        self.0.shape.len()
    }

    pub fn size(&self) -> usize {
        self.0.shape.iter().product()
    }

    pub fn nbytes(&self) -> usize {
        self.size() * self.dtype().itemsize()
    }

    pub fn base(&self) -> Option<&Array> {
        self.0.base.as_ref()
    }

    pub fn writeable(&self) -> bool {
        self.0.writeable.get()
    }

    /// Sets the flag for every holder of this array, as `a.flags.writeable = …` does.
    pub fn set_writeable(&self, on: bool) {
        self.0.writeable.set(on);
    }

    /// Elements follow each other in C order (always so for fewer than two elements).
    pub fn is_c_contiguous(&self) -> bool {
        shape::is_contiguous(self.shape(), self.strides(), Order::C)
    }

    pub fn is_f_contiguous(&self) -> bool {
        shape::is_contiguous(self.shape(), self.strides(), Order::F)
    }

    /// The same object: NumPy's `is`.
    pub fn same_object(&self, other: &Array) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Both see the same buffer, though perhaps different elements of it.
    pub fn same_buffer(&self, other: &Array) -> bool {
        self.0.buffer.same(&other.0.buffer)
    }

    /// Where the buffer lies, which tells it from any other that is alive.
    pub fn buffer_address(&self) -> usize {
        self.0.buffer.address()
    }

    /// The byte range of the buffer that the view's elements span; `None` for an empty view.
    pub fn byte_span(&self) -> Option<(usize, usize)> {
        if self.size() == 0 {
            return None;
        }
        let (lo, hi) = reach(self.shape(), self.strides(), self.offset());
        let n = self.dtype().itemsize();
        Some((lo as usize * n, hi as usize * n))
    }

    /// The views' spans of one buffer intersect: cheap, and never falsely `false`.
    pub fn may_overlap(&self, other: &Array) -> bool {
        self.same_buffer(other)
            && match (self.byte_span(), other.byte_span()) {
                (Some((a, b)), Some((c, d))) => a < d && c < b,
                _ => false,
            }
    }

    /// As [`is_unique`](Self::is_unique), of an array that is looked at.
    pub fn has_one_holder(&self) -> bool {
        let alone = Rc::strong_count(&self.0) == 1 && Rc::weak_count(&self.0) == 0;
        alone && self.0.base.is_none() && self.0.buffer.has_one_holder()
    }

    /// No other array, name or view sees this memory, so a kernel may write its result here.
    pub fn is_unique(&mut self) -> bool {
        match Rc::get_mut(&mut self.0) {
            Some(inner) => inner.base.is_none() && inner.buffer.is_unique(),
            None => false,
        }
    }

    /// The bytes of its elements, if nobody else sees them.
    pub fn unnamed_bytes(&mut self) -> usize {
        if self.is_unique() { self.size() * self.dtype().itemsize() } else { 0 }
    }

    /// The elements in C order, if that is how they lie in memory and `T` is the dtype's type.
    #[inline(always)]
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        if T::DTYPE != self.dtype() {
            return None;
        }
        let n = self.dense_size()?;
        if n == 0 {
            return Some(&[]);
        }
        self.0.buffer.as_slice::<T>().get(self.offset()..self.offset() + n)
    }

    /// The elements to write, in memory order, when nothing else sees them: new results and
    /// temporaries. `None` when shared, not contiguous (in any order of the axes), or of another dtype.
    #[inline]
    pub fn as_mut_slice<T: Element>(&mut self) -> Option<&mut [T]> {
        let dense = self.is_c_contiguous()
            || self.is_f_contiguous()
            || shape::is_dense(&self.0.shape, &self.0.strides);
        if T::DTYPE != self.dtype() || !dense {
            return None;
        }
        let n = self.size();
        let inner = Rc::get_mut(&mut self.0)?;
        if inner.base.is_some() {
            return None;
        }
        let offset = inner.offset;
        inner.buffer.as_mut_slice::<T>()?.get_mut(offset..offset + n)
    }

    /// The number of elements, if they follow each other in C order.
    #[inline(always)]
    pub fn dense_size(&self) -> Option<usize> {
        shape::dense_size(&self.0.shape, &self.0.strides)
    }

    /// The whole buffer as elements of the view's dtype, for strided reading: element `(i, j)` is at
    /// `offset + i * strides[0] + j * strides[1]`. Panics if `T` is not the dtype's type.
    #[inline]
    pub fn storage<T: Element>(&self) -> &[T] {
        assert_eq!(T::DTYPE, self.dtype());
        self.0.buffer.as_slice::<T>()
    }

    /// Writes through the view into the shared buffer; `f` gets the whole buffer, as
    /// [`Array::storage`] does. While `f` runs, nothing may read the buffer through another view:
    /// `exec` copies overlapping sources first.
    pub fn write_storage<T: Element, R>(&self, f: impl FnOnce(&mut [T]) -> R) -> R {
        assert_eq!(T::DTYPE, self.dtype());
        self.0.buffer.write::<T, R>(f)
    }

    /// As [`Array::write_storage`], for an `f` that writes all elements of the buffer and reads none of them.
    pub fn overwrite_storage<T: Element, R>(&self, f: impl FnOnce(&mut [T]) -> R) -> R {
        assert_eq!(T::DTYPE, self.dtype());
        self.0.buffer.overwrite::<T, R>(f)
    }

    /// Whether it is the whole of a buffer of zeros that nobody has looked at yet.
    pub fn is_blank(&self) -> bool {
        self.0.buffer.is_blank() && self.fills_buffer()
    }

    /// Whether its elements are all those of its buffer.
    pub fn fills_buffer(&self) -> bool {
        self.dense_size().is_some_and(|n| n * self.dtype().itemsize() == self.0.buffer.bytes())
    }

    /// The whole buffer of float64 or int64 elements as cells of their bits, to read and write one by one;
    /// `None` for other dtypes. While the cells live, nothing takes a slice of the buffer.
    pub fn words(&self) -> Option<&[Cell<u64>]> {
        matches!(self.dtype(), DType::F64 | DType::I64).then(|| self.0.buffer.words())
    }

    /// The whole buffer of bool elements as cells, as [`Array::words`].
    pub fn truths(&self) -> Option<&[Cell<bool>]> {
        (self.dtype() == DType::Bool).then(|| self.0.buffer.cells::<bool>())
    }

    /// One element, by its position in the buffer (see [`Array::storage`]).
    pub fn scalar_at(&self, position: usize) -> Scalar {
        with_dtype!(self.dtype(), T => self.storage::<T>()[position].scalar())
    }

    /// The only element of an array of size one.
    pub fn item(&self) -> Option<Scalar> {
        (self.size() == 1).then(|| self.scalar_at(self.offset()))
    }

    /// The same elements under another shape of equal size, if strides allow; else `None`.
    pub fn reshape_view(&self, to: &[usize], order: Order) -> Option<Array> {
        let strides = shape::reshape_strides(self.shape(), self.strides(), to, order)?;
        Some(self.view(to, &strides, self.offset()))
    }

    /// Axes in another order: `axes[k]` is the source axis of the result's axis `k`.
    pub fn permute(&self, axes: &[usize]) -> Array {
        let shape: Dims = axes.iter().map(|&i| self.shape()[i]).collect();
        let strides: Strides = axes.iter().map(|&i| self.strides()[i]).collect();
        self.view(&shape, &strides, self.offset())
    }

    /// NumPy's `.T`.
    pub fn transpose(&self) -> Array {
        if let (&[n, m], &[s, t]) = (self.shape(), self.strides()) {
            return self.view_of(&[m, n], &[t, s], self.offset());
        }
        let (mut shape, mut strides) = (shape::dims(self.shape()), shape::steps(self.strides()));
        shape.reverse();
        strides.reverse();
        self.view_of(&shape, &strides, self.offset())
    }

    /// A read-only view repeated by broadcasting; the error names both shapes.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Array, ArrayError> {
        let strides = shape::broadcast_strides(self.shape(), self.strides(), shape)
            .ok_or_else(|| ArrayError::BroadcastTo { from: self.shape().into(), to: shape.into() })?;
        let view = self.view(shape, &strides, self.offset());
        view.set_writeable(false);
        Ok(view)
    }
}

impl Drop for Array {
    /// Leaves a small array that owns its memory to the pool, with its buffer.
    #[inline]
    fn drop(&mut self) {
        let Some(inner) = Rc::get_mut(&mut self.0) else { return };
        if inner.base.is_some() || inner.shape.spilled() || inner.strides.spilled() {
            return;
        }
        let Some(class) = inner.buffer.small_class() else { return };
        pool::keep_array(class, |next| {
            if let Some(inner) = Rc::get_mut(&mut self.0) {
                inner.buffer.rest();
                inner.base = next;
            }
            Array(self.0.clone())
        });
    }
}

/// The half-open range of buffer positions that a view touches.
fn reach(shape: &[usize], strides: &[isize], offset: usize) -> (isize, isize) {
    let (mut lo, mut hi) = (offset as isize, offset as isize + 1);
    for (&n, &s) in shape.iter().zip(strides) {
        if n == 0 {
            return (0, 0);
        }
        let far = (n as isize - 1) * s;
        if far < 0 { lo += far } else { hi += far }
    }
    (lo, hi)
}

impl std::fmt::Debug for Array {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Array({} {:?} strides {:?})", self.dtype(), self.shape(), self.strides())
    }
}
