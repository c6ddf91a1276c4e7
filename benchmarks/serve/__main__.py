"""Start a real server and see what it stands; prints a table and puts it into `benchmarks/RESULTS.md`.

make load | make faults | make soak          everything, in minutes
make load ARGS=--quick                       a look, in seconds; the report stays as it is
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.serve import faults, load, report, soak

HERE = Path(__file__).resolve().parents[1]
_RUN = {"load": load.run, "faults": faults.run, "soak": soak.run}


def main() -> None:
    """Run what the arguments name; exit with 1 if a promise is broken."""
    parser = argparse.ArgumentParser("python -m benchmarks.serve", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("suite", choices=_RUN)
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is written")
    parser.add_argument("--out", type=Path, default=HERE / "out", help="where measurements are kept")
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md")
    args = parser.parse_args()
    began = time.time()
    with tempfile.TemporaryDirectory(prefix="legenda-serve-") as folder:
        rows = _RUN[args.suite](Path(folder), quick=args.quick)
    print(report.table(rows))
    if not args.quick:
        report.keep(args.suite, rows, began, args.out, args.results)
    sys.exit(any(row.met is False for row in rows))


if __name__ == "__main__":
    main()
