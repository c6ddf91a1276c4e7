"""For everybody: screen readers, phones, dark rooms; and nothing but this server."""

from __future__ import annotations

from collections.abc import Callable

from browsing import faults, pdf, png, read
from playwright.sync_api import Page, expect
from serving import Serving

Open = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}


TABS = ("document", "text", "markdown", "json", "doubtful", "chat", "use", "code")


def test_axe_finds_nothing_serious(opened: Open, server: Serving) -> None:
    id = read(server, pdf(2), "axe.pdf")
    page = opened()
    page.get_by_role("button", name="Options").click()
    assert faults(page) == []
    for place in ("history", "tools", "account"):
        page.goto(f"{server.url}/#/{place}")
        expect(page.locator("main h1")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert faults(page) == [], place
    page.goto(f"{server.url}/#/jobs/{id}")
    expect(page.locator(".text-pane .word").first).to_be_visible()
    for tab in TABS:
        page.locator(f"[data-tab={tab}]").click()
        page.wait_for_timeout(150)
        assert faults(page) == [], tab
    page.locator("[data-tab=document]").click()
    page.locator(".text-pane .word").first.click()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Download").click()
    assert faults(page) == []
    page.keyboard.press("Escape")

    # the same in the dark, where nothing differs but colours
    page.emulate_media(color_scheme="dark")
    for tab in TABS:
        page.locator(f"[data-tab={tab}]").click()
        page.wait_for_timeout(150)
        assert faults(page, "color-contrast") == [], tab
    for place in ("read", "history", "tools", "account"):
        page.goto(f"{server.url}/#/{place}")
        expect(page.locator("main h1")).to_be_visible()
        assert faults(page, "color-contrast") == [], place


def test_a_phone(opened: Open, server: Serving) -> None:
    id = read(server, png(), "phone.png")
    page = opened(**PHONE)
    expect(page.get_by_role("button", name="Choose files")).to_be_in_viewport()
    page.goto(f"{server.url}/#/jobs/{id}")
    expect(page.locator(".text-pane")).to_contain_text("Lindqvist")
    page.locator(".side-switch label", has_text="Picture").click()
    expect(page.locator(".sheet img")).to_be_in_viewport()
    page.locator(".side-switch label", has_text="Text").click()
    page.locator(".text-pane .word", has_text="workshop").tap()
    expect(page.get_by_label("The word is")).to_be_in_viewport()
    page.keyboard.press("Escape")
    for place in ("jobs/" + id, "read", "history", "account"):
        page.goto(f"{server.url}/#/{place}")
        page.wait_for_timeout(200)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, place
        assert faults(page) == [], place


def test_the_policy_and_the_weight(opened: Open, server: Serving) -> None:
    page = opened()
    answer = server.client.get("/")
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert "<style" not in answer.text and " style=" not in answer.text
    scripts = page.evaluate(
        "performance.getEntriesByType('resource').filter((e) => e.name.endsWith('.js')).map((e) => e.encodedBodySize)"
    )
    assert 0 < sum(scripts) < 400_000
    for name in page.evaluate("[...document.scripts].map((s) => s.src)"):
        assert server.client.get(name).headers["cache-control"].endswith("immutable")
    assert server.client.get("/assets/none.js").status_code == 404


def test_five_hundred_pages_are_not_all_drawn(opened: Open, server: Serving) -> None:
    from pdf_maker import make_pdf, words

    id = read(server, make_pdf(*(words(f"page number {n} of the book") for n in range(1, 501))), "book.pdf")
    page = opened(f"#/jobs/{id}")
    expect(page.locator(".text-pane")).to_contain_text("page number 1 of")
    assert page.locator(".sheet").count() == page.locator(".text-sheet").count() == 500
    assert page.locator(".overlay").count() < 40
    page.get_by_label("Go to page").fill("377")
    page.keyboard.press("Enter")
    expect(page.locator(".text-sheet[data-page='377']")).to_contain_text("page number 377 of")
    expect(page.locator(".sheet[data-page='377'] img")).to_be_in_viewport()
    assert page.locator(".overlay").count() < 60
