"""What other programs take of the machine meanwhile: a line timed beside them is not this program's figure."""

import os
import pathlib
import time

_STAT = pathlib.Path("/proc/stat")
#: Of one core; what an idle system takes stays well below.
MOST = 0.1


def _taken() -> float:
    """Seconds of processor time that all programs but this one and those it has run have taken so far."""
    if not _STAT.exists():
        return 0.0
    fields = _STAT.read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, irq, soft, steal = (int(f) for f in fields[:8])
    everybody = (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")
    return everybody - sum(os.times()[:4])


class Watch:
    """From its making on."""

    def __init__(self) -> None:
        self._start, self._taken = time.perf_counter(), _taken()

    def share(self) -> float:
        """The cores that others have taken on average."""
        passed = time.perf_counter() - self._start
        return max(0.0, _taken() - self._taken) / max(passed, 1e-3)


def wait(seconds: float) -> None:
    """Until nobody else works, or so long."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        watch = Watch()
        time.sleep(1.0)
        if watch.share() < MOST:
            return
