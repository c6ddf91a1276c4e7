"""Reading order against simple orders and Tesseract, with the same text: ordered character error rate.

    python training/reading_order/pages.py made.jsonl            (needs WeasyPrint)
    python benchmarks/reading_order.py --made made.jsonl
    python benchmarks/reading_order.py --evaldata ../shared/evaldata --areas pages_en --lines CACHE [--tesseract]

Made pages: the detector's boxes are given, so an order's error is its distance from the truth; `best` is what the boxes
allow (a box may run over two columns). Real pages: lines are read once with RapidOCR and kept in the folder CACHE.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from legenda.document import Line, Word, bounds
from legenda.layout import arrange

Order = Callable[[list[Line], float], list[str]]
_QUOTES = str.maketrans("‘’“”–—‐\u2011−", "''\"\"-----")


def plain(text: str) -> str:
    """Text as it is compared: white space and kinds of quotes and dashes do not count."""
    text = unicodedata.normalize("NFKC", text.translate(_QUOTES))
    return re.sub(r"\s+", " ", text).strip()


def error_rate(truth: str, text: str) -> float:
    """Character errors a character of truth."""
    return Levenshtein.distance(plain(truth), plain(text)) / max(1, len(plain(truth)))


def by_legenda(lines: list[Line], height: float) -> list[str]:
    """Our order."""
    return [line.content for block in arrange(lines, height) for line in block.lines]


def by_rows(lines: list[Line], _height: float) -> list[str]:
    """Top to bottom, left to right within half a line height: what most OCR packages do."""
    found: list[tuple[float, list[Line]]] = []
    for line in sorted(lines, key=lambda x: bounds(x.polygon)[1] + bounds(x.polygon)[3]):
        _, y0, _, y1 = bounds(line.polygon)
        if found and abs((y0 + y1) / 2 - found[-1][0]) < 0.5 * (y1 - y0):
            found[-1][1].append(line)
        else:
            found.append(((y0 + y1) / 2, [line]))
    return [x.content for _, row in found for x in sorted(row, key=lambda x: bounds(x.polygon)[0])]


def by_xy_cut(lines: list[Line], _height: float) -> list[str]:
    """Recursive XY-cut at the widest gap, columns before rows (Nagy and Seth 1984)."""
    box = np.array([bounds(line.polygon) for line in lines])
    usual = float(np.median(box[:, 3] - box[:, 1]))
    box[:, 1] += 0.15 * usual
    box[:, 3] -= 0.15 * usual

    def cut(ids: list[int]) -> list[int]:
        for low, least in ((0, 0.6 * usual), (1, 0.0)):
            order = sorted(ids, key=lambda i: box[i, low])
            reach = np.maximum.accumulate(box[order, low + 2])
            gaps = box[order[1:], low] - reach[:-1]
            if len(gaps) and gaps.max() > least:
                k = int(gaps.argmax()) + 1
                return cut(order[:k]) + cut(order[k:])
        return sorted(ids, key=lambda i: (box[i, 1], box[i, 0]))

    return [lines[i].content for i in cut(list(range(len(lines))))]


def made_pages(path: Path) -> Iterator[tuple[str, bool, str, list[Line], list[str], float]]:
    """Layout, whether held out, truth, lines, their contents in the best order, and height."""
    with path.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            lines = [
                Line(
                    " ".join(w["text"] for w in x["words"]),
                    tuple(x["polygon"]),
                    0.9,
                    tuple(Word(w["text"], tuple(w["polygon"]), 0.9) for w in x["words"]),
                )
                for x in row["lines"]
            ]
            if not lines:
                continue
            ranks = [min(x["ranks"]) for x in row["lines"]]
            best = [lines[i].content for i in np.argsort(ranks)]
            name = row["layout"] + {"en": "", "zh": " zh"}.get(row["language"], " rtl")
            yield name, row["held_out"], row["truth"], lines, best, row["height"]


def bench_made(path: Path, worst: int) -> None:
    """Print a table over layouts."""
    orders: dict[str, Order] = {"legenda": by_legenda, "rows": by_rows, "xy-cut": by_xy_cut}
    table: dict[tuple[bool, str], list[list[float]]] = collections.defaultdict(list)
    spent, bad = 0.0, []
    for k, (name, held_out, truth, lines, best, height) in enumerate(made_pages(path)):
        began = time.process_time()
        by_legenda(lines, height)
        spent += time.process_time() - began
        errors = [error_rate(truth, " ".join(order(lines, height))) for order in orders.values()]
        errors.append(error_rate(truth, " ".join(best)))
        table[held_out, name].append(errors)
        bad.append((errors[0] - errors[-1], k, name))
    print(
        f"| {'layout':28s} | pages | {' | '.join(f'{x:>7s}' for x in [*orders, 'best'])} |\n|---|---|---|---|---|---|"
    )
    for held_out in (False, True):
        chosen = sorted((k, v) for k, v in table.items() if k[0] == held_out)
        for (_, name), rows in [
            *chosen,
            ((held_out, f"ALL {'held out' if held_out else 'tuned'}"), [row for _, v in chosen for row in v]),
        ]:
            print(f"| {name:28s} | {len(rows):5d} | {' | '.join(f'{x:7.4f}' for x in np.mean(rows, axis=0))} |")
    print(f"{1000 * spent / len(bad):.1f} CPU-ms a page")
    for gap, k, name in sorted(bad, reverse=True)[:worst]:
        print(f"  {gap:.3f} page {k} {name}")


def real_lines(picture: Path, cache: Path) -> list[dict[str, Any]]:
    """Lines of every page of a file, read once."""
    kept = cache / f"{picture.parent.name}__{picture.stem}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([_read(page) for page in _rasters(picture)]), encoding="utf-8")
    return list(json.loads(kept.read_text(encoding="utf-8")))


def _rasters(picture: Path) -> Iterator[Any]:
    from PIL import Image, ImageOps, ImageSequence

    if picture.suffix == ".pdf":
        import pypdfium2

        for page in pypdfium2.PdfDocument(picture):
            yield page.render(scale=200 / 72).to_pil().convert("RGB")
        return
    for frame in ImageSequence.Iterator(Image.open(picture)):
        yield ImageOps.exif_transpose(frame).convert("RGB")


_engine: list[Any] = []


def _read(raster: Any) -> dict[str, Any]:
    if not _engine:
        from rapidocr import RapidOCR

        _engine.append(RapidOCR(params={"Global.use_cls": False}))
    found = _engine[0](np.asarray(raster)[:, :, ::-1])
    boxes = [] if found.boxes is None else zip(found.boxes, found.txts, found.scores, strict=True)
    lines = [[b.reshape(-1).tolist(), t, float(s)] for b, t, s in boxes]
    return {"h": raster.height, "lines": lines}


def by_tesseract_blocks(picture: Path, pages: list[dict[str, Any]]) -> str:
    """The same lines, put into the blocks of Tesseract's page analysis and read block by block."""
    import tesserocr

    out = []
    for raster, page in zip(_rasters(picture), pages, strict=True):
        with tesserocr.PyTessBaseAPI(init=False) as api:
            api.InitForAnalysePage()
            api.SetPageSegMode(tesserocr.PSM.AUTO)
            api.SetImage(raster.convert("L"))
            found = api.AnalyseLayout()
            level = tesserocr.RIL.BLOCK
            blocks = [b.BoundingBox(level) for b in tesserocr.iterate_level(found, level)] if found else []
        groups: dict[int, list[Line]] = collections.defaultdict(list)
        for polygon, text, score in page["lines"]:
            line = Line(text, tuple(polygon), score)
            x0, y0, x1, y1 = bounds(line.polygon)
            shared = [max(0, min(x1, b[2]) - max(x0, b[0])) * max(0, min(y1, b[3]) - max(y0, b[1])) for b in blocks]
            groups[int(np.argmax(shared)) if shared and max(shared) > 0 else len(blocks)].append(line)
        out += [text for k in sorted(groups) for text in by_rows(groups[k], 0, 0)]
    return "\n".join(out)


def bench_real(args: argparse.Namespace) -> None:
    """Print one row a page."""
    names = ["legenda", "rows", "xy-cut"] + ["tesseract blocks"] * args.tesseract
    print(f"| page | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    total = []
    with (args.evaldata / "manifest.jsonl").open(encoding="utf-8") as file:
        rows = [r for r in map(json.loads, file) if r["area"] in args.areas.split(",") and r["truth_kind"] == "text"]
    for row in rows:
        picture = args.evaldata / row["file"]
        truth = row.get("truth") or (
            (args.evaldata / row["truth_file"]).read_text(encoding="utf-8") if row.get("truth_file") else ""
        )
        if not truth:
            continue
        pages = real_lines(picture, args.lines)
        fold = str.casefold if row["area"] == "receipts" else str
        texts = [
            "\n".join(
                t for p in pages for t in order([Line(c, tuple(q), s) for q, c, s in p["lines"]], p["h"]) if p["lines"]
            )
            for order in (by_legenda, by_rows, by_xy_cut)
        ]
        if args.tesseract:
            texts.append(by_tesseract_blocks(picture, pages))
        total.append([error_rate(fold(truth), fold(text)) for text in texts])
        print(f"| {row['id']} | {' | '.join(f'{x:.4f}' for x in total[-1])} |")
    print(f"| mean of {len(total)} | {' | '.join(f'{x:.4f}' for x in np.mean(total, axis=0))} |")


def main() -> None:
    """Run what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", type=Path)
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--evaldata", type=Path)
    parser.add_argument("--areas", default="pages_en")
    parser.add_argument("--lines", type=Path)
    parser.add_argument("--tesseract", action="store_true")
    args = parser.parse_args()
    if args.made:
        bench_made(args.made, args.worst)
    if args.evaldata and args.lines:
        bench_real(args)


if __name__ == "__main__":
    main()
