//! The abstract syntax tree: what the parser builds and the evaluator resolves. Every node has a
//! span. Primitives appear by their spelling; the tree knows nothing of what they do.

use super::Span;
use std::rc::Rc;

pub type Name = Rc<str>;

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

/// A name or an operator where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Spelled {
    pub text: Name,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// Any literal integer; the evaluator says which are too large for their dtype.
    Int(i128),
    Float(f64),
    /// `2j`.
    Imag(f64),
    Bool(bool),
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A literal; `suffix` is the dtype code of `5i8`, `2f32`.
    Number {
        value: Number,
        suffix: Option<Name>,
    },
    /// `1 2 ¯3`: two or more number literals.
    Strand(Vec<Expr>),
    Str(Name),
    FString(Vec<FPart>),
    None,
    /// `...`
    Ellipsis,
    Name(Name),
    /// `⍺ ⍵ ⍺⍺ ⍵⍵ ∇ ∇∇` inside a dfn.
    DfnName(Name),
    Tuple(Vec<Expr>),
    /// `[a, b]`: an array or a list, as its values decide. Items may be `Starred`.
    Bracket(Vec<Expr>),
    /// `[e for x in xs if c]`, and with `generator` the bare form `f(e for x in xs)`.
    Comprehension {
        item: Box<Expr>,
        clauses: Vec<Clause>,
        generator: bool,
    },
    /// Arithmetic between values, and `∧ ∨ ⍲ ⍱` at their levels: `a + b`.
    Binary {
        op: Spelled,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// NumPy's tight prefixes: `-a`, `+a`, `~a`.
    Prefix {
        op: Spelled,
        operand: Box<Expr>,
    },
    /// `a < b <= c`, `x in y`, `x is not y`; operator texts are `in`, `not in`, `is`, `is not`, `<` ….
    Compare {
        first: Box<Expr>,
        rest: Vec<(Spelled, Expr)>,
    },
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    /// `then if test else other`
    Choice {
        test: Box<Expr>,
        then: Box<Expr>,
        other: Box<Expr>,
    },
    Lambda(Rc<FnDef>),
    /// `x |> f`, and `x |> f(y)` which is `f(x, y)`.
    Pipe {
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Arg>,
    },
    Index {
        base: Box<Expr>,
        subs: Vec<Sub>,
    },
    Attr {
        base: Box<Expr>,
        name: Spelled,
    },
    /// `if c { … } else { … }`, as a statement and as an expression.
    If {
        arms: Vec<(Expr, Block)>,
        otherwise: Option<Block>,
    },

    // Functions in APL's notation. Each is a value, and stands as `func` in `Apply`.
    /// A primitive's glyph or ASCII operator as a function: `⍴`, or `+` in `reduce(+, x)`.
    Glyph(Name),
    /// An operator with its operands: `+/`, `⌈\`, `f¨`, `f⍨`, `f⌸` (one operand); `f∘g`, `f⍤1`,
    /// `f⍣3`, `+.×`, `∘.×` (written `.` with `∘` on the left). `axis` is that of `+/[0]`; a primitive
    /// with an axis, `⌽[0]`, is derived by `[]`.
    Derived {
        op: Spelled,
        left: Box<Expr>,
        right: Option<Box<Expr>>,
        axis: Option<Box<Expr>>,
    },
    /// A user's operator with its operands: `+{⍺⍺ ⍵}`, `f ∇∇`.
    Operated {
        operator: Box<Expr>,
        left: Box<Expr>,
        right: Option<Box<Expr>>,
    },
    /// `(+/ ÷ ≢)`: two or more functions or operands.
    Train(Vec<Expr>),
    Dfn(Rc<Dfn>),
    /// `f right` or `left f right`, of a glyph, derived function, dfn or train. Where `func` is
    /// `⌿` or `⍀` derived from an array, it replicates or expands.
    Apply {
        func: Box<Expr>,
        left: Option<Box<Expr>>,
        right: Box<Expr>,
    },

    /// `*xs` in a call, bracket or assignment target.
    Starred(Box<Expr>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum FPart {
    Text(Name),
    /// `{e!r:spec}`; `conversion` is `r`, `s` or `a`; `equals` holds the text of `{e=}`.
    Value {
        expr: Box<Expr>,
        equals: Option<Name>,
        conversion: Option<char>,
        spec: Vec<FPart>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    For { target: Target, iter: Expr },
    If(Expr),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Arg {
    /// `k` of `k=v`.
    pub keyword: Option<Spelled>,
    /// May be `Starred`.
    pub value: Expr,
}

/// One entry between the brackets of `x[…]`.
#[derive(Clone, Debug, PartialEq)]
pub enum Sub {
    Expr(Expr),
    Slice { start: Option<Expr>, stop: Option<Expr>, step: Option<Expr>, span: Span },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub body: Vec<Stmt>,
    pub span: Span,
}

/// `fn name(params) …` or a lambda (whose name is `<lambda>`).
#[derive(Clone, Debug, PartialEq)]
pub struct FnDef {
    pub name: Spelled,
    pub params: Vec<Param>,
    pub body: FnBody,
    /// The `##` lines above it.
    pub doc: Option<Name>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum FnBody {
    Expr(Expr),
    Block(Block),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub name: Spelled,
    pub default: Option<Expr>,
    /// `*args`
    pub variadic: bool,
}

/// `{ items }`: direct function, its arguments implicit.
#[derive(Clone, Debug, PartialEq)]
pub struct Dfn {
    pub items: Vec<DfnItem>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum DfnItem {
    /// `cond : value`
    Guard {
        test: Expr,
        value: Expr,
    },
    /// `⍺ ← e`: the default of the left argument.
    DefaultLeft(Expr),
    Stmt(Stmt),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Name(Spelled),
    Tuple(Vec<Target>, Span),
    /// `*rest` among the targets of a tuple.
    Starred(Box<Target>, Span),
    Index {
        base: Box<Expr>,
        subs: Vec<Sub>,
        span: Span,
    },
    Attr {
        base: Box<Expr>,
        name: Spelled,
        span: Span,
    },
    /// `(2 ↑ x) = e`: what the function names of the array on its right, a name or an attribute.
    Selection {
        of: Box<Expr>,
        span: Span,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
    /// Ended by `;`: its value is not shown.
    pub silent: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    Expr(Expr),
    /// `a = b = e`: every target, left to right.
    Assign {
        targets: Vec<Target>,
        value: Expr,
    },
    /// `a += e`; the operator's text is without `=`.
    Augment {
        target: Target,
        op: Spelled,
        value: Expr,
    },
    Fn(Rc<FnDef>),
    For {
        target: Target,
        iter: Expr,
        body: Block,
    },
    While {
        test: Expr,
        body: Block,
    },
    Break,
    Continue,
    Return(Option<Expr>),
    /// `import a.b as c`, `import "path/file.arr" as f`.
    Import {
        module: Spelled,
        is_path: bool,
        alias: Option<Spelled>,
    },
    /// `from m import a as b, c`
    From {
        module: Spelled,
        is_path: bool,
        names: Vec<(Spelled, Option<Spelled>)>,
    },
    Assert {
        test: Expr,
        message: Option<Expr>,
    },
    /// `%name rest` or `%%name rest` with the lines after it. `rest` and `body` keep their place.
    Command {
        name: Spelled,
        rest: Spelled,
        body: Option<Spelled>,
    },
    /// `?name`, `name?` (level 1), `??name` (level 2).
    Help {
        what: Spelled,
        level: u8,
    },
}
