//! Names and modules of Python's that are not there, and what to write instead; errors say it.

/// What to write for a name of Python's that is not there.
pub fn name(name: &str) -> Option<&'static str> {
    Some(match name {
        "dict" => "there are no dictionaries: keep keys and values in two arrays or lists",
        "set" | "frozenset" => "np.unique(x) gives each value once, np.isin(x, y) says which are in another",
        "object" => "arrays hold numbers and bools; a list holds anything: [a, \"b\"]",
        "float16" => "the floats are float32 and float64",
        "pass" => "a block may be empty: { }",
        "input" => {
            "a program reads its values from a file, np.loadtxt(\"data.txt\"), or has them in its text"
        }
        "open" => "np.loadtxt, np.load and np.fromfile read files, np.savetxt and np.save write them",
        "type" => "x.dtype is the type of an array's elements",
        _ => return None,
    })
}

/// What to write for a module of Python's that is not there.
pub fn module(name: &str) -> Option<&'static str> {
    Some(match name.split('.').next()? {
        "math" | "cmath" => "np has it, and it is there without an import: np.sqrt(2), np.floor(x), pi",
        "random" => "np.random has it: rng = np.random.default_rng(1); rng.random(3)",
        "time" | "timeit" => "%timeit and %time measure a line",
        "matplotlib" | "pandas" | "scipy" | "sklearn" | "torch" | "jax" => {
            "arr has NumPy's functions and no other library of Python's"
        }
        "os" | "sys" | "itertools" | "functools" | "collections" | "re" => {
            "arr has none of Python's modules; ?name tells of what there is"
        }
        _ => return None,
    })
}
