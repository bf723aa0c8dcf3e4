//! The line that tells how far long work has come: on the terminal's standard error, after a second,
//! with the share done and the time left where the work knows them; gone when anything is printed and
//! when the work ends.

use crate::exec::progress;
use crate::show::time::duration;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Work that lasts longer than this is told of.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(100);

struct State {
    /// When the running evaluation began.
    began: Option<Instant>,
    shown: bool,
    /// Text was printed since the last line end: the line would overwrite it.
    amid: bool,
    rate: Rate,
}

static STATE: Mutex<State> = Mutex::new(State {
    began: None,
    shown: false,
    amid: false,
    rate: Rate { mark: None, last: 0.0, work: 0 },
});
static CHANGED: Condvar = Condvar::new();
static RUNNING: AtomicBool = AtomicBool::new(false);

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the thread that draws the line.
pub fn start() {
    // Without the thread there is no line, and nothing else is missed.
    let _ = std::thread::Builder::new().name("progress".into()).spawn(|| {
        let mut state = state();
        loop {
            state = match state.began {
                None => CHANGED.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(_) => CHANGED.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner).0,
            };
            state.tick();
        }
    });
}

/// An evaluation that is watched, until this is dropped.
pub struct Watch;

impl Watch {
    pub fn begin() -> Watch {
        let mut state = state();
        *state = State { began: Some(Instant::now()), shown: false, amid: false, rate: Rate::default() };
        progress::watch(true);
        RUNNING.store(true, Relaxed);
        CHANGED.notify_one();
        Watch
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        RUNNING.store(false, Relaxed);
        progress::watch(false);
        let mut state = state();
        state.hide();
        state.began = None;
    }
}

/// Keeps the line away while this is held.
pub struct Pause {
    _state: Option<MutexGuard<'static, State>>,
}

/// Makes room for other text, which ends amid a line or at its end.
pub fn pause(amid: bool) -> Pause {
    if !RUNNING.load(Relaxed) {
        return Pause { _state: None };
    }
    let mut state = state();
    state.hide();
    state.amid = amid;
    Pause { _state: Some(state) }
}

impl State {
    fn tick(&mut self) {
        let now = Instant::now();
        let share = self.rate.note(progress::share(), progress::number(), now);
        let Some(lasted) = self.began.map(|b| now - b).filter(|d| *d >= PATIENCE && !self.amid) else {
            return;
        };
        let line = match share {
            Some(share) => {
                let left = self.rate.left(share, now).map(|s| format!(", about {} left", rough(s)));
                format!("{:.0}% done{}", 100.0 * share, left.unwrap_or_default())
            }
            None => format!("running for {}", rough(lasted.as_secs_f64())),
        };
        // A terminal that is gone is noticed elsewhere.
        let _ = std::io::stderr().write_all(format!("\r\x1b[K{line}; Ctrl-C stops").as_bytes());
        self.shown = true;
    }

    fn hide(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = std::io::stderr().write_all(b"\r\x1b[K");
        }
    }
}

/// Whole seconds, as no more is known.
fn rough(seconds: f64) -> String {
    duration(seconds.round().max(1.0), 2)
}

/// How fast the share grows, since the outermost work began.
#[derive(Default)]
struct Rate {
    mark: Option<(Instant, f64)>,
    last: f64,
    /// The number of the outermost work.
    work: usize,
}

impl Rate {
    /// Takes the share of a work in; gives the one to be shown. Passes within one step of a loop begin
    /// anew each, but what is shown of one work never falls.
    fn note(&mut self, share: Option<f64>, work: usize, now: Instant) -> Option<f64> {
        let Some(f) = share else {
            self.mark = None;
            return None;
        };
        if self.mark.is_none() || work != self.work {
            *self = Rate { mark: Some((now, f)), last: f, work };
        }
        self.last = self.last.max(f);
        Some(self.last)
    }

    /// Seconds that are left.
    fn left(&self, share: f64, now: Instant) -> Option<f64> {
        let (since, from) = self.mark?;
        let (passed, gained) = ((now - since).as_secs_f64(), share - from);
        (passed > 0.3 && gained > 0.0).then(|| (1.0 - share) / gained * passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_from_the_speed() {
        let t = Instant::now();
        let at = |s: u64| t + Duration::from_secs(s);
        let mut rate = Rate::default();
        assert_eq!(rate.left(0.5, at(1)), None);
        rate.note(Some(0.0), 1, t);
        assert_eq!(rate.note(Some(0.2), 1, at(1)), Some(0.2));
        assert_eq!(rate.left(0.2, at(1)).map(f64::round), Some(4.0));
        assert_eq!(rate.note(Some(0.1), 1, at(2)), Some(0.2));
        rate.note(Some(0.0), 2, at(5));
        rate.note(Some(0.5), 2, at(6));
        assert_eq!(rate.left(0.5, at(6)).map(f64::round), Some(1.0));
        assert_eq!(rate.note(None, 2, at(7)), None);
    }
}
