"""A third language is a folder with a catalogue in the home of the city: nothing else is touched."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anlan.edge.phrases import own_languages
from tests.cast import Cast

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Report a hazard"
msgstr "Hesk dalo"

msgid "Danger right now? Call first"
msgstr "Wo! Kelma"
"""


@pytest.fixture
def made_up(tmp_path: Path, settings: Any) -> str:
    """A language that nobody speaks, added as the documentation says."""
    folder = tmp_path / "locale" / "qaa" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE.lstrip())
    settings.LANGUAGES = settings.LANGUAGES + own_languages(tmp_path / "locale")
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, tmp_path / "locale"]
    return "qaa"


def test_pages_speak_a_language_that_the_city_added(cast: Cast, made_up: str) -> None:
    page = Client().get(f"/report/?lang={made_up}")

    assert "<h1>Hesk dalo</h1>" in page.text and "Wo! Kelma" in page.text
    assert f'<html lang="{made_up}"' in page.text
    assert "提交上报" in page.text  # what the catalogue does not have is said in the language of the city


def test_every_page_leads_to_all_languages_and_a_cookie_keeps_the_choice(cast: Cast, made_up: str) -> None:
    browser = Client(headers={"accept-language": "en"})

    offered = browser.get("/report/").text
    browser.get(f"/report/?lang={made_up}")

    assert 'hreflang="zh-CN">中文</a>' in offered and f'hreflang="{made_up}">{made_up}</a>' in offered
    assert "Hesk dalo" in browser.get("/report/").text


def test_a_language_is_called_as_its_speakers_call_it(tmp_path: Path) -> None:
    for code in ("ug", "mn", "qaa"):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_text(CATALOGUE.lstrip())

    assert own_languages(tmp_path) == [("mn", "Mongolian"), ("qaa", "qaa"), ("ug", "ئۇيغۇرچە")]
    assert own_languages(tmp_path / "nowhere") == []
