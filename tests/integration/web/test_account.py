"""Keys, balances, and what is said when pages are out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from browsing import drop, faults, pdf, png
from playwright.sync_api import Page, expect
from serving import serving

Open = Callable[..., Page]


def test_the_first_key_and_the_end_of_the_pages(opened: Open, tmp_path: Path) -> None:
    with serving(tmp_path, workers="1", balances="true", plans='{"default": {"free_pages": 1}}') as server:
        page = opened("#/account", url=server.url)
        expect(page.get_by_text("No keys yet")).to_be_visible()
        page.get_by_role("button", name="Make a key").click()
        page.get_by_label("Name").fill("laptop")
        page.get_by_role("dialog").get_by_role("button", name="Make a key").click()
        secret = page.locator(".secret code").inner_text()
        assert secret.startswith("lgd_")
        page.get_by_role("button", name="Done").click()
        expect(page.locator(".key-list li")).to_contain_text("laptop")
        expect(page.locator(".key-list")).not_to_contain_text(secret)

        # a browser without it is asked for it, and let in with it
        other = opened("#/account", url=server.url)
        other.get_by_label("Key", exact=True).fill(secret)
        other.get_by_role("button", name="Use this key").click()
        expect(other.locator(".facts")).to_contain_text(secret[:10])
        assert server.client.get("/v1/jobs").status_code in (401, 403)

        # one page is free: two are too many, then the one is read, then there is none left
        page.goto(f"{server.url}/#/read")
        drop(page, "two.pdf", "application/pdf", pdf(2))
        page.wait_for_url("**/#/jobs/*")
        expect(page.locator("[data-problem='402']")).to_be_visible()
        page.goto(f"{server.url}/#/read")
        drop(page, "one.png", "image/png", png())
        page.wait_for_url("**/#/jobs/*")
        expect(page.locator(".text-pane")).to_contain_text("Lindqvist")
        page.goto(f"{server.url}/#/read")
        drop(page, "more.png", "image/png", png())
        expect(page.locator("[data-problem='402']")).to_contain_text("1 of 1 credits are used this month")
        assert faults(page) == []
        page.get_by_role("button", name="See the account").click()
        expect(page.locator(".figure")).to_contain_text("0")

        page.get_by_role("button", name="Revoke").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        expect(page.locator(".facts")).to_contain_text("This machine")
