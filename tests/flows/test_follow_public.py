"""People outside follow cases: asked, confirmed, told once, ended."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from anlan.base.errors import NotFound
from anlan.cases.terms import State
from anlan.flows.follow_public import (
    MOST_ASKED,
    MOST_WAITING,
    Browser,
    ask_follower,
    confirm_follow,
    end_follow,
    follow_by_browser,
    follow_by_mail,
    forget_unconfirmed,
    token_to_confirm,
    token_to_end,
)
from anlan.flows.join_cases import join_case, split_case, undo_join, undo_split
from anlan.flows.moderate import hide_case, show_case
from anlan.flows.publish_cases import publish
from anlan.flows.tell_followers import deliver_news, tell_followers
from anlan.publishing.terms import PlaceRule
from anlan.store.models import Case, CaseEvent, Category, Follow, FollowNews, PublicCase
from anlan.store.readers.following import Subject, followers_of
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows.walks import new, walked_to

ANNA = "anna@example.org"


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


def ask(subject: Subject, address: str = ANNA) -> None:
    queued = ProcrastinateJob.objects.filter(task_name="ask_follower")
    before = set(queued.values_list("pk", flat=True))
    follow_by_mail(acting_user=None, address=address, subject=subject, language="en", now=NOON)
    for job in queued.exclude(pk__in=before):
        ask_follower(acting_user=None, follow_id=job.args["follow_id"], now=NOON)


def follow(subject: Subject, address: str = ANNA) -> Follow:
    ask(subject, address)
    found = Follow.objects.get(email=address, confirmed_at=None)
    return confirm_follow(acting_user=None, token=token_to_confirm(found), now=NOON)


def tell(case: Case) -> int:
    events = CaseEvent.objects.filter(case=case).order_by("id")
    return sum(tell_followers(acting_user=None, event_id=event.pk, now=NOON) for event in events)


def test_nobody_is_told_anything_before_they_say_yes(cast: Cast) -> None:
    case = new(cast, NOON)
    ask(Subject(case=case.pk))

    assert tell(case) == 0
    assert [message.to for message in mail.outbox] == [[ANNA]]


def test_the_link_in_the_mail_confirms_and_the_one_in_the_news_ends_it(cast: Cast, settings) -> None:
    settings.ANLAN_PUBLIC_URL = "https://city.example"
    case = walked_to(State.DISPATCHED, cast, NOON)
    ask(Subject(case=case.pk))
    (link,) = re.findall(r"https://city\.example(/\S+)", mail.outbox[0].body)
    browser = Client(headers={"accept-language": "en"})

    assert "Yes, send them" in browser.get(link).text
    browser.post(link)
    tell(case)
    deliver_news(acting_user=None, now=NOON)
    news = mail.outbox[1]
    (end,) = re.findall(r"<https://city\.example(/\S+)>", news.extra_headers["List-Unsubscribe"])
    browser.post(end, {"List-Unsubscribe": "One-Click"})

    assert "Unfenced water · 荻花村" in news.body and f"/public/cases/{case.pk}/" in news.body
    assert not Follow.objects.exists()


def test_an_event_told_again_is_told_once(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, NOON)
    follow(Subject(case=case.pk))

    tell(case)
    tell(case)

    assert FollowNews.objects.count() == 2  # reported, given to a unit


def test_who_follows_an_area_hears_once_a_day_of_new_and_closed_cases(cast: Cast) -> None:
    follow(Subject(area=cast.county_1.code))
    case = walked_to(State.CLOSED, cast, NOON)

    tell(case)
    at_once = deliver_news(acting_user=None, now=NOON)
    next_morning = deliver_news(acting_user=None, now=NOON + timedelta(days=1))

    assert (at_once, next_morning) == (0, 2)
    assert mail.outbox[-1].subject == "2 pieces of news"


@pytest.mark.parametrize(
    ("subject", "heard"),
    [
        (Subject(category="water"), True),
        (Subject(category="open_water"), True),
        (Subject(category="fire"), False),
        (Subject(area="990101001201"), True),
        (Subject(area="990102"), False),
        (Subject(area="990101", category="fire"), False),
    ],
)
def test_only_what_was_asked_for_is_told(cast: Cast, subject: Subject, heard: bool) -> None:
    follow(subject)

    assert bool(tell(new(cast, NOON))) is heard


def test_a_hidden_case_is_told_to_nobody(cast: Cast) -> None:
    case = new(cast, NOON)
    follow(Subject(case=case.pk))
    PublicCase.objects.filter(pk=case.pk).update(shown=False)

    assert tell(case) == 0


def test_what_was_hidden_before_the_morning_is_told_to_nobody(cast: Cast) -> None:
    follow(Subject(area=cast.county_1.code))
    case = new(cast, NOON)
    written = tell(case)
    hide_case(acting_user=cast.judy, case_id=case.pk, reason="Names a child", now=NOON)
    show_case(acting_user=cast.judy, case_id=case.pk, now=NOON)

    assert (written, FollowNews.objects.count()) == (1, 0)
    assert deliver_news(acting_user=None, now=NOON + timedelta(days=1)) == 0


def test_news_of_a_case_that_is_not_shown_at_this_moment_are_not_sent(cast: Cast) -> None:
    follow(Subject(area=cast.county_1.code))
    case = new(cast, NOON)
    tell(case)
    PublicCase.objects.filter(pk=case.pk).update(shown=False)

    assert deliver_news(acting_user=None, now=NOON + timedelta(days=1)) == 0


@pytest.mark.parametrize(("rule", "heard"), [(PlaceRule.EXACT, 1), (PlaceRule.CELL, 0), (PlaceRule.AREA, 0)])
def test_by_its_place_a_case_is_told_only_where_the_place_is_public(
    cast: Cast, rule: PlaceRule, heard: int
) -> None:
    Category.objects.filter(pk=cast.open_water.pk).update(public_place=rule)
    case = new(cast, NOON)
    Case.objects.filter(pk=case.pk).update(site=cast.pond_111, lng=121.24, lat=28.6)
    publish(Case.objects.get(pk=case.pk), NOON)
    follow(Subject(site="pond-111"))

    assert tell(case) == heard


def test_what_nobody_confirmed_is_forgotten_after_two_days(cast: Cast) -> None:
    ask(Subject(area=cast.city.code))

    assert forget_unconfirmed(acting_user=None, now=NOON + timedelta(hours=47)) == 0
    assert forget_unconfirmed(acting_user=None, now=NOON + timedelta(hours=49)) == 1


def test_an_address_is_not_flooded_with_first_mails(cast: Cast) -> None:
    for case in [new(cast, NOON) for _ in range(MOST_WAITING + 2)]:
        ask(Subject(case=case.pk))

    assert len(mail.outbox) == MOST_WAITING


def test_the_same_is_followed_once(cast: Cast) -> None:
    follow(Subject(area=cast.city.code))
    ask(Subject(area=cast.city.code))

    assert Follow.objects.count() == 1 and len(mail.outbox) == 1


@pytest.mark.parametrize("subject", [Subject(), Subject(case=999), Subject(area="x"), Subject(site="x")])
def test_what_is_not_there_cannot_be_followed(cast: Cast, subject: Subject) -> None:
    with pytest.raises(NotFound):
        ask(subject)


def test_a_word_for_one_thing_opens_no_other(cast: Cast) -> None:
    found = follow(Subject(area=cast.city.code))

    with pytest.raises(NotFound):
        end_follow(acting_user=None, token=token_to_confirm(found))
    with pytest.raises(NotFound):
        confirm_follow(acting_user=None, token=token_to_end(found), now=NOON)


def test_a_browser_follows_at_once_and_goes_when_it_is_gone(cast: Cast) -> None:
    case = walked_to(State.DISPATCHED, cast, NOON)
    token = follow_by_browser(
        acting_user=None,
        browser=Browser("https://push.example/1", "not a key", "x"),
        subject=Subject(case=case.pk),
        language="en",
        now=NOON,
    )
    assert token and tell(case) == 2

    deliver_news(acting_user=None, now=NOON)  # its key is none: it can never be reached

    assert not Follow.objects.exists()


def moves(cast: Cast) -> tuple[Case, Case]:
    """Two cases that the public sees, and two reports on the second."""
    one, other = new(cast, NOON), new(cast, NOON)
    for _ in range(2):
        other.reports.create(
            channel="web", category=other.category, area=other.area, received_at=NOON, words="x"
        )
    Case.objects.filter(pk=other.pk).update(report_count=2)
    return one, other


def heard(case: Case) -> list[str]:
    return sorted(each.email for each in followers_of(PublicCase.objects.get(pk=case.pk)))


def test_who_followed_a_joined_case_hears_of_the_other_until_the_join_is_undone(
    cast: Cast,
) -> None:
    one, other = moves(cast)
    follow(Subject(case=one.pk))
    follow(Subject(case=other.pk), "ben@example.org")
    follow(Subject(case=other.pk), ANNA)

    joined = join_case(acting_user=cast.carol, case_id=one.pk, version=0, now=NOON, into_id=other.pk)
    assert heard(other) == [ANNA, "ben@example.org"]  # nobody twice
    assert tell(other) == 2

    undo_join(acting_user=cast.carol, case_id=one.pk, version=joined.version, now=NOON)
    assert (heard(one), heard(other)) == ([ANNA], [ANNA, "ben@example.org"])


def test_who_followed_a_case_before_it_was_divided_hears_of_both_parts(cast: Cast) -> None:
    _, case = moves(cast)
    follow(Subject(case=case.pk))
    later = NOON + timedelta(hours=1)

    made = split_case(
        acting_user=cast.carol,
        case_id=case.pk,
        version=case.version,
        now=later,
        report_ids=[case.reports.latest("pk").pk],
    )
    Follow.objects.create(
        case=case, email="ben@example.org", made_at=later + timedelta(hours=1), confirmed_at=later
    )
    Follow.objects.create(case=made, email="eve@example.org", made_at=later, confirmed_at=later)

    assert heard(case) == [ANNA, "ben@example.org"]
    assert heard(made) == [ANNA, "eve@example.org"]  # Ben followed what was left

    undo_split(acting_user=cast.carol, case_id=made.pk, version=made.version, now=later)
    assert heard(case) == [ANNA, "ben@example.org", "eve@example.org"]


def test_joins_in_a_row_lead_on(cast: Cast) -> None:
    one, other = moves(cast)
    third = new(cast, NOON)
    follow(Subject(case=one.pk))

    join_case(acting_user=cast.carol, case_id=one.pk, version=0, now=NOON, into_id=other.pk)
    other.refresh_from_db()
    join_case(acting_user=cast.carol, case_id=other.pk, version=other.version, now=NOON, into_id=third.pk)

    assert heard(third) == [ANNA]


def test_nothing_is_sent_while_somebody_waits_for_the_page(cast: Cast) -> None:
    subject = Subject(area=cast.city.code)

    follow_by_mail(acting_user=None, address=ANNA, subject=subject, language="en", now=NOON)

    assert (len(mail.outbox), ProcrastinateJob.objects.filter(task_name="ask_follower").count()) == (0, 1)


def test_one_address_gets_few_first_mails_a_day_however_often_somebody_asks(cast: Cast) -> None:
    for n in range(MOST_ASKED + 3):
        ask(Subject(area=cast.city.code), ANNA if n % 2 else ANNA.upper())

    assert len(mail.outbox) == MOST_ASKED


def test_known_or_not_the_page_says_the_same(cast: Cast) -> None:
    follow(Subject(area=cast.city.code))
    browser = Client(headers={"accept-language": "en"})
    address = f"/public/follow/?area={cast.city.code}"

    pages = [browser.post(address, {"email": each}) for each in (ANNA, "new@example.org", ANNA)]

    assert {(page.status_code, page.content) for page in pages} == {(200, pages[0].content)}


def test_what_is_hidden_before_the_first_mail_leaves_is_asked_about_no_more(cast: Cast) -> None:
    case = new(cast, NOON)
    follow_by_mail(acting_user=None, address=ANNA, subject=Subject(case=case.pk), language="en", now=NOON)
    PublicCase.objects.update(shown=False)

    ask_follower(acting_user=None, follow_id=Follow.objects.get().pk, now=NOON)

    assert mail.outbox == []
