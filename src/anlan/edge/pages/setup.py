"""/setup/: the first administrator sets the city up; afterwards there is no such page."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import password_validation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.base.errors import NotFound, Refused
from anlan.edge.pages.manage_categories import BEGINS_WITH
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.staff_fields import (
    name_field,
    password_fields_agree,
    secret_field,
    unit_code_field,
    username_field,
)
from anlan.edge.setup_code import is_setup_code
from anlan.flows.set_up_city import FirstCity, is_city_code, set_up_city
from anlan.store.readers.staff import is_staffed


class SetupForm(forms.Form):
    """The code, the city, its first unit, kinds of hazards, and the account of its first administrator."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("`anlan serve` printed it; `anlan setup-code` prints it again."),
        max_length=40,
    )
    area_code = forms.CharField(
        label=_("Official code of the city"), help_text=_("6 digits, such as 331000"), max_length=12
    )
    area_name = name_field(_("Name of the city"), longest=100)
    unit_name = name_field(
        _("Name of the first unit"), longest=100, hint=_("Such as the command desk of the city")
    )
    unit_code = unit_code_field(initial="desk")
    starting_list = forms.BooleanField(
        label=_("Begin with a list of kinds of hazards"),
        help_text=BEGINS_WITH,
        required=False,
        initial=True,
    )
    username = username_field()
    email = forms.EmailField(label=_("E-mail address"), required=False)
    password = secret_field(_("Password"))
    again = secret_field(_("Password again"))

    def clean_code(self) -> str:
        """Refuse any other code."""
        if not is_setup_code(self.cleaned_data["code"], settings.SECRET_KEY):
            raise forms.ValidationError(gettext("This is not the code. `anlan setup-code` prints it."))
        return ""

    def clean_area_code(self) -> str:
        """Refuse what is no city's, together with all else that is wrong."""
        code: str = self.cleaned_data["area_code"]
        if not is_city_code(code):
            raise forms.ValidationError(refusal_text(Refused("city_code_wrong", code=code)))
        return code

    def clean_password(self) -> str:
        """Refuse a password that is easily guessed."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password

    def clean(self) -> None:
        """Refuse two passwords that differ."""
        password_fields_agree(self)


def setup(request: HttpRequest) -> HttpResponse:
    """Show the form, and set the city up."""
    if is_staffed():
        raise NotFound
    form = SetupForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _was_set_up(form):
        messages.success(request, gettext("The city is set up. Sign in to go on."))
        return redirect("account_login")
    return render(request, "setup.html", {"form": form}, status=422 if form.errors else 200)


def _was_set_up(form: SetupForm) -> bool:
    """Set the city up, or say at the form why not."""
    facts = {name: value for name, value in form.cleaned_data.items() if name not in ("code", "again")}
    try:
        set_up_city(city=FirstCity(**facts), now=timezone.now())
    except Refused as no:
        form.add_error("area_code" if no.reason == "city_code_wrong" else "unit_code", refusal_text(no))
        return False
    return True


urlpatterns = [path("setup/", setup, name="setup")]
