"""What the tests of doses share: cases with only medicines and requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from imr_engine.case.model import Case


@pytest.fixture(scope="session")
def case_of() -> Callable[..., Case]:
    """A maker of cases that hold nothing but charted medicines and requests; a request without an id gets one."""

    def make(
        medications: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None, requests: Sequence[Mapping[str, Any]]
    ) -> Case:
        raw: dict[str, Any] = {
            "schema": "imr-case/1",
            "id": "doses",
            "dates": {"injury": "2012-03-04", "record": "2014-10-22"},
            "requests": [{"id": f"request-{index}", **request} for index, request in enumerate(requests)],
        }
        if medications is not None:
            raw["medications"] = medications
        return Case.model_validate(raw)

    return make
