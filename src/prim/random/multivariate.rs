//! Distributions of `Generator` whose variates are vectors, along a new last axis. `kernel::random` has
//! their laws, which draw NumPy's numbers; those of one number are in `distributions`.

use crate::array::{Array, Order, broadcast_shapes};
use crate::dtype::{DType, Element};
use crate::exec;
use crate::kernel::linalg as factors;
use crate::kernel::random::{self as kernel, Vectors};
use crate::prim::linear::linalg;
use crate::prim::random::distributions::{Domain, floats};
use crate::prim::random::draw::{self as drawing, State, open, size, with_numbers};
use crate::prim::reducing::arguments::{calc, warn};
use crate::prim::{Args, Example, Home, Prim, convert};
use crate::value::{Fault, Host, Value, shape_text};

pub const ROWS: &[Prim] = &[
    Home::Generator.row(
        "multinomial",
        "self, n, pvals, size=None",
        "Counts of `n` trials that fall into classes of probabilities `pvals`, along the last axis.\n\n\
         Arrays for `n`, and of vectors for `pvals`, broadcast.",
        &[
            Example { code: "np.random.default_rng(1).multinomial(10, [0.2, 0.3, 0.5])", out: "[2 5 3]" },
            Example {
                code: "np.random.default_rng(1).multinomial([[3], [9]], [[0.5, 0.5], [0.1, 0.9]]).shape",
                out: "(2, 2, 2)",
            },
        ],
        |_, args| multinomial(args),
    ),
    Home::Generator.row(
        "dirichlet",
        "self, alpha, size=None",
        "Shares that sum to one, along a new last axis, of mean `alpha / sum(alpha)`.",
        &[Example {
            code: "np.random.default_rng(1).dirichlet([1, 2, 3])",
            out: "[0.21056999 0.58249616 0.20693385]",
        }],
        |_, args| dirichlet(args),
    ),
    Home::Generator.row(
        "multivariate_hypergeometric",
        "self, colors, nsample, size=None, method='marginals'",
        "How many items of each colour are among `nsample` drawn without replacement from `colors[i]` \
         of each, along a new last axis.\n\n\
         `method` is \"marginals\" (colour by colour) or \"count\" (a shuffle of all items, for few of them).",
        &[Example {
            code: "np.random.default_rng(1).multivariate_hypergeometric([16, 8, 4], 6)",
            out: "[2 2 2]",
        }],
        |_, args| multivariate_hypergeometric(args),
    ),
    Home::Generator.row(
        "multivariate_normal",
        "self, mean, cov, size=None, check_valid='warn', tol=1e-08, *, method='svd'",
        "Normal vectors of a mean and a covariance matrix, along a new last axis.\n\n\
         The root of the matrix comes from \"svd\", \"eigh\" or \"cholesky\". The last gives NumPy's \
         numbers; the others leave the signs of vectors open, so theirs may differ in sign. \
         `check_valid` says what happens if the matrix is not positive semidefinite within `tol`: \
         \"warn\", \"raise\" or \"ignore\".",
        &[Example {
            code: "np.random.default_rng(1).multivariate_normal([0, 1], [[1, 0.5], [0.5, 2]], method=\"cholesky\")",
            out: "[0.34558419 2.25969074]",
        }],
        multivariate_normal,
    ),
];

/// A fresh array of vectors, `width` long, in a shape.
fn rows<L: Vectors<Out: Element>>(
    state: &State,
    mut shape: Vec<usize>,
    width: usize,
    mut law: L,
) -> Result<Value, Fault> {
    shape.push(width);
    let mut out = Array::empty(L::Out::DTYPE, &shape)?;
    let items = out.as_mut_slice::<L::Out>().unwrap_or_default();
    with_numbers!(state, items.len(), g => items.chunks_exact_mut(width).for_each(|row| law.draw(g, row)));
    Ok(Value::Array(out))
}

pub(super) fn multinomial(args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let (trials, classes) = (args.array(at)?, args.array(at + 1)?);
    let Some((&width @ 1.., outer)) = classes.shape().split_last() else {
        return Err(args.wrong(at + 1, "probabilities along a last axis"));
    };
    if !trials.dtype().is_int() {
        return Err(args.wrong(at, "an integer or an array of them"));
    }
    let shape = broadcast_shapes(&[trials.shape(), outer])?.into_vec();
    let full = match size(args, at + 2)? {
        Some(size) if broadcast_shapes(&[&size, &shape])?.as_slice() != size => {
            return Err(args.reason(format!(
                "size {} is not one to which n and pvals, {}, broadcast",
                shape_text(&size),
                shape_text(&shape)
            )));
        }
        Some(size) => size,
        None => shape,
    };
    let n = convert::elements::<i64>(&trials.broadcast_to(&full)?)?;
    if n.iter().any(|&n| n < 0) {
        return Err(args.reason("n < 0"));
    }
    let table = floats(&classes)?;
    table.chunks(width).try_for_each(|p| probabilities(args, p))?;
    let single = [full.as_slice(), &[width]].concat();
    let p = exec::contiguous(&exec::in_dtype(&classes, DType::F64)?)?;
    // One vector for all the trials is read where it stands.
    let p = if outer.is_empty() { table } else { convert::elements::<f64>(&p.broadcast_to(&single)?)? };
    rows(
        &state,
        full,
        width,
        kernel::Multinomial { trials: n.iter(), probabilities: p.chunks(width).cycle() },
    )
}

/// Whether numbers are probabilities of classes.
fn probabilities(args: &Args, p: &[f64]) -> Result<(), Fault> {
    if let Some(text) = p.iter().find_map(|&x| Domain::Unit.fault("pvals", x)) {
        return Err(args.reason(text.replace("p >", "pvals >").replace("p is", "pvals is")));
    }
    if p[..p.len() - 1].iter().sum::<f64>() > 1.0 + 1e-12 {
        return Err(args.reason("sum(pvals[:-1]) > 1.0"));
    }
    Ok(())
}

pub(super) fn dirichlet(args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let alpha = args.array(at)?;
    if alpha.ndim() != 1 || alpha.size() == 0 {
        return Err(args.wrong(at, "a vector of positive numbers"));
    }
    let alpha = floats(&alpha)?;
    if alpha.iter().any(|&a| a.is_nan() || a < 0.0) {
        return Err(args.reason("alpha < 0"));
    }
    // The legacy function divides by zero otherwise, and refuses.
    if at == 0 && alpha.contains(&0.0) {
        return Err(args.reason("alpha <= 0"));
    }
    rows(&state, size(args, at + 1)?.unwrap_or_default(), alpha.len(), kernel::Dirichlet(&alpha))
}

/// The most items that can be shuffled, and that the laws of single colours take.
const ITEMS: (i64, i64) = (1 << 28, 1_000_000_000);

fn multivariate_hypergeometric(args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let (colors, sample) = (args.array(at)?, args.int(at + 1)?);
    let counted = match args.str(at + 3)? {
        "marginals" => false,
        "count" => true,
        _ => return Err(args.reason("method must be \"count\" or \"marginals\".")),
    };
    let whole = crate::exec::contiguous(&crate::exec::in_dtype(&colors, DType::I64)?)?;
    let sizes = whole.as_slice::<i64>().unwrap_or_default();
    if colors.ndim() != 1 || sizes.iter().any(|&n| n < 0) {
        return Err(args.reason("colors must be a one-dimensional sequence of nonnegative integers."));
    }
    if sample < 0 {
        return Err(args.reason("nsample must be nonnegative."));
    }
    let total = sizes.iter().fold(0i64, |sum, &n| sum.saturating_add(n));
    if sample > total {
        return Err(args.reason("nsample > sum(colors)"));
    }
    if counted && total > ITEMS.0 {
        return Err(args.reason("When method is \"count\", sum(colors) must not exceed 268435456."));
    }
    if !counted && total >= ITEMS.1 {
        return Err(args.reason("When method is \"marginals\", sum(colors) must be less than 1000000000."));
    }
    if sizes.is_empty() {
        let mut shape = size(args, at + 2)?.unwrap_or_default();
        shape.push(0);
        return Ok(Value::Array(Array::empty(DType::I64, &shape)?));
    }
    if !counted {
        let shape = size(args, at + 2)?.unwrap_or_default();
        return rows(&state, shape, sizes.len(), kernel::Colours { sizes, sample });
    }
    let shape = size(args, at + 2)?.unwrap_or_default();
    rows(&state, shape, sizes.len(), kernel::ColoursCounted::new(sizes, sample))
}

pub(super) fn multivariate_normal(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let (mean, cov) = (args.array(at)?, args.array(at + 1)?);
    let (check, tolerance) = (args.str(at + 3)?, args.float(at + 4)?);
    let way = if at == 0 { "svd" } else { args.str(at + 5)? };
    if !["warn", "raise", "ignore"].contains(&check) {
        return Err(args.reason("check_valid must equal 'warn', 'raise', or 'ignore'"));
    }
    if mean.ndim() != 1 {
        return Err(args.reason("mean must be 1 dimensional"));
    }
    let n = mean.size();
    if cov.ndim() != 2 || cov.shape()[0] != cov.shape()[1] {
        return Err(args.reason("cov must be 2 dimensional and square"));
    }
    if cov.shape()[0] != n {
        return Err(args.reason("mean and cov must have same length"));
    }
    let mut shape = size(args, at + 2)?.unwrap_or_default();
    shape.push(n);
    // As in NumPy, the numbers are drawn before the matrix is looked at.
    let mut x = Array::empty(DType::F64, &shape)?;
    drawing::draw(&state, &kernel::StandardNormal(), x.as_mut_slice::<f64>().unwrap_or_default());
    if crate::exec::interrupt::requested() {
        return Err(crate::array::ArrayError::Interrupted.into());
    }
    let (root, valid) = root(args, &floats(&cov)?, n, tolerance, way)?;
    match check {
        "raise" if !valid => {
            return Err(args.reason("covariance is not symmetric positive-semidefinite."));
        }
        "warn" if !valid => warn(host, "covariance is not symmetric positive-semidefinite."),
        _ => {}
    }
    let root = Array::from_slice(&root, &[n, n])?;
    let x = x.reshape_view(&[x.size() / n.max(1), n], Order::C).unwrap_or(x);
    let turned = calc(host, "matmul", Value::Array(x), Value::Array(root.transpose()))?;
    let sum = crate::prim::convert::to_array(&calc(host, "add", turned, Value::Array(mean))?)?;
    Ok(Value::Array(sum.reshape_view(&shape, Order::C).unwrap_or(sum)))
}

/// A matrix whose product with its transpose is the covariance, row-major, and whether the covariance
/// is positive semidefinite.
fn root(args: &Args, cov: &[f64], n: usize, tolerance: f64, way: &str) -> Result<(Vec<f64>, bool), Fault> {
    let fail = |f| linalg::fault(args, f);
    let matrix = factors::Dense::new(cov, n, n);
    let scaled = |vectors: &[f64], values: &[f64]| -> Vec<f64> {
        vectors.iter().enumerate().map(|(i, v)| v * values[i % n].abs().sqrt()).collect()
    };
    match way {
        "cholesky" => Ok((factors::cholesky(matrix, false).map_err(fail)?, true)),
        "eigh" => {
            let e = factors::eigh(matrix, false, true).map_err(fail)?;
            Ok((scaled(&e.vectors, &e.values), !e.values.iter().any(|&s| s < -tolerance)))
        }
        "svd" => {
            let d = factors::svd(matrix, true, true).map_err(fail)?;
            // The matrix again, from its right vectors on both sides, as only a semidefinite one is.
            let valid = (0..n * n).all(|at| {
                let (i, j) = (at / n, at % n);
                let sum: f64 = (0..n).map(|l| d.vh[l * n + i] * d.s[l] * d.vh[l * n + j]).sum();
                (sum - cov[at]).abs() <= tolerance + tolerance * cov[at].abs()
            });
            Ok((scaled(&d.u, &d.s), valid))
        }
        _ => Err(args.reason("method must be one of {'eigh', 'svd', 'cholesky'}")),
    }
}
