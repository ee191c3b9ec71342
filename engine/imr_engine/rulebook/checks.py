"""Checks over a whole rulebook: ids, excuses, editions, dates of parameters, and facts that both help and hurt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from imr_engine.data.suggest import did_you_mean
from imr_engine.data.validation import listed_words
from imr_engine.prediction import Effect
from imr_engine.rulebook.criteria import CriterionRead
from imr_engine.rulebook.model import Edition, Guideline, Parameter
from imr_engine.rulebook.polarity import both_ways_without_reason
from imr_engine.rulebook.raw import EditionsFile, RawEdition
from imr_engine.rulebook.reading import FileRead, Report
from imr_engine.rulebook.tree import parameters_of

__all__ = ["GuidelinesRead", "check_both_ways", "check_excuses", "check_ids", "check_values", "read_editions"]


@dataclass(frozen=True, slots=True)
class GuidelinesRead:
    """Guidelines by id; ``faulty`` ones have a folder, and their faults are reported already."""

    items: Mapping[str, Guideline]
    faulty: frozenset[str]


def check_ids(reads: Iterable[CriterionRead]) -> None:
    """Report a criterion whose id another has."""
    first: dict[str, CriterionRead] = {}
    for read in reads:
        other = first.setdefault(read.raw.id, read)
        if other is not read:
            place = other.file.document.place(f"{other.path}.id")
            read.file.report(f"{read.path}.id", f"the id is already taken, at {place}")


def check_excuses(reads: Sequence[CriterionRead], left_out: set[str], *, are_all_read: bool) -> None:
    """Report an excuse of something that cannot be excused.

    Args:
        reads: every criterion.
        left_out: the ids of criteria that were reported as unfit.
        are_all_read: whether every file of criteria could be read; if not, a name that is unknown may stand there.
    """
    by_id = {read.raw.id: read for read in reversed(reads)}
    for read in reads:
        if read.raw.effect != "excuse":
            continue
        for index, name in enumerate(read.raw.of):
            path = f"{read.path}.of"
            path += f"[{index}]" if read.file.document.has(f"{path}[{index}]") else ""
            target = by_id.get(name)
            if name == read.raw.id:
                read.file.report(path, "an excuse cannot set itself aside")
            elif target is not None:
                _check_target(read, target, path)
            elif are_all_read and name not in left_out:
                others = (other.raw.id for other in reads if other.raw.effect in (Effect.REQUIRE, Effect.DEFEAT))
                hint = did_you_mean(name, others)
                read.file.report(path, f"no criterion has the id {name!r}", suggestion=hint)


def _check_target(read: CriterionRead, target: CriterionRead, path: str) -> None:
    name, effect = target.raw.id, target.raw.effect
    if effect == Effect.EXCUSE:
        read.file.report(path, f"{name} is an excuse, and an excuse has no excuse")
    elif effect not in (Effect.REQUIRE, Effect.DEFEAT):
        read.file.report(path, f"{name} is a {effect}, and only a require or a defeat can be set aside")
    elif target.guideline != read.guideline:
        message = f"{name} belongs to {target.guideline}, and an excuse sets aside criteria of its own guideline"
        read.file.report(path, message)


def check_values(
    reads: Sequence[CriterionRead], parameters: Mapping[str, Parameter], report: Report, governed: Mapping[str, Edition]
) -> None:
    """Report a parameter without a value on the first day of an edition that uses it.

    Args:
        reads: every criterion.
        parameters: the parameters by name.
        report: takes the problems of their file.
        governed: for each guideline, the earliest edition in which it has a say.
    """
    users: dict[tuple[str, str], str] = {}
    for read in reads:
        edition = governed.get(read.guideline)
        if read.criterion is None or edition is None:
            continue
        for name in parameters_of(read.criterion.when):
            users.setdefault((name, edition.id), read.raw.id)
    editions = {edition.id: edition for edition in governed.values()}
    for (name, edition_id), user in users.items():
        begin = editions[edition_id].start
        if parameters[name].at(begin) is None:
            message = f"there is no value yet on {begin}, when edition {edition_id} begins, and {user} needs one"
            report(f"parameters.{name}.values[0].from", message, found=str(parameters[name].values[0].start))


def check_both_ways(reads: Sequence[CriterionRead]) -> None:
    """Report a fact that helps a request by one criterion and hurts it by another, where neither says why."""
    known = {id(read.criterion): read for read in reads if read.criterion is not None}
    criteria = [read.criterion for read in reads if read.criterion is not None]
    for criterion, other, fact in both_ways_without_reason(criteria):
        read = known[id(criterion)]
        where = "within this criterion" if other is criterion else f"here and in {other.id}"
        read.file.report(
            f"{read.path}.when",
            f"{fact} can both help and hurt one request, {where}",
            suggestion=f"say why under both_ways: {{{fact}: …}}",
            key=True,
        )


# editions


def read_editions(read: FileRead[EditionsFile], guidelines: GuidelinesRead) -> tuple[Edition, ...]:
    """The editions in the order of their dates; what is wrong with them is reported."""
    editions: list[tuple[Edition, str]] = []
    ids: set[str] = set()
    for position, raw in zip(read.positions, read.shape.editions, strict=True):
        path = f"editions[{position}]"
        if raw.id in ids:
            read.report(f"{path}.id", "the id is already taken")
        ids.add(raw.id)
        _check_order(raw, path, guidelines, read)
        if raw.before is not None and raw.before <= raw.start:
            expected = f"a day after {raw.start}, on which it begins"
            read.report(f"{path}.before", "the edition ends before it begins", found=str(raw.before), expected=expected)
            continue
        edition = Edition(raw.id, raw.title, raw.start, raw.before, dict(raw.order), raw.conversion_table, raw.source)
        editions.append((edition, path))
    editions.sort(key=lambda entry: entry[0].start)
    for (earlier, _), (later, path) in pairwise(editions):
        if earlier.end is None or earlier.end > later.start:
            message = f"{earlier.id} governs that day too"
            hint = f"end {earlier.id} with before: {later.start}" if earlier.start < later.start else None
            read.report(f"{path}.from", message, found=str(later.start), suggestion=hint)
    return tuple(edition for edition, _ in editions)


def _check_order(raw: RawEdition, path: str, guidelines: GuidelinesRead, read: FileRead[EditionsFile]) -> None:
    if "default" not in raw.order:
        read.report(f"{path}.order.default", "is missing", expected="the order for every kind that is not named")
    for kind, order in raw.order.items():
        at = f"{path}.order.{kind}"
        if not order:
            read.report(at, "the list is empty", expected="at least one guideline")
        for index, name in enumerate(order):
            here = f"{at}[{index}]" if read.document.has(f"{at}[{index}]") else at
            if name in order[:index]:
                read.report(here, f"{name} stands twice in one order")
            elif name in guidelines.faulty:
                continue
            elif name not in guidelines.items:
                known = sorted(other for other, guideline in guidelines.items.items() if not guideline.common)
                hint = did_you_mean(name, known)
                expected = None if hint else listed_words(known)
                read.report(here, f"no guideline is called {name!r}", expected=expected, suggestion=hint)
            elif guidelines.items[name].common:
                read.report(here, f"{name} is common: it joins whichever guideline speaks and has no place in an order")
