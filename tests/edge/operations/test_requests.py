"""What a request leaves behind: one line, one figure, nothing of what it carried."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from anlan.edge.operations.logs import JsonLines
from anlan.edge.operations.queries import counted
from anlan.store.models import Contact
from anlan.store.readers.whole import known_migrations
from tests.cast import Cast
from tests.edge.pages.test_report import FILLED, pass_with, sent_code

PLANTED = ("13857612345", "wang.xiaoming@example.org")


def fails(request: HttpRequest, receipt: str) -> HttpResponse:
    """Raise an error that holds what was typed."""
    raise ValueError(f"cannot read {request.POST} {request.GET} {receipt}")


urlpatterns = [
    path("", include("anlan.edge.operations.pages")),
    path("fails/<receipt>", fails),
]


class Kept(logging.Handler):
    """Keeps what would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(self.format(record))


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler = Kept()
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def lines_of(kept: Kept, logger: str) -> list[dict[str, Any]]:
    """Return what a logger of ours wrote."""
    return [line for line in map(json.loads, kept.lines) if line["logger"] == logger]


@pytest.mark.urls(__name__)
def test_a_planted_contact_reaches_no_line(kept: Kept) -> None:
    phone, mail = PLANTED
    client = Client(raise_request_exception=False)
    client.post(
        f"/fails/{phone}?mail={mail}", {"phone": phone, "mail": mail}, headers={"X-Request-ID": phone}
    )
    client.get(f"/no/such/page/{phone}?mail={mail}")
    client.get(f"/healthz?{mail}", headers={"Host": f"{mail}"})
    written = "\n".join(kept.lines)
    assert (any(word in written for word in PLANTED), len(kept.lines) > 3) == (False, True)


@pytest.mark.parametrize("contact", [*PLANTED, "call 13857612345"], ids=["phone", "mail", "wrong"])
def test_a_contact_in_the_forms_of_residents_reaches_no_line(cast: Cast, kept: Kept, contact: str) -> None:
    resident = Client()
    code = sent_code(resident)
    given = pass_with(resident, code)

    answers = [
        resident.post("/report/", FILLED | {"token": "a-token-of-one-form-2", "contact": contact}),
        resident.post("/receipt/contact", given | {"contact": contact}),
    ]

    stored = 2 if contact in PLANTED else 0
    assert [answer.status_code for answer in answers] == ([200, 200] if stored else [422, 422])
    assert Contact.objects.count() == stored
    written = "\n".join(kept.lines)
    assert [line["route"] for line in lines_of(kept, "anlan.requests")][-2:] == ["report/", "receipt/contact"]
    secrets = (*PLANTED, code, code.replace(" ", ""), given["pass"])
    assert [word for word in secrets if word in written] == []


@pytest.mark.urls(__name__)
def test_a_failed_request_is_one_line_with_its_route_and_the_id_it_answered_with(kept: Kept) -> None:
    answer = Client(raise_request_exception=False).get("/fails/1234")
    (line,) = lines_of(kept, "anlan.requests")
    assert (line["route"], line["status"], line["request"]) == (
        "fails/<receipt>",
        500,
        answer.headers["X-Request-ID"],
    )


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_machines_that_ask_every_few_seconds_fill_no_log(kept: Kept, client: Client) -> None:
    client.get("/healthz")
    client.get("/readyz")
    assert lines_of(kept, "anlan.requests") == []


@pytest.mark.urls(__name__)
def test_healthz_asks_no_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_readyz_says_that_the_database_is_of_this_release(client: Client) -> None:
    assert client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_readyz_counts_what_the_database_lacks_of_this_release(client: Client) -> None:
    lacking = [("store", "0058_joins_that_stand"), ("mfa", "0003_authenticator_type_uniq")]
    with connection.cursor() as cursor:
        for each in lacking:
            cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", each)
            assert cursor.rowcount == 1
    assert client.get("/readyz").json() == {"status": "database behind this release", "missing": 2}


def test_migrations_are_known_without_loading_them() -> None:
    assert known_migrations() == {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


@pytest.mark.urls(__name__)
@pytest.mark.django_db
def test_metrics_name_requests_jobs_and_workers(client: Client) -> None:
    client.get("/healthz")
    written = client.get("/metrics").content.decode()
    named = ("request_seconds", "jobs", "oldest_job_seconds", "worker_seconds")
    assert [name for name in named if f"# TYPE anlan_{name} " not in written] == []


@pytest.mark.django_db
def test_a_slow_query_is_named_by_who_asked_and_never_by_its_values(kept: Kept, settings: Any) -> None:
    settings.ANLAN_SLOW_QUERY_MS = -1
    from anlan.store.readers import installation

    with counted() as count:
        installation.server_version()
    (line,) = lines_of(kept, "anlan.queries")
    assert (line["event"], line["query"], count.queries) == (
        "slow query",
        "store.readers.installation.server_version",
        1,
    )


@pytest.mark.django_db
def test_a_quick_query_is_counted_and_not_logged(kept: Kept) -> None:
    with counted() as count, connection.cursor() as cursor:
        cursor.execute("SELECT %s", [PLANTED[0]])
    assert (count.queries, lines_of(kept, "anlan.queries")) == (1, [])
