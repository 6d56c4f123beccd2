"""What a POST carries, read and checked; people's names and devices that it may name are not kept."""

import math
import unicodedata
from dataclasses import replace
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import get_language

from anlan.base.errors import NotFound, Refused
from anlan.cases.terms import PlaceSource
from anlan.edge.pages.photo_uploads import bytes_of
from anlan.flows.send_request import Sent, count_use
from anlan.flows.store_photos import Picture, take_pictures
from anlan.flows.submit_report import Told
from anlan.places.terms import Crs
from anlan.publishing.open311.answering import answers_in, kept
from anlan.publishing.photos import MAX_PHOTOS, PhotoRefusal
from anlan.store.readers import report_form as offers
from anlan.store.readers.open311 import Key, attributes_of, key_in_force, service_with

NO_FIX = (0.0, 0.0)
"""What a device says that does not know where it is."""
LONGEST = {"description": 4000, "address_string": 200, "email": 254, "phone": 32}


def key_of(request: HttpRequest) -> Key:
    """The key of a POST, counted. Raises Refused("key_missing", "key_wrong", "open311_too_many")."""
    secret = request.POST.get("api_key") or request.GET.get("api_key") or ""
    if not secret:
        raise Refused("key_missing")
    key = key_in_force(secret)
    if key is None:
        raise Refused("key_wrong")
    count_use(acting_user=None, key=key, now=timezone.now())
    return key


def sent_in(request: HttpRequest) -> Sent:
    """The request that a POST describes. Raises Refused with what is missing or wrong."""
    form = request.POST
    code = form.get("service_code", "").strip()
    if not code:
        raise Refused("service_missing")
    try:
        service = service_with(code)
    except NotFound:
        raise Refused("service_unknown") from None
    asked = attributes_of(code)
    answers = kept(answers_in(dict(form.lists()), asked), asked, timezone.get_current_timezone())
    told = replace(_told(form, code, pictures_in(request)), answers=answers)
    return Sent(told, _media(form), service.type)


def pictures_in(request: HttpRequest) -> list[Picture]:
    """The photos that came with a form. Raises Refused("photo_wrong", "photos_too_many", "disk_full")."""
    files = [file for _name, each in request.FILES.lists() for file in each]
    if len(files) > MAX_PHOTOS:
        raise Refused("photos_too_many")
    try:
        return take_pictures(map(bytes_of, files), now=timezone.now())
    except Refused as no:
        raise Refused(no.reason if no.reason == PhotoRefusal.NO_ROOM else "photo_wrong") from None


def text(form: QueryDict, name: str) -> str:
    """A text of a form. Raises Refused("too_long", "text_wrong")."""
    words = form.get(name, "").replace("\r\n", "\n").strip()
    if len(words) > LONGEST[name]:
        raise Refused("too_long", name=name, most=LONGEST[name])
    if any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\n\t\r" for sign in words):
        raise Refused("text_wrong", name=name)
    return words


def _told(form: QueryDict, code: str, pictures: list[Picture]) -> Told:
    address, point = text(form, "address_string"), _point(form)
    email = text(form, "email")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Refused("email_wrong") from None
    return Told(
        category_code=code,
        words=text(form, "description"),
        area_code=_area(form.get("address_id", "").strip(), address, point),
        address=address,
        lng=point[0] if point else None,
        lat=point[1] if point else None,
        crs=Crs.WGS84,
        place_source=PlaceSource.SOURCE if point else PlaceSource.ADDRESS,
        phone=text(form, "phone"),
        email=email,
        pictures=pictures,
        language=get_language() or "",
    )


def _point(form: QueryDict) -> tuple[float, float] | None:
    """Longitude and latitude. Raises Refused("place_wrong")."""
    lat, lng = form.get("lat", "").strip(), (form.get("long") or form.get("lng") or "").strip()
    if not lat and not lng:
        return None
    try:
        point = float(lng), float(lat)
    except ValueError:
        raise Refused("place_wrong") from None
    if not (math.isfinite(point[0]) and abs(point[0]) <= 180 and abs(point[1]) <= 90):
        raise Refused("place_wrong")
    return point


def _area(address_id: str, address: str, point: tuple[float, float] | None) -> str:
    """The code of the area that the place means: an area's code, the point, the words of the address."""
    if not (address_id or address or point):
        raise Refused("place_missing")
    picked = offers.area_choice(address_id) if address_id.isascii() and address_id.isdigit() else None
    if picked is None and point is not None:
        picked = offers.area_at(point[0], point[1], Crs.WGS84)
    below = offers.areas_meant(address, picked.path if picked else "") if address else []
    if len(below) == 1:
        return below[0].code
    if picked is not None:
        return picked.code
    whole = offers.whole_city()
    if whole is None or not (address or (point is not None and point != NO_FIX)):
        raise Refused("place_outside")
    return whole.code  # a person at the desk sees where, and decides


def _media(form: QueryDict) -> str:
    """A link to a picture elsewhere; kept for staff, never fetched by us. Raises Refused("media_wrong")."""
    address = form.get("media_url", "").strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Refused("media_wrong") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(address) > 500 or " " in address:
        raise Refused("media_wrong")
    return address
