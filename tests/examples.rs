//! Every `examples/*.arr` and `examples/idioms/*.arr` runs as a script through the real binary and
//! writes its `*.out`; the index of idioms lists what the files hold.
//!
//! Times differ from run to run, so both sides are masked: in the lines of `%timeit` and `%time`
//! a duration is `T` and a loop count `N`, and expected files are written so. Lines about what bounded
//! the code depend on the machine, and are dropped.
//! `ARR_UPDATE=1` rewrites the expected files; read the change before you keep it.

mod common;

use common::{diff, files, mask_times, read, root, updating};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// Every example; what the idioms' files import is none.
fn examples() -> Vec<PathBuf> {
    let mut all = files("examples", ".arr");
    all.extend(files("examples/idioms", ".arr").into_iter().filter(|p| !p.ends_with("compare.arr")));
    all
}

#[test]
fn examples_run_and_write_what_they_should() {
    // Two at a time: they spend most of their time in loops, which one thread runs.
    let queue = Mutex::new(examples());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(path) = { queue.lock().unwrap().pop() } {
                    failed.lock().unwrap().extend(differs(&path));
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "examples that differ: {}", failed.join(", "));
}

/// Runs one example; its name if it does not write what it should.
fn differs(path: &Path) -> Option<String> {
    let name = path.strip_prefix(root()).unwrap().to_string_lossy().to_string();
    let run = Command::new(env!("CARGO_BIN_EXE_arr"))
        .current_dir(root())
        .args(["--no-config", &name])
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::null())
        .output()
        .expect("the binary starts");
    let bounds = [" of this machine's ", " of peak", " loop iterations, "];
    let masked = mask_times(&String::from_utf8_lossy(&run.stdout));
    let lines = masked.lines().filter(|l| !bounds.iter().any(|b| l.contains(b)));
    let given = lines.collect::<Vec<_>>().join("\n").trim_end().to_string() + "\n";
    let expected_path = path.with_extension("out");
    let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
    if given == expected && run.status.success() {
        return None;
    }
    println!("{name}: {}\n{}", run.status, diff(&expected, &given));
    println!("{}", String::from_utf8_lossy(&run.stderr));
    if updating() && run.status.success() {
        std::fs::write(&expected_path, given).unwrap();
        return None;
    }
    Some(name)
}

#[test]
fn the_tour_shows_no_warning() {
    let run = Command::new(env!("CARGO_BIN_EXE_arr"))
        .current_dir(root())
        .args(["--no-config", "examples/tour.arr"])
        .output()
        .expect("the binary starts");
    assert_eq!(mask_times(&String::from_utf8_lossy(&run.stderr)), "");
}

#[test]
fn every_example_says_what_it_shows() {
    for path in examples() {
        let text = read(&path);
        let first = text.lines().find(|l| !l.starts_with("#!")).unwrap_or("");
        assert!(first.starts_with("# "), "{} opens without a comment", path.display());
    }
}

/// An idiom is a comment, and below it the two lines that set `apl` and `numpy`.
#[test]
fn the_index_lists_every_idiom() {
    let mut rows = Vec::new();
    for path in files("examples/idioms", ".arr") {
        let file = path.file_name().unwrap().to_string_lossy().to_string();
        let text = read(&path);
        let lines: Vec<&str> = text.lines().collect();
        for three in lines.windows(3) {
            let comment = three[0].strip_prefix("# ");
            let (apl, numpy) = (three[1].strip_prefix("apl = "), three[2].strip_prefix("numpy = "));
            if let (Some(comment), Some(apl), Some(numpy)) = (comment, apl, numpy) {
                let cells =
                    [comment, &format!("`{apl}`"), &format!("`{numpy}`")].map(|c| c.replace('|', "\\|"));
                rows.push(format!("| {} | [{file}]({file}) |", cells.join(" | ")));
            }
        }
        assert_eq!(text.matches("\napl = ").count(), text.matches("\n# ").count(), "{file}");
    }
    let index = read(&root().join("examples/idioms/README.md"));
    let listed: Vec<&str> = index.lines().filter(|l| l.starts_with("| ")).skip(2).collect();
    assert_eq!(diff(&listed.join("\n"), &rows.join("\n")), "");
    assert!(rows.len() >= 150, "{} idioms", rows.len());
}
