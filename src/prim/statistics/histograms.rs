//! Histograms of samples in several dimensions. `samples` has the one of one dimension.

use crate::array::Array;
use crate::dtype::DType;
use crate::exec;
use crate::prim::row::{Example, Kind};
use crate::prim::statistics::samples::{end_points, spaced};
use crate::prim::{Args, Prim, convert};
use crate::value::{Fault, Host, List, Value};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "histogram2d",
        numpy_scratch: 5,
        params: "x, y, bins=10, range=None, density=None, weights=None",
        doc: "How many points (x, y) fall in each cell of a grid, and the edges along both axes.\n\n\
              `bins` is a number for both axes, edges for both, or a pair of these; `range` a pair of pairs. \
              With `density` the volume over the grid is 1. The counts are floats.",
        examples: &[Example {
            code: "np.histogram2d([1, 2, 1], [5, 6, 5], bins=2)[0]",
            out: "[[2. 0.]\n [0. 1.]]",
        }],
        kind: Kind::Call(two),
        ..Prim::NEW
    },
    Prim {
        name: "histogramdd",
        params: "sample, bins=10, range=None, density=None, weights=None",
        doc: "How many of the rows of a sample fall in each cell of a grid, and the edges along each axis.\n\n\
              `sample` has a row for each point, or is a list of a vector for each axis. `bins` is a number, or \
              a number or edges for each axis.",
        examples: &[Example {
            code: "np.histogramdd([[1, 5], [2, 6], [1, 5]], bins=2)[0]",
            out: "[[2. 0.]\n [0. 1.]]",
        }],
        kind: Kind::Call(many),
        ..Prim::NEW
    },
];

/// The arguments by their places.
struct Places {
    bins: usize,
    range: usize,
    density: usize,
    weights: usize,
}

/// The edges along an axis, and the array they were given as.
type Edges = (Vec<f64>, Option<Array>);

fn floats(a: &Array) -> Result<Vec<f64>, Fault> {
    Ok(exec::contiguous(&exec::in_dtype(a, DType::F64)?)?.as_slice::<f64>().unwrap_or_default().to_vec())
}

fn two(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let columns = vec![floats(&args.array(0)?)?, floats(&args.array(1)?)?];
    if columns[0].len() != columns[1].len() {
        return Err(args.reason("x and y must have the same length."));
    }
    let places = Places { bins: 2, range: 3, density: 4, weights: 5 };
    // Edges alone serve both axes; a pair has one for each.
    let shared = match args.get(2) {
        Some(Value::Array(a)) => a.ndim() == 1 && a.size() > 2,
        Some(Value::List(l)) => l.to_vec().len() > 2,
        _ => false,
    };
    let (counts, edges) = gridded(args, &columns, &places, shared)?;
    let mut parts = vec![counts];
    parts.extend(edges);
    Ok(Value::tuple(parts))
}

fn many(_: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let rows = match args.get(0) {
        Some(Value::List(l)) if l.to_vec().iter().all(|v| matches!(v, Value::Array(_))) => None,
        Some(Value::Tuple(_)) => None,
        _ => Some(args.array(0)?),
    };
    let columns: Vec<Vec<f64>> = match rows {
        Some(a) if a.ndim() == 2 => {
            let all = floats(&a)?;
            let d = a.shape()[1];
            (0..d).map(|k| all.iter().skip(k).step_by(d).copied().collect()).collect()
        }
        Some(a) if a.ndim() < 2 => vec![floats(&a)?],
        Some(_) => return Err(args.reason("the sample must have a row for each point")),
        None => {
            let items = match args.get(0) {
                Some(Value::List(l)) => l.to_vec(),
                Some(Value::Tuple(t)) => t.items.to_vec(),
                _ => Vec::new(),
            };
            items.iter().map(|v| floats(&convert::to_array(v)?)).collect::<Result<_, Fault>>()?
        }
    };
    if columns.iter().any(|c| c.len() != columns[0].len()) {
        return Err(args.reason("the axes of the sample differ in length"));
    }
    let places = Places { bins: 1, range: 2, density: 3, weights: 4 };
    let (counts, edges) = gridded(args, &columns, &places, false)?;
    Ok(Value::tuple(vec![counts, Value::List(List::new(edges))]))
}

/// The counts over the grid, and the edges of every axis.
fn gridded(
    args: &Args,
    columns: &[Vec<f64>],
    places: &Places,
    shared: bool,
) -> Result<(Value, Vec<Value>), Fault> {
    let edges = all_edges(args, columns, places, shared)?;
    let shape: Vec<usize> = edges.iter().map(|(e, _)| e.len().saturating_sub(1)).collect();
    let points = columns.first().map_or(0, Vec::len);
    let weights =
        if args.is_none(places.weights) { None } else { Some(floats(&args.array(places.weights)?)?) };
    if weights.as_ref().is_some_and(|w| w.len() != points) {
        return Err(args.reason("The weights and list don't have the same length."));
    }
    let mut counts = vec![0.0; shape.iter().product()];
    for i in 0..points {
        let cell = columns
            .iter()
            .zip(&edges)
            .zip(&shape)
            .try_fold(0, |at, ((column, (e, _)), n)| place(e, column[i]).map(|k| at * n + k));
        if let Some(cell) = cell {
            counts[cell] += weights.as_ref().map_or(1.0, |w| w[i]);
        }
    }
    if !args.is_none(places.density) && args.flag(places.density)? {
        spread(&mut counts, &edges, &shape);
    }
    let shown = |(e, given): Edges| -> Result<Value, Fault> {
        Ok(Value::Array(match given {
            Some(given) => given,
            None => Array::from_slice(&e, &[e.len()])?,
        }))
    };
    let counts = Value::Array(Array::from_slice(&counts, &shape)?);
    Ok((counts, edges.into_iter().map(shown).collect::<Result<_, _>>()?))
}

/// The bin of a value: a bin has its left edge, the last one its right edge too.
fn place(edges: &[f64], x: f64) -> Option<usize> {
    if x.is_nan() || edges.last() == Some(&x) && edges.len() > 1 {
        return (!x.is_nan()).then(|| edges.len() - 2);
    }
    let after = edges.partition_point(|&e| e <= x);
    (after > 0 && after < edges.len()).then(|| after - 1)
}

/// Counts by the volume of their cells and by the total.
fn spread(counts: &mut [f64], edges: &[Edges], shape: &[usize]) {
    let total: f64 = crate::kernel::pairwise::sum(counts);
    let mut after = counts.len();
    for ((e, _), &n) in edges.iter().zip(shape) {
        after /= n.max(1);
        for (i, count) in counts.iter_mut().enumerate() {
            let k = i / after.max(1) % n.max(1);
            *count /= e[k + 1] - e[k];
        }
    }
    counts.iter_mut().for_each(|count| *count /= total);
}

fn all_edges(args: &Args, columns: &[Vec<f64>], places: &Places, shared: bool) -> Result<Vec<Edges>, Fault> {
    let d = columns.len();
    let items = |i: usize| match args.get(i) {
        Some(Value::Tuple(t)) => Some(t.items.to_vec()),
        Some(Value::List(l)) => Some(l.to_vec()),
        Some(Value::Array(a)) if a.ndim() > 0 => {
            let (n, step) = (a.shape()[0], a.strides()[0]);
            let at = |k: usize| (a.offset() as isize + k as isize * step) as usize;
            let item = |k: usize| convert::unwrap_0d(a.view(&a.shape()[1..], &a.strides()[1..], at(k)));
            Some((0..n).map(item).collect())
        }
        _ => None,
    };
    let bins = match items(places.bins) {
        _ if shared => vec![args.value(places.bins); d],
        Some(bins) if bins.len() != d => {
            return Err(args.reason("The dimension of bins must be equal to the dimension of the sample x."));
        }
        Some(bins) => bins,
        None => vec![args.value(places.bins); d],
    };
    let ranges = items(places.range).unwrap_or_else(|| vec![Value::None; d]);
    if ranges.len() != d {
        return Err(args.reason("range argument must have one entry per dimension"));
    }
    let mut all = Vec::with_capacity(d);
    for ((bins, range), column) in bins.iter().zip(&ranges).zip(columns) {
        all.push(axis_edges(args, bins, range, column)?);
    }
    Ok(all)
}

fn axis_edges(args: &Args, bins: &Value, range: &Value, column: &[f64]) -> Result<Edges, Fault> {
    if let Some(n) = convert::as_index(bins) {
        let n = usize::try_from(n).ok().filter(|&n| n > 0);
        let n = n.ok_or_else(|| args.reason("`bins` must be positive, when an integer"))?;
        let (low, high) = end_points(args, range, column)?;
        convert::room_for([n])?;
        return Ok((spaced(low, high, n), None));
    }
    let given = convert::to_array(bins)?;
    let edges = floats(&given)?;
    match given.ndim() {
        1 if edges.is_sorted() => Ok((edges, Some(given))),
        1 => Err(args.reason("`bins` must be monotonically increasing, when an array")),
        _ => Err(args.reason("`bins` must be a scalar or 1d array")),
    }
}
