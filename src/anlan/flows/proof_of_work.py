"""Proof of work by the protocol of ALTCHA, version 2: a challenge that a browser solves once, for one report.

The challenge is signed and kept nowhere; of a solution that was used, a hash is kept until it is out of date.
"""

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import altcha
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from anlan.store.models import SpentProof

LASTS = timedelta(hours=2)
"""From the first key pressed in the form until it is sent; the browser asks for another one after that."""

COST = 5000
"""Rounds of PBKDF2 of one try: 2 ms here, 3 to 10 ms in a browser."""

FEWEST_TRIES, MORE_TRIES = 60, 120
"""A solution takes 60 to 180 tries: under a second on a desk, some two seconds on a phone."""

LONGEST = 4000
"""Characters of a solution; anything longer is none."""


def challenge(*, acting_user: None, now: datetime) -> dict[str, Any]:
    """A fresh challenge, as the protocol writes it."""
    made = altcha.create_challenge(
        "PBKDF2/SHA-256",
        COST,
        counter=FEWEST_TRIES + secrets.randbelow(MORE_TRIES),
        expires_at=now + LASTS,
        hmac_secret=_secret("challenge"),
        hmac_key_secret=_secret("key"),
    )
    return made.to_dict()


def spend(*, acting_user: None, proof: str, now: datetime) -> bool:
    """Does `proof` solve a challenge of ours, in date and not used before? It is used up by this."""
    if not proof or len(proof) > LONGEST or not _solves(proof):
        return False
    signature, expires_at = _challenge_of(proof)
    if expires_at <= now:
        return False
    SpentProof.objects.filter(expires_at__lt=now).delete()
    try:
        with transaction.atomic():
            SpentProof.objects.create(mark=sha256(signature.encode()).digest(), expires_at=expires_at)
    except IntegrityError:
        return False
    return True


def _solves(proof: str) -> bool:
    try:
        return altcha.verify_solution(proof, _secret("challenge"), hmac_key_secret=_secret("key")).verified
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):  # whatever somebody sent
        return False


def _challenge_of(proof: str) -> tuple[str, datetime]:
    """The signature of a solution's challenge, and until when it is good."""
    said = json.loads(base64.b64decode(proof))["challenge"]
    until = datetime.fromtimestamp(said["parameters"]["expiresAt"], tz=UTC)
    return str(said["signature"]), until


def _secret(of: str) -> bytes:
    return salted_hmac(f"anlan.proof.{of}", "", secret=settings.SECRET_KEY, algorithm="sha256").digest()
