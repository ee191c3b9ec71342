"""How much hypothesis tries: `make test` a little, `make deep` (HYPOTHESIS_PROFILE=deep) a great deal.

A property that names its own number of examples keeps it.
"""

import os

from hypothesis import settings

# No deadline: the first example of a test pays for loading rules and tables.
settings.register_profile("quick", deadline=None, max_examples=60, print_blob=True)
settings.register_profile("deep", deadline=None, max_examples=3_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
