"""Builds directions from the amounts, frequencies and moments that a line names, one after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from imr_engine.dosing.model import Amount, Course, Directions, Part
from imr_engine.dosing.words import ONCE
from imr_engine.units.interval import Interval

__all__ = ["Schedule"]

NOTHING = Fraction(0)


@dataclass(slots=True)
class _Open:
    """A part that is still being read."""

    amounts: list[tuple[Amount, str]] = field(default_factory=list)
    times: Interval | None = None
    moments: int = 0
    added: bool = False
    loosely: bool = False


@dataclass(slots=True)
class Schedule:
    """The directions read so far; ``begun`` once some frequency was read.

    A method that may refuse what it is given returns whether it took it.
    """

    parts: list[_Open] = field(default_factory=lambda: [_Open()])
    courses: list[Course] = field(default_factory=list)
    as_needed: bool = False
    any_as_needed: bool = False
    maximum: Amount | None = None
    course_days: Fraction | None = None
    joining: bool = False
    up_to: bool = False
    begun: bool = False
    unread: list[str] = field(default_factory=list)

    @property
    def waits_for_next(self) -> bool:
        """Whether the part being read has its frequency, so that an amount would begin another part of the same day."""
        return self.parts[-1].times is not None and self.course_days is None

    def take_amount(self, amount: Amount, text: str) -> None:
        """What is taken at a time. After a frequency it begins a new part, after a course's days a new course."""
        if self.up_to:
            amount = Amount(amount.kind, NOTHING, amount.high)
            self._perhaps_none()
        part = self.parts[-1]
        if part.times is not None:
            if self.course_days is not None:
                self.close_course()
            else:
                # "15 mg q4h, 60 mg q12h" may be two doses or a correction; beside a time of the day it is two doses.
                self.parts.append(_Open(loosely=not self.joining and not part.moments))
            part = self.parts[-1]
        part.amounts.append((amount, text))
        self.joining = False

    def take_times(self, times: Interval) -> bool:
        """How often a day. A second frequency is added after *and*, and must otherwise say the same."""
        if self.up_to:
            times = Interval(NOTHING, times.high)
            self._perhaps_none()
        part = self.parts[-1]
        joining, self.joining = self.joining, False
        self.begun = True
        if part.loosely:
            return False
        if part.times is None:
            part.times = times
        elif joining:
            part.times, part.added = part.times + times, True
        elif part.moments and part.times.high == times.high:
            # "In the morning and at bedtime, twice a day": said twice.
            part.moments = 0
        elif times == ONCE and part.times.high is not None and part.times.high >= 1:
            # "Every six hours daily": the day adds nothing.
            return True
        elif part.times != times:
            return False
        return True

    def _perhaps_none(self) -> None:
        """After *up to*: what is taken as one needs it."""
        self.up_to, self.as_needed, self.any_as_needed = False, True, True

    def widen_times(self, times: Interval) -> bool:
        """A frequency after *to*: ``BID to TID``."""
        part = self.parts[-1]
        if part.times is None or part.times.high is None or times.high is None or times.high < part.times.high:
            return False
        part.times = Interval(part.times.low, times.high)
        return True

    def take_moment(self) -> bool:
        """A time of the day: one dose more, or only when one of the doses already counted is taken."""
        part = self.parts[-1]
        joining, self.joining = self.joining, False
        self.begun = True
        if part.times is None:
            part.times, part.moments = ONCE, 1
        elif part.moments:
            part.times, part.moments = part.times + ONCE, part.moments + 1
        elif joining:
            part.times, part.added = part.times + ONCE, True
        else:
            return not part.added and part.times.high is not None and part.times.high >= 1
        return True

    def close_course(self) -> None:
        """End the doses of one day; what follows is the next step of a taper."""
        timed: list[Part] = []
        loose: list[_Open] = []
        for part in self.parts:
            if part.times is not None:
                first = part.amounts[0][0] if part.amounts else None
                again = tuple([amount for amount, _ in part.amounts[1:]])
                timed.append(Part(first, part.times, again))
            elif part.amounts:
                loose.append(part)
        if timed:
            self.courses.append(Course(tuple(timed), self.as_needed, self.course_days))
        self.parts = loose or [_Open()]
        self.as_needed, self.course_days = False, None

    def finish(self) -> tuple[Directions | None, Amount | None]:
        """The directions, and an amount at a time that no frequency came to."""
        as_needed = self.as_needed
        self.close_course()
        if self.up_to:
            self.unread.append("up to")
        loose = [entry for part in self.parts for entry in part.amounts]
        dose: Amount | None = None
        if len(loose) == 1 and not self.begun:
            dose = loose[0][0]
        else:
            self.unread.extend(text for _, text in loose)
        if self.courses:
            return Directions(tuple(self.courses), self.any_as_needed, self.maximum), dose
        if as_needed or self.maximum is not None:
            return Directions((), as_needed, self.maximum), dose
        return None, dose
