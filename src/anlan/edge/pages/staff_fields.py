"""Fields that several forms of the administration share."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def name_field(label: "StrPromise", *, longest: int, hint: "StrPromise | str" = "") -> forms.CharField:
    """A name of at most `longest` characters."""
    return forms.CharField(label=label, max_length=longest, help_text=hint)


def username_field() -> forms.CharField:
    """What a member signs in with."""
    return forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("Letters, digits and @ . + - _; it stays as it is."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )


def unit_code_field(**options: Any) -> forms.RegexField:
    """The code of a unit, which stands in paths."""
    return forms.RegexField(
        r"\A[a-z0-9][a-z0-9_-]{0,31}\Z",
        label=_("Code of the unit"),
        help_text=_("Small letters, digits, - and _; it stays as it is."),
        error_messages={"invalid": _("Small letters, digits, - and _ only, such as fire-331081012")},
        **options,
    )


def secret_field(label: "StrPromise") -> forms.CharField:
    """A new password, never shown again."""
    return forms.CharField(
        label=label,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def password_fields_agree(form: forms.Form) -> None:
    """Say so at the second field when the two passwords of a form differ."""
    one, other = form.cleaned_data.get("password"), form.cleaned_data.get("again")
    if one and other and one != other:
        form.add_error("again", gettext("The two passwords differ. Type the same one twice."))
