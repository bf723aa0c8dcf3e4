//! arr to Python: an AST as the text of the same program with NumPy. Takes a text and a loader of the
//! modules it imports, gives Python text that runs alone; what has no counterpart is refused with its
//! place, never translated wrongly.
//!
//! Arithmetic and named functions become Python's operators and NumPy's functions, by the glyphs and
//! homes of their rows; what only arr's notation has becomes a call of a function in `helpers.py`, named
//! after its row, and written at the head only if it is used. `expr` and `apply` translate expressions,
//! `stmt` statements and functions, `text` writes.

mod apply;
mod expr;
mod helpers;
mod stmt;
mod text;

use crate::eval::{Located, Raised, Source};
use crate::prim;
use crate::syntax::{Span, parse};
use crate::value::Fault;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Finds the text of an imported module by its name or path.
pub type Loader<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The same program in Python.
///
/// # Errors
/// A mistake in the text, or [`Fault::Untranslatable`] at what Python cannot say.
pub fn translate(name: &str, text: &str, loader: Loader) -> Result<String, Raised> {
    let mut shared = Shared { loader, used: BTreeSet::new(), modules: BTreeMap::new(), order: Vec::new() };
    let body = module(name, text, &mut shared, true)?;
    let mut out = String::from("import numpy as np\n");
    for helper in helpers::with_their_own(&shared.used) {
        out.push_str("\n\n");
        out.push_str(helper);
        out.push('\n');
    }
    for module in &shared.order {
        out.push_str("\n\n");
        out.push_str(&shared.modules[module]);
    }
    out.push_str(if out.ends_with("import numpy as np\n") { "\n" } else { "\n\n" });
    out.push_str(&body);
    Ok(out)
}

/// What all modules of a program share.
struct Shared<'a> {
    loader: Loader<'a>,
    /// Helpers that are called.
    used: BTreeSet<&'static str>,
    /// Imported modules as Python, by name, and the order in which they are written.
    modules: BTreeMap<String, String>,
    order: Vec<String>,
}

/// Translates one text; `top`: values of its expression statements are shown.
fn module(name: &str, text: &str, shared: &mut Shared, top: bool) -> Result<String, Raised> {
    let parsed = parse(text, &prim::table().lexicon());
    let source = Rc::new(Source { name: name.into(), text: text.into() });
    if let Some(e) = parsed.errors.into_iter().next() {
        let span = e.span();
        return Err(Located::at(Fault::Syntax(Box::new(e)), span, source));
    }
    let own = stmt::assigned(&parsed.statements);
    let mut t = Translator {
        source,
        shared,
        own,
        seen: BTreeSet::new(),
        top,
        before: Vec::new(),
        functions: 0,
        closed: 0,
        made: 0,
        names: None,
        operator: None,
    };
    let lines = t.body(&parsed.statements, 0, false)?;
    Ok(lines.into_iter().map(|l| l.trim_end().to_string() + "\n").collect())
}

/// The state of translating one text.
struct Translator<'a, 's> {
    source: Rc<Source>,
    shared: &'a mut Shared<'s>,
    /// Names that the program assigns, which hide the built-in ones.
    own: BTreeSet<String>,
    /// Those that the top level has assigned before the place.
    seen: BTreeSet<String>,
    top: bool,
    /// Definitions that must stand before the statement under way.
    before: Vec<String>,
    /// Functions around the place.
    functions: usize,
    /// Places around that let no definition out: comprehensions.
    closed: usize,
    /// What the direct function around the place is called.
    names: Option<String>,
    /// What the direct operator around the place is called.
    operator: Option<String>,
    /// Names made up so far.
    made: usize,
}

type R<T> = Result<T, Raised>;

impl Translator<'_, '_> {
    fn refuse<T>(&self, what: &str, span: Span) -> R<T> {
        Err(Located::at(Fault::Untranslatable { what: what.into() }, span, self.source.clone()))
    }

    /// The name of a helper, which is thereby used.
    fn helper(&mut self, name: &str) -> Option<&'static str> {
        let name = helpers::find(name)?;
        self.shared.used.insert(name);
        Some(name)
    }

    /// A helper that is there.
    fn need(&mut self, name: &'static str) -> &'static str {
        self.helper(name).unwrap_or(name)
    }

    fn fresh(&mut self, stem: &str) -> String {
        self.made += 1;
        format!("{stem}{}", self.made)
    }
}
