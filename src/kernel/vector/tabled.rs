//! Functions of float32 in float32 lanes, by table.
//!
//! The argument's range is cut into at most 32 intervals by its bits. For each, a table has a number in
//! the interval, the function there, and a polynomial of the distance (interpolation at Chebyshev nodes,
//! in 200 bits). The number is so chosen that the function there is a float to a small part of a unit:
//! its rounding would be seen in the result. So only the last sum rounds much.
//!
//! Steps of a register, 16 elements: exp 6 multiply-adds, a product and 2 looks, tanh 6 and 8 looks, log2 6, a
//! product and 6 looks. What only
//! zeros, subnormal, infinite and negative numbers need is left out of registers that hold none.

use super::lanes::{Function, Lanes, Table, apply};
use super::table_single::{CBRT, LOG, LOG2, LOG10, POWER, TANH};
use crate::kernel::{Block, BlockMut};

macro_rules! kernels {
    ($($name:ident)*) => {$(
        pub fn $name(ops: &[Block<'_>], out: BlockMut<'_>) {
            #[derive(Clone, Copy)]
            struct Of;
            impl Function for Of {
                #[inline(always)]
                fn of<L: Lanes>(self, x: L) -> L {
                    in_lanes::$name(x)
                }
            }
            apply(Of, ops, out);
        }
    )*};
}
kernels! { exp exp2 tanh cbrt log log2 log10 log1p }

/// A polynomial whose coefficients are found in tables.
#[inline(always)]
fn series<L: Lanes>(tables: &[Table], at: L::Whole, t: L) -> L {
    let mut sum = t.all(0.0);
    for (k, c) in tables.iter().enumerate().rev() {
        let c = t.look(c, at);
        sum = if k + 1 == tables.len() { c } else { sum.mul_add(t, c) };
    }
    sum
}

mod in_lanes {
    use super::*;

    /// What added to a number below 2**22 leaves it, rounded to a whole one, in the low bits.
    const MAGIC: f32 = 12582912.0;

    /// `2**(k + j/32) e**r`, with `r` to half of ln 2 / 32 and a little more, so that three terms of its series do.
    /// The quotient by ln 2 / 32, a sum of two floats, leaves an `r` that is exact but for what the second takes.
    #[inline(always)]
    pub fn exp<L: Lanes>(x: L) -> L {
        const STEP: (f32, f32) = (0.02166085, -5.9520444e-11);
        // Beyond 87 results need not be normal numbers.
        let unusual = x.may_fail(x.among(x.abs().bits(), 0, 0x42ae_0000));
        let c = if unusual { between(x, -110.0, 90.0) } else { x };
        let t = c.mul_add(x.all(46.16624), x.all(MAGIC));
        let n = t - x.all(MAGIC);
        let r = n.mul_add(x.all(-STEP.1), n.mul_add(x.all(-STEP.0), c));
        let q = r.mul_add(x.all(1.0 / 6.0), x.all(0.5));
        power(t.bits(), (r * r).mul_add(q, r), unusual)
    }

    /// The same of a distance in units of ln 2, which is exact.
    #[inline(always)]
    pub fn exp2<L: Lanes>(x: L) -> L {
        let unusual = x.may_fail(x.among(x.abs().bits(), 0, 0x42fc_0000));
        let c = if unusual { between(x, -160.0, 130.0) } else { x };
        let t = c.mul_add(x.all(32.0), x.all(MAGIC));
        let f = (t - x.all(MAGIC)).mul_add(x.all(-1.0 / 32.0), c);
        let q = f.mul_add(x.all(0.05550411), x.all(0.2402265));
        power(t.bits(), f.mul_add(q, x.all(std::f32::consts::LN_2)) * f, unusual)
    }

    /// A number, or the nearer of two ends; NaN stays.
    #[inline(always)]
    fn between<L: Lanes>(x: L, least: f32, most: f32) -> L {
        x.pick(x.less(x.all(least)), x.all(least), x).at_most(most)
    }

    /// `2**(n / 32) (1 + p)`, for an integer added to `MAGIC`. Where the result may be no normal number the power of two
    /// goes in two factors.
    #[inline(always)]
    fn power<L: Lanes>(n: L::Whole, p: L, unusual: bool) -> L {
        let base = p.look(&POWER[0], n);
        let y = base + base.mul_add(p, p.look(&POWER[1], n));
        // The bits of `MAGIC` are shifted out.
        let whole = p.up::<18>(p.and_all(n, !31));
        if !unusual {
            return p.with_bits(p.plus(y.bits(), whole));
        }
        let half = p.and_all(p.down::<1>(whole), -1 << 23);
        let factor = |k| p.with_bits(p.add_all(k, 127 << 23));
        y * factor(half) * factor(p.minus(whole, half))
    }

    /// Four intervals in each power of two up to 10; the lowest goes down to 0.
    #[inline(always)]
    pub fn tanh<L: Lanes>(x: L) -> L {
        const LEAST: i32 = 0x3d20_0000;
        const FIRST: f32 = f32::from_bits(LEAST as u32 + (1 << 21));
        // From 9.02 on the result is 1.
        let a = x.abs().at_most(9.11);
        let at = x.down::<21>(x.at_least(x.add_all(a.bits(), -LEAST), 0));
        let [middle, value, slope @ ..] = &TANH;
        // Small numbers are the sum's first term as they are.
        let base = x.pick(a.less(x.all(FIRST)), a, x.look(value, at));
        let t = a - x.look(middle, at);
        series(slope, at, t).mul_add(t, base).with_sign(x)
    }

    /// `2**(3 q + r) m` with `m` from 1 to 2: eight intervals of `m` for each rest.
    #[inline(always)]
    pub fn cbrt<L: Lanes>(x: L) -> L {
        let a = x.abs();
        let unusual = x.may_fail(x.among(a.bits(), FIRST_NORMAL, NORMALS));
        let subnormal = a.less(x.all(f32::MIN_POSITIVE));
        let b = if unusual { x.pick(subnormal, a * x.all(16777216.0), a) } else { a };
        let eighths = x.down::<20>(b.bits());
        // Of the exponent as it is stored, 23 more than which is 150 above the number's; a third of it.
        let q = x.down::<16>(x.times_all(x.add_all(x.down::<3>(eighths), 23), 21846));
        let at = x.minus(x.add_all(eighths, 23 * 8), x.times_all(q, 3 * 8));
        let m = x.with_bits(x.add_all(x.and_all(b.bits(), 0x007f_ffff), 0x3f80_0000));
        let [middle, value, slope @ ..] = &CBRT;
        let t = m - x.look(middle, at);
        let root = series(slope, at, t).mul_add(t, x.look(value, at));
        let root = x.with_bits(x.plus(root.bits(), x.up::<23>(x.add_all(q, -50))));
        if !unusual {
            return root.with_sign(x);
        }
        let root = x.pick(subnormal, root * x.all(1.0 / 256.0), root);
        x.pick(x.among(a.bits(), 1, INFINITE - 1), root, a).with_sign(x)
    }

    /// The bits of the least normal number, how many sizes follow, and infinity.
    const FIRST_NORMAL: i32 = 0x0080_0000;
    const NORMALS: i32 = INFINITE - FIRST_NORMAL;
    const INFINITE: i32 = 0x7f80_0000;

    /// The logarithm of 2 in two floats, of which the first has few digits.
    const LN_2: (f32, f32) = (0.69314575, 1.4286068e-06);

    #[inline(always)]
    pub fn log<L: Lanes>(x: L) -> L {
        to_base(x, &LOG, LN_2, 0.0)
    }

    #[inline(always)]
    pub fn log2<L: Lanes>(x: L) -> L {
        to_base(x, &LOG2, (1.0, 0.0), 1.925963e-08)
    }

    #[inline(always)]
    pub fn log10<L: Lanes>(x: L) -> L {
        to_base(x, &LOG10, (0.3010292, 7.903417e-07), -1.010305e-08)
    }

    /// `2**k m` with `m` from 0.707 to 1.414. The logarithm of 2 has few digits in `per_2`'s first float.
    #[inline(always)]
    fn to_base<L: Lanes>(x: L, tables: &[Table; 6], per_2: (f32, f32), per_e_low: f32) -> L {
        let unusual = x.may_fail(x.among(x.bits(), FIRST_NORMAL, NORMALS));
        let subnormal = x.less(x.all(f32::MIN_POSITIVE));
        let b = if unusual { x.pick(subnormal, x * x.all(16777216.0), x) } else { x };
        let (whole, at, m) = split(b);
        let k = x.number(whole);
        let k = if unusual { k - x.pick(subnormal, x.all(24.0), x.all(0.0)) } else { k };
        let t = m - x.look(&tables[0], at);
        let y = sum(k, at, t, tables, per_2, per_e_low);
        if unusual { ends(x, y) } else { y }
    }

    /// The logarithm of `u + c`, where `u` is `1 + x` rounded and `c` what that left: in the interval around 1, where
    /// the table's number is 1, the distance is `x` itself.
    #[inline(always)]
    pub fn log1p<L: Lanes>(x: L) -> L {
        // Beyond, nothing is left, and the inverse of the power of two may be no normal number.
        const MOST: i32 = (127 + 60) << 23;
        let u = x.all(1.0) + x;
        let c = x - (u - x.all(1.0));
        let unusual = x.may_fail(x.among(u.bits(), FIRST_NORMAL, MOST - FIRST_NORMAL));
        let (whole, at, m) = split(u);
        let back = x.with_bits(x.minus(x.all(1.0).bits(), x.up::<23>(whole)));
        let back = if unusual { x.pick(u.less(x.all(f32::MAX / 4.0)), back, x.all(0.0)) } else { back };
        let t = c.mul_add(back, m - x.look(&LOG[0], at));
        let y = sum(x.number(whole), at, t, &LOG, LN_2, 0.0).with_sign(x);
        if unusual { ends(u, y) } else { y }
    }

    /// A positive number as a power of two, a place among the tables' 32 intervals of the rest, one of them around 1,
    /// and the rest.
    #[inline(always)]
    fn split<L: Lanes>(b: L) -> (L::Whole, L::Whole, L) {
        const LEAST: i32 = 0x3f35_0000;
        let above = b.add_all(b.bits(), -LEAST);
        let whole = b.down::<23>(above);
        (whole, b.down::<18>(above), b.with_bits(b.minus(b.bits(), b.up::<23>(whole))))
    }

    /// The logarithm of `2**k` and of what is `t` from the table's number. That in the interval and that of 2 have
    /// few digits, so that `s` is exact; the sum with the distance's first term keeps what its rounding leaves.
    /// `per_2` is the logarithm of 2 in two floats, `per_e_low` what the first coefficients leave.
    #[inline(always)]
    fn sum<L: Lanes>(k: L, at: L::Whole, t: L, tables: &[Table; 6], per_2: (f32, f32), per_e_low: f32) -> L {
        let [_, value, slope, bend @ ..] = tables;
        let low = series(bend, at, t).mul_add(t, t.all(per_e_low)) * t;
        let low = if per_2.1 == 0.0 { low } else { k.mul_add(t.all(per_2.1), low) };
        let s = k.mul_add(t.all(per_2.0), t.look(value, at));
        let slope = t.look(slope, at);
        let sum = slope.mul_add(t, s);
        sum + (slope.mul_add(t, s - sum) + low)
    }

    /// The logarithm's value at 0, infinity, and outside its domain.
    #[inline(always)]
    fn ends<L: Lanes>(x: L, y: L) -> L {
        let y = x.pick(x.less(x.all(f32::INFINITY)), y, x);
        let y = x.pick(x.less(x.all(0.0)), x.all(f32::NAN), y);
        x.pick(x.among(x.abs().bits(), 0, 1), x.all(f32::NEG_INFINITY), y)
    }
}
