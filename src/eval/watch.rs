//! Telling of the loops that run: whoever sets `Evaluator::watch` hears of each loop that stands in
//! no other, before and after, with a way to its variables. Nothing is added to a loop's steps.

use super::ir::{Comprehension, Place, Source, Stmt, StmtKind};
use super::reg::Reg;
use super::statement::Flow;
use super::{Evaluator, Output, Raised};
use crate::syntax::Span;
use crate::value::{Value, Warning};
use std::rc::Rc;

/// Hears of loops.
pub trait LoopWatch {
    /// A loop begins; what it gives is handed to `ended`.
    fn began(&self, evaluator: &mut Evaluator, site: &LoopSite) -> u64;
    /// A loop ran to its end.
    fn ended(&self, evaluator: &mut Evaluator, site: &LoopSite, mark: u64);
    /// Whether loops inside loops count.
    fn inner(&self) -> bool {
        false
    }
    /// A top-level statement has ended: time to say what was seen.
    fn statement_ended(&self, output: &mut dyn Output);
}

/// Where a loop stands.
pub struct LoopSite<'a> {
    pub span: Span,
    pub source: Rc<Source>,
    pub(super) names: &'a [(Rc<str>, Place)],
}

/// Output that goes nowhere.
pub struct Silence;

impl Output for Silence {
    fn write(&mut self, _: &str) {}
    fn warning(&mut self, _: &Warning, _: &Source, _: Span) {}
}

impl Evaluator {
    /// Whether a loop that begins here is told of.
    #[inline]
    pub(super) fn tells(&self) -> bool {
        self.watch.is_some() && (!self.in_loop || self.watch.as_ref().is_some_and(|w| w.inner()))
    }

    /// Whether loops inside loops are told of.
    pub(super) fn hears_inner(&self) -> bool {
        self.watch.as_ref().is_some_and(|w| w.inner())
    }

    /// Runs a loop and tells of it.
    #[inline(never)]
    pub(super) fn told_loop(&mut self, s: &Stmt) -> Flow {
        let run = |ev: &mut Evaluator| match &s.kind {
            StmtKind::For { target, iter, body, cache, .. } => ev.for_loop(target, iter, body, cache),
            StmtKind::While { test, body, cache, .. } => ev.while_loop(test, body, cache),
            _ => Flow::DONE,
        };
        let (StmtKind::For { names, .. } | StmtKind::While { names, .. }) = &s.kind else { return run(self) };
        self.told(s.span, names, run, |flow| matches!(flow, Flow::Next(Reg::None)))
    }

    pub(super) fn told_comprehension(&mut self, c: &Comprehension, span: Span) -> Result<Value, Raised> {
        self.told(span, &c.names, |ev| ev.comprehension_items(c, span), Result::is_ok)
    }

    fn told<T>(
        &mut self,
        span: Span,
        names: &[(Rc<str>, Place)],
        run: impl FnOnce(&mut Evaluator) -> T,
        ended: impl FnOnce(&T) -> bool,
    ) -> T {
        let Some(watch) = self.watch.clone() else { return run(self) };
        let site = LoopSite { span, source: self.frame.source().clone(), names };
        let mark = self.aside(|ev| watch.began(ev, &site));
        let outer = std::mem::replace(&mut self.in_loop, true);
        let result = run(self);
        self.in_loop = outer;
        if ended(&result) {
            self.aside(|ev| watch.ended(ev, &site, mark));
        }
        result
    }

    /// Does something between two steps of a program, which must not notice.
    fn aside<T>(&mut self, f: impl FnOnce(&mut Evaluator) -> T) -> T {
        let (here, value_span) = (self.here, self.value_span);
        let result = f(self);
        (self.here, self.value_span) = (here, value_span);
        result
    }

    /// What a name means where a loop stands.
    pub fn value_at(&mut self, site: &LoopSite, name: &str) -> Option<Value> {
        match site.names.iter().find(|(n, _)| &**n == name) {
            Some((_, place)) => self.load(*place),
            None => self.globals.get(name),
        }
    }

    /// Runs `f` with nobody watching, warnings dropped and what it prints thrown away.
    pub fn in_silence<T>(&mut self, f: impl FnOnce(&mut Evaluator) -> T) -> T {
        let watch = self.watch.take();
        let output = std::mem::replace(&mut self.output, Box::new(Silence));
        let warnings = std::mem::take(&mut self.warnings);
        let result = f(self);
        self.warnings = warnings;
        self.output = output;
        self.watch = watch;
        result
    }

    /// The text that is running.
    pub fn running_source(&self) -> Rc<Source> {
        self.frame.source().clone()
    }

    /// How many different warnings wait to be shown.
    pub fn warnings_waiting(&self) -> usize {
        self.warnings.len()
    }

    pub fn forget_warnings(&mut self) {
        self.warnings.clear();
    }
}
