"""The first page: staff go to their work, a city without staff to its set-up, others to the report form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from anlan.store.readers.staff import is_staffed


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where this person most likely wants to go."""
    if request.user.is_authenticated:
        return redirect("my_work")
    return redirect("report" if is_staffed() else "setup")


urlpatterns = [path("", home, name="home")]
