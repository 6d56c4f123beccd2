"""Stages that are near their end, or over it, are told to the next rung up."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from anlan.cases.escalation import GRACE, Rung
from anlan.channels import email
from anlan.places.terms import Level
from anlan.staff.terms import UnitKind
from anlan.store.models import Case, Escalation, Unit
from anlan.store.sweeping import claim

BATCH = 20_000

LEVELS = {Rung.TOWNSHIP: Level.TOWNSHIP, Rung.COUNTY: Level.COUNTY, Rung.CITY: Level.CITY}
SUBJECTS = {
    Rung.HANDLER: gettext_noop("A case is near its deadline"),
    Rung.UNIT_HEAD: gettext_noop("A case is overdue"),
    Rung.TOWNSHIP: gettext_noop("A case is overdue: for the township"),
    Rung.COUNTY: gettext_noop("A case is overdue: for the county"),
    Rung.CITY: gettext_noop("A case is overdue: supervised by the city"),
}


def escalate_cases(*, acting_user: None, now: datetime, batch: int = BATCH) -> int:
    """Move every stage to the rung that is due, in batches of a transaction each; how many moved."""
    total = 0
    grace = {int(rung): span for rung, span in GRACE.items()}
    while moved := claim(now, int(Rung.HANDLER), grace, batch):
        total += moved
    return total


def tell_escalations(*, now: datetime) -> int:
    """Tell those who should hear and were not told yet; how many rungs were told.

    A message may go twice where the worker dies between sending and keeping that; it carries the same key.
    """
    told = 0
    while (pk := _tell_one(now)) is not None:
        told += bool(pk)
    return told


@transaction.atomic
def _tell_one(now: datetime) -> int | None:
    """Tell one rung; None when all are told, 0 where nobody has an address."""
    row = (
        Escalation.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("case__category", "case__area", "case__unit")
        .filter(hears=True, told_at=None)
        .order_by("pk")
        .first()
    )
    if row is None:
        return None
    unit = addressee(row.case, Rung(row.rung))
    if unit is not None and unit.email:
        _send(row, unit)
    row.told_at, row.told_unit = now, unit
    row.save()
    return row.pk if unit else 0


def addressee(case: Case, rung: Rung) -> Unit | None:
    """Which unit hears for a rung: the responsible one, or the desk or office of the level above it.

    A case that no unit has yet is the business of its township, and of the levels above.
    """
    if rung in (Rung.HANDLER, Rung.UNIT_HEAD) and case.unit is not None:
        return case.unit
    level = LEVELS.get(rung, Level.TOWNSHIP)
    codes = case.area_path.rstrip(".").split(".")
    kinds = (UnitKind.DESK, UnitKind.TOWNSHIP_OFFICE, UnitKind.AGENCY)
    near = Unit.objects.filter(kind__in=kinds, active=True, area__code__in=codes, area__level=level)
    return min(
        near, key=lambda unit: (not unit.email, kinds.index(UnitKind(unit.kind)), unit.code), default=None
    )


def _send(row: Escalation, unit: Unit) -> None:
    """The message says category, area and number and nothing that a reporter wrote."""
    case = row.case
    with override(settings.LANGUAGE_CODE):
        what = _(SUBJECTS[Rung(row.rung)])
        facts = f"{case.category.name_zh} · {case.area.name} · {case.number}"
        address = settings.ANLAN_PUBLIC_URL.rstrip("/") + reverse("case", args=[case.pk])
        email.send(
            to=unit.email,
            subject=f"{what}: {facts}",
            text=f"{what}\n{facts}\n{address}\n",
            key=f"{case.pk}.{row.clock_id}.{row.rung}.escalated",
        )
