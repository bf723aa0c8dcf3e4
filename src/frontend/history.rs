//! What was typed and what came of it: `In` and `Out`, and the file that keeps the lines.

use crate::show;
use crate::value::{Fault, Object, Value};
use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

/// Bytes that the values of `Out` may hold together.
const MOST_BYTES: usize = 256_000_000;

/// Entries and their values; the first entry is number 1.
#[derive(Default)]
pub struct Log {
    pub inputs: Vec<String>,
    outputs: BTreeMap<usize, Value>,
    bytes: usize,
}

impl Log {
    /// The number of the entry to come.
    pub fn next(&self) -> usize {
        self.inputs.len() + 1
    }

    /// Keeps the value of an entry; older ones go when room is short.
    pub fn keep(&mut self, entry: usize, value: &Value) {
        self.bytes += size(value);
        self.outputs.insert(entry, value.clone());
        while self.bytes > MOST_BYTES {
            let Some((_, old)) = self.outputs.pop_first() else { break };
            self.bytes -= size(&old);
        }
    }

    /// The value of an entry, if it showed one that is still kept.
    pub fn output(&self, entry: usize) -> Option<Value> {
        self.outputs.get(&entry).cloned()
    }

    pub fn forget(&mut self) {
        self.outputs.clear();
        self.bytes = 0;
    }
}

/// Bytes that a value holds, roughly.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(a) => a.size() * a.dtype().itemsize(),
        Value::List(l) => l.with(|items| items.iter().map(size).sum()),
        Value::Tuple(t) => t.items.iter().map(size).sum(),
        Value::Str(s) => s.len(),
        _ => 32,
    }
}

/// `In` (entries as strings) or `Out` (values), indexed by the prompt's number.
pub struct Shelf {
    log: Rc<RefCell<Log>>,
    outputs: bool,
}

impl Shelf {
    pub fn inputs(log: Rc<RefCell<Log>>) -> Value {
        Value::Object(Rc::new(Shelf { log, outputs: false }))
    }

    pub fn outputs(log: Rc<RefCell<Log>>) -> Value {
        Value::Object(Rc::new(Shelf { log, outputs: true }))
    }

    fn name(&self) -> &'static str {
        if self.outputs { "Out" } else { "In" }
    }

    fn at(&self, index: &Value) -> Result<Value, Fault> {
        let wrong = |reason: String| Fault::Value { func: self.name().into(), reason };
        let Some(n) = crate::prim::convert::as_index(index) else {
            return Err(wrong(format!("the number of a prompt is wanted, not {}", index.describe())));
        };
        let log = self.log.borrow();
        let entry = usize::try_from(n).ok().filter(|&n| n >= 1 && n <= log.inputs.len());
        let Some(entry) = entry else {
            return Err(wrong(format!("there is no prompt {n} yet")));
        };
        if !self.outputs {
            return Ok(Value::str(&log.inputs[entry - 1]));
        }
        match log.outputs.get(&entry) {
            Some(v) => Ok(v.clone()),
            None if log.outputs.keys().next().is_some_and(|&oldest| entry < oldest) => Err(wrong(format!(
                "Out[{n}] showed no value, or its value was dropped to keep Out under 256 MB"
            ))),
            None => Err(wrong(format!("entry {n} showed no value"))),
        }
    }
}

impl Object for Shelf {
    fn type_name(&self) -> &str {
        "history"
    }

    fn repr(&self) -> String {
        let log = self.log.borrow();
        let line = |n: usize, text: String| format!("{}[{n}]: {}", self.name(), show::shorten(&text, 70));
        let lines: Vec<String> = match self.outputs {
            true => log.outputs.iter().map(|(n, v)| line(*n, first_line(&show::repr_of(v)))).collect(),
            false => log.inputs.iter().enumerate().map(|(i, s)| line(i + 1, first_line(s))).collect(),
        };
        lines.join("\n")
    }

    fn len(&self) -> Option<usize> {
        let log = self.log.borrow();
        Some(if self.outputs { log.outputs.len() } else { log.inputs.len() })
    }

    fn index(&self, index: &Value) -> Option<Result<Value, Fault>> {
        Some(self.at(index))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn first_line(text: &str) -> String {
    match text.split_once('\n') {
        Some((line, _)) => format!("{line} …"),
        None => text.to_string(),
    }
}

/// The file that keeps the lines of all sessions, its folder made if need be.
pub fn file() -> Option<PathBuf> {
    let file = super::config::state_file("history")?;
    std::fs::create_dir_all(file.parent()?).ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_number() {
        let log = Rc::new(RefCell::new(Log::default()));
        log.borrow_mut().inputs = vec!["1 + 1".into(), "x = 2".into()];
        let out = Shelf { log: log.clone(), outputs: true };
        assert!(out.at(&Value::Int(1)).is_err());
        log.borrow_mut().inputs.truncate(1);
        log.borrow_mut().keep(1, &Value::Int(2));
        assert!(matches!(out.at(&Value::Int(1)), Ok(Value::Int(2))));
        for wrong in [Value::Int(0), Value::Int(9), Value::Int(-1), Value::None] {
            assert!(out.at(&wrong).is_err());
        }
    }

    #[test]
    fn old_values_give_way() {
        let mut log = Log::default();
        for i in 0..3 {
            log.inputs.push(String::new());
            log.keep(i + 1, &Value::str(&"x".repeat(if i == 2 { MOST_BYTES - 10 } else { 100 })));
        }
        assert_eq!(log.outputs.keys().copied().collect::<Vec<_>>(), [3]);
    }
}
