"""The page in real Chromium, before a real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright
from serving import Serving, serving


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("server"), workers="1", upload_megabytes="20") as server:
        yield server
        assert server.process.poll() is None
        assert [line for line in server.log if line["level"] == "error"] == []


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=60_000)  # machines that test may be busy
    # its loop would be in the way of tests elsewhere
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "Chromium is not installed; make test installs it"
    arguments = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    if os.geteuid() == 0:  # Chromium's sandbox refuses root
        arguments.append("--no-sandbox")
    browser = playwright.chromium.launch(executable_path=path, args=arguments)
    yield browser
    browser.close()


@pytest.fixture
def opened(browser: Browser, server: Serving) -> Iterator[Callable[..., Page]]:
    """Open the page; whatever is done in it, nothing is asked of another host, refused by the policy, or thrown."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open(path: str = "", url: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        own = url or server.url
        page.on("request", lambda r: r.url.startswith((own, "blob:", "data:")) or wrong.append(f"asked {r.url}"))
        page.on("pageerror", lambda error: wrong.append(f"threw {error}"))
        page.on("console", lambda m: "Security Policy" in m.text and wrong.append(m.text))
        page.goto(f"{own}/{path}")
        return page

    yield open
    for context in contexts:
        context.close()
    assert not wrong
