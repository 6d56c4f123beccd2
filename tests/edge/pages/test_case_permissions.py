"""Every address of a case against the table: 404 for who may not see it, 403 for who may not act on it."""

from itertools import product
from uuid import UUID

import pytest
from django.test import Client

from anlan.cases.duties import ACTION_FOR
from anlan.cases.states import NOT_OFFERED
from anlan.cases.terms import PhotoStage, Step
from anlan.flows.store_photos import store_photos
from anlan.staff.permissions import allowed_relations
from anlan.staff.terms import Action, Relation, Role
from anlan.store import photo_files
from anlan.store.models import Report
from tests.cast import Cast
from tests.conftest import NOON
from tests.flows import walks
from tests.flows.pictures import picture
from tests.relations import given_to_the_committee, somebody

GRID = list(product(Role, Relation))


@pytest.fixture
def cast(cast_once: Cast) -> Cast:
    return cast_once


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


@pytest.fixture
def photo_of_case(cast: Cast) -> UUID:
    """A photo of a case of the committee of village_111."""
    case = given_to_the_committee(cast, walks.new(cast, NOON))
    taken = picture(NOON)
    store_photos([taken], case=case, stage=PhotoStage.BEFORE, now=NOON)
    photo_files.write(taken.id, b"picture", b"small")
    return taken.id


def allowed(role: Role, relation: Relation, action: Action) -> bool:
    return relation in allowed_relations(role, action)


def browser_of(cast: Cast, role: Role, relation: Relation) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(somebody(cast, role, relation).user)
    return browser


@pytest.mark.parametrize(("role", "relation"), GRID)
def test_pages_show_a_case_to_those_who_may_see_it(cast: Cast, role: Role, relation: Relation) -> None:
    case = given_to_the_committee(cast, walks.new(cast, NOON))
    browser = browser_of(cast, role, relation)

    page, queue = browser.get(f"/cases/{case.pk}/"), browser.get("/cases/?view=open")

    seen = allowed(role, relation, Action.VIEW_CASE)
    assert page.status_code == (200 if seen else 404)
    assert (case.number in queue.text, case.title in queue.text) == (seen, seen)


@pytest.mark.parametrize(("role", "relation"), GRID)
def test_steps_answer_403_where_the_case_may_be_seen_and_404_where_not(
    cast: Cast, role: Role, relation: Relation
) -> None:
    case = given_to_the_committee(cast, walks.new(cast, NOON))
    browser = browser_of(cast, role, relation)

    steps = set(Step) - NOT_OFFERED
    answers = {step: browser.post(f"/cases/{case.pk}/{step}").status_code for step in steps}

    if not allowed(role, relation, Action.VIEW_CASE):
        assert set(answers.values()) == {404}
    else:
        shut = {step for step, status in answers.items() if status == 403}
        assert shut == {step for step in steps if not allowed(role, relation, ACTION_FOR[step])}


def test_the_403_page_says_in_a_plain_sentence_what_is_the_matter(cast: Cast) -> None:
    case = given_to_the_committee(cast, walks.new(cast, NOON))

    page = browser_of(cast, Role.HANDLER, Relation.OWN_UNIT).post(f"/cases/{case.pk}/close")

    assert "Your role does not allow this here." in page.text


@pytest.mark.parametrize(("role", "relation"), GRID)
def test_the_overview_of_an_area_opens_to_those_who_may(cast: Cast, role: Role, relation: Relation) -> None:
    browser = browser_of(cast, role, relation)

    status = browser.get(f"/areas/overview/{cast.village_111.code}/").status_code

    assert status == (200 if allowed(role, relation, Action.VIEW_OVERVIEW) else 404)


@pytest.mark.parametrize(("role", "relation"), GRID)
def test_a_site_opens_for_change_to_those_who_may(cast: Cast, role: Role, relation: Relation) -> None:
    browser = browser_of(cast, role, relation)

    status = browser.get("/manage/sites/of/pond-111/change/").status_code

    if allowed(role, relation, Action.EDIT_SITES):
        assert status == 200
    else:
        assert status == (404 if allowed_relations(role, Action.EDIT_SITES) else 403)


@pytest.mark.parametrize(("role", "relation"), GRID)
def test_a_photo_shows_to_those_who_may_see_evidence(
    cast: Cast, photo_of_case: UUID, role: Role, relation: Relation
) -> None:
    browser = browser_of(cast, role, relation)

    statuses = [browser.get(f"/photos/{photo_of_case}{size}").status_code for size in ("", "/small")]

    assert statuses == [200 if allowed(role, relation, Action.VIEW_EVIDENCE) else 404] * 2


@pytest.mark.parametrize(("role", "relation"), GRID)
def test_the_form_of_the_desk_opens_to_the_roles_that_type_and_takes_only_their_area(
    cast: Cast, role: Role, relation: Relation
) -> None:
    browser = browser_of(cast, role, relation)
    form = {"token": "a-token-of-one-form-1", "category": "water", "words": "x", "village": "990101001201"}

    opened = browser.get("/reports/new").status_code
    sent = browser.post("/reports/new", form | {"township": "990101001"}).status_code

    types = bool(allowed_relations(role, Action.TYPE_REPORT))
    takes = allowed(role, relation, Action.TYPE_REPORT)
    assert (opened, sent) == ((200, 200 if takes else 422) if types else (404, 404))
    assert Report.objects.count() == takes


@pytest.mark.parametrize("address", ["/cases/{}/", "/cases/{}/close"])
def test_a_case_elsewhere_and_no_case_look_alike(cast: Cast, address: str) -> None:
    case = given_to_the_committee(cast, walks.new(cast, NOON))
    browser = browser_of(cast, Role.DISPATCHER, Relation.ELSEWHERE)
    method = browser.post if address.endswith("close") else browser.get

    theirs, none = (method(address.format(pk)) for pk in (case.pk, case.pk + 1000))

    assert (theirs.status_code, none.status_code) == (404, 404)
    assert case.title not in theirs.text
