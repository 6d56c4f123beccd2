"""Signing in, second factors, sessions, and a member's own page."""

import json
import re

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from fido2.utils import websafe_encode

from anlan.store.models import StaffEvent, User
from tests.cast import Cast

PASSWORD = "长长的口令 and some words"


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def carol(cast: Cast) -> User:
    """Give Carol a password."""
    cast.carol.user.set_password(PASSWORD)
    cast.carol.user.save()
    return cast.carol.user


@pytest.fixture
def mia(cast: Cast) -> User:
    """Give Mia, an administrator, a password."""
    cast.mia.user.set_password(PASSWORD)
    cast.mia.user.save()
    return cast.mia.user


def sign_in(browser: Client, login: str, password: str = PASSWORD):
    return browser.post("/account/login/", {"login": login, "password": password})


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.mark.parametrize("login", ["carol", "carol@lanchuan.example"])
def test_name_or_address_and_password_sign_in(browser: Client, carol: User, login: str) -> None:
    assert sign_in(browser, login).status_code == 302
    assert browser.get("/account/").status_code == 200


@pytest.mark.parametrize(("login", "password"), [("carol", "wrong"), ("nobody-here", PASSWORD)])
def test_wrong_name_and_wrong_password_are_refused_alike(
    browser: Client, carol: User, login: str, password: str
) -> None:
    answer = sign_in(browser, login, password)

    assert answer.context["form"].non_field_errors() == [
        "The username and/or password you specified are not correct."
    ]
    assert browser.get("/account/").status_code == 302


def test_after_five_wrong_passwords_the_account_waits(browser: Client, carol: User) -> None:
    for _ in range(5):
        sign_in(browser, "carol", "wrong")

    answer = sign_in(browser, "carol")

    assert answer.context["form"].non_field_errors() == ["Too many failed login attempts. Try again later."]


@pytest.mark.parametrize("address", ["/account/signup/", "/account/password/reset/", "/account/email/"])
def test_nobody_makes_an_account_or_a_new_password_by_themselves(
    browser: Client, db: None, address: str
) -> None:
    assert browser.get(address).status_code == 404


def test_a_closed_account_does_not_sign_in(browser: Client, carol: User) -> None:
    User.objects.update(is_active=False)

    sign_in(browser, "carol")

    assert browser.get("/account/").status_code == 302


def test_passwords_are_kept_by_argon2(settings) -> None:
    assert settings.PASSWORD_HASHERS[1:] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_signing_out_takes_a_post(browser: Client, carol: User) -> None:
    browser.force_login(carol)

    browser.get("/account/logout/")
    assert browser.get("/account/").status_code == 200
    browser.post("/account/logout/")
    assert browser.get("/account/").status_code == 302


def test_my_page_says_what_my_role_allows_and_where(browser: Client, cast: Cast) -> None:
    browser.force_login(cast.alice.user)

    page = browser.get("/account/")

    (role,) = page.context["roles"]
    assert (role.role, role.unit, role.area) == ("Handler", "荻花村村委会", "荻花村")
    assert role.may == {
        "in 荻花村 and the areas below it": ["See the calendar"],
        "in 荻花村村委会 and the units below it": [
            "See the calendar",
            "See cases",
            "See photos of cases",
            "Rectify, or return to the desk",
            "See scores",
            "Appeal against a case in a score of the unit",
            "See devices and their readings",
            "See alarms",
            "Answer alarms and say what they were",
        ],
    }


def test_my_language_is_kept_and_follows_me_to_another_browser(browser: Client, carol: User) -> None:
    sign_in(browser, "carol")
    browser.post("/account/", {"language": "zh-hans"})
    elsewhere = Client(headers={"accept-language": "en"})
    sign_in(elsewhere, "carol")

    assert User.objects.get(username="carol").language == "zh-hans"
    assert "我能做什么" in elsewhere.get("/account/").text


def test_a_language_that_is_not_there_is_refused_at_the_field(browser: Client, carol: User) -> None:
    browser.force_login(carol)

    assert browser.post("/account/", {"language": "xx"}).status_code == 422


def set_up_app(browser: Client) -> tuple[str, list[str]]:
    """Turn an authenticator app on; give its secret and the recovery codes."""
    browser.post("/account/again/", {"password": PASSWORD})
    secret = re.search(
        r"<code[^>]*>([A-Z2-7]+)</code>", browser.get("/account/second-factor/totp/activate/").text
    )
    assert secret
    done = browser.post("/account/second-factor/totp/activate/", {"code": code_of(secret[1])}, follow=True)
    return secret[1], done.context["unused_codes"]


def test_an_app_makes_signing_in_take_two_steps(browser: Client, carol: User) -> None:
    sign_in(browser, "carol")
    secret, _ = set_up_app(browser)
    elsewhere = Client()

    first = sign_in(elsewhere, "carol")
    between = elsewhere.get("/account/")
    cache.clear()  # a code is taken once; the next one comes in half a minute
    second = elsewhere.post("/account/second-factor/authenticate/", {"code": code_of(secret)})

    assert first.url == "/account/second-factor/authenticate/"
    assert between.status_code == 302
    assert second.status_code == 302
    assert elsewhere.get("/account/").status_code == 200


def test_a_recovery_code_works_once(browser: Client, carol: User) -> None:
    sign_in(browser, "carol")
    _, codes = set_up_app(browser)
    in_by_code = []
    for _ in range(2):
        elsewhere = Client()
        sign_in(elsewhere, "carol")
        elsewhere.post("/account/second-factor/authenticate/", {"code": codes[0]})
        in_by_code.append(elsewhere.get("/account/").status_code)

    assert in_by_code == [200, 302]


WECHAT = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"


def signed_in(**headers: str) -> Client:
    """One more browser in which Carol is signed in."""
    elsewhere = Client(headers={"accept-language": "en"} | headers)
    sign_in(elsewhere, "carol")
    return elsewhere


def listed(browser: Client) -> list[tuple[str, bool]]:
    """The sessions on my page: which browser, and whether it is this one."""
    found = browser.get("/account/sessions/").context["sessions"]
    return [(words, session.is_current) for session, words in found]


def test_my_sessions_are_listed_by_browser_and_this_one_stands_first(carol: User) -> None:
    browser = signed_in(**{"user-agent": WECHAT})
    signed_in(**{"user-agent": EDGE})
    signed_in()

    assert listed(browser) == [("微信 WeChat · Android", True), ("", False), ("Edge · Windows", False)]


def test_one_session_is_ended_and_the_others_hold(carol: User) -> None:
    browser, ended, kept = signed_in(), signed_in(**{"user-agent": EDGE}), signed_in()
    page = browser.get("/account/sessions/")
    (session,) = [session for session, words in page.context["sessions"] if "Edge" in words]

    browser.post(f"/account/sessions/{session.id}/end")

    answers = [each.get("/account/").status_code for each in (browser, ended, kept)]
    assert answers == [200, 302, 200]
    assert StaffEvent.objects.get(action="ended_sessions").changes == {"sessions": [1, 0]}


def test_an_administrator_signs_a_member_out_everywhere(
    browser: Client, carol: User, mia: User, settings
) -> None:
    settings.ANLAN_SYNTHETIC = True  # no second factor is asked for
    browsers, before = [signed_in() for _ in range(2)], User.objects.get(pk=carol.pk).password
    sign_in(browser, "mia")
    asked = browser.get("/manage/members/of/carol/sessions/")

    answer = browser.post("/manage/members/of/carol/sessions/", {"seen": asked.context["seen"]})

    assert (asked.status_code, answer.status_code) == (200, 302)
    assert "Sign carol out everywhere" in asked.text
    assert [each.get("/account/").status_code for each in (*browsers, browser)] == [302, 302, 200]
    assert User.objects.get(pk=carol.pk).password == before
    event = StaffEvent.objects.get(action="ended_sessions")
    assert (event.actor, event.subject, event.changes) == (mia, "member:carol", {"sessions": [2, 0]})


def test_a_second_factor_under_a_lost_key_is_said_and_lets_nobody_in(
    browser: Client, carol: User, settings
) -> None:
    TOTP.activate(carol, "JBSWY3DPEHPK3PXP")
    settings.ANLAN_FACTOR_KEY = ["another key of another installation"]
    sign_in(browser, "carol")

    answer = browser.post("/account/second-factor/authenticate/", {"code": code_of("JBSWY3DPEHPK3PXP")})

    assert answer.status_code == 422
    assert "Your second factor cannot be read" in answer.text
    assert browser.get("/account/").status_code == 302


@pytest.fixture
def damaged(carol: User) -> Authenticator:
    """A key of Carol of which too little is stored."""
    data = {"name": "Blue key", "credential": {"id": "AAAA"}}
    return Authenticator.objects.create(user=carol, type=Authenticator.Type.WEBAUTHN, data=data)


AT_A_KEY = "/account/second-factor/webauthn/"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("page", ["reauthenticate/", "add/"])
@pytest.mark.parametrize("data", [{}, {"name": "Blue key", "credential": {"id": 7}}, {"credential": "x"}])
def test_a_damaged_key_is_named_and_the_other_ways_are_offered(
    browser: Client, carol: User, damaged: Authenticator, data: dict[str, object], page: str, method: str
) -> None:
    Authenticator.objects.filter(pk=damaged.pk).update(data=data)
    browser.force_login(carol)

    answer = getattr(browser, method)(f"{AT_A_KEY}{page}", {"credential": "{}"})

    assert answer.status_code == 422
    assert f"The key “{data.get('name', '?')}” cannot be read" in answer.text
    assert [way["url"] for way in answer.context["ways"]] == ["/account/again/"]


def test_who_has_only_a_damaged_key_is_sent_to_an_administrator(
    browser: Client, carol: User, damaged: Authenticator
) -> None:
    carol.set_unusable_password()
    carol.save()
    browser.force_login(carol)

    answer = browser.get(f"{AT_A_KEY}reauthenticate/")

    assert (answer.status_code, answer.context["ways"]) == (422, [])
    assert "Ask an administrator to take your second factors off" in answer.text


def test_beside_a_damaged_key_a_code_still_signs_in(
    browser: Client, carol: User, damaged: Authenticator
) -> None:
    TOTP.activate(carol, "JBSWY3DPEHPK3PXP")
    sign_in(browser, "carol")

    pages = [
        browser.get("/account/second-factor/authenticate/"),
        browser.post("/account/second-factor/authenticate/", {"credential": "{}"}),
    ]
    browser.post("/account/second-factor/authenticate/", {"code": code_of("JBSWY3DPEHPK3PXP")})

    assert ["The key “Blue key” cannot be read" in page.text for page in pages] == [True, True]
    assert "If you have no code, ask an administrator" in pages[0].text
    assert browser.get("/account/").status_code == 200


def test_a_damaged_key_signs_nobody_in_without_a_password(
    browser: Client, carol: User, damaged: Authenticator
) -> None:
    handle = websafe_encode(user_pk_to_url_str(carol).encode())
    told = {"clientDataJSON": "e30", "authenticatorData": "A" * 50, "signature": "AAAA", "userHandle": handle}
    answer = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": told}

    page = browser.post(f"{AT_A_KEY}login/", {"credential": json.dumps(answer)}, follow=True)

    assert (page.status_code, "Incorrect code." in page.text) == (200, True)
    assert browser.get("/account/").status_code == 302


def test_a_damaged_key_is_removed_after_the_password(
    browser: Client, carol: User, damaged: Authenticator
) -> None:
    browser.force_login(carol)
    browser.post("/account/again/", {"password": PASSWORD})

    listed = browser.get(AT_A_KEY)
    browser.post(f"{AT_A_KEY}keys/{damaged.pk}/remove/")

    assert "Blue key" in listed.text
    assert browser.get(f"{AT_A_KEY}add/").status_code == 200


def test_a_session_of_somebody_else_and_none_answer_the_same_404(carol: User, mia: User) -> None:
    other = Client()
    sign_in(other, "mia")
    theirs = UserSession.objects.get(user=mia).pk
    browser = signed_in()

    answers = [browser.post(f"/account/sessions/{pk}/end") for pk in (theirs, theirs + 1000)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert other.get("/account/").status_code == 200


def test_the_session_in_use_is_ended_by_signing_out(carol: User) -> None:
    browser = signed_in()
    own = UserSession.objects.get(user=carol).pk

    assert browser.post(f"/account/sessions/{own}/end").url == "/account/logout/"
    assert browser.get("/account/").status_code == 200


def test_all_other_sessions_of_mine_can_be_ended(carol: User) -> None:
    browser, elsewhere, third = signed_in(), signed_in(), signed_in()

    browser.post("/account/sessions/others/end")

    answers = [each.get("/account/").status_code for each in (browser, elsewhere, third)]
    assert answers == [200, 302, 302]
    assert listed(browser) == [("", True)]


def test_ending_a_session_takes_a_post(carol: User) -> None:
    browser, elsewhere = signed_in(), signed_in()
    answers = [browser.get(f"/account/sessions/{way}").status_code for way in ("1/end", "others/end")]

    assert (answers, elsewhere.get("/account/").status_code) == ([405, 405], 200)


def test_an_administrator_without_second_factor_gets_only_to_where_it_is_set_up(
    browser: Client, mia: User
) -> None:
    sign_in(browser, "mia")

    assert browser.get("/kit").url == "/account/second-factor/"
    assert browser.get("/account/second-factor/").status_code == 200
    set_up_app(browser)
    assert browser.get("/kit").status_code != 302


def test_the_last_second_factor_of_an_administrator_stays(browser: Client, mia: User) -> None:
    sign_in(browser, "mia")
    set_up_app(browser)

    browser.post("/account/second-factor/totp/deactivate/")

    assert Authenticator.objects.filter(user=mia, type=Authenticator.Type.TOTP).exists()


def test_in_the_demo_an_administrator_needs_no_second_factor(browser: Client, mia: User, settings) -> None:
    settings.ANLAN_SYNTHETIC = True
    sign_in(browser, "mia")

    assert browser.get("/kit").status_code != 302


def test_others_may_turn_their_second_factor_off(browser: Client, carol: User) -> None:
    sign_in(browser, "carol")
    TOTP.activate(carol, "JBSWY3DPEHPK3PXP")
    browser.post("/account/again/", {"password": PASSWORD})

    browser.post("/account/second-factor/totp/deactivate/")

    assert not Authenticator.objects.filter(user=carol).exists()


PAGES = (
    "/account/",
    "/account/logout/",
    "/account/password/",
    "/account/again/",
    "/account/closed/",
    "/account/second-factor/",
    "/account/second-factor/totp/activate/",
    "/account/second-factor/recovery-codes/generate/",
    "/account/second-factor/webauthn/",
    "/account/second-factor/webauthn/add/",
    "/account/sessions/",
)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_of_the_account_answers_in_both_languages(
    browser: Client, carol: User, address: str, language: str
) -> None:
    sign_in(browser, "carol")
    browser.post("/account/again/", {"password": PASSWORD})
    TOTP.activate(carol, "JBSWY3DPEHPK3PXP") if "generate" in address else None

    page = browser.get(address, {"lang": language})

    assert page.status_code == 200
    assert f'<html lang="{"en" if language == "en" else "zh-CN"}"' in page.text


def test_the_sign_in_page_needs_no_script_and_loads_none_from_elsewhere(browser: Client, db: None) -> None:
    page = browser.get("/account/login/").text

    assert 'name="login"' in page
    assert re.findall(r'<script[^>]+src="(?!/static/)', page) == []
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page) == []
