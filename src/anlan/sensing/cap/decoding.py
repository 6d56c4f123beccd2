"""XML of other senders as a tree: no document type, no entities, any encoding that Python knows."""

import re
from xml.etree.ElementTree import Element as Node

from defusedxml.ElementTree import fromstring

_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_BY_PYTHON = re.compile(rb"gb2312|gbk|gb18030|big5", re.IGNORECASE)
"""The parser reads no encoding of several bytes but UTF; messages in Chinese come in these too."""


def tree_of(document: bytes) -> Node:
    """The root of a document.

    Raises ParseError, DefusedXmlException, ValueError or LookupError for what is no such document.
    """
    root: Node = fromstring(_decoded(document), forbid_dtd=True)
    return root


def _decoded(document: bytes) -> bytes | str:
    """The text where it needs Python's help, else the bytes as they are."""
    declared = _DECLARED.match(document)
    if declared is None or not _BY_PYTHON.fullmatch(declared[1]):
        return document
    return document.decode("big5" if declared[1].lower() == b"big5" else "gb18030")
