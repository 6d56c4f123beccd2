"""Jobs around photos that the public may see."""

from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from anlan.flows import cover_photo


@app.task(
    name="suggest_covers",
    queue="photos",
    lock="suggest_covers",
    retry=RetryStrategy(max_attempts=4, wait=20),
)
def suggest_covers(photo_id: str) -> None:
    """Look for faces and plates in a photo; one photo at a time, behind all that people wait for."""
    cover_photo.suggest_covers(acting_user=None, photo_id=UUID(photo_id), now=timezone.now())
