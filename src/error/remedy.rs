//! Changes of one operand that make shapes fit: a reduced axis kept, an axis of length one added, a
//! transposition. Takes the shapes and the source text of what failed; every change is tried on the
//! shapes, and where that is possible the changed text is run (`trial`), before it is offered; what is
//! offered says which shape it gives.

use super::trial::{self, Operand, Outcome};
use crate::array::{Dims, normalize_axis};
use crate::dtype::DType;
use crate::prim::{self, Home, Prim};
use crate::syntax::ast::{Arg, Expr, ExprKind, Number, Stmt, StmtKind, Sub};
use crate::syntax::{Span, parse};
use crate::value::shape_text;

/// The source text of what failed, and where its operands stand in it.
#[derive(Clone, Debug, Default)]
pub struct Place<'a> {
    pub text: &'a str,
    pub operands: Vec<Span>,
    /// Those operands that are arrays, as far as is known.
    pub given: Vec<(Span, DType, Dims)>,
    /// The operands' shapes do not say which shape the whole has.
    pub loose: bool,
}

/// Columns of the longest suggestion that is written out whole.
const MOST_COLUMNS: usize = 60;

impl<'a> Place<'a> {
    /// The stretch of a source from the first to the last of these spans.
    pub fn new(source: &'a str, whole: Span, operands: &[Span]) -> Place<'a> {
        let all = || operands.iter().chain([&whole]);
        let start = all().map(|s| s.start).min().unwrap_or(0);
        let end = all().map(|s| s.end).max().unwrap_or(0);
        let Some(text) = source.get(start as usize..end as usize) else { return Place::default() };
        let moved = |s: &Span| Span::new((s.start - start) as usize, (s.end - start) as usize);
        Place { text, operands: operands.iter().map(moved).collect(), ..Place::default() }
    }

    /// With what is known of the operands.
    pub fn with_arrays(mut self, arrays: &[Option<(DType, Dims)>]) -> Place<'a> {
        let known = self.operands.iter().zip(arrays);
        self.given = known.filter_map(|(at, a)| a.clone().map(|(d, shape)| (*at, d, shape))).collect();
        self
    }

    /// The same place, of whose whole the operands' shapes do not tell.
    pub fn loosely(mut self) -> Place<'a> {
        self.loose = true;
        self
    }

    /// The place with an operand for each of these shapes: the one that stands there if it has it, else
    /// the only one that has. As it is where nothing is known of them.
    pub fn matched(&self, shapes: &[&[usize]]) -> Place<'a> {
        if self.given.is_empty() {
            return self.clone();
        }
        let shape_of = |at: &Span| self.given.iter().find(|g| g.0 == *at).map(|g| &g.2[..]);
        let nowhere = Span::new(self.text.len() + 1, self.text.len() + 1);
        let operand = |(i, shape): (usize, &&[usize])| {
            if let Some(at) = self.operands.get(i)
                && shape_of(at).unwrap_or(&[]) == *shape
            {
                return *at;
            }
            let mut same = self.given.iter().filter(|g| g.2[..] == **shape);
            match (same.next(), same.next()) {
                (Some(one), None) => one.0,
                _ => nowhere,
            }
        };
        Place { operands: shapes.iter().enumerate().map(operand).collect(), ..self.clone() }
    }

    /// Runs the text with an operand changed, on arrays of these shapes.
    pub fn trial(&self, i: usize, change: &Change, shapes: &[&[usize]]) -> Outcome {
        let Some(text) = Some(self.text).filter(|t| !t.is_empty()) else { return Outcome::Unknown };
        let mut all: Vec<Operand> = Vec::new();
        for (k, (at, shape)) in self.operands.iter().zip(shapes).enumerate() {
            let known = self.given.iter().find(|g| g.0 == *at);
            if self.text.get(at.range()).is_none() || (known.is_none() && shape.is_empty()) {
                continue;
            }
            let (after, shape) = match &change.how {
                How::After(after) if k == i => (after.clone(), Dims::from(*shape)),
                How::Argument(_) | How::Instead(_) if k == i => (String::new(), change.shape.clone()),
                _ => (String::new(), Dims::from(*shape)),
            };
            all.push(Operand { at: *at, dtype: known.map_or(DType::F64, |g| g.1), shape, after });
        }
        let bound: Vec<Span> = all.iter().map(|o| o.at).collect();
        let rest = self.given.iter().filter(|g| !bound.contains(&g.0));
        all.extend(rest.map(|(at, dtype, shape)| Operand {
            at: *at,
            dtype: *dtype,
            shape: shape.clone(),
            after: String::new(),
        }));
        trial::run(text, &all)
    }

    /// Runs the text with a part written differently that is no array.
    pub fn trial_with(&self, at: Span, part: &str) -> Outcome {
        let Some(text) = self.with_at(at, part) else { return Outcome::Unknown };
        let moved = |s: &Span| {
            let by = if s.start >= at.end { part.len() as i64 - at.range().len() as i64 } else { 0 };
            Span::new((i64::from(s.start) + by) as usize, (i64::from(s.end) + by) as usize)
        };
        let outside = |s: &Span| s.end <= at.start || s.start >= at.end;
        let all = self.given.iter().filter(|g| outside(&g.0)).map(|(s, dtype, shape)| Operand {
            at: moved(s),
            dtype: *dtype,
            shape: shape.clone(),
            after: String::new(),
        });
        trial::run(&text, &all.collect::<Vec<_>>())
    }

    /// The text of an operand.
    pub fn operand(&self, i: usize) -> Option<&'a str> {
        self.operands.get(i).and_then(|s| self.text.get(s.range()))
    }

    /// The text with brackets around a part, and what it gives.
    pub fn trial_around(&self, at: Span, open: &str, close: &str) -> Option<(String, Outcome)> {
        let (before, inside) = (self.text.get(..at.start as usize)?, self.text.get(at.range())?);
        let text = format!("{before}{open}{inside}{close}{}", self.text.get(at.end as usize..)?);
        let moved = |s: &Span| {
            let by = match s.start {
                start if start >= at.end => open.len() + close.len(),
                start if start >= at.start => open.len(),
                _ => 0,
            };
            Span::new(s.start as usize + by, s.end as usize + by)
        };
        let all = self.given.iter().map(|(s, dtype, shape)| Operand {
            at: moved(s),
            dtype: *dtype,
            shape: shape.clone(),
            after: String::new(),
        });
        let outcome = trial::run(&text, &all.collect::<Vec<_>>());
        Some((text, outcome))
    }

    /// The operands that are not given by name, as `axis=0` is.
    fn by_place(&self) -> impl Iterator<Item = Span> {
        let named = |s: &Span| {
            let before = self.text.get(..s.start as usize).unwrap_or("").trim_end();
            before.ends_with('=') && !before.ends_with("==")
        };
        let assigned = parse(self.text, &prim::table().lexicon());
        let is_call = matches!(&assigned.statements[..], [Stmt { kind: StmtKind::Expr(_), .. }]);
        self.operands.iter().copied().filter(move |s| !(is_call && named(s)))
    }

    /// The place of the last operand by place alone: the value of an assignment.
    pub fn last(&self) -> Place<'a> {
        let all: Vec<Span> = self.by_place().collect();
        let last = all.len().checked_sub(2).and_then(|_| all.last());
        Place { operands: last.copied().into_iter().collect(), ..self.clone() }
    }

    /// The same place with these of its operands, those that are not there without a text.
    pub fn only(&self, operands: &[usize]) -> Place<'a> {
        let nowhere = Span::new(self.text.len() + 1, self.text.len() + 1);
        let operands = operands.iter().map(|&i| self.operands.get(i).copied().unwrap_or(nowhere)).collect();
        Place { operands, ..self.clone() }
    }

    /// Of `x[i, j]` the text of `x`.
    pub fn base(&self) -> Option<&'a str> {
        match expression(self.text)?.kind {
            ExprKind::Index { base, .. } => self.text.get(base.span.range()),
            _ => None,
        }
    }

    /// Of `x[i, j]` the texts of `i` and `j`, if no subscript is a slice.
    pub fn subscripts(&self) -> Option<Vec<&'a str>> {
        let ExprKind::Index { subs, .. } = expression(self.text)?.kind else { return None };
        let text = |s: &Sub| match s {
            Sub::Expr(e) => self.text.get(e.span.range()),
            Sub::Slice { .. } => None,
        };
        subs.iter().map(text).collect()
    }

    /// Of `x += y` the text of `x` and the operator without `=`.
    pub fn augmented(&self) -> Option<(&'a str, String)> {
        let parsed = parse(self.text, &prim::table().lexicon());
        match &parsed.statements[..] {
            [Stmt { kind: StmtKind::Augment { op, .. }, .. }] => {
                let x = self.operand(0)?;
                Some((x, op.text.trim_end_matches('=').to_string()))
            }
            _ => None,
        }
    }

    /// The same place with the items of its only operand, a bracket or tuple, as its operands.
    pub fn items(&self) -> Option<Place<'a>> {
        let mut all = self.by_place();
        let (Some(span), None) = (all.next(), all.next()) else { return None };
        let items = match expression(self.text.get(span.range())?)?.kind {
            ExprKind::Bracket(items) | ExprKind::Tuple(items) => items,
            _ => return None,
        };
        let at =
            |e: &Expr| Span::new((e.span.start + span.start) as usize, (e.span.end + span.start) as usize);
        Some(Place { operands: items.iter().map(at).collect(), ..self.clone() })
    }

    /// Whether it is `a op= b`, whose result has the shape of `a`.
    pub fn is_augmented(&self) -> bool {
        let parsed = parse(self.text, &prim::table().lexicon());
        matches!(parsed.statements[..], [Stmt { kind: StmtKind::Augment { .. }, .. }])
    }

    /// The whole text with an operand written differently, if it is short enough to show.
    pub fn with(&self, i: usize, operand: &str) -> Option<String> {
        self.with_at(*self.operands.get(i)?, operand)
    }

    /// The whole text with a part written differently.
    pub fn with_at(&self, span: Span, operand: &str) -> Option<String> {
        let (before, after) = (self.text.get(..span.start as usize)?, self.text.get(span.end as usize..)?);
        let text = format!("{before}{operand}{after}");
        let lexicon = prim::table().lexicon();
        let fine = text.chars().count() <= MOST_COLUMNS && !text.contains('\n');
        (fine && parse(&text, &lexicon).errors.is_empty()).then_some(text)
    }
}

/// A change of an operand's shape, and how it is written.
pub struct Change {
    shape: Dims,
    how: How,
}

impl Change {
    /// An index or attribute behind the operand.
    pub fn index(text: &str, shape: Dims) -> Change {
        Change { shape, how: How::After(text.into()) }
    }
}

enum How {
    /// After the operand: an index or attribute.
    After(String),
    /// As one more argument of the call that the operand is.
    Argument(&'static str),
    /// By this in its place.
    Instead(String),
}

/// The first change of one operand under which the shapes fit, as a sentence: `m / s[:, None] has
/// shape (3, 4)`. `names` stand for operands whose text is not known; `gives` tries shapes. With
/// `leading`, axes are also added in front.
pub fn remedy(
    place: &Place,
    names: &[String],
    shapes: &[&[usize]],
    leading: bool,
    gives: &dyn Fn(&[&[usize]]) -> Option<Dims>,
) -> Option<String> {
    // The last operand is the likelier to be the odd one.
    let order = || (0..shapes.len()).rev();
    let kept = order().filter_map(|i| kept(place.operand(i)?, shapes[i]).map(|c| (i, c)));
    let bare = order().filter_map(|i| bare(place.operand(i)?, shapes[i]).map(|c| (i, c)));
    let most = shapes.iter().map(|s| s.len()).max().unwrap_or(0);
    let spread = order().filter(|&i| shapes[i].len() < most || most == 1).flat_map(|i| {
        let first = if leading { 0 } else { 1 };
        (first..=shapes[i].len()).rev().map(move |at| (i, spread(shapes[i], at)))
    });
    let turned = order().filter(|&i| shapes[i].len() > 1).map(|i| (i, turned(shapes[i])));
    tried(place, names, shapes, kept.chain(bare).chain(spread).chain(turned), gives)
}

/// The first axis of length one before the last two axes of one of two stacks of matrices under which
/// the stacks fit, as a sentence.
pub fn stacked(
    place: &Place,
    names: &[String],
    shapes: [&[usize]; 2],
    gives: &dyn Fn(&[&[usize]]) -> Option<Dims>,
) -> Option<String> {
    let before = |i: usize| (1..=shapes[i].len().saturating_sub(2)).rev().map(move |at| (i, at));
    let changes = before(1).chain(before(0)).map(|(i, at)| (i, spread(shapes[i], at)));
    tried(place, names, &shapes, changes, gives)
}

/// The first of some changes of operands under which the shapes fit, as a sentence.
fn tried(
    place: &Place,
    names: &[String],
    shapes: &[&[usize]],
    changes: impl Iterator<Item = (usize, Change)>,
    gives: &dyn Fn(&[&[usize]]) -> Option<Dims>,
) -> Option<String> {
    for (i, change) in changes {
        let mut tried = shapes.to_vec();
        tried[i] = &change.shape;
        let Some(result) = gives(&tried) else { continue };
        let name = place.operand(i).unwrap_or(&names[i]);
        let operand = written(name, &change);
        let whole = place.with(i, &operand);
        let outcome = match &whole {
            Some(_) => place.trial(i, &change, shapes),
            None => Outcome::Unknown,
        };
        return Some(match (outcome, whole) {
            (Outcome::Fails, _) => continue,
            (Outcome::Gives(shapes), Some(text)) => format!("{text} {}", has_shapes(&shapes)),
            (Outcome::Unknown, Some(text)) if !place.loose => {
                format!("{text} has shape {}", shape_text(&result))
            }
            (_, Some(text)) => format!("{text}, where {operand} has shape {}", shape_text(&change.shape)),
            (_, None) => {
                let named = match &change.how {
                    How::After(text) => format!("{}{text}", names[i]),
                    How::Argument(text) => format!("{} with {text}", names[i]),
                    How::Instead(text) => text.clone(),
                };
                let own = shape_text(&change.shape);
                match place.loose {
                    true => format!("{named} has shape {own}"),
                    false => format!("{named} has shape {own}, and the result then {}", shape_text(&result)),
                }
            }
        });
    }
    None
}

/// `has shape (3, 4)`, `has items of shapes (2,) and (1,)`.
pub fn has_shapes(shapes: &[Dims]) -> String {
    const MOST: usize = 4;
    match shapes {
        [one] => format!("has shape {}", shape_text(one)),
        [first, rest @ ..] if rest.iter().all(|s| s == first) => {
            format!("has {} items of shape {}", shapes.len(), shape_text(first))
        }
        _ => {
            let mut texts: Vec<String> = shapes.iter().take(MOST).map(|s| shape_text(s)).collect();
            if shapes.len() > MOST {
                texts.push("…".into());
            }
            let last = texts.pop().unwrap_or_default();
            format!("has items of shapes {} and {last}", texts.join(", "))
        }
    }
}

/// An operand with a change.
pub fn written(operand: &str, change: &Change) -> String {
    match &change.how {
        How::Instead(text) => text.clone(),
        How::Argument(text) => {
            let inner = operand.trim_end();
            format!("{}, {text})", inner.strip_suffix(')').unwrap_or(inner))
        }
        // Twice turned is as it was.
        How::After(text) if text == ".T" && operand.ends_with(".T") => operand[..operand.len() - 2].into(),
        How::After(text) if is_postfix(operand) => format!("{operand}{text}"),
        How::After(text) => format!("({operand}){text}"),
    }
}

/// With an axis of length one before axis `at`.
fn spread(shape: &[usize], at: usize) -> Change {
    let mut new = Dims::from(shape);
    new.insert(at, 1);
    let mut subs = vec![":"; at];
    subs.push("None");
    Change { shape: new, how: How::After(format!("[{}]", subs.join(", "))) }
}

/// Without the axis of length one that was added last: `x` of `x[:, None]`.
fn bare(text: &str, shape: &[usize]) -> Option<Change> {
    let (text, at) = match (text.strip_suffix("[:, None]"), text.strip_suffix("[None]")) {
        (Some(text), _) => (text, 1),
        (None, Some(text)) => (text, 0),
        (None, None) => return None,
    };
    let mut new = Dims::from(shape);
    (new.get(at) == Some(&1) && is_postfix(text)).then(|| {
        new.remove(at);
        Change { shape: new, how: How::Instead(text.into()) }
    })
}

fn turned(shape: &[usize]) -> Change {
    Change { shape: shape.iter().rev().copied().collect(), how: How::After(".T".into()) }
}

/// With the reduced axis kept, if the operand's text is the call of a function that can keep it.
fn kept(text: &str, shape: &[usize]) -> Option<Change> {
    let ExprKind::Call { func, args } = expression(text)?.kind else { return None };
    let (row, bound) = row_of(&func)?;
    let params = &prim::table().signature(row).params;
    let place = |name: &str| params.iter().position(|p| p.name == name);
    place("keepdims")?;
    if args.iter().any(|a| a.keyword.as_ref().is_some_and(|k| &*k.text == "keepdims")) {
        return None;
    }
    let axis = argument(&args, "axis", place("axis")?.checked_sub(bound)?)?;
    let axis = normalize_axis(whole_number(axis)?, shape.len() + 1).ok()?;
    let mut new = Dims::from(shape);
    new.insert(axis, 1);
    Some(Change { shape: new, how: How::Argument("keepdims=True") })
}

/// The row that a call's function names, and how many of its parameters are given by what stands
/// before the dot.
pub fn row_of(func: &Expr) -> Option<(&'static Prim, usize)> {
    let table = prim::table();
    match &func.kind {
        ExprKind::Name(n) => Some((table.bare(n)?, 0)),
        ExprKind::Attr { base, name } => match &base.kind {
            ExprKind::Name(n) if matches!(&**n, "np" | "numpy") => {
                Some((table.get(Home::Np, &name.text)?, 0))
            }
            ExprKind::Attr { base: np, name: part } if matches!(&np.kind, ExprKind::Name(n) if matches!(&**n, "np" | "numpy")) =>
            {
                match Home::module(&part.text) {
                    Some(home) => Some((table.get(home, &name.text)?, 0)),
                    // A ufunc's method takes the function first.
                    None => Some((table.get(Home::Ufunc, &name.text)?, 1)),
                }
            }
            _ => Some((table.method(&name.text)?, 1)),
        },
        _ => None,
    }
}

fn argument<'e>(args: &'e [Arg], name: &str, position: usize) -> Option<&'e Expr> {
    let keyword = args.iter().find(|a| a.keyword.as_ref().is_some_and(|k| &*k.text == name));
    keyword.or_else(|| args.get(position).filter(|a| a.keyword.is_none())).map(|a| &a.value)
}

fn whole_number(e: &Expr) -> Option<i64> {
    match &e.kind {
        ExprKind::Number { value: Number::Int(n), suffix: None } => i64::try_from(*n).ok(),
        ExprKind::Prefix { op, operand } if &*op.text == "-" => whole_number(operand).map(|n| -n),
        _ => None,
    }
}

/// A text as one expression.
pub fn expression(text: &str) -> Option<Expr> {
    let parsed = parse(text, &prim::table().lexicon());
    match <[_; 1]>::try_from(parsed.statements).ok()?.map(|s| s.kind) {
        [StmtKind::Expr(e)] if parsed.errors.is_empty() => Some(e),
        _ => None,
    }
}

/// Whether an index or attribute after the text belongs to all of it.
fn is_postfix(text: &str) -> bool {
    use ExprKind as K;
    // A text in brackets of its own has an inside that stands alone.
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'))
        && expression(inner).is_some()
    {
        return true;
    }
    expression(text).is_some_and(|e| {
        matches!(
            e.kind,
            K::Name(_)
                | K::DfnName(_)
                | K::Call { .. }
                | K::Index { .. }
                | K::Attr { .. }
                | K::Bracket(_)
                | K::Comprehension { .. }
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::broadcast_shapes;

    fn tried(text: &str, shapes: &[&[usize]]) -> Option<String> {
        let at = text.find([' ']).unwrap();
        let right = text.rfind(" / ").unwrap() + 3;
        let spans = [Span::new(0, at), Span::new(right, text.len())];
        let place = Place::new(text, Span::new(0, text.len()), &spans);
        let names = ["left".to_string(), "right".to_string()];
        remedy(&place, &names, shapes, false, &|s| broadcast_shapes(s).ok())
    }

    #[test]
    fn remedies_are_tried() {
        let found = tried("a / total", &[&[3, 4], &[3]]);
        assert_eq!(found.as_deref(), Some("a / total[:, None] has shape (3, 4)"));
        let found = tried("a / total", &[&[3, 4], &[4, 3]]);
        assert_eq!(found.as_deref(), Some("a / total.T has shape (3, 4)"));
        let found = tried("m / m.sum(axis=1)", &[&[3, 4], &[3]]);
        assert_eq!(found.as_deref(), Some("m / m.sum(axis=1, keepdims=True) has shape (3, 4)"));
        let found = tried("m / np.mean(m, -1)", &[&[3, 4], &[3]]);
        assert_eq!(found.as_deref(), Some("m / np.mean(m, -1, keepdims=True) has shape (3, 4)"));
        let found = tried("m / (t + 1)", &[&[2, 3, 4], &[2, 3]]);
        assert_eq!(found.as_deref(), Some("m / (t + 1)[:, :, None] has shape (2, 3, 4)"));
        let found = tried("m / -t", &[&[3, 4], &[3]]);
        assert_eq!(found.as_deref(), Some("m / (-t)[:, None] has shape (3, 4)"));
        assert_eq!(tried("a / total", &[&[3, 4], &[5]]), None);
    }
}
