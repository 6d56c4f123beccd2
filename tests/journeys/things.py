"""One of each thing that has a page of its own, beside the cases of the scene."""

from dataclasses import replace
from datetime import datetime, timedelta

from anlan.cases.holding import HeldFor
from anlan.cases.supervision import Picks
from anlan.flows.alarm_steps import Asked, silence_alarms
from anlan.flows.duty_rosters import OnShift, add_shift
from anlan.flows.hear_warnings import hear
from anlan.flows.hold_report import take_report
from anlan.flows.issue_warnings import begin_drill, draft_warning, issue_warning
from anlan.flows.manage_feeds import RuleFacts, add_feed, add_feed_rule
from anlan.flows.manage_other_cities import CityFacts, add_city
from anlan.flows.manage_services import QuestionFacts, add_question
from anlan.flows.manage_webhooks import add_webhook
from anlan.flows.raise_alarms import raise_alarm
from anlan.flows.submit_report import Told
from anlan.flows.supervise import Plan, begin_campaign
from anlan.flows.weigh_report import Sender
from anlan.publishing.open311.terms import Datatype
from anlan.sensing.terms import Colour
from anlan.store.models import BulkRun, CapFeed, HeldGroup, SavedSearch
from tests.cast import Cast
from tests.flows.alarms import by_hand
from tests.flows.mails import composed, take
from tests.flows.other_senders import message
from tests.flows.test_issue_warnings import FACTS

COUNTY = "990101"


def set_things(cast: Cast, now: datetime) -> dict[str, int]:
    """Their ids by name."""
    hook, _secret = add_webhook(
        acting_user=cast.grace, name="Fire", address="https://fire.example", area_code=COUNTY, now=now
    )
    facts = CityFacts("https://next.example/open311/v2", "open_water", "W1")
    fault = QuestionFacts(
        Datatype.SINGLE, "什么毛病", "What is wrong", required=True, values=(("dark", "不亮", "Dark"),)
    )
    add_question(acting_user=cast.grace, code="junction", question="FAULT", facts=fault, now=now)
    campaign = begin_campaign(acting_user=cast.carol, plan=_plan(now), now=now)
    return {
        "webhook": hook.pk,
        "city": add_city(acting_user=cast.grace, name="Next", facts=facts, now=now).pk,
        "feed": _feed(cast, now),
        "campaign": campaign.pk,
        "check": campaign.checks.values_list("pk", flat=True)[0],
        "run": BulkRun.objects.create(user=cast.carol.user, step="accept", made_at=now).pk,
        "search": SavedSearch.objects.create(user=cast.carol.user, name="Late", filters={}).pk,
        **_warnings(cast, now),
        **_alarms(cast, now),
        **_held(now),
        **_mails(now),
    }


def _plan(now: datetime) -> Plan:
    ends = (now + timedelta(days=30)).date()
    return Plan("Ponds", Picks.AREAS, COUNTY, now.date(), ends, most=2)


def _feed(cast: Cast, now: datetime) -> int:
    """Another sender of warnings, with a rule, one message in force and one that nobody can read."""
    feed = add_feed(acting_user=cast.grace, name="气象台", address="https://rain.example/feed", now=now)
    CapFeed.objects.filter(pk=feed.pk).update(next_at=now + timedelta(days=9))  # there is no such host
    rule = RuleFacts(area_code=COUNTY, least="red")
    add_feed_rule(acting_user=cast.grace, feed_id=feed.pk, facts=rule, now=now)
    for entry, document in (("1", message("urn:oid:1", now)), ("2", "<alert/>")):
        hear(acting_user=None, feed=feed, entry=entry, document=document.encode(), now=now)
    return feed.pk


def _warnings(cast: Cast, now: datetime) -> dict[str, int]:
    """One in force, one being written, and a drill elsewhere."""
    told = replace(FACTS, colour="yellow", onset=now, expires=now + timedelta(hours=6))
    sent = draft_warning(acting_user=cast.carol, facts=told, now=now)
    issue_warning(acting_user=cast.carol, warning_id=sent.pk, typed_status="Actual", now=now)
    draft = draft_warning(acting_user=cast.carol, facts=replace(told, colour="orange"), now=now)
    drill = begin_drill(acting_user=cast.liu, area_code="990102", words="防汛演练", now=now)
    return {"warning": sent.pk, "warning_draft": draft.pk, "drill": drill.pk}


def _alarms(cast: Cast, now: datetime) -> dict[str, int]:
    """One that nobody answered, with what explains it, and a silence."""
    cause = by_hand(
        cast,
        severity=Colour.RED,
        at=now,
        site=cast.pond_111.pk,
        values={"words": "水位过高", "measured": 3.2, "threshold": 3.0},
    )
    asked = Asked("990101002", "换探头", now, now + timedelta(hours=2))
    on_shift = OnShift("990101", "carol", now, now + timedelta(hours=12), phone="0576-8000000")
    return {
        "shift": add_shift(acting_user=cast.carol, shift=on_shift, now=now).pk,
        "alarm": raise_alarm(acting_user=None, cause=cause, now=now),
        "silence": silence_alarms(acting_user=cast.carol, asked=asked, now=now).pk,
    }


def _held(now: datetime) -> dict[str, int]:
    """Three reports that wait for one decision."""
    words = ("领取补贴请加 www.butie.top", "免费领取补贴 www.butie.top/2", "着急用钱？看 www.butie.top")
    for number, text in enumerate(words):
        wait(number, text, Sender("198.51.100.7"), now - timedelta(minutes=9 - number))
    return {"held_group": HeldGroup.objects.get().pk}


def _mails(now: datetime) -> dict[str, int]:
    """A mail that does not say of which kind it is, and one that was set aside."""
    take(composed("村口的护栏断了，很危险"), now)
    take(b"", now, raw=None, size=60_000_000, place="41")
    return {"mail_group": HeldGroup.objects.get(why=HeldFor.UNCLEAR).pk}


def wait(number: int, words: str, sender: Sender, now: datetime) -> None:
    """A report of a village of county_1 that has a sign of a machine."""
    told = Told("open_water", words, "990101001201", "村口小店")
    take_report(acting_user=None, token=f"a-form-that-waits-{number}", told=told, sender=sender, now=now)
