"""Filters of a queue under a name."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from anlan.base.errors import Refused
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.queue import address_of, filters_in
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.text_fields import plain
from anlan.flows import save_search as flows
from anlan.store.readers.many import saved_searches
from anlan.store.readers.queue import Filters


@login_required
@require_safe
def show_all(request: HttpRequest) -> HttpResponse:
    """One's own searches, to rename, share and delete, and those that others shared."""
    return _page(request)


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the queue that one looks at."""
    filters, name = filters_in(request.POST.get("query", "")), plain(request.POST.get("name", ""))
    try:
        flows.save_search(acting_user=acting_of(request), name=name, filters=filters)
    except Refused as no:
        # the words that were typed stand on the page, to be put right there
        return _page(request, refusal_text(no), name, address_of(filters).removeprefix("?"))
    messages.success(request, gettext("Saved."))
    return redirect(f"{reverse('queue')}{address_of(filters)}")


@login_required
@require_POST
def change(request: HttpRequest, search_id: int) -> HttpResponse:
    """Rename, share, or delete one's own search."""
    acting = acting_of(request)
    if "delete" in request.POST:
        flows.delete_search(acting_user=acting, search_id=search_id)
        return redirect("searches")
    name, shared = plain(request.POST.get("name", "")), "shared" in request.POST
    try:
        flows.change_search(acting_user=acting, search_id=search_id, name=name, shared=shared)
    except Refused as no:
        return _page(request, refusal_text(no), name, changing=search_id)
    messages.success(request, gettext("Saved."))
    return redirect("searches")


def _page(
    request: HttpRequest, problem: str = "", name: str = "", query: str = "", changing: int = 0
) -> HttpResponse:
    acting = acting_of(request)
    rows = [
        (each, f"{reverse('queue')}{address_of(Filters(**each.filters))}", each.user_id == acting.user.pk)
        for each in saved_searches(acting)
    ]
    context = {"rows": rows, "problem": problem, "name": name, "query": query, "changing": changing}
    return render(request, "many/searches.html", context, status=422 if problem else 200)


urlpatterns: list[URLPattern] = [
    path("cases/searches/", show_all, name="searches"),
    path("cases/searches/save", save, name="search_save"),
    path("cases/searches/<int:search_id>/", change, name="search_change"),
]
