//! Inner products of numbers and vectors, and other steps along the axes of a cell.

use super::run::{Item, Run, Shape, cell_rank, shape_of};
use super::{Axis, Fold, Op};
use crate::array::Array;
use crate::dtype::{DType, Operand, Scalar, cast_scalar};
use crate::exec::tally;
use crate::prim::apl::operators::map::is_matrix_product;
use crate::prim::row::{Home, Valence};
use crate::prim::{self, Prim, convert, table};
use crate::value::{CallArgs, Fault, Func, Value};
use smallvec::SmallVec;

type Found = Result<Option<Item>, Fault>;

/// `@`, as the inner product that it is.
pub(super) fn matrix_product() -> Option<Op> {
    let row = |text| table().glyph(text, Valence::Dyadic);
    Some(Op::Inner { f: row("+")?, g: row("×")?, whole: Func::Static(row("@")?) })
}

impl Run<'_> {
    /// `x f.g y`.
    pub(super) fn inner(&mut self, f: &'static Prim, g: &'static Prim, whole: &Func, x: Vec<Item>) -> Found {
        if x.iter().all(|i| i.shape == Shape::Same) {
            let call = CallArgs::new(x.into_iter().map(|i| i.value));
            return Ok(Some(Item::same(whole.call(self.host, call)?)));
        }
        let mut sides: SmallVec<[Item; 2]> = SmallVec::new();
        for i in x {
            let mut i = self.unflattened(i)?;
            i.settle(self.host)?;
            let weak = matches!(i.shape, Shape::Cells { weak: true, .. });
            if weak || matches!(i.shape, Shape::Members { .. }) || cell_rank(&i) > 2 {
                return Ok(None);
            }
            // Beside an array a number is an array too.
            i.value = Value::Array(convert::to_array(&i.value)?);
            sides.push(i);
        }
        let lengths: SmallVec<[usize; 2]> = sides
            .iter()
            .filter(|i| cell_rank(i) == 1)
            .filter_map(|i| shape_of(&i.value).last().copied())
            .collect();
        let product = is_matrix_product(f, g);
        if sides.iter().any(|i| cell_rank(i) > 1) {
            return if product { self.matrices(sides) } else { Ok(None) };
        }
        match lengths[..] {
            [n, m] if n == m && n > 0 => {}
            [n] if n > 0 && whole.get().as_any().downcast_ref::<Prim>().is_none() => {}
            _ => return Ok(None),
        }
        if product && lengths.len() == 2 {
            return self.dots(sides);
        }
        // Others fold from the last, and tell of numbers that leave their dtype otherwise.
        if !f.laws.associative {
            return Ok(None);
        }
        let Some(item) = self.map(g, false, sides)? else { return Ok(None) };
        let fold = Fold { prim: f, whole: whole.clone(), axis: Axis::Last };
        self.reduce(&fold, item)
    }

    /// The products of the matrices of all cells.
    fn matrices(&mut self, sides: SmallVec<[Item; 2]>) -> Found {
        let fit = sides.iter().all(|i| cell_rank(i) == 2);
        let Some(matmul) = table().get(Home::Np, "matmul").filter(|_| fit) else { return Ok(None) };
        let values = sides.into_iter().map(|i| i.value);
        let value = prim::call(matmul, self.host, CallArgs::new(values))?;
        Ok(Some(Item::cells(value, 2)))
    }

    /// The dot products of the vectors of all cells.
    fn dots(&mut self, sides: SmallVec<[Item; 2]>) -> Found {
        let mut ends = Vec::with_capacity(2);
        for (i, row) in sides.into_iter().zip([true, false]) {
            let a = convert::to_array(&i.value)?;
            let (mut shape, mut strides) = (a.shape().to_vec(), a.strides().to_vec());
            let at = shape.len() - row as usize;
            shape.insert(at, 1);
            strides.insert(at, 0);
            ends.push(Value::Array(a.view(&shape, &strides, a.offset())));
        }
        let Some(matmul) = table().get(Home::Np, "matmul") else { return Ok(None) };
        let products = convert::to_array(&prim::call(matmul, self.host, CallArgs::new(ends))?)?;
        let lead = products.ndim() - 2;
        let (shape, strides) = (&products.shape()[..lead], &products.strides()[..lead]);
        Ok(Some(Item::cells(Value::Array(products.view(shape, strides, products.offset())), 0)))
    }

    /// A function of what is the same for all cells.
    pub(super) fn once(&mut self, prim: &'static Prim, mut x: Vec<Item>) -> Found {
        for i in &mut x {
            match self.one_number(i.clone())? {
                Ok(same) => *i = same,
                Err(Some(item)) => return Ok(Some(item)),
                Err(None) => break,
            }
        }
        if !x.iter().all(|i| i.shape == Shape::Same) {
            let name = prim.glyphs.first().map_or(prim.name, |g| g.text);
            tally::doubt(|| format!("{name} has no form for all elements at once"));
            return Ok(None);
        }
        let call = CallArgs::new(x.into_iter().map(|i| i.value));
        prim::call(prim, self.host, call).map(|v| Some(Item::same(v)))
    }

    /// `x.item()` of a number: the plain number.
    pub(super) fn plain(&mut self, x: Item) -> Found {
        let value = x.value.settled(self.host)?;
        if x.shape == Shape::Same {
            return Ok(convert::as_scalar(&value).map(|s| Item::same(convert::plain(s))));
        }
        let (Shape::Cells { rank: 0, .. }, Some(Operand::Typed(dtype))) = (x.shape, value.operand()) else {
            return Ok(None);
        };
        let wide = match convert::plain(cast_scalar(Scalar::Bool(true), dtype)).scalar() {
            Some(one) if dtype != DType::U64 => one.dtype(),
            _ => return Ok(None),
        };
        let value = Value::Array(crate::exec::in_dtype(&convert::to_array(&value)?, wide)?);
        let shape = Shape::Cells { rank: 0, flat: false, weak: true };
        Ok(Some(Item { value, shape, windows: None, parts: None }))
    }

    /// `⌽` and `⊖` of each cell.
    pub(super) fn reverse(&mut self, prim: &'static Prim, x: Item) -> Found {
        let x = self.unflattened(x)?;
        let Some(last) = table().glyph("⌽", Valence::Monadic) else { return Ok(None) };
        let by_last = std::ptr::eq(prim, last) || cell_rank(&x) == 1;
        match x.shape {
            Shape::Same => return Ok(Some(Item::same(prim::monadic(prim, self.host, x.value)?))),
            Shape::Cells { rank: 0, .. } => return Ok(Some(x)),
            Shape::Members { rank: 0 } => return Ok(None),
            _ if !by_last => return Ok(None),
            _ => {}
        }
        let value = prim::monadic(last, self.host, x.value)?;
        Ok(Some(Item { value, shape: x.shape, windows: None, parts: None }))
    }

    /// The digits of each number: an axis before those of the numbers.
    pub(super) fn encode(&mut self, prim: &'static Prim, x: Vec<Item>) -> Found {
        let Some((base, x)) = self.by_base(x)? else { return Ok(None) };
        let (Value::Array(digits), 1) = (&base, base_rank(&base)) else { return Ok(None) };
        let count = digits.shape()[0];
        if cell_rank(&x) != 0 {
            return Ok(None);
        }
        let all = convert::to_array(&prim::dyadic(prim, self.host, base, x.value)?)?;
        let own: Vec<usize> = self.frame.to_vec();
        if all.shape() != [&[count][..], &own].concat() {
            return Ok(None);
        }
        Ok(Some(Item::cells(Value::Array(moved(&all, 0, own.len())), 1)))
    }

    /// The number of each vector of digits.
    pub(super) fn decode(&mut self, prim: &'static Prim, x: Vec<Item>) -> Found {
        let Some((base, x)) = self.by_base(x)? else { return Ok(None) };
        if cell_rank(&x) != 1 || base_rank(&base) > 1 {
            return Ok(None);
        }
        let a = convert::to_array(&x.value)?;
        let first = Value::Array(moved(&a, a.ndim() - 1, 0));
        let value = prim::dyadic(prim, self.host, base, first)?;
        Ok((shape_of(&value) == self.frame).then(|| Item::cells(value, 0)))
    }

    /// A base that is the same for all cells, and what it is of.
    fn by_base(&mut self, mut x: Vec<Item>) -> Result<Option<(Value, Item)>, Fault> {
        let (Some(right), Some(base)) = (x.pop(), x.pop()) else { return Ok(None) };
        let mut right = self.unflattened(right)?;
        let cells = matches!(right.shape, Shape::Cells { weak: false, .. });
        if base.shape != Shape::Same || !cells {
            return Ok(None);
        }
        right.settle(self.host)?;
        Ok(Some((base.value.settled(self.host)?, right)))
    }
}

fn base_rank(v: &Value) -> usize {
    shape_of(v).len()
}

/// An array with one axis at another place.
pub(super) fn moved(a: &Array, from: usize, to: usize) -> Array {
    let (mut shape, mut strides) = (a.shape().to_vec(), a.strides().to_vec());
    let (n, s) = (shape.remove(from), strides.remove(from));
    shape.insert(to, n);
    strides.insert(to, s);
    a.view(&shape, &strides, a.offset())
}
