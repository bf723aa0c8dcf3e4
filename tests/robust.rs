//! No fault of arr's own: every function, method, glyph and operator gets arguments that nobody meant for
//! it, and answers or says what is wrong.
//!
//! `ARR_ROBUST=100000 ARR_SEED=2 cargo test --release --test robust` tries more lines, and others.
//! `ARR_LAST` names a file that keeps the last line begun, for what ends the process.

mod common;

use arr::array::memory;
use arr::exec::interrupt;
use arr::prim::apl::operators;
use arr::prim::{Home, Prim, Valence, table};
use common::{Probe, on_big_stack};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Values of every kind, small and odd.
const ODD: &[&str] = &[
    "0",
    "-1",
    "3",
    "7",
    "2.5",
    "-0.0",
    "nan",
    "inf",
    "True",
    "1j",
    "None",
    "'text'",
    "()",
    "(2, 3)",
    "(0, -1)",
    "[]",
    "[1, 2, 3]",
    "[[1, 2], [3, 4]]",
    "[1.5, nan, -2]",
    "np.zeros(0)",
    "np.zeros((0, 3))",
    "np.zeros((3, 0))",
    "np.array(5)",
    "np.array([4])",
    "np.arange(6)",
    "np.arange(6).reshape(2, 3)",
    "np.arange(6)[::-1]",
    "np.arange(24).reshape(2, 3, 4)",
    "np.arange(24).reshape(4, 6).T[::2]",
    "np.ones((2, 2))",
    "np.eye(3)",
    "np.array([True, False, True])",
    "np.array([[True, False, True]] * 2)",
    "np.arange(3, dtype=np.int8)",
    "np.arange(4, dtype=np.uint8)",
    "np.array([2**62, -2**63 + 1])",
    "np.array([1.5, -2.5], dtype=np.float32)",
    "np.array([1+2j, 0, -1j])",
    "np.float32(0.1)",
    "np.int16(-7)",
    "np.uint64(2**63)",
    "np.broadcast_to(3, (2, 3))",
    "slice(None, None, -1)",
    "...",
    "np.add",
    "abs",
    "{⍵ + 1}",
    "(x => x * 2)",
    "(+/ ÷ ≢)",
    "np.float64",
    "int",
    "'float32'",
    "2**40",
    "-2**40",
    "[None, 1]",
    "[[1], [2, 3]]",
    "range(3)",
    "np.random.default_rng(1)",
    "1e300",
    "1e-320",
];

/// Commands that write no file, wait for no one and take no time of their own.
const COMMANDS: &[&str] = &[
    "timeit -n 1 -r 1",
    "time",
    "compare -n 1 -r 1",
    "compare -n 1 -r 1 1 + 1 vs",
    "memit",
    "explain",
    "explain --json",
    "broadcast",
    "layout",
    "axis",
    "dtype",
    "step",
    "numpy",
    "overflow",
    "parse",
    "who",
    "whos",
    "hist",
    "help",
    "hints",
    "lint",
    "prof",
    "keys",
    "scale 1 for n in",
    "nothing",
    "?",
    "timeit -n",
];

/// Marsaglia's xorshift with 64 bits.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }

    fn odd(&mut self) -> &'static str {
        ODD[self.roll(ODD.len())]
    }
}

/// A call of a row with one to as many arguments as it takes, some by name.
fn call(p: &Prim, dice: &mut Dice) -> String {
    if p.home == Home::Property {
        return format!("({}).{}", dice.odd(), p.name);
    }
    let names: Vec<&str> = p
        .params
        .split(',')
        .map(|part| part.trim().split('=').next().unwrap_or("").trim_start_matches('*'))
        .filter(|name| !name.is_empty() && *name != "/")
        .collect();
    let most = names.len().clamp(1, 4);
    let count = 1 + dice.roll(most);
    let mut args: Vec<String> = (0..count).map(|_| dice.odd().to_string()).collect();
    if names.len() > count && dice.roll(3) == 0 {
        let name = names[count + dice.roll(names.len() - count)];
        args.push(format!("{name}={}", dice.odd()));
    }
    match p.home {
        Home::Method | Home::Generator => {
            let of = if p.home == Home::Generator { "np.random.default_rng(3)" } else { args[0].as_str() };
            format!("({of}).{}({})", p.name, args[1..].join(", "))
        }
        Home::Text => format!("'a b'.{}({})", p.name, args[1..].join(", ")),
        Home::Ufunc => format!("np.add.{}({})", p.name, args.join(", ")),
        _ => format!("{}({})", p.full_name(), args.join(", ")),
    }
}

fn line(dice: &mut Dice) -> String {
    let rows = table().rows();
    let glyphs: Vec<(&str, Valence)> =
        rows.iter().flat_map(|(_, p)| p.glyphs.iter().map(|g| (g.text, g.valence))).collect();
    match dice.roll(12) {
        10 => format!("%{} {}", COMMANDS[dice.roll(COMMANDS.len())], dice.odd()),
        11 => {
            let command = COMMANDS[dice.roll(COMMANDS.len())];
            format!("%{command} {}", call(rows[dice.roll(rows.len())].1, dice))
        }
        0 => {
            let (glyph, valence) = glyphs[dice.roll(glyphs.len())];
            let left = if valence == Valence::Dyadic { dice.odd() } else { "" };
            format!("({left}) {glyph} ({})", dice.odd()).trim_start_matches("() ").to_string()
        }
        1 => {
            let (glyph, _) = glyphs[dice.roll(glyphs.len())];
            let all: Vec<_> = operators::ROWS.iter().copied().flatten().collect();
            let operator = all[dice.roll(all.len())].glyph;
            let right = if dice.roll(2) == 0 { dice.odd() } else { glyph };
            let left = if dice.roll(2) == 0 { dice.odd() } else { "" };
            format!("{left} {glyph}{operator}{right} {}", dice.odd()).trim_start().to_string()
        }
        2 => format!("x = {}; x[{}, {}]", dice.odd(), dice.odd(), dice.odd()),
        3 => format!("x = {}; x[{}] = {}; x", dice.odd(), dice.odd(), dice.odd()),
        _ => call(rows[dice.roll(rows.len())].1, dice),
    }
}

/// Interrupts a line that takes longer than `PATIENCE` (`⌈⍣⌈ 0` never ends), and ends the test if that
/// does not stop it.
struct Watchdog {
    line: Mutex<(String, Instant)>,
    over: AtomicBool,
}

const PATIENCE: Duration = Duration::from_secs(5);

impl Watchdog {
    fn watch(&self) {
        while !self.over.load(Relaxed) {
            std::thread::sleep(Duration::from_millis(100));
            let (line, begun) = self.line.lock().unwrap().clone();
            if begun.elapsed() > PATIENCE {
                interrupt::request();
            }
            if begun.elapsed() > 4 * PATIENCE {
                eprintln!("nothing stops {line}");
                std::process::exit(1);
            }
        }
    }
}

#[test]
fn odd_arguments_get_an_answer_or_an_error() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let (lines, seed) = (number("ARR_ROBUST").unwrap_or(4000), number("ARR_SEED").unwrap_or(1));
    let last = std::env::var("ARR_LAST").ok();
    on_big_stack(move || {
        memory::set_limit(256 << 20);
        let mut probe = Probe::new();
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut wrong = Vec::new();
        let dog =
            Watchdog { line: Mutex::new((String::new(), Instant::now())), over: AtomicBool::new(false) };
        std::thread::scope(|scope| {
            scope.spawn(|| dog.watch());
            for _ in 0..lines {
                let line = line(&mut dice);
                *dog.line.lock().unwrap() = (line.clone(), Instant::now());
                interrupt::clear();
                if let Some(file) = &last {
                    std::fs::write(file, &line).unwrap();
                }
                let errors = probe.run(&line).result.err().unwrap_or_default();
                if errors.iter().any(|e| e.contains("arr::internal")) {
                    wrong.push(format!("{line}\n  {}", errors.join("\n  ")));
                }
            }
            dog.over.store(true, Relaxed);
        });
        assert!(wrong.is_empty(), "{} of {lines} lines (seed {seed})\n{}", wrong.len(), wrong.join("\n"));
    });
}
