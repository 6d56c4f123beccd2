"""The message of docs/warnings.md can be written, and has no fault."""

import json

from anlan.sensing.cap.composing import compose
from tests.docs.pages import ROOT


def test_the_fields_of_the_page_make_a_good_message() -> None:
    page = (ROOT / "docs/warnings.md").read_text()
    fields = json.loads(page.split("```json\n")[1].split("```")[0])
    today = {
        "identifier": "7",
        "sent": "2026-11-27T09:30:00+08:00",
        "msgType": "Alert",
        "scope": "Public",
    }

    assert compose(today | fields)[1] == []
