//! Normal and exponential variates by the ziggurat: one draw, one product and one comparison give
//! 98.9% (float64) of the variates; the rest compare with the density or sample the tail.

use super::BitGen;
use super::tables::{EXP_F, EXP_K, EXP_W, NORMAL_F, NORMAL_K, NORMAL_W};

/// Where the normal tail begins.
const NORMAL_R: f64 = 3.654_152_885_361_009;
const NORMAL_INV_R: f64 = 0.273_661_237_329_758_3;
/// Where the exponential tail begins.
const EXP_R: f64 = 7.697_117_470_131_05;

#[inline(always)]
pub fn standard_normal<G: BitGen>(source: &mut G) -> f64 {
    loop {
        let draw = source.next64();
        let layer = (draw & 0xff) as usize;
        let bits = (draw >> 9) & 0x000f_ffff_ffff_ffff;
        // Below 2^63, and so one instruction on any x86; a branch on the sign would miss every other time.
        let x = bits as i64 as f64 * NORMAL_W[layer];
        let x = f64::from_bits(x.to_bits() ^ (draw >> 8 & 1) << 63);
        if bits < NORMAL_K[layer] {
            return x;
        }
        if layer == 0 {
            return normal_tail(source, bits >> 8 & 1 == 1);
        }
        let (above, below) = (NORMAL_F[layer - 1], NORMAL_F[layer]);
        if (above - below) * source.next_f64() + below < (-0.5 * x * x).exp() {
            return x;
        }
    }
}

/// Beyond `NORMAL_R` (Marsaglia, 1964).
#[cold]
fn normal_tail<G: BitGen>(source: &mut G, negative: bool) -> f64 {
    loop {
        let x = -NORMAL_INV_R * (-source.next_f64()).ln_1p();
        let y = -(-source.next_f64()).ln_1p();
        if y + y > x * x {
            return if negative { -(NORMAL_R + x) } else { NORMAL_R + x };
        }
    }
}

#[inline(always)]
pub fn standard_normal_f32<G: BitGen>(source: &mut G) -> f32 {
    loop {
        let draw = source.next32();
        let layer = (draw & 0xff) as usize;
        let bits = draw >> 9;
        let x = bits as i32 as f32 * NORMAL32.w[layer];
        let x = f32::from_bits(x.to_bits() ^ (draw >> 8 & 1) << 31);
        if bits < NORMAL32.k[layer] {
            return x;
        }
        if layer == 0 {
            return normal_tail_f32(source, bits >> 8 & 1 == 1);
        }
        let (above, below) = (NORMAL32.f[layer - 1], NORMAL32.f[layer]);
        let height = (above - below) * source.next_f32() + below;
        if f64::from(height) < (-0.5 * f64::from(x) * f64::from(x)).exp() {
            return x;
        }
    }
}

#[cold]
fn normal_tail_f32<G: BitGen>(source: &mut G, negative: bool) -> f32 {
    const R: f32 = NORMAL_R as f32;
    loop {
        let x = -(NORMAL_INV_R as f32) * (-source.next_f32()).ln_1p();
        let y = -(-source.next_f32()).ln_1p();
        if y + y > x * x {
            return if negative { -(R + x) } else { R + x };
        }
    }
}

#[inline(always)]
pub fn standard_exponential<G: BitGen>(source: &mut G) -> f64 {
    loop {
        let draw = source.next64() >> 3;
        let layer = (draw & 0xff) as usize;
        let bits = draw >> 8;
        let x = bits as i64 as f64 * EXP_W[layer];
        if bits < EXP_K[layer] {
            return x;
        }
        if layer == 0 {
            return EXP_R - (-source.next_f64()).ln_1p();
        }
        let (above, below) = (EXP_F[layer - 1], EXP_F[layer]);
        if (above - below) * source.next_f64() + below < (-x).exp() {
            return x;
        }
    }
}

#[inline(always)]
pub fn standard_exponential_f32<G: BitGen>(source: &mut G) -> f32 {
    loop {
        let draw = source.next32() >> 1;
        let layer = (draw & 0xff) as usize;
        let bits = draw >> 8;
        let x = bits as i32 as f32 * EXP32.w[layer];
        if bits < EXP32.k[layer] {
            return x;
        }
        if layer == 0 {
            return EXP_R as f32 - (-source.next_f32()).ln_1p();
        }
        let (above, below) = (EXP32.f[layer - 1], EXP32.f[layer]);
        if (above - below) * source.next_f32() + below < (-x).exp() {
            return x;
        }
    }
}

/// The layers in single precision, for 23 bits.
struct Layers32 {
    k: [u32; 256],
    w: [f32; 256],
    f: [f32; 256],
}

static NORMAL32: Layers32 = single(&NORMAL_K, &NORMAL_W, &NORMAL_F, 52 - 23);
static EXP32: Layers32 = {
    let mut layers = single(&EXP_K, &EXP_W, &EXP_F, 53 - 23);
    // Four published values were rounded from more digits than the float64 tables hold.
    layers.w[226] = layers.w[226].next_up();
    layers.f[128] = layers.f[128].next_down();
    layers.f[154] = layers.f[154].next_up();
    layers.f[171] = layers.f[171].next_down();
    layers
};

const fn single(k: &[u64; 256], w: &[f64; 256], f: &[f64; 256], drop: u32) -> Layers32 {
    let mut out = Layers32 { k: [0; 256], w: [0.0; 256], f: [0.0; 256] };
    let mut i = 0;
    while i < 256 {
        out.k[i] = ((k[i] + (1 << (drop - 1))) >> drop) as u32;
        out.w[i] = (w[i] * (1u64 << drop) as f64) as f32;
        out.f[i] = f[i] as f32;
        i += 1;
    }
    out
}
