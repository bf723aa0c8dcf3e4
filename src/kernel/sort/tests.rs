use super::key::complex_key;
use super::*;

fn means(parts: usize) -> Means<'static> {
    Means { parts, stop: &|_| false }
}

fn noise(n: usize) -> Vec<u64> {
    let mut x = n as u64 + 88172645463325252;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x
    };
    (0..n).map(|_| next()).collect()
}

/// The usual shapes of input.
fn shapes<T: Sortable>(of: impl Fn(u64) -> T, n: usize) -> Vec<Vec<T>> {
    let random: Vec<T> = noise(n).into_iter().map(&of).collect();
    let few = noise(n).into_iter().map(|b| of(b % 7)).collect();
    let narrow = noise(n).into_iter().map(|b| of(b % 100_000)).collect();
    let mut rising = random.clone();
    rising.sort_by_key(|x| x.stable_key());
    let falling = rising.iter().rev().copied().collect();
    let mut nearly = rising.clone();
    if n > 2 {
        nearly.swap(n / 2, n - 1);
    }
    let equal = vec![of(5); n];
    vec![random, few, narrow, rising, falling, nearly, equal]
}

fn check<T: Sortable>(xs: &[T]) {
    let n = xs.len();
    let mut want = xs.to_vec();
    want.sort_by_key(|x| x.key());
    let mut naive: Vec<i64> = (0..n as i64).collect();
    naive.sort_by_key(|&i| xs[i as usize].stable_key());
    for parts in [1, 2, 4] {
        let mut got = xs.to_vec();
        let mut scratch = vec![0; scratch_words(T::DTYPE, n, false)];
        sort(BlockMut::new(&mut got), &mut scratch, means(parts));
        assert!(got.iter().zip(&want).all(|(a, b)| a.key() == b.key()), "{} {parts} {n}", T::DTYPE);
        let mut places = vec![0; n];
        let mut scratch = vec![0; scratch_words(T::DTYPE, n, true)];
        argsort(Block::new(xs), &mut places, &mut scratch, means(parts));
        assert_eq!(places, naive, "{} {parts}", T::DTYPE);
    }
    if n > 0 {
        for k in [0, n / 3, n - 1] {
            let mut places = vec![0; n];
            let mut scratch = vec![0; scratch_words(T::DTYPE, n, true)];
            argpartition(Block::new(xs), &[k], &mut places, &mut scratch, means(1));
            let key = |i: &i64| xs[*i as usize].stable_key();
            let pivot = key(&places[k]);
            assert!(pivot == xs[naive[k] as usize].stable_key(), "{} {n} {k}", T::DTYPE);
            assert!(
                places[..k].iter().all(|i| key(i) <= pivot) && places[k..].iter().all(|i| key(i) >= pivot)
            );
            places.sort_unstable();
            assert!(places.iter().zip(0..).all(|(p, i)| *p == i));
        }
        let kth = [n / 3, n / 2, n - 1];
        let mut got = xs.to_vec();
        partition(BlockMut::new(&mut got), &kth, &mut vec![0; scratch_words(T::DTYPE, n, false)], means(1));
        for k in kth {
            let pivot = want[k].key();
            assert!(got[k].key() == pivot);
            assert!(got[..k].iter().all(|x| x.key() <= pivot) && got[k..].iter().all(|x| x.key() >= pivot));
        }
        got.sort_by_key(|x| x.key());
        assert!(got.iter().zip(&want).all(|(a, b)| a.key() == b.key()));
    }
}

#[test]
fn every_dtype_length_and_shape() {
    let odd = [f64::NAN, -f64::NAN, 0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, 5e-324, -1.5];
    for n in [0, 1, 2, 3, 8, 15, 16, 17, 33, 64, 100, 127, 128, 129, 255, 256, 257, 1000, 4097, 33_000] {
        shapes(|b| b % 3 == 0, n).iter().for_each(|xs| check(xs));
        shapes(|b| b as i8, n).iter().for_each(|xs| check(xs));
        shapes(|b| b as u16, n).iter().for_each(|xs| check(xs));
        shapes(|b| b as i16, n).iter().for_each(|xs| check(xs));
        shapes(|b| b as i32, n).iter().for_each(|xs| check(xs));
        shapes(|b| b as u32, n).iter().for_each(|xs| check(xs));
        shapes(|b| b as i64, n).iter().for_each(|xs| check(xs));
        shapes(|b| (b as i64) >> 33, n).iter().for_each(|xs| check(xs));
        shapes(|b| b, n).iter().for_each(|xs| check(xs));
        shapes(f64::from_bits, n).iter().for_each(|xs| check(xs));
        shapes(|b| (b as i32 % 50) as f32 / 7.0, n).iter().for_each(|xs| check(xs));
        shapes(|b| if b % 5 == 0 { odd[b as usize % 8] } else { b as f64 }, n)
            .iter()
            .for_each(|xs| check(xs));
    }
}

#[test]
fn keys_that_agree_in_what_a_word_keeps() {
    // Differences in the lowest bits only, so that places need a second look.
    for (n, step) in [(1000, 1), (5000, 3), (40_000, 1)] {
        let xs: Vec<f64> = noise(n)
            .iter()
            .map(|b| {
                f64::from_bits(1.5f64.to_bits() + (b % 500) * step) * if b & 512 == 0 { 1.0 } else { -1.0 }
            })
            .collect();
        check(&xs);
        let xs: Vec<u64> = noise(n).iter().map(|b| (b >> 63 << 63) | (b % 900)).collect();
        check(&xs);
    }
}

#[test]
fn complex_numbers_by_parts() {
    for n in [3, 100, 129, 3000] {
        let bits = noise(2 * n);
        for modulus in [4, 1000] {
            let of = |b: u64| match b % modulus {
                0 if modulus == 1000 => f64::NAN,
                k => k as f64 - 2.0,
            };
            let xs: Vec<c128> = bits.chunks(2).map(|b| c128::new(of(b[0]), of(b[1]))).collect();
            let mut want: Vec<i64> = (0..n as i64).collect();
            want.sort_by_key(|&i| complex_key(xs[i as usize]));
            let mut places = vec![0; n];
            argsort(Block::new(&xs), &mut places, &mut vec![0; n], means(2));
            assert_eq!(places, want);
            let mut got = xs.clone();
            sort(BlockMut::new(&mut got), &mut vec![0; n], means(1));
            let key = |z: &c128| complex_key(*z);
            assert!(got.iter().zip(&want).all(|(z, &i)| key(z) == key(&xs[i as usize])));
        }
    }
}

#[test]
fn nan_is_last_and_keys_are_invertible() {
    let mut xs = [f64::NAN, 1.0, f64::NEG_INFINITY, -f64::NAN, -0.0, f64::INFINITY];
    sort(BlockMut::new(&mut xs), &mut [], means(1));
    assert_eq!(&xs[..4], &[f64::NEG_INFINITY, -0.0, 1.0, f64::INFINITY]);
    assert!(xs[4].is_nan() && xs[5].is_nan());
    for x in [0.0, -0.0, 1.5, -1.5, f64::MIN, f64::MAX, 5e-324] {
        assert_eq!(f64::of_key(x.key()).to_bits(), x.to_bits());
    }
}

#[test]
fn a_stop_leaves_early_and_in_one_piece() {
    let mut xs: Vec<f64> = noise(200_000).iter().map(|&b| b as f64).collect();
    let n = xs.len();
    sort(BlockMut::new(&mut xs), &mut vec![0; n], Means { parts: 2, stop: &|_| true });
    argsort(Block::new(&xs), &mut vec![0; n], &mut vec![0; n], Means { parts: 2, stop: &|_| true });
}

#[test]
fn searches_equal_bisection() {
    for n in [0, 1, 2, 7, 1000] {
        let mut sorted: Vec<f64> = noise(n).iter().map(|b| (b % 300) as f64).collect();
        if n > 3 {
            sorted[0] = f64::NAN;
        }
        sorted.sort_by_key(|x| x.key());
        let mut values: Vec<f64> = (-3..310).map(|i| i as f64).collect();
        values.extend([f64::NAN, 0.5, f64::INFINITY]);
        for (right, expected) in [(false, 0), (true, 0), (false, 1000), (true, 1000)] {
            let mut at = vec![0; values.len()];
            Sorted::new(Block::new(&sorted), expected).search(Block::new(&values), right, &mut at);
            for (v, at) in values.iter().zip(at) {
                let v = v.key();
                let before = |x: &f64| if right { x.key() <= v } else { x.key() < v };
                assert_eq!(at, sorted.partition_point(before) as i64);
            }
        }
    }
}

#[test]
fn distinct_members_and_bins() {
    let nan = f64::NAN;
    let mut xs = [-0.0, 0.0, 1.0, 1.0, 2.0, nan, nan];
    assert_eq!(distinct(BlockMut::new(&mut xs.clone()), true), 4);
    assert_eq!(distinct(BlockMut::new(&mut xs), false), 5);
    let (run, others) = ([5i64, -1, 7, i64::MAX, i64::MIN], [7i64, 5, 6]);
    let mut found = [false; 5];
    assert!(members(Block::new(&run), Block::new(&others), 1, &mut found));
    assert_eq!(found, [true, false, true, false, false]);
    assert!(!members(Block::new(&run), Block::new(&[0i64, i64::MAX]), 2, &mut found));

    let xs: Vec<f64> = noise(200_000).iter().map(|b| (b % 1001) as f64 / 1000.0).collect();
    for n in [1usize, 3, 10, 100] {
        let edges: Vec<f64> = (0..=n).map(|i| i as f64 * (1.0 / n as f64)).collect();
        let edges: Vec<f64> = edges[..n].iter().copied().chain([1.0]).collect();
        let naive = |k: usize| {
            let last = k == n - 1;
            xs.iter().filter(|x| edges[k] <= **x && (**x < edges[k + 1] || last)).count() as u64
        };
        let want: Vec<u64> = (0..n).map(naive).collect();
        for even in [false, true] {
            for parts in [1, 2, 5] {
                assert_eq!(Bins { edges: &edges, even }.counts(&xs, parts, &|| false), want, "{n} {even}");
            }
        }
        let ones = vec![1.0; xs.len()];
        let sums = Bins { edges: &edges, even: true }.sums(&xs, &ones, &|| false);
        assert!(sums.iter().zip(&want).all(|(s, w)| *s == *w as f64));
    }
    let (low, high, bad) = range_of(&[3.0, nan, -1.0]);
    assert!((low, high, bad) == (-1.0, 3.0, true));
}
