"""Every setting that the environment may give: one table, also written out in `docs/settings.md`.

A value that cannot be read stops the start with the name, the value and what would be right.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from anlan.cases import retention
from anlan.config.values import (
    basemap,
    broker_sync,
    calendar_code,
    database,
    factor_keys,
    folder,
    host_names,
    listening_host,
    mail,
    mail_address,
    mail_in,
    networks,
    one_of,
    public_address,
    secret_key,
    sender,
    servers,
    site_addresses,
    sms,
    text,
    time_zone,
    whole_number,
    word,
)

LANGUAGES = ("zh-hans", "en")


class WrongSetting(ImproperlyConfigured):
    """A variable of the environment holds what it cannot hold."""

    def __init__(self, variable: "Variable[Any]", value: str) -> None:
        shown = "(hidden)" if variable.secret else repr(value)
        super().__init__(
            f"{variable.name} is {shown}: it must be {variable.right}, for example {variable.example}"
        )


@dataclass(frozen=True)
class Variable[T]:
    """A name, what it means, and how its words become a value."""

    name: str
    meaning: str
    default: str
    parse: Callable[[str], T]
    right: str
    example: str
    secret: bool = False


def read[T](variable: Variable[T], environ: Mapping[str, str]) -> T:
    """Return the value of `variable`; an empty one counts as not set.

    Raises:
        WrongSetting: when the words cannot be read.
    """
    words = environ.get(variable.name) or variable.default
    try:
        return variable.parse(words)
    except (ValueError, KeyError) as error:
        raise WrongSetting(variable, words) from error


HOME = Variable(
    "ANLAN_HOME",
    "The one folder with the data: database, photos, mail, the key",
    ".anlan",
    folder,
    "a folder that anlan may write",
    "/var/lib/anlan",
)
HOST = Variable(
    "ANLAN_HOST", "Address to listen on", "127.0.0.1", listening_host, "a name or an IP address", "0.0.0.0"
)
PORT = Variable(
    "ANLAN_PORT",
    "Port to listen on",
    "8000",
    whole_number(1, 65535),
    "a whole number from 1 to 65535",
    "8010",
)
PUBLIC_URL = Variable(
    "ANLAN_PUBLIC_URL",
    "Address that residents type; with https, cookies are sent over https only",
    "",
    public_address,
    "http:// or https:// and a name, without a path",
    "https://anlan.example.org",
)
ALLOWED_HOSTS = Variable(
    "ANLAN_ALLOWED_HOSTS",
    "Names that a request may ask for, with commas; the name of ANLAN_PUBLIC_URL is always allowed",
    "localhost,127.0.0.1,[::1]",
    host_names,
    "names or addresses with commas between them",
    "anlan.example.org,10.0.0.5",
)
DATABASE_URL = Variable(
    "DATABASE_URL",
    "A PostgreSQL 16 or later of your own; empty: anlan runs its own",
    "",
    database,
    "postgresql://user:password@host:port/name",
    "postgresql://anlan:secret@db.example.org:5432/anlan",
    secret=True,
)
SECRET_KEY = Variable(
    "ANLAN_SECRET_KEY",
    "Key that signs sessions; empty: made once and kept in ANLAN_HOME",
    "",
    secret_key,
    "at least 32 characters",
    "the output of `openssl rand -hex 32`",
    secret=True,
)
FACTOR_KEY = Variable(
    "ANLAN_FACTOR_KEY",
    "Key that seals TOTP seeds and recovery codes; of several with commas the first seals, all open; empty: "
    "made once and kept in ANLAN_HOME",
    "",
    factor_keys,
    "keys of at least 32 characters with commas between them",
    "the output of `openssl rand -hex 32`",
    secret=True,
)
CALENDAR = Variable(
    "ANLAN_CALENDAR",
    "Calendar by which working time counts: cn, cn-summer (later afternoons in summer), or a country's code",
    "cn",
    calendar_code,
    "cn, cn-summer, or a country's code that the package holidays knows",
    "de-by",
)
TIME_ZONE = Variable(
    "ANLAN_TIME_ZONE",
    "Time zone of the city",
    "Asia/Shanghai",
    time_zone,
    "a name of the IANA database",
    "Asia/Shanghai",
)
LANGUAGE = Variable(
    "ANLAN_LANGUAGE",
    "Language of those who did not choose one",
    "zh-hans",
    one_of(*LANGUAGES),
    "zh-hans or en",
    "en",
)
EMAIL_URL = Variable(
    "ANLAN_EMAIL_URL",
    "Where mail goes; `file:` writes it into ANLAN_HOME/mail, `file:/folder` into another folder",
    "file:",
    mail,
    "smtp://, smtp+tls:// or smtps:// with user:password@host:port, or file:/folder",
    "smtp+tls://anlan:secret@mail.example.org:587",
    secret=True,
)
EMAIL_FROM = Variable(
    "ANLAN_EMAIL_FROM", "Sender of mail", "anlan@localhost", sender, "an e-mail address", "anlan@example.org"
)
MAIL_IN = Variable(
    "ANLAN_MAIL_IN",
    "Mailbox whose mails become reports: `imaps://user:password@host/folder`, or `folder:///path` of a "
    "Maildir or of a folder with .eml files; empty: none",
    "",
    mail_in,
    "imaps:// with user:password@host/folder (imap:// on this machine), or folder:///path",
    "imaps://hazards:secret@mail.example.org/INBOX",
    secret=True,
)
MAIL_ADDRESS = Variable(
    "ANLAN_MAIL_ADDRESS",
    "Address of that mailbox, to which reporters reply; with + before the @ where the server delivers "
    "name+anything; empty: ANLAN_EMAIL_FROM",
    "",
    mail_address,
    "an e-mail address",
    "hazards+@example.org",
)
SMS_URL = Variable(
    "ANLAN_SMS_URL",
    "Where short messages go; `file:` writes them into ANLAN_HOME/sms, `file:/folder` into another folder",
    "file:",
    sms,
    "http:// or https:// of a gateway that takes JSON with key, to and text, or file:/folder",
    "https://sms.example.org/send",
    secret=True,
)
WEB_PROCESSES = Variable(
    "ANLAN_WEB_PROCESSES", "Web processes", "1", whole_number(1, 64), "a whole number from 1 to 64", "4"
)
SENDINGS_PER_HOUR = Variable(
    "ANLAN_SENDINGS_PER_HOUR",
    "Reports, additions and photos that one network of residents may send in an hour; the desk may send more",
    "300",
    whole_number(20, 1_000_000),
    "a whole number from 20 to 1000000",
    "1000",
)
REPORTS_PER_HOUR = Variable(
    "ANLAN_REPORTS_PER_HOUR",
    "Reports of one network of residents that go to the desk at once in an hour; more wait for one decision",
    "60",
    whole_number(1, 1_000_000),
    "a whole number from 1 to 1000000",
    "200",
)
REPORTS_PER_DAY = Variable(
    "ANLAN_REPORTS_PER_DAY",
    "The same within 24 hours",
    "300",
    whole_number(1, 1_000_000),
    "a whole number from 1 to 1000000",
    "1000",
)
PLAIN_REPORTS_PER_HOUR = Variable(
    "ANLAN_PLAIN_REPORTS_PER_HOUR",
    "Of these, how many may come without proof of work: from browsers without JavaScript",
    "10",
    whole_number(1, 1_000_000),
    "a whole number from 1 to 1000000",
    "30",
)
PLAIN_REPORTS_PER_DAY = Variable(
    "ANLAN_PLAIN_REPORTS_PER_DAY",
    "The same within 24 hours",
    "40",
    whole_number(1, 1_000_000),
    "a whole number from 1 to 1000000",
    "100",
)
QUICKEST_REPORT = Variable(
    "ANLAN_QUICKEST_REPORT",
    "Seconds a person needs for the form of a report; one sent sooner must be sent twice; 0: not looked at",
    "3",
    whole_number(0, 60),
    "a whole number from 0 to 60",
    "5",
)
PAGES_KEPT = Variable(
    "ANLAN_PAGES_KEPT",
    "Seconds for which a public page is kept for all readers, unless something is taken back; 0: none",
    "5",
    whole_number(0, 60),
    "a whole number from 0 to 60",
    "10",
)
OWN_NETWORKS = Variable(
    "ANLAN_OWN_NETWORKS",
    "Networks of your own in which systems that are told and other cities may lie, with commas; empty: none",
    "",
    networks,
    "networks such as 10.20.0.0/16 with commas between them",
    "10.20.0.0/16,fd00:20::/32",
)
EMBEDDED_BY = Variable(
    "ANLAN_EMBEDDED_BY",
    "Sites that may show the form of a report in a frame, with commas; empty: none, and no such form",
    "",
    site_addresses,
    "addresses such as https://name with commas between them, without a path",
    "https://www.example.org,https://village.example.org",
)
SLOW_QUERY_MS = Variable(
    "ANLAN_SLOW_QUERY_MS",
    "A query that takes longer, in milliseconds, is named in the log",
    "200",
    whole_number(1, 600_000),
    "a whole number from 1 to 600000",
    "500",
)
LOG_LEVEL = Variable(
    "ANLAN_LOG_LEVEL",
    "How much is logged",
    "info",
    one_of("debug", "info", "warning", "error"),
    "debug, info, warning or error",
    "warning",
)
CITY_NAME = Variable(
    "ANLAN_CITY_NAME",
    "Name of the city on the pages of residents",
    "",
    text(60),
    "a name of up to 60 characters on one line",
    "云汀市",
)
BASEMAP = Variable(
    "ANLAN_BASEMAP",
    "Map under the pins, in WGS-84: a .pmtiles file (file:/path) or its address, or of tiles; empty: own",
    "",
    basemap,
    "file: and a .pmtiles that is there, or https:// or / and {z}/{x}/{y} in it or .pmtiles at its end",
    "https://tiles.example.org/{z}/{x}/{y}.png",
)
MAP_SOURCE = Variable(
    "ANLAN_MAP_SOURCE",
    "What stands under every map: whose map it is and its approval number (审图号)",
    "",
    text(200),
    "a text of up to 200 characters on one line",
    "审图号：GS(2026)0000号",
)
DATA_LICENCE = Variable(
    "ANLAN_DATA_LICENCE",
    "Licence of the data that the page of open data names; empty: the page says that none is named",
    "",
    text(200),
    "a text of up to 200 characters on one line",
    "CC BY 4.0",
)
READINGS_DAYS = Variable(
    "ANLAN_READINGS_DAYS",
    "Days for which readings of devices are kept one by one; their roll-ups by hour and day stay",
    "365",
    whole_number(2, 36_500),
    "a whole number from 2 to 36500",
    "90",
)
PHOTO_DAYS = Variable(
    "ANLAN_PHOTO_DAYS",
    "Days after the end of a case for which photos of reporters are kept; it is said where they are given",
    str(retention.PHOTO_DAYS),
    whole_number(retention.SHORTEST_PHOTO_DAYS, 3_650),
    f"a whole number from {retention.SHORTEST_PHOTO_DAYS} to 3650",
    "90",
)
EVIDENCE_DAYS = Variable(
    "ANLAN_EVIDENCE_DAYS",
    "Days after the end of a case for which photos taken by staff are kept, the proof of its closing",
    str(retention.EVIDENCE_DAYS),
    whole_number(retention.SHORTEST_EVIDENCE_DAYS, 36_500),
    f"a whole number from {retention.SHORTEST_EVIDENCE_DAYS} to 36500",
    "3650",
)
VERIFIER_POOL = Variable(
    "ANLAN_VERIFIER_POOL",
    "How many verifiers are drawn for a rectified case; any of them may verify it",
    "3",
    whole_number(1, 100),
    "a whole number from 1 to 100",
    "5",
)
SECOND_CHECK_PERCENT = Variable(
    "ANLAN_SECOND_CHECK_PERCENT",
    "Share of the cases closed by a sensor or a reporter's word that a person checks once more, in percent",
    "10",
    whole_number(0, 100),
    "a whole number from 0 to 100",
    "20",
)
PUBLIC_CELL_HOMES = Variable(
    "ANLAN_PUBLIC_CELL_HOMES",
    "How many homes a cell must hold in which the public sees a case that is not shown exactly",
    "20",
    whole_number(5, 1000),
    "a whole number from 5 to 1000",
    "50",
)
JURISDICTION_ID = Variable(
    "ANLAN_JURISDICTION_ID",
    "Name of the city in the Open311 interface; a request that names another one is answered with 404",
    "",
    word,
    "one word of up to 100 characters",
    "city.example.org",
)
OPEN311_POSTS_PER_HOUR = Variable(
    "ANLAN_OPEN311_POSTS_PER_HOUR",
    "What one key of the Open311 interface may send in an hour",
    "1000",
    whole_number(1, 1_000_000),
    "a whole number from 1 to 1000000",
    "5000",
)
SENSING = Variable(
    "ANLAN_SENSING",
    "Whether devices are heard: the broker and the ingest run or do not",
    "on",
    one_of("on", "off"),
    "on or off",
    "off",
)
NATS_PORT = Variable(
    "ANLAN_NATS_PORT",
    "Port of the broker for NATS, on this machine alone",
    "4222",
    whole_number(1, 65535),
    "a whole number from 1 to 65535",
    "14222",
)
MQTT_HOST = Variable(
    "ANLAN_MQTT_HOST",
    "Address on which devices are heard over MQTT",
    "127.0.0.1",
    listening_host,
    "a name or an IP address",
    "0.0.0.0",
)
MQTT_PORT = Variable(
    "ANLAN_MQTT_PORT",
    "Port on which devices are heard over MQTT",
    "1883",
    whole_number(1, 65535),
    "a whole number from 1 to 65535",
    "11883",
)
BROKER_SYNC = Variable(
    "ANLAN_BROKER_SYNC",
    "When the broker writes to the disk what devices sent: always, or so often",
    "2m",
    broker_sync,
    "always, or seconds or minutes such as 10s or 2m",
    "always",
)
FRAMES_HOST = Variable(
    "ANLAN_FRAMES_HOST",
    "Address on which frames of gateways are heard over NATS",
    "127.0.0.1",
    listening_host,
    "a name or an IP address",
    "0.0.0.0",
)
FRAMES_PORT = Variable(
    "ANLAN_FRAMES_PORT",
    "Port on which frames of gateways are heard over NATS",
    "4223",
    whole_number(1, 65535),
    "a whole number from 1 to 65535",
    "14223",
)
FRAMES_SERVERS = Variable(
    "ANLAN_FRAMES_SERVERS",
    "Servers of a NATS cluster of your own for frames, host:port and commas; empty: anlan runs one itself",
    "",
    servers,
    "host:port, several with commas between",
    "10.0.0.1:4223,10.0.0.2:4223,10.0.0.3:4223",
)
FRAMES_SHARES = Variable(
    "ANLAN_FRAMES_SHARES",
    "Processes that share the frames, by a hash of the gateway that sends them",
    "1",
    whole_number(1, 64),
    "a whole number from 1 to 64",
    "4",
)
DEVICE_RATE = Variable(
    "ANLAN_DEVICE_RATE",
    "Messages a second that one device may send in the long run; a hundred times as many at once",
    "100",
    whole_number(1, 1_000_000),
    "a whole number from 1 to 1000000",
    "10",
)

TABLE: tuple[Variable[Any], ...] = (
    HOME,
    HOST,
    PORT,
    PUBLIC_URL,
    ALLOWED_HOSTS,
    DATABASE_URL,
    SECRET_KEY,
    FACTOR_KEY,
    TIME_ZONE,
    CALENDAR,
    LANGUAGE,
    EMAIL_URL,
    EMAIL_FROM,
    MAIL_IN,
    MAIL_ADDRESS,
    SMS_URL,
    WEB_PROCESSES,
    SENDINGS_PER_HOUR,
    REPORTS_PER_HOUR,
    REPORTS_PER_DAY,
    PLAIN_REPORTS_PER_HOUR,
    PLAIN_REPORTS_PER_DAY,
    QUICKEST_REPORT,
    PAGES_KEPT,
    OWN_NETWORKS,
    EMBEDDED_BY,
    SLOW_QUERY_MS,
    LOG_LEVEL,
    CITY_NAME,
    BASEMAP,
    MAP_SOURCE,
    DATA_LICENCE,
    READINGS_DAYS,
    PHOTO_DAYS,
    EVIDENCE_DAYS,
    VERIFIER_POOL,
    SECOND_CHECK_PERCENT,
    PUBLIC_CELL_HOMES,
    JURISDICTION_ID,
    OPEN311_POSTS_PER_HOUR,
    SENSING,
    NATS_PORT,
    MQTT_HOST,
    MQTT_PORT,
    BROKER_SYNC,
    FRAMES_HOST,
    FRAMES_PORT,
    FRAMES_SERVERS,
    FRAMES_SHARES,
    DEVICE_RATE,
)
