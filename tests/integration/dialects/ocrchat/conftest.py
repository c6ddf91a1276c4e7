from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from pdf_maker import make_pdf, words

INVOICE = (
    words("INVOICE 4711", size=20),
    words("The invoice total is 215.00 USD.", y=200),
    words("Payment is due on March 3.", y=160),
)


@pytest.fixture(scope="session")
def invoice() -> Callable[..., bytes]:
    """A PDF of an invoice on its first page; another one every time, so that nothing of it is known yet."""

    def make(pages: int = 1) -> bytes:
        others = [words(f"page number {number} of the invoice") for number in range(2, pages + 1)]
        return make_pdf(" ".join(INVOICE), *others) + f"\n% {uuid.uuid4()}\n".encode()

    return make
