"""Pictures in PDFs: the file's own bytes where PDF knows them, and the same pixels always."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pikepdf
import pillow_heif
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageDraw, ImageOps

from legenda.document import Block, Line, Page, Part, Word, compose, from_box
from legenda.errors import CorruptSourceError

Export = Callable[..., bytes]

pillow_heif.register_heif_opener()


def picture(mode: str = "RGB", size: tuple[int, int] = (160, 100)) -> Image.Image:
    """Gradients and shapes, different at every corner."""
    ramp = np.linspace(0, 255, size[0] * size[1]).reshape(size[1], size[0]).astype(np.uint8)
    image = Image.merge("RGB", [Image.fromarray(ramp), Image.fromarray(ramp[::-1].copy()), Image.new("L", size, 90)])
    pen = ImageDraw.Draw(image)
    pen.rectangle((5, 5, 60, 30), fill="black")
    pen.ellipse((90, 40, 150, 95), fill=(250, 40, 40))
    if mode == "I;16":
        return Image.fromarray(np.asarray(image.convert("L"), dtype=np.uint16) * 257)
    if mode in ("RGBA", "LA"):
        image = image.convert(mode)
        image.putalpha(Image.fromarray(ramp))
        return image
    return image.quantize(16) if mode == "P" else image.convert(mode)


def packed(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exported(export: Export, data: bytes, pages: int = 1) -> tuple[bytes, list[Any]]:
    pdf = export("pdf", [Page(n + 1, 160, 100, "pixel") for n in range(pages)], data)
    with pikepdf.open(io.BytesIO(pdf)) as read:
        images = [page.Resources.XObject.Picture for page in read.pages]
        return pdf, [(i.read_raw_bytes(), str(i.Filter), str(i.get("/ColorSpace"))) for i in images]


def seen(pdf: bytes, size: tuple[int, int] = (160, 100), page: int = 0) -> NDArray[np.int16]:
    document = pypdfium2.PdfDocument(pdf)
    width, _ = document[page].get_size()
    image = document[page].render(scale=size[0] / width - 1e-6).to_pil().convert("RGB")
    document.close()
    assert image.size == size
    return np.asarray(image, dtype=np.int16)


def same(pdf: bytes, image: Image.Image, page: int = 0) -> bool:
    difference = np.abs(seen(pdf, image.size, page) - np.asarray(image.convert("RGB"), dtype=np.int16))
    return bool(difference.mean() < 3)


def over_white(image: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_goes_in_byte_for_byte(mode: str, progressive: bool, export: Export) -> None:
    data = packed(picture(mode), "JPEG", quality=95, progressive=progressive)
    pdf, [(raw, kind, _)] = exported(export, data)
    assert raw == data
    assert kind == "/DCTDecode"
    assert np.abs(seen(pdf) - np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=np.int16)).mean() < (
        30 if mode == "CMYK" else 3  # PDFium mixes inks in its own way
    )


def test_cmyk_of_adobe_is_inverted(export: Export) -> None:
    data = packed(Image.new("CMYK", (160, 100), (0, 0, 0, 255)), "JPEG")
    assert b"Adobe" in data  # Pillow writes ink inverted, as Adobe does
    pdf, _ = exported(export, data)
    assert seen(pdf).mean() < 60


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_orientation_is_followed(orientation: int, kind: str, export: Export) -> None:
    exif = Image.Exif()
    exif[0x112] = orientation
    data = packed(picture(), kind, exif=exif, dpi=(200, 100))
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    pdf, [(raw, _, _)] = exported(export, data)
    assert kind != "JPEG" or raw == data
    document = pypdfium2.PdfDocument(pdf)
    width, height = document[0].get_size()
    rendered = document[0].render(scale=2).to_pil().convert("RGB").resize(upright.size)
    document.close()
    turned = orientation > 4
    assert (width, height) == pytest.approx((72.0, 57.6) if turned else (57.6, 72.0), abs=0.1)
    assert np.abs(np.asarray(rendered, int) - np.asarray(upright.convert("RGB"), int)).mean() < 12


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
def test_png_keeps_its_compressed_rows(mode: str, export: Export) -> None:
    data = packed(picture(mode), "PNG")
    pdf, [(raw, kind, _)] = exported(export, data)
    assert raw in data
    assert kind == "/FlateDecode"
    expected = picture("L") if mode == "I;16" else picture(mode)
    assert same(pdf, expected)


def test_png_of_several_chunks_is_joined(export: Export) -> None:
    noise = Image.effect_noise((600, 600), 80)
    data = packed(noise, "PNG")
    assert data.count(b"IDAT") > 1
    pdf, _ = exported(export, data)
    assert same(pdf, noise)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_lies_over_white(kind: str, mode: str, export: Export) -> None:
    image = picture(mode)
    data = packed(image, kind, **({"lossless": True} if kind == "WEBP" else {}))
    pdf, _ = exported(export, data)
    assert same(pdf, over_white(image))


def test_interlaced_and_broken_png(export: Export) -> None:
    transparent = picture("P")
    transparent.info["transparency"] = 3
    data = packed(transparent, "PNG", transparency=3)
    pdf, _ = exported(export, data)
    assert same(pdf, over_white(Image.open(io.BytesIO(data))))
    whole = packed(picture(), "PNG")
    exported(export, whole[: len(whole) * 3 // 4])


@pytest.mark.parametrize(
    ("mode", "options", "kind"),
    [
        ("1", {}, "/CCITTFaxDecode"),
        ("1", {"compression": "group4"}, "/CCITTFaxDecode"),
        ("1", {"compression": "group4", "tiffinfo": {262: 0}}, "/CCITTFaxDecode"),
        ("L", {"compression": "tiff_lzw"}, "/FlateDecode"),
        ("RGB", {"compression": "tiff_adobe_deflate"}, "/FlateDecode"),
        ("RGB", {"compression": "jpeg"}, "/DCTDecode"),
        ("I;16", {}, "/FlateDecode"),
        ("RGBA", {}, "/FlateDecode"),
        ("CMYK", {}, "/FlateDecode"),
    ],
)
def test_tiff(mode: str, options: dict[str, Any], kind: str, export: Export) -> None:
    data = packed(picture(mode), "TIFF", **options)
    pdf, [(_, used, _)] = exported(export, data)
    assert used == kind
    expected = picture("L") if mode == "I;16" else over_white(picture(mode)) if mode == "RGBA" else picture(mode)
    tolerance = 30 if mode == "CMYK" else 3
    assert np.abs(seen(pdf) - np.asarray(expected.convert("RGB"), dtype=np.int16)).mean() < tolerance


def test_every_page_of_a_tiff_but_not_its_thumbnails(export: Export) -> None:
    pages = [picture("RGB"), picture("1"), picture("L").rotate(180)]
    thumbnail = picture("RGB", (160, 100))
    thumbnail.encoderinfo = {"tiffinfo": {254: 1}}  # type: ignore[attr-defined]
    data = packed(pages[0], "TIFF", save_all=True, append_images=[thumbnail, *pages[1:]])
    with Image.open(io.BytesIO(data)) as tiff:
        tiff.seek(1)
        assert tiff.tag_v2[254] == 1  # type: ignore[attr-defined]
    pdf, images = exported(export, data, 3)
    assert len(images) == 3
    assert all(same(pdf, page, number) for number, page in enumerate(pages))


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "HEIF", "GIF", "BMP", "JPEG2000", "PPM"])
def test_other_formats(kind: str, export: Export) -> None:
    data = packed(picture(), kind)
    pdf, [(raw, used, _)] = exported(export, data)
    assert used == {"WEBP": "/DCTDecode", "AVIF": "/DCTDecode", "HEIF": "/DCTDecode", "JPEG2000": "/JPXDecode"}.get(
        kind, "/FlateDecode"
    )
    assert kind != "JPEG2000" or raw == data
    assert np.abs(seen(pdf) - np.asarray(picture(), dtype=np.int16)).mean() < 8


def test_size_is_within_five_per_cent(export: Export) -> None:
    noise = Image.effect_noise((1200, 800), 30)
    for data in (packed(noise, "JPEG"), packed(noise, "PNG"), packed(noise.convert("1"), "TIFF", compression="group4")):
        pdf, _ = exported(export, data)
        assert len(pdf) < 1.05 * len(data)


def test_small_colour_profiles_are_kept(export: Export) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    noise = Image.effect_noise((900, 900), 30).convert("RGB")
    _, [(_, _, space)] = exported(export, packed(noise, "JPEG", icc_profile=profile))
    assert "ICCBased" in space
    _, [(_, _, space)] = exported(export, packed(picture(), "JPEG", icc_profile=profile))
    assert space == "/DeviceRGB"  # the profile would be larger than the picture


@pytest.mark.parametrize(
    ("size", "dpi", "points"),
    [
        ((2550, 3300), 300, (612, 792)),
        ((300, 200), None, (225, 150)),
        ((4000, 3000), 72, (841.89, 631.42)),
        ((3000, 4000), None, (631.42, 841.89)),
    ],
)
def test_page_size_follows_a_credible_resolution(
    size: tuple[int, int], dpi: int | None, points: tuple[float, float], export: Export
) -> None:
    data = packed(Image.new("L", size, 200), "JPEG", **({"dpi": (dpi, dpi)} if dpi else {}))
    document = pypdfium2.PdfDocument(exported(export, data)[0])
    found = document[0].get_size()
    document.close()
    assert found == pytest.approx(points, abs=0.02)


def test_a_page_that_is_not_there_is_an_error(export: Export) -> None:
    with pytest.raises(CorruptSourceError, match="no picture 2"):
        exported(export, packed(picture(), "PNG"), 2)


def test_the_title_is_kept(export: Export) -> None:
    page = Page(1, 160, 100, "pixel")
    pdf = export("pdf", [page], packed(picture(), "PNG"), name="käse.png")
    with pikepdf.open(io.BytesIO(pdf)) as read:
        assert str(read.docinfo["/Title"]) == "käse.png"


@pytest.mark.parametrize("orientation", [1, 6])
def test_pages_that_are_parts_of_a_picture_share_it(export: Export, orientation: int) -> None:
    upright, exif = picture("L"), Image.Exif()
    exif[0x0112] = orientation
    stored = upright.transpose(Image.Transpose.ROTATE_90) if orientation == 6 else upright
    pages = []
    for number, (left, right) in enumerate(((0, 70), (70, 160)), 1):
        word = Word(f"page{number}", from_box(10, 20, 50, 40), 0.9)
        blocks = [Block("text", word.polygon, (Line(word.content, word.polygon, 0.9, (word,)),))]
        part = Part(1, (float(left), 0.0, float(right), 100.0))
        pages.append(compose(Page(number, right - left, 100, "pixel", part=part), blocks))
    pdf = export("pdf", pages, packed(stored, "JPEG", exif=exif, quality=95))
    with pikepdf.open(io.BytesIO(pdf)) as read:
        assert len({page.Resources.XObject.Picture.objgen for page in read.pages}) == 1
    for number, (left, right) in enumerate(((0, 70), (70, 160))):
        wanted = np.asarray(upright.convert("RGB"), dtype=np.int16)[:, left:right]
        assert np.abs(seen(pdf, (right - left, 100), number) - wanted).mean() < 4
        text = pypdfium2.PdfDocument(pdf)[number].get_textpage()
        assert text.get_text_bounded() == f"page{number + 1}"
