"""What the attributes of sites are called on pages."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

ATTRIBUTES: Mapping[str, Promise] = {
    "area_m2": _("Surface, m²"),
    "crossing": _("Zebra crossing at the gate"),
    "dangerous_goods": _("Dangerous goods"),
    "depth_m": _("Depth, m"),
    "fenced": _("Fenced"),
    "floor_area_m2": _("Floor, m²"),
    "households": _("Households"),
    "hydrants": _("Hydrants"),
    "indoors": _("Inside a building"),
    "length_m": _("Length, m"),
    "lifebuoys": _("Lifebuoys"),
    "lit": _("Lit at night"),
    "people_sleep_there": _("People sleep there"),
    "pupils": _("Pupils"),
    "smoke_alarms": _("Smoke alarms"),
    "sockets": _("Sockets"),
    "speed_limit_kmh": _("Speed limit, km/h"),
    "sprinklers": _("Sprinklers"),
    "staffed_hours": _("Staffed hours"),
    "storeys": _("Storeys"),
    "warning_sign": _("Warning sign"),
    "workers": _("Workers"),
}


def attribute_lines(attributes: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The attributes of a site as label and words."""
    for name, value in sorted(attributes.items()):
        label = str(ATTRIBUTES.get(name, name))
        if isinstance(value, bool):
            yield label, gettext("yes") if value else gettext("no")
        else:
            yield label, f"{value:g}" if isinstance(value, float) else str(value)
