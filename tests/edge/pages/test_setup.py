"""The page of the first set-up."""

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from anlan.edge.setup_code import is_setup_code, setup_code
from anlan.store.models import User
from tests.cast import Cast

TYPED = {
    "area_code": "990100",
    "area_name": "澜川市",
    "unit_code": "desk",
    "unit_name": "市指挥中心",
    "username": "grace",
    "email": "",
    "password": "长长的口令 and words",
    "again": "长长的口令 and words",
}


def code() -> str:
    return setup_code(settings.SECRET_KEY)


@pytest.mark.django_db
def test_the_first_administrator_sets_up_and_signs_in(client: Client) -> None:
    done = client.post("/setup/", TYPED | {"code": code()})
    signed_in = client.post("/account/login/", {"login": "grace", "password": TYPED["password"]})

    assert (done.status_code, done.url) == (302, "/account/login/")
    assert signed_in.status_code == 302


@pytest.mark.django_db
def test_a_code_that_is_no_citys_is_said_together_with_all_else_that_is_wrong(client: Client) -> None:
    client.cookies["lang"] = "en"
    answer = client.post("/setup/", TYPED | {"code": "ABCD", "area_code": "33100", "password": "short"})

    assert (answer.status_code, set(answer.context["form"].errors)) == (
        422,
        {"code", "area_code", "password"},
    )
    assert "33100 is not the code of a city: 6 digits that end with 00, such as 331000." in answer.text


@pytest.mark.django_db
def test_residents_are_told_whom_to_call_until_there_are_areas_and_kinds(client: Client) -> None:
    client.post("/setup/", TYPED | {"code": code(), "starting_list": "on"})

    client.cookies["lang"] = "en"
    for answer in (client.get("/report/"), client.post("/report/", {"words": "a fire"})):
        assert "Reports cannot be sent here yet" in answer.text
        assert [f"tel:{number}" in answer.text for number in (119, 120, 110)] == [True] * 3
        assert "<form" not in answer.text.partition("<main")[2]


@pytest.mark.django_db
def test_the_administration_of_a_new_city_lists_what_comes_next(client: Client, settings: Any) -> None:
    settings.ANLAN_SYNTHETIC = True  # administrators need no second factor in the demo
    client.post("/setup/", TYPED | {"code": code()})
    client.force_login(User.objects.get())
    page = client.get("/manage/")

    assert [address for address, _, _ in page.context["next_steps"]] == [
        "/manage/areas/",
        "/manage/categories/",
        "/manage/units/",
        "/manage/members/",
        "/manage/sites/",
    ]
    assert "接下来" in page.text


@pytest.mark.django_db
def test_a_city_without_kinds_of_hazards_takes_the_list_later_and_only_then(
    client: Client, settings: Any
) -> None:
    settings.ANLAN_SYNTHETIC = True
    client.post("/setup/", TYPED | {"code": code()})
    client.force_login(User.objects.get())
    lists = [client.get("/manage/categories/")]
    asked = client.get("/manage/categories/begin/")

    done = client.post("/manage/categories/begin/", {"seen": asked.context["seen"]})

    lists.append(client.get("/manage/categories/"))
    assert ['href="/manage/categories/begin/"' in page.text for page in lists] == [True, False]
    assert (asked.status_code, done.status_code, done.url) == (200, 302, "/manage/categories/")
    assert [page.context["total"] > 0 for page in lists] == [False, True]
    assert client.get("/manage/categories/begin/").url == "/manage/categories/"


def test_a_city_that_has_everything_is_told_of_no_next_step(
    client: Client, cast: Cast, settings: Any
) -> None:
    settings.ANLAN_SYNTHETIC = True
    client.force_login(cast.grace.user)

    assert client.get("/manage/").context["next_steps"] == []


@pytest.mark.django_db
def test_without_the_code_nothing_is_set_up_and_nothing_typed_is_lost(client: Client) -> None:
    answer = client.post("/setup/", TYPED | {"code": "AAAA-AAAA-AAAA-AAAA"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"code"}
    assert 'value="市指挥中心"' in answer.text
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"area_code": "990101"}, "area_code"),
        ({"unit_code": "The Desk"}, "unit_code"),
        ({"password": "12345678", "again": "12345678"}, "password"),
        ({"again": "another one"}, "again"),
        ({"username": "a b"}, "username"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client: Client, typed: dict[str, str], field: str) -> None:
    answer = client.post("/setup/", TYPED | {"code": code()} | typed)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}


MISSING = {
    "en": ["One-time code", "Official code of the city", "Name of the city", "Name of the first unit"],
    "zh-hans": ["一次性设置码", "市行政区划代码", "市的名称", "第一个单位的名称"],
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", MISSING)
def test_the_summary_names_each_field_that_is_wrong(client: Client, language: str) -> None:
    typed = TYPED | dict.fromkeys(("area_code", "area_name", "unit_name"), "")

    answer = client.post("/setup/", typed, headers={"accept-language": language})

    required = {"en": ": This field is required.", "zh-hans": "：这个字段是必填项。"}[language]
    assert summary(answer.text) == [f"{label}{required}" for label in MISSING[language]]


def summary(page: str) -> list[str]:
    """The lines of the summary of what is wrong."""
    found = page.partition('id="errors"')[2].partition("</ul>")[0]
    return [unescape(line) for line in re.findall(r"<li>(?:<a [^>]+>)?([^<]+)", found)]


@pytest.mark.parametrize("method", ["get", "post"])
def test_with_staff_there_is_no_such_page(client: Client, cast: Cast, method: str) -> None:
    assert getattr(client, method)("/setup/").status_code == 404


def test_the_code_may_be_typed_carelessly_and_belongs_to_one_key() -> None:
    key = "k" * 40

    assert is_setup_code(setup_code(key).lower().replace("-", " "), key)
    assert not is_setup_code(setup_code("j" * 40), key)
    assert not is_setup_code("", key)
