//! The table of errors: each variant's stable code, its message, and help. One arm per variant;
//! messages state NumPy's facts, help says what to do.

use super::axes::{bounds_help, indices_help, repeated_help};
use super::calls;
use super::fitting::{
    assign_help, broadcast_help, broadcast_to_help, index_help as index_arrays_help, inner_help, is_short,
    join_help, stacks_help,
};
use super::lengths::{lengths_help, mask_help, picked_help, square_help};
use super::remedy::{Place, expression};
use crate::array::ArrayError;
use crate::dtype::{CastError, DType, PromoteError};
use crate::prim::language::lacking;
use crate::prim::{self, Home};
use crate::syntax::ast::ExprKind;
use crate::value::{Fault, shape_text};

/// What is said of an error, apart from its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    pub code: &'static str,
    pub message: String,
    pub help: Option<String>,
}

/// What to say of a fault. `place` is where it stands in the source: its operands' texts name them in
/// drawings and suggestions.
pub fn describe(fault: &Fault, place: &Place) -> Described {
    let (code, help) = match fault {
        Fault::Array(e) => {
            let described = of_array(e, place);
            return match calls::meant(fault, place) {
                Some(found) => Described { help: Some(format!("this fits: {found}")), ..described },
                None => described,
            };
        }
        Fault::Cast(e) => of_cast(e),
        Fault::Promote(PromoteError::OutOfBounds { dtype, .. }) => ("arr::dtype::range", range_help(*dtype)),
        Fault::Raised(inner) => match inner.downcast_ref::<Fault>() {
            Some(fault) => return describe(fault, place),
            None => ("arr::error", None),
        },
        _ => None
            .or_else(|| of_call(fault, place))
            .or_else(|| of_operands(fault, place))
            .or_else(|| of_linear(fault, place))
            .unwrap_or_else(|| of_program(fault)),
    };
    let help = match calls::meant(fault, place) {
        Some(found) => Some(help.map(|h| h + "\n").unwrap_or_default() + "this fits: " + &found),
        None => help,
    };
    let message = match fault {
        Fault::Truth { size: 0 } => "the truth value of an empty array is ambiguous".into(),
        _ => fault.to_string(),
    };
    Described { code, message, help }
}

type Entry = (&'static str, Option<String>);

fn entry(code: &'static str, help: impl Into<String>) -> Entry {
    (code, Some(help.into()))
}

/// "did you mean" for the nearest name, if there is one.
fn near_help(near: &Option<String>) -> Option<String> {
    near.as_ref().map(|n| format!("did you mean '{n}'?"))
}

fn of_array(e: &ArrayError, place: &Place) -> Described {
    let mut message = e.to_string();
    let (code, help) = match e {
        ArrayError::Broadcast { shapes } => {
            let shapes: Vec<&[usize]> = shapes.iter().map(|s| &s[..]).collect();
            message = format!("operands could not be broadcast together: shapes {}", join_shapes(&shapes));
            ("arr::shape::broadcast", Some(broadcast_help(&shapes, place)))
        }
        ArrayError::BroadcastTo { from, to } => {
            message = format!("shape {} cannot be broadcast to shape {}", shape_text(from), shape_text(to));
            ("arr::shape::broadcast_to", Some(broadcast_to_help(from, to, place)))
        }
        ArrayError::IndexBroadcast { shapes } => {
            let shapes: Vec<&[usize]> = shapes.iter().map(|s| &s[..]).collect();
            message.push_str(&format!(" with shapes {}", join_shapes(&shapes)));
            ("arr::index::broadcast", Some(index_arrays_help(&shapes, place)))
        }
        ArrayError::Assign { value, target } => {
            message = format!(
                "a value of shape {} does not fit the {} elements of shape {} it is assigned to",
                shape_text(value),
                target.iter().product::<usize>(),
                shape_text(target)
            );
            ("arr::shape::assign", Some(assign_help(value, target, place)))
        }
        ArrayError::Reshape { size, from, to } => {
            message = format!(
                "cannot reshape {size} elements of shape {} into shape {}",
                shape_text(from),
                signed_shape(to)
            );
            ("arr::shape::reshape", Some(reshape_help(*size, to)))
        }
        ArrayError::Axis { axis, ndim } => entry("arr::axis::bounds", bounds_help(*axis, *ndim, place)),
        ArrayError::RepeatedAxis { .. } => entry("arr::axis::repeated", repeated_help(place)),
        ArrayError::Index { size, .. } => entry("arr::index::bounds", index_help(*size)),
        ArrayError::TooManyIndices { ndim, given } => {
            entry("arr::index::too_many", indices_help(*ndim, *given, place))
        }
        ArrayError::MaskShape { axis, size, mask } => {
            message =
                format!("boolean index has {mask} along axis {axis}, where the indexed array has {size}");
            entry("arr::index::mask", mask_help(*axis, *size, *mask))
        }
        ArrayError::TwoEllipses => entry(
            "arr::index::ellipsis",
            "one '...' stands for all axes not written; use ':' for a single one",
        ),
        ArrayError::ZeroStep => {
            entry("arr::index::step", "a step is 1 or more to go forward, -1 or less to go back")
        }
        ArrayError::AssignMask { values, places } => {
            entry("arr::shape::assign_mask", picked_help(*values, *places))
        }
        ArrayError::ReadOnly => entry(
            "arr::memory::read_only",
            "copy it first: x = x.copy(); broadcast views and frozen arrays cannot be written",
        ),
        ArrayError::TooLarge => {
            entry("arr::memory::overflow", "check the shape: no machine holds such an array")
        }
        ArrayError::Memory { need, free } => {
            message =
                format!("not enough memory: {} wanted, {} free under the limit", bytes(*need), bytes(*free));
            entry(
                "arr::memory::limit",
                "free arrays by assigning over their names, use a smaller dtype, or raise --memory-limit",
            )
        }
        ArrayError::ViewDType { from, to } => entry(
            "arr::dtype::view",
            format!(
                "the last axis must be contiguous, and its bytes a multiple of {} for {to}; x.astype({to}) converts the values of {from} instead",
                to.itemsize()
            ),
        ),
        ArrayError::Interrupted => ("arr::run::interrupted", None),
        ArrayError::Cast(e) => of_cast(e),
    };
    Described { code, message, help }
}

fn of_cast(e: &CastError) -> Entry {
    match e {
        CastError::OutOfBounds { dtype, .. } => ("arr::dtype::range", range_help(*dtype)),
        CastError::NanToInt { .. } | CastError::InfinityToInt { .. } => {
            entry("arr::dtype::not_finite", "integers have no nan and no inf: keep the array in float64")
        }
        CastError::ComplexToReal { .. } => {
            entry("arr::dtype::complex", "z.real and abs(z) are real; complex128 arrays hold complex numbers")
        }
        CastError::Rule { from, to, .. } => entry(
            "arr::dtype::cast",
            format!(
                "{to} cannot hold every {from}: write x = x + … to get a new array, or convert with .astype({to})"
            ),
        ),
    }
}

fn of_call(fault: &Fault, place: &Place) -> Option<Entry> {
    Some(match fault {
        Fault::MissingArgument { func, param } if param == "left argument" => {
            entry("arr::call::missing", format!("it stands between two values: x {func} y"))
        }
        Fault::MissingArgument { func, .. } => {
            let named = func.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
            ("arr::call::missing", named.then(|| format!("?{func} shows what it takes")))
        }
        Fault::TooManyArguments { func, .. } => entry(
            "arr::call::too_many",
            format!("?{func} shows what it takes; what stands after '*' there is given by name"),
        ),
        Fault::UnknownKeyword { near, func, takes, .. } => {
            let all =
                if takes.is_empty() { "none by name".into() } else { format!("{takes} (?{func} says more)") };
            ("arr::call::keyword", near_help(near).or_else(|| Some(format!("its parameters are {all}"))))
        }
        Fault::DuplicateArgument { param, .. } => {
            entry("arr::call::twice", format!("give '{param}' by position or by name, not both"))
        }
        Fault::ArgumentType { .. } => ("arr::call::type", None),
        Fault::Value { .. } => ("arr::call::value", None),
        Fault::NotCallable { type_name } => ("arr::call::not_callable", not_callable_help(type_name, place)),
        Fault::NotFunction { .. } => entry(
            "arr::call::not_function",
            "operators such as / and ¨ take a function: a glyph, a dfn, or a function's name",
        ),
        _ => return None,
    })
}

fn of_operands(fault: &Fault, place: &Place) -> Option<Entry> {
    Some(match fault {
        Fault::Operands { op, types } => ("arr::value::operands", operands_help(op, types)),
        Fault::NoLoop { help, .. } => ("arr::dtype::undefined", help.map(str::to_string)),
        Fault::IntegerOverflow { .. } => entry(
            "arr::math::integer_overflow",
            "plain integers hold ±9223372036854775807; a float (1e30) goes further, a typed integer (int64(x)) wraps",
        ),
        Fault::Wrapped { .. } => entry(
            "arr::math::overflow",
            "convert an operand first, x.astype(…); %overflow warn goes on with a warning, %overflow wrap silently",
        ),
        Fault::ZeroDivision { .. } => entry(
            "arr::math::zero_division",
            "plain numbers refuse it; a typed value, float64(x) / 0, gives inf or nan with a warning",
        ),
        Fault::Truth { size: 0 } => {
            entry("arr::value::truth", "an empty array is neither true nor false: test x.size > 0")
        }
        Fault::Truth { .. } => {
            entry("arr::value::truth", "say which: x.any() if one is enough, x.all() if all must hold")
        }
        Fault::EmptyReduction { .. } => entry("arr::value::empty", "test x.size first, or give initial="),
        Fault::NotIterable { type_name } => {
            entry("arr::value::not_iterable", not_iterable_help(type_name, place))
        }
        Fault::NotInText { .. } => {
            entry("arr::value::not_in_text", "str(x) in s looks for the text of a value")
        }
        Fault::NotIndexable { .. } => ("arr::value::not_indexable", None),
        Fault::ListIndex { len, .. } => entry("arr::index::list", index_help(*len)),
        Fault::ListIndexType { .. } => entry(
            "arr::index::list_type",
            "lists are indexed as in Python; np.array(x) makes an array, which takes index arrays and tuples",
        ),
        Fault::SliceAssign { .. } => {
            entry("arr::index::slice_assign", "only a slice without a step may change a list's length")
        }
        Fault::NotAssignable { .. } => {
            entry("arr::value::not_assignable", "arrays and lists can be assigned into: list(x), np.array(x)")
        }
        Fault::IndexType { got } => entry(
            "arr::index::type",
            match got.as_str() {
                "string" => "an axis has places, no names: count them from 0, as in x[0]",
                _ => "a whole float becomes an index with int(x), an array with x.astype(int)",
            },
        ),
        Fault::SliceBound { .. } => entry("arr::index::slice", "int(x) makes an integer, n // 2 stays one"),
        Fault::NoDType { type_name } => entry(
            "arr::dtype::none",
            match type_name.as_str() {
                "str" => {
                    "a string is one scalar; its characters, and the items of a list of strings, come by \
                     len(s), s[::-1], s[:2], \"a\" in s and [c for c in s]"
                }
                _ => "keep such items in a list, [a, b], and loop over it",
            },
        ),
        Fault::UnknownDType { near: near @ Some(_), .. } => ("arr::dtype::unknown", near_help(near)),
        Fault::UnknownDType { name, .. } => entry(
            "arr::dtype::unknown",
            match name.trim_start_matches(['<', '=', '|']) {
                n if n.starts_with('>') => "numbers are in this machine's byte order: leave out the '>'",
                "f2" | "e" | "half" | "float16" => "the smallest float is float32, 'f4'",
                "g" | "longdouble" | "float128" | "f16" => "the largest float is float64, 'f8'",
                _ => {
                    "arrays hold numbers and bools: bool, int8 to int64, uint8 to uint64, float32, float64, \
                     complex64, complex128"
                }
            },
        ),
        Fault::ElementSequence { .. } => entry(
            "arr::shape::element",
            "the place holds one number; assign to a slice, x[i, :], to write several",
        ),
        Fault::Unpack { want, got } => entry(
            "arr::value::unpack",
            match got < want {
                true => "write fewer names, or *rest for any number",
                false => "write more names, or *rest to collect what is left",
            },
        ),
        Fault::Ragged { detail } => entry(
            "arr::shape::ragged",
            if detail.is_empty() { "rows of an array have equal lengths" } else { detail },
        ),
        Fault::ListCycle => entry("arr::value::cycle", "put a copy in: list(x)"),
        Fault::Nesting { .. } => ("arr::value::nesting", None),
        Fault::Format { .. } => entry(
            "arr::value::format",
            "a format is [fill][align][sign][0][width][,][.precision][type], as in f\"{x:8.3f}\"",
        ),
        Fault::Uneven { first, other, .. } => entry(
            "arr::shape::uneven",
            format!(
                "one result has shape {}, another {}; results that make an array have one shape",
                shape_text(first),
                shape_text(other)
            ),
        ),
        _ => return None,
    })
}

fn of_linear(fault: &Fault, place: &Place) -> Option<Entry> {
    Some(match fault {
        Fault::Singular { .. } => entry(
            "arr::linalg::singular",
            "its rows depend on each other, so there is no inverse; np.linalg.lstsq finds a best fit",
        ),
        Fault::NotSquare { shape, pinv, .. } => {
            entry("arr::linalg::square", square_help(shape, *pinv, place))
        }
        Fault::NoConvergence { .. } => {
            entry("arr::linalg::convergence", "look for nan or inf: np.isfinite(x).all()")
        }
        Fault::NotPositiveDefinite { .. } => {
            entry("arr::linalg::positive_definite", "the matrix must be symmetric with positive eigenvalues")
        }
        Fault::Join { shapes, axis } => entry("arr::shape::join", join_help(shapes, *axis, place)),
        Fault::InnerDimensions { left, right, .. } => {
            entry("arr::shape::inner", inner_help(left, right, place))
        }
        Fault::Stacks { left, right } => entry("arr::shape::stacks", stacks_help(left, right, place)),
        Fault::Lengths { parts, tries, .. } => {
            entry("arr::shape::lengths", lengths_help(parts, tries, place))
        }
        _ => return None,
    })
}

/// Names, control, modules, files, and what stops a program; the last of the groups.
fn of_program(fault: &Fault) -> Entry {
    match fault {
        Fault::UnknownName { name, near } => (
            "arr::name::unknown",
            match name.as_str() {
                "⍺⍺" | "⍵⍵" | "∇∇" => Some(
                    "in an operator, {… ⍺⍺ …}, ⍺⍺ is the operand on its left, ⍵⍵ the one on its right, and ∇∇ the \
                     operator itself: `- {⍺⍺ ⍵} 3`"
                        .into(),
                ),
                "⍵" | "⍺" | "∇" => Some(
                    "in a dfn, {…}, ⍵ is the right argument, ⍺ the left one, and ∇ the dfn itself: {⍵ + 1} 3"
                        .into(),
                ),
                _ => lacking::name(name).map(String::from).or_else(|| near_help(near)),
            },
        ),
        Fault::Unassigned { name } if name == "⍺" => entry(
            "arr::name::unassigned",
            "the dfn was given no left argument: write `3 {⍺ + ⍵} 4`, or give it a default, `{⍺ ← 3 ⋄ ⍺ + ⍵}`",
        ),
        Fault::Unassigned { name } => entry(
            "arr::name::unassigned",
            format!(
                "'{name}' is assigned somewhere in this function, which makes it local; give it a value first"
            ),
        ),
        Fault::NoAttribute { near: None, owner, .. } if owner == "str" => {
            let names: Vec<&str> = prim::table().of(Home::Text).map(|p| p.name).collect();
            entry("arr::name::attribute", format!("texts have {}", names.join(", ")))
        }
        Fault::NoAttribute { near: None, owner, name }
            if owner == "list" && lacking::attribute(owner, name).is_none() =>
        {
            let names: Vec<&str> = prim::language::lists::methods().collect();
            entry("arr::name::attribute", format!("lists have {}", names.join(", ")))
        }
        Fault::NoAttribute { near, owner, name } => (
            "arr::name::attribute",
            calls::attribute(owner, name)
                .or_else(|| lacking::attribute(owner, name).map(String::from))
                .or_else(|| near_help(near)),
        ),
        Fault::NoModule { tried, name } => (
            "arr::import::module",
            match (lacking::module(name), tried.is_empty()) {
                (Some(help), _) => Some(help.into()),
                (None, true) => None,
                (None, false) => Some(format!("looked for {}", tried.join(", "))),
            },
        ),
        Fault::NoImport { near, .. } => ("arr::import::name", near_help(near)),
        Fault::ImportCycle { .. } => entry("arr::import::cycle", "move what both need into a third file"),
        Fault::File { .. } => ("arr::file::read", None),
        Fault::Assertion { .. } => ("arr::run::assertion", None),
        Fault::Recursion { .. } => {
            entry("arr::run::recursion", "look for the case that ends it; a while loop needs no stack")
        }
        Fault::Misplaced { .. } => ("arr::run::misplaced", None),
        Fault::LiteralRange { dtype, .. } => ("arr::dtype::literal", range_help(*dtype)),
        Fault::UnknownCommand { near, .. } => {
            ("arr::command::unknown", near_help(near).or_else(|| Some("%help lists the commands".into())))
        }
        Fault::Command { usage, .. } => entry("arr::command::usage", format!("write {usage}")),
        Fault::Syntax(e) => ("arr::syntax", e.help()),
        Fault::NotYet { .. } => entry("arr::run::not_yet", "it comes with a later version"),
        Fault::Untranslatable { .. } => entry(
            "arr::python::unsupported",
            "write it in another way, as a named function or a statement of its own",
        ),
        Fault::Interrupted => ("arr::run::interrupted", None),
        _ => ("arr::error", None),
    }
}

fn reshape_help(size: usize, to: &[i64]) -> String {
    let known: Vec<i64> = to.iter().copied().filter(|&n| n >= 0).collect();
    let product: i128 = known.iter().map(|&n| n as i128).product();
    let places = to.len() - known.len();
    if places > 1 {
        return "only one length can be left open with -1".into();
    }
    if places == 1 {
        let divisor = (1..=product.min(size as i128)).rev().find(|d| size as i128 % d == 0);
        let Some(divisor) = divisor.filter(|_| known.len() == 1) else {
            return format!("{size} is not a multiple of {product}");
        };
        let open =
            |n: i128| to.iter().map(|&k| if k < 0 { n as i64 } else { divisor as i64 }).collect::<Vec<_>>();
        let (written, whole) = (open(-1), open(size as i128 / divisor));
        return format!(
            "{size} is not a multiple of {product}; {} would fit: it is {}",
            signed_shape(&written),
            signed_shape(&whole)
        );
    }
    for k in (0..to.len()).rev() {
        let rest: i128 = to.iter().enumerate().filter(|&(i, _)| i != k).map(|(_, &n)| n as i128).product();
        if rest > 0 && to.len() > 1 && (size as i128) % rest == 0 {
            let mut open = to.to_vec();
            open[k] = size as i64 / rest as i64;
            return format!(
                "that shape holds {product} elements, not {size}; {} would fit",
                signed_shape(&open)
            );
        }
    }
    format!("that shape holds {product} elements, not {size}")
}

fn index_help(size: usize) -> String {
    match size {
        0 => "it is empty: no index is valid".into(),
        1 => "the only index is 0".into(),
        _ => format!("valid indices are 0 to {}, or -{size} to -1 counted from the end", size - 1),
    }
}

fn range_help(dtype: DType) -> Option<String> {
    if !dtype.is_int() {
        return None;
    }
    let bits = 8 * dtype.itemsize() as u32;
    let (low, high) = match dtype.is_unsigned() {
        true => (0, (1i128 << bits) - 1),
        false => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
    };
    Some(format!("{dtype} holds {low} to {high}"))
}

fn not_callable_help(type_name: &str, place: &Place) -> Option<String> {
    let is = |types: &[&str]| types.contains(&type_name);
    if let Some(value) = place.text.strip_suffix("()").filter(|v| is_short(v)) {
        return Some(format!("it is a value, no function: write {value}"));
    }
    if is(&["ndarray", "list", "tuple", "str"]) {
        Some("square brackets index: x[0]; write * to multiply".into())
    } else if is(&["int", "float", "complex", "bool"]) {
        Some("it is a number, no function; write * to multiply: 2 * (x + 1)".into())
    } else {
        None
    }
}

fn not_iterable_help(type_name: &str, place: &Place) -> String {
    let whole = matches!(type_name, "int") || type_name.starts_with("int") || type_name.starts_with("uint");
    match expression(place.text).map(|e| e.kind) {
        Some(ExprKind::Tuple(names)) => {
            format!("one value has no parts for {} names: write a, b = 1, 2, or a = b = 1", names.len())
        }
        Some(_) if whole && is_short(place.text) => {
            format!("write range({n}), which counts from 0 to {n} - 1", n = place.text)
        }
        _ => "for walks arrays, lists, tuples, strings and ranges; range(n) counts".into(),
    }
}

fn operands_help(op: &str, types: &[String]) -> Option<String> {
    let has = |t: &str| types.iter().any(|x| x == t);
    if has("str") {
        Some("f\"{x} {y}\" joins values into a string; float(s) and int(s) read a number from one".into())
    } else if has("NoneType") {
        Some("None is what a function without a result gives, as x.sort() does; np.sort(x) gives a sorted copy".into())
    } else if op == "/" && types.first().is_some_and(|t| t == "function") {
        Some(
            "`/` divides; a function in a name reduces with `f⌿ x`, NumPy's with `np.maximum.reduce(x)`"
                .into(),
        )
    } else if has("function") {
        Some("a function is called with brackets: f(x)".into())
    } else {
        None
    }
}

fn join_shapes(shapes: &[&[usize]]) -> String {
    let texts: Vec<String> = shapes.iter().map(|s| shape_text(s)).collect();
    match texts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A shape that may hold `-1`.
fn signed_shape(shape: &[i64]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(|n| n.to_string()).collect::<Vec<_>>().join(", ")),
    }
}

/// A number of bytes in the largest unit that leaves three digits before the point.
pub fn bytes(n: usize) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut x, mut unit) = (n as f64, 0);
    while x >= 999.5 && unit + 1 < units.len() {
        x /= 1000.0;
        unit += 1;
    }
    let places = if unit == 0 || x >= 99.95 {
        0
    } else if x >= 9.995 {
        1
    } else {
        2
    };
    format!("{x:.places$} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Span;
    use smallvec::smallvec;

    #[test]
    fn broadcast_draws_and_suggests() {
        let fault = Fault::Array(ArrayError::Broadcast { shapes: vec![smallvec![3, 4], smallvec![3]] });
        let text = "m + row";
        let place = Place::new(text, Span::new(0, 7), &[Span::new(0, 1), Span::new(4, 7)]);
        let d = describe(&fault, &place);
        assert_eq!(d.code, "arr::shape::broadcast");
        assert_eq!(d.message, "operands could not be broadcast together: shapes (3, 4) and (3,)");
        let help = d.help.unwrap();
        assert!(help.contains("  m    3  4\n  row     3\n          ^\n"), "{help}");
        assert!(help.ends_with("this fits: m + row[:, None] has shape (3, 4)"), "{help}");
    }

    #[test]
    fn reshape_offers_a_shape_that_fits() {
        let e = ArrayError::Reshape { size: 6, from: smallvec![6], to: smallvec![4, 2] };
        let d = describe(&Fault::Array(e), &Place::default());
        assert_eq!(d.help.as_deref(), Some("that shape holds 8 elements, not 6; (3, 2) would fit"));
    }

    #[test]
    fn sizes() {
        assert_eq!(bytes(8_000_000_000_000_000), "8.00 PB");
        assert_eq!(bytes(12), "12 bytes");
        assert_eq!(bytes(999_999), "1.00 MB");
    }
}
