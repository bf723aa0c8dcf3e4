//! `%memit`: what one run of code asks of the allocator, exactly.

use super::text::{bytes, count, json_object};
use crate::eval::{Evaluator, Raised, Unit};
use crate::exec::tally::{self, Tally};

/// The counts, and whether the user stopped the run before its end.
pub struct Counted {
    pub tally: Tally,
    pub partial: bool,
}

/// Runs code once and counts. Its value is alive at the end, then dropped.
pub fn run(evaluator: &mut Evaluator, unit: &Unit) -> Result<Counted, Raised> {
    let before = evaluator.globals.snapshot();
    let (result, tally) = tally::record(|| evaluator.run_unit(unit));
    evaluator.globals.restore(&before);
    match result {
        Err(raised) if !raised.is_interrupt() => Err(raised),
        result => Ok(Counted { tally, partial: result.is_err() }),
    }
}

pub fn text(counted: &Counted) -> String {
    let (tally, m) = (&counted.tally, counted.tally.memory);
    if m.buffers == 0 {
        return "peak: nothing allocated\n".into();
    }
    let temporaries = tally.temporaries() as u64;
    let kept = m.buffers as u64 - temporaries;
    let kept = if kept == 0 { String::new() } else { format!(", {kept} kept") };
    format!(
        "peak: {} more than before\n{} of {}: {}{kept}\n",
        bytes(m.peak as u64),
        count(m.buffers as u64, "buffer"),
        bytes(m.allocated as u64),
        count(temporaries, "temporary"),
    )
}

pub fn json(counted: &Counted) -> String {
    let (tally, m) = (&counted.tally, counted.tally.memory);
    json_object(&[
        ("peak", m.peak.to_string()),
        ("allocated", m.allocated.to_string()),
        ("buffers", m.buffers.to_string()),
        ("temporaries", tally.temporaries().to_string()),
        ("passes", tally.passes.to_string()),
        ("copies", tally.copies.to_string()),
        ("read", tally.read.to_string()),
        ("written", tally.written.to_string()),
        ("partial", counted.partial.to_string()),
    ])
}
