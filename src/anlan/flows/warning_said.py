"""What a warning says by mail, on a browser and on a phone, and to another system.

Whatever is no real warning says so first, in every one of them.
"""

import json
from collections.abc import Mapping

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from anlan.flows.links import link_to
from anlan.sensing.terms import Colour, MessageKind, MessageStatus
from anlan.store.models import Warning, WarningDelivery

COLOURS: Mapping[str, Promise] = {
    Colour.RED: _("Red warning"),
    Colour.ORANGE: _("Orange warning"),
    Colour.YELLOW: _("Yellow warning"),
    Colour.BLUE: _("Blue warning"),
}
KINDS: Mapping[str, Promise] = {
    MessageKind.ALERT: _("%(colour)s: %(headline)s"),
    MessageKind.UPDATE: _("%(colour)s, updated: %(headline)s"),
    MessageKind.CANCEL: _("All clear, %(colour)s: %(headline)s"),
}
MARKS: Mapping[str, Promise] = {MessageStatus.EXERCISE: _("[DRILL]"), MessageStatus.TEST: _("[TEST]")}
NOT_MEANT: Mapping[str, Promise] = {
    MessageStatus.EXERCISE: _("This is a drill. Nothing has happened, and nothing needs to be done."),
    MessageStatus.TEST: _("This is a test of the technique. Nothing has happened."),
}
"""Of a status that is not meant; one that is in neither table is."""
SHORT = 150
"""Letters of what people do that a short message has room for."""


def title(warning: Warning) -> str:
    """One line in the language of the moment: mark of a drill, kind, colour, headline."""
    words = {"colour": COLOURS[warning.colour], "headline": said(warning, "headline")}
    line = KINDS[warning.kind] % words
    mark = MARKS.get(warning.status)
    return f"{mark} {line}" if mark else line


def mail(warning: Warning) -> str:
    """The text of a mail, without how to stop it."""
    parts = [
        str(NOT_MEANT.get(warning.status, "")),
        title(warning),
        _where_and_when(warning),
        said(warning, "description"),
        said(warning, "instruction"),
        link_to("public_warnings"),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def short(warning: Warning) -> str:
    """As a browser and a phone show it below the title."""
    parts = [
        str(NOT_MEANT.get(warning.status, "")),
        _where_and_when(warning),
        said(warning, "instruction")[:SHORT],
    ]
    return " ".join(part for part in parts if part)


def facts(told: WarningDelivery) -> bytes:
    """The message as another system reads it, JSON; the type of a drill is another than that of a warning."""
    warning = told.warning
    meant = warning.status == MessageStatus.ACTUAL
    given = {
        "type": f"{'warning' if meant else 'drill'}.{warning.kind.lower()}",
        "timestamp": warning.sent_at.isoformat() if warning.sent_at else None,
        "data": {
            "identifier": warning.identifier,
            "status": warning.status,
            "msgType": warning.kind,
            "references": warning.references,
            "colour": warning.colour,
            "area": warning.area.code,
            "onset": warning.onset.isoformat(),
            "expires": warning.expires.isoformat(),
            "address": link_to("warning_cap", warning.identifier),
            "cap": warning.document,
        },
    }
    return json.dumps(given, ensure_ascii=False).encode()


def said(warning: Warning, name: str) -> str:
    """A text of the warning in the language of the moment; in Chinese where nothing else was written."""
    zh = str(getattr(warning, f"{name}_zh"))
    english = (get_language() or "").startswith("en")
    return (str(getattr(warning, f"{name}_en")) or zh) if english else zh


def _where_and_when(warning: Warning) -> str:
    if warning.kind == MessageKind.CANCEL:
        return str(warning.area.name)
    until = date_format(timezone.localtime(warning.expires), "Y-m-d H:i")
    return gettext("%(area)s, until %(time)s.") % {"area": warning.area.name, "time": until}
