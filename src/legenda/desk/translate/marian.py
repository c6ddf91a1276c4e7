"""Marian's weights as Transformers names them, turned into the form CTranslate2 runs, in int8."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from legenda.desk.translate.checkpoint import tensors

if TYPE_CHECKING:
    from numpy.typing import NDArray

Weights = Mapping[str, "NDArray[Any]"]


def converted(weights: Path, config: Path, vocabulary: Path, made: Path) -> None:
    """Write the folder CTranslate2 loads.

    Args:
        weights: PyTorch's file.
        config: of the model, as Transformers has it (JSON).
        vocabulary: numbers of tokens (JSON).
        made: folder that is made.

    Raises:
        MissingComponentError: the weights are not understood.
    """
    logging.getLogger("ctranslate2").setLevel(logging.ERROR)
    from ctranslate2.specs import Activation, TransformerSpec

    told = json.loads(config.read_text("utf-8"))
    numbers: dict[str, int] = json.loads(vocabulary.read_text("utf-8"))
    tokens = [token for token in sorted(numbers, key=lambda token: numbers[token]) if token != "<pad>"]  # noqa: S105
    with weights.open("rb") as file:
        found = tensors(file)
    layers = (told["encoder_layers"], told["decoder_layers"])
    activation = {"swish": Activation.SWISH, "relu": Activation.RELU}[told["activation_function"]]
    spec = TransformerSpec.from_config(layers, told["encoder_attention_heads"], pre_norm=False, activation=activation)
    scale = float(told["d_model"] ** 0.5) if told["scale_embedding"] else 1.0
    _side(spec.encoder, found, "model.encoder", scale, len(tokens))
    _side(spec.decoder, found, "model.decoder", scale, len(tokens))
    spec.decoder.start_from_zero_embedding = True  # for which Transformers has the token that is left out
    spec.decoder.projection.weight = found["model.shared.weight"][: len(tokens)]
    spec.decoder.projection.bias = found["final_logits_bias"].reshape(-1)[: len(tokens)]
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.config.eos_token = spec.config.decoder_start_token = "</s>"  # noqa: S105
    spec.config.unk_token = "<unk>"  # noqa: S105
    spec.validate()
    spec.optimize(quantization="int8")
    made.mkdir()
    spec.save(str(made))


def _side(spec: Any, found: Weights, name: str, scale: float, tokens: int) -> None:
    """Encoder or decoder."""
    embeddings = spec.embeddings[0] if isinstance(spec.embeddings, list) else spec.embeddings
    embeddings.weight = found["model.shared.weight"][:tokens]
    spec.scale_embeddings = scale
    spec.position_encodings.encodings = found[f"{name}.embed_positions.weight"]
    for number, layer in enumerate(spec.layer):
        there = f"{name}.layers.{number}"
        _attention(layer.self_attention, found, f"{there}.self_attn", (("q", "k", "v"),))
        if f"{there}.encoder_attn.q_proj.weight" in found:
            _attention(layer.attention, found, f"{there}.encoder_attn", (("q",), ("k", "v")))
        _linear(layer.ffn.linear_0, found, f"{there}.fc1")
        _linear(layer.ffn.linear_1, found, f"{there}.fc2")
        _norm(layer.ffn.layer_norm, found, f"{there}.final_layer_norm")


def _attention(spec: Any, found: Weights, name: str, together: tuple[tuple[str, ...], ...]) -> None:
    import numpy as np

    for linear, parts in zip(spec.linear, together, strict=False):
        linear.weight = np.concatenate([found[f"{name}.{part}_proj.weight"] for part in parts])
        linear.bias = np.concatenate([found[f"{name}.{part}_proj.bias"] for part in parts])
    _linear(spec.linear[-1], found, f"{name}.out_proj")
    _norm(spec.layer_norm, found, f"{name}_layer_norm")


def _linear(spec: Any, found: Weights, name: str) -> None:
    spec.weight, spec.bias = found[f"{name}.weight"], found[f"{name}.bias"]


def _norm(spec: Any, found: Weights, name: str) -> None:
    spec.gamma, spec.beta = found[f"{name}.weight"], found[f"{name}.bias"]
