"""One line measured: results compared first, then arr and every peer in turns."""

import collections.abc
import dataclasses
import gc
import statistics
import time
import warnings

import exact
import neighbours
import peers
import program
from lines import Line
from machine import Machine

#: Seconds of one sample of one side, below which the clock and the loop would count.
SAMPLE = 0.004


@dataclasses.dataclass
class Pace:
    """How long a line may take: rounds, and seconds for one side in one round."""

    rounds: int
    seconds: float
    most: float


FULL = Pace(rounds=5, seconds=0.05, most=6.0)
QUICK = Pace(rounds=2, seconds=0.02, most=2.0)


@dataclasses.dataclass
class Result:
    """Best and median seconds of each side, or why there are none."""

    line: Line
    best: dict[str, float] = dataclasses.field(default_factory=dict)
    median: dict[str, float] = dataclasses.field(default_factory=dict)
    bytes: float | None = None
    flops: float | None = None
    writes: bool = False
    single: bool = False
    #: What plain loops reached between the rounds, on a line whose share of that is shown: what memory
    #: gives changes by a factor of two within a minute where others use it too.
    machine: Machine | None = None
    error: str | None = None
    #: Cores that other programs took meanwhile.
    beside: float = 0.0

    def numpy_ratio(self) -> float:
        """NumPy's best time over arr's."""
        return self.best["numpy"] / self.best["arr"]

    def best_peer(self) -> str:
        """The fastest that is not arr."""
        return min((name for name in self.best if name != "arr"), key=self.best.__getitem__)

    def peer_ratio(self) -> float:
        """The fastest peer's best time over arr's."""
        return self.best[self.best_peer()] / self.best["arr"]


class _Side:
    """One competitor: its samples so far, and how to take more."""

    def __init__(self, name: str, sample, pace: Pace) -> None:
        self.name, self.sample, self.pace = name, sample, pace
        self.rounds: list[list[float]] = []

    def best(self) -> float:
        return min(t for r in self.rounds for t in r)

    def turn(self) -> None:
        """One round: as many runs as the pace allows."""
        if not self.rounds:
            self.rounds.append(self.sample(1, 2))
            if self.best() < SAMPLE / 100:
                self.rounds.append(self.sample(100, 2))
            return
        once = max(self.best(), 1e-8)
        loops = max(1, min(1_000_000, round(SAMPLE / once)))
        self.rounds.append(self.sample(loops, max(2, min(10, int(self.pace.seconds / (loops * once))))))


def _settle() -> None:
    """Waits until no thread of this process runs, half a second at most.

    OpenBLAS's threads spin for a tenth of a second after a call, on the cores that the next side needs.
    """
    for _ in range(50):
        before = time.process_time()
        time.sleep(0.01)
        if time.process_time() - before < 0.001:
            return


def _sides(line: Line, made: list[peers.Peer], pace: Pace) -> list[_Side]:
    setup = arr_setup(line)
    sides = [_Side("arr", lambda loops, repeat: program.timings(setup, line.arr, loops, repeat), pace)]
    return sides + [_Side(peer.name, peer.timings, pace) for peer in made]


def arr_setup(line: Line) -> str:
    """What arr runs before the line."""
    return "\n".join(text for text in (line.setup, line.arr_setup.strip()) if text) or "0"


#: What gives the machine's limits now.
Limits = collections.abc.Callable[[], Machine | None]


def measure(line: Line, pace: Pace, limits: Limits = lambda: None) -> Result:
    """Compares the results, then lets all sides take turns; again if other programs took part."""
    for last in (False, True):
        watch = neighbours.Watch()
        result = _once(line, pace, limits)
        result.beside = watch.share()
        if last or result.error or result.beside < neighbours.MOST:
            break
        neighbours.wait(15.0)
    return result


def _once(line: Line, pace: Pace, limits: Limits) -> Result:
    """Compares the results, then lets all sides take turns, and `limits` measure the machine as often."""
    result = Result(line)
    try:
        env = peers.names(line)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = peers.make(line, env)
        value = made[0].value
        result.bytes = peers.amount(line.bytes, env, value)
        result.flops = peers.amount(line.flops, env, value)
        result.writes = getattr(value, "nbytes", 0) > 1e6
        result.single = getattr(value, "dtype", None) in ("float32", "complex64")
        result.error = exact.compare(arr_setup(line), line.arr, value, line.check)
        sides = _sides(line, made, pace)
        start = time.perf_counter()
        for turn in range(pace.rounds + 1):
            for side in sides[turn % len(sides) :] + sides[: turn % len(sides)]:
                if side.name == "arr" and (result.bytes or result.flops):
                    before = time.perf_counter()
                    if now := limits():
                        result.machine = now.or_better(result.machine)
                    # The machine's time is not the line's.
                    start += time.perf_counter() - before
                side.turn()
                _settle()
            if time.perf_counter() - start > pace.most:
                break
    except (program.Failed, ValueError) as failed:
        result.error = str(failed)
        return result
    finally:
        gc.collect()
    for side in sides:
        result.best[side.name] = side.best()
        # The first round warms up.
        rounds = [min(r) for r in side.rounds[1:]] or [side.best()]
        result.median[side.name] = statistics.median(rounds)
    return result
