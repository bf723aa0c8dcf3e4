//! Functions of complex numbers, with C99's branch cuts and special values.

use crate::dtype::c128;

/// `a ** b`, as NumPy computes it: exact small integer powers by squaring, else `exp(b log a)`.
pub fn pow128(a: c128, b: c128) -> c128 {
    if b.re == 0.0 && b.im == 0.0 {
        return c128::new(1.0, 0.0);
    }
    if a.re == 0.0 && a.im == 0.0 {
        if b.re > 0.0 && b.im == 0.0 {
            return c128::new(0.0, 0.0);
        }
        return c128::new(f64::NAN, f64::NAN);
    }
    if b.im == 0.0 && b.re.trunc() == b.re && b.re.abs() < 100.0 {
        let n = b.re as i32;
        let mut mask = 1u32;
        let (mut result, mut p) = (c128::new(1.0, 0.0), a);
        let count = n.unsigned_abs();
        if n == 1 {
            return a;
        }
        if n == 2 {
            return mul(a, a);
        }
        if n == 3 {
            return mul(a, mul(a, a));
        }
        while mask <= count {
            if count & mask != 0 {
                result = mul(result, p);
            }
            mask <<= 1;
            p = mul(p, p);
        }
        return if n < 0 { super::arith::Divide::div(c128::new(1.0, 0.0), result) } else { result };
    }
    a.powc(b)
}

fn mul(a: c128, b: c128) -> c128 {
    c128::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
}
