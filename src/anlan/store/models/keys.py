"""Keys by which other systems write through our interfaces."""

from django.db import models

from anlan.staff.terms import KeyScope
from anlan.store.models.columns import word


class ApiKey(models.Model):
    """A key of another system; its secret is shown once, and only a SHA-256 of it is kept."""

    scope = word(KeyScope)
    name = models.CharField(max_length=100)  # of the system
    secret_sha256 = models.CharField(max_length=64, unique=True)  # hexadecimal
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("scope", "name"), condition=models.Q(revoked_at=None), name="one_key_in_force"
            ),
        )
