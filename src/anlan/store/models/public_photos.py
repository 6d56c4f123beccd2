"""Tables of photos that the public may see, covered: columns and constraints, no decisions."""

from django.db import models

from anlan.publishing.terms import Complaint, PhotoState
from anlan.store.models.columns import word


class PublicPhoto(models.Model):
    """Where a photo stands on its way to the public; the picture as it came is never shown to it.

    Of faces and plates, nothing is kept but where they are.
    """

    photo = models.OneToOneField(
        "store.Photo", on_delete=models.CASCADE, primary_key=True, related_name="public"
    )
    state = word(PhotoState, default=PhotoState.HELD)
    looked_for_at = models.DateTimeField(null=True)  # null: faces and plates were not looked for yet
    look_failed = models.BooleanField(default=False)
    found = models.JSONField(default=list)  # boxes, as `publishing.covering` keeps them
    boxes = models.JSONField(default=list)  # those that a person had covered
    covered_id = models.UUIDField(
        null=True, unique=True
    )  # names the covered files; a new one at each clearing
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state=PhotoState.CLEARED) | models.Q(covered_id__isnull=False),
                name="public_photo_cleared_is_covered",
            ),
        )
        indexes = (
            models.Index(
                fields=("state", "photo"),
                condition=models.Q(state__in=["held", "reported"]),
                name="public_photo_waiting",
            ),
        )


class PhotoComplaint(models.Model):
    """Somebody outside says that a photo should not be shown; no address is kept."""

    photo = models.ForeignKey(PublicPhoto, on_delete=models.CASCADE, related_name="complaints")
    at = models.DateTimeField()
    network = models.BinaryField(max_length=32)  # a keyed hash of the network's prefix
    reason = word(Complaint)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("photo", "network"), name="photo_complaint_once"),)


class EvidenceLook(models.Model):
    """Somebody on the staff looked at words or photos as they came; once a person, case and day.

    Rows are only ever added.
    """

    case = models.ForeignKey("store.Case", on_delete=models.PROTECT, related_name="looks")
    user = models.ForeignKey("store.User", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("case", "user", "day"), name="evidence_look_once"),)
