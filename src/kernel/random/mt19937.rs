//! MT19937: the Mersenne Twister (Matsumoto and Nishimura, 1998) behind the `np.random.*` functions
//! that share one hidden generator, seeded and read as NumPy's `RandomState` does.

use super::{BitGen, SeedSequence};

const N: usize = 624;
const M: usize = 397;

#[derive(Clone, Debug)]
pub struct Mt19937 {
    key: [u32; N],
    /// The tempered states.
    draws: [u32; N],
    pos: usize,
    /// The second normal variate of a polar pair.
    spare: Option<f64>,
}

impl Mt19937 {
    /// The state that `np.random.seed(seed)` sets for one integer of at most 32 bits.
    pub fn from_u32(seed: u32) -> Mt19937 {
        let mut key = [0u32; N];
        key[0] = seed;
        for i in 1..N {
            let last = key[i - 1];
            key[i] = 1_812_433_253u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(i as u32);
        }
        Mt19937 { key, draws: [0; N], pos: N, spare: None }
    }

    /// The state for several 32-bit words.
    pub fn from_words(words: &[u32]) -> Mt19937 {
        let mut rng = Mt19937::from_u32(19_650_218);
        let key = &mut rng.key;
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(words.len()) {
            let last = key[i - 1] ^ (key[i - 1] >> 30);
            key[i] = (key[i] ^ last.wrapping_mul(1_664_525)).wrapping_add(words[j]).wrapping_add(j as u32);
            i += 1;
            j = (j + 1) % words.len();
            if i == N {
                key[0] = key[N - 1];
                i = 1;
            }
        }
        for _ in 0..N - 1 {
            let last = key[i - 1] ^ (key[i - 1] >> 30);
            key[i] = (key[i] ^ last.wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i == N {
                key[0] = key[N - 1];
                i = 1;
            }
        }
        key[0] = 0x8000_0000;
        rng
    }

    /// A state from the operating system's entropy.
    pub fn from_os() -> Mt19937 {
        Mt19937::from_words(&SeedSequence::from_os().generate_u32(N))
    }

    /// A normal variate by Marsaglia's polar method, which makes them in pairs.
    pub fn gauss(&mut self) -> f64 {
        if let Some(x) = self.spare.take() {
            return x;
        }
        loop {
            let x = 2.0 * self.next_f64() - 1.0;
            let y = 2.0 * self.next_f64() - 1.0;
            let r2 = x * x + y * y;
            if r2 < 1.0 && r2 != 0.0 {
                let f = (-2.0 * r2.ln() / r2).sqrt();
                self.spare = Some(f * x);
                return f * y;
            }
        }
    }

    /// The next block of states, and its draws. Three runs without a wrap vectorise.
    #[cold]
    fn twist(&mut self) {
        let (key, draws) = (&mut self.key, &mut self.draws);
        crate::kernel::simd(
            #[inline(always)]
            || {
                let next = |a: u32, b: u32, far: u32| {
                    let y = a & 0x8000_0000 | b & 0x7fff_ffff;
                    far ^ (y >> 1) ^ ((y & 1).wrapping_neg() & 0x9908_b0df)
                };
                for i in 0..N - M {
                    key[i] = next(key[i], key[i + 1], key[i + M]);
                }
                for i in N - M..N - 1 {
                    key[i] = next(key[i], key[i + 1], key[i + M - N]);
                }
                key[N - 1] = next(key[N - 1], key[0], key[M - 1]);
                for (draw, &y) in draws.iter_mut().zip(&*key) {
                    let y = y ^ y >> 11;
                    let y = y ^ (y << 7) & 0x9d2c_5680;
                    let y = y ^ (y << 15) & 0xefc6_0000;
                    *draw = y ^ (y >> 18);
                }
            },
        );
        self.pos = 0;
    }

    /// Fills `out` with numbers of `[0, 1)`.
    pub fn fill(&mut self, mut out: &mut [f64]) {
        while !out.is_empty() {
            if self.pos >= N - 1 {
                out[0] = self.next_f64();
                out = &mut out[1..];
                continue;
            }
            let n = out.len().min((N - self.pos) / 2);
            let (part, rest) = out.split_at_mut(n);
            for (x, pair) in part.iter_mut().zip(self.draws[self.pos..].chunks_exact(2)) {
                *x = unit(pair[0], pair[1]);
            }
            self.pos += 2 * n;
            out = rest;
        }
    }
}

/// 53 bits of two draws.
#[inline(always)]
fn unit(a: u32, b: u32) -> f64 {
    (f64::from(a >> 5) * 67_108_864.0 + f64::from(b >> 6)) / 9_007_199_254_740_992.0
}

impl BitGen for Mt19937 {
    #[inline(always)]
    fn next32(&mut self) -> u32 {
        if self.pos == N {
            self.twist();
        }
        self.pos += 1;
        self.draws[self.pos - 1]
    }

    fn next64(&mut self) -> u64 {
        let high = u64::from(self.next32());
        high << 32 | u64::from(self.next32())
    }

    /// 53 bits of two draws.
    fn next_f64(&mut self) -> f64 {
        let a = self.next32();
        unit(a, self.next32())
    }
}
