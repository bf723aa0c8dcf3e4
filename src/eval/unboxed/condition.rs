//! Conditions to jumps over unboxed numbers: comparisons, their chains, `and`, `or`, `not`. Part of `express`.

use super::code::*;
use super::compile::{Compiler, written};
use super::express::{Common, Number, bare, common, is_comparison};
use crate::eval::ir::*;
use crate::prim::row::Fast;
use crate::value::{Num, NumKind, Seen, Value};

type Jumping = fn(Register, Register, Target) -> Ins;

/// The most members that are compared one by one.
const MEMBERS: usize = 16;

/// The numbers of a tuple or bracket that is written out. (A NaN is itself, but equals nothing.)
fn written_members(node: &Node) -> Option<Vec<Num>> {
    let members = match &node.kind {
        NodeKind::Const(Value::Tuple(t)) => t.items.iter().map(Num::of).collect::<Option<Vec<_>>>(),
        NodeKind::Fresh(a) if a.ndim() == 1 && a.is_c_contiguous() => {
            (a.offset()..a.offset() + a.size()).map(|at| Num::element(a, at)).collect()
        }
        _ => None,
    }?;
    let is_nan = |n: &Num| matches!(n.see(), Seen::Float(x) | Seen::F64(x) if x.is_nan());
    (members.len() <= MEMBERS && !members.iter().any(is_nan)).then_some(members)
}

impl Compiler<'_> {
    /// Jumps that are taken where a condition is `sense`.
    pub(super) fn condition(&mut self, node: &Node, sense: bool) -> Option<Vec<usize>> {
        let node = bare(node);
        let mark = self.next;
        let jumps = match &node.kind {
            NodeKind::Const(_) => match written(node)?.truth() == sense {
                true => vec![self.emit(Ins::Jump(0))],
                false => Vec::new(),
            },
            NodeKind::Not(arg) => self.condition(arg, !sense)?,
            NodeKind::And(args) => self.both(args, sense, true)?,
            NodeKind::Or(args) => self.both(args, sense, false)?,
            NodeKind::Binary { fast, args, .. } if is_comparison(*fast) => {
                let a = self.expr(&args[0], None)?;
                let b = self.expr(&args[1], None)?;
                match self.comparison(*fast, a, b, sense) {
                    Some(jump) => vec![jump],
                    None => {
                        let r = self.arithmetic(*fast, a, b, None, mark)?;
                        self.jump_on(r, sense)?
                    }
                }
            }
            NodeKind::Compare { first, rest } => match &rest[..] {
                [(Comparison::In { negated }, among)] => self.among(first, among, sense != *negated)?,
                _ => self.links(first, rest, sense)?,
            },
            _ => {
                let r = self.expr(node, None)?;
                self.jump_on(r, sense)?
            }
        };
        self.next = mark;
        Some(jumps)
    }

    pub(super) fn jump_on(&mut self, (r, kind): Number, sense: bool) -> Option<Vec<usize>> {
        let jump = match kind {
            NumKind::Float | NumKind::F64 => {
                let zero = self.constant(0)?;
                if sense { Ins::JumpUnequalF(r, zero, 0) } else { Ins::JumpEqualF(r, zero, 0) }
            }
            _ if sense => Ins::JumpIf(r, 0),
            _ => Ins::JumpUnless(r, 0),
        };
        Some(vec![self.emit(jump)])
    }

    /// `and`, `or` as conditions.
    pub(super) fn both(&mut self, args: &[Node; 2], sense: bool, and: bool) -> Option<Vec<usize>> {
        if sense != and {
            let mut jumps = self.condition(&args[0], sense)?;
            jumps.extend(self.condition(&args[1], sense)?);
            return Some(jumps);
        }
        let over = self.condition(&args[0], !sense)?;
        let jumps = self.condition(&args[1], sense)?;
        over.into_iter().for_each(|jump| self.patch(jump));
        Some(jumps)
    }

    /// A jump where a comparison of numbers is `sense`.
    pub(super) fn comparison(&mut self, fast: Fast, a: Number, b: Number, sense: bool) -> Option<usize> {
        let ints = matches!(common(a.1, b.1)?, Common::Ints { .. });
        let (a, b) = if ints { (a.0, b.0) } else { (self.float(a)?, self.float(b)?) };
        let (fast, a, b) = match fast {
            Fast::Greater => (Fast::Less, b, a),
            Fast::GreaterEqual => (Fast::LessEqual, b, a),
            fast => (fast, a, b),
        };
        let equal = matches!(fast, Fast::Equal) == sense;
        let (jump, a, b): (Jumping, _, _) = match (fast, ints) {
            (Fast::Equal | Fast::NotEqual, true) if equal => (Ins::JumpEqualI, a, b),
            (Fast::Equal | Fast::NotEqual, true) => (Ins::JumpUnequalI, a, b),
            (Fast::Equal | Fast::NotEqual, false) if equal => (Ins::JumpEqualF, a, b),
            (Fast::Equal | Fast::NotEqual, false) => (Ins::JumpUnequalF, a, b),
            (Fast::Less, true) if sense => (Ins::JumpLessI, a, b),
            (Fast::Less, true) => (Ins::JumpLessEqualI, b, a),
            (Fast::LessEqual, true) if sense => (Ins::JumpLessEqualI, a, b),
            (Fast::LessEqual, true) => (Ins::JumpLessI, b, a),
            (Fast::Less, false) if sense => (Ins::JumpLessF, a, b),
            (Fast::Less, false) => (Ins::JumpNotLessF, a, b),
            (Fast::LessEqual, false) if sense => (Ins::JumpLessEqualF, a, b),
            (Fast::LessEqual, false) => (Ins::JumpNotLessEqualF, a, b),
            _ => return None,
        };
        Some(self.emit(jump(a, b, 0)))
    }

    /// Operands and operators of a chain; all are evaluated before any is compared.
    pub(super) fn operands(
        &mut self,
        first: &Node,
        rest: &[(Comparison, Node)],
    ) -> Option<(Vec<Number>, Vec<Fast>)> {
        let mut numbers = vec![self.expr(first, None)?];
        let mut links = Vec::new();
        for (link, node) in rest {
            let Comparison::Prim(row) = link else { return None };
            links.push(row.elementwise().map(|e| e.fast).filter(|f| is_comparison(*f))?);
            numbers.push(self.expr(node, None)?);
        }
        Some((numbers, links))
    }

    /// A chain of comparisons as a condition.
    pub(super) fn links(
        &mut self,
        first: &Node,
        rest: &[(Comparison, Node)],
        sense: bool,
    ) -> Option<Vec<usize>> {
        let (numbers, links) = self.operands(first, rest)?;
        let last = links.len().checked_sub(1)?;
        let (mut jumps, mut over) = (Vec::new(), Vec::new());
        for (k, fast) in links.into_iter().enumerate() {
            // An integer that is no float surprises where it is compared, as late as that.
            let jump = self.comparison(fast, numbers[k], numbers[k + 1], sense && k == last)?;
            if sense && k < last { over.push(jump) } else { jumps.push(jump) }
        }
        over.into_iter().for_each(|jump| self.patch(jump));
        Some(jumps)
    }

    /// Jumps where a number is one of some that are written out, or where it is none of them.
    fn among(&mut self, first: &Node, among: &Node, sense: bool) -> Option<Vec<usize>> {
        let members = written_members(among)?;
        let item = self.expr(first, None)?;
        let mut found = Vec::new();
        for n in members {
            let member = (self.constant(n.bits())?, n.kind());
            found.push(self.comparison(Fast::Equal, item, member, true)?);
        }
        if sense {
            return Some(found);
        }
        let jump = self.emit(Ins::Jump(0));
        found.into_iter().for_each(|jump| self.patch(jump));
        Some(vec![jump])
    }

    /// A chain of comparisons as a value.
    pub(super) fn chain(&mut self, first: &Node, rest: &[(Comparison, Node)]) -> Option<Number> {
        let (numbers, links) = self.operands(first, rest)?;
        let mut result: Option<Number> = None;
        for (k, fast) in links.into_iter().enumerate() {
            let link = self.arithmetic(fast, numbers[k], numbers[k + 1], None, self.next)?;
            result = Some(match result {
                None => {
                    let d = self.temporary()?;
                    self.emit(Ins::Move(d, link.0));
                    (d, link.1)
                }
                Some((d, kind)) => {
                    self.emit(Ins::And(d, d, link.0));
                    let typed = kind == NumKind::Truth || link.1 == NumKind::Truth;
                    (d, if typed { NumKind::Truth } else { NumKind::Bool })
                }
            });
        }
        result
    }

    /// A condition as a plain bool.
    pub(super) fn truth(&mut self, node: &Node) -> Option<Number> {
        let d = self.temporary()?;
        let (yes, no) = (self.constant(1)?, self.constant(0)?);
        let over = self.condition(node, false)?;
        self.emit(Ins::Move(d, yes));
        let end = self.emit(Ins::Jump(0));
        over.into_iter().for_each(|jump| self.patch(jump));
        self.emit(Ins::Move(d, no));
        self.patch(end);
        Some((d, NumKind::Bool))
    }
}
