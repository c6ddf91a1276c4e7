"""The web page in Chromium: how soon it is painted, how much script comes first, how a long document scrolls."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.serve.server import Server
from benchmarks.settings import Bar, Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES, LINES = 500, 44
TIMES = 7  # the page is opened
WHEELS, STEP = 150, 400  # turns of the wheel, and pixels of each
_LONG = 50.0  # milliseconds from which a task is felt (W3C Long Tasks API)
_PAINT = """() => new Promise((done) => {
  const found = (list) => list.getEntriesByName("first-contentful-paint").forEach((each) => done(each.startTime));
  new PerformanceObserver(found).observe({ type: "paint", buffered: true });
})"""
_WATCH = """() => {
  window.frames = [];
  let last = performance.now();
  const frame = (now) => { frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
}"""


def run(settings: Settings, bar: Bar) -> None:
    """Open the page several times, then scroll through a long document."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        print("page is left out: Chromium is not installed", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    times = settings.size(TIMES, 2)
    bar.begin("page", times + 2)
    with TemporaryDirectory() as folder, Server(Path(folder), workers=1) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"] * (os.geteuid() == 0))
        opened = []
        for number in range(times):
            opened.append(_opened(browser, server.url))
            bar.step(f"opened {number + 1}")
        pages = settings.size(PAGES, 50)
        job = _read(server.url, _book(pages), pages)
        bar.step("read")
        scrolled = _scrolled(browser, f"{server.url}/#/jobs/{job}", pages)
        bar.step("scrolled")
        browser.close()
    settings.keep("page", {"opened": opened, "scrolled": scrolled, "pages": pages})


def _opened(browser: Browser, url: str) -> dict[str, float]:
    """Milliseconds to the first paint of a browser without a cache, and bytes of script as they came."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    paint = page.evaluate(_PAINT)
    script = page.evaluate(
        "performance.getEntriesByType('resource').filter((e) => e.name.endsWith('.js'))"
        ".reduce((sum, e) => sum + e.encodedBodySize, 0)"
    )
    context.close()
    return {"paint": float(paint), "script": float(script)}


def _read(url: str, data: bytes, pages: int) -> str:
    from legenda.client import Client

    with Client(url) as client:
        job = client.submit(data)
        job.wait(timeout=60 + pages)
        return str(job.id)


def _scrolled(browser: Browser, url: str, pages: int) -> dict[str, Any]:
    """Turns the wheel over text and picture; then jumps to the end."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    page.locator(".text-pane .word").first.wait_for()
    page.locator(".sheet img").first.wait_for()
    page.wait_for_timeout(1500)  # what loading itself took is not scrolling
    page.evaluate(_WATCH)
    browser.start_tracing(page=page, categories=["toplevel"])
    for pane in (".text-pane", ".picture-pane"):
        _turn(page, pane)
    page.locator(f".text-sheet[data-page='{pages}']").scroll_into_view_if_needed()
    page.locator(f".text-sheet[data-page='{pages}'] .word").first.wait_for()
    tasks = _tasks(browser.stop_tracing())
    return {"tasks": tasks, "frames": page.evaluate("frames.sort((a, b) => a - b)")}


def _tasks(trace: bytes) -> list[float]:
    """Processor time of each task of the page's main thread, milliseconds; other programs do not count in it."""
    events = json.loads(trace)["traceEvents"]
    named = [event for event in events if event.get("name") == "thread_name"]
    main = {(e["pid"], e["tid"]) for e in named if e["args"]["name"] == "CrRendererMain"}
    tasks = [e for e in events if e.get("name", "").endswith("RunTask") and (e["pid"], e["tid"]) in main]
    return sorted(event["tdur"] / 1000 for event in tasks if "tdur" in event)


def _turn(page: Page, pane: str) -> None:
    box = page.locator(pane).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(WHEELS):
        page.mouse.wheel(0, STEP)
        page.wait_for_timeout(16)


def _book(pages: int) -> bytes:
    """A PDF with text on every page."""
    import pikepdf

    with pikepdf.new() as document:
        font = document.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        for number in range(1, pages + 1):
            page = document.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            rows = (
                f"Line {line} of page {number} has words enough for a usual row of text."
                for line in range(1, LINES + 1)
            )
            drawn = "".join(f"({row}) Tj T*\n" for row in rows)
            page.Contents = document.make_stream(f"BT /F 11 Tf 16 TL 60 780 Td\n{drawn}ET".encode())
        out = BytesIO()
        document.save(out)
    return out.getvalue()


def section(measured: Any, table: Callable[[Sequence[str], Sequence[Sequence[str]]], str]) -> str:
    """What people who use the page notice."""
    paints = sorted(each["paint"] for each in measured["opened"])
    tasks, frames = measured["scrolled"]["tasks"], measured["scrolled"]["frames"]
    long = sum(task > _LONG for task in tasks)
    script = measured["opened"][0]["script"] / 1000
    rows = [
        ["first paint, nothing cached", f"{paints[0]:.0f} ms (median {paints[len(paints) // 2]:.0f})", "1000 ms"],
        ["script before it, gzipped", f"{script:.0f} kB", "400 kB"],
        [
            f"{measured['pages']} pages scrolled: longest task",
            f"{tasks[-1]:.0f} ms of processor time",
            f"{_LONG:.0f} ms",
        ],
        ["tasks longer than that", f"{long} of {len(tasks)}", "0"],
        ["frame, median", f"{frames[len(frames) // 2]:.0f} ms", ""],
    ]
    return "## The web page\n\nIn Chromium, on loopback.\n\n" + table(["what", "measured", "target"], rows)
