"""Reports that begin elsewhere: at a printed code, in a frame of another site."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from tests.docs.pages import ROOT
from tests.journeys.city import City
from tests.journeys.conftest import Open

pytestmark = pytest.mark.journey

PAGE = ROOT / "docs" / "for-administrators.md"


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without"])
def test_a_code_at_a_pond_opens_the_form_with_the_pond_filled_in(open_page: Open, script: bool) -> None:
    page = open_page(width=390, script=script)
    page.goto("/report/?site=pond-111")
    expect(page.get_by_text("荻花塘 · 望潮县 柳埠镇 荻花村")).to_be_visible()
    page.get_by_label("By the water", exact=True).check()
    page.get_by_label("What did you see").fill(f"The lifebuoy at the pond is gone ({script}).")
    if not script:
        page.get_by_role("button", name="Show what others will see").click()
    expect(page.locator("#preview")).to_contain_text("By the water")
    page.get_by_role("button", name="Send the report").click()

    expect(page.locator("#code")).to_be_visible(timeout=60_000)


@contextmanager
def village(html: str) -> Iterator[str]:
    """A site of somebody else with one page; its address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_in_a_frame_of_a_named_site_a_report_is_sent_without_javascript(open_page: Open, city: City) -> None:
    (snippet,) = re.findall("<iframe .*?</iframe>", PAGE.read_text(), re.DOTALL)
    html = snippet.replace("https://anlan.example.org", city.address).replace("/embed/", "/embed/?lang=en")
    page = open_page(script=False)
    with village(html) as address:
        page.goto(address)
        form = page.frame_locator("iframe")
        form.get_by_label("By the water", exact=True).check()
        form.get_by_label("What did you see").fill("The steps at the landing are slippery.")
        form.get_by_label("Where").fill("荻花村 村口小店对面")
        form.get_by_role("button", name="Send the report").click()

        expect(form.locator("#code")).to_be_visible()


def test_no_other_page_can_be_framed(open_page: Open, city: City) -> None:
    page = open_page(script=False)
    with village(f'<iframe src="{city.address}/report/?lang=en"></iframe>') as address:
        page.goto(address, wait_until="load")

        expect(page.frame_locator("iframe").get_by_label("What did you see")).to_have_count(0)


def test_a_desk_officer_types_for_a_caller_and_reads_the_code_to_them(open_page: Open) -> None:
    page = open_page("judy")
    page.goto("/reports/new?site=pond-111")
    page.get_by_label("By the water", exact=True).check()
    page.get_by_label("What did you see").fill("A caller says: the lamp at the pond is out.")
    page.get_by_label("Phone or e-mail").fill("13800001234")
    page.get_by_role("button", name="Send the report").click()

    expect(page.locator("#code")).to_be_visible()
    expect(page.get_by_text("Read it to the person in groups of four digits")).to_be_visible()
    expect(page.get_by_role("button", name="Print this page")).to_be_visible()
    page.get_by_role("link", name="Open the case").click()
    expect(page.get_by_text("A caller says").last).to_be_visible()
