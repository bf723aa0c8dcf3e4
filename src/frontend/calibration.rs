//! Where the machine's figures are kept: `arr/machine-…` in the user's cache folder, a file for each
//! machine, number of threads, instruction set and kind of build. Without a place for it they are
//! measured in each session that wants them.

use super::os;
use crate::exec::threads;
use crate::measure::machine::Machine;
use std::path::PathBuf;

/// The figures that were kept.
pub fn stored() -> Option<Machine> {
    let text = std::fs::read_to_string(place()?).ok()?;
    Machine::parse(&text).filter(Machine::fits)
}

/// Measures the machine and keeps the figures.
pub fn renew() -> Machine {
    let machine = Machine::measure(&os::cache_sizes());
    if let Some(place) = place()
        && let Some(folder) = place.parent()
    {
        // A folder that cannot be written only means that the next session measures again.
        let _ = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&place, machine.store()));
    }
    machine
}

fn place() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?;
    let build = if cfg!(debug_assertions) { "-debug" } else { "" };
    let (host, simd) = (os::host_name(), crate::kernel::level().name());
    Some(cache.join("arr").join(format!("machine-{host}-{}-{simd}{build}", threads::count())))
}
