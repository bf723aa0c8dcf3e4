//! What only the operating system can do: the interrupt signal, processor time, and how much
//! memory is free. The one place outside buffers and kernels that calls C.

use crate::exec::interrupt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

/// Exit code after Ctrl-C, as shells give it.
pub const INTERRUPTED: i32 = 130;

/// Whether an evaluation runs, so that a Ctrl-C is for it.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// Says that an evaluation begins or has ended. A request from before is forgotten.
pub fn set_running(running: bool) {
    interrupt::clear();
    RUNNING.store(running, Relaxed);
}

/// Lets Ctrl-C stop the running evaluation, and a second one, before it has stopped, leave.
#[cfg(unix)]
pub fn catch_interrupts() {
    extern "C" fn handler(_signal: libc::c_int) {
        if !RUNNING.load(Relaxed) {
            return;
        }
        if interrupt::requested() {
            // SAFETY: `_exit` may be called from a signal handler; it runs no other code of ours.
            unsafe { libc::_exit(INTERRUPTED) };
        }
        interrupt::request();
    }
    // SAFETY: `action` is a valid, zero-initialised sigaction whose handler only reads and writes
    // atomics and calls `_exit`, all allowed in signal handlers; the pointers outlive the calls.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as extern "C" fn(libc::c_int) as libc::sighandler_t;
        action.sa_flags = libc::SA_RESTART;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(libc::SIGINT, &action, std::ptr::null_mut());
    }
}

#[cfg(not(unix))]
pub fn catch_interrupts() {}

/// Processor time that this program has used: in itself, and in the system for it.
#[cfg(unix)]
pub fn cpu_time() -> (Duration, Duration) {
    // SAFETY: `usage` is valid for writes, and zero is a valid value of every field.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let time = |t: libc::timeval| Duration::new(t.tv_sec as u64, t.tv_usec as u32 * 1000);
    (time(usage.ru_utime), time(usage.ru_stime))
}

#[cfg(not(unix))]
pub fn cpu_time() -> (Duration, Duration) {
    (Duration::ZERO, Duration::ZERO)
}

/// Columns of the terminal behind standard error.
#[cfg(unix)]
pub fn window_width() -> Option<usize> {
    // SAFETY: `size` is valid for the write that TIOCGWINSZ makes, and zero is a valid value of it.
    let size = unsafe {
        let mut size: libc::winsize = std::mem::zeroed();
        (libc::ioctl(libc::STDERR_FILENO, libc::TIOCGWINSZ, &mut size) == 0).then_some(size)
    };
    size.map(|s| s.ws_col as usize).filter(|&n| n > 0)
}

#[cfg(not(unix))]
pub fn window_width() -> Option<usize> {
    None
}

/// Bytes of memory that are free for this program: of the system, and of its control group.
/// `None` where that cannot be known.
pub fn free_memory() -> Option<usize> {
    let system = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| available(&text));
    [system, group_memory()].into_iter().flatten().min()
}

/// `MemAvailable` of `/proc/meminfo`, in bytes.
fn available(meminfo: &str) -> Option<usize> {
    let line = meminfo.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    let kib: usize = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

/// What the control group leaves: its limit less its use.
fn group_memory() -> Option<usize> {
    let number = |path: String| std::fs::read_to_string(path).ok()?.trim().parse::<usize>().ok();
    let groups = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let mut least = None;
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (_, kind, path) = (parts.next(), parts.next()?, parts.next()?);
        let (folder, limit, used) = match kind {
            "" => (format!("/sys/fs/cgroup{path}"), "memory.max", "memory.current"),
            "memory" => {
                (format!("/sys/fs/cgroup/memory{path}"), "memory.limit_in_bytes", "memory.usage_in_bytes")
            }
            _ => continue,
        };
        let left = number(format!("{folder}/{limit}"))
            .map(|limit| limit.saturating_sub(number(format!("{folder}/{used}")).unwrap_or(0)));
        least = least.into_iter().chain(left).min();
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_memory_is_read() {
        assert_eq!(available("MemTotal:  9 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
        assert_eq!(available("MemTotal: 9 kB\n"), None);
    }

    #[test]
    fn processor_time_grows() {
        let before = cpu_time();
        let mut x = 1u64;
        (0..30_000_000u64).for_each(|i| x = std::hint::black_box(x.wrapping_mul(i | 1)));
        let after = cpu_time();
        assert!(after.0 + after.1 > before.0 + before.1);
    }
}
