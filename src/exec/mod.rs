//! Running kernels over arrays: strides to blocks, promotion block by block, threads, buffer reuse,
//! interruption. Takes arrays and kernels, gives arrays; knows no primitive by name.

pub mod interrupt;
pub mod threads;
mod walk;

pub use walk::Walk;
