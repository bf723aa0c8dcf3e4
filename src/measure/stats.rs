//! Statistics of times. Times have outliers, all on one side, and drift while a machine warms up; so
//! medians stand for samples, intervals are free of assumptions about their distribution, and what is
//! too noisy to be a result is told as such.

/// The middle value; the mean of the two middle ones of an even number. NaN of nothing.
pub fn median(xs: &[f64]) -> f64 {
    let mut sorted = xs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    match n {
        0 => f64::NAN,
        _ if n % 2 == 1 => sorted[n / 2],
        _ => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

/// The 95% confidence interval of the median of the population that a sample comes from, by its order
/// statistics: the number of values below the median is binomial, whatever the distribution (Conover,
/// Practical Nonparametric Statistics, 3.2). `None` for fewer than six values, which cannot tell.
pub fn median_interval(xs: &[f64]) -> Option<(f64, f64)> {
    let n = xs.len();
    let mut sorted = xs.to_vec();
    sorted.sort_by(f64::total_cmp);
    // The largest k with P(fewer than k values below the median) <= 2.5%.
    let (mut k, mut below, mut term) = (0, 0.0, 0.5f64.powi(n as i32));
    while below + term <= 0.025 {
        below += term;
        term *= (n - k) as f64 / (k + 1) as f64;
        k += 1;
    }
    (k > 0 && k <= n / 2).then(|| (sorted[k - 1], sorted[n - k]))
}

/// How far apart a sample lies without its extremes (a tenth at each end, at least one of five), as a
/// share of its median.
pub fn spread(xs: &[f64]) -> f64 {
    let mut sorted = xs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    if n < 2 {
        return 0.0;
    }
    let cut = (n / 10).max((n >= 5) as usize);
    (sorted[n - 1 - cut] - sorted[cut]) / median(xs)
}

/// By which share of the median a series grew (or, negative, fell) from its beginning to its end, if
/// that is no chance: Mann and Kendall's test at 1%, and Theil and Sen's slope.
pub fn drift(xs: &[f64]) -> Option<f64> {
    let n = xs.len();
    if n < 6 {
        return None;
    }
    let (mut sum, mut slopes) = (0.0, Vec::with_capacity(n * n / 2));
    for i in 0..n {
        for j in i + 1..n {
            let d = xs[j] - xs[i];
            sum += if d == 0.0 { 0.0 } else { d.signum() };
            slopes.push(d / (j - i) as f64);
        }
    }
    let m = n as f64;
    let deviation = (m * (m - 1.0) * (2.0 * m + 5.0) / 18.0).sqrt();
    let z = (sum.abs() - 1.0).max(0.0) / deviation;
    (z > 2.576).then(|| median(&slopes) * (m - 1.0) / median(xs))
}

/// Spreads and drifts up to which a measurement passes for a result.
const CALM: f64 = 0.15;
const STEADY: f64 = 0.05;

/// What is wrong with a series of times, in the order in which they were taken; nothing if they may
/// pass for a result.
pub fn noise(times: &[f64]) -> Option<String> {
    let share = |x: f64| format!("{:.0}%", x.abs() * 100.0);
    if let Some(drift) = drift(times).filter(|d| d.abs() > STEADY) {
        let way = if drift > 0.0 { "longer" } else { "shorter" };
        return Some(format!("drifting: the last runs took {} {way} than the first", share(drift)));
    }
    let spread = spread(times);
    (spread > CALM).then(|| format!("noisy: runs differ by {}; repeat on a quiet machine", share(spread)))
}

/// The share of its time that work may wait for a processor.
const CALM_SYSTEM: f64 = 0.05;

/// What is to be said of work that waited for a processor for this share of its time, as others had it.
pub fn busy(waited: f64) -> Option<String> {
    let share = waited * 100.0;
    (waited > CALM_SYSTEM).then(|| format!("busy: the work waited {share:.0}% of its time for a processor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made-up series: `base` with noise of this relative size, the same each time.
    fn series(n: usize, base: f64, noise: f64) -> Vec<f64> {
        let mut state = 12345u64;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 40) as f64 / (1u64 << 24) as f64 - 0.5
        };
        (0..n).map(|_| base * (1.0 + noise * next())).collect()
    }

    #[test]
    fn medians() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn intervals_are_those_of_the_sign_test() {
        // Conover's table: n = 10 takes the 2nd and the 9th value, n = 20 the 6th and the 15th.
        let count = |n: usize| (1..=n).map(|i| i as f64).collect::<Vec<_>>();
        assert_eq!(median_interval(&count(5)), None);
        assert_eq!(median_interval(&count(6)), Some((1.0, 6.0)));
        assert_eq!(median_interval(&count(10)), Some((2.0, 9.0)));
        assert_eq!(median_interval(&count(20)), Some((6.0, 15.0)));
        assert_eq!(median_interval(&[]), None);
    }

    #[test]
    fn one_outlier_moves_no_interval() {
        let mut xs = series(21, 1.0, 0.02);
        let before = median_interval(&xs).unwrap();
        xs[7] = 50.0;
        let after = median_interval(&xs).unwrap();
        assert!((before.0 - after.0).abs() < 0.01 && (before.1 - after.1).abs() < 0.01);
    }

    #[test]
    fn drift_is_found_in_noise_and_not_in_noise_alone() {
        assert_eq!(drift(&series(21, 1.0, 0.2)), None);
        let warming: Vec<f64> =
            series(21, 1.0, 0.02).iter().enumerate().map(|(i, x)| x * (1.0 + 0.01 * i as f64)).collect();
        let found = drift(&warming).unwrap();
        assert!((0.12..0.25).contains(&found), "{found}");
        assert_eq!(drift(&[1.0; 5]), None);
        assert_eq!(drift(&[1.0; 30]), None);
    }

    #[test]
    fn waiting_is_told() {
        assert_eq!(busy(0.01), None);
        assert_eq!(busy(0.4).unwrap(), "busy: the work waited 40% of its time for a processor");
    }

    #[test]
    fn noise_says_so() {
        assert_eq!(noise(&series(21, 1e-3, 0.05)), None);
        let wild = noise(&series(21, 1e-3, 0.8)).unwrap();
        assert!(wild.starts_with("noisy: runs differ by "), "{wild}");
        let rising: Vec<f64> = (0..9).map(|i| 1.0 + 0.05 * i as f64).collect();
        assert_eq!(noise(&rising).unwrap(), "drifting: the last runs took 33% longer than the first");
        let falling: Vec<f64> = rising.iter().rev().copied().collect();
        assert_eq!(noise(&falling).unwrap(), "drifting: the last runs took 33% shorter than the first");
    }
}
