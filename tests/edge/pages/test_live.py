"""News of changed cases: told at once, to those who may see them, and again to who was away."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import product
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import AsyncClient
from django.utils import timezone

from anlan.cases.terms import Severity, State
from anlan.edge.pages import newsroom
from anlan.flows.case_tasks import give_task, withdraw_task
from anlan.flows.dispatch_case import dispatch_case, recall_case
from anlan.flows.manage_members import change_member, renew_link, take_role
from anlan.flows.park_case import park_case
from anlan.flows.staff_history import record
from anlan.flows.triage_case import accept_case
from anlan.staff.permissions import allowed_relations
from anlan.staff.terms import Action, Relation, Role
from anlan.store.models import Case, Membership, Unit
from anlan.store.readers.live import Mark, mark_now
from anlan.store.readers.staff import Acting
from tests.cast import Cast
from tests.flows.walks import new, walked_to
from tests.relations import given_to_the_committee, somebody


@pytest.fixture
def cast(transactional_db: None, cast: Cast) -> Iterator[Cast]:
    yield cast
    connections.close_all()


async def listening(person: Acting, last_seen: str = "", since: str = "") -> AsyncIterator[bytes]:
    """The pieces of the stream that a person's page gets; the first says that it listens, and if stale."""
    client = AsyncClient()
    await sync_to_async(client.force_login)(person.user)
    response: Any = await client.get(f"/live?since={since}", headers={"Last-Event-ID": last_seen})
    assert response["Content-Type"] == "text/event-stream"
    async for piece in response.streaming_content:
        if not piece.startswith(b"retry:"):
            yield piece


async def change_in(stream: AsyncIterator[bytes]) -> dict[str, int]:
    """The next change that a stream tells of, waited for two seconds."""
    while True:
        piece = (await asyncio.wait_for(anext(stream), 2)).decode()
        if "event: changed" in piece:
            data = next(line for line in piece.splitlines() if line.startswith("data: "))
            return dict(json.loads(data.removeprefix("data: ")))


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

    async def heard_in(stream: AsyncIterator[bytes]) -> bool:
        try:
            return await change_in(stream) == {"case": case.pk, "version": 1}
        except TimeoutError:
            return False

    async def story() -> dict[tuple[Role, Relation], bool]:
        streams = {cell: listening(person) for cell, person in people.items()}
        for stream in streams.values():
            await anext(stream)
        await sync_to_async(accept)(cast.liu, case)
        heard = await asyncio.gather(*map(heard_in, streams.values()))
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
    take_role(acting_user=cast.grace, username="carol", membership_id=role, seen=None, now=timezone.now())


def is_closed(cast: Cast) -> None:
    facts = {"full_name": "", "email": "", "active": False, "seen": None}
    change_member(acting_user=cast.grace, username="carol", now=timezone.now(), **facts)


def gets_a_new_link(cast: Cast) -> None:
    renew_link(acting_user=cast.grace, username="carol", seen=None, now=timezone.now())


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
    monkeypatch.setattr(newsroom, "BACKLOG", 1)
    news = newsroom.News(1, 2, 3, ())

    async def story() -> bool:
        page = newsroom.Page()
        page.put(news)
        page.wake()
        slow_already = page.must_end
        page.put(news)
        return (slow_already, page.must_end) == (False, True)

    assert asyncio.run(story())


async def hears(person: Acting, change: Callable[[], object]) -> bool:
    """Does a page that is open hear of what `change` does to a case?"""
    stream = listening(person)
    await anext(stream)
    await sync_to_async(change)()
    try:
        await change_in(stream)
    except TimeoutError:
        return False
    finally:
        await stream.aclose()  # type: ignore[attr-defined]
        await sync_to_async(connections.close_all)()
    return True


def test_who_loses_sight_of_a_case_hears_that_once(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, timezone.now() - timedelta(hours=5))

    def recall() -> None:
        now = timezone.now()
        recall_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=now, reason="wrong")

    def give_elsewhere() -> None:
        dispatch_case(
            acting_user=cast.carol,
            case_id=case.pk,
            version=case.version + 1,
            now=timezone.now(),
            unit_code="committee-112",
            reason="theirs",
        )

    assert asyncio.run(hears(cast.erin, recall))
    assert not asyncio.run(hears(cast.erin, give_elsewhere))


def test_who_sees_a_case_by_a_task_hears_of_it_until_the_task_is_withdrawn(cast: Cast) -> None:
    case = walked_to(State.IN_PROGRESS, cast, timezone.now() - timedelta(hours=5))
    fire = somebody(cast, Role.HANDLER, Relation.ELSEWHERE)
    Membership.objects.filter(user=fire.user).update(unit=cast.fire_post_11, unit_path=cast.fire_post_11.path)
    found: dict[str, Any] = {"acting_user": cast.carol, "case_id": case.pk}

    def give() -> None:
        unit = {"unit_code": "fire-11", "what": "检查通道"}
        found["task_id"] = give_task(version=case.version, now=timezone.now(), **unit, **found).pk

    def withdraw() -> None:
        withdraw_task(version=case.version + 1, now=timezone.now(), reason="no", **found)

    def park() -> None:
        now = timezone.now()
        version, until = case.version + 2, now + timedelta(days=9)
        park_case(
            acting_user=cast.carol, case_id=case.pk, version=version, now=now, reason="ice", review_at=until
        )

    assert asyncio.run(hears(fire, give))
    assert asyncio.run(hears(fire, withdraw))
    assert not asyncio.run(hears(fire, park))


def stale(person: Acting, mark: Mark) -> bool:
    """Is a page that was drawn at `mark` stale when its stream begins?"""

    async def story() -> bool:
        stream = listening(person, since=str(mark))
        said = (await asyncio.wait_for(anext(stream), 2)).decode()
        await stream.aclose()  # type: ignore[attr-defined]
        await sync_to_async(connections.close_all)()
        return bool(json.loads(said.partition("data: ")[2])["stale"])

    return asyncio.run(story())


def test_what_happens_between_the_drawing_of_a_page_and_its_stream_is_not_missed(cast: Cast) -> None:
    case = new(cast, timezone.now())
    drawn = mark_now()
    assert [stale(person, drawn) for person in (cast.carol, cast.dan)] == [False, False]

    accept(cast.carol, case)

    assert [stale(person, drawn) for person in (cast.carol, cast.dan)] == [True, False]
    assert not stale(cast.carol, mark_now())


def test_a_case_that_left_before_the_stream_began_is_not_missed(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, timezone.now() - timedelta(hours=5))
    drawn = mark_now()

    now = timezone.now()
    recall_case(acting_user=cast.carol, case_id=case.pk, version=case.version, now=now, reason="wrong")

    assert stale(cast.erin, drawn)


def test_an_event_with_a_lower_number_that_commits_later_is_not_missed(cast: Cast) -> None:
    slow, quick = new(cast, timezone.now()), new(cast, timezone.now())
    parameters = connections["default"].get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    reached = {name: parameters[name] for name in names if name in parameters}
    with psycopg.connect(**reached) as elsewhere:
        elsewhere.execute(
            "INSERT INTO store_caseevent (case_id, at, step, state_before, state_after, actor_role, source,"
            " reason, changes) VALUES (%s, now(), 'note', '', 'new', '', '', '', '{}')",
            [slow.pk],
        )
        accept(cast.carol, quick)
        drawn = mark_now()
        assert drawn.event == quick.events.latest("id").pk
        elsewhere.commit()

    assert slow.events.latest("id").pk < drawn.event
    assert stale(cast.carol, drawn)


NO_MARKS = ["", ".", "5", "5.", ".5", "a.5", "5.b", "5.6.7", "-5.6", "9" * 30 + ".1", "٣.٤"]


@pytest.mark.parametrize("text", NO_MARKS)
def test_what_is_no_mark_is_none(text: str) -> None:
    assert Mark.read(text) is None


def test_a_mark_is_read_as_it_is_written() -> None:
    assert Mark.read(str(Mark(2**40 + 3, 7))) == Mark(2**40 + 3, 7)


@pytest.mark.parametrize("payload", ["rubbish", "{}", '{"event": 1}', "[]"])
def test_what_cannot_be_understood_ends_no_hearing(
    cast: Cast, payload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newsroom, "RECONNECT_SECONDS", 0.0)
    case = new(cast, timezone.now())

    def garble() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_notify('anlan_case', %s)", [payload])

    async def story() -> tuple[bytes, dict[str, int]]:
        first, second = listening(cast.carol), listening(cast.carol)
        await anext(first)
        await sync_to_async(garble)()
        ended = await asyncio.wait_for(anext(first, b"the end"), 2)
        await anext(second)
        await sync_to_async(accept)(cast.carol, case)
        heard = await change_in(second)
        await second.aclose()  # type: ignore[attr-defined]
        await sync_to_async(connections.close_all)()
        return ended, heard

    assert asyncio.run(story()) == (b"the end", {"case": case.pk, "version": 1})
