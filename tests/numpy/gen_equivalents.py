"""Runs every NumPy equivalent in the tables of docs/apl.md, and writes what it gives, for tests/apl.rs.

    python tests/numpy/gen_equivalents.py > tests/numpy/apl_equivalents.txt

Needs NumPy, and SciPy for two rows. A record is four lines: `> use`, the NumPy text, a line of arr that
sets the names and one that uses the glyph or operator, and `shape elements`. A row without a sample stops
the script, and so does a text that NumPy does not run.
"""

import functools
import pathlib
import re
import sys

import numpy as np
import scipy.special

page = (pathlib.Path(__file__).resolve().parents[2] / "docs/apl.md").read_text()
MATRIX = [[3, 1, 4], [1, 5, 9]]

# What the names of a row stand for: first by its use, then by the names alone.
SAMPLES = {
    "× x": [{"x": [-3, 0, 2]}], "÷ x": [{"x": [1, 2, 4]}], "⌈ x": [{"x": [1.5, -1.5]}], "⌊ x": [{"x": [1.5, -1.5]}],
    "~ x": [{"x": [True, False]}, {"x": [5, -1]}], "x ∧ y": [{"x": [4, 6], "y": [6, 9]}, {"x": [True, True], "y": [True, False]}],
    "x ∨ y": [{"x": [4, 6], "y": [6, 9]}, {"x": [True, False], "y": [False, False]}],
    "x ⍲ y": [{"x": [True, True], "y": [True, False]}], "x ⍱ y": [{"x": [True, False], "y": [False, False]}],
    "x ○ y": [{"x": 1, "y": [0.0, 0.5]}, {"x": 3, "y": [0.25]}], "x ! y": [{"x": [0, 2, 3], "y": [4, 4, 5]}],
    "⍴ x": [{"x": MATRIX}], "shape ⍴ x": [{"shape": [2, 3], "x": [1, 2, 3, 4]}], "⍳ n": [{"n": 4}, {"n": [2, 3]}],
    "x ⍳ y": [{"x": [5, 7, 9], "y": [7, 5, 1]}], "⍸ x": [{"x": [0, 1, 0, 1]}, {"x": [[0, 1], [1, 0]]}],
    "x ⍸ y": [{"x": [0, 10, 20], "y": [5, 10, 25, -1]}], "x ⍷ y": [{"x": [1, 2], "y": [1, 2, 1, 2, 3]}],
    "k ⌽ x": [{"k": 1, "x": MATRIX}, {"k": -2, "x": [1, 2, 3, 4]}], "k ⊖ x": [{"k": 1, "x": MATRIX}],
    "axes ⍉ x": [{"axes": [1, 0], "x": MATRIX}, {"axes": [1, 2, 0], "x": [[[1, 2, 3]], [[4, 5, 6]]]}],
    "n ↑ x": [{"n": 2, "x": [5, 6, 7]}, {"n": -2, "x": [5, 6, 7]}], "n ↓ x": [{"n": 1, "x": [5, 6, 7]}, {"n": -1, "x": [5, 6, 7]}],
    "counts ⌿ x": [{"counts": [1, 0, 2], "x": [5, 6, 7]}, {"counts": [True, False], "x": MATRIX}],
    "mask ⍀ x": [{"mask": [1, 0, 1], "x": [5, 6]}], "x ∪ y": [{"x": [3, 1], "y": [1, 5, 3, 7]}],
    "x ∩ y": [{"x": [3, 1, 2, 1], "y": [1, 3]}], "x ≡ y": [{"x": [1, 2], "y": [1, 2]}, {"x": [1, 2], "y": [1, 3]}],
    "base ⊥ digits": [{"base": 2, "digits": [1, 0, 1, 1]}], "base ⊤ x": [{"base": [24, 60, 60], "x": 3723}],
    "⌹ y": [{"y": [[2, 1], [1, 3]]}, {"y": [[1, 0], [1, 1], [1, 2]]}], "x ⌹ y": [{"x": [9, 8], "y": [[3, 1], [1, 2]]}],
    "i ⌷ x": [{"i": 1, "x": MATRIX}], "index ⌷ x": [{"index": 1, "x": MATRIX}], "↓ x": [{"x": MATRIX}], "⊃ x": [{"x": [7, 8, 9]}], "! x": [{"x": [0, 3, 5]}], "~ x ": [],
    "x ∊ y": [{"x": [2, 5], "y": [0, 1, 2, 3]}], "↑ x": [{"x": MATRIX}],
}
BY_NAMES = {
    "x": [{"x": [3, 1, 3, 2, 1]}, {"x": MATRIX}], "x y": [{"x": [6, 2, 9], "y": [4, 3, 9]}], "y": [{"y": [3, 1, 2]}],
}
VECTORS = "≠ ∪ ⍋ ⍒ ⍟ ○ ⌷".split()

F, G = "{⍵ × 2}", "{⍵ + 1}"
double, more = lambda v: v * 2, lambda v: v + 1
X = {"x": MATRIX}
OPERATORS = {
    "/": ("+/ x", X, {}), "⌿": ("+⌿ x", X, {}), "\\": ("+\\ x", X, {}), "⍀": ("+⍀ x", X, {}),
    "¨": (f"{F}¨ x", {"x": [1, 2, 3]}, {"f": double}), "∘.": ("x ∘.× y", {"x": [1, 2, 3], "y": [4, 5]}, {}),
    ".": ("x +.× y", {"x": MATRIX, "y": [[1, 2], [3, 4], [5, 6]]}, {"f": np.add, "g": np.multiply}),
    "⍨": ("x -⍨ y", {"x": [1, 2], "y": [10, 20]}, {"f": np.subtract}), "∘": (f"{F}∘{G} y", {"y": [1, 2]}, {"f": double, "g": more}),
    "⍤": ("x -⍤+ y", {"x": [1, 2], "y": [10, 20]}, {"f": np.negative, "g": np.add}),
    "⍥": (f"x -⍥{F} y", {"x": [1, 2], "y": [10, 20]}, {"f": np.subtract, "g": double}),
    "⍣": (f"{F}⍣n ⊢ x", {"x": [1, 2], "n": 3}, {"f": double}),
    "⌸": ("{⍺ (+/⍵)}⌸ x", {"x": [3, 1, 3, 3]}, {"f": lambda k, places: [k, places.sum()]}),
    "⌺": ("{+/ ⍵}⌺3 ⊢ x", {"x": [1, 2, 3, 4]}, {"f": np.sum}), "[]": ("⌽[k] x", {"x": MATRIX, "k": 0}, {"f": np.flip}),
}


def rows(name):
    table = page.split(f"<!-- {name} -->\n")[1].split(f"<!-- end of {name} -->")[0]
    for line in table.splitlines()[2:]:
        cells = [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]]
        yield [re.sub(r"^`(.*)`$", r"\1", c) for c in cells]


def literal(v):
    return f"np.array({v})" if isinstance(v, list) else str(v)


def record(use, numpy, line, sample, others):
    names = {k: np.array(v) if isinstance(v, list) else v for k, v in sample.items()}
    scope = {"np": np, "scipy": scipy, "functools": functools, **names, **others}
    if re.fullmatch(r"np\.\w+", numpy):
        numpy_call = f"{numpy}({', '.join(sample)})"
    else:
        numpy_call = numpy
    given = np.asarray(eval(numpy_call, scope))
    shape = "x".join(map(str, given.shape)) or "."
    setup = "; ".join(f"{k} = {literal(v)}" for k, v in sample.items())
    elements = " ".join(str(v if given.dtype != bool else int(v)) for v in given.ravel().tolist())
    sys.stdout.write(f"> {use}\n{numpy}\n{setup}; {line}\n{shape} {elements}\n")


def main():
    for use, word, numpy, *_ in rows("functions"):
        parts = use.split(" ")
        names = " ".join(p for p in parts if p.isidentifier())
        samples = SAMPLES.get(use) or BY_NAMES[names][: 1 if parts[0] in VECTORS else 2]
        for sample in samples:
            record(use, numpy, use, sample, {})
    for glyph, name, numpy, *_ in rows("operators"):
        line, sample, others = OPERATORS[glyph]
        record(glyph, numpy, line, sample, others)


main()
