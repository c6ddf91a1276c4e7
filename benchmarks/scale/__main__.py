"""Start a fleet and see what it stands; prints a table and puts it into `benchmarks/RESULTS.md`.

make scale                                   everything, in some 40 minutes; `growth` wants the machine for itself
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

HERE = Path(__file__).resolve().parents[1]
_RUN = {"faults": faults.run, "batches": batches.run, "growth": growth.run}


def main() -> None:
    """Run what the arguments name; exit with 1 if a promise is broken."""
    parser = argparse.ArgumentParser("python -m benchmarks.scale", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("parts", nargs="*", default=[], help=f"of {', '.join(_RUN)}; all of them by default")
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is written")
    parser.add_argument("--out", type=Path, default=HERE / "out", help="where measurements are kept")
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
            more = {"plot": growth.PLOT} if part == "growth" else {}
            report.keep(f"scale-{part}", rows, began, args.out, args.results, **more)
    sys.exit(broken)


if __name__ == "__main__":
    main()
