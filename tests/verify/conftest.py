"""Lets the tests of this room import the generators of the rooms below it, however pytest is started."""

import sys
from pathlib import Path

for room in ("inference", "verify"):
    sys.path.append(str(Path(__file__).parents[1] / room))
