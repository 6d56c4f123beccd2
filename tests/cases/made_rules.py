"""Rules and hazards of a small city, made up by hypothesis."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from anlan.cases.rules import DAY, Hazard, Rule, Target, Window
from anlan.cases.terms import Severity
from anlan.places.terms import SiteKind

FAMILIES = {"fire": "", "stairwell": "fire", "charging": "fire", "water": "", "open_water": "water"}
PATHS = {
    code: ".".join((*above, code)) + "."
    for code, above in {
        "990100": (),
        "990101": ("990100",),
        "990102": ("990100",),
        "990101001": ("990100", "990101"),
        "990101001201": ("990100", "990101", "990101001"),
        "990101001202": ("990100", "990101", "990101001"),
        "990102001": ("990100", "990102"),
    }.items()
}
WORDS = ("刹车", "车", "护栏", "rail")


def several(values: list[str], most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    """None, one or two of the values."""
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


windows = st.one_of(
    st.none(),
    st.builds(
        Window,
        st.frozensets(st.integers(1, 7), max_size=2),
        st.sampled_from([0, 360, 720, 1320]),
        st.sampled_from([0, 360, 720, DAY]),
    ).map(lambda window: None if window == Window() else window),
)
targets = st.one_of(
    st.sampled_from(["desk", "water-1", "gone"]).map(lambda code: Target(unit=code)),
    st.builds(Target, kind=st.just("township_office"), level=st.sampled_from(["", "township", "county"])),
    st.sampled_from(["township", "county", "city"]).map(lambda level: Target(level=level)),
    st.builds(
        Target,
        kind=st.sampled_from(["", "township_office"]),
        level=st.sampled_from(["", "township", "county"]),
        role=st.sampled_from(["handler", "field_worker"]),
    ),
    st.just(Target(unit="water-1", role="handler")),
)
RULE = st.builds(
    Rule,
    target=targets,
    categories=several(list(FAMILIES)),
    areas=several(list(PATHS)),
    site_kinds=several(list(SiteKind)[:2]),
    severities=several(list(Severity), most=4),
    window=windows,
    words=several(list(WORDS)),
)
RULES = st.lists(RULE, max_size=6)
HAZARDS = st.builds(
    lambda category, path, kind, severity, minutes, words: Hazard(
        category,
        path,
        datetime(2026, 11, 23) + timedelta(minutes=minutes),
        family=FAMILIES[category],
        site_kind=kind,
        severity=severity,
        words=" ".join(words),
    ),
    st.sampled_from(list(FAMILIES)),
    st.sampled_from(list(PATHS.values())),
    st.sampled_from(["", *list(SiteKind)[:2]]),
    st.sampled_from(list(Severity)),
    st.integers(0, 7 * DAY - 1),
    several(list(WORDS)),
)
