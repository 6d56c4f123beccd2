"""/manage/: where the administration begins, and who changed what."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from anlan.base.errors import Refused
from anlan.edge.pages import (
    calendar_tables,
    manage_areas,
    manage_calendar,
    manage_categories,
    manage_feeds,
    manage_limits,
    manage_members,
    manage_messages,
    manage_named,
    manage_other_cities,
    manage_routing,
    manage_sites,
    manage_units,
    manage_webhooks,
)
from anlan.edge.pages.acting import acting_of, pages_of
from anlan.edge.pages.manage import managing, wanted_of
from anlan.edge.pages.staff_events import in_words
from anlan.staff.terms import Action
from anlan.store.readers.installation import still_missing
from anlan.store.readers.managed_lists import history as changes
from anlan.store.readers.staff import Acting

PAGES = (
    ("manage_members", _("Members"), _("Invite, give and take roles, close accounts")),
    ("manage_units", _("Units"), _("Add, move in the tree, close")),
    ("manage_areas", _("Area tree"), _("Add, rename, end with a successor")),
    ("manage_sites", _("Sites"), _("Add, correct, close")),
    ("devices", _("Devices"), _("Register, correct, mute; passwords; many at once")),
    ("manage_device_kinds", _("Kinds of devices"), _("What they measure, how often, what is believed")),
    ("supervision", _("Supervision"), _("Look once more at closed cases or at villages")),
    ("manage_categories", _("Categories"), _("Kinds of hazards, who answers, by when")),
    (
        "manage_calendar",
        _("Calendar"),
        _("Holidays, make-up workdays, working hours; draft, try, put in force"),
    ),
    ("manage_webhooks", _("Systems that are told"), _("Add, change, send again what they did not take")),
    ("manage_messages", _("Messages that did not arrive"), _("To whom, why, and send them again")),
    (
        "moderation_mail",
        _("Mails that come in"),
        _("Whether the mailbox can be read; what waits"),
    ),
    ("manage_cities", _("Other cities"), _("Which cases go to their Open311 servers, and whose come here")),
    (
        "manage_feeds",
        _("Warnings of other senders"),
        _("Of weather and water: where they come from, what raises an alarm"),
    ),
    ("manage_routing", _("Rules of dispatch"), _("Which unit gets what, and why; draft, try, put in force")),
    ("manage_named", _("Responsible units"), _("Who is named for what at each level, and where nobody is")),
    ("manage_history", _("History"), _("Who changed what")),
)

NEXT = {
    "areas": (
        "manage_areas",
        _("Bring in the areas"),
        _("Counties, townships, villages: `anlan import areas` reads a list; or add them one by one."),
    ),
    "categories": (
        "manage_categories",
        _("Add kinds of hazards"),
        _("Without any, nobody can report."),
    ),
    "units": (
        "manage_units",
        _("Add the units that act"),
        _("Township offices, village committees, agencies: cases are given to them."),
    ),
    "members": (
        "manage_members",
        _("Invite members"),
        _("Dispatchers, handlers, verifiers: each sets a password by a link."),
    ),
    "sites": (
        "manage_sites",
        _("Bring in the sites"),
        _("Ponds, schools, shops: `anlan import sites` reads a list; or add them one by one."),
    ),
}
"""What is to be done for each part of a city that is missing: its page, in words, and how."""


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What this person may administer."""
    acting = acting_of(request)
    open_to = pages_of(acting)
    pages = [(reverse(name), what, hint) for name, what, hint in PAGES if open_to[name]]
    if not pages:
        raise Refused("not_permitted")
    steps = [NEXT[what] for what in still_missing()]
    next_steps = [(reverse(name), what, how) for name, what, how in steps if open_to[name]]
    return render(request, "manage/index.html", {"pages": pages, "next_steps": next_steps})


@managing(Action.VIEW_AUDIT)
def history(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Every change of staff and places, the newest first."""
    wanted = wanted_of(request.GET)
    found = changes(acting, wanted.words, wanted.after)
    facts = {
        "events": in_words(found.rows, with_subject=True),
        "total": found.total,
        "words": wanted.words,
        "next_address": "?" + urlencode({"words": wanted.words, "after": found.next_after})
        if found.next_after
        else "",
    }
    return render(request, "manage/history.html", facts)


urlpatterns: list[URLPattern] = [
    path("", index, name="administration"),
    path("history/", history, name="manage_history"),
    path("members/", manage_members.all_members, name="manage_members"),
    path("members/add/", manage_members.invite, name="manage_member_add"),
    path("members/of/<str:username>/", manage_members.show, name="manage_member"),
    path("members/of/<str:username>/change/", manage_members.change, name="manage_member_change"),
    path("members/of/<str:username>/role/", manage_members.give, name="manage_member_role"),
    path(
        "members/of/<str:username>/role/<int:membership_id>/take/",
        manage_members.take,
        name="manage_member_take",
    ),
    path("members/of/<str:username>/link/", manage_members.renew, name="manage_member_link"),
    path("members/of/<str:username>/second-factors/", manage_members.reset, name="manage_member_factors"),
    path("members/of/<str:username>/sessions/", manage_members.end_sessions, name="manage_member_sessions"),
    path("units/", manage_units.all_units, name="manage_units"),
    path("units/add/", manage_units.add, name="manage_unit_add"),
    path("units/of/<str:code>/", manage_units.show, name="manage_unit"),
    path("units/of/<str:code>/change/", manage_units.change, name="manage_unit_change"),
    path("units/of/<str:code>/move/", manage_units.move, name="manage_unit_move"),
    path("units/of/<str:code>/close/", manage_units.close, name="manage_unit_close"),
    path("units/of/<str:code>/open/", manage_units.open_again, name="manage_unit_open"),
    path("areas/", manage_areas.all_areas, name="manage_areas"),
    path("areas/add/", manage_areas.add, name="manage_area_add"),
    path("areas/of/<str:code>/", manage_areas.show, name="manage_area"),
    path("areas/of/<str:code>/change/", manage_areas.change, name="manage_area_change"),
    path("areas/of/<str:code>/end/", manage_areas.end, name="manage_area_end"),
    path("sites/", manage_sites.all_sites, name="manage_sites"),
    path("sites/add/", manage_sites.add, name="manage_site_add"),
    path("sites/of/<str:code>/", manage_sites.show, name="manage_site"),
    path("sites/of/<str:code>/change/", manage_sites.change, name="manage_site_change"),
    path("routing/", manage_routing.overview, name="manage_routing"),
    path("routing/versions/<int:number>/", manage_routing.version, name="manage_routing_version"),
    path("routing/versions/<int:number>.csv", manage_routing.table, name="manage_routing_table"),
    path("routing/draft/", manage_routing.draft, name="manage_routing_draft"),
    path("routing/draft/rules/add/", manage_routing.add, name="manage_routing_add"),
    path("routing/draft/rules/<int:number>/", manage_routing.change, name="manage_routing_change"),
    path("routing/draft/table/", manage_routing.bring, name="manage_routing_bring"),
    path("routing/draft/in-force/", manage_routing.put_in_force, name="manage_routing_in_force"),
    path("routing/draft/drop/", manage_routing.drop, name="manage_routing_drop"),
    path("routing/draft/moves/<int:place>/", manage_routing.moved, name="manage_routing_moved"),
    path("routing/draft/do/<str:name>/", manage_routing.act, name="manage_routing_act"),
    path("calendar/", manage_calendar.overview, name="manage_calendar"),
    path("calendar/versions/<int:number>/", manage_calendar.version, name="manage_calendar_version"),
    path(
        "calendar/versions/<int:number>/withdraw/",
        manage_calendar.withdraw,
        name="manage_calendar_withdraw",
    ),
    path("calendar/versions/<int:number>.csv", calendar_tables.version_table, name="manage_calendar_table"),
    path("calendar/draft.csv", calendar_tables.draft_table, name="manage_calendar_draft_table"),
    path("calendar/draft/table/", calendar_tables.bring, name="manage_calendar_bring"),
    path("calendar/draft/", manage_calendar.draft, name="manage_calendar_draft"),
    path("calendar/draft/begin/", manage_calendar.begin, name="manage_calendar_begin"),
    path("calendar/draft/days/", manage_calendar.days, name="manage_calendar_days"),
    path("calendar/draft/days/take-back/", manage_calendar.take_back, name="manage_calendar_take_back"),
    path("calendar/draft/hours/", manage_calendar.hours, name="manage_calendar_hours"),
    path("calendar/draft/years/", manage_calendar.years, name="manage_calendar_years"),
    path("calendar/draft/try/", manage_calendar.try_it, name="manage_calendar_try"),
    path("calendar/draft/in-force/", manage_calendar.put_in_force, name="manage_calendar_in_force"),
    path("calendar/draft/drop/", manage_calendar.drop, name="manage_calendar_drop"),
    path("responsible/", manage_named.gaps, name="manage_named"),
    path("responsible/name/", manage_named.name, name="manage_named_name"),
    path("categories/", manage_categories.all_categories, name="manage_categories"),
    path("categories/add/", manage_categories.add, name="manage_category_add"),
    path("categories/begin/", manage_categories.begin, name="manage_categories_begin"),
    path("categories/of/<str:code>/", manage_categories.show, name="manage_category"),
    path("categories/of/<str:code>/change/", manage_categories.change, name="manage_category_change"),
    path("categories/of/<str:code>/limits/", manage_limits.change, name="manage_category_limits"),
    path("cities/", manage_other_cities.all_cities, name="manage_cities"),
    path("cities/add/", manage_other_cities.add, name="manage_city_add"),
    path("cities/of/<int:city_id>/", manage_other_cities.show, name="manage_city"),
    path("cities/of/<int:city_id>/change/", manage_other_cities.change, name="manage_city_change"),
    path("cities/of/<int:city_id>/again/", manage_other_cities.again, name="manage_city_again"),
    path("feeds/", manage_feeds.all_feeds, name="manage_feeds"),
    path("feeds/add/", manage_feeds.add, name="manage_feed_add"),
    path("feeds/of/<int:feed_id>/", manage_feeds.show, name="manage_feed"),
    path("feeds/of/<int:feed_id>/change/", manage_feeds.change, name="manage_feed_change"),
    path("feeds/of/<int:feed_id>/rules/add/", manage_feeds.add_rule, name="manage_feed_rule"),
    path(
        "feeds/of/<int:feed_id>/rules/<int:rule_id>/drop/",
        manage_feeds.drop_rule,
        name="manage_feed_rule_drop",
    ),
    path("messages/", manage_messages.all_letters, name="manage_messages"),
    path("messages/again/", manage_messages.again, name="manage_messages_again"),
    path("webhooks/", manage_webhooks.all_webhooks, name="manage_webhooks"),
    path("webhooks/add/", manage_webhooks.add, name="manage_webhook_add"),
    path("webhooks/of/<int:webhook_id>/", manage_webhooks.show, name="manage_webhook"),
    path("webhooks/of/<int:webhook_id>/change/", manage_webhooks.change, name="manage_webhook_change"),
    path("webhooks/of/<int:webhook_id>/secret/", manage_webhooks.renew, name="manage_webhook_secret"),
    path("webhooks/of/<int:webhook_id>/replay/", manage_webhooks.replay, name="manage_webhook_replay"),
]
