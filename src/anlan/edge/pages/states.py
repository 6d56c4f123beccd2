"""How the states of a case look and read: a water level on the main road, a sign on the side roads."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class StateLook:
    """The word of a state, its sign in the sprite, and its tone: "", "turn", "done" or "off"."""

    word: Promise
    sign: str
    tone: str = ""


STATE_LOOKS: Mapping[str, StateLook] = MappingProxyType(
    {
        "new": StateLook(_("To accept"), "s-new"),
        "accepted": StateLook(_("To dispatch"), "s-accepted"),
        "dispatched": StateLook(_("Dispatched"), "s-dispatched"),
        "in_progress": StateLook(_("In progress"), "s-doing"),
        "rectified": StateLook(_("To verify"), "s-rectified"),
        "verified": StateLook(_("Verified"), "s-verified", "done"),
        "closed": StateLook(_("Closed"), "s-closed", "done"),
        "returned": StateLook(_("Returned"), "s-returned", "turn"),
        "rework": StateLook(_("Rework"), "s-rework", "turn"),
        "reopened": StateLook(_("Reopened"), "s-reopened", "turn"),
        "parked": StateLook(_("Parked"), "s-parked", "off"),
        "merged": StateLook(_("Merged"), "s-merged", "off"),
        "rejected": StateLook(_("Rejected"), "s-rejected", "off"),
        "cancelled": StateLook(_("Cancelled"), "s-cancelled", "off"),
    }
)
"""By the value of cases.terms.State."""

STAGE_BY: Mapping[str, Promise] = MappingProxyType(
    {
        "accept": _("accept by %(when)s"),
        "dispatch": _("dispatch by %(when)s"),
        "handle": _("rectify by %(when)s"),
        "verify": _("verify by %(when)s"),
        "close": _("close by %(when)s"),
        "check": _("check by %(when)s"),
        "total": _("all done by %(when)s"),
        "task_handle": _("do it by %(when)s"),
        "task_verify": _("verify by %(when)s"),
    }
)
"""What must happen by when, by the name of a clock, see store/models/clocks.py."""
