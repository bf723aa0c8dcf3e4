//! What an element takes at least in the whole-array lines that a loop may become, by what the loop does
//! with it. Takes the loop's text; gives seconds. Part of [`super`].
//!
//! Measured for 200,000 elements in the second cache on two threads, in nanoseconds an element: elements
//! kept by a condition 0.21, elements by an index array 0.32, running sums 0.50, counts into bins 0.52. Half
//! of these and less is taken, as other machines may be faster. Extremes, and choices between values, take
//! no more than their bytes do.

use crate::eval::Evaluator;
use crate::eval::ir::{Stmt, StmtKind};
use crate::syntax::ast::{Expr, ExprKind, Stmt as Written, StmtKind as Kind, Sub, Target};
use crate::syntax::parse;
use crate::syntax::walk::{self, Node};

const FILTER: f64 = 6e-11;
const GATHER: f64 = 1.2e-10;
const SCAN: f64 = 2e-10;
const SCATTER: f64 = 2e-10;

impl Evaluator {
    /// Seconds that an iteration takes at least.
    pub(super) fn each(&self, s: &Stmt) -> f64 {
        let (StmtKind::For { .. } | StmtKind::While { .. }) = &s.kind else { return 0.0 };
        let Some(text) = self.frame.source().text.get(s.span.range()) else { return 0.0 };
        let parsed = parse(text, &self.lexicon);
        match &parsed.statements[..] {
            [written] if parsed.errors.is_empty() => each(written, text),
            _ => 0.0,
        }
    }
}

fn each(written: &Written, text: &str) -> f64 {
    let mut seen = Seen { items: items(written), text, least: 0.0, ..Seen::default() };
    walk::statement(written, &mut |node| {
        seen.node(node);
        true
    });
    if seen.chooses && seen.appends {
        seen.least = seen.least.max(FILTER);
    }
    let carries = seen.stored.iter().any(|base| seen.before.contains(base));
    if carries || seen.kept.iter().any(|name| seen.running.contains(name)) {
        seen.least.max(SCAN)
    } else {
        seen.least
    }
}

/// The variables of a loop that goes through the items of a value.
fn items(written: &Written) -> Vec<String> {
    let Kind::For { target: Target::Name(name), iter, .. } = &written.kind else { return Vec::new() };
    match &iter.kind {
        ExprKind::Call { .. } => Vec::new(),
        _ => vec![name.text.to_string()],
    }
}

#[derive(Default)]
struct Seen<'a> {
    text: &'a str,
    items: Vec<String>,
    least: f64,
    /// It has an `if`; it appends to a list.
    chooses: bool,
    appends: bool,
    /// The arrays that are stored into; those that are read one place before.
    stored: Vec<String>,
    before: Vec<String>,
    /// The names that are added to; those that are stored or appended.
    running: Vec<String>,
    kept: Vec<String>,
}

impl Seen<'_> {
    fn node(&mut self, node: Node) {
        match node {
            Node::Stmt(Written { kind: Kind::Augment { target, .. }, .. }) => match target {
                Target::Name(name) => self.running.push(name.text.to_string()),
                Target::Index { subs, .. } if self.chosen(subs) => self.least = self.least.max(SCATTER),
                _ => {}
            },
            Node::Stmt(Written { kind: Kind::Assign { value, .. }, .. }) => self.keeps(value),
            Node::Expr(e) => self.expression(e),
            Node::Target(Target::Index { base, subs, .. }) => {
                self.stored.push(self.of(base));
                if self.chosen(subs) {
                    self.least = self.least.max(GATHER);
                }
            }
            _ => {}
        }
    }

    fn expression(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::If { .. } => self.chooses = true,
            ExprKind::Call { func, args } => {
                let method = matches!(func.kind, ExprKind::Attr { .. });
                self.appends |= method && self.of(func).ends_with(".append");
                args.iter().for_each(|a| self.keeps(&a.value));
            }
            ExprKind::Index { base, subs } => {
                if self.chosen(subs) {
                    self.least = self.least.max(GATHER);
                }
                if let [Sub::Expr(sub)] = &subs[..]
                    && self.of(sub).replace(' ', "").ends_with("-1")
                {
                    self.before.push(self.of(base));
                }
            }
            _ => {}
        }
    }

    fn keeps(&mut self, value: &Expr) {
        if let ExprKind::Name(name) = &value.kind {
            self.kept.push(name.to_string());
        }
    }

    fn of(&self, e: &Expr) -> String {
        self.text.get(e.span.range()).unwrap_or_default().to_string()
    }

    /// Whether data say which element a subscript takes.
    fn chosen(&self, subs: &[Sub]) -> bool {
        let mut chosen = false;
        for sub in subs {
            let Sub::Expr(e) = sub else { continue };
            walk::expression(e, &mut |node| {
                chosen |= match node {
                    Node::Expr(Expr { kind: ExprKind::Index { .. }, .. }) => true,
                    Node::Expr(Expr { kind: ExprKind::Name(name), .. }) => {
                        self.items.iter().any(|item| **item == **name)
                    }
                    _ => false,
                };
                true
            });
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prim;

    fn of(text: &str) -> f64 {
        let parsed = parse(text, &prim::table().lexicon());
        each(&parsed.statements[0], text)
    }

    #[test]
    fn what_a_loop_does_says_what_it_takes_at_least() {
        assert_eq!(of("for i in range(n) { z[i] = x[i] + 1 }"), 0.0);
        assert_eq!(of("for i in range(n) { s += x[i] }"), 0.0);
        assert_eq!(of("for i in range(n) { z[i] = z[i + 1] }"), 0.0);
        assert_eq!(of("for i in range(n) { if x[i] > s { s = x[i] } }"), 0.0);
        assert_eq!(of("for v in x { if v > 0 { l.append(v) } }"), FILTER);
        assert_eq!(of("for i in range(n) { z[i] = x[k[i]] }"), GATHER);
        assert_eq!(of("for b in bins { counts[b] += 1 }"), SCATTER);
        assert_eq!(of("for i in range(n) { counts[k[i]] += 1 }"), SCATTER);
        assert_eq!(of("for i in range(1, n) { z[i] = z[i - 1] + x[i] }"), SCAN);
        assert_eq!(of("for v in x { s += v; l.append(s) }"), SCAN);
    }
}
