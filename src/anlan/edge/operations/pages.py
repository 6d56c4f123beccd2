"""Addresses for machines that watch the installation: /healthz, /readyz, /metrics."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from anlan.edge.operations import metrics
from anlan.store.readers import installation


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that this process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether pages can be answered: the database is there and its tables are those of this release."""
    try:
        missing = installation.migrations_missing()
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    if missing:
        return JsonResponse({"status": "database behind this release", "missing": missing}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Give the metrics in the text form of Prometheus."""
    return HttpResponse(metrics.page(), content_type=CONTENT_TYPE_LATEST)


urlpatterns = [path("healthz", healthz), path("readyz", readyz), path("metrics", metrics_page)]
