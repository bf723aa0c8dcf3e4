//! Names as the program sees them: `np` and its submodules, constants, and what a bare name means.

use crate::dtype::{DType, Scalar};
use crate::prim::arrays::kinds;
use crate::prim::indexing::grids;
use crate::prim::{Home, Prim, table};
use crate::value::{Func, Object, Value};
use std::any::Any;
use std::rc::Rc;
use std::sync::LazyLock;

/// A built-in module: the rows of one home, if it has any, submodules, and for `np` itself constants
/// and dtypes.
struct Builtin {
    name: &'static str,
    home: Option<Home>,
}

const MODULES: &[(&str, Option<Home>)] = &[
    ("numpy", Some(Home::Np)),
    ("numpy.linalg", Some(Home::Linalg)),
    ("numpy.fft", Some(Home::Fft)),
    ("numpy.random", Some(Home::Random)),
    ("numpy.lib", None),
    ("numpy.emath", Some(Home::Emath)),
    ("numpy.testing", Some(Home::Testing)),
    ("numpy.lib.stride_tricks", Some(Home::StrideTricks)),
];

/// The dtypes' names, with those that NumPy has besides them.
const DTYPE_NAMES: &[&str] = &[
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "bool_",
    "int_",
    "intp",
    "intc",
    "uintc",
    "long",
    "ulong",
    "ulonglong",
    "uint",
    "uintp",
    "double",
    "single",
    "byte",
    "ubyte",
    "short",
    "ushort",
    "longlong",
    "cdouble",
    "csingle",
];

fn constant(name: &str) -> Option<Value> {
    Some(match name {
        "pi" => Value::Float(std::f64::consts::PI),
        "e" => Value::Float(std::f64::consts::E),
        "inf" => Value::Float(f64::INFINITY),
        "nan" => Value::Float(f64::NAN),
        "newaxis" => Value::None,
        "Ellipsis" => Value::Ellipsis,
        "True_" => Value::Scalar(Scalar::Bool(true)),
        "False_" => Value::Scalar(Scalar::Bool(false)),
        _ => return None,
    })
}

fn submodule(name: &str) -> Option<Value> {
    let full = format!("numpy.{name}");
    by_name(&full)
}

fn dtype(name: &str) -> Option<Value> {
    if DTYPE_NAMES.contains(&name) { DType::from_name(name).map(Value::DType) } else { None }
}

fn function(prim: &'static Prim) -> Value {
    Value::Func(Func::Static(prim))
}

/// What a bare name means while the program assigns nothing to it.
pub fn builtin(name: &str) -> Option<Value> {
    constant(name)
        .or_else(|| if name == "np" { by_name("numpy") } else { None })
        .or_else(|| table().bare(name).map(function))
        .or_else(|| dtype(name))
        .or_else(|| submodule(name).filter(|_| !matches!(name, "lib" | "emath" | "testing")))
}

/// A module by the name that `import` gives it.
pub fn by_name(name: &str) -> Option<Value> {
    let &(name, home) = MODULES.iter().find(|(n, _)| *n == name)?;
    Some(Value::Object(Rc::new(Builtin { name, home })))
}

/// Every name that means something without an assignment, for completion and did-you-mean.
pub fn bare_names() -> &'static [&'static str] {
    static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let rows = table().rows().iter().filter(|(_, p)| matches!(p.home, Home::Np | Home::Core));
        let names = rows.flat_map(|(_, p)| std::iter::once(p.name).chain(p.aliases.iter().copied()));
        let mut all: Vec<&str> =
            ["pi", "e", "inf", "nan", "newaxis", "np"].into_iter().chain(names).collect();
        all.extend(DTYPE_NAMES);
        all.sort_unstable();
        all.dedup();
        all
    });
    &NAMES
}

impl Object for Builtin {
    fn type_name(&self) -> &str {
        "module"
    }

    fn repr(&self) -> String {
        format!("<module '{}'>", self.name)
    }

    fn attr(&self, name: &str) -> Option<Value> {
        if let Some(p) = self.home.and_then(|home| table().get(home, name)) {
            return Some(function(p));
        }
        if self.home != Some(Home::Np) {
            return by_name(&format!("{}.{name}", self.name));
        }
        constant(name)
            .or_else(|| dtype(name))
            .or_else(|| submodule(name))
            .or_else(|| grids::grid(name))
            .or_else(|| kinds::group(name))
            .or_else(|| match name {
                "bool" => Some(Value::DType(DType::Bool)),
                "euler_gamma" => Some(Value::Float(0.577_215_664_901_532_9)),
                "ndarray" => Some(kinds::ndarray()),
                "little_endian" => Some(Value::Bool(cfg!(target_endian = "little"))),
                "inf" | "Inf" => Some(Value::Float(f64::INFINITY)),
                // NumPy 2's names for the Python types are not in its module; arr's own functions are.
                _ => table().get(Home::Core, name).map(function),
            })
    }

    fn attr_names(&self) -> Vec<String> {
        let rows = table().rows().iter().filter(|(_, p)| Some(p.home) == self.home);
        let mut names: Vec<String> = rows
            .flat_map(|(_, p)| std::iter::once(p.name).chain(p.aliases.iter().copied()))
            .map(String::from)
            .collect();
        if self.home.is_none() {
            names.push("stride_tricks".into());
        }
        if self.home == Some(Home::Np) {
            let more = [
                "pi", "e", "inf", "nan", "newaxis", "linalg", "fft", "lib", "emath", "random", "testing",
                "bool",
            ];
            names.extend(more.iter().chain(DTYPE_NAMES).map(|n| n.to_string()));
            names.extend(grids::names().map(String::from));
        }
        names.sort();
        names.dedup();
        names
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
