"""The page on writing rules can be followed: its files are made, its commands run, and they print what it shows.

Run as a program, it writes into the page what the commands print now.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "writing-rules.md"

# A file to be made or added to, named in the comment above its block; or a block of commands with their output.
STEP = re.compile(
    r"<!-- (?P<way>file|append): (?P<path>\S+) -->\n```\w+\n(?P<content>.*?)```\n"
    r"|```console\n(?P<console>.*?)```\n",
    re.DOTALL,
)
SECONDS = re.compile(r" in \d+\.\d+s")


def followed(page: str, folder: Path) -> str:
    """The page with the output that its commands print when it is followed in a folder from top to bottom."""
    prepare(folder)

    def step(match: re.Match[str]) -> str:
        if match["way"] is None:
            return f"```console\n{run(match['console'], folder)}```\n"
        file = folder / match["path"]
        with file.open("w" if match["way"] == "file" else "a", encoding="utf-8") as stream:
            stream.write(match["content"])
        return match[0]

    return STEP.sub(step, page)


def prepare(folder: Path) -> None:
    """A checkout as the page expects it, with the commands that it names."""
    shutil.copytree(ROOT / "rules", folder / "rules")
    (folder / "bin").mkdir()
    for name, module in (("imr", "-m imr_engine"), ("python", "")):
        command = folder / "bin" / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n', encoding="utf-8")
        command.chmod(0o755)


def run(console: str, folder: Path) -> str:
    """A block of commands, each with what it prints."""
    env = {
        **os.environ,
        "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT / "engine"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
    }
    shown = ""
    for line in console.splitlines():
        if line.startswith("$ "):
            done = subprocess.run(
                ["/bin/sh", "-c", line[2:]],
                cwd=folder,
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            shown += f"{line}\n{done.stdout}"
    return shown


@pytest.mark.slow
@pytest.mark.durable_rules
def test_the_page_can_be_followed_and_shows_the_real_output(tmp_path: Path) -> None:
    pytest.importorskip("z3", reason="the page proves its rules")
    page = PAGE.read_text(encoding="utf-8")
    assert SECONDS.sub("", followed(page, tmp_path)) == SECONDS.sub("", page)


def test_every_step_of_the_page_is_one_that_is_followed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    blocks = len(re.findall(r"^```\w+$", page, re.MULTILINE))
    assert len(STEP.findall(page)) == blocks > 5


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        PAGE.write_text(followed(PAGE.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")
