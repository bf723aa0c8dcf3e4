//! Running kernels over arrays: strides to blocks, promotion block by block, threads, buffer reuse,
//! interruption. Takes arrays and kernels, gives arrays; knows no primitive by name.

mod ahead;
pub mod arg;
mod band;
mod chain;
mod chosen;
mod columns;
pub mod copy;
mod cross;
pub mod distinct;
mod expr;
mod feed;
pub mod group;
pub mod index;
pub mod inner;
pub use crate::array::interrupt;
mod lay;
pub mod linalg;
mod machine;
mod map;
mod masked;
mod moved;
mod pattern;
mod plan;
mod product;
pub mod progress;
pub mod reduce;
pub mod right;
pub mod scan;
mod small;
pub mod sort;
mod spectrum;
mod step;
mod stream;
pub mod take;
pub mod tally;
pub mod threads;
mod triangle;
mod turned;
pub mod twin;
mod walk;
mod windows;

pub use ahead::set_far;
pub use arg::{arg_extreme, arg_extreme_of};
pub use chosen::Chosen;
pub use copy::{
    assign, cast, cast_checked, cast_conditions, cast_keeping, contiguous, copy, copy_keeping, fill, full,
    in_dtype, join_short,
};
pub use cross::cross;
pub use expr::{Expr, Folding, Kernel, Term, common_shape};
pub use machine::set_block_size;
pub use map::{Input, Target, map};
pub use masked::map_where;
pub use moved::{MovedUpdate, update_moved};
pub use pattern::{Again, Pattern, Slot};
pub use plan::{Conditions, Instruction, Operand, Origin, Plan, weight};
pub use product::{
    LEAST_FED, dot_of, kron, matmul, matmul_as, matmul_shape, outer, small_dot, small_matmul, vdot,
};
pub use reduce::{Each, Map, Reduction, Worker, column_deviations, reduce, reduce_both, row_deviations};
pub use scan::{scan, scan_of};
pub use small::{SMALL, Small, small, small_into};
pub use spectrum::{Transform, driver, transform};
pub use step::{Step, alone};
pub use triangle::{keep_triangle, triangle};
pub use walk::Walk;
pub use windows::{segments, windows};
