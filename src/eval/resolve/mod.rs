//! AST to resolved program: names become places, operators become rows of the primitive table.
//! Finds what can be wrong before anything runs: `return` outside a function, a literal that fits
//! no dtype, an operator without a primitive.

mod functions;
mod literals;

use crate::array::Array;
use crate::dtype::{DType, Scalar};
use crate::eval::error::{Located, Raised};
use crate::eval::gather;
use crate::eval::ir::*;
use crate::eval::kept::operation;
use crate::eval::scope::{Globals, Names, Scope, import_name};
use crate::eval::share::repeated;
use crate::eval::unboxed::LoopCache;
use crate::prim::row::{Fast, Plain};
use crate::prim::{self, Home, Prim, Valence};
use crate::syntax::ast::{self, Arg, Clause, Expr, ExprKind, FPart, Name, Spelled, Sub, Target};
use crate::syntax::{Span, SyntaxError};
use crate::value::{Fault, Value};
use std::cell::OnceCell;
use std::rc::Rc;

type R<T> = Result<T, Raised>;

pub struct Resolver<'g> {
    globals: &'g mut Globals,
    scopes: Vec<Scope>,
    source: Rc<Source>,
    loops: usize,
    functions: usize,
    /// The places of shared parts of the expression at hand, whether or not it has any.
    shared: Option<Vec<SharedPart>>,
}

/// A place of a shared part: the part as it stands there, its slot, and whether it comes last.
struct SharedPart {
    part: *const Expr,
    slot: u32,
    last: bool,
}

/// The array of a bracket whose items are all numbers that are written out.
fn constant_array(items: &[(Node, bool)]) -> Option<Array> {
    let value = |(node, nested): &(Node, bool)| match &node.kind {
        NodeKind::Const(v) if v.is_scalar_number() => Some((v.clone(), *nested)),
        NodeKind::Fresh(a) if *nested => Some((Value::Array(a.clone()), true)),
        _ => None,
    };
    let values = items.iter().map(value).collect::<Option<Vec<_>>>()?;
    match prim::convert::bracket(values) {
        Ok(Value::Array(a)) => Some(a),
        _ => None,
    }
}

/// Resolves the statements of one unit. Names they do not define are globals.
pub fn unit(statements: &[ast::Stmt], globals: &mut Globals, source: Rc<Source>) -> R<Unit> {
    let names = Names::of_block(statements);
    let scope = Scope::new(true, names.inner);
    let mut r = Resolver {
        globals,
        scopes: vec![scope],
        source: source.clone(),
        loops: 0,
        functions: 0,
        shared: None,
    };
    let statements = r.statements(statements)?;
    let (locals, cells) = r.scopes.pop().map_or((0, 0), |s| (s.locals as usize, s.cells as usize));
    Ok(Unit { statements, locals, cells, source })
}

impl Resolver<'_> {
    fn fail<T>(&self, fault: Fault, span: Span) -> R<T> {
        Err(Located::at(fault, span, self.source.clone()))
    }

    fn scope(&mut self) -> &mut Scope {
        // The stack is never empty: `unit` pushes the first scope and each `function` its own.
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    /// Where a name that is read lives.
    fn lookup(&mut self, name: &str) -> Place {
        let depth = self.scopes.len() - 1;
        self.lookup_at(name, depth).unwrap_or_else(|| Place::Global(self.globals.slot(name)))
    }

    fn lookup_at(&mut self, name: &str, depth: usize) -> Option<Place> {
        if let Some(p) = self.scopes[depth].find(name) {
            return Some(p);
        }
        let known = self.scopes[depth].captures.iter().position(|(n, _)| &**n == name);
        if let Some(i) = known {
            return Some(Place::Free(i as u32));
        }
        let outer = self.lookup_at(name, depth.checked_sub(1)?)?;
        let scope = &mut self.scopes[depth];
        scope.captures.push((name.into(), outer));
        Some(Place::Free(scope.captures.len() as u32 - 1))
    }

    /// Where a name that is assigned lives.
    fn assign(&mut self, name: &Name) -> Place {
        if let Some(p) = self.scope().find(name) {
            return p;
        }
        if self.scope().top { Place::Global(self.globals.slot(name)) } else { self.scope().declare(name) }
    }

    // Statements.

    fn statements(&mut self, body: &[ast::Stmt]) -> R<Vec<Stmt>> {
        body.iter().map(|s| self.stmt(s)).collect()
    }

    fn loop_body(&mut self, body: &ast::Block) -> R<Vec<Stmt>> {
        self.loops += 1;
        let out = self.statements(&body.body);
        self.loops -= 1;
        out
    }

    fn stmt(&mut self, s: &ast::Stmt) -> R<Stmt> {
        use ast::StmtKind as K;
        let kind = match &s.kind {
            K::Expr(e) => StmtKind::Expr(self.expr(e)?),
            K::Assign { targets, value } => {
                let to_elements = matches!(targets[..], [Target::Index { .. }]);
                let value = if to_elements { self.operand(value)? } else { self.expr(value)? };
                let targets = targets.iter().map(|t| self.target(t)).collect::<R<_>>()?;
                StmtKind::Assign { targets, value }
            }
            K::Augment { target, op, value } => {
                let value = self.operand(value)?;
                let (prim, plain) = self.infix(op)?;
                let calm = value.leaves_locals();
                StmtKind::Augment {
                    target: self.target(target)?,
                    prim,
                    plain,
                    fast: fast_of(prim),
                    value,
                    calm,
                }
            }
            K::Fn(def) => {
                let place = self.assign(&def.name.text);
                let value = self.function(def, FnKind::Fn)?;
                StmtKind::Assign { targets: vec![TargetCode::Name(place, def.name.span)], value }
            }
            K::For { target, iter, body } => {
                let iter = self.expr(iter)?;
                let target = self.target(target)?;
                let body = self.loop_body(body)?;
                let updates = gather::updated(&body);
                StmtKind::For {
                    target,
                    iter,
                    body,
                    updates,
                    names: self.scope().visible(),
                    cache: LoopCache::default(),
                }
            }
            K::While { test, body } => {
                let (test, body) = (self.expr(test)?, self.loop_body(body)?);
                StmtKind::While { test, body, names: self.scope().visible(), cache: LoopCache::default() }
            }
            K::Break if self.loops == 0 => {
                return self.fail(Fault::Misplaced { what: "break", inside: "loop" }, s.span);
            }
            K::Continue if self.loops == 0 => {
                return self.fail(Fault::Misplaced { what: "continue", inside: "loop" }, s.span);
            }
            K::Return(_) if self.functions == 0 => {
                return self.fail(Fault::Misplaced { what: "return", inside: "function" }, s.span);
            }
            K::Break => StmtKind::Break,
            K::Continue => StmtKind::Continue,
            K::Return(e) => StmtKind::Return(e.as_ref().map(|e| self.expr(e)).transpose()?),
            K::Import { module, is_path, alias } => {
                let place = self.assign(&import_name(module, alias.as_ref(), *is_path));
                StmtKind::Import {
                    module: module.text.clone(),
                    is_path: *is_path,
                    names: ImportNames::Module(place),
                }
            }
            K::From { module, is_path, names } => {
                let bind = |(n, alias): &(Spelled, Option<Spelled>)| {
                    let place = self.assign(&alias.as_ref().unwrap_or(n).text);
                    (n.text.clone(), n.span, place)
                };
                let names = ImportNames::Members(names.iter().map(bind).collect());
                StmtKind::Import { module: module.text.clone(), is_path: *is_path, names }
            }
            K::Assert { test, message } => StmtKind::Assert {
                test: self.expr(test)?,
                message: message.as_ref().map(|m| self.expr(m)).transpose()?,
            },
            K::Command { name, rest, body } => StmtKind::Command {
                name: name.text.clone(),
                rest: rest.text.clone(),
                body: body.as_ref().map(|b| b.text.clone()),
            },
            K::Help { what, level } => StmtKind::Help { what: what.text.clone(), level: *level },
        };
        // An `if` that stands as a statement shows nothing.
        let branch = matches!(&kind, StmtKind::Expr(Node { kind: NodeKind::If { .. }, .. }));
        Ok(Stmt::new(kind, s.span, s.silent || branch))
    }

    fn target(&mut self, t: &Target) -> R<TargetCode> {
        Ok(match t {
            Target::Name(n) => TargetCode::Name(self.assign(&n.text), n.span),
            Target::Tuple(ts, span) => {
                let star = ts.iter().position(|t| matches!(t, Target::Starred(..)));
                let (before, rest) = ts.split_at(star.unwrap_or(ts.len()));
                let before = before.iter().map(|t| self.target(t)).collect::<R<_>>()?;
                let (mut starred, mut after) = (None, Vec::new());
                if let Some((Target::Starred(inner, _), tail)) = rest.split_first() {
                    starred = Some(Box::new(self.target(inner)?));
                    after = tail.iter().map(|t| self.target(t)).collect::<R<_>>()?;
                }
                TargetCode::Tuple { before, starred, after, span: *span }
            }
            Target::Starred(inner, _) => self.target(inner)?,
            Target::Index { base, subs, span } => {
                let (base, subs) = (self.expr(base)?, self.subs(subs)?);
                TargetCode::Index { quick: is_quick(&base, &subs), base, subs, span: *span }
            }
            Target::Selection { of, span } => self.selection(of, *span)?,
            Target::Attr { base, name, span } => {
                let rebind = match &base.kind {
                    ExprKind::Name(n) => Some(self.lookup(n)),
                    _ => None,
                };
                let site = Box::new(Site { own: None, ..*self.site(name) });
                TargetCode::Attr {
                    base: self.expr(base)?,
                    name: name.text.clone(),
                    site,
                    rebind,
                    span: *span,
                }
            }
        })
    }

    /// `(2 ↑ x) = e`: the function is resolved with the positions of `x` in its place.
    fn selection(&mut self, of: &Expr, span: Span) -> R<TargetCode> {
        let name = Name::from("(positions)");
        let (base, select) = self.with_base(of, &name)?;
        let base = self.expr(&base)?;
        let positions = self.scope().declare(&name);
        Ok(TargetCode::Selection { base, positions, select: self.expr(&select)?, span })
    }

    /// What selecting functions are applied to, and their application with a name in its place.
    fn with_base(&self, of: &Expr, name: &Name) -> R<(Expr, Expr)> {
        let ExprKind::Apply { func, left, right } = &of.kind else {
            return Ok((of.clone(), Expr { kind: ExprKind::Name(name.clone()), span: of.span }));
        };
        if !self.selects(func, left.is_some()) {
            let help = Some(
                "to compare, write `==`; only functions that select can be assigned to, such as ↑ ↓ ⌽ ⍉ ⌿ ⌷ ∊",
            );
            let wrong =
                SyntaxError::CannotAssign { at: func.span, what: "the result of this function", help };
            return self.fail(Fault::Syntax(Box::new(wrong)), func.span);
        }
        let (base, inner) = self.with_base(right, name)?;
        let (func, left, right) = (func.clone(), left.clone(), Box::new(inner));
        Ok((base, Expr { kind: ExprKind::Apply { func, left, right }, span: of.span }))
    }

    /// Whether a function only selects elements of its right argument.
    fn selects(&self, func: &Expr, dyadic: bool) -> bool {
        let row = |text: &Name, valence| prim::table().glyph(text, valence).is_some_and(|p| p.selects);
        let valence = if dyadic { Valence::Dyadic } else { Valence::Monadic };
        match &func.kind {
            ExprKind::Glyph(text) => row(text, valence),
            // `⌽[0]` is the function, `mask⌿` replicates.
            ExprKind::Derived { left, right: None, axis: Some(_), .. } => self.selects(left, dyadic),
            ExprKind::Derived { op, left, right: None, axis: None } => {
                row(&op.text, Valence::Dyadic) && !matches!(left.kind, ExprKind::Glyph(_))
            }
            _ => false,
        }
    }

    // Functions.

    fn boxed(&mut self, e: &Expr) -> R<Box<Node>> {
        Ok(Box::new(self.expr(e)?))
    }

    /// An expression whose value may wait for its consumer.
    fn operand(&mut self, e: &Expr) -> R<Node> {
        Ok(self.expr(e)?.waiting())
    }

    fn list(&mut self, es: &[Expr]) -> R<Vec<Node>> {
        es.iter().map(|e| self.expr(e)).collect()
    }

    fn expr(&mut self, e: &Expr) -> R<Node> {
        let places = self.shared.as_deref().unwrap_or_default();
        if let Some(&SharedPart { slot, last, .. }) = places.iter().find(|s| std::ptr::eq(s.part, e)) {
            let node = Box::new(self.plain(e)?);
            return Ok(Node::new(NodeKind::Shared { slot, last, node }, e.span));
        }
        match &e.kind {
            ExprKind::Binary { .. } if self.shared.is_none() => self.sharing(e),
            _ => self.plain(e),
        }
    }

    /// An arithmetic expression, with slots for the parts that it repeats.
    fn sharing(&mut self, e: &Expr) -> R<Node> {
        let (mut slots, mut shared) = (Vec::new(), Vec::new());
        for (k, group) in repeated(e).into_iter().enumerate() {
            let Place::Local(slot) = self.scope().declare(&format!("(shared {k})").into()) else { continue };
            let last = group.len() - 1;
            let places = group.iter().enumerate();
            shared.extend(places.map(|(i, &part)| SharedPart { part, slot, last: i == last }));
            slots.push(slot);
        }
        self.shared = Some(shared);
        let root = self.plain(e);
        self.shared = None;
        let root = root?;
        let fresh = matches!(&root.kind, NodeKind::Binary { prim, .. } if prim.elementwise().is_some());
        if slots.is_empty() || !fresh {
            return Ok(root);
        }
        let span = root.span;
        Ok(Node::new(NodeKind::Sharing { root: Box::new(root), slots: slots.into() }, span))
    }

    fn plain(&mut self, e: &Expr) -> R<Node> {
        use ExprKind as K;
        let kind = match &e.kind {
            K::Number { value, suffix } => {
                NodeKind::Const(self.number(value, suffix.as_ref(), false, e.span)?)
            }
            K::Strand(items) => NodeKind::Fresh(self.strand(items, e.span)?),
            K::Str(s) => NodeKind::Const(Value::str(s)),
            K::FString(parts) => NodeKind::FString(self.pieces(parts)?),
            K::None => NodeKind::Const(Value::None),
            K::Ellipsis => NodeKind::Const(Value::Ellipsis),
            K::Name(n) | K::DfnName(n) => NodeKind::Load(self.lookup(n)),
            K::Tuple(items) => NodeKind::Tuple(self.list(items)?),
            K::Bracket(items) => {
                let nested =
                    |e: &Expr| matches!(e.kind, K::Bracket(_) | K::Comprehension { generator: false, .. });
                let items = items.iter().map(|e| Ok((self.expr(e)?, nested(e))));
                let items: Vec<(Node, bool)> = items.collect::<R<_>>()?;
                constant_array(&items).map_or(NodeKind::Bracket(items), NodeKind::Fresh)
            }
            K::Comprehension { item, clauses, .. } => self.comprehension(item, clauses)?,
            K::Binary { op, left, right } => {
                let (prim, plain) = self.infix(op)?;
                let args = Box::new([self.operand(left)?, self.operand(right)?]);
                let kind = NodeKind::Binary { prim, plain, fast: fast_of(prim), near: Near::of(&args), args };
                return Ok(operation(kind, e.span));
            }
            K::Prefix { op, operand } => return self.prefix(op, operand, e.span),
            K::Compare { first, rest } => return Ok(operation(self.comparison(first, rest)?, e.span)),
            K::And(a, b) => NodeKind::And(Box::new([self.expr(a)?, self.expr(b)?])),
            K::Or(a, b) => NodeKind::Or(Box::new([self.expr(a)?, self.expr(b)?])),
            K::Not(a) => NodeKind::Not(self.boxed(a)?),
            K::Choice { test, then, other } => {
                NodeKind::Choice(Box::new([self.expr(test)?, self.expr(then)?, self.expr(other)?]))
            }
            K::Lambda(def) => return self.function(def, FnKind::Lambda),
            K::Pipe { left, right } => return self.pipe(left, right, e.span),
            K::Call { func, args } => return self.call(func, args, e.span),
            K::Index { base, subs } => {
                let base = match subs[..] {
                    [Sub::Expr(_)] => Box::new(self.operand(base)?),
                    _ => self.boxed(base)?,
                };
                let subs = self.subs(subs)?;
                NodeKind::Index { quick: is_quick(&base, &subs), base, subs }
            }
            K::Attr { base, name } => {
                let site = self.site(name);
                NodeKind::Attr { base: self.boxed(base)?, name: name.text.clone(), site }
            }
            K::If { arms, otherwise } => NodeKind::If {
                arms: arms
                    .iter()
                    .map(|(test, block)| Ok((self.expr(test)?, self.statements(&block.body)?)))
                    .collect::<R<_>>()?,
                otherwise: otherwise.as_ref().map(|b| self.statements(&b.body)).transpose()?,
            },
            K::Glyph(text) => NodeKind::Const(self.glyph(text, e.span)?),
            K::Derived { op, left, right, axis } => {
                self.derived(op, left, right.as_deref(), axis.as_deref())?
            }
            K::Train(items) => NodeKind::Train(self.list(items)?),
            K::Operated { operator, left, right } => {
                let func = self.boxed(operator)?;
                let operands = [Some(&**left), right.as_deref()].into_iter().flatten();
                let args = operands
                    .map(|e| {
                        Ok(ArgNode { keyword: None, starred: false, generator: false, value: self.expr(e)? })
                    })
                    .collect::<R<_>>()?;
                NodeKind::Call { func, args, positional: true, known: OnceCell::new() }
            }
            K::Dfn(dfn) => return self.dfn(dfn),
            K::Apply { func, left, right } => return self.apply(func, left.as_deref(), right, e.span),
            K::Starred(inner) => NodeKind::Starred(Box::new(self.expr(inner)?)),
        };
        Ok(Node::new(kind, e.span))
    }

    /// An outer product is written as an inner one whose left operand is `∘`.
    fn derived(
        &mut self,
        op: &Spelled,
        left: &Expr,
        right: Option<&Expr>,
        axis: Option<&Expr>,
    ) -> R<NodeKind> {
        let outer = &*op.text == "." && matches!(&left.kind, ExprKind::Glyph(g) if &**g == "∘");
        let (op, left, right) = match (outer, right) {
            (true, Some(right)) => (self.operator("∘.", op.span)?, right, None),
            _ => (self.operator(&op.text, op.span)?, left, right),
        };
        let left = self.boxed(left)?;
        let right = right.map(|e| self.boxed(e)).transpose()?;
        Ok(NodeKind::Derived { op, left, right, axis: axis.map(|e| self.boxed(e)).transpose()? })
    }

    /// A glyph applied directly is its primitive, without a function value in between.
    fn apply(&mut self, func: &Expr, left: Option<&Expr>, right: &Expr, span: Span) -> R<Node> {
        let kind = match (&func.kind, left) {
            (ExprKind::Glyph(text), None) => {
                let prim = self.row(text, Valence::Monadic, func.span)?;
                NodeKind::Unary {
                    prim,
                    plain: plain_of(prim),
                    fast: fast_of(prim),
                    arg: Box::new(self.operand(right)?),
                }
            }
            (ExprKind::Glyph(text), Some(left)) => {
                let prim = self.row(text, Valence::Dyadic, func.span)?;
                let args = Box::new([self.operand(left)?, self.operand(right)?]);
                NodeKind::Binary {
                    prim,
                    plain: plain_of(prim),
                    fast: fast_of(prim),
                    near: Near::of(&args),
                    args,
                }
            }
            _ => NodeKind::Apply {
                func: self.boxed(func)?,
                left: left.map(|e| self.boxed(e)).transpose()?,
                right: Box::new(self.operand(right)?),
            },
        };
        Ok(operation(kind, span))
    }

    fn prefix(&mut self, op: &Spelled, operand: &Expr, span: Span) -> R<Node> {
        if let (ExprKind::Number { value, suffix }, "-") = (&operand.kind, &*op.text) {
            let number = self.number(value, suffix.as_ref(), true, span)?;
            return Ok(Node::new(NodeKind::Const(number), span));
        }
        let prim = self.row(&op.text, Valence::Monadic, op.span)?;
        let arg = Box::new(self.operand(operand)?);
        Ok(operation(NodeKind::Unary { prim, plain: plain_of(prim), fast: fast_of(prim), arg }, span))
    }

    fn comparison(&mut self, first: &Expr, rest: &[(Spelled, Expr)]) -> R<NodeKind> {
        let first = self.expr(first)?;
        let mut links = Vec::with_capacity(rest.len());
        for (op, right) in rest {
            let link = match &*op.text {
                "in" => Comparison::In { negated: false },
                "not in" => Comparison::In { negated: true },
                "is" => Comparison::Is { negated: false },
                "is not" => Comparison::Is { negated: true },
                text => Comparison::Prim(self.row(text, Valence::Dyadic, op.span)?),
            };
            let right = self.expr(right)?;
            links.push((link, if let Comparison::In { .. } = link { written_out(right) } else { right }));
        }
        if let [(Comparison::Prim(prim), _)] = links[..]
            && let Some((_, right)) = links.pop()
        {
            let args = Box::new([first.waiting(), right.waiting()]);
            return Ok(NodeKind::Binary {
                prim,
                plain: plain_of(prim),
                fast: fast_of(prim),
                near: Near::of(&args),
                args,
            });
        }
        Ok(NodeKind::Compare { first: Box::new(first), rest: links })
    }

    /// `x |> f` is `f(x)`, `x |> f(y)` is `f(x, y)`.
    fn pipe(&mut self, left: &Expr, right: &Expr, span: Span) -> R<Node> {
        let first = ArgNode { keyword: None, starred: false, generator: false, value: self.operand(left)? };
        let (func, rest) = match &right.kind {
            ExprKind::Call { func, args } => (&**func, &args[..]),
            _ => (right, &[][..]),
        };
        let func = self.boxed(func)?;
        let mut args = vec![first];
        args.extend(self.args(rest)?);
        Ok(Node::new(
            NodeKind::Call { func, positional: positional(&args), args, known: OnceCell::new() },
            span,
        ))
    }

    fn call(&mut self, func: &Expr, args: &[Arg], span: Span) -> R<Node> {
        let kind = match &func.kind {
            ExprKind::Attr { base, name } => {
                let (base, site) = (Box::new(self.operand(base)?), self.site(name));
                let args = self.args(args)?;
                let name = name.text.clone();
                NodeKind::Method { base, name, site, positional: positional(&args), args }
            }
            _ => {
                let (func, args) = (self.boxed(func)?, self.args(args)?);
                NodeKind::Call { func, positional: positional(&args), args, known: OnceCell::new() }
            }
        };
        Ok(Node::new(kind, span))
    }

    fn site(&mut self, spelled: &Spelled) -> Box<Site> {
        let name = &*spelled.text;
        let table = prim::table();
        Box::new(Site {
            name: name.into(),
            at: spelled.span,
            own: Some(self.lookup(name)),
            method: table.own_method(name),
            text: table.get(Home::Text, name),
            function: table.method(name),
            property: table.get(Home::Property, name),
            member: OnceCell::new(),
        })
    }

    fn args(&mut self, args: &[Arg]) -> R<Vec<ArgNode>> {
        args.iter()
            .map(|a| {
                let starred = matches!(a.value.kind, ExprKind::Starred(_));
                let keyword = a.keyword.as_ref().map(|k| k.text.clone());
                let value = match &a.value.kind {
                    ExprKind::Starred(inner) => inner,
                    _ => &a.value,
                };
                let generator = matches!(value.kind, ExprKind::Comprehension { generator: true, .. });
                Ok(ArgNode { keyword, starred, generator, value: self.operand(value)? })
            })
            .collect()
    }

    fn subs(&mut self, subs: &[Sub]) -> R<Vec<SubNode>> {
        let mut out = Vec::with_capacity(subs.len());
        for sub in subs {
            out.push(match sub {
                // A single subscript may be a condition, which waits for what it chooses.
                Sub::Expr(e) if subs.len() == 1 => SubNode::Value(self.operand(e)?),
                Sub::Expr(e) => SubNode::Value(self.expr(e)?),
                Sub::Slice { start, stop, step, .. } => {
                    SubNode::Slice([self.optional(start)?, self.optional(stop)?, self.optional(step)?])
                }
            });
        }
        Ok(out)
    }

    fn optional(&mut self, e: &Option<Expr>) -> R<Option<Node>> {
        e.as_ref().map(|e| self.expr(e)).transpose()
    }

    fn pieces(&mut self, parts: &[FPart]) -> R<Vec<Piece>> {
        parts
            .iter()
            .map(|p| match p {
                FPart::Text(t) => Ok(Piece::Text(t.clone())),
                FPart::Value { expr, equals, conversion, spec } => Ok(Piece::Value {
                    node: self.expr(expr)?,
                    equals: equals.clone(),
                    conversion: *conversion,
                    spec: self.pieces(spec)?,
                }),
            })
            .collect()
    }

    /// A comprehension's variables are its own: they hide outer ones while it is resolved.
    fn comprehension(&mut self, item: &Expr, clauses: &[Clause]) -> R<NodeKind> {
        let mut hidden = Vec::new();
        let mut out = Vec::with_capacity(clauses.len());
        for clause in clauses {
            out.push(match clause {
                Clause::For { target, iter } => {
                    let iter = self.expr(iter)?;
                    self.hide(target, &mut hidden);
                    ClauseCode::For { target: self.target(target)?, iter }
                }
                Clause::If(test) => ClauseCode::If(self.expr(test)?),
            });
        }
        let nested =
            matches!(item.kind, ExprKind::Bracket(_) | ExprKind::Comprehension { generator: false, .. });
        let item = self.expr(item)?;
        for (name, old) in hidden.into_iter().rev() {
            self.scope().put_back(&name, old);
        }
        let names = self.scope().visible();
        let c =
            Comprehension { item, item_is_bracket: nested, clauses: out, names, cache: LoopCache::default() };
        Ok(NodeKind::Comprehension(Box::new(c)))
    }

    fn hide(&mut self, target: &Target, hidden: &mut Vec<(Name, Option<Place>)>) {
        match target {
            Target::Name(n) => {
                hidden.push((n.text.clone(), self.scope().find(&n.text)));
                self.scope().declare_anew(&n.text);
            }
            Target::Tuple(ts, _) => ts.iter().for_each(|t| self.hide(t, hidden)),
            Target::Starred(t, _) => self.hide(t, hidden),
            Target::Index { .. } | Target::Attr { .. } | Target::Selection { .. } => {}
        }
    }

    // Primitives and literals.
}

fn plain_of(prim: &'static Prim) -> Plain {
    prim.elementwise().map_or(Plain::None, |e| e.plain)
}

fn fast_of(prim: &'static Prim) -> Fast {
    prim.elementwise().map_or(Fast::None, |e| e.fast)
}

fn positional(args: &[ArgNode]) -> bool {
    args.iter().all(|a| a.keyword.is_none() && !a.starred)
}

/// `i8` and `int8` both name int8: suffixes count bits, unlike NumPy's byte codes.
fn suffix_name(s: &str) -> String {
    let (letter, bits) = s.split_at(1);
    let word = match letter {
        "i" => "int",
        "u" => "uint",
        "f" => "float",
        "c" => "complex",
        _ => return s.to_string(),
    };
    if bits.bytes().all(|b| b.is_ascii_digit()) { format!("{word}{bits}") } else { s.to_string() }
}

fn int_scalar(n: i128, d: DType) -> Option<Scalar> {
    Some(match d {
        DType::I8 => Scalar::I8(n.try_into().ok()?),
        DType::U8 => Scalar::U8(n.try_into().ok()?),
        DType::I16 => Scalar::I16(n.try_into().ok()?),
        DType::U16 => Scalar::U16(n.try_into().ok()?),
        DType::I32 => Scalar::I32(n.try_into().ok()?),
        DType::U32 => Scalar::U32(n.try_into().ok()?),
        DType::I64 => Scalar::I64(n.try_into().ok()?),
        DType::U64 => Scalar::U64(n.try_into().ok()?),
        _ => return None,
    })
}

/// A tuple of constants as the constant it is, where it is only looked through.
fn written_out(node: Node) -> Node {
    let constant = |n: &Node| match &n.kind {
        NodeKind::Const(v) => Some(v.clone()),
        _ => None,
    };
    let items = match &node.kind {
        NodeKind::Tuple(items) => items.iter().map(constant).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    match items {
        Some(items) => Node::new(NodeKind::Const(Value::tuple(items)), node.span),
        None => node,
    }
}
