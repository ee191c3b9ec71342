"""The structured case, as frozen, validated data: what a record says, in the words of the field.

Reading files and turning validation errors into messages with lines is ``intake``'s work; what the facts mean for a
request is worked out in ``inference``. A key that is missing is *not documented*; ``[]`` is "looked, none".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from imr_engine.case.fields import Age, Amount, Count, CountRange, Day, Hours, Refills, Score, Text, Year
from imr_engine.case.origins import lift_origins
from imr_engine.case.readers import listed

__all__ = [
    "AberrantBehavior",
    "AdverseEffect",
    "Case",
    "Change",
    "Consultation",
    "Dates",
    "Documentation",
    "DrugScreen",
    "Flare",
    "Function",
    "Listed",
    "Medication",
    "Origin",
    "Pain",
    "Phase",
    "PillCount",
    "Prescriber",
    "Record",
    "Region",
    "RegistryCheck",
    "Request",
    "RiskScreen",
    "ScreenResult",
    "Side",
    "Sign",
    "Study",
    "Symptom",
    "Treatment",
    "UtilizationReview",
    "Worker",
]

Origin = Literal["header", "request", "summary", "rationale"]
Phase = Literal["start", "continue", "increase", "taper"]
Side = Literal["left", "right", "both"]
Region = Literal[
    "head", "face", "neck", "upper back", "low back", "shoulder", "elbow", "wrist", "hand",
    "hip", "knee", "ankle", "foot", "abdomen", "chest", "mental",
]  # fmt: skip
Change = Literal["better", "same", "worse"]

Item = TypeVar("Item")


class Record(BaseModel):
    """The base of every part of a case: frozen, and closed to unknown keys."""

    # hide_input_in_errors: an error's text may end in a log, and the input is a patient's record. defer_build: only
    # the whole case is validated as a rule, so that the parts need no validators of their own at import.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


class Listed(Record, Generic[Item]):
    """A list of the record. ``complete`` False says that the record may hold more than what is listed."""

    items: tuple[Item, ...]
    complete: bool = True


class Dates(Record):
    """The dates of a case. ``record`` is the latest progress report.

    At least one beside ``injury`` is needed: every age and duration is counted to the first of request, service,
    ``ur_decision`` and ``record`` that is given.
    """

    injury: Day
    request: Day | None = None
    service: Day | None = None
    ur_decision: Day | None = None
    record: Day | None = None


class Worker(Record):
    """The injured worker. ``work_status`` is the latest one recorded."""

    age: Age | None = None
    sex: Literal["female", "male", "other"] | None = None
    work_status: Literal["full_duty", "modified_duty", "off_work", "retired"] | None = None


class Medication(Record):
    """One charted medicine line, as written.

    ``dose`` is the amount taken at a time where it is written apart from the tablet strength. ``since`` is the first
    day it was taken. Lines that are stopped, replaced or an alternative to another line do not add to the total.
    """

    drug: Text
    strength: Text | None = None
    dose: Text | None = None
    directions: Text | None = None
    quantity: Count | None = None
    days_supply: Count | None = None
    refills: Refills | None = None
    form: Text | None = None
    route: Text | None = None
    since: Day | None = None
    status: Literal["current", "stopped", "replaced", "alternative"] = "current"


class UtilizationReview(Record):
    """What utilization review decided of a request; ``authorized`` is the part granted, in the request's own count."""

    decision: Literal["approved", "modified", "denied"]
    authorized: Count | None = None


class Request(Record):
    """One disputed item: a ``drug`` or a ``service``, never both.

    ``indication`` is what a drug is asked for, ``reason`` the provider's own words on why; ``depends_on`` names the
    requests whose outcome this one follows. ``service_date`` is given for a service that has already taken place.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
    drug: Text | None = None
    service: Text | None = None
    # drugs
    strength: Text | None = None
    dose: Text | None = None
    directions: Text | None = None
    quantity: Count | None = None
    days_supply: Count | None = None
    refills: Refills | None = None
    form: Text | None = None
    route: Text | None = None
    phase: Phase | None = None
    since: Day | None = None
    indication: (
        Literal[
            "pain",
            "anxiety",
            "insomnia",
            "muscle_spasm",
            "seizure",
            "spasticity",
            "depression",
            "opioid_dependence",
            "other",
        ]
        | None
    ) = None
    # services
    specialty: Text | None = None
    visits: CountRange | None = None
    acquisition: Literal["rental", "purchase"] | None = None
    duration_days: Count | None = None
    service_date: Day | None = None
    # both
    regions: tuple[Region, ...] = ()
    side: Side | None = None
    levels: tuple[Text, ...] = ()
    reason: Text | None = None
    ur: UtilizationReview | None = None
    depends_on: tuple[Text, ...] = ()


class Pain(Record):
    """Pain scores on the 0 to 10 scale, each a number or a range, and how relief comes and lasts, in hours.

    ``statement`` is what the record says of relief without a number.
    """

    current: Score | None = None
    least: Score | None = None
    average: Score | None = None
    worst: Score | None = None
    without_medication: Score | None = None
    with_medication: Score | None = None
    time_to_relief: Hours | None = None
    relief_lasts: Hours | None = None
    statement: Text | None = None


class Function(Record):
    """One thing the record says of function under treatment.

    An ``activity`` with an ``amount``, a ``scale`` with its scores before and after, or a changed ``work_restriction``
    is specific; a ``statement`` alone is general. ``change`` is how the record says it compares with before treatment.
    """

    activity: Text | None = None
    amount: Text | None = None
    scale: Text | None = None
    before: Amount | None = None
    after: Amount | None = None
    work_restriction: Literal["reduced", "same", "increased"] | None = None
    statement: Text | None = None
    change: Change | None = None


class AdverseEffect(Record):
    """A side effect that the record reports, and whether it is tolerable."""

    effect: Text
    intolerable: bool | None = None


class ScreenResult(Record):
    """One analyte of a drug screen."""

    analyte: Text
    result: Literal["positive", "negative"]


class DrugScreen(Record):
    """A urine (or other) drug screen, by what the laboratory found or by what the record says of it.

    ``explained`` is the record's explanation of a result that does not agree with the prescriptions.
    """

    date: Day | None = None
    agrees_with_prescriptions: bool | None = None
    results: tuple[ScreenResult, ...] = ()
    explained: Text | None = None


class RegistryCheck(Record):
    """A check of the prescription registry (CURES)."""

    date: Day | None = None
    agrees_with_prescriptions: bool | None = None


class PillCount(Record):
    """A count of the remaining supply."""

    date: Day | None = None
    agrees_with_prescriptions: bool | None = None


class AberrantBehavior(Record):
    """A sign of misuse or diversion that the record reports, such as an early refill or a lost prescription."""

    behavior: Text
    date: Day | None = None


class RiskScreen(Record):
    """An assessment of the risk of opioid misuse: the instrument, and the risk that it gave."""

    tool: Text
    risk: Literal["low", "moderate", "high"] | None = None
    date: Day | None = None


class Symptom(Record):
    """A complaint. ``radiates_to`` names where radiating pain or numbness goes."""

    symptom: Literal[
        "pain", "radiating_pain", "numbness", "tingling", "weakness", "spasm",
        "headache", "sleep_disturbance", "anxiety", "other",
    ]  # fmt: skip
    region: Region | None = None
    side: Side | None = None
    radiates_to: Text | None = None
    score: Score | None = None
    statement: Text | None = None


class Sign(Record):
    """A finding of the physical examination."""

    sign: Text
    region: Region | None = None
    side: Side | None = None
    level: Text | None = None
    result: Literal["positive", "negative", "reduced", "normal", "tender"] | None = None
    date: Day | None = None


class Study(Record):
    """An imaging or electrodiagnostic study and what it shows."""

    study: Text
    region: Region | None = None
    side: Side | None = None
    level: Text | None = None
    shows: tuple[Text, ...] = ()
    date: Day | None = None


class Flare(Record):
    """A new exacerbation of the condition."""

    date: Day
    region: Region | None = None


class Consultation(Record):
    """A consultation that took place."""

    specialty: Text
    date: Day | None = None


# The lists of the record. They are made here, by name, so that pickle finds their classes in a worker.
Functions = Annotated[Listed[Function], BeforeValidator(listed)]
AdverseEffects = Annotated[Listed[AdverseEffect], BeforeValidator(listed)]
DrugScreens = Annotated[Listed[DrugScreen], BeforeValidator(listed)]
RegistryChecks = Annotated[Listed[RegistryCheck], BeforeValidator(listed)]
PillCounts = Annotated[Listed[PillCount], BeforeValidator(listed)]
AberrantBehaviors = Annotated[Listed[AberrantBehavior], BeforeValidator(listed)]
RiskScreens = Annotated[Listed[RiskScreen], BeforeValidator(listed)]
Symptoms = Annotated[Listed[Symptom], BeforeValidator(listed)]
Signs = Annotated[Listed[Sign], BeforeValidator(listed)]
Studies = Annotated[Listed[Study], BeforeValidator(listed)]
Flares = Annotated[Listed[Flare], BeforeValidator(listed)]


class Documentation(Record):
    """What the record documents beside dates, medicines and treatments. A section that is missing is not documented."""

    pain: Pain | None = None
    function: Functions | None = None
    adverse_effects: AdverseEffects | None = None
    drug_screens: DrugScreens | None = None
    registry_checks: RegistryChecks | None = None
    pill_counts: PillCounts | None = None
    aberrant_behaviors: AberrantBehaviors | None = None
    risk_screens: RiskScreens | None = None
    symptoms: Symptoms | None = None
    signs: Signs | None = None
    studies: Studies | None = None
    flares: Flares | None = None


class Treatment(Record):
    """A treatment that was given, and how the worker responded.

    ``year`` serves where the record gives no more of a date. ``dose_tried`` compares a drug's dose then with its dose
    now: the failure of a lower dose is a different finding from the failure of the drug.
    """

    kind: Literal[
        "medication", "physical_therapy", "manipulation", "acupuncture", "home_exercise", "activity_change",
        "injection", "epidural_injection", "brace", "surgery", "spinal_cord_stimulator", "psychotherapy", "other",
    ]  # fmt: skip
    drug: Text | None = None
    dose_tried: Literal["lower", "same", "higher"] | None = None
    procedure: Text | None = None
    region: Region | None = None
    side: Side | None = None
    start: Day | None = None
    end: Day | None = None
    year: Year | None = None
    visits: Count | None = None
    response: Literal["better", "partial", "none", "worse", "not_tolerated"] | None = None
    statement: Text | None = None


class Prescriber(Record):
    """Who asks for the treatment."""

    specialty: Text | None = None


Medications = Annotated[Listed[Medication], BeforeValidator(listed)]
Treatments = Annotated[Listed[Treatment], BeforeValidator(listed)]
Consultations = Annotated[Listed[Consultation], BeforeValidator(listed)]


class Case(Record):
    """One worker's case: the record, and the requests that were denied or are about to be sent.

    Any mapping of a case may carry ``from`` (``header``, ``request``, ``summary`` or ``rationale``), and any single
    value may be written ``{value: …, from: …}``; both are lifted into ``origins``, by path, before validation.
    """

    # Built at import, so that threads that predict at once find it ready.
    model_config = ConfigDict(defer_build=False)

    schema_: Literal["imr-case/1"] = Field(alias="schema")
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]
    dates: Dates
    worker: Worker = Field(default_factory=Worker)
    diagnoses: tuple[Text, ...] = ()
    regions: tuple[Region, ...] = ()
    cancer_or_palliative: bool | None = None
    medications: Medications | None = None
    requests: Annotated[tuple[Request, ...], Field(min_length=1, max_length=100)]
    documentation: Documentation = Field(default_factory=Documentation)
    treatments: Treatments | None = None
    prescriber: Prescriber = Field(default_factory=Prescriber)
    consultations: Consultations | None = None
    origins: Mapping[str, Origin] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _lift_origins(cls, raw: Any) -> Any:
        return lift_origins(raw)
