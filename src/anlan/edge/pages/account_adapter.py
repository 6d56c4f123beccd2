"""What django-allauth asks of anlan: no sign-up, where to go after signing in, in which language."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse

from anlan.edge.pages.preferences import A_YEAR
from anlan.edge.pages.second_factor import is_required
from anlan.flows.follow_ups import tell_rights
from anlan.staff.sealing import seal, unseal
from anlan.staff.terms import Action
from anlan.store.factor_keys import factor_keys
from anlan.store.readers.staff import acting_for


class AccountAdapter(DefaultAccountAdapter):
    """How accounts behave here."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Administrators make accounts; nobody makes their own."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Administration for who has only that, else my work."""
        acting = acting_for(request.user)
        page = "my_work" if acting.may_somewhere(Action.VIEW_CASE) else "administration"
        try:
            return reverse(page) if acting.memberships else reverse("account")
        except NoReverseMatch:
            return "/"

    def logout(self, request: HttpRequest) -> None:
        """Sign out, on the pages of this browser that are open elsewhere too."""
        super().logout(request)
        tell_rights()

    def set_password(self, user: Any, password: str) -> None:
        """Set a password; the sessions that began with the old one end, and their open pages with them."""
        super().set_password(user, password)
        tell_rights()

    def post_login(self, request: HttpRequest, user: Any, **facts: Any) -> HttpResponse:
        """Show the next page in the language that the member chose."""
        response: HttpResponse = super().post_login(request, user, **facts)
        if user.language:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                max_age=A_YEAR,
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
        return response


class SecondFactorAdapter(DefaultMFAAdapter):
    """How second factors behave here: seeds and codes are sealed before the database has them."""

    def encrypt(self, text: str) -> str:
        """What the database keeps of a seed or a code."""
        return seal(text, factor_keys())

    def decrypt(self, encrypted_text: str) -> str:
        """The seed or code again. Raises Refused("factor_unreadable") when the key is another one."""
        return unseal(encrypted_text, factor_keys())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor of an administrator stays."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        second = others.exclude(type=Authenticator.Type.RECOVERY_CODES)
        return second.exists() or not is_required(authenticator.user)
