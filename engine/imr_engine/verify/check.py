"""Checks a folder of rules as a whole: that it loads, what its content shows, and how it behaves over all cases."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources.abc import Traversable
from importlib.util import find_spec

from imr_engine.data.suggest import did_you_mean
from imr_engine.dosing import load_tables
from imr_engine.errors import Place, Problem, RulebookError
from imr_engine.inference.facts import check_declared
from imr_engine.rulebook import rulebook_from
from imr_engine.verify.answering import Accepts, anything
from imr_engine.verify.checked import Checked
from imr_engine.verify.content import content_findings
from imr_engine.verify.findings import Report, RulebookFinding, in_order
from imr_engine.verify.sources import read_sources

__all__ = ["check"]


def check(
    root: Traversable,
    *,
    quick: bool = False,
    kinds: Collection[str] | None = None,
    accepts: Accepts = anything,
) -> Report:
    """Check a rulebook; everything that is wrong with it is a finding.

    Args:
        root: a folder laid out as ``rules/`` is.
        quick: look at the content only, which takes about a second, and not at the behaviour.
        kinds: the kinds of request for which the laws are proved, by drug class or kind of service; all, if left out.
        accepts: whether something is a case that can be predicted, so that no other is shown; reading cases lives
            beside this room.

    Raises:
        RulebookError: no request of this rulebook is of one of the kinds.
    """
    try:
        rulebook = rulebook_from(root)
    except RulebookError as error:
        findings = [_of_loading(problem) for problem in error.problems]
        return Report(in_order(findings), criteria=0, loaded=False, behaviour=False)
    if problems := check_declared(rulebook):
        findings = [_of_loading(problem) for problem in problems]
        return Report(in_order(findings), criteria=len(rulebook.criteria), loaded=False, behaviour=False)
    checked = Checked(rulebook, read_sources(root), load_tables())
    _refuse_unknown(kinds or (), checked)
    findings = list(content_findings(checked))
    covers: tuple[str, ...] = ()
    behaves = False
    if not quick and any(finding.code in _WITHOUT_BEHAVIOUR for finding in findings):
        findings.append(_not_checked("what is wrong with its content has to be mended first"))
    elif not quick and find_spec("z3") is None:
        findings.append(_not_checked("z3 is not installed", "install it with: pip install 'imr-engine[prove]'"))
    elif not quick:
        # Loaded here, since z3 is large and optional.
        from imr_engine.verify.behaviour import behaviour_of
        from imr_engine.verify.solver import SolverGaveUp

        try:
            behaviour = behaviour_of(checked, kinds, accepts)
        except SolverGaveUp as error:
            findings.append(_not_checked(str(error)))
        else:
            findings.extend(behaviour.findings)
            covers, behaves = behaviour.covers, True
    return Report(in_order(findings), len(rulebook.criteria), loaded=True, behaviour=behaves, covers=covers)


_WITHOUT_BEHAVIOUR = ("not-compilable", "unknown-conversion-table")
"""Findings after which no case could be put through the rules, so that nothing of their behaviour can be shown."""


def _refuse_unknown(kinds: Collection[str], checked: Checked) -> None:
    known = {*checked.classes, *(kind.id for kind in checked.rulebook.kinds)}
    problems = [
        Problem(Place("kind"), "", f"no request is of the kind {kind!r}", suggestion=did_you_mean(kind, known))
        for kind in kinds
        if kind not in known
    ]
    if problems:
        raise RulebookError(problems)


def _of_loading(problem: Problem) -> RulebookFinding:
    message = f"{problem.path}: {problem.message}" if problem.path else problem.message
    if problem.found is not None:
        message += f"; found {problem.found}"
    if problem.expected is not None:
        message += f"; expected {problem.expected}"
    return RulebookFinding("does-not-load", _subject(problem.path), problem.place, message, problem.suggestion)


def _subject(path: str) -> str:
    """What a path is about: the criterion or edition it begins with, else the fact, parameter or kind in it."""
    first, *rest = path.split(".")
    return rest[0] if first in ("facts", "parameters", "kinds", "scales") and rest else first


def _not_checked(reason: str, suggestion: str | None = None) -> RulebookFinding:
    message = f"how the criteria behave was not checked: {reason}"
    return RulebookFinding("behaviour-not-checked", "rulebook", Place(), message, suggestion)
