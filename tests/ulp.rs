//! How far the transcendental functions are from the truth, in units in the last place.
//!
//! float64 is held against arbitrary-precision arithmetic of 192 bits, float32 against the float64
//! kernels that passed. Points lie in every binade, near zeros, poles and the kernels' own borders,
//! among subnormal and huge numbers. A quick run takes some thousand points per function; to take more,
//! or all of float32:
//!
//!     ARR_ULP_POINTS=10000000 cargo test --release --test ulp -- --nocapture
//!     ARR_ULP_POINTS=4294967296 cargo test --release --test ulp float32 -- --nocapture

use arr::dtype::{Element, c64, c128};
use arr::kernel::{Block, BlockMut, KernelFn, math, vector};
use astro_float::{BigFloat, Consts, RoundingMode, Sign};

const BITS: usize = 192;
const EVEN: RoundingMode = RoundingMode::ToEven;

/// What the contract allows.
const BOUND: f64 = 1.0;

fn points_per_function(quick: u64) -> u64 {
    std::env::var("ARR_ULP_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(quick)
}

/// George Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 to 1.
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / 9007199254740992.0
    }

    /// A number of any size, a NaN or infinity.
    fn any(&mut self) -> f64 {
        f64::from_bits(self.bits())
    }

    /// Zeros, poles, and borders between the kernels' ways.
    fn landmark(&mut self) -> f64 {
        use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2, FRAC_PI_4, LN_2, PI, SQRT_2};
        const PLACES: [f64; 20] = [
            0.0,
            0.25,
            0.5,
            1.0,
            2.0,
            0.414213562373095,
            2.414213562373095,
            FRAC_1_SQRT_2,
            SQRT_2,
            LN_2 / 2.0,
            LN_2 * 1.5,
            LN_2,
            FRAC_PI_2,
            FRAC_PI_4,
            PI,
            22.0,
            44.0,
            709.782712893384,
            745.1332191019411,
            1e9,
        ];
        let place = PLACES[(self.bits() % 20) as usize];
        let place = if self.bits().is_multiple_of(2) { place } else { -place };
        match self.bits() % 2 {
            0 => place + (self.unit() - 0.5) * 2f64.powi(-((self.bits() % 60) as i32)),
            _ => place * (1.0 + ((self.bits() % 41) as f64 - 20.0) * f64::EPSILON),
        }
    }

    fn within(&mut self, least: f64, most: f64) -> f64 {
        loop {
            let x = match self.bits() % 5 {
                0 => least + (most - least) * self.unit(),
                1 => self.any(),
                2 => (self.unit() - 0.5) * 2f64.powi((self.bits() % 48) as i32 - 36),
                3 => (self.bits() % (1 << (self.bits() % 30))) as f64 * std::f64::consts::FRAC_PI_2,
                _ => self.landmark(),
            };
            if x >= least && x <= most && x != 0.0 && x.is_finite() {
                return x;
            }
        }
    }
}

fn big(x: f64) -> BigFloat {
    // A subnormal number is taken up and down again: the crate reads normal ones.
    if x.abs() < 1e-300 {
        let up = BigFloat::from_f64(x * 2f64.powi(200), BITS);
        return up.mul(&BigFloat::from_f64(2f64.powi(-200), BITS), BITS, EVEN);
    }
    BigFloat::from_f64(x, BITS)
}

/// A number as a float times `2**exponent`, to 53 bits.
fn parts(x: &BigFloat) -> Option<(f64, i64)> {
    let (mantissa, _, sign, exponent, _) = x.as_raw_parts()?;
    let top = *mantissa.last()? as f64 / 18446744073709551616.0;
    Some((if sign == Sign::Neg { -top } else { top }, exponent as i64))
}

/// The distance of a result from the truth in units of the truth's last place.
fn ulps(truth: &BigFloat, got: f64) -> f64 {
    if truth.is_nan() || got.is_nan() {
        return if truth.is_nan() == got.is_nan() { 0.0 } else { f64::INFINITY };
    }
    let exponent = match parts(truth) {
        Some((_, e)) if !truth.is_zero() => e,
        _ => return if got == 0.0 || truth.is_inf() { 0.0 } else { f64::INFINITY },
    };
    if exponent > 1024 || got.is_infinite() {
        return if got.is_infinite() && exponent >= 1024 { 0.0 } else { f64::INFINITY };
    }
    let unit = (exponent - 53).max(-1074);
    let rest = truth.sub(&big(got), BITS, EVEN);
    match parts(&rest) {
        Some((m, e)) if !rest.is_zero() => m.abs() * 2f64.powi((e - unit).clamp(-900, 900) as i32),
        _ => 0.0,
    }
}

fn truth1(name: &str, x: f64, c: &mut Consts) -> BigFloat {
    let (b, one) = (big(x), big(1.0));
    // Enough bits that 1 + x and e**x - 1 keep 192 of them.
    let long = BITS + (-x.abs().log2()).clamp(0.0, 1100.0) as usize / 64 * 64 + 64;
    match name {
        "exp" => b.exp(BITS, EVEN, c),
        "exp2" => big(2.0).pow(&b, BITS, EVEN, c),
        "expm1" => b.exp(long, EVEN, c).sub(&one, long, EVEN),
        "sinh" => b.sinh(BITS, EVEN, c),
        "cosh" => b.cosh(BITS, EVEN, c),
        "tanh" => b.tanh(BITS, EVEN, c),
        "log" => b.ln(BITS, EVEN, c),
        "log2" => b.log2(BITS, EVEN, c),
        "log10" => b.log10(BITS, EVEN, c),
        "log1p" => one.add(&b, long, EVEN).ln(BITS, EVEN, c),
        "arcsinh" => b.asinh(BITS, EVEN, c),
        "arccosh" => b.acosh(BITS, EVEN, c),
        "arctanh" => b.atanh(BITS, EVEN, c),
        "sin" => b.sin(BITS, EVEN, c),
        "cos" => b.cos(BITS, EVEN, c),
        "tan" => b.tan(BITS, EVEN, c),
        "arcsin" => b.asin(BITS, EVEN, c),
        "arccos" => b.acos(BITS, EVEN, c),
        "arctan" => b.atan(BITS, EVEN, c),
        _ => b.cbrt(BITS, EVEN),
    }
}

fn truth2(name: &str, x: f64, y: f64, c: &mut Consts) -> BigFloat {
    let (a, b, two) = (big(x), big(y), big(2.0));
    match name {
        "power" => a.pow(&b, BITS, EVEN, c),
        "hypot" => a.mul(&a, BITS, EVEN).add(&b.mul(&b, BITS, EVEN), BITS, EVEN).sqrt(BITS, EVEN),
        "arctan2" => {
            let t = a.abs().div(&b.abs(), BITS, EVEN).atan(BITS, EVEN, c);
            let t = if y < 0.0 { c.pi(BITS, EVEN).sub(&t, BITS, EVEN) } else { t };
            if x < 0.0 { t.neg() } else { t }
        }
        "logaddexp" => a.exp(BITS, EVEN, c).add(&b.exp(BITS, EVEN, c), BITS, EVEN).ln(BITS, EVEN, c),
        _ => {
            let (p, q) = (two.pow(&a, BITS, EVEN, c), two.pow(&b, BITS, EVEN, c));
            p.add(&q, BITS, EVEN).log2(BITS, EVEN, c)
        }
    }
}

/// A function's name, its kernels of float64 and float32, and the range of its points.
type One = (&'static str, KernelFn, KernelFn, f64, f64);

macro_rules! one {
    ($($name:ident: $least:expr, $most:expr;)*) => {
        &[$((stringify!($name), vector::$name::<f64>, vector::$name::<f32>, $least, $most)),*]
    };
}

const MAX: f64 = f64::MAX / 2.0;

const ONES: &[One] = one! {
    exp: -750.0, 712.0; exp2: -1080.0, 1025.0; expm1: -60.0, 712.0;
    sinh: -712.0, 712.0; cosh: -712.0, 712.0; tanh: -60.0, 60.0;
    log: 0.0, MAX; log2: 0.0, MAX; log10: 0.0, MAX; log1p: -1.0, MAX;
    arcsinh: -MAX, MAX; arccosh: 1.0, MAX; arctanh: -1.0, 1.0;
    sin: -MAX, MAX; cos: -MAX, MAX; tan: -MAX, MAX;
    arcsin: -1.0, 1.0; arccos: -1.0, 1.0; arctan: -MAX, MAX; cbrt: -MAX, MAX;
};

macro_rules! two {
    ($($name:ident)*) => {
        &[$((stringify!($name), vector::$name::<f64>, vector::$name::<f32>)),*]
    };
}

const TWOS: &[(&str, KernelFn, KernelFn)] = two! { power hypot arctan2 logaddexp logaddexp2 };

fn run<T: Element>(kernel: KernelFn, operands: &[&[T]]) -> Vec<T> {
    let mut out = vec![T::default(); operands[0].len()];
    let blocks: Vec<Block<'_>> = operands.iter().map(|x| Block::new(x)).collect();
    kernel(&blocks, BlockMut::new(&mut out));
    out
}

/// The largest error so far, and where.
#[derive(Default)]
struct Worst(f64, String);

impl Worst {
    fn see(&mut self, error: f64, at: impl FnOnce() -> String) {
        if error > self.0 {
            *self = Worst(error, at());
        }
    }

    fn report(&self, name: &str, dtype: &str) {
        println!("{name:<10} {dtype} {:.4} ulp at {}", self.0, self.1);
        assert!(self.0 < BOUND, "{name} of {dtype}: {:.4} ulp at {}", self.0, self.1);
    }
}

/// Points for functions of two numbers that lead to results in range.
fn pair(name: &str, r: &mut Random) -> (f64, f64) {
    let x = r.within(-MAX, MAX);
    match name {
        "power" => {
            let x = x.abs();
            let near = 1.0 + (r.unit() - 0.5) * 2f64.powi(-((r.bits() % 40) as i32));
            let x = [x, 20.0 * r.unit(), near][(r.bits() % 3) as usize];
            match r.bits() % 2 {
                0 => (x, 40.0 * r.unit() - 20.0),
                _ => (x, (r.unit() - 0.5) * 1490.0 / x.ln().abs().max(1e-300)),
            }
        }
        "logaddexp" | "logaddexp2" => {
            // Not where the operand and the logarithm cancel.
            let x = 1.0 + 1000.0 * r.unit();
            (x, x + 80.0 * (r.unit() - 0.5))
        }
        _ => match r.bits() % 3 {
            0 => (x, r.within(-MAX, MAX)),
            1 => (x, x * (0.5 + r.unit())),
            _ => (r.unit() - 0.5, r.unit() - 0.5),
        },
    }
}

#[test]
fn float64_is_within_one_ulp() {
    let n = points_per_function(600);
    let mut c = Consts::new().expect("constants");
    let mut r = Random(0x9e37_79b9_7f4a_7c15);
    for &(name, kernel, _, least, most) in ONES {
        let mut worst = Worst::default();
        for _ in 0..n.div_ceil(1000) {
            let xs: Vec<f64> = (0..n.min(1000)).map(|_| r.within(least, most)).collect();
            for (&x, y) in xs.iter().zip(run(kernel, &[&xs])) {
                worst.see(ulps(&truth1(name, x, &mut c), y), || format!("{x:e}: {y:e}"));
            }
        }
        worst.report(name, "float64");
    }
    for &(name, kernel, _) in TWOS {
        let mut worst = Worst::default();
        for _ in 0..n.div_ceil(1000) {
            let (xs, ys): (Vec<f64>, Vec<f64>) = (0..n.min(1000)).map(|_| pair(name, &mut r)).unzip();
            for ((&x, &y), z) in xs.iter().zip(&ys).zip(run(kernel, &[&xs, &ys])) {
                if x != 0.0 && y != 0.0 && x.is_finite() && y.is_finite() {
                    worst.see(ulps(&truth2(name, x, y, &mut c), z), || format!("{x:e}, {y:e}: {z:e}"));
                }
            }
        }
        worst.report(name, "float64");
    }
}

/// Exponents that go by products and roots, of numbers of all sizes: where powers of these would leave the range, and of zeros,
/// infinities and negative numbers, the general way serves.
#[test]
fn powers_by_products_are_within_one_ulp() {
    let n = points_per_function(300).min(100_000);
    let mut r = Random(0x1234_5678_9abc_def1);
    let truth = |x: f64, y: f64| {
        let square = (0..(2.0 * y.abs()) as usize).fold(big(1.0), |p, _| p.mul(&big(x), BITS, EVEN));
        let power = square.sqrt(BITS, EVEN);
        if y < 0.0 { big(1.0).div(&power, BITS, EVEN) } else { power }
    };
    for y in [-4.0, -3.0, -2.5, -2.0, -1.5, -0.5, 1.5, 2.5, 5.0, 6.0] {
        let mut worst = Worst::default();
        let mut xs: Vec<f64> =
            (0..n).map(|k| r.within(0.0, MAX).abs().powf([1.0, 0.01][k as usize % 2])).collect();
        xs.extend((0..64).map(|k| 1.0 + k as f64 / 64.0));
        for (&x, z) in xs.iter().zip(run(vector::power::<f64>, &[&xs, &[y]])) {
            let normal = |z: f64| z.is_finite() && z.abs() > f64::MIN_POSITIVE;
            if normal(z) && x > 0.0 {
                worst.see(ulps(&truth(x, y), z), || format!("{x:e} ** {y}: {z:e}"));
            }
        }
        worst.report("power", "float64");
        let special = [0.0, -0.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e300, 1e-300];
        for (&x, z) in special.iter().zip(run(vector::power::<f64>, &[&special, &[y]])) {
            let want = x.powf(y);
            assert!(
                z.to_bits() == want.to_bits()
                    || (z.is_nan() && want.is_nan())
                    || (z / want - 1.0).abs() < 1e-15
            );
        }
        let mut worst = Worst::default();
        let xs: Vec<f32> = xs.iter().map(|&x| x as f32).filter(|x| x.is_normal()).collect();
        for (&x, z) in xs.iter().zip(run(vector::power::<f32>, &[&xs, &[y as f32]])) {
            if z.is_normal() {
                worst.see(ulps32((x as f64).powf(y), z), || format!("{x:e} ** {y}: {z:e}"));
            }
        }
        worst.report("power", "float32");
    }
}

/// The parts of a function of a complex number.
fn truth_of_complex(name: &str, x: f64, y: f64, c: &mut Consts) -> (BigFloat, BigFloat) {
    const LONG: usize = 640;
    let (a, b) = (big(x), big(y));
    let square = |v: &BigFloat| v.mul(v, LONG, EVEN);
    let half = big(0.5);
    match name {
        "exp" => {
            let size = a.exp(BITS, EVEN, c);
            (size.mul(&b.cos(BITS, EVEN, c), BITS, EVEN), size.mul(&b.sin(BITS, EVEN, c), BITS, EVEN))
        }
        "log" => {
            let size = square(&a).add(&square(&b), LONG, EVEN).ln(BITS, EVEN, c);
            (size.mul(&half, BITS, EVEN), truth2("arctan2", y, x, c))
        }
        "sqrt" => {
            let size = square(&a).add(&square(&b), LONG, EVEN).sqrt(LONG, EVEN);
            let root = |v: BigFloat| v.mul(&half, LONG, EVEN).sqrt(BITS, EVEN);
            // Where sizes differ much the difference is better a quotient.
            let most = root(size.add(&a.abs(), LONG, EVEN));
            let least = b.abs().mul(&half, BITS, EVEN).div(&most, BITS, EVEN);
            let signed = |v: BigFloat| if y < 0.0 { v.neg() } else { v };
            if x < 0.0 { (least, signed(most)) } else { (most, signed(least)) }
        }
        "sinh" | "cosh" | "tanh" => {
            let (sinh, cosh) = (a.sinh(BITS, EVEN, c), a.cosh(BITS, EVEN, c));
            let (sine, cosine) = (b.sin(BITS, EVEN, c), b.cos(BITS, EVEN, c));
            let product = |p: &BigFloat, q: &BigFloat| p.mul(q, BITS, EVEN);
            match name {
                "sinh" => (product(&sinh, &cosine), product(&cosh, &sine)),
                "cosh" => (product(&cosh, &cosine), product(&sinh, &sine)),
                _ => {
                    let below = product(&sinh, &sinh).add(&product(&cosine, &cosine), BITS, EVEN);
                    (
                        product(&sinh, &cosh).div(&below, BITS, EVEN),
                        product(&sine, &cosine).div(&below, BITS, EVEN),
                    )
                }
            }
        }
        // Turned by a quarter: f(z) = -i g(i z), cos z = cosh(i z).
        "sin" | "tan" => {
            let (re, im) = truth_of_complex(if name == "sin" { "sinh" } else { "tanh" }, -y, x, c);
            (im, re.neg())
        }
        _ => truth_of_complex("cosh", -y, x, c),
    }
}

/// A function's name, its kernels of complex128 and complex64, and the sizes of its parts.
type OfComplex = (&'static str, KernelFn, KernelFn, f64, f64);

macro_rules! of_complex {
    ($($name:ident $kernel:ident: $x:expr, $y:expr;)*) => {
        &[$((stringify!($name), math::$kernel::<c128>, math::$kernel::<c64>, $x, $y)),*]
    };
}

const OF_COMPLEX: &[OfComplex] = of_complex! {
    exp exp: 1450.0, MAX; log log: MAX, MAX; sqrt complex_sqrt: MAX, MAX;
    sin sin: MAX, 1450.0; cos cos: MAX, 1450.0; tan tan: MAX, 370.0;
    sinh sinh: 1450.0, MAX; cosh cosh: 1450.0, MAX; tanh tanh: 370.0, MAX;
};

/// A point of the plane; a third of those of logarithms are near the unit circle.
fn point(name: &str, most: (f64, f64), r: &mut Random) -> c128 {
    if name == "log" && r.bits().is_multiple_of(3) {
        let angle = 6.3 * r.unit();
        let size = 1.0 + (r.unit() - 0.5) * 2f64.powi(-((r.bits() % 60) as i32));
        return c128::new(size * angle.cos(), size * angle.sin());
    }
    // Large angles are rare, and usual sizes usual.
    let part = |r: &mut Random, most: f64| match r.bits() % 3 {
        0 => r.within(-most, most),
        1 => 40.0 * (r.unit() - 0.5),
        _ => 2.0 * (r.unit() - 0.5),
    };
    let (x, y) = (part(r, most.0), part(r, most.1));
    c128::new(x, y)
}

/// `a ** b` in 640 bits.
fn complex_power(a: c128, b: c128, c: &mut Consts) -> (BigFloat, BigFloat) {
    const LONG: usize = 640;
    let (x, y) = (big(a.re), big(a.im));
    let square = x.mul(&x, LONG, EVEN).add(&y.mul(&y, LONG, EVEN), LONG, EVEN);
    let size = square.ln(LONG, EVEN, c).mul(&big(0.5), LONG, EVEN);
    let angle = y.abs().div(&x.abs(), LONG, EVEN).atan(LONG, EVEN, c);
    let angle = if a.re < 0.0 { c.pi(LONG, EVEN).sub(&angle, LONG, EVEN) } else { angle };
    let angle = if a.im < 0.0 { angle.neg() } else { angle };
    let product = |p: &BigFloat, q: f64| p.mul(&big(q), LONG, EVEN);
    let re = product(&size, b.re).sub(&product(&angle, b.im), LONG, EVEN);
    let im = product(&size, b.im).add(&product(&angle, b.re), LONG, EVEN);
    let grown = re.exp(LONG, EVEN, c);
    (grown.mul(&im.cos(LONG, EVEN, c), BITS, EVEN), grown.mul(&im.sin(LONG, EVEN, c), BITS, EVEN))
}

#[test]
fn parts_of_complex_powers_are_within_one_ulp() {
    let n = points_per_function(200);
    let mut c = Consts::new().expect("constants");
    let mut r = Random(0x2545_f491_4f6c_dd1d);
    let mut worst = Worst::default();
    for i in 0..n {
        let part = |r: &mut Random| (r.unit() - 0.5) * 2f64.powi((r.bits() % 24) as i32 - 12);
        let a = c128::new(part(&mut r), part(&mut r));
        let whole = |r: &mut Random| ((r.bits() % 199) as f64 - 99.0, 0.0);
        let (re, im) = if i % 2 == 0 { whole(&mut r) } else { (part(&mut r) / 20.0, part(&mut r) / 20.0) };
        let b = c128::new(re, im);
        if b.im == 0.0 && (b.re == 2.0 || b.re == -1.0) {
            continue;
        }
        let got = run(math::power::<c128>, &[&[a, a], &[b, b]])[0];
        let (re, im) = complex_power(a, b, &mut c);
        worst.see(ulps(&re, got.re), || format!("{a:e} ** {b:e}: {got:e} real"));
        worst.see(ulps(&im, got.im), || format!("{a:e} ** {b:e}: {got:e} imaginary"));
    }
    worst.report("power", "complex128");
}

#[test]
fn parts_of_complex_functions_are_within_one_ulp() {
    let n = points_per_function(400);
    let mut c = Consts::new().expect("constants");
    let mut r = Random(0x9e37_79b9_7f4a_7c15);
    for &(name, kernel, _, x, y) in OF_COMPLEX {
        let mut worst = Worst::default();
        for _ in 0..n.div_ceil(1000) {
            let zs: Vec<c128> = (0..n.min(1000)).map(|_| point(name, (x, y), &mut r)).collect();
            for (z, got) in zs.iter().zip(run(kernel, &[&zs])) {
                let (re, im) = truth_of_complex(name, z.re, z.im, &mut c);
                worst.see(ulps(&re, got.re), || format!("{z:e}: {got:e} real"));
                worst.see(ulps(&im, got.im), || format!("{z:e}: {got:e} imaginary"));
            }
        }
        worst.report(name, "complex128");
    }
    for &(name, wide, kernel, x, y) in OF_COMPLEX {
        let mut worst = Worst::default();
        for _ in 0..(4 * n).div_ceil(1000) {
            let single = |z: c128| c64::new(z.re as f32, z.im as f32);
            let zs: Vec<c64> = (0..1000).map(|_| single(point(name, (x, y), &mut r))).collect();
            let zs: Vec<c64> = zs.into_iter().filter(|z| z.re.is_finite() && z.im.is_finite()).collect();
            let doubles: Vec<c128> = zs.iter().map(|z| c128::new(z.re as f64, z.im as f64)).collect();
            for ((z, got), truth) in zs.iter().zip(run(wide, &[&doubles])).zip(run(kernel, &[&zs])) {
                worst.see(ulps32(got.re, truth.re), || format!("{z:e}: {truth:e} real"));
                worst.see(ulps32(got.im, truth.im), || format!("{z:e}: {truth:e} imaginary"));
            }
        }
        worst.report(name, "complex64");
    }
}

fn ulps32(truth: f64, got: f32) -> f64 {
    if truth.is_nan() || got.is_nan() {
        return if truth.is_nan() == got.is_nan() { 0.0 } else { f64::INFINITY };
    }
    if got.is_infinite() || truth.is_infinite() {
        return if truth as f32 == got { 0.0 } else { f64::INFINITY };
    }
    let exponent = ((truth.to_bits() >> 52) & 0x7ff) as i32 - 1023 - 23;
    (got as f64 - truth).abs() * 2f64.powi(-exponent.max(-149))
}

#[test]
fn float32_is_within_one_ulp() {
    let n = points_per_function(20_000).min(1 << 32);
    let step = ((1u64 << 32) / n) | 1;
    for &(name, wide, kernel, ..) in ONES {
        let mut worst = Worst::default();
        let mut at = 0u64;
        while at < 1 << 32 {
            let xs: Vec<f32> = (0..4096)
                .map_while(|_| {
                    let x = f32::from_bits(u32::try_from(at).ok()?);
                    at += step;
                    Some(x)
                })
                .collect();
            let doubles: Vec<f64> = xs.iter().map(|&x| x as f64).collect();
            for ((&x, y), truth) in xs.iter().zip(run(kernel, &[&xs])).zip(run(wide, &[&doubles])) {
                worst.see(ulps32(truth, y), || format!("{x:e}: {y:e}"));
            }
        }
        worst.report(name, "float32");
    }
    let mut r = Random(0x2545_f491_4f6c_dd1d);
    for &(name, wide, kernel) in TWOS {
        let mut worst = Worst::default();
        for _ in 0..n.div_ceil(1000) {
            let number = |r: &mut Random| f32::from_bits(r.bits() as u32);
            let draw = |r: &mut Random| match (name, r.bits() % 2) {
                ("power", 0) => (20.0 * r.unit() as f32, (80.0 * r.unit()) as f32 - 40.0),
                ("logaddexp" | "logaddexp2", _) => {
                    let x = 1.0 + 200.0 * r.unit() as f32;
                    (x, x + 60.0 * (r.unit() as f32 - 0.5))
                }
                _ => (number(r), number(r)),
            };
            let (xs, ys): (Vec<f32>, Vec<f32>) = (0..n.min(1000)).map(|_| draw(&mut r)).unzip();
            let double = |x: &[f32]| x.iter().map(|&x| x as f64).collect::<Vec<f64>>();
            let truths = run(wide, &[&double(&xs), &double(&ys)]);
            for (((&x, &y), z), truth) in xs.iter().zip(&ys).zip(run(kernel, &[&xs, &ys])).zip(truths) {
                worst.see(ulps32(truth, z), || format!("{x:e}, {y:e}: {z:e}"));
            }
        }
        worst.report(name, "float32");
    }
}
