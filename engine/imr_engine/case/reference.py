"""The one date to which every age and duration of a case is counted."""

from __future__ import annotations

from datetime import date

from imr_engine.case.model import Dates

__all__ = ["REFERENCE_DATES", "reference_date"]

REFERENCE_DATES = {
    "request": "the request",
    "service": "the service",
    "ur_decision": "the utilization review decision",
    "record": "the latest record",
}
"""The dates that can be the reference date, the first that is given, and how they are called in sentences."""


def reference_date(dates: Dates) -> tuple[date, str] | None:
    """The reference date and the key it stands under; None where no date but that of the injury is given."""
    for name in REFERENCE_DATES:
        day: date | None = getattr(dates, name)
        if day is not None:
            return day, name
    return None
