"""Reads the drugs of ``drug_tables/drugs/``: every strength parsed, every source named, no name given to two drugs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from imr_engine.dosing.model import Drug, Product, Strength
from imr_engine.dosing.words import words_of
from imr_engine.errors import DoseError, Place, Problem, UnitError
from imr_engine.units import read_amount

if TYPE_CHECKING:
    from imr_engine.data.document import Document
    from imr_engine.dosing.raw import DrugsFile, RawDefaults, RawDrug, RawProduct

__all__ = ["NameEntry", "NameIndex", "index_names", "read_drugs"]

FIGURE = r"\d+(?:\.\d+)?"
CATALOGUE = Place("drug_tables/drugs")
STRENGTH = re.compile(rf"({FIGURE}(?:/{FIGURE})*)(?:\s*(mg|mcg)/({FIGURE})?\s*mL)?")


def read_drugs(document: Document) -> list[Drug]:
    """The drugs of one file.

    Raises:
        DoseError: The file does not fit its shape, names a source it does not list, or has a strength that is none.
    """
    from pydantic import ValidationError

    from imr_engine.data.validation import problems_from
    from imr_engine.dosing.raw import DrugsFile

    try:
        raw = DrugsFile.model_validate(document.value)
    except ValidationError as error:
        raise DoseError(problems_from(error, document)) from error
    problems = _unknown_sources(raw, document)
    drugs: list[Drug] = []
    for index, entry in enumerate(raw.drugs):
        products: list[Product] = []
        for position, product in enumerate(entry.products):
            path = f"drugs[{index}].products[{position}]"
            try:
                products.append(_product(entry, product, raw.defaults))
            except (ValueError, UnitError) as error:
                problems.append(Problem(document.place(path), path, str(error)))
        drugs.append(_drug(entry, tuple(products), raw))
    if problems:
        raise DoseError(problems)
    return drugs


def _drug(entry: RawDrug, products: tuple[Product, ...], raw: DrugsFile) -> Drug:
    defaults = raw.defaults
    taper = entry.taper or defaults.taper
    schedule = entry.schedule or defaults.schedule
    return Drug(
        id=entry.id,
        name=entry.name or entry.id,
        drug_class=entry.class_ or raw.class_,
        sedating=defaults.sedating if entry.sedating is None else entry.sedating,
        pain_medicine=defaults.pain_medicine if entry.pain_medicine is None else entry.pain_medicine,
        taper=taper.value,
        taper_source=raw.sources.get(taper.source, taper.source),
        screen_analytes=entry.screen_analytes.value if entry.screen_analytes else (),
        screen_often_missed=entry.screen_analytes.often_missed if entry.screen_analytes else (),
        names=entry.names,
        salts=entry.salts,
        products=products,
        subclass=entry.subclass,
        schedule=None if schedule is None or schedule.value == "none" else schedule.value,
        rxcui=entry.rxcui.code if entry.rxcui else None,
        maximum_mg_per_day=Fraction(entry.maximum.mg_per_day) if entry.maximum else None,
        source=entry.source or defaults.source,
        confidence=entry.confidence or defaults.confidence,
    )


def _product(entry: RawDrug, product: RawProduct, defaults: RawDefaults) -> Product:
    strengths = tuple(_strength(text, product) for text in product.strengths)
    old = tuple(_strength(text, product) for text in product.old)
    return Product(
        drug=entry.id,
        brands=product.brands,
        form=product.form,
        route=product.route,
        release=product.release,
        partners=product.partners,
        strengths=strengths,
        old_strengths=old,
        sold=frozenset(key for strength in strengths + old for key in (strength.key, strength.principal_key)),
        conversion=product.conversion or entry.id,
        wear=read_amount(product.wear, "days") if product.wear else None,
        partner_first=product.partner_first,
        source=product.source or entry.source or defaults.source,
        confidence=product.confidence or entry.confidence or defaults.confidence,
    )


def _strength(text: str, product: RawProduct) -> Strength:
    match = STRENGTH.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a strength such as 10, 5/325 or 7.5/325 mg/15 mL")
    amounts = tuple(Fraction(part) for part in match[1].split("/"))
    if len(amounts) != 1 + len(product.partners):
        raise ValueError(f"{text!r} needs one figure for the drug and one for each of its partners")
    if not all(amounts):
        raise ValueError(f"{text!r} holds a zero")
    unit = match[2] or {"mcg/h": "patch_rate"}.get(product.unit, product.unit)
    return Strength(amounts, unit, Fraction(match[3] or 1) if match[2] else None)


def _unknown_sources(raw: DrugsFile, document: Document) -> list[Problem]:
    problems: list[Problem] = []

    def check(source: str | None, path: str) -> None:
        if source is not None and source not in raw.sources:
            message = f"no source of this file is called {source!r}"
            problems.append(Problem(document.place(path), path, message, expected=", ".join(sorted(raw.sources))))

    check(raw.defaults.source, "defaults.source")
    check(raw.defaults.taper.source, "defaults.taper.source")
    for index, entry in enumerate(raw.drugs):
        check(entry.source, f"drugs[{index}].source")
        for name in ("taper", "schedule", "rxcui", "screen_analytes", "maximum"):
            part = getattr(entry, name)
            check(part.source if part is not None else None, f"drugs[{index}].{name}.source")
        for position, product in enumerate(entry.products):
            check(product.source, f"drugs[{index}].products[{position}].source")
    return problems


@dataclass(frozen=True, slots=True)
class NameEntry:
    """What a name means: a drug, and the products that bear it. ``shown`` is the name as the catalogue spells it."""

    words: tuple[str, ...]
    drug: Drug
    products: tuple[Product, ...]
    shown: str


class NameIndex:
    """All names by their words; finds the longest one that begins at a token."""

    __slots__ = ("by_words", "lengths")

    def __init__(self, by_words: Mapping[tuple[str, ...], NameEntry]) -> None:
        self.by_words = by_words
        lengths: dict[str, set[int]] = {}
        for words in by_words:
            lengths.setdefault(words[0], set()).add(len(words))
        self.lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    def get(self, words: tuple[str, ...]) -> NameEntry | None:
        """The name that consists of just these words."""
        return self.by_words.get(words)

    def at(self, tokens: list[str], index: int) -> tuple[NameEntry, int] | None:
        """The longest name that begins at a token, and how many tokens it has."""
        for length in self.lengths.get(tokens[index], ()):
            entry = self.by_words.get(tuple(tokens[index : index + length]))
            if entry is not None:
                return entry, length
        return None


def index_names(drugs: Mapping[str, Drug]) -> NameIndex:
    """Every name, brand and name with salt, by its words.

    Raises:
        DoseError: Two drugs bear one name, or a partner of a combination is no drug of the catalogue.
    """
    names: dict[tuple[str, ...], NameEntry] = {}
    problems: list[Problem] = []

    def add(words: tuple[str, ...], drug: Drug, products: tuple[Product, ...], shown: str) -> None:
        known = names.get(words)
        if known is None:
            names[words] = NameEntry(words, drug, products, shown)
        elif known.drug is drug:
            # One brand may stand for several products of the drug, as tablets and a solution.
            merged = (*known.products, *(one for one in products if one not in known.products))
            names[words] = NameEntry(words, drug, merged, known.shown)
        else:
            message = f"the name {shown!r} stands for both {known.drug.id} and {drug.id}"
            problems.append(Problem(CATALOGUE, shown, message))

    for drug in drugs.values():
        for shown in (drug.name, *drug.names):
            words = words_of(shown)
            add(words, drug, drug.products, shown)
            for salt in drug.salts:
                add((*words, *words_of(salt)), drug, drug.products, shown)
        for product in drug.products:
            for brand in product.brands:
                add(words_of(brand), drug, (product,), brand)
            problems.extend(
                Problem(CATALOGUE, drug.id, f"its partner {partner!r} is no drug of the catalogue")
                for partner in product.partners
                if partner not in drugs
            )
    if problems:
        raise DoseError(problems)
    return NameIndex(names)
