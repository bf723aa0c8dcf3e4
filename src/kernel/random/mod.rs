//! Random numbers: the streams of NumPy's `default_rng` (PCG64) and of its legacy functions
//! (MT19937), bit for bit. Seeds become states (`seed`), generators give bits (`pcg64`, `mt19937`),
//! distributions turn bits into numbers and are generic over the generator.
//!
//! A distribution is a `Law`; `spread` fills blocks with its variates on all threads. What keeps bits
//! between draws or works in order (small integers, shuffles) reads blocks made ahead (`Ahead`).

mod basic;
mod continuous;
mod discrete;
mod hypergeometric;
mod integers;
mod law;
mod mt19937;
mod pcg64;
mod seed;
mod shuffle;
mod spread;
mod tables;
mod ziggurat;

pub use basic::{
    Broad, Exponential, ExponentialF32, ExponentialInverse, ExponentialInverseF32, Narrow, Normal, NormalF32,
    StandardExponential, StandardNormal, Uniform, UnitF32,
};
pub use continuous::{
    Beta, Chisquare, F, Gamma, GammaF32, Gumbel, Laplace, Logistic, Lognormal, NoncentralChisquare,
    NoncentralF, Pareto, Power, Rayleigh, StandardCauchy, StandardGamma, StandardT, Triangular, Vonmises,
    Wald, Weibull,
};
pub use discrete::{
    Binomial, Dirichlet, Geometric, Logseries, Multinomial, NegativeBinomial, Poisson, Vectors, Zipf,
};
pub use hypergeometric::{Colours, ColoursCounted, Hypergeometric};
pub use integers::{Bounded, Drawn, Method, interval};
pub use law::{Law, Numbers};
pub use mt19937::Mt19937;
pub use pcg64::{Ahead, Pcg64};
pub use seed::{SeedSequence, words};
pub use shuffle::{sample, shuffle};
pub use spread::spread;
pub use ziggurat::{standard_exponential, standard_exponential_f32, standard_normal, standard_normal_f32};

/// A source of random bits.
pub trait BitGen {
    fn next64(&mut self) -> u64;
    fn next32(&mut self) -> u32;

    /// 53 bits in `[0, 1)`.
    #[inline(always)]
    fn next_f64(&mut self) -> f64 {
        unit_f64(self.next64())
    }

    /// 24 bits in `[0, 1)`.
    #[inline(always)]
    fn next_f32(&mut self) -> f32 {
        (self.next32() >> 8) as i32 as f32 * (1.0 / 16_777_216.0)
    }
}

/// A 64-bit draw as a number of `[0, 1)`.
#[inline(always)]
pub fn unit_f64(draw: u64) -> f64 {
    (draw >> 11) as i64 as f64 * (1.0 / 9_007_199_254_740_992.0)
}

#[cfg(test)]
mod tests;
