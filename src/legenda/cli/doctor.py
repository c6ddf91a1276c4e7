"""`legenda doctor`: what is there, what is used, what is missing and how to get it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from legenda.errors import ExitCode, MissingComponentError
from legenda.pipeline.process import cores
from legenda.runtime import processor

State = Literal["ok", "missing", "optional"]
_LIBRARIES = ("numpy", "opencv-python-headless", "onnxruntime", "onnx", "pillow", "pillow-heif", "pypdfium2", "pikepdf")
# what the runtimes have code paths for
_FEATURES = (
    "avx2",
    "avx512f",
    "avx512_vnni",
    "avx512_bf16",
    "avx_vnni",
    "amx_bf16",
    "amx_int8",
    "asimd",
    "bf16",
    "i8mm",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        part: what was looked at.
        state: `ok`, `missing` (reading needs it) or `optional` (not there, and reading works without).
        detail: version, path or value.
        remedy: how to get it, where it is not there.
    """

    part: str
    state: State
    detail: str
    remedy: str = ""


def show(*, as_json: bool) -> ExitCode:
    """Print all findings; MISSING if reading cannot work."""
    findings = [*_machine(), _sandbox(), *_office(), *_libraries(), *_weights(), *_engines(), *_notation(), *_packs()]
    if as_json:
        from legenda.document.jsonio import dumps

        sys.stdout.write(dumps([asdict(finding) for finding in findings], indent=2) + "\n")
    else:
        _print(findings)
    return ExitCode.MISSING if any(finding.state == "missing" for finding in findings) else ExitCode.OK


def _print(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("part", "state", "detail", "how to get it"):
        table.add_column(heading, overflow="fold")
    colours = {"ok": "green", "missing": "bold red", "optional": "yellow"}
    for x in findings:
        table.add_row(Text(x.part), Text(x.state, colours[x.state]), Text(x.detail), Text(x.remedy))
    Console().print(table)


def _machine() -> Iterator[Finding]:
    yield Finding("legenda", "ok", f"{version('legenda')} in {Path(__file__).parents[1]}")
    yield Finding("python", "ok", f"{platform.python_version()}, {platform.system()} {platform.machine()}")
    model = processor.facts().get("model name") or platform.processor() or platform.machine()
    found = processor.features()
    known = " ".join(name for name in _FEATURES if name in found)
    yield Finding("processor", "ok", f"{model}; {known or 'no features known'}")
    yield Finding("threads", "ok", f"{cores()} of {os.cpu_count()} cores usable, a page on each")
    if memory := _memory():
        yield Finding("memory", "ok", f"{memory / 2**30:.1f} GiB")


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return 0


def _sandbox() -> Finding:
    from legenda.sandbox import confinement, launch

    alone = "limits and system call filter" if confinement.clone_number() else "limits"
    if not (why := launch.obstacle()):
        return Finding("sandbox", "ok", f"bubblewrap without network, {alone}")
    if not sys.platform.startswith("linux"):
        return Finding("sandbox", "optional", f"{alone}; bubblewrap is for Linux")
    remedies = {launch.NOT_INSTALLED: "apt install bubblewrap", "bwrap": "allow this user namespaces of its own"}
    return Finding("sandbox", "optional", f"{alone}; bubblewrap: {why}", remedies.get(why.partition(":")[0], ""))


def _office() -> Iterator[Finding]:
    from legenda.sandbox import landlock, launch
    from legenda.sources import libreoffice

    remedy = libreoffice.missing("", "").remedy
    if not (program := libreoffice.installed()):
        yield Finding("office", "optional", "LibreOffice is not installed; office files are read as bare text", remedy)
    elif not launch.obstacle():
        yield Finding("office", "ok", f"{program}, under bubblewrap")
    elif landlock.version():
        yield Finding("office", "ok", f"{program}, confined by Landlock and system call filter")
    else:
        yield Finding("office", "optional", f"{program}; not used, since it cannot be confined here", remedy)
    found = _version("msoffcrypto-tool")
    remedy = "" if found else "pip install 'legenda[office]'"
    yield Finding("office passwords", "ok" if found else "optional", found, remedy)


def _libraries() -> Iterator[Finding]:
    for name in _LIBRARIES:
        found = _version(name)
        yield Finding(name, "ok" if found else "missing", found, "" if found else f"pip install {name}")


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _weights() -> Iterator[Finding]:
    try:
        from legenda.engines.ppocr.weights import MANIFEST, PACKAGE, cache_folder, model_bytes
        from legenda.runtime.session import backend

        for name in MANIFEST:
            model_bytes(name)
        yield Finding(
            "weights", "ok", f"PP-OCRv6 of {PACKAGE} {_version(PACKAGE)}, sha256 right; kept in {cache_folder()}"
        )
        yield Finding("runtime", "ok", backend())
    except MissingComponentError as error:
        yield Finding("weights", "missing", error.what, error.remedy)
    except ImportError as error:
        yield Finding("weights", "missing", str(error), "pip install --force-reinstall legenda")
    found = _version("openvino")
    gain = "halves the time on this processor: " if processor.has_bf16() else "no gain on this processor; "
    yield Finding(
        "openvino", "ok" if found else "optional", found, "" if found else f"{gain}pip install 'legenda[openvino]'"
    )


def _engines() -> Iterator[Finding]:
    from legenda.engines.registry import available

    for name, found in available(load=True).items():
        absent: State = "missing" if name == "cpu" else "optional"
        yield Finding(f"engine {name}", absent if found.problem else "ok", found.distribution, found.problem)


def _notation() -> Iterator[Finding]:
    from legenda.notation.formula.weights import SHA256, weight
    from legenda.notation.molecule import osra

    try:
        for name in SHA256:
            weight(name)
        yield Finding("formulas", "ok", "pix2tex, sha256 right")
    except MissingComponentError as error:
        yield Finding("formulas", "optional", error.what, error.remedy)
    program = osra.installed()
    remedy = "" if program else osra.missing().remedy
    readers = f"our own reader and {program}" if program else "our own reader alone, OSRA is not installed"
    yield Finding("molecules", "ok" if program else "optional", readers, remedy)
    found = _version("rdkit")
    remedy = "" if found else "molecules that are read cannot be checked; pip install 'legenda[chemistry]'"
    yield Finding("rdkit", "ok" if found else "optional", found, remedy)


def _packs() -> Iterator[Finding]:
    from legenda.cli.languages import installed_packs

    packs = sorted(installed_packs())
    detail = f"{len(packs)}: {' '.join(packs)}" if packs else "none: only what the cpu engine reads"
    yield Finding("language packs", "ok" if packs else "optional", detail, "" if packs else "apt install tesseract-ocr")
    if packs and "osd" not in packs:
        yield Finding("script detection", "optional", "the pack osd is not there", "apt install tesseract-ocr-osd")
    if packs:
        yield Finding("more languages", "ok", "legenda languages lists them with the command that installs each")
