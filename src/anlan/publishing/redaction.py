"""What in words names or reaches a person: suggestions for whoever clears them. Nothing of it is kept.

Signs are first made alike (alike_signs); then each kind is looked for in its own way (personal_numbers,
personal_words). A find is a span of the text as it was written.
"""

from collections.abc import Iterable, Iterator

from anlan.publishing import personal_numbers, personal_words
from anlan.publishing.alike_signs import alike
from anlan.publishing.spans import COVER, Span

FINDERS = (*personal_numbers.FINDERS, *personal_words.FINDERS)


def spans_in(text: str) -> list[Span]:
    """Everything in `text` that names or reaches a person, in its order, without overlaps."""
    like = alike(text)
    found = (span for find in FINDERS for span in find(like.signs))
    return list(_apart(sorted(Span(*like.written(each.start, each.end), each.kind) for each in found)))


def covered(text: str, spans: Iterable[Span]) -> str:
    """The text with each span covered."""
    parts, at = [], 0
    for span in sorted(spans):
        parts += [text[at : span.start], COVER]
        at = span.end
    return "".join([*parts, text[at:]])


def _apart(found: list[Span]) -> Iterator[Span]:
    """Spans that overlap become one, of the kind that began first."""
    last: Span | None = None
    for span in found:
        if last is None:
            last = span
        elif span.start < last.end:
            last = Span(last.start, max(last.end, span.end), last.kind)
        else:
            yield last
            last = span
    if last is not None:
        yield last
