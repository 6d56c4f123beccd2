"""The addresses of the Open311 interface."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.base.errors import NotFound, Refused
from anlan.edge.open311 import rendering
from anlan.edge.open311.asking import Document, answering
from anlan.edge.open311.refusals import REFUSALS
from anlan.edge.open311.sending import key_of, pictures_in, sent_in, text
from anlan.flows.send_request import send_request, send_update
from anlan.publishing.open311.documents import stamp
from anlan.publishing.open311.queries import RequestsAsked, one_id, requests_asked, span
from anlan.publishing.spreadsheets import safe_cell
from anlan.store.readers import open311

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-27T00:00:00+08:00"
BULK_COLUMNS = (
    *("service_request_id", "requested_datetime", "updated_datetime", "closed_datetime", "status"),
    *("status_notes", "service_name", "service_code", "description", "agency_responsible"),
    *("address", "lat", "long"),
)


@answering("GET")
def discovery(request: HttpRequest) -> Document:
    """Where the interface is, and what it speaks."""
    address = request.build_absolute_uri(reverse("open311_root"))
    endpoint = {
        "specification": SPECIFICATION,
        "url": address.rstrip("/"),
        "changeset": CHANGED,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    return "discovery", {
        "changeset": CHANGED,
        "contact": _("Ask those who run this city's anlan for a key."),
        "key_service": _("`anlan key open311 NAME` prints a key."),
        "endpoints": [endpoint],
    }


@answering("GET")
def services(request: HttpRequest) -> Document:
    """Every service."""
    return "services", [rendering.service(each) for each in open311.services()]


@answering("GET")
def service(request: HttpRequest, code: str) -> Document:
    """What one service asks."""
    try:
        open311.service_with(code)
    except NotFound:
        raise Refused("service_unknown") from None
    attributes = open311.attributes_of(code, english=rendering.english())
    return "service_definition", rendering.definition(code, attributes)


@answering("GET", "POST")
def requests(request: HttpRequest) -> Document:
    """Requests by filters; or a new one."""
    if request.method == "POST":
        return _sent(request)
    asked = requests_asked(request.GET.dict(), timezone.now())
    shown = [rendering.request(each, extensions=asked.extensions) for each in open311.requests(asked)]
    return "service_requests", shown


def _sent(request: HttpRequest) -> Document:
    key = key_of(request)
    taken = send_request(acting_user=None, key=key, sent=sent_in(request), now=timezone.now())
    notice = _("A person looks at it first. Its words become public after that.")
    named = {"token": str(taken.token)} if taken.token else {"service_request_id": str(taken.request_id)}
    return "service_requests", [named | {"service_notice": notice, "account_id": None}], 201


@answering("GET")
def one_request(request: HttpRequest, request_id: str) -> Document:
    """One request, by its id; several with commas between them."""
    ids = tuple(pk for pk in map(one_id, request_id.split(",")) if pk is not None)
    extensions = requests_asked({"extensions": request.GET.get("extensions", "")}, timezone.now()).extensions
    found = open311.requests(RequestsAsked(ids=ids))
    if not found:
        raise Refused("request_unknown")
    return "service_requests", [rendering.request(each, extensions=extensions) for each in found]


@answering("GET")
def token(request: HttpRequest, token_id: str) -> Document:
    """The id of the request that a token was given for."""
    try:
        pk = open311.request_of_token(token_id)
    except NotFound:
        raise Refused("token_unknown") from None
    return "service_requests", [{"service_request_id": str(pk), "token": token_id}]


@answering("GET", "POST")
def updates(request: HttpRequest) -> Document:
    """Steps of requests in a span of time; or more about a request that the same key sent."""
    if request.method == "POST":
        return _update(request)
    begin, end = span(request.GET.dict(), timezone.now())
    asked = [one_id(each.strip()) for each in request.GET.get("service_request_id", "").split(",") if each]
    ids = tuple(pk for pk in asked if pk is not None) if asked else None
    return "service_request_updates", [rendering.update(each) for each in open311.updates(begin, end, ids)]


def _update(request: HttpRequest) -> Document:
    key = key_of(request)
    pk = one_id(request.POST.get("service_request_id", "").strip())
    if pk is None:
        raise Refused("request_unknown")
    words, pictures = text(request.POST, "description"), pictures_in(request)
    if not words and not pictures:
        raise Refused("update_empty")
    update_id = request.POST.get("update_id", "").strip()[:100] or f"{timezone.now().timestamp()}"
    send_update(
        acting_user=None,
        key=key,
        request_id=pk,
        token=f"open311 {key.pk} {pk} {update_id}",
        words=words,
        pictures=pictures,
        now=timezone.now(),
    )
    return "service_request_updates", [{"update_id": update_id}], 201


@require_safe
def bulk(request: HttpRequest) -> HttpResponseBase:
    """All public requests of a span of time as CSV, after the proposed bulk specification."""
    try:
        asked = requests_asked(request.GET.dict(), timezone.now())
    except Refused as no:
        code, words = REFUSALS[no.reason]
        return HttpResponse(str(words) % no.facts, content_type="text/plain; charset=utf-8", status=code)
    answer = StreamingHttpResponse(_lines(asked), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="requests.csv"'
    return answer


def _lines(asked: RequestsAsked) -> Iterator[str]:
    yield _line(BULK_COLUMNS)
    page = 1
    while found := open311.requests(replace(asked, page=page)):
        for each in found:
            closed = {"closed_datetime": rendering.local(each.closed_at)}
            shown = rendering.request(each, extensions=False) | closed
            yield _line(shown[name] for name in BULK_COLUMNS)
        page += 1


def _line(cells: Iterable[object]) -> str:
    line = io.StringIO()
    said = (stamp(each) if isinstance(each, datetime) else each for each in cells)
    csv.writer(line).writerow([safe_cell(each) for each in said])
    return line.getvalue()


def _paths(route: str, view: object, name: str) -> list[URLPattern]:
    """A view under both endings."""
    return [
        path(f"{route}.{form}", view, {"form": form}, name=f"{name}_{form}")  # type: ignore[call-overload]
        for form in ("json", "xml")
    ]


urlpatterns = [
    *_paths("open311/discovery", discovery, "open311_discovery"),
    path("open311/v2/", discovery, {"form": "json"}, name="open311_root"),
    *_paths("open311/v2/discovery", discovery, "open311_discovery_v2"),
    *_paths("open311/v2/services", services, "open311_services"),
    *_paths("open311/v2/services/<str:code>", service, "open311_service"),
    *_paths("open311/v2/requests", requests, "open311_requests"),
    *_paths("open311/v2/requests/<str:request_id>", one_request, "open311_request"),
    *_paths("open311/v2/tokens/<str:token_id>", token, "open311_token"),
    *_paths("open311/v2/servicerequestupdates", updates, "open311_updates"),
    path("open311/v2/requests.csv", bulk, name="open311_bulk"),
]
