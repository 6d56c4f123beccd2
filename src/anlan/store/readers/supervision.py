"""Campaigns of supervision and what they found."""

from collections.abc import Sequence

from django.db.models import Count, Q, QuerySet

from anlan.base.errors import NotFound, Refused
from anlan.cases import drawing
from anlan.cases.drawing import Occasion, Purpose, Thinning
from anlan.cases.supervision import DRAWN_FROM, Finding, Picks
from anlan.staff.terms import Action
from anlan.store.models import Campaign, CampaignCheck
from anlan.store.readers.staff import Acting, scope_q

MOST_SHOWN = 200


def visible_campaigns(acting: Acting) -> QuerySet[Campaign]:
    """The campaigns of one's own area: for those who supervise, and for auditors."""
    return Campaign.objects.filter(
        scope_q(acting, Action.SUPERVISE, unit=None) | scope_q(acting, Action.VIEW_AUDIT, unit=None)
    )


def campaigns(acting: Acting) -> list[Campaign]:
    """The newest campaigns, at most MOST_SHOWN, each with `picked`, `checked` and `hazards`; one query."""
    counted = visible_campaigns(acting).annotate(
        picked=Count("checks"),
        checked=Count("checks", filter=~Q(checks__finding="")),
        hazards=Count("checks", filter=Q(checks__finding=Finding.HAZARD)),
    )
    return list(
        counted.select_related("area", "unit")
        .defer("area__boundary", "eligible")
        .order_by("-pk")[:MOST_SHOWN]
    )


def one_campaign(acting: Acting, campaign_id: int) -> tuple[Campaign, list[CampaignCheck]]:
    """A campaign and its checks in the order of the draw; two queries. Raises NotFound."""
    found = (
        visible_campaigns(acting)
        .select_related("area", "unit", "category", "seed")
        .defer("area__boundary")
        .filter(pk=campaign_id)
        .first()
    )
    if found is None:
        raise NotFound
    checks = (
        found.checks.select_related("case__category", "area", "found_case")
        .defer("area__boundary", "case__words", "found_case__words")
        .order_by("order")
    )
    return found, list(checks)


def one_check(acting: Acting, check_id: int) -> CampaignCheck:
    """One picked case or area; one query. Raises NotFound."""
    found = (
        CampaignCheck.objects.filter(campaign__in=visible_campaigns(acting), pk=check_id)
        .select_related("campaign", "case", "area")
        .defer("area__boundary", "case__words", "campaign__eligible")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def wrong_in_draw(campaign: Campaign, checks: Sequence[CampaignCheck]) -> str:
    """The draw of a campaign, repeated from what was kept: a reason as in Refused, "" when it agrees.

    Its seed is there, and `checks` are in the order of the draw; no query.
    """
    assert campaign.seed is not None  # it was drawn
    seed, occasion = bytes(campaign.seed.seed), Occasion(Purpose.SUPERVISION, campaign.pk, 1)
    by_area = campaign.picks == Picks.AREAS
    thinning = Thinning(campaign.every, campaign.rest)
    if drawing.thinned(seed, occasion, campaign.counted, DRAWN_FROM) != thinning:
        return "result_differs"
    try:
        drawing.check(
            seed,
            occasion,
            eligible=campaign.eligible,
            digest=campaign.digest,
            committed=campaign.seed.commitment,
            result=[each.area.code if by_area else str(each.case_id) for each in checks],
            most=campaign.most,
            unit_path="",
        )
    except Refused as refusal:
        return refusal.reason
    return ""
