//! Running code on copies: the arrays, lists and generators behind the names that it mentions are
//! copied before each run, and names are put back after it. So `x.sort()` can be tried a hundred times
//! on the same data, and nothing that it does is seen outside.
//!
//! Which names those are is read from the code's text, and from that of the functions it names; a
//! function's own captured variables are shared. Arrays that share a buffer share its copy.

use crate::array::{Array, ArrayError};
use crate::dtype::{DType, Element};
use crate::eval::{Closure, Evaluator, Located, Raised, Source, Unit};
use crate::prim::random::generator::Hidden;
use crate::syntax::{Lexicon, Paint, parse, tokens};
use crate::value::{Fault, Func, List, Tuple, Value};
use crate::with_dtype;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// Parses and resolves a text; its errors call it `name`.
pub fn compile(evaluator: &mut Evaluator, name: &str, text: &str) -> Result<Unit, Fault> {
    let parsed = parse(text, &evaluator.lexicon);
    let source = Rc::new(Source { name: name.into(), text: text.into() });
    if let Some(e) = parsed.errors.into_iter().next() {
        let span = e.span();
        return Err(Fault::Raised(Located::at(Fault::Syntax(Box::new(e)), span, source)));
    }
    evaluator.resolve(&parsed.statements, source).map_err(|raised| Fault::Raised(raised))
}

/// Code that runs on copies.
pub struct Trial {
    pub unit: Unit,
    /// The assigned names that the code may use.
    names: Vec<Rc<str>>,
}

impl Trial {
    /// Resolves a text for trials. `others` may use names too (a setup beside it).
    pub fn new(evaluator: &mut Evaluator, name: &str, text: &str, others: &[&str]) -> Result<Trial, Fault> {
        let unit = compile(evaluator, name, text)?;
        let names = used(evaluator, others.iter().copied().chain([text]));
        Ok(Trial { unit, names })
    }

    /// Runs `f` with copies behind the names; afterwards everything is as before.
    pub fn run<T>(
        &self,
        evaluator: &mut Evaluator,
        f: impl FnOnce(&mut Evaluator, &Unit) -> Result<T, Raised>,
    ) -> Result<T, Fault> {
        let before = evaluator.globals.snapshot();
        let hidden = Hidden::now();
        let result = self
            .place_copies(evaluator)
            .map_err(Fault::from)
            .and_then(|()| f(evaluator, &self.unit).map_err(|raised| Fault::Raised(raised)));
        evaluator.globals.restore(&before);
        hidden.restore();
        result
    }

    fn place_copies(&self, evaluator: &mut Evaluator) -> Result<(), ArrayError> {
        let mut copier = Copier::default();
        for name in &self.names {
            if let Some(value) = evaluator.globals.assigned_value(name)
                && let Some(copy) = copier.value(&value)?
            {
                evaluator.globals.set(name, copy);
            }
        }
        Ok(())
    }

    /// The values of the names that the code may use, as they are now: what it changed, after it ran.
    pub fn values(&self, evaluator: &mut Evaluator) -> Vec<(Rc<str>, Value)> {
        let value = |n: &Rc<str>| evaluator.globals.assigned_value(n).map(|v| (n.clone(), v));
        self.names.iter().filter_map(value).collect()
    }
}

/// The assigned names that texts mention, and those that the functions among them mention.
fn used<'a>(evaluator: &mut Evaluator, texts: impl Iterator<Item = &'a str>) -> Vec<Rc<str>> {
    let lexicon = evaluator.lexicon.clone();
    let mut seen: HashSet<String> = HashSet::new();
    let mut found = Vec::new();
    let mut texts: Vec<Rc<Source>> =
        texts.map(|t| Rc::new(Source { name: String::new(), text: t.into() })).collect();
    while let Some(source) = texts.pop() {
        for name in names_of(&source.text, &lexicon) {
            if !seen.insert(name.clone()) {
                continue;
            }
            let Some(value) = evaluator.globals.assigned_value(&name) else { continue };
            if let Value::Func(Func::Shared(f)) = &value
                && let Some(closure) = f.as_any().downcast_ref::<Rc<Closure>>()
            {
                texts.push(closure.code.source.clone());
            }
            found.push(Rc::from(name));
        }
    }
    found
}

fn names_of(text: &str, lexicon: &Lexicon) -> Vec<String> {
    let names = tokens(text, lexicon).into_iter().filter(|(paint, _)| *paint == Paint::Name);
    names.filter_map(|(_, at)| text.get(at.start as usize..at.end as usize).map(str::to_string)).collect()
}

/// Copies values; what they share, their copies share.
#[derive(Default)]
pub struct Copier {
    /// A flat copy of each buffer, by its address.
    buffers: HashMap<usize, Array>,
    lists: Vec<(List, List)>,
    objects: Vec<(Value, Value)>,
}

impl Copier {
    /// A copy of a value that can be changed; `None` for one that cannot.
    pub fn value(&mut self, value: &Value) -> Result<Option<Value>, ArrayError> {
        Ok(match value {
            Value::Array(a) => Some(Value::Array(self.array(a)?)),
            Value::List(l) => Some(Value::List(self.list(l)?)),
            Value::Tuple(t) => {
                let items = t.items.iter().map(|v| Ok(self.value(v)?.unwrap_or_else(|| v.clone())));
                let items = items.collect::<Result<_, ArrayError>>()?;
                Some(Value::Tuple(Rc::new(Tuple { items, names: t.names })))
            }
            Value::Object(o) => {
                let same = |(v, _): &&(Value, Value)| matches!(v, Value::Object(p) if Rc::ptr_eq(p, o));
                if let Some((_, copy)) = self.objects.iter().find(same) {
                    return Ok(Some(copy.clone()));
                }
                let copy = o.fork();
                self.objects.extend(copy.clone().map(|copy| (value.clone(), copy)));
                copy
            }
            _ => None,
        })
    }

    fn list(&mut self, list: &List) -> Result<List, ArrayError> {
        if let Some((_, copy)) = self.lists.iter().find(|(l, _)| l.same(list)) {
            return Ok(copy.clone());
        }
        let copy = List::default();
        self.lists.push((list.clone(), copy.clone()));
        for item in list.to_vec() {
            let item = self.value(&item)?.unwrap_or(item);
            copy.push(item);
        }
        Ok(copy)
    }

    /// An array over the copy of its buffer, which owns it if the original does.
    fn array(&mut self, a: &Array) -> Result<Array, ArrayError> {
        fn flat<T: Element>(a: &Array) -> Result<Array, ArrayError> {
            let all = a.storage::<T>();
            Array::from_slice(all, &[all.len()])
        }
        let key = a.buffer_address();
        let whole = match self.buffers.get(&key) {
            Some(whole) => whole.clone(),
            None => {
                let whole = with_dtype!(a.dtype(), T => flat::<T>(a))?;
                self.buffers.insert(key, whole.clone());
                whole
            }
        };
        let copy = if a.base().is_none() && a.offset() == 0 && whole.dtype() == a.dtype() {
            whole.restrided(a.shape(), a.strides())
        } else if whole.dtype() == a.dtype() {
            whole.view(a.shape(), a.strides(), a.offset())
        } else {
            whole.reinterpret(a.dtype(), a.shape(), a.strides(), a.offset())
        };
        copy.set_writeable(a.writeable());
        Ok(copy)
    }
}

/// Whether a fault is the user's wish to stop.
pub fn is_stop(fault: &Fault) -> bool {
    match fault {
        Fault::Raised(raised) => raised.downcast_ref::<Located>().is_some_and(Located::is_interrupt),
        fault => matches!(fault, Fault::Interrupted),
    }
}

/// How two results compare.
#[derive(Clone, Debug, PartialEq)]
pub enum Sameness {
    Equal,
    /// Floats that differ by so much at most, and by this share of the larger.
    Close {
        most: f64,
        relative: f64,
    },
    /// In words, what differs.
    Different(String),
}

/// The relative difference up to which floats are close, as NumPy's `allclose` has it: 1e-5 for the
/// least exact of the two dtypes, tighter for float64.
fn tolerance(a: DType, b: DType) -> f64 {
    let single = |d: DType| matches!(d, DType::F32 | DType::C64);
    if single(a) || single(b) { 1e-5 } else { 1e-9 }
}

/// Compares two results: arrays and numbers by shape and elements, sequences item by item.
pub fn same(a: &Value, b: &Value) -> Sameness {
    let sequence = |v: &Value| match v {
        Value::Tuple(t) => Some(t.items.to_vec()),
        Value::List(l) => Some(l.to_vec()),
        _ => None,
    };
    if let (Some(x), Some(y)) = (sequence(a), sequence(b)) {
        if x.len() != y.len() {
            return Sameness::Different(format!("{} and {} items", x.len(), y.len()));
        }
        return x.iter().zip(&y).map(|(x, y)| same(x, y)).fold(Sameness::Equal, worse);
    }
    if let (Some(x), Some(y)) = (array_of(a), array_of(b)) {
        return same_arrays(&x, &y);
    }
    let text = |v: &Value| crate::show::repr_of(v);
    let alike = std::mem::discriminant(a) == std::mem::discriminant(b) && text(a) == text(b);
    if alike {
        Sameness::Equal
    } else {
        Sameness::Different(format!("{} and {}", a.describe(), b.describe()))
    }
}

pub fn worse(a: Sameness, b: Sameness) -> Sameness {
    use Sameness::*;
    match (a, b) {
        (Different(why), _) | (_, Different(why)) => Different(why),
        (Close { most: m, relative: r }, Close { most: n, relative: s }) => {
            Close { most: m.max(n), relative: r.max(s) }
        }
        (close @ Close { .. }, Equal) | (Equal, close @ Close { .. }) => close,
        (Equal, Equal) => Equal,
    }
}

fn array_of(v: &Value) -> Option<Array> {
    match v {
        Value::Array(a) => Some(a.clone()),
        other => Array::from_scalar(other.scalar()?).ok(),
    }
}

fn same_arrays(a: &Array, b: &Array) -> Sameness {
    use crate::value::shape_text;
    if a.shape() != b.shape() {
        let shapes = format!("shapes {} and {}", shape_text(a.shape()), shape_text(b.shape()));
        return Sameness::Different(shapes);
    }
    let exact = !a.dtype().is_inexact() && !b.dtype().is_inexact();
    let (limit, mut most, mut relative, mut bad) = (tolerance(a.dtype(), b.dtype()), 0.0f64, 0.0f64, None);
    let (mut left, mut right) = (places(a), places(b));
    let mut index = 0usize;
    while let (Some(i), Some(j)) = (left.next(), right.next()) {
        let (x, y) = (a.scalar_at(i), b.scalar_at(j));
        if exact {
            if x.as_i128() != y.as_i128() || x.truth() != y.truth() {
                bad.get_or_insert(index);
            }
        } else {
            let (x, y) = (x.as_c128(), y.as_c128());
            if x != y && !(x.is_nan() && y.is_nan()) {
                let (d, size) = ((x - y).norm(), x.norm().max(y.norm()));
                let share = d / size;
                if !(share <= limit || d <= f64::EPSILON * 16.0) {
                    bad.get_or_insert(index);
                }
                if d.is_finite() {
                    most = most.max(d);
                    relative = relative.max(share);
                }
            }
        }
        index += 1;
    }
    match bad {
        Some(at) if a.ndim() == 0 && at == 0 => {
            Sameness::Different(format!("{} and {}", number(a), number(b)))
        }
        Some(at) => Sameness::Different(format!("the first difference is at element {at} in C order")),
        None if most > 0.0 => Sameness::Close { most, relative },
        None => Sameness::Equal,
    }
}

fn number(a: &Array) -> String {
    a.item().map_or(String::new(), |s| crate::show::str_of(&Value::Scalar(s)))
}

/// The buffer positions of an array's elements, in C order.
fn places(a: &Array) -> impl Iterator<Item = usize> {
    let (shape, strides) = (a.shape().to_vec(), a.strides().to_vec());
    let offset = a.offset() as isize;
    (0..a.size()).map(move |mut i| {
        let mut at = offset;
        for (&n, &s) in shape.iter().zip(&strides).rev() {
            at += (i % n) as isize * s;
            i /= n;
        }
        at as usize
    })
}
