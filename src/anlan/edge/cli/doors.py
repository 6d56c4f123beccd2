"""What `anlan doctor` looks at from outside: whether pages are answered, and whether devices are heard."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from anlan.edge.cli import broker, home
from anlan.edge.cli.checks import Findings, note, well, wrong
from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext as _

PATIENCE = 10.0
"""Seconds that an answer may take."""


def pages(settings: Any) -> Findings:
    """Look whether the running city answers, where it said it would."""
    address = home.held_at(settings.ANLAN_HOME)
    status = _status(address, settings.ALLOWED_HOSTS[0])
    words = {"address": address, "status": status}
    if status == 200:
        yield well(_("Pages are answered at %(address)s.") % words)
    elif status:
        yield wrong(_("%(address)sreadyz answers with %(status)s: the log says why.") % words)
    else:
        yield wrong(
            _("No page is answered at %(address)s: look at the end of the log, then restart the city.")
            % words
        )


def devices(settings: Any) -> Findings:
    """Look whether the running city hears devices."""
    file = settings.ANLAN_HOME / broker.HEARD
    if not file.exists():
        return
    found = json.loads(file.read_text())
    for port in found["taken"]:
        yield wrong(
            _(
                "Port %(port)s was taken by another program when the city started, so what devices send "
                "there is not heard. Stop that program or set %(name)s to another port, then restart the "
                "city."
            )
            % {"port": port, "name": _name_of(settings, port)}
        )
    silent = [port for port in found["ports"] if not _listens(port)]
    for port in silent:
        yield wrong(
            _("Nothing listens on port %(port)s, where devices send: look at the log, then restart the city.")
            % {"port": port}
        )
    if found["ports"] and not silent:
        numbers = _(", ").join(map(str, found["ports"]))
        yield well(_("Devices are heard on the ports %(ports)s.") % {"ports": numbers})


def ports(settings: Any) -> Findings:
    """Look whether the ports are free that a start would take: for a city that stands still, a note."""
    try:
        home.check_port(settings.ANLAN_HOST, settings.ANLAN_PORT)
    except Problem as problem:
        yield note(str(problem))
    for host, port, name in _ports_of_devices(settings):
        if not broker.is_free(host, port):
            yield note(
                _(
                    "Port %(port)s is taken by another program, so devices would not be heard. Stop that "
                    "program, or set %(name)s to another port."
                )
                % {"port": port, "name": name}
            )


def _ports_of_devices(settings: Any) -> Iterator[tuple[str, int, str]]:
    """Host, port and setting of each port on which a start would hear devices."""
    if settings.ANLAN_SENSING != "on":
        return
    yield settings.ANLAN_MQTT_HOST, settings.ANLAN_MQTT_PORT, "ANLAN_MQTT_PORT"
    yield "127.0.0.1", settings.ANLAN_NATS_PORT, "ANLAN_NATS_PORT"
    if not settings.ANLAN_FRAMES_SERVERS:
        yield settings.ANLAN_FRAMES_HOST, settings.ANLAN_FRAMES_PORT, "ANLAN_FRAMES_PORT"


def _name_of(settings: Any, port: int) -> str:
    """The setting that names a port; the doctor may have been started with other settings than the city."""
    names = {number: name for _host, number, name in _ports_of_devices(settings)}
    return names.get(port, "ANLAN_MQTT_PORT, ANLAN_NATS_PORT, ANLAN_FRAMES_PORT")


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except OSError:
        return False
    return True


def _status(address: str, host: str) -> int:
    """How `/readyz` is answered; 0 for not at all."""
    try:
        link = HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
        link.request("GET", "/readyz", headers={"Host": host})
        return link.getresponse().status
    except (OSError, HTTPException):
        return 0
