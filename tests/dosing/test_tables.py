"""The drug tables as data: complete, unambiguous, cited; and refused with file and line where they are not."""

from __future__ import annotations

import shutil
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from imr_engine.data.files import folder
from imr_engine.dosing import load_tables, read_line
from imr_engine.dosing.tables import read_tables
from imr_engine.errors import DoseError
from imr_engine.units.registry import registry

NAMES = {
    "mtus-2009", "amdg-2010", "cdc-2016", "cdc-2016-file", "cdc-2018-file", "cdc-2022", "nih-heal", "von-korff-2008",
}  # fmt: skip
# The core of the published tables, side by side: hydromorphone, oxycodone, tapentadol, tramadol, fentanyl patch.
CORE = {
    "mtus-2009": ("4", "1.5", None, None, "2.4"),
    "amdg-2010": ("4", "1.5", None, None, "2.4"),
    "von-korff-2008": ("4", "1.5", None, "0.1", "2.4"),
    "cdc-2016": ("4", "1.5", "0.4", None, "2.4"),
    "cdc-2016-file": ("4", "1.5", "0.4", "0.1", "7.2"),
    "cdc-2018-file": ("4", "1.5", "0.4", "0.1", "7.2"),
    "cdc-2022": ("5", "1.5", "0.4", "0.2", "2.4"),
    "nih-heal": ("5", "1.5", "0.3", "0.2", "2.4"),
}
CORE_DRUGS = ("hydromorphone", "oxycodone", "tapentadol", "tramadol", "fentanyl-patch")
DAILY = {
    "MME/mg": "mg/day",
    "MME/mcg": "mcg/day",
    "MME/day/patch_rate": "patch_rate",
    "MME/patch_rate/patch": "patch_rate*patch/day",
}


def test_all_eight_tables_are_there():
    assert set(load_tables().conversion_names) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_core_factors_of_a_table_are_the_published_ones(name):
    factors = load_tables().conversion_table(name).factors
    found = tuple(None if key not in factors else factors[key].bands[0][1] for key in CORE_DRUGS)
    assert found == tuple(None if figure is None else Fraction(figure) for figure in CORE[name])


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_factor_times_its_daily_amount_is_morphine_equivalents_a_day(name):
    units = registry()
    for factor in load_tables().conversion_table(name).factors.values():
        product = units.parse_units(factor.unit) * units.parse_units(DAILY[factor.unit])
        assert units.Quantity(Fraction(1), product).check(units.parse_units("MME/day").dimensionality)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_factor_names_a_source_that_its_table_lists(name):
    table = load_tables().conversion_table(name)
    assert {factor.source for factor in table.factors.values()} <= set(table.sources)
    assert table.citation
    assert table.date


def test_every_opioid_has_a_factor_in_some_table_or_no_product_that_could_have_one():
    tables = load_tables()
    known = {key for table in tables.conversions.values() for key in (*table.factors, *table.none)}
    without = {
        product.conversion
        for drug in tables.drugs.values()
        if drug.drug_class == "opioid"
        for product in drug.products
        if product.route != "injection" and product.conversion not in known
    }
    assert without == set()


def test_methadone_s_bands_are_contiguous_and_never_fall():
    for table in load_tables().conversions.values():
        bands = table.factors["methadone"].bands
        uppers = [upper for upper, _ in bands]
        assert uppers[-1] is None
        assert uppers[:-1] == sorted(uppers[:-1])
        for low, high in pairwise(bands):
            assert low[1] <= high[1]


def test_no_brand_stands_for_two_drugs_and_every_name_finds_its_drug():
    tables = load_tables()
    for drug in tables.drugs.values():
        for name in (drug.name, *drug.names, *drug.brands):
            found = tables.find(name)
            assert found is not None
            assert found.id == drug.id
            assert tables.find(name.upper()) == found


def test_no_brand_has_a_number_that_could_be_a_strength():
    tables = load_tables()
    loose = [
        brand
        for drug in tables.drugs.values()
        for brand in drug.brands
        if any(word[0].isdigit() for word in brand.replace("-", " ").split()) and "No " not in brand
    ]
    assert loose == []


def test_every_name_with_each_of_its_strengths_reads_back_as_that_product():
    for drug in load_tables().drugs.values():
        for product in drug.products:
            for brand in product.brands:
                for strength in product.strengths:
                    figures = "/".join(str(float(amount)).removesuffix(".0") for amount in strength.amounts)
                    unit = {"patch_rate": "mcg/h", "percent": "%"}.get(strength.unit, strength.unit)
                    per = "" if strength.per is None else f"/{float(strength.per):g} mL"
                    line = read_line(f"{brand} {figures} {unit}{per}")
                    assert line.drug is not None, brand
                    assert (line.drug.id, line.problems, line.unread) == (drug.id, (), ()), (brand, figures)
                    assert line.strength == strength, (brand, figures)


def test_all_that_must_be_tapered_is_marked_so():
    tables = load_tables()
    classes = {drug.drug_class for drug in tables.drugs.values() if drug.taper}
    assert {"opioid", "benzodiazepine", "anticonvulsant", "antidepressant", "barbiturate"} <= classes
    assert all(drug.taper for drug in tables.drugs.values() if drug.drug_class in ("opioid", "benzodiazepine"))
    for name in ("carisoprodol", "baclofen", "gabapentin", "pregabalin", "clonidine"):
        drug = tables.find(name)
        assert drug is not None
        assert drug.taper
        assert drug.taper_source
    for name in ("ibuprofen", "omeprazole", "cyclobenzaprine"):
        drug = tables.find(name)
        assert drug is not None
        assert not drug.taper


def test_an_opioid_accounts_for_its_own_screen_result():
    for drug in load_tables().drugs.values():
        if drug.drug_class == "opioid":
            assert drug.id in drug.screen_analytes or drug.id == "opium"


@pytest.mark.parametrize(
    ("name", "drug_class", "sedating", "pain_medicine"),
    [
        ("Norco", "opioid", True, True),
        ("Flexeril", "muscle_relaxant", True, True),
        ("Klonopin", "benzodiazepine", True, False),
        ("Ambien", "hypnotic", True, False),
        ("Motrin", "nsaid", False, True),
        ("Neurontin", "anticonvulsant", True, True),
        ("Cymbalta", "antidepressant", False, True),
        ("Zoloft", "antidepressant", False, False),
        ("Prilosec", "gi_protectant", False, False),
        ("Lidoderm", "topical", False, True),
        ("metoprolol", "other", False, False),
        ("Narcan", "opioid_antagonist", False, False),
    ],
)
def test_a_brand_is_of_its_class(name, drug_class, sedating, pain_medicine):
    drug = load_tables().find(name)
    assert drug is not None
    assert (drug.drug_class, drug.sedating, drug.pain_medicine) == (drug_class, sedating, pain_medicine)


def test_an_unknown_name_is_answered_with_what_is_like_it():
    assert load_tables().find("Dilauded") is None
    assert load_tables().suggest("Dilauded")[0] == "Dilaudid"
    assert load_tables().suggest("zzyzx") == []


def test_the_digest_is_of_the_content_of_all_files(tmp_path: Path):
    copy = _copy(tmp_path)
    assert read_tables(copy).digest == load_tables().digest
    changed = copy / "drugs" / "nsaid.yaml"
    changed.write_text(changed.read_text() + "# one comment more\n")
    assert read_tables(copy).digest != load_tables().digest


BROKEN = [
    (
        "drugs/nsaid.yaml",
        "[Mobic]",
        "[Norco]",
        "the name 'Norco' stands for both meloxicam and hydrocodone",
    ),
    (
        "drugs/nsaid.yaml",
        '["7.5", "15"]',
        '["7.5 mgs", "15"]',
        "drug_tables/drugs/nsaid.yaml:22:7: drugs[2].products[0]: '7.5 mgs' is not a strength",
    ),
    (
        "drugs/nsaid.yaml",
        "partners: [misoprostol]",
        "partners: [misoprostal]",
        "its partner 'misoprostal' is no drug of the catalogue",
    ),
    (
        "drugs/nsaid.yaml",
        '["50/0.2", "75/0.2"]',
        '["50", "75/0.2"]',
        "needs one figure for the drug and one for each of its partners",
    ),
    (
        "drugs/nsaid.yaml",
        "source: LET}",
        "source: LETT}",
        "no source of this file is called 'LETT'",
    ),
    (
        "drugs/nsaid.yaml",
        "salts: [sodium]",
        "salt: [sodium]",
        "drug_tables/drugs/nsaid.yaml:18:20: drugs[1].salt: unknown key",
    ),
    (
        "drugs/nsaid.yaml",
        "id: meloxicam",
        "id: naproxen",
        "the drug stands in two files",
    ),
    (
        "conversion/cdc-2022.yaml",
        "hydrocodone: {factor",
        "hydrocodon: {factor",
        "no product of the catalogue is converted so",
    ),
    (
        "conversion/cdc-2022.yaml",
        'factor: "5"',
        'factor: "five"',
        "factors.hydromorphone.factor",
    ),
    (
        "conversion/cdc-2022.yaml",
        "unit: MME/mg, source: CDC22, confidence: high}\n  fentanyl",
        "unit: MME/mg, source: CDC, confidence: high}\n  fentanyl",
        "no source of this file is called 'CDC'",
    ),
    (
        "conversion/cdc-2022.yaml",
        "name: cdc-2022",
        "name: cdc-2023",
        "the file of cdc-2023 is cdc-2023.yaml",
    ),
    (
        "conversion/cdc-2016.yaml",
        "up_to: 40 mg/day",
        "up_to: 10 mg/day",
        "bands rise, and only the last has no upper bound",
    ),
    (
        "conversion/cdc-2016.yaml",
        'up_to: 60 mg/day, factor: "10"',
        'up_to: 60 mg/day, factor: "2"',
        "the factors of bands do not fall",
    ),
    (
        "conversion/cdc-2016.yaml",
        "up_to: 20 mg/day",
        "up_to: 20 MME/day",
        "MME/day cannot be read as mg/day",
    ),
    (
        "conversion/cdc-2018-file.yaml",
        "same_as: cdc-2016-file",
        "same_as: cdc-1916",
        "'cdc-1916' is no table with factors of its own",
    ),
    (
        "ceilings.yaml",
        "limit: 80 MME/day",
        "limit: 80 mg/day",
        "mg/day cannot be read as MME/day",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), BROKEN, ids=[row[3][:60] for row in BROKEN])
def test_tables_that_contradict_themselves_do_not_load(tmp_path: Path, file: str, old: str, new: str, message: str):
    copy = _copy(tmp_path)
    path = copy / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(DoseError) as caught:
        read_tables(copy)
    assert message in str(caught.value)


def _copy(into: Path) -> Path:
    source = folder("drug_tables")
    assert isinstance(source, Path)
    return Path(shutil.copytree(source, into / "drug_tables"))
