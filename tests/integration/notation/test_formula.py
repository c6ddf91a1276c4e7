from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from legenda import notation
from legenda.errors import InvalidOptionError, MissingComponentError
from legenda.notation.formula import weights

matplotlib = pytest.importorskip("matplotlib")


def drawn(latex: str, size: float = 20, *, dark: bool = False) -> NDArray[np.uint8]:
    """A formula as matplotlib sets it."""
    matplotlib.use("agg")
    from matplotlib import figure
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    sheet = figure.Figure(figsize=(6, 1.5), dpi=150, facecolor="black" if dark else "white")
    canvas = FigureCanvasAgg(sheet)
    sheet.text(0.05, 0.4, f"${latex}$", fontsize=size, color="white" if dark else "black", math_fontfamily="cm")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


@pytest.mark.parametrize("size", [10, 20, 32])
def test_reads_at_any_size(size: float) -> None:
    found = notation.read("formula", drawn(r"E=mc^{2}+\frac{p^{2}}{2m}", size))
    assert found.forms["latex"] == r"E=mc^{2}+\frac{p^{2}}{2m}"
    assert found.problem == ""
    assert found.confidence > 0.5


def test_reads_light_on_dark() -> None:
    found = notation.read("formula", drawn(r"a^{2}+b^{2}=c^{2}", dark=True))
    assert found.forms["latex"] == r"a^{2}+b^{2}=c^{2}"


def test_an_empty_crop_says_so() -> None:
    found = notation.read("formula", np.full((60, 200), 250, np.uint8))
    assert found.forms == {}
    assert found.confidence == 0
    assert "Nothing" in found.problem


def test_noise_is_not_believed() -> None:
    noise = np.random.default_rng(5).integers(0, 256, (120, 500), np.uint8)
    found = notation.read("formula", noise)
    assert found.confidence < 0.05


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(weights.SHA256, "tokens.json", "0" * 64)
    with pytest.raises(MissingComponentError, match="sha256"):
        weights.weight("tokens.json")


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(InvalidOptionError, match="barcode"):
        notation.read("barcode", np.zeros((9, 9), np.uint8))
