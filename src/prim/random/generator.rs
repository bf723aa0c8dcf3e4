//! `np.random`: generators as values, whose methods are the rows of home `Generator`, and the
//! functions that share one hidden legacy generator. Both draw NumPy's numbers, bit for bit.
//!
//! Arguments are read here, distributions are `kernel::random`'s, and `random_draw` joins the two.

use crate::dtype::Scalar;
use crate::kernel::random::{SeedSequence, words};
use crate::prim::apl::operators;
use crate::prim::random::choice::{choice, permutation, permuted, shuffle};
use crate::prim::random::draw::{
    State, bytes, exponential, hidden, integers, normal, open, random, standard_exponential, standard_normal,
    uniform,
};
use crate::prim::{Args, Example, Home, Prim, convert, table};
use crate::value::{Fault, Func, List, Object, Value};
use std::any::Any;
use std::rc::Rc;

pub const ROWS: &[Prim] = &[
    Home::Random.row(
        "default_rng",
        "seed=None",
        "A random generator (PCG64) for a seed: an integer, or a sequence of them, none negative.\n\n\
         The same seed gives the same numbers as in NumPy. Without a seed the system's entropy is \
         taken; a generator is given back as it is.",
        &[
            Example { code: "np.random.default_rng(42).random()", out: "0.7739560485559633" },
            Example { code: "np.random.default_rng(7).integers(0, 10, 5)", out: "[9 6 6 8 5]" },
        ],
        |_, args| match args.get(0) {
            Some(Value::Object(o)) if o.as_any().is::<Generator>() => Ok(args.value(0)),
            _ => Ok(Generator(Rc::new(State::pcg64(seed(args)?))).value()),
        },
    ),
    Home::Generator.row(
        "random",
        "self, size=None, dtype='float64', out=None",
        "Floats of the half-open interval [0, 1).\n\nWithout `size` one plain float. `dtype` is float64 or float32.",
        &[Example { code: "np.random.default_rng(1).random(3)", out: "[0.51182162 0.9504637  0.14415961]" }],
        |_, args| random(args),
    ),
    Home::Generator.row(
        "integers",
        "self, low, high=None, size=None, dtype='int64', endpoint=False",
        "Integers from `low` up to, not including, `high` (with `endpoint`, including it).\n\n\
         With one bound, from 0 up to it. Bounds may be arrays, which broadcast.",
        &[Example {
            code: "np.random.default_rng(1).integers(1, 7, size=(2, 3))",
            out: "[[3 4 5]\n [6 1 1]]",
        }],
        |_, args| integers(args),
    ),
    Home::Generator.row(
        "bytes",
        "self, length",
        "So many random bytes, as a vector of uint8.",
        &[Example { code: "np.random.default_rng(1).bytes(5)", out: "[255 228  34 121 243]" }],
        |_, args| bytes(args),
    ),
    Home::Generator.row(
        "normal",
        "self, loc=0.0, scale=1.0, size=None",
        "Normal variates of mean `loc` and standard deviation `scale`.",
        &[Example { code: "np.random.default_rng(1).normal(10, 2, 2)", out: "[10.69116838 11.64323629]" }],
        |_, args| normal(args),
    ),
    Home::Generator.row(
        "standard_normal",
        "self, size=None, dtype='float64', out=None",
        "Normal variates of mean 0 and standard deviation 1. `dtype` is float64 or float32.",
        &[Example { code: "np.random.default_rng(1).standard_normal(2)", out: "[0.34558419 0.82161814]" }],
        |_, args| standard_normal(args),
    ),
    Home::Generator.row(
        "uniform",
        "self, low=0.0, high=1.0, size=None",
        "Floats of the half-open interval [low, high). The bounds may be arrays, which broadcast.",
        &[Example { code: "np.random.default_rng(1).uniform(-1, 1, 2)", out: "[0.02364325 0.90092739]" }],
        |_, args| uniform(args),
    ),
    Home::Generator.row(
        "exponential",
        "self, scale=1.0, size=None",
        "Exponential variates of mean `scale`.",
        &[Example { code: "np.random.default_rng(1).exponential(2.0, 2)", out: "[2.14605805 0.61690629]" }],
        |_, args| exponential(args),
    ),
    Home::Generator.row(
        "standard_exponential",
        "self, size=None, dtype='float64', method='zig', out=None",
        "Exponential variates of mean 1, by the ziggurat or (`method=\"inv\"`) by inversion.",
        &[Example {
            code: "np.random.default_rng(1).standard_exponential(2)",
            out: "[1.07302903 0.30845314]",
        }],
        |_, args| standard_exponential(args),
    ),
    Home::Generator.row(
        "permutation",
        "self, x, axis=0",
        "The items of an array in random order along an axis; for an integer n, of `arange(n)`.",
        &[Example { code: "np.random.default_rng(1).permutation(5)", out: "[4 0 1 2 3]" }],
        permutation,
    ),
    Home::Generator.row(
        "permuted",
        "self, x, *, axis=None, out=None",
        "A copy with the elements in random order; along an axis, each line in an order of its own.",
        &[Example { code: "np.random.default_rng(1).permuted([1, 2, 3, 4, 5])", out: "[5 1 2 3 4]" }],
        |_, args| permuted(args),
    ),
    Home::Generator.row(
        "shuffle",
        "self, x, axis=0",
        "Puts the items of an array or list in random order, in place; gives None.",
        &[Example { code: "a = np.arange(5); np.random.default_rng(1).shuffle(a); a", out: "[4 0 1 2 3]" }],
        shuffle,
    ),
    Home::Generator.row(
        "choice",
        "self, a, size=None, replace=True, p=None, axis=0, shuffle=True",
        "Random items of an array (for an integer n, of `arange(n)`), along an axis.\n\n\
         `replace=False` takes none twice. `p` gives their probabilities. `shuffle=False` leaves a \
         sample without replacement in the order in which it was found, which is faster.",
        &[
            Example { code: "np.random.default_rng(1).choice(10, 4)", out: "[4 5 7 9]" },
            Example {
                code: "np.random.default_rng(1).choice([10, 20, 30], 2, replace=False)",
                out: "[10 20]",
            },
        ],
        choice,
    ),
    Home::Generator.row(
        "spawn",
        "self, n_children",
        "A list of `n_children` new generators whose numbers are independent of this one's.",
        &[Example { code: "np.random.default_rng(1).spawn(2)[1].random()", out: "0.4757645185899906" }],
        |_, args| spawn(args),
    ),
    Home::Random.row(
        "seed",
        "seed=None",
        "Restarts the hidden generator behind `np.random.rand` and its like; prefer `default_rng`.",
        &[Example { code: "np.random.seed(0); np.random.rand()", out: "0.5488135039273248" }],
        |_, args| {
            reseed(&hidden(), args)?;
            Ok(Value::None)
        },
    ),
    Home::Random.row(
        "rand",
        "*shape",
        "Floats of [0, 1) from the hidden generator, of the shape that the arguments give.",
        &[Example { code: "np.random.seed(0); np.random.rand(2)", out: "[0.5488135  0.71518937]" }],
        |_, args| one_by_one(args).and_then(|()| random(args)),
    ),
    Home::Random.row(
        "randn",
        "*shape",
        "Standard normal variates from the hidden generator, of the shape that the arguments give.",
        &[Example { code: "np.random.seed(0); np.random.randn(2)", out: "[1.76405235 0.40015721]" }],
        |_, args| one_by_one(args).and_then(|()| standard_normal(args)),
    ),
    Home::Random
        .row(
            "random",
            "size=None",
            "Floats of [0, 1) from the hidden generator.",
            &[Example { code: "np.random.seed(0); np.random.random(2)", out: "[0.5488135  0.71518937]" }],
            |_, args| random(args),
        )
        .also(&["random_sample", "ranf", "sample"]),
    Home::Random.row(
        "randint",
        "low, high=None, size=None, dtype=int",
        "Integers from `low` up to, not including, `high`, from the hidden generator.",
        &[Example { code: "np.random.seed(0); np.random.randint(0, 10, 5)", out: "[5 0 3 3 7]" }],
        |_, args| integers(args),
    ),
    Home::Random.row(
        "normal",
        "loc=0.0, scale=1.0, size=None",
        "Normal variates of mean `loc` and standard deviation `scale` from the hidden generator.",
        &[Example { code: "np.random.seed(0); np.random.normal(0, 2, 2)", out: "[3.52810469 0.80031442]" }],
        |_, args| normal(args),
    ),
    Home::Random.row(
        "standard_normal",
        "size=None",
        "Standard normal variates from the hidden generator.",
        &[Example { code: "np.random.seed(0); np.random.standard_normal()", out: "1.764052345967664" }],
        |_, args| standard_normal(args),
    ),
    Home::Random.row(
        "uniform",
        "low=0.0, high=1.0, size=None",
        "Floats of [low, high) from the hidden generator.",
        &[Example { code: "np.random.seed(0); np.random.uniform(0, 10, 2)", out: "[5.48813504 7.15189366]" }],
        |_, args| uniform(args),
    ),
    Home::Random.row(
        "exponential",
        "scale=1.0, size=None",
        "Exponential variates of mean `scale` from the hidden generator.",
        &[Example { code: "np.random.seed(0); np.random.exponential(1, 2)", out: "[0.79587451 1.25593076]" }],
        |_, args| exponential(args),
    ),
    Home::Random.row(
        "permutation",
        "x",
        "The items of an array (for an integer n, of `arange(n)`) in random order, by the hidden generator.",
        &[Example { code: "np.random.seed(0); np.random.permutation(5)", out: "[2 0 1 3 4]" }],
        permutation,
    ),
    Home::Random.row(
        "shuffle",
        "x",
        "Puts the items of an array or list in random order, in place, by the hidden generator.",
        &[Example {
            code: "np.random.seed(0); a = np.arange(5); np.random.shuffle(a); a",
            out: "[2 0 1 3 4]",
        }],
        shuffle,
    ),
    Home::Random.row(
        "choice",
        "a, size=None, replace=True, p=None",
        "Random items of a vector (for an integer n, of `arange(n)`), by the hidden generator.",
        &[Example { code: "np.random.seed(0); np.random.choice(5, 3)", out: "[4 0 3]" }],
        choice,
    ),
];

/// A random generator as a value; clones share its state.
#[derive(Clone)]
pub struct Generator(pub(in crate::prim) Rc<State>);

impl Generator {
    fn value(self) -> Value {
        Value::Object(Rc::new(self))
    }
}

impl Object for Generator {
    fn type_name(&self) -> &str {
        "Generator"
    }

    fn repr(&self) -> String {
        "Generator(PCG64)".into()
    }

    fn attr(&self, name: &str) -> Option<Value> {
        let prim = table().get(Home::Generator, name)?;
        Some(Value::Func(operators::bind_first(Func::Static(prim), self.clone().value())))
    }

    fn attr_names(&self) -> Vec<String> {
        let rows = table().rows().iter().filter(|(_, p)| p.home == Home::Generator);
        rows.map(|(_, p)| p.name.to_string()).collect()
    }

    fn fork(&self) -> Option<Value> {
        Some(Generator(Rc::new(self.0.copy())).value())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The state of the hidden generator at one moment.
pub struct Hidden(State);

impl Hidden {
    pub fn now() -> Hidden {
        Hidden(hidden().copy())
    }

    /// Goes back to it.
    pub fn restore(self) {
        hidden().become_as(self.0);
    }
}

/// That lengths are numbers beside each other, and no tuple of them.
fn one_by_one(args: &Args) -> Result<(), Fault> {
    match args.rest_of(0) {
        [Value::Tuple(_) | Value::List(_) | Value::Array(_)] => Err(args
            .reason(format!("the lengths are given one by one, as in np.random.{}(2, 3)", args.prim.name))),
        _ => Ok(()),
    }
}

/// The seed that argument 0 gives.
fn seed(args: &Args) -> Result<SeedSequence, Fault> {
    if args.is_none(0) {
        return Ok(SeedSequence::from_os());
    }
    let mut entropy = Vec::new();
    for n in seed_integers(args)? {
        let n = u128::try_from(n).map_err(|_| args.reason("expected non-negative integer"))?;
        entropy.extend(words(n));
    }
    Ok(SeedSequence::new(entropy))
}

fn seed_integers(args: &Args) -> Result<Vec<i128>, Fault> {
    let wrong = || args.wrong(0, "an integer or a sequence of them");
    let one = |s: Scalar| if s.dtype().is_int() { s.as_i128() } else { None };
    if let Some(n) = args.get(0).and_then(convert::as_scalar) {
        return Ok(vec![one(n).ok_or_else(wrong)?]);
    }
    let a = args.array(0)?;
    if a.ndim() != 1 || !(a.dtype().is_int() || a.size() == 0) {
        return Err(wrong());
    }
    let at = |i: usize| (a.offset() as isize + i as isize * a.strides()[0]) as usize;
    (0..a.size()).map(|i| one(a.scalar_at(at(i))).ok_or_else(wrong)).collect()
}

fn spawn(args: &Args) -> Result<Value, Fault> {
    let (state, _) = open(args)?;
    let n = u32::try_from(args.int(1)?).map_err(|_| args.reason("n_children must be non-negative"))?;
    let children = state.spawn(n).into_iter().map(|seed| Generator(Rc::new(State::pcg64(seed))).value());
    Ok(Value::List(List::new(children.collect())))
}

/// Restarts a legacy generator with the seed that argument 0 gives.
pub(super) fn reseed(state: &State, args: &Args) -> Result<(), Fault> {
    if args.is_none(0) {
        state.reseed(None);
        return Ok(());
    }
    let single = args.get(0).is_some_and(|v| convert::as_scalar(v).is_some());
    let range = || args.reason("Seed must be between 0 and 2**32 - 1");
    let all = seed_integers(args)?.into_iter().map(|n| u32::try_from(n).map_err(|_| range()));
    let all = all.collect::<Result<Vec<u32>, _>>()?;
    if all.is_empty() {
        return Err(args.reason("Seed must be non-empty"));
    }
    state.reseed(Some((&all, single)));
    Ok(())
}
