"""Logs as lines of JSON, without personal data.

A line of our own says what happened in words without values; values go beside them under a name
(`extra={"facts": {...}}`). Lines of libraries are kept as their pattern alone, and an error as its kind
and place: their words may hold what somebody typed. As a second fence, what looks like an address or a
number of a person is blotted out.
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

OURS = "anlan"
request_id: ContextVar[str] = ContextVar("request_id", default="")

_MAIL = re.compile(r"[^\s@\"'<>(),;:=]+@[^\s@\"'<>(),;:=]+\.\w+")
_LONG_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){6,}[Xx]?")


class JsonLines(logging.Formatter):
    """Write a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, logger, event, the request's id, facts, and an error's kind and place."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
            "process": record.process,
        }
        if request_id.get():
            line["request"] = request_id.get()
        line.update({name: _blotted(value) for name, value in getattr(record, "facts", {}).items()})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = described(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def described(error: BaseException) -> dict[str, object]:
    """Return the kinds of an error and its causes, and where it was raised; never its words."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < 5:
        kinds.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    return {"kinds": kinds, "at": _places(error.__traceback__)}


def blot(words: str) -> str:
    """Blot out mail addresses and numbers of seven digits or more."""
    return _LONG_NUMBER.sub("[number]", _MAIL.sub("[mail]", words))


def _event(record: logging.LogRecord) -> str:
    """Return the words of our own line, or the pattern of a library's."""
    if record.name.partition(".")[0] == OURS:
        return blot(record.getMessage())
    action = getattr(record, "action", None)
    return str(action) if action else blot(str(record.msg).partition("(")[0])


def _blotted(value: object) -> object:
    """Return a fact; only words may hold what should not be here."""
    return blot(value) if isinstance(value, str) else value


def _places(trace: TracebackType | None) -> list[str]:
    """Return the innermost places of a traceback as `file:line function`."""
    frames = traceback.extract_tb(trace)[-12:]
    return [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames
    ]
