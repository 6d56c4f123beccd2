"""/warnings/: warnings in force for everybody, as a page, an Atom feed and CAP messages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from anlan.edge.pages.warning_words import heard_shown, shown
from anlan.edge.pages.whole_addresses import whole_address
from anlan.store.readers.following import areas_to_follow
from anlan.store.readers.heard import heard_in_force
from anlan.store.readers.warnings import in_force, sent_document, sent_messages

CAP = "application/cap+xml"


@require_safe
@cache_control(public=True, max_age=30)
def now_in_force(request: HttpRequest) -> HttpResponse:
    """The warnings in force, the list beside the map."""
    found = [shown(each) for each in in_force(timezone.now())]
    areas = [(code, "\u2003" * depth + name) for code, name, depth in areas_to_follow()]
    others = [heard_shown(each) for each in heard_in_force(timezone.now())]
    context = {"warnings": found, "others": others, "areas": areas, "now": timezone.now()}
    return render(request, "warning/public.html", context)


@require_safe
@cache_control(public=True, max_age=30)
def feed(request: HttpRequest) -> HttpResponse:
    """The last messages that left, each with its CAP; drills say so in their titles."""
    atom = Atom1Feed(
        title=_("Warnings"),
        link=whole_address(request, reverse("public_warnings")),
        description="",
        language=get_language(),
        feed_url=whole_address(request, request.get_full_path()),
    )
    for each in map(shown, sent_messages()):
        address = whole_address(request, reverse("warning_cap", args=[each.warning.identifier]))
        title = f"{each.look.words}: {each.headline}"
        atom.add_item(
            title=f"[{each.status}] {title}" if each.is_drill else title,
            link=address,
            description=each.description,
            unique_id=f"urn:cap:{each.warning.identifier}",
            pubdate=each.warning.sent_at,
            updateddate=each.warning.sent_at,
            enclosures=[Enclosure(address, "0", CAP)],
            categories=[each.warning.kind, each.warning.status],
        )
    return HttpResponse(atom.writeString("utf-8"), content_type=atom.content_type)


@require_safe
@cache_control(public=True, max_age=300)
def message(request: HttpRequest, identifier: str) -> HttpResponse:
    """A message as it left."""
    return HttpResponse(sent_document(identifier), content_type=f"{CAP}; charset=utf-8")


urlpatterns = [
    path("", now_in_force, name="public_warnings"),
    path("feed.atom", feed, name="warnings_feed"),
    path("<str:identifier>.cap.xml", message, name="warning_cap"),
]
