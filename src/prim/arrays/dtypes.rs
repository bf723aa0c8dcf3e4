//! Functions about dtypes: limits, promotion, casting rules.

use crate::dtype::{DType, Kind as DKind, Operand, Scalar, promote, result_dtype};
use crate::prim::row::{Example, Home, Kind, Prim};
use crate::prim::{Args, convert};
use crate::show;
use crate::value::{Fault, Object, Value};
use std::any::Any;
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "dtype",
        params: "x",
        doc: "The dtype of a name, a function such as `float`, or a dtype itself.",
        examples: &[Example { code: "np.dtype(\"i4\")", out: "int32" }],
        kind: Kind::Call(|_, a| a.dtype(0).map(Value::DType)),
        ..Prim::NEW
    },
    Prim {
        name: "result_type",
        params: "*operands",
        doc: "The dtype that an operation on these arrays, dtypes and plain numbers gives.",
        examples: &[
            Example { code: "np.result_type(np.int32, np.float32)", out: "float64" },
            Example { code: "np.result_type(np.int8, 3)", out: "int8" },
        ],
        kind: Kind::Call(|_, a| {
            let operand = |v: &Value| convert::as_dtype(v).map(Operand::Typed).or_else(|| v.operand());
            let operands: Option<Vec<_>> = a.rest(0).iter().map(operand).collect();
            operands
                .map(|o| Value::DType(result_dtype(&o)))
                .ok_or_else(|| a.wrong(0, "arrays, numbers or dtypes"))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "promote_types",
        params: "type1, type2",
        doc: "The smallest dtype to which both cast safely.",
        examples: &[Example { code: "np.promote_types(\"i8\", \"u8\")", out: "float64" }],
        kind: Kind::Call(|_, a| Ok(Value::DType(promote(a.dtype(0)?, a.dtype(1)?)))),
        ..Prim::NEW
    },
    Prim {
        name: "can_cast",
        params: "from_, to, casting='safe'",
        doc: "Whether one dtype casts to another under a rule: no, equiv, safe, same_kind or unsafe.",
        examples: &[
            Example { code: "np.can_cast(np.int32, np.float64)", out: "True" },
            Example { code: "np.can_cast(\"f8\", \"i4\")", out: "False" },
        ],
        kind: Kind::Call(|_, a| {
            let from = match a.get(0) {
                Some(Value::Array(x)) => x.dtype(),
                _ => a.dtype(0)?,
            };
            let to = a.dtype(1)?;
            can_cast(from, to, a.str(2)?)
                .map(Value::Bool)
                .ok_or_else(|| a.wrong(2, "one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe'"))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "iinfo",
        params: "type",
        doc: "The limits of an integer dtype: `min`, `max`, `bits`, as plain integers (uint64's `max` is typed).",
        examples: &[Example { code: "np.iinfo(np.int8).max", out: "127" }],
        kind: Kind::Call(|_, a| match type_of(a)? {
            d if d.is_int() => Ok(Value::Object(Rc::new(Limits { dtype: d }))),
            _ => Err(a.wrong(0, "an integer dtype")),
        }),
        ..Prim::NEW
    },
    Prim {
        name: "finfo",
        params: "dtype",
        doc: "The limits of a floating-point dtype: `eps`, `max`, `min`, `tiny`, `bits`, `precision`.",
        examples: &[Example { code: "np.finfo(np.float64).eps", out: "2.220446049250313e-16" }],
        kind: Kind::Call(|_, a| match type_of(a)? {
            d if d.is_inexact() => Ok(Value::Object(Rc::new(Limits { dtype: d.to_real() }))),
            _ => Err(a.wrong(0, "a floating-point dtype")),
        }),
        ..Prim::NEW
    },
    Prim {
        name: "isscalar",
        params: "element",
        doc: "Whether a value is a plain or typed number or a string; 0-d arrays are not.",
        examples: &[
            Example { code: "np.isscalar(3.1)", out: "True" },
            Example { code: "np.isscalar([3.1])", out: "False" },
        ],
        kind: Kind::Call(|_, a| {
            let v = a.value(0);
            Ok(Value::Bool(v.is_scalar_number() || matches!(v, Value::Str(_))))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "min_scalar_type",
        params: "a",
        doc: "The smallest dtype that holds a number; an array's own dtype.",
        examples: &[
            Example { code: "np.min_scalar_type(300)", out: "uint16" },
            Example { code: "np.min_scalar_type(1e300)", out: "float64" },
        ],
        kind: Kind::Call(|_, a| match a.value(0) {
            Value::Array(x) => Ok(Value::DType(x.dtype())),
            v => match v.scalar().map(|s| (s, s.as_i128())) {
                Some((Scalar::Bool(_), _)) => Ok(Value::DType(DType::Bool)),
                Some((_, Some(n))) => Ok(Value::DType(smallest(n))),
                Some((s, None)) => Ok(Value::DType(narrowest(s))),
                None => Err(a.wrong(0, "a number")),
            },
        }),
        ..Prim::NEW
    },
    Prim {
        name: "type_of",
        home: Home::Core,
        params: "x",
        doc: "The dtype of a number or array; plain numbers give their 64-bit one.",
        examples: &[Example { code: "type_of([1, 2])", out: "int64" }],
        numpy: "np.asarray(x).dtype",
        kind: Kind::Call(|_, a| Ok(Value::DType(a.array(0)?.dtype()))),
        ..Prim::NEW
    },
];

fn type_of(a: &Args) -> Result<DType, Fault> {
    match a.get(0) {
        Some(Value::Array(x)) => Ok(x.dtype()),
        Some(Value::Scalar(s)) => Ok(s.dtype()),
        Some(Value::Int(_)) => Ok(DType::I64),
        Some(Value::Float(_)) => Ok(DType::F64),
        _ => a.dtype(0),
    }
}

/// The smallest dtype with the range of a float or a complex number, whatever its digits.
fn narrowest(s: Scalar) -> DType {
    let wide = s.dtype();
    let narrow = if wide.is_complex() { DType::C64 } else { DType::F32 };
    let (re, im) = match s {
        Scalar::C128(z) => (z.re, z.im),
        s => (s.as_f64().unwrap_or_default(), 0.0),
    };
    let fits = |x: f64| !x.is_finite() || (x as f32).is_finite();
    if fits(re) && fits(im) { narrow } else { wide }
}

fn smallest(n: i128) -> DType {
    let order: [DType; 8] =
        [DType::U8, DType::I8, DType::U16, DType::I16, DType::U32, DType::I32, DType::U64, DType::I64];
    let fits =
        |d: &&DType| int_range(**d).is_some_and(|(lo, hi)| lo <= n && n <= hi && (n < 0 || d.is_unsigned()));
    order.iter().find(fits).copied().unwrap_or(DType::F64)
}

/// The least and greatest value of an integer dtype.
pub fn int_range(d: DType) -> Option<(i128, i128)> {
    let bits = d.itemsize() as u32 * 8;
    if !d.is_int() {
        return None;
    }
    Some(if d.is_unsigned() { (0, (1 << bits) - 1) } else { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) })
}

/// NumPy's casting rules; `None` for a rule it does not have.
pub fn can_cast(from: DType, to: DType, rule: &str) -> Option<bool> {
    let safe = promote(from, to) == to;
    Some(match rule {
        "no" | "equiv" => from == to,
        "safe" => safe,
        "same_kind" => safe || same_kind(from, to),
        "unsafe" => true,
        _ => return None,
    })
}

/// Kinds in NumPy's order, unsigned before signed integers: a cast goes up or stays.
fn same_kind(from: DType, to: DType) -> bool {
    let rank = |d: DType| match d.kind() {
        DKind::Bool => 0,
        DKind::Int if d.is_unsigned() => 1,
        DKind::Int => 2,
        DKind::Float => 3,
        DKind::Complex => 4,
    };
    rank(from) <= rank(to)
}

/// What `iinfo` and `finfo` give.
struct Limits {
    dtype: DType,
}

impl Limits {
    fn integer(n: i128) -> Value {
        i64::try_from(n).map(Value::Int).unwrap_or(Value::Scalar(Scalar::U64(n as u64)))
    }

    /// A limit as `print` writes it.
    fn shown(&self, name: &str) -> String {
        self.attr(name).map_or(String::new(), |v| show::str_of(&v))
    }

    /// NumPy's table of a float type: bits of the fraction and the exponent, and what they make.
    fn float_table(&self) -> String {
        let (fraction, exponent) = if self.dtype == DType::F32 { (23, 8) } else { (52, 11) };
        let bias = 1 << (exponent - 1);
        let [precision, resolution, eps, tiny, max, least] =
            ["precision", "resolution", "eps", "tiny", "max", "smallest_subnormal"].map(|n| self.shown(n));
        let half = show::str_of(&self.float(f32::EPSILON / 2.0, f64::EPSILON / 2.0));
        format!(
            "precision = {precision}   resolution = {resolution}\n\
             machep = {}   eps =        {eps}\n\
             negep =  {}   epsneg =     {half}\n\
             minexp = {}   tiny =       {tiny}\n\
             maxexp = {bias}   max =        {max}\n\
             nexp =   {exponent}   min =        -max\n\
             smallest_normal = {tiny}   smallest_subnormal = {least}",
            -fraction,
            -fraction - 1,
            2 - bias,
        )
    }

    fn float(&self, single: f32, double: f64) -> Value {
        Value::Scalar(if self.dtype == DType::F32 { Scalar::F32(single) } else { Scalar::F64(double) })
    }
}

impl Object for Limits {
    fn type_name(&self) -> &str {
        if self.dtype.is_int() { "iinfo" } else { "finfo" }
    }

    fn repr(&self) -> String {
        match int_range(self.dtype) {
            Some((lo, hi)) => format!("iinfo(min={lo}, max={hi}, dtype={})", self.dtype),
            None => {
                let [resolution, max] = ["resolution", "max"].map(|n| self.shown(n));
                format!("finfo(resolution={resolution}, min=-{max}, max={max}, dtype={})", self.dtype)
            }
        }
    }

    fn text(&self) -> String {
        let line = "-".repeat(63);
        let body = match int_range(self.dtype) {
            Some((lo, hi)) => format!("min = {lo}\nmax = {hi}"),
            None => self.float_table(),
        };
        format!("Machine parameters for {}\n{line}\n{body}\n{line}\n", self.dtype)
    }

    fn attr(&self, name: &str) -> Option<Value> {
        let bits = self.dtype.itemsize() as i64 * 8;
        match (name, int_range(self.dtype)) {
            ("bits", _) => Some(Value::Int(bits)),
            ("dtype", _) => Some(Value::DType(self.dtype)),
            ("min", Some((lo, _))) => Some(Limits::integer(lo)),
            ("max", Some((_, hi))) => Some(Limits::integer(hi)),
            ("min", None) => Some(self.float(f32::MIN, f64::MIN)),
            ("max", None) => Some(self.float(f32::MAX, f64::MAX)),
            ("eps", None) => Some(self.float(f32::EPSILON, f64::EPSILON)),
            ("tiny" | "smallest_normal", None) => Some(self.float(f32::MIN_POSITIVE, f64::MIN_POSITIVE)),
            ("smallest_subnormal", None) => Some(self.float(f32::from_bits(1), f64::from_bits(1))),
            ("resolution", None) => Some(self.float(1e-6, 1e-15)),
            ("precision", None) => Some(Value::Int(if bits == 32 { 6 } else { 15 })),
            _ => None,
        }
    }

    fn attr_names(&self) -> Vec<String> {
        let names: &[&str] = if self.dtype.is_int() {
            &["bits", "dtype", "max", "min"]
        } else {
            &["bits", "dtype", "eps", "max", "min", "precision", "resolution", "smallest_normal", "tiny"]
        };
        names.iter().map(|n| n.to_string()).collect()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
