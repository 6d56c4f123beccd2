"""Public pages are the same for everybody, so each is drawn once in some seconds, in each web process.

Whoever comes without a cookie but those of language and theme gets the page that was drawn for the last one
who asked for the same address in the same language, theme and name of the city's host. What has to be new in
every answer, such as the token of a form, stands in the kept page as a word that is put in each time. What
middleware adds, such as an id of the request, is added anew each time too.

A page is as old as ANLAN_PAGES_KEPT at most, and never older than the last time that something was taken from
the public: see `store/readers/withdrawals.py`. See docs/decisions/0221-public-pages-kept-for-a-moment.md.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import wraps
from threading import Lock
from typing import Concatenate, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from anlan.edge.pages.preferences import THEME_COOKIE
from anlan.store.readers.withdrawals import Withdrawals, withdrawals

MOST = 400
"""Pages that a process keeps: some 20 kB each."""

LARGEST = 200_000
"""Bytes of a page that is kept."""

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]
type Fresh = Callable[[], Mapping[str, str]]
type Key = tuple[str | None, ...]


class _Kept(NamedTuple):
    at: float
    withdrawals: Withdrawals
    content: bytes
    headers: dict[str, str]


pages: OrderedDict[Key, _Kept] = OrderedDict()
_lock = Lock()


def nothing_new() -> Mapping[str, str]:
    """What a page puts in anew in which all stays the same."""
    return {}


def kept_for_a_moment[**P](fresh: Fresh = nothing_new) -> Callable[[View[P]], View[P]]:
    """A view whose page may be given to the next one too; `fresh` says what each word in it becomes.

    Stands right above the view, below what adds headers of the day or packs the page.
    """

    def keeping(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not _is_for_all(request):
                return _filled(view(request, *args, **kwargs), fresh())
            before, key = withdrawals(), _key(request)
            kept = _found(key, before)
            if kept is None:
                drawn = view(request, *args, **kwargs)
                _keep(key, before, request, drawn)
                return _filled(drawn, fresh())
            return _filled(HttpResponse(kept.content, headers=kept.headers), fresh())

        return answer

    return keeping


def _is_for_all(request: HttpRequest) -> bool:
    known = {settings.LANGUAGE_COOKIE_NAME, THEME_COOKIE}
    return settings.ANLAN_PAGES_KEPT > 0 and request.method == "GET" and request.COOKIES.keys() <= known


def _key(request: HttpRequest) -> Key:
    """All of a request on which a public page depends."""
    address = request.build_absolute_uri(request.get_full_path())
    return address, get_language(), request.COOKIES.get(THEME_COOKIE)


def _found(key: Key, now: Withdrawals) -> _Kept | None:
    kept = pages.get(key)
    if kept is None or kept.withdrawals != now:
        return None
    return kept if time.monotonic() - kept.at < settings.ANLAN_PAGES_KEPT else None


def _keep(key: Key, before: Withdrawals, request: HttpRequest, drawn: HttpResponse) -> None:
    """Keep a whole, good page that gave its reader no cookie."""
    is_personal = bool(drawn.cookies) or "CSRF_COOKIE" in request.META
    if drawn.status_code != 200 or drawn.streaming or is_personal or len(drawn.content) > LARGEST:
        return
    with _lock:
        pages[key] = _Kept(time.monotonic(), before, drawn.content, dict(drawn.items()))
        pages.move_to_end(key)
        if len(pages) > MOST:
            pages.popitem(last=False)


def _filled(answer: HttpResponse, words: Mapping[str, str]) -> HttpResponse:
    for word, value in words.items():
        answer.content = answer.content.replace(word.encode(), value.encode())
    return answer
