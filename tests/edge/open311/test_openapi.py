"""Whatever is asked within our OpenAPI document is answered as it says, and never with a broken page."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from anlan.cases.terms import State
from anlan.flows.api_keys import make_key
from anlan.publishing.open311.openapi import document
from anlan.staff.terms import KeyScope
from tests.cast import Cast
from tests.conftest import NOON
from tests.examples import examples
from tests.flows.walks import walked_to

SCHEMA = schemathesis.openapi.from_dict(document("http://testserver/open311/v2"))
SCHEMA.app = get_wsgi_application()
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the connection of the test open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def key(cast: Cast, settings: Any, one_connection: None) -> str:
    settings.ALLOWED_HOSTS = ["*"]
    settings.ANLAN_OPEN311_POSTS_PER_HOUR = 1_000_000
    walked_to(State.CLOSED, cast, NOON)
    return make_key(acting_user=None, scope=KeyScope.OPEN311, name="Anybody", now=NOON)


@pytest.mark.django_db
@SCHEMA.parametrize()
@hypothesis.settings(
    max_examples=examples(4),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
def test_the_document_holds(case: Any, key: str) -> None:
    if isinstance(case.body, dict):
        case.body |= {"api_key": key, "service_code": "open_water"}
    case.call_and_validate(checks=CHECKS)
