"""``python -m imr_engine`` is the command ``imr``."""

import sys

from imr_engine.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
