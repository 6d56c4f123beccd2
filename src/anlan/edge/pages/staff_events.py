"""The history of staff and places, as people read it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.edge.pages.changed_fields import UNTOLD, field_in_words, value_in_words

HAPPENED: Mapping[str, Promise] = {
    "set_up": _("Set up"),
    "invited": _("Invited"),
    "gave_role": _("Role given"),
    "took_role": _("Role taken"),
    "new_link": _("New link made"),
    "reset_second_factor": _("Second factors removed"),
    "set_password": _("Password set"),
    "ended_sessions": _("Signed out elsewhere"),
    "added": _("Added"),
    "changed": _("Changed"),
    "import": _("Changed by an import"),
    "moved": _("Moved (unit)"),
    "closed": _("Closed (unit)"),
    "opened": _("Opened again"),
    "ended": _("Ended (area)"),
    "ends": _("Last day named (area)"),
    "new_secret": _("New secret made"),
    "replayed": _("Dead letters sent again"),
    "drafted": _("Draft begun"),
    "dropped": _("Draft thrown away"),
    "named": _("Responsible unit named"),
    "put_in_force": _("Put in force"),
    "withdrawn": _("Withdrawn (calendar)"),
}


class Happened(Protocol):
    """A row of history."""

    @property
    def at(self) -> datetime: ...
    @property
    def action(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def actor(self) -> object: ...
    @property
    def changes(self) -> Mapping[str, list[object]]: ...


@dataclass(frozen=True)
class EventInWords:
    """One change: what, when, by whom, and each field before and after."""

    what: str
    at: datetime
    by: str
    subject: str
    changes: list[str]


def in_words(events: Iterable[Happened], *, with_subject: bool) -> list[EventInWords]:
    """Events for a page; the subject is said where the page is not about one."""
    return [
        EventInWords(
            what=str(HAPPENED.get(event.action, event.action)),
            at=event.at,
            by=str(event.actor or ""),
            subject=event.subject if with_subject else "",
            changes=list(_changes(event.changes)),
        )
        for event in events
    ]


def _changes(changes: Mapping[str, list[object]]) -> Iterator[str]:
    for field, (before, after) in changes.items():
        if field not in UNTOLD:
            was, now = value_in_words(field, before), value_in_words(field, after)
            yield gettext("%(field)s: %(was)s → %(now)s") % {
                "field": field_in_words(field),
                "was": was,
                "now": now,
            }
