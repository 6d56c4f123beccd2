"""Events to other systems."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from anlan.channels import NotTaken, webhook
from tests.channels.listener import listening

AT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
BODY = b'{"type": "case.dispatch"}'
EXAMPLE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_signature_is_that_of_the_published_example() -> None:
    signed = webhook.signature(EXAMPLE, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_event_comes_with_its_id_its_time_and_a_signature_that_the_receiver_can_check() -> None:
    secret = webhook.new_secret()
    with listening() as other:
        webhook.send(address=other.address, secret=secret, body=BODY, key="k1", at=AT)

    ((headers, body),) = other.came
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = hmac.new(key, f"k1.{int(AT.timestamp())}.".encode() + BODY, hashlib.sha256).digest()
    assert {name: value for name, value in headers.items() if name.startswith("webhook-")} == {
        "webhook-id": "k1",
        "webhook-timestamp": str(int(AT.timestamp())),
        "webhook-signature": "v1," + base64.b64encode(expected).decode(),
    }
    assert body == BODY


@pytest.mark.parametrize("status", [302, 400, 410, 500])
def test_any_other_answer_than_success_is_not_taken_and_no_redirect_is_followed(status: int) -> None:
    with listening() as other:
        other.answers = [status]
        with pytest.raises(NotTaken) as no:
            webhook.send(address=other.address, secret=EXAMPLE, body=BODY, key="k1", at=AT)

    assert (str(no.value), len(other.came)) == (f"HTTP {status}", 1)


def test_a_system_that_does_not_listen_is_named_without_its_address() -> None:
    with listening() as other:
        pass

    with pytest.raises(NotTaken) as no:
        webhook.send(address=other.address, secret=EXAMPLE, body=BODY, key="k1", at=AT)

    assert str(no.value) == "NewConnectionError"
