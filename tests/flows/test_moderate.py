"""A person decides what the public reads, and every look at the words as they came is kept."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from anlan.base.errors import NotFound, Refused
from anlan.flows.moderate import clear_words, hide_case, look_at, show_case, withhold_words
from anlan.publishing.terms import ModerationStep, PlaceRule
from anlan.store.models import Case, Moderation, PublicCase, Report
from anlan.store.readers.moderation import moderations_of
from anlan.store.readers.public_cases import public_case
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new

WORDS = "护栏断了，打我电话 13800001234，浙J12345 撞的"


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


@pytest.fixture
def case(cast: Cast) -> Case:
    made = new(cast, NOON, words=WORDS)
    told = {"category": cast.open_water, "words": WORDS, "area": cast.village_111, "received_at": NOON}
    Report.objects.create(case=made, channel="web", **told)
    return made


def steps() -> list[str]:
    return list(Moderation.objects.order_by("pk").values_list("step", flat=True))


def test_the_suggestion_covers_what_reaches_a_person_and_the_look_is_kept(cast: Cast, case: Case) -> None:
    (original,) = look_at(acting_user=cast.judy, case_id=case.pk, now=NOON)

    assert (original.words, original.suggested) == (WORDS, "护栏断了，打我电话 ▇▇，▇▇ 撞的")
    assert steps() == ["looked"]


def test_cleared_words_are_public_and_can_be_taken_back(cast: Cast, case: Case) -> None:
    clear_words(acting_user=cast.judy, case_id=case.pk, words=" 护栏断了 ", with_address=False, now=NOON)
    shown = public_case(case.pk).words
    withhold_words(acting_user=cast.carol, case_id=case.pk, reason="A name in it", now=NOON)

    assert (shown, public_case(case.pk).words) == ("护栏断了", "")
    assert steps() == ["cleared", "withheld"]


def test_a_hidden_case_is_shown_again_by_a_person_alone(cast: Cast, case: Case) -> None:
    hide_case(acting_user=cast.judy, case_id=case.pk, reason="Names a child", now=NOON)
    with pytest.raises(NotFound):
        public_case(case.pk)

    show_case(acting_user=cast.judy, case_id=case.pk, now=NOON)

    assert public_case(case.pk).shown
    assert steps() == ["hidden", "shown"]


def test_an_address_comes_out_only_where_the_place_may_be_exact(cast: Cast, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(address="荻花村 8 号")
    clear_words(acting_user=cast.judy, case_id=case.pk, words="x", with_address=True, now=NOON)
    near_homes = public_case(case.pk).address
    PublicCase.objects.update(place_rule=PlaceRule.EXACT)
    clear_words(acting_user=cast.judy, case_id=case.pk, words="x", with_address=True, now=NOON)

    assert (near_homes, public_case(case.pk).address) == ("", "荻花村 8 号")


@pytest.mark.parametrize("name", ["dan", "alice", "bob", "heidi", "nobody", "grace"])
def test_nobody_else_learns_even_that_the_case_is_there(cast: Cast, case: Case, name: str) -> None:
    with pytest.raises(NotFound):
        look_at(acting_user=getattr(cast, name), case_id=case.pk, now=NOON)

    assert steps() == []


@pytest.mark.parametrize(("words", "reason"), [(" ", "words_missing"), ("x" * 10_001, "words_too_long")])
def test_words_that_cannot_be_shown_are_refused(cast: Cast, case: Case, words: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        clear_words(acting_user=cast.judy, case_id=case.pk, words=words, with_address=False, now=NOON)


def test_to_hide_a_case_takes_a_reason(cast: Cast, case: Case) -> None:
    with pytest.raises(Refused, match="reason_missing"):
        hide_case(acting_user=cast.judy, case_id=case.pk, reason=" ", now=NOON)


def test_what_was_decided_cannot_be_rewritten(cast: Cast, case: Case) -> None:
    look_at(acting_user=cast.judy, case_id=case.pk, now=NOON)

    with pytest.raises(DatabaseError), transaction.atomic():
        Moderation.objects.update(reason="x")


def browser(cast: Cast, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(getattr(cast, name).user)
    return client


def test_on_the_page_the_desk_clears_what_it_read(cast: Cast, case: Case) -> None:
    desk = browser(cast, "judy")
    address = f"/moderation/{case.pk}/"

    assert f'href="{address}"' in desk.get("/moderation/").text
    assert "▇▇" in desk.get(address).text
    desk.post(address, {"act": "clear", "words": "Railing broken"})

    assert f'href="{address}"' not in desk.get("/moderation/").text
    assert "Railing broken" in Client().get(f"/public/cases/{case.pk}/").text


def test_what_was_typed_stays_when_something_is_missing(cast: Cast, case: Case) -> None:
    page = browser(cast, "judy").post(f"/moderation/{case.pk}/", {"act": "hide", "reason": ""})

    assert page.status_code == 422 and "Say why" in page.text


def test_the_page_is_closed_to_other_roles_and_areas(cast: Cast, case: Case) -> None:
    assert browser(cast, "alice").get("/moderation/").status_code == 403
    assert browser(cast, "dan").get(f"/moderation/{case.pk}/").status_code == 404


def test_who_looks_is_listed_on_the_page_that_shows_the_words(cast: Cast, case: Case) -> None:
    page = browser(cast, "carol").get(f"/moderation/{case.pk}/")

    assert [look.user for look in page.context["looks"]] == [cast.carol.user]


def test_what_was_decided_is_not_lost_among_looks(cast: Cast, case: Case) -> None:
    clear_words(acting_user=cast.carol, case_id=case.pk, words="护栏断了", with_address=False, now=NOON)
    for _ in range(60):
        look_at(acting_user=cast.carol, case_id=case.pk, now=NOON)

    assert [each.step for each in moderations_of(case.pk)] == [ModerationStep.CLEARED]
