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
from anlan.store.models.following import Follow, FollowNews
from anlan.store.models.imports import ImportRun
from anlan.store.models.keys import ApiKey
from anlan.store.models.many import BulkRow, BulkRun, Export, SavedSearch
from anlan.store.models.notices import Delivery, Notice, NoticeChoice, Webhook
from anlan.store.models.observations import (
    Datastream,
    IngestOffset,
    LatestValue,
    Observation,
    ObservationDay,
    ObservationHour,
    ObservationMinute,
    QuarantineCount,
    Quarantined,
    Series,
)
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
from anlan.store.models.publication import PublicCase
from anlan.store.models.routing import Responsibility, RoutingVersion
from anlan.store.models.scores import Score, ScoreAppeal, ScoredCase, ScoreFunnel, ScoreRun
from anlan.store.models.sensing import (
    Coverage,
    Credential,
    Device,
    DeviceEvent,
    DeviceKind,
    DeviceLiveness,
    KindVersion,
    Outage,
    Property,
    Watch,
)
from anlan.store.models.staff import Membership, StaffEvent, Unit, User
from anlan.store.models.supervision import Campaign, CampaignCheck
from anlan.store.models.tasks import CaseTask

__all__ = [
    "ApiKey",
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
    "Coverage",
    "Credential",
    "Datastream",
    "Delivery",
    "Device",
    "DeviceEvent",
    "DeviceKind",
    "DeviceLiveness",
    "Draw",
    "DrawSeed",
    "Erasure",
    "Escalation",
    "Export",
    "Follow",
    "FollowNews",
    "ImportRun",
    "Incident",
    "IngestOffset",
    "KindVersion",
    "LatestValue",
    "Membership",
    "Notice",
    "NoticeChoice",
    "Observation",
    "ObservationDay",
    "ObservationHour",
    "ObservationMinute",
    "Outage",
    "Photo",
    "Property",
    "PublicCase",
    "QuarantineCount",
    "Quarantined",
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
    "Series",
    "Site",
    "SiteWideSalt",
    "StaffEvent",
    "StageClock",
    "StageLimit",
    "Unit",
    "User",
    "Verification",
    "Watch",
    "Webhook",
    "WrongCodes",
]
