"""Forms of django-allauth in the words of the house."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm, LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from django.utils.translation import gettext_lazy as _

from anlan.store.readers.second_factors import unreadable_keys


class SignIn(LoginForm):
    """Sign in by name or e-mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or e-mail address")
        self.fields["login"].widget.attrs = {"autocomplete": "username webauthn", "autocapitalize": "none"}
        self.fields["password"].widget.attrs.pop("placeholder", None)


class AddPasskey(AddWebAuthnForm):
    """A new passkey or security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call this key")
        self.fields["passwordless"].label = _("Sign in with this key alone")
        self.fields["passwordless"].help_text = _(
            "The key then asks for its own lock: nothing of it gets here."
        )


class NamePasskey(EditWebAuthnForm):
    """Another name for a key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call this key")


class SignInByPasskey(LoginWebAuthnForm):
    """A key instead of a password."""

    def clean_credential(self) -> Authenticator:
        """The key that answered; while one of its owner is damaged, it is refused like a wrong one."""
        answer = self.cleaned_data["credential"]
        auth.parse_authentication_response(answer)
        if unreadable_keys(auth.extract_user_from_response(answer).pk):
            raise get_adapter().validation_error("incorrect_code")
        return super().clean_credential()
