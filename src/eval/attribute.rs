//! `x.name` and `x.name(…)`: objects' own attributes, NumPy's properties and methods, and every
//! function as a method.

use super::ir::{ArgNode, Node, Place};
use super::{Evaluator, Raised};
use crate::prim::bind::nearest;
use crate::prim::{self, Home, Kind, operators, properties};
use crate::syntax::Span;
use crate::value::{CallArgs, Fault, Func, Value};

type R<T> = Result<T, Raised>;

impl Evaluator {
    /// `base.name(args)`.
    pub(super) fn method(
        &mut self,
        base: &Node,
        name: &str,
        own: Option<Place>,
        args: &[ArgNode],
        span: Span,
    ) -> R<Value> {
        let object = self.eval(base)?;
        if let Some(f) = own_attribute(&object, name) {
            let call = self.args(args, None)?;
            return self.call_value(&f, call, span, args);
        }
        let Some(f) = self.method_of(&object, name, own) else {
            return self.fail(self.no_attribute(&object, name), span);
        };
        let call = self.args(args, Some(object))?;
        self.call_value(&f, call, span, &[])
    }

    /// `base.name` without a call: an attribute, a property, or the function bound to its object.
    pub(super) fn attribute(
        &mut self,
        object: Value,
        name: &str,
        own: Option<Place>,
        span: Span,
    ) -> R<Value> {
        if let Some(v) = own_attribute(&object, name) {
            return Ok(v);
        }
        if let Some(p) = prim::table().get(Home::Property, name)
            && properties::applies(&object)
        {
            self.here = span;
            return prim::call(p, self, CallArgs::new([object])).map_err(|e| self.error(e, span));
        }
        match self.method_of(&object, name, own) {
            Some(Value::Func(f)) => Ok(Value::Func(operators::bind_first(f, object))),
            _ => self.fail(self.no_attribute(&object, name), span),
        }
    }

    /// The function that `object.name(…)` calls: the ndarray's own method, then the program's
    /// function of that name, then the built-in one.
    fn method_of(&self, object: &Value, name: &str, own: Option<Place>) -> Option<Value> {
        if matches!(object, Value::Object(o) if o.type_name() == "module") {
            return None;
        }
        let table = prim::table();
        let numeric = object.is_scalar_number() || matches!(object, Value::Array(_) | Value::List(_));
        if numeric && let Some(p) = table.get(Home::Method, name) {
            return Some(Value::Func(Func::Static(p)));
        }
        if let Some(f @ Value::Func(_)) = own.and_then(|p| self.assigned(p)) {
            return Some(f);
        }
        let p = table.method(name)?;
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
            _ => prim::modules::bare_names().iter().map(|n| n.to_string()).collect(),
        };
        names.sort();
        let near = nearest(name, names.iter().map(String::as_str));
        Fault::NoAttribute { owner: object.type_name().into(), name: name.into(), near }
    }
}

/// What an object, function or named tuple itself has under a name.
fn own_attribute(object: &Value, name: &str) -> Option<Value> {
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
