"""A request on its way through the strata: what the rules engine has found of it, and the flat facts it is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from imr_engine.errors import RulesEngineError
from imr_engine.inference.formula import encode_fact
from imr_engine.inference.rete.compiler import CLASS, KIND, MET, NOT_COMPUTABLE, NOT_DOCUMENTED, NOT_MET, ORDER, PHASE
from imr_engine.inference.rete.program import Program, ReteResult, Shard, Stratum
from imr_engine.inference.values import FactState, FactValue, RequestView
from imr_engine.prediction import Status
from imr_engine.rulebook.model import FactDeclaration, FactType
from imr_engine.units.interval import Interval

__all__ = ["RunningRequest"]

_LETTERS = {
    Status.MET: MET,
    Status.NOT_MET: NOT_MET,
    Status.NOT_DOCUMENTED: NOT_DOCUMENTED,
    Status.NOT_COMPUTABLE: NOT_COMPUTABLE,
}


@dataclass(slots=True)
class RunningRequest:
    """A request on its way through the strata: what has been found of it, and its attributes by short name."""

    program: Program
    view: RequestView
    found: set[int] = field(default_factory=set)
    statuses: dict[str, Status] = field(default_factory=dict)
    _attributes: dict[str, str | int] = field(default_factory=dict)
    _encoded: set[str] = field(default_factory=set)
    _failed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        program, scope = self.program, self.view.scope
        order = program.orders.get(scope.kind, program.default_order)
        self.found.update(program.always)
        self.found.add(program.order_findings[order])
        self._failed = frozenset(
            name for name, fact in self.view.facts.items() if fact.state is FactState.NOT_COMPUTABLE
        )
        self._put(KIND, f"v:{scope.kind}")
        self._put(CLASS, f"v:{scope.drug_class}")
        self._put(PHASE, f"v:{scope.phase}")
        self._put(ORDER, f"v:{order}")
        for names, held in ((program.ingredients, scope.ingredients), (program.regions, scope.regions)):
            for value, name in names.items():
                self._attributes[name] = "t" if value in held else "f"
        if program.statuses_at_once:
            self._settle()

    def concerns(self, shard: Shard) -> bool:
        """Whether a shard's rules can matter to this request."""
        return (shard.gate is None or not shard.gate.isdisjoint(self.found)) and (
            shard.failed_facts is None or not shard.failed_facts.isdisjoint(self._failed)
        )

    def fact(self, shard: Shard, number: str, session: str) -> dict[str, str | int]:
        """The flat fact of a shard. Its id stands first: that is how a firing is known."""
        for name in shard.facts:
            if name not in self._encoded:
                self._encode(name)
        attributes = self._attributes
        flat: dict[str, str | int] = {"id": number, "sid": session, "k": shard.key}
        for name in shard.attributes:
            value = attributes.get(name)
            if value is not None:
                flat[name] = value
        return flat

    def close(self, stratum: Stratum) -> None:
        """Makes attributes of what a stratum found and of what it did not."""
        found, attributes = self.found, self._attributes
        for name, finding in stratum.flags:
            attributes[name] = "t" if finding in found else "f"
        for name, findings in stratum.counts:
            attributes[name] = sum(1 for finding in findings if finding in found)
        if stratum.settles_statuses:
            self._settle()

    def result(self) -> ReteResult:
        """What was concluded, once all strata ran."""
        concluded = [self.program.conclusions[finding] for finding in self.found if finding in self.program.conclusions]
        if len(concluded) != 1:
            raise RulesEngineError(f"the rules engine came to {len(concluded)} outcomes for one request")
        speaking, outcome = concluded[0]
        return ReteResult(self.view.request, self.statuses, speaking, outcome)

    def _settle(self) -> None:
        found = self.found
        for criterion in self.program.criteria:
            letter = "-"
            if criterion.applies in found:
                status = Status.NOT_DOCUMENTED
                if criterion.met in found:
                    status = Status.MET
                    if criterion.not_met in found:
                        raise RulesEngineError(f"the rules engine found {criterion.id} both met and not met")
                elif criterion.not_met in found:
                    status = Status.NOT_MET
                elif criterion.open in found:
                    status = Status.NOT_COMPUTABLE
                self.statuses[criterion.id] = status
                letter = _LETTERS[status]
            if criterion.attribute is not None:
                self._attributes[criterion.attribute] = letter

    def _encode(self, name: str) -> None:
        self._encoded.add(name)
        fact = self.view.facts.get(name)
        if fact is None:
            raise RulesEngineError(f"the view of a request does not hold the fact {name}")
        if not _fits(fact, self.program.facts[name]):
            raise RulesEngineError(f"the value of {name} is not of the kind that its declaration states")
        for attribute, value in encode_fact(fact).items():
            self._put(attribute, value)

    def _put(self, attribute: str, value: str | int) -> None:
        short = self.program.names.get(attribute)
        if short is not None:
            if isinstance(value, str) and value.startswith("v:"):
                value = self.program.codes.get((attribute, value), "-")
            self._attributes[short] = value


def _fits(fact: FactValue, declaration: FactDeclaration) -> bool:
    value: Any = fact.value
    if fact.state is not FactState.KNOWN:
        # What is not computable may still be bounded, if it is an amount.
        return value is None or isinstance(value, Interval)
    match declaration.type:
        case FactType.BOOLEAN:
            return isinstance(value, bool)
        case FactType.QUANTITY | FactType.COUNT:
            return isinstance(value, Interval)
        case FactType.CHOICE:
            return isinstance(value, str) and value in declaration.values
