"""Pages of scores in a city whose first night is still to come."""

import pytest
from django.test import Client

from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_before_the_first_night_the_page_says_so(cast: Cast, settings) -> None:
    settings.ANLAN_SYNTHETIC = True

    browser = Client(headers={"accept-language": "en"})
    browser.force_login(cast.heidi.user)
    assert "There are no scores yet." in browser.get("/scores/areas/990101/").text
