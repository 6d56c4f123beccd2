"""Whatever is asked within our OpenAPI document or beside it is answered as it says."""

import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from schemathesis import GenerationMode

from anlan.cases.terms import State
from anlan.flows.api_keys import make_key
from anlan.publishing.open311.openapi import document
from anlan.staff.terms import KeyScope
from anlan.store.models import Category, SentRequest
from tests.cast import build_cast
from tests.conftest import NOON, kept
from tests.edge.asked_at_random import CHECKS, few, schema_of
from tests.flows.walks import walked_to

DOCUMENT = document("http://testserver/open311/v2")
APP = get_wsgi_application()
RIGHT = schema_of(DOCUMENT, APP, GenerationMode.POSITIVE)
WRONG = schema_of(DOCUMENT, APP, GenerationMode.NEGATIVE)
ADDRESS = "/open311/v2/requests.json"


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the connection of the test open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def scene(kept_rows: None) -> bytes:
    """The key of a city with a closed case."""
    walked_to(State.CLOSED, build_cast(), NOON)
    return kept(make_key(acting_user=None, scope=KeyScope.OPEN311, name="Anybody", now=NOON))


@pytest.fixture
def key(scene: bytes, db: None, settings: Any, one_connection: None) -> str:
    settings.ALLOWED_HOSTS = ["*"]
    settings.ANLAN_OPEN311_POSTS_PER_HOUR = 1_000_000
    given: str = pickle.loads(scene)
    return given


@pytest.mark.django_db
@RIGHT.parametrize()
@few()
def test_what_is_asked_by_the_document_is_answered_by_it(case: Any, key: str) -> None:
    if isinstance(case.body, dict):
        case.body |= {"api_key": key, "service_code": "open_water"}
    case.call_and_validate(checks=CHECKS)


@pytest.mark.django_db
@WRONG.parametrize()
@few()
def test_what_is_asked_against_the_document_is_answered_by_it(case: Any, key: str) -> None:
    if isinstance(case.body, dict):
        case.body |= {"api_key": key}
    case.call_and_validate(checks=CHECKS)


@pytest.mark.django_db
def test_the_way_from_sending_to_the_request_is_in_the_document(key: str) -> None:
    Category.objects.filter(code="junction").update(open311_type="batch")

    asked = set()

    class Way(RIGHT.as_state_machine()):  # type: ignore[misc]
        """Questions that follow from answers."""

        def before_call(self, case: Any) -> None:
            asked.add(case.operation.label)
            if isinstance(case.body, dict):
                code = "junction" if len(case.body) % 2 else "open_water"
                case.body |= {"api_key": key, "service_code": code, "address_string": "荻花村"}

        def validate_response(self, response: Any, case: Any, **options: Any) -> None:
            case.validate_response(response, checks=CHECKS)

    Way.run(settings=few(stateful_step_count=8))

    assert asked > {"GET /requests.json"}


PART = b'--x\r\nContent-Disposition: form-data; name="service_code"\r\n\r\nopen_water\r\n--x--\r\n'
ODD = [
    ("application/json", b'{"service_code": "open_water"}'),
    ("application/xml", b"<request/>"),
    ("text/plain", b"service_code=open_water"),
    ("", b"service_code=open_water"),
    ("multipart/form-data", PART),
    ("multipart/form-data; boundary=y", PART),
    ("multipart/form-data; boundary=" + "x" * 300, PART),
    ("multipart/form-data; boundary=x; charset=no-such", PART),
    ("multipart/form-data; boundary=x", PART[:-9]),
    ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"; filename="\x00'),
    ("application/x-www-form-urlencoded; charset=utf-16", b"service_code=open_water"),
    ("application/x-www-form-urlencoded; charset=no-such", b"service_code=open_water"),
    ("application/x-www-form-urlencoded", b"service_code=%FF%00&lat=\xff&" + b"a=1&" * 2_000),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "body"), ODD)
def test_a_body_of_another_kind_is_refused_in_the_format(kind: str, body: bytes) -> None:
    browser = Client(raise_request_exception=False)

    answer = browser.generic("POST", ADDRESS, body, content_type=kind)

    assert answer.status_code in (400, 403)
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer.json()[0]["code"] == answer.status_code


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Accept", "application/pdf"),
        ("Accept-Language", "\xff" * 50),
        ("Accept-Language", "x-klingon;q=nan"),
        ("Idempotency-Key", "\x7f" * 5_000),
        ("Content-Length", "-1"),
        ("X-Forwarded-For", "'; drop table"),
    ],
)
def test_odd_headers_break_nothing(key: str, name: str, words: str) -> None:
    browser = Client(raise_request_exception=False, headers={name: words})

    read = browser.get(ADDRESS)
    sent = browser.post(ADDRESS, {"api_key": key, "service_code": "open_water", "address_string": "荻花村"})

    assert (read.status_code, sent.status_code in (201, 400, 403)) == (200, True)
    assert isinstance(sent.json(), list) and SentRequest.objects.count() <= 1
