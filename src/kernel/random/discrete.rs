//! Discrete laws, with the algorithms and the order of draws of NumPy's `Generator`.
//!
//! Poisson: products of uniforms below 10, else Hörmann's transformed rejection PTRS ("The
//! transformed rejection method for generating Poisson random variables", 1993). Binomial: inversion
//! while `n p` is at most 30, else BTPE (Kachitvichyanukul and Schmeiser, "Binomial random variate
//! generation", 1988). Geometric: search or inversion. Logarithmic series: Kemp, "Efficient
//! generation of logarithmically distributed pseudo-random variables", 1981. Zipf: Devroye's rejection.
//! What a law needs of its parameters is computed once.

use super::continuous::gamma;
use super::{Law, Numbers};

/// `ln(gamma(x))` by Stirling's series, shifted to `x > 7`, with the rounding the streams rest on.
pub(super) fn ln_gamma(x: f64) -> f64 {
    const SERIES: [f64; 10] = [
        8.333333333333333e-02,
        -2.777777777777778e-03,
        7.936507936507937e-04,
        -5.952380952380952e-04,
        8.417508417508418e-04,
        -1.917526917526918e-03,
        6.41025641025641e-03,
        -2.955065359477124e-02,
        1.796443723688307e-01,
        -1.3924322169059e+00,
    ];
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    let n = if x < 7.0 { (7.0 - x) as i64 } else { 0 };
    let mut x0 = x + n as f64;
    let x2 = (1.0 / x0) * (1.0 / x0);
    let sum = SERIES[..9].iter().rev().fold(SERIES[9], |sum, a| sum * x2 + a);
    let half_ln_tau = 1.837_877_066_409_345_3;
    let mut out = sum / x0 + 0.5 * half_ln_tau + (x0 - 0.5) * x0.ln() - x0;
    for _ in 0..n {
        out -= (x0 - 1.0).ln();
        x0 -= 1.0;
    }
    out
}

pub enum Poisson {
    Zero,
    /// Multiply uniforms until they fall below `exp(-lam)`.
    Product(f64),
    Ptrs(Ptrs),
}

pub struct Ptrs {
    lam: f64,
    ln_lam: f64,
    a: f64,
    b: f64,
    ln_inverse_alpha: f64,
    vr: f64,
}

impl Poisson {
    pub fn new(lam: f64) -> Poisson {
        if lam >= 10.0 {
            let b = 0.931 + 2.53 * lam.sqrt();
            let inverse_alpha: f64 = 1.1239 + 1.1328 / (b - 3.4);
            return Poisson::Ptrs(Ptrs {
                lam,
                ln_lam: lam.ln(),
                a: -0.059 + 0.02483 * b,
                b,
                ln_inverse_alpha: inverse_alpha.ln(),
                vr: 0.9277 - 3.6224 / (b - 2.0),
            });
        }
        if lam == 0.0 { Poisson::Zero } else { Poisson::Product((-lam).exp()) }
    }
}

impl Ptrs {
    fn draw<G: Numbers>(&self, g: &mut G) -> i64 {
        let &Ptrs { lam, ln_lam, a, b, ln_inverse_alpha, vr } = self;
        loop {
            let u = g.next_f64() - 0.5;
            let v = g.next_f64();
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + lam + 0.43).floor() as i64;
            if us >= 0.07 && v <= vr {
                return k;
            }
            if k < 0 || us < 0.013 && v > us {
                continue;
            }
            let left = v.ln() + ln_inverse_alpha - (a / (us * us) + b).ln();
            if left <= -lam + k as f64 * ln_lam - ln_gamma(k as f64 + 1.0) {
                return k;
            }
        }
    }
}

impl Law for Poisson {
    type Out = i64;
    #[inline]
    fn draw<G: Numbers>(&self, g: &mut G) -> i64 {
        match self {
            Poisson::Zero => 0,
            &Poisson::Product(least) => {
                let (mut k, mut product) = (0, 1.0);
                loop {
                    product *= g.next_f64();
                    if product > least {
                        k += 1;
                    } else {
                        return k;
                    }
                }
            }
            Poisson::Ptrs(p) => p.draw(g),
        }
    }
}

pub struct NegativeBinomial {
    n: f64,
    scale: f64,
}

impl Law for NegativeBinomial {
    type Out = i64;
    fn draw<G: Numbers>(&self, g: &mut G) -> i64 {
        let y = self.scale * gamma(g, self.n);
        Poisson::new(y).draw(g)
    }
}

/// Successes among `n` trials.
pub struct Binomial {
    n: i64,
    /// Count the failures instead.
    flip: bool,
    way: Way,
}

enum Way {
    Never,
    Inversion { p: f64, q: f64, none: f64, bound: i64 },
    Btpe(Btpe),
}

struct Btpe {
    r: f64,
    q: f64,
    m: i64,
    p1: f64,
    xm: f64,
    xl: f64,
    xr: f64,
    c: f64,
    laml: f64,
    lamr: f64,
    p2: f64,
    p3: f64,
    p4: f64,
}

impl Binomial {
    pub fn new(n: i64, p: f64) -> Binomial {
        if n == 0 || p == 0.0 {
            return Binomial { n, flip: false, way: Way::Never };
        }
        let flip = p > 0.5;
        let p = if flip { 1.0 - p } else { p };
        let count = n as f64;
        let way = if p * count <= 30.0 {
            let q = 1.0 - p;
            let np = count * p;
            let bound = count.min(np + 10.0 * (np * q + 1.0).sqrt()) as i64;
            Way::Inversion { p, q, none: (count * q.ln()).exp(), bound }
        } else {
            Way::Btpe(Btpe::new(count, p))
        };
        Binomial { n, flip, way }
    }
}

impl Law for Binomial {
    type Out = i64;
    #[inline]
    fn draw<G: Numbers>(&self, g: &mut G) -> i64 {
        let n = self.n;
        let x = match &self.way {
            Way::Never => {
                if G::LEGACY {
                    g.next_f64();
                }
                return 0;
            }
            &Way::Inversion { p, q, none, bound } => invert(g, n, (p, q), none, bound),
            Way::Btpe(b) => b.draw(g, n),
        };
        if self.flip { n - x } else { x }
    }
}

fn invert<G: Numbers>(g: &mut G, n: i64, (p, q): (f64, f64), none: f64, bound: i64) -> i64 {
    let (mut x, mut px, mut u) = (0, none, g.next_f64());
    while u > px {
        x += 1;
        if x > bound {
            (x, px, u) = (0, none, g.next_f64());
        } else {
            u -= px;
            px = ((n - x + 1) as f64 * p * px) / (x as f64 * q);
        }
    }
    x
}

impl Btpe {
    fn new(n: f64, p: f64) -> Btpe {
        let r = p.min(1.0 - p);
        let q = 1.0 - r;
        let fm = n * r + r;
        let m = fm.floor();
        let p1 = (2.195 * (n * r * q).sqrt() - 4.6 * q).floor() + 0.5;
        let xm = m + 0.5;
        let (xl, xr) = (xm - p1, xm + p1);
        let c = 0.134 + 20.5 / (15.3 + m);
        let rate = |a: f64| a * (1.0 + a / 2.0);
        let laml = rate((fm - xl) / (fm - xl * r));
        let lamr = rate((xr - fm) / (xr * q));
        let p2 = p1 * (1.0 + 2.0 * c);
        let p3 = p2 + c / laml;
        Btpe { r, q, m: m as i64, p1, xm, xl, xr, c, laml, lamr, p2, p3, p4: p3 + c / lamr }
    }

    /// Proposes from a triangle, two parallelograms and two exponential tails, in four regions of `u`.
    fn draw<G: Numbers>(&self, g: &mut G, n: i64) -> i64 {
        let (p1, m) = (self.p1, self.m as f64);
        loop {
            let u = g.next_f64() * self.p4;
            let mut v = g.next_f64();
            if u <= p1 {
                return (self.xm - p1 * v + u).floor() as i64;
            }
            let y = if u <= self.p2 {
                let x = self.xl + (u - p1) / self.c;
                v = v * self.c + 1.0 - (m - x + 0.5).abs() / p1;
                if v > 1.0 {
                    continue;
                }
                x.floor() as i64
            } else if u <= self.p3 {
                let y = (self.xl + v.ln() / self.laml).floor() as i64;
                if y < 0 || v == 0.0 {
                    continue;
                }
                v = v * (u - self.p2) * self.laml;
                y
            } else {
                let y = (self.xr - v.ln() / self.lamr).floor() as i64;
                if y > n || v == 0.0 {
                    continue;
                }
                v = v * (u - self.p3) * self.lamr;
                y
            };
            if self.accepts(n, y, v) {
                return y;
            }
        }
    }

    /// Whether `v` lies below the ratio of the densities at `y` and at the mode.
    fn accepts(&self, n: i64, y: i64, v: f64) -> bool {
        let (r, q, m) = (self.r, self.q, self.m);
        let nrq = n as f64 * r * q;
        let k = (y - m).abs();
        if !(k > 20 && (k as f64) < nrq / 2.0 - 1.0) {
            let s = r / q;
            let a = s * (n + 1) as f64;
            let mut f = 1.0;
            if m < y {
                (m + 1..=y).for_each(|i| f *= a / i as f64 - s);
            } else {
                (y + 1..=m).for_each(|i| f /= a / i as f64 - s);
            }
            return v <= f;
        }
        let k = k as f64;
        let rho = (k / nrq) * ((k * (k / 3.0 + 0.625) + 0.16666666666666666) / nrq + 0.5);
        let t = -k * k / (2.0 * nrq);
        let a = v.ln();
        if a < t - rho {
            return true;
        }
        if a > t + rho {
            return false;
        }
        let (x1, f1) = ((y + 1) as f64, (m + 1) as f64);
        let (z, w) = ((n + 1 - m) as f64, (n - y + 1) as f64);
        let tail = |x: f64| {
            let x2 = x * x;
            (13680.0 - (462.0 - (132.0 - (99.0 - 140.0 / x2) / x2) / x2) / x2) / x / 166_320.0
        };
        let bound = self.xm * (f1 / x1).ln()
            + ((n - m) as f64 + 0.5) * (z / w).ln()
            + (y - m) as f64 * (w * r / (x1 * q)).ln()
            + tail(f1)
            + tail(z)
            + tail(x1)
            + tail(w);
        a <= bound
    }
}

pub struct Geometric(f64);

impl Law for Geometric {
    type Out = i64;
    #[inline]
    fn draw<G: Numbers>(&self, g: &mut G) -> i64 {
        let p = self.0;
        if p < 0.333_333_333_333_333_3 {
            let z = if G::LEGACY {
                (-g.next_f64()).ln_1p() / (1.0 - p).ln()
            } else {
                -g.exponential() / (-p).ln_1p()
            };
            // Saturates at the largest integer.
            return z.ceil() as i64;
        }
        let (mut x, mut sum, mut product) = (1, p, p);
        let u = g.next_f64();
        while u > sum {
            product *= 1.0 - p;
            sum += product;
            x += 1;
        }
        x
    }
}

pub struct Logseries(f64);

impl Law for Logseries {
    type Out = i64;
    fn draw<G: Numbers>(&self, g: &mut G) -> i64 {
        let p = self.0;
        let r = if G::LEGACY { (1.0 - p).ln() } else { (-p).ln_1p() };
        loop {
            let v = g.next_f64();
            if v >= p {
                return 1;
            }
            let x = r * g.next_f64();
            let q = if G::LEGACY { 1.0 - x.exp() } else { -x.exp_m1() };
            if v <= q * q {
                let x = (1.0 + v.ln() / q.ln()).floor() as i64;
                if x >= 1 && v != 0.0 {
                    return x;
                }
            } else {
                return if v >= q { 1 } else { 2 };
            }
        }
    }
}

pub struct Zipf(f64);

impl Law for Zipf {
    type Out = i64;
    fn draw<G: Numbers>(&self, g: &mut G) -> i64 {
        let a = self.0;
        if a >= 1025.0 {
            return 1;
        }
        let am1 = a - 1.0;
        let b = 2f64.powf(am1);
        let most = i64::MAX as f64;
        let least = most.powf(-am1);
        loop {
            let u = g.next_f64();
            let u = if G::LEGACY { 1.0 - u } else { u * least + (1.0 - u) };
            let v = g.next_f64();
            let x = u.powf(-1.0 / am1).floor();
            if x > most || x < 1.0 {
                continue;
            }
            let t = (1.0 + 1.0 / x).powf(am1);
            if v * x * (t - 1.0) / (b - 1.0) <= t / b {
                return x as i64;
            }
        }
    }
}

macro_rules! from {
    ($($name:ident |$p:ident| $make:expr;)*) => {$(
        impl From<[f64; 3]> for $name {
            fn from($p: [f64; 3]) -> $name { $make }
        }
    )*};
}

from! {
    Poisson |p| Poisson::new(p[0]);
    NegativeBinomial |p| NegativeBinomial { n: p[0], scale: (1.0 - p[1]) / p[1] };
    Binomial |p| Binomial::new(p[0] as i64, p[1]);
    Geometric |p| Geometric(p[0]);
    Logseries |p| Logseries(p[0]);
    Zipf |p| Zipf(p[0]);
}

/// A distribution of vectors.
pub trait Vectors {
    type Out;
    /// The next vector.
    fn draw<G: Numbers>(&mut self, g: &mut G, out: &mut [Self::Out]);
}

/// Counts of trials that fall into classes, the last one taking what is left: a vector for each number of
/// trials, of the classes' probabilities or of its own.
pub struct Multinomial<'a> {
    pub trials: std::slice::Iter<'a, i64>,
    pub probabilities: std::iter::Cycle<std::slice::Chunks<'a, f64>>,
}

impl Vectors for Multinomial<'_> {
    type Out = i64;
    fn draw<G: Numbers>(&mut self, g: &mut G, out: &mut [i64]) {
        if let (Some(&n), Some(p)) = (self.trials.next(), self.probabilities.next()) {
            multinomial(g, n, p, out);
        }
    }
}

fn multinomial<G: Numbers>(g: &mut G, n: i64, classes: &[f64], out: &mut [i64]) {
    let (mut left, mut rest) = (n, 1.0);
    out.fill(0);
    let Some(last) = classes.len().checked_sub(1) else { return };
    for j in 0..last {
        out[j] = Binomial::new(left, classes[j] / rest).draw(g);
        left -= out[j];
        if left <= 0 {
            break;
        }
        rest -= classes[j];
    }
    if left > 0 {
        out[last] = left;
    }
}

/// Shares that sum to one: gammas over their sum; for small parameters, in which all gammas may
/// vanish, pieces broken off by beta variates.
pub struct Dirichlet<'a>(pub &'a [f64]);

impl Vectors for Dirichlet<'_> {
    type Out = f64;
    fn draw<G: Numbers>(&mut self, g: &mut G, out: &mut [f64]) {
        dirichlet(g, self.0, out);
    }
}

fn dirichlet<G: Numbers>(g: &mut G, alpha: &[f64], out: &mut [f64]) {
    let largest = alpha.iter().copied().fold(0.0, f64::max);
    if largest < 0.1 && !G::LEGACY {
        let mut tails: Vec<f64> = alpha.to_vec();
        for i in (0..tails.len() - 1).rev() {
            tails[i] += tails[i + 1];
        }
        let mut left = 1.0;
        let last = alpha.len() - 1;
        for j in 0..last {
            let v = super::continuous::beta(g, alpha[j], tails[j + 1]);
            out[j] = left * v;
            left *= 1.0 - v;
        }
        out[last] = left;
        return;
    }
    let mut sum = 0.0;
    for (slot, &a) in out.iter_mut().zip(alpha) {
        *slot = gamma(g, a);
        sum += *slot;
    }
    let inverse = 1.0 / sum;
    out.iter_mut().for_each(|x| *x *= inverse);
}
