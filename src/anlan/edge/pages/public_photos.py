"""Photos as the public sees them, covered; anybody may say that one should not be shown."""

from pathlib import Path
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from anlan.base.errors import Refused
from anlan.edge.pages.moderated_photos import COMPLAINTS
from anlan.edge.pages.pace import address_of, say_when, wait
from anlan.flows.pace import count_sent
from anlan.flows.report_photo import report_photo
from anlan.publishing.terms import Complaint
from anlan.store.readers.public_photos import case_of_public_photo, public_photo_file, public_thumbnail_file


class ComplaintForm(forms.Form):
    """Why a photo should not be shown."""

    reason = forms.ChoiceField(
        label=_("Why should it not be shown?"),
        choices=tuple(COMPLAINTS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason")},
    )


@require_safe
def photo(request: HttpRequest, covered_id: UUID) -> HttpResponse:
    """The covered photo."""
    return _picture(request, public_photo_file(covered_id))


@require_safe
def thumbnail(request: HttpRequest, covered_id: UUID) -> HttpResponse:
    """The small picture of it."""
    return _picture(request, public_thumbnail_file(covered_id))


def _picture(request: HttpRequest, file: Path) -> HttpResponse:
    """A picture that every cache asks about each time: it may be hidden at any moment."""
    tag = f'"{file.name}"'
    same = request.headers.get("If-None-Match") == tag
    response = (
        HttpResponseNotModified() if same else HttpResponse(file.read_bytes(), content_type="image/webp")
    )
    response["ETag"] = tag
    response["Cache-Control"] = "public, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, covered_id: UUID) -> HttpResponse:
    """Say that a photo should not be shown: it is hidden at once, until a person has looked."""
    case_id, now = case_of_public_photo(covered_id), timezone.now()
    form = ComplaintForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            count_sent(acting_user=None, address=address_of(request), pieces=1, now=now)
        except Refused as no:
            say_when(form, no)
            return wait(_form(request, form, covered_id, case_id), no, now)
        reason = Complaint(form.cleaned_data["reason"])
        report_photo(
            acting_user=None, covered_id=covered_id, reason=reason, address=address_of(request), now=now
        )
        return render(request, "public/report_photo.html", {"case_id": case_id, "is_done": True})
    return _form(request, form, covered_id, case_id)


def _form(request: HttpRequest, form: ComplaintForm, covered_id: UUID, case_id: int) -> HttpResponse:
    context = {"form": form, "covered_id": covered_id, "case_id": case_id}
    return render(request, "public/report_photo.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("public/photos/<uuid:covered_id>", photo, name="public_photo"),
    path("public/photos/<uuid:covered_id>/small", thumbnail, name="public_photo_small"),
    path("public/photos/<uuid:covered_id>/report", report, name="public_photo_report"),
]
