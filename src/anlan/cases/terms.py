"""The words of a case: its states, the steps between them, and what rules may read of it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """Where a case stands (GB/T 30428: from intake to closure)."""

    NEW = "new"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    IN_PROGRESS = "in_progress"
    RECTIFIED = "rectified"
    VERIFIED = "verified"
    CLOSED = "closed"
    RETURNED = "returned"  # wrong unit: back to the desk
    REWORK = "rework"  # verification failed: back to the unit
    REOPENED = "reopened"  # closed, and the hazard is there again
    PARKED = "parked"
    MERGED = "merged"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """What somebody does to a case."""

    ACCEPT = "accept"
    REJECT = "reject"
    MERGE = "merge"
    UNMERGE = "unmerge"
    DISPATCH = "dispatch"
    RECALL = "recall"
    START = "start"
    RETURN = "return"
    RECTIFY = "rectify"
    PASS = "pass"
    FAIL = "fail"
    CLOSE = "close"
    REOPEN = "reopen"
    PARK = "park"
    RESUME = "resume"
    CANCEL = "cancel"
    NOT_FIXED = "not_fixed"  # after the verification: the reporter or a second check says so


class Stage(StrEnum):
    """What a case waits for; each stage has its own time limit."""

    ACCEPT = "accept"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    VERIFY = "verify"
    CLOSE = "close"


CHECK = "check"
"""The clock of the first look at a new report, which runs within that of its acceptance."""

TOTAL = "total"
"""The clock of a whole case, from the report to the closure, beside those of its stages."""


class Severity(StrEnum):
    """How much harm the hazard can do."""

    MINOR = "minor"
    MODERATE = "moderate"
    SERIOUS = "serious"
    SEVERE = "severe"


class Channel(StrEnum):
    """The way in which a report came."""

    WEB = "web"
    DESK = "desk"
    FIELD = "field"
    SENSOR = "sensor"
    OPEN311 = "open311"
    IMPORT = "import"
    MAIL = "mail"


class VerificationKind(StrEnum):
    """How it was seen that a hazard is gone."""

    ON_SITE = "on_site"
    RESIDENT = "resident"
    SENSOR = "sensor"


class PhotoStage(StrEnum):
    """What a photo shows."""

    BEFORE = "before"
    AFTER = "after"
    VERIFICATION = "verification"


class PlaceSource(StrEnum):
    """How a place came to be known."""

    AREA = "area"  # only the area was picked: the point is unknown
    ADDRESS = "address"
    MAP = "map"
    POSITION = "position"  # the reporter pressed "where I am"
    SITE = "site"
    SOURCE = "source"  # an import brought it


class CaseFacts(Protocol):
    """What rules may read of a case; a row of the store fits as it is."""

    @property
    def state(self) -> str: ...
    @property
    def former_state(self) -> str: ...
    @property
    def unit_path(self) -> str: ...
    @property
    def area_path(self) -> str: ...
    @property
    def rectified_at(self) -> datetime | None: ...
    @property
    def rectified_by_id(self) -> int | None: ...
    @property
    def drawn_verifiers(self) -> Sequence[int]: ...


class Rectified(Protocol):
    """What somebody verifies: a case, or a unit's task in one."""

    @property
    def unit_path(self) -> str: ...
    @property
    def rectified_at(self) -> datetime | None: ...
    @property
    def rectified_by_id(self) -> int | None: ...  # the account of who rectified it last


class Evidence(Protocol):
    """A photo, an on-site record, a resident's answer."""

    @property
    def made_at(self) -> datetime: ...


class Limits(Protocol):
    """A category's time limits, in hours that pass day and night."""

    @property
    def accept_hours(self) -> int: ...
    @property
    def dispatch_hours(self) -> int: ...
    @property
    def handle_hours(self) -> int: ...
    @property
    def verify_hours(self) -> int: ...
