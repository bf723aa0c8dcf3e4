"""Writes tests/parity/expected/*.txt: what NumPy gives for every line of tests/parity/cases/*.txt.

    python tests/parity/generate.py            # writes the files
    python tests/parity/generate.py --check    # says which files would change

Needs numpy==2.4.6 and nothing else. A case is one line that is both Python and arr: statements
separated by `;`, the last of them an expression. The record of a case in the expected files is

    > the line
    float64 (2, 3)          dtype and shape; `int`, `str`, `tuple`, … for what is no array
    ! divide by zero …      a line for every warning
    what print() shows

or `error IndexError` in place of the last three. Lines in cases/:

    # a comment, copied as a heading of the expected file
    @T = int8 float64       a variable: `$T` in the lines below stands for each of its values in
                            turn; values that hold spaces are separated by ` ;; `
    @T += complex64         adds values
    expression              one case for every combination of the variables in it
"""

import contextlib
import io
import itertools
import pathlib
import re
import sys
import warnings

import numpy as np

PINNED = "2.4.6"
HERE = pathlib.Path(__file__).parent

# Names that arr has without a module in front. `max` and `min` differ only when they are given
# several positional arguments; no case does that.
BARE = """
    abs sum min max any all round pow absolute sqrt exp expm1 exp2 log log2 log10 log1p sin cos tan
    arcsin arccos arctan arctan2 sinh cosh tanh floor ceil trunc rint sign reciprocal square isnan
    isinf isfinite conj angle real imag array asarray zeros ones full empty arange linspace eye
    identity zeros_like ones_like full_like empty_like meshgrid reshape ravel transpose swapaxes
    moveaxis expand_dims squeeze concatenate stack vstack hstack split repeat tile flip roll
    broadcast_to prod mean var std argmin argmax count_nonzero cumsum cumprod ptp median sort argsort
    unique where nonzero searchsorted clip take bincount diff dot matmul outer inner convolve add
    subtract multiply divide true_divide floor_divide remainder mod power maximum minimum equal
    not_equal less less_equal greater greater_equal logical_and logical_or logical_xor logical_not
    bitwise_and bitwise_or bitwise_xor invert left_shift right_shift shares_memory newaxis inf nan pi
    e bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128
""".split()


def environment():
    env = {"np": np}
    for name in BARE:
        env[name] = getattr(np, name)
    return env


def last_statement(line):
    """Where the last statement of a line begins: after its last `;` outside brackets and strings."""
    depth, quote, at = 0, None, 0
    for i, c in enumerate(line):
        if quote:
            quote = None if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == ";" and depth == 0:
            at = i + 1
    return at


def header(value):
    if isinstance(value, (np.ndarray, np.generic)):
        return f"{value.dtype} {value.shape}"
    return type(value).__name__


def run(line):
    """The record of one case, without its first line."""
    env = environment()
    at = last_statement(line)
    out = io.StringIO()
    try:
        with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(out):
            warnings.simplefilter("always")
            exec(line[:at].strip(), env)
            value = eval(line[at:].strip(), env)
            if value is not None:
                print(value)
    except Exception as error:  # a case that is meant to fail; its kind is what counts
        return [f"error {type(error).__name__}"]
    for w in caught:
        if issubclass(w.category, DeprecationWarning):
            raise SystemExit(f"{line}\n    {w.category.__name__}: {w.message}")
    texts = dict.fromkeys(str(w.message) for w in caught if issubclass(w.category, RuntimeWarning))
    lines = [header(value)] + ["! " + t for t in texts]
    return lines + out.getvalue().rstrip("\n").split("\n")


def expand(path):
    """Yields headings and case lines of a corpus file."""
    variables = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.rstrip()
        if line.startswith("@"):
            name, more, values = re.fullmatch(r"@(\w+) (\+?)= (.*)", line).groups()
            items = values.split(" ;; ") if " ;; " in values else values.split()
            variables[name] = variables[name] + items if more else items
        elif line.startswith("#"):
            yield None, line
        elif line:
            used = list(dict.fromkeys(re.findall(r"\$(\w+)", line)))
            for name in used:
                if name not in variables:
                    raise SystemExit(f"{path.name}:{number}: no variable ${name}")
            for choice in itertools.product(*(variables[n] for n in used)):
                text = line
                for name, value in zip(used, choice):
                    text = re.sub(rf"\${name}\b", lambda _: value, text)
                yield number, text


def expected(path):
    seen, out, count = set(), [], 0
    for number, line in expand(path):
        if number is None:
            out += [line, ""]
        elif line not in seen:
            seen.add(line)
            count += 1
            out += ["> " + line, *run(line), ""]
    return "\n".join(out), count


def main():
    if np.__version__ != PINNED:
        raise SystemExit(f"needs numpy=={PINNED}, found {np.__version__}")
    total, errors, stale = 0, 0, []
    for path in sorted((HERE / "cases").glob("*.txt")):
        text, count = expected(path)
        target = HERE / "expected" / path.name
        if not target.exists() or target.read_text() != text:
            stale.append(path.name)
            if "--check" not in sys.argv:
                target.write_text(text)
        failing = text.count("\nerror ")
        total, errors = total + count, errors + failing
        print(f"{count:6} cases, {failing:4} of them errors  {path.name}")
    print(f"{total:6} cases, {errors:4} of them errors; changed: {' '.join(stale) or 'none'}")
    if stale and "--check" in sys.argv:
        raise SystemExit(1)


main()
