"""The field of a form that takes photos and keeps those it has accepted while the rest is put right.

An accepted photo lies on the disk already; the form carries a signed token for it, so that after an error in
another field nobody has to choose it again. A token is good for an hour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from anlan.base.errors import Refused
from anlan.edge.pages.photo_uploads import bytes_of
from anlan.flows.store_photos import Picture, take_picture
from anlan.publishing.photos import MAX_BYTES, MAX_PHOTOS, PhotoRefusal

KEPT_FOR = timedelta(hours=1)
ACCEPTS = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic"
_SALT = "anlan.photo"

REFUSALS = {
    PhotoRefusal.EMPTY: _("Photo %(number)s: the file is empty. Choose it again."),
    PhotoRefusal.TOO_BIG: _("Photo %(number)s: a photo may have up to 20 MB. Choose a smaller one."),
    PhotoRefusal.TOO_MUCH: _(
        "The photos are too large to send at once: up to 20 MB each, 4 of them. Choose smaller ones."
    ),
    PhotoRefusal.TOO_MANY_PIXELS: _(
        "Photo %(number)s: a photo may have up to 50 megapixels. Choose a smaller one."
    ),
    PhotoRefusal.WRONG_TYPE: _("Photo %(number)s: send a photo as JPEG, PNG, WebP or HEIC."),
    PhotoRefusal.BROKEN: _("Photo %(number)s: the file is damaged or not whole. Choose it again."),
    PhotoRefusal.MIXED: _(
        "Photo %(number)s: there is something else in the file besides the picture. Send the photo itself, "
        "or a screenshot of it."
    ),
    PhotoRefusal.TOO_HARD: _("Photo %(number)s: the file could not be read in time. Choose another one."),
    PhotoRefusal.NO_ROOM: _(
        "Photo %(number)s: there is no room for photos here at the moment. Send the rest without it, or try "
        "again later."
    ),
}
"""What a refused photo says, by the reason of its `Refused`."""


@dataclass(frozen=True)
class Sent:
    """What a browser sent: new files, and the tokens of photos accepted before that are still wanted."""

    files: "list[UploadedFile[Any]]"
    tokens: list[str]


class PhotosInput(forms.FileInput):
    """The file input, and below it the photos that are kept; each of these can be left out again."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        limits = {"data-photos": True, "data-max": MAX_PHOTOS, "data-max-bytes": MAX_BYTES}
        super().__init__({"accept": ACCEPTS, "multiple": True} | limits | (attrs or {}))
        self.kept: Sequence[Picture] = ()

    def use_required_attribute(self, initial: Any) -> bool:
        """A browser must not ask for a photo while one is kept."""
        return not self.kept and super().use_required_attribute(initial)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Sent:
        """All files and tokens under `name`, as `Sent`."""
        unwanted = set(_texts(data, f"{name}-leave-out"))
        tokens = [token for token in _texts(data, f"{name}-kept") if token not in unwanted]
        return Sent(files.getlist(name) if hasattr(files, "getlist") else [], tokens)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Never: a form without photos is one with none."""
        return False

    def render(
        self, name: str, value: object, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The input and the kept photos."""
        shown = super().render(name, None, attrs, renderer)
        kept = [(token_of(picture), picture) for picture in self.kept]
        return render_to_string("parts/photos_input.html", {"input": shown, "name": name, "kept": kept})


class PhotosField(forms.Field):
    """Up to four photos; cleaned, a list of `flows.store_photos.Picture` that lie on the disk.

    Good photos are kept even when another one, or another field, is refused.
    """

    widget = PhotosInput
    default_error_messages = {"required": _("Add at least one photo.")}

    def clean(self, value: Any) -> list[Picture]:
        """Draw the new photos anew, add them to those kept, say what is wrong with each other one."""
        sent: Sent = value
        kept = [picture for token in sent.tokens if (picture := picture_of(token))]
        errors = []
        for number, file in enumerate(sent.files, start=1):
            if len(kept) == MAX_PHOTOS:
                errors.append(_too_many())
                break
            try:
                kept.append(take_picture(bytes_of(file), now=timezone.now()))
            except Refused as no:
                errors.append(_refusal(no, number))
        self.widget.kept = kept = kept[:MAX_PHOTOS]
        if errors:
            raise forms.ValidationError(errors)
        if self.required and not kept:
            raise forms.ValidationError(self.error_messages["required"], "required")
        return kept

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Were any photos sent?"""
        return bool(data and (data.files or data.tokens))


def token_of(picture: Picture) -> str:
    """The signed token that a form carries for an accepted photo."""
    facts = asdict(picture) | {"id": picture.id.hex, "made_at": picture.made_at.isoformat()}
    return signing.dumps(facts, salt=_SALT, compress=True)


def picture_of(token: str) -> Picture | None:
    """The photo of a token; None when the token is not ours or older than an hour."""
    try:
        facts = signing.loads(token, salt=_SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    facts |= {"id": UUID(facts["id"]), "made_at": datetime.fromisoformat(facts["made_at"])}
    return Picture(**{field.name: facts[field.name] for field in fields(Picture)})


def _texts(data: Any, name: str) -> Iterable[str]:
    return list(data.getlist(name) if hasattr(data, "getlist") else data.get(name, ()))


def _refusal(no: Refused, number: int) -> forms.ValidationError:
    return forms.ValidationError(REFUSALS[PhotoRefusal(no.reason)], no.reason, {"number": number})


def _too_many() -> forms.ValidationError:
    words = _("Up to %(most)s photos: the first ones were kept.")
    return forms.ValidationError(words, "photos_too_many", {"most": MAX_PHOTOS})
