"""Administrators make accounts, give roles and take them away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q

from anlan.base.errors import NotFound, Refused
from anlan.flows.member_links import new_link
from anlan.flows.staff_history import check_seen, keep, record, take_turns
from anlan.staff.granting import check_grant, owns_account
from anlan.staff.terms import Action, Role
from anlan.store.models import Area, Membership, Unit, User
from anlan.store.readers.managed import (
    membership_words,
    reach_of,
    touched_by_closing_member,
    touched_by_ending_sessions,
    touched_by_new_link,
    touched_by_removing_factors,
    touched_by_taking_role,
    visible_members,
    work_left_alone,
)
from anlan.store.readers.staff import Acting


@dataclass(frozen=True)
class NewRole:
    """A role to give: in which unit, for which area."""

    role: str
    unit_code: str
    area_code: str


@transaction.atomic
def invite_member(
    *, acting_user: Acting, username: str, full_name: str, email: str, role: NewRole, now: datetime
) -> tuple[User, str]:
    """Make an account without a password, with its first role; returns it and the token of its link.

    Raises NotFound, Refused("username_taken"), Refused("email_taken") and what `give_role` raises.
    """
    take_turns()
    _check_free(username, email)
    member = User(username=username, first_name=full_name, email=email)
    member.set_unusable_password()
    member.save()
    record(acting_user.user, "invited", _subject(member), {"email": (None, email)}, now)
    _give(acting_user, member, role, now)
    return member, new_link(member, now)


@transaction.atomic
def change_member(
    *,
    acting_user: Acting,
    username: str,
    full_name: str,
    email: str,
    active: bool,
    seen: str | None,
    now: datetime,
) -> User:
    """Change an account's name and address; close it or open it again.

    Raises NotFound, Conflict, Refused("own_roles"), Refused("account_reaches_further"),
    Refused("email_taken"), Refused("last_administrator").
    """
    take_turns()
    member = _own_account(acting_user, username)
    if email and User.objects.filter(email__iexact=email).exclude(pk=member.pk).exists():
        raise Refused("email_taken")
    if member.is_active and not active:
        check_seen(seen, touched_by_closing_member(member).mark)
    columns = {"first_name": full_name, "email": email, "is_active": active}
    changes = keep(acting_user.user, "changed", _subject(member), member, columns, now)
    _check_still_administered()
    if "is_active" in changes and not active:
        check_work_is_left_to_somebody(member.memberships.all())
    return member


@transaction.atomic
def give_role(*, acting_user: Acting, username: str, role: NewRole, now: datetime) -> Membership:
    """Give a member a further role.

    Raises NotFound, and Refused("own_roles"), "role_twice", "unit_closed", "area_ended", "area_beyond_own" or
    "unit_beyond_own".
    """
    take_turns()
    return _give(acting_user, _other(acting_user, username), role, now)


@transaction.atomic
def take_role(
    *, acting_user: Acting, username: str, membership_id: int, seen: str | None, now: datetime
) -> None:
    """Take a role from a member.

    Raises NotFound, Conflict, Refused("own_roles"), Refused("last_administrator").
    """
    take_turns()
    member = _other(acting_user, username)
    membership = member.memberships.select_related("unit", "area").filter(pk=membership_id).first()
    if membership is None or not acting_user.may(Action.MANAGE_MEMBERS, membership):
        raise NotFound
    check_seen(seen, touched_by_taking_role(membership, now).mark)
    record(
        acting_user.user, "took_role", _subject(member), {"role": (membership_words(membership), None)}, now
    )
    membership.delete()
    _check_still_administered()
    check_work_is_left_to_somebody([membership])


@transaction.atomic
def renew_link(*, acting_user: Acting, username: str, seen: str | None, now: datetime) -> str:
    """Make a new link for a member who lost theirs or their password; the old password and links end.

    Raises NotFound, Conflict, Refused("own_roles"), Refused("account_reaches_further").
    """
    member = _own_account(acting_user, username)
    check_seen(seen, touched_by_new_link(member).mark)
    member.set_unusable_password()
    member.save(update_fields=["password"])
    record(acting_user.user, "new_link", _subject(member), {}, now)
    return new_link(member, now)


@transaction.atomic
def reset_second_factor(*, acting_user: Acting, username: str, seen: str | None, now: datetime) -> str:
    """Remove the second factors of a member who lost them, and the password with them; returns a new link.

    Raises NotFound, Conflict, Refused("own_roles"), Refused("account_reaches_further").
    """
    member = _own_account(acting_user, username)
    check_seen(seen, touched_by_removing_factors(member).mark)
    count, _ = Authenticator.objects.filter(user=member).delete()
    record(acting_user.user, "reset_second_factor", _subject(member), {"second_factors": (count, 0)}, now)
    return renew_link(acting_user=acting_user, username=username, seen=None, now=now)


@transaction.atomic
def end_member_sessions(*, acting_user: Acting, username: str, seen: str | None, now: datetime) -> int:
    """Sign a member out everywhere, at once; password, links and second factors stay. How many that were.

    Raises NotFound, Conflict, Refused("own_roles"), Refused("account_reaches_further").
    """
    member = _own_account(acting_user, username)
    check_seen(seen, touched_by_ending_sessions(member).mark)
    sessions = list(UserSession.objects.filter(user=member))
    for session in sessions:
        session.end()
    record(acting_user.user, "ended_sessions", _subject(member), {"sessions": (len(sessions), 0)}, now)
    return len(sessions)


def _give(acting: Acting, member: User, role: NewRole, now: datetime) -> Membership:
    area = Area.objects.filter(code=role.area_code).first()
    unit = Unit.objects.filter(code=role.unit_code).first()
    if area is None:  # said as of one elsewhere: nobody learns which codes there are
        raise Refused("area_beyond_own")
    if unit is None:
        raise Refused("unit_beyond_own")
    reached = Unit.objects.filter(path__startswith=unit.path).values_list("area_path", flat=True).distinct()
    check_grant(acting.memberships, area_path=area.path, unit_area_paths=reached)
    if not unit.active:
        raise Refused("unit_closed")
    if not area.in_use:
        raise Refused("area_ended")
    membership, is_new = Membership.objects.get_or_create(
        user=member,
        unit=unit,
        role=Role(role.role),
        area=area,
        defaults={"unit_path": unit.path, "area_path": area.path},
    )
    if not is_new:
        raise Refused("role_twice")
    record(acting.user, "gave_role", _subject(member), {"role": (None, membership_words(membership))}, now)
    return membership


def _other(acting: Acting, username: str) -> User:
    """A member whom this person may see, and is not."""
    member = visible_members(acting).filter(username=username).first()
    if member is None:
        raise NotFound
    if member == acting.user:
        raise Refused("own_roles")
    return member


def _own_account(acting: Acting, username: str) -> User:
    """A member whose whole account lies in this person's hands, locked."""
    member = _other(acting, username)
    if member.is_superuser and not acting.user.is_superuser:
        raise Refused("account_reaches_further")
    if not owns_account(acting.memberships, reach_of(member)):
        raise Refused("account_reaches_further")
    return User.objects.select_for_update().get(pk=member.pk)


def _check_free(username: str, email: str) -> None:
    if User.objects.filter(username__iexact=username).exists():
        raise Refused("username_taken", username=username)
    if email and User.objects.filter(email__iexact=email).exists():
        raise Refused("email_taken")


def _check_still_administered() -> None:
    """Somebody must be left who administers the whole city."""
    left = Membership.objects.filter(
        Q(user__is_active=True), role=Role.ADMINISTRATOR, area__parent=None, unit__active=True
    )
    if not left.exists():
        raise Refused("last_administrator")


def check_work_is_left_to_somebody(ended: Iterable[Membership]) -> None:
    """Raise Refused("work_left_to_nobody") when roles that just ended were the last to act for open work.

    Whoever handles for a unit above may act too; work that nobody could act on before does not count.
    """
    for membership in ended:
        if membership.role == Role.HANDLER and (left := work_left_alone(membership.unit_path)):
            raise Refused("work_left_to_nobody", count=left, unit=membership.unit.name)


def _subject(member: User) -> str:
    return f"member:{member.username}"[:100]
