"""Keys whose stored data are damaged: said in words, with the ways that are left.

django-allauth reads all keys of a member at once and knows no damaged one, so its pages stand behind these.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn import views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse

from anlan.store.readers.second_factors import unreadable_keys

View = Callable[[HttpRequest], HttpResponseBase]


def unless_damaged(page: View) -> View:
    """The page, or for a member with a damaged key one that says so and names the other ways."""

    @login_required
    def shown(request: HttpRequest) -> HttpResponseBase:
        damaged = unreadable_keys(request.user.pk)
        return _damaged(request, damaged) if damaged else page(request)

    return shown


def _damaged(request: HttpRequest, damaged: list[Any]) -> HttpResponse:
    by_key = reverse("mfa_reauthenticate_webauthn")
    ways = [way for way in get_adapter().get_reauthentication_methods(request.user) if way["url"] != by_key]
    return render(request, "mfa/webauthn/damaged.html", {"damaged": damaged, "ways": ways}, status=422)


class SecondStep(AuthenticateView):
    """The second step of signing in; without the button of a key where one is damaged."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take a code, or what a key answered."""
        if "code" not in request.POST and unreadable_keys(self.stage.login.user.pk):
            page: HttpResponse = self.get(request)
        else:
            page = super().post(request, *args, **kwargs)
        return page

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the page shows."""
        damaged = unreadable_keys(self.stage.login.user.pk)
        if damaged:
            self.webauthn_form = None
        return {**super().get_context_data(**kwargs), "damaged": damaged}


urlpatterns = [
    path("authenticate/", SecondStep.as_view(), name="mfa_authenticate"),
    path("webauthn/add/", unless_damaged(views.add_webauthn), name="mfa_add_webauthn"),
    path(
        "webauthn/reauthenticate/",
        unless_damaged(views.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
]
