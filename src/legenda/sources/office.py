"""Opens office files: LibreOffice makes a PDF, which is read as PDFs are; without it their text is taken out.

What the file is, its password and its encoding are looked after in the sandbox first (`office_files`).
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import Any, NamedTuple

from legenda.errors import EmptySourceError, LimitError, MissingComponentError, ParserCrashError, SourceError
from legenda.options import Limits
from legenda.sandbox.descriptors import open_target
from legenda.sandbox.process import Child
from legenda.sources import conversions, libreoffice
from legenda.sources.source import Source


class _Prepared(NamedTuple):
    """What it is, what is to be read, what parts the fields of a table, the notes of each slide, the formulas."""

    format: str
    descriptor: int
    delimiter: str
    notes: list[Any]
    formulas: list[Any]


def opened_office(descriptor: int, format: str, *, name: str, password: str | None, limits: Limits) -> Source | None:
    """Open an office file; `None` if it is an archive after all, and then the descriptor stays open.

    Args:
        descriptor: closed with the source, or if it cannot be opened.
        format: as sniffed: `zip` or one of `sniff.OFFICE`.
        name: for messages.
        password: opens what is encrypted.
        limits: caps.

    Raises:
        LegendaError: see `office_files.prepare`, `libreoffice.converted` and `open_source`.
    """
    try:
        key = conversions.key_of(descriptor, password) if format != "zip" else b""  # an archive, most likely
        known = conversions.made(key) if key else None
        prepared = None if known else _prepare(descriptor, format, name, password, limits)
    except BaseException:
        os.close(descriptor)
        raise
    if prepared is None:
        os.close(descriptor)
        assert known is not None  # noqa: S101  (one or the other)
        return _source(known, name, limits)
    if prepared.format == "zip":
        return None
    try:
        return _opened(prepared, key, name, limits)
    finally:
        os.close(descriptor)
        if prepared.descriptor != descriptor:
            os.close(prepared.descriptor)


def _prepare(descriptor: int, format: str, name: str, password: str | None, limits: Limits) -> _Prepared:
    target = open_target()
    try:
        with Child(descriptor, target, limits=limits, name=name) as child:
            args = {"name": name, "format": format, "password": password, "bytes": limits.bytes}
            told = child.call("legenda.sources.office_files:prepare", args, seconds=limits.open_seconds).args
        found, delimiter = str(told.get("format")), str(told.get("delimiter") or ",")
        if found != "zip" and (found not in libreoffice.FILTERS or len(delimiter) != 1):
            raise ParserCrashError(f"{name} was not read", f"its parser calls it {found!r}")
    except BaseException:
        os.close(target)
        raise
    given = told.get("notes")
    notes = [{"notes": some} if some else {} for some in given] if isinstance(given, list) else []
    formulas = told["formulas"] if isinstance(told.get("formulas"), list) else []
    if told.get("written"):
        return _Prepared(found, target, delimiter, notes, formulas)
    os.close(target)
    return _Prepared(found, descriptor, delimiter, notes, formulas)


def _opened(prepared: _Prepared, key: bytes, name: str, limits: Limits) -> Source:
    try:
        made = _converted(prepared, name, limits)
    except MissingComponentError:
        from legenda.sources.office_source import FORMATS, TextSource

        if prepared.format not in FORMATS:
            raise
        copy = os.dup(prepared.descriptor)
        return TextSource(copy, prepared.format, name=name, limits=limits, delimiter=prepared.delimiter)
    if key:
        conversions.keep(key, made, prepared.format)
    return _source(conversions.Made(made, prepared.format), name, limits)


def _source(made: conversions.Made, name: str, limits: Limits) -> Source:
    source = Source(made.descriptor, name=name, password=None, limits=limits)
    source.format = made.format
    source.metadata.pop("producer", None)  # LibreOffice made the PDF, and nobody asked for that
    source.metadata.pop("creator", None)
    return source


class _Conversions:
    """One after another, all of them in the time of one."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name, self._limits = name, limits
        self._until = time.monotonic() + limits.open_seconds + limits.page_seconds

    def __call__(self, descriptor: int, format: str, delimiter: str = ",", *, to: str = "pdf") -> int:
        limits = replace(self._limits, open_seconds=max(1.0, self._until - time.monotonic()), page_seconds=0.0)
        return libreoffice.converted(descriptor, format, name=self._name, limits=limits, delimiter=delimiter, to=to)


def _converted(prepared: _Prepared, name: str, limits: Limits) -> int:
    convert, notes = _Conversions(name, limits), prepared.notes
    if prepared.format == "ppt":  # only LibreOffice knows where the notes are in these
        slides = convert(prepared.descriptor, "ppt", to="odp")
        try:
            notes = _prepare(slides, "odp", name, None, limits).notes
            made = convert(slides, "odp")
        finally:
            os.close(slides)
        return _with({"about": notes}, made, name, limits) if any(notes) else made
    if prepared.format not in libreoffice.SHEETS:
        made = convert(prepared.descriptor, prepared.format)
        more = {"about": notes} if any(notes) else {"formulas": prepared.formulas} if prepared.formulas else {}
        return _with(more, made, name, limits) if more else made
    sheets = convert(prepared.descriptor, prepared.format, prepared.delimiter, to="ods")
    try:
        unfolded, about = _unfolded(sheets, prepared.format != "csv", name, limits)
    finally:
        os.close(sheets)
    try:
        made = convert(unfolded, "ods")
    finally:
        os.close(unfolded)
    return _with({"about": about}, made, name, limits) if about else made


def _unfolded(sheets: int, named: bool, name: str, limits: Limits) -> tuple[int, list[Any]]:
    """All of a spreadsheet shown, and what is in it; as it is where that takes too much."""
    target = open_target()
    try:
        with Child(sheets, target, limits=limits, name=name) as child:
            told = child.call("legenda.sources.office_sheets:unfold", {"named": named}, seconds=limits.open_seconds)
        about = told.args.get("sheets")
        return target, about if isinstance(about, list) else []
    except EmptySourceError:
        os.close(target)
        raise
    except (LimitError, SourceError):
        os.close(target)
        return os.dup(sheets), []


def _with(about: dict[str, Any], made: int, name: str, limits: Limits) -> int:
    """The PDF with what it does not say itself; without, where that takes too much."""
    target = open_target()
    try:
        with Child(made, target, limits=limits, name=name) as child:
            child.call("legenda.sources.office_notes:attach", about, seconds=limits.open_seconds)
    except (LimitError, SourceError):
        os.close(target)
        return made
    os.close(made)
    return target
