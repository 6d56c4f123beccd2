"""What templates say of places."""

from django import template
from django.utils.functional import Promise

from anlan.edge.pages.labels import SITE_KINDS

register = template.Library()


@register.simple_tag
def site_kind(kind: str) -> Promise:
    """{% site_kind site.kind %}: a kind of site in words."""
    return SITE_KINDS[kind]
