"""/manage/members/: accounts, roles, links."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.base.errors import NotFound
from anlan.edge.pages import labels
from anlan.edge.pages.manage import Change, Row, answer, list_page, managing, wanted_of
from anlan.edge.pages.manage_fields import area_field, unit_field
from anlan.edge.pages.staff_events import in_words
from anlan.edge.pages.staff_fields import username_field
from anlan.edge.pages.whole_addresses import whole_address
from anlan.flows import manage_members as flows
from anlan.staff.terms import Action
from anlan.store.readers.managed import (
    Touched,
    touched_by_closing_member,
    touched_by_ending_sessions,
    touched_by_new_link,
    touched_by_removing_factors,
    touched_by_taking_role,
)
from anlan.store.readers.managed_lists import history_of, members, one_member
from anlan.store.readers.staff import Acting

STATES = {
    "active": _("can sign in"),
    "invited": _("invited, no password yet"),
    "closed": _("account closed"),
}


class RoleForm(forms.Form):
    """A role, in a unit, for an area."""

    role = forms.ChoiceField(label=_("Role"), choices=lambda: labels.options(labels.ROLES))

    def __init__(self, acting: Acting, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_code"] = unit_field(acting, Action.MANAGE_MEMBERS)
        self.fields["area_code"] = area_field(acting, Action.MANAGE_MEMBERS)


class InviteForm(RoleForm):
    """A new account and its first role."""

    field_order = ("username", "full_name", "email")
    username = username_field()
    full_name = forms.CharField(label=_("Full name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail address at work"), required=False)


class MemberForm(forms.Form):
    """What may be changed of an account."""

    full_name = forms.CharField(label=_("Full name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail address at work"), required=False)
    active = forms.BooleanField(label=_("May sign in"), required=False)


def _roles_of(member: Any) -> str:
    return "; ".join(f"{labels.ROLES[each.role]} · {each.unit.name}" for each in member.memberships.all())


def state_of(member: Any) -> str:
    """A key of STATES."""
    if not member.is_active:
        return "closed"
    return "active" if member.has_usable_password() else "invited"


@managing(Action.MANAGE_MEMBERS)
def all_members(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The list of members."""
    wanted = wanted_of(request.GET)
    found = members(acting, wanted)
    rows = [
        Row(
            reverse("manage_member", args=[member.username]),
            [
                member.username,
                member.first_name,
                _roles_of(member),
                STATES[state_of(member)],
            ],
            off=not member.is_active,
        )
        for member in found.rows
    ]
    return list_page(
        request,
        wanted=wanted,
        title=gettext("Members"),
        columns=[gettext("User name"), gettext("Full name"), gettext("Roles"), gettext("State")],
        rows=rows,
        total=found.total,
        next_after=found.next_after,
        first=found.first,
        kinds=(gettext("Role"), labels.options(labels.ROLES)),
        states=STATES,
        add=(reverse("manage_member_add"), gettext("Invite a member")),
    )


@managing(Action.MANAGE_MEMBERS)
def show(request: HttpRequest, acting: Acting, username: str) -> HttpResponse:
    """One member: account, roles, history."""
    member, held, elsewhere = one_member(acting, username)
    links = [
        (reverse("manage_member_role", args=[username]), gettext("Give a role")),
        (reverse("manage_member_change", args=[username]), gettext("Change the account")),
        (reverse("manage_member_link", args=[username]), gettext("Make a new link")),
        (reverse("manage_member_factors", args=[username]), gettext("Remove second factors")),
        (reverse("manage_member_sessions", args=[username]), gettext("Sign out everywhere")),
    ]
    lines = [
        {
            "words": f"{labels.ROLES[each.role]} · {each.unit.name} · {each.area.name}",
            "address": reverse("manage_member_take", args=[username, each.pk]),
            "link": gettext("Take"),
        }
        for each in held
    ]
    note = gettext("%(n)s more in areas that you do not administer") % {"n": elsewhere} if elsewhere else ""
    facts = {
        "title": member.first_name or member.username,
        "facts": [
            (gettext("User name"), member.username),
            (gettext("E-mail address at work"), member.email),
            (gettext("State"), STATES[state_of(member)]),
        ],
        "links": links,
        "lines_title": gettext("Roles"),
        "lines": lines,
        "lines_none": gettext("No role yet: this member sees no case. Give them one."),
        "lines_note": note,
        "events": in_words(history_of(f"member:{username}"[:100]), with_subject=False),
    }
    return render(request, "manage/subject.html", facts)


@managing(Action.MANAGE_MEMBERS)
def invite(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Make an account with its first role, and show its link once."""

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        account = {name: typed[name] for name in ("username", "full_name", "email")}
        member, token = flows.invite_member(
            acting_user=acting, role=_role(typed), now=timezone.now(), **account
        )
        return _link_page(request, member.username, token)

    return answer(
        request,
        Change(
            title=gettext("Invite a member"),
            button=gettext("Invite"),
            back=reverse("manage_members"),
            form=InviteForm(acting, request.POST or None),
            act=act,
        ),
    )


@managing(Action.MANAGE_MEMBERS)
def change(request: HttpRequest, acting: Acting, username: str) -> HttpResponse:
    """Change name and address; close the account or open it."""
    member, *_rest = one_member(acting, username)
    before = {"full_name": member.first_name, "email": member.email, "active": member.is_active}

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.change_member(acting_user=acting, username=username, seen=seen, now=timezone.now(), **typed)

    return answer(
        request,
        Change(
            title=gettext("Change the account of %(name)s") % {"name": username},
            button=gettext("Save"),
            back=reverse("manage_member", args=[username]),
            form=MemberForm(request.POST or None, initial=before),
            act=act,
            touched=lambda typed: (
                touched_by_closing_member(member) if member.is_active and not typed["active"] else None
            ),
        ),
    )


@managing(Action.MANAGE_MEMBERS)
def give(request: HttpRequest, acting: Acting, username: str) -> HttpResponse:
    """Give a further role."""
    one_member(acting, username)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.give_role(acting_user=acting, username=username, role=_role(typed), now=timezone.now())

    return answer(
        request,
        Change(
            title=gettext("Give %(name)s a role") % {"name": username},
            button=gettext("Give the role"),
            back=reverse("manage_member", args=[username]),
            form=RoleForm(acting, request.POST or None),
            act=act,
        ),
    )


@managing(Action.MANAGE_MEMBERS)
def take(request: HttpRequest, acting: Acting, username: str, membership_id: int) -> HttpResponse:
    """Take a role."""
    _member, held, _elsewhere = one_member(acting, username)
    membership = next((each for each in held if each.pk == membership_id), None)
    if membership is None:
        raise NotFound

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.take_role(
            acting_user=acting,
            username=username,
            membership_id=membership_id,
            seen=seen,
            now=timezone.now(),
        )

    return _confirmed(
        request,
        username,
        gettext("Take the role from %(name)s"),
        act,
        lambda _typed: touched_by_taking_role(membership, timezone.now()),
    )


@managing(Action.MANAGE_MEMBERS)
def renew(request: HttpRequest, acting: Acting, username: str) -> HttpResponse:
    """Make a new link: the old password ends."""
    member, *_rest = one_member(acting, username)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        token = flows.renew_link(acting_user=acting, username=username, seen=seen, now=timezone.now())
        return _link_page(request, username, token)

    words = gettext("Make a new link for %(name)s: the password ends")
    return _confirmed(request, username, words, act, lambda _typed: touched_by_new_link(member))


@managing(Action.MANAGE_MEMBERS)
def reset(request: HttpRequest, acting: Acting, username: str) -> HttpResponse:
    """Remove second factors that were lost, and the password with them."""
    member, *_rest = one_member(acting, username)

    def act(typed: dict[str, Any], seen: str | None) -> HttpResponse:
        token = flows.reset_second_factor(
            acting_user=acting, username=username, seen=seen, now=timezone.now()
        )
        return _link_page(request, username, token)

    words = gettext("Remove the second factors and the password of %(name)s")
    return _confirmed(request, username, words, act, lambda _typed: touched_by_removing_factors(member))


@managing(Action.MANAGE_MEMBERS)
def end_sessions(request: HttpRequest, acting: Acting, username: str) -> HttpResponse:
    """Sign a member out on all devices: one was lost, or somebody else uses the account."""
    member, *_rest = one_member(acting, username)

    def act(typed: dict[str, Any], seen: str | None) -> None:
        flows.end_member_sessions(acting_user=acting, username=username, seen=seen, now=timezone.now())

    words = gettext("Sign %(name)s out everywhere: open pages end at once, the password stays")
    return _confirmed(request, username, words, act, lambda _typed: touched_by_ending_sessions(member))


def _confirmed(
    request: HttpRequest,
    username: str,
    words: str,
    act: Callable[[dict[str, Any], str | None], HttpResponse | None],
    touched: Callable[[dict[str, Any]], Touched],
) -> HttpResponse:
    """A change of a member without a form of its own."""
    return answer(
        request,
        Change(
            title=words % {"name": username},
            button=gettext("Go on"),
            back=reverse("manage_member", args=[username]),
            form=forms.Form(),
            act=act,
            touched=touched,
        ),
    )


def _role(typed: dict[str, Any]) -> flows.NewRole:
    return flows.NewRole(typed["role"], typed["unit_code"], typed["area_code"])


def _link_page(request: HttpRequest, username: str, token: str) -> HttpResponse:
    """The link, shown once; no cache keeps it."""
    facts = {
        "name": username,
        "link": whole_address(request, reverse("join", args=[token])),
        "back": reverse("manage_member", args=[username]),
    }
    response = render(request, "manage/link.html", facts)
    response["Cache-Control"] = "no-store"
    return response
