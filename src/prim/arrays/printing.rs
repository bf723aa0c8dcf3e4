//! Arrays and numbers as text, and the print options. Values in, strings out.

use crate::array::Array;
use crate::prim::convert::{self, to_array};
use crate::prim::{Args, Example, Home, Kind, Prim};
use crate::show::{self, FloatMode, Options};
use crate::value::{Fault, Object, Value};
use std::any::Any;
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "array2string",
        params: "a, max_line_width=None, precision=None, suppress_small=None, separator=' ', prefix='', *, threshold=None, edgeitems=None, floatmode=None",
        doc: "An array as text, with a separator and print options of its own.",
        examples: &[Example {
            code: "np.array2string(np.array([1.25, 2]), precision=1, separator=\", \")",
            out: "'[1.2, 2. ]'",
        }],
        kind: Kind::Call(|_, args| {
            let at = Changes { precision: 2, threshold: 6, edge: 7, width: 1, suppress: 3, floats: 8 };
            let (a, options) = (args.array(0)?, at.read(args)?);
            let indent = args.str(5)?.chars().count();
            Ok(Value::from(show::array_text(&a, args.str(4)?, indent, &options)))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "array_str",
        params: "a, max_line_width=None, precision=None, suppress_small=None",
        doc: "What `print` shows of an array, as a string.",
        examples: &[Example { code: "np.array_str(np.arange(3))", out: "'[0 1 2]'" }],
        kind: Kind::Call(|_, args| {
            as_string(args, |a, options| match options == show::options() {
                true => show::array_str(a),
                false => show::array_text(a, " ", 0, &options),
            })
        }),
        ..Prim::NEW
    },
    Prim {
        name: "array_repr",
        params: "arr, max_line_width=None, precision=None, suppress_small=None",
        doc: "An array as text with its dtype, as it stands in tuples and lists.",
        examples: &[Example { code: "np.array_repr(int8(1 2))", out: "'array([1, 2], dtype=int8)'" }],
        kind: Kind::Call(|_, args| {
            as_string(args, |a, options| {
                let before = show::options();
                show::set_options(options);
                let text = show::array_repr(a);
                show::set_options(before);
                text
            })
        }),
        ..Prim::NEW
    },
    Prim {
        name: "set_printoptions",
        params: "precision=None, threshold=None, edgeitems=None, linewidth=None, suppress=None, *, floatmode=None",
        doc: "How arrays are printed from now on; what is not given stays.\n\n\
              `precision`: digits after the point, at most (8). `threshold`: elements shown before an array is \
              summarised (1000), with `edgeitems` (3) at both ends. `linewidth`: characters in a line (75). \
              `suppress`: no scientific notation for small numbers. `floatmode`: 'maxprec', 'fixed', \
              'maxprec_equal' or 'unique'.",
        examples: &[Example {
            code: "np.set_printoptions(precision=3); print(np.array([pi])); np.set_printoptions(precision=8)",
            out: "[3.142]",
        }],
        kind: Kind::Call(|_, args| {
            let at = Changes { precision: 0, threshold: 1, edge: 2, width: 3, suppress: 4, floats: 5 };
            show::set_options(at.read(args)?);
            Ok(Value::None)
        }),
        ..Prim::NEW
    },
    Prim {
        name: "get_printoptions",
        params: "",
        doc: "The print options, by name: `np.get_printoptions()[\"precision\"]`, or as attributes.",
        examples: &[Example { code: "np.get_printoptions()[\"linewidth\"]", out: "75" }],
        kind: Kind::Call(|_, _| Ok(Value::Object(Rc::new(Chosen(show::options()))))),
        ..Prim::NEW
    },
    Prim {
        name: "binary_repr",
        params: "num, width=None",
        doc: "The binary digits of an integer; of a negative one with a minus, or two's complement to a `width`.",
        examples: &[
            Example { code: "np.binary_repr(5, width=8)", out: "'00000101'" },
            Example { code: "np.binary_repr(-3, width=5)", out: "'11101'" },
        ],
        kind: Kind::Call(|_, args| binary(args)),
        ..Prim::NEW
    },
    Prim {
        name: "base_repr",
        params: "number, base=2, padding=0",
        doc: "The digits of an integer to a base from 2 to 36, with `padding` zeros in front.",
        examples: &[Example { code: "np.base_repr(255, 16)", out: "'FF'" }],
        kind: Kind::Call(|_, args| base(args)),
        ..Prim::NEW
    },
    Prim {
        name: "bin",
        home: Home::Core,
        params: "x",
        doc: "The binary literal of an integer, as Python writes it.",
        examples: &[Example { code: "bin(-5)", out: "'-0b101'" }],
        kind: Kind::Call(|_, args| literal(args, |n| format!("0b{n:b}"))),
        ..Prim::NEW
    },
    Prim {
        name: "oct",
        home: Home::Core,
        params: "x",
        doc: "The octal literal of an integer, as Python writes it.",
        examples: &[Example { code: "oct(8)", out: "'0o10'" }],
        kind: Kind::Call(|_, args| literal(args, |n| format!("0o{n:o}"))),
        ..Prim::NEW
    },
    Prim {
        name: "hex",
        home: Home::Core,
        params: "x",
        doc: "The hexadecimal literal of an integer, as Python writes it.",
        examples: &[Example { code: "hex(255)", out: "'0xff'" }],
        kind: Kind::Call(|_, args| literal(args, |n| format!("0x{n:x}"))),
        ..Prim::NEW
    },
];

/// Where the options stand among a function's arguments.
struct Changes {
    precision: usize,
    threshold: usize,
    edge: usize,
    width: usize,
    suppress: usize,
    floats: usize,
}

impl Changes {
    fn read(&self, args: &Args) -> Result<Options, Fault> {
        let mut to = show::options();
        // Infinity says that there is no limit.
        let count = |i: usize| -> Result<usize, Fault> {
            if args.get(i).and_then(convert::as_scalar).and_then(|s| s.as_f64()) == Some(f64::INFINITY) {
                return Ok(usize::MAX);
            }
            usize::try_from(args.int(i)?).map_err(|_| args.wrong(i, "an integer that is not negative"))
        };
        for (i, place) in [
            (self.precision, &mut to.precision),
            (self.threshold, &mut to.threshold),
            (self.edge, &mut to.edge),
            (self.width, &mut to.width),
        ] {
            if !args.is_none(i) {
                *place = count(i)?;
            }
        }
        if !args.is_none(self.suppress) {
            to.suppress = args.flag(self.suppress)?;
        }
        if !args.is_none(self.floats) {
            to.floats = match args.str(self.floats)? {
                "maxprec" => FloatMode::Most,
                "maxprec_equal" => FloatMode::MostEqual,
                "fixed" => FloatMode::Fixed,
                "unique" => FloatMode::Unique,
                _ => return Err(args.reason("floatmode is 'maxprec', 'maxprec_equal', 'fixed' or 'unique'")),
            };
        }
        Ok(to)
    }
}

fn as_string(args: &Args, text: impl Fn(&Array, Options) -> String) -> Result<Value, Fault> {
    let mut options = show::options();
    for (i, place) in [(1, &mut options.width), (2, &mut options.precision)] {
        if !args.is_none(i) {
            *place = usize::try_from(args.int(i)?).map_err(|_| args.wrong(i, "a positive integer"))?;
        }
    }
    if !args.is_none(3) {
        options.suppress = args.flag(3)?;
    }
    Ok(Value::from(text(&to_array(&args.value(0))?, options)))
}

/// What `get_printoptions` gives.
struct Chosen(Options);

impl Chosen {
    fn items(&self) -> [(&'static str, Value); 6] {
        let count = |n: usize| i64::try_from(n).map_or(Value::Float(f64::INFINITY), Value::Int);
        let o = &self.0;
        let floats = match o.floats {
            FloatMode::Most => "maxprec",
            FloatMode::MostEqual => "maxprec_equal",
            FloatMode::Fixed => "fixed",
            FloatMode::Unique => "unique",
        };
        [
            ("edgeitems", count(o.edge)),
            ("threshold", count(o.threshold)),
            ("floatmode", Value::str(floats)),
            ("precision", count(o.precision)),
            ("suppress", Value::Bool(o.suppress)),
            ("linewidth", count(o.width)),
        ]
    }
}

impl Object for Chosen {
    fn type_name(&self) -> &str {
        "print options"
    }

    fn repr(&self) -> String {
        let items = self.items().map(|(k, v)| format!("'{k}': {}", show::repr_of(&v)));
        format!("{{{}}}", items.join(", "))
    }

    fn attr(&self, name: &str) -> Option<Value> {
        self.items().into_iter().find(|(k, _)| *k == name).map(|(_, v)| v)
    }

    fn attr_names(&self) -> Vec<String> {
        self.items().iter().map(|(k, _)| k.to_string()).collect()
    }

    fn index(&self, index: &Value) -> Option<Result<Value, Fault>> {
        let Value::Str(name) = index else { return None };
        let missing =
            || Fault::NoAttribute { owner: "print options".into(), name: name.to_string(), near: None };
        Some(self.attr(name).ok_or_else(missing))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn binary(args: &Args) -> Result<Value, Fault> {
    let n = args.int(0)? as i128;
    let width = args.opt_int(1)?;
    let digits = format!("{:b}", n.unsigned_abs());
    let fits = |need: usize| match width {
        Some(w) if (w.max(0) as usize) < need => {
            Err(args.reason(format!("Insufficient bit width={w} provided for binwidth={need}")))
        }
        w => Ok(w.unwrap_or(0).max(0) as usize),
    };
    let text = match width {
        _ if n >= 0 => format!("{digits:0>width$}", width = fits(digits.len())?),
        None => format!("-{digits}"),
        Some(_) => {
            // The least width that holds the number, one bit of it the sign.
            let need = if n.unsigned_abs().is_power_of_two() { digits.len() } else { digits.len() + 1 };
            let held = (1i128 << need) + n;
            let low = format!("{held:0>need$b}");
            let width = fits(low.len())?;
            format!("{}{low}", "1".repeat(width.saturating_sub(low.len())))
        }
    };
    Ok(Value::from(text))
}

/// An integer's sign and the literal of its magnitude.
fn literal(args: &Args, digits: fn(u64) -> String) -> Result<Value, Fault> {
    let n = args.int(0)?;
    let sign = if n < 0 { "-" } else { "" };
    Ok(Value::from(format!("{sign}{}", digits(n.unsigned_abs()))))
}

fn base(args: &Args) -> Result<Value, Fault> {
    let (n, base, padding) = (args.int(0)?, args.int(1)?, args.int(2)?.max(0) as usize);
    if !(2..=36).contains(&base) {
        return Err(args.reason("bases from 2 to 36 have digits"));
    }
    let (mut left, base) = (n.unsigned_abs(), base as u64);
    let mut digits = Vec::new();
    while left > 0 {
        digits.push(char::from_digit((left % base) as u32, 36).unwrap_or('0').to_ascii_uppercase());
        left /= base;
    }
    if digits.is_empty() && padding == 0 {
        digits.push('0');
    }
    digits.extend(std::iter::repeat_n('0', padding));
    if n < 0 {
        digits.push('-');
    }
    Ok(Value::from(digits.iter().rev().collect::<String>()))
}
