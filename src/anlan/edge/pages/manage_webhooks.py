"""/manage/webhooks/: other systems that hear of cases, and what they did not take."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from anlan.edge.pages.case_labels import happened
from anlan.edge.pages.manage import ACTIVE_STATES, Change, Row, answer, list_page, managing
from anlan.edge.pages.manage_fields import area_field
from anlan.edge.pages.staff_events import in_words
from anlan.edge.pages.staff_fields import name_field
from anlan.flows import manage_webhooks as flows
from anlan.staff.terms import Action
from anlan.store.readers.managed_lists import history_of
from anlan.store.readers.notices import Heard, dead_letters, one_webhook, webhooks
from anlan.store.readers.staff import Acting


class WebhookForm(forms.Form):
    """Where a system listens, and what it hears."""

    address = forms.URLField(
        label=_("Address that takes the events"),
        help_text=_("It gets signed JSON for each event, and answers 200 to 299 when it has taken it."),
        max_length=300,
        assume_scheme="https",
        validators=[URLValidator(schemes=("http", "https"))],
    )

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = area_field(acting, Action.MANAGE_WEBHOOKS)
        self.order_fields(("name", "address", "area_code", "active"))


class NewWebhookForm(WebhookForm):
    """A new system."""

    name = name_field(_("Name of the system"), longest=60)


class ChangedWebhookForm(WebhookForm):
    """A system that is there."""

    active = forms.BooleanField(label=_("In use"), required=False)


@managing(Action.MANAGE_WEBHOOKS)
def all_webhooks(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The systems that are told."""
    rows = [_row(each) for each in webhooks(acting)]
    columns = [
        gettext("Name"),
        gettext("Area"),
        gettext("Waiting"),
        gettext("Dead letters"),
        gettext("State"),
    ]
    add_link = (reverse("manage_webhook_add"), gettext("Add a system"))
    return list_page(
        request,
        title=gettext("Systems that are told"),
        columns=columns,
        rows=rows,
        total=len(rows),
        add=add_link,
    )


def _row(heard: Heard) -> Row:
    hook = heard.hook
    state = ACTIVE_STATES["active" if hook.active else "closed"]
    return Row(
        reverse("manage_webhook", args=[hook.pk]),
        [hook.name, hook.area.name, heard.waiting, heard.dead, state],
        off=not hook.active,
    )


@managing(Action.MANAGE_WEBHOOKS)
def show(request: HttpRequest, acting: Acting, webhook_id: int) -> HttpResponse:
    """One system: facts, dead letters, history."""
    heard = one_webhook(acting, webhook_id)
    hook = heard.hook
    facts = {
        "title": hook.name,
        "subtitle": ACTIVE_STATES["active" if hook.active else "closed"],
        "hook": hook,
        "facts": [
            (gettext("Address that takes the events"), hook.address),
            (gettext("Area"), hook.area.name),
            (gettext("Sent"), heard.sent),
            (gettext("Waiting"), heard.waiting),
            (gettext("Dead letters"), heard.dead),
        ],
        "links": [(reverse("manage_webhook_change", args=[hook.pk]), gettext("Change"))],
        "dead": [(each, happened(each.kind)) for each in dead_letters(hook)],
        "dead_total": heard.dead,
        "events": in_words(history_of(f"webhook:{hook.name}"[:100]), with_subject=False),
    }
    return render(request, "manage/webhook.html", facts)


@managing(Action.MANAGE_WEBHOOKS)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Add a system; its secret is shown once."""
    webhooks(acting)  # not found for who administers less than the city

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        hook, secret = flows.add_webhook(
            acting_user=acting,
            name=typed["name"],
            address=typed["address"],
            area_code=typed["area_code"],
            now=timezone.now(),
        )
        return _secret(request, hook.pk, hook.name, secret)

    return answer(
        request,
        Change(
            title=gettext("Add a system"),
            button=gettext("Add"),
            back=reverse("manage_webhooks"),
            form=NewWebhookForm(acting, request.POST or None),
            act=act,
        ),
    )


@managing(Action.MANAGE_WEBHOOKS)
def change(request: HttpRequest, acting: Acting, webhook_id: int) -> HttpResponse:
    """Change where a system listens and what it hears."""
    hook = one_webhook(acting, webhook_id).hook
    before = {
        "address": hook.address,
        "area_code": f"{hook.area.name} ({hook.area.code})",
        "active": hook.active,
    }

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.change_webhook(acting_user=acting, webhook_id=webhook_id, now=timezone.now(), **typed)

    return answer(
        request,
        Change(
            title=gettext("Change %(name)s") % {"name": hook.name},
            button=gettext("Save"),
            back=reverse("manage_webhook", args=[webhook_id]),
            form=ChangedWebhookForm(acting, request.POST or None, initial=before),
            act=act,
        ),
    )


@managing(Action.MANAGE_WEBHOOKS)
@require_POST
def renew(request: HttpRequest, acting: Acting, webhook_id: int) -> HttpResponse:
    """A new secret, shown once."""
    hook = one_webhook(acting, webhook_id).hook
    secret = flows.renew_secret(acting_user=acting, webhook_id=webhook_id, now=timezone.now())
    return _secret(request, webhook_id, hook.name, secret)


@managing(Action.MANAGE_WEBHOOKS)
@require_POST
def replay(request: HttpRequest, acting: Acting, webhook_id: int) -> HttpResponse:
    """Send the dead letters again."""
    count = flows.replay_dead_letters(acting_user=acting, webhook_id=webhook_id, now=timezone.now())
    said = ngettext("%(n)d event leaves again.", "%(n)d events leave again.", count)
    messages.success(request, said % {"n": count})
    return redirect("manage_webhook", webhook_id)


def _secret(request: HttpRequest, webhook_id: int, name: str, secret: str) -> HttpResponse:
    facts = {"name": name, "secret": secret, "address": reverse("manage_webhook", args=[webhook_id])}
    response = render(request, "manage/webhook_secret.html", facts)
    response["Cache-Control"] = "no-store"
    return response
