"""XML of documents, parsed in the sandbox: without document types, and so without entities."""

from __future__ import annotations

import zipfile
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.parsers import expat

_PROLOG = 4096
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
MAX_PART = 256 * 2**20
"""Bytes of one part, unpacked."""


def parsed(data: bytes) -> Element:
    """The root of a document.

    Raises:
        ValueError: it declares a document type, or is no XML.
    """
    if b"<!DOCTYPE" in data.replace(b"\0", b""):
        raise ValueError("it declares a document type, which Office files never do")
    try:
        return ET.fromstring(data)  # noqa: S314  (nothing can be declared any more)
    except ET.ParseError as error:
        raise ValueError(f"it is no XML ({error})") from error


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member of an archive; no bytes where there is none.

    Raises:
        ValueError: it is too large.
    """
    try:
        with archive.open(name) as file:
            data = file.read(MAX_PART + 1)
    except KeyError:
        return b""
    if len(data) > MAX_PART:
        raise ValueError(f"{name} unpacks to more than {MAX_PART // 2**20} MiB")
    return data


class _Root(Exception):
    """The root element begins: nothing can be declared any more."""


def declares_entities(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether a member is XML with entities of its own, which Office files never have and bombs are made of."""
    parser = expat.ParserCreate()
    found: list[bool] = []

    def declared(*_: object) -> None:
        found.append(True)

    def began(*_: object) -> None:
        raise _Root

    parser.EntityDeclHandler, parser.StartElementHandler = declared, began
    try:
        with archive.open(info) as file:
            while not found and (chunk := file.read(_PROLOG)):
                if file.tell() == len(chunk) and not chunk.lstrip(_BEFORE_XML).startswith(b"<"):
                    return False
                parser.Parse(chunk)
    except (_Root, expat.ExpatError):
        pass
    return bool(found)


def local(element: Element) -> str:
    """Its name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str, default: str = "") -> str:
    """An attribute by its name without its namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), default)
