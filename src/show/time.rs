//! Durations as text: `7.23 ms`, `120 µs`, `1min 30s`. The unit is chosen after rounding, so no
//! mantissa reaches 1,000. `%timeit` and `%time` print with it.

/// Seconds with `digits` significant digits and a unit; from a minute on in minutes, hours, days.
pub fn duration(seconds: f64, digits: usize) -> String {
    let digits = digits.clamp(1, 100);
    if !seconds.is_finite() {
        return format!("{seconds} s");
    }
    if seconds < 0.0 {
        return format!("-{}", duration(-seconds, digits));
    }
    if seconds < 1e-12 {
        return "0 ns".into(); // below what any clock tells
    }
    let (mantissa, exponent) = rounded(seconds, digits);
    if exponent >= 2 || (exponent == 1 && mantissa >= 6.0) {
        return long(seconds.max(60.0));
    }
    let (scale, unit) = match exponent {
        0.. => (0, "s"),
        -3..=-1 => (3, "ms"),
        -6..=-4 => (6, "µs"),
        _ => (9, "ns"),
    };
    format!("{} {unit}", positional(mantissa, exponent + scale, digits))
}

/// A count with a comma between groups of three digits.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Mantissa and decimal exponent after rounding to `digits` significant digits.
fn rounded(x: f64, digits: usize) -> (f64, i32) {
    let text = format!("{x:.*e}", digits - 1);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.parse().unwrap_or(x), exponent.parse().unwrap_or(0))
}

/// `mantissa × 10^exponent` without an exponent and without trailing zeros after the point.
fn positional(mantissa: f64, exponent: i32, digits: usize) -> String {
    let places = (digits as i32 - 1 - exponent).max(0) as usize;
    let text = format!("{:.*}", places, mantissa * 10f64.powi(exponent));
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
}

/// `1d 2h 3min 4s`, parts that are zero left out.
fn long(seconds: f64) -> String {
    let mut left = seconds;
    let mut parts = Vec::new();
    for (name, length) in [("d", 86_400.0), ("h", 3_600.0), ("min", 60.0), ("s", 1.0)] {
        let count = (left / length).floor();
        if count > 0.0 {
            left -= count * length;
            parts.push(format!("{count}{name}"));
        }
        if left < 1.0 {
            break;
        }
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_follow_the_rounded_value() {
        let cases = [
            (7.234e-3, "7.23 ms"),
            (120e-6, "120 µs"),
            (999.6e-9, "1 µs"),
            (999.4e-9, "999 ns"),
            (999.96e-3, "1 s"),
            (12.34e-9, "12.3 ns"),
            (0.3e-9, "0.3 ns"),
            (1.0, "1 s"),
            (12.5, "12.5 s"),
            (0.0, "0 ns"),
            (59.99, "1min"),
            (60.0, "1min"),
            (90.0, "1min 30s"),
            (90061.0, "1d 1h 1min 1s"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(seconds, 3), text, "{seconds}");
        }
    }

    #[test]
    fn precision_never_brings_an_exponent() {
        assert_eq!(duration(123.4e-6, 1), "100 µs");
        assert_eq!(duration(123.4e-6, 2), "120 µs");
        assert_eq!(duration(123.4567e-6, 6), "123.457 µs");
    }

    #[test]
    fn commas() {
        assert_eq!(thousands(1), "1");
        assert_eq!(thousands(1000), "1,000");
        assert_eq!(thousands(10_000_000), "10,000,000");
    }
}
