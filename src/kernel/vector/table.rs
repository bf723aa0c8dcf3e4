//! Factors and tables of logarithms: what logarithms and powers of whole pieces begin with.
//!
//! A positive number is `2**k m` with `m` from 0.707 to 1.414. For each of 32 intervals of `m`, equally
//! wide below and above 1: the inverse of its middle, and the logarithm of the middle as a sum of two
//! floats. The interval around 1 has an inverse of 1, so that logarithms near 0 keep their digits.
//! Computed in 250 bits.
//!
//! With AVX-512 a table is four registers, and a look-up two permutations and a blend: 0.1 ns an
//! element for the three tables. Gathers took 0.7 ns, which a table of 128 intervals, two terms
//! shorter in the series after it, does not make up for. Elements are taken in pieces, stage after
//! stage over arrays in the first-level cache: the processor's window then holds a stage of many
//! elements instead of all stages of few, whose chains of sums it would wait for (power: 3.0 ns in one
//! loop with gathers, 2.5 with permutations, 1.8 in stages).

use super::double::whole_float;
#[cfg(target_arch = "x86_64")]
use crate::kernel::{Level, level};

/// Elements that are taken together.
pub const PIECE: usize = 64;

/// The parts of a piece of positive numbers, and what the tables say of them.
#[repr(align(64))]
pub struct Factors {
    pub k: [f64; PIECE],
    pub m: [f64; PIECE],
    at: [u64; PIECE],
    pub inverse: [f64; PIECE],
    pub middle: [f64; PIECE],
    pub middle_low: [f64; PIECE],
}

/// The least factor: near √½, with 1 well inside an interval.
const LEAST: u64 = 0x3fe6_a000_0000_0000;
const INTERVALS: usize = 32;

impl Factors {
    #[inline(always)]
    pub fn new() -> Factors {
        let zero = [0.0; PIECE];
        Factors { k: zero, m: zero, at: [0; PIECE], inverse: zero, middle: zero, middle_low: zero }
    }

    /// Takes the sizes of these numbers apart; for zero, infinity and NaN the parts say nothing.
    #[inline(always)]
    pub fn take(&mut self, x: &[f64; PIECE]) {
        for (i, x) in x.iter().enumerate() {
            let x = x.abs();
            let subnormal = x < f64::MIN_POSITIVE;
            let bits = (x * if subnormal { 18014398509481984.0 } else { 1.0 }).to_bits();
            let above = bits.wrapping_sub(LEAST);
            let k = (above as i64) >> 52;
            self.k[i] = whole_float(k) - if subnormal { 54.0 } else { 0.0 };
            self.m[i] = f64::from_bits(bits.wrapping_sub((k << 52) as u64));
            self.at[i] = above >> 47 & (INTERVALS as u64 - 1);
        }
        #[cfg(target_arch = "x86_64")]
        if level() == Level::Avx512 {
            // SAFETY: the level says that the processor has AVX-512 F.
            unsafe { self.permute() };
            return;
        }
        let tables = [&INVERSE, &MIDDLE, &MIDDLE_LOW];
        for (table, to) in tables.into_iter().zip([&mut self.inverse, &mut self.middle, &mut self.middle_low])
        {
            for i in 0..PIECE {
                to[i] = table[self.at[i] as usize % INTERVALS];
            }
        }
    }

    /// Looks into the tables.
    #[cfg(target_arch = "x86_64")]
    #[inline(never)]
    #[target_feature(enable = "avx512f")]
    fn permute(&mut self) {
        use std::arch::x86_64::*;
        let upper = _mm512_set1_epi64(16);
        let tables = [&INVERSE, &MIDDLE, &MIDDLE_LOW];
        for (table, to) in tables.into_iter().zip([&mut self.inverse, &mut self.middle, &mut self.middle_low])
        {
            // SAFETY: eight numbers are read and written where there are eight.
            let quarters: [_; 4] =
                std::array::from_fn(|q| unsafe { _mm512_loadu_pd(table[q * 8..q * 8 + 8].as_ptr()) });
            for (at, to) in self.at.as_chunks::<8>().0.iter().zip(to.as_chunks_mut::<8>().0) {
                // SAFETY: as above.
                let at = unsafe { _mm512_loadu_epi64(at.as_ptr().cast()) };
                let low = _mm512_permutex2var_pd(quarters[0], at, quarters[1]);
                let high = _mm512_permutex2var_pd(quarters[2], at, quarters[3]);
                let found = _mm512_mask_blend_pd(_mm512_test_epi64_mask(at, upper), low, high);
                // SAFETY: as above.
                unsafe { _mm512_storeu_pd(to.as_mut_ptr(), found) };
            }
        }
    }
}

#[rustfmt::skip]
static INVERSE: [f64; 32] = [
    1.3989071038251366, 1.3689839572192515, 1.3403141361256545, 1.3128205128205128,
    1.2864321608040201, 1.2610837438423645, 1.2367149758454108, 1.2132701421800949,
    1.1906976744186046, 1.1689497716894979, 1.147982062780269, 1.1277533039647578,
    1.1082251082251082, 1.0893617021276596, 1.0711297071129708, 1.0534979423868314,
    1.0364372469635628, 1.0199203187250996, 1.0, 0.9770992366412214,
    0.9481481481481483, 0.920863309352518, 0.8951048951048952, 0.870748299319728,
    0.8476821192052981, 0.8258064516129033, 0.8050314465408805, 0.7852760736196319,
    0.7664670658682635, 0.7485380116959065, 0.7314285714285715, 0.7150837988826816,
];
#[rustfmt::skip]
static MIDDLE: [f64; 32] = [
    -0.33569129163814154, -0.31406882762497595, -0.2929040164329327, -0.27217788591581565,
    -0.2518726197550701, -0.23197146543777517, -0.21245865121419352, -0.19331931100349606,
    -0.17453941635189965, -0.15610571466306178, -0.1380056730194437, -0.12022742699815989,
    -0.10275973395776894, -0.08559193033540353, -0.06871389254805194, -0.0521160011390141,
    -0.03578910785158529, -0.019724505347778573, 0.0, 0.023167059281534303,
    0.053244514518812125, 0.08244366921107454, 0.11081436634028999, 0.13840232285911905,
    0.16524957289530703, 0.19139485299962933, 0.2168739383006143, 0.24171993688714513,
    0.2659635484971379, 0.2896332925830426, 0.31275571000389674, 0.3353555419211378,
];
#[rustfmt::skip]
static MIDDLE_LOW: [f64; 32] = [
    8.051134758369686e-18, -3.721800811712904e-19, 1.57672734596757e-17, -1.859318262481925e-17,
    -1.2846709260565683e-17, 1.0705552511300431e-17, -1.1185528648997185e-17, 2.3084535888000873e-18,
    -1.2294483916404324e-17, -1.0611796594754025e-17, -9.927673066865803e-18, -6.703429385028035e-18,
    5.5749926045490845e-18, 4.505830273858094e-18, 5.9993282400784615e-18, -2.445091174292264e-18,
    -7.2846227792942925e-19, 1.3445979863167513e-18, 0.0, 5.577689827704794e-19,
    2.671232872968367e-18, -4.707903082046854e-18, 2.9184718188024635e-18, -2.4911166025496977e-18,
    -1.421318242438583e-18, -6.925326477862454e-18, 6.285749669211092e-18, 1.323779871210866e-17,
    1.35209848201012e-19, -1.6760601513643172e-17, 1.094427752801763e-18, -1.3746739934976202e-17,
];
