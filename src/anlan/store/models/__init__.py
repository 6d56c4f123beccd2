"""All tables, one module a room."""

from anlan.store.models.cases import (
    Case,
    CaseEvent,
    CaseJoin,
    Category,
    Contact,
    Erasure,
    Photo,
    Report,
    ReportAddition,
    Sendings,
    SiteWideSalt,
    WrongCodes,
)
from anlan.store.models.clocks import ClockPause, Escalation, StageClock, StageLimit
from anlan.store.models.imports import ImportRun
from anlan.store.models.many import BulkRow, BulkRun, Export, SavedSearch
from anlan.store.models.notices import Delivery, Notice, NoticeChoice, Webhook
from anlan.store.models.outcomes import Incident
from anlan.store.models.places import Area, Site
from anlan.store.models.proof import (
    Draw,
    DrawSeed,
    Recurrence,
    ResidentAnswer,
    ReturningPlace,
    SecondCheck,
    Verification,
)
from anlan.store.models.routing import Responsibility, RoutingVersion
from anlan.store.models.scores import Score, ScoreAppeal, ScoredCase, ScoreFunnel, ScoreRun
from anlan.store.models.staff import Membership, StaffEvent, Unit, User
from anlan.store.models.supervision import Campaign, CampaignCheck
from anlan.store.models.tasks import CaseTask

__all__ = [
    "Area",
    "BulkRow",
    "BulkRun",
    "Campaign",
    "CampaignCheck",
    "Case",
    "CaseEvent",
    "CaseJoin",
    "CaseTask",
    "Category",
    "ClockPause",
    "Contact",
    "Delivery",
    "Draw",
    "DrawSeed",
    "Erasure",
    "Escalation",
    "Export",
    "ImportRun",
    "Incident",
    "Membership",
    "Notice",
    "NoticeChoice",
    "Photo",
    "Recurrence",
    "Report",
    "ReportAddition",
    "ResidentAnswer",
    "Responsibility",
    "ReturningPlace",
    "RoutingVersion",
    "SavedSearch",
    "Score",
    "ScoreAppeal",
    "ScoreFunnel",
    "ScoreRun",
    "ScoredCase",
    "SecondCheck",
    "Sendings",
    "Site",
    "SiteWideSalt",
    "StaffEvent",
    "StageClock",
    "StageLimit",
    "Unit",
    "User",
    "Verification",
    "Webhook",
    "WrongCodes",
]
