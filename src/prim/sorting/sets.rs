//! Arrays as sets: distinct elements, membership, union, intersection, difference.

use crate::array::{Array, Order};
use crate::dtype::{DType, promote};
use crate::exec;
use crate::exec::distinct::{self, Distinct, distinct, integers};
use crate::exec::sort::{Sorting, argsorted, search, sorted, with_run};
use crate::exec::tally::{self, Pass};
use crate::exec::threads;
use crate::kernel::sort;
use crate::prim::convert::to_array;
use crate::prim::deferred;
use crate::prim::elementwise::loops::{infix, prefix};
use crate::prim::linear::products::apply_waiting;
use crate::prim::reducing::arguments::deliver;
use crate::prim::reducing::scanning::{join, raveled};
use crate::prim::row::{Example, Home, Kind};
use crate::prim::sorting::order::take;
use crate::prim::{Args, Prim};
use crate::syntax::Class;
use crate::value::{Fault, Host, Tuple, TupleNames, Value};
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "unique",
        numpy_scratch: 1,
        params: "ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, sorted=True",
        doc: "The distinct elements, sorted; with `axis` the distinct slices along it.\n\n\
              The flags add, in this order, the places of first occurrence, for each element the place \
              of its value, and counts, as a tuple.",
        examples: &[
            Example { code: "np.unique([1, 1, 2, 2, 3, 3])", out: "[1 2 3]" },
            Example {
                code: "np.unique([3, 1, 3], return_counts=True)",
                out: "(array([1, 3]), array([1, 2]))",
            },
            Example { code: "np.unique([[1, 0], [2, 3], [1, 0]], axis=0)", out: "[[1 0]\n [2 3]]" },
        ],
        kind: Kind::Call(unique),
        ..Prim::NEW
    },
    Prim {
        name: "unique_values",
        params: "x",
        doc: "The distinct elements, sorted; every NaN counts.",
        examples: &[Example { code: "np.unique_values([1, 1, 2])", out: "[1 2]" }],
        kind: Kind::Call(|_, args| Ok(Value::Array(distinct::values(&raveled(&args.array(0)?)?, false)?))),
        ..Prim::NEW
    },
    Prim {
        name: "unique_counts",
        params: "x",
        doc: "The distinct elements and how often each occurs, as a tuple with `values` and `counts`.",
        examples: &[Example { code: "np.unique_counts([1, 1, 2]).counts", out: "[2 1]" }],
        kind: Kind::Call(|_, args| {
            let d = distinct(&raveled(&args.array(0)?)?, false, false)?;
            Ok(named(&COUNTS, vec![d.values, d.counts]))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "unique_inverse",
        params: "x",
        doc: "The distinct elements, and for each element the place of its value, as a tuple with \
              `values` and `inverse_indices`.",
        examples: &[Example { code: "np.unique_inverse([3, 1, 3]).inverse_indices", out: "[1 0 1]" }],
        kind: Kind::Call(|_, args| {
            let a = args.array(0)?;
            let d = distinct(&raveled(&a)?, true, false)?;
            let inverse = shaped(d.inverse, a.shape());
            Ok(named(&INVERSE, vec![d.values, inverse]))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "unique_all",
        params: "x",
        doc: "The distinct elements, first places, inverse and counts, as a named tuple.\n\n\
              Its fields are `values`, `indices`, `inverse_indices` and `counts`.",
        examples: &[Example { code: "np.unique_all([3, 1, 3]).indices", out: "[1 0]" }],
        kind: Kind::Call(|_, args| {
            let a = args.array(0)?;
            let d = distinct(&raveled(&a)?, true, false)?;
            let inverse = shaped(d.inverse, a.shape());
            Ok(named(&EVERYTHING, vec![d.values, d.first, inverse, d.counts]))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "isin",
        numpy_scratch: 1,
        glyphs: &[infix("∊", Class::Glyph)],
        params: "element, test_elements, assume_unique=False, invert=False, *, kind=None",
        doc: "For each element whether it is among others (`invert`: whether it is not). NaN is never.",
        examples: &[
            Example {
                code: "np.isin([[0, 2], [4, 6]], [1, 2, 4, 8])",
                out: "[[False  True]\n [ True False]]",
            },
            Example { code: "2 5 ∊ ⍳ 4", out: "[ True False]" },
        ],
        each: 1,
        kind: Kind::Call(isin),
        ..Prim::NEW
    },
    Prim {
        name: "union1d",
        numpy_scratch: 4,
        params: "ar1, ar2",
        doc: "The distinct elements of both arrays, sorted.",
        examples: &[Example { code: "np.union1d([-1, 0, 1], [-2, 0, 2])", out: "[-2 -1  0  1  2]" }],
        kind: Kind::Call(|_, args| {
            let both = join(&[raveled(&args.array(0)?)?, raveled(&args.array(1)?)?], 0)?;
            Ok(Value::Array(distinct::values(&both, true)?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "intersect1d",
        numpy_scratch: 1,
        params: "ar1, ar2, assume_unique=False, return_indices=False",
        doc: "The distinct elements that are in both arrays, sorted.\n\n\
              With `return_indices` also their first places in each.",
        examples: &[Example { code: "np.intersect1d([1, 3, 4, 3], [3, 1, 2, 1])", out: "[1 3]" }],
        kind: Kind::Call(intersect1d),
        ..Prim::NEW
    },
    Prim {
        name: "setdiff1d",
        numpy_scratch: 1,
        params: "ar1, ar2, assume_unique=False",
        doc: "The distinct elements of the first array that are not in the second, sorted.",
        examples: &[Example { code: "np.setdiff1d([1, 2, 3, 2, 4, 1], [3, 4, 5, 6])", out: "[1 2]" }],
        kind: Kind::Call(|_, args| {
            let mut a = raveled(&args.array(0)?)?;
            if !args.flag(2)? {
                a = distinct::values(&a, true)?;
            }
            let inside = members(&a, &raveled(&args.array(1)?)?)?;
            Ok(Value::Array(exec::index::compress(&a, &negated(inside)?)?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "setxor1d",
        numpy_scratch: 1,
        params: "ar1, ar2, assume_unique=False",
        doc: "The distinct elements that are in one of the arrays only, sorted.",
        examples: &[Example { code: "np.setxor1d([1, 2, 3, 2, 4], [2, 3, 5, 7, 5])", out: "[1 4 5 7]" }],
        kind: Kind::Call(setxor1d),
        ..Prim::NEW
    },
    Prim {
        name: "nub",
        home: Home::Core,
        glyphs: &[prefix("∪", Class::Glyph)],
        params: "x",
        doc: "The distinct items in order of first appearance. The items of a matrix are its rows.",
        examples: &[Example { code: "∪ 3 1 3 2 1", out: "[3 1 2]" }],
        numpy: "x[np.sort(np.unique(x, return_index=True)[1])]",
        kind: Kind::Call(|_, args| {
            let a = args.array(0)?;
            let a = if a.ndim() == 0 { raveled(&a)? } else { a };
            // Groups come in this order, and nothing has to be written for the other items.
            let first = exec::group::groups(&a)?.first;
            Ok(Value::Array(take(&a, &Array::from_slice(&first, &[first.len()])?)?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "unique_mask",
        home: Home::Core,
        aliases: &["nub_sieve"],
        glyphs: &[prefix("≠", Class::CompareGlyph)],
        params: "x",
        doc: "For each item whether it is the first of its kind: a mask of the length of the first axis.\n\n\
              The items of a matrix are its rows. `(≠ x) ⌿ x` is `∪ x`.",
        examples: &[Example { code: "≠ 3 1 3 2 1", out: "[ True  True False  True False]" }],
        numpy: "np.isin(np.arange(len(x)), np.unique(x, return_index=True)[1])",
        kind: Kind::Call(|_, args| {
            let a = args.array(0)?;
            let mut mask = vec![false; a.shape().first().copied().unwrap_or(1)];
            for place in exec::group::groups(&a)?.first {
                mask[place as usize] = true;
            }
            Ok(Value::Array(Array::from_slice(&mask, &[mask.len()])?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "union",
        home: Home::Core,
        glyphs: &[infix("∪", Class::Glyph)],
        params: "x, y",
        doc: "The elements of `x`, then those of `y` that are not in `x`.",
        examples: &[Example { code: "3 1 ∪ 1 5 3 7", out: "[3 1 5 7]" }],
        numpy: "np.concatenate([x, y[~np.isin(y, x)]])",
        kind: Kind::Call(|_, args| {
            let (x, y) = (raveled(&args.array(0)?)?, raveled(&args.array(1)?)?);
            let fresh = negated(members(&y, &x)?)?;
            Ok(Value::Array(join(&[x, exec::index::compress(&y, &fresh)?], 0)?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "intersection",
        home: Home::Core,
        glyphs: &[infix("∩", Class::Glyph)],
        params: "x, y",
        doc: "The elements of `x` that are in `y`, in the order of `x`.",
        examples: &[Example { code: "3 1 2 1 ∩ 1 3", out: "[3 1 1]" }],
        numpy: "x[np.isin(x, y)]",
        kind: Kind::Call(|_, args| {
            let (x, y) = (raveled(&args.array(0)?)?, raveled(&args.array(1)?)?);
            Ok(Value::Array(exec::index::compress(&x, &members(&x, &y)?)?))
        }),
        ..Prim::NEW
    },
];

static COUNTS: TupleNames = TupleNames { name: "UniqueCountsResult", fields: &["values", "counts"] };
static INVERSE: TupleNames =
    TupleNames { name: "UniqueInverseResult", fields: &["values", "inverse_indices"] };
static EVERYTHING: TupleNames =
    TupleNames { name: "UniqueAllResult", fields: &["values", "indices", "inverse_indices", "counts"] };

fn named(names: &'static TupleNames, items: Vec<Array>) -> Value {
    let items = items.into_iter().map(Value::Array).collect();
    Value::Tuple(Rc::new(Tuple { items, names: Some(names) }))
}

/// A fresh contiguous array under another shape of its size.
fn shaped(a: Array, shape: &[usize]) -> Array {
    a.reshape_view(shape, Order::C).unwrap_or(a)
}

fn unique(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let (index, inverse, counts) = (args.flag(1)?, args.flag(2)?, args.flag(3)?);
    let axis = args.opt_axis(4, a.ndim())?;
    let (values, d) = match axis {
        None if !(index || inverse || counts) => {
            return Ok(Value::Array(distinct::values(&raveled(&a)?, args.flag(5)?)?));
        }
        None => {
            let mut d = distinct(&raveled(&a)?, index || inverse, args.flag(5)?)?;
            if inverse {
                d.inverse = shaped(d.inverse, a.shape());
            }
            (d.values.clone(), d)
        }
        Some(axis) => {
            let (items, d) = slices(&a, axis)?;
            let values = take(&items, &d.first)?;
            // The first axis goes back to its place.
            let axes: Vec<usize> = (1..=axis).chain([0]).chain(axis + 1..a.ndim()).collect();
            (exec::copy(&values.permute(&axes), Order::C)?, d)
        }
    };
    let mut out = vec![Value::Array(values)];
    for (asked, part) in [(index, d.first), (inverse, d.inverse), (counts, d.counts)] {
        if asked {
            out.push(Value::Array(part));
        }
    }
    Ok(if out.len() == 1 { out.remove(0) } else { Value::tuple(out) })
}

/// The slices along an axis, brought first, and which of them are distinct, in order.
fn slices(a: &Array, axis: usize) -> Result<(Array, Distinct), Fault> {
    let axes: Vec<usize> = [axis].into_iter().chain((0..a.ndim()).filter(|&k| k != axis)).collect();
    let items = exec::copy(&a.permute(&axes), Order::C)?;
    let n = items.shape()[0];
    let width: usize = items.shape()[1..].iter().product();
    let column = |j: usize| items.view(&[n], &[width as isize], items.offset() + j);
    // Ranks stand for elements, so that rows are compared as integers.
    let mut order = exec::distinct::counting(n)?;
    let mut starts = vec![false; n];
    let columns: Vec<Array> = (0..width).filter(|_| n > 0).map(column).collect();
    let mut ranks = Vec::new();
    for c in &columns {
        ranks.push(distinct(c, true, true)?.inverse);
    }
    for r in ranks.iter().rev() {
        let step = argsorted(&take(r, &order)?, 0, Sorting::All)?;
        order = take(&order, &step)?;
    }
    for r in &ranks {
        let now = take(r, &order)?;
        let now = now.as_slice::<i64>().unwrap_or_default();
        (1..n).filter(|&i| now[i] != now[i - 1]).for_each(|i| starts[i] = true);
    }
    if let Some(first) = starts.first_mut() {
        *first = true;
    }
    let places = order.as_slice::<i64>().unwrap_or_default();
    let (mut first, mut counts, mut inverse) = (Vec::new(), Vec::new(), vec![0i64; n]);
    for (&place, &start) in places.iter().zip(&starts) {
        if start {
            first.push(place);
            counts.push(0);
        }
        inverse[place as usize] = first.len() as i64 - 1;
        if let Some(c) = counts.last_mut() {
            *c += 1;
        }
    }
    let d = Distinct {
        values: integers(&[])?,
        counts: integers(&counts)?,
        first: integers(&first)?,
        inverse: integers(&inverse)?,
    };
    Ok((items, d))
}

/// For each element of a 1-d array whether it is among others.
fn members(a: &Array, others: &Array) -> Result<Array, Fault> {
    let common = promote(a.dtype(), others.dtype());
    let (a, others) = (exec::in_dtype(a, common)?, exec::in_dtype(others, common)?);
    let mut out = Array::zeros(DType::Bool, a.shape())?;
    let (a, others) = (exec::contiguous(&a)?, exec::contiguous(&others)?);
    let found = match out.as_mut_slice::<bool>() {
        Some(out) => {
            let parts = threads::for_elements(out.len());
            with_run(&a, |x| with_run(&others, |y| sort::members(x, y, parts, out)))
        }
        None => false,
    };
    if found {
        let _pass = tally::pass(|| {
            Pass::new("count", common, a.size()).reads(&a).reads(&others).writes(&out).ops(a.size())
        });
        return Ok(out);
    }
    let set = distinct::values(&others, true)?;
    let n = set.size();
    if n == 0 {
        return Ok(out);
    }
    let mut at = search(&set, &a, false)?;
    if let Some(at) = at.as_mut_slice::<i64>() {
        at.iter_mut().for_each(|i| *i = (*i).min(n as i64 - 1));
    }
    let near = take(&set, &at)?;
    equal(&a, &near)
}

/// Element by element equality of two arrays of one dtype and size.
fn equal(a: &Array, b: &Array) -> Result<Array, Fault> {
    fn typed<T: crate::dtype::Element>(a: &Array, b: &Array) -> Vec<bool> {
        let (a, b) = (a.as_slice::<T>().unwrap_or_default(), b.as_slice::<T>().unwrap_or_default());
        a.iter().zip(b).map(|(x, y)| x == y).collect()
    }
    let (a, b) = (exec::contiguous(a)?, exec::contiguous(b)?);
    let same = crate::with_dtype!(a.dtype(), T => typed::<T>(&a, &b));
    Ok(Array::from_slice(&same, a.shape())?)
}

fn negated(mut mask: Array) -> Result<Array, Fault> {
    if let Some(m) = mask.as_mut_slice::<bool>() {
        m.iter_mut().for_each(|b| *b = !*b);
    }
    Ok(mask)
}

/// As [`members`], of many elements and few others, of which each is compared: in the dtype of the elements where
/// all are integers. 1e6 int32 among three: 660 µs by a table of int64, whose range each element is held against.
fn among_few(host: &mut dyn Host, a: &Array, others: &Array) -> Result<Option<Array>, Fault> {
    const FEW: usize = 8;
    if a.size() < deferred::threshold() || !(1..=FEW).contains(&others.size()) {
        return Ok(None);
    }
    let whole = a.dtype().is_int() && others.dtype().is_int();
    let others = exec::contiguous(others)?;
    let mut found = None;
    for k in 0..others.size() {
        let other = others.scalar_at(others.offset() + k);
        let other = match other.as_i128().filter(|_| whole).map(i64::try_from) {
            Some(Ok(n)) => Value::Int(n),
            Some(Err(_)) => return Ok(None),
            None => Value::Scalar(other),
        };
        let equal = apply_waiting(host, "equal", [Value::Array(a.clone()), other])?;
        found = Some(match found {
            Some(before) => apply_waiting(host, "logical_or", [before, equal])?,
            None => equal,
        });
    }
    found.map(|found| to_array(&found.settled(host)?)).transpose()
}

fn isin(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let (items, others) = (raveled(&a)?, raveled(&args.array(1)?)?);
    let inside = match among_few(host, &items, &others)? {
        Some(inside) => inside,
        None => members(&items, &others)?,
    };
    let inside = if args.flag(3)? { negated(inside)? } else { inside };
    Ok(deliver(shaped(inside, a.shape())))
}

fn intersect1d(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (a, b) = (raveled(&args.array(0)?)?, raveled(&args.array(1)?)?);
    let common = promote(a.dtype(), b.dtype());
    let places = args.flag(3)?;
    let (da, db) = (
        distinct(&exec::in_dtype(&a, common)?, places, true)?,
        distinct(&exec::in_dtype(&b, common)?, places, true)?,
    );
    let both = members(&da.values, &db.values)?;
    let values = exec::index::compress(&da.values, &both)?;
    if !places {
        return Ok(Value::Array(values));
    }
    let ia = exec::index::compress(&da.first, &both)?;
    let ib = exec::index::compress(&db.first, &members(&db.values, &da.values)?)?;
    Ok(Value::tuple(vec![Value::Array(values), Value::Array(ia), Value::Array(ib)]))
}

fn setxor1d(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (a, b) = (raveled(&args.array(0)?)?, raveled(&args.array(1)?)?);
    let (a, b) = (distinct::values(&a, true)?, distinct::values(&b, true)?);
    let only_a = exec::index::compress(&a, &negated(members(&a, &b)?)?)?;
    let only_b = exec::index::compress(&b, &negated(members(&b, &a)?)?)?;
    Ok(Value::Array(sorted(&join(&[only_a, only_b], 0)?, 0, Sorting::All)?))
}
