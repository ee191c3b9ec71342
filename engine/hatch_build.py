"""The build hook that puts the YAML of ``rules/`` and ``drug_tables/`` into the wheel, beside the package's modules.

An editable install takes nothing: it reads the checkout's own folders, where a copy would go stale.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("rules", "drug_tables")


class DataFilesHook(BuildHookInterface[Any]):
    """Adds every YAML file of the data folders under ``imr_engine/`` in the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """List the files for hatchling.

        Raises:
            FileNotFoundError: A data folder holds no YAML; a wheel without its rules would predict nothing.
        """
        if version == "editable":
            return
        root = Path(self.root)
        for folder in FOLDERS:
            found = sorted((root / folder).rglob("*.yaml"))
            if not found:
                raise FileNotFoundError(f"no YAML file in {folder}/, which the wheel must hold")
            for file in found:
                build_data["force_include"][str(file)] = f"imr_engine/{file.relative_to(root).as_posix()}"
