//! Brackets in the pass: what a group is, found when it opens, closes, or at the token after it.

use super::super::Span;
use super::super::error::SyntaxError;
use super::super::lexicon::REPLICATES;
use super::super::token::{Tok, Token};
use super::Shaper;
use super::frame::{Frame, Kind, Left, Operator, Undecided};

impl Shaper<'_> {
    pub(super) fn brace(&mut self, mut token: Token) {
        self.settle(Some(token));
        let frame = self.frame_mut();
        let block = frame.block_due || self.block_next;
        let frame = self.frame_mut();
        if block {
            (frame.block_due, frame.fn_due) = (false, false);
            token.kind = Tok::BlockOpen;
            return self.open(Kind::Block, token);
        }
        if self.last_is(Tok::Dot) && self.touches(token.start as usize) {
            self.dot_was_operator();
        }
        self.dfn(token);
    }

    /// A dfn with `⍺⍺` in it is an operator on what stands before it, or alone a value.
    fn dfn(&mut self, mut token: Token) {
        let Some(operands) = self.operators.get(&token.start).copied() else {
            return self.open(Kind::Dfn, token);
        };
        let applied = !self.after_dyadic() && (self.function || self.after_operand());
        let array = self.after_operand();
        token.kind = match (applied, operands.right) {
            (false, _) => Tok::OperatorOpen,
            (true, false) => Tok::MonadicOpen,
            (true, true) => Tok::DyadicOpen,
        };
        if applied {
            self.operator_after_replicate(token);
            self.take_left_operand();
            self.step(token);
        }
        let left = if array { Left::None } else { self.left };
        self.open(Kind::Dfn, token);
        let frame = self.frame_mut();
        frame.operator = Some(Operator { dyadic: operands.right, applied });
        frame.left = left;
    }

    pub(super) fn open(&mut self, kind: Kind, token: Token) {
        self.settle(Some(token));
        if kind == Kind::Paren && self.last_is(Tok::Dot) && self.touches(token.start as usize) {
            self.dot_was_operator();
        }
        let after_operand = self.after_operand();
        let mut frame = Frame::new(kind, self.tokens.len());
        frame.postfix = after_operand && matches!(kind, Kind::Paren | Kind::Bracket);
        frame.after_dyadic = self.after_dyadic();
        frame.axis = kind == Kind::Bracket
            && self.last_kind().is_some_and(|last| last == Tok::Monadic || last.takes_axis())
            && self.touches(token.start as usize);
        frame.primitives = self.primitives.len();
        frame.left = match (frame.after_dyadic, after_operand) {
            (true, _) => self.left,
            (false, true) => Left::Dyad,
            (false, false) => Left::None,
        };
        frame.statement = self.tokens.len() + 1;
        if frame.postfix {
            self.step(token);
        }
        self.add(token);
        self.function = false;
        self.left = Left::None;
        self.frames.push(frame);
        self.check_depth(token);
    }

    /// `kind` is `Dfn` for any brace.
    pub(super) fn close(&mut self, kind: Kind, token: Token) {
        self.settle(Some(token));
        let fits = |frame: &Frame| frame.kind == kind || (kind == Kind::Dfn && frame.kind == Kind::Block);
        if self.frames.len() == 1 || !fits(self.frame()) {
            return self.close_wrong(kind, token);
        }
        self.lone_function();
        if kind == Kind::Dfn {
            self.assigned_train();
        }
        let Some(frame) = self.frames.pop() else { return };
        let is_train = kind == Kind::Paren && frame.is_train();
        if is_train {
            self.stand_as_functions(frame.primitives);
        }
        self.primitives.truncate(frame.primitives);
        let below = self.frame_mut();
        below.inner = below.inner.max(1 + frame.height.max(frame.segment()));
        self.check_depth(token);
        self.close_as(&frame, is_train, token);
    }

    pub(super) fn close_as(&mut self, frame: &Frame, is_train: bool, mut token: Token) {
        let close = self.tokens.len();
        let mut function = frame.after_dyadic;
        let mut undecided = None;
        let called = frame.postfix && self.call_touches(frame.open);
        match frame.kind {
            Kind::Dfn => match frame.operator {
                None => function = true,
                Some(Operator { applied: false, .. }) => token.kind = Tok::OperatorClose,
                Some(Operator { dyadic: true, .. }) => token.kind = Tok::DyadicClose,
                Some(_) => (token.kind, function) = (Tok::MonadicClose, true),
            },
            Kind::Block => token.kind = Tok::BlockClose,
            Kind::Paren if is_train && frame.postfix => {
                self.tokens[frame.open].kind = Tok::CallTrainOpen;
                if !self.call_touches(frame.open) {
                    undecided = Some(Undecided::Train { open: frame.open, close });
                }
            }
            Kind::Paren if is_train => {
                self.tokens[frame.open].kind = Tok::TrainOpen;
                token.kind = Tok::TrainClose;
                function = true;
            }
            Kind::Paren if frame.lambda && !(frame.comma || frame.after_dyadic || called) => {
                undecided = Some(Undecided::Lambda { open: frame.open, close });
            }
            Kind::Bracket if frame.axis => {
                let one = self.one_number(frame.open + 1, close);
                let (open, comma) = (frame.open, frame.comma);
                undecided = Some(match open > 0 && self.tokens[open - 1].kind.is_primitive() {
                    true => Undecided::PrimitiveAxis { open, close, one, comma },
                    false => Undecided::Axis { open, close, one, comma },
                });
            }
            _ => {}
        }
        self.add(token);
        self.undecided = undecided;
        self.closed = Some(frame.open);
        self.function = function;
        self.left = if function || frame.operator.is_some() { frame.left } else { Left::Operand };
        let taken = frame.after_dyadic;
        match frame.kind {
            Kind::Dfn => match frame.operator {
                None => self.frame_mut().item_function(taken),
                Some(Operator { applied: false, .. }) => self.item_other(),
                Some(_) => {}
            },
            Kind::Paren if function && !taken => self.frame_mut().item_function(false),
            _ if frame.postfix => {}
            _ => self.frame_mut().item_operand(taken, false),
        }
    }

    /// Whether what stands before `next` can only be meant as a function: an operator follows, or the
    /// end of a group that is no call.
    fn ends_function(&self, next: Token) -> bool {
        let frame = self.frame();
        match next.kind {
            Tok::Monadic => !REPLICATES.contains(&self.text_of(next)),
            Tok::Dyadic => true,
            Tok::RParen => frame.kind == Kind::Paren && !frame.postfix,
            _ => false,
        }
    }

    fn axis(&mut self, open: usize, close: usize) {
        self.tokens[open].kind = Tok::AxisOpen;
        self.tokens[close].kind = Tok::AxisClose;
        self.function = true;
        self.left = Left::None;
        self.frame_mut().unite_items();
    }

    pub(super) fn call_touches(&self, open: usize) -> bool {
        open > 0 && self.tokens[open - 1].end == self.tokens[open].start
    }

    /// `0`, `-1` or a name between the brackets of a possible axis.
    pub(super) fn one_number(&self, start: usize, end: usize) -> bool {
        let kinds: Vec<Tok> = self.tokens[start..end].iter().take(3).map(|token| token.kind).collect();
        matches!(kinds[..], [Tok::Number | Tok::Name] | [Tok::Sum, Tok::Number])
    }

    /// A closing bracket that does not close the innermost one.
    pub(super) fn close_wrong(&mut self, kind: Kind, token: Token) {
        let at = Span { start: token.start, end: token.end };
        let fits = |frame: &Frame| frame.kind == kind || (kind == Kind::Dfn && frame.kind == Kind::Block);
        let inner = (self.frames.len() > 1).then(|| self.tokens[self.frame().open]);
        let error = match inner {
            Some(open) => {
                SyntaxError::MismatchedBracket { open: Span { start: open.start, end: open.end }, close: at }
            }
            None => SyntaxError::UnopenedBracket { at },
        };
        self.bad(error, token.start as usize, token.end as usize);
        if let Some(below) = self.frames[1..].iter().rposition(fits) {
            self.primitives.truncate(self.frames[below + 1].primitives);
            self.frames.truncate(below + 1);
        }
    }

    /// Changes a bracket group when the token after it says what it is.
    pub(super) fn settle(&mut self, next: Option<Token>) {
        let Some(undecided) = self.undecided.take() else { return };
        let Some(next) = next else { return };
        let operand = next.kind.starts_operand();
        let glyph = matches!(next.kind, Tok::Glyph | Tok::ProductGlyph);
        match undecided {
            Undecided::Train { open, close } => {
                let operator = matches!(next.kind, Tok::Monadic | Tok::Dyadic);
                if operand || glyph || operator {
                    self.tokens[open].kind = Tok::TrainOpen;
                    self.tokens[close].kind = Tok::TrainClose;
                    self.function = true;
                    self.left = Left::Dyad;
                    self.frame_mut().item_function(false);
                }
            }
            Undecided::Lambda { open, close } => {
                if matches!(next.kind, Tok::Monadic | Tok::Dyadic) {
                    self.tokens[open].kind = Tok::TrainOpen;
                    self.tokens[close].kind = Tok::TrainClose;
                    let frame = self.frame_mut();
                    frame.lone_operand = false;
                    self.function = true;
                    self.left = Left::Dyad;
                }
            }
            Undecided::Axis { open, close, one, comma } => {
                let prefix = glyph || matches!(next.kind, Tok::Sum | Tok::Tilde);
                if operand || (one && !comma && (prefix || self.ends_function(next))) {
                    self.axis(open, close);
                }
            }
            Undecided::PrimitiveAxis { open, close, one, comma } => {
                let touching = self.touches(next.start as usize);
                let postfix = touching && matches!(next.kind, Tok::LParen | Tok::LBracket);
                let one = one && !comma;
                if (operand && !postfix) || (one && (glyph || self.ends_function(next))) {
                    self.tokens[open - 1].kind = Tok::Function;
                    self.axis(open, close);
                }
            }
        }
    }
}
