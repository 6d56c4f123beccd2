"""Whoever lets devices in hears of a changed register, and of what may have been missed."""

import pytest

from anlan.flows.device_history import tell_register
from anlan.store.register_news import RegisterNews


@pytest.mark.django_db(transaction=True)
def test_a_change_of_the_register_is_heard_once_it_is_committed() -> None:
    news = RegisterNews()
    try:
        assert news.came()  # nobody listened until now
        assert not news.came()
        tell_register("gauge-111")
        assert news.came()
        assert not news.came()
    finally:
        news.close()
