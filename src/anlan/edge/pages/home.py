"""The first page: staff go to their work, an empty installation to its set-up, others to the report form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from anlan.store.readers.installation import is_empty


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where this person most likely wants to go."""
    if request.user.is_authenticated:
        return redirect("my_work")
    return redirect("setup" if is_empty() else "report")


urlpatterns = [path("", home, name="home")]
