//! Element-wise work over every layout: views, targets, overlap, masks, memory order, threads and
//! blocks, against loops over single elements.

use arr::array::{Array, Order, broadcast_shapes};
use arr::dtype::{DType, Scalar};
use arr::exec::{self, interrupt, threads};
use arr::prim::{self, table};
use arr::value::{CallArgs, Fault, Host, Value, Warning};
use std::any::Any;
use std::rc::Rc;

#[derive(Default)]
struct Ear(Vec<String>);

impl Host for Ear {
    fn print(&mut self, _: &str) {}
    fn warn(&mut self, w: Warning) {
        self.0.push(w.text);
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

fn call(name: &str, xs: &[&Array], keys: &[(&str, Value)]) -> Result<Value, Fault> {
    let mut args = CallArgs::new(xs.iter().map(|a| Value::Array((*a).clone())));
    args.keyword.extend(keys.iter().map(|(k, v)| (Rc::from(*k), v.clone())));
    prim::call(table().bare(name).unwrap(), &mut Ear::default(), args)
}

fn array(v: Result<Value, Fault>) -> Array {
    match v.unwrap() {
        Value::Array(a) => a,
        _ => panic!("not an array"),
    }
}

fn floats(a: &Array) -> Vec<f64> {
    exec::copy(a, Order::C).unwrap().as_slice::<f64>().unwrap().to_vec()
}

fn grid(n: usize, m: usize) -> Array {
    let v: Vec<f64> = (0..n * m).map(|i| i as f64).collect();
    Array::from_slice(&v, &[n, m]).unwrap()
}

#[test]
fn layouts_blocks_and_threads_change_nothing() {
    let a = grid(37, 29);
    let layouts = |a: &Array| {
        let t = exec::copy(a, Order::F).unwrap();
        let reversed = a.view(&[37, 29], &[-29, -1], 36 * 29 + 28);
        let narrow = exec::cast(a, DType::F32, Order::C).unwrap();
        vec![a.clone(), t, reversed, narrow, a.view(&[37, 29], &[0, 1], 0), a.view(&[37, 1], &[29, 0], 3)]
    };
    for (count, threshold, block) in [(1, usize::MAX, 1 << 14), (3, 1, 64), (2, 1, 8), (1, 1, 1000)] {
        threads::set_count(count);
        threads::set_threshold(threshold);
        exec::set_block_size(block);
        for x in layouts(&a) {
            for y in layouts(&a) {
                let got = array(call("subtract", &[&x, &y], &[]));
                let wide = |a: &Array| {
                    let a = exec::cast(a, DType::F64, Order::C).unwrap();
                    floats(&a.broadcast_to(got.shape()).unwrap())
                };
                let want: Vec<f64> = wide(&x).iter().zip(wide(&y)).map(|(p, q)| p - q).collect();
                assert_eq!(floats(&exec::cast(&got, DType::F64, Order::C).unwrap()), want);
            }
        }
    }
    threads::set_count(0);
    threads::set_threshold(threads::LEAST);
    exec::set_block_size(1 << 14);
}

#[test]
fn results_keep_the_order_in_memory() {
    let f = exec::copy(&grid(4, 6), Order::F).unwrap();
    assert!(array(call("negative", &[&f], &[])).is_f_contiguous());
    assert!(array(call("add", &[&f, &grid(4, 6)], &[])).is_c_contiguous());
    assert!(array(call("negative", &[&f], &[("order", Value::str("C"))])).is_c_contiguous());
    let permuted = Array::zeros(DType::F64, &[2, 3, 4]).unwrap().permute(&[1, 2, 0]);
    assert_eq!(array(call("exp", &[&permuted], &[])).strides(), permuted.strides());
}

#[test]
fn targets_that_overlap_their_sources() {
    let line = |n: usize| grid(1, n).reshape_view(&[n], Order::C).unwrap();
    let a = line(6000);
    let (head, tail) = (a.view(&[5999], &[1], 0), a.view(&[5999], &[1], 1));
    call("add", &[&tail, &head], &[("out", Value::Array(tail.clone()))]).unwrap();
    let want: Vec<f64> = (0..6000).map(|i| if i == 0 { 0.0 } else { (2 * i - 1) as f64 }).collect();
    assert_eq!(floats(&a), want);
    let a = line(10);
    let even = a.view(&[5], &[2], 0);
    call("multiply", &[&even, &even], &[("out", Value::Array(even.clone()))]).unwrap();
    assert_eq!(floats(&a), [0.0, 1.0, 4.0, 3.0, 16.0, 5.0, 36.0, 7.0, 64.0, 9.0]);
    let back = a.view(&[10], &[-1], 9);
    call("add", &[&a, &back], &[("out", Value::Array(a.clone()))]).unwrap();
    assert_eq!(floats(&a), [9.0, 65.0, 11.0, 39.0, 21.0, 21.0, 39.0, 11.0, 65.0, 9.0]);
}

#[test]
fn targets_check_cast_shape_and_leave() {
    let a = grid(2, 3);
    let ints = Array::zeros(DType::I64, &[2, 3]).unwrap();
    assert!(matches!(call("add", &[&a, &a], &[("out", Value::Array(ints.clone()))]), Err(Fault::Cast(_))));
    let unsafely = [("out", Value::Array(ints.clone())), ("casting", Value::str("unsafe"))];
    call("add", &[&a, &a], &unsafely).unwrap();
    assert_eq!(ints.as_slice::<i64>().unwrap(), [0, 2, 4, 6, 8, 10]);
    let small = Array::zeros(DType::F64, &[3]).unwrap();
    assert!(matches!(call("add", &[&a, &a], &[("out", Value::Array(small))]), Err(Fault::Array(_))));
    let locked = Array::zeros(DType::F64, &[2, 3]).unwrap();
    locked.set_writeable(false);
    assert!(call("add", &[&a, &a], &[("out", Value::Array(locked))]).is_err());
}

#[test]
fn masks_compute_only_what_they_choose() {
    let (x, y) = (
        Array::from_slice(&[1.0, 2.0, 3.0], &[3]).unwrap(),
        Array::from_slice(&[2.0, 0.0, 4.0], &[3]).unwrap(),
    );
    let mask = Array::from_slice(&[true, false, true], &[3]).unwrap();
    let out = Array::from_slice(&[7.0, 7.0, 7.0], &[3]).unwrap();
    let mut ear = Ear::default();
    let mut args = CallArgs::new([Value::Array(x), Value::Array(y)]);
    args.keyword.push(("out".into(), Value::Array(out.clone())));
    args.keyword.push(("where".into(), Value::Array(mask)));
    prim::call(table().bare("divide").unwrap(), &mut ear, args).unwrap();
    assert_eq!(floats(&out), [0.5, 7.0, 0.75]);
    assert!(ear.0.is_empty(), "{:?}", ear.0);
}

#[test]
fn empty_and_single_arrays() {
    let empty = Array::zeros(DType::I8, &[0, 3]).unwrap();
    let sum = array(call("add", &[&empty, &Array::zeros(DType::F32, &[3]).unwrap()], &[]));
    assert_eq!((sum.shape(), sum.dtype()), (&[0, 3][..], DType::F32));
    let point = Array::from_scalar(Scalar::F64(4.0)).unwrap();
    assert!(matches!(call("sqrt", &[&point], &[]), Ok(Value::Scalar(Scalar::F64(2.0)))));
    let single = Array::from_slice(&[4.0], &[1, 1]).unwrap();
    assert_eq!(array(call("sqrt", &[&single], &[])).shape(), [1, 1]);
}

/// Sets the process's flag, so it is the last of its kind: other tests here do no long work.
#[test]
#[ignore = "interrupts every test that runs beside it; run alone"]
fn a_request_stops_long_work() {
    interrupt::request();
    let result = call("exp", &[&grid(1000, 1000)], &[]);
    interrupt::clear();
    assert!(matches!(result, Err(Fault::Interrupted)));
}

/// One step of as many elements as one thread takes, in every way that two shapes go together.
#[test]
fn single_steps_have_the_common_shape() {
    for n in [2000, 5000, 20_000, 50_000] {
        let xs: Vec<f64> = (0..n).map(|k| k as f64 - 7.0).collect();
        let of = |shape: &[usize]| Array::from_slice(&xs[..shape.iter().product()], shape).unwrap();
        let shapes = [vec![n], vec![1, n], vec![2, n / 2], vec![1], vec![1, 1], vec![], vec![1, 1, 1]];
        for (x, y) in shapes.iter().flat_map(|x| shapes.iter().map(move |y| (of(x), of(y)))) {
            let Ok(shape) = broadcast_shapes(&[x.shape(), y.shape()]) else { continue };
            if x.ndim() == 0 {
                // Beside an array only: two numbers give a number.
                continue;
            }
            let at = |a: &Array, k: usize| if a.size() == 1 { -7.0 } else { xs[k % n] };
            for (name, f) in [
                ("add", (|a, b| a + b) as fn(f64, f64) -> f64),
                ("divide", |a, b| a / b),
                ("maximum", f64::max),
                ("less", |a, b| (a < b) as u8 as f64),
            ] {
                let all = array(call(name, &[&x, &y], &[]));
                assert_eq!(all.shape(), &shape[..], "{name} of {:?} and {:?}", x.shape(), y.shape());
                let all = floats(&exec::cast(&all, DType::F64, Order::C).unwrap());
                for (k, &r) in all.iter().enumerate() {
                    let want = f(at(&x, k), at(&y, k));
                    assert!(r == want || want.is_nan() && r.is_nan(), "{name} {n} at {k}: {r}, {want}");
                }
            }
            let out = array(call("negative", &[&x], &[]));
            assert_eq!((out.shape(), floats(&out)[0]), (x.shape(), 7.0));
        }
    }
}

/// One step of vectors with steps of their own, against the same of copies.
#[test]
fn single_steps_of_views_are_those_of_their_elements() {
    for n in [1usize, 2, 700, 5000, 20_000] {
        let xs: Vec<f64> = (0..3 * n + 2).map(|k| (k as f64 * 0.7).sin() * 50.0).collect();
        let whole = Array::from_slice(&xs, &[xs.len()]).unwrap();
        let views =
            [(0, 1), (1, 2), (2, 3), (n as isize - 1, -1), (2 * n as isize - 2, -2), (5 % n as isize, 0)];
        for dtype in [DType::F64, DType::F32, DType::I64, DType::I8, DType::U16, DType::C128] {
            let whole = exec::cast(&whole, dtype, Order::C).unwrap();
            let view = |(at, by): (isize, isize)| whole.view(&[n], &[by], at as usize);
            for (x, y) in views.iter().flat_map(|x| views.iter().map(move |y| (view(*x), view(*y)))) {
                let [a, b] = [&x, &y].map(|v| exec::copy(v, Order::C).unwrap());
                for name in ["add", "multiply", "true_divide", "maximum", "less", "square"] {
                    let of = |x: &Array, y: &Array| match name {
                        "square" => array(call(name, &[x], &[])),
                        _ => array(call(name, &[x, y], &[])),
                    };
                    let (got, want) = (of(&x, &y), of(&a, &b));
                    assert_eq!((got.dtype(), got.shape()), (want.dtype(), want.shape()));
                    for k in 0..n {
                        let (got, want) = (got.scalar_at(k), want.scalar_at(k));
                        assert_eq!(
                            format!("{got:?}"),
                            format!("{want:?}"),
                            "{name} of {dtype} at {k} of {n}"
                        );
                    }
                }
            }
        }
    }
}
