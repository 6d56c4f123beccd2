"""Messages to browsers: readable for that browser alone, and never sent into a network of our own."""

import base64
import secrets

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from anlan.channels import NotTaken, push
from anlan.channels.http import allowed_address_of, post_outside


def word(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def test_a_message_is_read_with_the_keys_of_its_browser() -> None:
    key, auth = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"p256dh": word(point), "auth": word(auth)}

    body = push.sealed("https://push.example/1", keys, "水位上涨")

    assert "水位" not in body.decode(errors="replace")
    assert http_ece.decrypt(body, private_key=key, auth_secret=auth).decode() == "水位上涨"


@pytest.mark.parametrize("keys", [{"p256dh": "x", "auth": "y"}, {"p256dh": "", "auth": ""}, {}])
def test_keys_that_are_none_reach_nobody(keys: dict[str, str]) -> None:
    with pytest.raises(push.Gone):
        push.sealed("https://push.example/1", keys, "x")


def test_the_key_of_the_installation_is_a_point_and_stays_the_same() -> None:
    point = base64.urlsafe_b64decode(push.public_key() + "==")

    assert (len(point), point[0], push.public_key()) == (65, 4, push.public_key())


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "10.0.0.8", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("::1", "fd00::1", "fe80::1", "::ffff:127.0.0.1", "100.64.0.1", "224.0.0.1", "2130706433", "0x7f.1"),
        *("2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "ff02::1"),
    ],
)
def test_an_address_of_our_own_network_is_never_asked(host: str) -> None:
    with pytest.raises(NotTaken):
        allowed_address_of(host, 443)


@pytest.mark.parametrize(
    "address", ["http://example.com/", "ftp://example.com/", "https://", "file:///etc/passwd"]
)
def test_only_https_goes_outside(address: str) -> None:
    with pytest.raises(NotTaken, match="not https"):
        post_outside(address, b"", {})


def test_a_public_address_may_be_asked() -> None:
    assert allowed_address_of("93.184.215.14", 443) == "93.184.215.14"
