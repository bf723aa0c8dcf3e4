//! Array memory: recycling, accounting, the limit, alignment, and reuse in place.

use arr::array::{Array, ArrayError, memory};
use arr::dtype::DType;
use proptest::prelude::*;
use std::sync::{Mutex, MutexGuard};

/// The limit is the program's, so tests take turns.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let guard = TURN.lock().unwrap_or_else(|e| e.into_inner());
    memory::set_limit(usize::MAX);
    guard
}

fn bytes_of(a: &Array) -> &[u8] {
    fn view<T>(s: &[T]) -> &[u8] {
        // SAFETY: elements have no padding, and any byte is a `u8`.
        unsafe { std::slice::from_raw_parts(s.as_ptr().cast(), size_of_val(s)) }
    }
    match a.dtype() {
        DType::Bool => view(a.as_slice::<bool>().unwrap()),
        DType::U8 => view(a.as_slice::<u8>().unwrap()),
        _ => view(a.as_slice::<i64>().unwrap()),
    }
}

fn fill(a: &mut Array, mark: u8) {
    match a.dtype() {
        DType::Bool => a.as_mut_slice::<bool>().unwrap().fill(mark % 2 == 1),
        DType::U8 => a.as_mut_slice::<u8>().unwrap().fill(mark),
        _ => a.as_mut_slice::<i64>().unwrap().fill(i64::from_ne_bytes([mark; 8])),
    }
}

fn check(a: &Array, mark: u8) {
    let want = if a.dtype() == DType::Bool { mark % 2 } else { mark };
    assert!(bytes_of(a).iter().all(|&b| b == want), "another array wrote here");
}

#[derive(Clone, Debug)]
enum Step {
    Make { dtype: DType, n: usize, zeros: bool, mark: u8 },
    Free(usize),
    Share(usize),
    Trim,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let n = prop_oneof![4 => 0usize..200, 4 => 0usize..20_000, 2 => 60_000usize..700_000];
    let dtype = prop_oneof![Just(DType::Bool), Just(DType::U8), Just(DType::I64)];
    let make = (dtype, n, any::<bool>(), 2u8..).prop_map(|(dtype, n, zeros, mark)| Step::Make {
        dtype,
        n,
        zeros,
        mark,
    });
    let step = prop_oneof![
        10 => make,
        8 => any::<usize>().prop_map(Step::Free),
        2 => any::<usize>().prop_map(Step::Share),
        1 => Just(Step::Trim),
    ];
    prop::collection::vec(step, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Arrays of any size, made, shared and freed in any order, each keep their own contents.
    #[test]
    fn recycled_memory_is_clean_and_nobody_elses(steps in steps()) {
        let _turn = turn();
        let before = memory::used();
        let mut live: Vec<(Array, u8)> = Vec::new();
        for step in steps {
            match step {
                Step::Make { dtype, n, zeros, mark } => {
                    let make = if zeros { Array::zeros } else { Array::empty };
                    let mut a = make(dtype, &[n]).unwrap();
                    prop_assert_eq!(bytes_of(&a).len(), n * dtype.itemsize());
                    prop_assert!(n == 0 || (bytes_of(&a).as_ptr() as usize).is_multiple_of(64));
                    prop_assert!(!zeros || bytes_of(&a).iter().all(|&b| b == 0));
                    prop_assert!(dtype != DType::Bool || bytes_of(&a).iter().all(|&b| b < 2));
                    fill(&mut a, mark);
                    live.push((a, mark));
                }
                Step::Free(i) if !live.is_empty() => {
                    let (a, mark) = live.swap_remove(i % live.len());
                    check(&a, mark);
                }
                Step::Share(i) if !live.is_empty() => live.push(live[i % live.len()].clone()),
                Step::Trim => {
                    memory::trim();
                    prop_assert_eq!(memory::kept(), 0);
                }
                _ => {}
            }
            let asked: usize = live.iter().map(|(a, _)| a.nbytes()).sum();
            let shared = live.iter().any(|(a, _)| !a.clone().is_unique());
            prop_assert!(shared || memory::used() - before >= asked);
            prop_assert!(memory::peak() >= memory::used());
        }
        live.iter().for_each(|(a, mark)| check(a, *mark));
        live.clear();
        prop_assert_eq!(memory::used(), before);
    }
}

fn address(a: &Array) -> usize {
    bytes_of(a).as_ptr() as usize
}

#[test]
fn freed_memory_is_used_again() {
    let _turn = turn();
    memory::trim();
    for n in [3, 1000, 20_000, 300_000, 3_000_000] {
        let first = Array::empty(DType::I64, &[n]).unwrap();
        let (place, used, kept) = (address(&first), memory::used(), memory::kept());
        drop(first);
        assert_eq!(memory::used() + memory::kept(), used + kept);
        let second = Array::empty(DType::I64, &[n - n / 20]).unwrap();
        assert_eq!(address(&second), place, "{n}");
        assert_eq!((memory::used(), memory::kept()), (used, kept));
    }
}

#[test]
fn a_much_larger_block_is_left_alone() {
    let _turn = turn();
    memory::trim();
    drop(Array::empty(DType::U8, &[10 << 20]).unwrap());
    let kept = memory::kept();
    let small = Array::empty(DType::U8, &[5 << 20]).unwrap();
    assert_eq!(memory::kept(), kept);
    drop(small);
}

#[test]
fn zeros_of_recycled_memory() {
    let _turn = turn();
    for n in [5, 5000, 100_000, 2_000_000, 6_000_000] {
        let mut a = Array::empty(DType::U8, &[n]).unwrap();
        fill(&mut a, 7);
        drop(a);
        check(&Array::zeros(DType::U8, &[n]).unwrap(), 0);
        let mut a = Array::empty(DType::U8, &[n]).unwrap();
        fill(&mut a, 9);
        drop(a);
        assert!(bytes_of(&Array::empty(DType::Bool, &[n - 1]).unwrap()).iter().all(|&b| b < 2));
        assert!(bytes_of(&Array::empty(DType::Bool, &[n]).unwrap()).iter().all(|&b| b < 2));
        check(&Array::zeros(DType::Bool, &[n]).unwrap(), 0);
    }
}

#[test]
fn what_is_kept_is_bounded() {
    let _turn = turn();
    memory::trim();
    let limit = memory::used() + (64 << 20);
    memory::set_limit(limit);
    // More than a quarter of the limit is not kept.
    drop(Array::zeros(DType::U8, &[20 << 20]).unwrap());
    assert_eq!(memory::kept(), 0);
    let many: Vec<Array> = (0..8).map(|_| Array::zeros(DType::U8, &[6 << 20]).unwrap()).collect();
    drop(many);
    assert!(memory::kept() > 0 && memory::kept() <= limit / 4, "{} kept", memory::kept());
    // What is kept makes room.
    let big = Array::zeros(DType::U8, &[60 << 20]).unwrap();
    assert!(memory::used() + memory::kept() <= limit);
    drop(big);
    let many: Vec<Array> = (0..200_000).map(|_| Array::zeros(DType::U8, &[24]).unwrap()).collect();
    drop(many);
    assert!(memory::kept() <= 5 << 20, "{} kept", memory::kept());
    memory::set_limit(usize::MAX);
}

#[test]
fn the_limit_is_checked_before_anything_is_allocated() {
    let _turn = turn();
    memory::trim();
    let used = memory::used();
    memory::set_limit(used + (8 << 20));
    assert!(Array::empty(DType::F64, &[1 << 19]).is_ok());
    let refused = Array::empty(DType::F64, &[1 << 21]);
    assert!(matches!(refused, Err(ArrayError::Memory { free, .. }) if free == 8 << 20));
    assert_eq!(memory::available(), 8 << 20);
    let held: Vec<_> = (0..7).map(|_| Array::empty(DType::U8, &[1 << 20]).unwrap()).collect();
    assert!(Array::empty(DType::U8, &[2 << 20]).is_err());
    assert!(memory::used() <= used + (8 << 20) && memory::peak() <= used + (8 << 20));
    drop(held);
    assert!(Array::empty(DType::U8, &[7 << 20]).is_ok());
    // Small arrays are held to it too.
    let mut small = Vec::new();
    while let Ok(a) = Array::empty(DType::F64, &[3]) {
        small.push(a);
        assert!(small.len() < 1 << 20);
    }
    assert!(memory::used() <= used + (8 << 20));
    memory::set_limit(usize::MAX);
}

#[test]
fn impossible_sizes_fail_at_once() {
    let _turn = turn();
    let used = memory::used();
    for shape in [&[1usize << 50][..], &[1_000_000_000_000_000], &[1 << 30, 1 << 30, 1 << 30], &[usize::MAX]]
    {
        for dtype in [DType::Bool, DType::F64, DType::C128] {
            for make in [Array::zeros, Array::empty] {
                let start = std::time::Instant::now();
                let refused = make(dtype, shape);
                assert!(
                    matches!(refused, Err(ArrayError::Memory { .. } | ArrayError::TooLarge)),
                    "{shape:?}"
                );
                assert!(start.elapsed().as_millis() < 100);
            }
        }
    }
    assert_eq!(memory::used(), used);
}

#[test]
fn buffers_outlive_their_threads_pool() {
    let _turn = turn();
    thread_local! {
        static LATE: std::cell::RefCell<Vec<Array>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    std::thread::spawn(|| {
        LATE.with(|late| late.borrow_mut().push(Array::zeros(DType::F64, &[3]).unwrap()));
        drop(Array::zeros(DType::F64, &[500_000]).unwrap());
        assert!(memory::kept() > 0);
        LATE.with(|late| late.borrow_mut().push(Array::zeros(DType::F64, &[500_000]).unwrap()));
    })
    .join()
    .unwrap();
}
