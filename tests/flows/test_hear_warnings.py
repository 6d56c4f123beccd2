"""Warnings of other senders: asked for, read though faulty, followed to their end, raising alarms."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import shapely

from anlan.flows.hear_warnings import expire_heard, forget_heard, hear_feeds
from anlan.flows.manage_feeds import RuleFacts, add_feed, add_feed_rule, change_feed, drop_feed_rule
from anlan.store.models import Alarm, CapFeed, FeedRule, HeardWarning
from anlan.store.readers.heard import heard_in_force
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.other_senders import Host, a_host, atom, message, reference, rss

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
RAIN = "urn:oid:2.49.0.0.156.1"


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


@pytest.fixture
def host(settings: Any) -> Iterator[Host]:
    """Another sender's host, in a network of ours that the city allows."""
    settings.ANLAN_OWN_NETWORKS = (ip_network("127.0.0.0/8"),)
    with a_host() as found:
        yield found


def a_feed(cast: Cast, host: Host, path: str = "/feed") -> CapFeed:
    return add_feed(acting_user=cast.grace, name="Weather", address=host.address + path, now=NOON)


def publish(host: Host, *messages: str, kind: Any = atom) -> None:
    """Put messages into the feed, the newest first, as senders do."""
    for number, each in enumerate(messages):
        host.pages[f"/{number}.xml"] = each
    host.pages["/feed"] = kind(*(f"/{number}.xml" for number in reversed(range(len(messages)))))


def heard(now: datetime = NOON) -> list[tuple[str, str]]:
    hear_feeds(acting_user=None, now=now)
    return list(HeardWarning.objects.order_by("pk").values_list("kind", "state"))


def a_rule(cast: Cast, feed: CapFeed, **facts: str) -> FeedRule:
    given = RuleFacts(**{"area_code": "990100", "least": "orange", **facts})
    return add_feed_rule(acting_user=cast.grace, feed_id=feed.pk, facts=given, now=NOON)


@pytest.mark.parametrize("kind", [atom, rss])
def test_a_warning_of_a_feed_is_in_force_in_the_area_that_it_names(cast: Cast, host: Host, kind: Any) -> None:
    a_feed(cast, host)
    publish(host, message(RAIN, NOON), kind=kind)
    assert heard() == [("Alert", "in_force")]
    (found,) = heard_in_force(NOON, cast.village_111.path)
    assert (found.colour, found.sender_name, found.places) == ("orange", "望潮县气象台", "望潮沿海")
    assert found.words["zh"]["headline"] == "望潮县气象台发布暴雨预警"
    assert heard_in_force(NOON, cast.county_2.path) == []
    assert ["/alert/sent", "must give UTC as -00:00, not as Z"] in found.faults


def test_one_message_by_itself_and_one_inside_an_entry_are_read_too(cast: Cast, host: Host) -> None:
    a_feed(cast, host, "/one.xml")
    host.pages["/one.xml"] = message(RAIN, NOON)
    inside = message(f"{RAIN}.2", NOON).partition("?>")[2]
    host.pages["/feed"] = atom("/x").replace("<id>urn:/x</id>", f"<id>1</id><content>{inside}</content>")
    add_feed(acting_user=cast.grace, name="Floods", address=f"{host.address}/feed", now=NOON)
    assert heard() == [("Alert", "in_force")] * 2


def test_what_did_not_change_is_not_fetched_again(cast: Cast, host: Host) -> None:
    a_feed(cast, host)
    publish(host, message(RAIN, NOON))
    host.etag = '"1"'
    heard()
    assert host.paths() == ["/feed", "/0.xml"]
    heard(NOON + MINUTE)
    assert [(path, headers["if-none-match"]) for path, headers in host.asked] == [("/feed", '"1"')]
    host.paths()
    host.etag = '"2"'
    heard(NOON + 2 * MINUTE)
    assert host.paths() == ["/feed"]
    assert HeardWarning.objects.count() == 1


def test_a_message_that_two_feeds_bring_is_one(cast: Cast, host: Host) -> None:
    a_feed(cast, host)
    publish(host, message(RAIN, NOON))
    host.pages["/other"] = rss("/0.xml")
    add_feed(acting_user=cast.grace, name="Copy", address=f"{host.address}/other", now=NOON)
    assert heard() == [("Alert", "in_force"), ("Alert", "noted")]
    assert len(heard_in_force(NOON)) == 1


def test_update_and_cancel_are_followed(cast: Cast, host: Host) -> None:
    a_feed(cast, host)
    first, later = message(RAIN, NOON), NOON + MINUTE
    update = message(f"{RAIN}.2", later, kind="Update", severity="Moderate", references=reference(RAIN, NOON))
    publish(host, first, update)
    assert heard() == [("Alert", "updated"), ("Update", "in_force")]
    assert [each.colour for each in heard_in_force(NOON)] == ["yellow"]
    both = f"{reference(RAIN, NOON)} {reference(f'{RAIN}.2', later)}"
    publish(host, first, update, message(f"{RAIN}.3", later, kind="Cancel", references=both))
    assert heard(NOON + MINUTE)[1:] == [("Update", "cancelled"), ("Cancel", "ends")]
    assert heard_in_force(NOON) == []


def test_an_alert_that_comes_after_its_cancel_is_not_in_force(cast: Cast, host: Host) -> None:
    a_feed(cast, host)
    update = message(f"{RAIN}.2", NOON, kind="Update", references=reference(RAIN, NOON))
    publish(host, update, message(RAIN, NOON))
    assert heard() == [("Update", "in_force"), ("Alert", "updated")]


def test_updates_that_come_in_the_wrong_order_end_with_the_last(cast: Cast, host: Host) -> None:
    a_feed(cast, host)
    named = reference(RAIN, NOON)
    first = message(f"{RAIN}.2", NOON + MINUTE, kind="Update", references=named)
    last = message(f"{RAIN}.3", NOON + 2 * MINUTE, kind="Update", references=named)
    publish(host, message(RAIN, NOON), last, first)
    assert heard() == [("Alert", "updated"), ("Update", "in_force"), ("Update", "updated")]


def test_nobody_cancels_what_another_feed_said(cast: Cast, host: Host) -> None:
    a_feed(cast, host)
    publish(host, message(RAIN, NOON))
    heard()
    host.pages["/evil.xml"] = message("1", NOON, kind="Cancel", references=reference(RAIN, NOON))
    add_feed(acting_user=cast.grace, name="Evil", address=f"{host.address}/evil.xml", now=NOON)
    assert heard() == [("Alert", "in_force"), ("Cancel", "noted")]


def test_what_is_over_ends(cast: Cast, host: Host) -> None:
    feed = a_feed(cast, host)
    a_rule(cast, feed)
    publish(host, message(RAIN, NOON))  # says no end: a day
    heard()
    assert expire_heard(acting_user=None, now=NOON + timedelta(hours=23)) == 0
    assert expire_heard(acting_user=None, now=NOON + timedelta(hours=24)) == 1
    assert (HeardWarning.objects.get().state, Alarm.objects.get().state) == ("expired", "cleared")
    assert forget_heard(acting_user=None, now=NOON + timedelta(days=92)) == 1


@pytest.mark.parametrize(
    "odd",
    [
        "no XML",
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>',
        "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>",
        message("", NOON),
    ],
    ids=["no XML", "entities", "empty", "no identifier"],
)
def test_what_cannot_be_read_is_kept_with_its_faults_and_hurts_no_other(
    cast: Cast, host: Host, odd: str
) -> None:
    a_feed(cast, host)
    publish(host, odd, message(RAIN, NOON))
    assert heard()[1] == ("Alert", "in_force")
    first = HeardWarning.objects.order_by("pk")[0]
    assert first.state == "faulty" and first.faults
    assert "root:" not in str(first.faults)
    host.paths()
    heard(NOON + MINUTE)
    assert host.paths() == ["/feed"]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<html>", "feed_not_xml ParseError"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><feed>&a;</feed>", "feed_not_xml DTDForbidden"),
        ("<html/>", "feed_unknown html"),
        (None, "HTTP 404"),
        ("<feed>" + " " * 4_000_001, "too large"),
    ],
    ids=["broken", "entities", "a page", "gone", "huge"],
)
def test_a_feed_that_cannot_be_read_says_why_and_is_asked_later_and_later(
    cast: Cast, host: Host, page: str | None, why: str
) -> None:
    a_feed(cast, host)
    if page is not None:
        host.pages["/feed"] = page
    heard()
    feed = CapFeed.objects.get()
    assert (feed.last_error, feed.next_at) == (why, NOON + 2 * MINUTE)
    heard(NOON + 2 * MINUTE)
    feed.refresh_from_db()
    assert (feed.tries, feed.next_at) == (2, NOON + 6 * MINUTE)


def test_a_message_that_cannot_be_fetched_now_is_fetched_later(cast: Cast, host: Host) -> None:
    a_feed(cast, host)
    publish(host, message(RAIN, NOON))
    host.etag = '"1"'
    page = host.pages.pop("/0.xml")
    assert heard() == []
    assert "/0.xml: HTTP 404" in CapFeed.objects.get().last_error
    host.pages["/0.xml"] = page
    assert heard(NOON + MINUTE) == [("Alert", "in_force")]
    assert CapFeed.objects.get().last_error == ""


def test_a_feed_leads_into_no_network_of_ours(cast: Cast, host: Host, settings: Any) -> None:
    a_feed(cast, host)
    host.pages["/feed"] = atom(host.address.replace("127.0.0.1", "127.0.0.2") + "/0.xml")
    heard()
    assert "not a public address" in CapFeed.objects.get().last_error
    settings.ANLAN_OWN_NETWORKS = ()
    heard(NOON + MINUTE)
    assert CapFeed.objects.get().last_error == "not a public address"


def test_a_shape_is_mapped_to_the_areas_that_it_touches(cast: Cast, host: Host) -> None:
    for area, west, east in (
        *((cast.city, 121, 123), (cast.county_1, 121, 122), (cast.county_2, 122, 123)),
        *((cast.township_11, 121, 121.5), (cast.township_12, 121.5, 122)),
    ):
        area.boundary = shapely.to_wkb(shapely.MultiPolygon([shapely.box(west, 28, east, 29)]))
        area.save()
    a_feed(cast, host)
    ring = "28,121.6 29,121.6 29,123 28,123 28,121.6"
    swapped = "121.1,28.1 121.2,28.1 121.2,28.2"  # and open
    publish(
        host,
        message("1", NOON, area=f"<cap:polygon>{ring}</cap:polygon>"),
        message("2", NOON, area=f"<cap:polygon>{swapped}</cap:polygon>"),
        message("3", NOON, area="<cap:circle>28.5,121.75 3</cap:circle>"),
        message("4", NOON, area="<cap:polygon>1,1 1,2 2,2 1,1</cap:polygon>"),
    )
    heard()
    found = [
        [each.area.name for each in row.areas.order_by("area_path")]
        for row in HeardWarning.objects.order_by("pk")
    ]
    assert found == [["鹤溪乡", "青屿县"], ["柳埠镇"], ["鹤溪乡"], []]


def test_a_rule_raises_one_alarm_for_a_chain_which_worsens_and_clears_with_it(cast: Cast, host: Host) -> None:
    feed = a_feed(cast, host)
    a_rule(cast, feed, words="暴雨", category="Met")
    publish(host, message(RAIN, NOON))
    heard()
    alarm = Alarm.objects.get()
    assert (alarm.source, alarm.severity, alarm.area_path) == ("feed", "orange", cast.county_1.path)
    assert alarm.values["words"] == "望潮县气象台发布暴雨预警"
    worse = message(f"{RAIN}.2", NOON, kind="Update", severity="Extreme", references=reference(RAIN, NOON))
    publish(host, message(RAIN, NOON), worse)
    heard(NOON + MINUTE)
    alarm = Alarm.objects.get()
    assert (alarm.state, alarm.severity) == ("raised", "red")
    over = message(f"{RAIN}.3", NOON, kind="Cancel", references=reference(f"{RAIN}.2", NOON))
    publish(host, message(RAIN, NOON), worse, over)
    heard(NOON + 2 * MINUTE)
    assert Alarm.objects.get().state == "cleared"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"least": "red"}, {}),
        ({"category": "Geo"}, {}),
        ({"words": "台风"}, {}),
        ({"area_code": "990102"}, {}),
        ({}, {"status": "Exercise"}),
    ],
    ids=["not bad enough", "another kind", "other words", "elsewhere", "a drill"],
)
def test_what_a_rule_does_not_mean_raises_nothing(
    cast: Cast, host: Host, rule: dict[str, str], said: dict[str, str]
) -> None:
    a_rule(cast, a_feed(cast, host), **rule)
    publish(host, message(RAIN, NOON, **said))  # type: ignore[arg-type]
    assert heard() == [("Alert", "in_force")]
    assert not Alarm.objects.exists()


def test_a_rule_may_set_the_severity_and_the_alarm_lies_in_its_area(cast: Cast, host: Host) -> None:
    a_rule(cast, a_feed(cast, host), area_code="990101001", severity="yellow")
    publish(host, message(RAIN, NOON))
    heard()
    assert (Alarm.objects.get().severity, Alarm.objects.get().area_path) == ("yellow", cast.township_11.path)


def test_a_feed_that_is_switched_off_lets_go_of_what_it_said(cast: Cast, host: Host) -> None:
    feed = a_feed(cast, host)
    rule = a_rule(cast, feed)
    publish(host, message(RAIN, NOON))
    heard()
    drop_feed_rule(acting_user=cast.grace, feed_id=feed.pk, rule_id=rule.pk, now=NOON)
    change_feed(acting_user=cast.grace, feed_id=feed.pk, address=feed.address, active=False, now=NOON)
    assert (heard_in_force(NOON), Alarm.objects.get().state) == ([], "cleared")
    assert heard(NOON + MINUTE) == [("Alert", "expired")]


def test_what_is_not_public_or_of_another_place_is_noted_and_not_shown(cast: Cast, host: Host) -> None:
    a_feed(cast, host)
    other = message(
        "1",
        NOON,
        area="<cap:geocode><cap:valueName>x</cap:valueName><cap:value>110000</cap:value></cap:geocode>",
    )
    publish(
        host, other, message("2", NOON).replace(">Public<", ">Private<"), message("3", NOON, status="Draft")
    )
    assert heard() == [("Alert", "noted")] * 3
