//! What can be wrong with a text: one variant per cause, with the places it is about.
//!
//! These are data; `crate::error` renders them. Each gives a stable code, labels (a place and a few
//! words), and where one exists a help line.

use super::Span;
use thiserror::Error;

/// Boxed where it travels, as it is rarely made.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SyntaxError {
    #[error("unexpected {found}")]
    Unexpected {
        at: Span,
        /// The token, in words.
        found: String,
        /// What could stand there, in words; empty where that would not help.
        expected: Vec<&'static str>,
    },
    #[error("`{text}` lacks {wants} on its {side}")]
    MissingOperand {
        at: Span,
        text: String,
        side: Side,
        /// What should stand there: `a value`, `a function`.
        wants: &'static str,
        /// What to write if something else was meant.
        help: Option<String>,
        /// How the line was read up to there, with its brackets, and `…` for what is missing.
        read: Option<String>,
    },
    #[error("no operator between two values")]
    MissingOperator {
        left: Span,
        right: Span,
        text: String,
        /// Both in brackets.
        both: String,
        /// What else may have been meant, as a sentence: a train, the end of a statement.
        other: Option<String>,
    },
    #[error("a function held in a name is called with brackets")]
    AppliedName {
        function: Span,
        argument: Span,
        name: String,
        fixed: String,
        /// A product, where the letter `x` may have been meant as `×`.
        product: Option<String>,
    },
    #[error("this bracket is never closed")]
    UnclosedBracket {
        open: Span,
        text: char,
        /// Where reading could not go on before its end was found.
        stopped: Option<Span>,
    },
    #[error("the closing bracket does not fit")]
    MismatchedBracket { open: Span, close: Span },
    #[error("nothing here is open to be closed")]
    UnopenedBracket { at: Span },
    #[error("this string is never closed")]
    UnclosedString { at: Span },
    #[error("`{text}` means nothing here")]
    UnknownCharacter { at: Span, text: String },
    #[error("`\\` stands alone")]
    StrayBackslash { at: Span },
    #[error("`?` asks for help on a whole line only")]
    StrayQuestion { at: Span },
    #[error("`{text}` is not a number: {why}")]
    BadNumber { at: Span, text: String, why: NumberFault },
    #[error("`{text}` is no escape")]
    BadEscape { at: Span, text: String },
    #[error("{what} cannot be assigned to")]
    CannotAssign { at: Span, what: &'static str, help: Option<&'static str> },
    #[error("`=` assigns, and stands only after the target of a statement")]
    AssignInExpression { at: Span },
    #[error("a chain of comparisons with `{operator}` in it")]
    MixedChain { at: Span, operator: String, fixed: String },
    #[error("`{word}` is Python's spelling")]
    PythonSpelling { at: Span, word: String, help: &'static str },
    /// What other languages write.
    #[error("{problem}")]
    OtherSpelling { at: Span, problem: String, help: String },
    #[error("`{word}` is APL's spelling")]
    AplSpelling { at: Span, word: String, help: String },
    #[error("{problem}")]
    Guard { at: Span, problem: &'static str, help: String },
    #[error("a block is written between braces")]
    PythonBlock { word: Span, colon: Span, text: String },
    #[error("a block is missing")]
    MissingBlock { word: Span, at: Span, text: String },
    #[error("braces hold a function, not a dictionary or a set")]
    DictBraces { open: Span, at: Span },
    #[error("`*` unpacks only among the items of a call, a bracket or a tuple")]
    LoneStar { at: Span },
    #[error("a parameter without a default after one that has one")]
    DefaultOrder { at: Span },
    #[error("the parameter `{name}` stands twice")]
    RepeatedParameter { first: Span, second: Span, name: String },
    #[error("a positional argument after a keyword argument")]
    PositionalAfterKeyword { at: Span, keyword: Span },
    #[error("the keyword argument `{name}` stands twice")]
    RepeatedKeyword { first: Span, second: Span, name: String },
    #[error("`{field}` in a format string {why}")]
    BadField { at: Span, field: String, why: &'static str },
    #[error("nested more than {limit} deep")]
    TooDeep { at: Span, limit: usize },
}

/// The side of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

impl std::fmt::Display for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Side::Left => "left",
            Side::Right => "right",
        })
    }
}

/// What is wrong with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NumberFault {
    #[error("its digits are wrong")]
    Digits,
    #[error("it has two points")]
    Points,
    #[error("its exponent has no digits")]
    Exponent,
    #[error("an underscore stands only between two digits")]
    Underscore,
    #[error("it begins with a zero")]
    LeadingZero,
    #[error("letters follow it")]
    Letters,
    #[error("its suffix does not fit it")]
    Suffix,
    #[error("it is too large")]
    TooLarge,
}

impl SyntaxError {
    /// Stable names, to look up and to test by.
    pub fn code(&self) -> &'static str {
        use SyntaxError::*;
        match self {
            Unexpected { .. } => "syntax::unexpected",
            MissingOperand { .. } => "syntax::missing_operand",
            MissingOperator { .. } => "syntax::missing_operator",
            AppliedName { .. } => "syntax::applied_name",
            UnclosedBracket { .. } => "syntax::unclosed_bracket",
            MismatchedBracket { .. } => "syntax::mismatched_bracket",
            UnopenedBracket { .. } => "syntax::unopened_bracket",
            UnclosedString { .. } => "syntax::unclosed_string",
            UnknownCharacter { .. } => "syntax::unknown_character",
            StrayBackslash { .. } => "syntax::stray_backslash",
            StrayQuestion { .. } => "syntax::stray_question",
            BadNumber { .. } => "syntax::bad_number",
            BadEscape { .. } => "syntax::bad_escape",
            CannotAssign { .. } => "syntax::cannot_assign",
            AssignInExpression { .. } => "syntax::assign_in_expression",
            MixedChain { .. } => "syntax::mixed_chain",
            PythonSpelling { .. } => "syntax::python_spelling",
            OtherSpelling { .. } => "syntax::other_spelling",
            AplSpelling { .. } => "syntax::apl_spelling",
            Guard { .. } => "syntax::guard",
            PythonBlock { .. } => "syntax::python_block",
            MissingBlock { .. } => "syntax::missing_block",
            DictBraces { .. } => "syntax::dict_braces",
            LoneStar { .. } => "syntax::lone_star",
            DefaultOrder { .. } => "syntax::default_order",
            RepeatedParameter { .. } => "syntax::repeated_parameter",
            PositionalAfterKeyword { .. } => "syntax::positional_after_keyword",
            RepeatedKeyword { .. } => "syntax::repeated_keyword",
            BadField { .. } => "syntax::bad_field",
            TooDeep { .. } => "syntax::too_deep",
        }
    }

    /// The places it is about, the main one first.
    pub fn labels(&self) -> Vec<(Span, String)> {
        use SyntaxError::*;
        let one = |at: &Span, words: &str| vec![(*at, words.to_string())];
        match self {
            Unexpected { at, expected, .. } => vec![(*at, expected_words(expected))],
            MissingOperand { at, side, wants, .. } => {
                let wanted = wants.trim_start_matches("a ").trim_start_matches("the ");
                vec![(*at, format!("no {wanted} on the {side}"))]
            }
            MissingOperator { left, right, .. } => {
                vec![(*right, "a second value".into()), (*left, "a value".into())]
            }
            AppliedName { function, argument, name, .. } => {
                vec![(*function, format!("the name `{name}`")), (*argument, "its argument?".into())]
            }
            UnclosedBracket { open, stopped, .. } => {
                let mut labels = one(open, "opened here");
                labels.extend(stopped.map(|at| (at, "reading stopped here".to_string())));
                labels
            }
            MismatchedBracket { open, close } => {
                vec![(*close, "closes something else".into()), (*open, "opened here".into())]
            }
            UnclosedString { at } => one(&Span { start: at.start, end: at.start + 1 }, "opened here"),
            PythonBlock { word, colon, .. } => {
                vec![(*colon, "Python's colon".into()), (*word, "needs a block".into())]
            }
            MissingBlock { word, at, .. } => {
                vec![(*at, "it begins here, on the same line".into()), (*word, "needs a block".into())]
            }
            DictBraces { open, at } => {
                vec![(*open, "opens a function".into()), (*at, "not part of one".into())]
            }
            RepeatedParameter { first, second, .. } | RepeatedKeyword { first, second, .. } => {
                vec![(*second, "again".into()), (*first, "first".into())]
            }
            PositionalAfterKeyword { at, keyword } => {
                vec![(*at, "positional".into()), (*keyword, "keyword".into())]
            }
            UnopenedBracket { at } => one(at, "closes nothing"),
            UnknownCharacter { at, .. } => one(at, "not part of the notation"),
            CannotAssign { at, .. } => one(at, "not a target"),
            MixedChain { at, .. } => one(at, "binds tighter than the comparisons"),
            TooDeep { at, .. } => one(at, "one level too many"),
            StrayBackslash { at }
            | StrayQuestion { at }
            | BadNumber { at, .. }
            | BadEscape { at, .. }
            | AssignInExpression { at }
            | PythonSpelling { at, .. }
            | OtherSpelling { at, .. }
            | AplSpelling { at, .. }
            | Guard { at, .. }
            | LoneStar { at }
            | DefaultOrder { at }
            | BadField { at, .. } => one(at, "here"),
        }
    }

    /// The place of the main label.
    pub fn span(&self) -> Span {
        self.labels().first().map(|label| label.0).unwrap_or_default()
    }

    /// How to write what was probably meant.
    pub fn help(&self) -> Option<String> {
        use SyntaxError::*;
        Some(match self {
            MissingOperand { help, read, .. } => {
                let read = read.as_ref().map(|read| format!("up to there it reads `{read}`"));
                let all: Vec<String> = help.iter().cloned().chain(read).collect();
                return (!all.is_empty()).then(|| all.join("; "));
            }
            MissingOperator { text, both, other: None, .. } => {
                format!("to multiply, write `{text}`; a vector of both is `{both}`")
            }
            MissingOperator { text, other: Some(other), .. } => {
                format!("{other}; to multiply, write `{text}`")
            }
            LoneStar { .. } => "to raise e to a power, write `exp(x)`".into(),
            AppliedName { fixed, product: Some(product), .. } => {
                format!("to multiply, write `{product}`; the function is called so: `{fixed}`")
            }
            AppliedName { fixed, .. } => format!("write `{fixed}`"),
            UnclosedBracket { text, .. } => format!("close it with `{text}`"),
            UnclosedString { .. } => "a string ends on its line; `\"\"\"` opens one of several lines".into(),
            UnknownCharacter { text, .. } => match nested(text) {
                Some(help) => help.into(),
                None => return look_alike(text).map(|help| format!("did you mean {help}?")),
            },
            StrayBackslash { .. } => {
                "`\\` scans after a function, as in `+\\ x`, and continues a line at its end; a name takes `⍀`, and a mask expands with it: `1 0 1 ⍀ 5 6`".into()
            }
            StrayQuestion { .. } => {
                "write `?name` or `name?` on a line of its own; a choice is `1 if x > 0 else 2`; APL's roll is `np.random.randint(6)`".into()
            }
            BadNumber { why, text, .. } => return number_help(*why, text),
            BadEscape { .. } => "write `\\\\` for a backslash, or a raw string r\"…\"".into(),
            CannotAssign { help, .. } => return help.map(str::to_string),
            AssignInExpression { .. } => "to compare, write `==`".into(),
            MixedChain { fixed, .. } => format!("write `{fixed}`"),
            PythonSpelling { help, .. } => (*help).into(),
            OtherSpelling { help, .. } | AplSpelling { help, .. } | Guard { help, .. } => help.clone(),
            PythonBlock { text, .. } | MissingBlock { text, .. } => format!("write `{text}`"),
            DictBraces { .. } => {
                "there are no dictionaries; use a tuple, or names. A function is `{⍺ + ⍵}`".into()
            }
            DefaultOrder { .. } => "move it before those with defaults".into(),
            PositionalAfterKeyword { .. } => "move it before the keyword arguments".into(),
            TooDeep { .. } => "give a part of it a name".into(),
            _ => return None,
        })
    }
}

fn expected_words(expected: &[&'static str]) -> String {
    match expected {
        [] => "not expected here".into(),
        [one] => format!("expected {one}"),
        [most @ .., last] => format!("expected {} or {last}", most.join(", ")),
    }
}

/// What stands for a character of APL that arr has no use for.
fn nested(text: &str) -> Option<&'static str> {
    Some(match text {
        "⊂" | "⊆" => "arrays hold numbers alone; a list holds arrays: `[1 2, 3 4]`",
        "⍕" => "a format string makes text of a value: `f\"{1 + 1}\"`",
        "⍎" => "text is not run; a function is `{⍵ + 1}`, or `fn f(x) = x + 1`",
        "⎕" | "⍞" => "there are no system names; the index origin is 0, and `print(1)` writes",
        "→" => "a function ends with `return x`, a loop with `break`; a lambda is `x => x + 1`",
        "⍬" => "the empty vector is `zeros(0, int)`",
        _ => return None,
    })
}

/// The character of the notation that a character outside it looks like.
fn look_alike(text: &str) -> Option<&'static str> {
    Some(match text {
        "−" | "–" | "—" => "`-`",
        "“" | "”" | "„" => "`\"`",
        "‘" | "’" => "`'`",
        "∙" | "·" | "⋅" | "✕" | "⨯" => "`×`",
        "∕" | "⁄" => "`/`",
        "∗" => "`*`",
        "⋆" | "★" => "`**`",
        "∑" => "`+/`",
        "∏" => "`×/`",
        "√" => "`sqrt(x)`, or `x ** 0.5`",
        "∞" => "`inf`",
        "⋂" => "`∩`",
        "⋃" => "`∪`",
        "≦" => "`≤`",
        "≧" => "`≥`",
        "⇐" | "⟵" => "`←`",
        "…" => "`...`",
        "$" | "`" => return None,
        "²" => "`** 2`",
        "³" => "`** 3`",
        "¬" => "`~` or `not`",
        "ι" => "`⍳`",
        "∣" => "`|`",
        _ => return None,
    })
}

fn number_help(why: NumberFault, text: &str) -> Option<String> {
    Some(match why {
        NumberFault::Letters => {
            let digits = text.find(|c: char| c.is_alphabetic()).unwrap_or(text.len());
            let (number, rest) = text.split_at(digits);
            let imaginary =
                rest.strip_prefix(['J', 'j']).filter(|i| i.starts_with(|c: char| c.is_ascii_digit()));
            match number.strip_suffix('.') {
                _ if imaginary.is_some_and(|i| i.bytes().all(|b| b.is_ascii_digit() || b == b'.')) => {
                    format!(
                        "a complex number is a sum: write `({number} + {}j)`",
                        imaginary.unwrap_or_default()
                    )
                }
                Some(number) => format!("write `({number}).{rest}`"),
                None => format!("to multiply, write `{number} × {rest}`"),
            }
        }
        NumberFault::LeadingZero => {
            format!("write `{}`, or `0o…` for octal digits", text.trim_start_matches(['0', '_']))
        }
        NumberFault::Suffix => {
            "the suffixes are i8 i16 i32 i64 u8 u16 u32 u64 of whole numbers, and f32 f64 c64 c128".into()
        }
        NumberFault::Points => "to write two numbers, put a space between them".into(),
        _ => return None,
    })
}
