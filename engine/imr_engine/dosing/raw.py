"""The shape of the YAML files of ``drug_tables/``, before strengths, factors and references between files are read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = ["CeilingsFile", "ConversionFile", "DrugsFile", "RawDrug", "RawFactor", "RawProduct"]


def _many(raw: Any) -> Any:
    return tuple(raw) if isinstance(raw, list) else raw


def _figure(raw: Any) -> Any:
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw


Text = Annotated[str, Field(min_length=1)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_many)]
Figure = Annotated[str, BeforeValidator(_figure), Field(pattern=r"^\d+(\.\d+)?$")]
Confidence = Literal["high", "medium", "low"]
Release = Literal["immediate", "extended", "delayed", "long_acting", "topical"]
Route = Literal["oral", "injection"]
Unit = Literal["mg", "mcg", "mcg/h", "percent"]


class Raw(BaseModel):
    """The base of every part of a drug table: closed to unknown keys, and strict about types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RawProduct(Raw):
    """A product, as its drug's file writes it."""

    brands: Texts = ()
    form: Text | None = None
    release: Release | None = None
    route: Route = "oral"
    unit: Unit = "mg"
    partners: Texts = ()
    strengths: Texts = ()
    old: Texts = ()
    wear: Text | None = None
    conversion: Id | None = None
    partner_first: bool = False
    source: Text | None = None
    confidence: Confidence | None = None


class RawTaper(Raw):
    """Whether a drug must be tapered, and who says so."""

    value: bool
    source: Text


class RawAnalytes(Raw):
    """The screen results a drug accounts for; ``often_missed`` are those that it often leaves negative all the same."""

    value: Texts
    often_missed: Texts = ()
    source: Text


class RawSchedule(Raw):
    """The federal schedule of controlled substances."""

    value: Literal["I", "II", "III", "IV", "V", "none"]
    source: Text
    note: Text | None = None


class RawCode(Raw):
    """An RxNorm ingredient code."""

    code: Annotated[str, Field(pattern=r"^\d+$")]
    source: Text


class RawMaximum(Raw):
    """The usual labelled maximum of a day."""

    mg_per_day: Figure
    source: Text


class RawDefaults(Raw):
    """What holds for every drug of a file that does not say otherwise."""

    sedating: bool
    pain_medicine: bool
    taper: RawTaper
    source: Text
    confidence: Confidence
    schedule: RawSchedule | None = None


class RawDrug(Raw):
    """A drug."""

    id: Id
    name: Text | None = None
    class_: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")] | None = Field(default=None, alias="class")
    subclass: Text | None = None
    names: Texts = ()
    salts: Texts = ()
    sedating: bool | None = None
    sedating_note: Text | None = None
    pain_medicine: bool | None = None
    taper: RawTaper | None = None
    schedule: RawSchedule | None = None
    rxcui: RawCode | None = None
    screen_analytes: RawAnalytes | None = None
    maximum: RawMaximum | None = None
    source: Text | None = None
    confidence: Confidence | None = None
    products: Annotated[tuple[RawProduct, ...], BeforeValidator(_many)]


class DrugsFile(Raw):
    """``drug_tables/drugs/<class>.yaml``."""

    schema_: Literal["imr-drugs/1"] = Field(alias="schema")
    class_: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")] = Field(alias="class")
    sources: dict[str, Text]
    defaults: RawDefaults
    drugs: Annotated[tuple[RawDrug, ...], BeforeValidator(_many), Field(min_length=1)]


class RawBand(Raw):
    """A band of daily doses and the factor of the whole dose in it."""

    up_to: Text | None = None
    factor: Figure


class RawFactor(Raw):
    """A factor, or bands of them."""

    unit: Literal["MME/mg", "MME/mcg", "MME/day/patch_rate", "MME/patch_rate/patch"]
    factor: Figure | None = None
    bands: Annotated[tuple[RawBand, ...], BeforeValidator(_many)] = ()
    as_published: Text | None = None
    source: Text
    confidence: Confidence


class RawCeiling(Raw):
    """A daily total that an edition names."""

    edition: Id
    limit: Text
    counts: Literal["above", "from"]
    meaning: Text
    source: Text
    confidence: Confidence


class CeilingsFile(Raw):
    """``drug_tables/ceilings.yaml``."""

    schema_: Literal["imr-ceilings/1"] = Field(alias="schema")
    sources: dict[str, Text]
    ceilings: Annotated[tuple[RawCeiling, ...], BeforeValidator(_many)]


class RawNone(Raw):
    """Lines that the table leaves without a factor on purpose."""

    conversions: Texts
    reason: Text
    source: Text
    confidence: Confidence


class ConversionFile(Raw):
    """``drug_tables/conversion/<name>.yaml``. ``same_as`` takes another table's factors before its own."""

    schema_: Literal["imr-conversion/1"] = Field(alias="schema")
    name: Id
    title: Text
    date: Annotated[str, BeforeValidator(_figure), Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
    citation: Text
    note: Text | None = None
    sources: dict[str, Text]
    same_as: Id | None = None
    factors: dict[Id, RawFactor] = {}
    no_factor_on_purpose: Annotated[tuple[RawNone, ...], BeforeValidator(_many)] = ()
