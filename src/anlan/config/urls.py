"""Every address: one line for each part of the edge."""

from django.urls import URLPattern, URLResolver, include, path

from anlan.store.admin import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("anlan.edge.operations.pages")),
    path("", include("anlan.edge.pages.home")),
    path("", include("anlan.edge.pages.kit")),
    path("", include("anlan.edge.pages.map_areas")),
    path("", include("anlan.edge.pages.photos")),
    path("", include("anlan.edge.pages.report")),
    path("", include("anlan.edge.pages.receipt")),
    path("", include("anlan.edge.pages.answers")),
    path("", include("anlan.edge.pages.public_cases")),
    path("", include("anlan.edge.pages.public_feeds")),
    path("", include("anlan.edge.pages.follow")),
    path("", include("anlan.edge.open311.views")),
    path("", include("anlan.edge.pages.proof")),
    path("", include("anlan.edge.pages.places_back")),
    path("", include("anlan.edge.pages.principles")),
    path("", include("anlan.edge.pages.bulk")),
    path("", include("anlan.edge.pages.saved_searches")),
    path("", include("anlan.edge.pages.exports")),
    path("", include("anlan.edge.pages.urls")),
    path("", include("anlan.edge.pages.notices")),
    path("supervision/", include("anlan.edge.pages.supervision")),
    path("", include("anlan.edge.pages.areas")),
    path("", include("anlan.edge.pages.sites")),
    path("scores/", include("anlan.edge.pages.score_urls")),
    path("", include("anlan.edge.sensorthings.views")),
    path("", include("anlan.edge.pages.devices")),
    path("", include("anlan.edge.pages.cameras")),
    path("warnings/", include("anlan.edge.pages.public_warnings")),
    path("duty/", include("anlan.edge.pages.warnings")),
    path("wall/", include("anlan.edge.pages.wall")),
    path("", include("anlan.edge.pages.setup")),
    path("django-admin/", site.urls),
    path("manage/devices/kinds/", include("anlan.edge.pages.manage_device_kinds")),
    path("manage/devices/", include("anlan.edge.pages.manage_devices")),
    path("manage/", include("anlan.edge.pages.manage_index")),
    path("account/", include("anlan.edge.pages.account")),
]
