#!/usr/bin/env python3
"""Run programs in Python as `arr to-numpy` writes them, and compare what they print with what arr prints.

    python tests/numpy/translations.py [path/to/arr] [-v] [file ...]

Needs NumPy. Without files: every example, idiom and lesson, the standard library, and the golden
sessions, whose entries are compared one by one. Times are left out on both sides: `%timeit` is a comment
in Python. Lines must agree but for the last digits of floats.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
args = [a for a in sys.argv[1:] if a != "-v"]
verbose = "-v" in sys.argv
is_source = lambda a: a.endswith((".arr", ".txt"))
arr = args.pop(0) if args and not is_source(args[0]) else str(root / "target/debug/arr")
files = [pathlib.Path(a) for a in args]
if not files:
    files = [
        f
        for pattern in ("examples/*.arr", "examples/idioms/*.arr", "stdlib/lessons/*.arr", "stdlib/*.arr",
                        "tests/golden/*.arr.txt")
        for f in sorted(root.glob(pattern))
        if f.name != "compare.arr"
    ]

TIME = re.compile(r"^(Wall time|CPU times)|per loop|^\s*$|overhead")
NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?")
MARK = "@@"

# What a session says of the prompt, of errors and of arr itself has no counterpart.
NO_ENTRY = re.compile(r"^[ ]*[%?]|\?$|^In\[|\bOut\[|\bIn\[|^_$")


def lines(text):
    return [line.rstrip() for line in text.splitlines() if not TIME.search(line)]


def alike(a, b):
    if a == b:
        return True
    if NUMBER.sub("#", a).split() != NUMBER.sub("#", b).split():
        return False
    pairs = zip(NUMBER.findall(a), NUMBER.findall(b))
    return all(abs(float(x) - float(y)) <= 1e-7 * max(1, abs(float(x))) for x, y in pairs)


def translate(path):
    made = subprocess.run([arr, "to-numpy", str(path)], capture_output=True, text=True)
    return made.stdout if made.returncode == 0 else None, made.stderr


def python(text):
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-"], input=text, capture_output=True, text=True, timeout=300
    )
    return ran.stdout, ran.stderr, ran.returncode


def lesson(path):
    """A lesson without the commands it shows and the lines that are to fail."""
    kept = []
    for part in re.split(r"\n(?=\n)", path.read_text()):
        code = [line for line in part.splitlines() if not line.startswith(("#", "%", "?"))]
        code = [] if part.lstrip("\n").startswith("%%") else code
        fails = any(line.startswith("#> error") for line in part.splitlines())
        marks = [line for line in part.splitlines() if line.startswith("#:")]
        kept.append("\n".join(marks if fails else marks + code))
    file = pathlib.Path(tempfile.mkdtemp()) / path.name
    file.write_text("\n".join(kept))
    return file


def program(path):
    """Whether a whole file prints the same."""
    path = lesson(path) if path.parent.name == "lessons" else path
    text, reason = translate(path)
    if text is None:
        print(f"{path.name}: not translated\n{reason}")
        return False
    out = path.with_suffix(".out")
    if out.exists():
        wanted = lines(out.read_text())
    else:
        ran = subprocess.run([arr, "-q", str(path)], capture_output=True, text=True, timeout=300)
        wanted = lines(ran.stdout) if ran.returncode == 0 else None
    stdout, stderr, code = python(text)
    given = lines(stdout)
    if code:
        print(f"{path.name}: " + "\n".join(stderr.strip().splitlines()[-4:]))
        at = re.findall(r'"<stdin>", line (\d+), in <module>', stderr)
        if at:
            print("   > " + text.splitlines()[int(at[-1]) - 1])
        return False
    wrong = [(w, g) for w, g in zip(wanted or [], given) if not alike(w, g)]
    if wanted is not None and (wrong or len(wanted) != len(given)):
        print(f"{path.name}: {len(wrong)} lines differ, {len(wanted)} wanted, {len(given)} given")
        for w, g in wrong[:5]:
            print(f"   arr:    {w}\n   python: {g}")
        return False
    if verbose:
        print(f"{path.name}: {len(given)} lines agree")
    return True


def entries(path):
    """The entries of a golden session that give no error: (input, answer)."""
    found, code, answer = [], [], []
    for line in path.read_text().splitlines():
        if line.startswith("    ") and not opened("\n".join(code)):
            answer.append(line[4:])
        elif line.strip() or opened("\n".join(code)):
            if code and not opened("\n".join(code)):
                found.append(("\n".join(code), answer))
                code, answer = [], []
            code.append(line)
    if code:
        found.append(("\n".join(code), answer))
    usable = []
    for code, answer in found:
        bad = NO_ENTRY.search(code.splitlines()[0]) or code.lstrip().startswith(("#", "⍝"))
        if not bad and not any(a.startswith("error[") for a in answer):
            usable.append((code, [a for a in answer if "Warning: " not in a]))
    return usable


def opened(code):
    if code.count('"""') % 2:
        return True
    code = re.sub(r"\"\"\".*?\"\"\"|\"(\\.|[^\"\\\n])*\"|'(\\.|[^'\\\n])*'|[#⍝].*", "", code, flags=re.S)
    return '"""' in code or sum(code.count(c) for c in "([{") > sum(code.count(c) for c in ")]}")


def session(path):
    """Whether each entry of a session prints the same."""
    todo = entries(path)
    refused, failed, total = [], [], len(todo)
    folder = pathlib.Path(tempfile.mkdtemp())
    file = folder / "session.arr"
    modules = path.parent / "modules"
    if modules.exists():
        for f in modules.glob("*.arr"):
            (folder / f.name).write_text(f.read_text())
    for _ in range(total + 1):
        text = "".join(f'print("{MARK}{i}")\n{code}\n' for i, (code, _) in enumerate(todo))
        file.write_text(text)
        out, reason = translate(file)
        if out is None:
            at = re.search(r"session\.arr:(\d+)", reason)
            line = int(at.group(1)) if at else 1
            count, culprit = 0, 0
            for i, (code, _) in enumerate(todo):
                if count + 1 < line:
                    culprit = i
                count += 2 + code.count("\n")
            refused.append((todo.pop(culprit)[0], re.search(r"[×x] (.*)", reason)))
            continue
        stdout, stderr, code = python(out)
        if not code:
            break
        done = [int(n) for n in re.findall(rf"^{MARK}(\d+)$", stdout, flags=re.M)]
        culprit = done[-1] if done else 0
        if culprit >= len(todo):
            break
        failed.append((todo.pop(culprit)[0], stderr.strip().splitlines()[-1:]))
    parts = re.split(rf"^{MARK}\d+\n", stdout, flags=re.M)[1:] if todo else []
    for (code, answer), given in zip(todo, parts):
        w, g = lines("\n".join(answer)), lines(given)
        if len(w) != len(g) or not all(map(alike, w, g)):
            failed.append((code, [f"arr:    {' / '.join(w)[:200]}", f"python: {' / '.join(g)[:200]}"]))
    if failed or refused or verbose:
        print(f"{path.name}: {total} entries, {len(refused)} refused, {len(failed)} differ")
    for code, why in refused:
        print(f"   refused: {code.splitlines()[0][:100]}   {why.group(1)[:150] if why else ''}")
    for code, why in failed:
        print(f"   > {code[:200]}")
        for line in why:
            print(f"     {line}")
    return not failed


failed = 0
for path in files:
    ok = session(path) if path.suffix == ".txt" else program(path)
    failed += not ok
print(f"{len(files)} files, {failed} differ")
sys.exit(failed > 0)
