"""The grammar of a drug line: its names, figures, directions and dispensing, and whatever it could not read.

It knows no drug but by name; what a strength or a dose means for one is worked out in ``lines`` and ``products``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from imr_engine.dosing.catalogue import NameEntry, NameIndex
from imr_engine.dosing.cursor import DAYS, HOURS, IN_MG, MASS, VOLUME, Cursor, is_many, joined
from imr_engine.dosing.model import Amount, Directions
from imr_engine.dosing.schedule import Schedule
from imr_engine.dosing.words import Lexeme, tokens_of, vocabulary
from imr_engine.units.interval import Interval

__all__ = ["Figures", "Mention", "Phrases", "read_phrases"]

DOSING_HOURS = frozenset(map(Fraction, (2, 3, 4, 6, 8, 12, 24, 48, 72)))
LARGE_VOLUME = 60
"""No medicine is taken in so many mL at a time: such a volume is what is dispensed."""
LARGE_MASS = Fraction(15_000)
"""No medicine is taken in so many mg at a time: such a mass is a tube or a jar."""
MONTH = Interval(Fraction(28), Fraction(31))
SALTS = frozenset(("hcl", "hbr", "usp", "hydrochloride", "sulfate", "sulf", "sodium", "sod", "bitartrate", "citrate",
                   "tartrate", "potassium", "epolamine"))  # fmt: skip
PRODUCT_KINDS = frozenset(("forms", "routes", "releases"))
JOINTS = frozenset(("/", "-", "with", "w", "+", "&"))


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


def read_phrases(text: str, names: NameIndex | None, *, dose_only: bool = False) -> Phrases:
    """Read a text into phrases.

    Args:
        text: A whole line, or one field of a structured record.
        names: The names of the catalogue; None where the text cannot hold a medicine.
        dose_only: The text holds directions or a dose only, so that a mass in it is what is taken, not a strength.
    """
    return _Reader(tokens_of(text), names, dose_only=dose_only).read()


@lru_cache(maxsize=8192)
def _read_rest(tokens: tuple[str, ...], names: NameIndex) -> Phrases:
    """The rest of a line of which a name and a strength were read, since the same directions come with many medicines.

    The result, which is shared and never changed, holds ``READ_BEFORE`` as its first mention and its first figures.
    """
    reader = _Reader(list(tokens), names, dose_only=False)
    reader.out.mentions.append(READ_BEFORE[0])
    reader.out.figures.append(READ_BEFORE[1])
    return reader.read()


class _Reader:
    """Reads one text from its first token to its last. Each method takes a place and returns the place after."""

    __slots__ = ("cursor", "dose_only", "figures_at", "gap_end", "names", "out", "schedule", "skipped")

    def __init__(self, tokens: list[str], names: NameIndex | None, *, dose_only: bool) -> None:
        self.names = names
        self.dose_only = dose_only
        self.out = Phrases()
        self.schedule = Schedule()
        self.skipped: list[tuple[int, int]] = []
        self.gap_end = -1
        self.figures_at = -1
        self.cursor = Cursor(self._without_brackets(tokens), vocabulary())

    def read(self) -> Phrases:
        """All phrases of the text."""
        cursor, names = self.cursor, self.names
        tokens, lexemes = cursor.tokens, cursor.lexemes
        index = 0
        only_medicine = not self.out.figures
        while index < cursor.length:
            token = tokens[index]
            lexeme = lexemes[index]
            found = names.at(tokens, index) if names is not None and token in names.lengths else None
            if found is not None and (lexeme is None or found[1] >= lexeme.length):
                index = self._name(index, found[0], found[1])
                continue
            if lexeme is not None and lexeme.kind != "numbers":
                index = self._phrase(index, lexeme)
                only_medicine = only_medicine and lexeme.kind in PRODUCT_KINDS
                continue
            if token in JOINTS:
                index = self._joint(index)
                continue
            if lexeme is not None or token[0] in "0123456789.":
                index = self._figure(index)
                if only_medicine and self._has_strength() and (whole := self._with_rest(index)) is not None:
                    return whole
            elif token == "#":
                index = self._quantity(index + 1, index)
            elif token in ("q", "every", "each"):
                index = self._interval(index)
            elif token in ("for", "x"):
                index = self._for(index)
            else:
                index = self._leave(index)
            only_medicine = False
        return self._finish()

    def _has_strength(self) -> bool:
        """Whether a name and then figures were read, and nothing was left unread."""
        out = self.out
        return bool(out.mentions) and out.mentions[-1].start >= 0 and len(out.figures) == 1 and not self.skipped

    def _with_rest(self, index: int) -> Phrases | None:
        """All phrases, where no more than a medicine was read before a place; None if what follows contradicts it."""
        if self.names is None:
            return None
        out = self.out
        tokens = tuple(self.cursor.tokens[index:])
        count = self.cursor.digits(self.cursor.length - 1) if tokens[-2:-1] == ("#",) else None
        rest = _read_rest(tokens if count is None else tokens[:-2], self.names)
        if count is not None and (rest.unread or rest.quantity is not None or count.numerator <= 0):
            # Not just directions with a quantity after them: "#" may belong to what stands before it.
            count, rest = None, _read_rest(tokens, self.names)
        if out.route not in (None, rest.route) and rest.route is not None:
            return None
        if out.release not in (None, rest.release) and rest.release is not None:
            return None
        further = [Mention(one.words, one.start + index) for one in rest.mentions[1:]]
        return Phrases(
            mentions=out.mentions + further,
            figures=out.figures + rest.figures[1:],
            dose=rest.dose,
            directions=rest.directions,
            quantity=rest.quantity if count is None else count,
            quantity_unit=rest.quantity_unit,
            days=rest.days,
            refills=rest.refills,
            # A form named before is kept, whatever is named after it.
            form=out.form or rest.form,
            route=out.route or rest.route,
            release=out.release or rest.release,
            phase=rest.phase,
            status=rest.status,
            unread=rest.unread.copy(),
        )

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

    def _finish(self) -> Phrases:
        out = self.out
        if self.schedule.courses and out.days is not None and self.schedule.course_days is None:
            # The last step of a taper: its days are no supply of the whole.
            self.schedule.course_days, out.days = out.days.low, None
        elif not self.schedule.courses and self.schedule.course_days is not None:
            if out.days is None:
                out.days = Interval.exact(self.schedule.course_days)
            self.schedule.course_days = None
        out.directions, out.dose = self.schedule.finish()
        out.unread = [self.cursor.text(*span) for span in self.skipped] + self.schedule.unread
        if not out.mentions or max([mention.start for mention in out.mentions]) < 0:
            out.name = self._name_text()
        return out

    def _name_text(self) -> str:
        """The words that stand where a name should: those before the first figure."""
        words: list[str] = []
        for token in self.cursor.tokens:
            if token[0] in "0123456789.#%":
                break
            words.append(token)
        return joined(tuple(words))

    # -- names --------------------------------------------------------------------------------------------------------

    def _without_brackets(self, tokens: list[str]) -> list[str]:
        """Take out names in brackets, as in ``MS (morphine sulfate) Contin``, and drop all other brackets."""
        if "(" not in tokens:
            return tokens if ")" not in tokens else [token for token in tokens if token != ")"]
        kept: list[str] = []
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token == "(" and self.names is not None and kept and ")" in tokens[index:]:
                end = tokens.index(")", index)
                words = tuple(token for token in tokens[index + 1 : end] if token not in SALTS)
                entry = self.names.get(tuple(tokens[index + 1 : end])) or self.names.get(words)
                if entry is not None:
                    self.out.mentions.append(Mention(entry.words, -1))
                    index = end + 1
                    continue
            if token not in "()":
                kept.append(token)
            index += 1
        return kept

    def _name(self, index: int, entry: NameEntry, length: int) -> int:
        self.out.mentions.append(Mention(entry.words, index))
        index += length
        while self.cursor.at(index) in SALTS:
            index += 1
        return index

    def _joint(self, index: int) -> int:
        """What joins two names, ``hydrocodone/apap``, ``Tylenol w/ codeine``, or leads to refills or a maximum."""
        after = index
        while self.cursor.at(after) in JOINTS:
            after += 1
        if (
            self.names is not None
            and after < self.cursor.length
            and self.names.at(self.cursor.tokens, after) is not None
        ):
            return after
        if self.cursor.tokens[index] in ("with", "w"):
            found = self.cursor.number(after)
            leads_to = after if found is None else found[1]
            if self.cursor.phrase(leads_to, "refill", "maximum", "daily_maximum", "no_refills", "quantity") is not None:
                return after
        return self._leave(index)

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

    # -- phrases of the vocabulary ------------------------------------------------------------------------------------

    def _phrase(self, index: int, lexeme: Lexeme) -> int:
        handler = HANDLERS.get(lexeme.kind)
        if handler is None:
            return self._leave(index, index + lexeme.length)
        return handler(self, index, lexeme)

    def on_frequency(self, index: int, lexeme: Lexeme) -> int:
        return self._times(index, index + lexeme.length, lexeme.value)

    def on_moment(self, index: int, lexeme: Lexeme) -> int:
        end = index + lexeme.length
        return end if self.schedule.take_moment() else self._leave(index, end)

    def on_as_needed(self, index: int, lexeme: Lexeme) -> int:
        self.schedule.as_needed = self.schedule.any_as_needed = True
        return self._reasons(index + lexeme.length)

    def on_reason(self, index: int, lexeme: Lexeme) -> int:
        after = self._reasons(index)
        return after if after > index else self._leave(index, index + lexeme.length)

    def on_up_to(self, index: int, lexeme: Lexeme) -> int:
        self.schedule.up_to = True
        return index + lexeme.length

    def on_quantity(self, index: int, lexeme: Lexeme) -> int:
        end = index + lexeme.length
        if self.cursor.at(end) != "#" and self.cursor.number(end) is None:
            return self._leave(index, end)
        return self._quantity(end, index)

    def on_refill(self, index: int, lexeme: Lexeme) -> int:
        end = index + lexeme.length
        found = self.cursor.number(end + (1 if self.cursor.at(end) == "x" else 0))
        if found is None or found[0].denominator != 1:
            return self._leave(index, end)
        self.out.refills = int(found[0])
        return found[1]

    def on_no_refills(self, index: int, lexeme: Lexeme) -> int:
        self.out.refills = 0
        return index + lexeme.length

    def on_supply(self, index: int, lexeme: Lexeme) -> int:
        found = self.cursor.number(index + lexeme.length)
        if found is None:
            return self._leave(index, index + lexeme.length)
        count, after = found
        if self.cursor.at(after) in ("day", "days"):
            after += 1
        return self._supply(index, index, after, count)

    def on_month(self, index: int, lexeme: Lexeme) -> int:
        return self._take_days(index, index + lexeme.length, MONTH)

    def on_then(self, index: int, lexeme: Lexeme) -> int:
        self.schedule.close_course()
        return index + lexeme.length

    def on_and(self, index: int, lexeme: Lexeme) -> int:
        self.schedule.joining = True
        return index + lexeme.length

    def on_filler(self, index: int, lexeme: Lexeme) -> int:
        return self._fill(index, index + lexeme.length)

    def on_intention(self, index: int, lexeme: Lexeme) -> int:
        """What the request does with the medicine, or that it was stopped; at the end of a taper, *stop* is its end."""
        if lexeme.kind == "statuses" and self.schedule.courses:
            return self._fill(index, index + lexeme.length)
        setattr(self.out, {"phases": "phase", "statuses": "status"}[lexeme.kind], lexeme.value)
        return index + lexeme.length

    def on_product(self, index: int, lexeme: Lexeme) -> int:
        """A form, a route or a release; a second one must say the same, but a form may be named twice differently."""
        end = index + lexeme.length
        name = {"forms": "form", "routes": "route", "releases": "release"}[lexeme.kind]
        said = getattr(self.out, name)
        if said is None:
            setattr(self.out, name, lexeme.value)
        elif said != lexeme.value and name != "form":
            return self._leave(index, end)
        return end


@lru_cache(maxsize=512)
def _every(low: Fraction, high: Fraction, in_a_day: int, scale: int) -> Interval:
    """How often a day, for an interval between doses of so many times ``scale``, of which a day has ``in_a_day``."""
    least = in_a_day / (high * scale)
    return Interval(least, least if low == high else in_a_day / (low * scale))


HANDLERS: dict[str, Callable[[_Reader, int, Lexeme], int]] = {
    "frequencies": _Reader.on_frequency,
    "moments": _Reader.on_moment,
    "as_needed": _Reader.on_as_needed,
    "reasons": _Reader.on_reason,
    "reason_words": _Reader.on_reason,
    "maximum": _Reader.on_maximum,
    "daily_maximum": _Reader.on_maximum,
    "up_to": _Reader.on_up_to,
    "quantity": _Reader.on_quantity,
    "refill": _Reader.on_refill,
    "no_refills": _Reader.on_no_refills,
    "supply": _Reader.on_supply,
    "month": _Reader.on_month,
    "forms": _Reader.on_product,
    "routes": _Reader.on_product,
    "releases": _Reader.on_product,
    "phases": _Reader.on_intention,
    "statuses": _Reader.on_intention,
    "then": _Reader.on_then,
    "and": _Reader.on_and,
    "filler": _Reader.on_filler,
    "beside": _Reader.on_filler,
}
"""What each kind of phrase is read by; a phrase of any other kind says nothing where it stands alone."""
