"""Turns formulas into rules that durable_rules can run safely: split, put in strata, and packed into shards and banks.

The limits come from measurements of durable_rules 2.0.28; each stays well below the point where the engine fails.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from imr_engine.inference.formula import And, Atom, Count, Formula, Or, always, never
from imr_engine.inference.rete.folding import ALWAYS, NEVER, atoms, firings, fold, group_count, leaf_count
from imr_engine.inference.rete.program import SENTINEL_RULE, SENTINEL_SHARD, Bank, Shard, Stratum

__all__ = ["LEAVES_PER_SHARD", "RULES_PER_SHARD", "Gate", "Planner"]

LEAVES_PER_SHARD = 55
"""Condition leaves that read one fact, the shard key of each rule included. Beyond 64 the engine loses the fact."""
RULES_PER_SHARD = 32
"""Rules that read one fact; 256 rules on one condition crash the engine."""
ATTRIBUTES_PER_SHARD = 100
"""Attributes of one fact; the engine refuses more than 252."""
LEAVES_PER_RULE = 48
GROUPS_PER_RULE = 12
"""``$and`` and ``$or`` in one condition; with more than 15 the engine refuses it (error 113)."""
FIRINGS_PER_RULE = 64
"""An ``$or`` fires once for each branch that holds, and branches of several multiply."""
RULES_PER_BANK = 64
"""A session costs time in proportion to the rules of its ruleset, and one ruleset takes 4,096 rules, 512 shards."""

_TESTS = {"!=": "$neq", "<=": "$lte", "<": "$lt", ">=": "$gte", ">": "$gt"}


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule can matter where ``finding`` holds (None: always) and, with ``failed_facts``, only if one failed.

    Rules of one ``family`` are likely to matter together, and are packed together.
    """

    finding: int | None = None
    family: tuple[Any, ...] = ()
    failed_facts: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule before it is packed."""

    finding: int
    formula: Formula
    gate: Gate


class Planner:
    """Collects what is to be concluded, then lays it out.

    A finding lies in the first stratum that comes after everything its formulas read. What an attribute is, and where
    it comes from, is kept here by its long name; the engine sees short ones.
    """

    def __init__(self) -> None:
        self._always: set[int] = set()
        self._rules: dict[int, list[_Rule]] = defaultdict(list)
        self._levels: dict[int, int] = {}
        self._attribute_levels: dict[str, int] = {}
        self._flags: dict[str, int] = {}
        self._counts: dict[str, tuple[int, ...]] = {}
        self._parts: dict[tuple[Formula, Gate], int] = {}
        self._short: dict[str, str] = {}
        self._codes: dict[tuple[str, str], str] = {}
        self._codes_of: dict[str, int] = defaultdict(int)
        self._next_finding = 0

    # what is to be concluded

    def new_finding(self) -> int:
        """A finding that nothing concludes yet."""
        self._next_finding += 1
        return self._next_finding

    def conclude(self, finding: int, formula: Formula, gate: Gate) -> None:
        """Lets a finding hold where the formula does; several formulas of one finding are alternatives.

        Where the gate is closed, the finding is left open: nobody may read it there.
        """
        folded = fold(formula)
        if folded == ALWAYS:
            self._always.add(finding)
            return
        if folded == NEVER:
            return
        alternatives = folded.parts if isinstance(folded, Or) else (folded,)
        for group in _grouped(self._fitted(part, gate) for part in alternatives):
            level = max(self._attribute_levels.get(atom.attribute, 0) for atom in atoms(group))
            if gate.finding is not None:
                level = max(level, self._levels.get(gate.finding, -1) + 1)
            self._rules[level].append(_Rule(finding, group, gate))
            self._levels[finding] = max(level, self._levels.get(finding, 0))

    def holds(self, finding: int) -> Formula:
        """That a finding holds, as a formula for a later stratum."""
        if finding in self._always:
            return always()
        if finding not in self._levels:
            return never()
        return Atom(self._flag(finding), "==", "t")

    def fails(self, finding: int) -> Formula:
        """That a finding does not hold, as a formula for a later stratum."""
        if finding in self._always:
            return never()
        if finding not in self._levels:
            return always()
        return Atom(self._flag(finding), "==", "f")

    def attribute_after(self, attribute: str, level: int) -> None:
        """Declares an attribute that is known only once the strata up to ``level`` have run."""
        self._attribute_levels[attribute] = level + 1

    def level_of(self, finding: int) -> int:
        """The stratum after which a finding is settled; -1 where it needs none."""
        return self._levels.get(finding, -1)

    def short_name(self, attribute: str) -> str:
        """The name of an attribute inside the engine: dots would mean nesting there, and length costs time."""
        return self._short.setdefault(attribute, f"a{len(self._short)}")

    @property
    def always(self) -> frozenset[int]:
        """The findings that hold for every request."""
        return frozenset(self._always)

    @property
    def names(self) -> Mapping[str, str]:
        """The short name of every attribute that some rule reads, by its long name."""
        return dict(self._short)

    @property
    def codes(self) -> Mapping[tuple[str, str], str]:
        """The short value of every text that some rule asks for, by long name and text."""
        return dict(self._codes)

    def _flag(self, finding: int) -> str:
        attribute = f":finding:{finding}"
        self._flags[attribute] = finding
        self._attribute_levels[attribute] = self._levels[finding] + 1
        return attribute

    # splitting

    def _fitted(self, formula: Formula, gate: Gate) -> Formula:
        """The formula within the limits of one rule, its excess concluded in an earlier stratum."""
        match formula:
            case Atom():
                return formula
            case Count(parts, wanted):
                findings = tuple(self._part(part, gate) for part in parts)
                attribute = ":count:" + ",".join(map(str, findings))
                self._counts[attribute] = findings
                # A part that folds to a constant was dropped, so each of these is concluded by a rule.
                self._attribute_levels[attribute] = max(self._levels[finding] for finding in findings) + 1
                return Atom(attribute, ">=", wanted)
            case And(parts) | Or(parts):
                kind = type(formula)
                fitted = [self._fitted(part, gate) for part in parts]
                while not _fits(kind(tuple(fitted))):
                    groups = [part for part in fitted if not isinstance(part, Atom)]
                    if groups:
                        largest = max(groups, key=lambda part: (firings(part), group_count(part), leaf_count(part)))
                        fitted[fitted.index(largest)] = self._hoisted(largest, gate)
                    else:
                        fitted = [
                            self._hoisted(kind(tuple(fitted[start : start + LEAVES_PER_RULE])), gate)
                            for start in range(0, len(fitted), LEAVES_PER_RULE)
                        ]
                return kind(tuple(fitted)) if len(fitted) > 1 else fitted[0]

    def _hoisted(self, formula: Formula, gate: Gate) -> Formula:
        return Atom(self._flag(self._part(formula, gate)), "==", "t")

    def _part(self, formula: Formula, gate: Gate) -> int:
        known = self._parts.get((formula, gate))
        if known is not None:
            return known
        finding = self.new_finding()
        self.conclude(finding, formula, gate)
        self._parts[formula, gate] = finding
        return finding

    # layout

    def strata(self, statuses_settled_after: int) -> tuple[Stratum, ...]:
        """Every rule in strata, banks and shards."""
        return tuple(
            Stratum(
                tuple(self._banks(level)),
                tuple(
                    (self.short_name(name), finding)
                    for name, finding in self._flags.items()
                    if self._levels[finding] == level
                ),
                tuple(
                    (self.short_name(name), findings)
                    for name, findings in self._counts.items()
                    if self._attribute_levels[name] == level + 1
                ),
                settles_statuses=level == statuses_settled_after,
            )
            for level in range(max(self._rules, default=-1) + 1)
        )

    def _banks(self, level: int) -> Iterator[Bank]:
        shards = list(_packed(self._rules[level]))
        batch: list[list[_Rule]] = []
        for shard in shards:
            apart = batch and (batch[0][0].gate.failed_facts is None) != (shard[0].gate.failed_facts is None)
            if batch and (apart or sum(map(len, batch)) + len(shard) > RULES_PER_BANK):
                yield self._bank(level, batch)
                batch = []
            batch.append(shard)
        if batch:
            yield self._bank(level, batch)

    def _bank(self, level: int, batch: list[list[_Rule]]) -> Bank:
        shards: list[Shard] = []
        rules: dict[str, tuple[int, str]] = {}
        ruleset: dict[str, Any] = {}
        most_firings = 0
        for number, shard_rules in enumerate(batch):
            key = f"s{number}"
            shards.append(self._shard(key, shard_rules))
            for rule in shard_rules:
                name = f"r{len(rules)}"
                rules[name] = (rule.finding, key)
                ruleset[name] = {"all": [{"m": self._condition(key, rule.formula)}], "pri": 0}
            most_firings = max(most_firings, sum(_ways(rule.formula) for rule in shard_rules))
        # The highest number fires last.
        ruleset[SENTINEL_RULE] = {"all": [{"m": {"k": SENTINEL_SHARD}}], "pri": 1000}
        name = f"stratum {level}, rules from finding {batch[0][0].finding} on"
        return Bank(name, json.dumps(ruleset), tuple(shards), rules, most_firings)

    def _shard(self, key: str, rules: list[_Rule]) -> Shard:
        attributes = dict.fromkeys(atom.attribute for rule in rules for atom in atoms(rule.formula))
        gates = [rule.gate for rule in rules]
        opened_by = [gate.finding for gate in gates if gate.finding is not None and gate.finding not in self._always]
        failed = [gate.failed_facts for gate in gates if gate.failed_facts is not None]
        return Shard(
            key,
            tuple(self.short_name(name) for name in attributes),
            tuple(dict.fromkeys(name.split(".")[0] for name in attributes if not name.startswith(":"))),
            frozenset(opened_by) if len(opened_by) == len(gates) else None,
            frozenset().union(*failed) if failed else None,
        )

    def _condition(self, key: str, formula: Formula) -> dict[str, Any]:
        parts = formula.parts if isinstance(formula, And) else (formula,)
        return {"$and": [{"k": key}, *(self._expression(part) for part in parts)]}

    def _expression(self, formula: Formula) -> dict[str, Any]:
        match formula:
            case Atom(attribute, test, value):
                name = self.short_name(attribute)
                equality = {name: self._code(attribute, value)}
                return equality if test == "==" else {_TESTS[test]: equality}
            case And(parts):
                return {"$and": [self._expression(part) for part in parts]}
            case Or(parts):
                return {"$or": [self._expression(part) for part in parts]}
            case Count():
                raise TypeError("a count is concluded in an earlier stratum, and never reaches a rule")

    def _code(self, attribute: str, value: str | int) -> str | int:
        if isinstance(value, int) or not value.startswith("v:"):
            return value
        known = self._codes.get((attribute, value))
        if known is None:
            known = self._codes[attribute, value] = f"v{self._codes_of[attribute]}"
            self._codes_of[attribute] += 1
        return known


def _fits(formula: Formula) -> bool:
    return (
        leaf_count(formula) <= LEAVES_PER_RULE
        and firings(formula) <= FIRINGS_PER_RULE
        and group_count(formula) <= GROUPS_PER_RULE
    )


def _grouped(alternatives: Iterable[Formula]) -> Iterator[Formula]:
    """Alternatives of one finding, as few rules as the limits allow."""
    group: list[Formula] = []
    for part in alternatives:
        if group and not _fits(Or((*group, part))):
            yield Or(tuple(group)) if len(group) > 1 else group[0]
            group = []
        group.append(part)
    yield Or(tuple(group)) if len(group) > 1 else group[0]


def _packed(rules: list[_Rule]) -> Iterator[list[_Rule]]:
    """The rules of a stratum by the fact they read: a family to a shard, or to several where it is too long."""
    families: dict[tuple[bool, tuple[Any, ...]], list[_Rule]] = defaultdict(list)
    for rule in rules:
        families[rule.gate.failed_facts is not None, rule.gate.family].append(rule)
    for key in sorted(families, key=lambda key: key[0]):
        shard: list[_Rule] = []
        leaves = 0
        names: set[str] = set()
        for rule in families[key]:
            more = leaf_count(rule.formula) + 1
            more_names = {atom.attribute for atom in atoms(rule.formula)}
            if shard and (
                leaves + more > LEAVES_PER_SHARD
                or len(shard) == RULES_PER_SHARD
                or len(names | more_names) > ATTRIBUTES_PER_SHARD
            ):
                yield shard
                shard, leaves, names = [], 0, set()
            shard.append(rule)
            leaves += more
            names |= more_names
        yield shard


def _ways(formula: Formula) -> int:
    """An upper bound of the firings of a rule that assumes nothing about which branches exclude one another."""
    match formula:
        case And(parts):
            ways = 1
            for part in parts:
                ways *= _ways(part)
            return ways
        case Or(parts):
            return sum(map(_ways, parts))
        case Atom() | Count():
            return 1
