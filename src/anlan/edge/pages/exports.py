"""Files of cases: asked for on the queue, fetched here while they are kept."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from anlan.base.errors import NotFound, Refused
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.queue import address_of, filters_in
from anlan.edge.pages.refusals import refusal_text
from anlan.flows import export_cases as flows
from anlan.publishing.spreadsheets import XLSX_ROWS
from anlan.staff.terms import Action
from anlan.store.export_files import export_path
from anlan.store.readers.many import export_to_fetch, exports_of
from anlan.store.readers.queue import Filters

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@login_required
@require_safe
def show_all(request: HttpRequest) -> HttpResponse:
    """One's own exports: which cases, how many rows so far, until when the file is kept."""
    acting = acting_of(request)
    if not acting.may_somewhere(Action.EXPORT):
        raise Refused("not_permitted", action=Action.EXPORT)
    rows = [
        (
            each,
            f"{reverse('queue')}{address_of(Filters(**each.filters))}",
            refusal_text(Refused(each.failed, most=XLSX_ROWS - 1)) if each.failed else "",
        )
        for each in exports_of(acting)
    ]
    return render(request, "many/exports.html", {"rows": rows, "most": XLSX_ROWS - 1})


@login_required
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a file of the cases of the queue that one looks at."""
    filters = filters_in(request.POST.get("query", ""))
    kind = request.POST.get("kind", "")
    try:
        flows.ask_export(acting_user=acting_of(request), kind=kind, filters=filters, now=timezone.now())
    except Refused as no:
        if no.reason == "not_permitted":
            raise
        messages.error(request, refusal_text(no))
    else:
        messages.success(request, gettext("The file is being written. You can go on with your work."))
    return redirect("exports")


@login_required
@require_safe
def fetch(request: HttpRequest, export_id: int) -> HttpResponseBase:
    """The file, for who asked for it."""
    export = export_to_fetch(acting_of(request), export_id)
    file = export_path(export.key, export.kind)
    if not file.exists():
        raise NotFound
    day = f"{timezone.localtime(export.asked_at):%Y-%m-%d}"
    return FileResponse(
        file.open("rb"),
        as_attachment=True,
        filename=f"anlan-cases-{day}-{export.pk}.{export.kind}",
        content_type=TYPES[export.kind],
        headers={"Cache-Control": "private, no-store"},
    )


@login_required
@require_POST
def delete(request: HttpRequest, export_id: int) -> HttpResponse:
    """Take a file away, or stop its making."""
    flows.delete_export(acting_user=acting_of(request), export_id=export_id)
    return redirect("exports")


urlpatterns: list[URLPattern] = [
    path("cases/exports/", show_all, name="exports"),
    path("cases/exports/ask", ask, name="export_ask"),
    path("cases/exports/<int:export_id>/file", fetch, name="export_file"),
    path("cases/exports/<int:export_id>/delete", delete, name="export_delete"),
]
