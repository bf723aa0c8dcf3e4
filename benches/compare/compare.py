#!/usr/bin/env python3
"""Times arr beside NumPy, numexpr, SciPy, JAX and, where it is installed, CBQN, on this machine.

    cargo build --release && python benches/compare/compare.py [options] [word ...]

Words choose the lines whose label or text holds one of them. The peers come from PyPI into a
virtual environment beside this file, if this interpreter has them not. `ARR` names another program.
"""

import argparse
import json
import pathlib
import sys
import time

import environment


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only lines whose label or text holds one of these")
    parser.add_argument("--group", action="append", default=[], help="only this group; may be repeated")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--markdown", action="store_true", help="tables for a page")
    parser.add_argument("--json", metavar="FILE", help="write every figure there, in seconds")
    parser.add_argument("--behind", metavar="FILE", help="write there what has not reached its goal")
    parser.add_argument("--scale", metavar="LINE", help="cost of a line of `a` and `b` against their size")
    parser.add_argument("--dtype", default="float64", help="of `a` and `b` with --scale")
    parser.add_argument("--threads", type=int, default=2, help="for everybody")
    parser.add_argument("--no-machine", action="store_true", help="leave out bandwidth, peak and start-up")
    parser.add_argument("--update", action="store_true", help="write the tables of the pages")
    parser.add_argument("--check", action="store_true", help="compare results only")
    return parser.parse_args()


def main() -> None:
    """Runs what the command line asks for."""
    options = arguments()
    environment.prepare()
    environment.settle(options.threads)
    # These import NumPy, which reads what was settled.
    import pages
    import program
    import scale
    import suite

    print(f"{environment.machine()}; {options.threads} threads each; {program.where()}\n", flush=True)
    if environment.cbqn() is None:
        print(environment.CBQN_HOW, file=sys.stderr)
    if options.scale:
        scale.show(options.scale, options.dtype, options.threads)
        return
    if options.check:
        sys.exit(suite.check(options))
    start = time.perf_counter()
    run = suite.run(options)
    print(run.text())
    print(f"\n{time.perf_counter() - start:.0f} s")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(run.data(), indent=1), encoding="utf-8")
    if options.update:
        pages.update(run)
    if options.behind:
        pathlib.Path(options.behind).write_text(run.behind(), encoding="utf-8")


if __name__ == "__main__":
    main()
