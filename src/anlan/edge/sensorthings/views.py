"""/v1.1: reading for everybody, writing with a key; every answer in JSON, every refusal in one shape."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.edge.json_bodies import check_text, json_of
from anlan.edge.sensorthings import options as asked
from anlan.edge.sensorthings import rendering, writing
from anlan.edge.sensorthings.paths import Named, named
from anlan.edge.sensorthings.refusals import SENTENCES
from anlan.store.readers.sensorthings.entities import ENTITIES
from anlan.store.readers.sensorthings.pages import expand, limited, page_of

SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req"
CONFORMANCE = (
    f"{SPEC}/datamodel/thing/properties",
    f"{SPEC}/datamodel/location/properties",
    f"{SPEC}/datamodel/datastream/properties",
    f"{SPEC}/datamodel/sensor/properties",
    f"{SPEC}/datamodel/observed-property/properties",
    f"{SPEC}/datamodel/observation/properties",
    f"{SPEC}/datamodel/feature-of-interest/properties",
    f"{SPEC}/datamodel/entity-control-information/common-control-information",
    f"{SPEC}/resource-path/resource-path-to-entities",
    f"{SPEC}/request-data/order",
    f"{SPEC}/request-data/expand",
    f"{SPEC}/request-data/select",
    f"{SPEC}/request-data/status-codes",
    f"{SPEC}/request-data/query-status-codes",
    f"{SPEC}/request-data/orderby",
    f"{SPEC}/request-data/top",
    f"{SPEC}/request-data/skip",
    f"{SPEC}/request-data/count",
    f"{SPEC}/request-data/filter",
    f"{SPEC}/request-data/built-in-filter-operations",
    f"{SPEC}/request-data/pagination",
    f"{SPEC}/data-array/data-array",
)
"""What is done whole. Of create-update-delete only Observations and Datastreams can be made, of the built-in
functions not those of geometry; historical locations, batches and MQTT subscriptions are not there: 501."""

MOST_BYTES = 2 << 20
STATUS: Mapping[str, int] = {"not_done": 501, "body_too_large": 413}
"""Of a refusal; 400 for all others."""

type View = Callable[..., HttpResponse]


def answering(view: View) -> View:
    """A view whose refusals are told as {"code", "type", "message"}."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except NotFound:
            response = refusal(404, "There is no such entity.")
        except Conflict:
            response = refusal(409, SENTENCES["observation_differs"])
        except writing.KeyMissing:
            response = refusal(
                401, "Writing needs HTTP Basic with a key: `anlan key sensing NAME` makes one."
            )
            response["WWW-Authenticate"] = 'Basic realm="anlan SensorThings", charset="UTF-8"'
        except Refused as no:
            status = STATUS.get(no.reason, 400)
            response = refusal(status, SENTENCES[no.reason] % no.facts)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return answered


def refusal(status: int, message: str) -> HttpResponse:
    """A refusal in the one shape."""
    return JsonResponse({"code": status, "type": "error", "message": message}, status=status)


@answering
def root(request: HttpRequest) -> HttpResponse:
    """What is held, and what of the standard is done."""
    if request.method not in ("GET", "HEAD"):
        raise Refused("not_done", what=f"{request.method} here")
    base = base_of(request)
    sets = [{"name": name, "url": f"{base}{name}"} for name in ENTITIES]
    return JsonResponse({"serverSettings": {"conformance": list(CONFORMANCE)}, "value": sets})


@answering
def resource(request: HttpRequest, address: str) -> HttpResponse:
    """Any address below the root."""
    if request.method in ("GET", "HEAD"):
        return _read(request, address)
    if request.method == "POST":
        return _write(request, address)
    raise Refused("not_done", what=f"{request.method}")


def base_of(request: HttpRequest) -> str:
    """The address of the root with a slash at its end."""
    return request.build_absolute_uri("/v1.1/")


def _read(request: HttpRequest, address: str) -> HttpResponse:
    raw = dict(asked.query_of(request.META.get("QUERY_STRING", "")))
    wanted = asked.read(asked.query_of(request.META.get("QUERY_STRING", "")))
    with limited():
        found = named(address)
        if found.field:
            return _field(found)
        base, here = base_of(request), request.build_absolute_uri(request.path)
        if found.item is not None:
            expand([found.item], wanted)
            if found.ref:
                return JsonResponse({"@iot.selfLink": rendering.self_link(found.item, base)})
            return JsonResponse(rendering.entity_json(found.item, base, wanted))
        page = page_of(found.entity, wanted, found.scope)
        return JsonResponse(_shape(found, raw)(page, base, here, raw))


def _shape(found: Named, raw: Mapping[str, str]) -> Callable[..., dict[str, Any]]:
    if found.ref:
        return rendering.refs_json
    wanted = raw.get("$resultFormat", "")
    if not wanted:
        return rendering.page_json
    if wanted != "dataArray" or found.entity.plural != "Observations":
        raise Refused("not_done", what=f"$resultFormat={wanted[:20]}")
    return rendering.data_array_json


def _field(found: Named) -> HttpResponse:
    """One property: as JSON, or bare behind `$value`; 204 when it has none."""
    assert found.item is not None
    if found.ref:
        raise NotFound
    shown = {"@iot.id": found.item.id, "id": found.item.id, **found.item.entity.show(found.item.row)}
    value, name = _value(shown, found.field), found.field.rpartition("/")[2]
    if value is None:
        return HttpResponse(status=204)
    if not found.raw:
        return JsonResponse({name: value})
    if isinstance(value, dict | list):
        return JsonResponse(value, safe=False)
    return HttpResponse(str(value), content_type="text/plain; charset=utf-8")


def _value(shown: Any, path: str) -> Any:
    """What stands at a path such as `properties/kind`. Raises NotFound."""
    for name in path.split("/"):
        if not isinstance(shown, dict) or name not in shown:
            raise NotFound
        shown = shown[name]
    return shown


def _write(request: HttpRequest, address: str) -> HttpResponse:
    writing.check_key(request.headers.get("Authorization", ""))
    body = json_of(request, MOST_BYTES)
    check_text(body)
    base = base_of(request)
    if address.strip("/") == "CreateObservations":
        links = writing.create_observations(body)
        return JsonResponse([f"{base}{link}" if link else "error" for link in links], safe=False, status=201)
    found = named(address)
    if found.item is not None or found.field or found.ref:
        raise Refused("not_done", what="POST here")
    item = writing.create(found, body)
    made = rendering.entity_json(item, base, asked.read(()))
    response = JsonResponse(made, status=201)
    response["Location"] = made["@iot.selfLink"]
    return response


urlpatterns = [
    path("v1.1", root, name="sensorthings"),
    path("v1.1/", root),
    path("v1.1/<path:address>", resource, name="sensorthings_resource"),
]
