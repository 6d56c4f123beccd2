"""A field that takes the code or the name of an area or unit, and offers those one may choose."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.staff.terms import Action
from anlan.store.readers.managed_lists import all_units, areas_to_choose, codes_called, units_to_choose
from anlan.store.readers.staff import Acting

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

OFFERED = 300
"""Enough for a county; whoever has more types a code or a name."""
_WITH_CODE = re.compile(r"\(([^()]+)\)\s*\Z")


class CodeField(forms.CharField):
    """Cleans "荻花村", "990101001201" and "荻花村 (990101001201)" to the code; "" when it may be left out."""

    def __init__(self, label: "StrPromise", choose: Callable[[], QuerySet[Any]], **options: Any) -> None:
        options.setdefault("help_text", _("Its name or its code"))
        super().__init__(label=label, max_length=200, **options)
        self.choose = choose

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """The field in a form, tied to the list of what it offers."""
        bound = super().get_bound_field(form, field_name)
        self.widget.attrs["list"] = f"{bound.auto_id}_offered"
        return bound

    @property
    def offered(self) -> list[str]:
        """What the field offers while one types."""
        return [f"{name} ({code})" for code, name in self.choose().values_list("code", "name")[:OFFERED]]

    def clean(self, value: Any) -> str:
        """The code. Raises ValidationError when nothing or more than one thing is called so."""
        words = str(super().clean(value) or "").strip()
        if not words:
            return ""
        marked = _WITH_CODE.search(words)
        found = codes_called(self.choose(), marked[1].strip() if marked else words)
        if not found:
            raise forms.ValidationError(gettext("There is nothing of this name or code that you may choose."))
        if len(found) > 1:
            raise forms.ValidationError(gettext("Several are called so. Type the code."))
        return found[0]


def area_field(acting: Acting, action: Action, **options: Any) -> CodeField:
    """An area in which this person may do `action`."""
    return CodeField(_("Area"), lambda: areas_to_choose(acting, action), **options)


def unit_field(acting: Acting, action: Action, besides: str = "", **options: Any) -> CodeField:
    """An active unit in whose area this person may do `action`, or the one with the code `besides`."""
    return CodeField(_("Unit"), lambda: units_to_choose(acting, action, besides), **options)


def any_unit_field(label: "StrPromise", **options: Any) -> CodeField:
    """Any unit that may be made responsible, or none."""
    return CodeField(label, all_units, required=False, **options)
