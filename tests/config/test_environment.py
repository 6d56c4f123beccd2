"""The table of settings: right values are read, wrong ones are named, and the page lists each."""

from pathlib import Path
from typing import Any

import pytest

from anlan.config import environment
from anlan.config.environment import TABLE, Variable, WrongSetting, read
from anlan.config.values import folder

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"

WRONG = [
    (environment.PORT, "http"),
    (environment.PORT, "0"),
    (environment.PORT, "65536"),
    (environment.PORT, "８０００"),
    (environment.HOST, "a host"),
    (environment.PUBLIC_URL, "anlan.example.org"),
    (environment.PUBLIC_URL, "https://anlan.example.org/city"),
    (environment.ALLOWED_HOSTS, "*"),
    (environment.ALLOWED_HOSTS, "a.example.org b.example.org"),
    (environment.DATABASE_URL, "mysql://db/anlan"),
    (environment.DATABASE_URL, "postgresql://db"),
    (environment.SECRET_KEY, "short"),
    (environment.TIME_ZONE, "Shanghai"),
    (environment.LANGUAGE, "fr"),
    (environment.EMAIL_URL, "mail.example.org"),
    (environment.EMAIL_URL, "smtp://"),
    (environment.MAIL_IN, "imaps://mail.example.org/INBOX"),
    (environment.MAIL_IN, "pop3://anlan:secret@mail.example.org"),
    (environment.MAIL_IN, "folder:relative"),
    (environment.MAIL_ADDRESS, "hazards"),
    (environment.WEB_PROCESSES, "0"),
    (environment.SENDINGS_PER_HOUR, "0"),
    (environment.SLOW_QUERY_MS, "-1"),
    (environment.LOG_LEVEL, "loud"),
    (environment.HOME, "~nobody-of-this-name/anlan"),
    (environment.HOME, __file__),
    (environment.FACTOR_KEY, "k" * 32 + ",short"),
    (environment.CALENDAR, "mars"),
    (environment.EMAIL_FROM, "the city"),
    (environment.EMAIL_FROM, "anlan@"),
    (environment.SMS_URL, "sms.example.org"),
    (environment.REPORTS_PER_HOUR, "0"),
    (environment.REPORTS_PER_DAY, "many"),
    (environment.PLAIN_REPORTS_PER_HOUR, "0"),
    (environment.PLAIN_REPORTS_PER_DAY, "1.5"),
    (environment.QUICKEST_REPORT, "61"),
    (environment.PAGES_KEPT, "61"),
    (environment.OWN_NETWORKS, "10.20.0.1/16"),
    (environment.EMBEDDED_BY, "https://www.example.org/page"),
    (environment.PAGES_KEPT, "61"),
    (environment.CITY_NAME, "云" * 61),
    (environment.CITY_NAME, "two\nlines"),
    (environment.BASEMAP, "http://tiles.example.org/{z}/{x}/{y}.png"),
    (environment.MAP_SOURCE, "审" * 201),
    (environment.DATA_LICENCE, "two\nlines"),
    (environment.READINGS_DAYS, "1"),
    (environment.PHOTO_DAYS, "0"),
    (environment.EVIDENCE_DAYS, "0"),
    (environment.VERIFIER_POOL, "0"),
    (environment.SECOND_CHECK_PERCENT, "101"),
    (environment.PUBLIC_CELL_HOMES, "4"),
    (environment.JURISDICTION_ID, "the city"),
    (environment.OPEN311_POSTS_PER_HOUR, "0"),
    (environment.SENSING, "perhaps"),
    (environment.NATS_PORT, "0"),
    (environment.MQTT_HOST, "a host"),
    (environment.MQTT_PORT, "65536"),
    (environment.BROKER_SYNC, "2h"),
    (environment.FRAMES_HOST, "10.0.0.1:4223"),
    (environment.FRAMES_PORT, "x"),
    (environment.FRAMES_SERVERS, "10.0.0.1"),
    (environment.FRAMES_SHARES, "65"),
    (environment.DEVICE_RATE, "0"),
]
SETTINGS = Path(environment.__file__).with_name("settings.py")


@pytest.mark.parametrize(("variable", "value"), WRONG, ids=lambda thing: getattr(thing, "name", thing))
def test_a_wrong_value_is_said_with_name_value_and_what_would_be_right(
    variable: Variable[Any], value: str
) -> None:
    with pytest.raises(WrongSetting) as caught:
        read(variable, {variable.name: value})
    shown = "(hidden)" if variable.secret else repr(value)
    assert (
        str(caught.value)
        == f"{variable.name} is {shown}: it must be {variable.right}, for example {variable.example}"
    )


@pytest.mark.parametrize("variable", TABLE, ids=lambda variable: variable.name)
def test_every_setting_has_a_wrong_value_and_is_read_at_the_start(variable: Variable[Any]) -> None:
    (name,) = (name for name, each in vars(environment).items() if each is variable)

    assert variable in {each for each, _value in WRONG}
    assert f"environment.read(environment.{name}, os.environ)" in SETTINGS.read_text()


@pytest.mark.parametrize("variable", TABLE, ids=lambda variable: variable.name)
def test_an_empty_value_is_the_default(variable: Variable[Any]) -> None:
    assert read(variable, {variable.name: ""}) == read(variable, {})


@pytest.mark.parametrize("variable", TABLE, ids=lambda variable: variable.name)
def test_the_example_can_be_read(variable: Variable[Any]) -> None:
    assert read(variable, {variable.name: variable.example}) is not None


def test_a_database_url_gives_what_django_wants() -> None:
    url = "postgresql://anlan:p%40ss@db.example.org:6432/city?sslmode=require"
    assert read(environment.DATABASE_URL, {"DATABASE_URL": url}) == {
        "NAME": "city",
        "USER": "anlan",
        "PASSWORD": "p@ss",
        "HOST": "db.example.org",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_on_a_socket_is_named_by_its_folder() -> None:
    url = "postgresql://anlan@/city?host=/run/postgresql"
    assert read(environment.DATABASE_URL, {"DATABASE_URL": url})["HOST"] == "/run/postgresql"


def test_mail_over_tls_goes_to_the_port_of_submission() -> None:
    mailer = read(environment.EMAIL_URL, {"ANLAN_EMAIL_URL": "smtp+tls://anlan:secret@mail.example.org"})
    assert mailer["OPTIONS"] == {
        "username": "anlan",
        "password": "secret",
        "host": "mail.example.org",
        "port": 587,
        "use_ssl": False,
        "use_tls": True,
        "timeout": 20,
    }


def test_the_page_of_settings_says_what_the_code_says() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith(("| `ANLAN_", "| `DATABASE_"))]
    assert rows == [
        f"| `{variable.name}` | {variable.meaning} | {shown(variable.default)} | {shown(variable.example)} |"
        for variable in TABLE
    ]


def shown(words: str) -> str:
    """Return a value as the page writes it."""
    return words if " " in words else f"`{words}`" if words else ""


def test_a_file_of_tiles_must_be_there(tmp_path: Path) -> None:
    file = tmp_path / "city.pmtiles"
    file.write_bytes(b"PMTiles")

    assert read(environment.BASEMAP, {"ANLAN_BASEMAP": f"file:{file}"}) == f"file:{file}"
    for wrong in (f"file:{tmp_path}/none.pmtiles", "file:city.pmtiles", f"file:{tmp_path}"):
        with pytest.raises(WrongSetting):
            read(environment.BASEMAP, {"ANLAN_BASEMAP": wrong})


def closed(*_: object, **__: object) -> None:
    raise PermissionError


@pytest.mark.parametrize(
    ("name", "answer"),
    [("os.access", lambda *_: False), ("pathlib.Path.stat", closed)],
    ids=["itself", "above"],
)
def test_a_folder_that_this_user_may_not_enter_is_refused(
    name: str, answer: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test itself runs as root at times, who may enter all of them."""
    with monkeypatch.context() as patched, pytest.raises(ValueError, match=str(tmp_path)):
        patched.setattr(name, answer)
        folder(str(tmp_path))


def test_a_folder_that_is_not_there_yet_is_taken(tmp_path: Path) -> None:
    assert folder(str(tmp_path / "new")) == tmp_path / "new"
