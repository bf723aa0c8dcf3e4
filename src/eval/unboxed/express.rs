//! Expressions to code over unboxed numbers: each into a register, with its kind. Arithmetic gives what
//! `prim::elementwise::fast` gives, and is left to the general way where that is.

use super::code::*;
use super::compile::{Compiler, written};
use super::machine::number;
use crate::array::Array;
use crate::dtype::DType;
use crate::eval::function::Closure;
use crate::eval::fuse::row_of;
use crate::eval::ir::*;
use crate::prim::row::{Fast, InLoop};
use crate::prim::{self, Prim};
use crate::value::{Func, List, Num, NumKind, Value};
use std::rc::Rc;

/// A number in a register.
pub(super) type Number = (Register, NumKind);
type Made = fn(Register, Register, Register) -> Ins;
type Jumping = fn(Register, Register, Target) -> Ins;

/// An element: its view, and its one or two subscripts.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    view: u8,
    i: Register,
    j: Option<Register>,
}

/// Functions that stand in each other.
const DEEPEST: usize = 4;

/// What two operands are computed as.
#[derive(Clone, Copy, PartialEq)]
enum Common {
    Ints { typed: bool },
    Floats,
    Typed,
}

fn common(a: NumKind, b: NumKind) -> Option<Common> {
    use NumKind::*;
    Some(match (a, b) {
        (Int, Int) => Common::Ints { typed: false },
        (I64, I64 | Int) | (Int, I64) => Common::Ints { typed: true },
        (Float, Float | Int) | (Int, Float) => Common::Floats,
        (F64, F64 | Float | Int | I64) | (Float | Int | I64, F64) | (Float, I64) | (I64, Float) => {
            Common::Typed
        }
        _ => return None,
    })
}

/// The expression itself, without what keeps its plan or shares its parts.
fn bare(node: &Node) -> &Node {
    match &node.kind {
        NodeKind::Kept(kept) => bare(&kept.root),
        NodeKind::Sharing { root, .. } => bare(root),
        NodeKind::Shared { node, .. } => bare(node),
        _ => node,
    }
}

impl Compiler<'_> {
    /// The value of an expression; in the register that is wanted, if that is no more work. Only its last
    /// instruction writes there.
    pub(super) fn expr(&mut self, node: &Node, want: Option<Register>) -> Option<Number> {
        let node = bare(node);
        let mark = self.next;
        let (r, kind) = match &node.kind {
            NodeKind::Const(_) => {
                let n = written(node)?;
                return Some((self.constant(n.bits())?, n.kind()));
            }
            NodeKind::Load(place) => {
                let v = self.variable(*place)?;
                return Some((self.register(v), self.kinds[v]?));
            }
            NodeKind::Binary { fast, args, .. } => {
                let a = self.expr(&args[0], None)?;
                let b = self.expr(&args[1], None)?;
                self.arithmetic(*fast, a, b, want, mark)?
            }
            NodeKind::Unary { fast: Fast::Negative, arg, .. } => {
                let (a, kind) = self.expr(arg, None)?;
                self.next = mark;
                let d = self.wanted(want)?;
                self.emit(match kind {
                    NumKind::Int => Ins::NegativeI(d, a),
                    NumKind::Float | NumKind::F64 => Ins::NegativeF(d, a),
                    _ => return None,
                });
                (d, kind)
            }
            NodeKind::Index { base, subs, .. } => {
                let spot = self.spot(base, subs)?;
                self.next = mark;
                self.element(spot, want)?
            }
            NodeKind::Compare { first, rest } => self.chain(first, rest)?,
            NodeKind::Not(_) => self.truth(node)?,
            NodeKind::And(args) | NodeKind::Or(args) => {
                let d = self.temporary()?;
                let (a, kind) = self.expr(&args[0], None)?;
                if matches!(kind, NumKind::Float | NumKind::F64) {
                    return None;
                }
                self.emit(Ins::Move(d, a));
                let and = matches!(node.kind, NodeKind::And(_));
                let over = self.emit(if and { Ins::JumpUnless(d, 0) } else { Ins::JumpIf(d, 0) });
                let (b, other) = self.expr(&args[1], None)?;
                self.emit(Ins::Move(d, b));
                self.patch(over);
                if kind != other {
                    return None;
                }
                self.next = d.max(mark) + 1;
                return Some((d, kind));
            }
            NodeKind::Choice(parts) => {
                let d = self.temporary()?;
                let over = self.condition(&parts[0], false)?;
                let (a, kind) = self.expr(&parts[1], None)?;
                self.emit(Ins::Move(d, a));
                let end = self.emit(Ins::Jump(0));
                over.into_iter().for_each(|jump| self.patch(jump));
                let (b, other) = self.expr(&parts[2], None)?;
                self.emit(Ins::Move(d, b));
                self.patch(end);
                if kind != other {
                    return None;
                }
                (d, kind)
            }
            NodeKind::Call { func, args, positional: true, .. } => self.call(func, args, want)?,
            NodeKind::Method { base, site, args, positional: true, .. } => {
                self.method(base, site, args, want)?
            }
            _ => return None,
        };
        self.next = self.next.max(mark);
        Some((r, kind))
    }

    fn wanted(&mut self, want: Option<Register>) -> Option<Register> {
        match want {
            Some(r) => Some(r),
            None => self.temporary(),
        }
    }

    /// An integer that indexes or counts.
    pub(super) fn integer(&mut self, node: &Node) -> Option<Register> {
        match self.expr(node, None)? {
            (r, NumKind::Int | NumKind::I64) => Some(r),
            _ => None,
        }
    }

    /// A number as a float.
    fn float(&mut self, (r, kind): Number) -> Option<Register> {
        match kind {
            NumKind::Float | NumKind::F64 => Some(r),
            NumKind::Int | NumKind::I64 => {
                if let Some(&(_, bits)) = self.program.constants.iter().find(|c| c.0 == r)
                    && (bits as i64).unsigned_abs() < 1 << 53
                {
                    return self.constant((bits as i64 as f64).to_bits());
                }
                let d = self.temporary()?;
                self.emit(Ins::Exact(d, r));
                Some(d)
            }
            _ => None,
        }
    }

    /// An operator on two numbers, whose registers from `mark` on are then free again.
    pub(super) fn arithmetic(
        &mut self,
        fast: Fast,
        a: Number,
        b: Number,
        want: Option<Register>,
        mark: Register,
    ) -> Option<Number> {
        let (form, kind) = match (a.1, b.1, fast) {
            (NumKind::Bool, NumKind::Bool, Fast::Equal | Fast::NotEqual) => {
                (ordered(fast, Ins::EqualI, a.0, b.0), NumKind::Bool)
            }
            _ => self.operation(fast, a, b)?,
        };
        self.next = mark;
        let d = self.wanted(want)?;
        match form {
            Form::Make(ins, x, y) => {
                self.emit(ins(d, x, y));
            }
            Form::Not(ins, x, y) => {
                // Neither of the two fails.
                self.emit(ins(d, x, y));
                self.emit(Ins::Not(d, d));
            }
        }
        Some((d, kind))
    }

    fn operation(&mut self, fast: Fast, a: Number, b: Number) -> Option<(Form, NumKind)> {
        use NumKind::*;
        let common = common(a.1, b.1)?;
        let truth =
            if matches!(common, Common::Floats | Common::Ints { typed: false }) { Bool } else { Truth };
        if let Common::Ints { typed } = common {
            let whole = if typed { I64 } else { Int };
            let (ins, kind): (Made, NumKind) = match fast {
                Fast::Add => (Ins::AddI, whole),
                Fast::Subtract => (Ins::SubtractI, whole),
                Fast::Multiply => (Ins::MultiplyI, whole),
                Fast::Divide if typed => (Ins::DivideTyped, F64),
                Fast::Divide => (Ins::DivideI, Float),
                Fast::FloorDivide => (Ins::FloorDivideI, whole),
                Fast::Remainder => (Ins::RemainderI, whole),
                Fast::Power if !typed => (Ins::PowerI, whole),
                Fast::Equal | Fast::NotEqual => (Ins::EqualI, truth),
                Fast::Less | Fast::Greater => (Ins::LessI, truth),
                Fast::LessEqual | Fast::GreaterEqual => (Ins::LessEqualI, truth),
                _ => return None,
            };
            return Some((ordered(fast, ins, a.0, b.0), kind));
        }
        let (x, y) = (self.float(a)?, self.float(b)?);
        let plain = common == Common::Floats;
        let real = if plain { Float } else { F64 };
        let (ins, kind): (Made, NumKind) = match fast {
            Fast::Add => (if plain { Ins::AddF } else { Ins::AddT }, real),
            Fast::Subtract => (if plain { Ins::SubtractF } else { Ins::SubtractT }, real),
            Fast::Multiply => (if plain { Ins::MultiplyF } else { Ins::MultiplyT }, real),
            Fast::Divide => (if plain { Ins::DivideF } else { Ins::DivideT }, real),
            Fast::Power if plain => (Ins::PowerF, real),
            Fast::Equal | Fast::NotEqual => (Ins::EqualF, truth),
            Fast::Less | Fast::Greater => (Ins::LessF, truth),
            Fast::LessEqual | Fast::GreaterEqual => (Ins::LessEqualF, truth),
            _ => return None,
        };
        Some((ordered(fast, ins, x, y), kind))
    }

    // Conditions.

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
            NodeKind::Compare { first, rest } => self.links(first, rest, sense)?,
            _ => {
                let r = self.expr(node, None)?;
                self.jump_on(r, sense)?
            }
        };
        self.next = mark;
        Some(jumps)
    }

    fn jump_on(&mut self, (r, kind): Number, sense: bool) -> Option<Vec<usize>> {
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
    fn both(&mut self, args: &[Node; 2], sense: bool, and: bool) -> Option<Vec<usize>> {
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
    fn comparison(&mut self, fast: Fast, a: Number, b: Number, sense: bool) -> Option<usize> {
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
    fn operands(&mut self, first: &Node, rest: &[(Comparison, Node)]) -> Option<(Vec<Number>, Vec<Fast>)> {
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
    fn links(&mut self, first: &Node, rest: &[(Comparison, Node)], sense: bool) -> Option<Vec<usize>> {
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

    /// A chain of comparisons as a value.
    fn chain(&mut self, first: &Node, rest: &[(Comparison, Node)]) -> Option<Number> {
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
    fn truth(&mut self, node: &Node) -> Option<Number> {
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

    // Elements.

    /// What stands in a place; of a function in place of its call, the array or list that it was given.
    fn value(&self, place: Place) -> Option<(Place, &Value)> {
        let place = match (place, self.frames.last()) {
            (Place::Local(slot), Some(callee)) => callee.given.get(slot as usize).copied().flatten()?,
            (place, _) => place,
        };
        Some((place, self.ev.peek(place)?))
    }

    /// The list or array in a place, seen with so many axes; a list has none.
    fn view(&mut self, place: Place, ndim: u8, item: Option<NumKind>) -> Option<u8> {
        let (place, value) = self.value(place)?;
        let known = |v: &Seen| v.place == place && (v.is_list || v.ndim == ndim);
        if let Some(at) = self.program.views.iter().position(known) {
            return u8::try_from(at).ok();
        }
        let seen = match value {
            Value::Array(a) if a.ndim() == ndim as usize => {
                Seen { place, kind: element_kind(a)?, ndim, is_list: false, written: false }
            }
            Value::List(l) => {
                let kind = first_kind(l).or(item)?;
                Seen { place, kind, ndim: 0, is_list: true, written: false }
            }
            _ => return None,
        };
        self.program.views.push(seen);
        u8::try_from(self.program.views.len() - 1).ok()
    }

    /// The vector or list in a place, to go through.
    pub(super) fn items(&mut self, place: Place) -> Option<u8> {
        self.view(place, 1, None)
    }

    /// Where `base[subs]` is.
    pub(super) fn spot(&mut self, base: &Node, subs: &[SubNode]) -> Option<Spot> {
        let base = bare(base);
        match (&base.kind, subs) {
            (NodeKind::Load(place), [SubNode::Value(i)]) => {
                let view = self.view(*place, 1, None)?;
                Some(Spot { view, i: self.integer(i)?, j: None })
            }
            (NodeKind::Load(place), [SubNode::Value(i), SubNode::Value(j)]) => self.cell(*place, i, j),
            (NodeKind::Index { base, subs: first, .. }, [SubNode::Value(j)]) => {
                let (NodeKind::Load(place), [SubNode::Value(i)]) = (&base.kind, &first[..]) else {
                    return None;
                };
                self.cell(*place, i, j)
            }
            _ => None,
        }
    }

    fn cell(&mut self, place: Place, i: &Node, j: &Node) -> Option<Spot> {
        let view = self.view(place, 2, None)?;
        if self.program.views[view as usize].is_list {
            return None;
        }
        let i = self.integer(i)?;
        Some(Spot { view, i, j: Some(self.integer(j)?) })
    }

    pub(super) fn element(&mut self, spot: Spot, want: Option<Register>) -> Option<Number> {
        let Seen { kind, is_list, .. } = self.program.views[spot.view as usize];
        let d = self.wanted(want)?;
        let (v, i) = (spot.view, spot.i);
        self.emit(match (spot.j, kind) {
            _ if is_list => Ins::Item(d, v, i),
            (None, NumKind::Truth) => Ins::Truth(d, v, i),
            (None, _) => Ins::Word(d, v, i),
            (Some(j), NumKind::Truth) => Ins::Truth2(d, v, i, j),
            (Some(j), _) => Ins::Word2(d, v, i, j),
        });
        Some((d, kind))
    }

    pub(super) fn check(&mut self, spot: Spot) {
        self.emit(match spot.j {
            None => Ins::Check(spot.view, spot.i),
            Some(j) => Ins::Check2(spot.view, spot.i, j),
        });
    }

    /// Writes an element, as `Num::write` converts it. A function in place of its call writes none: it may
    /// be left and called again.
    pub(super) fn set_element(&mut self, spot: Spot, (r, from): Number) -> Option<()> {
        use NumKind::*;
        if !self.frames.is_empty() {
            return None;
        }
        let seen = &mut self.program.views[spot.view as usize];
        seen.written = true;
        let (v, i, kind, is_list) = (spot.view, spot.i, seen.kind, seen.is_list);
        let mark = self.next;
        let x = match (kind, from) {
            _ if is_list && kind == from => r,
            _ if is_list => return None,
            (F64, F64 | Float) | (I64, I64 | Int) | (Truth, Truth | Bool) => r,
            (F64, Int | I64) => {
                let d = self.temporary()?;
                self.emit(Ins::Nearest(d, r));
                d
            }
            _ => return None,
        };
        self.emit(match (spot.j, kind) {
            _ if is_list => Ins::SetItem(x, v, i),
            (None, Truth) => Ins::SetTruth(x, v, i),
            (None, _) => Ins::SetWord(x, v, i),
            (Some(j), Truth) => Ins::SetTruth2(x, v, i, j),
            (Some(j), _) => Ins::SetWord2(x, v, i, j),
        });
        self.next = mark;
        Some(())
    }

    // Calls.

    /// An expression that stands as a statement.
    pub(super) fn effect(&mut self, node: &Node) -> Option<()> {
        if let NodeKind::Method { base, site, args, positional: true, .. } = &node.kind
            && let (NodeKind::Load(place), [item]) = (&base.kind, &args[..])
            && matches!(self.ev.peek(*place), Some(Value::List(_)))
            && site.method?.in_loop == InLoop::Append
            && self.frames.is_empty()
        {
            let (r, kind) = self.expr(&item.value, None)?;
            let view = self.view(*place, 0, Some(kind))?;
            if self.program.views[view as usize].kind != kind {
                return None;
            }
            self.emit(Ins::Append(r, view));
            return Some(());
        }
        self.expr(node, None).map(drop)
    }

    /// The built-in function that a name is, which must stay so.
    pub(super) fn built_in(&mut self, func: &Node) -> Option<&'static Prim> {
        let NodeKind::Load(Place::Global(slot)) = func.kind else { return None };
        let global = self.ev.globals.at(slot);
        if global.value.is_some() {
            return None;
        }
        let row = row_of(global.builtin.as_ref()?)?;
        let known = |g: &Guard| matches!(g, Guard::BuiltIn(known) if *known == slot);
        if !self.program.guards.iter().any(known) {
            self.program.guards.push(Guard::BuiltIn(slot));
        }
        Some(row)
    }

    fn call(&mut self, func: &Node, args: &[ArgNode], want: Option<Register>) -> Option<Number> {
        if let Some(row) = self.built_in(func) {
            return self.row(row, args, want);
        }
        let NodeKind::Load(place @ Place::Global(_)) = func.kind else { return None };
        let Value::Func(Func::Shared(shared)) = self.ev.peek(place)? else { return None };
        let closure = shared.as_any().downcast_ref::<Rc<Closure>>()?.clone();
        let guard = Guard::Function(place, Rc::downgrade(shared), Rc::downgrade(&closure));
        self.program.guards.push(guard);
        let (own, given) = (self.program.parameters.clone(), args.len());
        match self.frames.first() {
            Some(callee) if Rc::ptr_eq(&callee.code, &closure.code) && given == own.1.len() && given > 0 => {
                self.call_itself(args, &own.1)
            }
            _ => self.user_function(&closure, args),
        }
    }

    /// The call of the function whose code is made. Its value is what it is said to be.
    fn call_itself(&mut self, args: &[ArgNode], kinds: &[NumKind]) -> Option<Number> {
        let value = self.frames.first()?.kind?;
        let d = self.temporary()?;
        let first = self.take(args.len())?;
        for (k, arg) in args.iter().enumerate() {
            let slot = first + k as u8;
            let (r, kind) = self.expr(&arg.value, Some(slot))?;
            if kind != kinds[k] {
                return None;
            }
            if r != slot {
                self.emit(Ins::Move(slot, r));
            }
        }
        self.emit(Ins::Call(d, first));
        self.next = d + 1;
        Some((d, value))
    }

    /// The body of a user's function in place of its call.
    fn user_function(&mut self, closure: &Closure, args: &[ArgNode]) -> Option<Number> {
        let code = &closure.code;
        let recursive = self.frames.iter().any(|f| Rc::ptr_eq(&f.code, code));
        let plain = code.simple && matches!(code.kind, FnKind::Fn | FnKind::Lambda);
        if recursive || !plain || args.len() != code.params.len() || self.frames.len() >= DEEPEST {
            return None;
        }
        let result = self.temporary()?;
        let first = self.take(code.locals)?;
        let (mut kinds, mut given) = (vec![None; code.locals], vec![None; code.locals]);
        for (k, arg) in args.iter().enumerate() {
            if let NodeKind::Load(place) = arg.value.kind
                && let Some((place, Value::Array(_) | Value::List(_))) = self.value(place)
            {
                given[k] = Some(place);
                continue;
            }
            let slot = first + k as u8;
            let (r, kind) = self.expr(&arg.value, Some(slot))?;
            if r != slot {
                self.emit(Ins::Move(slot, r));
            }
            kinds[k] = Some(kind);
        }
        let mut slots = Vec::new();
        for k in 0..code.locals {
            let register = first + k as u8;
            let v = self.new_variable(Variable::inner(register));
            self.kinds[v] = kinds[k];
            slots.push(v);
        }
        self.enter(code, slots, given, result);
        let done = match &code.body {
            Body::Expr(node) => self.expr(node, None).and_then(|r| self.give_back(r)),
            Body::Block(body) => self.body(body),
        };
        let kind = self.exit();
        self.next = result + 1;
        done?;
        Some((result, kind?))
    }

    fn method(
        &mut self,
        base: &Node,
        site: &Site,
        args: &[ArgNode],
        want: Option<Register>,
    ) -> Option<Number> {
        let NodeKind::Load(place) = base.kind else { return None };
        match self.value(place)?.1 {
            Value::List(_) if args.is_empty() && self.frames.is_empty() => {
                if site.method?.in_loop != InLoop::Pop {
                    return None;
                }
                let view = self.view(place, 0, None)?;
                let d = self.temporary()?;
                self.emit(Ins::Pop(d, view));
                Some((d, self.program.views[view as usize].kind))
            }
            Value::Object(module) => {
                let row = self.ev.known_member(base, site)?.row?;
                self.program.guards.push(Guard::Module(place, module.clone()));
                self.row(row, args, want)
            }
            _ => None,
        }
    }

    /// The call of a built-in function.
    fn row(&mut self, row: &'static Prim, args: &[ArgNode], want: Option<Register>) -> Option<Number> {
        match (row.in_loop, args) {
            (InLoop::Length, [arg]) => {
                let NodeKind::Load(place) = arg.value.kind else { return None };
                let ndim = match self.value(place)?.1 {
                    Value::Array(a) => u8::try_from(a.ndim()).ok().filter(|n| (1..=2).contains(n))?,
                    _ => 0,
                };
                let view = self.view(place, ndim, Some(NumKind::Int))?;
                let d = self.wanted(want)?;
                self.emit(Ins::Length(d, view));
                Some((d, NumKind::Int))
            }
            (InLoop::Most(beats), [first, rest @ ..]) if !rest.is_empty() => {
                let d = self.temporary()?;
                let (a, kind) = self.expr(&first.value, None)?;
                self.emit(Ins::Move(d, a));
                let mut numbers = Vec::new();
                for arg in rest {
                    numbers.push(self.expr(&arg.value, None)?);
                }
                for n in numbers {
                    if n.1 != kind {
                        return None;
                    }
                    let over = self.comparison(beats, n, (d, kind), false)?;
                    self.emit(Ins::Move(d, n.0));
                    self.patch(over);
                }
                self.next = d + 1;
                Some((d, kind))
            }
            (InLoop::Whole, [arg]) => {
                let (a, kind) = self.expr(&arg.value, None)?;
                let d = self.temporary()?;
                self.emit(match kind {
                    NumKind::Float | NumKind::F64 => Ins::Cut(d, a),
                    _ => Ins::Move(d, a),
                });
                Some((d, NumKind::Int))
            }
            (InLoop::Real, [arg]) => {
                let (a, kind) = self.expr(&arg.value, None)?;
                let d = self.temporary()?;
                self.emit(match kind {
                    NumKind::Float | NumKind::F64 => Ins::Move(d, a),
                    _ => Ins::Nearest(d, a),
                });
                Some((d, NumKind::Float))
            }
            // Of a number by name it is typed.
            (InLoop::Absolute, [arg]) => {
                let (a, kind) = self.expr(&arg.value, None)?;
                let d = self.temporary()?;
                let (ins, kind) = match kind {
                    NumKind::Int | NumKind::I64 => (Ins::AbsoluteI(d, a), NumKind::I64),
                    NumKind::Float | NumKind::F64 => (Ins::AbsoluteF(d, a), NumKind::F64),
                    _ => return None,
                };
                self.emit(ins);
                Some((d, kind))
            }
            (InLoop::Call, [arg]) => {
                let (a, from) = self.expr(&arg.value, None)?;
                let one = match from {
                    NumKind::Float | NumKind::F64 => 1f64.to_bits(),
                    _ => 1,
                };
                let to = number(prim::of_number(row, Num::from_bits(from, one))?)?.kind();
                let d = self.temporary()?;
                let known =
                    |f: &(&Prim, NumKind, NumKind)| std::ptr::eq(f.0, row) && (f.1, f.2) == (from, to);
                let at = self.program.functions.iter().position(known).unwrap_or_else(|| {
                    self.program.functions.push((row, from, to));
                    self.program.functions.len() - 1
                });
                self.emit(Ins::Function(d, a, u8::try_from(at).ok()?));
                Some((d, to))
            }
            _ => None,
        }
    }
}

enum Form {
    Make(Made, Register, Register),
    /// Made, then turned round.
    Not(Made, Register, Register),
}

/// An instruction on its operands, in the order that a comparison wants.
fn ordered(fast: Fast, ins: Made, a: Register, b: Register) -> Form {
    match fast {
        Fast::Greater | Fast::GreaterEqual => Form::Make(ins, b, a),
        Fast::NotEqual => Form::Not(ins, a, b),
        _ => Form::Make(ins, a, b),
    }
}

fn is_comparison(fast: Fast) -> bool {
    use Fast::*;
    matches!(fast, Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual)
}

/// What the elements of an array are as numbers.
pub(super) fn element_kind(a: &Array) -> Option<NumKind> {
    Some(match a.dtype() {
        DType::F64 => NumKind::F64,
        DType::I64 => NumKind::I64,
        DType::Bool => NumKind::Truth,
        _ => return None,
    })
}

/// What the first item of a list is.
fn first_kind(l: &List) -> Option<NumKind> {
    l.number(0).map(Num::kind)
}
