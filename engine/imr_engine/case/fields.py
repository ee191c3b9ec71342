"""The kinds of single value that a case holds: how each is read, written again, and described in the JSON Schema."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated

from pydantic import Field, PlainSerializer, PlainValidator
from pydantic.json_schema import WithJsonSchema

from imr_engine.case.readers import (
    MOST,
    read_amount,
    read_count,
    read_count_range,
    read_date,
    read_hours,
    read_score,
    whole_number,
    write_amount,
    write_count_range,
    write_hours,
    write_score,
)
from imr_engine.units.interval import Interval

__all__ = ["Age", "Amount", "Count", "CountRange", "Day", "Hours", "Refills", "Score", "Text", "Year"]

Text = Annotated[str, Field(min_length=1, max_length=2_000)]
Day = Annotated[
    date,
    PlainValidator(read_date),
    PlainSerializer(date.isoformat),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})$",
            "description": "A date, 2014-10-22 or month first 10/22/2014.",
        }
    ),
]
Score = Annotated[
    Interval,
    PlainValidator(read_score),
    PlainSerializer(write_score),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 10},
                {
                    "type": "string",
                    "pattern": r"^[0-9]+(\.[0-9]+)?( ?(-|\u2013|to) ?[0-9]+(\.[0-9]+)?)?( ?(/|out of) ?10)?$",
                },
            ],
            "description": "A pain score from 0 to 10: 5, 5/10 or 4-6/10.",
        }
    ),
]
Count = Annotated[int, PlainValidator(read_count), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST})]
CountRange = Annotated[
    Interval,
    PlainValidator(read_count_range),
    PlainSerializer(write_count_range),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MOST},
                {"type": "string", "pattern": r"^[0-9]+ ?(-|\u2013|to) ?[0-9]+$"},
            ],
            "description": "A whole number such as 6, or a range such as 3-4.",
        }
    ),
]
Hours = Annotated[
    Interval,
    PlainValidator(read_hours),
    PlainSerializer(write_hours),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[0-9.]+( ?(-|\u2013|to) ?[0-9.]+)? ?([Mm]in(ute)?s?|[Hh]ours?|[Hh]rs?|[Hh])$",
            "description": "A time, 30 minutes or 4-6 hours.",
        }
    ),
]
Amount = Annotated[
    Fraction,
    PlainValidator(read_amount),
    PlainSerializer(write_amount),
    WithJsonSchema(
        {
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?%?$"}],
            "description": "A number, 42 or 2.5.",
        }
    ),
]
Age = Annotated[
    int, PlainValidator(whole_number(14, 110)), WithJsonSchema({"type": "integer", "minimum": 14, "maximum": 110})
]
Refills = Annotated[
    int, PlainValidator(whole_number(0, 99)), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 99})
]
Year = Annotated[
    int, PlainValidator(whole_number(1950, 2100)), WithJsonSchema({"type": "integer", "minimum": 1950, "maximum": 2100})
]
