"""Whoever lets devices in hears of a changed register, and of what may have been missed."""

import pytest
from django.db import connection, transaction

from anlan.flows.device_history import tell_register
from anlan.store.register_news import RegisterNews
from tests.waiting import wait_until


@pytest.mark.django_db(transaction=True)
def test_a_change_of_the_register_is_heard_once_it_is_committed() -> None:
    news = RegisterNews()
    try:
        before = news.changes()  # nobody listened until now
        assert before == 1
        assert news.changes() == before
        with transaction.atomic():
            tell_register("gauge-111")
            assert news.changes() == before
        # PostgreSQL tells a listener in its own time, soon after the commit
        wait_until(lambda: news.changes() > before)
        assert news.changes() == before + 1
    finally:
        news.close()


@pytest.mark.django_db(transaction=True)
def test_all_who_ask_hear_of_a_change_over_one_connection() -> None:
    news = RegisterNews()
    try:
        seen = news.changes()
        tell_register("gauge-111")
        wait_until(lambda: news.changes() > seen)

        assert [news.changes() for _door in range(2)] == [seen + 1] * 2
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query = 'LISTEN anlan_devices'"
            )
            assert cursor.fetchone() == (1,)
    finally:
        news.close()
