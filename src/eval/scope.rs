//! Names: the session's globals, and what a function's body assigns and shares, found before its
//! code is resolved.

use super::ir::Place;
use crate::prim;
use crate::syntax::ast::*;
use crate::value::Value;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// The global names of a session and of the modules it imported. A slot, once given to a name of a
/// module, stays its, so that a module's functions find their globals whoever calls them.
#[derive(Default)]
pub struct Globals {
    index: HashMap<(u32, Rc<str>), u32>,
    slots: Vec<Global>,
    /// Whose names `slot` speaks of: 0 is the session itself.
    module: u32,
    modules: u32,
}

pub struct Global {
    module: u32,
    pub name: Rc<str>,
    pub value: Option<Value>,
    /// What the name means while nothing is assigned to it.
    pub builtin: Option<Value>,
}

impl Globals {
    /// The slot of a name, made if new.
    pub fn slot(&mut self, name: &str) -> u32 {
        let (name, module): (Rc<str>, u32) = (name.into(), self.module);
        let slots = &mut self.slots;
        *self.index.entry((module, name.clone())).or_insert_with(|| {
            let builtin = prim::modules::builtin(&name);
            slots.push(Global { module, name, value: None, builtin });
            slots.len() as u32 - 1
        })
    }

    pub fn at(&self, slot: u32) -> &Global {
        &self.slots[slot as usize]
    }

    pub fn at_mut(&mut self, slot: u32) -> &mut Global {
        &mut self.slots[slot as usize]
    }

    /// The value of a name: assigned, else built in.
    pub fn get(&mut self, name: &str) -> Option<Value> {
        let slot = self.slot(name);
        let g = self.at(slot);
        g.value.clone().or_else(|| g.builtin.clone())
    }

    /// The value assigned to a name of this module, if one is.
    pub fn assigned_value(&self, name: &str) -> Option<Value> {
        let slot = self.index.get(&(self.module, name.into()))?;
        self.at(*slot).value.clone()
    }

    pub fn set(&mut self, name: &str, value: Value) {
        let slot = self.slot(name);
        self.at_mut(slot).value = Some(value);
    }

    pub fn remove(&mut self, name: &str) -> bool {
        let slot = self.slot(name);
        self.at_mut(slot).value.take().is_some()
    }

    /// Assigned names with their values, in order of first use.
    pub fn assigned(&self) -> impl Iterator<Item = (&Rc<str>, &Value)> {
        let own = self.slots.iter().filter(|g| g.module == self.module);
        own.filter_map(|g| g.value.as_ref().map(|v| (&g.name, v)))
    }

    /// Begins a new module's names; gives back whose were spoken of before, for [`Globals::leave_module`].
    pub fn enter_module(&mut self) -> u32 {
        self.modules += 1;
        std::mem::replace(&mut self.module, self.modules)
    }

    pub fn leave_module(&mut self, outer: u32) {
        self.module = outer;
    }

    /// Leaves a module for good: the names it had are forgotten.
    pub fn forget_module(&mut self, outer: u32) {
        let module = std::mem::replace(&mut self.module, outer);
        while self.slots.last().is_some_and(|g| g.module == module) {
            self.slots.pop();
        }
        let kept = self.slots.len() as u32;
        self.index.retain(|_, slot| *slot < kept);
    }

    /// The values of all slots, to put back with [`Globals::restore`].
    pub fn snapshot(&self) -> Vec<Option<Value>> {
        self.slots.iter().map(|g| g.value.clone()).collect()
    }

    /// Undoes every assignment since the snapshot.
    pub fn restore(&mut self, snapshot: &[Option<Value>]) {
        for (i, g) in self.slots.iter_mut().enumerate() {
            g.value = snapshot.get(i).cloned().flatten();
        }
    }

    pub fn clear(&mut self) {
        self.slots.iter_mut().for_each(|g| g.value = None);
    }
}

/// One function's names while it is resolved.
#[derive(Default)]
pub struct Scope {
    names: HashMap<Name, Place>,
    captured: HashSet<Name>,
    /// Variables of enclosing functions that this one uses, and their places there.
    pub captures: Vec<(Name, Place)>,
    pub locals: u32,
    pub cells: u32,
    /// Top level: unknown names are globals and assignments make globals.
    pub top: bool,
}

impl Scope {
    pub fn new(top: bool, captured: HashSet<Name>) -> Scope {
        Scope { top, captured, ..Scope::default() }
    }

    /// A place for a local name, a cell if inner functions share it.
    pub fn declare(&mut self, name: &Name) -> Place {
        match self.names.get(name) {
            Some(&p) => p,
            None => self.declare_anew(name),
        }
    }

    /// As `declare`, hiding an older place (comprehension variables).
    pub fn declare_anew(&mut self, name: &Name) -> Place {
        let place = if self.captured.contains(name) {
            self.cells += 1;
            Place::Cell(self.cells - 1)
        } else {
            self.locals += 1;
            Place::Local(self.locals - 1)
        };
        self.names.insert(name.clone(), place);
        place
    }

    /// Declares the dfn's name for itself: a place to fill only if inner functions share it.
    pub fn declare_itself(&mut self, name: &Name) -> Option<Place> {
        if self.captured.contains(name) {
            return Some(self.declare(name));
        }
        self.names.insert(name.clone(), Place::Itself);
        None
    }

    pub fn find(&self, name: &str) -> Option<Place> {
        self.names.get(name).copied()
    }

    /// The variables of this body and those it takes from outside, each with its place. Globals have
    /// no place here.
    pub fn visible(&self) -> Vec<(Name, Place)> {
        // What programs cannot name is not theirs.
        let named = self.names.iter().filter(|(name, _)| !name.starts_with('('));
        let own = named.map(|(name, place)| (name.clone(), *place));
        let outer = self.captures.iter().zip(0..).map(|((name, _), i)| (name.clone(), Place::Free(i)));
        own.chain(outer).collect()
    }

    pub fn put_back(&mut self, name: &Name, old: Option<Place>) {
        match old {
            Some(p) => self.names.insert(name.clone(), p),
            None => self.names.remove(name),
        };
    }
}

/// The names of one body: those it assigns (comprehension variables apart), those it mentions, and
/// those that its inner functions take from outside.
#[derive(Default)]
pub struct Names {
    pub assigned: Vec<Name>,
    used: HashSet<Name>,
    pub inner: HashSet<Name>,
}

impl Names {
    pub fn of_block(body: &[crate::syntax::ast::Stmt]) -> Names {
        let mut names = Names::default();
        body.iter().for_each(|s| names.stmt(s));
        names
    }

    pub fn of_expr(e: &Expr) -> Names {
        let mut names = Names::default();
        names.expr(e);
        names
    }

    pub fn of_dfn(dfn: &Dfn) -> Names {
        let mut names = Names::default();
        dfn.items.iter().for_each(|i| names.dfn_item(i));
        names
    }

    /// Of a body that gives these names to the functions in it, and mentions none.
    pub fn sharing(names: HashSet<Name>) -> Names {
        Names { inner: names, ..Names::default() }
    }

    /// How many operands a dfn with these names takes: one that mentions `⍺⍺` or `⍵⍵` is an operator.
    pub fn operands(&self) -> usize {
        let mentions = |name| self.used.contains(name) || self.inner.contains(name);
        match (mentions("⍺⍺"), mentions("⍵⍵")) {
            (_, true) => 2,
            (true, false) => 1,
            (false, false) => 0,
        }
    }

    fn assign(&mut self, name: &Name) {
        if !self.assigned.contains(name) {
            self.assigned.push(name.clone());
        }
    }

    fn dfn_item(&mut self, item: &DfnItem) {
        match item {
            DfnItem::Guard { test, value } => {
                self.expr(test);
                self.expr(value);
            }
            DfnItem::DefaultLeft(e) => self.expr(e),
            DfnItem::Stmt(s) => self.stmt(s),
        }
    }

    fn target(&mut self, t: &Target) {
        match t {
            Target::Name(n) => self.assign(&n.text),
            Target::Tuple(ts, _) => ts.iter().for_each(|t| self.target(t)),
            Target::Starred(t, _) => self.target(t),
            Target::Index { base, subs, .. } => {
                self.expr(base);
                self.subs(subs);
            }
            Target::Attr { base, .. } => self.expr(base),
            Target::Selection { of, .. } => self.expr(of),
        }
    }

    fn block(&mut self, b: &Block) {
        b.body.iter().for_each(|s| self.stmt(s));
    }

    fn stmt(&mut self, s: &crate::syntax::ast::Stmt) {
        use crate::syntax::ast::StmtKind as K;
        match &s.kind {
            K::Expr(e) | K::Return(Some(e)) => self.expr(e),
            K::Assign { targets, value } => {
                targets.iter().for_each(|t| self.target(t));
                self.expr(value);
            }
            K::Augment { target, value, .. } => {
                self.target(target);
                self.expr(value);
            }
            K::Fn(def) => {
                self.assign(&def.name.text);
                self.function(def);
            }
            K::For { target, iter, body } => {
                self.target(target);
                self.expr(iter);
                self.block(body);
            }
            K::While { test, body } => {
                self.expr(test);
                self.block(body);
            }
            K::Import { module, alias, is_path } => {
                self.assign(&import_name(module, alias.as_ref(), *is_path));
            }
            K::From { names, .. } => {
                names.iter().for_each(|(n, alias)| self.assign(&alias.as_ref().unwrap_or(n).text));
            }
            K::Assert { test, message } => {
                self.expr(test);
                message.iter().for_each(|m| self.expr(m));
            }
            K::Return(None) | K::Break | K::Continue | K::Command { .. } | K::Help { .. } => {}
        }
    }

    fn subs(&mut self, subs: &[Sub]) {
        for sub in subs {
            match sub {
                Sub::Expr(e) => self.expr(e),
                Sub::Slice { start, stop, step, .. } => {
                    [start, stop, step].into_iter().flatten().for_each(|e| self.expr(e));
                }
            }
        }
    }

    fn function(&mut self, def: &FnDef) {
        def.params.iter().flat_map(|p| &p.default).for_each(|e| self.expr(e));
        let names = match &def.body {
            FnBody::Expr(e) => Names::of_expr(e),
            FnBody::Block(b) => Names::of_block(&b.body),
        };
        self.inner.extend(names.free(def.params.iter().map(|p| &*p.name.text)));
    }

    fn pieces(&mut self, parts: &[FPart]) {
        for part in parts {
            if let FPart::Value { expr, spec, .. } = part {
                self.expr(expr);
                self.pieces(spec);
            }
        }
    }

    fn expr(&mut self, e: &Expr) {
        use ExprKind as K;
        match &e.kind {
            K::Number { .. } | K::Str(_) | K::None | K::Ellipsis | K::Glyph(_) => {}
            K::Name(n) | K::DfnName(n) => {
                self.used.insert(n.clone());
            }
            K::Strand(es) | K::Tuple(es) | K::Bracket(es) | K::Train(es) => {
                es.iter().for_each(|e| self.expr(e))
            }
            K::FString(parts) => self.pieces(parts),
            K::Comprehension { item, clauses, .. } => {
                self.expr(item);
                for c in clauses {
                    match c {
                        Clause::For { iter, .. } => self.expr(iter),
                        Clause::If(e) => self.expr(e),
                    }
                }
            }
            K::Binary { left, right, .. }
            | K::Pipe { left, right }
            | K::And(left, right)
            | K::Or(left, right) => {
                self.expr(left);
                self.expr(right);
            }
            K::Prefix { operand, .. } => self.expr(operand),
            K::Compare { first, rest } => {
                self.expr(first);
                rest.iter().for_each(|(_, e)| self.expr(e));
            }
            K::Not(e) | K::Starred(e) => self.expr(e),
            K::Choice { test, then, other } => [test, then, other].into_iter().for_each(|e| self.expr(e)),
            K::Lambda(def) => self.function(def),
            K::Call { func, args } => {
                self.expr(func);
                args.iter().for_each(|a| self.expr(&a.value));
            }
            K::Index { base, subs } => {
                self.expr(base);
                self.subs(subs);
            }
            K::Attr { base, name } => {
                // `x.f(y)` may mean the user's `f`.
                self.used.insert(name.text.clone());
                self.expr(base);
            }
            K::If { arms, otherwise } => {
                for (test, block) in arms {
                    self.expr(test);
                    self.block(block);
                }
                otherwise.iter().for_each(|b| self.block(b));
            }
            K::Derived { left, right, axis, .. } => {
                self.expr(left);
                right.iter().chain(axis).for_each(|e| self.expr(e));
            }
            K::Operated { operator, left, right } => {
                self.expr(operator);
                self.expr(left);
                right.iter().for_each(|e| self.expr(e));
            }
            K::Dfn(dfn) => {
                let names = Names::of_dfn(dfn);
                let own = if names.operands() > 0 {
                    &["⍺", "⍵", "∇", "⍺⍺", "⍵⍵", "∇∇"][..]
                } else {
                    &["⍺", "⍵", "∇"]
                };
                self.inner.extend(names.free(own.iter().copied()));
            }
            K::Apply { func, left, right } => {
                self.expr(func);
                left.iter().for_each(|e| self.expr(e));
                self.expr(right);
            }
        }
    }

    /// What a function with this body takes from outside: every name mentioned in it or its inner
    /// functions that it does not itself define. A superset, which is all that sharing needs.
    fn free<'a>(self, own: impl Iterator<Item = &'a str>) -> HashSet<Name> {
        let mut free = self.used;
        free.extend(self.inner);
        self.assigned.iter().for_each(|n| {
            free.remove(n);
        });
        own.for_each(|n| {
            free.remove(n);
        });
        free
    }
}

/// The name that `import` binds: the alias, or the module's first part, or a file's stem.
pub fn import_name(module: &Spelled, alias: Option<&Spelled>, is_path: bool) -> Name {
    match alias {
        Some(a) => a.text.clone(),
        None if is_path => {
            let stem = std::path::Path::new(&*module.text).file_stem().and_then(|s| s.to_str());
            stem.unwrap_or(&module.text).into()
        }
        None => module.text.split('.').next().unwrap_or(&module.text).into(),
    }
}
