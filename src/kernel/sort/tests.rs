use super::*;

fn means() -> Means<'static> {
    Means { parts: 1, stop: &|| false }
}

fn noise(n: usize) -> Vec<u64> {
    let mut x = n as u64;
    (0..n)
        .map(|_| {
            x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            x ^ (x >> 33)
        })
        .collect()
}

fn check<T: Sortable + PartialOrd>(xs: Vec<T>) {
    let mut want = xs.clone();
    want.sort_by_key(|a| a.stable_key());
    for parts in [1, 2, 8] {
        let mut got = xs.clone();
        sort(BlockMut::new(&mut got), Means { parts, ..means() });
        assert!(got.iter().zip(&want).all(|(a, b)| a.stable_key() == b.stable_key()), "{parts} {}", xs.len());
        let mut places = vec![0; xs.len()];
        argsort(Block::new(&xs), &mut places, Means { parts, ..means() });
        let mut naive: Vec<i64> = (0..xs.len() as i64).collect();
        naive.sort_by_key(|&i| xs[i as usize].stable_key());
        assert_eq!(places, naive);
    }
}

#[test]
fn every_dtype_and_length() {
    for n in [0, 1, 2, 3, 50, 399, 400, 401, 1000, 5000, 70_000] {
        let bits = noise(n);
        check::<bool>(bits.iter().map(|b| b % 3 == 0).collect());
        check::<i8>(bits.iter().map(|&b| b as i8).collect());
        check::<u16>(bits.iter().map(|&b| b as u16).collect());
        check::<i32>(bits.iter().map(|&b| b as i32).collect());
        check::<i64>(bits.iter().map(|&b| b as i64).collect());
        check::<i64>(bits.iter().map(|&b| b as i64 % 100).collect());
        check::<u64>(bits.clone());
        check::<f64>(bits.iter().map(|&b| f64::from_bits(b)).collect());
        check::<f32>(bits.iter().map(|&b| (b as i32 % 50) as f32 / 7.0).collect());
    }
}

#[test]
fn nan_is_last_and_keys_are_invertible() {
    let mut xs = [f64::NAN, 1.0, f64::NEG_INFINITY, -f64::NAN, -0.0, f64::INFINITY];
    sort(BlockMut::new(&mut xs), means());
    assert_eq!(&xs[..4], &[f64::NEG_INFINITY, -0.0, 1.0, f64::INFINITY]);
    assert!(xs[4].is_nan() && xs[5].is_nan());
    for x in [0.0, -0.0, 1.5, -1.5, f64::MIN, f64::MAX, 5e-324] {
        assert_eq!(f64::of_key(x.key()).to_bits(), x.to_bits());
    }
}

#[test]
fn partitions_and_searches() {
    let xs: Vec<i64> = noise(3000).iter().map(|&b| b as i64 % 1000).collect();
    let mut sorted = xs.clone();
    sorted.sort_unstable();
    let mut part = xs.clone();
    partition(BlockMut::new(&mut part), &[10, 1500], means());
    assert_eq!((part[10], part[1500]), (sorted[10], sorted[1500]));
    assert!(part[..10].iter().all(|x| *x <= part[10]) && part[1501..].iter().all(|x| *x >= part[1500]));
    let mut at = vec![0; 3];
    search(Block::new(&sorted), Block::new(&[-5000i64, sorted[7], 5000]), false, &mut at);
    assert_eq!(at, [0, sorted.partition_point(|x| *x < sorted[7]) as i64, 3000]);
    search(Block::new(&sorted), Block::new(&[-5000i64, sorted[7], 5000]), true, &mut at);
    assert_eq!(at[1], sorted.partition_point(|x| *x <= sorted[7]) as i64);
}
