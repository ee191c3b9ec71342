"""Reading along the tokens of a line: the phrase that stands at a place, a number, a range, and ``per day``."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from imr_engine.dosing.words import ONCE, Lexeme, Vocabulary, number

__all__ = ["DAYS", "HOURS", "IN_MG", "MASS", "VOLUME", "Cursor", "is_many", "joined"]

MASS = {"mg": "mg", "mgs": "mg", "milligram": "mg", "milligrams": "mg", "mcg": "mcg", "mcgs": "mcg", "ug": "mcg",
        "μg": "mcg", "microgram": "mcg", "micrograms": "mcg", "g": "g", "gm": "g", "gms": "g", "gram": "g",
        "grams": "g"}  # fmt: skip
IN_MG = {"mg": Fraction(1), "mcg": Fraction(1, 1000), "g": Fraction(1000)}
VOLUME = {"ml": 1, "mls": 1, "cc": 1, "milliliter": 1, "milliliters": 1, "tsp": 5, "teaspoon": 5, "teaspoons": 5,
          "teaspoonful": 5, "tbsp": 15, "tablespoon": 15, "tablespoons": 15, "tablespoonful": 15}  # fmt: skip
HOURS = frozenset(("h", "hr", "hrs", "hour", "hours"))
DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "wks": 7, "week": 7, "weeks": 7}
MOST_AT_A_TIME = 12
"""No medicine of the catalogue is taken in more pieces at a time; a larger count is a quantity."""

DIVISORS = (2, 3, 4)
HALF = Fraction(1, 2)


def is_many(count: Fraction) -> bool:
    """Whether a count is more than is taken at a time."""
    return count.numerator > MOST_AT_A_TIME * count.denominator


class Cursor:
    """The tokens of one text, and what can be read at a place among them. Nothing here changes while reading."""

    __slots__ = ("length", "lexemes", "tokens")

    def __init__(self, tokens: list[str], vocabulary: Vocabulary) -> None:
        self.tokens = tokens
        self.length = len(tokens)
        self.lexemes = vocabulary.along(tokens)

    def at(self, index: int) -> str:
        """The token at a place, empty past the end."""
        return self.tokens[index] if index < self.length else ""

    def lexeme(self, index: int) -> Lexeme | None:
        """The longest phrase of the vocabulary that begins at a place."""
        return self.lexemes[index] if index < self.length else None

    def phrase(self, index: int, *kinds: str) -> Lexeme | None:
        """The phrase at a place if it is of one of these kinds."""
        lexeme = self.lexemes[index] if index < self.length else None
        return lexeme if lexeme is not None and lexeme.kind in kinds else None

    def digits(self, index: int) -> Fraction | None:
        """The number that is written in digits at a place."""
        return number(self.tokens[index]) if index < self.length else None

    def _divisor(self, index: int) -> Fraction | None:
        """What a tablet may be broken into, halves to quarters, if such a number stands at a place."""
        value = self.digits(index)
        return value if value is not None and value.denominator == 1 and value.numerator in DIVISORS else None

    def number(self, index: int) -> tuple[Fraction, int] | None:
        """One number and the place after it: digits, a word, ``1/2``, ``1 1/2``; ``six (6)`` is one number."""
        value = self.digits(index)
        if value is None:
            lexeme = self.phrase(index, "numbers")
            if lexeme is None:
                return None
            index += lexeme.length
            return lexeme.value, index + (1 if self.digits(index) == lexeme.value else 0)
        index += 1
        if index >= self.length:
            return value, index
        if self.tokens[index] == "/":
            lower = self._divisor(index + 1)
            if lower is not None and value < lower and value.denominator == 1:
                return value / lower, index + 2
        elif self.at(index + 1) == "/" and value.denominator == 1 and not is_many(value):
            upper, lower = self.digits(index), self._divisor(index + 2)
            if upper is not None and lower is not None and upper < lower:
                return value + upper / lower, index + 3
        elif (lexeme := self.phrase(index, "numbers")) is not None:
            # "#120 (one hundred twenty)", and "1 and a half".
            if lexeme.value == value:
                return value, index + lexeme.length
            if lexeme.value == HALF and not is_many(value):
                return value + lexeme.value, index + lexeme.length
        return value, index

    def range(self, index: int) -> tuple[Fraction, Fraction, int, str | None] | None:
        """A number or a range of them: low, high, the place after, and the sign between them, ``-`` or ``to``."""
        first = self.number(index)
        if first is None:
            return None
        low, index = first
        if index >= self.length:
            return low, low, index, None
        after, sign = index, ""
        if self.tokens[index] == "-":
            after, sign = index + 1, "-"
        elif (lexeme := self.phrase(index, "range")) is not None:
            after, sign = index + lexeme.length, "to"
        if sign and (second := self.number(after)) is not None:
            return low, second[0], second[1], sign
        return low, low, index, None

    def per_day(self, index: int) -> int | None:
        """The place after ``per day``, ``/day``, ``daily`` or ``in 24 hours``; None where nothing of it stands."""
        lexeme = self.phrase(index, "frequencies")
        if lexeme is not None and lexeme.value is ONCE:
            return index + lexeme.length
        token = self.at(index)
        if token == "/" and self.at(index + 1) in ("d", "day"):
            return index + 2
        if token in ("/", "in", "per", "every", "q") and self.at(index + 1) == "24" and self.at(index + 2) in HOURS:
            return index + 3
        return None

    def text(self, start: int, end: int) -> str:
        """The tokens between two places as text."""
        return joined(tuple(self.tokens[start:end]))


@lru_cache(maxsize=4096)
def joined(tokens: tuple[str, ...]) -> str:
    """Tokens as text, figures and their signs without spaces between them."""
    text = ""
    for token in tokens:
        glued = not text or token in "/-%" or text[-1] in "/-#"
        text += token if glued else f" {token}"
    return text
