"""Where in the files of a rulebook a part of a criterion, a fact, a parameter or an edition stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from imr_engine.data.yaml_source import Document, read_yaml
from imr_engine.errors import Place

__all__ = ["Sources", "read_sources"]


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a rulebook that loads, read again for the places of their parts.

    ``criteria`` gives the file of each criterion and its position in that file, by its id.
    """

    documents: Mapping[str, Document]
    criteria: Mapping[str, tuple[str, int]]

    def of_criterion(self, name: str, path: str, *, key: bool = False) -> Place:
        """Where a part of a criterion stands, such as ``applies_to.class[0]``; the nearest thing where it is left out.

        With ``key``, where its key does. The first of a list may be the only one, written without a list.
        """
        file, position = self.criteria[name]
        document = self.documents[file]
        whole = f"criteria[{position}].{path}"
        return document.place(whole if document.has(whole) else whole.removesuffix("[0]"), key=key)

    def of_edition(self, name: str, path: str, *, key: bool = False) -> Place:
        """Where a part of an edition stands."""
        document = self.documents["editions.yaml"]
        ids = [edition["id"] for edition in document.value["editions"]]
        return document.place(f"editions[{ids.index(name)}].{path}", key=key)

    def of(self, file: str, path: str, *, key: bool = False) -> Place:
        """Where something stands in a file."""
        return self.documents[file].place(path, key=key)

    def written(self, name: str) -> Mapping[str, Any]:
        """A criterion as it is written."""
        file, position = self.criteria[name]
        return self.documents[file].value["criteria"][position]


def read_sources(root: Traversable) -> Sources:
    """The files of a rulebook that is known to load.

    Raises:
        DataFileError: a file has changed since and can no longer be read.
    """
    documents = {name: read_yaml(node, name) for name, node in _files(root)}
    criteria = {
        entry["id"]: (name, position)
        for name, document in documents.items()
        if "/" in name
        for position, entry in enumerate(document.value.get("criteria", ()))
    }
    return Sources(documents, criteria)


def _files(root: Traversable) -> Iterator[tuple[str, Traversable]]:
    for node in sorted(root.iterdir(), key=lambda node: node.name):
        if node.name.startswith((".", "_")):
            continue
        if node.is_dir():
            yield from ((f"{node.name}/{name}", inner) for name, inner in _files(node))
        elif node.name.endswith(".yaml"):
            yield node.name, node
