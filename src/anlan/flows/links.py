"""Whole addresses of pages, for what we send: mails, messages, warnings, other cities.

Written down here because Django loads every page to make one link: 25 MB in a worker that shows none. A test
holds them to where the pages are.
"""

from urllib.parse import quote

from django.conf import settings

PAGES = {
    "alarm": "duty/alarms/{}/",
    "answer": "answer/{}/",
    "case": "cases/{}/",
    "follow": "receipt/",
    "follow_confirm": "public/follow/confirm/{}/",
    "follow_end": "public/follow/end/{}/",
    "moderation_held": "moderation/held/",
    "public_case": "public/cases/{}/",
    "public_cases": "public/cases/",
    "public_photo": "public/photos/{}",
    "public_warnings": "warnings/",
    "warning_cap": "warnings/{}.cap.xml",
}
"""A page's name -> its path, with a place for what it is about."""


def link_to(page: str, *about: object) -> str:
    """The whole address of a page."""
    public: str = settings.ANLAN_PUBLIC_URL
    return f"{public.rstrip('/')}/{PAGES[page].format(*(quote(str(each), safe=':@') for each in about))}"
