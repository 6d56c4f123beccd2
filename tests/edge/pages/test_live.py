"""News of changed cases: told at once, to those who may see them, and again to who was away."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient
from django.utils import timezone

from anlan.cases.terms import Severity
from anlan.flows.triage_case import accept_case
from anlan.store.models import Case
from anlan.store.readers.staff import Acting
from tests.cast import Cast, build_cast
from tests.flows.walks import new

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
