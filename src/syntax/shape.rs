//! The pass between lexer and parser: it settles what one token of lookahead cannot.
//!
//! `lines` feeds it raw tokens; it classifies them by the lexicon, keeps the open brackets, and goes
//! back to change a token's kind when its neighbour decides: `+` before `/` is a function, `/` after
//! a function is an operator, a bracket group of functions only is a train, `(x, y)` before `=>` is
//! a list of parameters, the first `{` after `if` opens a block and every other a dfn. It also caps
//! the depth of what the parser may build, so that no tree is too deep to walk or to drop.

mod braces;
mod frame;
mod groups;
mod operators;

use super::error::SyntaxError;
use super::token::{Raw, Tok, Token, keyword};
use super::{Lexicon, Span};
use braces::Operands;
use frame::{Frame, Kind, Left, Replicates, Undecided};
use std::collections::HashMap;
use std::ops::Range;

/// The tokens of one top-level statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub start: usize,
    pub end: usize,
    /// Ended by `;`.
    pub silent: bool,
}

pub(super) struct Shaper<'a> {
    text: &'a str,
    lexicon: &'a Lexicon,
    pub tokens: Vec<Token>,
    pub pieces: Vec<Piece>,
    /// The errors of the `Bad` tokens, by their start.
    pub bad: Vec<(u32, SyntaxError)>,
    /// The nesting went past its cap: nothing more is read.
    pub too_deep: bool,
    frames: Vec<Frame>,
    /// The braces that hold operators.
    operators: HashMap<u32, Operands>,
    primitives: Vec<usize>,
    /// Where the name path that ends at the last token begins: `a` of `a.b`.
    path: Option<usize>,
    /// The last token ends a function.
    function: bool,
    left: Left,
    undecided: Option<Undecided>,
    /// Where the group closed by the last token opened.
    closed: Option<usize>,
    /// The last token is a `⌿` after a value, which the next may show to be a function.
    replicates: Option<Replicates>,
    /// The next token, if `{`, opens a block.
    block_next: bool,
    max_depth: usize,
}

impl<'a> Shaper<'a> {
    /// For `text[range]`. With `inside`, it stands within brackets, where newlines mean nothing.
    pub fn new(
        text: &'a str,
        range: Range<usize>,
        lexicon: &'a Lexicon,
        max_depth: usize,
        inside: bool,
    ) -> Shaper<'a> {
        let root = Frame::new(if inside { Kind::Paren } else { Kind::Root }, 0);
        Shaper {
            text,
            lexicon,
            tokens: Vec::new(),
            pieces: Vec::new(),
            bad: Vec::new(),
            too_deep: false,
            frames: vec![root],
            operators: braces::operators(text, range),
            primitives: Vec::new(),
            path: None,
            function: false,
            left: Left::None,
            undecided: None,
            closed: None,
            replicates: None,
            block_next: false,
            max_depth,
        }
    }

    /// Whether a newline here is only white space.
    pub fn ignores_newline(&self) -> bool {
        matches!(self.frame().kind, Kind::Paren | Kind::Bracket) || self.continues()
    }

    /// Whether the present statement waits for more after the last token.
    pub fn continues(&self) -> bool {
        use Tok::*;
        let Some(last) = self.tokens.last() else { return false };
        if self.at_statement_start() {
            return false;
        }
        match last.kind {
            Comma | Assign | Augment | Arrow | PipeTo | Dyadic | DyadicClose | Dot | AndWord | OrWord
            | In | Is | ChoiceIf | ChoiceElse | Else => true,
            Not => self.tokens.iter().nth_back(1).is_some_and(|before| before.kind == Is),
            _ => self.function && self.left == Left::Dyad,
        }
    }

    /// Whether the next token begins a statement.
    pub fn at_statement_start(&self) -> bool {
        self.frame().statement == self.tokens.len()
    }

    /// The brackets still open, outermost first.
    pub fn open_brackets(&self) -> impl Iterator<Item = Token> + '_ {
        self.frames[1..].iter().map(|frame| self.tokens[frame.open])
    }

    pub fn at_top(&self) -> bool {
        self.frames.len() == 1
    }

    /// The last token ends a function, so that `\` after it is a scan.
    pub fn after_function(&self) -> bool {
        self.function
    }

    /// Ends the last statement. To be called once, at the end of the text.
    pub fn finish(&mut self) {
        self.settle(Option::None);
        self.end_piece(false);
    }

    pub fn push(&mut self, raw: Raw, start: usize, end: usize) {
        use super::token::{Quoted, Wide};
        let token = |kind| Token { kind, start: start as u32, end: end as u32 };
        match raw {
            Raw::Name | Raw::Wide(Wide::Name) => self.name(start, end),
            Raw::Number | Raw::Wide(Wide::Number) => self.operand(token(Tok::Number)),
            Raw::Text(Quoted::Plain) => self.operand(token(Tok::Str)),
            Raw::Text(Quoted::Format) => self.operand(token(Tok::FString)),
            Raw::Text(_) => self.bad(SyntaxError::UnclosedString { at: Span::new(start, end) }, start, end),
            Raw::Ellipsis => self.operand(token(Tok::Ellipsis)),
            Raw::Wide(Wide::Argument) => self.operand(token(Tok::Argument)),
            Raw::Wide(Wide::Itself) => self.itself(token(Tok::Itself)),
            Raw::Operator | Raw::Wide(Wide::Glyph) => self.glyph(start, end),
            Raw::Slash if self.touches_function(start) => self.monadic(token(Tok::Monadic)),
            Raw::Slash => self.glyph(start, end),
            Raw::Backslash if self.touches_function(start) => self.monadic(token(Tok::Monadic)),
            Raw::Backslash => self.bad(SyntaxError::StrayBackslash { at: Span::new(start, end) }, start, end),
            Raw::LParen => self.open(Kind::Paren, token(Tok::LParen)),
            Raw::LBracket => self.open(Kind::Bracket, token(Tok::LBracket)),
            Raw::LBrace => self.brace(token(Tok::DfnOpen)),
            Raw::RParen => self.close(Kind::Paren, token(Tok::RParen)),
            Raw::RBracket => self.close(Kind::Bracket, token(Tok::RBracket)),
            Raw::RBrace => self.close(Kind::Dfn, token(Tok::DfnClose)),
            Raw::Comma => self.comma(token(Tok::Comma)),
            Raw::Dot => self.dot(token(Tok::Dot)),
            Raw::Assign | Raw::Wide(Wide::Assign) => self.assign(token(Tok::Assign)),
            Raw::Augment => self.punctuation(token(Tok::Augment)),
            Raw::Colon => self.punctuation(token(Tok::Colon)),
            Raw::Arrow => self.arrow(token(Tok::Arrow)),
            Raw::PipeTo => self.word(token(Tok::PipeTo)),
            Raw::Semi => self.separator(token(Tok::Semi)),
            Raw::Newline | Raw::Wide(Wide::Diamond) => self.separator(token(Tok::Separator)),
            Raw::Question => self.bad(SyntaxError::StrayQuestion { at: Span::new(start, end) }, start, end),
            Raw::Comment | Raw::Wide(Wide::Comment | Wide::Space) => {}
        }
    }

    /// A token that has an error of its own.
    pub fn bad(&mut self, error: SyntaxError, start: usize, end: usize) {
        self.bad.push((start as u32, error));
        self.add(Token { kind: Tok::Bad, start: start as u32, end: end as u32 });
        self.function = false;
        self.left = Left::Operand;
        self.frame_mut().not_train = true;
    }

    /// A statement that is one token: a command or a question for help, in place of the tokens
    /// already read of it.
    pub fn whole_line(&mut self, kind: Tok, start: usize, end: usize) {
        let statement = self.frame().statement;
        self.tokens.truncate(statement);
        self.punctuation(Token { kind, start: start as u32, end: end as u32 });
        self.frame_mut().block_due = false;
    }

    /// Where the present statement begins in the text, if its tokens so far touch one another.
    pub fn touching_statement(&self) -> Option<u32> {
        let tokens = self.tokens.get(self.frame().statement..)?;
        let first = tokens.first()?;
        let touching = tokens.len() <= 64 && tokens.windows(2).all(|pair| pair[0].end == pair[1].start);
        touching.then_some(first.start)
    }

    fn frame(&self) -> &Frame {
        &self.frames[self.frames.len() - 1]
    }

    fn frame_mut(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn last_kind(&self) -> Option<Tok> {
        self.tokens.last().map(|token| token.kind)
    }

    fn last_is(&self, kind: Tok) -> bool {
        self.last_kind() == Some(kind)
    }

    /// The last token is an operator that waits for its right operand.
    fn after_dyadic(&self) -> bool {
        matches!(self.last_kind(), Some(Tok::Dyadic | Tok::DyadicClose))
    }

    fn touches(&self, start: usize) -> bool {
        self.tokens.last().is_some_and(|token| token.end as usize == start)
    }

    fn touches_function(&self, start: usize) -> bool {
        if !self.touches(start) {
            return false;
        }
        self.function
            || matches!(self.undecided, Some(Undecided::Train { open, .. }) if !self.call_touches(open))
            || matches!(self.undecided, Some(Undecided::Lambda { .. }))
    }

    /// A value ends at the last token.
    fn after_operand(&self) -> bool {
        !self.function && !self.at_statement_start() && self.last_kind().is_some_and(Tok::ends_operand)
    }

    fn text_of(&self, token: Token) -> &'a str {
        &self.text[token.start as usize..token.end as usize]
    }

    /// Every token goes through here.
    fn add(&mut self, token: Token) {
        self.settle(Some(token));
        self.path = None;
        self.closed = None;
        self.replicates = None;
        self.block_next = false;
        self.tokens.push(token);
    }

    /// One more level of the tree.
    fn step(&mut self, token: Token) {
        self.frame_mut().steps += 1;
        self.check_depth(token);
    }

    fn check_depth(&mut self, token: Token) {
        if self.frame().segment() >= self.max_depth || self.frames.len() > self.max_depth {
            self.too_deep = true;
            let at = Span { start: token.start, end: token.end };
            self.bad.push((token.start, SyntaxError::TooDeep { at, limit: self.max_depth }));
        }
    }

    fn name(&mut self, start: usize, end: usize) {
        let mut token = Token { kind: Tok::Name, start: start as u32, end: end as u32 };
        if self.last_is(Tok::Dot) {
            let path = self.path;
            let function = self.function;
            self.add(token);
            (self.path, self.function) = (path, function);
            if !function {
                self.left = Left::Operand;
            }
            return;
        }
        if let Some(kind) = keyword(self.text_of(token)) {
            token.kind = kind;
            return match kind {
                Tok::None | Tok::True | Tok::False => self.operand(token),
                _ => self.word(token),
            };
        }
        self.operand(token);
        self.path = Some(self.tokens.len() - 1);
    }

    fn operand(&mut self, mut token: Token) {
        self.settle(Some(token));
        let taken = self.after_dyadic();
        let numbers = token.kind == Tok::Number && self.last_is(Tok::Number) && !self.function;
        let strand = numbers || (!taken && self.strands(&mut token));
        self.add(token);
        self.function = taken;
        if !taken {
            self.left = Left::Operand;
        }
        self.frame_mut().item_operand(taken, strand);
    }

    /// `⍺ ⍵`, `⍵ 0`, `(≢⍵) ⍺`: an argument of a dfn beside a value makes a vector with it.
    fn strands(&self, token: &mut Token) -> bool {
        use Tok::*;
        let Some(last) = self.last_kind().filter(|_| self.after_operand()) else { return false };
        let argument = matches!(last, Argument | StrandArgument | StrandNumber);
        token.kind = match token.kind {
            Number if argument => StrandNumber,
            Argument if argument || matches!(last, Number | RParen | RBracket) => StrandArgument,
            _ => return false,
        };
        true
    }

    fn item_other(&mut self) {
        self.frame_mut().not_train = true;
    }

    fn comma(&mut self, token: Token) {
        self.lone_function();
        self.add(token);
        self.item_other();
        self.function = false;
        self.left = Left::None;
        let frame = self.frame_mut();
        frame.comma = true;
        frame.height = frame.height.max(frame.segment());
        (frame.steps, frame.inner) = (0, 0);
    }

    /// A primitive alone between brackets or commas is a value.
    fn lone_function(&mut self) {
        let count = self.tokens.len();
        if count < 2 || !matches!(self.frame().kind, Kind::Paren | Kind::Bracket) {
            return;
        }
        let before = self.tokens[count - 2].kind;
        let alone = matches!(before, Tok::LParen | Tok::LBracket | Tok::Comma | Tok::Assign);
        if alone && self.tokens[count - 1].kind.is_primitive() {
            self.tokens[count - 1].kind = Tok::Function;
        }
    }

    fn assign(&mut self, token: Token) {
        if let Some(last) = self.tokens.last()
            && last.kind == Tok::ProductGlyph
            && self.left == Left::Dyad
            && self.touches(token.start as usize)
            && self.text_of(token) == "="
        {
            let start = last.start;
            self.tokens.pop();
            self.primitives.pop();
            return self.punctuation(Token { kind: Tok::Augment, start, end: token.end });
        }
        if self.is_equality(token) {
            return self.primitive(Token { kind: Tok::Compare, ..token });
        }
        let one_line = self.frame().fn_due;
        self.punctuation(token);
        let begun = (self.tokens.len() - 1, self.primitives.len());
        let frame = self.frame_mut();
        if one_line {
            (frame.block_due, frame.fn_due) = (false, false);
            self.block_next = true;
        } else if matches!(frame.kind, Kind::Root | Kind::Dfn | Kind::Block) {
            frame.assigned = Some(begun);
            frame.begin_items();
        }
    }

    /// `∘.=`, `+.=`, `=/ x`: where only a function can stand, `=` is APL's equality.
    fn is_equality(&self, token: Token) -> bool {
        let dotted = self.tokens.last().is_some_and(|last| self.text_of(*last) == ".");
        let mut rest = self.text[token.end as usize..].chars();
        let operated = match rest.next() {
            Some('/' | '⌿' | '⍀' | '¨' | '⍨') => true,
            Some('\\') => !rest.as_str().trim_start_matches([' ', '\t', '\r']).starts_with('\n'),
            _ => false,
        };
        self.text_of(token) == "=" && (operated || (dotted && self.touches(token.start as usize)))
    }

    /// At the end of a statement: its right side may be a train without brackets, `f = +/ ÷ ≢`.
    fn assigned_train(&mut self) {
        let Some((assign, primitives)) = self.frame_mut().assigned.take() else { return };
        if self.frame().items > 1 && self.frame().is_train() {
            self.tokens[assign].kind = Tok::AssignTrain;
            self.stand_as_functions(primitives);
        }
    }

    /// The primitives from a place of `primitives` on stand as functions.
    fn stand_as_functions(&mut self, from: usize) {
        for index in self.primitives.get(from..).unwrap_or_default() {
            if self.tokens[*index].kind.is_primitive() {
                self.tokens[*index].kind = Tok::Function;
            }
        }
    }

    fn arrow(&mut self, token: Token) {
        if let (Some(open), Some(Tok::RParen | Tok::TrainClose)) = (self.closed, self.last_kind()) {
            self.tokens[open].kind = Tok::ParamsOpen;
            if let Some(close) = self.tokens.last_mut() {
                close.kind = Tok::RParen;
            }
            self.undecided = None;
        }
        self.punctuation(token);
        self.frame_mut().lambda = true;
        self.block_next = true;
        self.step(token);
    }

    fn punctuation(&mut self, token: Token) {
        self.add(token);
        self.item_other();
        self.function = false;
        self.left = Left::None;
    }

    /// A keyword, or the pipe.
    fn word(&mut self, mut token: Token) {
        self.settle(Some(token));
        let after_operand = self.after_operand() || self.function;
        let inside = matches!(self.frame().kind, Kind::Paren | Kind::Bracket);
        match token.kind {
            Tok::If if after_operand => token.kind = Tok::ChoiceIf,
            Tok::Else if !self.last_is(Tok::BlockClose) => token.kind = Tok::ChoiceElse,
            _ => {}
        }
        self.punctuation(token);
        match token.kind {
            Tok::If | Tok::While => self.frame_mut().block_due = true,
            Tok::For if !inside => self.frame_mut().block_due = true,
            Tok::Fn => {
                let frame = self.frame_mut();
                (frame.block_due, frame.fn_due) = (true, true);
            }
            Tok::Else => self.block_next = true,
            Tok::AndWord
            | Tok::OrWord
            | Tok::Not
            | Tok::Lambda
            | Tok::ChoiceIf
            | Tok::PipeTo
            | Tok::In
            | Tok::Is => {
                self.step(token);
            }
            _ => {}
        }
    }

    fn separator(&mut self, token: Token) {
        self.settle(None);
        if self.at_top() && self.frame().kind == Kind::Root {
            return self.end_piece(token.kind == Tok::Semi);
        }
        let in_braces = matches!(self.frame().kind, Kind::Dfn | Kind::Block);
        if in_braces && self.at_statement_start() {
            return;
        }
        if in_braces {
            self.assigned_train();
        }
        self.punctuation(token);
        if in_braces {
            self.begin_statement();
        }
    }

    fn end_piece(&mut self, silent: bool) {
        if self.at_top() {
            self.assigned_train();
        }
        let start = self.pieces.last().map_or(0, |piece| piece.end);
        let end = self.tokens.len();
        if start < end {
            self.pieces.push(Piece { start, end, silent });
        }
        self.begin_statement();
        self.function = false;
        self.left = Left::None;
        self.path = None;
        self.closed = None;
        self.block_next = false;
    }

    fn begin_statement(&mut self) {
        let next = self.tokens.len();
        let at_top = self.at_top();
        let frame = self.frame_mut();
        frame.statement = next;
        (frame.block_due, frame.fn_due) = (false, false);
        frame.height = if at_top { 0 } else { frame.height.max(frame.segment()) };
        (frame.steps, frame.inner) = (0, 0);
        frame.lone_operand = false;
        frame.assigned = None;
        if at_top {
            self.primitives.clear();
        }
    }
}
