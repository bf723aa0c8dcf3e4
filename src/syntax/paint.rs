//! A text cut for the eye: what a line editor colours. Unlike the parser it takes any text, with
//! comments and pieces that are wrong.

use super::lines::{Reading, scan, without_prompts};
use super::token::{Tok, Token};
use super::{Lexicon, Span, literal};

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    Number,
    String,
    Name,
    Keyword,
    /// `⍺ ⍵ ∇`
    Argument,
    /// A primitive, a function or an operator between values.
    Primitive,
    /// An operator that takes functions: `/` of `+/`, `¨`, `∘`.
    Operator,
    Bracket,
    /// `=`, `,`, `=>` and their like.
    Punctuation,
    Comment,
    /// `%time …`, `?name`: a whole line.
    Command,
    /// What cannot be read: an unknown character, a malformed number, an open string.
    Bad,
}

/// The pieces of a text in order; white space and what is plain lie between them.
pub fn tokens(text: &str, lexicon: &Lexicon) -> Vec<(Paint, Span)> {
    let text = &*without_prompts(text);
    let scan = scan(text, 0..text.len(), lexicon, Reading { inside: false, max_depth: usize::MAX });
    let mut comments = scan.comments.iter().copied().peekable();
    let mut painted = Vec::with_capacity(scan.tokens.len() + scan.comments.len());
    for token in &scan.tokens {
        while let Some(comment) = comments.next_if(|comment| comment.start < token.start) {
            painted.push((Paint::Comment, comment));
        }
        painted.push((paint(text, *token), Span { start: token.start, end: token.end }));
    }
    painted.extend(comments.map(|comment| (Paint::Comment, comment)));
    painted
}

fn paint(text: &str, token: Token) -> Paint {
    use Tok::*;
    match token.kind {
        Number | StrandNumber => match literal::number(&text[token.start as usize..token.end as usize]) {
            Ok(_) => Paint::Number,
            Err(_) => Paint::Bad,
        },
        True | False | None => Paint::Number,
        Str | FString => Paint::String,
        Name | FunctionName => Paint::Name,
        Argument | StrandArgument | Itself => Paint::Argument,
        Function => Paint::Primitive,
        kind if kind.is_primitive() => Paint::Primitive,
        Monadic | Dyadic => Paint::Operator,
        kind if kind.opens() || kind.closes() => Paint::Bracket,
        Comma | Dot | Colon | Assign | AssignTrain | Augment | Arrow | PipeTo | Ellipsis | Separator
        | Semi => Paint::Punctuation,
        Command | Help => Paint::Command,
        Bad => Paint::Bad,
        _ => Paint::Keyword,
    }
}
