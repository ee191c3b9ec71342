"""The grammar of a drug line: its names, figures, directions and dispensing, and whatever it could not read.

Figures are read in ``figures``, and what was read is kept in ``statements``. It knows no drug but by name; what a
strength or a dose means for one is worked out in ``lines`` and ``products``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from imr_engine.dosing.catalogue import NameEntry, NameIndex
from imr_engine.dosing.cursor import joined
from imr_engine.dosing.figures import MONTH, FigureReader
from imr_engine.dosing.statements import READ_BEFORE, Figures, Mention, Phrases
from imr_engine.dosing.words import Lexeme, tokens_of
from imr_engine.units.interval import Interval

__all__ = ["Figures", "Mention", "Phrases", "read_phrases"]

SALTS = frozenset(("hcl", "hbr", "usp", "hydrochloride", "sulfate", "sulf", "sodium", "sod", "bitartrate", "citrate",
                   "tartrate", "potassium", "epolamine"))  # fmt: skip
PRODUCT_KINDS = frozenset(("forms", "routes", "releases"))
JOINTS = frozenset(("/", "-", "with", "w", "+", "&"))


def read_phrases(text: str, names: NameIndex | None, *, dose_only: bool = False) -> Phrases:
    """Read a text into phrases.

    Args:
        text: A whole line, or one field of a structured record.
        names: The names of the catalogue; None where the text cannot hold a medicine.
        dose_only: The text holds directions or a dose only, so that a mass in it is what is taken, not a strength.
    """
    tokens, in_brackets = _without_brackets(tokens_of(text), names)
    reader = _Reader(tokens, names, dose_only=dose_only)
    reader.out.mentions = in_brackets
    return reader.read()


@lru_cache(maxsize=8192)
def _read_rest(tokens: tuple[str, ...], names: NameIndex) -> Phrases:
    """The rest of a line of which a name and a strength were read, since the same directions come with many medicines.

    The result, which is shared and never changed, holds ``READ_BEFORE`` as its first mention and its first figures.
    """
    reader = _Reader(list(tokens), names, dose_only=False)
    reader.out.mentions.append(READ_BEFORE[0])
    reader.out.figures.append(READ_BEFORE[1])
    return reader.read()


class _Reader(FigureReader):
    """Reads one text from its first token to its last. Each method takes a place and returns the place after."""

    __slots__ = ()

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


def _without_brackets(tokens: list[str], names: NameIndex | None) -> tuple[list[str], list[Mention]]:
    """The tokens without brackets, and the names that stood in some, as in ``MS (morphine sulfate) Contin``."""
    if "(" not in tokens:
        return (tokens if ")" not in tokens else [token for token in tokens if token != ")"]), []
    kept: list[str] = []
    mentions: list[Mention] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token == "(" and names is not None and kept and ")" in tokens[index:]:
            end = tokens.index(")", index)
            words = tuple(token for token in tokens[index + 1 : end] if token not in SALTS)
            entry = names.get(tuple(tokens[index + 1 : end])) or names.get(words)
            if entry is not None:
                mentions.append(Mention(entry.words, -1))
                index = end + 1
                continue
        if token not in "()":
            kept.append(token)
        index += 1
    return kept, mentions


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
