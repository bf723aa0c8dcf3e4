//! Indexing against a model that computes each element's place by NumPy's rules, one at a time, over
//! random arrays of ranks 0 to 4 in random layouts.

use super::*;
use crate::array::Slice;

/// A small generator of pseudo-random numbers, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) % n as u64) as usize
    }

    fn within(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }
}

/// An int64 array whose elements count up in C order, lying in memory in one of several ways.
fn sample(dice: &mut Dice, layout: usize) -> Array {
    let ndim = dice.below(5);
    let shape: Vec<usize> = (0..ndim).map(|_| dice.below(4) + usize::from(dice.below(6) > 0)).collect();
    let n: usize = shape.iter().product();
    let dense = Array::from_slice(&(0..n as i64).collect::<Vec<_>>(), &shape).unwrap();
    let placed = match layout {
        0 => return dense,
        1 => Array::empty_in(DType::I64, &shape, Order::F).unwrap(),
        // Every second element of a larger array, backward along every other axis.
        2 => {
            let wide: Vec<usize> = shape.iter().map(|n| 2 * n + 1).collect();
            let whole = Array::zeros(DType::I64, &wide).unwrap();
            let mut at = whole.offset() as isize;
            let mut strides = Vec::new();
            for (k, &s) in whole.strides().iter().enumerate() {
                let back = k % 2 == 0 && shape[k] > 0;
                at += if back { (2 * shape[k] as isize - 1) * s } else { s };
                strides.push(if back { -2 * s } else { 2 * s });
            }
            if n == 0 {
                at = 0;
            }
            whole.view(&shape, &strides, at as usize)
        }
        _ => {
            let back: Vec<usize> = shape.iter().rev().copied().collect();
            Array::zeros(DType::I64, &back).unwrap().transpose()
        }
    };
    assign(&placed, &dense).unwrap();
    placed
}

/// An index for the array: mostly valid, sometimes not.
fn index(dice: &mut Dice, shape: &[usize]) -> Vec<Index> {
    let mut items = Vec::new();
    let mut axis = 0;
    let mut dots = false;
    let wide = [1, 2, 3][dice.below(3)];
    while axis < shape.len() || dice.below(3) == 0 {
        let n = shape.get(axis).copied().unwrap_or(1);
        match dice.below(10) {
            0 | 1 if n > 0 => items.push(Index::Int(dice.within(-(n as i64), n as i64 - 1))),
            2 | 3 => {
                let mut bound = |low| if dice.below(3) == 0 { None } else { Some(dice.within(low, 5)) };
                let (start, stop) = (bound(-5), bound(-5));
                let step = [None, Some(1), Some(2), Some(-1), Some(-2)][dice.below(5)];
                items.push(Index::Slice(Slice { start, stop, step }));
            }
            4 => {
                items.push(Index::NewAxis);
                continue;
            }
            5 if !dots => {
                dots = true;
                items.push(Index::Ellipsis);
                axis += dice.below(shape.len() + 1);
                continue;
            }
            6 | 7 if n > 0 => {
                let dims = [vec![wide], vec![1], vec![2, wide], vec![2, 1]][dice.below(4)].clone();
                let count = dims.iter().product();
                let values: Vec<i64> = (0..count).map(|_| dice.within(-(n as i64), n as i64 - 1)).collect();
                items.push(Index::Array(Array::from_slice(&values, &dims).unwrap()));
            }
            8 if axis < shape.len() => {
                let span = 1 + dice.below((shape.len() - axis).min(2));
                let dims = &shape[axis..axis + span];
                let flags: Vec<bool> = (0..dims.iter().product()).map(|_| dice.below(2) == 0).collect();
                items.push(Index::Mask(Array::from_slice(&flags, dims).unwrap()));
                axis += span;
                continue;
            }
            9 if dice.below(4) == 0 => {
                items.push(Index::Mask(Array::from_slice(&[dice.below(4) > 0], &[]).unwrap()));
                continue;
            }
            _ => {
                items.push(Index::Slice(Slice::default()));
            }
        }
        axis += 1;
        if dice.below(4) == 0 {
            break;
        }
    }
    items
}

/// One item of an index spelled out: positions on an axis, or numbers that broadcast.
enum Spelled {
    Keep { axis: Option<usize>, positions: Vec<usize> },
    Pick { axis: Option<usize>, shape: Vec<usize>, numbers: Vec<usize> },
}

fn wrap(i: i64, n: usize) -> Option<usize> {
    let at = if i < 0 { i + n as i64 } else { i };
    usize::try_from(at).ok().filter(|&at| at < n)
}

/// The index with an ellipsis as whole axes, masks as picks; `None` if it is wrong.
fn spell(shape: &[usize], items: &[Index]) -> Option<Vec<Spelled>> {
    let used: usize = items
        .iter()
        .map(|i| match i {
            Index::Mask(m) => m.ndim(),
            Index::NewAxis | Index::Ellipsis | Index::Flag(_) => 0,
            _ => 1,
        })
        .sum();
    let rest = shape.len().checked_sub(used)?;
    let mut out = Vec::new();
    let mut axis = 0;
    let whole = |axis: usize| Spelled::Keep { axis: Some(axis), positions: (0..shape[axis]).collect() };
    let mut dotted = false;
    for item in items {
        match item {
            Index::Int(i) => {
                let at = wrap(*i, shape[axis])?;
                out.push(Spelled::Pick { axis: Some(axis), shape: vec![], numbers: vec![at] });
                axis += 1;
            }
            Index::Slice(s) => {
                let (start, count, step) = s.resolve(shape[axis]).ok()?;
                let positions = (0..count as isize).map(|k| (start as isize + k * step) as usize).collect();
                out.push(Spelled::Keep { axis: Some(axis), positions });
                axis += 1;
            }
            Index::NewAxis => out.push(Spelled::Keep { axis: None, positions: vec![0] }),
            Index::Ellipsis => {
                if dotted {
                    return None;
                }
                dotted = true;
                // Stands between its neighbours even where it stands for nothing.
                out.push(Spelled::Pick { axis: None, shape: vec![usize::MAX], numbers: vec![] });
                (0..rest).for_each(|_| {
                    out.push(whole(axis));
                    axis += 1;
                });
            }
            Index::Array(a) => {
                let numbers: Option<Vec<usize>> =
                    a.as_slice::<i64>()?.iter().map(|&i| wrap(i, shape[axis])).collect();
                out.push(Spelled::Pick { axis: Some(axis), shape: a.shape().to_vec(), numbers: numbers? });
                axis += 1;
            }
            Index::Mask(m) => {
                let flags = m.as_slice::<bool>()?;
                let true_at: Vec<usize> = (0..flags.len()).filter(|&i| flags[i]).collect();
                if m.ndim() == 0 {
                    out.push(Spelled::Pick { axis: None, shape: vec![true_at.len()], numbers: true_at });
                    continue;
                }
                for k in 0..m.ndim() {
                    if m.shape()[k] != shape[axis] {
                        return None;
                    }
                    let step: usize = m.shape()[k + 1..].iter().product();
                    let numbers = true_at.iter().map(|&p| p / step % m.shape()[k]).collect::<Vec<_>>();
                    out.push(Spelled::Pick { axis: Some(axis), shape: vec![numbers.len()], numbers });
                    axis += 1;
                }
            }
            Index::Flag(_) => return None,
        }
    }
    while axis < shape.len() {
        out.push(whole(axis));
        axis += 1;
    }
    Some(out)
}

/// A shape, and pairs of places.
type Model = (Vec<usize>, Vec<(usize, usize)>);

/// The result's shape and, for each of its elements in the order NumPy writes them, the place in the
/// result and the place in the array (both in C order).
fn model(shape: &[usize], items: &[Index]) -> Option<Model> {
    let spelled = spell(shape, items)?;
    let picks: Vec<&Spelled> = spelled
        .iter()
        .filter(|s| matches!(s, Spelled::Pick { shape, .. } if shape != &[usize::MAX]))
        .collect();
    let advanced = items.iter().any(|i| matches!(i, Index::Array(_) | Index::Mask(_)));
    let shapes: Vec<&[usize]> = picks
        .iter()
        .map(|s| match s {
            Spelled::Pick { shape, .. } => &shape[..],
            Spelled::Keep { .. } => &[],
        })
        .collect();
    let common = crate::array::broadcast_shapes(&shapes).ok()?.to_vec();
    // Where the picks stand: next to each other, or not.
    let is_pick = |s: &Spelled| matches!(s, Spelled::Pick { shape, .. } if shape != &[usize::MAX]);
    let places: Vec<usize> = (0..spelled.len()).filter(|&i| is_pick(&spelled[i])).collect();
    let together = places.windows(2).all(|w| w[1] == w[0] + 1);
    let lead = match (advanced && together, places.first()) {
        (true, Some(&first)) => spelled[..first].iter().filter(|s| matches!(s, Spelled::Keep { .. })).count(),
        _ => 0,
    };
    let keeps: Vec<(Option<usize>, &Vec<usize>)> = spelled
        .iter()
        .filter_map(|s| match s {
            Spelled::Keep { axis, positions } => Some((*axis, positions)),
            Spelled::Pick { .. } => None,
        })
        .collect();
    let lengths: Vec<usize> = keeps.iter().map(|(_, p)| p.len()).collect();
    let result: Vec<usize> = [&lengths[..lead], &common, &lengths[lead..]].concat();
    let mut pairs = Vec::new();
    for b in counted(&common) {
        for s in counted(&lengths) {
            let mut source = vec![0; shape.len()];
            for ((axis, positions), &k) in keeps.iter().zip(&s) {
                if let Some(axis) = axis {
                    source[*axis] = positions[k];
                }
            }
            for pick in &picks {
                let Spelled::Pick { axis: Some(axis), shape: own, numbers } = pick else { continue };
                let tail = &b[b.len() - own.len()..];
                let at = tail.iter().zip(own).fold(0, |at, (&i, &n)| at * n + if n == 1 { 0 } else { i });
                source[*axis] = numbers[at];
            }
            let place: Vec<usize> = [&s[..lead], &b, &s[lead..]].concat();
            let flat =
                |index: &[usize], dims: &[usize]| index.iter().zip(dims).fold(0, |at, (&i, &n)| at * n + i);
            pairs.push((flat(&place, &result), flat(&source, shape)));
        }
    }
    Some((result, pairs))
}

/// Every index of a shape, in C order.
fn counted(shape: &[usize]) -> Vec<Vec<usize>> {
    shape.iter().fold(vec![vec![]], |list, &n| {
        list.iter().flat_map(|head| (0..n).map(move |i| [&head[..], &[i]].concat())).collect()
    })
}

fn values(a: &Array) -> Vec<i64> {
    copy(a, Order::C).unwrap().as_slice::<i64>().unwrap().to_vec()
}

#[test]
fn every_index_follows_the_model() {
    let mut dice = Dice(7);
    let (mut right, mut wrong) = (0, 0);
    for round in 0..6000 {
        let a = sample(&mut dice, round % 4);
        let items = index(&mut dice, a.shape());
        let Some((shape, pairs)) = model(a.shape(), &items) else {
            assert!(get(&a, &items).is_err(), "{:?} {items:?}", a.shape());
            wrong += 1;
            continue;
        };
        right += 1;
        let got = get(&a, &items).unwrap_or_else(|e| panic!("{:?} {items:?}: {e}", a.shape()));
        assert_eq!(got.shape(), &shape[..], "{:?} {items:?}", a.shape());
        let mut want = vec![0; pairs.len()];
        pairs.iter().for_each(|&(to, from)| want[to] = from as i64);
        assert_eq!(values(&got), want, "{:?} {items:?}", a.shape());

        let new: Vec<i64> = (0..pairs.len() as i64).map(|i| -1 - i).collect();
        let mut after = values(&a);
        pairs.iter().for_each(|&(from, to)| after[to] = new[from]);
        set(&a, &items, &Array::from_slice(&new, &shape).unwrap()).unwrap();
        assert_eq!(values(&a), after, "assigning {:?} {items:?}", a.shape());
        set(&a, &items, &Array::from_slice(&[5i64], &[]).unwrap()).unwrap();
        pairs.iter().for_each(|&(_, to)| after[to] = 5);
        assert_eq!(values(&a), after, "filling {:?} {items:?}", a.shape());
    }
    assert!(right > 2000 && wrong > 100, "{right} right, {wrong} wrong");
}

/// Index arrays long enough for the ways that go along rows, on each axis, repeated places among them.
#[test]
fn long_indices_follow_the_model() {
    let mut dice = Dice(11);
    let n = 9 * 10 * 40;
    let dense = Array::from_slice(&(0..n as i64).collect::<Vec<_>>(), &[9, 10, 40]).unwrap();
    let back = Array::from_slice(&(0..n as i64).collect::<Vec<_>>(), &[40, 10, 9]).unwrap();
    let layouts = [
        dense.clone(),
        back.transpose(),
        dense.view(&[9, 10, 20], &[400, 40, 2], 1),
        dense.view(&[9, 10, 40], &[-400, 40, -1], 8 * 400 + 39),
    ];
    for (a, axis) in layouts.iter().flat_map(|a| (0..3).map(move |axis| (a, axis))) {
        let (size, a) = (a.shape()[axis] as i64, copy_of(a));
        for shape in [&[13usize][..], &[3, 40], &[2, 1, 35]] {
            let list: Vec<i64> = (0..shape.iter().product()).map(|_| dice.within(-size, size - 1)).collect();
            let index = Array::from_slice(&list, shape).unwrap();
            let mut items = vec![Index::Slice(Slice::default()); axis];
            items.push(Index::Array(index.clone()));
            // Alone, and beside one that broadcasts along it.
            let mut both = items.clone();
            if axis < 2 {
                let other: Vec<i64> = (0..3).map(|_| dice.within(-10, 9).clamp(-9, 8)).collect();
                both.push(Index::Array(Array::from_slice(&other, &[3, 1]).unwrap()));
            }
            for items in [&items, &both] {
                let (want, pairs) = model(a.shape(), items).unwrap();
                let all = values(&a);
                let got = get(&a, items).unwrap();
                assert_eq!(got.shape(), &want[..]);
                let mut expected = vec![0; pairs.len()];
                pairs.iter().for_each(|&(to, from)| expected[to] = all[from]);
                assert_eq!(values(&got), expected, "{:?} {axis} {shape:?}", a.strides());
                if items.len() == axis + 1 {
                    let taken = crate::exec::take::take(&a, axis, &index).unwrap();
                    assert_eq!((taken.shape(), values(&taken)), (&want[..], expected));
                }
                let new: Vec<i64> = (0..pairs.len() as i64).map(|i| -1 - i).collect();
                let mut after = all;
                pairs.iter().for_each(|&(from, to)| after[to] = new[from]);
                let target = copy_of(&a);
                set(&target, items, &Array::from_slice(&new, &want).unwrap()).unwrap();
                assert_eq!(values(&target), after, "assigning {:?} {axis} {shape:?}", a.strides());
            }
        }
    }
}

/// A view of a copy of an array's whole buffer.
fn copy_of(a: &Array) -> Array {
    let whole = Array::from_slice(a.storage::<i64>(), &[a.storage::<i64>().len()]).unwrap();
    whole.view(a.shape(), a.strides(), a.offset())
}

#[test]
fn large_selections_use_threads() {
    let n = 300_000usize;
    let a = Array::from_slice(&(0..n as i64).collect::<Vec<_>>(), &[n]).unwrap();
    let flags: Vec<bool> = (0..n).map(|i| i % 3 == 1).collect();
    let mask = Array::from_slice(&flags, &[n]).unwrap();
    let got = get(&a, &[Index::Mask(mask.clone())]).unwrap();
    assert_eq!(values(&got), (0..n as i64).filter(|i| i % 3 == 1).collect::<Vec<_>>());
    let back: Vec<i64> = (0..n as i64).rev().collect();
    let picked = get(&a, &[Index::Array(Array::from_slice(&back, &[n]).unwrap())]).unwrap();
    assert_eq!(values(&picked), back);
    set(&a, &[Index::Mask(mask)], &Array::from_slice(&[-1i64], &[]).unwrap()).unwrap();
    assert!(values(&a).iter().enumerate().all(|(i, &x)| x == if i % 3 == 1 { -1 } else { i as i64 }));
}

#[test]
fn pairs_of_indices_are_refused_by_the_first_axis_that_one_is_outside_of() {
    let a = Array::zeros(DType::F64, &[30, 20]).unwrap();
    let n = 5000;
    let mut axes = [vec![29i64; n], vec![-20i64; n]];
    let pair = |axes: &[Vec<i64>; 2]| {
        let items = axes.clone().map(|axis| Index::Array(Array::from_slice(&axis, &[n]).unwrap()));
        get(&a, &items)
    };
    assert!(pair(&axes).is_ok());
    axes[1][1500] = 20;
    assert_eq!(pair(&axes).err(), Some(ArrayError::Index { index: 20, axis: 1, size: 20 }));
    axes[0][4999] = -31;
    assert_eq!(pair(&axes).err(), Some(ArrayError::Index { index: -31, axis: 0, size: 30 }));
}

/// A matrix whose elements count up in C order.
fn matrix(rows: usize, columns: usize) -> Array {
    Array::from_slice(&(0..(rows * columns) as i64).collect::<Vec<_>>(), &[rows, columns]).unwrap()
}

#[test]
fn arrays_that_cross_pick_rows_of_columns() {
    let a = matrix(90, 70);
    let mut dice = Dice(9);
    for (rows, columns) in [(1usize, 40usize), (50, 33), (200, 70)] {
        let mut some =
            |count: usize, n: i64| -> Vec<i64> { (0..count).map(|_| dice.within(-n, n - 1)).collect() };
        let (i, j) = (some(rows, 90), some(columns, 70));
        let down = Index::Array(Array::from_slice(&i, &[rows, 1]).unwrap());
        let across = Index::Array(Array::from_slice(&j, &[columns]).unwrap());
        for (a, back) in [(a.clone(), false), (a.view(&[90, 70], &[-70, -1], 6299), true)] {
            let got = get(&a, &[down.clone(), across.clone()]).unwrap();
            let at = |i: i64, j: i64| {
                let place = i.rem_euclid(90) * 70 + j.rem_euclid(70);
                if back { 6299 - place } else { place }
            };
            let want: Vec<i64> = i.iter().flat_map(|&i| j.iter().map(move |&j| at(i, j))).collect();
            assert_eq!(got.as_slice::<i64>().unwrap(), want, "{rows} {columns} {back}");
            let turned = get(&a, &[across.clone(), down.clone()]);
            assert_eq!(turned.is_ok(), i.iter().all(|i| (-70..70).contains(i)));
        }
    }
}

#[test]
fn few_columns_are_copied_as_columns_are() {
    let a = matrix(5000, 9);
    let cube = matrix(3000, 12).reshape_view(&[50, 60, 12], Order::C).unwrap();
    for list in [vec![0i64], vec![3, -1, 3], (-9..9).collect()] {
        let index = Index::Array(Array::from_slice(&list, &[list.len()]).unwrap());
        let got = get(&a, &[Index::Slice(Slice::default()), index.clone()]).unwrap();
        assert_eq!(got.strides()[0], 1);
        let want: Vec<i64> =
            (0..5000).flat_map(|r| list.iter().map(move |j| r * 9 + j.rem_euclid(9))).collect();
        assert_eq!(copy(&got, Order::C).unwrap().as_slice::<i64>().unwrap(), want);
        let inner = cube.view(&[48, 58, 12], cube.strides(), 60 * 12 + 12);
        let all = Index::Slice(Slice::default());
        let got = get(&inner, &[all.clone(), all, index]).unwrap();
        let row = |r: i64, k: i64| (r + 1) * 720 + (k + 1) * 12;
        let want: Vec<i64> = (0..48)
            .flat_map(|r| (0..58).map(move |k| row(r, k)))
            .flat_map(|at| list.iter().map(move |j| at + j.rem_euclid(12)))
            .collect();
        assert_eq!(copy(&got, Order::C).unwrap().as_slice::<i64>().unwrap(), want);
    }
}
