"""Whatever stands at whatever place of a rules file, loading answers with problems that have places, or loads."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from imr_engine.data.yaml_source import read_yaml
from imr_engine.errors import Problem, RulebookError
from imr_engine.inference.rete import check_compilable
from imr_engine.rulebook import rulebook_from

GOOD = Path(__file__).parents[1] / "broken" / "rulebooks" / "good"
TEXTS = {str(path.relative_to(GOOD)): path.read_text(encoding="utf-8") for path in GOOD.rglob("*.yaml")}
VALUES = {name: read_yaml(text, name).value for name, text in TEXTS.items()}


class Folder:
    """A folder of rules that is held in memory."""

    def __init__(self, texts: dict[str, str], name: str = "") -> None:
        self._texts = texts
        self.name = name.rpartition("/")[2]
        self._path = name

    def iterdir(self) -> Iterator[Folder]:
        start = f"{self._path}/" if self._path else ""
        inside = [name.removeprefix(start) for name in self._texts if name.startswith(start)]
        return (Folder(self._texts, start + name) for name in dict.fromkeys(name.partition("/")[0] for name in inside))

    def __truediv__(self, name: str) -> Folder:
        return Folder(self._texts, f"{self._path}/{name}" if self._path else name)

    def is_file(self) -> bool:
        return self._path in self._texts

    def is_dir(self) -> bool:
        return not self.is_file()

    def open(self, mode: str) -> Any:
        import io

        assert mode == "rb"
        if not self.is_file():
            raise FileNotFoundError(self._path)
        return io.BytesIO(self._texts[self._path].encode())


def paths(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to everything in a file."""
    yield way
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield from paths(inner, (*way, key))


PLACES = [(name, way) for name, value in VALUES.items() for way in paths(value) if way]

# Words that mean something elsewhere in a rulebook, and values that mean nothing anywhere.
words = st.sampled_from(
    [
        "opioid_dose_total",
        "dose-ceiling",
        "$course_limit",
        "require",
        "excuse",
        "is",
        "all",
        "{course_days}",
        "{",
        "documented",
        "2016-07-29",
        "quantity",
        "mtus-2009",
        "default",
        "office_visit",
        "-",
        "",
        "120 MME/day",
        "3 weeks",
        "a b",
    ]
)
scalars = st.one_of(words, st.none(), st.booleans(), st.integers(-3, 9), st.sampled_from([0.5, 10**25]))
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)),
    max_leaves=5,
)


def put(value: Any, way: tuple[str | int, ...], new: Any, *, as_key: bool) -> Any:
    """The file with something else at a place; as a key, where the place has one and text is given."""
    value = copy.deepcopy(value)
    around = value
    for part in way[:-1]:
        around = around[part]
    if as_key and isinstance(around, dict) and isinstance(new, str):
        around[new] = around.pop(way[-1])
    else:
        around[way[-1]] = new
    return value


def problems(folder: Folder) -> tuple[Problem, ...]:
    """What is wrong with a rulebook; of one that loads, what the rules engine could not run of it."""
    try:
        rulebook = rulebook_from(folder)
    except RulebookError as error:
        return error.problems
    return tuple(check_compilable(rulebook))


@given(st.lists(st.tuples(st.sampled_from(PLACES), anything, st.booleans()), min_size=1, max_size=3))
def test_anything_anywhere_is_read_or_refused_with_a_place(changes: list[Any]):
    values = dict(VALUES)
    for (name, way), new, as_key in changes:
        try:
            values[name] = put(values[name], way, new, as_key=as_key)
        except (KeyError, TypeError, IndexError):
            # An earlier change has taken this place away.
            continue
    texts = {name: json.dumps(value) for name, value in values.items()}
    for problem in problems(Folder(texts)):
        assert problem.place.file in texts
        assert problem.place.line == 1
        assert problem.message
        assert "Input should" not in problem.message
