//! Arrays in files: NumPy's `.npy` format (version 1.0), and numbers as text. A path in, an array out, or
//! the other way round.

use crate::array::Array;
use crate::dtype::{DType, Scalar, c128};
use crate::exec;
use crate::prim::convert;
use crate::prim::indexing::subscript;
use crate::prim::reducing::arguments::deliver;
use crate::prim::{Args, Example, Kind, Prim};
use crate::show;
use crate::value::{Fault, Host, Value};

pub static ROWS: &[Prim] = &[
    Prim {
        name: "save",
        params: "file, arr",
        doc: "Writes an array to a file in NumPy's format; the name gets `.npy` if it has no such end.",
        examples: &[Example {
            code: "np.save(\"/tmp/x.npy\", [1, 2]); np.load(\"/tmp/x.npy\")",
            out: "[1 2]",
        }],
        kind: Kind::Call(|_, args| save(args)),
        ..Prim::NEW
    },
    Prim {
        name: "load",
        params: "file",
        doc: "The array in a file of NumPy's format, `.npy`.",
        examples: &[Example {
            code: "np.save(\"/tmp/y.npy\", np.eye(2)); np.load(\"/tmp/y.npy\")",
            out: "[[1. 0.]\n [0. 1.]]",
        }],
        kind: Kind::Call(|_, args| load(args)),
        ..Prim::NEW
    },
    Prim {
        name: "savetxt",
        params: "fname, X, fmt='%.18e', delimiter=' ', newline=None, header='', footer='', comments='# '",
        doc: "Writes a vector or matrix as text, a row a line.\n\n\
              `fmt` is a format as `%.3f` or `%d`, for all columns or, in a list, for each.",
        examples: &[Example {
            code: "np.savetxt(\"/tmp/x.txt\", [[1, 2]], fmt=\"%d\"); np.loadtxt(\"/tmp/x.txt\")",
            out: "[1. 2.]",
        }],
        kind: Kind::Call(savetxt),
        ..Prim::NEW
    },
    Prim {
        name: "loadtxt",
        params: "fname, dtype=None, comments='#', delimiter=None, skiprows=0, usecols=None, unpack=False, ndmin=0, max_rows=None",
        doc: "Numbers from a file of text, or from a list of lines: float64 unless `dtype` says.\n\n\
              Rows must have as many columns as the first. Columns are apart by blanks, or by `delimiter`.",
        examples: &[
            Example { code: "np.loadtxt([\"1 2\", \"3 4\"])", out: "[[1. 2.]\n [3. 4.]]" },
            Example {
                code: "np.loadtxt([\"a,b\", \"1,2\"], delimiter=\",\", skiprows=1, dtype=int)",
                out: "[1 2]",
            },
        ],
        kind: Kind::Call(|host, args| {
            let skip = args.int(4)?;
            let read = Reading { skip, foot: 0, columns: 5, unpack: 6, ndmin: 7, most: 8, gaps: None };
            loadtxt(host, args, &read)
        }),
        ..Prim::NEW
    },
    Prim {
        name: "fromstring",
        params: "string, dtype=None, count=-1, *, sep=' '",
        doc: "The numbers in a text, apart by blanks or by `sep`: float64 unless `dtype` says.",
        examples: &[
            Example { code: "np.fromstring(\"1 2.5 3\", sep=\" \")", out: "[1.  2.5 3. ]" },
            Example { code: "np.fromstring(\"1, 2\", dtype=int, sep=\",\")", out: "[1 2]" },
        ],
        kind: Kind::Call(|_, args| {
            let dtype = args.opt_dtype(1)?.unwrap_or(DType::F64);
            let (text, sep) = (args.str(0)?, args.str(3)?);
            let cells: Vec<&str> = match sep.trim() {
                "" => text.split_whitespace().collect(),
                sep => text.split(sep).map(str::trim).filter(|t| !t.is_empty()).collect(),
            };
            let most = usize::try_from(args.int(2)?).unwrap_or(usize::MAX);
            let items = cells.into_iter().take(most).map(|t| {
                number(t, dtype)
                    .ok_or_else(|| args.reason(format!("'{t}' is no number of dtype {}", dtype.name())))
            });
            let items = items.collect::<Result<Vec<_>, _>>()?;
            Ok(Value::Array(convert::from_scalars(dtype, &items, &[items.len()])?))
        }),
        ..Prim::NEW
    },
    Prim {
        name: "genfromtxt",
        params: "fname, dtype=None, comments='#', delimiter=None, skip_header=0, skip_footer=0, filling_values=nan, usecols=None, unpack=False, ndmin=0, max_rows=None",
        doc: "As `loadtxt`, with NaN, or `filling_values`, for what is missing or no number.",
        examples: &[Example {
            code: "np.genfromtxt([\"1,2,3\", \"4,,6\"], delimiter=\",\")",
            out: "[[ 1.  2.  3.]\n [ 4. nan  6.]]",
        }],
        kind: Kind::Call(|host, args| {
            let (skip, foot) = (args.int(4)?, args.int(5)?.max(0) as usize);
            let gaps = Some(if args.is_none(6) { f64::NAN } else { args.float(6)? });
            let read = Reading { skip, foot, columns: 7, unpack: 8, ndmin: 9, most: 10, gaps };
            loadtxt(host, args, &read)
        }),
        ..Prim::NEW
    },
];

const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";

fn failed(args: &Args, path: &str, error: &std::io::Error) -> Fault {
    let what = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_string(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        _ => error.to_string(),
    };
    args.reason(format!("cannot open '{path}': {what}"))
}

/// The dtype as NumPy's files name it.
fn descr(dtype: DType) -> String {
    let kind = match dtype {
        DType::Bool => return "|b1".into(),
        d if d.is_complex() => 'c',
        d if d.is_float() => 'f',
        d if d.is_signed_int() => 'i',
        _ => 'u',
    };
    let order = if dtype.itemsize() == 1 { '|' } else { '<' };
    format!("{order}{kind}{}", dtype.itemsize())
}

fn save(args: &Args) -> Result<Value, Fault> {
    let name = args.str(0)?;
    let path = if name.ends_with(".npy") { name.to_string() } else { format!("{name}.npy") };
    let a = args.array(1)?;
    let by_columns = a.is_f_contiguous() && !a.is_c_contiguous();
    let a = exec::contiguous(&if by_columns { a.transpose() } else { a })?;
    let shape: Vec<usize> =
        if by_columns { a.shape().iter().rev().copied().collect() } else { a.shape().to_vec() };
    let order = if by_columns { "True" } else { "False" };
    let mut header = format!(
        "{{'descr': '{}', 'fortran_order': {order}, 'shape': {}, }}",
        descr(a.dtype()),
        crate::value::shape_text(&shape)
    );
    // With the line end at its end, the data begin at a multiple of 64.
    let plain = MAGIC.len() + 2 + header.len() + 1;
    header.extend(std::iter::repeat_n(' ', plain.next_multiple_of(64) - plain));
    header.push('\n');
    let mut out = Vec::with_capacity(MAGIC.len() + 2 + header.len() + a.nbytes());
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&(header.len() as u16).to_le_bytes());
    out.extend_from_slice(header.as_bytes());
    match a.dtype() {
        DType::Bool => out.extend(a.as_slice::<bool>().unwrap_or_default().iter().map(|&b| b as u8)),
        _ => {
            let n = a.nbytes();
            let bytes = a.reinterpret(DType::U8, &[n], &[1], a.offset() * a.dtype().itemsize());
            out.extend_from_slice(bytes.as_slice::<u8>().unwrap_or_default());
        }
    }
    std::fs::write(&path, out).map_err(|e| failed(args, &path, &e))?;
    Ok(Value::None)
}

/// What stands after a key in the header's dictionary.
fn entry<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let at = header.find(&format!("'{key}'"))?;
    header[at..].split_once(':').map(|(_, rest)| rest.trim_start())
}

fn load(args: &Args) -> Result<Value, Fault> {
    let path = args.str(0)?;
    let data = std::fs::read(path).map_err(|e| failed(args, path, &e))?;
    if data.starts_with(b"PK") {
        return Err(args.reason("archives of several arrays (.npz) are not read; save each array by itself"));
    }
    let read = || -> Option<Array> {
        let version = *data.get(6)?;
        let (start, length) = match version {
            1 => (10, u16::from_le_bytes(data.get(8..10)?.try_into().ok()?) as usize),
            _ => (12, u32::from_le_bytes(data.get(8..12)?.try_into().ok()?) as usize),
        };
        let header = std::str::from_utf8(data.get(start..start + length)?).ok()?;
        let name = entry(header, "descr")?.strip_prefix('\'')?.split('\'').next()?;
        let dtype = match name.trim_start_matches(['|', '<', '=']) {
            "b1" => DType::Bool,
            name => DType::from_name(name)?,
        };
        let by_columns = entry(header, "fortran_order")?.starts_with("True");
        let shape = entry(header, "shape")?.strip_prefix('(')?.split(')').next()?;
        let items = shape.split(',').map(str::trim).filter(|n| !n.is_empty());
        let mut shape = items.map(|n| n.parse().ok()).collect::<Option<Vec<usize>>>()?;
        if by_columns {
            shape.reverse();
        }
        let bytes = data.get(start + length..)?;
        let a = filled(dtype, &shape, bytes)?;
        Some(if by_columns { a.transpose() } else { a })
    };
    let array = if data.starts_with(&MAGIC[..6]) { read() } else { None };
    array.map(deliver).ok_or_else(|| args.reason(format!("'{path}' is no .npy file of numbers that arr has")))
}

/// An array of these bytes, as a machine with the low byte first has them.
fn filled(dtype: DType, shape: &[usize], bytes: &[u8]) -> Option<Array> {
    if dtype == DType::Bool {
        let n = crate::array::size_of(shape).ok()?;
        let truths: Vec<bool> = bytes.get(..n)?.iter().map(|&b| b != 0).collect();
        return Array::from_slice(&truths, shape).ok();
    }
    let a = Array::empty(dtype, shape).ok()?;
    let n = a.nbytes();
    let bytes = bytes.get(..n)?;
    if n > 0 {
        let raw = a.reinterpret(DType::U8, &[n], &[1], 0);
        raw.write_storage::<u8, ()>(|all| all[..n].copy_from_slice(bytes));
    }
    Some(a)
}

fn savetxt(host: &mut dyn Host, args: &Args) -> Result<Value, Fault> {
    let path = args.str(0)?;
    let a = args.array(1)?;
    let columns = match a.shape() {
        [] | [_] => 1,
        [_, n] => *n,
        _ => return Err(args.reason(format!("Expected 1D or 2D array, got {}D array instead", a.ndim()))),
    };
    let formats: Vec<String> = match args.get(2) {
        Some(Value::Str(f)) => vec![f.to_string(); columns],
        _ => {
            let all = subscript::collect(host, &args.value(2))?;
            all.iter().map(show::str_of).collect()
        }
    };
    if formats.len() != columns {
        return Err(
            args.reason(format!("fmt has wrong shape: {} formats for {columns} columns", formats.len()))
        );
    }
    let (delimiter, newline) = (args.str(3)?, if args.is_none(4) { "\n" } else { args.str(4)? });
    let comment = |text: &str| match text {
        "" => String::new(),
        _ => text.split('\n').map(|line| format!("{}{line}{newline}", args.str(7).unwrap_or("# "))).collect(),
    };
    let mut out = comment(args.str(5)?);
    for row in convert::scalars(&a)?.chunks(columns.max(1)) {
        let cells = row.iter().zip(&formats).map(|(s, f)| show::percent(f, &[Value::Scalar(*s)]));
        out.push_str(&cells.collect::<Result<Vec<_>, _>>()?.join(delimiter));
        out.push_str(newline);
    }
    out.push_str(&comment(args.str(6)?));
    std::fs::write(path, out).map_err(|e| failed(args, path, &e))?;
    Ok(Value::None)
}

/// Where the arguments of a reading function stand.
struct Reading {
    skip: i64,
    foot: usize,
    columns: usize,
    unpack: usize,
    ndmin: usize,
    most: usize,
    /// What stands for a number that is missing, where one may be.
    gaps: Option<f64>,
}

fn loadtxt(host: &mut dyn Host, args: &Args, at: &Reading) -> Result<Value, Fault> {
    let lines: Vec<String> = match args.get(0) {
        Some(Value::Str(path)) => {
            let text = std::fs::read_to_string(&**path).map_err(|e| failed(args, path, &e))?;
            text.lines().map(String::from).collect()
        }
        _ => subscript::collect(host, &args.value(0))?.iter().map(show::str_of).collect(),
    };
    let dtype = args.opt_dtype(1)?.unwrap_or(DType::F64);
    let comment = if args.is_none(2) { None } else { Some(args.str(2)?) };
    let delimiter = if args.is_none(3) { None } else { Some(args.str(3)?) };
    let chosen = if args.is_none(at.columns) { None } else { Some(args.ints(at.columns)?) };
    let most = args.opt_int(at.most)?.map_or(usize::MAX, |n| n.max(0) as usize);
    let mut rows: Vec<Vec<Scalar>> = Vec::new();
    let last = lines.len().saturating_sub(at.foot);
    for (k, line) in lines.iter().enumerate().take(last).skip(at.skip.max(0) as usize) {
        let line =
            comment.and_then(|c| line.split_once(c)).map_or(line.as_str(), |(before, _)| before).trim();
        if line.is_empty() || rows.len() >= most {
            continue;
        }
        let cells: Vec<&str> = match delimiter {
            Some(d) if !d.trim().is_empty() => line.split(d).map(str::trim).collect(),
            _ => line.split_whitespace().collect(),
        };
        let mut row = Vec::with_capacity(cells.len());
        let wanted: Vec<i64> = chosen.clone().unwrap_or_else(|| (0..cells.len() as i64).collect());
        for c in wanted {
            let i = if c < 0 { c + cells.len() as i64 } else { c };
            let cell = usize::try_from(i).ok().and_then(|i| cells.get(i)).copied();
            let cell = cell.ok_or_else(|| args.reason(format!("line {} has no column {c}", k + 1)))?;
            let gap = at.gaps.map(|x| crate::dtype::cast_scalar(Scalar::F64(x), dtype));
            let number = number(cell, dtype).or(gap);
            row.push(number.ok_or_else(|| {
                args.reason(format!(
                    "could not convert string '{cell}' to {} at row {}, column {}",
                    dtype.name(),
                    rows.len(),
                    c + 1
                ))
            })?);
        }
        if let Some(first) = rows.first().filter(|first| first.len() != row.len()) {
            let (was, is) = (first.len(), row.len());
            return Err(args.reason(format!(
                "the number of columns changed from {was} to {is} at row {}",
                rows.len() + 1
            )));
        }
        rows.push(row);
    }
    shaped(args, at, dtype, rows)
}

/// The rows as an array: of one row or one column a vector, of one number a 0-d array, unless `ndmin` says
/// otherwise.
fn shaped(args: &Args, at: &Reading, dtype: DType, rows: Vec<Vec<Scalar>>) -> Result<Value, Fault> {
    let (n, m) = (rows.len(), rows.first().map_or(0, Vec::len));
    let items: Vec<Scalar> = rows.into_iter().flatten().collect();
    let ndmin = args.int(at.ndmin)?;
    let shape: &[usize] = match (n, m) {
        (0, _) => &[0],
        (1, 1) if ndmin < 1 => &[],
        (1, m) if ndmin < 2 => &[m],
        (n, 1) if ndmin < 2 => &[n],
        (n, m) => &[n, m],
    };
    let a = convert::from_scalars(dtype, &items, shape)?;
    if !args.flag(at.unpack)? {
        return Ok(Value::Array(a));
    }
    Ok(Value::Array(a.transpose()))
}

fn number(text: &str, dtype: DType) -> Option<Scalar> {
    let s = match text.parse::<i64>() {
        Ok(n) => Scalar::I64(n),
        Err(_) if dtype.is_complex() && text.ends_with(['j', ')']) => Scalar::C128(complex(text)?),
        Err(_) if dtype.is_int() => return None,
        Err(_) => Scalar::F64(text.parse().ok()?),
    };
    Some(crate::dtype::cast_scalar(s, dtype))
}

/// `1+2j`, with or without brackets.
fn complex(text: &str) -> Option<c128> {
    let text = text.trim_start_matches('(').trim_end_matches(')').strip_suffix('j')?;
    let signs = text
        .char_indices()
        .skip(1)
        .filter(|&(i, c)| matches!(c, '+' | '-') && !matches!(text.as_bytes()[i - 1], b'e' | b'E'));
    match signs.last() {
        Some((i, _)) => Some(c128::new(text[..i].parse().ok()?, text[i..].parse().ok()?)),
        None => Some(c128::new(0.0, text.parse().ok()?)),
    }
}
