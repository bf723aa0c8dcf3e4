//! Lines of samples and coefficients: transforms, convolution, interpolation, polynomials.

pub(in crate::prim) mod fft;
pub(in crate::prim) mod polynomial_arithmetic;
pub(in crate::prim) mod polynomials;
pub(in crate::prim) mod series;
pub(in crate::prim) mod windows;
