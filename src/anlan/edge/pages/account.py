"""A member's own page, and the addresses of signing in, second factors and sessions."""

from dataclasses import dataclass

from allauth.account import views as account_views
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from anlan.edge.pages import labels
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.join import join
from anlan.edge.pages.second_factor import is_required
from anlan.flows.choose_language import choose_language
from anlan.staff.permissions import TABLE
from anlan.staff.terms import Role

BROWSERS = ("", _("The language of the browser"))


class LanguageForm(forms.Form):
    """The language of a member's pages."""

    language = forms.ChoiceField(
        label=_("Language"), choices=lambda: [BROWSERS, *settings.LANGUAGES], required=False
    )


@dataclass(frozen=True)
class RoleInWords:
    """One membership, as a member reads it."""

    role: str
    unit: str
    area: str
    may: dict[str, list[str]]
    """Where, and what is allowed there."""


def in_words(role: str, *, unit: str, area: str) -> RoleInWords:
    """What a role allows in a unit and an area of these names, in plain words."""
    names = {"unit": unit, "area": area}
    where = {relation: str(words) % names for relation, words in labels.RELATIONS.items()}
    may: dict[str, list[str]] = {}
    for action, allowed in TABLE[Role(role)].items():
        for relation in sorted(allowed):
            may.setdefault(where[relation], []).append(str(labels.ACTIONS[action]))
    return RoleInWords(str(labels.ROLES[role]), unit, area, may)


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """What I may do, my language, my password, second factors and sessions."""
    acting = acting_of(request)
    form = LanguageForm(request.POST or None, initial={"language": acting.user.language})
    if request.method == "POST" and form.is_valid():
        return _language_kept(request, form.cleaned_data["language"])
    facts = {
        "form": form,
        "roles": [
            in_words(each.role, unit=each.unit.name, area=each.area.name) for each in acting.memberships
        ],
        "has_second_factor": is_mfa_enabled(acting.user),
        "second_factor_required": is_required(acting.user),
    }
    return render(request, "account/account.html", facts, status=422 if form.errors else 200)


def _language_kept(request: HttpRequest, language: str) -> HttpResponse:
    choose_language(acting_user=acting_of(request), language=language)
    response = redirect("account")
    if not language:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response
    with override(language):
        messages.success(request, gettext("The language is changed."))
    return redirect(f"{response.url}?lang={language}")


urlpatterns: list[URLPattern | URLResolver] = [
    path("", account, name="account"),
    path("join/<str:token>/", join, name="join"),
    path("login/", account_views.login, name="account_login"),
    path("logout/", account_views.logout, name="account_logout"),
    path("closed/", account_views.account_inactive, name="account_inactive"),
    path("again/", account_views.reauthenticate, name="account_reauthenticate"),
    path("password/", account_views.password_change, name="account_change_password"),
    path("second-factor/", include("anlan.edge.pages.passkeys")),
    path("second-factor/", include("allauth.mfa.urls")),
    path("sessions/", include("anlan.edge.pages.sessions")),
]
"""No address for signing up, and none for a forgotten password: an administrator makes a new link."""
