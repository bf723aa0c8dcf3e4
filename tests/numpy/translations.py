#!/usr/bin/env python3
"""Run every example in Python as `arr to-numpy` writes it, and compare what it prints.

    python tests/numpy/translations.py [path/to/arr] [file.arr ...]

Needs NumPy. Times are left out on both sides: `%timeit` is a comment in Python. Lines must agree
but for the last digits of floats.
"""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
args = sys.argv[1:]
arr = args.pop(0) if args and not args[0].endswith(".arr") else str(root / "target/debug/arr")
files = [pathlib.Path(a) for a in args]
if not files:
    files = sorted(root.glob("examples/*.arr")) + sorted(root.glob("examples/idioms/*.arr"))
    files = [f for f in files if f.name != "compare.arr"]

TIME = re.compile(r"^(Wall time|CPU times)|per loop|^\s*$|overhead")
NUMBER = re.compile(r"-?\d+\.\d*(?:e[+-]?\d+)?")


def lines(text):
    return [line.rstrip() for line in text.splitlines() if not TIME.search(line)]


def alike(a, b):
    if a == b:
        return True
    if NUMBER.sub("#", a).split() != NUMBER.sub("#", b).split():
        return False
    pairs = zip(NUMBER.findall(a), NUMBER.findall(b))
    return all(abs(float(x) - float(y)) <= 1e-7 * max(1, abs(float(x))) for x, y in pairs)


failed = 0
for path in files:
    made = subprocess.run([arr, "to-numpy", str(path)], capture_output=True, text=True)
    if made.returncode:
        print(f"{path.name}: not translated\n{made.stderr}")
        failed += 1
        continue
    wanted = lines(path.with_suffix(".out").read_text()) if path.with_suffix(".out").exists() else None
    ran = subprocess.run([sys.executable, "-"], input=made.stdout, capture_output=True, text=True, timeout=300)
    given = lines(ran.stdout)
    if ran.returncode:
        print(f"{path.name}: {ran.stderr.strip().splitlines()[-1]}\n" + "\n".join(ran.stderr.strip().splitlines()[-4:-1]))
        at = re.findall(r'"<stdin>", line (\d+), in <module>', ran.stderr)
        if at:
            print("   > " + made.stdout.splitlines()[int(at[-1]) - 1])
        failed += 1
        continue
    wrong = [(w, g) for w, g in zip(wanted or [], given) if not alike(w, g)]
    if wanted is not None and (wrong or len(wanted) != len(given)):
        failed += 1
        print(f"{path.name}: {len(wrong)} lines differ, {len(wanted)} wanted, {len(given)} given")
        for w, g in wrong[:5]:
            print(f"   arr:    {w}\n   python: {g}")
    else:
        print(f"{path.name}: {len(given)} lines agree")
sys.exit(failed > 0)
