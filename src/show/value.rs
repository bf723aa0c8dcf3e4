//! Any value as text: what `print` writes (`str_of`), what stands inside a tuple or list
//! (`repr_of`), and what the top level shows (`display`). Nested values are walked with a stack of
//! their own, so that depth costs memory only.

use super::array::{array_repr, array_str};
use super::scalar::{bool_str, complex_str, float_str, push_display, scalar_repr, scalar_str};
use super::text::push_str_repr;
use crate::value::{List, SliceSpec, Tuple, Value};
use std::rc::Rc;

/// What the top level shows: as `print`, but strings in quotes.
pub fn display(v: &Value) -> String {
    match v {
        Value::Str(_) => repr_of(v),
        _ => str_of(v),
    }
}

/// What `print` writes.
pub fn str_of(v: &Value) -> String {
    match v {
        Value::Str(s) => s.to_string(),
        Value::Scalar(s) => scalar_str(*s),
        Value::Array(a) => array_str(a),
        Value::DType(d) => d.name().into(),
        _ => repr_of(v),
    }
}

/// The value's repr, as Python and NumPy write it.
pub fn repr_of(v: &Value) -> String {
    let mut out = String::new();
    let mut open: Vec<Open> = Vec::new();
    let mut next = Some(v.clone());
    loop {
        match next.take() {
            Some(Value::Tuple(t)) => {
                out.push_str(t.names.map_or("", |n| n.name));
                out.push('(');
                open.push(Open { sequence: Sequence::Tuple(t), at: 0 });
            }
            Some(Value::List(l)) if open.iter().any(|o| o.sequence.is(&l)) => out.push_str("[...]"),
            Some(Value::List(l)) => {
                out.push('[');
                open.push(Open { sequence: Sequence::List(l), at: 0 });
            }
            Some(v) => push_leaf(&mut out, &v),
            None => {}
        }
        let Some(top) = open.last_mut() else { return out };
        next = top.next(&mut out);
        if next.is_none() {
            open.pop();
        }
    }
}

/// A tuple or list whose items are being written.
struct Open {
    sequence: Sequence,
    at: usize,
}

enum Sequence {
    Tuple(Rc<Tuple>),
    List(List),
}

impl Sequence {
    fn is(&self, list: &List) -> bool {
        matches!(self, Sequence::List(l) if l.same(list))
    }
}

impl Open {
    /// The next item, after writing what stands before it; or `None`, after the closing bracket.
    fn next(&mut self, out: &mut String) -> Option<Value> {
        let item = match &self.sequence {
            Sequence::Tuple(t) => t.items.get(self.at).cloned(),
            Sequence::List(l) => l.get(self.at),
        };
        match (&self.sequence, &item) {
            (_, Some(_)) if self.at > 0 => out.push_str(", "),
            (Sequence::List(_), None) => out.push(']'),
            (Sequence::Tuple(t), None) if t.names.is_none() && self.at == 1 => out.push_str(",)"),
            (Sequence::Tuple(_), None) => out.push(')'),
            _ => {}
        }
        if let (Sequence::Tuple(t), Some(_)) = (&self.sequence, &item)
            && let Some(field) = t.names.and_then(|n| n.fields.get(self.at))
        {
            out.push_str(field);
            out.push('=');
        }
        self.at += 1;
        item
    }
}

fn push_leaf(out: &mut String, v: &Value) {
    match v {
        Value::None => out.push_str("None"),
        Value::Bool(b) => out.push_str(bool_str(*b)),
        Value::Int(n) => push_display(out, n),
        Value::Float(x) => out.push_str(&float_str(*x)),
        Value::Complex(z) => out.push_str(&complex_str(*z)),
        Value::Scalar(s) => out.push_str(&scalar_repr(*s)),
        Value::Array(a) => out.push_str(&array_repr(a)),
        Value::Str(s) => push_str_repr(out, s),
        Value::Func(f) => push_display(out, format_args!("<function {}>", f.name())),
        Value::DType(d) => push_display(out, format_args!("dtype('{d}')")),
        Value::Slice(s) => push_slice(out, s),
        Value::Ellipsis => out.push_str("Ellipsis"),
        Value::Object(o) => out.push_str(&o.repr()),
        Value::Tuple(_) | Value::List(_) => out.push_str("..."), // walked by `repr_of`
    }
}

fn push_slice(out: &mut String, s: &SliceSpec) {
    let part = |n: Option<i64>| n.map_or("None".to_string(), |n| n.to_string());
    push_display(out, format_args!("slice({}, {}, {})", part(s.start), part(s.stop), part(s.step)));
}
