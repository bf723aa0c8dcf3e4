//! Sorting, permutations that sort, partial sorting, and search in what is sorted.

use crate::array::index::Index;
use crate::array::{Array, ArrayError, Order, normalize_axis};
use crate::dtype::{DType, Operand, promote, result_dtype};
use crate::exec;
use crate::exec::sort::{Sorting, argsorted, search, sorted};
use crate::prim::arrays::layout;
use crate::prim::elementwise::loops::prefix;
use crate::prim::language::ordering::{key, ordered};
use crate::prim::reducing::scanning::raveled;
use crate::prim::row::{Example, Home, Kind};
use crate::prim::{Args, Prim, convert};
use crate::syntax::Class;
use crate::value::{Fault, Host, Part, Value};

/// Of a few doubles by insertion, NaN last.
fn sort_brief(args: &[&Value]) -> Option<Value> {
    const FEW: usize = 16;
    let [Value::Array(a)] = args else { return None };
    let Some(xs) = a.as_slice::<f64>().filter(|xs| xs.len() <= FEW && !xs.is_empty() && a.ndim() == 1) else {
        return exec::sort::sorted_short(a).map(Value::Array);
    };
    let sorted = Array::written::<f64>(a.shape(), |to| {
        for (n, &x) in xs.iter().enumerate() {
            let mut at = n;
            while at > 0 && (x < to[at - 1] || to[at - 1].is_nan() && !x.is_nan()) {
                to[at] = to[at - 1];
                at -= 1;
            }
            to[at] = x;
        }
        true
    });
    sorted.map(Value::Array)
}

pub static ROWS: &[Prim] = &[
    Prim {
        name: "sort",
        params: "a, axis=-1, kind=None, order=None, *, stable=None",
        doc: "A sorted copy, along an axis or (`axis=None`) of all elements.\n\n\
              NaN comes last. Complex numbers are ordered by real part, then by imaginary part. Every \
              `kind` gives the same result.",
        examples: &[
            Example { code: "np.sort([3, 1, 2])", out: "[1 2 3]" },
            Example { code: "np.sort([[1, 4], [3, 1]], axis=0)", out: "[[1 1]\n [3 4]]" },
            Example { code: "np.sort([[1, 4], [3, 1]], axis=None)", out: "[1 1 3 4]" },
        ],
        brief: Some(sort_brief),
        kind: Kind::Call(|_, args| {
            check_kind(args)?;
            let (a, axis) = lane_axis(args, 1)?;
            Ok(Value::Array(sorted(&a, axis, Sorting::All)?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "sort",
        home: Home::Method,
        params: "a, axis=-1, kind=None, order=None, *, stable=None, key=None, reverse=False",
        doc: "Sorts the array in place, along an axis. `np.sort` gives a sorted copy.\n\n\
              A list is sorted in place as Python does it, by what `key` gives of each item if it is given. \
              With `reverse` the order is falling.",
        examples: &[
            Example { code: "a = np.array([3, 1, 2]); a.sort(); a", out: "[1 2 3]" },
            Example { code: "l = [\"bb\", \"a\"]; l.sort(key=len); l", out: "['a', 'bb']" },
        ],
        kind: Kind::Call(sort_in_place),
        ..Prim::NEW
    },
    Prim {
        name: "argsort",
        method: true,
        params: "a, axis=-1, kind=None, order=None, *, stable=None",
        doc: "The places of the elements in sorted order, along an axis or of all elements.\n\n\
              Equal elements stay in order, whatever the `kind`. NaN comes last.",
        examples: &[
            Example { code: "np.argsort([3, 1, 2])", out: "[1 2 0]" },
            Example { code: "np.argsort([[0, 3], [2, 2]], axis=0)", out: "[[0 1]\n [1 0]]" },
        ],
        kind: Kind::Call(|_, args| {
            check_kind(args)?;
            let (a, axis) = match args.array(0)? {
                a if a.ndim() == 0 => (raveled(&a)?, 0),
                _ => lane_axis(args, 1)?,
            };
            Ok(Value::Array(argsorted(&a, axis, Sorting::All)?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "partition",
        params: "a, kth, axis=-1, kind='introselect', order=None",
        doc: "A copy in which place `kth` holds what it would hold if all were sorted.\n\n\
              No larger elements stand before it and no smaller ones after. `kth` may be several places.",
        examples: &[Example { code: "np.partition([7, 1, 5], 0)[0]", out: "1" }],
        kind: Kind::Call(|_, args| {
            let (a, axis) = lane_axis(args, 2)?;
            let kth = places(args, &a, axis)?;
            Ok(Value::Array(sorted(&a, axis, Sorting::Places(&kth))?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "partition",
        home: Home::Method,
        params: "a, kth, axis=-1, kind='introselect', order=None",
        doc: "Partitions the array in place, along an axis. `np.partition` gives a copy.",
        examples: &[Example { code: "a = np.array([7, 1, 5]); a.partition(0); a[0]", out: "1" }],
        kind: Kind::Call(|_, args| {
            in_place(
                args,
                |a, axis| {
                    let kth = places(args, a, axis)?;
                    Ok(sorted(a, axis, Sorting::Places(&kth))?)
                },
                2,
            )
        }),
        ..Prim::NEW
    },
    Prim {
        name: "argpartition",
        method: true,
        params: "a, kth, axis=-1, kind='introselect', order=None",
        doc: "The places of the elements in partitioned order; see `partition`.",
        examples: &[Example { code: "np.argpartition([7, 1, 5], 0)[0]", out: "1" }],
        kind: Kind::Call(|_, args| {
            let (a, axis) = lane_axis(args, 2)?;
            let kth = places(args, &a, axis)?;
            Ok(Value::Array(argsorted(&a, axis, Sorting::Places(&kth))?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "lexsort",
        params: "keys, axis=-1",
        doc: "The places in order of several keys, the last key first.\n\n\
              `keys` is a sequence of arrays of one shape, or an array whose first axis counts keys.",
        examples: &[Example { code: "np.lexsort(([9, 4, 0], [1, 5, 1]))", out: "[2 0 1]" }],
        kind: Kind::Call(lexsort),
        ..Prim::NEW
    },
    Prim {
        name: "sort_complex",
        params: "a",
        doc: "A sorted copy, as complex numbers.",
        examples: &[Example { code: "np.sort_complex([5, 3, 6])", out: "[3.+0.j 5.+0.j 6.+0.j]" }],
        kind: Kind::Call(|_, args| {
            let a = args.array(0)?;
            let small = matches!(a.dtype(), DType::I8 | DType::U8 | DType::I16 | DType::U16 | DType::C64);
            let to = if small { DType::C64 } else { DType::C128 };
            let axis = normalize_axis(-1, a.ndim())?;
            Ok(Value::Array(sorted(&exec::in_dtype(&a, to)?, axis, Sorting::All)?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "searchsorted",
        method: true,
        params: "a, v, side='left', sorter=None",
        doc: "The places where values would be inserted to keep a sorted 1-d array sorted.\n\n\
              Before equal elements with `side='left'`, after them with `side='right'`. `sorter` is a \
              permutation that sorts `a`.",
        examples: &[
            Example { code: "np.searchsorted([11, 12, 13, 14, 15], 13)", out: "2" },
            Example { code: "np.searchsorted([11, 12, 13, 14, 15], 13, side='right')", out: "3" },
            Example { code: "np.searchsorted([11, 12, 13, 14, 15], [-10, 20, 12, 13])", out: "[0 5 1 2]" },
        ],
        each: 0b10,
        kind: Kind::Call(searchsorted),
        ..Prim::NEW
    },
    Prim {
        name: "grade_up",
        home: Home::Core,
        glyphs: &[prefix("⍋", Class::Glyph)],
        params: "x",
        doc: "The places of the items in ascending order; equal items stay in order.\n\n\
              The items of a matrix are its rows, compared from left to right.",
        examples: &[
            Example { code: "⍋ 3 1 2", out: "[1 2 0]" },
            Example { code: "⍋ [[2, 1], [1, 9], [1, 3]]", out: "[2 1 0]" },
        ],
        numpy: "np.argsort(x, stable=True)",
        grades: Some(false),
        kind: Kind::Call(|_, args| grade(args, false)),
        ..Prim::NEW
    },
    Prim {
        name: "grade_down",
        home: Home::Core,
        glyphs: &[prefix("⍒", Class::Glyph)],
        params: "x",
        doc: "The places of the items in descending order; equal items stay in order.\n\n\
              The items of a matrix are its rows, compared from left to right.",
        examples: &[Example { code: "⍒ 3 1 3 2", out: "[0 2 3 1]" }],
        numpy: "len(x) - 1 - np.argsort(x[::-1], stable=True)[::-1]",
        grades: Some(true),
        kind: Kind::Call(|_, args| grade(args, true)),
        ..Prim::NEW
    },
];

fn check_kind(args: &Args) -> Result<(), Fault> {
    if args.is_none(2) {
        return Ok(());
    }
    match args.str(2)? {
        "quicksort" | "quick" | "mergesort" | "merge" | "heapsort" | "heap" | "stable" | "q" | "m" | "h"
        | "s" => Ok(()),
        other => {
            let why = format!("sort kind must be one of 'quick', 'heap', or 'stable' (got '{other}')");
            Err(args.reason(why))
        }
    }
}

/// The array and the axis to sort along; all elements as one axis if it is `None`.
fn lane_axis(args: &Args, i: usize) -> Result<(Array, usize), Fault> {
    let a = args.array(0)?;
    if args.is_none(i) {
        return Ok((raveled(&a)?, 0));
    }
    let axis = args.axis(i, a.ndim())?;
    Ok((a, axis))
}

/// Replaces an array's elements by those of a fresh array of its shape.
fn in_place(
    args: &Args,
    f: impl FnOnce(&Array, usize) -> Result<Array, Fault>,
    axis: usize,
) -> Result<Value, Fault> {
    let Some(Value::Array(a)) = args.get(0) else { return Err(args.wrong(0, "an array")) };
    let axis = args.axis(axis, a.ndim())?;
    if !a.writeable() {
        return Err(ArrayError::ReadOnly.into());
    }
    exec::assign(a, &f(a, axis)?)?;
    Ok(Value::None)
}

/// `a.sort()` of an array, `l.sort()` of a list.
fn sort_in_place(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let reverse = args.flag(6)?;
    if let Some(Value::List(l)) = args.get(0) {
        let items = ordered(host, l.to_vec(), key(args, 5)?, reverse)?;
        l.rebuild(|old| *old = items);
        return Ok(Value::None);
    }
    if !matches!(args.get(5), None | Some(Value::None)) {
        return Err(args.reason("an array is sorted by its elements: write x = sorted(x, key=f)"));
    }
    check_kind(args)?;
    let falling = |a: Array, axis| if reverse { layout::reversed(&a, axis) } else { a };
    in_place(args, |a, axis| Ok(falling(sorted(a, axis, Sorting::All)?, axis)), 1)
}

/// The places of a partition, from the start and sorted.
fn places(args: &Args, a: &Array, axis: usize) -> Result<Vec<usize>, Fault> {
    let n = a.shape().get(axis).copied().unwrap_or(1);
    let mut out = Vec::new();
    for k in args.ints(1)? {
        let at = if k < 0 { k + n as i64 } else { k };
        if at < 0 || at >= n as i64 {
            let reason = format!("kth(={k}) out of bounds ({n})");
            return Err(args.lengths(reason, [Part::new(0, "a", a.shape(), axis)], &[]));
        }
        out.push(at as usize);
    }
    out.sort_unstable();
    out.dedup();
    Ok(out)
}

/// The elements of a 1-d array at places.
pub fn take(a: &Array, places: &Array) -> Result<Array, Fault> {
    Ok(exec::index::get(a, &[Index::Array(places.clone())])?)
}

/// The places that sort by several 1-d keys of one length, the last key first, from `start` on.
fn by_keys(keys: &[Array], start: Option<Array>) -> Result<Option<Array>, Fault> {
    let mut order = start;
    for key in keys {
        let now = match &order {
            Some(order) => take(key, order)?,
            None => key.clone(),
        };
        let step = argsorted(&now, 0, Sorting::All)?;
        order = Some(match &order {
            Some(order) => take(order, &step)?,
            None => step,
        });
    }
    Ok(order)
}

fn lexsort(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let keys: Vec<Array> = match args.get(0) {
        Some(Value::Tuple(t)) => t.items.iter().map(convert::to_array).collect::<Result<_, _>>()?,
        Some(Value::List(l)) => l.to_vec().iter().map(convert::to_array).collect::<Result<_, _>>()?,
        _ => {
            let a = args.array(0)?;
            let n = a.shape().first().copied().unwrap_or(0);
            (0..n).map(|i| row_of(&a, i)).collect()
        }
    };
    let Some(first) = keys.first() else {
        return Err(args.reason("need sequence of keys with len > 0 in lexsort"));
    };
    if keys.iter().any(|k| k.shape() != first.shape()) {
        let other = keys.iter().find(|k| k.shape() != first.shape()).unwrap_or(first);
        let part = |k: &Array| Part::whole(usize::MAX, "a key", k.shape());
        let parts = [part(first), part(other)];
        return Err(args.lengths("all keys need to be the same shape", parts, &[]));
    }
    if first.ndim() == 0 {
        return Ok(Value::Array(exec::full(&[], crate::dtype::Scalar::I64(0))?));
    }
    let axis = args.axis(1, first.ndim())?;
    if first.ndim() == 1 {
        let order = by_keys(&keys, None)?;
        return Ok(order.map_or(Value::None, Value::Array));
    }
    // Lane by lane, the axis brought last.
    let axes: Vec<usize> = (0..first.ndim()).filter(|&k| k != axis).chain([axis]).collect();
    let turned: Vec<Array> =
        keys.iter().map(|k| exec::copy(&k.permute(&axes), Order::C)).collect::<Result<_, _>>()?;
    let out = Array::empty(DType::I64, turned[0].shape())?;
    let n = first.shape()[axis];
    let lane = |a: &Array, i: usize| a.view(&[n], &[1], a.offset() + i * n);
    for i in 0..first.size().checked_div(n).unwrap_or(0) {
        let parts: Vec<Array> = turned.iter().map(|k| lane(k, i)).collect();
        if let Some(order) = by_keys(&parts, None)? {
            exec::assign(&lane(&out, i), &order)?;
        }
    }
    let last = out.ndim() - 1;
    let back: Vec<usize> = (0..axis).chain([last]).chain(axis..last).collect();
    Ok(Value::Array(exec::copy(&out.permute(&back), Order::C)?))
}

fn row_of(a: &Array, i: usize) -> Array {
    let at = (a.offset() as isize + i as isize * a.strides()[0]) as usize;
    a.view(&a.shape()[1..], &a.strides()[1..], at)
}

fn searchsorted(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let right = match args.str(2)? {
        "left" | "l" => false,
        "right" | "r" => true,
        _ => return Err(args.reason("search side must be 'left' or 'right'")),
    };
    let mut a = args.array(0)?;
    if a.ndim() != 1 {
        let reason = "object of too small depth for desired array";
        return Err(args.misshapen(0, &a, reason, &[".ravel()"]));
    }
    if !args.is_none(3) {
        a = take(&a, &exec::in_dtype(&args.array(3)?, DType::I64)?)?;
    }
    let v = args.array(1)?;
    let weak = args.get(1).and_then(Value::operand).unwrap_or(Operand::Typed(v.dtype()));
    let mut common = result_dtype(&[Operand::Typed(a.dtype()), weak]);
    if let Operand::Int(n) = weak {
        // A plain integer outside the dtype is beyond all elements; compare in a wider one.
        let fits = crate::dtype::cast_scalar(crate::dtype::Scalar::I64(n), common);
        if common.is_int() && fits.as_i128() != Some(n as i128) {
            common = promote(common, DType::I64);
        }
    }
    let found = search(&exec::in_dtype(&a, common)?, &exec::in_dtype(&v, common)?, right)?;
    Ok(crate::prim::reducing::arguments::deliver(found))
}

/// Elements from which sorting a vector is worth more than a look at what it is indexed by.
const LEAST_SORTED: usize = 64;

/// `x[⍋ x]`, or `x[⍒ x]`, of a vector: sorted, without the places between. Zeros of either sign are
/// equal, and stay in their order. `None`, with nothing done, for others.
///
/// 1e6 float64: 6.5 ms by the places, 3.4 ms so; int64 5.9 and 2.3.
pub fn in_order(a: &Array, down: bool) -> Result<Option<Array>, Fault> {
    if a.ndim() != 1 || a.size() < LEAST_SORTED || a.dtype().is_complex() {
        return Ok(None);
    }
    let mut out = sorted(a, 0, Sorting::All)?;
    let n = out.size();
    if down {
        out = exec::copy(&out.view(&[n], &[-1], out.offset() + n - 1), Order::C)?;
    }
    if !a.dtype().is_inexact() {
        return Ok(Some(out));
    }
    let source = exec::contiguous(a)?;
    match a.dtype() {
        DType::F32 => keep_zeros::<f32>(source.as_slice(), out.as_mut_slice(), down),
        _ => keep_zeros::<f64>(source.as_slice(), out.as_mut_slice(), down),
    }
    Ok(Some(out))
}

/// Puts the zeros of a sorted run in the order that they had.
fn keep_zeros<T: Into<f64> + Copy>(from: Option<&[T]>, to: Option<&mut [T]>, down: bool) {
    let (Some(from), Some(to)) = (from, to) else { return };
    let value = |x: &T| -> f64 { (*x).into() };
    // NaN is last, of what goes down first.
    let start =
        to.partition_point(|x| if down { value(x) > 0.0 || value(x).is_nan() } else { value(x) < 0.0 });
    let zeros = to[start..].partition_point(|x| value(x) == 0.0);
    let signs = |negative| to[start..start + zeros].iter().any(|x| value(x).is_sign_negative() == negative);
    if signs(true) && signs(false) {
        let all = from.iter().filter(|x| value(x) == 0.0);
        to[start..start + zeros].iter_mut().zip(all).for_each(|(to, x)| *to = *x);
    }
}

fn grade(args: &Args, down: bool) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let Some(&n) = a.shape().first() else {
        return Err(ArrayError::Axis { axis: 0, ndim: 0 }.into());
    };
    let reversed: Vec<i64> = (0..n as i64).rev().collect();
    let start = if down { Some(exec::distinct::integers(&reversed)?) } else { None };
    let width: usize = a.shape()[1..].iter().product();
    let columns: Vec<Array> = if a.ndim() == 1 {
        vec![a]
    } else {
        let flat = exec::copy(&a, Order::C)?;
        let column = |j: usize| flat.view(&[n], &[width as isize], flat.offset() + j);
        (0..width).rev().filter(|_| n > 0).map(column).collect()
    };
    let order = match by_keys(&columns, start)? {
        Some(order) => order,
        None => exec::distinct::counting(n)?,
    };
    if !down || n == 0 {
        return Ok(Value::Array(order));
    }
    let back = order.view(&[n], &[-1], order.offset() + n - 1);
    Ok(Value::Array(exec::copy(&back, Order::C)?))
}
