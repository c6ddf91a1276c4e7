"""Takes the pictures of the web page that the README shows: `make screenshots`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "src" / "legenda" / "data" / "example.png"
PICTURES = ROOT / "docs" / "pictures"
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 800}


@contextmanager
def server(folder: str) -> Iterator[str]:
    """A server of its own; its address."""
    command = [sys.executable, "-m", "legenda", "serve", "--port", "0", "--data-dir", folder]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 (our own command)
        try:
            lines = process.stderr or ()
            yield next(found[1] for line in lines if (found := re.search(r'"url": "([^"]+)"', line)))
        finally:
            process.terminate()


def main() -> None:
    """Read the example, look at it, ask it something, and look from a phone."""
    expect.set_options(timeout=60_000)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, server(folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        light = opened(browser, url, "light")
        light.set_input_files("input[type=file]", EXAMPLE)
        expect(light.locator(".job-title .state.done")).to_be_visible()
        expect(light.locator(".sheet img")).to_be_visible()
        light.locator(".text-pane .word", has_text="Polaris").first.click()
        expect(light.locator(".correction .crop image")).to_be_attached()
        saved(light, "page.webp")
        job = light.url

        dark = opened(browser, job, "dark")
        dark.locator("[data-tab=chat]").click()
        dark.get_by_label("Ask a question").fill("What is the total?")
        dark.keyboard.press("Enter")
        expect(dark.locator(".overlay .cited").first).to_be_visible()
        saved(dark, "page-ask.webp")

        phone = opened(browser, job, "light", PHONE)
        expect(phone.locator(".text-pane .word").first).to_be_visible()
        saved(phone, "page-phone.webp")
        browser.close()


def opened(browser: Browser, url: str, scheme: str, size: dict[str, int] = DESK) -> Page:
    """The page in a window."""
    context = browser.new_context(viewport=size, color_scheme=scheme, device_scale_factor=1.5)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url)
    return page


def saved(page: Page, name: str) -> None:
    """A picture of what is seen, once it stands still."""
    page.wait_for_timeout(1000)
    Image.open(BytesIO(page.screenshot())).convert("RGB").save(PICTURES / name, "WEBP", quality=82, method=6)


if __name__ == "__main__":
    main()
