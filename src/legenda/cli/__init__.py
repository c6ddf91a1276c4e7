"""The command `legenda`: turns options and files into calls of the library, and results into files and streams."""

from __future__ import annotations


def main() -> None:
    """Run the command and exit with one of `legenda.errors.ExitCode`."""
    from legenda.cli.app import app
    from legenda.cli.status import leaving

    with leaving():
        app(prog_name="legenda")
