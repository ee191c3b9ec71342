"""How the bench measures: calls a second of CPU, memory of a process, and the time a command takes to start."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

__all__ = ["ROOT", "calls_a_second", "environment", "peak_memory", "resident_memory", "start_up_time"]

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1_000_000


def calls_a_second(call: Callable[[], object], seconds: float) -> float:
    """How often a call can be made in a second of CPU, once warm: the median of five batches.

    CPU time, since a clock on the wall would measure the machine's other work too.
    """
    warm_until = time.process_time() + seconds / 5
    calls = 0
    while time.process_time() < warm_until or not calls:
        call()
        calls += 1
    batch = max(1, calls)
    rates: list[float] = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(batch):
            call()
        rates.append(batch / (time.process_time() - start))
    return statistics.median(rates)


def peak_memory() -> float:
    """The most memory that this process has held, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes on Linux, bytes on macOS.
    return peak / MEGABYTE if sys.platform == "darwin" else peak * 1024 / MEGABYTE


def resident_memory() -> float:
    """The memory that this process holds now, in megabytes; its peak so far where the system does not tell."""
    statistics_of_memory = Path("/proc/self/statm")
    if not statistics_of_memory.exists():
        return peak_memory()
    pages = int(statistics_of_memory.read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def environment() -> dict[str, str]:
    """The environment for a child that runs the package of this checkout."""
    return {**os.environ, "PYTHONPATH": str(ROOT / "engine")}


def start_up_time(arguments: Sequence[str], *, runs: int = 9, environment: Mapping[str, str]) -> float:
    """Seconds on the wall that a command takes from start to end: the median of several runs after a first one."""
    taken: list[float] = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])
