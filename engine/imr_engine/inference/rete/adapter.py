"""The one place where durable_rules is reached: runs a compiled program in it, in the one way that is safe.

Only its C module is used: one flat fact per shard, a sentinel in every batch, a session for each batch that is deleted
afterwards, and one lock. Whatever it does that is not expected becomes a ``RulesEngineError`` that says nothing of the
case, and the rulesets are built anew for the next evaluation.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import re
import threading
import weakref
from collections import OrderedDict
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Protocol, cast

from imr_engine.errors import EngineUnavailable, RulesEngineError
from imr_engine.inference.rete.program import SENTINEL_RULE, SENTINEL_SHARD, Bank, Program, ReteResult, Shard
from imr_engine.inference.rete.running import RunningRequest
from imr_engine.inference.values import RequestView

__all__ = ["ReteEngine", "RulesModule"]

MODULE = "durable_rules_engine"
PROGRAMS_KEPT = 16
FACTS_PER_BATCH = 200
SESSION_IDS = 64
"""Sessions are numbered, and the numbers used again; nothing of a case ever names one."""

_FIRED = re.compile(r'\{\s*"(r\d+|z)"\s*:\s*\{\s*"m"\s*:\s*\{\s*"id"\s*:\s*"(\d+)"')
"""How a firing begins: the rule, then the fact, whose id we always write first."""

_JSON = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
"""Facts as the engine takes them in: ASCII, and as short as they can be."""

_CODE = re.compile(r"error code: (\d+)")


class RulesModule(Protocol):
    """What is used of the C module."""

    def create_ruleset(self, name: str, rules: str, /) -> int:
        """Compiles rules, and gives the handle of their ruleset."""
        ...

    def delete_ruleset(self, handle: int, /) -> None:
        """Frees a ruleset."""
        ...

    def assert_facts(self, handle: int, facts: str, /) -> tuple[int, int]:
        """Asserts facts in the session that they name, and gives a code and the session's place."""
        ...

    def start_action_for_state(self, handle: int, state: int, /) -> tuple[str, str] | None:
        """Starts the first action, and gives the session and what fired; None where nothing did."""
        ...

    def complete_and_start_action(self, handle: int, state: int, /) -> str | None:
        """Completes an action and starts the next; None after the last."""
        ...

    def delete_state(self, handle: int, session: str, /) -> None:
        """Ends a session."""
        ...


@lru_cache(maxsize=1)
def _durable_rules() -> RulesModule | None:
    # A wheel that was built without the flag Python 3.13 needs is there, but raises ImportError too.
    try:
        return cast("RulesModule", importlib.import_module(MODULE))
    except ImportError:
        return None


class ReteEngine:
    """Runs programs in durable_rules. One engine may serve all threads of a process, and goes on serving after a fork.

    Args:
        module: stands in for the C module; for tests.
    """

    def __init__(self, module: RulesModule | None = None) -> None:
        self._module = module
        self.start_afresh()
        _ENGINES.add(self)

    def available(self) -> bool:
        """Whether durable_rules can be imported here; tried once."""
        return self._module is not None or _durable_rules() is not None

    def evaluate(self, program: Program, views: Sequence[RequestView]) -> list[ReteResult]:
        """What the engine concludes of each request.

        Raises:
            EngineUnavailable: durable_rules cannot be imported.
            RulesEngineError: it failed, or a view does not hold what the rules declare; nothing was concluded.
        """
        module = self._module or _durable_rules()
        if module is None:
            raise EngineUnavailable(f"{MODULE} cannot be imported")
        requests = [RunningRequest(program, view) for view in views]
        with self._lock:
            rulesets = self._rulesets_of(module, program)
            for stratum in program.strata:
                for bank in stratum.banks:
                    self._run(module, rulesets, bank, requests)
                for request in requests:
                    request.close(stratum)
        return [request.result() for request in requests]

    def start_afresh(self) -> None:
        """Forgets every ruleset and session, and whoever held the lock; for a process that was just forked."""
        self._lock = threading.Lock()
        self._programs: OrderedDict[Program, dict[Bank, int]] = OrderedDict()
        self._sessions = itertools.cycle([str(number) for number in range(SESSION_IDS)])

    def _rulesets_of(self, module: RulesModule, program: Program) -> dict[Bank, int]:
        rulesets = self._programs.setdefault(program, {})
        self._programs.move_to_end(program)
        while len(self._programs) > PROGRAMS_KEPT:
            _, old = self._programs.popitem(last=False)
            for handle in old.values():
                with _faults("deleting a ruleset"):
                    module.delete_ruleset(handle)
        return rulesets

    def _run(
        self, module: RulesModule, rulesets: dict[Bank, int], bank: Bank, requests: Iterable[RunningRequest]
    ) -> None:
        batch = [(request, shard) for request in requests for shard in bank.shards if request.concerns(shard)]
        for start in range(0, len(batch), FACTS_PER_BATCH):
            self._session(module, rulesets, bank, batch[start : start + FACTS_PER_BATCH])

    def _session(
        self,
        module: RulesModule,
        rulesets: dict[Bank, int],
        bank: Bank,
        batch: list[tuple[RunningRequest, Shard]],
    ) -> None:
        session = next(self._sessions)
        facts = [request.fact(shard, str(number), session) for number, (request, shard) in enumerate(batch)]
        facts.append({"id": str(len(batch)), "sid": session, "k": SENTINEL_SHARD})
        # Taken out while it works and put back when all went well, so that a ruleset that failed, or was interrupted
        # half-way, is never built upon. It is not deleted: nobody knows what deleting it would do.
        handle = rulesets.pop(bank, None)
        with _faults(f"the rules engine failed in {bank.name}"):
            if handle is None:
                handle = module.create_ruleset(f"imr-{id(bank)}", bank.ruleset)
            fired = _fire(module, handle, session, _JSON(facts), bank, len(batch))
        rulesets[bank] = handle
        for rule, number in fired:
            finding, key = bank.rules[rule]
            request, shard = batch[number]
            if shard.key != key:
                raise RulesEngineError(f"a rule fired on a fact that it does not read, in {bank.name}")
            request.found.add(finding)


_ENGINES: weakref.WeakSet[ReteEngine] = weakref.WeakSet()


def _after_fork() -> None:
    # A thread that does not exist here may have held the lock, or have been half-way through a session. What the
    # rulesets held is left alone: the memory is the parent's.
    for engine in list(_ENGINES):
        engine.start_afresh()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _fire(
    module: RulesModule, handle: int, session: str, facts: str, bank: Bank, sentinel: int
) -> list[tuple[str, int]]:
    """Every firing on these facts, the sentinel's left out, once it is sure that the sentinel fired, and last."""
    code, state = module.assert_facts(handle, facts)
    # 1: some fact was matched by no rule.
    if code not in (0, 1):
        raise RulesEngineError(f"the rules engine answered with code {code} in {bank.name}")
    started = module.start_action_for_state(handle, state)
    if started is None:
        # Nothing fired, not even the sentinel. The session stays: deleting it now would kill the process.
        raise RulesEngineError(f"the sentinel did not fire in {bank.name}: the batch was cut short")
    fired: list[tuple[str, int]] = []
    most = sentinel * bank.most_firings + 1
    try:
        message: str | None = started[1]
        while message is not None:
            match = _FIRED.match(message)
            if match is None or len(fired) == most:
                raise RulesEngineError(f"the rules engine reported a firing that cannot be, in {bank.name}")
            fired.append((match[1], int(match[2])))
            message = module.complete_and_start_action(handle, state)
    finally:
        module.delete_state(handle, session)
    if fired.pop() != (SENTINEL_RULE, sentinel):
        raise RulesEngineError(f"the sentinel did not fire last in {bank.name}: the batch was cut short")
    if any(rule not in bank.rules or number >= sentinel for rule, number in fired):
        raise RulesEngineError(f"the rules engine reported a firing that cannot be, in {bank.name}")
    return fired


@contextmanager
def _faults(what: str) -> Generator[None]:
    """Turns whatever the C module raises into our error, without its text, which could quote the case."""
    try:
        yield
    except RulesEngineError:
        raise
    except _kinds_of_fault() as error:
        code = _CODE.search(str(error))
        detail = f"error code {code[1]}" if code else type(error).__name__
        raise RulesEngineError(f"{what}: {detail}") from None


_BUILTIN_FAULTS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SystemError,
    TypeError,
    ValueError,
)


@lru_cache(maxsize=1)
def _kinds_of_fault() -> tuple[type[Exception], ...]:
    own = getattr(_durable_rules(), "error", None)
    return (own, *_BUILTIN_FAULTS) if isinstance(own, type) and issubclass(own, Exception) else _BUILTIN_FAULTS
