"""The addresses of the Open311 interface."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anlan.base.errors import NotFound, Refused
from anlan.edge.open311 import rendering
from anlan.edge.open311.asking import Document, answering, check_jurisdiction
from anlan.edge.open311.refusals import REFUSALS
from anlan.edge.open311.sending import key_of, pictures_in, sent_in, text
from anlan.edge.pages.pace import address_of
from anlan.edge.pages.whole_addresses import whole_address
from anlan.flows.count_files import count_file
from anlan.flows.send_request import send_request, send_update
from anlan.publishing.open311.documents import stamp
from anlan.publishing.open311.openapi import document
from anlan.publishing.open311.queries import (
    RequestsAsked,
    bulk_asked,
    one_id,
    requests_asked,
    updates_asked,
)
from anlan.publishing.open311.terms import ServiceType
from anlan.publishing.spreadsheets import safe_cell
from anlan.store.readers import open311
from anlan.store.readers.public_cases import PublicRow
from anlan.store.readers.public_photos import first_photos

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = datetime(2026, 11, 30, tzinfo=UTC)
"""When this release changed what the interface says; clients read services anew after a later change."""
BULK_SPECIFICATION = "http://wiki.open311.org/GeoReport_Bulk_v1"
BULK_COLUMNS = (
    *("service_request_id", "requested_datetime", "updated_datetime", "closed_date", "status_description"),
    *("status_notes", "source", "service_name", "service_subtype", "description", "agency_responsible"),
    *("address", "lat", "long", "status", "service_code"),
)
"""Those of the proposed bulk specification in its order, and two of GeoReport v2 that programs join by."""
BULK_BLOCK = 1000


@answering("GET")
def discovery(request: HttpRequest) -> Document:
    """Where the interface is, and what it speaks."""
    address = whole_address(request, reverse("open311_root"))
    changed = stamp(max(filter(None, (CHANGED, open311.services_changed_at()))).astimezone(UTC))
    whole = {
        "specification": SPECIFICATION,
        "url": address.rstrip("/"),
        "changeset": changed,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    bulk_file = {
        "specification": BULK_SPECIFICATION,
        "url": whole_address(request, reverse("open311_bulk")),
        "formats": ["text/csv"],
    }
    return "discovery", {
        "changeset": changed,
        "contact": _("Ask those who run this city's anlan for a key."),
        "key_service": _("`anlan key open311 NAME` prints a key."),
        "endpoints": [whole, whole | bulk_file],
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
    attributes = open311.attributes_of(code)
    return "service_definition", rendering.definition(code, attributes)


@answering("GET", "POST")
def requests(request: HttpRequest) -> Document:
    """Requests by filters; or a new one."""
    if request.method == "POST":
        return _sent(request)
    asked = requests_asked(_query(request), timezone.now())
    return _shown(request, open311.requests(asked), asked)


def _query(request: HttpRequest) -> dict[str, str]:
    """The query, with what is said several times as one list with commas."""
    return {name: ",".join(words) if name in LISTS else words[-1] for name, words in request.GET.lists()}


LISTS = frozenset({"service_request_id", "service_code", "status"})


def _sent(request: HttpRequest) -> Document:
    key = key_of(request)
    sent = sent_in(request)
    again = request.headers.get("Idempotency-Key", "")[:200]
    taken = send_request(acting_user=None, key=key, sent=sent, again=again, now=timezone.now())
    notice = _(
        "In danger call 119, 120 or 110 now. A person reads this first; its words become public after that."
    )
    named = {"token": str(taken.token)} if taken.token else {"service_request_id": str(taken.request_id)}
    if sent.type is ServiceType.BLACKBOX:
        named = {}
    return "service_requests", [named | {"service_notice": notice, "account_id": None}], 201


@answering("GET")
def one_request(request: HttpRequest, request_id: str) -> Document:
    """One request, by its id; several with commas between them."""
    extensions = request.GET.get("extensions", "")
    asked = requests_asked({"service_request_id": request_id, "extensions": extensions}, timezone.now())
    found = open311.requests(asked)
    if not found:
        raise Refused("request_unknown")
    return _shown(request, found, asked)


def _shown(request: HttpRequest, found: Sequence[PublicRow], asked: RequestsAsked) -> Document:
    """Requests with the first photo of each that everybody may see."""
    photos = {
        case_id: whole_address(request, reverse("public_photo", args=[covered_id]))
        for case_id, covered_id in first_photos([each.pk for each in found]).items()
    }
    return "service_requests", rendering.requests(found, photos, extensions=asked.extensions)


@answering("GET")
def token(request: HttpRequest, token_id: str) -> Document:
    """The id of the request that a token was given for."""
    try:
        pk = open311.request_of_token(token_id)
    except NotFound:
        raise Refused("token_unknown") from None
    return "service_requests", [{"service_request_id": str(pk), "token": token_id}]


@answering("GET", "POST")
def nothing(request: HttpRequest, rest: str) -> Document:
    """Any other address of the interface."""
    raise Refused("address_unknown")


@answering("GET", "POST")
def updates(request: HttpRequest) -> Document:
    """Steps of requests in a span of time; or more about a request that the same key sent."""
    if request.method == "POST":
        return _update(request)
    asked = updates_asked(_query(request), timezone.now())
    return "service_request_updates", [rendering.update(each) for each in open311.updates(asked)]


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
def openapi(request: HttpRequest) -> HttpResponse:
    """The interface as an OpenAPI document."""
    answer = JsonResponse(document(whole_address(request, reverse("open311_root")).rstrip("/")))
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@require_safe
def bulk(request: HttpRequest) -> HttpResponseBase:
    """All public requests of a span of time as CSV, after the proposed bulk specification."""
    try:
        check_jurisdiction(request)
        asked = bulk_asked(_query(request))
        if request.method != "HEAD":
            count_file(acting_user=None, address=address_of(request), now=timezone.now())
    except Refused as no:
        return _refused_file(no)
    blocks = _in_background(_blocks(asked)) if isinstance(request, ASGIRequest) else _blocks(asked)
    answer = StreamingHttpResponse(blocks, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="requests.csv"'
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _refused_file(no: Refused) -> HttpResponse:
    code, words = REFUSALS[no.reason]
    answer = HttpResponse(str(words) % no.facts, content_type="text/plain; charset=utf-8", status=code)
    again = no.facts.get("again")
    if isinstance(again, datetime):
        answer["Retry-After"] = str(int((again - timezone.now()).total_seconds()) + 1)
    return answer


def _blocks(asked: RequestsAsked) -> Iterator[str]:
    """The file piece by piece, so that a million requests never stand in memory at once."""
    yield _lines([BULK_COLUMNS])
    last = None
    while found := open311.next_requests(asked, last, BULK_BLOCK):
        rows = [rendering.request(each) | rendering.bulk(each) for each in found]
        yield _lines([row[name] for name in BULK_COLUMNS] for row in rows)
        last = found[-1]


async def _in_background(blocks: Iterator[str]) -> AsyncIterator[str]:
    """Hand on a block when it is made, in the thread in which the database is asked."""
    language = get_language()

    def following() -> str | None:
        with override(language):
            return next(blocks, None)

    while (block := await sync_to_async(following)()) is not None:
        yield block


def _lines(rows: Iterable[Iterable[object]]) -> str:
    block = io.StringIO()
    writer = csv.writer(block)
    for row in rows:
        said = (stamp(each) if isinstance(each, datetime) else each for each in row)
        writer.writerow([safe_cell(each) for each in said])
    return block.getvalue()


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
    path("open311/v2/openapi.json", openapi, name="open311_openapi"),
    path("open311/v2/requests.csv", bulk, name="open311_bulk"),
    *_paths("open311/v2/<path:rest>", nothing, "open311_nothing"),
    path("open311/v2/<path:rest>", nothing, {"form": "xml"}),
]
