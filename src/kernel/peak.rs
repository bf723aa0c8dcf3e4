//! Loops that do nothing but load the machine: what calibration times. They are compiled as every
//! other kernel, for each instruction set, so that what they reach is what kernels can reach.

use super::matmul::{self, Mat};
use super::simd;

/// Multiplies and adds, `rounds` times in each of some lanes; gives the number of operations, two for
/// each. The lanes hide the latency and fit the registers. They live inside the loop's function, or they would be stored in every round.
pub fn multiply_add(rounds: usize) -> u64 {
    match super::level() {
        super::Level::Avx512 => run::<96, true>(rounds),
        super::Level::Avx2 => run::<64, true>(rounds),
        super::Level::Neon => run::<16, true>(rounds),
        super::Level::Baseline => run::<16, false>(rounds),
    }
}

/// Where `FUSED`, one instruction for both: without it that is a call of the C library.
fn run<const N: usize, const FUSED: bool>(rounds: usize) -> u64 {
    let (factor, addend) = (std::hint::black_box(0.999_999f64), std::hint::black_box(1e-9f64));
    let sum = simd(
        #[inline(always)]
        || {
            let mut lanes = [1.0f64; N];
            for _ in 0..rounds {
                for x in &mut lanes {
                    *x = if FUSED { x.mul_add(factor, addend) } else { *x * factor + addend };
                }
            }
            lanes.iter().sum::<f64>()
        },
    );
    std::hint::black_box(sum);
    (2 * N * rounds) as u64
}

/// Multiplies two square matrices of this many rows; gives the number of operations. Products come
/// nearest to the peak where the loop above is not compiled to whole vectors.
pub fn product(x: &[f64], y: &[f64], z: &mut [f64], rows: usize, threads: usize) -> u64 {
    matmul::product(Mat::rows(x, rows, rows), Mat::rows(y, rows, rows), z, threads);
    2 * (rows as u64).pow(3)
}

/// Reads all elements of whole groups of 64.
pub fn read(from: &[u64]) -> u64 {
    simd(
        #[inline(always)]
        || {
            let mut sums = [0u64; 64];
            let (chunks, _) = from.as_chunks::<64>();
            for chunk in chunks {
                for (s, x) in sums.iter_mut().zip(chunk) {
                    *s = s.wrapping_add(*x);
                }
            }
            // The barrier keeps the sums in whole vectors, whatever they are joined to.
            std::hint::black_box(sums).iter().fold(0u64, |a, s| a.wrapping_add(*s))
        },
    )
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
