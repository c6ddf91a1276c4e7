"""A document from the drop to the downloads."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pikepdf
from browsing import drop, pdf, png, read
from playwright.sync_api import Page, expect
from serving import Serving

Open = Callable[..., Page]


def test_a_scan_is_dropped_watched_looked_at_corrected_and_downloaded(opened: Open, server: Serving) -> None:
    page = opened(accept_downloads=True)
    drop(page, "letters.pdf", "application/pdf", pdf(3))
    page.wait_for_url("**/#/jobs/*")
    expect(page.locator("h1")).to_have_text("letters.pdf")
    expect(page.locator(".job-progress")).to_be_visible()
    expect(page.locator(".job-title .state.done")).to_be_visible()
    expect(page.locator(".text-sheet")).to_have_count(3)

    # hovering a word in the picture shows it and its line in the text, and the other way round
    word = page.locator(".text-pane .word", has_text="Lindqvist").first
    name = word.get_attribute("data-w")
    page.locator(f".overlay [data-w='{name}']").hover()
    expect(word).to_have_class(re.compile(r"\bhot\b"))
    expect(page.locator(".text-pane .hot-line").first).to_contain_text("Dear Ms Lindqvist")
    page.locator(".text-pane .word", has_text="workshop").first.hover()
    expect(page.locator(".overlay .word.hot")).to_have_count(1)

    word.click()
    page.get_by_label("The word is").fill("Lindgren")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Corrected")
    expect(page.locator(".text-pane .word", has_text="Lindgren")).to_have_count(1)

    saved = {format: _saved(page, format) for format in ("docx", "pdf", "txt")}
    with zipfile.ZipFile(io.BytesIO(saved["docx"])) as package:
        assert "Dear Ms Lindgren" in re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode())
    with pikepdf.open(io.BytesIO(saved["pdf"])) as document:
        assert len(document.pages) == 3
    assert saved["txt"].decode().count("Dear Ms Lindgren") == 1
    assert saved["txt"].decode().count("Dear Ms Lindqvist") == 2


def _saved(page: Page, format: str) -> bytes:
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.locator(f"[data-format={format}]").click()
    assert waiting.value.suggested_filename.startswith("letters.")
    path = waiting.value.path()
    return path.read_bytes()


def test_a_job_is_cancelled(opened: Open, server: Serving) -> None:
    page = opened()
    drop(page, "long.pdf", "application/pdf", pdf(40))
    page.wait_for_url("**/#/jobs/*")
    expect(page.locator(".job-progress")).to_have_attribute("data-progress", re.compile(r"\d+/40"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".job-title .state.cancelled")).to_be_visible()
    expect(page.locator(".job-note")).to_contain_text("cancelled")
    assert server.client.get(f"/v1/jobs/{page.url.rpartition('/')[2]}").json()["state"] == "cancelled"


def test_several_files_and_one_that_cannot_be_read(opened: Open) -> None:
    page = opened()
    files = [("one.png", "image/png", png()), ("two.png", "image/png", png()), ("three.bin", "", b"\x00\x01 nothing")]
    page.set_input_files("input[type=file]", [{"name": n, "mimeType": t, "buffer": b} for n, t, b in files])
    expect(page.locator(".uploads li.sent")).to_have_count(2)
    expect(page.locator(".uploads li.failed .wrong")).to_contain_text("cannot be read")
    page.locator(".uploads li.sent").first.get_by_text("Open").click()
    expect(page.locator(".text-pane")).to_contain_text("Dear Ms Lindqvist")


def test_a_picture_is_pasted(opened: Open) -> None:
    page = opened()
    page.evaluate(
        """(bytes) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.from(bytes)], "image.png", { type: "image/png" }));
          dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer }));
        }""",
        list(png()),
    )
    page.wait_for_url("**/#/jobs/*")
    expect(page.locator("h1")).to_contain_text("Pasted")
    expect(page.locator(".text-pane")).to_contain_text("workshop")


def test_a_url_that_may_not_be_asked_is_refused_in_words(opened: Open) -> None:
    page = opened()
    page.get_by_role("button", name="From a URL").click()
    page.get_by_label("Address of an image or document").fill("http://127.0.0.1/scan.png")
    page.get_by_role("button", name="Read", exact=True).click()
    expect(page.get_by_role("alert").or_(page.locator(".job-note"))).to_contain_text("refused")


def test_the_camera(opened: Open) -> None:
    page = opened(permissions=["camera"])
    page.get_by_role("button", name="Camera").click()
    page.locator("video").evaluate("(v) => v.videoWidth || new Promise((done) => (v.onresize = () => done(0)))")
    page.get_by_role("button", name="Take picture").click()
    page.get_by_role("button", name="Read it").click()
    page.wait_for_url("**/#/jobs/*")
    expect(page.locator("h1")).to_contain_text("Photo")


def test_views_of_the_same(opened: Open, server: Serving) -> None:
    id = read(server, png(), "views.png")
    page = opened(f"#/jobs/{id}")
    page.get_by_role("tab", name="Text").click()
    expect(page.locator(".plain-line").first).to_have_text("Dear Ms Lindqvist")
    page.get_by_role("tab", name="Markdown").click()
    expect(page.locator("pre.markdown")).to_contain_text("Dear Ms Lindqvist")
    page.get_by_role("tab", name="JSON").click()
    expect(page.locator(".json")).to_contain_text('source: "ocr"')
    page.get_by_role("slider", name="Doubt threshold").fill("100")
    page.get_by_role("tab", name="Doubtful").click()
    expect(page.locator(".doubtful li").first.locator(".content")).to_have_text("Dear")
    page.get_by_role("slider", name="Doubt threshold").fill("0")
    expect(page.get_by_text("No word is this doubtful")).to_be_visible()


def test_code_for_every_interface(opened: Open, server: Serving) -> None:
    page = opened(f"#/jobs/{read(server, png(), 'it is; 1.png')}?tab=code")
    for language in range(3):  # curl, Python, JavaScript
        page.locator(".snippet input").nth(language).check(force=True)
        for button in page.locator(".dialects button").all():
            button.click()
            code = page.locator(".snippet pre").inner_text()
            assert server.url in code or "legenda env" in code
            assert "it is; 1.png" in code or "it%20is" in code


def test_the_code_does_what_it_says(opened: Open, server: Serving, tmp_path: object) -> None:
    import subprocess
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    (tmp_path / "it's.png").write_bytes(png())
    page = opened(f"#/jobs/{read(server, png(), chr(39).join(['it', 's.png']))}?tab=code")
    for dialect in ("legenda", "openai", "lazarus", "ocrchat"):
        page.locator(".dialects button", has_text=re.compile(f"^{dialect.replace('chat', '.chat')}$", re.I)).click()
        code = page.locator(".snippet pre").inner_text().replace("curl ", "curl -sS ")
        done = subprocess.run(
            ["bash", "-c", code],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={"LEGENDA_KEY": "any", "PATH": "/usr/bin:/bin"},
        )
        assert "Lindqvist" in done.stdout or '"state":' in done.stdout, (dialect, code, done)


def test_the_keyboard(opened: Open, server: Serving) -> None:
    page = opened(f"#/jobs/{read(server, png(), 'keys.png')}")
    expect(page.locator(".text-pane .word").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".text-pane .word.chosen")).to_have_text("Ms")
    expect(page.locator(".visually-hidden[aria-live]").last).to_contain_text("Ms")
    page.keyboard.press("Enter")
    page.get_by_label("The word is").fill("Mrs")
    page.keyboard.press("Enter")
    expect(page.locator(".text-pane .word.chosen")).to_have_text("Mrs")
    page.keyboard.press("d")
    expect(page.locator("[role=menuitem]").first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Keyboard shortcuts")


def test_history_is_searched(opened: Open, server: Serving) -> None:
    read(server, png(), "Bill of lading 100%.png"), read(server, png(), "other.png")
    page = opened("#/history")
    page.get_by_label("Search by name").fill("LADING 100%")
    expect(page.locator(".list-table .line")).to_have_count(1)
    page.get_by_label("Search by name").fill("no such")
    expect(page.get_by_text("No document is named like")).to_be_visible()


def test_a_document_is_deleted(opened: Open, server: Serving) -> None:
    id = read(server, png(), "gone.png")
    page = opened(f"#/jobs/{id}")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.wait_for_url("**/#/read")
    assert server.client.get(f"/v1/jobs/{id}").status_code == 404
    page.goto(f"{server.url}/#/jobs/{id}")
    expect(page.get_by_text("There is no such document")).to_be_visible()
