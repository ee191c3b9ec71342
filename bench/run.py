"""``make bench``: speed and memory of predictions, the rules engines side by side, start-up, and doses.

Every measurement runs in a process of its own, so that its peak of memory is its own. A missed bar is marked, and the
exit code is then 1.
"""

from __future__ import annotations

import argparse
import compileall
import io
import json
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from itertools import cycle, islice
from typing import Any

from measures import ROOT, calls_a_second, environment, peak_memory, resident_memory, start_up_time

from imr_engine._version import __version__

# The bars of the project, on one core: milliseconds, seconds, and megabytes that memory may still grow by once warm.
EXPLAINED_CASE = 5.0
START_OF_HELP = 0.4
START_OF_PREDICT = 1.2
GROWTH = 5.0

MEMORY_POINTS = 10


def main() -> int:
    """Measure everything, or, in a child process, one thing."""
    options = _options()
    if options.measure is not None:
        _measure(options)
        return 0
    compileall.compile_dir(ROOT / "engine", quiet=1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Each line as it is measured, into a file too.
        sys.stdout.reconfigure(line_buffering=True)
    print(f"imr-engine {__version__}, Python {platform.python_version()}, durable_rules {_version('durable_rules')}\n")
    passed = [_predictions(options), _rules_engines(options), _start_up(), _doses(), _memory(options)]
    return 0 if all(passed) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU seconds to warm up and per batch, together")
    parser.add_argument("--predictions", type=int, default=100_000, help="how many predictions memory is watched over")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    return parser.parse_args()


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


# in the child


def _measure(options: argparse.Namespace) -> None:
    """Measure one thing and print it as JSON."""
    from workloads import PREDICTIONS, RULES_ALONE, all_cases, criteria_of, four_opioids

    if options.measure == "names":
        print(json.dumps([list(PREDICTIONS), list(RULES_ALONE), criteria_of(four_opioids())]))
    elif options.measure == "memory":
        from imr_engine import predict

        cases = cycle(all_cases())
        step = max(1, options.predictions // MEMORY_POINTS)
        points: list[float] = []
        for _ in range(MEMORY_POINTS):
            for case in islice(cases, step):
                predict(case)
            points.append(resident_memory())
        print(json.dumps([step, points]))
    else:
        call = {**PREDICTIONS, **RULES_ALONE}[options.measure]()
        print(json.dumps([calls_a_second(call, options.seconds), peak_memory()]))


# in the parent


def _ask(what: str, options: argparse.Namespace) -> list[Any]:
    """Measure one thing in a process of its own."""
    command = [
        *(sys.executable, str(ROOT / "bench" / "run.py"), "--measure", what),
        *("--seconds", str(options.seconds), "--predictions", str(options.predictions)),
    ]
    done = subprocess.run(command, env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def _predictions(options: argparse.Namespace) -> bool:
    print("An explained prediction of a case with four opioid requests")
    names, _, _ = _ask("names", options)
    milliseconds = _table(names, options)
    return _bar(
        f"{milliseconds[0]:.2f} ms a case", f"{EXPLAINED_CASE:.0f} ms", passed=milliseconds[0] <= EXPLAINED_CASE
    )


def _rules_engines(options: argparse.Namespace) -> bool:
    _, names, criteria = _ask("names", options)
    print(f"The rules alone: {criteria} criteria to statuses and outcomes, every engine's answers checked first")
    _table(names, options)
    print()
    return True


def _table(names: list[str], options: argparse.Namespace) -> list[float]:
    """Print one line for each workload, beside the first; milliseconds a call."""
    print(f"  {'':34}{'a second':>10}{'ms':>9}{'beside the first':>18}{'peak memory':>13}")
    rates: list[float] = []
    for name in names:
        rate, peak = _ask(name, options)
        rates.append(rate)
        ratio = rates[-1] / rates[0]
        print(f"  {name:34}{rates[-1]:>10,.0f}{1000 / rates[-1]:>9.3f}{f'{ratio:.2f}':>18}{f'{peak:.0f} MB':>13}")
    return [1000 / rate for rate in rates]


def _start_up() -> bool:
    print("Start to end of the command, bytecode compiled (wall, median of 9)")
    help_time = start_up_time(["-m", "imr_engine", "--help"], environment=environment())
    predict_time = start_up_time(["-m", "imr_engine", "predict", "examples/seed-003.yaml"], environment=environment())
    help_passed = _bar(f"imr --help {help_time:.2f} s", f"{START_OF_HELP} s", passed=help_time < START_OF_HELP, end="")
    predict_passed = _bar(
        f"imr predict of one case {predict_time:.2f} s", f"{START_OF_PREDICT} s", passed=predict_time < START_OF_PREDICT
    )
    return help_passed and predict_passed


def _memory(options: argparse.Namespace) -> bool:
    print(f"Resident memory over {options.predictions:,} predictions of six cases in turn")
    step, points = _ask("memory", options)
    for index, point in enumerate(points, start=1):
        print(f"  after {index * step:>9,}  {point:6.1f} MB")
    growth = max(points[1:]) - points[0]
    return _bar(f"grown by {growth:.1f} MB after the first tenth", f"{GROWTH:.0f} MB", passed=growth <= GROWTH)


def _doses() -> bool:
    """Lines read and converted; that bench knows its own bar."""
    if not (ROOT / "bench" / "doses.py").exists():
        return True
    print("Medication lines to morphine equivalents")
    done = subprocess.run([sys.executable, ROOT / "bench" / "doses.py"], env=environment(), check=False)
    print()
    return done.returncode == 0


def _bar(measured: str, bar: str, *, passed: bool, end: str = "\n") -> bool:
    print(f"  {measured}: {'within' if passed else 'MISSES'} the bar of {bar}", end=f"\n{end}")
    return passed


if __name__ == "__main__":
    sys.exit(main())
