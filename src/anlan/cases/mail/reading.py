"""A mail in words: out of its bytes, with what was attached."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from pathlib import PurePath

from anlan.cases.mail.fields import addresses_in, field, ids_in, in_words
from anlan.cases.mail.own_words import own_words
from anlan.cases.mail.plain_text import decoded, one_line, shown, text_of_html
from anlan.cases.mail.terms import LONGEST, Attached, Left, Mail
from anlan.cases.words import written_in

DEEPEST = 20
"""How deep the parts of a mail may lie in each other."""

MOST_PARTS = 200
"""Parts of a mail that are looked at."""

DECORATION = 15_000
"""Bytes up to which a picture that stands in the text is taken for the logo of a signature."""

_PHOTOS = frozenset({"jpeg", "jpg", "pjpeg", "png", "webp", "heic", "heif"})
_ANSWERED = ("References", "In-Reply-To")
_SENT_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")


def parsed(raw: bytes) -> Message:
    """The parts of a mail. Raises ValueError (or RecursionError) for what is none."""
    message = message_from_bytes(raw)
    if not message.keys():
        raise ValueError("no fields")
    return message


def sender_of(message: Message) -> str:
    """The address in From; "" when there is none to write to."""
    return next(iter(addresses_in(message, "From")), "")


def read(message: Message, *, most_photos: int) -> Mail:
    """What a mail says, with up to `most_photos` files that may be photos."""
    text = _text(message)
    own = own_words(text)
    subject = field(message, "Subject")[:200]
    photos, left = _attached(message, most_photos)
    return Mail(
        message_id=next(iter(ids_in(message, "Message-ID")), ""),
        answers=ids_in(message, *_ANSWERED),
        sender=sender_of(message),
        to=addresses_in(message, *_SENT_TO),
        subject=subject,
        words=own[:LONGEST],
        text=text[:LONGEST],
        language=written_in(f"{subject} {own or text}"),
        photos=photos,
        left=(*left, *((("", Left.CUT),) if len(own or text) > LONGEST else ())),
    )


def report_words(mail: Mail) -> str:
    """What a report says that begins with this mail: its subject too, unless the words say it already."""
    words = mail.words or mail.text
    if not words or mail.subject in words:
        return words or mail.subject
    return f"{mail.subject}\n{words}" if mail.subject else words


def _leaves(part: Message, depth: int = 0) -> Iterator[Message]:
    """The parts without parts; a mail that was attached is one of them."""
    if not part.is_multipart() or part.get_content_maintype() == "message":
        yield part
    elif depth < DEEPEST:
        for each in _below(part):
            yield from _leaves(each, depth + 1)


def _below(part: Message) -> list[Message]:
    found = part.get_payload()
    return [each for each in found if isinstance(each, Message)] if isinstance(found, list) else []


def _text(part: Message, depth: int = 0) -> str:
    """The text of a part: of several ways to say one thing the first with words in it."""
    if _is_file(part) or depth > DEEPEST:
        return ""
    if part.is_multipart():
        texts = [text for each in _below(part)[:MOST_PARTS] if (text := _text(each, depth + 1))]
        alike = part.get_content_type() == "multipart/alternative"
        return "\n".join(texts[:1] if alike else texts)
    text = decoded(_data(part), part.get_content_charset("utf-8"))
    if part.get_content_subtype() == "html":
        return shown(text_of_html(text))
    return shown(_unwrapped(text) if str(part.get_param("format")).lower() == "flowed" else text)


def _is_file(part: Message) -> bool:
    """Is it something attached, and no text to read?"""
    if part.get_content_disposition() == "attachment" or part.get_content_maintype() == "message":
        return True
    is_text = part.get_content_type() in ("text/plain", "text/html")
    return not part.is_multipart() and not is_text


def _unwrapped(text: str) -> str:
    """The text with the lines put together that a mail program broke (RFC 3676: they end with a space)."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        goes_on = lines and lines[-1].endswith(" ") and lines[-1] != "-- " and not line.startswith(">")
        if goes_on:
            lines[-1] += line
        else:
            lines.append(line)
    return "\n".join(lines)


def _data(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _attached(message: Message, most: int) -> tuple[tuple[Attached, ...], list[tuple[str, Left]]]:
    """Files that may be photos, and the names of all others with why they are left."""
    photos: list[Attached] = []
    left: list[tuple[str, Left]] = []
    for number, part in enumerate(_leaves(message)):
        if not _is_file(part) or _is_decoration(part):
            continue
        name = _name(part)
        if not _may_be_photo(part, name):
            left.append((name, Left.NO_PHOTO))
        elif len(photos) == most or number >= MOST_PARTS:
            left.append((name, Left.TOO_MANY))
        else:
            photos.append(Attached(name, _data(part)))
    return tuple(photos), left[:MOST_PARTS]


def _name(part: Message) -> str:
    """What the file is called; its kind when it has no name."""
    named = one_line(in_words(str(part.get_filename() or "")))
    return (named.replace("/", "_").replace("\\", "_") or part.get_content_type())[:100]


def _may_be_photo(part: Message, name: str) -> bool:
    ending = PurePath(name).suffix.lower().removeprefix(".")
    return part.get_content_maintype() != "message" and (
        (part.get_content_maintype() == "image" and part.get_content_subtype() in _PHOTOS)
        or (part.get_content_maintype() == "application" and ending in _PHOTOS)
    )


def _is_decoration(part: Message) -> bool:
    stands_in_text = "Content-ID" in part and part.get_content_disposition() != "attachment"
    return stands_in_text and part.get_content_maintype() == "image" and len(_data(part)) < DECORATION
