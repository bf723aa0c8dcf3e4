//! Indexing as geometry: basic indices (integers, slices, new axes, an ellipsis) become a view,
//! and with index arrays among them a plan of where the elements lie. NumPy's rules throughout.
//! Masks come here as index arrays already: `exec::index` turns them into those, and moves the data.

use super::{Array, ArrayError, Dims, Strides, broadcast_shapes};
use smallvec::SmallVec;

/// `start:stop:step`, `None` where nothing was written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Slice {
    pub start: Option<i64>,
    pub stop: Option<i64>,
    pub step: Option<i64>,
}

impl Slice {
    /// The first position, the count, and the step over an axis of length `n`, as Python clips them.
    pub fn resolve(&self, n: usize) -> Result<(usize, usize, isize), ArrayError> {
        let step = self.step.unwrap_or(1).max(-i64::MAX);
        if step == 0 {
            return Err(ArrayError::ZeroStep);
        }
        let len = n as i64;
        let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
        let clip = |x: i64| if x < 0 { x.saturating_add(len).max(low) } else { x.min(high) };
        let start = self.start.map_or(if step > 0 { low } else { high }, clip);
        let stop = self.stop.map_or(if step > 0 { high } else { low }, clip);
        let span = if step > 0 { stop - start } else { start - stop };
        let count = if span <= 0 { 0 } else { (span - 1) / step.abs() + 1 };
        // An empty selection starts at the axis's beginning, so that no view points outside.
        let start = if count == 0 { 0 } else { start };
        Ok((start as usize, count as usize, step as isize))
    }
}

/// One item of an index.
#[derive(Clone, Debug)]
pub enum Index {
    Int(i64),
    Slice(Slice),
    NewAxis,
    Ellipsis,
    /// Integers (int64) of any shape.
    Array(Array),
    /// A mask over as many axes as it has; `exec::index` replaces it before planning.
    Mask(Array),
    /// A 0-d mask: consumes no axis, and keeps all or nothing.
    Flag(bool),
}

impl Index {
    /// Axes of the array that the item stands for; an ellipsis takes what is left.
    fn consumes(&self) -> usize {
        match self {
            Index::Int(_) | Index::Slice(_) | Index::Array(_) => 1,
            Index::Mask(m) => m.ndim(),
            Index::NewAxis | Index::Ellipsis | Index::Flag(_) => 0,
        }
    }

    fn is_advanced(&self) -> bool {
        matches!(self, Index::Array(_) | Index::Mask(_) | Index::Flag(_))
    }
}

/// What an index selects.
pub enum Selection {
    View(Array),
    Fancy(Fancy),
}

/// A selection by index arrays. Element `(b, s)` lies at
/// `offset + sum_k indices[k][b] * stride_k + s · sub_strides`.
pub struct Fancy {
    pub offset: usize,
    /// The common shape of the index arrays.
    pub index_shape: Dims,
    pub indices: SmallVec<[Indexer; 2]>,
    /// The axes kept by slices and new axes.
    pub sub_shape: Dims,
    pub sub_strides: Strides,
    /// How many of the kept axes come before those of the index arrays in the result.
    pub lead: usize,
}

/// One index array and the axis it picks from.
pub struct Indexer {
    pub array: Array,
    pub axis: usize,
    pub size: usize,
    pub stride: isize,
}

impl Fancy {
    /// The shape of the result.
    pub fn shape(&self) -> Dims {
        let (before, after) = self.sub_shape.split_at(self.lead);
        [before, &self.index_shape, after].concat().into()
    }

    /// Axes of the result in the order index axes, then kept axes.
    pub fn index_first(&self) -> Dims {
        let (b, s) = (self.index_shape.len(), self.sub_shape.len());
        (self.lead..self.lead + b).chain(0..self.lead).chain(self.lead + b..b + s).collect()
    }
}

/// A position on an axis; negative ones count from its end.
#[inline]
pub fn position(index: i64, axis: usize, size: usize) -> Result<usize, ArrayError> {
    let at = if index < 0 { index.wrapping_add(size as i64) } else { index };
    if at < 0 || at >= size as i64 { Err(ArrayError::Index { index, axis, size }) } else { Ok(at as usize) }
}

/// For each item the first axis it stands for, and how many the ellipsis takes.
fn axes(items: &[Index], ndim: usize) -> Result<(SmallVec<[usize; 4]>, usize), ArrayError> {
    if items.iter().filter(|i| matches!(i, Index::Ellipsis)).count() > 1 {
        return Err(ArrayError::TwoEllipses);
    }
    let given: usize = items.iter().map(Index::consumes).sum();
    let rest = ndim.checked_sub(given).ok_or(ArrayError::TooManyIndices { ndim, given })?;
    let mut axis = 0;
    let starts = items
        .iter()
        .map(|item| {
            let start = axis;
            axis += if matches!(item, Index::Ellipsis) { rest } else { item.consumes() };
            start
        })
        .collect();
    Ok((starts, rest))
}

/// Checks the number of indices and the shapes of masks.
pub fn check(a: &Array, items: &[Index]) -> Result<(), ArrayError> {
    let (starts, _) = axes(items, a.ndim())?;
    for (item, &start) in items.iter().zip(&starts) {
        let Index::Mask(mask) = item else { continue };
        for (k, &len) in mask.shape().iter().enumerate() {
            let size = a.shape()[start + k];
            if len != size {
                return Err(ArrayError::MaskShape { axis: start + k, size, mask: len });
            }
        }
    }
    Ok(())
}

/// Works out what an index selects; no mask may be left in it. Index arrays are not looked into:
/// their bounds are checked when they run.
pub fn select(a: &Array, items: &[Index]) -> Result<Selection, ArrayError> {
    let (starts, rest) = axes(items, a.ndim())?;
    let fancy = items.iter().any(Index::is_advanced);
    let mut offset = a.offset() as isize;
    let (mut shape, mut strides) = (Dims::new(), Strides::new());
    let mut indices: SmallVec<[Indexer; 2]> = SmallVec::new();
    let mut shapes: Vec<Dims> = Vec::new();
    // The run of advanced items: where it starts among the kept axes, and whether it was broken.
    let (mut lead, mut last, mut broken) = (0, None, false);
    for (i, (item, &axis)) in items.iter().zip(&starts).enumerate() {
        if item.is_advanced() || (fancy && matches!(item, Index::Int(_))) {
            match last {
                None => lead = shape.len(),
                Some(before) => broken |= before + 1 != i,
            }
            last = Some(i);
        }
        let size = a.shape().get(axis).copied().unwrap_or(1);
        let stride = a.strides().get(axis).copied().unwrap_or(0);
        match item {
            Index::Int(k) => offset += position(*k, axis, size)? as isize * stride,
            Index::Slice(slice) => {
                let (start, count, step) = slice.resolve(size)?;
                offset += start as isize * stride;
                shape.push(count);
                strides.push(stride.wrapping_mul(step));
            }
            Index::NewAxis => {
                shape.push(1);
                strides.push(0);
            }
            Index::Ellipsis => {
                shape.extend_from_slice(&a.shape()[axis..axis + rest]);
                strides.extend_from_slice(&a.strides()[axis..axis + rest]);
            }
            Index::Array(array) => {
                shapes.push(array.shape().into());
                indices.push(Indexer { array: array.clone(), axis, size, stride });
            }
            Index::Flag(on) => shapes.push([*on as usize][..].into()),
            Index::Mask(_) => {}
        }
    }
    if !items.iter().any(|i| matches!(i, Index::Ellipsis)) {
        shape.extend_from_slice(&a.shape()[a.ndim() - rest..]);
        strides.extend_from_slice(&a.strides()[a.ndim() - rest..]);
    }
    let offset = offset as usize;
    if !fancy {
        return Ok(Selection::View(a.view(&shape, &strides, offset)));
    }
    let list: Vec<&[usize]> = shapes.iter().map(|s| &s[..]).collect();
    let index_shape =
        broadcast_shapes(&list).map_err(|_| ArrayError::IndexBroadcast { shapes: shapes.clone() })?;
    let lead = if broken { 0 } else { lead };
    Ok(Selection::Fancy(Fancy { offset, index_shape, indices, sub_shape: shape, sub_strides: strides, lead }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;

    fn slice(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Slice {
        Slice { start, stop, step }
    }

    #[test]
    fn slices_clip_as_pythons() {
        for n in 0..5i64 {
            for start in -7..7 {
                for stop in -7..7 {
                    for step in [-3, -2, -1, 1, 2, 3] {
                        let (at, count, by) =
                            slice(Some(start), Some(stop), Some(step)).resolve(n as usize).unwrap();
                        let got: Vec<i64> = (0..count as i64).map(|k| at as i64 + k * by as i64).collect();
                        assert_eq!(got, model(n, start, stop, step), "{start}:{stop}:{step} of {n}");
                    }
                }
            }
        }
        assert_eq!(slice(None, None, Some(-1)).resolve(3), Ok((2, 3, -1)));
        assert_eq!(slice(None, None, Some(i64::MIN)).resolve(3).unwrap().1, 1);
        assert_eq!(slice(None, None, Some(0)).resolve(3), Err(ArrayError::ZeroStep));
    }

    /// Walks from the clipped start, one step at a time.
    fn model(n: i64, start: i64, stop: i64, step: i64) -> Vec<i64> {
        let wrap = |x: i64| if x < 0 { x + n } else { x };
        let (mut i, stop) = (wrap(start), wrap(stop));
        i = if step > 0 { i.max(0) } else { i.min(n - 1) };
        let mut out = Vec::new();
        while (step > 0 && i < stop.min(n)) || (step < 0 && i > stop.max(-1)) {
            out.push(i);
            i += step;
        }
        out
    }

    #[test]
    fn views_of_basic_indices() {
        let a = Array::zeros(DType::F64, &[2, 3, 4]).unwrap();
        let Ok(Selection::View(v)) = select(
            &a,
            &[Index::Int(-1), Index::NewAxis, Index::Ellipsis, Index::Slice(slice(None, None, Some(-2)))],
        ) else {
            panic!()
        };
        assert_eq!((v.shape(), v.strides(), v.offset()), (&[1, 3, 2][..], &[0, 4, -2][..], 15));
        let err = |items: &[Index]| select(&a, items).err().unwrap();
        assert_eq!(err(&[Index::Int(2)]), ArrayError::Index { index: 2, axis: 0, size: 2 });
        let four = [const { Index::Int(0) }; 4];
        assert_eq!(err(&four), ArrayError::TooManyIndices { ndim: 3, given: 4 });
        assert_eq!(err(&[Index::Ellipsis, Index::Ellipsis]), ArrayError::TwoEllipses);
    }
}
