//! Conversion of arguments: values to arrays, indices, dtypes; arrays to lists. Nested sequences
//! become arrays by NumPy's rules of discovery.

use crate::array::{Array, Dims, Order};
use crate::dtype::{CastError, DType, Element, Scalar, cast_scalar, promote};
use crate::exec;
use crate::exec::tally::{self, Pass};
use crate::kernel::cast::conditions;
use crate::kernel::{Block, Flags};
use crate::value::{Fault, Func, Host, List, Object, Range, Value, Warning, check_nesting, shape_text};
use crate::with_dtype;

/// Axes an array may have.
pub const MAX_DIMS: usize = 64;

/// The value as an array: numbers become 0-d; lists and tuples by NumPy's rules.
pub fn to_array(value: &Value) -> Result<Array, Fault> {
    to_array_as(value, None)
}

/// As [`to_array`], in a given dtype. Plain numbers must fit it, as in NumPy; an array of that dtype
/// comes back as it is.
pub fn to_array_as(value: &Value, dtype: Option<DType>) -> Result<Array, Fault> {
    if let Value::Array(a) = value {
        return Ok(match dtype {
            Some(d) => exec::in_dtype(a, d)?,
            None => a.clone(),
        });
    }
    if let Some(s) = value.scalar() {
        return Ok(Array::from_scalar(match dtype {
            Some(d) => element(value, d)?,
            None => s,
        })?);
    }
    if let Some(range) = as_range(value) {
        return from_range(range, dtype.unwrap_or(DType::I64));
    }
    let plain = match (value, dtype) {
        (Value::List(l), None) => l.with(|items| plain_numbers(items.iter()))?,
        (Value::Tuple(t), None) => plain_numbers(t.items.iter())?,
        _ => None,
    };
    if let Some(array) = plain {
        return Ok(array);
    }
    let mut found = Discovery { shape: Dims::new(), open: true, dtype: None };
    found.visit(value, 0)?;
    let dtype = dtype.or(found.dtype).unwrap_or(DType::F64);
    let out = Array::empty(dtype, &found.shape)?;
    let mut at = 0;
    write(value, &out, &mut at)?;
    Ok(out)
}

fn as_range(value: &Value) -> Option<Range> {
    match value {
        Value::Object(o) => o.as_any().downcast_ref::<Range>().copied(),
        _ => None,
    }
}

fn from_range(range: Range, dtype: DType) -> Result<Array, Fault> {
    let mut out = Array::empty(DType::I64, &[range.count()])?;
    if let Some(out) = out.as_mut_slice::<i64>() {
        for (k, o) in out.iter_mut().enumerate() {
            *o = range.start + k as i64 * range.step;
        }
    }
    Ok(exec::in_dtype(&out, dtype)?)
}

/// The items of a list, tuple, or object with a length and an index.
fn items(value: &Value) -> Result<Option<Vec<Value>>, Fault> {
    Ok(Some(match value {
        Value::List(l) => l.to_vec(),
        Value::Tuple(t) => t.items.to_vec(),
        Value::Object(o) => match o.len() {
            Some(n) => object_items(&**o, n)?,
            None => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

fn object_items(o: &dyn Object, n: usize) -> Result<Vec<Value>, Fault> {
    let none = || Err(Fault::NoDType { type_name: o.type_name().into() });
    (0..n as i64).map(|k| o.index(&Value::Int(k)).unwrap_or_else(none)).collect()
}

/// The shape and dtype of nested sequences.
struct Discovery {
    shape: Dims,
    /// No leaf was met yet, so that deeper levels may still add axes.
    open: bool,
    dtype: Option<DType>,
}

impl Discovery {
    fn visit(&mut self, value: &Value, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DIMS {
            return Err(Fault::Nesting { limit: MAX_DIMS });
        }
        let (dtype, lengths): (DType, Dims) = match value {
            Value::Array(a) => (a.dtype(), a.shape().into()),
            _ => match value.scalar() {
                Some(s) => (s.dtype(), Dims::new()),
                None => return self.descend(value, depth),
            },
        };
        self.dtype = Some(self.dtype.map_or(dtype, |d| promote(d, dtype)));
        for (k, &n) in lengths.iter().enumerate() {
            self.level(depth + k, n)?;
        }
        self.leaf(depth + lengths.len())
    }

    fn descend(&mut self, value: &Value, depth: usize) -> Result<(), Fault> {
        let Some(items) = items(value)? else {
            return Err(Fault::NoDType { type_name: value.type_name().into() });
        };
        self.level(depth, items.len())?;
        if items.is_empty() {
            return self.leaf(depth + 1);
        }
        items.iter().try_for_each(|item| self.visit(item, depth + 1))
    }

    /// A sequence of `n` items at a depth.
    fn level(&mut self, depth: usize, n: usize) -> Result<(), Fault> {
        match self.shape.get(depth) {
            Some(&m) if m == n => Ok(()),
            None if self.open => {
                self.shape.push(n);
                Ok(())
            }
            _ => Err(self.ragged(depth)),
        }
    }

    /// The end of nesting at a depth.
    fn leaf(&mut self, depth: usize) -> Result<(), Fault> {
        if depth < self.shape.len() {
            return Err(self.ragged(depth));
        }
        self.open = false;
        Ok(())
    }

    fn ragged(&self, depth: usize) -> Fault {
        let known = shape_text(&self.shape[..depth.min(self.shape.len())]);
        Fault::Ragged {
            detail: match depth {
                1 => format!(
                    "the first axis has length {}, and the items along it differ in shape",
                    self.shape.first().unwrap_or(&0)
                ),
                _ => format!("the first {depth} axes have shape {known}, and then the items differ"),
            },
        }
    }
}

/// Writes the leaves of nested sequences in C order; `out` is new and contiguous.
fn write(value: &Value, out: &Array, at: &mut usize) -> Result<(), Fault> {
    if let Value::Array(a) = value {
        let part = out.view(a.shape(), &crate::array::c_strides(a.shape()), *at);
        *at += a.size();
        return Ok(exec::assign(&part, a)?);
    }
    if value.scalar().is_some() {
        let x = element(value, out.dtype())?;
        with_dtype!(out.dtype(), T => store::<T>(out, *at, x));
        *at += 1;
        return Ok(());
    }
    for item in items(value)?.unwrap_or_default() {
        write(&item, out, at)?;
    }
    Ok(())
}

/// Writes one element of the array's dtype at a position of its buffer.
pub fn store<T: Element>(a: &Array, at: usize, x: Scalar) {
    a.write_storage::<T, _>(|s| {
        if let (Some(e), Some(x)) = (s.get_mut(at), T::from_scalar(x)) {
            *e = x;
        }
    })
}

/// A number as an element of a dtype, by NumPy's rules of assignment: what Python's `int` and
/// `float` refuse is an error, and what does not fit is one too, except that typed integers wrap in
/// unsigned dtypes.
pub fn element(value: &Value, dtype: DType) -> Result<Scalar, Fault> {
    let Some(s) = value.scalar() else {
        return Err(Fault::NoDType { type_name: value.type_name().into() });
    };
    if s.dtype() == dtype {
        return Ok(s);
    }
    let plain = !matches!(value, Value::Scalar(_));
    if plain && s.dtype().is_complex() && !dtype.is_complex() && dtype != DType::Bool {
        return Err(CastError::ComplexToReal { dtype }.into());
    }
    if !dtype.is_int() || s.dtype().is_complex() || s.dtype() == DType::Bool {
        return Ok(cast_scalar(s, dtype));
    }
    let whole = match s.as_i128() {
        Some(n) if !plain && dtype.is_unsigned() => return Ok(cast_scalar(Scalar::I64(n as i64), dtype)),
        Some(n) => n,
        None => match s.as_f64().unwrap_or(f64::NAN) {
            x if x.is_nan() => return Err(CastError::NanToInt { dtype }.into()),
            x if x.is_infinite() => return Err(CastError::InfinityToInt { dtype }.into()),
            x => x as i128,
        },
    };
    integer(whole, dtype).ok_or(Fault::Cast(CastError::OutOfBounds { value: whole, dtype }))
}

/// An integer of a dtype, if it fits.
fn integer(n: i128, dtype: DType) -> Option<Scalar> {
    let s = match dtype {
        DType::U64 => Scalar::U64(u64::try_from(n).ok()?),
        _ => cast_scalar(Scalar::I64(i64::try_from(n).ok()?), dtype),
    };
    (s.as_i128() == Some(n)).then_some(s)
}

/// As [`element`], with NumPy's warnings: of a complex number that loses its imaginary part, and of a number
/// past the largest float32.
pub fn element_warned(host: &mut dyn Host, value: &Value, dtype: DType) -> Result<Scalar, Fault> {
    let x = element(value, dtype)?;
    if let Some(s) = value.scalar() {
        warn_scalar(host, s, dtype);
    }
    Ok(x)
}

/// Warns as NumPy does before elements of an array are converted to a dtype.
pub fn warn_cast(host: &mut dyn Host, a: &Array, to: DType) -> Result<(), Fault> {
    warn_complex(host, a.dtype(), to);
    tell_cast(host, exec::cast_conditions(a, to)?);
    Ok(())
}

/// As [`warn_cast`], of one number.
pub fn warn_scalar(host: &mut dyn Host, s: Scalar, to: DType) {
    fn met<T: Element>(s: Scalar, to: DType) -> Flags {
        T::from_scalar(s).map_or(Flags::NONE, |x| conditions(Block::new(&[x]), to))
    }
    if s.dtype() != to {
        warn_complex(host, s.dtype(), to);
        tell_cast(host, with_dtype!(s.dtype(), T => met::<T>(s, to)));
    }
}

/// Warns of complex numbers that are to be made real.
pub fn warn_complex(host: &mut dyn Host, from: DType, to: DType) {
    if from.is_complex() && !to.is_complex() && to != DType::Bool {
        let text = "Casting complex values to real discards the imaginary part".into();
        host.warn(Warning { category: "ComplexWarning", text, ..Default::default() });
    }
}

/// The warnings of a cast that met what the dtype cannot hold.
pub fn tell_cast(host: &mut dyn Host, met: Flags) {
    for (found, what) in [(met.overflow, "overflow"), (met.invalid, "invalid value")] {
        if found {
            let text = format!("{what} encountered in cast");
            host.warn(Warning { category: "RuntimeWarning", text, ..Default::default() });
        }
    }
}

/// What a bracket display `[a, b, …]` is: an array if its items are numbers, or bracket displays that
/// became arrays of one shape; else a list. Each item comes with whether it was such a display.
pub fn bracket(items: Vec<(Value, bool)>) -> Result<Value, Fault> {
    if let Some(array) = plain_numbers(items.iter().map(|(v, _)| v))? {
        return Ok(Value::Array(array));
    }
    let mut dtype: Option<DType> = None;
    let mut shape: Option<&[usize]> = None;
    for (item, display) in &items {
        let (d, dims): (DType, &[usize]) = match item {
            Value::Array(a) if *display && a.ndim() < MAX_DIMS => (a.dtype(), a.shape()),
            _ => match item.scalar() {
                Some(s) => (s.dtype(), &[]),
                None => return as_list(items),
            },
        };
        // Comparing no bytes costs 100 ns where the address is none, as that of an empty slice.
        if shape.is_some_and(|s| s.len() != dims.len() || !dims.is_empty() && s != dims) {
            return as_list(items);
        }
        shape = Some(dims);
        dtype = Some(dtype.map_or(d, |e| promote(e, d)));
    }
    let (Some(dtype), Some(shape)) = (dtype, shape) else { return as_list(items) };
    let full: Dims = std::iter::once(items.len()).chain(shape.iter().copied()).collect();
    let out = Array::empty(dtype, &full)?;
    let mut at = 0;
    for (item, _) in &items {
        write(item, &out, &mut at)?;
    }
    Ok(Value::Array(out))
}

/// The array of plain integers, or of plain floats: what most brackets and lists are. `None` for other
/// items.
fn plain_numbers<'a>(
    items: impl ExactSizeIterator<Item = &'a Value> + Clone,
) -> Result<Option<Array>, Fault> {
    fn array<'a, T: Element>(
        items: impl ExactSizeIterator<Item = &'a Value> + Clone,
        of: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<Array>, Fault> {
        if !items.clone().all(|v| of(v).is_some()) {
            return Ok(None);
        }
        let mut out = Array::empty(T::DTYPE, &[items.len()])?;
        if let Some(to) = out.as_mut_slice::<T>() {
            to.iter_mut().zip(items).for_each(|(x, v)| *x = of(v).unwrap_or_default());
        }
        Ok(Some(out))
    }
    match items.clone().next() {
        Some(Value::Int(_)) => array(items, |v| if let Value::Int(n) = v { Some(*n) } else { None }),
        Some(Value::Float(_)) => array(items, |v| if let Value::Float(x) = v { Some(*x) } else { None }),
        _ => Ok(None),
    }
}

fn as_list(items: Vec<(Value, bool)>) -> Result<Value, Fault> {
    let items: Vec<Value> = items.into_iter().map(|(v, _)| v).collect();
    check_nesting(&items)?;
    Ok(Value::List(List::new(items)))
}

/// A typed scalar as the plain number it stands for: what `item` and `tolist` give.
pub fn plain(s: Scalar) -> Value {
    match s {
        Scalar::Bool(b) => Value::Bool(b),
        Scalar::F32(x) => Value::Float(x as f64),
        Scalar::F64(x) => Value::Float(x),
        Scalar::C64(_) | Scalar::C128(_) => Value::Complex(s.as_c128()),
        _ => match s.as_i128().and_then(|n| i64::try_from(n).ok()) {
            Some(n) => Value::Int(n),
            // Plain integers have 64 bits.
            None => Value::Scalar(s),
        },
    }
}

/// `a.tolist()`: nested lists of plain numbers; a plain number for a 0-d array.
pub fn list_of(a: &Array) -> Value {
    fn level(a: &Array, axis: usize, at: isize) -> Value {
        if axis == a.ndim() {
            return plain(a.scalar_at(at as usize));
        }
        let step = a.strides()[axis];
        let items = (0..a.shape()[axis] as isize).map(|i| level(a, axis + 1, at + i * step));
        Value::List(List::new(items.collect()))
    }
    let _pass = tally::pass(|| Pass::new("list", a.dtype(), 0).reads(a).threads(1));
    level(a, 0, a.offset() as isize)
}

/// The elements of an array as scalars, in C order.
pub fn scalars(a: &Array) -> Result<Vec<Scalar>, Fault> {
    let a = exec::contiguous(a)?;
    fn all<T: Element>(a: &Array) -> Vec<Scalar> {
        a.as_slice::<T>().unwrap_or(&[]).iter().map(|x| x.scalar()).collect()
    }
    Ok(with_dtype!(a.dtype(), T => all::<T>(&a)))
}

/// A new array of scalars, converted to a dtype.
pub fn from_scalars(dtype: DType, items: &[Scalar], shape: &[usize]) -> Result<Array, Fault> {
    fn all<T: Element>(items: &[Scalar], shape: &[usize]) -> Result<Array, Fault> {
        let one = |&s: &Scalar| T::from_scalar(cast_scalar(s, T::DTYPE)).unwrap_or_default();
        Ok(Array::from_slice(&items.iter().map(one).collect::<Vec<T>>(), shape)?)
    }
    with_dtype!(dtype, T => all::<T>(items, shape))
}

/// The elements of an array as one Rust type, in C order.
pub fn elements<T: Element>(a: &Array) -> Result<Vec<T>, Fault> {
    let a = exec::cast(a, T::DTYPE, Order::C)?;
    Ok(a.as_slice::<T>().unwrap_or(&[]).to_vec())
}

/// A scalar array as the value an element has; any other array as itself.
pub fn unwrap_0d(a: Array) -> Value {
    match a.ndim() {
        0 => Value::Scalar(a.scalar_at(a.offset())),
        _ => Value::Array(a),
    }
}

/// The scalar that a number or an array of size one holds.
pub fn as_scalar(value: &Value) -> Option<Scalar> {
    match value {
        Value::Array(a) => a.item(),
        _ => value.scalar(),
    }
}

/// A number, or an array without axes: one value, and no sequence of one.
pub fn is_number(value: &Value) -> bool {
    matches!(value, Value::Array(a) if a.ndim() == 0) || value.is_scalar_number()
}

/// An integer for counting or indexing: bools and floats are not.
pub fn as_index(value: &Value) -> Option<i64> {
    match value {
        Value::Int(n) => Some(*n),
        _ => {
            let s = as_scalar(value)?;
            if s.dtype().is_int() { s.as_i128().and_then(|n| i64::try_from(n).ok()) } else { None }
        }
    }
}

/// As [`as_index`], for glyph functions: whole floats and bools count too.
pub fn as_count(value: &Value) -> Option<i64> {
    as_index(value).or_else(|| {
        let s = as_scalar(value)?;
        let x = s.as_f64()?;
        (x.fract() == 0.0 && x.abs() < 9e15).then_some(x as i64)
    })
}

/// One integer, or the integers of a tuple, list or 1-d array.
pub fn as_ints(value: &Value) -> Option<Vec<i64>> {
    many(value, as_index)
}

/// As [`as_ints`], for glyph functions: whole floats and bools count too.
pub fn as_counts(value: &Value) -> Option<Vec<i64>> {
    many(value, as_count)
}

fn many(value: &Value, one: fn(&Value) -> Option<i64>) -> Option<Vec<i64>> {
    match value {
        Value::Tuple(t) => t.items.iter().map(one).collect(),
        Value::List(l) => l.with(|items| items.iter().map(one).collect()),
        Value::Array(a) if a.ndim() == 1 => {
            let at = |i: usize| (a.offset() as isize + i as isize * a.strides()[0]) as usize;
            (0..a.size()).map(|i| one(&Value::Scalar(a.scalar_at(at(i))))).collect()
        }
        Value::Object(_) => as_range(value).map(|r| (0..r.count()).filter_map(|i| r.get(i)).collect()),
        _ => one(value).map(|n| vec![n]),
    }
}

/// A dtype by value, by name, or by one of the functions `float int bool complex`.
pub fn as_dtype(value: &Value) -> Option<DType> {
    match value {
        Value::DType(d) => Some(*d),
        Value::Str(s) => DType::from_name(s),
        Value::Func(f @ Func::Static(_)) => match f.name() {
            name @ ("float" | "int" | "bool" | "complex") => DType::from_name(name),
            _ => None,
        },
        _ => None,
    }
}

/// The error of an array of so many indices, where the memory limit has no room for one: to be asked
/// before a list of them is made, whose allocation could only abort.
pub fn room_for(counts: impl IntoIterator<Item = usize>) -> Result<(), Fault> {
    let total = counts.into_iter().fold(0usize, usize::saturating_add);
    // Lists of a few megabytes are made without asking.
    if total < 1 << 20 {
        return Ok(());
    }
    Ok(Array::empty(DType::I64, &[total]).map(drop)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: Vec<Value>) -> Value {
        Value::List(List::new(items))
    }

    fn ints(v: &[i64]) -> Value {
        list(v.iter().map(|&n| Value::Int(n)).collect())
    }

    #[test]
    fn nested_lists_are_discovered() {
        let a = to_array(&list(vec![ints(&[1, 2, 3]), ints(&[4, 5, 6])])).unwrap();
        assert_eq!((a.shape(), a.as_slice::<i64>().unwrap()), (&[2, 3][..], &[1, 2, 3, 4, 5, 6][..]));
        let mixed = list(vec![Value::Bool(true), Value::Float(2.5)]);
        assert_eq!(to_array(&mixed).unwrap().as_slice::<f64>().unwrap(), [1.0, 2.5]);
        let empty = to_array(&list(vec![ints(&[]), ints(&[])])).unwrap();
        assert_eq!((empty.shape(), empty.dtype()), (&[2, 0][..], DType::F64));
        let row = Value::Array(to_array(&ints(&[7, 8])).unwrap());
        let stacked = to_array(&list(vec![row.clone(), ints(&[1, 2])])).unwrap();
        assert_eq!(stacked.as_slice::<i64>().unwrap(), [7, 8, 1, 2]);
    }

    #[test]
    fn ragged_and_foreign_items_are_errors() {
        for v in [
            list(vec![ints(&[1, 2]), ints(&[3])]),
            list(vec![ints(&[1]), Value::Int(2)]),
            list(vec![Value::Int(2), ints(&[1])]),
            list(vec![ints(&[]), list(vec![ints(&[])])]),
        ] {
            assert!(matches!(to_array(&v), Err(Fault::Ragged { .. })));
        }
        assert!(matches!(to_array(&list(vec![Value::str("a")])), Err(Fault::NoDType { .. })));
    }

    #[test]
    fn brackets_of_numbers_are_arrays() {
        let row = bracket(vec![(Value::Int(1), false), (Value::Float(2.0), false)]).unwrap();
        let Value::Array(a) = &row else { panic!() };
        assert_eq!(a.as_slice::<f64>().unwrap(), [1.0, 2.0]);
        let two = bracket(vec![(row.clone(), true), (row.clone(), true)]).unwrap();
        assert!(matches!(two, Value::Array(a) if a.shape() == [2, 2]));
        assert!(matches!(bracket(vec![(row.clone(), false)]).unwrap(), Value::List(_)));
        assert!(matches!(bracket(vec![(row, true), (Value::Int(1), false)]).unwrap(), Value::List(_)));
        assert!(matches!(bracket(vec![]).unwrap(), Value::List(_)));
    }

    #[test]
    fn elements_must_fit() {
        let to = |v: Value, d| element(&v, d).map_err(|e| e.to_string());
        assert_eq!(to(Value::Int(300), DType::I8), Err("Python integer 300 out of bounds for int8".into()));
        assert_eq!(to(Value::Float(2.9), DType::I8), Ok(Scalar::I8(2)));
        assert_eq!(to(Value::Scalar(Scalar::I64(-1)), DType::U8), Ok(Scalar::U8(255)));
        assert!(to(Value::Float(f64::NAN), DType::I64).is_err());
        assert!(to(Value::Complex(crate::dtype::c128::new(0.0, 1.0)), DType::F64).is_err());
        assert_eq!(to(Value::Bool(true), DType::F32), Ok(Scalar::F32(1.0)));
    }
}
