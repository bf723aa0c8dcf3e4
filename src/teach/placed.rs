//! What `%axis` shows of an operation that gives elements of an array other places, as `reshape`, `tile`
//! and `⍪` do: whether they keep their order, or along which axes the array is there several times. The
//! operation runs once on the numbers of the elements' places, which tell.

use super::{COLUMNS, steps, value_of};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Look, shapes};
use crate::eval::{Evaluator, Source};
use crate::prim::convert;
use crate::show::wrap;
use crate::syntax::ast::ExprKind;
use crate::syntax::walk::{self, Node};
use crate::value::{Value, shape_text};
use std::rc::Rc;

/// Elements of the largest array that is tried.
const MOST: usize = 1 << 16;

pub struct Placed {
    name: String,
    shape: Vec<usize>,
    result: Vec<usize>,
    how: How,
}

enum How {
    /// The elements stand in the same order.
    InOrder,
    /// How often the array is there along each axis of the result.
    Times(Vec<usize>),
}

impl Placed {
    /// Of the operation of a step whose only array has a name.
    pub fn of(evaluator: &mut Evaluator, step: &steps::Step, source: &Rc<Source>) -> Option<Placed> {
        let Value::Array(result) = &step.value else { return None };
        let mut names: Vec<String> = Vec::new();
        walk::expression(&step.expr, &mut |node| {
            if let Node::Expr(e) = node
                && let ExprKind::Name(name) = &e.kind
                && step
                    .operands
                    .iter()
                    .any(|o| o.0 == e.span && matches!(&o.1, Value::Array(a) if a.ndim() > 0))
                && !names.contains(&name.to_string())
            {
                names.push(name.to_string());
            }
            true
        });
        let [name] = &names[..] else { return None };
        let own = evaluator.globals.get(name)?;
        let Value::Array(array) = &own else { return None };
        let (shape, size) = (array.shape().to_vec(), array.size());
        if size == 0 || size.max(result.size()) > MOST {
            return None;
        }
        let places: Vec<i64> = (0..size as i64).collect();
        let probe = Array::from_slice(&places, &shape).ok()?;
        evaluator.globals.set(name, Value::Array(probe));
        let moved = evaluator.in_silence(|ev| value_of(ev, &step.expr, source));
        evaluator.globals.set(name, own.clone());
        let Ok(Value::Array(moved)) = moved else { return None };
        if moved.dtype() != DType::I64 || moved.shape() != result.shape() {
            return None;
        }
        let found = convert::elements::<i64>(&moved).ok()?;
        let how = match found == places {
            true => How::InOrder,
            false => How::Times(times(&shape, moved.shape(), &found)?),
        };
        Some(Placed { name: name.clone(), shape, result: result.shape().to_vec(), how })
    }

    pub fn text(&self, written: &str, look: Look) -> String {
        let head = format!("{written}: {} becomes {}", shape_text(&self.shape), shape_text(&self.result));
        let mut out = wrap(&head, COLUMNS).join("\n") + "\n";
        if !look.spoken {
            out.push_str(&format!("\n{}\n\n", self.table()));
        }
        out + &wrap(&self.sentence(), COLUMNS).join("\n") + "\n"
    }

    fn table(&self) -> String {
        let cells = |s: &[usize]| s.iter().map(usize::to_string).collect::<Vec<_>>();
        let shift = match &self.how {
            How::Times(_) => self.result.len().saturating_sub(self.shape.len()),
            How::InOrder => 0,
        };
        let own = std::iter::repeat_n(String::new(), shift).chain(cells(&self.shape)).collect();
        let axes = self.shape.len().max(self.result.len());
        let numbers = (0..axes).map(|k| k.to_string()).collect();
        shapes::rows(&[("axis", numbers), (&self.name, own), ("result", cells(&self.result))])
    }

    fn sentence(&self) -> String {
        let name = &self.name;
        match &self.how {
            How::InOrder => format!(
                "The elements of {name} keep their order, the last axis running fastest; only the lengths \
                 change."
            ),
            How::Times(times) => {
                let several = times.iter().enumerate().filter(|(_, n)| **n > 1);
                let said: Vec<String> =
                    several.map(|(k, n)| format!("Along axis {k} {name} is there {n} times.")).collect();
                said.join(" ")
            }
        }
    }
}

/// How often an array is there along each axis of a result that holds its places.
fn times(shape: &[usize], result: &[usize], found: &[i64]) -> Option<Vec<usize>> {
    let lead = result.len().checked_sub(shape.len())?;
    let own = |k: usize| k.checked_sub(lead).and_then(|k| shape.get(k)).copied().unwrap_or(1);
    let times: Vec<usize> = (0..result.len())
        .map(|k| result[k].checked_div(own(k)).filter(|_| result[k].is_multiple_of(own(k))))
        .collect::<Option<_>>()?;
    let expected = |mut at: usize| {
        let (mut place, mut step) = (0, 1);
        for k in (0..result.len()).rev() {
            place += at % result[k] % own(k) * step;
            step *= own(k);
            at /= result[k];
        }
        place as i64
    };
    found.iter().enumerate().all(|(at, &place)| place == expected(at)).then_some(times)
}
