"""The interface as an OpenAPI 3.1 document: its addresses, parameters and answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from anlan.publishing.open311.terms import Datatype, ServiceType, Status

TEXT: Mapping[str, Any] = {"type": "string"}
MAYBE: Mapping[str, Any] = {"type": ["string", "null"]}
NUMBER: Mapping[str, Any] = {"type": ["number", "null"]}
STAMP: Mapping[str, Any] = {"type": "string", "format": "date-time"}
MAYBE_STAMP: Mapping[str, Any] = {"type": ["string", "null"], "format": "date-time"}
FLAG: Mapping[str, Any] = {"type": "boolean"}


def document(server: str) -> dict[str, Any]:
    """The whole document; `server` is the address up to /v2."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Open311 GeoReport v2", "version": "2", "description": "docs/open311.md"},
        "servers": [{"url": server}],
        "paths": _paths(),
        "components": {"schemas": SCHEMAS},
    }


def _object(required: Sequence[str], /, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": fields}


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _words(words: Sequence[str]) -> dict[str, Any]:
    return {"type": "string", "enum": [str(word) for word in words]}


SCHEMAS: Mapping[str, Any] = {
    "Error": _object(("code", "description"), code={"type": "integer"}, description=TEXT),
    "Service": _object(
        ("service_code", "service_name", "description", "metadata", "type", "keywords", "group"),
        service_code=TEXT,
        service_name=TEXT,
        description=MAYBE,
        metadata=FLAG,
        type=_words(list(ServiceType)),
        keywords=MAYBE,
        group=MAYBE,
    ),
    "Definition": _object(("service_code", "attributes"), service_code=TEXT, attributes=_list("Attribute")),
    "Attribute": _object(
        (*("variable", "code", "datatype", "required", "datatype_description", "order", "description"),),
        variable=FLAG,
        code=TEXT,
        datatype=_words(list(Datatype)),
        required=FLAG,
        datatype_description=MAYBE,
        order={"type": "integer"},
        description=MAYBE,
        values={"type": "array", "items": _object(("key", "name"), key=TEXT, name=TEXT)},
    ),
    "Request": _object(
        (
            *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
            *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime"),
            *("expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url"),
        ),
        service_request_id=TEXT,
        status=_words(list(Status)),
        status_notes=MAYBE,
        service_name=TEXT,
        service_code=TEXT,
        description=MAYBE,
        agency_responsible=MAYBE,
        service_notice=MAYBE,
        requested_datetime=STAMP,
        updated_datetime=STAMP,
        expected_datetime=MAYBE_STAMP,
        address=MAYBE,
        address_id=MAYBE,
        zipcode=MAYBE,
        lat=NUMBER,
        long=NUMBER,
        media_url=MAYBE,
        extended_attributes={"type": "object"},
        notes={"type": "array", "items": _object(("datetime", "type"), datetime=STAMP, type=TEXT)},
    ),
    "Sent": _object((), service_request_id=TEXT, token=TEXT, service_notice=MAYBE, account_id=MAYBE),
    "Token": _object(("service_request_id", "token"), service_request_id=TEXT, token=TEXT),
    "Update": _object(
        ("update_id", "service_request_id", "status", "updated_datetime", "description", "media_url"),
        update_id=TEXT,
        service_request_id=TEXT,
        status=_words(list(Status)),
        updated_datetime=STAMP,
        description=MAYBE,
        media_url=MAYBE,
    ),
    "SentUpdate": _object(("update_id",), update_id=TEXT),
    "Discovery": _object(
        ("changeset", "contact", "key_service", "endpoints"),
        changeset=TEXT,
        contact=TEXT,
        key_service=TEXT,
        endpoints={"type": "array", "items": {"type": "object"}},
    ),
}

SPAN = ("start_date", "end_date", "page", "page_size")
REQUEST_FORM = _object(
    ("service_code",),
    api_key=TEXT,
    jurisdiction_id=TEXT,
    service_code=TEXT,
    lat=TEXT,
    long=TEXT,
    address_string={"type": "string", "maxLength": 200},
    address_id=TEXT,
    description={"type": "string", "maxLength": 4000},
    email=TEXT,
    phone=TEXT,
    first_name=TEXT,
    last_name=TEXT,
    device_id=TEXT,
    account_id=TEXT,
    media_url=TEXT,
)
UPDATE_FORM = _object(
    ("service_request_id", "description"),
    api_key=TEXT,
    jurisdiction_id=TEXT,
    service_request_id=TEXT,
    update_id=TEXT,
    description={"type": "string", "maxLength": 4000},
)
ANSWERS: Mapping[str, Any] = {
    "/discovery": ("Discovery", _ref("Discovery"), ()),
    "/services": ("Every service", _list("Service"), ()),
    "/services/{service_code}": ("What a service asks", _ref("Definition"), ()),
    "/requests": (
        "Requests",
        _list("Request"),
        ("service_request_id", "service_code", "status", *SPAN, "extensions"),
    ),
    "/requests/{service_request_id}": ("One request", _list("Request"), ("extensions",)),
    "/tokens/{token}": ("The request of a token", _list("Token"), ()),
    "/servicerequestupdates": ("Steps of requests", _list("Update"), ("service_request_id", *SPAN)),
}
FORMS: Mapping[str, Any] = {
    "/requests": ("Send a request", REQUEST_FORM, _list("Sent")),
    "/servicerequestupdates": ("Say more about a request", UPDATE_FORM, _list("SentUpdate")),
}
KINDS = {"json": "application/json", "xml": "text/xml"}


LINKS: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "/services": {"definition": ("/services/{service_code}", "service_code", "service_code")},
    "/requests": {"request": ("/requests/{service_request_id}", "service_request_id", "service_request_id")},
    "/tokens/{token}": {
        "request": ("/requests/{service_request_id}", "service_request_id", "service_request_id")
    },
}
"""What the first item of an answer leads to: a name, the path, its parameter, the field that fills it."""
SENT_LINKS: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "/requests": {**LINKS["/requests"], "token": ("/tokens/{token}", "token", "token")},
}


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for form in KINDS:
        for path, (summary, schema, query) in ANSWERS.items():
            paths[f"{path}.{form}"] = {"get": _get(path, form, summary, schema, query)}
            _link(paths[f"{path}.{form}"]["get"], path, form, "200", LINKS)
        for path, (summary, asked, schema) in FORMS.items():
            paths[f"{path}.{form}"]["post"] = _post(path, form, summary, asked, schema)
            _link(paths[f"{path}.{form}"]["post"], path, form, "201", SENT_LINKS)
    paths["/requests.csv"] = {"get": _bulk()}
    return paths


def _get(path: str, form: str, summary: str, schema: Any, query: Sequence[str]) -> dict[str, Any]:
    inside = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    named = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in inside]
    asked = [{"name": name, "in": "query", "schema": TEXT} for name in ("jurisdiction_id", *query)]
    return {
        "operationId": _name("get", path, form),
        "summary": summary,
        "parameters": [*named, *asked],
        "responses": _answers(form, "200", schema),
    }


def _name(method: str, path: str, form: str) -> str:
    """The name of an operation, such as get_requests_json or get_requests_service_request_id_json."""
    words = path.replace("{", "").replace("}", "").strip("/").replace("/", "_")
    return f"{method}_{words}_{form}"


def _link(operation: dict[str, Any], path: str, form: str, status: str, links: Mapping[str, Any]) -> None:
    """Say what an answer leads to; of XML a link can say nothing."""
    if form == "json" and path in links:
        operation["responses"][status] = operation["responses"][status] | {
            "links": {
                name: {
                    "operationId": _name("get", there, form),
                    "parameters": {f"path.{parameter}": f"$response.body#/0/{field}"},
                }
                for name, (there, parameter, field) in links[path].items()
            }
        }


def _post(path: str, form: str, summary: str, asked: Any, schema: Any) -> dict[str, Any]:
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data")
    return {
        "operationId": _name("post", path, form),
        "summary": summary,
        "requestBody": {"required": True, "content": {kind: {"schema": asked} for kind in kinds}},
        "responses": _answers(form, "201", schema),
    }


def _answers(form: str, good: str, schema: Any) -> dict[str, Any]:
    told = {"description": "What is wrong", "content": _content(form, _list("Error"))}
    right = {"description": "What was asked for", "content": _content(form, schema)}
    return {good: right} | dict.fromkeys(("400", "403", "404", "405", "429", "507"), told)


def _content(form: str, schema: Any) -> dict[str, Any]:
    """XML says the same under names; its shape is in the specification, not in a schema of JSON."""
    return {KINDS[form]: {"schema": schema} if form == "json" else {}}


def _bulk() -> dict[str, Any]:
    names = ("jurisdiction_id", "service_request_id", "service_code", "status", "start_date", "end_date")
    told = {"description": "What is wrong", "content": {"text/plain": {}}}
    return {
        "operationId": "get_requests_csv",
        "summary": "All requests as one file",
        "parameters": [{"name": name, "in": "query", "schema": TEXT} for name in names],
        "responses": {
            "200": {"description": "The file", "content": {"text/csv": {}}},
            "400": told,
            "404": told,
            "429": told,
        },
    }
