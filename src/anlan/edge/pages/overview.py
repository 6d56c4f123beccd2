"""How an area stands, from the city down to a village."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from anlan.edge.pages.acting import acting_of
from anlan.store.readers.overview import overview


@login_required
@require_safe
def show(request: HttpRequest, code: str = "") -> HttpResponse:
    """Open, late and closed cases of an area, by the areas below it and by category."""
    now = timezone.now()
    return render(
        request, "overview/overview.html", {"view": overview(acting_of(request), code, now), "now": now}
    )
