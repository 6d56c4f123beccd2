"""Another city's server on this machine that answers as a test likes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import create_server
from threading import Event, Thread
from urllib.parse import parse_qsl, urlsplit

from tests.served import served

type Answer = Callable[[str, Mapping[str, str]], tuple[int, bytes]]
"""What is answered to a path below the address and its query: status and body."""


@dataclass
class OddCity:
    """Its address, what was asked of it, and what was sent to it: headers and body."""

    address: str
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    sent: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    """Headers of every answer."""


@contextmanager
def odd_city(answer: Answer) -> Iterator[OddCity]:
    """A server until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = self.parted()
            city.asked.append((path, query))
            self.answer(*answer(path, query))

        def do_POST(self) -> None:
            path, query = self.parted()
            body = self.rfile.read(int(self.headers["content-length"]))
            city.sent.append((path, {name.lower(): words for name, words in self.headers.items()}, body))
            self.answer(*answer(f"POST {path}", query))

        def parted(self) -> tuple[str, dict[str, str]]:
            parts = urlsplit(self.path)
            return parts.path.removeprefix("/v2/"), dict(parse_qsl(parts.query))

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            for name, words in city.headers.items():
                self.send_header(name, words)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    city = OddCity(f"http://127.0.0.1:{server.server_port}/v2")
    with served(server):
        yield city


@contextmanager
def dripping(part: str) -> Iterator[str]:
    """The address of a server that sends the "head" or the "body" of its answer byte by byte, without end."""
    listener, ended = create_server(("127.0.0.1", 0)), Event()

    def drip() -> None:
        head = b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if part == "body" else b"X-Slow: ")
        with listener, listener.accept()[0] as line, suppress(OSError):
            line.sendall(head)
            while not ended.wait(0.02):
                line.sendall(b"[")

    thread = Thread(target=drip)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v2"
    finally:
        ended.set()
        thread.join()
