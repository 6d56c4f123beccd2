"""Each request gets an id, a line in the log and its place in the metrics; nothing of what it carried."""

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from anlan.edge.operations.logs import request_id
from anlan.edge.operations.metrics import REQUESTS
from anlan.edge.operations.queries import Count, counted

log = logging.getLogger("anlan.requests")

QUIET = ("healthz", "readyz", "metrics")
"""Addresses asked every few seconds by machines: counted, not logged."""


class Requests:
    """Middleware; stands first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and say how it went."""
        token = request_id.set(secrets.token_hex(8))
        began = time.perf_counter()
        try:
            with counted() as count:
                response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id.get()
            _note(request, response, time.perf_counter() - began, count)
            return response
        finally:
            request_id.reset(token)


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address, such as `cases/<case>`: the address itself may hold a receipt
    code."""
    match = request.resolver_match
    return match.route if match is not None else "unknown"


def _note(request: HttpRequest, response: HttpResponse, seconds: float, count: Count) -> None:
    route = route_of(request)
    method = (
        request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "other"
    )
    REQUESTS.labels(method, route, str(response.status_code)).observe(seconds)
    if route in QUIET:
        return
    facts = {
        "method": method,
        "route": route,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "queries": count.queries,
        "database_ms": round(count.milliseconds, 1),
    }
    log.info("request", extra={"facts": facts})
