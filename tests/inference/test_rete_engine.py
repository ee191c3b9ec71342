"""The adapter: threads, forks, and what happens when durable_rules misbehaves."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from imr_engine.errors import EngineUnavailable, RulesEngineError
from imr_engine.inference import plain
from imr_engine.inference.rete import ReteEngine, ReteResult, adapter, compile_rules
from imr_engine.inference.values import FactState, FactValue, RequestScope, RequestView
from imr_engine.prediction import Effect, Outcome, Status
from imr_engine.rulebook.model import Rules, Scope
from imr_engine.rulebook.tree import AllOf, AnyOf, AtLeast, Compare, Comparison, Documented, Holds, IsOneOf, Not
from imr_engine.testing.random_rules import amount, criterion, rules_of, view_with
from imr_engine.units.interval import Interval

ENGINE = ReteEngine()

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 13) and not ENGINE.available(), reason="durable_rules cannot be imported here"
)

SIGNS = tuple(Holds(f"sign_{number}") for number in range(5))
CEILING = Compare("amount_0", Comparison.AT_MOST, amount(120))
RULES = rules_of(
    criterion("ceiling", Effect.REQUIRE, CEILING, scope=Scope(classes=("opioid",))),
    criterion("specialist", Effect.EXCUSE, SIGNS[0], scope=Scope(classes=("opioid",)), excuses=("ceiling",)),
    criterion("review", Effect.REQUIRE, AtLeast(amount(3), SIGNS[1:])),
    criterion("ground", Effect.SUPPORT, AnyOf((IsOneOf("course", ("first",)), Documented("visits")))),
    criterion("inconsistent", Effect.DEFEAT, AllOf((IsOneOf("screen", ("inconsistent",)), Not(SIGNS[4])))),
    key="rules of the adapter's tests",
)


def views() -> list[RequestView]:
    """Sixteen requests that differ in outcome."""
    made: list[RequestView] = []
    for number in range(16):
        facts: dict[str, object] = {
            "sign_0": number % 2 == 0,
            **{f"sign_{sign}": True for sign in (1, 2, 3)},
            "sign_4": FactState.NOT_COMPUTABLE if number % 3 == 1 else False,
            "amount_0": Interval.exact(Fraction(359 + number % 3, 3)),
            "course": "first" if number % 3 else "repeated",
            "screen": "inconsistent" if number % 4 == 0 else "consistent",
        }
        view = view_with(facts, RequestScope("drug", "opioid" if number % 7 else "hypnotic"))
        made.append(RequestView(f"request-{number}", view.scope, view.facts))
    return made


def by_plain(rules: Rules, some: list[RequestView]) -> list[ReteResult]:
    results: list[ReteResult] = []
    for view in some:
        found = plain.statuses(rules, view)
        kind = view.scope.kind
        results.append(
            ReteResult(view.request, found, plain.speaking(rules, kind, found), plain.outcome(rules, kind, found))
        )
    return results


def test_the_requests_of_these_tests_come_to_every_outcome():
    assert {result.outcome for result in by_plain(RULES, views())} == set(Outcome)


def test_one_evaluation_answers_each_request():
    assert ENGINE.evaluate(compile_rules(RULES), views()) == by_plain(RULES, views())


def test_no_requests_are_no_results():
    assert ENGINE.evaluate(compile_rules(RULES), []) == []


def test_hundreds_of_requests_fit_one_evaluation():
    many = [
        RequestView(f"{view.request} again {number}", view.scope, view.facts)
        for number in range(40)
        for view in views()
    ]
    assert ENGINE.evaluate(compile_rules(RULES), many) == by_plain(RULES, many)


def test_rules_without_any_criterion_leave_every_request_undetermined():
    (result,) = ENGINE.evaluate(compile_rules(rules_of(key="none")), views()[:1])
    assert result == ReteResult("request-0", {}, None, Outcome.UNDETERMINED)


def test_conditions_that_are_constants_are_answered_too():
    rules = rules_of(
        criterion("always", Effect.SUPPORT, AllOf(())), criterion("never", Effect.DEFEAT, AnyOf(())), key="constants"
    )
    (result,) = ENGINE.evaluate(compile_rules(rules), views()[:1])
    assert result.statuses == {"always": Status.MET, "never": Status.NOT_MET}
    assert result.outcome is Outcome.OVERTURNED


# threads and forks


def test_eight_threads_get_the_answers_that_one_gets():
    programs = [
        (rules, compile_rules(rules))
        for rules in (RULES, *(rules_of(criterion("c", Effect.REQUIRE, sign), key=f"t {sign}") for sign in SIGNS))
    ]
    wrong: list[str] = []

    def work(start: int) -> None:
        for turn in range(60):
            rules, program = programs[(start + turn) % len(programs)]
            some = views()[start % 4 : start % 4 + 1 + turn % 8]
            if ENGINE.evaluate(program, some) != by_plain(rules, some):
                wrong.append(rules.key)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert wrong == []


def answer_in_a_child(engine: ReteEngine, answers: Any) -> None:
    answers.put(engine.evaluate(compile_rules(RULES), views()))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_worker_forked_while_other_threads_evaluate_gets_the_same_answers():
    context = multiprocessing.get_context("fork")
    program, expected = compile_rules(RULES), by_plain(RULES, views())
    stop = threading.Event()

    def keep_evaluating() -> None:
        while not stop.is_set():
            ENGINE.evaluate(program, views())

    threads = [threading.Thread(target=keep_evaluating) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(6):
            answers = context.SimpleQueue()
            child = context.Process(target=answer_in_a_child, args=(ENGINE, answers))
            child.start()
            child.join(timeout=30)
            assert child.exitcode == 0
            assert answers.get() == expected
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert ENGINE.evaluate(program, views()) == expected


# faults


class Faulty:
    """The real C module, but for one call, which goes wrong the first ``times`` times."""

    def __init__(self, call: str, fault: Callable[[Callable[..., Any], tuple[Any, ...]], Any], times: int = 1) -> None:
        self._real = importlib.import_module(adapter.MODULE)
        self._call = call
        self._fault = fault
        self.times = times
        self.deleted_states = 0

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)

        def called(*arguments: Any) -> Any:
            self.deleted_states += name == "delete_state"
            if name == self._call and self.times > 0:
                self.times -= 1
                return self._fault(real, arguments)
            return real(*arguments)

        return called


def raising(error: Exception) -> Callable[[Callable[..., Any], tuple[Any, ...]], Any]:
    def fault(*_: Any) -> Any:
        raise error

    return fault


def answering(answer: Any) -> Callable[[Callable[..., Any], tuple[Any, ...]], Any]:
    def fault(*_: Any) -> Any:
        return answer

    return fault


def without_sentinel(real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    handle, facts = arguments
    return real(handle, facts.replace('"k":"end"', '"k":"lost"'))


def only_the_sentinel(real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    handle, facts = arguments
    return real(handle, facts.replace('"k":"s0"', '"k":"lost"'))


def none_matched(real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    handle, facts = arguments
    return real(handle, facts.replace('"k":"', '"k":"lost'))


def own_error(text: str) -> Exception:
    return importlib.import_module(adapter.MODULE).error(text)


FAULTS: list[tuple[str, Any, str]] = [
    ("create_ruleset", raising(MemoryError()), "MemoryError"),
    ("assert_facts", "own error", "error code 303"),
    ("assert_facts", raising(ValueError("Jane Doe")), "ValueError"),
    ("assert_facts", without_sentinel, "the sentinel did not fire"),
    ("assert_facts", none_matched, "the sentinel did not fire"),
    ("assert_facts", lambda real, arguments: (303, real(*arguments)[1]), "answered with code 303"),
    ("start_action_for_state", answering(None), "the sentinel did not fire"),
    ("start_action_for_state", lambda real, arguments: (real(*arguments)[0], "{}"), "a firing that cannot be"),
    (
        "start_action_for_state",
        lambda real, arguments: (real(*arguments)[0], '{"r999":{"m":{"id": "0"}}}'),
        "a firing that cannot be",
    ),
    ("complete_and_start_action", answering(None), "the sentinel did not fire last"),
    ("complete_and_start_action", answering(7), "TypeError"),
    ("complete_and_start_action", raising(SystemError()), "SystemError"),
    ("delete_state", raising(RuntimeError("of Jane Doe")), "RuntimeError"),
]


@pytest.mark.parametrize(("call", "fault", "message"), FAULTS, ids=[f"{call}: {text}" for call, _, text in FAULTS])
def test_a_fault_of_the_engine_is_an_error_and_the_next_evaluation_works(call: str, fault: Any, message: str):
    if fault == "own error":
        fault = raising(own_error("Could not assert facts about Jane Doe, error code: 303"))
    module = Faulty(call, fault)
    engine = ReteEngine(module)
    program = compile_rules(RULES)
    with pytest.raises(RulesEngineError, match=message) as caught:
        engine.evaluate(program, views())
    assert module.times == 0
    assert "Jane" not in str(caught.value)
    # Nothing that the module said is chained to it either, where a log would print it.
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert engine.evaluate(program, views()) == by_plain(RULES, views())


def test_a_firing_repeated_without_end_is_noticed():
    repeated = '{"r0":{"m":{"id": "0"}}}'
    module = Faulty("complete_and_start_action", answering(repeated), times=10**9)
    with pytest.raises(RulesEngineError, match="a firing that cannot be"):
        ReteEngine(module).evaluate(compile_rules(RULES), views())


def test_no_session_is_deleted_in_which_nothing_fired():
    module = Faulty("assert_facts", none_matched)
    with pytest.raises(RulesEngineError):
        ReteEngine(module).evaluate(compile_rules(RULES), views())
    assert module.deleted_states == 0


def test_a_lost_fact_is_an_error_or_changes_nothing_but_never_an_outcome_out_of_thin_air():
    # The engine that drops a fact and still fires the sentinel cannot be told from one whose rules did not match;
    # that is what the plain reading is there for. It must not leave a request without an outcome, or with two.
    module = Faulty("assert_facts", only_the_sentinel, times=10**9)
    with pytest.raises(RulesEngineError, match="0 outcomes"):
        ReteEngine(module).evaluate(compile_rules(RULES), views())


def test_where_durable_rules_cannot_be_imported_the_engine_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, adapter.MODULE, None)
    adapter._durable_rules.cache_clear()
    try:
        engine = ReteEngine()
        assert not engine.available()
        with pytest.raises(EngineUnavailable, match="cannot be imported"):
            engine.evaluate(compile_rules(RULES), views())
    finally:
        adapter._durable_rules.cache_clear()


# views that do not hold what was declared


def replaced(view: RequestView, fact: FactValue | None, name: str) -> RequestView:
    facts = {key: value for key, value in view.facts.items() if key != name}
    return RequestView(view.request, view.scope, facts if fact is None else {**facts, name: fact})


@pytest.mark.parametrize(
    ("name", "value"), [("course", "of my own"), ("sign_1", "yes"), ("amount_0", True), ("screen", True)]
)
def test_a_value_that_the_declaration_does_not_allow_never_reaches_the_engine(name: str, value: Any):
    view = replaced(views()[1], FactValue(name, FactState.KNOWN, value), name)
    with pytest.raises(RulesEngineError, match=f"the value of {name} is not of the kind"):
        ENGINE.evaluate(compile_rules(RULES), [view])


def test_a_fact_that_the_view_leaves_out_is_an_error_and_not_a_gap_of_the_record():
    with pytest.raises(RulesEngineError, match="does not hold the fact amount_0"):
        ENGINE.evaluate(compile_rules(RULES), [replaced(views()[1], None, "amount_0")])


# memory


def resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not tell its resident memory so")
def test_memory_stays_flat_over_thousands_of_evaluations():
    program, some = compile_rules(RULES), views()[:4]
    for _ in range(500):
        ENGINE.evaluate(program, some)
    before = resident_megabytes()
    for _ in range(3_000):
        ENGINE.evaluate(program, some)
    assert resident_megabytes() - before < 4


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system does not tell its resident memory so")
def test_rulesets_of_rules_that_are_no_longer_used_are_freed():
    engine, some = ReteEngine(), views()[:1]

    def use(first: int, last: int) -> None:
        for number in range(first, last):
            conditions = [Compare("amount_0", Comparison.AT_MOST, amount(number + step)) for step in range(30)]
            criteria = [criterion(f"c{step}", Effect.REQUIRE, when) for step, when in enumerate(conditions)]
            engine.evaluate(compile_rules(rules_of(*criteria, key=f"use {number}")), some)

    use(0, 60)
    before = resident_megabytes()
    use(60, 260)
    assert resident_megabytes() - before < 8
