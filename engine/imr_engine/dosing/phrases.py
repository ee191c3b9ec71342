"""The grammar of a drug line: tokens to amounts, frequencies, quantities and names, and whatever it could not read.

It knows no drug but by name; what a strength or a dose means for one is worked out in ``lines``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from imr_engine.dosing.catalogue import NameEntry
from imr_engine.dosing.model import Amount, Course, Directions, Part
from imr_engine.dosing.words import Lexeme, number, tokens_of, vocabulary
from imr_engine.units.interval import Interval

__all__ = ["Figures", "Mention", "Phrases", "read_phrases"]

MASS = {"mg": "mg", "mgs": "mg", "milligram": "mg", "milligrams": "mg", "mcg": "mcg", "mcgs": "mcg", "ug": "mcg",
        "μg": "mcg", "microgram": "mcg", "micrograms": "mcg", "g": "g", "gm": "g", "gms": "g", "gram": "g", "grams": "g"}  # fmt: skip
IN_MG = {"mg": Fraction(1), "mcg": Fraction(1, 1000), "g": Fraction(1000)}
VOLUME = {"ml": 1, "mls": 1, "cc": 1, "milliliter": 1, "milliliters": 1, "tsp": 5, "teaspoon": 5, "teaspoons": 5,
          "teaspoonful": 5, "tbsp": 15, "tablespoon": 15, "tablespoons": 15, "tablespoonful": 15}  # fmt: skip
HOURS = frozenset(("h", "hr", "hrs", "hour", "hours"))
DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "wks": 7, "week": 7, "weeks": 7}
DOSING_HOURS = frozenset(map(Fraction, (2, 3, 4, 6, 8, 12, 24, 48, 72)))
MOST_AT_A_TIME = 12
LARGE_VOLUME = 60
SALTS = frozenset(("hcl", "hbr", "usp", "hydrochloride", "sulfate", "sodium", "bitartrate", "citrate", "tartrate", "potassium"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mention:
    """A medicine's name as it stands in the line."""

    entry: NameEntry
    start: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures that may be a strength: ``10/325 mg``, ``75 mcg/h``, ``7.5-325 mg/15 mL``, ``5 %``, or a bare ``350``.

    ``joined`` is the sign between two figures, ``-`` or ``/``; ``unit`` is None where none is written, ``rate`` says
    that it is an amount an hour, ``per`` is a volume in mL.
    """

    values: tuple[Fraction, ...]
    unit: str | None
    joined: str | None
    rate: bool
    per: Fraction | None
    text: str


@dataclass(slots=True)
class Phrases:
    """What a text says, phrase by phrase. Built once and not changed afterwards."""

    mentions: list[Mention] = field(default_factory=list)
    name: str = ""
    figures: list[Figures] = field(default_factory=list)
    counts: list[Fraction] = field(default_factory=list)
    dose: Amount | None = None
    directions: Directions | None = None
    quantity: Fraction | None = None
    quantity_unit: str | None = None
    days: Fraction | None = None
    refills: int | None = None
    form: str | None = None
    route: str | None = None
    release: str | None = None
    phase: str | None = None
    status: str | None = None
    unread: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    amounts: list[Amount] = field(default_factory=list)
    times: Interval | None = None
    phrase: str = ""
    moments: int = 0
    added: bool = False
    at_most: bool = False


def read_phrases(text: str, names: Mapping[tuple[str, ...], NameEntry], *, dose_only: bool = False) -> Phrases:
    """Read a text into phrases.

    Args:
        text: A whole line, or one field of a structured record.
        names: The names of the catalogue.
        dose_only: The text holds directions or a dose only, so that a mass in it is what is taken, not a strength.
    """
    return _Reader(text, names, dose_only=dose_only).read()


class _Reader:
    def __init__(self, text: str, names: Mapping[tuple[str, ...], NameEntry], *, dose_only: bool) -> None:
        self.names = names
        self.dose_only = dose_only
        self.vocabulary = vocabulary()
        self.out = Phrases()
        self.parts: list[_Part] = [_Part()]
        self.courses: list[Course] = []
        self.as_needed = False
        self.any_as_needed = False
        self.maximum: Amount | None = None
        self.joining = False
        self.up_to = False
        self.course_days: Fraction | None = None
        self.loose: list[tuple[Amount, str]] = []
        self.tokens = self._without_inner_names(tokens_of(text))

    # -- names ----------------------------------------------------------------------------------------------------

    def _without_inner_names(self, tokens: list[str]) -> list[str]:
        """Take out names in brackets, ``MS (morphine sulfate) Contin``, and drop all other brackets."""
        if "(" not in tokens:
            return [token for token in tokens if token != ")"]
        kept: list[str] = []
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token == "(" and ")" in tokens[index:]:
                end = tokens.index(")", index)
                words = tuple(word for word in tokens[index + 1 : end] if word not in SALTS)
                entry = self.names.get(tuple(tokens[index + 1 : end])) or self.names.get(words)
                if entry is not None and kept:
                    self.out.mentions.append(Mention(entry, -1, tuple(tokens[index + 1 : end])))
                    index = end + 1
                    continue
            if token not in "()":
                kept.append(token)
            index += 1
        return kept

    def _name_at(self, index: int) -> tuple[NameEntry, int] | None:
        for length in range(min(6, len(self.tokens) - index), 0, -1):
            if (entry := self.names.get(tuple(self.tokens[index : index + length]))) is not None:
                return entry, length
        return None

    # -- the loop -------------------------------------------------------------------------------------------------

    def read(self) -> Phrases:
        tokens = self.tokens
        index = 0
        while index < len(tokens):
            token = tokens[index]
            lexeme = self.vocabulary.at(tokens, index)
            if (found := self._name_at(index)) is not None and (lexeme is None or found[1] >= lexeme.length):
                entry, length = found
                self.out.mentions.append(Mention(entry, index, tuple(tokens[index : index + length])))
                index += length
                while index < len(tokens) and tokens[index] in SALTS:
                    index += 1
                continue
            if token == "#":
                index = self._quantity(index + 1, index)
            elif token[0] in "0123456789." or (lexeme is not None and lexeme.kind == "numbers"):
                index = self._figure(index)
            elif lexeme is not None:
                index = self._phrase(index, lexeme)
            elif token in ("q", "every", "each"):
                index = self._interval(index)
            elif token in ("for", "x"):
                index = self._for(index)
            elif token in ("/", "-", "with", "w"):
                index = self._joint(index)
            else:
                index = self._leave(index)
        return self._finish()

    def _leave(self, index: int, end: int | None = None) -> int:
        end = index + 1 if end is None else max(end, index + 1)
        self.out.unread.append(" ".join(self.tokens[index:end]))
        return end

    def _joint(self, index: int) -> int:
        """A sign between two names, as in ``hydrocodone/apap``; anything else stays unread."""
        if index + 1 < len(self.tokens) and self._name_at(index + 1) is not None:
            return index + 1
        if self.tokens[index] == "with" and (found := self._number(index + 1)) and self._lexeme(found[1], "refill"):
            return index + 1
        return self._leave(index)

    def _at(self, index: int) -> str:
        return self.tokens[index] if index < len(self.tokens) else ""

    def _lexeme(self, index: int, *kinds: str) -> Lexeme | None:
        if index >= len(self.tokens):
            return None
        lexeme = self.vocabulary.at(self.tokens, index)
        return lexeme if lexeme is not None and lexeme.kind in kinds else None

    # -- numbers --------------------------------------------------------------------------------------------------

    def _number(self, index: int) -> tuple[Fraction, int] | None:
        """One number: digits, a word, a fraction, a mixed number; a word may be followed by its own digits."""
        token = self._at(index)
        if not token:
            return None
        value = number(token)
        if value is None:
            lexeme = self._lexeme(index, "numbers")
            if lexeme is None:
                return None
            index += lexeme.length
            if self._at(index) and number(self._at(index)) == lexeme.value:
                index += 1
            return lexeme.value, index
        index += 1
        lower = number(self._at(index + 1)) if self._at(index) == "/" and self._at(index + 1) else None
        if lower in (2, 3, 4) and value < lower and value.denominator == 1:
            return value / lower, index + 2
        if value.denominator == 1 and self._at(index + 1) == "/" and value <= MOST_AT_A_TIME:
            upper, lower = number(self._at(index)) if self._at(index) else None, None
            if upper is not None and self._at(index + 2):
                lower = number(self._at(index + 2))
            if upper is not None and lower in (2, 3, 4) and upper < lower:
                return value + upper / lower, index + 3
        return value, index

    def _range(self, index: int) -> tuple[Fraction, Fraction, int, str | None] | None:
        first = self._number(index)
        if first is None:
            return None
        low, index = first
        joined: str | None = None
        after = index
        if self._at(index) == "-":
            joined, after = "-", index + 1
        elif (lexeme := self._lexeme(index, "range")) is not None:
            joined, after = "to", index + lexeme.length
        if joined is not None and (second := self._number(after)) is not None:
            return low, second[0], second[1], joined
        return low, low, index, None

    def _figure(self, index: int) -> int:
        start = index
        amount = self._range(index)
        if amount is None:
            return self._leave(index)
        low, high, index, joined = amount
        values = [low] if joined is None else [low, high]
        # Joined figures: 10/325, 16/320.5/30, 10 mg/325 mg.
        unit: str | None = None
        while True:
            if unit is None and self._at(index) in MASS:
                unit = MASS[self._at(index)]
                index += 1
            following = number(self._at(index + 1)) if self._at(index) in ("/", "-") and self._at(index + 1) else None
            if following is None or self._at(index + 2) in VOLUME or joined == "to":
                if (
                    unit is not None
                    and joined is None
                    and self._at(index)
                    and number(self._at(index)) is not None
                    and self._at(index + 1) in MASS
                    and not self.dose_only
                ):
                    # "10 mg-325 mg", whose hyphen is not kept.
                    values.append(number(self._at(index)) or Fraction(0))
                    index += 2
                    joined = "/"
                break
            joined = self._at(index)
            values.append(following)
            index += 2
            if self._at(index) in MASS:
                unit = MASS[self._at(index)]
                index += 1
        if unit is None and self._at(index) in ("%", "percent"):
            return self._strength(start, index + 1, values, "percent", joined)
        if unit is not None or joined == "/" or self._at(index) == "/":
            return self._mass(start, index, values, unit, joined)
        return self._count(start, index, low, high, joined)

    def _mass(self, start: int, index: int, values: list[Fraction], unit: str | None, joined: str | None) -> int:
        """A mass, alone, joined, per volume or per hour; or a count a day, ``8/day``."""
        per: Fraction | None = None
        rate = False
        slash = self._at(index) == "/" or self._at(index) == "per"
        if slash and self._at(index + 1) in HOURS:
            rate, index = True, index + 2
        elif slash and self._at(index + 1) in VOLUME:
            per, index = Fraction(VOLUME[self._at(index + 1)]), index + 2
        elif slash and self._at(index + 2) in VOLUME and (size := number(self._at(index + 1))) is not None:
            per, index = size * VOLUME[self._at(index + 2)], index + 3
        elif unit is None and joined is None:
            return self._count(start, index, values[0], values[0], None)
        if rate or per is not None or unit is None or (not self.dose_only and not self.out.figures and not self._dosed()):
            return self._strength(start, index, values, unit, joined, rate=rate, per=per)
        if joined == "/" or len(values) > 2 or (joined == "-" and values[0] > values[1]):
            return self._strength(start, index, values, unit, joined)
        scale = IN_MG[unit]
        return self._amount(Amount("mass", values[0] * scale, values[-1] * scale), start, index)

    def _dosed(self) -> bool:
        return bool(self.courses) or any(part.times is not None for part in self.parts)

    def _strength(
        self, start: int, index: int, values: list[Fraction], unit: str | None, joined: str | None,
        *, rate: bool = False, per: Fraction | None = None,
    ) -> int:  # fmt: skip
        text = _joined(self.tokens[start:index])
        self.out.figures.append(Figures(tuple(values), unit, joined, rate, per, text))
        return index

    def _count(self, start: int, index: int, low: Fraction, high: Fraction, joined: str | None) -> int:
        """A number with a form, a volume, a time, ``times``, ``refills``, or nothing after it."""
        token = self._at(index)
        if token in VOLUME:
            amount = Amount("volume", low * VOLUME[token], high * VOLUME[token])
            if joined is None and high >= LARGE_VOLUME:
                self.out.quantity, self.out.quantity_unit = amount.low, "mL"
                return index + 1
            return self._amount(amount, start, index + 1)
        if (lexeme := self._lexeme(index, "refill")) is not None and joined is None and low.denominator == 1:
            self.out.refills = int(low)
            return index + lexeme.length
        if (lexeme := self._lexeme(index, "supply")) is not None and self._at(index).startswith("day"):
            self.out.days = low
            return index + lexeme.length
        if token in DAYS and joined is None and self._lexeme(index, "frequencies") is None:
            return self._days(index + 1, low * DAYS[token])
        if token in ("time", "times", "x") and (after := self._lexeme(index + 1, "frequencies")) is not None:
            scaled = Interval(low * after.value, high * after.value)
            return self._frequency(start, index + 1 + after.length, scaled)
        if (lexeme := self._lexeme(index, "forms", "units")) is not None:
            return self._pieces(start, index, lexeme, low, high, joined)
        if joined == "-" and not self.out.figures and not self._dosed() and high > MOST_AT_A_TIME:
            return self._strength(start, index, [low, high], None, "-")
        if self.dose_only or self.out.figures or low != high or not self.out.mentions:
            if low == high and low > MOST_AT_A_TIME:
                return self._leave(start, index)
            return self._amount(Amount("pieces", low, high), start, index)
        # A bare number after the name: a strength, or what is taken at a time; the drug decides.
        self.out.counts.append(low)
        self.loose.append((Amount("pieces", low, high), _joined(self.tokens[start:index])))
        return self._strength(start, index, [low], None, None)

    def _pieces(
        self, start: int, index: int, lexeme: Lexeme, low: Fraction, high: Fraction, joined: str | None
    ) -> int:
        if lexeme.kind == "forms":
            self.out.form = self.out.form or lexeme.value
        index += lexeme.length
        if joined is None and high > MOST_AT_A_TIME:
            if self.out.quantity is not None and self.out.quantity != low:
                return self._leave(start, index)
            self.out.quantity = low
            return index
        return self._amount(Amount("pieces", low, high), start, index)

    # -- amounts and frequencies ----------------------------------------------------------------------------------

    def _amount(self, amount: Amount, start: int, index: int) -> int:
        if self.up_to and self._at(index) and self._daily_after(index) is not None and self.parts[-1].times is not None:
            self.maximum = amount
            self.up_to = False
            return index + (self._daily_after(index) or 0)
        if self.up_to:
            amount = replace(amount, low=Fraction(0))
            self.up_to = False
        part = self.parts[-1]
        if part.times is not None:
            part = _Part()
            self.parts.append(part)
        part.amounts.append(amount)
        part.phrase = _joined(self.tokens[start:index])
        self.joining = False
        return index

    def _frequency(self, start: int, index: int, times: Interval) -> int:
        if self.up_to:
            times = Interval(Fraction(0), times.high)
            self.up_to = False
        part = self.parts[-1]
        if part.times is None:
            part.times = times
        elif self.joining:
            part.times = part.times + times
        elif part.moments and part.times.high == times.high:
            part.moments = 0
        elif part.times != times:
            self._leave(start, index)
        self.joining = False
        return index

    def _moment(self, index: int, lexeme: Lexeme) -> int:
        end = index + lexeme.length
        part = self.parts[-1]
        one = Interval.exact(1)
        if part.times is None:
            part.times, part.moments = one, 1
        elif part.moments:
            part.times, part.moments = part.times + one, part.moments + 1
        elif self.joining:
            part.times, part.added = part.times + one, True
        elif part.added or part.times.high is None or part.times.high < 1:
            return self._leave(index, end)
        # Otherwise the moment only says when one of the doses is taken: "daily at bedtime".
        self.joining = False
        return end

    def _daily_after(self, index: int) -> int | None:
        """How many tokens of ``per day``, ``/day``, ``daily`` or ``in 24 hours`` stand here."""
        if (lexeme := self._lexeme(index, "frequencies")) is not None and lexeme.value == 1:
            return lexeme.length
        if self._at(index) == "/" and self._at(index + 1) in ("d", "day", "24"):
            return 3 if self._at(index + 1) == "24" and self._at(index + 2) in HOURS else 2
        if self._at(index) in ("in", "per", "every", "q") and self._at(index + 1) == "24" and self._at(index + 2) in HOURS:
            return 3
        if self._at(index) == "in" and self._at(index + 1) in ("a", "one", "1") and self._at(index + 2) == "day":
            return 3
        return None

    def _maximum(self, index: int, lexeme: Lexeme) -> int:
        """``max 8/day``, ``not to exceed 4 tablets per day``, ``max 60 mg a day``; without a time it stays unread."""
        start = index
        amount = self._range(index + lexeme.length)
        if amount is None:
            return self._leave(start, index + lexeme.length)
        low, high, index, joined = amount
        token = self._at(index)
        kind, scale = "pieces", Fraction(1)
        if token in MASS:
            kind, scale, index = "mass", IN_MG[MASS[token]], index + 1
        elif token in VOLUME:
            kind, scale, index = "volume", Fraction(VOLUME[token]), index + 1
        elif token in ("times", "x", "time"):
            kind, index = "doses", index + 1
        elif (word := self._lexeme(index, "forms", "units")) is not None:
            kind = "doses" if token in ("dose", "doses") else "pieces"
            index += word.length
        length = self._daily_after(index)
        if length is None or joined is not None:
            return self._leave(start, index)
        self.maximum = Amount(kind, low * scale, high * scale)
        return index + length

    def _interval(self, index: int) -> int:
        """``q6h``, ``q4-6 hours``, ``every 8 hrs``, ``every 3 days``; ``q6`` alone counts in hours, as it is used."""
        start = index
        amount = self._range(index + 1)
        if amount is None:
            return self._leave(index)
        low, high, index, _ = amount
        token = self._at(index)
        if low <= 0 or low > high:
            return self._leave(start, index)
        if token in HOURS:
            times, index = Interval(24 / high, 24 / low), index + 1
        elif token in DAYS:
            times, index = Interval(1 / (high * DAYS[token]), 1 / (low * DAYS[token])), index + 1
        elif self.tokens[start] == "q" and {low, high} <= DOSING_HOURS:
            times = Interval(24 / high, 24 / low)
        else:
            return self._leave(start, index)
        return self._frequency(start, index, times)

    # -- time, quantity, refills ----------------------------------------------------------------------------------

    def _days(self, index: int, days: Fraction) -> int:
        if (lexeme := self._lexeme(index, "supply")) is not None:
            self.out.days = days
            return index + lexeme.length
        if self.courses or self._at(index) == "then" or self._lexeme(index, "then") is not None:
            self.course_days = days
        elif self.out.days is None:
            self.out.days = days
        elif self.out.days != days:
            return self._leave(index - 1, index)
        return index

    def _for(self, index: int) -> int:
        """``for 30 days``, ``x7 d``, ``for pain``."""
        start = index
        index += 1
        if (lexeme := self._lexeme(index, "up_to")) is not None:
            index += lexeme.length
        found = self._number(index)
        if found is not None and self._at(found[1]) in DAYS:
            return self._days(found[1] + 1, found[0] * DAYS[self._at(found[1])])
        if found is not None and self._at(found[1]) == "day" and self._lexeme(found[1], "supply"):
            return self._days(found[1], found[0])
        if found is not None and (lexeme := self._lexeme(found[1], "supply")) is not None:
            self.out.days = found[0]
            return found[1] + lexeme.length
        if self.tokens[start] == "x" and found is not None and (lexeme := self._lexeme(found[1], "refill")) is not None:
            self.out.refills = int(found[0])
            return found[1] + lexeme.length
        if self.tokens[start] == "for":
            end = self._reasons(index)
            if end > index:
                return end
        return self._leave(start)

    def _reasons(self, index: int) -> int:
        end = index
        while True:
            lexeme = self._lexeme(index, "reasons")
            if lexeme is None:
                return end
            end = index = index + lexeme.length
            if (joint := self._lexeme(index, "and", "range")) is not None:
                index += joint.length
            elif self._at(index) == "/":
                index += 1

    def _quantity(self, index: int, start: int) -> int:
        found = self._number(index)
        if found is None:
            return self._leave(start, index)
        value, index = found
        unit = self._at(index)
        if unit in VOLUME or unit in ("g", "gm", "grams", "gram"):
            self.out.quantity_unit = "mL" if unit in VOLUME else "g"
            index += 1
        elif (lexeme := self._lexeme(index, "forms", "units")) is not None:
            if lexeme.kind == "forms":
                self.out.form = self.out.form or lexeme.value
            index += lexeme.length
        if self.out.quantity is not None and self.out.quantity != value:
            return self._leave(start, index)
        self.out.quantity = value
        return index

    # -- phrases of the vocabulary --------------------------------------------------------------------------------

    def _phrase(self, index: int, lexeme: Lexeme) -> int:
        end = index + lexeme.length
        match lexeme.kind:
            case "frequencies":
                return self._frequency(index, end, Interval.exact(lexeme.value))
            case "moments":
                return self._moment(index, lexeme)
            case "as_needed":
                self.as_needed = self.any_as_needed = True
                return self._reasons(end)
            case "reasons":
                return self._reasons(index)
            case "maximum":
                return self._maximum(index, lexeme)
            case "up_to":
                self.up_to = True
            case "quantity":
                if number(self._at(end) or "x") is None:
                    return self._leave(index, end)
                return self._quantity(end, index)
            case "refill":
                after = end + (1 if self._at(end) == "x" else 0)
                found = self._number(after)
                if found is None or found[0].denominator != 1:
                    return self._leave(index, end)
                self.out.refills = int(found[0])
                return found[1]
            case "no_refills":
                self.out.refills = 0
            case "supply":
                found = self._number(end)
                if found is None:
                    return self._leave(index, end)
                self.out.days = found[0]
                return found[1] + (1 if self._at(found[1]) in ("day", "days") else 0)
            case "forms":
                self.out.form = self.out.form or lexeme.value
            case "routes":
                if self.out.route not in (None, lexeme.value):
                    return self._leave(index, end)
                self.out.route = lexeme.value
            case "releases":
                if self.out.release not in (None, lexeme.value):
                    return self._leave(index, end)
                self.out.release = lexeme.value
            case "phases":
                self.out.phase = lexeme.value
            case "statuses":
                self.out.status = lexeme.value
            case "then":
                self._close_course()
            case "and":
                self.joining = True
            case "filler" | "beside":
                pass
            case _:
                return self._leave(index, end)
        return end

    # -- the end --------------------------------------------------------------------------------------------------

    def _close_course(self) -> None:
        if self.course_days is None and self.out.days is not None and not self.courses:
            self.course_days, self.out.days = self.out.days, None
        parts = tuple(part for part in map(self._closed, self.parts) if part is not None)
        if parts:
            self.courses.append(Course(parts, self.as_needed, self.course_days))
        self.parts, self.as_needed, self.course_days = [_Part()], False, None

    def _closed(self, part: _Part) -> Part | None:
        if part.times is None:
            if part.amounts:
                self.loose.extend((amount, part.phrase) for amount in part.amounts)
            return None
        if len(part.amounts) > 1:
            # "2 tablets (30 mg)": the later one repeats the first in another measure, or the line contradicts itself.
            self.out.unread.append(part.phrase)
        return Part(part.amounts[0] if part.amounts else None, part.times)

    def _finish(self) -> Phrases:
        out = self.out
        if self.up_to:
            out.unread.append("up to")
        last_amounts = [amount for part in self.parts if part.times is None for amount in part.amounts]
        was_dosed = self._dosed()
        days = self.course_days
        if self.courses:
            self.course_days = days if days is not None else out.days
            out.days = None
        else:
            self.course_days = None
        prn = self.as_needed
        parts_before = len(self.courses)
        self._close_course()
        del parts_before
        if self.courses:
            out.directions = Directions(tuple(self.courses), self.any_as_needed, self.maximum)
        elif prn or self.maximum is not None:
            out.directions = Directions((), prn, self.maximum)
        if last_amounts:
            if was_dosed or len(last_amounts) > 1:
                out.unread.extend(phrase for amount, phrase in self.loose if amount in last_amounts)
            else:
                out.dose = last_amounts[0]
        first = min((mention.start for mention in out.mentions if mention.start >= 0), default=None)
        out.name = self._name_text(first)
        return out

    def _name_text(self, first: int | None) -> str:
        if first is not None:
            return ""
        words: list[str] = []
        for token in self.tokens:
            if number(token) is not None or token in ("#", "%"):
                break
            words.append(token)
        return _joined(words)


def _joined(tokens: list[str]) -> str:
    text = ""
    for token in tokens:
        glued = token in "/-%" or text[-1:] in ("/", "-", "") or text.endswith("#")
        text += token if glued else f" {token}"
    return text
