"""The broker that devices send to: a NATS server with MQTT, from its wheel, under our supervisor."""

import json
import secrets
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from anlan.edge.cli import home
from anlan.edge.cli.supervisor import Child, program

CONFIG = """\
# written at every start
server_name: anlan
listen: "127.0.0.1:{nats_port}"
log_file: "{log}"
logfile_size_limit: 10M
logfile_max_num: 3
jetstream {{
  store_dir: "{store}"
  max_memory_store: 64M
  max_file_store: 10G
  sync_interval: "{sync}"
}}
mqtt {{ listen: "{mqtt_host}:{mqtt_port}" }}
max_payload: 1M
accounts {{
  CITY {{ jetstream: enabled, users: [ {{ user: {user}, password: "{password}" }} ] }}
  SYS {{ users: [ {{ user: sys, password: "{password}" }} ] }}
}}
system_account: SYS
authorization {{
  timeout: 5
  auth_callout {{ issuer: {issuer}, account: CITY, auth_users: [ {user}, sys ] }}
}}
"""
USER = "anlan"


def taken_port(settings: Any) -> int | None:
    """A port of the broker that another program listens on; None when both are free."""
    for host, port in (
        ("127.0.0.1", settings.ANLAN_NATS_PORT),
        (settings.ANLAN_MQTT_HOST, settings.ANLAN_MQTT_PORT),
    ):
        with socket.socket() as link:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                link.bind((host, port))
            except OSError:
                return int(port)
    return None


def child(settings: Any, environment: Mapping[str, str], output: IO[bytes] | None) -> Child:
    """The broker as a child; its settings are written first."""
    folder: Path = settings.ANLAN_HOME / "nats"
    folder.mkdir(mode=0o700, exist_ok=True)
    given = _secrets(folder)
    config = CONFIG.format(
        nats_port=settings.ANLAN_NATS_PORT,
        mqtt_host=settings.ANLAN_MQTT_HOST,
        mqtt_port=settings.ANLAN_MQTT_PORT,
        store=folder / "store",
        log=_log(settings),
        sync=settings.ANLAN_BROKER_SYNC,
        **{name: given[name] for name in ("user", "password", "issuer")},
    )
    home.write(folder / "nats.conf", config)
    server = Path(sys.executable).with_name("nats-server")
    return program("broker", [server, "-c", folder / "nats.conf"], environment, output)


def _log(settings: Any) -> Path:
    """The file of its lines, which are not JSON as ours are."""
    file: Path = settings.ANLAN_HOME / "logs" / "broker.log"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    return file


def _secrets(folder: Path) -> dict[str, str]:
    """What broker and ingest know each other by; made once."""
    file = folder / "secrets.json"
    if not file.exists():
        from anlan.edge.ingest.gate import Gate, new_seed

        seed = new_seed()
        facts = {
            "user": USER,
            "password": secrets.token_urlsafe(24),
            "seed": seed,
            "issuer": Gate(seed).issuer,
        }
        home.write(file, json.dumps(facts))
    found: dict[str, str] = json.loads(file.read_text())
    return found
