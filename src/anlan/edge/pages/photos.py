"""Photos, for staff of their case; anybody else gets the same 404 as for one that does not exist."""

from pathlib import Path
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from anlan.base.errors import NotFound
from anlan.flows.note_look import note_look
from anlan.store.photo_files import KINDS
from anlan.store.readers.photos import case_of_photo, photo_file, thumbnail_file
from anlan.store.readers.staff import acting_for


@require_safe
def photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """The photo in full; that somebody looked is kept."""
    acting = acting_for(request.user)
    try:
        answer = _picture(photo_file(acting, photo_id))
    except NotFound:
        raise Http404 from None
    note_look(acting_user=acting, case_id=case_of_photo(photo_id), now=timezone.now())
    return answer


@require_safe
def thumbnail(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """The small picture."""
    try:
        return _picture(thumbnail_file(acting_for(request.user), photo_id))
    except NotFound:
        raise Http404 from None


def _picture(file: Path) -> HttpResponse:
    """A picture that no cache shared by several people keeps, and that a browser takes for nothing else."""
    response = HttpResponse(file.read_bytes(), content_type=KINDS[file.suffix])  # some 2 MB at most
    response["Content-Disposition"] = f'inline; filename="{file.name}"'
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["Vary"] = "Cookie"
    return response


urlpatterns = [
    path("photos/<uuid:photo_id>", photo, name="photo"),
    path("photos/<uuid:photo_id>/small", thumbnail, name="photo_small"),
]
