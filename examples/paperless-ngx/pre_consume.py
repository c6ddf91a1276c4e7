#!/usr/bin/env python3
"""Pre-consume script of paperless-ngx: a scan gets its text before paperless-ngx looks at it.

PAPERLESS_PRE_CONSUME_SCRIPT=/path/to/pre_consume.py
PAPERLESS_OCR_MODE=skip                       # what has text is left as it is

Set LEGENDA to the command if it is not on the path. Whatever goes wrong, the file stays as it was.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SUFFIXES = (".pdf",)  # paperless-ngx keeps the type it saw first, so pictures are left to it


def main() -> int:
    """Replace the working copy by one with text."""
    file = Path(os.environ.get("DOCUMENT_WORKING_PATH", ""))
    if file.suffix.lower() not in SUFFIXES or not file.is_file():
        return 0
    command = os.environ.get("LEGENDA") or shutil.which("legenda") or "legenda"
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "searchable.pdf")
        done = subprocess.run([command, "read", "-q", "-f", "pdf", "-o", made, "--", file], check=False)  # noqa: S603
        if done.returncode in (0, 7) and made.is_file():  # 7: some pages could not be read; the others can be searched
            shutil.copyfile(made, file)
        else:
            print(f"legenda could not read {file.name}; it is left as it is", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
