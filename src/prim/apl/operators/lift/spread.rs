//! Steps by rows that say of themselves that they work element by element in some of their arguments
//! (`Prim::each`): `np.where`, `np.clip`, `x.astype`, `int`. Conversions and subscripts by cells too.

use super::listen::Listener;
use super::products::moved;
use super::run::{Item, Run, Shape, cell_rank, is_weak, shape_of};
use crate::dtype::{DType, Operand, Scalar, cast_scalar, result_dtype};
use crate::prim::indexing::subscript;
use crate::prim::language::numbers;
use crate::prim::row::Home;
use crate::prim::{self, Defer, Prim, convert, table};
use crate::value::{CallArgs, Fault, Host, SliceSpec, Subscript, Value};
use smallvec::SmallVec;
use std::rc::Rc;

type Found = Result<Option<Item>, Fault>;

/// A call of such a row.
pub(super) struct Spread {
    prim: &'static Prim,
    /// Of each argument given: whether the row goes through it, and whether through each of its items.
    each: SmallVec<[bool; 4]>,
    items: SmallVec<[bool; 4]>,
    /// The last arguments go by these keywords.
    keywords: Box<[Rc<str>]>,
}

impl Spread {
    /// The call of a row, if it says which arguments it goes through, and they can be told apart.
    pub(super) fn of(prim: &'static Prim, given: usize, keywords: &[Rc<str>]) -> Option<Spread> {
        let ufunc = prim.elementwise().filter(|_| keywords.iter().any(|k| **k == *"dtype"));
        if prim.each | prim.each_of == 0 && ufunc.is_none_or(|e| e.arity + keywords.len() != given) {
            return None;
        }
        let params = &table().signature(prim).params;
        let positional = given.checked_sub(keywords.len())?;
        let mut places: SmallVec<[usize; 4]> = (0..positional).collect();
        for keyword in keywords {
            places.push(params.iter().position(|p| *p.name == **keyword)?);
        }
        // A condition for `where` would leave elements as they are; others change the shape.
        let other = |name: &str| matches!(name, "where" | "ndmin" | "shape") || prim.writes(name);
        let known = |&i: &usize| params.get(i).is_some_and(|p| !other(p.name));
        let known = places.iter().all(known);
        let each =
            places.iter().map(|&i| prim.goes_through(i) || ufunc.is_some_and(|e| i < e.arity)).collect();
        let items = places.iter().map(|&i| prim.goes_through_items(i)).collect();
        known.then(|| Spread { prim, each, items, keywords: keywords.into() })
    }

    /// Whether it is `complex` of two numbers, of which it goes through one only.
    pub(super) fn joins_parts(&self) -> bool {
        self.prim.home == Home::Core && self.prim.name == "complex" && self.each.len() == 2
    }

    /// Whether it gives an array, without axes, of a number too.
    pub(super) fn makes_arrays(&self) -> bool {
        const ARRAYS: &[&str] = &[
            "where",
            "select",
            "choose",
            "array",
            "asarray",
            "copy",
            "zeros_like",
            "ones_like",
            "full_like",
        ];
        self.prim.home == Home::Np && ARRAYS.contains(&self.prim.name)
    }

    /// What it gives of numbers like those in these arrays.
    fn of_ones(&self, host: &mut dyn Host, values: &[Value], weak: &[bool]) -> Result<Value, Fault> {
        let one = |(v, &weak): (&Value, &bool)| match (v, v.operand()) {
            (Value::Array(_) | Value::Deferred(_), Some(Operand::Typed(dtype))) => {
                let one = cast_scalar(Scalar::Bool(true), dtype);
                if weak { convert::plain(one) } else { Value::Scalar(one) }
            }
            _ => v.clone(),
        };
        let gone_through =
            |(pair, each): ((&Value, &bool), &bool)| if *each { one(pair) } else { pair.0.clone() };
        let ones = values.iter().zip(weak).zip(&self.each).map(gone_through).collect();
        self.call(host, ones)
    }

    fn call(&self, host: &mut dyn Host, values: Vec<Value>) -> Result<Value, Fault> {
        let mut positional = values;
        let named = positional.split_off(positional.len() - self.keywords.len());
        let mut call = CallArgs::new(positional);
        call.keyword.extend(self.keywords.iter().cloned().zip(named));
        prim::call_as(self.prim, host, call, Defer::Later)
    }
}

impl Run<'_> {
    pub(super) fn spread(&mut self, spread: &Spread, mut x: Vec<Item>) -> Found {
        if x.iter().all(|i| i.shape == Shape::Same) {
            let values = x.into_iter().map(|i| i.value).collect();
            return Ok(Some(Item::same(spread.call(self.host, values)?)));
        }
        let held = |((i, each), items): ((&Item, &bool), &bool)| *each || *items || i.shape == Shape::Same;
        if !x.iter().zip(&spread.each).zip(&spread.items).all(held) || !Self::are_strong(&x, &spread.each) {
            return Ok(None);
        }
        for (i, items) in x.iter_mut().zip(&spread.items) {
            let item = std::mem::replace(i, Item::same(Value::None));
            *i = match items {
                true => match self.items_first(item)? {
                    Some(item) => item,
                    None => return Ok(None),
                },
                false => self.unflattened(item)?,
            };
        }
        let members = x.iter().any(|i| matches!(i.shape, Shape::Members { .. }));
        let gone_through = x.iter().zip(&spread.each).filter(|(_, each)| **each);
        let most = gone_through.map(|(i, _)| cell_rank(i)).max().unwrap_or(0);
        let weak: SmallVec<[bool; 4]> = x.iter().map(is_weak).collect();
        let mut values = Vec::with_capacity(x.len());
        for (i, items) in x.into_iter().zip(&spread.items) {
            let rank = cell_rank(&i);
            values.push(match i.shape {
                _ if *items => i.value,
                Shape::Same if members && rank > most => return Ok(None),
                Shape::Same => i.value,
                _ => match self.beside(i, members, most)? {
                    Some(value) => value,
                    None => return Ok(None),
                },
            });
        }
        // Of numbers some rows give plain ones, and fail where they warn of arrays.
        let numbers = most == 0 && !members && !spread.items.contains(&true);
        let one = if numbers { spread.of_ones(self.host, &values, &weak)? } else { Value::None };
        let is_plain = |one: &Value| one.is_scalar_number() && !matches!(one, Value::Scalar(_));
        let plain = match &one {
            Value::Tuple(t) => t.items.iter().any(is_plain),
            one => is_plain(one),
        };
        let lead = if members { 1 } else { self.frame.len() };
        let mut listener = Listener::new(self.host);
        let value = spread.call(&mut listener, values)?;
        if plain && listener.warned() {
            return Ok(None);
        }
        listener.tell();
        let item = |value: Value, one: Option<&Value>| {
            let shape = match members {
                true => Shape::Members { rank: most },
                false => Shape::Cells { rank: most, flat: false, weak: one.is_some_and(is_plain) },
            };
            // A row that takes the elements for something else (rows of a matrix) tells by the shape.
            let whole = shape_of(&value).len() == lead + most;
            whole.then_some(Item { value, shape, windows: None, parts: None })
        };
        match value {
            Value::Tuple(t) => {
                let ones = match &one {
                    Value::Tuple(ones) => Some(&ones.items),
                    _ => None,
                };
                let part = |(k, v): (usize, &Value)| item(v.clone(), ones.and_then(|o| o.get(k)));
                Ok(t.items.iter().enumerate().map(part).collect::<Option<Vec<_>>>().map(Item::tuple))
            }
            value => Ok(item(value, Some(&one))),
        }
    }

    /// The items of each cell as items of all cells: the axis of a bracket's numbers before the frame.
    fn items_first(&mut self, i: Item) -> Found {
        match i.shape {
            Shape::Same => Ok((shape_of(&i.value).len() == 1).then_some(i)),
            Shape::Cells { rank: 1, flat: false, weak: false } => {
                let a = convert::to_array(&i.value.settled(self.host)?)?;
                let axis = a.ndim() - 1;
                Ok(Some(Item { value: Value::Array(moved(&a, axis, 0)), ..Item::cells(Value::None, 1) }))
            }
            _ => Ok(None),
        }
    }

    /// A value of cells or members whose own axes are as many as the others'.
    fn beside(&mut self, i: Item, members: bool, most: usize) -> Result<Option<Value>, Fault> {
        let rank = cell_rank(&i);
        if members && matches!(i.shape, Shape::Cells { .. }) {
            let Some(groups) = self.groups else { return Ok(None) };
            let a = convert::to_array(&i.value.settled(self.host)?)?;
            let each = crate::exec::group::gather(&a, groups.ids())?;
            return self.lifted(Value::Array(each), rank, most).map(Some);
        }
        self.lifted(i.value, rank, most).map(Some)
    }

    /// Whether plain numbers among the cells give what typed ones of their dtypes would.
    fn are_strong(x: &[Item], each: &[bool]) -> bool {
        let own = |i: &Item| i.value.operand();
        let strong = |i: &Item| {
            if !is_weak(i) || i.shape == Shape::Same {
                return true;
            }
            let Some(Operand::Typed(dtype)) = own(i) else { return false };
            let plain = match dtype {
                DType::I64 => Operand::Int(1),
                DType::F64 => Operand::Float,
                DType::Bool => Operand::Typed(DType::Bool),
                _ => return false,
            };
            let others = x.iter().zip(each).filter(|(o, each)| **each && !std::ptr::eq(*o, i));
            others
                .filter_map(|(o, _)| own(o))
                .all(|o| result_dtype(&[Operand::Typed(dtype), o]) == result_dtype(&[plain, o]))
        };
        x.iter().all(strong)
    }

    /// A dtype called with numbers.
    pub(super) fn convert(&mut self, dtype: DType, x: Item) -> Found {
        let x = self.unflattened(x)?;
        let small = dtype.is_int() && dtype != DType::I64;
        let weak = matches!(x.shape, Shape::Cells { weak: true, .. });
        let value = x.value.settled(self.host)?;
        // A plain integer that does not fit is an error.
        if weak && small && value.operand() == Some(Operand::Typed(DType::I64)) {
            return Ok(None);
        }
        let value = numbers::call_dtype(self.host, &Value::DType(dtype), CallArgs::new([value]))?;
        let shape = match x.shape {
            Shape::Cells { rank, .. } => Shape::Cells { rank, flat: false, weak: false },
            other => other,
        };
        Ok(Some(Item { value, shape, windows: None, parts: None }))
    }

    /// Subscripts of each cell, or of one array by each cell.
    pub(super) fn index(&mut self, subs: &[Subscript], mut x: Vec<Item>) -> Found {
        if x.is_empty() {
            return Ok(None);
        }
        let base = x.remove(0);
        let base = self.unflattened(base)?;
        let by_cells = x.iter().any(|i| i.shape != Shape::Same);
        if let (Shape::Cells { rank: 1, weak: false, .. }, [at], [Subscript::At(_)]) =
            (base.shape, &x[..], subs)
            && matches!(at.shape, Shape::Cells { rank: 0 | 1, .. })
            && is_integer(at)
        {
            let at = x.remove(0);
            let at = self.unflattened(at)?;
            return self.pick_along(base, at);
        }
        let single = x.len() == 1 && subs.len() == 1;
        let ranks = x.iter().map(cell_rank).max().unwrap_or(0);
        let fits = |i: &Item| (single || cell_rank(i) == 0) && is_integer(i);
        if by_cells && !(x.iter().all(fits) && base.shape == Shape::Same) {
            return Ok(None);
        }
        if by_cells && ranks > 0 {
            x = x.into_iter().map(|i| self.unflattened(i)).collect::<Result<_, _>>()?;
        }
        let ranks = x.iter().map(cell_rank).max().unwrap_or(0);
        let members = x.iter().any(|i| matches!(i.shape, Shape::Members { .. }));
        if members && x.iter().any(|i| matches!(i.shape, Shape::Cells { .. })) {
            return Ok(None);
        }
        let mut at = x.into_iter();
        let mut values = Vec::with_capacity(subs.len());
        for sub in subs {
            values.push(match sub {
                Subscript::Fixed(v) => v.clone(),
                Subscript::At(_) => match at.next() {
                    Some(item) => item.value.settled(self.host)?,
                    None => return Ok(None),
                },
            });
        }
        let is_number =
            |v: &Value| v.operand().is_some_and(|o| matches!(o, Operand::Int(_) | Operand::Typed(_)));
        if by_cells && !values.iter().all(is_number) || values.len() > cell_rank(&base) {
            return Ok(None);
        }
        if by_cells {
            let rank = cell_rank(&base) - values.len() + ranks;
            let value = subscript::get_item(self.host, &base.value, &values)?;
            return Ok(Some(if members { Item::members(value, rank) } else { Item::cells(value, rank) }));
        }
        self.index_cells(base, values)
    }

    /// The same subscripts of each cell, behind whole axes for the frame.
    pub(super) fn index_cells(&mut self, base: Item, subs: Vec<Value>) -> Found {
        let (rank, lead) = match base.shape {
            Shape::Same => (cell_rank(&base), 0),
            Shape::Cells { rank, .. } => (rank, self.frame.len()),
            Shape::Members { .. } | Shape::Missing(_) => return Ok(None),
        };
        let fixed = |s: &Value| matches!(s, Value::Int(_) | Value::Slice(_));
        // One vector of places, alone, keeps the axis.
        let places = |s: &Value| matches!(s, Value::Array(a) if a.ndim() == 1 && a.dtype().is_int());
        let alone = matches!(&subs[..], [s] if places(s));
        if base.shape != Shape::Same && !alone && !subs.iter().all(fixed) {
            return Ok(None);
        }
        let taken = subs.iter().filter(|s| matches!(s, Value::Int(_))).count();
        let whole = || Value::Slice(Rc::new(SliceSpec { start: None, stop: None, step: None }));
        let all: Vec<Value> = std::iter::repeat_with(whole).take(lead).chain(subs).collect();
        let value = base.value.settled(self.host)?;
        let value = subscript::get_item(self.host, &value, &all)?;
        Ok(Some(match base.shape {
            Shape::Same => Item::same(value),
            _ => Item::cells(value, rank - taken),
        }))
    }
}

fn is_integer(i: &Item) -> bool {
    match i.value.operand() {
        Some(Operand::Int(_)) => true,
        Some(Operand::Typed(d)) => d.is_int(),
        _ => false,
    }
}
