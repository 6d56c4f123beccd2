"""The link with which a member sets a password: valid 7 days, once, and only the newest."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from anlan.base.errors import Refused
from anlan.flows.staff_history import record
from anlan.store.models import User

VALID = timedelta(days=7)
_SALT = "anlan.member_link"


def new_link(member: User, now: datetime) -> str:
    """The token of a link for a member without a usable password.

    It holds a digest of what stands in place of the password, new for every link: so a later link and
    a password that was set end it, and no table of tokens is needed.
    """
    until = int((now + VALID).timestamp())
    return signing.Signer(salt=_SALT).sign_object([member.pk, until, _mark(member)], compress=True)


def member_of_link(token: str, now: datetime) -> User:
    """Whose link it is. Raises Refused("link_unusable") for one that is used up, too old or made up."""
    try:
        pk, until, mark = signing.Signer(salt=_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused("link_unusable") from None
    member = User.objects.filter(pk=pk, is_active=True).first()
    if member is None or until < now.timestamp() or not constant_time_compare(mark, _mark(member)):
        raise Refused("link_unusable")
    return member


@transaction.atomic
def set_first_password(*, token: str, password: str, now: datetime) -> User:
    """Set the password of the member whose link it is; the link is used up.

    Raises Refused("link_unusable").
    """
    member = User.objects.select_for_update().get(pk=member_of_link(token, now).pk)
    if member.has_usable_password():  # somebody else used the link a moment ago
        raise Refused("link_unusable")
    member.set_password(password)
    member.save(update_fields=["password"])
    record(member, "set_password", f"member:{member.username}"[:100], {}, now)
    return member


def _mark(member: User) -> str:
    return salted_hmac(_SALT, member.password, algorithm="sha256").hexdigest()[:32]
