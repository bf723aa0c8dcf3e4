//! Kernels: plain functions over contiguous blocks, one file per kind of work. They know slices and
//! nothing else: strides, broadcasting, threads and interruption are met once, in `exec`.
//!
//! A block has one dtype. Operands come promoted; an operand of length one beside a longer output
//! is a scalar. `simd` picks the widest instruction set of the machine when the program runs.

pub mod apply;
pub mod arg;
pub mod arith;
pub mod bits;
mod block;
pub mod cast;
pub mod chain;
pub mod circle;
pub mod compare;
pub mod complex;
#[cfg(target_arch = "x86_64")]
mod compress;
pub mod convolve;
pub mod cross;
mod divide;
pub mod extrema;
pub mod fft;
pub mod float;
pub mod fold;
pub mod fp;
pub mod group;
pub mod index;
pub mod integer;
pub mod interp;
mod lane;
pub mod linalg;
pub mod logic;
pub mod mask;
pub mod math;
pub mod matmul;
pub mod moment;
mod one;
pub mod overflow;
pub mod pack;
pub mod pairwise;
pub mod past;
pub mod peak;
mod quotient;
pub mod random;
mod real;
mod rows;
mod scratch;
pub mod select;
mod simd;
pub mod sort;
pub mod special;
pub mod strided;
pub mod tiny;
#[cfg(target_arch = "x86_64")]
mod transpose;
pub mod tropical;
pub mod vector;

pub use block::{Block, BlockMut, KernelFn};
pub use fold::Fold;
pub use fp::{Check, Flags};
pub use one::One;
pub use scratch::Scratch;
pub use simd::{Level, fetch, fill, level, levels, set_level, simd};
