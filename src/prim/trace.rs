//! Telling `exec::tally` of the primitives that are applied, for traces and profiles: their operands
//! and what became of their results. Off otherwise: whoever applies a primitive asks
//! [`tally::heeds_calls`] first, and comes here only then.

use crate::exec::tally::{self, Brief, Call, Outcome, Touches};
use crate::prim::language::numbers;
use crate::prim::{Defer, Prim};
use crate::show;
use crate::value::{CallArgs, Fault, Func, Host, Value};
use smallvec::SmallVec;
use std::borrow::Cow;

/// Characters of a value's text that a brief keeps.
const LONGEST: usize = 24;

/// A call under way: the buffers of its operands, and the bytes that had been written before it.
pub struct Begun {
    buffers: SmallVec<[usize; 4]>,
    written: u64,
}

/// What is called.
pub struct Subject<'a> {
    name: tally::Name,
    touches: Touches,
    scratch: u8,
    /// The array that is to take the result, which is no operand.
    out: Option<&'a Value>,
}

impl Subject<'_> {
    /// `x[index]`.
    pub const INDEX: Subject<'static> =
        Subject { name: Cow::Borrowed("index"), touches: Touches::Chosen, scratch: 0, out: None };
    /// `x[index] = value`.
    pub const ASSIGN: Subject<'static> =
        Subject { name: Cow::Borrowed("assign"), touches: Touches::Written, scratch: 0, out: None };

    pub fn of(prim: &Prim) -> Subject<'static> {
        Subject { name: prim.name.into(), touches: Touches::All, scratch: prim.numpy_scratch, out: None }
    }
}

/// Begins a call on these operands. A profile keeps its time alone, as texts of a loop's operands would
/// take longer than the loop.
#[cold]
pub fn begin<'a>(subject: Subject, host: &dyn Host, operands: impl Iterator<Item = &'a Value>) -> Begun {
    let mut buffers = SmallVec::<[usize; 4]>::new();
    let Subject { name, touches, scratch, out } = subject;
    let told = name.clone();
    tally::begin_call(name, || {
        let (span, depth) = (host.here(), host.depth());
        let address = |x: &Value| if let Value::Array(a) = x { Some(a.buffer_address()) } else { None };
        buffers.extend(out.and_then(address));
        let seen = operands.map(|x| {
            buffers.extend(address(x));
            brief(x)
        });
        let operands = seen.collect();
        let (code, outcome) = (host.code_here(), Outcome::Failed);
        Call { name: told, span, depth, code, touches, scratch, operands, result: None, outcome }
    });
    Begun { buffers, written: tally::written() }
}

/// Ends the call begun last; gives its result on.
#[cold]
pub fn end(begun: &Begun, result: Result<Value, Fault>) -> Result<Value, Fault> {
    tally::end_call(|| (result.as_ref().ok().map(brief), outcome(begun, &result)));
    result
}

fn outcome(begun: &Begun, result: &Result<Value, Fault>) -> Outcome {
    match result {
        Err(_) => Outcome::Failed,
        Ok(Value::Deferred(_)) => Outcome::Waits,
        Ok(Value::Array(a)) if begun.buffers.contains(&a.buffer_address()) => {
            if tally::written() == begun.written { Outcome::View } else { Outcome::InPlace }
        }
        Ok(Value::Array(_)) => Outcome::Fresh,
        Ok(Value::Tuple(t)) if all_views(begun, &t.items) => Outcome::View,
        Ok(Value::List(l)) if l.with(|items| all_views(begun, items)) => Outcome::View,
        Ok(_) => Outcome::Other,
    }
}

/// Begins a call by name, whose keyword arguments may say where the result goes.
#[cold]
pub fn begin_with(prim: &Prim, host: &dyn Host, args: &CallArgs) -> Begun {
    let out = args.keyword.iter().find(|(k, _)| &**k == "out").map(|(_, v)| v);
    let given = args.keyword.iter().filter(|(k, _)| &**k != "out").map(|(_, v)| v);
    begin(Subject { out, ..Subject::of(prim) }, host, args.positional.iter().chain(given))
}

/// Whether values are arrays over operands' buffers, in which nothing was written.
fn all_views(begun: &Begun, items: &[Value]) -> bool {
    let view = |v: &Value| match v {
        Value::Array(a) => begun.buffers.contains(&a.buffer_address()),
        _ => false,
    };
    !items.is_empty() && items.iter().all(view) && tally::written() == begun.written
}

/// Calls a function; one that is no primitive (a derived function, a train) is a call of its own.
/// Its result may be deferred if `defer` says so.
pub fn function(f: &Func, host: &mut dyn Host, args: CallArgs, defer: Defer) -> Result<Value, Fault> {
    let run = |host: &mut dyn Host, args| match defer {
        Defer::Later => f.get().call_waiting(host, args),
        Defer::Now => f.call(host, args),
    };
    if !tally::heeds_calls() || matches!(f, Func::Static(_)) {
        return run(host, args);
    }
    let subject = Subject { name: f.name().to_string().into(), touches: Touches::All, scratch: 0, out: None };
    let begun = begin(subject, host, args.positional.iter());
    let result = run(host, args);
    end(&begun, result)
}

/// Calls a dtype, which converts numbers and arrays.
pub fn dtype(of: &Value, host: &mut dyn Host, args: CallArgs) -> Result<Value, Fault> {
    let Value::DType(d) = of else { return numbers::call_dtype(host, of, args) };
    if !tally::heeds_calls() {
        return numbers::call_dtype(host, of, args);
    }
    let subject = Subject { name: d.name().into(), touches: Touches::All, scratch: 0, out: None };
    let begun = begin(subject, host, args.positional.iter());
    let result = numbers::call_dtype(host, of, args);
    end(&begun, result)
}

/// What a value looks like.
pub fn brief(value: &Value) -> Brief {
    let one = |dtype, shape, text| Brief { dtype, shape, text, within: (0, 0) };
    match value {
        Value::Array(a) => one(Some(a.dtype()), Some(a.shape().into()), String::new()),
        Value::Deferred(w) => one(Some(w.dtype()), Some(w.shape()), String::new()),
        Value::Scalar(s) => one(Some(s.dtype()), None, text(value)),
        Value::List(l) => Brief { within: l.with(within), ..one(None, None, value.describe()) },
        Value::Object(_) | Value::Func(_) => one(None, None, value.describe()),
        Value::Tuple(t) => Brief { within: within(&t.items), ..one(None, None, text(value)) },
        _ => one(None, None, text(value)),
    }
}

/// The arrays among some values, and their bytes.
fn within(items: &[Value]) -> (u64, u64) {
    let arrays = items.iter().filter_map(|v| match v {
        Value::Array(a) => Some(a.nbytes() as u64),
        _ => None,
    });
    arrays.fold((0, 0), |(n, bytes), b| (n + 1, bytes + b))
}

fn text(value: &Value) -> String {
    let text = show::repr_of(value).split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => text[..at].to_string() + "…",
        None => text,
    }
}
