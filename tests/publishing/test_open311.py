"""The pure parts of the Open311 interface hold for whatever is asked and said."""

import json
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.publishing.open311.answering import answers_in, kept
from anlan.publishing.open311.documents import as_json, as_xml
from anlan.publishing.open311.queries import MOST, SPAN, requests_asked, span
from anlan.publishing.open311.terms import AttributeAsked, Datatype

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
NAMES = ("service_request_id", "service_code", "status", "start_date", "end_date", "page", "page_size")


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30)))
def test_any_query_is_read_or_refused(query: dict[str, str]) -> None:
    try:
        asked = requests_asked(query, NOW)
    except Refused as no:
        assert no.reason.startswith("open311_")
        return
    assert 1 <= asked.page_size <= MOST
    assert asked.ids is not None or (asked.begin and asked.end and asked.end - asked.begin <= SPAN)


@given(st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_lone_date_takes_ninety_days(at: datetime) -> None:
    at = at.replace(microsecond=0)

    assert span({"start_date": at.isoformat()}, NOW) == (at, at + SPAN)
    assert span({"end_date": at.isoformat()}, NOW) == (at - SPAN, at)


@given(st.dictionaries(st.sampled_from(["one", "two"]), st.text(max_size=40), min_size=2))
def test_any_text_stands_in_both_formats(said: dict[str, str]) -> None:
    root = ET.fromstring(as_xml("service_requests", [said]))
    (found,) = json.loads(as_json("service_requests", [said]))

    for name, value in found.items():
        same = (value or "").replace("\r\n", "\n").replace("\r", "\n")
        assert (root.findtext(f"request/{name}") or "") == same


ASKED = [
    AttributeAsked(
        code=str(each), datatype=each, zh="？", en="?", values=(("a", "甲", "A"), ("b", "乙", "B"))
    )
    for each in Datatype
]


@given(st.dictionaries(st.sampled_from([f"attribute[{each}]" for each in Datatype]), st.lists(st.text())))
def test_any_answers_are_kept_as_their_datatype_or_refused(form: dict[str, Any]) -> None:
    try:
        kept = answers_in(form, ASKED)
    except Refused as no:
        assert no.reason == "open311_attribute_wrong"
        return
    assert set(kept.get(Datatype.MULTI, [])) <= {"a", "b"}
    assert kept.get(Datatype.SINGLE, "a") in {"a", "b"}


@pytest.mark.parametrize(
    ("stamp", "reads"),
    [
        ("2026-11-02T19:30:00+08:00", "2026-11-02 19:30"),
        ("2026-11-02T11:30:00Z", "2026-11-02 19:30"),
        ("9999-12-31T23:00:00-12:00", "9999-12-31T23:00:00-12:00"),
    ],
)
def test_a_time_keeps_its_stamp_and_reads_as_the_clocks_of_the_city(stamp: str, reads: str) -> None:
    (said,) = kept({"datetime": stamp}, ASKED, ZoneInfo("Asia/Shanghai"))

    assert (said["value"], said["said_zh"], said["said_en"]) == (stamp, reads, reads)
