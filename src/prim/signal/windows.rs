//! Windows for signals: weights that fall off to both sides. Numbers in, vectors of float64 out.

use crate::array::Array;
use crate::kernel::special;
use crate::prim::{Args, Example, Kind, Prim};
use crate::value::{Fault, Value};
use std::f64::consts::PI;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "bartlett",
        params: "M",
        doc: "The Bartlett window of M points: a triangle from 0 to 1 and back.",
        examples: &[Example { code: "np.bartlett(5)", out: "[0.  0.5 1.  0.5 0. ]" }],
        kind: Kind::Call(|_, args| {
            window(args, |n, last| if n <= 0.0 { 1.0 + n / last } else { 1.0 - n / last })
        }),
        ..Prim::NEW
    },
    Prim {
        name: "blackman",
        params: "M",
        doc: "The Blackman window of M points: three terms of cosines, with very low side lobes.",
        examples: &[Example { code: "np.blackman(4).round(2)", out: "[-0.    0.63  0.63 -0.  ]" }],
        kind: Kind::Call(|_, args| {
            window(args, |n, last| 0.42 + 0.5 * (PI * n / last).cos() + 0.08 * (2.0 * PI * n / last).cos())
        }),
        ..Prim::NEW
    },
    Prim {
        name: "hamming",
        params: "M",
        doc: "The Hamming window of M points: a raised cosine from 0.08 to 1.",
        examples: &[Example { code: "np.hamming(3)", out: "[0.08 1.   0.08]" }],
        kind: Kind::Call(|_, args| window(args, |n, last| 0.54 + 0.46 * (PI * n / last).cos())),
        ..Prim::NEW
    },
    Prim {
        name: "hanning",
        params: "M",
        doc: "The Hann window of M points: a raised cosine from 0 to 1.",
        examples: &[Example { code: "np.hanning(5)", out: "[0.  0.5 1.  0.5 0. ]" }],
        kind: Kind::Call(|_, args| window(args, |n, last| 0.5 + 0.5 * (PI * n / last).cos())),
        ..Prim::NEW
    },
    Prim {
        name: "kaiser",
        params: "M, beta",
        doc: "The Kaiser window of M points: Bessel functions, narrower for a larger `beta`; 0 is a rectangle.",
        examples: &[Example { code: "np.kaiser(3, 14).round(8)", out: "[7.73e-06 1.00e+00 7.73e-06]" }],
        kind: Kind::Call(|_, args| {
            let beta = args.float(1)?;
            window(args, |n, last| {
                // NumPy counts the points from 0 and takes the middle away.
                let (k, middle) = ((n + last) / 2.0, last / 2.0);
                let t = (k - middle) / middle;
                special::i0(beta * (1.0 - t * t).sqrt()) / special::i0(beta)
            })
        }),
        ..Prim::NEW
    },
];

/// A function of `1 - M, 3 - M, …, M - 1` and of `M - 1`. One point is 1, none is empty.
fn window(args: &Args, f: impl Fn(f64, f64) -> f64) -> Result<Value, Fault> {
    let m = args.float(0)?;
    let points = if m < 1.0 { 0 } else { m.ceil() as usize };
    if m == 1.0 {
        return Ok(Value::Array(Array::from_slice(&[1.0], &[1])?));
    }
    let last = m - 1.0;
    let mut out = Array::zeros(crate::dtype::DType::F64, &[points])?;
    for (i, w) in out.as_mut_slice::<f64>().unwrap_or_default().iter_mut().enumerate() {
        *w = f(2.0 * i as f64 - last, last);
    }
    Ok(Value::Array(out))
}
