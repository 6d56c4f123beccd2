"""Words out of the bytes of a mail: ways of writing, signs that cannot be shown, HTML."""

import re
import unicodedata
from collections.abc import Iterator

from lxml import etree, html

MOST = 500_000
"""Signs of one text that are looked at; what a person wrote is never so long."""

_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "us-ascii": "utf-8",
}
"""What mails say they are written in, and what holds the signs that they are really written in."""

_UNSHOWN = frozenset({"Cc", "Cs"})
_SPACES = re.compile(r"[ \t\u00a0\u200b]+")
_BLANK_LINES = re.compile(r"\n{3,}")

_BLOCKS = frozenset(
    (
        *("p", "div", "br", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"),
        *("blockquote", "section", "article", "header", "footer", "dd", "dt"),
    )
)


def decoded(data: bytes, charset: str) -> str:
    """The text in `data`; a sign that cannot be read becomes U+FFFD."""
    said = charset.lower().strip()
    try:
        return data.decode(_WIDER.get(said, said), "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def shown(text: str) -> str:
    """The text with plain line ends, without signs that cannot be shown, at most MOST of them."""
    lines = text[:MOST].replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(each for each in lines if each in "\n\t" or unicodedata.category(each) not in _UNSHOWN)
    return _BLANK_LINES.sub("\n\n", kept).strip()


def one_line(text: str) -> str:
    """The text without line ends and with single spaces."""
    return " ".join(shown(text).split())


def text_of_html(source: str) -> str:
    """What a reader sees of an HTML text; lines of a quotation begin with "> "."""
    try:
        tree = html.document_fromstring(
            source[:MOST].encode("utf-8", "replace"), html.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, ValueError):
        return ""
    etree.strip_elements(tree, "script", "style", "head", "title", etree.Comment, with_tail=False)
    return "\n".join(_SPACES.sub(" ", line).strip() for line in "".join(_pieces(tree)).split("\n"))


def _pieces(tree: etree._Element) -> Iterator[str]:
    """The texts of a tree in their order, with a line end around each block."""
    quoted = 0
    for event, each in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            quoted += each.tag == "blockquote"
            text, breaks = each.text, each.tag in _BLOCKS
        else:
            quoted -= each.tag == "blockquote"
            text = each.tail
            breaks = each.tag in _BLOCKS and each.tag != "br" and bool((text or "").strip())
        if breaks:
            yield "\n> " if quoted else "\n"
        yield _SPACES.sub(" ", (text or "").replace("\r", " ").replace("\n", " "))
