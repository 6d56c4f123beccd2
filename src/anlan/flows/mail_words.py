"""What is written to somebody who reported by mail: plain words, the numbers to call before all else."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from anlan.cases.holding import Decision, HeldFor
from anlan.cases.mail.terms import LONGEST, Left
from anlan.cases.retention import CONTACT_DAYS
from anlan.flows.links import link_to
from anlan.publishing.photos import MAX_PHOTOS, PhotoRefusal
from anlan.publishing.receipts import grouped
from anlan.store.models import CaseEvent, HeldReport

WHY_LEFT: Mapping[str, Promise] = MappingProxyType(
    {
        Left.NO_PHOTO: _("not a photo; photos are JPEG, PNG, WebP or HEIC"),
        Left.TOO_MANY: _("more photos than are kept"),
        Left.CUT: _("the words were too long: their end is not kept"),
        PhotoRefusal.EMPTY: _("an empty file"),
        PhotoRefusal.TOO_BIG: _("larger than 20 MB"),
        PhotoRefusal.TOO_MANY_PIXELS: _("more than 50 megapixels"),
        PhotoRefusal.WRONG_TYPE: _("not a photo; photos are JPEG, PNG, WebP or HEIC"),
        PhotoRefusal.BROKEN: _("a damaged file"),
        PhotoRefusal.MIXED: _("a photo with something else in its file"),
        PhotoRefusal.TOO_HARD: _("a photo that could not be read"),
        PhotoRefusal.NO_ROOM: _("no room for photos here at the moment; send it again later"),
    }
)


def urgent() -> str:
    """What comes before everything else when somebody may be in danger."""
    return gettext(
        "In danger now? Call 119 (fire), 120 (medical) or 110 (police) at once. "
        "Do not wait for an answer to this mail."
    )


def taken(code: str | None, reasons: Iterable[str] | None, photos: int) -> list[str]:
    """The paragraphs that confirm a report; `reasons` are why it waits, None when it went to the desk."""
    return [
        _where_it_is(reasons),
        *([_photos_of(photos)] if photos else []),
        *([_code_of(code)] if code else []),
        gettext(
            "What happens next: the desk looks at it and gives it to whoever must remove the hazard. "
            "When it is said to be removed, we ask you here whether it is."
        ),
        gettext("To add words or photos, answer this mail. Please leave its subject as it is."),
        gettext(
            "Your address is kept for this report only and erased %(days)s days after the case ends; "
            "on the page of the receipt you can have it erased sooner."
        )
        % {"days": CONTACT_DAYS},
    ]


def _where_it_is(reasons: Iterable[str] | None) -> str:
    if reasons is None:
        return gettext("Your report has arrived and is with the desk.")
    if HeldFor.UNCLEAR in reasons:
        return gettext(
            "Your report has arrived. The mail does not say clearly what kind of hazard it is, or where. "
            "A person reads it and passes it on; you need not do anything. "
            "You can answer with the village or street and what is wrong."
        )
    return gettext("Your report has arrived. A person looks at it before it goes to the desk.")


def _photos_of(n: int) -> str:
    words = ngettext(
        "%(n)s photo came with it and is kept, without its camera data.",
        "%(n)s photos came with it and are kept, without their camera data.",
        n,
    )
    return words % {"n": n}


def _code_of(code: str) -> str:
    asked = gettext("Receipt code: %(code)s") % {"code": grouped(code)}
    where = gettext("With it you see where the report stands: %(address)s") % {"address": receipt_page()}
    return f"{asked}\n{where}"


def receipt_page() -> str:
    """Where a receipt code is typed in."""
    return link_to("follow")


def not_kept(left: Iterable[Iterable[str]]) -> list[str]:
    """A paragraph that names what was sent and is not kept, each with why; none when all was kept."""
    lines = [_line(*each) for each in left]
    if not lines:
        return []
    most = gettext("Of a mail, up to %(n)s photos are kept.") % {"n": MAX_PHOTOS}
    return ["\n".join([gettext("Not kept:"), *lines, most])]


def _line(name: str, why: str) -> str:
    words = str(WHY_LEFT.get(why, why))
    words = words if why != Left.CUT else f"{words} ({LONGEST})"
    return f"- {name}: {words}" if name else f"- {words}"


def added() -> list[str]:
    """The paragraph that confirms more words or photos."""
    return [gettext("What you sent is with your report now.")]


def subject() -> str:
    """The subject of a mail that stands below none."""
    return gettext("About your report")


def decided(held: HeldReport) -> str:
    """A person let a report in, or set it aside."""
    if held.decision == Decision.SET_ASIDE:
        words = gettext("A person has looked at your report and did not take it up: %(why)s")
        return words % {"why": held.decided_why}
    return gettext(
        "A person has looked at your report; it is with the desk now. Its receipt code stays the same."
    )


def rejected(event: CaseEvent) -> str:
    """The desk says why a report is no case."""
    words = gettext("The desk has looked at your report and did not accept it: %(why)s")
    return words % {"why": event.reason}


def written(event: CaseEvent) -> str:
    """What somebody at the desk writes."""
    words = gettext("The desk writes about case %(number)s:") % {"number": event.case.number}
    return f"{words}\n\n{event.reason}"
