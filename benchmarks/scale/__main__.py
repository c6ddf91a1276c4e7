"""Start a fleet and see what it stands; prints a table and puts it into `benchmarks/RESULTS.md`.

make scale                                   everything, in some 30 minutes
make scale ARGS="--quick faults"             one part, in a minute or two; the report stays as it is
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.scale import batches, faults, growth
from benchmarks.serve import report
from benchmarks.serve.__main__ import _machine

HERE = Path(__file__).resolve().parents[1]
_RUN = {"faults": faults.run, "batches": batches.run, "growth": growth.run}
TITLES = {"faults": "Ray cluster under faults", "batches": "Batches", "growth": "More processes"}


def main() -> None:
    """Run what the arguments name; exit with 1 if a promise is broken."""
    parser = argparse.ArgumentParser("python -m benchmarks.scale", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("parts", nargs="*", default=[], help=f"of {', '.join(_RUN)}; all of them by default")
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is written")
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md")
    args = parser.parse_args()
    broken = False
    for part in args.parts or _RUN:
        began = time.time()
        with tempfile.TemporaryDirectory(prefix="legenda-scale-", ignore_cleanup_errors=True) as folder:
            rows = _RUN[part](Path(folder), quick=args.quick)
        print(report.table(rows), flush=True)
        broken |= any(row.met is False for row in rows)
        if not args.quick:
            report.SUITES[f"scale ARGS={part}"] = TITLES[part]
            date, wall = time.strftime("%Y-%m-%d", time.gmtime(began)), time.time() - began
            kept = {"date": date, "wall": wall, "machine": _machine(), "quick": False}
            rows_kept = [{name: getattr(row, name) for name in row.__slots__} for row in rows]
            report.replace(args.results, report.section(f"scale ARGS={part}", kept | {"rows": rows_kept}))
    sys.exit(broken)


if __name__ == "__main__":
    main()
