//! The row: everything that is known of one primitive, in one struct literal in its family's file.
//! Parsing, help, completion, reduction, fusion, the reference page and the tests read it.

use crate::dtype::DType;
use crate::kernel::chain::Link;
use crate::kernel::fold::alternate::Alternate;
pub use crate::kernel::{Check, Flags};
use crate::kernel::{Fold, KernelFn};
use crate::prim::bind::Args;
use crate::syntax::Class;
use crate::value::{Fault, Formula, Host, Value};

/// One primitive. Write `Prim { name: …, ..Prim::NEW }`.
pub struct Prim {
    /// NumPy's name, or arr's where NumPy has none.
    pub name: &'static str,
    pub home: Home,
    /// Other names for the same function (`absolute` for `abs`).
    pub aliases: &'static [&'static str],
    pub glyphs: &'static [Glyph],
    /// The signature, in Python's words: `a, axis=None, *, keepdims=False`. Defaults are literals;
    /// `=?` marks an argument that may be left out and whose absence the function sees.
    pub params: &'static str,
    /// One line, then details: shapes, dtypes, errors.
    pub doc: &'static str,
    pub examples: &'static [Example],
    /// What to write in NumPy, where the name alone does not say it.
    pub numpy: &'static str,
    pub identity: Identity,
    pub laws: Laws,
    /// Arguments that may come as deferred work (a bit for each parameter): the function reads them as
    /// expressions, has no effects, and may itself give deferred work. All others come computed.
    pub defers: u8,
    /// Arguments (a bit for each parameter) that may come as a list or tuple, written out in the call, some of
    /// whose items are deferred work.
    pub defers_items: u8,
    /// Whether the one argument of a call that gives no other may be deferred work of several axes as one
    /// axis ([`deferred::under_ravel`](crate::prim::deferred::under_ravel)): it folds all elements anyway.
    pub ravels: bool,
    /// Of a row that defers nothing: whether a call does nothing but give its value, always the same of the
    /// same arguments. It writes to no array and calls no function.
    pub pure: bool,
    /// Of a row whose result, as an index of the vector that it is of, puts that in order: whether downwards.
    pub grades: Option<bool>,
    /// Of a row of kind `Call` that works element by element: the arguments (a bit for each parameter)
    /// that it goes through, broadcasting them; the others hold for all elements. So it gives of an array
    /// what it gives of each element, in one array.
    pub each: u8,
    /// As `each`, of arguments that are rows of such arrays: it goes through each of them.
    pub each_of: u8,
    /// What it is made of, called with so many arguments.
    pub formula: fn(usize) -> Option<Formula>,
    /// Where the function works, for a glyph with an axis.
    pub along: Along,
    /// Whether its result is a selection of its right argument's elements, so that it may stand in the
    /// target of an assignment: `(2 ↑ x) = 9`.
    pub selects: bool,
    /// Whether it is also a method of NumPy's arrays: `x.mean()` stays the array's mean in a program that
    /// has a function `mean`.
    pub method: bool,
    /// Arrays of its largest operand's or its result's size that NumPy's function of that name makes and
    /// drops, beside the result: what `tracemalloc` counted with NumPy 2.4 over 100,000 elements.
    pub numpy_scratch: u8,
    /// What most calls with small arguments come to, without what the other ones need.
    pub brief: Option<Brief>,
    /// Whether a generator's arrays are taken one after the other, along the first axis of all of them, as
    /// Python's function of that name does (`sum(np.roll(x, i) for i in range(3))`). The second parameter is
    /// the axis.
    pub item_by_item: bool,
    /// What a loop over unboxed numbers does in place of a call.
    pub in_loop: InLoop,
    pub kind: Kind,
}

/// The axis along which a structural function works, which `⌽[0]` puts another in the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    None,
    First,
    Last,
    /// The first of both arguments.
    Joined,
}

/// Where a name is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Home {
    /// Bare and as `np.name`.
    Np,
    /// Bare only: `print`, `len`, `range`. Wins over an `Np` row of the same name.
    Core,
    /// `np.linalg.name`.
    Linalg,
    /// `np.fft.name`.
    Fft,
    /// `np.random.name`.
    Random,
    /// `rng.name(…)` for a random generator, which is the first parameter.
    Generator,
    /// `x.name(…)` only, for arrays: the ndarray's own signature (`x.reshape(2, 3)`, `x.sort()`).
    /// A method that has no such row is the function of that name.
    Method,
    /// `s.name(…)` only, for texts: Python's methods of `str`.
    Text,
    /// `np.add.name`: methods of element-wise functions, which take the function first.
    Ufunc,
    /// `x.name` without a call, for arrays and numbers: `shape`, `T`.
    Property,
    /// As `np.lib.stride_tricks.name`.
    StrideTricks,
    /// `np.emath.name`.
    Emath,
    /// `np.testing.name`.
    Testing,
}

impl Home {
    /// A row of kind `Call` with this home. Whatever else it has is put by the methods of [`Prim`].
    pub const fn row(
        self,
        name: &'static str,
        params: &'static str,
        doc: &'static str,
        examples: &'static [Example],
        run: RowFn,
    ) -> Prim {
        Prim { name, home: self, params, doc, examples, kind: Kind::Call(run), ..Prim::NEW }
    }

    /// The module of NumPy that a name after `np.` is.
    pub fn module(name: &str) -> Option<Home> {
        match name {
            "linalg" => Some(Home::Linalg),
            "fft" => Some(Home::Fft),
            "random" => Some(Home::Random),
            "emath" => Some(Home::Emath),
            "testing" => Some(Home::Testing),
            _ => None,
        }
    }
}

/// How a primitive is spelled in glyphs.
#[derive(Clone, Copy, Debug)]
pub struct Glyph {
    pub text: &'static str,
    pub class: Class,
    pub valence: Valence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Valence {
    /// Prefix, one operand.
    Monadic,
    /// Between two operands.
    Dyadic,
}

/// A line and what it prints; a test runs it.
pub struct Example {
    pub code: &'static str,
    pub out: &'static str,
}

/// The value of a reduction over nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Identity {
    None,
    Int(i64),
    /// Of `f/` alone: where NumPy's reduction of nothing is an error.
    Apl(i64),
    /// The dtype's least value (`⌈/`).
    Least,
    /// The dtype's greatest value (`⌊/`).
    Greatest,
}

/// Algebraic laws that hold for the primitive's function (floats up to rounding).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Laws {
    pub associative: bool,
    pub commutative: bool,
    pub idempotent: bool,
}

impl Laws {
    pub const NONE: Laws = Laws { associative: false, commutative: false, idempotent: false };
    pub const COMMUTATIVE: Laws = Laws { commutative: true, ..Laws::NONE };
    pub const MONOID: Laws = Laws { associative: true, commutative: true, idempotent: false };
    pub const LATTICE: Laws = Laws { associative: true, commutative: true, idempotent: true };
}

/// A row's short way with a few arguments by place, which are looked at where they are: nothing is bound,
/// converted or told of. It is not for deferred ones. `None`, with nothing done, sends the call the long way,
/// errors and warnings among them.
pub type Brief = fn(&[&Value]) -> Option<Value>;

/// Another function, of the left operand alone, and the dtype that this has in it, if that is not its own.
pub type Shortcut = (&'static str, Option<DType>);

/// What a row of kind `Call` does with its arguments.
pub type RowFn = fn(&mut dyn Host, &Args) -> Result<Value, Fault>;

/// What runs.
pub enum Kind {
    /// Element by element, with broadcasting: NumPy's ufuncs.
    Elementwise(Elementwise),
    /// A function of values. Its `Args` are bound by the row's signature.
    Call(RowFn),
}

/// An element-wise function of one to three operands.
pub struct Elementwise {
    pub arity: usize,
    pub rule: Rule,
    /// Kernels in NumPy's order: the first whose operand dtype safely holds the operands' common
    /// dtype runs.
    pub loops: &'static [Loop],
    /// The function on plain scalars, for speed and for Python's meaning there.
    pub plain: Plain,
    /// The same on numbers in registers, for loops.
    pub fast: Fast,
    /// Finds NumPy's floating-point warnings after a block; `None` where there are none.
    pub check: Option<Check>,
    /// The operands, by bit, that make the result infinite or NaN wherever they are.
    pub carries: u8,
    /// What it is among neighbouring float operations, which then run without going through memory.
    pub link: Option<Link>,
    /// The loops of signed integers that look for results which do not fit; see `overflow`.
    pub noting: &'static [Loop],
    /// Reductions of a dyadic function, by dtype.
    pub folds: &'static [Fold],
    /// Folds from the right of a dyadic function that another undoes, by dtype.
    pub alternates: &'static [Alternate],
    /// Dtypes that NumPy refuses, and what to do instead.
    pub refuse: &'static [(&'static [DType], &'static str)],
    /// Of int64 with uint64, which no dtype holds: the kernel for operands as they are.
    pub mixed: Option<KernelFn>,
    /// Another row that does the same for these operands, named in warnings (`x ** 2` is a square).
    pub shortcut: Option<fn(&Value, &Value) -> Option<Shortcut>>,
    /// Of a rule that makes floats of integers: whether these integers have integers for results, which
    /// are then what it gives.
    pub exact: Option<fn(&[Value]) -> bool>,
    /// Looks at the operands before anything is written; the text is NumPy's.
    pub guard: Option<Guard>,
}

/// Dtypes that rows refuse together.
pub const COMPLEX: &[DType] = &[DType::C64, DType::C128];
pub const INEXACT: &[DType] = &[DType::F32, DType::F64, DType::C64, DType::C128];

/// What a row refuses by its operands' values, given the loop's dtype.
pub type Guard = fn(&[Value], DType) -> Result<(), &'static str>;

impl Elementwise {
    pub const NEW: Elementwise = Elementwise {
        arity: 1,
        rule: Rule::Common,
        loops: &[],
        plain: Plain::None,
        fast: Fast::None,
        check: None,
        carries: 0,
        link: None,
        noting: &[],
        folds: &[],
        alternates: &[],
        refuse: &[],
        mixed: None,
        exact: None,
        guard: None,
        shortcut: None,
    };
}

/// How operands choose the dtype of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Promote all to the common dtype.
    Common,
    /// Promote, and integers and bools to float64 (`/`).
    IntsToF64,
    /// Promote; a plain integer of any size counts, since only its truth does.
    Truths,
    /// Promote to compare; integers of any sizes and signs compare exactly.
    Compare,
}

/// One kernel: operands of `dtype`, result of `out`.
pub struct Loop {
    pub dtype: DType,
    pub out: DType,
    pub run: KernelFn,
}

/// The function on numbers in registers, by name, so that the evaluator's loops call nothing:
/// `plain::fast` has them. Operands that it is not for go the general way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fast {
    None,
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Negative,
}

/// What a loop over unboxed numbers (`eval::unboxed`) does itself, so that it calls nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InLoop {
    /// Nothing: such a call is not for it, unless it is of an element-wise function.
    Call,
    /// The length of a list or array.
    Length,
    /// Plain integers to go through.
    Range,
    /// Items of several, side by side; items with their count.
    Zip,
    Enumerate,
    /// The argument that beats the others in this order: of plain and typed numbers, as they are.
    Most(Fast),
    Absolute,
    /// An item put at the end of a list.
    Append,
    /// The last item taken out of a list.
    Pop,
    /// A plain integer or float of a number.
    Whole,
    Real,
}

/// The function on plain scalars: `None` means "not for these, go the general way".
#[derive(Clone, Copy)]
pub enum Plain {
    None,
    Unary(fn(&Value) -> Option<Result<Value, Fault>>),
    Binary(fn(&Value, &Value) -> Option<Result<Value, Fault>>),
}

impl Prim {
    /// Whether the argument at this place may come as deferred work.
    #[inline]
    pub fn defers_at(&self, i: usize) -> bool {
        i < 8 && self.defers & (1 << i) != 0
    }

    /// Whether items of the argument at this place may come as deferred work.
    #[inline]
    pub fn defers_items_at(&self, i: usize) -> bool {
        i < 8 && self.defers_items & (1 << i) != 0
    }

    pub const NEW: Prim = Prim {
        name: "",
        home: Home::Np,
        aliases: &[],
        glyphs: &[],
        params: "",
        doc: "",
        examples: &[],
        numpy: "",
        identity: Identity::None,
        laws: Laws::NONE,
        defers: 0,
        defers_items: 0,
        ravels: false,
        grades: None,
        pure: false,
        each: 0,
        each_of: 0,
        formula: |_| None,
        along: Along::None,
        selects: false,
        method: false,
        numpy_scratch: 0,
        brief: None,
        item_by_item: false,
        in_loop: InLoop::Call,
        kind: Kind::Call(|_, args| Err(Fault::NotYet { name: args.name().into() })),
    };

    /// The row with what a loop over unboxed numbers does in its place.
    pub const fn looped(self, in_loop: InLoop) -> Prim {
        Prim { in_loop, ..self }
    }

    /// The row with a short way.
    pub const fn briefly(self, brief: Brief) -> Prim {
        Prim { brief: Some(brief), ..self }
    }

    /// The row of a function along an axis.
    pub const fn goes_along(self, along: Along) -> Prim {
        Prim { along, ..self }
    }

    /// The row of a function that goes through its one argument element by element.
    pub const fn through(self) -> Prim {
        Prim { each: 1, ..self }
    }

    /// The row with other names.
    pub const fn also(self, aliases: &'static [&'static str]) -> Prim {
        Prim { aliases, ..self }
    }

    /// The row with its NumPy spelling.
    pub const fn in_numpy(self, numpy: &'static str) -> Prim {
        Prim { numpy, ..self }
    }

    /// The row of a function both of whose arguments may wait.
    pub const fn deferring_both(self) -> Prim {
        Prim { defers: 0b11, ..self }
    }

    /// The row of a function whose first argument may wait.
    pub const fn deferring(self) -> Prim {
        Prim { defers: 1, ..self }
    }

    /// The row of a function that selects.
    pub const fn selecting(self) -> Prim {
        Prim { selects: true, ..self }
    }

    /// Whether it goes through the argument at this place element by element.
    pub fn goes_through(&self, i: usize) -> bool {
        i < 8 && self.each & (1 << i) != 0
    }

    /// Whether it goes through each item of the argument at this place.
    pub fn goes_through_items(&self, i: usize) -> bool {
        i < 8 && self.each_of & (1 << i) != 0
    }

    pub fn elementwise(&self) -> Option<&Elementwise> {
        match &self.kind {
            Kind::Elementwise(e) => Some(e),
            Kind::Call(_) => None,
        }
    }

    /// Whether a call without `out` has no effect but its result and warnings.
    pub fn is_pure(&self) -> bool {
        self.pure || self.defers != 0 || self.defers_items != 0 || matches!(self.kind, Kind::Elementwise(_))
    }

    /// Whether the argument of this name is an array that is written.
    pub fn writes(&self, param: &str) -> bool {
        matches!(param, "out" | "copy")
    }

    /// How many arguments there are before the first that is written.
    pub fn harmless(&self) -> usize {
        let name = |p: &'static str| p.split('=').next().unwrap_or(p).trim();
        let mut places = self.params.split(',').map(name).filter(|p| !matches!(*p, "/" | "*"));
        places.position(|p| self.writes(p)).unwrap_or(usize::MAX)
    }

    /// The first line of the documentation.
    pub fn summary(&self) -> &'static str {
        self.doc.lines().next().unwrap_or("")
    }

    /// The name with its module, as documentation and errors show it: `np.linalg.solve`.
    pub fn full_name(&self) -> String {
        match self.home {
            Home::Np => format!("np.{}", self.name),
            Home::Linalg => format!("np.linalg.{}", self.name),
            Home::Fft => format!("np.fft.{}", self.name),
            Home::Random => format!("np.random.{}", self.name),
            Home::Emath => format!("np.emath.{}", self.name),
            Home::Testing => format!("np.testing.{}", self.name),
            Home::StrideTricks => format!("np.lib.stride_tricks.{}", self.name),
            Home::Generator => format!("Generator.{}", self.name),
            Home::Core | Home::Method | Home::Text | Home::Property | Home::Ufunc => self.name.to_string(),
        }
    }
}
