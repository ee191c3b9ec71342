"""What the solver finds of how criteria behave over all possible cases: no effect, doubled, in conflict, or unlawful.

Every finding that some case can show comes with the smallest one found, which was put through the rules again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from imr_engine.inference import plain
from imr_engine.inference.values import RequestView
from imr_engine.prediction import Effect, Status
from imr_engine.rulebook.model import Criterion
from imr_engine.rulebook.tree import facts_of
from imr_engine.verify.answering import Accepts, anything
from imr_engine.verify.checked import Checked
from imr_engine.verify.deciding import OPPOSING, decides, excuses_of, is_possible, met, stands
from imr_engine.verify.findings import RulebookFinding
from imr_engine.verify.laws import Law, Proof, ProofStatus, prove
from imr_engine.verify.showing import smallest_case
from imr_engine.verify.solver import Space, satisfiable, spaces
from imr_engine.verify.terms import Formula, every, negated

__all__ = ["Behaviour", "behaviour_of"]

Asked = Callable[[Space], Formula]
"""What is asked of a space: a formula over its facts."""

Shown = tuple[Space, Asked]
"""A space, and what is possible in it."""


@dataclass(frozen=True, slots=True)
class _About:
    """The code of a finding, the criterion it is about, and others whose statuses its case has to show."""

    code: str
    criterion: Criterion
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What was found of the behaviour, and what the proofs rest on."""

    findings: tuple[RulebookFinding, ...]
    covers: tuple[str, ...]


def behaviour_of(checked: Checked, kinds: Collection[str] | None = None, accepts: Accepts = anything) -> Behaviour:
    """Everything that the solver finds.

    Args:
        checked: the rulebook.
        kinds: the kinds of request for which the laws are proved; all, if it is left out.
        accepts: whether something is a case that can be predicted.

    Raises:
        SolverGaveUp: the solver found no answer in time.
    """
    search = _Search(checked, kinds, accepts)
    search.run()
    covers = dict.fromkeys(sentence for space in search.spaces for sentence in space.assumptions)
    return Behaviour(tuple(search.found), tuple(covers))


@dataclass
class _Search:
    """One search of a rulebook.

    ``settled`` are the criteria of which enough is told; ``spoilt`` are those that are wrong in such a way that what
    depends on the others beside them cannot be told.
    """

    checked: Checked
    kinds: Collection[str] | None = None
    accepts: Accepts = anything
    found: list[RulebookFinding] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    spoilt: set[str] = field(default_factory=set)

    @cached_property
    def spaces(self) -> list[Space]:
        return list(spaces(self.checked.rulebook))

    def run(self) -> None:
        for criterion in self.checked.rulebook.criteria:
            self._limits_of(criterion)
        self._conflicts()
        self._overlaps()
        self._laws([law for law in Law if law is not Law.REACH])
        for criterion in self.checked.rulebook.criteria:
            if criterion.id not in self.settled:
                self._effect_of(criterion)
        self._laws([Law.REACH])

    # what a criterion can come to

    def _limits_of(self, criterion: Criterion) -> None:
        """Find criteria that are never met, or that everybody meets."""
        where = self._where(criterion)
        is_met = _is_met(criterion)
        if not where:
            return
        if self._first(where, is_met) is None:
            self._report(
                _About("never-met", criterion),
                "no possible case meets its condition",
                "compare the limits, and all with any, with the source",
                self._first(where, lambda space: space.status(criterion.id, Status.NOT_MET)),
                f"{criterion.id} is not met, and nothing that could be documented would meet it",
            )
        elif criterion.effect is Effect.REQUIRE and self._first(where, _acts(criterion)) is None:
            self._report(
                _About("never-fails", criterion),
                "every possible case meets it, or is excused from it",
                "compare the limits, and any with all, with the source",
                self._first(where, is_met),
                f"{criterion.id} is met, whatever is documented",
            )
        elif criterion.effect is Effect.EXCUSE and self._first(where, _not(is_met)) is None:
            self._report(
                _About("excuse-always-met", criterion),
                f"every possible case meets it, so that {' and '.join(criterion.excuses)} never binds",
                "an exception needs a condition that tells the exceptional from the usual",
                self._first(where, is_met),
                f"{criterion.id} is met, whatever is documented",
            )
            self.settled.update(criterion.excuses)

    # pairs

    def _conflicts(self) -> None:
        """Find pairs of which one fails whenever the other is satisfied."""
        for one, other in self._pairs(OPPOSING, OPPOSING):
            where = [space for space in self._where(one, other) if not _excusable(space, one, other)]
            for space in where:
                if self._first([space], _both(_satisfied(one), _satisfied(other))) is None:
                    self._report(
                        _About("contradiction", other, (one.id,)),
                        f"no possible case satisfies both this and {one.id}",
                        "compare the limits of both with the source; if one is an exception, write it as an excuse",
                        self._first([space], _both(_satisfied(one), _not(_satisfied(other)))),
                        f"{one.id} is satisfied here, and therefore {other.id} is not",
                    )
                    self.settled.add(one.id)
                    break

    def _overlaps(self) -> None:
        """Find a ground for and a ground against a request that one and the same fact gives together."""
        for support, defeat in self._pairs((Effect.SUPPORT,), (Effect.DEFEAT,)):
            where = [space for space in self._where(support, defeat) if not excuses_of(space, defeat)]
            both = self._first(where, _both(_is_met(support), _is_met(defeat)))
            if both is None:
                continue
            shows = f"{support.id} and {defeat.id} are both met"
            if self._first(where, _both(_is_met(support), _not(_is_met(defeat)))) is None:
                self._report(
                    _About("always-beaten", support, (defeat.id,)),
                    f"whenever it is met, {defeat.id} is met too and turns the request down",
                    "compare the conditions of both with the source",
                    both,
                    shows,
                )
                continue
            shared = " and ".join(sorted(set(facts_of(support.when)) & set(facts_of(defeat.when))))
            self._report(
                _About("overlapping-bands", defeat, (support.id,)),
                f"by {shared}, this and {support.id} can both be met",
                "let one begin where the other ends, or let an excuse say which prevails",
                both,
                shows,
            )

    def _pairs(self, first: Iterable[Effect], second: Iterable[Effect]) -> Iterator[tuple[Criterion, Criterion]]:
        """Pairs that read a common fact; the first is of the first effects."""
        known = [criterion for criterion in self.checked.rulebook.criteria if criterion.id not in self.settled]
        for one, other in combinations(known, 2):
            if not set(facts_of(one.when)) & set(facts_of(other.when)):
                continue
            if one.effect in first and other.effect in second:
                yield one, other
            elif other.effect in first and one.effect in second:
                yield other, one

    # what a criterion does

    def _effect_of(self, criterion: Criterion) -> None:
        """Find criteria that no outcome depends on, and say because of which other."""
        where = self._where(criterion)
        counting = where if criterion.effect is Effect.NOTE else self._counting(criterion)
        if where and not counting:
            self._report(
                _About("never-decides", criterion),
                f"{where[0].speaking or 'another guideline'} speaks first for every request that it applies to",
                "compare the order of the guidelines in editions.yaml with what it is for",
            )
        if any(self.spoilt & {other.id for other in space.counting} for space in counting):
            # What nobody can satisfy there, or what counts the wrong way, is why nothing depends on the others.
            return
        if not counting or self._first(counting, lambda space: decides(space, criterion)) is not None:
            return
        acting = self._first(counting, _acts(criterion))
        other = self._shadow_of(criterion, counting)
        if other is None:
            self._report(
                _About("never-decides", criterion),
                "no outcome depends on it: without it, every case would be decided as it is",
                "compare it with the criteria it stands beside, or delete it",
                acting,
                f"{criterion.id} does not decide",
            )
        elif criterion.effect is Effect.SUPPORT and other.effect is not Effect.SUPPORT:
            self._report(
                _About("always-beaten", criterion, (other.id,)),
                f"whenever it is met, {other.id} turns the request down",
                "compare the conditions of both with the source",
                acting,
                f"{criterion.id} is met, and {other.id} upholds the denial",
            )
        elif criterion.effect is other.effect and self._shadow_of(other, self._counting(other), criterion):
            order = [known.id for known in self.checked.rulebook.criteria]
            earlier, later = sorted((criterion, other), key=lambda known: order.index(known.id))
            self._report(
                _About("duplicate", later, (earlier.id,)),
                f"it asks what {earlier.id} asks, of the same requests",
                "keep one of them",
                acting,
                f"{earlier.id} and {later.id} come to the same",
            )
            # Of two that are alike one is too many, and the other then decides.
            self.settled.add(earlier.id)
        else:
            self._report(
                _About("shadowed", criterion, (other.id,)),
                f"whenever it decides, {other.id} decides the same",
                f"delete it, or compare its condition with that of {other.id}",
                acting,
                f"{other.id} decides wherever {criterion.id} would",
            )

    def _shadow_of(
        self, criterion: Criterion, where: list[Space], candidate: Criterion | None = None
    ) -> Criterion | None:
        """A criterion (the candidate, or any) that acts in all cases in which this one does, in every space."""
        candidates = [candidate] if candidate is not None else list(where[0].counting if where else ())
        # One that does the same is the better explanation than one that defeats it.
        for other in sorted(candidates, key=lambda other: other.effect is not criterion.effect):
            if other.id == criterion.id or not _could_shadow(criterion, other):
                continue
            if all(
                _has(space.counting, other.id)
                and self._first([space], _both(_acts(criterion), _not(_acts(other)))) is None
                for space in where
            ):
                return other
        return None

    # laws

    def _laws(self, laws: Collection[Law]) -> None:
        told = {finding.rule for finding in self.found}
        known = {criterion.id for criterion in self.checked.rulebook.criteria}
        seen: set[tuple[Law, tuple[str, ...]]] = set()
        for proof in prove(self.checked.rulebook, kinds=self.kinds, laws=laws):
            named = tuple(name for name in proof.criteria if name in known)
            if proof.status not in (ProofStatus.FAILED, ProofStatus.UNKNOWN) or (proof.law, named) in seen:
                continue
            if proof.law in (Law.REACH, Law.NO_CONTRADICTION) and told & {proof.subject, *named}:
                continue
            seen.add((proof.law, named))
            self.spoilt.update(named[:1])
            self.found.append(self._broken(proof, named))

    def _broken(self, proof: Proof, named: tuple[str, ...]) -> RulebookFinding:
        """A law that does not hold, with the state in which it is broken, and the state before in words."""
        code = "law-fails" if proof.law is not Law.REACH else "one-outcome-only"
        case = shows = None
        if len(proof.counterexample) == 2:
            before, after = proof.counterexample
            space = self._space_of(after, proof.edition)
            moved = [name for name in space.facts if _differ(before, after, name)]
            case = smallest_case(space, after, named[:1], moved, self.accepts)
            shows = (
                f"it is {_outcome(space, after)}; with {_told(before, moved)} instead of {_told(after, moved)}, it is "
                f"{_outcome(space, before)}"
            )
        sources = self.checked.sources
        place = sources.of_criterion(named[0], "when", key=True) if named else sources.of_edition(proof.edition, "id")
        return RulebookFinding(
            code if proof.status is ProofStatus.FAILED else "not-proved",
            named[0] if named else proof.edition,
            place,
            f"the law of {proof.law.value}, for {_subject(proof)}: {proof.text}",
            "mend the condition, or state the exception with its reason in the YAML",
            case,
            None if case is None else shows,
        )

    def _space_of(self, view: RequestView, edition: str) -> Space:
        return next(space for space in self.spaces if space.rules.edition.id == edition and space.scope == view.scope)

    # tools

    def _where(self, *criteria: Criterion) -> list[Space]:
        """The spaces in which criteria apply: one of them anywhere, several where all have a say."""
        names = [criterion.id for criterion in criteria]
        return [space for space in self.spaces if _has(space.criteria if len(names) == 1 else space.counting, *names)]

    def _counting(self, criterion: Criterion) -> list[Space]:
        return [space for space in self.spaces if _has(space.counting, criterion.id)]

    def _first(self, where: Iterable[Space], asked: Asked) -> Shown | None:
        """The first space in which it is possible, with what was asked of it."""
        return next(((space, asked) for space in where if is_possible(space, asked(space))), None)

    def _report(
        self,
        about: _About,
        message: str,
        suggestion: str,
        shown: Shown | None = None,
        shows: str | None = None,
    ) -> None:
        name = about.criterion.id
        case = None
        if shown is not None:
            space, asked = shown
            view = satisfiable(space, asked(space))
            case = view and smallest_case(space, view, (name, *about.also), (), self.accepts)
        place = self.checked.sources.of_criterion(name, "when", key=True)
        self.found.append(
            RulebookFinding(about.code, name, place, message, suggestion, case, shows if case is not None else None)
        )
        self.settled.add(name)
        if about.code in ("never-met", "contradiction"):
            self.spoilt |= {name, *about.also}


# what is asked of a space


def _is_met(criterion: Criterion) -> Asked:
    return lambda space: met(space, criterion)


def _satisfied(criterion: Criterion) -> Asked:
    """The criterion is in order by itself: a require is met, a defeat is not."""
    return _not(_is_met(criterion)) if criterion.effect is Effect.DEFEAT else _is_met(criterion)


def _acts(criterion: Criterion) -> Asked:
    """The criterion does what its effect is: it turns down, or it is met."""
    return (lambda space: stands(space, criterion)) if criterion.effect in OPPOSING else _is_met(criterion)


def _not(asked: Asked) -> Asked:
    return lambda space: negated(asked(space))


def _both(one: Asked, other: Asked) -> Asked:
    return lambda space: every(one(space), other(space))


def _excusable(space: Space, *criteria: Criterion) -> bool:
    return any(excuses_of(space, criterion) for criterion in criteria)


def _subject(proof: Proof) -> str:
    return proof.kind if proof.law is Law.REACH else proof.subject


def _outcome(space: Space, view: RequestView) -> str:
    return plain.outcome(space.rules, view.scope.kind, plain.statuses(space.rules, view)).value


def _differ(one: RequestView, other: RequestView, fact: str) -> bool:
    return (one.facts[fact].state, one.facts[fact].value) != (other.facts[fact].state, other.facts[fact].value)


def _told(view: RequestView, facts: Iterable[str]) -> str:
    return " and ".join(f"{name} {view.facts[name].text}" for name in facts)


def _could_shadow(criterion: Criterion, other: Criterion) -> bool:
    """Whether what another criterion does could hide what this one does."""
    match criterion.effect:
        case Effect.SUPPORT:
            return other.effect in (Effect.SUPPORT, *OPPOSING)
        case Effect.EXCUSE:
            return other.effect is Effect.EXCUSE and set(criterion.excuses) <= set(other.excuses)
        case _:
            return other.effect in OPPOSING and criterion.effect in OPPOSING


def _has(criteria: Iterable[Criterion], *names: str) -> bool:
    return set(names) <= {criterion.id for criterion in criteria}
