//! Any value as text: what `print` writes (`str_of`), what stands inside a tuple or list
//! (`repr_of`), and what the top level shows (`display`). Nested values are walked with a stack of
//! their own, so that depth costs memory only.

use super::array::{array_repr, array_str};
use super::scalar::{bool_str, complex_str, float_str, push_display, scalar_repr, scalar_str};
use super::text::push_str_repr;
use crate::array::interrupt;
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
        Value::Object(o) => o.text(),
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
        // Lists that stand in each other many times over have a text that nobody waits for.
        let Some(top) = open.last_mut().filter(|_| !interrupt::requested()) else { return out };
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
        Value::Deferred(_) => push_display(out, v.describe()),
        Value::Object(o) => out.push_str(&o.repr()),
        Value::Tuple(_) | Value::List(_) => out.push_str("..."), // walked by `repr_of`
    }
}

fn push_slice(out: &mut String, s: &SliceSpec) {
    let part = |n: Option<i64>| n.map_or("None".to_string(), |n| n.to_string());
    push_display(out, format_args!("slice({}, {}, {})", part(s.start), part(s.stop), part(s.step)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::Array;
    use crate::dtype::{DType, Scalar};
    use crate::value::TupleNames;

    fn array(values: &[i64], shape: &[usize]) -> Value {
        Value::Array(Array::from_slice(values, shape).unwrap())
    }

    #[test]
    fn items_are_shown_by_their_repr() {
        let one = Value::Scalar(Scalar::I64(1));
        let t = Value::tuple(vec![one.clone(), array(&[1, 2], &[2])]);
        assert_eq!(display(&t), "(np.int64(1), array([1, 2]))");
        assert_eq!(display(&Value::tuple(vec![one])), "(np.int64(1),)");
        assert_eq!(display(&Value::tuple(vec![])), "()");
        let l =
            List::new(vec![Value::str("it's"), Value::None, Value::Float(1e16), Value::DType(DType::F64), t]);
        assert_eq!(
            display(&Value::List(l)),
            "[\"it's\", None, 1e+16, dtype('float64'), (np.int64(1), array([1, 2]))]"
        );
    }

    #[test]
    fn rows_of_an_array_in_a_list_are_indented_as_its_own_repr() {
        let l = List::new(vec![array(&[1, 2, 3, 4], &[2, 2]), Value::Int(5)]);
        assert_eq!(str_of(&Value::List(l)), "[array([[1, 2],\n       [3, 4]]), 5]");
    }

    #[test]
    fn named_tuples_show_their_fields() {
        static NAMES: TupleNames =
            TupleNames { name: "EighResult", fields: &["eigenvalues", "eigenvectors"] };
        let items = [array(&[1], &[1]), Value::Int(2)].into();
        let t = Value::Tuple(Rc::new(Tuple { items, names: Some(&NAMES) }));
        assert_eq!(display(&t), "EighResult(eigenvalues=array([1]), eigenvectors=2)");
    }

    #[test]
    fn strings_have_quotes_at_top_level_and_none_when_printed() {
        let s = Value::str("a\n");
        assert_eq!(display(&s), "'a\\n'");
        assert_eq!(str_of(&s), "a\n");
    }

    #[test]
    fn other_values() {
        assert_eq!(display(&Value::DType(DType::I8)), "int8");
        let slice = SliceSpec { start: Some(1), stop: None, step: Some(-1) };
        assert_eq!(display(&Value::Slice(Rc::new(slice))), "slice(1, None, -1)");
        assert_eq!(display(&Value::Ellipsis), "Ellipsis");
    }

    #[test]
    fn cycles_and_depth_end() {
        let l = List::new(vec![Value::Int(1)]);
        l.push(Value::List(l.clone()));
        assert_eq!(display(&Value::List(l.clone())), "[1, [...]]");
        l.rebuild(Vec::clear);
        let mut deep = Value::Int(0);
        for _ in 0..1000 {
            deep = Value::tuple(vec![deep]);
        }
        assert_eq!(display(&deep).len(), 1 + 3 * 1000);
    }
}
