"""Rulebooks and requests made at random, straight from the dataclasses, to hold the readings of rules together.

The words mean nothing; the shapes are those of real rulebooks, with every operator and effect, excuses, silenced and
common guidelines, counts, conditions longer than one fact of the rules engine, and amounts right at their limits.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from hypothesis import strategies as st

from imr_engine.inference.values import FactState, FactValue, RequestScope, RequestView
from imr_engine.prediction import Citation, Effect
from imr_engine.rulebook.model import Criterion, Edition, FactDeclaration, FactType, Rules, Scope, Words
from imr_engine.rulebook.tree import (
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Comparison,
    Documented,
    Holds,
    IsOneOf,
    Leaf,
    Limit,
    Node,
    Not,
)
from imr_engine.units.interval import Interval

__all__ = [
    "COMMON",
    "CONDITIONS",
    "FACTS",
    "GUIDELINES",
    "LIMITS",
    "amount",
    "batches",
    "criterion",
    "intervals",
    "rulebooks",
    "rules_of",
    "view_with",
    "views",
]

FACTS: Mapping[str, FactDeclaration] = {
    name: FactDeclaration(name, kind, name.replace("_", " "), "for tests", unit, values)
    for name, kind, unit, values in (
        *((f"sign_{number}", FactType.BOOLEAN, None, ()) for number in range(5)),
        ("course", FactType.CHOICE, None, ("first", "repeated", 'so-called "final"')),
        ("screen", FactType.CHOICE, None, ("consistent", "inconsistent")),
        *((f"amount_{number}", FactType.QUANTITY, "mg/day", ()) for number in range(4)),
        ("visits", FactType.COUNT, None, ()),
    )
}
YES_OR_NO = tuple(name for name, fact in FACTS.items() if fact.type is FactType.BOOLEAN)
CHOICES = tuple(name for name, fact in FACTS.items() if fact.type is FactType.CHOICE)
AMOUNTS = tuple(name for name, fact in FACTS.items() if fact.type in (FactType.QUANTITY, FactType.COUNT))

LIMITS = tuple(Fraction(text) for text in ("0", "-3", "21", "120", "0.5", "0.000001"))
# What an amount lies off a limit by: nothing (most often), less than the engine's millionth, a third, and more.
OFFSETS = tuple(
    Fraction(sign) * Fraction(text)
    for text in ("0", "0", "0", "1/10000000", "1/3", "1/3000000", "1/1000000", "5")
    for sign in (1, -1)
)

GUIDELINES = ("chapter", "chronic", "further")
COMMON = "everywhere"
KINDS = ("drug", "office_visit", "therapy")
CLASSES = ("opioid", "benzodiazepine")
INGREDIENTS = ("oxycodone", "clonazepam")
REGIONS = ("low back", "neck")
PHASES = ("start", "continue")


# building by hand


def amount(value: Fraction | int | str) -> Limit:
    """A limit without a parameter."""
    return Limit(Fraction(value), None, str(value))


def criterion(
    name: str,
    effect: Effect,
    when: Node,
    *,
    guideline: str = GUIDELINES[0],
    scope: Scope | None = None,
    excuses: tuple[str, ...] = (),
) -> Criterion:
    """A criterion with the least that one needs."""
    citation = Citation(guideline, "a section", None, "made for a test", "seen")
    return Criterion(
        id=name,
        title=name,
        guideline=guideline,
        topic="topic",
        scope=scope or Scope(),
        effect=effect,
        when=when,
        citation=citation,
        words=Words(),
        excuses=excuses,
    )


def rules_of(
    *criteria: Criterion,
    order: Mapping[str, tuple[str, ...]] | None = None,
    common: frozenset[str] = frozenset({COMMON}),
    key: str = "made for a test",
) -> Rules:
    """The rules that these criteria make."""
    edition = Edition("edition", "edition", date(2009, 7, 18), None, order or {"default": GUIDELINES}, "table", "test")
    return Rules(key=key, edition=edition, facts=FACTS, criteria=criteria, common=common, thresholds={})


def view_with(facts: Mapping[str, object] | None = None, scope: RequestScope | None = None) -> RequestView:
    """A request with some facts known: bool, text or Interval; ``FactState`` for one that is not; all else missing.

    A whole ``FactValue`` may be given too.
    """
    given = facts or {}
    return RequestView(
        "request",
        scope or RequestScope("drug", "opioid", ("oxycodone",), ("low back",), "continue"),
        {name: _fact(name, given.get(name, FactState.NOT_DOCUMENTED)) for name in FACTS},
    )


def _fact(name: str, value: object) -> FactValue:
    if isinstance(value, FactValue):
        return value
    if isinstance(value, FactState):
        return FactValue(name, value)
    if not isinstance(value, (bool, str, Interval)):
        raise TypeError(f"no fact has the value {value!r}")
    return FactValue(name, FactState.KNOWN, value)


# conditions


def _choice(fact: str) -> st.SearchStrategy[Node]:
    values = FACTS[fact].values
    return st.lists(st.sampled_from(values), min_size=1, max_size=len(values), unique=True).map(
        lambda some: IsOneOf(fact, tuple(some))
    )


def _limit_of(value: Fraction, parameter: str | None) -> Limit:
    """A limit of its own, or one that a parameter gave for the date."""
    return Limit(value, parameter, str(value))


_LIMITS = st.builds(_limit_of, st.sampled_from(LIMITS), st.sampled_from((None, "ceiling")))

LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from(YES_OR_NO).map(Holds),
    st.sampled_from(CHOICES).flatmap(_choice),
    st.builds(Compare, st.sampled_from(AMOUNTS), st.sampled_from(Comparison), _LIMITS),
    st.builds(Compare, st.sampled_from(AMOUNTS), st.sampled_from(Comparison), _LIMITS),
    st.sampled_from(tuple(FACTS)).map(Documented),
)


def _groups(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    parts = st.lists(inner, min_size=1, max_size=4).map(tuple)
    counted = st.lists(inner, min_size=2, max_size=6).flatmap(
        lambda some: st.integers(1, len(some)).map(lambda n: AtLeast(amount(n), tuple(some)))
    )
    return st.one_of(parts.map(AllOf), parts.map(AnyOf), counted, inner.map(Not))


_EVERY_LEAF: tuple[Leaf, ...] = (
    *map(Holds, YES_OR_NO),
    *(IsOneOf(fact, (value,)) for fact in CHOICES for value in FACTS[fact].values),
    *(Compare(fact, sense, amount(limit)) for fact in AMOUNTS for sense in Comparison for limit in LIMITS),
    *map(Documented, FACTS),
)


@st.composite
def _long_conditions(draw: st.DrawFn) -> Node:
    """More leaves than one fact of the rules engine may be read by, alike enough to be cheap to draw."""
    group: Callable[[tuple[Node, ...]], Node] = draw(
        st.sampled_from(
            (
                AllOf,
                AnyOf,
                lambda parts: AllOf((AnyOf(parts[::2]), AnyOf(parts[1::2]))),
                lambda parts: AnyOf((AllOf(parts[::2]), Not(AllOf(parts[1::2])))),
                lambda parts: AtLeast(amount(len(parts) // 2), parts),
                lambda parts: AllOf(tuple(map(AnyOf, zip(parts[::3], parts[1::3], parts[2::3], strict=False)))),
            )
        )
    )
    size, start = draw(st.integers(50, 130)), draw(st.integers(0, 50))
    if draw(st.booleans()):
        # Many limits of one amount: where that one is not known, neither is the whole.
        fact, sense = draw(st.sampled_from(AMOUNTS)), draw(st.sampled_from(Comparison))
        return group(tuple(Compare(fact, sense, amount(start + number)) for number in range(size)))
    leaves = itertools.islice(itertools.cycle(_EVERY_LEAF), start, None, draw(st.sampled_from((1, 3, 7, 11))))
    return group(tuple(itertools.islice(leaves, size)))


CONDITIONS: st.SearchStrategy[Node] = st.recursive(LEAVES, _groups, max_leaves=8)


# rulebooks


def _some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.one_of(
        st.just(()),
        st.just(()),
        st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple),
    )


SCOPES = st.builds(Scope, _some(KINDS), _some(CLASSES), _some(INGREDIENTS), _some(REGIONS), _some(PHASES))
_OPEN_OR_NOT = st.one_of(st.just(Scope()), st.just(Scope()), SCOPES)
ORDERS = st.permutations(GUIDELINES).map(tuple)


@st.composite
def rulebooks(draw: st.DrawFn) -> Rules:
    """Rules of several guidelines, one of them common, with excuses where there is something to excuse."""
    criteria: list[Criterion] = []
    scope_pool = draw(st.lists(_OPEN_OR_NOT, min_size=1, max_size=4))
    for number in range(draw(st.integers(1, 10))):
        guideline = draw(st.sampled_from((*GUIDELINES, COMMON)))
        scope = draw(st.sampled_from(scope_pool))
        effect = draw(
            st.sampled_from((Effect.REQUIRE, Effect.SUPPORT, Effect.SUPPORT, Effect.DEFEAT, Effect.DEFEAT, Effect.NOTE))
        )
        when = draw(_long_conditions() if draw(st.integers(0, 9)) == 7 else CONDITIONS)
        criteria.append(criterion(f"criterion-{number}", effect, when, guideline=guideline, scope=scope))
        if effect in (Effect.REQUIRE, Effect.DEFEAT) and draw(st.booleans()):
            alike = [
                other.id
                for other in criteria
                if other.guideline == guideline and other.effect in (Effect.REQUIRE, Effect.DEFEAT)
            ]
            excused = tuple(draw(st.lists(st.sampled_from(alike), min_size=1, max_size=3, unique=True)))
            criteria.append(
                criterion(
                    f"excuse-{number}",
                    Effect.EXCUSE,
                    draw(st.one_of(LEAVES, CONDITIONS)),
                    guideline=guideline,
                    scope=draw(st.sampled_from((scope, *scope_pool))),
                    excuses=excused,
                )
            )
    # Now and then more criteria of one scope than one fact of the rules engine may hold.
    if draw(st.integers(0, 9)) == 5:
        model = draw(st.sampled_from(criteria))
        criteria.extend(
            criterion(f"copy-{number}", model.effect, leaf, guideline=model.guideline, scope=model.scope)
            for number, leaf in enumerate(_EVERY_LEAF[: draw(st.integers(20, 70))])
            if model.effect is not Effect.EXCUSE
        )
    order = {"default": draw(ORDERS)}
    if draw(st.booleans()):
        order[draw(st.sampled_from(KINDS))] = draw(ORDERS)[: draw(st.integers(1, 3))]
    return rules_of(*draw(st.permutations(criteria)), order=order)


# requests

_ENDS = st.builds(Fraction.__add__, st.sampled_from(LIMITS), st.sampled_from(OFFSETS))


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Exact amounts, ranges, and ranges open to either side, with ends at a limit or next to one."""
    form = draw(st.sampled_from(("exact", "exact", "range", "range", "from", "to", "any")))
    low, high = sorted((draw(_ENDS), draw(_ENDS)))
    match form:
        case "range" if low != high:
            return Interval(low, high, low_open=draw(st.booleans()), high_open=draw(st.booleans()))
        case "from":
            return Interval(low, None, low_open=draw(st.booleans()))
        case "to":
            return Interval(None, high, high_open=draw(st.booleans()))
        case "any":
            return Interval(None, None)
        case _:
            return Interval.exact(low)


def _values(fact: str) -> st.SearchStrategy[object]:
    match FACTS[fact].type:
        case FactType.BOOLEAN:
            known: st.SearchStrategy[object] = st.booleans()
        case FactType.CHOICE:
            known = st.sampled_from(FACTS[fact].values)
        case FactType.QUANTITY | FactType.COUNT:
            known = intervals()
    missing = st.just(FactState.NOT_DOCUMENTED)
    failed: st.SearchStrategy[object] = st.just(FactState.NOT_COMPUTABLE)
    if fact in AMOUNTS:
        # What we failed to compute may be bounded all the same.
        failed |= intervals().map(lambda bounds: FactValue(fact, FactState.NOT_COMPUTABLE, bounds))
    return st.one_of(known, known, known, missing, failed)


def _computable(value: object) -> object:
    failed = value is FactState.NOT_COMPUTABLE or isinstance(value, FactValue)
    return FactState.NOT_DOCUMENTED if failed else value


_VALUES = {name: _values(name) for name in FACTS}
_VALUES_COMPUTABLE = {name: values.map(_computable) for name, values in _VALUES.items()}

REQUEST_SCOPES = st.builds(
    RequestScope,
    st.sampled_from((*KINDS, "surgery")),
    st.sampled_from((*CLASSES, "", "hypnotic")),
    st.lists(st.sampled_from((*INGREDIENTS, "acetaminophen")), max_size=2, unique=True).map(tuple),
    st.lists(st.sampled_from((*REGIONS, "knee")), max_size=2, unique=True).map(tuple),
    st.sampled_from((*PHASES, "")),
)


@st.composite
def views(draw: st.DrawFn, name: str = "request") -> RequestView:
    """A request of any scope, with facts in every state; half of the requests have nothing that is not computable."""
    facts = draw(st.fixed_dictionaries(_VALUES if draw(st.booleans()) else _VALUES_COMPUTABLE))
    return RequestView(
        name, draw(REQUEST_SCOPES), {fact: _fact(fact, value) for fact, value in facts.items()}
    )  # fmt: skip


@st.composite
def batches(draw: st.DrawFn) -> tuple[RequestView, ...]:
    """The requests of a case."""
    return tuple(draw(views(f"request-{number}")) for number in range(draw(st.integers(1, 4))))
