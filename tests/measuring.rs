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

/// Values that the codes below use, of so many elements.
fn operands(n: usize) -> String {
    let side = n.isqrt();
    format!(
        "x = np.arange({n}.0) % 37; y = x + 1; m = x[:{}].reshape({side}, {side}) + 9 * np.eye({side})\n\
         k = np.arange({n}) % 7; b = x > 5; f = np.float32(x); v = x[:{side}]; z = x.copy()\n\
         fn squared(v) = v * v\n\
         fn centred(v) {{\n  t = v - v.mean()\n  t / v.std()\n}}\n",
        side * side
    )
}

/// What `%explain` and `%memit` say of codes, as JSON: two documents for each.
fn told(n: usize, codes: &[&str]) -> Vec<Value> {
    let lines: String =
        codes.iter().map(|c| format!("%explain --json -- {c}\n%memit --json -- {c}\n")).collect();
    let out = start(&format!("{}{lines}", operands(n))).wait_with_output().unwrap();
    let (out, err) = text(&out);
    assert_eq!(err, "");
    let documents: Vec<Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(documents.len(), 2 * codes.len());
    documents
}

/// Codes that write each of their buffers once, and nothing else.
const FRESH: &[&str] = &[
    // Element by element, fused and not.
    "x + 1",
    "x * 2 + 1",
    "x * 2 + y",
    "np.sin(x) ** 2 + np.cos(x) ** 2",
    "1 / (1 + np.exp(-x))",
    "f + f",
    "f + x",
    "x == y",
    "~b & (x > 5)",
    "np.where(b, x, y)",
    "np.clip(x, 1, 5)",
    "np.maximum(x, y)",
    "x.astype(np.float32)",
    "x.round(1)",
    "m + v",
    "m + v[:, None]",
    "m.T + m",
    "x[::2] + 1",
    "x[1:] - x[:-1]",
    "x.copy()",
    "m.T.ravel()",
    // Reductions.
    "x.sum()",
    "(x * y).sum()",
    "(x > 5).sum()",
    "x.max()",
    "x.argmax()",
    "np.any(x > 30)",
    "m.sum(axis=0)",
    "m.sum(axis=1, keepdims=True)",
    "x.sum(where=b)",
    "x.std()",
    "np.var(m, axis=0)",
    "np.sqrt(((x - y) ** 2).mean())",
    "+/ x",
    "⌈/ x",
    "-/ x",
    "+/ x × y",
    "(+/⍤1) m",
    "(+/÷≢) x",
    "x |> np.sqrt |> np.sum",
    // Scans, windows, outer and inner products.
    "np.cumsum(x)",
    "+\\ x",
    "7 +/ x",
    "20 ⌈/ x",
    "2 -/ x",
    "v ∘.× v",
    "k[:30] ∘.≤ k[:30]",
    "np.outer(k, k)",
    "np.meshgrid(k, k)",
    "m @ m",
    "m @ v",
    "x @ y",
    "m +.× m",
    "np.einsum('ij,j', m, v)",
    "np.kron(m[:9, :9], m[:2, :2])",
    // Selections.
    "x[k]",
    "x[b]",
    "x[x > 5]",
    "x[b].sum()",
    "m[[0, 2]]",
    "m[:, [0, 2]]",
    "m[m.sum(axis=1) > 5]",
    "np.take(x, k)",
    "np.nonzero(x)",
    "⍸ b",
    "np.where(x > 5)",
    "np.searchsorted(np.sort(x), y)",
    "np.interp(x, np.sort(x), y)",
    // Arrangements.
    "np.concatenate([x, x])",
    "np.stack([x, x])",
    "x ⍪ x",
    "np.tile(x, 3)",
    "np.repeat(x, 3)",
    "np.roll(x, 3)",
    "np.triu(m)",
    "np.vander(v, 3)",
    "np.pad(m, 1)",
    "np.arange(1000)",
    "[e * 2 for e in x]",
    // Orders and groups.
    "np.sort(x)",
    "np.partition(x, 10)",
    "np.argsort(x)",
    "np.argsort(k)",
    "np.argsort(m, axis=0)",
    "np.argpartition(x, 10)",
    "⍒ x",
    "np.lexsort([k, x])",
    "np.unique(k)",
    "np.bincount(k)",
    "np.median(x)",
    "{≢⍵}⌸ k",
    "{+/∊⍵}⌺(3 3) ⊢ m",
    "{⌈/∊⍵}⌺(5 5) ⊢ m",
    "{⌽⍵}⌺3 ⊢ x",
    "{⍵[0] × 2}⌺3 ⊢ x",
    "{⍺}⌺3 ⊢ x",
    // Linear algebra and transforms.
    "np.fft.fft(x)",
    "np.fft.rfft(x)",
    "np.fft.irfft(x[:501])",
    "np.linalg.solve(m, m)",
    "np.linalg.inv(m)",
    "np.linalg.qr(m)",
    "np.linalg.svd(m)",
    "np.linalg.eigh(m @ m.T)",
    "np.linalg.det(np.stack([m, m]))",
    // The user's functions.
    "centred(x)",
    "squared(x).sum()",
    "{⍵ × ⍵} x",
];

/// Codes that write what is there already, or look at it differently.
const IN_PLACE: &[&str] = &[
    "z += 1",
    "z[2:5] = 0",
    "z[:] = y",
    "z[k] += 1",
    "z[b] = 0",
    "z[z > 5] *= 2",
    "m[0] = 1",
    "m[1:-1, 1:-1] = (m[:-2, 1:-1] + m[2:, 1:-1]) / 2",
    "np.add(x, y, out=z)",
    "z.sort()",
    "np.float32(x) + f",
    "-\\ x",
    "squared(x) + 1",
    "np.percentile(m, 50, axis=0)",
    "x[::2]",
    "m.T",
    "⌽ x",
    "x.reshape(-1, 2)",
    "np.split(x, 4)",
    "np.broadcast_to(v, m.shape)",
    "m[:, 0]",
];

/// What is said to be written is what was allocated, or more where buffers are written again; temporaries
/// and the peak are the allocator's; the steps sum up to the whole.
#[test]
fn explanations_agree_with_the_allocator() {
    assert!(FRESH.len() + IN_PLACE.len() > 100);
    let number = |v: &Value| v.as_f64().unwrap();
    // Small arrays are computed step by step, larger ones in one pass.
    for n in [1000, 40_000] {
        let codes: Vec<&str> =
            FRESH.iter().chain(IN_PLACE).copied().filter(|c| n == 1000 || !huge(c)).collect();
        let documents = told(n, &codes);
        for (code, pair) in codes.iter().zip(documents.chunks(2)) {
            let (explained, counted) = (&pair[0], &pair[1]);
            for key in ["temporaries", "peak"] {
                assert_eq!(explained[key], counted[key], "{code}: {key}");
            }
            for key in ["buffers", "allocated", "read", "written", "passes"] {
                assert_eq!(explained["arr"][key], counted[key], "{code}: {key}");
            }
            let (written, allocated) = (number(&counted["written"]), number(&counted["allocated"]));
            if IN_PLACE.contains(code) {
                assert!(written >= allocated, "{code}: {written} of {allocated}");
            } else {
                // Beside it are bits of masks, and numbers that are operands.
                let beside = 0.03 * allocated + 64.0;
                assert!((written - allocated).abs() <= beside, "{code}: {written} of {allocated}");
            }
            // By steps it is the same sum, but for what comprehensions collect.
            let steps = explained["steps"].as_array().unwrap();
            let passes: Vec<&Value> = steps.iter().flat_map(|s| s["passes"].as_array().unwrap()).collect();
            for key in ["read", "written"] {
                let sum = passes.iter().map(|p| number(&p[key])).sum::<f64>();
                assert!(sum == number(&counted[key]) || code.starts_with("[e"), "{code}: {key}");
            }
        }
    }
}

/// Whether a code's result is of quadratic size, or its steps are too many to keep.
fn huge(code: &str) -> bool {
    code.contains("(k, k)") || code.contains("⌺3 ⊢ x")
}

/// The bytes that NumPy 2.4 allocated for arrays of 100,000 elements, as `tracemalloc` counts them.
#[test]
fn numpy_is_told_as_it_allocates() {
    let counted = [
        ("x + 1", 800_000),
        ("x * 2 + y", 800_000),
        ("x[::2] + 1", 400_000),
        ("x[1:] - x[:-1]", 799_992),
        ("np.abs(x - y)", 1_600_000),
        ("1 / (1 + np.exp(-x))", 1_600_000),
        ("(x - x.mean()) / x.std()", 1_600_000),
        ("np.sqrt(((x - y) ** 2).mean())", 800_000),
        ("x.std()", 800_000),
        ("np.median(x)", 800_000),
        ("np.unique(k)", 800_056),
        ("np.sort(x)", 800_000),
        ("np.float32(x) + np.float32(y)", 800_000),
        ("x[k]", 800_000),
        ("np.zeros(1000)", 8000),
        ("np.split(x, 4)", 0),
        ("z += 1", 0),
        ("z[2:5] = 0", 0),
        ("z.sort()", 0),
        ("np.add(x, y, out=z)", 0),
        ("len(x)", 0),
    ];
    let documents = told(100_000, &counted.map(|c| c.0));
    for ((code, bytes), pair) in counted.iter().zip(documents.chunks(2)) {
        assert_eq!(pair[0]["numpy"]["allocated"], *bytes, "{code}");
    }
    // What an index chooses is all that is touched.
    let documents = told(1000, &["z[2:5] = 0", "m[[0, 1]]", "z += 1"]);
    let moved = |i: usize| ["read", "written"].map(|key| documents[i]["numpy"][key].as_u64().unwrap());
    assert_eq!([moved(0), moved(2), moved(4)], [[0, 24], [16 + 496, 496], [8000, 8000]]);
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

/// A loop of short turns takes under a profile what it takes without, and its turns and calls are counted.
#[test]
fn profiles_of_loops_tell_what_they_take() {
    let setup = "n = 50000\nx = np.random.default_rng(1).random(n)\nz = np.zeros(n)\n";
    let loops = [
        ("for i in range(n) { z[i] = x[i] * 2 }", None),
        ("for i in range(n) { z[i] = np.sin(x[i]) }", Some("sin")),
        ("i = 0; while i < n { z[i] = np.sin(x[i]); i += 1 }", Some("sin")),
    ];
    for (code, called) in loops {
        let ratio = || {
            let program = format!("{setup}%prof --json {code}\n%timeit --json -n 1 -r 5 -- {code}\n");
            let out = start(&program).wait_with_output().unwrap();
            let (out, err) = text(&out);
            let documents: Vec<Value> = out.lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
            let [profile, timed] = &documents[..] else { panic!("{code}: {out}{err}") };
            let near = |n: &Value| n.as_u64().is_some_and(|n| n.abs_diff(50_000) <= 2);
            assert!(near(&profile["iterations"]), "{code}: {profile}");
            if let Some(name) = called {
                let row = profile["primitives"].as_array().unwrap().iter().find(|p| p["name"] == name);
                assert!(row.is_some_and(|row| near(&row["calls"])), "{code}: {profile}");
            }
            profile["seconds"].as_f64().unwrap() / timed["best"].as_f64().unwrap()
        };
        // Each statement by itself would take five times as long. Others may use the machine.
        let mut seen = Vec::new();
        let near = std::iter::repeat_with(ratio).take(5).inspect(|r| seen.push(*r)).any(|r| r < 3.0);
        assert!(near, "{code}: {seen:?} times what it takes");
    }
}
