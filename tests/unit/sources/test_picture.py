from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from legenda.errors import CorruptSourceError, TooLargeError
from legenda.options import Limits
from legenda.sources import open_source

DARK, LIGHT, RED = 20, 235, (200, 30, 40)


def encoded(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def pixels(data: bytes, number: int = 1, **options) -> np.ndarray:
    with open_source(data, **options) as source:
        return source.raster(number, 200).pixels


def grey(width: int = 60, height: int = 40) -> Image.Image:
    """Dark on the left half, light on the right."""
    picture = Image.new("L", (width, height), LIGHT)
    picture.paste(DARK, (0, 0, width // 2, height))
    return picture


def halves(raster: np.ndarray) -> tuple[float, float]:
    middle = raster.shape[1] // 2
    return float(raster[:, : middle - 4].mean()), float(raster[:, middle + 4 :].mean())


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 95}),
        ("BMP", {}),
        ("GIF", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg"}),
        ("JPEG2000", {}),
        ("PPM", {}),
        ("ICO", {"sizes": [(60, 40)], "bitmap_format": "bmp"}),
    ],
)
def test_grey_stays_grey(kind, options):
    raster = pixels(encoded(grey(), kind, **options))
    left, right = halves(raster)
    assert raster.shape[:2] == (40, 60)
    assert (raster.ndim == 2) == (kind != "ICO")  # icons are stored in colour
    assert left == pytest.approx(DARK, abs=8) and right == pytest.approx(LIGHT, abs=8)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "PNG", "JPEG", "TIFF"])
def test_colour(kind):
    raster = pixels(encoded(Image.new("RGB", (64, 48), RED), kind, quality=95))
    assert raster.shape == (48, 64, 3) and raster.dtype == np.uint8
    assert raster.mean(axis=(0, 1)) == pytest.approx(RED, abs=10)


def test_heic():
    import pillow_heif

    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), RED)).save(out, quality=95)
    assert pixels(out.getvalue()).mean(axis=(0, 1)) == pytest.approx(RED, abs=10)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF", "PPM"])
def test_one_bit(kind):
    raster = pixels(encoded(grey().convert("1", dither=Image.Dither.NONE), kind))
    assert raster.shape == (40, 60) and halves(raster) == (0, 255)


def test_fax_compression_and_white_is_zero():
    picture = grey().convert("1", dither=Image.Dither.NONE)
    for photometric in (0, 1):
        data = encoded(picture, "TIFF", compression="group4", tiffinfo={262: photometric})
        assert sorted(halves(pixels(data))) == [0, 255]


def test_palettes():
    colours = Image.new("RGB", (60, 40), RED).quantize(4)
    assert pixels(encoded(colours)).mean(axis=(0, 1)) == pytest.approx(RED, abs=6)
    assert pixels(encoded(grey().convert("P"))).shape == (40, 60)


def test_transparency_lies_over_white():
    over = Image.new("RGBA", (60, 40), (*RED, 0))
    over.paste((*RED, 255), (0, 0, 30, 40))
    for data in (encoded(over), encoded(over, "WEBP", lossless=True), encoded(over.quantize(8), "PNG")):
        raster = pixels(data)
        assert raster[:, :25].mean(axis=(0, 1)) == pytest.approx(RED, abs=10)
        assert (raster[:, 35:] > 245).all()
    veiled = Image.new("LA", (60, 40), (0, 0))
    veiled.paste((0, 255), (0, 0, 30, 40))
    assert halves(pixels(encoded(veiled))) == (0, 255)
    keyed = pixels(encoded(grey(), transparency=DARK))
    assert keyed.shape == (40, 60) and halves(keyed) == (255, LIGHT)
    assert pixels(encoded(Image.new("RGB", (9, 9), RED), transparency=RED)).min() == 255


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_deep_grey_is_scaled_not_clipped(bits, kind):
    deep = (np.asarray(grey()).astype(np.uint32) * (2**bits - 1) // 255).astype(np.uint16)
    left, right = halves(pixels(encoded(Image.fromarray(deep), kind)))
    assert left == pytest.approx(DARK, abs=2) and right == pytest.approx(LIGHT, abs=2)


@pytest.mark.parametrize("array", [np.int32(1000) * np.asarray(grey()), np.float32(1 / 255) * np.asarray(grey())])
def test_wide_numbers(array):
    left, right = halves(pixels(encoded(Image.fromarray(array), "TIFF")))
    assert right - left > 150


def test_numbers_that_are_none():
    array = np.asarray(grey()).astype(np.float32)
    array[0, 0], array[1, 1] = np.nan, np.inf
    assert pixels(encoded(Image.fromarray(array), "TIFF")).shape == (40, 60)


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr", "LAB"])
def test_printing_colours(mode):
    colour = {"CMYK": (0, 0, 0, 0), "YCbCr": (255, 128, 128), "LAB": (255, 0, 0)}[mode]
    kinds = ["TIFF", "JPEG"] if mode != "LAB" else ["TIFF"]
    for kind in kinds:
        assert pixels(encoded(Image.new(mode, (16, 16), colour), kind)).min() > 245


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_rotation(orientation, kind):
    upright = Image.new("L", (60, 40), LIGHT)
    upright.paste(DARK, (0, 0, 20, 20))  # a dark corner, top left
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # how to store it so that the tag turns it upright
    stored = upright.transpose(Image.Transpose(back[orientation])) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    with open_source(encoded(stored, kind, exif=exif)) as source:
        page, rendering = source.page(1), source.raster(1, 200)
    assert (page.width, page.height) == (60, 40)
    assert rendering.pixels.shape[:2] == (40, 60) and rendering.scale_x == rendering.scale_y == 1
    corners = rendering.pixels[5, 5].mean(), rendering.pixels[5, -5].mean(), rendering.pixels[-5, 5].mean()
    assert corners[0] < 60 and min(corners[1:]) > 200


def test_pages_of_a_tiff():
    frames = [Image.new("L", (40, 30 + i), 50 * i) for i in range(4)]
    with open_source(encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])) as source:
        assert (source.format, source.page_count) == ("tiff", 4)
        assert [source.page(n).height for n in (4, 1, 3)] == [33, 30, 32]
        assert [source.raster(n, 200).pixels.mean() for n in (3, 1)] == [100, 0]
        with pytest.raises(IndexError):
            source.page(5)


def test_thumbnails_in_a_tiff_are_no_pages():
    out = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(out) as writer:
        for reduced, size in ((0, 100), (1, 10)):
            Image.new("L", (size, size)).save(writer, "TIFF", tiffinfo={254: reduced})
            writer.newFrame()
    with open_source(out.getvalue()) as source:
        assert source.page_count == 1 and source.page(1).width == 100


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_has_a_page_for_each_frame_that_shows_something_new(kind):
    shades = (0, 3, 90, 92, 200)
    frames = [Image.new("RGB", (40, 30), (shade,) * 3) for shade in shades]
    with open_source(encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)) as source:
        means = [float(source.raster(number + 1, 200).pixels.mean()) for number in range(source.page_count)]
        assert source.page(1).problems == ()
    assert means == pytest.approx([0, 90, 200], abs=4)


def test_a_long_animation_is_cut_and_says_so():
    frames = [Image.new("L", (8, 8), 40 * (number % 7)) for number in range(130)]
    with open_source(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)) as source:
        assert source.page_count == 100
        (problem,) = source.page(100).problems
        assert source.page(99).problems == () and source.raster(100, 200).pixels.shape[:2] == (8, 8)
    assert problem.code == "truncated" and "30 frames" in problem.message


def test_ten_thousand_frames_are_too_many():
    frames = [Image.new("1", (4, 4), number % 2) for number in range(10_000)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=10)
    with pytest.raises(TooLargeError, match="10000 frames"):
        open_source(data)


def test_a_part_of_a_picture():
    with open_source(encoded(grey(600, 400))) as source:
        rendering = source.raster(1, 200, (290.5, 10, 400, 60))
    assert rendering.pixels.shape == (50, 110)
    assert (rendering.origin_x, rendering.origin_y, rendering.scale_x) == (290, 10, 1)
    assert (rendering.pixels[:, :10] == DARK).all() and (rendering.pixels[:, 10:] == LIGHT).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_big_picture_leaves_reduced(kind):
    picture = grey(3000, 2000)
    limits = Limits(raster_pixels=500_000)
    with open_source(encoded(picture, kind), limits=limits) as source:
        page, rendering = source.page(1), source.raster(1, 200)
    height, width = rendering.pixels.shape
    assert (page.width, page.height) == (3000, 2000)
    assert 450_000 < height * width <= 500_000
    assert rendering.scale_x == pytest.approx(width / 3000) and rendering.scale_y == pytest.approx(height / 2000)
    left, right = halves(rendering.pixels)
    assert left == pytest.approx(DARK, abs=2) and right == pytest.approx(LIGHT, abs=2)


def test_strips_leave_no_seams():
    ramp = np.tile(np.linspace(0, 255, 4000).astype(np.uint8)[:, None], (1, 2500))
    raster = pixels(encoded(Image.fromarray(ramp), compress_level=1), limits=Limits(raster_pixels=3_000_000))
    steps = np.diff(raster[:, 100].astype(int))
    assert steps.min() >= 0 and steps.max() <= 1


def test_a_bomb_is_refused_before_it_is_decoded():
    data = encoded(Image.new("1", (20_000, 20_000)))
    assert len(data) < 100_000
    with pytest.raises(TooLargeError, match="20000 x 20000"):
        open_source(data)


def test_dpi_and_metadata():
    with open_source(encoded(grey(), "JPEG", dpi=(300, 300))) as source:
        assert source.page(1).dpi == 300 and source.page(1).unit == "pixel"


def test_a_truncated_picture_is_read_as_far_as_it_goes():
    noise = np.random.default_rng(0).integers(0, 255, (400, 300), np.uint8)
    for kind in ("PNG", "JPEG"):
        data = encoded(Image.fromarray(noise), kind)
        with open_source(data[: len(data) // 2]) as source:
            rendering = source.raster(1, 200)
        assert rendering.pixels.shape == (400, 300)
        assert rendering.pixels[:100].std() > 40
        assert [p.code for p in rendering.problems] == ["truncated"]
        with open_source(data) as source:
            assert source.raster(1, 200).problems == ()


def test_a_header_alone_is_corrupt():
    data = encoded(grey(400, 300))
    with pytest.raises(CorruptSourceError, match="scan or send it again"), open_source(data[:45]) as source:
        source.raster(1, 200)
