"""JSON that programs post: at most so many bytes, and no text that PostgreSQL cannot hold."""

import json
import re
from typing import Any

from django.http import HttpRequest

from anlan.base.errors import Refused

NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def json_of(request: HttpRequest, most: int) -> Any:
    """The body of a request. Raises Refused("body_too_large", most=...), Refused("body_wrong")."""
    body = request.read(most + 1)
    if len(body) > most:
        raise Refused("body_too_large", most=most)
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("body_wrong") from None


def check_text(found: Any) -> None:
    """Refuse half signs (lone surrogates) and NUL in JSON. Raises Refused("body_wrong")."""
    try:
        text = json.dumps(found, ensure_ascii=False)
        text.encode()
    except ValueError:
        raise Refused("body_wrong") from None
    if NUL.search(text):
        raise Refused("body_wrong")
