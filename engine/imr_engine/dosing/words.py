"""The words of a drug line: normal spelling, tokens, and the vocabulary of ``drug_tables/directions.yaml``.

What the words mean together is the grammar's business, in ``phrases``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from imr_engine.errors import DoseError, Problem
from imr_engine.units.interval import Interval

__all__ = ["ONCE", "Lexeme", "Vocabulary", "number", "tokens_of", "vocabulary", "words_of"]

ONCE = Interval.exact(1)
"""Once a day. Every phrase that means it holds this very object, so that ``is`` tells it."""

NUMBER_OR_SIGN = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+|[#/%&+()-]"
TOKEN = re.compile(rf"[^\W\d_]+(?:'[^\W\d_]+)?|{NUMBER_OR_SIGN}")
# The same where all letters are plain ones, as they nearly always are; it is found sooner.
PLAIN_TOKEN = re.compile(rf"[a-z]+(?:'[a-z]+)?|{NUMBER_OR_SIGN}", re.ASCII)
# Registered marks, also as a wrong decoding leaves them behind: seed-001 has such a mark after a brand.
MARKS = re.compile("â„¢|Â®|Â©|Â|[®©™℠]")
DASHES = str.maketrans({"–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "’": "'", "⁄": "/"})
# A hyphen between two frequencies is a range; between other words it means nothing.
FREQUENCY_RANGE = re.compile(r"\b(qd|bid|tid|daily)\s*-\s*(bid|tid|qid)\b")
# "0.5mg - 1mg" is "0.5-1 mg".
# What either of these begins with ends so; no other hyphen needs a look.
BEFORE_RANGE = re.compile(r"[dyg]\s*-")
MASS_RANGE = re.compile(r"(\d)\s*(mg|mcg)\s*-\s*(\d*\.?\d+)\s*\2\b")
DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")


def normal(text: str) -> str:
    """Lower case, plain dashes and quotes, no marks, and no dots inside abbreviations."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", MARKS.sub(" ", text)).translate(DASHES)
    # "1-2 tab(s) every 4 hour(s)", as prescribing software writes.
    text = text.lower().replace("(s)", "")
    if "." in text:
        text = DOTTED.sub(lambda match: match[0].replace(".", "") + " ", text)
    if "-" in text and BEFORE_RANGE.search(text) is not None:
        text = MASS_RANGE.sub(r"\1-\3 \2", FREQUENCY_RANGE.sub(r"\1 to \2", text))
    return text


def tokens_of(text: str) -> list[str]:
    """The tokens of a text: numbers, words, and the few signs that mean something; letters and digits are parted.

    A hyphen stays only between two numbers, where it may be a range.
    """
    plain = normal(text)
    found: list[str] = (PLAIN_TOKEN if plain.isascii() else TOKEN).findall(plain)
    if "-" not in found:
        return found
    last = len(found) - 1
    return [
        token
        for index, token in enumerate(found)
        if token != "-"
        or (0 < index < last and found[index - 1][-1].isdigit() and found[index + 1][0] in "0123456789.")
    ]


def words_of(text: str) -> tuple[str, ...]:
    """The tokens by which a name or a phrase is looked up."""
    return tuple(token for token in tokens_of(text) if token not in "()")


@lru_cache(maxsize=4096)
def number(token: str) -> Fraction | None:
    """The number that a token is, or None."""
    if token[0] in "0123456789." and len(token) <= 20:
        return Fraction(token.replace(",", ""))
    return None


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A phrase of the vocabulary: what kind of thing it says, its value, and how many tokens it has."""

    kind: str
    value: Any
    length: int


@dataclass(slots=True)
class Beginning:
    """The first tokens of some phrases: the phrase that ends with them, if one does, and the tokens that go on."""

    lexeme: Lexeme | None = None
    after: dict[str, Beginning] = field(default_factory=dict[str, "Beginning"])


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All phrases by their first token."""

    phrases: Mapping[str, Beginning]

    def along(self, tokens: list[str]) -> list[Lexeme | None]:
        """For each token the longest phrase that begins there."""
        found: list[Lexeme | None] = []
        phrases = self.phrases
        for index, token in enumerate(tokens):
            beginning = phrases.get(token)
            if beginning is None:
                found.append(None)
                continue
            longest = beginning.lexeme
            if beginning.after:
                for following in tokens[index + 1 :]:
                    beginning = beginning.after.get(following)
                    if beginning is None:
                        break
                    longest = beginning.lexeme or longest
            found.append(longest)
        return found


PLAIN_LISTS = (
    "beside", "as_needed", "reasons", "reason_words", "maximum", "daily_maximum", "up_to", "quantity", "refill",
    "no_refills", "supply", "month", "units", "then", "and", "range", "filler",
)  # fmt: skip
NAMED_LISTS = ("forms", "releases", "routes", "phases", "statuses")


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of directions, read once.

    Raises:
        DoseError: A list is missing or unknown, or one phrase stands in two of them.
    """
    from imr_engine.data.files import folder
    from imr_engine.data.yaml_source import read_yaml

    document = read_yaml(folder("drug_tables") / "directions.yaml", "drug_tables/directions.yaml")
    known = {"schema", "source", "moments", *PLAIN_LISTS, *NAMED_LISTS, *FIGURED_LISTS}
    if unknown := sorted(set(document.value) ^ known):
        problem = Problem(document.place(unknown[0], key=True), unknown[0], "a list is unknown or missing")
        raise DoseError([problem])
    seen: dict[tuple[str, ...], str] = {}
    phrases: dict[str, Beginning] = {}
    problems: list[Problem] = []
    for kind, value, phrase, path in _entries(document.value):
        words = words_of(phrase)
        meaning = f"{kind} {value}"
        if seen.get(words, meaning) != meaning:
            message = f"the phrase {phrase!r} already means {seen[words]}"
            problems.append(Problem(document.place(path), path, message))
            continue
        seen[words] = meaning
        beginning = phrases.setdefault(words[0], Beginning())
        for word in words[1:]:
            beginning = beginning.after.setdefault(word, Beginning())
        beginning.lexeme = Lexeme(kind, value, len(words))
    if problems:
        raise DoseError(problems)
    return Vocabulary(phrases)


def _entries(lists: Mapping[str, Any]) -> Iterator[tuple[str, Any, str, str]]:
    """Each phrase with its kind, its value and its path in the file."""
    for kind in PLAIN_LISTS:
        yield from _phrases(kind, None, lists[kind], kind)
    for kind in NAMED_LISTS:
        for name, phrases in lists[kind].items():
            yield from _phrases(kind, name, phrases, f"{kind}.{name}")
    for kind, read in FIGURED_LISTS.items():
        for figure, phrases in lists[kind].items():
            yield from _phrases(kind, read(figure), phrases, f'{kind}["{figure}"]')
    for moment, phrases in enumerate(lists["moments"]):
        yield from _phrases("moments", moment, phrases, f"moments[{moment}]")


def _phrases(kind: str, value: Any, phrases: list[str], path: str) -> Iterator[tuple[str, Any, str, str]]:
    for index, phrase in enumerate(phrases):
        yield kind, value, phrase, f"{path}[{index}]"


def _times_a_day(figure: str) -> Interval:
    """``4``, ``1/7`` or ``2 to 3`` doses a day."""
    low, _, high = figure.partition(" to ")
    if figure == "1":
        return ONCE
    return Interval(Fraction(low), Fraction(high)) if high else Interval.exact(Fraction(low))


FIGURED_LISTS: dict[str, Callable[[str], Any]] = {"numbers": Fraction, "frequencies": _times_a_day}
