"""Lets the tests of this room import the generator that lies beside them, however pytest is started."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
