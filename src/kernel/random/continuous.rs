//! Continuous laws, with the algorithms and the order of draws of NumPy's `Generator`, so that equal
//! seeds give equal numbers.
//!
//! Gamma: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; below shape 1
//! Ahrens and Dieter's rejection. Beta: Jöhnk's for small parameters, else a ratio of gammas. Von
//! Mises: Best and Fisher, "Efficient simulation of the von Mises distribution", 1979. Wald: Michael,
//! Schucany and Haas, "Generating random variates using transformations with multiple roots", 1976.
//! The others invert their distribution. What the legacy functions (`Numbers::LEGACY`) draw by another
//! formula says so.

use super::{Law, Numbers, standard_exponential_f32, standard_normal_f32};
use std::f64::consts::PI;

/// Gamma variates of shape `a` times `scale`.
pub struct Gamma {
    pub shape: f64,
    pub scale: f64,
}

impl Law for Gamma {
    type Out = f64;
    #[inline(always)]
    fn draw<G: Numbers>(&self, g: &mut G) -> f64 {
        self.scale * gamma(g, self.shape)
    }
}

/// A standard gamma variate.
#[inline]
pub fn gamma<G: Numbers>(g: &mut G, shape: f64) -> f64 {
    if shape == 1.0 {
        return g.exponential();
    }
    if shape == 0.0 {
        return 0.0;
    }
    if shape < 1.0 {
        loop {
            let (u, v) = (g.next_f64(), g.exponential());
            if u <= 1.0 - shape {
                let x = u.powf(1.0 / shape);
                if x <= v {
                    return x;
                }
            } else {
                let y = -((1.0 - u) / shape).ln();
                let x = (1.0 - shape + shape * y).powf(1.0 / shape);
                if x <= v + y {
                    return x;
                }
            }
        }
    }
    let b = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * b).sqrt();
    loop {
        let (x, v) = loop {
            let x = g.normal();
            let v = 1.0 + c * x;
            // Not a number if the shape is none: so is the variate.
            if v > 0.0 || v.is_nan() {
                break (x, v * v * v);
            }
        };
        let u = g.next_f64();
        if u < 1.0 - 0.0331 * (x * x) * (x * x) || u.ln() < 0.5 * x * x + b * (1.0 - v + v.ln()) {
            return b * v;
        }
    }
}

/// Standard gamma variates in single precision.
pub struct GammaF32(pub f32);

impl Law for GammaF32 {
    type Out = f32;
    const WIDE: bool = false;
    fn draw<G: Numbers>(&self, g: &mut G) -> f32 {
        let shape = self.0;
        if shape == 1.0 {
            return standard_exponential_f32(g);
        }
        if shape == 0.0 {
            return 0.0;
        }
        if shape < 1.0 {
            loop {
                let (u, v) = (g.next_f32(), standard_exponential_f32(g));
                if u <= 1.0 - shape {
                    let x = u.powf(1.0 / shape);
                    if x <= v {
                        return x;
                    }
                } else {
                    let y = -((1.0 - u) / shape).ln();
                    let x = (1.0 - shape + shape * y).powf(1.0 / shape);
                    if x <= v + y {
                        return x;
                    }
                }
            }
        }
        let b = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * b).sqrt();
        loop {
            let (x, v) = loop {
                let x = standard_normal_f32(g);
                let v = 1.0 + c * x;
                if v > 0.0 || v.is_nan() {
                    break (x, v * v * v);
                }
            };
            let u = g.next_f32();
            if u < 1.0 - 0.0331 * (x * x) * (x * x) || u.ln() < 0.5 * x * x + b * (1.0 - v + v.ln()) {
                return b * v;
            }
        }
    }
}

#[inline]
pub fn chisquare<G: Numbers>(g: &mut G, df: f64) -> f64 {
    2.0 * gamma(g, df / 2.0)
}

fn noncentral_chisquare<G: Numbers>(g: &mut G, df: f64, nonc: f64) -> f64 {
    if nonc.is_nan() {
        return f64::NAN;
    }
    if nonc == 0.0 {
        return chisquare(g, df);
    }
    if df > 1.0 {
        let rest = chisquare(g, df - 1.0);
        let n = g.normal() + nonc.sqrt();
        return rest + n * n;
    }
    let i = super::discrete::Poisson::new(nonc / 2.0).draw(g);
    chisquare(g, df + 2.0 * i as f64)
}

/// Below this both parameters of a beta variate make it 0 or 1.
const TINY: f64 = 3e-103;

#[inline]
pub fn beta<G: Numbers>(g: &mut G, a: f64, b: f64) -> f64 {
    if a > 1.0 || b > 1.0 {
        let x = gamma(g, a);
        return x / (x + gamma(g, b));
    }
    if !G::LEGACY && a < TINY && b < TINY {
        return if (a + b) * g.next_f64() < a { 1.0 } else { 0.0 };
    }
    loop {
        let (u, v) = (g.next_f64(), g.next_f64());
        let (x, y) = (u.powf(1.0 / a), v.powf(1.0 / b));
        if x + y > 1.0 || !G::LEGACY && u + v <= 0.0 {
            continue;
        }
        if x > 0.0 && y > 0.0 || G::LEGACY && x + y > 0.0 {
            return x / (x + y);
        }
        // Both underflow: the same with logarithms.
        if G::LEGACY {
            let (x, y) = (u.ln() / a, v.ln() / b);
            let (x, y) = (x - x.max(y), y - x.max(y));
            return (x - (x.exp() + y.exp()).ln()).exp();
        }
        let gap = u.ln() / a - v.ln() / b;
        return if gap > 0.0 { (-(-gap).exp().ln_1p()).exp() } else { (gap - gap.exp().ln_1p()).exp() };
    }
}

fn laplace<G: Numbers>(g: &mut G, loc: f64, scale: f64) -> f64 {
    loop {
        let u = g.next_f64();
        if u >= 0.5 {
            return loc - scale * (2.0 - u - u).ln();
        }
        if u > 0.0 {
            return loc + scale * (u + u).ln();
        }
    }
}

fn gumbel<G: Numbers>(g: &mut G, loc: f64, scale: f64) -> f64 {
    loop {
        let u = 1.0 - g.next_f64();
        if u < 1.0 {
            return loc - scale * (-u.ln()).ln();
        }
    }
}

fn logistic<G: Numbers>(g: &mut G, loc: f64, scale: f64) -> f64 {
    loop {
        let u = g.next_f64();
        if u > 0.0 {
            return loc + scale * (u / (1.0 - u)).ln();
        }
    }
}

fn wald<G: Numbers>(g: &mut G, mean: f64, scale: f64) -> f64 {
    let y = g.normal();
    let y = mean * y * y;
    if G::LEGACY {
        let x = mean + mean / (2.0 * scale) * (y - (4.0 * scale * y + y * y).sqrt());
        return if g.next_f64() <= mean / (mean + x) { x } else { mean * mean / x };
    }
    let d = 1.0 + (1.0 + 4.0 * scale / y).sqrt();
    let x = mean * (1.0 - 2.0 / d);
    if g.next_f64() <= mean / (mean + x) { x } else { mean * mean / x }
}

fn vonmises<G: Numbers>(g: &mut G, mu: f64, kappa: f64) -> f64 {
    if kappa.is_nan() {
        return f64::NAN;
    }
    if kappa < 1e-8 {
        return PI * (2.0 * g.next_f64() - 1.0);
    }
    let s = if kappa < 1e-5 {
        1.0 / kappa + kappa
    } else {
        let r = 1.0 + (1.0 + 4.0 * kappa * kappa).sqrt();
        let rho = (r - (2.0 * r).sqrt()) / (2.0 * kappa);
        (1.0 + rho * rho) / (2.0 * rho)
    };
    // The legacy functions reject on, but for what they would reject for ever.
    if kappa > 1e6 && !(G::LEGACY && s > 1.0) {
        // A normal variate on the circle.
        let x = mu + (1.0 / kappa).sqrt() * g.normal();
        return if x < -PI {
            x + 2.0 * PI
        } else if x > PI {
            x - 2.0 * PI
        } else {
            x
        };
    }
    let w = loop {
        let z = (PI * g.next_f64()).cos();
        let w = (1.0 + s * z) / (s + z);
        let y = kappa * (s - w);
        let v = g.next_f64();
        if y * (2.0 - y) - v >= 0.0 || (y / v).ln() + 1.0 - y >= 0.0 {
            break w;
        }
    };
    let angle = if g.next_f64() < 0.5 { -w.acos() } else { w.acos() } + mu;
    let turned = (angle.abs() + PI) % (2.0 * PI) - PI;
    if angle < 0.0 { -turned } else { turned }
}

fn triangular<G: Numbers>(g: &mut G, left: f64, mode: f64, right: f64) -> f64 {
    let (base, rise) = (right - left, mode - left);
    let u = g.next_f64();
    if u <= rise / base {
        left + (u * (rise * base)).sqrt()
    } else {
        right - ((1.0 - u) * ((right - mode) * base)).sqrt()
    }
}

/// A law of up to three parameters that needs no preparation.
macro_rules! laws {
    ($($name:ident($($p:ident),*) |$g:ident| $body:expr;)*) => {$(
        pub struct $name { $(pub $p: f64),* }
        impl From<[f64; 3]> for $name {
            fn from(p: [f64; 3]) -> $name {
                #[allow(unused_mut, unused_variables)]
                let mut rest = p.into_iter();
                $(let $p = rest.next().unwrap_or_default();)*
                $name { $($p),* }
            }
        }
        impl Law for $name {
            type Out = f64;
            fn draw<G: Numbers>(&self, $g: &mut G) -> f64 {
                let $name { $($p),* } = *self;
                $body
            }
        }
    )*};
}

laws! {
    StandardGamma(a) |g| gamma(g, a);
    Chisquare(df) |g| chisquare(g, df);
    NoncentralChisquare(df, nonc) |g| noncentral_chisquare(g, df, nonc);
    Beta(a, b) |g| beta(g, a, b);
    F(num, den) |g| {
        let x = chisquare(g, num) * den;
        x / (chisquare(g, den) * num)
    };
    NoncentralF(num, den, nonc) |g| {
        let x = noncentral_chisquare(g, num, nonc) * den;
        x / (chisquare(g, den) * num)
    };
    StandardT(df) |g| {
        let x = g.normal();
        (df / 2.0).sqrt() * x / gamma(g, df / 2.0).sqrt()
    };
    StandardCauchy() |g| {
        let x = g.normal();
        x / g.normal()
    };
    Laplace(loc, scale) |g| laplace(g, loc, scale);
    Gumbel(loc, scale) |g| gumbel(g, loc, scale);
    Logistic(loc, scale) |g| logistic(g, loc, scale);
    Lognormal(mean, sigma) |g| (mean + sigma * g.normal()).exp();
    Rayleigh(scale) |g| {
        let twice = if G::LEGACY { -2.0 * (-g.next_f64()).ln_1p() } else { 2.0 * g.exponential() };
        scale * twice.sqrt()
    };
    Weibull(a) |g| if a == 0.0 { 0.0 } else { g.exponential().powf(1.0 / a) };
    Pareto(a) |g| {
        let x = g.exponential() / a;
        if G::LEGACY { x.exp() - 1.0 } else { x.exp_m1() }
    };
    Power(a) |g| {
        let x = -g.exponential();
        (if G::LEGACY { 1.0 - x.exp() } else { -x.exp_m1() }).powf(1.0 / a)
    };
    Wald(mean, scale) |g| wald(g, mean, scale);
    Vonmises(mu, kappa) |g| vonmises(g, mu, kappa);
    Triangular(left, mode, right) |g| triangular(g, left, mode, right);
}

impl From<[f64; 3]> for Gamma {
    fn from([shape, scale, _]: [f64; 3]) -> Gamma {
        Gamma { shape, scale }
    }
}
