//! The command line: what to run, and how.

mod lesson;

pub use lesson::Grade;

use clap::{Arg, ArgAction, Command, value_parser};
use std::ffi::OsString;
use std::path::PathBuf;

/// What was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    pub run: Run,
    /// Words after the file or code: the program's `args`.
    pub args: Vec<String>,
    /// The REPL follows.
    pub interactive: bool,
    /// As the command line says.
    pub color: Option<Color>,
    /// `NO_COLOR` is set: no colour, unless the command line or the configuration wants some.
    pub no_color: bool,
    /// Output that reads well aloud.
    pub accessible: bool,
    pub quiet: bool,
    /// Read no configuration and keep no history.
    pub no_config: bool,
    /// 0: one for every core.
    pub threads: usize,
    /// Bytes; `None` for the default.
    pub memory_limit: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Run {
    /// Nothing named: the REPL at a terminal, else standard input.
    Nothing,
    File(PathBuf),
    Code(String),
    Stdin,
    /// `arr to-numpy file.arr`: the same program in Python.
    ToNumpy {
        file: PathBuf,
    },
    /// `arr check file.arr`: look for lines to write otherwise.
    Check {
        file: PathBuf,
        json: bool,
    },
    /// `arr grade lab.arr files…`: grade answers to the exercises of a lesson.
    Grade(Grade),
    /// `arr lesson-check files…`: try lessons.
    CheckLessons {
        files: Vec<PathBuf>,
        update: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    pub fn from_word(word: &str) -> Option<Color> {
        Some(match word {
            "auto" => Color::Auto,
            "always" => Color::Always,
            "never" => Color::Never,
            _ => return None,
        })
    }
}

/// What to print and leave with, when the command line asks for no run.
#[derive(Debug)]
pub struct Leave {
    pub text: String,
    /// 0 for help and version, 2 for wrong usage.
    pub code: u8,
}

/// Reads the words after the program's name, and the environment.
pub fn parse(
    words: impl Iterator<Item = OsString>,
    env: impl Fn(&str) -> Option<String>,
) -> Result<Invocation, Leave> {
    let program = std::iter::once(OsString::from("arr"));
    let matches = command()
        .try_get_matches_from(program.chain(words))
        .map_err(|e| Leave { code: if e.use_stderr() { 2 } else { 0 }, text: e.render().to_string() })?;
    let code = matches.get_one::<String>("code").cloned();
    let mut rest: Vec<OsString> =
        matches.get_many::<OsString>("rest").map(|v| v.cloned().collect()).unwrap_or_default();
    let run = match code {
        Some(code) => Run::Code(code),
        None if rest.is_empty() => Run::Nothing,
        None => match rest.remove(0) {
            file if file == "-" => Run::Stdin,
            word if word == "check" => check(&mut rest)?,
            word if word == "grade" => lesson::grade(std::mem::take(&mut rest))?,
            word if word == "lesson-check" => lesson::check_lessons(std::mem::take(&mut rest))?,
            word if word == "to-numpy" => match rest.len() {
                1 => Run::ToNumpy { file: rest.remove(0).into() },
                _ => return Err(wrong("arr to-numpy wants one file: arr to-numpy file.arr")),
            },
            file => Run::File(file.into()),
        },
    };
    let threads = match matches.get_one::<usize>("threads") {
        Some(&n) => n,
        None => match env("ARR_THREADS").filter(|v| !v.is_empty()) {
            Some(v) => v
                .parse()
                .map_err(|_| wrong(&format!("ARR_THREADS must be a number of threads, not '{v}'")))?,
            None => 0,
        },
    };
    let set = |name: &str| env(name).is_some_and(|v| !v.is_empty());
    Ok(Invocation {
        run,
        args: rest.into_iter().map(|s| s.to_string_lossy().into_owned()).collect(),
        interactive: matches.get_flag("interactive"),
        color: matches.get_one::<String>("color").and_then(|w| Color::from_word(w)),
        // https://no-color.org: any text but the empty one.
        no_color: set("NO_COLOR"),
        accessible: matches.get_flag("accessible")
            || set("NO_GRAPHICS") && env("NO_GRAPHICS").as_deref() != Some("0"),
        quiet: matches.get_flag("quiet"),
        no_config: matches.get_flag("no-config"),
        threads,
        memory_limit: matches.get_one::<usize>("memory-limit").copied(),
    })
}

/// The words after `check`: a file and options.
fn check(words: &mut Vec<OsString>) -> Result<Run, Leave> {
    let json = words.iter().position(|w| w == "--json").map(|at| words.remove(at)).is_some();
    match words.first() {
        Some(word) if word.to_string_lossy().starts_with("--") => Err(wrong(&format!(
            "arr check has no option '{}'; it takes a file and --json",
            word.to_string_lossy()
        ))),
        Some(_) => Ok(Run::Check { file: words.remove(0).into(), json }),
        None => Err(wrong("arr check wants a file: arr check file.arr [--json]")),
    }
}

fn wrong(text: &str) -> Leave {
    Leave { text: format!("error: {text}\n\nFor more information, try '--help'.\n"), code: 2 }
}

fn command() -> Command {
    Command::new("arr")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A small array language: NumPy's arithmetic and memory model with APL's notation.")
        .override_usage(
            "arr [OPTIONS] [FILE [ARGS]...]\n       arr [OPTIONS] -e CODE [ARGS]...\n       arr [OPTIONS] check FILE [--json]\n       arr [OPTIONS] grade LAB FILE...\n       arr [OPTIONS] lesson-check FILE...\n       arr to-numpy FILE",
        )
        .after_help(
            "Without FILE or CODE, arr reads standard input; at a terminal it opens a prompt.\n\
             Exit codes: 0, 1 for an error in the program, 2 for wrong usage, 130 when interrupted.",
        )
        .disable_version_flag(true)
        .disable_help_flag(true)
        .arg(
            Arg::new("rest")
                .value_name("FILE")
                .help("A file to run, '-' for standard input, and what the program finds in 'args'")
                .num_args(0..)
                .trailing_var_arg(true)
                .value_parser(value_parser!(OsString)),
        )
        .arg(Arg::new("code").short('e').value_name("CODE").allow_hyphen_values(true).help("Run CODE"))
        .arg(flag("interactive", "Open a prompt afterwards, with the program's variables").short('i'))
        .arg(flag("quiet", "Open the prompt without a greeting").short('q').long("quiet"))
        .arg(
            Arg::new("color")
                .long("color")
                .value_name("WHEN")
                .value_parser(["auto", "always", "never"])
                .help("Colour in messages and at the prompt [default: auto; env: NO_COLOR]"),
        )
        .arg(
            flag("accessible", "Output for screen readers: no colour, no drawings [env: NO_GRAPHICS]")
                .long("accessible"),
        )
        .arg(
            flag("no-config", "Read no configuration and no start-up file, keep no history")
                .long("no-config"),
        )
        .arg(
            Arg::new("threads")
                .long("threads")
                .value_name("N")
                .value_parser(value_parser!(usize))
                .help("Threads to use, 0 for one on each core [default: 0; env: ARR_THREADS]"),
        )
        .arg(
            Arg::new("memory-limit")
                .long("memory-limit")
                .value_name("SIZE")
                .value_parser(size)
                .help("Most memory for arrays, as 500M, 2G or 1.5GiB [default: 80% of what is free]"),
        )
        .arg(Arg::new("help").long("help").short('h').action(ArgAction::Help).help("Print this help"))
        .arg(
            Arg::new("version")
                .long("version")
                .short('V')
                .action(ArgAction::Version)
                .help("Print the version"),
        )
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).action(ArgAction::SetTrue).help(help)
}

/// Bytes: a number with a unit of 1000 (`k M G T`) or 1024 (`Ki …`), `B` allowed after it.
fn size(text: &str) -> Result<usize, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let factor = match unit {
        "" => 1.0,
        "k" => 1e3,
        "m" => 1e6,
        "g" => 1e9,
        "t" => 1e12,
        "ki" => 1024.0,
        "mi" => 1024.0 * 1024.0,
        "gi" => 1024.0 * 1024.0 * 1024.0,
        "ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return Err("a size is a number with a unit, as 500M, 2G or 1.5GiB".into()),
    };
    match number.parse::<f64>() {
        Ok(x) if x > 0.0 => Ok((x * factor) as usize),
        _ => Err("a size is a number above 0 with a unit, as 500M, 2G or 1.5GiB".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Invocation, Leave> {
        parse(words.iter().map(OsString::from), |_| None)
    }

    #[test]
    fn what_to_run() {
        assert_eq!(read(&[]).unwrap().run, Run::Nothing);
        assert_eq!(read(&["-"]).unwrap().run, Run::Stdin);
        assert_eq!(read(&["-e", "-x"]).unwrap().run, Run::Code("-x".into()));
        let i = read(&["-i", "a.arr", "--threads", "x", "-e"]).unwrap();
        assert_eq!((i.run, i.interactive), (Run::File("a.arr".into()), true));
        assert_eq!(i.args, ["--threads", "x", "-e"]);
        assert_eq!(read(&["-e", "1", "b", "-c"]).unwrap().args, ["b", "-c"]);
    }

    #[test]
    fn what_to_translate() {
        assert_eq!(read(&["to-numpy", "a.arr"]).unwrap().run, Run::ToNumpy { file: "a.arr".into() });
        assert_eq!(read(&["to-numpy"]).unwrap_err().code, 2);
        assert_eq!(read(&["to-numpy", "a.arr", "b.arr"]).unwrap_err().code, 2);
    }

    #[test]
    fn what_to_check() {
        let check = |json| Run::Check { file: "a.arr".into(), json };
        assert_eq!(read(&["check", "a.arr"]).unwrap().run, check(false));
        assert_eq!(read(&["check", "--json", "a.arr"]).unwrap().run, check(true));
        let i = read(&["check", "a.arr", "--json", "7"]).unwrap();
        assert_eq!((i.run, i.args), (check(true), vec!["7".to_string()]));
        assert_eq!(read(&["check"]).unwrap_err().code, 2);
        assert_eq!(read(&["check", "--fix", "a.arr"]).unwrap_err().code, 2);
    }

    #[test]
    fn how_to_run() {
        let i = read(&["--threads", "3", "--memory-limit", "1.5GiB", "--color", "never", "-q"]).unwrap();
        assert_eq!(
            (i.threads, i.memory_limit, i.color, i.quiet),
            (3, Some(3 << 29), Some(Color::Never), true)
        );
        let env = |name: &str| Some(if name == "ARR_THREADS" { "2" } else { "1" }.to_string());
        let i = parse(std::iter::empty(), env).unwrap();
        assert_eq!((i.threads, i.color, i.no_color, i.accessible), (2, None, true, true));
        assert!(read(&["--accessible"]).unwrap().accessible);
    }

    #[test]
    fn wrong_usage_leaves_with_2() {
        for words in [
            &["--colour"][..],
            &["--threads", "x"],
            &["--memory-limit", "much"],
            &["--color", "red"],
            &["-e"],
        ] {
            assert_eq!(read(words).unwrap_err().code, 2, "{words:?}");
        }
        assert_eq!(read(&["--help"]).unwrap_err().code, 0);
        assert!(read(&["--version"]).unwrap_err().text.starts_with("arr 0."));
    }
}
