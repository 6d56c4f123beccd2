"""500 reports in a minute, a third of them with a photo, while 200 readers open a public page every 5 s each.

A city of its own (database, two web processes and a worker, as `anlan serve` runs them) is filled with
made-up cases. Before the minute, a form and its challenge are fetched for every reporter and the proof of
work is solved, as a browser does while somebody writes; one reporter in ten has no JavaScript and sends
none. The city is not cold: readers have opened its pages for some seconds, and a few reports have come. In
the minute, forms and challenges are fetched at the same pace by those who come next. Requests leave at
times drawn beforehand, whatever the answers take (open loop), and an answer's time counts from there. Each
is a connection of its own.

Every reporter has a network of its own, or its quota would end the minute (ANLAN_REPORTS_PER_HOUR): the city
believes what the proxy before it says of addresses, since its ANLAN_PUBLIC_URL begins with https.

A photo is a JPEG of 12 megapixels as a phone takes it. Afterwards every receipt code that a page showed is
looked up in the database by its slow hash, and rows of reports and photos are counted. Reference of the
percentiles: `/healthz` at rest, before the minute.
"""

import argparse
import asyncio
import base64
import io
import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import pbkdf2_hmac
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import numpy as np
import psycopg
from _city import fill, new_home, serving, small_city
from _figures import at_least, at_most, say
from _million import sockets_of, wait_for_jobs
from pages import at_rest, processor_ms
from PIL import Image

HOST = "city.example.org"
READERS, PAGE_EVERY_S = 200, 5
REPORTS_A_MINUTE = 500
PHOTO_EVERY, PLAIN_EVERY = 3, 10
EARLIER = 12
"""Reports that come before the minute, and the seconds for which readers open pages then."""
GOAL_MS = 400.0
READ = (
    *("/report/", "/public/cases/", "/public/cases/?state=open", "/public/cases/?area={county}"),
    *("/public/cases/?area={township}&since=2026-01", "/public/areas/{county}/", "/public/areas/{township}/"),
    *("/public/cases/{case}/", "/public/map.json?bbox=120.5,28,122,29.5&zoom=8", "/public/cases.atom"),
    *("/public/map.json?bbox={view}&zoom=15", "/public/map.json?bbox={view}&zoom=12&state=open", "/receipt/"),
)
HAZARDS = (
    "{place}河边护栏断了一截，约{n}米，晚上看不清",
    "{place}{n}号楼楼道堆满纸箱，走不过去",
    "{place}路口{n}个窨井盖松动，电动车过去会翘起",
    "{place}充电棚里{n}辆电动车飞线充电",
)


@dataclass(frozen=True)
class Asked:
    """One request: when it leaves (seconds from the beginning), what it is, and its bytes."""

    at: float
    kind: str
    sent: bytes


@dataclass
class Answers:
    """What came back: milliseconds by kind, receipt codes, and what went wrong."""

    took: dict[str, list[float]] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def p95(self, *kinds: str) -> float:
        """The 95th percentile of some kinds together."""
        found = [ms for kind in kinds or self.took for ms in self.took.get(kind, ())]
        return float(np.percentile(found, 95))


def main() -> None:
    """Measure and print the JSON lines."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="few cases and seconds: correctness only")
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--seconds", type=int, default=60, help="at the same pace for so long")
    given = options.parse_args()
    os.environ["ANLAN_LOG_LEVEL"] = "warning"
    if given.quick:
        with small_city() as (city, address):
            print_figures(city, _Server(address, "127.0.0.1"), _home_of(city), 3, pace=0.24)
        return
    os.environ |= {
        "ANLAN_SENSING": "off",
        "ANLAN_WEB_PROCESSES": "2",
        "ANLAN_PUBLIC_URL": f"https://{HOST}",
    }
    with new_home() as home, serving("--no-demo") as (process, address):
        fill(given.cases)
        wait_for_jobs(sockets_of(home))
        at_rest(process.pid)
        print_figures(process.pid, _Server(address, HOST), home, given.seconds, pace=1.0)


def _home_of(city: int) -> Path:
    """The home of a city that runs, which the environment names from now on."""
    said = dict(line.split("=", 1) for line in Path(f"/proc/{city}/environ").read_text().split("\0") if line)
    os.environ["ANLAN_HOME"] = said["ANLAN_HOME"]
    return Path(said["ANLAN_HOME"])


def print_figures(city: int, server: "_Server", home: Path, seconds: int, pace: float) -> None:
    """Offer the load at `pace` (1: the whole) for so long, count what was kept, and say it all."""
    rng = Random(20261130)
    reports, earlier = round(REPORTS_A_MINUTE * seconds / 60 * pace), round(EARLIER * pace)
    forms = asyncio.run(server.forms(reports + earlier))
    drawn = time.monotonic()
    say(f"solving {len(forms)} proofs of work")
    proofs = [solved(json.loads(challenge)) for _form, challenge in forms]
    rest = asyncio.run(server.play([server.get(n / 20, "rest", "/healthz", n) for n in range(60)]))
    time.sleep(max(0.0, 4 - (time.monotonic() - drawn)))  # nobody fills in a form in less than 3 s
    posts = list(_posts(server, rng, forms, proofs, seconds))
    warm = min(EARLIER, seconds)
    early = [replace(each, at=each.at * warm / seconds) for each in posts[reports:]]
    asyncio.run(server.play([*early, *_reading(server, rng, warm, pace)]))
    before = _rows(home)
    load = [
        *posts[:reports],
        *_next_forms(server, rng, reports, seconds),
        *_reading(server, rng, seconds, pace),
    ]
    say(f"{len(load)} requests in {seconds} s, {reports} of them reports; load {os.getloadavg()[0]:.1f}")
    spent = processor_ms(city)
    seen = asyncio.run(server.play(load))
    spent = processor_ms(city) - spent
    for words in seen.wrong[:20]:
        say(words)
    named = f"{60 * reports // seconds} reports a minute, {round(READERS * pace)} readers"
    at_most(f"bad answers of {len(load)}, {named}", len(seen.wrong), "answers", 0)
    photos = len(range(0, reports, PHOTO_EVERY))
    kept = found_again(home, seen.codes)
    after = _rows(home)
    at_least(f"reports kept, {named}", kept, "reports", 1, reference="receipts", reference_value=reports)
    at_least(
        "rows of reports", after[0] - before[0], "rows", 1, reference="reports sent", reference_value=reports
    )
    at_least(
        "rows of photos", after[1] - before[1], "rows", 1, reference="photos sent", reference_value=photos
    )
    for kind, kinds in KINDS.items():
        ms, reference = seen.p95(*kinds), rest.p95()
        figure = {
            "name": f"{kind}, {named}",
            "value": round(ms, 1),
            "unit": "ms, 95th percentile",
            "reference": "/healthz at rest",
            "reference_value": round(reference, 1),
            "ratio": round(ms / max(reference, 0.1), 1),
            "goal": f"p95 < {GOAL_MS:g} ms",
            "holds": ms < GOAL_MS,
        }
        print(json.dumps(figure), flush=True)
    at_most("processors that the city took meanwhile", spent / 1000 / seconds, "processors", 2)


KINDS = {
    "all answers": (),
    "public pages": ("page",),
    "forms": ("form", "challenge"),
    "reports without a photo": ("report",),
    "reports with a photo": ("report with photo",),
}


class _Server:
    """Requests to the city as its proxy hands them on, and their answers."""

    def __init__(self, address: str, host: str) -> None:
        self.port, self.host = urlsplit(address).port, host

    def get(self, at: float, kind: str, path: str, network: int) -> Asked:
        return Asked(at, kind, self._head("GET", path, network).encode() + b"\r\n")

    def post(
        self, at: float, kind: str, path: str, network: int, fields: dict[str, str], photo: bytes
    ) -> Asked:
        mark = "anlan-bench-0123456789"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        if photo:
            head = f'--{mark}\r\nContent-Disposition: form-data; name="photos"; filename="photo.jpg"\r\n'
            parts.append(head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + photo + b"\r\n")
        body = b"".join(parts) + f"--{mark}--\r\n".encode()
        head = self._head("POST", path, network)
        head += f"Content-Type: multipart/form-data; boundary={mark}\r\nContent-Length: {len(body)}\r\n\r\n"
        return Asked(at, kind, head.encode() + body)

    def _head(self, method: str, path: str, network: int) -> str:
        client = f"10.{network // 250}.{network % 250}.7"
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nConnection: close\r\n"
            "Accept-Language: zh-CN\r\n"
            f"X-Forwarded-For: {client}\r\nX-Forwarded-Proto: https\r\n"
        )

    async def play(self, asked: list[Asked]) -> Answers:
        """Send each at its time, and take what comes."""
        seen, began = Answers(), time.perf_counter() + 0.2

        async def one(each: Asked) -> None:
            leaves = began + each.at
            await asyncio.sleep(leaves - time.perf_counter())
            status, body = await self.answer(each.sent)
            seen.took.setdefault(each.kind, []).append(1000 * (time.perf_counter() - leaves))
            code = re.search(r'id="code">([\d ]{19})<', body)
            if code:
                seen.codes.append(code[1].replace(" ", ""))
            if status != 200 or (each.kind.startswith("report") and not code):
                seen.wrong.append(f"{each.kind}: {status} {_said_wrong(body)}")

        await asyncio.gather(*(one(each) for each in asked))
        return seen

    async def answer(self, sent: bytes) -> tuple[int, str]:
        """The status and the body of one answer; 0 for a connection that failed."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(sent)
            await writer.drain()
            received = await reader.read(-1)
            writer.close()
        except OSError as problem:
            return 0, str(problem)
        head, _, body = received.partition(b"\r\n\r\n")
        return int(head.split()[1]) if head else 0, body.decode(errors="replace")

    async def forms(self, count: int) -> list[tuple[str, str]]:
        """A form and a challenge for each reporter, a few at a time."""
        found = []
        for network in range(count):
            form, challenge = [
                await self.answer(self.get(0, "", path, network).sent)
                for path in ("/report/", "/report/challenge")
            ]
            found.append((form[1], challenge[1]))
        return found


def _said_wrong(body: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", "".join(re.findall(r'class="err[^>]*>.*?</', body))).split())[
        :200
    ]


def _posts(
    server: _Server, rng: Random, forms: list[tuple[str, str]], proofs: list[str], seconds: int
) -> Iterator[Asked]:
    """The reports, each of another place and in other words."""
    photos = [a_photo(seed, large=server.host == HOST) for seed in range(4)]
    for n, (form, _challenge) in enumerate(forms):
        townships = re.findall(r'<option value="(\d{9})"', form)
        photo = photos[n % 4] if n % PHOTO_EVERY == 0 else b""
        fields = {
            "token": _hidden(form, "token"),
            "drawn": _hidden(form, "drawn"),
            "proof": "" if n % PLAIN_EVERY == 5 else proofs[n],
            "website": "",
            "category": re.findall(r'name="category" value="(\w+)"', form)[n % 3],
            "words": rng.choice(HAZARDS).format(place=f"第{n}组", n=rng.randint(2, 9)) + f"，编号{n:04}",
            "township": rng.choice(townships),
            "address": f"{n}号旁",
        }
        kind = "report with photo" if photo else "report"
        yield server.post(rng.uniform(0, seconds), kind, "/report/", n, fields, photo)


def _hidden(form: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', form)
    assert found is not None, name
    return found[1]


def _next_forms(server: _Server, rng: Random, count: int, seconds: int) -> Iterator[Asked]:
    for n in range(count):
        at = rng.uniform(0, seconds)
        yield server.get(at, "form", "/report/", n)
        yield server.get(at, "challenge", "/report/challenge", n)


def _reading(server: _Server, rng: Random, seconds: int, pace: float) -> Iterator[Asked]:
    """Each reader begins at a time of their own and opens a page every 5 s."""
    _status, front = asyncio.run(server.answer(server.get(0, "", "/public/cases/", 0).sent))
    county = re.findall(r'<option value="(\d{6})"', front)[0]
    _status, inside = asyncio.run(server.answer(server.get(0, "", f"/public/cases/?area={county}", 0).sent))
    known = {
        "county": county,
        "township": re.findall(r'<option value="(\d{9})"', inside)[0],
        "view": "121.38,28.62,121.46,28.68",
    }
    cases = re.findall(r'href="/public/cases/(\d+)/"', front)
    for reader in range(round(READERS * pace)):
        begins = rng.uniform(0, PAGE_EVERY_S)
        for turn in range(int((seconds - begins) / PAGE_EVERY_S) + 1):
            at = begins + turn * PAGE_EVERY_S
            path = rng.choice(READ).format(case=rng.choice(cases), **known)
            if at < seconds:
                yield server.get(at, "page", path, 1000 + reader)


def solved(challenge: dict[str, object]) -> str:
    """What a browser sends for a challenge: the number whose key begins as asked."""
    asked: dict[str, object] = challenge["parameters"]  # type: ignore[assignment]
    nonce, salt = (bytes.fromhex(str(asked[name])) for name in ("nonce", "salt"))
    for counter in range(5000):
        password = nonce + counter.to_bytes(4)
        key = pbkdf2_hmac(
            "sha256", password, salt, int(str(asked["cost"])), int(str(asked["keyLength"]))
        ).hex()
        if key.startswith(str(asked["keyPrefix"])):
            solution = {"counter": counter, "derivedKey": key}
            return base64.b64encode(
                json.dumps({"challenge": challenge, "solution": solution}).encode()
            ).decode()
    raise SystemExit("a challenge that nothing solves")


def a_photo(seed: int, *, large: bool) -> bytes:
    """A JPEG of 12 megapixels with large shapes, fine grain and so the size of a phone's; or a small one."""
    rng = np.random.default_rng(seed)
    wide, high = (4000, 3000) if large else (200, 150)
    shapes = Image.fromarray(rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)).resize((wide, high))
    grained = np.clip(np.asarray(shapes) + rng.normal(0, 6, (high, wide, 1)), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grained).save(out, "JPEG", quality=88)
    return out.getvalue()


def _ours(home: Path, statement: str, *facts: object) -> tuple[int, ...]:
    with psycopg.connect(host=str(sockets_of(home)), dbname="anlan", user="anlan", autocommit=True) as city:
        found = city.execute(statement, facts).fetchone()
    assert found is not None
    return tuple(found)


def _rows(home: Path) -> tuple[int, ...]:
    """How many reports there are, those that wait for a person too, and how many photos with them."""
    return _ours(
        home,
        "SELECT (SELECT count(*) FROM store_report) + (SELECT count(*) FROM store_heldreport),"
        " (SELECT count(*) FROM store_photo) + (SELECT coalesce(sum(cardinality(pictures)), 0)"
        " FROM store_heldreport)::bigint",
    )


def found_again(home: Path, codes: list[str]) -> int:
    """How many different codes lead to a report."""
    from anlan.publishing.receipts import slow_hash

    (salt,) = _ours(home, "SELECT salt FROM store_sitewidesalt")
    say(f"looking up {len(codes)} receipts")
    hashes = [slow_hash(code, bytes(salt)) for code in set(codes)]
    (kept,) = _ours(
        home,
        "SELECT (SELECT count(*) FROM store_report WHERE receipt_hash = ANY(%s))"
        " + (SELECT count(*) FROM store_heldreport WHERE receipt_hash = ANY(%s))",
        hashes,
        hashes,
    )
    return kept


if __name__ == "__main__":
    main()
