//! Drawing: from a call's arguments to filled arrays. A call works on a generator given as its
//! first argument, or on the hidden legacy one; after that the arguments agree, so that each
//! function here serves a method of `Generator` and its legacy namesake.

use crate::array::{Array, ArrayError, Dims, Order, broadcast_shapes};
use crate::dtype::{DType, Element};
use crate::exec::tally::{self, Pass};
use crate::exec::{self, threads};
use crate::kernel::random::{
    self as kernel, BitGen, Bounded, Drawn, Law, Mt19937, Numbers, Pcg64, SeedSequence,
};
use crate::prim::random::generator::Generator;
use crate::prim::reducing::arguments::{deliver, finish, out_array};
use crate::prim::{Args, Home};
use crate::value::{Fault, Value, shape_text};
use std::cell::RefCell;
use std::rc::Rc;

/// A generator's state.
pub struct State {
    pub(super) source: RefCell<Source>,
    seed: RefCell<SeedSequence>,
}

#[derive(Clone)]
pub(super) enum Source {
    Pcg(Pcg64),
    Legacy(Box<Mt19937>),
}

thread_local! {
    /// The generator behind `np.random.rand` and its like.
    static HIDDEN: RefCell<Rc<State>> = RefCell::new(Rc::new(State::legacy()));
}

impl State {
    pub fn pcg64(seed: SeedSequence) -> State {
        State { source: RefCell::new(Source::Pcg(Pcg64::new(&seed))), seed: RefCell::new(seed) }
    }

    /// A legacy generator, from the system's entropy.
    pub fn legacy() -> State {
        State {
            source: RefCell::new(Source::Legacy(Box::new(Mt19937::from_os()))),
            seed: RefCell::new(SeedSequence::from_os()),
        }
    }

    /// Another generator that will draw the same numbers.
    pub fn copy(&self) -> State {
        State { source: self.source.clone(), seed: self.seed.clone() }
    }

    pub fn become_as(&self, other: State) {
        self.source.replace(other.source.into_inner());
        self.seed.replace(other.seed.into_inner());
    }

    pub fn spawn(&self, n: u32) -> Vec<SeedSequence> {
        self.seed.borrow_mut().spawn(n)
    }

    /// Restarts a legacy generator: from words, or one integer, or the system's entropy.
    pub fn reseed(&self, seed: Option<(&[u32], bool)>) {
        let fresh = match seed {
            Some((&[one], true)) => Mt19937::from_u32(one),
            Some((words, _)) => Mt19937::from_words(words),
            None => Mt19937::from_os(),
        };
        *self.source.borrow_mut() = Source::Legacy(Box::new(fresh));
    }
}

/// The generator behind `np.random.rand` and its like.
pub fn hidden() -> Rc<State> {
    HIDDEN.with_borrow(Rc::clone)
}

/// As long as it lives, another state is the one behind `np.random.rand` and its like.
pub struct HiddenFor(Rc<State>);

impl HiddenFor {
    pub fn call(state: &Rc<State>) -> HiddenFor {
        HiddenFor(HIDDEN.replace(Rc::clone(state)))
    }
}

impl Drop for HiddenFor {
    fn drop(&mut self) {
        HIDDEN.replace(Rc::clone(&self.0));
    }
}

/// The generator of a call, and the index of the first argument after it.
pub fn open(args: &Args) -> Result<(Rc<State>, usize), Fault> {
    if args.prim.home != Home::Generator {
        return Ok((hidden(), 0));
    }
    match args.get(0) {
        Some(Value::Object(o)) => match o.as_any().downcast_ref::<Generator>() {
            Some(g) => Ok((Rc::clone(&g.0), 1)),
            None => Err(args.wrong(0, "a Generator")),
        },
        _ => Err(args.wrong(0, "a Generator")),
    }
}

/// Numbers for which draws are made ahead.
pub(super) const MANY: usize = 64;

/// Runs `$body` with `$g` the generator, prepared for about `$n` draws.
macro_rules! with_numbers {
    ($state:expr, $n:expr, $g:ident => $body:expr) => {
        match &mut *$state.source.borrow_mut() {
            $crate::prim::random::draw::Source::Pcg(rng) if $n < $crate::prim::random::draw::MANY => {
                let $g = rng;
                $body
            }
            $crate::prim::random::draw::Source::Pcg(rng) => {
                let $g = &mut $crate::kernel::random::Ahead::new(rng);
                $body
            }
            $crate::prim::random::draw::Source::Legacy(rng) => {
                let $g = &mut **rng;
                $body
            }
        }
    };
}
pub(super) use with_numbers;

/// The shape that `size` (argument `i`) asks for; `*shape` too.
pub fn size(args: &Args, i: usize) -> Result<Option<Vec<usize>>, Fault> {
    match args.get(i) {
        _ if args.is_none(i) => Ok(None),
        Some(Value::Tuple(t)) if t.items.is_empty() && args.prim.params.starts_with('*') => Ok(None),
        _ => args.shape(i).map(|shape| Some(shape.into_vec())),
    }
}

/// Fills a fresh array of the asked shape, or `out`; one plain float without either.
fn filled<T: Element>(
    args: &Args,
    shape: Option<Vec<usize>>,
    out: Option<Array>,
    fill: impl FnOnce(&mut [T]),
) -> Result<Value, Fault> {
    let shape = match (&shape, &out) {
        (Some(s), _) => s.clone(),
        (None, Some(o)) => o.shape().to_vec(),
        (None, None) => {
            let mut one = [T::default()];
            fill(&mut one);
            return Ok(plain(one[0]));
        }
    };
    if out.as_ref().is_some_and(|o| o.dtype() != T::DTYPE) {
        return Err(args.reason(format!("Supplied output array has the wrong type. Expected {}", T::DTYPE)));
    }
    let mut a = Array::empty(T::DTYPE, &shape)?;
    {
        let _pass = tally::pass(|| Pass::new("draw", T::DTYPE, 0).writes(&a));
        fill(a.as_mut_slice::<T>().unwrap_or_default());
    }
    match out {
        Some(_) => finish(a, out),
        None => Ok(Value::Array(a)),
    }
}

/// A number as Python's own type.
fn plain<T: Element>(x: T) -> Value {
    let s = x.scalar();
    match s.dtype() {
        DType::Bool => Value::Bool(s.truth()),
        d if d.is_int() => match s.as_i128().and_then(|n| i64::try_from(n).ok()) {
            Some(n) => Value::Int(n),
            None => Value::Scalar(s),
        },
        _ => Value::Float(s.as_f64().unwrap_or(f64::NAN)),
    }
}

/// Whether float32 is asked for; anything but the two floats is an error.
pub fn single(args: &Args, i: usize) -> Result<bool, Fault> {
    match args.opt_dtype(i)? {
        None | Some(DType::F64) => Ok(false),
        Some(DType::F32) => Ok(true),
        Some(d) => Err(args.reason(format!("Unsupported dtype {d} for {}", args.name()))),
    }
}

/// Fills `x` with variates of a law.
pub fn draw<L: Law>(state: &State, law: &L, x: &mut [L::Out]) {
    let work = exec::progress::pass(x.len());
    let stop = |drawn: usize| {
        work.advance(drawn);
        exec::interrupt::requested()
    };
    match &mut *state.source.borrow_mut() {
        Source::Pcg(rng) => kernel::spread(rng, law, x, threads::for_elements(x.len()), &stop),
        Source::Legacy(rng) => {
            for part in x.chunks_mut(1 << 12) {
                if stop(part.len()) {
                    return;
                }
                part.iter_mut().for_each(|x| *x = law.draw(&mut **rng));
            }
        }
    }
}

/// A value of one law, which `size` (and `out`) shape; an error if it was interrupted.
pub fn drawn<L: Law>(
    args: &Args,
    state: &State,
    shape: Option<Vec<usize>>,
    out: Option<Array>,
    law: &L,
) -> Result<Value, Fault>
where
    L::Out: Element,
{
    let value = filled::<L::Out>(args, shape, out, |x| draw(state, law, x))?;
    if exec::interrupt::requested() { Err(ArrayError::Interrupted.into()) } else { Ok(value) }
}

pub fn random(args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let (shape, out) = (size(args, at)?, out_array(args, at + 2)?);
    if single(args, at + 1)? {
        return drawn(args, &state, shape, out, &kernel::UnitF32);
    }
    if at == 0 {
        return filled::<f64>(args, shape, out, |x| {
            if let Source::Legacy(rng) = &mut *state.source.borrow_mut() {
                rng.fill(x);
            }
        });
    }
    drawn(args, &state, shape, out, &kernel::Uniform(0.0, 1.0))
}

/// The bytes of 32-bit draws, the low one first.
pub fn bytes(args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let n = usize::try_from(args.int(at)?).map_err(|_| args.reason("negative dimensions are not allowed"))?;
    let mut out = Array::empty(DType::U8, &[n])?;
    let items = out.as_mut_slice::<u8>().unwrap_or_default();
    with_numbers!(state, n, g => {
        for word in items.chunks_mut(4) {
            word.iter_mut().zip(g.next32().to_le_bytes()).for_each(|(slot, b)| *slot = b);
        }
    });
    Ok(Value::Array(out))
}

pub fn standard_normal(args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let (shape, out) = (size(args, at)?, out_array(args, at + 2)?);
    if single(args, at + 1)? {
        return drawn(args, &state, shape, out, &kernel::NormalF32());
    }
    drawn(args, &state, shape, out, &kernel::StandardNormal())
}

pub fn standard_exponential(args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let (shape, out) = (size(args, at)?, out_array(args, at + 3)?);
    let inversion = match args.str(at + 2)? {
        "zig" => false,
        "inv" => true,
        _ => return Err(args.wrong(at + 2, "'zig' or 'inv'")),
    };
    match (single(args, at + 1)?, inversion) {
        (true, true) => drawn(args, &state, shape, out, &kernel::ExponentialInverseF32()),
        (true, false) => drawn(args, &state, shape, out, &kernel::ExponentialF32()),
        (false, true) => drawn(args, &state, shape, out, &kernel::ExponentialInverse()),
        (false, false) => drawn(args, &state, shape, out, &kernel::StandardExponential()),
    }
}

/// Variates of a law whose parameters (at most three) may be arrays.
pub fn continuous<L: Law>(
    args: &Args,
    asked: usize,
    parameters: &[Array],
    law: impl Fn([f64; 3]) -> L,
) -> Result<Value, Fault>
where
    L::Out: Element,
{
    let (state, _) = open(args)?;
    let shape = size(args, asked)?;
    let parts: Vec<Array> =
        parameters.iter().map(|a| exec::in_dtype(a, DType::F64)).collect::<Result<_, _>>()?;
    if parts.iter().all(|a| a.ndim() == 0) {
        let mut p = [0.0; 3];
        for (slot, a) in p.iter_mut().zip(&parts) {
            *slot = a.item().and_then(|x| x.as_f64()).unwrap_or(0.0);
        }
        return drawn(args, &state, shape, None, &law(p));
    }
    let shapes: Vec<&[usize]> = parts.iter().map(Array::shape).collect();
    let natural = broadcast_shapes(&shapes)?;
    let shape = fits(args, shape, &natural)?;
    let parts: Vec<Array> = parts.iter().map(|a| spread(a, &shape)).collect::<Result<_, _>>()?;
    let items: Vec<&[f64]> = parts.iter().map(|a| a.as_slice::<f64>().unwrap_or_default()).collect();
    filled::<L::Out>(args, Some(shape), None, |out| {
        with_numbers!(state, out.len(), g => {
            for (i, slot) in out.iter_mut().enumerate() {
                let mut p = [0.0; 3];
                for (x, part) in p.iter_mut().zip(&items) {
                    *x = part[i];
                }
                *slot = law(p).draw(g);
            }
        })
    })
}

/// The asked shape, to which the parameters' own must broadcast; theirs if none is asked for.
fn fits(args: &Args, asked: Option<Vec<usize>>, natural: &[usize]) -> Result<Vec<usize>, Fault> {
    let Some(shape) = asked else { return Ok(natural.to_vec()) };
    if broadcast_shapes(&[&shape, natural])?[..] != shape[..] {
        return Err(args.reason(format!(
            "Output size {} is not compatible with broadcast dimensions of inputs {}.",
            shape_text(&shape),
            shape_text(natural)
        )));
    }
    Ok(shape)
}

fn spread(a: &Array, shape: &[usize]) -> Result<Array, Fault> {
    Ok(exec::copy(&a.broadcast_to(shape)?, Order::C)?)
}

/// Checks that no element is negative.
fn non_negative(args: &Args, a: &Array, name: &str) -> Result<(), Fault> {
    let a = exec::contiguous(&exec::in_dtype(a, DType::F64)?)?;
    if a.as_slice::<f64>().unwrap_or_default().iter().any(|x| *x < 0.0 || (*x == 0.0 && x.is_sign_negative()))
    {
        return Err(args.reason(format!("{name} < 0")));
    }
    Ok(())
}

pub fn normal(args: &Args) -> Result<Value, Fault> {
    let (_, at) = open(args)?;
    let scale = args.array(at + 1)?;
    non_negative(args, &scale, "scale")?;
    continuous(args, at + 2, &[args.array(at)?, scale], |[a, b, _]| kernel::Normal(a, b))
}

pub fn exponential(args: &Args) -> Result<Value, Fault> {
    let (_, at) = open(args)?;
    let scale = args.array(at)?;
    non_negative(args, &scale, "scale")?;
    continuous(args, at + 1, &[scale], |[a, ..]| kernel::Exponential(a))
}

pub fn uniform(args: &Args) -> Result<Value, Fault> {
    let (_, at) = open(args)?;
    let parts = [args.array(at)?, args.array(at + 1)?];
    let [low, high] = [exec::in_dtype(&parts[0], DType::F64)?, exec::in_dtype(&parts[1], DType::F64)?];
    let shape = broadcast_shapes(&[low.shape(), high.shape()])?;
    let (a, b) = (spread(&low, &shape)?, spread(&high, &shape)?);
    let (x, y) = (a.as_slice::<f64>().unwrap_or_default(), b.as_slice::<f64>().unwrap_or_default());
    let width: Vec<f64> = x.iter().zip(y).map(|(l, h)| h - l).collect();
    if width.iter().any(|w| !w.is_finite()) {
        return Err(args.reason("high - low range exceeds valid bounds"));
    }
    let width = Array::from_slice(&width, &shape)?;
    if at == 1 {
        non_negative(args, &width, "high - low")?;
    }
    continuous(args, at + 2, &[a, width], |[a, b, _]| kernel::Uniform(a, b))
}

/// The elements as exact integers, floats cut toward zero.
fn whole(args: &Args, i: usize) -> Result<(Vec<i128>, Dims), Fault> {
    let a = args.array(i)?;
    if a.dtype().is_complex() {
        return Err(args.wrong(i, "an integer or an array of them"));
    }
    let c = exec::contiguous(&a)?;
    let at = |k: usize| c.scalar_at(c.offset() + k);
    let value = |k: usize| at(k).as_i128().unwrap_or_else(|| at(k).as_f64().unwrap_or(0.0) as i128);
    Ok(((0..c.size()).map(value).collect(), a.shape().into()))
}

pub fn integers(args: &Args) -> Result<Value, Fault> {
    let (state, at) = open(args)?;
    let dtype = args.opt_dtype(at + 3)?.unwrap_or(DType::I64);
    let Some((least, most)) =
        crate::prim::arrays::dtypes::int_range(dtype).or((dtype == DType::Bool).then_some((0, 1)))
    else {
        return Err(args.reason(format!("Unsupported dtype {dtype} for {}", args.name())));
    };
    let closed = i128::from(!args.flag(at + 4)?);
    let ((low, low_shape), (mut high, high_shape)) = if args.is_none(at + 1) {
        ((vec![0], Dims::new()), whole(args, at)?)
    } else {
        (whole(args, at)?, whole(args, at + 1)?)
    };
    high.iter_mut().for_each(|h| *h -= closed);
    let asked = size(args, at + 2)?;
    if asked.as_ref().is_some_and(|s| s.contains(&0)) {
        return Ok(Value::Array(Array::empty(dtype, &asked.unwrap_or_default())?));
    }
    if low.iter().any(|&l| l < least) {
        return Err(args.reason(format!("low is out of bounds for {dtype}")));
    }
    if high.iter().any(|&h| h > most) {
        return Err(args.reason(format!("high is out of bounds for {dtype}")));
    }
    let natural = broadcast_shapes(&[&low_shape, &high_shape])?;
    let one = natural.is_empty();
    // Broadcast through index arrays, since the bounds need more than 64 bits.
    let index = |n: usize, shape: &[usize]| -> Result<Array, Fault> {
        let all = exec::distinct::counting(n)?;
        Ok(all.reshape_view(shape, Order::C).unwrap_or(all))
    };
    let shape = if one { asked.clone().unwrap_or_default() } else { fits(args, asked.clone(), &natural)? };
    let pairs: Vec<(i128, i128)> = if one {
        vec![(low[0], high[0])]
    } else {
        let (l, h) = (index(low.len(), &low_shape)?, index(high.len(), &high_shape)?);
        let (l, h) = (spread(&l, &shape)?, spread(&h, &shape)?);
        let (l, h) = (l.as_slice::<i64>().unwrap_or_default(), h.as_slice::<i64>().unwrap_or_default());
        l.iter().zip(h).map(|(&i, &j)| (low[i as usize], high[j as usize])).collect()
    };
    if pairs.iter().any(|(l, h)| l > h) {
        let sign = if closed == 1 { ">=" } else { ">" };
        return Err(args.reason(format!("low {sign} high")));
    }
    let mut out = Array::empty(dtype, &shape)?;
    let _pass = tally::pass(|| Pass::new("draw", dtype, out.size()).writes(&out));
    macro_rules! draw {
        ($($t:ty),*) => {
            match dtype {
                $(<$t as Element>::DTYPE => draw_integers::<$t>(&state, &pairs, one, &mut out),)*
                _ => {}
            }
        };
    }
    draw!(bool, i8, u8, i16, u16, i32, u32, i64, u64);
    let python = args
        .get(at + 3)
        .is_some_and(|v| matches!(v, Value::Func(_)) || matches!(v, Value::Str(s) if &**s == "int"));
    match out.item() {
        Some(s) if asked.is_none() && one && python => Ok(match s.as_i128() {
            Some(b) if dtype == DType::Bool => Value::Bool(b == 1),
            Some(n) => Value::Int(n as i64),
            None => Value::Scalar(s),
        }),
        _ if asked.is_none() && one => Ok(deliver(out)),
        _ => Ok(Value::Array(out)),
    }
}

fn draw_integers<T: Drawn>(state: &State, pairs: &[(i128, i128)], one: bool, out: &mut Array) {
    let out = out.as_mut_slice::<T>().unwrap_or_default();
    let as_type = std::marker::PhantomData;
    if let [(low, high)] = pairs
        && T::BITS >= 32
        && one
        && matches!(&*state.source.borrow(), Source::Pcg(_))
    {
        let (low, range) = (*low as u64, (high - low) as u64);
        match u32::try_from(range) {
            Ok(range) if range > 0 && range < u32::MAX => {
                return draw(state, &kernel::Narrow { low, range, as_type }, out);
            }
            Err(_) if range < u64::MAX => return draw(state, &kernel::Broad { low, range, as_type }, out),
            _ => {}
        }
    }
    fn run<T: Drawn, G: Numbers>(g: &mut G, pairs: &[(i128, i128)], one: bool, out: &mut [T]) {
        let mut bounded = Bounded::new(g, G::METHOD);
        if one {
            let (low, high) = pairs[0];
            return bounded.fill(out, low as u64, (high - low) as u64);
        }
        for (slot, &(low, high)) in out.iter_mut().zip(pairs) {
            *slot = bounded.draw(low as u64, (high - low) as u64);
        }
    }
    with_numbers!(state, out.len(), g => run(g, pairs, one, out))
}
