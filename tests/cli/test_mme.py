"""``imr mme``: the arithmetic shown, all tables side by side, JSON, and every failure told without a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imr_engine.cli.main import imr

SEED_003 = ("Dilaudid 6 mg every 8 hours", "OxyContin 20 mg every 12 hours")
SEED_002 = ("hydromorphone 4 mg q6h", "MS Contin 15 mg q8h")


def mme(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(imr, ["mme", *arguments], input=given, prog_name="imr")


@pytest.mark.parametrize(("table", "total"), [("mtus-2009", 132), ("cdc-2022", 150)])
def test_the_charted_regimen_of_the_third_founding_decision(table: str, total: int):
    done = mme("--table", table, *SEED_003)
    assert done.exit_code == 0
    assert f"Total: {total} MME a day" in done.output.splitlines()


def test_each_line_shows_daily_dose_factor_equivalents_and_basis():
    lines = mme(*SEED_003).output.splitlines()
    assert lines[lines.index("Dilaudid 6 mg every 8 hours") :][:3] == [
        "Dilaudid 6 mg every 8 hours",
        "    18 mg hydromorphone a day x 4 = 72 MME a day",
        "    (as directed)",
    ]


def test_the_total_stands_against_the_ceilings_of_each_edition():
    output = mme("MS Contin 60 mg bid").output
    assert "mtus-2009   over 120: not passed" in output
    assert "acoem-2017  over 100: passed" in output
    assert "cdc-2016    from  90: passed" in output
    assert "mtus-2009   over 120: uncertain" in mme("Norco 10/325 1-2 tabs q2h prn").output


def test_all_tables_stand_side_by_side_and_say_where_the_choice_of_table_decides():
    output = mme("--all-tables", *SEED_002).output
    assert "mtus-2009       109 MME a day" in output
    assert "cdc-2022        125 MME a day" in output
    said = " ".join(output.split())
    assert (
        "The choice of table alone decides at mtus-2009, over 120: passed under cdc-2022, nih-heal; not passed" in said
    )


def test_all_tables_say_where_the_choice_changes_nothing():
    assert "changes nothing at any edition's ceiling." in " ".join(
        mme("--all-tables", "Norco 5/325 bid").output.split()
    )


def test_a_drug_without_a_factor_is_said_to_be_not_computable():
    output = mme("tramadol 50 mg tid", "Norco 10/325 qid").output
    assert "    not computable: tramadol has no factor in mtus-2009" in output
    assert "Total: not computable; the lines that can be computed come to at least 40" in output


def test_a_fallback_is_named_beside_the_total():
    output = " ".join(mme("--fallback", "von-korff-2008", "tramadol 50 mg tid").output.split())
    assert "factor of von-korff-2008" in output
    assert (
        "Total: 15 MME a day (uses von-korff-2008 where mtus-2009 has no factor, and decides nothing alone)" in output
    )


def test_an_assumed_month_is_named_beside_the_figure():
    output = mme("Norco 5/325 MG #30").output
    assert "(quantity over an assumed 30 days)" in output
    assert "Total: 5 MME a day (rests on an assumed 30-day supply)" in output


def test_lines_come_from_arguments_a_file_or_standard_input(tmp_path: Path):
    file = tmp_path / "medications.txt"
    text = "# current medications\n\n" + "\n".join(SEED_003) + "\n"
    file.write_text(text, encoding="utf-8")
    expected = mme(*SEED_003).output
    assert mme("--file", str(file)).output == expected
    assert mme("--file", "-", given=text).output == expected
    assert mme("-", given=text).output == expected


def test_json_holds_exact_figures_and_the_digest_of_the_tables():
    document = json.loads(mme("--format", "json", *SEED_003).output)
    assert document["mme_per_day"] == {"low": 132, "high": 132, "low_open": False}
    assert [line["factor"] for line in document["lines"]] == [4, 1.5]
    assert len(document["digest"]) == 64
    third = json.loads(mme("--format", "json", "hydrocodone/apap 10/325 #100 for 30 days").output)
    assert third["mme_per_day"]["high"] == "100/3"
    every = json.loads(mme("--format", "json", "--all-tables", *SEED_003).output)
    assert len(every["tables"]) == 8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Norco 325/5",), 'line 1, "Norco 325/5": the figures stand in the wrong order'),
        (("Dilauded 4 mg q6h",), "did you mean Dilaudid?"),
        (("--table", "cdc-2023", "Norco 10/325 qid"), "did you mean 'cdc-2022'?"),
        (("--table", "cdc-2022", "--all-tables", "Norco 10/325 qid"), "--table and --all-tables exclude each other"),
        ((), "give at least one line"),
        (("--file", "no-such-file.txt"), "no-such-file.txt"),
    ],
)
def test_bad_input_exits_with_2_and_no_traceback(arguments: tuple[str, ...], message: str):
    done = mme(*arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


def test_text_fits_into_eighty_columns():
    long_line = (
        "Percocet 10/325 one tablet by mouth every four to six hours as needed for severe pain, max 6 tablets per day"
    )
    for arguments in ((*SEED_003, long_line), ("--all-tables", *SEED_002, long_line, "Butrans 10 mcg/h weekly")):
        assert max(map(len, mme(*arguments).output.splitlines())) <= 80


def test_help_shows_examples_one_can_learn_from():
    output = mme("--help").output
    assert 'imr mme "Dilaudid 6 mg every 8 hours" "OxyContin 20 mg every 12 hours"' in output
