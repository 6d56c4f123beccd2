"""Verifiers are drawn for a rectified case, so that neither the unit nor the desk chooses who looks."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet

from anlan.base.errors import Refused
from anlan.cases import drawing
from anlan.cases.drawing import Eligible, Occasion, Purpose
from anlan.cases.terms import Stage
from anlan.flows import case_steps
from anlan.staff.terms import Action, Role
from anlan.store.models import Case, CaseEvent, Draw, DrawSeed, Membership
from anlan.store.readers.prepared import Given, Prepared, columns, instance
from anlan.store.readers.staff import Acting

_LAST_SEED = Prepared(lambda: DrawSeed.objects.order_by("-pk").values_list(*columns(DrawSeed))[:1])
_DRAWN = Prepared(
    lambda: Draw.objects.filter(case=Given("case"), purpose=Given("purpose", CharField())).values_list("pk")
)


def current_seed(now: datetime) -> DrawSeed:
    """The seed of the draws of today; the first one is made with the database, see migration 0018."""
    for row in _LAST_SEED():
        return instance(DrawSeed, columns(DrawSeed), row)
    seed = secrets.token_bytes(32)
    return DrawSeed.objects.create(seed=seed, commitment=drawing.commitment(seed), made_at=now)


class Worked(Protocol):
    """What a unit did and others verify: a case, or a task in one."""

    @property
    def unit_path(self) -> str: ...
    @property
    def area_path(self) -> str: ...
    @property
    def rectified_at(self) -> datetime | None: ...
    @property
    def rectified_by_id(self) -> int | None: ...


def draw(
    case: Case,
    purpose: Purpose,
    now: datetime,
    *,
    work: Worked | None = None,
    percent: int | None = None,
    reason: str = "",
) -> Draw:
    """Draw verifiers for the `work` in a locked case, else for the case; keep all that repeats the draw.

    With `percent`, the case itself is drawn first: nobody is, when it is not among that share.
    """
    done = case if work is None else work
    seed = current_seed(now)
    number = len(_DRAWN(case=case.pk, purpose=str(purpose))) + 1
    occasion = Occasion(purpose, case.pk, number)
    names = drawing.outside(_eligible(done), done.unit_path)
    most = settings.ANLAN_VERIFIER_POOL
    if percent is not None and not drawing.is_picked(bytes(seed.seed), occasion, percent):
        most = 0
    return Draw.objects.create(
        case=case,
        purpose=purpose,
        round=number,
        at=now,
        seed=seed,
        commitment=seed.commitment,
        unit_path=done.unit_path,
        eligible=list(names),
        digest=drawing.digest_of(names),
        most=most,
        result=list(drawing.drawn(bytes(seed.seed), occasion, names, most)),
        percent=percent,
        reason=reason,
    )


def pool_of(drawn: Draw) -> list[int]:
    """The numbers of the memberships that were drawn."""
    return [int(name.rpartition(":")[2]) for name in drawn.result]


@transaction.atomic
def draw_again(*, acting_user: Acting, case_id: int, version: int, now: datetime, reason: str) -> Case:
    """Draw anew: those who were drawn left, are ill, or know the place too well; the first draw is kept.

    Raises Refused("nothing_to_draw", "reason_missing", "redraw_by_another", "redrawn_often", ...), NotFound,
    Conflict.
    """
    case, actor = case_steps.lock(acting_user, case_id, version=version, action=Action.DISPATCH)
    if case.stage != Stage.VERIFY:
        raise Refused("nothing_to_draw")
    if not reason.strip():
        raise Refused("reason_missing")
    asked = case.events.filter(step="drawn_again")
    check_redraw(acting_user, case, case.drawn_verifiers, asked)
    redraw(case, now, actor=actor, reason=reason)
    return case


def redraw(case: Case, now: datetime, *, actor: case_steps.Actor, reason: str) -> None:
    """Draw anew for a locked case that waits for its verification; those who are drawn are told."""
    drawn = draw(case, Purpose.VERIFIERS, now, reason=reason.strip())
    case.drawn_verifiers = pool_of(drawn)
    case_steps.record(case, "drawn_again", actor=actor, now=now, reason=reason)


def check_redraw(acting: Acting, work: Worked, pool: Sequence[int], asked: QuerySet[CaseEvent]) -> None:
    """Raise Refused where this person has had verifiers drawn anew since the `work` was rectified, or enough
    others have; not where nobody who was drawn is left.
    """
    if not is_spent(work, pool):
        by_persons = asked.filter(at__gte=work.rectified_at, source="", actor__isnull=False)
        drawing.check_redraw(list(by_persons.values_list("actor", flat=True)), acting.user.pk)


def is_spent(work: Worked, pool: Sequence[int]) -> bool:
    """Does everybody who was drawn belong to the unit that did the work, or hold no post any more?"""
    inside = Membership.objects.filter(user=OuterRef("user"), unit_path__startswith=work.unit_path)
    left = Membership.objects.filter(pk__in=pool, user__is_active=True).exclude(Exists(inside))
    return bool(pool) and not left.exists()


def _eligible(case: Worked) -> Sequence[Eligible]:
    """Verifiers for the area of the work who neither belong to the unit that did it in whatever role nor
    rectified it themselves.
    """
    codes = case.area_path.rstrip(".").split(".")
    posts = Membership.objects.filter(
        role=Role.VERIFIER, area__code__in=codes, unit__active=True, user__is_active=True
    )
    if case.rectified_by_id is not None:
        posts = posts.exclude(user=case.rectified_by_id)
    if case.unit_path:
        inside = Membership.objects.filter(user=OuterRef("user"), unit_path__startswith=case.unit_path)
        posts = posts.exclude(Exists(inside))
    return [Eligible(path, number) for path, number in posts.values_list("unit_path", "pk")]
