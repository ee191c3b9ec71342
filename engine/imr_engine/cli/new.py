"""``imr new``: a blank case to fill in."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["new"]


@click.command(
    epilog="""\
\b
Examples:
  imr new                       print a blank case
  imr new my-case.yaml          write it to a file that does not exist yet
"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
def new(file: Path | None) -> None:
    """Start a case: a blank one, with comments that say what to enter.

    Fill in what the record holds and remove the rest: a key that is left out counts as not documented, an empty list
    as "looked, and there was none". A file that exists is never overwritten.
    """
    from imr_engine.intake import blank_case

    text = blank_case()
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise click.ClickException(f"{file} exists already; give another name, or remove it first") from None
    click.echo(f"{file} written; fill it in, then run: imr predict {file}", err=True)
