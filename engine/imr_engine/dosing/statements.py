"""What a drug line states, phrase by phrase, before anything is made of it: pure data.

The grammar that fills it in is in ``phrases``; what it means for a drug is worked out in ``lines`` and ``products``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from imr_engine.dosing.model import Amount, Directions
from imr_engine.units.interval import Interval

__all__ = ["READ_BEFORE", "Figures", "Mention", "Phrases"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A medicine's name by its words; ``start`` is -1 for one that stood in brackets inside another."""

    words: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures that may be a strength: ``10/325 mg``, ``75 mcg/h``, ``7.5-325 mg/15 mL``, ``5 %``, or a bare ``350``.

    ``sign`` stands between two figures, ``-``, ``/`` or ``to``; ``unit`` is None where none is written, ``rate`` says
    that it is an amount an hour, ``per`` is a volume in mL.
    """

    # What the figures mean follows from their text, and texts are compared fast.
    values: tuple[Fraction, ...] = field(compare=False)
    unit: str | None = field(compare=False)
    sign: str | None = field(compare=False)
    rate: bool = field(compare=False)
    per: Fraction | None = field(compare=False)
    text: str


READ_BEFORE = Mention((), -1), Figures((), None, None, rate=False, per=None, text="")
"""Stands for a medicine and its strength where the rest of a line is read by itself."""


@dataclass(slots=True)
class Phrases:
    """What a text says, phrase by phrase."""

    mentions: list[Mention] = field(default_factory=list)
    name: str = ""
    figures: list[Figures] = field(default_factory=list)
    dose: Amount | None = None
    directions: Directions | None = None
    quantity: Fraction | None = None
    quantity_unit: str | None = None
    days: Interval | None = None
    refills: int | None = None
    form: str | None = None
    route: str | None = None
    release: str | None = None
    phase: str | None = None
    status: str | None = None
    unread: list[str] = field(default_factory=list)
