"""What the words of warnings are called on pages."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from anlan.sensing.hearing import HeardState
from anlan.sensing.telling import TellWay
from anlan.sensing.terms import Colour, MessageKind, MessageStatus, WarningState, WarningStep
from anlan.store.readers.heard import FromElsewhere
from anlan.store.readers.warnings import Written


class Look(NamedTuple):
    """A colour as people see it: word, level, and the sign of its shape."""

    words: "Promise"
    level: str
    sign: str


COLOURS: Mapping[str, Look] = {
    Colour.RED: Look(_("Red"), "Ⅰ", "w-red"),
    Colour.ORANGE: Look(_("Orange"), "Ⅱ", "w-orange"),
    Colour.YELLOW: Look(_("Yellow"), "Ⅲ", "w-yellow"),
    Colour.BLUE: Look(_("Blue"), "Ⅳ", "w-blue"),
}
STATUSES: Mapping[str, Promise] = {
    MessageStatus.EXERCISE: _("Drill (Exercise)"),
    MessageStatus.ACTUAL: _("The real thing (Actual)"),
    MessageStatus.TEST: _("Test of the technique (Test)"),
}
KINDS: Mapping[str, Promise] = {
    MessageKind.ALERT: _("First message"),
    MessageKind.UPDATE: _("Update"),
    MessageKind.CANCEL: _("All clear"),
}
STATES: Mapping[str, Promise] = {
    WarningState.DRAFT: _("being written"),
    WarningState.WAITING: _("waits for a second person"),
    WarningState.ISSUED: _("in force"),
    WarningState.UPDATED: _("updated"),
    WarningState.CANCELLED: _("called off"),
    WarningState.EXPIRED: _("over"),
    WarningState.DROPPED: _("thrown away"),
}
STEPS: Mapping[str, Promise] = {
    WarningStep.DRAFT: _("written"),
    WarningStep.CHANGE: _("changed"),
    WarningStep.HAND_IN: _("handed in for signature"),
    WarningStep.SEND_BACK: _("sent back"),
    WarningStep.ISSUE: _("issued"),
    WarningStep.REPLACE: _("replaced by an update"),
    WarningStep.CANCEL: _("called off"),
    WarningStep.EXPIRE: _("ended"),
    WarningStep.DROP: _("thrown away"),
}
CATEGORIES: Mapping[str, Promise] = {
    "Met": _("Weather, water"),
    "Geo": _("Ground"),
    "Safety": _("Public safety"),
    "Fire": _("Fire"),
    "Transport": _("Roads"),
    "Infra": _("Supply"),
    "Health": _("Health"),
    "Env": _("Environment"),
    "Other": _("Something else"),
}
URGENCIES: Mapping[str, Promise] = {
    "Immediate": _("Act at once"),
    "Expected": _("Act within the hour"),
    "Future": _("Act soon"),
    "Past": _("No longer"),
    "Unknown": _("Not known"),
}
CERTAINTIES: Mapping[str, Promise] = {
    "Observed": _("Seen"),
    "Likely": _("Likely"),
    "Possible": _("Possible"),
    "Unlikely": _("Unlikely"),
    "Unknown": _("Not known"),
}
WAYS: Mapping[str, Promise] = {
    TellWay.EMAIL: _("by e-mail"),
    TellWay.PUSH: _("in browsers"),
    TellWay.SMS: _("by short message"),
    TellWay.WEBHOOK: _("to other systems"),
}


class Shown(NamedTuple):
    """A warning in the language of the page."""

    warning: Written
    look: Look
    status: "Promise"
    kind: "Promise"
    state: "Promise"
    headline: str
    description: str
    instruction: str
    is_drill: bool


def shown(warning: Written) -> Shown:
    """The warning as the reader's language has it; Chinese where nothing else was written."""
    english = get_language() == "en"

    def said(name: str) -> str:
        zh = str(getattr(warning, f"{name}_zh"))
        return (str(getattr(warning, f"{name}_en")) or zh) if english else zh

    return Shown(
        warning,
        COLOURS[warning.colour],
        STATUSES[warning.status],
        KINDS[warning.kind],
        STATES[warning.state],
        said("headline"),
        said("description"),
        said("instruction"),
        warning.status != MessageStatus.ACTUAL,
    )


HEARD_STATES: Mapping[str, Promise] = {
    HeardState.IN_FORCE: _("in force"),
    HeardState.UPDATED: _("updated"),
    HeardState.CANCELLED: _("called off"),
    HeardState.EXPIRED: _("over"),
    HeardState.ENDS: _("all clear"),
    HeardState.NOTED: _("not followed"),
    HeardState.FAULTY: _("could not be read"),
}


class HeardShown(NamedTuple):
    """A warning of another sender in the language of the page; no look for what could not be read."""

    heard: FromElsewhere
    look: Look | None
    headline: str
    description: str
    instruction: str
    sender: str
    areas: str
    is_drill: bool


def heard_shown(heard: FromElsewhere) -> HeardShown:
    """Another sender's warning in the reader's language, or in the one that it has."""
    first, second = ("en", "zh") if get_language() == "en" else ("zh", "en")
    words = heard.words.get(first) or heard.words.get(second) or {}
    return HeardShown(
        heard,
        COLOURS.get(heard.colour),
        words.get("headline") or words.get("event", ""),
        words.get("description", ""),
        words.get("instruction", ""),
        heard.sender_name or heard.sender,
        "、".join(each.area.name for each in heard.areas.all()),
        heard.status not in ("", MessageStatus.ACTUAL),
    )
