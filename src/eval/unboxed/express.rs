//! Expressions to code over unboxed numbers: each into a register, with its kind. Arithmetic gives what
//! `prim::elementwise::fast` gives, and is left to the general way where that is.

use super::code::*;
use super::compile::{Compiler, written};
use crate::array::Array;
use crate::dtype::DType;
use crate::eval::ir::*;
use crate::prim::row::Fast;
use crate::value::{List, Num, NumKind, Value};

/// A number in a register.
pub(super) type Number = (Register, NumKind);
type Made = fn(Register, Register, Register) -> Ins;

/// An element: its view, and its one or two subscripts.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    view: u8,
    i: Register,
    j: Option<Register>,
}

/// What two operands are computed as.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Common {
    Ints { typed: bool },
    Floats,
    Typed,
}

pub(super) fn common(a: NumKind, b: NumKind) -> Option<Common> {
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
pub(super) fn bare(node: &Node) -> &Node {
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
            NodeKind::Compare { rest, .. } if matches!(rest[..], [(Comparison::In { .. }, _)]) => {
                self.truth(node)?
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

    pub(super) fn wanted(&mut self, want: Option<Register>) -> Option<Register> {
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
    pub(super) fn float(&mut self, (r, kind): Number) -> Option<Register> {
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

    // Elements.

    /// What stands in a place; of a function in place of its call, the array or list that it was given.
    pub(super) fn value(&self, place: Place) -> Option<(Place, &Value)> {
        let place = match (place, self.frames.last()) {
            (Place::Local(slot), Some(callee)) => callee.given.get(slot as usize).copied().flatten()?,
            (place, _) => place,
        };
        Some((place, self.ev.peek(place)?))
    }

    /// The list or array in a place, seen with so many axes; a list has none.
    pub(super) fn view(&mut self, place: Place, ndim: u8, item: Option<NumKind>) -> Option<u8> {
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

pub(super) fn is_comparison(fast: Fast) -> bool {
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
