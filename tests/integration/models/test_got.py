"""GOT-OCR2 in this process: a small model of the true architecture with random weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_got
from model_pages import PAGES, PROSE

import legenda
from legenda.engines import registry
from legenda.engines.base import Raster
from legenda.engines.got import Got, Mode, weights
from legenda.engines.got.model import GotModel
from legenda.engines.transcriber import Wish
from legenda.errors import EngineError, InvalidOptionError, MissingComponentError

TALL: Raster = np.random.default_rng(0).integers(0, 255, (300, 200), np.uint8)
WIDE: Raster = np.random.default_rng(1).integers(0, 255, (100, 400, 3), np.uint8)
PICTURE = 4  # tokens of a picture of 128 x 128: 8 x 8 patches, a quarter a side


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_got.make(tmp_path_factory.mktemp("got"))


@pytest.fixture(scope="module")
def model(folder: Path) -> GotModel:
    return GotModel(str(folder), tokens=24)


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Engines that are made anew."""
    kept = {name: engine for name, engine in registry._engines.items() if name not in ("got", "openai")}
    monkeypatch.setattr(registry, "_engines", kept)
    for name in ("LEGENDA_GOT_MODEL", "LEGENDA_VLM_URL", "LEGENDA_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(weights, "kept", lambda: Path("/nowhere"))
    return monkeypatch


def prompts(model: GotModel, mode: Mode, *pictures: Raster) -> tuple[list[str], Any]:
    inputs = model._inputs(pictures, mode)
    return model._processor.tokenizer.batch_decode(inputs["input_ids"]), inputs


@pytest.mark.parametrize(
    ("mode", "said", "shown"),
    [
        (Mode(), " OCR: ", 1),
        (Mode(formatted=True), " OCR with format: ", 1),
        (Mode(color="red"), "[red]  OCR: ", 1),
        (Mode(box=(20, 30, 100, 150)), "[100, 100, 500, 500] OCR: ", 1),
        (Mode(formatted=True, color="blue"), "[blue]  OCR with format: ", 1),
        # the nearest grid to 2:3 within six parts, and the whole
        (Mode(patches=6), " OCR upon the patch reference: ", 7),
    ],
)
def test_prompts_and_pictures_are_those_of_the_model(model: GotModel, mode: Mode, said: str, shown: int) -> None:
    (prompt,), inputs = prompts(model, mode, TALL)
    assert prompt.startswith(f"<|im_start|>{tiny_got.SYSTEM}<|im_end|><|im_start|>user\n<img>")
    assert prompt.endswith(f"</img>\n{said}<|im_end|><|im_start|>assistant\n")
    assert prompt.count("<imgpad>") == PICTURE * shown
    assert inputs["pixel_values"].shape == (shown, 3, 128, 128)


def test_several_pages_are_one_prompt_and_one_answer(model: GotModel) -> None:
    (prompt,), inputs = prompts(model, Mode(pages=True), TALL, WIDE, TALL)
    assert prompt.count("<imgpad>") == PICTURE * 3
    assert " OCR across multi pages: " in prompt
    assert inputs["pixel_values"].shape == (3, 3, 128, 128)
    assert len(model.write([TALL, WIDE, TALL], Mode(pages=True))) == 1


def test_a_batch_is_padded_in_front(model: GotModel) -> None:
    both, inputs = prompts(model, Mode(patches=6), TALL, WIDE)
    assert [prompt.rstrip().endswith("assistant") for prompt in both] == [True, True]
    lengths = inputs["attention_mask"].sum(1).tolist()
    assert lengths[0] != lengths[1] == inputs["attention_mask"].sum(1).min()
    assert inputs["attention_mask"][1, 0] == 0


@pytest.mark.parametrize("mode", [Mode(again=True), Mode(formatted=True, again=True), Mode(patches=6, again=True)])
def test_a_batch_gives_what_single_pictures_give(model: GotModel, mode: Mode) -> None:
    alone = [model.write([picture], mode)[0] for picture in (TALL, WIDE, WIDE[:, :100])]
    together = model.write([TALL, WIDE, WIDE[:, :100]], mode)
    assert [answer.text for answer in together] == [answer.text for answer in alone]
    assert not any(answer.complete for answer in together)  # 24 tokens, and random weights do not end


def test_it_is_the_model_that_writes(model: GotModel, folder: Path) -> None:
    """The same as `generate` of transformers gives by itself."""
    import torch
    from transformers import AutoTokenizer, GotOcr2ForConditionalGeneration

    plain = GotOcr2ForConditionalGeneration.from_pretrained(folder)
    inputs = model._inputs([WIDE], Mode())
    with torch.inference_mode():
        written = plain.generate(**inputs, do_sample=False, max_new_tokens=24, no_repeat_ngram_size=20, pad_token_id=0)
    text = AutoTokenizer.from_pretrained(folder).decode(
        written[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True
    )
    assert model.write([WIDE], Mode(again=True))[0].text == text.strip()


def test_an_answer_that_ends_is_complete(model: GotModel, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = model._inputs([TALL], Mode())
    first = int(model._model.generate(**inputs, do_sample=False, max_new_tokens=1, pad_token_id=0)[0, -1])
    monkeypatch.setattr(model, "_end", first)
    assert model.write([TALL], Mode())[0].complete


def test_nothing_is_written_of_nothing(model: GotModel) -> None:
    assert model.write([], Mode()) == []


def test_modes_that_cannot_be_are_refused() -> None:
    for wrong in (
        {"patches": 0},
        {"patches": 13},
        {"pages": True, "color": "red"},
        {"pages": True, "box": (0, 0, 1, 1)},
    ):
        with pytest.raises(InvalidOptionError):
            Mode(**wrong)  # type: ignore[arg-type]


def test_what_the_model_refuses_is_said(model: GotModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "picture_tokens", 5)  # not as many as its pictures become
    with pytest.raises(EngineError, match="GOT-OCR2 failed"):
        model.write([TALL], Mode())


def test_the_second_attempt_is_another_one(folder: Path) -> None:
    engine = Got(str(folder))
    engine.model._tokens = 40
    first, second = (engine.transcribe(TALL, Wish(attempt=n)) for n in (0, 1))
    assert first.model == "got-ocr2" and not first.complete
    assert first != second


def test_a_page_is_read_with_it_and_nothing_it_makes_up_stays(
    folder: Path, engines: pytest.MonkeyPatch, png: Any
) -> None:
    engines.setenv("LEGENDA_GOT_MODEL", str(folder))
    engine = registry.get_transcriber("got")
    assert isinstance(engine, Got)
    engine.model._tokens = 60
    for options in ({"engine": "got"}, {"effort": "vlm"}):
        page = legenda.read(png(PAGES["prose"]), **options).pages[0]
        assert [line.content for line in page.lines] == list(PROSE)
        assert {line.engine for line in page.lines} == {"ppocrv6-small"}
        assert {problem.code for problem in page.problems} & {"model_repetition", "model_fabrication", "model_cut_off"}


def test_without_a_model_tier_vlm_is_the_best_the_processor_can_do(engines: pytest.MonkeyPatch, png: Any) -> None:
    page = legenda.read(png(PAGES["receipt"]), effort="vlm").pages[0]
    assert page.engine == "ppocrv6-small" and not page.problems
    with pytest.raises(MissingComponentError, match="legenda models add got-ocr2"):
        legenda.read(png(PAGES["receipt"]), engine="got")
    with pytest.raises(MissingComponentError, match="LEGENDA_VLM_URL"):
        legenda.read(png(PAGES["receipt"]), engine="openai")


def test_a_folder_with_something_else_is_refused(tmp_path: Path, engines: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "qwen2"}')
    engines.setenv("LEGENDA_GOT_MODEL", str(tmp_path))
    engine = registry.get_transcriber("got")
    assert engine
    with pytest.raises(MissingComponentError, match="No GOT-OCR2 is in"):
        engine.transcribe(TALL, Wish())
