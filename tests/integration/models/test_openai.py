"""Models behind a server of OpenAI's protocol: a real process, spoken to under the one policy about URLs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import tiny_got
from model_pages import PAGES, PROSE, RECEIPT
from model_server import KEY, TINY, ModelServer, model_server, picture

import legenda
from legenda.document import bounds
from legenda.engines import registry
from legenda.engines.openai_vision import profile_of
from legenda.engines.transcriber import Wish
from legenda.errors import EngineError, InvalidOptionError, LegendaError, UnreachableError

TEXT = "\n".join(PROSE)
GROUNDED = "\n".join(f"![text](80,{100 + 60 * n},900,{130 + 60 * n}) {line}" for n, line in enumerate(PROSE))
LAYOUT = json.dumps(
    [{"bbox": [60, 80, 900, 600], "category": "Text", "text": TEXT}, {"bbox": [0, 0, 9, 9], "category": "Picture"}]
)
ANSWERS: dict[str, list[Any]] = {
    "stepfun-ai/GOT-OCR-2.0-hf": [TEXT],
    "lightonai/LightOnOCR-3-1B": [GROUNDED],
    "lightonai/LightOnOCR-2-1B": [TEXT],
    "PaddlePaddle/PaddleOCR-VL-1.6": [TEXT],
    "rednote-hilab/dots.mocr": [LAYOUT],
    "zai-org/GLM-OCR": [TEXT],
    "someone/some-vlm": [TEXT],
    "loops": ["the same again " * 400],
    "recovers": [{"text": "the same again " * 400, "finish_reason": "length"}, TEXT],
    "busy": [{"status": 503}, {"status": 429}, TEXT],
    "broken": [{"status": 500, "text": "CUDA out of memory"}],
    "cut": [{"text": "\n".join(PROSE[:5]), "finish_reason": "length"}],
    "receipt": ["\n".join(RECEIPT).replace("Rye", "Ryé")],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelServer]:
    folder = tiny_got.make(tmp_path_factory.mktemp("got"))
    with model_server(tmp_path_factory.mktemp("server"), ANSWERS, folder) as server:
        yield server


@pytest.fixture
def configured(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(
        registry, "_engines", {k: v for k, v in registry._engines.items() if k not in ("got", "openai")}
    )
    monkeypatch.delenv("LEGENDA_CONFIG", raising=False)
    monkeypatch.setenv("LEGENDA_VLM_URL", server.url)
    monkeypatch.setenv("LEGENDA_VLM_KEY", KEY)
    return monkeypatch


@pytest.fixture
def read(configured: pytest.MonkeyPatch, png: Any) -> Any:
    def run(model: str, page: str = "prose", **options: Any) -> legenda.Page:
        registry._engines.pop("openai", None)
        configured.setenv("LEGENDA_VLM_MODEL", model)
        return legenda.read(png(PAGES[page]), **({"engine": "openai"} | options)).pages[0]

    return run


def test_the_server_speaks_the_protocol(server: ModelServer) -> None:
    """The vendor's own client understands it."""
    import openai

    with openai.OpenAI(base_url=server.url, api_key=KEY) as client:
        assert TINY in [model.id for model in client.models.list()]
        dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
        url = f"data:image/png;base64,{dot}"
        content: Any = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "OCR: "}]
        done = client.chat.completions.create(model=TINY, messages=[{"role": "user", "content": content}])
        assert done.choices[0].finish_reason == "length" and done.choices[0].message.content is not None
    assert picture(url).shape == (1, 1)


@pytest.mark.parametrize(
    ("model", "profile", "text", "formatted"),
    [
        ("stepfun-ai/GOT-OCR-2.0-hf", "got", "OCR: ", "OCR with format: "),
        ("lightonai/LightOnOCR-3-1B", "lightonocr-3", "", "grounding"),
        ("lightonai/LightOnOCR-2-1B", "lightonocr", "", ""),
        ("PaddlePaddle/PaddleOCR-VL-1.6", "paddleocr-vl", "OCR:", "OCR:"),
        (
            "rednote-hilab/dots.mocr",
            "dots.mocr",
            "Extract the text content from this image.",
            "Please output the layout",
        ),
        ("zai-org/GLM-OCR", "glm-ocr", "Text Recognition:", "Text Recognition:"),
        ("someone/some-vlm", "generic", "Transcribe all text", "Transcribe all text"),
    ],
)
def test_each_model_is_asked_in_its_own_words_and_its_answer_placed(
    model: str, profile: str, text: str, formatted: str, read: Any, server: ModelServer
) -> None:
    assert profile_of(model).name == profile
    page = read(model, structure=profile != "rednote")
    request = server.asked()[-1]
    assert request["model"] == model
    assert request["prompt"].startswith(formatted)
    assert max(request["size"]) <= profile_of(model).longest
    assert " ".join(page.text.split()) == " ".join(PROSE)
    assert page.engine == model.rpartition("/")[2]
    assert not page.problems
    engine = registry.get_transcriber("openai")
    assert engine
    engine.transcribe(PAGES["prose"], Wish())
    assert server.asked()[-1]["prompt"].startswith(text)


def test_words_have_the_places_and_the_doubts_of_two_readers(read: Any) -> None:
    page = read("receipt", "receipt")
    words = {word.content: word for word in page.words}
    assert words["Pretzels"].confidence > 0.97  # which both have
    assert words["Ryé"].confidence < 0.6  # one against the other
    x0, y0, x1, y1 = bounds(words["Pretzels"].polygon)
    assert 100 < x0 < 130 and 220 < x1 < 250 and 275 < y0 < 290 and 305 < y1 < 325


def test_a_loop_is_asked_for_again_with_other_settings(read: Any, server: ModelServer) -> None:
    page = read("recovers")
    assert " ".join(page.text.split()) == " ".join(PROSE) and not page.problems
    first, second = server.asked()[-2:]
    assert first["temperature"] == 0.0 and "seed" not in first
    assert second["temperature"] > 0 and second["frequency_penalty"] > 0 and second["seed"] == 1


def test_a_model_that_only_loops_is_replaced_and_the_page_says_so(read: Any) -> None:
    page = read("loops")
    assert " ".join(page.text.split()) == " ".join(PROSE)
    assert page.engine == "ppocrv6-small"
    assert [problem.code for problem in page.problems] == ["model_repetition"]


def test_what_a_model_leaves_out_is_read_by_the_engines(read: Any) -> None:
    page = read("cut")
    assert " ".join(page.text.split()) == " ".join(PROSE)
    assert [line.engine for line in page.lines] == ["cut"] * 5 + ["ppocrv6-small"] * 3
    assert [problem.code for problem in page.problems] == ["model_cut_off"]


def test_a_busy_server_is_asked_again(read: Any) -> None:
    assert not read("busy").problems


def test_a_server_that_fails_costs_the_tier_nothing_and_an_engine_by_name_its_page(read: Any) -> None:
    page = read("broken", effort="vlm", engine="auto")
    assert " ".join(page.text.split()) == " ".join(PROSE)
    (problem,) = page.problems
    assert problem.code == "model_failed" and "status 500: CUDA out of memory" in problem.message
    page = read("broken")
    assert page.text == "" and [problem.code for problem in page.problems] == ["engine"]


def test_the_first_model_of_the_server_is_taken_where_none_is_named(
    configured: pytest.MonkeyPatch, server: ModelServer
) -> None:
    configured.delenv("LEGENDA_VLM_MODEL", raising=False)
    engine: Any = registry.get_transcriber("openai")
    assert (engine.model, engine.profile.name) == (TINY, "got")
    transcript = engine.transcribe(PAGES["receipt"], Wish())
    assert transcript.model == "got-ocr2-tiny" and not transcript.complete
    assert server.asked()[-1]["prompt"] == "OCR: "


@pytest.mark.parametrize(
    ("variables", "error", "said"),
    [
        ({"LEGENDA_VLM_KEY": "sk-wrong"}, EngineError, "status 401"),
        ({"LEGENDA_VLM_MODEL": "none"}, EngineError, "does not exist"),
        ({"LEGENDA_VLM_URL": "http://127.0.0.1:59321/v1"}, LegendaError, "cannot be spoken to"),
        ({"LEGENDA_VLM_URL": "http://127.0.0.1:22/v1"}, LegendaError, "refused"),  # a port of another protocol
        ({"LEGENDA_VLM_URL": "file:///etc/passwd"}, LegendaError, "refused"),
        ({"LEGENDA_VLM_PROFILE": "none"}, InvalidOptionError, "There is no profile"),
    ],
)
def test_what_is_wrong_is_said(
    configured: pytest.MonkeyPatch, variables: dict[str, str], error: type[Exception], said: str
) -> None:
    configured.setenv("LEGENDA_VLM_MODEL", "receipt")
    for name, value in variables.items():
        configured.setenv(name, value)
    with pytest.raises(error, match=said):
        registry.get_transcriber("openai").transcribe(PAGES["receipt"], Wish())  # type: ignore[union-attr]


def test_nothing_is_said_of_the_key(configured: pytest.MonkeyPatch) -> None:
    configured.setenv("LEGENDA_VLM_URL", "http://127.0.0.1:59321/v1")
    configured.setenv("LEGENDA_VLM_MODEL", "receipt")
    engine = registry.get_transcriber("openai")
    assert engine
    with pytest.raises((UnreachableError, LegendaError)) as raised:
        engine.transcribe(PAGES["receipt"], Wish())
    assert KEY not in str(raised.value) + repr(engine.__dict__)
