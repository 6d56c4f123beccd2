"""Tables of readings: made by SQL in the migration, for Django has no partitions, and free of triggers."""

from django.db import models

from anlan.sensing.terms import QuarantineReason
from anlan.store.models.columns import word
from anlan.store.models.sensing import Device, DeviceKind, Property


class Series(models.Model):
    """What one device measures of one property; its small key is in every reading."""

    id = models.AutoField(primary_key=True)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="series")
    property = models.ForeignKey(Property, on_delete=models.PROTECT, related_name="series")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("device", "property"), name="series_once"),)


class Datastream(models.Model):
    """How a client of SensorThings described the series that it made; those of the register have no row."""

    series = models.OneToOneField(Series, on_delete=models.PROTECT, primary_key=True, related_name="stream")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=dict)
    unit = models.JSONField(default=dict)  # {"name", "symbol", "definition"}, as it was given
    observation_type = models.CharField(max_length=200)
    sensor = models.ForeignKey(DeviceKind, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()


class Observation(models.Model):
    """One reading, known by series and time; its table is cut by days (UTC), see observation_days.py."""

    pk = models.CompositePrimaryKey("series_id", "at")
    series = models.ForeignKey(
        Series,
        on_delete=models.DO_NOTHING,
        db_column="series",
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    at = models.DateTimeField()
    value = models.FloatField()

    class Meta:
        db_table = "observation"


class LatestValue(models.Model):
    """The newest reading of a series, by its own time; written once a batch."""

    series = models.OneToOneField(
        Series,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        db_column="series",
        db_constraint=False,
        related_name="latest",
    )
    at = models.DateTimeField()
    value = models.FloatField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "latest_value"


class RollUp(models.Model):
    """What the readings of a series were in one span of time that begins at `at`."""

    pk = models.CompositePrimaryKey("series_id", "at")
    series = models.ForeignKey(
        Series,
        on_delete=models.DO_NOTHING,
        db_column="series",
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    at = models.DateTimeField()
    count = models.PositiveIntegerField()
    sum = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()

    class Meta:
        abstract = True


class ObservationMinute(RollUp):
    """Readings by the minute; cut by days as the readings are."""

    class Meta:
        db_table = "observation_minute"


class ObservationHour(RollUp):
    """Readings by the hour; cut by months."""

    class Meta:
        db_table = "observation_hour"


class ObservationDay(RollUp):
    """Readings by the day (UTC); whole."""

    class Meta:
        db_table = "observation_day"


class Quarantined(models.Model):
    """A reading that was not believed, as it came. The newest of each device; QuarantineCount counts all."""

    device = models.CharField(max_length=64)  # as it called itself
    property = models.CharField(max_length=64)
    payload = models.CharField(max_length=500)
    reason = word(QuarantineReason)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "quarantined"
        indexes = (models.Index(fields=("device", "-received_at"), name="quarantined_device"),)


class QuarantineCount(models.Model):
    """How many readings of a device were not believed on one day (UTC), and why."""

    pk = models.CompositePrimaryKey("device", "day", "reason")
    device = models.CharField(max_length=64)
    day = models.DateField()
    reason = word(QuarantineReason)
    count = models.BigIntegerField()

    class Meta:
        db_table = "quarantine_count"


class IngestOffset(models.Model):
    """How far a stream is stored: the only offset there is, written with the rows it stands for."""

    stream = models.CharField(max_length=64, primary_key=True)
    sequence = models.BigIntegerField()
    identity = models.CharField(max_length=40, default="")  # when the stream was made: another counts anew
    at = models.DateTimeField()  # also touched while nothing comes: "we are listening"

    class Meta:
        db_table = "ingest_offset"
