"""What the machine can do at most: bandwidth and multiply-add rate, from `benches/machine.rs`."""

import dataclasses
import functools
import json
import subprocess

from environment import ROOT


@dataclasses.dataclass(frozen=True)
class Machine:
    """Bytes and flops in a second, on as many threads as the lines have."""

    read: float
    copy: float
    add: float
    fma_double: float
    fma_single: float

    def stream(self) -> float:
        """What a loop that reads and writes reaches."""
        return max(self.copy, self.add)


    def or_better(self, other: "Machine | None") -> "Machine":
        """The best of two measurements."""
        if other is None:
            return self
        pairs = zip(dataclasses.astuple(self), dataclasses.astuple(other), strict=True)
        return Machine(*(max(pair) for pair in pairs))


@functools.cache
def _built() -> str:
    """The program of the native loops."""
    command = ["cargo", "bench", "--quiet", "--no-run", "--message-format=json", "--bench", "machine"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    made = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return next(m["executable"] for m in made if m.get("executable") and m["target"]["name"] == "machine")


def measure(threads: int) -> Machine | None:
    """Builds and runs the native loops; nothing where there is no cargo."""
    try:
        command = [_built(), "--threads", str(threads)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, StopIteration, subprocess.CalledProcessError) as failed:
        print(f"no figures of the machine: {failed}")
        return None
    return Machine(**json.loads(done.stdout))
