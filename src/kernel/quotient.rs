//! Quotients by one number as products, with the same bits as a division's.
//!
//! The reciprocal of `b` is held in two floats, `high` its first digits (cut off, so that both have one sign and
//! zeros and infinities keep theirs) and `low` the rest. `fma(a, high, a * low)` rounds `a / b (1 + e)`, where `|e|`
//! is at most `2^(2 - 2p)` with `p` digits, and so gives the quotient unless a middle between two floats lies as
//! near as that to it. With `a` and `b` scaled to whole numbers `A` and `B` of `p` digits, a middle is `M / 2^s`,
//! `M` odd with `p + 1` digits and `s` either `p`, if `A` is not less than `B`, or `p + 1`, and lies so near only where
//! `|A 2^s - M B|` is at most 4 or 8. For each of these distances `M` is known modulo a power of two: a dozen
//! numerators, of which each is tried.
//! A number by which all of them come out right divides every `a` right. After N. Brisebarre, J.-M. Muller and S. K.
//! Raina, "Accelerating correctly rounded floating-point division when the divisor is known in advance", IEEE Trans.
//! Computers 53(8), 2004, who look for the numerators with continued fractions.
//!
//! Numerators so small that `a * low` would lose digits are divided; sizes of divisors are bounded for the same reason.
//! Of 1000 random divisors 916 are known to divide right, of the whole numbers below 2000 all. Finding that out
//! takes some 55 ns, a third of it the inverse and the two divisions that wait for each other.
//!
//! Eight float64 are divided in 10 cycles of this processor and multiplied twice in 2; looking for small ones takes 2
//! more. Two corrections with the exact rest, which need no test of the divisor, take as long as a division with
//! what goes around them (0.33 to 0.43 ns an element in a chain, a division 0.31).
//!
//! Called by the loop of `chain`.

/// A float that may have a reciprocal in two.
pub(super) trait Divisor: Copy {
    /// Numerators below it, but for zeros, are small.
    const SMALL: Self;
    /// The reciprocal in two floats of one sign; `None` for powers of two, which have one, and beyond the bounds.
    fn parts(self) -> Option<[Self; 2]>;
    /// The numerators to try.
    fn numerators(self) -> [Self; TRIED];
}

/// The numerators that are tried, those that fill the vectors included.
pub(super) const TRIED: usize = 16;

macro_rules! divisor {
    ($($float:ident $bits:ident $wide:ident $range:expr, $small:expr;)*) => {$(
        impl Divisor for $float {
            const SMALL: $float = $small;

            #[inline(always)]
            fn parts(self) -> Option<[$float; 2]> {
                let nearest = 1.0 / self;
                // Exact: of the two floats next to a reciprocal.
                let rest = |high: $float| (-self).mul_add(high, 1.0);
                // Toward zero.
                let cut = (rest(nearest) < 0.0) as $bits;
                let high = <$float>::from_bits(nearest.to_bits() - cut);
                let low = rest(high) / self;
                (low != 0.0 && ($range).contains(&self.abs())).then_some([high, low])
            }

            #[inline(always)]
            fn numerators(self) -> [$float; TRIED] {
                const DIGITS: u32 = <$float>::MANTISSA_DIGITS;
                // The divisor as a whole number of so many digits.
                let whole = self.to_bits() & ((1 << (DIGITS - 1)) - 1) | 1 << (DIGITS - 1);
                return match whole.trailing_zeros() {
                    0 => near::<0>(whole),
                    1 => near::<1>(whole),
                    2 => near::<2>(whole),
                    3 => near::<3>(whole),
                    _ => [whole as $float; TRIED],
                };

                /// Those next to a middle, by a divisor of which so many digits at the end are zero. The others are
                /// the divisor itself.
                #[inline(always)]
                fn near<const ZEROS: u32>(whole: $bits) -> [$float; TRIED] {
                    let odd = whole >> ZEROS;
                    // Its inverse modulo a power of two: each step doubles the digits, the first three being right.
                    let mut inverse = odd;
                    for _ in 0..$bits::BITS.ilog2() - 1 {
                        inverse = inverse.wrapping_mul((2 as $bits).wrapping_sub(odd.wrapping_mul(inverse)));
                    }
                    let mut tried = [whole; TRIED];
                    let mut next = 0;
                    for (scale, most) in [(DIGITS, 4i8), (DIGITS + 1, 8)] {
                        let modulus: $bits = 1 << (scale - ZEROS);
                        for distance in (1..=most >> ZEROS).step_by(2).flat_map(|d| [d, -d]) {
                            let middle = inverse.wrapping_mul((distance as $bits).wrapping_neg()) & (modulus - 1);
                            let first = (1 << DIGITS) / modulus * modulus + middle;
                            for k in 0..(1 << DIGITS).max(modulus) / modulus {
                                let middle = first + k * modulus;
                                let product = middle as $wide * odd as $wide;
                                let a = (product.wrapping_add(distance as $wide) >> (scale - ZEROS)) as $bits;
                                let fits = (a >> (DIGITS - 1) == 1) & (middle >> DIGITS == 1);
                                if fits & ((a >= whole) == (scale == DIGITS)) {
                                    tried[next] = a;
                                }
                                next += 1;
                            }
                        }
                    }
                    tried.map(|a| a as $float)
                }
            }
        }
    )*};
}
divisor! {
    f32 u32 u64 1e-6..1e6, 1e-15;
    f64 u64 u128 1e-60..1e60, 1e-200;
}

#[cfg(test)]
mod tests {
    use super::Divisor;

    /// The reciprocal, where all the numerators that may come out wrong are right.
    macro_rules! reciprocal {
        ($b:expr) => {{
            let b = $b;
            let right =
                |[high, low]: &[_; 2]| b.numerators().into_iter().all(|a| a.mul_add(*high, a * low) == a / b);
            b.parts().filter(right)
        }};
    }

    /// Of each divisor, how many of all fractions of a numerator come out wrong: some, or none if it is known.
    #[test]
    fn quotients_of_single_floats_are_those_of_a_division() {
        let divisors = [3f32, 255.0, 0.1, 3.7, -7.0, 1.0000001, 1.9999999, 0.3, 641.0, 8388607.0 / 16.0];
        let (mut known, mut wrong) = (0, 0);
        for b in divisors.into_iter().chain((1..40).map(|k| 1.0 + k as f32 * 0.0137)) {
            let Some([high, low]) = b.parts() else { continue };
            let all = 1f32.to_bits()..2f32.to_bits();
            let differs = |bits: &u32| {
                let a = f32::from_bits(*bits);
                a.mul_add(high, a * low).to_bits() != (a / b).to_bits()
            };
            let differ = all.filter(differs).count();
            assert_eq!(reciprocal!(b).is_some(), differ == 0, "{b}: {differ}");
            known += (differ == 0) as usize;
            wrong += (differ > 0) as usize;
        }
        assert!(known > 20 && wrong > 0, "{known} and {wrong}");
    }

    #[test]
    fn powers_of_two_and_ends_of_the_range_are_divided() {
        for b in [1f64, 0.5, -4.0, 0.0, f64::NAN, f64::INFINITY, 1e300, 1e-300, f64::MIN_POSITIVE / 4.0] {
            assert_eq!(reciprocal!(b), None, "{b}");
        }
    }

    #[test]
    fn most_numbers_have_a_reciprocal() {
        let mut x = 1u64;
        let mut known = 0;
        for _ in 0..1000 {
            x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            known += reciprocal!(f64::from_bits(1f64.to_bits() | x >> 12)).is_some() as usize;
        }
        assert!(known > 900, "{known} of 1000");
        for b in [3f64, 7.0, 10.0, 255.0, 0.1, 3.7, 1e3, 86400.0] {
            assert!(reciprocal!(b).is_some(), "{b}");
        }
    }
}
