//! (to come)

use super::Prim;

pub const ROWS: &[Prim] = &[];
