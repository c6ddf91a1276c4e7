"""Questions and tools: what they find lights up on the page."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib.resources import files

import pikepdf
from browsing import png, read
from pdf_maker import make_pdf, words
from playwright.sync_api import Page, expect
from serving import Serving

Open = Callable[..., Page]


def test_an_answer_lights_up_where_it_stands(opened: Open, server: Serving) -> None:
    texts = ("The harbour was dredged in spring.", "The total amount is 980.00 EUR.", "Boats return in autumn.")
    page = opened(f"#/jobs/{read(server, make_pdf(*(words(text) for text in texts)), 'report.pdf')}?tab=chat")
    page.get_by_label("Ask a question").fill("What is the total amount?")
    page.keyboard.press("Enter")
    expect(page.locator(".said.assistant p").first).to_contain_text("980.00")
    expect(page.locator(".citation")).to_contain_text("Page 2")
    expect(page.locator(".sheet[data-page='2'] .overlay .cited").first).to_be_visible()
    assert page.locator(".sheet[data-page='1'] .cited").count() == 0
    page.get_by_label("Ask a question").fill("Who won the chess tournament in Lima?")
    page.keyboard.press("Enter")
    expect(page.locator(".said.assistant.nothing")).to_contain_text("not in the document")
    page.reload()
    expect(page.locator(".said")).to_have_count(4)


def test_a_tool_is_chosen_and_its_values_are_shown_where_they_stand(opened: Open) -> None:
    page = opened("#/tools")
    page.locator("a.tool", has_text="Invoice").click()
    expect(page.get_by_text("For: Invoice")).to_be_visible()
    example = files("legenda.data").joinpath("example.png").read_bytes()
    page.set_input_files("input[type=file]", {"name": "invoice.png", "mimeType": "image/png", "buffer": example})
    total = page.locator(".values div", has_text="Total").filter(has_text="980")
    total.locator("button").click()
    expect(page.locator(".overlay .cited")).to_have_count(1)


def test_words_are_clicked_away(opened: Open, server: Serving) -> None:
    page = opened(f"#/jobs/{read(server, png(), 'secret.png')}?tab=use", accept_downloads=True)
    page.locator(".use-panel .chip", has_text="Redact").click()
    page.locator(".overlay .word").nth(2).click()
    expect(page.locator(".use-form .chip")).to_contain_text("Lindqvist")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Use it").click()
    with pikepdf.open(io.BytesIO(waiting.value.path().read_bytes())) as document:
        assert len(document.pages) == 1
    assert b"Lindqvist" not in waiting.value.path().read_bytes()
