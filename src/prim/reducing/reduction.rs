//! Reductions: sums, products, extremes, truth, and the moments, with NumPy's arguments. Folding
//! is `exec::reduce`'s; this family reads arguments, chooses dtypes and warns.

use crate::array::{Array, Order};
use crate::dtype::{DType, Scalar};
use crate::exec;
use crate::kernel::arg::End;
use crate::kernel::fold;
use crate::prim::apl::operators;
use crate::prim::indexing::subscript::collect;
use crate::prim::language::ordering;
use crate::prim::reducing::arguments::{
    Ask, Places, brief, brief_finite, finish, folded, folded_finite, out_array,
};
use crate::prim::reducing::conditions::{heed, heed_product};
use crate::prim::row::{Fast, InLoop};
use crate::prim::{Args, Example, Home, Kind, Prim, deferred};
use crate::value::{CallArgs, Fault, Formula, Func, Host, Num, Step, Value};

pub const ROWS: &[Prim] = &[
    Prim {
        name: "sum",
        method: true,
        params: "a, axis=None, dtype=None, out=None, keepdims=False, initial=?, where=True",
        doc: "The sum of an array's elements, over all axes or the given ones.\n\n\
              `axis` is an axis or a tuple of them. Integers and bools are summed in 64 bits unless \
              `dtype` says otherwise, and wrap. Floats are added pairwise, so that the rounding error \
              grows with the logarithm of the length. `initial` is added to every result; only \
              elements where `where` holds count.",
        examples: &[
            Example { code: "np.sum([[0, 1], [0, 5]])", out: "6" },
            Example { code: "np.sum([[0, 1], [0, 5]], axis=0)", out: "[0 6]" },
            Example { code: "np.ones((2, 3)).sum(axis=1, keepdims=True)", out: "[[3.]\n [3.]]" },
            Example { code: "np.sum([10], initial=5)", out: "15" },
        ],
        defers: 1,
        brief: Some(|args| folded_finite(args, fold::SUM, Some(Scalar::Bool(false))).map(Value::Scalar)),
        ravels: true,
        item_by_item: true,
        kind: Kind::Call(|host, args| fold_row(host, args, fold::SUM, "add", Some(Scalar::Bool(false)))),
        ..Prim::NEW
    },
    Prim {
        name: "prod",
        method: true,
        params: "a, axis=None, dtype=None, out=None, keepdims=False, initial=?, where=True",
        doc: "The product of an array's elements, over all axes or the given ones.\n\n\
              Integers and bools are multiplied in 64 bits unless `dtype` says otherwise, and wrap. \
              The product of nothing is 1.",
        examples: &[
            Example { code: "np.prod([[1., 2.], [3., 4.]])", out: "24.0" },
            Example { code: "np.prod([[1, 2], [3, 4]], axis=1)", out: "[ 2 12]" },
            Example { code: "np.prod([])", out: "1.0" },
        ],
        defers: 1,
        // Products of integers are looked at again for those that do not fit.
        brief: Some(|args| {
            let product = folded_finite(args, fold::PRODUCT, Some(Scalar::Bool(true)));
            product.filter(|s| s.dtype().is_inexact()).map(Value::Scalar)
        }),
        ravels: true,
        kind: Kind::Call(|host, args| {
            fold_row(host, args, fold::PRODUCT, "multiply", Some(Scalar::Bool(true)))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "max",
        method: true,
        aliases: &["amax"],
        params: "a, axis=None, out=None, keepdims=False, initial=?, where=True",
        doc: "The largest element, over all axes or the given ones.\n\n\
              NaN wins over every number. Complex numbers compare by real part, then by imaginary \
              part. The maximum of nothing is an error unless `initial` is given.",
        examples: &[
            Example { code: "np.max([[0, 1], [2, 3]])", out: "3" },
            Example { code: "np.max([[0, 1], [2, 3]], axis=0)", out: "[2 3]" },
            Example { code: "np.max([1, nan, 3])", out: "nan" },
        ],
        defers: 1,
        brief: Some(|args| folded(args, fold::MAXIMUM, None).map(Value::Scalar)),
        ravels: true,
        kind: Kind::Call(|host, args| extreme(host, args, fold::MAXIMUM, "maximum")),
        ..Prim::NEW
    },
    Prim {
        name: "min",
        method: true,
        aliases: &["amin"],
        params: "a, axis=None, out=None, keepdims=False, initial=?, where=True",
        doc: "The smallest element, over all axes or the given ones.\n\n\
              NaN wins over every number. Complex numbers compare by real part, then by imaginary \
              part. The minimum of nothing is an error unless `initial` is given.",
        examples: &[
            Example { code: "np.min([[0, 1], [2, 3]])", out: "0" },
            Example { code: "np.min([[0, 1], [2, 3]], axis=1)", out: "[0 2]" },
            Example { code: "np.min([4, 5], initial=0)", out: "0" },
        ],
        defers: 1,
        brief: Some(|args| folded(args, fold::MINIMUM, None).map(Value::Scalar)),
        ravels: true,
        kind: Kind::Call(|host, args| extreme(host, args, fold::MINIMUM, "minimum")),
        ..Prim::NEW
    },
    Prim {
        name: "max",
        home: Home::Core,
        params: "*values, axis=?, out=?, keepdims=?, initial=?, where=?, default=?, key=?",
        doc: "The largest element of an array, as `np.max`; of several arguments, the largest of them.\n\n\
              Arguments that are compared must each have one truth, and are given back as they are. \
              For an array the axis goes by keyword; `default` is the answer for an empty one. `key` is a \
              function that gives what is compared.",
        examples: &[
            Example { code: "max([[0, 1], [2, 3]], axis=0)", out: "[2 3]" },
            Example { code: "max(3, 7.5, 5)", out: "7.5" },
            Example { code: "max([\"aa\", \"b\"], key=len)", out: "'aa'" },
            Example { code: "max([], default=0)", out: "0" },
        ],
        defers: 1,
        ravels: true,
        formula: |given| comparing(given, "greater"),
        brief: Some(|args| most(args, Fast::Greater)),
        in_loop: InLoop::Most(Fast::Greater),
        kind: Kind::Call(|host, args| several(host, args, "max", "greater")),
        ..Prim::NEW
    },
    Prim {
        name: "min",
        home: Home::Core,
        params: "*values, axis=?, out=?, keepdims=?, initial=?, where=?, default=?, key=?",
        doc: "The smallest element of an array, as `np.min`; of several arguments, the smallest of them.\n\n\
              Arguments that are compared must each have one truth, and are given back as they are. \
              For an array the axis goes by keyword; `default` is the answer for an empty one. `key` is a \
              function that gives what is compared.",
        examples: &[
            Example { code: "min([[0, 1], [2, 3]], axis=1)", out: "[0 2]" },
            Example { code: "min(3, 1, 2)", out: "1" },
        ],
        defers: 1,
        ravels: true,
        formula: |given| comparing(given, "less"),
        brief: Some(|args| most(args, Fast::Less)),
        in_loop: InLoop::Most(Fast::Less),
        kind: Kind::Call(|host, args| several(host, args, "min", "less")),
        ..Prim::NEW
    },
    Prim {
        name: "any",
        method: true,
        params: "a, axis=None, out=None, keepdims=False, *, where=True",
        doc: "Whether any element is true (not zero), over all axes or the given ones.\n\n\
              NaN counts as true. Stops at the first true element where there is one result.",
        examples: &[
            Example { code: "np.any([[True, False], [True, True]])", out: "True" },
            Example { code: "np.any([[True, False], [False, False]], axis=1)", out: "[ True False]" },
            Example { code: "np.any([])", out: "False" },
        ],
        defers: 1,
        brief: Some(|args| folded(args, fold::ANY, None).map(Value::Scalar)),
        ravels: true,
        kind: Kind::Call(|host, args| truth(host, args, fold::ANY)),
        ..Prim::NEW
    },
    Prim {
        name: "all",
        method: true,
        params: "a, axis=None, out=None, keepdims=False, *, where=True",
        doc: "Whether all elements are true (not zero), over all axes or the given ones.\n\n\
              NaN counts as true. Stops at the first false element where there is one result.",
        examples: &[
            Example { code: "np.all([[True, False], [True, True]])", out: "False" },
            Example { code: "np.all([[True, False], [True, True]], axis=0)", out: "[ True False]" },
            Example { code: "np.all([])", out: "True" },
        ],
        defers: 1,
        brief: Some(|args| folded(args, fold::ALL, None).map(Value::Scalar)),
        ravels: true,
        kind: Kind::Call(|host, args| truth(host, args, fold::ALL)),
        ..Prim::NEW
    },
    Prim {
        name: "argmax",
        method: true,
        params: "a, axis=None, out=None, *, keepdims=False",
        doc: "The place of the first largest element, in the flattened array or along an axis.\n\n\
              The first NaN wins. An empty array is an error.",
        examples: &[
            Example { code: "np.argmax([[10, 11, 12], [13, 14, 15]])", out: "5" },
            Example { code: "np.argmax([[10, 14, 12], [13, 11, 15]], axis=0)", out: "[1 0 1]" },
        ],
        defers: 1,
        ravels: true,
        kind: Kind::Call(|host, args| place(host, args, End::Max)),
        ..Prim::NEW
    },
    Prim {
        name: "argmin",
        method: true,
        params: "a, axis=None, out=None, *, keepdims=False",
        doc: "The place of the first smallest element, in the flattened array or along an axis.\n\n\
              The first NaN wins. An empty array is an error.",
        examples: &[
            Example { code: "np.argmin([[10, 11, 12], [3, 14, 15]])", out: "3" },
            Example { code: "np.argmin([[10, 14, 12], [13, 11, 15]], axis=1)", out: "[0 1]" },
        ],
        defers: 1,
        ravels: true,
        kind: Kind::Call(|host, args| place(host, args, End::Min)),
        ..Prim::NEW
    },
    Prim {
        name: "count_nonzero",
        params: "a, axis=None, *, keepdims=False",
        doc: "How many elements are not zero, over all axes or the given ones.",
        examples: &[
            Example { code: "np.count_nonzero(np.eye(4))", out: "4" },
            Example { code: "np.count_nonzero([[0, 1, 7, 0], [3, 0, 2, 19]], axis=0)", out: "[1 1 2 1]" },
        ],
        defers: 1,
        ravels: true,
        kind: Kind::Call(count_nonzero),
        ..Prim::NEW
    },
    Prim {
        name: "ptp",
        params: "a, axis=None, out=None, keepdims=False",
        doc: "The range of values: maximum less minimum, over all axes or the given ones.\n\n\
              Integers keep their dtype, and may wrap.",
        examples: &[
            Example { code: "np.ptp([[4, 9, 2, 10], [6, 9, 7, 12]])", out: "10" },
            Example { code: "np.ptp([[4, 9, 2, 10], [6, 9, 7, 12]], axis=1)", out: "[8 6]" },
        ],
        defers: 1,
        ravels: true,
        kind: Kind::Call(ptp),
        ..Prim::NEW
    },
];

/// `sum` and `prod`: the parameters are `a, axis, dtype, out, keepdims, initial, where`.
fn fold_row(
    host: &mut dyn Host,
    args: &Args,
    folds: &'static [fold::Fold],
    ufunc: &'static str,
    initial: Option<Scalar>,
) -> Result<Value, Fault> {
    let multiplies = ufunc == "multiply";
    if let Some(s) = brief_finite(args, folds, initial) {
        if multiplies && s.dtype().is_signed_int() {
            let a = args.array(0)?;
            let axes: Vec<usize> = (0..a.ndim()).collect();
            heed_product(host, args.name(), &a, &axes, s.dtype(), false)?;
        }
        return Ok(Value::Scalar(s));
    }
    let places = Places { dtype: 2, out: 3, keepdims: 4, initial: 5, mask: 6, ..Places::NEW };
    let ask = match args.get(0) {
        // Products of integers are looked at again for those that do not fit.
        Some(Value::Deferred(work)) if multiplies && !work.dtype().is_inexact() => {
            Ask::read(&args.with(0, args.value(0).settled(host)?), &places)?
        }
        _ => Ask::read(args, &places)?,
    };
    ask.tell_cast(host)?;
    let mut result = ask.fold(folds, ufunc, ask.initial.or(initial))?;
    ask.tell(host)?;
    heed(host, &ask, &mut result, "reduce")?;
    if multiplies && ask.mask.is_none() && ask.initial.is_none() && ask.work.is_none() {
        heed_product(host, args.name(), &ask.a, &ask.axes, result.dtype(), false)?;
    }
    finish(result, ask.out)
}

/// `max` and `min`: the parameters are `a, axis, out, keepdims, initial, where`.
fn extreme(
    host: &mut dyn Host,
    args: &Args,
    folds: &'static [fold::Fold],
    ufunc: &'static str,
) -> Result<Value, Fault> {
    if let Some(s) = brief(args, folds, None) {
        return Ok(Value::Scalar(s));
    }
    let ask = Ask::read(args, &Places { out: 2, keepdims: 3, initial: 4, mask: 5, ..Places::NEW })?;
    if ask.initial.is_none() {
        ask.refuse_empty(ufunc)?;
        ask.refuse_mask(args, ufunc)?;
    }
    let result = ask.fold(folds, ufunc, ask.initial)?;
    ask.tell(host)?;
    finish(result, ask.out)
}

/// `any` and `all`: the parameters are `a, axis, out, keepdims, where`.
fn truth(host: &mut dyn Host, args: &Args, folds: &'static [fold::Fold]) -> Result<Value, Fault> {
    if let Some(s) = brief(args, folds, None) {
        return Ok(Value::Scalar(s));
    }
    let ask = Ask::read(args, &Places { out: 2, keepdims: 3, mask: 4, ..Places::NEW })?;
    let result = ask.fold(folds, args.name(), None)?;
    ask.tell(host)?;
    finish(result, ask.out)
}

fn count_nonzero(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let ask = Ask::read(args, &Places { keepdims: 2, ..Places::NEW })?;
    if ask.a.dtype() == DType::Bool {
        let result = ask.fold(&fold::SUM[..1], args.name(), Some(Scalar::I64(0)))?;
        ask.tell(host)?;
        return finish(result, None);
    }
    let result = ask.count(&ask.a, &crate::kernel::cast::convert)?;
    ask.tell(host)?;
    finish(result, None)
}

fn ptp(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let ask = Ask::read(args, &Places { out: 2, keepdims: 3, ..Places::NEW })?;
    if ask.a.dtype() == DType::Bool {
        let help = Some("use the bitwise_xor, the `^` operator, or the logical_xor function instead");
        return Err(Fault::NoLoop { func: "subtract".into(), dtypes: vec![DType::Bool; 2], help });
    }
    ask.refuse_empty("maximum")?;
    let [mut high, low] = ask.fold_both([(fold::MAXIMUM, "maximum"), (fold::MINIMUM, "minimum")])?;
    ask.tell(host)?;
    crate::prim::reducing::arguments::subtract(&mut high, &low);
    heed(host, &ask, &mut high, "subtract")?;
    finish(high, ask.out)
}

/// `argmax` and `argmin`: `a, axis, out, keepdims`.
pub fn place(host: &mut dyn Host, args: &Args, end: End) -> Result<Value, Fault> {
    let out = out_array(args, 2)?;
    if let Some(value @ Value::Deferred(_)) = args.get(0)
        && let Some(expr) = deferred::expr_of(deferred::under_ravel(value).unwrap_or_else(|| value.clone()))
    {
        let axis = sought(args, expr.shape())?;
        let (found, met) = exec::arg_extreme_of(&expr, axis, end)?;
        deferred::tell(host, expr.plan(), &met)?;
        return placed(args, found, expr.shape(), axis, out);
    }
    place_of(args, args.array(0)?, end, out)
}

/// The place of an extreme of `a`, with the axis and `keepdims` of a call of `argmax` or its kin.
pub fn place_of(args: &Args, a: Array, end: End, out: Option<Array>) -> Result<Value, Fault> {
    let axis = sought(args, a.shape())?;
    let found = exec::arg_extreme(&a, axis, end)?;
    placed(args, found, a.shape(), axis, out)
}

/// The axis to look along, which is not empty.
fn sought(args: &Args, shape: &[usize]) -> Result<Option<usize>, Fault> {
    let axis = match shape.len() {
        0 => {
            crate::prim::reducing::arguments::reduced_axes(args, 1, 0)?;
            None
        }
        n => args.opt_axis(1, n)?,
    };
    let n = axis.map_or(shape.iter().product(), |k| shape[k]);
    let results = axis.map_or(1, |k| (0..shape.len()).filter(|&j| j != k).map(|j| shape[j]).product());
    if n == 0 && results > 0 {
        return Err(args.reason(format!("attempt to get {} of an empty sequence", args.name())));
    }
    Ok(axis)
}

fn placed(
    args: &Args,
    found: Array,
    shape: &[usize],
    axis: Option<usize>,
    out: Option<Array>,
) -> Result<Value, Fault> {
    if !args.flag(3)? {
        return finish(found, out);
    }
    let shape: Vec<usize> =
        shape.iter().enumerate().map(|(k, &n)| if axis.is_none_or(|x| x == k) { 1 } else { n }).collect();
    finish(found.reshape_view(&shape, Order::C).unwrap_or(found), out)
}

/// The bare `max` and `min` of several arguments as steps: the next is the best so far where it beats it.
fn comparing(given: usize, beats: &'static str) -> Option<Formula> {
    let beats = Func::Static(crate::prim::reducing::arguments::row(beats).ok()?);
    let mut formula = Formula::default();
    let args: Vec<usize> = (0..given).map(|i| formula.push(Step::Argument(i))).collect();
    let (&first, others) = args.split_first().filter(|(_, others)| !others.is_empty())?;
    let mut best = first;
    for &next in others {
        let test = formula.apply(&beats, [next, best]);
        let mut ways = [formula.branch(), formula.branch()];
        operators::end_with(&mut ways[0], next)?;
        operators::end_with(&mut ways[1], best)?;
        best = formula.push(Step::Choose(test, Box::new(ways)));
    }
    Some(formula)
}

/// The bare `max` and `min`: of one argument NumPy's function, of several the first that none beats.
/// Of several plain numbers, the first that no later one beats.
fn most(args: &[&Value], beats: Fast) -> Option<Value> {
    let (first, others) = args.split_first()?;
    let mut best = Num::of(first).filter(|_| !others.is_empty())?;
    for v in others {
        let n = Num::of(v)?;
        if beats.apply(n, best)?.truth() {
            best = n;
        }
    }
    Some(best.value())
}

/// The first of several values, or of one value's items, that none beats; `key` is a function that gives what
/// is compared.
fn best(
    host: &mut dyn Host,
    args: &Args,
    mut values: Vec<Value>,
    (name, beats): (&'static str, &'static str),
) -> Result<Value, Fault> {
    if let [value] = &values[..] {
        values = collect(host, value)?;
    }
    let key = ordering::key(args, 7)?;
    let keyed = |host: &mut dyn Host, item: &Value| match key {
        Some(f) => f.call(host, CallArgs::new([item.clone()])),
        None => Ok(item.clone()),
    };
    let mut items = values.into_iter();
    let Some(mut best) = items.next() else {
        return args.get(6).cloned().ok_or(Fault::EmptyReduction { func: name.into() });
    };
    let mut of_best = keyed(host, &best)?;
    for item in items {
        let of_item = keyed(host, &item)?;
        if crate::prim::reducing::arguments::calc(host, beats, of_item.clone(), of_best.clone())?.truth()? {
            (best, of_best) = (item, of_item);
        }
    }
    Ok(best)
}

fn several(
    host: &mut dyn Host,
    args: &Args,
    name: &'static str,
    beats: &'static str,
) -> Result<Value, Fault> {
    let values = args.rest(0);
    if values.len() > 1 || args.get(7).is_some() {
        return best(host, args, values, (name, beats));
    }
    let Some(value) = values.into_iter().next() else {
        return Err(Fault::MissingArgument { func: name.into(), param: "a".into() });
    };
    let value = match args.get(6) {
        // How many elements there are is asked of an array, not of work that waits.
        Some(default) => match value.settled(host)? {
            value if crate::prim::convert::to_array(&value)?.size() == 0 => return Ok(default.clone()),
            value => value,
        },
        None => value,
    };
    let mut call = CallArgs::new([value]);
    for (i, key) in ["axis", "out", "keepdims", "initial", "where"].into_iter().enumerate() {
        if let Some(v) = args.get(i + 1) {
            call.keyword.push((key.into(), v.clone()));
        }
    }
    crate::prim::call(crate::prim::reducing::arguments::row(name)?, host, call)
}
