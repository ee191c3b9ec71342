"""The units the project knows: their spellings, and one pint registry, built when first asked, that converts them.

pint never sees text from outside: a unit is looked up among the spellings of ``drug_tables/units.yaml`` first, and only
the names of that file reach the registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from imr_engine.errors import UnitError

if TYPE_CHECKING:
    from pint import UnitRegistry

__all__ = ["UnitVocabulary", "conversion_factor", "registry", "vocabulary"]


@dataclass(frozen=True, slots=True)
class UnitVocabulary:
    """The units of ``drug_tables/units.yaml``: their definitions for pint, and their names by spelling."""

    definitions: tuple[str, ...]
    names: Mapping[str, str]

    def name_of(self, spelling: str) -> str | None:
        """The name of the unit, ``mg`` for ``Milligrams``, or of a compound, ``mcg/hour`` for ``ug/hr``, if known."""
        if (simple := self.names.get(spelling.lower())) is not None:
            return simple
        parts = spelling.lower().replace(" per ", "/").split("/")
        if len(parts) == 1 or len(parts) > 3:
            return None
        found = [self.names.get(part.strip()) for part in parts]
        return None if None in found else "/".join(name for name in found if name is not None)


@cache
def vocabulary() -> UnitVocabulary:
    """The units as the data file defines them, read once.

    Raises:
        UnitError: The file gives one spelling to two units, or a unit neither a base nor an amount of another.
        DataFileError: The file cannot be read.
    """
    from imr_engine.data.files import folder
    from imr_engine.data.yaml_source import read_yaml

    document = read_yaml(folder("drug_tables") / "units.yaml", "drug_tables/units.yaml")
    definitions: list[str] = []
    names: dict[str, str] = {}
    for index, unit in enumerate(document.value["units"]):
        name = unit["name"]
        if ("base" in unit) == ("equals" in unit):
            raise UnitError(f"{document.place(f'units[{index}]')}: {name} needs either a base or what it equals")
        definitions.append(f"{name} = [{unit['base']}]" if "base" in unit else f"{name} = {unit['equals']}")
        for spelling in unit["spellings"]:
            if (other := names.setdefault(spelling.lower(), name)) != name:
                raise UnitError(
                    f"{document.place(f'units[{index}]')}: {spelling!r} is written for both {other} and {name}"
                )
    return UnitVocabulary(tuple(definitions), names)


@cache
def registry() -> UnitRegistry[Fraction]:
    """The pint registry of our own units, with exact numbers. Importing pint takes 0.1 s, so it waits until now."""
    from pint import UnitRegistry

    # pint takes None for "no definitions" and any number type, but its annotations do not say so.
    build: Any = UnitRegistry
    units: UnitRegistry[Fraction] = build(None, non_int_type=Fraction, cache_folder=None)
    units.load_definitions(vocabulary().definitions)
    return units


@cache
def conversion_factor(unit: str, into: str) -> Fraction:
    """How many of ``into`` one ``unit`` is, exactly; both are names of ``drug_tables/units.yaml`` or compounds of them.

    Raises:
        UnitError: The two do not measure the same thing.
    """
    if unit == into:
        return Fraction(1)
    from pint import DimensionalityError

    units = registry()
    try:
        return Fraction(units.Quantity(Fraction(1), units.parse_units(unit)).to(units.parse_units(into)).magnitude)
    except DimensionalityError as error:
        if {unit, into} <= {"day", "hour", "minute", "week", "month", "year"}:
            raise UnitError(f"a {unit} has no fixed number of {into}s; write the time in {into}s") from error
        raise UnitError(f"{unit} cannot be read as {into}: they do not measure the same thing") from error
