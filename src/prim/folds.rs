//! The fold tables that rows name in their `folds`, beside the laws and identities they go with:
//! `add` takes `SUM`, `maximum` takes `MAXIMUM`, `logical_or` takes `ANY`.

pub use crate::kernel::fold::{
    ALL, ANY, BIT_AND, BIT_OR, BIT_XOR, FMAX, FMIN, MAXIMUM, MINIMUM, PARITY, PRODUCT, SUM, find,
};
