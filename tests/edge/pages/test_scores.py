"""Pages of scores: who sees which, figures down to their cases, appeals, reports."""

import pickle
import re
from datetime import date, timedelta
from itertools import product

import pytest
from django.test import Client

from anlan.cases.terms import State
from anlan.flows.appeal_score import recount_figures
from anlan.flows.score_month import score_months
from anlan.staff.permissions import allowed_relations
from anlan.staff.terms import Action, Relation, Role
from anlan.store.models import Case, Score, ScoreAppeal
from anlan.store.readers.staff import Acting
from tests.cast import Cast, build_cast
from tests.conftest import NOON, kept
from tests.edge.pages.pdf_words import words_in
from tests.flows.walks import walked_to
from tests.relations import somebody

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=6)
UNIT = "/scores/units/committee-111/"


@pytest.fixture(scope="module")
def scored(kept_rows: None) -> bytes:
    """The cast and a closed case of committee-111: stored and scored once, each test gets a copy of them."""
    cast = build_cast()
    closed = walked_to(State.CLOSED, cast, NOON)
    score_months(acting_user=None, now=LATER)
    return kept((cast, closed))


@pytest.fixture
def cast(scored: bytes) -> Cast:
    found: Cast = pickle.loads(scored)[0]
    return found


@pytest.fixture
def case(scored: bytes, settings) -> Case:
    """A closed case of committee-111, scored."""
    settings.ANLAN_SYNTHETIC = True
    found: Case = pickle.loads(scored)[1]
    return found


def browser_of(acting: Acting) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(acting.user)
    return browser


@pytest.mark.parametrize(("role", "relation"), [*product(Role, Relation)])
def test_scores_open_to_those_who_may(cast: Cast, case: Case, role: Role, relation: Relation) -> None:
    browser = browser_of(somebody(cast, role, relation))

    unit, report = (
        browser.get(address).status_code
        for address in (UNIT, "/scores/reports/unit/committee-111/2026-11/pdf")
    )

    seen = relation in allowed_relations(role, Action.VIEW_SCORES)
    assert (unit, report) == ((200, 200) if seen else (404, 404))


@pytest.mark.parametrize(
    "address",
    [
        "/scores/areas/990101/",
        "/scores/areas/990101001/?index=rework&month=2026-11",
        "/scores/composite/990101/",
        "/scores/definitions/",
        "/scores/appeals/",
        "/scores/reports/area/990101/2026-11/",
    ],
)
def test_pages_of_an_area_answer(cast: Cast, case: Case, address: str) -> None:
    assert browser_of(cast.heidi).get(address).status_code == 200


def test_the_way_in_leads_to_what_is_ones_own(cast: Cast, case: Case) -> None:
    ways = {name: browser_of(getattr(cast, name)).get("/scores/") for name in ("alice", "carol", "grace")}

    assert {name: (answer.status_code, answer.get("location")) for name, answer in ways.items()} == {
        "alice": (302, UNIT),
        "carol": (302, "/scores/areas/990101/"),
        "grace": (404, None),
    }


def test_a_figure_stands_with_denominator_interval_version_and_cut_off(cast: Cast, case: Case) -> None:
    page = browser_of(cast.alice).get(UNIT).text

    for words in ("1 / 1", "100.0%", "2.5%", "version 1", "data cut-off 2026-11-29", "no data"):
        assert words in page


def test_a_figure_opens_the_cases_behind_it(cast: Cast, case: Case) -> None:
    other = walked_to(State.IN_PROGRESS, cast, NOON)
    browser = browser_of(cast.heidi)

    met = browser.get("/cases/?view=all&figure=2026-11~on_time~unit~committee-111~met").text
    elsewhere = browser.get("/cases/?view=all&figure=2026-11~on_time~unit~committee-222~met").text

    assert case.number in met and other.number not in met
    assert "1 of 1 are yours to see" in met
    assert case.number not in elsewhere


@pytest.mark.parametrize(
    "figure", ["x", "2026-11~on_time~unit~no-such~met", "2026-13~on_time~unit~a~met", "~~~~"]
)
def test_a_figure_that_is_none_lists_no_case(cast: Cast, case: Case, figure: str) -> None:
    page = browser_of(cast.heidi).get("/cases/", {"view": "all", "figure": figure})

    assert page.status_code == 200
    assert case.number not in page.text


def test_a_figure_of_another_unit_lists_nothing(cast: Cast, case: Case) -> None:
    page = browser_of(cast.alice).get("/cases/?view=all&figure=2026-11~closed~area~990101~met").text

    assert case.number not in page


def test_weights_that_do_not_add_to_1_are_refused_and_stay_typed(cast: Cast, case: Case) -> None:
    answer = browser_of(cast.heidi).get("/scores/composite/990101/?w_on_time=0.5&w_closed=0.4")

    assert answer.status_code == 422
    assert "The weights add to 0.9. They must add to 1." in answer.text
    assert 'value="0.4"' in answer.text


@pytest.mark.parametrize("words", ["a lot", "1/0", "nan"])
def test_a_weight_that_is_no_number_is_refused(cast: Cast, case: Case, words: str) -> None:
    answer = browser_of(cast.heidi).get("/scores/composite/990101/", {"w_on_time": words})

    assert answer.status_code == 422


def appealed(cast: Cast, found: Case, **changed: str) -> object:
    typed = {"case": found.number, "reason": "A flood: the road was closed for a week"} | changed
    return browser_of(cast.alice).post("/scores/appeals/add/committee-111/2026-11/closed/", typed)


def test_a_unit_appeals_and_a_unit_above_decides_with_both_figures_kept(cast: Cast, case: Case) -> None:
    assert appealed(cast, case).status_code == 302
    appeal = ScoreAppeal.objects.get()
    answer = {"accepted": "yes", "answer": "The flood is on record"}

    decided = browser_of(cast.ivan).post(f"/scores/appeals/{appeal.pk}/", answer)
    changed = recount_figures(acting_user=None, appeal_id=appeal.pk)
    again = recount_figures(acting_user=None, appeal_id=appeal.pk)

    appeal.refresh_from_db()
    assert decided.status_code == 302
    assert (appeal.before, appeal.after) == ([1, 1], [0, 0])
    assert changed > 0 and again == 0
    rows = Score.objects.filter(kind="unit", code="committee-111", index="closed")
    assert list(rows.values_list("numerator", "denominator", "replaced")) == [(1, 1, True)]
    assert "before 1 / 1, after 0 / 0" in browser_of(cast.alice).get(f"/scores/appeals/{appeal.pk}/").text


def test_the_next_night_keeps_an_accepted_appeal(cast: Cast, case: Case) -> None:
    appealed(cast, case)
    appeal = ScoreAppeal.objects.get()
    browser_of(cast.ivan).post(f"/scores/appeals/{appeal.pk}/", {"accepted": "yes", "answer": "So it was"})

    score_months(acting_user=None, now=LATER + timedelta(days=1))

    assert not Score.objects.filter(kind="unit", code="committee-111", index="closed").exists()
    assert Score.objects.filter(kind="unit", code="committee-111", index="on_time").exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"case": "12"}, "It looks like CX-2026-018042"),
        ({"case": "CX-2026-999999"}, "This case does not count in this figure"),
        ({"reason": " "}, "This field is required"),
    ],
)
def test_an_appeal_that_cannot_be_says_why_and_keeps_what_was_typed(
    cast: Cast, case: Case, typed: dict[str, str], words: str
) -> None:
    answer = appealed(cast, case, **typed)

    assert answer.status_code == 422
    assert words in answer.text
    assert ScoreAppeal.objects.count() == 0


def test_a_case_is_appealed_once(cast: Cast, case: Case) -> None:
    appealed(cast, case)

    assert "has appealed this case in this index already" in appealed(cast, case).text


def test_nobody_decides_for_their_own_unit(cast: Cast, case: Case) -> None:
    ScoreAppeal.objects.create(
        run_id=Score.objects.values_list("run_id", flat=True)[0],
        case=case,
        index="accepted",
        unit=cast.desk_1,
        unit_path=cast.desk_1.path,
        area_path=cast.county_1.path,
        reason="It was a test",
        made_at=LATER,
        made_by=cast.carol.user,
    )
    appeal = ScoreAppeal.objects.get()
    answer = {"accepted": "yes", "answer": "Because"}

    own = browser_of(cast.carol).post(f"/scores/appeals/{appeal.pk}/", answer)
    above = browser_of(cast.liu).post(f"/scores/appeals/{appeal.pk}/", answer)

    assert (own.status_code, above.status_code) == (422, 302)
    assert "Only a unit above the one that appeals decides." in own.text


def test_the_report_is_a_pdf_with_version_and_cut_off(cast: Cast, case: Case) -> None:
    answer = browser_of(cast.heidi).get("/scores/reports/area/990101/2026-11/pdf")

    assert answer["content-type"] == "application/pdf"
    assert answer["content-disposition"] == 'attachment; filename="anlan-area-990101-2026-11.pdf"'
    assert answer.content.startswith(b"%PDF-")


@pytest.mark.parametrize(("kind", "code"), [("area", "990101"), ("unit", "committee-111")])
def test_the_report_says_the_figures_of_the_page(cast: Cast, case: Case, kind: str, code: str) -> None:
    for place, score in enumerate(Score.objects.filter(kind=kind, code=code).order_by("index")):
        counted = (1_000 + 7 * place, 20_000 + place)
        Score.objects.filter(pk=score.pk).update(
            numerator=counted[0], denominator=counted[1], lower=place / 100, upper=0.5 + place / 100
        )
    browser = browser_of(cast.heidi)
    page = browser.get(f"/scores/reports/{kind}/{code}/2026-11/").text
    printed = words_in(browser.get(f"/scores/reports/{kind}/{code}/2026-11/pdf").content)

    shown = re.sub(r"<[^>]*>", "\n", page)
    stored = Score.objects.filter(kind=kind, code=code)
    counts = {f"{score.numerator:,} / {score.denominator:,}" for score in stored}
    assert {words for words in printed if re.fullmatch(r"[\d,]+ / [\d,]+", words)} == counts
    assert set(re.findall(r"[\d,]+ / [\d,]+", shown)) == counts
    for words in printed:
        assert not re.search(r"\d\.\d %", words) or words in shown, words


def test_a_month_without_scores_has_no_report(cast: Cast, case: Case) -> None:
    assert browser_of(cast.heidi).get("/scores/reports/area/990101/2025-01/").status_code == 404


def test_no_table_of_scores_holds_a_person_but_who_appealed_and_decided() -> None:
    from anlan.store import models

    people = {
        (table.__name__, column.name)
        for table in (
            models.ScoreRun,
            models.ScoredCase,
            models.Score,
            models.ScoreFunnel,
            models.ScoreAppeal,
        )
        for column in table._meta.get_fields()
        if column.related_model is models.User
    }
    assert people == {("ScoreAppeal", "made_by"), ("ScoreAppeal", "decided_by")}


def test_months_are_those_of_the_wall_clock(cast: Cast, case: Case) -> None:
    assert set(Score.objects.values_list("run__month", flat=True)) == {date(2026, 11, 1)}
