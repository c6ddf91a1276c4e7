from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from jobs_made import request

from legenda.errors import SealError
from legenda.jobs.seal import Seal
from legenda.jobs.store import JobStore
from legenda.settings import Settings

VALUE = {"password": "pässword", "urls": ["https://a/?sig=1", None]}


def of(folder: Path, **given: object) -> Seal:
    return Seal.of(Settings(data_dir=folder, **given))


def test_a_value_comes_back_and_is_not_to_be_seen() -> None:
    seal = Seal(b"k" * 32)
    sealed = seal.seal(VALUE)
    assert seal.open(sealed) == VALUE
    assert b"password" not in sealed
    assert seal.seal(VALUE) != sealed


@pytest.mark.parametrize(
    "change", [lambda x: x[:-1], lambda x: x[:-1] + bytes([x[-1] ^ 1]), lambda x: x[:5], lambda x: b""]
)
def test_what_was_changed_does_not_open(change: object) -> None:
    seal = Seal(b"k" * 32)
    with pytest.raises(SealError):
        seal.open(change(seal.seal(VALUE)))  # type: ignore[operator]


def test_another_key_says_what_to_do_and_nothing_else() -> None:
    sealed = Seal(b"k" * 32).seal(VALUE)
    with pytest.raises(SealError, match="LEGENDA_SECRET_KEY") as caught:
        Seal(b"l" * 32).open(sealed)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "er"
    sealed = of(folder).seal(VALUE)
    file = folder / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [x.name for x in folder.iterdir()] == ["secret.key"]
    assert of(folder).open(sealed) == VALUE


def test_processes_that_start_at_once_share_a_key(tmp_path: Path) -> None:
    ready, seals = threading.Barrier(8), []

    def start() -> None:
        ready.wait()
        seals.append(of(tmp_path / "data"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for x in threads:
        x.start()
    for x in threads:
        x.join()
    sealed = seals[0].seal(VALUE)
    assert [seal.open(sealed) for seal in seals] == [VALUE] * 8


def test_a_key_file_others_may_read_is_closed(tmp_path: Path) -> None:
    of(tmp_path)
    (tmp_path / "secret.key").chmod(0o644)
    of(tmp_path)
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"c2hvcnQ=\n", b"\xff\xfe", b"not base64 at all!"])
def test_a_damaged_key_file_is_not_replaced(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    with pytest.raises(SealError, match="damaged"):
        of(tmp_path)
    assert (tmp_path / "secret.key").read_bytes() == content


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SealError, match="LEGENDA_SECRET_KEY"):
        of(tmp_path / "file" / "data")


def test_the_key_of_the_environment_comes_first(tmp_path: Path) -> None:
    seal = of(tmp_path, secret_key="0123456789abcdef")
    assert not list(tmp_path.iterdir())
    assert Seal(b"0123456789abcdef").open(seal.seal(VALUE)) == VALUE
    with pytest.raises(SealError, match="16 bytes"):
        of(tmp_path, secret_key="short")


def test_purposes_have_keys_of_their_own() -> None:
    seal = Seal(b"k" * 32)
    assert seal.derived("a") != seal.derived("b")
    assert seal.pseudonym("a", "x") != seal.pseudonym("a", "y") != seal.pseudonym("b", "y")
    assert seal.pseudonym("a", "x") != Seal(b"l" * 32).pseudonym("a", "x")
    assert "k" * 8 not in repr(seal)


def test_a_store_tells_whether_the_seal_is_that_of_the_others(store: JobStore, settings: Settings) -> None:
    other = JobStore(store._database.url.render_as_string(hide_password=False), Seal(b"o" * 32), settings)
    other.check_seal()
    store.submit(request(webhook="https://hook"))
    store.check_seal()
    with pytest.raises(SealError, match="another key"):
        other.check_seal()
    other.close()
