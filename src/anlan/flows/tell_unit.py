"""A unit hears that a case is theirs, was taken back, or needs rework."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.cases.terms import Step
from anlan.channels import email
from anlan.store.models import Case


def tell_unit(*, case_id: int, step: str, version: int) -> bool:
    """Write to the desk of the case's unit; False when it has no address or is no longer responsible.

    The message says category, area and number and nothing that a reporter wrote.
    """
    case = Case.objects.select_related("unit", "category", "area").get(pk=case_id)
    if case.unit is None or not case.unit.email:
        return False
    with override(settings.LANGUAGE_CODE):
        what = {Step.DISPATCH: _("A case is yours"), Step.FAIL: _("A case needs rework")}[Step(step)]
        facts = f"{case.category.name_zh} · {case.area.name} · {case.number}"
        address = settings.ANLAN_PUBLIC_URL.rstrip("/") + reverse("case", args=[case.pk])
        email.send(
            to=case.unit.email,
            subject=f"{what}: {facts}",
            text=f"{what}\n{facts}\n{address}\n",
            key=f"{case.pk}.{version}.{step}",
        )
    return True
