"""Reporters who gave an e-mail address are asked, once a closing, whether the hazard is gone.

Of a case that lies with another city they hear when that city closes it.
"""

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.base.errors import NotFound
from anlan.cases.satisfaction import REOPEN_WITHIN
from anlan.cases.terms import State
from anlan.flows.links import link_to
from anlan.flows.mail_threads import post
from anlan.store.models import Case, HandedOver, Report

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
    asked = _reachable(case)
    for report in asked:
        _ask(report, case)
    return len(asked)


def tell_reporters(*, handed_over_id: int) -> int:
    """Write to the same people that the city which a case went to has closed it; how many were written to.

    Nobody of ours has seen the place, so they are asked nothing: a closing here asks them.
    """
    there = HandedOver.objects.select_related("city", "case__category", "case__area").get(pk=handed_over_id)
    if there.case.state == State.CLOSED:
        return 0
    told = _reachable(there.case)
    for report in told:
        _tell(report, there)
    return len(told)


def _reachable(case: Case) -> list[Report]:
    """The reports of a case whose reporters may be written to."""
    reports = Report.objects.filter(case=case, withdrawn_at=None).exclude(contact=None)
    return list(reports.exclude(contact__email="").select_related("contact").order_by("pk"))


def _tell(report: Report, there: HandedOver) -> None:
    with override(report.language or settings.LANGUAGE_CODE):
        case = there.case
        said = _("%(city)s has closed the hazard you reported.") % {"city": there.city.name}
        post(
            report.idempotency_key,
            to=report.contact.email,
            subject=said,
            text=f"{said}\n{case.area.name} · {case.number}\n"
            + _("It answers for this kind of hazard, and we sent it on. Nobody of ours has checked it yet.")
            + "\n"
            + _("If the hazard is still there, say so with your receipt code: %(link)s")
            % {"link": link_to("follow")}
            + "\n",
            name=f"{case.pk}.{report.pk}.{there.ended_at:%Y%m%d%H%M%S}.closed-elsewhere",
        )


def _ask(report: Report, case: Case) -> None:
    with override(report.language or settings.LANGUAGE_CODE):
        address = link_to("answer", token_for(report.pk))
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
