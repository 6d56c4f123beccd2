"""Open walls and duty pages hear that something changed in an area."""

import json

from django.db import connection

from anlan.flows.follow_ups import CHANNEL


def tell_walls(area_path: str) -> None:
    """Tell open walls, once the transaction commits, that something changed there."""
    news = {"event": 0, "case": 0, "version": 0, "area": area_path, "unit": ""}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps(news)])
