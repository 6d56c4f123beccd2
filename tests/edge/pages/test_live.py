"""News of changed cases: told at once, to those who may see them, and again to who was away."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import AsyncClient
from django.utils import timezone

from anlan.cases.terms import Severity
from anlan.edge.pages import live
from anlan.flows.manage_members import change_member, renew_link, take_role
from anlan.flows.staff_history import record
from anlan.flows.triage_case import accept_case
from anlan.staff.permissions import allowed_relations
from anlan.staff.terms import Action, Relation, Role
from anlan.store.models import Case, Unit
from anlan.store.readers.staff import Acting
from tests.cast import Cast, build_cast
from tests.flows.walks import new
from tests.relations import given_to_the_committee, somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Iterator[Cast]:
    yield build_cast()
    connections.close_all()


async def listening(person: Acting, last_seen: str = "") -> AsyncIterator[bytes]:
    """The pieces of the stream that a person's page gets."""
    client = AsyncClient()
    await sync_to_async(client.force_login)(person.user)
    response: Any = await client.get("/live", headers={"Last-Event-ID": last_seen})
    assert response["Content-Type"] == "text/event-stream"
    async for piece in response.streaming_content:
        yield piece


async def change_in(stream: AsyncIterator[bytes]) -> dict[str, int]:
    """The next change that a stream tells of, waited for two seconds."""
    while True:
        piece = (await asyncio.wait_for(anext(stream), 2)).decode()
        if "event: changed" in piece:
            data = next(line for line in piece.splitlines() if line.startswith("data: "))
            return dict(json.loads(data.removeprefix("data: ")))


async def until_heard() -> None:
    """Wait until the newsroom's connection listens, as PostgreSQL says."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%'"

    def listeners() -> int:
        with connections["default"].cursor() as cursor:
            cursor.execute(asked)
            return int(cursor.fetchone()[0])

    while not await sync_to_async(listeners)():
        await asyncio.sleep(0)


def accept(person: Acting, case: Case) -> None:
    accept_case(
        acting_user=person,
        case_id=case.pk,
        version=case.version,
        now=timezone.now(),
        severity=Severity.SERIOUS,
    )


def test_an_open_page_hears_of_a_change_within_two_seconds(cast: Cast) -> None:
    case = new(cast, timezone.now())

    async def story() -> dict[str, int]:
        stream = listening(cast.ivan)
        await anext(stream)
        await until_heard()
        await sync_to_async(accept)(cast.carol, case)
        heard = await change_in(stream)
        await stream.aclose()  # type: ignore[attr-defined]
        return heard

    assert asyncio.run(story()) == {"case": case.pk, "version": 1}


def test_a_page_of_another_county_hears_nothing_of_it(cast: Cast) -> None:
    case = new(cast, timezone.now())

    async def story() -> None:
        here, elsewhere = listening(cast.carol), listening(cast.dan)
        await anext(here)
        await anext(elsewhere)
        await until_heard()
        await sync_to_async(accept)(cast.carol, case)
        await change_in(here)
        with pytest.raises(TimeoutError):
            await change_in(elsewhere)
        await here.aclose()  # type: ignore[attr-defined]

    asyncio.run(story())


def test_a_page_that_was_away_hears_what_it_missed_and_only_its_own(cast: Cast) -> None:
    case = new(cast, timezone.now())
    seen = case.events.latest("id").pk
    accept(cast.carol, case)

    async def story(person: Acting) -> dict[str, int]:
        stream = listening(person, last_seen=str(seen))
        await anext(stream)
        return await change_in(stream)

    assert asyncio.run(story(cast.carol)) == {"case": case.pk, "version": 1}
    with pytest.raises(TimeoutError):
        asyncio.run(story(cast.dan))


def test_nobody_but_staff_gets_a_stream(cast: Cast) -> None:
    async def story() -> int:
        return (await AsyncClient().get("/live")).status_code

    assert asyncio.run(story()) == 404


def test_a_change_is_told_to_the_roles_that_the_table_allows_and_to_no_other(cast: Cast, settings) -> None:
    settings.ANLAN_SYNTHETIC = True  # administrators need no second factor in the demo
    case = given_to_the_committee(cast, new(cast, timezone.now()))
    cells = list(product(Role, Relation))
    people = {cell: somebody(cast, *cell) for cell in cells}

    async def hears(stream: AsyncIterator[bytes]) -> bool:
        try:
            return await change_in(stream) == {"case": case.pk, "version": 1}
        except TimeoutError:
            return False

    async def story() -> dict[tuple[Role, Relation], bool]:
        streams = {cell: listening(person) for cell, person in people.items()}
        for stream in streams.values():
            await anext(stream)
        await until_heard()
        await sync_to_async(accept)(cast.liu, case)
        heard = await asyncio.gather(*map(hears, streams.values()))
        for stream in streams.values():
            await stream.aclose()  # type: ignore[attr-defined]
        await sync_to_async(connections.close_all)()
        return dict(zip(streams, heard, strict=True))

    assert asyncio.run(story()) == {
        (role, relation): relation in allowed_relations(role, Action.VIEW_CASE) for role, relation in cells
    }


async def first_after(person: Acting, change: Callable[[], None], cast: Cast, case: Case) -> list[bytes]:
    """What a page open since before `change` gets of the case's next step: all until its stream ends."""
    stream = listening(person)
    await anext(stream)
    await until_heard()
    await sync_to_async(change)()
    await sync_to_async(accept)(cast.liu, case)
    got = []
    with suppress(TimeoutError):
        while True:
            got.append(await asyncio.wait_for(anext(stream, b"the end"), 2))
            if got[-1] == b"the end":
                break
    await stream.aclose()  # type: ignore[attr-defined]
    await sync_to_async(connections.close_all)()
    return got


def loses_the_role(cast: Cast) -> None:
    role = cast.carol.memberships[0].pk
    take_role(acting_user=cast.grace, username="carol", membership_id=role, now=timezone.now())


def is_closed(cast: Cast) -> None:
    facts = {"full_name": "", "email": "", "active": False, "seen": None}
    change_member(acting_user=cast.grace, username="carol", now=timezone.now(), **facts)


def gets_a_new_link(cast: Cast) -> None:
    renew_link(acting_user=cast.grace, username="carol", now=timezone.now())


def unit_closes(cast: Cast) -> None:
    Unit.objects.filter(code="desk-1").update(active=False)
    record(cast.grace.user, "closed", "unit:desk-1", {}, timezone.now())


@pytest.mark.parametrize("change", [loses_the_role, unit_closes])
def test_an_open_page_hears_no_more_once_the_role_has_ended(
    cast: Cast, change: Callable[[Cast], None]
) -> None:
    case = new(cast, timezone.now())

    assert asyncio.run(first_after(cast.carol, lambda: change(cast), cast, case)) == []


@pytest.mark.parametrize("change", [is_closed, gets_a_new_link])
def test_an_open_page_ends_once_its_session_holds_no_more(cast: Cast, change: Callable[[Cast], None]) -> None:
    case = new(cast, timezone.now())

    got = asyncio.run(first_after(cast.carol, lambda: change(cast), cast, case))

    assert got == [b"the end"]


def test_an_open_page_of_a_session_that_was_ended_elsewhere_ends(cast: Cast) -> None:
    case = new(cast, timezone.now())

    def end_all() -> None:
        Session.objects.all().delete()
        record(cast.carol.user, "ended_sessions", "member:carol", {}, timezone.now())

    assert asyncio.run(first_after(cast.carol, end_all, cast, case)) == [b"the end"]


def test_a_page_whose_person_keeps_the_role_goes_on_hearing(cast: Cast) -> None:
    case = new(cast, timezone.now())

    got = asyncio.run(first_after(cast.judy, lambda: loses_the_role(cast), cast, case))

    assert [b"event: changed" in piece for piece in got] == [True]


def test_a_page_too_slow_for_its_news_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BACKLOG", 1)
    news = live.News(1, 2, 3, "1.", "")

    async def story() -> bool:
        page = live.Page()
        page.put(news)
        page.wake()
        slow_already = page.must_end
        page.put(news)
        return (slow_already, page.must_end) == (False, True)

    assert asyncio.run(story())
