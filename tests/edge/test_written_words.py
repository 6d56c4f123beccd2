"""What somebody writes is words on every page, never a part of the page (stored XSS; ASVS 5.0: V1.2.1)."""

import json
from xml.etree import ElementTree as ET

from django.test import Client

from anlan.flows.moderate import clear_words
from anlan.store.models import Case, PublicCase
from tests.cast import Cast
from tests.conftest import NOON
from tests.edge.pages.test_report import CODE, FILLED

NASTY = "</textarea></script><script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;\"' onfocus=x"
STAFF = ("/cases/{case}/", "/cases/?words=x", "/moderation/{case}/", "/moderation/", "/work/")
PUBLIC = ("/public/cases/{case}/", "/public/cases/", "/open311/v2/requests/{case}.json")
SIGNS = ("<script>alert", "<img src=x", "</textarea></script>")


def test_what_a_resident_writes_runs_nowhere(cast: Cast) -> None:
    resident = Client(headers={"accept-language": "en"})
    typed = FILLED | {"words": NASTY, "address": f"荻花村 {NASTY}"[:190]}
    wrong = resident.post("/report/", typed | {"category": NASTY}).text
    code = CODE.search(resident.post("/report/", typed).text)
    assert code
    case = Case.objects.get()
    clear_words(acting_user=cast.judy, case_id=case.pk, words=NASTY, with_address=False, now=NOON)
    carol = Client()
    carol.force_login(cast.carol.user)

    pages = [wrong, resident.post("/receipt/", {"code": code[1]}).text]
    pages += [carol.get(address.format(case=case.pk)).text for address in STAFF]
    pages += [resident.get(address.format(case=case.pk)).text for address in PUBLIC[:2]]

    assert [sign for page in pages for sign in SIGNS if sign in page] == []
    assert NASTY in json.loads(resident.get(PUBLIC[2].format(case=case.pk)).text)[0]["description"]


def test_words_break_out_of_no_feed_and_no_xml(cast: Cast) -> None:
    resident = Client()
    resident.post("/report/", FILLED | {"words": NASTY})
    PublicCase.objects.update(words=NASTY + " ]]> <!DOCTYPE x>")

    for address in ("/public/cases.atom", f"/open311/v2/requests/{Case.objects.get().pk}.xml"):
        found = ET.fromstring(resident.get(address).content)
        assert any("<script>alert(1)" in (each.text or "") for each in found.iter())
