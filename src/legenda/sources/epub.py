"""Books (EPUB 3.3) as one HTML, in the sandbox: the chapters in the order of the spine."""

from __future__ import annotations

import posixpath
import zipfile
from urllib.parse import unquote

from legenda.sources import plain
from legenda.sources.html_clean import cleaned
from legenda.sources.xml_parts import attribute, local, parsed, part

_BODY_START, _BODY_END = "<body", "</body"
_MOST_CHARACTERS = 50_000_000


def joined(archive: zipfile.ZipFile) -> bytes:
    """All chapters.

    Raises:
        ValueError: it is no book, or too long.
    """
    container = parsed(part(archive, "META-INF/container.xml"))
    package = next((attribute(e, "full-path") for e in container.iter() if local(e) == "rootfile"), "")
    root = parsed(part(archive, package))
    items = {attribute(e, "id"): attribute(e, "href") for e in root.iter() if local(e) == "item"}
    chapters = [items.get(attribute(e, "idref"), "") for e in root.iter() if local(e) == "itemref"]
    bodies, size = [], 0
    for chapter in filter(None, chapters):
        name = posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(chapter)))
        body = _body(plain.decoded(part(archive, name)))
        size += len(body)
        if size > _MOST_CHARACTERS:
            raise ValueError(f"more than {_MOST_CHARACTERS:,} characters")
        bodies.append(body)
    return cleaned("<hr>".join(bodies)).encode("ascii", "xmlcharrefreplace")


def _body(text: str) -> str:
    start = text.find(_BODY_START)
    start = text.find(">", start) + 1 if start >= 0 else 0
    end = text.rfind(_BODY_END)
    return text[start : end if end >= start else None]
