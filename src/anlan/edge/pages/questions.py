"""What a category asks, as fields of a form, and the answers as they are kept."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from anlan.edge.pages.text_fields import PlainText
from anlan.publishing.open311.answering import LONGEST, Answers, Said, kept
from anlan.publishing.open311.terms import AttributeAsked, Datatype


def _text(asked: AttributeAsked, words: Mapping[str, Any]) -> forms.Field:
    widget = forms.TextInput(attrs={"maxlength": None, "autocomplete": "off"})
    return PlainText(max_length=LONGEST[Datatype.STRING], widget=widget, **words)


def _long_text(asked: AttributeAsked, words: Mapping[str, Any]) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 3, "maxlength": None})
    return PlainText(max_length=LONGEST[Datatype.TEXT], widget=widget, **words)


def _number(asked: AttributeAsked, words: Mapping[str, Any]) -> forms.Field:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.DecimalField(max_digits=15, decimal_places=6, widget=widget, **words)


def _time(asked: AttributeAsked, words: Mapping[str, Any]) -> forms.Field:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"})
    return forms.DateTimeField(widget=widget, **words)


def _one(asked: AttributeAsked, words: Mapping[str, Any]) -> forms.Field:
    none = [] if asked.required else [("", _("Not said"))]
    return forms.ChoiceField(choices=[*none, *_choices(asked)], widget=forms.RadioSelect, **words)


def _several(asked: AttributeAsked, words: Mapping[str, Any]) -> forms.Field:
    return forms.MultipleChoiceField(choices=_choices(asked), widget=forms.CheckboxSelectMultiple, **words)


FIELDS: Mapping[Datatype, Callable[[AttributeAsked, Mapping[str, Any]], forms.Field]] = MappingProxyType(
    {
        Datatype.STRING: _text,
        Datatype.TEXT: _long_text,
        Datatype.NUMBER: _number,
        Datatype.DATETIME: _time,
        Datatype.SINGLE: _one,
        Datatype.MULTI: _several,
    }
)


def field_name(asked: AttributeAsked) -> str:
    """The name of its field in a form."""
    return f"ask_{asked.code}"


def fields_of(asked: Sequence[AttributeAsked]) -> dict[str, forms.Field]:
    """A field for each question that wants an answer, by its name."""
    return {field_name(each): _field(each) for each in asked if each.variable}


def _field(asked: AttributeAsked) -> forms.Field:
    words = {
        "label": question(asked),
        "help_text": asked.datatype_description,
        "required": asked.required,
        "error_messages": {"required": gettext("Answer “%(question)s”") % {"question": question(asked)}},
    }
    return FIELDS[asked.datatype](asked, words)


def question(asked: AttributeAsked) -> str:
    """The question in the language of the page."""
    return asked.en if get_language() == "en" else asked.zh


def _choices(asked: AttributeAsked) -> list[tuple[str, str]]:
    is_english = get_language() == "en"
    return [(key, en if is_english else zh) for key, zh, en in asked.values]


def answers_of(typed: Mapping[str, Any], asked: Sequence[AttributeAsked]) -> Answers:
    """The answers of a form that is valid, with their questions."""
    said: Said = {}
    for each in asked:
        value = typed.get(field_name(each))
        if each.variable and value not in (None, "", []):
            said[each.code] = value if isinstance(value, list) else _as_text(value)
    return kept(said, asked, timezone.get_current_timezone())


def _as_text(value: object) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)


class QuestionsForm(forms.Form):
    """The questions of a category by themselves, as a report asks them."""

    def __init__(self, asked: Sequence[AttributeAsked]) -> None:
        super().__init__()
        self.fields |= fields_of(asked)
        self.asked = asked


def shown(form: forms.Form, asked: Sequence[AttributeAsked]) -> list[tuple[str, forms.BoundField | None]]:
    """Each question with its field in a form; None for what is only said."""
    return [(question(each), form[field_name(each)] if each.variable else None) for each in asked]
