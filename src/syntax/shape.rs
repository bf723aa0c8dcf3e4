//! The pass between lexer and parser: it settles what one token of lookahead cannot.
//!
//! `lines` feeds it raw tokens; it classifies them by the lexicon, keeps the open brackets, and goes
//! back to change a token's kind when its neighbour decides: `+` before `/` is a function, `/` after
//! a function is an operator, a bracket group of functions only is a train, `(x, y)` before `=>` is
//! a list of parameters, the first `{` after `if` opens a block and every other a dfn. It also caps
//! the depth of what the parser may build, so that no tree is too deep to walk or to drop.

use super::error::SyntaxError;
use super::token::{Raw, Tok, Token, keyword};
use super::{Class, Lexicon, Span};

/// The operators whose left operand may be an array: a line that ends in one goes on.
const REPLICATES: [&str; 2] = ["⌿", "⍀"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Root,
    Paren,
    Bracket,
    Dfn,
    Block,
}

/// An open bracket.
#[derive(Clone, Debug)]
struct Frame {
    kind: Kind,
    /// The index of its token; of nothing for the root.
    open: usize,
    /// The bracket continues an operand: a call or an index.
    postfix: bool,
    /// A `[` that may give the axis of the operator before it.
    axis: bool,
    /// A keyword waits for its block.
    block_due: bool,
    /// ... and the keyword is `fn`.
    fn_due: bool,
    /// Not a train: an item at top level is no function.
    not_train: bool,
    /// The last item is an operand, and no operator has taken it yet.
    lone_operand: bool,
    comma: bool,
    /// Where its primitives begin in `Shaper::primitives`.
    primitives: usize,
    /// Whether the function that opened here has a left operand.
    left: Left,
    /// The right operand of an operator.
    after_dyadic: bool,
    /// The index of the first token of the present statement.
    statement: usize,
    /// Bounds on the tree's height: operators of this segment, brackets closed in it, past segments.
    steps: usize,
    inner: usize,
    height: usize,
}

impl Frame {
    fn new(kind: Kind, open: usize) -> Frame {
        Frame {
            kind,
            open,
            postfix: false,
            axis: false,
            block_due: false,
            fn_due: false,
            not_train: false,
            lone_operand: false,
            comma: false,
            primitives: 0,
            left: Left::None,
            after_dyadic: false,
            statement: open,
            steps: 0,
            inner: 0,
            height: 0,
        }
    }

    fn segment(&self) -> usize {
        self.steps + self.inner
    }
}

/// What stands to the left of the place where the pass is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    None,
    Operand,
    /// A function that has an operand on its left, so that the line goes on.
    Dyad,
}

/// A bracket group whose part only the next token shows.
#[derive(Clone, Copy, Debug)]
enum Undecided {
    /// `x (+/ ÷ ≢)`: a call, or a train between two values.
    Train { open: usize, close: usize },
    /// `+/[0]`: an axis, or the argument.
    Axis { open: usize, close: usize, one: bool, comma: bool },
}

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
    primitives: Vec<usize>,
    /// Where the name path that ends at the last token begins: `a` of `a.b`.
    path: Option<usize>,
    /// The last token ends a function.
    function: bool,
    left: Left,
    undecided: Option<Undecided>,
    /// Where the group closed by the last token opened.
    closed: Option<usize>,
    /// The next token, if `{`, opens a block.
    block_next: bool,
    max_depth: usize,
}

impl<'a> Shaper<'a> {
    /// With `inside`, the text stands within brackets, where newlines mean nothing.
    pub fn new(text: &'a str, lexicon: &'a Lexicon, max_depth: usize, inside: bool) -> Shaper<'a> {
        let root = Frame::new(if inside { Kind::Paren } else { Kind::Root }, 0);
        Shaper {
            text,
            lexicon,
            tokens: Vec::new(),
            pieces: Vec::new(),
            bad: Vec::new(),
            too_deep: false,
            frames: vec![root],
            primitives: Vec::new(),
            path: None,
            function: false,
            left: Left::None,
            undecided: None,
            closed: None,
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
            Comma | Assign | Augment | Arrow | PipeTo | Dyadic | Dot | AndWord | OrWord | In | Is
            | ChoiceIf | ChoiceElse | Else => true,
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
            Raw::Wide(Wide::Itself) => self.function_token(token(Tok::Itself)),
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

    fn touches(&self, start: usize) -> bool {
        self.tokens.last().is_some_and(|token| token.end as usize == start)
    }

    fn touches_function(&self, start: usize) -> bool {
        if !self.touches(start) {
            return false;
        }
        self.function
            || matches!(self.undecided, Some(Undecided::Train { open, .. }) if !self.call_touches(open))
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

    fn operand(&mut self, token: Token) {
        let taken = self.last_is(Tok::Dyadic);
        let strand = token.kind == Tok::Number && self.last_is(Tok::Number) && !self.function;
        self.add(token);
        self.function = taken;
        if !taken {
            self.left = Left::Operand;
        }
        self.item_operand(taken, strand);
    }

    fn item_operand(&mut self, taken: bool, same: bool) {
        let frame = self.frame_mut();
        if frame.lone_operand && !same {
            frame.not_train = true;
        }
        frame.lone_operand = !taken;
    }

    fn item_function(&mut self) {
        let frame = self.frame_mut();
        frame.not_train |= frame.lone_operand;
        frame.lone_operand = false;
    }

    fn item_other(&mut self) {
        self.frame_mut().not_train = true;
    }

    /// `∇`, `⍺⍺`: functions by themselves.
    fn function_token(&mut self, token: Token) {
        let dyad = self.after_operand();
        let taken = self.last_is(Tok::Dyadic);
        self.add(token);
        self.item_function();
        self.function = true;
        if !taken {
            self.left = if dyad { Left::Dyad } else { Left::None };
        }
        self.step(token);
    }

    fn glyph(&mut self, start: usize, end: usize) {
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
            Tok::Dyadic if self.begins_outer(end) => {
                self.function_token(Token { kind: Tok::Function, ..token })
            }
            Tok::Dyadic => self.dyadic(token),
            _ => self.primitive(token),
        }
    }

    /// Whether the operator that ends at `end` is the `∘` of an outer product: `∘.×`.
    fn begins_outer(&self, end: usize) -> bool {
        let mut after = self.text[end..].bytes();
        after.next() == Some(b'.') && after.next().is_some_and(|b| b != b'.' && !b.is_ascii_digit())
    }

    fn primitive(&mut self, mut token: Token) {
        if self.last_is(Tok::Dot) && self.touches(token.start as usize) {
            self.dot_was_operator();
        }
        let taken = self.last_is(Tok::Dyadic);
        let dyad = self.after_operand();
        if taken {
            token.kind = Tok::Function;
        } else if token.kind == Tok::Product && self.text_of(token) == "*" && self.unpacks() {
            token.kind = Tok::Star;
        }
        self.add(token);
        self.item_function();
        self.function = true;
        if !taken {
            self.left = if dyad { Left::Dyad } else { Left::None };
            let index = self.tokens.len() - 1;
            self.primitives.push(index);
        }
        self.step(token);
    }

    /// Whether `*` here can only stand before items to unpack.
    fn unpacks(&self) -> bool {
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
                            | BlockOpen
                    )
            )
    }

    /// The dot before a primitive is an inner product: `f.×`.
    fn dot_was_operator(&mut self) {
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
    fn take_name(&mut self, path: usize) {
        let is_right_operand = path > 0 && self.tokens[path - 1].kind == Tok::Dyadic;
        if !is_right_operand && self.tokens[path].kind == Tok::Name {
            self.tokens[path].kind = Tok::FunctionName;
        }
    }

    /// The operand before an operator: a primitive or a name there is a function.
    fn take_left_operand(&mut self) {
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

    fn monadic(&mut self, token: Token) {
        self.settle(Some(token));
        let array = self.after_operand();
        self.take_left_operand();
        self.add(token);
        self.function = true;
        if array {
            let replicates = REPLICATES.contains(&self.text_of(token));
            self.left = if replicates { Left::Dyad } else { Left::None };
        }
        self.step(token);
    }

    fn dyadic(&mut self, token: Token) {
        self.settle(Some(token));
        let array = self.after_operand();
        self.take_left_operand();
        self.add(token);
        self.function = false;
        if array {
            self.left = Left::None;
        }
        self.step(token);
    }

    fn dot(&mut self, mut token: Token) {
        self.settle(Some(token));
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
        let one_line = self.frame().fn_due;
        self.punctuation(token);
        if one_line {
            let frame = self.frame_mut();
            (frame.block_due, frame.fn_due) = (false, false);
            self.block_next = true;
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

    fn brace(&mut self, mut token: Token) {
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
        self.open(Kind::Dfn, token);
    }

    fn open(&mut self, kind: Kind, token: Token) {
        self.settle(Some(token));
        let after_operand = self.after_operand();
        let mut frame = Frame::new(kind, self.tokens.len());
        frame.postfix = after_operand && matches!(kind, Kind::Paren | Kind::Bracket);
        frame.after_dyadic = self.last_is(Tok::Dyadic);
        frame.axis =
            kind == Kind::Bracket && self.last_is(Tok::Monadic) && self.touches(token.start as usize);
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
    fn close(&mut self, kind: Kind, token: Token) {
        self.settle(Some(token));
        let fits = |frame: &Frame| frame.kind == kind || (kind == Kind::Dfn && frame.kind == Kind::Block);
        if self.frames.len() == 1 || !fits(self.frame()) {
            return self.close_wrong(kind, token);
        }
        self.lone_function();
        let Some(frame) = self.frames.pop() else { return };
        let is_train = kind == Kind::Paren
            && !frame.not_train
            && !frame.lone_operand
            && self.tokens.len() > frame.open + 1;
        if is_train {
            for index in &self.primitives[frame.primitives..] {
                if self.tokens[*index].kind.is_primitive() {
                    self.tokens[*index].kind = Tok::Function;
                }
            }
        }
        self.primitives.truncate(frame.primitives);
        let below = self.frame_mut();
        below.inner = below.inner.max(1 + frame.height.max(frame.segment()));
        self.check_depth(token);
        self.close_as(&frame, is_train, token);
    }

    fn close_as(&mut self, frame: &Frame, is_train: bool, mut token: Token) {
        let close = self.tokens.len();
        let mut function = frame.after_dyadic;
        let mut undecided = None;
        match frame.kind {
            Kind::Dfn => function = true,
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
            Kind::Bracket if frame.axis => {
                let one = self.one_number(frame.open + 1, close);
                undecided = Some(Undecided::Axis { open: frame.open, close, one, comma: frame.comma });
            }
            _ => {}
        }
        self.add(token);
        self.undecided = undecided;
        self.closed = Some(frame.open);
        self.function = function;
        self.left = if function { frame.left } else { Left::Operand };
        match frame.kind {
            Kind::Dfn => self.item_function(),
            Kind::Paren if function && !frame.after_dyadic => self.item_function(),
            _ if frame.postfix => {}
            _ => self.item_operand(frame.after_dyadic, false),
        }
    }

    fn call_touches(&self, open: usize) -> bool {
        open > 0 && self.tokens[open - 1].end == self.tokens[open].start
    }

    /// `0`, `-1` or a name between the brackets of a possible axis.
    fn one_number(&self, start: usize, end: usize) -> bool {
        let kinds: Vec<Tok> = self.tokens[start..end].iter().take(3).map(|token| token.kind).collect();
        matches!(kinds[..], [Tok::Number | Tok::Name] | [Tok::Sum, Tok::Number])
    }

    /// A closing bracket that does not close the innermost one.
    fn close_wrong(&mut self, kind: Kind, token: Token) {
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
    fn settle(&mut self, next: Option<Token>) {
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
                }
            }
            Undecided::Axis { open, close, one, comma } => {
                let prefix = glyph || matches!(next.kind, Tok::Sum | Tok::Tilde);
                if operand || (prefix && one && !comma) {
                    self.tokens[open].kind = Tok::AxisOpen;
                    self.tokens[close].kind = Tok::AxisClose;
                    self.function = true;
                    self.left = Left::None;
                    self.frame_mut().lone_operand = false;
                }
            }
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
        self.punctuation(token);
        if in_braces {
            self.begin_statement();
        }
    }

    fn end_piece(&mut self, silent: bool) {
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
        if at_top {
            self.primitives.clear();
        }
    }
}
