"""What other cities say of cases that went to them: their state, their notes, their updates.

One request or token that cannot be asked after never stops the others: it waits for its own next time. A
server that does not answer is left alone with all of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from anlan.cases.elsewhere import NO_SUCH_ADDRESS, OF_THE_SERVER, TOLD, told_anew
from anlan.channels import NotTaken, open311
from anlan.channels.open311 import Item, Server, text_of
from anlan.flows.follow_ups import later
from anlan.flows.other_cities import STEP_CLOSED, STEP_HEARD, answered, note, rest, server_of
from anlan.staff.notices import next_try
from anlan.store.models import HandedOver, HeardUpdate, OtherCity
from anlan.store.readers.other_cities import asked_after

AT_ONCE = 50
"""Ids in one question: the address stays below 2,000 characters for ids of up to 30."""
NOTES = 500
MOST_UPDATES = 50
"""New ones of one request that are written down at a time; the rest follows the next time."""
NOT_THERE = NotTaken("not there", 404)


def follow_cases(*, acting_user: None, now: datetime) -> int:
    """Ask what became of cases that are elsewhere; gives how many changed there."""
    return sum(_follow_city(city, rows, now) for city, rows in asked_after(now))


def _follow_city(city: OtherCity, rows: Sequence[HandedOver], now: datetime) -> int:
    server, changed = server_of(city), 0
    try:
        known = [row for row in rows if row.their_id or _has_id(server, row, now)]
        for first in range(0, len(known), AT_ONCE):
            some = known[first : first + AT_ONCE]
            changed += _ask(server, some, now)
            changed += _ask_updates(server, city, some, now)
    except NotTaken as error:
        rest(city, error, now)
        return changed
    answered(city)
    return changed


def _each_alone[T](ask: Callable[[], T], row: HandedOver, now: datetime) -> T | None:
    """What is answered of one row; None when not, and then that row waits. Raises NotTaken of the server."""
    try:
        return ask()
    except NotTaken as error:
        if error.status in OF_THE_SERVER:
            raise
        _miss(row, error, now)
        return None


def _has_id(server: Server, row: HandedOver, now: datetime) -> bool:
    found = _each_alone(lambda: open311.id_of_token(server, row.their_token), row, now)
    if found:
        row.their_id = found
        row.save(update_fields=["their_id"])
    return bool(found)


def _ask(server: Server, rows: Sequence[HandedOver], now: datetime) -> int:
    """Ask after many at once, and one by one for those of whom nothing was said."""
    try:
        found = _by_id(open311.ask(server, [row.their_id for row in rows]))
    except NotTaken as error:
        if error.status in OF_THE_SERVER:
            raise
        found = {}
    changed = 0
    for row in rows:
        item = found.get(row.their_id) or _ask_one(server, row, now)
        changed += item is not None and _heard(row, item, now)
    return changed


def _ask_one(server: Server, row: HandedOver, now: datetime) -> Item | None:
    answer = _each_alone(lambda: open311.ask_one(server, row.their_id), row, now)
    if answer is None:
        return None
    item = _by_id(answer).get(row.their_id)
    if item is None:
        _miss(row, NOT_THERE, now)
    return item


def _by_id(items: Iterable[Item]) -> dict[str, Item]:
    return {text_of(each, "service_request_id"): each for each in items}


@transaction.atomic
def _miss(row: HandedOver, error: NotTaken, now: datetime) -> None:
    """Ask after this one later; after the last try no more, and its history says so."""
    row.ask_tries += 1
    row.ask_at, row.last_error = next_try(row.ask_tries, now), str(error)[:200]
    row.save(update_fields=["ask_tries", "ask_at", "last_error"])
    if row.ask_at is None:
        note(row, STEP_HEARD, f"{row.city.name} {row.their_id}: {error}".strip(), now)


@transaction.atomic
def _heard(row: HandedOver, item: Item, now: datetime) -> bool:
    """Write down what the other city says now, when it says something else than before."""
    status, notes = text_of(item, "status", 20).lower(), text_of(item, "status_notes", NOTES)
    told = {name: words for name in TOLD if (words := text_of(item, name))}
    first, known = not row.their_status, (row.their_status, row.their_notes)
    anew = [] if first else told_anew(row.their_said, told)
    _keep(row, told, ask_at=now)
    if (status, notes) == known and not anew:
        row.save()
        return False
    row.their_status, row.their_notes = status, notes
    ended = status == "closed"
    if ended:
        row.ended_at = now
    if ended and not row.came:
        later("tell_reporters", handed_over_id=row.pk)
    row.save()
    if first and row.came and not ended:
        return False  # as it came
    said = " · ".join(filter(None, (f"{status}. {notes}".strip(), *anew)))
    note(row, STEP_CLOSED if ended else STEP_HEARD, f"{row.city.name} {row.their_id}: {said}", now)
    return True


def _keep(row: HandedOver, told: Mapping[str, str], *, ask_at: datetime) -> None:
    row.their_said = dict(row.their_said) | dict(told)
    row.ask_at, row.ask_tries, row.last_error = ask_at, 0, ""


def _ask_updates(server: Server, city: OtherCity, rows: Sequence[HandedOver], now: datetime) -> int:
    """Updates, from a server that has them; one that has no such address is not asked for them again."""
    if city.gives_updates is False:
        return 0
    by_id = {row.their_id: row for row in rows}
    try:
        found = open311.updates(server, by_id)
    except NotTaken as error:
        if error.status in OF_THE_SERVER:
            raise
        if error.status in NO_SUCH_ADDRESS:
            _say_updates(city, gives=False)
        return 0
    _say_updates(city, gives=True)
    ours = [each for each in found if text_of(each, "service_request_id") in by_id]
    return sum(
        _heard_updates(row, [each for each in ours if text_of(each, "service_request_id") == key], now)
        for key, row in by_id.items()
    )


def _say_updates(city: OtherCity, *, gives: bool) -> None:
    if city.gives_updates is not gives:
        city.gives_updates = gives
        city.save(update_fields=["gives_updates"])


@transaction.atomic
def _heard_updates(row: HandedOver, items: Sequence[Item], now: datetime) -> bool:
    """Write down each update once, the oldest first."""
    named = {_name_of(each): each for each in items}
    known = set(row.updates.filter(update_id__in=named).values_list("update_id", flat=True))
    fresh = [(key, each) for key, each in named.items() if key not in known]
    fresh.sort(key=lambda pair: text_of(pair[1], "updated_datetime"))
    for key, each in fresh[:MOST_UPDATES]:
        HeardUpdate.objects.create(handed_over=row, update_id=key)
        note(row, STEP_HEARD, f"{row.city.name} {row.their_id}: {_said(each)}", now)
    return bool(fresh)


def _name_of(item: Item) -> str:
    """Its id; what stands in for one that came without: its time and its words."""
    words = "\n".join(text_of(item, name, NOTES) for name in ("updated_datetime", "status", "description"))
    return text_of(item, "update_id") or sha256(words.encode()).hexdigest()


def _said(item: Item) -> str:
    lengths = {"updated_datetime": 40, "status": 20, "description": NOTES}
    return " · ".join(filter(None, (text_of(item, name, longest) for name, longest in lengths.items())))
