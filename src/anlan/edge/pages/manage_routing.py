"""/manage/routing/: the rules of dispatch, their versions, and the draft on its way to being in force."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.base.tables import Complaints
from anlan.cases.rule_tables import COLUMNS, ROLES, kept, read_rule, read_rules, rows
from anlan.cases.rules import Rule
from anlan.cases.terms import Severity
from anlan.edge.pages import labels, rule_words
from anlan.edge.pages.case_labels import SEVERITIES, category_name
from anlan.edge.pages.manage import Change, answer, managing
from anlan.edge.pages.manage_fields import any_unit_field
from anlan.edge.pages.refusals import refusal_text
from anlan.edge.pages.staff_fields import name_field
from anlan.edge.pages.table_upload import read_upload, table_answer, table_field
from anlan.flows import manage_routing as flows
from anlan.places.terms import SiteKind
from anlan.staff.terms import Action
from anlan.store.readers import rule_checks
from anlan.store.readers.managed_lists import all_units
from anlan.store.readers.routing import all_categories, area_names, rules_in_force, rules_of, unit_names
from anlan.store.readers.staff import Acting

MOVES_SHOWN = 200
DAYS = [(str(number), day) for number, day in enumerate(rule_words.DAYS, start=1)]
SEVERAL = ("categories", "site_kinds", "severities", "days")


def several(label: Any, choices: Callable[[], list[tuple[str, Any]]]) -> forms.MultipleChoiceField:
    """Any number of the choices; none for no condition."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class RuleForm(forms.Form):
    """One rule: its place, its conditions, and who acts."""

    number = forms.IntegerField(label=_("Place in the order"), min_value=1, max_value=flows.MOST_RULES)
    name = name_field(_("What the rule is called"), longest=100)
    categories = several(
        _("Categories"), lambda: [(each.code, category_name(each, each.parent)) for each in all_categories()]
    )
    areas = forms.CharField(
        label=_("Areas"),
        max_length=700,
        required=False,
        help_text=_("Codes, separated by ; such as 331081;331082. Empty for the whole city."),
    )
    site_kinds = several(_("Kinds of sites"), lambda: [(kind, labels.SITE_KINDS[kind]) for kind in SiteKind])
    severities = several(_("Severities"), lambda: [(each, SEVERITIES[each]) for each in Severity])
    days = several(_("Days of the week"), lambda: DAYS)
    hours = forms.CharField(
        label=_("Hours"),
        max_length=11,
        required=False,
        help_text=_("Such as 08:30-17:30 or 22:00-06:00; a night belongs to the day on which it begins."),
    )
    words = forms.CharField(
        label=_("Words"),
        max_length=500,
        required=False,
        help_text=_("Separated by ; and one of them is enough."),
    )
    unit = any_unit_field(_("Send to this unit"))
    unit_kind = forms.ChoiceField(
        label=_("or to the nearest unit of this kind"),
        required=False,
        choices=lambda: [("", "–"), *labels.options(labels.UNIT_KINDS)],
    )
    level = forms.ChoiceField(
        label=_("At the level"),
        required=False,
        choices=lambda: [("", "–"), *labels.options(labels.LEVELS)],
        help_text=_("With a kind: from this level up. Alone: the unit named as responsible there."),
    )
    role = forms.ChoiceField(
        label=_("Where somebody has the role"),
        required=False,
        choices=lambda: [("", "–"), *((role, labels.ROLES[role]) for role in ROLES)],
        help_text=_("Who has it is told too. Alone: the nearest unit in which somebody has it."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    rule: Rule | None = None

    def clean(self) -> None:
        """Read the cells as a table's row is read; what is wrong stands at its field."""
        if self.errors:
            return
        typed = self.cleaned_data
        cells = {name: ";".join(typed[name]) if name in SEVERAL else str(typed[name]) for name in COLUMNS}
        complaints = Complaints()
        self.rule = read_rule(cells, rule_checks.known_codes(), complaints)
        for bad in complaints.rows:
            self.add_error(bad.column or None, f"{bad.value} – {gettext(bad.right) % bad.facts}")


class TableForm(forms.Form):
    """A table of rules as a file."""

    table = table_field(_("With the columns of an exported table. It replaces the draft's rules."))
    revision = forms.IntegerField(widget=forms.HiddenInput)

    rules: list[Rule]

    def clean(self) -> None:
        """Read the table; every bad cell is said with its row and column."""
        read_upload(self, "table", self.read)

    def read(self, file: str, lines: Iterable[str], complaints: Complaints) -> None:
        """The rules of the table."""
        self.rules = read_rules(file, lines, rule_checks.known_codes(), complaints)


class DayForm(forms.Form):
    """From when on rules are in force."""

    from_day = forms.DateField(
        label=_("In force from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


@managing(Action.VIEW_ROUTING)
def overview(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The rules in force, the versions before, and the draft if there is one."""
    ruleset = rules_in_force(timezone.now())
    facts = {
        "number": ruleset.number,
        "lines": rule_words.lines_of(ruleset.rules),
        "versions": rule_checks.versions(),
        "draft": rule_checks.draft(),
        "may_draft": acting.may_in_whole_city(Action.MANAGE_ROUTING),
    }
    return render(request, "manage/routing.html", facts)


@managing(Action.VIEW_ROUTING)
@require_safe
def version(request: HttpRequest, acting: Acting, number: int) -> HttpResponse:
    """One version as it was put in force."""
    found = rule_checks.one_version(number)
    facts = {"version": found, "number": number, "lines": rule_words.lines_of(rules_of(found))}
    return render(request, "manage/routing_version.html", facts)


@managing(Action.VIEW_ROUTING)
@require_safe
def table(request: HttpRequest, acting: Acting, number: int) -> HttpResponse:
    """A version as a table for a spreadsheet."""
    return table_answer(f"rules-{number}.csv", COLUMNS, rows(rules_of(rule_checks.one_version(number))))


@managing(Action.MANAGE_ROUTING)
@require_safe
def draft(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The draft: its rules, what is wrong with it, what it would change, and how it goes on."""
    found = _draft(acting)
    facts = {
        "draft": found,
        "lines": rule_words.lines_of(rules_of(found)),
        "findings": _findings(found),
        "checked": (found.check_report or {}).get("revision") == found.revision,
        "tried": (found.dry_run or {}).get("revision") == found.revision,
        "tries": found.dry_run,
        "moves": _moves(found),
        "moves_total": len((found.dry_run or {}).get("moves", [])),
    }
    return render(request, "manage/routing_draft.html", facts)


@managing(Action.VIEW_ROUTING)
@require_safe
def moved(request: HttpRequest, acting: Acting, place: int) -> HttpResponse:
    """The cases behind one line of the dry run, those that this person may see."""
    found = rule_checks.draft()
    moves = (found.dry_run or {}).get("moves", []) if found else []
    if not 1 <= place <= len(moves):
        raise NotFound
    move = moves[place - 1]
    cases = list(rule_checks.cases_of_move(acting, move["cases"])[:MOVES_SHOWN])
    facts = {"line": _move_words([move])[0], "cases": cases, "total": len(move["cases"])}
    return render(request, "manage/routing_moved.html", facts)


@managing(Action.MANAGE_ROUTING)
@require_POST
def act(request: HttpRequest, acting: Acting, name: str) -> HttpResponse:
    """A button of the draft: begin, check, try, move or remove a rule."""
    if name not in ACTS:
        raise NotFound
    numbers = {
        key: int(request.POST[key])
        for key in ("revision", "number", "to")
        if request.POST.get(key, "").isdecimal() and len(request.POST[key]) < 6
    }
    try:
        ACTS[name](acting_user=acting, now=timezone.now(), **numbers)
    except Conflict:
        messages.error(request, gettext("Somebody changed the draft meanwhile. Look at it as it stands now."))
    except Refused as refusal:
        messages.error(request, refusal_text(refusal))
    except TypeError:  # a number that the button carries is missing
        raise NotFound from None
    return redirect("manage_routing_draft")


ACTS: Mapping[str, Callable[..., object]] = {
    "begin": flows.begin_draft,
    "check": flows.check_draft,
    "try": flows.try_draft,
    "move": flows.move_rule,
    "remove": flows.remove_rule,
}


@managing(Action.MANAGE_ROUTING)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Put a rule into the draft."""
    found = _draft(acting)
    initial = {"number": len(found.rules) + 1, "revision": found.revision}
    return _rule_page(request, acting, gettext("Add a rule"), initial, lambda **call: flows.add_rule(**call))


@managing(Action.MANAGE_ROUTING)
def change(request: HttpRequest, acting: Acting, number: int) -> HttpResponse:
    """Change a rule of the draft."""
    found = _draft(acting)
    rules = rules_of(found)
    if not 1 <= number <= len(rules):
        raise NotFound
    initial = _cells(rules[number - 1]) | {"number": number, "revision": found.revision}

    def changed(*, number: int, **call: Any) -> None:
        place, revision = initial["number"], call.pop("revision")
        now_at = flows.change_rule(number=place, revision=revision, **call)
        if number != place:
            call.pop("rule")
            flows.move_rule(number=place, to=number, revision=now_at.revision, **call)

    title = gettext("Change rule %(number)s") % {"number": number}
    return _rule_page(request, acting, title, initial, changed)


@managing(Action.MANAGE_ROUTING)
def bring(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Replace the draft's rules by a table."""
    found = _draft(acting)
    form = TableForm(request.POST or None, request.FILES or None, initial={"revision": found.revision})

    def done(typed: dict[str, Any], seen: str | None) -> None:
        call = {"revision": typed["revision"], "now": timezone.now()}
        flows.replace_rules(acting_user=acting, rules=form.rules, **call)

    return _draft_change(request, gettext("Bring in a table of rules"), gettext("Bring in"), form, done)


@managing(Action.MANAGE_ROUTING)
def put_in_force(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Put the draft in force from a day on."""
    found = _draft(acting)
    initial = {"from_day": timezone.localdate(), "revision": found.revision}

    def done(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        flows.put_in_force(acting_user=acting, now=timezone.now(), **typed)
        messages.success(
            request, gettext("The rules are in force from the day you chose. No open case moved.")
        )
        return redirect("manage_routing")

    form = DayForm(request.POST or None, initial=initial)
    return _draft_change(request, gettext("Put the draft in force"), gettext("Put in force"), form, done)


@managing(Action.MANAGE_ROUTING)
def drop(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Throw the draft away."""
    found = _draft(acting)

    def done(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        flows.drop_draft(acting_user=acting, revision=found.revision, now=timezone.now())
        return redirect("manage_routing")

    title = gettext("Throw the draft away")
    return _draft_change(request, title, title, forms.Form(), done)


def _rule_page(
    request: HttpRequest, acting: Acting, title: str, initial: dict[str, Any], flow: Callable[..., object]
) -> HttpResponse:
    form = RuleForm(request.POST or None, initial=initial)

    def done(typed: dict[str, Any], seen: str | None) -> None:
        places = {name: typed[name] for name in ("number", "revision")}
        flow(acting_user=acting, rule=form.rule, now=timezone.now(), **places)

    return _draft_change(request, title, gettext("Save"), form, done)


def _draft_change(
    request: HttpRequest, title: str, button: str, form: forms.Form, done: Callable[..., HttpResponse | None]
) -> HttpResponse:
    back = reverse("manage_routing_draft")
    return answer(request, Change(title=title, button=button, back=back, form=form, act=done))


def _cells(rule: Rule) -> dict[str, Any]:
    """A rule as the form holds it."""
    cells: dict[str, Any] = dict(kept(rule))
    cells |= {name: [value for value in cells[name].split(";") if value] for name in SEVERAL}
    unit = all_units().filter(code=rule.target.unit).first() if rule.target.unit else None
    return cells | ({"unit": f"{unit.name} ({unit.code})"} if unit else {})


def _draft(acting: Acting) -> rule_checks.Version:
    found = rule_checks.draft()
    if found is None or not acting.may_in_whole_city(Action.MANAGE_ROUTING):
        raise NotFound
    return found


def _findings(found: rule_checks.Version) -> list[dict[str, Any]]:
    findings = flows.findings_of(found)
    categories = {each.code: category_name(each) for each in all_categories()}
    paths = [path for each in findings for path in each.facts.get("areas", ())]
    areas = area_names({path.rstrip(".").rpartition(".")[2] for path in paths})
    return [
        {
            "gravity": rule_words.GRAVITIES[each.gravity],
            "tone": {"error": "late", "warning": "near"}.get(each.gravity, "q"),
            "number": each.number,
            "words": rule_words.finding_words(each, categories, areas),
        }
        for each in findings
    ]


def _moves(found: rule_checks.Version) -> list[dict[str, Any]]:
    return _move_words((found.dry_run or {}).get("moves", [])[:MOVES_SHOWN])


def _move_words(moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines of the dry run with names for their codes."""
    units = unit_names({move[end] for move in moves for end in ("from", "to")})
    areas = area_names({move["area"] for move in moves})
    categories = {each.code: category_name(each) for each in all_categories()}
    nobody = gettext("nobody")
    return [
        {
            "from": units.get(move["from"], nobody),
            "to": units.get(move["to"], nobody),
            "category": categories.get(move["category"], move["category"]),
            "area": areas.get(move["area"], move["area"]),
            "count": len(move["cases"]),
        }
        for move in moves
    ]
