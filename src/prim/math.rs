//! Mathematical functions, element by element.

use super::Example;
use super::loops::same;
use super::row::{Elementwise, Kind, Prim};
use super::ufunc::UNARY;
use crate::dtype::{c64, c128};
use crate::kernel::{fp, math};

pub const ROWS: &[Prim] = &[Prim {
    name: "sqrt",
    params: UNARY,
    doc: "The non-negative square root, element by element; NaN for negative real numbers.",
    examples: &[Example { code: "sqrt(4 9 16)", out: "[2. 3. 4.]" }],
    kind: Kind::Elementwise(Elementwise {
        loops: same!(math::sqrt: f32 f64 c64 c128),
        check: Some(fp::standard),
        ..Elementwise::NEW
    }),
    ..Prim::NEW
}];
