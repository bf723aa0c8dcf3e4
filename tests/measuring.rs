//! The measuring commands as programs use them: what `--json` prints, and what is left of a measurement
//! that the user stops.
#![cfg(unix)]

mod common;

use common::{read, root};
use serde_json::Value;
use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// Runs a program from standard input.
fn start(code: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arr"));
    command.args(["--no-config", "-"]).env("NO_COLOR", "1");
    command.env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    child.stdin.take().unwrap().write_all(code.as_bytes()).unwrap();
    child
}

fn text(out: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&out.stdout), text(&out.stderr))
}

/// The tables of keys in the documentation: the command, the member that has them, and the keys.
fn listed() -> Vec<(String, String, Vec<String>)> {
    let page = read(&root().join("docs/measuring.md"));
    let rows = page.lines().filter_map(|l| l.strip_prefix("| `%"));
    let cells = rows.filter_map(|row| {
        let (what, keys) = row.trim_end_matches('|').split_once('|')?;
        let (command, member) = what.split_once('`')?;
        let keys = keys.split_whitespace().map(|k| k.trim_matches('`').to_string()).collect();
        Some((command.to_string(), member.trim().trim_matches('`').to_string(), keys))
    });
    cells.collect()
}

#[test]
fn json_is_one_document_with_the_keys_that_are_listed() {
    let setup = "x = np.arange(1000.0)\nfn f(v) {\n  s = 0\n  for e in v { s += e }\n  s\n}\n";
    let codes = [
        ("timeit", "-n 1 -r 2 x + x"),
        ("compare", "-n 1 -r 6 x + x vs 2 * x"),
        ("memit", "x + x"),
        ("scale", "v.sum() for n in 1e2..1e3 with v = np.ones(n)"),
        ("prof", "f(np.sort(x))"),
        ("explain", "np.sort(x + x)"),
        ("calibrate", ""),
    ];
    let listed = listed();
    let children = codes.map(|(name, code)| (name, start(&format!("{setup}%{name} --json {code}\n"))));
    for (name, child) in children {
        let out = child.wait_with_output().unwrap();
        let (out, err) = text(&out);
        assert_eq!(err, "", "%{name}");
        let document: Value = serde_json::from_str(&out).unwrap_or_else(|e| panic!("%{name}: {e}\n{out}"));
        let rows: Vec<_> = listed.iter().filter(|(command, ..)| command == name).collect();
        assert!(!rows.is_empty(), "docs/measuring.md lists no keys of %{name}");
        for (_, member, keys) in rows {
            let part = if member.is_empty() { &document } else { &document[member] };
            let part = if part.is_array() { &part[0] } else { part };
            let given: Vec<&String> = part.as_object().unwrap().keys().collect();
            assert_eq!(given, keys.iter().collect::<Vec<_>>(), "%{name} {member}");
        }
    }
}

/// What is said to be written is what was allocated, since nothing here writes twice; and temporaries are
/// those of the allocator.
#[test]
fn explanations_agree_with_the_allocator() {
    let setup = "x = np.arange(1000.0) % 37; m = x[:900].reshape(30, 30) + 9 * np.eye(30)\n\
                 k = np.arange(1000) % 7; b = x > 5\n";
    let codes = [
        "np.fft.fft(x)",
        "np.fft.rfft(x)",
        "np.fft.irfft(x[:501])",
        "np.linalg.solve(m, m)",
        "np.linalg.inv(m)",
        "np.linalg.qr(m)",
        "np.linalg.svd(m)",
        "np.linalg.eigh(m @ m.T)",
        "np.linalg.det(np.stack([m, m]))",
        "m @ m",
        "np.sort(x)",
        "np.partition(x, 10)",
        "np.argsort(x)",
        "np.argsort(k)",
        "np.argsort(m, axis=0)",
        "np.argpartition(x, 10)",
        "⍒ x",
        "np.lexsort([k, x])",
        "np.nonzero(x)",
        "⍸ b",
        "np.where(x > 5)",
        "{+/∊⍵}⌺3 3 ⊢ m",
        "{⌈/∊⍵}⌺(5 5) ⊢ m",
        "{⌽⍵}⌺3 ⊢ x",
        "{⍵[0] × 2}⌺3 ⊢ x",
        "{⍺}⌺3 ⊢ x",
        "np.unique(k)",
        "np.concatenate([x, x])",
        "np.stack([x, x])",
        "x ⍪ x",
        "np.tile(x, 3)",
        "{≢⍵}⌸ k",
        "(+/⍤1) m",
        "(⌽⍤1) m",
        "x[k]",
        "x[b]",
        "np.cumsum(x)",
        "np.repeat(x, 3)",
        "np.roll(x, 3)",
        "np.outer(k, k)",
        "np.meshgrid(k, k)",
        "x * 2 + 1",
    ];
    let lines = codes.map(|c| format!("%explain --json {c}\n%memit --json {c}\n"));
    let out = start(&format!("{setup}{}", lines.concat())).wait_with_output().unwrap();
    let (out, err) = text(&out);
    assert_eq!(err, "");
    let documents: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(documents.len(), 2 * codes.len());
    for (code, pair) in codes.iter().zip(documents.chunks(2)) {
        let (explained, counted) = (&pair[0], &pair[1]);
        for key in ["temporaries", "peak"] {
            assert_eq!(explained[key], counted[key], "{code}: {key}");
        }
        for key in ["buffers", "allocated", "written", "passes"] {
            assert_eq!(explained["arr"][key], counted[key], "{code}: {key}");
        }
        let number = |v: &Value| v.as_f64().unwrap();
        let (written, allocated) = (number(&counted["written"]), number(&counted["allocated"]));
        assert!((written - allocated).abs() <= 0.03 * allocated, "{code}: {written} of {allocated}");
        // By steps it is the same sum.
        let steps = explained["steps"].as_array().unwrap();
        let passes = steps.iter().flat_map(|s| s["passes"].as_array().unwrap());
        assert_eq!(passes.map(|p| number(&p["written"])).sum::<f64>(), written, "{code}");
        let numpy = number(&explained["numpy"]["allocated"]);
        assert!(numpy > 0.0 && numpy <= allocated, "{code}: NumPy {numpy}, arr {allocated}");
    }
}

/// Waits until a process has worked for a second, however busy the machine is.
fn until_it_worked(pid: u32) {
    for _ in 0..300 {
        std::thread::sleep(Duration::from_millis(100));
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else {
            return std::thread::sleep(Duration::from_millis(2000));
        };
        // Behind the name, which is in brackets: fields 14 and 15, in hundredths of a second.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        if fields.filter_map(|f| f.parse::<u64>().ok()).sum::<u64>() >= 100 {
            return;
        }
    }
}

/// Work within one call of a library that takes many seconds, and holds on to nothing once stopped.
#[test]
fn long_calls_stop_amid_their_work() {
    let codes = [
        "np.linalg.svd(a)",
        "np.linalg.eig(a)",
        "np.linalg.eigvalsh(a)",
        "for i in range(100) { np.linalg.inv(a) }",
        "for i in range(100) { np.fft.fft(x) }",
        "for i in range(100) { np.fft.irfft(x, 9999991) }",
    ];
    let setup = "a = np.random.default_rng(1).normal(size=(3000, 3000)); x = np.ones(9999991)";
    let program = |code: &str| format!("{setup}\n{code};\nprint('after')\n");
    for code in codes {
        let child = start(&program(code));
        until_it_worked(child.id());
        let asked = std::time::Instant::now();
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let out = child.wait_with_output().unwrap();
        let (out_text, err) = text(&out);
        assert_eq!((out.status.code(), out_text.as_str()), (Some(130), ""), "{code}: {err}");
        assert!(err.contains("interrupted") && !err.contains("internal"), "{code}: {err}");
        assert!(asked.elapsed() < Duration::from_secs(8), "{code}: {:?}", asked.elapsed());
    }
}

#[test]
fn stopping_gives_the_part_that_was_measured() {
    let codes = [
        "%timeit --json -r 100000 np.sin(x)",
        "%compare --json -n 1 -r 10000 np.sin(x) vs np.cos(np.sin(x) + 1) * 0 + np.sin(x)",
        "%scale --json np.sin(v).sum() for n in 1e1..1e9 with v = np.ones(n)",
        "%memit --json for i in range(10**9) { np.sin(x) }",
        "%prof --json for i in range(10**9) { np.sin(x) }",
        "%explain --json for i in range(10**9) { np.sin(x) }",
    ];
    let program = |code: &str| format!("x = np.arange(10000.0)\n{code}\nprint('after')\n");
    let children: Vec<(&str, Child)> = codes.iter().map(|code| (*code, start(&program(code)))).collect();
    for (_, child) in &children {
        until_it_worked(child.id());
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    }
    for (code, child) in children {
        let out = child.wait_with_output().unwrap();
        let status = out.status.code();
        let (out, err) = text(&out);
        assert_eq!(status, Some(130), "{code}: {err}");
        let part: Value = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{code}: {e}\n{out}\n{err}"));
        assert_eq!(part["partial"], true, "{code}");
        assert!(err.starts_with("interrupted ") && err.contains(": a partial result\n"), "{code}: {err}");
    }
}
