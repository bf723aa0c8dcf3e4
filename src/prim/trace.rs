//! Telling `exec::tally` of the primitives that are applied, for traces and profiles: their operands
//! and what became of their results. Off otherwise: whoever applies a primitive asks
//! [`tally::heeds_calls`] first, and comes here only then.

use crate::exec::tally::{self, Brief, Call, Outcome};
use crate::prim::Defer;
use crate::show;
use crate::value::{CallArgs, Fault, Func, Host, Value};
use smallvec::SmallVec;

/// Characters of a value's text that a brief keeps.
const LONGEST: usize = 24;

/// A call under way: the buffers of its operands, and the bytes that had been written before it.
pub struct Begun {
    buffers: SmallVec<[usize; 4]>,
    written: u64,
}

/// Begins a call of the primitive `name` on these operands. A profile keeps its time alone, as texts of
/// a loop's operands would take longer than the loop.
#[cold]
pub fn begin<'a>(name: &'static str, host: &dyn Host, operands: impl Iterator<Item = &'a Value>) -> Begun {
    let mut buffers = SmallVec::<[usize; 4]>::new();
    tally::begin_call(name, || {
        let (span, depth) = (host.here(), host.depth());
        let seen = operands.map(|x| {
            if let Value::Array(a) = x {
                buffers.push(a.buffer_address());
            }
            brief(x)
        });
        Call { name, span, depth, operands: seen.collect(), result: None, outcome: Outcome::Failed }
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
        Ok(_) => Outcome::Other,
    }
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
    let begun = begin("derived function", host, args.positional.iter());
    let result = run(host, args);
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
    let text = show::repr_of(value);
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => text[..at].to_string() + "…",
        None => text,
    }
}
