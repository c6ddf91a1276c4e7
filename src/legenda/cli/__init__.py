"""The command `legenda`: turns options and files into calls of the library, and results into files and streams."""

from __future__ import annotations


def main() -> None:
    """Run the command and exit with one of `legenda.errors.ExitCode`."""
    import os
    import signal
    import sys

    # before NumPy is imported: its other threads gain no time and spin, which takes as much CPU again
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

    from legenda.cli.app import app

    # leave like on Ctrl-C, so that half-written files go
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    app(prog_name="legenda")
