"""The rulebook: facts, parameters, guidelines and criteria as typed data, loaded from YAML and checked at load.

It knows nothing of doses or cases, and evaluates nothing: that is ``inference``'s work.
"""

from imr_engine.rulebook.loader import load_rulebook, rulebook_from
from imr_engine.rulebook.model import (
    Criterion,
    Edition,
    FactDeclaration,
    FactType,
    Guideline,
    Parameter,
    Rulebook,
    Rules,
    Scope,
    ServiceKind,
)
from imr_engine.rulebook.schema import rules_schema

__all__ = [
    "Criterion",
    "Edition",
    "FactDeclaration",
    "FactType",
    "Guideline",
    "Parameter",
    "Rulebook",
    "Rules",
    "Scope",
    "ServiceKind",
    "load_rulebook",
    "rulebook_from",
    "rules_schema",
]
