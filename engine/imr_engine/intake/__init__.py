"""What people hand in: cases are loaded, checked and described here, with a place and a suggestion for each mistake."""

from __future__ import annotations

from imr_engine.intake.blank import blank_case
from imr_engine.intake.checks import Checked, check_case
from imr_engine.intake.loading import LoadedCase, load_case
from imr_engine.intake.masking import without_origin
from imr_engine.intake.schema import case_schema

__all__ = ["Checked", "LoadedCase", "blank_case", "case_schema", "check_case", "load_case", "without_origin"]
