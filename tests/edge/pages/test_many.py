"""Many cases on the pages: chosen on the queue, previewed, said yes to; searches and files."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from anlan.cases.terms import State
from anlan.flows.export_cases import make_export
from anlan.store.models import BulkRun, Case, Export, SavedSearch
from anlan.store.readers.staff import Acting
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new, walked_to


def browser(person: Acting) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person.user)
    return client


@pytest.fixture(autouse=True)
def home(settings, tmp_path: Path) -> None:
    """Files of exports lie in a folder of the test."""
    settings.ANLAN_HOME = tmp_path


def chosen(carol: Client, step: str, **more: object) -> str:
    """The address of the preview."""
    answer = carol.post("/cases/many/", {"step": step, "query": "view=open"} | more)
    assert answer.status_code == 302
    return answer["location"]


def test_a_dispatcher_ticks_sees_says_yes_and_reads_what_became_of_each(cast: Cast) -> None:
    cases, carol = [new(cast, NOON), walked_to(State.DISPATCHED, cast, NOON)], browser(cast.carol)
    queue = carol.get("/cases/?view=open").text

    page = chosen(carol, "accept", which="ticked", case=[case.pk for case in cases])
    preview = carol.get(page).text
    after = carol.post(page, follow=True).text

    boxes = re.findall(r'type="checkbox" name="case" value="(\d+)"', queue)
    assert {int(pk) for pk in boxes} == {case.pk for case in cases}
    assert "1 can, 1 cannot." in preview
    assert "This is not possible in the state the case is in now." in preview
    assert ("Finished" in after, "<b>Done</b>" in after, "<b>Not done</b>" in after) == (True, True, True)
    assert Case.objects.get(pk=cases[0].pk).state == State.ACCEPTED


def test_a_step_that_no_chosen_case_can_take_has_no_button(cast: Cast) -> None:
    case, carol = new(cast, timezone.now(), "护栏断了"), browser(cast.carol)
    shown = carol.get(chosen(carol, "close", case=[case.pk])).text

    assert "0 can, 1 cannot." in shown
    assert "Nothing would happen: choose other cases." in shown
    assert "data-once" not in shown


def test_all_that_fit_the_filters_are_those_of_the_address(cast: Cast) -> None:
    new(cast, NOON)
    walked_to(State.ACCEPTED, cast, NOON)

    chosen(browser(cast.carol), "accept", which="all", query="view=to_accept")

    assert BulkRun.objects.get().rows.count() == 1


def test_what_was_typed_for_many_is_not_lost(cast: Cast) -> None:
    walked_to(State.ACCEPTED, cast, NOON)
    carol = browser(cast.carol)
    page = chosen(carol, "park", which="all")

    answers = [
        carol.post(page, {"reason": "until the dyke is built", "review_on": day})
        for day in ("", "2020-01-01")
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("until the dyke is built" in answer.text for answer in answers)
    assert Case.objects.get().state == State.ACCEPTED


def test_ticking_a_case_of_elsewhere_finds_nothing(cast: Cast) -> None:
    case = new(cast, NOON)
    dan = browser(cast.dan)

    answer = dan.post(
        "/cases/many/", {"step": "accept", "case": [case.pk], "query": "view=open"}, follow=True
    )

    assert "Choose the cases first" in answer.text
    assert BulkRun.objects.count() == 0


def test_a_run_of_somebody_else_is_not_found(cast: Cast) -> None:
    new(cast, NOON)
    page = chosen(browser(cast.carol), "accept", which="all")

    assert [browser(cast.liu).get(page).status_code, browser(cast.liu).post(page).status_code] == [404, 404]


def test_who_has_no_step_for_many_gets_no_boxes(cast: Cast) -> None:
    new(cast, NOON)

    assert 'name="case"' not in browser(cast.frank).get("/cases/?view=open").text


def test_a_search_is_kept_on_the_queue_and_leads_back_to_its_filters(cast: Cast) -> None:
    carol = browser(cast.carol)

    carol.post("/cases/searches/save", {"name": "Railings", "query": "view=late&words=护栏"})
    again = carol.post("/cases/searches/save", {"name": "Railings", "query": "view=late"})

    assert "/cases/?view=late&amp;words=%E6%8A%A4%E6%A0%8F" in carol.get("/cases/").text
    assert (again.status_code, "You have a search named “Railings” already" in again.text) == (422, True)


def test_a_search_is_renamed_shared_and_deleted(cast: Cast) -> None:
    carol = browser(cast.carol)
    carol.post("/cases/searches/save", {"name": "Railings", "query": "view=late"})
    page = f"/cases/searches/{SavedSearch.objects.get().pk}/"

    carol.post(page, {"name": "Fences", "shared": "on"})
    seen = browser(cast.judy).get("/cases/searches/").text
    taken = browser(cast.judy).post(page, {"delete": "yes"}).status_code
    carol.post(page, {"delete": "yes"})

    assert ("Fences" in seen, taken, SavedSearch.objects.count()) == (True, 404, 0)


def test_a_file_is_asked_for_watched_fetched_and_deleted(cast: Cast) -> None:
    new(cast, NOON)
    carol = browser(cast.carol)
    waiting = carol.post("/cases/exports/ask", {"kind": "csv", "query": "view=open"}, follow=True).text
    export = Export.objects.get()
    early = carol.get(f"/cases/exports/{export.pk}/file").status_code
    make_export(acting_user=None, export_id=export.pk, clock=timezone.now)
    listed, file = carol.get("/cases/exports/").text, carol.get(f"/cases/exports/{export.pk}/file")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    others = browser(cast.liu).get(f"/cases/exports/{export.pk}/file").status_code
    carol.post(f"/cases/exports/{export.pk}/delete")

    assert ("0 rows so far" in waiting, early, "1 row ·" in listed) == (True, 404, True)
    assert (len(lines), file["content-disposition"].partition(";")[0]) == (2, "attachment")
    assert (others, Export.objects.count()) == (404, 0)


def test_who_may_not_export_is_told_so(cast: Cast) -> None:
    bob = browser(cast.bob)

    answers = [bob.get("/cases/exports/"), bob.post("/cases/exports/ask", {"kind": "csv"})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "File as CSV" not in bob.get("/cases/?view=open").text
