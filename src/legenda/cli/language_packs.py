"""`legenda languages --install`: Tesseract's language packs by the system's package manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

from legenda.cli.languages import installed_packs
from legenda.errors import MissingComponentError
from legenda.languages import Language, resolve

_OPTIONS = ("install", "--yes", "--no-install-recommends")


def install(languages: Sequence[str]) -> None:
    """Install what reads some languages, and say what was done.

    Args:
        languages: codes or names.

    Raises:
        InvalidOptionError: a language is not known; nothing is installed then.
        MissingComponentError: there is no apt here, or it failed; the message says what to do.
    """
    found, there = [resolve(name) for name in languages], installed_packs()
    wanted: list[str] = []
    for language in found:
        if reader := _reader(language, there):
            sys.stdout.write(f"{language.name} is read by {reader}: nothing to install.\n")
        else:
            wanted.append(language.package)
    if wanted := list(dict.fromkeys(wanted)):
        _apt(wanted)
        sys.stdout.write(f"Installed {', '.join(wanted)}.\n")


def _reader(language: Language, packs: frozenset[str]) -> str:
    if language.engine == "cpu":
        return "the cpu engine"
    return f"the pack {language.pack}" if {language.pack, language.pack.removeprefix("script/")} & packs else ""


def _apt(packages: list[str]) -> None:
    by_hand, apt = f"apt install {' '.join(packages)}", shutil.which("apt-get")
    what = f"{', '.join(packages)} cannot be installed"
    if apt is None:
        remedy = f"on Debian and Ubuntu: {by_hand}; elsewhere packs of tessdata_fast go into Tesseract's folder"
        raise MissingComponentError(what, "there is no apt-get here", remedy)
    rights = [] if os.geteuid() == 0 else [sudo] if (sudo := shutil.which("sudo")) else None
    if rights is None:
        raise MissingComponentError(what, "that takes the rights of root", f"run as root: {by_hand}")
    command = [*rights, apt, *_OPTIONS, *packages]
    if _run(command, quiet=True):  # lists of packages may be old, or not there yet
        _run([*rights, apt, "update"])
        if code := _run(command):
            raise MissingComponentError(what, f"apt-get said {code}; see above", f"run as root: {by_hand}")


def _run(command: list[str], *, quiet: bool = False) -> int:
    """The exit status; what is said goes to standard error."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    said = subprocess.DEVNULL if quiet else sys.stderr
    return subprocess.run(command, env=environment, stdout=said, stderr=said).returncode  # noqa: S603  (packages of our table)
