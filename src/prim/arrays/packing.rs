//! Bits in bytes: truth values to uint8 numbers and back. Arrays in, arrays out.

use crate::array::{Array, Dims, normalize_axis};
use crate::dtype::DType;
use crate::exec;
use crate::kernel::bits;
use crate::prim::{Args, Example, Kind, Prim};
use crate::value::{Fault, Value};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "packbits",
        params: "a, /, axis=None, bitorder='big'",
        doc: "Truth values as the bits of uint8 numbers, along an axis or flattened; filled up with zeros.",
        examples: &[Example { code: "np.packbits([1, 0, 1, 0, 0, 0, 0, 0, 1])", out: "[160 128]" }],
        kind: Kind::Call(|_, args| pack(args)),
        ..Prim::NEW
    },
    Prim {
        name: "unpackbits",
        params: "a, /, axis=None, count=None, bitorder='big'",
        doc: "The bits of uint8 numbers as uint8 zeros and ones, along an axis or flattened.\n\n\
              `count` is how many to give; negative: how many to leave out at the end.",
        examples: &[Example { code: "np.unpackbits(uint8(160))", out: "[1 0 1 0 0 0 0 0]" }],
        kind: Kind::Call(|_, args| unpack(args)),
        ..Prim::NEW
    },
];

/// The array flattened, or with the axis at the end; and the order of axes that brings it back.
fn turned(args: &Args, a: &Array) -> Result<(Array, Option<Dims>), Fault> {
    if args.is_none(1) {
        let flat = exec::contiguous(a)?;
        let n = [flat.size()];
        return Ok((flat.reshape_view(&n, crate::array::Order::C).unwrap_or(flat), None));
    }
    let axis = normalize_axis(args.int(1)?, a.ndim())?;
    let order: Dims = (0..a.ndim()).filter(|&k| k != axis).chain([axis]).collect();
    let back: Dims = (0..axis).chain([a.ndim() - 1]).chain(axis..a.ndim() - 1).collect();
    Ok((exec::copy(&a.permute(&order), crate::array::Order::C)?, Some(back)))
}

fn big_first(args: &Args, i: usize) -> Result<bool, Fault> {
    match args.str(i)? {
        "big" => Ok(true),
        "little" => Ok(false),
        _ => Err(args.reason("'order' must be either 'little' or 'big'")),
    }
}

fn returned(out: Array, back: Option<Dims>) -> Value {
    Value::Array(match back {
        Some(order) => out.permute(&order),
        None => out,
    })
}

fn pack(args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    if a.dtype().is_inexact() {
        return Err(args.wrong(0, "an array of integers or bools"));
    }
    let big = big_first(args, 2)?;
    let (a, back) = turned(args, &exec::index::truths(&a)?)?;
    let n = a.shape().last().copied().unwrap_or(0);
    let mut shape = Dims::from(a.shape());
    if let Some(last) = shape.last_mut() {
        *last = n.div_ceil(8);
    }
    let mut out = Array::zeros(DType::U8, &shape)?;
    let rows = a.as_slice::<bool>().unwrap_or_default().chunks(n.max(1));
    let packed = out.as_mut_slice::<u8>().unwrap_or_default().chunks_mut(n.div_ceil(8).max(1));
    rows.zip(packed).for_each(|(row, packed)| bits::pack(row, big, packed));
    Ok(returned(out, back))
}

fn unpack(args: &Args) -> Result<Value, Fault> {
    let a = args.array(0)?;
    if a.dtype() != DType::U8 {
        return Err(args.wrong(0, "an array of uint8"));
    }
    let big = big_first(args, 3)?;
    let (a, back) = turned(args, &a)?;
    let n = a.shape().last().copied().unwrap_or(0);
    let count = match args.opt_int(2)? {
        None => 8 * n,
        Some(c) if c >= 0 => c as usize,
        Some(c) => (8 * n).saturating_sub(c.unsigned_abs() as usize),
    };
    let mut shape = Dims::from(a.shape());
    if let Some(last) = shape.last_mut() {
        *last = count;
    }
    let mut out = Array::zeros(DType::U8, &shape)?;
    let a = exec::contiguous(&a)?;
    exec::sort::with_run(&a, |bytes| {
        let rows = bytes.typed::<u8>().chunks(n.max(1));
        let unpacked = out.as_mut_slice::<u8>().unwrap_or_default().chunks_mut(count.max(1));
        rows.zip(unpacked).for_each(|(row, unpacked)| bits::unpack(row, big, unpacked));
    });
    Ok(returned(out, back))
}
