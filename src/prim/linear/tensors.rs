//! `np.linalg.tensorinv` and `tensorsolve`: an array of many axes as a matrix from some of its axes to
//! the others. `linalg` has the rows they reshape for.

use crate::array::{Array, Dims};
use crate::prim::linear::linalg::linalg_row;
use crate::prim::linear::products::reshape;
use crate::prim::{Args, CallArgs, Example, Home, Prim};
use crate::value::{Fault, Host, Value};

pub const ROWS: &[Prim] = &[
    Home::Linalg.row(
        "tensorinv",
        "a, ind=2",
        "The inverse of `tensordot` with `a`: of the matrix from its axes after the first `ind` to those.\n\n\
         `tensordot(tensorinv(a, ind), b, ind)` is `x` where `tensordot(a, x, ind)` is `b`.",
        &[Example { code: "np.linalg.tensorinv(2 * np.eye(6).reshape(2, 3, 6)).shape", out: "(6, 2, 3)" }],
        tensorinv,
    ),
    Home::Linalg.row(
        "tensorsolve",
        "a, b, axes=None",
        "The `x` for which `tensordot(a, x, x.ndim)` is `b`.\n\n\
         `axes` are those of `a` that move to its end first.",
        &[Example {
            code: "np.linalg.tensorsolve(2 * np.eye(4).reshape(2, 2, 2, 2), [[2, 4], [6, 8]])",
            out: "[[1. 2.]\n [3. 4.]]",
        }],
        tensorsolve,
    ),
];

fn tensorinv(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (a, ind) = (args.array(0)?, args.int(1)?);
    if ind <= 0 || ind as usize > a.ndim() {
        return Err(args.reason(format!("ind must be from 1 to {}, the axes of a", a.ndim())));
    }
    let (rows, columns) = a.shape().split_at(ind as usize);
    let matrix = as_matrix(args, &a, rows, columns)?;
    let inverse = crate::prim::call(linalg_row("inv")?, host, CallArgs::new([Value::Array(matrix)]))?;
    let shape: Dims = columns.iter().chain(rows).copied().collect();
    Ok(Value::Array(reshape(&crate::prim::convert::to_array(&inverse)?, &shape)?))
}

fn tensorsolve(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (mut a, b) = (args.array(0)?, args.array(1)?);
    if let Some(last) = args.opt_axes(2, a.ndim())? {
        let mut order: Dims = (0..a.ndim()).filter(|k| !last.contains(k)).collect();
        order.extend(last);
        a = a.permute(&order);
    }
    if b.ndim() > a.ndim() {
        return Err(args.reason("b has more axes than a"));
    }
    let (rows, columns) = a.shape().split_at(b.ndim());
    let matrix = as_matrix(args, &a, rows, columns)?;
    if matrix.shape()[0] != b.size() {
        return Err(args.reason("the first axes of a must have as many elements as b"));
    }
    let right = Value::Array(reshape(&b, &[b.size()])?);
    let x = crate::prim::call(linalg_row("solve")?, host, CallArgs::new([Value::Array(matrix), right]))?;
    Ok(Value::Array(reshape(&crate::prim::convert::to_array(&x)?, columns)?))
}

/// The square matrix of an array whose first axes are its rows.
fn as_matrix(args: &Args, a: &Array, rows: &[usize], columns: &[usize]) -> Result<Array, Fault> {
    let (m, n): (usize, usize) = (rows.iter().product(), columns.iter().product());
    if m != n {
        return Err(args.reason(format!("the axes make a matrix of shape ({m}, {n}), which is not square")));
    }
    Ok(reshape(a, &[m, n])?)
}
