//! Functions lifted over cells: a function made of primitives is applied to all pieces of an array at
//! once, never piece by piece. Each, outer product, rank, stencil and key ask here first.
//!
//! [`Lift::of`] turns a function's formula into steps whose primitives have a form over whole arrays:
//! element-wise functions, reductions, scans, ravel, tally, NumPy's `sum` and the like. Guards and
//! calls of itself are steps too, which run on the cells that take them (`branches`), or as masks where
//! they are little work (`masked`). [`run`] runs them on items that carry the axes of all cells in front
//! of their own. Cells whose values come to differ in kind or length part for good, and each kind is run
//! alone (`split`). Where a function has other parts, or the parts fail, the operator calls the function
//! piece by piece, with its own errors.
//!
//! What a lifted line costs is what its steps cost over whole arrays: `{⍵ ÷ +/⍵}⍤1 ⊢ m` of 1000 x 1000 float64 takes
//! 304 to 425 µs on two threads, in the same runs as `m / m.sum(axis=1, keepdims=True)` 341 to 446, of which
//! the sums are 105.

mod branches;
mod cells;
mod groups;
mod listen;
mod loops;
mod masked;
mod products;
mod run;
mod short;
mod split;
mod spread;
mod stacked;
mod tuples;
mod values;

pub use run::{Item, Windows};

use super::{Derived, dyadic_prim, monadic_prim};
use crate::dtype::DType;
use crate::exec::tally;
use crate::prim::row::{Home, Valence};
use crate::prim::{Prim, table};
use crate::value::{Formula, Func, Host, How, Missing, Step, Subscript, Value};
use smallvec::SmallVec;
use spread::Spread;
use std::cell::Cell;
use std::rc::Rc;

/// Functions inside functions that are looked through.
const DEEPEST: usize = 24;
const MOST_STEPS: usize = 400;

thread_local! {
    static ON: Cell<bool> = const { Cell::new(true) };
}

/// Whether functions are lifted at all: tests compare what they then give with what they give piece by
/// piece.
pub fn set_lifting(on: bool) {
    ON.set(on);
}

/// A function as steps over whole arrays.
pub struct Lift {
    steps: Vec<(Op, SmallVec<[usize; 2]>)>,
    result: usize,
    /// How often each step is read.
    reads: Vec<usize>,
    /// How many arguments it takes, and the function itself, for calls of it.
    given: usize,
    function: Option<Func>,
    /// Whether cells may go different ways.
    branches: bool,
    /// Whether it has loops.
    loops: bool,
}

/// What a step does with the cells.
enum Op {
    Argument(usize),
    Constant(Value),
    /// Element by element; also whether plain numbers give typed ones, as in a call.
    Map(&'static Prim, bool),
    /// As [`Op::Map`], by a row that has arguments of its own.
    Spread(Spread),
    /// `x op= y` of a number.
    Update(&'static Prim),
    Convert(DType),
    /// `f/` and `f⌿`: of each cell, along an axis.
    Reduce(Fold),
    Scan(Fold),
    /// `∊`.
    Ravel,
    /// `≢`.
    Tally,
    /// NumPy's reduction of all elements: `sum`, `max`, `mean`.
    Whole(&'static Prim),
    /// Subscripts; those that are not constant are arguments, after the array.
    Index(Vec<Subscript>),
    /// `[x, y]` of numbers; of such brackets.
    Bracket,
    Stack,
    /// Whether it is `None`, or is not.
    IsNone(bool),
    /// A number as it is.
    Single,
    /// A number in the dtype of another.
    Like,
    /// `x ⍪ y`.
    Catenate,
    /// One of two branches, by the first argument; the others are theirs. Also whether the result is
    /// the function's own.
    Choose(Box<[Lift; 2]>, bool),
    /// The function itself.
    Again(bool),
    /// Several values at once.
    Tuple,
    /// The part at a place of so many.
    Part(usize, usize),
    /// Its arguments: what it goes through, if that, what its turns read, and the variables at first.
    Loop(Box<Loop>),
    /// Its arguments: what it goes through, and what its turns read.
    Gather(Box<Lift>),
    /// A tuple's parts as a bracket display.
    Listed,
    Missing(Missing),
    /// A function without effects of what is the same for all cells.
    Once(&'static Prim),
    /// `x.item()`.
    Plain,
    /// `⊃` of a number, `⌽` of cells.
    First,
    Reverse(&'static Prim),
    /// `⍴` of cells.
    Shape,
    /// `x ≡ y`, `x ≢ y` of cells; whether they differ.
    Match(bool),
    /// `np.dot` and its kin of numbers and vectors.
    Dot(&'static Prim),
    /// NumPy's function along the last axis, of vectors.
    Along(&'static Prim),
    /// NumPy's function of stacks of matrices.
    Stacked(&'static Prim),
    /// `⍉` of cells.
    Turned,
    /// A function of cells that its left argument, the same for all, gives another shape or order.
    Shaped(&'static Prim, Shaping),
    /// `x ∘.f y` of cells; whether of their elements in a row.
    Outer(&'static Prim, bool),
    /// `len` of cells.
    Length,
    /// Whether all of a cell holds, as a plain truth value.
    Truth,
    /// What says something of the kind of a number only.
    Kind(&'static Prim),
    /// `mask ⌿ x` of vectors.
    Keep,
    /// `n f/ x` of vectors.
    Windowed(&'static Prim, Func),
    /// `⍋`, or `⍒`, of vectors.
    Grade(bool),
    /// `complex(x, y)` of numbers.
    Complex,
    /// `base ⊤ x` and `base ⊥ x` of cells.
    Encode(&'static Prim),
    Decode(&'static Prim),
    /// `i ⌷ x`.
    Pick,
    /// `x f.g y` of numbers and vectors.
    Inner {
        f: &'static Prim,
        g: &'static Prim,
        whole: Func,
    },
}

/// What a left argument does with cells.
#[derive(Clone, Copy)]
enum Shaping {
    Take,
    Drop,
    Rotate,
    Reshape,
}

/// A loop's turns.
struct Loop {
    over: bool,
    breaks: bool,
    variables: usize,
    /// The variable that holds the function's own result where a turn has left it, and one that is the
    /// function's own result after the loop.
    result: Option<usize>,
    own: Option<usize>,
    test: Option<Lift>,
    body: Lift,
}

/// A reduction or scan: the function between items, the derived function itself, and the axis.
struct Fold {
    prim: &'static Prim,
    whole: Func,
    axis: Axis,
}

#[derive(Clone, Copy, PartialEq)]
enum Axis {
    First,
    Last,
}

/// Functions without a glyph and without effects, of what is the same for all cells.
const ONCE: &[&str] =
    &["range", "arange", "linspace", "enumerate", "zip", "zeros", "ones", "full", "eye", "identity", "len"];

/// NumPy's reductions that take any axes.
const WHOLE: &[&str] = &["sum", "prod", "max", "min", "mean", "std", "var", "any", "all", "ptp"];

/// NumPy's functions that work along an axis which is the last one unless told otherwise, or the only one.
const ALONG: &[&str] = &[
    "sort",
    "argsort",
    "argmax",
    "argmin",
    "cumsum",
    "cumprod",
    "diff",
    "median",
    "norm",
    "average",
    "count_nonzero",
    "flip",
    "trapezoid",
    "nansum",
    "nanmean",
    "nanmax",
    "nanmin",
    "nanstd",
    "nanvar",
    "nanprod",
    "nanmedian",
    "cumulative_sum",
    "cumulative_prod",
];

/// NumPy's functions of stacks of matrices.
const STACKED: &[&str] = &["det", "inv", "pinv", "cholesky", "eigvalsh", "matrix_transpose"];

/// What says something of the kind of a number, whatever it is.
const KINDS: &[&str] = &["type"];

/// NumPy's products of numbers and vectors.
const DOTS: &[&str] = &["dot", "inner", "vdot", "vecdot"];

impl Lift {
    /// The function of `given` arguments, if all its parts have forms over whole arrays.
    pub fn of(f: &Func, host: &mut dyn Host, given: usize) -> Option<Lift> {
        if !ON.get() {
            return None;
        }
        tally::no_doubt();
        let mut lift = Lift::new(given, given);
        let args: SmallVec<[usize; 2]> = (0..given).collect();
        lift.result = lift.add(f, &args, &How::Call(Rc::default()), host, 0)?;
        lift.count_reads();
        lift.function = Some(f.clone());
        lift.mark_tail();
        Some(lift)
    }

    /// Only its arguments, as the first steps; the function that it belongs to takes `given`.
    fn new(arguments: usize, given: usize) -> Lift {
        let steps = (0..arguments).map(|i| (Op::Argument(i), SmallVec::new())).collect();
        Lift { steps, result: 0, reads: Vec::new(), given, function: None, branches: false, loops: false }
    }

    fn count_reads(&mut self) {
        self.reads = vec![0; self.steps.len()];
        for (_, args) in &self.steps {
            args.iter().for_each(|&a| self.reads[a] += 1);
        }
    }

    /// Whether it works element by element.
    pub fn is_map(&self) -> bool {
        self.steps.iter().all(|(op, _)| match op {
            Op::Argument(_) | Op::Map(..) => true,
            Op::Constant(v) => v.is_scalar_number(),
            _ => false,
        })
    }

    /// The primitive that it is, written as a function of two arguments: `{⍺ ⌈ ⍵}`.
    pub fn as_primitive(&self) -> Option<&'static Prim> {
        match self.steps.as_slice() {
            [(Op::Argument(0), _), (Op::Argument(1), _), (Op::Map(p, _), of)] => {
                let same = of[..] == [0, 1] || (of[..] == [1, 0] && p.laws.commutative);
                same.then_some(*p)
            }
            _ => None,
        }
    }

    /// Whether an argument is used.
    pub fn reads(&self, argument: usize) -> bool {
        self.result == argument || self.reads.get(argument).is_some_and(|&n| n > 0)
    }

    fn push(&mut self, op: Op, args: SmallVec<[usize; 2]>) -> usize {
        self.steps.push((op, args));
        self.steps.len() - 1
    }

    /// Appends a call of a function; the step of its result.
    fn add(
        &mut self,
        f: &Func,
        args: &[usize],
        how: &How,
        host: &mut dyn Host,
        depth: usize,
    ) -> Option<usize> {
        if depth > DEEPEST || self.steps.len() > MOST_STEPS {
            return None;
        }
        let prim = if args.len() == 2 { dyadic_prim(f) } else { monadic_prim(f) };
        if let Some(prim) = prim
            && let Some(step) = self.primitive(prim, args, how)
        {
            return Some(step);
        }
        let no_form = || tally::doubt(|| format!("{} has no form for all elements at once", f.name()));
        if matches!(how, How::Call(keywords) if !keywords.is_empty()) {
            no_form();
            return None;
        }
        if let Some(op) = f.get().as_any().downcast_ref::<Derived>().and_then(|d| derived(d, f, args.len())) {
            return Some(self.push(op, args.into()));
        }
        let Some(formula) = f.get().formula(host, args.len()) else {
            no_form();
            return None;
        };
        self.inline(&formula, args, host, depth + 1)
    }

    fn primitive(&mut self, prim: &'static Prim, args: &[usize], how: &How) -> Option<usize> {
        let keywords: &[Rc<str>] = match how {
            How::Operator => &[],
            How::Call(keywords) => keywords,
        };
        if let Some(spread) = Spread::of(prim, args.len(), keywords).filter(|s| !s.joins_parts()) {
            return Some(self.push(Op::Spread(spread), args.into()));
        }
        if !keywords.is_empty() {
            return None;
        }
        if prim.elementwise().is_some_and(|e| e.arity == args.len()) {
            return Some(self.push(Op::Map(prim, matches!(how, How::Call(_))), args.into()));
        }
        let is = |glyph: &str, valence| table().glyph(glyph, valence).is_some_and(|p| std::ptr::eq(p, prim));
        let op = match args {
            [x] if is("⊢", Valence::Monadic) => return Some(*x),
            [_, y] if is("⊢", Valence::Dyadic) => return Some(*y),
            [x, _] if is("⊣", Valence::Dyadic) => return Some(*x),
            [_] if is("∊", Valence::Monadic) || is_ravel(prim) => Op::Ravel,
            [_] if is("≢", Valence::Monadic) => Op::Tally,
            [_] if prim.name == "item" && prim.home == Home::Method => Op::Plain,
            [_] if is("⊃", Valence::Monadic) => Op::First,
            [_] if is("⌽", Valence::Monadic) => Op::Reverse(prim),
            [_] if is("⊖", Valence::Monadic) => Op::Reverse(prim),
            [_] if is("⍴", Valence::Monadic) => Op::Shape,
            [_] if is("⍉", Valence::Monadic) => Op::Turned,
            [_, _] if is("↑", Valence::Dyadic) => Op::Shaped(prim, Shaping::Take),
            [_, _] if is("↓", Valence::Dyadic) => Op::Shaped(prim, Shaping::Drop),
            [_, _] if is("⌽", Valence::Dyadic) => Op::Shaped(prim, Shaping::Rotate),
            [_, _] if is("⍴", Valence::Dyadic) => Op::Shaped(prim, Shaping::Reshape),
            [_] if STACKED.contains(&prim.name) && prim.home == Home::Linalg => Op::Stacked(prim),
            [_, _] if prim.home == Home::Np && prim.name == "array_equal" => Op::Match(false),
            [_] if is("⍋", Valence::Monadic) => Op::Grade(false),
            [_] if is("⍒", Valence::Monadic) => Op::Grade(true),
            [_, _] if is("≡", Valence::Dyadic) => Op::Match(false),
            [_, _] if is("≢", Valence::Dyadic) => Op::Match(true),
            [_, _] if prim.home == Home::Core && prim.name == "complex" => Op::Complex,
            [_, _] if prim.home == Home::Np && DOTS.contains(&prim.name) => Op::Dot(prim),
            [_, _] if is("⊤", Valence::Dyadic) => Op::Encode(prim),
            [_, _] if is("⊥", Valence::Dyadic) => Op::Decode(prim),
            [_, _] if is("⌷", Valence::Dyadic) => Op::Pick,
            [_, _] if is("@", Valence::Dyadic) => products::matrix_product()?,
            [_, _] if is("⍪", Valence::Dyadic) => Op::Catenate,
            [_] if WHOLE.contains(&prim.name) && matches!(prim.home, Home::Np | Home::Core) => {
                Op::Whole(prim)
            }
            [_] if ALONG.contains(&prim.name) && matches!(prim.home, Home::Np | Home::Linalg) => {
                Op::Along(prim)
            }
            [_] if prim.home == Home::Core && prim.name == "len" => Op::Length,
            [_, _] if prim.home == Home::Np && prim.name == "outer" => {
                Op::Outer(table().get(Home::Np, "multiply")?, true)
            }
            [_, _] if prim.home == Home::Np && prim.name == "allclose" => {
                let close = Spread::of(table().get(Home::Np, "isclose")?, 2, &[])?;
                let step = self.push(Op::Spread(close), args.into());
                return Some(self.push(Op::Truth, SmallVec::from_iter([step])));
            }
            _ if KINDS.contains(&prim.name) && prim.home == Home::Core => Op::Kind(prim),
            _ if !prim.glyphs.is_empty() || ONCE.contains(&prim.name) => Op::Once(prim),
            _ => return None,
        };
        Some(self.push(op, args.into()))
    }

    fn inline(
        &mut self,
        formula: &Formula,
        args: &[usize],
        host: &mut dyn Host,
        depth: usize,
    ) -> Option<usize> {
        let mut places: Vec<usize> = Vec::with_capacity(formula.steps.len());
        for step in &formula.steps {
            let place = match step {
                Step::Argument(i) => *args.get(*i)?,
                Step::Constant(v) => self.push(Op::Constant(v.clone()), SmallVec::new()),
                Step::Apply(f, of, how) => {
                    let of: SmallVec<[usize; 2]> = of.iter().map(|&i| places[i]).collect();
                    self.add(f, &of, how, host, depth)?
                }
                Step::Update(f, of) => {
                    // An array would be written, and be so under its other names.
                    if self.may_be_array(places[of[0]]) {
                        return None;
                    }
                    let prim = dyadic_prim(f).filter(|p| p.elementwise().is_some_and(|e| e.arity == 2))?;
                    self.push(Op::Update(prim), of.iter().map(|&i| places[i]).collect())
                }
                Step::Convert(dtype, of) => {
                    let of = SmallVec::from_iter([places[*of]]);
                    self.push(Op::Convert(*dtype), of)
                }
                Step::Index(of, subs) => {
                    let at = subs.iter().filter_map(|s| match s {
                        Subscript::At(i) => Some(*i),
                        Subscript::Fixed(_) => None,
                    });
                    let of = [*of].into_iter().chain(at).map(|i| places[i]).collect();
                    self.push(Op::Index(subs.clone()), of)
                }
                Step::Bracket(of) => {
                    let of = of.iter().map(|&i| places[i]).collect();
                    self.push(Op::Bracket, of)
                }
                Step::Stack(of) => {
                    let of = of.iter().map(|&i| places[i]).collect();
                    self.push(Op::Stack, of)
                }
                Step::IsNone(of, negated) => {
                    self.push(Op::IsNone(*negated), SmallVec::from_iter([places[*of]]))
                }
                Step::Single(of) => self.push(Op::Single, SmallVec::from_iter([places[*of]])),
                Step::Keep(of) => self.push(Op::Keep, of.iter().map(|&i| places[i]).collect()),
                Step::First(of) => self.push(Op::First, SmallVec::from_iter([places[*of]])),
                Step::Like(of) => self.push(Op::Like, of.iter().map(|&i| places[i]).collect()),
                Step::Choose(test, branches) => self.choose(*test, branches, &places, host, depth)?,
                // Of a function within this one, the call would be of that.
                Step::Again(of) if depth == 1 && of.len() == self.given => {
                    self.branches = true;
                    let of = of.iter().map(|&i| places[i]).collect();
                    self.push(Op::Again(false), of)
                }
                Step::Again(_) => return None,
                Step::Tuple(of) => {
                    let of = of.iter().map(|&i| places[i]).collect();
                    self.push(Op::Tuple, of)
                }
                Step::Part { of, index, count } => {
                    let of = SmallVec::from_iter([places[*of]]);
                    self.push(Op::Part(*index, *count), of)
                }
                Step::Loop(l) => self.repeat(l, &places, host, depth)?,
                Step::Gather(over, body) => self.gather(*over, body, &places, host, depth)?,
                Step::Listed(of) => {
                    let of = SmallVec::from_iter([places[*of]]);
                    self.push(Op::Listed, of)
                }
                Step::Missing(missing) => self.push(Op::Missing(*missing), SmallVec::new()),
            };
            places.push(place);
        }
        places.last().copied()
    }

    /// Appends a choice, given the places of the steps before it.
    fn choose(
        &mut self,
        test: usize,
        branches: &[Formula; 2],
        places: &[usize],
        host: &mut dyn Host,
        depth: usize,
    ) -> Option<usize> {
        self.branches = true;
        let reads = branches.each_ref().map(|b| b.reads(places.len()));
        let read: Vec<usize> = (0..places.len()).filter(|&i| reads.iter().any(|r| r[i])).collect();
        let mut lifts = Vec::with_capacity(2);
        for branch in branches {
            let mut lift = Lift::new(read.len(), self.given);
            let mut args = vec![0; places.len()];
            read.iter().enumerate().for_each(|(k, &i)| args[i] = k);
            lift.result = lift.inline(branch, &args, host, depth)?;
            lift.count_reads();
            lifts.push(lift);
        }
        let lifts: [Lift; 2] = lifts.try_into().ok()?;
        let args = [test].into_iter().chain(read).map(|i| places[i]).collect();
        Some(self.push(Op::Choose(Box::new(lifts), false), args))
    }
}

fn is_ravel(prim: &Prim) -> bool {
    table().get(Home::Np, "ravel").is_some_and(|p| std::ptr::eq(p, prim))
}

/// A reduction, scan or inner product of element-wise functions.
fn derived(d: &Derived, whole: &Func, given: usize) -> Option<Op> {
    let between =
        |v: &Value| dyadic_prim(v.as_func()?).filter(|p| p.elementwise().is_some_and(|e| e.arity == 2));
    let prim = between(&d.left)?;
    if d.op.glyph == "." && given == 2 {
        return Some(Op::Inner { f: prim, g: between(d.right.as_ref()?)?, whole: whole.clone() });
    }
    if d.op.glyph == "∘." && given == 2 {
        return Some(Op::Outer(prim, false));
    }
    if d.op.glyph == "/" && given == 2 && d.axes.is_none() {
        return Some(Op::Windowed(prim, whole.clone()));
    }
    if given != 1 || d.axes.is_some() {
        return None;
    }
    let fold = |axis| Fold { prim, whole: whole.clone(), axis };
    Some(match d.op.glyph {
        "/" => Op::Reduce(fold(Axis::Last)),
        "⌿" => Op::Reduce(fold(Axis::First)),
        "\\" => Op::Scan(fold(Axis::Last)),
        "⍀" => Op::Scan(fold(Axis::First)),
        _ => return None,
    })
}
