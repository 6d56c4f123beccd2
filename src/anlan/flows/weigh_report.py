"""Before a resident's report is taken: how many like it came, and what of it looks like a machine.

One short transaction of its own, so that reports from one network wait for each other at a few counts alone.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from anlan.cases.emergency_words import sounds_urgent
from anlan.cases.holding import Counted, HeldFor, Quota, Signs, held_for, hosts_in, place_of, text_of
from anlan.flows.counting import count, mark_of
from anlan.flows.proof_of_work import spend
from anlan.flows.receipts import installation_salt, network_mark
from anlan.flows.submit_report import Told, point_of
from anlan.store.models import CountKind


@dataclass(frozen=True)
class Sender:
    """What comes with a form beside what was told: where from, a proof of work, what no person fills in.

    `mail` is the address of a mail: its host stands for the network, itself for what comes without proof.
    `unclear`: a person must say first which kind of hazard it is, or where.
    """

    address: str = ""
    proof: str = ""
    pot: str = ""
    mail: str = ""
    unclear: bool = False


@dataclass(frozen=True)
class Weighed:
    """Why a report waits for a person, () when it does not, and what those it waits with have in common."""

    reasons: tuple[HeldFor, ...] = ()
    mark: bytes = b""


@transaction.atomic
def weigh_report(*, acting_user: None, told: Told, sender: Sender, now: datetime) -> Weighed:
    """Count a report and say why it waits; a proof of work is used up by this."""
    salt = installation_salt()
    network, one = _networks(sender, salt)
    place = place_of(told.area_code, told.address, *point_of(told))
    marks = {
        HeldFor.SAME_WORDS: mark_of(CountKind.WORDS, text_of(told.words, place), salt),
        HeldFor.SAME_PLACE: mark_of(CountKind.PLACE, place, salt),
        HeldFor.LINK: mark_of("link", " ".join(hosts_in(told.words)[:1]), salt),
        HeldFor.POT: network,
        HeldFor.PACE: one,
        HeldFor.UNCLEAR: mark_of("unclear", f"{sender.mail} {told.words}", salt),
    }
    signs = Signs(
        pot_filled=bool(sender.pot.strip()),
        has_link=bool(hosts_in(told.words)),
        is_urgent=sounds_urgent(told.words),
        over_quota=_over_quota(network, one, sender.proof, now),
        same_words=count(CountKind.WORDS, marks[HeldFor.SAME_WORDS], now),
        same_place=count(CountKind.PLACE, marks[HeldFor.SAME_PLACE], now) if place else Counted(),
        is_unclear=sender.unclear,
    )
    reasons = held_for(signs)
    return Weighed(reasons, marks[reasons[0]] if reasons else b"")


def _networks(sender: Sender, salt: bytes) -> tuple[bytes, bytes]:
    """What stands for the network of a sender, and for what of it has the smaller quota."""
    if not sender.mail:
        network = network_mark(sender.address, salt)
        return network, network
    host = sender.mail.rpartition("@")[2]
    return mark_of("mail host", host, salt), mark_of("mail sender", sender.mail, salt)


def _over_quota(network: bytes, one: bytes, proof: str, now: datetime) -> bool:
    """Is this more than the network may send at once? Without proof of work its quota is a smaller one."""
    proven = spend(acting_user=None, proof=proof, now=now)
    everything = count(CountKind.NETWORK, network, now)
    whole = Quota(settings.ANLAN_REPORTS_PER_HOUR, settings.ANLAN_REPORTS_PER_DAY)
    if proven:
        return whole.is_over(everything)
    plain = Quota(settings.ANLAN_PLAIN_REPORTS_PER_HOUR, settings.ANLAN_PLAIN_REPORTS_PER_DAY)
    return whole.is_over(everything) or plain.is_over(count(CountKind.PLAIN, one, now))
