"""Every address that answers with a page is in the table of pages that journeys look at, or says why not."""

import re
from collections.abc import Iterator

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.journeys.pages import PAGES

OTHERS = ("django-admin/", "account/", "v1.1", "open311/", "api/")
"""Django's own administration and django-allauth's pages; interfaces for programs."""
NO_PAGE = {
    "for programs": (
        *("healthz", "readyz", "metrics", "live", "security_txt", "push_worker", "push_key", "openapi-json"),
        *("kit_areas", "map_areas", "public_map", "wall_map", "public_feed", "public_case_feed"),
        "public_geojson",
        *("warnings_feed", "warning_cap", "public_photo", "public_photo_small", "follow_by_browser"),
        *("report_challenge", "report_embedded"),
    ),
    "a file": (
        *("photo", "photo_small", "export_file", "score_report_pdf", "device_labels"),
        *("manage_routing_table", "manage_calendar_table", "manage_calendar_draft_table"),
        *("site_codes_pdf", "basemap"),
    ),
    "leads to another page": ("home", "scores", "notice", "warning_template_one"),
    "is there while there is no category; test_setup.py opens it": ("manage_categories_begin",),
    "takes a form, and shows the page it came from": (
        *("report_areas", "receipt_add", "receipt_contact", "receipt_answer", "receipt_withdraw"),
        *("receipt_held_withdraw", "moderation_held_let_in", "report_preview", "moderation_mail_settle"),
        "report_questions",
        *("search_save", "export_ask", "export_delete", "task_give", "task_step", "notices_seen"),
        *(
            "alarm_acknowledge",
            "warning_again",
            "manage_feed_rule_drop",
            "manage_routing_act",
            "manage_city_again",
            "manage_webhook_secret",
        ),
        *(
            "manage_webhook_replay",
            "manage_messages_again",
            "end_other_sessions",
            "end_session",
            "bulk",
            "case_step",
            "search_change",
            "manage_calendar_begin",
            "manage_calendar_try",
        ),
    ),
    "of a draft, of which there is one at a time; test_routing.py and test_calendar.py work on it": (
        *("manage_routing_draft", "manage_routing_add", "manage_routing_bring", "manage_routing_in_force"),
        *("manage_routing_drop", "manage_calendar_draft", "manage_calendar_days", "manage_calendar_hours"),
        *("manage_calendar_years", "manage_calendar_drop", "manage_calendar_bring"),
    ),
    "its link is known to one person alone; journeys of reports, answers and follows open it": (
        *("answer", "follow_confirm", "follow_end"),
    ),
    "asks for months of scores, which the city of the journeys does not have; seen in test_proof.py": (
        *("score_report", "score_appeal_add", "score_appeal"),
    ),
    "drawn by the template of another line, from a state that the scene does not have": (
        *("alarm_close", "manage_member_take", "manage_unit_open", "manage_routing_version"),
        *("manage_routing_change", "manage_routing_moved", "task_more_time", "task_answer_time"),
        *("manage_question_remove", "task_draw_again", "manage_calendar_version", "manage_calendar_withdraw"),
        *("manage_calendar_take_back", "manage_calendar_in_force", "moderation_photo", "write_reporter"),
    ),
}


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """Route and name of every address of the city."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, pattern.name or route


def seen() -> Iterator[str]:
    """The names of the addresses that the table looks at."""
    for line in PAGES:
        try:
            found = resolve(re.sub(r"\{\w+\}", "1", line.address).partition("?")[0])
        except Resolver404:
            continue
        yield found.url_name or found.route


def test_every_page_is_looked_at_or_says_why_not() -> None:
    every = {name for route, name in addresses(get_resolver().url_patterns) if not route.startswith(OTHERS)}
    left_out = {name for names in NO_PAGE.values() for name in names}

    assert every - set(seen()) - left_out == set()


def test_nothing_is_left_out_that_is_looked_at() -> None:
    left_out = {name for names in NO_PAGE.values() for name in names}

    assert left_out & set(seen()) == set()
