"""Short messages by the adapter that the settings name."""

import json
from pathlib import Path

import pytest

from anlan.channels import NotTaken, sms
from tests.channels.listener import listening

MESSAGE = {"key": "k1", "to": "13800000000", "text": "有新案卷"}


def test_a_message_is_one_file_and_sent_again_it_is_the_same_file(settings, tmp_path: Path) -> None:
    settings.ANLAN_SMS_URL = f"file:{tmp_path / 'sms'}"

    sms.send(**MESSAGE)
    sms.send(**MESSAGE)

    (file,) = (tmp_path / "sms").iterdir()
    assert (file.name, json.loads(file.read_text())) == ("k1.json", MESSAGE)


def test_a_gateway_gets_the_message_with_its_key(settings) -> None:
    with listening() as gateway:
        settings.ANLAN_SMS_URL = gateway.address
        sms.send(**MESSAGE)

    ((headers, body),) = gateway.came
    assert (headers["idempotency-key"], json.loads(body)) == ("k1", MESSAGE)


def test_a_gateway_that_refuses_has_not_taken_it(settings) -> None:
    with listening() as gateway:
        gateway.answers = [503]
        settings.ANLAN_SMS_URL = gateway.address
        with pytest.raises(NotTaken, match="HTTP 503"):
            sms.send(**MESSAGE)
