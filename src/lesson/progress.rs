//! What a learner has done, as text that a file keeps: a line for each lesson, its name and the names
//! of the exercises passed.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    lessons: BTreeMap<String, BTreeSet<String>>,
}

impl Progress {
    /// Reads any text; what is no progress is left out.
    pub fn parse(text: &str) -> Progress {
        let mut progress = Progress::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            if let Some(lesson) = words.next() {
                words.for_each(|exercise| {
                    progress.pass(lesson, exercise);
                });
            }
        }
        progress
    }

    pub fn text(&self) -> String {
        let line = |(lesson, done): (&String, &BTreeSet<String>)| {
            let done: Vec<&str> = done.iter().map(String::as_str).collect();
            format!("{lesson} {}\n", done.join(" "))
        };
        self.lessons.iter().map(line).collect()
    }

    /// The exercises passed of a lesson.
    pub fn of(&self, lesson: &str) -> BTreeSet<String> {
        self.lessons.get(lesson).cloned().unwrap_or_default()
    }

    /// Says that an exercise is passed; whether that is new.
    pub fn pass(&mut self, lesson: &str, exercise: &str) -> bool {
        // Names with spaces, as of a teacher's file, are kept as one word.
        self.lessons.entry(lesson.replace(char::is_whitespace, "_")).or_default().insert(exercise.into())
    }

    /// Forgets a lesson; whether there was anything.
    pub fn forget(&mut self, lesson: &str) -> bool {
        self.lessons.remove(lesson).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let mut p = Progress::default();
        assert!(p.pass("02_b", "x") && !p.pass("02_b", "x") && p.pass("01_a", "y") && p.pass("02_b", "w"));
        assert_eq!(p.text(), "01_a y\n02_b w x\n");
        assert_eq!(Progress::parse(&p.text()), p);
        assert_eq!(Progress::parse("\n  \n01_a y\n02_b x w w\n\0"), p);
        assert!(p.of("03").is_empty() && p.forget("01_a") && p.of("01_a").is_empty());
    }
}
