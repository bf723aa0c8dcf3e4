//! Chains: several operations on floats or integers over blocks in one go, each value staying in processor registers
//! until the next operation takes it.
//!
//! A chain is a small program for an accumulator of eight vectors (a tile; 16 with AVX-512, which has
//! the registers: 128 float64). The operations are the processor's own, each rounding as its kernel in
//! `arith` does, so a chain gives what the kernels one by one would, bit for bit; only a NaN may come out
//! with another sign, and [`Code::Test`] tells of those. Values that wait for others (trees) and truth values
//! lie in slots, tiles in the first-level cache. `exec::chain` writes the programs, `tiles` runs them, `fold`
//! folds their results where they are made.
//!
//! Through blocks in L1 each operation costs two loads and a store per vector, 0.12 ns a float64. As
//! chains (one step of the program takes 2 ns a tile, half of it the dispatch), before and after, in µs:
//! a polynomial of seven operations over 1e4 float64 9.6 and 7.2 (of which 3 are the planning); over 1e6
//! on two threads `sqrt(a * a + b * b)` 340 and 200, `a * b + c + d` 415 and 280, where the third-level
//! cache bounds it; `minimum(d, d[:, k] + d[k])` of 200 × 200, whose rows go as one block, 32 and 15.5.
//! Comparisons and choices as links, before and after: `where(a > b, a - b, b * 2)` of 1e6 float64 626 and
//! 444 on two threads, 892 and 748 on one, of 1e4 8.0 and 6.1; `where(a > 0.5, a, b)`, where the one kernel
//! that is saved is small, 3.7 and 4.0 of 1e4. Where bools are all that is written kernels are faster, which
//! write 64 at a time: see `exec::chain`.
//! Sources of another dtype are converted tile by tile, where a pass over each block came before; and a load and the
//! sum that takes it are one code. 1e6 on two threads, before and after: int64 plus float64 440 and 218, float32 plus
//! float64 342 and 179, `i * 0.5` 243 and 159, `sum(i * 0.5)` 298 and 182; with rows that are read in one block,
//! 1000 × 1000, a row and a column 154 and 100, a matrix and a row 179 and 142, and a column 174 and 128.
//! Over the target where it lies ([`run_over`]), products that join sums as one code, extremes by the
//! processor's own and one vector for a scalar, before and after: `minimum(d, d[:, k] + d[k])` of 200 × 200
//! 14.0 and 9.9, where a compiler of expressions takes 7.8 (6.5 are the chain, bound by the additions, tests and
//! extremes of whole tiles, 256 elements of a row of 200, and by a result beside its operand in the second-level
//! cache; the rest is the plan). One code of a tile takes 16 cycles with AVX-512, one operation a cycle, and
//! a code of a product and a sum as long.
//! Beside a compiler of expressions, on a quiet machine and in the same runs, 1e6 on two threads: `where(a > b, a - b,
//! b * 2)` 342 and 459, a row and a column of 1000 93 and 99. A blur, nine products with shifted views of 1000 × 1000
//! added up in one pass, 505 to 620 and 383: nine views of the same place take 398, so that a code of a product and a
//! sum costs 4 cycles a vector here; views one row apart add 20 µs, views one element apart, whose loads straddle
//! lines, 70, and both 110. The compiler has its factors in registers and a row's loads in one loop, and is bound by
//! the loads alone.
//! Over the target, what has one step runs so, too (`np.ones(n) * 3` of 1e6 344 and 144, with its fill by wide stores);
//! and rounding and bounds are codes: `x - floor(x)` 358 and 136, `clip(x, -1, 1) * 2` 394 and 146. Quotients by one
//! number are products (`quotient`): `a / 3.7` 211 and 135, `(a - 1.5) / 3.7` 182 and 143, of a uint8 `u / 255` 263 and
//! 160, `(a / 3.7).sum()` 184 and 134, a row by a number of its own (1000 × 1000) 203 and 167.
//! Tried and lost: finding the second to last operand by its stride, 0 or 1, in place of two loops (the address
//! arithmetic of 16 loads took longer than they); copying the last elements into tiles of their own (loads that
//! straddle recent stores wait for them: 300 ns a row), so that the last tile now overlaps the one before.

mod across;
mod bits;
mod count;
mod down;
mod fold;
mod range;
mod tiles;

use super::lane::Lane;
pub use super::lane::Whole;
use super::simd::{Level, level, with_vectors};
use super::{Block, BlockMut};
use crate::dtype::{DType, Scalar};
use smallvec::SmallVec;
use std::mem::MaybeUninit;
use tiles::{Kind, Place, Run};

pub use across::{Across, Join};
use bits::{Bits, Masked};
pub use down::Down;
pub use fold::fold;
use range::{Bounded, Range};
use tiles::TILE_BYTES;
pub use tiles::{MOST_PLACES, PastCaches};

/// An operation that chains, as a row declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Add,
    Subtract,
    Multiply,
    Divide,
    Negative,
    Absolute,
    /// −1, 0 or 1; a NaN stays.
    Sign,
    Square,
    SquareRoot,
    Maximum,
    Minimum,
    /// `x ** y`, which chains for some scalar exponents: see [`Link::power`].
    Power,
    Cube,
    Reciprocal,
    /// The square of the difference.
    Deviation,
    // To whole numbers.
    Floor,
    Ceil,
    Trunc,
    Rint,
    /// Between two bounds.
    Clip,
    /// `x % y`, which chains for some scalar divisors: see [`Link::remainder`].
    Remainder,
    /// Of integers by a power of two.
    LowBits,
    /// Of floats by one: what is above the whole number below.
    Fraction,
    // To truth values.
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    // Of truth values, or of the bits of integers.
    And,
    Or,
    Xor,
    Not,
    /// The second operand where the first, a truth value, holds, else the third.
    Choose,
}

impl Link {
    /// What `x ** exponent` is, where a few operations do it (as the kernel of powers does).
    pub fn power(exponent: f64) -> Option<Link> {
        match exponent {
            2.0 => Some(Link::Square),
            3.0 => Some(Link::Cube),
            -1.0 => Some(Link::Reciprocal),
            0.5 => Some(Link::SquareRoot),
            _ => None,
        }
    }

    /// What `x % divisor` is, where one operation does it: of integers what the lowest bits hold, of floats the rest
    /// by one (`x - floor(x)` has the same bits: the remainder with the dividend's sign is exact, and one is added to
    /// it, or not, in one rounding).
    pub fn remainder(dtype: DType, divisor: Scalar) -> Option<Link> {
        match dtype.is_int() {
            true => divisor.as_i128().filter(|&d| d > 0 && d.count_ones() == 1).map(|_| Link::LowBits),
            false => divisor.as_f64().filter(|&d| d == 1.0).map(|_| Link::Fraction),
        }
    }

    /// Whether it looks at its first operand only.
    pub fn is_unary(self) -> bool {
        use Link::*;
        self.rounds()
            || matches!(
                self,
                Negative | Absolute | Sign | Square | SquareRoot | Cube | Reciprocal | Fraction | Not
            )
    }

    /// Whether it takes numbers and gives truth values.
    pub fn compares(self) -> bool {
        use Link::*;
        matches!(self, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual)
    }

    /// Whether only floats have it.
    pub fn is_of_floats(self) -> bool {
        use Link::*;
        self.rounds() || matches!(self, Divide | SquareRoot | Reciprocal | Power | Deviation | Fraction)
    }

    /// Whether it rounds to whole numbers.
    pub fn rounds(self) -> bool {
        self.whole().is_some()
    }

    /// How it rounds to whole numbers.
    pub fn whole(self) -> Option<Whole> {
        match self {
            Link::Floor => Some(Whole::Floor),
            Link::Ceil => Some(Whole::Ceil),
            Link::Trunc => Some(Whole::Trunc),
            Link::Rint => Some(Whole::Nearest),
            _ => None,
        }
    }

    /// Whether it takes truth values, or bits, and gives such.
    pub fn is_logic(self) -> bool {
        matches!(self, Link::And | Link::Or | Link::Xor | Link::Not)
    }

    /// Whether no numbers but integers have it.
    pub fn is_of_integers(self) -> bool {
        self.is_logic() || self == Link::LowBits
    }
}

/// One operation. Numbers are those of places: sources, slots or results. Truth values live in slots
/// of their own, which comparisons write and the rest reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Load(u8),
    Store(u8),
    /// A source of another dtype, converted, into a slot.
    Convert(u8, u8),
    Add(u8),
    Subtract(u8),
    SubtractFrom(u8),
    Multiply(u8),
    Divide(u8),
    /// By one number, of which the place has the reciprocal, too: see `quotient`.
    Quotient(u8),
    /// The same of whole numbers, none of which is too small for it.
    WholeQuotient(u8),
    DivideInto(u8),
    /// The first operand is the accumulator.
    Maximum(u8),
    /// The first operand is the place.
    MaximumOf(u8),
    Minimum(u8),
    MinimumOf(u8),
    Negative,
    Absolute,
    Sign,
    Square,
    Cube,
    Reciprocal,
    SquareRoot,
    Round(Whole),
    /// Less the whole number below.
    Fraction,
    // Of the bits of integers.
    BitAnd(u8),
    BitOr(u8),
    BitXor(u8),
    BitNot,
    /// The bits below that of the place, a power of two.
    LowBits(u8),
    // Of two places.
    Sum(u8, u8),
    Difference(u8, u8),
    Product(u8, u8),
    /// The product with the first place, rounded, and then added to the second.
    MultiplyAdd(u8, u8),
    /// The product of two places, rounded, and then added to the accumulator, or subtracted from it.
    AddProduct(u8, u8),
    SubtractProduct(u8, u8),
    /// Notes whether anything is not finite. (Of integers each operation notes what may have wrapped.)
    Test,
    /// The accumulator compared with the first place, into the second.
    Equal(u8, u8),
    NotEqual(u8, u8),
    Less(u8, u8),
    LessEqual(u8, u8),
    Greater(u8, u8),
    GreaterEqual(u8, u8),
    /// Of the truth values of two places, into the third.
    And(u8, u8, u8),
    Or(u8, u8, u8),
    Xor(u8, u8, u8),
    Not(u8, u8),
    /// From bools in memory.
    Read(u8, u8),
    /// To bools in memory.
    Write(u8, u8),
    /// Where the truth values of the first place hold, the second place's elements.
    Take(u8, u8),
    /// Where they do not.
    TakeElse(u8, u8),
}

impl Code {
    /// The same with other places.
    pub fn map(mut self, f: impl Fn(u8) -> u8) -> Code {
        use Code::*;
        match &mut self {
            Load(p) | Store(p) | Add(p) | Subtract(p) | SubtractFrom(p) | Multiply(p) | Divide(p)
            | Quotient(p) | WholeQuotient(p) | DivideInto(p) | Maximum(p) | MaximumOf(p) | Minimum(p)
            | MinimumOf(p) | BitAnd(p) | BitOr(p) | BitXor(p) | LowBits(p) => *p = f(*p),
            Negative | Absolute | Sign | Square | Cube | Reciprocal | SquareRoot | Round(_) | Fraction
            | BitNot | Test => {}
            Convert(p, q)
            | Sum(p, q)
            | Difference(p, q)
            | Product(p, q)
            | MultiplyAdd(p, q)
            | AddProduct(p, q)
            | SubtractProduct(p, q)
            | Equal(p, q)
            | NotEqual(p, q)
            | Less(p, q)
            | LessEqual(p, q)
            | Greater(p, q)
            | GreaterEqual(p, q)
            | Not(p, q)
            | Read(p, q)
            | Write(p, q)
            | Take(p, q)
            | TakeElse(p, q) => (*p, *q) = (f(*p), f(*q)),
            And(p, q, r) | Or(p, q, r) | Xor(p, q, r) => (*p, *q, *r) = (f(*p), f(*q), f(*r)),
        }
        self
    }

    /// Whether it divides by this place's number by way of its reciprocal.
    fn divides_by(self, place: u8) -> bool {
        matches!(self, Code::Quotient(p) | Code::WholeQuotient(p) if p == place)
    }

    /// Whether it has this place.
    pub fn names(self, place: u8) -> bool {
        let named = std::cell::Cell::new(false);
        self.map(|p| {
            named.set(named.get() || p == place);
            p
        });
        named.get()
    }

    /// Whether it can take a source of another dtype than the chain's at this place: it does not name it,
    /// converts its rows, or reads its bools.
    fn takes(self, place: u8, source: &Strip<'_>) -> bool {
        let Some(dtype) = source.block.map(|block| block.dtype()) else { return false };
        match self {
            Code::Convert(p, q) if p == place => q != place && !source.single && !dtype.is_complex(),
            Code::Read(p, q) if p == place => q != place && dtype == DType::Bool,
            code => !code.names(place),
        }
    }

    /// Whether all its places are below a number.
    fn is_below(self, end: usize) -> bool {
        let below = std::cell::Cell::new(true);
        self.map(|p| {
            below.set(below.get() && (p as usize) < end);
            p
        });
        below.get()
    }
}

/// A source: rows of a buffer, one after the other as long as the results' rows are, or of one element
/// each.
#[derive(Clone, Copy)]
pub struct Strip<'a> {
    /// `None`: the result itself, which is written where it is read (see [`run_over`]).
    pub block: Option<Block<'a>>,
    /// Where the first row begins.
    pub at: usize,
    /// From one row to the next.
    pub row: isize,
    /// Whether each row has one element, for all of the results' row.
    pub single: bool,
}

impl<'a> Strip<'a> {
    /// A block as the source of results of `n` elements in rows of `len`: as long, or one element.
    pub fn of(block: Block<'a>, n: usize, len: usize) -> Strip<'a> {
        let single = block.len() == 1 && n != 1;
        Strip { block: Some(block), at: 0, row: if single { 0 } else { len as isize }, single }
    }

    /// The result as a source, in rows of `len`.
    pub fn own(len: usize) -> Strip<'static> {
        Strip { block: None, at: 0, row: len as isize, single: false }
    }

    /// A row of `len` elements, or its one element; `None` of the result.
    pub fn row(&self, row: usize, len: usize) -> Option<Block<'a>> {
        let at = (self.at as isize + row as isize * self.row) as usize;
        Some(self.block?.slice(at, at + if self.single { 1 } else { len }))
    }

    /// The rows from this one on.
    pub fn from_row(self, row: usize) -> Strip<'a> {
        Strip { at: (self.at as isize + row as isize * self.row) as usize, ..self }
    }

    /// Panics unless the buffer has all of these rows.
    fn check(&self, rows: usize, len: usize) {
        let Some(block) = self.block else { return };
        let last = self.at as isize + (rows as isize - 1) * self.row;
        let most = (self.at as isize).max(last) + if self.single { 1 } else { len as isize };
        assert!(last >= 0 && most <= block.len() as isize, "a source of another length");
    }
}

/// Runs a chain over rows of `len` elements of `dtype`. Places count the sources first, then `slots`
/// values that live for a tile only, then the results, all of whose rows follow each other. Sources and
/// results have elements of `dtype`, or bools that codes read and write; sources that codes convert may have
/// those of any dtype of real numbers. False if a test met something not finite; the results are then not all
/// written. Where `past` is given, the sources are asked for ahead and the last result goes past the caches.
pub fn run(
    (codes, dtype): (&[Code], DType),
    sources: &[Strip<'_>],
    slots: usize,
    results: &mut [BlockMut<'_>],
    len: usize,
    past: Option<&PastCaches>,
) -> bool {
    let rows = Rows::of(results.first().map_or(0, BlockMut::len), len);
    match dtype {
        _ if results.first().is_none_or(BlockMut::is_empty) => true,
        DType::F32 => typed::<f32>(codes, sources, slots, results, rows, past).1,
        DType::F64 => typed::<f64>(codes, sources, slots, results, rows, past).1,
        DType::I32 => typed::<i32>(codes, sources, slots, results, rows, past).1,
        DType::I64 => typed::<i64>(codes, sources, slots, results, rows, past).1,
        other => unreachable!("a chain of {other}"),
    }
}

/// Runs a chain of one result over rows that it reads and writes in the same place, where the sources say
/// so. Gives how many of the results are written: fewer than there are if a test met something not finite;
/// what follows them is as it was.
pub fn run_over(
    (codes, dtype): (&[Code], DType),
    sources: &[Strip<'_>],
    slots: usize,
    result: BlockMut<'_>,
    len: usize,
) -> usize {
    let rows = Rows::of(result.len(), len);
    match dtype {
        _ if result.is_empty() => 0,
        DType::F32 => typed::<f32>(codes, sources, slots, &mut [result], rows, None).0,
        DType::F64 => typed::<f64>(codes, sources, slots, &mut [result], rows, None).0,
        DType::I32 => typed::<i32>(codes, sources, slots, &mut [result], rows, None).0,
        DType::I64 => typed::<i64>(codes, sources, slots, &mut [result], rows, None).0,
        other => unreachable!("a chain of {other}"),
    }
}

/// The rows of a run, and their elements.
#[derive(Clone, Copy)]
struct Rows {
    len: usize,
    count: usize,
    /// All are folded into the result's only row.
    folded: bool,
    /// The sources are asked for ahead.
    ask: bool,
}

impl Rows {
    /// Those of `n` results. Panics unless they are whole.
    fn of(n: usize, len: usize) -> Rows {
        let count = n / len.max(1);
        assert_eq!(count * len, n, "no whole rows");
        Rows { len, count, folded: false, ask: false }
    }
}

fn typed<T: Lane + Bounded + Masked>(
    codes: &[Code],
    sources: &[Strip<'_>],
    slots: usize,
    results: &mut [BlockMut<'_>],
    rows: Rows,
    past: Option<&PastCaches>,
) -> (usize, bool) {
    let Rows { len, count: rows, folded, ask } = rows;
    let products = Products::<T>::of(codes, sources, len);
    let parts = products.as_ref().map(Products::parts);
    let (codes, sources) = match &parts {
        Some((codes, sources)) => (*codes, &sources[..]),
        None => (codes, sources),
    };
    let first = sources.len() + slots;
    let used = first + results.len();
    let n = results[0].len();
    assert_eq!(n, if folded { len } else { rows * len }, "a result of another length");
    if let [result] = &mut *results
        && !folded
        && result.dtype() == DType::Bool
        && truths::<T>(codes, sources, rows, result.reborrow())
    {
        return (n, true);
    }
    let mut tiles = Tiles::UNWRITTEN;
    let mut places = Places::new();
    tiles.places::<T>(codes, sources, rows, len, used, &mut places);
    for (place, result) in places[first..].iter_mut().zip(results.iter_mut()) {
        assert_eq!(result.len(), n, "a result of another length");
        let dtype = result.dtype();
        let (start, size) = match dtype {
            DType::Bool => (result.reborrow().typed::<bool>().as_mut_ptr().cast(), 1),
            _ => (result.reborrow().typed::<T>().as_mut_ptr().cast(), size_of::<T>()),
        };
        let row = if folded { 0 } else { (len * size) as isize };
        *place = Place { start, size, dtype, row, kind: Kind::Moves, ..*place };
    }
    let own = sources.iter().any(|source| source.block.is_none());
    for (i, _) in sources.iter().enumerate().filter(|(_, source)| source.block.is_none()) {
        assert!(results.len() == 1 && places[first].size == size_of::<T>(), "a result that is no source");
        places[i] = Place { own: places[i].own, ..places[first] };
    }
    // A vector of numbers goes past the caches, bools do not.
    let past = past.filter(|_| places[used - 1].size == size_of::<T>()).map(|_| used - 1);
    let mut run = Run::<T>::new(codes, &mut places[..used], sources.len(), first, len, past, own);
    if ask {
        run.ask_ahead();
    }
    with_vectors(tiles::Rows { run, rows })
}

/// Bools of a chain that a loop of its own makes; no where there is none for it.
fn truths<T: Bounded + Masked>(
    codes: &[Code],
    sources: &[Strip<'_>],
    rows: usize,
    result: BlockMut<'_>,
) -> bool {
    let range = Range::<T>::of(codes, sources);
    let bits = if range.is_none() { Bits::<T>::of(codes, sources) } else { None };
    let Some(of) = range.as_ref().map(|r| r.of).or(bits.as_ref().map(|b| b.of)) else { return false };
    let Strip { block: Some(block), at, row, .. } = sources[of] else { return false };
    let len = result.len() / rows;
    sources[of].check(rows, len);
    let (xs, to) = (block.typed::<T>(), result.typed::<bool>());
    for (k, to) in to.chunks_mut(len).enumerate() {
        let at = (at as isize + k as isize * row) as usize;
        let xs = &xs[at..at + len];
        match (&range, &bits) {
            (Some(range), _) => range.hold(xs, to),
            (_, Some(bits)) => bits.hold(xs, to),
            _ => return false,
        }
    }
    true
}

/// A chain whose quotients by single numbers are products, the same bits: a processor divides in 10 to 16 cycles
/// what it multiplies in one. By scalars that are powers of two they are products with the reciprocal
/// (`np.trapezoid` of 1e6 float64, a sum of two shifted views over 2, took 150 µs on two threads), by others with
/// a reciprocal in two numbers (`quotient`).
struct Products<'a, T> {
    codes: SmallVec<[Code; 16]>,
    sources: SmallVec<[Strip<'a>; 8]>,
    /// The sources that are replaced, and the reciprocals.
    factors: SmallVec<[(usize, T); 2]>,
}

/// Elements of a row from which the reciprocal of its divisor, found in some 60 ns, is worth its time.
const DIVIDED: usize = 512;

impl<'a, T: Lane> Products<'a, T> {
    /// `None` where nothing is divided so. Rows have `len` elements.
    fn of(codes: &[Code], sources: &[Strip<'a>], len: usize) -> Option<Products<'a, T>> {
        let divides = |code: &Code| match code {
            Code::Divide(p) => Some(*p),
            _ => None,
        };
        let mut factors: SmallVec<[(usize, T); 2]> = SmallVec::new();
        let mut divisors: SmallVec<[u8; 2]> = SmallVec::new();
        for p in codes.iter().filter_map(divides) {
            let only = codes.iter().all(|code| *code == Code::Divide(p) || !code.names(p));
            let single = sources.get(p as usize).filter(|source| only && source.single);
            let Some(Strip { block: Some(block), at, row, .. }) = single else { continue };
            let scalar = block.typed::<T>().get(*at).filter(|_| *row == 0);
            match scalar.and_then(|x| x.exact_reciprocal()) {
                Some(factor) => factors.push((p as usize, factor)),
                None if len >= DIVIDED && level() > Level::Baseline => divisors.push(p),
                None => {}
            }
        }
        if factors.is_empty() && divisors.is_empty() {
            return None;
        }
        let product = |(k, code): (usize, &Code)| match code {
            Code::Divide(p) if divisors.contains(p) && loads_whole(&codes[..k], sources) => {
                Code::WholeQuotient(*p)
            }
            Code::Divide(p) if divisors.contains(p) => Code::Quotient(*p),
            Code::Divide(p) if factors.iter().any(|(at, _)| *at == *p as usize) => Code::Multiply(*p),
            other => *other,
        };
        let codes = codes.iter().enumerate().map(product).collect();
        Some(Products { codes, sources: sources.iter().copied().collect(), factors })
    }

    /// The codes and the sources.
    fn parts(&self) -> (&[Code], SmallVec<[Strip<'_>; 8]>) {
        let mut sources: SmallVec<[Strip<'_>; 8]> = self.sources.iter().copied().collect();
        for (at, factor) in &self.factors {
            let block = Some(Block::new(std::slice::from_ref(factor)));
            sources[*at] = Strip { block, at: 0, ..sources[*at] };
        }
        (&self.codes, sources)
    }
}

/// Whether codes end with a load of what was converted from integers.
fn loads_whole(codes: &[Code], sources: &[Strip<'_>]) -> bool {
    let Some(Code::Load(slot)) = codes.last() else { return false };
    let integers = |p: u8| sources[p as usize].block.is_some_and(|block| !block.dtype().is_inexact());
    let stays = !codes.contains(&Code::Store(*slot));
    stays && codes.iter().any(|code| matches!(code, Code::Convert(p, q) if q == slot && integers(*p)))
}

/// The places of a chain.
type Places = SmallVec<[Place; MOST_PLACES]>;

/// The tiles of slots and of scalars.
#[repr(align(64))]
struct Tiles([[MaybeUninit<u8>; TILE_BYTES]; MOST_PLACES]);

impl Tiles {
    const UNWRITTEN: Tiles = Tiles([[MaybeUninit::uninit(); TILE_BYTES]; MOST_PLACES]);

    /// `used` places for so many rows, of which the sources are where they should be and all others have
    /// tiles; put where they stay, as moving them takes as long as a short stretch: distances of 1000 by 1000
    /// points of 10 places took 3.8 ms with 24 places moved for each stretch, and 3.1 so. Panics unless the
    /// codes name only `used` places and the sources have all elements.
    fn places<T: Lane>(
        &mut self,
        codes: &[Code],
        sources: &[Strip<'_>],
        rows: usize,
        len: usize,
        used: usize,
        places: &mut Places,
    ) {
        assert!(used <= MOST_PLACES);
        assert!(codes.iter().all(|code| code.is_below(used)), "a place too many");
        let lies = |p: &usize| sources[*p].block.is_some_and(|block| block.dtype() != T::DTYPE);
        for p in (0..sources.len()).filter(lies) {
            assert!(codes.iter().all(|code| code.takes(p as u8, &sources[p])), "a source of another dtype");
        }
        places.extend(self.0[..used].iter_mut().map(|tile| Place::of(tile.as_mut_ptr().cast())));
        for (p, (place, source)) in places.iter_mut().zip(sources).enumerate() {
            source.check(rows, len);
            let kind = match source.single {
                true if codes.iter().any(|code| code.divides_by(p as u8)) => Kind::Divisor,
                true => Kind::Single,
                false => Kind::Moves,
            };
            let Some(block) = source.block else { continue };
            let (dtype, size) = (block.dtype(), block.dtype().itemsize());
            // Within the buffer, as was checked.
            let start = block.raw().wrapping_add(source.at * size).cast_mut();
            let row = source.row * size as isize;
            *place = Place { start, size, dtype, row, kind, one: source.single, ..*place };
        }
    }
}
