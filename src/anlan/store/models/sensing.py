"""Tables of the room `sensing`: the register of devices, and what is known of how they are."""

from django.db import models

from anlan.places.terms import Crs
from anlan.sensing.terms import Lifecycle, Liveness, OutageScope
from anlan.store.models.columns import subtree_index, word


class DeviceKind(models.Model):
    """A kind of device, such as `water-level`; its properties say what a device of it measures."""

    code = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    is_camera = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # of the profile in force, see KindVersion


class KindVersion(models.Model):
    """The profile of a kind as it was from one day on: what a reading of that time was held against."""

    kind = models.ForeignKey(DeviceKind, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    profile = models.JSONField()  # {"code": {"unit", "low", "high", "interval_seconds"}}

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "version"), name="kind_version_once"),)


class Property(models.Model):
    """What devices of a kind measure, as the version in force has it. Its code and unit never change."""

    kind = models.ForeignKey(DeviceKind, on_delete=models.PROTECT, related_name="properties")
    code = models.CharField(max_length=64)  # the last part of an MQTT topic, such as `level`
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    unit = models.CharField(max_length=32)  # UCUM: m, Cel, mA, %, 1
    low = models.FloatField(null=True)  # outside of low..high no reading is believed
    high = models.FloatField(null=True)
    interval_seconds = models.PositiveIntegerField()  # how often a reading normally comes
    observed_as = models.ForeignKey(  # of one made for a Datastream: the ObservedProperty that it names
        "self", on_delete=models.PROTECT, null=True, related_name="also"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "code"), name="property_once"),
            models.CheckConstraint(condition=models.Q(interval_seconds__gt=0), name="property_interval"),
        )


class Device(models.Model):
    """A sensor, or a camera as an asset: where it stands, whose it is, what for. Never a picture."""

    name = models.CharField(max_length=64, unique=True)  # also its MQTT client id and user name
    title = models.CharField(max_length=200, blank=True)
    kind = models.ForeignKey(DeviceKind, on_delete=models.PROTECT, related_name="devices")
    is_camera = models.BooleanField(default=False)  # as kind.is_camera, for the constraint
    site = models.ForeignKey("store.Site", on_delete=models.PROTECT, null=True, related_name="devices")
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="devices")
    area_path = models.CharField(max_length=120)
    unit = models.ForeignKey("store.Unit", on_delete=models.PROTECT, null=True, related_name="devices")
    unit_path = models.CharField(max_length=200, blank=True)
    lng = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    source_crs = word(Crs, default=Crs.WGS84)
    purpose = models.CharField(max_length=200, blank=True)
    legal_basis = models.CharField(max_length=200, blank=True)
    keeps_days = models.PositiveIntegerField(null=True)  # how long what it records is kept, by its owner
    state = word(Lifecycle, default=Lifecycle.REGISTERED)
    installed_on = models.DateField(null=True)
    inspected_on = models.DateField(null=True)
    removed_on = models.DateField(null=True)
    interval_seconds = models.PositiveIntegerField(null=True)  # its own; None: as its properties say
    battery = models.PositiveSmallIntegerField(null=True)  # percent
    firmware = models.CharField(max_length=64, blank=True)
    gateway = models.CharField(max_length=64, blank=True)  # the name of what passes its readings on
    muted_until = models.DateTimeField(null=True)
    muted_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(name__regex=r"^[A-Za-z0-9_-]{1,64}$"), name="device_name_fits_a_topic"
            ),
            models.CheckConstraint(
                condition=models.Q(is_camera=False)
                | (models.Q(keeps_days__gt=0) & ~models.Q(purpose="") & ~models.Q(legal_basis="")),
                name="camera_says_why_and_how_long",
            ),
            models.CheckConstraint(
                condition=models.Q(battery=None) | models.Q(battery__lte=100), name="battery_in_percent"
            ),
        )
        indexes = (
            subtree_index("area_path", "device_area"),
            subtree_index("unit_path", "device_unit"),
            models.Index(fields=("kind", "id"), name="device_kind"),
            models.Index(fields=("gateway",), condition=~models.Q(gateway=""), name="device_gateway"),
        )


class Credential(models.Model):
    """What a device signs in with; its secret is shown once, and only a SHA-256 of it is kept."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="credentials")
    username = models.CharField(max_length=64)  # as device.name
    secret_sha256 = models.CharField(max_length=64)  # hexadecimal
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("username",), condition=models.Q(revoked_at=None), name="one_credential_in_force"
            ),
        )


class DeviceEvent(models.Model):
    """What happened to a device. Rows are only ever added."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    actor = models.ForeignKey("store.User", on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=40)
    changes = models.JSONField(default=dict)  # {"field": [before, after]}

    class Meta:
        indexes = (models.Index(fields=("device", "at"), name="device_event_device"),)


class Outage(models.Model):
    """A silence, from when to when: of one device, or of a whole area or gateway as one."""

    scope = word(OutageScope)
    key = models.CharField(max_length=120)  # path of the area, or name of the gateway or device
    area_path = models.CharField(max_length=120)  # the smallest area that holds all of it
    began_at = models.DateTimeField()  # the last that was heard of them
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    devices = models.PositiveIntegerField()  # silent when it was noticed or later

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("scope", "key"), condition=models.Q(ended_at=None), name="one_open_outage"
            ),
        )
        indexes = (
            subtree_index("area_path", "outage_area"),
            models.Index(fields=("-began_at",), name="outage_newest"),
        )


class DeviceLiveness(models.Model):
    """How a device is, as the last sweep saw it; no row: never heard and never missed."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="liveness")
    state = word(Liveness)
    since = models.DateTimeField()
    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, null=True, related_name="members")

    class Meta:
        indexes = (models.Index(fields=("state",), name="liveness_state"),)


class Watch(models.Model):
    """Since when we listen without a gap, and when we last looked; one row, written by the sweep."""

    listening_since = models.DateTimeField()
    swept_at = models.DateTimeField()


class Coverage(models.Model):
    """Of one night: of so many things in an area, so many are as they should be."""

    day = models.DateField()
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="+")
    figure = models.CharField(max_length=24)  # a kind of site (with a working device), or camera_online
    part = models.PositiveIntegerField()
    whole = models.PositiveIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("area", "figure", "day"), name="coverage_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(whole__gt=0, part__lte=models.F("whole")), name="coverage_is_a_share"
            ),
        )
