"""What the public may know of a case: words."""

from dataclasses import dataclass
from enum import StrEnum


class PublicState(StrEnum):
    """Where a case stands, in the words of the public."""

    RECEIVED = "received"
    IN_HAND = "in_hand"
    DONE = "done"
    NOT_TAKEN_UP = "not_taken_up"
    JOINED = "joined"  # with another case of the same hazard, which is shown instead


class PlaceRule(StrEnum):
    """How exactly the place of a kind of hazard may be shown."""

    EXACT = "exact"  # a pond, a junction
    CELL = "cell"  # near homes: a cell that holds enough of them
    AREA = "area"  # its village alone
    NEVER = "never"  # cases of this kind are not shown at all


class ModerationStep(StrEnum):
    """What a person did about what the public sees of a case."""

    LOOKED = "looked"  # at the words as they came
    CLEARED = "cleared"
    WITHHELD = "withheld"  # cleared words are taken back
    HIDDEN = "hidden"
    SHOWN = "shown"  # no longer hidden
    PHOTO_CLEARED = "photo_cleared"  # the public sees it, covered
    PHOTO_HIDDEN = "photo_hidden"


class PhotoState(StrEnum):
    """Whether the public sees a photo."""

    HELD = "held"  # nobody has cleared it
    CLEARED = "cleared"
    REPORTED = "reported"  # somebody says that it should not be shown: hidden until a person looked
    HIDDEN = "hidden"


class Complaint(StrEnum):
    """Why somebody says that a photo should not be shown."""

    PERSON = "person"  # a face, a body, a child
    PLATE = "plate"
    PRIVATE = "private"  # a home, a name, a paper
    OTHER = "other"


@dataclass(frozen=True)
class PublicPlace:
    """Where a case is, for the public: a point only where it may be exact, else the middle of a cell."""

    rule: PlaceRule
    lng: float | None = None
    lat: float | None = None
    cell: int | None = None
    """H3 index of the cell that is shown, or that holds the exact point."""
