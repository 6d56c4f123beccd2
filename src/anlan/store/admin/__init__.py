"""Django's admin: a look at the tables for superusers, and the two marks that make one.

Everything else is changed on the pages of administrators, where a change shows what it touches and is kept in
history. Tables with what residents gave (reports, contacts, photos, cases and their history) are not here.
"""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from anlan.store.models import (
    Area,
    Category,
    Erasure,
    ImportRun,
    Incident,
    Membership,
    Site,
    StaffEvent,
    Unit,
    User,
)


class HouseAdmin(AdminSite):
    """The admin at /django-admin/, for superusers with a second factor."""

    site_header = site_title = "anlan"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Superusers only; outside the demo, with a second factor."""
        user = request.user
        if not (user.is_active and user.is_superuser):
            return False
        return settings.ANLAN_SYNTHETIC or is_mfa_enabled(user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The one way to sign in is the house's own."""
        return redirect_to_login(reverse("admin:index"))


class Look(ModelAdmin):  # type: ignore[type-arg]  # takes no argument when it runs
    """A table to look at: nothing is added, changed or deleted here."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class Accounts(Look):
    """Accounts: only who is a superuser is decided here, and kept in history."""

    list_display = ("username", "is_active", "is_superuser", "last_login")
    search_fields = ("username",)
    fields = ("username", "is_active", "is_superuser", "is_staff", "last_login")
    readonly_fields = ("username", "is_active", "last_login")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Of others: nobody makes themselves less or more."""
        return obj is None or obj != request.user

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and keep who changed which mark."""
        super().save_model(request, obj, form, change)
        changes = {name: [form.initial.get(name), form.cleaned_data[name]] for name in form.changed_data}
        StaffEvent.objects.create(
            at=timezone.now(),
            actor_id=request.user.pk,
            action="changed",
            subject=f"member:{obj.username}"[:100],
            changes=changes,
        )


class History(Look):
    """Who changed what."""

    list_display = ("at", "actor", "action", "subject")
    list_select_related = ("actor",)
    list_filter = ("action",)


class Named(Look):
    """Tables with codes and names."""

    list_display = ("code", "name")
    search_fields = ("code", "name")


class Categories(Look):
    """Kinds of hazards."""

    list_display = ("code", "name_zh", "name_en", "active")


class Runs(Look):
    """What was brought in."""

    list_display = ("started_at", "kind", "file_name", "ended_at")


class Erasures(Look):
    """Tombstones of what retention rules erased."""

    list_display = ("at", "kind", "rule")
    exclude = ("report", "photo")


class Incidents(Look):
    """Harms that happened."""

    list_display = ("at", "kind", "injured", "killed", "source")


class Memberships(Look):
    """Roles."""

    list_display = ("user", "role", "unit_path", "area_path")
    list_select_related = ("user",)


site = HouseAdmin()
site.register(User, Accounts)
site.register(StaffEvent, History)
site.register((Area, Site, Unit), Named)
site.register(Category, Categories)
site.register(ImportRun, Runs)
site.register(Erasure, Erasures)
site.register(Incident, Incidents)
site.register(Membership, Memberships)
