"""Makes a PDF one that archives keep: PDF/A-2b (ISO 19005-2). Runs in the sandbox.

What a reader would do by itself (scripts, actions, attachments, media) is taken out; colours get an sRGB output intent;
metadata say what the file is. What cannot be mended without changing how pages look is told.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from legenda.errors import OutputError

_MEDIA = frozenset(("/3D", "/Sound", "/Screen", "/Movie", "/RichMedia", "/FileAttachment", "/TrapNet"))
_ACTIONS = frozenset(("/GoTo", "/GoToR", "/URI", "/Named", "/SubmitForm", "/Thread"))
_SIMPLE_FONTS = frozenset(("/Type1", "/MMType1", "/TrueType", "/CIDFontType0", "/CIDFontType2"))
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_HIDDEN, _PRINT = 0b1_0010_0011, 0b100  # annotation flags: what hides one, and that it is printed


def archival(pdf: pikepdf.Pdf) -> bool:
    """Change a PDF, before it is saved with `force_version="1.7"`, into PDF/A-2b.

    Returns:
        Whether it is now; `False` where it uses fonts it does not hold, or colours meant for certain inks.

    Raises:
        OutputError: it is encrypted.
    """
    if pdf.is_encrypted:
        why = "the PDF is encrypted, which archives do not allow"
        raise OutputError("No PDF/A can be written", why, "ask for pdf, which keeps it as it is")
    _quiet(pdf)
    for thing in _reachable(pdf.Root):
        _mend(thing)
        if _hinders(thing):
            return False
    if any(_has_inks(page) for page in pdf.pages):
        return False
    profile = pdf.make_indirect(Stream(pdf, _srgb(), N=3))
    intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFA1, DestOutputProfile=profile)
    intent.OutputConditionIdentifier = intent.Info = String("sRGB IEC61966-2.1")
    pdf.Root.OutputIntents = Array([intent])
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as about:
        about.load_from_docinfo(pdf.docinfo)
        about["pdfaid:part"], about["pdfaid:conformance"] = "2", "B"
    return True


def _srgb() -> bytes:
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[8:12] = b"\x04\x20\x00\x00"  # 4.2, the newest PDF/A-2 knows; of such a profile 4.4 says nothing else
    profile[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)  # always the same bytes
    profile[84:100] = bytes(16)  # its checksum, which may be left out
    return bytes(profile)


def _quiet(pdf: pikepdf.Pdf) -> None:
    """Take out what would act, and what is in the file besides its pages."""
    root = pdf.Root
    # metadata are made anew, since those there may use schemas they do not describe
    for key in ("/AA", "/AF", "/Collection", "/Requirements", "/Version", "/NeedsRendering", "/Metadata"):
        _drop(root, key)
    if isinstance(root.get("/OpenAction"), Dictionary) and str(root.OpenAction.get("/S")) not in _ACTIONS:
        _drop(root, "/OpenAction")
    for key in ("/JavaScript", "/EmbeddedFiles", "/AlternatePresentations", "/Renditions"):
        _drop(root.get("/Names"), key)
    for key in ("/XFA", "/NeedAppearances"):
        _drop(root.get("/AcroForm"), key)
    layers = root.get("/OCProperties")
    if isinstance(layers, Dictionary):
        for number, configuration in enumerate([layers.get("/D"), *_items(layers.get("/Configs"))]):
            if isinstance(configuration, Dictionary):
                configuration.Name = String(f"Layers {number}")
                _drop(configuration, "/AS")
                _drop(configuration, "/Order")
    for page in pdf.pages:
        _drop(page.obj, "/AA")
        _drop(page.obj, "/PresSteps")
        if kept := [note for note in _items(page.obj.get("/Annots")) if _stays(note)]:
            page.obj.Annots = Array(kept)
        else:
            _drop(page.obj, "/Annots")


def _stays(note: Any) -> bool:
    """Whether an annotation may stay; what it does besides is taken from it."""
    if not isinstance(note, Dictionary):
        return False
    kind = str(note.get("/Subtype"))
    appears = isinstance(note.get("/AP"), Dictionary) and "/N" in note.AP
    if kind in _MEDIA or not (appears or kind in ("/Link", "/Popup")):
        return False
    _drop(note, "/AA")
    if kind == "/Widget":
        _drop(note, "/A")
    if appears:
        note.AP = Dictionary(N=note.AP.N)
    flags = note.get("/F", 0)
    note.F = (int(flags) if isinstance(flags, int) else 0) & ~_HIDDEN | _PRINT
    return True


def _mend(thing: Any) -> None:
    """What may be left out of an object without a change to how it looks."""
    if isinstance(thing, Stream) and "/LZWDecode" in map(str, [thing.get("/Filter"), *_items(thing.get("/Filter"))]):
        thing.write(thing.read_bytes())
    if thing.get("/Subtype") == Name.Image:
        for key in ("/Interpolate", "/Alternates", "/OPI"):
            _drop(thing, key)
    for key in ("/TR", "/TR2", "/HTP"):
        _drop(thing if thing.get("/Type") == Name.ExtGState or "/TR" in thing else None, key)
    action = thing.get("/A")
    if isinstance(action, Dictionary) and "/S" in action and str(action.S) not in _ACTIONS:
        _drop(thing, "/A")
    _drop(thing if "/FT" in thing else None, "/AA")
    _drop(thing, "/Metadata")


def _hinders(thing: Any) -> bool:
    """Whether an object is none that PDF/A knows: a font not in the file, inks, PostScript, parts in other files."""
    kind = str(thing.get("/Subtype"))
    if str(thing.get("/Type")) == "/Font" and kind in _SIMPLE_FONTS:
        described = thing.get("/FontDescriptor")
        if not (isinstance(described, Dictionary) and any(file in described for file in _FONT_FILES)):
            return True
    if any(str(value) == "/DeviceCMYK" for value in _names(thing)):
        return True
    return isinstance(thing, Stream) and ("/F" in thing or kind == "/PS" or (kind == "/Form" and _has_inks(thing)))


def _has_inks(content: Any) -> bool:
    """Whether a content stream sets colours in CMYK itself, or cannot be parsed."""
    try:
        return bool(pikepdf.parse_content_stream(content, operators="k K"))
    except (pikepdf.PdfError, TypeError):
        return True


def _names(thing: Any) -> Iterator[Any]:
    """Names an object holds, also in arrays within it."""
    pending = [value for _, value in thing.items()]
    while pending:
        value = pending.pop()
        if isinstance(value, Name):
            yield value
        elif isinstance(value, Array):
            pending += list(value)


def _reachable(root: Any) -> Iterator[Any]:
    """Every dictionary and stream that can be reached, each once."""
    seen: set[tuple[int, int]] = set()
    pending = [root]
    while pending:
        thing = pending.pop()
        if not isinstance(thing, (Dictionary, Stream, Array)):
            continue
        if thing.is_indirect:
            if thing.objgen in seen:
                continue
            seen.add(thing.objgen)
        if not isinstance(thing, Array):
            yield thing
        pending += list(thing) if isinstance(thing, Array) else [value for _, value in thing.items()]


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Array) else []


def _drop(thing: Any, key: str) -> None:
    if isinstance(thing, (Dictionary, Stream)) and key in thing:
        del thing[key]
