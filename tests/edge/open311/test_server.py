"""The Open311 server as other systems meet it: GeoReport v2, in both formats."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.cases.terms import State
from anlan.flows import count_files
from anlan.flows.api_keys import end_key, make_key
from anlan.flows.demo.services import ASKED
from anlan.flows.manage_services import change_service
from anlan.publishing.terms import PlaceRule
from anlan.staff.terms import KeyScope
from anlan.store.models import Case, Category, Contact, PublicCase, Report, ServiceAttribute
from tests.cast import Cast
from tests.flows.walks import walked_to
from tests.publishing.sent_photos import jpeg, noisy
from tests.small_disk import little_room

NOW = datetime.now(UTC)
PLACE = {"lat": "28.66", "long": "121.42", "address_id": "990101001201"}
SEND: Mapping[str, str] = {"service_code": "open_water", "description": "Railing broken", **PLACE}


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def key(db: None) -> str:
    return make_key(acting_user=None, scope=KeyScope.OPEN311, name="A city app", now=NOW)


@pytest.fixture
def asking(cast: Cast) -> None:
    """The service `junction` asks for an attribute of every datatype."""
    for order, (code, datatype, required, zh, en, how, values) in enumerate(ASKED, start=1):
        ServiceAttribute.objects.create(
            category=cast.junction,
            code=code,
            datatype=datatype,
            required=required,
            order=order,
            description_zh=zh,
            description_en=en,
            datatype_description=how,
            values=[list(each) for each in values],
        )


def get(browser: Client, address: str) -> Any:
    return browser.get(f"/open311/v2/{address}").json()


def tree(browser: Client, address: str) -> "ET.Element[str]":
    answer = browser.get(f"/open311/v2/{address}")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return ET.fromstring(answer.content)


def send(browser: Client, key: str, **said: Any) -> Any:
    return browser.post("/open311/v2/requests.json", {"api_key": key, **SEND, **said})


def test_discovery_says_where_the_interface_is(browser: Client, db: None) -> None:
    found = browser.get("/open311/discovery.json").json()
    root = ET.fromstring(browser.get("/open311/discovery.xml").content)

    assert [each["url"] for each in found["endpoints"]] == [
        *("http://testserver/open311/v2", "http://testserver/open311/v2/requests.csv")
    ]
    assert found["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    assert [each.text for each in root.findall("endpoints/endpoint/formats/format")] == [
        *("text/xml", "application/json", "text/csv")
    ]


def test_services_are_listed_in_both_formats(browser: Client, cast: Cast, asking: None) -> None:
    found, root = get(browser, "services.json"), tree(browser, "services.xml")

    by_code = {each["service_code"]: each for each in found}
    assert by_code["junction"] == {
        "service_code": "junction",
        "service_name": "Unsafe junction",
        "description": "Unsafe junction",
        "metadata": True,
        "type": "realtime",
        "keywords": "路口隐患,Unsafe junction",
        "group": "Road",
    }
    assert by_code["open_water"]["metadata"] is False
    assert root.tag == "services"
    assert [each.findtext("service_code") for each in root.findall("service")] == list(by_code)
    assert {each.findtext("metadata") for each in root.findall("service")} == {"true", "false"}


def test_a_definition_has_every_datatype(browser: Client, cast: Cast, asking: None) -> None:
    found, root = get(browser, "services/junction.json"), tree(browser, "services/junction.xml")

    assert [each["datatype"] for each in found["attributes"]] == [
        *("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
    ]
    assert found["attributes"][4] == {
        "variable": True,
        "code": "FAULT",
        "datatype": "singlevaluelist",
        "required": True,
        "datatype_description": None,
        "order": 5,
        "description": "What is wrong",
        "values": [
            {"key": "dark", "name": "Dark"},
            {"key": "flickers", "name": "Flickers"},
            {"key": "leans", "name": "Leans"},
        ],
    }
    assert [each.findtext("key") for each in root.findall("attributes/attribute/values/value")][:3] == [
        *("dark", "flickers", "leans")
    ]


def test_a_request_that_was_sent_can_be_read_at_once_without_its_words(
    browser: Client, cast: Cast, key: str
) -> None:
    (sent,) = send(browser, key).json()

    (found,) = get(browser, f"requests/{sent['service_request_id']}.json")

    assert sent.keys() == {"service_request_id", "service_notice", "account_id"}
    assert (found["status"], found["service_code"], found["description"]) == ("open", "open_water", None)
    assert (found["lat"], found["long"]) != (28.66, 121.42)
    assert datetime.fromisoformat(found["requested_datetime"]).tzinfo is not None
    assert Report.objects.get(case=sent["service_request_id"]).words == "Railing broken"


def test_words_come_out_after_a_person_cleared_them(browser: Client, cast: Cast, key: str) -> None:
    (sent,) = send(browser, key).json()
    PublicCase.objects.update(words="Railing broken")

    assert get(browser, "requests.json")[0]["description"] == "Railing broken"
    assert tree(browser, "requests.xml").findtext("request/description") == "Railing broken"
    assert sent["service_request_id"] == tree(browser, "requests.xml").findtext("request/service_request_id")


def test_a_post_answers_in_the_format_of_its_address(browser: Client, cast: Cast, key: str) -> None:
    answer = browser.post("/open311/v2/requests.xml", {"api_key": key, **SEND})

    root = ET.fromstring(answer.content)
    assert (answer.status_code, root.tag, [each.tag for each in root]) == (
        201,
        "service_requests",
        ["request"],
    )
    assert root.findtext("request/service_request_id") == str(Case.objects.get().pk)


def test_a_form_may_be_urlencoded_and_carry_a_photo_in_parts(browser: Client, cast: Cast, key: str) -> None:
    photo = SimpleUploadedFile("pond.jpg", jpeg(), "image/jpeg")
    plain = browser.post(
        "/open311/v2/requests.json",
        "&".join(f"{name}={value}" for name, value in {"api_key": key, **SEND}.items()),
        content_type="application/x-www-form-urlencoded",
    )

    parts = send(browser, key, media=photo)

    assert (plain.status_code, parts.status_code) == (201, 201)
    assert Case.objects.get(pk=parts.json()[0]["service_request_id"]).photos.count() == 1


@pytest.mark.parametrize("side", [400, 1500], ids=["read into memory", "put aside on the disk"])
def test_a_photo_for_which_there_is_no_room_may_be_sent_again_later(
    browser: Client, cast: Cast, key: str, side: int
) -> None:
    with little_room():
        photo = SimpleUploadedFile("pond.jpg", noisy(side), "image/jpeg")
        answer = send(browser, key, media=photo)

    assert (answer.status_code, Case.objects.count()) == (507, 0)
    assert "There is no room for photos at the moment." in answer.text


def test_names_and_devices_are_dropped_and_the_contact_is_kept_apart(
    browser: Client, cast: Cast, key: str
) -> None:
    send(
        browser,
        key,
        first_name="Anna",
        last_name="Li",
        device_id="d-1",
        account_id="a-1",
        email="a@b.example",
    )

    assert Contact.objects.get().email == "a@b.example"
    assert "Anna" not in json.dumps(list(Report.objects.values()), default=str, ensure_ascii=False)
    assert "a@b.example" not in browser.get("/open311/v2/requests.json?extensions=true").text


def test_a_batch_service_gives_a_token_that_leads_to_the_request(
    browser: Client, cast: Cast, key: str
) -> None:
    Category.objects.filter(code="open_water").update(open311_type="batch")
    (sent,) = send(browser, key).json()

    (found,) = get(browser, f"tokens/{sent['token']}.json")

    assert "service_request_id" not in sent
    assert found == {"service_request_id": str(Case.objects.get().pk), "token": sent["token"]}
    assert tree(browser, f"tokens/{sent['token']}.xml").findtext("request/token") == sent["token"]


def test_attributes_are_kept_for_staff_alone(browser: Client, cast: Cast, key: str, asking: None) -> None:
    said = {
        "service_code": "junction",
        "attribute[POLE]": "B-1203",
        "attribute[LAMPS]": "2",
        "attribute[SINCE]": "2026-11-02T19:30:00+08:00",
        "attribute[FAULT]": "dark",
        "attribute[WHO][]": ["pupils", "elderly"],
    }

    assert send(browser, key, **said).status_code == 201
    assert {each["code"]: each["value"] for each in Report.objects.get().answers} == {
        "POLE": "B-1203",
        "LAMPS": "2",
        "SINCE": "2026-11-02T19:30:00+08:00",
        "FAULT": "dark",
        "WHO": ["pupils", "elderly"],
    }
    assert "B-1203" not in browser.get("/open311/v2/requests.json?extensions=true").text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "attribute[FAULT] is required."),
        ({"attribute[FAULT]": "gone"}, "attribute[FAULT] must be: dark, flickers, leans."),
        ({"attribute[FAULT]": "dark", "attribute[LAMPS]": "two"}, "attribute[LAMPS] must be: number."),
        (
            {"attribute[FAULT]": "dark", "attribute[SINCE]": "2026-11-02"},
            "attribute[SINCE] must be: datetime.",
        ),
    ],
)
def test_a_wrong_attribute_is_named(
    browser: Client, cast: Cast, key: str, asking: None, said: dict[str, str], words: str
) -> None:
    answer = send(browser, key, service_code="junction", **said)

    assert (answer.status_code, answer.json()) == (400, [{"code": 400, "description": words}])
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "wrong"}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "none"}, 404),
        ({"lat": "", "long": "", "address_id": ""}, 400),
        ({"lat": "x"}, 400),
        ({"lat": "28.66", "long": ""}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "0", "long": "0", "address_id": ""}, 400),
        ({"description": "x" * 4001}, 400),
        ({"description": "a\0b"}, 400),
        ({"email": "no address"}, 400),
        ({"media_url": "file:///etc/passwd"}, 400),
        ({"jurisdiction_id": "elsewhere"}, 404),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_wrong_post_gets_the_error_body_in_its_format_and_stores_nothing(
    browser: Client, cast: Cast, key: str, said: dict[str, str], code: int, form: str
) -> None:
    answer = browser.post(f"/open311/v2/requests.{form}", {"api_key": key, **SEND, **said})

    if form == "json":
        (told,) = answer.json()
        assert (told["code"], bool(told["description"])) == (code, True)
    else:
        root = ET.fromstring(answer.content)
        assert (root.tag, root.findtext("error/code")) == ("errors", str(code))
    assert answer.status_code == code
    assert not Case.objects.exists()


def test_the_jurisdiction_may_be_named_in_the_address_or_the_body(
    browser: Client, cast: Cast, key: str, settings: Any
) -> None:
    settings.ANLAN_JURISDICTION_ID = "city.example"

    statuses = [
        browser.get(f"/open311/v2/services.json{query}").status_code
        for query in ("", "?jurisdiction_id=", "?jurisdiction_id=city.example", "?jurisdiction_id=other")
    ]

    assert statuses == [200, 200, 200, 404]
    assert send(browser, key, jurisdiction_id="city.example").status_code == 201


def test_a_key_that_ended_opens_nothing(browser: Client, cast: Cast, key: str) -> None:
    end_key(acting_user=None, scope=KeyScope.OPEN311, name="A city app", now=NOW)

    assert send(browser, key).status_code == 403


def test_a_key_of_another_interface_opens_nothing(browser: Client, cast: Cast) -> None:
    other = make_key(acting_user=None, scope=KeyScope.SENSING, name="gateway", now=NOW)

    assert send(browser, other).status_code == 403


def test_a_key_sends_so_much_an_hour(browser: Client, cast: Cast, key: str, settings: Any) -> None:
    settings.ANLAN_OPEN311_POSTS_PER_HOUR = 2

    assert [send(browser, key).status_code for _ in range(3)] == [201, 201, 429]


@pytest.fixture
def some(cast: Cast) -> list[Case]:
    """An open and a closed case of today, and an open one of 100 days ago."""
    return [
        walked_to(State.DISPATCHED, cast, NOW - timedelta(days=1)),
        walked_to(State.CLOSED, cast, NOW - timedelta(days=2)),
        walked_to(State.ACCEPTED, cast, NOW - timedelta(days=100)),
    ]


def ids(browser: Client, query: str) -> list[str]:
    return [each["service_request_id"] for each in get(browser, f"requests.json?{query}")]


def zoned(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_requests_are_filtered_as_the_specification_says(browser: Client, some: list[Case]) -> None:
    new, done, old = (str(case.pk) for case in some)
    since = zoned(NOW - timedelta(days=120))

    assert ids(browser, "") == [new, done]
    assert ids(browser, "status=open") == [new]
    assert ids(browser, "status=closed") == [done]
    assert ids(browser, "status=open,closed") == [new, done]
    assert ids(browser, "service_code=open_water,junction") == [new, done]
    assert ids(browser, "service_code=junction") == []
    assert ids(browser, f"service_request_id={new},{old}") == [new, old]
    assert ids(browser, f"start_date={since}") == [old]  # the 90 days after it
    assert ids(browser, f"end_date={zoned(NOW - timedelta(days=50))}") == [old]
    assert ids(browser, "page_size=1&page=2") == [done]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z", "90 days"),
        ("start_date=2026-01-01T00:00:00", "start_date must be a time with its zone"),
        ("end_date=2026-01-01", "end_date must be a time with its zone"),
        ("start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", "must not lie before"),
        ("page=0", "page must be a whole number"),
        ("page_size=x", "page_size must be a whole number"),
        ("status=done", "status must be open or closed"),
    ],
)
def test_a_wrong_query_is_told_what_would_be_right(browser: Client, db: None, query: str, words: str) -> None:
    answer = browser.get(f"/open311/v2/requests.json?{query}")

    assert answer.status_code == 400 and words in answer.json()[0]["description"]


def test_a_hidden_request_and_none_look_alike(browser: Client, some: list[Case]) -> None:
    PublicCase.objects.filter(pk=some[0].pk).update(shown=False)

    hidden, none = (browser.get(f"/open311/v2/requests/{pk}.json") for pk in (some[0].pk, 999999))

    assert (hidden.status_code, hidden.json()) == (none.status_code, none.json())
    assert hidden.status_code == 404


def test_a_kind_that_is_never_shown_is_no_service(browser: Client, cast: Cast, key: str) -> None:
    Category.objects.filter(code="open_water").update(public_place=PlaceRule.NEVER)

    assert "open_water" not in browser.get("/open311/v2/services.json").text
    assert send(browser, key).status_code == 404


def test_extensions_add_how_exactly_the_place_is_shown_and_the_way(browser: Client, some: list[Case]) -> None:
    (found,) = get(browser, f"requests/{some[1].pk}.json?extensions=true")
    root = tree(browser, f"requests/{some[1].pk}.xml?extensions=true")

    assert found["extended_attributes"]["area_code"] == "990101001201"
    assert [each["type"] for each in found["notes"]] == [
        *("received", "accept", "dispatch", "start", "rectify", "pass", "close")
    ]
    assert len(root.findall("request/notes/note")) == 7


def test_updates_are_the_steps_that_the_public_may_know(browser: Client, some: list[Case]) -> None:
    found = get(browser, f"servicerequestupdates.json?service_request_id={some[1].pk}")

    assert [each["status"] for each in found] == ["open"] * 5 + ["closed"]
    assert tree(browser, "servicerequestupdates.xml").tag == "service_request_updates"


def test_whoever_sent_a_request_may_say_more_and_nobody_else(browser: Client, cast: Cast, key: str) -> None:
    (sent,) = send(browser, key).json()
    other = make_key(acting_user=None, scope=KeyScope.OPEN311, name="Another", now=NOW)
    more = {"service_request_id": sent["service_request_id"], "description": "Now gone", "update_id": "u1"}

    answers = [
        browser.post("/open311/v2/servicerequestupdates.json", {"api_key": each, **more}).status_code
        for each in (key, key, other)
    ]

    assert answers == [201, 201, 404]
    assert [each.words for each in Report.objects.get().additions.all()] == ["Now gone"]


def test_the_bulk_file_has_the_same_requests_and_runs_no_formula(browser: Client, some: list[Case]) -> None:
    PublicCase.objects.filter(pk=some[0].pk).update(words="=1+1")

    answer = browser.get("/open311/v2/requests.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]

    assert [row["service_request_id"] for row in rows] == [str(case.pk) for case in some]
    assert list(rows[0])[:14] == [
        *("service_request_id", "requested_datetime", "updated_datetime", "closed_date"),
        *("status_description", "status_notes", "source", "service_name", "service_subtype", "description"),
        *("agency_responsible", "address", "lat", "long"),
    ]
    assert [row["status_description"] for row in rows] == ["open", "closed", "open"]
    assert rows[0]["description"] == "'=1+1"


def test_signs_that_xml_cannot_hold_are_left_out(browser: Client, some: list[Case]) -> None:
    PublicCase.objects.filter(pk=some[0].pk).update(words="a\x0bb <b>&amp;")

    assert tree(browser, f"requests/{some[0].pk}.xml").findtext("request/description") == "ab <b>&amp;"


def test_the_bulk_file_takes_the_filters_of_requests_and_any_span(browser: Client, some: list[Case]) -> None:
    def found(query: str) -> list[str]:
        answer = browser.get(f"/open311/v2/requests.csv?{query}")
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        return [row["service_request_id"] for row in csv.DictReader(io.StringIO(text))]

    new, done, old = (str(case.pk) for case in some)
    assert found("status=open") == [new, old]
    assert found(f"start_date={zoned(NOW - timedelta(days=120))}") == [new, done, old]
    assert found(f"service_request_id={done},{old}") == [done, old]
    assert browser.get("/open311/v2/requests.csv?start_date=2026-01-01").status_code == 400
    assert browser.get("/open311/v2/requests.csv?jurisdiction_id=elsewhere").status_code == 404


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("path", ["nothing", "requests/", "services/a/b", "requests/1/2", "tokens"])
def test_an_unknown_address_is_told_in_its_format(browser: Client, db: None, path: str, form: str) -> None:
    answer = browser.get(f"/open311/v2/{path}.{form}")

    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (404, "*")
    assert answer["Content-Type"].startswith({"json": "application/json", "xml": "text/xml"}[form])


def test_an_address_without_an_ending_is_told_in_xml(browser: Client, db: None) -> None:
    answer = browser.get("/open311/v2/requests")

    assert (answer.status_code, ET.fromstring(answer.content).findtext("error/code")) == (404, "404")


def test_a_form_with_too_many_fields_is_told_in_the_format(browser: Client, cast: Cast, key: str) -> None:
    many = {f"attribute[{number}]": "x" for number in range(1001)}

    answer = browser.post("/open311/v2/requests.json", {"api_key": key, **SEND, **many})

    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)


def test_a_list_may_be_said_with_commas_or_several_times(browser: Client, some: list[Case]) -> None:
    new, done, old = (str(case.pk) for case in some)

    assert ids(browser, "status=open&status=closed") == [new, done]
    assert ids(browser, f"service_request_id={new}&service_request_id={old}") == [new, old]
    assert ids(browser, "service_code=junction&service_code=open_water") == [new, done]


def test_requests_with_their_ways_need_as_many_questions_at_one_as_at_many(
    browser: Client, some: list[Case], django_assert_num_queries: Any
) -> None:
    for query in (f"service_request_id={some[0].pk}", "start_date=&end_date="):
        with django_assert_num_queries(3):
            get(browser, f"requests.json?extensions=true&{query}")


def test_the_address_goes_from_the_smaller_to_the_larger_area(browser: Client, some: list[Case]) -> None:
    (found,) = get(browser, f"requests/{some[1].pk}.json")

    assert (found["address"], found["address_id"]) == ("荻花村, 柳埠镇", "990101001201")
    assert found["expected_datetime"] is None
    assert datetime.fromisoformat(found["updated_datetime"]) == some[1].closed_at.replace(microsecond=0)


def test_json_is_what_the_spark_convention_makes_of_the_xml(browser: Client, some: list[Case]) -> None:
    for address in ("services", "requests", "servicerequestupdates", f"requests/{some[1].pk}"):
        root = tree(browser, f"{address}.xml?extensions=true")
        assert spark(root) == texts(get(browser, f"{address}.json?extensions=true"))


def spark(element: "ET.Element[str]") -> Any:
    """JSON of an element after the Spark convention, each value as its text."""
    tags = [child.tag for child in element]
    if not tags:
        return element.text
    if len(set(tags)) == 1:
        return [spark(child) for child in element]
    return {child.tag: spark(child) for child in element}


def texts(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: texts(value) for name, value in content.items()}
    if isinstance(content, list):
        return [texts(each) for each in content]
    return {True: "true", False: "false"}[content] if isinstance(content, bool) else content and str(content)


def test_a_request_sent_again_under_its_name_is_taken_once(browser: Client, cast: Cast, key: str) -> None:
    answers = [
        browser.post(
            "/open311/v2/requests.json", {"api_key": key, **SEND}, headers={"idempotency-key": "r-1"}
        ).json()[0]["service_request_id"]
        for _ in range(2)
    ]

    assert len(set(answers)) == 1 and Report.objects.count() == 1


def test_a_blackbox_says_neither_id_nor_token(browser: Client, cast: Cast, key: str) -> None:
    Category.objects.filter(code="open_water").update(open311_type="blackbox")

    assert send(browser, key).json()[0].keys() == {"service_notice", "account_id"}


def test_staff_read_the_answers_and_the_link_on_the_page_of_the_case(
    browser: Client, cast: Cast, key: str, asking: None
) -> None:
    said = {"attribute[FAULT]": "dark", "attribute[WHO][0]": "pupils", "attribute[WHO][1]": "elderly"}
    link = "https://pictures.example/1.jpg"
    (sent,) = send(browser, key, service_code="junction", media_url=link, **said).json()
    browser.force_login(cast.carol.user)

    page = browser.get(f"/cases/{sent['service_request_id']}/").text

    assert "Pupils, Elderly people" in page and link in page
    assert f'href="{link}"' not in page


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused_in_the_format(browser: Client, db: None, method: str) -> None:
    answer = getattr(browser, method)("/open311/v2/services.json")

    assert (answer.status_code, answer.json()[0]["code"]) == (405, 405)


def test_one_network_may_fetch_few_files_an_hour(
    browser: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_files, "FILES_AN_HOUR", 1)
    address = "/open311/v2/requests.csv"

    first, second, elsewhere = (
        browser.get(address, REMOTE_ADDR=each) for each in ("203.0.113.1", "203.0.113.2", "203.0.114.1")
    )

    assert [each.status_code for each in (first, second, elsewhere)] == [200, 429, 200]
    assert 0 < int(second["Retry-After"]) <= 3601


def test_who_reads_services_once_learns_from_the_discovery_that_one_changed(
    browser: Client, cast: Cast
) -> None:
    def changesets() -> set[str]:
        found = browser.get("/open311/discovery.json").json()
        return {found["changeset"], *(each["changeset"] for each in found["endpoints"])}

    before = changesets()
    later = datetime(2027, 1, 1, tzinfo=UTC)
    change_service(acting_user=cast.grace, code="junction", kind="batch", keywords="", now=later)

    assert (len(before), changesets()) == (1, {"2027-01-01T00:00:00+00:00"})


def test_a_description_has_the_length_of_the_specification(browser: Client, cast: Cast, key: str) -> None:
    send(browser, key)
    PublicCase.objects.update(words="x" * 9000)

    assert len(get(browser, "requests.json")[0]["description"]) == 4000


def test_notes_speak_to_everybody_and_not_to_the_reporter(browser: Client, cast: Cast, key: str) -> None:
    send(browser, key)

    said = browser.get("/open311/v2/requests.json?extensions=true").text

    assert "The report came" in said and "your report" not in said
