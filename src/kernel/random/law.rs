//! What a distribution is: a law that turns a generator's bits into variates. Laws are values, made
//! once from their parameters, and generic over the generator.

use super::{Ahead, Method, Pcg64, standard_exponential, standard_normal};
use super::{BitGen, Mt19937};

/// The distributions in which the two kinds of generator differ.
pub trait Numbers: BitGen {
    const METHOD: Method;
    /// Whether distributions keep the algorithms that they had before NumPy 1.17, as the streams of the
    /// legacy functions do.
    const LEGACY: bool = false;
    fn normal(&mut self) -> f64;
    fn exponential(&mut self) -> f64;
}

macro_rules! modern {
    ($($t:ty),*) => {$(
        impl Numbers for $t {
            const METHOD: Method = Method::Lemire;
            #[inline(always)]
            fn normal(&mut self) -> f64 { standard_normal(self) }
            #[inline(always)]
            fn exponential(&mut self) -> f64 { standard_exponential(self) }
        }
    )*};
}
modern!(Pcg64, Ahead<'_>);

impl Numbers for Mt19937 {
    const METHOD: Method = Method::Masked;
    const LEGACY: bool = true;
    fn normal(&mut self) -> f64 {
        self.gauss()
    }
    fn exponential(&mut self) -> f64 {
        -(1.0 - self.next_f64()).ln()
    }
}

/// A distribution with its parameters.
pub trait Law: Sync {
    type Out: Copy + Default + Send;
    /// Whether it reads 64-bit draws only, and so passes by a half that an earlier draw left.
    const WIDE: bool = true;
    /// Whether `bulk` never fails.
    const EXACT: bool = false;

    fn draw<G: Numbers>(&self, g: &mut G) -> Self::Out;

    /// Many variates at once if each takes exactly one draw of 64 bits (`WIDE`) or 32: `out` is as
    /// long as the draws, or twice. `false` if some take more, or if there is no faster way than
    /// one by one; `out` then holds anything.
    fn bulk(&self, _draws: &[u64], _out: &mut [Self::Out]) -> bool {
        false
    }
}
