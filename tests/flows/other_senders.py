"""Feeds of weather and water as their senders write them, and a host that gives them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.served import served

SENDER = "w-nws.webmaster@noaa.example"


def message(
    identifier: str,
    sent: datetime,
    *,
    kind: str = "Alert",
    status: str = "Actual",
    severity: str = "Severe",
    references: str = "",
    code: str = "990101000000",
    area: str = "",
    expires: str = "",
    event: str = "暴雨",
    extra: str = "",
) -> str:
    """A message with a prefix, times as Z, two languages, as many senders have them. `area` is in place of
    the code.
    """
    said = f"{sent:%Y-%m-%dT%H:%M:%SZ}"
    refs = f"<cap:references>{references}</cap:references>" if references else ""
    ends = f"<cap:expires>{expires}</cap:expires>" if expires else ""
    where = (
        area or f"<cap:geocode><cap:valueName>x</cap:valueName><cap:value>{code}</cap:value></cap:geocode>"
    )
    infos = "".join(
        f"""<cap:info><cap:language>{language}</cap:language><cap:category>Met</cap:category>
<cap:event>{what}</cap:event><cap:urgency>Expected</cap:urgency><cap:severity>{severity}</cap:severity>
<cap:certainty>Likely</cap:certainty>{ends}<cap:senderName>{who}</cap:senderName>
<cap:headline>{headline}</cap:headline><cap:web>https://weather.example/{identifier}</cap:web>
<cap:area><cap:areaDesc>望潮沿海</cap:areaDesc>{where}</cap:area></cap:info>"""
        for language, what, who, headline in (
            ("zh-CN", event, "望潮县气象台", f"望潮县气象台发布{event}预警"),
            ("en-US", "Heavy rain", "Wangchao Weather", "Heavy rain in Wangchao"),
        )
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<cap:alert xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2"><cap:identifier>{identifier}</cap:identifier>
<cap:sender>{SENDER}</cap:sender><cap:sent>{said}</cap:sent><cap:status>{status}</cap:status>
<cap:msgType>{kind}</cap:msgType><cap:scope>Public</cap:scope>{refs}{infos}{extra}</cap:alert>"""


def reference(identifier: str, sent: datetime) -> str:
    """How a later message names one."""
    return f"{SENDER},{identifier},{sent:%Y-%m-%dT%H:%M:%S-00:00}"


def atom(*links: str) -> str:
    """A feed with an entry for each link, the newest first, as weather services of many countries have it."""
    entries = "".join(
        f"""<entry><id>urn:{link}</id><title>x</title><updated>2026-11-01T00:00:00Z</updated>
<author><name>x</name></author><link href="https://weather.example/page"/>
<link rel="alternate" type="application/cap+xml" href="{link}"/></entry>"""
        for link in links
    )
    return f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>Warnings</title>
<updated>2026-11-01T00:00:00Z</updated><link href="self" rel="self"/>{entries}</feed>"""


def rss(*links: str) -> str:
    """A feed as the centre for floods of another country has it."""
    items = "".join(
        f"<item><title>x</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>Sun, 01 Nov 2026 00:00:00 GMT</pubDate></item>"
        for link in links
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Floods</title>{items}</channel></rss>'


@dataclass
class Host:
    """What lies at which path, and what was asked for: path and headers."""

    address: str
    pages: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    etag: str = ""

    def paths(self) -> list[str]:
        """The paths that were asked for since the last look."""
        found = [path for path, _ in self.asked]
        self.asked.clear()
        return found


@contextmanager
def a_host() -> Iterator[Host]:
    """A host on this machine until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            host.asked.append((self.path, headers))
            page = host.pages.get(self.path)
            same = host.etag and headers.get("if-none-match") == host.etag
            self.send_response(304 if same else 200 if page is not None else 404)
            if host.etag:
                self.send_header("ETag", host.etag)
            self.end_headers()
            if page is not None and not same:
                self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    host = Host(f"http://127.0.0.1:{server.server_port}")
    with served(server):
        yield host
