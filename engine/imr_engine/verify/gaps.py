"""What the editions of a rulebook leave to nobody: days, kinds of request, and names that stand for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from imr_engine.data.suggest import did_you_mean
from imr_engine.prediction import Effect
from imr_engine.rulebook.model import Edition
from imr_engine.verify.checked import Checked
from imr_engine.verify.findings import RulebookFinding
from imr_engine.verify.scoping import drugs_of
from imr_engine.verify.sources import Sources

__all__ = ["SPEAKING", "edition_findings", "gap_findings"]

SPEAKING = (Effect.REQUIRE, Effect.SUPPORT, Effect.DEFEAT)
"""The effects by which a guideline has something to say of a request."""

SHORT_GAP = timedelta(days=31)
"""Up to here, days without an edition are more likely a slip of the date than a period that is left out on purpose."""


def edition_findings(checked: Checked) -> Iterator[RulebookFinding]:
    """Editions that name what does not exist, and days between two of them that neither governs."""
    rulebook, sources = checked.rulebook, checked.sources
    kinds = {*checked.classes, *(kind.id for kind in rulebook.kinds), "default"}
    for edition in rulebook.editions:
        if edition.conversion_table not in checked.tables.conversions:
            known = checked.tables.conversion_names
            yield RulebookFinding(
                "unknown-conversion-table",
                edition.id,
                sources.of_edition(edition.id, "conversion_table"),
                f"there is no conversion table {edition.conversion_table!r}",
                did_you_mean(edition.conversion_table, known) or f"the tables are {', '.join(known)}",
            )
        for kind in edition.order:
            if kind not in kinds:
                yield RulebookFinding(
                    "unknown-kind-in-order",
                    edition.id,
                    sources.of_edition(edition.id, f"order.{kind}", key=True),
                    f"no request is of the kind {kind!r}",
                    did_you_mean(kind, kinds) or "a kind is a service of kinds.yaml or a class of drugs",
                )
    for earlier, later in pairwise(rulebook.editions):
        if earlier.end is not None and earlier.end < later.start:
            last = later.start - timedelta(days=1)
            code = "short-gap" if later.start - earlier.end <= SHORT_GAP else "ungoverned-period"
            days = f"{earlier.end} to {last}" if last > earlier.end else f"{last}"
            message = f"no edition governs requests of {days}, between {earlier.id} and {later.id}"
            hint = f"let {later.id} begin on {earlier.end}, if that is when it began"
            yield RulebookFinding(code, later.id, sources.of_edition(later.id, "from"), message, hint)


def gap_findings(checked: Checked) -> Iterator[RulebookFinding]:
    """Kinds of request that an edition leaves to nobody."""
    rulebook, sources = checked.rulebook, checked.sources
    for edition in rulebook.editions:
        silent: list[str] = []
        for kind in sorted(checked.classes):
            if not _is_spoken_to(kind, edition, checked):
                if kind in edition.order:
                    yield _gap(edition, kind, sources)
                else:
                    silent.append(kind)
        for service in rulebook.kinds:
            if not _is_spoken_to(service.id, edition, checked):
                yield _gap(edition, service.id, sources)
        if silent:
            named = ", ".join(silent)
            place = sources.of_edition(edition.id, "order.default", key=True)
            message = f"no criterion speaks to requests for drugs of these classes: {named}"
            hint = "requests for them stay undetermined until there is one"
            yield RulebookFinding("classes-without-criteria", edition.id, place, message, hint)


def _gap(edition: Edition, kind: str, sources: Sources) -> RulebookFinding:
    if kind in edition.order:
        place = sources.of_edition(edition.id, f"order.{kind}", key=True)
    else:
        place = sources.of("kinds.yaml", f"kinds.{kind}", key=True)
    message = f"under {edition.id}, no criterion speaks to requests of the kind {kind}"
    hint = "write a criterion for it, or delete the kind"
    return RulebookFinding("kind-without-criteria", kind, place, message, hint)


def _is_spoken_to(kind: str, edition: Edition, checked: Checked) -> bool:
    """Whether some guideline in the order for a kind has a criterion with a say, for at least one of its requests."""
    order = edition.order_for(kind)
    is_drug = kind in checked.classes
    for criterion in checked.rulebook.criteria:
        scope = criterion.scope
        if criterion.guideline not in order or criterion.effect not in SPEAKING:
            continue
        if is_drug:
            fits = not scope.kinds or kind in scope.kinds
            drugs = drugs_of(scope, checked.tables)
            if fits and any(checked.tables.drugs[name].drug_class == kind for name in drugs):
                return True
        elif not (scope.classes or scope.ingredients or scope.phases) and (not scope.kinds or kind in scope.kinds):
            return True
    return False
