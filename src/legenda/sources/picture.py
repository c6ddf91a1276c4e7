"""Decodes pictures with Pillow. Runs in the child only.

A picture is never decoded before its header was held against the limits, and leaves the child reduced to
`raster_pixels`. Big ones are converted strip by strip, since Pillow keeps four bytes per pixel of RGB.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageFile

from legenda.errors import CorruptSourceError, EmptySourceError, LegendaError, TooLargeError
from legenda.sandbox.jobs import Answer, Task
from legenda.sources.pixels import flat

_PLUGINS = {
    "png": "PngImagePlugin:PngImageFile",
    "jpeg": "JpegImagePlugin:JpegImageFile",
    "gif": "GifImagePlugin:GifImageFile",
    "bmp": "BmpImagePlugin:BmpImageFile",
    "tiff": "TiffImagePlugin:TiffImageFile",
    "webp": "WebPImagePlugin:WebPImageFile",
    "avif": "AvifImagePlugin:AvifImageFile",
    "jpeg2000": "Jpeg2KImagePlugin:Jpeg2KImageFile",
    "ico": "IcoImagePlugin:IcoImageFile",
    "pnm": "PpmImagePlugin:PpmImageFile",
    "heic": "pillow_heif:HeifImageFile",
}
_ORIENTATION = 0x0112
_NEW_SUBFILE_TYPE = 254
_STRIP_PIXELS = 1_000_000
_ANIMATED = frozenset(("gif", "webp", "png"))
_MOST_FRAMES, _MOST_LOOKED_AT = 100, 1_000_000_000
"""Pages of an animation, and pixels of all its frames that are looked at for that."""
_MOST_SIZED = 64
"""Pictures of a file that are looked at for two pages on one; opening a file of more would take too long."""
_SIDE, _NEW = 64, 24
"""Pixels of the side frames are compared at, and by how much one of them has to differ, of 255."""
_DECODER_ERRORS = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError)

Image.MAX_IMAGE_PIXELS = None  # our own check comes first and knows the limits

_opened: dict[str, Any] = {}


def open_file(task: Task) -> Answer:
    """Header of the picture: pages, metadata, and whether it is within the limits."""
    assert task.source is not None  # noqa: S101  (a source is what this job is for)
    _opened.clear()
    _opened.update(task.args, source=task.source)
    picture = _load_header()
    frames = _frames(picture)
    if not frames:
        raise EmptySourceError(f"{task.args['name']} has no picture in it")
    _opened["frames"] = frames
    sizes = (
        []
        if _is_animated(picture) or len(frames) > _MOST_SIZED
        else [_size(number + 1) for number in range(len(frames))]
    )
    return Answer({"pages": len(frames), "metadata": _metadata(picture), "sizes": sizes})


def page(task: Task) -> Answer:
    """Size of one page after EXIF rotation, and its dpi."""
    picture = _load_header(task.args["number"])
    width, height = _upright(picture.size, _orientation(picture))
    left, last = _opened.get("left_out", 0), len(_opened["frames"])
    problem = f"{left} frames after this one were not looked at." if left and task.args["number"] == last else ""
    return Answer({"width": width, "height": height, "dpi": _dpi(picture), "problem": problem})


def raster(task: Task) -> Answer:
    """Pixels of one page, or of a part of it."""
    picture = _load_header(task.args["number"])
    full = _upright(picture.size, _orientation(picture))
    picture.draft(None, _reduced(picture.size))  # JPEG: decode at 1/2, 1/4 or 1/8 where that is enough
    problem = ""
    try:
        picture.load()
    except _DECODER_ERRORS as error:
        picture, problem = _load_what_there_is(task.args["number"], error)
    orientation = _orientation(picture)
    reduced = _rotate(_convert(picture, _reduced(picture.size)), orientation)
    del picture
    scale_x, scale_y = reduced.width / full[0], reduced.height / full[1]
    left = top = 0
    if task.args["box"]:
        reduced, left, top = _cropped(reduced, task.args["box"], scale_x, scale_y)
    size = {"height": reduced.height, "width": reduced.width, "channels": len(reduced.getbands())}
    frame = {"frame": [scale_x, scale_y, left / scale_x, top / scale_y]}
    return Answer(size | frame | {"problem": problem}, [reduced.tobytes()])


def copy(task: Task) -> Answer:
    """A page in grey, so small that its longer side has no more than `task.args["longest"]` pixels."""
    picture = _load_header(task.args["number"])
    factor = min(1.0, task.args["longest"] / max(picture.size))
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    picture.draft("L", size)
    try:
        picture.load()
    except _DECODER_ERRORS as error:
        raise _corrupt(error) from error
    grey = _rotate(_convert(picture, size), _orientation(picture)).convert("L")
    return Answer({"height": grey.height, "width": grey.width}, [grey.tobytes()])


def _size(number: int) -> tuple[int, int]:
    """Width and height of a page, upright; nothing where it cannot be decoded."""
    try:
        picture = _load_header(number)
    except LegendaError:
        return 0, 0
    return _upright(picture.size, _orientation(picture))


def _load_header(number: int = 1) -> Image.Image:
    """Open anew, so that nothing of the last page stays in memory, and go to a page."""
    from importlib import import_module

    name = _opened["name"]
    module, _, plugin = _PLUGINS[_opened["format"]].partition(":")
    opener: Callable[..., Image.Image] = getattr(import_module(_module(module)), plugin)
    try:
        picture = opener(_File(_opened["source"]), "")
        if number > 1 or len(_opened.get("frames", ())) > 1:
            picture.seek(_opened["frames"][number - 1])
    except (*_DECODER_ERRORS, EOFError) as error:
        raise _corrupt(error) from error
    pixels = picture.width * picture.height
    if pixels > _opened["pixels"]:
        size = f"it has {picture.width} x {picture.height} pixels; {_opened['pixels']:,} are allowed"
        raise TooLargeError(f"{name} is too large", size, "make it smaller, or raise the limit")
    if not pixels:
        raise EmptySourceError(f"{name} has no pixels")
    return picture


def _module(name: str) -> str:
    return name if name == "pillow_heif" else f"PIL.{name}"


class _File(io.RawIOBase):
    """The input; each picture has its own position. Not mapped: its bytes would count as memory of the child."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._at, self._size = descriptor, 0, os.fstat(descriptor).st_size

    def fileno(self) -> int:
        return self._descriptor  # libtiff maps the file itself, where it would else be copied

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._size - self._at)
        size = left if size is None or size < 0 else min(size, left)
        part = os.pread(self._descriptor, size, self._at)
        self._at += len(part)
        return part

    def readall(self) -> bytes:
        return self.read()

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at


def _frames(picture: Image.Image) -> list[int]:
    """Frames that are pages: of an animation those that show something new, of a TIFF all but thumbnails."""
    if _is_animated(picture):
        return _changing(picture)
    if _opened["format"] != "tiff":
        return [0]
    pages: list[int] = []
    reduced: list[int] = []
    for index in range(_opened["pages"] + 1):
        try:
            picture.seek(index)
            kind = getattr(picture, "tag_v2", {}).get(_NEW_SUBFILE_TYPE, 0)
        except EOFError:
            break
        except (*_DECODER_ERRORS,):  # the chain of directories breaks here; what came before is good
            break
        (reduced if isinstance(kind, int) and kind & 0b101 else pages).append(index)
    return pages or reduced


def _is_animated(picture: Image.Image) -> bool:
    return getattr(picture, "is_animated", False) and _opened["format"] in _ANIMATED


def _changing(picture: Image.Image) -> list[int]:
    """Frames that differ from the last one before that did; `left_out` is set where not all were looked at.

    Raises:
        TooLargeError: there are more frames than pages are allowed.
    """
    name, pixels = _opened["name"], picture.width * picture.height
    count = int(getattr(picture, "n_frames", 1))
    if count > _opened["pages"]:
        raise TooLargeError(f"{name} is too large", f"it has {count} frames; {_opened['pages']} are allowed", "cut it")
    frames: list[int] = []
    before: bytes | None = None
    for index in range(count):
        if len(frames) == _MOST_FRAMES or index * pixels > _MOST_LOOKED_AT:
            _opened["left_out"] = count - index
            break
        try:
            picture.seek(index)
            shown = picture.convert("RGB").convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX).tobytes()
        except (*_DECODER_ERRORS, EOFError):  # what came before is good
            break
        if before is None or max(abs(a - b) for a, b in zip(before, shown, strict=True)) > _NEW:
            frames.append(index)
            before = shown
    return frames or [0]


def _metadata(picture: Image.Image) -> dict[str, str]:
    found = {}
    for ours, theirs in (("title", "Title"), ("author", "Author"), ("creator", "Software"), ("subject", "Description")):
        value = picture.info.get(theirs)
        if isinstance(value, str) and value.strip():
            found[ours] = value.strip()
    return found


def _orientation(picture: Image.Image) -> int:
    if _opened["format"] == "tiff":
        return 1  # Pillow turns these itself, and says the turned size from the start
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # EXIF is somebody else's format, and often broken
        return 1
    return value if value in range(1, 9) else 1


def _upright(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return (size[1], size[0]) if orientation >= 5 else size


def _rotate(picture: Image.Image, orientation: int) -> Image.Image:
    if orientation == 1:
        return picture
    from PIL import ImageOps  # few pictures are turned

    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    picture.info["exif"] = exif.tobytes()
    return ImageOps.exif_transpose(picture)


def _dpi(picture: Image.Image) -> float | None:
    try:
        dpi = float(picture.info["dpi"][0])
    except (KeyError, IndexError, TypeError, ValueError, ArithmeticError):
        return None
    return round(dpi, 2) if 10 < dpi < 5000 else None


def _reduced(size: tuple[int, int]) -> tuple[int, int]:
    """Largest size of the same shape within `raster_pixels`."""
    factor = min(1.0, math.sqrt(_opened["raster_pixels"] / (size[0] * size[1])))
    return max(1, int(size[0] * factor)), max(1, int(size[1] * factor))


def _convert(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Grey or RGB over white, at `size`, strip by strip."""
    convert = flat(picture)
    rows = max(1, _STRIP_PIXELS // picture.width)
    if picture.height <= rows and picture.size == size:
        return convert(picture)
    done: Image.Image | None = None
    ratio = picture.height / size[1]
    step = max(1, int(rows / ratio))
    for top in range(0, size[1], step):
        bottom = min(top + step, size[1])
        first, last = int(top * ratio), min(picture.height, math.ceil(bottom * ratio))
        strip = convert(picture.crop((0, first, picture.width, last)))
        if (strip.width, strip.height) != (size[0], bottom - top):
            box = (0, top * ratio - first, picture.width, min(bottom * ratio, picture.height) - first)
            strip = strip.resize((size[0], bottom - top), Image.Resampling.BOX, box)
        done = done or Image.new(strip.mode, size)
        done.paste(strip, (0, top))
    assert done is not None  # noqa: S101  (a picture has at least one row)
    return done


def _cropped(picture: Image.Image, box: list[float], scale_x: float, scale_y: float) -> tuple[Image.Image, int, int]:
    left, top = max(0, int(box[0] * scale_x)), max(0, int(box[1] * scale_y))
    right, bottom = math.ceil(box[2] * scale_x), math.ceil(box[3] * scale_y)
    left, top = min(left, picture.width - 1), min(top, picture.height - 1)
    right, bottom = min(max(right, left + 1), picture.width), min(max(bottom, top + 1), picture.height)
    return picture.crop((left, top, right, bottom)), left, top


def _load_what_there_is(number: int, cause: Exception) -> tuple[Image.Image, str]:
    """Decode a damaged picture as far as it goes.

    Raises:
        CorruptSourceError: nothing of it can be seen.
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        picture = _load_header(number)
        picture.draft(None, _reduced(picture.size))
        picture.load()
        small = picture.resize((min(picture.width, 512), min(picture.height, 512)), Image.Resampling.NEAREST)
        extremes = flat(small)(small).convert("L").getextrema()
    except (*_DECODER_ERRORS, EOFError, MemoryError):
        raise _corrupt(cause) from cause
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    if extremes[0] == extremes[1]:
        raise _corrupt(cause)
    return picture, f"the picture is damaged ({str(cause)[:100]}); what could be decoded was read"


def _corrupt(error: Exception) -> CorruptSourceError:
    why = f"its {_opened['format'].upper()} data cannot be decoded ({str(error)[:200]})"
    return CorruptSourceError(f"{_opened['name']} is damaged", why, "save, scan or send it again")
