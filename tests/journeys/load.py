"""Fill the empty database of a journey with the cast and its scene; prints what a browser needs as JSON."""

import io
import json
import sys
from uuid import UUID, uuid4

import django
from PIL import Image, ImageDraw

COVERED = UUID("00000000-0000-4000-8000-000000000001")
"""A photo that the public sees; the table of pages names it."""


def main() -> None:
    """Store the scene, and print {"sessions": {person: key}, "cases": {name: id}, "things": {name: id}}."""
    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from tests.cast import build_cast
    from tests.journeys.scene import set_scene
    from tests.journeys.things import set_things

    with transaction.atomic():
        cast = build_cast()
        cases = set_scene(cast, timezone.now())
        things = set_things(cast, timezone.now())
        draw_photos()
        clear_photos(cases["verified"].pk, cases["closed"].pk)
        sessions = {name: session_of(getattr(cast, name).user) for name in PEOPLE}
    ids = {name: case.pk for name, case in cases.items()}
    json.dump({"sessions": sessions, "cases": ids, "things": things}, sys.stdout)


PEOPLE = ("alice", "bob", "carol", "dan", "frank", "grace", "heidi", "ivan", "judy", "ken", "liu", "mia")


def draw_photos() -> None:
    """Give every photo of the scene a file: a wall, water before it, and a railing."""
    from anlan.store import photo_files
    from anlan.store.models import Photo

    drawn = drawing("JPEG")
    for photo in Photo.objects.all():
        photo_files.write(photo.pk, drawn, drawn)


def clear_photos(verified: int, closed: int) -> None:
    """Faces were looked for in every photo, a box was found; photos of two cases were cleared."""
    from django.utils import timezone

    from anlan.store import photo_files
    from anlan.store.models import PublicPhoto

    now = timezone.now()
    box = {"x": 0.4, "y": 0.3, "w": 0.1, "h": 0.15, "kind": "face"}
    PublicPhoto.objects.update(looked_for_at=now, found=[box])
    for case_id, covered_id in ((verified, COVERED), (closed, uuid4())):
        row = PublicPhoto.objects.filter(photo__case=case_id).order_by("pk")[0]
        row.state, row.covered_id, row.cleared_at, row.boxes = "cleared", covered_id, now, [box]
        row.save()
        photo_files.write_covered(covered_id, drawing("WEBP"), drawing("WEBP"))


def drawing(kind: str) -> bytes:
    """A picture of 800 x 600, as a file of that kind."""
    picture = Image.new("RGB", (800, 600), "#c9dbe4")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 260, 800, 430), fill="#6f9aa6")
    pen.rectangle((0, 430, 800, 600), fill="#8d8a62")
    for x in range(40, 800, 120):
        pen.rectangle((x, 380, x + 14, 520), fill="#e9eae4")
    pen.rectangle((40, 410, 760, 422), fill="#e9eae4")
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def session_of(user: object) -> str:
    """The key of a session in which `user` is logged in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)  # type: ignore[attr-defined]
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()  # type: ignore[attr-defined]
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    main()
