//! Primitives and operators in the pass: their classes, and which tokens stand as functions.

use super::super::error::SyntaxError;
use super::super::lexicon::REPLICATES;
use super::super::token::{Tok, Token};
use super::super::{Class, Span};
use super::Shaper;
use super::frame::{Left, Operator, Replicates};

const COMMUTE: &str = "⍨";

impl Shaper<'_> {
    /// `∇`, `⍺⍺`: functions by themselves.
    pub(super) fn function_token(&mut self, token: Token) {
        let dyad = self.after_operand();
        let taken = self.after_dyadic();
        self.add(token);
        self.frame_mut().item_function(taken);
        self.function = true;
        if !taken {
            self.left = if dyad { Left::Dyad } else { Left::None };
        }
        self.step(token);
    }

    /// `⍺⍺ ⍵⍵ ∇` stand as functions; `∇∇` is the operator around it, after an operand.
    pub(super) fn itself(&mut self, token: Token) {
        self.settle(Some(token));
        let around = self.frames.iter().rev().find_map(|frame| frame.operator);
        let operand = self.function || self.after_operand();
        match around.filter(|_| operand && self.text_of(token) == "∇∇") {
            Some(Operator { dyadic: true, .. }) => self.dyadic(Token { kind: Tok::Dyadic, ..token }),
            Some(_) => self.monadic(Token { kind: Tok::Monadic, ..token }),
            None => self.function_token(token),
        }
    }

    pub(super) fn glyph(&mut self, start: usize, end: usize) {
        let token = Token { kind: Tok::Glyph, start: start as u32, end: end as u32 };
        let Some(class) = self.lexicon.class(self.text_of(token)) else {
            let at = Span::new(start, end);
            return self.bad(
                SyntaxError::UnknownCharacter { at, text: self.text_of(token).into() },
                start,
                end,
            );
        };
        let kind = match class {
            Class::Or => Tok::Or,
            Class::And => Tok::And,
            Class::Compare => Tok::Compare,
            Class::CompareGlyph if self.after_operand() => Tok::Compare,
            Class::CompareGlyph => Tok::Glyph,
            Class::BitOr => Tok::BitOr,
            Class::BitXor => Tok::BitXor,
            Class::BitAnd => Tok::BitAnd,
            Class::Shift => Tok::Shift,
            Class::Sum => Tok::Sum,
            Class::Product => Tok::Product,
            Class::ProductGlyph => Tok::ProductGlyph,
            Class::Tilde => Tok::Tilde,
            Class::Power => Tok::Power,
            Class::Glyph => Tok::Glyph,
            Class::Monadic => Tok::Monadic,
            Class::Dyadic => Tok::Dyadic,
        };
        let token = Token { kind, ..token };
        match kind {
            Tok::Monadic => self.monadic(token),
            Tok::Dyadic if !self.after_dyadic() && self.begins_outer(end) => {
                self.function_token(Token { kind: Tok::Function, ..token })
            }
            Tok::Dyadic => self.dyadic(token),
            _ => self.primitive(token),
        }
    }

    /// Whether the operator that ends at `end` is the `∘` of an outer product: `∘.×`.
    pub(super) fn begins_outer(&self, end: usize) -> bool {
        let mut after = self.text[end..].bytes();
        after.next() == Some(b'.') && after.next().is_some_and(|b| b != b'.' && !b.is_ascii_digit())
    }

    pub(super) fn primitive(&mut self, mut token: Token) {
        if self.last_is(Tok::Dot) && self.touches(token.start as usize) {
            self.dot_was_operator();
        }
        let taken = self.after_dyadic();
        let dyad = self.after_operand();
        if taken {
            token.kind = Tok::Function;
        } else if token.kind == Tok::Product && self.text_of(token) == "*" && self.unpacks() {
            token.kind = Tok::Star;
        }
        self.add(token);
        self.frame_mut().item_function(taken);
        self.function = true;
        if !taken {
            self.left = if dyad { Left::Dyad } else { Left::None };
            let index = self.tokens.len() - 1;
            self.primitives.push(index);
        }
        self.step(token);
    }

    /// Whether `*` here can only stand before items to unpack.
    pub(super) fn unpacks(&self) -> bool {
        use Tok::*;
        self.at_statement_start()
            || matches!(
                self.last_kind(),
                Option::None
                    | Some(
                        LParen
                            | LBracket
                            | AxisOpen
                            | Comma
                            | Assign
                            | For
                            | Return
                            | Lambda
                            | DfnOpen
                            | OperatorOpen
                            | MonadicOpen
                            | DyadicOpen
                            | BlockOpen
                    )
            )
    }

    /// The dot before a primitive is an inner product: `f.×`.
    pub(super) fn dot_was_operator(&mut self) {
        let path = self.path;
        if let Some(dot) = self.tokens.last_mut() {
            dot.kind = Tok::Dyadic;
        }
        if let Some(path) = path {
            self.take_name(path);
        }
        self.frame_mut().lone_operand = false;
    }

    /// The name path that begins at `path` is an operator's operand.
    pub(super) fn take_name(&mut self, path: usize) {
        let is_right_operand =
            path > 0 && matches!(self.tokens[path - 1].kind, Tok::Dyadic | Tok::DyadicClose);
        if !is_right_operand && self.tokens[path].kind == Tok::Name {
            self.tokens[path].kind = Tok::FunctionName;
        }
    }

    /// The operand before an operator: a primitive or a name there is a function.
    pub(super) fn take_left_operand(&mut self) {
        if let Some(last) = self.tokens.last_mut()
            && last.kind.is_primitive()
        {
            last.kind = Tok::Function;
        }
        if let Some(path) = self.path {
            self.take_name(path);
        }
        self.frame_mut().lone_operand = false;
    }

    pub(super) fn monadic(&mut self, token: Token) {
        self.settle(Some(token));
        self.operator_after_replicate(token);
        let array = self.after_operand();
        let replicates = REPLICATES.contains(&self.text_of(token));
        if replicates && !array && !self.function {
            return self.function_token(Token { kind: Tok::Function, ..token });
        }
        let path = self.path;
        let touching = path.filter(|_| self.touches(token.start as usize));
        self.take_left_operand();
        self.add(token);
        self.function = true;
        if array {
            self.left = if replicates { Left::Dyad } else { Left::None };
            self.replicates = replicates.then_some(Replicates { touching, path });
        }
        self.step(token);
    }

    pub(super) fn dyadic(&mut self, token: Token) {
        self.settle(Some(token));
        self.operator_after_replicate(token);
        let array = self.after_operand();
        self.take_left_operand();
        self.add(token);
        self.function = false;
        if array {
            self.left = Left::None;
        }
        self.step(token);
    }

    /// `x ⌿⍨ y`, `x ⌿¨ y`: the `⌿` before another operator is the function that replicates, its left
    /// argument the value before it. A name that touches it is a function to reduce with, `f⌿¨ x`,
    /// except before `⍨`.
    pub(super) fn operator_after_replicate(&mut self, operator: Token) {
        let Some(Replicates { touching, path }) = self.replicates else { return };
        if touching.is_some() && self.text_of(operator) != COMMUTE {
            return;
        }
        if let Some(last) = self.tokens.last_mut() {
            last.kind = Tok::Function;
        }
        if let Some(path) = path
            && self.tokens[path].kind == Tok::FunctionName
        {
            self.tokens[path].kind = Tok::Name;
        }
        let frame = self.frame_mut();
        frame.lone_operand = true;
        frame.item_function(false);
        self.left = Left::Dyad;
    }

    pub(super) fn dot(&mut self, mut token: Token) {
        // Before anything but a name, it is the dot of an inner product.
        let after = self.text[token.end as usize..].chars().next();
        let kind = match after.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '⍺' | '⍵' | '.'))
        {
            true => token.kind,
            false => Tok::Dyadic,
        };
        self.settle(Some(Token { kind, ..token }));
        match self.tokens.last() {
            Some(last) if self.function && self.path.is_none() && last.kind != Tok::Name => {
                token.kind = Tok::Dyadic;
                self.dyadic(token);
            }
            _ => {
                let path = self.path;
                let function = self.function;
                self.add(token);
                (self.path, self.function) = (path, function);
                self.step(token);
            }
        }
    }
}
