"""Tables: one line of work in a row, means of the groups, and what is behind its goal."""

import statistics

from machine import Machine
from measure import Result

#: A ratio that counts as not slower.
EVEN = 0.95
#: Shares of bandwidth and of the multiply-add rate to be reached.
BANDWIDTH, PEAK = 0.85, 0.90


def duration(seconds: float) -> str:
    """Three digits and a unit."""
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def share(result: Result, machine: Machine | None) -> float | None:
    """The part of the machine's bandwidth or multiply-add rate that arr reached.

    Beside the line if the machine was measured there.
    """
    machine = result.machine or machine
    if machine is None or "arr" not in result.best:
        return None
    seconds = result.best["arr"]
    if result.flops:
        peak = machine.fma_single if result.single else machine.fma_double
        return result.flops / seconds / peak
    if result.bytes:
        return result.bytes / seconds / (machine.stream() if result.writes else machine.read)
    return None


HEAD = [
    "line",
    "arr best",
    "arr median",
    "NumPy best",
    "NumPy median",
    "NumPy / arr",
    "best peer",
    "peer / arr",
    "share",
]


def cells(result: Result, machine: Machine | None) -> list[str]:
    """A row of the table."""
    if not result.best:
        return [result.line.label, f"**{result.error}**"] + [""] * (len(HEAD) - 2)
    part = share(result, machine)
    peer = result.best_peer()
    wrong = f" (**{result.error}**)" if result.error else ""
    return [
        f"{result.line.label}: `{result.line.arr}`".replace("|", "\\|") + wrong,
        duration(result.best["arr"]),
        duration(result.median["arr"]),
        duration(result.best["numpy"]),
        duration(result.median["numpy"]),
        f"{result.numpy_ratio():.2f}",
        f"{peer} {duration(result.best[peer])}",
        f"{result.peer_ratio():.2f}",
        f"{part:.0%}" if part is not None else "",
    ]


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table of Markdown."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def plain(result: Result, machine: Machine | None) -> str:
    """A row for a terminal."""
    label = f"{result.line.group:>12}  {result.line.label:46.46}"
    if not result.best:
        return f"{label}  {result.error}"
    part = share(result, machine)
    text = f"{label} {duration(result.best['arr']):>9} {duration(result.best['numpy']):>9} {result.numpy_ratio():7.2f}"
    text += f"   {result.best_peer():>7} {result.peer_ratio():6.2f}"
    text += f"  {part:4.0%}" if part is not None else ""
    text += "  BEHIND" if result.peer_ratio() < EVEN else ""
    return text + (f"  WRONG: {result.error}" if result.error else "")


def groups(results: list[Result]) -> list[list[str]]:
    """Geometric means per group, and over all lines."""
    timed = [r for r in results if r.best]
    names = list(dict.fromkeys(r.line.group for r in timed))
    rows = []
    for name in [*names, "all"]:
        chosen = [r for r in timed if name in (r.line.group, "all")]
        if not chosen:
            continue
        numpy = statistics.geometric_mean(r.numpy_ratio() for r in chosen)
        peer = statistics.geometric_mean(r.peer_ratio() for r in chosen)
        behind = sum(r.peer_ratio() < EVEN for r in chosen)
        rows.append([name, str(len(chosen)), f"{numpy:.2f}", f"{peer:.2f}", str(behind)])
    return rows


GROUPS_HEAD = ["group", "lines", "NumPy / arr", "best peer / arr", "behind"]


def behind(results: list[Result], machine: Machine | None) -> str:
    """What has not reached its goal, by group."""
    out = []
    for name in dict.fromkeys(r.line.group for r in results):
        chosen = [r for r in results if r.line.group == name]
        slow = sorted((r for r in chosen if r.best and r.peer_ratio() < EVEN), key=Result.peer_ratio)
        rows = [
            [
                f"`{r.line.arr}` ({r.line.label})",
                duration(r.best["arr"]),
                f"{r.best_peer()} {duration(r.best[r.best_peer()])}",
                f"{r.peer_ratio():.2f}",
                f"{r.numpy_ratio():.2f}",
            ]
            for r in slow
        ]
        lines = [table(["line", "arr", "best peer", "peer / arr", "NumPy / arr"], rows)] if rows else []
        for r in chosen:
            part = share(r, machine)
            goal = PEAK if r.flops else BANDWIDTH
            if part is not None and part < goal:
                lines.append(f"- below {goal:.0%} of the machine: `{r.line.arr}` ({r.line.label}): {part:.0%}")
        if lines:
            out.append(f"### {name}\n\n" + "\n".join(lines).replace(" |\n-", " |\n\n-"))
    wrong = [
        f"- {r.line.group}, {r.line.label}, `{r.line.arr}` after `{r.line.setup}`: {r.error}"
        for r in results
        if r.error
    ]
    if wrong:
        out.append("### results that differ, errors\n\n" + "\n".join(wrong))
    return "\n\n".join(out)
