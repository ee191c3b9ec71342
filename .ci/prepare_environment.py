"""Makes the virtual environment of the Makefile and installs the project into it, editable, with its extras.

durable_rules is built from source: where that fails (no compiler) everything else is installed, and a note says that
the plain reading will decide alone.
"""

import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES_ENGINE = "durable_rules==2.0.28"
# PyEval_CallObject left Python's API in 3.13. The flag goes by CPPFLAGS, since setup.py overwrites CFLAGS.
RULES_ENGINE_FLAG = "-DPyEval_CallObject=PyObject_CallObject"


def main() -> int:
    """Prepare the environment named first, with the extras named after it."""
    folder, extras = Path(sys.argv[1]), sys.argv[2:]
    python = folder / "bin" / "python"
    if not _is_this_version(python):
        print(f"making {folder} with Python {sys.version.split()[0]} …", flush=True)
        venv.create(folder, clear=folder.exists(), with_pip=True)
    print(f"installing imr-engine[{','.join(extras)}] into {folder} …", flush=True)
    if _install_rules_engine(python):
        return _pip(python, "install", f"-e{ROOT}[{','.join(extras)}]")
    print(
        "note: durable_rules could not be built here (it needs a C compiler and Python's headers);\n"
        "      the plain reading of the rules will decide alone, and the output says so.",
        flush=True,
    )
    requirements = _requirements_without_the_rules_engine(extras)
    return _pip(python, "install", *requirements) or _pip(python, "install", "--no-deps", f"-e{ROOT}")


def _is_this_version(python: Path) -> bool:
    """Whether an environment is there that runs, with the version of Python that runs this."""
    if not python.exists():
        return False
    ask = "import sys; print(*sys.version_info[:3])"
    answer = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.split() == [str(part) for part in sys.version_info[:3]]


def _install_rules_engine(python: Path) -> bool:
    """Build and import durable_rules; a wheel cached by a build without the flag installs and cannot be imported."""
    if _imports_rules_engine(python):
        return True
    environment = dict(os.environ)
    options: list[str] = []
    if sys.version_info >= (3, 13):
        environment["CPPFLAGS"] = f"{environment.get('CPPFLAGS', '')} {RULES_ENGINE_FLAG}".strip()
        options += ["--no-cache-dir", "--force-reinstall"]
    command = [python, "-m", "pip", "install", *options, RULES_ENGINE]
    built = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return built.returncode == 0 and _imports_rules_engine(python)


def _imports_rules_engine(python: Path) -> bool:
    ask = "import durable_rules_engine"
    return subprocess.run([python, "-c", ask], capture_output=True, check=False).returncode == 0


def _requirements_without_the_rules_engine(extras: list[str]) -> list[str]:
    """The requirements of pyproject.toml, its extras followed where one names others, less durable_rules."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pending, seen = list(extras), set[str]()
    wanted: list[str] = list(project["dependencies"])
    while pending:
        extra = pending.pop()
        if extra in seen:
            continue
        seen.add(extra)
        for requirement in project["optional-dependencies"][extra]:
            own = re.fullmatch(rf"{project['name']}\[(.*)\]", requirement)
            if own:
                pending += own[1].split(",")
            else:
                wanted.append(requirement)
    return [requirement for requirement in wanted if not requirement.startswith("durable_rules")]


def _pip(python: Path, *arguments: str) -> int:
    # Quiet but for errors.
    return subprocess.run([python, "-m", "pip", *arguments, "-qq"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
