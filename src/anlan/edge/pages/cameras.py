"""/cameras/: the public register of all cameras, for everybody, without a picture."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from anlan.edge.pages.device_words import CAMERA_RULES
from anlan.store.readers.devices import camera_page


@require_safe
def cameras(request: HttpRequest) -> HttpResponse:
    """Where cameras stand, whose, what for, by which right, how long their owner keeps recordings."""
    code = request.GET.get("area", "").strip()[:12]
    page = camera_page(code, request.GET.get("after", "")[:64])
    kept = {"area": code} if code else {}
    context = {
        "page": page,
        "area": page.area,
        "rules": CAMERA_RULES,
        "older": "?" + urlencode(kept | {"after": page.next_after}) if page.next_after else "",
    }
    return render(request, "device/cameras.html", context)


urlpatterns = [path("cameras/", cameras, name="cameras")]
