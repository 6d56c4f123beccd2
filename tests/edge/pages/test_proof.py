"""The pages of proof: who may open them, what they say, and the link with which a reporter answers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anlan.cases.drawing import Purpose
from anlan.cases.terms import State
from anlan.flows.ask_reporters import token_for
from anlan.flows.draw_verifiers import draw
from anlan.flows.join_cases import join_case
from anlan.store.models import Case, Recurrence, ResidentAnswer
from tests.cast import Cast
from tests.flows.walks import new, walked_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


def signed_in(person: object) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person.user)  # type: ignore[attr-defined]
    return client


def reported(cast: Cast, state: State = State.NEW) -> Case:
    case = walked_to(state, cast, timezone.now() - timedelta(hours=8))
    case.reports.create(
        channel="web", category=case.category, words="护栏断了", area=case.area, received_at=case.opened_at
    )
    return case


def test_a_page_of_draws_says_what_each_was_for(cast: Cast) -> None:
    case = walked_to(State.RECTIFIED, cast, timezone.now() - timedelta(hours=8))
    draw(case, Purpose.TASK, timezone.now())
    draw(case, Purpose.SECOND_CHECK, timezone.now())

    page = signed_in(cast.frank).get(f"/cases/{case.pk}/draws/").text
    titles = [
        f"{each} · round 1</h2>" in page for each in ("Verifiers", "Verifiers of a task", "Second check")
    ]
    assert (titles, page.count("Repeated: it agrees.")) == ([True] * 3, 3)


def test_a_link_shows_the_question_and_opening_it_changes_nothing(cast: Cast) -> None:
    case = reported(cast, State.CLOSED)
    address = f"/answer/{token_for(case.reports.get().pk)}/"

    page = Client().get(address, headers={"accept-language": "en"})
    assert (page.status_code, "Is the hazard gone?" in page.text) == (200, True)
    assert ResidentAnswer.objects.count() == 0

    said = Client().post(address, {"satisfied": "no", "why": "还是松的"}, headers={"accept-language": "en"})
    case.refresh_from_db()
    assert (said.status_code, "The case is open again" in said.text, case.state) == (200, True, State.REWORK)


@pytest.mark.parametrize(
    "sent",
    [{}, {"satisfied": "perhaps"}, {"satisfied": "no"}, {"satisfied": "no", "why": "\x01"}],
)
def test_an_answer_that_cannot_be_read_is_asked_for_again(cast: Cast, sent: dict[str, str]) -> None:
    case = reported(cast, State.CLOSED)

    page = Client().post(f"/answer/{token_for(case.reports.get().pk)}/", sent)
    assert (page.status_code, ResidentAnswer.objects.count()) == (422, 0)


def test_before_the_unit_said_so_there_is_nothing_to_answer(cast: Cast) -> None:
    address = f"/answer/{token_for(reported(cast).reports.get().pk)}/"

    assert Client().get(address).status_code == 200
    assert Client().post(address, {"satisfied": "yes"}).status_code == 422


def test_a_made_up_link_is_not_there(cast: Cast) -> None:
    assert Client().get("/answer/made:up/").status_code == 404


@pytest.mark.parametrize(
    ("who", "name", "status"),
    [
        ("frank", "draws", 200),
        ("carol", "draws", 403),
        ("dan", "draws", 404),
        ("carol", "split", 200),
        ("alice", "split", 403),
        ("alice", "interim", 200),
        ("carol", "interim", 403),
        ("alice", "more-time", 200),
        ("carol", "more-time", 403),
        ("carol", "answer-time", 200),
        ("alice", "answer-time", 403),
        ("bob", "second-check", 200),
        ("alice", "second-check", 403),
        ("carol", "draw-again", 200),
        ("bob", "draw-again", 403),
        ("carol", "no-return", 200),
        ("carol", "undo-split", 200),
        ("heidi", "undo-split", 403),
    ],
)
def test_each_page_opens_to_those_who_may(cast: Cast, who: str, name: str, status: int) -> None:
    case = reported(cast, State.RECTIFIED)

    assert signed_in(getattr(cast, who)).get(f"/cases/{case.pk}/{name}/").status_code == status


@pytest.mark.parametrize("name", ["interim", "second-check", "no-return", "undo-split"])
def test_what_is_not_asked_for_is_refused_on_the_form_and_keeps_the_words(cast: Cast, name: str) -> None:
    case = reported(cast, State.RECTIFIED)
    people = {"interim": cast.alice, "second-check": cast.bob}
    typed = {
        "version": case.version,
        "done": "写过的话",
        "seen": "写过的话",
        "gone": "no",
        "reason": "写过的话",
    }

    page = signed_in(people.get(name, cast.carol)).post(f"/cases/{case.pk}/{name}/", typed)
    assert (page.status_code, "写过的话" in page.text) == (422, True)


def test_a_split_is_shown_before_it_is_made(cast: Cast) -> None:
    first, second = reported(cast), reported(cast)
    join_case(
        acting_user=cast.carol,
        case_id=second.pk,
        version=second.version,
        now=timezone.now(),
        into_id=first.pk,
    )
    first.refresh_from_db()
    report = first.reports.order_by("-pk")[0]
    carol, typed = signed_in(cast.carol), {"version": first.version, "report_ids": [report.pk]}

    shown = carol.post(f"/cases/{first.pk}/split/", typed)
    assert (shown.status_code, "What will be" in shown.text, first.reports.count()) == (200, True, 2)
    made = carol.post(f"/cases/{first.pk}/split/", typed | {"sure": "yes"})
    report.refresh_from_db()
    assert (made.status_code, made.headers["Location"]) == (302, f"/cases/{report.case_id}/")


def test_places_that_come_back_are_listed_to_those_who_see_cases_there(cast: Cast) -> None:
    now = timezone.now()
    walked_to(State.CLOSED, cast, now - timedelta(days=2))
    new(cast, now)
    assert Recurrence.objects.count() == 1

    assert (
        'id="place-' in signed_in(cast.carol).get("/places-that-come-back/?category=water&area=990101").text
    )
    assert 'id="place-' not in signed_in(cast.carol).get("/places-that-come-back/?category=fire").text
    assert 'id="place-' not in signed_in(cast.dan).get("/places-that-come-back/").text


@pytest.mark.parametrize("after", ["x", "1", "1,", "²,1", "9" * 40 + ",1", "1," + "9" * 40, "\x00"])
def test_a_cursor_that_is_none_shows_the_first_page(cast: Cast, after: str) -> None:
    page = signed_in(cast.carol).get("/places-that-come-back/", {"after": after})
    assert page.status_code == 200
