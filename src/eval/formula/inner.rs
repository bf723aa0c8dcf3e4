//! The variables of a function that becomes a formula, and the functions made within it: a call of one
//! that is bound to a name there, or applied where it stands, is its body's steps in place of the call.

use super::Builder;
use crate::eval::function::Closure;
use crate::eval::ir::*;
use crate::value::Value;
use smallvec::SmallVec;
use std::rc::Rc;

/// Functions within functions that are looked into.
const DEEPEST: usize = 12;

/// What a variable stands for.
#[derive(Clone)]
pub(super) enum Bound {
    Step(usize),
    Value(Value),
    Function(Rc<Inner>),
    /// `np.vectorize` of a function.
    OfNumbers(Rc<Bound>),
    /// What a loop left in it, which may be nothing.
    Unknown,
}

/// A function made within the one that becomes a formula.
pub(super) struct Inner {
    code: Rc<FnCode>,
    captured: Vec<Option<Bound>>,
    defaults: Vec<Option<Bound>>,
}

/// The variables of the function whose body is read.
pub(super) struct Scope {
    locals: Vec<(Place, Bound)>,
    outside: Outside,
    depth: usize,
    /// Within a loop, its variables.
    pub(super) turn: Option<Rc<Turn>>,
}

/// What a turn of a loop gives.
pub(super) struct Turn {
    pub variables: Vec<Place>,
    /// Whether some turn may be the last.
    pub breaks: bool,
    /// Whether a turn may leave the function.
    pub leaves: bool,
}

enum Outside {
    Closure(Rc<Closure>),
    Inner(Rc<Inner>),
}

impl Scope {
    pub(super) fn of_closure(closure: &Rc<Closure>) -> Scope {
        Scope { locals: Vec::new(), outside: Outside::Closure(closure.clone()), depth: 0, turn: None }
    }

    pub(super) fn is_outermost(&self) -> bool {
        matches!(self.outside, Outside::Closure(_))
    }

    /// The latest meaning of a variable of the function.
    pub(super) fn local(&self, place: Place) -> Option<Bound> {
        self.locals.iter().rev().find(|(p, _)| *p == place).map(|(_, bound)| bound.clone())
    }

    /// Gives a variable its value. One that functions made within share keeps the first: they may have
    /// been made with it, and would see the next.
    pub(super) fn bind(&mut self, place: Place, bound: Bound) -> Option<()> {
        if matches!(place, Place::Free(_)) || matches!(place, Place::Cell(_)) && self.local(place).is_some() {
            return None;
        }
        self.locals.push((place, bound));
        Some(())
    }

    /// Leaves variables without a value that is known.
    pub(super) fn lose(&mut self, places: impl IntoIterator<Item = Place>) {
        self.locals.extend(places.into_iter().map(|p| (p, Bound::Unknown)));
    }

    /// How many variables have values, for [`Scope::forget`].
    pub(super) fn known(&self) -> usize {
        self.locals.len()
    }

    pub(super) fn forget(&mut self, known: usize) {
        self.locals.truncate(known);
    }

    /// A variable of an enclosing function.
    pub(super) fn captured(&self, i: u32) -> Option<Bound> {
        match &self.outside {
            Outside::Closure(c) => c.captured.get(i as usize)?.borrow().clone().map(Bound::Value),
            Outside::Inner(inner) => inner.captured.get(i as usize)?.clone(),
        }
    }

    /// What the enclosing function's default for a parameter is.
    fn default(&self, i: usize) -> Option<Bound> {
        match &self.outside {
            Outside::Closure(c) => c.defaults.get(i)?.clone().map(Bound::Value),
            Outside::Inner(inner) => inner.defaults.get(i)?.clone(),
        }
    }
}

impl Builder<'_> {
    /// Binds a function's parameters to its arguments, in the scope made for it.
    pub(super) fn parameters(&mut self, code: &FnCode, args: &[usize]) -> Option<()> {
        let first = match code.kind {
            FnKind::Dfn => code.params.len().checked_sub(args.len())?,
            FnKind::Operator => return None,
            FnKind::Fn | FnKind::Lambda => 0,
        };
        if args.len() > code.params.len() || code.params.iter().any(|p| p.variadic) {
            return None;
        }
        for (i, param) in code.params.iter().enumerate().skip(first) {
            let bound = match args.get(i - first) {
                Some(&step) => Bound::Step(step),
                None => self.scope.default(i)?,
            };
            self.scope.bind(param.place, bound)?;
        }
        Some(())
    }

    /// A function made where a node stands.
    pub(super) fn made_within(&mut self, code: &Rc<FnCode>, defaults: &[Option<Node>]) -> Option<Bound> {
        let mut given = Vec::with_capacity(defaults.len());
        for node in defaults {
            given.push(match node {
                Some(node) => Some(self.bound(node)?),
                None => None,
            });
        }
        let captured = code.captures.iter().map(|&place| self.named(place)).collect();
        Some(Bound::Function(Rc::new(Inner { code: code.clone(), captured, defaults: given })))
    }

    /// The steps of a call of a function made within.
    pub(super) fn inline(
        &mut self,
        inner: &Rc<Inner>,
        of: SmallVec<[usize; 2]>,
        keywords: &[Rc<str>],
    ) -> Option<usize> {
        let depth = self.scope.depth + 1;
        if depth > DEEPEST {
            return None;
        }
        let of = match keywords {
            [] => of,
            _ => self.ordered(&inner.code, of, keywords, |i| inner.defaults.get(i)?.clone())?,
        };
        let scope = Scope { locals: Vec::new(), outside: Outside::Inner(inner.clone()), depth, turn: None };
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = self.body(&inner.code, &of);
        self.scope = outer;
        result
    }

    /// A closure's arguments in the order of its parameters, keywords resolved.
    pub(super) fn in_order(
        &mut self,
        closure: &Closure,
        of: SmallVec<[usize; 2]>,
        keywords: &[Rc<str>],
    ) -> Option<SmallVec<[usize; 2]>> {
        let default = |i| closure.defaults.get(i).cloned().flatten().map(Bound::Value);
        self.ordered(&closure.code, of, keywords, default)
    }

    fn ordered(
        &mut self,
        code: &FnCode,
        of: SmallVec<[usize; 2]>,
        keywords: &[Rc<str>],
        default: impl Fn(usize) -> Option<Bound>,
    ) -> Option<SmallVec<[usize; 2]>> {
        if !matches!(code.kind, FnKind::Fn | FnKind::Lambda) {
            return None;
        }
        let (positional, by_name) = of.split_at(of.len() - keywords.len());
        let mut places: Vec<Option<usize>> = vec![None; code.params.len()];
        for (place, &step) in places.iter_mut().zip(positional) {
            *place = Some(step);
        }
        for (keyword, &step) in keywords.iter().zip(by_name) {
            let i = code.params.iter().position(|p| p.name == *keyword)?;
            if places[i].replace(step).is_some() {
                return None;
            }
        }
        let mut steps = SmallVec::new();
        for (i, place) in places.into_iter().enumerate() {
            steps.push(match (place, default(i)) {
                (Some(step), _) | (None, Some(Bound::Step(step))) => step,
                (None, Some(Bound::Value(v))) => self.constant(v)?,
                _ => return None,
            });
        }
        (positional.len() <= steps.len()).then_some(steps)
    }
}
