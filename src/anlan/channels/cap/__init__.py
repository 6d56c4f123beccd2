"""Warnings of other senders: a feed asked whether there is anything new, and the messages that it names.

The feed's own address was named by an administrator, and may lie in a network of ours that the city allows.
A message on another host was named by a stranger: it is fetched from public addresses alone.
"""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from anlan.channels import NotTaken
from anlan.channels.http import fetch

MOST_FEED = 4_000_000
MOST_MESSAGE = 1_000_000
"""Bytes of a feed and of one message that are read."""
TAKES = "application/cap+xml, application/atom+xml, application/rss+xml, application/xml, text/xml"


@dataclass(frozen=True)
class News:
    """What a feed holds, and by what it can be asked whether that changed; None: nothing new."""

    body: bytes | None
    etag: str
    last_modified: str


def ask(address: str, etag: str, last_modified: str) -> News:
    """Ask a feed; with what it said last, it may say that nothing changed. Raises NotTaken."""
    known = {"If-None-Match": etag} if etag else {}
    known |= {"If-Modified-Since": last_modified} if last_modified else {}
    answer = fetch(address, {"Accept": TAKES} | known, most=MOST_FEED)
    if answer.status == 304:
        return News(None, etag, last_modified)
    if answer.status != 200:
        raise NotTaken(f"HTTP {answer.status}", answer.status)
    said = answer.headers
    return News(answer.body, said.get("etag", "")[:300], said.get("last-modified", "")[:100])


def message(address: str, feed: str) -> bytes:
    """A message that a feed names, by an address that may be relative to its own. Raises NotTaken."""
    address = urljoin(feed, address)
    same_host = urlsplit(address).netloc == urlsplit(feed).netloc
    answer = fetch(address, {"Accept": TAKES}, most=MOST_MESSAGE, own=None if same_host else ())
    if answer.status != 200:
        raise NotTaken(f"HTTP {answer.status}", answer.status)
    return answer.body
