"""Atom feeds (RFC 4287) of public cases: those that the filters of an address mean, or one case's way."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from anlan.edge.pages import public_words
from anlan.edge.pages.kept_pages import kept_for_a_moment
from anlan.edge.pages.public_cases import title_of
from anlan.edge.pages.public_filters import asked_by
from anlan.edge.pages.whole_addresses import whole_address
from anlan.store.readers.public_cases import public_case, public_way, recently_changed

MOST = 50


@require_safe
@cache_control(public=True, max_age=60)
@kept_for_a_moment()
def cases(request: HttpRequest) -> HttpResponse:
    """The cases of the filters that changed last, the newest change first."""
    asked = asked_by(request.GET)
    feed = _feed(request, _("Public cases"), reverse("public_cases") + f"?{asked.query()}")
    for each in recently_changed(asked.filters, MOST):
        state = public_words.NOW[each.case.state]
        _entry(
            request, feed, each.pk, f"{title_of(each)}: {state}", each.words, each.opened_at, each.updated_at
        )
    return _answer(feed)


@require_safe
@cache_control(public=True, max_age=60)
@kept_for_a_moment()
def one_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """The way of one case, the last step first."""
    case = public_case(case_id)
    feed = _feed(request, title_of(case), reverse("public_case", args=[case.pk]))
    for step in reversed(public_way(case)):
        words = str(public_words.HAPPENED[step.step])
        _entry(request, feed, case.pk, words, "", step.at, step.at, mark=f"-{step.at:%Y%m%d%H%M%S%f}")
    return _answer(feed)


def _feed(request: HttpRequest, title: str, address: str) -> Atom1Feed:
    return Atom1Feed(
        title=title,
        link=whole_address(request, address),
        description="",
        language=get_language(),
        feed_url=whole_address(request, request.get_full_path()),
    )


def _entry(
    request: HttpRequest,
    feed: Atom1Feed,
    pk: int,
    title: str,
    words: str,
    opened_at: datetime,
    updated_at: datetime,
    mark: str = "",
) -> None:
    address = whole_address(request, reverse("public_case", args=[pk]))
    feed.add_item(
        title=title,
        link=address,
        description=words,
        unique_id=address + mark,
        pubdate=opened_at,
        updateddate=updated_at,
    )


def _answer(feed: Atom1Feed) -> HttpResponse:
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


urlpatterns = [
    path("public/cases.atom", cases, name="public_feed"),
    path("public/cases/<int:case_id>.atom", one_case, name="public_case_feed"),
]
