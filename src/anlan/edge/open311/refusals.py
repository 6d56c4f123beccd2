"""Why a request is answered with an error, in the words of the specification's error body."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BAD = 400
FORBIDDEN = 403
NOT_FOUND = 404
TOO_MANY = 429
NO_ROOM = 507

REFUSALS: Mapping[str, tuple[int, Promise]] = MappingProxyType(
    {
        "jurisdiction_unknown": (NOT_FOUND, _("jurisdiction_id provided was not found.")),
        "service_missing": (BAD, _("service_code was not provided.")),
        "service_unknown": (NOT_FOUND, _("service_code provided was not found.")),
        "request_unknown": (NOT_FOUND, _("service_request_id provided was not found.")),
        "token_unknown": (NOT_FOUND, _("token provided was not found.")),
        "address_unknown": (NOT_FOUND, _("There is nothing at this address.")),
        "form_wrong": (BAD, _("The form could not be read, or it is too large.")),
        "key_missing": (FORBIDDEN, _("No api_key received: requests are sent with one.")),
        "key_wrong": (FORBIDDEN, _("The api_key received is not in force.")),
        "place_missing": (BAD, _("A place is needed: lat and long, address_string or address_id.")),
        "place_wrong": (
            BAD,
            _("lat must be from -90 to 90 and long from -180 to 180, in degrees, both or none."),
        ),
        "place_outside": (
            BAD,
            _("The place is not in this city, or its area is not clear from the address."),
        ),
        "too_long": (BAD, _("%(name)s may have %(most)s characters at most.")),
        "text_wrong": (BAD, _("%(name)s holds signs that cannot be stored.")),
        "email_wrong": (BAD, _("email must be an address such as name@example.com.")),
        "media_wrong": (BAD, _("media_url must be an http or https address of up to 500 characters.")),
        "photo_wrong": (BAD, _("The photo could not be taken: send JPEG, PNG, WebP or HEIC of up to 20 MB.")),
        "disk_full": (
            NO_ROOM,
            _("There is no room for photos at the moment. Try again later, or without it."),
        ),
        "update_empty": (BAD, _("description was not provided.")),
        "method_wrong": (405, _("This address does not take this method.")),
        "open311_number": (BAD, _("%(name)s must be a whole number from 1.")),
        "open311_stamp": (
            BAD,
            _("%(name)s must be a time with its zone, such as 2026-11-02T09:30:00+08:00 or one with Z."),
        ),
        "open311_span": (BAD, _("start_date and end_date may lie %(days)s days apart at most.")),
        "open311_order": (BAD, _("end_date must not lie before start_date.")),
        "open311_status": (BAD, _("status must be open or closed.")),
        "open311_attribute_missing": (BAD, _("attribute[%(code)s] is required.")),
        "open311_attribute_wrong": (BAD, _("attribute[%(code)s] must be: %(right)s.")),
        "open311_too_many": (TOO_MANY, _("This key may send %(most)s requests an hour. Try again later.")),
        "files_too_many": (
            TOO_MANY,
            _("Your network may fetch %(most)s files an hour. Try again later, or ask for a shorter time."),
        ),
        "nothing_added": (BAD, _("description was not provided.")),
        "photos_too_many": (BAD, _("A request takes no more photos.")),
        "report_withdrawn": (BAD, _("This request was taken back.")),
        "area_unknown": (BAD, _("The place is not in this city, or its area is not clear from the address.")),
        "category_unknown": (NOT_FOUND, _("service_code provided was not found.")),
    }
)
"""Reason of a `Refused`: the code, and the sentence."""
