//! Binding a call's arguments to a row's signature.

use crate::array::{Array, Dims, Order, normalize_axis};
use crate::dtype::DType;
use crate::prim::Prim;
use crate::value::{CallArgs, Fault, Part, Value};
use smallvec::SmallVec;
use std::cell::RefCell;

/// A parsed signature.
pub struct Signature {
    pub params: Vec<Param>,
    /// Parameters from this one on are given by keyword only.
    pub keyword_from: usize,
    /// The index of `*args`, which collects the positional rest in a tuple.
    pub variadic: Option<usize>,
}

pub struct Param {
    pub name: &'static str,
    pub default: Default,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    Required,
    /// `=?`: may be absent.
    Absent,
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Word),
}

/// A default that is a string. Each thread makes its value once: strings are shared, not copied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Word(&'static str);

thread_local! {
    static WORDS: RefCell<Vec<(Word, Value)>> = const { RefCell::new(Vec::new()) };
}

impl Word {
    fn value(self) -> Value {
        let find = |words: &RefCell<Vec<(Word, Value)>>| {
            let mut words = words.try_borrow_mut().ok()?;
            // By address: signatures are few, and each keeps its text.
            let same = |(w, _): &&(Word, Value)| std::ptr::eq(w.0, self.0);
            if let Some((_, v)) = words.iter().find(same) {
                return Some(v.clone());
            }
            let v = Value::str(self.0);
            words.push((self, v.clone()));
            Some(v)
        };
        WORDS.try_with(find).ok().flatten().unwrap_or_else(|| Value::str(self.0))
    }
}

impl Signature {
    /// Parses `a, axis=None, *rest, keepdims=False`, also with `*` and `/` as in Python.
    pub fn parse(text: &'static str) -> Signature {
        let mut sig = Signature { params: Vec::new(), keyword_from: usize::MAX, variadic: None };
        for part in text.split(',').map(str::trim).filter(|p| !p.is_empty() && *p != "/") {
            if part == "*" {
                sig.keyword_from = sig.params.len();
                continue;
            }
            let (name, default) = match part.split_once('=') {
                Some((name, value)) => (name.trim(), Default::parse(value.trim())),
                None => (part, Default::Required),
            };
            let name = match name.strip_prefix('*') {
                Some(name) => {
                    sig.variadic = Some(sig.params.len());
                    sig.keyword_from = sig.params.len() + 1;
                    name
                }
                None => name,
            };
            sig.params.push(Param { name, default });
        }
        sig
    }
}

impl Default {
    fn parse(text: &'static str) -> Default {
        match text {
            "?" => Default::Absent,
            "None" => Default::None,
            "True" => Default::Bool(true),
            "False" => Default::Bool(false),
            _ => match text.parse::<i64>() {
                Ok(n) => Default::Int(n),
                Err(_) => match text.parse::<f64>() {
                    Ok(x) => Default::Float(x),
                    Err(_) => Default::Str(Word(text.trim_matches(['\'', '"']))),
                },
            },
        }
    }

    fn value(self) -> Option<Value> {
        Some(match self {
            Default::Required | Default::Absent => return None,
            Default::None => Value::None,
            Default::Bool(b) => Value::Bool(b),
            Default::Int(n) => Value::Int(n),
            Default::Float(x) => Value::Float(x),
            Default::Str(s) => s.value(),
        })
    }
}

/// The arguments of one call of a primitive, one place per parameter of its signature.
pub struct Args {
    pub prim: &'static Prim,
    values: SmallVec<[Option<Value>; 8]>,
    given: u64,
}

impl Args {
    /// Places a call's arguments; checks their number, keywords and repetition.
    pub fn bind(prim: &'static Prim, call: CallArgs) -> Result<Args, Fault> {
        let sig = crate::prim::table().signature(prim);
        let most = sig.params.len().min(sig.keyword_from);
        if call.keyword.is_empty() && sig.variadic.is_none() && call.positional.len() <= most {
            return Args::bind_in_order(prim, sig, call);
        }
        let mut values: SmallVec<[Option<Value>; 8]> = SmallVec::from_elem(None, sig.params.len());
        let mut given = 0u64;
        let total = call.positional.len();
        let mut rest = Vec::new();
        for (i, value) in call.positional.into_iter().enumerate() {
            match sig.variadic {
                Some(v) if i >= v => rest.push(value),
                _ if i >= sig.params.len().min(sig.keyword_from) => {
                    let max = sig.params.len().min(sig.keyword_from);
                    return Err(Fault::TooManyArguments { func: prim.name.into(), max, given: total });
                }
                _ => {
                    values[i] = Some(value);
                    given |= 1 << i;
                }
            }
        }
        if let Some(v) = sig.variadic {
            values[v] = Some(Value::tuple(rest));
        }
        for (key, value) in call.keyword {
            let Some(i) = sig.params.iter().position(|p| p.name == &*key) else {
                let near = nearest(&key, sig.params.iter().map(|p| p.name));
                let takes = sig.params.iter().map(|p| p.name).collect::<Vec<_>>().join(", ");
                let (func, keyword) = (prim.name.into(), key.to_string());
                return Err(Fault::UnknownKeyword { func, keyword, near, takes });
            };
            if given & (1 << i) != 0 {
                return Err(Fault::DuplicateArgument { func: prim.name.into(), param: key.to_string() });
            }
            values[i] = Some(value);
            given |= 1 << i;
        }
        for (slot, param) in values.iter_mut().zip(&sig.params) {
            if slot.is_none() {
                *slot = param.default.value();
                if slot.is_none() && param.default == Default::Required {
                    return Err(Fault::MissingArgument { func: prim.name.into(), param: param.name.into() });
                }
            }
        }
        Ok(Args { prim, values, given })
    }

    /// The signature, if `n` arguments without keywords fit its places one by one. Then take
    /// [`none`](Args::none), [`push`](Args::push) them, and [`close`](Args::close) it.
    #[inline]
    pub fn fit(prim: &'static Prim, n: usize) -> Option<&'static Signature> {
        let sig = super::table().signature(prim);
        let fits = sig.variadic.is_some() || n <= sig.params.len().min(sig.keyword_from);
        fits.then_some(sig)
    }

    /// No arguments yet.
    #[inline(always)]
    pub fn none(prim: &'static Prim) -> Args {
        Args { prim, values: SmallVec::new(), given: 0 }
    }

    #[inline]
    pub fn push(&mut self, value: Value) {
        self.given = self.given << 1 | 1;
        self.values.push(Some(value));
    }

    /// Makes a row go along the first axis of what a generator gave, if those were arrays.
    pub fn along_items(&mut self) {
        let [Some(items)] = &self.values[..] else { return };
        let arrays = match items {
            Value::Array(a) => a.ndim() > 1,
            Value::List(l) => l.with(|items| matches!(items.first(), Some(Value::Array(a)) if a.ndim() > 0)),
            _ => false,
        };
        if arrays {
            self.push(Value::Int(0));
        }
    }

    /// Pushes another holder of a value. The commonest are put together where they go: see `Value::shared`.
    #[inline]
    pub fn push_shared(&mut self, value: &Value) {
        match value {
            Value::Array(a) => self.push(Value::Array(a.clone())),
            Value::List(l) => self.push(Value::List(l.clone())),
            Value::Str(s) => self.push(Value::Str(s.clone())),
            other => self.push(other.clone()),
        }
    }

    /// Pushes a parameter's default, put together where it goes.
    #[inline]
    fn push_default(&mut self, default: Default) {
        match default {
            Default::Required | Default::Absent => self.values.push(None),
            Default::None => self.values.push(Some(Value::None)),
            Default::Bool(b) => self.values.push(Some(Value::Bool(b))),
            Default::Int(n) => self.values.push(Some(Value::Int(n))),
            other => self.values.push(other.value()),
        }
    }

    /// How many arguments have been pushed so far.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The arguments pushed so far, where they are.
    #[inline]
    pub fn looked_at(&self) -> SmallVec<[&Value; 4]> {
        self.values.iter().flatten().collect()
    }

    /// The arguments pushed so far as those of a call.
    pub fn into_call(self) -> CallArgs {
        CallArgs::new(self.values.into_iter().flatten())
    }

    /// The values pushed so far.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.values.iter_mut().flatten()
    }

    /// Whether one of the values pushed so far is deferred.
    #[inline]
    pub fn waits(&self) -> bool {
        self.values.iter().any(|v| matches!(v, Some(Value::Deferred(_))))
    }

    /// Collects the positional rest, if the signature asks for it, and gives the other parameters their
    /// defaults.
    #[inline]
    pub fn close(&mut self, sig: &Signature) -> Result<(), Fault> {
        let rest_at = sig.variadic.unwrap_or(usize::MAX);
        let mut rest = Vec::new();
        if self.values.len() > rest_at {
            rest.extend(self.values.drain(rest_at..).flatten());
            self.given &= (1 << rest_at) - 1;
        }
        for (i, param) in sig.params.iter().enumerate().skip(self.values.len()) {
            if i == rest_at {
                self.values.push(Some(Value::tuple(std::mem::take(&mut rest))));
                continue;
            }
            if param.default == Default::Required {
                let func = self.prim.name.into();
                return Err(Fault::MissingArgument { func, param: param.name.into() });
            }
            self.push_default(param.default);
        }
        Ok(())
    }

    /// Arguments without keywords, no more than there are places for them.
    fn bind_in_order(prim: &'static Prim, sig: &Signature, call: CallArgs) -> Result<Args, Fault> {
        let mut args = Args { prim, values: SmallVec::new(), given: 0 };
        call.positional.into_iter().for_each(|v| args.push(v));
        args.close(sig)?;
        Ok(args)
    }

    /// The only argument of a row whose signature has one parameter.
    pub fn single(prim: &'static Prim, value: Value) -> Args {
        let mut args = Args::none(prim);
        args.push(value);
        args
    }

    /// The same arguments with another value in one place.
    pub fn with(&self, i: usize, value: Value) -> Args {
        let mut values = self.values.clone();
        values[i] = Some(value);
        Args { prim: self.prim, values, given: self.given }
    }

    pub fn name(&self) -> &'static str {
        self.prim.name
    }

    /// Whether the caller wrote this argument.
    pub fn given(&self, i: usize) -> bool {
        self.given & (1 << i) != 0
    }

    /// Whether the caller wrote the first argument and nothing else.
    pub fn only_first(&self) -> bool {
        self.given == 1
    }

    /// The argument's value, or its default; `None` if absent.
    pub fn get(&self, i: usize) -> Option<&Value> {
        self.values.get(i).and_then(Option::as_ref)
    }

    /// The value, `Value::None` standing for an absent one.
    pub fn value(&self, i: usize) -> Value {
        self.get(i).cloned().unwrap_or(Value::None)
    }

    pub fn is_none(&self, i: usize) -> bool {
        matches!(self.get(i), None | Some(Value::None))
    }

    /// The items of `*args`.
    pub fn rest(&self, i: usize) -> Vec<Value> {
        self.rest_of(i).to_vec()
    }

    /// The items of `*args`, where they are.
    pub fn rest_of(&self, i: usize) -> &[Value] {
        match self.get(i) {
            Some(Value::Tuple(t)) => &t.items,
            _ => &[],
        }
    }

    /// The error for an argument of the wrong type; `expected` is a phrase such as `an integer`.
    pub fn wrong(&self, i: usize, expected: &'static str) -> Fault {
        let param = crate::prim::table().signature(self.prim).params.get(i).map_or("", |p| p.name);
        let got = self.get(i).map_or("nothing".into(), Value::describe);
        Fault::ArgumentType { func: self.prim.name.into(), param: param.into(), expected, got }
    }

    /// The error for a value that cannot be used.
    pub fn reason(&self, reason: impl Into<String>) -> Fault {
        Fault::Value { func: self.prim.name.into(), reason: reason.into() }
    }

    /// The error for operands whose shapes cannot be used; `tries` may help.
    pub fn lengths(
        &self,
        reason: impl Into<String>,
        parts: impl Into<Box<[Part]>>,
        tries: &'static [&'static str],
    ) -> Fault {
        Fault::Lengths { func: self.prim.name.into(), reason: reason.into(), parts: parts.into(), tries }
    }

    /// The same for one operand as a whole.
    pub fn misshapen(
        &self,
        i: usize,
        a: &Array,
        reason: impl Into<String>,
        tries: &'static [&'static str],
    ) -> Fault {
        let name = crate::prim::table().signature(self.prim).params.get(i).map_or("x", |p| p.name);
        self.lengths(reason, [Part::whole(i, name, a.shape())], tries)
    }

    /// The argument as an array: numbers become 0-d, lists and tuples are converted.
    pub fn array(&self, i: usize) -> Result<Array, Fault> {
        match self.get(i) {
            Some(Value::Array(a)) => Ok(a.clone()),
            Some(v) => crate::prim::convert::to_array(v),
            None => Err(self.wrong(i, "an array")),
        }
    }

    /// An integer: plain, typed, or a whole 0-d array. With `glyph` meaning, whole floats too.
    pub fn int(&self, i: usize) -> Result<i64, Fault> {
        self.get(i).and_then(crate::prim::convert::as_index).ok_or_else(|| self.wrong(i, "an integer"))
    }

    pub fn opt_int(&self, i: usize) -> Result<Option<i64>, Fault> {
        if self.is_none(i) { Ok(None) } else { self.int(i).map(Some) }
    }

    /// A real number.
    pub fn float(&self, i: usize) -> Result<f64, Fault> {
        let scalar = self.get(i).and_then(crate::prim::convert::as_scalar);
        scalar.and_then(|s| s.as_f64()).ok_or_else(|| self.wrong(i, "a real number"))
    }

    pub fn flag(&self, i: usize) -> Result<bool, Fault> {
        match self.get(i) {
            Some(Value::Bool(b)) => Ok(*b),
            None | Some(Value::None) => Ok(false),
            Some(v) => crate::prim::convert::as_scalar(v)
                .map(|s| s.truth())
                .ok_or_else(|| self.wrong(i, "True or False")),
        }
    }

    pub fn str(&self, i: usize) -> Result<&str, Fault> {
        match self.get(i) {
            Some(Value::Str(s)) => Ok(s),
            _ => Err(self.wrong(i, "a string")),
        }
    }

    /// A dtype: a dtype value, a name, or one of the functions `float int bool complex`.
    pub fn dtype(&self, i: usize) -> Result<DType, Fault> {
        let given = self.get(i);
        given.and_then(crate::prim::convert::as_dtype).ok_or_else(|| match given {
            Some(Value::Str(name)) => Fault::UnknownDType {
                name: name.to_string(),
                near: nearest(name, DType::ALL.into_iter().map(DType::name)),
            },
            _ => self.wrong(i, "a dtype"),
        })
    }

    /// As `dtype`; `None` where none is given.
    pub fn opt_dtype(&self, i: usize) -> Result<Option<DType>, Fault> {
        if self.is_none(i) { Ok(None) } else { self.dtype(i).map(Some) }
    }

    /// One axis, counted from the end if negative.
    pub fn axis(&self, i: usize, ndim: usize) -> Result<usize, Fault> {
        Ok(normalize_axis(self.int(i)?, ndim)?)
    }

    pub fn opt_axis(&self, i: usize, ndim: usize) -> Result<Option<usize>, Fault> {
        if self.is_none(i) { Ok(None) } else { self.axis(i, ndim).map(Some) }
    }

    /// One or several axes (an integer or a tuple), sorted; `None` for all.
    pub fn opt_axes(&self, i: usize, ndim: usize) -> Result<Option<Vec<usize>>, Fault> {
        if self.is_none(i) {
            return Ok(None);
        }
        let axes = self.ints(i)?;
        let mut out = Vec::with_capacity(axes.len());
        for axis in axes {
            let k = normalize_axis(axis, ndim)?;
            if out.contains(&k) {
                return Err(crate::array::ArrayError::RepeatedAxis { axis: k }.into());
            }
            out.push(k);
        }
        out.sort_unstable();
        Ok(Some(out))
    }

    /// Integers: one, or a tuple, list or array of them.
    pub fn ints(&self, i: usize) -> Result<Vec<i64>, Fault> {
        self.get(i)
            .and_then(crate::prim::convert::as_ints)
            .ok_or_else(|| self.wrong(i, "an integer or a tuple of them"))
    }

    /// A shape: one non-negative integer or a tuple of them.
    pub fn shape(&self, i: usize) -> Result<Dims, Fault> {
        if let Some(&Value::Int(n)) = self.get(i)
            && let Ok(n) = usize::try_from(n)
        {
            return Ok(Dims::from_slice(&[n]));
        }
        let ints = self.ints(i)?;
        if ints.iter().any(|&n| n < 0) {
            return Err(self.reason("negative dimensions are not allowed"));
        }
        Ok(ints.into_iter().map(|n| n as usize).collect())
    }

    /// `order="C"`, `"F"`, and `"A"`/`"K"` by the layout of `like`.
    pub fn order(&self, i: usize, like: Option<&Array>) -> Result<Order, Fault> {
        let f_like = like.is_some_and(|a| a.is_f_contiguous() && !a.is_c_contiguous());
        match self.get(i) {
            None | Some(Value::None) => Ok(Order::C),
            Some(Value::Str(s)) => match &**s {
                "C" => Ok(Order::C),
                "F" => Ok(Order::F),
                "A" | "K" => Ok(if f_like { Order::F } else { Order::C }),
                _ => Err(self.wrong(i, "one of 'C', 'F', 'A', 'K'")),
            },
            _ => Err(self.wrong(i, "one of 'C', 'F', 'A', 'K'")),
        }
    }
}

/// The name most like `word`, if one is near enough to offer: at most a third of its letters
/// differ, and of very short names never all.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = |n: &str| {
        let shorter = n.chars().count().min(word.chars().count());
        let d = strsim::damerau_levenshtein(word, n);
        (d <= 1.max(shorter / 3) && d < shorter).then_some(d)
    };
    names.into_iter().filter_map(|n| near(n).map(|d| (d, n))).min().map(|(_, n)| n.to_string())
}
