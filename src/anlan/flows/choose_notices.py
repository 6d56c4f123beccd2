"""A member says how they want to be told, and what they have seen."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.cases.notices import NoticeKind
from anlan.store.models import Notice, NoticeChoice
from anlan.store.readers.staff import Acting


@dataclass(frozen=True)
class Wish:
    """Which kinds of notices come by which way, and when; the phone is the member's own."""

    by_email: tuple[str, ...] = ()
    by_sms: tuple[str, ...] = ()
    phone: str = ""
    digest_at: time | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None


@transaction.atomic
def choose_notices(*, acting_user: Acting, wish: Wish) -> NoticeChoice:
    """Keep how this member wants to be told; what is on its way already leaves as it was planned.

    Raises Refused("notice_kind_unknown", "phone_missing", "email_missing", "quiet_hours_half").
    """
    if not {*wish.by_email, *wish.by_sms} <= set(NoticeKind):
        raise Refused("notice_kind_unknown")
    if wish.by_sms and not wish.phone:
        raise Refused("phone_missing")
    if wish.by_email and not acting_user.user.email:
        raise Refused("email_missing")
    if (wish.quiet_from is None) is not (wish.quiet_to is None):
        raise Refused("quiet_hours_half")
    kept, _ = NoticeChoice.objects.update_or_create(user=acting_user.user, defaults=_columns(wish))
    return kept


@transaction.atomic
def see_notices(*, acting_user: Acting, up_to: int, now: datetime) -> int:
    """The member has seen all notices up to the one with this id; gives how many were new."""
    return Notice.objects.filter(user=acting_user.user, seen_at=None, pk__lte=up_to).update(seen_at=now)


@transaction.atomic
def open_notice(*, acting_user: Acting, notice_id: int, now: datetime) -> int | None:
    """The member opens what a notice tells of: it is seen.

    Gives the id of the case, None for one of reports that wait. Raises NotFound.
    """
    notice = Notice.objects.filter(user=acting_user.user, pk=notice_id).first()
    if notice is None:
        raise NotFound
    Notice.objects.filter(pk=notice.pk, seen_at=None).update(seen_at=now)
    return notice.case_id


def _columns(wish: Wish) -> dict[str, object]:
    return vars(wish) | {"by_email": sorted(wish.by_email), "by_sms": sorted(wish.by_sms)}
