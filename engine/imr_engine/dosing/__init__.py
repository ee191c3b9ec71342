"""Drugs, prescription lines, daily doses and morphine equivalents.

``doses_of`` serves a whole case, ``morphine_equivalents`` some lines, ``read_line`` one line; ``load_tables`` gives the
drugs and the conversion tables they all use.
"""

from imr_engine.dosing.equivalents import morphine_equivalents
from imr_engine.dosing.lines import DrugRecord, read_line
from imr_engine.dosing.model import (
    CaseDoses,
    Ceiling,
    ConversionTable,
    DoseWarning,
    Drug,
    DrugLine,
    MedicationDose,
    MorphineEquivalents,
    ReadLine,
    RequestDose,
    Strength,
)
from imr_engine.dosing.regimen import doses_of
from imr_engine.dosing.tables import DrugTables, load_tables

__all__ = [
    "CaseDoses",
    "Ceiling",
    "ConversionTable",
    "DoseWarning",
    "Drug",
    "DrugLine",
    "DrugRecord",
    "DrugTables",
    "MedicationDose",
    "MorphineEquivalents",
    "ReadLine",
    "RequestDose",
    "Strength",
    "doses_of",
    "load_tables",
    "morphine_equivalents",
    "read_line",
]
