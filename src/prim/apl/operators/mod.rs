//! Operators: functions made of functions. One row each, like the primitives; the evaluator builds
//! a derived function from a row and its operands, and calls it like any other function.
//!
//! `train` holds forks and atops, `fold` reduce and scan, `map` each, outer product and the like, `key`
//! and `stencil` those, `combine` the operators that only arrange calls. `lift` applies a function made
//! of primitives to many pieces at once.

mod axis;
mod combine;
mod fold;
mod inner;
mod inverse;
mod key;
mod lift;
mod map;
mod stencil;
mod train;

pub use lift::set_lifting;
pub use train::train;

use crate::prim::row::{Example, Valence};
use crate::prim::{self, Defer, Prim, table};
use crate::syntax::Class;
use crate::value::{CallArgs, Callable, Fault, Formula, Func, Host, Value};
use std::any::Any;
use std::cell::OnceCell;
use std::rc::Rc;

/// One operator.
pub struct Operator {
    /// Its spelling in the syntax tree.
    pub glyph: &'static str,
    pub name: &'static str,
    /// `None` for those that the grammar itself knows (`/ \ .`).
    pub class: Option<Class>,
    pub doc: &'static str,
    pub examples: &'static [Example],
    pub numpy: &'static str,
    /// Whether the right operand may come as deferred work.
    pub defers: bool,
    /// Applies a derived function: the operands, the left argument if any, the right one.
    pub apply: Apply,
}

/// Whether an operator replicates along the first axis where its operand is an array.
pub fn replicates(op: &Operator) -> bool {
    op.glyph == "⌿"
}

pub type Apply = fn(&Derived, &mut dyn Host, Option<Value>, Value) -> Result<Value, Fault>;

/// An operator with its operands: a function.
pub struct Derived {
    pub op: &'static Operator,
    pub left: Value,
    pub right: Option<Value>,
    /// Of `+/[0]` and `+/[0 1]`.
    pub axes: Option<Vec<i64>>,
    name: OnceCell<String>,
}

/// Every operator's row.
pub static ROWS: &[&[Operator]] =
    &[fold::ROWS, map::ROWS, combine::ROWS, key::ROWS, stencil::ROWS, axis::ROWS];

/// The operator of a spelling.
pub fn find(glyph: &str) -> Option<&'static Operator> {
    ROWS.iter().copied().flatten().find(|o| o.glyph == glyph)
}

/// The derived function of an operator and its operands.
pub fn derive(
    op: &'static Operator,
    left: Value,
    right: Option<Value>,
    axis: Option<Value>,
) -> Result<Rc<dyn Callable>, Fault> {
    let axes = match axis {
        None => None,
        Some(v) => {
            let one = crate::prim::convert::as_index(&v).map(|axis| vec![axis]);
            Some(one.or_else(|| crate::prim::convert::as_ints(&v)).ok_or_else(|| Fault::ArgumentType {
                func: op.name.into(),
                param: "axis".into(),
                expected: "an integer, or several",
                got: v.describe(),
            })?)
        }
    };
    Ok(Rc::new(Derived { op, left, right, axes, name: OnceCell::new() }))
}

impl Derived {
    /// An operand that must be a function.
    fn function<'a>(&self, operand: &'a Value) -> Result<&'a Func, Fault> {
        operand
            .as_func()
            .ok_or_else(|| Fault::NotFunction { op: self.op.glyph.into(), got: operand.describe() })
    }

    fn left_function(&self) -> Result<&Func, Fault> {
        self.function(&self.left)
    }

    /// The axis, of what works along one.
    fn axis(&self) -> Result<Option<i64>, Fault> {
        match self.axes.as_deref() {
            None => Ok(None),
            Some([axis]) => Ok(Some(*axis)),
            Some(_) => {
                let reason = "it works along one axis at a time";
                Err(Fault::Value { func: self.name().into(), reason: reason.into() })
            }
        }
    }

    /// The right operand of a dyadic operator.
    fn right_operand(&self) -> Result<&Value, Fault> {
        self.right.as_ref().ok_or_else(|| Fault::MissingArgument {
            func: self.op.glyph.into(),
            param: "right operand".into(),
        })
    }
}

impl Callable for Derived {
    /// As it is written: `+/`, `∘.×`, `2∘×`.
    fn name(&self) -> &str {
        self.name.get_or_init(|| {
            let (left, right) = (spelling(&self.left), self.right.as_ref().map(spelling));
            let axes = self.axes.iter().map(|axes| {
                let axes: Vec<String> = axes.iter().map(i64::to_string).collect();
                format!("[{}]", axes.join(" ").replace('-', "¯"))
            });
            let axis: String = axes.collect();
            let right = right.unwrap_or_default();
            match self.op.glyph {
                "∘." => format!("∘.{left}"),
                "[]" => format!("{left}{axis}"),
                glyph => format!("{left}{glyph}{right}{axis}"),
            }
        })
    }

    fn call(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        let (left, right) = operands(self.op.name, args)?;
        (self.op.apply)(self, host, left, right)?.settled(host)
    }

    fn call_waiting(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        if let Some(result) = map::outer_waiting(self, host, &args) {
            return result;
        }
        let waiting = match fold::pairs_waiting(self, host, &args) {
            None => map::arithmetic_waiting(self, host, &args),
            some => some,
        };
        if let Some(result) = waiting {
            return result;
        }
        let (left, right) = operands(self.op.name, args)?;
        (self.op.apply)(self, host, left, right)
    }

    fn takes_deferred(&self) -> bool {
        self.op.defers
    }

    fn formula(&self, host: &mut dyn Host, given: usize) -> Option<Formula> {
        combine::formula(self, host, given)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// An operand as a name shows it.
fn spelling(operand: &Value) -> String {
    match operand {
        Value::Func(f) => f.name().to_string(),
        Value::Array(_) => "…".into(),
        number => crate::show::str_of(number),
    }
}

/// One argument is the right operand; of two the first is the left.
fn operands(name: &str, args: CallArgs) -> Result<(Option<Value>, Value), Fault> {
    if let Some((keyword, _)) = args.keyword.first() {
        let keyword = keyword.to_string();
        return Err(Fault::UnknownKeyword { func: name.into(), keyword, near: None, takes: String::new() });
    }
    let given = args.positional.len();
    let mut values = args.positional.into_iter();
    match (values.next(), values.next(), values.next()) {
        (Some(right), None, _) => Ok((None, right)),
        (Some(left), Some(right), None) => Ok((Some(left), right)),
        (None, ..) => Err(Fault::MissingArgument { func: name.into(), param: "right argument".into() }),
        _ => Err(Fault::TooManyArguments { func: name.into(), max: 2, given }),
    }
}

/// Makes a step of a formula its last one.
pub fn end_with(formula: &mut Formula, result: usize) -> Option<()> {
    if result + 1 != formula.steps.len() {
        let same = table().glyph("⊢", Valence::Monadic)?;
        formula.apply(&Func::Static(same), [result]);
    }
    Some(())
}

/// Calls a function as glyphs do: `f right` or `left f right`.
pub fn apply(f: &Func, host: &mut dyn Host, left: Option<Value>, right: Value) -> Result<Value, Fault> {
    f.call(host, CallArgs::new(left.into_iter().chain([right])))
}

/// As [`apply`]; operands and result may be deferred work.
pub(super) fn apply_waiting(
    f: &Func,
    host: &mut dyn Host,
    left: Option<Value>,
    right: Value,
) -> Result<Value, Fault> {
    let prim = if left.is_some() { dyadic_prim(f) } else { monadic_prim(f) };
    let mut args = CallArgs::new(left.into_iter().chain([right]));
    if let Some(prim) = prim {
        return prim::call_as(prim, host, args, Defer::Later);
    }
    if !f.get().takes_deferred() {
        for x in args.positional.iter_mut().filter(|x| matches!(x, Value::Deferred(_))) {
            *x = std::mem::replace(x, Value::None).settled(host)?;
        }
    }
    f.get().call_waiting(host, args)
}

/// Whether a function is made of primitives alone, which write to no operand.
fn is_of_rows(f: &Func) -> bool {
    let of_rows = |v: &Value| v.as_func().is_none_or(is_of_rows);
    let any = f.get().as_any();
    if let Some(derived) = any.downcast_ref::<Derived>() {
        return of_rows(&derived.left) && derived.right.as_ref().is_none_or(of_rows);
    }
    let rows = [monadic_prim(f), dyadic_prim(f)];
    train::is_of_primitives(any)
        .unwrap_or_else(|| rows.iter().any(Option::is_some) && rows.iter().flatten().all(|p| p.is_pure()))
}

/// The primitive that a function value applies to two operands, if it is one.
pub fn dyadic_prim(f: &Func) -> Option<&'static Prim> {
    let any = f.get().as_any();
    match any.downcast_ref::<GlyphFunction>() {
        Some(g) => g.dyadic,
        None => any.downcast_ref::<Prim>().and_then(|p| table().row_of(p)),
    }
}

/// The primitive that a function value applies to one operand, if it is one.
pub fn monadic_prim(f: &Func) -> Option<&'static Prim> {
    let any = f.get().as_any();
    match any.downcast_ref::<GlyphFunction>() {
        Some(g) => g.monadic,
        None => any.downcast_ref::<Prim>().and_then(|p| table().row_of(p)),
    }
}

/// A glyph as a function: one primitive for one operand, another for two.
pub struct GlyphFunction {
    glyph: String,
    pub monadic: Option<&'static Prim>,
    pub dyadic: Option<&'static Prim>,
}

/// The function that a glyph or ASCII operator is when it stands alone.
pub fn glyph_function(text: &str) -> Option<Func> {
    let monadic = table().glyph(text, Valence::Monadic);
    let dyadic = table().glyph(text, Valence::Dyadic);
    if monadic.is_none() && dyadic.is_none() {
        return None;
    }
    Some(Func::Shared(Rc::new(GlyphFunction { glyph: text.into(), monadic, dyadic })))
}

impl Callable for GlyphFunction {
    fn name(&self) -> &str {
        &self.glyph
    }

    fn call(&self, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
        let prim = match args.positional.len() {
            0 | 1 => self.monadic,
            _ => self.dyadic,
        };
        match prim {
            Some(p) => crate::prim::call(p, host, args),
            None if self.dyadic.is_some() => {
                Err(Fault::MissingArgument { func: self.glyph.clone(), param: "left argument".into() })
            }
            None => {
                let given = args.positional.len();
                Err(Fault::TooManyArguments { func: self.glyph.clone(), max: 1, given })
            }
        }
    }

    fn attr(&self, name: &str) -> Option<Value> {
        self.dyadic.or(self.monadic).and_then(|p| p.attr(name))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `x.f` without a call: `f` with its first argument given.
struct Bound {
    func: Func,
    first: Value,
}

/// The function `f` with its first argument given.
pub fn bind_first(func: Func, first: Value) -> Func {
    Func::Shared(Rc::new(Bound { func, first }))
}

impl Callable for Bound {
    fn name(&self) -> &str {
        self.func.name()
    }

    fn call(&self, host: &mut dyn Host, mut args: CallArgs) -> Result<Value, Fault> {
        args.positional.insert(0, self.first.clone());
        self.func.call(host, args)
    }

    fn attr(&self, name: &str) -> Option<Value> {
        self.func.get().attr(name)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
