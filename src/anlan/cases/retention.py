"""How long what a reporter gave, and what staff showed, is kept."""

from datetime import date, timedelta

CONTACT_DAYS = 90
"""Days after the end of a case for which a reporter's contact is kept."""

HELD_CONTACT_DAYS = 90
"""Days after it came for which the contact of a report is kept that nobody has decided on yet."""

PHOTO_DAYS = 180
"""Days after the end of a case for which a reporter's photos are kept, unless the city says otherwise."""

EVIDENCE_DAYS = 1095
"""The same for photos that staff took: they are the proof that a hazard was there, or is gone."""

SHORTEST_PHOTO_DAYS = 14
"""So long a reporter may say that a hazard is still there: the desk must see what was meant."""

SHORTEST_EVIDENCE_DAYS = 90
"""Second checks and appeals about a month's figures look at the proof of closed cases."""


def contact_erased_after(ended_on: date) -> date:
    """The last day on which the contact of a case that ended on `ended_on` may be kept."""
    return ended_on + timedelta(days=CONTACT_DAYS)


def photo_erased_after(ended_on: date, keep_days: int) -> date:
    """The last day on which a photo of a case that ended on `ended_on` may be kept.

    `keep_days` is what was said when it was given: a city that changes it later changes it for later photos.
    A report that was taken back has 0.
    """
    return ended_on + timedelta(days=keep_days)
