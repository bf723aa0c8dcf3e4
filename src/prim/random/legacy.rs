//! The distributions of `np.random` before it had generators, and `RandomState`, the generator that they draw
//! from: NumPy's streams since 1.16, which seeds of older programs rest on. `kernel::random` has their
//! laws, which say where they differ from a `Generator`'s (`Numbers::LEGACY`).
//!
//! The rows draw from the hidden generator; a method of a `RandomState` is the row of its name, called while
//! the state stands in that one's place.

use crate::kernel::random as kernel;
use crate::prim::random::distributions::{Domain, hypergeometric, law, triangular};
use crate::prim::random::draw::{HiddenFor, State, bytes, continuous};
use crate::prim::random::generator::reseed;
use crate::prim::random::multivariate::{dirichlet, multinomial, multivariate_normal};
use crate::prim::{Args, Example, Home, Prim, table};
use crate::value::{CallArgs, Callable, Fault, Func, Host, Object, Value};
use std::any::Any;
use std::rc::Rc;

pub const ROWS: &[Prim] = &[
    Home::Random.row(
        "RandomState",
        "seed=None",
        "A generator of its own with the functions of `np.random` as methods, and their numbers.\n\n\
         `np.random.RandomState(0).rand()` is what `np.random.rand()` gives after `np.random.seed(0)`. \
         New programs are better off with `default_rng`, which is faster.",
        &[
            Example { code: "np.random.RandomState(0).rand(2)", out: "[0.5488135  0.71518937]" },
            Example { code: "r = np.random.RandomState(1); r.randint(10, size=3)", out: "[5 8 9]" },
        ],
        |_, args| random_state(args),
    ),
    Home::Random.row(
        "standard_exponential",
        "size=None",
        "Exponential variates of mean 1.",
        &[Example { code: "np.random.seed(0); np.random.standard_exponential(2)", out: "[0.79587451 1.25593076]" }],
        |_, args| continuous(args, 0, &[], |_| kernel::StandardExponential()),
    ),
    Home::Random.row(
        "gamma",
        "shape, scale=1.0, size=None",
        "Gamma variates of a shape and a scale.",
        &[Example { code: "np.random.seed(0); np.random.gamma(2.0, 3.0, 2)", out: "[15.41648873  6.71544274]" }],
        |_, args| law::<kernel::Gamma>(args, &[("shape", Domain::NonNegative), ("scale", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "standard_gamma",
        "shape, size=None",
        "Gamma variates of scale 1.",
        &[Example { code: "np.random.seed(0); np.random.standard_gamma(2.0, 2)", out: "[5.13882958 2.23848091]" }],
        |_, args| law::<kernel::StandardGamma>(args, &[("shape", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "beta",
        "a, b, size=None",
        "Beta variates, between 0 and 1.",
        &[Example { code: "np.random.seed(0); np.random.beta(2.0, 3.0, 2)", out: "[0.60358975 0.79868334]" }],
        |_, args| law::<kernel::Beta>(args, &[("a", Domain::Positive), ("b", Domain::Positive)]),
    ),
    Home::Random.row(
        "chisquare",
        "df, size=None",
        "Chi-squared variates of `df` degrees of freedom.",
        &[Example { code: "np.random.seed(0); np.random.chisquare(3, 2)", out: "[8.59517635 3.30891648]" }],
        |_, args| law::<kernel::Chisquare>(args, &[("df", Domain::Positive)]),
    ),
    Home::Random.row(
        "noncentral_chisquare",
        "df, nonc, size=None",
        "Noncentral chi-squared variates.",
        &[Example { code: "np.random.seed(0); np.random.noncentral_chisquare(3, 2, 2)", out: "[ 6.23924552 10.37824663]" }],
        |_, args| law::<kernel::NoncentralChisquare>(args, &[("df", Domain::Positive), ("nonc", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "f",
        "dfnum, dfden, size=None",
        "F variates.",
        &[Example { code: "np.random.seed(0); np.random.f(3, 7, 2)", out: "[2.54933429 6.175934  ]" }],
        |_, args| law::<kernel::F>(args, &[("dfnum", Domain::Positive), ("dfden", Domain::Positive)]),
    ),
    Home::Random.row(
        "noncentral_f",
        "dfnum, dfden, nonc, size=None",
        "Noncentral F variates.",
        &[Example { code: "np.random.seed(0); np.random.noncentral_f(3, 7, 1.5, 2)", out: "[0.93482666 0.17920944]" }],
        |_, args| law::<kernel::NoncentralF>(args, &[("dfnum", Domain::Positive), ("dfden", Domain::Positive), ("nonc", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "standard_t",
        "df, size=None",
        "Student's t variates of `df` degrees of freedom.",
        &[Example { code: "np.random.seed(0); np.random.standard_t(5, 2)", out: "[ 1.66370595 -1.64009533]" }],
        |_, args| law::<kernel::StandardT>(args, &[("df", Domain::Positive)]),
    ),
    Home::Random.row(
        "standard_cauchy",
        "size=None",
        "Cauchy variates.",
        &[Example { code: "np.random.seed(0); np.random.standard_cauchy(2)", out: "[4.40839827 0.43676244]" }],
        |_, args| law::<kernel::StandardCauchy>(args, &[]),
    ),
    Home::Random.row(
        "laplace",
        "loc=0.0, scale=1.0, size=None",
        "Laplace variates.",
        &[Example { code: "np.random.seed(0); np.random.laplace(0, 1, 2)", out: "[0.10272733 0.56278358]" }],
        |_, args| law::<kernel::Laplace>(args, &[("loc", Domain::Any), ("scale", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "gumbel",
        "loc=0.0, scale=1.0, size=None",
        "Gumbel variates.",
        &[Example { code: "np.random.seed(0); np.random.gumbel(0, 1, 2)", out: "[ 0.22831376 -0.22787694]" }],
        |_, args| law::<kernel::Gumbel>(args, &[("loc", Domain::Any), ("scale", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "logistic",
        "loc=0.0, scale=1.0, size=None",
        "Logistic variates of mean `loc`.",
        &[Example { code: "np.random.seed(0); np.random.logistic(0, 1, 2)", out: "[0.19587791 0.92072284]" }],
        |_, args| law::<kernel::Logistic>(args, &[("loc", Domain::Any), ("scale", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "lognormal",
        "mean=0.0, sigma=1.0, size=None",
        "Exponentials of normal variates.",
        &[Example { code: "np.random.seed(0); np.random.lognormal(0, 1, 2)", out: "[5.83603919 1.49205924]" }],
        |_, args| law::<kernel::Lognormal>(args, &[("mean", Domain::Any), ("sigma", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "rayleigh",
        "scale=1.0, size=None",
        "Rayleigh variates.",
        &[Example { code: "np.random.seed(0); np.random.rayleigh(2, 2)", out: "[2.52329072 3.16977067]" }],
        |_, args| law::<kernel::Rayleigh>(args, &[("scale", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "weibull",
        "a, size=None",
        "Weibull variates of shape `a` and scale 1.",
        &[Example { code: "np.random.seed(0); np.random.weibull(2, 2)", out: "[0.89211799 1.12068317]" }],
        |_, args| law::<kernel::Weibull>(args, &[("a", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "pareto",
        "a, size=None",
        "Pareto II (Lomax) variates of shape `a`.",
        &[Example { code: "np.random.seed(0); np.random.pareto(3, 2)", out: "[0.30381098 0.51989855]" }],
        |_, args| law::<kernel::Pareto>(args, &[("a", Domain::Positive)]),
    ),
    Home::Random.row(
        "power",
        "a, size=None",
        "Variates between 0 and 1 of density `a * x ** (a - 1)`.",
        &[Example { code: "np.random.seed(0); np.random.power(3, 2)", out: "[0.81873168 0.89428034]" }],
        |_, args| law::<kernel::Power>(args, &[("a", Domain::Positive)]),
    ),
    Home::Random.row(
        "wald",
        "mean, scale, size=None",
        "Inverse Gaussian variates.",
        &[Example { code: "np.random.seed(0); np.random.wald(1, 2, 2)", out: "[0.30787564 0.75425984]" }],
        |_, args| law::<kernel::Wald>(args, &[("mean", Domain::Positive), ("scale", Domain::Positive)]),
    ),
    Home::Random.row(
        "vonmises",
        "mu, kappa, size=None",
        "Von Mises variates: angles of mean `mu` and dispersion `1 / kappa`.",
        &[Example { code: "np.random.seed(0); np.random.vonmises(0, 4, 2)", out: "[0.5664411  0.55977779]" }],
        |_, args| law::<kernel::Vonmises>(args, &[("mu", Domain::Any), ("kappa", Domain::NonNegative)]),
    ),
    Home::Random.row(
        "triangular",
        "left, mode, right, size=None",
        "Variates between `left` and `right` whose density rises to `mode` and falls again.",
        &[Example { code: "np.random.seed(0); np.random.triangular(0, 1, 3, 2)", out: "[1.35466752 1.69276483]" }],
        |_, args| triangular(args),
    ),
    Home::Random.row(
        "poisson",
        "lam=1.0, size=None",
        "Poisson variates: counts of mean `lam`.",
        &[Example { code: "np.random.seed(0); np.random.poisson(4, 5)", out: "[6 7 1 8 4]" }],
        |_, args| law::<kernel::Poisson>(args, &[("lam", Domain::Lam)]),
    ),
    Home::Random.row(
        "binomial",
        "n, p, size=None",
        "Counts of successes of probability `p` among `n` trials.",
        &[Example { code: "np.random.seed(0); np.random.binomial(10, 0.3, 5)", out: "[3 4 3 3 3]" }],
        |_, args| law::<kernel::Binomial>(args, &[("n", Domain::Count), ("p", Domain::Unit)]),
    ),
    Home::Random.row(
        "negative_binomial",
        "n, p, size=None",
        "Counts of failures before the `n`-th success of probability `p`.",
        &[Example { code: "np.random.seed(0); np.random.negative_binomial(5, 0.4, 5)", out: "[15  9  9  8 16]" }],
        |_, args| law::<kernel::NegativeBinomial>(args, &[("n", Domain::Positive), ("p", Domain::UnitAbove)]),
    ),
    Home::Random.row(
        "geometric",
        "p, size=None",
        "Counts of trials up to the first success of probability `p`.",
        &[Example { code: "np.random.seed(0); np.random.geometric(0.3, 5)", out: "[3 4 3 3 2]" }],
        |_, args| law::<kernel::Geometric>(args, &[("p", Domain::UnitAbove)]),
    ),
    Home::Random.row(
        "logseries",
        "p, size=None",
        "Variates of the logarithmic series: k has the weight `p ** k / k`.",
        &[Example { code: "np.random.seed(0); np.random.logseries(0.6, 5)", out: "[1 1 1 1 2]" }],
        |_, args| law::<kernel::Logseries>(args, &[("p", Domain::UnitBelow)]),
    ),
    Home::Random.row(
        "zipf",
        "a, size=None",
        "Zipf variates: k has the weight `k ** -a`.",
        &[Example { code: "np.random.seed(0); np.random.zipf(2.5, 5)", out: "[1 1 1 1 9]" }],
        |_, args| law::<kernel::Zipf>(args, &[("a", Domain::AboveOne)]),
    ),
    Home::Random.row(
        "hypergeometric",
        "ngood, nbad, nsample, size=None",
        "How many of `nsample` items, drawn without replacement from `ngood` good ones and `nbad` bad ones, are good.",
        &[Example { code: "np.random.seed(0); np.random.hypergeometric(15, 5, 10, 5)", out: "[8 6 7 8 9]" }],
        |_, args| hypergeometric(args),
    ),
    Home::Random.row(
        "multinomial",
        "n, pvals, size=None",
        "Counts of `n` trials that fall into classes of probabilities `pvals`, along the last axis.",
        &[Example { code: "np.random.seed(0); np.random.multinomial(10, [0.2, 0.3, 0.5])", out: "[2 4 4]" }],
        |_, args| multinomial(args),
    ),
    Home::Random.row(
        "dirichlet",
        "alpha, size=None",
        "Shares that sum to one, along a new last axis, of mean `alpha / sum(alpha)`.",
        &[Example { code: "np.random.seed(0); np.random.dirichlet([1, 2, 3])", out: "[0.08199567 0.29043792 0.62756641]" }],
        |_, args| dirichlet(args),
    ),
    Home::Random.row(
        "multivariate_normal",
        "mean, cov, size=None, check_valid='warn', tol=1e-08",
        "Normal vectors of a mean and a covariance matrix, along a new last axis.\n\n\
         The signs of the matrix's singular vectors are left open: the numbers are NumPy's up to these.",
        &[Example { code: "np.random.seed(0); np.random.multivariate_normal([0, 1], [[1, 0], [0, 1]]).shape", out: "(2,)" }],
        multivariate_normal,
    ),
    Home::Random.row(
        "bytes",
        "length",
        "So many random bytes, as a vector of uint8.",
        &[Example { code: "np.random.seed(0); np.random.bytes(3)", out: "[172  10 127]" }],
        |_, args| bytes(args),
    ),
];

/// A legacy generator as a value; clones share its state.
#[derive(Clone)]
struct RandomState(Rc<State>);

fn random_state(args: &Args) -> Result<Value, Fault> {
    let state = State::legacy();
    reseed(&state, args)?;
    Ok(Value::Object(Rc::new(RandomState(Rc::new(state)))))
}

impl RandomState {
    /// Its methods: functions that draw, and `seed`.
    fn rows() -> impl Iterator<Item = &'static Prim> {
        let drawing = |p: &&Prim| p.home == Home::Random && !matches!(p.name, "RandomState" | "default_rng");
        table().rows().iter().map(|(_, p)| *p).filter(drawing)
    }
}

impl Object for RandomState {
    fn type_name(&self) -> &str {
        "RandomState"
    }

    fn repr(&self) -> String {
        "RandomState(MT19937)".into()
    }

    fn attr(&self, name: &str) -> Option<Value> {
        let prim = RandomState::rows().find(|p| p.name == name || p.aliases.contains(&name))?;
        Some(Value::Func(Func::Shared(Rc::new(Method { prim, state: Rc::clone(&self.0) }))))
    }

    fn attr_names(&self) -> Vec<String> {
        RandomState::rows().map(|p| p.name.to_string()).collect()
    }

    fn fork(&self) -> Option<Value> {
        Some(Value::Object(Rc::new(RandomState(Rc::new(self.0.copy())))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A function of `np.random` that draws from a state.
struct Method {
    prim: &'static Prim,
    state: Rc<State>,
}

impl Callable for Method {
    fn name(&self) -> &str {
        self.prim.name
    }

    fn call(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        let _place = HiddenFor::call(&self.state);
        self.prim.call(host, args)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
