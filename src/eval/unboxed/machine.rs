//! Runs the code of a loop over unboxed numbers. One `match` in one loop; registers are indexed by a
//! byte into 256 of them, which needs no check.

use super::code::{Frame, Ins, Program, Register, Registers};
use crate::array::Array;
use crate::dtype::Scalar;
use crate::exec::interrupt;
use crate::prim;
use crate::value::{List, Num, NumKind, Range};
use std::cell::Cell;

/// An array or list while the code runs.
pub struct View<'a> {
    pub words: &'a [Cell<u64>],
    pub truths: &'a [Cell<bool>],
    pub list: Option<&'a List>,
    pub kind: NumKind,
    offset: isize,
    shape: [usize; 2],
    strides: [isize; 2],
}

impl<'a> View<'a> {
    pub fn of_array(a: &'a Array, kind: NumKind) -> View<'a> {
        let (mut shape, mut strides) = ([1; 2], [0; 2]);
        for (k, (&n, &s)) in a.shape().iter().zip(a.strides()).take(2).enumerate() {
            (shape[k], strides[k]) = (n, s);
        }
        View {
            words: a.words().unwrap_or(&[]),
            truths: a.truths().unwrap_or(&[]),
            list: None,
            kind,
            offset: a.offset() as isize,
            shape,
            strides,
        }
    }

    pub fn of_list(list: &'a List, kind: NumKind) -> View<'a> {
        View { words: &[], truths: &[], list: Some(list), kind, offset: 0, shape: [0; 2], strides: [0; 2] }
    }

    /// Where an element of a vector lies.
    #[inline(always)]
    fn one(&self, i: u64) -> Option<usize> {
        Some((self.offset + within(i, self.shape[0])? as isize * self.strides[0]) as usize)
    }

    /// Where an element of a matrix lies.
    #[inline(always)]
    fn two(&self, i: u64, j: u64) -> Option<usize> {
        let (i, j) = (within(i, self.shape[0])?, within(j, self.shape[1])?);
        Some((self.offset + i as isize * self.strides[0] + j as isize * self.strides[1]) as usize)
    }

    #[inline(always)]
    fn word(&self, at: Option<usize>) -> Option<u64> {
        self.words.get(at?).map(Cell::get)
    }

    #[inline(always)]
    fn truth(&self, at: Option<usize>) -> Option<u64> {
        self.truths.get(at?).map(|b| b.get() as u64)
    }

    fn len(&self) -> usize {
        self.list.map_or(self.shape[0], List::len)
    }

    /// The element or item at a place that is counted from the start.
    #[inline]
    fn nth(&self, k: usize) -> Option<u64> {
        match self.list {
            Some(l) => l.number(k).filter(|n| n.kind() == self.kind).map(Num::bits),
            None if self.kind == NumKind::Truth => self.truth(self.one(k as u64)),
            None => self.word(self.one(k as u64)),
        }
    }

    #[inline]
    fn item(&self, i: u64) -> Option<u64> {
        self.list?.with(|items| {
            let n = Num::of(items.get(within(i, items.len())?)?)?;
            (n.kind() == self.kind).then(|| n.bits())
        })
    }

    fn set_item(&self, i: u64, x: Num) -> Option<()> {
        self.list?.change(|items| {
            let at = within(i, items.len())?;
            items.get_mut(at).map(|item| x.put(item))
        })
    }
}

/// An index from either end, as one from the start.
#[inline(always)]
fn within(i: u64, n: usize) -> Option<usize> {
    let at = if (i as i64) < 0 { i.wrapping_add(n as u64) } else { i } as usize;
    (at < n).then_some(at)
}

/// How the code was left.
pub enum Exit {
    /// At this instruction, of which nothing is done.
    Surprise(usize),
    Return(usize),
    Done(usize),
}

/// Turns between two looks at whether to stop.
const LOOK: u64 = 1 << 10;
/// Integers up to here are floats too.
const EXACT: u64 = 1 << 53;

#[inline(always)]
fn float(x: u64) -> f64 {
    f64::from_bits(x)
}

/// Frames of the deepest recursion.
const DEEPEST: usize = 1000;

/// A call under way: where it was made, and where its value goes.
struct Made {
    pc: usize,
    to: Register,
}

/// The frame of a call: constants, what the program reads, and the arguments.
#[inline]
fn open(program: &Program, from: &Registers, to: &mut Registers, first: Register) {
    for &(r, bits) in &program.constants {
        to[r as usize] = bits;
    }
    for v in program.variables.iter().filter(|v| v.place.is_some()) {
        to[v.register as usize] = from[v.register as usize];
    }
    let (at, kinds) = &program.parameters;
    for k in 0..kinds.len() {
        to[(*at as usize + k) & 255] = from[(first as usize + k) & 255];
    }
}

/// What goes on beside the code: turns counted, items gathered, and whom to tell how far it is, now and then.
pub struct Beside<'a> {
    pub turns: u64,
    pub items: Vec<u64>,
    pub look: &'a dyn Fn(&Registers),
}

/// Runs from the first instruction, in the first frame; there are more for calls.
pub fn run(program: &Program, views: &[View<'_>], frames: &mut Vec<Frame>, beside: &mut Beside<'_>) -> Exit {
    let code = &program.code[..];
    let mut pc = 0;
    let mut calls: Vec<Made> = Vec::new();
    let Some(first) = frames.first_mut() else { return Exit::Surprise(pc) };
    let mut regs: &mut Registers = first;
    macro_rules! get {
        ($r:expr) => {
            regs[$r as usize]
        };
    }
    macro_rules! or_out {
        ($e:expr) => {
            match $e {
                Some(x) => x,
                None => return Exit::Surprise(pc),
            }
        };
    }
    macro_rules! set {
        ($d:expr, $e:expr) => {{
            let x = or_out!($e);
            regs[$d as usize] = x as u64;
        }};
    }
    macro_rules! ints {
        ($d:expr, $a:expr, $b:expr, $f:expr) => {
            set!($d, $f(get!($a) as i64, get!($b) as i64))
        };
    }
    macro_rules! floats {
        ($d:expr, $a:expr, $b:expr, $f:expr) => {
            regs[$d as usize] = f64::to_bits($f(float(get!($a)), float(get!($b))))
        };
    }
    macro_rules! typed {
        ($d:expr, $a:expr, $b:expr, $f:expr) => {{
            let x: f64 = $f(float(get!($a)), float(get!($b)));
            if !x.is_finite() {
                return Exit::Surprise(pc);
            }
            regs[$d as usize] = x.to_bits();
        }};
    }
    macro_rules! jump {
        ($when:expr, $t:expr) => {
            if $when {
                pc = $t as usize;
                continue;
            }
        };
    }
    macro_rules! turn {
        () => {{
            beside.turns += 1;
            if beside.turns & (LOOK - 1) == 0 {
                (beside.look)(regs);
                if interrupt::requested() {
                    return Exit::Surprise(pc);
                }
            }
        }};
    }
    macro_rules! view {
        ($v:expr) => {
            or_out!(views.get($v as usize))
        };
    }
    loop {
        let Some(&ins) = code.get(pc) else { return Exit::Surprise(pc) };
        match ins {
            Ins::Move(d, a) => get!(d) = get!(a),
            Ins::AddI(d, a, b) => ints!(d, a, b, i64::checked_add),
            Ins::SubtractI(d, a, b) => ints!(d, a, b, i64::checked_sub),
            Ins::MultiplyI(d, a, b) => ints!(d, a, b, i64::checked_mul),
            Ins::DivideI(d, a, b) => ints!(d, a, b, |a: i64, b: i64| {
                let exact = b != 0 && a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT;
                exact.then(|| (a as f64 / b as f64).to_bits())
            }),
            Ins::DivideTyped(d, a, b) => {
                ints!(d, a, b, |a: i64, b: i64| (b != 0).then(|| (a as f64 / b as f64).to_bits()))
            }
            Ins::FloorDivideI(d, a, b) => ints!(d, a, b, |a: i64, b: i64| {
                if b <= 0 {
                    None
                } else if b & (b - 1) == 0 {
                    Some(a >> b.trailing_zeros())
                } else {
                    Some(a.div_euclid(b))
                }
            }),
            Ins::RemainderI(d, a, b) => ints!(d, a, b, |a: i64, b: i64| {
                if b <= 0 {
                    None
                } else if b & (b - 1) == 0 {
                    Some(a & (b - 1))
                } else if (a | b) >> 32 == 0 {
                    // Halves of a word divide faster.
                    Some((a as u32 % b as u32) as i64)
                } else {
                    Some(a.rem_euclid(b))
                }
            }),
            Ins::PowerI(d, a, b) => {
                ints!(d, a, b, |a: i64, b: i64| u32::try_from(b).ok().and_then(|b| a.checked_pow(b)))
            }
            Ins::AddF(d, a, b) => floats!(d, a, b, |a, b| a + b),
            Ins::SubtractF(d, a, b) => floats!(d, a, b, |a, b| a - b),
            Ins::MultiplyF(d, a, b) => floats!(d, a, b, |a, b| a * b),
            Ins::DivideF(d, a, b) => {
                let (a, b) = (float(get!(a)), float(get!(b)));
                set!(d, (b != 0.0).then(|| (a / b).to_bits()))
            }
            Ins::PowerF(d, a, b) => {
                let (a, b) = (float(get!(a)), float(get!(b)));
                set!(d, (a > 0.0).then(|| a.powf(b).to_bits()))
            }
            Ins::AddT(d, a, b) => typed!(d, a, b, |a, b| a + b),
            Ins::SubtractT(d, a, b) => typed!(d, a, b, |a, b| a - b),
            Ins::MultiplyT(d, a, b) => typed!(d, a, b, |a, b| a * b),
            Ins::DivideT(d, a, b) => typed!(d, a, b, |a, b| a / b),
            Ins::NegativeI(d, a) => set!(d, (get!(a) as i64).checked_neg()),
            Ins::NegativeF(d, a) => get!(d) = (-float(get!(a))).to_bits(),
            Ins::Exact(d, a) => {
                let n = get!(a) as i64;
                set!(d, (n.unsigned_abs() <= EXACT).then(|| (n as f64).to_bits()))
            }
            Ins::Nearest(d, a) => get!(d) = (get!(a) as i64 as f64).to_bits(),
            Ins::Cut(d, a) => {
                let x = float(get!(a));
                set!(d, (x.abs() <= EXACT as f64).then_some(x as i64))
            }
            Ins::AbsoluteI(d, a) => set!(d, (get!(a) as i64).checked_abs()),
            Ins::AbsoluteF(d, a) => get!(d) = float(get!(a)).abs().to_bits(),
            Ins::Not(d, a) => get!(d) = (get!(a) == 0) as u64,
            Ins::And(d, a, b) => get!(d) = get!(a) & get!(b),
            Ins::EqualI(d, a, b) => get!(d) = (get!(a) == get!(b)) as u64,
            Ins::LessI(d, a, b) => get!(d) = ((get!(a) as i64) < get!(b) as i64) as u64,
            Ins::LessEqualI(d, a, b) => get!(d) = (get!(a) as i64 <= get!(b) as i64) as u64,
            Ins::EqualF(d, a, b) => get!(d) = (float(get!(a)) == float(get!(b))) as u64,
            Ins::LessF(d, a, b) => get!(d) = (float(get!(a)) < float(get!(b))) as u64,
            Ins::LessEqualF(d, a, b) => get!(d) = (float(get!(a)) <= float(get!(b))) as u64,
            Ins::Function(d, a, f) => {
                let x = get!(a);
                set!(d, function(program, f, x))
            }
            Ins::Jump(t) => jump!(true, t),
            Ins::JumpIf(a, t) => jump!(get!(a) != 0, t),
            Ins::JumpUnless(a, t) => jump!(get!(a) == 0, t),
            Ins::JumpEqualI(a, b, t) => jump!(get!(a) == get!(b), t),
            Ins::JumpUnequalI(a, b, t) => jump!(get!(a) != get!(b), t),
            Ins::JumpLessI(a, b, t) => jump!((get!(a) as i64) < get!(b) as i64, t),
            Ins::JumpLessEqualI(a, b, t) => jump!(get!(a) as i64 <= get!(b) as i64, t),
            Ins::JumpEqualF(a, b, t) => jump!(float(get!(a)) == float(get!(b)), t),
            Ins::JumpUnequalF(a, b, t) => jump!(float(get!(a)) != float(get!(b)), t),
            Ins::JumpLessF(a, b, t) => jump!(float(get!(a)) < float(get!(b)), t),
            Ins::JumpLessEqualF(a, b, t) => jump!(float(get!(a)) <= float(get!(b)), t),
            Ins::JumpNotLessF(a, b, t) => {
                let less = float(get!(a)) < float(get!(b));
                jump!(!less, t)
            }
            Ins::JumpNotLessEqualF(a, b, t) => {
                let less = float(get!(a)) <= float(get!(b));
                jump!(!less, t)
            }
            Ins::Count(b) => {
                let [start, stop, step] = [0, 1, 2].map(|k| get!(b.wrapping_add(k)) as i64);
                let count = (step != 0).then(|| Range { start, stop, step }.count());
                set!(b.wrapping_add(1), count)
            }
            Ins::Start(b, d, t) => {
                let left = get!(b.wrapping_add(1));
                jump!(left == 0, t);
                turn!();
                get!(b.wrapping_add(1)) = left - 1;
                get!(d) = get!(b);
                get!(b) = get!(b).wrapping_add(get!(b.wrapping_add(2)));
            }
            Ins::Next(b, d, t) => {
                let left = get!(b.wrapping_add(1));
                if left != 0 {
                    turn!();
                    get!(b.wrapping_add(1)) = left - 1;
                    get!(d) = get!(b);
                    get!(b) = get!(b).wrapping_add(get!(b.wrapping_add(2)));
                    pc = t as usize;
                    continue;
                }
            }
            Ins::StartItem(k, d, v, t) => {
                let (view, at) = (view!(v), get!(k) as usize);
                jump!(at >= view.len(), t);
                turn!();
                set!(d, view.nth(at));
                get!(k) = at as u64 + 1;
            }
            Ins::NextItem(k, d, v, t) => {
                let (view, at) = (view!(v), get!(k) as usize);
                if at < view.len() {
                    turn!();
                    set!(d, view.nth(at));
                    get!(k) = at as u64 + 1;
                    pc = t as usize;
                    continue;
                }
            }
            Ins::StartPart(k, d, v, t) => {
                let (view, at) = (view!(v), get!(k) as usize);
                jump!(at >= view.len(), t);
                set!(d, view.nth(at));
            }
            Ins::Advance(k) => {
                turn!();
                get!(k) += 1;
            }
            Ins::Turn => turn!(),
            Ins::Length(d, v) => get!(d) = view!(v).len() as u64,
            Ins::Word(d, v, i) => {
                let view = view!(v);
                set!(d, view.word(view.one(get!(i))))
            }
            Ins::Word2(d, v, i, j) => {
                let view = view!(v);
                set!(d, view.word(view.two(get!(i), get!(j))))
            }
            Ins::Truth(d, v, i) => {
                let view = view!(v);
                set!(d, view.truth(view.one(get!(i))))
            }
            Ins::Truth2(d, v, i, j) => {
                let view = view!(v);
                set!(d, view.truth(view.two(get!(i), get!(j))))
            }
            Ins::Item(d, v, i) => {
                let view = view!(v);
                set!(d, view.item(get!(i)))
            }
            Ins::SetWord(x, v, i) => {
                let view = view!(v);
                or_out!(view.one(get!(i)).and_then(|at| view.words.get(at))).set(get!(x))
            }
            Ins::SetWord2(x, v, i, j) => {
                let view = view!(v);
                or_out!(view.two(get!(i), get!(j)).and_then(|at| view.words.get(at))).set(get!(x))
            }
            Ins::SetTruth(x, v, i) => {
                let view = view!(v);
                or_out!(view.one(get!(i)).and_then(|at| view.truths.get(at))).set(get!(x) != 0)
            }
            Ins::SetTruth2(x, v, i, j) => {
                let view = view!(v);
                or_out!(view.two(get!(i), get!(j)).and_then(|at| view.truths.get(at))).set(get!(x) != 0)
            }
            Ins::SetItem(x, v, i) => {
                let view = view!(v);
                or_out!(view.set_item(get!(i), Num::from_bits(view.kind, get!(x))))
            }
            Ins::Check(v, i) => {
                let view = view!(v);
                or_out!(within(get!(i), view.len()));
            }
            Ins::Check2(v, i, j) => {
                let view = view!(v);
                or_out!(view.two(get!(i), get!(j)));
            }
            Ins::Append(x, v) => {
                let view = view!(v);
                or_out!(view.list).push(Num::from_bits(view.kind, get!(x)).value())
            }
            Ins::Pop(d, v) => {
                let view = view!(v);
                set!(d, view.list.and_then(|l| l.pop_number(view.kind)).map(Num::bits))
            }
            Ins::Gather(x) => beside.items.push(get!(x)),
            Ins::Call(d, first) => {
                turn!();
                calls.push(Made { pc, to: d });
                let depth = calls.len();
                if depth == frames.len() {
                    if depth > DEEPEST {
                        return Exit::Surprise(pc);
                    }
                    frames.push(Box::new([0; 256]));
                }
                let [outer, inner] = &mut frames[depth - 1..=depth] else { return Exit::Surprise(pc) };
                open(program, outer, inner, first);
                regs = inner;
                pc = 0;
                continue;
            }
            Ins::Surprise => return Exit::Surprise(pc),
            Ins::Return(r) => {
                let Some(call) = calls.pop() else { return Exit::Return(pc) };
                let x = get!(r);
                let Some(outer) = frames.get_mut(calls.len()) else { return Exit::Surprise(pc) };
                regs = outer;
                get!(call.to) = x;
                pc = call.pc;
            }
            Ins::Done => return Exit::Done(pc),
        }
        pc += 1;
    }
}

/// An element-wise function of one number, if the result is what it was before.
#[inline(never)]
fn function(program: &Program, f: u8, x: u64) -> Option<u64> {
    let &(row, from, to) = program.functions.get(f as usize)?;
    let n = number(prim::of_number(row, Num::from_bits(from, x))?)?;
    (n.kind() == to).then(|| n.bits())
}

/// A typed scalar as a number.
pub fn number(s: Scalar) -> Option<Num> {
    Some(match s {
        Scalar::F64(x) => Num::f64(x),
        Scalar::I64(n) => Num::i64(n),
        Scalar::Bool(b) => Num::truth_value(b),
        _ => return None,
    })
}
