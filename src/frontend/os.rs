//! What only the operating system can do: the interrupt signal, processor time, how much memory is
//! free, and the allocator that stops a program before it has taken all of it. The one place outside
//! buffers and kernels that calls C.

use crate::array::memory;
use crate::exec::interrupt;
use mimalloc::MiMalloc;
use std::alloc::{GlobalAlloc, Layout};
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
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

/// Waits until standard input has something to read, or has ended; `false` if a stop is asked for
/// meanwhile.
#[cfg(unix)]
pub fn wait_for_input() -> bool {
    loop {
        let mut input = libc::pollfd { fd: libc::STDIN_FILENO, events: libc::POLLIN, revents: 0 };
        // SAFETY: `input` is one valid pollfd, written by the call alone.
        let ready = unsafe { libc::poll(&mut input, 1, 50) };
        if interrupt::requested() {
            return false;
        }
        // An error other than a signal shows in the reading.
        let signal = ready < 0 && std::io::Error::last_os_error().kind() == std::io::ErrorKind::Interrupted;
        if ready != 0 && !signal {
            return true;
        }
    }
}

#[cfg(not(unix))]
pub fn wait_for_input() -> bool {
    true
}

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

/// Lets the system refuse this program more than so many bytes. Where it cannot, arrays are still held
/// to their own limit.
#[cfg(unix)]
pub fn limit_memory(bytes: usize) {
    let limit = libc::rlimit { rlim_cur: bytes as libc::rlim_t, rlim_max: bytes as libc::rlim_t };
    // SAFETY: `limit` is a valid rlimit for the length of the call, which only reads it.
    unsafe {
        libc::setrlimit(libc::RLIMIT_AS, &limit);
    }
}

#[cfg(not(unix))]
pub fn limit_memory(_bytes: usize) {}

/// The allocator of the program. Arrays ask for memory under a limit and get an error where it ends
/// (`array::memory`); lists and strings grow through the standard library, which cannot be told no. So the
/// large blocks of all are counted here, and one that goes past the limit asks the evaluation to stop, with
/// the error of an array that is too large. What small blocks hold shows in the resident memory.
///
/// A block below [`LARGE`] costs one comparison more.
pub struct Allocator;

/// Bytes of the smallest block that is counted: a list of tens of thousands of items.
const LARGE: usize = 1 << 20;

/// Bytes beyond the limit that the program itself, its threads and tables may take.
const OWN: usize = 64 << 20;

/// Bytes in large blocks now, and the most there were.
static TAKEN: AtomicUsize = AtomicUsize::new(0);
static MOST_TAKEN: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed to mimalloc as it came; the counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Allocator {
    // SAFETY: the caller keeps the promises of `GlobalAlloc`.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size(), 0);
        // SAFETY: the caller's promise is passed on.
        unsafe { MiMalloc.alloc(layout) }
    }

    // SAFETY: the caller keeps the promises of `GlobalAlloc`.
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size(), 0);
        // SAFETY: the caller's promise is passed on.
        unsafe { MiMalloc.alloc_zeroed(layout) }
    }

    // SAFETY: the caller keeps the promises of `GlobalAlloc`.
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        take(0, layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { MiMalloc.dealloc(block, layout) }
    }

    // SAFETY: the caller keeps the promises of `GlobalAlloc`.
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        take(new_size, layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { MiMalloc.realloc(block, layout, new_size) }
    }
}

/// Counts a block that comes and one that goes.
#[inline]
fn take(new: usize, old: usize) {
    if new >= LARGE || old >= LARGE {
        count_large(new, old);
    }
}

#[cold]
fn count_large(new: usize, old: usize) {
    if old >= LARGE {
        TAKEN.fetch_sub(old, Relaxed);
    }
    if new < LARGE {
        return;
    }
    let taken = TAKEN.fetch_add(new, Relaxed) + new;
    let most = MOST_TAKEN.fetch_max(taken, Relaxed).max(taken);
    let limit = memory::limit();
    if limit == usize::MAX {
        return;
    }
    // Pages of large blocks that went may still be resident.
    let held = resident().unwrap_or(0).saturating_sub(most - (taken - new));
    let free = limit.saturating_sub(taken - new).min(limit.saturating_add(OWN).saturating_sub(held));
    if new <= free {
        return;
    }
    memory::exhaust(new, free);
    interrupt::request();
}

/// Bytes of this program that are in memory; read without allocating.
#[cfg(target_os = "linux")]
fn resident() -> Option<usize> {
    let mut text = [0; 128];
    let n = std::fs::File::open("/proc/self/statm").ok()?.read(&mut text).ok()?;
    let pages: usize = str::from_utf8(&text[..n]).ok()?.split_ascii_whitespace().nth(1)?.parse().ok()?;
    // SAFETY: `sysconf` reads a constant of the system.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    pages.checked_mul(usize::try_from(page).ok()?)
}

#[cfg(not(target_os = "linux"))]
fn resident() -> Option<usize> {
    None
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

/// Nanoseconds that this process's threads ran, and that they were ready to run while others had the
/// processor; `None` where the system does not tell.
pub fn ran_and_waited() -> Option<(u64, u64)> {
    let tasks = std::fs::read_dir("/proc/self/task").ok()?;
    let mut sums = (0, 0);
    for task in tasks.flatten() {
        // A thread may end meanwhile.
        let Ok(text) = std::fs::read_to_string(task.path().join("schedstat")) else { continue };
        let mut fields = text.split_whitespace().map(|f| f.parse::<u64>().ok());
        let (ran, waited) = (fields.next()??, fields.next()??);
        sums = (sums.0 + ran, sums.1 + waited);
    }
    Some(sums)
}

/// The sizes in bytes of the first core's data caches, first to last; empty where they are not told.
pub fn cache_sizes() -> Vec<u64> {
    let read = |path: String| std::fs::read_to_string(path).ok().map(|t| t.trim().to_string());
    let mut sizes = Vec::new();
    for index in 0..8 {
        let folder = format!("/sys/devices/system/cpu/cpu0/cache/index{index}");
        let Some(kind) = read(format!("{folder}/type")) else { break };
        if kind == "Instruction" {
            continue;
        }
        sizes.extend(read(format!("{folder}/size")).and_then(|t| cache_size(&t)));
    }
    sizes
}

/// Bytes of a size as Linux writes it: `48K`, `32M`.
fn cache_size(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        _ => return None,
    };
    digits.parse::<u64>().ok().map(|n| n * unit)
}

/// What this machine is called, in characters that a file's name may have.
pub fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = name.or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_default();
    let plain = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '.');
    Some(name.trim().chars().filter(plain).collect())
        .filter(|n: &String| !n.is_empty())
        .unwrap_or("host".into())
}

/// Bytes of memory that are free for this program: of the system, and of its control group.
/// `None` where that cannot be known.
pub fn free_memory() -> Option<usize> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let system = read("/proc/meminfo").and_then(|text| available(&text));
    let groups = read("/proc/self/cgroup").and_then(|groups| group_memory(&groups, &read));
    [system, groups].into_iter().flatten().min()
}

/// `MemAvailable` of `/proc/meminfo`, in bytes.
fn available(meminfo: &str) -> Option<usize> {
    let line = meminfo.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    let kib: usize = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

/// What the control groups leave, this program's and those around it: each one's limit less its use,
/// without the file pages that the system takes back first. `groups` is `/proc/self/cgroup`. A path
/// that is not mounted here has no files; the groups around it may.
fn group_memory(groups: &str, read: &dyn Fn(&str) -> Option<String>) -> Option<usize> {
    let number = |path: String| read(&path)?.trim().parse::<usize>().ok();
    let mut least = None;
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(kinds), Some(path)) = (parts.next(), parts.next()) else { continue };
        let (root, limit, used, cache) = match kinds {
            "" => ("/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file "),
            k if k.split(',').any(|k| k == "memory") => {
                let (limit, used) = ("memory.limit_in_bytes", "memory.usage_in_bytes");
                ("/sys/fs/cgroup/memory", limit, used, "total_inactive_file ")
            }
            _ => continue,
        };
        for group in Path::new(path).ancestors() {
            let folder = format!("{root}{}", group.display());
            let folder = folder.trim_end_matches('/');
            let Some(limit) = number(format!("{folder}/{limit}")) else { continue };
            let stat = read(&format!("{folder}/memory.stat")).unwrap_or_default();
            let cache = stat.lines().find_map(|l| l.strip_prefix(cache)?.trim().parse().ok()).unwrap_or(0);
            let used = number(format!("{folder}/{used}")).unwrap_or(0).saturating_sub(cache);
            least = least.into_iter().chain([limit.saturating_sub(used)]).min();
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_sizes_have_units() {
        let sizes = ["48K", "32M", "512", "1G", ""].map(cache_size);
        assert_eq!(sizes, [Some(48 << 10), Some(32 << 20), Some(512), None, None]);
    }

    #[test]
    fn free_memory_is_read() {
        assert_eq!(available("MemTotal:  9 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
        assert_eq!(available("MemTotal: 9 kB\n"), None);
    }

    #[test]
    fn the_tightest_control_group_counts() {
        let files = |path: &str| {
            let text = match path {
                "/sys/fs/cgroup/a/b/memory.max" => "max\n",
                "/sys/fs/cgroup/a/memory.max" => "1000\n",
                "/sys/fs/cgroup/a/memory.current" => "700\n",
                "/sys/fs/cgroup/a/memory.stat" => "file 600\ninactive_file 500\n",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes" => "900\n",
                "/sys/fs/cgroup/memory/memory.usage_in_bytes" => "300\n",
                _ => return None,
            };
            Some(text.to_string())
        };
        assert_eq!(group_memory("0::/a/b\n", &files), Some(800));
        assert_eq!(group_memory("4:cpu,memory:/outside\n3:pids:/\n0::/\n", &files), Some(600));
        assert_eq!(group_memory("0::/a/b\n4:memory:/\n", &files), Some(600));
        assert_eq!(group_memory("0::/\n\nx\n", &files), None);
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
