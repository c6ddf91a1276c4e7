"""Where GOT-OCR2's weights lie: a folder that `LEGENDA_GOT_MODEL` names, or the one `legenda models add` fills."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from legenda.errors import MissingComponentError
from legenda.runtime.models import folder

NAME = "got-ocr2"
REPOSITORY = "stepfun-ai/GOT-OCR-2.0-hf"
"""On a hub; Apache-2.0, 1.1 GB."""
FILES = ("*.json", "*.safetensors", "*.txt", "*.model")


def found() -> str:
    """The folder.

    Raises:
        MissingComponentError: there are no weights, or no libraries to run them.
    """
    place = os.environ.get("LEGENDA_GOT_MODEL") or str(kept())
    if not (Path(place) / "config.json").is_file():
        raise MissingComponentError(
            "GOT-OCR2 is not here", f"{place} has no config.json", "legenda models add got-ocr2"
        )
    if missing := [name for name in ("torch", "transformers") if find_spec(name) is None]:
        raise MissingComponentError("GOT-OCR2 cannot be run", f"{missing[0]} is missing", "pip install 'legenda[got]'")
    return place


def kept() -> Path:
    """Where fetched weights are put."""
    return folder() / NAME


def described() -> dict[str, Any]:
    """As `legenda models list` shows it."""
    return {
        "name": NAME,
        "does": "text, tables, formulas, charts, figures, molecules and scores (tier vlm)",
        "size": 1_130_000_000,
        "licence": "Apache-2.0 (StepFun)",
        "installed": (kept() / "config.json").is_file(),
    }


def fetch(revision: str = "main") -> Path:
    """Fetch the weights from the hub, and nothing that could be run.

    Args:
        revision: branch, tag or commit there.

    Raises:
        MissingComponentError: the hub cannot be reached, or its client is not installed.
    """
    try:
        from huggingface_hub import snapshot_download

        snapshot_download(REPOSITORY, revision=revision, local_dir=kept(), allow_patterns=list(FILES))
    except Exception as error:  # its client raises errors of several libraries
        why = f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}"
        remedy = "pip install 'legenda[got]'; or set LEGENDA_GOT_MODEL to a folder that has it"
        raise MissingComponentError(f"{REPOSITORY} could not be fetched", why, remedy) from error
    return kept()
