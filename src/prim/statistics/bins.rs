//! How wide bins should be: the rules that `np.histogram` knows by name. Samples in, a width out; 0 where a
//! rule has no answer.
//!
//! Formulas as NumPy documents them: H. A. Sturges (1926), D. W. Scott (1979), D. Freedman and P. Diaconis
//! (1981), D. P. Doane (1976).

/// The width of bins by a rule, for a sample that is not empty; `None` if there is no rule of the name.
pub fn width(rule: &str, x: &[f64]) -> Option<f64> {
    Some(match rule {
        "auto" => freedman_diaconis(x).max(extent(x) / count(x).sqrt() / 2.0).min(sturges(x)),
        "fd" => freedman_diaconis(x),
        "sturges" => sturges(x),
        "sqrt" => extent(x) / count(x).sqrt(),
        "rice" => extent(x) / (2.0 * count(x).powf(1.0 / 3.0)),
        "scott" => (24.0 * std::f64::consts::PI.sqrt() / count(x)).powf(1.0 / 3.0) * moments(x).1,
        "doane" => doane(x),
        _ => return None,
    })
}

fn count(x: &[f64]) -> f64 {
    x.len() as f64
}

fn extent(x: &[f64]) -> f64 {
    let (low, high) = x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    high - low
}

fn sturges(x: &[f64]) -> f64 {
    extent(x) / (count(x).log2() + 1.0)
}

/// Mean and standard deviation.
fn moments(x: &[f64]) -> (f64, f64) {
    let mean = x.iter().sum::<f64>() / count(x);
    let square = x.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count(x);
    (mean, square.sqrt())
}

fn freedman_diaconis(x: &[f64]) -> f64 {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quantile = |q: f64| {
        let at = q * (count(x) - 1.0);
        let (low, part) = (at.floor() as usize, at.fract());
        let high = (low + 1).min(sorted.len() - 1);
        sorted[low] + (sorted[high] - sorted[low]) * part
    };
    2.0 * (quantile(0.75) - quantile(0.25)) / count(x).powf(1.0 / 3.0)
}

fn doane(x: &[f64]) -> f64 {
    let n = count(x);
    let (mean, sigma) = moments(x);
    if n <= 2.0 || sigma <= 0.0 {
        return 0.0;
    }
    let spread = (6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0))).sqrt();
    let skew = x.iter().map(|v| ((v - mean) / sigma).powi(3)).sum::<f64>() / n;
    extent(x) / (1.0 + n.log2() + (1.0 + skew.abs() / spread).log2())
}
