from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from legenda.engines import registry
from legenda.engines.base import EngineOptions
from legenda.engines.registry import available, get_engine
from legenda.errors import EngineError, InvalidOptionError, MissingComponentError

PLUGIN = Path(__file__).parents[2] / "plugins" / "engines"


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(PLUGIN)
    monkeypatch.setattr(registry, "_engines", {})
    registry._entries.cache_clear()
    yield
    registry._entries.cache_clear()
    sys.modules.pop("legenda_test_engines", None)


def test_an_engine_is_made_once() -> None:
    assert get_engine("tesseract") is get_engine("tesseract")
    assert get_engine("tesseract").name == "tesseract"


def test_an_unknown_name_lists_the_installed() -> None:
    with pytest.raises(InvalidOptionError, match=r"'tesseracd'.*cpu, got, openai, tesseract"):
        get_engine("tesseracd")


def test_a_third_party_engine_reads(plugin: None) -> None:
    reading = get_engine("echo").read(np.zeros((4, 6), np.uint8), EngineOptions())
    assert reading.lines[0].content == "6x4"


def test_threads_share_one_engine(plugin: None) -> None:
    with ThreadPoolExecutor(8) as pool:
        engines = set(pool.map(lambda _: id(get_engine("echo")), range(32)))
    assert len(engines) == 1
    assert sys.modules["legenda_test_engines"].Echo.made == 1


def test_an_engine_that_raises_is_named_with_its_package(plugin: None) -> None:
    with pytest.raises(EngineError, match=r"'raising' of package legenda-test-engines.*no licence key.*uninstall"):
        get_engine("raising")


def test_what_is_no_engine_is_refused(plugin: None) -> None:
    with pytest.raises(EngineError, match=r"'garbage'.*not an engine.*int lacks"):
        get_engine("garbage")


@pytest.mark.parametrize("name", ["needy", "nowhere"])
def test_a_missing_import_says_what_to_install(plugin: None, name: str) -> None:
    with pytest.raises(MissingComponentError, match="pip install --upgrade legenda-test-engines"):
        get_engine(name)


def test_a_plugin_cannot_take_a_built_in_name(plugin: None) -> None:
    assert available()["cpu"].target == "legenda.engines.ppocr:PPOCR"


def test_available_imports_nothing_until_asked(plugin: None) -> None:
    found = available()
    assert "legenda_test_engines" not in sys.modules
    assert found["echo"].distribution == "legenda-test-engines 1.0"
    assert (found["raising"].problem, found["nowhere"].problem != "") == ("", True)


def test_available_tells_what_is_broken(plugin: None) -> None:
    found = available(load=True)
    assert found["echo"].problem == ""
    assert "no licence key" in found["raising"].problem
    assert "a_library_nobody_has" in found["needy"].problem


def test_without_tesserocr_the_command_to_install_it_is_named() -> None:
    code = (
        "import sys; sys.modules['tesserocr'] = None\n"
        "from legenda.engines.registry import get_engine\n"
        "from legenda.errors import MissingComponentError\n"
        "try: get_engine('tesseract')\n"
        "except MissingComponentError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'legenda[tesseract]'" in done.stdout
