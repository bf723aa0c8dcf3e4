//! Which function evaluates a node or runs a statement. It is found once, when `resolve` makes the
//! node, and stands in it: to evaluate a node is one indirect call, which the processor foretells from
//! where it comes. What an operator is, and whether its operands are local variables, numbers that
//! are written out, or anything else, is then no question any more when it runs.
//!
//! One function for all kinds, with a match in it, took half as much again: it saved every register
//! for the cheapest of them, and its jump was foretold badly. (30 x 20 points of Mandelbrot's set by
//! loops took 917 µs so, and take 540; a call of the Fibonacci function 33 ns, now 20.)

use super::Evaluator;
use super::ir::{Comparison, Near, Node, NodeKind, Place, Stmt, StmtKind, SubNode, TargetCode};
use super::reg::Reg;
use super::statement::Flow;
use crate::prim::row::Fast;
use crate::value::Num;

/// Evaluates the node that it stands in.
pub type Step = fn(&mut Evaluator, &Node) -> Reg;
/// Runs the statement that it stands in.
pub type Act = fn(&mut Evaluator, &Stmt) -> Flow;

/// A function on numbers that is known when the program is compiled.
pub(super) trait Op {
    fn apply(fast: Fast, x: Num, y: Num) -> Option<Num>;
}

/// The function that the node names.
struct Any;

impl Op for Any {
    #[inline(always)]
    fn apply(fast: Fast, x: Num, y: Num) -> Option<Num> {
        fast.apply(x, y)
    }
}

/// Calls a function with the type of an operator.
macro_rules! with_op {
    ($fast:expr, $O:ident => $e:expr; $($name:ident)*) => {{
        $(
            struct $name;
            impl Op for $name {
                #[inline(always)]
                fn apply(_: Fast, x: Num, y: Num) -> Option<Num> {
                    Fast::$name.apply(x, y)
                }
            }
        )*
        match $fast {
            $(Fast::$name => { type $O = $name; $e })*
            _ => { type $O = Any; $e }
        }
    }};
    ($fast:expr, $O:ident => $e:expr) => {
        with_op!($fast, $O => $e; Add Subtract Multiply Divide FloorDivide Remainder Equal NotEqual Less
            LessEqual Greater GreaterEqual)
    };
}

/// Where an operand comes from.
pub(super) trait Operand {
    /// Its value; `None`, with nothing done, for a name that is no number.
    fn get(ev: &mut Evaluator, slot: u32, near: &Near, node: &Node) -> Option<Reg>;
}

struct Local;
struct Written;
struct Anywhere;

impl Operand for Local {
    #[inline(always)]
    fn get(ev: &mut Evaluator, slot: u32, _: &Near, _: &Node) -> Option<Reg> {
        ev.number_in(slot).map(Reg::Num)
    }
}

impl Operand for Written {
    #[inline(always)]
    fn get(_: &mut Evaluator, _: u32, near: &Near, _: &Node) -> Option<Reg> {
        Some(Reg::Num(near.number))
    }
}

impl Operand for Anywhere {
    #[inline(always)]
    fn get(ev: &mut Evaluator, _: u32, _: &Near, node: &Node) -> Option<Reg> {
        ev.reg_or_named(node)
    }
}

/// How a kind of node is evaluated.
pub(super) fn of(kind: &NodeKind) -> Step {
    match kind {
        NodeKind::Binary { fast, args, .. } => with_op!(*fast, O => binary_of::<O>(args)),
        NodeKind::Load(Place::Local(_)) => Evaluator::local,
        NodeKind::Load(_) => Evaluator::loaded,
        NodeKind::Const(v) if Num::of(v).is_some() => Evaluator::number,
        NodeKind::Const(_) => Evaluator::constant,
        NodeKind::Kept(_) => Evaluator::kept_step,
        NodeKind::Sharing { .. } => Evaluator::sharing_step,
        NodeKind::Shared { .. } => Evaluator::shared_step,
        NodeKind::Index { quick: true, subs, .. } if subs.len() == 1 => Evaluator::element_of_one,
        NodeKind::Index { quick: true, .. } => Evaluator::element_of_two,
        NodeKind::Index { base, subs, .. } if is_of_row(base, subs) => Evaluator::element_of_row,
        NodeKind::Index { .. } => Evaluator::index_step,
        NodeKind::Call { func, positional: true, .. } if matches!(func.kind, NodeKind::Load(_)) => {
            Evaluator::call_of_name
        }
        NodeKind::Call { .. } => Evaluator::call_step,
        NodeKind::Unary { .. } => Evaluator::unary_step,
        NodeKind::And(_) => Evaluator::and_step,
        NodeKind::Or(_) => Evaluator::or_step,
        NodeKind::Not(_) => Evaluator::not_step,
        NodeKind::Choice(_) => Evaluator::choice_step,
        NodeKind::Method { .. } => Evaluator::method_step,
        NodeKind::Attr { .. } => Evaluator::attribute_step,
        NodeKind::Tuple(_) => Evaluator::tuple_step,
        NodeKind::FString(_) => Evaluator::fstring_step,
        NodeKind::Compare { rest, .. } if matches!(rest[..], [(Comparison::In { .. }, _)]) => {
            Evaluator::membership_step
        }
        NodeKind::Apply { func, .. } if matches!(func.kind, NodeKind::Load(_)) => Evaluator::apply_of_name,
        _ => Evaluator::other,
    }
}

/// Whether an index is of one element of something named, with a subscript that changes no name.
fn is_of_row(base: &Node, subs: &[SubNode]) -> bool {
    let one = |subs: &[SubNode]| matches!(subs, [SubNode::Value(n)] if n.is_quiet());
    match &base.kind {
        NodeKind::Index { quick: true, subs: first, .. } => one(first) && one(subs),
        _ => false,
    }
}

fn binary_of<O: Op>(args: &[Node; 2]) -> Step {
    use NodeKind::{Const, Load};
    match (&args[0].kind, &args[1].kind) {
        (Load(Place::Local(_)), Load(Place::Local(_))) => binary::<O, Local, Local>,
        (Load(Place::Local(_)), Const(v)) if Num::of(v).is_some() => binary::<O, Local, Written>,
        (Load(Place::Local(_)), _) => binary::<O, Local, Anywhere>,
        (_, Load(Place::Local(_))) => binary::<O, Anywhere, Local>,
        (_, Const(v)) if Num::of(v).is_some() => binary::<O, Anywhere, Written>,
        _ => binary::<O, Anywhere, Anywhere>,
    }
}

/// An operator between two operands: all that happens while these are numbers.
fn binary<O: Op, L: Operand, R: Operand>(ev: &mut Evaluator, node: &Node) -> Reg {
    let NodeKind::Binary { fast, near, args, .. } = &node.kind else { return ev.other(node) };
    let x = match L::get(ev, near.slots[0], near, &args[0]) {
        Some(Reg::Num(x)) => x,
        Some(r) => return ev.binary_beside(r, node),
        None => return ev.binary_named(node),
    };
    let y = match R::get(ev, near.slots[1], near, &args[1]) {
        Some(Reg::Num(y)) => y,
        Some(r) => return ev.binary_after(x, r, node),
        None => return ev.number_and_named(x, node),
    };
    match O::apply(*fast, x, y) {
        Some(n) => Reg::Num(n),
        None => ev.binary_numbers(x, y, node),
    }
}

/// How a kind of statement is run.
pub(super) fn act_of(kind: &StmtKind) -> Act {
    match kind {
        StmtKind::Expr(Node { kind: NodeKind::If { .. }, .. }) => Evaluator::if_act,
        StmtKind::Expr(_) => Evaluator::expression_act,
        StmtKind::Assign { targets, .. } if matches!(targets[..], [TargetCode::Name(Place::Local(_), _)]) => {
            Evaluator::local_act
        }
        StmtKind::Assign { targets, value } if is_side_by_side(targets, value) => Evaluator::tuple_act,
        StmtKind::Assign { .. } => Evaluator::assign_act,
        StmtKind::Augment { target: TargetCode::Name(Place::Local(_), _), fast, .. } => {
            with_op!(*fast, O => augment_local::<O>)
        }
        StmtKind::Augment { .. } => Evaluator::augment_act,
        StmtKind::For { updates: Some(_), .. } => Evaluator::gathering_act,
        StmtKind::For { .. } | StmtKind::While { .. } => Evaluator::loop_act,
        StmtKind::Break => |_, _| Flow::Break,
        StmtKind::Continue => |_, _| Flow::Continue,
        StmtKind::Return(_) => Evaluator::return_act,
        StmtKind::Guard { .. } => Evaluator::guard_act,
        _ => Evaluator::other_stmt,
    }
}

/// Whether it is as many values as targets, side by side.
fn is_side_by_side(targets: &[TargetCode], value: &Node) -> bool {
    match (targets, &value.kind) {
        ([TargetCode::Tuple { before, starred: None, .. }], NodeKind::Tuple(items)) => {
            before.len() == items.len()
        }
        _ => false,
    }
}

/// `x op= e` of a local variable.
fn augment_local<O: Op>(ev: &mut Evaluator, s: &Stmt) -> Flow {
    let StmtKind::Augment { target: TargetCode::Name(Place::Local(slot), _), fast, value, .. } = &s.kind
    else {
        return ev.augment_act(s);
    };
    let Some(old) = ev.number_in(*slot) else { return ev.augment_act(s) };
    let r = ev.reg(value);
    if let Reg::Num(y) = r
        && let Some(new) = O::apply(*fast, old, y)
        && let Some(to) = ev.slot(*slot)
    {
        new.put(to);
        return Flow::DONE;
    }
    ev.augment_number(old, r, s)
}
