"""What every room's tests share: how much hypothesis tries, and what needs durable_rules.

`make test` tries a little, `make deep` (HYPOTHESIS_PROFILE=deep) a great deal; a property that names its own number of
examples keeps it. What is marked `durable_rules` is left out where that cannot be imported, as the package itself then
goes by the plain reading alone; `.ci/run` fails in such a place.
"""

import os
from importlib import import_module

import pytest
from hypothesis import settings

# No deadline: the first example of a test pays for loading rules and tables.
settings.register_profile("quick", deadline=None, max_examples=60, print_blob=True)
settings.register_profile("deep", deadline=None, max_examples=3_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what needs durable_rules where it cannot be imported, though it may be installed (built for 3.13)."""
    try:
        import_module("durable_rules_engine")
    except ImportError:
        absent = pytest.mark.skip(reason="durable_rules cannot be imported here")
    else:
        return
    for item in items:
        if item.get_closest_marker("durable_rules") is not None:
            item.add_marker(absent)
