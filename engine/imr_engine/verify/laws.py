"""Proves the laws of honest rules over all possible cases, per edition and kind of request, or shows where they break.

The laws are those of section 10 of the design, worded as the tests in ``tests/laws`` word them; that the order of lists
changes nothing is no matter of the rules and is left to those tests. A law that cannot be proved comes with views that
break it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from imr_engine.inference.values import RequestView
from imr_engine.prediction import Outcome, Status
from imr_engine.rulebook.model import Rulebook
from imr_engine.rulebook.polarity import Direction, directions
from imr_engine.verify.contradictions import Meeting, meetings
from imr_engine.verify.movement import further_known, less_reduced, no_lower, supported, unchanged
from imr_engine.verify.proofs import Found, Law, Proof, ProofStatus, Proving, ids, timed
from imr_engine.verify.reach import reach
from imr_engine.verify.solver import TIMEOUT_SECONDS, Space, spaces, views_of
from imr_engine.verify.terms import Formula, every, negated, same, some

__all__ = ["Law", "Proof", "ProofStatus", "prove"]

DOSE = "opioid_dose_total"
REDUCED = "dose_is_reduced"
COURSE = "course_days"
SHORT_COURSES = ("muscle_relaxant", "benzodiazepine", "hypnotic")
"""The classes for which a longer course never helps, by the design's law of the course."""


def prove(
    rulebook: Rulebook,
    *,
    editions: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
    laws: Collection[Law] | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> list[Proof]:
    """Prove the laws of a rulebook.

    Args:
        rulebook: The rules.
        editions: The editions to prove them for; without any, all.
        kinds: The kinds of request to prove them for, by drug class or kind of service; without any, all.
        laws: The laws to prove; without any, all.
        timeout_seconds: How long one question to the solver may take before its proof is given up as unknown.
    """
    wanted = tuple(Law) if laws is None else tuple(law for law in Law if law in laws)
    every_space = list(spaces(rulebook, editions))
    chosen = [space for space in every_space if kinds is None or not set(kinds).isdisjoint(space.kinds)]
    proofs: list[Proof] = []
    for law, proving in _OF_SPACES.items():
        if law in wanted:
            for space in chosen:
                proofs.extend(timed(law, space, proving, timeout_seconds))
    if Law.REACH in wanted:
        proofs.extend(reach(chosen, every_space, timeout_seconds))
    if Law.NO_CONTRADICTION in wanted:
        proofs.extend(_contradictions(chosen, timeout_seconds))
    return proofs


# -- information -----------------------------------------------------------------------------------------------------


def _information(space: Space, timeout: float) -> Iterator[Found]:
    """Whatever comes to be known, a criterion that was met or not met stays so."""
    after = space.again("later ")
    moved = [further_known(space.terms.facts[fact], after.terms.facts[fact]) for fact in space.rules.facts]
    settled = (Status.MET, Status.NOT_MET)
    broken = {
        criterion.id: some(
            *(every(space.status(criterion.id, one), negated(after.status(criterion.id, one))) for one in settled)
        )
        for criterion in space.criteria
    }
    holds = "every criterion that is met or not met stays so, whatever else comes to be known"
    anyhow = [*moved, some(*broken.values())]
    if views_of(space, after, formulas=anyhow, is_possible=False, timeout_seconds=timeout) is None:
        yield Found(ProofStatus.PROVED, holds, ids(space.criteria), space.facts, of_any_view=True)
        return
    fails = False
    for name, formula in broken.items():
        views = views_of(space, after, formulas=[*moved, formula], timeout_seconds=timeout)
        if views is not None:
            fails = True
            text = f"{name} is met or not met, and no longer so when more is known"
            yield Found(ProofStatus.FAILED, text, (name,), space.rules.reads[name], (), views)
    if not fails:
        yield Found(ProofStatus.PROVED, holds, ids(space.criteria), space.facts)


# -- support ---------------------------------------------------------------------------------------------------------


def _support(space: Space, timeout: float) -> Iterator[Found]:
    """A supporting value of a fact that can move the request one way only never turns it down."""
    ways = directions(space.counting)
    both = [fact for fact, way in ways.items() if way == Direction.UP | Direction.DOWN]
    for fact in both:
        yield _both_ways(space, fact)
    one_way = [fact for fact in ways if fact not in both]
    proved: list[str] = []
    holds_of_any = of_any_view = _never_turned_down(space, one_way, timeout)
    for fact in one_way:
        if holds_of_any and _known_with(space, fact).isdisjoint(space.facts):
            proved.append(fact)
            continue
        views = _turned_down(space, fact, ways, timeout)
        of_any_view = False
        if views is None:
            proved.append(fact)
            continue
        criteria = tuple(one.id for one in space.counting if fact in space.rules.reads[one.id])
        text = f"an overturned request is no longer so once {fact} is known, with a value that can only help"
        yield Found(ProofStatus.FAILED, text, criteria, (fact,), (), views)
    if proved:
        text = "a supporting value in place of one that is not documented never turns an overturned request down"
        yield Found(ProofStatus.PROVED, text, ids(space.counting), tuple(proved), of_any_view=of_any_view)


def _never_turned_down(space: Space, facts: Sequence[str], timeout: float) -> bool:
    """Whether supporting values of these facts, one or many at once, never turn a request down, however unlikely."""
    after = space.again("later ", facts)
    step = [
        some(
            unchanged(space, after, [fact]),
            every(space.terms.facts[fact].missing, supported(after, space.counting, fact)),
        )
        for fact in facts
    ]
    turned = [*step, _moved(space, after, Outcome.OVERTURNED)]
    return views_of(space, after, formulas=turned, is_possible=False, timeout_seconds=timeout) is None


def _known_with(space: Space, fact: str) -> set[str]:
    """The facts that come to be known by the same observation."""
    return {other for one in space.relations if one.together and fact in one.facts for other in one.facts} - {fact}


def _both_ways(space: Space, fact: str) -> Found:
    reasons = {one.id: one.both_ways[fact] for one in space.counting if fact in one.both_ways}
    criteria = tuple(one.id for one in space.counting if fact in space.rules.reads[one.id])
    if not reasons:
        return Found(ProofStatus.FAILED, f"{fact} can both help and hurt, and no criterion says why", criteria, (fact,))
    text = f"{fact} can both help and hurt: {'; '.join(reasons.values())}"
    return Found(ProofStatus.EXCEPTED, text, criteria, (fact,))


def _turned_down(space: Space, fact: str, ways: dict[str, Direction], timeout: float) -> tuple[RequestView, ...] | None:
    """Possible views in which a supporting value turns a request down, None where there are none.

    What the same observation makes known comes to be known with it, whatever it does; what is tied to the fact more
    loosely is left as it is, or comes to be known so that it helps.
    """
    linked = {other for one in space.relations if fact in one.facts for other in one.facts} - {fact}
    together = _known_with(space, fact)
    after = space.again("later ", {fact, *linked})
    step = [space.terms.facts[fact].missing, supported(after, space.counting, fact)]
    for other in sorted(linked):
        step.append(further_known(space.terms.facts[other], after.terms.facts[other]))
        if other in ways and other not in together:
            stays = unchanged(space, after, [other])
            helps = supported(after, space.counting, other)
            step.append(stays if ways[other] == Direction.UP | Direction.DOWN else some(stays, helps))
    step.append(_moved(space, after, Outcome.OVERTURNED))
    return views_of(space, after, formulas=step, timeout_seconds=timeout)


def _moved(before: Space, after: Space, outcome: Outcome) -> Formula:
    """The request comes to an outcome, and no longer to it afterwards."""
    return every(before.outcome(outcome), negated(after.outcome(outcome)))


# -- dose and course -------------------------------------------------------------------------------------------------


def _dose(space: Space, timeout: float) -> Iterator[Found]:
    """A higher daily dose of an opioid never turns a denied opioid round, but by what is marked to need it."""
    if space.scope.drug_class != "opioid":
        return
    moving = [fact for fact in (DOSE, REDUCED, COURSE) if fact in space.rules.facts]
    after = space.again("later ", moving)
    step: list[Formula] = []
    if DOSE in moving:
        step.append(no_lower(space.terms.facts[DOSE], after.terms.facts[DOSE]))
    if REDUCED in moving:
        step.append(less_reduced(space.terms.facts[REDUCED], after.terms.facts[REDUCED]))
    marked = [criterion.id for criterion in space.counting if criterion.needs_dose_at_least]
    step += [same(space.status(name, status), after.status(name, status)) for name in marked for status in Status]
    assumed = ["a higher dose leaves all facts but the total, the course and whether the dose is reduced as they are"]
    if space.scope.phase == "taper":
        assumed.append("what is charted of the tapered drug itself stays as it is")
    if marked:
        assumed.append(f"needs_dose_at_least: {', '.join(marked)} are left out, as the rules state")
    text = "a higher daily dose of an opioid never turns an upheld denial round"
    yield _not_turned_round(space, after, step, (text, tuple(assumed)), timeout)


def _course(space: Space, timeout: float) -> Iterator[Found]:
    """A longer course never turns a denied relaxant or sedative round."""
    if space.scope.drug_class not in SHORT_COURSES or COURSE not in space.rules.facts:
        return
    after = space.again("later ", [COURSE])
    step = [no_lower(space.terms.facts[COURSE], after.terms.facts[COURSE])]
    assumed = "a longer course leaves all other facts as they are"
    text = "a longer course never turns an upheld denial round"
    yield _not_turned_round(space, after, step, (text, (assumed,)), timeout)


def _not_turned_round(
    space: Space, after: Space, step: Sequence[Formula], said: tuple[str, tuple[str, ...]], timeout: float
) -> Found:
    text, assumed = said
    turned = [*step, space.outcome(Outcome.UPHELD), after.outcome(Outcome.OVERTURNED)]
    criteria = ids(space.counting)
    if views_of(space, after, formulas=turned, is_possible=False, timeout_seconds=timeout) is None:
        return Found(ProofStatus.PROVED, text, criteria, space.facts, assumed, of_any_view=True)
    views = views_of(space, after, formulas=turned, timeout_seconds=timeout)
    if views is None:
        return Found(ProofStatus.PROVED, text, criteria, space.facts, assumed)
    moving = after.apart or frozenset()
    deciding = tuple(one.id for one in space.counting if moving.intersection(space.rules.reads[one.id]))
    return Found(ProofStatus.FAILED, f"this does not hold: {text}", deciding, tuple(sorted(moving)), assumed, views)


_OF_SPACES: dict[Law, Proving] = {
    Law.INFORMATION: _information,
    Law.SUPPORT: _support,
    Law.DOSE: _dose,
    Law.COURSE: _course,
}


# -- contradictions --------------------------------------------------------------------------------------------------


def _contradictions(chosen: Sequence[Space], timeout: float) -> Iterator[Proof]:
    """The pairs of a support and a defeat of one guideline; each is told once for a kind, as it is at worst."""
    worst: dict[tuple[str, str, str], Proof] = {}
    for space in chosen:
        for proof in timed(Law.NO_CONTRADICTION, space, _pairs, timeout):
            key = (space.rules.key, proof.kind, proof.subject)
            known = worst.get(key)
            if known is None or _GRAVITY.index(proof.status) > _GRAVITY.index(known.status):
                worst[key] = proof
    yield from worst.values()


_GRAVITY = (
    ProofStatus.PROVED,
    ProofStatus.INFORMATION,
    ProofStatus.EXCEPTED,
    ProofStatus.UNKNOWN,
    ProofStatus.FAILED,
)


def _pairs(space: Space, timeout: float) -> Iterator[Found]:
    for pair in meetings(space, timeout):
        support, defeat = pair.support, pair.defeat
        facts = tuple(dict.fromkeys((*space.rules.reads[support.id], *space.rules.reads[defeat.id])))
        status, text = _judged(pair)
        views = () if pair.view is None else (pair.view,)
        subject = f"{support.id} and {defeat.id}"
        yield Found(status, text, (support.id, defeat.id), facts, (), views, subject)


def _judged(pair: Meeting) -> tuple[ProofStatus, str]:
    support, defeat = pair.support.id, pair.defeat.id
    if pair.view is None:
        return ProofStatus.PROVED, f"no request meets both {support} and {defeat}"
    if pair.always_defeated:
        return ProofStatus.INFORMATION, f"{defeat} always holds, so that {support} never helps"
    if not pair.implied:
        return ProofStatus.INFORMATION, f"a request can meet both {support} and {defeat}; the defeat then decides"
    if pair.excuses:
        return ProofStatus.INFORMATION, f"{pair.implied}; {', '.join(pair.excuses)} can set the defeat aside"
    if pair.reasons:
        return ProofStatus.EXCEPTED, f"{pair.implied}: {'; '.join(pair.reasons)}"
    return ProofStatus.FAILED, pair.implied
