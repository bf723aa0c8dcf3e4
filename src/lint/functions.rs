//! The program's own functions, as far as a loop's calls need to be understood: which do more than
//! give a value, and which work element by element.

use super::callee;
use super::walk::{self, Node};
use crate::prim::language::idioms;
use crate::syntax::ast::*;
use std::cell::RefCell;
use std::collections::HashMap;

/// What is called by a name.
#[derive(Clone)]
pub enum Own<'a> {
    Def(&'a FnDef),
    /// A dfn, train or other function value.
    Other(&'a Expr),
}

#[derive(Default)]
pub struct Functions<'a> {
    own: HashMap<Name, Own<'a>>,
    /// Names that hold something that is no function, wherever they are assigned.
    open: RefCell<Vec<Name>>,
}

impl<'a> Functions<'a> {
    /// The latest definition of each name.
    pub fn of(bodies: impl Iterator<Item = &'a [Stmt]>) -> Functions<'a> {
        let mut own = HashMap::new();
        for body in bodies {
            walk::statements(body, &mut |node| {
                match node {
                    Node::Stmt(Stmt { kind: StmtKind::Fn(def), .. }) => {
                        own.insert(def.name.text.clone(), Own::Def(def));
                    }
                    Node::Stmt(Stmt { kind: StmtKind::Assign { targets, value }, .. }) => {
                        if let [Target::Name(n)] = &**targets {
                            match &value.kind {
                                ExprKind::Lambda(def) => {
                                    own.insert(n.text.clone(), Own::Def(def));
                                }
                                ExprKind::Dfn(_) | ExprKind::Train(_) | ExprKind::Derived { .. } => {
                                    own.insert(n.text.clone(), Own::Other(value));
                                }
                                _ => {}
                            }
                        }
                    }
                    _ => {}
                }
                true
            });
        }
        Functions { own, open: RefCell::default() }
    }

    pub fn is_own(&self, name: &str) -> bool {
        self.own.contains_key(name)
    }

    /// The parameters and the body of a function that is one expression.
    pub fn expression(&self, name: &str) -> Option<(Vec<Name>, Expr)> {
        let Some(Own::Def(def)) = self.own.get(name) else { return None };
        let body = match &def.body {
            FnBody::Expr(e) => e,
            FnBody::Block(b) => match &*b.body {
                [Stmt { kind: StmtKind::Expr(e) | StmtKind::Return(Some(e)), .. }] => e,
                _ => return None,
            },
        };
        let plain = def.params.iter().all(|p| !p.variadic && p.default.is_none());
        plain.then(|| (def.params.iter().map(|p| p.name.text.clone()).collect(), body.clone()))
    }

    /// Whether an expression is arithmetic, on arrays as on numbers.
    pub fn is_elementwise(&self, body: &Expr) -> bool {
        let mut plain = true;
        walk::expression(body, &mut |node| {
            let Node::Expr(e) = node else { return true };
            match &e.kind {
                ExprKind::Number { .. }
                | ExprKind::Name(_)
                | ExprKind::Prefix { .. }
                | ExprKind::Attr { .. } => {}
                ExprKind::Binary { op, .. } if &*op.text != "@" => {}
                ExprKind::Compare { .. } => {}
                ExprKind::Call { func, .. } => {
                    let row = callee(func).and_then(|(name, receiver)| {
                        if self.is_own(name) { None } else { idioms::row(name, receiver.is_some()) }
                    });
                    plain &= row.is_some_and(idioms::is_elementwise);
                }
                _ => plain = false,
            }
            plain
        });
        plain
    }

    /// What an expression does besides giving a value, in words.
    pub fn effect_of(&self, e: &Expr) -> Option<String> {
        let mut effect = None;
        walk::expression(e, &mut |node| {
            if effect.is_none() {
                effect = self.effect_at(node);
            }
            effect.is_none()
        });
        effect
    }

    /// What statements do besides computing and assigning.
    pub fn effect_in(&self, body: &[Stmt]) -> Option<String> {
        let mut effect = None;
        walk::statements(body, &mut |node| {
            if effect.is_none() {
                effect = self.effect_at(node);
            }
            effect.is_none()
        });
        effect
    }

    fn effect_at(&self, node: Node) -> Option<String> {
        match node {
            Node::Stmt(s) => match &s.kind {
                StmtKind::Import { .. } | StmtKind::From { .. } => Some("imports".into()),
                StmtKind::Command { name, .. } => Some(format!("runs %{}", name.text)),
                StmtKind::Help { .. } => Some("shows help".into()),
                _ => None,
            },
            Node::Expr(Expr { kind: ExprKind::Call { func, .. }, .. }) => self.effect_of_call(func),
            // A pipe calls its right side.
            Node::Expr(Expr { kind: ExprKind::Pipe { right, .. }, .. }) => match &right.kind {
                ExprKind::Name(_) => self.effect_of_call(right),
                _ => None,
            },
            _ => None,
        }
    }

    fn effect_of_call(&self, func: &Expr) -> Option<String> {
        let Some((name, receiver)) = callee(func) else { return Some("calls what it computes".into()) };
        if let Some(own) = self.own.get(name) {
            // A function that calls itself is looked at once.
            if self.open.borrow().iter().any(|n| &**n == name) {
                return None;
            }
            self.open.borrow_mut().push(name.into());
            let inside = match own {
                Own::Def(def) => match &def.body {
                    FnBody::Expr(e) => self.effect_of(e),
                    FnBody::Block(b) => self.effect_in(&b.body).or_else(|| writes_outside(def, &b.body)),
                },
                Own::Other(e) => self.effect_of(e),
            };
            self.open.borrow_mut().pop();
            return inside.map(|what| format!("calls {name}, which {what}"));
        }
        match idioms::row(name, receiver.is_some()) {
            Some(row) if !idioms::has_effects(row) => None,
            _ => Some(format!("calls {name}")),
        }
    }
}

/// A function that writes into an array it did not make.
fn writes_outside(def: &FnDef, body: &[Stmt]) -> Option<String> {
    let mut names = walk::Names::of(body);
    // `v += 1` of a parameter writes into the caller's array.
    walk::statements(body, &mut |node| {
        if let Node::Stmt(Stmt { kind: StmtKind::Augment { target: Target::Name(n), .. }, .. }) = node {
            names.written.extend(def.params.iter().any(|p| p.name.text == n.text).then(|| n.text.clone()));
        }
        true
    });
    let params = |n: &Name| def.params.iter().any(|p| p.name.text == *n);
    let outside = names.written.iter().find(|n| params(n) || !names.assigned.contains(n));
    let through = || super::trial::writes_through(body, false).then(|| "writes into a view".to_string());
    outside.map(|n| format!("writes into {n}")).or_else(through)
}
