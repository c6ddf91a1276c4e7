"""Pictures as PDF image objects: the file's own compressed bytes wherever PDF knows them, else repacked.

JPEG and JPEG 2000 go in byte for byte; PNG keeps its compressed rows unless it is interlaced or transparent; black and
white becomes CCITT G4; what other lossy codecs held (HEIC, AVIF, WEBP, JPEG in TIFF) becomes JPEG, all else Flate.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageFile, ImageOps, TiffImagePlugin

from legenda.errors import CorruptSourceError
from legenda.sources.pixels import flat

Matrix = tuple[float, float, float, float, float, float]

_JPEG_QUALITY = 88
_A4_LONG_SIDE = 841.89
_MOST_POINTS = 14_400.0
_SCREEN_DPI = 96.0
_CREDIBLE_DPI = (97.0, 4800.0)  # up to 96, files state what software put there without a scanner behind it
_ICC_SHARE = 0.02  # a colour profile may add this much to a picture
_ORIENTATION = 0x112
_NEW_SUBFILE_TYPE = 254
_GREY_OR_COLOUR = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}


class Picture(NamedTuple):
    """A picture for a page.

    Attributes:
        image: its image object.
        size: of the page, points.
        matrix: fills the page with it.
        pixels: width and height, upright.
    """

    image: Stream
    size: tuple[float, float]
    matrix: Matrix
    pixels: tuple[int, int]


class Pictures:
    """The pictures of one file, embedded into one PDF.

    Args:
        pdf: takes them.
        source: the file.
        archival: only as PDF/A-2b allows: no inks, no JPEG 2000.

    Raises:
        CorruptSourceError: the file is no picture that can be decoded.
    """

    def __init__(self, pdf: pikepdf.Pdf, source: BinaryIO, *, archival: bool = False) -> None:
        import pillow_heif

        pillow_heif.register_heif_opener()
        Image.MAX_IMAGE_PIXELS = None  # sources has measured the picture against the limits before
        ImageFile.LOAD_TRUNCATED_IMAGES = True  # what could be read can be shown
        self._pdf = pdf
        self._source = source
        self._archival = archival
        try:
            self._image = Image.open(source)
        except (OSError, ValueError, SyntaxError) as error:
            raise CorruptSourceError("The picture cannot be decoded", str(error)) from error
        self._frames = list(_pages(self._image))

    def embed(self, number: int) -> Picture:
        """Embed the picture that is page `number` (1-based)."""
        if number > len(self._frames):
            raise CorruptSourceError(f"The file has no picture {number}", f"only {len(self._frames)} were found")
        frame = self._frames[number - 1]
        try:
            self._image.seek(frame)
            orientation = self._orientation()
            stream, upright = self._stream(frame)
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise CorruptSourceError(f"Picture {number} of the file cannot be decoded", str(error)) from error
        pixels, dpi = (stream.Width, stream.Height), _resolution(self._image)
        if orientation > 4:
            pixels, dpi = pixels if upright else pixels[::-1], dpi[::-1]
        size = page_size(pixels, dpi)
        matrix = _matrix(1 if upright else orientation, *size)
        return Picture(self._pdf.make_indirect(stream), size, matrix, pixels)

    def _orientation(self) -> int:
        try:
            value = self._image.getexif().get(_ORIENTATION, 1)
        except Exception:  # EXIF is somebody else's format, and often broken
            return 1
        return value if value in range(1, 9) else 1

    def _stream(self, frame: int) -> tuple[Stream, bool]:
        """The image object, and whether it stands upright whatever the EXIF orientation says."""
        image, kind = self._image, self._image.format
        stream = None
        if self._archival and image.mode == "CMYK":
            return self._repacked(ImageOps.exif_transpose(image).convert("RGB")), True
        if frame == 0 and kind in ("JPEG", "MPO"):
            stream = jpeg(self._pdf, self._bytes())
        elif frame == 0 and kind == "JPEG2000" and not self._archival and self._bytes()[4:8] == b"jP  ":
            stream = Stream(self._pdf, self._bytes(), Filter=Name.JPXDecode)
            stream.stream_dict.update(_head(*image.size))
        elif frame == 0 and kind == "PNG":
            stream = png(self._pdf, self._bytes(), image.info.get("icc_profile"))
        if stream is None:
            return self._repacked(_opaque(ImageOps.exif_transpose(image))), True
        return stream, False

    def _bytes(self) -> bytes:
        self._source.seek(0)
        return self._source.read()

    def _repacked(self, image: Image.Image) -> Stream:
        if image.mode == "1":
            return _group4(self._pdf, image)
        icc = image.info.get("icc_profile")
        if image.mode == "CMYK":
            stream = Stream(self._pdf, zlib.compress(image.tobytes(), 6), Filter=Name.FlateDecode)
            stream.stream_dict.update(_head(*image.size) | {"/ColorSpace": Name.DeviceCMYK, "/BitsPerComponent": 8})
            return stream
        packed = io.BytesIO()
        if _was_lossy(self._image):
            image.convert("L" if image.mode == "L" else "RGB").save(
                packed, "JPEG", quality=_JPEG_QUALITY, icc_profile=icc, optimize=True
            )
            stream = jpeg(self._pdf, packed.getvalue())
        else:
            image.save(packed, "PNG")
            stream = png(self._pdf, packed.getvalue(), icc)
        assert stream is not None  # noqa: S101  (both were just written as PDF wants them)
        return stream


def _resolution(image: Image.Image) -> tuple[float, float]:
    """Dots per inch across and down, (0, 0) when not known; tenths, since PNG counts whole dots a metre."""
    try:
        across, down = (round(float(value), 1) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return 0.0, 0.0
    return across, down


def _pages(image: Image.Image) -> Iterator[int]:
    """Frames that are pages: of a TIFF all but thumbnails and masks, of everything else the first."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        yield 0
        return
    for frame in range(image.n_frames):
        image.seek(frame)
        kind = image.tag_v2.get(_NEW_SUBFILE_TYPE, 0)
        if not (isinstance(kind, int) and kind & 0b101):
            yield frame


def page_size(pixels: tuple[int, int], dpi: tuple[float, float]) -> tuple[float, float]:
    """Size of a page in points for a picture.

    Where the file states a credible resolution, it counts. Otherwise the picture gets 96 dpi, as on a screen, but is
    not made larger than fits an A4 page.
    """
    low, high = _CREDIBLE_DPI
    if all(low <= value <= high for value in dpi):
        width, height = (72 * n / value for n, value in zip(pixels, dpi, strict=True))
        scale = min(1.0, _MOST_POINTS / max(width, height))
    else:
        width, height = (72 * n / _SCREEN_DPI for n in pixels)
        scale = min(1.0, _A4_LONG_SIDE / max(width, height))
    return max(width * scale, 3.0), max(height * scale, 3.0)


def jpeg(pdf: pikepdf.Pdf, data: bytes) -> Stream | None:
    """An image object around a JPEG file, or None where PDF cannot decode its kind (arithmetic, lossless, 12 bits)."""
    found = _jpeg_frame(data)
    if found is None:
        return None
    width, height, components, adobe, icc = found
    stream = Stream(pdf, data, Filter=Name.DCTDecode)
    stream.stream_dict.update(_head(width, height))
    stream.ColorSpace = _colour_space(pdf, components, icc, len(data))
    stream.BitsPerComponent = 8
    if components == 4 and adobe:  # Adobe writes ink inverted
        stream.Decode = Array([1, 0] * 4)
    return stream


def _jpeg_frame(data: bytes) -> tuple[int, int, int, bool, bytes | None] | None:
    """Width, height, components, whether an Adobe marker was seen, and the colour profile (ITU-T T.81, annex B)."""
    at, adobe, profile = 2, False, b""
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at + 4 : at + 2 + length]
        if marker == 0xEE and segment[:5] == b"Adobe":
            adobe = True
        elif marker == 0xE2 and segment[:12] == b"ICC_PROFILE\0":
            profile += segment[14:]
        elif marker in (0xC0, 0xC1, 0xC2) and len(segment) >= 6:
            precision, height, width, components = struct.unpack(">BHHB", segment[:6])
            sound = precision == 8 and components in _GREY_OR_COLOUR and width and height
            return (width, height, components, adobe, profile or None) if sound else None
        elif 0xC3 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return None
        at += 1 if marker == 0xFF else 2 + length  # any number of fill bytes may come before a marker
    return None


def png(pdf: pikepdf.Pdf, data: bytes, icc: bytes | None) -> Stream | None:
    """An image object around a PNG's rows, or None where they are interlaced, transparent, animated or cut short."""
    chunks = list(_png_chunks(data))
    kinds = {kind for kind, _ in chunks}
    header = next((body for kind, body in chunks if kind == b"IHDR"), b"")
    if len(header) != 13 or kinds & {b"tRNS", b"acTL"} or not kinds >= {b"IDAT", b"IEND"}:
        return None
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    components = {0: 1, 2: 3, 3: 1}.get(colour)
    if components is None or interlaced:
        return None
    stream = Stream(pdf, b"".join(body for kind, body in chunks if kind == b"IDAT"), Filter=Name.FlateDecode)
    stream.DecodeParms = Dictionary(Predictor=15, Colors=components, BitsPerComponent=depth, Columns=width)
    stream.stream_dict.update(_head(width, height))
    stream.BitsPerComponent = depth
    stream.ColorSpace = _colour_space(pdf, components, icc, len(data))
    if colour == 3:
        palette = next((body for kind, body in chunks if kind == b"PLTE"), b"")
        stream.ColorSpace = Array([Name.Indexed, Name.DeviceRGB, len(palette) // 3 - 1, palette])
        return stream if palette else None
    return stream


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _group4(pdf: pikepdf.Pdf, image: Image.Image) -> Stream:
    """Black and white, packed by ITU-T T.6 in one strip."""
    packed = io.BytesIO()
    strip = {278: image.height, 262: 0}  # rows per strip; white is zero
    image.save(packed, "TIFF", compression="group4", tiffinfo=strip)
    packed.seek(0)
    with TiffImagePlugin.TiffImageFile(packed) as tiff:
        (offset,), (length,) = tiff.tag_v2[273], tiff.tag_v2[279]
        black_is_one = tiff.tag_v2[262] != 0
    stream = Stream(pdf, packed.getvalue()[offset : offset + length], Filter=Name.CCITTFaxDecode)
    stream.DecodeParms = Dictionary(K=-1, Columns=image.width, Rows=image.height, BlackIs1=black_is_one)
    stream.stream_dict.update(_head(*image.size))
    stream.ColorSpace = Name.DeviceGray
    stream.BitsPerComponent = 1
    return stream


def _head(width: int, height: int) -> dict[str, Any]:
    return {"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": width, "/Height": height}


def _colour_space(pdf: pikepdf.Pdf, components: int, icc: bytes | None, size: int) -> Any:
    kinds = {1: b"GRAY", 3: b"RGB ", 4: b"CMYK"}
    if icc and icc[16:20] == kinds[components] and len(icc) <= _ICC_SHARE * size:
        return Array([Name.ICCBased, pdf.make_indirect(Stream(pdf, icc, N=components))])
    return _GREY_OR_COLOUR[components]


def _opaque(image: Image.Image) -> Image.Image:
    """The picture in a mode PDF knows, over white where it was transparent."""
    if image.mode in ("1", "L", "P", "RGB", "CMYK", "I;16") and "transparency" not in image.info:
        return image
    return flat(image)(image)


def _was_lossy(image: Image.Image) -> bool:
    if image.format == "TIFF":
        return image.info.get("compression") in ("jpeg", "tiff_jpeg")
    if image.format == "WEBP":
        return not image.info.get("lossless", False)
    return image.format in ("HEIF", "AVIF", "JPEG", "MPO")


def _matrix(orientation: int, width: float, height: float) -> Matrix:
    """Maps the unit square of an image, stored in an EXIF orientation, onto the page."""
    w, h = width, height
    matrices: dict[int, Matrix] = {
        1: (w, 0, 0, h, 0, 0),
        2: (-w, 0, 0, h, w, 0),
        3: (-w, 0, 0, -h, w, h),
        4: (w, 0, 0, -h, 0, h),
        5: (0, -h, -w, 0, w, h),
        6: (0, -h, w, 0, 0, h),
        7: (0, h, w, 0, 0, 0),
        8: (0, h, -w, 0, w, 0),
    }
    return matrices[orientation]
