"""The drug tables as one thing: drugs by any of their names, conversion tables by name, and the digest of all files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING

from imr_engine.dosing.catalogue import NameIndex, index_names, read_drugs
from imr_engine.dosing.model import Ceiling, ConversionTable, Drug, Factor
from imr_engine.dosing.words import words_of
from imr_engine.errors import DoseError, Place, Problem, UnitError
from imr_engine.units import read_amount

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from imr_engine.data.document import Document
    from imr_engine.dosing.raw import ConversionFile, RawFactor

__all__ = ["DrugTables", "load_tables", "read_tables"]

# How alike, by Jaro-Winkler, a name must be to a known one to be looked at more closely (0 to 1), and to be suggested
# (0 to 100). "Dilauded" is 95 to "Dilaudid"; drugs that have nothing to do with each other reach the low 80s.
WORTH_A_LOOK = 0.8
WORTH_MENTIONING = 85


@dataclass(frozen=True, slots=True)
class DrugTables:
    """Drugs, names, conversion tables and ceilings. ``digest`` is the SHA-256 of all files, in whatever order read."""

    drugs: Mapping[str, Drug]
    names: NameIndex = field(repr=False)
    conversions: Mapping[str, ConversionTable]
    ceilings: tuple[Ceiling, ...]
    digest: str

    @property
    def conversion_names(self) -> tuple[str, ...]:
        """The names of the conversion tables, in order of their dates."""
        return tuple(
            table.name for table in sorted(self.conversions.values(), key=lambda table: (table.date, table.name))
        )

    def conversion_table(self, name: str) -> ConversionTable:
        """One conversion table.

        Raises:
            DoseError: There is none of this name; the error suggests the nearest.
        """
        if (table := self.conversions.get(name)) is not None:
            return table
        from imr_engine.data.suggest import did_you_mean

        raise DoseError(
            [
                Problem(
                    Place("conversion table"),
                    "",
                    "there is no such table",
                    found=repr(name),
                    expected=", ".join(self.conversion_names),
                    suggestion=did_you_mean(name, self.conversion_names),
                )
            ]
        )

    def find(self, name: str) -> Drug | None:
        """The drug of a generic or brand name, with or without its salt, whatever the case of its letters."""
        entry = self.names.get(words_of(name))
        return None if entry is None else entry.drug

    def suggest(self, name: str) -> list[str]:
        """Names of the catalogue that are like an unknown one, the likest first."""
        return [known for known, score in self.likeness(name) if score >= WORTH_MENTIONING]

    def likeness(self, name: str) -> list[tuple[str, float]]:
        """The names most like an unknown one, with how alike they are (0 to 100)."""
        from rapidfuzz import process
        from rapidfuzz.distance import JaroWinkler

        known = {" ".join(words): entry.shown for words, entry in self.names.by_words.items() if len(words) <= 3}
        wanted = " ".join(words_of(name))
        scorer = JaroWinkler.normalized_similarity
        found = process.extract(wanted, known.keys(), scorer=scorer, score_cutoff=WORTH_A_LOOK, limit=5)
        likest: dict[str, float] = {}
        for words, score, _ in found:
            likest.setdefault(known[words], float(score) * 100)
        return list(likest.items())


@cache
def load_tables() -> DrugTables:
    """The shipped tables, read once.

    Raises:
        DoseError: A file does not fit its shape, or the files contradict one another.
        DataFileError: A file cannot be read.
    """
    from imr_engine.data.files import folder

    return read_tables(folder("drug_tables"))


def read_tables(folder: Traversable) -> DrugTables:
    """The tables of one folder, which holds ``drugs/`` and ``conversion/``.

    Raises:
        DoseError: A file does not fit its shape, or the files contradict one another.
        DataFileError: A file cannot be read.
    """
    from imr_engine.data.yaml_source import read_yaml

    drugs: dict[str, Drug] = {}
    for file in _yaml_files(folder / "drugs"):
        called = f"drug_tables/drugs/{file.name}"
        for drug in read_drugs(read_yaml(file, called)):
            if drugs.setdefault(drug.id, drug) is not drug:
                raise DoseError([Problem(Place(called), drug.id, "the drug stands in two files")])
    names = index_names(drugs)
    keys = {product.conversion for drug in drugs.values() for product in drug.products} | set(drugs)
    raw: dict[str, tuple[ConversionFile, Document]] = {}
    for file in _yaml_files(folder / "conversion"):
        document = read_yaml(file, f"drug_tables/conversion/{file.name}")
        table = _conversion_file(document, keys)
        if f"{table.name}.yaml" != file.name:
            raise DoseError([Problem(document.place("name"), "name", f"the file of {table.name} is {table.name}.yaml")])
        raw[table.name] = (table, document)
    conversions = {name: _conversion(name, raw) for name in raw}
    ceilings = _ceilings(read_yaml(folder / "ceilings.yaml", "drug_tables/ceilings.yaml"))
    return DrugTables(drugs, names, conversions, ceilings, _digest(folder))


def _yaml_files(folder: Traversable) -> list[Traversable]:
    return sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)


def _digest(folder: Traversable) -> str:
    digest = sha256()

    def add(inside: Traversable, path: str) -> None:
        for item in sorted(inside.iterdir(), key=lambda entry: entry.name):
            name = f"{path}/{item.name}" if path else item.name
            if item.is_dir():
                add(item, name)
            elif item.name.endswith(".yaml"):
                content = item.read_bytes()
                digest.update(f"{name}\n{len(content)}\n".encode())
                digest.update(content)

    add(folder, "")
    return digest.hexdigest()


def _ceilings(document: Document) -> tuple[Ceiling, ...]:
    from pydantic import ValidationError

    from imr_engine.data.validation import problems_from
    from imr_engine.dosing.raw import CeilingsFile

    try:
        raw = CeilingsFile.model_validate(document.value)
    except ValidationError as error:
        raise DoseError(problems_from(error, document)) from error
    ceilings: list[Ceiling] = []
    problems: list[Problem] = []
    for index, each in enumerate(raw.ceilings):
        path = f"ceilings[{index}]"
        if each.source not in raw.sources:
            problems.append(Problem(document.place(path), path, f"no source of this file is called {each.source!r}"))
        try:
            limit = read_amount(each.limit, "MME/day")
        except UnitError as error:
            problems.append(Problem(document.place(f"{path}.limit"), f"{path}.limit", str(error)))
            continue
        ceilings.append(Ceiling(each.edition, limit, each.counts == "from", each.meaning, each.source, each.confidence))
    if problems:
        raise DoseError(problems)
    return tuple(ceilings)


def _conversion_file(document: Document, keys: set[str]) -> ConversionFile:
    from pydantic import ValidationError

    from imr_engine.data.validation import problems_from
    from imr_engine.dosing.raw import ConversionFile

    try:
        raw = ConversionFile.model_validate(document.value)
    except ValidationError as error:
        raise DoseError(problems_from(error, document)) from error
    problems: list[Problem] = []
    for key, factor in raw.factors.items():
        path = f"factors.{key}"
        if key not in keys:
            problems.append(
                Problem(document.place(path, key=True), path, "no product of the catalogue is converted so")
            )
        if (factor.factor is None) == (not factor.bands):
            problems.append(Problem(document.place(path), path, "has either a factor or bands"))
        if factor.source not in raw.sources:
            problems.append(Problem(document.place(path), path, f"no source of this file is called {factor.source!r}"))
    for index, entry in enumerate(raw.no_factor_on_purpose):
        for key in entry.conversions:
            if key not in keys or key in raw.factors:
                path = f"no_factor_on_purpose[{index}].conversions"
                message = f"{key} is unknown, or has a factor as well"
                problems.append(Problem(document.place(path), path, message))
    if problems:
        raise DoseError(problems)
    return raw


def _conversion(name: str, raw: Mapping[str, tuple[ConversionFile, Document]]) -> ConversionTable:
    table, document = raw[name]
    try:
        factors = {key: _factor(factor) for key, factor in table.factors.items()}
    except (UnitError, ValueError) as error:
        raise DoseError([Problem(document.place("factors"), "factors", str(error))]) from error
    none = {key: entry.reason for entry in table.no_factor_on_purpose for key in entry.conversions}
    sources = dict(table.sources)
    if table.same_as is not None:
        if table.same_as not in raw or raw[table.same_as][0].same_as is not None:
            message = f"{table.same_as!r} is no table with factors of its own"
            raise DoseError([Problem(document.place("same_as"), "same_as", message)])
        base = _conversion(table.same_as, raw)
        factors = {**{key: factor for key, factor in base.factors.items() if key not in none}, **factors}
        sources = {**base.sources, **sources}
        none = {**{key: reason for key, reason in base.none.items() if key not in factors}, **none}
    return ConversionTable(table.name, table.title, table.date, table.citation, factors, none, sources)


def _factor(raw: RawFactor) -> Factor:
    if raw.factor is not None:
        return Factor(raw.unit, ((None, Fraction(raw.factor)),), raw.source, raw.confidence)
    bands = tuple(
        (None if band.up_to is None else read_amount(band.up_to, "mg/day"), Fraction(band.factor)) for band in raw.bands
    )
    bounds = [upper for upper, _ in bands if upper is not None]
    if bands[-1][0] is not None or len(bounds) != len(bands) - 1 or any(low >= high for low, high in pairwise(bounds)):
        raise ValueError("bands rise, and only the last has no upper bound")
    if any(low > high for (_, low), (_, high) in pairwise(bands)):
        raise ValueError("the factors of bands do not fall")
    return Factor(raw.unit, bands, raw.source, raw.confidence)
