"""Before a resident's report is taken: how many like it came, and what of it looks like a machine.

One short transaction of its own, so that reports from one network wait for each other at a few counts alone.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from anlan.cases.emergency_words import sounds_urgent
from anlan.cases.holding import Counted, HeldFor, Quota, Signs, held_for, hosts_in, place_of, text_of
from anlan.flows.proof_of_work import spend
from anlan.flows.receipts import KEPT, hour_of, installation_salt, network_mark
from anlan.flows.submit_report import Told, point_of
from anlan.store.models import CountKind, SentCount


@dataclass(frozen=True)
class Sender:
    """What comes with a form beside what was told: where from, a proof of work, what no person fills in."""

    address: str = ""
    proof: str = ""
    pot: str = ""


@dataclass(frozen=True)
class Weighed:
    """Why a report waits for a person, () when it does not, and what those it waits with have in common."""

    reasons: tuple[HeldFor, ...] = ()
    mark: bytes = b""


@transaction.atomic
def weigh_report(*, acting_user: None, told: Told, sender: Sender, now: datetime) -> Weighed:
    """Count a report and say why it waits; a proof of work is used up by this."""
    salt = installation_salt()
    place = place_of(told.area_code, told.address, *point_of(told))
    marks = {
        HeldFor.SAME_WORDS: _mark(CountKind.WORDS, text_of(told.words, place), salt),
        HeldFor.SAME_PLACE: _mark(CountKind.PLACE, place, salt),
        HeldFor.LINK: _mark("link", " ".join(hosts_in(told.words)[:1]), salt),
        HeldFor.POT: network_mark(sender.address, salt),
        HeldFor.PACE: network_mark(sender.address, salt),
    }
    signs = Signs(
        pot_filled=bool(sender.pot.strip()),
        has_link=bool(hosts_in(told.words)),
        is_urgent=sounds_urgent(told.words),
        over_quota=_over_quota(marks[HeldFor.PACE], sender.proof, now),
        same_words=_count(CountKind.WORDS, marks[HeldFor.SAME_WORDS], now),
        same_place=_count(CountKind.PLACE, marks[HeldFor.SAME_PLACE], now) if place else Counted(),
    )
    reasons = held_for(signs)
    return Weighed(reasons, marks[reasons[0]] if reasons else b"")


def _over_quota(network: bytes, proof: str, now: datetime) -> bool:
    """Is this more than the network may send at once? Without proof of work its quota is a smaller one."""
    proven = spend(acting_user=None, proof=proof, now=now)
    everything = _count(CountKind.NETWORK, network, now)
    whole = Quota(settings.ANLAN_REPORTS_PER_HOUR, settings.ANLAN_REPORTS_PER_DAY)
    if proven:
        return whole.is_over(everything)
    plain = Quota(settings.ANLAN_PLAIN_REPORTS_PER_HOUR, settings.ANLAN_PLAIN_REPORTS_PER_DAY)
    return whole.is_over(everything) or plain.is_over(_count(CountKind.PLAIN, network, now))


def _count(kind: CountKind, mark: bytes, now: datetime) -> Counted:
    """Count one more; how many came before it. What is older than a day is no longer looked at."""
    row, _made = SentCount.objects.select_for_update().get_or_create(kind=kind, mark=mark, hour=hour_of(now))
    of_day = SentCount.objects.filter(kind=kind, mark=mark, hour__gt=hour_of(now) - KEPT)
    in_day = of_day.aggregate(n=Sum("count"))["n"] or 0
    before = Counted(row.count, in_day)
    row.count += 1
    row.save(update_fields=["count"])
    return before


def _mark(kind: str, what: str, salt: bytes) -> bytes:
    """32 bytes that stand for `what`, from which it cannot be had."""
    return blake2b(what.encode(), key=salt, digest_size=32, person=kind.encode()).digest()
