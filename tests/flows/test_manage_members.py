"""Accounts and roles: who may give which, and what is kept."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection

from anlan.base.errors import Conflict, NotFound, Refused
from anlan.cases.terms import State
from anlan.flows.manage_members import (
    NewRole,
    change_member,
    end_member_sessions,
    give_role,
    invite_member,
    renew_link,
    reset_second_factor,
    take_role,
)
from anlan.flows.manage_units import close_unit
from anlan.flows.member_links import VALID, member_of_link, new_link, set_first_password
from anlan.staff.terms import Role
from anlan.store.models import Membership, StaffEvent, User
from anlan.store.readers.managed import touched_by_closing_member
from anlan.store.readers.staff import Acting, acting_for
from tests.cast import Cast, build_cast
from tests.conftest import NOON
from tests.flows.walks import walked_to

HANDLER = NewRole("handler", "committee-112", "990101001202")
SECOND = timedelta(seconds=1)


def invite(acting: Acting, role: NewRole = HANDLER, **facts: str) -> tuple[User, str]:
    given = {"username": "olga", "full_name": "Olga", "email": "olga@lanchuan.example"} | facts
    return invite_member(acting_user=acting, role=role, now=NOON, **given)


def close(acting: Acting, username: str, seen: str | None = None) -> User:
    return change_member(
        acting_user=acting,
        username=username,
        full_name="",
        email=f"{username}@lanchuan.example",
        active=False,
        seen=seen,
        now=NOON,
    )


def roles_of(username: str) -> list[tuple[str, str, str]]:
    return list(
        Membership.objects.filter(user__username=username).values_list("role", "unit__code", "area__code")
    )


def test_an_invited_member_has_a_role_and_no_password_until_the_link_is_used(cast: Cast) -> None:
    member, token = invite(cast.mia)

    assert roles_of("olga") == [("handler", "committee-112", "990101001202")]
    assert not member.has_usable_password()
    assert set_first_password(token=token, password="长长的口令 1", now=NOON).check_password("长长的口令 1")
    assert list(StaffEvent.objects.order_by("id").values_list("action", "actor__username")) == [
        ("invited", "mia"),
        ("gave_role", "mia"),
        ("set_password", "olga"),
    ]


def test_a_link_works_once(cast: Cast) -> None:
    _, token = invite(cast.mia)
    set_first_password(token=token, password="长长的口令 1", now=NOON)

    with pytest.raises(Refused, match="link_unusable"):
        set_first_password(token=token, password="another one 2", now=NOON)


def test_a_link_works_for_seven_days(cast: Cast) -> None:
    _, token = invite(cast.mia)

    assert member_of_link(token, NOON + VALID - SECOND).username == "olga"
    with pytest.raises(Refused, match="link_unusable"):
        member_of_link(token, NOON + VALID + SECOND)


def test_a_new_link_ends_the_old_one_and_the_old_password(cast: Cast) -> None:
    _, old = invite(cast.mia)
    new = renew_link(acting_user=cast.mia, username="olga", seen=None, now=NOON)

    assert member_of_link(new, NOON).username == "olga"
    with pytest.raises(Refused, match="link_unusable"):
        member_of_link(old, NOON)


@pytest.mark.parametrize("token", ["", "x", "WzEsMiwiYSJd:abc", "\x00"])
def test_a_made_up_link_is_refused(cast: Cast, token: str) -> None:
    with pytest.raises(Refused, match="link_unusable"):
        member_of_link(token, NOON)


def test_the_link_of_a_closed_account_is_refused(cast: Cast) -> None:
    _, token = invite(cast.mia)
    close(cast.mia, "olga", seen=None)

    with pytest.raises(Refused, match="link_unusable"):
        member_of_link(token, NOON)


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        (
            NewRole("handler", "committee-211", "990101001202"),
            "unit_beyond_own",
        ),  # a unit of the other county
        (NewRole("handler", "desk", "990101"), "unit_beyond_own"),  # the desk of the city
        (NewRole("verifier", "water-1", "990102"), "area_beyond_own"),  # the other county
        (NewRole("administrator", "desk-1", "990100"), "area_beyond_own"),  # the whole city
        (NewRole("verifier", "water-1", "990199"), "area_beyond_own"),  # unknown: answered alike
        (NewRole("handler", "no-such", "990101001202"), "unit_beyond_own"),
    ],
)
def test_an_administrator_of_a_county_gives_no_role_beyond_it(cast: Cast, role: NewRole, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        invite(cast.mia, role)

    assert not User.objects.filter(username="olga").exists()


@pytest.mark.parametrize(("unit", "area"), [("committee-211", "990102001001"), ("desk", "990100")])
def test_an_administrator_of_the_city_gives_roles_everywhere(cast: Cast, unit: str, area: str) -> None:
    invite(cast.grace, NewRole("verifier", unit, area))

    assert roles_of("olga") == [("verifier", unit, area)]


@pytest.mark.parametrize("name", ["alice", "carol", "frank", "heidi", "nobody"])
def test_who_does_not_administer_gives_no_role(cast: Cast, name: str) -> None:
    with pytest.raises(Refused, match="area_beyond_own"):
        invite(getattr(cast, name))


def test_nobody_gives_themselves_a_role(cast: Cast) -> None:
    with pytest.raises(Refused, match="own_roles"):
        give_role(
            acting_user=cast.mia, username="mia", role=NewRole("dispatcher", "desk-1", "990101"), now=NOON
        )


def test_a_role_is_given_once(cast: Cast) -> None:
    give_role(acting_user=cast.mia, username="alice", role=HANDLER, now=NOON)

    with pytest.raises(Refused, match="role_twice"):
        give_role(acting_user=cast.mia, username="alice", role=HANDLER, now=NOON)


def test_no_role_is_given_in_a_closed_unit(cast: Cast) -> None:
    close_unit(acting_user=cast.mia, code="committee-112", seen=None, now=NOON)

    with pytest.raises(Refused, match="unit_closed"):
        invite(cast.mia)


def test_members_of_another_county_are_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound):
        give_role(acting_user=cast.mia, username="dan", role=HANDLER, now=NOON)
    with pytest.raises(NotFound):
        close(cast.mia, "dan")


def test_a_role_of_another_county_is_not_taken(cast: Cast) -> None:
    give_role(
        acting_user=cast.grace,
        username="alice",
        role=NewRole("verifier", "office-21", "990102001"),
        now=NOON,
    )
    theirs = Membership.objects.get(user=cast.alice.user, role=Role.VERIFIER)

    with pytest.raises(NotFound):
        take_role(acting_user=cast.mia, username="alice", membership_id=theirs.pk, seen=None, now=NOON)


@pytest.mark.parametrize(
    "change", [close, lambda acting, name: renew_link(acting_user=acting, username=name, seen=None, now=NOON)]
)
def test_an_account_that_reaches_further_is_not_taken_over(cast: Cast, change) -> None:
    give_role(
        acting_user=cast.grace,
        username="alice",
        role=NewRole("verifier", "office-21", "990102001"),
        now=NOON,
    )

    with pytest.raises(Refused, match="account_reaches_further"):
        change(cast.mia, "alice")


def test_an_account_that_may_do_everything_is_changed_only_by_its_like(cast: Cast) -> None:
    User.objects.filter(username="carol").update(is_superuser=True)

    with pytest.raises(Refused, match="account_reaches_further"):
        renew_link(acting_user=cast.grace, username="carol", seen=None, now=NOON)


def test_a_closed_account_keeps_its_roles_and_may_nothing(cast: Cast) -> None:
    seen = touched_by_closing_member(cast.alice.user).mark

    closed = close(cast.mia, "alice", seen)

    assert roles_of("alice") == [("handler", "committee-111", "990101001201")]
    with pytest.raises(NotFound):
        acting_for(closed)


def test_closing_is_refused_when_the_member_has_other_roles_than_were_shown(cast: Cast) -> None:
    seen = touched_by_closing_member(cast.alice.user).mark
    give_role(acting_user=cast.mia, username="alice", role=HANDLER, now=NOON)

    with pytest.raises(Conflict):
        close(cast.mia, "alice", seen)


def test_a_taken_role_is_gone_and_stays_in_history(cast: Cast) -> None:
    (role,) = cast.alice.memberships

    take_role(acting_user=cast.mia, username="alice", membership_id=role.pk, seen=None, now=NOON)

    assert roles_of("alice") == []
    assert StaffEvent.objects.get().changes == {"role": ["handler @ committee-111 / 990101001201", None]}


@pytest.mark.parametrize("clash", [{"username": "ALICE"}, {"email": "Alice@Lanchuan.example"}])
def test_names_and_addresses_belong_to_one_account(cast: Cast, clash: dict[str, str]) -> None:
    with pytest.raises(Refused, match="taken"):
        invite(cast.mia, **clash)


def test_the_last_administrator_of_the_city_stays(cast: Cast) -> None:
    give_role(
        acting_user=cast.grace,
        username="liu",
        role=NewRole("administrator", "desk", "990100"),
        now=NOON,
    )
    liu = acting_for(cast.liu.user)
    (graces,) = cast.grace.memberships
    take_role(acting_user=liu, username="grace", membership_id=graces.pk, seen=None, now=NOON)
    lius = Membership.objects.get(user=liu.user, role=Role.ADMINISTRATOR)

    with pytest.raises(Refused, match="last_administrator"):
        take_role(acting_user=cast.grace, username="liu", membership_id=lius.pk, seen=None, now=NOON)


def test_lost_second_factors_are_removed_with_the_password(cast: Cast) -> None:
    TOTP.activate(cast.alice.user, "JBSWY3DPEHPK3PXP")

    token = reset_second_factor(acting_user=cast.mia, username="alice", seen=None, now=NOON)

    assert not Authenticator.objects.filter(user=cast.alice.user).exists()
    assert member_of_link(token, NOON).username == "alice"


@pytest.mark.parametrize(("username", "reason"), [("mia", "own_roles"), ("grace", "")])
def test_sessions_beyond_ones_reach_stay(cast: Cast, username: str, reason: str) -> None:
    with pytest.raises((Refused, NotFound)) as no:
        end_member_sessions(acting_user=cast.mia, username=username, seen=None, now=NOON)

    assert getattr(no.value, "reason", "") == reason
    assert not StaffEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_take_each_others_role_leave_one() -> None:
    cast = build_cast()
    role = NewRole("administrator", "desk", "990100")
    give_role(acting_user=cast.grace, username="liu", role=role, now=NOON)
    both = (cast.grace, acting_for(cast.liu.user))
    ready, refused = Barrier(2), []

    def run(acting: Acting, other: User) -> None:
        ready.wait()
        held = Membership.objects.get(user=other, role=Role.ADMINISTRATOR)
        try:
            take_role(acting_user=acting, username=other.username, membership_id=held.pk, seen=None, now=NOON)
        except (Refused, NotFound, Membership.DoesNotExist) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in ((both[0], both[1].user), (both[1], both[0].user))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Membership.objects.filter(role=Role.ADMINISTRATOR, area=cast.city).count() == 1
    assert len(refused) == 1


def test_a_link_cannot_be_made_for_somebody_else_by_changing_it(cast: Cast) -> None:
    _, token = invite(cast.mia)
    head, _, tail = token.rpartition(":")

    with pytest.raises(Refused, match="link_unusable"):
        member_of_link(f"{head}x:{tail}", NOON)
    assert new_link(User.objects.get(username="olga"), NOON) == token


@pytest.mark.parametrize("how", ["role", "account"])
def test_who_leaves_leaves_no_work_to_nobody(cast: Cast, how: str) -> None:
    walked_to(State.IN_PROGRESS, cast, NOON)

    def leave(member) -> None:
        name = member.user.username
        if how == "role":
            held = member.memberships[0].pk
            take_role(acting_user=cast.grace, username=name, membership_id=held, seen=None, now=NOON)
        else:
            facts = {"full_name": "", "email": member.user.email, "active": False, "seen": None}
            change_member(acting_user=cast.grace, username=name, now=NOON, **facts)

    leave(cast.erin)  # alice is left
    with pytest.raises(Refused, match="work_left_to_nobody") as refusal:
        leave(cast.alice)

    assert refusal.value.facts == {"count": 1, "unit": "荻花村村委会"}
    assert Membership.objects.filter(user=cast.alice.user, user__is_active=True).exists()
