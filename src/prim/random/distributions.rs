//! Distributions of `Generator` beyond the basic ones of `random`: a row and the domains of its
//! parameters each. `kernel::random` has their laws, which draw NumPy's numbers.

use crate::array::Array;
use crate::dtype::{DType, Element};
use crate::exec;
use crate::kernel::random::{self as kernel, Law};
use crate::prim::random::draw::{self as drawing, continuous, open, size};
use crate::prim::reducing::arguments::out_array;
use crate::prim::{Args, Example, Home, Prim};
use crate::value::{Fault, Value};

pub const ROWS: &[Prim] = &[
    Home::Generator.row(
        "gamma",
        "self, shape, scale=1.0, size=None",
        "Gamma variates of a shape and a scale; their mean is the product of both.",
        &[Example { code: "np.random.default_rng(1).gamma(2.0, 3.0, 2)", out: "[6.46142243 6.39207122]" }],
        |_, args| {
            law::<kernel::Gamma>(args, &[("shape", Domain::NonNegative), ("scale", Domain::NonNegative)])
        },
    ),
    Home::Generator.row(
        "beta",
        "self, a, b, size=None",
        "Beta variates, between 0 and 1, of mean `a / (a + b)`.",
        &[Example { code: "np.random.default_rng(1).beta(2.0, 3.0, 2)", out: "[0.39905349 0.62444794]" }],
        |_, args| law::<kernel::Beta>(args, &[("a", Domain::Positive), ("b", Domain::Positive)]),
    ),
    Home::Generator.row(
        "chisquare",
        "self, df, size=None",
        "Chi-squared variates of `df` degrees of freedom: sums of that many squared normal variates.",
        &[Example { code: "np.random.default_rng(1).chisquare(3, 2)", out: "[3.16232991 3.12242578]" }],
        |_, args| law::<kernel::Chisquare>(args, &[("df", Domain::Positive)]),
    ),
    Home::Generator.row(
        "noncentral_chisquare",
        "self, df, nonc, size=None",
        "Chi-squared variates whose normal variates have means of squared sum `nonc`.",
        &[Example {
            code: "np.random.default_rng(1).noncentral_chisquare(3, 2, 2)",
            out: "[7.14500147 0.15914911]",
        }],
        |_, args| {
            law::<kernel::NoncentralChisquare>(
                args,
                &[("df", Domain::Positive), ("nonc", Domain::NonNegative)],
            )
        },
    ),
    Home::Generator.row(
        "f",
        "self, dfnum, dfden, size=None",
        "F variates: ratios of two chi-squared variates, each over its degrees of freedom.",
        &[Example { code: "np.random.default_rng(1).f(3, 7, 2)", out: "[0.97298244 2.47429976]" }],
        |_, args| law::<kernel::F>(args, &[("dfnum", Domain::Positive), ("dfden", Domain::Positive)]),
    ),
    Home::Generator.row(
        "noncentral_f",
        "self, dfnum, dfden, nonc, size=None",
        "F variates with a noncentral numerator.",
        &[Example {
            code: "np.random.default_rng(1).noncentral_f(3, 7, 1.5, 2)",
            out: "[1.94873394 1.78516209]",
        }],
        |_, args| {
            law::<kernel::NoncentralF>(
                args,
                &[("dfnum", Domain::Positive), ("dfden", Domain::Positive), ("nonc", Domain::NonNegative)],
            )
        },
    ),
    Home::Generator.row(
        "standard_t",
        "self, df, size=None",
        "Student's t variates of `df` degrees of freedom.",
        &[Example { code: "np.random.default_rng(1).standard_t(5, 2)", out: "[ 0.28738752 -1.05822475]" }],
        |_, args| law::<kernel::StandardT>(args, &[("df", Domain::Positive)]),
    ),
    Home::Generator.row(
        "standard_cauchy",
        "self, size=None",
        "Cauchy variates: ratios of two normal variates.",
        &[Example { code: "np.random.default_rng(1).standard_cauchy(2)", out: "[ 0.42061412 -0.25356654]" }],
        |_, args| law::<kernel::StandardCauchy>(args, &[]),
    ),
    Home::Generator.row(
        "laplace",
        "self, loc=0.0, scale=1.0, size=None",
        "Laplace variates: exponential ones on both sides of `loc`.",
        &[Example { code: "np.random.default_rng(1).laplace(0, 1, 2)", out: "[0.02392724 2.31190229]" }],
        |_, args| law::<kernel::Laplace>(args, &[("loc", Domain::Any), ("scale", Domain::NonNegative)]),
    ),
    Home::Generator.row(
        "gumbel",
        "self, loc=0.0, scale=1.0, size=None",
        "Gumbel variates, the law of largest values.",
        &[Example { code: "np.random.default_rng(1).gumbel(0, 1, 2)", out: "[ 0.33257565 -1.10029403]" }],
        |_, args| law::<kernel::Gumbel>(args, &[("loc", Domain::Any), ("scale", Domain::NonNegative)]),
    ),
    Home::Generator.row(
        "logistic",
        "self, loc=0.0, scale=1.0, size=None",
        "Logistic variates of mean `loc`.",
        &[Example { code: "np.random.default_rng(1).logistic(0, 1, 2)", out: "[0.04729531 2.95424416]" }],
        |_, args| law::<kernel::Logistic>(args, &[("loc", Domain::Any), ("scale", Domain::NonNegative)]),
    ),
    Home::Generator.row(
        "lognormal",
        "self, mean=0.0, sigma=1.0, size=None",
        "Exponentials of normal variates.",
        &[Example { code: "np.random.default_rng(1).lognormal(0, 1, 2)", out: "[1.41281503 2.27417681]" }],
        |_, args| law::<kernel::Lognormal>(args, &[("mean", Domain::Any), ("sigma", Domain::NonNegative)]),
    ),
    Home::Generator.row(
        "rayleigh",
        "self, scale=1.0, size=None",
        "Rayleigh variates: lengths of vectors of two normal variates.",
        &[Example { code: "np.random.default_rng(1).rayleigh(2, 2)", out: "[2.92988604 1.57086764]" }],
        |_, args| law::<kernel::Rayleigh>(args, &[("scale", Domain::NonNegative)]),
    ),
    Home::Generator.row(
        "weibull",
        "self, a, size=None",
        "Weibull variates of shape `a` and scale 1.",
        &[Example { code: "np.random.default_rng(1).weibull(2, 2)", out: "[1.03587114 0.55538558]" }],
        |_, args| law::<kernel::Weibull>(args, &[("a", Domain::NonNegative)]),
    ),
    Home::Generator.row(
        "pareto",
        "self, a, size=None",
        "Pareto II (Lomax) variates of shape `a`; add 1 for the classical ones.",
        &[Example { code: "np.random.default_rng(1).pareto(3, 2)", out: "[0.43000271 0.10828937]" }],
        |_, args| law::<kernel::Pareto>(args, &[("a", Domain::Positive)]),
    ),
    Home::Generator.row(
        "power",
        "self, a, size=None",
        "Variates between 0 and 1 of density `a * x ** (a - 1)`.",
        &[Example { code: "np.random.default_rng(1).power(3, 2)", out: "[0.86979116 0.64265307]" }],
        |_, args| law::<kernel::Power>(args, &[("a", Domain::Positive)]),
    ),
    Home::Generator.row(
        "wald",
        "self, mean, scale, size=None",
        "Inverse Gaussian variates.",
        &[Example { code: "np.random.default_rng(1).wald(1, 2, 2)", out: "[1.27603928 1.26254058]" }],
        |_, args| law::<kernel::Wald>(args, &[("mean", Domain::Positive), ("scale", Domain::Positive)]),
    ),
    Home::Generator.row(
        "vonmises",
        "self, mu, kappa, size=None",
        "Von Mises variates: angles of mean `mu` and dispersion `1 / kappa`.",
        &[Example { code: "np.random.default_rng(1).vonmises(0, 4, 2)", out: "[-0.50678383 -0.38640032]" }],
        |_, args| law::<kernel::Vonmises>(args, &[("mu", Domain::Any), ("kappa", Domain::NonNegative)]),
    ),
    Home::Generator.row(
        "poisson",
        "self, lam=1.0, size=None",
        "Poisson variates: counts of mean `lam`.",
        &[Example { code: "np.random.default_rng(1).poisson(4, 5)", out: "[5 3 5 2 6]" }],
        |_, args| law::<kernel::Poisson>(args, &[("lam", Domain::Lam)]),
    ),
    Home::Generator.row(
        "negative_binomial",
        "self, n, p, size=None",
        "Counts of failures before the `n`-th success of probability `p`.",
        &[Example { code: "np.random.default_rng(1).negative_binomial(5, 0.4, 5)", out: "[ 7  6  9 20 11]" }],
        |_, args| law::<kernel::NegativeBinomial>(args, &[("n", Domain::Positive), ("p", Domain::UnitAbove)]),
    ),
    Home::Generator.row(
        "binomial",
        "self, n, p, size=None",
        "Counts of successes of probability `p` among `n` trials.",
        &[Example { code: "np.random.default_rng(1).binomial(10, 0.3, 5)", out: "[3 5 1 5 2]" }],
        |_, args| law::<kernel::Binomial>(args, &[("n", Domain::Count), ("p", Domain::Unit)]),
    ),
    Home::Generator.row(
        "geometric",
        "self, p, size=None",
        "Counts of trials up to the first success of probability `p`.",
        &[Example { code: "np.random.default_rng(1).geometric(0.3, 5)", out: "[ 4  1 16  2  1]" }],
        |_, args| law::<kernel::Geometric>(args, &[("p", Domain::UnitAbove)]),
    ),
    Home::Generator.row(
        "logseries",
        "self, p, size=None",
        "Variates of the logarithmic series: k has the weight `p ** k / k`.",
        &[Example { code: "np.random.default_rng(1).logseries(0.6, 5)", out: "[2 4 2 1 1]" }],
        |_, args| law::<kernel::Logseries>(args, &[("p", Domain::UnitBelow)]),
    ),
    Home::Generator.row(
        "zipf",
        "self, a, size=None",
        "Zipf variates: k has the weight `k ** -a`.",
        &[Example { code: "np.random.default_rng(1).zipf(2.5, 5)", out: "[1 1 1 3 1]" }],
        |_, args| law::<kernel::Zipf>(args, &[("a", Domain::AboveOne)]),
    ),
    Home::Generator.row(
        "standard_gamma",
        "self, shape, size=None, dtype='float64', out=None",
        "Gamma variates of scale 1. `dtype` is float64 or float32.",
        &[Example {
            code: "np.random.default_rng(1).standard_gamma(2.0, 2)",
            out: "[2.15380748 2.13069041]",
        }],
        |_, args| standard_gamma(args),
    ),
    Home::Generator.row(
        "triangular",
        "self, left, mode, right, size=None",
        "Variates between `left` and `right` whose density rises to `mode` and falls again.",
        &[Example {
            code: "np.random.default_rng(1).triangular(0, 1, 3, 2)",
            out: "[1.28854733 2.45482313]",
        }],
        |_, args| triangular(args),
    ),
    Home::Generator.row(
        "hypergeometric",
        "self, ngood, nbad, nsample, size=None",
        "How many of `nsample` items, drawn without replacement from `ngood` good ones and `nbad` bad \
         ones, are good.",
        &[Example { code: "np.random.default_rng(1).hypergeometric(15, 5, 10, 5)", out: "[ 8  8  7  8 10]" }],
        |_, args| hypergeometric(args),
    ),
];

/// What a parameter may be.
#[derive(Clone, Copy, PartialEq)]
pub(in crate::prim) enum Domain {
    Any,
    NonNegative,
    Positive,
    /// A number of trials.
    Count,
    /// `0 <= p <= 1`
    Unit,
    /// `0 < p <= 1`
    UnitAbove,
    /// `0 <= p < 1`
    UnitBelow,
    AboveOne,
    /// Not so large that counts would not fit.
    Lam,
}

/// The largest mean of counts.
const LAM: f64 = 9.223372006484771e18;

impl Domain {
    /// What is wrong with `x`, as the end of a message.
    pub(in crate::prim) fn fault(self, name: &str, x: f64) -> Option<String> {
        let (holds, text) = match self {
            Domain::Any => (true, ""),
            Domain::NonNegative => (x.is_nan() || !x.is_sign_negative(), " < 0"),
            Domain::Positive => (x.is_nan() || x > 0.0, " <= 0"),
            Domain::Count => (x >= 0.0, " < 0"),
            Domain::Unit => ((0.0..=1.0).contains(&x), " < 0, p > 1 or p is NaN"),
            Domain::UnitAbove => (x > 0.0 && x <= 1.0, " <= 0, p > 1 or p contains NaNs"),
            Domain::UnitBelow => ((0.0..1.0).contains(&x), " < 0, p >= 1 or p is NaN"),
            Domain::AboveOne => (x > 1.0, " <= 1 or a is NaN"),
            Domain::Lam if x > LAM => (false, " value too large"),
            Domain::Lam => (x >= 0.0, " < 0 or lam is NaN"),
        };
        (!holds).then(|| format!("{name}{text}"))
    }
}

/// Variates of a law whose parameters come first and `size` after them.
pub(super) fn law<L: Law + From<[f64; 3]>>(args: &Args, parameters: &[(&str, Domain)]) -> Result<Value, Fault>
where
    L::Out: Element,
{
    let (_, at) = open(args)?;
    let mut arrays = Vec::with_capacity(parameters.len());
    for (i, &(name, domain)) in parameters.iter().enumerate() {
        let a = args.array(at + i)?;
        check(args, &a, name, domain)?;
        arrays.push(a);
    }
    continuous(args, at + parameters.len(), &arrays, L::from)
}

fn check(args: &Args, a: &Array, name: &str, domain: Domain) -> Result<(), Fault> {
    if domain == Domain::Any {
        return Ok(());
    }
    let fault = floats(a)?.into_iter().find_map(|x| domain.fault(name, x));
    fault.map_or(Ok(()), |text| Err(args.reason(text)))
}

pub(in crate::prim) fn floats(a: &Array) -> Result<Vec<f64>, Fault> {
    Ok(exec::contiguous(&exec::in_dtype(a, DType::F64)?)?.as_slice::<f64>().unwrap_or_default().to_vec())
}

fn standard_gamma(args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let a = args.array(at)?;
    check(args, &a, "shape", Domain::NonNegative)?;
    let single = drawing::single(args, at + 2)?;
    let out = out_array(args, at + 3)?;
    if !single && out.is_none() {
        return continuous(args, at + 1, &[a], kernel::StandardGamma::from);
    }
    if a.ndim() > 0 {
        return Err(args.wrong(at, "one number where `dtype` or `out` is given"));
    }
    let shape = size(args, at + 1)?;
    let a = floats(&a)?[0];
    if single {
        return drawing::drawn(args, &state, shape, out, &kernel::GammaF32(a as f32));
    }
    drawing::drawn(args, &state, shape, out, &kernel::StandardGamma { a })
}

pub(super) fn triangular(args: &Args) -> Result<Value, Fault> {
    let (_, at) = open(args)?;
    let arrays = [args.array(at)?, args.array(at + 1)?, args.array(at + 2)?];
    let shapes: Vec<&[usize]> = arrays.iter().map(Array::shape).collect();
    let shape = crate::array::broadcast_shapes(&shapes)?;
    let all: Vec<Vec<f64>> =
        arrays.iter().map(|a| floats(&a.broadcast_to(&shape)?)).collect::<Result<_, _>>()?;
    for ((&left, &mode), &right) in all[0].iter().zip(&all[1]).zip(&all[2]) {
        let text = if left > mode {
            "left > mode"
        } else if mode > right {
            "mode > right"
        } else if left == right {
            "left == right"
        } else {
            continue;
        };
        return Err(args.reason(text));
    }
    continuous(args, at + 3, &arrays, kernel::Triangular::from)
}

/// The most items of each kind.
const ITEMS: f64 = 1e9;

pub(super) fn hypergeometric(args: &Args) -> Result<Value, Fault> {
    let (_, at) = open(args)?;
    let arrays = [args.array(at)?, args.array(at + 1)?, args.array(at + 2)?];
    for (a, name) in arrays.iter().zip(["ngood", "nbad", "nsample"]) {
        check(args, a, name, Domain::Count)?;
    }
    let shapes: Vec<&[usize]> = arrays.iter().map(Array::shape).collect();
    let shape = crate::array::broadcast_shapes(&shapes)?;
    let all: Vec<Vec<f64>> =
        arrays.iter().map(|a| floats(&a.broadcast_to(&shape)?)).collect::<Result<_, _>>()?;
    for ((&good, &bad), &sample) in all[0].iter().zip(&all[1]).zip(&all[2]) {
        let legacy = at == 0;
        if legacy && sample < 1.0 {
            return Err(args.reason("nsample < 1 or nsample is NaN"));
        }
        if !legacy && (good >= ITEMS || bad >= ITEMS) {
            return Err(args.reason("both ngood and nbad must be less than 1000000000"));
        }
        if good + bad < sample {
            return Err(args.reason("ngood + nbad < nsample"));
        }
    }
    continuous(args, at + 3, &arrays, kernel::Hypergeometric::from)
}
