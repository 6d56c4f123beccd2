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
