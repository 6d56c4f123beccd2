"""Other senders' warnings come in: feeds are asked, messages read, chains followed, alarms raised.

What was read once is known by its entry; what could not be fetched is asked for again the next time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from anlan.base.errors import Refused
from anlan.channels import NotTaken, cap
from anlan.flows.raise_alarms import clear_alarm, raise_alarm
from anlan.flows.tell_walls import tell_walls
from anlan.sensing.alarms.terms import SEVERITY_ORDER, AlarmSource, Cause
from anlan.sensing.cap.checking import Fault
from anlan.sensing.cap.feeds import Entry, entries_of
from anlan.sensing.cap.reading import Message, read
from anlan.sensing.hearing import ENDED_BY, HeardState, common_area, is_for_us, raises
from anlan.sensing.terms import MessageKind
from anlan.store.models import Area, CapFeed, HeardArea, HeardWarning
from anlan.store.readers.heard import KEPT, areas_of, feeds_due, known_entries

EVERY = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
AT_ONCE = 50
"""Messages that are fetched for one feed before the next feed has its turn."""
MOST_FAULTS = 30


def hear_feeds(*, acting_user: None, now: datetime) -> int:
    """Ask the feeds that are due; how many messages were new."""
    return sum(_hear(feed, now) for feed in feeds_due(now))


def expire_heard(*, acting_user: None, now: datetime) -> int:
    """End the messages whose time is over, and the alarms that stand for them; how many."""
    with transaction.atomic():
        over = HeardWarning.objects.filter(state=HeardState.IN_FORCE, expires__lte=now)
        ended = list(over.select_for_update(skip_locked=True).defer("document"))
        for each in ended:
            _end(each, HeardState.EXPIRED)
            _clear(each, now)
        return len(ended)


@transaction.atomic
def forget_heard(*, acting_user: None, now: datetime) -> int:
    """Forget messages that were over KEPT ago; how many."""
    over = HeardWarning.objects.exclude(state=HeardState.IN_FORCE)
    old = over.filter(Q(expires__lt=now - KEPT) | Q(expires=None), heard_at__lt=now - KEPT)
    return old.delete()[1].get("store.HeardWarning", 0)


def quiet_feed(feed: CapFeed, now: datetime) -> None:
    """A feed is asked no more: what it said ends, and so do its alarms; inside the change that says so."""
    for each in feed.heard.select_for_update().filter(state=HeardState.IN_FORCE).defer("document"):
        _end(each, HeardState.EXPIRED)
        _clear(each, now)


def _hear(feed: CapFeed, now: datetime) -> int:
    """Ask one feed and take what is new."""
    try:
        news = cap.ask(feed.address, feed.etag, feed.last_modified)
        entries = entries_of(news.body) if news.body is not None else []
    except NotTaken as no:
        return _failed(feed, str(no), now)
    except Refused as no:
        return _failed(feed, " ".join([no.reason, *map(str, no.facts.values())]), now)
    known = known_entries(feed, [each.key for each in entries])
    fresh = [each for each in reversed(entries) if each.key not in known]  # the oldest first
    missing = [why for each in fresh[:AT_ONCE] if (why := _take(feed, each, now))]
    if not missing and len(fresh) <= AT_ONCE:
        feed.etag, feed.last_modified = news.etag, news.last_modified
    feed.answered_at, feed.asked_at, feed.tries = now, now, 0
    feed.next_at, feed.last_error = now + EVERY, missing[0] if missing else ""
    _save(feed)
    return len(fresh[:AT_ONCE]) - len(missing)


def _failed(feed: CapFeed, why: str, now: datetime) -> int:
    """Keep why a feed could not be read, and ask later and later."""
    feed.tries += 1
    feed.next_at = now + min(EVERY * 2 ** min(feed.tries, 6), LONGEST_WAIT)
    feed.asked_at, feed.last_error = now, why[:300]
    _save(feed)
    return 0


def _save(feed: CapFeed) -> None:
    columns = ("etag", "last_modified", "asked_at", "answered_at", "tries", "next_at", "last_error")
    CapFeed.objects.filter(pk=feed.pk).update(**{name: getattr(feed, name) for name in columns})


def _take(feed: CapFeed, entry: Entry, now: datetime) -> str:
    """Read one entry; why its message could not be fetched, "" when it was."""
    try:
        document = entry.document or cap.message(entry.address, feed.address)
    except NotTaken as no:
        return f"{entry.address}: {no}"[:300]
    hear(feed=feed, entry=entry.key, document=document, acting_user=None, now=now)
    return ""


@transaction.atomic
def hear(*, acting_user: None, feed: CapFeed, entry: str, document: bytes, now: datetime) -> HeardWarning:
    """Take one message: in force, or as what it is; again, nothing more."""
    known = HeardWarning.objects.filter(feed=feed, entry=entry).first()
    if known is not None:
        return known
    message, faults = read(document)
    text = document.decode(errors="replace").replace("\x00", "")
    heard = HeardWarning(
        feed=feed, entry=entry, state=HeardState.FAULTY, document=text, faults=_kept(faults), heard_at=now
    )
    if message is not None:
        _fill(heard, message)
        return _placed(heard, message, now)
    heard.save()
    return heard


def _kept(faults: Sequence[Fault]) -> list[list[str]]:
    return [[each.path[:300], each.message[:500]] for each in faults[:MOST_FAULTS]]


def _fill(heard: HeardWarning, message: Message) -> None:
    for name in (
        *("identifier", "sender", "sent", "status", "kind", "colour", "category", "sender_name", "words"),
        *("polygons", "onset", "expires", "web"),
    ):
        setattr(heard, name, getattr(message, name))
    heard.references = [list(pair) for pair in message.references]
    heard.places = "、".join(message.places)[:500]


def _placed(heard: HeardWarning, message: Message, now: datetime) -> HeardWarning:
    """Keep a message that could be read, where it stands in its chain and where it holds here."""
    same = HeardWarning.objects.filter(sender=heard.sender, identifier=heard.identifier)
    if same.exists():
        heard.identifier, heard.sender = "", ""
        return _noted(heard, "/alert/identifier", "was heard before")
    if not is_for_us(message.status, message.kind, message.scope):
        return _noted(heard, "/alert", f"is not followed: {message.status} {message.kind} {message.scope}")
    before = _before(heard)
    if message.kind == MessageKind.CANCEL:
        if not before:
            return _noted(heard, "/alert/references", "names no message that was heard")
        areas = []
    else:
        areas = areas_of(message)
        if not areas and not before:
            return _noted(heard, "/alert/info/area", "names no area of this city")
    heard.chain = before[0].chain if before else None
    heard.state = _state(heard, heard.chain, now)
    heard.save()
    if heard.chain is None:
        heard.chain = heard.pk
        heard.save(update_fields=["chain"])
    HeardArea.objects.bulk_create(HeardArea(heard=heard, area=each, area_path=each.path) for each in areas)
    for each in before:
        _end(each, ENDED_BY[MessageKind(message.kind)])
    _sound(heard, areas, now)
    return heard


def _noted(heard: HeardWarning, path: str, why: str) -> HeardWarning:
    heard.state, heard.faults = HeardState.NOTED, [[path, why], *heard.faults]
    heard.save()
    return heard


def _before(heard: HeardWarning) -> list[HeardWarning]:
    """The chain of this feed that it goes on with, up to its own time, the oldest first; an Alert begins one.

    It is found by what the message names, though some senders name the first message alone, others the last.
    """
    if heard.kind not in ENDED_BY:
        return []
    which = Q(pk__in=[])
    for sender, identifier in heard.references:
        which |= Q(sender=sender, identifier=identifier)
    named = HeardWarning.objects.filter(which, feed=heard.feed, chain__isnull=False)
    found = HeardWarning.objects.filter(chain__in=named.values("chain"), sent__lte=heard.sent)
    return list(found.select_for_update().defer("document").order_by("sent", "pk"))


def _state(heard: HeardWarning, chain: int | None, now: datetime) -> HeardState:
    """Where a message stands that comes now: a later one of its chain may have come before it."""
    if heard.kind == MessageKind.CANCEL:
        return HeardState.ENDS
    names_it = Q(references__contains=[[heard.sender, heard.identifier]])
    after = names_it | Q(chain=chain, chain__isnull=False, sent__gt=heard.sent)
    later = HeardWarning.objects.filter(after, feed=heard.feed, kind__in=list(ENDED_BY))
    last = later.exclude(state=HeardState.NOTED).order_by("-sent").first()
    if last is not None:
        return ENDED_BY[MessageKind(last.kind)]
    return HeardState.IN_FORCE if heard.expires and heard.expires > now else HeardState.EXPIRED


def _end(each: HeardWarning, state: HeardState) -> None:
    if each.state == HeardState.IN_FORCE:
        each.state = state
        each.save(update_fields=["state"])
        _tell(list(each.areas.values_list("area_path", flat=True)))


def _sound(heard: HeardWarning, areas: Sequence[Area], now: datetime) -> None:
    """Raise, change or clear the alarm of a chain by the rules of its feed; tell open walls."""
    paths = [each.path for each in areas]
    found = [
        each
        for rule in heard.feed.rules.all()
        if heard.state == HeardState.IN_FORCE and (each := raises(rule, heard, paths))
    ]
    if found:
        severity, where = max(found, key=lambda each: SEVERITY_ORDER[each[0]])
        said = heard.words.get("zh") or heard.words.get("en") or {}
        values = {
            "words": (said.get("headline") or said.get("event") or "")[:200],
            "place": heard.places,
            "sender": heard.sender_name or heard.sender,
        }
        cause = Cause(AlarmSource.FEED, _condition(heard), severity, heard.sent or now, where, values=values)
        raise_alarm(acting_user=None, cause=cause, now=now)
    else:
        _clear(heard, now)
    _tell(paths)


def _clear(heard: HeardWarning, now: datetime) -> None:
    """The alarm of a chain, unless another message of it is in force."""
    going_on = HeardWarning.objects.filter(chain=heard.chain, state=HeardState.IN_FORCE).exclude(pk=heard.pk)
    if not going_on.exists():
        clear_alarm(acting_user=None, condition=_condition(heard), now=now)


def _condition(heard: HeardWarning) -> str:
    """Whatever is said of a chain is one alarm."""
    return f"heard:{heard.chain}"


def _tell(paths: Sequence[str]) -> None:
    """Tell open walls of the smallest area that holds all of these."""
    if paths:
        tell_walls(common_area(paths))
