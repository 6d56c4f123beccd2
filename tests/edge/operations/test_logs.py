"""Lines of the log: JSON, with the request's id, and without what somebody typed."""

import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.edge.operations.logs import JsonLines, blot, request_id

PHONE = "13857612345"
MAIL = "wang.xiaoming@example.org"
IDENTITY = "33100319900101123X"


def line(logger: str, words: str, *values: object, **extra: object) -> dict[str, object]:
    """Return the line that a call of a logger writes."""
    record = logging.LogRecord(logger, logging.INFO, "file.py", 1, words, values, extra.pop("exc_info", None))  # type: ignore[arg-type]
    record.__dict__.update(extra)
    written: dict[str, object] = json.loads(JsonLines().format(record))
    return written


def test_a_line_of_ours_says_event_and_facts() -> None:
    written = line("anlan.requests", "request", facts={"route": "cases/<case>", "status": 200})
    assert {name: written[name] for name in ("level", "logger", "event", "route", "status")} == {
        "level": "info",
        "logger": "anlan.requests",
        "event": "request",
        "route": "cases/<case>",
        "status": 200,
    }


def test_a_line_has_the_id_of_its_request() -> None:
    token = request_id.set("0123456789abcdef")
    written = line("anlan.requests", "request")
    request_id.reset(token)
    assert written["request"] == "0123456789abcdef"


def test_a_line_of_a_library_keeps_its_pattern_alone() -> None:
    assert line("django.request", "Not Found: %s", f"/report/{PHONE}")["event"] == "Not Found: %s"


def test_a_job_is_logged_by_what_happened_to_it_not_with_what() -> None:
    written = line("procrastinate.worker", f"Job tell_unit[1](phone='{PHONE}') failed", action="job_error")
    assert written["event"] == "job_error"


def test_an_error_is_logged_by_kind_and_place_not_with_its_words() -> None:
    try:
        raise ValueError(f"no such person: {PHONE}")
    except ValueError:
        written = line("anlan.flows", "failed", exc_info=sys.exc_info())
    assert PHONE not in json.dumps(written)


def test_the_kinds_of_an_error_and_of_its_cause_are_named() -> None:
    try:
        try:
            raise KeyError(PHONE)
        except KeyError as cause:
            raise ValueError from cause
    except ValueError:
        written = line("anlan.flows", "failed", exc_info=sys.exc_info())
    assert written["error"]["kinds"] == ["builtins.ValueError", "builtins.KeyError"]  # type: ignore[index]


@pytest.mark.parametrize("planted", [PHONE, f"+86 138-5761-2345 {MAIL}", IDENTITY, MAIL])
def test_what_looks_like_a_person_is_blotted_out_of_our_own_lines(planted: str) -> None:
    written = json.dumps(line("anlan.flows", "told %s", planted, facts={"unit": planted}))
    assert not any(part in written for part in (PHONE, "5761", IDENTITY, MAIL))


def test_short_numbers_stay() -> None:
    assert blot("case 331082 took 1234.5 ms") == "case 331082 took 1234.5 ms"


@given(st.text())
def test_any_words_make_one_line_of_json(words: str) -> None:
    assert "\n" not in JsonLines().format(logging.makeLogRecord({"name": "anlan.x", "msg": words}))
