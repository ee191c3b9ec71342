"""Reads the figures of a drug line: strengths, what is taken and how often, for how long, and what is dispensed.

Which phrase stands where, and the names of medicines, are the business of ``phrases``.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from imr_engine.dosing.catalogue import NameIndex
from imr_engine.dosing.cursor import DAYS, HOURS, IN_MG, MASS, VOLUME, Cursor, is_many
from imr_engine.dosing.model import Amount
from imr_engine.dosing.schedule import Schedule
from imr_engine.dosing.statements import Figures, Phrases
from imr_engine.dosing.words import Lexeme, vocabulary
from imr_engine.units.interval import Interval

__all__ = ["MONTH", "FigureReader"]

DOSING_HOURS = frozenset(map(Fraction, (2, 3, 4, 6, 8, 12, 24, 48, 72)))
LARGE_VOLUME = 60
"""No medicine is taken in so many mL at a time: such a volume is what is dispensed."""
LARGE_MASS = Fraction(15_000)
"""No medicine is taken in so many mg at a time: such a mass is a tube or a jar."""
MONTH = Interval(Fraction(28), Fraction(31))


class FigureReader:
    """Reads figures at a place of a text. Each method takes a place and returns the place after what it read.

    What was read is kept in ``out`` and ``schedule``, and the places of what was not in ``skipped``.
    """

    __slots__ = ("cursor", "dose_only", "figures_at", "gap_end", "names", "out", "schedule", "skipped")

    def __init__(self, tokens: list[str], names: NameIndex | None, *, dose_only: bool) -> None:
        self.cursor = Cursor(tokens, vocabulary())
        self.names = names
        self.dose_only = dose_only
        self.out = Phrases()
        self.schedule = Schedule()
        self.skipped: list[tuple[int, int]] = []
        self.gap_end = -1
        self.figures_at = -1

    # -- what stays unread --------------------------------------------------------------------------------------------

    def _leave(self, start: int, end: int | None = None) -> int:
        """Leave tokens unread; at least one, so that reading always goes on."""
        end = start + 1 if end is None else max(end, start + 1)
        if self.skipped and start in (self.skipped[-1][1], self.gap_end):
            start = self.skipped.pop()[0]
        self.skipped.append((start, end))
        return end

    def _fill(self, index: int, end: int) -> int:
        """Pass over a word that changes nothing; between two unread parts it is shown with them."""
        if self.skipped and index in (self.skipped[-1][1], self.gap_end):
            self.gap_end = end
        return end

    # -- figures ------------------------------------------------------------------------------------------------------

    def _figure(self, index: int) -> int:
        """Whatever begins with a number."""
        cursor, start = self.cursor, index
        amount = cursor.range(index)
        if amount is None:
            return self._leave(index)
        low, high, index, sign = amount
        values = [low] if sign is None else [low, high]
        unit: str | None = None
        while True:
            if unit is None and cursor.at(index) in MASS:
                unit = MASS[cursor.tokens[index]]
                index += 1
            following = cursor.digits(index + 1) if cursor.at(index) == "/" or cursor.at(index) == "-" else None
            if following is None or sign == "to" or cursor.at(index + 2) in VOLUME or cursor.at(index + 2) in HOURS:
                break
            sign = cursor.tokens[index]
            values.append(following)
            index += 2
            if cursor.at(index) in MASS:
                unit = MASS[cursor.tokens[index]]
                index += 1
        if unit is not None and sign is None and not self.dose_only and not self.out.figures:
            # "10 mg 325 mg": whether the second is a partner's, the drug decides.
            second = cursor.digits(index)
            if second is not None and cursor.at(index + 1) in MASS and not self.schedule.begun:
                values.append(second)
                sign, index = "/", index + 2
        if unit is None and cursor.at(index) in ("%", "percent"):
            return self._keep(start, index + 1, values, "percent", sign)
        if unit is not None or sign == "/" or cursor.at(index) == "/":
            return self._mass(start, index, values, unit, sign)
        return self._count(start, index, low, high, sign)

    def _mass(self, start: int, index: int, values: list[Fraction], unit: str | None, sign: str | None) -> int:
        """Figures with a mass, joined, per volume or per hour; or a count a day, ``8/day``."""
        cursor = self.cursor
        per: Fraction | None = None
        rate = False
        if cursor.at(index) == "/" or cursor.at(index) == "per":
            size = cursor.digits(index + 1)
            if cursor.at(index + 1) in HOURS:
                rate, index = True, index + 2
            elif cursor.at(index + 1) in VOLUME:
                per, index = Fraction(VOLUME[cursor.tokens[index + 1]]), index + 2
            elif size is not None and cursor.at(index + 2) in VOLUME:
                per, index = size * VOLUME[cursor.tokens[index + 2]], index + 3
            elif unit is None and sign is None:
                return self._count(start, index, values[0], values[0], None)
        if unit == "g" and sign is None and values[0] * IN_MG["g"] >= LARGE_MASS:
            return self._dispensed(start, index, values[0], "g")
        # After the name of a partner stands the partner's strength: "codeine 30 mg/apap 300 mg tid".
        named = bool(self.out.figures) and bool(self.out.mentions) and self.out.mentions[-1].start > self.figures_at
        first = not self.dose_only and not self.schedule.begun and (not self.out.figures or named)
        if rate or per is not None or unit is None or first:
            return self._keep(start, index, values, unit, sign, rate=rate, per=per)
        if sign == "/" or len(values) > 2 or (sign == "-" and values[0] > values[1]):
            return self._keep(start, index, values, unit, sign)
        scale = IN_MG[unit]
        return self._amount(Amount("mass", values[0] * scale, values[-1] * scale), start, index)

    def _keep(
        self, start: int, index: int, values: list[Fraction], unit: str | None, sign: str | None,
        *, rate: bool = False, per: Fraction | None = None,
    ) -> int:  # fmt: skip
        self.figures_at = start
        self.out.figures.append(Figures(tuple(values), unit, sign, rate, per, self.cursor.text(start, index)))
        return index

    def _count(self, start: int, index: int, low: Fraction, high: Fraction, sign: str | None) -> int:
        """A number with a form, a volume, a time, ``times``, ``refills``, or nothing after it."""
        cursor = self.cursor
        token = cursor.at(index)
        if token in VOLUME:
            if sign is None and high * VOLUME[token] >= LARGE_VOLUME:
                return self._dispensed(start, index + 1, low * VOLUME[token], "mL")
            return self._amount(Amount("volume", low * VOLUME[token], high * VOLUME[token]), start, index + 1)
        lexeme = cursor.lexeme(index)
        kind = lexeme.kind if lexeme is not None else ""
        if sign is None and (after_time := self._counted_time(start, index, lexeme, low)) is not None:
            return after_time
        if token in ("time", "times", "x") and (after := cursor.phrase(index + 1, "frequencies")) is not None:
            often = Interval(low * after.value.low, high * after.value.high)
            return self._times(start, index + 1 + after.length, often)
        if lexeme is not None and kind in ("forms", "units"):
            if kind == "forms":
                self.out.form = self.out.form or lexeme.value
            index += lexeme.length
            if sign is None and is_many(high):
                return self._dispensed(start, index, low, None)
            return self._amount(Amount("pieces", low, high), start, index)
        if sign == "-" and not self.out.figures and not self.schedule.begun and is_many(high):
            return self._keep(start, index, [low, high], None, "-")
        if self.dose_only or self.out.figures or sign is not None or not self.out.mentions:
            if is_many(high):
                return self._leave(start, index)
            return self._amount(Amount("pieces", low, high), start, index)
        # A bare number after the name: a strength, or what is taken at a time; the drug decides.
        return self._keep(start, index, [low], None, None)

    def _counted_time(self, start: int, index: int, lexeme: Lexeme | None, count: Fraction) -> int | None:
        """``30 day supply``, ``2 weeks``, ``3 refills``; None where the number counts something else."""
        kind = lexeme.kind if lexeme is not None else ""
        if lexeme is not None and kind == "refill" and count.denominator == 1:
            self.out.refills = int(count)
            return index + lexeme.length
        if lexeme is not None and kind == "supply":
            return self._supply(start, index, index + lexeme.length, count)
        if kind != "frequencies" and (unit := DAYS.get(self.cursor.at(index))) is not None:
            return self._days(start, index + 1, count * unit)
        return None

    # -- amounts and frequencies --------------------------------------------------------------------------------------

    def _amount(self, amount: Amount, start: int, index: int) -> int:
        schedule = self.schedule
        if schedule.up_to and schedule.begun and (after := self.cursor.per_day(index)) is not None:
            schedule.maximum, schedule.up_to = amount, False
            return after
        after = self.cursor.per_day(index)
        if after is not None and schedule.waits_for_next and not schedule.joining:
            # "1 tablet q4h (6/day)" says the same again, or contradicts itself; it is no further dose.
            return self._leave(start, after)
        schedule.take_amount(amount, self.cursor.text(start, index))
        return index

    def _times(self, start: int, index: int, times: Interval) -> int:
        if not self.schedule.take_times(times):
            return self._leave(start, index)
        if (lexeme := self.cursor.phrase(index, "range")) is not None:
            after = self.cursor.phrase(index + lexeme.length, "frequencies")
            if after is not None and self.schedule.widen_times(after.value):
                return index + lexeme.length + after.length
        return index

    def _interval(self, index: int) -> int:
        """``q6h``, ``q4-6 hours``, ``every 8 hrs``, ``every 3 days``; ``q6`` alone counts in hours, as it is used."""
        cursor, start = self.cursor, index
        amount = cursor.range(index + 1)
        if amount is None or amount[0].numerator <= 0 or (amount[0] is not amount[1] and amount[0] > amount[1]):
            return self._leave(index)
        low, high, index, _ = amount
        token = cursor.at(index)
        if token in HOURS:
            return self._times(start, index + 1, _every(low, high, 24, 1))
        if token in DAYS:
            return self._times(start, index + 1, _every(low, high, 1, DAYS[token]))
        if cursor.tokens[start] == "q" and {low, high} <= DOSING_HOURS:
            return self._times(start, index, _every(low, high, 24, 1))
        return self._leave(start, index)

    def on_maximum(self, index: int, lexeme: Lexeme) -> int:
        """``max 8/day``, ``not to exceed 4 tablets per day``, ``max 60 mg a day``; without *a day* it stays unread."""
        cursor, start = self.cursor, index
        index += lexeme.length
        if cursor.at(index) == "#":
            index += 1
        amount = cursor.range(index)
        if amount is None:
            return self._leave(start, index)
        low, high, index, sign = amount
        token = cursor.at(index)
        kind, scale = "pieces", Fraction(1)
        if token in MASS:
            kind, scale, index = "mass", IN_MG[MASS[token]], index + 1
        elif token in VOLUME:
            kind, scale, index = "volume", Fraction(VOLUME[token]), index + 1
        elif token in ("times", "x", "time"):
            kind, index = "doses", index + 1
        elif (word := cursor.phrase(index, "forms", "units")) is not None:
            kind, index = "doses" if token in ("dose", "doses") else "pieces", index + word.length
        after = cursor.per_day(index)
        if after is None and lexeme.kind == "daily_maximum":
            after = index
        if after is None or sign is not None or self.schedule.maximum is not None:
            return self._leave(start, index)
        self.schedule.maximum = Amount(kind, low * scale, high * scale)
        return after

    # -- time, quantity, refills, reasons -----------------------------------------------------------------------------

    def _supply(self, start: int, index: int, end: int, count: Fraction) -> int:
        unit = self.cursor.at(index)[:4]
        if unit.startswith("mon"):
            return self._take_days(start, end, MONTH.scaled(count))
        return self._take_days(start, end, Interval.exact(count * (7 if unit == "week" else 1)))

    def _take_days(self, start: int, end: int, days: Interval) -> int:
        if self.out.days not in (None, days):
            return self._leave(start, end)
        self.out.days = days
        return end

    def _days(self, start: int, index: int, days: Fraction) -> int:
        if (lexeme := self.cursor.phrase(index, "supply")) is not None:
            return self._take_days(start, index + lexeme.length, Interval.exact(days))
        if not self.schedule.begun:
            return self._take_days(start, index, Interval.exact(days))
        if self.schedule.course_days not in (None, days):
            return self._leave(start, index)
        self.schedule.course_days = days
        return index

    def _for(self, index: int) -> int:
        """``for 30 days``, ``x7 d``, ``x 2 refills``, ``for pain``."""
        cursor, start = self.cursor, index
        index += 1
        if (lexeme := cursor.phrase(index, "up_to")) is not None:
            index += lexeme.length
        found = cursor.number(index)
        if found is not None:
            count, after = found
            lexeme = cursor.lexeme(after)
            if lexeme is not None and lexeme.kind == "supply":
                return self._supply(start, after, after + lexeme.length, count)
            if cursor.at(after) in DAYS and (lexeme is None or lexeme.kind != "frequencies"):
                return self._days(start, after + 1, count * DAYS[cursor.tokens[after]])
            if lexeme is not None and lexeme.kind == "refill" and count.denominator == 1:
                self.out.refills = int(count)
                return after + lexeme.length
        if cursor.tokens[start] == "for":
            end = self._reasons(index)
            if end > index:
                return end
            if self.names is not None and cursor.phrase(index, "month") is not None:
                return index
        return self._leave(start)

    def _reasons(self, index: int) -> int:
        """The place after what a medicine is taken for, ``moderate to severe back pain and spasms``."""
        cursor, end = self.cursor, index
        while True:
            lexeme = cursor.phrase(index, "reasons", "reason_words", "and", "range")
            if lexeme is None:
                if end > index or cursor.at(index) not in ("/", "for"):
                    return end
                index += 1
                continue
            index += lexeme.length
            if lexeme.kind == "reasons":
                end = index

    def _quantity(self, index: int, start: int) -> int:
        cursor = self.cursor
        if cursor.at(index) == "#":
            index += 1
        found = cursor.number(index)
        if found is None:
            return self._leave(start, index)
        value, index = found
        unit = cursor.at(index)
        if unit in VOLUME:
            return self._dispensed(start, index + 1, value * VOLUME[unit], "mL")
        if unit in MASS and MASS[unit] == "g":
            return self._dispensed(start, index + 1, value, "g")
        if (lexeme := cursor.phrase(index, "forms", "units")) is not None:
            if lexeme.kind == "forms":
                self.out.form = self.out.form or lexeme.value
            index += lexeme.length
        days = cursor.number(index + 1) if cursor.at(index) == "/" else None
        if days is not None and (unit := DAYS.get(cursor.at(days[1]))) is not None:
            # "#60/30 days".
            self._take_days(start, days[1] + 1, Interval.exact(days[0] * unit))
            return self._dispensed(start, days[1] + 1, value, None)
        return self._dispensed(start, index, value, None)

    def _dispensed(self, start: int, index: int, value: Fraction, unit: str | None) -> int:
        """Take a quantity; beside a measured one, ``120 grams #1``, a count is of containers."""
        out = self.out
        if value.numerator <= 0:
            return self._leave(start, index)
        if out.quantity is None:
            out.quantity, out.quantity_unit = value, unit
        elif out.quantity_unit is not None and unit is None and not is_many(value):
            out.quantity *= value
        elif out.quantity_unit is None and unit is not None and not is_many(out.quantity):
            out.quantity, out.quantity_unit = out.quantity * value, unit
        elif (out.quantity, out.quantity_unit) != (value, unit):
            return self._leave(start, index)
        return index


@lru_cache(maxsize=512)
def _every(low: Fraction, high: Fraction, in_a_day: int, scale: int) -> Interval:
    """How often a day, for an interval between doses of so many times ``scale``, of which a day has ``in_a_day``."""
    least = in_a_day / (high * scale)
    return Interval(least, least if low == high else in_a_day / (low * scale))
