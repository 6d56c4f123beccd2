"""Another system that takes what is sent to it, on this machine: it answers what it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.served import served


@dataclass
class Listener:
    """Its address, what came (headers and body), and what it answers."""

    address: str
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """The next answers; 204 when there is none left."""
    never: bytes = b""
    """A body that holds this is answered 400 each time."""


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = found.answers.pop(0) if found.answers else 204
            if found.never and found.never in body:
                status = 400
            self.send_response(status)
            if status == 429:
                self.send_header("retry-after", "3600")
            if status == 302:
                self.send_header("location", found.address)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found = Listener(f"http://127.0.0.1:{server.server_port}/hook")
    with served(server):
        yield found
