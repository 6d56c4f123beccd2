"""The form in which a resident, or a desk officer for one, says what is wrong and where."""

import re
import secrets
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from anlan.cases.holding import DAY
from anlan.cases.terms import PlaceSource
from anlan.edge.pages.keeping import saying_days
from anlan.edge.pages.photo_field import PhotosField
from anlan.edge.pages.questions import answers_of, fields_of
from anlan.edge.pages.text_fields import ContactField, PlainText
from anlan.flows.submit_report import Told
from anlan.places.terms import Crs
from anlan.store.readers import report_form as offers
from anlan.store.readers.open311 import attributes_of

WORDS = 2000
ADDRESS = 200
_DRAWN = "anlan.report.drawn"
BEFORE_QUESTIONS = ("token", "drawn", "proof", "website", "category", "kind")
"""Fields above what the kind asks: what is wrong is said in the order of the page."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


def fresh_token() -> str:
    """A token for one form that nobody can guess."""
    return secrets.token_urlsafe(24)


def drawn_now(now: datetime) -> str:
    """The signed time at which a form is first shown."""
    return signing.dumps(int(now.timestamp()), salt=_DRAWN)


def drawn_at(mark: str) -> datetime | None:
    """When the form with this mark was first shown; None for any mark that is not ours."""
    try:
        return datetime.fromtimestamp(int(signing.loads(mark, salt=_DRAWN)), tz=UTC)
    except (signing.BadSignature, ValueError, TypeError, OverflowError):
        return None


def fresh(now: datetime) -> dict[str, str]:
    """What an empty form begins with."""
    return {"token": fresh_token(), "drawn": drawn_now(now)}


TO_COME = {"token": "the-token-comes-here", "drawn": "the-time-comes-here"}
"""What stands for it in the form that is kept for all."""


def fresh_words() -> dict[str, str]:
    """What is put in place of it for one reader."""
    begun = fresh(timezone.now())
    return {word: begun[name] for name, word in TO_COME.items()}


def named(kind: offers.Kind | offers.Nearby) -> str:
    """A category's name in the language of the page."""
    return kind.name_en if get_language() == "en" else kind.name_zh


class ReportForm(forms.Form):
    """One report. `candidates` are the areas that the place may mean, when it is not clear."""

    token = forms.Field(required=False, widget=forms.HiddenInput)
    drawn = forms.Field(required=False, widget=forms.HiddenInput)
    proof = forms.Field(required=False, widget=forms.HiddenInput)
    website = forms.Field(required=False)  # nobody sees it: what is in it came from a machine
    category = forms.ChoiceField(
        label=_("What kind"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what kind it is")},
    )
    kind = forms.ChoiceField(label=_("More exactly"), required=False)
    words = PlainText(
        label=_("What did you see"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": None}),
        help_text=_("Say what is wrong and how big. No names, phone numbers or plates of other people."),
        error_messages={
            "required": _("Say what you saw"),
            "max_length": _("Up to %(limit_value)d characters; you wrote %(show_value)d. Shorten it."),
        },
    )
    address = PlainText(
        label=_("Where"),
        required=False,
        max_length=ADDRESS,
        widget=forms.TextInput(attrs={"maxlength": None, "autocomplete": "off"}),
        help_text=_("For example: Dihua Village, opposite the shop at the entrance"),
        error_messages={
            "max_length": _("Up to %(limit_value)d characters; you wrote %(show_value)d. Shorten it.")
        },
    )
    area = forms.Field(required=False)
    township = forms.ChoiceField(label=_("Township"), required=False)
    village = forms.ChoiceField(label=_("Village"), required=False)
    site = forms.Field(required=False, widget=forms.HiddenInput)
    elsewhere = forms.BooleanField(required=False)
    lng = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    place_source = forms.ChoiceField(
        required=False,
        choices=[(word.value, word.value) for word in (PlaceSource.MAP, PlaceSource.POSITION)],
        widget=forms.HiddenInput,
    )
    crs = forms.ChoiceField(
        required=False, choices=[(word.value, word.value) for word in Crs], widget=forms.HiddenInput
    )
    photos = PhotosField(
        label=_("Photos (up to 4)"),
        required=False,
        help_text=saying_days(
            gettext_noop(
                "Show the hazard, not people. Camera data is removed. Nothing is public until a person has "
                "checked it. Photos are erased %(days)s days after the case ends."
            )
        ),
    )
    contact = ContactField(
        label=_("Phone or e-mail"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"maxlength": None, "autocomplete": "tel"}),
        help_text=_("Used for this report only; erased 90 days after it closes."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.families = offers.families()
        self.townships = offers.townships()
        self.candidates: list[offers.Choice] = []
        self.here = self._site()
        self.asks_of = self._asks_of()
        self.asked = attributes_of(self.asks_of) if self.asks_of else []
        questions = fields_of(self.asked)
        self.fields |= questions
        self.order_fields([*BEFORE_QUESTIONS, *questions])
        self._offer("category", [(each.code, named(each)) for each in self.families])
        kinds = [(named(family), _pairs(family.kinds)) for family in self.families if family.kinds]
        self._offer("kind", [("", _("Not sure")), *kinds])
        by_county = [(county, _areas(found)) for county, found in self.townships.items()]
        self._offer("township", [("", _("Choose a township")), *by_county])
        self._offer("village", [("", _("Not sure, or the whole township")), *_areas(self._villages())])

    def _site(self) -> offers.SitePlace | None:
        """The place that a printed code named, unless the person says that it is elsewhere."""
        source = self.data if self.is_bound else self.initial
        code = str(source.get("site") or "").replace("\0", "")[:64]
        return offers.site_place(code) if code else None

    def _asks_of(self) -> str:
        """The code of the category that was chosen; "" while there is none."""
        chosen = (str(self.data.get(name) or "") for name in ("kind", "category"))
        return next(filter(None, chosen), "").replace("\0", "")[:40] if self.is_bound else ""

    @property
    def can_be_sent(self) -> bool:
        """Are there kinds and townships to choose from? A new city has none yet."""
        return bool(self.families and self.townships)

    @property
    def unseen(self) -> bool:
        """Does the kind ask something that the person was not shown yet?"""
        return bool(self.asked) and self.data.get("asked") != self.asks_of

    def _offer(self, field: str, choices: list[Any]) -> None:
        chosen = self.fields[field]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = choices

    def _villages(self) -> list[offers.Choice]:
        code = str(self.data.get("township") or "") if self.is_bound else ""
        return offers.villages(code) if code.isascii() and code.isdigit() else []

    def clean_token(self) -> str:
        """The form's own token; a form that lost it gets another."""
        token = str(self.cleaned_data["token"])
        return token if _TOKEN.fullmatch(token) else fresh_token()

    def clean_area(self) -> str:
        """The code of an area that was offered; anything else is none."""
        code = str(self.cleaned_data["area"] or "")
        return code if re.fullmatch("[0-9]{1,12}", code) else ""

    def clean(self) -> dict[str, Any]:
        """The area that the place means, and whether family and kind belong together."""
        facts = super().clean() or self.cleaned_data
        self._check_kind(facts)
        unread = [name for name in ("lng", "lat", "crs", "place_source") if self.errors.pop(name, None)]
        if unread:  # nobody sees these fields: say it where the place is written
            self.add_error("address", _("The place on the map could not be read. Set it again or write it."))
        elif self.here is not None and not facts.get("elsewhere"):
            facts["area_code"] = self.here.area.code
        elif not {"address", "township", "village"} & set(self.errors):
            self._find_area(facts)
        return facts

    def _check_kind(self, facts: dict[str, Any]) -> None:
        family = next((each for each in self.families if each.code == facts.get("category")), None)
        if family and facts.get("kind") and facts["kind"] not in {each.code for each in family.kinds}:
            words = _("This does not belong to the kind chosen above. Choose another one, or “Not sure”.")
            self.add_error("kind", words)

    def _find_area(self, facts: dict[str, Any]) -> None:
        """Put the area's code into `facts`, or say at the field what is missing."""
        found = self.areas_meant(facts)
        if len(found) == 1:
            facts["area_code"] = found[0].code
        elif found:
            self.candidates = found
            self.add_error("address", _("Several places are called this. Choose the right one below."))
        elif facts["address"]:
            self.add_error("address", _("We do not know which township that is in. Choose it below."))
        else:
            self.add_error("address", _("Say where it is, or tap the map"))

    def areas_meant(self, facts: dict[str, Any]) -> list[offers.Choice]:
        """The areas that the place may mean: what was chosen, else the point, else the words."""
        picked = offers.area_choice(facts.get("village") or facts.get("township") or facts.get("area") or "")
        if picked and facts.get("village"):
            return [picked]
        picked = picked or self._area_of_point(facts)
        words = facts.get("address") or ""
        if picked is None:
            return offers.areas_meant(words) if words else []
        below = offers.areas_meant(words, picked.path) if words else []
        return below if len(below) == 1 else [picked]

    def _area_of_point(self, facts: dict[str, Any]) -> offers.Choice | None:
        lng, lat = facts.get("lng"), facts.get("lat")
        if lng is None or lat is None:
            return None
        return offers.area_at(lng, lat, Crs(facts.get("crs") or Crs.WGS84))

    def told(self) -> Told:
        """What was said, of a form that is valid."""
        facts = self.cleaned_data
        has_point = facts["lng"] is not None and facts["lat"] is not None
        site_code = self.here.code if self.here is not None and not facts["elsewhere"] else ""
        source = PlaceSource.ADDRESS if facts["address"] else PlaceSource.AREA
        source = PlaceSource.SITE if site_code else source
        if has_point:
            source = PlaceSource(facts["place_source"] or PlaceSource.MAP)
        phone, email = facts["contact"]
        return Told(
            category_code=facts["kind"] or facts["category"],
            words=facts["words"],
            area_code=facts["area_code"],
            address=facts["address"],
            lng=facts["lng"] if has_point else None,
            lat=facts["lat"] if has_point else None,
            crs=Crs(facts["crs"] or Crs.WGS84),
            place_source=source,
            phone=phone,
            email=email,
            pictures=facts["photos"],
            language=get_language() or "",
            site_code=site_code,
            answers=answers_of(facts, self.asked),
        )

    def show_drawn(self, now: datetime) -> None:
        """Show the form again; one that was never shown, or long ago, is from now on shown since now."""
        first = drawn_at(str(self.data.get("drawn") or ""))
        if first is None or now - first > DAY:
            again = QueryDict(mutable=True)
            again.update(self.data)
            again["drawn"] = drawn_now(now)
            self.data = again

    def look_only(self) -> None:
        """Keep what was sent and say only what is wrong with the photos: the person is not done yet."""
        self.full_clean()
        for field in [name for name in self.errors if name != "photos"]:
            del self.errors[field]
        words = str(self.data.get("address") or "")[:ADDRESS].replace("\0", "").strip()
        if words and not self.data.get("township"):
            self.candidates = offers.areas_meant(words) or offers.areas_like(words)


def _pairs(kinds: tuple[offers.Kind, ...]) -> list[tuple[str, str]]:
    return [(each.code, named(each)) for each in kinds]


def _areas(found: list[offers.Choice]) -> list[tuple[str, str]]:
    return [(each.code, each.name) for each in found]
