//! Bytes, operations and rates as text, in powers of a thousand: `24 MB`, `31 GB/s`, `2.1 Gflop`.
//! Lines never pass 75 columns, and nothing depends on colour.

const PREFIXES: [&str; 6] = ["", "k", "M", "G", "T", "P"];

/// `1.23 M` for 1,234,567: two or three significant digits and a prefix, before a unit.
fn scaled(x: f64, digits: usize) -> String {
    let mut power = 0;
    let mut mantissa = x.abs();
    while power + 1 < PREFIXES.len() && rounded(mantissa, digits) >= 1000.0 {
        mantissa /= 1000.0;
        power += 1;
    }
    let value = rounded(mantissa, digits);
    let places = if value >= 100.0 || value == value.trunc() {
        0
    } else if value >= 10.0 {
        digits.saturating_sub(2)
    } else {
        digits - 1
    };
    let number = format!("{value:.places$}");
    let number = match number.contains('.') {
        true => number.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => number,
    };
    format!("{number} {}", PREFIXES[power])
}

fn rounded(x: f64, digits: usize) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let exponent = x.log10().floor() as i32;
    let unit = 10f64.powi(exponent + 1 - digits as i32);
    (x / unit).round() * unit
}

/// A number of bytes: `0 bytes`, `800 bytes`, `24 MB`, `1.57 MB`.
pub fn bytes(n: u64) -> String {
    match n {
        1 => "1 byte".into(),
        0..1000 => format!("{n} bytes"),
        _ => scaled(n as f64, 3) + "B",
    }
}

/// Bytes per second: `31 GB/s`.
pub fn rate(bytes_per_second: f64) -> String {
    scaled(bytes_per_second, 2) + "B/s"
}

/// Operations on floats: `2.1 Gflop`.
pub fn flop(n: u64) -> String {
    scaled(n as f64, 2) + "flop"
}

/// Operations per second: `98 Gflop/s`.
pub fn flop_rate(per_second: f64) -> String {
    scaled(per_second, 2) + "flop/s"
}

/// `1 pass`, `3 passes`, `1,024 passes`: a count with its noun, `es` or `s` for many.
pub fn count(n: u64, one: &str) -> String {
    let many = if one.ends_with('s') {
        "es"
    } else if one.ends_with('y') {
        "ies"
    } else {
        "s"
    };
    let stem = if n != 1 && many == "ies" { one.trim_end_matches('y') } else { one };
    format!("{} {stem}{}", crate::show::time::thousands(n), if n == 1 { "" } else { many })
}

/// A share of the whole: `86%`, `0.4%`.
pub fn percent(share: f64) -> String {
    let p = share * 100.0;
    if p < 0.95 { format!("{p:.1}%") } else { format!("{p:.0}%") }
}

/// A bar of `width` cells for a share of the whole; without graphics there is none.
pub fn bar(share: f64, width: usize, look: Look) -> String {
    if look == Look::Spoken {
        return String::new();
    }
    let cells = (share.clamp(0.0, 1.0) * width as f64).round().max(if share > 0.0 { 1.0 } else { 0.0 });
    let cell = if look == Look::Ascii { "#" } else { "█" };
    cell.repeat(cells as usize)
}

/// What the output may be drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Unicode,
    Ascii,
    /// To be read aloud: no drawing at all.
    Spoken,
}

/// JSON for a number: `null` where it is not finite.
pub fn json_number(x: f64) -> String {
    if x.is_finite() { format!("{x:?}") } else { "null".into() }
}

/// JSON for a text.
pub fn json_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out + "\""
}

/// JSON for items that are JSON already.
pub fn json_list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(", "))
}

/// JSON for keys and values that are JSON already.
pub fn json_object(fields: &[(&str, String)]) -> String {
    let fields: Vec<_> = fields.iter().map(|(k, v)| format!("{}: {v}", json_string(k))).collect();
    format!("{{{}}}", fields.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_prefix_and_few_digits() {
        let cases = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1 kB"),
            (1234, "1.23 kB"),
            (24_000_000, "24 MB"),
            (999_999, "1 MB"),
            (123_456_789, "123 MB"),
            (12_345_678, "12.3 MB"),
        ];
        for (n, want) in cases {
            assert_eq!(bytes(n), want);
        }
        assert_eq!(rate(31.2e9), "31 GB/s");
        assert_eq!(flop(2_140_000_000), "2.1 Gflop");
        assert_eq!(flop_rate(98.2e9), "98 Gflop/s");
        assert_eq!(flop(12), "12 flop");
    }

    #[test]
    fn counts_have_their_plural() {
        assert_eq!(count(1, "pass"), "1 pass");
        assert_eq!(count(3, "pass"), "3 passes");
        assert_eq!(count(0, "temporary"), "0 temporaries");
        assert_eq!(count(1200, "buffer"), "1,200 buffers");
    }

    #[test]
    fn json_is_escaped() {
        let object = json_object(&[("a\"", json_string("x\n\u{1}")), ("b", json_number(f64::NAN))]);
        assert_eq!(object, "{\"a\\\"\": \"x\\n\\u0001\", \"b\": null}");
    }
}
