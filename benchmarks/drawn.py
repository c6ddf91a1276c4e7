"""Pages of our own making, the same every time: text with known places, documents of any length."""

from __future__ import annotations

import functools
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT, MARGIN = 1240, 1754, 120  # A4 at 150 dpi
DPI = 150
# common words, so that no program's dictionary is at a loss
WORDS = {
    "Latn": (
        "the of and that have with this from they would there their what about which when make like time just know "
        "people into year your good some could them other than then look only come over think also back after work "
        "first well even want because these give most letter number paper house water light morning river garden"
    ),
    "Cyrl": (
        "время человек жизнь день рука работа слово место лицо друг глаз вопрос дом сторона страна мир случай голова "
        "ребёнок сила конец вид система часть город отношение женщина деньги земля машина вода отец проблема час право"
    ),
    "Grek": (
        "χρόνος άνθρωπος ζωή ημέρα χέρι εργασία λόγος τόπος πρόσωπο φίλος μάτι ερώτηση σπίτι χώρα κόσμος κεφάλι παιδί "
        "δύναμη τέλος σύστημα μέρος πόλη σχέση γυναίκα γραφείο μηχανή νερό πατέρας πρόβλημα ώρα δικαίωμα πόρτα βιβλίο"
    ),
    "Hans": (
        "时间 我们 他们 工作 问题 生活 社会 国家 世界 学生 经济 发展 中国 人民 政府 技术 历史 文化 教育 城市 "
        "公司 市场 研究 科学 家庭 朋友 老师 今天 明天 早上 晚上 身体 语言 自然 音乐 电影 天气 方法 意思 情况"
    ),
}
FONTS = {"Latn": "DejaVu Serif", "Cyrl": "DejaVu Sans", "Grek": "DejaVu Sans", "Hans": "Noto Sans CJK SC"}
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A grey page and its lines of words with their boxes (left, top, right, bottom, in pixels)."""

    image: Image.Image
    lines: list[list[tuple[str, Box]]]

    def text(self, space: str = " ") -> str:
        """Its text."""
        return "\n".join(space.join(word for word, _ in line) for line in self.lines)


@functools.cache
def font(script: str, size: int) -> ImageFont.FreeTypeFont:
    """The font a script is drawn with.

    Raises:
        OSError: fontconfig knows no such font.
    """
    family = FONTS[script]
    found = subprocess.run(
        ["fc-match", "-f", "%{family}\n%{file}\n%{index}", family], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    if family not in found[0]:
        raise OSError(f"the font {family} is not installed")
    return ImageFont.truetype(found[1], size, index=int(found[2] or 0))


def draw_page(script: str, seed: int, size: int = 26, lines: int = 40, ragged: bool = True) -> DrawnPage:
    """A page of random words, written like a letter."""
    chance = np.random.default_rng(seed)
    image = Image.new("L", (WIDTH, HEIGHT), 250)
    pen, face, pool = ImageDraw.Draw(image), font(script, size), WORDS[script].split()
    gap = 0.0 if script == "Hans" else face.getlength(" ")
    step = (HEIGHT - 2 * MARGIN) / lines
    drawn = []
    for k in range(lines):
        words: list[tuple[str, Box]] = []
        x, base = float(MARGIN), MARGIN + step * (k + 0.7)
        end = WIDTH - MARGIN - (chance.uniform(0, 300) if ragged else 0)
        while (word := str(chance.choice(pool))) and x + face.getlength(word) < end:
            pen.text((x, base), word, 25, face, anchor="ls")
            words.append((word, tuple(map(float, pen.textbbox((x, base), word, face, anchor="ls")))))  # type: ignore[arg-type]
            x += face.getlength(word) + gap
        drawn.append(words)
    return DrawnPage(image, drawn)


def worn(image: Image.Image, seed: int) -> Image.Image:
    """The page as a poor scan: shading, blur, noise."""
    chance = np.random.default_rng(seed)
    grey = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), float)
    shade = np.linspace(1.0, chance.uniform(0.7, 0.9), grey.shape[1])
    return Image.fromarray(np.clip(grey * shade + chance.normal(0, 9, grey.shape), 0, 255).astype(np.uint8))


def draw_corpus(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Name, file and truth of pages for machines without evaluation data: clean, worn, turned, tilted, small print."""
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(3):
        page = draw_page("Latn", k)
        small = draw_page("Latn", 10 + k, size=17, lines=60)
        for name, image, truth in (
            ("clean", page.image, page.text()),
            ("worn", worn(page.image, k), page.text()),
            ("turned", page.image.rotate(90 * (k + 1), expand=True), page.text()),
            ("tilted", page.image.rotate(3 - k, fillcolor=250, resample=Image.Resampling.BICUBIC), page.text()),
            ("small", small.image, small.text()),
        ):
            file = folder / f"{name}-{k}.png"
            image.save(file, dpi=(DPI, DPI))
            yield file.stem, file, truth


def write_text_pdf(target: Path, pages: int, words: int = 500, seed: int = 7) -> Path:
    """A born-digital PDF: every page has its own text in lines of twelve words."""
    import pikepdf

    chance = np.random.default_rng(seed)
    pool = WORDS["Latn"].split()
    with pikepdf.new() as pdf:
        face = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        for _ in range(pages):
            chosen = chance.choice(pool, words)
            rows = [" ".join(chosen[k : k + 12]) for k in range(0, words, 12)]
            shown = "".join(f"({row}) Tj T*\n" for row in rows)
            content = f"BT /F1 10 Tf 15 TL 60 780 Td\n{shown}ET".encode()
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=face))
            page.Contents = pdf.make_stream(zlib.compress(content), Filter=pikepdf.Name.FlateDecode)
        pdf.save(target)
    return target


def write_scan_pdf(target: Path, pictures: list[Image.Image], dpi: int = DPI) -> Path:
    """A PDF of scans: every page one JPEG."""
    first, *others = pictures
    first.save(target, "PDF", resolution=dpi, save_all=True, append_images=others, quality=80)
    return target
