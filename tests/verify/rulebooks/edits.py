"""Copies of the shipped rules with an edit."""

from __future__ import annotations

import shutil
from pathlib import Path

from imr_engine.data.files import folder

SHIPPED = Path(str(folder("rules")))


def edited(into: Path, *edits: tuple[str, str, str]) -> Path:
    """The shipped rules, in each of these files the one text replaced by the other; at its end, where there is none."""
    root = into / "rules"
    shutil.copytree(SHIPPED, root)
    for name, old, new in edits:
        file = root / name
        text = file.read_text(encoding="utf-8")
        if not old:
            file.write_text(text.rstrip("\n") + "\n" + new, encoding="utf-8")
            continue
        assert text.count(old) == 1, f"{name} does not hold this text once: {old}"
        file.write_text(text.replace(old, new), encoding="utf-8")
    return root
