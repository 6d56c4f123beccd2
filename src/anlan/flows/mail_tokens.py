"""What stands for the token of a form in a mail."""

from django.utils.crypto import salted_hmac

from anlan.store.models import InMail


def mail_token(row: InMail) -> str:
    """Made with the key of the installation, which the database does not hold: while that stays the same, the
    receipt code can be made again for an answer that is sent a second time.
    """
    return salted_hmac("anlan.mail.receipt", bytes(row.mark).hex(), algorithm="sha256").hexdigest()
