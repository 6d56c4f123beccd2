"""Questions of those who decide what the public reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db.models import Exists, OuterRef, Q, QuerySet

from anlan.base.errors import NotFound
from anlan.publishing.terms import ModerationStep, PhotoState, PublicState
from anlan.staff.terms import Action
from anlan.store.models import Moderation, PublicCase, PublicPhoto
from anlan.store.readers.public_cases import public_rows
from anlan.store.readers.staff import Acting, scope_q

PAGE = 30
ENDED = (PublicState.JOINED, PublicState.NOT_TAKEN_UP)
"""What was joined is read where it went; what was not taken up is no hazard to tell of."""
WAITING = Q(shown=True, waiting_since__isnull=False) & ~Q(state__in=ENDED)


def _with_photos(state: PhotoState) -> Exists:
    held = PublicPhoto.objects.filter(photo__case=OuterRef("pk"), photo__erased_at=None, state=state)
    return Exists(held)


VIEWS: Mapping[str, Q] = MappingProxyType(
    {
        "waiting": WAITING,
        "reported": Q(_with_photos(PhotoState.REPORTED)),
        "photos": Q(_with_photos(PhotoState.HELD), shown=True) & ~Q(state__in=ENDED),
        "cleared": Q(cleared_at__isnull=False, shown=True),
        "hidden": Q(shown=False),
    }
)


@dataclass(frozen=True)
class ModerationPage:
    """A page of cases, how many there are in all, and where the next page begins."""

    cases: list[PublicCase]
    total: int
    next_after: tuple[datetime, int] | None


def moderation_page(acting: Acting, view: str, after: tuple[datetime, int] | None) -> ModerationPage:
    """Cases of a view that this person may decide on, the oldest first. Two queries."""
    found = _mine(acting).filter(VIEWS[view])
    total = found.count()
    if after is not None:
        at, pk = after
        found = found.filter(Q(opened_at__gt=at) | Q(opened_at=at, pk__gt=pk))
    rows = list(found.order_by("opened_at", "pk")[: PAGE + 1])
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return ModerationPage(rows[:PAGE], total, (last.opened_at, last.pk) if last else None)


def moderated_case(acting: Acting, pk: int) -> PublicCase:
    """One case that this person may decide on. Raises NotFound."""
    case = _mine(acting).filter(pk=pk).first()
    if case is None:
        raise NotFound
    return case


def moderations_of(pk: int) -> list[Moderation]:
    """What was decided on a case, the newest first; who only looked is listed by itself. One query."""
    decided = Moderation.objects.filter(case=pk).exclude(step=ModerationStep.LOOKED)
    return list(decided.select_related("actor_unit").order_by("-at", "-pk")[:50])


def _mine(acting: Acting) -> QuerySet[PublicCase]:
    return public_rows().filter(scope_q(acting, Action.MODERATE, unit=None))
