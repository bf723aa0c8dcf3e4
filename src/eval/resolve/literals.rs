//! What text names outright, resolved: rows of operators and glyphs, numbers with their dtypes, strands.
//! Part of [`super`].

use crate::array::Array;
use crate::dtype::{DType, Scalar, c128, cast_scalar};
use crate::prim::apl::operators;
use crate::prim::row::Plain;
use crate::prim::{self, Prim, Valence};
use crate::syntax::ast::{Expr, ExprKind, Name, Number, Spelled};
use crate::syntax::{Side, Span, SyntaxError};
use crate::value::{Fault, Value};

use super::{R, Resolver, int_scalar, plain_of, suffix_name};

impl Resolver<'_> {
    pub(super) fn row(&self, text: &str, valence: Valence, span: Span) -> R<&'static Prim> {
        let other = match valence {
            Valence::Monadic => Valence::Dyadic,
            Valence::Dyadic => Valence::Monadic,
        };
        let fault = match (prim::table().glyph(text, valence), prim::table().glyph(text, other), valence) {
            (Some(p), ..) => return Ok(p),
            (None, None, _) => Fault::NotYet { name: text.into() },
            (None, Some(_), Valence::Monadic) => {
                let (text, side) = (text.to_string(), Side::Left);
                let help = Some(format!("it stands between two values: x {text} y"));
                let wants = "a value";
                let missing = SyntaxError::MissingOperand { at: span, text, side, wants, help, read: None };
                Fault::Syntax(Box::new(missing))
            }
            (None, Some(_), Valence::Dyadic) => {
                Fault::TooManyArguments { func: text.into(), max: 1, given: 2 }
            }
        };
        self.fail(fault, span)
    }

    pub(super) fn infix(&self, op: &Spelled) -> R<(&'static Prim, Plain)> {
        let prim = self.row(&op.text, Valence::Dyadic, op.span)?;
        Ok((prim, plain_of(prim)))
    }

    pub(super) fn operator(&self, text: &str, span: Span) -> R<&'static operators::Operator> {
        match operators::find(text) {
            Some(o) => Ok(o),
            None => self.fail(Fault::NotYet { name: text.into() }, span),
        }
    }

    /// A glyph as a function value: one primitive, or two by the number of operands.
    pub(super) fn glyph(&self, text: &str, span: Span) -> R<Value> {
        match operators::glyph_function(text) {
            Some(f) => Ok(Value::Func(f)),
            None => self.fail(Fault::NotYet { name: text.into() }, span),
        }
    }

    pub(super) fn number(&self, value: &Number, suffix: Option<&Name>, negate: bool, span: Span) -> R<Value> {
        let typed = match suffix {
            None => None,
            Some(s) => match DType::from_name(&suffix_name(s)) {
                Some(d) => Some(d),
                None => return self.fail(Fault::UnknownName { name: s.to_string(), near: None }, span),
            },
        };
        let too_large = |dtype| {
            let text = self.source.text.get(span.range()).unwrap_or_default().to_string();
            self.fail(Fault::LiteralRange { text, dtype }, span)
        };
        let scalar = match *value {
            Number::Int(n) => {
                let n = if negate { -n } else { n };
                match typed {
                    Some(d) if d.is_int() => match int_scalar(n, d) {
                        Some(s) => return Ok(Value::Scalar(s)),
                        None => return too_large(d),
                    },
                    Some(d) => return Ok(Value::Scalar(cast_scalar(Scalar::F64(n as f64), d))),
                    None => match i64::try_from(n) {
                        Ok(n) => return Ok(Value::Int(n)),
                        Err(_) => return too_large(DType::I64),
                    },
                }
            }
            Number::Float(x) => Scalar::F64(if negate { -x } else { x }),
            Number::Imag(y) => {
                let z = c128::new(0.0, y);
                Scalar::C128(if negate { -z } else { z })
            }
            Number::Bool(b) if negate => return Ok(Value::Int(-(b as i64))),
            Number::Bool(b) => Scalar::Bool(b),
        };
        Ok(match (typed, scalar) {
            (Some(d), s) => Value::Scalar(cast_scalar(s, d)),
            (None, Scalar::F64(x)) => Value::Float(x),
            (None, Scalar::C128(z)) => Value::Complex(z),
            (None, Scalar::Bool(b)) => Value::Bool(b),
            (None, s) => Value::Scalar(s),
        })
    }

    pub(super) fn strand(&self, items: &[Expr], span: Span) -> R<Array> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                ExprKind::Number { value, suffix } => {
                    values.push((self.number(value, suffix.as_ref(), false, item.span)?, false));
                }
                _ => {
                    return self.fail(
                        Fault::Misplaced { what: "a value that is no number", inside: "strand" },
                        span,
                    );
                }
            }
        }
        match prim::convert::bracket(values) {
            Ok(Value::Array(a)) => Ok(a),
            Ok(v) => {
                self.fail(Fault::Operands { op: "strand".into(), types: vec![v.type_name().into()] }, span)
            }
            Err(fault) => self.fail(fault, span),
        }
    }
}
