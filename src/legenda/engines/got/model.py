"""The model itself: weights from a folder or a hub's cache, pictures in, text out, several at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from legenda.engines.base import Raster
from legenda.engines.got.mode import Answer, Mode
from legenda.errors import EngineError, MissingComponentError

_STRIDE = 4  # the encoder's patches become a quarter as many tokens a side
_NO_CIRCLES = 20  # tokens of a phrase that may not come again, as in the authors' own code


class GotModel:
    """GOT-OCR2 (`GotOcr2ForConditionalGeneration`), on CUDA in bf16 where there is one, else on the CPU.

    Thread safe: one batch at a time.

    Args:
        place: a folder with config, tokenizer and safetensors, or a hub's name of a model in its local cache.
        device: `cpu`, `cuda`, `cuda:1`; empty for the best there is.
        tokens: most of an answer.

    Raises:
        MissingComponentError: the libraries or the weights are not there.
    """

    def __init__(self, place: str, device: str = "", tokens: int = 4096) -> None:
        try:
            import torch
            from transformers import AutoTokenizer, GotOcr2ForConditionalGeneration, GotOcr2Processor
            from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil
            from transformers.utils import logging
        except ImportError as error:
            raise MissingComponentError("GOT-OCR2 cannot be run", str(error), "pip install 'legenda[got]'") from error
        self._torch, self._tokens, self._lock = torch, tokens, threading.Lock()
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        logging.disable_progress_bar()
        dtype = torch.float32 if self.device == "cpu" else torch.bfloat16
        try:
            tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=True)
            pictures = GotOcr2ImageProcessorPil.from_pretrained(place, local_files_only=True)
            model = GotOcr2ForConditionalGeneration.from_pretrained(
                place, local_files_only=True, use_safetensors=True, dtype=dtype
            )
        except (OSError, ValueError) as error:
            why = str(error).partition("\n")[0]
            raise MissingComponentError(f"No GOT-OCR2 is in {place}", why, "legenda models add got-ocr2") from error
        tokenizer.padding_side = "left"  # so that all of a batch begin to write at the same place
        self._processor = GotOcr2Processor(image_processor=pictures, tokenizer=tokenizer)
        self._model = model.eval().to(self.device)
        self._end = tokenizer.convert_tokens_to_ids(self._processor.message_end_token)
        vision = model.config.vision_config
        self.picture_tokens = (vision.image_size // vision.patch_size // _STRIDE) ** 2
        """Tokens a picture becomes."""

    def write(self, pictures: Sequence[Raster], mode: Mode) -> list[Answer]:
        """Write down pictures, all at once.

        Returns:
            One answer a picture, in order; one alone where they are pages of one text.

        Raises:
            EngineError: the model failed.
        """
        if not pictures:
            return []
        try:
            with self._lock, self._torch.inference_mode():
                inputs = self._inputs(pictures, mode)
                written = self._model.generate(**inputs, **self._settings(mode))
        except (RuntimeError, ValueError, IndexError) as error:
            raise EngineError("GOT-OCR2 failed", " ".join(str(error).split())[:300], "try fewer pictures") from error
        return [self._answer(row) for row in written[:, inputs["input_ids"].shape[1] :]]

    def _inputs(self, pictures: Sequence[Raster], mode: Mode) -> Any:
        from PIL import Image

        images = [Image.fromarray(np.ascontiguousarray(picture)).convert("RGB") for picture in pictures]
        given: Any = [images] if mode.pages else images
        arguments = mode.arguments()
        if box := arguments.pop("box"):
            arguments["box"] = [list(box) for _ in images]
        inputs = self._processor(
            given, return_tensors="pt", padding=True, num_image_tokens=self.picture_tokens, **arguments
        )
        inputs.pop("num_patches", None)
        return inputs.to(self.device, dtype=self._model.dtype)

    def _settings(self, mode: Mode) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "do_sample": False,
            "max_new_tokens": self._tokens,
            "eos_token_id": self._end,
            "pad_token_id": self._end,
        }
        return settings | ({"no_repeat_ngram_size": _NO_CIRCLES} if mode.again else {})

    def _answer(self, row: Any) -> Answer:
        ended = bool((row == self._end).any())
        text = self._processor.tokenizer.decode(row, skip_special_tokens=True)
        return Answer(text.strip(), ended)
