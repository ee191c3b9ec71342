"""Loading a sound rulebook: digests, thresholds by date, and the edition that governs a day."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

from imr_engine.data.files import folder
from imr_engine.rulebook import Edition, Parameter, Rulebook, load_rulebook, rulebook_from
from imr_engine.rulebook.model import ParameterValue

SHIPPED = Path(str(folder("rules")))
FILES = sorted(str(path.relative_to(SHIPPED)) for path in SHIPPED.rglob("*.yaml"))
LAST_DAY_OF_2009 = date(2016, 7, 28)
FIRST_DAY_AFTER = date(2016, 7, 29)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped rules."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "rules"))


class Reversed:
    """A folder that lists what it holds in the opposite order."""

    def __init__(self, inner: Traversable) -> None:
        self._inner = inner
        self.name = inner.name

    def iterdir(self) -> Iterator[Reversed]:
        entries = sorted(self._inner.iterdir(), key=lambda node: node.name, reverse=True)
        return (Reversed(node) for node in entries)

    def __truediv__(self, name: str) -> Reversed:
        return Reversed(self._inner / name)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def test_the_rulebook_is_read_once_and_kept():
    assert load_rulebook() is load_rulebook()


def test_a_folder_is_read_anew_each_time_it_is_asked_for(copy: Path):
    first = rulebook_from(copy)
    (copy / "odg" / "visits.yaml").unlink()
    (copy / "odg" / "visits.yaml").write_text((SHIPPED / "odg" / "visits.yaml").read_text().replace("A visit", "One"))
    assert rulebook_from(copy).digest != first.digest


def test_a_copy_of_the_rules_has_the_digest_of_the_rules(copy: Path):
    assert rulebook_from(copy).digest == load_rulebook().digest


@pytest.mark.parametrize("name", FILES)
def test_a_single_byte_more_in_any_file_changes_the_digest(name: str, copy: Path):
    file = copy / name
    file.write_bytes(file.read_bytes() + b"#")
    assert rulebook_from(copy).digest != load_rulebook().digest


def test_two_files_that_change_places_change_the_digest(copy: Path):
    one, other = copy / "mtus-2009" / "opioids.yaml", copy / "mtus-2009" / "muscle-relaxants.yaml"
    here, there = one.read_bytes(), other.read_bytes()
    one.write_bytes(there)
    other.write_bytes(here)
    assert rulebook_from(copy).digest != load_rulebook().digest


def test_a_file_of_another_name_changes_the_digest(copy: Path):
    (copy / "odg" / "visits.yaml").rename(copy / "odg" / "visit.yaml")
    assert rulebook_from(copy).digest != load_rulebook().digest


def test_a_parameter_may_spell_the_unit_of_a_fact_in_another_way(copy: Path):
    file = copy / "parameters.yaml"
    text = file.read_text(encoding="utf-8")
    assert "unit: days" in text
    file.write_text(
        text.replace("unit: days", "unit: Day").replace("unit: MME/day", "unit: MED per d"), encoding="utf-8"
    )
    parameters = rulebook_from(copy).parameters
    assert [known.values[0].value for known in parameters.values()] == [
        known.values[0].value for known in load_rulebook().parameters.values()
    ]


def test_the_digest_of_a_guideline_is_of_its_own_files_alone(copy: Path):
    before = rulebook_from(copy).guidelines
    file = copy / "odg" / "visits.yaml"
    file.write_bytes(file.read_bytes() + b"#")
    after = rulebook_from(copy).guidelines
    assert {name for name in before if before[name].digest != after[name].digest} == {"odg"}


def test_the_order_in_which_a_disk_lists_files_changes_nothing(copy: Path):
    turned = rulebook_from(Reversed(copy))
    assert turned.digest == load_rulebook().digest
    assert turned == load_rulebook()


def test_times_and_permissions_of_files_change_nothing(copy: Path):
    for path in copy.rglob("*.yaml"):
        os.utime(path, (0, 0))
        path.chmod(0o600)
    assert rulebook_from(copy).digest == load_rulebook().digest


def test_what_an_editor_hides_in_the_folder_is_not_read(copy: Path):
    (copy / ".git").mkdir()
    (copy / "odg" / ".visits.yaml.swp").write_bytes(b"\x00")
    (copy / "README.md").write_text("How these rules are written.\n")
    assert rulebook_from(copy).digest == load_rulebook().digest


def test_criteria_stand_in_the_order_of_guideline_topic_and_line():
    places = [
        (criterion.guideline, criterion.topic, criterion.place.line or 0) for criterion in load_rulebook().criteria
    ]
    assert places == sorted(places)


def value_from(start: date, amount: int) -> ParameterValue:
    return ParameterValue(start, Fraction(amount), f"{amount} days", "a test", "seen")


def test_a_parameter_has_on_each_day_the_latest_value_that_began_by_then():
    limit = Parameter("limit", "days", "", (value_from(date(2009, 7, 18), 28), value_from(date(2016, 7, 29), 14)))
    assert limit.at(date(2009, 7, 17)) is None
    assert limit.at(date(2009, 7, 18)) == limit.values[0]
    assert limit.at(LAST_DAY_OF_2009) == limit.values[0]
    assert limit.at(FIRST_DAY_AFTER) == limit.values[1]
    assert limit.at(date(2099, 1, 1)) == limit.values[1]


def test_the_edition_of_2009_governs_from_its_first_day_to_its_last():
    rulebook = load_rulebook()
    edition = rulebook.edition_on(date(2009, 7, 18))
    assert edition is not None
    assert edition.id == "mtus-2009"
    assert rulebook.edition_on(LAST_DAY_OF_2009) is edition
    assert rulebook.edition_on(FIRST_DAY_AFTER) is not edition


def test_no_edition_governs_before_the_first():
    rulebook = load_rulebook()
    assert rulebook.edition_on(rulebook.editions[0].start - timedelta(days=1)) is None


def edition(name: str, start: date, end: date | None) -> Edition:
    return Edition(name, name, start, end, {"default": ("g",), "office_visit": ("h", "g")}, "table", "a test")


def test_on_every_day_at_most_one_edition_governs_and_the_day_of_change_is_the_later_one_s():
    editions = (edition("old", date(2009, 7, 18), FIRST_DAY_AFTER), edition("new", FIRST_DAY_AFTER, None))
    rulebook = Rulebook({}, {}, {}, editions, (), (), "")
    assert rulebook.edition_on(LAST_DAY_OF_2009) is editions[0]
    assert rulebook.edition_on(FIRST_DAY_AFTER) is editions[1]
    assert rulebook.edition_on(date(2030, 1, 1)) is editions[1]


def test_a_kind_with_an_order_of_its_own_has_that_and_every_other_the_default():
    one = edition("old", date(2009, 7, 18), None)
    assert one.order_for("office_visit") == ("h", "g")
    assert one.order_for("opioid") == ("g",)


def test_thresholds_are_exact_and_in_the_unit_of_their_parameter():
    parameters = load_rulebook().parameters
    assert parameters["opioid_dose_ceiling"].values[0].value == 120
    assert parameters["benzodiazepine_course_limit"].values[0].value == 28
    assert all(isinstance(value.value, Fraction) for known in parameters.values() for value in known.values)
