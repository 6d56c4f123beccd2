"""The words of places."""

from enum import StrEnum


class Level(StrEnum):
    """Levels of the tree of areas, from the top."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


class SiteKind(StrEnum):
    """Kinds of places with a hazard."""

    POND = "pond"
    SCHOOL = "school"
    SHOP = "shop"
    COMPOUND = "compound"
    CHARGING_SHED = "charging_shed"
    ROAD_SEGMENT = "road_segment"
    POST = "post"
    ENTERPRISE = "enterprise"
    SHELTER = "shelter"
    OTHER = "other"


class Crs(StrEnum):
    """Coordinate systems at the door; storage is WGS-84."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def within(path: str, root: str) -> bool:
    """Is the node at `path` the one at `root` or below it?

    A path is the codes from the root of a tree, each followed by a dot: "331000.331081.331081012.".
    """
    return path.startswith(root)
