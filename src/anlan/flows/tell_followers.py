"""Those who follow from outside hear what changed: only what the public may see, and a link."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _

from anlan.channels import email, push
from anlan.flows.follow_public import token_to_end
from anlan.flows.links import link_to
from anlan.publishing.news import News, is_heard, news_of, send_at
from anlan.staff.notices import next_try
from anlan.store.models import Case, CaseEvent, Follow, FollowNews, PublicCase
from anlan.store.readers.following import claim_news, followers_of

SAID: Mapping[News, Promise] = {
    News.APPEARED: gettext_lazy("A new report"),
    News.GIVEN: gettext_lazy("A unit has it now"),
    News.RECTIFIED: gettext_lazy("The unit says the hazard is removed; somebody else will check"),
    News.NOT_FIXED: gettext_lazy("Checked on site: not yet removed, back for rework"),
    News.CLOSED: gettext_lazy("Removed and checked"),
    News.OPEN_AGAIN: gettext_lazy("Opened again"),
    News.PARKED: gettext_lazy("Put on hold, with a date to look at it again"),
    News.ENDED: gettext_lazy("Ended without action"),
}
"""What happened, as a line of a message."""


@transaction.atomic
def tell_followers(*, acting_user: None, event_id: int, now: datetime) -> int:
    """Write down who hears of an event, and give how many; again, nothing more."""
    event = CaseEvent.objects.get(pk=event_id)
    news, case = news_of(event.step), PublicCase.objects.filter(pk=event.case_id, shown=True).first()
    if news is None or case is None:
        return 0
    local = timezone.localtime(now)
    rows = [
        FollowNews(follow=each, event=event, send_at=send_at(local, of_one_case=each.case_id is not None))
        for each in followers_of(case)
        if is_heard(news, of_one_case=each.case_id is not None)
    ]
    FollowNews.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def deliver_news(*, acting_user: None, now: datetime) -> int:
    """Send a batch of what is due, what one follower hears in one message; gives its size.

    A process killed between sending and marking sends again with the same key: at least once, known as one.
    """
    with transaction.atomic():
        claimed = claim_news(now)
    for _pk, batch in groupby(claimed, key=lambda each: each.follow_id):
        _deliver(list(batch), now)
    return len(claimed)


def _deliver(batch: list[FollowNews], now: datetime) -> None:
    follow = batch[0].follow
    ids = [each.pk for each in batch]
    try:
        with override(follow.language or settings.LANGUAGE_CODE):
            (_mail if follow.email else _push)(follow, batch)
    except push.Gone:
        follow.delete()
    except OSError:
        _failed(batch, now)
    else:
        FollowNews.objects.filter(pk__in=ids).update(sent_at=now, claimed_until=None)


def _failed(batch: Sequence[FollowNews], now: datetime) -> None:
    """Keep that a try failed: when the next comes, or that it was the last."""
    for each in batch:
        each.tries += 1
        again = next_try(each.tries, now)
        each.send_at, each.dead_at, each.claimed_until = again or each.send_at, None if again else now, None
    FollowNews.objects.bulk_update(batch, ["tries", "send_at", "dead_at", "claimed_until"])


def _mail(follow: Follow, batch: Sequence[FollowNews]) -> None:
    end = link_to("follow_end", token_to_end(follow))
    email.send(
        to=follow.email,
        subject=_subject(batch),
        text="\n".join(f"{_line(each)}\n{link_to('public_case', each.event.case_id)}\n" for each in batch)
        + "\n"
        + _("You asked for this. Stop it with one click: %(link)s") % {"link": end}
        + "\n",
        key=batch[0].key.hex,
        headers={"List-Unsubscribe": f"<{end}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def _push(follow: Follow, batch: Sequence[FollowNews]) -> None:
    first = batch[0].event.case_id
    push.send(
        endpoint=follow.endpoint,
        keys=follow.keys,
        title=_subject(batch),
        text=_line(batch[0]) if len(batch) == 1 else "\n".join(map(_line, batch[:5])),
        address=link_to("public_case", first) if len(batch) == 1 else link_to("public_cases"),
        key=batch[0].key.hex,
    )


def _subject(batch: Sequence[FollowNews]) -> str:
    if len(batch) == 1:
        return _line(batch[0])
    return ngettext("%(n)d piece of news", "%(n)d pieces of news", len(batch)) % {"n": len(batch)}


def _line(each: FollowNews) -> str:
    case: Case = each.event.case
    news = news_of(each.event.step)
    said = str(SAID[news]) if news else ""
    return f"{said}: {public_name(case)}"


def public_name(case: Case) -> str:
    """Category and area: what the public may always know of a case."""
    english = (get_language() or "").startswith("en")
    return f"{case.category.name_en if english else case.category.name_zh} · {case.area.name}"
