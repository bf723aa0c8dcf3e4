//! Counters of what an evaluation did: passes over memory, bytes moved, operations, buffers, copies,
//! loop iterations; and, when asked for, a trace of its steps.
//!
//! [`record`] counts and [`trace`] also keeps every step; `%memit`, `%compare`, `%explain`, `%prof`
//! and the checks of exercises read them. Counting is off otherwise: then each pass over an array
//! (never an element) and each loop (never an iteration) looks at one thread-local flag. The thread
//! that evaluates keeps the counters; its helpers only run parts of passes that it began.
//!
//! Two kinds of steps nest in a trace: a [`Call`] is a primitive that was applied, as `prim` tells,
//! and a [`Pass`] is the work over memory that it led to, as the modules beside this one tell. A call
//! whose work waits to be fused has no pass of its own: the pass that ran it names it.
//!
//! `counts` has what is counted, `steps` what a trace keeps; here is the counting.

mod counts;
mod steps;

pub use counts::{Calls, Name, Piecemeal, Spent, Tally};
pub use steps::{Brief, Call, Kind, Outcome, Pass, Step, Touches};

use super::plan::Plan;
use crate::array::memory;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Instant;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    Off,
    /// Only iterations of loops are counted.
    Paused,
    Count,
    Profile,
    Trace,
}

/// Steps that a trace keeps.
const MOST_STEPS: usize = 10_000;

#[derive(Default)]
struct State {
    tally: Tally,
    /// Steps under way.
    open: Vec<Open>,
    /// The element-wise steps that the next pass runs before its own work.
    before: Option<Pass>,
    /// What was found first against applying a function to all pieces at once.
    doubt: Option<String>,
}

struct Open {
    began: Instant,
    /// Its place in the trace.
    step: Option<usize>,
    name: Option<Name>,
    /// Seconds of the calls inside it.
    inside: f64,
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Off) };
    static STATE: RefCell<State> = RefCell::default();
}

/// Runs `f` and counts what it does.
pub fn record<T>(f: impl FnOnce() -> T) -> (T, Tally) {
    run(Mode::Count, f)
}

/// As [`record`], with every step.
pub fn trace<T>(f: impl FnOnce() -> T) -> (T, Tally) {
    run(Mode::Trace, f)
}

/// As [`record`], with the time of every primitive.
pub fn profile<T>(f: impl FnOnce() -> T) -> (T, Tally) {
    run(Mode::Profile, f)
}

fn run<T>(mode: Mode, f: impl FnOnce() -> T) -> (T, Tally) {
    /// Goes back to the counting outside, also when `f` panics.
    struct Outer(Mode, State);
    impl Drop for Outer {
        fn drop(&mut self) {
            MODE.set(self.0);
            STATE.replace(std::mem::take(&mut self.1));
        }
    }
    let mut outer = Outer(MODE.replace(mode), STATE.take());
    let (value, memory) = memory::watch(f);
    let mut tally = STATE.take().tally;
    tally.memory = memory;
    outer.1.tally.add(&tally);
    drop(outer);
    (value, tally)
}

/// Whether anything counts.
#[inline(always)]
pub fn on() -> bool {
    MODE.get() > Mode::Paused
}

/// Whether steps are kept.
#[inline(always)]
pub fn tracing() -> bool {
    MODE.get() == Mode::Trace
}

/// Whether calls of primitives are to be told.
#[inline(always)]
pub fn heeds_calls() -> bool {
    MODE.get() >= Mode::Profile
}

/// Bytes written so far.
pub fn written() -> u64 {
    STATE.with_borrow(|s| s.tally.written)
}

/// What a profile or trace has counted so far.
pub fn spent() -> Spent {
    STATE.with_borrow(|s| Spent {
        in_passes: s.tally.in_passes,
        passes: s.tally.passes,
        read: s.tally.read,
        iterations: s.tally.iterations,
        timed: s.tally.timed,
    })
}

/// The calls by the primitive's name that a profile has counted so far.
pub fn calls() -> HashMap<Name, Calls> {
    STATE.with_borrow(|s| s.tally.calls.clone())
}

/// Says which passes there were, and what they read, while nothing but iterations was counted.
pub fn unseen(passes: u64, read: u64, in_passes: f64) {
    STATE.with_borrow_mut(|s| {
        s.tally.passes += passes;
        s.tally.read += read;
        s.tally.in_passes += in_passes;
    });
}

/// That from here to [`resume`] nothing is counted but iterations.
pub struct Paused(Mode);

pub fn pause() -> Paused {
    Paused(MODE.replace(Mode::Paused))
}

pub fn resume(paused: Paused) {
    MODE.set(paused.0);
}

/// Says that a primitive was called where a profile did not see it.
pub fn called(name: Name, unseen: Calls) {
    STATE.with_borrow_mut(|s| *s.tally.calls.entry(name).or_default() += unseen);
}

/// Says that the pass which ran last wrote its results only now.
pub fn wrote(bytes: usize) {
    if on() {
        STATE.with_borrow_mut(|s| {
            s.tally.written += bytes as u64;
            let last = s.tally.steps.iter_mut().rev().find_map(|s| match &mut s.kind {
                Kind::Pass(pass) => Some(pass),
                Kind::Call(_) => None,
            });
            if let Some(pass) = last {
                pass.written += bytes as u64;
            }
        });
    }
}

/// Says, of a function that is looked through, what stands against applying it to all pieces of an array
/// at once; what was said first counts.
#[inline]
pub fn doubt(why: impl FnOnce() -> String) {
    if tracing() {
        let why = why();
        STATE.with_borrow_mut(|s| {
            s.doubt.get_or_insert(why);
        });
    }
}

/// Says that a function begins to be looked through.
#[inline]
pub fn no_doubt() {
    if tracing() {
        STATE.with_borrow_mut(|s| s.doubt = None);
    }
}

/// Says that a function is called for every piece of an array.
#[inline]
pub fn piecemeal(func: &str, calls: usize) {
    if tracing() && calls > 1 {
        STATE.with_borrow_mut(|s| {
            let why = s.doubt.take();
            let parent = s.open.iter().rev().find_map(|o| o.step);
            if s.tally.piecemeal.len() < MOST_STEPS {
                s.tally.piecemeal.push(Piecemeal { parent, func: func.into(), calls, why });
            }
        });
    }
}

/// Says that the pass which ran last made so many operations on floats more.
pub fn worked(ops: usize) {
    if on() {
        STATE.with_borrow_mut(|s| s.tally.float_ops += ops as u64);
    }
}

/// A step under way; it ends where this is dropped.
#[must_use]
pub struct Running(bool);

/// Counts a pass, if anything counts. The pass ends where the result is dropped.
#[inline(always)]
pub fn pass(make: impl FnOnce() -> Pass) -> Option<Running> {
    if on() { Some(begin(make())) } else { None }
}

/// Says that the next pass first runs a plan over so many elements.
#[inline(always)]
pub(super) fn first_runs(plan: &Plan, elements: usize) {
    if on() {
        let steps = Pass::new("map", plan.out(), elements).runs(plan, elements);
        STATE.with_borrow_mut(|s| s.before = Some(steps));
    }
}

#[cold]
#[inline(never)]
fn begin(mut pass: Pass) -> Running {
    STATE.with_borrow_mut(|s| {
        if let Some(mut before) = s.before.take() {
            pass.ops += before.ops;
            before.fused.append(&mut pass.fused);
            pass.fused = before.fused;
        }
        let t = &mut s.tally;
        t.passes += 1;
        t.read += pass.read;
        t.written += pass.written;
        t.copies += pass.copies as u64;
        t.largest = t.largest.max(pass.read + pass.written);
        t.threads = t.threads.max(pass.threads);
        if pass.dtype.is_inexact() {
            t.float_ops += pass.ops;
        } else {
            t.int_ops += pass.ops;
        }
    });
    let timed = heeds_calls();
    if timed {
        open(None, || Kind::Pass(pass));
    }
    Running(timed)
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.0 {
            close(|_| {});
        }
    }
}

/// Begins a call of the primitive `name`; only where [`heeds_calls`]. What is told of it is made where
/// steps are kept.
pub fn begin_call(name: Name, call: impl FnOnce() -> Call) {
    open(Some(name), || Kind::Call(call()));
}

/// Ends the call begun last, with what became of its result.
pub fn end_call(became: impl FnOnce() -> (Option<Brief>, Outcome)) {
    let became = tracing().then(became);
    close(|kind| {
        if let (Kind::Call(call), Some(became)) = (kind, became) {
            (call.result, call.outcome) = became;
        }
    });
}

/// Seconds that a call or pass whose time is taken costs its surroundings. The least of some rounds,
/// as others are disturbed.
pub fn overhead() -> f64 {
    const ROUNDS: u32 = 200;
    let round = || {
        let (seconds, _) = profile(|| {
            let began = Instant::now();
            for _ in 0..ROUNDS {
                begin_call(std::hint::black_box("none").into(), Call::default);
                end_call(Default::default);
            }
            began.elapsed().as_secs_f64()
        });
        seconds / f64::from(ROUNDS)
    };
    (0..8).map(|_| round()).fold(f64::INFINITY, f64::min)
}

fn open(name: Option<Name>, kind: impl FnOnce() -> Kind) {
    // What is told of a value may count itself.
    let kind = tracing().then(kind);
    STATE.with_borrow_mut(|s| {
        let mut step = None;
        if let Some(kind) = kind {
            if s.tally.steps.len() < MOST_STEPS {
                let parent = s.open.iter().rev().find_map(|o| o.step);
                step = Some(s.tally.steps.len());
                s.tally.steps.push(Step { parent, kind, seconds: 0.0 });
            } else {
                s.tally.left_out += 1;
            }
        }
        s.tally.timed += 1;
        s.open.push(Open { began: Instant::now(), step, name, inside: 0.0 });
    });
}

fn close(finish: impl FnOnce(&mut Kind)) {
    STATE.with_borrow_mut(|s| {
        let Some(open) = s.open.pop() else { return };
        let seconds = open.began.elapsed().as_secs_f64();
        if let Some(step) = open.step.and_then(|i| s.tally.steps.get_mut(i)) {
            step.seconds = seconds;
            finish(&mut step.kind);
        }
        let Some(name) = open.name else {
            s.tally.in_passes += seconds;
            return;
        };
        let calls = s.tally.calls.entry(name).or_default();
        calls.count += 1;
        calls.seconds += seconds - open.inside;
        if let Some(outer) = s.open.iter_mut().rev().find(|o| o.name.is_some()) {
            outer.inside += seconds;
        }
    });
}

/// The iterations of one loop, counted where it ends.
#[derive(Default)]
pub struct Turns(pub u64);

impl Drop for Turns {
    #[inline]
    fn drop(&mut self) {
        if MODE.get() != Mode::Off {
            STATE.with_borrow_mut(|s| s.tally.iterations += self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::{Array, Order};
    use crate::dtype::DType;
    use crate::exec::{cast, copy};

    #[test]
    fn passes_and_memory_are_counted_only_while_recording() {
        let a = Array::zeros(DType::F64, &[100]).unwrap();
        let (b, t) = record(|| copy(&a, Order::C).unwrap());
        assert_eq!((t.passes, t.read, t.written, t.copies), (1, 800, 800, 1));
        assert_eq!((t.memory.buffers, t.memory.allocated, t.memory.peak, t.temporaries()), (1, 800, 800, 0));
        assert!(!on());
        drop(b);
        let (_, t) = record(|| drop(cast(&a, DType::I8, Order::C)));
        assert_eq!((t.written, t.temporaries(), t.memory.live), (100, 1, 0));
    }

    #[test]
    fn profiles_keep_times_alone() {
        let (_, t) = profile(|| {
            begin_call("none".into(), || panic!("a profile tells of no call"));
            end_call(|| panic!("nor what became of it"));
        });
        assert_eq!((t.timed, t.calls["none"].count, t.steps.len()), (1, 1, 0));
        assert!(overhead() > 0.0);
    }

    #[test]
    fn recordings_nest() {
        let a = Array::zeros(DType::F64, &[100]).unwrap();
        let ((_, inner), outer) = record(|| {
            let first = copy(&a, Order::C).unwrap();
            let nested = trace(|| copy(&a, Order::C).unwrap());
            drop(first);
            nested
        });
        assert_eq!((inner.passes, inner.steps.len(), inner.memory.peak), (1, 1, 800));
        assert_eq!((outer.passes, outer.steps.len(), outer.memory.peak), (2, 0, 1600));
    }

    #[test]
    fn broadcast_memory_is_read_once() {
        let a = Array::zeros(DType::F32, &[1, 10]).unwrap().broadcast_to(&[50, 10]).unwrap();
        let (_, t) = record(|| copy(&a, Order::C).unwrap());
        assert_eq!((t.read, t.written), (40, 2000));
    }

    #[test]
    fn a_panic_ends_the_recording() {
        let panicked = std::panic::catch_unwind(|| record(|| std::panic::resume_unwind(Box::new(()))));
        assert!(panicked.is_err() && !on());
    }
}
