"""Messages of other senders: what can be understood is, what cannot breaks nothing."""

from datetime import UTC, datetime

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from anlan.base.errors import Refused
from anlan.sensing.cap.feeds import entries_of
from anlan.sensing.cap.reading import read
from anlan.sensing.hearing import code_of, common_area
from tests.flows.other_senders import atom, message, rss

NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)
GOOD = message("urn:oid:1", NOON, area="<cap:polygon>28,121 28,122 29,122</cap:polygon>")


def test_a_message_with_a_prefix_and_z_times_is_read_with_its_faults() -> None:
    found, faults = read(GOOD.encode())
    assert found is not None
    assert (found.colour, found.category, found.sent) == ("orange", "Met", NOON)
    assert (found.words["zh"]["event"], found.words["en"]["event"]) == ("暴雨", "Heavy rain")
    assert found.polygons == [[[28, 121], [28, 122], [29, 122], [28, 121]]]
    assert {each.path for each in faults} == {
        "/alert/sent",
        "/alert/info[1]/area[1]/polygon[1]",
        "/alert/info[2]/area[1]/polygon[1]",
    }


def test_an_older_version_of_cap_is_read() -> None:
    found, faults = read(GOOD.replace("cap:1.2", "cap:1.1").encode())
    assert found is not None and found.identifier == "urn:oid:1"
    assert "must be an alert of the namespace" in faults[0].message


@pytest.mark.parametrize("name", ["identifier", "sender", "sent", "msgType", "info"])
def test_without_what_says_who_what_and_when_there_is_no_message(name: str) -> None:
    assert read(GOOD.replace(f"cap:{name}>", "cap:note>").encode())[0] is None


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-12:00", "yesterday"])
def test_a_time_that_cannot_be_is_none(at: str) -> None:
    said = GOOD.replace("2026-11-01T04:00:00Z", at)
    assert read(said.encode())[0] is None


@given(st.integers(0, len(GOOD)), st.integers(0, 40), st.text("<>/&;:,- 0129eNaN水\x00", max_size=6))
def test_whatever_is_done_to_a_message_reading_it_raises_nothing(at: int, cut: int, put: str) -> None:
    found, _ = read((GOOD[:at] + put + GOOD[at + cut :]).encode())
    for ring in found.polygons if found else []:
        shapely.Polygon(ring)


def test_entries_are_found_by_the_link_that_says_cap() -> None:
    for feed in (atom("/1.xml", "/2.xml"), rss("/1.xml", "/2.xml")):
        found = entries_of(feed.encode())
        assert [each.address for each in found] == ["/1.xml", "/2.xml"]
        assert len({each.key for each in found}) == 2


def test_an_entry_that_was_updated_is_another() -> None:
    feed = atom("/1.xml")
    (before,), (after,) = (entries_of(each.encode()) for each in (feed, feed.replace("00:00:00", "01:00:00")))
    assert before.key != after.key


@given(st.text("<>/&;feedrssitemalert xmlns=\"'", max_size=40))
def test_what_is_no_feed_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="feed_"):
        entries_of(f"<x>{text}".encode())


def test_codes_of_twelve_digits_mean_the_area_that_they_begin_with() -> None:
    said = ("990101000000", "990101001000", "990101001201", "990101", " 990101 ")
    assert [code_of(each) for each in said] == ["990101", "990101001", "990101001201", "990101", "990101"]


def test_the_smallest_area_that_holds_several_is_whole() -> None:
    assert common_area(["1.12.123.", "1.12.124."]) == "1.12."
    assert common_area(["1.12.123."]) == "1.12.123."
    assert common_area(["1.12.", "1.13."]) == "1."
