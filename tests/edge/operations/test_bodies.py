"""A body that is too large loses its middle before the disk; what was typed around the photos stays."""

import asyncio
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import given
from hypothesis import strategies as st

from anlan.config.asgi import application
from anlan.edge.operations import bodies
from anlan.edge.operations.bodies import CUT, HEAD, MOST, TAIL, BoundedBodies
from anlan.publishing.photos import MAX_BYTES
from anlan.store.models import Report
from tests.cast import Cast
from tests.edge.pages.test_report import FILLED, errors_at


def passed(chunks: list[bytes], said: int | None) -> tuple[bytes, bool]:
    """What an application gets of a body that comes in these pieces, and whether its middle is gone."""
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in chunks]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    waiting.append({"type": "http.disconnect"})
    scope: dict[str, Any] = {"type": "http", "headers": []}
    if said is not None:
        scope["headers"] = [(b"content-length", str(said).encode())]
    got = b""

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        nonlocal got
        more = True
        while more:
            message = await receive()
            got += message["body"]
            more = message["more_body"]
        assert (await receive())["type"] == "http.disconnect"

    asyncio.run(BoundedBodies(inner)(scope, receive, None))
    return got, CUT in scope


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds of a few bytes."""
    monkeypatch.setattr(bodies, "HEAD", 4)
    monkeypatch.setattr(bodies, "TAIL", 3)
    monkeypatch.setattr(bodies, "MOST", 10)


def test_a_body_that_fits_passes_as_it_is(small: None) -> None:
    assert passed([b"0123", b"456789"], said=10) == (b"0123456789", False)


def test_one_that_says_it_is_too_large_keeps_its_two_ends(small: None) -> None:
    assert passed([b"012345", b"6789", b"abc"], said=13) == (b"0123abc", True)


def test_one_that_does_not_say_so_is_cut_where_it_becomes_too_large(small: None) -> None:
    assert passed([b"012345", b"6789ab", b"cdef"], said=None) == (b"0123456789def", True)


@given(st.lists(st.binary(max_size=9), max_size=8), st.booleans())
def test_no_more_than_the_bounds_ever_passes(chunks: list[bytes], says: bool) -> None:
    whole = b"".join(chunks)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"HEAD": 4, "TAIL": 3, "MOST": 10}.items():
            patch.setattr(bodies, name, value)
        got, cut = passed(chunks, said=len(whole) if says else None)
    assert (cut, got if not cut else got[:4]) == (len(whole) > 10, whole if not cut else whole[:4])
    assert len(got) <= 13 and whole.endswith(got[-3:])


def test_four_photos_of_full_size_pass() -> None:
    assert MOST >= 4 * MAX_BYTES + HEAD > 4 * MAX_BYTES + TAIL


def sent(form: dict[str, Any]) -> tuple[bytes, dict[bytes, bytes]]:
    """A form as a browser sends it, and its headers."""
    body = encode_multipart(BOUNDARY, form)
    facts = {b"content-type": MULTIPART_CONTENT.encode(), b"content-length": str(len(body)).encode()}
    return body, facts | {b"host": b"localhost", b"accept-language": b"en"}


@pytest.mark.django_db(transaction=True)
def test_a_form_with_far_too_much_keeps_all_words_and_stores_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "HEAD", 4000)
    monkeypatch.setattr(bodies, "MOST", 50_000)
    photo = SimpleUploadedFile("a.jpg", b"x" * 300_000, "image/jpeg")
    body, headers = sent(FILLED | {"photos": photo, "contact": "13800001234"})
    answer: dict[str, Any] = {"page": b""}
    pieces = [body[at : at + 10_000] for at in range(0, len(body), 10_000)]

    async def receive() -> dict[str, Any]:
        if not pieces:
            await asyncio.sleep(3600)
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        answer["status"] = message.get("status", answer.get("status"))
        answer["page"] += message.get("body", b"")

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/report/",
        "query_string": b"",
        "headers": list(headers.items()),
        "client": ("203.0.113.7", 5000),
    }
    asyncio.run(application(scope, receive, send))

    page = answer["page"].decode()
    assert (answer["status"], errors_at(page), Report.objects.count()) == (422, ["photos"], 0)
    assert "The photos are too large to send at once" in page
    assert FILLED["words"] in page and FILLED["address"] in page and "13800001234" in page


@pytest.mark.django_db
def test_of_a_photo_of_more_than_20_mb_only_the_beginning_is_put_aside(cast: Cast) -> None:
    photo = SimpleUploadedFile("a.jpg", b"x" * (MAX_BYTES + 1_000_000), "image/jpeg")

    answer = Client(headers={"accept-language": "en"}).post("/report/", FILLED | {"photos": photo})

    assert (answer.status_code, errors_at(answer.text)) == (422, ["photos"])
    assert "a photo may have up to 20 MB" in answer.text
    assert MAX_BYTES < answer.wsgi_request.FILES["photos"].size <= MAX_BYTES + 2**16
