"""Loads a folder of rules into a ``Rulebook``, or reports everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from imr_engine.data.files import folder
from imr_engine.errors import Place, Problem, RulebookError
from imr_engine.rulebook.checks import (
    GuidelinesRead,
    check_both_ways,
    check_excuses,
    check_ids,
    check_values,
    read_editions,
)
from imr_engine.rulebook.criteria import CriteriaReader, CriterionRead
from imr_engine.rulebook.declarations import read_facts, read_kinds, read_parameters, read_scales
from imr_engine.rulebook.model import Edition, Guideline, Rulebook
from imr_engine.rulebook.raw import EditionsFile, GuidelineFile
from imr_engine.rulebook.reading import Reading

__all__ = ["load_rulebook", "rulebook_from"]

TOP_FILES = ("editions.yaml", "facts.yaml", "kinds.yaml", "parameters.yaml", "scales.yaml")
YAML_NAMES = (".yaml", ".yml")


@lru_cache(maxsize=4)
def load_rulebook(directory: Path | None = None) -> Rulebook:
    """The rulebook in a folder; without one, the rulebook that ships with this package.

    Args:
        directory: a folder laid out as ``rules/`` is.

    Raises:
        RulebookError: anything is missing, misspelt, of the wrong type or unit, or contradicts the rulebook's form;
            all problems are reported at once.
    """
    return rulebook_from(folder("rules") if directory is None else directory)


def rulebook_from(root: Traversable) -> Rulebook:
    """As ``load_rulebook``, from anything that can be read like a folder, and read anew each time.

    Raises:
        RulebookError: as for ``load_rulebook``.
    """
    if not root.is_dir():
        raise RulebookError([Problem(Place(str(root)), "", "there is no such folder of rules")])
    reading = Reading()
    facts = read_facts(reading, root)
    parameters, report_parameter = read_parameters(reading, root, facts)
    kinds = read_kinds(reading, root)
    scales = read_scales(reading, root)
    criteria = CriteriaReader(reading, facts, parameters, kinds)
    guidelines, reads = _guidelines(reading, root, criteria)
    _report_strays(reading, root)
    editions: tuple[Edition, ...] = ()
    file = reading.file(root / "editions.yaml", "editions.yaml", EditionsFile, "editions")
    if file is not None:
        editions = read_editions(file, guidelines)
    check_ids(reads)
    check_excuses(reads, criteria.left_out, are_all_read=criteria.is_complete)
    check_both_ways(reads)
    if report_parameter is not None:
        check_values(reads, parameters.items, report_parameter, _first_editions(guidelines.items, editions))
    if reading.problems:
        raise RulebookError(sorted(dict.fromkeys(reading.problems), key=_reading_order))
    return Rulebook(
        facts.items,
        parameters.items,
        guidelines.items,
        editions,
        tuple(kinds.items.values()),
        scales,
        reading.digest(),
    )


def _guidelines(
    reading: Reading, root: Traversable, reader: CriteriaReader
) -> tuple[GuidelinesRead, list[CriterionRead]]:
    """Every guideline, each from the folder of its name, and every criterion as it was found."""
    guidelines: dict[str, Guideline] = {}
    faulty: set[str] = set()
    reads: list[CriterionRead] = []
    for child in _folders(root):
        name = child.name
        head = reading.file(child / "guideline.yaml", f"{name}/guideline.yaml", GuidelineFile)
        topics = [node for node in _files(child) if node.name.endswith(".yaml") and node.name != "guideline.yaml"]
        if not topics:
            reading.about(name, "the folder of the guideline holds no file of criteria")
        of_guideline = [read for node in topics for read in reader.topic(name, node)]
        reads.extend(of_guideline)
        if head is None:
            faulty.add(name)
            continue
        criteria = tuple(read.criterion for read in of_guideline if read.criterion is not None)
        said = head.shape
        guidelines[name] = Guideline(
            name, said.title, said.short, said.lead, said.common, reading.digest(f"{name}/"), criteria
        )
    return GuidelinesRead(guidelines, frozenset(faulty)), reads


def _first_editions(guidelines: Mapping[str, Guideline], editions: tuple[Edition, ...]) -> dict[str, Edition]:
    """For each guideline, the earliest edition in which it has a say; a common one has a say in each."""
    first: dict[str, Edition] = {}
    for edition in editions:
        speaking = {name for order in edition.order.values() for name in order}
        for name, guideline in guidelines.items():
            if guideline.common or name in speaking:
                first.setdefault(name, edition)
    return first


def _folders(root: Traversable) -> list[Traversable]:
    return sorted((node for node in _shown(root) if node.is_dir()), key=lambda node: node.name)


def _files(root: Traversable) -> list[Traversable]:
    return sorted((node for node in _shown(root) if node.is_file()), key=lambda node: node.name)


def _shown(root: Traversable) -> Iterator[Traversable]:
    """What lies in a folder, without what the system or an editor hides there."""
    return (node for node in root.iterdir() if not node.name.startswith((".", "_")))


def _report_strays(reading: Reading, root: Traversable) -> None:
    """Report YAML that nobody would read, so that no rule is lost by where it lies or how its file is called."""
    for node in _files(root):
        if node.name.endswith(YAML_NAMES) and node.name not in TOP_FILES:
            expected = "move criteria into the folder of their guideline"
            reading.about(node.name, "no file of this name is read here", expected)
    for child in _folders(root):
        for node in _files(child):
            if node.name.endswith(".yml"):
                reading.about(f"{child.name}/{node.name}", "the file is not read", "let its name end in .yaml")
        for inner in _folders(child):
            name = f"{child.name}/{inner.name}"
            reading.about(name, "a folder within a guideline is not read", "put its files beside guideline.yaml")


def _reading_order(problem: Problem) -> tuple[str, int, int, str, str]:
    place = problem.place
    return (place.file or "", place.line or 0, place.column or 0, problem.path, problem.message)
