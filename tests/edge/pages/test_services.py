"""What a category asks: written by an administrator, answered by residents, kept for staff."""

import pickle
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client, override_settings

from anlan.store.models import Case, Category, HeldReport, Report, ServiceAttribute, StaffEvent
from tests.cast import Cast, build_cast
from tests.conftest import kept
from tests.edge.pages.test_report import CODE

pytestmark = pytest.mark.django_db
SERVICE = "/manage/categories/of/junction/service/"
QUESTIONS: tuple[Mapping[str, str], ...] = (
    {"code": "POLE", "datatype": "string", "zh": "灯杆编号", "en": "Number on the pole"},
    {"code": "LAMPS", "datatype": "number", "zh": "几盏灯", "en": "How many lamps"},
    {"code": "SINCE", "datatype": "datetime", "zh": "从何时起", "en": "Since when"},
    {"code": "AROUND", "datatype": "text", "zh": "周围情况", "en": "What is around it"},
    {
        "code": "FAULT",
        "datatype": "singlevaluelist",
        "zh": "什么毛病",
        "en": "What is wrong",
        "values": "dark | 不亮 | Dark\nflickers | 闪 | Flickers",
        "required": "on",
    },
    {
        "code": "WHO",
        "datatype": "multivaluelist",
        "zh": "谁会经过",
        "en": "Who passes there",
        "values": "pupils | 学生 | Pupils\nelderly | 老人 | Elderly people",
    },
    {
        "code": "NOTE",
        "datatype": "string",
        "zh": "带电，勿近",
        "en": "Keep away: live wires",
        "only_said": "on",
    },
)
ANSWERS = {
    "asked": "junction",
    "ask_POLE": "B-1203",
    "ask_LAMPS": "2",
    "ask_SINCE": "2026-11-02T19:30",
    "ask_FAULT": "dark",
    "ask_WHO": ["pupils", "elderly"],
}


def browser_of(cast: Cast) -> Client:
    """The browser of an administrator of the whole city."""
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(cast.grace.user)
    return browser


@pytest.fixture(scope="module")
def scene(kept_rows: None) -> bytes:
    """The cast of a city that asks something of every datatype: stored once, each test gets a copy of it."""
    cast = build_cast()
    with override_settings(ANLAN_SYNTHETIC=True):
        browser = browser_of(cast)
        for order, each in enumerate(QUESTIONS, start=1):
            answer = browser.post(f"{SERVICE}ask/", {"order": order, **each})
            assert answer.status_code == 302, answer.context["form"].errors
    return kept(cast)


@pytest.fixture
def cast(scene: bytes) -> Cast:
    found: Cast = pickle.loads(scene)
    return found


@pytest.fixture
def asking(cast: Cast, settings: Any) -> Client:
    settings.ANLAN_SYNTHETIC = True  # administrators need no second factor in the demo
    return browser_of(cast)


def family_of(cast: Cast) -> dict[str, str]:
    parent = cast.junction.parent
    assert parent is not None
    place = {"township": "990101001", "village": "990101001201"}
    return {"category": parent.code, "kind": "junction", "words": "灯不亮", **place}


def test_an_administrator_writes_a_service_that_other_systems_read(asking: Client) -> None:
    asking.post(f"{SERVICE}change/", {"kind": "batch", "keywords": "路灯, lamp"})

    services = {each["service_code"]: each for each in asking.get("/open311/v2/services.json").json()}
    definition = asking.get("/open311/v2/services/junction.json").json()["attributes"]
    page = asking.get(SERVICE).text

    assert (services["junction"]["type"], services["junction"]["metadata"]) == ("batch", True)
    assert services["junction"]["keywords"] == "路口隐患,Unsafe junction,路灯,lamp"
    assert [(each["code"], each["datatype"], each["required"]) for each in definition] == [
        (each["code"], each["datatype"], "required" in each) for each in QUESTIONS
    ]
    assert definition[4]["values"] == [
        {"key": "dark", "name": "Dark"},
        {"key": "flickers", "name": "Flickers"},
    ]
    assert all(each["en"] in page for each in QUESTIONS)
    assert StaffEvent.objects.filter(subject="category:junction").count() == len(QUESTIONS) + 1


def test_a_question_is_changed_and_asked_no_more(asking: Client) -> None:
    changed = {**QUESTIONS[4], "values": "gone | 没了", "order": "1"}
    wrong = asking.post(f"{SERVICE}ask/FAULT/", {**changed, "values": "one two | 三"})
    asking.post(f"{SERVICE}ask/FAULT/", changed)
    asked = asking.get(f"{SERVICE}ask/WHO/remove/")
    asking.post(f"{SERVICE}ask/WHO/remove/", {"seen": ""})

    assert wrong.status_code == 422 and "Line 1" in wrong.text and "one two" in wrong.text
    assert asked.status_code == 200
    assert ServiceAttribute.objects.get(code="FAULT").values == [["gone", "没了", "没了"]]
    assert not ServiceAttribute.objects.filter(code="WHO").exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"code": "FAULT"}, "The code FAULT is taken"),
        ({"datatype": "singlevaluelist"}, "A list needs what can be chosen"),
        ({"code": "a b"}, "Letters, digits, - and _ only"),
    ],
)
def test_what_cannot_be_asked_is_said_at_the_form(asking: Client, typed: dict[str, str], words: str) -> None:
    answer = asking.post(f"{SERVICE}ask/", {**QUESTIONS[0], "code": "NEW", "order": "1", **typed})

    assert answer.status_code == 422 and words in answer.text


def test_a_resident_answers_in_the_form_and_staff_read_it_in_their_language(
    asking: Client, cast: Cast
) -> None:
    sent = Client().post("/report/", {**family_of(cast), **ANSWERS})

    assert sent.status_code == 200 and "ask_FAULT" not in sent.text, sent.context.get("form")
    report = Report.objects.get()
    assert {each["code"]: each["value"] for each in report.answers} == {
        "POLE": "B-1203",
        "LAMPS": "2",
        "SINCE": "2026-11-02T19:30+08:00",
        "FAULT": "dark",
        "WHO": ["pupils", "elderly"],
    }
    carol = Client(headers={"accept-language": "en"})
    carol.force_login(cast.carol.user)
    page = carol.get(f"/cases/{report.case_id}/").text
    assert "What is wrong" in page and "Pupils, Elderly people" in page
    assert "2026-11-02 19:30" in page and "T19:30" not in page


def test_without_javascript_the_questions_come_before_anything_is_stored(asking: Client, cast: Cast) -> None:
    ServiceAttribute.objects.update(required=False)
    told = family_of(cast)

    first = Client().post("/report/", told)
    second = Client().post("/report/", {**told, "asked": "junction"})

    assert first.status_code == 200 and 'name="ask_POLE"' in first.text and "灯不亮" in first.text
    assert second.status_code == 200 and Report.objects.get().answers == []


def test_what_must_be_answered_is_asked_for_and_nothing_typed_is_lost(asking: Client, cast: Cast) -> None:
    told = {**family_of(cast), **ANSWERS, "ask_FAULT": "", "ask_LAMPS": "两"}

    answer = Client().post("/report/", told)

    assert answer.status_code == 422 and not Report.objects.exists() and not HeldReport.objects.exists()
    assert set(answer.context["form"].errors) == {"ask_FAULT", "ask_LAMPS"}
    assert 'value="B-1203"' in answer.text and 'value="两"' in answer.text


def test_what_is_missing_is_said_by_the_name_of_its_question_and_in_the_order_of_the_page(
    asking: Client, cast: Cast
) -> None:
    told = {**family_of(cast), "asked": "junction", "words": ""}

    page = Client(headers={"accept-language": "en"}).post("/report/", told).text

    assert re.findall(r'<li><a href="#id_[a-zA-Z_]*(?:_0)?">([^<]+)', page) == [
        "Answer “What is wrong”",
        "Say what you saw",
    ]


def test_the_part_of_the_form_follows_the_kind(asking: Client, cast: Cast) -> None:
    browser = Client(headers={"accept-language": "en"})
    asked, none = (
        browser.post("/report/questions", {**family_of(cast), "kind": kind, "ask_POLE": "B-9"}).text
        for kind in ("junction", "")
    )

    assert all(each["en"] in asked for each in QUESTIONS) and 'value="B-9"' in asked
    assert "ask_" not in none.replace("name^=ask_", "")


def test_answers_are_covered_and_cleared_as_words_are(asking: Client, cast: Cast) -> None:
    said = {**ANSWERS, "ask_POLE": "找张三 13800001234"}
    Client().post("/report/", {**family_of(cast), **said})
    case = Case.objects.get()
    carol = Client(headers={"accept-language": "en"})
    carol.force_login(cast.carol.user)

    page = carol.get(f"/moderation/{case.pk}/")

    suggested = page.context["clear"]["words"].value()
    assert "灯杆编号：找张三" in suggested and "13800001234" not in suggested
    assert "13800001234" in page.text  # as it came, for who decides
    assert "B-1203" not in Client().get(f"/public/cases/{case.pk}/").text


def test_a_report_that_is_held_keeps_its_answers(asking: Client, cast: Cast) -> None:
    told = {**family_of(cast), **ANSWERS, "website": "x"}
    Client().post("/report/", told)

    assert [each["code"] for each in HeldReport.objects.get().told["answers"]] == [
        *("POLE", "LAMPS", "SINCE", "FAULT", "WHO")
    ]


def test_answers_are_read_by_who_decides_on_what_waits_and_by_who_gave_them(
    asking: Client, cast: Cast
) -> None:
    said = {**family_of(cast), **ANSWERS}
    resident = Client(headers={"accept-language": "en"})
    codes = [CODE.search(resident.post("/report/", said | more).text) for more in ({"website": "x"}, {})]
    carol = Client(headers={"accept-language": "en"})
    carol.force_login(cast.carol.user)

    pages = [carol.get(f"/moderation/held/{HeldReport.objects.get().group_id}/").text]
    pages += [resident.post("/receipt/", {"code": code[1]}).text for code in codes if code]

    assert ["Pupils, Elderly people" in page and "B-1203" in page for page in pages] == [True] * 3


def test_answers_without_words_wait_for_a_person_and_come_out_covered(asking: Client, cast: Cast) -> None:
    Client().post("/report/", {**family_of(cast), **ANSWERS, "ask_POLE": "13800001234"})
    Report.objects.update(words="")  # as it comes from another system
    carol = Client(headers={"accept-language": "en"})
    carol.force_login(cast.carol.user)
    case = Case.objects.get()

    waiting = carol.get("/moderation/").text
    page = carol.get(f"/moderation/{case.pk}/")
    suggested = page.context["clear"]["words"].value()
    carol.post(f"/moderation/{case.pk}/", {"act": "clear", "words": suggested})

    assert f'href="/moderation/{case.pk}/"' in waiting and "13800001234" in page.text
    assert suggested.startswith("灯杆编号：▇▇") and "什么毛病：不亮" in suggested
    public = Client().get(f"/public/cases/{case.pk}/").text
    assert "什么毛病：不亮" in public and "13800001234" not in public


def test_a_category_that_asks_nothing_has_a_page_and_no_questions(asking: Client) -> None:
    Category.objects.filter(code="open_water").update(open311_keywords="pond")

    page = asking.get("/manage/categories/of/open_water/service/")

    assert page.status_code == 200 and "pond" in page.text
