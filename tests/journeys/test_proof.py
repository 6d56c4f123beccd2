"""Proof in a real browser: failed checks, a resident who says no, joins, splits, undoing, an audited draw."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.city import City
from tests.journeys.conftest import Open
from tests.journeys.test_case_road import photo, rectified, reported, sent_to_the_unit, stands_at, take

pytestmark = pytest.mark.journey


def verified_and_closed(carol: Page, bob: Page, case: int) -> None:
    bob.goto(f"/cases/{case}/")
    bob.locator("form[action$='/pass'] input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    take(bob, "pass", seen="到现场看过，护栏稳固")
    carol.goto(f"/cases/{case}/")
    take(carol, "close")
    stands_at(carol, "Closed")


def test_a_failed_check_then_a_resident_who_says_not_fixed(open_page: Open) -> None:
    case, code = reported(open_page)
    carol, alice, bob = open_page("carol"), open_page("alice", width=390), open_page("bob", width=390)
    sent_to_the_unit(carol, case)
    rectified(alice, case)
    bob.goto(f"/cases/{case}/")
    take(bob, "fail", reason="2 根立柱用手能推动")
    stands_at(bob, "Rework")
    rectified(alice, case)
    verified_and_closed(carol, bob, case)
    expect(carol.locator("section[aria-labelledby=pr]")).to_contain_text("still there · checked on site")

    resident = open_page(width=390, script=False)
    resident.goto("/receipt/")
    resident.get_by_label("Receipt code").fill(code)
    resident.get_by_role("button", name="Show the report").click()
    resident.get_by_label("No, it is not fixed").check()
    resident.get_by_role("button", name="Send the answer").click()
    expect(resident.locator("#errors")).to_contain_text("Write what is still wrong.")
    resident.get_by_label("What is it like now?").fill("立柱还是松的")
    resident.get_by_role("button", name="Send the answer").click()
    expect(resident.locator(".note.ok")).to_contain_text("The case is open again")

    alice.goto(f"/cases/{case}/")
    stands_at(alice, "Rework")
    expect(alice.locator(".head")).to_contain_text("Reopened once")
    expect(alice.locator(".timeline")).to_contain_text("立柱还是松的")


def test_a_join_says_what_undoing_restores_then_reports_are_split_and_put_back(open_page: Open) -> None:
    (first, _), (second, _) = reported(open_page), reported(open_page)
    carol = open_page("carol")
    carol.goto(f"/cases/{first}/")
    number = carol.locator(".head .code").inner_text()
    carol.goto(f"/cases/{second}/")
    form = carol.locator("form[action$='/merge']", has=carol.locator(f"input[value='{number}']"))
    if form.count():
        form.first.locator("button").click()
    else:
        take(carol, "merge", into=number)
    stands_at(carol, "Merged")
    expect(carol.locator("#panel")).to_contain_text("Undone, 1 report returns and the case stands again at")

    carol.goto(f"/cases/{first}/split/")
    boxes = carol.locator("input[name=report_ids]")
    expect(boxes).to_have_count(2)
    boxes.last.check()
    carol.get_by_role("button", name="Show what will be").click()
    expect(carol.locator("section[aria-labelledby=pv]")).to_contain_text("The new case")
    carol.get_by_role("button", name="Split", exact=True).click()
    expect(carol.locator("section[aria-labelledby=pr]")).to_contain_text(number)

    other = open_page("carol")
    other.goto(f"/cases/{second}/")
    take(other, "unmerge")
    expect(other.locator("#panel")).to_contain_text("What came later rests on it")

    carol.get_by_role("link", name="Undo the split: 1 report returns").click()
    carol.get_by_role("button", name="Undo the split").click()
    stands_at(carol, "Merged")
    other.goto(f"/cases/{second}/")
    take(other, "unmerge")
    stands_at(other, "To accept")


def test_an_auditor_repeats_a_draw_and_nobody_else_sees_the_seed(city: City, open_page: Open) -> None:
    case = city.cases["drawn"]
    carol, frank = open_page("carol"), open_page("frank")

    frank.goto(f"/cases/{case}/")
    frank.get_by_role("link", name="Check the draws").click()
    expect(frank.locator(".note.ok")).to_have_text("Repeated: it agrees.")
    answer = carol.goto(f"/cases/{case}/draws/")
    assert answer is not None
    assert answer.status == 403

    public = open_page()
    frank_says = frank.locator("dt:text-is('Commitment') + dd").inner_text()
    public.goto("/how-verifiers-are-drawn")
    expect(public.locator("main")).to_contain_text(frank_says)


def test_a_no_after_the_verification_stops_the_closing(open_page: Open) -> None:
    case, code = reported(open_page)
    carol, alice, bob = open_page("carol"), open_page("alice", width=390), open_page("bob", width=390)
    sent_to_the_unit(carol, case)
    rectified(alice, case)
    bob.goto(f"/cases/{case}/")
    bob.locator("form[action$='/pass'] input[type=file]").set_input_files(photo())  # type: ignore[arg-type]
    take(bob, "pass", seen="到现场看过，护栏稳固")
    carol.goto(f"/cases/{case}/")

    resident = open_page(width=390, lang="zh-hans")
    resident.goto("/receipt/")
    resident.locator("input[name=code]").fill(code)
    resident.get_by_role("button", name="查看").click()
    resident.get_by_label("否，没有整改好").check()
    resident.locator("textarea[name=why]").fill("立柱还是松的")
    resident.get_by_role("button", name="提交反馈").click()
    expect(resident.locator(".note.ok")).to_contain_text("已退回责任单位")

    expect(carol.locator("form[action$='/close']")).to_have_count(0)  # the open page follows
    stands_at(carol, "Rework")
    expect(carol.locator(".timeline")).to_contain_text("立柱还是松的")


def test_one_dispatcher_has_verifiers_drawn_anew_once(city: City, open_page: Open) -> None:
    case = city.cases["drawn-anew"]
    carol = open_page("carol")
    for reason in ("抽中的人病了", "再抽一次"):
        carol.goto(f"/cases/{case}/draw-again/")
        carol.locator("textarea[name=reason]").fill(reason)
        carol.get_by_role("button", name="Draw anew").click()
    expect(carol.locator("main")).to_contain_text("Another person of the desk can.")
    expect(carol.locator("textarea[name=reason]")).to_have_value("再抽一次")
