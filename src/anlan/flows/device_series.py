"""The series of devices: one for each property of their kind."""

from collections.abc import Sequence

from anlan.store.copying import copy_rows
from anlan.store.models import Device, Property, Series


def store_series(devices: Sequence[Device]) -> None:
    """Give each device a series for each property of its kind, where it lacks one."""
    properties: dict[int, list[int]] = {}
    for pk, kind_id in Property.objects.filter(observed_as=None).values_list("pk", "kind_id"):
        properties.setdefault(kind_id, []).append(pk)
    known = set(
        Series.objects.filter(device_id__in=[device.pk for device in devices]).values_list(
            "device_id", "property_id"
        )
    )
    wanted = ((device.pk, each) for device in devices for each in properties.get(device.kind_id, ()))
    copy_rows(Series, ("device_id", "property_id"), (pair for pair in wanted if pair not in known))
