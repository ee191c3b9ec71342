"""Assertions on cases and pairs of cases. Each raises ``AssertionError`` with what was found and what was expected."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal

from imr_engine.api import load_rulebook, predict
from imr_engine.case.model import Case
from imr_engine.errors import ReadingsDisagree
from imr_engine.explain.as_data import prediction_as_data
from imr_engine.inference.engine import Inferred
from imr_engine.intake import load_case
from imr_engine.prediction import Determination, Outcome, Prediction, Status
from imr_engine.rulebook import Rulebook
from imr_engine.rulebook.model import Rules
from imr_engine.verify.judging import PreparedCase
from imr_engine.verify.variants import Variant

__all__ = [
    "AnyCase",
    "Law",
    "assert_monotone",
    "assert_outcome",
    "assert_readings_agree",
    "assert_same_bytes",
    "assert_variant",
    "disagreements",
]

AnyCase = Case | Mapping[str, Any] | Path | str
"""A case, a mapping of the same shape, or the path or text of a case file."""

Law = Literal["information", "support", "dose", "course"]
"""The laws that honest rules keep, each of one request with the outcomes of the other requests held fixed:

- *information*: the second case documents more. What was met or not met stays so.
- *support*: the second case documents more, and what it adds speaks for the request. It is not upheld after having been
  overturned.
- *dose*: the second case has a higher daily dose of an opioid. No opioid is overturned after having been upheld, unless
  a criterion marked ``needs_dose_at_least`` applies to it.
- *course*: the second case has a longer course. No muscle relaxant, benzodiazepine or hypnotic is overturned after
  having been upheld.
"""

_COURSE_CLASSES = ("muscle_relaxant", "benzodiazepine", "hypnotic")


def assert_outcome(
    case: AnyCase,
    request: str,
    outcome: Outcome | str,
    deciding: Iterable[str] | None = None,
    *,
    rulebook: Rulebook | None = None,
) -> Determination:
    """Assert what is predicted for one request, and that exactly these criteria decide it.

    Args:
        case: The case.
        request: The id of the request.
        outcome: ``upheld``, ``overturned`` or ``undetermined``.
        deciding: The ids of the criteria that decide, in any order; None leaves them open.
        rulebook: The rules; without, those that ship with this package.

    Returns:
        The determination, for further questions.

    Raises:
        AssertionError: The outcome is another one, or other criteria decide.
        ValueError: The case has no such request, or there is no such outcome.
    """
    wanted = Outcome(outcome)
    prediction = predict(_case(case), rulebook=rulebook)
    found = next((entry for entry in prediction.determinations if entry.request == request), None)
    if found is None:
        known = ", ".join(entry.request for entry in prediction.determinations)
        raise ValueError(f"the case has no request {request!r}; its requests are {known}")
    if found.outcome is not wanted:
        decided = f", decided by {', '.join(found.deciding)}" if found.deciding else ""
        raise AssertionError(f"{request} is {found.outcome}{decided}; expected {wanted}")
    if deciding is not None and sorted(found.deciding) != sorted(deciding):
        raise AssertionError(f"{request} is decided by {list(found.deciding)}, expected {sorted(deciding)}")
    return found


def assert_readings_agree(case: AnyCase, rulebook: Rulebook | None = None) -> Prediction:
    """Assert that the rules engine and the plain reading say the same of every criterion and request of a case.

    Returns:
        The prediction.

    Raises:
        AssertionError: They differ; it says in what.
        EngineUnavailable: durable_rules cannot be imported here, so that there is nothing to compare.
    """
    try:
        return predict(_case(case), rulebook=rulebook, engine="both")
    except ReadingsDisagree as error:
        raise AssertionError(str(error)) from error


def assert_same_bytes(case: AnyCase, other: AnyCase | None = None, *, rulebook: Rulebook | None = None) -> None:
    """Assert that a case gives the same output, byte for byte, each time it is asked.

    Args:
        case: The case.
        other: The same case written in another way, such as the file that a mapping was made from; without, the case
            itself is asked twice.
        rulebook: The rules; without, those that ship with this package.

    Raises:
        AssertionError: The outputs differ; it shows the first line that does.
    """
    again = deepcopy(case) if other is None else other
    first, second = (_printed(predict(_case(entry), rulebook=rulebook)) for entry in (case, again))
    if first != second:
        pairs = zip_longest(first.splitlines(), second.splitlines(), fillvalue="(nothing)")
        line, (one, two) = next((at, pair) for at, pair in enumerate(pairs, start=1) if pair[0] != pair[1])
        raise AssertionError(f"the outputs differ in line {line}: {one.strip()} and {two.strip()}")


def assert_monotone(law: Law, case: AnyCase, changed: AnyCase, *, rulebook: Rulebook | None = None) -> None:
    """Assert that a change to a case keeps one of the laws (see ``Law``) for every request that both cases have.

    Everything that the change touches is worked out anew, but for the outcomes of other requests, which are held as
    they were before the change. A case that no edition governs keeps every law, since nothing is said of it.

    Args:
        law: ``information``, ``support``, ``dose`` or ``course``.
        case: The case before the change.
        changed: The case after it; that the change is one that the law speaks of is for the caller to see to.
        rulebook: The rules; without, those that ship with this package.

    Raises:
        AssertionError: The law is broken for some request; it says for which, and how.
    """
    book = rulebook or load_rulebook()
    before = PreparedCase(_case(case), book)
    after = PreparedCase(_case(changed), book)
    answers = before.answers(book)
    if answers.rules is None:
        return
    broken: list[str] = []
    for request in (name for name in before.requests if name in after.requests):
        was, now = answers.inferred[request], after.answer(answers, request)
        broken.extend(f"{request}: {said}" for said in _broken(law, was, now, answers.rules))
    if broken:
        raise AssertionError(f"the law of {law} is broken:\n" + "\n".join(f"  {line}" for line in broken))


def _broken(law: Law, was: Inferred, now: Inferred, rules: Rules) -> Iterator[str]:
    """In what a law is broken for one request."""
    if law == "information":
        for criterion, status in was.statuses.items():
            then = now.statuses.get(criterion)
            if status in (Status.MET, Status.NOT_MET) and then is not status:
                yield f"{criterion} was {status} and is {then or 'no longer asked'}"
        return
    if law == "support":
        forbidden = (Outcome.OVERTURNED, Outcome.UPHELD)
    else:
        forbidden = (Outcome.UPHELD, Outcome.OVERTURNED)
        if not _speaks_of(law, was, rules):
            return
    if (was.outcome, now.outcome) == forbidden:
        yield f"it was {was.outcome} and is {now.outcome}"


def _speaks_of(law: Law, was: Inferred, rules: Rules) -> bool:
    drug_class = was.view.scope.drug_class
    if law == "course":
        return drug_class in _COURSE_CLASSES
    may_need_a_dose = any(
        criterion.needs_dose_at_least and criterion.id in was.statuses for criterion in rules.criteria
    )
    return drug_class == "opioid" and not may_need_a_dose


def assert_variant(variant: Variant, *, rulebook: Rulebook | None = None) -> Prediction:
    """Assert everything that a variant expects: outcomes, deciding criteria, statuses and opioid dose.

    Returns:
        The prediction.

    Raises:
        AssertionError: Something is not as expected; all of it is listed.
    """
    prediction = predict(_case(variant.case), rulebook=rulebook, table=variant.table)
    found = disagreements(variant, prediction)
    if found:
        raise AssertionError(f"{variant.id}: {variant.about}\n" + "\n".join(f"  {line}" for line in found))
    return prediction


def disagreements(variant: Variant, prediction: Prediction) -> list[str]:
    """Everything in which a prediction differs from what a variant expects; best empty."""
    found: list[str] = []
    by_request = {entry.request: entry for entry in prediction.determinations}
    for request, outcome in variant.expect.items():
        if by_request[request].outcome != outcome:
            decided = ", ".join(by_request[request].deciding)
            found.append(f"{request}: {by_request[request].outcome} by {decided}, expected {outcome}")
    for request, criteria in variant.deciding.items():
        if sorted(by_request[request].deciding) != sorted(criteria):
            found.append(f"{request}: decided by {list(by_request[request].deciding)}, expected {criteria}")
    for request, statuses in variant.status.items():
        findings = {finding.criterion: finding.status.value for finding in by_request[request].findings}
        for criterion, status in statuses.items():
            if findings.get(criterion) != status:
                found.append(f"{request}: {criterion} is {findings.get(criterion)}, expected {status}")
    if variant.opioid_dose is not None:
        dose = prediction.opioid_dose
        got = None if dose is None else {"low": dose.low, "high": dose.high}
        if got != dict(variant.opioid_dose):
            found.append(f"opioid dose {got}, expected {dict(variant.opioid_dose)}")
    return found


def _case(case: AnyCase) -> Case:
    return case if isinstance(case, Case) else load_case(case).case


def _printed(prediction: Prediction) -> str:
    return json.dumps(prediction_as_data(prediction), indent=1, ensure_ascii=False)
