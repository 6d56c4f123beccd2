"""What residents read about the way of a report: states, steps, what happens next."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.cases.terms import PhotoStage, State, Step
from anlan.publishing.progress import CLOSED_ELSEWHERE, HANDED_OVER, JOINED, RECEIVED
from anlan.publishing.terms import PlaceRule, PublicState
from anlan.staff.terms import UnitKind

HAPPENED: Mapping[str, Promise] = MappingProxyType(
    {
        RECEIVED: _("We received your report"),
        JOINED: _("Joined with another report of the same hazard"),
        Step.ACCEPT: _("Accepted"),
        Step.REJECT: _("Not accepted"),
        Step.DISPATCH: _("Sent to the unit responsible"),
        Step.RECALL: _("Taken back to choose the right unit"),
        Step.RETURN: _("It was the wrong unit; another one is being chosen"),
        Step.START: _("The unit has begun"),
        Step.RECTIFY: _("The unit says the hazard is removed"),
        Step.PASS: _("Another unit checked on site: it is removed"),
        Step.FAIL: _("Another unit checked on site: not yet removed, back for rework"),
        "pass_resident": _("A reporter says: it is removed"),
        "fail_resident": _("A reporter says: not removed, back for rework"),
        "pass_sensor": _("The sensor is back to normal: it is removed"),
        Step.NOT_FIXED: _("Not fixed after all: back to the unit"),
        Step.CLOSE: _("Closed"),
        Step.REOPEN: _("Opened again"),
        Step.PARK: _("Put on hold, with a date to look at it again"),
        Step.RESUME: _("Going on again"),
        Step.CANCEL: _("Ended: no hazard was found"),
        HANDED_OVER: _("Sent to the city that answers for it"),
        CLOSED_ELSEWHERE: _("The city that answers for it has closed it; nobody of ours has checked it yet"),
    }
)
"""By a step of cases.terms.Step, or a word of publishing/progress.py: said to who reported it."""

HAPPENED_TO_IT: Mapping[str, Promise] = MappingProxyType({**HAPPENED, RECEIVED: _("The report came")})
"""The same, said to everybody."""

NOW: Mapping[str, Promise] = MappingProxyType(
    {
        State.NEW: _("We have it. A person at the desk will look at it."),
        State.ACCEPTED: _("Accepted. The desk is choosing the unit responsible."),
        State.DISPATCHED: _("Sent to the unit responsible."),
        State.IN_PROGRESS: _("The unit is working on it."),
        State.RECTIFIED: _("The unit says it is done. Somebody from another unit will check on site."),
        State.VERIFIED: _("Checked on site by another unit. It will be closed now."),
        State.CLOSED: _("Removed and checked."),
        State.RETURNED: _("It went to the wrong unit. The desk is choosing another one."),
        State.REWORK: _("It was checked and is not yet right. The unit must do it again."),
        State.REOPENED: _("It is open again. The desk will send it on."),
        State.PARKED: _("On hold for now. The date is when it will be looked at again."),
        State.MERGED: _("Joined with another report of the same hazard."),
        State.REJECTED: _("Not accepted."),
        State.CANCELLED: _("Ended: no hazard was found."),
    }
)
"""Where it stands, by the value of cases.terms.State."""

BY_WHEN: Mapping[str, Promise] = MappingProxyType(
    {
        State.NEW: _("Decided by %(when)s"),
        State.ACCEPTED: _("Sent to a unit by %(when)s"),
        State.RETURNED: _("Sent to a unit by %(when)s"),
        State.REOPENED: _("Sent to a unit by %(when)s"),
        State.DISPATCHED: _("To be removed by %(when)s"),
        State.IN_PROGRESS: _("To be removed by %(when)s"),
        State.REWORK: _("To be removed by %(when)s"),
        State.RECTIFIED: _("Checked by %(when)s"),
        State.VERIFIED: _("Closed by %(when)s"),
        State.PARKED: _("Looked at again on %(when)s"),
    }
)
"""What happens by when, in the states that wait for something."""

UNIT_KINDS: Mapping[str, Promise] = MappingProxyType(
    {
        UnitKind.AGENCY: _("an agency"),
        UnitKind.TOWNSHIP_OFFICE: _("the township office"),
        UnitKind.VILLAGE_COMMITTEE: _("the village committee"),
        UnitKind.POST: _("a post"),
        UnitKind.ENTERPRISE: _("an enterprise"),
        UnitKind.DESK: _("the command desk"),
    }
)
"""Who did it, without a name."""

STAGES: Mapping[str, Promise] = MappingProxyType(
    {PhotoStage.BEFORE: _("Before"), PhotoStage.AFTER: _("After")}
)
"""What a photo shows."""

PUBLIC_STATES: Mapping[str, Promise] = MappingProxyType(
    {
        "open": _("Not closed yet"),
        PublicState.RECEIVED: _("Received"),
        PublicState.IN_HAND: _("In hand"),
        PublicState.DONE: _("Removed and checked"),
        PublicState.NOT_TAKEN_UP: _("Not taken up"),
    }
)
"""Where a case stands, as a filter says it."""

PLACES: Mapping[str, Promise] = MappingProxyType(
    {
        PlaceRule.EXACT: _("exact place"),
        PlaceRule.CELL: _("within the cell on the map"),
        PlaceRule.AREA: _("somewhere in the village"),
    }
)
"""How exactly the place of a case is shown."""

REFUSALS: Mapping[str, Promise] = MappingProxyType(
    {
        "nothing_added": _("Write what is new, or add a photo."),
        "photos_too_many": _("Up to %(most)s photos for one report."),
        "photo_used": _("This photo was sent already."),
        "report_withdrawn": _("You took this report back. Nothing can be added to it."),
        "category_unknown": _("This kind is no longer in use. Choose another one."),
        "why_missing": _("Write what is still wrong."),
        "nothing_to_answer": _("The unit has not said yet that it is done."),
        "area_unknown": _("This area is no longer in use. Choose another one."),
        "not_permitted": _("This place is outside your area."),
        "too_many_codes": _(
            "Very many receipt codes were asked about from your network. Try again at %(again)s."
        ),
        "too_many_sent": _(
            "Very much was sent from your network within an hour. What you typed is still here: send it "
            "again at %(again)s, and choose new photos again. In danger call 110, 119 or 120 now."
        ),
        "too_many_asked": _("Very much was sent from your network within an hour. Try again later."),
        "wait": _("Many wrong codes came from your network. Try again in %(seconds)s seconds."),
    }
)
"""Why something was not done, by the reason of `Refused`."""
