//! Functions of the program applied to parts of arrays: lanes, axes, elements, places where a condition
//! holds.

use crate::array::{Array, ArrayError, Dims, broadcast_shapes, normalize_axis};
use crate::dtype::{DType, Scalar, cast_scalar};
use crate::exec::tally::{self, Pass};
use crate::exec::{self, interrupt};
use crate::prim::convert::{self, to_array};
use crate::prim::deferred;
use crate::prim::indexing::subscript;
use crate::prim::linear::products::apply_waiting;
use crate::prim::reducing::arguments::deliver;
use crate::prim::row::Home;
use crate::prim::{Args, Example, Kind, Prim, table};
use crate::value::{CallArgs, Callable, Fault, Formula, Func, Host, Step, Value};
use std::any::Any;
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "apply_along_axis",
        params: "func1d, axis, arr, *args",
        doc: "Calls a function with every vector along an axis, and puts its results in the axis's place.\n\n\
              Results may be numbers or arrays of one shape; the first gives the dtype. Further arguments go \
              on to the function.",
        examples: &[
            Example { code: "np.apply_along_axis(sum, 0, [[1, 2], [3, 4]])", out: "[4 6]" },
            Example {
                code: "np.apply_along_axis(v => v[::-1], 1, [[1, 2], [3, 4]])",
                out: "[[2 1]\n [4 3]]",
            },
        ],
        kind: Kind::Call(along_axis),
        ..Prim::NEW
    },
    Prim {
        name: "apply_over_axes",
        params: "func, a, axes",
        doc: "Calls `func(a, axis)` for one axis after the other, and keeps the axes.",
        examples: &[Example { code: "np.apply_over_axes(np.sum, np.ones((2, 3)), [0, 1])", out: "[[6.]]" }],
        kind: Kind::Call(over_axes),
        ..Prim::NEW
    },
    Prim {
        name: "vectorize",
        params: "pyfunc, otypes=None",
        doc: "A function of arrays from one of numbers: called with every element, with broadcasting.\n\n\
              The first result gives the dtype, unless `otypes` does. A convenience: the function runs once \
              for each element.",
        examples: &[Example {
            code: "f = np.vectorize(x => x ** 2 if x > 1 else 0); f([1, 2, 3])",
            out: "[0 4 9]",
        }],
        kind: Kind::Call(vectorize),
        ..Prim::NEW
    },
    Prim {
        name: "piecewise",
        params: "x, condlist, funclist, *args",
        doc: "Functions or numbers where their conditions hold, 0 elsewhere; one more at the end is for the rest.\n\n\
              Of conditions that overlap the last wins. The result has the dtype of `x`.",
        examples: &[Example {
            code: "x = np.array([-2., 3.]); np.piecewise(x, [x < 0, x >= 0], [v => -v, v => 10 * v])",
            out: "[ 2. 30.]",
        }],
        kind: Kind::Call(piecewise),
        ..Prim::NEW
    },
];

fn function(args: &Args, i: usize) -> Result<Func, Fault> {
    args.get(i).and_then(Value::as_func).cloned().ok_or_else(|| args.wrong(i, "a function"))
}

/// The positions of the elements of an array of this shape and these strides, in C order.
fn positions(shape: &[usize], strides: &[isize], offset: usize) -> Vec<usize> {
    let mut all = vec![offset as isize];
    for (&n, &s) in shape.iter().zip(strides) {
        all = all.iter().flat_map(|&p| (0..n as isize).map(move |i| p + i * s)).collect();
    }
    all.into_iter().map(|p| p as usize).collect()
}

fn along_axis(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let f = function(args, 0)?;
    let a = args.array(2)?;
    let axis = normalize_axis(args.int(1)?, a.ndim())?;
    let more = args.rest(3);
    let without = |v: &[usize]| -> Dims { (0..a.ndim()).filter(|&k| k != axis).map(|k| v[k]).collect() };
    let frame = without(a.shape());
    let strides: Vec<isize> = (0..a.ndim()).filter(|&k| k != axis).map(|k| a.strides()[k]).collect();
    let mut out: Option<Array> = None;
    for (i, at) in positions(&frame, &strides, a.offset()).into_iter().enumerate() {
        let lane = a.view(&[a.shape()[axis]], &[a.strides()[axis]], at);
        let given = std::iter::once(Value::Array(lane)).chain(more.iter().cloned());
        let result = to_array(&f.call(host, CallArgs::new(given))?)?;
        let out = match &out {
            Some(out) => out,
            None => {
                let shape: Dims = frame.iter().chain(result.shape()).copied().collect();
                out.insert(Array::zeros(result.dtype(), &shape)?)
            }
        };
        let (inner, steps) = (&out.shape()[frame.len()..], &out.strides()[frame.len()..]);
        let target = out.view(inner, steps, i * inner.iter().product::<usize>());
        exec::assign(&target, &result)?;
        stopped()?;
    }
    let Some(out) = out else {
        return Err(args.reason("Cannot apply_along_axis when any iteration dimensions are 0"));
    };
    // The results' axes go where the vectors' axis was.
    let (frame, all) = (frame.len(), out.ndim());
    let order: Dims = (0..axis).chain(frame..all).chain(axis..frame).collect();
    Ok(Value::Array(out.permute(&order)))
}

fn stopped() -> Result<(), Fault> {
    if interrupt::requested() { Err(ArrayError::Interrupted.into()) } else { Ok(()) }
}

fn over_axes(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let f = function(args, 0)?;
    let mut a = args.array(1)?;
    let n = a.ndim();
    for axis in args.ints(2)? {
        let axis = normalize_axis(axis, n)?;
        let result = f.call(host, CallArgs::new([Value::Array(a.clone()), Value::Int(axis as i64)]))?;
        let result = to_array(&result)?;
        a = if result.ndim() == n {
            result
        } else if result.ndim() + 1 == n {
            let mut shape = Dims::from(result.shape());
            shape.insert(axis, 1);
            exec::contiguous(&result)?.reshape_view(&shape, crate::array::Order::C).unwrap_or(result)
        } else {
            return Err(args.reason("function is not returning an array of the correct shape"));
        };
    }
    Ok(Value::Array(a))
}

/// `np.vectorize(f)`.
struct Vectorized {
    f: Func,
    dtype: Option<DType>,
}

impl Callable for Vectorized {
    fn name(&self) -> &str {
        self.f.name()
    }

    fn call(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        let operands = args.positional.iter().map(to_array).collect::<Result<Vec<_>, _>>()?;
        let shapes: Vec<&[usize]> = operands.iter().map(|a| a.shape()).collect();
        let shape = broadcast_shapes(&shapes)?;
        let mut places = Vec::new();
        for a in &operands {
            let spread = a.broadcast_to(&shape)?;
            places.push((a, positions(&shape, spread.strides(), spread.offset())));
        }
        let n = crate::array::size_of(&shape)?;
        let mut results = Vec::with_capacity(n);
        for i in 0..n {
            let given = places.iter().map(|(a, at)| Value::Scalar(a.scalar_at(at[i])));
            let call = CallArgs { positional: given.collect(), keyword: args.keyword.clone() };
            results.push(self.f.call(host, call)?);
            stopped()?;
        }
        if let Some(Value::Tuple(first)) = results.first() {
            let several = (0..first.items.len()).map(|k| {
                let item = |v: &Value| match v {
                    Value::Tuple(t) => t.items.get(k).cloned().unwrap_or(Value::None),
                    v => v.clone(),
                };
                self.gather(&results.iter().map(item).collect::<Vec<_>>(), &shape)
            });
            return Ok(Value::tuple(several.collect::<Result<_, _>>()?));
        }
        self.gather(&results, &shape)
    }

    /// Of numbers, what the function gives, as an array.
    fn formula(&self, _: &mut dyn Host, given: usize) -> Option<Formula> {
        if self.dtype.is_some() {
            return None;
        }
        let mut formula = Formula::default();
        let mut args = Vec::with_capacity(given);
        for i in 0..given {
            let argument = formula.push(Step::Argument(i));
            let single = formula.push(Step::Single(argument));
            args.push(formula.push(Step::Like([single, single])));
        }
        let result = formula.apply(&self.f, args);
        formula.apply(&Func::Static(array_of()?), [result]);
        Some(formula)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Vectorized {
    fn gather(&self, results: &[Value], shape: &[usize]) -> Result<Value, Fault> {
        let number = |v: &Value| -> Result<Scalar, Fault> {
            convert::as_scalar(v).ok_or_else(|| Fault::NoDType { type_name: v.type_name().into() })
        };
        let Some(first) = results.first() else {
            return Err(Fault::Value {
                func: self.name().into(),
                reason: "cannot call `vectorize` on size 0 inputs unless `otypes` is set".into(),
            });
        };
        let dtype = self.dtype.unwrap_or(number(first)?.dtype());
        let items = results.iter().map(number).collect::<Result<Vec<_>, _>>()?;
        let items: Vec<Scalar> = items.into_iter().map(|s| cast_scalar(s, dtype)).collect();
        let made = convert::from_scalars(dtype, &items, shape)?;
        let _pass = tally::pass(|| Pass::new("collect", dtype, 0).writes(&made).threads(1));
        Ok(deliver(made))
    }
}

/// Whether a function is `np.vectorize`, or `np.piecewise`.
pub fn is_vectorize(f: &Func) -> bool {
    is_row(f, "vectorize")
}

pub fn is_piecewise(f: &Func) -> bool {
    is_row(f, "piecewise")
}

fn is_row(f: &Func, name: &str) -> bool {
    let row = table().get(Home::Np, name);
    f.get().as_any().downcast_ref::<Prim>().zip(row).is_some_and(|(p, row)| std::ptr::eq(p, row))
}

/// `np.array`, and `np.ravel`.
pub fn array_of() -> Option<&'static Prim> {
    table().get(Home::Np, "array")
}

pub fn ravelled() -> Option<&'static Prim> {
    table().get(Home::Np, "ravel")
}

fn vectorize(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let dtype = match args.get(1) {
        None | Some(Value::None) => None,
        Some(Value::List(l)) => l.get(0).as_ref().and_then(convert::as_dtype),
        Some(v) => Some(convert::as_dtype(v).ok_or_else(|| args.wrong(1, "a dtype or a list of one"))?),
    };
    Ok(Value::Func(Func::Shared(Rc::new(Vectorized { f: function(args, 0)?, dtype }))))
}

fn piecewise(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let x = args.array(0)?;
    let functions = subscript::collect(host, &args.value(2))?;
    let given = match args.get(1) {
        Some(Value::List(_) | Value::Tuple(_)) => subscript::collect(host, &args.value(1))?,
        _ => {
            let all = args.array(1)?;
            if all.ndim() > x.ndim() {
                subscript::collect(host, &args.value(1))?
            } else {
                vec![args.value(1)]
            }
        }
    };
    let mut conditions = Vec::new();
    for c in &given {
        conditions.push(exec::contiguous(&exec::index::truths(&to_array(c)?)?.broadcast_to(x.shape())?)?);
    }
    if functions.len() == conditions.len() + 1 {
        let mut rest = vec![true; x.size()];
        for c in &conditions {
            rest.iter_mut().zip(c.as_slice::<bool>().unwrap_or_default()).for_each(|(r, &c)| *r &= !c);
        }
        conditions.push(Array::from_slice(&rest, x.shape())?);
    } else if functions.len() != conditions.len() {
        let n = conditions.len();
        return Err(
            args.reason(format!("with {n} condition(s), either {n} or {} functions are expected", n + 1))
        );
    }
    if let Some(chosen) = of_numbers(host, &x, &conditions, &functions)? {
        return Ok(chosen);
    }
    let out = Array::zeros(x.dtype(), x.shape())?;
    for (c, f) in conditions.iter().zip(&functions) {
        let value = match f.as_func() {
            Some(f) => {
                let part = exec::index::compress(&x, c)?;
                if part.size() == 0 {
                    continue;
                }
                let more = args.rest(3);
                f.call(host, CallArgs::new(std::iter::once(Value::Array(part)).chain(more)))?
            }
            None => f.clone(),
        };
        let mask = crate::array::Index::Mask(c.clone());
        let value = match value.is_scalar_number() {
            true => Array::from_scalar(convert::element(&value, out.dtype())?)?,
            false => to_array(&value)?,
        };
        exec::index::set(&out, &[mask], &value)?;
    }
    Ok(deliver(out))
}

/// A large piecewise function that is a number in each piece: one choice in the other, in one pass.
fn of_numbers(
    host: &mut dyn Host,
    x: &Array,
    conditions: &[Array],
    functions: &[Value],
) -> Result<Option<Value>, Fault> {
    if x.size() < deferred::threshold() || functions.is_empty() {
        return Ok(None);
    }
    if !functions.iter().all(|f| f.is_scalar_number()) {
        return Ok(None);
    }
    let number = |f: &Value| Ok(Value::Scalar(convert::element(f, x.dtype())?));
    let numbers = functions.iter().map(number).collect::<Result<Vec<_>, Fault>>()?;
    let mut chosen = Value::Scalar(cast_scalar(Scalar::Bool(false), x.dtype()));
    for (c, value) in conditions.iter().zip(numbers) {
        chosen = apply_waiting(host, "where", [Value::Array(c.clone()), value, chosen])?;
    }
    Ok(Some(chosen.settled(host)?))
}
