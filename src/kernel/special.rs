//! Special functions of one or two numbers.

/// The modified Bessel function of the first kind and order 0, from its power series and its
/// asymptotic expansion (Abramowitz and Stegun, "Handbook of Mathematical Functions", 9.6.12 and
/// 9.7.1).
pub fn i0(x: f64) -> f64 {
    let x = x.abs();
    if x.is_nan() {
        return x;
    }
    if x < 30.0 {
        // Sum of (x²/4)^k / (k!)²; all terms are positive.
        let q = x * x / 4.0;
        let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
        while term > sum * 1e-18 {
            term *= q / (k * k);
            sum += term;
            k += 1.0;
        }
        return sum;
    }
    // e^x / sqrt(2πx) times the sum of products of (2j-1)² / (8xj).
    let (mut term, mut sum) = (1.0, 1.0);
    for j in 1..40 {
        let j = j as f64;
        let next = term * (2.0 * j - 1.0) * (2.0 * j - 1.0) / (8.0 * x * j);
        if next >= term || next < sum * 1e-18 {
            break;
        }
        term = next;
        sum += term;
    }
    let half = (x / 2.0).exp();
    half / (2.0 * std::f64::consts::PI * x).sqrt() * sum * half
}

/// `x!`, by products where the result is exact, else by the gamma function.
pub fn factorial(x: f64) -> f64 {
    if (0.0..171.0).contains(&x) && x.fract() == 0.0 {
        return (2..=x as u32).fold(1.0, |p, k| p * k as f64);
    }
    libm::tgamma(x + 1.0)
}

/// `k` of `n`: products for whole numbers, else gamma functions.
pub fn binomial(k: f64, n: f64) -> f64 {
    let whole = k.fract() == 0.0 && n.fract() == 0.0;
    // Of negative numbers, as the polynomial in n is: `3 ! ¯2` is ¯4.
    if whole && n < 0.0 {
        let sign = |k: f64| if k % 2.0 == 0.0 { 1.0 } else { -1.0 };
        return match (k >= 0.0, k <= n) {
            (true, _) => sign(k) * binomial(k, k - n - 1.0),
            (_, true) => sign(n - k) * binomial(n - k, -k - 1.0),
            _ => 0.0,
        };
    }
    if whole && n >= 0.0 {
        if k < 0.0 || k > n {
            return 0.0;
        }
        let k = k.min(n - k);
        if k <= 1e6 {
            let mut result = 1.0f64;
            for i in 0..k as u64 {
                // Each step is a whole number while it fits 53 bits.
                let next = result * (n - i as f64);
                let divisor = (i + 1) as f64;
                result = if next < 9007199254740992.0 {
                    next / divisor
                } else {
                    result / divisor * (n - i as f64)
                };
            }
            return if result < 9007199254740992.0 { result.round() } else { result };
        }
    }
    let (a, b, c) = (libm::lgamma_r(n + 1.0), libm::lgamma_r(k + 1.0), libm::lgamma_r(n - k + 1.0));
    (a.0 - b.0 - c.0).exp() * (a.1 * b.1 * c.1) as f64
}
