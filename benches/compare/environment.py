"""What must be settled before NumPy is imported: the peers' versions, their threads, their place.

`prepare` makes sure that this interpreter has the pinned peers, and if not, starts the program
again in a virtual environment beside this file, which it makes. `settle` sets the variables that
the peers' libraries read when they are loaded.
"""

import functools
import importlib.metadata
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = {"numpy": "2.4.6", "numexpr": "2.14.2", "scipy": "1.17.1", "jax": "0.10.2"}

#: CBQN, an interpreter of APL's family, is no package; its lines are timed where a program is found:
#: in the variable `BQN`, on the PATH, or built in a folder beside this file that git ignores.
CBQN_NAMES = ("cbqn", "bqn", "BQN")
CBQN_BUILT = HERE / ".peers/CBQN/BQN"
CBQN_HOW = """CBQN is not here: the lines go on without it. To build it (a C compiler, make; five minutes):
    git clone https://github.com/dzaima/CBQN benches/compare/.peers/CBQN
    make -C benches/compare/.peers/CBQN o3n REPLXX=0 FFI=0
or name its program in the variable BQN."""


def missing() -> list[str]:
    """The peers that this interpreter has not, or not in the pinned version."""

    def version(name: str) -> str:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return ""

    return [f"{name}=={wanted}" for name, wanted in PEERS.items() if version(name) != wanted]


def prepare() -> None:
    """Goes on in an interpreter that has the peers; makes one if there is none."""
    if not missing():
        return
    home = HERE / ".venv"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if pathlib.Path(sys.prefix).resolve() == home.resolve() or not python.exists():
        if not python.exists():
            venv.create(home, with_pip=True)
        wanted = [f"{name}=={version}" for name, version in PEERS.items()]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *wanted], check=True)
    os.execv(python, [str(python), *sys.argv])


def settle(threads: int) -> None:
    """Two threads for everybody by default, and no hints about the processor but its own."""
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMEXPR_MAX_THREADS"):
        os.environ[name] = str(threads)
    os.environ["ARR_THREADS"] = str(threads)
    os.environ["JAX_ENABLE_X64"] = "1"
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    # XLA's pool has a thread for each core it may use.
    os.environ["NPROC"] = str(threads)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def machine() -> str:
    """The processor and the versions, as the head of the tables says them."""
    model = platform.processor() or platform.machine()
    info = pathlib.Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    peers = ", ".join(f"{name} {version}" for name, version in PEERS.items())
    if path := cbqn():
        peers += f", {_cbqn_version(path)} (one thread)"
    return f"{model}, {os.cpu_count()} cores; {peers}, Python {platform.python_version()}"


@functools.cache
def cbqn() -> str | None:
    """CBQN's program, or nothing where there is none."""
    if named := os.environ.get("BQN"):
        return named
    found = next(filter(None, map(shutil.which, CBQN_NAMES)), None)
    # Other implementations of BQN have programs of that name too.
    if found and _cbqn_version(found).startswith("CBQN"):
        return found
    return str(CBQN_BUILT) if CBQN_BUILT.exists() else None


def _cbqn_version(path: str) -> str:
    """What the program says of itself: `CBQN on commit` and 40 digits, or a version."""
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    first = done.stdout.split("\n", maxsplit=1)[0].strip()
    return re.sub(r"on commit (\w{7})\w*", r"\1", first)
