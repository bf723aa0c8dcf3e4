//! An explained expression as JSON.

use super::super::text::{json_list, json_number, json_object, json_string};
use super::Explained;
use super::said::looks;
use crate::exec::tally::{Outcome, Pass};

impl Explained {
    pub fn json(&self) -> String {
        let pass = |(p, seconds): &(Pass, f64)| {
            json_object(&[
                ("kernel", json_string(p.kernel)),
                ("dtype", json_string(p.dtype.name())),
                ("simd", json_string(p.level.name())),
                ("threads", p.threads.to_string()),
                ("read", p.read.to_string()),
                ("written", p.written.to_string()),
                ("ops", p.ops.to_string()),
                ("in_place", p.in_place.to_string()),
                ("seconds", json_number(*seconds)),
            ])
        };
        let step = |&k: &usize| {
            let s = &self.steps[k];
            json_object(&[
                ("step", (k + 1).to_string()),
                ("code", json_string(&s.code)),
                ("depth", s.depth.to_string()),
                ("name", json_string(&s.call.name)),
                ("operands", json_list(s.call.operands.iter().map(|b| json_string(&looks(b))))),
                ("result", s.call.result.as_ref().map_or("null".into(), |b| json_string(&looks(b)))),
                ("outcome", json_string(outcome(s.call.outcome))),
                ("fused_into", s.fused.map_or("null".into(), |f| (f + 1).to_string())),
                ("calls", s.piecemeal.as_ref().map_or("null".into(), |p| p.calls.to_string())),
                (
                    "why",
                    s.piecemeal.as_ref().and_then(|p| p.why.as_deref()).map_or("null".into(), json_string),
                ),
                ("passes", json_list(s.passes.iter().map(pass))),
                ("seconds", json_number(s.seconds)),
            ])
        };
        let (t, n) = (&self.tally, &self.numpy);
        let sums = |passes: u64, read: u64, written: u64, buffers: u64, allocated: u64| {
            json_object(&[
                ("passes", passes.to_string()),
                ("read", read.to_string()),
                ("written", written.to_string()),
                ("buffers", buffers.to_string()),
                ("allocated", allocated.to_string()),
            ])
        };
        let m = t.memory;
        json_object(&[
            ("steps", json_list(self.order.iter().map(step))),
            ("arr", sums(t.passes, t.read, t.written, m.buffers as u64, m.allocated as u64)),
            ("numpy", sums(n.passes, n.read, n.written, n.buffers, n.allocated)),
            ("peak", m.peak.to_string()),
            ("temporaries", t.temporaries().to_string()),
            ("seconds", json_number(self.seconds)),
            ("partial", self.partial.to_string()),
        ])
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fresh => "new",
        Outcome::View => "view",
        Outcome::InPlace => "in place",
        Outcome::Waits => "waits",
        Outcome::Other => "other",
        Outcome::Failed => "failed",
    }
}
