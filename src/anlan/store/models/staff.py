"""Tables of the room `staff`."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from anlan.staff.terms import Role, UnitKind
from anlan.store.models.columns import subtree_index, word


class Unit(models.Model):
    """An organisation that acts."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    kind = word(UnitKind)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, unique=True)  # codes from the root, each followed by a dot
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="units")
    area_path = models.CharField(max_length=120)
    email = models.EmailField(blank=True)  # of the unit's desk, not of a person
    phone = models.CharField(max_length=32, blank=True)  # of the unit's desk, not of a person
    active = models.BooleanField(default=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")

    class Meta:
        indexes = (
            subtree_index("path", "unit_subtree"),
            models.Index(fields=("area", "kind"), name="unit_area_kind"),
        )

    @property
    def successor_code(self) -> str:
        """Who went on with the work of a closed unit; "" for nobody."""
        return self.successor.code if self.successor else ""


class User(AbstractUser):
    """A member of staff; residents need no account."""

    language = models.CharField(max_length=10, blank=True)


class Membership(models.Model):
    """A role of a member in a unit, for an area and what lies below it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    unit_path = models.CharField(max_length=200)
    role = word(Role)
    area = models.ForeignKey("store.Area", on_delete=models.PROTECT, related_name="+")
    area_path = models.CharField(max_length=120)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "unit", "role", "area"), name="membership_once"),
        )


class StaffEvent(models.Model):
    """What was changed on members, units, areas, sites and categories. Rows are only ever added."""

    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=100)  # table and code, such as "unit:331081.fire"
    changes = models.JSONField(default=dict)  # {"field": [before, after]}

    class Meta:
        indexes = (models.Index(fields=("subject", "at"), name="staff_event_subject"),)
