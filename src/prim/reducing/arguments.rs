//! What the functions that reduce share: reading `axis`, `dtype`, `out`, `keepdims`, `initial` and
//! `where`, running folds, and delivering results.

use crate::array::{Array, ArrayError};
use crate::dtype::{DType, Element, Scalar, cast_scalar};
use crate::exec::tally::{self, Pass};
use crate::exec::{self, Conditions, Each, Expr, Folding, Kernel, Map, Origin, Reduction, Target, Term};
use crate::kernel::cast::convert;
use crate::kernel::chain::Link;
use crate::kernel::{Block, BlockMut, Fold, One, fold, moment, select};
use crate::prim::deferred::under_ravel;
use crate::prim::elementwise::folds;
use crate::prim::{Args, Home, Prim, dyadic, table};
use crate::syntax::Span;
use crate::value::{CallArgs, Fault, Host, Value, Warning};
use crate::with_dtype;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::rc::Rc;

/// Where a signature has which argument; 0 for those that it lacks.
pub struct Places {
    pub array: usize,
    pub axis: usize,
    pub dtype: usize,
    pub out: usize,
    pub keepdims: usize,
    pub initial: usize,
    pub mask: usize,
}

impl Places {
    pub const NEW: Places = Places { array: 0, axis: 1, dtype: 0, out: 0, keepdims: 0, initial: 0, mask: 0 };
}

/// A deferred operand of a reduction, which folds it block by block.
pub struct Fused {
    expr: Box<Expr>,
    /// What its steps met.
    met: RefCell<Conditions>,
}

impl Fused {
    /// The elements of an array as such an operand.
    pub fn of(array: Array) -> Fused {
        Fused { expr: Box::new(Expr::of(array)), met: RefCell::default() }
    }

    /// The squares of the differences to an array that broadcasts to the expression, in these dtypes.
    pub fn deviations(&self, other: Array, dtypes: [DType; 2], out: DType) -> Result<Fused, Fault> {
        let origin = Origin { name: "deviation", span: Span::default() };
        let link = (dtypes == [out; 2]).then_some(Link::Deviation);
        let dtypes = SmallVec::from_iter(dtypes);
        let kernel = Kernel { run: moment::deviation, check: None, carries: 0, link, out, dtypes, origin };
        let terms = SmallVec::from_iter([Term::Expr(self.expr.clone()), Term::Array(other)]);
        Ok(Fused { expr: Expr::apply(kernel, terms)?, met: RefCell::default() })
    }

    /// Folds the elements along the axes of `ask`.
    pub fn fold(
        &self,
        ask: &Ask,
        fold: &'static Fold,
        initial: Option<Scalar>,
        after: Option<&Each<'_>>,
    ) -> Result<Array, Fault> {
        let folding = Folding { fold, axes: &ask.axes, keepdims: ask.keepdims, initial, after };
        let (result, met) = self.expr.fold(&folding)?;
        *self.met.borrow_mut() = met;
        Ok(result)
    }

    /// Warns of what the steps met.
    pub fn tell(&self, host: &mut dyn Host) -> Result<(), Fault> {
        crate::prim::deferred::tell(host, self.expr.plan(), &self.met.borrow())
    }
}

/// The operand of a reduction: an array, or deferred work with a stand-in for its shape and dtype.
fn operand(args: &Args, at: &Places) -> Result<(Array, Option<Rc<Fused>>), Fault> {
    let value = match args.get(at.array) {
        Some(value @ Value::Deferred(_)) => under_ravel(value).unwrap_or_else(|| value.clone()),
        _ => return Ok((args.array(at.array)?, None)),
    };
    let Value::Deferred(work) = &value else { return Ok((args.array(at.array)?, None)) };
    let stand_in = Array::zeros(work.dtype(), &[])?.broadcast_to(&work.shape())?;
    let masked = at.mask > 0 && !matches!(args.get(at.mask), Some(Value::Bool(true) | Value::None) | None);
    match crate::prim::deferred::expr_of(value.clone()) {
        Some(expr) if masked => Ok((expr.compute(Target::Fresh(None))?.0, None)),
        Some(expr) => Ok((stand_in, Some(Rc::new(Fused { expr, met: RefCell::default() })))),
        None => Ok((args.array(at.array)?, None)),
    }
}

/// The arguments of one reduction.
#[derive(Clone)]
pub struct Ask {
    /// The operand; where it is deferred `work`, a stand-in of its shape and dtype.
    pub a: Array,
    pub work: Option<Rc<Fused>>,
    /// The axes to fold, in order.
    pub axes: Vec<usize>,
    pub keepdims: bool,
    pub dtype: Option<DType>,
    pub initial: Option<Scalar>,
    /// `where`, broadcast to the shape of `a`.
    pub mask: Option<Array>,
    /// NaN counts as masked.
    pub skip_nan: bool,
    pub out: Option<Array>,
}

impl Ask {
    pub fn read(args: &Args, at: &Places) -> Result<Ask, Fault> {
        let (a, work) = operand(args, at)?;
        let axes = reduced_axes(args, at.axis, a.ndim())?;
        let initial = match args.get(at.initial) {
            Some(v) if at.initial > 0 && !matches!(v, Value::None) => {
                Some(crate::prim::convert::as_scalar(v).ok_or_else(|| args.wrong(at.initial, "a number"))?)
            }
            _ => None,
        };
        let mask = match args.get(at.mask) {
            Some(Value::Bool(true)) | Some(Value::None) | None => None,
            _ if at.mask == 0 => None,
            Some(_) => {
                let mask = exec::in_dtype(&args.array(at.mask)?, DType::Bool)?;
                Some(mask.broadcast_to(a.shape())?)
            }
        };
        Ok(Ask {
            axes,
            keepdims: at.keepdims > 0 && args.flag(at.keepdims)?,
            dtype: if at.dtype > 0 { args.opt_dtype(at.dtype)? } else { None },
            initial,
            mask,
            skip_nan: false,
            out: out_array(args, at.out)?,
            work,
            a,
        })
    }

    /// Warns of what the steps of a deferred operand met.
    pub fn tell(&self, host: &mut dyn Host) -> Result<(), Fault> {
        self.work.as_ref().map_or(Ok(()), |work| work.tell(host))
    }

    /// Warns of what the conversion to a dtype that was asked for meets.
    pub fn tell_cast(&self, host: &mut dyn Host) -> Result<(), Fault> {
        match (self.dtype, &self.work) {
            (Some(to), None) => crate::prim::convert::warn_cast(host, &self.a, to),
            (Some(to), Some(_)) => {
                crate::prim::convert::warn_complex(host, self.a.dtype(), to);
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }

    /// Elements that go into each result.
    pub fn count_each(&self) -> usize {
        self.axes.iter().map(|&k| self.a.shape()[k]).product()
    }

    /// The error of a fold without identity that has results but no elements for them.
    pub fn refuse_empty(&self, ufunc: &str) -> Result<(), Fault> {
        let kept_empty = (0..self.a.ndim()).any(|k| !self.axes.contains(&k) && self.a.shape()[k] == 0);
        if self.count_each() == 0 && !kept_empty {
            return Err(Fault::EmptyReduction { func: ufunc.into() });
        }
        Ok(())
    }

    /// Folds `a`, masked, with the fold that its dtype and `dtype` choose.
    pub fn fold(&self, table: &'static [Fold], ufunc: &str, initial: Option<Scalar>) -> Result<Array, Fault> {
        let d = self.a.dtype();
        let fold = folds::find(table, d, self.dtype).ok_or_else(|| Fault::NoLoop {
            func: ufunc.into(),
            dtypes: vec![self.dtype.unwrap_or(d)],
            help: None,
        })?;
        if let Some(work) = &self.work {
            let fill = cast_scalar((fold.identity)(), fold.dtype);
            let without_nan = |b: Block<'_>, out: BlockMut<'_>| select::nan_filled(b, fill, out);
            let skips = self.skip_nan && self.a.dtype().is_inexact();
            return work.fold(self, fold, initial, if skips { Some(&without_nan) } else { None });
        }
        if !self.partial() {
            return self.run(fold, std::slice::from_ref(&self.a), None, initial);
        }
        let (fill, skip_nan) = (cast_scalar((fold.identity)(), fold.dtype), self.skip_nan);
        let map = |b: &[Block<'_>], mut out: BlockMut<'_>| {
            if skip_nan {
                select::nan_filled(b[0], fill, out.reborrow());
            } else {
                convert(b[0], out.reborrow());
            }
            if let Some(&mask) = b.get(1) {
                select::blank(mask, fill, out);
            }
        };
        self.run(fold, &self.operands(&self.a), Some(&map), initial)
    }

    /// As two calls of `fold`, in one pass where that can be.
    pub fn fold_both(&self, folds: [(&'static [Fold], &str); 2]) -> Result<[Array; 2], Fault> {
        let [high, low] = folds;
        let whole =
            self.work.is_none() && !self.partial() && !self.keepdims && self.axes.len() == self.a.ndim();
        let found = folds.map(|(table, _)| folds::find(table, self.a.dtype(), self.dtype));
        if let (true, [Some(f), Some(g)]) = (whole, found)
            && let Some(both) = exec::reduce_both(&self.a, [f, g])?
        {
            return Ok(both);
        }
        Ok([self.fold(high.0, high.1, None)?, self.fold(low.0, low.1, None)?])
    }

    /// Whether elements may be left out.
    pub fn partial(&self) -> bool {
        self.mask.is_some() || (self.skip_nan && self.a.dtype().is_inexact())
    }

    /// An array of the shape of `a`, and the mask if there is one.
    fn operands(&self, a: &Array) -> SmallVec<[Array; 2]> {
        std::iter::once(a).chain(&self.mask).cloned().collect()
    }

    /// As NumPy refuses a mask for a fold without identity.
    pub fn refuse_mask(&self, args: &Args, ufunc: &str) -> Result<(), Fault> {
        if self.mask.is_none() {
            return Ok(());
        }
        Err(args.reason(format!(
            "reduction operation '{ufunc}' does not have an identity, so to use a where mask one has to \
             specify 'initial'"
        )))
    }

    /// Folds mapped operands along the asked axes.
    pub fn run(
        &self,
        fold: &'static Fold,
        operands: &[Array],
        map: Option<&dyn Map>,
        initial: Option<Scalar>,
    ) -> Result<Array, Fault> {
        let r = Reduction {
            fold,
            operands,
            map,
            order: None,
            axes: &self.axes,
            keepdims: self.keepdims,
            initial,
        };
        Ok(exec::reduce(&r)?)
    }

    /// How many elements `test` turns into true, per result; int64. The mask is heeded.
    pub fn count(&self, a: &Array, test: &(dyn Fn(Block<'_>, BlockMut<'_>) + Sync)) -> Result<Array, Fault> {
        let (counting, skip_nan) = (&fold::SUM[0], self.skip_nan);
        if let Some(work) = &self.work {
            let known = |b: Block<'_>, mut out: BlockMut<'_>| {
                test(b, out.reborrow());
                if skip_nan {
                    select::blank_nan(b, out);
                }
            };
            return work.fold(self, counting, Some(Scalar::I64(0)), Some(&known));
        }
        let map = |b: &[Block<'_>], mut out: BlockMut<'_>| {
            test(b[0], out.reborrow());
            if let Some(&mask) = b.get(1) {
                select::blank(mask, Scalar::Bool(false), out.reborrow());
            }
            if skip_nan {
                select::blank_nan(b[0], out);
            }
        };
        let operands = self.operands(a);
        self.run(counting, &operands, Some(&map), Some(Scalar::I64(0)))
    }
}

/// The axes to fold: all without an `axis`; a 0-d array may be asked for axis 0 or -1.
pub fn reduced_axes(args: &Args, i: usize, ndim: usize) -> Result<Vec<usize>, Fault> {
    if ndim == 0 && !args.is_none(i) && args.ints(i)?.iter().all(|k| (-1..1).contains(k)) {
        return Ok(Vec::new());
    }
    Ok(args.opt_axes(i, ndim)?.unwrap_or_else(|| (0..ndim).collect()))
}

/// The fold of all elements of a small contiguous array of which nothing else is asked; `None` for
/// other calls. What the general way gives, without its preparations.
pub fn brief(args: &Args, table: &'static [Fold], initial: Option<Scalar>) -> Option<Scalar> {
    match args.get(0) {
        Some(Value::Array(a)) if args.only_first() => fold_small(a, table, initial),
        _ => None,
    }
}

/// As [`brief`], for folds that warn of what is not finite: those go the general way.
pub fn brief_finite(args: &Args, table: &'static [Fold], initial: Option<Scalar>) -> Option<Scalar> {
    brief(args, table, initial).filter(is_finite)
}

/// As [`brief`], of a row's arguments by place.
#[inline]
pub fn folded(args: &[&Value], table: &'static [Fold], initial: Option<Scalar>) -> Option<Scalar> {
    match args {
        [Value::Array(a)] => fold_small(a, table, initial),
        _ => None,
    }
}

/// As [`brief_finite`], of a row's arguments by place.
#[inline]
pub fn folded_finite(args: &[&Value], table: &'static [Fold], initial: Option<Scalar>) -> Option<Scalar> {
    folded(args, table, initial).filter(is_finite)
}

#[inline]
fn is_finite(s: &Scalar) -> bool {
    match s {
        Scalar::F32(x) => x.is_finite(),
        Scalar::F64(x) => x.is_finite(),
        _ => s.dtype().is_int(),
    }
}

fn fold_small(a: &Array, table: &'static [Fold], initial: Option<Scalar>) -> Option<Scalar> {
    let n = a.dense_size().filter(|&n| n > 0 && n <= exec::SMALL)?;
    let fold = table.iter().find(|f| f.dtype == a.dtype())?;
    let _pass = tally::pass(|| Pass::new("fold", fold.dtype, n).reads(a).ops(n));
    let seed = initial.unwrap_or_else(fold.identity);
    if let (DType::F64, Some(xs), Some(seed)) = (fold.out, a.as_slice::<f64>(), seed.as_f64()) {
        let mut acc = [seed];
        (fold.along)(Block::new(xs), BlockMut::new(&mut acc));
        return Some(Scalar::F64(acc[0]));
    }
    let (mut acc, start) = (One::new(cast_scalar(seed, fold.out)), a.offset());
    exec::copy::with_storage(a, |all| (fold.along)(all.slice(start, start + n), acc.block_mut()));
    Some(acc.scalar())
}

/// The array given as `out`.
pub fn out_array(args: &Args, i: usize) -> Result<Option<Array>, Fault> {
    match args.get(i) {
        _ if i == 0 || args.is_none(i) => Ok(None),
        Some(Value::Array(a)) => Ok(Some(a.clone())),
        _ => Err(args.wrong(i, "an array")),
    }
}

/// Delivers a result: into `out` if there is one, 0-d results as scalars.
pub fn finish(result: Array, out: Option<Array>) -> Result<Value, Fault> {
    let Some(out) = out else { return Ok(deliver(result)) };
    if out.shape() != result.shape() {
        let (from, to) = (result.shape().into(), out.shape().into());
        return Err(ArrayError::BroadcastTo { from, to }.into());
    }
    exec::assign(&out, &result)?;
    Ok(Value::Array(out))
}

/// A 0-d result as the scalar it holds.
pub fn deliver(result: Array) -> Value {
    if result.ndim() > 0 {
        return Value::Array(result);
    }
    result.item().map_or(Value::Array(result), Value::Scalar)
}

pub fn warn(host: &mut dyn Host, text: impl Into<String>) {
    host.warn(Warning { category: "RuntimeWarning", text: text.into(), ..Default::default() });
}

/// The elements of a fresh contiguous array, in memory order.
pub fn elements(a: &mut Array) -> BlockMut<'_> {
    fn slice<T: Element>(a: &mut Array) -> BlockMut<'_> {
        BlockMut::new(a.as_mut_slice::<T>().unwrap_or_default())
    }
    with_dtype!(a.dtype(), T => slice::<T>(a))
}

/// `a -= b` for two fresh results of one dtype, shape and memory order, integers wrapping.
pub fn subtract(a: &mut Array, b: &Array) {
    macro_rules! minus {
        ($($t:ty: |$x:ident, $y:ident| $e:expr),* $(,)?) => {
            match a.dtype() {
                $(<$t as Element>::DTYPE => {
                    let start = b.offset();
                    let ys = &b.storage::<$t>()[start..];
                    let xs = a.as_mut_slice::<$t>().unwrap_or_default();
                    for (p, &$y) in xs.iter_mut().zip(ys) {
                        let $x = *p;
                        *p = $e;
                    }
                })*
                _ => {}
            }
        };
    }
    use crate::dtype::{c64, c128};
    minus! {
        i8: |x, y| x.wrapping_sub(y), u8: |x, y| x.wrapping_sub(y),
        i16: |x, y| x.wrapping_sub(y), u16: |x, y| x.wrapping_sub(y),
        i32: |x, y| x.wrapping_sub(y), u32: |x, y| x.wrapping_sub(y),
        i64: |x, y| x.wrapping_sub(y), u64: |x, y| x.wrapping_sub(y),
        f32: |x, y| x - y, f64: |x, y| x - y, c64: |x, y| x - y, c128: |x, y| x - y,
    }
}

/// The row of a NumPy function.
pub fn row(name: &str) -> Result<&'static Prim, Fault> {
    table().get(Home::Np, name).ok_or_else(|| Fault::NotYet { name: name.into() })
}

/// A NumPy function of two values.
pub fn calc(host: &mut dyn Host, name: &'static str, x: Value, y: Value) -> Result<Value, Fault> {
    dyadic(row(name)?, host, x, y)
}

impl Prim {
    /// Calls the row with positional arguments.
    pub fn call_with<const N: usize>(
        &'static self,
        host: &mut dyn Host,
        args: [Value; N],
    ) -> Result<Value, Fault> {
        crate::prim::call(self, host, CallArgs::new(args))
    }
}

/// `a` with `fill` in place of NaN: itself if its dtype has none.
pub fn without_nan(a: &Array, fill: Scalar) -> Result<Array, Fault> {
    if !a.dtype().is_inexact() {
        return Ok(a.clone());
    }
    let source = exec::copy_keeping(a)?;
    let mut out = Array::empty_keeping(a.dtype(), a.shape(), a.strides())?;
    let (start, n, fill) = (source.offset(), source.size(), cast_scalar(fill, a.dtype()));
    exec::copy::with_storage(&source, |all| {
        select::nan_filled(all.slice(start, start + n), fill, elements(&mut out));
    });
    Ok(out)
}
