"""The frame of the command ``imr``: its subcommands, loaded only when used, its exit codes, and how failures are told.

What a subcommand does lives in the module of its name.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from imr_engine._version import __version__
from imr_engine.data.suggest import did_you_mean
from imr_engine.errors import ImrError

__all__ = ["BAD_INPUT", "CHECK_FAILED", "DONE", "LazyGroup", "Subcommand", "imr", "main"]

DONE = 0
CHECK_FAILED = 1
BAD_INPUT = 2

# As a shell reports a program that its user, or the closed end of its pipe, has stopped: 128 and the signal's number.
INTERRUPTED = 130
PIPE_CLOSED = 141


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A subcommand by the place of its click command, and its line in the list, known without loading the module."""

    module: str
    attribute: str
    help: str


SUBCOMMANDS = {
    "predict": Subcommand(
        "imr_engine.cli.predict", "predict", "Predict the outcome of each request of a case, and say why."
    ),
    "mme": Subcommand(
        "imr_engine.cli.mme", "mme", "Morphine equivalents per day of medication lines, with the arithmetic."
    ),
    "rules": Subcommand("imr_engine.cli.rules", "rules", "Show the criteria in words; check and compare rulebooks."),
    "schema": Subcommand("imr_engine.cli.schema", "schema", "Print the JSON Schema of cases, rules or predictions."),
    "new": Subcommand("imr_engine.cli.new", "new", "Start a case: a blank one, with comments that say what to enter."),
}


class LazyGroup(click.Group):
    """A group whose subcommands are imported when they are run, so that ``--help`` and errors come at once.

    An error of this package that a subcommand raises is printed as ``error:`` lines, and the exit code is 2.
    """

    def __init__(self, *args: Any, subcommands: Mapping[str, Subcommand], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.subcommands = subcommands

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The subcommands in the order of their mapping."""
        del ctx
        return list(self.subcommands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand; None if there is none of this name."""
        del ctx
        place = self.subcommands.get(cmd_name)
        if place is None:
            return None
        command = getattr(import_module(place.module), place.attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{place.module}:{place.attribute} is no click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand that the arguments name, or suggest the one that was probably meant."""
        if args and not args[0].startswith("-") and args[0] not in self.subcommands:
            raise click.UsageError(f"there is no command {args[0]!r}; {_suggestion(args[0], self.subcommands)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in self.subcommands.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand; one of our errors ends it with lines on standard error and exit code 2."""
        try:
            return super().invoke(ctx)
        except ImrError as error:
            print_error(error)
            ctx.exit(BAD_INPUT)
        except BrokenPipeError:
            # Caught before click, which would exit with 1: here, the code of a check that did not pass.
            _discard_output()
            ctx.exit(PIPE_CLOSED)


def print_error(error: ImrError) -> None:
    """Print an error on standard error, each of its lines as one ``error:`` line, continuations left as they are."""
    for line in str(error).splitlines():
        click.echo(line if line.startswith(" ") else f"error: {line}", err=True)


def _suggestion(word: str, known: Iterable[str]) -> str:
    return did_you_mean(word, known) or f"the commands are {', '.join(known)}"


@click.group(
    cls=LazyGroup,
    subcommands=SUBCOMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\
\b
Examples:
  imr new my-case.yaml          start a case and fill it in
  imr predict my-case.yaml      predict the outcome of each request
  imr mme "Norco 10/325 mg one tablet four times a day"
  imr rules list                see the criteria that decide

\b
Exit codes: 0 done; 1 a check that you asked for did not pass; 2 bad input.
""",
)
@click.version_option(__version__, prog_name="imr", message="%(prog)s %(version)s")
@click.pass_context
def imr(ctx: click.Context) -> None:
    """Predict California Independent Medical Review outcomes by MTUS criteria.

    From a structured case, imr says for each denied request whether a review would be expected to uphold the denial or
    to overturn it, which criteria decide, and what documentation is missing. It is advice to a clinician; it denies
    nothing and decides nothing.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; nothing that a user does ends in a traceback.

    Args:
        arguments: What follows ``imr`` on the command line; None takes the process's own.
    """
    _print_what_the_terminal_cannot()
    try:
        returned = imr.main(args=arguments, prog_name="imr", standalone_mode=False)
        _flush()
    except click.Abort:
        # What click makes of Ctrl-C.
        click.echo("stopped", err=True)
        return INTERRUPTED
    except click.ClickException as problem:
        _print_usage(problem)
        click.echo(f"error: {problem.format_message()}", err=True)
        return BAD_INPUT
    except BrokenPipeError:
        _discard_output()
        return PIPE_CLOSED
    except OSError as error:
        click.echo(f"error: {_told(error)}", err=True)
        return BAD_INPUT
    return returned if isinstance(returned, int) else DONE


def _print_usage(problem: click.ClickException) -> None:
    """Remind of the command's form, where the arguments did not fit it."""
    if isinstance(problem, click.UsageError) and problem.ctx is not None:
        click.echo(problem.ctx.get_usage(), err=True)
        click.echo(f"Try '{problem.ctx.command_path} --help' for help.\n", err=True)


def _print_what_the_terminal_cannot() -> None:
    """Let a character that the terminal's encoding lacks be printed as an escape instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _flush() -> None:
    """Write out what is buffered, so that a closed pipe or a full disk is met here and not at interpreter exit."""
    sys.stdout.flush()


def _discard_output() -> None:
    """Send what is still buffered nowhere, or the interpreter would complain of the closed pipe as it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(error: OSError) -> str:
    reason = (error.strerror or type(error).__name__).lower()
    return f"{error.filename}: {reason}" if error.filename else reason
