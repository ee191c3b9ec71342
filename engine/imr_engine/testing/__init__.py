"""For rule authors' own pytest suites: strategies for hypothesis, files of variants, and ready assertions.

The strategies need hypothesis (``pip install 'imr-engine[test]'``), which nothing else of this package imports.

Strategies: ``cases`` makes whole valid cases, ``requests``, ``medications``, ``documentation`` and ``treatments`` their
parts, as the mappings that people write. ``rulebooks`` makes rules over invented facts, and ``views`` and ``batches``
requests as such rules see them, to hold two readings of any rules against each other.

Variants: ``read_variants`` reads a YAML file of changes to one case, each with what is expected of it, and
``assert_variant`` asserts one of them.

Assertions: ``assert_outcome``, ``assert_readings_agree``, ``assert_same_bytes``, and ``assert_monotone`` for the laws
that honest rules keep. Each takes a case as an object, a mapping or a file, and a ``rulebook``.

    from hypothesis import given
    from imr_engine import load_rulebook
    from imr_engine.testing import assert_outcome, assert_readings_agree, cases

    RULES = load_rulebook(Path("my-rules"))

    @given(cases())
    def test_both_readings_agree(case):
        assert_readings_agree(case, RULES)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from imr_engine.testing.assertions import (
    AnyCase,
    Law,
    assert_monotone,
    assert_outcome,
    assert_readings_agree,
    assert_same_bytes,
    assert_variant,
    disagreements,
)
from imr_engine.verify.variants import Variant, changed, read_variants

if TYPE_CHECKING:
    from imr_engine.testing.random_rules import batches, rulebooks, views
    from imr_engine.testing.strategies import cases, documentation, medications, raised, requests, treatments

__all__ = [
    "AnyCase",
    "Law",
    "Variant",
    "assert_monotone",
    "assert_outcome",
    "assert_readings_agree",
    "assert_same_bytes",
    "assert_variant",
    "batches",
    "cases",
    "changed",
    "disagreements",
    "documentation",
    "medications",
    "raised",
    "read_variants",
    "requests",
    "rulebooks",
    "treatments",
    "views",
]

# Found when they are first used, so that assertions and variants serve where hypothesis is not installed.
_STRATEGIES = {
    "batches": "random_rules",
    "cases": "strategies",
    "documentation": "strategies",
    "medications": "strategies",
    "raised": "strategies",
    "requests": "strategies",
    "rulebooks": "random_rules",
    "treatments": "strategies",
    "views": "random_rules",
}


def __getattr__(name: str) -> object:
    """Find a strategy where it lives."""
    if name in _STRATEGIES:
        return getattr(import_module(f"imr_engine.testing.{_STRATEGIES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
