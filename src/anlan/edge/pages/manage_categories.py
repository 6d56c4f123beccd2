"""/manage/categories/: kinds of hazards, who answers for them, by when."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.edge.pages import labels
from anlan.edge.pages.case_labels import SEVERITIES, category_name
from anlan.edge.pages.manage import ACTIVE_STATES, Change, Row, answer, list_page, managing
from anlan.edge.pages.manage_fields import any_unit_field
from anlan.edge.pages.manage_limits import limit_lines
from anlan.edge.pages.staff_events import in_words
from anlan.edge.pages.staff_fields import name_field
from anlan.flows import manage_categories as flows
from anlan.staff.terms import Action
from anlan.store.readers.limits import limits_of
from anlan.store.readers.managed import touched_by_changing_category
from anlan.store.readers.managed_lists import categories, families, history_of, one_category
from anlan.store.readers.staff import Acting

FIELDS = tuple(flows.CategoryFacts.__annotations__)


BEGINS_WITH = _(
    "Fire, electricity, water, roads, buildings, theft, gas, other: who answers and by when. "
    "Each can be changed later. Without any kind, nobody can report."
)
"""What the starting list is; the set-up page says it too."""


def _families() -> list[tuple[str, str]]:
    return [(family.code, category_name(family)) for family in families()]


def hours(label: Any) -> forms.IntegerField:
    """A time limit in hours that pass day and night."""
    return forms.IntegerField(label=label, min_value=1, max_value=flows.LONGEST_LIMIT)


class CategoryForm(forms.Form):
    """What may be changed of a category."""

    name_zh = name_field(_("Chinese name"), longest=60)
    name_en = name_field(_("English name"), longest=60)
    order = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=9999, initial=0)
    severity = forms.ChoiceField(
        label=_("Severity to begin with"), choices=lambda: labels.options(SEVERITIES)
    )
    unit_kind = forms.ChoiceField(
        label=_("Kind of unit that answers"), choices=lambda: labels.options(labels.UNIT_KINDS)
    )
    unit_level = forms.ChoiceField(label=_("At the level"), choices=lambda: labels.options(labels.LEVELS))
    opens_when = forms.CharField(
        label=_("When a case is opened"), max_length=2000, required=False, widget=forms.Textarea
    )
    closes_when = forms.CharField(
        label=_("When a case is closed"), max_length=2000, required=False, widget=forms.Textarea
    )
    accept_hours = hours(_("Hours to accept"))
    dispatch_hours = hours(_("Hours to dispatch"))
    handle_hours = hours(_("Hours to rectify"))
    verify_hours = hours(_("Hours to verify"))
    interim_hours = forms.IntegerField(
        label=_("Hours to make it safe first"),
        help_text=_("For severe hazards: cordon off, cut the power. 0: not asked."),
        min_value=0,
        max_value=flows.LONGEST_LIMIT,
        initial=0,
    )
    recurs_metres = forms.IntegerField(
        label=_("Comes back within (metres)"),
        help_text=_("A new case so near a closed one is linked to it. 0: never."),
        min_value=0,
        max_value=5000,
        initial=50,
    )
    recurs_days = forms.IntegerField(
        label=_("Comes back within (days)"), min_value=0, max_value=3650, initial=180
    )
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    unit_code = any_unit_field(
        _("Always this unit"), help_text=_("Only when one unit answers for the whole city")
    )


class NewCategoryForm(CategoryForm):
    """A new category."""

    field_order = ("code", "parent_code")
    code = forms.RegexField(
        r"\A[a-z0-9_-]{1,40}\Z",
        label=_("Code of the category"),
        help_text=_("Small letters, digits, - and _; it stays as it is."),
        error_messages={"invalid": _("Small letters, digits, - and _ only, such as open-water")},
    )
    parent_code = forms.ChoiceField(
        label=_("Family"),
        required=False,
        choices=lambda: [
            ("", _("none: it is a family")),
            *((each.code, category_name(each)) for each in families()),
        ],
    )


@managing(Action.MANAGE_CATEGORIES)
def all_categories(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The list of categories, by family."""
    found = categories(acting)
    rows = [
        Row(
            reverse("manage_category", args=[each.code]),
            [
                category_name(each, each.parent),
                each.code,
                labels.UNIT_KINDS[each.unit_kind] if each.unit is None else each.unit.name,
                each.handle_hours,
                ACTIVE_STATES["active" if each.active else "closed"],
            ],
            off=not each.active,
        )
        for each in found
    ]
    columns = [gettext(word) for word in ("Name", "Code")]
    columns += [gettext("Who answers"), gettext("Hours to rectify"), gettext("State")]
    return list_page(
        request,
        title=gettext("Categories"),
        columns=columns,
        rows=rows,
        total=len(rows),
        add=(reverse("manage_category_add"), gettext("Add a category")),
        begin=(reverse("manage_categories_begin"), gettext("Begin with a list of kinds of hazards")),
    )


@managing(Action.MANAGE_CATEGORIES)
def begin(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Take the list that a city may begin with, while there are none."""
    if categories(acting):
        return redirect("manage_categories")
    return answer(
        request,
        Change(
            title=gettext("Begin with a list of kinds of hazards"),
            button=gettext("Take the list"),
            back=reverse("manage_categories"),
            form=forms.Form(),
            act=lambda _typed, _seen: flows.add_starting_categories(acting_user=acting, now=timezone.now()),
            says=BEGINS_WITH,
        ),
    )


@managing(Action.MANAGE_CATEGORIES)
def show(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """One category: facts and history."""
    category = one_category(acting, code)
    facts = {
        "title": category_name(category, category.parent),
        "subtitle": ACTIVE_STATES["active" if category.active else "closed"],
        "facts": [
            (gettext("Code"), category.code),
            (gettext("Chinese name"), category.name_zh),
            (gettext("English name"), category.name_en),
            (gettext("Severity to begin with"), SEVERITIES[category.severity]),
            (gettext("Kind of unit that answers"), labels.UNIT_KINDS[category.unit_kind]),
            (gettext("At the level"), labels.LEVELS[category.unit_level]),
            (gettext("Always this unit"), category.unit.name if category.unit else ""),
            (gettext("Hours to accept"), category.accept_hours),
            (gettext("Hours to dispatch"), category.dispatch_hours),
            (gettext("Hours to rectify"), category.handle_hours),
            (gettext("Hours to verify"), category.verify_hours),
            (gettext("Limits of stages"), limit_lines(limits_of(category))),
        ],
        "links": [
            (reverse("manage_category_change", args=[code]), gettext("Change")),
            (reverse("manage_category_limits", args=[code]), gettext("Limits of stages")),
            (reverse("manage_service", args=[code]), gettext("What it asks")),
        ],
        "events": in_words(history_of(f"category:{code}"), with_subject=False),
    }
    return render(request, "manage/subject.html", facts)


@managing(Action.MANAGE_CATEGORIES)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Add a category."""
    categories(acting)  # not found for who administers less than the city

    def act(typed: dict[str, Any], seen: str | None) -> None:
        place = {name: typed[name] for name in ("code", "parent_code", "unit_code")}
        flows.add_category(acting_user=acting, facts=_facts(typed), now=timezone.now(), **place)

    return answer(
        request,
        Change(
            title=gettext("Add a category"),
            button=gettext("Add"),
            back=reverse("manage_categories"),
            form=NewCategoryForm(request.POST or None),
            act=act,
        ),
    )


@managing(Action.MANAGE_CATEGORIES)
def change(request: HttpRequest, acting: Acting, code: str) -> HttpResponse:
    """Change a category, after showing what that touches."""
    category = one_category(acting, code)
    before = {name: getattr(category, name) for name in FIELDS}
    before["unit_code"] = f"{category.unit.name} ({category.unit.code})" if category.unit else ""

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.change_category(
            acting_user=acting,
            code=code,
            unit_code=typed["unit_code"],
            facts=_facts(typed),
            seen=seen,
            now=timezone.now(),
        )

    return answer(
        request,
        Change(
            title=gettext("Change %(name)s") % {"name": category_name(category)},
            button=gettext("Save"),
            back=reverse("manage_category", args=[code]),
            form=CategoryForm(request.POST or None, initial=before),
            act=act,
            touched=lambda _typed: touched_by_changing_category(category),
        ),
    )


def _facts(typed: dict[str, Any]) -> flows.CategoryFacts:
    return flows.CategoryFacts(**{name: typed[name] for name in FIELDS})
