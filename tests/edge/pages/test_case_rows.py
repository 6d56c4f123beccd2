"""What a row of a list of cases shows: the case, the language and the time decide, and nothing else."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.utils import timezone, translation

from anlan.edge.pages.templatetags.case_rows import case_rows
from anlan.store.readers.case_rows import CaseRow

NOW = datetime(2026, 10, 14, 1, 30, tzinfo=UTC)  # 09:30 in Taizhou
ROW = CaseRow(
    pk=18042,
    version=3,
    state="dispatched",
    stage="handle",
    stage_since=NOW - timedelta(hours=1),
    due_at=NOW + timedelta(hours=3),
    near_at=NOW + timedelta(hours=2),
    closed_at=None,
    opened_at=NOW - timedelta(hours=2),
    title="护栏断了",
    report_count=1,
    lng=121.3,
    lat=28.6,
    name_zh="危险水域",
    name_en="Open water",
    family_zh="涉水",
    family_en="Water",
    area_name="荻花村",
    unit_name=None,
    open_tasks=0,
    interim_due_at=None,
    interim_at=None,
    suggested_unit="荻花村村委会",
)


@pytest.fixture(autouse=True)
def in_taizhou() -> object:
    """Pages speak local time."""
    with timezone.override("Asia/Shanghai"), translation.override("en"):
        yield


class Words(HTMLParser):
    """The words of a piece of a page, and the names of its elements."""

    def __init__(self, drawn: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: set[str] = set()
        self.feed(drawn)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(data.strip())

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.add(tag)


def words_of(row: CaseRow, *, act: bool = False) -> list[str]:
    return Words(case_rows([row], NOW, act)).words


def test_a_row_says_by_when_what_how_it_stands_where_and_who() -> None:
    assert words_of(ROW) == [
        *("3 h left", "rectify by today 12:30"),
        *("护栏断了", "CX-2026-018042", "· Water · Open water"),
        *("Dispatched", "荻花村", "suggested", "荻花村村委会", "1"),
    ]


def test_a_row_speaks_the_language_of_the_page() -> None:
    with translation.override("zh-hans"):
        assert words_of(ROW)[2:6] == ["护栏断了", "CX-2026-018042", "· 涉水 · 危险水域", "已派遣"]


def test_a_row_to_act_on_ends_with_its_next_step() -> None:
    assert words_of(ROW, act=True)[-2:] == ["Rectify", "护栏断了"]


def test_an_ended_row_offers_no_step() -> None:
    ended = ROW._replace(state="closed", stage="", due_at=None, closed_at=NOW, unit_name="水利局")

    assert words_of(ended, act=True)[-2:] == ["水利局", "1"]


def test_nothing_that_somebody_typed_becomes_markup() -> None:
    planted = "</td><script>\"'&"
    row = ROW._replace(
        **dict.fromkeys(("title", "name_en", "family_en", "area_name", "suggested_unit"), planted)
    )

    drawn = Words(case_rows([row, row._replace(unit_name=planted)], NOW, True))

    assert "script" not in drawn.elements
    assert drawn.words.count(planted) == 8  # title, its button, area and unit, of both rows


def test_what_is_drawn_follows_the_row_at_once() -> None:
    assert case_rows([ROW], NOW, False) != case_rows([ROW._replace(version=4)], NOW, False)
