//! `x.name` and `x.name(…)`: objects' own attributes, NumPy's properties and methods, and every
//! function as a method.

use super::function::Closure;
use super::fuse::row_of;
use super::ir::{ArgNode, Member, Node, NodeKind, Place, Site};
use super::reg::Reg;
use super::{Evaluator, Raised};
use crate::prim::apl::operators;
use crate::prim::arrays::properties;
use crate::prim::bind::{Args, nearest};
use crate::prim::{self, Home, Kind, Prim};
use crate::syntax::Span;
use crate::value::{Fault, Func, Value};
use std::rc::Rc;

type R<T> = Result<T, Raised>;

impl Evaluator {
    /// `base.name(args)`.
    pub(super) fn method_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Method { base, site, args, positional, .. } = &node.kind else {
            return self.other(node);
        };
        match self.known_member(base, site) {
            Some(Member { row: Some(row), .. }) if *positional => self.call_row(row, None, args, node),
            Some(member) => self.call_member(&member.value, args, *positional, node),
            None => self.method(node),
        }
    }

    #[inline(never)]
    fn method(&mut self, node: &Node) -> Reg {
        let NodeKind::Method { base, name, site, args, positional } = &node.kind else {
            return self.other(node);
        };
        if *positional
            && let NodeKind::Load(place) = base.kind
            && let Some(object) = self.peek(place)
            && let Some(row) = own_method(object, site)
        {
            if let Some(r) = self.method_of_looked_at(row, place, args, node) {
                return r;
            }
            if let (Some(object), Some((run, sig))) = (self.peek(place), Self::fitting(row, args.len() + 1)) {
                let mut bound = Args::none(row);
                bound.push_shared(object);
                return self.run_row(run, &mut bound, sig, (args, 0), node);
            }
        }
        let object = match self.eval(base) {
            Ok(object) => object,
            Err(e) => return self.raise(e),
        };
        if *positional && let Some(row) = own_method(&object, site) {
            return self.call_row(row, Some(object), args, node);
        }
        if let Some(f) = own_attribute(&object, name) {
            remember(&object, &f, site);
            return self.call_member(&f, args, *positional, node);
        }
        let r = match self.method_of(&object, site) {
            Some(f) => match row_of(&f) {
                Some(row) if *positional => return self.call_row(row, Some(object), args, node),
                _ => self.args(args, Some(object)).and_then(|call| self.call_value(&f, call, node, args)),
            },
            None => self.fail(self.no_attribute(&object, name), site.at),
        };
        self.settle(r)
    }

    fn call_member(&mut self, f: &Value, args: &[ArgNode], positional: bool, node: &Node) -> Reg {
        if positional
            && let Value::Func(Func::Shared(shared)) = f
            && let Some(closure) = shared.as_any().downcast_ref::<Rc<Closure>>()
            && closure.takes_simply(args.len())
        {
            return self.call_simply(closure.clone(), args, node.span);
        }
        if positional && let Some(row) = row_of(f) {
            return self.call_row(row, None, args, node);
        }
        let call = self.args_of(row_of(f), args, None);
        let r = call.and_then(|call| self.call_value(f, call, node, args));
        self.settle(r)
    }

    /// `base.name` without a call: a property of a named array by its short way, if it has one.
    pub(super) fn attribute_step(&mut self, node: &Node) -> Reg {
        let NodeKind::Attr { base, site, .. } = &node.kind else { return self.other(node) };
        if let Some(row) = site.property
            && row.brief.is_some()
            && let NodeKind::Load(place) = base.kind
            && let Some(x @ Value::Array(_)) = self.peek(place)
            && let Some(v) = prim::briefly(row, &[x])
        {
            return self.hold(v);
        }
        self.other(node)
    }

    /// `base.name` without a call.
    pub(super) fn attribute_of(&mut self, base: &Node, name: &str, site: &Site, span: Span) -> R<Value> {
        if let Some(member) = self.known_member(base, site) {
            return Ok(member.value.clone());
        }
        let object = self.eval(base)?;
        self.attribute(object, name, site, span)
    }

    /// What was found under the name in the module that stands here again.
    #[inline]
    pub(super) fn known_member<'s>(&self, base: &Node, site: &'s Site) -> Option<&'s Member> {
        let member = site.member.get()?;
        let NodeKind::Load(place) = base.kind else { return None };
        match self.peek(place)? {
            Value::Object(o) if Rc::ptr_eq(o, &member.module) => Some(member),
            _ => None,
        }
    }

    /// What a module has under the name, where the base is one: as `known_member`, also the first time.
    pub(super) fn member_of(&self, base: &Node, site: &Site) -> Option<Value> {
        if let Some(member) = self.known_member(base, site) {
            return Some(member.value.clone());
        }
        let NodeKind::Load(place) = base.kind else { return None };
        let module = self.peek(place).filter(|v| is_module(v))?;
        own_attribute(module, &site.name)
    }

    /// `base.name` without a call: an attribute, a property, or the function bound to its object.
    pub(super) fn attribute(&mut self, object: Value, name: &str, site: &Site, span: Span) -> R<Value> {
        if let Some(v) = own_attribute(&object, name) {
            remember(&object, &v, site);
            return Ok(v);
        }
        if let Some(p) = site.property
            && properties::applies(&object)
        {
            self.here = span;
            return prim::property(p, self, object).map_err(|e| self.error(e, span));
        }
        match self.method_of(&object, site) {
            Some(Value::Func(f)) => Ok(Value::Func(operators::bind_first(f, object))),
            _ => self.fail(self.no_attribute(&object, name), site.at),
        }
    }

    /// The function that `object.name(…)` calls: the ndarray's own method, then the program's
    /// function of that name, then the built-in one.
    fn method_of(&self, object: &Value, site: &Site) -> Option<Value> {
        if is_numeric(object)
            && let Some(p) = site.method
        {
            return Some(Value::Func(Func::Static(p)));
        }
        if is_module(object) {
            return None;
        }
        if matches!(object, Value::Str(_))
            && let Some(p) = site.text
        {
            return Some(Value::Func(Func::Static(p)));
        }
        if let Some(f @ Value::Func(_)) = site.own.and_then(|p| self.assigned(p)) {
            return Some(f);
        }
        let p = site.function?;
        match p.kind {
            Kind::Call(_) | Kind::Elementwise(_) => Some(Value::Func(Func::Static(p))),
        }
    }

    pub(super) fn set_attribute(
        &mut self,
        object: Value,
        name: &str,
        value: Value,
        rebind: Option<Place>,
        span: Span,
    ) -> R<()> {
        if let Value::Object(o) = &object {
            return o.set_attr(name, value).map_err(|e| self.error(e, span));
        }
        self.here = span;
        match properties::set_property(self, &object, name, value) {
            // A new view under the same name: `a.shape = (2, 3)`.
            Ok(Some(new)) => {
                if let Some(place) = rebind {
                    self.store(place, new);
                }
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(e) => Err(self.error(e, span)),
        }
    }

    fn no_attribute(&self, object: &Value, name: &str) -> Fault {
        let mut names: Vec<String> = match object {
            Value::Object(o) => o.attr_names(),
            Value::Tuple(t) => {
                t.names.map_or(Vec::new(), |n| n.fields.iter().map(|f| f.to_string()).collect())
            }
            Value::Str(_) => prim::table().of(Home::Text).map(|p| p.name.to_string()).collect(),
            _ => prim::modules::bare_names().iter().map(|n| n.to_string()).collect(),
        };
        names.sort();
        let near = nearest(name, names.iter().map(String::as_str));
        Fault::NoAttribute { owner: object.type_name().into(), name: name.into(), near }
    }
}

/// Whether the ndarray's methods are the object's.
/// The method that arrays and lists, or texts, have under the name.
fn own_method(object: &Value, site: &Site) -> Option<&'static Prim> {
    match object {
        Value::Str(_) => site.text,
        object if is_numeric(object) => site.method,
        _ => None,
    }
}

fn is_numeric(object: &Value) -> bool {
    matches!(object, Value::Array(_) | Value::Deferred(_) | Value::List(_)) || object.is_scalar_number()
}

pub(super) fn is_module(object: &Value) -> bool {
    matches!(object, Value::Object(o) if o.type_name() == "module")
}

/// Keeps what a module has under the name of a place, for the next time.
fn remember(object: &Value, member: &Value, site: &Site) {
    if let Value::Object(o) = object
        && is_module(object)
    {
        let (module, value) = (o.clone(), member.clone());
        let _ = site.member.set(Member { module, row: row_of(&value), value });
    }
}

/// What an object, function or named tuple itself has under a name.
pub(super) fn own_attribute(object: &Value, name: &str) -> Option<Value> {
    match object {
        Value::Object(o) => o.attr(name),
        Value::Func(f) => f.get().attr(name),
        Value::Tuple(t) => {
            let at = t.names?.fields.iter().position(|f| *f == name)?;
            t.items.get(at).cloned()
        }
        Value::DType(_) => properties::dtype_attr(object, name),
        _ => None,
    }
}
