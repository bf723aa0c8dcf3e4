//! What `for` walks beside arrays and lists: `range`, `zip`, `enumerate`.

use crate::prim::Args;
use crate::prim::row::{Example, Home, InLoop, Kind, Prim};
use crate::value::{self, Fault, Host, Object, Range, Value, ValueIter};
use std::any::Any;
use std::rc::Rc;

pub static ROWS: &[Prim] = &[
    Prim {
        name: "range",
        home: Home::Core,
        params: "start, stop=?, step=1",
        doc: "Plain integers from `start` (or 0) up to, not including, `stop`, made as they are asked for.",
        examples: &[Example { code: "list(range(3))", out: "[0, 1, 2]" }],
        pure: true,
        in_loop: InLoop::Range,
        kind: Kind::Call(range),
        ..Prim::NEW
    },
    Prim {
        name: "zip",
        home: Home::Core,
        params: "*iterables",
        doc: "Tuples of the first items, the second items, … until the shortest ends.",
        examples: &[Example {
            code: "list(zip([1, 2], \"ab\"))",
            out: "[(np.int64(1), 'a'), (np.int64(2), 'b')]",
        }],
        in_loop: InLoop::Zip,
        kind: Kind::Call(zip),
        ..Prim::NEW
    },
    Prim {
        name: "enumerate",
        home: Home::Core,
        params: "iterable, start=0",
        doc: "Tuples of a plain count and an item.",
        examples: &[Example { code: "list(enumerate(\"ab\"))", out: "[(0, 'a'), (1, 'b')]" }],
        in_loop: InLoop::Enumerate,
        kind: Kind::Call(enumerate),
        ..Prim::NEW
    },
];

/// `zip` and `enumerate`: iterables made of iterables. Each iteration starts afresh.
struct Zipped {
    name: &'static str,
    sources: Vec<Value>,
}

struct ZipIter(Vec<Box<dyn ValueIter>>);

impl Object for Zipped {
    fn type_name(&self) -> &str {
        self.name
    }

    fn repr(&self) -> String {
        format!("<{} object>", self.name)
    }

    fn iter(&self) -> Option<Box<dyn ValueIter>> {
        let sources = self.sources.iter().map(|v| value::iterate(v).ok()).collect::<Option<_>>()?;
        Some(Box::new(ZipIter(sources)))
    }

    fn zipped(&self) -> Option<&[Value]> {
        Some(&self.sources)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl ValueIter for ZipIter {
    fn next(&mut self, host: &mut dyn Host) -> Result<Option<Value>, Fault> {
        let mut items = Vec::with_capacity(self.0.len());
        Ok(self.next_parts(host, &mut items)?.then(|| Value::tuple(items)))
    }

    fn parts(&self) -> Option<usize> {
        Some(self.0.len())
    }

    fn next_parts(&mut self, host: &mut dyn Host, out: &mut Vec<Value>) -> Result<bool, Fault> {
        let before = out.len();
        for source in &mut self.0 {
            if !source.next_to(host, out)? {
                out.truncate(before);
                return Ok(false);
            }
        }
        Ok(!self.0.is_empty())
    }
}

fn range(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let (start, stop) = if a.given(1) { (a.int(0)?, a.int(1)?) } else { (0, a.int(0)?) };
    match a.int(2)? {
        0 => Err(a.reason("the step must not be zero")),
        step => Ok(Value::Object(Rc::new(Range { start, stop, step }))),
    }
}

fn zip(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let sources = a.rest(0);
    for v in &sources {
        value::iterate(v)?;
    }
    Ok(Value::Object(Rc::new(Zipped { name: "zip", sources })))
}

fn enumerate(_: &mut dyn Host, a: &Args) -> Result<Value, Fault> {
    let source = a.value(0);
    value::iterate(&source)?;
    let counts = Value::Object(Rc::new(Range { start: a.int(1)?, stop: i64::MAX, step: 1 }));
    Ok(Value::Object(Rc::new(Zipped { name: "enumerate", sources: vec![counts, source] })))
}
