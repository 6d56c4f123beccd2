"""The form in a frame: only where the city allows it, and then only by the sites that it names."""

import re
from typing import Any

import pytest
from django.test import Client

from anlan.config.values import site_addresses
from anlan.store.models import Report
from tests.cast import Cast
from tests.docs.pages import ROOT
from tests.edge.pages.test_report import CODE, FILLED

PAGE = ROOT / "docs" / "for-administrators.md"
NEIGHBOUR = "https://village.example.org"


@pytest.fixture
def resident(db: None) -> Client:
    """A browser that keeps no cookie and reads English."""
    return Client(enforce_csrf_checks=True, headers={"accept-language": "en"})


def test_without_a_named_site_there_is_no_such_form(cast: Cast, resident: Client) -> None:
    answer = resident.get("/report/embed/")

    assert (answer.status_code, answer["X-Frame-Options"]) == (404, "DENY")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_the_named_sites_alone_may_show_the_form(cast: Cast, resident: Client, settings: Any) -> None:
    settings.ANLAN_EMBEDDED_BY = [NEIGHBOUR]

    framed, plain = resident.get("/report/embed/"), resident.get("/report/")

    assert f"frame-ancestors {NEIGHBOUR};" in framed["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in framed and "default-src 'none'" in framed["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in plain["Content-Security-Policy"]
    assert plain["X-Frame-Options"] == "DENY"
    assert "sessionid" not in framed.cookies and "csrftoken" not in framed.cookies


def test_a_report_from_a_frame_is_like_any_other(cast: Cast, resident: Client, settings: Any) -> None:
    settings.ANLAN_EMBEDDED_BY = [NEIGHBOUR]

    page = resident.post("/report/embed/", FILLED)

    assert CODE.search(page.text) and Report.objects.get().channel == "web"
    assert 'href="/report/embed/"' in page.text and 'target="_blank"' in page.text
    assert f"frame-ancestors {NEIGHBOUR}" in page["Content-Security-Policy"]


def test_the_snippet_of_the_documentation_shows_this_form() -> None:
    snippet = (
        (ROOT / "docs" / "for-administrators.md")
        .read_text()
        .partition("<iframe")[2]
        .partition("</iframe>")[0]
    )

    assert 'src="https://anlan.example.org/report/embed/' in snippet
    assert 'title="' in snippet and "style=" not in snippet


@pytest.mark.parametrize(
    "words", ["*", "village.example.org", "https://a/b", "https://a b", "'self'", "https:"]
)
def test_a_setting_that_names_no_site_stops_the_start(words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        site_addresses(words)
    assert site_addresses("https://A.example/, http://localhost:8000 ,") == [
        *("https://a.example", "http://localhost:8000")
    ]
