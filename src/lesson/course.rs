//! The lessons that come with the program, in the order of a course.

use super::parse::{Parsed, parse};
use crate::prim::bind::nearest;
use crate::syntax::Lexicon;

macro_rules! lessons {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../stdlib/lessons/", $name, ".arr")))),*]
    };
}

/// What `%lesson` takes, and what it is: the lessons with their titles.
pub const COMMAND_WORDS: &[(&str, &str)] = &[
    ("stop", "leave the lesson"),
    ("forget", "forget what was passed"),
    ("loops", "From loops to whole arrays"),
    ("broadcasting", "Broadcasting"),
    ("builtins", "Built-ins instead of loops"),
    ("dtypes", "Dtypes and memory"),
    ("views", "Views and copies"),
    ("order", "Memory order"),
    ("measuring", "Measuring honestly"),
    ("masks", "Masks and where"),
    ("reductions", "Reductions and axes"),
    ("outer", "Outer products"),
    ("scans", "Scans and differences"),
    ("grouping", "Sorting and grouping"),
    ("stencils", "Stencils without loops"),
    ("apl", "APL notation"),
];

/// Name and text of each. Named one by one, so that the compiler misses a file that has gone, and a
/// build script or a crate that reads folders is not needed.
pub const LESSONS: &[(&str, &str)] = lessons! {
    "01_loops"
    "02_broadcasting"
    "03_builtins"
    "04_dtypes"
    "05_views"
    "06_order"
    "07_measuring"
    "08_masks"
    "09_reductions"
    "10_outer"
    "11_scans"
    "12_grouping"
    "13_stencils"
    "14_apl"
};

/// A lesson of the course by its place in it, from 1.
pub fn lesson(number: usize, lexicon: &Lexicon) -> Option<Parsed> {
    let (name, text) = LESSONS.get(number.checked_sub(1)?)?;
    Some(parse(&format!("{name}.arr"), text, lexicon))
}

/// The place in the course of a lesson by its number, its name or the name's beginning; else the
/// nearest name.
pub fn find(word: &str) -> Result<usize, Option<String>> {
    if let Ok(n) = word.parse::<usize>() {
        return if (1..=LESSONS.len()).contains(&n) { Ok(n) } else { Err(None) };
    }
    let short = |name: &'static str| name.split_once('_').map_or(name, |(_, rest)| rest);
    let word = word.to_lowercase();
    let names = || LESSONS.iter().map(|(name, _)| short(name));
    let exact = LESSONS.iter().position(|(name, _)| *name == word || short(name) == word);
    let begins = || {
        let mut found = names().enumerate().filter(|(_, n)| n.starts_with(&word));
        found.next().filter(|_| found.next().is_none()).map(|(i, _)| i)
    };
    match exact.or_else(begins) {
        Some(i) => Ok(i + 1),
        None => Err(nearest(&word, names())),
    }
}

/// What stands after the number in the name of a lesson's file; `i` counts from 0.
pub fn short_name(i: usize) -> &'static str {
    LESSONS.get(i).map_or("", |(name, _)| name.split_once('_').map_or(*name, |(_, rest)| rest))
}
