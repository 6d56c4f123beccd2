"""The queue of cases and each person's own work."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from anlan.cases.terms import Stage, State
from anlan.edge.pages import case_labels
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.many_on_queue import many
from anlan.staff.terms import Action
from anlan.store.readers.choices import Choices, choices
from anlan.store.readers.figures import figure_of
from anlan.store.readers.held import waiting_count
from anlan.store.readers.proof import second_checks_for
from anlan.store.readers.queue import CasePage, Filters, queue_page, work_page
from anlan.store.readers.scores import FigureNote, figure_note
from anlan.store.readers.staff import Acting
from anlan.store.readers.tasks import tasks_waiting

AGES = (1, 7, 30, 90, 365)
"""Days to choose from for "reported over ... ago"."""

_WORDS_IN_ADDRESS = ("view", "words", "category", "area", "unit", "state", "stage", "site", "figure", "after")


def filters_of(query: QueryDict) -> Filters:
    """The filters that an address asks for; what it does not understand is left out."""
    days = query.get("older_than_days", "")
    texts = {name: _one_word(query.get(name, "")) for name in _WORDS_IN_ADDRESS}
    texts["view"] = texts["view"] or "mine"
    return Filters(
        **texts, older_than_days=min(int(days), 36500) if days.isdecimal() and len(days) < 6 else 0
    )


def filters_in(text: str) -> Filters:
    """The filters in the query of an address, as a form sends it along: all of it.

    What is cut off is a filter lost, so that more cases are meant than were seen; 200 characters of Chinese
    alone are 1,800 in an address.
    """
    return filters_of(QueryDict(text))


def _one_word(text: str) -> str:
    """What one filter says; cut before it is stripped, so that its address says the same again."""
    return text.replace("\x00", "").strip()[:200].strip()


def address_of(filters: Filters, **changes: str | int) -> str:
    """The query that shows a queue with `filters` and `changes`, from its first page unless they say."""
    shown = {name: value for name, value in vars(filters).items() if value} | {"after": ""} | changes
    return "?" + urlencode({name: value for name, value in shown.items() if value})


def selects(offered: Choices, filters: Filters) -> list[tuple[str, str, str, list[tuple[str, str]], str]]:
    """The fields of the filters: name, label, what leaves it out, values with words, the chosen one."""
    categories = [(each.code, case_labels.joined_name(*each[1:])) for each in offered.categories]
    states = [(state.value, case_labels.state_word(state)) for state in State]
    stages = [(stage.value, str(case_labels.STAGES[stage])) for stage in Stage]
    ages = [
        (str(days), ngettext("over %(n)d day ago", "over %(n)d days ago", days) % {"n": days})
        for days in AGES
    ]
    return [
        ("category", _("Category"), _("All categories"), categories, filters.category),
        ("area", _("Area"), _("All my areas"), list(offered.areas), filters.area),
        ("unit", _("Unit"), _("All units"), list(offered.units), filters.unit),
        ("state", _("State"), _("As the view above says"), states, filters.state),
        ("stage", _("Waits for"), _("Any step"), stages, filters.stage),
        ("older_than_days", _("Reported"), _("At any time"), ages, str(filters.older_than_days)),
    ]


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Cases by filters that live in the address."""
    acting, now = acting_of(request), timezone.now()
    filters = filters_of(request.GET)
    page = queue_page(acting, filters, now)
    context = {
        "page": page,
        "filters": filters,
        "filtered": filters != Filters(view=filters.view),
        "selects": selects(choices(acting, filters.area), filters),
        "views": [
            (name, words, page.counts[name], address_of(filters, view=name, state=""))
            for name, words in case_labels.VIEWS.items()
        ],
        "without_site": address_of(filters, site=""),
        "all_address": address_of(filters, view="all", state=""),
        "pager": {
            "first": page.first,
            "last": page.first + len(page.cases) - 1,
            "total": page.total,
            "is_about": page.is_about,
            "newer": address_of(filters) if filters.after else "",
            "older": address_of(filters, after=page.next_after) if page.next_after else "",
        },
        "act": filters.view == "mine",
        "behind": _behind(acting, filters, page),
        "now": now,
    } | many(acting, address_of(filters), address_of)
    return render(request, "queue/queue.html", context)


def _behind(acting: Acting, filters: Filters, page: CasePage) -> FigureNote | None:
    """Which figure's cases these are; nothing for a figure that this person may not see."""
    figure = figure_of(filters.figure)
    return figure_note(acting, figure) if figure and page.total else None


@login_required
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """What waits for this person, the most urgent first, by what it waits for."""
    acting, now = acting_of(request), timezone.now()
    page = work_page(acting, now)
    groups = [
        {
            "stage": stage.value,
            "title": case_labels.WAITING[stage],
            "count": count,
            "cases": cases,
            "address": f"{reverse('queue')}{address_of(Filters(view='mine', stage=stage.value))}",
        }
        for stage, count, cases in page.groups
    ]
    context = {"page": page, "groups": groups, "checks": second_checks_for(acting), "now": now}
    context |= {"tasks": tasks_waiting(acting, now), "may_type": acting.may_somewhere(Action.TYPE_REPORT)}
    context["held"] = waiting_count(acting) if acting.may_somewhere(Action.MODERATE) else 0
    return render(request, "work/work.html", context)
