"""Throughput of doses: lines a second read and converted on one core, beside the same arithmetic through pint.

Two rates, each in CPU time after a first batch that warms up, and each beside the same lines read the same way with
pint's quantities doing the arithmetic:

- *lines never met before*: no line comes twice, so that nothing is answered from the caches of whole lines. What charts
  repeat comes again here too, though in no order: a medicine with its strength, and the directions, of which there are
  some fifty. The bar is judged on this rate.
- *lines that come again*: the same few hundred lines over and over, as in a batch of cases.

Run by ``make bench``, or alone with ``python bench/doses.py``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from itertools import product

from imr_engine.dosing import load_tables, morphine_equivalents, read_line
from imr_engine.units.registry import registry

LINES_A_SECOND = 20_000
"""The bar of the project for lines read and converted on one core, once warm; judged on lines never met before."""

STRIDE = 7_919
"""A prime that shares no factor with the number of lines: steps of it meet each line once."""

TABLE = "mtus-2009"
BATCH = 1_000

MEDICINES = (
    "Norco 10/325 mg", "Norco 5/325 mg", "OxyContin 20 mg", "oxycodone IR 15 mg", "Percocet 10/325 mg", "Dilaudid 4 mg",
    "MS Contin 60 mg", "morphine sulfate ER 30 mg", "Opana ER 20 mg", "methadone 10 mg", "hydrocodone/apap 7.5/325 mg",
    "Klonopin 1 mg", "Flexeril 10 mg", "Soma 350 mg", "gabapentin 300 mg", "metoprolol 25 mg",
)  # fmt: skip
AMOUNTS = ("1 tab", "2 tabs", "1-2 tabs", "1/2 tab", "one tablet by mouth", "take 1 po")
FREQUENCIES = (
    "q6h",
    "every 8 hours",
    "BID",
    "three times a day",
    "q4-6h",
    "at bedtime",
    "every 12 hours",
    "QID prn pain",
)
QUANTITIES = tuple(f"#{count}" for count in range(20, 124, 2))


def lines() -> list[str]:
    """Some 40,000 lines, no two of them alike, in an order that is always the same but follows nothing."""
    found = [
        f"{medicine} {amount} {frequency} {quantity}"
        for quantity, amount, frequency, medicine in product(QUANTITIES, AMOUNTS, FREQUENCIES, MEDICINES)
    ]
    return [found[place * STRIDE % len(found)] for place in range(len(found))]


def converted(batch: Sequence[str]) -> None:
    """Read and convert a batch with the public call."""
    morphine_equivalents(batch, TABLE)


def converted_through_pint(batch: Sequence[str]) -> None:
    """Read a batch the same way, and do its arithmetic with pint quantities, as if they were on the hot path."""
    units = registry()
    factors = load_tables().conversion_table(TABLE).factors
    milligram, a_day, equivalents = units.parse_units("mg"), units.parse_units("1/day"), units.parse_units("MME/mg")
    total = units.Quantity(0, units.parse_units("MME/day"))
    for text in batch:
        line = read_line(text)
        key = line.products[0].conversion if line.products else ""
        if line.strength is None or line.directions is None or key not in factors:
            continue
        strength = units.Quantity(line.strength.principal, milligram)
        for part in line.directions.courses[0].parts:
            times = units.Quantity(part.times.high, a_day)
            daily = strength * (part.amount.high if part.amount is not None else 1) * times
            total += (daily * units.Quantity(factors[key].bands[0][1], equivalents)).to(total.units)


def rate(work: Callable[[Sequence[str]], None], batches: Sequence[Sequence[str]]) -> float:
    """Lines a second of CPU time over some batches; the first one warms up and is not counted."""
    work(batches[0])
    start = time.process_time()
    for batch in batches[1:]:
        work(batch)
    return sum(map(len, batches[1:])) / (time.process_time() - start)


def main() -> int:
    """Print the rates; the exit code is 1 if the bar is missed."""
    distinct = lines()
    batches = [distinct[start : start + BATCH] for start in range(0, len(distinct) - BATCH + 1, BATCH)]
    repeated = [distinct[:300]] * 60
    print(f"  {'':24}{'exact':>10}{'with pint':>12}   lines a second")
    fresh = _compared("lines never met before", batches, batches[:15])
    _compared("lines that come again", repeated, repeated[:15])
    within = fresh >= LINES_A_SECOND
    print(f"  {'within' if within else 'MISSES'} the bar of {LINES_A_SECOND:,} lines a second, none of them met before")
    return 0 if within else 1


def _compared(name: str, batches: Sequence[Sequence[str]], for_pint: Sequence[Sequence[str]]) -> float:
    """The rate over some batches, printed beside that of some of them through pint."""
    found, through_pint = rate(converted, batches), rate(converted_through_pint, for_pint)
    print(f"  {name:24}{found:>10,.0f}{through_pint:>12,.0f}{found / through_pint:>9.1f} times as fast")
    return found


if __name__ == "__main__":
    sys.exit(main())
