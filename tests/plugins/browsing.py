"""What tests of the page need: documents, a drop, axe."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page
from serving import Serving
from written import written

AXE = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"
LETTER = ("Dear Ms Lindqvist", "the lamps left our workshop")
_DROP = """([name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  return transfer;
}"""


def pdf(pages: int) -> bytes:
    """A scan: pictures of pages, each with two lines and its number."""
    pictures = [Image.fromarray(written(*LETTER, f"page number {n}")) for n in range(1, pages + 1)]
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    return out.getvalue()


def png() -> bytes:
    out = io.BytesIO()
    Image.fromarray(written(*LETTER)).save(out, "PNG")
    return out.getvalue()


def drop(page: Page, name: str, media_type: str, data: bytes) -> None:
    """Let a file go over the page, as from a folder."""
    transfer = page.evaluate_handle(_DROP, [name, media_type, base64.b64encode(data).decode()])
    page.dispatch_event(".drop", "drop", {"dataTransfer": transfer})


def read(server: Serving, data: bytes, name: str, **headers: str) -> str:
    """Have a file read without the page; the job's id."""
    job = server.client.post("/v1/jobs", files={"file": (name, data)}, headers={"Prefer": "wait=30", **headers}).json()
    return str(server.settled(job["id"])["id"])


def faults(page: Page, *rules: str) -> list[str]:
    """What axe finds that is serious, by all rules or by these: rule, and the first element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = page.evaluate("(only) => axe.run(document, { resultTypes: ['violations'], ...only })", only)["violations"]
    serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [f"{rule['id']}: {json.dumps(rule['nodes'][0]['html'])[:200]}" for rule in serious]
