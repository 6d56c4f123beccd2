"""/manage/feeds/: whose warnings come in, what was wrong with them, and which raise alarms."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from anlan.edge.pages import labels
from anlan.edge.pages.manage import ACTIVE_STATES, Change, Row, answer, list_page, managing
from anlan.edge.pages.manage_fields import area_field
from anlan.edge.pages.staff_events import in_words
from anlan.edge.pages.staff_fields import name_field
from anlan.edge.pages.warning_words import CATEGORIES, COLOURS, HEARD_STATES, heard_shown
from anlan.flows import manage_feeds as flows
from anlan.staff.terms import Action
from anlan.store.readers.heard import brought_by, feeds, one_feed, rules_of
from anlan.store.readers.managed_lists import history_of
from anlan.store.readers.staff import Acting


class FeedForm(forms.Form):
    """Where another sender publishes its warnings."""

    address = forms.URLField(
        label=_("Address of the feed"),
        help_text=_("Atom, RSS, or one CAP message. It is asked once a minute for anything new."),
        max_length=500,
        assume_scheme="https",
        validators=[URLValidator(schemes=("http", "https"))],
    )


class NewFeedForm(FeedForm):
    """A feed that is new."""

    name = name_field(_("Name of the sender"), longest=60)
    field_order = ("name",)


class ChangedFeedForm(FeedForm):
    """A feed that is there."""

    active = forms.BooleanField(label=_("In use"), required=False)


def _colours(empty: Any = None) -> Any:
    """The colours to choose from, after what an empty choice means."""
    first = [("", empty)] if empty is not None else []
    return lambda: first + [(key, f"{look.words} {look.level}") for key, look in COLOURS.items()]


class RuleForm(forms.Form):
    """Which warnings raise an alarm here."""

    least = forms.ChoiceField(label=_("This colour or worse"), choices=_colours(), initial="orange")
    category = forms.ChoiceField(
        label=_("Kind of danger"),
        choices=lambda: [("", _("any")), *labels.options(CATEGORIES)],
        required=False,
    )
    words = forms.CharField(
        label=_("Words in its event or headline"), max_length=100, required=False, help_text=_("Empty: any.")
    )
    severity = forms.ChoiceField(
        label=_("Severity of the alarm"), choices=_colours(_("as the warning")), required=False
    )

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area_code"] = area_field(acting, Action.MANAGE_WEBHOOKS)
        self.order_fields(("area_code",))


@managing(Action.MANAGE_WEBHOOKS)
def all_feeds(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The feeds, and whether they can be read."""
    rows = [
        Row(
            reverse("manage_feed", args=[each.pk]),
            [each.name, *_counts(each), each.last_error or gettext("none"), _state(each)],
            off=not each.active,
        )
        for each in feeds(acting)
    ]
    return list_page(
        request,
        title=gettext("Warnings of other senders"),
        columns=[
            *(gettext("Name"), gettext("In force"), gettext("Unreadable"), gettext("Trouble")),
            gettext("State"),
        ],
        rows=rows,
        total=len(rows),
        add=(reverse("manage_feed_add"), gettext("Add a sender")),
    )


def _counts(feed: Any) -> tuple[int, int]:
    return feed.in_force, feed.faulty


def _state(feed: Any) -> object:
    return ACTIVE_STATES["active" if feed.active else "closed"]


@managing(Action.MANAGE_WEBHOOKS)
def show(request: HttpRequest, acting: Acting, feed_id: int) -> HttpResponse:
    """One feed: whether it answers, what raises alarms, what it brought last and every fault of that."""
    feed = one_feed(acting, feed_id)
    context = {
        "title": feed.name,
        "subtitle": _state(feed),
        "feed": feed,
        "facts": [
            (gettext("Address of the feed"), feed.address),
            (gettext("Trouble"), feed.last_error or gettext("none")),
        ],
        "links": [
            (reverse("manage_feed_change", args=[feed.pk]), gettext("Change")),
            (reverse("manage_feed_rule", args=[feed.pk]), gettext("Let it raise alarms")),
        ],
        "rules": [(each, COLOURS[each.least], *_rule_words(each)) for each in rules_of(feed)],
        "brought": [(heard_shown(each), HEARD_STATES[each.state]) for each in brought_by(feed)],
        "events": in_words(history_of(flows.subject_of(feed)), with_subject=False),
    }
    return render(request, "manage/feed.html", context)


def _rule_words(rule: Any) -> tuple[object, object]:
    category = CATEGORIES.get(rule.category, "")
    severity = COLOURS[rule.severity].words if rule.severity else gettext("as the warning")
    return category, severity


@managing(Action.MANAGE_WEBHOOKS)
def add(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Add a feed."""
    feeds(acting)  # not found for who administers less than the city

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        feed = flows.add_feed(acting_user=acting, now=timezone.now(), **typed)
        return redirect("manage_feed", feed.pk)

    form = NewFeedForm(request.POST or None)
    back = reverse("manage_feeds")
    change_ = Change(title=gettext("Add a sender"), button=gettext("Add"), back=back, form=form, act=act)
    return answer(request, change_)


@managing(Action.MANAGE_WEBHOOKS)
def change(request: HttpRequest, acting: Acting, feed_id: int) -> HttpResponse:
    """Change where a feed is, or switch it off."""
    feed = one_feed(acting, feed_id)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.change_feed(acting_user=acting, feed_id=feed_id, now=timezone.now(), **typed)

    before = {"address": feed.address, "active": feed.active}
    return answer(
        request,
        Change(
            title=gettext("Change %(name)s") % {"name": feed.name},
            button=gettext("Save"),
            back=reverse("manage_feed", args=[feed_id]),
            form=ChangedFeedForm(request.POST or None, initial=before),
            act=act,
        ),
    )


@managing(Action.MANAGE_WEBHOOKS)
def add_rule(request: HttpRequest, acting: Acting, feed_id: int) -> HttpResponse:
    """Let warnings of a feed raise alarms."""
    feed = one_feed(acting, feed_id)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        facts = flows.RuleFacts(**typed)
        flows.add_feed_rule(acting_user=acting, feed_id=feed_id, facts=facts, now=timezone.now())

    return answer(
        request,
        Change(
            title=gettext("Let %(name)s raise alarms") % {"name": feed.name},
            button=gettext("Save"),
            back=reverse("manage_feed", args=[feed_id]),
            form=RuleForm(acting, request.POST or None),
            act=act,
        ),
    )


@managing(Action.MANAGE_WEBHOOKS)
@require_POST
def drop_rule(request: HttpRequest, acting: Acting, feed_id: int, rule_id: int) -> HttpResponse:
    """Take a rule away."""
    one_feed(acting, feed_id)
    flows.drop_feed_rule(acting_user=acting, feed_id=feed_id, rule_id=rule_id, now=timezone.now())
    return redirect("manage_feed", feed_id)
