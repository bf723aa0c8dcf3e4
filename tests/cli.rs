//! The command line: what runs, where text goes, exit codes.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn arr(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arr"));
    command.args(args).stdin(Stdio::null()).env_remove("ARR_THREADS").env("NO_COLOR", "1");
    command.env("XDG_CONFIG_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-config"));
    command
}

fn run(args: &[&str]) -> (String, String, i32) {
    split(arr(args).output().unwrap())
}

fn split(out: Output) -> (String, String, i32) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(out.stdout), text(out.stderr), out.status.code().unwrap_or(-1))
}

fn with_input(args: &[&str], input: &[u8]) -> (String, String, i32) {
    let mut child =
        arr(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    split(child.wait_with_output().unwrap())
}

/// A folder of its own for a test's files.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn code_runs() {
    assert_eq!(run(&["-e", "np.sum(np.arange(10**7))"]), ("49999995000000\n".into(), String::new(), 0));
    assert_eq!(run(&["-e", "1; 2"]).0, "2\n");
    assert_eq!(run(&["-e", "args", "a", "-b"]).0, "['a', '-b']\n");
}

#[test]
fn files_run_and_stop_at_the_first_error() {
    let folder = folder("files");
    let path = folder.join("a.arr");
    std::fs::write(&path, "#!/usr/bin/env arr\nprint('one')\nnosuch\nprint('two')\n").unwrap();
    let (out, err, code) = run(&[path.to_str().unwrap()]);
    assert_eq!((out.as_str(), code), ("one\n", 1));
    assert!(err.contains("arr::name::unknown") && err.contains("a.arr:3:1"), "{err}");
    std::fs::write(&path, "print(args)\n").unwrap();
    assert_eq!(run(&[path.to_str().unwrap(), "x", "--threads"]).0, "['x', '--threads']\n");
}

#[test]
fn standard_input_runs() {
    for args in [&[][..], &["-"]] {
        assert_eq!(with_input(args, b"x = 2\nx + 1\n"), ("3\n".into(), String::new(), 0));
    }
    let (out, err, code) = with_input(&[], b"1 + 1\n1 + \n");
    assert_eq!((out.as_str(), code), ("", 1), "nothing runs of a text that cannot be read");
    assert!(err.contains("<stdin>:2"), "{err}");
    assert_eq!(with_input(&[], b"").2, 0);
}

#[test]
fn unreadable_files_have_errors_of_their_own() {
    let folder = folder("unreadable");
    std::fs::write(folder.join("program.arr"), "1\n").unwrap();
    std::fs::write(folder.join("binary"), b"\x7fELF\x00\x01").unwrap();
    std::fs::write(folder.join("latin"), b"x = 1\ny = '\xe9'\n").unwrap();
    let said = |name: &str| {
        let (out, err, code) = run(&[folder.join(name).to_str().unwrap()]);
        assert_eq!((out.as_str(), code), ("", 1));
        err
    };
    let err = said("progam.arr");
    assert!(err.contains("arr::file::missing") && err.contains("program.arr'?"), "{err}");
    assert!(said("program").contains("did you mean"));
    assert!(said("").contains("arr::file::directory"));
    assert!(said("binary").contains("arr::file::binary"));
    let err = said("latin");
    assert!(err.contains("arr::file::encoding") && err.contains("line 2"), "{err}");
}

#[test]
fn wrong_usage_is_2() {
    for args in [&["--nosuch"][..], &["--threads", "many"], &["-e"], &["--color", "red"]] {
        let (out, err, code) = run(args);
        assert_eq!((out.as_str(), code), ("", 2), "{args:?}");
        assert!(err.contains("error:"), "{err}");
    }
    let (out, _, code) = run(&["--help"]);
    assert!(out.contains("Exit codes") && code == 0, "{out}");
    assert_eq!(run(&["--version"]).0, format!("arr {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn warnings_go_to_standard_error_after_the_results() {
    let (out, err, code) = run(&["-e", "np.array([1.0, 2.0]) / 0"]);
    assert_eq!((out.as_str(), code), ("[inf inf]\n", 0));
    assert_eq!(
        err,
        "<code>:1: RuntimeWarning: divide by zero encountered in divide\n  np.array([1.0, 2.0]) / 0\n"
    );
}

#[test]
fn colour_is_as_asked() {
    let plain = run(&["--color", "never", "-e", "nosuch"]).1;
    assert!(!plain.contains('\x1b'));
    let coloured = arr(&["--color", "always", "-e", "nosuch"]).output().unwrap();
    assert!(String::from_utf8(coloured.stderr).unwrap().contains('\x1b'));
    let spoken = arr(&["-e", "nosuch"]).env("NO_GRAPHICS", "1").output().unwrap();
    assert!(!String::from_utf8(spoken.stderr).unwrap().contains('│'));
}

#[test]
fn accessible_output_has_no_drawings() {
    let (_, err, code) = run(&["--accessible", "--color", "always", "-e", "np.ones(3) + np.ones(2)"]);
    assert!(code == 1 && err.contains("line 1, columns 14 to 23"), "{err}");
    assert!(!err.contains(['\x1b', '│', '─', '^']), "{err}");
    let (out, ..) = run(&["--accessible", "-e", "%keys"]);
    assert!(out.contains("i gives ⍳ iota\n"), "{out}");
}

#[test]
fn settings_colour_output_and_the_command_line_overrides_them() {
    let folder = folder("colours");
    std::fs::create_dir_all(folder.join("arr")).unwrap();
    std::fs::write(folder.join("arr/config.toml"), "color = \"always\"\n").unwrap();
    let said = |args: &[&str]| {
        let out = arr(args).env("XDG_CONFIG_HOME", &folder).output().unwrap();
        String::from_utf8(out.stderr).unwrap()
    };
    assert!(said(&["-e", "nosuch"]).contains('\x1b'));
    assert!(!said(&["--color", "never", "-e", "nosuch"]).contains('\x1b'));
    assert!(!said(&["--no-config", "-e", "nosuch"]).contains('\x1b'));
}

#[test]
fn files_of_commands_are_told_when_they_cannot_be_used() {
    let folder = folder("commands");
    std::fs::write(folder.join("there.arr"), "1\n").unwrap();
    let said = |code: &str| {
        let out = arr(&["-e", code]).current_dir(&folder).output().unwrap();
        split(out).1
    };
    assert!(said("%run ther.arr").contains("did you mean 'there.arr'?"));
    assert!(said("%load there.arr").contains("there is no prompt here"));
    assert!(said("%save there").contains("-f overwrites it"));
    assert!(said("%save").contains("which file?"));
    assert!(said("%cd nosuch").contains("there is no such file or folder"));
    assert!(said("%ls there.arr").contains("it is no folder"));
    assert!(said("%hist 4").contains("there are no entries"));
    assert!(said("%reset -x").contains("there is no option '-x'"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = arr(&["-e", "for i in range(10**6) { print(i) }"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut start = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    let (_, err, code) = split(child.wait_with_output().unwrap());
    assert_eq!((err.as_str(), code), ("", 0));
}

#[test]
#[cfg(unix)]
fn interrupts_stop_within_100_ms() {
    for code in
        ["while True { 1 }", "x = 0\nwhile True { x += 1 }", "{⍵}⍣(10**9) 1", "%timeit -n 1000000000 1"]
    {
        let child = arr(&["-e", code]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(400));
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        let began = Instant::now();
        let (_, err, exit) = split(child.wait_with_output().unwrap());
        assert_eq!(exit, 130, "{code}: {err}");
        // The limit is 100 ms; a busy machine gets some more.
        assert!(began.elapsed() < Duration::from_millis(1000), "{code}: {:?}", began.elapsed());
    }
}

#[test]
fn limits_hold() {
    let (_, err, code) = run(&["--memory-limit", "10MB", "-e", "np.zeros(10**7)"]);
    assert!(code == 1 && err.contains("arr::memory::limit"), "{err}");
    assert_eq!(run(&["--threads", "1", "-e", "np.sum(np.ones(10**6))"]).0, "1000000.0\n");
    let (_, err, code) = run(&["-e", "fn f(n) = f(n + 1)\nf(0)"]);
    assert!(code == 1 && err.contains("arr::run::recursion"), "{err}");
}

/// Lists and texts grow through the standard library, which would end the program where memory ends.
#[test]
fn lists_and_texts_keep_to_the_memory_limit() {
    let endless = [
        "list(range(2**40))",
        "[str(i) * 100 for i in range(2**40)]",
        "x = []; while True { x.append('a') }",
        "x = 'a'; while True { x += x }",
        "x = (1, 'a'); while True { x = x + x }",
        "'a' * 2**30",
    ];
    for code in endless {
        let (_, err, code) = run(&["--memory-limit", "50MB", "-e", code]);
        assert!(err.contains("arr::memory::limit") && code == 1, "{code}: {err}");
    }
    let mut nested = String::from("x = ['a']\n");
    nested.push_str(&"x = [x, x]\n".repeat(40));
    assert_eq!(run(&["-e", &(nested + "x == x")]).0, "True\n");
}

#[test]
fn nothing_panics_on_text_that_is_no_program() {
    let texts: [&[u8]; 9] =
        [b"(((((((((", b")", b"\\", b"%", b"%%", b"?", b"\"\"\"", b"f\"{", "⍺⍵∇⍣¨".as_bytes()];
    for text in texts {
        let (_, err, code) = with_input(&[], text);
        assert!(code <= 1 && !err.contains("panick") && !err.contains("internal"), "{text:?}: {err}");
    }
}
