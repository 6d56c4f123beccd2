"""Answers of other cities' servers as they come: JSON, XML, and what is neither."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.channels import NotTaken
from anlan.channels.open311 import Server, items, text_of


@pytest.mark.parametrize(
    "text",
    [
        '[{"service_request_id": 7, "status": "open"}]',
        '{"service_requests": [{"service_request_id": "7", "status": "open"}]}',
        "<?xml version='1.0' encoding='utf-8'?><service_requests><request>"
        "<service_request_id>7</service_request_id><status>open</status></request></service_requests>",
        '[{"service_request_id": "7", "status": "open"}, "and a word that does not belong here"]',
    ],
)
def test_an_answer_is_read_in_either_format_whatever_was_asked_for(text: str) -> None:
    (found,) = items(text.encode())

    assert (text_of(found, "service_request_id"), text_of(found, "status")) == ("7", "open")
    assert text_of(found, "token") == ""


BOMB = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b><c>&x;</c></b></a>'
ODD = '<?xml version="1.0" encoding="no-such-code"?><a/>'


@pytest.mark.parametrize("text", ["<html>", "[1]", "3", "", "{", "<a>", BOMB, ODD, "[" * 50_000, "9" * 5_000])
def test_what_is_no_open311_is_not_taken(text: str) -> None:
    with pytest.raises(NotTaken, match="not Open311"):
        items(text.encode())


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=40)
@given(st.lists(st.dictionaries(st.sampled_from(["status", "token"]), json_values)), st.integers(1, 40))
def test_fields_of_any_answer_are_short_text_that_a_database_takes(
    answer: list[dict[str, object]], longest: int
) -> None:
    for found in items(json.dumps(answer).encode()):
        said = text_of(found, "status", longest)
        assert len(said) <= longest and "\0" not in said and said.encode().decode() == said


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_not_taken(text: bytes) -> None:
    try:
        found = items(text)
    except NotTaken as no:
        assert str(no) == "not Open311"
        return
    assert isinstance(found, list)


def test_the_city_is_named_where_it_has_a_name() -> None:
    assert Server("https://a.example/v2").named({"status": "open"}) == {"status": "open"}
    assert Server("https://a.example/v2", "xml", "a").named({}) == {"jurisdiction_id": "a"}
    assert Server("https://a.example/v2", "xml").at("tokens/1") == "https://a.example/v2/tokens/1.xml"
