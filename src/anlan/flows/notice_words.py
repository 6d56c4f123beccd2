"""What a message says: kind, category, area, number, and nothing that a reporter wrote."""

import json
from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from anlan.cases.notices import NoticeKind
from anlan.flows.links import link_to
from anlan.store.models import Case, Delivery

KINDS: Mapping[str, Promise] = {
    NoticeKind.NEW_REPORT: _("A new report"),
    NoticeKind.GIVEN: _("A case is yours"),
    NoticeKind.TASK_GIVEN: _("A task in a case of another unit is yours"),
    NoticeKind.REWORK: _("A case needs rework"),
    NoticeKind.RETURNED: _("A unit returned a case"),
    NoticeKind.TO_VERIFY: _("A case waits for verification"),
    NoticeKind.VERIFIED: _("A case can be closed"),
    NoticeKind.REOPENED: _("A case was reopened"),
    NoticeKind.NEAR_DUE: _("A case is near its deadline"),
    NoticeKind.OVERDUE: _("A case is overdue"),
    NoticeKind.TIME_ASKED: _("A unit asks for more time"),
    NoticeKind.TIME_ANSWERED: _("More time: there is an answer"),
    NoticeKind.ESCALATED: _("A case is overdue and supervised by your level"),
    NoticeKind.ALARM: _("An alarm, while you are on duty"),
    NoticeKind.WARNING: _("A warning to people in an area of yours"),
    NoticeKind.HELD: _("A report waits for a person"),
    NoticeKind.HELD_URGENT: _("A report that sounds urgent waits for a person"),
}


def mail(batch: Sequence[Delivery]) -> tuple[str, str]:
    """Subject and text of one message about one or more events."""
    lines = [f"{short(each)}\n{_address_of(each)}\n" for each in batch]
    if len(batch) == 1:
        return short(batch[0]), lines[0]
    subject = ngettext("%(n)d notice about your cases", "%(n)d notices about your cases", len(batch))
    return subject % {"n": len(batch)}, "\n".join(lines)


def short(message: Delivery) -> str:
    """One line; of reports that wait no more than that they do."""
    kind = str(KINDS[message.kind])
    return f"{kind}: {about(message.case)}" if message.case is not None else kind


def _address_of(message: Delivery) -> str:
    if message.case is not None:
        return address(message.case)
    return link_to("moderation_held")


def about(case: Case) -> str:
    """Category, area and number."""
    english = (get_language() or "").startswith("en")
    category = case.category.name_en if english else case.category.name_zh
    return gettext("%(category)s · %(area)s · %(number)s") % {
        "category": category,
        "area": case.area.name,
        "number": case.number,
    }


def address(case: Case) -> str:
    """Where the case can be seen."""
    return link_to("case", case.pk)


def facts(message: Delivery) -> bytes:
    """One event as another system reads it, JSON; `case` is as it stands when the message leaves."""
    case, event = message.case, message.event
    assert case is not None and event is not None  # systems are told of cases alone
    said = {
        "type": f"case.{event.step}",
        "timestamp": event.at.isoformat(),
        "data": {
            "event": event.pk,
            "state_before": event.state_before,
            "state_after": event.state_after,
            "case": {
                "id": case.pk,
                "number": case.number,
                "state": case.state,
                "category": case.category.code,
                "severity": case.severity,
                "area": case.area.code,
                "unit": case.unit.code if case.unit is not None else None,
                "due_at": case.due_at.isoformat() if case.due_at else None,
                "version": case.version,
                "address": address(case),
            },
        },
    }
    return json.dumps(said, ensure_ascii=False).encode()
