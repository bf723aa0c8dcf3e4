"""The list of lines: what is timed, on which data, how each peer says it, how results compare.

A file of `lines/` is one group. Its `[data]` names set-ups, its `lines` are rows
`[label, data, line, options]`, and `[[program]]` tables hold what needs functions of several lines.
In options, `=` means the same text (with `jnp` for `np`, for JAX).
"""

import dataclasses
import pathlib
import tomllib
from collections.abc import Iterator

FOLDER = pathlib.Path(__file__).resolve().parent / "lines"


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of work. Texts that a peer cannot say are None."""

    group: str
    label: str
    setup: str
    numpy: str
    arr: str
    numexpr: str | None = None
    scipy: str | None = None
    jax: str | None = None
    #: Timed only where the program is installed.
    cbqn: str | None = None
    #: What only one side needs: functions, mostly.
    python_setup: str = ""
    arr_setup: str = ""
    jax_setup: str = ""
    #: Bytes read and written at least, flops: Python expressions over the set-up's names and `r`, the result.
    bytes: str | None = None
    flops: str | None = None
    #: `equal`, `ulp N`, `eps K` (K machine epsilons of the largest element), `shape`.
    check: str = "equal"
    #: Repetitions inside the line, whose single cost a goal speaks of.
    inner: int = 1

    def peers(self) -> dict[str, str]:
        """The peers that have a spelling, NumPy first."""
        names = ("numpy", "numexpr", "scipy", "jax", "cbqn")
        texts = {name: getattr(self, name) for name in names}
        return {name: text for name, text in texts.items() if text is not None}


def _jax(text: str) -> str:
    return text.replace("np.", "jnp.")


def _spelled(options: dict, line: str) -> dict:
    """Options with `=` replaced by the line's own text."""
    same = {"numexpr": line, "scipy": line, "jax": _jax(line), "arr": line, "numpy": line}
    renamed = {("numexpr" if key == "ne" else key): value for key, value in options.items()}
    return {key: (same[key] if value == "=" else value) for key, value in renamed.items()}


def _row(group: dict, row: list) -> Line:
    label, data, line, *rest = row
    setup = "; ".join(group["data"][name] for name in data.split())
    options = {"numpy": line, "arr": line} | _spelled(rest[0] if rest else {}, line)
    return Line(group=group["group"], label=label, setup=setup, **options)


def _program(group: dict, table: dict) -> Line:
    names = {"python_def": "python_setup", "jax_def": "jax_setup"}
    table = {names.get(key, key): value for key, value in table.items()}
    call = table.pop("call")
    arr_def = table.pop("arr_def", "")
    options = {"numpy": call, "arr": call, "setup": ""} | _spelled(table, call)
    return Line(group=group["group"], arr_setup=arr_def, **options)


def groups() -> list[str]:
    """The names of all groups, in their order."""
    return [table["group"] for table in _tables()]


def _tables() -> list[dict]:
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))]


def load(chosen: list[str], words: list[str]) -> Iterator[Line]:
    """The lines of the groups (all, if none is named) whose label holds one of the words."""
    tables = _tables()
    known = groups()
    for name in chosen:
        if name not in known:
            raise SystemExit(f"there is no group '{name}'; there are: {', '.join(known)}")
    for table in tables:
        if chosen and table["group"] not in chosen:
            continue
        rows = [_row(table, row) for row in table.get("lines", [])]
        rows += [_program(table, entry) for entry in table.get("program", [])]
        for line in rows:
            if not words or any(word in line.label or word in line.numpy for word in words):
                yield line
