"""Draws assets/session.svg: what arr really answers to the chunks of assets/session.arr.

    cargo build --release && python assets/session.py
"""

import html
import itertools
import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).parent
ARR = os.environ.get("ARR", str(HERE.parent / "target/release/arr"))
MARK = "@@here@@"
PROMPT = "❯ "
WIDTH, LINE, SIZE, PAD, CHAR = 860, 21, 15, 22, 9.02
COLOURS = {
    "text": "#d7dae0", "dim": "#8a919e", "prompt": "#7ec699", "number": "#e5a96b", "string": "#a5c77f",
    "glyph": "#d58fd6", "word": "#7fb2e5", "31": "#ee7b7b", "32": "#a5c77f", "33": "#e5c07b",
    "34": "#7fb2e5", "35": "#d58fd6", "36": "#6cc7c7",
}
TOKENS = re.compile(
    r"(?P<string>\"[^\"]*\"|'[^']*')|(?P<number>(?<![\w])¯?\d[\d_.]*)|(?P<word>\b(?:fn|if|else|for|in|while|return)\b|%\w+)"
    r"|(?P<glyph>[⍳⍴⌽⊖⍉⍋⍒≢≡∪∩⍸⌹⊃↑↓⍪∊⊣⊢×÷⌈⌊⍟○∘⍤⍥⍣¨⍨⌿⍀⍺⍵∇]|(?<=[+×])/)|(?P<text>.)"
)


def answers():
    chunks = (HERE / "session.arr").read_text().strip().split("\n\n")
    before = ""
    for chunk in chunks:
        program = f"{before}\nprint('{MARK}')\n{chunk}\n"
        run = subprocess.run(
            [ARR, "--no-config", "--color", "always", "-"], input=program, capture_output=True, text=True,
            env={**os.environ, "COLUMNS": "90"},
        )
        out = run.stdout.split(MARK + "\n", 1)[1] + run.stderr
        yield chunk, out.rstrip("\n")
        before += ";\n".join(chunk.split("\n")) + ";\n"


def spans(line):
    """A line of an answer as (colour, text), its ANSI colours read."""
    colour, out = "text", []
    for part in re.split(r"(\x1b\[[\d;]*m)", line):
        if part.startswith("\x1b["):
            codes = part[2:-1].split(";")
            found = [c for c in codes if c in COLOURS]
            colour = found[-1] if found else ("text" if codes[-1] in ("", "0", "39") else colour)
        elif part:
            out.append((colour, part))
    return out


def runs(tokens):
    """Neighbours of one colour as one piece."""
    for colour, group in itertools.groupby(tokens, key=lambda t: t[0]):
        yield colour, "".join(text for _, text in group)


def lines():
    for chunk, answer in answers():
        for i, line in enumerate(chunk.split("\n")):
            code = [(m.lastgroup, m.group()) for m in TOKENS.finditer(line)]
            yield [("prompt", PROMPT if i == 0 else "  "), *runs(code)]
        for line in answer.split("\n") if answer else []:
            yield spans(line)


def main():
    rows = list(lines())
    height = PAD * 2 + LINE * len(rows) + 26
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
        ' role="img" aria-label="A session of arr in a terminal">',
        f'<rect width="{WIDTH}" height="{height}" rx="10" fill="#1d2026"/>',
        *(f'<circle cx="{24 + 20 * i}" cy="20" r="6" fill="{c}"/>' for i, c in enumerate(("#ee6a5f", "#f5bd4f", "#61c454"))),
        f'<g font-family="\'DejaVu Sans Mono\', Menlo, Consolas, monospace" font-size="{SIZE}" xml:space="preserve" style="white-space:pre">',
    ]
    for n, row in enumerate(rows):
        y, column = PAD + 34 + LINE * n, 0
        for colour, text in row:
            x = PAD + column * CHAR
            if text.strip():
                lead = len(text) - len(text.lstrip())
                out.append(
                    f'<text x="{x + lead * CHAR:.1f}" y="{y}" fill="{COLOURS[colour]}"'
                    f' textLength="{len(text.strip()) * CHAR:.1f}">{html.escape(text.strip())}</text>'
                )
            column += len(text)
    out += ["</g>", "</svg>", ""]
    (HERE / "session.svg").write_text("\n".join(out))


main()
