"""The pages of duty: what is abnormal, two taps to answer it, what it was, and who was told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from anlan.flows.duty_rosters import OnShift, add_shift
from anlan.flows.raise_alarms import clear_alarm, raise_alarm
from anlan.flows.tell_alarms import tell_due
from anlan.sensing.terms import Colour
from anlan.store.models import Alarm, Silence
from anlan.store.readers.staff import Acting
from tests.cast import Cast
from tests.flows.alarms import by_hand

pytestmark = pytest.mark.django_db


def browser(who: Acting) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(who.user)
    return client


def page(who: Acting, address: str, status: int = 200) -> str:
    answer = browser(who).get(address)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def alarm(cast: Cast) -> Alarm:
    return raised(cast)


def raised(cast: Cast, condition: str = "hand:1", severity: Colour = Colour.RED) -> Alarm:
    now = timezone.now()
    cause = by_hand(cast, condition, severity, site=cast.pond_111.pk, at=now, values={"words": "Deep water"})
    return Alarm.objects.get(pk=raise_alarm(acting_user=None, cause=cause, now=now))


def test_an_alarm_is_answered_with_two_taps_and_no_script(alarm: Alarm, cast: Cast) -> None:
    shown = page(cast.ivan, "/duty/")
    assert "Deep water" in shown and 'value="On the way there"' in shown
    answer = browser(cast.ivan).post(
        f"/duty/alarms/{alarm.pk}/acknowledge/", {"doing": "On the way there", "back": "duty"}
    )
    assert (answer.status_code, answer.headers["location"]) == (302, "/duty/")
    alarm.refresh_from_db()
    assert (alarm.state, alarm.doing) == ("acknowledged", "On the way there")
    assert "Somebody sees to it: On the way there" in page(cast.ivan, "/duty/")


def test_an_answer_that_comes_too_late_says_so_and_keeps_what_was_typed(alarm: Alarm, cast: Cast) -> None:
    clear_alarm(acting_user=None, condition="hand:1", now=timezone.now())
    answer = browser(cast.ivan).post(f"/duty/alarms/{alarm.pk}/acknowledge/", {"words": "Going <there>"})
    assert answer.status_code == 422
    assert 'value="Going &lt;there&gt;"' in answer.content.decode()


def test_the_page_of_an_alarm_says_who_was_told_and_who_was_not_and_why(alarm: Alarm, cast: Cast) -> None:
    tell_due(acting_user=None, now=timezone.now() + timedelta(minutes=3))
    shown = page(cast.carol, f"/duty/alarms/{alarm.pk}/")
    for words in ("on their pages", "not by e-mail: they did not choose this way", "Township", "County"):
        assert words in shown, words


def test_what_it_was_is_asked_and_kept(alarm: Alarm, cast: Cast) -> None:
    clear_alarm(acting_user=None, condition="hand:1", now=timezone.now())
    address = f"/duty/alarms/{alarm.pk}/close/"
    assert browser(cast.carol).post(address, {"cause": "device"}).status_code == 422
    answer = browser(cast.carol).post(address, {"cause": "device", "false_alarm": "yes", "note": "old"})
    assert answer.status_code == 302
    alarm.refresh_from_db()
    assert (alarm.state, alarm.cause, alarm.false_alarm, alarm.note) == ("closed", "device", True, "old")
    assert "The device measured wrongly: old" in page(cast.carol, f"/duty/alarms/{alarm.pk}/")


def test_a_silence_is_asked_for_shown_and_ended(cast: Cast) -> None:
    typed = {"area_code": "990101001", "reason": "Works", "hours": "2"}
    assert browser(cast.ivan).post("/duty/silences/new/", typed).status_code == 302
    silence = Silence.objects.get()
    assert "Works" in page(cast.ivan, "/duty/silences/")
    quiet = raised(cast)
    tell_due(acting_user=None, now=timezone.now() + timedelta(minutes=3))
    assert "a silence holds: Works" in page(cast.ivan, f"/duty/alarms/{quiet.pk}/")
    assert browser(cast.ivan).post(f"/duty/silences/{silence.pk}/end/", {"seen": ""}).status_code == 302
    assert "Nothing is silenced" in page(cast.ivan, "/duty/silences/")


def test_one_alarm_is_muted_until_it_is_resolved(alarm: Alarm, cast: Cast) -> None:
    address = f"/duty/alarms/{alarm.pk}/mute/"
    assert browser(cast.carol).post(address, {"reason": "Known"}).status_code == 302
    assert (Silence.objects.get().alarm, Silence.objects.get().ends) == (alarm, None)


def test_alarms_of_others_answer_as_if_they_were_not_there(alarm: Alarm, cast: Cast) -> None:
    for name in ("", "close/", "mute/"):
        page(cast.dan, f"/duty/alarms/{alarm.pk}/{name}", 404)
        page(cast.dan, f"/duty/alarms/999999/{name}", 404)
    assert "Deep water" not in page(cast.dan, "/duty/")
    page(cast.judy, "/duty/", 403)


def queries(who: Acting, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browser(who)
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    return len(seen)


def test_the_duty_page_asks_as_much_for_one_alarm_as_for_many(cast: Cast) -> None:
    raised(cast)
    one = queries(cast.carol, "/duty/")
    for number in range(8):
        raised(cast, f"hand:{number + 2}", Colour.RED)
    assert queries(cast.carol, "/duty/") == one


def test_the_duty_page_is_small_enough_for_a_slow_line(cast: Cast) -> None:
    """At 2G speed (some 20 kB a second) a page with ten alarms comes within a second, compressed."""
    import gzip

    for number in range(10):
        raised(cast, f"hand:{number}")
    answer = browser(cast.carol).get("/duty/")
    assert len(gzip.compress(answer.content)) < 15_000


def test_the_wall_shows_alarms_and_who_is_on_duty(alarm: Alarm, cast: Cast) -> None:
    now = timezone.now()
    on_shift = OnShift("990101", "carol", now, now + timedelta(hours=8))
    add_shift(acting_user=cast.carol, shift=on_shift, now=now)
    shown = page(cast.carol, "/wall/")
    assert "Deep water" in shown and f"/duty/alarms/{alarm.pk}/" in shown
    assert "Who is on duty" in shown
    assert "Deep water" not in page(cast.dan, "/wall/")
