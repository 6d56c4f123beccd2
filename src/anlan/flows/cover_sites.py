"""Every night: how many of the sites in each area have a working device, how many cameras are online."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

CAMERAS = "camera_online"
"""The figure of cameras: the part of those installed that is heard, or late but not yet missed."""

COVER = """
INSERT INTO store_coverage (day, area_id, figure, part, whole)
SELECT %(day)s::date, area.id, counted.figure, count(*) FILTER (WHERE counted.working), count(*)
FROM (
    SELECT site.area_path, site.kind AS figure, EXISTS (
        SELECT 1 FROM store_device device JOIN store_deviceliveness seen ON seen.device_id = device.id
        WHERE device.site_id = site.id AND device.state = 'installed' AND seen.state IN ('online', 'late')
    ) AS working
    FROM store_site site WHERE site.in_use
    UNION ALL
    SELECT device.area_path, %(cameras)s, coalesce(seen.state IN ('online', 'late'), false)
    FROM store_device device LEFT JOIN store_deviceliveness seen ON seen.device_id = device.id
    WHERE device.is_camera AND device.state IN ('installed', 'broken')
) AS counted
JOIN LATERAL unnest(string_to_array(rtrim(counted.area_path, '.'), '.')) AS part(code) ON true
JOIN store_area area ON area.code = part.code
WHERE area.level IN ('city', 'county', 'township')
GROUP BY area.id, counted.figure
ON CONFLICT (area_id, figure, day) DO UPDATE SET part = excluded.part, whole = excluded.whole
"""


@transaction.atomic
def cover_sites(*, acting_user: None, now: datetime) -> int:
    """Write the figures of today; how many. A kind of site that an area has none of gives none: no data."""
    with connection.cursor() as cursor:
        cursor.execute(COVER, {"day": timezone.localdate(now), "cameras": CAMERAS})
        return int(cursor.rowcount)
