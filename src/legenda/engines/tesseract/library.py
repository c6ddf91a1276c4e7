"""tesserocr, Tesseract's data folder and the packs in it."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from legenda.errors import EngineError, MissingComponentError

API = Any  # tesserocr.PyTessBaseAPI; the module has no type stubs

# Debian and Ubuntu, older ones, Arch, Fedora, built from source, Homebrew, MacPorts
FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "/opt/local/share/tessdata",
)
# one thread: parallel is over pages. Read by OpenMP when the library is loaded, and of no use to anyone after that
_ONE_THREAD = {"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}


@cache
def tesserocr() -> ModuleType:
    """The module, loaded with one thread.

    Raises:
        MissingComponentError: it is not installed.
    """
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(_ONE_THREAD)
    try:
        import tesserocr as module
    except ImportError as error:
        raise MissingComponentError(
            "the engine 'tesseract' needs tesserocr", str(error), "pip install 'legenda[tesseract]'"
        ) from error
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    module.set_leptonica_log_level(module.LeptLogLevel.NONE)
    return module  # type: ignore[no-any-return]


def folder() -> Path:
    """Tesseract's data folder: `TESSDATA_PREFIX` or the usual places.

    Raises:
        MissingComponentError: none of them holds a pack.
    """
    if prefix := os.environ.get("TESSDATA_PREFIX"):
        places = [Path(prefix), Path(prefix) / "tessdata"]
    else:
        places = [Path(place) for place in FOLDERS]
    for place in places:
        if any(place.glob("*.traineddata")):
            return place
    raise MissingComponentError(
        "Tesseract's language packs were not found",
        f"there is no *.traineddata in {', '.join(map(str, places))}",
        "apt install tesseract-ocr (Debian, Ubuntu), dnf install tesseract (Fedora) or brew install tesseract-lang, "
        "or set TESSDATA_PREFIX to the folder that holds them",
    )


def installed() -> frozenset[str]:
    """Names of the packs in the data folder as `pack_named` takes them: `eng`, `Arabic` or `script/Arabic`, `osd`."""
    place = folder()
    found = [*place.glob("*.traineddata"), *place.glob("script/*.traineddata")]
    return frozenset(path.relative_to(place).with_suffix("").as_posix() for path in found)


def pack_named(name: str) -> str:
    """The installed pack of this name, or empty.

    Script packs lie in a folder `script` upstream and beside the others in Debian: `script/Arabic` finds both.
    """
    packs = installed()
    bare = name.removeprefix("script/")
    return next((x for x in (name, bare, f"script/{bare}") if x in packs), "")


def started(packs: str) -> API:
    """A new API object with packs loaded (`rus+eng`); empty packs serve for layout analysis only.

    Raises:
        EngineError: a pack is damaged.
    """
    lib = tesserocr()
    if not packs:
        api = lib.PyTessBaseAPI(init=False)
        api.InitForAnalysePage()
    else:
        try:
            api = lib.PyTessBaseAPI(path=f"{folder()}/", lang=packs, psm=lib.PSM.AUTO)
        except RuntimeError as error:
            raise EngineError(
                f"Tesseract cannot load {packs}", str(error), f"install the pack again; it lies in {folder()}"
            ) from error
    api.SetVariable("debug_file", os.devnull)  # it writes guesses about the resolution to standard error
    return api
