"""A rulebook under check, with what its checks need beside it."""

from __future__ import annotations

from dataclasses import dataclass

from imr_engine.dosing import DrugTables
from imr_engine.rulebook.model import Rulebook
from imr_engine.verify.sources import Sources

__all__ = ["Checked"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A rulebook with the places of its parts and the drug tables that its scopes speak of."""

    rulebook: Rulebook
    sources: Sources
    tables: DrugTables

    @property
    def classes(self) -> frozenset[str]:
        """Every class that some drug has."""
        return frozenset(drug.drug_class for drug in self.tables.drugs.values())
