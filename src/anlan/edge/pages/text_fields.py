"""Fields for what people type: plain words, a way to be reached."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

_PHONE = re.compile(r"\+?[0-9]{5,15}")
_NOT_SHOWN = frozenset({"Cc", "Cs"})
_BETWEEN = re.compile(r"[\s\-()（）]")


def plain(text: str) -> str:
    """Text without the signs that cannot be shown, for fields without a form."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in _NOT_SHOWN)


class PlainText(forms.CharField):
    """Words without control characters; line ends are one sign, and count as one."""

    default_error_messages = {
        "control": _("There are signs in it that cannot be shown. Delete them, or type the words again.")
    }

    def to_python(self, value: Any) -> Any:
        """The words with plain line ends, nothing around them."""
        words = super().to_python(value)
        return words.replace("\r\n", "\n").replace("\r", "\n") if isinstance(words, str) else words

    def validate(self, value: Any) -> None:
        """No control characters, and no halves of a sign."""
        super().validate(value)
        if any(unicodedata.category(sign) in _NOT_SHOWN and sign not in "\n\t" for sign in value or ""):
            raise forms.ValidationError(self.error_messages["control"], "control")


class ContactField(PlainText):
    """A phone number or an e-mail address; cleaned, a pair of which one is empty."""

    default_error_messages = {
        "contact": _("Write a phone number such as 13800001234, or an address such as name@example.com.")
    }

    def clean(self, value: Any) -> Any:
        """(phone, e-mail)."""
        said = super().clean(value)
        if not said:
            return "", ""
        return ("", self._email(said)) if "@" in said else (self._phone(said), "")

    def _email(self, said: str) -> str:
        try:
            validate_email(said)
        except forms.ValidationError:
            raise forms.ValidationError(self.error_messages["contact"], "contact") from None
        return said

    def _phone(self, said: str) -> str:
        digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", said))
        if not _PHONE.fullmatch(digits):
            raise forms.ValidationError(self.error_messages["contact"], "contact")
        return digits
