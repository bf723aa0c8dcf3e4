//! What some primitives are for in a loop written by hand: what a linter has to know beyond the rows.
//! The one place that says so by name.

use crate::prim::{Home, Kind, Prim, table};

/// The part that a function plays in a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `range(a, b, s)`: the steps of a loop.
    Steps,
    /// `len(x)`
    Length,
    /// `x.shape`
    Shape,
    /// `x.size`
    Size,
    /// `enumerate(x)`
    Numbered,
    /// `zip(x, y)`
    Together,
    /// `l.append(v)`: changes its list; `np.append(a, v)`, a new array.
    Append,
    /// A new array out of others: `np.concatenate`.
    Join,
    /// `x.copy()`
    Copy,
    /// `max(a, b)`, `min(a, b)` of numbers, and the function that does it element by element.
    Choose(&'static str),
    /// `int(x)`: element by element a cast.
    Cast,
    /// `np.dot(x, y)`, as `x @ y`.
    Product,
    /// A new array of one value: `zeros(n)`.
    Fill,
}

pub fn role(name: &str) -> Option<Role> {
    Some(match name {
        "range" | "arange" => Role::Steps,
        "len" => Role::Length,
        "shape" => Role::Shape,
        "size" => Role::Size,
        "dot" | "matmul" | "inner" => Role::Product,
        "enumerate" => Role::Numbered,
        "zip" => Role::Together,
        "append" => Role::Append,
        "concatenate" | "hstack" | "vstack" | "column_stack" => Role::Join,
        "copy" | "array" => Role::Copy,
        "max" => Role::Choose("maximum"),
        "min" => Role::Choose("minimum"),
        "int" | "float" | "bool" | "complex" => Role::Cast,
        "zeros" | "ones" | "empty" | "full" | "zeros_like" | "ones_like" | "empty_like" | "full_like" => {
            Role::Fill
        }
        _ => return None,
    })
}

/// Methods whose result never shares memory with their array.
pub fn gives_new(name: &str) -> bool {
    matches!(
        name,
        "copy"
            | "flatten"
            | "astype"
            | "repeat"
            | "take"
            | "compress"
            | "cumsum"
            | "cumprod"
            | "argsort"
            | "tolist"
    )
}

/// Functions that change what they are given, the program's state, or the world.
const EFFECTS: &[&str] = &[
    "print",
    "append",
    "extend",
    "insert",
    "pop",
    "fill",
    "put",
    "resize",
    "partition",
    "sort",
    "at",
    "copyto",
    "fill_diagonal",
    "put_along_axis",
    "place",
    "putmask",
    "setflags",
    "save",
    "savez",
    "savetxt",
    "load",
    "loadtxt",
    "genfromtxt",
    "input",
    "exit",
    "sleep",
    "time",
    "seterr",
    "set_printoptions",
    "open",
    "next",
    "read_csv",
];

/// Whether calling a primitive by this name, as a function or method, may do more than give a value.
pub fn has_effects(prim: &Prim) -> bool {
    match prim.home {
        Home::Random | Home::Generator => true,
        // `np.sort(x)` gives a new array; `x.sort()` sorts.
        Home::Np if matches!(prim.name, "sort" | "partition" | "append" | "insert" | "resize") => false,
        _ => EFFECTS.contains(&prim.name),
    }
}

/// The brackets in which a function wants what is often given it one by one: a shape, or arrays.
pub fn wants_together(prim: &Prim) -> Option<(&'static str, &'static str)> {
    match prim.params.split([',', '=']).next()? {
        "shape" => Some(("(", ")")),
        "tup" | "arrays" | "object" => Some(("[", "]")),
        _ => None,
    }
}

/// Whether a function adds or multiplies elements up: of whole numbers in 64 bits.
pub fn accumulates(prim: &Prim) -> bool {
    matches!(
        prim.name,
        "sum" | "prod" | "cumsum" | "cumprod" | "nansum" | "nanprod" | "trace" | "nancumsum" | "nancumprod"
    )
}

/// Whether a function works element by element, on arrays as on numbers.
pub fn is_elementwise(prim: &Prim) -> bool {
    matches!(prim.kind, Kind::Elementwise(_))
        || matches!(prim.name, "round" | "around" | "clip" | "sinc" | "where")
}

/// Whether a function takes an array along an `axis`, or all of it without.
pub fn reduces(prim: &Prim) -> bool {
    prim.params.contains("axis=None") && !is_elementwise(prim)
}

/// The row that a call by name means: `f(x)`, `np.f(x)`, or `x.f()`.
pub fn row(name: &str, as_method: bool) -> Option<&'static Prim> {
    if as_method {
        table().method(name).or_else(|| table().get(Home::Text, name))
    } else {
        table().bare(name).or_else(|| table().get(Home::Linalg, name))
    }
}
