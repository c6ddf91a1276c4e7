"""Translators made of PyTorch's weights: tiny ones, since real ones are 300 MB."""

from __future__ import annotations

import io
import json
import pickle
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from legenda.desk.translate import translators
from legenda.desk.translate.checkpoint import tensors
from legenda.desk.translate.marian import converted
from legenda.errors import MissingComponentError

WIDTH, LAYERS, TOKENS = 16, 1, ["</s>", "<unk>", "a", "b", "c", "d", "<pad>"]
CONFIG = {"encoder_layers": LAYERS, "decoder_layers": LAYERS, "encoder_attention_heads": 2, "d_model": WIDTH}
CONFIG |= {"activation_function": "swish", "scale_embedding": True}

Save = Callable[[Mapping[str, NDArray[Any]]], bytes]


@pytest.fixture
def save(monkeypatch: pytest.MonkeyPatch) -> Save:
    """Writes PyTorch's first format without PyTorch: the names it has in pickles lead to what stands in for them."""
    torch, utilities = ModuleType("torch"), ModuleType("torch._utils")
    storage = type("FloatStorage", (), {"__module__": "torch"})

    def _rebuild_tensor_v2() -> None: ...

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    torch.FloatStorage, torch._utils = storage, utilities  # type: ignore[attr-defined]
    utilities._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utilities)

    class Key:
        def __init__(self, name: str, size: int) -> None:
            self.name, self.size = name, size

    class Tensor:
        def __init__(self, name: str, array: NDArray[Any]) -> None:
            self.name, self.array = name, array

        def __reduce__(self) -> tuple[Any, ...]:
            strides = tuple(step // 4 for step in self.array.strides)
            key = Key(self.name, self.array.size)
            return _rebuild_tensor_v2, (key, 0, self.array.shape, strides, False, OrderedDict())

    class Writer(pickle.Pickler):
        def persistent_id(self, found: Any) -> Any:
            return ("storage", storage, found.name, "cpu", found.size, None) if isinstance(found, Key) else None

    def saved(arrays: Mapping[str, NDArray[Any]]) -> bytes:
        file = io.BytesIO()
        for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(part, file, 2)
        Writer(file, 2).dump(OrderedDict((name, Tensor(name, array)) for name, array in arrays.items()))
        pickle.dump(list(arrays), file, 2)
        for array in arrays.values():
            file.write(array.size.to_bytes(8, "little") + array.astype("<f4").tobytes())
        return file.getvalue()

    return saved


def weights() -> dict[str, NDArray[Any]]:
    """As Transformers names those of Marian."""
    chance = np.random.default_rng(4)
    found = {
        "final_logits_bias": np.zeros((1, len(TOKENS))),
        "model.shared.weight": chance.normal(size=(len(TOKENS), WIDTH)),
    }
    for side in ("encoder", "decoder"):
        found[f"model.{side}.embed_positions.weight"] = chance.normal(size=(32, WIDTH))
        for layer in range(LAYERS):
            there = f"model.{side}.layers.{layer}"
            for attention in ("self_attn", "encoder_attn")[: 1 + (side == "decoder")]:
                for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
                    found[f"{there}.{attention}.{part}.weight"] = chance.normal(size=(WIDTH, WIDTH))
                    found[f"{there}.{attention}.{part}.bias"] = chance.normal(size=WIDTH)
                found |= {f"{there}.{attention}_layer_norm.{name}": np.ones(WIDTH) for name in ("weight", "bias")}
            for name, shape in (("fc1", (32, WIDTH)), ("fc2", (WIDTH, 32))):
                found |= {
                    f"{there}.{name}.weight": chance.normal(size=shape),
                    f"{there}.{name}.bias": np.zeros(shape[0]),
                }
            found |= {f"{there}.final_layer_norm.{name}": np.ones(WIDTH) for name in ("weight", "bias")}
    return {name: array.astype(np.float32) for name, array in found.items()}


def test_tensors_come_back_as_they_were(save: Save) -> None:
    arrays = {"one": np.arange(6, dtype=np.float32).reshape(2, 3), "other": np.array([[1.5]], np.float32)}
    found = tensors(io.BytesIO(save(arrays)))
    assert list(found) == ["one", "other"]
    assert all(np.array_equal(found[name], array) for name, array in arrays.items())


def test_nothing_in_a_file_of_weights_is_run(save: Save) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return print, ("run!",)

    whole = save({"one": np.zeros(3, np.float32)})
    for data in (pickle.dumps(Evil(), 2), whole[:-4], whole[:40], b"", b"no pickle at all"):
        with pytest.raises(MissingComponentError, match="not understood"):
            tensors(io.BytesIO(data))


def test_what_was_converted_translates(save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = pytest.importorskip("ctranslate2")
    for name, data in (
        ("weights", save(weights())),
        ("config", json.dumps(CONFIG).encode()),
        ("vocabulary", json.dumps({token: number for number, token in enumerate(TOKENS)}).encode()),
    ):
        (tmp_path / name).write_bytes(data)
    monkeypatch.setitem(sys.modules, "torch", None)  # it is not needed, and takes seconds to load
    converted(tmp_path / "weights", tmp_path / "config", tmp_path / "vocabulary", tmp_path / "made")
    running = engine.Translator(str(tmp_path / "made"), compute_type="int8", intra_threads=1)
    (result,) = running.translate_batch([["a", "b", "</s>"]], beam_size=1, max_decoding_length=5)
    assert result.hypotheses[0] and set(result.hypotheses[0]) <= set(TOKENS[:-1])


def test_paragraphs_are_translated_by_their_sentences() -> None:
    seen: list[str] = []

    def loud(sentences: Any) -> list[str]:
        seen.extend(sentences)
        return [sentence.upper() for sentence in sentences]

    translate = translators._Packaged(loud)
    assert translate(["One. Two three.", "12.50", "four"]) == ["ONE. TWO THREE.", "12.50", "FOUR"]
    assert seen == ["One.", "Two three.", "four"]
