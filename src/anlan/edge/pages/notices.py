"""What a member was told, and how they want to be told."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from anlan.base.errors import Refused
from anlan.edge.pages import labels
from anlan.edge.pages.acting import acting_of
from anlan.edge.pages.refusals import refusal_text
from anlan.flows import choose_notices as flows
from anlan.flows.notice_words import KINDS, about
from anlan.store.readers.notices import choice_kept, notice_page

TIMES = ("digest_at", "quiet_from", "quiet_to")


def _kinds(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=lambda: labels.options(KINDS),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _time(label: Any, help_text: Any) -> forms.TimeField:
    field = forms.TimeField(label=label, help_text=help_text, required=False)
    field.widget.input_type = "time"
    return field


class WishForm(forms.Form):
    """How a member wants to be told."""

    by_email = _kinds(_("By e-mail"))
    by_sms = _kinds(_("By short message"))
    phone = forms.RegexField(
        r"\A\+?[0-9][0-9 \-]{4,30}\Z",
        label=_("Mobile phone for short messages"),
        help_text=_("Used for these messages only. Nobody else sees it."),
        required=False,
        error_messages={"invalid": _("Digits only, such as 13800000000")},
    )
    digest_at = _time(
        _("E-mail once a day, at"), _("Empty: each at once. What is severe always comes at once.")
    )
    quiet_from = _time(_("Quiet hours from"), _("Only what is severe comes in quiet hours."))
    quiet_to = _time(_("Quiet hours to"), "")


@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What this member was told, the newest first."""
    after = request.GET.get("after", "")
    page = notice_page(acting_of(request), int(after) if after.isdecimal() and len(after) < 16 else 0)
    rows = [(each, KINDS[each.kind], each.case and about(each.case)) for each in page.notices]
    facts = {"page": page, "rows": rows, "up_to": max((each.pk for each in page.notices), default=0)}
    return render(request, "notices/notices.html", facts)


@login_required
@require_POST
def see(request: HttpRequest) -> HttpResponse:
    """All notices of the page and the older ones are seen."""
    up_to = request.POST.get("up_to", "")
    if up_to.isdecimal() and len(up_to) < 16:
        flows.see_notices(acting_user=acting_of(request), up_to=int(up_to), now=timezone.now())
    return redirect("notices")


@login_required
@require_POST
def open_one(request: HttpRequest, notice_id: int) -> HttpResponse:
    """To the case that a notice tells of, or to the reports that wait."""
    case_id = flows.open_notice(acting_user=acting_of(request), notice_id=notice_id, now=timezone.now())
    return redirect("moderation_held") if case_id is None else redirect("case", case_id)


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """How this member wants to be told."""
    acting = acting_of(request)
    form = WishForm(request.POST or None, initial=_kept(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        wish = flows.Wish(
            tuple(typed["by_email"]), tuple(typed["by_sms"]), typed["phone"], *(typed[name] for name in TIMES)
        )
        try:
            flows.choose_notices(acting_user=acting, wish=wish)
        except Refused as no:
            form.add_error(None, refusal_text(no))
        else:
            messages.success(request, gettext("Saved."))
            return redirect("notice_choice")
    facts = {"form": form, "email": acting.user.email}
    return render(request, "notices/choice.html", facts, status=422 if form.errors else 200)


def _kept(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with."""
    kept = choice_kept(acting_of(request))
    if kept is None:
        return {}
    times = {name: value.strftime("%H:%M") for name in TIMES if (value := getattr(kept, name)) is not None}
    return {"by_email": kept.by_email, "by_sms": kept.by_sms, "phone": kept.phone} | times


urlpatterns: list[URLPattern] = [
    path("notices/", notices, name="notices"),
    path("notices/seen", see, name="notices_seen"),
    path("notices/<int:notice_id>/", open_one, name="notice"),
    path("account/notices/", choose, name="notice_choice"),
]
