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
        "null" | "nil" | "NULL" | "undefined" | "none" => "no value is None; not a number is nan",
        "exit" | "quit" | "bye" => "at the prompt exit and Ctrl-D leave; a script ends with its last line",
        "help" | "man" | "doc" => "?sum tells of a function, %help of the commands",
        "clear" | "cls" | "clc" => "Ctrl-L clears the screen, %reset the names",
        "ls" | "pwd" | "cd" | "who" | "whos" | "hist" | "history" => {
            "a command begins with %: %ls, %cd, %whos, %hist"
        }
        "println" | "printf" | "puts" | "echo" | "disp" | "display" | "cout" => "print(x) writes a value",
        "reversed" => "x[::-1] is x from its end",
        "length" | "count" | "strlen" | "numel" => "len(x) counts along the first axis, x.size all elements",
        "sqr" | "square_root" | "sqroot" => "np.sqrt(x) is the root, x ** 2 the square",
        "ln" => "np.log(x) is the natural logarithm",
        "rand" | "random" | "randint" | "randn" => "write np.random.rand(3), np.random.randint(6, size=3)",
        "DataFrame" | "Series" | "pd" | "plt" => "arr has NumPy's functions and no other library of Python's",
        _ => return None,
    })
}

/// What to write for an attribute of Python's, or of another language, that is not there.
pub fn attribute(owner: &str, name: &str) -> Option<&'static str> {
    Some(match (owner, name) {
        ("ndarray" | "list" | "tuple" | "str", "length" | "count" | "len" | "Length") => {
            "len(x) counts along the first axis, x.size all elements"
        }
        ("ndarray", "rows" | "nrows" | "height") => "x.shape[0] counts the rows",
        ("ndarray", "cols" | "columns" | "ncols" | "width") => "x.shape[1] counts the columns",
        ("ndarray", "push" | "add_item" | "remove" | "delete" | "clear") => {
            "an array keeps its length: np.append(x, 3) and np.delete(x, 0) give new ones; a list grows"
        }
        ("list", "push" | "add") => "a list grows with l.append(3)",
        ("ndarray", "inv" | "I") => "np.linalg.inv(x) is the inverse of a matrix",
        ("module", "invert" | "inverse") => {
            "np.linalg.inv(x) is the inverse of a matrix, 1 / x that of each element"
        }
        ("ndarray", "avg" | "average") => "x.mean() is the mean",
        ("ndarray", "type") => "x.dtype is the type of the elements",
        ("ndarray", "apply" | "head" | "iloc" | "loc" | "values") => {
            "this is no table of pandas': np.apply_along_axis(np.sort, 0, x) applies, x[:5] begins"
        }
        ("module", "matrix" | "mat" | "asmatrix") => "np.array makes matrices too; @ multiplies them",
        ("module", "product") => "write np.prod",
        ("module", "cumproduct") => "write np.cumprod",
        ("module", "sometrue") => "write np.any",
        ("module", "alltrue") => "write np.all",
        ("module", "NaN" | "NAN") => "write np.nan",
        ("module", "infty" | "Infinity" | "PINF") => "write np.inf",
        ("module", "asscalar") => "write x.item()",
        ("module", "object" | "str" | "object_" | "str_") => {
            "arrays hold numbers and bools; a list holds anything"
        }
        ("module", "sqroot" | "squareroot") => "write np.sqrt",
        ("module", "ln") => "write np.log",
        ("module", "length" | "lenght" | "len") => {
            "len(x) counts along the first axis, np.size(x) all elements"
        }
        ("module", "avg") => "write np.mean",
        ("module", "stdev") => "write np.std",
        ("module", "frompyfunc") => "write the function on whole arrays; f¨ x calls it for each element",
        ("module", "plot" | "show" | "figure") => {
            "arr draws nothing; np.savetxt writes an array for other programs"
        }
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
