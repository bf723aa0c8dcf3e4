//! What steps tell while it is not known yet whether they count: another way may be taken, which tells
//! of its own.

use crate::syntax::Span;
use crate::value::{Host, Warning};
use std::any::Any;

/// A host that keeps what there is to tell, until it is known that it counts.
pub(super) struct Listener<'a> {
    host: &'a mut dyn Host,
    heard: Vec<(Span, Warning)>,
}

impl<'a> Listener<'a> {
    pub(super) fn new(host: &'a mut dyn Host) -> Listener<'a> {
        Listener { host, heard: Vec::new() }
    }

    pub(super) fn warned(&self) -> bool {
        !self.heard.is_empty()
    }

    /// Tells all that was heard.
    pub(super) fn tell(self) {
        for (at, warning) in self.heard {
            self.host.warn_at(at, warning);
        }
    }
}

impl Host for Listener<'_> {
    fn print(&mut self, text: &str) {
        self.host.print(text);
    }
    fn warn(&mut self, warning: Warning) {
        let at = self.host.here();
        self.warn_at(at, warning);
    }
    fn warn_at(&mut self, at: Span, warning: Warning) {
        if !self.heard.contains(&(at, warning.clone())) {
            self.heard.push((at, warning));
        }
    }
    fn here(&self) -> Span {
        self.host.here()
    }
    fn depth(&self) -> usize {
        self.host.depth()
    }
    fn code_here(&self) -> Option<Box<str>> {
        self.host.code_here()
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self.host.as_any_mut()
    }
}
