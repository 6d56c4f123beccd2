"""A device for readings that are played again from a file: a known one, or a new one of a known kind."""

from datetime import datetime

from django.db import transaction

from anlan.base.errors import Refused
from anlan.flows.device_history import note, tell_register
from anlan.flows.device_kinds import know_standard_kinds
from anlan.flows.device_series import store_series
from anlan.sensing.device_files import NAME
from anlan.sensing.terms import Lifecycle
from anlan.store.models import Area, Device, Property


@transaction.atomic
def replay_device(*, acting_user: None, name: str, kind_code: str, property_code: str, now: datetime) -> str:
    """Make the device unless it is there; gives the code of the property that the readings are of.

    A new device lies in the whole city. Raises Refused("device_name", "kind_unknown", "property_unknown",
    "no_areas").
    """
    if not NAME.match(name):
        raise Refused("device_name", name=name[:80])
    device = Device.objects.select_related("kind").filter(name=name).first()
    kind = device.kind if device is not None else know_standard_kinds(now).get(kind_code)
    if kind is None:
        raise Refused("kind_unknown", code=kind_code)
    measured = Property.objects.filter(kind=kind, observed_as=None).order_by("pk")
    codes = list(measured.values_list("code", flat=True))
    if property_code and property_code not in codes:
        raise Refused("property_unknown", code=property_code, codes=", ".join(codes))
    if device is None:
        root = Area.objects.filter(parent=None, in_use=True).first()
        if root is None:
            raise Refused("no_areas")
        device = Device.objects.create(
            name=name, kind=kind, area=root, area_path=root.path, state=Lifecycle.INSTALLED
        )
        store_series([device])
        note(device, None, "registered", {}, now)
        tell_register()
    return property_code or codes[0]
