"""From a view to a concrete case that gives rise to it, and from a case to the least of it that still shows it.

A case is returned only if its facts, worked out anew, are those that were wanted; the rules are then run on it, by both
readings where that is possible. Never is a wrong case returned: where none is known to be writable, the reason is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from imr_engine.case.model import Case
from imr_engine.case.reference import reference_date
from imr_engine.dosing import doses_of
from imr_engine.inference import plain
from imr_engine.inference.engine import Inferred, Question, infer
from imr_engine.inference.standing import rules_for
from imr_engine.inference.values import FactState, FactValue, RequestView
from imr_engine.rulebook.model import Rulebook, Rules
from imr_engine.units.interval import Interval
from imr_engine.verify.draft import REQUEST, CannotWrite, Draft
from imr_engine.verify.medicines import ask_for
from imr_engine.verify.writers import WRITERS

__all__ = ["Witness", "case_for", "minimal"]

SETTLED_BY_KIND = ("drug_requested", "must_be_tapered")
"""Facts that follow from what is requested, and need no writer."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A case, as YAML would hold it, whose request ``request`` has the wanted facts; or None, and why there is none."""

    case: Mapping[str, Any] | None
    reason: str = ""


def case_for(
    view: RequestView,
    rules: Rules,
    rulebook: Rulebook,
    facts: Iterable[str] | None = None,
    *,
    case_id: str = "example",
    engine: str | None = None,
) -> Witness:
    """A case for a view.

    Args:
        view: What the rules should see.
        rules: The rules as they stand for some date; the case is dated so that they govern it.
        rulebook: The rulebook they are taken from.
        facts: The facts that matter; without any, those that the criteria which apply to the view read.
        case_id: The id of the case.
        engine: Which readings confirm it, as for ``infer``.

    Raises:
        ReadingsDisagree, RulesEngineError, EngineUnavailable: as for ``infer``.
    """
    applying = [one for one in rules.criteria if plain.applies(one.scope, view.scope)]
    read = dict.fromkeys(fact for one in applying for fact in rules.reads[one.id])
    names = tuple(read if facts is None else facts)
    try:
        raw = _written(view, rules, rulebook, names, case_id)
    except CannotWrite as error:
        return Witness(None, str(error))
    inferred = _inferred(raw, rules, rulebook, engine)
    if isinstance(inferred, str):
        return Witness(None, inferred)
    if not _alike(inferred.view, view):
        return Witness(None, f"the request that was written is another one: {inferred.view.scope}")
    differing = [name for name in names if not _equal(inferred.view.facts[name], view.facts[name])]
    if differing:
        return Witness(None, f"the case that was written differs in {', '.join(differing)}")
    return Witness(raw)


def _written(view: RequestView, rules: Rules, rulebook: Rulebook, names: Iterable[str], case_id: str) -> dict[str, Any]:
    wanted = {name: view.facts[name] for name in names}
    draft = Draft(rules, view.scope, _day(rules, rulebook), wanted, {})
    if view.scope.drug_class:
        ask_for(draft)
    else:
        draft.request["service"] = _service(view, rulebook)
    for name, write in WRITERS.items():
        if name in wanted:
            write(draft, wanted[name])
    unwritten = [name for name in wanted if name not in WRITERS and name not in SETTLED_BY_KIND]
    if unwritten:
        raise CannotWrite(f"nothing is known to put {', '.join(unwritten)} on record")
    return draft.as_mapping(case_id)


def _service(view: RequestView, rulebook: Rulebook) -> str:
    wordings = (kind.wordings[0] for kind in rulebook.kinds if kind.id == view.scope.kind and kind.wordings)
    found = next(wordings, None)
    if found is None:
        raise CannotWrite(f"no wording is known for {view.scope.kind}")
    return found


def _day(rules: Rules, rulebook: Rulebook) -> date:
    """A day on which these rules govern."""
    edition = rules.edition
    starts = [edition.start, *(value.start for value in rules.thresholds.values())]
    latest = max(start for start in starts if start >= edition.start)
    for days in (400, 30, 1, 0):
        day = latest + timedelta(days=days)
        governs = rulebook.edition_on(day)
        if governs is not None and governs.id == edition.id and rules_for(rulebook, governs, day).key == rules.key:
            return day
    raise CannotWrite("no day is known on which these rules govern")


def _inferred(raw: Mapping[str, Any], rules: Rules, rulebook: Rulebook, engine: str | None) -> Inferred | str:
    """What the rules say of the written request; a text where the case is none that can be predicted."""
    try:
        case = Case.model_validate(raw)
    except ValidationError as error:
        where = [".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False)]
        return f"the case that was written is not valid: {', '.join(where)}"
    doses = doses_of(case, rules.edition.conversion_table)
    if doses.problems:
        return f"the case that was written has a dose that cannot be right: {doses.problems[0].path}"
    reference = reference_date(case.dates)
    if reference is None:
        return "the case that was written has no reference date"
    found, _ = infer(Question(case, rulebook, rules, doses, reference[0]), engine)
    return found[REQUEST]


def _alike(one: RequestView, other: RequestView) -> bool:
    """Whether the same criteria can apply to both, whatever product of the drug was meant."""
    mine, theirs = one.scope, other.scope
    return (mine.kind, mine.drug_class, mine.phase, set(mine.regions)) == (
        theirs.kind,
        theirs.drug_class,
        theirs.phase,
        set(theirs.regions),
    ) and set(mine.ingredients) == set(theirs.ingredients)


def _equal(one: FactValue, other: FactValue) -> bool:
    return one.state is other.state and _bounds(one) == _bounds(other)


def _bounds(fact: FactValue) -> object:
    """The value of a fact; bounds of what is not computable that bound nothing are none."""
    nothing = fact.state is not FactState.KNOWN and isinstance(fact.value, Interval) and not fact.value.low
    return None if nothing else fact.value


# -- the least of a case ---------------------------------------------------------------------------------------------

Path = tuple[str | int, ...]


def minimal(case: Mapping[str, Any], still_shows: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
    """The case without anything that is not needed to show what it shows.

    Entries and keys are left out one by one, the outer ones first, until none more can be; what is left is valid, and
    loses what it shows with any further part.

    Args:
        case: A case that shows it.
        still_shows: Whether a valid case shows it.
    """
    least: dict[str, Any] = deepcopy(dict(case))
    tried_all = False
    while not tried_all:
        tried_all = True
        for path in list(_parts(least)):
            smaller = _without(least, path)
            if smaller is not None and _is_valid(smaller) and still_shows(smaller):
                least, tried_all = smaller, False
    return least


def _parts(value: object, path: Path = ()) -> Iterator[Path]:
    """Every key and entry, outer ones before what they hold, and the last entries of a list first."""
    inner: list[tuple[str | int, object]] = []
    if isinstance(value, Mapping):
        inner = [(str(key), held) for key, held in value.items()]
    elif isinstance(value, list):
        inner = [(index, value[index]) for index in reversed(range(len(value)))]
    for key, _ in inner:
        yield (*path, key)
    for key, held in inner:
        yield from _parts(held, (*path, key))


def _without(case: Mapping[str, Any], path: Path) -> dict[str, Any] | None:
    """The case without a part; None where that part is gone already."""
    smaller: dict[str, Any] = deepcopy(dict(case))
    holder: Any = smaller
    for key in path[:-1]:
        if not _has(holder, key):
            return None
        holder = holder[key]
    if not _has(holder, path[-1]):
        return None
    del holder[path[-1]]
    return smaller


def _has(holder: object, key: str | int) -> bool:
    if isinstance(holder, Mapping):
        return key in holder
    return isinstance(holder, list) and isinstance(key, int) and key < len(holder)


def _is_valid(raw: Mapping[str, Any]) -> bool:
    try:
        Case.model_validate(raw)
    except ValidationError:
        return False
    return True
