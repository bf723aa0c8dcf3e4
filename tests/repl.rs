//! The prompt, driven through a pseudo-terminal as a user does.
#![cfg(unix)]

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{ControlCode, Eof, Expect, Regex, Session};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

const NEXT: &str = "In [";

struct Terminal {
    session: OsSession,
    /// The number of the prompt that waits.
    number: usize,
}

fn command(state: &str, args: &[&str]) -> Command {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(state);
    let mut command = Command::new(env!("CARGO_BIN_EXE_arr"));
    command.args(args).env("XDG_STATE_HOME", folder).env("TERM", "xterm").env("NO_COLOR", "1");
    command
}

impl Terminal {
    fn open(state: &str) -> Terminal {
        Terminal::of(command(state, &["-q"]))
    }

    fn of(command: Command) -> Terminal {
        let mut session = Session::spawn(command).unwrap();
        session.set_expect_timeout(Some(Duration::from_secs(30)));
        let mut terminal = Terminal { session, number: 1 };
        terminal.expect(&format!("{NEXT}1]: "));
        terminal
    }

    fn expect(&mut self, text: &str) -> String {
        let found = self.session.expect(text).unwrap_or_else(|e| panic!("waiting for {text:?}: {e}"));
        String::from_utf8_lossy(found.before()).into_owned()
    }

    /// Types a line; gives what stands between it and the next prompt.
    fn line(&mut self, text: &str) -> String {
        self.session.send_line(text).unwrap();
        self.number += 1;
        let seen = self.expect(&format!("{NEXT}{}]: ", self.number));
        plain(&seen)
    }

    fn key(&mut self, bytes: &str) {
        self.session.send(bytes).unwrap();
    }

    fn close(mut self) -> i32 {
        self.session.send(ControlCode::EndOfTransmission).unwrap();
        self.status()
    }

    fn status(mut self) -> i32 {
        let _ = self.session.expect(Eof);
        match self.session.get_process().wait() {
            Ok(WaitStatus::Exited(_, code)) => code,
            other => panic!("{other:?}"),
        }
    }
}

/// Terminal output without escape sequences.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\x1b' => {
                if chars.next_if_eq(&'[').is_some() {
                    while chars.next_if(|c| !c.is_ascii_alphabetic()).is_some() {}
                }
                chars.next();
            }
            '\r' => {}
            c => out.push(c),
        }
    }
    out
}

#[test]
fn entries_are_evaluated_and_numbered() {
    let mut t = Terminal::open("entries");
    assert!(t.line("1 + 1").ends_with("2\n"));
    assert!(t.line("_ * 10").ends_with("20\n"));
    assert!(t.line("Out[1] + Out[2]").ends_with("22\n"));
    assert!(t.line("In[1]").ends_with("'1 + 1'\n"));
    t.session.send_line("x = 5").unwrap();
    t.expect("In [6]: ");
    assert_eq!(t.close(), 0);
}

#[test]
fn errors_keep_the_variables() {
    let mut t = Terminal::open("errors");
    t.line("x = np.arange(3)");
    assert!(t.line("y = x + np.ones(2)").contains("arr::shape::broadcast"));
    assert!(t.line("x + nosuch").contains("arr::name::unknown"));
    assert!(t.line("fn f(n) = f(n + 1); f(0)").contains("arr::run::recursion"));
    assert!(t.line("np.zeros(10**15)").contains("arr::memory::limit"));
    assert!(t.line("x").ends_with("[0 1 2]\n"));
    assert_eq!(t.close(), 0);
}

#[test]
fn entries_of_several_lines() {
    let mut t = Terminal::open("lines");
    t.session.send_line("fn f(x) {").unwrap();
    t.expect("...: ");
    t.session.send_line("x * 2").unwrap();
    t.expect("...: ");
    t.line("}");
    assert!(t.line("f(21)").ends_with("42\n"));
    t.session.send_line("%%timeit -n 1 -r 1").unwrap();
    t.expect("...: ");
    t.session.send_line("f(1)").unwrap();
    t.expect("...: ");
    assert!(t.line("").contains("(mean ± std. dev. of 1 run, 1 loop each)"));
    assert_eq!(t.close(), 0);
}

#[test]
fn ctrl_c_clears_the_line_and_what_was_begun() {
    let mut t = Terminal::open("clear");
    t.key("1 + nonsense");
    t.session.send(ControlCode::EndOfText).unwrap();
    t.expect("In [1]: ");
    t.session.send_line("(1 +").unwrap();
    t.expect("...: ");
    t.session.send(ControlCode::EndOfText).unwrap();
    t.expect("In [1]: ");
    assert!(t.line("2 + 2").ends_with("4\n"));
    assert_eq!(t.close(), 0);
}

#[test]
fn ctrl_c_stops_what_runs_and_keeps_the_variables() {
    let mut t = Terminal::open("stop");
    t.line("x = 7");
    for endless in [
        "while True { x = x }",
        "for i in range(10**15) { np.sin(np.arange(1000.0)) }",
        "%timeit -n 1000000000 1",
    ] {
        t.session.send_line(endless).unwrap();
        std::thread::sleep(Duration::from_millis(400));
        let began = Instant::now();
        t.session.send(ControlCode::EndOfText).unwrap();
        t.number += 1;
        let seen = t.expect(&format!("In [{}]: ", t.number));
        // The limit is 100 ms; a busy machine gets some more.
        assert!(began.elapsed() < Duration::from_millis(1000), "{:?}", began.elapsed());
        assert!(seen.contains("arr::run::interrupted"), "{seen}");
    }
    assert!(t.line("x").ends_with("7\n"));
    assert_eq!(t.close(), 0);
}

#[test]
fn a_paste_with_prompts_runs() {
    let mut t = Terminal::open("paste");
    t.key("\x1b[200~>>> a = np.arange(3)\n>>> a * 2\nsome output\n>>> for i in a {\n...     print(i)\n... }\x1b[201~");
    let seen = t.line("");
    assert!(seen.contains("[0 2 4]") && seen.ends_with("0\n1\n2\n"), "{seen}");
    assert_eq!(t.close(), 0);
}

#[test]
fn tab_completes_names_and_glyphs() {
    let mut t = Terminal::open("tab");
    t.line("velocity = 3");
    t.key("velo\t");
    assert!(t.line(" + 1").ends_with("4\n"));
    t.key("\\iot\t");
    assert!(t.line(" 3").ends_with("[0 1 2]\n"));
    t.key("np.lins\t");
    assert!(t.line("(0, 1, 3)").ends_with("[0.  0.5 1. ]\n"));
    t.key("%pw\t");
    assert!(t.line("").contains('/'));
    assert_eq!(t.close(), 0);
}

#[test]
fn the_history_stays_between_sessions() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("kept");
    let _ = std::fs::remove_dir_all(&folder);
    let mut t = Terminal::open("kept");
    t.line("12345 + 1");
    assert_eq!(t.close(), 0);
    let mut t = Terminal::open("kept");
    t.key("\x1b[A");
    assert!(t.line("").ends_with("12346\n"));
    assert_eq!(t.close(), 0);
    let mut t = Terminal::of(command("unkept", &["-q", "--no-config"]));
    t.line("1");
    assert_eq!(t.close(), 0);
    assert!(!folder.with_file_name("unkept").exists());
}

#[test]
fn commands_and_help() {
    let mut t = Terminal::open("commands");
    t.line("mass = np.ones((2, 3))");
    assert!(t.line("%who").contains("mass"));
    assert!(t.line("%whos").contains("(2, 3)"));
    assert!(t.line("?sum").contains("np.sum("));
    assert!(t.line("⍳?").contains("⍳"));
    assert!(t.line("%time mass.sum()").contains("Wall time"));
    assert!(t.line("%help").contains("%timeit"));
    assert!(t.line("%hist").contains("mass = np.ones((2, 3))"));
    assert!(t.line("%whoo").contains("did you mean"));
    t.line("%reset -f");
    assert!(t.line("mass").contains("arr::name::unknown"));
    assert_eq!(t.close(), 0);
}

#[test]
fn a_program_first_with_i() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("first.arr");
    std::fs::write(&file, "speed = 8\nnosuch\n").unwrap();
    let mut t = Terminal::of(command("first", &["-q", "-i", file.to_str().unwrap()]));
    assert!(t.line("speed + 1").ends_with("9\n"));
    assert_eq!(t.close(), 0);
}

#[test]
fn plain_terminals_work() {
    let mut c = command("dumb", &["-q"]);
    c.env("TERM", "dumb");
    let mut t = Terminal::of(c);
    assert!(t.line("6 * 7").ends_with("42\n"));
    t.session.send_line("quit").unwrap();
    assert_eq!(t.status(), 0);
}

#[test]
fn a_second_ctrl_c_leaves() {
    // Nothing here refuses the first one for long; so both are sent at once.
    let mut t = Terminal::open("second");
    t.session.send_line("for i in range(10**15) { np.sort(np.arange(3 * 10**6) % 7919) }").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    t.session.send("\x03\x03").unwrap();
    let found = t.session.expect(Regex("In \\[2\\]: ")).is_ok();
    if found {
        assert_eq!(t.close(), 0);
    } else {
        assert_eq!(t.status(), 130);
    }
}
