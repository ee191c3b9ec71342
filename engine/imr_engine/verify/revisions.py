"""The rules as they stood in a revision of a git repository, unpacked into a folder of their own."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

from imr_engine.errors import Place, Problem, RulebookError

__all__ = ["PREFIX", "is_revision", "unpacked"]

PREFIX = "git:"
"""What a revision is told by: ``git:REV``, or ``git:REV:PATH`` where the rules do not lie in ``rules/``."""


def is_revision(name: str) -> bool:
    """Whether a name means a revision and not a folder."""
    return name.startswith(PREFIX)


def unpacked(name: str, into: Path, repository: Path | None = None) -> Path:
    """The folder of rules of a revision, written into a folder.

    Args:
        name: ``git:REV`` or ``git:REV:PATH``, with the path seen from the top of the repository.
        into: an empty folder.
        repository: a folder within the repository; the current one if it is left out.

    Raises:
        RulebookError: git is not installed, this is no repository, or it has no such revision or no such folder there.
    """
    revision, _, path = name.removeprefix(PREFIX).partition(":")
    path = path.strip("/") or "rules"
    git = shutil.which("git")
    if git is None:
        raise _refused(name, "git is needed to read a revision, and is not installed")
    where = Path.cwd() if repository is None else repository
    top = _run([git, "rev-parse", "--show-toplevel"], where)
    if top is None:
        raise _refused(name, f"{where} is in no git repository")
    commit = _run([git, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"], where)
    if not revision or commit is None:
        raise _refused(name, f"the repository has no revision {revision!r}")
    found = _run([git, "archive", "--format=tar", commit.decode().strip(), "--", path], Path(top.decode().rstrip("\n")))
    if found is None:
        raise _refused(name, f"the revision has no folder {path!r}", f"name it, as in {PREFIX}{revision}:FOLDER")
    with tarfile.open(fileobj=BytesIO(found)) as archive:
        archive.extractall(into, filter="data")
    return into / path


def _run(command: list[str], where: Path) -> bytes | None:
    """What a command of git prints, None where it fails."""
    # No shell is involved, and git is told where options end.
    done = subprocess.run(command, cwd=where, capture_output=True, check=False)  # noqa: S603 - see above
    return done.stdout if done.returncode == 0 else None


def _refused(name: str, message: str, suggestion: str | None = None) -> RulebookError:
    return RulebookError([Problem(Place(name), "", message, suggestion=suggestion)])
