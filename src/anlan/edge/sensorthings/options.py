"""The options of a request, `$filter` and the like, also those in brackets behind what is expanded."""

from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from anlan.base.errors import Refused
from anlan.store.readers.sensorthings.pages import Options

KNOWN = (
    *("$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count"),
    *("$skiptoken", "$resultFormat"),
)
DEEPEST = 4


def read(given: Iterable[tuple[str, str]], depth: int = 0) -> Options:
    """The options of a request or of one expansion.

    Raises Refused("option_unknown", "option_twice", "option_wrong", "not_done").
    """
    found: dict[str, str] = {}
    for name, value in given:
        if name not in KNOWN:
            raise Refused("option_unknown", option=name[:40])
        if name in found:
            raise Refused("option_twice", option=name)
        found[name] = value
    if not found.get("$filter", "true").strip():
        raise Refused("option_wrong", option="$filter")
    return Options(
        select=tuple(_select(found.get("$select", ""))),
        expand=_expand(found.get("$expand", ""), depth),
        filter=found.get("$filter", ""),
        orderby=tuple(_orderby(found.get("$orderby", ""))),
        top=_number(found, "$top"),
        skip=_number(found, "$skip") or 0,
        count=_truth(found, "$count"),
        token=found.get("$skiptoken", ""),
        given=tuple(found.items()),
    )


def split(text: str, sign: str) -> list[str]:
    """The parts of `text` between `sign`, but for those in brackets and in quotes."""
    parts, depth, quoted, part = [], 0, False, ""
    for each in text:
        quoted ^= each == "'"
        if not quoted:
            depth += {"(": 1, ")": -1}.get(each, 0)
        if each == sign and not quoted and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += each
    return [*parts, part]


def query_of(raw: str) -> Iterator[tuple[str, str]]:
    """Names and values of a query string; a plus is a space in it, as forms write it."""
    for pair in raw.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            yield unquote(name), unquote(value.replace("+", " "))


def _select(text: str) -> Iterator[str]:
    for each in text.split(",") if text else ():
        name = each.strip()
        yield "id" if name == "@iot.id" else name


def _orderby(text: str) -> Iterator[tuple[str, bool]]:
    for each in text.split(",") if text else ():
        path, _, way = each.strip().partition(" ")
        if way.strip().lower() not in ("", "asc", "desc") or not path:
            raise Refused("option_wrong", option="$orderby")
        yield path, way.strip().lower() == "desc"


def _expand(text: str, depth: int) -> tuple[tuple[str, Options], ...]:
    if depth > DEEPEST:
        raise Refused("not_done", what=f"$expand deeper than {DEEPEST}")
    merged: dict[str, list[str]] = {}
    options: dict[str, str] = {}
    for part in split(text, ",") if text else ():
        path, bracket, inner = part.strip().partition("(")
        name, _, below = path.partition("/")
        if bracket and not inner.endswith(")"):
            raise Refused("option_wrong", option="$expand")
        merged.setdefault(name, [])
        if below:
            merged[name].append(below + bracket + inner)
        elif bracket:
            options[name] = inner[:-1]
    return tuple((name, _inner(options.get(name, ""), below, depth)) for name, below in merged.items())


def _inner(text: str, below: list[str], depth: int) -> Options:
    """The options of one expansion, and what a path goes on to expand below it."""
    pairs = [_pair(part) for part in split(text, ";") if part.strip()]
    if below:
        already = [value for name, value in pairs if name == "$expand"]
        pairs = [pair for pair in pairs if pair[0] != "$expand"]
        pairs.append(("$expand", ",".join([*already, *below])))
    return read(pairs, depth + 1)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.strip().partition("=")
    return name, value


def _number(found: dict[str, str], name: str) -> int | None:
    text = found.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused("option_wrong", option=name)
    return int(text)


def _truth(found: dict[str, str], name: str) -> bool:
    text = found.get(name, "false").lower()
    if text not in ("true", "false"):
        raise Refused("option_wrong", option=name)
    return text == "true"
