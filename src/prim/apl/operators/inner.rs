//! The ways of inner products `x f.g y` of matrices, without the cube of all `g`:
//! - `+.×` is the matrix product, and of truth values `∨.∧` too, in which bools add as "or";
//! - two element-wise primitives run tile by tile (`exec::inner`), or, where both matrices are narrow,
//!   as one fused pass that folds `g` of broadcast rows;
//! - functions made of element-wise primitives take one step per place of the shared axis, each on whole
//!   matrices of the result's shape.

use super::dyadic_prim;
use super::lift::{Item, Lift};
use super::map::{is_any_of_all, is_matrix_product};
use crate::array::Array;
use crate::dtype::DType;
use crate::exec::inner::{Join, inner, joins};
use crate::prim::elementwise::ufunc;
use crate::prim::reducing::fold as folds;
use crate::prim::row::Valence;
use crate::prim::{self, Defer, Prim, table};
use crate::value::{Fault, Func, Host, Value};

/// Rows and columns below which a result is one pass over broadcast operands.
const NARROW: usize = 32;

/// Elements of a row from which it is folded by itself.
const LONG: usize = 64;

/// The product of an `m × k` and a `k × n` matrix as an `m × n` one; `None` where the cells must be taken
/// one by one.
pub(super) fn whole(
    host: &mut dyn Host,
    f: &Func,
    g: &Func,
    x: &Array,
    y: &Array,
) -> Result<Option<Value>, Fault> {
    if x.size() == 0 || y.size() == 0 {
        return Ok(None);
    }
    let both = (dyadic_prim(f), dyadic_prim(g));
    // Functions that are primitives in other words, `{⍺ ⌈ ⍵}`; their errors come from the cells.
    if both.0.is_none() || both.1.is_none() {
        let mut named = |f: &Func| {
            let prim = dyadic_prim(f).or_else(|| Lift::of(f, host, 2).and_then(|l| l.as_primitive()));
            prim.filter(|p| p.elementwise().is_some_and(|e| e.arity == 2))
        };
        // Sums and products widen small integers; those written as dfns do not.
        let widens = |p: &'static Prim| folds::folded(p, DType::I8) != DType::I8;
        if let (Some(own), Some(g)) = (named(f), named(g))
            && (both.0.is_some() || !widens(own))
            && let Ok(Some(product)) = primitives(host, own, g, x, y)
        {
            return Ok(Some(product));
        }
    }
    if let (Some(f), Some(g)) = both {
        let bools = [x, y].iter().all(|a| a.dtype() == DType::Bool);
        if (is_matrix_product(f, g) || bools && is_any_of_all(f, g))
            && let Some(product) = table().glyph("@", Valence::Dyadic)
        {
            return prim::dyadic(product, host, Value::Array(x.clone()), Value::Array(y.clone())).map(Some);
        }
        let two = |p: &Prim| p.elementwise().is_some_and(|e| e.arity == 2);
        if two(f) && two(g) {
            return primitives(host, f, g, x, y);
        }
    }
    steps(host, f, g, x, y)
}

fn primitives(
    host: &mut dyn Host,
    f: &'static Prim,
    g: &'static Prim,
    x: &Array,
    y: &Array,
) -> Result<Option<Value>, Fault> {
    // A vector on the right goes along rows as they lie.
    let narrow = x.shape()[0] < NARROW && y.shape()[1] < NARROW || y.shape()[1] == 1 && y.shape()[0] >= LONG;
    if narrow && f.laws.associative {
        return broadcast(host, f, g, x, y);
    }
    let operands = [Value::Array(x.clone()), Value::Array(y.clone())];
    let Some(kernel) = ufunc::kernel(g, host, &operands)? else { return Ok(None) };
    let join = match folds::joining(f, kernel.out) {
        Some((fold, initial)) => Join::Fold(fold, initial),
        None => {
            let one = Value::Array(Array::zeros(kernel.out, &[1])?);
            match ufunc::kernel(f, host, &[one.clone(), one])?.filter(|k| joins(k, kernel.out)) {
                Some(k) => Join::Right(k.run),
                None => return Ok(None),
            }
        }
    };
    let (z, met) = inner(&kernel, join, x, y)?;
    ufunc::warn(g.name, host, met);
    Ok(Some(Value::Array(z)))
}

/// `g` of every row with every column as deferred work, folded along the last axis.
fn broadcast(
    host: &mut dyn Host,
    f: &'static Prim,
    g: &'static Prim,
    x: &Array,
    y: &Array,
) -> Result<Option<Value>, Fault> {
    let (m, k, n) = (x.shape()[0], x.shape()[1], y.shape()[1]);
    let rows = x.view(&[m, 1, k], &[x.strides()[0], 0, x.strides()[1]], x.offset());
    let columns = crate::exec::contiguous(&y.transpose())?;
    let columns = columns.view(&[1, n, k], &[0, k as isize, 1], columns.offset());
    let all = prim::dyadic_as(g, host, Value::Array(rows), Value::Array(columns), Defer::Later)?;
    folds::reduce_axes(f, host, &all, &[2])
}

/// From the last place of the shared axis to the first, `f` of whole matrices.
fn steps(host: &mut dyn Host, f: &Func, g: &Func, x: &Array, y: &Array) -> Result<Option<Value>, Fault> {
    let (m, k, n) = (x.shape()[0], x.shape()[1], y.shape()[1]);
    let lifted = |f: &Func, host: &mut dyn Host| Lift::of(f, host, 2).filter(Lift::is_map);
    let joins = dyadic_prim(f);
    let (Some(f), Some(g)) = (lifted(f, host), lifted(g, host)) else { return Ok(None) };
    let item = |v: Value| {
        let rank = if matches!(v, Value::Array(_)) { 2 } else { 0 };
        Item::cells(v, rank)
    };
    let mut acc: Option<Value> = None;
    for l in (0..k).rev() {
        if crate::exec::interrupt::requested() {
            return Err(Fault::Interrupted);
        }
        let at = |a: &Array, axis: usize| (a.offset() as isize + l as isize * a.strides()[axis]) as usize;
        let column = x.view(&[m, 1], &[x.strides()[0], 0], at(x, 1)).broadcast_to(&[m, n])?;
        let row = y.view(&[1, n], &[0, y.strides()[1]], at(y, 0)).broadcast_to(&[m, n])?;
        let items = vec![item(Value::Array(column)), item(Value::Array(row))];
        let Some(next) = g.run(host, &[], items)? else { return Ok(None) };
        // Sums and products widen small integers, as `f/` does.
        let next = match (&next, joins) {
            (Value::Array(a), Some(p)) => {
                Value::Array(crate::exec::in_dtype(a, folds::folded(p, a.dtype()))?)
            }
            _ => next,
        };
        acc = match acc {
            None => Some(next),
            Some(acc) => match f.run(host, &[], vec![item(next), item(acc)])? {
                Some(joined) => Some(joined),
                None => return Ok(None),
            },
        };
    }
    Ok(acc)
}
