//! Grids and rows by slices: `np.mgrid[0:3, 0:4]`, `np.r_[1:4, 9]`, `np.s_[::2]`; and counters over
//! the places of an array.

use crate::array::{Array, Dims, Order};
use crate::dtype::{DType, Scalar, promote};
use crate::exec;
use crate::prim::convert::{self, to_array};
use crate::prim::{Args, Example, Home, Kind, Prim};
use crate::value::{AnySlice, Fault, List, Object, Part, Value, shape_text};
use std::any::Any;
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "diag_indices_from",
        params: "arr",
        doc: "Index arrays of the diagonal of an array whose axes have one length.",
        examples: &[Example {
            code: "np.diag_indices_from(np.ones((2, 2)))",
            out: "(array([0, 1]), array([0, 1]))",
        }],
        kind: Kind::Call(|_, args| {
            let a = args.array(0)?;
            let n = a.shape().first().copied().unwrap_or(0);
            if a.ndim() < 2 {
                return Err(args.reason("input array must be at least 2-d"));
            }
            if a.shape().iter().any(|&m| m != n) {
                return Err(args.reason("All dimensions of input must be of equal length"));
            }
            let line = exec::distinct::counting(n)?;
            Ok(Value::tuple(vec![Value::Array(line); a.ndim()]))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "ndindex",
        params: "*shape",
        doc: "All index tuples of an array of a shape, in C order.",
        examples: &[Example { code: "for i, j in np.ndindex(1, 2) { print(i, j) }", out: "0 0\n0 1" }],
        kind: Kind::Call(|_, args| {
            let given = args.rest(0);
            let shape = match given.as_slice() {
                [one @ (Value::Tuple(_) | Value::List(_) | Value::Array(_))] => convert::as_counts(one),
                all => all.iter().map(convert::as_count).collect(),
            };
            let shape = shape.ok_or_else(|| args.wrong(0, "lengths of axes"))?;
            let shape: Vec<usize> = shape.into_iter().map(|n| n.max(0) as usize).collect();
            Ok(Value::List(List::new(places(&shape))))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "ndenumerate",
        params: "arr",
        doc: "Pairs of an index tuple and the element there, in C order.",
        examples: &[Example {
            code: "for place, v in np.ndenumerate([[5, 6]]) { print(place, v) }",
            out: "(0, 0) 5\n(0, 1) 6",
        }],
        kind: Kind::Call(|_, args| {
            let a = args.array(0)?;
            let items = convert::scalars(&a)?.into_iter().map(Value::Scalar);
            let pairs = places(a.shape()).into_iter().zip(items).map(|(p, v)| Value::tuple(vec![p, v]));
            Ok(Value::List(List::new(pairs.collect())))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "as_strided",
        home: Home::StrideTricks,
        params: "x, shape=None, strides=None, subok=False, writeable=True",
        doc: "A view of an array's memory with another shape and other strides, in bytes.\n\n\
              The view must stay within the memory; strides must be multiples of the element's size.",
        examples: &[Example {
            code: "np.lib.stride_tricks.as_strided(np.arange(5), (3, 3), (8, 8))",
            out: "[[0 1 2]\n [1 2 3]\n [2 3 4]]",
        }],
        kind: Kind::Call(|_, args| strided(args)),
        ..Prim::NEW
    },
];

/// Every index tuple.
fn places(shape: &[usize]) -> Vec<Value> {
    let mut all: Vec<Vec<Value>> = vec![Vec::new()];
    for &n in shape {
        let longer = |p: &Vec<Value>, i: usize| p.iter().cloned().chain([Value::Int(i as i64)]).collect();
        all = all.iter().flat_map(|p| (0..n).map(move |i| longer(p, i))).collect();
    }
    all.into_iter().map(Value::tuple).collect()
}

fn strided(args: &Args) -> Result<Value, Fault> {
    let x = args.array(0)?;
    let size = x.dtype().itemsize() as i64;
    let shape = if args.is_none(1) { x.shape().to_vec() } else { args.shape(1)?.to_vec() };
    let bytes =
        if args.is_none(2) { x.strides_bytes().iter().map(|&s| s as i64).collect() } else { args.ints(2)? };
    if bytes.len() != shape.len() {
        let parts = [Part::new(1, "shape", &[shape.len()], 0), Part::new(2, "strides", &[bytes.len()], 0)];
        return Err(args.lengths("`shape` and `strides` must have the same length", parts, &[]));
    }
    if bytes.iter().any(|b| b % size != 0) {
        return Err(args.reason(format!("strides must be multiples of the element's {size} bytes")));
    }
    let strides: Vec<isize> = bytes.iter().map(|b| (b / size) as isize).collect();
    let (mut low, mut high) = (x.offset() as i128, x.offset() as i128);
    for (&n, &s) in shape.iter().zip(&strides) {
        let far = s as i128 * (n as i128 - 1);
        if far < 0 { low += far } else { high += far }
    }
    let held = x.base().map_or(x.size() as i128, |b| (b.nbytes() / x.dtype().itemsize()) as i128);
    if !shape.contains(&0) && (low < 0 || high >= held) {
        return Err(args.reason(format!(
            "a view of shape {} with these strides reaches outside the array's memory: it sees elements \
             {low} to {high}, and there are 0 to {}",
            shape_text(&shape),
            held - 1
        )));
    }
    let view = x.view(&shape, &strides, x.offset());
    view.set_writeable(args.flag(4)? && x.writeable());
    Ok(Value::Array(view))
}

/// What is indexed to make arrays of slices.
#[derive(Clone, Copy, PartialEq)]
enum Maker {
    /// A matrix for each axis.
    Full,
    /// The same, of which each has one axis that is longer than 1.
    Open,
    Rows,
    Columns,
    /// The index itself.
    Index,
}

struct Grid {
    name: &'static str,
    maker: Maker,
}

const GRIDS: &[(&str, Maker)] = &[
    ("mgrid", Maker::Full),
    ("ogrid", Maker::Open),
    ("r_", Maker::Rows),
    ("c_", Maker::Columns),
    ("s_", Maker::Index),
    ("index_exp", Maker::Index),
];

/// `mgrid` and its like, by name.
pub fn grid(name: &str) -> Option<Value> {
    let &(name, maker) = GRIDS.iter().find(|(n, _)| *n == name)?;
    Some(Value::Object(Rc::new(Grid { name, maker })))
}

pub fn names() -> impl Iterator<Item = &'static str> {
    GRIDS.iter().map(|(name, _)| *name)
}

impl Object for Grid {
    fn type_name(&self) -> &str {
        self.name
    }

    fn repr(&self) -> String {
        format!("np.{}", self.name)
    }

    fn takes_any_slice(&self) -> bool {
        self.maker != Maker::Index
    }

    fn index(&self, index: &Value) -> Option<Result<Value, Fault>> {
        let items = match index {
            Value::Tuple(t) => t.items.to_vec(),
            v => vec![v.clone()],
        };
        Some(match self.maker {
            Maker::Index if self.name == "s_" => Ok(index.clone()),
            Maker::Index => Ok(Value::tuple(items)),
            Maker::Rows => joined(self.name, &items, false),
            Maker::Columns => joined(self.name, &items, true),
            _ => spread(self.name, &items, self.maker == Maker::Open, !matches!(index, Value::Tuple(_))),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn wrong(name: &str, reason: &str) -> Fault {
    Fault::Value { func: format!("np.{name}[…]"), reason: reason.into() }
}

/// The numbers that a slice stands for: `first + i * step`.
struct Line {
    first: Scalar,
    step: Scalar,
    n: usize,
    /// The end, where it is the last number: of a slice with a count for a step.
    last: Option<f64>,
}

impl Line {
    /// `None` for what is no slice.
    fn read(name: &str, item: &Value) -> Result<Option<Line>, Fault> {
        let Value::Object(o) = item else { return Ok(None) };
        let Some(s) = o.as_any().downcast_ref::<AnySlice>() else { return Ok(None) };
        let number = |v: &Value, default: i64| match v {
            Value::None => Ok(Scalar::I64(default)),
            v => convert::as_scalar(v).ok_or_else(|| wrong(name, "the parts of a slice are numbers")),
        };
        if matches!(s.stop, Value::None) {
            return Err(wrong(name, "a slice needs an end"));
        }
        let (first, stop, step) = (number(&s.start, 0)?, number(&s.stop, 0)?, number(&s.step, 1)?);
        let float = |s: Scalar| s.as_f64().unwrap_or(f64::NAN);
        if step.dtype().is_complex() {
            // An imaginary step is how many numbers there are, the end one of them.
            let n = step.as_c128().norm() as usize;
            let by = if n > 1 {
                (float(stop) - float(first)) / (n - 1) as f64
            } else {
                float(stop) - float(first)
            };
            let last = (n > 1).then(|| float(stop));
            return Ok(Some(Line { first: Scalar::F64(float(first)), step: Scalar::F64(by), n, last }));
        }
        if float(step) == 0.0 {
            return Err(wrong(name, "the step must not be 0"));
        }
        if let (Some(a), Some(b), Some(s)) = (first.as_i128(), stop.as_i128(), step.as_i128()) {
            let n = usize::try_from(((b - a + s - s.signum()) / s).max(0));
            let n = n.map_err(|_| crate::array::ArrayError::TooLarge)?;
            return Ok(Some(Line {
                first: Scalar::I64(a as i64),
                step: Scalar::I64(s as i64),
                n,
                last: None,
            }));
        }
        let n = ((float(stop) - float(first)) / float(step)).ceil().max(0.0);
        if n.is_nan() || n > 1e15 {
            return Err(crate::array::ArrayError::TooLarge.into());
        }
        Ok(Some(Line {
            first: Scalar::F64(float(first)),
            step: Scalar::F64(float(step)),
            n: n as usize,
            last: None,
        }))
    }

    /// As an array; with `exact` the end is the last number itself.
    fn array(&self, dtype: DType, exact: bool) -> Result<Array, Fault> {
        if let (DType::I64, Scalar::I64(first), Scalar::I64(step)) = (dtype, self.first, self.step) {
            let all: Vec<i64> = (0..self.n as i64).map(|i| first + i * step).collect();
            return Ok(Array::from_slice(&all, &[self.n])?);
        }
        let (first, step) = (self.first.as_f64().unwrap_or(0.0), self.step.as_f64().unwrap_or(0.0));
        let mut all: Vec<f64> = (0..self.n).map(|i| i as f64 * step + first).collect();
        if let (true, Some(last), Some(end)) = (exact, self.last, all.last_mut()) {
            *end = last;
        }
        Ok(Array::from_slice(&all, &[self.n])?)
    }

    fn dtype(&self) -> DType {
        self.first.dtype()
    }
}

fn spread(name: &str, items: &[Value], open: bool, alone: bool) -> Result<Value, Fault> {
    let mut slices = Vec::new();
    for item in items {
        slices.push(Line::read(name, item)?.ok_or_else(|| wrong(name, "takes slices only"))?);
    }
    let dtype = slices.iter().fold(DType::I64, |d, s| promote(d, s.dtype()));
    let lines = slices.iter().map(|s| s.array(dtype, false)).collect::<Result<Vec<_>, _>>()?;
    if let ([line], true) = (lines.as_slice(), alone) {
        return Ok(Value::Array(line.clone()));
    }
    let ndim = lines.len();
    let shape: Dims = lines.iter().map(Array::size).collect();
    let along = |k: usize| {
        let mut one = Dims::from_elem(1, ndim);
        one[k] = shape[k];
        lines[k].reshape_view(&one, Order::C).unwrap_or_else(|| lines[k].clone())
    };
    if open {
        return Ok(Value::tuple((0..ndim).map(|k| Value::Array(along(k))).collect()));
    }
    let all: Dims = std::iter::once(ndim).chain(shape.iter().copied()).collect();
    let out = Array::empty(dtype, &all)?;
    let cell: usize = shape.iter().product();
    for k in 0..ndim {
        exec::assign(&out.view(&shape, &out.strides()[1..], k * cell), &along(k))?;
    }
    Ok(Value::Array(out))
}

/// The items end to end; as columns, vectors stand upright and are joined along the last axis.
fn joined(name: &str, items: &[Value], columns: bool) -> Result<Value, Fault> {
    let mut parts = Vec::new();
    for item in items {
        let part = match (item, Line::read(name, item)?) {
            (_, Some(line)) => line.array(line.dtype(), true)?,
            (Value::Str(_), _) => {
                return Err(wrong(name, "words of axes are not read; use np.concatenate or np.stack"));
            }
            (v, _) => to_array(v)?,
        };
        let upright: Option<[usize; 2]> = match part.shape() {
            [] if columns => Some([1, 1]),
            &[n] if columns => Some([n, 1]),
            _ => None,
        };
        let part = match (upright, part.shape()) {
            (Some(shape), _) => exec::contiguous(&part)?.reshape_view(&shape, Order::C).unwrap_or(part),
            (None, []) => part.broadcast_to(&[1])?,
            _ => part,
        };
        parts.push(part);
    }
    let Some(first) = parts.first() else { return Err(wrong(name, "needs something to join")) };
    let axis = if columns { first.ndim() - 1 } else { 0 };
    let fits = |p: &Array| {
        p.ndim() == first.ndim() && (0..p.ndim()).all(|k| k == axis || p.shape()[k] == first.shape()[k])
    };
    if !parts.iter().all(fits) {
        let shapes = parts.iter().map(|p| p.shape().into()).collect();
        return Err(Fault::Join { shapes, axis: Some(axis) });
    }
    let dtype = parts.iter().fold(first.dtype(), |d, p| promote(d, p.dtype()));
    let mut shape = Dims::from(first.shape());
    shape[axis] = parts.iter().map(|p| p.shape()[axis]).sum();
    let out = Array::empty(dtype, &shape)?;
    let mut at = 0;
    for p in &parts {
        let place = out.view(p.shape(), out.strides(), at * out.strides()[axis] as usize);
        exec::assign(&place, p)?;
        at += p.shape()[axis];
    }
    Ok(Value::Array(out))
}
