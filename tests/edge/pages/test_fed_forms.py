"""Forms fed with anything: none answers 500, what is wrong stands at its field, what was typed comes back.

Members, units, areas, sites, categories, steps of a case and filters of lists: test_rubbish.py.
"""

import pickle
import re
from collections.abc import Iterable
from html import unescape
from itertools import chain, cycle
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template import Context
from django.test import Client, override_settings
from django.test.client import ContextList
from django.urls import get_resolver, resolve
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anlan.cases.terms import PhotoStage, State
from anlan.edge.pages.moderation import ACTS as MODERATION_ACTS
from anlan.edge.pages.receipt import pass_of
from anlan.flows.ask_reporters import token_for
from anlan.flows.case_tasks import give_task
from anlan.flows.manage_feeds import add_feed
from anlan.flows.manage_other_cities import CityFacts, add_city
from anlan.flows.member_links import new_link
from anlan.flows.store_photos import store_photos
from anlan.publishing.terms import PhotoState
from anlan.staff.terms import Role
from anlan.store import photo_files
from anlan.store.models import (
    BulkRun,
    Case,
    Contact,
    Device,
    Membership,
    PublicPhoto,
    Report,
    SavedSearch,
    User,
)
from tests.cast import Cast, build_cast
from tests.conftest import NOON, kept
from tests.edge.pages.test_every_action import things
from tests.edge.pages.test_ids import ADDRESSES, NO_ID, held_ids
from tests.edge.pages.test_page_table import addresses
from tests.edge.pages.test_rubbish import ADDRESSES as FED_ELSEWHERE
from tests.edge.pages.test_rubbish import ANSWERS, VALUES
from tests.examples import examples
from tests.flows.alarms import a_rule
from tests.flows.pictures import picture
from tests.flows.walks import HOUR, walked_to

FORMS = {
    "receipts": (
        *("nobody /receipt/ code", "nobody /receipt/add words token", "nobody /receipt/contact contact"),
        *(
            "nobody /receipt/answer satisfied=no why",
            "nobody /answer/{answer}/ satisfied=no why",
        ),
        "nobody /receipt/withdraw pass",
    ),
    "tasks": (
        "carol /cases/{led}/tasks/give unit_code what",
        *(f"ken /cases/{{led}}/tasks/{{task}}/{step} reason done" for step in ("start", "rectify")),
        *(f"bob /cases/{{led}}/tasks/{{task}}/{step} reason done" for step in ("pass", "fail")),
        *(f"carol /cases/{{led}}/tasks/{{task}}/{each}/" for each in ("answer-time", "draw-again")),
        *("ken /cases/{led}/tasks/{task}/more-time/", "carol /cases/{led}/tasks/{task}/withdraw reason"),
    ),
    "proof": (
        *(f"carol /cases/{{led}}/{each}/" for each in ("split", "draw-again", "answer-time", "watch")),
        *(f"carol /cases/{{case}}/{each}/" for each in ("check-report", "undo-split")),
        "bob /cases/{case}/second-check/",
        *("alice /cases/{led}/interim/", "alice /cases/{led}/more-time/", "carol /cases/{led}/no-return/"),
        "carol /cases/{led}/write/",
    ),
    "lists": (
        "carol /cases/many/ query case which step",
        "carol /cases/many/{run}/ reason review_on unit_code",
        *("carol /cases/searches/save query name", "carol /cases/searches/{search}/ name shared"),
        *("carol /cases/exports/ask query kind", "carol /notices/seen up_to", "carol /account/notices/"),
        "carol /account/",
    ),
    "rules and calendar": (
        *(f"grace /manage/routing/draft/{each}/" for each in ("rules/add", "table", "in-force")),
        *(
            f"grace /manage/routing/draft/do/{each}/ revision number to"
            for each in ("move", "remove", "check")
        ),
        *(f"grace /manage/calendar/draft/{each}/" for each in ("days", "table", "hours", "years", "try")),
        "grace /manage/calendar/draft/days/take-back/ first last revision",
        "grace /manage/categories/of/open_water/limits/",
        *(f"grace /manage/categories/of/open_water/service/{each}/" for each in ("change", "ask")),
    ),
    "other systems": (
        *("grace /manage/webhooks/add/", "grace /manage/webhooks/of/{webhook}/change/"),
        *("grace /manage/cities/add/", "grace /manage/cities/of/{city}/change/"),
        *("grace /manage/feeds/add/", "grace /manage/feeds/of/{feed}/change/"),
        "grace /manage/feeds/of/{feed}/rules/add/",
        "grace /manage/messages/again/ way receiver",
    ),
    "devices": (
        *("grace /manage/devices/kinds/add/", "grace /manage/devices/kinds/of/water-level/change/"),
        *("grace /manage/devices/add/", "grace /manage/devices/of/gauge-111/change/"),
        *("grace /manage/devices/of/gauge-111/mute/", "grace /manage/devices/many/ names act until"),
    ),
    "duty": (
        *("carol /duty/warnings/new/", "carol /duty/warnings/{warning}/change/", "carol /duty/drills/begin/"),
        "grace /duty/warnings/templates/any/red/change/",
        *(f"carol /duty/warnings/{{warning}}/{each}/" for each in ("issue", "send-back", "cancel", "update")),
        *("carol /duty/alarms/{alarm}/acknowledge/ words doing back", "carol /duty/alarms/{alarm}/mute/"),
        *(
            "carol /duty/alarms/{alarm}/close/",
            "carol /duty/silences/new/",
            "carol /duty/alarms/{alarm}/case/",
        ),
        *(
            "grace /duty/rules/add/?kind=threshold",
            "grace /duty/rules/of/high/change/",
            "grace /duty/policies/red/",
        ),
        *("carol /duty/rosters/add/", "carol /duty/rosters/{shift}/stand-in/"),
    ),
    "what the public reads": (
        *(f"carol /moderation/{{case}}/ act={act} words done reason" for act in MODERATION_ACTS),
        *(f"carol /moderation/{{case}}/photos/{{photo}}/ act={act} reason kept" for act in ("clear", "hide")),
        "carol /moderation/held/{held_group}/ reason category_code area_code revision",
        "nobody /public/photos/{covered}/report reason",
        *("nobody /public/follow/?area=990101", "nobody /public/follow/browser code endpoint p256dh auth"),
        *(
            f"{who} /{address} words category kind township village contact look token lng lat"
            for who, address in (
                *(("nobody", "report/"), ("nobody", "report/areas"), ("nobody", "report/preview")),
                *(("nobody", "report/questions"), ("nobody", "report/embed/"), ("carol", "reports/new")),
            )
        ),
    ),
    "supervision and scores": (
        *("carol /supervision/add/", "carol /supervision/check/{check}/", "carol /scores/appeals/{appeal}/"),
        "alice /scores/appeals/add/committee-111/2026-11/on_time/",
    ),
    "accounts": (
        *("nobody /account/join/{join}/", "nobody /account/login/", "grace /account/password/"),
        "grace /account/again/",
        "grace /account/second-factor/totp/activate/",
        *(
            f"ken /account/second-factor/{each}/"
            for each in ("totp/deactivate", "recovery-codes/generate", "reauthenticate")
        ),
        *(f"grace /account/second-factor/webauthn/{each}/" for each in ("add", "reauthenticate", "login")),
        "alice /account/second-factor/webauthn/keys/{key}/edit/",
        "nobody /account/second-factor/authenticate/ code",
    ),
}
PASSWORD = "a fence around the pond"
NOT_FED = {
    "shows a page and reads nothing that was sent": (
        *("live", "warning", "manage_device_kinds", "manage_device_kind", "manage_service", "manage_history"),
        *("manage_members", "manage_member", "manage_units", "manage_unit", "manage_areas", "manage_area"),
        *("manage_sites", "manage_site", "manage_routing", "manage_categories", "manage_category"),
        *("manage_cities", "manage_city", "manage_feeds", "manage_feed", "manage_webhooks", "manage_webhook"),
        *("account_inactive", "mfa_index", "mfa_list_webauthn", "mfa_view_recovery_codes"),
        "mfa_download_recovery_codes",
    ),
    "is a button, which sends nothing that was typed": (
        *("receipt_held_withdraw", "follow_confirm", "follow_end", "moderation_held_let_in", "notice"),
        *("moderation_mail_settle", "export_delete", "silence_end", "roster_end", "drill_end"),
        *("alarm_rule_put_in_force", "warning_again", "manage_device_credential", "manage_device_revoke"),
        *("manage_question_remove", "manage_member_take", "manage_member_sessions", "manage_routing_drop"),
        *("manage_calendar_withdraw", "manage_calendar_begin", "manage_calendar_drop"),
        *("manage_calendar_in_force", "manage_city_again", "manage_feed_rule_drop"),
        *("manage_webhook_secret", "manage_webhook_replay", "account_logout", "mfa_remove_webauthn"),
        *("end_other_sessions", "end_session", "manage_categories_begin"),
    ),
    "the form of another line, filled in before": ("manage_question", "manage_routing_change"),
}
"""Addresses that take a POST and are fed by no line, by the reason."""
OTHERS = ("django-admin/", "v1.1", "open311/", "api/")
"""Django's own administration; interfaces for programs, whose bodies their own tests make up."""


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True
    settings.ANLAN_SENDINGS_PER_HOUR = 100_000
    settings.ANLAN_EMBEDDED_BY = ["https://village.example"]


@pytest.fixture(scope="module")
def scene(kept_rows: None) -> bytes:
    """What the forms are about, and the cookies of those who fill them in: stored once for all tests."""
    cast = build_cast()
    with override_settings(ANLAN_SYNTHETIC=True):
        cookies = {name: browser.cookies for name, browser in signed_in(cast).items()}
    return kept((ids_of(cast), cookies))


@pytest.fixture
def ids(db: None, scene: bytes) -> dict[str, object]:
    """What the forms are about."""
    found: dict[str, object] = pickle.loads(scene)[0]
    return found


@pytest.fixture
def browsers(db: None, scene: bytes) -> dict[str, Client]:
    """A browser for each who fills a form in; `nobody` did not sign in. What is raised is a page of 500."""
    found = {}
    for name, cookies in pickle.loads(scene)[1].items():
        found[name] = Client(raise_request_exception=False)
        found[name].cookies = cookies
    return found


def signed_in(cast: Cast) -> dict[str, Client]:
    found = {name: Client() for name in ("grace", "carol", "alice", "ken", "bob")}
    for name, browser in found.items():
        user = getattr(cast, name).user
        user.set_password(PASSWORD)
        user.save()
        browser.force_login(user)
    for name in ("grace", "ken", "alice"):  # who have just typed their password may change second factors
        found[name].post("/account/again/", {"password": PASSWORD})
    TOTP.activate(cast.ken.user, "JBSWY3DPEHPK3PXP")
    return found | {"nobody": Client()}


def ids_of(cast: Cast) -> dict[str, object]:
    found, led = things(cast), walked_to(State.IN_PROGRESS, cast, NOON)
    asked = {"acting_user": cast.carol, "case_id": led.pk, "version": led.version, "now": NOON + 4 * HOUR}
    task = give_task(unit_code="fire-11", what="Watch the pond", **asked)
    case, taken = Case.objects.get(pk=found["case"]), picture(NOON)
    store_photos([taken], case=case, stage=PhotoStage.BEFORE, now=NOON)
    photo_files.write(taken.id, b"picture", b"small")
    facts = CityFacts("https://next.example/open311/v2", "open_water", "W1")
    report = Report.objects.create(
        case=led, channel="web", category=led.category, words="x", area=led.area, received_at=NOON
    )
    guest = User.objects.create(username="guest")
    fire = {"unit": cast.fire_post_11, "unit_path": cast.fire_post_11.path}
    where = {"area": cast.township_11, "area_path": cast.township_11.path}
    Membership.objects.create(user=cast.ken.user, role=Role.HANDLER, **fire, **where)
    other = Report.objects.create(
        case=led, channel="web", category=led.category, words="y", area=led.area, received_at=NOON
    )
    Contact.objects.create(report=other, email="anna@home.example")
    shown = {"state": PhotoState.CLEARED, "covered_id": uuid4(), "cleared_at": NOON, "looked_for_at": NOON}
    PublicPhoto.objects.filter(pk=taken.id).update(**shown)
    a_rule(Device.objects.get(name="gauge-111"), "high")
    return (
        held_ids()
        | found
        | {
            "led": led.pk,
            "task": task.pk,
            "photo": taken.id,
            "answer": token_for(report.pk),
            "key": Authenticator.objects.create(
                user=cast.alice.user, type=Authenticator.Type.WEBAUTHN, data={"name": "Blue key"}
            ).pk,
            "join": new_link(guest, timezone.now()),
            "run": BulkRun.objects.create(user=cast.carol.user, step="accept", made_at=NOON).pk,
            "search": SavedSearch.objects.create(user=cast.carol.user, name="Late", filters={}).pk,
            "city": add_city(acting_user=cast.grace, name="Next", facts=facts, now=NOON).pk,
            "feed": add_feed(
                acting_user=cast.grace, name="Rain", address="https://rain.example/", now=NOON
            ).pk,
            "pass": pass_of(report.pk),
            "covered": shown["covered_id"],
        }
    )


def forms_on(contexts: ContextList | Context | None) -> list[forms.BaseForm]:
    """The forms that a page was drawn with; of a page of one template there is one context."""
    drawn = contexts if isinstance(contexts, ContextList) else filter(None, [contexts])
    held = [each for context in drawn for layer in context for each in layer.values()]
    return [each for each in held if isinstance(each, forms.BaseForm)]


def typed_in_words(form: forms.BaseForm, sent: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """What was typed into fields of words."""
    for name in form.fields.keys() & sent.keys():
        if isinstance(form.fields[name].widget, forms.TextInput | forms.Textarea):
            yield name, str(sent[name])


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\0", "").replace("\ufffd", ""))


type Filled = tuple[list[str], bytes, str]
"""What goes into fields one after the other, into a file that is asked for, into the number of a draft."""


FIELDS: dict[str, list[str]] = {}
"""The fields of the forms at an address: rows are always the same, so its page is opened once to see them."""


def fields_of(address: str, browser: Client) -> list[str]:
    # a page of an account also begins something in the session, which the answer needs
    if address not in FIELDS or address.startswith("/account/"):
        FIELDS[address] = [name for form in forms_on(browser.get(address).context) for name in form.fields]
    return FIELDS[address]


def filled_in(browser: Client, asked: str, filled: Filled, receipt: str) -> tuple[str, dict[str, Any]]:
    """The address of a form, and what is sent: `name=value` as it stands, values into all other fields."""
    _, address, *names = asked.split(" ")
    names += fields_of(address, browser) if address.partition("?")[0].endswith("/") else []
    values, table, revision = filled
    sent: dict[str, Any] = dict(zip([name for name in names if "=" not in name], cycle(values), strict=False))
    if "revision" in sent:
        sent["revision"] = revision
    if "table" in sent:
        sent["table"] = SimpleUploadedFile("t.csv", table)
    sent |= dict(name.split("=") for name in names if "=" in name)
    return address, sent | ({"pass": receipt} if address.startswith("/receipt/") else {})


def feed(browser: Client, asked: str, filled: Filled, receipt: str) -> list[object]:
    """What is wrong with the answer to a form that was filled with anything."""
    address, sent = filled_in(browser, asked, filled, receipt)

    answer = browser.post(address, sent)

    if answer.status_code not in ANSWERS | {400, 429}:
        return [(address, answer.status_code, sent)]
    said = plain(unescape(answer.text)) if answer.status_code == 422 else ""
    bad = [form for form in forms_on(answer.context) if said and form.is_bound and form.errors]
    lost = [pair for form in bad for pair in typed_in_words(form, sent) if plain(pair[1]) not in said]
    silent = [name for form in bad for name, wrong in form.errors.items() if plain(wrong[0]) not in said]
    return [(address, "lost", *lost)] * bool(lost) + [(address, "silent", *silent)] * bool(silent)


@settings(
    max_examples=examples(3), deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(
    st.lists(VALUES, min_size=7, max_size=7),
    st.one_of(st.binary(max_size=60), st.sampled_from([b"date,kind,name\n2030-02-03,holiday,x\n"])),
    st.sampled_from(["0", "1", "9" * 30, "x"]),
)
def test_a_form_that_is_fed_with_anything_says_what_is_wrong_and_keeps_what_was_typed(
    browsers: dict[str, Client], ids: dict[str, object], values: list[str], table: bytes, revision: str
) -> None:
    wrong = []
    for asked in chain.from_iterable(FORMS.values()):
        with transaction.atomic():
            browser = browsers[asked.split(" ")[0]]
            wrong += feed(browser, asked.format(**ids), (values, table, revision), str(ids["pass"]))
            transaction.set_rollback(True)
    assert wrong == []


NOTHING_TYPED = (
    "grace /manage/routing/draft/do/remove/ revision number to",
    "grace /manage/routing/draft/do/check/ revision number to",
    "grace /manage/calendar/draft/days/take-back/ first last revision",
    "grace /manage/messages/again/ way receiver",
)
"""Buttons that carry what they are about: 404 for all else."""


def test_every_form_that_is_fed_is_there_for_who_fills_it_in(
    browsers: dict[str, Client], ids: dict[str, object]
) -> None:
    missed = []
    for asked in chain.from_iterable(FORMS.values()):
        with transaction.atomic():
            browser, line = browsers[asked.split(" ")[0]], asked.format(**ids)
            address, sent = filled_in(browser, line, (["1"], b"", "1"), str(ids["pass"]))
            missed += [asked] if browser.post(address, sent).status_code in {403, 404} else []
            transaction.set_rollback(True)

    assert missed == [*NOTHING_TYPED]


def methods_of(view: Any) -> Iterable[str]:
    """The methods that a view takes, as its decorators say; all when none does."""
    while view is not None:
        code = getattr(view, "__code__", None)
        if code is not None and "request_method_list" in code.co_freevars:
            kept = view.__closure__[code.co_freevars.index("request_method_list")]
            return list(kept.cell_contents)
        view = getattr(view, "__wrapped__", None)
    return ["GET", "POST"]


def test_every_address_that_takes_a_form_is_fed_or_says_why_not() -> None:
    lines = [asked.split(" ")[1].partition("?")[0] for asked in chain.from_iterable(FORMS.values())]
    lines += [address for _who, address in FED_ELSEWHERE] + ["/cases/{case}/accept", "/setup/"]
    any_id = str(uuid4())
    bare = (re.sub(r"\{(photo|covered)\}", any_id, each) for each in lines)
    fed = {resolve(re.sub(r"\{\w+\}", "1", each)).route for each in bare}
    takes = {
        route: name
        for route, name in addresses(get_resolver().url_patterns)
        if not route.startswith(OTHERS) and "POST" in methods_of(view_of(route))
    }

    assert {name for route, name in takes.items() if route not in fed} == {*chain(*NOT_FED.values())}


def view_of(route: str) -> Any:
    """The view of a route."""
    filled = re.sub(r"<uuid:\w+>", str(uuid4()), re.sub(r"<int:\w+>", "1", route))
    return resolve("/" + re.sub(r"<(?:str|path):\w+>", "x", filled)).func


QUERIES = (
    *(
        "/cases/?words=%00&unit=%00&after=%00",
        "/sites/?words=%00",
        "/scores/?month=%00",
        "/devices/?words=%00",
    ),
    *("/public/cases/?category=%00&area=%00", "/manage/responsible/?area=%00", "/api/v1/cases?area=%00"),
    *("/open311/v2/requests.json?service_code=%00", "/report/areas?q=%00", "/report/?place=%00"),
)


def test_a_zero_byte_in_an_address_is_an_unknown_id_and_in_a_filter_nothing(
    browsers: dict[str, Client],
) -> None:
    routes = [route for route in (*ADDRESSES, *NO_ID) if "<str" in route and "<int" not in route]
    asked = [
        "/" + re.sub("<uuid[^>]+>", str(uuid4()), re.sub("<str[^>]+>", "%00", route)) for route in routes
    ]

    assert {browsers["carol"].get(address).status_code for address in asked} <= {302, 403, 404, 405}
    assert max(browsers["carol"].get(address).status_code for address in QUERIES) < 500
