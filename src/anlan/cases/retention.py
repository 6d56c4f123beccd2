"""How long what a reporter gave is kept."""

from datetime import date, timedelta

CONTACT_DAYS = 90
"""Days after the end of a case for which a reporter's contact is kept."""


def contact_erased_after(ended_on: date) -> date:
    """The last day on which the contact of a case that ended on `ended_on` may be kept."""
    return ended_on + timedelta(days=CONTACT_DAYS)
