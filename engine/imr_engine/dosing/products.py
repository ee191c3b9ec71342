"""Which products a line can mean, and what a piece of them holds: names, forms, release and figures brought together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from imr_engine.dosing.model import Amount, Drug, LineProblem, Product, Strength
from imr_engine.dosing.phrases import IN_MG, Figures, Mention

__all__ = ["Resolved", "resolve_figures", "resolve_names", "shown_number", "shown_strength"]

SOLID = frozenset(("tablet", "capsule", "sublingual tablet", "buccal tablet", "dispersible tablet"))
LIQUID = frozenset(("solution", "suspension", "syrup"))
# A range of doses rarely spans more than this; two figures further apart are a combination.
WIDEST_RANGE = 4


@dataclass(slots=True)
class Resolved:
    """What was worked out so far of a line's medicine."""

    drugs: tuple[Drug, ...] = ()
    products: tuple[Product, ...] = ()
    partner_first: bool = False
    strength: Strength | None = None
    dose: Amount | None = None
    count: Amount | None = None
    release: str | None = None
    unread: list[str] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    warnings: list[LineProblem] = field(default_factory=list)


def resolve_names(mentions: Sequence[Mention], drugs_by_id: dict[str, Drug], out: Resolved, where: str) -> None:
    """Bring the names of a line together: a brand with its generic name, the partners of a combination, one medicine."""
    ordered = sorted(mentions, key=lambda mention: mention.start if mention.start >= 0 else 10_000)
    first = ordered[0].entry
    drug, products = first.drug, first.products
    partners: list[Drug] = []
    for mention in ordered[1:]:
        other = mention.entry
        if other.drug is drug:
            shared = tuple(product for product in products if product in other.products)
            if shared:
                products = shared
            else:
                out.problems.append(_two_names(where, first.shown, other.shown))
        elif with_partner := tuple(product for product in products if other.drug.id in product.partners):
            products = with_partner
            partners.append(other.drug)
        elif swapped := tuple(
            product
            for product in other.products
            if {drug.id, *(partner.id for partner in partners)} <= set(product.partners)
        ):
            partners.append(drug)
            drug, products, out.partner_first = other.drug, swapped, True
        elif any(other.drug.id == inner for product in products for inner in product.partners):
            continue
        else:
            out.problems.append(
                LineProblem(
                    where,
                    "two medicines in one line",
                    f"{first.shown} and {other.shown}",
                    "one medicine a line",
                    "write a line for each",
                )
            )
            break
    out.drugs, out.products = (drug,), products


def _two_names(where: str, first: str, second: str) -> LineProblem:
    return LineProblem(where, "the two names are different products", f"{first} and {second}", "one product a line")


def narrow(out: Resolved, form: str | None, release: str | None, route: str | None) -> None:
    """Keep the products of the form, the release and the route that the line states."""
    products = out.products
    wanted = "injection" if form == "injection" or route == "injection" else "oral"
    by_route = tuple(product for product in products if product.route == wanted)
    if by_route or wanted == "injection":
        products = by_route
    if form is not None and form != "injection":
        exact = tuple(product for product in products if product.form == form)
        if not exact and form in SOLID:
            exact = tuple(product for product in products if product.form in SOLID)
        if not exact and form in LIQUID:
            exact = tuple(product for product in products if product.form in LIQUID)
        products = exact or products
    if release in ("extended", "immediate"):
        slow = ("extended", "long_acting", "delayed") if release == "extended" else ("immediate", "long_acting", "delayed")
        products = tuple(product for product in products if product.release in slow) or products
    out.products = products


def resolve_figures(out: Resolved, figures: Figures, where: str, *, dosed: bool) -> None:
    """Read the figures of a strength for the products in question, and keep those products that are marketed so."""
    products = out.products
    values = figures.values
    if not all(values):
        out.problems.append(LineProblem(where, "a strength is above 0", figures.text, "a strength such as 10 mg"))
        return
    if not any(product.all_strengths for product in products):
        # Nothing is known of its strengths: taken as written.
        if figures.joined in ("to", "-") and figures.unit in IN_MG:
            out.dose = Amount("mass", min(values) * IN_MG[figures.unit], max(values) * IN_MG[figures.unit])
        elif figures.unit in (*IN_MG, "percent"):
            out.strength = _strength(values, figures)
        else:
            out.unread.append(figures.text)
        return
    if figures.unit == "percent":
        _take(out, _strength(values, figures), figures, where)
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
    for known in product.all_strengths:
        if known.unit != strength.unit or (known.per is None) != (strength.per is None):
            continue
        scale = Fraction(1) if known.per is None or strength.per is None else known.per / strength.per
        if len(strength.amounts) == 1:
            if known.amounts[0] == strength.amounts[0] * scale:
                return True
        elif known.amounts == tuple(amount * scale for amount in strength.amounts):
            return True
    return False


def _take(out: Resolved, strength: Strength, figures: Figures, where: str) -> bool:
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


def _patch(out: Resolved, figures: Figures, where: str) -> None:
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


def _single(out: Resolved, figures: Figures, where: str, *, dosed: bool) -> None:
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
        elif units == {"percent"} or units == {"patch_rate"}:
            out.problems.append(LineProblem(where, "the wrong unit for this medicine", figures.text, _sold_as(out.products)))
            return
    if figures.per is None and all(product.form in LIQUID for product in out.products):
        out.dose = Amount("mass", strength.amounts[0], strength.amounts[0])
        return
    _take(out, strength, figures, where)


def _bare(out: Resolved, figures: Figures, value: Fraction, where: str, *, dosed: bool) -> None:
    """A number without a unit: a marketed strength, else how many are taken; where it may be both, it stays unread."""
    for unit in sorted({_unit(product) for product in out.products}):
        strength = Strength((value,), unit, figures.per)
        if any(_marketed(product, strength) for product in out.products):
            if dosed and value <= 4 and figures.per is None:
                out.unread.append(figures.text)
            else:
                _take(out, strength, figures, where)
            return
    if dosed and value <= 12 and figures.per is None:
        out.count = Amount("pieces", value, value)
    else:
        out.unread.append(figures.text)


def _joined(out: Resolved, figures: Figures, where: str) -> None:
    """Two figures or more: a combination, in the order of the names; or a range of doses."""
    values = figures.values
    combined = tuple(product for product in out.products if len(product.partners) == len(values) - 1)
    unit = figures.unit if figures.unit in IN_MG else None
    ranged = figures.joined in ("-", "to") and unit is not None and values[0] < values[1] and len(values) == 2
    if figures.joined != "to" and combined:
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
        LineProblem(
            where, f"reads as a combination, and {name} is not sold so", figures.text, _sold_as(out.products)
        )
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
    listed = list(dict.fromkeys(shown or [shown_strength(one) for product in products for one in product.all_strengths]))
    if not listed:
        return "a strength"
    return ", ".join(listed[:8]) + (", …" if len(listed) > 8 else "")
