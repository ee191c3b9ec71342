"""Exact amounts and their units: reading a quantity as it is written, converting it, and intervals of amounts."""

from imr_engine.units.interval import Interval
from imr_engine.units.reading import read_amount, read_number, read_quantity
from imr_engine.units.registry import conversion_factor

__all__ = ["Interval", "conversion_factor", "read_amount", "read_number", "read_quantity"]
