"""Forms fed with anything: none answers 500, what is wrong stands at its field, what was typed comes back.

Members, units, areas, sites, categories, steps of a case and filters of lists: test_rubbish.py.
"""

import re
from collections.abc import Iterable
from html import unescape
from itertools import chain, cycle
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.test.client import ContextList
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from anlan.cases.terms import PhotoStage, State
from anlan.edge.pages.receipt import pass_of
from anlan.flows.case_tasks import give_task
from anlan.flows.manage_feeds import add_feed
from anlan.flows.manage_other_cities import CityFacts, add_city
from anlan.flows.member_links import new_link
from anlan.flows.store_photos import store_photos
from anlan.store import photo_files
from anlan.store.models import BulkRun, Case, Report, SavedSearch, User
from tests.cast import Cast
from tests.conftest import NOON
from tests.edge.pages.test_every_action import things
from tests.edge.pages.test_ids import ADDRESSES, NO_ID
from tests.edge.pages.test_rubbish import ANSWERS, VALUES
from tests.examples import examples
from tests.flows.pictures import picture
from tests.flows.walks import HOUR, walked_to

FORMS = {
    "receipts": (
        *("nobody /receipt/ code", "nobody /receipt/add words token", "nobody /receipt/contact contact"),
        *(
            "nobody /receipt/answer fixed why",
            "nobody /answer/{token}/ fixed why",
        ),
    ),
    "tasks": (
        "carol /cases/{led}/tasks/give unit_code what",
        *(f"ken /cases/{{led}}/tasks/{{task}}/{step} reason done" for step in ("start", "rectify", "return")),
        *(f"carol /cases/{{led}}/tasks/{{task}}/{each}/" for each in ("answer-time", "draw-again")),
        *("ken /cases/{led}/tasks/{task}/more-time/", "carol /cases/{led}/tasks/{task}/withdraw reason"),
    ),
    "proof": (
        *(f"carol /cases/{{led}}/{each}/" for each in ("split", "draw-again", "answer-time", "watch")),
        *(f"carol /cases/{{case}}/{each}/" for each in ("second-check", "check-report", "undo-split")),
        *("alice /cases/{led}/interim/", "alice /cases/{led}/more-time/", "carol /cases/{led}/no-return/"),
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
        *("carol /duty/alarms/{alarm}/close/", "carol /duty/silences/new/"),
    ),
    "what the public reads": (
        "carol /moderation/{case}/ act words reason title",
        "carol /moderation/{case}/photos/{photo}/ act reason boxes box",
        *("nobody /public/follow/", "nobody /report/ words category township village contact look"),
    ),
    "supervision and scores": (
        *("carol /supervision/add/", "carol /supervision/check/{check}/", "carol /scores/appeals/{appeal}/"),
        "alice /scores/appeals/add/committee-111/2026-11/on_time/",
    ),
    "accounts": ("nobody /account/join/{join}/", "nobody /account/login/", "grace /account/password/"),
}


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True
    settings.ANLAN_SENDINGS_PER_HOUR = 100_000


@pytest.fixture
def browsers(cast: Cast) -> dict[str, Client]:
    """A browser for each who fills a form in; `nobody` did not sign in. What is raised is a page of 500."""
    found = {name: Client(raise_request_exception=False) for name in ("grace", "carol", "alice", "ken")}
    for name, browser in found.items():
        browser.force_login(getattr(cast, name).user)
    return found | {"nobody": Client(raise_request_exception=False)}


@pytest.fixture
def ids(cast: Cast) -> dict[str, object]:
    """What the forms are about."""
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
    return found | {
        "led": led.pk,
        "task": task.pk,
        "photo": taken.id,
        "token": uuid4(),
        "join": new_link(guest, timezone.now()),
        "run": BulkRun.objects.create(user=cast.carol.user, step="accept", made_at=NOON).pk,
        "search": SavedSearch.objects.create(user=cast.carol.user, name="Late", filters={}).pk,
        "city": add_city(acting_user=cast.grace, name="Next", facts=facts, now=NOON).pk,
        "feed": add_feed(acting_user=cast.grace, name="Rain", address="https://rain.example/", now=NOON).pk,
        "pass": pass_of(report.pk),
    }


def forms_on(contexts: ContextList | None) -> list[forms.BaseForm]:
    """The forms that a page was drawn with."""
    held = [each for context in contexts or () for layer in context for each in layer.values()]
    return [each for each in held if isinstance(each, forms.BaseForm)]


def typed_in_words(form: forms.BaseForm, sent: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """What was typed into fields of words."""
    for name in form.fields.keys() & sent.keys():
        if isinstance(form.fields[name].widget, forms.TextInput | forms.Textarea):
            yield name, str(sent[name])


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\0", "").replace("\ufffd", ""))


def sent_to(asked: str, names: list[str], values: list[str], table: bytes, revision: str) -> dict[str, Any]:
    """What goes into the fields of a form: the values one after the other, a file where one is asked for."""
    sent: dict[str, Any] = dict(zip(names, cycle(values), strict=False))
    if "revision" in sent:
        sent["revision"] = revision
    if "table" in sent:
        sent["table"] = SimpleUploadedFile("t.csv", table)
    return sent


def feed(browser: Client, asked: str, filled: tuple[list[str], bytes, str], receipt: str) -> list[object]:
    """What is wrong with the answer to a form that was filled with anything."""
    _, address, *names = asked.split(" ")
    page = browser.get(address) if address.endswith("/") else None
    names += [name for form in forms_on(page.context if page else None) for name in form.fields]
    sent = sent_to(asked, names, *filled) | ({"pass": receipt} if address.startswith("/receipt/") else {})

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
