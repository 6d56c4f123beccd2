"""Questions of the Open311 interface; of cases it reads `PublicCase`, what everybody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Q, QuerySet

from anlan.base.errors import NotFound
from anlan.publishing.open311.queries import RequestsAsked, UpdatesAsked
from anlan.publishing.open311.terms import AttributeAsked, Datatype, ServiceType, Status
from anlan.publishing.progress import STEPS_SHOWN, PublicStep, public_history
from anlan.publishing.public_states import OPEN
from anlan.publishing.terms import PlaceRule
from anlan.staff.terms import KeyScope
from anlan.store.models import (
    ApiKey,
    CaseEvent,
    Category,
    PublicCase,
    SentRequest,
    ServiceAttribute,
    StaffEvent,
)
from anlan.store.readers.public_cases import PublicRow

SAID = (
    *(
        "state",
        "opened_at",
        "updated_at",
        "closed_at",
        "place_rule",
        "lng",
        "lat",
        "cell",
        "address",
        "words",
    ),
    *("category__code", "category__name_zh", "category__name_en"),
    *("category__parent__name_zh", "category__parent__name_en"),
    *("area__code", "area__name", "area__parent__name", "area__parent__parent_id"),
    *("case__state", "case__unit__kind"),
)
type Key = ApiKey
"""A key of another system, for those who only hand it on."""


@dataclass(frozen=True)
class Service:
    """A category as a service."""

    code: str
    name_zh: str
    name_en: str
    group_zh: str
    group_en: str
    has_attributes: bool
    type: ServiceType
    keywords: tuple[str, ...] = ()


def services() -> list[Service]:
    """Every service, family by family: kinds, and families that have none. Two queries."""
    rows = (
        Category.objects.filter(active=True)
        .exclude(public_place=PlaceRule.NEVER)
        .select_related("parent")
        .order_by("order", "code")
    )
    asked = set(ServiceAttribute.objects.values_list("category_id", flat=True))
    parents = {each.parent_id for each in rows}
    found = [each for each in rows if each.pk not in parents]
    found.sort(key=_family_order)
    return [_service(each, each.pk in asked) for each in found]


def services_changed_at() -> datetime | None:
    """When somebody changed a category or what it asks last; None when nobody did. One query."""
    about = StaffEvent.objects.filter(subject__startswith="category:")
    return about.order_by("-at").values_list("at", flat=True).first()


def _family_order(category: Category) -> tuple[int, str]:
    first = category.parent or category
    return first.order, first.code


def _service(category: Category, has_attributes: bool) -> Service:
    group = category.parent or category
    return Service(
        category.code,
        category.name_zh,
        category.name_en,
        group.name_zh,
        group.name_en,
        has_attributes,
        ServiceType(category.open311_type),
        tuple(filter(None, (each.strip() for each in category.open311_keywords.split(",")))),
    )


def service_with(code: str) -> Service:
    """One service. Two queries. Raises NotFound."""
    category = (
        Category.objects.filter(code=code, active=True)
        .exclude(public_place=PlaceRule.NEVER)
        .select_related("parent")
        .first()
    )
    if category is None:
        raise NotFound
    return _service(category, ServiceAttribute.objects.filter(category=category).exists())


def attributes_of(code: str) -> list[AttributeAsked]:
    """What a service asks, in order. One query."""
    rows = ServiceAttribute.objects.filter(category__code=code).order_by("order", "code")
    return [attribute(each) for each in rows]


def attribute(row: ServiceAttribute) -> AttributeAsked:
    """A row as what is asked."""
    return AttributeAsked(
        code=row.code,
        datatype=Datatype(row.datatype),
        zh=row.description_zh,
        en=row.description_en,
        required=row.required,
        variable=row.variable,
        order=row.order,
        datatype_description=row.datatype_description,
        values=tuple((key, zh, en) for key, zh, en in row.values),
    )


def _which(asked: RequestsAsked) -> Q:
    which = Q(shown=True)
    if asked.ids is not None:
        return which & Q(pk__in=asked.ids)
    if asked.begin is not None:
        which &= Q(opened_at__gte=asked.begin)
    if asked.end is not None:
        which &= Q(opened_at__lte=asked.end)
    if asked.services:
        which &= Q(category__code__in=asked.services) | Q(category__parent__code__in=asked.services)
    if len(asked.statuses) == 1:
        is_open = Q(state__in=sorted(OPEN))
        which &= is_open if Status.OPEN in asked.statuses else ~is_open
    return which


def requests(asked: RequestsAsked) -> list[PublicRow]:
    """The requests that a GET means, the newest first. One query."""
    first = (asked.page - 1) * asked.page_size
    return list(_rows(_which(asked))[first : first + asked.page_size])


def next_requests(asked: RequestsAsked, after: PublicRow | None, count: int) -> list[PublicRow]:
    """The next `count` requests after one of them, the newest first. One query."""
    which = _which(asked)
    if after is not None:
        which &= Q(opened_at__lt=after.opened_at) | Q(opened_at=after.opened_at, pk__lt=after.pk)
    return list(_rows(which)[:count])


def _rows(which: Q) -> QuerySet[PublicRow]:
    """Public cases with no more than an answer says."""
    joined = PublicCase.objects.select_related("category__parent", "area__parent", "case__unit")
    return joined.filter(which).only(*SAID).order_by("-opened_at", "-pk")


def ways(cases: Sequence[PublicRow]) -> dict[int, tuple[PublicStep, ...]]:
    """The steps of each case that the public may know, by its id. One query."""
    events: dict[int, list[CaseEvent]] = {case.pk: [] for case in cases}
    found = CaseEvent.objects.filter(case__in=list(events)).select_related("actor_unit").order_by("at", "id")
    for event in found:
        events[event.case_id].append(event)
    return {case.pk: public_history(events[case.pk], received_at=case.opened_at) for case in cases}


def updates(asked: UpdatesAsked) -> list[CaseEvent]:
    """The steps of shown cases in a span of time, the oldest first. One query."""
    which = Q(step__in=sorted(STEPS_SHOWN), case__published__shown=True) & ~Q(state_after="")
    if asked.begin is not None:
        which &= Q(at__gte=asked.begin, at__lte=asked.end)
    if asked.ids is not None:
        which &= Q(case__in=asked.ids)
    found = CaseEvent.objects.filter(which).select_related("actor_unit").order_by("at", "id")
    first = (asked.page - 1) * asked.page_size
    return list(found[first : first + asked.page_size])


def key_in_force(secret: str) -> ApiKey | None:
    """The key with this secret. One query."""
    found = ApiKey.objects.filter(scope=KeyScope.OPEN311, revoked_at=None)
    return found.filter(secret_sha256=sha256(secret.encode()).hexdigest()).first()


def request_of_token(token: str) -> int:
    """The id of the request that a token was given for. One query. Raises NotFound."""
    from uuid import UUID

    try:
        known = SentRequest.objects.filter(token=UUID(token)).select_related("report").first()
    except ValueError:
        raise NotFound from None
    if known is None:
        raise NotFound
    return known.report.case_id
