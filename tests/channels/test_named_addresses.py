"""Addresses that administrators name: not into our own networks unless a setting says so; looked up once."""

import socket
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest

from anlan.channels import NotTaken, webhook
from anlan.channels.http import MOST, fetch_named
from anlan.config.values import networks
from tests.channels.listener import Listener, listening

AT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def send(address: str) -> None:
    webhook.send(address=address, secret=SECRET, body=b"{}", key="k1", at=AT)


@pytest.mark.parametrize("own", [[], [ip_network("10.0.0.0/8"), ip_network("::1/128")]])
def test_without_the_setting_nothing_of_ours_is_asked(settings: Any, own: list[Any]) -> None:
    settings.ANLAN_OWN_NETWORKS = own
    with listening() as other:
        with pytest.raises(NotTaken, match="not a public address"):
            send(other.address)
        with pytest.raises(NotTaken, match="not a public address"):
            fetch_named(other.address, {})

    assert other.came == []


@pytest.mark.parametrize(
    "address",
    ["http://169.254.169.254/latest/meta-data/", "http://[::ffff:10.0.0.1]/", "https://[fe80::1]/x"],
)
def test_machines_of_a_cloud_and_of_the_cable_are_never_asked(address: str) -> None:
    with pytest.raises(NotTaken, match="not a public address"):
        send(address)


@pytest.mark.parametrize(
    "address", ["ftp://example.com/", "file:///etc/passwd", "http://", "http://a:0/", "http://a:x/"]
)
def test_what_is_no_address_of_the_web_is_never_asked(address: str) -> None:
    with pytest.raises(NotTaken, match="no address"):
        send(address)


def test_a_name_is_looked_up_once_and_means_no_other_after(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    before = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **named: Any) -> Any:
        asked.append(host)
        return before("127.0.0.1" if host == "hook.example" else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with listening() as other:
        send(other.address.replace("127.0.0.1", "hook.example"))

    assert (asked.count("hook.example"), host_of(other)) == (1, "hook.example")


def host_of(other: Listener) -> str:
    """The name that was asked for."""
    return other.came[0][0]["host"].partition(":")[0]


def test_one_wrong_address_of_a_name_is_enough(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.ANLAN_OWN_NETWORKS = []
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_named: both)

    with pytest.raises(NotTaken, match="not a public address"):
        send("http://hook.example/")


def test_networks_are_read_and_anything_else_stops_the_start() -> None:
    assert networks(" 10.20.0.0/16, fd00::/8 ,") == [ip_network("10.20.0.0/16"), ip_network("fd00::/8")]
    for words in ("10.20.0.1/16", "everything", "10.0.0.0/99"):
        with pytest.raises(ValueError, match=r"\S"):
            networks(words)
    assert MOST > 0
