"""Addresses for paper and other systems: below the one that residents type, whatever a request asked for."""

from django.conf import settings
from django.http import HttpRequest


def whole_address(request: HttpRequest, path: str) -> str:
    """The whole address of a path: below ANLAN_PUBLIC_URL, else below the name that the request asked for."""
    public: str = settings.ANLAN_PUBLIC_URL
    return public.rstrip("/") + path if public else request.build_absolute_uri(path)
