"""Administrators of the city say whose warnings come in, and which of them raise alarms."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anlan.base.errors import NotFound, Refused
from anlan.flows.hear_warnings import quiet_feed
from anlan.flows.staff_history import keep, record, take_turns
from anlan.sensing.terms import Colour
from anlan.staff.granting import check_reach
from anlan.staff.terms import Action, Spot
from anlan.store.models import Area, CapFeed, FeedRule
from anlan.store.readers.managed import city_path
from anlan.store.readers.staff import Acting


@dataclass(frozen=True)
class RuleFacts:
    """Which warnings raise an alarm: empty words and category ask nothing, an empty severity keeps theirs."""

    area_code: str
    least: str
    words: str = ""
    category: str = ""
    severity: str = ""


@transaction.atomic
def add_feed(*, acting_user: Acting, name: str, address: str, now: datetime) -> CapFeed:
    """Add a feed; it is asked within a minute. Raises Refused("not_permitted", "name_taken")."""
    take_turns()
    _check_may(acting_user)
    if CapFeed.objects.filter(name=name).exists():
        raise Refused("name_taken", name=name)
    feed = CapFeed.objects.create(name=name, address=address)
    record(acting_user.user, "added", subject_of(feed), {"address": (None, address)}, now)
    return feed


@transaction.atomic
def change_feed(*, acting_user: Acting, feed_id: int, address: str, active: bool, now: datetime) -> CapFeed:
    """Change where a feed is; one that is switched off lets go of its alarms. Raises NotFound, Refused."""
    take_turns()
    feed = _one(acting_user, feed_id)
    columns = {"address": address, "active": active}
    if address != feed.address:
        CapFeed.objects.filter(pk=feed.pk).update(etag="", last_modified="", next_at=None, tries=0)
    keep(acting_user.user, "changed", subject_of(feed), feed, columns, now)
    if not active:
        quiet_feed(feed, now)
    return feed


@transaction.atomic
def add_feed_rule(*, acting_user: Acting, feed_id: int, facts: RuleFacts, now: datetime) -> FeedRule:
    """Let warnings of a feed raise alarms, from the next one on. Raises NotFound, Refused("area_unknown")."""
    take_turns()
    feed = _one(acting_user, feed_id)
    area = Area.objects.filter(code=facts.area_code, in_use=True).first()
    if area is None:
        raise Refused("area_unknown", code=facts.area_code)
    rule = FeedRule.objects.create(
        feed=feed,
        words=facts.words.strip(),
        category=facts.category,
        least=Colour(facts.least),
        area=area,
        area_path=area.path,
        severity=facts.severity,
    )
    said = f"{facts.least} {facts.category} {facts.words} {area.code} {facts.severity}"
    record(acting_user.user, "added", subject_of(feed), {"rule": (None, said)}, now)
    return rule


@transaction.atomic
def drop_feed_rule(*, acting_user: Acting, feed_id: int, rule_id: int, now: datetime) -> None:
    """Let warnings raise no alarm by this rule any more; alarms that stand end with their warning.

    Raises NotFound, Refused("not_permitted").
    """
    take_turns()
    feed = _one(acting_user, feed_id)
    rule = FeedRule.objects.select_related("area").filter(feed=feed, pk=rule_id).first()
    if rule is None:
        raise NotFound
    said = f"{rule.least} {rule.category} {rule.words} {rule.area.code} {rule.severity}"
    rule.delete()
    record(acting_user.user, "dropped", subject_of(feed), {"rule": (said, None)}, now)


def subject_of(feed: CapFeed) -> str:
    """What history calls the feed."""
    return f"feed:{feed.name}"[:100]


def _one(acting: Acting, feed_id: int) -> CapFeed:
    _check_may(acting)
    feed = CapFeed.objects.select_for_update().filter(pk=feed_id).first()
    if feed is None:
        raise NotFound
    return feed


def _check_may(acting: Acting) -> None:
    """Other senders concern the whole city."""
    check_reach(acting.memberships, Action.MANAGE_WEBHOOKS, Spot(city_path()))
