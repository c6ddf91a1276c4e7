"""Measure Legenda beside RapidOCR, Tesseract and OCRmyPDF and write `benchmarks/RESULTS.md`.

make bench                                   everything
make bench ARGS=--quick                      a look, in a few minutes
python -m benchmarks --parts accuracy --areas receipts --limit 5 --peers legenda-fast,rapidocr
python -m benchmarks --report                tables and plots again, from what the last run measured
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure

HERE = Path(__file__).resolve().parent
# one page of each kind that says something about a program; several pages of one kind say it again
QUICK = ("pages_en", "rotated", "receipts", "pages_multi", "pages_lang", "scene_text", "lines", "scene_words", "drawn")


def parts() -> dict[str, Callable[..., None]]:
    """What can be measured, in the order of running."""
    from benchmarks import (
        accuracy,
        blank,
        born_digital,
        chat,
        extract,
        memory,
        notation,
        office,
        page,
        scans,
        searchable,
        structure,
        tables,
        throughput,
    )

    return {
        "accuracy": accuracy.run,
        "throughput": throughput.run,
        "born_digital": born_digital.run,
        "memory": memory.run,
        "blank": blank.run,
        "searchable": searchable.run,
        "structure": structure.run,
        "tables": tables.run,
        "scans": scans.run,
        "office": office.run,
        "notation": notation.run,
        "chat": chat.run,
        "extract": extract.run,
        "page": page.run,
    }


def main() -> None:
    """Run what the arguments name, then write the report."""
    measure.pin()
    args = _arguments()
    from benchmarks import report
    from benchmarks.settings import Bar, Settings

    limit = args.limit or (1 if args.quick else 0)
    areas = _names(args.areas) or (QUICK if args.quick else ())
    settings = Settings(args.evaldata, args.out, areas, _installed(_names(args.peers)), limit, args.quick)
    settings.out.mkdir(parents=True, exist_ok=True)
    if not args.report:
        began, spent = time.time(), measure.processor_seconds()
        with Bar().shown() as bar:
            for name in _names(args.parts):
                parts()[name](settings, bar)
        settings.keep(
            "run",
            {
                "command": shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]]),
                "date": time.strftime("%Y-%m-%d", time.gmtime(began)),
                "wall": time.time() - began,
                "cpu": measure.processor_seconds() - spent,
                "quick": args.quick or bool(args.limit),
            },
        )
    for path in report.write(settings, args.results or HERE / "RESULTS.md"):
        print(path)


def _arguments() -> argparse.Namespace:
    from benchmarks.corpus import AREAS, EVALDATA
    from benchmarks.peers import PEERS

    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--areas", default="", help=f"of {', '.join(AREAS)}")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"of {', '.join(PEERS)}")
    parser.add_argument("--parts", default=",".join(parts()), help=f"of {', '.join(parts())}")
    parser.add_argument("--limit", type=int, default=0, help="items an area")
    parser.add_argument("--quick", action="store_true", help="one item an area, smaller documents")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the report again")
    parser.add_argument("--evaldata", type=Path, default=EVALDATA)
    parser.add_argument("--out", type=Path, default=HERE / "out")
    parser.add_argument("--results", type=Path, help="the report; plots go to plots/ beside it")
    args = parser.parse_args()
    for given, known in ((args.peers, PEERS), (args.parts, parts())):
        if unknown := set(_names(given)) - set(known):
            parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return args


def _installed(peers: tuple[str, ...]) -> tuple[str, ...]:
    from benchmarks.peers import PEERS

    for name in peers:
        if not PEERS[name].installed:
            print(f"{PEERS[name].label} is left out: {PEERS[name].needs} is not installed", file=sys.stderr)
    return tuple(name for name in peers if PEERS[name].installed)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


if __name__ == "__main__":
    main()
