"""/account/join/: a member uses the link that an administrator made, and chooses a password."""

from django import forms
from django.contrib import messages
from django.contrib.auth import password_validation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from anlan.base.errors import Refused
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.staff_fields import password_fields_agree, secret_field
from anlan.flows.member_links import member_of_link, set_first_password


class PasswordForm(forms.Form):
    """A password, twice."""

    password = secret_field(_("Password"))
    again = secret_field(_("Password again"))

    def clean_password(self) -> str:
        """Refuse a password that is easily guessed."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password

    def clean(self) -> None:
        """Refuse two passwords that differ."""
        password_fields_agree(self)


@never_cache
@sensitive_post_parameters("password", "again")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show whose link it is; set the password once."""
    form = PasswordForm(request.POST or None)
    try:
        member = member_of_link(token, timezone.now())
        if request.method == "POST" and form.is_valid():
            set_first_password(token=token, password=form.cleaned_data["password"], now=timezone.now())
            messages.success(request, gettext("The password is set. Sign in with it."))
            return redirect("account_login")
    except Refused as no:
        return render(request, "account/join.html", {"problem": refusal_text(no)}, status=410)
    facts = {"form": form, "name": member.username}
    return render(request, "account/join.html", facts, status=422 if form.errors else 200)
