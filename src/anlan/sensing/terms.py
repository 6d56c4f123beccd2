"""The words of devices and their readings."""

from enum import StrEnum


class Lifecycle(StrEnum):
    """Where a device stands in its life."""

    REGISTERED = "registered"
    INSTALLED = "installed"
    BROKEN = "broken"
    REMOVED = "removed"


class Liveness(StrEnum):
    """Whether we hear a device as often as its own interval says."""

    ONLINE = "online"
    LATE = "late"
    OFFLINE = "offline"
    MUTED = "muted"


class OutageScope(StrEnum):
    """What fell silent as one."""

    AREA = "area"
    GATEWAY = "gateway"
    DEVICE = "device"


class QuarantineReason(StrEnum):
    """Why a reading was not stored as one."""

    MALFORMED = "malformed"  # no reading could be made of it
    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_PROPERTY = "unknown_property"
    NOT_ITS_OWN = "not_its_own"  # sent by another device than it names
    NO_ZONE = "no_zone"  # a time that does not say its zone
    FUTURE = "future"
    TOO_OLD = "too_old"
    WRONG_UNIT = "wrong_unit"
    NOT_A_NUMBER = "not_a_number"  # NaN and the infinities too
    OUT_OF_RANGE = "out_of_range"
    TOO_MANY = "too_many"  # beyond what one device may send


class Colour(StrEnum):
    """The four colours of a warning; each is a severity of CAP."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class MessageStatus(StrEnum):
    """Whether a warning is meant: the status of CAP."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    TEST = "Test"


class MessageKind(StrEnum):
    """The first message of a warning, or one about an earlier message: the msgType of CAP."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


class WarningState(StrEnum):
    """Where a message stands."""

    DRAFT = "draft"
    WAITING = "waiting"  # for a second person
    ISSUED = "issued"
    UPDATED = "updated"  # another message took its place
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DROPPED = "dropped"  # never issued


class WarningStep(StrEnum):
    """What is done with a message."""

    DRAFT = "draft"
    CHANGE = "change"
    HAND_IN = "hand_in"  # to a second person
    SEND_BACK = "send_back"
    ISSUE = "issue"
    REPLACE = "replace"  # by the message that updates it
    CANCEL = "cancel"
    EXPIRE = "expire"
    DROP = "drop"
