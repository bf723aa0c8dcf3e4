//! Every element-wise kernel of the table of primitives, at every instruction set of the machine,
//! against itself element by element: lengths around those of vectors, scalar operands on every side,
//! special values; and copies, casts and selections over layouts, levels and threads.
//!
//! A debug build has one level, so that the levels are compared by `cargo test --release --test kernels`.

use arr::dtype::{CastTo, DType, Element, Scalar, c64, c128, cast, cast_scalar};
use arr::kernel::arg;
use arr::kernel::chain::{self, Code, PastCaches, Strip, Whole};
use arr::kernel::{self, Block, BlockMut, KernelFn, One, Scratch, fold};
use arr::prim::table;
use std::sync::Mutex;

/// Levels are global: tests that force them run one after another.
static FORCED: Mutex<()> = Mutex::new(());

/// Runs `f` at each level of the machine.
fn at_levels(mut f: impl FnMut(kernel::Level)) {
    let _only = FORCED.lock();
    let before = kernel::level();
    for level in kernel::levels() {
        kernel::set_level(level);
        f(level);
    }
    kernel::set_level(before);
}

/// A generator of test numbers (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn int(&mut self) -> i64 {
        let r = self.next();
        match r % 8 {
            0 => {
                [0, 1, -1, 2, -2, i64::MIN, i64::MAX, 127, -128, 255, i32::MIN as i64][(r >> 8) as usize % 11]
            }
            1..=4 => (r >> 8) as i64 % 100 - 50,
            _ => self.next() as i64 >> ((r >> 8) % 60),
        }
    }

    fn float(&mut self) -> f64 {
        const SPECIAL: [f64; 14] = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            4503599627370497.5,
            -2.5,
            1e300,
        ];
        let r = self.next();
        match r % 8 {
            0 => SPECIAL[(r >> 8) as usize % SPECIAL.len()],
            1..=3 => ((r >> 8) as i64 % 2000 - 1000) as f64 / 8.0,
            4..=6 => (self.next() as f64 / u64::MAX as f64 - 0.5) * 20.0,
            _ => f64::from_bits(self.next()),
        }
    }

    fn scalar(&mut self, dtype: DType) -> Scalar {
        let n = self.int();
        match dtype {
            DType::Bool => Scalar::Bool(n & 1 == 1),
            DType::I8 => Scalar::I8(n as i8),
            DType::U8 => Scalar::U8(n as u8),
            DType::I16 => Scalar::I16(n as i16),
            DType::U16 => Scalar::U16(n as u16),
            DType::I32 => Scalar::I32(n as i32),
            DType::U32 => Scalar::U32(n as u32),
            DType::I64 => Scalar::I64(n),
            DType::U64 => Scalar::U64(n as u64),
            DType::F32 => Scalar::F32(self.float() as f32),
            DType::F64 => Scalar::F64(self.float()),
            DType::C64 => Scalar::C64(c64::new(self.float() as f32, self.float() as f32)),
            DType::C128 => Scalar::C128(c128::new(self.float(), self.float())),
        }
    }

    fn block(&mut self, dtype: DType, n: usize) -> Scratch {
        let mut s = Scratch::new(dtype, n.max(1));
        for i in 0..n {
            s.block_mut(n).part(i, 1).fill(self.scalar(dtype));
        }
        s
    }
}

/// Equal bit by bit, except that one NaN is as good as another.
fn same(a: Scalar, b: Scalar) -> bool {
    let real = |x: f64, y: f64| (x.is_nan() && y.is_nan()) || x.to_bits() == y.to_bits();
    match (a, b) {
        (Scalar::F32(x), Scalar::F32(y)) => real(x as f64, y as f64),
        (Scalar::F64(x), Scalar::F64(y)) => real(x, y),
        (Scalar::C64(_) | Scalar::C128(_), _) => {
            let (x, y) = (a.as_c128(), b.as_c128());
            a.dtype() == b.dtype() && real(x.re, y.re) && real(x.im, y.im)
        }
        _ => a == b,
    }
}

fn scalars(b: Block<'_>) -> Vec<Scalar> {
    (0..b.len()).map(|i| b.scalar(i)).collect()
}

/// Lengths on both sides of a vector's, a piece's and a block's.
const LENGTHS: &[usize] = &[0, 1, 2, 3, 7, 8, 9, 31, 33, 63, 64, 65, 127, 129, 511, 513, 1030];

/// What the kernel gives, an element at a time, at the narrowest level.
fn one_by_one(run: KernelFn, operands: &[Block<'_>], out: DType, n: usize) -> Vec<Scalar> {
    (0..n)
        .map(|i| {
            let ones: Vec<Block<'_>> =
                operands.iter().map(|b| if b.len() == 1 { *b } else { b.slice(i, i + 1) }).collect();
            let mut one = One::zero(out);
            run(&ones, one.block_mut());
            one.scalar()
        })
        .collect()
}

/// One kernel over lengths and mixtures of scalar operands, at each level.
fn check_kernel(name: &str, run: KernelFn, dtypes: &[DType], out: DType, numbers: &mut Numbers) {
    let longest = *LENGTHS.last().unwrap();
    // Small exponents, so that powers of integers are allowed.
    let mut operands: Vec<Scratch> = dtypes.iter().map(|&d| numbers.block(d, longest)).collect();
    if name == "power" && dtypes[1].is_int() {
        for i in 0..longest {
            let small = arr::dtype::cast_scalar(Scalar::I64((i % 7) as i64), dtypes[1]);
            operands[1].block_mut(longest).part(i, 1).fill(small);
        }
    }
    let arity = dtypes.len();
    for scalar in 0..(1usize << arity) {
        let blocks = |n: usize, k: usize, from: usize| {
            let all = operands[k].block(longest);
            if scalar >> k & 1 == 1 { all.slice(from % longest, from % longest + 1) } else { all.slice(0, n) }
        };
        // Scalars of several values: zeros, powers of two, negative ones take ways of their own.
        let tries = if scalar == 0 { 1 } else { 12 };
        for from in 0..tries {
            let lengths = if from == 0 { LENGTHS } else { &[65] };
            let all: Vec<Block<'_>> = (0..arity).map(|k| blocks(longest, k, 37 * from)).collect();
            kernel::set_level(kernel::Level::Baseline);
            let want = one_by_one(run, &all, out, *lengths.last().unwrap());
            for level in kernel::levels() {
                kernel::set_level(level);
                for &n in lengths {
                    let ops: Vec<Block<'_>> = (0..arity).map(|k| blocks(n, k, 37 * from)).collect();
                    let mut got = Scratch::new(out, n.max(1));
                    if n > 0 {
                        run(&ops, got.block_mut(n));
                    }
                    for (i, (g, w)) in scalars(got.block(n)).into_iter().zip(&want).enumerate() {
                        let values: Vec<Scalar> =
                            ops.iter().map(|b| b.scalar(if b.len() == 1 { 0 } else { i })).collect();
                        assert!(
                            same(g, *w),
                            "{name} of {values:?} at {i} of {n}, {}: {g:?}, alone {w:?}",
                            level.name()
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn kernels_of_the_table_do_not_depend_on_length_or_level() {
    let _only = FORCED.lock();
    let before = kernel::level();
    let mut numbers = Numbers(1);
    let mut count = 0;
    for (_, prim) in table().rows() {
        let Some(e) = prim.elementwise() else { continue };
        for l in e.loops {
            // Operands beyond a function's own are scalars that only its caller knows.
            if matches!(prim.name, "isclose" | "nan_to_num") {
                continue;
            }
            check_kernel(prim.name, l.run, &vec![l.dtype; e.arity], l.out, &mut numbers);
            count += 1;
        }
        if let Some(run) = e.mixed {
            check_kernel(prim.name, run, &[DType::I64, DType::U64], DType::Bool, &mut numbers);
            check_kernel(prim.name, run, &[DType::U64, DType::I64], DType::Bool, &mut numbers);
        }
    }
    kernel::set_level(before);
    println!("{count} kernels");
    assert!(count > 300);
}

#[test]
fn casts_do_not_depend_on_length_or_level() {
    let mut numbers = Numbers(2);
    let n = 600;
    for from in DType::ALL {
        let source = numbers.block(from, n);
        for to in DType::ALL {
            at_levels(|level| {
                for &n in &[1, 7, 64, 65, 600] {
                    let mut got = Scratch::new(to, n);
                    kernel::cast::convert(source.block(n), got.block_mut(n));
                    for i in 0..n {
                        let (g, x) = (got.block(n).scalar(i), source.block(n).scalar(i));
                        let want = arr::dtype::cast_scalar(x, to);
                        assert!(same(g, want), "{x:?} to {to:?}, {}: {g:?}, alone {want:?}", level.name());
                    }
                }
            });
        }
    }
}

/// Numbers of one type, as blocks are made of.
fn run_of<T: Element>(n: usize, f: impl Fn(usize) -> T) -> Vec<T> {
    (0..n).map(f).collect()
}

#[test]
fn masks_select_at_every_level() {
    fn each<T: Element>(f: impl Fn(usize) -> T + Copy) {
        for &n in LENGTHS {
            for period in [1usize, 2, 3, 11, 5000] {
                let src = run_of(n, f);
                let mask = run_of(n, |i| (i * i + i / 3).is_multiple_of(period));
                let kept: Vec<usize> = (0..n).filter(|&i| mask[i]).collect();
                let want: Vec<T> = kept.iter().map(|&i| src[i]).collect();
                assert_eq!(kernel::index::count(&mask), want.len());
                let mut out = vec![T::default(); want.len()];
                kernel::index::compress(Block::new(&src), &mask, BlockMut::new(&mut out));
                assert_eq!(out, want);
                let mut at = vec![0i64; kept.len()];
                kernel::index::true_positions(&mask, 5, &mut at);
                assert_eq!(at, run_of(kept.len(), |i| kept[i] as i64 + 5));
                let mut all = vec![T::default(); n];
                kernel::index::expand(BlockMut::new(&mut all), &mask, Block::new(&want));
                assert_eq!(all, run_of(n, |i| if mask[i] { src[i] } else { T::default() }));
                let mut one = src.clone();
                kernel::index::masked_fill(BlockMut::new(&mut one), &mask, Block::new(&[f(77)]));
                assert_eq!(one, run_of(n, |i| if mask[i] { f(77) } else { src[i] }));
            }
        }
    }
    at_levels(|_| {
        each(|i| i as u8);
        each(|i| i as i16);
        each(|i| i as f32);
        each(|i| i as i64);
        each(|i| c64::new(i as f32, -1.0));
        each(|i| c128::new(i as f64, 0.5));
    });
}

/// Quotients and remainders as whole numbers of unlimited size give them, cut to the dtype.
#[test]
fn integer_division_is_exact_at_every_level() {
    use arr::dtype::cast_scalar;
    use arr::kernel::integer::{floor_divide, fmod, remainder};
    fn want(which: usize, a: i128, b: i128) -> i128 {
        match (which, b) {
            (_, 0) => 0,
            (0, _) => a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0),
            (1, _) => a - b * want(0, a, b),
            _ => a % b,
        }
    }
    fn check<T: Element + PartialOrd>(values: &[T], runs: [KernelFn; 3]) {
        let exact = |x: T| x.scalar().as_i128().unwrap();
        let cut = |x: i128| match T::DTYPE {
            DType::U64 => Scalar::U64(x as u64),
            to => cast_scalar(Scalar::I64(x as i64), to),
        };
        let n = values.len();
        let mut out = vec![T::default(); n];
        for &d in values {
            let all = vec![d; n];
            for (which, run) in runs.into_iter().enumerate() {
                for (form, a, b) in
                    [("number", values, &[d][..]), ("array", values, &all), ("left", &[d], values)]
                {
                    run(&[Block::new(a), Block::new(b)], BlockMut::new(&mut out));
                    for (i, got) in out.iter().enumerate() {
                        let (x, y) = if form == "left" { (d, values[i]) } else { (values[i], d) };
                        let want = cut(want(which, exact(x), exact(y)));
                        assert_eq!(got.scalar(), want, "{which} of {x:?} and {y:?}, {form}");
                    }
                }
            }
        }
    }
    // Powers of two and their neighbours, small numbers, multiples of small numbers.
    fn sample(bits: u32, count: usize) -> Vec<i64> {
        let mut numbers = Numbers(bits as u64);
        let mut v: Vec<i64> = (-3..=12).collect();
        for b in (1..bits).step_by(1 + bits as usize / 20) {
            v.extend(
                (-1..=1)
                    .flat_map(|d| [(1i64 << b).wrapping_add(d), (1i64 << b).wrapping_neg().wrapping_add(d)]),
            );
        }
        v.extend(
            (0..count).map(|_| (numbers.next() as i64 >> (64 - bits)) >> (numbers.next() % bits as u64)),
        );
        v.extend((0..count).map(|_| ((numbers.next() >> (64 - bits / 2)) * (numbers.next() % 64)) as i64));
        v
    }
    macro_rules! each {
        ($t:ty, $values:expr) => {
            check::<$t>(
                &$values.into_iter().map(|x| x as $t).collect::<Vec<_>>(),
                [floor_divide::<$t>, remainder::<$t>, fmod::<$t>],
            )
        };
    }
    let count = if cfg!(debug_assertions) { 10 } else { 60 };
    at_levels(|_| {
        each!(i8, (-128i64..128).step_by(if cfg!(debug_assertions) { 5 } else { 1 }));
        each!(u8, (0i64..256).step_by(if cfg!(debug_assertions) { 5 } else { 1 }));
        each!(i16, sample(16, count));
        each!(u16, sample(16, count));
        each!(i32, sample(32, count));
        each!(u32, sample(32, count));
        // Stretches within ±2^48, and others.
        each!(i64, [sample(46, count), sample(64, count)].concat());
        each!(u64, [sample(46, count), sample(64, count)].concat());
    });
}

#[test]
fn complex_moduli_are_within_one_ulp() {
    let mut numbers = Numbers(5);
    let z: Vec<c128> = (0..20000)
        .map(|i| {
            let (a, b) = (numbers.float(), numbers.float());
            let scale = 2f64.powi((numbers.next() % 1800) as i32 - 900);
            if i % 2 == 0 { c128::new(a, b) } else { c128::new(a * scale, b * scale) }
        })
        .collect();
    at_levels(|level| {
        let mut out = vec![0f64; z.len()];
        kernel::arith::absolute::<c128>(&[Block::new(&z)], BlockMut::new(&mut out));
        for (z, got) in z.iter().zip(&out) {
            let want = z.re.hypot(z.im);
            let near = (got.to_bits() as i64 - want.to_bits() as i64).abs() <= 1;
            assert!(near || (want.is_nan() && got.is_nan()), "|{z}| at {}: {got:e}, {want:e}", level.name());
        }
    });
}

#[test]
fn strided_runs_are_packed_and_unpacked() {
    fn each<T: Element>(f: impl Fn(usize) -> T + Copy) {
        let all = run_of(5000, f);
        for step in [-3isize, -2, -1, 0, 1, 2, 3, 4, 5] {
            for &n in LENGTHS.iter().filter(|&&n| n < 500) {
                let at = |i: usize| (2500 + step * i as isize) as usize;
                let mut out = vec![T::default(); n];
                kernel::pack::gather(Block::new(&all), 2500, step, BlockMut::new(&mut out));
                assert_eq!(out, run_of(n, |i| all[at(i)]), "{step} {n}");
                if step != 0 {
                    let (mut got, mut want) = (all.clone(), all.clone());
                    let new = run_of(n, |i| f(i + 77));
                    kernel::pack::scatter(Block::new(&new), BlockMut::new(&mut got), 2500, step);
                    (0..n).for_each(|i| want[at(i)] = new[i]);
                    assert_eq!(got, want, "{step} {n}");
                }
            }
        }
    }
    at_levels(|_| {
        each(|i| i as u8);
        each(|i| i as i16);
        each(|i| i as f32);
        each(|i| i as i64);
        each(|i| c64::new(i as f32, -1.0));
        each(|i| c128::new(i as f64, 0.5));
    });
}

/// What a chain gives for one element, the operations done one by one.
fn chained(codes: &[Code], sources: &[f64], slots: usize) -> (Vec<f64>, bool) {
    let (mut acc, mut places, mut finite) = (0.0f64, vec![0.0; 16], true);
    places[..sources.len()].copy_from_slice(sources);
    let max = |a: f64, b: f64| if b < a || a.is_nan() { a } else { b };
    let min = |a: f64, b: f64| if a < b || a.is_nan() { a } else { b };
    for &code in codes {
        let place = std::cell::Cell::new(0);
        code.map(|p| {
            place.set(p);
            p
        });
        let at = places[place.get() as usize];
        match code {
            Code::Load(_) => acc = at,
            Code::Store(p) => places[p as usize] = acc,
            Code::Add(_) => acc += at,
            Code::Subtract(_) => acc -= at,
            Code::SubtractFrom(_) => acc = at - acc,
            Code::Multiply(_) => acc *= at,
            Code::Divide(_) => acc /= at,
            Code::DivideInto(_) => acc = at / acc,
            Code::Maximum(_) => acc = max(acc, at),
            Code::MaximumOf(_) => acc = max(at, acc),
            Code::Minimum(_) => acc = min(acc, at),
            Code::MinimumOf(_) => acc = min(at, acc),
            Code::Negative => acc = -acc,
            Code::Absolute => acc = acc.abs(),
            Code::Sign if acc.is_nan() || acc == 0.0 => acc = acc.abs(),
            Code::Sign => acc = acc.signum(),
            Code::Square => acc *= acc,
            Code::Cube => acc = acc * acc * acc,
            Code::Reciprocal => acc = 1.0 / acc,
            Code::SquareRoot => acc = acc.sqrt(),
            Code::Round(Whole::Floor) => acc = acc.floor(),
            Code::Round(Whole::Ceil) => acc = acc.ceil(),
            Code::Round(Whole::Trunc) => acc = acc.trunc(),
            Code::Round(Whole::Nearest) => acc = acc.round_ties_even(),
            Code::Sum(p, q) => acc = places[p as usize] + places[q as usize],
            Code::Difference(p, q) => acc = places[p as usize] - places[q as usize],
            Code::Product(p, q) => acc = places[p as usize] * places[q as usize],
            Code::MultiplyAdd(p, q) => acc = acc * places[p as usize] + places[q as usize],
            Code::AddProduct(p, q) => acc += places[p as usize] * places[q as usize],
            Code::SubtractProduct(p, q) => acc -= places[p as usize] * places[q as usize],
            Code::Test => finite &= acc.is_finite(),
            other => unreachable!("{other:?} has a test of its own"),
        }
    }
    (places[sources.len() + slots..].to_vec(), finite)
}

#[test]
fn chains_give_what_their_operations_give() {
    let forms: [fn(u8) -> Code; 10] = [
        Code::Load,
        Code::Add,
        Code::Subtract,
        Code::SubtractFrom,
        Code::Multiply,
        Code::Divide,
        Code::DivideInto,
        Code::Maximum,
        Code::MaximumOf,
        Code::MinimumOf,
    ];
    let alone = [
        Code::Negative,
        Code::Absolute,
        Code::Sign,
        Code::Square,
        Code::Cube,
        Code::Reciprocal,
        Code::SquareRoot,
        Code::Round(Whole::Floor),
        Code::Round(Whole::Ceil),
        Code::Round(Whole::Trunc),
        Code::Round(Whole::Nearest),
    ];
    at_levels(|level| {
        let mut numbers = Numbers(7);
        for round in 0..300 {
            let n = [1, 2, 7, 31, 64, 127, 128, 129, 300][round % 9];
            let count = 1 + numbers.next() as usize % 4;
            // Seldom something special, so that most chains come to their end.
            let value = |numbers: &mut Numbers| match numbers.next() % 4000 {
                0 => numbers.float(),
                r => r as f64 / 500.0 - 4.0,
            };
            let rows = 1 + numbers.next() as usize % 3;
            // A buffer, where its first row begins, from row to row, and whether a row is one element.
            let sources: Vec<(Vec<f64>, usize, isize, bool)> = (0..count)
                .map(|_| {
                    let all = (0..rows * (n + 3) + 2).map(|_| value(&mut numbers)).collect();
                    let single = numbers.next().is_multiple_of(3);
                    let row = [0, 1, n as isize, n as isize + 3, -(n as isize)][numbers.next() as usize % 5];
                    let at = if row < 0 { (rows - 1) * n + 2 } else { numbers.next() as usize % 3 };
                    (all, at, row, single)
                })
                .collect();
            let element = |s: &(Vec<f64>, usize, isize, bool), r: usize, i: usize| {
                s.0[(s.1 as isize + r as isize * s.2) as usize + if s.3 { 0 } else { i }]
            };
            // Two slots, which are written first, then one or two results.
            let slot = |k: u8| count as u8 + k;
            let mut codes = vec![Code::Load(0), Code::Store(slot(0)), Code::Store(slot(1))];
            for _ in 0..numbers.next() % 12 {
                let mut place = || (numbers.next() % (count as u64 + 2)) as u8;
                let (p, q) = (place(), place());
                codes.push(match numbers.next() % 14 {
                    10 => Code::MultiplyAdd(p, q),
                    11 => Code::Sum(p, q),
                    12 => Code::Difference(p, q),
                    13 => Code::Product(p, q),
                    8 => Code::AddProduct(p, q),
                    9 => Code::SubtractProduct(p, q),
                    0..=4 => forms[numbers.next() as usize % forms.len()](
                        (numbers.next() % (count as u64 + 2)) as u8,
                    ),
                    5 => Code::Store(slot(numbers.next() as u8 % 2)),
                    _ => alone[numbers.next() as usize % alone.len()],
                });
            }
            codes.extend([Code::Test, Code::Store(slot(2)), Code::Negative, Code::Store(slot(3))]);
            let strips: Vec<Strip<'_>> = sources
                .iter()
                .map(|(all, at, row, single)| Strip {
                    block: Some(Block::new(all)),
                    at: *at,
                    row: *row,
                    single: *single,
                })
                .collect();
            // The first source's elements where the result goes, which is then read and written there.
            let (over, before): (Vec<Code>, Vec<f64>) = (
                codes[..codes.len() - 2].to_vec(),
                (0..rows * n).map(|i| element(&sources[0], i / n, i % n)).collect(),
            );
            let mut target = before.clone();
            let own: Vec<Strip<'_>> =
                [Strip::own(n)].into_iter().chain(strips[1..].iter().copied()).collect();
            let done = chain::run_over((&over, DType::F64), &own, 2, BlockMut::new(&mut target[..]), n);
            let (mut first, mut second) = (vec![0.0f64; rows * n], vec![0.0f64; rows * n]);
            let finite = chain::run(
                (&codes, DType::F64),
                &strips,
                2,
                &mut [BlockMut::new(&mut first[..]), BlockMut::new(&mut second[..])],
                n,
                (round % 2 == 0).then(PastCaches::default).as_ref(),
            );
            let want: Vec<_> = (0..rows * n)
                .map(|i| sources.iter().map(|s| element(s, i / n, i % n)).collect::<Vec<f64>>())
                .map(|elements| chained(&codes, &elements, 2))
                .collect();
            assert_eq!(finite, want.iter().all(|w| w.1), "{level:?} {n} {codes:?}");
            assert_eq!(finite, done == rows * n, "{level:?} {n} {codes:?}");
            for (i, x) in target.iter().enumerate() {
                let want = if i < done { want[i].0[0] } else { before[i] };
                assert_eq!(x.to_bits(), want.to_bits(), "over itself, {level:?} {n} at {i}: {codes:?}");
            }
            for (i, (want, finite)) in want.iter().enumerate().filter(|(_, w)| w.1) {
                assert!(finite);
                assert_eq!(first[i].to_bits(), want[0].to_bits(), "{level:?} {n} at {i}: {codes:?}");
                assert_eq!(second[i].to_bits(), want[1].to_bits(), "{level:?} {n} at {i}: {codes:?}");
            }
        }
    });
}

/// Lengths around those of tiles and of the pieces that are folded.
const CHAIN_LENGTHS: [usize; 16] = [1, 3, 7, 8, 31, 33, 64, 100, 127, 128, 129, 300, 1023, 1024, 1025, 3001];

#[test]
fn truth_values_chain_as_they_are_written() {
    fn each<T: Element + PartialOrd + std::ops::Mul<Output = T>>(number: impl Fn(u64) -> T) {
        let mut numbers = Numbers(3);
        for n in CHAIN_LENGTHS {
            let mut block = || -> Vec<T> { (0..n).map(|_| number(numbers.next())).collect() };
            let (a, b) = (block(), block());
            let c: Vec<bool> = (0..n).map(|_| numbers.next().is_multiple_of(3)).collect();
            let (one, none) = ([a[0]], [true]);
            type Test<T> = (fn(u8, u8) -> Code, fn(&T, &T) -> bool);
            let tests: [Test<T>; 6] = [
                (Code::Equal, |x, y| x == y),
                (Code::NotEqual, |x, y| x != y),
                (Code::Less, |x, y| x < y),
                (Code::LessEqual, |x, y| x <= y),
                (Code::Greater, |x, y| x > y),
                (Code::GreaterEqual, |x, y| x >= y),
            ];
            type Join = (fn(u8, u8, u8) -> Code, fn(bool, bool) -> bool);
            let joins: [Join; 3] =
                [(Code::And, |x, y| x & y), (Code::Or, |x, y| x | y), (Code::Xor, |x, y| x ^ y)];
            for (k, (code, test)) in tests.into_iter().enumerate() {
                let (join, joined) = joins[k % 3];
                // Sources a, b, c, a number, a bool; slots 5 and 6; results 7 and 8.
                let codes = [
                    Code::Load(0),
                    code(1, 5),
                    Code::Read(2, 6),
                    join(5, 6, 5),
                    Code::Read(4, 6),
                    Code::Xor(5, 6, 6),
                    Code::Not(6, 6),
                    Code::Write(5, 7),
                    Code::Multiply(1),
                    if k % 2 == 0 { Code::Take(6, 3) } else { Code::TakeElse(6, 3) },
                    Code::Store(8),
                ];
                let sources = [
                    Strip::of(Block::new(&a), n, n),
                    Strip::of(Block::new(&b), n, n),
                    Strip::of(Block::new(&c), n, n),
                    Strip::of(Block::new(&one), n, n),
                    Strip::of(Block::new(&none), n, n),
                ];
                let (mut truth, mut value) = (vec![false; n], vec![T::default(); n]);
                let results = &mut [BlockMut::new(&mut truth[..]), BlockMut::new(&mut value[..])];
                assert!(chain::run((&codes, T::DTYPE), &sources, 2, results, n, None));
                for i in 0..n {
                    let want = joined(test(&a[i], &b[i]), c[i]);
                    assert_eq!(truth[i], want, "{codes:?} {n} at {i}");
                    let product = a[i] * b[i];
                    let want = if want == (k % 2 == 0) { one[0] } else { product };
                    assert!(value[i] == want || product != product, "{codes:?} {n} at {i}");
                }
            }
        }
    }
    at_levels(|_| {
        each(|r| if r % 50 == 0 { f64::NAN } else { (r % 8) as f64 - 3.0 });
        each(|r| if r % 50 == 0 { f32::NAN } else { (r % 8) as f32 - 3.0 });
        each(|r| (r % 8) as i32 - 3);
        each(|r| (r % 8) as i64 - 3);
    });
}

#[test]
fn sources_of_any_dtype_chain_as_converted() {
    fn pair<F: Element + CastTo<T>, T: Element + PartialEq>(from: impl Fn(u64) -> F) {
        let mut numbers = Numbers(11);
        for n in CHAIN_LENGTHS {
            let rows = 1 + numbers.next() as usize % 3;
            let all: Vec<F> = (0..rows * (n + 2) + 1).map(|_| from(numbers.next() % 100)).collect();
            let strip = Strip { block: Some(Block::new(&all)), at: 1, row: n as isize + 2, single: false };
            let codes = [Code::Convert(0, 1), Code::Load(1), Code::Store(2)];
            let mut out = vec![T::default(); rows * n];
            let past = n.is_multiple_of(2).then(PastCaches::default);
            let results = &mut [BlockMut::new(&mut out[..])];
            assert!(chain::run((&codes, T::DTYPE), &[strip], 1, results, n, past.as_ref()));
            for (i, x) in out.iter().enumerate() {
                let from = all[1 + i / n * (n + 2) + i % n];
                assert!(*x == cast::<F, T>(from), "{} to {}, {n} at {i}", F::DTYPE, T::DTYPE);
            }
        }
    }
    at_levels(|_| {
        macro_rules! each {
            ($($to:ty: $($from:ident)*;)*) => {$($(pair::<$from, $to>(|r| r as i64 as $from);)*)*};
        }
        each! {
            f64: i8 u8 i16 u16 i32 u32 i64 u64 f32;
            f32: i8 u8 i16 u16 i32 u32 i64 u64;
            i64: i8 u8 i16 u16 i32 u32;
            i32: i8 u8 i16 u16 i64;
        }
        pair::<bool, f64>(|r| r % 2 == 0);
        pair::<bool, i32>(|r| r % 2 == 0);
    });
}

/// Quotients by one number are those of a division, for numbers of all sizes and signs and the least even digits.
#[test]
fn quotients_by_one_number_are_exact() {
    fn each<T: Element + std::ops::Div<Output = T> + PartialEq>(number: impl Fn(u64, u64) -> T) {
        let mut numbers = Numbers(23);
        for round in 0..700 {
            let n = if round < 600 { CHAIN_LENGTHS[round % 16] } else { 500 + round % 7 * 90 };
            // Every row by a number of its own, or all by one.
            let rows = 1 + round % 3;
            let kind = numbers.next() % 12;
            let all: Vec<T> = (0..rows * n).map(|_| number(numbers.next(), kind)).collect();
            let by: Vec<T> = (0..rows).map(|_| number(numbers.next(), kind % 4)).collect();
            let row = (round % 2) as isize;
            let single = Strip { block: Some(Block::new(&by)), at: 0, row, single: true };
            let sources = [Strip::of(Block::new(&all), rows * n, n), single];
            let codes = [Code::Load(0), Code::Divide(1), Code::Store(2)];
            let mut out = vec![T::default(); rows * n];
            assert!(chain::run((&codes, T::DTYPE), &sources, 0, &mut [BlockMut::new(&mut out[..])], n, None));
            for (i, (&x, &q)) in all.iter().zip(&out).enumerate() {
                let by = by[i / n * row as usize];
                let want = x / by;
                // Zeros with their signs.
                let same = format!("{q:?}") == format!("{want:?}");
                assert!(q == want && same || want != want && q != q, "{x:?} / {by:?} is {q:?}");
            }
        }
    }
    fn of_integers<F: Element + CastTo<f64>>(from: impl Fn(u64) -> F) {
        let mut numbers = Numbers(24);
        for by in [3f64, 255.0, -0.1, 1000.0, 1.0 / 3.0, 7e40, 1e200, f64::INFINITY, 0.3] {
            let one = [by];
            let all: Vec<F> = (0..1111).map(|_| from(numbers.next() >> (numbers.next() % 64))).collect();
            let sources = [Strip::of(Block::new(&all), 1111, 1111), Strip::of(Block::new(&one), 1111, 1111)];
            let codes = [Code::Convert(0, 2), Code::Load(2), Code::Divide(1), Code::Store(3)];
            let mut out = vec![0f64; 1111];
            assert!(chain::run(
                (&codes, DType::F64),
                &sources,
                1,
                &mut [BlockMut::new(&mut out[..])],
                1111,
                None
            ));
            for (&x, q) in all.iter().zip(&out) {
                let want: f64 = cast::<F, f64>(x) / by;
                assert!(q.to_bits() == want.to_bits(), "{x:?} / {by:?} is {q:?}");
            }
        }
    }
    // Of many sizes, of whole numbers, near powers of two, and seldom of the ends of the range, zero, or as small as
    // numbers get.
    fn double(r: u64, kind: u64) -> f64 {
        let sign = if r >> 63 == 1 { -1.0 } else { 1.0 };
        sign * match kind % 4 {
            0 => f64::from_bits(r & !(0xfff << 52) | (1003 + (r >> 52) % 40) << 52),
            1 => (r % 1000) as f64 + 1.0,
            2 => f64::from_bits(((1u64 << 52) - (r >> 12 & 7) - 1) | (1013 + (r >> 52) % 20) << 52),
            _ if kind >= 4 && r.is_multiple_of(64) => f64::from_bits(r),
            _ if kind >= 4 && r % 64 == 2 => 0.0,
            _ if kind >= 4 && r % 64 == 3 => f64::from_bits(r & !(0xfff << 52) | ((r >> 52) % 80) << 52),
            _ => f64::from_bits(r & (0xff << 44) | (1020 + (r >> 52) % 7) << 52),
        }
    }
    at_levels(|_| {
        each(double);
        each(|r, kind| match double(r, kind) {
            x if kind >= 4 && r % 64 == 1 => f32::from_bits(x.to_bits() as u32),
            _ if kind >= 4 && r % 64 == 3 => {
                f32::from_bits(r as u32 & 0x807f_ffff | ((r >> 32) as u32 % 30) << 23)
            }
            x => x as f32,
        });
        of_integers(|r| r as u8);
        of_integers(|r| r as i16);
        of_integers(|r| r as i64);
        of_integers(|r| r);
        of_integers(|r| f32::from_bits(r as u32 % 0x7f80_0000));
    });
}

#[test]
fn ranges_hold_what_two_comparisons_do() {
    fn each<T: Element + PartialOrd>(number: impl Fn(u64) -> T) {
        type Side<T> = (fn(u8, u8) -> Code, fn(&T, &T) -> bool);
        let sides: [Side<T>; 6] = [
            (Code::Less, |x, y| x < y),
            (Code::LessEqual, |x, y| x <= y),
            (Code::Greater, |x, y| x > y),
            (Code::GreaterEqual, |x, y| x >= y),
            (Code::Equal, |x, y| x == y),
            (Code::Less, |x, y| x < y),
        ];
        let mut numbers = Numbers(17);
        for round in 0..400 {
            let (n, rows) = (CHAIN_LENGTHS[round % 16], 1 + round % 2);
            let xs: Vec<T> = (0..rows * n + 1).map(|_| number(numbers.next())).collect();
            let ends = [[number(numbers.next())], [number(numbers.next())]];
            let ((one, first), (two, second)) = (sides[round % 6], sides[round / 6 % 5]);
            // The elements on the left, or the first comparison the other way round.
            let turned = round % 3 == 0;
            let mut codes = if turned {
                vec![Code::Load(1), one(0, 3), Code::Load(0)]
            } else {
                vec![Code::Load(0), one(1, 3)]
            };
            let all = round % 4 < 2;
            let join = if all { Code::And(4, 3, 3) } else { Code::Or(3, 4, 3) };
            codes.extend([two(2, 4), join, Code::Write(3, 5)]);
            let sources = [
                Strip { block: Some(Block::new(&xs)), at: 1, row: n as isize, single: false },
                Strip { block: Some(Block::new(&ends[0])), at: 0, row: 0, single: true },
                Strip { block: Some(Block::new(&ends[1])), at: 0, row: 0, single: true },
            ];
            let mut out = vec![false; rows * n];
            assert!(chain::run((&codes, T::DTYPE), &sources, 2, &mut [BlockMut::new(&mut out[..])], n, None));
            for (i, holds) in out.iter().enumerate() {
                let x = &xs[i + 1];
                let p = if turned { first(&ends[0][0], x) } else { first(x, &ends[0][0]) };
                let q = second(x, &ends[1][0]);
                let want = if all { p & q } else { p | q };
                assert_eq!(*holds, want, "{codes:?} of {x:?} and {ends:?}");
            }
        }
    }
    at_levels(|_| {
        const ENDS: [f64; 8] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 5e-324, f64::MAX, 1.0];
        each(|r| if r % 3 == 0 { ENDS[r as usize / 3 % 8] } else { (r % 8) as f64 - 3.0 });
        each(|r| if r % 3 == 0 { ENDS[r as usize / 3 % 8] as f32 } else { (r % 8) as f32 - 3.0 });
        each(|r| [i32::MIN, i32::MAX, 0, 1, 2, -1, 5, 3][r as usize % 8]);
        each(|r| [i64::MIN, i64::MAX, 0, 1, 2, -1, 5, 3][r as usize % 8]);
    });
}

#[test]
fn bits_are_those_of_the_two_steps() {
    fn each<T: Wide>(numbers: &mut Numbers) {
        for round in 0..200 {
            let (n, rows) = (CHAIN_LENGTHS[round % 16], 1 + round % 2);
            let xs: Vec<T> =
                (0..rows * n + 1).map(|_| T::of(numbers.next() as i64 as i128 >> (round % 40))).collect();
            let low = round % 3 > 0;
            let number = |r: u64| T::of(if low { 1 << (r % 31) } else { (r % 64) as i128 - 9 });
            let (mask, value) = ([number(numbers.next())], [T::of((numbers.next() % 4) as i128)]);
            let differ = round % 4 < 2;
            let codes = [
                Code::Load(0),
                if low { Code::LowBits(1) } else { Code::BitAnd(1) },
                if differ { Code::NotEqual(2, 3) } else { Code::Equal(2, 3) },
                Code::Write(3, 4),
            ];
            let one = |x| Strip { block: Some(Block::new(x)), at: 0, row: 0, single: true };
            let strip = Strip { block: Some(Block::new(&xs)), at: 1, row: n as isize, single: false };
            let sources = [strip, one(&mask[..]), one(&value[..])];
            let mut out = vec![false; rows * n];
            assert!(chain::run((&codes, T::DTYPE), &sources, 1, &mut [BlockMut::new(&mut out[..])], n, None));
            // The number itself, by a chain that goes on.
            let numbers = [Code::Load(0), codes[1], Code::Store(4)];
            let mut bits = vec![T::of(0); rows * n];
            assert!(chain::run(
                (&numbers, T::DTYPE),
                &sources,
                1,
                &mut [BlockMut::new(&mut bits[..])],
                n,
                None
            ));
            let [m, v]: [i128; 2] = [mask[0].into(), value[0].into()];
            for (i, holds) in out.iter().enumerate() {
                let x: i128 = xs[i + 1].into();
                let want = if low { x.rem_euclid(m) } else { x & m };
                assert_eq!(bits[i].into(), want, "{codes:?} of {x} and {m}");
                assert_eq!(*holds, (want == v) != differ, "{codes:?} of {x}, {m} and {v}");
            }
        }
    }
    at_levels(|_| {
        each::<i32>(&mut Numbers(5));
        each::<i64>(&mut Numbers(6));
    });
}

/// An integer dtype of chains, as wide as all results.
trait Wide: Element + Copy + PartialEq + Into<i128> + std::fmt::Debug {
    fn of(x: i128) -> Self;
}
impl Wide for i32 {
    fn of(x: i128) -> i32 {
        x as i32
    }
}
impl Wide for i64 {
    fn of(x: i128) -> i64 {
        x as i64
    }
}

/// What a chain of integers gives for one element, and whether an operation wrapped.
fn chained_integers<T: Wide>(codes: &[Code], sources: &[T], places: usize) -> (T, bool) {
    let (mut acc, mut all, mut wrapped) = (T::of(0), vec![T::of(0); places], false);
    all[..sources.len()].copy_from_slice(sources);
    for &code in codes {
        let named = std::cell::RefCell::new(Vec::new());
        code.map(|p| {
            named.borrow_mut().push(p);
            p
        });
        let at = |k: usize| -> i128 { named.borrow().get(k).map_or(0, |p| all[*p as usize].into()) };
        let mut fit = |exact: i128| {
            wrapped |= T::of(exact).into() != exact;
            T::of(exact)
        };
        let x: i128 = acc.into();
        match code {
            Code::Load(_) => acc = T::of(at(0)),
            Code::Store(p) => all[p as usize] = acc,
            Code::Add(_) => acc = fit(x + at(0)),
            Code::Subtract(_) => acc = fit(x - at(0)),
            Code::SubtractFrom(_) => acc = fit(at(0) - x),
            Code::Multiply(_) => acc = fit(x * at(0)),
            Code::Maximum(_) | Code::MaximumOf(_) => acc = T::of(x.max(at(0))),
            Code::Minimum(_) | Code::MinimumOf(_) => acc = T::of(x.min(at(0))),
            Code::Negative => acc = fit(-x),
            Code::Absolute => acc = fit(x.abs()),
            Code::Sign => acc = T::of(x.signum()),
            Code::Square => acc = fit(x * x),
            Code::Cube => {
                let square: i128 = fit(x * x).into();
                acc = fit(square * x);
            }
            Code::BitNot => acc = T::of(!x),
            Code::BitAnd(_) => acc = T::of(x & at(0)),
            Code::BitOr(_) => acc = T::of(x | at(0)),
            Code::BitXor(_) => acc = T::of(x ^ at(0)),
            Code::MultiplyAdd(..) => {
                let product: i128 = fit(x * at(0)).into();
                acc = fit(product + at(1));
            }
            Code::AddProduct(..) => {
                let product: i128 = fit(at(0) * at(1)).into();
                acc = fit(x + product);
            }
            Code::SubtractProduct(..) => {
                let product: i128 = fit(at(0) * at(1)).into();
                acc = fit(x - product);
            }
            other => unreachable!("{other:?} is not of integers"),
        }
    }
    (all[places - 1], wrapped)
}

#[test]
fn chains_of_integers_tell_of_each_wrap() {
    const FORMS: [fn(u8) -> Code; 12] = [
        Code::Load,
        Code::Add,
        Code::Subtract,
        Code::SubtractFrom,
        Code::Multiply,
        Code::Maximum,
        Code::MaximumOf,
        Code::Minimum,
        Code::MinimumOf,
        Code::BitAnd,
        Code::BitOr,
        Code::BitXor,
    ];
    const ALONE: [Code; 6] =
        [Code::Negative, Code::Absolute, Code::Sign, Code::Square, Code::Cube, Code::BitNot];
    fn each<T: Wide>(level: kernel::Level) {
        let mut numbers = Numbers(11);
        let (mut quiet, mut told) = (0, 0);
        for round in 0..400 {
            let n = CHAIN_LENGTHS[round % CHAIN_LENGTHS.len()].min(300);
            let count = 1 + numbers.next() as usize % 3;
            // One element of a stretch may be any number; some stretches are one number.
            let strange = numbers.next().is_multiple_of(2);
            let sources: Vec<Vec<T>> = (0..count)
                .map(|_| {
                    let len = if numbers.next().is_multiple_of(4) { 1 } else { n };
                    let mut all: Vec<T> =
                        (0..len).map(|_| T::of((numbers.next() % 41) as i128 - 20)).collect();
                    if strange {
                        let at = numbers.next() as usize % len;
                        all[at] = T::of(numbers.int() as i128);
                    }
                    all
                })
                .collect();
            let slot = count as u8;
            let mut codes = vec![Code::Load(0), Code::Store(slot)];
            for _ in 0..1 + numbers.next() % 4 {
                let mut place = || (numbers.next() % (count as u64 + 1)) as u8;
                let (p, q) = (place(), place());
                codes.push(match numbers.next() % 9 {
                    0 => Code::MultiplyAdd(p, q),
                    1 => Code::AddProduct(p, q),
                    2 => Code::SubtractProduct(p, q),
                    3 => Code::Store(slot),
                    4 => ALONE[numbers.next() as usize % ALONE.len()],
                    _ => FORMS[numbers.next() as usize % FORMS.len()](p),
                });
            }
            codes.push(Code::Store(slot + 1));
            let element = |s: &Vec<T>, i: usize| if s.len() == 1 { s[0] } else { s[i] };
            let want: Vec<(T, bool)> = (0..n)
                .map(|i| sources.iter().map(|s| element(s, i)).collect::<Vec<T>>())
                .map(|elements| chained_integers(&codes, &elements, count + 2))
                .collect();
            let wrapped = want.iter().any(|w| w.1);
            let strips: Vec<Strip<'_>> = sources.iter().map(|s| Strip::of(Block::new(s), n, n)).collect();
            let mut got = vec![T::of(0); n];
            let results = &mut [BlockMut::new(&mut got[..])];
            let fits = chain::run((&codes, T::DTYPE), &strips, 1, results, n, None);
            assert!(!(fits && wrapped), "{level:?} {n} {codes:?}");
            if fits {
                quiet += 1;
                let want: Vec<T> = want.iter().map(|w| w.0).collect();
                assert_eq!(got, want, "{level:?} {n} {codes:?}");
            } else {
                told += 1;
            }
            // Over the first source, where that has all elements.
            if sources[0].len() == n {
                let own: Vec<Strip<'_>> =
                    [Strip::own(n)].into_iter().chain(strips[1..].iter().copied()).collect();
                let mut target = sources[0].clone();
                let done = chain::run_over((&codes, T::DTYPE), &own, 1, BlockMut::new(&mut target[..]), n);
                assert!(done == n || !fits, "{level:?} {n} {codes:?}");
                for (i, x) in target.iter().enumerate() {
                    let want = if i < done { want[i].0 } else { sources[0][i] };
                    assert_eq!(*x, want, "over itself, {level:?} {n} at {i}: {codes:?}");
                }
                assert!(!want[..done].iter().any(|w| w.1), "{level:?} {n} {codes:?}");
            }
        }
        assert!(quiet > 150 && told > 30, "{quiet} of 400 fitted");
    }
    at_levels(|level| {
        each::<i32>(level);
        each::<i64>(level);
    });
}

#[test]
fn chains_fold_as_their_results_do() {
    fn check<T: Element>(number: impl Fn(u64) -> T) {
        let mut numbers = Numbers(11);
        for n in CHAIN_LENGTHS {
            for rows in [1, 2, 5] {
                let mut block = || -> Vec<T> { (0..n * rows).map(|_| number(numbers.next())).collect() };
                let (a, b) = (block(), block());
                let sources =
                    [Strip::of(Block::new(&a), n * rows, n), Strip::of(Block::new(&b), n * rows, n)];
                let product = [Code::Load(0), Code::Multiply(1), Code::Test, Code::Store(2)];
                let less = [Code::Load(0), Code::Less(1, 2), Code::Write(2, 3)];
                let folds = [fold::SUM, fold::MAXIMUM].map(|all| (&product[..], 0, T::DTYPE, all));
                let truths = [fold::SUM, fold::ANY, fold::ALL].map(|all| (&less[..], 1, DType::Bool, all));
                for (codes, slots, dtype, all) in folds.into_iter().chain(truths) {
                    let fold = fold::find(all, dtype, None).unwrap();
                    let mut made = Scratch::new(dtype, n * rows);
                    let code = (codes, T::DTYPE);
                    assert!(chain::run(code, &sources, slots, &mut [made.block_mut(n * rows)], n, None));
                    let begin = || {
                        let mut acc = Scratch::new(fold.out, rows);
                        acc.block_mut(rows).fill((fold.identity)());
                        acc
                    };
                    let (mut want, mut got) = (begin(), begin());
                    (fold.along)(made.block(n * rows), want.block_mut(rows));
                    let done = chain::fold(code, &sources, slots, n, fold, got.block_mut(rows), rows == 2);
                    assert_eq!(done, rows);
                    for (want, got) in scalars(want.block(rows)).into_iter().zip(scalars(got.block(rows))) {
                        assert!(same(want, got), "{codes:?} {n}: {want:?} {got:?}");
                    }
                }
                // What is not finite ends it, and leaves that row's result alone.
                let mut bad = a.clone();
                bad[n * rows - 1] =
                    T::from_scalar(cast_scalar(Scalar::F64(f64::INFINITY), T::DTYPE)).unwrap_or_default();
                let sources = [Strip::of(Block::new(&bad), n * rows, n), sources[1]];
                for all in [fold::SUM, fold::MAXIMUM] {
                    let fold = fold::find(all, T::DTYPE, None).unwrap();
                    let mut acc = Scratch::new(fold.out, rows);
                    acc.block_mut(rows).fill((fold.identity)());
                    let code = (&product[..], T::DTYPE);
                    let done = chain::fold(code, &sources, 0, n, fold, acc.block_mut(rows), false);
                    assert_eq!(done, rows - 1);
                    assert!(same(scalars(acc.block(rows))[rows - 1], (fold.identity)()));
                }
            }
        }
    }
    at_levels(|_| {
        check(|r| (r % 1000) as f64 / 7.0 - 60.0);
        check(|r| (r % 1000) as f32 / 7.0 - 60.0);
    });
}

#[test]
fn extremes_are_found_at_every_level() {
    fn each<T: Element + PartialOrd>(values: impl Fn(u64) -> T) {
        let mut numbers = Numbers(11);
        for n in (1..150).chain([1000, 4096, 4097, 20000]) {
            let run: Vec<T> = (0..n).map(|_| values(numbers.next() % 1000)).collect();
            // The first of the extremes, by their definition.
            let top = (1..n).fold(0, |best, i| if run[i] > run[best] { i } else { best });
            let least = (1..n).fold(0, |best, i| if run[i] < run[best] { i } else { best });
            assert_eq!(arg::along(Block::new(&run), arg::End::Max), top, "{n}");
            assert_eq!(arg::along(Block::new(&run), arg::End::Min), least, "{n}");
            // The same in rows.
            let rows: Vec<T> = (0..40).flat_map(|_| run.iter().copied()).collect();
            let mut places = vec![-1; 40];
            arg::rows(Block::new(&rows), n, BlockMut::new(&mut places), arg::End::Min);
            assert_eq!(places, vec![least as i64; 40], "{n}");
        }
    }
    at_levels(|_| {
        each(|r| r as f64 - 500.0);
        each(|r| r as f32 / 8.0);
        each(|r| r as i64 - 500);
        each(|r| r as u8);
        each(|r| r == 3);
    });
}
