//! Transforms against direct sums.

use super::*;

fn direct(x: &[Complex<f64>], sign: f64) -> Vec<Complex<f64>> {
    let n = x.len();
    let turn = |j: usize, k: usize| sign * std::f64::consts::TAU * ((j * k) % n) as f64 / n as f64;
    (0..n).map(|k| (0..n).map(|j| x[j] * Complex::cis(turn(j, k))).sum()).collect()
}

fn near(a: &[Complex<f64>], b: &[Complex<f64>]) {
    assert_eq!(a.len(), b.len());
    for (x, y) in a.iter().zip(b) {
        assert!((x - y).norm() < 1e-12 * a.len() as f64, "{x} {y}");
    }
}

#[test]
fn transforms_equal_the_sum() {
    for n in [1, 2, 3, 6, 7, 8, 12, 30, 37, 60, 64, 77, 225] {
        let x: Vec<_> = (0..n).map(|i| Complex::new((i * i % 7) as f64, (i % 3) as f64)).collect();
        for (inverse, sign) in [(false, -1.0), (true, 1.0)] {
            let mut y = x.clone();
            complex(&mut y, n, inverse);
            near(&y, &direct(&x, sign));
        }
    }
}

#[test]
fn constants_give_exact_zeros() {
    for n in [3, 5, 6, 7, 10, 12, 15, 24, 100] {
        let mut y = vec![Complex::new(1.0, 0.0); n];
        complex(&mut y, n, false);
        assert_eq!(y[0], Complex::new(n as f64, 0.0));
        if n.is_multiple_of(3) && n <= 24 && n != 15 {
            assert!(y[1..].iter().all(|z| z.norm() == 0.0), "{n}: {y:?}");
        }
    }
}

#[test]
fn real_transforms_are_the_complex_ones() {
    for n in [1, 2, 3, 8, 9, 30, 300] {
        let x: Vec<f64> = (0..n).map(|i| (i * i % 11) as f64 - 3.0).collect();
        let want = direct(&x.iter().map(|&v| v.into()).collect::<Vec<_>>(), -1.0);
        let mut line = vec![Complex::default(); n];
        RealLines::new(n).run(&x, &mut line[..n / 2 + 1]);
        mirror(&mut line, n);
        near(&line, &want);
        let mut back = vec![0.0; n];
        RealInverse::new(n).run(&line[..n / 2 + 1], &mut back);
        assert!(back.iter().zip(&x).all(|(b, v)| (b / n as f64 - v).abs() < 1e-12));
    }
}

/// Values that look random, of one sign pattern per `seed`.
fn noise(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..n).map(next).collect()
}

fn complex_noise(n: usize, seed: u64) -> Vec<Complex<f64>> {
    noise(n, seed).into_iter().zip(noise(n, seed + 7)).map(|(a, b)| Complex::new(a, b)).collect()
}

/// The direct sum with correctly rounded roots and carried rounding errors.
fn exact(x: &[Complex<f64>], inverse: bool) -> Vec<Complex<f64>> {
    let n = x.len();
    let roots: Vec<Complex<f64>> = (0..n).map(|j| root(j, n)).collect();
    let part = |terms: &dyn Fn(usize) -> [f64; 2]| {
        let (mut sum, mut lost) = (0.0f64, 0.0);
        for term in (0..n).flat_map(terms) {
            let next = sum + term;
            let back = next - sum;
            lost += (sum - (next - back)) + (term - back);
            sum = next;
        }
        sum + lost
    };
    let line = |k: usize| {
        let w = |j: usize| if inverse { roots[j * k % n].conj() } else { roots[j * k % n] };
        Complex::new(
            part(&|j| [x[j].re * w(j).re, -(x[j].im * w(j).im)]),
            part(&|j| [x[j].re * w(j).im, x[j].im * w(j).re]),
        )
    };
    (0..n).map(line).collect()
}

/// The largest error over `eps * log2(n)` times the norm of the input.
fn error(got: &[Complex<f64>], want: &[Complex<f64>], norm: f64, eps: f64, n: usize) -> f64 {
    let most = got.iter().zip(want).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
    most / (eps * (n as f64).log2().max(1.0) * norm)
}

#[test]
fn errors_stay_below_a_multiple_of_log_n() {
    for n in (1..=130).chain([256, 1000, 1009, 1024, 2187]) {
        let x = complex_noise(n, n as u64);
        let norm = x.iter().map(Complex::norm_sqr).sum::<f64>().sqrt();
        for inverse in [false, true] {
            let want = exact(&x, inverse);
            let mut y = x.clone();
            complex(&mut y, n, inverse);
            assert!(error(&y, &want, norm, f64::EPSILON, n) < 2.0, "{n}");
            let mut y: Vec<Complex<f32>> = x.iter().map(|z| Complex::new(z.re as f32, z.im as f32)).collect();
            complex(&mut y, n, inverse);
            let y: Vec<Complex<f64>> = y.iter().map(|z| Complex::new(z.re.into(), z.im.into())).collect();
            assert!(error(&y, &want, norm, f64::from(f32::EPSILON), n) < 2.0, "{n} single");
        }
        let x = noise(n, 99);
        let norm = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        let want = exact(&x.iter().map(|&x| x.into()).collect::<Vec<_>>(), false);
        let mut half = vec![Complex::default(); n / 2 + 1];
        RealLines::new(n).run(&x, &mut half);
        assert!(error(&half, &want, norm, f64::EPSILON, n) < 2.0, "{n} real");
        let mut back = vec![0.0; n];
        RealInverse::new(n).run(&want[..n / 2 + 1], &mut back);
        assert!(back.iter().zip(&x).all(|(b, x)| (b / n as f64 - x).abs() < 1e-14), "{n} back");
    }
}

/// Runs parts on `threads` threads.
fn driver(threads: usize) -> impl Fn(usize, &(dyn Fn(usize) + Sync)) + Sync {
    move |n, part| {
        std::thread::scope(|scope| {
            for t in 0..threads {
                scope.spawn(move || (t..n).step_by(threads).for_each(part));
            }
        });
    }
}

#[test]
fn long_lines_are_exact_and_the_same_on_all_threads() {
    for n in [1 << 15, 3 << 14, 100_000, 5 * 5 * 7 * 11 * 64] {
        let x = complex_noise(n, 3);
        let norm = x.iter().map(Complex::norm_sqr).sum::<f64>().sqrt();
        for inverse in [false, true] {
            let plan = long::<f64>(n, inverse).unwrap();
            let mut want = x.clone();
            complex(&mut want, n, inverse);
            let results: Vec<Vec<Complex<f64>>> = [1, 2, 5]
                .map(|threads| {
                    let (mut work, mut out) = (vec![Complex::default(); n], vec![Complex::default(); n]);
                    plan.run(&x, &mut work, &mut out, 1.0, &driver(threads));
                    out
                })
                .into();
            assert!(error(&results[0], &want, norm, f64::EPSILON, n) < 2.0, "{n}");
            assert!(results[0] == results[1] && results[0] == results[2], "{n}");
        }
    }
}

#[test]
fn long_real_lines_are_those_of_complex_ones() {
    for n in [1 << 16, 100_000, 3 << 15] {
        let x = noise(n, 5);
        let norm = x.iter().map(|x| x * x).sum::<f64>().sqrt();
        let mut want: Vec<Complex<f64>> = x.iter().map(|&x| x.into()).collect();
        complex(&mut want, n, false);
        let (there, back) = (long_real::<f64>(n, false).unwrap(), long_real::<f64>(n, true).unwrap());
        let mut work = vec![Complex::default(); n / 2];
        for width in [n, n / 2 + 1] {
            let mut out = vec![Complex::default(); width];
            there.forward(&x, &mut work, &mut out, 1.0, &driver(2));
            assert!(error(&out, &want, norm, f64::EPSILON, n) < 2.0, "{n} {width}");
            let mut again = vec![0.0; n];
            back.inverse(&mut out[..n / 2 + 1], &mut work, &mut again, 1.0 / n as f64, &driver(2));
            assert!(again.iter().zip(&x).all(|(a, x)| (a - x).abs() < 1e-14), "{n}");
        }
    }
}
