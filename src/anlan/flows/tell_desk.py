"""The desk hears of a new report."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.channels import email
from anlan.staff.terms import UnitKind
from anlan.store.models import Case, Unit


def tell_desk(*, case_id: int) -> bool:
    """Write to the nearest desk that has an address; False when there is none.

    The message says category, area and number and nothing that a reporter wrote.
    """
    case = Case.objects.select_related("category", "area").get(pk=case_id)
    desk = _desk(case)
    if desk is None:
        return False
    with override(settings.LANGUAGE_CODE):
        what = _("A new report")
        facts = f"{case.category.name_zh} · {case.area.name} · {case.number}"
        address = settings.ANLAN_PUBLIC_URL.rstrip("/") + reverse("case", args=[case.pk])
        email.send(
            to=desk.email,
            subject=f"{what}: {facts}",
            text=f"{what}\n{facts}\n{address}\n",
            key=f"{case.pk}.reported",
        )
    return True


def _desk(case: Case) -> Unit | None:
    """The desk whose own area holds the case and is the smallest that does."""
    codes = case.area_path.rstrip(".").split(".")
    desks = Unit.objects.filter(kind=UnitKind.DESK, active=True, area__code__in=codes).exclude(email="")
    return max(desks, key=lambda desk: (len(desk.area_path), desk.code), default=None)
