//! The words after `arr grade` and `arr lesson-check`.

use super::{Leave, Run, flag, size};
use clap::{Arg, Command, value_parser};
use std::ffi::OsString;
use std::path::PathBuf;

/// What and how to grade.
#[derive(Clone, Debug, PartialEq)]
pub struct Grade {
    pub lab: PathBuf,
    pub submissions: Vec<PathBuf>,
    pub json: bool,
    /// Print a file to fill in.
    pub template: bool,
    /// For each run of an answer, in place of the exercise's own.
    pub seconds: Option<f64>,
    /// Bytes of arrays that a submission may use.
    pub memory: usize,
    /// The work of one process: results as lines, from this exercise on.
    pub from: Option<usize>,
}

/// The words after `grade`.
pub fn grade(words: Vec<OsString>) -> Result<Run, Leave> {
    let file = || value_parser!(PathBuf);
    let command = Command::new("arr grade")
        .about("Grade files of answers to the exercises of a lesson, each in a process of its own.")
        .after_help("Exit codes: 0 if every exercise of every file passed, 1 if not, 2 for wrong usage.")
        .no_binary_name(true)
        .arg(Arg::new("lab").value_name("LAB").required(true).value_parser(file()).help("The lesson"))
        .arg(
            Arg::new("files")
                .value_name("FILE")
                .num_args(0..)
                .value_parser(file())
                .required_unless_present("template")
                .help("Answers, each below a line '#: exercise NAME'"),
        )
        .arg(flag("json", "Print everything as JSON").long("json"))
        .arg(flag("template", "Print a file for learners to fill in").long("template"))
        .arg(
            Arg::new("seconds")
                .long("seconds")
                .value_name("S")
                .value_parser(seconds)
                .help("Most time for one run of an answer [default: what the exercise says, or 5]"),
        )
        .arg(
            Arg::new("memory")
                .long("memory")
                .value_name("SIZE")
                .value_parser(size)
                .default_value("1G")
                .help("Most memory for the arrays of a submission"),
        )
        .arg(Arg::new("from").long("from").value_parser(value_parser!(usize)).hide(true));
    let matches = read_words(command, words)?;
    let files = matches.get_many::<PathBuf>("files");
    Ok(Run::Grade(Grade {
        lab: matches.get_one::<PathBuf>("lab").cloned().unwrap_or_default(),
        submissions: files.map(|f| f.cloned().collect()).unwrap_or_default(),
        json: matches.get_flag("json"),
        template: matches.get_flag("template"),
        seconds: matches.get_one::<f64>("seconds").copied(),
        memory: matches.get_one::<usize>("memory").copied().unwrap_or(1 << 30),
        from: matches.get_one::<usize>("from").copied(),
    }))
}

/// The words after `lesson-check`.
pub fn check_lessons(words: Vec<OsString>) -> Result<Run, Leave> {
    let command = Command::new("arr lesson-check")
        .about("Try lessons: their lines print what they say, model answers pass, wrong ones fail.")
        .no_binary_name(true)
        .arg(flag("update", "Write into the files what their lines print").long("update"))
        .arg(
            Arg::new("files")
                .value_name("FILE")
                .num_args(1..)
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("Lessons"),
        );
    let matches = read_words(command, words)?;
    let files = matches.get_many::<PathBuf>("files");
    let files = files.map(|f| f.cloned().collect()).unwrap_or_default();
    Ok(Run::CheckLessons { files, update: matches.get_flag("update") })
}

fn read_words(command: Command, words: Vec<OsString>) -> Result<clap::ArgMatches, Leave> {
    command
        .try_get_matches_from(words)
        .map_err(|e| Leave { code: if e.use_stderr() { 2 } else { 0 }, text: e.render().to_string() })
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(s) if s > 0.0 && s <= 3600.0 => Ok(s),
        _ => Err("a time is a number of seconds above 0, at most 3600".into()),
    }
}
