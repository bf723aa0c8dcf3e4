//! What an answer's text says of itself: the names it uses and makes, whether it loops, and which of
//! the lines typed before belong to it.

use crate::syntax::ast::{Arg, Block, DfnItem, Expr, FnBody, FnDef, Name, Stmt, StmtKind, Target};
use crate::syntax::{Lexicon, Paint, parse, tokens};
use std::collections::HashSet;
use std::rc::Rc;

/// One statement that was typed.
#[derive(Clone, Debug)]
pub struct Entry {
    pub text: String,
    /// Names that it gives a new value.
    defines: Vec<Name>,
    /// Names whose value it writes into.
    touches: Vec<Name>,
    /// Names that it mentions and does not itself bind.
    uses: HashSet<String>,
    /// An expression that gave a value, and so nothing else.
    pub shown: bool,
}

impl Entry {
    /// The entry of a text. `shown`: it gave a value.
    pub fn new(text: &str, shown: bool, lexicon: &Lexicon) -> Entry {
        let statements = parse(text, lexicon).statements;
        let mut bound = Bound::default();
        statements.iter().for_each(|s| bound.stmt(s));
        let mut uses = match &statements[..] {
            // A plain target is not read.
            [Stmt { kind: StmtKind::Assign { targets, value }, .. }] if targets.iter().all(is_plain) => {
                names(text.get(value.span.range()).unwrap_or(text), lexicon)
            }
            _ => names(text, lexicon),
        };
        bound.inner.iter().for_each(|n| {
            uses.remove(&**n);
        });
        Entry { text: text.into(), defines: bound.defines, touches: bound.touches, uses, shown }
    }

    /// Whether it gives a name a value, or writes into its value.
    pub fn makes(&self, name: &str) -> bool {
        self.defines.iter().chain(&self.touches).any(|n| &**n == name)
            || (!self.shown && self.is_bare() && self.uses.contains(name))
    }

    /// The names that it gives a value.
    pub fn defined(&self) -> HashSet<String> {
        self.defines.iter().map(|n| n.to_string()).collect()
    }

    /// A statement that names nothing: `x.sort()`.
    fn is_bare(&self) -> bool {
        self.defines.is_empty() && self.touches.is_empty()
    }
}

/// The statements that the last entry needs to run, it included, in their order. Those from `own` on
/// were typed after `given` were set up, which none before can make.
pub fn slice(log: &[Entry], own: usize, wanted: &HashSet<String>, given: &HashSet<String>) -> Vec<String> {
    let Some((last, before)) = log.split_last() else { return Vec::new() };
    let mut needed: HashSet<String> = wanted.union(&last.uses).cloned().collect();
    for name in &last.defines {
        if !last.uses.contains(&**name) {
            needed.remove(&**name);
        }
    }
    let mut kept = vec![last.text.clone()];
    for (i, entry) in before.iter().enumerate().rev() {
        if i + 1 == own {
            needed.retain(|n| !given.contains(n));
        }
        let is_needed = |n: &Name| needed.contains(&**n);
        let wanted = entry.defines.iter().chain(&entry.touches).any(is_needed)
            || (!entry.shown && entry.is_bare() && entry.uses.iter().any(|n| needed.contains(n)));
        if !wanted {
            continue;
        }
        for name in entry.defines.iter().filter(|n| !entry.touches.contains(n)) {
            needed.remove(&**name);
        }
        needed.extend(entry.uses.iter().cloned());
        kept.push(entry.text.clone());
    }
    kept.reverse();
    kept
}

/// A program that is `code`, after those of the lines typed before that make the names it uses.
pub fn with_its_names<'a>(earlier: impl Iterator<Item = &'a str>, code: &str, lexicon: &Lexicon) -> String {
    let mut log: Vec<Entry> = Vec::new();
    for text in earlier {
        log.extend(lines(text, lexicon).iter().map(|l| Entry::new(l, is_shown(l, lexicon), lexicon)));
    }
    log.push(Entry::new(code, true, lexicon));
    slice(&log, 0, &HashSet::new(), &HashSet::new()).join("\n")
}

/// Whether a text is expressions that change nothing, as far as can be seen.
fn is_shown(text: &str, lexicon: &Lexicon) -> bool {
    use crate::prim::language::idioms;
    use crate::syntax::ast::ExprKind;
    parse(text, lexicon).statements.iter().all(|s| match &s.kind {
        StmtKind::Expr(e) => match &e.kind {
            ExprKind::Call { func, .. } => match &func.kind {
                ExprKind::Attr { base, name } => {
                    let method = !matches!(&base.kind, ExprKind::Name(n) if &**n == "np");
                    !idioms::row(&name.text, method).is_some_and(idioms::has_effects)
                }
                _ => true,
            },
            ExprKind::If { .. } => false,
            _ => true,
        },
        StmtKind::Command { .. } | StmtKind::Help { .. } => true,
        _ => false,
    })
}

/// A text cut into whole lines that run one after the other; statements that share a line, and comments
/// with what follows them, stay together.
pub fn lines(text: &str, lexicon: &Lexicon) -> Vec<String> {
    let mut cuts = vec![0];
    let mut end = 0;
    for statement in parse(text, lexicon).statements {
        let (start, stop) = (statement.span.start as usize, statement.span.end as usize);
        let between = text.get(end..start).unwrap_or("");
        if let Some(newline) = between.find('\n').filter(|_| end > 0) {
            cuts.push(end + newline + 1);
        }
        end = stop.max(end);
    }
    cuts.push(text.len());
    let parts = cuts.windows(2).filter_map(|w| text.get(w[0]..w[1]));
    parts.map(|p| p.trim_end().trim_start_matches('\n').to_string()).filter(|p| !p.is_empty()).collect()
}

/// The names in a text, attributes left out.
pub fn names(text: &str, lexicon: &Lexicon) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut after_dot = false;
    for (paint, span) in tokens(text, lexicon) {
        let word = text.get(span.range()).unwrap_or("");
        if paint == Paint::Name && !after_dot {
            found.insert(word.to_string());
        }
        after_dot = word == ".";
    }
    found
}

/// Whether a text has a loop of its own: `for`, `while`, a comprehension.
pub fn has_loop(text: &str, lexicon: &Lexicon) -> bool {
    let keyword = |(paint, span): &(Paint, crate::syntax::Span)| {
        *paint == Paint::Keyword && matches!(text.get(span.range()), Some("for" | "while"))
    };
    tokens(text, lexicon).iter().any(keyword)
}

/// Whether a text uses a name (`where`, `np.where`, `.sort`) or a notation (`+/`).
pub fn mentions(text: &str, wanted: &str, lexicon: &Lexicon) -> bool {
    let painted = tokens(text, lexicon);
    let words = painted.iter().filter(|(p, _)| !matches!(p, Paint::Comment | Paint::String));
    let words: Vec<&str> = words.filter_map(|(_, s)| text.get(s.range())).collect();
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let last = wanted.rsplit('.').next().unwrap_or(wanted);
    if !last.is_empty() && wanted.chars().all(|c| is_name(c) || c == '.') {
        return words.contains(&last);
    }
    words.concat().contains(&wanted.replace(' ', ""))
}

/// The names that statements bind.
#[derive(Default)]
struct Bound {
    defines: Vec<Name>,
    touches: Vec<Name>,
    /// Of functions within: their own parameters and variables.
    inner: HashSet<Name>,
    in_function: bool,
    /// Within a loop or branch, which may not run.
    nested: bool,
}

impl Bound {
    fn stmt(&mut self, s: &Stmt) {
        match &s.kind {
            StmtKind::Expr(e) => self.expr(e),
            StmtKind::Assign { targets, value } => {
                targets.iter().for_each(|t| self.target(t));
                self.expr(value);
            }
            StmtKind::Augment { target, value, .. } => {
                self.target(target);
                if let Target::Name(n) = target {
                    self.touch(&n.text);
                }
                self.expr(value);
            }
            StmtKind::Fn(def) => self.function(def),
            StmtKind::For { target, body, .. } => {
                let nested = std::mem::replace(&mut self.nested, true);
                self.target(target);
                self.block(body);
                self.nested = nested;
            }
            StmtKind::While { body, .. } => {
                let nested = std::mem::replace(&mut self.nested, true);
                self.block(body);
                self.nested = nested;
            }
            StmtKind::Import { module, is_path, alias } => {
                let name = crate::eval::import_name(module, alias.as_ref(), *is_path);
                self.define(&name);
            }
            StmtKind::From { names, .. } => {
                names.iter().for_each(|(n, alias)| self.define(&alias.as_ref().unwrap_or(n).text));
            }
            _ => {}
        }
    }

    fn block(&mut self, block: &Block) {
        block.body.iter().for_each(|s| self.stmt(s));
    }

    /// Only what binds names at the level of statements, and functions' own.
    fn expr(&mut self, e: &Expr) {
        use crate::syntax::ast::ExprKind;
        match &e.kind {
            ExprKind::If { arms, otherwise } => {
                let nested = std::mem::replace(&mut self.nested, true);
                arms.iter().map(|a| &a.1).chain(otherwise).for_each(|b| self.block(b));
                self.nested = nested;
            }
            ExprKind::Lambda(def) => {
                self.inner.extend(def.params.iter().map(|p| p.name.text.clone()));
            }
            ExprKind::Dfn(dfn) => self.within(|inner| {
                for item in &dfn.items {
                    if let DfnItem::Stmt(s) = item {
                        inner.stmt(s);
                    }
                }
            }),
            // A result that goes into an array of a name.
            ExprKind::Call { args, .. } => {
                let out = |a: &&Arg| a.keyword.as_ref().is_some_and(|k| &*k.text == "out");
                let into = args.iter().filter(out).filter_map(|a| root(&a.value));
                into.for_each(|name| self.touch(name));
            }
            _ => {}
        }
    }

    fn function(&mut self, def: &Rc<FnDef>) {
        self.define(&def.name.text);
        self.inner.insert(def.name.text.clone());
        self.inner.extend(def.params.iter().map(|p| p.name.text.clone()));
        if let FnBody::Block(block) = &def.body {
            self.within(|inner| inner.block(block));
        }
    }

    fn within(&mut self, f: impl FnOnce(&mut Bound)) {
        let outer = std::mem::replace(&mut self.in_function, true);
        f(self);
        self.in_function = outer;
    }

    fn target(&mut self, t: &Target) {
        match t {
            Target::Name(n) => self.define(&n.text),
            Target::Tuple(items, _) => items.iter().for_each(|t| self.target(t)),
            Target::Starred(t, _) => self.target(t),
            Target::Index { base, .. } | Target::Attr { base, .. } | Target::Selection { of: base, .. } => {
                if let Some(name) = root(base) {
                    self.touch(name);
                }
            }
        }
    }

    fn define(&mut self, name: &Name) {
        match (self.in_function, self.nested) {
            (true, _) => drop(self.inner.insert(name.clone())),
            (_, true) => {
                self.defines.push(name.clone());
                self.touches.push(name.clone());
            }
            _ => self.defines.push(name.clone()),
        }
    }

    fn touch(&mut self, name: &Name) {
        if !self.in_function {
            self.touches.push(name.clone());
        }
    }
}

fn is_plain(t: &Target) -> bool {
    match t {
        Target::Name(_) => true,
        Target::Tuple(items, _) => items.iter().all(is_plain),
        Target::Starred(t, _) => is_plain(t),
        Target::Index { .. } | Target::Attr { .. } | Target::Selection { .. } => false,
    }
}

/// The name whose value `x[i].real` is a part of.
fn root(e: &Expr) -> Option<&Name> {
    use crate::syntax::ast::ExprKind;
    match &e.kind {
        ExprKind::Name(n) => Some(n),
        ExprKind::Index { base, .. } | ExprKind::Attr { base, .. } => root(base),
        // The target `(2 ↑ x)` selects from what is on its right.
        ExprKind::Apply { right, .. } => root(right),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(lines: &[&str]) -> Vec<Entry> {
        let lexicon = Lexicon::standard_for_tests();
        let shown = |text: &str| !text.contains('=') && !text.contains("sort()") && !text.starts_with("for");
        lines.iter().map(|l| Entry::new(l, shown(l), &lexicon)).collect()
    }

    fn set(names: &[&str]) -> HashSet<String> {
        names.iter().map(|n| n.to_string()).collect()
    }

    #[test]
    fn an_answer_takes_the_lines_it_needs() {
        let lines = ["a = 1", "y = [2 * v for v in x]", "y", "y = x * k", "k = 3", "total = y.sum()"];
        assert_eq!(slice(&log(&lines), 0, &set(&[]), &set(&["x"])), ["y = x * k", "total = y.sum()"]);
        let lines = ["s = 0", "for v in x { s += v }", "x.sort()", "s"];
        assert_eq!(
            slice(&log(&lines), 0, &set(&[]), &set(&["x"])),
            lines[..2].iter().chain(&["s"]).copied().collect::<Vec<_>>()
        );
        let lines = ["fn f(x) = [v for v in x]", "x = 9", "fn f(x) = x * 2"];
        assert_eq!(slice(&log(&lines), 0, &set(&["f"]), &set(&[])), ["fn f(x) = x * 2"]);
        let lines = ["x = 1", "x = x * 2"];
        assert_eq!(slice(&log(&lines), 1, &set(&["x"]), &set(&["x"])), ["x = x * 2"]);
    }

    #[test]
    fn texts_are_cut_into_lines() {
        let text = "a = 1; b = 2\n# why\nf(\n  a)\n\n%time a\nfor i in a {\n  i\n}";
        let want = ["a = 1; b = 2", "# why\nf(\n  a)", "%time a", "for i in a {\n  i\n}"];
        assert_eq!(lines(text, &Lexicon::standard_for_tests()), want);
        assert!(lines("", &Lexicon::standard_for_tests()).is_empty());
    }

    #[test]
    fn loops_and_names_are_seen() {
        let lexicon = Lexicon::standard_for_tests();
        assert!(has_loop("[v * 2 for v in x]", &lexicon) && has_loop("while c { }", &lexicon));
        assert!(!has_loop("x * 2  # for all", &lexicon) && !has_loop("'for'", &lexicon));
        assert!(mentions("np.where(x > 0, x, 0)", "where", &lexicon));
        assert!(mentions("+/ x", "+/", &lexicon) && !mentions("x + 1", "+/", &lexicon));
        assert!(!mentions("x # sort", "sort", &lexicon) && mentions("x.sort()", "np.sort", &lexicon));
    }
}
