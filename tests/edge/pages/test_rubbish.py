"""No form of the administration and of a case, no filter of a list, answers with 500, whatever it is sent."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.cases.terms import State, Step
from anlan.edge.pages.case_forms import FORMS
from anlan.edge.pages.setup import SetupForm
from anlan.store.models import Case, Membership, User
from tests.cast import Cast
from tests.conftest import NOON
from tests.examples import examples
from tests.flows.walks import walked_to

FEW = settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        (
            *("", "x" * 5000, "-1", "0", "1", "9" * 30, "1e400", "nan", "１２", "on", "\0", "\u202e", "安澜"),
            *("2026-02-30", "2026-12-01", "9999-12-31", "0001-01-01", "12:00", "121.2", "a@b.example"),
            *("990101", "990101001201", "渡头村", "荻花村 (990101001201)", "office-11", "desk", "alice"),
            *("handler", "administrator", "pond", "water", "serious", "village", "wgs84", "CX-2026-000001"),
        )
    ),
)
FORMS_OF = {
    "grace": (
        *("/manage/members/add/", "/manage/members/of/alice/change/", "/manage/members/of/alice/role/"),
        *("/manage/members/of/alice/link/", "/manage/members/of/alice/second-factors/"),
        *("/manage/units/add/", "/manage/units/of/office-11/change/", "/manage/units/of/office-11/move/"),
        *("/manage/units/of/office-12/close/", "/manage/units/of/office-12/open/"),
        *("/manage/areas/add/", "/manage/areas/of/990101001/change/", "/manage/areas/of/990102002/end/"),
        *("/manage/sites/add/", "/manage/sites/of/pond-111/change/"),
        *("/manage/categories/add/", "/manage/categories/of/open_water/change/", "/account/"),
        "/manage/responsible/name/",
    )
}
ADDRESSES = [(who, address) for who, addresses in FORMS_OF.items() for address in addresses]
STEPS = [(who, step) for who in ("carol", "alice", "bob") for step in Step if step in FORMS]
LISTS = ("members", "units", "areas", "sites", "categories", "responsible")
FILTERS = ("words", "kind", "area", "state", "after", "category", "unit", "age", "view", "role", "severity")
ANSWERS = {200, 302, 403, 404, 409, 422}


@pytest.fixture(autouse=True)
def demo(settings) -> None:
    """Administrators need no second factor in the demo."""
    settings.ANLAN_SYNTHETIC = True


@pytest.fixture
def browsers(cast: Cast) -> dict[str, Client]:
    """A browser for each of those who fill forms in."""
    found = {name: Client() for name in ("grace", "carol", "alice", "bob", "liu")}
    for name, browser in found.items():
        browser.force_login(getattr(cast, name).user)
    return found


@FEW
@given(st.sampled_from(ADDRESSES), st.booleans(), st.data())
def test_no_form_of_the_administration_breaks(
    browsers: dict[str, Client], asked: tuple[str, str], confirmed: bool, data: st.DataObject
) -> None:
    who, address = asked
    page = browsers[who].get(address)
    form = page.context.get("form") if page.status_code == 200 else None
    names = sorted(form.fields) if form else []
    sent = {name: data.draw(VALUES, label=name) for name in names if data.draw(st.booleans())}

    answer = browsers[who].post(address, sent | ({"seen": data.draw(VALUES)} if confirmed else {}))

    assert answer.status_code in ANSWERS


@FEW
@given(st.sampled_from(STEPS), st.data())
def test_no_step_of_a_case_breaks(
    cast: Cast, browsers: dict[str, Client], asked: tuple[str, Step], data: st.DataObject
) -> None:
    who, step = asked
    case = Case.objects.first() or walked_to(State.DISPATCHED, cast, NOON)
    version = st.sampled_from([str(case.version), "-1", "x", "9" * 30])
    sent = {name: data.draw(VALUES, label=name) for name in FORMS[step].base_fields}

    answer = browsers[who].post(f"/cases/{case.pk}/{step}", sent | {"version": data.draw(version)})

    assert answer.status_code in ANSWERS


@FEW
@given(st.sampled_from((*(f"/manage/{name}/" for name in LISTS), "/cases/", "/sites/", "/areas/")), st.data())
def test_no_filter_of_a_list_breaks(browsers: dict[str, Client], address: str, data: st.DataObject) -> None:
    asked = data.draw(st.dictionaries(st.sampled_from(FILTERS), VALUES, max_size=4))

    answers = [browsers[who].get(address, asked).status_code for who in ("grace", "liu")]

    assert set(answers) <= {200, 403, 404}


@settings(FEW, max_examples=examples(12))
@given(st.data())
def test_the_form_that_sets_a_city_up_does_not_break(db: None, data: st.DataObject) -> None:
    sent = {name: data.draw(VALUES, label=name) for name in SetupForm.base_fields}

    assert Client().post("/setup/", sent).status_code == 422
    assert not User.objects.exists() and not Membership.objects.exists()
