"""The frame of the command: help without loading, exit codes, and failures told without a traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from imr_engine._version import __version__
from imr_engine.cli import main as frame
from imr_engine.errors import CaseError, Place, Problem, ReadingsDisagree

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(frame.__file__).parents[2])}
HEAVY = ("pydantic", "yaml", "pint", "rapidfuzz", "rich", "durable_rules_engine", "imr_engine.inference")


def run(*arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "imr_engine", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
        **settings,
    )


@pytest.fixture
def subcommand(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Put a command of the test's own in the place of ``imr new``."""

    def install(callback: Callable[[], object]) -> None:
        module = ModuleType("a_module_of_the_test")
        module.new = click.command("new")(callback)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(frame.SUBCOMMANDS, "new", frame.Subcommand(module.__name__, "new", "A test."))

    return install


def test_the_list_of_commands_is_printed_without_loading_any_of_them() -> None:
    asked = (
        "import sys\n"
        "from imr_engine.cli.main import main\n"
        "code = main(['--help'])\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT,
    )
    assert done.returncode == frame.DONE
    for name, place in frame.SUBCOMMANDS.items():
        assert f"\n  {name} " in done.stdout
        assert place.help.split(" ", 1)[0] in done.stdout
    loaded = done.stderr.split()
    assert [module for module in loaded if module.startswith(HEAVY)] == []
    assert [place.module for place in frame.SUBCOMMANDS.values() if place.module in loaded] == []


@pytest.mark.parametrize("name", frame.SUBCOMMANDS)
def test_every_listed_command_is_there_and_has_a_help_text(name: str) -> None:
    shown = CliRunner().invoke(frame.imr, [name, "--help"], prog_name="imr")
    assert shown.exit_code == frame.DONE
    assert shown.output.startswith(f"Usage: imr {name} ")


def test_the_help_fits_eighty_columns() -> None:
    assert max(len(line) for line in run("--help").stdout.splitlines()) <= 80


def test_the_command_alone_prints_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main([]) == frame.DONE
    assert capsys.readouterr().out.startswith("Usage: imr ")


def test_the_package_run_as_a_program_is_the_command() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (frame.DONE, f"imr {__version__}\n")


def test_a_misspelt_command_is_answered_with_the_one_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main(["predcit"]) == frame.BAD_INPUT
    assert capsys.readouterr().err.endswith("error: there is no command 'predcit'; did you mean 'predict'?\n")


def test_an_unknown_command_is_answered_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main(["xyzzy"]) == frame.BAD_INPUT
    assert capsys.readouterr().err.endswith("; the commands are predict, mme, rules, schema, new\n")


def test_an_unknown_option_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main(["--colour"]) == frame.BAD_INPUT
    assert "error: No such option" in capsys.readouterr().err


def test_each_problem_of_an_input_is_one_error_line(
    subcommand: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise CaseError(
            [
                Problem(Place("a.yaml", 3, 5), "dates.injury", "not a date", "'2014-13-01'", "year-month-day"),
                Problem(Place("a.yaml", 9), "requests", "missing"),
            ]
        )

    subcommand(fail)
    assert frame.main(["new"]) == frame.BAD_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "error: a.yaml:3:5: dates.injury: not a date; found '2014-13-01'; expected year-month-day\n"
        "error: a.yaml:9: requests: missing\n"
    )


def test_a_disagreement_of_the_readings_is_an_error_with_both_results(
    subcommand: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ReadingsDisagree("0a1b", ["request-1: upheld by rete, overturned by plain"])

    subcommand(fail)
    assert frame.main(["new"]) == frame.BAD_INPUT
    assert capsys.readouterr().err == (
        "error: the rete and the plain reading disagree on case 0a1b; no prediction:\n"
        "  request-1: upheld by rete, overturned by plain\n"
    )


def test_a_failed_check_passes_its_exit_code_on(subcommand: Callable[[Callable[[], object]], None]) -> None:
    subcommand(lambda: frame.CHECK_FAILED)
    assert frame.main(["new"]) == frame.CHECK_FAILED


def test_an_exit_code_set_on_the_context_is_passed_on(subcommand: Callable[[Callable[[], object]], None]) -> None:
    subcommand(lambda: click.get_current_context().exit(frame.CHECK_FAILED))
    assert frame.main(["new"]) == frame.CHECK_FAILED


def test_a_command_that_returns_nothing_is_done(subcommand: Callable[[Callable[[], object]], None]) -> None:
    subcommand(lambda: None)
    assert frame.main(["new"]) == frame.DONE


def test_a_failure_of_the_disk_is_one_error_line(
    subcommand: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        Path("/no/such/folder/out.json").write_text("{}", encoding="utf-8")

    subcommand(fail)
    assert frame.main(["new"]) == frame.BAD_INPUT
    assert capsys.readouterr().err == "error: /no/such/folder/out.json: no such file or directory\n"


def test_control_c_stops_without_a_traceback(
    subcommand: Callable[[Callable[[], object]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    subcommand(lambda: signal.raise_signal(signal.SIGINT))
    assert frame.main(["new"]) == frame.INTERRUPTED
    assert "Traceback" not in capsys.readouterr().err


def program(body: str) -> list[str]:
    """A program that runs the command with ``imr new`` doing what ``body`` says."""
    return [
        sys.executable,
        "-c",
        f"""
import sys, click
from types import ModuleType
from imr_engine.cli import main as frame

sys.modules["of_the_test"] = module = ModuleType("of_the_test")
module.new = click.command("new")(lambda: {body})
frame.SUBCOMMANDS["new"] = frame.Subcommand("of_the_test", "new", "")
sys.exit(frame.main(["new"]))
""",
    ]


def test_a_closed_pipe_ends_the_command_quietly() -> None:
    with subprocess.Popen(
        program("[click.echo('x' * 80) for _ in range(100_000)]"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"x" * 80 + b"\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == frame.PIPE_CLOSED


@pytest.mark.parametrize("printing", ["print", "click.echo"])
def test_a_character_that_the_terminal_lacks_does_not_end_the_command(printing: str) -> None:
    shown = subprocess.run(
        program(f"{printing}('at least \u2265 3')"),
        capture_output=True,
        check=False,
        env={**ENVIRONMENT, "PYTHONIOENCODING": "latin-1"},
    )
    assert (shown.returncode, shown.stdout, shown.stderr) == (frame.DONE, rb"at least \u2265 3" + b"\n", b"")


@pytest.mark.parametrize("what", ["case", "rules", "prediction"])
def test_the_schemas_are_json_schemas(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    import jsonschema

    assert frame.main(["schema", what]) == frame.DONE
    document = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(document)
    assert "properties" in document or "$defs" in document


def test_a_schema_of_something_else_is_refused_with_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main(["schema", "letters"]) == frame.BAD_INPUT
    assert "'case', 'rules'" in capsys.readouterr().err


def test_a_new_case_is_printed_with_its_comments(capsys: pytest.CaptureFixture[str]) -> None:
    assert frame.main(["new"]) == frame.DONE
    printed = capsys.readouterr().out
    assert "\nrequests:" in printed
    assert "#" in printed


def test_a_new_case_is_written_to_a_file_that_does_not_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "case.yaml"
    assert frame.main(["new"]) == frame.DONE
    printed = capsys.readouterr().out
    assert frame.main(["new", str(file)]) == frame.DONE
    assert capsys.readouterr().out == ""
    assert file.read_text(encoding="utf-8") == printed


def test_a_new_case_never_overwrites_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("work of an hour\n", encoding="utf-8")
    assert frame.main(["new", str(file)]) == frame.BAD_INPUT
    assert capsys.readouterr().err == f"error: {file} exists already; give another name, or remove it first\n"
    assert file.read_text(encoding="utf-8") == "work of an hour\n"


def test_a_new_case_in_a_folder_that_is_not_there_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nowhere" / "case.yaml"
    assert frame.main(["new", str(file)]) == frame.BAD_INPUT
    assert capsys.readouterr().err == f"error: {file}: no such file or directory\n"
