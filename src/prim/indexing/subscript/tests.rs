//! Indexing of every kind of value, against small expectations.

use super::*;
use crate::value::Warning;
use std::any::Any;
use std::rc::Rc;

#[derive(Default)]
struct Quiet(Vec<Warning>);

impl Host for Quiet {
    fn print(&mut self, _: &str) {}
    fn warn(&mut self, w: Warning) {
        self.0.push(w);
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

fn array(n: i64, shape: &[usize]) -> Value {
    Value::Array(Array::from_slice(&(0..n).collect::<Vec<_>>(), shape).unwrap())
}

fn int(i: i64) -> Value {
    Value::Int(i)
}

fn cut(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Value {
    Value::Slice(Rc::new(SliceSpec { start, stop, step }))
}

fn get(base: &Value, index: &[Value]) -> Value {
    get_item(&mut Quiet::default(), base, index).unwrap()
}

fn set(base: &Value, index: &[Value], value: Value) -> Result<(), Fault> {
    set_item(&mut Quiet::default(), base, index, value)
}

fn values(v: &Value) -> Vec<i64> {
    let Value::Array(a) = v else { panic!("not an array") };
    crate::prim::convert::elements(a).unwrap()
}

fn list(v: &[i64]) -> Value {
    Value::List(List::new(v.iter().map(|&i| Value::Int(i)).collect()))
}

fn ints(v: &Value) -> Vec<i64> {
    match v {
        Value::List(l) => l.to_vec().iter().filter_map(crate::prim::convert::as_index).collect(),
        Value::Tuple(t) => t.items.iter().filter_map(crate::prim::convert::as_index).collect(),
        _ => panic!("not a list"),
    }
}

#[test]
fn elements_are_scalars_and_rows_are_views() {
    let a = array(12, &[3, 4]);
    assert!(matches!(get(&a, &[int(-1), int(1)]), Value::Scalar(Scalar::I64(9))));
    let row = get(&a, &[int(1)]);
    set(&row, &[int(0)], Value::Int(70)).unwrap();
    assert_eq!(values(&get(&a, &[cut(None, None, None), int(0)])), [0, 70, 8]);
    let zero_d = get(&a, &[int(0), int(0), Value::Ellipsis]);
    assert!(matches!(&zero_d, Value::Array(z) if z.ndim() == 0));
    assert!(matches!(get(&zero_d, &[Value::tuple(vec![])]), Value::Scalar(_)));
    let tuple = Value::tuple(vec![Value::Int(0), Value::Int(1)]);
    assert!(matches!(get(&a, &[tuple]), Value::Scalar(Scalar::I64(1))));
}

#[test]
fn lists_and_masks_select() {
    let a = array(12, &[3, 4]);
    assert_eq!(values(&get(&a, &[list(&[2, 0])])), [8, 9, 10, 11, 0, 1, 2, 3]);
    let Value::Array(arr) = &a else { panic!() };
    let mask: Vec<bool> = (0..12).map(|i| i % 5 == 0).collect();
    let mask = Value::Array(Array::from_slice(&mask, arr.shape()).unwrap());
    assert_eq!(values(&get(&a, std::slice::from_ref(&mask))), [0, 5, 10]);
    set(&a, std::slice::from_ref(&mask), list(&[-1, -2, -3])).unwrap();
    assert_eq!(values(&a), [-1, 1, 2, 3, 4, -2, 6, 7, 8, 9, -3, 11]);
    set(&a, std::slice::from_ref(&mask), Value::Float(7.5)).unwrap();
    assert_eq!(values(&get(&a, &[mask])), [7, 7, 7]);
}

#[test]
fn the_last_of_repeated_indices_wins() {
    let a = array(4, &[4]);
    set(&a, &[list(&[1, 1, 1])], list(&[5, 6, 7])).unwrap();
    assert_eq!(values(&a), [0, 7, 2, 3]);
}

#[test]
fn sequences_index_as_in_python() {
    let l = list(&[0, 1, 2, 3, 4]);
    assert_eq!(ints(&get(&l, &[cut(None, None, Some(-2))])), [4, 2, 0]);
    set(&l, &[cut(Some(1), Some(3), None)], list(&[9])).unwrap();
    assert_eq!(ints(&l), [0, 9, 3, 4]);
    set(&l, &[cut(Some(2), Some(2), None)], list(&[7, 8])).unwrap();
    assert_eq!(ints(&l), [0, 9, 7, 8, 3, 4]);
    let wrong = set(&l, &[cut(None, None, Some(2))], list(&[1]));
    assert!(matches!(wrong, Err(Fault::SliceAssign { given: 1, places: 3 })));
    assert!(matches!(set(&l, &[int(0)], l.clone()), Err(Fault::ListCycle)));
    assert!(matches!(set(&l, &[int(6)], Value::None), Err(Fault::ListIndex { index: 6, len: 6, .. })));
    let s = Value::str("añb");
    assert!(matches!(get(&s, &[int(1)]), Value::Str(c) if &*c == "ñ"));
    assert!(matches!(get(&s, &[cut(None, None, Some(-1))]), Value::Str(c) if &*c == "bña"));
}

#[test]
fn stores_check_what_they_are_given() {
    let a = Value::Array(Array::zeros(DType::I8, &[3]).unwrap());
    assert!(matches!(set(&a, &[int(0)], Value::Int(300)), Err(Fault::Cast(_))));
    assert!(matches!(set(&a, &[int(0)], list(&[1])), Err(Fault::ElementSequence { .. })));
    assert!(matches!(set(&a, &[cut(None, None, None)], list(&[1, 300, 2])), Err(Fault::Cast(_))));
    assert_eq!(values(&a), [0, 0, 0]);
    let mut host = Quiet::default();
    let nan = Value::Array(Array::from_slice(&[f64::NAN], &[1]).unwrap());
    set_item(&mut host, &a, &[cut(None, None, None)], nan).unwrap();
    assert_eq!(host.0[0].text, "invalid value encountered in cast");
    assert!(matches!(set(&a, &[Value::Float(1.0)], Value::Int(0)), Err(Fault::IndexType { .. })));
}

#[test]
fn updates_count_an_index_once() {
    let a = array(3, &[3]);
    let index = [list(&[0, 0, 2])];
    let add = |_: &mut dyn Host, old: Value| {
        Ok(Value::Array(Array::from_slice(&values(&old).iter().map(|x| x + 10).collect::<Vec<_>>(), &[3])?))
    };
    update_item(&mut Quiet::default(), &a, &index, add).unwrap();
    assert_eq!(values(&a), [10, 1, 12]);
}
