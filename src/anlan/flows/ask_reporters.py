"""Reporters who gave an e-mail address are asked, once a closing, whether the hazard is gone."""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.base.errors import NotFound
from anlan.cases.satisfaction import REOPEN_WITHIN
from anlan.cases.terms import State
from anlan.flows.mail_threads import post
from anlan.store.models import Case, Report

_SALT = "anlan.answer"
LINK_FOR = REOPEN_WITHIN * 4
"""For so long the link opens: a late word is kept, although it opens nothing."""


def token_for(report_id: int) -> str:
    """The signed word in the link of one report: it lets its holder answer, and nothing else."""
    return signing.dumps(report_id, salt=_SALT)


def report_of(token: str) -> int:
    """The report that a link's word is for; raises NotFound for any other and for an old one."""
    try:
        return int(signing.loads(token, salt=_SALT, max_age=LINK_FOR))
    except signing.BadSignature:
        raise NotFound from None


def ask_reporters(*, case_id: int) -> int:
    """Write to each reporter of a closed case who may be reached by e-mail; how many were written to."""
    case = Case.objects.select_related("category", "area").get(pk=case_id)
    if case.state != State.CLOSED or case.closed_at is None:
        return 0
    reports = Report.objects.filter(case=case, withdrawn_at=None).exclude(contact=None)
    asked = list(reports.exclude(contact__email="").select_related("contact").order_by("pk"))
    for report in asked:
        _ask(report, case)
    return len(asked)


def _ask(report: Report, case: Case) -> None:
    with override(report.language or settings.LANGUAGE_CODE):
        address = settings.ANLAN_PUBLIC_URL.rstrip("/") + reverse("answer", args=[token_for(report.pk)])
        asked = _("The hazard you reported is said to be removed. Is it?")
        post(
            report.idempotency_key,
            to=report.contact.email,
            subject=asked,
            text=f"{asked}\n{case.area.name} · {case.number}\n{address}\n"
            + _("Within %(n)d days a “no” opens the case again.") % {"n": REOPEN_WITHIN.days}
            + "\n",
            name=f"{case.pk}.{report.pk}.{case.closed_at:%Y%m%d%H%M%S}.asked",
        )
