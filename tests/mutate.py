"""`make mutate`: changes the shipped rules one at a time, and tells which changes the golden cases notice."""

from __future__ import annotations

import sys
from collections import Counter
from time import perf_counter

from golden import goldens

from imr_engine import Case, load_rulebook
from imr_engine.verify.mutation import Tried, mutants, try_mutants

WANTED = 95
"""Percent of the mutants that have to be noticed."""

EQUIVALENT = {
    "mtus-2009: acoem-2004 speaks before mtus-2009 (default)": (
        "no request is spoken of by both: what has a say in mtus-2009 is about medicines, in acoem-2004 about visits"
    ),
}
"""Mutants that no case can notice, and why."""


def run() -> list[Tried]:
    """Every mutant of the shipped rules, held against every golden case."""
    rulebook = load_rulebook()
    variants = [(golden, Case.model_validate(golden.case)) for golden in goldens()]
    return list(try_mutants(mutants(rulebook), variants, rulebook))


def main() -> int:
    start = perf_counter()
    tried = run()
    survivors = [entry.mutant for entry in tried if entry.noticed is None]
    missed = Counter(mutant.operator for mutant in survivors)
    for operator, count in Counter(entry.mutant.operator for entry in tried).items():
        print(f"{operator:12} {count - missed[operator]:4} of {count:4}")
    noticed = len(tried) - len(survivors)
    # Rounded down, so that 100 means all.
    share = 1000 * noticed // len(tried) / 10
    print(f"{'all':12} {noticed:4} of {len(tried):4} noticed: {share} %, in {perf_counter() - start:.1f} s")
    for mutant in survivors:
        print(f"survives: {mutant.id}\n          {EQUIVALENT.get(mutant.id, 'missed: no golden case tells it apart')}")
    unexplained = [mutant for mutant in survivors if mutant.id not in EQUIVALENT]
    return 1 if unexplained or share < WANTED else 0


if __name__ == "__main__":
    sys.exit(main())
