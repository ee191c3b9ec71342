"""What the README shows is what the command prints."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"<!-- example: imr (?P<arguments>[^\n]+) -->\n```text\n(?P<output>.*?)```", re.DOTALL)
EXAMPLES = [(match["arguments"], match["output"]) for match in EXAMPLE.finditer(README)]


def printed(arguments: str) -> str:
    """What the command prints, run as a user would run it."""
    done = subprocess.run(
        [sys.executable, "-m", "imr_engine", *shlex.split(arguments)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "engine"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_readme_shows_an_example() -> None:
    assert EXAMPLES


@pytest.mark.parametrize(("arguments", "output"), EXAMPLES, ids=[arguments for arguments, _ in EXAMPLES])
def test_an_example_of_the_readme_shows_the_real_output(arguments: str, output: str) -> None:
    pytest.importorskip("durable_rules_engine", reason="the output says which readings ran")
    assert printed(arguments) == output


def test_the_library_example_of_the_readme_runs() -> None:
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None
    done = subprocess.run(
        [sys.executable, "-c", code[1]],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "engine"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "klonopin upheld" in done.stdout
    assert done.stdout.endswith("132 132\n")


def test_every_command_that_the_readme_lists_exists() -> None:
    named = set(re.findall(r"`imr ([a-z]+)", README))
    listed = printed("--help")
    assert named
    assert all(re.search(rf"^  {name} ", listed, re.MULTILINE) for name in named)
