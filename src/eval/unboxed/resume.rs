//! Going on the general way from a statement inside a loop, where the code over unboxed numbers was left.
//! The way to the statement is that of the code's point; the state of each `for` on it is in registers.

use super::Went;
use super::code::{Registers, Step};
use crate::eval::Evaluator;
use crate::eval::ir::*;
use crate::eval::reg::Reg;
use crate::eval::statement::Flow;
use crate::value::Value;

impl Evaluator {
    /// Goes on in the loop whose body this is, to the end of its turn.
    pub(super) fn resume(&mut self, body: &[Stmt], way: &[Step], regs: &Registers) -> Went {
        let [Step::Loop(_), rest @ ..] = way else { return Went::Ended(Flow::DONE) };
        if rest.is_empty() {
            return Went::On;
        }
        let flow = self.resume_block(body, rest, regs);
        match self.after_turn(flow) {
            Some(flow) => Went::Ended(flow),
            None => Went::On,
        }
    }

    fn resume_block(&mut self, body: &[Stmt], way: &[Step], regs: &Registers) -> Flow {
        let [Step::Statement(k), rest @ ..] = way else { return Flow::DONE };
        let k = *k as usize;
        let from = match rest {
            [] => k,
            [Step::After] => k + 1,
            _ => {
                let Some(s) = body.get(k) else { return Flow::DONE };
                match self.resume_statement(s, rest, regs) {
                    Flow::Next(Reg::Raised) => return Flow::Next(Reg::Raised),
                    Flow::Next(r) => self.discard(r),
                    flow => return flow,
                }
                k + 1
            }
        };
        self.block(body.get(from..).unwrap_or(&[]))
    }

    fn resume_statement(&mut self, s: &Stmt, way: &[Step], regs: &Registers) -> Flow {
        match (&s.kind, way) {
            (
                StmtKind::Expr(Node { kind: NodeKind::If { arms, otherwise }, .. }),
                [Step::Arm(k), rest @ ..],
            ) => {
                let arm = arms.get(*k as usize).map(|(_, body)| body).or(otherwise.as_ref());
                arm.map_or(Flow::DONE, |body| self.resume_block(body, rest, regs))
            }
            (StmtKind::While { test, body, cache, .. }, [Step::Loop(_), rest @ ..]) => {
                match self.resume_turn(body, rest, regs) {
                    Some(flow) => flow,
                    None => self.while_loop(test, body, cache),
                }
            }
            (
                StmtKind::For { target: TargetCode::Name(place, _), iter, body, cache, .. },
                [Step::Loop(state), rest @ ..],
            ) => {
                let state = [0, 1, 2].map(|k| regs[*state as usize + k]);
                // Before the turn, which may give the name another value.
                let source = match iter.kind {
                    NodeKind::Load(source) => self.load(source),
                    _ => None,
                };
                match (self.resume_turn(body, rest, regs), source) {
                    (Some(flow), _) => flow,
                    (None, None) => self.for_range(*place, state, body, cache, iter.span),
                    (None, Some(source)) => match &source {
                        Value::Array(a) => {
                            self.for_vector(*place, (iter, &source), a, state[0] as usize, body, cache)
                        }
                        Value::List(l) => {
                            self.for_list(*place, (iter, &source), l, state[0] as usize, body, cache)
                        }
                        _ => Flow::DONE,
                    },
                }
            }
            (StmtKind::For { target, iter, body, cache, .. }, [Step::Loop(state), rest @ ..]) => {
                let k = regs[*state as usize] as usize;
                if let Some(flow) = self.resume_turn(body, rest, regs) {
                    return flow;
                }
                let flow = match self.eval(iter) {
                    Ok(source) => self.for_any(target, &source, iter, body, cache, k),
                    Err(e) => Err(e),
                };
                flow.unwrap_or_else(|e| Flow::Next(self.raise(e)))
            }
            _ => Flow::DONE,
        }
    }

    /// The rest of a turn; how the loop ends, if it does.
    fn resume_turn(&mut self, body: &[Stmt], way: &[Step], regs: &Registers) -> Option<Flow> {
        if way.is_empty() {
            return None;
        }
        let flow = self.resume_block(body, way, regs);
        self.after_turn(flow)
    }
}
