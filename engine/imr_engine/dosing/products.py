"""Which products a line can mean, and what a piece of them holds: names, forms and figures brought together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from imr_engine.dosing.catalogue import NameEntry
from imr_engine.dosing.cursor import IN_MG, is_many
from imr_engine.dosing.model import Amount, Drug, LineProblem, Product, Strength
from imr_engine.dosing.phrases import Figures
from imr_engine.dosing.tables import load_tables

__all__ = ["Medicine", "medicine_of", "shown_number", "shown_strength"]

SOLID = frozenset(("tablet", "capsule", "sublingual tablet", "buccal tablet", "dispersible tablet"))
LIQUID = frozenset(("solution", "suspension", "syrup"))
SPRAY = frozenset(("nasal spray", "oral spray"))
SKIN = frozenset(("cream", "gel", "ointment", "lotion"))
COMPOUND = "compounded-topical"
# "Taper by 10%" is no cream.
NEVER_TOPICAL = frozenset(("opioid", "benzodiazepine", "hypnotic", "topical"))
# A range of doses rarely spans more than this; two figures further apart are a combination.
WIDEST_RANGE = 4


@dataclass(slots=True)
class _Working:
    """What was worked out so far of a line's medicine."""

    drugs: tuple[Drug, ...] = ()
    products: tuple[Product, ...] = ()
    partner_first: bool = False
    strength: Strength | None = None
    dose: Amount | None = None
    count: Amount | None = None
    unread: list[str] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    warnings: list[LineProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Medicine:
    """A line's medicine: the products it can mean, what a piece holds, and what was wrong or odd with that.

    ``dose`` is a range of doses that stood in the strength's place, ``count`` a bare number of pieces.
    """

    drugs: tuple[Drug, ...]
    products: tuple[Product, ...]
    name: str
    strength: Strength | None
    dose: Amount | None
    count: Amount | None
    form: str | None
    release: str | None
    unread: tuple[str, ...]
    problems: tuple[LineProblem, ...]
    warnings: tuple[LineProblem, ...]


@lru_cache(maxsize=8192)
def medicine_of(
    names: tuple[tuple[str, ...], ...],
    figures: tuple[Figures, ...],
    form: str | None,
    release: str | None,
    route: str | None,
    where: tuple[str, str],
    *,
    dosed: bool,
) -> Medicine:
    """Work out the medicine of a line from its names, its figures and what it says of form, release and route.

    Args:
        names: The words of each name, in the order of the line.
        figures: The figures that may be its strength; more than one only for a compound.
        form: The form stated, if any.
        release: The release stated, if any.
        route: The route stated, if any.
        where: The fields in which the name and the strength stand.
        dosed: Whether directions follow, so that a bare number may be how many are taken.
    """
    tables = load_tables()
    entries = [entry for words in names if (entry := tables.names.get(words)) is not None]
    out = _Working()
    if _is_compound(entries, figures):
        _compound(out, entries, tables.drugs, where[0])
    else:
        _resolve_names(out, entries, where[0])
        _to_the_skin(out, tables.drugs, figures, form)
        _narrow(out, form, release, route)
        figures = _beside_their_names(entries, figures)
        if figures and out.products:
            _resolve_figures(out, figures[0], where[1], dosed=dosed)
        out.unread.extend(one.text for one in figures[1:])
        if out.strength is None and out.dose is None and not out.problems:
            only = {strength for product in out.products for strength in product.strengths}
            out.strength = next(iter(only)) if len(only) == 1 else None
    partners = dict.fromkeys(partner for product in out.products[:1] for partner in product.partners)
    forms = {product.form for product in out.products}
    releases = {product.release for product in out.products}
    return Medicine(
        drugs=(*out.drugs, *(tables.drugs[partner] for partner in partners)),
        products=out.products,
        name=entries[0].shown,
        strength=out.strength,
        dose=out.dose,
        count=out.count,
        form=form or (next(iter(forms)) if len(forms) == 1 else None),
        release=next(iter(releases)) if len(releases) == 1 else None,
        unread=tuple(out.unread),
        problems=tuple(out.problems),
        warnings=tuple(out.warnings),
    )


# -- names ------------------------------------------------------------------------------------------------------------


def _is_compound(entries: Sequence[NameEntry], figures: Sequence[Figures]) -> bool:
    """Several ingredients in percent: a compounded cream, whatever is in it."""
    drugs = {entry.drug.id for entry in entries}
    return len(drugs) > 1 and sum(one.unit == "percent" for one in figures) > 1


def _compound(out: _Working, entries: Sequence[NameEntry], drugs: Mapping[str, Drug], where: str) -> None:
    """A compounded cream: its ingredients for the skin are named with it, and it is judged by each of them."""
    inside = [drugs.get(f"{entry.drug.id}-topical", entry.drug) for entry in entries]
    topical = [drug for drug in dict.fromkeys(inside) if drug.drug_class == "topical" and drug.id != COMPOUND]
    out.drugs = (drugs[COMPOUND], *topical)
    listed = ", ".join(dict.fromkeys(entry.drug.name for entry in entries))
    out.warnings.append(LineProblem(where, f"read as a compounded topical of {listed}"))


def _beside_their_names(entries: Sequence[NameEntry], figures: tuple[Figures, ...]) -> tuple[Figures, ...]:
    """One strength of the strengths that stand beside each name: ``hydrocodone 10 mg/acetaminophen 325 mg``."""
    apart = all(len(one.values) == 1 and one.unit == "mg" and one.per is None and not one.rate for one in figures)
    if len(figures) < 2 or not apart or len({entry.drug.id for entry in entries}) != len(figures):
        return figures
    text = " / ".join(one.text for one in figures)
    return (Figures(tuple(one.values[0] for one in figures), "mg", "/", rate=False, per=None, text=text),)


def _to_the_skin(out: _Working, drugs: Mapping[str, Drug], figures: Sequence[Figures], form: str | None) -> None:
    """A cream, or a strength in percent, of a drug that is otherwise swallowed is the drug's topical."""
    drug = out.drugs[0]
    if drug.drug_class in NEVER_TOPICAL or any(product.release == "topical" for product in out.products):
        return
    if form in SKIN or (figures and figures[0].unit == "percent" and drug.drug_class != "topical"):
        topical = drugs.get(f"{drug.id}-topical", drugs[COMPOUND])
        out.drugs, out.products = (topical,), topical.products


def _resolve_names(out: _Working, entries: Sequence[NameEntry], where: str) -> None:
    """Bring the names of a line together: a brand with its generic name, the partners of a combination."""
    first = entries[0]
    drug, products = first.drug, first.products
    partners: set[str] = set()
    for other in entries[1:]:
        if other.drug is drug:
            shared = tuple(product for product in products if product in other.products)
            if shared:
                products = shared
            else:
                out.problems.append(_two_names(where, first.shown, other.shown))
        elif with_partner := tuple(product for product in products if other.drug.id in product.partners):
            products = with_partner
            partners.add(other.drug.id)
        elif swapped := tuple(one for one in other.products if {drug.id, *partners} <= set(one.partners)):
            partners.add(drug.id)
            drug, products, out.partner_first = other.drug, swapped, True
        elif drug.rxcui is not None and other.drug.rxcui == drug.rxcui:
            # The drug and its form for the skin: "Flector patch (diclofenac epolamine)".
            if other.drug.drug_class == "topical":
                drug, products = other.drug, other.products
        else:
            found = f"{first.shown} and {other.shown}"
            message, hint = "two medicines in one line", "write a line for each"
            out.problems.append(LineProblem(where, message, found, "one medicine a line", hint))
            break
    out.drugs, out.products = (drug,), products


def _two_names(where: str, first: str, second: str) -> LineProblem:
    return LineProblem(where, "the two names are different products", f"{first} and {second}", "one product a line")


def _narrow(out: _Working, form: str | None, release: str | None, route: str | None) -> None:
    """Keep the products of the form, the release and the route that the line states."""
    products = out.products
    wanted = "injection" if form == "injection" or route == "injection" else "oral"
    by_route = tuple(product for product in products if product.route == wanted)
    if by_route or wanted == "injection":
        products = by_route
    if form is not None and form != "injection":
        exact = tuple(product for product in products if product.form == form)
        if not exact:
            alike = (
                SPRAY
                if form == "spray"
                else next((group for group in (SOLID, LIQUID) if form in group), frozenset[str]())
            )
            exact = tuple(product for product in products if product.form in alike)
        products = exact or products
    if release in ("extended", "immediate"):
        if release == "extended" and all(product.release == "immediate" for product in products):
            # "Opana 20 mg ER": the brand alone names the short-acting tablets.
            partners = {product.partners for product in products}
            products = tuple(one for one in out.drugs[0].products if one.partners in partners) or products
        fitting = (release, "long_acting", "delayed")
        products = tuple(product for product in products if product.release in fitting) or products
    out.products = products


def _resolve_figures(out: _Working, figures: Figures, where: str, *, dosed: bool) -> None:
    """Read the figures of a strength for the products in question, and keep those products that are marketed so."""
    products = out.products
    values = figures.values
    if not all(values):
        out.problems.append(LineProblem(where, "a strength is above 0", figures.text, "a strength such as 10 mg"))
        return
    if not any(product.all_strengths for product in products):
        # Nothing is known of its strengths: taken as written.
        if figures.sign in ("to", "-") and figures.unit in IN_MG:
            out.dose = Amount("mass", min(values) * IN_MG[figures.unit], max(values) * IN_MG[figures.unit])
        elif figures.unit in (*IN_MG, "percent"):
            out.strength = _strength(values, figures)
        else:
            out.unread.append(figures.text)
        return
    if figures.unit == "percent":
        if any(_unit(product) == "percent" for product in products):
            _take(out, _strength(values, figures), figures, where)
        else:
            out.unread.append(figures.text)
    elif figures.rate or all(product.form == "patch" and _unit(product) == "patch_rate" for product in products):
        _patch(out, figures, where)
    elif len(values) == 1:
        _single(out, figures, where, dosed=dosed)
    else:
        _joined(out, figures, where)


def _strength(values: tuple[Fraction, ...], figures: Figures, unit: str | None = None) -> Strength:
    written = figures.unit or "mg"
    if written == "g":
        return Strength(tuple(value * 1000 for value in values), "mg", figures.per)
    return Strength(values, unit or written, figures.per)


def _unit(product: Product) -> str:
    return product.all_strengths[0].unit if product.all_strengths else "mg"


def _marketed(product: Product, strength: Strength) -> bool:
    """Whether a product is sold in this strength; a single figure is the principal drug's."""
    return strength.key in product.sold


def _take(out: _Working, strength: Strength, figures: Figures, where: str) -> bool:
    """Take a strength; narrow to the products sold so, or warn that none is."""
    out.strength = strength
    sold = tuple(product for product in out.products if _marketed(product, strength))
    if sold:
        plain = tuple(product for product in sold if not product.partners)
        named = len({product.partners for product in out.products}) == 1
        out.products = plain if plain and len(strength.amounts) == 1 and not named else sold
        return True
    out.warnings.append(LineProblem(where, "not a marketed strength", figures.text, _sold_as(out.products)))
    return False


def _patch(out: _Working, figures: Figures, where: str) -> None:
    patches = tuple(product for product in out.products if product.form == "patch" and _unit(product) == "patch_rate")
    name = out.drugs[0].name
    if not patches:
        message = f"an amount an hour is the strength of a patch, and {name} has none"
        out.problems.append(LineProblem(where, message, figures.text, _sold_as(out.products)))
        return
    value = figures.values[0]
    expected = _sold_as(patches)
    if len(figures.values) > 1 or figures.per is not None or (figures.unit in ("mg", "g") and not figures.rate):
        out.problems.append(
            LineProblem(where, "not the strength of a patch", figures.text, expected, "a patch is measured in mcg/h")
        )
        return
    rate = value * IN_MG[figures.unit] * 1000 if figures.unit in IN_MG else value
    strength = Strength((rate,), "patch_rate")
    as_micrograms = Strength((value,), "patch_rate")
    sold = any(_marketed(product, strength) for product in patches)
    if not sold and figures.unit == "mg" and any(_marketed(product, as_micrograms) for product in patches):
        hint = f"did you mean {shown_number(value)} mcg/h?"
        out.problems.append(LineProblem(where, "a thousand times a marketed patch", figures.text, expected, hint))
        return
    out.products = patches
    if figures.unit is None and not sold:
        out.unread.append(figures.text)
        return
    if sold and not figures.rate:
        message = f"read as {shown_number(rate)} mcg/h, the strength of a patch"
        out.warnings.append(LineProblem(where, message, figures.text))
    _take(out, strength, figures, where)


def _single(out: _Working, figures: Figures, where: str, *, dosed: bool) -> None:
    value = figures.values[0]
    if figures.unit is None:
        _bare(out, figures, value, where, dosed=dosed)
        return
    strength = _strength(figures.values, figures)
    units = {_unit(product) for product in out.products}
    if strength.unit not in units and figures.unit in ("mg", "mcg") and figures.per is None:
        other = "mcg" if strength.unit == "mg" else "mg"
        if any(_marketed(product, Strength((value,), other)) for product in out.products):
            hint = f"did you mean {shown_number(value)} {other}?"
            expected = _sold_as(out.products)
            out.problems.append(LineProblem(where, "the wrong unit for this medicine", figures.text, expected, hint))
            return
        if other in units:
            strength = Strength((value * (1000 if other == "mcg" else Fraction(1, 1000)),), other)
        elif units in ({"percent"}, {"patch_rate"}):
            out.problems.append(
                LineProblem(where, "the wrong unit for this medicine", figures.text, _sold_as(out.products))
            )
            return
    if figures.per is None and all(product.form in LIQUID for product in out.products):
        out.dose = Amount("mass", strength.amounts[0], strength.amounts[0])
        return
    _take(out, strength, figures, where)


def _bare(out: _Working, figures: Figures, value: Fraction, where: str, *, dosed: bool) -> None:
    """A number without a unit: a marketed strength, else how many are taken; where it may be both, it stays unread."""
    for unit in sorted({_unit(product) for product in out.products}):
        strength = Strength((value,), unit, figures.per)
        if any(_marketed(product, strength) for product in out.products):
            if dosed and value <= 4 and figures.per is None:
                out.unread.append(figures.text)
            else:
                _take(out, strength, figures, where)
            return
    if dosed and not is_many(value) and figures.per is None:
        out.count = Amount("pieces", value, value)
    else:
        out.unread.append(figures.text)


def _joined(out: _Working, figures: Figures, where: str) -> None:
    """Two figures or more: a combination, in the order of the names; or a range of doses."""
    values = figures.values
    combined = tuple(product for product in out.products if len(product.partners) == len(values) - 1)
    unit = figures.unit if figures.unit in IN_MG else None
    ranged = figures.sign in ("-", "to") and unit is not None and values[0] < values[1] and len(values) == 2
    if figures.sign != "to" and combined:
        if out.partner_first and len(values) == 2:
            values = values[::-1]
        strength = _strength(values, figures)
        if any(_marketed(product, strength) for product in combined):
            out.products = combined
            _take(out, strength, figures, where)
            return
        orders = _reordered(combined, strength)
        if orders:
            if out.partner_first or len(values) > 2 or all(product.partner_first for product, _ in orders):
                out.products = tuple(product for product, _ in orders)
                out.strength = orders[0][1]
                return
            right = shown_strength(orders[0][1])
            hint = f"did you mean {right}?"
            out.problems.append(
                LineProblem(where, "the figures stand in the wrong order", figures.text, _sold_as(combined), hint)
            )
            return
        if not (ranged and values[1] <= WIDEST_RANGE * values[0]):
            out.products = combined
            principal = {known.amounts[0] for product in combined for known in product.all_strengths}
            if values[0] in principal or values[-1] not in principal:
                _take(out, strength, figures, where)
            else:
                hint = f"did you mean {shown_strength(Strength(values[::-1], strength.unit, strength.per))}?"
                out.problems.append(
                    LineProblem(where, "the figures stand in the wrong order", figures.text, _sold_as(combined), hint)
                )
            return
    if ranged and unit is not None:
        out.dose = Amount("mass", values[0] * IN_MG[unit], values[1] * IN_MG[unit])
        return
    name = out.drugs[0].name
    out.problems.append(
        LineProblem(where, f"reads as a combination, and {name} is not sold so", figures.text, _sold_as(out.products))
    )


def _reordered(products: tuple[Product, ...], strength: Strength) -> list[tuple[Product, Strength]]:
    wanted = sorted(strength.amounts)
    found: list[tuple[Product, Strength]] = []
    for product in products:
        for known in product.all_strengths:
            scale = 1 if known.per is None or strength.per is None else strength.per / known.per
            if (known.per is None) == (strength.per is None) and sorted(a * scale for a in known.amounts) == wanted:
                found.append((product, Strength(tuple(a * scale for a in known.amounts), known.unit, strength.per)))
    return found


def shown_number(value: Fraction) -> str:
    """A number for people: ``7.5``, ``100``; a fraction that has no short decimal is shown as such."""
    if value.denominator == 1:
        return str(value.numerator)
    for digits in range(1, 7):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            whole, rest = divmod(scaled.numerator, 10**digits)
            return f"{whole}.{rest:0{digits}d}"
    return f"{value.numerator}/{value.denominator}"


def shown_strength(strength: Strength) -> str:
    """A strength for people: ``5/325 mg``, ``25 mcg/h``, ``7.5/325 mg/15 mL``."""
    figures = "/".join(shown_number(amount) for amount in strength.amounts)
    unit = {"patch_rate": "mcg/h", "percent": "%"}.get(strength.unit, strength.unit)
    if strength.per is None:
        return f"{figures} {unit}"
    return f"{figures} {unit}/{'' if strength.per == 1 else shown_number(strength.per) + ' '}mL"


def _sold_as(products: Sequence[Product]) -> str:
    shown = [shown_strength(strength) for product in products for strength in product.strengths]
    listed = list(
        dict.fromkeys(shown or [shown_strength(one) for product in products for one in product.all_strengths])
    )
    if not listed:
        return "a strength"
    return ", ".join(listed[:8]) + (", …" if len(listed) > 8 else "")
