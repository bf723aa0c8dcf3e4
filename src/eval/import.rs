//! `import`: built-in modules, and files of arr, each run once in globals of its own.

use super::ir::{ImportNames, Source};
use super::{Evaluator, Located, Raised};
use crate::prim::bind::nearest;
use crate::prim::modules;
use crate::syntax::{Span, parse};
use crate::value::{Fault, Object, Value};
use std::any::Any;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Modules written in arr that come with the program, by name.
pub const STDLIB: &[(&str, &str)] = &[("stats", include_str!("../../stdlib/stats.arr"))];

/// The text of a module that comes with the program.
pub fn import_text(name: &str) -> Option<&'static str> {
    STDLIB.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}

/// A file's globals as a value.
struct FileModule {
    name: String,
    members: Vec<(Rc<str>, Value)>,
}

impl Object for FileModule {
    fn type_name(&self) -> &str {
        "module"
    }

    fn repr(&self) -> String {
        format!("<module '{}'>", self.name)
    }

    fn attr(&self, name: &str) -> Option<Value> {
        self.members.iter().find(|(n, _)| &**n == name).map(|(_, v)| v.clone())
    }

    fn attr_names(&self) -> Vec<String> {
        self.members.iter().map(|(n, _)| n.to_string()).collect()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A file as messages name it: seen from the current folder if it lies below it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|d| d.canonicalize()).ok();
    let below = here.and_then(|h| path.strip_prefix(h).ok());
    below.unwrap_or(path).display().to_string()
}

impl Evaluator {
    pub(super) fn import(
        &mut self,
        name: &str,
        is_path: bool,
        names: &ImportNames,
        span: Span,
    ) -> Result<(), Raised> {
        let module = match if is_path { None } else { modules::by_name(name) } {
            Some(m) => m,
            None => self.load_module(name, is_path, span)?,
        };
        match names {
            // `import a.b` binds `a`, `import a.b as c` the inner module.
            ImportNames::Module(place) => self.store(*place, module),
            ImportNames::Members(members) => {
                for (member, at, place) in members {
                    let found = match &module {
                        Value::Object(o) => o.attr(member),
                        _ => None,
                    };
                    match found {
                        Some(v) => self.store(*place, v),
                        None => {
                            let known = match &module {
                                Value::Object(o) => o.attr_names(),
                                _ => Vec::new(),
                            };
                            let near = nearest(member, known.iter().map(String::as_str));
                            let fault =
                                Fault::NoImport { module: name.into(), name: member.to_string(), near };
                            return self.fail(fault, *at);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn load_module(&mut self, name: &str, is_path: bool, span: Span) -> Result<Value, Raised> {
        let file = if is_path {
            PathBuf::from(name)
        } else {
            PathBuf::from(name.replace('.', "/")).with_extension("arr")
        };
        let beside = Path::new(&self.frame.source().name).parent().map(Path::to_path_buf);
        let tried: Vec<PathBuf> =
            beside.into_iter().chain(self.search.iter().cloned()).map(|d| d.join(&file)).collect();
        let Some(path) = tried.iter().find(|p| p.is_file()).and_then(|p| p.canonicalize().ok()) else {
            if let Some((stem, text)) = STDLIB.iter().find(|(stem, _)| *stem == name && !is_path) {
                return self
                    .once(PathBuf::from(stem), span, |ev| ev.run_module(stem, text.to_string(), span));
            }
            let tried = tried.iter().map(|p| p.display().to_string()).collect();
            return self.fail(Fault::NoModule { name: name.into(), tried }, span);
        };
        self.once(path.clone(), span, |ev| {
            let shown = shown(&path);
            match std::fs::read_to_string(&path) {
                Ok(text) => ev.run_module(&shown, text, span),
                Err(e) if e.kind() == std::io::ErrorKind::InvalidData => {
                    ev.fail(Fault::File { path: shown, reason: "it is not UTF-8 text".into() }, span)
                }
                Err(e) => ev.fail(Fault::File { path: shown, reason: e.to_string() }, span),
            }
        })
    }

    /// Loads a module unless it is there already; a circle of imports is an error.
    fn once(
        &mut self,
        path: PathBuf,
        span: Span,
        load: impl FnOnce(&mut Evaluator) -> Result<Value, Raised>,
    ) -> Result<Value, Raised> {
        if let Some(module) = self.modules.get(&path) {
            return Ok(module.clone());
        }
        if self.loading.contains(&path) {
            let chain = self.loading.iter().chain([&path]).map(|p| shown(p)).collect();
            return self.fail(Fault::ImportCycle { chain }, span);
        }
        self.loading.push(path.clone());
        let module = load(self);
        self.loading.pop();
        let module = module?;
        self.modules.insert(path, module.clone());
        Ok(module)
    }

    /// Runs a module's text in globals of its own.
    fn run_module(&mut self, shown: &str, text: String, span: Span) -> Result<Value, Raised> {
        let parsed = parse(&text, &self.lexicon);
        let source = Rc::new(Source { name: shown.into(), text });
        if let Some(e) = parsed.errors.into_iter().next() {
            let at = e.span();
            let mut raised = Located::at(Fault::Syntax(Box::new(e)), at, source);
            self.add_call_site(&mut raised, "import", span);
            return Err(raised);
        }
        let outer = self.globals.enter_module();
        let result = self.resolve(&parsed.statements, source).and_then(|unit| self.run_unit(&unit));
        let members = self.globals.assigned().map(|(n, v)| (n.clone(), v.clone())).collect();
        self.globals.leave_module(outer);
        result.map_err(|mut raised| {
            self.add_call_site(&mut raised, "import", span);
            raised
        })?;
        let stem = Path::new(shown).file_stem().map(|s| s.to_string_lossy().into_owned());
        let name = stem.unwrap_or_else(|| shown.into());
        Ok(Value::Object(Rc::new(FileModule { name, members })))
    }
}
