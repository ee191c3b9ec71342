"""imr-engine: predicts the outcome of an Independent Medical Review from a structured case.

The names of the public face are imported when they are first used, so that the import itself stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imr_engine.api import load_rulebook, predict
    from imr_engine.case.model import Case
    from imr_engine.dosing import morphine_equivalents
    from imr_engine.intake import load_case
    from imr_engine.prediction import Prediction

__all__ = ["Case", "Prediction", "load_case", "load_rulebook", "morphine_equivalents", "predict"]

_HOMES = {
    "Case": "imr_engine.case.model",
    "Prediction": "imr_engine.prediction",
    "load_case": "imr_engine.intake",
    "load_rulebook": "imr_engine.api",
    "morphine_equivalents": "imr_engine.dosing",
    "predict": "imr_engine.api",
}


def __getattr__(name: str) -> object:
    """Find a public name where it lives."""
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
