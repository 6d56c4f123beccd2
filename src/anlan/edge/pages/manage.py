"""What all pages of the administration share: who gets in, and a change in two steps, form and preview."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from anlan.base.errors import Conflict, Refused
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.figures import Figure
from anlan.edge.pages.refusals import refusal_text
from anlan.staff.terms import Action
from anlan.store.readers.managed import Touched
from anlan.store.readers.managed_lists import Wanted

EFFECTS: Mapping[str, Any] = {
    "roles_rest": ngettext_lazy("%(n)s role rests", "%(n)s roles rest", "n"),
    "members_lose_access": ngettext_lazy("%(n)s member loses access", "%(n)s members lose access", "n"),
    "open_cases_follow": ngettext_lazy(
        "%(n)s open case goes to the unit that follows; its history says so",
        "%(n)s open cases go to the unit that follows; their history says so",
        "n",
    ),
    "open_tasks_follow": ngettext_lazy(
        "%(n)s open task goes to the unit that follows", "%(n)s open tasks go to the unit that follows", "n"
    ),
    "sites_follow": ngettext_lazy(
        "%(n)s site goes to the unit that follows", "%(n)s sites go to the unit that follows", "n"
    ),
    "categories_follow": ngettext_lazy(
        "%(n)s category that it always answers for goes with them",
        "%(n)s categories that it always answers for go with them",
        "n",
    ),
    "named_follow": ngettext_lazy(
        "%(n)s responsibility it is named for goes with them",
        "%(n)s responsibilities it is named for go with them",
        "n",
    ),
    "rules_follow": ngettext_lazy(
        "%(n)s rule of dispatch then leads to the unit that follows",
        "%(n)s rules of dispatch then lead to the unit that follows",
        "n",
    ),
    "units_move": ngettext_lazy("%(n)s unit moves", "%(n)s units move, each with those below it", "n"),
    "members_move": ngettext_lazy(
        "%(n)s member goes with it; the areas of their roles stay",
        "%(n)s members go with it; the areas of their roles stay",
        "n",
    ),
    "open_cases_move": ngettext_lazy("%(n)s open case goes with it", "%(n)s open cases go with it", "n"),
    "sites_move": ngettext_lazy("%(n)s site goes with it", "%(n)s sites go with it", "n"),
    "units_go_on": ngettext_lazy(
        "%(n)s unit goes on in the area that follows", "%(n)s units go on in the area that follows", "n"
    ),
    "members_go_on": ngettext_lazy(
        "%(n)s member has roles that go on there", "%(n)s members have roles that go on there", "n"
    ),
    "sites_go_on": ngettext_lazy("%(n)s site goes on there", "%(n)s sites go on there", "n"),
    "devices_go_on": ngettext_lazy("%(n)s device goes on there", "%(n)s devices go on there", "n"),
    "open_cases_go_on": ngettext_lazy("%(n)s open case goes on there", "%(n)s open cases go on there", "n"),
    "open_cases_keep_deadlines": ngettext_lazy(
        "%(n)s open case keeps the deadline that runs; what comes next follows the new limits",
        "%(n)s open cases keep the deadlines that run; what comes next follows the new limits",
        "n",
    ),
    "devices_change": ngettext_lazy("%(n)s device changes", "%(n)s devices change", "n"),
    "device_signs_out": ngettext_lazy(
        "The device signs in no more with the password it has",
        "The devices sign in no more with the passwords they have",
        "n",
    ),
    "open_cases_unseen": ngettext_lazy(
        "%(n)s open case is no longer theirs to see by this role",
        "%(n)s open cases are no longer theirs to see by this role",
        "n",
    ),
    "draws_lost": ngettext_lazy(
        "%(n)s verification was drawn for this role; draw it anew if nobody else was drawn",
        "%(n)s verifications were drawn for this role; draw those anew for which nobody else was drawn",
        "n",
    ),
    "shifts_stay": ngettext_lazy(
        "%(n)s shift to come stays in the roster with their name; put somebody else there",
        "%(n)s shifts to come stay in the roster with their name; put somebody else there",
        "n",
    ),
    "sessions_end": ngettext_lazy(
        "%(n)s browser in which they are signed in is signed out",
        "%(n)s browsers in which they are signed in are signed out",
        "n",
    ),
    "password_ends": ngettext_lazy("The password ends", "%(n)s passwords end", "n"),
    "factors_end": ngettext_lazy("%(n)s second factor is removed", "%(n)s second factors are removed", "n"),
    "open_cases_stay_where_they_are": ngettext_lazy(
        "%(n)s open case of this site stays in its area and with its unit",
        "%(n)s open cases of this site stay in their areas and with their units",
        "n",
    ),
    "devices_stay": ngettext_lazy(
        "%(n)s device at this site stays in another area; correct it too",
        "%(n)s devices at this site stay in another area; correct them too",
        "n",
    ),
    "open_cases_stay_at_site": ngettext_lazy(
        "%(n)s open case stays open at this site", "%(n)s open cases stay open at this site", "n"
    ),
}

ACTIVE_STATES: Mapping[str, Promise] = {"active": _("in use"), "closed": _("closed")}

type Page = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Row:
    """A line of a list: where it leads, and its cells."""

    address: str
    cells: Sequence[object]
    off: bool = False  # closed: shown in grey, and said in a cell


@dataclass(frozen=True)
class Change:
    """One change as a page offers it."""

    title: str
    button: str
    back: str
    form: forms.Form
    act: Callable[[dict[str, Any], str | None], HttpResponse | None]
    """Does it with what the form holds and what was shown; may answer with a page of its own."""
    touched: Callable[[dict[str, Any]], Touched | None] = lambda _: None
    """What it touches; None for a change that takes nothing away."""
    says: object = ""
    """What it is, on the page that asks once more."""


def managing(action: Action) -> Callable[[Page], Page]:
    """A page for members of staff who may do `action` somewhere; Refused("not_permitted") for others."""

    def guard(page: Page) -> Page:
        @login_required
        @wraps(page)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            acting = acting_of(request)
            if not acting.may_somewhere(action):
                raise Refused("not_permitted", action=action)
            return page(request, acting, *args, **kwargs)

        return guarded

    return guard


def answer(request: HttpRequest, change: Change) -> HttpResponse:
    """Show the form of a change; then what it touches; then do it."""
    form = change.form
    if request.method != "POST":
        return _preview(request, change) if not form.fields else _form(request, change)
    if form.fields and not form.is_valid():
        return _form(request, change)
    typed = form.cleaned_data if form.fields else {}
    if "seen" not in request.POST and change.touched(typed) is not None:
        return _preview(request, change)
    try:
        page = change.act(typed, request.POST.get("seen"))
    except Conflict:
        stale = "revision" in form.fields
        return _stale(request, change) if stale else _preview(request, change, changed=True)
    except Refused as no:
        return _refused(request, change, no)
    if page is not None:
        return page
    messages.success(request, gettext("Saved."))
    return redirect(change.back)


def wanted_of(query: QueryDict) -> Wanted:
    """The filters that the address of a list asks for."""
    names = ("words", "kind", "area", "state", "after")
    return Wanted(**{name: query.get(name, "").strip()[:200] for name in names})


def list_page(
    request: HttpRequest,
    *,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    total: int,
    next_after: str = "",
    first: int = 1,
    kinds: tuple[str, Sequence[tuple[str, object]]] = ("", ()),
    states: Mapping[str, Promise] | None = None,
    add: tuple[str, str] = ("", ""),
    begin: tuple[str, str] = ("", ""),
    wanted: Wanted | None = None,
) -> HttpResponse:
    """A list; `wanted` are the filters that it went by, None of a short one that has no filters.

    `kinds`, `add` and `begin` are pairs of words and what they lead to; `begin` is for an empty list.
    """
    said = vars(wanted).items() if wanted is not None else ()
    kept = {name: value for name, value in said if value and name != "after"}
    facts = {
        "title": title,
        "columns": columns,
        "rows": rows,
        "total": total,
        "first": first,
        "last": first + len(rows) - 1,
        "wanted": wanted,
        "is_filtered": bool(kept),
        "kinds": kinds,
        "states": list(states.items()) if states else [],
        "add": add,
        "begin": begin,
        "next_address": "?" + urlencode(kept | {"after": next_after}) if next_after else "",
        "first_address": "?" + urlencode(kept) if wanted is not None and wanted.after else "",
    }
    return render(request, "manage/list.html", facts)


def _form(request: HttpRequest, change: Change) -> HttpResponse:
    facts = {"change": change, "form": change.form}
    return render(request, "manage/form.html", facts, status=422 if change.form.errors else 200)


def _preview(request: HttpRequest, change: Change, *, changed: bool = False) -> HttpResponse:
    typed = change.form.cleaned_data if change.form.fields else {}
    touched = change.touched(typed) or Touched(())
    facts = {
        "change": change,
        "typed": [(field, field.value()) for field in change.form],
        "seen": touched.mark,
        "effects": [EFFECTS[each.what] % {"n": Figure(each.count)} for each in touched.effects if each.count],
        "counted": bool(touched.effects),
        "changed": changed,
    }
    return render(request, "manage/preview.html", facts, status=409 if changed else 200)


def _stale(request: HttpRequest, change: Change) -> HttpResponse:
    """The form of a draft that somebody else changed: as it was typed, to be sent again to the new draft."""
    form, typed = change.form, request.POST.copy()
    typed["revision"] = str(form.initial["revision"])
    form.data = typed
    form.add_error(
        None,
        gettext("Somebody changed the draft meanwhile. Look at it as it stands now, then send this again."),
    )
    return render(request, "manage/form.html", {"change": change, "form": form}, status=409)


def _refused(request: HttpRequest, change: Change, no: Refused) -> HttpResponse:
    if no.reason == "not_permitted":
        raise no
    if change.form.fields:
        change.form.add_error(None, refusal_text(no))
        return _form(request, change)
    messages.error(request, refusal_text(no))
    return redirect(change.back)
