"""What the machine can do at most: bandwidth and multiply-add rate, from `benches/machine.rs`."""

import dataclasses
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


def measure(threads: int) -> Machine | None:
    """Builds and runs the native loops; nothing where there is no cargo."""
    command = ["cargo", "bench", "--quiet", "--bench", "machine", "--", "--threads", str(threads)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as failed:
        print(f"no figures of the machine: {failed}")
        return None
    return Machine(**json.loads(done.stdout))
