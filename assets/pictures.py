"""Draws the pictures of arr: what a terminal really shows after these keys were typed.

    cargo build --release && pip install pyte && python assets/pictures.py [name …]

Every scene is typed at the prompt in a pseudo-terminal; its screen becomes assets/NAME.svg.
"""

import fcntl
import html
import itertools
import os
import pathlib
import pty
import re
import select
import struct
import sys
import tempfile
import termios
import time

import pyte

HERE = pathlib.Path(__file__).parent
ARR = os.environ.get("ARR", str(HERE.parent / "target/release/arr"))
TAB, ENTER = "\t", "\r"

# Name, what the picture is called aloud, columns, and the entries. An entry is entered; a pair of an
# entry and keys is left as the keys make it, and stays the last.
SCENES = [
    ("session", "A session at the prompt of arr", 88, [
        "temperatures = np.array([18.5, 21.0, 19.2, 24.8, 23.1])",
        "temperatures[temperatures > temperatures.mean()]",
        "np.arange(3)[:, None] + 10 20 30 40",
        "(⍳ 4) ∘.× ⍳ 4",
        "mean = (+/ ÷ ≢)",
        "mean(temperatures)",
        "fn zscore(x) = (x - x.mean()) ÷ x.std()",
        "zscore(temperatures).round(2)",
        "x = np.arange(1_000_000)",
        "%timeit np.sum(x)",
        "np.ones((2, 3)) + temperatures",
    ]),
    ("glyphs", "Typing glyphs: a list of candidates after a word and Tab, then the keyboard", 80, [
        "%keys",
        "⌽ ⍳ 5",
        ("", "\\grade" + TAB),
    ]),
    ("completion", "Completion of arguments with their documentation", 80, [
        "v = np.linspace(0, 1, 5)",
        ("", "v.me" + TAB + "an(" + TAB),
    ]),
    ("explain", "%explain shows how an expression runs", 88, [
        "x = np.random.default_rng(1).random(1_000_000)",
        "y = x[::-1].copy()",
        "%explain np.sum((x - y) ** 2)",
    ]),
    ("compare", "%compare and %scale measure which way is faster", 88, [
        "x = np.arange(100_000.0)",
        "%compare x * x vs x ** 2 vs np.power(x, 2)",
        "%scale np.sort(np.sin(np.arange(n))) for n in 1e2..1e6",
    ]),
    ("shapes", "A shape error draws the alignment and offers a fix that was tried", 80, [
        "prices = np.ones((3, 4))",
        "weights = np.array([1.0, 2.0, 3.0])",
        "prices * weights",
        "%broadcast (3, 1) (4,)",
    ]),
    ("lint", "The linter offers the whole-array line for a loop", 88, [
        "x = np.arange(20_000.0)\ny = x[::-1]",
        "s = 0.0",
        "for i in range(len(x)) {\n    s += x[i] * y[i]\n}",
        "%lint",
    ]),
    ("layout", "%layout draws a view in its buffer", 80, [
        "a = np.arange(12).reshape(3, 4)",
        "%layout a[:, 1:3]",
    ]),
    ("lesson", "An exercise of a lesson, checked by its result and by how it was got", 80, [
        "%lesson 2 2",
        "m * weights",
        "%hint",
        "np.array([r * w for r, w in zip(m, weights)])",
        "m * weights[:, None]",
    ]),
]

SIZE, LINE, PAD, CHAR = 15, 20, 22, 9.02
COLOURS = {
    "default": "#d7dae0", "black": "#8a919e", "brightblack": "#8a919e", "red": "#ee7b7b", "green": "#7ec699",
    "brown": "#e5c07b", "blue": "#7fb2e5", "magenta": "#d58fd6", "cyan": "#6cc7c7", "white": "#ffffff",
}


class Terminal:
    """A prompt of arr, and the screen it writes on."""

    def __init__(self, columns, folder):
        self.screen = pyte.Screen(columns, 120)
        self.stream = pyte.ByteStream(self.screen)
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "NO_GRAPHICS", "COLUMNS")}
        env |= {"TERM": "xterm-256color", "XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder, "LANG": "C.UTF-8"}
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.execve(ARR, [ARR, "-q"], env)
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", 120, columns, 0, 0))
        self.number = 1
        self.wait()

    def read(self, seconds):
        end = time.time() + seconds
        while (left := end - time.time()) > 0:
            if select.select([self.file], [], [], left)[0]:
                self.stream.feed(os.read(self.file, 65536))

    def wait(self):
        """Until the next prompt stands on the last line."""
        begun = time.time()
        while not self.lines()[-1].startswith(f"In [{self.number}]:"):
            assert time.time() - begun < 120, "\n".join(self.lines())
            self.read(0.05)

    def lines(self):
        lines = [line.rstrip() for line in self.screen.display]
        while len(lines) > 1 and not lines[-1]:
            lines.pop()
        return lines

    def type(self, keys, settle=0.15):
        os.write(self.file, keys.encode())
        self.read(settle)

    def enter(self, entry):
        # Pasted, an entry of several lines is one.
        self.type(f"\x1b[200~{entry}\x1b[201~" if "\n" in entry else entry)
        self.number += 1
        self.type(ENTER, 0.05)
        self.wait()

    def close(self):
        os.write(self.file, b"\x03\x04")
        os.close(self.file)
        os.waitpid(self.process, 0)


def runs(cells):
    """Neighbours of one look, as (column, text, colour, weight, slant)."""
    column = 0
    for (colour, bold, italic), group in itertools.groupby(cells, key=lambda c: (c.fg, c.bold, c.italics)):
        text = "".join(c.data for c in group)
        yield column, text, colour, bold, italic
        column += len(text)


def draw(name, title, columns, screen, count):
    width, height = int(2 * PAD + columns * CHAR), int(2 * PAD + LINE * count + 26)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label="{html.escape(title)}">',
        f'<rect width="{width}" height="{height}" rx="10" fill="#1d2026"/>',
        *(f'<circle cx="{24 + 20 * i}" cy="20" r="6" fill="{c}"/>' for i, c in enumerate(("#ee6a5f", "#f5bd4f", "#61c454"))),
        f'<g font-family="\'DejaVu Sans Mono\', Menlo, Consolas, monospace" font-size="{SIZE}" xml:space="preserve" style="white-space:pre">',
    ]
    for row in range(count):
        y = PAD + 34 + LINE * row
        cells = [screen.buffer[row][column] for column in range(columns)]
        for column, text, colour, bold, italic in runs(cells):
            if not (shown := text.strip()):
                continue
            x = PAD + (column + len(text) - len(text.lstrip())) * CHAR
            look = (' font-weight="bold"' if bold else "") + (' font-style="italic"' if italic else "")
            out.append(
                f'<text x="{x:.1f}" y="{y}" fill="{COLOURS.get(colour, COLOURS["default"])}"{look}'
                f' textLength="{len(shown) * CHAR:.1f}">{html.escape(shown)}</text>'
            )
    out += ["</g>", "</svg>", ""]
    (HERE / f"{name}.svg").write_text("\n".join(out))


def play(name, title, columns, entries):
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(columns, folder)
        keys = None
        for entry in entries:
            if isinstance(entry, tuple):
                keys = entry[1]
                terminal.type(keys, 0.6)
            else:
                terminal.enter(entry)
        # The prompt that waits is no part of the picture, unless something was typed at it.
        lines = terminal.lines()
        count = len(lines) - (0 if keys else 1)
        wrong = [l for l in lines if re.match(r"arr::(command|name|syntax|run::not_yet)", l)]
        assert not wrong, (name, wrong)
        draw(name, title, columns, terminal.screen, count)
        terminal.close()


def main():
    wanted = sys.argv[1:]
    for scene in SCENES:
        if not wanted or scene[0] in wanted:
            play(*scene)
            print(f"assets/{scene[0]}.svg")


main()
