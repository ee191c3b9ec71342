"""Suggestions for misspelt names."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["did_you_mean"]

CLOSE_ENOUGH = 70


def did_you_mean(found: str, known: Iterable[str], close_enough: float = CLOSE_ENOUGH) -> str | None:
    """``did you mean 'x'?`` for the closest known name, or None where nothing is close."""
    from rapidfuzz import fuzz, process

    best = process.extractOne(found, sorted(known), scorer=fuzz.WRatio, score_cutoff=close_enough)
    return None if best is None else f"did you mean '{best[0]}'?"
