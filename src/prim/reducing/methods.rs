//! The methods of element-wise functions of two arguments: `np.add.reduce`, `accumulate`, `reduceat`, `outer` and
//! `at`, which fold from left to right. What a function's folds are, `fold` knows.

use super::fold::{fold_of, item, prefixes, scan_expr, stack};
use super::stepwise;
use crate::array::{Array, ArrayError, Order, normalize_axis};
use crate::dtype::{DType, Operand, Scalar, cast_scalar, result_dtype};
use crate::exec;
use crate::kernel::{self, Fold, select};
use crate::prim::reducing::arguments::{Ask, Places, elements, finish};
use crate::prim::reducing::conditions::heed;
use crate::prim::row::{Example, Home, Identity, Kind};
use crate::prim::{Args, Defer, Prim, call, call_as, convert, dyadic_as};
use crate::value::{CallArgs, Callable, Fault, Func, Host, Part, Value, Within};
use std::any::Any;
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "reduce",
        home: Home::Ufunc,
        params: "ufunc, array, axis=0, dtype=None, out=None, keepdims=False, initial=?, where=True",
        doc: "Folds an array along axes with a function of two arguments, from left to right.",
        examples: &[
            Example { code: "np.add.reduce([1, 2, 3])", out: "6" },
            Example { code: "np.subtract.reduce([1, 2, 3, 4])", out: "-8" },
            Example { code: "np.maximum.reduce([[1, 5], [4, 2]], axis=1)", out: "[5 4]" },
        ],
        defers: 0b10,
        kind: Kind::Call(reduce),
        ..Prim::NEW
    },
    Prim {
        name: "accumulate",
        home: Home::Ufunc,
        params: "ufunc, array, axis=0, dtype=None, out=None",
        doc: "The folds of every prefix along an axis, from left to right.",
        examples: &[
            Example { code: "np.add.accumulate([2, 3, 5])", out: "[ 2  5 10]" },
            Example { code: "np.subtract.accumulate([2, 3, 5])", out: "[ 2 -1 -6]" },
        ],
        defers: 0b10,
        kind: Kind::Call(accumulate),
        ..Prim::NEW
    },
    Prim {
        name: "reduceat",
        home: Home::Ufunc,
        params: "ufunc, array, indices, axis=0, dtype=None, out=None",
        doc: "Folds slices of an array: from each index up to the next one, or to the end.\n\n\
              Where an index is not below the next one, the result is the element there.",
        examples: &[Example { code: "np.add.reduceat(np.arange(8), [0, 4, 1, 5])", out: "[ 6  4 10 18]" }],
        kind: Kind::Call(reduceat),
        ..Prim::NEW
    },
    Prim {
        name: "outer",
        home: Home::Ufunc,
        params: "ufunc, a, b",
        doc: "The function of every pair of an element of `a` and one of `b`.",
        examples: &[Example {
            code: "np.multiply.outer([1, 2], [3, 4, 5])",
            out: "[[ 3  4  5]\n [ 6  8 10]]",
        }],
        kind: Kind::Call(outer),
        ..Prim::NEW
    },
    Prim {
        name: "at",
        home: Home::Ufunc,
        params: "ufunc, a, indices, b=?",
        doc: "Applies the function in place at indices along the first axis; a repeated index counts each time.",
        examples: &[Example { code: "a = np.zeros(3); np.add.at(a, [0, 2, 2], 1); a", out: "[1. 0. 2.]" }],
        kind: Kind::Call(at),
        ..Prim::NEW
    },
];

/// The method `name` of an element-wise function of two arguments.
pub fn attr(prim: &'static Prim, name: &str) -> Option<Value> {
    // How many arrays go in and come out.
    let count = |more: usize| prim.elementwise().map(|e| Value::Int((e.arity + more) as i64));
    match name {
        "nin" => return count(0),
        "nargs" => return count(1),
        "nout" => return count(0).map(|_| Value::Int(1)),
        _ => {}
    }
    prim.elementwise().filter(|e| e.arity == 2)?;
    let row = crate::prim::table().get(Home::Ufunc, name)?;
    Some(Value::Func(Func::Shared(Rc::new(Method { ufunc: prim, row }))))
}

/// `np.add.reduce` as a value.
struct Method {
    ufunc: &'static Prim,
    row: &'static Prim,
}

impl Callable for Method {
    fn name(&self) -> &str {
        self.row.name
    }

    fn call(&self, host: &mut dyn Host, mut args: CallArgs) -> Result<Value, Fault> {
        args.positional.insert(0, Value::Func(Func::Static(self.ufunc)));
        call(self.row, host, args)
    }

    fn takes_deferred(&self) -> bool {
        self.row.defers != 0
    }

    fn call_waiting(&self, host: &mut dyn Host, mut args: CallArgs) -> Result<Value, Fault> {
        args.positional.insert(0, Value::Func(Func::Static(self.ufunc)));
        call_as(self.row, host, args, Defer::Later)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The function that a method belongs to.
fn ufunc(args: &Args) -> Result<&'static Prim, Fault> {
    let found = match args.get(0) {
        Some(Value::Func(Func::Static(f))) => crate::prim::table().bare(f.name()),
        _ => None,
    };
    found.filter(|p| p.elementwise().is_some_and(|e| e.arity == 2)).ok_or_else(|| args.wrong(0, "a ufunc"))
}

/// `np.f.reduce`.
fn reduce(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let prim = ufunc(args)?;
    let places = Places { array: 1, axis: 2, dtype: 3, out: 4, keepdims: 5, initial: 6, mask: 7 };
    let mut ask = Ask::read(args, &places)?;
    if ask.work.is_some() && fold_of(prim, ask.a.dtype(), ask.dtype).is_none() {
        ask = Ask::read(&args.with(1, args.value(1).settled(host)?), &places)?;
    }
    if let Some(fold) = fold_of(prim, ask.a.dtype(), ask.dtype) {
        refuse_untrue(prim, fold, ask.dtype)?;
        let table = prim.elementwise().map_or(&[][..], |e| e.folds);
        let initial = match prim.identity {
            Identity::Int(n) => Some(cast_scalar(Scalar::I64(n), fold.out)),
            _ => None,
        };
        if initial.is_none() && ask.initial.is_none() {
            ask.refuse_empty(prim.name)?;
            ask.refuse_mask(args, prim.name)?;
        }
        let mut result = ask.fold(table, prim.name, ask.initial.or(initial))?;
        ask.tell(host)?;
        heed(host, &ask, &mut result, "reduce")?;
        return finish(result, ask.out);
    }
    let result = stepwise::reduce(prim, host, args, &ask)?;
    finish(result, ask.out)
}

/// Folds of truth values give no other dtype.
fn refuse_untrue(prim: &Prim, fold: &Fold, dtype: Option<DType>) -> Result<(), Fault> {
    match dtype {
        Some(d) if fold.out == DType::Bool && d != DType::Bool => {
            Err(Fault::NoLoop { func: prim.name.into(), dtypes: vec![d], help: None })
        }
        _ => Ok(()),
    }
}

/// `np.f.accumulate`.
fn accumulate(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let prim = ufunc(args)?;
    let a = match args.value(1) {
        work @ Value::Deferred(_) => {
            let ndim = if let Value::Deferred(w) = &work { w.shape().len() } else { 0 };
            let (axis, dtype) = (normalize_axis(args.int(2)?, ndim)?, args.opt_dtype(3)?);
            if let Some(Value::Array(result)) = scan_expr(prim, host, &work, axis, dtype)? {
                return finish(result, crate::prim::reducing::arguments::out_array(args, 5)?);
            }
            convert::to_array(&work.settled(host)?)?
        }
        _ => args.array(1)?,
    };
    let axis = normalize_axis(args.int(2)?, a.ndim())?;
    let dtype = args.opt_dtype(3)?;
    if let Some(fold) = fold_of(prim, a.dtype(), dtype) {
        refuse_untrue(prim, fold, dtype)?;
    }
    let host = &mut Within { host, name: "accumulate" };
    let result = prefixes(prim, host, &a, axis, dtype)?;
    finish(result, crate::prim::reducing::arguments::out_array(args, 5)?)
}

/// `np.f.reduceat`.
fn reduceat(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let host = &mut Within { host, name: "reduceat" };
    let prim = ufunc(args)?;
    let a = args.array(1)?;
    let indices = args.ints(2)?;
    let axis = normalize_axis(args.int(3)?, a.ndim())?;
    let n = a.shape()[axis];
    let mut runs = Vec::with_capacity(indices.len());
    for (k, &i) in indices.iter().enumerate() {
        if i < 0 || i as usize >= n {
            let reason = format!("index {i} out-of-bounds in {}.reduceat [0, {n})", prim.name);
            return Err(args.lengths(reason, [Part::new(0, "array", a.shape(), axis)], &[]));
        }
        let end = indices.get(k + 1).map_or(n as i64, |&j| if j > i { j } else { i + 1 }).min(n as i64);
        runs.push((i as usize, end as usize));
    }
    let out = crate::prim::reducing::arguments::out_array(args, 5)?;
    let mut folded = None;
    if a.ndim() == 1
        && let Some(fold) = fold_of(prim, a.dtype(), args.opt_dtype(4)?)
    {
        let mut result = exec::segments(fold, &a, &runs)?;
        if select::all_finite(elements(&mut result).as_block()) {
            return finish(result, out);
        }
        // The reductions one by one, below, tell what overflowed.
        folded = Some(result);
    }
    let mut results = Vec::with_capacity(runs.len());
    for &(i, end) in &runs {
        let mut shape = a.shape().to_vec();
        shape[axis] = end - i;
        let at = (a.offset() as isize + i as isize * a.strides()[axis]) as usize;
        let part = a.view(&shape, a.strides(), at);
        let mut inner =
            CallArgs::new([args.value(0), Value::Array(part), Value::Int(axis as i64), args.value(4)]);
        inner.keyword.clear();
        let row = crate::prim::table().get(Home::Ufunc, "reduce").unwrap_or(args.prim);
        results.push(call(row, host, inner)?);
    }
    if let Some(result) = folded {
        return finish(result, out);
    }
    let mut shape = a.shape().to_vec();
    shape[axis] = results.len();
    match results.is_empty() {
        true => finish(Array::empty(a.dtype(), &shape)?, out),
        false => finish(stack(&results, axis, &shape)?, out),
    }
}

/// `np.f.outer`.
fn outer(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let prim = ufunc(args)?;
    let (a, b) = (args.array(1)?, args.array(2)?);
    let mut shape = a.shape().to_vec();
    shape.resize(a.ndim() + b.ndim(), 1);
    let lifted = match a.reshape_view(&shape, Order::C) {
        Some(v) => v,
        None => {
            let copy = exec::copy(&a, Order::C)?;
            copy.reshape_view(&shape, Order::C).unwrap_or(copy)
        }
    };
    let (x, y) = if shape.is_empty() { (args.value(1), args.value(2)) } else { (lifted.into(), b.into()) };
    dyadic_as(prim, host, x, y, Defer::Later)
}

/// `a[place] += value` for many places along the only axis, by one loop. `false`, and nothing written,
/// where the general way has more to say: dtypes that do not fit, indices outside, overflow.
fn add_many(a: &Array, places: &[i64], values: &Array) -> Result<bool, Fault> {
    let dtype = a.dtype();
    let both = [Operand::Typed(dtype), Operand::Typed(values.dtype())];
    let few = places.len() < 16 || places.len() < a.size() / 8;
    if few || a.ndim() != 1 || !a.writeable() || result_dtype(&both) != dtype {
        return Ok(false);
    }
    if kernel::index::first_outside(places, a.size()).is_some() {
        return Ok(false);
    }
    let sums = exec::copy(a, Order::C)?;
    let values = exec::contiguous(&exec::in_dtype(values, dtype)?)?;
    let n = a.size();
    let finite = exec::copy::with_storage(&values, |v| {
        exec::copy::with_storage_mut(&sums, |mut s| {
            let mut sums = s.part(sums.offset(), n);
            let values = v.slice(values.offset(), values.offset() + values.size());
            kernel::index::add_at(sums.reborrow(), places, values);
            kernel::select::all_finite(sums.as_block())
        })
    });
    if finite {
        exec::assign(a, &sums)?;
    }
    Ok(finite)
}

/// `np.f.at` with an index other than integers along the first axis: on the elements it selects, one
/// by one, in the order in which it selects them.
fn at_places(
    prim: &'static Prim,
    host: &mut dyn Host,
    a: &Array,
    index: &Value,
    values: &Array,
) -> Result<Value, Fault> {
    let all = exec::distinct::counting(a.size())?;
    let all = all.reshape_view(a.shape(), Order::C).unwrap_or(all);
    let chosen = crate::prim::indexing::subscript::array_get_value(&all, index)?;
    let chosen = exec::contiguous(&convert::to_array(&chosen)?)?;
    let values = exec::copy(&values.broadcast_to(chosen.shape())?, Order::C)?;
    let values = values.reshape_view(&[chosen.size()], Order::C).unwrap_or(values);
    let places = chosen.as_slice::<i64>().unwrap_or_default();
    if prim.name == "add"
        && a.is_c_contiguous()
        && let Some(flat) = a.reshape_view(&[a.size()], Order::C)
        && add_many(&flat, places, &values)?
    {
        return Ok(Value::None);
    }
    for (k, &place) in places.iter().enumerate() {
        let (mut rest, mut at) = (place as usize, a.offset() as isize);
        for (&n, &step) in a.shape().iter().zip(a.strides()).rev() {
            at += (rest % n) as isize * step;
            rest /= n;
        }
        crate::prim::elementwise::ufunc::update(
            prim,
            host,
            &a.view(&[], &[], at as usize),
            item(&values, 0, k),
        )?;
    }
    Ok(Value::None)
}

/// `np.f.at`.
fn at(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let prim = ufunc(args)?;
    let Some(Value::Array(a)) = args.get(1) else { return Err(args.wrong(1, "an array")) };
    if let Some(index @ (Value::Tuple(_) | Value::Slice(_) | Value::Ellipsis)) = args.get(2) {
        return at_places(prim, host, a, index, &args.array(3)?);
    }
    let indices = exec::contiguous(&args.array(2)?)?;
    if indices.dtype() == DType::Bool && a.ndim() > 0 {
        return at_places(prim, host, a, &Value::Array(indices), &args.array(3)?);
    }
    if !indices.dtype().is_int() || a.ndim() == 0 {
        return Err(args.wrong(2, "an array of integers"));
    }
    let places = exec::contiguous(&exec::in_dtype(&indices, DType::I64)?)?;
    let own = if places.same_buffer(a) { exec::copy(&places, Order::C)? } else { places };
    let places = own.as_slice::<i64>().unwrap_or_default();
    let mut shape = indices.shape().to_vec();
    shape.extend(&a.shape()[1..]);
    let values = args.array(3)?;
    let wide = values.broadcast_to(&shape)?;
    if prim.name == "add" && add_many(a, places, if values.size() == 1 { &values } else { &wide })? {
        return Ok(Value::None);
    }
    let flat = exec::copy(&wide, Order::C)?;
    let mut rows = vec![places.len()];
    rows.extend(&a.shape()[1..]);
    let flat = flat.reshape_view(&rows, Order::C).unwrap_or(flat);
    for (k, &i) in places.iter().enumerate() {
        let row = normalize_axis(i, a.shape()[0]).map_err(|_| ArrayError::Index {
            index: i,
            axis: 0,
            size: a.shape()[0],
        })?;
        let at = (a.offset() as isize + row as isize * a.strides()[0]) as usize;
        let target = a.view(&a.shape()[1..], &a.strides()[1..], at);
        crate::prim::elementwise::ufunc::update(prim, host, &target, item(&flat, 0, k))?;
    }
    Ok(Value::None)
}
