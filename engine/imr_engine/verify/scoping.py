"""Which requests the scopes of criteria leave, by the drugs that the tables know."""

from __future__ import annotations

from imr_engine.dosing import DrugTables
from imr_engine.rulebook.model import Scope

__all__ = ["drugs_of", "share_a_request"]


def drugs_of(scope: Scope, tables: DrugTables) -> frozenset[str]:
    """The drugs that class and ingredient together leave; one with a partner among the ingredients is one of them."""
    return frozenset(
        drug.id
        for drug in tables.drugs.values()
        if (not scope.classes or drug.drug_class in scope.classes)
        and (not scope.ingredients or {drug.id, *drug.partners} & set(scope.ingredients))
    )


def share_a_request(one: Scope, other: Scope, tables: DrugTables) -> bool:
    """Whether some request could be in both scopes. A request may be for several regions, so any two may meet."""
    for mine, theirs in ((one.kinds, other.kinds), (one.phases, other.phases)):
        if mine and theirs and not set(mine) & set(theirs):
            return False
    is_of_drugs = [bool(scope.classes or scope.ingredients or scope.phases) for scope in (one, other)]
    if (one.kinds and is_of_drugs[1]) or (other.kinds and is_of_drugs[0]):
        return False
    return not all(is_of_drugs) or bool(drugs_of(one, tables) & drugs_of(other, tables))
