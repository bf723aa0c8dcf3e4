//! Loops that do nothing but load the machine: what calibration times. They are compiled as every
//! other kernel, for each instruction set, so that what they reach is what kernels can reach.

use super::simd;

/// Lanes of independent multiply-adds: enough to hide their latency with 512-bit vectors, few enough
/// for the registers of 256-bit ones.
const LANES: usize = 96;
const FEW: usize = 40;

/// Multiplies and adds, `rounds` times in each lane; gives the number of operations, two for each. The
/// result is kept from the optimiser.
pub fn multiply_add(rounds: usize) -> u64 {
    match super::level() {
        super::Level::Avx512 => run::<LANES>(rounds),
        _ => run::<FEW>(rounds),
    }
}

fn run<const N: usize>(rounds: usize) -> u64 {
    let (factor, addend) = (std::hint::black_box(0.999_999), std::hint::black_box(1e-9));
    let mut lanes = [1.0f64; N];
    simd(
        #[inline(always)]
        || {
            for _ in 0..rounds {
                for x in &mut lanes {
                    *x = fused(*x, factor, addend);
                }
            }
        },
    );
    std::hint::black_box(lanes.iter().sum::<f64>());
    (2 * N * rounds) as u64
}

/// One instruction where the level has it; a call of the C library otherwise, so there two.
#[inline(always)]
fn fused(x: f64, factor: f64, addend: f64) -> f64 {
    if cfg!(debug_assertions) || matches!(super::level(), super::Level::Baseline) {
        x * factor + addend
    } else {
        x.mul_add(factor, addend)
    }
}

/// Reads all elements.
pub fn read(from: &[u64]) -> u64 {
    let mut sums = [0u64; 64];
    simd(
        #[inline(always)]
        || {
            let (chunks, _) = from.as_chunks::<64>();
            for chunk in chunks {
                for (s, x) in sums.iter_mut().zip(chunk) {
                    *s = s.wrapping_add(*x);
                }
            }
        },
    );
    sums.iter().fold(0, |a, s| a.wrapping_add(*s))
}

/// Reads all elements and writes as many, changed, so that this is no call of `memcpy`.
pub fn scale(from: &[u64], to: &mut [u64]) {
    simd(
        #[inline(always)]
        || {
            for (o, x) in to.iter_mut().zip(from) {
                *o = x.wrapping_add(3);
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_do_what_they_say() {
        assert_eq!(multiply_add(3) % 6, 0);
        let from: Vec<u64> = (0..640).collect();
        assert_eq!(read(&from), 640 * 639 / 2);
        let mut to = vec![0; 640];
        scale(&from, &mut to);
        assert_eq!((to[0], to[639]), (3, 642));
    }
}
