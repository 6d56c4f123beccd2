"""What the words of devices are called on pages."""

from collections.abc import Iterable, Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from anlan.sensing.terms import Lifecycle, Liveness, OutageScope, QuarantineReason
from anlan.store.readers.devices import NEVER

LIFECYCLES: Mapping[str, Promise] = {
    Lifecycle.REGISTERED: _("Registered"),
    Lifecycle.INSTALLED: _("Installed"),
    Lifecycle.BROKEN: _("Broken"),
    Lifecycle.REMOVED: _("Removed"),
}

HEARD: Mapping[str, Promise] = {
    Liveness.ONLINE: _("Online"),
    Liveness.LATE: _("Late"),
    Liveness.OFFLINE: _("Offline"),
    Liveness.MUTED: _("Muted"),
    NEVER: _("Never heard"),
}

HEARD_TONES: Mapping[str, str] = {
    Liveness.ONLINE: "ok",
    Liveness.LATE: "amber",
    Liveness.OFFLINE: "red",
    Liveness.MUTED: "stop",
    NEVER: "stop",
}

SCOPES: Mapping[str, Promise] = {
    OutageScope.AREA: _("A whole area"),
    OutageScope.GATEWAY: _("All behind a gateway"),
    OutageScope.DEVICE: _("This device"),
}

REASONS: Mapping[str, Promise] = {
    QuarantineReason.MALFORMED: _("Not a reading"),
    QuarantineReason.UNKNOWN_DEVICE: _("Device not in the register"),
    QuarantineReason.UNKNOWN_PROPERTY: _("Property that its kind does not have"),
    QuarantineReason.NOT_ITS_OWN: _("Sent by another device"),
    QuarantineReason.NO_ZONE: _("Time without a zone"),
    QuarantineReason.FUTURE: _("Time in the future"),
    QuarantineReason.TOO_OLD: _("Time too long ago"),
    QuarantineReason.WRONG_UNIT: _("Another unit"),
    QuarantineReason.NOT_A_NUMBER: _("Not a number"),
    QuarantineReason.OUT_OF_RANGE: _("Outside of what it can be"),
    QuarantineReason.TOO_MANY: _("More than one device may send"),
}

HAPPENED: Mapping[str, Promise] = {
    "registered": _("Registered"),
    "imported": _("Changed by an import"),
    "changed_many": _("Changed with others"),
    "muted": _("Muted"),
    "unmuted": _("No longer muted"),
    "credential_made": _("New password made"),
    "credential_revoked": _("Password ended"),
    "limited": _("Sent more than one device may; what was too much was not stored"),
    "datastream_made": _("Datastream made by another system"),
}

CAMERA_RULES = _(
    "A camera is an asset here: where it stands, whose it is, what for, by which right, for how many days "
    "its owner keeps what it records. No picture of it ever enters this system."
)


def in_language(zh: str, en: str) -> str:
    """The name in the language of the page."""
    return en if get_language() == "en" else zh


def kind_options(kinds: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """Pairs for a choice of kinds."""
    for code, zh, en in kinds:
        yield code, in_language(zh, en)
