//! Hearing of the loops that run: all of a file that is checked, as they begin; at the prompt and in
//! scripts those that took long, when they have ended.

use super::examine::examine;
use super::functions::Functions;
use super::report::{Finding, Level};
use super::sites::{self, Site, SiteKind};
use super::trial::Lab;
use super::walk::{self, Node};
use super::{Text, callee};
use crate::eval::{Closure, Evaluator, LoopSite, LoopWatch, Output, Source};
use crate::syntax::Span;
use crate::syntax::ast::*;
use crate::value::{Func, Value};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Instant;

/// Seconds after which a loop is worth a hint.
const SLOW: f64 = 0.2;

pub struct Watcher {
    lab: Lab,
    /// The text that is checked; without one, slow loops of any text are told of.
    checked: Option<Text>,
    found: RefCell<Vec<Finding>>,
    seen: RefCell<HashSet<(String, Span)>>,
    /// Whether slow loops are told of.
    pub on: Cell<bool>,
    epoch: Instant,
    longest: Cell<f64>,
}

impl Watcher {
    /// Looks at each loop of a text when it begins.
    pub fn check(lab: Lab, text: Text) -> Watcher {
        Watcher { checked: Some(text), ..Watcher::hints(lab) }
    }

    /// Looks at loops that took long.
    pub fn hints(lab: Lab) -> Watcher {
        Watcher {
            lab,
            checked: None,
            found: RefCell::default(),
            seen: RefCell::default(),
            on: Cell::new(true),
            epoch: Instant::now(),
            longest: Cell::new(0.0),
        }
    }

    /// Seconds that looking at one loop took at most.
    pub fn longest_look(&self) -> f64 {
        self.longest.get()
    }

    /// What was found so far.
    pub fn take(&self) -> Vec<Finding> {
        std::mem::take(&mut self.found.borrow_mut())
    }

    /// Loops of the checked text that the program never came to.
    pub fn unreached(&self) -> Vec<Finding> {
        let Some(text) = &self.checked else { return Vec::new() };
        let functions = Functions::of(std::iter::once(&*text.statements));
        let seen = self.seen.borrow();
        let reached = |span: Span| seen.contains(&(text.text.clone(), span));
        let told = sites::find(&text.statements).into_iter().filter_map(|site| {
            let SiteKind::Loop(s) = site.kind else { return None };
            let inner = site.outer.is_some();
            let effects = functions.effect_in(std::slice::from_ref(s)).is_some();
            if inner || effects || reached(site.span) {
                return None;
            }
            let message = "this loop was not reached, so nothing was tried".to_string();
            Some(text.finding(Level::Note, "loop-unreached", site.span, message))
        });
        told.collect()
    }

    fn look(&self, ev: &mut Evaluator, text: &Text, span: Span, at: &LoopSite, elapsed: Option<f64>) -> bool {
        let others = definitions(ev, &text.text);
        let bodies = others.iter().map(|t| &*t.statements).chain(std::iter::once(&*text.statements));
        let functions = Functions::of(bodies);
        let sites = sites::find(&text.statements);
        let mut value = |ev: &mut Evaluator, name: &str| ev.value_at(at, name);
        let lab = self.lab.begun();
        let inside = |s: &&Site| s.span == span || (elapsed.is_some() && within(s.span, span));
        for site in sites.iter().filter(inside) {
            if elapsed.is_some() && site.span != span && self.mark(text, site.span) {
                continue;
            }
            let own = elapsed.filter(|_| site.span == span);
            if let Some(finding) = examine(ev, lab, text, site, &functions, &mut value, own) {
                let offered = finding.replacement.is_some();
                self.found.borrow_mut().push(finding);
                if offered {
                    // What is in it goes with it.
                    let mut seen = self.seen.borrow_mut();
                    let inner = sites.iter().filter(|s| within(s.span, site.span));
                    seen.extend(inner.map(|s| (text.text.clone(), s.span)));
                    if site.span == span {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Notes that a loop was looked at; whether it was before.
    fn mark(&self, text: &Text, span: Span) -> bool {
        !self.seen.borrow_mut().insert((text.text.clone(), span))
    }

    fn was_seen(&self, source: &Source, span: Span) -> bool {
        let seen = self.seen.borrow();
        seen.iter().any(|(text, s)| *s == span && *text == source.text)
    }
}

fn within(inner: Span, outer: Span) -> bool {
    inner != outer && outer.start <= inner.start && inner.end <= outer.end
}

impl LoopWatch for Watcher {
    fn began(&self, ev: &mut Evaluator, site: &LoopSite) -> u64 {
        if let Some(text) = &self.checked {
            let own = text.text == site.source.text;
            if own && !self.was_seen(&site.source, site.span) {
                self.mark(text, site.span);
                self.look(ev, text, site.span, site, None);
            }
            return 0;
        }
        self.epoch.elapsed().as_nanos() as u64
    }

    fn ended(&self, ev: &mut Evaluator, site: &LoopSite, mark: u64) {
        if self.checked.is_some() || !self.on.get() {
            return;
        }
        let elapsed = (self.epoch.elapsed().as_nanos() as u64).saturating_sub(mark) as f64 * 1e-9;
        if elapsed < SLOW || self.was_seen(&site.source, site.span) {
            return;
        }
        let began = Instant::now();
        let text = Text::new(&site.source.name, &site.source.text, &ev.lexicon);
        self.mark(&text, site.span);
        self.look(ev, &text, site.span, site, Some(elapsed));
        self.longest.set(self.longest.get().max(began.elapsed().as_secs_f64()));
    }

    fn inner(&self) -> bool {
        self.checked.is_some()
    }

    fn statement_ended(&self, output: &mut dyn Output) {
        if self.checked.is_some() {
            return;
        }
        for finding in self.take() {
            if finding.replacement.is_some() {
                output.hint(&format!("{}\n", finding.text()));
            }
        }
    }
}

/// The texts in which the session's functions were defined, but one that is known.
fn definitions(ev: &mut Evaluator, known: &str) -> Vec<Text> {
    let mut sources: Vec<Rc<Source>> = Vec::new();
    for (_, value) in ev.globals.assigned() {
        if let Value::Func(Func::Shared(f)) = value
            && let Some(closure) = f.as_any().downcast_ref::<Rc<Closure>>()
        {
            let source = &closure.code.source;
            if source.text != known && !sources.iter().any(|s| Rc::ptr_eq(s, source)) {
                sources.push(source.clone());
            }
        }
    }
    sources.iter().map(|s| Text::new(&s.name, &s.text, &ev.lexicon)).collect()
}

/// The loops of a session's texts, with the values that names have now; those of functions with what
/// a call of theirs gives them.
pub fn of_session(ev: &mut Evaluator, texts: &[Text], lab: Lab) -> Vec<Vec<Finding>> {
    let functions = Functions::of(texts.iter().map(|t| &*t.statements));
    let mut all = Vec::new();
    for text in texts {
        let mut found = Vec::new();
        let sites = sites::find(&text.statements);
        let mut covered: Vec<Span> = Vec::new();
        for site in &sites {
            if site.function.is_some() || covered.iter().any(|c| within(site.span, *c)) {
                continue;
            }
            let mut value = |ev: &mut Evaluator, name: &str| ev.globals.get(name);
            if let Some(finding) = examine(ev, lab, text, site, &functions, &mut value, None) {
                if finding.replacement.is_some() {
                    covered.push(site.span);
                }
                found.push(finding);
            }
        }
        let named: Vec<&str> = sites.iter().filter_map(|s| s.function).collect();
        if !named.is_empty() {
            found.extend(by_a_call(ev, texts, text, &named, &functions, lab));
        }
        all.push(found);
    }
    all
}

/// Calls functions of a text as the session last did, and looks at the loops that this comes to.
fn by_a_call(
    ev: &mut Evaluator,
    texts: &[Text],
    text: &Text,
    named: &[&str],
    functions: &Functions,
    lab: Lab,
) -> Vec<Finding> {
    let copy = Text { name: text.name.clone(), text: text.text.clone(), statements: text.statements.clone() };
    let watcher = Rc::new(Watcher::check(lab, copy));
    for name in named {
        let call = texts.iter().rev().find_map(|t| {
            t.statements.iter().rev().find_map(|s| {
                let value = match &s.kind {
                    StmtKind::Expr(e) => e,
                    StmtKind::Assign { value, .. } => value,
                    _ => return None,
                };
                (calls(value, name) && functions.effect_of(value).is_none()).then_some((t, value))
            })
        });
        let Some((t, value)) = call else { continue };
        let source = Rc::new(Source { name: t.name.clone(), text: t.text.clone() });
        let statement = sites::statement(StmtKind::Expr(value.clone()), value.span);
        ev.in_silence(|ev| {
            if let Ok(unit) = ev.resolve(&[statement], source) {
                ev.watch = Some(watcher.clone());
                // A call that fails has reached what it reached.
                let _ = ev.run_unit(&unit);
                ev.watch = None;
            }
        });
    }
    watcher.take()
}

fn calls(e: &Expr, name: &str) -> bool {
    let mut found = false;
    walk::expression(e, &mut |node| {
        if let Node::Expr(Expr { kind: ExprKind::Call { func, .. }, .. }) = node {
            found |= callee(func).is_some_and(|(n, _)| n == name);
        }
        !found
    });
    found
}
