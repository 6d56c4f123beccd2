"""The broker that devices send to: a NATS server with MQTT, from its wheel, under our supervisor."""

import json
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from anlan.edge.cli import home
from anlan.edge.cli.supervisor import Child, program
from anlan.edge.ingest.streams import lanes_of_frames

CONFIG = """\
# written at every start
server_name: {name}
listen: "{listen}"
log_file: "{log}"
logfile_size_limit: 10M
logfile_max_num: 3
jetstream {{
  store_dir: "{store}"
  max_memory_store: 64M
  max_file_store: 10G
  sync_interval: "{sync}"
}}
{more}
max_payload: 1M
accounts {{
  CITY {{
    jetstream: enabled
    users: [ {{ user: {user}, password: "{password}" }} ]
    {mappings}
  }}
  SYS {{ users: [ {{ user: sys, password: "{password}" }} ] }}
}}
system_account: SYS
authorization {{
  timeout: 5
  auth_callout {{ issuer: {issuer}, account: CITY, auth_users: [ {user}, sys ] }}
}}
"""
USER = "anlan"
HEARD = "heard.json"
"""File in the home, of the last start: the ports on which devices are heard, and those that were taken."""


def taken_port(settings: Any) -> int | None:
    """A port of the broker of single readings that another program listens on; None when both are free."""
    wanted = (("127.0.0.1", settings.ANLAN_NATS_PORT), (settings.ANLAN_MQTT_HOST, settings.ANLAN_MQTT_PORT))
    return next((int(port) for host, port in wanted if not is_free(host, port)), None)


def can_hear_frames(settings: Any) -> bool:
    """Whether the port for frames is free."""
    return is_free(settings.ANLAN_FRAMES_HOST, settings.ANLAN_FRAMES_PORT)


def note_heard(settings: Any, *, ports: Sequence[int], taken: Sequence[int]) -> None:
    """Keep for `anlan doctor` where devices are heard, and which ports another program had."""
    home.write(settings.ANLAN_HOME / HEARD, json.dumps({"ports": ports, "taken": taken}))


def is_free(host: str, port: int) -> bool:
    """Whether no program listens on the port."""
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            link.bind((host, port))
        except OSError:
            return False
    return True


def child(settings: Any, environment: Mapping[str, str], output: IO[bytes] | None) -> Child:
    """The broker of single readings as a child; its settings are written first."""
    mqtt = f'mqtt {{ listen: "{settings.ANLAN_MQTT_HOST}:{settings.ANLAN_MQTT_PORT}" }}'
    listen = f"127.0.0.1:{settings.ANLAN_NATS_PORT}"
    file = _configured(
        settings,
        "nats",
        name="anlan",
        listen=listen,
        store="store",
        sync=settings.ANLAN_BROKER_SYNC,
        more=mqtt,
    )
    return program("broker", [_server(), "-c", file], environment, output)


def frames_child(settings: Any, environment: Mapping[str, str], output: IO[bytes] | None) -> Child:
    """The broker of frames as a child: it has each on the disk before it says so.

    How soon a broker writes to the disk holds for the whole of it, and one reading a write would be slow:
    frames pay for it, so they have a broker of their own.
    """
    listen = f"{settings.ANLAN_FRAMES_HOST}:{settings.ANLAN_FRAMES_PORT}"
    file = _configured(
        settings,
        "frames",
        name="anlan-frames",
        listen=listen,
        store="frames",
        sync="always",
        more="",
        mappings=_in_lanes(settings),
    )
    return program("frames", [_server(), "-c", file], environment, output)


def _in_lanes(settings: Any) -> str:
    """How subjects of frames name the lane that they belong to, by a hash of who sends them."""
    lanes = lanes_of_frames(settings.ANLAN_FRAMES_SHARES)
    return f'mappings: {{ "f.*": "f.{{{{partition({lanes},1)}}}}.{{{{wildcard(1)}}}}" }}'


def _server() -> Path:
    return Path(sys.executable).with_name("nats-server")


def _configured(settings: Any, file: str, *, store: str, mappings: str = "", **facts: str) -> Path:
    """Write the settings of a broker; their file."""
    folder: Path = settings.ANLAN_HOME / "nats"
    folder.mkdir(mode=0o700, exist_ok=True)
    given = _secrets(folder)
    shared = {name: given[name] for name in ("user", "password", "issuer")}
    log = _log(settings, {"nats": "broker"}.get(file, file))
    home.write(
        folder / f"{file}.conf",
        CONFIG.format(store=folder / store, log=log, mappings=mappings, **facts, **shared),
    )
    return folder / f"{file}.conf"


def _log(settings: Any, name: str) -> Path:
    """The file of its lines, which are not JSON as ours are."""
    file: Path = settings.ANLAN_HOME / "logs" / f"{name}.log"
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
            "password": home.new_secret(24),
            "seed": seed,
            "issuer": Gate(seed).issuer,
        }
        home.write(file, json.dumps(facts))
    found: dict[str, str] = json.loads(file.read_text())
    return found
