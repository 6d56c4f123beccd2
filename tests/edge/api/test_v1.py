"""/api/v1: what everybody may see, and nothing else; whatever its document allows is answered."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from schemathesis import GenerationMode

from anlan.cases.terms import State
from anlan.edge.api.v1 import api
from anlan.store.models import Case, PublicCase
from tests.cast import Cast
from tests.conftest import NOON
from tests.edge.asked_at_random import CHECKS, few, schema_of
from tests.flows.walks import walked_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def some(cast: Cast) -> list[Case]:
    return [walked_to(State.CLOSED, cast, NOON), walked_to(State.ACCEPTED, cast, NOON)]


def got(address: str, status: int = 200) -> Any:
    answer = Client().get(f"/api/v1/{address}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_areas_and_categories_have_their_codes(cast: Cast) -> None:
    assert [each["code"] for each in got("areas")] == ["990101", "990102"]
    assert got("areas?below=990101001")[0] == {"code": "990101001201", "name": "荻花村"}
    assert {"open_water", "junction"} <= {each["code"] for each in got("categories")}


def test_cases_are_filtered_and_paged(some: list[Case]) -> None:
    done, new = (case.pk for case in some)

    assert [each["id"] for each in got("cases")] == [new, done]
    assert [each["id"] for each in got("cases?state=done")] == [done]
    assert [each["id"] for each in got(f"cases?after={new}&limit=1")] == [done]
    assert got("cases?category=junction") == []
    assert [each["id"] for each in got("cases?area=990101&category=water&since=2026-11-05")] == [new, done]
    assert got("cases?area=990102") == []


def test_a_hidden_case_and_none_look_alike_and_words_wait_for_a_person(some: list[Case]) -> None:
    PublicCase.objects.filter(pk=some[0].pk).update(shown=False)

    assert got(f"cases/{some[0].pk}", 404) == got("cases/999999", 404)
    assert got(f"cases/{some[1].pk}")["words"] == ""
    assert some[1].title not in Client().get("/api/v1/cases").text


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "limit=101", "after=x", "since=soon", "area=%00"])
def test_a_wrong_question_is_told_what_is_wrong(cast: Cast, query: str) -> None:
    (told,) = got(f"cases?{query}", 422)["detail"]

    assert told["loc"][:1] == ["query"] and told["msg"]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the connection of the test open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


APP = get_wsgi_application()
RIGHT = schema_of(api.get_openapi_schema(), APP, GenerationMode.POSITIVE)
WRONG = schema_of(api.get_openapi_schema(), APP, GenerationMode.NEGATIVE)


@RIGHT.parametrize()
@few()
def test_the_document_holds(case: Any, some: list[Case], one_connection: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    case.call_and_validate(checks=CHECKS)


@WRONG.parametrize()
@few()
def test_what_is_asked_against_the_document_is_answered_by_it(
    case: Any, some: list[Case], one_connection: None, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    case.call_and_validate(checks=CHECKS)


def test_answers_lead_to_each_other_as_the_document_says(
    some: list[Case], one_connection: None, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    asked = set()

    class Way(RIGHT.as_state_machine()):  # type: ignore[misc]
        """Questions that follow from answers."""

        def before_call(self, case: Any) -> None:
            asked.add(case.operation.label)

        def validate_response(self, response: Any, case: Any, **options: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    Way.run(settings=few(stateful_step_count=8))

    assert asked > {"GET /api/v1/cases"}


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_nothing_is_written_here(some: list[Case], method: str) -> None:
    answer = getattr(Client(), method)("/api/v1/cases", b"{", content_type="application/json")

    assert answer.status_code == 405
