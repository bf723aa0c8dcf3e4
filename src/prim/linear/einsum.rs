//! `einsum`: sums of products over labelled axes. Operands are taken in from the left, two at a
//! time; each pair is one matrix product over a stack (labels that stay in both), of labels that
//! only one has (rows, columns) and of labels that end here (summed).

use crate::array::{Array, Dims, Strides};
use crate::dtype::result_dtype;
use crate::exec;
use crate::prim::indexing::subscript::collect;
use crate::prim::linear::products::{apply, apply_array, reshape};
use crate::prim::reducing::arguments::{deliver, finish};
use crate::prim::{Args, Example, Kind, Prim};
use crate::value::{Fault, Host, Part, Value};

pub const ROWS: &[Prim] = &[Prim {
    name: "einsum",
    params: "subscripts, *operands, out=None, dtype=None, optimize=False",
    doc: "Sums of products in Einstein's notation: `\"ij,jk->ik\"` is the matrix product.\n\n\
          Each operand has a letter per axis. Letters that the result lacks are summed over; without \
          `->` the result has, in alphabetical order, the letters that occur once. A letter twice in \
          one operand takes its diagonal. `...` stands for further axes, which broadcast. Operands may \
          also each be followed by a list of numbers for letters: `einsum(a, [0, 1], b, [1, 2], [0, 2])`.",
    examples: &[
        Example { code: "np.einsum(\"ij,jk\", [[1, 2], [3, 4]], [[1, 0], [0, 1]])", out: "[[1 2]\n [3 4]]" },
        Example { code: "np.einsum(\"ii\", [[1, 2], [3, 4]])", out: "5" },
        Example { code: "np.einsum(\"ij->j\", [[1, 2], [3, 4]])", out: "[4 6]" },
        Example { code: "np.einsum(\"i,j->ij\", [1, 2], [3, 4])", out: "[[3 4]\n [6 8]]" },
        Example { code: "np.einsum([[1, 2], [3, 4]], [0, 1], [1])", out: "[4 6]" },
    ],
    kind: Kind::Call(einsum),
    ..Prim::NEW
}];

/// An array with a label for each axis. Axes of an ellipsis have the labels `0`, `1`, … from the
/// last one backwards.
#[derive(Clone)]
struct Labelled {
    array: Array,
    labels: Vec<char>,
}

fn einsum(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (text, operands) = match args.get(0) {
        Some(Value::Str(text)) => (text.chars().filter(|c| !c.is_whitespace()).collect(), args.rest(1)),
        _ => numbered(host, args)?,
    };
    let (inputs, output) = match text.split_once("->") {
        Some((inputs, output)) => (inputs, Some(output)),
        None => (&*text, None),
    };
    let inputs: Vec<&str> = inputs.split(',').collect();
    if inputs.len() != operands.len() {
        return Err(args.reason("the subscripts must name as many operands as are given"));
    }
    let mut arrays = operands.iter().map(crate::prim::convert::to_array).collect::<Result<Vec<_>, _>>()?;
    let brought: Vec<_> = operands
        .iter()
        .zip(&arrays)
        .map(|(v, a)| v.operand().unwrap_or(crate::dtype::Operand::Typed(a.dtype())))
        .collect();
    let dtype = args.opt_dtype(3)?.unwrap_or_else(|| result_dtype(&brought));
    for a in &mut arrays {
        *a = exec::in_dtype(a, dtype)?;
    }
    let mut labelled = Vec::new();
    for (text, array) in inputs.iter().zip(arrays) {
        labelled.push(diagonal(args, array, &labels(args, text)?)?);
    }
    let target = target(args, output, &inputs, &labelled)?;
    sizes_agree(args, &labelled)?;
    let mut pending = labelled;
    while pending.len() > 1 {
        let (i, j) = cheapest(&pending);
        // `j` is the later one: its removal leaves `i` in place.
        let (next, first) = (pending.remove(j), pending.remove(i));
        let stays = |c: char| target.contains(&c) || pending.iter().any(|p| p.labels.contains(&c));
        let left = only(host, first, |c| next.labels.contains(&c) || stays(c))?;
        let right = only(host, next, |c| left.labels.contains(&c) || stays(c))?;
        let sum = pair(host, &left, &right, &target, stays)?;
        pending.insert(0, sum);
    }
    let sum = pending.pop().ok_or_else(|| args.reason("einsum needs an operand"))?;
    let sum = only(host, sum, |c| target.contains(&c))?;
    let order: Dims = target.iter().filter_map(|c| sum.labels.iter().position(|l| l == c)).collect();
    let result = sum.array.permute(&order);
    let out = crate::prim::reducing::arguments::out_array(args, 2)?;
    if out.is_some() { finish(result, out) } else { Ok(deliver(result)) }
}

/// Operands that are each followed by a list of labels, and perhaps a last list for the result: the
/// same as text, and the operands.
fn numbered(host: &mut dyn Host, args: &Args) -> Result<(String, Vec<Value>), Fault> {
    let all: Vec<Value> = [args.value(0)].into_iter().chain(args.rest(1)).collect();
    let pairs = all.chunks_exact(2);
    let output = pairs.remainder().first().map(|v| letters(host, args, v)).transpose()?;
    let (mut inputs, mut operands) = (Vec::new(), Vec::new());
    for pair in pairs {
        operands.push(pair[0].clone());
        inputs.push(letters(host, args, &pair[1])?);
    }
    let inputs = inputs.join(",");
    Ok((output.map_or(inputs.clone(), |output| format!("{inputs}->{output}")), operands))
}

/// A list of numbers from 0 to 51, and perhaps an ellipsis, as letters of the same order.
fn letters(host: &mut dyn Host, args: &Args, list: &Value) -> Result<String, Fault> {
    let wrong = || {
        args.reason(
            "subscripts are text, as in \"ij,jk->ik\", or a list of numbers from 0 to 51 after each operand",
        )
    };
    let letter = |v: &Value| match (v, crate::prim::convert::as_index(v)) {
        (Value::Ellipsis, _) => Some("...".to_string()),
        (_, Some(k @ 0..26)) => Some(char::from(b'A' + k as u8).to_string()),
        (_, Some(k @ 26..52)) => Some(char::from(b'a' + (k - 26) as u8).to_string()),
        _ => None,
    };
    let items = match list {
        Value::List(_) | Value::Tuple(_) | Value::Array(_) => collect(host, list)?,
        _ => return Err(wrong()),
    };
    items.iter().map(letter).collect::<Option<String>>().ok_or_else(wrong)
}

/// The labels of one operand; an ellipsis is `.`.
fn labels(args: &Args, text: &str) -> Result<Vec<char>, Fault> {
    let text = text.replace("...", "\u{1}");
    let wrong =
        |c: char| args.reason(format!("invalid subscript '{c}' in einsum, subscripts must be letters"));
    let label = |c: char| match c {
        '\u{1}' => Ok('.'),
        c if c.is_ascii_alphabetic() => Ok(c),
        c => Err(wrong(c)),
    };
    text.chars().map(label).collect()
}

/// Names the axes, an ellipsis spelled out; axes of one label become their diagonal.
fn diagonal(args: &Args, array: Array, labels: &[char]) -> Result<Labelled, Fault> {
    let dots = labels.contains(&'.');
    let named = labels.len() - usize::from(dots);
    if array.ndim() < named || (array.ndim() > named && !dots) {
        let reason = format!("operand has {} dimensions, but {named} subscripts were given", array.ndim());
        let part = Part::whole(usize::MAX, "the operand", array.shape());
        return Err(args.lengths(reason, [part], &[]));
    }
    let extra = array.ndim() - named;
    let mut all = Vec::new();
    for &c in labels {
        match c {
            '.' => all.extend((0..extra).rev().filter_map(|k| char::from_digit(k as u32, 10))),
            c => all.push(c),
        }
    }
    let (mut seen, mut shape, mut strides) = (Vec::new(), Dims::new(), Strides::new());
    for (k, &c) in all.iter().enumerate() {
        match seen.iter().position(|&s| s == c) {
            None => {
                seen.push(c);
                shape.push(array.shape()[k]);
                strides.push(array.strides()[k]);
            }
            Some(at) if shape[at] == array.shape()[k] => strides[at] += array.strides()[k],
            Some(at) => {
                return Err(args.reason(format!(
                    "dimensions in one operand for collapsing index '{c}' don't match ({} != {})",
                    shape[at],
                    array.shape()[k]
                )));
            }
        }
    }
    Ok(Labelled { array: array.view(&shape, &strides, array.offset()), labels: seen })
}

/// The labels of the result.
fn target(args: &Args, output: Option<&str>, inputs: &[&str], all: &[Labelled]) -> Result<Vec<char>, Fault> {
    let mut dots: Vec<char> =
        all.iter().flat_map(|l| &l.labels).copied().filter(char::is_ascii_digit).collect();
    dots.sort_unstable_by(|a, b| b.cmp(a));
    dots.dedup();
    let Some(text) = output else {
        let letters: String = inputs.concat();
        let mut once: Vec<char> = letters.chars().filter(char::is_ascii_alphabetic).collect();
        once.sort_unstable();
        once.retain(|c| letters.matches(*c).count() == 1);
        return Ok(dots.into_iter().chain(once).collect());
    };
    let mut out = Vec::new();
    for c in labels(args, text)? {
        let known = c == '.' || all.iter().any(|l| l.labels.contains(&c));
        if !known {
            return Err(args.reason(format!("output subscript '{c}' is in no operand")));
        }
        if out.contains(&c) {
            return Err(args.reason(format!("output subscript '{c}' is included multiple times")));
        }
        if c == '.' { out.extend(&dots) } else { out.push(c) }
    }
    Ok(out)
}

fn sizes_agree(args: &Args, all: &[Labelled]) -> Result<(), Fault> {
    // With the operand and the axis that have the size.
    let mut sizes: Vec<(char, usize, (usize, usize))> = Vec::new();
    let axes = all.iter().enumerate().flat_map(|(i, l)| {
        l.labels.iter().copied().zip(l.array.shape()).enumerate().map(move |(k, (c, &n))| (c, n, (i, k)))
    });
    for (c, n, place) in axes {
        match sizes.iter_mut().find(|s| s.0 == c) {
            None => sizes.push((c, n, place)),
            Some(known) if known.1 == 1 => *known = (c, n, place),
            Some(known) if n != 1 && n != known.1 => {
                let reason = format!("subscript '{c}' has the sizes {} and {n}", known.1);
                let part = |(i, k): (usize, usize)| Part::new(i + 1, "an operand", all[i].array.shape(), k);
                return Err(args.lengths(reason, [part(known.2), part(place)], &[".T"]));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Sums over the axes whose labels nobody wants any more.
fn only(host: &mut dyn Host, x: Labelled, wanted: impl Fn(char) -> bool) -> Result<Labelled, Fault> {
    let gone: Vec<i64> = (0..x.labels.len()).filter(|&k| !wanted(x.labels[k])).map(|k| k as i64).collect();
    if gone.is_empty() {
        return Ok(x);
    }
    let axes = match gone[..] {
        [axis] => Value::Int(axis),
        _ => Value::tuple(gone.iter().map(|&k| Value::Int(k)).collect()),
    };
    let dtype = x.array.dtype();
    // Sums of inexact numbers keep their dtype.
    let sum = match dtype.is_inexact() {
        true => apply(host, "sum", [Value::Array(x.array), axes])?,
        false => apply(host, "sum", [Value::Array(x.array), axes, Value::DType(dtype)])?,
    };
    let array = crate::prim::convert::to_array(&sum)?;
    Ok(Labelled { array, labels: x.labels.into_iter().filter(|&c| wanted(c)).collect() })
}

/// The two operands whose product takes the fewest multiplications; the first such pair.
fn cheapest(all: &[Labelled]) -> (usize, usize) {
    let cost = |a: &Labelled, b: &Labelled| -> f64 {
        let own = |x: &Labelled| x.array.shape().iter().map(|&n| n as f64).product::<f64>();
        let of = |c: &char| b.labels.iter().position(|l| l == c).map(|k| b.array.shape()[k] as f64);
        let shared: f64 = a.labels.iter().filter_map(of).product();
        own(a) * own(b) / shared.max(1.0)
    };
    let mut best = (0, 1);
    if all.len() > 2 {
        let mut least = f64::INFINITY;
        for j in 1..all.len() {
            for i in 0..j {
                let c = cost(&all[i], &all[j]);
                if c < least {
                    (least, best) = (c, (i, j));
                }
            }
        }
    }
    best
}

/// The product of two operands, summed over the labels that both have and that do not stay.
fn pair(
    host: &mut dyn Host,
    a: &Labelled,
    b: &Labelled,
    target: &[char],
    stays: impl Fn(char) -> bool,
) -> Result<Labelled, Fault> {
    let shared = |c: &char| a.labels.contains(c) && b.labels.contains(c);
    let pick =
        |x: &Labelled, f: &dyn Fn(&char) -> bool| x.labels.iter().copied().filter(f).collect::<Vec<_>>();
    let stack = pick(a, &|c| shared(c) && stays(*c));
    let inner = pick(a, &|c| shared(c) && !stays(*c));
    let (rows, cols) = (pick(a, &|c| !shared(c)), pick(b, &|c| !shared(c)));
    if inner.is_empty() {
        return spread(host, a, b, target);
    }
    let size = |c: char| {
        let of = |x: &Labelled| x.labels.iter().position(|l| *l == c).map_or(1, |k| x.array.shape()[k]);
        of(a).max(of(b))
    };
    let dims = |labels: &[char]| labels.iter().map(|&c| size(c)).collect::<Dims>();
    let count = |labels: &[char]| dims(labels).iter().product::<usize>();
    // Axes in the order stack, first, second, as one matrix per element of the stack.
    let matrix = |x: &Labelled, first: &[char], second: &[char]| -> Result<Array, Fault> {
        let order: Vec<char> = stack.iter().chain(first).chain(second).copied().collect();
        let axes: Dims = order.iter().filter_map(|c| x.labels.iter().position(|l| l == c)).collect();
        let full = x.array.permute(&axes).broadcast_to(&dims(&order))?;
        let mut shape = dims(&stack);
        shape.extend([count(first), count(second)]);
        Ok(reshape(&full, &shape)?)
    };
    let (left, right) = (matrix(a, &rows, &inner)?, matrix(b, &inner, &cols)?);
    let labels: Vec<char> = stack.iter().chain(&rows).chain(&cols).copied().collect();
    Ok(Labelled { array: exec::matmul_as(&left, &right, &dims(&labels))?, labels })
}

/// The product of two operands that share no label to sum over: element by element, broadcast.
fn spread(host: &mut dyn Host, a: &Labelled, b: &Labelled, target: &[char]) -> Result<Labelled, Fault> {
    let has = |c: &char| a.labels.contains(c) || b.labels.contains(c);
    let mut labels: Vec<char> = target.iter().copied().filter(has).collect();
    for &c in a.labels.iter().chain(&b.labels) {
        if !labels.contains(&c) {
            labels.push(c);
        }
    }
    let aligned = |x: &Labelled| {
        let (mut shape, mut strides) = (Dims::new(), Strides::new());
        for c in &labels {
            let at = x.labels.iter().position(|l| l == c);
            shape.push(at.map_or(1, |k| x.array.shape()[k]));
            strides.push(at.map_or(0, |k| x.array.strides()[k]));
        }
        Value::Array(x.array.view(&shape, &strides, x.array.offset()))
    };
    let array = apply_array(host, "multiply", [aligned(a), aligned(b)])?;
    Ok(Labelled { array, labels })
}
