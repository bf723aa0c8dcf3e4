//! Python text with its precedence, names and numbers.

use super::helpers;

/// How tightly an expression's outermost operator binds, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bind {
    Lambda,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    Sign,
    Power,
    Atom,
}

/// A Python expression.
#[derive(Clone, Debug)]
pub struct Py {
    pub text: String,
    pub bind: Bind,
}

impl Py {
    pub fn new(text: impl Into<String>, bind: Bind) -> Py {
        Py { text: text.into(), bind }
    }

    pub fn atom(text: impl Into<String>) -> Py {
        Py::new(text, Bind::Atom)
    }

    /// `func(args)`
    pub fn call(func: &str, args: &[Py]) -> Py {
        let args: Vec<&str> = args.iter().map(|a| a.text.as_str()).collect();
        Py::atom(format!("{func}({})", args.join(", ")))
    }

    /// The text where something at least as tight is wanted.
    pub fn at(&self, least: Bind) -> String {
        if self.bind < least { format!("({})", self.text) } else { self.text.clone() }
    }

    /// Whether it may be written twice: a name or a number.
    pub fn is_simple(&self) -> bool {
        self.text.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
    }
}

/// Python's operator for an ASCII spelling.
pub fn operator(text: &str) -> Option<Bind> {
    Some(match text {
        "|" => Bind::BitOr,
        "^" => Bind::BitXor,
        "&" => Bind::BitAnd,
        "<<" | ">>" => Bind::Shift,
        "+" | "-" => Bind::Sum,
        "*" | "/" | "//" | "%" | "@" => Bind::Product,
        "**" => Bind::Power,
        "==" | "!=" | "<" | "<=" | ">" | ">=" => Bind::Compare,
        _ => return None,
    })
}

const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "class", "def", "del", "elif", "else", "except", "finally",
    "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield", "None", "True", "False",
];

/// What writes a value.
pub const PRINT: &str = "print";

/// Functions of Python that translated programs and helpers call.
pub const BUILTINS: &[&str] = &[
    "print",
    "len",
    "range",
    "zip",
    "enumerate",
    "type",
    "str",
    "repr",
    "list",
    "tuple",
    "float",
    "int",
    "bool",
    "complex",
    "slice",
    "callable",
    "max",
    "min",
    "isinstance",
    "all",
    "any",
    "chr",
    "ord",
    "set",
];

/// A name of the program as Python may have it.
pub fn name(text: &str) -> String {
    let taken =
        KEYWORDS.contains(&text) || BUILTINS.contains(&text) || text == "np" || helpers::is_taken(text);
    if taken { format!("{text}_") } else { text.into() }
}

/// A string literal.
pub fn string(s: &str) -> String {
    let mut out = String::from("\"");
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The scalar type of a literal's suffix: `i8` is `np.int8`.
pub fn suffix(code: &str) -> Option<String> {
    let bits = code.get(1..).filter(|b| b.parse::<u32>().is_ok())?;
    let kind = match code.chars().next()? {
        'i' => "int",
        'u' => "uint",
        'f' => "float",
        'c' => "complex",
        _ => return None,
    };
    Some(format!("np.{kind}{bits}"))
}
