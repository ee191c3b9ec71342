"""``imr mme``: drug lines to oral morphine equivalents, with the arithmetic, for people or as JSON."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from imr_engine.dosing import Ceiling, DrugTables, MorphineEquivalents
    from imr_engine.prediction import DoseLine
    from imr_engine.units.interval import Interval

__all__ = ["mme"]

DEFAULT_TABLE = "mtus-2009"
WIDTH = 78
BASES = {
    "directions": "as directed",
    "days_supply": "quantity over the days' supply",
    "assumed_30_day": "quantity over an assumed 30 days",
    "unknown": "amount unknown",
}


@click.command(
    epilog="""\
\b
Examples:
  imr mme "Dilaudid 6 mg every 8 hours" "OxyContin 20 mg every 12 hours"
  imr mme --all-tables "hydromorphone 4 mg q6h prn" "MS Contin 15 mg q8h"
  imr mme --table cdc-2022 --file medications.txt
  imr mme --format json - < medications.txt

A file holds one line for each medicine; empty lines and lines that begin with
a # are left out. As-needed medicines count from nothing to the most that the
directions allow. A line that cannot be read in full gives no dose.
"""
)
@click.argument("lines", nargs=-1, metavar="LINE...")
@click.option("--table", metavar="NAME", help=f"Conversion table; {DEFAULT_TABLE} if left out.")
@click.option("--all-tables", is_flag=True, help="Show the totals of every table side by side.")
@click.option("--fallback", metavar="NAME", help="A second table, for drugs that the first has no factor for.")
@click.option("--file", "file", type=click.File(encoding="utf-8"), help="Read lines from a file; - is standard input.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="What to print.")
def mme(
    lines: tuple[str, ...],
    table: str | None,
    *,
    all_tables: bool,
    fallback: str | None,
    file: TextIO | None,
    form: str,
) -> None:
    """Oral morphine equivalents per day of medication lines, with the arithmetic.

    Each LINE is one medicine as it is written, with strength and directions, or with quantity and days' supply.
    """
    # Loaded here, so that the help is printed without the drug tables.
    from imr_engine.dosing import load_tables, morphine_equivalents

    texts = _texts(lines, file)
    if not texts:
        raise click.UsageError('give at least one line, such as "Norco 10/325 mg one tablet four times a day"')
    if table is not None and all_tables:
        raise click.UsageError("--table and --all-tables exclude each other")
    tables = load_tables()
    names = tables.conversion_names if all_tables else (table or DEFAULT_TABLE,)
    results = [morphine_equivalents(texts, name, fallback) for name in names]
    if form == "json":
        click.echo(json.dumps(_document(results, tables, all_tables=all_tables), indent=2, ensure_ascii=False))
    elif all_tables:
        click.echo(_side_by_side(texts, results, tables))
    else:
        click.echo(_report(results[0], tables))


def _texts(lines: tuple[str, ...], file: TextIO | None) -> list[str]:
    """The lines of the arguments, of standard input where an argument is ``-``, and of the file."""
    given: list[str] = []
    for line in lines:
        given += sys.stdin.read().splitlines() if line == "-" else [line]
    if file is not None:
        given += file.read().splitlines()
    return [line.strip() for line in given if line.strip() and not line.lstrip().startswith("#")]


# -- for people -------------------------------------------------------------------------------------------------------


def _report(result: MorphineEquivalents, tables: DrugTables) -> str:
    """One table: every opioid with its arithmetic, the total, the ceilings, the warnings."""
    table = tables.conversion_table(result.table)
    rows = [_wrapped(f"{table.name}: {table.title} ({table.date})")]
    for line in result.lines:
        rows += ["", *_line(line)]
    if not result.lines:
        rows += ["", "No opioid among these lines."]
    rows += ["", *_total(result), *_ceilings(result, tables), *_remarks([result])]
    return "\n".join(rows)


def _line(line: DoseLine) -> list[str]:
    rows = [_wrapped(line.text)]
    if line.daily_amount is None or line.mme_per_day is None:
        reason = (line.reason or "no daily dose").removeprefix(f"{line.text}: ")
        return [*rows, _wrapped(f"not computable: {reason}", "    ")]
    worn = "worn" if line.amount_unit == "mcg/h" else "a day"
    arithmetic = f"{_interval(line.daily_amount)} {line.amount_unit or 'mg'} {line.ingredient} {worn}"
    if line.factor is not None:
        arithmetic += f" x {_number(line.factor)}"
    arithmetic += f" = {_interval(line.mme_per_day)} MME a day"
    said = [BASES[line.basis], *(["as needed"] if line.as_needed else []), *([line.reason] if line.reason else [])]
    return [*rows, _wrapped(arithmetic, "    "), _wrapped(f"({', '.join(said)})", "    ")]


def _total(result: MorphineEquivalents) -> list[str]:
    if result.mme_per_day is None:
        lows = [line.mme_per_day.low for line in result.lines if line.mme_per_day is not None]
        known = sum((low for low in lows if low is not None), Fraction(0))
        more = f"; the lines that can be computed come to at least {_number(known)}" if known else ""
        return [_wrapped(f"Total: not computable{more}")]
    marks = ["rests on an assumed 30-day supply"] if result.assumed else []
    if result.fallback:
        marks.append(f"uses {result.fallback} where {result.table} has no factor, and decides nothing alone")
    mark = f" ({'; '.join(marks)})" if marks else ""
    return [_wrapped(f"Total: {_interval(result.mme_per_day)} MME a day{mark}")]


def _ceilings(result: MorphineEquivalents, tables: DrugTables) -> list[str]:
    total = result.mme_per_day
    if total is None or not result.lines:
        return []
    rows = [""]
    for ceiling in tables.ceilings:
        verdict = f"{ceiling.edition:<11} {_sign(ceiling)} {_number(ceiling.limit):>3}: {_against(total, ceiling):<11}"
        mark = " (to be verified)" if ceiling.confidence == "low" else ""
        rows.append(_wrapped(f"{verdict}  {ceiling.meaning}{mark}", "", " " * 35))
    return rows


def _sign(ceiling: Ceiling) -> str:
    return "from" if ceiling.at_or_above else "over"


def _against(total: Interval, ceiling: Ceiling) -> str:
    """Whether a total passes a ceiling; *uncertain* where it may or may not."""
    low, high = total.low, total.high
    if low is not None and (ceiling.passed_by(low) or (total.low_open and low == ceiling.limit)):
        return "passed"
    if high is not None and not ceiling.passed_by(high):
        return "not reached" if ceiling.at_or_above else "not passed"
    return "uncertain"


def _remarks(results: Sequence[MorphineEquivalents]) -> list[str]:
    texts = dict.fromkeys(f"warning: {one.text}" for result in results for one in result.warnings)
    return ["", *(_wrapped(text, "", "  ") for text in texts)] if texts else []


def _side_by_side(texts: Sequence[str], results: Sequence[MorphineEquivalents], tables: DrugTables) -> str:
    """All tables: one total each, and the ceilings at which the choice of table alone decides."""
    rows = [*map(_wrapped, texts), ""]
    for result in results:
        if result.mme_per_day is None:
            reason = result.not_computable[0] if result.not_computable else "no figure"
            rows.append(_wrapped(f"{result.table:<15} not computable: {reason}", "", " " * 16))
        else:
            assumed = "  (assumed 30-day supply)" if result.assumed else ""
            rows.append(f"{result.table:<15} {_interval(result.mme_per_day)} MME a day{assumed}")
    rows += ["", *_turning(results, tables), *_remarks(results)]
    return "\n".join(rows)


def _turning(results: Sequence[MorphineEquivalents], tables: DrugTables) -> list[str]:
    """The ceilings that the total passes under one table and not, or perhaps not, under another."""
    rows: list[str] = []
    for ceiling in tables.ceilings:
        said: dict[str, list[str]] = {"passed": [], "uncertain": [], "not passed": []}
        for result in results:
            if result.mme_per_day is not None:
                verdict = _against(result.mme_per_day, ceiling)
                said["not passed" if verdict.startswith("not") else verdict].append(result.table)
        if sum(map(bool, said.values())) > 1:
            parts = [f"{word} under {', '.join(names)}" for word, names in said.items() if names]
            where = f"{ceiling.edition}, {_sign(ceiling)} {_number(ceiling.limit)}"
            rows.append(_wrapped(f"The choice of table alone decides at {where}: {'; '.join(parts)}.", "", "  "))
    if rows:
        return rows
    computed = "the tables that give a total" if any(one.mme_per_day is None for one in results) else "these tables"
    return [_wrapped(f"The choice among {computed} changes nothing at any edition's ceiling.")]


# -- numbers and lines of text ----------------------------------------------------------------------------------------


def _interval(value: Interval) -> str:
    low = _number(value.low or Fraction(0))
    if value.high is None:
        return f"more than {low}" if value.low_open else f"{low} or more"
    return low if value.low == value.high else f"{low} to {_number(value.high)}"


def _number(value: Fraction) -> str:
    """At most two decimals for the eye; a rounded number says so."""
    shown = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return shown if (value * 100).denominator == 1 else f"about {shown}"


def _wrapped(text: str, indent: str = "", later: str | None = None) -> str:
    after = later if later is not None else f"{indent}  " if indent else ""
    return "\n".join(textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=after)) or indent


# -- for programs -----------------------------------------------------------------------------------------------------


def _document(results: Sequence[MorphineEquivalents], tables: DrugTables, *, all_tables: bool) -> dict[str, Any]:
    """``{tables: [...]}`` for all tables, else the one result; the digest is of the drug tables used."""
    documents = [_result(result, tables) for result in results]
    return {"tables": documents, "digest": tables.digest} if all_tables else {**documents[0], "digest": tables.digest}


def _result(result: MorphineEquivalents, tables: DrugTables) -> dict[str, Any]:
    total = result.mme_per_day
    return {
        "table": result.table,
        "fallback": result.fallback,
        "mme_per_day": _bounds(total),
        "assumed_30_day": result.assumed,
        "not_computable": list(result.not_computable),
        "lines": [
            {
                "text": line.text,
                "ingredient": line.ingredient,
                "daily_amount": _bounds(line.daily_amount),
                "unit": line.amount_unit,
                "factor": None if line.factor is None else _exact(line.factor),
                "mme_per_day": _bounds(line.mme_per_day),
                "basis": line.basis,
                "as_needed": line.as_needed,
                "reason": line.reason,
            }
            for line in result.lines
        ],
        "ceilings": [
            {
                "edition": ceiling.edition,
                "limit": _exact(ceiling.limit),
                "counts": "from" if ceiling.at_or_above else "above",
                "result": "not computable" if total is None else _against(total, ceiling),
                "confidence": ceiling.confidence,
            }
            for ceiling in tables.ceilings
        ],
        "warnings": [{"path": one.path, "text": one.text} for one in result.warnings],
    }


def _bounds(value: Interval | None) -> dict[str, Any] | None:
    if value is None:
        return None
    low = None if value.low is None else _exact(value.low)
    high = None if value.high is None else _exact(value.high)
    return {"low": low, "high": high, "low_open": value.low_open}


def _exact(value: Fraction) -> int | float | str:
    """A whole number or a short decimal as a number; a fraction that has none as text, exactly."""
    if value.denominator == 1:
        return value.numerator
    return float(value) if (value * 10**6).denominator == 1 else f"{value.numerator}/{value.denominator}"
