"""Outside the demo, whoever administers needs a second factor before anything else."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from anlan.store.readers.staff import administers

OPEN = ("/account/", settings.STATIC_URL)
"""Where one gets without: the pages on which it is set up."""


def is_required(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Must this member have a second factor?"""
    return not settings.ANLAN_SYNTHETIC and administers(user)


class SecondFactor:
    """Middleware; stands after the one that knows the request's user."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send an administrator without a second factor to the page that sets one up."""
        if request.path.startswith(OPEN) or not self._is_missing(request):
            return self.get_response(request)
        messages.warning(request, _("Administrators need a second factor. Set one up to go on."))
        return redirect("mfa_index")

    def _is_missing(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and is_required(user) and not is_mfa_enabled(user)
