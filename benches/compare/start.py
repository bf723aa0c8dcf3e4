"""How long the program takes to start and end, and until its prompt is there."""

import os
import select
import statistics
import subprocess
import sys
import time

import program


def run(command: list[str], times: int) -> list[float]:
    """Seconds of each run of a command."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True)
        taken.append(time.perf_counter() - start)
    return taken


def prompt(command: list[str], mark: bytes, times: int) -> list[float]:
    """Seconds until a program at a terminal shows its prompt."""
    import pty

    taken = []
    for _ in range(times):
        start = time.perf_counter()
        pid, fd = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "xterm"
            os.execvp(command[0], command)
        seen = b""
        while mark not in seen and time.perf_counter() - start < 5:
            if select.select([fd], [], [], 0.5)[0]:
                try:
                    seen += os.read(fd, 4096)
                except OSError:
                    break
        taken.append(time.perf_counter() - start if mark in seen else float("nan"))
        os.write(fd, b"\x04")
        time.sleep(0.01)
        os.close(fd)
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    return taken


def measure(times: int = 10) -> dict[str, tuple[float, float]]:
    """Best and median seconds of each way to start."""
    python = sys.executable
    runs = {
        "`arr -e 1`": run([program.ARR, "-e", "1"], times),
        "`python -c 1`": run([python, "-c", "1"], times),
        "`python -c 'import numpy'`": run([python, "-c", "import numpy"], times),
    }
    if os.name == "posix":
        runs["arr's prompt"] = prompt([program.ARR, "--no-config", "-q"], b"In [", times)
        runs["Python's prompt"] = prompt([python, "-q"], b">>> ", times)
    return {label: (min(taken), statistics.median(taken)) for label, taken in runs.items()}
