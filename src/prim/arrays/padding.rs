//! Elements around an array: `pad` adds them, `trim_zeros` takes zeros away. Axis by axis, each over
//! what the axes before it have got, as NumPy goes, so that corners agree.

use crate::array::{Array, Dims};
use crate::exec;
use crate::prim::Args;
use crate::prim::arrays::layout::{expanded, indices, layer, reversed, section};
use crate::prim::convert::{self, to_array};
use crate::prim::indexing::selection::take_axis;
use crate::prim::linear::products::apply_array;
use crate::prim::row::{Example, Kind, Prim};
use crate::value::{CallArgs, Fault, Host, Value};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "pad",
        params: "array, pad_width, mode='constant', *, constant_values=0, end_values=0, stat_length=None, reflect_type='even'",
        doc: "A new array with elements added around it.\n\n\
              `pad_width` is one number, (before, after), or such a pair for each axis. `mode` is 'constant', \
              'edge', 'wrap', 'empty'; 'reflect' (the edge once) or 'symmetric' (the edge twice), whose \
              `reflect_type` 'odd' turns the values about the edge; 'linear_ramp' towards `end_values`; or \
              'maximum', 'mean', 'median', 'minimum' of the `stat_length` elements next to the edge, or of all.",
        examples: &[
            Example { code: "pad([1, 2], 1)", out: "[0 1 2 0]" },
            Example { code: "pad([1, 2, 3], (2, 1), mode=\"reflect\")", out: "[3 2 1 2 3 2]" },
            Example {
                code: "pad([1, 2, 4], 2, \"reflect\", reflect_type=\"odd\")",
                out: "[-2  0  1  2  4  6  7]",
            },
            Example { code: "pad([1, 2], (0, 2), mode=\"edge\")", out: "[1 2 2 2]" },
            Example { code: "pad([4, 5], (2, 2), \"linear_ramp\", end_values=(0, 9))", out: "[0 2 4 5 7 9]" },
            Example { code: "pad([1, 2, 6], 1, \"mean\", stat_length=2)", out: "[2 1 2 6 4]" },
        ],
        kind: Kind::Call(pad),
        ..Prim::NEW
    },
    Prim {
        name: "trim_zeros",
        params: "filt, trim='fb', axis=None",
        doc: "An array without the zeros at its front ('f'), its back ('b'), or both, along one axis or all.",
        examples: &[
            Example { code: "trim_zeros([0, 0, 1, 0, 2, 0])", out: "[1 0 2]" },
            Example { code: "trim_zeros([[0, 0, 0], [0, 1, 2]])", out: "[[1 2]]" },
        ],
        kind: Kind::Call(trim_zeros),
        ..Prim::NEW
    },
];

/// How many elements come before and after an axis.
type Width = (usize, usize);

/// Widths before and after each axis.
fn widths(args: &Args, i: usize, padded: &Array) -> Result<Vec<Width>, Fault> {
    let ndim = padded.ndim();
    let wrong = || {
        let reason = "give one width, (before, after), or such a pair for each axis";
        args.misshapen(0, padded, reason, &["+((1, 2), (3, 4))", "+(1, 2)"])
    };
    let a = to_array(&args.value(i))?;
    if !a.dtype().is_int() {
        return Err(wrong());
    }
    let wide = a.broadcast_to(&[ndim, 2]).map_err(|_| wrong())?;
    let list = convert::elements::<i64>(&wide)?;
    if list.iter().any(|&w| w < 0) {
        return Err(args.reason("index can't contain negative values"));
    }
    Ok(list.chunks(2).map(|w| (w[0] as usize, w[1] as usize)).collect())
}

/// Where the elements that are added come from.
enum Mode {
    /// Elements of the array, turned or not.
    Copies { odd: bool },
    /// Values on the way to given ends, a pair for each axis.
    Ramp(Array),
    /// One number for each line of the axis, of so many elements at either edge.
    Statistic(&'static str, Vec<Option<Width>>),
}

fn mode(args: &Args, a: &Array) -> Result<Mode, Fault> {
    Ok(match args.str(2)? {
        "edge" | "wrap" => Mode::Copies { odd: false },
        "reflect" | "symmetric" => Mode::Copies {
            odd: match args.str(6)? {
                "even" => false,
                "odd" => true,
                _ => return Err(args.wrong(6, "'even' or 'odd'")),
            },
        },
        "linear_ramp" => Mode::Ramp(to_array(&args.value(4))?.broadcast_to(&[a.ndim(), 2])?),
        "maximum" => Mode::Statistic("max", lengths(args, a)?),
        "minimum" => Mode::Statistic("min", lengths(args, a)?),
        "mean" => Mode::Statistic("mean", lengths(args, a)?),
        "median" => Mode::Statistic("median", lengths(args, a)?),
        _ => {
            return Err(args.wrong(
                2,
                "'constant', 'edge', 'linear_ramp', 'maximum', 'mean', 'median', 'minimum', 'reflect', \
                 'symmetric', 'wrap' or 'empty'",
            ));
        }
    })
}

/// How many elements each edge's statistic is of, at most as many as there are.
fn lengths(args: &Args, a: &Array) -> Result<Vec<Option<Width>>, Fault> {
    if args.is_none(5) {
        return Ok(vec![None; a.ndim()]);
    }
    let given = widths(args, 5, a)?;
    if given.iter().any(|&(before, after)| before == 0 || after == 0) {
        return Err(args.reason("a statistic needs at least one element: stat_length must be positive"));
    }
    Ok(given.into_iter().map(Some).collect())
}

fn pad(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let widths = widths(args, 1, &a)?;
    if matches!(args.str(2)?, "constant" | "empty") {
        return padded_with(args, &a, &widths);
    }
    let mode = mode(args, &a)?;
    let grows = |(_, (n, (before, after)))| -> bool { n == 0 && before + after > 0 };
    if let Some((axis, _)) =
        a.shape().iter().copied().zip(widths.iter().copied()).enumerate().find(|&w| grows(w))
    {
        return Err(args
            .reason(format!("can't extend empty axis {axis} using modes other than 'constant' or 'empty'")));
    }
    let out = Array::empty(a.dtype(), &padded_shape(&a, &widths))?;
    let inner = |from: usize| {
        let axes = (from..a.ndim()).map(|k| (k, widths[k].0, a.shape()[k]));
        axes.fold(out.clone(), |view, (k, before, n)| section(&view, k, before, n))
    };
    exec::assign(&inner(0), &a)?;
    for (axis, &width) in widths.iter().enumerate() {
        let side = Side { whole: inner(axis + 1), axis, n: a.shape()[axis], width };
        match &mode {
            Mode::Copies { odd } => side.copies(host, args.str(2)?, *odd)?,
            Mode::Ramp(ends) => side.ramp(host, ends)?,
            Mode::Statistic(name, lengths) => side.statistic(host, name, lengths[axis])?,
        }
    }
    Ok(Value::Array(out))
}

/// One axis that is padded: `n` elements stand after `width.0` places of `whole`.
struct Side {
    whole: Array,
    axis: usize,
    n: usize,
    width: Width,
}

impl Side {
    fn middle(&self) -> Array {
        section(&self.whole, self.axis, self.width.0, self.n)
    }

    /// The places before and after the elements.
    fn before(&self) -> Array {
        section(&self.whole, self.axis, 0, self.width.0)
    }

    fn after(&self) -> Array {
        section(&self.whole, self.axis, self.width.0 + self.n, self.width.1)
    }

    fn copies(&self, host: &mut dyn Host, mode: &str, odd: bool) -> Result<(), Fault> {
        let (middle, n) = (self.middle(), self.n as i64);
        for (target, first) in [(self.before(), -(self.width.0 as i64)), (self.after(), n)] {
            let places: Vec<i64> = (first..first + target.shape()[self.axis] as i64).collect();
            if places.is_empty() {
                continue;
            }
            let at: Vec<i64> = places.iter().map(|&k| mirrored(mode, k, n)).collect();
            let slab = take_axis(&middle, self.axis, &indices(&at)?)?;
            let slab = if odd { self.turned(host, mode, &places, slab)? } else { slab };
            exec::assign(&target, &slab)?;
        }
        Ok(())
    }

    /// Mirrored elements turned about the edges' values. Every second copy of the array is turned; a
    /// copy lies higher than the one before it by what the array rises from its first to its last
    /// element, which follows from turning about each edge in turn.
    fn turned(&self, host: &mut dyn Host, mode: &str, places: &[i64], slab: Array) -> Result<Array, Fault> {
        let period = if mode == "symmetric" { self.n } else { self.n.saturating_sub(1).max(1) } as i64;
        let (middle, axis) = (self.middle(), self.axis);
        let (first, last) = (section(&middle, axis, 0, 1), section(&middle, axis, self.n - 1, 1));
        if self.n == 1 {
            return Ok(slab);
        }
        let rise = apply_array(host, "subtract", [Value::Array(last), Value::Array(first.clone())])?;
        let out = Array::empty(slab.dtype(), slab.shape())?;
        let mut from = 0;
        while from < places.len() {
            let copy = places[from].div_euclid(period);
            let count = places[from..].iter().take_while(|k| k.div_euclid(period) == copy).count();
            let values = Value::Array(section(&slab, axis, from, count));
            let turns = copy.rem_euclid(2) == 1;
            let climb = Value::Int(if turns { copy + 1 } else { copy });
            let mut level = apply_array(host, "multiply", [Value::Array(rise.clone()), climb])?;
            if turns {
                let twice = apply_array(host, "multiply", [Value::Array(first.clone()), Value::Int(2)])?;
                level = apply_array(host, "add", [Value::Array(twice), Value::Array(level)])?;
            }
            let name = if turns { "subtract" } else { "add" };
            let moved = apply_array(host, name, [Value::Array(level), values])?;
            exec::assign(&section(&out, axis, from, count), &moved)?;
            from += count;
        }
        Ok(out)
    }

    /// Values evenly spaced from the ends, which they begin with, to the edges.
    fn ramp(&self, host: &mut dyn Host, ends: &Array) -> Result<(), Fault> {
        let ends = convert::scalars(&section(ends, 0, self.axis, 1))?;
        let middle = self.middle();
        let sides = [
            (self.before(), section(&middle, self.axis, 0, 1)),
            (self.after(), section(&middle, self.axis, self.n - 1, 1)),
        ];
        for (k, (target, edge)) in sides.into_iter().enumerate() {
            let count = target.shape()[self.axis];
            if count == 0 {
                continue;
            }
            let mut call = CallArgs::new([
                Value::Scalar(ends[k]),
                Value::Array(layer(&edge, self.axis, 0)),
                Value::Int(count as i64),
                Value::Bool(false),
            ]);
            call.keyword.push(("dtype".into(), Value::DType(target.dtype())));
            call.keyword.push(("axis".into(), Value::Int(self.axis as i64)));
            let linspace =
                crate::prim::table().bare("linspace").ok_or(Fault::NotYet { name: "linspace".into() })?;
            let ramp = to_array(&crate::prim::call(linspace, host, call)?)?;
            let ramp = if k == 0 { ramp } else { reversed(&ramp, self.axis) };
            exec::assign(&target, &ramp)?;
        }
        Ok(())
    }

    fn statistic(&self, host: &mut dyn Host, name: &'static str, length: Option<Width>) -> Result<(), Fault> {
        let middle = self.middle();
        let (before, after) = length.unwrap_or((self.n, self.n));
        let (before, after) = (before.min(self.n), after.min(self.n));
        let sides = [
            (self.before(), section(&middle, self.axis, 0, before)),
            (self.after(), section(&middle, self.axis, self.n - after, after)),
        ];
        for (target, edge) in sides {
            let of = [Value::Array(edge), Value::Int(self.axis as i64)];
            let mut found = apply_array(host, name, of)?;
            if target.dtype().is_int() && !found.dtype().is_int() {
                found = apply_array(host, "rint", [Value::Array(found)])?;
            }
            let found = expanded(&found, self.axis);
            exec::assign(&target, &exec::in_dtype(&found, target.dtype())?)?;
        }
        Ok(())
    }
}
/// Which of `n` elements stands at a place before, among or after them.
fn mirrored(mode: &str, k: i64, n: i64) -> i64 {
    match mode {
        "edge" => k.clamp(0, n - 1),
        "wrap" => k.rem_euclid(n),
        "symmetric" => {
            let p = k.rem_euclid(2 * n);
            p.min(2 * n - 1 - p)
        }
        _ if n == 1 => 0,
        _ => {
            let p = k.rem_euclid(2 * n - 2);
            p.min(2 * n - 2 - p)
        }
    }
}

fn padded_shape(a: &Array, widths: &[(usize, usize)]) -> Dims {
    a.shape().iter().zip(widths).map(|(&n, &(b, e))| b + n + e).collect()
}

fn padded_with(args: &Args, a: &Array, widths: &[(usize, usize)]) -> Result<Value, Fault> {
    let out = Array::empty(a.dtype(), &padded_shape(a, widths))?;
    let constants = convert::to_array_as(&args.value(3), Some(a.dtype()))?;
    let constants = convert::scalars(&constants.broadcast_to(&[a.ndim(), 2])?)?;
    let mut inner = out.clone();
    for (axis, &(before, after)) in widths.iter().enumerate() {
        let n = a.shape()[axis];
        // Later axes' constants overwrite earlier ones' in the corners.
        exec::fill(&section(&out, axis, 0, before), constants[2 * axis])?;
        exec::fill(&section(&out, axis, before + n, after), constants[2 * axis + 1])?;
        inner = section(&inner, axis, before, n);
    }
    exec::assign(&inner, a)?;
    Ok(Value::Array(out))
}

fn trim_zeros(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    let axes = args.opt_axes(2, a.ndim())?.unwrap_or_else(|| (0..a.ndim()).collect());
    let trim = args.str(1)?.to_lowercase();
    if trim.is_empty() || !trim.chars().all(|c| matches!(c, 'f' | 'b')) {
        return Err(args.wrong(1, "'f', 'b' or 'fb'"));
    }
    let kept = exec::index::nonzero(&a)?;
    let mut out = a;
    for axis in axes {
        let at = convert::elements::<i64>(&kept[axis])?;
        let n = out.shape()[axis];
        let (start, end) = match (at.iter().min(), at.iter().max()) {
            (Some(&first), Some(&last)) => (
                if trim.contains('f') { first as usize } else { 0 },
                if trim.contains('b') { last as usize + 1 } else { n },
            ),
            // All zeros: nothing is left.
            _ => (0, 0),
        };
        out = section(&out, axis, start, end - start);
    }
    Ok(Value::Array(out))
}
