"""Where /api/v1 is, without loading it: ninja and pydantic take 17 MB and a second of the start."""

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RoutePattern


class LoadedWhenAsked(URLResolver):
    """A module of addresses, imported when an address in it is asked for, or its document names itself.

    Django imports all of them to make the first link on a page; for this a namespace alone is enough.
    """

    def _populate(self) -> None:
        """Names are looked up in the module itself, which Django does for a namespace."""


urlpatterns: list[URLPattern | URLResolver] = [
    LoadedWhenAsked(RoutePattern("api/v1/"), "anlan.edge.api.v1", app_name="ninja", namespace="api-v1")
]
