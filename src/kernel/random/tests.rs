//! Streams against NumPy's, from `tests/data/random.txt`.

use super::*;
use crate::dtype::Scalar;

fn bits_of<T: crate::dtype::Element>(items: &[T]) -> Vec<u64> {
    let bits = |x: &T| match x.scalar() {
        Scalar::F32(x) => u64::from(x.to_bits()),
        Scalar::F64(x) => x.to_bits(),
        Scalar::I8(x) => u64::from(x as u8),
        Scalar::I16(x) => u64::from(x as u16),
        Scalar::I32(x) => u64::from(x as u32),
        other => other.as_i128().map_or(0, |x| x as u64),
    };
    items.iter().map(bits).collect()
}

fn digest(bits: &[u64]) -> u64 {
    bits.iter().fold(0xcbf2_9ce4_8422_2325, |h, w| (h ^ w).wrapping_mul(0x100_0000_01b3))
}

/// `1+2k0k3` is the third child of the first child of the entropy 1, 2.
fn seed_words(text: &str) -> (Vec<u32>, Vec<u32>) {
    let mut parts = text.split('k');
    let entropy = parts.next().unwrap().split('+').flat_map(|n| words(n.parse().unwrap())).collect();
    (entropy, parts.map(|n| n.parse().unwrap()).collect())
}

fn generator(text: &str) -> Pcg64 {
    let (entropy, keys) = seed_words(text);
    let mut seed = SeedSequence::new(entropy);
    for key in keys {
        seed = seed.spawn(key + 1).pop().unwrap();
    }
    Pcg64::new(&seed)
}

fn twister(text: &str) -> Mt19937 {
    let (words, _) = seed_words(text);
    if let [one] = words[..] { Mt19937::from_u32(one) } else { Mt19937::from_words(&words) }
}

fn integers<T: Drawn>(rng: &mut impl BitGen, method: Method, range: &[&str], n: usize) -> Vec<u64> {
    let (low, high): (i128, i128) = (range[0].parse().unwrap(), range[1].parse().unwrap());
    let mut out = vec![T::default(); n];
    Bounded::new(rng, method).fill(&mut out, low as u64, (high - low) as u64);
    bits_of(&out)
}

/// `with_dtype` for the dtypes that can be drawn.
macro_rules! drawn {
    ($name:expr, $T:ident => $body:expr) => {
        match $name {
            "bool" => {
                type $T = bool;
                $body
            }
            "int8" => {
                type $T = i8;
                $body
            }
            "uint8" => {
                type $T = u8;
                $body
            }
            "int16" => {
                type $T = i16;
                $body
            }
            "uint16" => {
                type $T = u16;
                $body
            }
            "int32" => {
                type $T = i32;
                $body
            }
            "uint32" => {
                type $T = u32;
                $body
            }
            "int64" => {
                type $T = i64;
                $body
            }
            _ => {
                type $T = u64;
                $body
            }
        }
    };
}

/// Runs `$body` with `$law` the law that the second part names, of the parameters after it.
macro_rules! with_law {
    ($parts:expr, $law:ident => $body:expr) => {{
        let p: [f64; 3] = std::array::from_fn(|i| $parts.get(i + 2).map_or(0.0, |x| x.parse().unwrap()));
        with_law!(@of $parts[1], p, $law => $body; StandardGamma Gamma Beta Chisquare NoncentralChisquare F
            NoncentralF StandardT StandardCauchy Laplace Gumbel Logistic Lognormal Rayleigh Weibull Pareto Power Wald
            Vonmises Triangular Poisson NegativeBinomial Binomial Geometric Logseries Zipf Hypergeometric)
    }};
    (@of $name:expr, $p:ident, $law:ident => $body:expr; $($kind:ident)*) => {
        match $name {
            $(stringify!($kind) => {
                let $law = $kind::from($p);
                $body
            })*
            other => panic!("unknown law {other}"),
        }
    };
}

fn run(op: &str, seed: &str, n: usize) -> Vec<u64> {
    let parts: Vec<&str> = op.split(':').collect();
    let mut rng = generator(seed);
    let number = |i: usize| parts[i].parse::<usize>().unwrap();
    /// The same on one, two and five threads, and one by one.
    fn many<L: Law>(n: usize, rng: &mut Pcg64, law: L) -> Vec<u64>
    where
        L::Out: crate::dtype::Element,
    {
        let mut one = rng.clone();
        let mut ahead = Ahead::new(&mut one);
        let want = bits_of(&(0..n).map(|_| law.draw(&mut ahead)).collect::<Vec<L::Out>>());
        drop(ahead);
        let end = (one.next32(), one.next32(), one.next64());
        for threads in [1, 2, 5] {
            let (mut g, mut out) = (rng.clone(), vec![L::Out::default(); n]);
            spread(&mut g, &law, &mut out, threads, &|_| false);
            assert!(bits_of(&out) == want, "{threads} threads");
            assert_eq!((g.next32(), g.next32(), g.next64()), end, "{threads} threads");
        }
        want
    }
    match parts[0] {
        "f64" => {
            let mut out = vec![0.0; n];
            spread(&mut rng, &Uniform(0.0, 1.0), &mut out, 3, &|_| false);
            bits_of(&out)
        }
        "f32" => many(n, &mut rng, UnitF32),
        "normal64" => many(n, &mut rng, StandardNormal()),
        "normal32" => many(n, &mut rng, NormalF32()),
        "exp64" => many(n, &mut rng, StandardExponential()),
        "exp32" => many(n, &mut rng, ExponentialF32()),
        "mixed" => {
            let mut out = vec![0.0; 3];
            spread(&mut rng, &Uniform(0.0, 1.0), &mut out, 3, &|_| false);
            out.extend((0..3).map(|_| f64::from(rng.next_f32())));
            let mut ahead = Ahead::new(&mut rng);
            out.extend((0..300).map(|_| standard_normal(&mut ahead)));
            drop(ahead);
            out.extend((0..2).map(|_| f64::from(rng.next_f32())));
            out.extend((0..2).map(|_| rng.next_f64()));
            bits_of(&out)
        }
        "law" => with_law!(&parts, law => many(n, &mut rng, law)),
        "mtlaw" => with_law!(&parts, law => {
            let mut rng = twister(seed);
            bits_of(&(0..n).map(|_| law.draw(&mut rng)).collect::<Vec<_>>())
        }),
        "gamma32" => many(n, &mut rng, GammaF32(parts[1].parse().unwrap())),
        "narrow" => many(
            n,
            &mut rng,
            Narrow::<i64> { low: 5, range: parts[1].parse().unwrap(), as_type: std::marker::PhantomData },
        ),
        "broad" => many(
            n,
            &mut rng,
            Broad::<i64> { low: 5, range: parts[1].parse().unwrap(), as_type: std::marker::PhantomData },
        ),
        "integers" => {
            drawn!(parts[1], T => integers::<T>(&mut Ahead::new(&mut rng), Method::Lemire, &parts[2..], n))
        }
        "randint" => {
            drawn!(parts[1], T => integers::<T>(&mut twister(seed), Method::Masked, &parts[2..], n))
        }
        "permutation" => order(&mut rng, n),
        "sample" => bits_of(&sample(&mut rng, number(1), number(2), false)),
        "colours" | "counted" => {
            let sizes: Vec<i64> = parts[2].split('+').map(|x| x.parse().unwrap()).collect();
            let mut out = vec![0; n];
            let mut g = Ahead::new(&mut rng);
            let sample = number(1) as i64;
            let rows = out.chunks_exact_mut(sizes.len());
            if parts[0] == "colours" {
                let mut law = Colours { sizes: &sizes, sample };
                rows.for_each(|row| law.draw(&mut g, row));
            } else {
                let mut law = ColoursCounted::new(&sizes, sample);
                rows.for_each(|row| law.draw(&mut g, row));
            }
            bits_of(&out)
        }
        "ordered" => bits_of(&sample(&mut rng, number(1), number(2), true)),
        "mt64" => {
            let (mut rng, mut out) = (twister(seed), vec![0.0; n]);
            let (head, tail) = out.split_at_mut(n / 3);
            head.iter_mut().for_each(|x| *x = rng.next_f64());
            rng.fill(tail);
            bits_of(&out)
        }
        "mtgauss" => {
            let mut rng = twister(seed);
            bits_of(&(0..n).map(|_| rng.gauss()).collect::<Vec<_>>())
        }
        "mtpermutation" => order(&mut twister(seed), n),
        other => panic!("unknown operation {other}"),
    }
}

fn order(rng: &mut impl BitGen, n: usize) -> Vec<u64> {
    let mut items: Vec<i64> = (0..n as i64).collect();
    shuffle(rng, n, |i, j| items.swap(i, j));
    bits_of(&items)
}

#[test]
fn streams_are_numpys() {
    let data = include_str!("../../../tests/data/random.txt");
    for line in data.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let got = run(fields[0], fields[1], fields[2].parse().unwrap());
        let want: Vec<u64> = fields[4..]
            .iter()
            .filter(|f| !f.is_empty())
            .map(|f| u64::from_str_radix(f, 16).unwrap())
            .collect();
        assert_eq!(&got[..want.len()], &want[..], "{} {}", fields[0], fields[1]);
        assert_eq!(format!("{:016x}", digest(&got)), fields[3], "{} {}", fields[0], fields[1]);
    }
}

#[test]
fn leaps_equal_steps() {
    let mut a = generator("3");
    let mut b = a.clone();
    for _ in 0..1000 {
        a.next64();
    }
    b.advance(1000);
    assert_eq!(a.next64(), b.next64());
    b.advance(1001u128.wrapping_neg());
    assert_eq!(generator("3").next64(), b.next64());
}

/// What no rejection would ever accept ends all the same.
#[test]
fn laws_of_what_is_not_finite_end() {
    fn ends<L: Law<Out = f64>>(law: L) {
        assert!(law.draw(&mut generator("1")).is_nan());
        assert!(law.draw(&mut twister("1")).is_nan());
    }
    ends(StandardGamma { a: f64::NAN });
    ends(Chisquare { df: f64::NAN });
    ends(StandardT { df: f64::NAN });
    ends(F { num: 1.0, den: f64::NAN });
    assert!(GammaF32(f32::NAN).draw(&mut generator("1")).is_nan());
    assert_eq!(Poisson::new(f64::NAN).draw(&mut twister("1")), 0);
    for kappa in [1e17, 1e300, f64::INFINITY] {
        let angle = Vonmises { mu: 0.5, kappa }.draw(&mut twister("1"));
        assert!((angle - 0.5).abs() < 1e-7, "{kappa}: {angle}");
    }
    for a in [1025.0, 1e300, f64::INFINITY] {
        assert_eq!(Zipf::from([a, 0.0, 0.0]).draw(&mut twister("1")), 1);
    }
}
