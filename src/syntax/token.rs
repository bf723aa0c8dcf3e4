//! The lexer: text to raw tokens with spans, one at a time.
//!
//! It knows numbers, names, strings, brackets and the shape of ASCII operators, and takes any other
//! character as a glyph. What a glyph is comes from the `Lexicon`; what a token means where it
//! stands (a newline, `/`, `{`) is settled by `lines` and `shape`, which turn these raw tokens into
//! the `Token`s of the grammar.

use logos::{Lexer, Logos};

/// One token as the lexer sees it, before its neighbours are looked at.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
#[logos(skip(r"[ \t\r\x0C]+"))]
#[logos(extras = Quotes)]
pub(super) enum Raw {
    #[token("\n")]
    Newline,
    #[regex(r"#[^\n]*", allow_greedy = true)]
    Comment,
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*", extend_name)]
    Name,
    #[regex(r"[0-9]|\.[0-9]", extend_number)]
    Number,
    #[regex(r#"[fFrR]?[fFrR]?["']"#, string)]
    Text(Quoted),
    #[regex(r"[^\x00-\x7F]", wide)]
    Wide(Wide),
    #[token("(")]
    LParen,
    #[token(")")]
    RParen,
    #[token("[")]
    LBracket,
    #[token("]")]
    RBracket,
    #[token("{")]
    LBrace,
    #[token("}")]
    RBrace,
    #[token(",")]
    Comma,
    #[token(".")]
    Dot,
    #[token("...")]
    Ellipsis,
    #[token(":")]
    Colon,
    #[token(";")]
    Semi,
    #[token("=")]
    Assign,
    #[regex(r"(\+|-|\*|/|//|%|\*\*|@|&|\||\^|<<|>>)=")]
    Augment,
    #[token("=>")]
    Arrow,
    #[token("|>")]
    PipeTo,
    #[token("?")]
    Question,
    #[token("\\")]
    Backslash,
    #[token("/")]
    Slash,
    #[regex(r"[-+*%@|^&~<>!]|//|\*\*|<<|>>|[=!<>]=")]
    Operator,
}

/// What a string literal is, seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoted {
    Plain,
    Format,
    /// No closing quote before the end of its line.
    OpenLine,
    /// No closing `"""` before the end of the text.
    OpenTriple,
}

/// What a character outside ASCII begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wide {
    Name,
    Number,
    Space,
    Comment,
    Diamond,
    Assign,
    /// `⍺ ⍵`
    Argument,
    /// `⍺⍺ ⍵⍵ ∇ ∇∇`
    Itself,
    /// Any other character: the lexicon says what it is.
    Glyph,
}

/// The lexer's memory: up to where a format string was tried in vain with nested quotes, so that
/// a line of broken strings is not scanned once for each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Quotes {
    nested_failed_to: usize,
}

fn extend_name(lex: &mut Lexer<Raw>) {
    let rest = lex.remainder();
    if rest.as_bytes().first().is_some_and(|b| *b >= 0x80) {
        lex.bump(name_length(rest));
    }
}

/// The bytes at the head of `text` that can continue a name.
fn name_length(text: &str) -> usize {
    text.char_indices().find(|(_, c)| !(c.is_alphanumeric() || *c == '_')).map_or(text.len(), |(at, _)| at)
}

fn extend_number(lex: &mut Lexer<Raw>) {
    let length = number_length(lex.slice(), lex.remainder());
    lex.bump(length);
}

/// How much of `rest` belongs to the number that `head` began: everything that looks like a part of
/// a number, right or wrong, so that `2pi` and `1..2` are one bad number.
fn number_length(head: &str, rest: &str) -> usize {
    let radix = head == "0" && rest.starts_with(['x', 'X', 'b', 'B', 'o', 'O']);
    let mut mantissa = !radix;
    let mut characters = rest.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            'e' | 'E' if mantissa => {
                mantissa = false;
                let mut ahead = rest[at + 1..].bytes();
                let signed = matches!(ahead.next(), Some(b'+' | b'-'));
                if signed && ahead.next().is_some_and(|b| b.is_ascii_digit()) {
                    characters.next();
                }
            }
            '0'..='9' | '_' | '.' => {}
            c if c.is_alphanumeric() => mantissa = false,
            _ => return at,
        }
    }
    rest.len()
}

fn wide(lex: &mut Lexer<Raw>) -> Wide {
    let rest = lex.remainder();
    let Some(c) = lex.slice().chars().next() else { return Wide::Glyph };
    match c {
        '⍝' => {
            let line = rest.find('\n').unwrap_or(rest.len());
            lex.bump(line);
            Wide::Comment
        }
        '⋄' => Wide::Diamond,
        '←' => Wide::Assign,
        '⍺' | '⍵' | '∇' => {
            let doubled = rest.starts_with(c);
            if doubled {
                lex.bump(c.len_utf8());
            }
            if doubled || c == '∇' { Wide::Itself } else { Wide::Argument }
        }
        '¯' => {
            let digits = rest.strip_prefix('.').unwrap_or(rest);
            if !digits.starts_with(|c: char| c.is_ascii_digit()) {
                return Wide::Glyph;
            }
            let first = rest.len() - digits.len() + 1;
            let length = first + number_length(&rest[..first], &rest[first..]);
            lex.bump(length);
            Wide::Number
        }
        c if c.is_alphabetic() => {
            let length = name_length(rest);
            lex.bump(length);
            Wide::Name
        }
        c if c.is_whitespace() || c == '\u{feff}' => Wide::Space,
        _ => Wide::Glyph,
    }
}

fn string(lex: &mut Lexer<Raw>) -> Quoted {
    let head = lex.slice();
    let quote = head.as_bytes()[head.len() - 1];
    let format = head.contains(['f', 'F']);
    let rest = lex.remainder().as_bytes();
    let triple = rest.len() >= 2 && rest[0] == quote && rest[1] == quote;
    let from = if triple { 2 } else { 0 };
    let start = lex.span().end;
    let found = if format && start >= lex.extras.nested_failed_to {
        nested_end(rest, from, quote, triple).or_else(|stop| {
            lex.extras.nested_failed_to = start + stop;
            plain_end(rest, from, quote, triple)
        })
    } else {
        plain_end(rest, from, quote, triple)
    };
    let (Ok(end) | Err(end)) = found;
    lex.bump(end);
    match (found.is_ok(), triple, format) {
        (false, true, _) => Quoted::OpenTriple,
        (false, false, _) => Quoted::OpenLine,
        (true, _, true) => Quoted::Format,
        (true, _, false) => Quoted::Plain,
    }
}

/// The end of a string whose text begins at `from`, after its closing quotes; or, in `Err`, where
/// the search stopped: the end of the line, or of the text for triple quotes.
pub(super) fn plain_end(text: &[u8], from: usize, quote: u8, triple: bool) -> Result<usize, usize> {
    let mut at = from;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 1 + character_length(text, at + 1),
            b'\n' if !triple => return Err(at),
            c if c == quote => match closing(text, at, quote, triple) {
                Some(length) => return Ok(at + length),
                None => at += 1,
            },
            _ => at += 1,
        }
    }
    Err(text.len())
}

/// The length of the closing quotes at `at`.
fn closing(text: &[u8], at: usize, quote: u8, triple: bool) -> Option<usize> {
    if !triple {
        return (text.get(at) == Some(&quote)).then_some(1);
    }
    (text.get(at..at + 3) == Some(&[quote; 3])).then_some(3)
}

/// The bytes of the character at `at`; zero past the end.
fn character_length(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        None => 0,
        Some(b) if *b < 0x80 => 1,
        Some(_) => 1 + text[at + 1..].iter().take_while(|b| **b & 0xc0 == 0x80).count(),
    }
}

/// As `plain_end`, for a format string whose replacement fields may hold strings with the same
/// quotes. `Err` holds how far it looked.
pub(super) fn nested_end(text: &[u8], from: usize, quote: u8, triple: bool) -> Result<usize, usize> {
    /// A string being read, and the braces open in its present field.
    struct Open {
        quote: u8,
        triple: bool,
        format: bool,
        braces: u32,
    }
    let mut open = vec![Open { quote, triple, format: true, braces: 0 }];
    let mut at = from;
    while at < text.len() {
        let depth = open.len();
        let Some(now) = open.last_mut() else { return Err(at) };
        let one_line = !now.triple || depth > 1;
        match text[at] {
            b'\n' if one_line => return Err(at),
            b'{' if now.format && now.braces == 0 && text.get(at + 1) == Some(&b'{') => at += 1,
            b'{' if now.format => now.braces += 1,
            b'}' if now.format => now.braces = now.braces.saturating_sub(1),
            b'\\' if now.braces == 0 => at += character_length(text, at + 1),
            c @ (b'"' | b'\'') if now.braces > 0 => {
                let format = at > 0 && matches!(text[at - 1], b'f' | b'F');
                let triple = text.get(at + 1) == Some(&c) && text.get(at + 2) == Some(&c);
                at += if triple { 2 } else { 0 };
                open.push(Open { quote: c, triple, format, braces: 0 });
            }
            c if c == now.quote && now.braces == 0 => {
                if let Some(length) = closing(text, at, now.quote, now.triple) {
                    at += length - 1;
                    open.pop();
                    if open.is_empty() {
                        return Ok(at + 1);
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
    Err(text.len())
}

/// A terminal of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tok {
    // Operands.
    Number,
    Str,
    FString,
    Name,
    /// A name that an operator takes: `f` of `f¨`.
    FunctionName,
    /// `⍺ ⍵`
    Argument,
    /// `⍺ ⍵` and a number beside a value, with which they make a vector: `⍺ ⍵`, `⍵ 0`.
    StrandArgument,
    StrandNumber,
    /// `∇ ∇∇ ⍺⍺ ⍵⍵`, which stand as functions.
    Itself,
    None,
    True,
    False,
    Ellipsis,
    // Primitives, by class.
    Or,
    And,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    ProductGlyph,
    Tilde,
    Power,
    Glyph,
    /// `*` before the items to unpack.
    Star,
    /// A primitive of any class that stands as a function: in `+/`, in a train, in `f(+, x)`.
    Function,
    /// An operator with one operand; `/` and `\` after a function too.
    Monadic,
    /// An operator with two; the `.` of `+.×` too.
    Dyadic,
    // Punctuation.
    Comma,
    Dot,
    Colon,
    Assign,
    /// `=` before a train without brackets: `f = +/ ÷ ≢`.
    AssignTrain,
    Augment,
    Arrow,
    PipeTo,
    LParen,
    RParen,
    /// `(` of a train, and of a train that is a call's only argument: `f(+/ ÷ ≢)`.
    TrainOpen,
    TrainClose,
    CallTrainOpen,
    /// `(` of a lambda's parameters.
    ParamsOpen,
    LBracket,
    RBracket,
    /// `[` of `+/[0]`.
    AxisOpen,
    AxisClose,
    BlockOpen,
    BlockClose,
    DfnOpen,
    DfnClose,
    /// A dfn with `⍺⍺` that stands alone: an operator as a value.
    OperatorOpen,
    OperatorClose,
    /// A dfn with `⍺⍺` after its operand, and one with `⍵⍵`, which takes another on its right.
    MonadicOpen,
    MonadicClose,
    DyadicOpen,
    DyadicClose,
    /// A newline that ends a statement, or `⋄`.
    Separator,
    Semi,
    // Keywords.
    If,
    Else,
    /// `if` and `else` between values, and the `if` of a comprehension.
    ChoiceIf,
    ChoiceElse,
    For,
    While,
    Break,
    Continue,
    Return,
    Fn,
    Import,
    From,
    As,
    Assert,
    AndWord,
    OrWord,
    Not,
    In,
    Is,
    Lambda,
    // Whole lines, and what cannot be read.
    Command,
    Help,
    /// A statement inside a block that was found wrong and is skipped.
    Skipped,
    /// A piece of text with an error of its own.
    Bad,
}

impl Tok {
    /// A primitive that has not been found to stand as a function.
    pub(super) fn is_primitive(self) -> bool {
        use Tok::*;
        matches!(
            self,
            Or | And
                | Compare
                | BitOr
                | BitXor
                | BitAnd
                | Shift
                | Sum
                | Product
                | ProductGlyph
                | Tilde
                | Power
                | Glyph
                | Star
        )
    }

    /// Whether a value may end here.
    pub(super) fn ends_operand(self) -> bool {
        use Tok::*;
        matches!(
            self,
            Number
                | Str
                | FString
                | Name
                | Argument
                | StrandArgument
                | StrandNumber
                | None
                | True
                | False
                | Ellipsis
                | RParen
                | RBracket
                | BlockClose
        )
    }

    /// Whether a value may begin here, and nothing else.
    pub(super) fn starts_operand(self) -> bool {
        use Tok::*;
        matches!(
            self,
            Number
                | Str
                | FString
                | Name
                | FunctionName
                | Argument
                | Itself
                | None
                | True
                | False
                | Ellipsis
                | Function
                | LParen
                | LBracket
                | TrainOpen
                | DfnOpen
                | OperatorOpen
        )
    }

    pub(super) fn opens(self) -> bool {
        use Tok::*;
        matches!(self, LParen | TrainOpen | CallTrainOpen | ParamsOpen | LBracket | AxisOpen)
            || self.opens_brace()
    }

    pub(super) fn opens_brace(self) -> bool {
        use Tok::*;
        matches!(self, BlockOpen | DfnOpen | OperatorOpen | MonadicOpen | DyadicOpen)
    }

    /// A primitive that may have an axis: `⌽[0]`, `+[0]`.
    pub(super) fn takes_axis(self) -> bool {
        use Tok::*;
        matches!(self, Glyph | Sum | Product | ProductGlyph | Compare | Power | Or | And)
    }

    pub(super) fn closes(self) -> bool {
        use Tok::*;
        matches!(
            self,
            RParen
                | TrainClose
                | RBracket
                | AxisClose
                | BlockClose
                | DfnClose
                | OperatorClose
                | MonadicClose
                | DyadicClose
        )
    }
}

/// A token of the grammar and its place, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Tok,
    pub start: u32,
    pub end: u32,
}

/// The keyword that a name spells.
pub(super) fn keyword(text: &str) -> Option<Tok> {
    Some(match text {
        "if" => Tok::If,
        "else" => Tok::Else,
        "for" => Tok::For,
        "while" => Tok::While,
        "break" => Tok::Break,
        "continue" => Tok::Continue,
        "return" => Tok::Return,
        "fn" => Tok::Fn,
        "import" => Tok::Import,
        "from" => Tok::From,
        "as" => Tok::As,
        "assert" => Tok::Assert,
        "and" => Tok::AndWord,
        "or" => Tok::OrWord,
        "not" => Tok::Not,
        "in" => Tok::In,
        "is" => Tok::Is,
        "lambda" => Tok::Lambda,
        "None" => Tok::None,
        "True" | "true" => Tok::True,
        "False" | "false" => Tok::False,
        _ => return None,
    })
}
