"""Proves that both outcomes of every kind of request can be reached, and that every criterion can decide something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from imr_engine.prediction import Effect, Outcome, Status
from imr_engine.verify.proofs import Found, Law, Proof, ProofStatus, ids, timed
from imr_engine.verify.solver import Space, satisfiable
from imr_engine.verify.terms import every, negated, some

__all__ = ["reach"]


def reach(chosen: Sequence[Space], every_space: Sequence[Space], timeout: float) -> Iterator[Proof]:
    """Both outcomes of every kind that a guideline speaks of, and a say of its own for every criterion."""
    by_kind: dict[tuple[str, str], list[Space]] = {}
    for space in chosen:
        if space.speaking is not None:
            by_kind.setdefault((space.rules.key, space.scope.kind), []).append(space)
    for some_spaces in by_kind.values():
        for outcome in (Outcome.UPHELD, Outcome.OVERTURNED):
            yield from _of_group(some_spaces, lambda group, one=outcome: _reaches(group, one, timeout))
    by_rules: dict[str, list[Space]] = {}
    for space in chosen:
        by_rules.setdefault(space.rules.key, []).append(space)
    for key, some_spaces in by_rules.items():
        others = [space for space in every_space if space.rules.key == key and space not in some_spaces]
        for criterion in dict.fromkeys(ids(one for space in some_spaces for one in space.criteria)):
            where = [space for space in (*some_spaces, *others) if criterion in ids(space.criteria)]
            if next(one for one in where[0].criteria if one.id == criterion).effect is not Effect.NOTE:
                yield from _of_group(where, lambda group, one=criterion: _decides(group, one, timeout))


def _of_group(group: Sequence[Space], proving: Callable[[Sequence[Space]], Found]) -> Iterator[Proof]:
    def of_first(space: Space, timeout: float) -> Iterator[Found]:
        del space, timeout
        yield proving(group)

    yield from timed(Law.REACH, group[0], of_first, 0)


def _reaches(group: Sequence[Space], outcome: Outcome, timeout: float) -> Found:
    without = [
        space.label
        for space in group
        if satisfiable(space, space.outcome(outcome), timeout_seconds=timeout, is_tidy=False) is None
    ]
    kind = group[0].scope.kind
    facts = tuple(dict.fromkeys(fact for space in group for fact in space.facts))
    criteria = tuple(dict.fromkeys(name for space in group for name in ids(space.counting)))
    subject = f"{kind}: {outcome}"
    if len(without) == len(group):
        return Found(ProofStatus.FAILED, f"no request for {kind} is ever {outcome}", criteria, facts, subject=subject)
    text = f"a request for {kind} can be {outcome}"
    if without:
        text += f", though not for {'; '.join(without)}"
    return Found(ProofStatus.PROVED, text, criteria, facts, subject=subject)


NEUTRAL = {
    Effect.REQUIRE: Status.MET,
    Effect.SUPPORT: Status.NOT_MET,
    Effect.DEFEAT: Status.NOT_MET,
    Effect.EXCUSE: Status.NOT_MET,
}
"""The status with which a criterion has no say."""


def _decides(where: Sequence[Space], name: str, timeout: float) -> Found:
    for space in where:
        if name not in ids(space.counting):
            continue
        effect = next(one.effect for one in space.counting if one.id == name)
        differs = every(
            negated(space.status(name, Status.NOT_COMPUTABLE)),
            some(*(
                every(space.outcome(outcome), negated(space.outcome(outcome, {name: NEUTRAL[effect]})))
                for outcome in Outcome
            )),
        )  # fmt: skip
        if satisfiable(space, differs, timeout_seconds=timeout, is_tidy=False) is not None:
            text = f"{name} decides some request by itself"
            return Found(ProofStatus.PROVED, text, (name,), space.facts, subject=name)
    text = f"{name} decides no request by itself: without it, all would come out the same"
    return Found(ProofStatus.FAILED, text, (name,), where[0].rules.reads[name], subject=name)
