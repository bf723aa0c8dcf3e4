//! The resolved program: the AST with names turned into places and operators into rows, ready to
//! run. Made by `resolve`, run by `run` and `statement`.

use super::function::Closure;
use super::kept::Kept;
use super::step::{self, Act, Step};
use super::unboxed;
use crate::array::Array;
use crate::prim::Prim;
use crate::prim::apl::operators::Operator;
use crate::prim::row::{Fast, Plain};
use crate::syntax::Span;
use crate::value::{Callable, Num, Object, Value};
use std::cell::OnceCell;
use std::rc::{Rc, Weak};

/// A text that code came from: a file, a line typed at the prompt, a module.
#[derive(Debug)]
pub struct Source {
    pub name: String,
    pub text: String,
}

/// Where a name lives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// A slot of the running function's frame.
    Local(u32),
    /// A local that inner functions share.
    Cell(u32),
    /// A variable of an enclosing function, through the closure.
    Free(u32),
    Global(u32),
    /// The running dfn, as its `∇`: made a value only where one is wanted.
    Itself,
}

pub struct Node {
    pub kind: NodeKind,
    pub span: Span,
    /// Its value goes to an operation that takes deferred ones (see `fuse`).
    pub waits: bool,
    /// What evaluates it.
    pub(super) step: Step,
}

/// What of an operator's operands is found in its node: the slots of those that are local variables,
/// and the number on the right that is written out.
#[derive(Clone, Copy)]
pub struct Near {
    pub slots: [u32; 2],
    pub number: Num,
}

impl Near {
    pub fn of(args: &[Node; 2]) -> Near {
        let slot = |node: &Node| match node.kind {
            NodeKind::Load(Place::Local(slot)) => slot,
            _ => 0,
        };
        let number = match &args[1].kind {
            NodeKind::Const(v) => Num::of(v),
            _ => None,
        };
        Near { slots: [slot(&args[0]), slot(&args[1])], number: number.unwrap_or(Num::int(0)) }
    }
}

/// A function as a value and what it is, of which the call takes its arguments right into its slots.
/// Neither is kept alive: a function's code would keep the function.
pub struct Known {
    pub(super) value: Weak<dyn Callable>,
    pub(super) closure: Weak<Closure>,
}

pub enum NodeKind {
    Const(Value),
    /// A strand: copied at each evaluation, since arrays can be changed.
    Fresh(Array),
    Load(Place),
    Tuple(Vec<Node>),
    /// `*xs`: the items of xs, in a tuple or bracket.
    Starred(Box<Node>),
    /// Items, and whether each is itself a bracket or comprehension.
    Bracket(Vec<(Node, bool)>),
    FString(Vec<Piece>),
    Unary {
        prim: &'static Prim,
        plain: Plain,
        fast: Fast,
        arg: Box<Node>,
    },
    Binary {
        prim: &'static Prim,
        plain: Plain,
        fast: Fast,
        near: Near,
        args: Box<[Node; 2]>,
    },
    /// An element-wise expression that keeps its plan.
    Kept(Box<Kept>),
    /// An expression of which parts are shared: see `share`.
    Sharing {
        root: Box<Node>,
        slots: Box<[u32]>,
    },
    /// One of the places of a shared part, and whether it is evaluated last.
    Shared {
        slot: u32,
        last: bool,
        node: Box<Node>,
    },
    Compare {
        first: Box<Node>,
        rest: Vec<(Comparison, Node)>,
    },
    And(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    Not(Box<Node>),
    Choice(Box<[Node; 3]>),
    Closure(Rc<FnCode>, Vec<Option<Node>>),
    /// `positional`: no argument has a keyword or a star. `known`: the user's function that it called.
    Call {
        func: Box<Node>,
        args: Vec<ArgNode>,
        positional: bool,
        known: OnceCell<Known>,
    },
    /// `base.name(args)`.
    Method {
        base: Box<Node>,
        name: Rc<str>,
        site: Box<Site>,
        args: Vec<ArgNode>,
        positional: bool,
    },
    Attr {
        base: Box<Node>,
        name: Rc<str>,
        site: Box<Site>,
    },
    /// `quick`: one element of something named, by subscripts that change no name.
    Index {
        base: Box<Node>,
        subs: Vec<SubNode>,
        quick: bool,
    },
    If {
        arms: Vec<(Node, Vec<Stmt>)>,
        otherwise: Option<Vec<Stmt>>,
    },
    Comprehension(Box<Comprehension>),
    Derived {
        op: &'static Operator,
        left: Box<Node>,
        right: Option<Box<Node>>,
        axis: Option<Box<Node>>,
    },
    Train(Vec<Node>),
    /// A function in APL's notation applied to one operand or two.
    Apply {
        func: Box<Node>,
        left: Option<Box<Node>>,
        right: Box<Node>,
    },
}

/// What `base.name` may mean, found once where it stands.
pub struct Site {
    pub name: Rc<str>,
    /// Where the name stands.
    pub at: Span,
    /// Where a variable of that name would be.
    pub own: Option<Place>,
    /// The ndarray's own method.
    pub method: Option<&'static Prim>,
    /// The text's own method.
    pub text: Option<&'static Prim>,
    /// The function that is a method too.
    pub function: Option<&'static Prim>,
    pub property: Option<&'static Prim>,
    pub member: OnceCell<Member>,
}

/// The module met first at a place, and what it has under the name: modules do not change.
pub struct Member {
    pub module: Rc<dyn Object>,
    pub value: Value,
    /// If that is a primitive.
    pub row: Option<&'static Prim>,
}

pub struct Comprehension {
    pub item: Node,
    pub item_is_bracket: bool,
    pub clauses: Vec<ClauseCode>,
    pub names: Vec<(Rc<str>, Place)>,
    pub cache: unboxed::LoopCache,
}

pub enum ClauseCode {
    For { target: TargetCode, iter: Node },
    If(Node),
}

/// One link of a comparison chain.
#[derive(Clone, Copy)]
pub enum Comparison {
    Prim(&'static Prim),
    In { negated: bool },
    Is { negated: bool },
}

pub struct ArgNode {
    pub keyword: Option<Rc<str>>,
    pub starred: bool,
    /// Whether it is `e for x in xs` without brackets.
    pub generator: bool,
    pub value: Node,
}

pub enum SubNode {
    Value(Node),
    Slice([Option<Node>; 3]),
}

pub enum Piece {
    Text(Rc<str>),
    Value { node: Node, equals: Option<Rc<str>>, conversion: Option<char>, spec: Vec<Piece> },
}

pub enum TargetCode {
    Name(Place, Span),
    Tuple {
        before: Vec<TargetCode>,
        starred: Option<Box<TargetCode>>,
        after: Vec<TargetCode>,
        span: Span,
    },
    /// `quick` as of [`NodeKind::Index`].
    Index {
        base: Node,
        subs: Vec<SubNode>,
        quick: bool,
        span: Span,
    },
    /// `rebind`: where the base's name lives, if it is a name.
    Attr {
        base: Node,
        name: Rc<str>,
        site: Box<Site>,
        rebind: Option<Place>,
        span: Span,
    },
    /// `select` reads the positions of the elements of `base` where they are stored, at `positions`.
    Selection {
        base: Node,
        positions: Place,
        select: Node,
        span: Span,
    },
}

pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
    /// Its value is not shown at top level.
    pub silent: bool,
    /// What runs it.
    pub(super) act: Act,
}

impl Stmt {
    pub fn new(kind: StmtKind, span: Span, silent: bool) -> Stmt {
        Stmt { act: step::act_of(&kind), kind, span, silent }
    }
}

pub enum StmtKind {
    Expr(Node),
    Assign {
        targets: Vec<TargetCode>,
        value: Node,
    },
    Augment {
        target: TargetCode,
        prim: &'static Prim,
        plain: Plain,
        fast: Fast,
        value: Node,
        /// The value leaves local names as they are.
        calm: bool,
    },
    For {
        target: TargetCode,
        iter: Node,
        body: Vec<Stmt>,
        /// The variable that the body only updates, see `gather`.
        updates: Option<Place>,
        /// A function's variables there, for whoever watches loops.
        names: Vec<(Rc<str>, Place)>,
        cache: unboxed::LoopCache,
    },
    While {
        test: Node,
        body: Vec<Stmt>,
        names: Vec<(Rc<str>, Place)>,
        cache: unboxed::LoopCache,
    },
    Break,
    Continue,
    Return(Option<Node>),
    Import {
        module: Rc<str>,
        is_path: bool,
        names: ImportNames,
    },
    Assert {
        test: Node,
        message: Option<Node>,
    },
    Command {
        name: Rc<str>,
        rest: Rc<str>,
        body: Option<Rc<str>>,
    },
    Help {
        what: Rc<str>,
        level: u8,
    },
    /// `cond : value` of a dfn.
    Guard {
        test: Node,
        value: Node,
    },
    /// `⍺ ← e`: only where no left argument was given.
    DefaultLeft(Place, Node),
}

pub enum ImportNames {
    /// `import m as place`.
    Module(Place),
    /// `from m import name as place, …`.
    Members(Vec<(Rc<str>, Span, Place)>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FnKind {
    Fn,
    Lambda,
    Dfn,
    /// A dfn with `⍺⍺`: called with its operands it gives a dfn.
    Operator,
}

/// A function's code, shared by its closures.
pub struct FnCode {
    pub name: Rc<str>,
    pub kind: FnKind,
    pub params: Vec<ParamCode>,
    pub body: Body,
    pub locals: usize,
    pub cells: usize,
    /// For each variable taken from outside: where it is in the enclosing function.
    pub captures: Vec<Place>,
    /// Every parameter is one argument and goes to the slot of its own number, and there are no cells.
    pub simple: bool,
    /// For a dfn whose inner functions share `∇`: where that goes; for an operator `∇∇`.
    pub self_place: Option<Place>,
    pub source: Rc<Source>,
    pub doc: Option<Rc<str>>,
    pub span: Span,
    pub cache: unboxed::LoopCache,
}

pub enum Body {
    Expr(Node),
    Block(Vec<Stmt>),
}

pub struct ParamCode {
    pub name: Rc<str>,
    /// Where the argument goes: its slot, or a cell if inner functions share it.
    pub place: Place,
    pub has_default: bool,
    pub variadic: bool,
}

/// Top-level statements, resolved one unit at a time.
pub struct Unit {
    pub statements: Vec<Stmt>,
    pub locals: usize,
    pub cells: usize,
    pub source: Rc<Source>,
}

impl Node {
    pub fn new(kind: NodeKind, span: Span) -> Node {
        Node { step: step::of(&kind), kind, span, waits: false }
    }

    /// The node as an operand of what takes deferred values.
    pub fn waiting(mut self) -> Node {
        self.wait();
        self
    }

    fn wait(&mut self) {
        use NodeKind as K;
        self.waits = matches!(
            self.kind,
            K::Unary { .. } | K::Binary { .. } | K::Call { .. } | K::Method { .. } | K::Apply { .. }
        );
        match &mut self.kind {
            K::Kept(kept) => {
                self.waits = true;
                kept.root.waits = true;
            }
            K::Sharing { root: inner, .. } | K::Shared { node: inner, .. } => {
                inner.wait();
                self.waits = inner.waits;
            }
            // Its items wait for a row that takes them so.
            K::Bracket(items) => {
                items.iter_mut().filter(|(_, nested)| !nested).for_each(|(item, _)| item.wait())
            }
            K::Tuple(items) => items.iter_mut().for_each(Node::wait),
            _ => {}
        }
    }

    /// Whether to evaluate it gives no local variable of the function that it stands in another value: only
    /// blocks in an expression do.
    pub fn leaves_locals(&self) -> bool {
        match &self.kind {
            NodeKind::Const(_) | NodeKind::Load(_) | NodeKind::Fresh(_) => true,
            NodeKind::Binary { args, .. } | NodeKind::And(args) | NodeKind::Or(args) => {
                args.iter().all(Node::leaves_locals)
            }
            NodeKind::Unary { arg, .. } | NodeKind::Not(arg) => arg.leaves_locals(),
            NodeKind::Choice(parts) => parts.iter().all(Node::leaves_locals),
            NodeKind::Tuple(items) => items.iter().all(Node::leaves_locals),
            NodeKind::Kept(kept) => kept.root.leaves_locals(),
            NodeKind::FString(pieces) => pieces_hold(pieces, &Node::leaves_locals),
            NodeKind::Call { func, args, .. } => {
                func.leaves_locals() && args.iter().all(|a| a.value.leaves_locals())
            }
            NodeKind::Method { base, args, .. } => {
                base.leaves_locals() && args.iter().all(|a| a.value.leaves_locals())
            }
            NodeKind::Attr { base, .. } => base.leaves_locals(),
            NodeKind::Index { base, subs, .. } => {
                let leaves = |sub: &SubNode| match sub {
                    SubNode::Value(n) => n.leaves_locals(),
                    SubNode::Slice(parts) => parts.iter().flatten().all(Node::leaves_locals),
                };
                base.leaves_locals() && subs.iter().all(leaves)
            }
            _ => false,
        }
    }

    /// Whether it is only arithmetic with names and numbers: to evaluate it once more does nothing.
    pub fn is_of_numbers(&self) -> bool {
        match &self.kind {
            NodeKind::Const(v) => Num::of(v).is_some(),
            NodeKind::Load(_) => true,
            NodeKind::Binary { args, .. } => args.iter().all(Node::is_of_numbers),
            NodeKind::Unary { arg, .. } => arg.is_of_numbers(),
            _ => false,
        }
    }

    /// Whether evaluating it calls nothing, so that it can change no name.
    pub fn is_quiet(&self) -> bool {
        match &self.kind {
            NodeKind::Const(_) | NodeKind::Load(_) => true,
            NodeKind::Binary { args, .. } | NodeKind::And(args) | NodeKind::Or(args) => {
                args.iter().all(Node::is_quiet)
            }
            NodeKind::Unary { arg, .. } | NodeKind::Not(arg) => arg.is_quiet(),
            NodeKind::Kept(kept) => kept.root.is_quiet(),
            NodeKind::Choice(parts) => parts.iter().all(Node::is_quiet),
            NodeKind::Index { base, subs, .. } => base.is_quiet() && quick_subscripts(subs),
            NodeKind::FString(pieces) => pieces_hold(pieces, &Node::is_quiet),
            _ => false,
        }
    }
}

/// Whether all values of a formatted string are so.
fn pieces_hold(pieces: &[Piece], holds: &dyn Fn(&Node) -> bool) -> bool {
    pieces.iter().all(|piece| match piece {
        Piece::Text(_) => true,
        Piece::Value { node, spec, .. } => holds(node) && pieces_hold(spec, holds),
    })
}

fn quick_subscripts(subs: &[SubNode]) -> bool {
    (1..=2).contains(&subs.len()) && subs.iter().all(|s| matches!(s, SubNode::Value(n) if n.is_quiet()))
}

/// Whether an index is `quick`, see [`NodeKind::Index`].
pub fn is_quick(base: &Node, subs: &[SubNode]) -> bool {
    matches!(base.kind, NodeKind::Load(_)) && quick_subscripts(subs)
}
