//! Seeds: how one or more integers of any size become the starting state of a generator.
//!
//! The hash is M. E. O'Neill's `seed_seq` replacement ("Developing a seed_seq alternative", 2015)
//! with the pool of four words and the constants that NumPy's `SeedSequence` uses.

use std::hash::{BuildHasher, Hasher, RandomState};

const POOL: usize = 4;
const INIT_A: u32 = 0x43b0_d7e5;
const MULT_A: u32 = 0x931e_8875;
const INIT_B: u32 = 0x8b51_f9dd;
const MULT_B: u32 = 0x58f3_8ded;
const MIX_L: u32 = 0xca01_f9dd;
const MIX_R: u32 = 0x4973_f715;

/// Mixed entropy that yields states for generators and for their children.
#[derive(Clone, Debug)]
pub struct SeedSequence {
    entropy: Vec<u32>,
    spawn_key: Vec<u32>,
    children: u32,
    pool: [u32; POOL],
}

impl SeedSequence {
    /// From 32-bit words, least significant first (see [`words`] for integers).
    pub fn new(entropy: Vec<u32>) -> SeedSequence {
        SeedSequence::with_key(entropy, Vec::new())
    }

    /// From 128 bits of the operating system's entropy.
    pub fn from_os() -> SeedSequence {
        // The standard library keys its hash maps from the operating system; the hash of a counter
        // under two fresh keys is as unpredictable as these.
        let draw = |salt: u64| {
            let mut hasher = RandomState::new().build_hasher();
            hasher.write_u64(salt);
            hasher.finish()
        };
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let nanos = now.map_or(0, |d| d.as_nanos() as u64);
        let (a, b) = (draw(nanos), draw(nanos.rotate_left(32)));
        SeedSequence::new(vec![a as u32, (a >> 32) as u32, b as u32, (b >> 32) as u32])
    }

    fn with_key(entropy: Vec<u32>, spawn_key: Vec<u32>) -> SeedSequence {
        let mut words = entropy.clone();
        if !spawn_key.is_empty() && words.len() < POOL {
            words.resize(POOL, 0);
        }
        words.extend(&spawn_key);
        SeedSequence { pool: mix_entropy(&words), entropy, spawn_key, children: 0 }
    }

    /// `n` words of state.
    pub fn generate_u32(&self, n: usize) -> Vec<u32> {
        let mut hash = INIT_B;
        let next = |&word: &u32| {
            let mut x = word ^ hash;
            hash = hash.wrapping_mul(MULT_B);
            x = x.wrapping_mul(hash);
            x ^ (x >> 16)
        };
        self.pool.iter().cycle().take(n).map(next).collect()
    }

    /// `n` double words of state.
    pub fn generate_u64(&self, n: usize) -> Vec<u64> {
        let words = self.generate_u32(2 * n);
        words.chunks_exact(2).map(|w| u64::from(w[0]) | u64::from(w[1]) << 32).collect()
    }

    /// The next `n` children, whose streams are independent of this one and of each other.
    pub fn spawn(&mut self, n: u32) -> Vec<SeedSequence> {
        let first = self.children;
        self.children += n;
        let child = |i: u32| {
            let mut key = self.spawn_key.clone();
            key.push(i);
            SeedSequence::with_key(self.entropy.clone(), key)
        };
        (first..first + n).map(child).collect()
    }
}

/// The 32-bit words of a non-negative integer, least significant first; zero is one word.
pub fn words(mut x: u128) -> Vec<u32> {
    let mut out = vec![x as u32];
    x >>= 32;
    while x > 0 {
        out.push(x as u32);
        x >>= 32;
    }
    out
}

fn mix_entropy(words: &[u32]) -> [u32; POOL] {
    let mut hash = INIT_A;
    let mut hashmix = |value: u32| {
        let mut x = value ^ hash;
        hash = hash.wrapping_mul(MULT_A);
        x = x.wrapping_mul(hash);
        x ^ (x >> 16)
    };
    let mut pool = [0u32; POOL];
    for (i, slot) in pool.iter_mut().enumerate() {
        *slot = hashmix(words.get(i).copied().unwrap_or(0));
    }
    for src in 0..POOL {
        for dst in 0..POOL {
            if src != dst {
                pool[dst] = mix(pool[dst], hashmix(pool[src]));
            }
        }
    }
    for &word in words.iter().skip(POOL) {
        for slot in &mut pool {
            *slot = mix(*slot, hashmix(word));
        }
    }
    pool
}

fn mix(x: u32, y: u32) -> u32 {
    let z = MIX_L.wrapping_mul(x).wrapping_sub(MIX_R.wrapping_mul(y));
    z ^ (z >> 16)
}
