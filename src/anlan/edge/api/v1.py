"""/api/v1: what everybody may see, as JSON: areas, categories, public cases. Reading only, no key."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError
from ninja.params.functions import Path, Query

from anlan.base.errors import NotFound
from anlan.publishing.terms import PlaceRule, PublicState
from anlan.store.readers.public_areas import area_with, areas_below, public_kinds
from anlan.store.readers.public_cases import PublicFilters, PublicRow, public_case, public_cases

MOST = 100

api = NinjaAPI(
    title="anlan: what the public may see",
    version="1",
    urls_namespace="api-v1",
    docs_url=None,
    description="Every answer holds only what the pages for everybody show. docs/api.md",
)


class Missing(Schema):
    """Why there is no answer."""

    detail: str


class Wrong(Schema):
    """What of the question cannot be understood, part by part."""

    detail: list[dict[str, Any]]


class AreaShown(Schema):
    """An area: its official code and its name."""

    code: str
    name: str


class CategoryShown(Schema):
    """A kind of hazard."""

    code: str
    name_zh: str
    name_en: str


class CaseShown(Schema):
    """A case as everybody may see it; words are empty until a person cleared them."""

    id: int
    state: PublicState
    category: str
    area: str
    site: str | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    place: PlaceRule
    lng: float | None
    lat: float | None
    cell: str | None
    address: str
    words: str


def leading_to(operation: str, parameter: str, field: str) -> dict[str, Any]:
    """That a field of the first row of an answer is a parameter of another question (OpenAPI: links)."""
    link = {"operationId": operation, "parameters": {parameter: f"$response.body#/0/{field}"}}
    return {"responses": {200: {"links": {operation: link}}}}


@api.exception_handler(NotFound)
def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return api.create_response(request, {"detail": "There is nothing of this name."}, status=404)


@api.exception_handler(ValidationError)
def _wrong(request: HttpRequest, error: Exception) -> HttpResponse:
    told = [{name: each[name] for name in ("loc", "msg", "type")} for each in getattr(error, "errors", ())]
    return api.create_response(request, {"detail": told}, status=422)


@api.get(
    "/areas",
    response={200: list[AreaShown], 422: Wrong},
    operation_id="areas",
    openapi_extra=leading_to("areas", "query.below", "code"),
)
def areas(request: HttpRequest, below: str = Query("", max_length=12, pattern=r"^[0-9]*$")) -> Any:
    """The areas right below one; counties when none is named."""
    return [{"code": code, "name": name} for code, name in areas_below(below)]


@api.get(
    "/categories",
    response=list[CategoryShown],
    operation_id="categories",
    openapi_extra=leading_to("cases", "query.category", "code"),
)
def categories(request: HttpRequest) -> Any:
    """Every kind in use, families before their own."""
    return public_kinds()


@api.get(
    "/cases",
    response={200: list[CaseShown], 404: Missing, 422: Wrong},
    operation_id="cases",
    openapi_extra=leading_to("case", "path.case_id", "id"),
)
def cases(
    request: HttpRequest,
    area: str = Query("", max_length=12, pattern=r"^[0-9]*$"),
    category: str = Query("", max_length=40, pattern=r"^[A-Za-z0-9_-]*$"),
    state: PublicState | None = None,
    since: date | None = None,
    until: date | None = None,
    after: int | None = Query(None, ge=1, lt=2**53),
    limit: int = Query(20, ge=1, le=MOST),
) -> Any:
    """Public cases, the newest first: `since` and `until` are days of the months meant, `after` the id of
    the last case of the page before.
    """
    filters = PublicFilters(
        area_path=area_with(area).path if area else "",
        categories=_kind_ids(category) if category else (),
        states=(state,) if state else (),
        since=since and since.replace(day=1),
        until=until and until.replace(day=1),
    )
    last = public_case(after) if after else None
    found = public_cases(filters, (last.opened_at, last.pk) if last else None, limit)
    return [_shown(each) for each in found]


@api.get("/cases/{case_id}", response={200: CaseShown, 404: Missing, 422: Wrong}, operation_id="case")
def one_case(request: HttpRequest, case_id: int = Path(..., ge=1, lt=2**53)) -> Any:
    """One public case."""
    return _shown(public_case(case_id))


def _kind_ids(code: str) -> Any:
    kind = next((each for each in public_kinds() if each.code == code), None)
    if kind is None:
        raise NotFound
    return kind.ids


def _shown(case: PublicRow) -> dict[str, Any]:
    return {
        "id": case.pk,
        "state": case.state,
        "category": case.category.code,
        "area": case.area.code,
        "site": case.site.code if case.site else None,
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "closed_at": case.closed_at,
        "place": case.place_rule,
        "lng": case.lng,
        "lat": case.lat,
        "cell": f"{case.cell:x}" if case.cell else None,
        "address": case.address,
        "words": case.words,
    }


urlpatterns = api.urls[0]
