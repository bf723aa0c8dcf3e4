//! What a name can hold, and what a computation on values can fail with. Between the arrays below
//! and the primitives and evaluator above: both speak in `Value`s, `Fault`s and `Callable`s.

mod call;
mod deferred;
mod fault;
mod formula;
mod iter;
mod list;
mod num;
mod range;
mod text;

pub use call::{CallArgs, Callable, Func, Host, Warning, Within};
pub use deferred::Deferred;
pub use fault::{Fault, Part};
pub use formula::{Formula, How, Loop, Missing, Step, Subscript};
pub use iter::{iterate, length};
pub use list::{List, check_nesting};
pub use num::{Num, NumKind, Seen};
pub use range::Range;
pub use text::Text;

use crate::array::Array;
use crate::dtype::{DType, Operand, Scalar, c128};
use smallvec::SmallVec;
use std::any::Any;
use std::rc::Rc;

// The tag is a word, so that every payload begins at one: a value is then moved in whole words. With
// a tag of one byte it went in overlapping parts, and to read it again stalled: `l.append(i)` 115 ns,
// and 83 so.
#[derive(Clone)]
#[repr(u64)]
pub enum Value {
    None,
    // Plain scalars: weak in promotion, as Python's are.
    Bool(bool),
    Int(i64),
    Float(f64),
    Complex(c128),
    /// A typed 0-d value: an element or a reduction of an array.
    Scalar(Scalar),
    Array(Array),
    Str(Text),
    Tuple(Rc<Tuple>),
    List(List),
    Func(Func),
    DType(DType),
    Slice(Rc<SliceSpec>),
    Ellipsis,
    /// An unnamed array that its consumer computes; only inside one expression.
    Deferred(Rc<dyn Deferred>),
    /// Modules, ranges, iterators, random generators, flags, …
    Object(Rc<dyn Object>),
}

/// A tuple; `names` when NumPy names its fields (`svd(a).S`).
pub struct Tuple {
    pub items: TupleItems,
    pub names: Option<&'static TupleNames>,
}

/// The items of a tuple: those of a pair stand in it, without an allocation of their own.
pub type TupleItems = SmallVec<[Value; 2]>;

/// The type and field names of a named tuple.
pub struct TupleNames {
    pub name: &'static str,
    pub fields: &'static [&'static str],
}

/// `start:stop:step` as a value; `None` where nothing was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SliceSpec {
    pub start: Option<i64>,
    pub stop: Option<i64>,
    pub step: Option<i64>,
}

/// `start:stop:step` of values that need not be integers, for objects that take them.
pub struct AnySlice {
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

impl Object for AnySlice {
    fn type_name(&self) -> &str {
        "slice"
    }

    fn repr(&self) -> String {
        "slice".into()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A value with behaviour of its own. Defaults refuse.
#[expect(clippy::len_without_is_empty, reason = "many objects have no length")]
pub trait Object: Any {
    /// The type's name in errors and `type(x)`: `range`, `Generator`, `module`.
    fn type_name(&self) -> &str;
    fn repr(&self) -> String;
    /// What `print` writes.
    fn text(&self) -> String {
        self.repr()
    }
    fn attr(&self, _name: &str) -> Option<Value> {
        None
    }
    /// Names for completion and did-you-mean.
    fn attr_names(&self) -> Vec<String> {
        Vec::new()
    }
    fn set_attr(&self, name: &str, _value: Value) -> Result<(), Fault> {
        Err(Fault::NoAttribute { owner: self.type_name().into(), name: name.into(), near: None })
    }
    fn len(&self) -> Option<usize> {
        None
    }
    /// Items one by one; `None` if it cannot be iterated.
    fn iter(&self) -> Option<Box<dyn ValueIter>> {
        None
    }
    fn index(&self, _index: &Value) -> Option<Result<Value, Fault>> {
        None
    }
    fn set_index(&self, _index: &Value, _value: Value) -> Option<Result<(), Fault>> {
        None
    }
    /// What it goes through at once, an item of each at a time, if that is what it does.
    fn zipped(&self) -> Option<&[Value]> {
        None
    }
    /// Whether the bounds and steps of slices between its brackets may be any numbers (`np.mgrid[0:1:5j]`);
    /// such slices come as [`AnySlice`].
    fn takes_any_slice(&self) -> bool {
        false
    }
    /// A copy with a state of its own, if it has a state: a random generator.
    fn fork(&self) -> Option<Value> {
        None
    }
    fn as_any(&self) -> &dyn Any;
}

/// Items one by one. Called with the host, since items may come from user functions.
pub trait ValueIter {
    fn next(&mut self, host: &mut dyn Host) -> Result<Option<Value>, Fault>;
    /// Puts the next item behind those in `out`; false at the end.
    fn next_to(&mut self, host: &mut dyn Host, out: &mut Vec<Value>) -> Result<bool, Fault> {
        let Some(item) = self.next(host)? else { return Ok(false) };
        item.push_to(out);
        Ok(true)
    }
    /// How many parts its items have, if each is a tuple that it puts together; then `next_parts` gives them
    /// by themselves.
    fn parts(&self) -> Option<usize> {
        None
    }
    /// Puts the parts of the next item behind those in `out`; false at the end, with `out` as it was.
    fn next_parts(&mut self, _host: &mut dyn Host, _out: &mut Vec<Value>) -> Result<bool, Fault> {
        Ok(false)
    }
}

impl Value {
    pub fn str(s: &str) -> Value {
        Value::Str(s.into())
    }

    /// A string of one character.
    #[inline]
    pub fn letter(c: char) -> Value {
        Value::Str(Text::of_letter(c))
    }

    /// Writes it over another value, the commonest put together where they go, as by [`shared`](Self::shared).
    #[inline(always)]
    pub fn put(self, slot: &mut Value) {
        if let Some(n) = Num::of(&self) {
            return n.put(slot);
        }
        match self {
            Value::Array(a) => *slot = Value::Array(a),
            Value::Str(s) => s.put(slot),
            Value::Tuple(t) => *slot = Value::Tuple(t),
            v => *slot = v,
        }
    }

    /// Another holder of the value: a clone of which the commonest are put together where they go. Moved
    /// there they would be read in wider words than they were written in, which the processor waits for.
    #[inline]
    pub fn shared(&self) -> Value {
        match self {
            Value::Array(a) => Value::Array(a.clone()),
            Value::List(l) => Value::List(l.clone()),
            Value::Str(s) => Value::Str(s.clone()),
            Value::Tuple(t) => Value::Tuple(t.clone()),
            other => other.clone(),
        }
    }

    /// Writes another holder of it over a value, as [`put`](Self::put) does.
    #[inline]
    pub fn share_over(&self, slot: &mut Value) {
        if let Some(n) = Num::of(self) {
            return n.put(slot);
        }
        match self {
            Value::Str(s) => s.clone().put(slot),
            Value::Tuple(t) => *slot = Value::Tuple(t.clone()),
            Value::List(l) => *slot = Value::List(l.clone()),
            v => *slot = v.clone(),
        }
    }

    /// Puts another holder of it behind some items, as [`push_to`](Self::push_to) does.
    #[inline]
    pub fn share_to(&self, items: &mut Vec<Value>) {
        if let Some(n) = Num::of(self) {
            return items.push(n.value());
        }
        match self {
            Value::Str(s) => push_text(items, s.clone()),
            Value::Tuple(t) => push_tuple(items, t.clone()),
            v => items.push(v.clone()),
        }
    }

    /// Puts it behind some items, the commonest put together there, as by [`shared`](Self::shared).
    #[inline]
    pub fn push_to(self, items: &mut Vec<Value>) {
        if let Some(n) = Num::of(&self) {
            return items.push(n.value());
        }
        match self {
            Value::Str(s) => push_text(items, s),
            Value::Tuple(t) => push_tuple(items, t),
            v => items.push(v),
        }
    }

    pub fn tuple(items: Vec<Value>) -> Value {
        Value::Tuple(Rc::new(Tuple { items: items.into(), names: None }))
    }

    /// What `type(x)` and errors call it, in NumPy's and Python's words.
    pub fn type_name(&self) -> &str {
        match self {
            Value::None => "NoneType",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float(_) => "float",
            Value::Complex(_) => "complex",
            Value::Scalar(s) => s.dtype().name(),
            Value::Array(_) | Value::Deferred(_) => "ndarray",
            Value::Str(_) => "str",
            Value::Tuple(t) => t.names.map_or("tuple", |n| n.name),
            Value::List(_) => "list",
            Value::Func(_) => "function",
            Value::DType(_) => "dtype",
            Value::Slice(_) => "slice",
            Value::Ellipsis => "ellipsis",
            Value::Object(o) => o.type_name(),
        }
    }

    /// A phrase for error labels: `float64 array of shape (3, 4)`, `plain integer 5`.
    pub fn describe(&self) -> String {
        match self {
            Value::Array(a) => format!("{} array of shape {}", a.dtype(), shape_text(a.shape())),
            Value::Deferred(w) => format!("{} array of shape {}", w.dtype(), shape_text(&w.shape())),
            Value::Scalar(s) => format!("{} scalar", s.dtype()),
            Value::Int(n) => format!("plain integer {n}"),
            Value::Float(x) => format!("plain float {x:?}"),
            Value::Str(_) => "string".into(),
            Value::List(l) => format!("list of {}", l.len()),
            Value::Tuple(t) => format!("tuple of {}", t.items.len()),
            Value::Func(f) => format!("function {}", f.name()),
            _ => self.type_name().into(),
        }
    }

    /// Python's truth: not zero, not empty; an array must hold exactly one element.
    pub fn truth(&self) -> Result<bool, Fault> {
        Ok(match self {
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Float(x) => *x != 0.0,
            Value::Complex(z) => *z != c128::new(0.0, 0.0),
            Value::Scalar(s) => s.truth(),
            Value::None => false,
            Value::Str(s) => !s.is_empty(),
            Value::Tuple(t) => !t.items.is_empty(),
            Value::List(l) => !l.is_empty(),
            Value::Array(a) => a.item().ok_or(Fault::Truth { size: a.size() })?.truth(),
            Value::Object(o) => o.len() != Some(0),
            Value::Deferred(w) => return Err(Fault::Truth { size: w.shape().iter().product() }),
            Value::Func(_) | Value::DType(_) | Value::Slice(_) | Value::Ellipsis => true,
        })
    }

    /// A function value, if it is one. (A dtype is called like a function too; see `prim`.)
    pub fn as_func(&self) -> Option<&Func> {
        match self {
            Value::Func(f) => Some(f),
            _ => None,
        }
    }

    /// Plain or typed number, without a shape.
    pub fn is_scalar_number(&self) -> bool {
        matches!(
            self,
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Complex(_) | Value::Scalar(_)
        )
    }

    /// The scalar this number is, plain ones as their 64-bit dtype; `None` for anything else.
    pub fn scalar(&self) -> Option<Scalar> {
        Some(match self {
            Value::Bool(b) => Scalar::Bool(*b),
            Value::Int(n) => Scalar::I64(*n),
            Value::Float(x) => Scalar::F64(*x),
            Value::Complex(z) => Scalar::C128(*z),
            Value::Scalar(s) => *s,
            _ => return None,
        })
    }

    /// What it brings to promotion; `None` for anything but numbers and arrays.
    pub fn operand(&self) -> Option<Operand> {
        Some(match self {
            Value::Bool(_) => Operand::Typed(DType::Bool),
            Value::Int(n) => Operand::Int(*n),
            Value::Float(_) => Operand::Float,
            Value::Complex(_) => Operand::Complex,
            Value::Scalar(s) => Operand::Typed(s.dtype()),
            Value::Array(a) => Operand::Typed(a.dtype()),
            Value::Deferred(w) => Operand::Typed(w.dtype()),
            _ => return None,
        })
    }
}

// Each by itself: as parts of one function they share a place on the stack, from which the value is read in
// wider words than it was written there in.

#[inline(never)]
fn push_text(items: &mut Vec<Value>, s: Text) {
    items.push(Value::Str(s));
}

#[inline(never)]
fn push_tuple(items: &mut Vec<Value>, t: Rc<Tuple>) {
    items.push(Value::Tuple(t));
}

impl From<Scalar> for Value {
    fn from(s: Scalar) -> Value {
        Value::Scalar(s)
    }
}

impl From<String> for Value {
    fn from(s: String) -> Value {
        Value::Str(s.into())
    }
}

impl From<Array> for Value {
    fn from(a: Array) -> Value {
        Value::Array(a)
    }
}

/// The index of an element in C order: `[1, 0]`.
pub fn index_text(mut at: usize, shape: &[usize]) -> String {
    let mut index = vec![0; shape.len()];
    for (i, &n) in index.iter_mut().zip(shape).rev() {
        (*i, at) = (at % n.max(1), at / n.max(1));
    }
    format!("[{}]", index.iter().map(usize::to_string).collect::<Vec<_>>().join(", "))
}

/// A shape as Python prints it: `()`, `(3,)`, `(3, 4)`.
pub fn shape_text(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(|n| n.to_string()).collect::<Vec<_>>().join(", ")),
    }
}
