"""Answers of other cities' servers as they come: JSON, XML, and what is neither."""

import pytest

from anlan.channels import NotTaken
from anlan.channels.open311 import Server, items, text_of


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('[{"service_request_id": 7, "status": "open"}]', "json"),
        ('{"service_requests": [{"service_request_id": "7", "status": "open"}]}', "json"),
        (
            "<?xml version='1.0' encoding='utf-8'?><service_requests><request>"
            "<service_request_id>7</service_request_id><status>open</status></request></service_requests>",
            "xml",
        ),
    ],
)
def test_an_answer_is_read_in_either_format(text: str, form: str) -> None:
    (found,) = items(text.encode(), form)

    assert (text_of(found, "service_request_id"), text_of(found, "status")) == ("7", "open")
    assert text_of(found, "token") == ""


BOMB = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b><c>&x;</c></b></a>'


@pytest.mark.parametrize(
    ("text", "form"), [("<html>", "json"), ("[1]", "json"), ("3", "json"), ("<a>", "xml"), (BOMB, "xml")]
)
def test_what_is_no_open311_is_not_taken(text: str, form: str) -> None:
    with pytest.raises(NotTaken, match="not Open311"):
        items(text.encode(), form)


def test_the_city_is_named_where_it_has_a_name() -> None:
    assert Server("https://a.example/v2").named({"status": "open"}) == {"status": "open"}
    assert Server("https://a.example/v2", "xml", "a").named({}) == {"jurisdiction_id": "a"}
    assert Server("https://a.example/v2", "xml").at("tokens/1") == "https://a.example/v2/tokens/1.xml"
