"""Each address and each form that the page of the Open311 interface shows is answered as it says."""

import re
import shlex
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from anlan.cases.terms import State
from anlan.flows.api_keys import make_key
from anlan.staff.terms import KeyScope
from anlan.store.models import Case, Category
from tests.cast import Cast
from tests.docs.pages import ROOT
from tests.flows.walks import walked_to

PAGES = "".join((ROOT / "docs" / name).read_text() for name in ("open311.md", "api.md"))
SHOWN = sorted(set(re.findall(r"^\| `(/[^`]+)`", PAGES, re.MULTILINE)))
(CURL,) = re.findall(r"^curl .*$", PAGES, re.MULTILINE)


@pytest.mark.django_db
def test_the_addresses_and_the_form_of_the_pages_are_answered(cast: Cast) -> None:
    Category.objects.filter(code="junction").update(code="road-light")
    case = walked_to(State.ACCEPTED, cast, timezone.now())
    key = make_key(acting_user=None, scope=KeyScope.OPEN311, name="City app", now=timezone.now())
    browser = Client()

    words = shlex.split(CURL)
    form = dict(words[at + 1].split("=", 1) for at, word in enumerate(words) if word == "-d")
    form = dict(pair.rsplit("=", 1) for pair in (f"{a}={b}" for a, b in form.items())) | {"api_key": key}
    sent = browser.post(urlsplit(words[-1]).path, form)

    assert sent.status_code == 201, sent.content
    assert Case.objects.filter(pk=sent.json()[0]["service_request_id"]).exists()
    for address in SHOWN:
        real = address.replace("/17", f"/{case.pk}").replace("=CODE", "=990101")
        assert browser.get(real).status_code == (404 if "TOKEN" in address else 200), address
