"""Whoever lets devices in hears of a changed register, and of what may have been missed."""

import pytest
from django.db import transaction

from anlan.flows.device_history import tell_register
from anlan.store.register_news import RegisterNews
from tests.waiting import wait_until


@pytest.mark.django_db(transaction=True)
def test_a_change_of_the_register_is_heard_once_it_is_committed() -> None:
    news = RegisterNews()
    try:
        assert news.came()  # nobody listened until now
        assert not news.came()
        with transaction.atomic():
            tell_register("gauge-111")
            assert not news.came()
        wait_until(news.came)  # PostgreSQL tells a listener in its own time, soon after the commit
        assert not news.came()
    finally:
        news.close()
