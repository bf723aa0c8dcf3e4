//! arr behind a pseudo-terminal: keys are typed, and the screen is read.

use expectrl::session::OsSession;
use expectrl::{Expect, Session};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// arr with the files of a user of that name.
pub fn command(state: &str, args: &[&str]) -> Command {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(state);
    let mut command = Command::new(env!("CARGO_BIN_EXE_arr"));
    command.args(args).env("XDG_STATE_HOME", &folder).env("XDG_CONFIG_HOME", folder.join("config"));
    // One measurement of the machine serves all.
    command.env("XDG_CACHE_HOME", folder.with_file_name("cache"));
    command.env("TERM", "xterm").env("NO_COLOR", "1").env_remove("NO_GRAPHICS");
    command
}

/// The files of a user: a fresh folder with these settings and this start-up file.
pub fn user(state: &str, config: &str, startup: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(state);
    let _ = std::fs::remove_dir_all(&folder);
    let settings = folder.join("config/arr");
    std::fs::create_dir_all(&settings).unwrap();
    std::fs::write(settings.join("config.toml"), config).unwrap();
    std::fs::write(settings.join("startup.arr"), startup).unwrap();
    folder
}

/// The same command, begun once its terminal has its size and echoes what is typed, as terminals do:
/// set from outside, echo would come back after the program had taken the keys for itself.
fn in_a_terminal(command: &Command, columns: u16, rows: u16) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!(r#"stty echo rows {rows} columns {columns} && exec "$0" "$@""#)]);
    shell.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

/// A terminal as it looks: keys are typed, and the screen is read.
pub struct Screen {
    pub session: OsSession,
    pub parser: vt100::Parser,
}

impl Screen {
    /// A fresh user's prompt.
    pub fn open(state: &str, columns: u16) -> Screen {
        user(state, "", "");
        Screen::of(command(state, &["-q"]), columns)
    }

    pub fn of(command: Command, columns: u16) -> Screen {
        Screen::sized(command, columns, 40)
    }

    /// A screen of so many columns and rows.
    pub fn sized(command: Command, columns: u16, rows: u16) -> Screen {
        let session = Session::spawn(in_a_terminal(&command, columns, rows)).unwrap();
        let size = |n| std::num::NonZero::new(n).unwrap();
        let mut screen = Screen { session, parser: vt100::Parser::new(size(rows), size(columns), 0) };
        // Once more: the parent of a fresh process gives it a size of its own.
        screen.session.get_process_mut().set_window_size(columns, rows).unwrap();
        screen.until("In [1]: ");
        screen
    }

    /// Gives the window another width.
    pub fn resize(&mut self, columns: u16) {
        let rows = self.parser.screen().size().1;
        let width = std::num::NonZero::new(columns).unwrap();
        self.parser.screen_mut().set_size(rows, width);
        self.session.get_process_mut().set_window_size(columns, rows.get()).unwrap();
        std::thread::sleep(Duration::from_millis(200));
    }

    /// The lines on the screen, without spaces at their ends.
    pub fn text(&self) -> String {
        let screen = self.parser.screen();
        let lines: Vec<String> =
            screen.rows(0, screen.size().1.get()).map(|l| l.trim_end().to_string()).collect();
        lines.join("\n").trim_end().to_string()
    }

    /// The lines on the screen, those that go over several rows joined.
    pub fn lines(&self) -> Vec<String> {
        let screen = self.parser.screen();
        let mut lines: Vec<String> = vec![String::new()];
        for (i, row) in screen.rows(0, screen.size().1.get()).enumerate() {
            if let Some(line) = lines.last_mut() {
                line.push_str(&row);
            }
            if !screen.row_wrapped(i as u16) {
                lines.push(String::new());
            }
        }
        lines.iter().map(|l| l.trim_end().to_string()).collect()
    }

    /// Reads what the program writes until the screen is as wanted.
    pub fn wait(&mut self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let began = Instant::now();
        while !wanted(&self.text()) {
            let mut bytes = [0; 4096];
            match self.session.try_read(&mut bytes) {
                Ok(n) if n > 0 => self.parser.process(&bytes[..n]),
                _ => std::thread::sleep(Duration::from_millis(5)),
            }
            assert!(began.elapsed() < Duration::from_secs(30), "waiting for {what}:\n{}", self.text());
        }
        self.text()
    }

    pub fn until(&mut self, wanted: &str) -> String {
        let end = wanted.trim_end();
        self.wait(wanted, |text| text.contains(end))
    }

    /// Types keys, and waits for a text on the screen.
    pub fn keys(&mut self, keys: &str, wanted: &str) -> String {
        let rest = keys.strip_prefix('\x03').filter(|rest| !rest.is_empty());
        if rest.is_some() {
            // Ctrl-C forgets what was typed ahead: what follows waits for the fresh prompt.
            self.session.send("\x03").unwrap();
            let last = |text: &str| text.lines().last().unwrap_or("").to_string();
            self.wait("a fresh prompt", |text| last(text).starts_with("In [") && last(text).ends_with("]:"));
        }
        self.session.send(rest.unwrap_or(keys)).unwrap();
        self.until(wanted)
    }
}
